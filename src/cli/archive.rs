//! A bundle's files, in a folder or in a `.zip`.
//!
//! In:   a path that somebody else may have made.
//! Out:  names that stay inside, and the bytes behind them.
//! Spec: APPNOTE.TXT (zip) as the crate `zip` reads it.
//!
//! A name that leaves the bundle, a link, a device, too many files or too many bytes refuse the
//! whole bundle. A file that is longer than it said is cut off with an error. What is unpacked
//! from an archive, captures and policies, goes to a folder of the system's temporary place that
//! is gone afterwards, under names of ours.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use whereto::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Files in a bundle.
const MOST_FILES: usize = 10_000;
/// Bytes in it, unpacked.
const MOST_BYTES: u64 = 64 << 30;
/// Folders in folders.
const DEEPEST: usize = 4;

/// An open bundle.
pub(super) struct Bundle {
    path: PathBuf,
    files: BTreeMap<String, u64>,
    zip: Option<ZipArchive<BufReader<File>>>,
}

impl Bundle {
    /// Opens a folder or an archive, and refuses what no bundle has.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io {
            path: path.to_owned(),
            what: "cannot open",
            source,
        };
        let mut bundle = Bundle {
            path: path.to_owned(),
            files: BTreeMap::new(),
            zip: None,
        };
        if fs::metadata(path).map_err(failed)?.is_dir() {
            bundle.walk(path, "", 0)?;
        } else {
            let file = BufReader::new(File::open(path).map_err(failed)?);
            let zip = ZipArchive::new(file).map_err(|error| {
                bundle.refused(&format!(
                    "is no bundle, which is a folder or .zip that whereto bundle wrote: {error}"
                ))
            })?;
            bundle.list(zip)?;
        }
        let total = bundle
            .files
            .values()
            .fold(0, |sum: u64, len| sum.saturating_add(*len));
        if total > MOST_BYTES {
            return Err(bundle.refused("says that it holds more than 64 GiB"));
        }
        Ok(bundle)
    }

    fn refused(&self, what: &str) -> Error {
        Error::Usage(format!("{}: {what}", self.path.display()))
    }

    fn walk(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), Error> {
        let failed = |source| Error::Io {
            path: folder.to_owned(),
            what: "cannot read",
            source,
        };
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(self.refused("holds a file whose name is no text"));
            };
            let name = format!("{prefix}{name}");
            // Of the entry itself, not of what a link leads to.
            let about = entry.metadata().map_err(failed)?;
            if about.is_dir() && depth < DEEPEST {
                self.walk(&entry.path(), &format!("{name}/"), depth.saturating_add(1))?;
            } else if about.is_file() {
                self.add(name, about.len())?;
            } else {
                return Err(self.refused(&format!("{name}: is no plain file")));
            }
        }
        Ok(())
    }

    fn list(&mut self, mut zip: ZipArchive<BufReader<File>>) -> Result<(), Error> {
        if zip.len() > MOST_FILES {
            return Err(self.refused("holds too many files"));
        }
        for index in 0..zip.len() {
            let entry = zip
                .by_index_raw(index)
                .map_err(|error| self.refused(&format!("is damaged: {error}")))?;
            let Ok(name) = entry.name().map(std::borrow::Cow::into_owned) else {
                return Err(self.refused("holds a file whose name is no text"));
            };
            let plain = entry.is_file() && !entry.is_symlink() && !entry.encrypted();
            let known = matches!(
                entry.compression(),
                CompressionMethod::Stored | CompressionMethod::Deflated
            );
            let size = entry.size();
            drop(entry);
            if !plain || !known {
                return Err(self.refused(&format!("{name}: is no plain file")));
            }
            if self.files.contains_key(&name) {
                return Err(self.refused(&format!("{name}: is in it twice")));
            }
            self.add(name, size)?;
        }
        self.zip = Some(zip);
        Ok(())
    }

    fn add(&mut self, name: String, len: u64) -> Result<(), Error> {
        if !is_inside(&name) {
            return Err(self.refused(&format!("{name}: is no name for a file of a bundle")));
        }
        self.files.insert(name, len);
        if self.files.len() > MOST_FILES {
            return Err(self.refused("holds too many files"));
        }
        Ok(())
    }

    /// The names of its files, in order.
    pub(super) fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// True where it is one file.
    pub(super) fn is_zip(&self) -> bool {
        self.zip.is_some()
    }

    /// Copies a file to `out`, up to the length that the bundle gave.
    pub(super) fn copy(&mut self, name: &str, out: &mut dyn Write) -> Result<(), Error> {
        let len = self.files.get(name).copied();
        let Some(len) = len else {
            return Err(self.refused(&format!("{name}: is not in it")));
        };
        let most = len.saturating_add(1);
        let done = match &mut self.zip {
            Some(zip) => zip
                .by_name(name)
                .map_err(io::Error::from)
                .and_then(|entry| in_whole_pieces(&mut entry.take(most), out)),
            None => File::open(self.path.join(name))
                .and_then(|file| in_whole_pieces(&mut file.take(most), out)),
        };
        match done {
            Ok(copied) if copied == len => Ok(()),
            Ok(_) => Err(self.refused(&format!("{name}: is not as long as it says"))),
            Err(error) => Err(self.refused(&format!("{name}: cannot be read: {error}"))),
        }
    }

    /// The files whose names begin so, as files that can be opened: where they are, or copies that
    /// are gone with the answer.
    pub(super) fn inside(&mut self, starts: &[&str]) -> Result<Inside, Error> {
        let wanted = |name: &String| starts.iter().any(|start| name.starts_with(start));
        let names: Vec<String> = self.names().into_iter().filter(wanted).collect();
        let mut inside = Inside::default();
        if !self.is_zip() {
            inside.paths = names.iter().map(|name| self.path.join(name)).collect();
            return Ok(inside);
        }
        for (number, name) in names.iter().enumerate() {
            let failed = |path: &Path, source| Error::Io {
                path: path.to_owned(),
                what: "cannot write",
                source,
            };
            let folder = match &inside.folder {
                Some(folder) => folder.clone(),
                None => {
                    let folder = private_folder()?;
                    inside.folder = Some(folder.clone());
                    folder
                }
            };
            // The number in front keeps them apart; the end says what it is.
            let last = name.rsplit('/').next().unwrap_or_default();
            let path = folder.join(format!("{number}-{last}"));
            let file = File::create_new(&path).map_err(|error| failed(&path, error))?;
            let mut out = io::BufWriter::new(file);
            self.copy(name, &mut out)?;
            out.flush().map_err(|error| failed(&path, error))?;
            inside.paths.push(path);
        }
        Ok(inside)
    }

    /// The bytes of a file of at most `most` bytes.
    pub(super) fn read(&mut self, name: &str, most: u64) -> Result<Vec<u8>, Error> {
        if self.files.get(name).is_some_and(|len| *len > most) {
            return Err(self.refused(&format!("{name}: is longer than any such file")));
        }
        let mut bytes = Vec::new();
        self.copy(name, &mut bytes)?;
        Ok(bytes)
    }

    /// The archive that a bundle of these files is written as.
    pub(super) fn write_zip(&mut self, out: &mut dyn Write) -> Result<(), Error> {
        let failed = |source| Error::Io {
            path: PathBuf::new(),
            what: "cannot write",
            source,
        };
        let mut zip = ZipWriter::new_stream(out);
        for (name, len) in self.files.clone() {
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .compression_level(Some(6))
                .last_modified_time(DateTime::default())
                .unix_permissions(0o644)
                .large_file(len >= u64::from(u32::MAX));
            zip.start_file(name.as_str(), options)
                .map_err(|error| failed(error.into()))?;
            self.copy(&name, &mut zip)?;
        }
        zip.finish().map_err(|error| failed(error.into()))?;
        Ok(())
    }
}

/// Files of a bundle on a disk.
#[derive(Default)]
pub(super) struct Inside {
    pub(super) paths: Vec<PathBuf>,
    folder: Option<PathBuf>,
}

impl Drop for Inside {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // Nothing more can be done about what cannot be removed.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// A folder for copies that nobody else may look into.
fn private_folder() -> Result<PathBuf, Error> {
    let process = std::process::id();
    let place = std::env::temp_dir();
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    for attempt in 0_u32..100 {
        let folder = place.join(format!("whereto-{process}-{attempt}"));
        match builder.create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => {
                return Err(Error::Io {
                    path: folder,
                    what: "cannot create",
                    source,
                });
            }
        }
    }
    Err(Error::Io {
        path: place,
        what: "cannot create a folder in",
        source: io::ErrorKind::AlreadyExists.into(),
    })
}

/// Copies in pieces of one size, however much a read brings: a compressor's output may depend on
/// where its input was parted.
fn in_whole_pieces(from: &mut dyn Read, out: &mut dyn Write) -> io::Result<u64> {
    const PIECE_BYTES: u64 = 64 << 10;
    let mut piece = Vec::new();
    let mut copied = 0_u64;
    loop {
        piece.clear();
        let more = from.take(PIECE_BYTES).read_to_end(&mut piece)?;
        if more == 0 {
            return Ok(copied);
        }
        out.write_all(&piece)?;
        copied = copied.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
    }
}

/// True for a relative path of plain parts, in the letters that bundles use.
pub(super) fn is_inside(name: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/');
    name.len() < 256
        && name.bytes().all(plain)
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        for name in ["report.json", "findings/5f3c.pcapng", "a-b_c.d"] {
            assert!(is_inside(name), "{name}");
        }
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a\\b",
            "C:x",
            ".x",
            "a/.b",
            "a\nb",
            "é",
            "a/",
        ] {
            assert!(!is_inside(name), "{name}");
        }
    }
}
