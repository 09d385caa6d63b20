//! Place databases from their sources.
//!
//! In:   MaxMind DB files, CSV and JSON tables of ranges, best source first.
//! Out:  one MaxMind DB of country, system and organisation; the same bytes from the same files.
//! Spec: MaxMind DB file format 2.0, written by `mmdb-writer`.
//!
//! Each fact comes from the first source that has it. Where two ranges of one source overlap,
//! the one that begins later holds, to its end; of two that begin together the shorter one, and
//! of equal ones the later: inner networks hold inside outer ones. That is counted. Ranges inside
//! 2001::/32 (Teredo) and 2002::/16 (6to4) are left out: addresses in tunnels have no place.
//! Ranges, facts and nodes of the tree are limited: what does not fit into memory is an error.

mod file;
mod row;

use super::database::{self, Database};
use super::networks::{Networks, Records, address};
use crate::Error;
use file::Form;
use mmdb_writer::{Ipv4Aliasing, Value, Writer};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// What the new database says of itself.
#[derive(Clone, Debug)]
pub struct Header {
    /// Its type: `Whereto-Country-ASN`.
    pub kind: String,
    /// One line in English: contents and credits.
    pub description: String,
    /// Build time, seconds since 1970: the date of the sources, not the clock's.
    pub built: u64,
}

/// A new database.
#[derive(Debug)]
pub struct Built {
    /// The file.
    pub mmdb: Vec<u8>,
    /// Ranges with facts of their own.
    pub ranges: u64,
    /// Ranges left out because they are inside tunnel prefixes.
    pub skipped: u64,
    /// Ranges for which a later source says otherwise than the one that holds.
    pub differing: u64,
}

/// What one source gave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BuiltSource {
    /// Its file.
    pub path: PathBuf,
    /// `CSV`, `JSON` or `MaxMind DB`.
    pub form: &'static str,
    /// Rows, or networks with a record.
    pub rows: u64,
    /// Ranges that begin inside another range of the same source and differ from it.
    pub overlaps: u64,
    /// Rows or records whose code names no country: `EU`, `AP`.
    pub odd_codes: u64,
    /// When it was built, seconds since 1970, where it says so.
    pub built: Option<i64>,
}

/// What was read, before it is written.
#[derive(Debug)]
pub struct Gathered {
    /// The sources, best first.
    pub sources: Vec<BuiltSource>,
    tables: Vec<Vec<Range>>,
    pool: Pool,
}

/// All sources together; 48 bytes each, a few times over.
const MOST_RANGES: usize = 12_000_000;
/// Distinct facts.
const MOST_FACTS: usize = 2_000_000;
/// Nodes of the tree, 16 bytes each, twice. The largest databases met have 20 million.
const MOST_NODES: u64 = 32_000_000;

/// Index into the facts; 0 is "nothing known".
type Fact = u32;

/// Country, system, organisation.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Facts {
    country: Option<crate::model::Country>,
    system: Option<(u32, String)>,
}

/// First and last address, IPv4 as `::a.b.c.d`.
type Range = (u128, u128, Fact);

/// Each distinct fact once.
#[derive(Debug, Default)]
struct Pool {
    numbers: BTreeMap<Facts, Fact>,
    facts: Vec<Facts>,
}

/// Reads `sources`, best first.
///
/// # Errors
/// Where a source cannot be read, a line of it is no row, or all are too large together.
pub fn gather(sources: &[PathBuf]) -> Result<Gathered, Error> {
    let mut gathered = Gathered {
        sources: Vec::new(),
        tables: Vec::new(),
        pool: Pool::default(),
    };
    // Number 0 is "nothing known".
    gathered.pool.number(Facts::default());
    let mut room = MOST_RANGES;
    for path in sources {
        let (mut ranges, mut about) = read(path, room, &mut gathered.pool)?;
        room = room.saturating_sub(ranges.len());
        (ranges, about.overlaps) = flat(ranges);
        gathered.tables.push(ranges);
        gathered.sources.push(about);
    }
    Ok(gathered)
}

impl Gathered {
    /// The newest build time among the sources.
    #[must_use]
    pub fn newest(&self) -> Option<i64> {
        self.sources.iter().filter_map(|source| source.built).max()
    }

    /// Whether there are countries, and whether there are systems.
    #[must_use]
    pub fn gives(&self) -> (bool, bool) {
        let facts = || self.pool.facts.iter();
        (
            facts().any(|facts| facts.country.is_some()),
            facts().any(|facts| facts.system.is_some()),
        )
    }

    /// The database.
    ///
    /// # Errors
    /// Where it would be too large, or the writer refuses.
    pub fn write(mut self, header: &Header) -> Result<Built, Error> {
        let (merged, differing) = merge(&self.tables, &mut self.pool);
        self.tables = Vec::new();
        let built = write(&merged, &self.pool, header)?;
        Ok(Built { differing, ..built })
    }
}

fn read(path: &Path, room: usize, pool: &mut Pool) -> Result<(Vec<Range>, BuiltSource), Error> {
    let mut about = BuiltSource {
        path: path.to_owned(),
        form: "",
        rows: 0,
        overlaps: 0,
        odd_codes: 0,
        built: None,
    };
    let mut ranges: Vec<Range> = Vec::new();
    let form = file::rows(path, &mut |row| {
        let said = row::read(row)?;
        about.rows = about.rows.saturating_add(1);
        about.odd_codes = about.odd_codes.saturating_add(said.odd_code.into());
        if ranges.len() >= room || pool.facts.len() >= MOST_FACTS {
            return Err(TOO_MANY.to_owned());
        }
        ranges.push((said.first, said.last, pool.number(said.facts)));
        Ok(())
    })?;
    about.form = form.name();
    if form == Form::Mmdb {
        let (database, _) = database::open(path, 0, None)?;
        about.built = database
            .built
            .filter(|built| database::day(*built).is_some());
        ranges = read_mmdb(&database, room, pool, &mut about).map_err(|words| match words {
            Some(words) => database::damaged_at(&path.display().to_string(), &words),
            None => Error::Usage(format!("{}: {TOO_MANY}", path.display())),
        })?;
    }
    Ok((ranges, about))
}

const TOO_MANY: &str = "the sources together have more than 12 million ranges or 2 million \
                        different facts, which is more than can be held in memory";

/// What is wrong in words; nothing where there is only too much.
fn read_mmdb(
    database: &Database,
    room: usize,
    pool: &mut Pool,
    about: &mut BuiltSource,
) -> Result<Vec<Range>, Option<String>> {
    let mut records = Records::new(database);
    let mut ranges: Vec<Range> = Vec::new();
    for network in Networks::new(database) {
        let network = network.map_err(|error| Some(error.to_string()))?;
        let fact = records.of(database, &network, |record| {
            let system = record.asn.map(|asn| {
                (
                    asn,
                    super::cut(record.org.map_or("", |org| org.0)).to_owned(),
                )
            });
            pool.number(Facts {
                country: record.country,
                system,
            })
        });
        let Some(fact) = fact.map_err(|error| Some(error.to_string()))? else {
            continue;
        };
        about.rows = about.rows.saturating_add(1);
        match ranges.last_mut() {
            Some(before) if before.2 == fact && before.1.checked_add(1) == Some(network.first) => {
                before.1 = network.last;
            }
            _ => ranges.push((network.first, network.last, fact)),
        }
        if ranges.len() > room || pool.facts.len() > MOST_FACTS {
            return Err(None);
        }
    }
    Ok(ranges)
}

/// The same without overlaps: what begins later holds to its end, then the outer range again.
/// Also counts ranges that begin inside one that says something else.
fn flat(mut ranges: Vec<Range>) -> (Vec<Range>, u64) {
    let mut overlaps: u64 = 0;
    // Stable: of equal ranges the later stays the later.
    ranges.sort_by_key(|(first, last, _)| (*first, Reverse(*last)));
    let disjoint = ranges
        .iter()
        .zip(ranges.iter().skip(1))
        .all(|(one, next)| one.1 < next.0);
    if disjoint {
        return (ranges, 0);
    }
    let mut done: Vec<Range> = Vec::with_capacity(ranges.len());
    // Those that the cursor is inside of, the innermost last: last address and fact.
    let mut open: Vec<(u128, Fact)> = Vec::new();
    let mut cursor: u128 = 0;
    for (first, last, fact) in ranges {
        close(&mut open, &mut cursor, Some(first), &mut done);
        if let Some((_, outer)) = open.last() {
            overlaps = overlaps.saturating_add(u64::from(*outer != fact));
            if let Some(before) = first.checked_sub(1).filter(|before| *before >= cursor) {
                done.push((cursor, before, *outer));
            }
        }
        cursor = first;
        open.push((last, fact));
    }
    close(&mut open, &mut cursor, None, &mut done);
    (done, overlaps)
}

/// Writes what of the open ranges ends before `until`, the innermost first.
fn close(
    open: &mut Vec<(u128, Fact)>,
    cursor: &mut u128,
    until: Option<u128>,
    done: &mut Vec<Range>,
) {
    while let Some((last, fact)) = open.pop_if(|(last, _)| until.is_none_or(|until| *last < until))
    {
        if last < *cursor {
            continue;
        }
        done.push((*cursor, last, fact));
        match last.checked_add(1) {
            Some(next) => *cursor = next,
            // Nothing is after the last address.
            None => open.clear(),
        }
    }
}

impl Pool {
    fn number(&mut self, facts: Facts) -> Fact {
        let next = Fact::try_from(self.facts.len()).unwrap_or(0);
        *self.numbers.entry(facts).or_insert_with_key(|facts| {
            self.facts.push(facts.clone());
            next
        })
    }

    fn facts(&self, number: Fact) -> Facts {
        let at = usize::try_from(number).ok();
        at.and_then(|at| self.facts.get(at))
            .cloned()
            .unwrap_or_default()
    }
}

/// One table of ranges in which every address has what the first table knows of it, and how
/// many ranges a later table tells otherwise.
fn merge(tables: &[Vec<Range>], pool: &mut Pool) -> (Vec<Range>, u64) {
    // Every address at which something may change; IPv4 ends where IPv6 begins.
    let mut edges: Vec<u128> = vec![0, 1 << 32];
    for (first, last, _) in tables.iter().flatten() {
        edges.push(*first);
        edges.extend(last.checked_add(1));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut waiting: Vec<std::iter::Peekable<std::slice::Iter<'_, Range>>> =
        tables.iter().map(|table| table.iter().peekable()).collect();
    let mut known: BTreeMap<Vec<Fact>, (Fact, bool)> = BTreeMap::new();
    let mut differing: u64 = 0;
    let mut merged: Vec<Range> = Vec::new();
    let ends = edges
        .iter()
        .skip(1)
        .map(|next| next.saturating_sub(1))
        .chain([u128::MAX]);
    for (first, last) in edges.iter().copied().zip(ends) {
        let voices: Vec<Fact> = waiting
            .iter_mut()
            .map(|table| fact_at(table, first))
            .collect();
        let (number, differs) = *known
            .entry(voices)
            .or_insert_with_key(|voices| joined(voices, pool));
        differing = differing.saturating_add(differs.into());
        match merged.last_mut() {
            Some(before) if before.2 == number && first != 1 << 32 => before.1 = last,
            _ => merged.push((first, last, number)),
        }
    }
    merged.retain(|range| range.2 != 0);
    (merged, differing)
}

/// What the next range of a table says of `address`; ranges that end before it are dropped.
fn fact_at(table: &mut std::iter::Peekable<std::slice::Iter<'_, Range>>, address: u128) -> Fact {
    while table.next_if(|range| range.1 < address).is_some() {}
    match table.peek() {
        Some((first, _, fact)) if *first <= address => *fact,
        _ => 0,
    }
}

/// What the first of them knows, and whether another says otherwise.
fn joined(voices: &[Fact], pool: &mut Pool) -> (Fact, bool) {
    let all: Vec<Facts> = voices.iter().map(|voice| pool.facts(*voice)).collect();
    let country = all.iter().find_map(|facts| facts.country);
    let system = all.iter().find_map(|facts| facts.system.clone());
    let number = system.as_ref().map(|(number, _)| *number);
    let differs = all.iter().any(|facts| {
        let other = facts.system.as_ref().map(|(number, _)| *number);
        facts.country.is_some_and(|own| Some(own) != country)
            || other.is_some_and(|own| Some(own) != number)
    });
    (pool.number(Facts { country, system }), differs)
}

fn write(ranges: &[Range], pool: &Pool, header: &Header) -> Result<Built, Error> {
    let refused = |error: mmdb_writer::Error| Error::Usage(format!("place database: {error}"));
    let mut writer = Writer::builder(header.kind.as_str())
        .description(&[("en", header.description.as_str())])
        .ipv4_aliasing(Ipv4Aliasing::Disabled)
        .build_epoch(UNIX_EPOCH + Duration::from_secs(header.built))
        .build();
    let mut built = Built {
        mmdb: Vec::new(),
        ranges: 0,
        skipped: 0,
        differing: 0,
    };
    let mut tree = Tree::default();
    for (first, last, number) in ranges {
        if in_tunnel(*first) && in_tunnel(*last) && first >> 112 == last >> 112 {
            built.skipped = built.skipped.saturating_add(1);
            continue;
        }
        built.ranges = built.ranges.saturating_add(1);
        if tree.grow(*first, *last) > MOST_NODES {
            return Err(Error::Usage(
                "place database: its search tree would have more than 32 million nodes; give \
                 fewer or coarser networks"
                    .to_owned(),
            ));
        }
        let value = value(&pool.facts(*number));
        writer
            .insert_range(address(*first), address(*last), &value)
            .map_err(refused)?;
    }
    built.mmdb = writer.to_bytes().map_err(refused)?;
    Ok(built)
}

/// How large the tree of networks in the order of addresses becomes.
#[derive(Default)]
struct Tree {
    nodes: u64,
    before: u128,
}

impl Tree {
    /// Adds the networks of one range: each brings the nodes below its common part with the
    /// one before.
    fn grow(&mut self, first: u128, last: u128) -> u64 {
        let mut next = Some(first);
        while let Some(first) = next.filter(|next| *next <= last) {
            let size = last.saturating_sub(first);
            let fits = size.checked_add(1).map_or(128, u128::ilog2);
            let host = first.trailing_zeros().min(fits);
            let depth = u32::saturating_sub(128, host);
            let common = (first ^ self.before).leading_zeros().min(depth);
            self.nodes = self
                .nodes
                .saturating_add(depth.saturating_sub(common).into());
            self.before = first;
            next = 1_u128
                .checked_shl(host)
                .and_then(|size| first.checked_add(size));
        }
        self.nodes
    }
}

/// Inside 2001::/32 or 2002::/16.
fn in_tunnel(bits: u128) -> bool {
    bits >> 96 == 0x2001_0000 || bits >> 112 == 0x2002
}

fn value(facts: &Facts) -> Value {
    let mut fields: Vec<(&str, Value)> = Vec::new();
    if let Some(country) = facts.country {
        fields.push(("country_code", Value::from(country.code())));
    }
    if let Some((number, name)) = &facts.system {
        fields.push(("autonomous_system_number", Value::from(*number)));
        if !name.is_empty() {
            fields.push(("autonomous_system_organization", Value::from(name.as_str())));
        }
    }
    Value::map(fields)
}
