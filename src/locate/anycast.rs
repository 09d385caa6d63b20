//! Anycast: one address, many places.
//!
//! In:   an address; a user's list of prefixes.
//! Out:  the entry of `data/anycast.toml` that covers it, which is what operators declare
//!       themselves; what a list says.

mod list;

pub(super) use list::AnycastList;

use crate::data::{ANYCAST, ANYCAST_V4, ANYCAST_V6, Anycast};
use crate::language::{WORDS, fill};
use std::net::IpAddr;
use std::sync::Arc;

/// Who declares `address` anycast.
pub(super) fn declared(address: IpAddr) -> Option<&'static Anycast> {
    let number = match address {
        IpAddr::V4(v4) => covering(ANYCAST_V4, v4.to_bits()),
        IpAddr::V6(v6) => covering(ANYCAST_V6, v6.to_bits()),
    }?;
    ANYCAST.get(usize::from(number))
}

/// `declared by Cloudflare for its resolver 1.1.1.1, 2026-08-22: https://…`.
impl From<&Anycast> for Arc<str> {
    fn from(entry: &Anycast) -> Self {
        fill(
            WORDS.anycast.declared,
            &[entry.operator, entry.what, entry.date, entry.source],
        )
        .into()
    }
}

/// The owner of the range around `address`. Ranges are sorted and share nothing.
fn covering<T: Copy + Ord>(ranges: &[(T, T, u16)], address: T) -> Option<u16> {
    let after = ranges.partition_point(|(first, ..)| *first <= address);
    let (_, last, number) = ranges.get(after.checked_sub(1)?)?;
    (address <= *last).then_some(*number)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, want: Option<(&str, &str)>) {
        let got = declared(address.parse().unwrap());
        assert_eq!(
            got.map(|entry| (entry.operator, entry.what)),
            want,
            "{address}"
        );
    }

    #[test]
    fn well_known_anycast_services_are_declared() {
        check("8.8.8.8", Some(("Google", "resolver 8.8.8.8")));
        check("2001:4860:4860::8844", Some(("Google", "resolver 8.8.8.8")));
        check("1.1.1.1", Some(("Cloudflare", "resolver 1.1.1.1")));
        check(
            "104.16.1.1",
            Some(("Cloudflare", "content delivery network")),
        );
        check(
            "104.27.255.255",
            Some(("Cloudflare", "content delivery network")),
        );
        check("104.28.0.0", None);
        check(
            "2606:4700:4700::1111",
            Some(("Cloudflare", "content delivery network")),
        );
        check(
            "151.101.1.140",
            Some(("Fastly", "content delivery network")),
        );
        check("9.9.9.9", Some(("Quad9", "resolver 9.9.9.9")));
        check("9.9.10.0", None);
        check("54.179.147.20", None);
        check("0.0.0.0", None);
        check("ffff:ffff::", None);
    }
}
