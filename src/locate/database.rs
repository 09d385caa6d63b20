//! One opened MaxMind DB.
//!
//! In:   a user's file, or the embedded bytes.
//! Out:  records by address; what the database says of itself; or an [`Error`] that says what
//!       the file is instead and what to do next.
//! Spec: MaxMind DB file format 2.0.
//!
//! A hostile file costs bounded time and memory: its size is limited, lookups are bounded by the
//! length of an address, records by the decoder's own limits, and the survey by a count.

use super::networks::Networks;
use super::record::Record;
use crate::Error;
use crate::model::DataSource;
use maxminddb::{LookupResult, MaxMindDbError, Reader};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// Who made a database. Editions of one maker are one voice: the newest speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Maker {
    MaxMind,
    DbIp,
    IpInfo,
    Ip2Location,
    IpLocate,
    Unknown,
}

impl Maker {
    /// As its users know it; empty where it is not known.
    pub(super) fn name(self) -> &'static str {
        match self {
            Maker::MaxMind => "MaxMind",
            Maker::DbIp => "DB-IP",
            Maker::IpInfo => "IPinfo",
            Maker::Ip2Location => "IP2Location",
            Maker::IpLocate => "IPLocate",
            Maker::Unknown => "",
        }
    }
}

/// An opened database.
pub(super) struct Database {
    pub(super) reader: Reader<Cow<'static, [u8]>>,
    /// Bytes of the file, unpacked.
    pub(super) bytes: u64,
    pub(super) maker: Maker,
    /// What it calls itself: files of one maker and series are editions of one database.
    pub(super) series: String,
    /// Build time, seconds since 1970.
    pub(super) built: Option<i64>,
    /// Index of the source that countries come from.
    pub(super) country_source: Option<usize>,
    /// Index of the source that systems come from.
    pub(super) asn_source: Option<usize>,
    /// Comes with the program.
    pub(super) embedded: bool,
    /// Its `country_code` is where the system is registered, not where the address is.
    pub(super) registration_only: bool,
}

/// What a survey of a file found in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gives {
    pub(super) country: bool,
    pub(super) asn: bool,
}

/// No database met is nearly as large; a stream without end stops here.
pub(super) const MOST_BYTES: u64 = 2 << 30;

/// A gzip file of place data is a fifth of what it holds; this much more is another matter.
const MOST_GROWTH: u64 = 100;

/// Networks looked at to find out what a file holds, and addresses in each family.
const SURVEYED_NETWORKS: usize = 20_000;
const SURVEYED_ADDRESSES: u32 = 4_096;
/// Distinct records read for that: a hostile one takes a fifth of a millisecond.
const SURVEYED_RECORDS: usize = 4_096;

/// A description is cut here; a file may claim any length.
const MOST_DESCRIPTION_CHARS: usize = 300;

impl Database {
    /// The record of one address; `None` where there is none.
    pub(super) fn record(&self, address: IpAddr) -> Result<Option<Record<'_>>, MaxMindDbError> {
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let record = self.reader.lookup(address)?.decode::<Record<'_>>()?;
        Ok(record.map(|record| self.as_told(record)))
    }

    /// `record` without what is no place.
    pub(super) fn as_told<'a>(&self, record: Record<'a>) -> Record<'a> {
        Record {
            country: record.country.filter(|_| !self.registration_only),
            ..record
        }
    }

    /// Index of a source that it is.
    pub(super) fn source(&self) -> Option<usize> {
        self.country_source.or(self.asn_source)
    }

    /// What the first networks, and addresses spread over both families, hold.
    fn survey(&self) -> Result<Gives, MaxMindDbError> {
        let mut gives = Gives::default();
        let mut read: HashSet<usize> = HashSet::new();
        let mut note = |found: &LookupResult<'_, Cow<'static, [u8]>>, most: usize| {
            let distinct = found.offset().filter(|_| read.len() < most);
            if distinct.is_some_and(|offset| read.insert(offset))
                && let Some(record) = found.decode::<Record<'_>>()?
            {
                let record = self.as_told(record);
                gives.country |= record.country.is_some();
                gives.asn |= record.asn.is_some();
            }
            Ok::<(), MaxMindDbError>(())
        };
        for network in Networks::new(self).take(SURVEYED_NETWORKS) {
            note(&network?.found, SURVEYED_RECORDS / 2)?;
        }
        for step in 0..SURVEYED_ADDRESSES {
            let v4 = IpAddr::V4(Ipv4Addr::from_bits(step << 20));
            note(&self.reader.lookup(v4)?, SURVEYED_RECORDS)?;
            if self.reader.metadata().ip_version == 6 {
                // 2000::/4 in steps of /16: all that is in use.
                let high = u128::from(step) << 112;
                let v6 = IpAddr::V6(Ipv6Addr::from_bits((0x2 << 124) | high));
                note(&self.reader.lookup(v6)?, SURVEYED_RECORDS)?;
            }
        }
        Ok(gives)
    }
}

/// Opens a user's file. `number` is the index its source will have; `expected` is the SHA-256
/// it must have.
pub(super) fn open(
    path: &Path,
    number: usize,
    expected: Option<&str>,
) -> Result<(Database, DataSource), Error> {
    let (bytes, sha256) = read(path)?;
    if expected.is_some_and(|expected| expected != sha256) {
        return Err(Error::Usage(format!(
            "{}: is no longer the file that was installed: its SHA-256 is {sha256}",
            path.display()
        )));
    }
    opened(path, bytes, sha256, number)
}

/// Opens what was read already: the bytes of a MaxMind DB, and the SHA-256 of its file.
pub(super) fn opened(
    path: &Path,
    bytes: Vec<u8>,
    sha256: String,
    number: usize,
) -> Result<(Database, DataSource), Error> {
    let seen = Seen {
        path,
        length: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        head: bytes.iter().take(512).copied().collect(),
    };
    let reader = Reader::from_source(Cow::Owned(bytes)).map_err(|error| seen.damaged(&error))?;
    let meta = reader.metadata();
    let kind = meta.database_type.clone();
    let built = i64::try_from(meta.build_epoch)
        .ok()
        .filter(|seconds| *seconds > 0);
    let mut description = kind.clone();
    if let Some(words) = meta.description.get("en").filter(|words| !words.is_empty()) {
        description = format!("{kind}: {words}");
    }
    let description: String = description.chars().take(MOST_DESCRIPTION_CHARS).collect();
    let lower = kind.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    let mut database = Database {
        bytes: seen.length,
        maker: maker(&format!("{description} {}", path.display())),
        series: description.clone(),
        registration_only: has("asn")
            && !["country", "city", "location", "geo"]
                .iter()
                .any(|w| has(w)),
        reader,
        built,
        embedded: false,
        country_source: None,
        asn_source: None,
    };
    let gives = database.survey().map_err(|error| seen.damaged(&error))?;
    if !gives.country && !gives.asn {
        let what = format!(
            "this is a MaxMind DB of type `{kind}`, in which neither countries nor autonomous \
             systems were found; give a country, city or ASN database"
        );
        return Err(Error::Format {
            path: path.to_owned(),
            offset: 0,
            what,
        });
    }
    database.country_source = gives.country.then_some(number);
    database.asn_source = gives.asn.then_some(number);
    let source = DataSource {
        name: path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned(),
        origin: path.display().to_string(),
        description,
        date: built.and_then(day),
        built,
        sha256,
        credit: None,
        link: None,
        gives: [(gives.country, "country"), (gives.asn, "asn")]
            .iter()
            .filter_map(|(given, word)| given.then_some(*word))
            .collect(),
    };
    Ok((database, source))
}

/// What is wrong with a file that could be opened.
pub(super) fn damaged_at(origin: &str, words: &str) -> Error {
    Error::Usage(format!(
        "{origin}: damaged MaxMind DB ({words}); download it again"
    ))
}

/// Seconds since 1970 as `YYYY-MM-DD`.
pub(super) fn day(seconds: i64) -> Option<String> {
    let instant = jiff::Timestamp::from_second(seconds).ok()?;
    Some(instant.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// The database in `path`, unpacked where it is a gzip file, and the SHA-256 of the file.
fn read(path: &Path) -> Result<(Vec<u8>, String), Error> {
    let failed = |what| {
        move |source| Error::Io {
            path: path.to_owned(),
            what,
            source,
        }
    };
    let file = std::fs::File::open(path).map_err(failed("cannot open the database"))?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err(Error::Usage(format!(
            "{}: is a folder; name the .mmdb file in it",
            path.display()
        )));
    }
    let claimed = file.metadata().map_or(0, |meta| meta.len());
    too_large(path, claimed)?;
    let mut stored = Vec::new();
    file.take(MOST_BYTES)
        .read_to_end(&mut stored)
        .map_err(failed("cannot read the database"))?;
    let length = u64::try_from(stored.len()).unwrap_or(u64::MAX);
    too_large(path, length)?;
    let sha256 = hash(&stored);
    if !stored.starts_with(b"\x1f\x8b") {
        return Ok((stored, sha256));
    }
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(stored.as_slice())
        .take(most_unpacked(length))
        .read_to_end(&mut bytes)
        .map_err(failed("cannot unpack the gzip file: download it again"))?;
    let unpacked = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if unpacked >= most_unpacked(length) {
        too_large(path, MOST_BYTES)?;
    }
    Ok((bytes, sha256))
}

/// How much may come out of a gzip file of that length.
pub(super) fn most_unpacked(stored: u64) -> u64 {
    stored
        .saturating_mul(MOST_GROWTH)
        .saturating_add(1 << 20)
        .min(MOST_BYTES)
}

/// Refuses what is no place data by its size alone.
pub(super) fn too_large(path: &Path, length: u64) -> Result<(), Error> {
    if length < MOST_BYTES {
        return Ok(());
    }
    let what = "larger than 2 GiB, or a gzip file that unpacks to a hundred times its size: this \
                is no place data that can be read"
        .to_owned();
    Err(Error::Format {
        path: path.to_owned(),
        offset: MOST_BYTES,
        what,
    })
}

/// What is kept of a file to say what it is, should it be no database.
struct Seen<'a> {
    path: &'a Path,
    length: u64,
    head: Vec<u8>,
}

impl Seen<'_> {
    /// Why this file cannot be used, from its first bytes where they tell.
    fn damaged(&self, error: &MaxMindDbError) -> Error {
        let (offset, words) = match error {
            MaxMindDbError::InvalidDatabase { message, offset } => (*offset, message.clone()),
            other => (None, other.to_string()),
        };
        let offset = offset.and_then(|offset| u64::try_from(offset).ok());
        let what = match other_format(&self.head) {
            Some(other) => format!("{other}; a MaxMind DB (.mmdb or .mmdb.gz) is needed"),
            None if offset.is_none() && words.to_ascii_lowercase().contains("metadata") => {
                "no MaxMind DB metadata at the end of the file: it is cut short, or it is no \
                 place database; download it again"
                    .to_owned()
            }
            None => format!("damaged MaxMind DB ({words}); download it again"),
        };
        Error::Format {
            path: self.path.to_owned(),
            offset: offset.unwrap_or(self.length),
            what,
        }
    }
}

/// What a file that is no database seems to be.
fn other_format(head: &[u8]) -> Option<&'static str> {
    let lower: Vec<u8> = head.iter().take(9).map(u8::to_ascii_lowercase).collect();
    let is = |magic: &[u8]| head.starts_with(magic);
    let text = head
        .iter()
        .all(|byte| matches!(byte, 9 | 10 | 13 | 0x20..=0x7e | 0x80..));
    match () {
        () if head.is_empty() => Some("the file is empty"),
        () if is(b"PK\x03\x04") => Some("this is a zip archive: unpack it first"),
        () if head.get(257..262) == Some(b"ustar") => {
            Some("this is a tar archive: unpack it first")
        }
        () if is(b"\xfd7zXZ") || is(b"\x28\xb5\x2f\xfd") || is(b"\x1f\x8b") => {
            Some("this is a compressed file: unpack it first")
        }
        () if lower.starts_with(b"<!doctype") || lower.starts_with(b"<html") => {
            Some("this is a web page: the download failed")
        }
        () if is(b"\xd4\xc3\xb2\xa1") || is(b"\xa1\xb2\xc3\xd4") || is(b"\x0a\x0d\x0d\x0a") => {
            Some("this is a packet capture")
        }
        () if text => Some("this is a text file (CSV or JSON?)"),
        () => None,
    }
}

fn maker(words: &str) -> Maker {
    let words = words.to_ascii_lowercase();
    let has = |word: &str| words.contains(word);
    match () {
        () if has("dbip") || has("db-ip") => Maker::DbIp,
        () if has("geolite") || has("geoip2") || has("maxmind") => Maker::MaxMind,
        () if has("ipinfo") => Maker::IpInfo,
        () if has("ip2location") => Maker::Ip2Location,
        () if has("iplocate") => Maker::IpLocate,
        () => Maker::Unknown,
    }
}

/// SHA-256 in hex.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
