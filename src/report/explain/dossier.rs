//! All that may be explained: findings, claims, destinations, and how they were come by.
//!
//! In:   a [`Report`].
//! Out:  a [`Dossier`], the same as `saved.rs` reads from the report's JSON.

use super::rows::{DestinationRow, FindingRow};
use crate::model::{ClaimResult, PolicyResult, Report, RuleResult};
use crate::report::command;
use serde::Deserialize;

/// Findings, claims and destinations of one report.
#[derive(Clone, Debug, Default)]
pub(super) struct Dossier {
    pub(super) findings: Vec<FindingRow>,
    pub(super) claims: Vec<ClaimResult>,
    pub(super) destinations: Vec<DestinationRow>,
    pub(super) policy: Option<PolicyRow>,
    /// The expectations as written, with the rules that they give: `expected-country`.
    pub(super) expected: Vec<(String, String)>,
    /// How many captures were audited together: frames are counted over all.
    pub(super) inputs: u64,
    /// Flows in all.
    pub(super) flows: u64,
    /// What the vendor replied, where the user says so.
    pub(super) reply: Option<String>,
    /// Captures and options that give the same findings, as words of a shell.
    pub(super) arguments: Vec<String>,
    /// True where it was read from a saved report.
    pub(super) saved: bool,
    /// True where a filter chose the packets.
    pub(super) filtered: bool,
    /// True where an input was damaged or cut.
    pub(super) damaged: bool,
}

/// What is said of a policy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PolicyRow {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) origin: String,
    pub(super) notice: Option<String>,
    pub(super) rules: Vec<RuleRow>,
}

/// What is said of one of its rules.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleRow {
    pub(super) id: String,
    pub(super) reason: String,
    pub(super) reference: Option<String>,
    pub(super) line: u64,
}

impl Dossier {
    /// What a report has.
    pub(super) fn of(report: &Report) -> Self {
        let settings = &report.settings;
        let about = settings.about.as_ref();
        let expected = [
            ("expected-country", &settings.expect),
            ("expected-operator", &settings.expect_operator),
            ("expected-owner", &settings.expect_owner),
        ];
        Dossier {
            findings: report.findings.iter().map(FindingRow::of).collect(),
            claims: report.claims.clone(),
            destinations: report
                .destinations
                .iter()
                .map(|one| DestinationRow::of(one, &report.data))
                .collect(),
            policy: report.policy.as_ref().map(PolicyRow::of),
            expected: expected
                .into_iter()
                .filter_map(|(rule, one)| Some((rule.to_owned(), one.as_ref()?.written.clone())))
                .collect(),
            inputs: u64::try_from(report.inputs.len()).unwrap_or(u64::MAX),
            flows: report.totals.flows,
            reply: about.map(|it| it.reply.clone()).filter(|it| !it.is_empty()),
            arguments: command::arguments(report),
            saved: false,
            filtered: settings.filter.is_some(),
            damaged: report.is_damaged(),
        }
    }

    /// True where an input was damaged or cut: the exit code then says so.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    pub(super) fn rule(&self, id: &str) -> Option<&RuleRow> {
        let policy = self.policy.as_ref()?;
        policy.rules.iter().find(|rule| rule.id == id)
    }
}

impl PolicyRow {
    fn of(policy: &PolicyResult) -> Self {
        PolicyRow {
            name: policy.name.to_string(),
            title: policy.title.to_string(),
            origin: policy.origin.to_string(),
            notice: policy.notice.as_deref().map(str::to_owned),
            rules: policy.rules.iter().map(RuleRow::of).collect(),
        }
    }
}

impl RuleRow {
    fn of(rule: &RuleResult) -> Self {
        RuleRow {
            id: rule.id.to_string(),
            reason: rule.reason.to_string(),
            reference: rule.reference.as_deref().map(str::to_owned),
            line: rule.line,
        }
    }
}
