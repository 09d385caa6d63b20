//! Flows through networks whose operator has its seat in countries that were not expected.
//!
//! The seat is that of the operator's ultimate parent: where the company that controls the network
//! has its head office. Only the catalogue of operators decides. The country in which a system is
//! registered is that of some legal person, not of whoever controls it: it decides nothing, and
//! the finding says what it is.

use super::super::Judged;
use super::{Rule, company_words, expected_country, seat, seat_words};
use crate::model::{Destination, Expectation, Place, Scope, Verdict};

pub(in super::super) const RULE: Rule = Rule {
    id: "expected-operator",
    check: "operator-country",
    prefix: "EO",
};

/// What stays inside the local network is not judged.
pub(in super::super) fn judge(
    place: &Place,
    scope: Scope,
    expect: &Expectation,
) -> Option<Verdict> {
    if scope != Scope::Outbound {
        return None;
    }
    let known = place
        .operator
        .as_ref()
        .filter(|operator| !operator.registered_only);
    Some(known.map_or(Verdict::Indeterminate, |operator| {
        seat(*operator.top().1, expect)
    }))
}

pub(in super::super) fn explain(destination: &Destination, expect: &Expectation) -> Option<Judged> {
    let place = &destination.place;
    let verdict = judge(place, destination.scope, expect)?;
    let flows = expected_country::flows(destination);
    let system = place
        .asn
        .map_or_else(String::new, |asn| format!(" (AS{asn})"));
    let would_decide;
    let mut country = None;
    let why = match place.operator.as_deref() {
        Some(operator) if !operator.registered_only => {
            let (group, top) = operator.top();
            country = Some(*top);
            let condition = expected_country::condition(*top, expect);
            would_decide = condition
                .as_ref()
                .map(|_| expected_country::CONDITION.to_owned());
            format!(
                "{flows} in a network{system} of {}. The seat of the company that, according to \
                 {}, controls the network is {}.{}",
                company_words(&operator.name, group),
                operator.source,
                seat_words(*top, expect),
                condition.unwrap_or_default()
            )
        }
        registered => {
            let (why, decides) = open(place.asn, registered.is_some());
            would_decide = Some(decides);
            format!("{flows} in a network{system} {why}.")
        }
    };
    Some(Judged {
        rule: RULE.id,
        check: RULE.check,
        verdict,
        country,
        why,
        would_decide,
    })
}

/// Why nobody can be named, and who could.
pub(in super::super) fn open(asn: Option<u32>, registered: bool) -> (String, String) {
    let Some(asn) = asn else {
        return (
            "that no loaded database names".to_owned(),
            "a database of autonomous systems that has the address (--geo FILE.mmdb)".to_owned(),
        );
    };
    let why = if registered {
        "of which only the registration is known: it does not say who controls it"
    } else {
        "whose operator is in no loaded catalogue"
    };
    let decides = format!("a catalogue that names the operator of AS{asn} (--owners FILE)");
    (why.to_owned(), decides)
}
