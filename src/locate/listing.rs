//! A list of a user's: the file, unpacked, and what is wrong with it in words.
//!
//! In:   a path.
//! Out:  the bytes inside, their hash, a name; or an [`Error`] that says what to do.
//! Spec: gzip RFC 1952, zstd RFC 8878, xz file format 1.2: told by content, never by name.
//!
//! A file that is larger than the limit, stored or unpacked, is refused: a bomb costs that much
//! and no more.

use super::database::hex;
use crate::Error;
use crate::model::DataSource;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest list that is read; AWS's has 3 MiB.
pub(super) const MOST_BYTES: usize = 256 << 20;

/// Window of an xz or zstd stream that is accepted.
const WINDOW_LOG: u32 = 27;

/// A list in memory.
pub(super) struct Listing {
    path: PathBuf,
    pub(super) bytes: Vec<u8>,
    sha256: String,
}

impl Listing {
    /// Reads `path`, which is `what` in words: `a list of ranges`.
    pub(super) fn read(path: &Path, what: &str) -> Result<Listing, Error> {
        let file = std::fs::File::open(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            what: "cannot open the list",
            source,
        })?;
        if file.metadata().is_ok_and(|meta| meta.is_dir()) {
            let path = path.display();
            return Err(Error::Usage(format!(
                "{path}: is a folder; name {what} in it"
            )));
        }
        let stored = limited(file).map_err(|source| Error::Io {
            path: path.to_owned(),
            what: "cannot read the list",
            source,
        })?;
        Listing::of(path, stored, what)
    }

    /// The list in `stored`, the bytes of a file called `path`.
    pub(super) fn of(path: &Path, stored: Vec<u8>, what: &str) -> Result<Listing, Error> {
        let sha256 = hex(&Sha256::digest(&stored));
        let unpacked = unpack(&stored).map_err(|source| Error::Io {
            path: path.to_owned(),
            what: "cannot unpack the list: download it again",
            source,
        })?;
        let listing = Listing {
            path: path.to_owned(),
            bytes: unpacked.unwrap_or(stored),
            sha256,
        };
        if listing.bytes.len() > MOST_BYTES {
            let words = format!("larger than {} MiB: this is not {what}", MOST_BYTES >> 20);
            return Err(listing.wrong(MOST_BYTES, &words));
        }
        match foreign(&listing.bytes) {
            Some(other) => Err(listing.wrong(0, &format!("{other}; {what} is needed"))),
            None => Ok(listing),
        }
    }

    pub(super) fn file_name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// A day in the name of the file: `2026-08-22`, or eight digits.
    pub(super) fn day_in_name(&self) -> Option<String> {
        let name = self.file_name();
        let dashed = name.as_bytes().windows(10).find_map(|ten| {
            let text = std::str::from_utf8(ten).ok()?;
            let day: jiff::civil::Date = text.parse().ok()?;
            Some(day.to_string())
        });
        let mut runs = name
            .split(|c: char| !c.is_ascii_digit())
            .filter(|run| run.len() == 8);
        dashed.or_else(|| {
            runs.find_map(|run| {
                let (year, rest) = run.split_at_checked(4)?;
                let (month, day) = rest.split_at_checked(2)?;
                let day: jiff::civil::Date = format!("{year}-{month}-{day}").parse().ok()?;
                Some(day.to_string())
            })
        })
    }

    /// The text, without a byte order mark.
    pub(super) fn text(&self) -> Result<&str, Error> {
        let bytes = self
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.bytes);
        let skipped = self.bytes.len().saturating_sub(bytes.len());
        std::str::from_utf8(bytes).map_err(|error| {
            let offset = error.valid_up_to().saturating_add(skipped);
            self.wrong(offset, "not text in UTF-8: download the list again")
        })
    }

    pub(super) fn wrong(&self, offset: usize, what: &str) -> Error {
        Error::Format {
            path: self.path.clone(),
            offset: u64::try_from(offset).unwrap_or(u64::MAX),
            what: what.to_owned(),
        }
    }

    /// The source as reports show it. `day` is `YYYY-MM-DD`.
    pub(super) fn source(
        &self,
        description: String,
        day: Option<&str>,
        gives: &'static str,
    ) -> DataSource {
        let day: Option<jiff::civil::Date> = day.and_then(|day| day.parse().ok());
        let start = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
        DataSource {
            name: self.file_name(),
            origin: self.path.display().to_string(),
            description,
            date: day.map(|day| day.to_string()),
            built: start.map(|start| start.timestamp().as_second()),
            sha256: self.sha256.clone(),
            credit: None,
            link: None,
            gives: vec![gives],
        }
    }
}

/// The content of `stored`, where it is compressed. Of a file in two layers the second stays.
fn unpack(stored: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
    let reader: Box<dyn Read + '_> = match stored {
        [0x1f, 0x8b, 8, ..] => Box::new(flate2::read::MultiGzDecoder::new(stored)),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            let window_kib = (1_u32 << WINDOW_LOG) >> 10;
            Box::new(lzma_rust2::XzReader::new_mem_limit(
                stored, true, window_kib,
            ))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(stored)?;
            decoder.window_log_max(WINDOW_LOG)?;
            Box::new(decoder)
        }
        _ => return Ok(None),
    };
    limited(reader).map(Some)
}

/// All of a stream, or one byte more than the limit.
fn limited(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    reader
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What a file that is no list seems to be.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let is = |magic: &[u8]| bytes.starts_with(magic);
    let lower: Vec<u8> = bytes.iter().take(9).map(u8::to_ascii_lowercase).collect();
    let tail = bytes.len().saturating_sub(128 << 10);
    let mmdb = || {
        let tail = bytes.get(tail..).unwrap_or_default();
        memchr::memmem::find(tail, b"\xab\xcd\xefMaxMind.com").is_some()
    };
    match () {
        () if bytes.iter().all(u8::is_ascii_whitespace) => Some("the file is empty"),
        () if is(b"PK\x03\x04") => Some("this is a zip archive: unpack it first"),
        () if bytes.get(257..262) == Some(b"ustar") => {
            Some("this is a tar archive: unpack it first")
        }
        () if is(b"\xfd7zXZ") || is(b"\x28\xb5\x2f\xfd") || is(b"\x1f\x8b") => {
            Some("this is compressed twice: unpack it first")
        }
        () if lower.starts_with(b"<!doctype") || lower.starts_with(b"<html") => {
            Some("this is a web page: the download failed")
        }
        () if is(b"PAR1") => Some("this is a Parquet file: take the CSV edition"),
        () if is(b"\xd4\xc3\xb2\xa1") || is(b"\xa1\xb2\xc3\xd4") || is(b"\x0a\x0d\x0d\x0a") => {
            Some("this is a packet capture")
        }
        () if mmdb() => Some("this is a MaxMind DB: give it with --geo"),
        () => None,
    }
}
