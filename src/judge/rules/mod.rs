//! The rules, one file each.

pub(super) mod expected_country;
pub(super) mod expected_operator;
pub(super) mod expected_owner;

use super::wording::{by_verdict, named};
use crate::language::fill;
use crate::model::{Country, Expectation, Verdict};

/// What all rules have.
pub(super) struct Rule {
    /// As findings show it.
    pub(super) id: &'static str,
    /// What it looks at, as findings show it.
    pub(super) check: &'static str,
    /// The first letters of its findings' names.
    pub(super) prefix: &'static str,
}

/// Every rule.
pub(super) const RULES: &[Rule] = &[
    expected_country::RULE,
    expected_operator::RULE,
    expected_owner::RULE,
];

/// Whether the country of a seat is among those expected.
fn seat(country: Country, expect: &Expectation) -> Verdict {
    expect.holds(country).into()
}

/// A sentence on the country of a seat: one of `sentences`, for violated, indeterminate and met.
pub(super) fn seat_words(
    sentences: [&'static str; 3],
    verdict: Verdict,
    source: &str,
    country: Country,
    expected: &str,
) -> String {
    fill(
        by_verdict(verdict, sentences),
        &[source, &named(country), country.code(), expected],
    )
}
