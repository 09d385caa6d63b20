//! Results for dashboards of tests.
//!
//! In:   a [`Report`].
//! Out:  XML as Surefire and Jenkins read it: a suite for the captures, one for each rule, one for
//!       each file of claims; a case for each capture, finding and claim.
//! Spec: XML 1.0; the shape that Surefire's and Jenkins' schemas share.
//!
//! A case fails where it counts against the exit code: `failure` where that is 1, `error` where it
//! is 3 or 4. What does not count by `--fail-on`, or was set aside, is `skipped`. No case took any
//! time: there is no clock.

use super::escape;
use super::judged::{self, Rule};
use super::words;
use crate::language::{WORDS, fill};
use crate::model::{ClaimResult, ClaimVerdict, Exhibit, Finding, Report, Verdict};
use std::collections::HashMap;
use std::io::{self, Write};

/// The report as JUnit XML.
pub(super) fn junit(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let suites = suites(report);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    writeln!(out, "<testsuites name=\"whereto\" {}>", sums(cases()))?;
    for suite in &suites {
        let name = escape::xml(&suite.name);
        let sums = sums(suite.cases.iter());
        writeln!(out, "  <testsuite name=\"{name}\" {sums}>")?;
        for case in &suite.cases {
            write_case(out, suite, case)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    /// To be escaped, like the rest.
    name: Vec<u8>,
    outcome: Outcome,
    /// One line, also where the case passes.
    message: String,
    /// More lines.
    details: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Outcome {
    Passed,
    Failure(&'static str),
    Error(&'static str),
    Skipped,
}

fn sums<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let [mut tests, mut failures, mut errors, mut skipped] = [0_u64; 4];
    let add = |count: &mut u64| *count = count.saturating_add(1);
    for case in cases {
        add(&mut tests);
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Failure(_) => add(&mut failures),
            Outcome::Error(_) => add(&mut errors),
            Outcome::Skipped => add(&mut skipped),
        }
    }
    format!(
        "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" \
         time=\"0\""
    )
}

fn write_case(out: &mut dyn Write, suite: &Suite, case: &Case) -> io::Result<()> {
    let name = escape::xml(&case.name);
    let class = escape::xml(format!("whereto.{}", suite.name));
    let message = escape::xml(&case.message);
    write!(
        out,
        "    <testcase name=\"{name}\" classname=\"{class}\" time=\"0\""
    )?;
    let (element, kind) = match case.outcome {
        Outcome::Passed => {
            writeln!(out, ">")?;
            writeln!(out, "      <system-out>{message}</system-out>")?;
            return writeln!(out, "    </testcase>");
        }
        Outcome::Failure(kind) => ("failure", kind),
        Outcome::Error(kind) => ("error", kind),
        Outcome::Skipped => {
            writeln!(out, ">")?;
            writeln!(out, "      <skipped message=\"{message}\"/>")?;
            return writeln!(out, "    </testcase>");
        }
    };
    writeln!(out, ">")?;
    write!(
        out,
        "      <{element} message=\"{message}\" type=\"{kind}\">"
    )?;
    for line in &case.details {
        write!(out, "\n{}", escape::xml(line))?;
    }
    writeln!(out, "</{element}>")?;
    writeln!(out, "    </testcase>")
}

fn suites(report: &Report) -> Vec<Suite> {
    let mut suites = vec![captures(report)];
    let mut by_rule: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in &report.findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    for rule in judged::rules(report) {
        let findings = by_rule.remove(rule.id).unwrap_or_default();
        suites.push(of_rule(report, &rule, &findings));
    }
    let mut files: Vec<Suite> = Vec::new();
    let ids = judged::claim_ids(&report.claims);
    for (claim, id) in report.claims.iter().zip(ids) {
        let name = format!("claims {}", claim.origin);
        // Claims stand in the order of their files.
        match files.last_mut().filter(|suite| suite.name == name) {
            Some(suite) => suite.cases.push(of_claim(report, claim, id)),
            None => files.push(Suite {
                name,
                cases: vec![of_claim(report, claim, id)],
            }),
        }
    }
    suites.extend(files);
    for suite in &mut suites {
        tell_apart(&mut suite.cases);
    }
    suites
}

/// Dashboards follow a case by its name: of several with one name the second gets `#2`.
fn tell_apart(cases: &mut [Case]) {
    let mut seen: HashMap<Vec<u8>, u64> = HashMap::new();
    for case in cases {
        let times = seen.entry(case.name.clone()).or_default();
        *times = times.saturating_add(1);
        if *times > 1 {
            case.name.extend(format!(" #{times}").into_bytes());
        }
    }
}

/// Whether each capture is whole: the first thing that a verdict rests on.
fn captures(report: &Report) -> Suite {
    let losses = &report.losses;
    let words = &WORDS.judged;
    let damaged = |number: usize| losses.damages.iter().any(|damage| damage.input == number);
    let mut cases = Vec::new();
    let mut told = false;
    for (number, input) in report.inputs.iter().enumerate() {
        let is_damaged = input.cut || damaged(number);
        told |= is_damaged;
        let places = losses.damages.iter().filter(|it| it.input == number);
        cases.push(Case {
            name: input.path.bytes().to_vec(),
            outcome: if is_damaged {
                Outcome::Error("damaged")
            } else {
                Outcome::Passed
            },
            message: if is_damaged {
                words.damaged.to_owned()
            } else {
                fill(words.packets, &[&input.packets.to_string()])
            },
            details: places
                .map(|damage| {
                    let values = [&*damage.offset.to_string(), &damage.what];
                    fill(words.at_byte, &values).into_bytes()
                })
                .collect(),
        });
    }
    if report.is_damaged() && !told {
        cases.push(Case {
            name: b"all captures".to_vec(),
            outcome: Outcome::Error("damaged"),
            message: fill(
                words.all_damage,
                &[
                    &losses.damage_count.to_string(),
                    &losses.lost_records.to_string(),
                ],
            ),
            details: Vec::new(),
        });
    }
    Suite {
        name: "captures".to_owned(),
        cases,
    }
}

fn of_rule(report: &Report, rule: &Rule<'_>, findings: &[&Finding]) -> Suite {
    let mut cases: Vec<Case> = findings
        .iter()
        .map(|finding| of_finding(report, finding))
        .collect();
    if cases.is_empty() {
        cases.push(Case {
            name: rule.id.as_bytes().to_vec(),
            outcome: if rule.exercised {
                Outcome::Passed
            } else {
                undecided(report.settings.fail_on.not_exercised, "not-exercised")
            },
            message: if rule.exercised {
                WORDS.judged.nothing_found.to_owned()
            } else {
                WORDS.judged.no_flow.to_owned()
            },
            details: vec![rule.about.as_bytes().to_vec()],
        });
    }
    Suite {
        name: rule.id.to_owned(),
        cases,
    }
}

fn undecided(counts: bool, kind: &'static str) -> Outcome {
    if counts {
        Outcome::Error(kind)
    } else {
        Outcome::Skipped
    }
}

fn of_finding(report: &Report, finding: &Finding) -> Case {
    let fail_on = report.settings.fail_on;
    let verdict = finding.verdict.as_str();
    let outcome = match finding.verdict {
        Verdict::Met => Outcome::Passed,
        _ if finding.suppressed.is_some() => Outcome::Skipped,
        Verdict::Violated if fail_on.violated => Outcome::Failure(verdict),
        Verdict::Violated => Outcome::Skipped,
        Verdict::Indeterminate => undecided(fail_on.indeterminate, verdict),
    };
    let said = &WORDS.judged;
    let mut message = fill(
        WORDS.units.labelled,
        &[words::verdict(finding.verdict), &finding.why],
    );
    if let Some(suppression) = &finding.suppressed {
        let aside = words::suppression(suppression);
        message = fill(WORDS.units.sentences, &[&message, &aside]);
    }
    let severity = words::severity(finding.severity);
    let mut details = vec![
        fill(said.finding, &[&finding.id]),
        fill(said.severity, &[severity]),
    ];
    if let Some(country) = &finding.country {
        details.push(fill(said.country, &[country.code()]));
    }
    details.push(fill(said.flows, &[&finding.flows.to_string()]));
    details.push(fill(said.first_frames, &[&joined(&finding.frames)]));
    if let Some(decides) = &finding.would_decide {
        details.push(fill(said.would_decide, &[decides]));
    }
    if let Some(reference) = &finding.reference {
        details.push(fill(said.reference, &[reference]));
    }
    Case {
        details: details.into_iter().map(String::into_bytes).collect(),
        name: judged::subject(judged::destination(report, finding)),
        outcome,
        message,
    }
}

fn of_claim(report: &Report, claim: &ClaimResult, id: String) -> Case {
    let fail_on = report.settings.fail_on;
    let verdict = claim.verdict.as_str();
    let said = &WORDS.judged;
    let mut details: Vec<Vec<u8>> = [
        fill(said.claim, &[&claim.quote]),
        fill(
            said.claimed_by,
            &[&claim.speaker, &claim.said, &claim.source],
        ),
        fill(said.read_as, &[&claim.reading]),
    ]
    .map(String::into_bytes)
    .to_vec();
    details.extend(exhibits(said.against, &claim.against));
    details.extend(exhibits(said.open, &claim.open));
    if let Some(decides) = &claim.would_decide {
        details.push(fill(said.would_decide, &[decides]).into_bytes());
    }
    Case {
        name: id.into_bytes(),
        outcome: match claim.verdict {
            ClaimVerdict::Supported => Outcome::Passed,
            ClaimVerdict::Contradicted if fail_on.violated => Outcome::Failure(verdict),
            ClaimVerdict::Contradicted => Outcome::Skipped,
            ClaimVerdict::Indeterminate => undecided(fail_on.indeterminate, verdict),
            ClaimVerdict::NotExercised => undecided(fail_on.not_exercised, verdict),
        },
        message: fill(
            WORDS.units.labelled,
            &[words::claim(claim.verdict), &claim.sentence],
        ),
        details,
    }
}

fn exhibits(what: &str, exhibits: &[Exhibit]) -> Vec<Vec<u8>> {
    let line = |exhibit: &Exhibit| {
        let frames = joined(&exhibit.frames);
        let words = fill(WORDS.judged.with_frames, &[&exhibit.because, &frames]);
        let of_it = judged::of(&judged::exhibit(exhibit), &words);
        words::around(what, &of_it)
    };
    exhibits.iter().map(line).collect()
}

fn joined(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    words.join(" ")
}
