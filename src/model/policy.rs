//! What a policy said of a capture, rule by rule.

use super::{ExpectedGroup, Time, Verdict};
use std::sync::Arc;

/// How grave it is where a rule is violated. The policy's author says so; nothing computes it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Low.
    Low,
    /// Medium.
    #[default]
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// All, mildest first.
    pub const ALL: [Severity; 5] = [
        Severity::Note,
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ];

    /// The word in policies and outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// A policy as it was used, and how each of its rules turned out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyResult {
    /// Its name: `eu-gdpr-chapter-v`, or what the file calls itself.
    pub name: Arc<str>,
    /// Its title.
    pub title: Arc<str>,
    /// `built-in`, or the path as the user gave it.
    pub origin: Arc<str>,
    /// SHA-256 of its text, hex.
    pub sha256: String,
    /// The day for which it is right, where it says so.
    pub as_of: Option<Arc<str>>,
    /// What a reader must know: `a starting point, not legal advice`.
    pub notice: Option<Arc<str>>,
    /// The rules, in their order.
    pub rules: Vec<RuleResult>,
    /// Groups of countries that rules used.
    pub groups: Vec<ExpectedGroup>,
    /// Exceptions, in their order.
    pub exceptions: Vec<ExceptionResult>,
}

/// One rule and what it judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleResult {
    /// Its id in the policy.
    pub id: Arc<str>,
    /// What it is for, in the policy's words.
    pub reason: Arc<str>,
    /// Law, contract or claim that it refers to.
    pub reference: Option<Arc<str>>,
    /// How grave.
    pub severity: Severity,
    /// The gravest verdict; `None` where no flow exercised the rule.
    pub verdict: Option<Verdict>,
    /// Flows: violated, indeterminate, met.
    pub flows: [u64; 3],
    /// Line of the rule in its file, from 1.
    pub line: u64,
}

/// An exception: who granted it, why, until when, and what it covered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExceptionResult {
    /// Its id.
    pub id: Arc<str>,
    /// Who answers for it.
    pub owner: Arc<str>,
    /// Why it was granted.
    pub reason: Arc<str>,
    /// The end of its last day.
    pub expires: Time,
    /// Flows that it covered while in force.
    pub flows: u64,
    /// Flows that it would have covered, had it not expired before them.
    pub expired_flows: u64,
}

impl ExceptionResult {
    /// Its last day, `YYYY-MM-DD`.
    #[must_use]
    pub fn last_day(&self) -> String {
        let before = Time(self.expires.0.saturating_sub(1));
        before.to_string().chars().take(10).collect()
    }
}
