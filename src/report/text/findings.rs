//! The findings: a card each for what is violated and what is not decided, one line for the rest.

use super::layout::{Ink, Page, bytes, count, instant, many, part};
use super::{at_least, length, mark, operator_words, subject_words};
use crate::model::{Destination, Finding, Report, Verdict};
use crate::report::{escape, opinion_words};
use std::io;

/// Cards of one verdict; every destination stands in the table below with its mark.
const CARDS: usize = 25;

pub(super) fn findings(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if report.settings.expect.is_none() {
        return Ok(());
    }
    page.heading("FINDINGS", "")?;
    if report.findings.is_empty() {
        return page.paragraph("None: nothing in this capture could be judged.", 2, None);
    }
    for verdict in [Verdict::Violated, Verdict::Indeterminate] {
        cards(page, report, verdict)?;
    }
    let met = of(report, Verdict::Met).count();
    let (sign, ink) = mark(Some(Verdict::Met));
    if met > 0 {
        let all = length(report.findings.len());
        let words = format!(
            "{sign} met  {}: the addresses are placed within what was expected",
            part(length(met), all, "destination")
        );
        page.paragraph(&words, 2, ink)?;
    }
    Ok(())
}

fn of(report: &Report, verdict: Verdict) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(move |finding| finding.verdict == verdict)
}

fn cards(page: &mut Page<'_>, report: &Report, verdict: Verdict) -> io::Result<()> {
    for finding in of(report, verdict).take(CARDS) {
        if let Some(destination) = report.destinations.get(finding.destination) {
            card(page, report, finding, destination)?;
            page.blank()?;
        }
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
    page.paragraph(&escape::terminal_str(&finding.why), 4, None)?;
    if let Some(words) = &finding.would_decide {
        let words = format!("Would decide it: {}", escape::terminal_str(words));
        page.paragraph(&words, 4, None)?;
    }
    for line in evidence(report, finding, destination) {
        page.paragraph(&line, 4, Some(Ink::Soft))?;
    }
    Ok(())
}

fn evidence(report: &Report, finding: &Finding, destination: &Destination) -> Vec<String> {
    let mut lines = vec![format!(
        "{}, {} out, {} in, {} to {} UTC",
        many(destination.flows, "flow"),
        bytes(destination.bytes_out),
        bytes(destination.bytes_in),
        instant(destination.first_seen),
        instant(destination.last_seen)
    )];
    let mut who: Vec<String> = Vec::new();
    let protocols = destination.protocols.join(" ");
    who.extend(Some(protocols).filter(|words| !words.is_empty()));
    who.extend(Some(addresses(destination)).filter(|_| destination.name.is_some()));
    who.extend(Some(operator_words(destination)).filter(|words| !words.is_empty()));
    lines.push(who.join(", "));
    lines.push(format!(
        "name: {}; {}",
        super::destinations::name_words(destination),
        place(report, destination)
    ));
    lines.push(format!(
        "{}; {} {}",
        frames(destination),
        finding.rule,
        escape::terminal_str(&finding.id)
    ));
    lines
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

fn place(report: &Report, destination: &Destination) -> String {
    let place = &destination.place;
    let sources = opinion_words(&place.opinions, &report.data).replace(';', " ");
    let sources = escape::terminal_str(&sources);
    match (place.country, place.unknown_because) {
        (Some(_), _) => format!(
            "place: {} confidence by {sources}",
            place.confidence.as_str()
        ),
        (None, Some(why)) if sources.is_empty() => format!("place: unknown, {why}"),
        (None, Some(why)) => format!("place: unknown, {why} ({sources})"),
        (None, None) => "place: unknown".to_owned(),
    }
}

fn frames(destination: &Destination) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> = destination
        .frames
        .iter()
        .take(SHOWN)
        .map(u64::to_string)
        .collect();
    let more = destination.flows.saturating_sub(length(shown.len()));
    match more {
        0 => format!("first frames {}", shown.join(" ")),
        _ => format!(
            "first frames {} and of {} more flows",
            shown.join(" "),
            count(more)
        ),
    }
}
