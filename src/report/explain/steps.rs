//! The reasoning behind a finding, step by step, for every form of the report.
//!
//! In:   a [`DestinationRow`].
//! Out:  steps in our words, to be escaped: they name sources, operators and owners. The name of
//!       the destination itself is not in them.

use super::rows::{DestinationRow, FindingRow, TripRow};
use crate::model::{Known, Step};
use crate::report::text::layout::{bytes, count, many, span};
use crate::report::text::length;

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
        let words = format!("DNS gave it as an alias of {target}, owned by {owner}.");
        step(Known::Observed, words);
    }
    for opinion in destination.country_opinions.iter().take(SOURCES) {
        step(Known::LookedUp, opinion.words());
    }
    let more = destination.country_opinions.len().saturating_sub(SOURCES);
    if more > 0 {
        let words = format!("{} more spoke of the place.", many(length(more), "source"));
        step(Known::LookedUp, words);
    }
    if destination.anycast == Some(true) {
        let words = "Its network is declared anycast: it answers from many places at once.";
        step(Known::LookedUp, words.to_owned());
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
    format!(
        "{} to {}; {} out, {} in for the whole destination, {}.",
        many(flows, "flow"),
        addresses(destination),
        bytes(destination.bytes_out),
        bytes(destination.bytes_in),
        span(destination.first_seen, destination.last_seen)
    )
}

fn addresses(destination: &DestinationRow) -> String {
    let shown = destination.addresses.iter().take(ADDRESSES);
    let shown: Vec<String> = shown.map(ToString::to_string).collect();
    let more = destination.address_count;
    match more.saturating_sub(length(shown.len())) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), count(more)),
    }
}

fn named(destination: &DestinationRow) -> (Known, String) {
    let Some(via) = destination.name_via.as_ref() else {
        return (Known::Observed, "No name was observed.".to_owned());
    };
    if destination.name_grade == "observed" {
        let words = format!("Its name was read in the flow itself ({via}).");
        return (Known::Observed, words);
    }
    let words = format!("Its name is concluded from {via}: the flow itself does not say it.");
    (Known::Inferred, words)
}

/// `Place: China (CN), medium confidence: one database …`.
fn placed(destination: &DestinationRow) -> Option<String> {
    let class = destination
        .class_words
        .as_ref()
        .or(destination.country_class.as_ref());
    let class = class.map_or_else(String::new, |words| format!(": {words}"));
    let mut words = match &destination.country {
        Some(country) => format!(
            "Place: {}, {} confidence{class}.",
            country_words(country),
            destination.country_confidence
        ),
        None => match &destination.country_unknown_because {
            Some(why) => format!("No country: {why}."),
            None => return None,
        },
    };
    for why in &destination.country_lowered_because {
        words.push_str(&format!(" Less sure than that class: {why}."));
    }
    Some(words)
}

/// `China (CN)`.
fn country_words(code: &str) -> String {
    match crate::model::Country::new(code) {
        Some(country) => crate::report::text::country_words(country),
        None => code.to_owned(),
    }
}

fn operated(destination: &DestinationRow) -> Option<String> {
    let group = destination.operator.as_ref()?;
    let company = destination.operator_company.as_ref().unwrap_or(group);
    let system = destination.asn;
    let system = system.map_or_else(String::new, |number| format!(" AS{number}"));
    Some(format!(
        "Network{system} operated by {}, according to {}.",
        seat(company, group, destination.operator_country.as_deref()),
        destination
            .operator_source
            .as_deref()
            .unwrap_or("no source")
    ))
}

fn owned(destination: &DestinationRow) -> Option<String> {
    if let Some(group) = &destination.owner {
        let company = destination.owner_company.as_ref().unwrap_or(group);
        return Some(format!(
            "Name owned by {}, according to {}.",
            seat(company, group, destination.owner_country.as_deref()),
            destination.owner_source.as_deref().unwrap_or("no source")
        ));
    }
    let host = destination.hosted_by.as_ref()?;
    Some(format!(
        "Name of a customer of {host}; who that is, is not known."
    ))
}

/// `Amazon (US)`; `WhatsApp, of the group Meta (US)`.
fn seat(company: &str, group: &str, country: Option<&str>) -> String {
    let country = country.unwrap_or("country not known");
    if company.eq_ignore_ascii_case(group) {
        return format!("{group} ({country})");
    }
    format!("{company}, of the group {group} ({country})")
}

fn round_trip(trip: &TripRow) -> String {
    let measured = format!("The smallest round trip was {} ms", trip.rtt_ms);
    if let Some(why) = &trip.off_because {
        return format!("{measured}: not used, {why}.");
    }
    let mut words = format!(
        "{measured} from {}: light in fibre covers at most {} km there and back.",
        trip.vantage,
        count(trip.fibre_km)
    );
    for far in &trip.excluded {
        let (country, km) = (country_words(&far.country), count(far.km));
        words.push_str(&format!(" It rules out {country}: {km} km or more."));
    }
    words
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
        let flows = many(finding.flows, "flow");
        fits.push(format!("{flows} in this capture, listed below."));
    }
    if destination.name.name.is_some() && destination.name_grade != "observed" {
        let words = "The name was concluded, not seen in the flow: another name may be meant.";
        against.push(words.to_owned());
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
        against.push(format!("The place is less sure than its class: {why}."));
    }
    let registered = destination.registered_country.as_ref();
    if let Some(other) = registered.filter(|other| finding.country.as_ref() != Some(*other)) {
        let other = country_words(other);
        against.push(format!(
            "The block is registered in {other}: a registration is no place."
        ));
    }
    let trip = destination.round_trip.as_ref();
    let far = trip.map_or(&[][..], |trip| &trip.excluded);
    if far
        .iter()
        .any(|far| Some(&far.country) == finding.country.as_ref())
    {
        against.push("The round trip rules that country out.".to_owned());
    }
}
