//! The reasoning behind a finding, step by step, for every form of the report.
//!
//! In:   a [`DestinationRow`].
//! Out:  steps in the words of [`WORDS`], to be escaped: they name sources, operators and owners. The name of
//!       the destination itself is not in them.

use super::rows::{DestinationRow, FindingRow, TripRow};
use crate::language::{WORDS, fill};
use crate::model::{Known, Step};
use crate::report::text::layout::{bytes, count, span};
use crate::report::text::length;
use crate::report::words;

/// Sources that are listed one by one.
const SOURCES: usize = 8;
/// Addresses that are listed one by one.
const ADDRESSES: usize = 3;

/// What is known of a destination, of which `flows` flows were judged, and how.
pub(in crate::report) fn steps(destination: &DestinationRow, flows: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = |known: Known, words: String| steps.push(Step { known, words });
    step(Known::Observed, extent(destination, flows));
    let (known, words) = named(destination);
    step(known, words);
    if let (Some(target), Some(owner)) = (&destination.cname_target, &destination.cname_owner) {
        step(Known::Observed, fill(WORDS.steps.alias, &[target, owner]));
    }
    for opinion in destination.country_opinions.iter().take(SOURCES) {
        step(Known::LookedUp, opinion.words());
    }
    let more = destination.country_opinions.len().saturating_sub(SOURCES);
    if more > 0 {
        let words = WORDS.many(length(more), WORDS.steps.more_sources);
        step(Known::LookedUp, words);
    }
    if destination.anycast == Some(true) {
        step(Known::LookedUp, WORDS.steps.anycast.to_owned());
    }
    if let Some(trip) = &destination.round_trip {
        step(Known::Calculated, round_trip(trip));
    }
    if let Some(words) = placed(destination) {
        step(Known::Inferred, words);
    }
    if let Some(words) = operated(destination) {
        step(Known::LookedUp, words);
    }
    if let Some(words) = owned(destination) {
        step(Known::LookedUp, words);
    }
    steps
}

fn extent(destination: &DestinationRow, flows: u64) -> String {
    let values = [
        WORDS.many(flows, WORDS.flows_of),
        addresses(destination),
        bytes(destination.bytes_out),
        bytes(destination.bytes_in),
        span(destination.first_seen, destination.last_seen),
    ];
    fill(WORDS.steps.extent, &values.each_ref().map(String::as_str))
}

fn addresses(destination: &DestinationRow) -> String {
    let shown = destination.addresses.iter().take(ADDRESSES);
    let shown: Vec<String> = shown.map(ToString::to_string).collect();
    let more = destination.address_count;
    match more.saturating_sub(length(shown.len())) {
        0 => shown.join(", "),
        more => fill(WORDS.more_addresses, &[&shown.join(", "), &count(more)]),
    }
}

fn named(destination: &DestinationRow) -> (Known, String) {
    let words = &WORDS.steps;
    let Some(via) = destination.name_via.as_ref() else {
        return (Known::Observed, words.no_name.to_owned());
    };
    if destination.name_grade == "observed" {
        return (Known::Observed, fill(words.name_observed, &[via]));
    }
    (Known::Inferred, fill(words.name_inferred, &[via]))
}

/// `Place: China (CN), medium confidence: one database …`.
fn placed(destination: &DestinationRow) -> Option<String> {
    let words = &WORDS.steps;
    let class = destination
        .class_words
        .as_ref()
        .or(destination.country_class.as_ref());
    let confidence = words::sure_word(&destination.country_confidence);
    let mut said = match (&destination.country, class) {
        (Some(country), Some(class)) => fill(
            words.place_class,
            &[&country_words(country), confidence, class],
        ),
        (Some(country), None) => fill(words.place, &[&country_words(country), confidence]),
        (None, _) => {
            let why = destination.country_unknown_because.as_ref()?;
            fill(words.no_place, &[why])
        }
    };
    for why in &destination.country_lowered_because {
        said.push_str(&fill(words.lowered, &[why]));
    }
    Some(said)
}

/// `China (CN)`.
fn country_words(code: &str) -> String {
    match crate::model::Country::new(code) {
        Some(country) => crate::report::text::country_words(country),
        None => code.to_owned(),
    }
}

fn operated(destination: &DestinationRow) -> Option<String> {
    let words = &WORDS.steps;
    let group = destination.operator.as_ref()?;
    let company = destination.operator_company.as_ref().unwrap_or(group);
    let source = destination.operator_source.as_deref();
    let source = source.unwrap_or(words.no_source);
    let seat = seat(company, group, destination.operator_country.as_deref());
    Some(match destination.asn {
        Some(number) => fill(words.network_number, &[&seat, source, &number.to_string()]),
        None => fill(words.network, &[&seat, source]),
    })
}

fn owned(destination: &DestinationRow) -> Option<String> {
    let words = &WORDS.steps;
    if let Some(group) = &destination.owner {
        let company = destination.owner_company.as_ref().unwrap_or(group);
        let seat = seat(company, group, destination.owner_country.as_deref());
        let source = destination.owner_source.as_deref();
        return Some(fill(
            words.owner,
            &[&seat, source.unwrap_or(words.no_source)],
        ));
    }
    let host = destination.hosted_by.as_ref()?;
    Some(fill(words.customer, &[host]))
}

/// `Amazon (US)`; `WhatsApp, of the group Meta (US)`.
fn seat(company: &str, group: &str, country: Option<&str>) -> String {
    let country = country.unwrap_or(WORDS.steps.no_country);
    if company.eq_ignore_ascii_case(group) {
        return fill(WORDS.steps.seat, &[group, country]);
    }
    fill(WORDS.steps.group_seat, &[company, group, country])
}

fn round_trip(trip: &TripRow) -> String {
    let words = &WORDS.steps;
    if let Some(why) = &trip.off_because {
        return fill(words.round_trip_off, &[&trip.rtt_ms, why]);
    }
    let reach = count(trip.fibre_km);
    let mut said = fill(words.round_trip, &[&trip.rtt_ms, &trip.vantage, &reach]);
    for far in &trip.excluded {
        let (country, km) = (country_words(&far.country), count(far.km));
        said.push_str(&fill(words.ruled_out, &[&country, &km]));
    }
    said
}

/// What speaks for the verdict of a finding, and what against it.
pub(super) fn sides(finding: &FindingRow, destination: &DestinationRow) -> [Vec<String>; 2] {
    let [mut fits, mut against] = [Vec::new(), Vec::new()];
    if finding.check == "server-country" {
        by_sources(finding, destination, &mut fits, &mut against);
    } else if finding.check.starts_with("operator") {
        fits.extend(operated(destination));
    } else if finding.check.starts_with("owner") {
        fits.extend(owned(destination));
    }
    if fits.is_empty() && finding.verdict != "indeterminate" {
        let flows = WORDS.many(finding.flows, WORDS.flows_of);
        fits.push(fill(WORDS.steps.listed_below, &[&flows]));
    }
    if destination.name.name.is_some() && destination.name_grade != "observed" {
        against.push(WORDS.steps.name_concluded.to_owned());
    }
    [fits, against]
}

/// Sources that gave the judged country, and whatever speaks for another.
fn by_sources(
    finding: &FindingRow,
    destination: &DestinationRow,
    fits: &mut Vec<String>,
    against: &mut Vec<String>,
) {
    for opinion in &destination.country_opinions {
        if opinion.country.is_none() {
            continue;
        }
        // Where no country was settled on, no source speaks for the verdict.
        let fitting = finding.country.is_some() && opinion.country == finding.country;
        if fitting { &mut *fits } else { &mut *against }.push(opinion.words());
    }
    for why in &destination.country_lowered_because {
        against.push(fill(WORDS.steps.less_sure, &[why]));
    }
    let registered = destination.registered_country.as_ref();
    if let Some(other) = registered.filter(|other| finding.country.as_ref() != Some(*other)) {
        against.push(fill(WORDS.steps.registered, &[&country_words(other)]));
    }
    let trip = destination.round_trip.as_ref();
    let far = trip.map_or(&[][..], |trip| &trip.excluded);
    if far
        .iter()
        .any(|far| Some(&far.country) == finding.country.as_ref())
    {
        against.push(WORDS.steps.country_ruled_out.to_owned());
    }
}
