//! The claims: a ledger, then a card for each with what speaks for it, against it and leaves it
//! open.

use super::layout::{Ink, Page, bytes, count, many, pad, part, percent};
use super::length;
use crate::model::{ClaimResult, ClaimVerdict, Exhibit, Report};
use crate::report::escape;
use std::io;

/// Exhibits of each side on a card; all that are kept stand in JSON.
const SHOWN: usize = 8;

const LEDGER: [ClaimVerdict; 4] = [
    ClaimVerdict::Contradicted,
    ClaimVerdict::Indeterminate,
    ClaimVerdict::NotExercised,
    ClaimVerdict::Supported,
];

pub(super) fn mark(verdict: ClaimVerdict) -> (&'static str, Ink) {
    match verdict {
        ClaimVerdict::Contradicted => ("■", Ink::Violated),
        ClaimVerdict::Indeterminate => ("◇", Ink::Indeterminate),
        ClaimVerdict::NotExercised => ("○", Ink::Soft),
        ClaimVerdict::Supported => ("●", Ink::Met),
    }
}

/// The question that claims ask, its answer in one sentence, and the ledger.
pub(super) fn answer(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if report.claims.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let question = "Does the traffic in this capture fit what was claimed?";
    page.paragraph(question, 0, Some(Ink::Strong))?;
    page.paragraph(&answer_words(report), 0, None)?;
    page.blank()?;
    let all = length(report.claims.len());
    for verdict in LEDGER {
        let (sign, ink) = mark(verdict);
        let label = pad(&format!("{sign} {}", verdict.as_str()), 18, false);
        let label = page.paint(&label, Some(ink));
        page.line(&format!(
            "  {label}{}",
            part(counted(report, verdict), all, "claim")
        ))?;
    }
    Ok(())
}

fn counted(report: &Report, verdict: ClaimVerdict) -> u64 {
    let claims = report.claims.iter();
    length(claims.filter(|claim| claim.verdict == verdict).count())
}

fn answer_words(report: &Report) -> String {
    let all = length(report.claims.len());
    let [contradicted, open, untested, supported] = LEDGER.map(|it| counted(report, it));
    let is = |number: u64| if number == 1 { "is" } else { "are" };
    if contradicted > 0 {
        return format!(
            "Not all of it: {} {} contradicted by this capture.",
            part(contradicted, all, "claim"),
            is(contradicted)
        );
    }
    if open > 0 {
        return format!(
            "Not decided: this capture leaves {} open.",
            part(open, all, "claim")
        );
    }
    match (supported, untested) {
        (0, _) => "Not tested: no claim was exercised by this capture.".to_owned(),
        (_, 0) => format!(
            "Yes, in this capture: it supports {}.",
            part(supported, all, "claim")
        ),
        _ => format!(
            "As far as it was tested: this capture supports {}, and does not exercise the others.",
            part(supported, all, "claim")
        ),
    }
}

pub(super) fn claims(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if report.claims.is_empty() {
        return Ok(());
    }
    page.heading(
        "CLAIMS",
        "as read by the file of claims; a verdict is about this capture",
    )?;
    for verdict in LEDGER {
        for claim in report.claims.iter().filter(|it| it.verdict == verdict) {
            card(page, claim)?;
            page.blank()?;
        }
    }
    Ok(())
}

fn card(page: &mut Page<'_>, claim: &ClaimResult) -> io::Result<()> {
    let (sign, ink) = mark(claim.verdict);
    let verdict = page.paint(&format!("{sign} {}", claim.verdict.as_str()), Some(ink));
    let id = page.paint(&escape::terminal_str(&claim.id), Some(Ink::Strong));
    page.line(&format!("  {verdict}  {id}"))?;
    let say = escape::terminal_str;
    let quote = format!(
        "“{}” ({}, {})",
        say(&claim.quote),
        say(&claim.speaker),
        say(&claim.said)
    );
    page.paragraph(&quote, 4, Some(Ink::Soft))?;
    page.paragraph(&say(&claim.sentence), 4, None)?;
    page.paragraph(&format!("Read as: {}", say(&claim.reading)), 4, None)?;
    sides(page, claim, SHOWN, 4)?;
    if let Some(words) = &claim.weakest {
        page.paragraph(&say(words), 4, None)?;
    }
    page.paragraph(&hidden(claim), 4, None)?;
    if let Some(words) = &claim.would_decide {
        page.paragraph(&format!("Would decide it: {}", say(words)), 4, None)?;
    }
    page.paragraph(
        &format!("Cannot show: {}", say(&claim.cannot_show.join(" "))),
        4,
        Some(Ink::Soft),
    )?;
    let place = format!(
        "Source: {}; {}, line {}",
        say(&claim.source),
        say(&claim.origin),
        claim.line
    );
    page.paragraph(&place, 4, Some(Ink::Soft))?;
    match &claim.reply {
        Some(reply) => page.paragraph(&format!("Reply: “{}”", say(reply)), 4, None),
        None => Ok(()),
    }
}

/// What speaks against it, leaves it open and speaks for it: at most `most` destinations of each.
pub(super) fn sides(
    page: &mut Page<'_>,
    claim: &ClaimResult,
    most: usize,
    indent: usize,
) -> io::Result<()> {
    let [supporting, against, open] = claim.exhibits;
    let [flows_for, flows_against, flows_open] = claim.flows;
    let all = [
        ("Against", &claim.against, against, flows_against),
        ("Open", &claim.open, open, flows_open),
        ("For", &claim.supporting, supporting, flows_for),
    ];
    for (label, exhibits, destinations, flows) in all {
        if flows == 0 {
            continue;
        }
        let head = format!(
            "{label}: {} to {}",
            many(flows, "flow"),
            many(destinations, "destination")
        );
        page.paragraph(&head, indent, Some(Ink::Strong))?;
        let deeper = indent.saturating_add(2);
        for exhibit in exhibits.iter().take(most) {
            page.paragraph(&exhibit_words(exhibit), deeper, None)?;
        }
        let more = destinations.saturating_sub(length(exhibits.len().min(most)));
        if more > 0 {
            let words = format!("and {}, see --format json", many(more, "more destination"));
            page.paragraph(&words, deeper, Some(Ink::Soft))?;
        }
    }
    Ok(())
}

/// `tracking.miui.com 220.181.106.151: 1 flow, 509 B out, frame 123. The address is …`.
fn exhibit_words(exhibit: &Exhibit) -> String {
    const FRAMES: usize = 6;
    let mut subject: Vec<String> = Vec::new();
    subject.extend(
        exhibit
            .name
            .as_ref()
            .map(|name| escape::terminal(name).into_owned()),
    );
    subject.extend(exhibit.address.map(|address| address.to_string()));
    let frames: Vec<String> = exhibit
        .frames
        .iter()
        .take(FRAMES)
        .map(u32::to_string)
        .collect();
    let more = exhibit.flows.saturating_sub(length(frames.len()));
    let more = match more {
        0 => String::new(),
        more => format!(" and {} more", count(more)),
    };
    format!(
        "{}: {}, {} out, first frame{} {}{more}. {}",
        subject.join(" "),
        many(exhibit.flows, "flow"),
        bytes(exhibit.bytes_out),
        if frames.len() == 1 { "" } else { "s" },
        frames.join(" "),
        escape::terminal_str(&exhibit.because)
    )
}

/// What could not be held against the claim.
pub(super) fn hidden(claim: &ClaimResult) -> String {
    let hidden = &claim.hidden;
    let mut words = format!(
        "Hidden: {} may be of the subject ({} of the bytes out)",
        part(hidden.maybe_flows, hidden.all_flows, "outbound flow"),
        percent(hidden.maybe_bytes_out, hidden.all_bytes_out)
    );
    words.push_str(&format!(
        ", {} of which could be counter-examples; {} out in flows of the subject are encrypted.",
        count(hidden.could_contradict_flows),
        bytes(hidden.encrypted_bytes_out)
    ));
    if let Some(losses) = &hidden.losses {
        words.push(' ');
        words.push_str(&escape::terminal_str(losses));
    }
    words
}
