//! What was expected, axis by axis, and how it turned out.
//!
//! In:   a [`Report`].
//! Out:  for each axis on which something was expected its question, its answer and its counts.
//!
//! Where a server is, who operates it and whose its name is are asked apart and never merged.

use super::layout::{count, part};
use super::{in_country, length, outbound};
use crate::model::{Country, Expectation, Finding, Report, Verdict};
use crate::report::escape;
use std::collections::BTreeSet;

/// One axis, with its words.
pub(in crate::report) struct Axis<'r> {
    rule: &'static str,
    /// How the examined part of the report calls it.
    pub(super) label: &'static str,
    pub(in crate::report) expectation: &'r Expectation,
    question: (&'static str, &'static str),
    /// `at addresses placed`.
    pub(super) met: &'static str,
    /// `flows were observed to addresses in`.
    violated: &'static str,
    /// `the place is not known surely enough`.
    open: &'static str,
    /// `No flow was observed to an address placed elsewhere.`
    none_elsewhere: &'static str,
}

/// The axes on which something was expected.
pub(in crate::report) fn axes(report: &Report) -> Vec<Axis<'_>> {
    let settings = &report.settings;
    let place = settings.expect.as_ref().map(|expectation| Axis {
        rule: "expected-country",
        label: "Expected",
        expectation,
        question: ("Does the traffic in this capture stay within ", "?"),
        met: "at addresses placed",
        violated: "flows were observed to addresses in",
        open: "the place is not known surely enough",
        none_elsewhere: "No flow was observed to an address placed elsewhere.",
    });
    let operator = settings.expect_operator.as_ref().map(|expectation| Axis {
        rule: "expected-operator",
        label: "Operators",
        expectation,
        question: (
            "Are the networks operated by companies with their seat in ",
            "?",
        ),
        met: "in networks of operators with their seat",
        violated: "flows were observed to networks of operators with their seat in",
        open: "no catalogue names the operator",
        none_elsewhere: "No flow was observed to a network of an operator with its seat elsewhere.",
    });
    let owner = settings.expect_owner.as_ref().map(|expectation| Axis {
        rule: "expected-owner",
        label: "Owners",
        expectation,
        question: ("Are the names owned by companies with their seat in ", "?"),
        met: "under names of owners with their seat",
        violated: "flows were observed under names of owners with their seat in",
        open: "the owner of the name, or its seat, is not known",
        none_elsewhere: "No flow was observed under a name of an owner with its seat elsewhere.",
    });
    [place, operator, owner].into_iter().flatten().collect()
}

impl Axis<'_> {
    pub(in crate::report) fn question(&self) -> String {
        let (before, after) = self.question;
        let written = escape::terminal_str(&self.expectation.written);
        format!("{before}{written}{after}")
    }

    pub(super) fn findings<'r>(&self, report: &'r Report) -> impl Iterator<Item = &'r Finding> {
        let rule = self.rule;
        let findings = report.findings.iter();
        findings.filter(move |finding| &*finding.rule == rule)
    }

    /// Destinations violated, indeterminate and met.
    pub(super) fn counts(&self, report: &Report) -> [u64; 3] {
        [Verdict::Violated, Verdict::Indeterminate, Verdict::Met].map(|verdict| {
            let found = self.findings(report).filter(|f| f.verdict == verdict);
            length(found.count())
        })
    }

    pub(in crate::report) fn answer(&self, report: &Report) -> String {
        let all = length(outbound(report).count());
        let [violated, indeterminate, _] = self.counts(report);
        let open = format!(
            "For {} {}.",
            part(indeterminate, all, "destination"),
            self.open
        );
        match (all, violated, indeterminate) {
            (0, ..) => "None observed: there are no outbound flows in this capture.".to_owned(),
            (_, 0, 0) => format!(
                "Yes, in this capture: {} {} within what was expected.",
                if all == 1 {
                    "the one destination is".to_owned()
                } else {
                    format!("all {} destinations are", count(all))
                },
                self.met
            ),
            (_, 0, _) => format!("Not decided. {open} {}", self.none_elsewhere),
            _ => {
                let found = self.findings(report);
                let countries: BTreeSet<Country> = found
                    .filter(|finding| finding.verdict == Verdict::Violated)
                    .filter_map(|finding| finding.country)
                    .collect();
                let first = format!(
                    "No: in this capture {} {}, for {}.",
                    self.violated,
                    listed(&countries),
                    part(violated, all, "destination")
                );
                if indeterminate > 0 {
                    format!("{first} {open}")
                } else {
                    first
                }
            }
        }
    }
}

/// `China (CN) and the United States (US)`; at most six, then how many more.
pub(super) fn listed(countries: &BTreeSet<Country>) -> String {
    const SHOWN: usize = 6;
    let mut names: Vec<String> = countries
        .iter()
        .take(SHOWN)
        .map(|c| in_country(*c))
        .collect();
    let more = countries.len().saturating_sub(SHOWN);
    if more > 0 {
        names.push(format!(
            "{more} more {}",
            if more == 1 { "country" } else { "countries" }
        ));
    }
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
        None => "no known country".to_owned(),
    }
}
