//! What the user named, as files and streams.
//!
//! In:   paths of files, folders, FIFOs, patterns, and `-`.
//! Out:  each input once, streams first, then files by path.
//!
//! Folders are walked without following links to other folders, to a bounded depth.

use crate::Error;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One input.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Entry {
    /// False for standard input, FIFOs and devices: they can be read only once.
    pub(super) file: bool,
    /// As the user wrote it, or below what the user wrote.
    pub(super) path: PathBuf,
    /// True where a folder or pattern named it: then it may be something else than a capture.
    pub(super) found: bool,
}

/// Levels of folders.
const DEPTH: usize = 64;

/// All inputs that `paths` name.
pub(super) fn expand(paths: &[PathBuf]) -> Result<Vec<Entry>, Error> {
    let mut entries = BTreeSet::new();
    for path in paths {
        if path.as_os_str() == "-" {
            entries.insert(Entry {
                file: false,
                path: path.clone(),
                found: false,
            });
            continue;
        }
        match fs::metadata(path) {
            Ok(facts) if facts.is_dir() => walk(path, DEPTH, &mut entries)?,
            Ok(facts) => {
                entries.insert(Entry {
                    file: facts.is_file(),
                    path: path.clone(),
                    found: false,
                });
            }
            Err(err) if err.kind() == io::ErrorKind::NotFound => pattern(path, err, &mut entries)?,
            Err(err) => return Err(cannot_open(path, err)),
        }
    }
    if entries.is_empty() {
        let named: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let named = if named.is_empty() {
            "no input".to_owned()
        } else {
            named.join(", ")
        };
        return Err(Error::Usage(format!(
            "{named}: there is no file; name a capture, or - for standard input"
        )));
    }
    Ok(once(entries))
}

pub(super) fn cannot_open(path: &Path, source: io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        what: "cannot open",
        source,
    }
}

/// Leaves out files that were reached in two ways; the named one stays.
fn once(entries: BTreeSet<Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = entries.into_iter().collect();
    entries.sort_by(|a, b| (a.file, a.found, &a.path).cmp(&(b.file, b.found, &b.path)));
    let mut seen = BTreeSet::new();
    entries.retain(|entry| {
        let real = fs::canonicalize(&entry.path).unwrap_or_else(|_| entry.path.clone());
        !entry.file || seen.insert(real)
    });
    entries.sort();
    entries
}

fn walk(folder: &Path, depth: usize, entries: &mut BTreeSet<Entry>) -> Result<(), Error> {
    let list = fs::read_dir(folder).map_err(|err| cannot_open(folder, err))?;
    for item in list {
        let item = item.map_err(|err| cannot_open(folder, err))?;
        let path = item.path();
        let Ok(kind) = item.file_type() else { continue };
        if kind.is_dir() && depth > 0 {
            walk(&path, depth.saturating_sub(1), entries)?;
        } else if kind.is_file() || kind.is_symlink() && path.is_file() {
            entries.insert(Entry {
                file: true,
                path,
                found: true,
            });
        }
    }
    Ok(())
}

/// A path that is no file may be a pattern that the shell did not expand.
#[cfg(feature = "cli")]
fn pattern(path: &Path, missing: io::Error, entries: &mut BTreeSet<Entry>) -> Result<(), Error> {
    let words = path.to_string_lossy();
    if !words.contains(['*', '?', '[']) {
        return Err(cannot_open(path, missing));
    }
    let matches = glob::glob(&words).map_err(|err| Error::Usage(format!("{words}: {err}")))?;
    let before = entries.len();
    for found in matches {
        let path = found.map_err(|err| {
            let path = err.path().to_owned();
            cannot_open(&path, err.into())
        })?;
        if path.is_dir() {
            walk(&path, DEPTH, entries)?;
        } else if path.is_file() {
            entries.insert(Entry {
                file: true,
                path,
                found: true,
            });
        }
    }
    if entries.len() == before {
        return Err(Error::Usage(format!(
            "{words}: no file matches this pattern"
        )));
    }
    Ok(())
}

#[cfg(not(feature = "cli"))]
fn pattern(path: &Path, missing: io::Error, _: &mut BTreeSet<Entry>) -> Result<(), Error> {
    Err(cannot_open(path, missing))
}
