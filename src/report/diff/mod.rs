//! Two captures side by side: the formats of a comparison, and words that they share.
//!
//! In:   a [`Diff`].
//! Out:  text, JSON, CSV, Markdown, HTML, SARIF, JUnit.
//!
//! Words here are put together raw: each format escapes a whole line or cell in its own way.

pub(super) mod csv;
pub(super) mod judged;
mod markdown;

use super::{CSV, Format, JSON, TEXT, countries, html, json, junit, text};
use crate::model::Country;
use crate::model::diff::{Axis, Diff, NameChange, Spot, Status, Subject};
use std::collections::BTreeSet;

/// The formats of a comparison.
pub const DIFF_FORMATS: &[Format<Diff>] = &[
    Format {
        name: "text",
        extensions: TEXT,
        doc: "a page to read",
        exchanges: false,
        write: |diff, style, out| text::diff(diff, style, out),
    },
    Format {
        name: "json",
        extensions: JSON,
        doc: "everything, as docs/diff.schema.json describes it",
        exchanges: false,
        write: |diff, _, out| json::diff(diff, out),
    },
    Format {
        name: "csv",
        extensions: CSV,
        doc: "one row a change",
        exchanges: false,
        write: |diff, _, out| csv::changes(diff, out),
    },
    Format {
        name: "markdown",
        extensions: &["md", "markdown"],
        doc: "a summary for a pull request",
        exchanges: false,
        write: |diff, _, out| markdown::page(diff, out),
    },
    Format {
        name: "html",
        extensions: &["html", "htm"],
        doc: "one page to look at, in one file",
        exchanges: false,
        write: |diff, _, out| html::diff::diff(diff, out),
    },
    Format {
        name: "sarif",
        extensions: &["sarif", "sarif.json"],
        doc: "verdicts on claims, for viewers of code scanning",
        exchanges: false,
        write: |diff, _, out| json::sarif(&judged::report(diff), out),
    },
    Format {
        name: "junit",
        extensions: &["xml", "junit.xml"],
        doc: "verdicts on claims, for dashboards of tests",
        exchanges: false,
        write: |diff, _, out| junit::junit(&judged::report(diff), out),
    },
];

/// What a subject is called, raw: its name and how many more, or its address.
pub(super) fn subject_words(change: &NameChange) -> Vec<u8> {
    let mut words = Vec::new();
    let old = change.before.as_ref();
    let new = change.after.as_ref();
    let first = old.or(new).map(name_of).unwrap_or_default();
    words.extend_from_slice(&first);
    if let (Some(_), Some(new)) = (old, new) {
        let later = name_of(new);
        if !later.eq_ignore_ascii_case(&first) {
            words.extend_from_slice(" → ".as_bytes());
            words.extend_from_slice(&later);
        }
    }
    words
}

fn name_of(subject: &Subject) -> Vec<u8> {
    let mut words = match subject.names.first() {
        Some(name) => name.bytes().to_vec(),
        None => subject
            .addresses
            .first()
            .map(ToString::to_string)
            .unwrap_or_default()
            .into_bytes(),
    };
    let more = subject.names.len().saturating_sub(1);
    if more > 0 {
        words.extend_from_slice(format!(" and {more} more").as_bytes());
    }
    words
}

/// `CN (China Telecom)`, `SG (AWS ap-southeast-1, Singapore)`, `anycast (Cloudflare)`, raw.
pub(super) fn place_words(subject: Option<&Subject>) -> String {
    let Some(subject) = subject else {
        return String::new();
    };
    let spots: BTreeSet<String> = subject
        .spots
        .iter()
        .map(|(spot, _)| spot_words(spot))
        .collect();
    let mut words: Vec<String> = spots.into_iter().take(SPOTS).collect();
    if subject.spots.len() > SPOTS || subject.more_spots {
        words.push("…".to_owned());
    }
    words.join(", ")
}

/// Places of one name that are listed.
const SPOTS: usize = 3;

fn spot_words(spot: &Spot) -> String {
    let mut what = match (spot.anycast, spot.country) {
        (true, _) => "anycast".to_owned(),
        (false, Some(country)) => country.to_string(),
        (false, None) => "not known".to_owned(),
    };
    if spot.country.is_some() && !spot.anycast && spot.confidence < crate::model::Confidence::Medium
    {
        what.push_str(", not surely");
    }
    let cloud = spot
        .cloud
        .as_deref()
        .map(|cloud| match spot.cloud_region.as_deref() {
            Some(region) => format!("{cloud} {region}"),
            None => cloud.to_owned(),
        });
    let network = cloud
        .or_else(|| spot.operator.as_deref().map(str::to_owned))
        .or_else(|| spot.as_org.as_deref().map(str::to_owned))
        .or_else(|| spot.asn.map(|asn| format!("AS{asn}")));
    let details: Vec<String> = network
        .into_iter()
        .chain(spot.city.as_deref().map(str::to_owned))
        .collect();
    if details.is_empty() {
        what
    } else {
        format!("{what} ({})", details.join(", "))
    }
}

/// `231 ms → 71 ms`; of one side alone only its own.
pub(super) fn trip_words(change: &NameChange) -> String {
    let of = |subject: &Option<Subject>| {
        let trips = subject.as_ref().and_then(|subject| subject.round_trips);
        trips.map(|trips| milliseconds(trips.smallest_ns))
    };
    match (of(&change.before), of(&change.after)) {
        (Some(old), Some(new)) => format!("{old} → {new} ms"),
        (Some(old), None) if change.after.is_some() => format!("{old} → ? ms"),
        (None, Some(new)) if change.before.is_some() => format!("? → {new} ms"),
        (Some(one), None) | (None, Some(one)) => format!("{one} ms"),
        (None, None) => String::new(),
    }
}

/// Whole milliseconds, rounded; one decimal below ten.
fn milliseconds(nanoseconds: u64) -> String {
    if nanoseconds < 10_000_000 {
        let tenths = nanoseconds.saturating_add(50_000) / 100_000;
        return format!("{}.{}", tenths / 10, tenths % 10);
    }
    (nanoseconds.saturating_add(500_000) / 1_000_000).to_string()
}

/// `TLS 1.2, cleartext`.
pub(super) fn encryption_words(subject: Option<&Subject>) -> String {
    let words = subject.into_iter().flat_map(|subject| &subject.encryption);
    words
        .map(|(word, _)| word.as_ref())
        .collect::<Vec<_>>()
        .join(", ")
}

/// `7, 9` of the frames of a side.
pub(super) fn frames_words(subject: Option<&Subject>, most: usize) -> String {
    let frames = subject.into_iter().flat_map(|subject| &subject.frames);
    frames
        .take(most)
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

/// `5 names moved, 1 appeared, none vanished, …`.
pub(super) fn summary(diff: &Diff) -> String {
    let mut parts = Vec::new();
    for (status, words) in [
        (Status::Moved, "moved"),
        (
            Status::Changed,
            "changed at the same or partly the same place",
        ),
        (Status::Appeared, "appeared"),
        (Status::Vanished, "vanished"),
        (Status::Unchanged, "unchanged"),
        (Status::NotComparable, "not comparable"),
    ] {
        let count = diff.count(status);
        let noun = match (parts.is_empty(), count) {
            (false, _) => "",
            (true, 1) => " name",
            (true, _) => " names",
        };
        if count > 0 || status != Status::Changed {
            parts.push(format!("{count}{noun} {words}"));
        }
    }
    format!("{}.", parts.join(", "))
}

/// The key of a group, raw: a country with its name.
pub(super) fn group_words(axis: Axis, key: Option<&crate::model::Text>) -> Vec<u8> {
    let Some(key) = key else {
        return match axis {
            Axis::Protocols => b"not recognised".to_vec(),
            _ => b"not known".to_vec(),
        };
    };
    let country = key
        .as_str()
        .filter(|_| axis == Axis::Countries)
        .and_then(Country::new);
    match country.and_then(|country| Some((country, countries::name(country)?))) {
        Some((country, name)) => format!("{country} {name}").into_bytes(),
        None => key.bytes().to_vec(),
    }
}

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
