//! Lines, tables, colours and numbers of a text report.
//!
//! In:   words that are escaped already, and numbers.
//! Out:  lines no wider than asked for, without trailing spaces.

use super::super::Style;
pub(in crate::report) use crate::language::count;
use crate::language::{WORDS, fill};
use crate::model::Time;
use crate::report::escape::{columns, fit};
use std::io::{self, Write};

/// How a piece of text is told apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ink {
    Heading,
    Strong,
    Soft,
    Violated,
    Indeterminate,
    Met,
}

impl Ink {
    /// Parameters of SGR (ECMA-48 §8.3.117): the terminal's own palette, so that both light and
    /// dark grounds keep their contrast.
    fn code(self) -> &'static str {
        match self {
            Ink::Heading | Ink::Strong => "1",
            Ink::Soft => "2",
            Ink::Violated => "1;31",
            Ink::Indeterminate => "33",
            Ink::Met => "32",
        }
    }
}

/// One cell of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    text: String,
    ink: Option<Ink>,
}

impl Cell {
    pub(super) fn inked(text: impl Into<String>, ink: Ink) -> Self {
        Cell {
            text: text.into(),
            ink: Some(ink),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn soft(text: impl Into<String>) -> Self {
        Cell::inked(text, Ink::Soft)
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Cell {
            text: text.into(),
            ink: None,
        }
    }
}

/// One column of a table.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Numbers stand at the right.
    pub(super) right: bool,
    /// May be cut in the middle where the line is too narrow, but not below this width.
    pub(super) least: Option<usize>,
}

pub(super) const fn words(head: &'static str) -> Column {
    Column {
        head,
        right: false,
        least: None,
    }
}

pub(super) const fn numbers(head: &'static str) -> Column {
    Column {
        head,
        right: true,
        least: None,
    }
}

pub(super) const fn flexible(head: &'static str, least: usize) -> Column {
    Column {
        head,
        right: false,
        least: Some(least),
    }
}

/// Where lines go.
pub(super) struct Page<'w> {
    out: &'w mut dyn Write,
    style: Style,
    /// The last line was blank: a further one would be too much.
    open: bool,
}

const GAP: usize = 2;

impl<'w> Page<'w> {
    pub(super) fn new(out: &'w mut dyn Write, style: Style) -> Self {
        Page {
            out,
            style: Style {
                width: style.width.clamp(60, 400),
                ..style
            },
            open: false,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.style.width
    }

    /// One blank line, however often it is asked for.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.open, true) {
            return Ok(());
        }
        self.out.write_all(b"\n")
    }

    /// One line as it is.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        self.open = false;
        self.out.write_all(line.trim_end().as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// The title of a section, with a softer remark behind it where there is room.
    pub(super) fn heading(&mut self, title: &str, remark: &str) -> io::Result<()> {
        self.blank()?;
        let room = self
            .width()
            .saturating_sub(columns(title).saturating_add(GAP));
        let title = self.paint(title, Some(Ink::Heading));
        if remark.is_empty() || columns(remark) > room {
            self.line(&title)?;
            return self.paragraph(remark, 2, Some(Ink::Soft));
        }
        let remark = self.paint(remark, Some(Ink::Soft));
        self.line(&format!("{title}  {remark}"))
    }

    /// A label and words that hang behind it.
    pub(super) fn field(&mut self, label: &str, value: &str) -> io::Result<()> {
        const LABEL: usize = 13;
        let room = self.width().saturating_sub(LABEL + GAP);
        let mut label = self.paint(&pad(label, LABEL, false), Some(Ink::Soft));
        for line in wrap(value, room) {
            self.line(&format!("  {label}{line}"))?;
            label = " ".repeat(LABEL);
        }
        Ok(())
    }

    /// Wrapped words, indented.
    pub(super) fn paragraph(
        &mut self,
        text: &str,
        indent: usize,
        ink: Option<Ink>,
    ) -> io::Result<()> {
        let mut whole = String::new();
        for line in wrap(text, self.width().saturating_sub(indent)) {
            whole.clear();
            whole.extend(blanks(indent));
            self.paint_to(&mut whole, &line, ink);
            self.line(&whole)?;
        }
        Ok(())
    }

    /// Words that hang behind a lead and, in a softer colour, a label; both on the first line.
    pub(super) fn hanging(&mut self, lead: &str, label: &str, words: &str) -> io::Result<()> {
        let taken = columns(lead)
            .saturating_add(columns(label))
            .saturating_add(2);
        let mut before = format!("  {lead}{}", self.paint(label, Some(Ink::Soft)));
        for line in wrap(words, self.width().saturating_sub(taken)) {
            self.line(&format!("{before}{line}"))?;
            before = " ".repeat(taken);
        }
        Ok(())
    }

    /// `text` in its colour, where colours are wanted.
    pub(super) fn paint(&self, text: &str, ink: Option<Ink>) -> String {
        let mut painted = String::with_capacity(text.len());
        self.paint_to(&mut painted, text, ink);
        painted
    }

    fn paint_to(&self, line: &mut String, text: &str, ink: Option<Ink>) {
        match ink {
            Some(ink) if self.style.colour && !text.is_empty() => {
                for part in ["\x1b[", ink.code(), "m", text, "\x1b[0m"] {
                    line.push_str(part);
                }
            }
            _ => line.push_str(text),
        }
    }

    /// The heads of a table.
    pub(super) fn heads(
        &mut self,
        table: &[Column],
        widths: &[usize],
        indent: usize,
    ) -> io::Result<()> {
        let heads: Vec<Cell> = table.iter().map(|column| Cell::soft(column.head)).collect();
        self.row(table, widths, &heads, indent)
    }

    /// One row of a table.
    pub(super) fn row(
        &mut self,
        table: &[Column],
        widths: &[usize],
        cells: &[Cell],
        indent: usize,
    ) -> io::Result<()> {
        let mut line = String::with_capacity(self.width().saturating_mul(2));
        line.extend(blanks(indent));
        for ((column, width), cell) in table.iter().zip(widths).zip(cells) {
            let text = fit(&cell.text, *width);
            let missing = blanks(width.saturating_sub(columns(&text)));
            if column.right {
                line.extend(missing.clone());
            }
            self.paint_to(&mut line, &text, cell.ink);
            if !column.right {
                line.extend(missing);
            }
            line.push_str("  ");
        }
        self.line(&line)
    }

    /// Widths with which `rows` fit into the page. Flexible columns give way, the widest first.
    pub(super) fn widths<'c>(
        &self,
        table: &[Column],
        rows: impl Iterator<Item = &'c [Cell]>,
        indent: usize,
    ) -> Vec<usize> {
        let mut widths: Vec<usize> = table.iter().map(|column| columns(column.head)).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(columns(&cell.text));
            }
        }
        let gaps = table.len().saturating_sub(1).saturating_mul(GAP);
        let room = self.width().saturating_sub(indent.saturating_add(gaps));
        while widths.iter().sum::<usize>() > room {
            let widest = widths
                .iter_mut()
                .zip(table)
                .filter(|(width, column)| column.least.is_some_and(|least| **width > least))
                .max_by_key(|(width, _)| **width);
            match widest {
                Some((width, _)) => *width = width.saturating_sub(1),
                None => break,
            }
        }
        widths
    }
}

fn blanks(count: usize) -> impl Iterator<Item = char> + Clone {
    std::iter::repeat_n(' ', count)
}

/// `text` filled up with blanks to `width` columns.
pub(super) fn pad(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(columns(text)));
    if right {
        format!("{blanks}{text}")
    } else {
        format!("{text}{blanks}")
    }
}

/// The words of `text`: what stands between blanks, a number together with its unit.
fn unbroken(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let text = rest.trim_start_matches(' ');
        let mut end = 0;
        loop {
            let word = text.get(end..).unwrap_or_default();
            let len = word.bytes().position(|byte| byte == b' ');
            end = end.saturating_add(len.unwrap_or(word.len()));
            let (word, after) = text.split_at_checked(end)?;
            let joined = word.ends_with(|c: char| c.is_ascii_digit())
                && after.strip_prefix(' ').is_some_and(begins_with_unit);
            if !joined {
                rest = after;
                return Some(word).filter(|word| !word.is_empty());
            }
            // On to the unit behind the blank.
            end = end.saturating_add(1);
        }
    })
}

fn begins_with_unit(text: &str) -> bool {
    let len = text.bytes().position(|byte| byte == b' ');
    let word = text.get(..len.unwrap_or(text.len())).unwrap_or_default();
    let bare = word.trim_end_matches([',', ';', ':', '.', ')']);
    WORDS.units.unbroken.contains(&bare)
}

/// `text` broken at blanks into lines of at most `width` columns. A longer word is broken too.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0_usize;
    for word in unbroken(text) {
        let wide = columns(word);
        if used > 0 && used.saturating_add(wide).saturating_add(1) > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used = used.saturating_add(1);
        } else {
            line.reserve(text.len().min(width));
        }
        if wide <= width {
            line.push_str(word);
            used = used.saturating_add(wide);
            continue;
        }
        for letter in word.chars() {
            let wide = columns(letter.encode_utf8(&mut [0; 4]));
            if used.saturating_add(wide) > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(letter);
            used = used.saturating_add(wide);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// `640 B`, `3.2 KiB`, `1.1 GiB`: one decimal, rounded half up.
pub(in crate::report) fn bytes(number: u64) -> String {
    if number < 1_024 {
        return fill(WORDS.units.bytes, &[&number.to_string()]);
    }
    let twenty = u128::from(number) * 20;
    // Units are powers of two: this is the exponent.
    let mut unit = 10_u32;
    let mut words = "";
    for next in WORDS.units.sizes {
        words = next;
        // 1023.95 and more would be rounded to 1024.0.
        if twenty < 20_479_u128 << unit {
            break;
        }
        unit += 10;
    }
    let tenth = (twenty + (1 << unit)) >> (unit + 1);
    tenths(words, u64::try_from(tenth).unwrap_or(u64::MAX))
}

/// A number with one decimal.
pub(in crate::report) fn tenths(words: &str, tenths: u64) -> String {
    fill(
        words,
        &[&(tenths / 10).to_string(), &(tenths % 10).to_string()],
    )
}

/// `4.1 %`; `0 %` only for nothing, `100 %` only for all.
pub(in crate::report) fn percent(number: u64, all: u64) -> String {
    if number == 0 || all == 0 {
        return fill(WORDS.units.percent, &["0"]);
    }
    if number >= all {
        return fill(WORDS.units.percent, &["100"]);
    }
    let share = (u128::from(number) * 1_000 / u128::from(all)).clamp(1, 999);
    tenths(
        WORDS.units.percent_tenths,
        u64::try_from(share).unwrap_or(999),
    )
}

/// `2026-11-21 04:31:07`.
pub(in crate::report) fn instant(time: Time) -> String {
    let text = time.to_string();
    text.get(..19).unwrap_or_default().replace('T', " ")
}

/// `2026-11-21 04:31:07 to 04:33:12 UTC`; the date once where both share it.
pub(in crate::report) fn span(first: Time, last: Time) -> String {
    let (first, last) = (instant(first), instant(last));
    let last = match (first.split_once(' '), last.split_once(' ')) {
        (Some((one, _)), Some((other, clock))) if one == other => clock,
        _ => last.as_str(),
    };
    fill(WORDS.units.span, &[&first, last])
}

/// `04:31:07.250`.
pub(in crate::report) fn clock(time: Time) -> String {
    time.to_string().get(11..23).unwrap_or_default().to_owned()
}

/// A length of time in two units: `2 min 5 s`, `3 d 4 h`.
pub(in crate::report) fn duration(nanoseconds: u64) -> String {
    let milliseconds = nanoseconds / 1_000_000;
    let seconds = milliseconds / 1_000;
    let units = &WORDS.units;
    let pair = |[alone, both]: [&str; 2], big: u64, small: u64| match small {
        0 => fill(alone, &[&big.to_string()]),
        _ => fill(both, &[&big.to_string(), &small.to_string()]),
    };
    match seconds {
        0 => fill(units.milliseconds, &[&milliseconds.to_string()]),
        1..=59 => tenths(units.seconds, milliseconds / 100),
        60..=3_599 => pair(units.minutes, seconds / 60, seconds % 60),
        3_600..=86_399 => pair(units.hours, seconds / 3_600, seconds % 3_600 / 60),
        _ => pair(units.days, seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers_for_people() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(5_705_501), "5,705,501");
        assert_eq!(bytes(1_023), "1023 B");
        assert_eq!(bytes(1_024), "1.0 KiB");
        assert_eq!(bytes(1_048_575), "1.0 MiB");
        assert_eq!(bytes(1_048_000), "1023.4 KiB");
        assert_eq!(bytes(u64::MAX), "16.0 EiB");
        assert_eq!(percent(1, 1_000_000), "0.1 %");
        assert_eq!(percent(999_999, 1_000_000), "99.9 %");
        assert_eq!(percent(3, 3), "100 %");
        assert_eq!(WORDS.part(1, 1, WORDS.flows_of), "1 of 1 flow");
    }

    #[test]
    fn writes_times_for_people() {
        assert_eq!(duration(0), "0 ms");
        assert_eq!(duration(12_340_000_000), "12.3 s");
        assert_eq!(duration(125_000_000_000), "2 min 5 s");
        assert_eq!(duration(3_600_000_000_000), "1 h");
        assert_eq!(duration(90_000_000_000_000), "1 d 1 h");
        assert_eq!(instant(Time(0)), "1970-01-01 00:00:00");
        assert_eq!(
            span(Time(0), Time(9_000_000_000)),
            "1970-01-01 00:00:00 to 00:00:09 UTC"
        );
        assert_eq!(
            span(Time(-1), Time(0)),
            "1969-12-31 23:59:59 to 1970-01-01 00:00:00 UTC"
        );
        assert_eq!(clock(Time(1_500_000_000)), "00:00:01.500");
    }

    #[test]
    fn wraps_at_blanks_and_breaks_what_is_too_long() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert!(wrap("", 9).is_empty());
        assert_eq!(wrap("a lot: 2.4 MiB, 3 %", 12), ["a lot:", "2.4 MiB, 3 %"]);
    }
}
