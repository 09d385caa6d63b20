//! Addresses to places.
//!
//! In:   an address, and when it was spoken to.
//! Out:  a [`Place`]: an estimate with its reasons, and never a bare country.
//!
//! An address that no database may place (private, documentation, tunnel) gets words instead,
//! and so does one that its operator serves from many places. An IPv4 address inside a NAT64
//! prefix is placed as that IPv4 address. All sources are asked and what each said is kept;
//! `estimate.rs` says what follows from it. The registration of an address is a fact of its own.

mod age;
mod anycast;
#[cfg(feature = "geo-build")]
mod build;
mod database;
mod earth;
mod editions;
mod embedded;
mod estimate;
mod holdings;
mod listing;
mod measure;
mod networks;
mod operator;
mod owners;
mod physics;
mod prefix;
mod ranges;
mod record;
mod registration;
mod special;

#[cfg(feature = "geo-build")]
pub use build::{Built, BuiltSource, Gathered, Header, gather};
#[cfg(feature = "geo-build")]
pub use earth::{Outline, outline_distances, pack_outlines};
#[cfg(feature = "geo-build")]
pub use ranges::pack::{Packed, pack_ranges};

use crate::Error;
use crate::catalogue::Catalogue;
use crate::language::{WORDS, fill};
use crate::model::{
    Confidence, Country, DataSource, OpinionKind, Physics, Place, PlaceOpinion, Time,
};
use anycast::AnycastList;
use database::Database;
use earth::{Reach, Vantage};
use editions::Epochs;
pub use estimate::CLASSES;
use estimate::Heard;
pub use holdings::check;
pub use measure::{Measured, Share};
pub use physics::RoundTrip;
use ranges::{Range, Ranges, Texts};
use record::Record;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why an anycast address has no country.
const ANYCAST_WORDS: &str = WORDS.nowhere.anycast;

/// Why an address at the edge of a content network has no country.
const EDGE_WORDS: &str = WORDS.nowhere.edge;

/// Why an address in a region with zones abroad has no country.
const ABROAD_WORDS: &str = WORDS.nowhere.abroad;

/// An organisation's name is cut here; a database may claim any length.
const MOST_ORG_BYTES: usize = 256;

/// All loaded place data.
#[derive(Default)]
pub struct Places {
    sources: Vec<DataSource>,
    /// In the order in which they are asked for a system: the user's own, then the embedded.
    databases: Vec<Database>,
    /// Lists of ranges: the user's own, then the embedded.
    ranges: Vec<Ranges>,
    anycast: Vec<AnycastList>,
    /// Hashes of files that add nothing: those that are loaded, and what the embedded data was
    /// built from.
    known_files: Vec<String>,
    /// Where the registration of a block is known, the index of its source.
    registrations: Option<usize>,
    /// How far countries are from where the phone was, where that is known.
    reach: Option<Reach>,
    /// Times between which the same editions speak.
    epochs: Epochs,
    /// Who is behind names and networks.
    owners: Catalogue,
    /// Lookups that met damage.
    unreadable: AtomicU64,
}

/// What is known of an address beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    /// The epoch of its flow, from [`Places::epoch`]; without one the newest data speaks.
    pub epoch: Option<u16>,
    /// How soon it answered; used where a vantage is known.
    pub trip: Option<RoundTrip>,
    /// Ask databases alone, not what operators publish.
    pub without_ranges: bool,
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
            places.registrations = Some(places.sources.len());
            places.sources.push(registration::source());
        }
        let (ranges, source) = Ranges::embedded(places.sources.len());
        places.ranges.push(ranges);
        places.sources.push(source);
        places.known_files.push(Ranges::embedded_file().to_owned());
        places.set_epochs();
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
        let (database, source) = database::open(path, self.sources.len(), None)?;
        Ok(self.add(database, source))
    }

    /// Adds a database that is in memory already, as [`Places::add_file`] does.
    ///
    /// # Errors
    /// As of [`Places::add_file`].
    pub fn add_bytes(&mut self, name: &str, bytes: Vec<u8>) -> Result<bool, Error> {
        let sha256 = database::hash(&bytes);
        let (database, source) =
            database::opened(Path::new(name), bytes, sha256, self.sources.len())?;
        Ok(self.add(database, source))
    }

    /// Adds a database that was installed with this SHA-256, as [`Places::add_file`] does.
    ///
    /// # Errors
    /// As of [`Places::add_file`], and where the file is no longer the one that was installed.
    pub fn add_installed(&mut self, path: &Path, sha256: &str) -> Result<bool, Error> {
        let (database, mut source) = database::open(path, self.sources.len(), Some(sha256))?;
        source.origin = format!("installed: {}", source.origin);
        Ok(self.add(database, source))
    }

    fn add(&mut self, database: Database, source: DataSource) -> bool {
        if !self.add_source(source) {
            return false;
        }
        let before_embedded = self.databases.iter().position(|known| known.embedded);
        self.databases
            .insert(before_embedded.unwrap_or(self.databases.len()), database);
        self.set_epochs();
        true
    }

    /// Adds a user's own list of ranges: what clouds publish, a geofeed, a CSV table. Of a file
    /// that is loaded already, or that the embedded ranges were made of, nothing is added, and
    /// the answer is `false`.
    ///
    /// # Errors
    /// Where the file cannot be read, has no form that is known, or holds no range.
    pub fn add_ranges(&mut self, path: &Path) -> Result<bool, Error> {
        let (ranges, source) = Ranges::open(path, self.sources.len())?;
        Ok(self.take_list(ranges, source))
    }

    /// As [`Places::add_ranges`], of the bytes of a file that is called `path`.
    ///
    /// # Errors
    /// As there.
    pub fn add_ranges_of(&mut self, path: &Path, bytes: Vec<u8>) -> Result<bool, Error> {
        let (ranges, source) = Ranges::of(path, bytes, self.sources.len())?;
        Ok(self.take_list(ranges, source))
    }

    fn take_list(&mut self, ranges: Ranges, source: DataSource) -> bool {
        if !self.add_source(source) {
            return false;
        }
        let embedded = self.ranges.iter().position(Ranges::is_embedded);
        self.ranges
            .insert(embedded.unwrap_or(self.ranges.len()), ranges);
        self.set_epochs();
        true
    }

    /// Adds a user's own list of anycast prefixes. A file that is loaded already adds nothing,
    /// and the answer is `false`.
    ///
    /// # Errors
    /// Where the file cannot be read, is no such list, or holds no prefix.
    pub fn add_anycast(&mut self, path: &Path) -> Result<bool, Error> {
        let (list, source) = AnycastList::open(path)?;
        Ok(self.take_anycast(list, source))
    }

    /// As [`Places::add_anycast`], of the bytes of a file that is called `path`.
    ///
    /// # Errors
    /// As there.
    pub fn add_anycast_of(&mut self, path: &Path, bytes: Vec<u8>) -> Result<bool, Error> {
        let (list, source) = AnycastList::of(path, bytes)?;
        Ok(self.take_anycast(list, source))
    }

    fn take_anycast(&mut self, list: AnycastList, source: DataSource) -> bool {
        let new = self.add_source(source);
        if new {
            self.anycast.push(list);
        }
        new
    }

    /// Keeps a source under a name of its own; `false` where its file is known.
    fn add_source(&mut self, mut source: DataSource) -> bool {
        if self.known_files.contains(&source.sha256) {
            return false;
        }
        let file_name = source.name.clone();
        let mut copies: u32 = 1;
        while self.sources.iter().any(|known| known.name == source.name) {
            copies = copies.saturating_add(1);
            source.name = format!("{file_name}#{copies}");
        }
        self.known_files.push(source.sha256.clone());
        self.sources.push(source);
        true
    }

    /// Says where the phone was: a country code, or `LAT,LON` in degrees.
    ///
    /// # Errors
    /// Where `written` is neither.
    pub fn set_vantage(&mut self, written: &str) -> Result<(), Error> {
        self.reach = Some(Reach::new(Vantage::parse(written)?));
        Ok(())
    }

    /// True where it was said where the phone was, so that round trips can be used.
    #[must_use]
    pub fn has_vantage(&self) -> bool {
        self.reach.is_some()
    }

    /// Where the phone was, as its country's code or as its coordinates were written.
    #[must_use]
    pub fn vantage(&self) -> Option<String> {
        self.reach.as_ref().map(|reach| reach.vantage().to_string())
    }

    /// Cuts time where another edition begins to speak, or a source begins to be far.
    fn set_epochs(&mut self) {
        let mut series: Vec<Vec<i64>> = Vec::new();
        for (number, one) in self.databases.iter().enumerate() {
            let known = self.databases.iter().take(number);
            if known
                .clone()
                .any(|other| editions::are_editions(one, other))
            {
                continue;
            }
            let editions = self.databases.iter();
            let editions = editions.filter(|other| editions::are_editions(one, other));
            series.push(editions.filter_map(|edition| edition.built).collect());
        }
        let placing =
            |source: &&DataSource| source.gives != ["registration"] && source.gives != ["owners"];
        let built = self.sources.iter().filter(placing);
        let epochs = Epochs::new(&series, built.filter_map(|source| source.built));
        self.epochs = epochs.cut(self.owners.seconds());
    }

    /// The epoch of a time: inside one the same data speaks, so that an address has one estimate.
    #[must_use]
    pub fn epoch(&self, time: Time) -> u16 {
        self.epochs.of(time)
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

    /// The estimate for one address, by the newest data.
    #[must_use]
    pub fn place(&self, address: IpAddr) -> Place {
        self.place_seen(address, Sight::default())
    }

    /// The estimate for one address as it was seen.
    #[must_use]
    pub fn place_seen(&self, address: IpAddr, sight: Sight) -> Place {
        let address = special::inside_nat64(address).unwrap_or(address);
        if let Some(why) = special::why_nowhere(address) {
            return Place {
                unknown_because: Some(why),
                anycast: (why == ANYCAST_WORDS).then_some(true),
                settled_by: (why == ANYCAST_WORDS).then_some(estimate::ANYCAST.settled_by),
                ..Place::default()
            };
        }
        let second = self.second(sight);
        let mut place = Place::default();
        let mut damaged = false;
        for database in &self.databases {
            match database.record(address) {
                Ok(record) => {
                    let asked = self.asked_for_system(database, second);
                    take(database, record.unwrap_or_default(), asked, &mut place);
                }
                Err(_) => damaged = true,
            }
        }
        let range = if sight.without_ranges {
            None
        } else {
            self.take_ranges(address, &mut place)
        };
        place.opinions.sort_by_key(|opinion| opinion.source);
        if damaged {
            self.unreadable.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(declared) = anycast::declared(address) {
            place.anycast = Some(true);
            place.anycast_source = Some(declared.into());
        } else if let Some(words) = self.anycast.iter().find_map(|list| list.find(address)) {
            place.anycast = Some(true);
            place.anycast_source = Some(words.clone());
        }
        if self.registrations.is_some() {
            place.registered = registration::block(address);
            place.as_country = place.asn.and_then(registration::system);
        }
        if let Some(asn) = place.asn {
            let registered = (place.as_org.as_deref(), place.as_country);
            let time = sight
                .epoch
                .map(|_| Time(second.saturating_mul(1_000_000_000)));
            place.operator = operator::operator(&self.owners, asn, time, registered);
        }
        let physics = sight.trip.zip(self.reach.as_ref());
        let physics = physics.map(|(trip, reach)| physics::physics(reach, trip, &place.opinions));
        self.settle(&mut place, range, physics.as_ref(), second, damaged);
        if let Some(physics) = physics {
            physics::keep(&mut place, physics);
        }
        place
    }

    /// Adds what lists of ranges say; the answer is what an operator says of its own range: of
    /// several lists the first that places it, or says why not. The user's own come first.
    fn take_ranges(&self, address: IpAddr, place: &mut Place) -> Option<Range<'_>> {
        let mut own: Option<(Range<'_>, Texts)> = None;
        for ranges in &self.ranges {
            let Some(range) = ranges.find(address) else {
                continue;
            };
            let texts = ranges.texts(&range);
            place.opinions.push(PlaceOpinion {
                source: ranges.source,
                country: range.country,
                kind: range.kind,
                detail: texts.detail.clone(),
            });
            let says = |range: &Range<'_>| range.country.is_some() || range.edge;
            let better = own
                .as_ref()
                .is_none_or(|(own, _)| !says(own) && says(&range));
            if range.kind == OpinionKind::OperatorRange && better {
                own = Some((range, texts));
            }
        }
        let (range, texts) = own?;
        place.cloud = texts.provider;
        place.cloud_region = texts.region;
        place.cloud_service = texts.service;
        place.city = texts.city;
        if range.anycast {
            place.anycast = Some(true);
            place.anycast_source = Some(fill(WORDS.anycast.by_operator, &[&range.detail()]).into());
        }
        Some(range)
    }

    /// A second inside the epoch, or the newest build time.
    fn second(&self, sight: Sight) -> i64 {
        match sight.epoch {
            Some(epoch) => self.epochs.second(epoch),
            None => {
                let built = self.sources.iter().filter_map(|source| source.built);
                built.max().unwrap_or(0)
            }
        }
    }

    /// The country, or why there is none.
    fn settle(
        &self,
        place: &mut Place,
        range: Option<Range<'_>>,
        physics: Option<&Physics>,
        second: i64,
        damaged: bool,
    ) {
        let excluded = |country: Option<Country>| {
            let excluded = physics.map_or(&[][..], |physics| physics.excluded.as_slice());
            excluded.iter().any(|known| Some(known.country) == country)
        };
        let mut speaking: Vec<&PlaceOpinion> = place
            .opinions
            .iter()
            .filter(|opinion| !self.superseded(opinion, place, second))
            .collect();
        let all = speaking.len();
        speaking.retain(|said| !excluded(said.country));
        let some_excluded = speaking.len() < all;
        let range = range.filter(|range| !excluded(range.country));
        let of = |kind: OpinionKind| {
            let said = speaking.iter().filter(move |said| said.kind == kind);
            said.filter_map(|said| said.country)
        };
        let databases: Vec<Country> = of(OpinionKind::Database).collect();
        let elsewhere = range.map_or(&[][..], |range| range.elsewhere);
        let heard = Heard {
            range: range.and_then(|range| range.country),
            edge: range.is_some_and(|range| range.edge),
            abroad: databases
                .iter()
                .any(|said| elsewhere.contains(&said.code())),
            geofeed: of(OpinionKind::Geofeed).next(),
            databases,
            registered: place.registered,
            anycast: place.anycast == Some(true),
            excluded: some_excluded,
        };
        let speaking: Vec<(usize, Option<Country>)> = speaking
            .iter()
            .map(|said| (said.source, said.country))
            .collect();
        estimate::settle(place, &heard);
        if self.databases.is_empty() && place.class == Some(estimate::NOTHING) {
            place.unknown_because = Some(WORDS.nowhere.no_database);
            place.settled_by = Some(WORDS.nowhere.no_database_settled);
        } else if damaged && place.class == Some(estimate::NOTHING) {
            place.unknown_because = Some(WORDS.nowhere.damaged);
            place.settled_by = Some(WORDS.nowhere.damaged_settled);
        }
        // Where one source that says so is near, the others need not be.
        let is_far = |source: usize| {
            let built = self.sources.get(source).and_then(|source| source.built);
            editions::is_far(built, second)
        };
        let mut saying = speaking.iter().filter(|(_, said)| *said == place.country);
        if place.country.is_some() && saying.all(|(source, _)| is_far(*source)) {
            estimate::lower(place, Confidence::Medium, FAR);
        }
        if some_excluded {
            estimate::lower(place, Confidence::Medium, LEFT_OUT);
        }
    }

    /// True where another edition of the same database is nearer to `second` and has spoken.
    fn superseded(&self, opinion: &PlaceOpinion, place: &Place, second: i64) -> bool {
        let of = |source| {
            self.databases
                .iter()
                .find(|known| known.country_source == Some(source))
        };
        let Some(own) = of(opinion.source) else {
            return false;
        };
        place.opinions.iter().any(|other| {
            other.source != opinion.source
                && other.country.is_some()
                && of(other.source).is_some_and(|edition| {
                    let (one, other) = ((own.built, opinion.source), (edition.built, other.source));
                    editions::are_editions(own, edition) && editions::is_nearer(other, one, second)
                })
        })
    }

    /// False where another edition of the same database is nearer and knows systems too.
    fn asked_for_system(&self, own: &Database, second: i64) -> bool {
        let Some(number) = own.asn_source else {
            return false;
        };
        !self.databases.iter().any(|edition| {
            edition.asn_source.is_some_and(|other| {
                other != number
                    && editions::are_editions(own, edition)
                    && editions::is_nearer((edition.built, other), (own.built, number), second)
            })
        })
    }
}

/// Why a class of evidence earns less than it could.
const FAR: &str = WORDS.nowhere.far;

const LEFT_OUT: &str = WORDS.nowhere.left_out;

/// Adds what one database says.
fn take(database: &Database, record: Record<'_>, names_systems: bool, place: &mut Place) {
    if let Some(source) = database.country_source {
        place.opinions.push(PlaceOpinion {
            source,
            country: record.country,
            ..PlaceOpinion::default()
        });
    }
    if names_systems && place.asn.is_none() && record.asn.is_some() {
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
