//! Flows to countries that were not expected.
//!
//! Met where the place is among the expected countries, violated where it is elsewhere,
//! indeterminate where no country can be told: silence is not a pass.

use super::Rule;
use crate::model::{Confidence, DataSource, Destination, Expectation, Place, Scope, Verdict};
use std::net::IpAddr;

pub(in super::super) const RULE: Rule = Rule {
    id: "expected-country",
    prefix: "EC",
};

/// Above this many the countries of an expectation are counted, not listed.
const LISTED_COUNTRIES: usize = 8;

/// What stays inside the local network is not judged.
pub(in super::super) fn judge(
    place: &Place,
    scope: Scope,
    expect: &Expectation,
) -> Option<Verdict> {
    if scope != Scope::Outbound {
        return None;
    }
    Some(match place.country {
        Some(country) if place.confidence > Confidence::None => {
            if expect.countries.contains(&country) {
                Verdict::Met
            } else {
                Verdict::Violated
            }
        }
        _ => Verdict::Indeterminate,
    })
}

/// What an explanation depends on beside the place: destinations that agree in these share all
/// of it but its first words.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(in super::super) struct Case {
    scope: Scope,
    verdict: Verdict,
    /// An address inside 64:ff9b::/96 was placed by the IPv4 address in it.
    translated: bool,
}

impl Case {
    pub(in super::super) fn of(destination: &Destination, verdict: Verdict) -> Self {
        Case {
            scope: destination.scope,
            verdict,
            translated: destination.addresses.iter().any(is_nat64),
        }
    }
}

/// Why flows to this place were judged so, to stand behind [`flows`]; and what would decide
/// where they were not.
pub(in super::super) fn explain(
    place: &Place,
    case: Case,
    expect: &Expectation,
    data: &[DataSource],
) -> (String, Option<&'static str>) {
    let sources = opinions(place, data);
    let Some(country) = place.country else {
        let (why, would_decide) = indeterminate(place, case.scope);
        let said = if sources.is_empty() {
            String::new()
        } else {
            format!(" {}.", sources.join("; "))
        };
        return (format!("{why}.{said}"), would_decide);
    };
    let the = if country.takes_the() { "the " } else { "" };
    let name = country.name().unwrap_or("a country without a name");
    let expected = expected(expect);
    let fit = match case.verdict {
        Verdict::Violated => format!("which is not among {expected}"),
        Verdict::Met => format!("which is among {expected}"),
        Verdict::Indeterminate => format!("held against {expected}"),
    };
    let nat64 = if case.translated {
        " The IPv4 address inside the NAT64 address was placed."
    } else {
        ""
    };
    let why = format!(
        "in {the}{name} ({country}), {fit}. Place: {} confidence; {}.{nat64}",
        place.confidence.as_str(),
        sources.join("; ")
    );
    (why, None)
}

/// `3 flows observed in this capture to 2 addresses`.
pub(in super::super) fn flows(destination: &Destination) -> String {
    let flows = match destination.flows {
        1 => "Flow".to_owned(),
        count => format!("{} flows", grouped(count)),
    };
    let addresses = match destination.address_count {
        0 | 1 => "an address".to_owned(),
        COUNTED_ADDRESSES.. => format!("at least {COUNTED_ADDRESSES} addresses"),
        count => format!("{count} addresses"),
    };
    format!("{flows} observed in this capture to {addresses}")
}

/// Addresses of one destination are counted up to this many.
const COUNTED_ADDRESSES: u64 = 256;

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len().saturating_sub(place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What each source said, with its name and date: `dbip-country-lite (2026-06-01) says SG`.
fn opinions(place: &Place, data: &[DataSource]) -> Vec<String> {
    let words = place.opinions.iter().filter_map(|opinion| {
        let source = data.get(opinion.source)?;
        let date = source.date.as_deref().unwrap_or("no date");
        Some(match opinion.country {
            Some(country) => format!("{} ({date}) says {country}", source.name),
            None => format!("{} ({date}) has no country", source.name),
        })
    });
    words.collect()
}

/// `the expected countries (IN, SG)`.
pub(super) fn expected(expect: &Expectation) -> String {
    let codes: Vec<&str> = expect
        .countries
        .iter()
        .map(crate::model::Country::code)
        .collect();
    if codes.len() <= LISTED_COUNTRIES {
        return format!("the expected countries ({})", codes.join(", "));
    }
    let groups: Vec<&str> = expect
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    match groups.as_slice() {
        [] => format!("the {} expected countries", codes.len()),
        names => format!(
            "the {} expected countries (with {})",
            codes.len(),
            names.join(", ")
        ),
    }
}

/// Why there is no country, and what would tell one. The reasons are those of `locate`.
fn indeterminate(place: &Place, scope: Scope) -> (String, Option<&'static str>) {
    const ANOTHER: &str = "a second database, or a newer one (--geo FILE.mmdb)";
    if place.anycast == Some(true) {
        let says = place
            .anycast_source
            .as_deref()
            .map_or_else(String::new, |source| format!("; {source}"));
        return (
            format!(
                "whose operator serves it from many places at once (anycast{says}): no database \
                 can tell which of them answered"
            ),
            Some(
                "what the operator says of the site that served this network, or round-trip times \
                 measured from where the phone was",
            ),
        );
    }
    let reason = place.unknown_because.unwrap_or("no country is known");
    let decides = match reason {
        "sources disagree" => {
            "a newer edition of the databases that disagree, a further one (--geo FILE.mmdb), or \
             the operator's published ranges"
        }
        "tunnel address" => "the packets inside the tunnel, captured where it ends",
        "no database is loaded" => "a place database (--geo FILE.mmdb)",
        "the database is damaged here" => {
            "an undamaged copy of the database, or a second one (--geo FILE.mmdb)"
        }
        "not in any database" => ANOTHER,
        _ if scope == Scope::Outbound => {
            "no database: the address is not in public use; the network that carried the capture \
             would have to say where it ends"
        }
        _ => return (format!("whose place is not asked: {reason}"), None),
    };
    let why = match reason {
        "sources disagree" => "on whose country the databases disagree".to_owned(),
        "not in any database" => "that no loaded database places".to_owned(),
        "no database is loaded" => "whose place is unknown: no database is loaded".to_owned(),
        other => format!("that has no country: {other}"),
    };
    (why, Some(decides))
}

/// Inside 64:ff9b::/96 (RFC 6052).
fn is_nat64(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.segments().starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]))
}
