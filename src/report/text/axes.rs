//! What was expected, axis by axis, and how it turned out.
//!
//! In:   a [`Report`].
//! Out:  for each axis on which something was expected its question, its answer and its counts.
//!
//! Where a server is, who operates it and whose its name is are asked apart and never merged.

use super::{in_country, length, outbound};
use crate::language::{AxisWords, WORDS, fill};
use crate::model::{Country, Expectation, Finding, Report, Verdict};
use crate::report::{escape, words};
use std::collections::BTreeSet;

/// One axis, with its words.
pub(in crate::report) struct Axis<'r> {
    rule: &'static str,
    pub(super) words: &'static AxisWords,
    pub(in crate::report) expectation: &'r Expectation,
}

/// The axes on which something was expected.
pub(in crate::report) fn axes(report: &Report) -> Vec<Axis<'_>> {
    let settings = &report.settings;
    let asked = [
        &settings.expect,
        &settings.expect_operator,
        &settings.expect_owner,
    ];
    let axes = words::AXES.into_iter().zip(asked);
    let axes = axes.filter_map(|((rule, words), expectation)| {
        Some(Axis {
            rule,
            words,
            expectation: expectation.as_ref()?,
        })
    });
    axes.collect()
}

impl Axis<'_> {
    pub(in crate::report) fn question(&self) -> String {
        let written = escape::terminal_str(&self.expectation.written);
        fill(self.words.question, &[&written])
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
        let of = |number| WORDS.part(number, all, WORDS.destinations_of);
        let open = || fill(self.words.open, &[&of(indeterminate)]);
        match (all, violated, indeterminate) {
            (0, ..) => WORDS.answers.nothing_outbound.to_owned(),
            (_, 0, 0) => WORDS.many(all, self.words.yes),
            (_, 0, _) => fill(
                WORDS.answers.not_decided,
                &[&open(), self.words.none_elsewhere],
            ),
            _ => {
                let found = self.findings(report);
                let countries: BTreeSet<Country> = found
                    .filter(|finding| finding.verdict == Verdict::Violated)
                    .filter_map(|finding| finding.country)
                    .collect();
                let first = fill(self.words.no, &[&listed(&countries), &of(violated)]);
                match indeterminate {
                    0 => first,
                    _ => fill(WORDS.units.sentences, &[&first, &open()]),
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
        names.push(WORDS.many(length(more), WORDS.answers.more_countries));
    }
    if names.is_empty() {
        return WORDS.answers.no_country.to_owned();
    }
    WORDS.all(&names)
}
