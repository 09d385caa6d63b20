//! Destinations by country, what stayed nearby, and who was asked for names.

use super::layout::{Cell, Column, Ink, Page, bytes, count, flexible, numbers, words};
use super::{country_words, in_country, length, mark, operator_words, outbound, subject_words};
use crate::language::{WORDS, fill};
use crate::model::{Country, Destination, Report, Scope, Verdict};
use crate::report::escape;
use crate::report::words::{grade, scope, sure};
use std::collections::BTreeMap;
use std::io;

/// Rows of a country before the rest becomes one row. Violated and indeterminate destinations
/// are never folded, up to `FLAGGED`.
const SHOWN: usize = 20;
const FLAGGED: usize = 200;

/// From this width on, protocol and network have columns of their own.
const WIDE: usize = 110;

pub(super) fn by_country(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let groups = groups(report);
    let countries = groups
        .iter()
        .filter(|group| group.country.is_some())
        .count();
    let said = &WORDS.destinations_part;
    let remark = match length(countries) {
        0 => said.observed.to_owned(),
        n => fill(WORDS.form(n, said.observed_in), &[&n.to_string()]),
    };
    page.heading(said.heading, &remark)?;
    if groups.is_empty() {
        return page.paragraph(WORDS.none_observed, 2, None);
    }
    let all = groups.iter().map(|group| group.rows.len());
    let all = length(all.fold(0, usize::saturating_add));
    let (table, cells) = Layout::new(page, report, &groups);
    let mut cells = cells.into_iter();
    groups
        .iter()
        .try_for_each(|group| table.group(page, all, group, &mut cells))
}

/// The destinations of one country, or those without one.
struct Group<'r> {
    country: Option<Country>,
    rows: Vec<&'r Destination>,
}

impl Group<'_> {
    /// Shown one by one, and folded.
    fn split(&self) -> (Vec<&Destination>, Vec<&Destination>) {
        let mut flagged = 0_usize;
        let mut plain = 0_usize;
        self.rows.iter().copied().partition(|destination| {
            let (used, most) = match destination.verdict {
                Some(Verdict::Violated | Verdict::Indeterminate) => (&mut flagged, FLAGGED),
                _ => (&mut plain, SHOWN),
            };
            *used = used.saturating_add(1);
            *used <= most
        })
    }
}

/// Groups in the order of their worst verdict, then of bytes out.
fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut by_country: BTreeMap<Option<Country>, Vec<&Destination>> = BTreeMap::new();
    for destination in outbound(report) {
        by_country
            .entry(destination.place.country)
            .or_default()
            .push(destination);
    }
    let mut groups: Vec<Group<'_>> = by_country
        .into_iter()
        .map(|(country, rows)| Group { country, rows })
        .collect();
    let rank = |verdict: Option<Verdict>| match verdict {
        Some(Verdict::Violated) => 0,
        Some(Verdict::Indeterminate) => 1,
        _ => 2,
    };
    groups.sort_by_cached_key(|group| {
        let worst = group.rows.iter().map(|row| rank(row.verdict)).min();
        (
            worst,
            std::cmp::Reverse(sum(&group.rows, |row| row.bytes_out)),
        )
    });
    groups
}

fn sum(rows: &[&Destination], of: impl Fn(&Destination) -> u64) -> u64 {
    rows.iter().fold(0, |sum, row| sum.saturating_add(of(row)))
}

/// Columns and their widths, the same for all groups.
struct Layout {
    columns: Vec<Column>,
    widths: Vec<usize>,
    wide: bool,
    judged: bool,
}

const INDENT: usize = 2;

impl Layout {
    /// The layout, and the cells of all destinations that are shown one by one.
    fn new(page: &Page<'_>, report: &Report, groups: &[Group<'_>]) -> (Self, Vec<Vec<Cell>>) {
        let wide = page.width() >= WIDE;
        let judged = report.is_judged();
        let mut columns = Vec::new();
        columns.extend(judged.then_some(words("")));
        let heads = &WORDS.columns;
        columns.push(flexible(heads.name, 16));
        if wide {
            columns.push(flexible(heads.network, 12));
            columns.push(flexible(heads.protocol, 8));
        }
        columns.push(numbers(heads.flows));
        columns.push(numbers(heads.out));
        columns.push(numbers(heads.into));
        columns.push(words(heads.placed));
        columns.extend(wide.then_some(words(heads.named_by)));
        let mut table = Layout {
            columns,
            widths: Vec::new(),
            wide,
            judged,
        };
        let rows: Vec<Vec<Cell>> = groups
            .iter()
            .flat_map(|group| group.split().0)
            .map(|destination| table.cells(destination))
            .collect();
        table.widths = page.widths(&table.columns, rows.iter().map(Vec::as_slice), INDENT);
        (table, rows)
    }

    /// One country of `all` destinations; `cells` begin with those of its first one.
    fn group(
        &self,
        page: &mut Page<'_>,
        all: u64,
        group: &Group<'_>,
        cells: &mut impl Iterator<Item = Vec<Cell>>,
    ) -> io::Result<()> {
        page.blank()?;
        self.title(page, all, group)?;
        page.heads(&self.columns, &self.widths, INDENT)?;
        let (shown, folded) = group.split();
        for (destination, cells) in shown.into_iter().zip(cells) {
            page.row(&self.columns, &self.widths, &cells, INDENT)?;
            if !self.wide {
                self.second_line(page, destination)?;
            }
            super::who::line(page, destination, self.below())?;
            if destination.in_baseline == Some(true) {
                let too = WORDS.destinations_part.in_baseline;
                page.paragraph(too, self.below(), Some(Ink::Soft))?;
            }
        }
        if folded.is_empty() {
            return Ok(());
        }
        page.row(&self.columns, &self.widths, &self.folded(&folded), INDENT)?;
        let flagged = length(
            folded
                .iter()
                .filter(|d| d.verdict < Some(Verdict::Met) && d.verdict.is_some())
                .count(),
        );
        let more = match flagged {
            0 => WORDS.destinations_part.see_json.to_owned(),
            _ => fill(WORDS.destinations_part.more_flagged, &[&count(flagged)]),
        };
        page.paragraph(&more, INDENT + 2, Some(Ink::Soft))
    }

    fn title(&self, page: &mut Page<'_>, all: u64, group: &Group<'_>) -> io::Result<()> {
        let name = group.country.map_or_else(
            || WORDS.destinations_part.unplaced.to_owned(),
            country_words,
        );
        let rows = length(group.rows.len());
        let remark = fill(
            WORDS.destinations_part.sums,
            &[
                &WORDS.part(rows, all, WORDS.destinations_of),
                &WORDS.many(sum(&group.rows, |row| row.flows), WORDS.flows_of),
                &bytes(sum(&group.rows, |row| row.bytes_out)),
                &bytes(sum(&group.rows, |row| row.bytes_in)),
            ],
        );
        let used = escape::columns(&name).saturating_add(escape::columns(&remark));
        let name = page.paint(&name, Some(Ink::Strong));
        if used.saturating_add(INDENT + 2) > page.width() {
            page.line(&format!("  {name}"))?;
            return page.paragraph(&remark, INDENT + 2, Some(Ink::Soft));
        }
        let remark = page.paint(&remark, Some(Ink::Soft));
        page.line(&format!("  {name}  {remark}"))
    }

    fn cells(&self, destination: &Destination) -> Vec<Cell> {
        let (sign, ink) = mark(destination.verdict);
        let mut cells = Vec::with_capacity(self.columns.len());
        if self.judged {
            cells.push(ink.map_or_else(|| sign.into(), |ink| Cell::inked(sign, ink)));
        }
        cells.push(subject_words(destination).into());
        if self.wide {
            cells.push(operator_words(destination).into());
            cells.push(destination.protocols.join(" ").into());
        }
        cells.push(count(destination.flows).into());
        cells.push(bytes(destination.bytes_out).into());
        cells.push(bytes(destination.bytes_in).into());
        cells.push(match destination.place.country {
            Some(_) => sure(destination.place.confidence).into(),
            None if self.wide => Cell::soft(short_reason(destination)),
            None => Cell::soft(WORDS.destinations_part.unknown),
        });
        if self.wide {
            cells.push(short_name_words(destination));
        }
        cells
    }

    /// Protocol, operator and, where there is no country, why: below the row, uncut.
    fn second_line(&self, page: &mut Page<'_>, destination: &Destination) -> io::Result<()> {
        let because = destination.place.unknown_because.unwrap_or_default();
        let facts = [
            destination.protocols.join(" "),
            operator_words(destination),
            because.to_owned(),
            name_fact(destination),
        ];
        let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        page.paragraph(
            &facts.join(WORDS.units.comma),
            self.below(),
            Some(Ink::Soft),
        )
    }

    /// Where the lines below a row begin.
    fn below(&self) -> usize {
        if self.judged { INDENT + 5 } else { INDENT + 2 }
    }

    fn folded(&self, folded: &[&Destination]) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(self.columns.len());
        cells.extend(self.judged.then(Cell::default));
        let other = count(length(folded.len()));
        cells.push(Cell::soft(fill(WORDS.destinations_part.other, &[&other])));
        if self.wide {
            cells.extend([Cell::default(), Cell::default()]);
        }
        cells.push(Cell::soft(count(sum(folded, |row| row.flows))));
        cells.push(Cell::soft(bytes(sum(folded, |row| row.bytes_out))));
        cells.push(Cell::soft(bytes(sum(folded, |row| row.bytes_in))));
        cells
    }
}

/// Why there is no country, up to the colon: `anycast`.
fn short_reason(destination: &Destination) -> &'static str {
    let because = destination.place.unknown_because;
    let because = because.unwrap_or(WORDS.destinations_part.unknown);
    because.split(':').next().unwrap_or(because)
}

/// `name observed (sni)`, `no name observed`.
pub(super) fn name_fact(destination: &Destination) -> String {
    let words = &WORDS.destinations_part;
    match &destination.name {
        Some(_) => fill(
            words.name,
            &[grade(destination.name_grade), destination.name_via],
        ),
        None => words.no_name.to_owned(),
    }
}

/// `sni`; `dns, inferred`.
fn short_name_words(destination: &Destination) -> Cell {
    let words = &WORDS.destinations_part;
    match (&destination.name, destination.name_grade) {
        (None, _) => Cell::soft(words.no_short_name),
        (Some(_), "observed") => destination.name_via.into(),
        (Some(_), known) => fill(words.short_name, &[destination.name_via, grade(known)]).into(),
    }
}

/// What did not leave the local network.
pub(super) fn nearby(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let words = &WORDS.nearby_part;
    page.heading(words.heading, words.remark)?;
    for (scope, label, what) in [
        (Scope::Lan, words.local, words.local_is),
        (Scope::Multicast, words.multicast, words.multicast_is),
        (Scope::Loopback, words.loopback, words.loopback_is),
    ] {
        let rows: Vec<&Destination> = report
            .destinations
            .iter()
            .filter(|row| row.scope == scope)
            .collect();
        if rows.is_empty() {
            page.field(label, WORDS.nearby_part.none)?;
            continue;
        }
        let mut protocols: Vec<&str> = rows
            .iter()
            .flat_map(|row| row.protocols.iter().copied())
            .collect();
        protocols.sort_unstable();
        protocols.dedup();
        let protocols = protocols.join(" ");
        let sums = match protocols.is_empty() {
            true => words.sums,
            false => words.sums_protocols,
        };
        let said = fill(
            sums,
            &[
                &WORDS.many(length(rows.len()), WORDS.destinations_of),
                what,
                &WORDS.many(sum(&rows, |row| row.flows), WORDS.flows_of),
                &bytes(sum(&rows, |row| row.bytes_out)),
                &bytes(sum(&rows, |row| row.bytes_in)),
                &protocols,
            ],
        );
        page.field(label, &said)?;
    }
    Ok(())
}

/// Protocols by which names are asked.
const RESOLVING: [&str; 4] = ["dns", "dot", "doh", "doq"];

/// Who was asked for names, and which names cannot be seen.
pub(super) fn resolvers(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    const LISTED: usize = 8;
    page.heading(WORDS.resolvers_part.heading, "")?;
    let asked: Vec<&Destination> = report
        .destinations
        .iter()
        .filter(|row| row.scope != Scope::Multicast)
        .filter(|row| row.protocols.iter().any(|word| RESOLVING.contains(word)))
        .collect();
    let mut label = WORDS.resolvers_part.resolvers;
    if asked.is_empty() {
        page.field(label, WORDS.nearby_part.none)?;
    }
    for row in asked.iter().take(LISTED) {
        page.field(label, &resolver(row))?;
        label = "";
    }
    if asked.len() > LISTED {
        let more = length(asked.len().saturating_sub(LISTED));
        page.field("", &fill(WORDS.terminal.more_in_json, &[&count(more)]))?;
    }
    hidden(page, report)
}

fn resolver(row: &Destination) -> String {
    let words = &WORDS.resolvers_part;
    let protocols: Vec<&str> = row
        .protocols
        .iter()
        .copied()
        .filter(|word| RESOLVING.contains(word))
        .collect();
    let place = match (row.scope, row.place.country) {
        (Scope::Outbound, Some(country)) => fill(words.address_in, &[&in_country(country)]),
        (Scope::Outbound, None) => words.unplaced.to_owned(),
        (local, _) => scope(local).to_owned(),
    };
    fill(
        words.resolver,
        &[
            &subject_words(row),
            &protocols.join(" "),
            &place,
            &WORDS.many(row.flows, WORDS.flows_of),
        ],
    )
}

fn hidden(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let all = length(outbound(report).count());
    let having = |what: &dyn Fn(&Destination) -> bool| {
        length(outbound(report).filter(|row| what(row)).count())
    };
    let encrypted = having(&|row| {
        row.protocols
            .iter()
            .any(|word| matches!(*word, "dot" | "doh" | "doq"))
    });
    let outer = having(&|row| row.name_via == "ech-outer");
    let unnamed = having(&|row| row.name.is_none());
    let of = |part| WORDS.part(part, all, WORDS.destinations_of);
    let hidden = fill(
        WORDS.resolvers_part.hidden_are,
        &[&of(encrypted), &of(outer), &of(unnamed)],
    );
    page.field(WORDS.resolvers_part.hidden, &hidden)
}
