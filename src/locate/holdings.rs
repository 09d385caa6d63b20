//! What the loaded place data covers.
//!
//! In:   the databases.
//! Out:  for each source its maker and kind, how much of the addresses in use it speaks of, and
//!       which other sources are editions of the same database.
//!
//! Every network is visited and every distinct record read: this is also the complete check of
//! a file. Shares are of what can be asked: of IPv4, all addresses that are not special
//! (`special.rs`); of IPv6, what the embedded data knows to be announced.

use super::database::{self, Database};
use super::networks::{Networks, Records, V4_LAST};
use super::{Places, editions, embedded, special};
use crate::Error;
use crate::model::{Cover, DataSource, Holding};
use std::collections::BTreeSet;
use std::path::Path;

/// First and last address.
type Span = (u128, u128);

/// Opens a file, reads it completely, and says what it is.
///
/// # Errors
/// Where it cannot be read, is no MaxMind DB, is damaged anywhere, or holds neither countries
/// nor autonomous systems.
pub fn check(path: &Path) -> Result<DataSource, Error> {
    let mut places = Places::none();
    places.add_file(path)?;
    places.read_through()?;
    let source = places.sources.into_iter().next();
    source.ok_or_else(|| Error::Usage(format!("{}: holds nothing", path.display())))
}

impl Places {
    /// Reads every record of every database.
    ///
    /// # Errors
    /// Where one is damaged.
    pub fn read_through(&self) -> Result<(), Error> {
        self.databases.iter().try_for_each(|database| {
            each(database, |_, _| {}).map_err(|error| self.damaged(database, &error))
        })
    }

    fn damaged(&self, database: &Database, error: &maxminddb::MaxMindDbError) -> Error {
        let source = database.source().and_then(|at| self.sources.get(at));
        let origin = source.map_or("place database", |source| source.origin.as_str());
        database::damaged_at(origin, &error.to_string())
    }

    /// True where a file of this hash is loaded, or is part of the embedded data.
    #[must_use]
    pub fn knows_file(&self, sha256: &str) -> bool {
        self.known_files.iter().any(|known| known == sha256)
    }

    /// What each source is and covers, in the order of [`Places::sources`]. Reads everything.
    ///
    /// # Errors
    /// Where a database is damaged.
    pub fn holdings(&self) -> Result<Vec<Holding>, Error> {
        let asked = Asked::new()?;
        let mut holdings: Vec<Holding> = self.sources.iter().map(bare).collect();
        for database in &self.databases {
            let covers = cover(database, &asked).map_err(|error| self.damaged(database, &error))?;
            let facts = [database.country_source, database.asn_source];
            for (at, cover) in facts.into_iter().zip(covers) {
                let Some(holding) = at.and_then(|number| holdings.get_mut(number)) else {
                    continue;
                };
                holding.kind = "database";
                // The embedded table of systems is of several hands: its description names them.
                let of_several = database.embedded && at == database.asn_source;
                if !of_several {
                    holding.maker = database.maker.name();
                }
                holding.covers.push(cover);
                holding.editions = self.editions_of(database, at);
            }
        }
        Ok(holdings)
    }

    /// Names of other sources that are editions of the same database.
    fn editions_of(&self, database: &Database, own: Option<usize>) -> Vec<String> {
        let others = self.databases.iter();
        let others = others.filter(|other| editions::are_editions(database, other));
        let numbers: BTreeSet<usize> = others
            .flat_map(|other| {
                let shared = |own: Option<usize>, other| own.and(other);
                [
                    shared(database.country_source, other.country_source),
                    shared(database.asn_source, other.asn_source),
                ]
            })
            .flatten()
            .collect();
        // The embedded file is several sources: they are not editions of each other.
        let of_own = [database.country_source, database.asn_source];
        let others = numbers
            .into_iter()
            .filter(|number| Some(*number) != own && !of_own.contains(&Some(*number)));
        others
            .filter_map(|number| self.sources.get(number))
            .map(|source| source.name.clone())
            .collect()
    }
}

fn bare(source: &DataSource) -> Holding {
    let kind = source.gives.first().copied();
    Holding {
        source: source.clone(),
        kind: kind.unwrap_or("database"),
        maker: "",
        covers: Vec::new(),
        editions: Vec::new(),
    }
}

/// What can be asked, sorted and without overlaps.
struct Asked {
    v4: Vec<Span>,
    v6: Vec<Span>,
}

impl Asked {
    fn new() -> Result<Self, Error> {
        let mut v6: Vec<Span> = Vec::new();
        if let Some((database, _)) = embedded::open() {
            each(&database, |(first, last), [_, system]| {
                if system && first > V4_LAST {
                    match v6.last_mut() {
                        Some(before) if before.1.checked_add(1) == Some(first) => before.1 = last,
                        _ => v6.push((first, last)),
                    }
                }
            })
            .map_err(|error| database::damaged_at("embedded", &error.to_string()))?;
        }
        Ok(Asked {
            v4: special::ordinary_v4(),
            v6,
        })
    }
}

/// Calls `see` with each network and whether it has a country and a system.
fn each(
    database: &Database,
    mut see: impl FnMut(Span, [bool; 2]),
) -> Result<(), maxminddb::MaxMindDbError> {
    let mut records = Records::new(database);
    for network in Networks::new(database) {
        let network = network?;
        let has = records.of(database, &network, |record| {
            [record.country.is_some(), record.asn.is_some()]
        })?;
        if let Some(has) = has {
            see((network.first, network.last), has);
        }
    }
    Ok(())
}

/// How much of what can be asked has a country, and how much a system.
fn cover(database: &Database, asked: &Asked) -> Result<[Cover; 2], maxminddb::MaxMindDbError> {
    let of = |gives| Cover {
        gives,
        ipv4_asked: total(&asked.v4),
        ipv6_asked: total(&asked.v6) >> 80,
        ..Cover::default()
    };
    let mut covers = [of("country"), of("asn")];
    let (mut v4, mut v6) = (asked.v4.as_slice(), asked.v6.as_slice());
    let mut wide: [u128; 2] = [0, 0];
    each(database, |span, has| {
        let is_v4 = span.0 <= V4_LAST;
        let inside = overlap(if is_v4 { &mut v4 } else { &mut v6 }, span);
        for ((cover, wide), has) in covers.iter_mut().zip(&mut wide).zip(has) {
            if has {
                cover.networks = cover.networks.saturating_add(1);
                if is_v4 {
                    cover.ipv4_addresses = cover.ipv4_addresses.saturating_add(inside);
                } else {
                    *wide = wide.saturating_add(inside);
                }
            }
        }
    })?;
    for (cover, wide) in covers.iter_mut().zip(wide) {
        cover.ipv6_slash48s = wide >> 80;
    }
    Ok(covers)
}

fn total(spans: &[Span]) -> u128 {
    spans
        .iter()
        .fold(0, |sum, span| sum.saturating_add(size(*span)))
}

fn size((first, last): Span) -> u128 {
    last.saturating_sub(first).saturating_add(1)
}

/// How many addresses of `span` are in `spans`. What ends before it is dropped: asked in the
/// order of addresses this is linear.
fn overlap(spans: &mut &[Span], span: Span) -> u128 {
    while let Some(((_, last), rest)) = spans.split_first() {
        if *last >= span.0 {
            break;
        }
        *spans = rest;
    }
    let within = spans.iter().take_while(|(first, _)| *first <= span.1);
    within.fold(0, |sum, (first, last)| {
        sum.saturating_add(size((span.0.max(*first), span.1.min(*last))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_are_counted_once_each() {
        let spans = [(10, 19), (30, 39), (50, 59)];
        let mut left = spans.as_slice();
        assert_eq!(overlap(&mut left, (0, 9)), 0);
        assert_eq!(overlap(&mut left, (15, 34)), 10);
        assert_eq!(overlap(&mut left, (35, 100)), 15);
        assert_eq!(overlap(&mut left, (101, 102)), 0);
        assert_eq!(total(&spans), 30);
    }
}
