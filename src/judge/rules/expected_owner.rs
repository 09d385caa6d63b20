//! Flows under names whose owner has its seat in countries that were not expected.
//!
//! The owner is the company that, according to a catalogue and for a day, controls the name; the
//! seat is that of its ultimate parent. A name in no catalogue, a customer's name below that of its
//! host, and a flow without a name are indeterminate. Where the name is an alias of somebody
//! else's, the finding says so; judged is the name itself.

use super::super::Judged;
use super::{Rule, company_words, expected_country, seat, seat_words};
use crate::model::{Company, Destination, Expectation, NameOwner, Scope, Verdict};

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
                .map(|_| expected_country::CONDITION.to_owned());
            let words = format!(
                "{flows} under a name of {}. The seat of the company that, {}, controls the name \
                 is {}.{}",
                company_words(&company.name, &company.group),
                according(company),
                seat_words(country, expect),
                condition.unwrap_or_default()
            );
            (words, decides)
        }
        (company, _) => {
            let (why, decides) = open(destination, company);
            (format!("{flows} {why}."), Some(decides.to_owned()))
        }
    };
    let theirs = owner
        .alias
        .as_ref()
        .and_then(|alias| alias.owner.as_deref());
    if let Some(theirs) = theirs.filter(|_| owner.is_cloaked()) {
        let seat = theirs.group_country.map(|country| format!(" ({country})"));
        why.push_str(&format!(
            " In this capture the name was an alias of one that, {}, {}{} controls.",
            according(theirs),
            theirs.group,
            seat.unwrap_or_default()
        ));
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

/// `according to owners, as of 2026-06-30`.
fn according(company: &Company) -> String {
    format!("according to {}", company.said_by)
}

/// Why no seat can be named, and what would tell.
pub(in super::super) fn open(
    destination: &Destination,
    company: Option<&Company>,
) -> (String, &'static str) {
    const ANOTHER: &str = "a catalogue that has the name (--owners FILE)";
    let owner = &destination.owner;
    if let Some(company) = company {
        let why = format!(
            "under a name of {}, according to {}, which gives no country",
            company_words(&company.name, &company.group),
            company.said_by
        );
        return (
            why,
            "a catalogue that gives the seat of that company (--owners FILE)",
        );
    }
    if destination.name.is_none() {
        let why = "without an observed name: whose they are, cannot be told";
        return (
            why.to_owned(),
            "a name: the device's DNS answers in the capture, or a handshake that shows it",
        );
    }
    if is_outer(destination) {
        let why = "under the outer name of an encrypted hello: the name inside is hidden";
        return (
            why.to_owned(),
            "the name inside the encrypted hello, from the device or its DNS answers",
        );
    }
    if let Some(host) = &owner.hosted_by {
        let why = format!(
            "under a name that a customer of {} has: who the customer is, is not known",
            host.group
        );
        return (
            why,
            "a catalogue that has the customer's name (--owners FILE)",
        );
    }
    match owner.open_because {
        Some(words) => (format!("under a name without an owner: {words}"), ANOTHER),
        None => (
            "under a name that is in no loaded catalogue".to_owned(),
            ANOTHER,
        ),
    }
}
