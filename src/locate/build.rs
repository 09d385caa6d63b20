//! Place databases from their sources.
//!
//! In:   MaxMind DB files and CSV tables of ranges, best source first.
//! Out:  one MaxMind DB of country, system and organisation; the same bytes from the same files.
//! Spec: MaxMind DB file format 2.0, written by `mmdb-writer`.
//!
//! Each fact comes from the first source that has it. A CSV line is `first,last,country` or
//! `first,last,system,organisation`, addresses as text. Where two
//! ranges of one source overlap, the one that begins later holds from there; that is counted.
//! Ranges inside 2001::/32 (Teredo) and 2002::/16 (6to4) are left out: addresses in tunnels
//! have no place.

use super::record::{Record, country};
use crate::Error;
use mmdb_writer::{Ipv4Aliasing, Value, Writer};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
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
    /// Ranges cut short because the next range of the same source begins inside them.
    pub overlaps: u64,
}

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
#[derive(Default)]
struct Pool {
    numbers: BTreeMap<Facts, Fact>,
    facts: Vec<Facts>,
}

/// Builds one database out of `sources`.
///
/// # Errors
/// Where a source cannot be read, a line of it is not a range, or the writer refuses.
pub fn build(sources: &[PathBuf], header: &Header) -> Result<Built, Error> {
    let mut pool = Pool::default();
    pool.number(Facts::default());
    let mut tables = Vec::new();
    let mut overlaps: u64 = 0;
    for path in sources {
        let mut ranges = match path.extension().and_then(|ext| ext.to_str()) {
            Some("csv") => read_csv(path, &mut pool)?,
            _ => read_mmdb(path, &mut pool)?,
        };
        ranges.sort_unstable();
        overlaps = overlaps.saturating_add(part(&mut ranges));
        tables.push(ranges);
    }
    let merged = merge(&tables, &mut pool);
    let built = write(&merged, &pool, header)?;
    Ok(Built { overlaps, ..built })
}

/// Ends each range where the next begins, and counts where that was needed.
fn part(ranges: &mut [Range]) -> u64 {
    let mut overlaps: u64 = 0;
    let mut next_first = u128::MAX;
    for range in ranges.iter_mut().rev() {
        if next_first <= range.1 && next_first > range.0 {
            range.1 = next_first.saturating_sub(1);
            overlaps = overlaps.saturating_add(1);
        }
        next_first = range.0;
    }
    overlaps
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

fn read_mmdb(path: &Path, pool: &mut Pool) -> Result<Vec<Range>, Error> {
    let (database, _) = super::database::open(path, 0)?;
    let failed = |error: maxminddb::MaxMindDbError| wrong(path, 0, &error.to_string());
    let mut ranges = Vec::new();
    let networks = database
        .reader
        .networks(maxminddb::WithinOptions::default())
        .map_err(failed)?;
    for network in networks {
        let network = network.map_err(failed)?;
        let Some(record) = network.decode::<Record<'_>>().map_err(failed)? else {
            continue;
        };
        let system = record
            .asn
            .map(|asn| (asn, record.org.map_or("", |(name, _)| name).to_owned()));
        let number = pool.number(Facts {
            country: record.country,
            system,
        });
        let prefix = network.network().map_err(failed)?;
        let width = if prefix.is_ipv4() { 32 } else { 128 };
        let host = u32::saturating_sub(width, prefix.prefix().into());
        let first = bits(prefix.ip());
        let mask = u128::MAX
            .checked_shr(u32::saturating_sub(128, host))
            .unwrap_or(0);
        ranges.push((first & !mask, first | mask, number));
    }
    Ok(ranges)
}

fn read_csv(path: &Path, pool: &mut Pool) -> Result<Vec<Range>, Error> {
    let failed = |error: csv::Error| {
        let line = error.position().map_or(0, csv::Position::byte);
        wrong(path, line, &error.to_string())
    };
    let mut lines = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(path)
        .map_err(failed)?;
    let mut ranges = Vec::new();
    for line in lines.records() {
        let line = line.map_err(failed)?;
        let offset = line.position().map_or(0, csv::Position::byte);
        let range = csv_line(&line, pool);
        ranges.push(range.ok_or_else(|| {
            wrong(
                path,
                offset,
                "not `first,last,country` or `first,last,system,organisation`",
            )
        })?);
    }
    Ok(ranges)
}

fn csv_line(line: &csv::StringRecord, pool: &mut Pool) -> Option<Range> {
    let first: IpAddr = line.get(0)?.parse().ok()?;
    let last: IpAddr = line.get(1)?.parse().ok()?;
    let value = line.get(2)?;
    let digits = value.strip_prefix("AS").unwrap_or(value);
    let facts = match digits.parse::<u32>() {
        Ok(0) => Facts::default(),
        Ok(number) => {
            let name = line.get(3).unwrap_or("").trim().to_owned();
            Facts {
                country: None,
                system: Some((number, name)),
            }
        }
        Err(_) if value.len() == 2 => Facts {
            country: country(value),
            system: None,
        },
        Err(_) => return None,
    };
    let same_family = first.is_ipv4() == last.is_ipv4();
    let range = (bits(first), bits(last), pool.number(facts));
    (same_family && range.0 <= range.1).then_some(range)
}

/// One table of ranges in which every address has what the first table knows of it.
fn merge(tables: &[Vec<Range>], pool: &mut Pool) -> Vec<Range> {
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
    let mut known: BTreeMap<Vec<Fact>, Fact> = BTreeMap::new();
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
        let number = *known
            .entry(voices)
            .or_insert_with_key(|voices| joined(voices, pool));
        match merged.last_mut() {
            Some(before) if before.2 == number && first != 1 << 32 => before.1 = last,
            _ => merged.push((first, last, number)),
        }
    }
    merged.retain(|range| range.2 != 0);
    merged
}

/// What the next range of a table says of `address`; ranges that end before it are dropped.
fn fact_at(table: &mut std::iter::Peekable<std::slice::Iter<'_, Range>>, address: u128) -> Fact {
    while table.next_if(|range| range.1 < address).is_some() {}
    match table.peek() {
        Some((first, _, fact)) if *first <= address => *fact,
        _ => 0,
    }
}

fn joined(voices: &[Fact], pool: &mut Pool) -> Fact {
    let all: Vec<Facts> = voices.iter().map(|voice| pool.facts(*voice)).collect();
    pool.number(Facts {
        country: all.iter().find_map(|facts| facts.country),
        system: all.into_iter().find_map(|facts| facts.system),
    })
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
        overlaps: 0,
    };
    for (first, last, number) in ranges {
        if in_tunnel(*first) && in_tunnel(*last) && first >> 112 == last >> 112 {
            built.skipped = built.skipped.saturating_add(1);
            continue;
        }
        built.ranges = built.ranges.saturating_add(1);
        let value = value(&pool.facts(*number));
        writer
            .insert_range(address(*first), address(*last), &value)
            .map_err(refused)?;
    }
    built.mmdb = writer.to_bytes().map_err(refused)?;
    Ok(built)
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

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn address(bits: u128) -> IpAddr {
    match u32::try_from(bits) {
        Ok(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4)),
        Err(_) => IpAddr::V6(Ipv6Addr::from_bits(bits)),
    }
}

fn wrong(path: &Path, offset: u64, what: &str) -> Error {
    Error::Format {
        path: path.to_owned(),
        offset,
        what: what.to_owned(),
    }
}
