//! Who operates the network that announces an address.
//!
//! In:   the number of its autonomous system, and what its registration says.
//! Out:  the company and its ultimate parent, from the catalogue; where the catalogue does not
//!       know the system, the name and country of its registration, marked as such: a
//!       registration names a legal person of some country, not who controls it.

use crate::catalogue::Catalogue;
use crate::language::{WORDS, fill};
use crate::model::{Country, Operator, Time};
use std::sync::Arc;

/// The operator of `asn` at `time`; without a time, the one at present. `registered` is the name
/// and the country under which the system is registered.
pub(super) fn operator(
    catalogue: &Catalogue,
    asn: u32,
    time: Option<Time>,
    (name, country): (Option<&str>, Option<Country>),
) -> Option<Arc<Operator>> {
    catalogue.operator(asn, time).or_else(|| {
        Some(Arc::new(Operator {
            name: name?.into(),
            country: country?,
            parent: None,
            roles: Vec::new(),
            source: fill(WORDS.anycast.registration_only, &[&asn.to_string()]).into(),
            registered_only: true,
        }))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_is_marked_and_needs_a_country() {
        let catalogue = Catalogue::default();
        let of = |registered| operator(&catalogue, 64_500, None, registered);
        assert_eq!(of((Some("Example"), None)), None);
        assert_eq!(of((None, Country::new("IN"))), None);
        let found = of((Some("Example"), Country::new("IN"))).unwrap();
        assert!(found.registered_only);
        assert_eq!(&*found.source, "registration of AS64500 only");
    }
}
