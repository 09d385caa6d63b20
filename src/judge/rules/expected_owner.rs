//! Flows under names whose owner has its seat in countries that were not expected.
//!
//! The owner is the company that, according to a catalogue and for a day, controls the name; the
//! seat is that of its ultimate parent. A name in no catalogue, a customer's name below that of its
//! host, and a flow without a name are indeterminate. Where the name is an alias of somebody
//! else's, the finding says so; judged is the name itself.

use super::super::{Judged, wording};
use super::{Rule, expected_country, seat, seat_words};
use crate::language::{WORDS, fill};
use crate::model::{Company, Country, Destination, Expectation, NameOwner, Scope, Verdict};

pub(in super::super) const RULE: Rule = Rule {
    id: "expected-owner",
    check: "owner-country",
    prefix: "ON",
};

pub(in super::super) fn judge(owner: &NameOwner, expect: &Expectation) -> Verdict {
    let country = owner
        .owner
        .as_ref()
        .and_then(|company| company.group_country);
    country.map_or(Verdict::Indeterminate, |country| seat(country, expect))
}

/// What stays inside the local network is not judged.
pub(in super::super) fn explain(destination: &Destination, expect: &Expectation) -> Option<Judged> {
    if destination.scope != Scope::Outbound {
        return None;
    }
    let owner = &destination.owner;
    let flows = expected_country::observed(destination);
    let company = owner.owner.as_deref().filter(|_| !is_outer(destination));
    let country = company.and_then(|company| company.group_country);
    let (mut why, would_decide) = match (company, country) {
        (Some(company), Some(country)) => {
            let condition = expected_country::condition(country, expect);
            let decides = condition
                .as_ref()
                .map(|_| WORDS.rules.condition_decides.to_owned());
            let expected = expected_country::expected(expect);
            let verdict = seat(country, expect);
            let mut why = owned(&flows, company, country, verdict, &expected);
            why.push_str(&condition.unwrap_or_default());
            (why, decides)
        }
        (company, _) => {
            let (why, decides) = open(&flows, destination, company);
            (why, Some(decides.to_owned()))
        }
    };
    let theirs = owner
        .alias
        .as_ref()
        .and_then(|alias| alias.owner.as_deref());
    if let Some(theirs) = theirs.filter(|_| owner.is_cloaked()) {
        let (source, group) = (theirs.said_by.as_ref(), theirs.group.as_ref());
        why.push_str(&match theirs.group_country {
            Some(country) => fill(WORDS.rules.alias_seat, &[source, group, country.code()]),
            None => fill(WORDS.rules.alias, &[source, group]),
        });
    }
    Some(Judged {
        rule: RULE.id,
        check: RULE.check,
        verdict: match country {
            Some(country) => seat(country, expect),
            None => Verdict::Indeterminate,
        },
        country,
        why,
        would_decide,
    })
}

/// The name is that of the outside of an encrypted hello: the one that is asked for is hidden.
pub(in super::super) fn is_outer(destination: &Destination) -> bool {
    destination.name_via == "ech-outer"
}

/// That flows are under a name of that company, and where its seat is.
pub(in super::super) fn owned(
    flows: &str,
    company: &Company,
    country: Country,
    verdict: Verdict,
    expected: &str,
) -> String {
    let words = &WORDS.rules;
    let named = wording::company(&company.name, &company.group);
    let mut why = fill(words.name_of, &[flows, &named]);
    let seat = seat_words(
        words.owner_seat,
        verdict,
        &company.said_by,
        country,
        expected,
    );
    why.push_str(&seat);
    why
}

/// That no seat can be named for these flows, and what would tell.
pub(in super::super) fn open(
    flows: &str,
    destination: &Destination,
    company: Option<&Company>,
) -> (String, &'static str) {
    let words = &WORDS.rules;
    let owner = &destination.owner;
    if let Some(company) = company {
        let named = wording::company(&company.name, &company.group);
        let why = fill(words.owner_no_seat, &[flows, &named, &company.said_by]);
        return (why, words.seat_decides);
    }
    if destination.name.is_none() {
        return (fill(words.owner_no_name, &[flows]), words.name_decides);
    }
    if is_outer(destination) {
        return (fill(words.owner_outer, &[flows]), words.inner_name_decides);
    }
    if let Some(host) = &owner.hosted_by {
        let why = fill(words.owner_customer, &[flows, &host.group]);
        return (why, words.customer_decides);
    }
    let why = match owner.open_because {
        Some(reason) => fill(words.owner_open, &[flows, reason]),
        None => fill(words.owner_uncatalogued, &[flows]),
    };
    (why, words.owner_decides)
}
