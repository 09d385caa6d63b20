//! Two captures side by side: the formats of a comparison, and words that they share.
//!
//! In:   a [`Diff`].
//! Out:  text, JSON, CSV, Markdown, HTML, SARIF, JUnit.
//!
//! Words here are put together raw: each format escapes a whole line or cell in its own way.

pub(super) mod csv;
pub(super) mod judged;
mod markdown;

use super::words::around;
use super::{CSV, Format, JSON, Lists, TEXT, countries, html, json, junit, text};
use crate::language::{WORDS, fill};
use crate::model::diff::{Axis, Diff, NameChange, Spot, Status, Subject};
use crate::model::{Confidence, Country};
use std::collections::BTreeSet;

/// The formats of a comparison.
pub const DIFF_FORMATS: &[Format<Diff>] = &[
    Format {
        name: "text",
        extensions: TEXT,
        doc: "a page to read",
        lists: Lists::Nothing,
        write: |diff, style, out| text::diff(diff, style, out),
    },
    Format {
        name: "json",
        extensions: JSON,
        doc: "everything, as docs/diff.schema.json describes it",
        lists: Lists::Nothing,
        write: |diff, _, out| json::diff(diff, out),
    },
    Format {
        name: "csv",
        extensions: CSV,
        doc: "one row a change",
        lists: Lists::Nothing,
        write: |diff, _, out| csv::changes(diff, out),
    },
    Format {
        name: "markdown",
        extensions: &["md", "markdown"],
        doc: "a summary for a pull request",
        lists: Lists::Nothing,
        write: |diff, _, out| markdown::page(diff, out),
    },
    Format {
        name: "html",
        extensions: &["html", "htm"],
        doc: "one page to look at, in one file",
        lists: Lists::Nothing,
        write: |diff, _, out| html::diff::diff(diff, out),
    },
    Format {
        name: "sarif",
        extensions: &["sarif", "sarif.json"],
        doc: "verdicts on claims, for viewers of code scanning",
        lists: Lists::Nothing,
        write: |diff, _, out| json::sarif(&judged::report(diff), out),
    },
    Format {
        name: "junit",
        extensions: &["xml", "junit.xml"],
        doc: "verdicts on claims, for dashboards of tests",
        lists: Lists::Nothing,
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
            words = became(&words, &later);
        }
    }
    words
}

/// One name and the one that came after it: they may be no text.
fn became(first: &[u8], later: &[u8]) -> Vec<u8> {
    let (before, after) = WORDS.changes.became.split_once("{1}").unwrap_or_default();
    [&around(before, first), later, after.as_bytes()].concat()
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
        let more = fill(WORDS.changes.and_more, &["{0}", &more.to_string()]);
        words = around(&more, &words);
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
    words.join(WORDS.units.comma)
}

/// Places of one name that are listed.
const SPOTS: usize = 3;

fn spot_words(spot: &Spot) -> String {
    let words = &WORDS.changes;
    let what = match (spot.anycast, spot.country) {
        (true, _) => words.anycast.to_owned(),
        (false, Some(country)) if spot.confidence < Confidence::Medium => {
            fill(words.not_surely, &[country.code()])
        }
        (false, Some(country)) => country.to_string(),
        (false, None) => words.not_known.to_owned(),
    };
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
        fill(
            WORDS.units.coded,
            &[&what, &details.join(WORDS.units.comma)],
        )
    }
}

/// `231 ms → 71 ms`; of one side alone only its own.
pub(super) fn trip_words(change: &NameChange) -> String {
    let of = |subject: &Option<Subject>| {
        let trips = subject.as_ref().and_then(|subject| subject.round_trips);
        trips.map(|trips| milliseconds(trips.smallest_ns))
    };
    let words = &WORDS.changes;
    match (of(&change.before), of(&change.after)) {
        (Some(old), Some(new)) => fill(words.trips, &[&old, &new]),
        (Some(old), None) if change.after.is_some() => fill(words.trip_lost, &[&old]),
        (None, Some(new)) if change.before.is_some() => fill(words.trip_new, &[&new]),
        (Some(one), None) | (None, Some(one)) => fill(WORDS.units.milliseconds, &[&one]),
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
    let words = &WORDS.changes;
    let moved = diff.count(Status::Moved);
    let moved = fill(WORDS.form(moved, words.sum_moved), &[&moved.to_string()]);
    let mut parts = vec![moved];
    for (status, template) in [
        (Status::Changed, words.sum_changed),
        (Status::Appeared, words.sum_appeared),
        (Status::Vanished, words.sum_vanished),
        (Status::Unchanged, words.sum_unchanged),
        (Status::NotComparable, words.sum_not_comparable),
    ] {
        let count = diff.count(status);
        if count > 0 || status != Status::Changed {
            parts.push(fill(template, &[&count.to_string()]));
        }
    }
    fill(words.summary, &[&parts.join(WORDS.units.comma)])
}

/// A status in a cell.
pub(super) fn status_word(status: Status) -> &'static str {
    of_status(status, WORDS.changes.statuses)
}

/// A status above its table.
pub(super) fn status_head(status: Status) -> &'static str {
    of_status(status, WORDS.changes.status_heads)
}

/// The word of a list for a status.
pub(super) fn of_status(status: Status, words: [&'static str; 6]) -> &'static str {
    let [
        moved,
        changed,
        appeared,
        vanished,
        not_comparable,
        unchanged,
    ] = words;
    match status {
        Status::Moved => moved,
        Status::Changed => changed,
        Status::Appeared => appeared,
        Status::Vanished => vanished,
        Status::NotComparable => not_comparable,
        Status::Unchanged => unchanged,
    }
}

/// An axis above its table.
pub(super) fn axis_head(axis: Axis) -> &'static str {
    let [owners, countries, operators, protocols, encryption] = WORDS.changes.axes;
    match axis {
        Axis::Owners => owners,
        Axis::Countries => countries,
        Axis::Operators => operators,
        Axis::Protocols => protocols,
        Axis::Encryption => encryption,
    }
}

/// The key of a group, raw: a country with its name.
pub(super) fn group_words(axis: Axis, key: Option<&crate::model::Text>) -> Vec<u8> {
    let Some(key) = key else {
        return match axis {
            Axis::Protocols => WORDS.changes.not_recognised.as_bytes().to_vec(),
            _ => WORDS.changes.not_known.as_bytes().to_vec(),
        };
    };
    let country = key
        .as_str()
        .filter(|_| axis == Axis::Countries)
        .and_then(Country::new);
    match country.and_then(|country| Some((country, countries::name(country)?))) {
        Some((country, name)) => {
            fill(WORDS.changes.group_country, &[country.code(), name]).into_bytes()
        }
        None => key.bytes().to_vec(),
    }
}

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
