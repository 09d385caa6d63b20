//! From a list to ranges: which form it has, what was kept of it and what was left out.
//!
//! In:   the bytes of a list.
//! Out:  ranges and their source, or an error in words.
//!
//! Forms are told by content. An entry that cannot be used is counted and left out; a list in
//! which the form itself breaks is refused. Entries are limited.

use super::kinds::{Kind, Pool, Said};
use super::table::Table;
use super::{Kinds, Ranges};
use crate::Error;
use crate::language::{WORDS, fill};
use crate::locate::listing::Listing;
use crate::locate::prefix::Prefix;
use crate::model::{DataSource, OpinionKind};
use std::collections::BTreeSet;

/// No list of an operator has a tenth of these.
const MOST_ENTRIES: usize = 4_000_000;

/// Names of unknown regions that a description shows.
const MOST_NAMES: usize = 5;

/// Where readers put what they find.
#[derive(Default)]
pub(super) struct Sink {
    pool: Pool,
    entries: Vec<(Prefix, u32)>,
    /// Entries that are no prefix, or not whole.
    pub(super) bad: u64,
    cut: u64,
    mapped: u64,
    unplaced: u64,
    unknown: BTreeSet<String>,
}

/// What a reader says of the list as a whole.
#[derive(Default)]
pub(super) struct About {
    /// `AWS ip-ranges.json`.
    pub(super) form: &'static str,
    /// `YYYY-MM-DD`.
    pub(super) day: Option<String>,
    pub(super) is_geofeed: bool,
}

/// Where a list breaks, and how.
pub(super) struct Broken {
    pub(super) offset: usize,
    pub(super) what: String,
}

impl Broken {
    pub(super) fn at(offset: usize, what: impl Into<String>) -> Broken {
        let what = what.into();
        Broken { offset, what }
    }
}

impl Sink {
    /// Takes one entry.
    pub(super) fn add(&mut self, prefix: &str, said: &Said<'_>) -> Result<(), Broken> {
        let Some((prefix, mended)) = Prefix::parse(prefix) else {
            self.bad = self.bad.saturating_add(1);
            return Ok(());
        };
        if self.entries.len() >= MOST_ENTRIES {
            let what = format!("more than {MOST_ENTRIES} ranges: give a smaller list");
            return Err(Broken::at(0, what));
        }
        self.cut = self.cut.saturating_add(mended.cut.into());
        self.mapped = self.mapped.saturating_add(mended.mapped.into());
        let kind = Kind::new(said);
        let named = !said.region.is_empty() && !said.is_geofeed;
        if named && kind.country.is_none() && !kind.nowhere {
            self.unplaced = self.unplaced.saturating_add(1);
            if self.unknown.len() < MOST_NAMES {
                self.unknown
                    .insert(kind.region.as_deref().unwrap_or("").to_owned());
            }
        }
        let number = self.pool.number(kind);
        self.entries.push((prefix, number));
        Ok(())
    }

    /// What was read and what was left out, in words.
    fn words(&self, form: &str) -> String {
        let said = &WORDS.lists;
        let number = self.entries.len().to_string();
        let mut words = vec![fill(said.ranges, &[form, &number])];
        for (count, what) in [
            (self.bad, said.no_range),
            (self.cut, said.cut),
            (self.mapped, said.mapped),
        ] {
            if count > 0 {
                words.push(fill(what, &[&count.to_string()]));
            }
        }
        if self.unplaced > 0 {
            let names: Vec<&str> = self.unknown.iter().map(String::as_str).collect();
            let values = [&*self.unplaced.to_string(), &names.join(" ")];
            words.push(fill(said.unplaced, &values));
        }
        words.join(WORDS.units.comma)
    }
}

/// Reads a list in whichever form it has.
pub(super) fn read(listing: &Listing, number: usize) -> Result<(Ranges, DataSource), Error> {
    let mut sink = Sink::default();
    let refuse = |broken: Broken| listing.wrong(broken.offset, &broken.what);
    let front = listing
        .bytes
        .iter()
        .find(|byte| !byte.is_ascii_whitespace());
    let about = match front {
        Some(0x80..=0x8f | 0xde | 0xdf) => super::cloudip::read(&listing.bytes, &mut sink),
        Some(b'{' | b'[') => super::json::read(listing.text()?, listing.day_in_name(), &mut sink),
        _ => text(listing.text()?, &mut sink),
    };
    let about = about.map_err(refuse)?;
    if sink.entries.is_empty() {
        let what = format!(
            "{}, but no range in it can be used ({} entries were left out): is this the right file?",
            about.form, sink.bad
        );
        return Err(listing.wrong(0, &what));
    }
    let words = sink.words(about.form);
    let mut pool = std::cell::RefCell::new(sink.pool);
    let table = Table::build(
        sink.entries,
        |one, two| pool.borrow_mut().same(one, two),
        |inner, around| pool.borrow_mut().inside(inner, around),
    );
    let kinds = std::mem::take(pool.get_mut()).into_kinds();
    let kind = match about.is_geofeed {
        true => OpinionKind::Geofeed,
        false => OpinionKind::OperatorRange,
    };
    let ranges = Ranges::new(table, Kinds::Own(kinds), kind, number);
    Ok((
        ranges,
        listing.source(words, about.day.as_deref(), "ranges"),
    ))
}

/// A table with a header, or a geofeed.
fn text(text: &str, sink: &mut Sink) -> Result<About, Broken> {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let trimmed = |cell: &'_ str| cell.trim_matches(['"', ' ']).to_owned();
    let cells: Vec<String> = first.unwrap_or("").split(',').map(trimmed).collect();
    let cell = cells.first().map_or("", String::as_str);
    if cells
        .iter()
        .any(|cell| super::plain::is_prefix_column(cell))
    {
        super::plain::read(text, sink)
    } else if Prefix::parse(cell).is_some() && first.is_some_and(|line| line.contains(',')) {
        super::geofeed::read(text, sink)
    } else {
        let what = format!("not a form that is known; {} is needed", super::FORMS);
        Err(Broken::at(0, what))
    }
}
