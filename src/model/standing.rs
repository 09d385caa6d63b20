//! How a report turned out, as a number that programs act on.
//!
//! In:   a [`Report`].
//! Out:  what counts in it, what was set aside, and the exit code that it earns.

use super::{ClaimVerdict, Report, Verdict};

/// What makes a run fail: `--fail-on`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FailOn {
    /// Findings that are violated, claims that are contradicted: code 1.
    pub violated: bool,
    /// Findings and claims that the evidence does not decide: code 3.
    pub indeterminate: bool,
    /// Claims and rules that the capture never tested: code 3.
    pub not_exercised: bool,
}

impl FailOn {
    /// Nothing that is observed makes a run fail.
    pub const NEVER: FailOn = FailOn {
        violated: false,
        indeterminate: false,
        not_exercised: false,
    };

    /// The words of what is on, in their order.
    #[must_use]
    pub fn words(self) -> Vec<&'static str> {
        [
            (self.violated, "violated"),
            (self.indeterminate, "indeterminate"),
            (self.not_exercised, "not-exercised"),
        ]
        .into_iter()
        .filter_map(|(on, word)| on.then_some(word))
        .collect()
    }
}

/// What is violated and what is indeterminate, not what was not exercised.
impl Default for FailOn {
    fn default() -> Self {
        FailOn {
            violated: true,
            indeterminate: true,
            ..FailOn::NEVER
        }
    }
}

/// A file of suppressions, as it was used.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SuppressionFile {
    /// Its path as the user gave it.
    pub origin: String,
    /// SHA-256 of its text, hex.
    pub sha256: String,
    /// The day against which expiry was held, `YYYY-MM-DD`; `None` where nothing told one.
    pub as_of: Option<String>,
}

/// Findings, claims and rules of the policy, by how they turned out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Standing {
    /// Findings: violated, indeterminate, met, whether set aside or not.
    pub findings: [u64; 3],
    /// Findings that were set aside: violated, indeterminate.
    pub suppressed: [u64; 2],
    /// Claims: contradicted, indeterminate, not exercised, supported.
    pub claims: [u64; 4],
    /// Rules of the policy that no flow exercised.
    pub rules_not_exercised: u64,
}

impl Standing {
    /// Findings that are violated and claims that are contradicted, without what was set aside.
    #[must_use]
    pub fn violated(&self) -> u64 {
        let [all, ..] = self.findings;
        let [aside, _] = self.suppressed;
        let [contradicted, ..] = self.claims;
        all.saturating_sub(aside).saturating_add(contradicted)
    }

    /// Findings and claims that are not decided, without what was set aside.
    #[must_use]
    pub fn indeterminate(&self) -> u64 {
        let [_, all, _] = self.findings;
        let [_, aside] = self.suppressed;
        let [_, open, ..] = self.claims;
        all.saturating_sub(aside).saturating_add(open)
    }

    /// Claims and rules that were not exercised.
    #[must_use]
    pub fn not_exercised(&self) -> u64 {
        let [_, _, claims, _] = self.claims;
        claims.saturating_add(self.rules_not_exercised)
    }
}

impl Report {
    /// Counts what was judged.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let mut standing = Standing::default();
        let add = |count: &mut u64| *count = count.saturating_add(1);
        for finding in &self.findings {
            let [violated, indeterminate, met] = &mut standing.findings;
            let [violated_aside, indeterminate_aside] = &mut standing.suppressed;
            let (all, aside) = match finding.verdict {
                Verdict::Violated => (violated, Some(violated_aside)),
                Verdict::Indeterminate => (indeterminate, Some(indeterminate_aside)),
                Verdict::Met => (met, None),
            };
            add(all);
            if finding.suppressed.is_some() {
                aside.map(add);
            }
        }
        for claim in &self.claims {
            let [contradicted, indeterminate, not_exercised, supported] = &mut standing.claims;
            add(match claim.verdict {
                ClaimVerdict::Contradicted => contradicted,
                ClaimVerdict::Indeterminate => indeterminate,
                ClaimVerdict::NotExercised => not_exercised,
                ClaimVerdict::Supported => supported,
            });
        }
        let rules = self.policy.iter().flat_map(|policy| &policy.rules);
        rules
            .filter(|rule| rule.verdict.is_none())
            .for_each(|_| add(&mut standing.rules_not_exercised));
        standing
    }

    /// True where an input does not hold what its format asks for.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        let losses = &self.losses;
        losses.damage_count > 0
            || losses.lost_records > 0
            || self.inputs.iter().any(|input| input.cut)
    }

    /// 1 violated, 4 damaged or cut, 3 indeterminate or not exercised, 0 otherwise: the first that
    /// fits, of what `settings.fail_on` counts. Damage always counts.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let (fail_on, standing) = (self.settings.fail_on, self.standing());
        if fail_on.violated && standing.violated() > 0 {
            1
        } else if self.is_damaged() {
            4
        } else if (fail_on.indeterminate && standing.indeterminate() > 0)
            || (fail_on.not_exercised && standing.not_exercised() > 0)
        {
            3
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Finding, Input, Losses, PolicyResult, RuleResult, Settings, Severity, SortedRows,
        Suppression, Totals,
    };

    fn report(verdicts: &[Verdict], cut: bool) -> Report {
        let finding = |verdict: &Verdict| Finding {
            id: String::new(),
            rule: "expected-country".into(),
            check: "server-country",
            severity: Severity::Medium,
            reference: None,
            verdict: *verdict,
            destination: Some(0),
            flows: 0,
            frames: [].into(),
            flow_numbers: [].into(),
            suppressed: None,
            country: None,
            why: "".into(),
            would_decide: None,
        };
        Report {
            inputs: vec![Input {
                cut,
                ..Input::default()
            }],
            data: Vec::new(),
            settings: Settings::default(),
            devices: Vec::new(),
            totals: Totals::default(),
            losses: Losses::default(),
            destinations: Vec::new(),
            findings: verdicts.iter().map(finding).collect(),
            policy: None,
            claims: Vec::new(),
            phases: None,
            rows: Box::new(SortedRows::default()),
        }
    }

    fn code(report: &Report) -> u8 {
        report.exit_code()
    }

    fn with(fail_on: FailOn, mut report: Report) -> Report {
        report.settings.fail_on = fail_on;
        report
    }

    #[test]
    fn what_does_not_count_gives_no_code() {
        use Verdict::{Indeterminate, Violated};
        let violated_alone = FailOn {
            violated: true,
            ..FailOn::NEVER
        };
        let both = [Violated, Indeterminate];
        assert_eq!(code(&with(FailOn::NEVER, report(&both, false))), 0);
        assert_eq!(code(&with(FailOn::NEVER, report(&both, true))), 4);
        assert_eq!(code(&with(violated_alone, report(&both, false))), 1);
        assert_eq!(
            code(&with(violated_alone, report(&[Indeterminate], false))),
            0
        );
        let mut aside = report(&both, false);
        for finding in &mut aside.findings {
            let suppression = Suppression {
                reason: "known".into(),
                owner: "Ada".into(),
                expires: None,
            };
            finding.suppressed = Some(suppression.into());
        }
        assert_eq!(code(&aside), 0);
        let standing = aside.standing();
        assert_eq!(
            (standing.findings, standing.suppressed),
            ([1, 1, 0], [1, 1])
        );
    }

    #[test]
    fn what_was_not_exercised_counts_where_asked() {
        let mut silent = report(&[], false);
        silent.policy = Some(PolicyResult {
            rules: vec![RuleResult::default()],
            ..PolicyResult::default()
        });
        assert_eq!(code(&silent), 0);
        silent.settings.fail_on.not_exercised = true;
        assert_eq!(code(&silent), 3);
        silent.losses.lost_records = 1;
        assert_eq!(code(&silent), 4);
    }

    #[test]
    fn the_gravest_code_wins() {
        use Verdict::{Indeterminate, Met, Violated};
        assert_eq!(code(&report(&[], false)), 0);
        assert_eq!(code(&report(&[Met], false)), 0);
        assert_eq!(code(&report(&[Met, Indeterminate], false)), 3);
        assert_eq!(code(&report(&[Indeterminate], true)), 4);
        assert_eq!(code(&report(&[Met], true)), 4);
        assert_eq!(code(&report(&[Indeterminate, Violated], true)), 1);
        let mut lossy = report(&[], false);
        lossy.losses.lost_records = 1;
        assert_eq!(code(&lossy), 4);
        // A snaplen is a choice, not damage.
        let mut snapped = report(&[], false);
        snapped.losses.cut_packets = 9;
        assert_eq!(code(&snapped), 0);
    }
}
