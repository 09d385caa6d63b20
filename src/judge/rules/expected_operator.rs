//! Flows through networks whose operator has its seat in countries that were not expected.
//!
//! The seat is that of the operator's ultimate parent: where the company that controls the network
//! has its head office. Only the catalogue of operators decides. The country in which a system is
//! registered is that of some legal person, not of whoever controls it: it decides nothing, and
//! the finding says what it is.

use super::super::{Judged, wording};
use super::{Rule, expected_country, seat, seat_words};
use crate::language::{WORDS, fill};
use crate::model::{Destination, Expectation, Operator, Place, Scope, Verdict};

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
    let would_decide;
    let mut country = None;
    let why = match place.operator.as_deref() {
        Some(operator) if !operator.registered_only => {
            let (_, top) = operator.top();
            country = Some(*top);
            let condition = expected_country::condition(*top, expect);
            would_decide = condition
                .as_ref()
                .map(|_| WORDS.rules.condition_decides.to_owned());
            let expected = expected_country::expected(expect);
            let mut why = operated(&flows, place.asn, operator, verdict, &expected);
            why.push_str(&condition.unwrap_or_default());
            why
        }
        registered => {
            let (why, decides) = open(&flows, place.asn, registered.is_some());
            would_decide = Some(decides);
            why
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

/// That flows are in a network of that operator, and where its seat is.
pub(in super::super) fn operated(
    flows: &str,
    asn: Option<u32>,
    operator: &Operator,
    verdict: Verdict,
    expected: &str,
) -> String {
    let words = &WORDS.rules;
    let (group, top) = operator.top();
    let company = wording::company(&operator.name, group);
    let mut why = match asn {
        Some(asn) => fill(words.network_number, &[flows, &company, &asn.to_string()]),
        None => fill(words.network, &[flows, &company]),
    };
    let seat = seat_words(
        words.operator_seat,
        verdict,
        &operator.source,
        *top,
        expected,
    );
    why.push_str(&seat);
    why
}

/// That nobody can be named for the network of these flows, and who could.
pub(in super::super) fn open(flows: &str, asn: Option<u32>, registered: bool) -> (String, String) {
    let words = &WORDS.rules;
    let Some(asn) = asn else {
        let why = fill(words.network_unnamed, &[flows]);
        return (why, words.system_decides.to_owned());
    };
    let asn = asn.to_string();
    let why = match registered {
        true => words.network_registered,
        false => words.network_uncatalogued,
    };
    let decides = fill(words.operator_decides, &[&asn]);
    (fill(why, &[flows, &asn]), decides)
}
