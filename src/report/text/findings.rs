//! The findings: a card each for what is violated and what is not decided, one line for the rest.

use super::axes::{Axis, axes};
use super::layout::{Ink, Page, bytes, count, part, span};
use super::{at_least, length, mark, operator_words, subject_words};
use crate::model::{Destination, Finding, Report, Verdict};
use crate::report::escape;
use std::io;

/// Cards of one verdict; every destination stands in the table below with its mark.
const CARDS: usize = 25;

pub(super) fn findings(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if !report.is_judged() {
        return Ok(());
    }
    page.heading("FINDINGS", "each in full: whereto explain ID CAPTURE")?;
    if report.findings.is_empty() {
        return page.paragraph("None: nothing in this capture could be judged.", 2, None);
    }
    for verdict in [Verdict::Violated, Verdict::Indeterminate] {
        cards(page, report, verdict)?;
    }
    for axis in axes(report) {
        met(page, report, &axis)?;
    }
    met_by_policy(page, report)?;
    set_aside(page, report)
}

/// What does not count for the exit code, as a part of all.
fn set_aside(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let standing = report.standing();
    let [violated, indeterminate, _] = standing.findings;
    let [violated_aside, indeterminate_aside] = standing.suppressed;
    if violated_aside.saturating_add(indeterminate_aside) == 0 {
        return Ok(());
    }
    let words = format!(
        "Suppressed: {} of {} violated, {} of {} indeterminate; they do not count for the exit code",
        count(violated_aside),
        count(violated),
        count(indeterminate_aside),
        count(indeterminate)
    );
    page.paragraph(&words, 2, Some(Ink::Soft))
}

/// How many fit what was expected, on one axis.
fn met(page: &mut Page<'_>, report: &Report, axis: &Axis<'_>) -> io::Result<()> {
    let [_, _, met] = axis.counts(report);
    if met == 0 {
        return Ok(());
    }
    let (sign, ink) = mark(Some(Verdict::Met));
    let all = length(axis.findings(report).count());
    let words = format!(
        "{sign} met: {} {} within what was expected",
        part(met, all, "destination"),
        axis.met
    );
    page.paragraph(&words, 2, ink)
}

/// How many findings of the policy fit what it expects: several may be of one destination.
fn met_by_policy(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(policy) = &report.policy else {
        return Ok(());
    };
    let of_policy = |finding: &&Finding| policy.rules.iter().any(|rule| rule.id == finding.rule);
    let met = of(report, Verdict::Met).filter(of_policy).count();
    if met == 0 {
        return Ok(());
    }
    let (sign, ink) = mark(Some(Verdict::Met));
    let all = length(report.findings.iter().filter(of_policy).count());
    let words = format!(
        "{sign} met: {} of the policy",
        part(length(met), all, "finding")
    );
    page.paragraph(&words, 2, ink)
}

fn of(report: &Report, verdict: Verdict) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(move |finding| finding.verdict == verdict)
}

fn cards(page: &mut Page<'_>, report: &Report, verdict: Verdict) -> io::Result<()> {
    for finding in of(report, verdict).take(CARDS) {
        let destination = finding.destination;
        let destination = destination.and_then(|at| report.destinations.get(at));
        match destination {
            Some(destination) => card(page, report, finding, destination)?,
            None => on_policy(page, finding)?,
        }
        page.blank()?;
    }
    let more = length(of(report, verdict).count().saturating_sub(CARDS));
    if more > 0 {
        let words = format!(
            "and {} more {}: marked in the table below, in full with --format json",
            count(more),
            verdict.as_str()
        );
        page.paragraph(&words, 2, Some(Ink::Soft))?;
        page.blank()?;
    }
    Ok(())
}

/// A finding without a destination: on the policy itself.
fn on_policy(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let (sign, ink) = mark(Some(finding.verdict));
    let verdict = page.paint(&format!("{sign} {}", finding.verdict.as_str()), ink);
    let subject = escape::terminal_str(&finding.rule).into_owned();
    let subject = page.paint(&subject, Some(Ink::Strong));
    page.line(&format!("  {verdict}  {subject} ({})", finding.check))?;
    said(page, finding)?;
    let id = format!("finding {}", escape::terminal_str(&finding.id));
    page.paragraph(&id, 4, Some(Ink::Soft))
}

/// Why, and what would decide.
fn said(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    page.paragraph(&escape::terminal_str(&finding.why), 4, None)?;
    if let Some(words) = &finding.would_decide {
        let words = format!("Would decide it: {}", escape::terminal_str(words));
        page.paragraph(&words, 4, None)?;
    }
    Ok(())
}

fn card(
    page: &mut Page<'_>,
    report: &Report,
    finding: &Finding,
    destination: &Destination,
) -> io::Result<()> {
    let (sign, ink) = mark(Some(finding.verdict));
    let verdict = format!("{sign} {}", finding.verdict.as_str());
    let room = page
        .width()
        .saturating_sub(escape::columns(&verdict).saturating_add(4));
    let subject = subject_words(destination);
    let subject = escape::fit(&subject, room);
    let verdict = page.paint(&verdict, ink);
    let subject = page.paint(&subject, Some(Ink::Strong));
    page.line(&format!("  {verdict}  {subject}"))?;
    said(page, finding)?;
    if let Some(suppression) = &finding.suppressed {
        let words = suppression.words();
        page.paragraph(&escape::terminal_str(&words), 4, Some(Ink::Soft))?;
    }
    if let Some(rule) = super::policy::rule_words(report, finding) {
        page.paragraph(&rule, 4, Some(Ink::Soft))?;
    }
    for line in evidence(finding, destination) {
        page.paragraph(&line, 4, Some(Ink::Soft))?;
    }
    Ok(())
}

/// What `why` does not say: bytes, time, addresses, protocols, frames.
fn evidence(finding: &Finding, destination: &Destination) -> Vec<String> {
    let mut who: Vec<String> = Vec::new();
    who.extend(Some(addresses(destination)).filter(|_| destination.name.is_some()));
    who.extend(Some(operator_words(destination)).filter(|words| !words.is_empty()));
    who.extend(Some(destination.protocols.join(" ")).filter(|words| !words.is_empty()));
    who.push(match destination.name {
        Some(_) => format!("name {}", super::destinations::name_words(destination)),
        None => "no name observed".to_owned(),
    });
    vec![
        format!(
            "{} out, {} in, {}",
            bytes(destination.bytes_out),
            bytes(destination.bytes_in),
            span(destination.first_seen, destination.last_seen)
        ),
        who.join("; "),
        super::who::who(destination),
        format!(
            "{}; finding {}",
            frames(destination),
            escape::terminal_str(&finding.id)
        ),
    ]
}

fn addresses(destination: &Destination) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = destination
        .addresses
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect();
    let more = destination
        .address_count
        .saturating_sub(length(shown.len()));
    match more {
        0 => shown.join(" "),
        _ => format!("{} and {} more", shown.join(" "), at_least(more)),
    }
}

fn frames(destination: &Destination) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> = destination
        .frames
        .iter()
        .take(SHOWN)
        .map(u32::to_string)
        .collect();
    let more = destination.flows.saturating_sub(length(shown.len()));
    match more {
        0 if shown.len() == 1 => format!("first frame {}", shown.join(" ")),
        0 => format!("first frame of each flow: {}", shown.join(" ")),
        _ => format!(
            "first frame of each flow: {} and {} more",
            shown.join(" "),
            count(more)
        ),
    }
}
