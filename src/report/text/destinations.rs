//! Destinations by country, what stayed nearby, and who was asked for names.

use super::layout::{Cell, Column, Ink, Page, bytes, count, flexible, many, numbers, part, words};
use super::{country_words, in_country, length, mark, operator_words, outbound, subject_words};
use crate::model::{Country, Destination, Report, Scope, Verdict};
use crate::report::escape;
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
    let remark = match length(countries) {
        0 => "flows observed in this capture".to_owned(),
        1 => "flows observed to addresses in 1 country in this capture".to_owned(),
        n => format!("flows observed to addresses in {n} countries in this capture"),
    };
    page.heading("DESTINATIONS", &remark)?;
    if groups.is_empty() {
        return page.paragraph("None observed.", 2, None);
    }
    let table = Layout::new(page, report, &groups);
    groups
        .iter()
        .try_for_each(|group| table.group(page, report, group))
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
    fn new(page: &Page<'_>, report: &Report, groups: &[Group<'_>]) -> Self {
        let wide = page.width() >= WIDE;
        let judged = report.is_judged();
        let mut columns = Vec::new();
        columns.extend(judged.then_some(words("")));
        columns.push(flexible("name", 16));
        if wide {
            columns.push(flexible("network", 12));
            columns.push(flexible("protocol", 8));
        }
        columns.push(numbers("flows"));
        columns.push(numbers("out"));
        columns.push(numbers("in"));
        columns.push(words("placed"));
        columns.extend(wide.then_some(words("named by")));
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
        table
    }

    fn group(&self, page: &mut Page<'_>, report: &Report, group: &Group<'_>) -> io::Result<()> {
        page.blank()?;
        self.title(page, report, group)?;
        page.heads(&self.columns, &self.widths, INDENT)?;
        let (shown, folded) = group.split();
        for destination in shown {
            page.row(
                &self.columns,
                &self.widths,
                &self.cells(destination),
                INDENT,
            )?;
            if !self.wide {
                self.second_line(page, destination)?;
            }
            super::who::line(page, destination, self.below())?;
            if destination.in_baseline == Some(true) {
                page.paragraph("in the baseline too", self.below(), Some(Ink::Soft))?;
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
            0 => "see --format json".to_owned(),
            _ => format!(
                "and {} more violated or indeterminate among them, see --format json",
                count(flagged)
            ),
        };
        page.paragraph(&more, INDENT + 2, Some(Ink::Soft))
    }

    fn title(&self, page: &mut Page<'_>, report: &Report, group: &Group<'_>) -> io::Result<()> {
        let name = group
            .country
            .map_or_else(|| "Country not known".to_owned(), country_words);
        let remark = format!(
            "{}, {}, {} out, {} in",
            part(
                length(group.rows.len()),
                length(outbound(report).count()),
                "destination"
            ),
            many(sum(&group.rows, |row| row.flows), "flow"),
            bytes(sum(&group.rows, |row| row.bytes_out)),
            bytes(sum(&group.rows, |row| row.bytes_in))
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
            Some(_) => destination.place.confidence.as_str().into(),
            None if self.wide => Cell::soft(short_reason(destination)),
            None => Cell::soft("unknown"),
        });
        if self.wide {
            cells.push(short_name_words(destination));
        }
        cells
    }

    /// Protocol, operator and, where there is no country, why: below the row, uncut.
    fn second_line(&self, page: &mut Page<'_>, destination: &Destination) -> io::Result<()> {
        let because = destination.place.unknown_because.unwrap_or_default();
        let name = match destination.name {
            Some(_) => format!("name {}", name_words(destination)),
            None => "no name observed".to_owned(),
        };
        let facts = [
            destination.protocols.join(" "),
            operator_words(destination),
            because.to_owned(),
            name,
        ];
        let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        page.paragraph(&facts.join(", "), self.below(), Some(Ink::Soft))
    }

    /// Where the lines below a row begin.
    fn below(&self) -> usize {
        if self.judged { INDENT + 5 } else { INDENT + 2 }
    }

    fn folded(&self, folded: &[&Destination]) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(self.columns.len());
        cells.extend(self.judged.then(Cell::default));
        cells.push(Cell::soft(format!(
            "other ({})",
            count(length(folded.len()))
        )));
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
    let because = destination.place.unknown_because.unwrap_or("unknown");
    because.split(':').next().unwrap_or(because)
}

/// `observed (sni)`.
pub(super) fn name_words(destination: &Destination) -> String {
    match &destination.name {
        Some(_) => format!("{} ({})", destination.name_grade, destination.name_via),
        None => "none observed".to_owned(),
    }
}

/// `sni`; `dns, inferred`.
fn short_name_words(destination: &Destination) -> Cell {
    match (&destination.name, destination.name_grade) {
        (None, _) => Cell::soft("none observed"),
        (Some(_), "observed") => destination.name_via.into(),
        (Some(_), grade) => format!("{}, {grade}", destination.name_via).into(),
    }
}

/// What did not leave the local network.
pub(super) fn nearby(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    page.heading("NEARBY", "not counted as outbound")?;
    for (scope, label, what) in [
        (
            Scope::Lan,
            "Local",
            "private, link-local or shared addresses",
        ),
        (Scope::Multicast, "Multicast", "groups or broadcast"),
        (Scope::Loopback, "Loopback", "the device itself"),
    ] {
        let rows: Vec<&Destination> = report
            .destinations
            .iter()
            .filter(|row| row.scope == scope)
            .collect();
        if rows.is_empty() {
            page.field(label, "none observed")?;
            continue;
        }
        let mut protocols: Vec<&str> = rows
            .iter()
            .flat_map(|row| row.protocols.iter().copied())
            .collect();
        protocols.sort_unstable();
        protocols.dedup();
        let words = format!(
            "{} ({what}), {}, {} out, {} in{}{}",
            many(length(rows.len()), "destination"),
            many(sum(&rows, |row| row.flows), "flow"),
            bytes(sum(&rows, |row| row.bytes_out)),
            bytes(sum(&rows, |row| row.bytes_in)),
            if protocols.is_empty() { "" } else { ": " },
            protocols.join(" ")
        );
        page.field(label, &words)?;
    }
    Ok(())
}

/// Protocols by which names are asked.
const RESOLVING: [&str; 4] = ["dns", "dot", "doh", "doq"];

/// Who was asked for names, and which names cannot be seen.
pub(super) fn resolvers(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    const LISTED: usize = 8;
    page.heading("NAMES", "")?;
    let asked: Vec<&Destination> = report
        .destinations
        .iter()
        .filter(|row| row.scope != Scope::Multicast)
        .filter(|row| row.protocols.iter().any(|word| RESOLVING.contains(word)))
        .collect();
    let mut label = "Resolvers";
    if asked.is_empty() {
        page.field(label, "none observed")?;
    }
    for row in asked.iter().take(LISTED) {
        page.field(label, &resolver(row))?;
        label = "";
    }
    if asked.len() > LISTED {
        let more = length(asked.len().saturating_sub(LISTED));
        page.field("", &format!("and {} more, see --format json", count(more)))?;
    }
    hidden(page, report)
}

fn resolver(row: &Destination) -> String {
    let protocols: Vec<&str> = row
        .protocols
        .iter()
        .copied()
        .filter(|word| RESOLVING.contains(word))
        .collect();
    let place = match (row.scope, row.place.country) {
        (Scope::Outbound, Some(country)) => format!("address in {}", in_country(country)),
        (Scope::Outbound, None) => "country not known".to_owned(),
        (scope, _) => scope.as_str().to_owned(),
    };
    format!(
        "{}: {}, {place}, {}",
        subject_words(row),
        protocols.join(" "),
        many(row.flows, "flow")
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
    let words = format!(
        "names asked over encrypted DNS at {}; only the outer name of an encrypted hello at {}; \
         no name at {}",
        part(encrypted, all, "destination"),
        part(outer, all, "destination"),
        part(unnamed, all, "destination")
    );
    page.field("Not visible", &words)
}
