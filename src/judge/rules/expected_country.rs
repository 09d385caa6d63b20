//! Flows to countries that were not expected.
//!
//! Met where the place is among the expected countries, violated where it is elsewhere,
//! indeterminate where no country can be told: silence is not a pass. Where the round trip leaves
//! only expected countries, or none of them, it decides without naming one.

use super::super::groups::every_country;
use super::Rule;
use crate::model::{
    Confidence, Country, DataSource, Destination, Expectation, OpinionKind, Physics, Place, Scope,
    Truth, Verdict,
};
use std::net::IpAddr;

pub(in super::super) const RULE: Rule = Rule {
    id: "expected-country",
    check: "server-country",
    prefix: "EC",
};

/// Above this many the countries of an expectation are counted, not listed.
const LISTED_COUNTRIES: usize = 8;

/// A place that is less sure decides nothing, for or against.
pub(in super::super) const LEAST: Confidence = Confidence::Medium;

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
        Some(country) if place.confidence >= LEAST => expect.holds(country).into(),
        _ => {
            by_round_trip(place, |country| expect.holds(country)).unwrap_or(Verdict::Indeterminate)
        }
    })
}

/// What the round trip decides without naming a country, where `fits` agrees on all that it
/// leaves.
pub(in super::super) fn by_round_trip(
    place: &Place,
    fits: impl Fn(Country) -> Truth,
) -> Option<Verdict> {
    let beyond = &place.physics.as_ref()?.beyond;
    if beyond.is_empty() {
        return None;
    }
    let within = every_country().filter(|country| !beyond.contains(country));
    let mut answers = within.map(fits);
    let first = answers.next()?;
    let agreed = first != Truth::Maybe && answers.all(|answer| answer == first);
    agreed.then(|| first.into())
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
    let (mut why, mut would_decide) = explain_against(place, case, &expected(expect), data);
    if case.verdict == Verdict::Indeterminate && place.country.is_some() && place.confidence < LEAST
    {
        why.push_str(" Low confidence decides nothing.");
        would_decide = Some(place.settled_by.unwrap_or(ANOTHER_SOURCE));
    } else if case.verdict == Verdict::Indeterminate
        && let Some(words) = place.country.and_then(|country| condition(country, expect))
    {
        why.push_str(&words);
        would_decide = Some(CONDITION);
    }
    (why, would_decide)
}

/// What decides where a place is not sure enough.
pub(in super::super) const ANOTHER_SOURCE: &str =
    "a source that places the address more surely (--geo FILE.mmdb)";

/// What decides where a membership hangs on a condition.
pub(super) const CONDITION: &str = "knowledge from elsewhere: whether that condition holds";

/// On what it hangs whether `country` is among the expected ones, in a sentence.
pub(super) fn condition(country: Country, expect: &Expectation) -> Option<String> {
    let member = expect.condition(country)?;
    Some(format!(
        " Whether {} counts as a member of {} hangs on what no capture shows: {}.",
        named(country),
        member.group,
        member.condition
    ))
}

/// The same, where `expected` has `the expected countries (IN, SG)` in words.
pub(in super::super) fn explain_against(
    place: &Place,
    case: Case,
    expected: &str,
    data: &[DataSource],
) -> (String, Option<&'static str>) {
    let sources = opinions(place, data);
    let physics = place
        .physics
        .as_deref()
        .map_or_else(String::new, |physics| format!(" {}", arithmetic(physics)));
    let Some(country) = place.country else {
        let (why, would_decide) = match case.verdict {
            Verdict::Violated => (
                format!("in no country that can be told, but none of {expected}"),
                None,
            ),
            Verdict::Met => (
                format!("in one of {expected}; in which, cannot be told"),
                None,
            ),
            Verdict::Indeterminate => indeterminate(place, case.scope),
        };
        let said = if sources.is_empty() {
            String::new()
        } else {
            format!(" {}.", sources.join("; "))
        };
        return (format!("{why}.{said}{physics}"), would_decide);
    };
    let name = named(country);
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
    let lowered: String = place
        .lowered_because
        .iter()
        .map(|why| format!("; {why}"))
        .collect();
    let why = format!(
        "in {name} ({country}), {fit}. Place: {} confidence; {}{lowered}.{nat64}{physics}",
        place.confidence.as_str(),
        sources.join("; ")
    );
    (why, None)
}

/// What the round trip says, with its arithmetic.
fn arithmetic(physics: &Physics) -> String {
    let Physics {
        rtt_ns,
        vantage,
        fibre_km,
        ..
    } = physics;
    let (whole, tenths) = (rtt_ns / 1_000_000, rtt_ns / 100_000 % 10);
    let answered = format!("The first answer came in {whole}.{tenths} ms");
    if let Some(why) = physics.off_because {
        return format!("{answered}; it excludes nothing: {why}.");
    }
    let excluded: Vec<String> = physics
        .excluded
        .iter()
        .map(|far| {
            let vacuum = if far.in_vacuum {
                ", even in vacuum"
            } else {
                ""
            };
            format!(
                "not in {} ({} km or more{vacuum})",
                named(far.country),
                grouped(far.km.into())
            )
        })
        .collect();
    let excluded = match excluded.as_slice() {
        [] => String::new(),
        some => format!(": what answered is {}", some.join(", ")),
    };
    format!(
        "{answered}, in which light in fibre comes and returns from at most {} km around the \
         vantage {vantage}{excluded}. A proxy or an edge of a content network may have answered \
         for a server elsewhere.",
        grouped((*fibre_km).into())
    )
}

/// `the Netherlands`, `Singapore`.
pub(in super::super) fn named(country: Country) -> String {
    let the = if country.takes_the() { "the " } else { "" };
    format!(
        "{the}{}",
        country.name().unwrap_or("a country without a name")
    )
}

/// `3 flows observed in this capture`.
pub(super) fn observed(destination: &Destination) -> String {
    let flows = match destination.flows {
        1 => "Flow".to_owned(),
        count => format!("{} flows", grouped(count)),
    };
    format!("{flows} observed in this capture")
}

/// `3 flows observed in this capture to 2 addresses`.
pub(in super::super) fn flows(destination: &Destination) -> String {
    let observed = observed(destination);
    let addresses = match destination.address_count {
        0 | 1 => "an address".to_owned(),
        COUNTED_ADDRESSES.. => format!("at least {COUNTED_ADDRESSES} addresses"),
        count => format!("{count} addresses"),
    };
    format!("{observed} to {addresses}")
}

/// Addresses of one destination are counted up to this many.
const COUNTED_ADDRESSES: u64 = 256;

/// `1,234,567`.
pub(in super::super) fn grouped(count: u64) -> String {
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
        // Who is audited may have written such a record itself.
        let whose = match opinion.kind {
            OpinionKind::Database => "",
            OpinionKind::OperatorRange => ", the operator's own word,",
            OpinionKind::Geofeed => ", the holder's own word,",
        };
        Some(match opinion.country {
            Some(country) => format!("{} ({date}){whose} says {country}", source.name),
            None => format!("{} ({date}){whose} has no country", source.name),
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
            place.settled_by,
        );
    }
    let reason = place.unknown_because.unwrap_or("no country is known");
    let decides = match reason {
        _ if place.settled_by.is_some() => place.settled_by.unwrap_or_default(),
        "tunnel address" => "the packets inside the tunnel, captured where it ends",
        _ if scope == Scope::Outbound => {
            "no database: the address is not in public use; the network that carried the capture \
             would have to say where it ends"
        }
        _ => return (format!("whose place is not asked: {reason}"), None),
    };
    let why = match reason {
        "sources disagree" => "on whose country the sources disagree".to_owned(),
        "excluded by the round trip" => {
            "that answered too soon for every country that a source names".to_owned()
        }
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
