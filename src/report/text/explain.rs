//! One finding, claim or destination whole.
//!
//! In:   [`Explanation`]s.
//! Out:  the verdict, how it is known, what speaks for and against it, what it does not show,
//!       its flows, and commands to copy.

use super::claims;
use super::layout::{
    Cell, Column, Ink, Page, bytes, count, flexible, instant, numbers, words as column,
};
use super::length;
use crate::language::{WORDS, fill};
use crate::model::{ClaimResult, ClaimVerdict, Step, Verdict};
use crate::report::explain::Explanation;
use crate::report::explain::rows::FlowRow;
use crate::report::{Style, command, escape, words};
use std::io::{self, Write};
use std::net::IpAddr;

/// Each of `all`, with a line between.
///
/// # Errors
/// Where `out` fails.
pub fn explanations(all: &[Explanation], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    for (number, one) in all.iter().enumerate() {
        if number > 0 {
            page.blank()?;
            let rule = "─".repeat(page.width());
            let rule = page.paint(&rule, Some(Ink::Soft));
            page.line(&rule)?;
            page.blank()?;
        }
        explanation(page, one)?;
    }
    Ok(())
}

fn explanation(page: &mut Page<'_>, one: &Explanation) -> io::Result<()> {
    title(page, one)?;
    page.blank()?;
    if let Some(claim) = &one.claim {
        let quote = [&claim.quote, &claim.speaker, &claim.said].map(|text| safe(text));
        let quote = fill(
            WORDS.claims_part.quote,
            &quote.each_ref().map(String::as_str),
        );
        page.paragraph(&quote, 2, None)?;
        page.blank()?;
    }
    page.paragraph(&safe(&one.sentence), 2, None)?;
    page.blank()?;
    for (label, value) in &one.facts {
        page.field(label, &safe(value))?;
    }
    steps(page, &one.steps)?;
    sides(page, one)?;
    let words = &WORDS.explain_part;
    list(page, words.not_shown, words.whole_list, &one.not_shown)?;
    list(page, words.would_settle, "", &one.would_settle)?;
    evidence(page, one)?;
    filter(page, &one.addresses)?;
    packets(page, &one.command)?;
    page.heading(words.reply, "")?;
    match &one.reply {
        Some(reply) => page.paragraph(&fill(words.quoted, &[&safe(reply)]), 2, None)?,
        None => page.paragraph(WORDS.no_reply, 2, None)?,
    }
    if !one.notes.is_empty() {
        page.blank()?;
    }
    for note in &one.notes {
        page.paragraph(&fill(words.note, &[&safe(note)]), 0, Some(Ink::Soft))?;
    }
    Ok(())
}

fn safe(words: &str) -> String {
    escape::terminal_str(words).into_owned()
}

/// `■ violated  a.example`, with the id in front.
fn title(page: &mut Page<'_>, one: &Explanation) -> io::Result<()> {
    let title = escape::terminal(&one.title);
    let title = escape::fit(&title, page.width()).into_owned();
    let title = page.paint(&title, Some(Ink::Heading));
    page.line(&title)?;
    let Some(verdict) = &one.verdict else {
        return Ok(());
    };
    let (sign, verdict, ink) = mark(verdict);
    let verdict = format!("{sign} {verdict}");
    let used = escape::columns(&verdict).saturating_add(2);
    let subject = one
        .subject
        .as_ref()
        .map(escape::terminal)
        .unwrap_or_default();
    let subject = escape::fit(&subject, page.width().saturating_sub(used));
    let verdict = page.paint(&verdict, ink);
    let subject = page.paint(&subject, Some(Ink::Strong));
    page.line(&format!("{verdict}  {subject}"))
}

/// Mark and words of a verdict, of a finding or of a claim, by what a saved report calls it.
fn mark(word: &str) -> (&'static str, &str, Option<Ink>) {
    let verdicts = [Verdict::Violated, Verdict::Indeterminate, Verdict::Met];
    if let Some(verdict) = verdicts.into_iter().find(|it| it.as_str() == word) {
        let (sign, ink) = super::mark(Some(verdict));
        return (sign, words::verdict(verdict), ink);
    }
    let claims = [
        ClaimVerdict::Contradicted,
        ClaimVerdict::NotExercised,
        ClaimVerdict::Supported,
    ];
    match claims.into_iter().find(|it| it.as_str() == word) {
        Some(verdict) => {
            let (sign, ink) = claims::mark(verdict);
            (sign, words::claim(verdict), Some(ink))
        }
        None => ("", word, None),
    }
}

fn steps(page: &mut Page<'_>, steps: &[Step]) -> io::Result<()> {
    /// The longest word for how a step is known, and two blanks.
    const KNOWN: usize = 12;
    if steps.is_empty() {
        return Ok(());
    }
    let words = &WORDS.explain_part;
    page.heading(words.reasoning, words.reasoning_remark)?;
    for (number, step) in steps.iter().enumerate() {
        let known = words::known(step.known);
        let number = number.saturating_add(1);
        let lead = format!("{number:>2}. ");
        let known = format!("{known:KNOWN$}");
        page.hanging(&lead, &known, &safe(&step.words))?;
    }
    Ok(())
}

fn sides(page: &mut Page<'_>, one: &Explanation) -> io::Result<()> {
    if let Some(claim) = &one.claim {
        return exhibits(page, claim);
    }
    let Some([fits, against]) = &one.sides else {
        return Ok(());
    };
    let words = &WORDS.explain_part;
    for (title, lines) in [(words.for_it, fits), (words.against_it, against)] {
        if lines.is_empty() {
            page.heading(title, "")?;
            page.paragraph(WORDS.none_observed, 2, None)?;
        }
        list(page, title, "", lines)?;
    }
    Ok(())
}

fn exhibits(page: &mut Page<'_>, claim: &ClaimResult) -> io::Result<()> {
    page.heading(WORDS.explain_part.both_sides, "")?;
    claims::sides(page, claim, usize::MAX, 2)?;
    if claim.flows == [0, 0, 0] {
        page.paragraph(WORDS.explain_part.no_flow, 2, None)?;
    }
    if let Some(words) = &claim.weakest {
        page.paragraph(&safe(words), 2, None)?;
    }
    page.paragraph(&claims::hidden(claim), 2, None)
}

fn list(page: &mut Page<'_>, title: &str, remark: &str, lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    page.heading(title, remark)?;
    for line in lines {
        page.hanging("- ", "", &safe(line))?;
    }
    Ok(())
}

/// The address gives way where the line is narrow; the time stands where there is room for it.
const COLUMNS: &[Column] = &[
    numbers(WORDS.columns.flow),
    column(WORDS.columns.frames),
    flexible(WORDS.columns.to, 18),
    column(WORDS.columns.protocol),
    numbers(WORDS.columns.out),
    numbers(WORDS.columns.into),
    column(WORDS.columns.first_packet),
];

/// From this width on there is room for the time.
const ROOM_FOR_TIMES: usize = 100;

fn evidence(page: &mut Page<'_>, one: &Explanation) -> io::Result<()> {
    if one.all_flows == 0 && one.flows.is_empty() {
        return Ok(());
    }
    let all = one.all_flows.max(length(one.flows.len()));
    page.heading(
        WORDS.explain_part.evidence,
        &WORDS.part(length(one.flows.len()), all, WORDS.flows_of),
    )?;
    let rows: Vec<Vec<Cell>> = one.flows.iter().map(cells).collect();
    if rows.is_empty() {
        return page.paragraph(WORDS.explain_part.no_rows, 2, None);
    }
    let without_times = COLUMNS.split_last().map_or(COLUMNS, |(_, rest)| rest);
    let table = match page.width() >= ROOM_FOR_TIMES {
        true => COLUMNS,
        false => without_times,
    };
    let shown = rows.iter().map(|row| row.get(..table.len()).unwrap_or(row));
    let widths = page.widths(table, shown.clone(), 2);
    page.heads(table, &widths, 2)?;
    for row in shown {
        page.row(table, &widths, row, 2)?;
    }
    Ok(())
}

fn cells(flow: &FlowRow) -> Vec<Cell> {
    let frames = match (flow.first_frame, flow.last_frame) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}–{last}"),
    };
    let to = match (&flow.remote_port, flow.remote_ip.contains(':')) {
        (Some(port), true) => format!("[{}]:{port}", flow.remote_ip),
        (Some(port), false) => format!("{}:{port}", flow.remote_ip),
        (None, _) => flow.remote_ip.clone(),
    };
    let protocol = flow.protocol.as_ref().unwrap_or(&flow.transport);
    vec![
        Cell::from(flow.flow.to_string()),
        Cell::from(frames),
        Cell::from(safe(&to)),
        Cell::from(safe(protocol)),
        Cell::from(bytes(flow.bytes_out)),
        Cell::from(bytes(flow.bytes_in)),
        Cell::from(instant(flow.first_seen)),
    ]
}

/// Addresses in a display filter.
const FILTER_ADDRESSES: usize = 12;

fn filter(page: &mut Page<'_>, addresses: &[IpAddr]) -> io::Result<()> {
    if addresses.is_empty() {
        return Ok(());
    }
    let shown = addresses.iter().take(FILTER_ADDRESSES);
    let terms: Vec<String> = shown
        .map(|address| match address {
            IpAddr::V4(v4) => format!("ip.addr == {v4}"),
            IpAddr::V6(v6) => format!("ipv6.addr == {v6}"),
        })
        .collect();
    let more = addresses.len().saturating_sub(FILTER_ADDRESSES);
    let remark = match more {
        0 => String::new(),
        more => fill(WORDS.explain_part.without, &[&count(length(more))]),
    };
    page.heading(WORDS.explain_part.filter, &remark)?;
    page.paragraph(&terms.join(" || "), 2, None)
}

/// Lines that a shell reads as one: each but the last ends with a backslash.
fn packets(page: &mut Page<'_>, command: &[String]) -> io::Result<()> {
    if command.is_empty() {
        return Ok(());
    }
    page.heading(
        WORDS.explain_part.packets,
        WORDS.explain_part.packets_remark,
    )?;
    let room = page.width().saturating_sub(6);
    let mut line = String::new();
    for word in options(command) {
        let together = escape::columns(&line).saturating_add(escape::columns(&word));
        if !line.is_empty() && together.saturating_add(1) > room {
            page.line(&format!("  {line} \\"))?;
            line = "  ".to_owned();
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    page.line(&format!("  {line}"))
}

/// Words of a shell, an option and its value as one: they stay on one line.
fn options(command: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut value_follows = false;
    for word in command {
        let quoted = safe(&command::quoted(word));
        match all.last_mut().filter(|_| value_follows) {
            Some(last) => {
                last.push(' ');
                last.push_str(&quoted);
            }
            None => all.push(quoted),
        }
        value_follows =
            !value_follows && word.starts_with('-') && word.as_str() != "--no-embedded-geo";
    }
    all
}
