//! Flows to countries that were not expected.
//!
//! Met where the place is among the expected countries, violated where it is elsewhere,
//! indeterminate where no country can be told: silence is not a pass. Where the round trip leaves
//! only expected countries, or none of them, it decides without naming one.

use super::super::groups::every_country;
use super::super::wording::{by_verdict, confidence, milliseconds, named};
use super::Rule;
use crate::language::{WORDS, count, fill};
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

/// Why flows to a place were judged so. Destinations that share it differ in their flows alone,
/// which stand first: [`Explained::of`] puts them there.
pub(in super::super) struct Explained {
    /// The first sentence; its first value is the flows.
    sentence: &'static str,
    values: [String; 3],
    /// The sentences after it.
    rest: String,
    pub(in super::super) would_decide: Option<&'static str>,
}

impl Explained {
    /// The same, of these flows.
    pub(in super::super) fn of(&self, flows: &str) -> String {
        let [one, two, three] = &self.values;
        let mut words = fill(self.sentence, &[flows, one, two, three]);
        words.push_str(&self.rest);
        words
    }
}

/// Why flows to this place were judged so; and what would decide where they were not.
pub(in super::super) fn explain(
    place: &Place,
    case: Case,
    expect: &Expectation,
    data: &[DataSource],
) -> Explained {
    let mut found = explain_against(place, case, &expected(expect), data);
    if case.verdict == Verdict::Indeterminate && place.country.is_some() && place.confidence < LEAST
    {
        found.rest.push_str(WORDS.rules.low_confidence);
        let decides = place.settled_by.unwrap_or(WORDS.rules.source_decides);
        found.would_decide = Some(decides);
    } else if case.verdict == Verdict::Indeterminate
        && let Some(words) = place.country.and_then(|country| condition(country, expect))
    {
        found.rest.push_str(&words);
        found.would_decide = Some(WORDS.rules.condition_decides);
    }
    found
}

/// The same, where `expected` has `the expected countries (IN, SG)` in words.
pub(in super::super) fn explain_against(
    place: &Place,
    case: Case,
    expected: &str,
    data: &[DataSource],
) -> Explained {
    let words = &WORDS.rules;
    let mut said = opinions(place, data).join(WORDS.units.semicolon);
    let physics = place.physics.as_deref().map(arithmetic);
    let Some(country) = place.country else {
        let mut found = nowhere(place, case, expected);
        if !said.is_empty() {
            found.rest.push_str(&fill(words.sources, &[&said]));
        }
        found.rest.push_str(&physics.unwrap_or_default());
        return found;
    };
    for why in &place.lowered_because {
        said.push_str(WORDS.units.semicolon);
        said.push_str(why);
    }
    let mut rest = fill(words.place, &[confidence(place.confidence), &said]);
    if case.translated {
        rest.push_str(words.translated);
    }
    rest.push_str(&physics.unwrap_or_default());
    Explained {
        sentence: by_verdict(case.verdict, words.placed),
        values: [
            named(country),
            country.code().to_owned(),
            expected.to_owned(),
        ],
        rest,
        would_decide: None,
    }
}

/// On what it hangs whether `country` is among the expected ones, in a sentence.
pub(super) fn condition(country: Country, expect: &Expectation) -> Option<String> {
    let member = expect.condition(country)?;
    Some(fill(
        WORDS.rules.condition,
        &[&named(country), &member.group, &member.condition],
    ))
}

/// What is said of a place without a country.
fn nowhere(place: &Place, case: Case, expected: &str) -> Explained {
    let [violated, met] = WORDS.rules.placed_nowhere;
    let (sentence, value, would_decide) = match case.verdict {
        Verdict::Violated => (violated, expected, None),
        Verdict::Met => (met, expected, None),
        Verdict::Indeterminate => indeterminate(place, case.scope),
    };
    Explained {
        sentence,
        values: [value.to_owned(), String::new(), String::new()],
        rest: String::new(),
        would_decide,
    }
}

/// What the round trip says, with its arithmetic.
fn arithmetic(physics: &Physics) -> String {
    let words = &WORDS.rules;
    let answered = milliseconds(physics.rtt_ns);
    if let Some(why) = physics.off_because {
        return fill(words.answer_off, &[&answered, why]);
    }
    let excluded = physics.excluded.iter().map(|far| {
        let excluded = match far.in_vacuum {
            true => words.excluded_in_vacuum,
            false => words.excluded,
        };
        fill(excluded, &[&named(far.country), &count(far.km.into())])
    });
    let excluded: Vec<String> = excluded.collect();
    let answer = match excluded.as_slice() {
        [] => words.answer,
        _ => words.answer_excludes,
    };
    let reach = count(physics.fibre_km.into());
    let excluded = excluded.join(WORDS.units.comma);
    fill(answer, &[&answered, &reach, &physics.vantage, &excluded])
}

/// `3 flows observed in this capture`.
pub(super) fn observed(destination: &Destination) -> String {
    WORDS.many(destination.flows, WORDS.rules.flows)
}

/// `3 flows observed in this capture to 2 addresses`.
pub(in super::super) fn flows(destination: &Destination) -> String {
    let all = destination.flows;
    let words = WORDS.form(all, WORDS.rules.flows_to);
    fill(words, &[&count(all), &addresses(destination)])
}

/// `3 of 7 flows observed in this capture to 2 addresses`.
pub(in super::super) fn some_flows(flows: u64, destination: &Destination) -> String {
    let all = destination.flows;
    let words = WORDS.form(all, WORDS.rules.some_flows_to);
    let addresses = addresses(destination);
    fill(words, &[&count(flows), &count(all), &addresses])
}

fn addresses(destination: &Destination) -> String {
    match destination.address_count {
        COUNTED_ADDRESSES.. => {
            let least = count(COUNTED_ADDRESSES);
            fill(WORDS.rules.addresses_at_least, &[&least])
        }
        few => WORDS.many(few.max(1), WORDS.rules.addresses),
    }
}

/// Addresses of one destination are counted up to this many.
const COUNTED_ADDRESSES: u64 = 256;

/// What each source said, with its name and date: `dbip-country-lite (2026-06-01) says SG`.
fn opinions(place: &Place, data: &[DataSource]) -> Vec<String> {
    let words = place.opinions.iter().filter_map(|opinion| {
        let source = data.get(opinion.source)?;
        let date = source.date.as_deref().unwrap_or(WORDS.no_date);
        // Who is audited may have written such a record itself.
        let of_kind = |[database, operator, holder]: [&'static str; 3]| match opinion.kind {
            OpinionKind::Database => database,
            OpinionKind::OperatorRange => operator,
            OpinionKind::Geofeed => holder,
        };
        let name = source.name.as_str();
        Some(match opinion.country {
            Some(country) => fill(
                of_kind(WORDS.rules.source_says),
                &[name, date, country.code()],
            ),
            None => fill(of_kind(WORDS.rules.source_has_none), &[name, date]),
        })
    });
    words.collect()
}

/// `the expected countries (IN, SG)`.
pub(super) fn expected(expect: &Expectation) -> String {
    let comma = WORDS.units.comma;
    let codes: Vec<&str> = expect.countries.iter().map(Country::code).collect();
    if codes.len() <= LISTED_COUNTRIES {
        return fill(WORDS.rules.expected, &[&codes.join(comma)]);
    }
    let number = codes.len().to_string();
    let groups: Vec<&str> = expect
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    match groups.as_slice() {
        [] => fill(WORDS.rules.expected_many, &[&number]),
        names => fill(WORDS.rules.expected_groups, &[&number, &names.join(comma)]),
    }
}

/// Why there is no country, as a sentence and its value, and what would tell one. The reasons are
/// those of `locate`.
fn indeterminate(place: &Place, scope: Scope) -> (&'static str, &str, Option<&'static str>) {
    let words = &WORDS.rules;
    if place.anycast == Some(true) {
        return match place.anycast_source.as_deref() {
            Some(source) => (words.anycast_source, source, place.settled_by),
            None => (words.anycast, "", place.settled_by),
        };
    }
    let reason = place.unknown_because.unwrap_or(words.no_reason);
    let decides = match reason {
        _ if place.settled_by.is_some() => place.settled_by.unwrap_or_default(),
        _ if reason == WORDS.nowhere.tunnel => words.inside_decides,
        _ if scope == Scope::Outbound => words.not_public_decides,
        _ => return (words.not_asked, reason, None),
    };
    let sentences = [
        (WORDS.nowhere.conflict, words.disagree),
        (WORDS.nowhere.excluded, words.too_soon),
        (WORDS.nowhere.nothing, words.in_no_database),
        (WORDS.nowhere.no_database, words.no_database),
    ];
    let found = sentences.into_iter().find(|(known, _)| *known == reason);
    let sentence = found.map_or(words.no_country, |(_, sentence)| sentence);
    (sentence, reason, Some(decides))
}

/// Inside 64:ff9b::/96 (RFC 6052).
fn is_nat64(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.segments().starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]))
}
