//! The rules, one file each.

pub(super) mod expected_country;
pub(super) mod expected_operator;
pub(super) mod expected_owner;

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

/// `in the United States (US), which is not among the expected countries (IN, SG)`.
fn seat_words(country: Country, expect: &Expectation) -> String {
    let the = if country.takes_the() { "the " } else { "" };
    let name = country.name().unwrap_or("a country without a name");
    let expected = expected_country::expected(expect);
    let fit = match seat(country, expect) {
        Verdict::Met => format!("which is among {expected}"),
        Verdict::Violated => format!("which is not among {expected}"),
        Verdict::Indeterminate => format!("held against {expected}"),
    };
    format!("in {the}{name} ({country}), {fit}")
}

/// `Amazon`; `Annapurna Labs, of the group Amazon`.
pub(super) fn company_words(name: &str, group: &str) -> String {
    if name.eq_ignore_ascii_case(group) {
        return name.to_owned();
    }
    format!("{name}, of the group {group}")
}
