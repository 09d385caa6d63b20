//! Files that appear whole or not at all.
//!
//! In:   a path, and something that writes.
//! Out:  the file under its name, or the old one untouched and an error.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use whereto::Error;

/// Where an output goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Target {
    /// Standard output.
    Standard,
    /// A device, pipe or socket: written through, never replaced.
    Device(PathBuf),
    /// A file, existing or not, with links followed.
    File(PathBuf),
}

impl Target {
    /// What `path` names. Refuses a folder, and a file in a folder that does not exist: better
    /// now than after an hour of reading.
    pub(super) fn new(path: &Path) -> Result<Self, Error> {
        if path.as_os_str() == "-" {
            return Ok(Target::Standard);
        }
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(failed(
                path,
                "cannot write",
                io::ErrorKind::IsADirectory.into(),
            )),
            Ok(found) if !found.is_file() => Ok(Target::Device(path.to_owned())),
            Ok(_) => {
                let real = fs::canonicalize(path);
                Ok(Target::File(
                    real.map_err(|error| failed(path, "cannot write", error))?,
                ))
            }
            Err(_) => {
                let folder = fs::canonicalize(folder_of(path));
                let folder = folder.map_err(|error| failed(path, "cannot create", error))?;
                match path.file_name() {
                    Some(name) => Ok(Target::File(folder.join(name))),
                    None => Err(failed(
                        path,
                        "cannot create",
                        io::ErrorKind::IsADirectory.into(),
                    )),
                }
            }
        }
    }

    /// True if a reader sits at the other end.
    pub(super) fn is_terminal(&self) -> bool {
        *self == Target::Standard && io::stdout().is_terminal()
    }

    /// Refuses to replace a capture: one of the inputs, or any file that begins like one.
    pub(super) fn refuse_inputs(&self, inputs: &[PathBuf]) -> Result<(), Error> {
        let Target::File(path) = self else {
            return Ok(());
        };
        if begins_like_a_capture(path) {
            return Err(is_a_capture(path));
        }
        self.refuse_these(inputs)
    }

    /// Refuses to replace one of the inputs.
    pub(super) fn refuse_these(&self, inputs: &[PathBuf]) -> Result<(), Error> {
        let Target::File(path) = self else {
            return Ok(());
        };
        let is_input = |input: &PathBuf| fs::canonicalize(input).is_ok_and(|real| real == *path);
        match inputs.iter().any(is_input) {
            true => Err(is_a_capture(path)),
            false => Ok(()),
        }
    }

    /// Lets `write` write. A reader that has gone away is no error.
    pub(super) fn write(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        match self {
            Target::Standard => {
                let mut out = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
                let done = write(&mut out).and_then(|()| out.flush());
                gone_is_fine(done).map_err(|error| failed(Path::new("-"), "cannot write", error))
            }
            Target::Device(path) => {
                let open = OpenOptions::new().write(true).open(path);
                let file = open.map_err(|error| failed(path, "cannot open", error))?;
                let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
                let done = write(&mut out).and_then(|()| out.flush());
                gone_is_fine(done).map_err(|error| failed(path, "cannot write", error))
            }
            Target::File(path) => {
                replace(path, write).map_err(|error| failed(path, "cannot write", error))
            }
        }
    }
}

const BUFFER_BYTES: usize = 64 << 10;

/// Writes beside `path`, then takes its name. What fails leaves nothing behind.
///
/// The bytes are on the disk before they have the name, and the name is there before this ends:
/// whoever is killed, or loses power, at any moment leaves the old file or the whole new one.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    sweep(path);
    let mut beside = Beside::create(path, |path| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).open(path)
    })?;
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, &beside.handle);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    if let Ok(old) = fs::metadata(path) {
        beside.handle.set_permissions(old.permissions())?;
    }
    beside.handle.sync_all()?;
    beside.take_name(path)
}

/// Lets `fill` fill a folder that appears under its name whole or not at all. There must be none
/// of that name, or an empty one.
pub(super) fn folder(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let refused = |error| failed(path, "cannot create", error);
    if fs::symlink_metadata(path).is_ok() {
        let empty = fs::read_dir(path).map_err(refused)?.next().is_none();
        if !empty {
            return Err(refused(io::ErrorKind::AlreadyExists.into()));
        }
    }
    sweep(path);
    let mut beside = Beside::create(path, |path| {
        fs::create_dir(path)?;
        File::open(path)
    })
    .map_err(refused)?;
    fill(&beside.path).map_err(|error| called(error, &beside.path, path))?;
    sync_all_below(&beside.path, 0)
        .and_then(|()| beside.take_name(path))
        .map_err(refused)
}

/// Lets `work` work in a folder of its own beside `path`, which is gone afterwards.
pub(super) fn staging(
    path: &Path,
    work: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    sweep(path);
    let beside = Beside::create(path, |path| {
        fs::create_dir(path)?;
        File::open(path)
    });
    let beside = beside.map_err(|error| failed(path, "cannot create", error))?;
    work(&beside.path).map_err(|error| called(error, &beside.path, path))
}

/// An error by the name that the user gave, not by that of the moment.
fn called(error: Error, beside: &Path, name: &Path) -> Error {
    match error {
        Error::Io { path, what, source } => Error::Io {
            path: match path.strip_prefix(beside) {
                Ok(inside) => name.join(inside),
                Err(_) => path,
            },
            what,
            source,
        },
        error => error,
    }
}

/// Folders in folders that are synced.
const DEEPEST: usize = 8;

fn sync_all_below(folder: &Path, depth: usize) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && depth < DEEPEST {
            sync_all_below(&entry.path(), depth.saturating_add(1))?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_folder(folder)
}

/// Puts the names in a folder on the disk, where the system lets a folder be opened.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) if cfg!(unix) => match folder.sync_all() {
            // Some file systems have nothing to sync there.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done,
        },
        _ => Ok(()),
    }
}

/// Removes what earlier runs that were killed left beside `path`. Whoever still writes holds a
/// lock, which ends with its process.
fn sweep(path: &Path) {
    let (start, end) = (start_of_part(path), ".part");
    let Ok(entries) = fs::read_dir(folder_of(path)) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let middle = name
            .strip_prefix(start.as_str())
            .and_then(|rest| rest.strip_suffix(end));
        let ours = middle.is_some_and(|middle| {
            middle.split('-').count() == 2
                && middle
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'-')
        });
        if !ours {
            continue;
        }
        let Ok(part) = File::open(entry.path()) else {
            continue;
        };
        if part.try_lock().is_ok() {
            remove(&entry.path());
        }
    }
}

fn remove(path: &Path) {
    // Nothing more can be done about what cannot be removed.
    let _ = match fs::symlink_metadata(path) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(path),
        _ => fs::remove_file(path),
    };
}

/// `.NAME.`: what stands before the process in the name of what is written beside `path`.
fn start_of_part(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Names are at most 255 bytes on most systems: keep ours short.
    let stem: String = name.chars().take(40).collect();
    format!(".{stem}.")
}

/// A file or folder that is removed unless it took its name.
struct Beside {
    path: PathBuf,
    handle: File,
    kept: bool,
}

impl Beside {
    fn create(path: &Path, make: impl Fn(&Path) -> io::Result<File>) -> io::Result<Self> {
        let process = std::process::id();
        for attempt in 0_u32..100 {
            let name = format!("{}{process}-{attempt}.part", start_of_part(path));
            let beside = folder_of(path).join(name);
            let handle = match make(&beside) {
                Ok(handle) => handle,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            // A file system without locks is swept by no one who could tell the living.
            let _ = handle.lock();
            // Between its making and its lock it may have been swept.
            if fs::symlink_metadata(&beside).is_ok() {
                return Ok(Beside {
                    path: beside,
                    handle,
                    kept: false,
                });
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn take_name(&mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.kept = true;
        sync_folder(folder_of(path))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.kept {
            remove(&self.path);
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// First four bytes of pcap (both units and orders, and the modified form), pcapng, gzip, zstd,
/// xz and lz4.
fn begins_like_a_capture(path: &Path) -> bool {
    let mut magic = [0_u8; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok()
        && (matches!(
            u32::from_be_bytes(magic),
            0xa1b2_c3d4
                | 0xd4c3_b2a1
                | 0xa1b2_3c4d
                | 0x4d3c_b2a1
                | 0xa1b2_cd34
                | 0x34cd_b2a1
                | 0x0a0d_0d0a
                | 0x28b5_2ffd
                | 0xfd37_7a58
                | 0x0422_4d18
        ) || matches!(magic, [0x1f, 0x8b, ..]))
}

fn is_a_capture(path: &Path) -> Error {
    let path = path.display();
    Error::Usage(format!("{path}: is a capture; write to another file"))
}

fn gone_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
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

    fn files(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        fs::write(&path, "old").unwrap();
        let target = Target::new(&path).unwrap();
        let error = target.write(|out| {
            out.write_all(&[b'x'; 100_000])?;
            Err(io::Error::other("no more"))
        });
        assert!(
            error
                .unwrap_err()
                .to_string()
                .ends_with("report.txt: cannot write: no more")
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(files(folder.path()), ["report.txt"]);
        target.write(|out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(files(folder.path()), ["report.txt"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Target::new(&folder.path().join("none/report.txt")).is_err());
        assert!(Target::new(folder.path()).is_err());
    }

    #[test]
    fn captures_are_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("phone.csv");
        fs::write(&path, b"\xd4\xc3\xb2\xa1\x02\0\x04\0").unwrap();
        assert!(Target::new(&path).unwrap().refuse_inputs(&[]).is_err());
        fs::write(&path, b"flow,scope").unwrap();
        let target = Target::new(&path).unwrap();
        assert!(target.refuse_inputs(&[]).is_ok());
        assert!(target.refuse_inputs(&[path]).is_err());
    }

    #[test]
    fn what_the_dead_left_is_swept_and_what_the_living_write_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        fs::write(folder.path().join(".report.txt.1-0.part"), "dead").unwrap();
        let living = folder.path().join(".report.txt.2-0.part");
        let held = File::create(&living).unwrap();
        held.lock().unwrap();
        fs::write(folder.path().join(".report.txt.mine.part"), "not ours").unwrap();
        fs::write(folder.path().join(".other.txt.1-0.part"), "another's").unwrap();
        let target = Target::new(&path).unwrap();
        target.write(|out| out.write_all(b"new")).unwrap();
        let left = [
            ".other.txt.1-0.part",
            ".report.txt.2-0.part",
            ".report.txt.mine.part",
            "report.txt",
        ];
        assert_eq!(files(folder.path()), left);
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("bundle");
        let fail = folder(&path, |inside| {
            fs::write(inside.join("a"), "half").unwrap();
            Err(Error::Usage("no".to_owned()))
        });
        assert!(fail.is_err());
        assert!(files(place.path()).is_empty());
        folder(&path, |inside| {
            fs::create_dir(inside.join("sub")).unwrap();
            fs::write(inside.join("sub/a"), "whole").unwrap();
            Ok(())
        })
        .unwrap();
        assert_eq!(files(place.path()), ["bundle"]);
        assert_eq!(fs::read(path.join("sub/a")).unwrap(), b"whole");
        assert!(folder(&path, |_| Ok(())).is_err(), "it is not empty");
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_through_and_links_kept() {
        let full = Target::new(Path::new("/dev/full")).unwrap();
        assert_eq!(full, Target::Device(PathBuf::from("/dev/full")));
        assert!(full.write(|out| out.write_all(b"x")).is_err());
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (
            folder.path().join("real.txt"),
            folder.path().join("link.txt"),
        );
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        Target::new(&link)
            .unwrap()
            .write(|out| out.write_all(b"new"))
            .unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
