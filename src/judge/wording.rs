//! Words that several of the judge's sentences share.
//!
//! In:   countries, companies, verdicts, times.
//! Out:  phrases of the report's language. Nothing in them was chosen by the capture.

use crate::language::{WORDS, fill};
use crate::model::{Confidence, Country, Verdict};

/// `the Netherlands`, `Singapore`.
pub(super) fn named(country: Country) -> String {
    let name = country.name().unwrap_or(WORDS.rules.nameless_country);
    match country.takes_the() {
        true => fill(WORDS.rules.with_article, &[name]),
        false => name.to_owned(),
    }
}

/// `China (CN)`, `the United States (US)`.
pub(super) fn with_code(country: Country) -> String {
    fill(WORDS.rules.country_code, &[&named(country), country.code()])
}

/// `Amazon`; `Annapurna Labs, of the group Amazon`.
pub(super) fn company(name: &str, group: &str) -> String {
    if name.eq_ignore_ascii_case(group) {
        return name.to_owned();
    }
    fill(WORDS.rules.of_group, &[name, group])
}

/// A confidence as it stands in a sentence.
pub(super) fn confidence(confidence: Confidence) -> &'static str {
    let [none, low, medium, high] = WORDS.rules.confidence;
    match confidence {
        Confidence::None => none,
        Confidence::Low => low,
        Confidence::Medium => medium,
        Confidence::High => high,
    }
}

/// A verdict as it stands in a sentence.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    by_verdict(verdict, WORDS.rules.verdicts)
}

/// The text for a verdict, of those for violated, indeterminate and met.
pub(super) fn by_verdict(verdict: Verdict, texts: [&'static str; 3]) -> &'static str {
    let [violated, indeterminate, met] = texts;
    match verdict {
        Verdict::Violated => violated,
        Verdict::Indeterminate => indeterminate,
        Verdict::Met => met,
    }
}

/// `12.3`, in milliseconds.
pub(super) fn milliseconds(nanoseconds: u64) -> String {
    format!("{}.{}", nanoseconds / 1_000_000, nanoseconds / 100_000 % 10)
}
