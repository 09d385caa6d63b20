//! Under which country addresses and systems are registered: no place, and never taken for one.
//!
//! In:   an address, or the number of a system.
//! Out:  the country that a regional registry wrote beside the block (crate `iptocc`); for a
//!       system, the country that most of its announced addresses are registered under.
//! Spec: the delegated statistics of AFRINIC, APNIC, ARIN, LACNIC and RIPE NCC.
//!
//! Measured: of cloud ranges outside the US the registration gives 2 to 3 in a hundred their
//! country. It says under whose law a block was handed out, once.

use super::record;
use crate::data::SYSTEMS;
use crate::model::{Country, DataSource};
use std::net::IpAddr;

/// The day on which the version of `iptocc` that `Cargo.toml` pins was published: it holds the
/// statistics of the night before.
const DATE: &str = "2026-11-01";
/// Midnight of that day, seconds since 1970.
const BUILT: i64 = 1_793_491_200;
/// SHA-256 of that package, as the lock file has it.
const SHA256: &str = "7cccf3372a028e502acf17004f033eb063747c848d82b858d868e4e172b9299a";
/// Bytes of one entry of [`SYSTEMS`]: number, then code.
const ENTRY_BYTES: usize = 6;

/// What it is, for the report.
pub(super) fn source() -> DataSource {
    DataSource {
        name: "rir-delegations".to_owned(),
        origin: "embedded".to_owned(),
        description: "registration of address blocks at AFRINIC, APNIC, ARIN, LACNIC and RIPE \
                      NCC (crate iptocc 1.4.175)"
            .to_owned(),
        date: Some(DATE.to_owned()),
        built: Some(BUILT),
        sha256: SHA256.to_owned(),
        credit: None,
        link: None,
        gives: vec!["registration"],
    }
}

/// The country under which the block of `address` is registered.
pub(super) fn block(address: IpAddr) -> Option<Country> {
    iptocc::country_code(address).and_then(record::country)
}

/// The country under which at least two thirds of what system `number` announces are registered.
pub(super) fn system(number: u32) -> Option<Country> {
    let entry = |at: usize| {
        SYSTEMS
            .get(at.checked_mul(ENTRY_BYTES)?..)?
            .get(..ENTRY_BYTES)
    };
    let (mut low, mut high) = (0, SYSTEMS.len() / ENTRY_BYTES);
    while low < high {
        let middle = low.midpoint(high);
        let [a, b, c, d, code @ ..] = entry(middle)? else {
            return None;
        };
        match u32::from_be_bytes([*a, *b, *c, *d]).cmp(&number) {
            std::cmp::Ordering::Less => low = middle.saturating_add(1),
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return record::country(std::str::from_utf8(code).ok()?),
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, want: Option<&str>) {
        let got = block(address.parse().unwrap());
        assert_eq!(got.as_ref().map(Country::code), want, "{address}");
    }

    #[test]
    fn blocks_are_registered_where_the_registries_say() {
        check("8.8.8.8", Some("US"));
        // Answers from Singapore; registered in the US.
        check("47.74.128.1", Some("US"));
        check("220.181.106.151", Some("CN"));
        check("2001:4860:4860::8888", Some("US"));
        check("10.0.0.1", None);
    }

    #[track_caller]
    fn check_system(number: u32, want: Option<&str>) {
        assert_eq!(system(number).as_ref().map(Country::code), want, "{number}");
    }

    #[test]
    fn systems_are_registered_where_most_of_their_addresses_are() {
        check_system(16509, Some("US"));
        check_system(4134, Some("CN"));
        check_system(55836, Some("IN"));
        // Its addresses are registered in the US, in Great Britain, and elsewhere.
        check_system(8075, None);
        check_system(0, None);
        check_system(u32::MAX, None);
    }

    #[test]
    fn the_table_is_sorted_and_whole() {
        let (entries, rest) = SYSTEMS.as_chunks::<ENTRY_BYTES>();
        assert!(rest.is_empty() && entries.len() > 80_000);
        assert!(entries.is_sorted_by(|one, next| one[..4] < next[..4]));
    }

    #[test]
    fn the_package_is_the_one_that_was_dated() {
        let lock = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"));
        let entry = lock
            .split("[[package]]")
            .find(|entry| entry.contains("name = \"iptocc\""));
        assert!(entry.unwrap().contains(SHA256));
        let day: jiff::civil::Date = DATE.parse().unwrap();
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        assert_eq!(start.timestamp().as_second(), BUILT);
    }
}
