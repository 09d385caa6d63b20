//! What the tester did, and what was sent meanwhile.
//!
//! In:   the phases of a report with their sums.
//! Out:  a timeline: a row a phase, and below it the destinations that were contacted there
//!       first.

use super::layout::{Cell, Column, Ink, Page, bytes, clock, count, duration, flexible};
use super::layout::{numbers, words};
use super::{length, subject_words};
use crate::language::{WORDS, fill};
use crate::model::{Phase, PhaseLog, PhaseSums, Report, Time};
use crate::report::escape;
use std::io;

/// Phases before the rest becomes one line.
const SHOWN: usize = 60;
/// Destinations named below a phase.
const NAMED: usize = 12;
const INDENT: usize = 2;

const TABLE: [Column; 7] = [
    words(WORDS.columns.from),
    flexible(WORDS.columns.phase, 12),
    numbers(WORDS.columns.lasted),
    numbers(WORDS.columns.flows),
    numbers(WORDS.columns.out),
    numbers(WORDS.columns.into),
    numbers(WORDS.columns.first),
];

pub(super) fn timeline(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(log) = &report.phases else {
        return Ok(());
    };
    let words = &WORDS.phases_part;
    page.heading(words.heading, words.remark)?;
    page.field(words.log, &origin(log))?;
    if log.phases.is_empty() {
        return page.paragraph(WORDS.none_observed, INDENT, None);
    }
    page.blank()?;
    let rows = rows(report, log);
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| row.cells()).collect();
    let widths = page.widths(&TABLE, cells.iter().map(Vec::as_slice), INDENT);
    page.heads(&TABLE, &widths, INDENT)?;
    for (row, cells) in rows.iter().zip(&cells) {
        page.row(&TABLE, &widths, cells, INDENT)?;
        row.below(page, report)?;
    }
    let rest = log.phases.len().saturating_sub(SHOWN);
    if rest > 0 {
        let more = WORDS.many(length(rest), words.more_phases);
        page.paragraph(&more, INDENT, Some(Ink::Soft))?;
    }
    Ok(())
}

fn origin(log: &PhaseLog) -> String {
    let words = &WORDS.phases_part;
    let mut facts = vec![
        escape::terminal_str(&log.origin).into_owned(),
        WORDS.many(length(log.phases.len()), WORDS.phases_of),
    ];
    if log.clock_offset_ns != 0 {
        let milliseconds = log.clock_offset_ns.unsigned_abs() / 1_000_000;
        let sign = if log.clock_offset_ns < 0 { "-" } else { "+" };
        let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000);
        let moved = [&*format!("{sign}{seconds}"), &format!("{rest:03}")];
        facts.push(fill(words.moved, &moved));
    }
    if let Some(sha256) = &log.sha256 {
        facts.push(fill(WORDS.policy_part.identity, &[sha256]));
    }
    facts.join(WORDS.units.comma)
}

/// A phase, or the time before the first.
struct Row<'r> {
    phase: Option<&'r Phase>,
    from: Option<Time>,
    until: Option<Time>,
    sums: &'r PhaseSums,
}

fn rows<'r>(report: &'r Report, log: &'r PhaseLog) -> Vec<Row<'r>> {
    let (first, last) = report.totals.time.unzip();
    let before = log.sums.get(log.phases.len()).map(|sums| Row {
        phase: None,
        from: first,
        until: log.phases.first().map(|phase| phase.start),
        sums,
    });
    // Nothing before the first phase is nothing to report.
    let before = before.filter(|row| *row.sums != PhaseSums::default());
    let phases = log.phases.iter().zip(&log.sums).take(SHOWN);
    let phases = phases.map(|(phase, sums)| Row {
        phase: Some(phase),
        from: Some(phase.start),
        until: phase.end.or(last),
        sums,
    });
    before.into_iter().chain(phases).collect()
}

impl Row<'_> {
    fn cells(&self) -> Vec<Cell> {
        let name = match self.phase {
            Some(phase) => Cell::from(escape::terminal_str(&phase.name).into_owned()),
            None => Cell::soft(WORDS.phases_part.before_first),
        };
        let flows = match self.sums.continued_flows {
            0 => count(self.sums.flows),
            more => fill(
                WORDS.phases_part.continued,
                &[&count(self.sums.flows), &count(more)],
            ),
        };
        let lasted = self.from.zip(self.until);
        vec![
            self.from.map(clock).unwrap_or_default().into(),
            name,
            lasted
                .map(|(from, until)| duration(until.since(from)))
                .unwrap_or_default()
                .into(),
            flows.into(),
            bytes(self.sums.bytes_out).into(),
            bytes(self.sums.bytes_in).into(),
            count(length(self.sums.first_contacts.len())).into(),
        ]
    }

    /// The note, and who was contacted here first.
    fn below(&self, page: &mut Page<'_>, report: &Report) -> io::Result<()> {
        if let Some(note) = self.phase.and_then(|phase| phase.note.as_ref()) {
            let note = fill(WORDS.phases_part.noted, &[&escape::terminal(note)]);
            page.paragraph(&note, INDENT + 4, Some(Ink::Soft))?;
        }
        let all = &self.sums.first_contacts;
        let named = all.iter().take(NAMED);
        let named = named.filter_map(|number| report.destinations.get(*number));
        let mut names: Vec<String> = named.map(subject_words).collect();
        let more = all.len().saturating_sub(NAMED);
        if more > 0 {
            let more = count(length(more));
            names.push(fill(WORDS.phases_part.more_contacts, &[&more]));
        }
        if names.is_empty() {
            return Ok(());
        }
        let names = names.join(WORDS.units.comma);
        let words = fill(WORDS.phases_part.first_contact, &[&names]);
        page.paragraph(&words, INDENT + 4, Some(Ink::Soft))
    }
}
