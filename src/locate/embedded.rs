//! The place database that comes with the program.
//!
//! In:   `data/places.mmdb.zst` and `data/places.toml`, prepared at build time.
//! Out:  an opened database and its sources, each with its own date and credit.

use super::database::{Database, Maker};
use crate::data::{PLACES, PLACES_SHA256, PLACES_SOURCES, PlacesSource};
use crate::model::DataSource;
use maxminddb::Reader;
use std::borrow::Cow;

/// Opens it: nothing is copied or unpacked. `None` would mean a broken build, which a test
/// rules out.
pub(super) fn open() -> Option<(Database, Vec<DataSource>)> {
    let reader = Reader::from_source(Cow::Borrowed(PLACES)).ok()?;
    let index = |word| {
        PLACES_SOURCES
            .iter()
            .position(|source| source.gives == word)
    };
    let sources: Vec<DataSource> = PLACES_SOURCES.iter().map(source).collect();
    let country_source = index("country");
    let country = country_source.and_then(|at| sources.get(at));
    let database = Database {
        bytes: u64::try_from(PLACES.len()).unwrap_or(u64::MAX),
        reader,
        maker: Maker::DbIp,
        series: String::new(),
        built: country.and_then(|source| source.built),
        embedded: true,
        country_source,
        asn_source: index("asn"),
        registration_only: false,
    };
    Some((database, sources))
}

/// Hashes of the files it was built from: a user who gives one of them adds nothing.
pub(super) fn files() -> Vec<String> {
    let files = PLACES_SOURCES.iter().flat_map(|source| source.files);
    files
        .map(|hash| (*hash).to_owned())
        .chain([PLACES_SHA256.to_owned()])
        .collect()
}

fn source(source: &PlacesSource) -> DataSource {
    let day: Option<jiff::civil::Date> = source.date.parse().ok();
    let start = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    DataSource {
        name: source.name.to_owned(),
        origin: "embedded".to_owned(),
        description: source.description.to_owned(),
        date: Some(source.date.to_owned()),
        built: start.map(|start| start.timestamp().as_second()),
        sha256: PLACES_SHA256.to_owned(),
        credit: Some(source.credit.to_owned()),
        link: Some(source.link.to_owned()),
        gives: vec![source.gives],
    }
}
