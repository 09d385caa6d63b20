//! The folder of place databases that the user has installed.
//!
//! In:   databases to keep, names to forget.
//! Out:  a folder of them with `SHA256SUMS`, in the form of `sha256sum`; what stands in it is
//!       loaded by later runs.
//!
//! The list is the truth: a file that is not in it, is missing, or is no longer the same is an
//! error, never a silent change of what a report rests on. Files and list appear whole or not
//! at all. Two programs that install at once wait for each other.

use super::output::Target;
use etcetera::BaseStrategy as _;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::locate::Places;

/// Names the folder of everything that is kept for later runs.
const VARIABLE: &str = "WHERETO_DATA_DIR";
const SUMS: &str = "SHA256SUMS";
const LOCK: &str = ".lock";
/// No list of databases is longer.
const MOST_SUMS_BYTES: u64 = 1 << 20;

/// The folder, and what its list says is there: hashes by name.
pub(super) struct Store {
    pub(super) folder: PathBuf,
    pub(super) sums: BTreeMap<String, String>,
}

/// Adds everything that is installed to `places`.
pub(super) fn add_to(places: &mut Places) -> Result<(), Error> {
    let Some(folder) = folder() else {
        return Ok(());
    };
    let store = Store::open(folder).map_err(leave_out)?;
    store.refuse_strangers().map_err(leave_out)?;
    for (name, sha256) in &store.sums {
        // The same bytes given with --geo, or embedded, are one voice.
        places
            .add_installed(&store.folder.join(name), sha256)
            .map_err(|error| {
                Error::Usage(format!(
                    "{error}; it is installed: install it anew, `whereto geo remove {name}`, or \
                     leave installed data out with --no-installed-geo"
                ))
            })?;
    }
    Ok(())
}

/// `.mmdb` and `.mmdb.gz` files in `folder`, in the order of names.
pub(super) fn databases_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = listed(folder)?;
    found.retain(|path| is_database(path) && !path.is_dir());
    if found.is_empty() {
        return Err(Error::Usage(format!(
            "{}: no .mmdb or .mmdb.gz file is in this folder",
            folder.display()
        )));
    }
    Ok(found)
}

impl Store {
    /// The user's, to be written to.
    pub(super) fn of_user() -> Result<Self, Error> {
        let folder = folder().ok_or_else(|| {
            Error::Usage(format!(
                "there is no home folder to keep data in: name one with {VARIABLE}"
            ))
        })?;
        Store::open(folder)
    }

    /// A folder that is not there holds nothing.
    fn open(folder: PathBuf) -> Result<Self, Error> {
        let path = folder.join(SUMS);
        let sums = match fs::metadata(&path) {
            Ok(about) if about.len() > MOST_SUMS_BYTES => {
                return Err(no_list(&path, 1));
            }
            Ok(_) => {
                fs::read_to_string(&path).map_err(|error| failed(&path, "cannot read", error))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(&path, "cannot read", error)),
        };
        let sums = parse(&sums).map_err(|line| no_list(&path, line))?;
        Ok(Store { folder, sums })
    }

    /// A file that is not in the list was never checked.
    fn refuse_strangers(&self) -> Result<(), Error> {
        if !self.folder.is_dir() {
            return Ok(());
        }
        let strangers = listed(&self.folder)?;
        let known = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.sums.contains_key(name.as_ref())
        };
        match strangers
            .iter()
            .find(|path| is_database(path) && !known(path))
        {
            None => Ok(()),
            Some(path) => Err(Error::Usage(format!(
                "{}: is not in {SUMS} beside it: install it with `whereto geo install`, or \
                 delete it; --no-installed-geo leaves installed data out",
                path.display()
            ))),
        }
    }

    /// Where a file of that name is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes the folder, and keeps others from changing it until the answer is dropped.
    pub(super) fn lock(&mut self) -> Result<File, Error> {
        let at = |error| failed(&self.folder, "cannot create", error);
        fs::create_dir_all(&self.folder).map_err(at)?;
        let path = self.folder.join(LOCK);
        let lock = File::create(&path).map_err(|error| failed(&path, "cannot create", error))?;
        lock.lock()
            .map_err(|error| failed(&path, "cannot lock", error))?;
        // Another may have changed it meanwhile.
        *self = Store::open(std::mem::take(&mut self.folder))?;
        Ok(lock)
    }

    /// Copies a file that was found to have that hash, and lists it.
    pub(super) fn add(&mut self, from: &Path, name: &str, sha256: &str) -> Result<(), Error> {
        let mut source = File::open(from).map_err(|error| failed(from, "cannot open", error))?;
        let to = self.path(name);
        Target::new(&to)?.write(|out| {
            let mut hashed = Hashed::new(out);
            io::copy(&mut source, &mut hashed)?;
            if hashed.finish() == sha256 {
                return Ok(());
            }
            Err(io::Error::other(
                "the source changed while it was copied; try again",
            ))
        })?;
        self.sums.insert(name.to_owned(), sha256.to_owned());
        self.keep()
    }

    /// Forgets a file and deletes it; one that is gone already is only forgotten.
    pub(super) fn remove(&mut self, name: &str) -> Result<(), Error> {
        if self.sums.remove(name).is_none() {
            let known: Vec<&str> = self.sums.keys().map(String::as_str).collect();
            let known = match known.as_slice() {
                [] => "nothing is".to_owned(),
                known => known.join(", "),
            };
            return Err(Error::Usage(format!(
                "{name}: is not installed; installed: {known}"
            )));
        }
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed(&path, "cannot remove", error))
            }
            _ => self.keep(),
        }
    }

    /// Writes the list.
    fn keep(&self) -> Result<(), Error> {
        let path = self.path(SUMS);
        Target::new(&path)?.write(|out| {
            self.sums
                .iter()
                .try_for_each(|(name, sha256)| writeln!(out, "{sha256}  {name}"))
        })?;
        sync(&self.folder);
        Ok(())
    }
}

/// The list: a hash, a blank, a blank or `*`, a name. The number of the line that is none.
fn parse(text: &str) -> Result<BTreeMap<String, String>, usize> {
    let mut sums = BTreeMap::new();
    for (line, number) in text.lines().zip(1..) {
        let (sha256, name) = line.split_once(' ').ok_or(number)?;
        let name = name.strip_prefix([' ', '*']).ok_or(number)?;
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash || !may_be_kept(name) {
            return Err(number);
        }
        sums.insert(name.to_owned(), sha256.to_ascii_lowercase());
    }
    Ok(sums)
}

/// True for a plain name that a list can hold and that names a database in the folder itself.
pub(super) fn may_be_kept(name: &str) -> bool {
    let plain = |letter: char| !letter.is_control() && !matches!(letter, '/' | '\\' | ':');
    !name.starts_with('.') && name.chars().all(plain) && is_database(Path::new(name))
}

/// Passes bytes on and hashes them.
pub(super) struct Hashed<W: io::Write> {
    out: W,
    hash: sha2::Sha256,
}

impl<W: io::Write> Hashed<W> {
    pub(super) fn new(out: W) -> Self {
        Hashed {
            out,
            hash: <sha2::Sha256 as sha2::Digest>::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        use std::fmt::Write as _;
        let hash = sha2::Digest::finalize(self.hash);
        hash.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl<W: io::Write> io::Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        sha2::Digest::update(&mut self.hash, bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Where databases are kept, whether it is there or not; nothing without a home.
fn folder() -> Option<PathBuf> {
    let data = match std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => etcetera::choose_base_strategy()
            .ok()?
            .data_dir()
            .join("whereto"),
    };
    Some(data.join("geo"))
}

fn is_database(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    let hidden = name.starts_with('.');
    !hidden && (name.ends_with(".mmdb") || name.ends_with(".mmdb.gz"))
}

/// Everything in a folder, in the order of names.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let cannot = |error| failed(folder, "cannot read the folder", error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        found.push(entry.map_err(cannot)?.path());
    }
    found.sort();
    Ok(found)
}

/// A name that was written survives a loss of power, where the system can promise that.
fn sync(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

fn no_list(path: &Path, line: usize) -> Error {
    Error::Usage(format!(
        "{}: line {line} is no line of `sha256sum`; correct or delete it and install the \
         databases beside it anew, or leave them out with --no-installed-geo",
        path.display()
    ))
}

/// What the user can do where the folder of installed data cannot be read.
fn leave_out(error: Error) -> Error {
    match error {
        Error::Io { .. } => Error::Usage(format!(
            "{error}; mend that, or leave installed data out with --no-installed-geo"
        )),
        told => told,
    }
}

fn failed(path: &Path, what: &'static str, source: io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        what,
        source,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_list_is_what_sha256sum_writes() {
        let hash = "ab".repeat(32);
        let sums = parse(&format!("{hash}  a b.mmdb\n{hash} *c.mmdb.gz\n")).unwrap();
        let names: Vec<&String> = sums.keys().collect();
        assert_eq!(names, ["a b.mmdb", "c.mmdb.gz"]);
        for bad in [
            "short  a.mmdb".to_owned(),
            format!("{hash}  ../a.mmdb"),
            format!("{hash}  /etc/a.mmdb"),
            format!("{hash}  .a.mmdb"),
            format!("{hash}  a.txt"),
            format!("{hash} a.mmdb"),
            hash.clone(),
        ] {
            assert_eq!(parse(&format!("{hash}  a.mmdb\n{bad}")), Err(2), "{bad}");
        }
    }
}
