//! The findings: a card each for what is violated and what is not decided, one line for the rest.

use super::axes::{Axis, axes};
use super::layout::{Ink, Page, bytes, count, span};
use super::{at_least, length, mark, operator_words, subject_words};
use crate::language::{WORDS, fill};
use crate::model::{Destination, Finding, Report, Verdict};
use crate::report::{escape, words};
use std::io;

/// Cards of one verdict; every destination stands in the table below with its mark.
const CARDS: usize = 25;

pub(super) fn findings(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if !report.is_judged() {
        return Ok(());
    }
    page.heading(WORDS.findings_part.heading, WORDS.findings_part.remark)?;
    if report.findings.is_empty() {
        return page.paragraph(WORDS.findings_part.none, 2, None);
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
    let counts = [violated_aside, violated, indeterminate_aside, indeterminate];
    let counts = counts.map(count);
    let counts = counts.each_ref().map(String::as_str);
    let words = fill(WORDS.findings_part.suppressed, &counts);
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
    let part = WORDS.part(met, all, WORDS.destinations_of);
    let words = fill(axis.words.met, &[&part]);
    page.paragraph(&format!("{sign} {words}"), 2, ink)
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
    let part = WORDS.part(length(met), all, WORDS.findings_of);
    let words = fill(WORDS.findings_part.met_by_policy, &[&part]);
    page.paragraph(&format!("{sign} {words}"), 2, ink)
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
        let words = fill(
            WORDS.findings_part.more,
            &[&count(more), words::verdict(verdict)],
        );
        page.paragraph(&words, 2, Some(Ink::Soft))?;
        page.blank()?;
    }
    Ok(())
}

/// A finding without a destination: on the policy itself.
fn on_policy(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let (sign, ink) = mark(Some(finding.verdict));
    let verdict = page.paint(&format!("{sign} {}", words::verdict(finding.verdict)), ink);
    let subject = escape::terminal_str(&finding.rule).into_owned();
    let subject = page.paint(&subject, Some(Ink::Strong));
    page.line(&format!("  {verdict}  {subject} ({})", finding.check))?;
    said(page, finding)?;
    let id = escape::terminal_str(&finding.id);
    let id = fill(WORDS.findings_part.finding, &[&id]);
    page.paragraph(&id, 4, Some(Ink::Soft))
}

/// Why, and what would decide.
fn said(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    page.paragraph(&escape::terminal_str(&finding.why), 4, None)?;
    if let Some(words) = &finding.would_decide {
        let words = fill(WORDS.terminal.would_decide, &[&escape::terminal_str(words)]);
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
    let verdict = format!("{sign} {}", words::verdict(finding.verdict));
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
        let words = words::suppression(suppression);
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
    who.push(super::destinations::name_fact(destination));
    vec![
        fill(
            WORDS.findings_part.extent,
            &[
                &bytes(destination.bytes_out),
                &bytes(destination.bytes_in),
                &span(destination.first_seen, destination.last_seen),
            ],
        ),
        who.join(WORDS.units.semicolon),
        super::who::who(destination),
        fill(
            WORDS.findings_part.frames_and_finding,
            &[&frames(destination), &escape::terminal_str(&finding.id)],
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
        _ => fill(WORDS.more_addresses, &[&shown.join(" "), &at_least(more)]),
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
    let words = &WORDS.findings_part;
    let frames = shown.join(" ");
    match more {
        0 if shown.len() == 1 => fill(words.first_frame, &[&frames]),
        0 => fill(words.first_frames, &[&frames]),
        _ => fill(words.first_frames_more, &[&frames, &count(more)]),
    }
}
