//! Addresses to places.
//!
//! In:   an address.
//! Out:  a [`Place`]: an estimate with its reasons, and never a bare country.
//!
//! An address that no database may place (private, documentation, tunnel) gets words instead,
//! and so does one that its operator serves from many places. An IPv4 address inside a NAT64
//! prefix is placed as that IPv4 address. One database, or several that agree, give a country
//! with medium confidence: they copy from each other. Databases that disagree give none.

mod age;
mod anycast;
#[cfg(feature = "geo-build")]
mod build;
mod database;
mod embedded;
mod operator;
mod owners;
mod record;
mod special;

#[cfg(feature = "geo-build")]
pub use build::{Built, Header, build};

use crate::Error;
use crate::catalogue::Catalogue;
use crate::model::{Confidence, DataSource, Place, PlaceOpinion, Time};
use database::{Database, Maker};
use record::Record;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why an anycast address has no country.
const ANYCAST_WORDS: &str = "anycast: one address, many places";

/// An organisation's name is cut here; a database may claim any length.
const MOST_ORG_BYTES: usize = 256;

/// All loaded place data.
#[derive(Default)]
pub struct Places {
    sources: Vec<DataSource>,
    /// In the order in which they are asked for a system: the user's own, then the embedded.
    databases: Vec<Database>,
    /// Hashes of files that add nothing: those that are loaded, and what the embedded data was
    /// built from.
    known_files: Vec<String>,
    /// Who is behind names and networks.
    owners: Catalogue,
    /// Lookups that met damage.
    unreadable: AtomicU64,
}

impl Places {
    /// The embedded place database alone; [`Places::add_embedded_owners`] adds the catalogue.
    #[must_use]
    pub fn embedded() -> Self {
        let mut places = Places::none();
        if let Some((database, sources)) = embedded::open() {
            places.databases.push(database);
            places.sources = sources;
            places.known_files = embedded::files();
        }
        places
    }

    /// No data at all: every address and every owner is unknown.
    #[must_use]
    pub fn none() -> Self {
        Places::default()
    }

    /// Adds a user's own database. A file that is loaded already, or that the embedded data
    /// was built from, is one voice and not two: it is left out, and the answer is `false`.
    ///
    /// # Errors
    /// Where the file cannot be read, is not a MaxMind DB, or holds neither countries nor
    /// autonomous systems.
    pub fn add_file(&mut self, path: &Path) -> Result<bool, Error> {
        let (database, mut source) = database::open(path, self.sources.len())?;
        if self.known_files.contains(&source.sha256) {
            return Ok(false);
        }
        let file_name = source.name.clone();
        let mut copies: u32 = 1;
        while self.sources.iter().any(|known| known.name == source.name) {
            copies = copies.saturating_add(1);
            source.name = format!("{file_name}#{copies}");
        }
        self.known_files.push(source.sha256.clone());
        self.sources.push(source);
        let before_embedded = self.databases.iter().position(|known| known.embedded);
        self.databases
            .insert(before_embedded.unwrap_or(self.databases.len()), database);
        Ok(true)
    }

    /// What is loaded, in the order of `PlaceOpinion::source`.
    #[must_use]
    pub fn sources(&self) -> &[DataSource] {
        &self.sources
    }

    /// Lookups so far that met damage in a database.
    #[must_use]
    pub fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }

    /// Warnings about data that is more than 90 days older or newer than the traffic between
    /// `first` and `last`, louder past a year.
    #[must_use]
    pub fn age_warnings(&self, first: Time, last: Time) -> Vec<String> {
        age::warnings(&self.sources, first, last)
    }

    /// The estimate for one address.
    #[must_use]
    pub fn place(&self, address: IpAddr) -> Place {
        let address = special::inside_nat64(address).unwrap_or(address);
        if let Some(why) = special::why_nowhere(address) {
            return Place {
                unknown_because: Some(why),
                anycast: (why == ANYCAST_WORDS).then_some(true),
                ..Place::default()
            };
        }
        let mut place = Place::default();
        let mut damaged = false;
        for database in &self.databases {
            match database.record(address) {
                Ok(record) => take(database, record.unwrap_or_default(), &mut place),
                Err(_) => damaged = true,
            }
        }
        place.opinions.sort_by_key(|opinion| opinion.source);
        if damaged {
            self.unreadable.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(declared) = anycast::declared(address) {
            place.anycast = Some(true);
            place.anycast_source = Some(declared.into());
        }
        if let Some(asn) = place.asn {
            let registered = (place.as_org.as_deref(), place.as_country);
            place.operator = operator::operator(&self.owners, asn, None, registered);
        }
        self.decide(&mut place, damaged);
        place
    }

    /// The country, or why there is none.
    fn decide(&self, place: &mut Place, damaged: bool) {
        if place.anycast == Some(true) {
            place.unknown_because = Some(ANYCAST_WORDS);
            return;
        }
        let mut heard = place
            .opinions
            .iter()
            .filter(|opinion| !self.superseded(opinion, place));
        let first = heard.find_map(|opinion| opinion.country);
        let agree = heard.all(|opinion| opinion.country.is_none() || opinion.country == first);
        match first {
            Some(country) if agree => {
                place.country = Some(country);
                place.confidence = Confidence::Medium;
            }
            Some(_) => place.unknown_because = Some("sources disagree"),
            None if self.databases.is_empty() => {
                place.unknown_because = Some("no database is loaded");
            }
            None if damaged => place.unknown_because = Some("the database is damaged here"),
            None => place.unknown_because = Some("not in any database"),
        }
    }

    /// True where a newer edition by the same maker has spoken.
    fn superseded(&self, opinion: &PlaceOpinion, place: &Place) -> bool {
        let of = |source| {
            self.databases
                .iter()
                .find(|known| known.country_source == Some(source))
        };
        let Some(own) = of(opinion.source).filter(|own| own.maker != Maker::Unknown) else {
            return false;
        };
        place.opinions.iter().any(|other| {
            other.country.is_some()
                && of(other.source).is_some_and(|other_database| {
                    other_database.maker == own.maker
                        && (other_database.built, other.source) > (own.built, opinion.source)
                })
        })
    }
}

/// Adds what one database says.
fn take(database: &Database, record: Record<'_>, place: &mut Place) {
    if let Some(source) = database.country_source {
        place.opinions.push(PlaceOpinion {
            source,
            country: record.country,
            ..PlaceOpinion::default()
        });
    }
    if place.asn.is_none() && record.asn.is_some() {
        place.asn = record.asn;
        place.as_org = record.org.map(|(name, _)| Arc::from(cut(name)));
    }
    if place.anycast != Some(true) {
        place.anycast = record.anycast.or(place.anycast);
    }
}

/// The start of `name`, within the limit.
fn cut(name: &str) -> &str {
    let fits = (0..=MOST_ORG_BYTES.min(name.len())).rev();
    let mut starts = fits.filter_map(|end| name.get(..end));
    starts.next().unwrap_or("")
}

#[cfg(test)]
mod tests;
