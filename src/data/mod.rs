//! Embedded tables: places, ranges of clouds, anycast ranges, groups of countries, outlines of
//! countries, owners and operators.
//!
//! In:   `places.mmdb.zst`, `ranges.zst` and the TOML files beside this one, prepared by
//!       `build.rs`; the outlines and distances of countries as they are.
//! Out:  static data: nothing is read, unpacked or parsed when the program starts.
//!
//! Every table names its source, its date and its licence: `docs/data.md`.

pub(crate) mod angle;
pub(crate) mod earth_map;
pub(crate) mod group_form;
mod owners;
mod policies;

pub(crate) use owners::{
    List, OwnerCompany, OwnerFunction, OwnerGroup, OwnerSuffix, OwnerTable, Words,
};
pub(crate) use policies::POLICIES;
use std::borrow::Cow;

/// A source of the embedded place database.
pub(crate) struct PlacesSource {
    /// Short name, as reports show it.
    pub(crate) name: &'static str,
    /// What it is, with the version of its package.
    pub(crate) description: &'static str,
    /// The day of its edition, `YYYY-MM-DD`.
    pub(crate) date: &'static str,
    /// The credit that its licence asks for.
    pub(crate) credit: &'static str,
    /// Where the credit links to.
    pub(crate) link: &'static str,
    /// `country` or `asn`.
    pub(crate) gives: &'static str,
    /// SHA-256 of the files it was built from.
    pub(crate) files: &'static [&'static str],
}

/// The embedded ranges of clouds, as reports show them.
pub(crate) struct RangesSource {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// The day of the edition, `YYYY-MM-DD`.
    pub(crate) date: &'static str,
    /// That day, seconds since 1970.
    pub(crate) built: i64,
    pub(crate) credit: &'static str,
    pub(crate) link: &'static str,
    /// SHA-256 of the file that they were made of.
    pub(crate) file: &'static str,
    /// SHA-256 of both tables and the descriptions.
    pub(crate) sha256: &'static str,
}

/// What an operator says of a range. Empty texts are absent ones.
pub(crate) struct RangeKind {
    pub(crate) provider: RangeWord,
    pub(crate) region: RangeWord,
    pub(crate) service: RangeWord,
    pub(crate) edge: bool,
    pub(crate) anycast: bool,
    /// Index of the region in [`REGIONS`].
    pub(crate) place: Option<u16>,
    /// For ranges without one region: the country that all of theirs are in.
    pub(crate) country: RangeWord,
}

/// A text of [`RANGE_KINDS`], by number: many say the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RangeWord(u16);

impl RangeWord {
    /// The text; empty where there is none.
    pub(crate) fn text(self) -> &'static str {
        let word = RANGE_WORDS.get(usize::from(self.0));
        word.copied().unwrap_or_default()
    }
}

/// A cloud operator whose regions are known.
pub(crate) struct Cloud {
    pub(crate) name: &'static str,
    /// What lists call it.
    pub(crate) aliases: &'static [&'static str],
}

/// A region of a cloud operator, under one of its names.
pub(crate) struct CloudRegion {
    pub(crate) provider: &'static str,
    /// A name of it in lower case; the table is sorted by provider and key.
    pub(crate) key: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Its country's code; empty where it could not be checked.
    pub(crate) country: &'static str,
    /// Its city; empty where the operator names none.
    pub(crate) city: &'static str,
    /// Countries of its local zones abroad, sorted.
    pub(crate) elsewhere: &'static [&'static str],
}

/// Ranges that an operator serves from many places under one address.
pub(crate) struct Anycast {
    pub(crate) operator: &'static str,
    /// The service.
    pub(crate) what: &'static str,
    /// Where the operator says so.
    pub(crate) source: &'static str,
    /// The day of that list.
    pub(crate) date: &'static str,
}

/// A named group of countries.
pub(crate) struct Group {
    /// The name after `@`, in capitals.
    pub(crate) name: &'static str,
    /// Other names.
    pub(crate) aliases: &'static [&'static str],
    /// The name in words.
    pub(crate) title: &'static str,
    /// The day for which the members are right.
    pub(crate) as_of: &'static str,
    /// Where they can be checked.
    pub(crate) source: &'static str,
    /// What a reader must know; may be empty.
    pub(crate) note: &'static str,
    /// Country codes of who was a member on that day without a condition, sorted; territories
    /// with codes of their own among them.
    pub(crate) members: &'static [&'static str],
    /// The day of `as_of`, in days from 1970-01-01.
    pub(crate) as_of_day: i32,
    /// All memberships, with their days.
    pub(crate) memberships: &'static [Membership],
}

/// A country's membership of a group, over one stretch of days.
pub(crate) struct Membership {
    pub(crate) country: &'static str,
    /// First day, in days since 1970-01-01; `i32::MIN` where it has none.
    pub(crate) from: i32,
    /// First day after it; `i32::MAX` where it goes on.
    pub(crate) until: i32,
    /// What must be true beside; empty for nothing.
    pub(crate) condition: &'static str,
    /// Where this one can be checked; empty for where the group can.
    pub(crate) source: &'static str,
}

/// The embedded place database, a MaxMind DB.
pub(crate) static PLACES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/places.mmdb"));

/// Where IPv4 ranges change: first address and index into [`RANGE_KINDS`], little-endian.
pub(crate) static RANGES_V4: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ranges-v4"));

/// The same for IPv6, with addresses of 16 bytes.
pub(crate) static RANGES_V6: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ranges-v6"));

/// The country that most addresses of a system are registered under: number (4 bytes,
/// big-endian) and code (2 bytes), sorted by number.
pub(crate) static SYSTEMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/systems.bin"));

/// Outlines of the countries: `locate/earth/stored.rs` has the form.
pub(crate) static EARTH_OUTLINES: &[u8] = include_bytes!("earth-outlines.bin");

/// Shortest distances between any two countries: the form stands there too.
pub(crate) static EARTH_DISTANCES: &[u8] = include_bytes!("earth-distances.bin");

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
include!(concat!(env!("OUT_DIR"), "/owners.rs"));

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Country;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_unpacked_database_is_the_one_that_was_described() {
        let hash: String = Sha256::digest(PLACES)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hash, PLACES_SHA256);
        assert!(PLACES_SOURCES.iter().all(|source| !source.files.is_empty()));
    }

    #[test]
    fn the_unpacked_ranges_are_those_that_were_described() {
        let mut hash = Sha256::new();
        hash.update(RANGES_V4);
        hash.update(RANGES_V6);
        for kind in RANGE_KINDS {
            let flags = [(kind.edge, "e"), (kind.anycast, "a")];
            let flags = flags
                .iter()
                .map(|(yes, flag)| if *yes { *flag } else { "" });
            let line = [
                kind.provider.text(),
                kind.region.text(),
                kind.service.text(),
                &flags.collect::<String>(),
                kind.country.text(),
            ];
            hash.update(line.join("\t"));
            hash.update("\n");
        }
        let hash: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hash, RANGES.sha256);
    }

    /// A region without an entry would be a range without a country, unnoticed.
    #[test]
    fn every_region_of_the_embedded_ranges_is_in_the_table() {
        let missing: Vec<&str> = RANGE_KINDS
            .iter()
            .filter(|kind| !kind.region.text().is_empty() && kind.place.is_none())
            .map(|kind| kind.region.text())
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(RANGE_KINDS.len() > 1000 && RANGES_V4.len() > 100_000);
    }

    #[test]
    fn every_member_of_every_group_is_a_country() {
        for group in GROUPS {
            assert!(
                group.members.is_sorted_by(|a, b| a < b),
                "{}: a member twice",
                group.name
            );
            for code in group.members {
                let country = Country::new(code).unwrap();
                assert!(country.name().is_some(), "{}: {code}", group.name);
            }
        }
        let of = |name| {
            GROUPS
                .iter()
                .find(|group| group.name == name)
                .unwrap()
                .members
                .len()
        };
        assert_eq!(
            [of("EU"), of("EEA"), of("ASEAN"), of("APEC"), of("OECD")],
            [34, 37, 11, 21, 38]
        );
    }

    #[test]
    fn every_date_is_a_day() {
        let groups = GROUPS.iter().map(|group| group.as_of);
        let anycast = ANYCAST.iter().map(|entry| entry.date);
        let places = PLACES_SOURCES.iter().map(|source| source.date);
        for date in groups.chain(anycast).chain(places) {
            assert!(date.parse::<jiff::civil::Date>().is_ok(), "{date}");
        }
    }
}
