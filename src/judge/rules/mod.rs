//! The rules, one file each.

pub(super) mod expected_country;

/// What all rules have.
pub(super) struct Rule {
    /// As findings show it.
    pub(super) id: &'static str,
    /// The first letters of its findings' names.
    pub(super) prefix: &'static str,
}

/// Every rule.
pub(super) const RULES: &[Rule] = &[expected_country::RULE];
