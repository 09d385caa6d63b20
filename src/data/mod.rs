//! Embedded tables: places, anycast ranges, groups of countries.
//!
//! In:   `places.mmdb.zst` and the TOML files beside this one, prepared by `build.rs`.
//! Out:  static data: nothing is read, unpacked or parsed when the program starts.
//!
//! Every table names its source, its date and its licence: `docs/data.md`.

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
    /// Country codes, sorted; territories with codes of their own among them.
    pub(crate) members: &'static [&'static str],
}

/// The embedded place database, a MaxMind DB.
pub(crate) static PLACES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/places.mmdb"));

/// The country that most addresses of a system are registered under: number (4 bytes,
/// big-endian) and code (2 bytes), sorted by number.
pub(crate) static SYSTEMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/systems.bin"));

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

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
