//! The claims: a ledger, then a card for each with what speaks for it, against it and leaves it
//! open.

use super::layout::{Ink, Page, bytes, count, pad, percent};
use super::length;
use crate::language::{WORDS, fill};
use crate::model::{ClaimResult, ClaimVerdict, Exhibit, Report};
use crate::report::{escape, words};
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
    page.paragraph(WORDS.fits_claims, 0, Some(Ink::Strong))?;
    page.paragraph(&answer_words(report), 0, None)?;
    page.blank()?;
    let all = length(report.claims.len());
    for verdict in LEDGER {
        let (sign, ink) = mark(verdict);
        let label = pad(&format!("{sign} {}", words::claim(verdict)), 18, false);
        let label = page.paint(&label, Some(ink));
        page.line(&format!(
            "  {label}{}",
            WORDS.part(counted(report, verdict), all, WORDS.claims_of)
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
    let words = &WORDS.claims_part;
    let part = |number| WORDS.part(number, all, WORDS.claims_of);
    if contradicted > 0 {
        let words = WORDS.form(contradicted, words.contradicted);
        return fill(words, &[&part(contradicted)]);
    }
    if open > 0 {
        return fill(words.open, &[&part(open)]);
    }
    match (supported, untested) {
        (0, _) => words.untested.to_owned(),
        (_, 0) => fill(words.supported, &[&part(supported)]),
        _ => fill(words.supported_so_far, &[&part(supported)]),
    }
}

pub(super) fn claims(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if report.claims.is_empty() {
        return Ok(());
    }
    page.heading(WORDS.claims_part.heading, WORDS.claims_part.remark)?;
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
    let words = &WORDS.claims_part;
    let verdict = format!("{sign} {}", words::claim(claim.verdict));
    let verdict = page.paint(&verdict, Some(ink));
    let id = page.paint(&escape::terminal_str(&claim.id), Some(Ink::Strong));
    page.line(&format!("  {verdict}  {id}"))?;
    let say = escape::terminal_str;
    let quote = [&claim.quote, &claim.speaker, &claim.said].map(|text| say(text));
    let quote = fill(words.quote, &quote.each_ref().map(AsRef::as_ref));
    page.paragraph(&quote, 4, Some(Ink::Soft))?;
    page.paragraph(&say(&claim.sentence), 4, None)?;
    page.paragraph(&fill(WORDS.read_as, &[&say(&claim.reading)]), 4, None)?;
    sides(page, claim, SHOWN, 4)?;
    if let Some(weakest) = &claim.weakest {
        page.paragraph(&say(weakest), 4, None)?;
    }
    page.paragraph(&hidden(claim), 4, None)?;
    if let Some(decides) = &claim.would_decide {
        let decides = fill(WORDS.terminal.would_decide, &[&say(decides)]);
        page.paragraph(&decides, 4, None)?;
    }
    let cannot = fill(words.cannot_show, &[&say(&claim.cannot_show.join(" "))]);
    page.paragraph(&cannot, 4, Some(Ink::Soft))?;
    let place = fill(
        words.source,
        &[
            &say(&claim.source),
            &say(&claim.origin),
            &claim.line.to_string(),
        ],
    );
    page.paragraph(&place, 4, Some(Ink::Soft))?;
    match &claim.reply {
        Some(reply) => page.paragraph(&fill(words.reply, &[&say(reply)]), 4, None),
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
    let words = &WORDS.claims_part;
    let all = [
        (words.against, &claim.against, against, flows_against),
        (words.left_open, &claim.open, open, flows_open),
        (words.fits, &claim.supporting, supporting, flows_for),
    ];
    for (head, exhibits, destinations, flows) in all {
        if flows == 0 {
            continue;
        }
        let head = fill(
            head,
            &[
                &WORDS.many(flows, WORDS.flows_of),
                &WORDS.many(destinations, WORDS.destinations_of),
            ],
        );
        page.paragraph(&head, indent, Some(Ink::Strong))?;
        let deeper = indent.saturating_add(2);
        for exhibit in exhibits.iter().take(most) {
            page.paragraph(&exhibit_words(exhibit), deeper, None)?;
        }
        let more = destinations.saturating_sub(length(exhibits.len().min(most)));
        if more > 0 {
            let more = WORDS.many(more, words.more_destinations);
            page.paragraph(&more, deeper, Some(Ink::Soft))?;
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
    let shown = length(frames.len());
    let more = exhibit.flows.saturating_sub(shown);
    let forms = match more {
        0 => WORDS.claims_part.exhibit,
        _ => WORDS.claims_part.exhibit_more,
    };
    fill(
        WORDS.form(shown, forms),
        &[
            &subject.join(" "),
            &WORDS.many(exhibit.flows, WORDS.flows_of),
            &bytes(exhibit.bytes_out),
            &frames.join(" "),
            &escape::terminal_str(&exhibit.because),
            &count(more),
        ],
    )
}

/// What could not be held against the claim.
pub(super) fn hidden(claim: &ClaimResult) -> String {
    let hidden = &claim.hidden;
    let said = fill(
        WORDS.claims_part.hidden,
        &[
            &WORDS.part(hidden.maybe_flows, hidden.all_flows, WORDS.outbound_flows),
            &percent(hidden.maybe_bytes_out, hidden.all_bytes_out),
            &count(hidden.could_contradict_flows),
            &bytes(hidden.encrypted_bytes_out),
        ],
    );
    match &hidden.losses {
        Some(losses) => fill(
            WORDS.units.sentences,
            &[&said, &escape::terminal_str(losses)],
        ),
        None => said,
    }
}
