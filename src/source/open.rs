//! Opening inputs and putting them in order.
//!
//! In:   what the user named.
//! Out:  a [`Capture`] that opens each file when its time has come, so that hundreds of files
//!       of a rotated capture do not keep hundreds of buffers.

use super::hash::Hasher;
use super::lane::{self, Opening};
use super::paths::{self, Entry, cannot_open};
use super::state::Shared;
use super::{Capture, Options};
use crate::Error;
use crate::model::{Text, Time};
use std::collections::{BinaryHeap, VecDeque};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// An input that is not open yet.
pub(super) struct Pending {
    path: PathBuf,
    file: bool,
    /// Time of its first packet; `None` for streams, which are opened at once, and for files
    /// without packets, which come last.
    pub(super) first: Option<Time>,
    follow_millis: Option<u64>,
    buffer: usize,
}

/// Bytes of a buffer where few inputs are open.
const BUFFER: usize = 256 << 10;
/// Bytes of a buffer where many may be.
const SMALL_BUFFER: usize = 64 << 10;
/// As many inputs have large buffers.
const FEW: usize = 8;
/// Bytes of a buffer that looks for one packet.
const PROBE_BUFFER: usize = 16 << 10;
/// Names listed in one warning.
const LISTED: usize = 5;

impl Capture {
    /// Opens files, folders (recursively, files that look like captures by content), globs
    /// and `-` for standard input.
    ///
    /// The order of `paths` does not matter: inputs are numbered by the time of their first
    /// packet, then by path; streams come first.
    ///
    /// # Errors
    /// Where nothing matches, a file cannot be opened, or its first bytes are no capture.
    pub fn open(paths: &[PathBuf], options: &Options) -> Result<Self, Error> {
        let entries = paths::expand(paths)?;
        let mut capture = Self::new(options);
        let alone = matches!(entries.as_slice(), [entry] if !entry.found);
        let (kept, warnings) = if alone {
            (
                entries.into_iter().map(|entry| (entry, None)).collect(),
                Vec::new(),
            )
        } else {
            in_order(entries, options)?
        };
        capture.shared.warnings = warnings;
        capture.total = total(&kept);
        capture.merging = kept.len() > 1;
        let buffer = if kept.len() > FEW {
            SMALL_BUFFER
        } else {
            BUFFER
        };
        let last = kept.len().saturating_sub(1);
        for (number, (entry, first)) in kept.into_iter().enumerate() {
            let follow_millis = options
                .follow_millis
                .filter(|_| entry.file && number == last);
            let Entry { file, path, .. } = entry;
            capture.pending.push_back(Pending {
                path,
                file,
                first,
                follow_millis,
                buffer,
            });
        }
        // Streams, and what stands alone, so that an error shows before anything is printed.
        while capture
            .pending
            .front()
            .is_some_and(|next| !next.file || !capture.merging)
        {
            capture.open_pending()?;
        }
        Ok(capture)
    }

    /// Reads one capture from any stream. `name` is what the report calls it.
    ///
    /// # Errors
    /// Where its first bytes cannot be read or are no capture.
    pub fn from_reader(
        name: &str,
        reader: Box<dyn Read + Send>,
        options: &Options,
    ) -> Result<Self, Error> {
        let mut capture = Self::new(options);
        capture.open_lane(Path::new(name), reader, None, None, BUFFER)?;
        Ok(capture)
    }

    fn new(options: &Options) -> Self {
        Capture {
            buffers: Vec::new(),
            states: Vec::new(),
            pending: VecDeque::new(),
            heads: BinaryHeap::new(),
            dry: Vec::new(),
            merging: false,
            shared: Shared {
                limits: options.limits.clone(),
                ..Shared::default()
            },
            hasher: if options.hash { Hasher::start() } else { None },
            progress: Arc::new(AtomicU64::new(0)),
            total: None,
        }
    }

    /// Opens the next input in order.
    pub(super) fn open_pending(&mut self) -> Result<(), Error> {
        let Some(next) = self.pending.pop_front() else {
            return Ok(());
        };
        let (reader, size) = reader(&next.path)?;
        self.open_lane(&next.path, reader, size, next.follow_millis, next.buffer)
    }

    pub(super) fn open_lane(
        &mut self,
        path: &Path,
        reader: Box<dyn Read + Send>,
        size: Option<u64>,
        follow_millis: Option<u64>,
        buffer: usize,
    ) -> Result<(), Error> {
        let index = self.states.len();
        let opening = Opening {
            path,
            reader,
            size,
            index,
            buffer,
            follow_millis,
            progress: self.progress.clone(),
            hasher: self.hasher.as_mut(),
        };
        let (buffer, state) = lane::open(opening, &mut self.shared)?;
        self.buffers.push(buffer);
        self.states.push(state);
        self.dry.push(index);
        Ok(())
    }
}

fn reader(path: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>), Error> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let file = File::open(path).map_err(|err| cannot_open(path, err))?;
    let facts = file.metadata().map_err(|err| cannot_open(path, err))?;
    let size = facts.is_file().then_some(facts.len());
    Ok((Box::new(file), size))
}

/// The size of all inputs, where every one has a size.
fn total(entries: &[(Entry, Option<Time>)]) -> Option<u64> {
    entries.iter().try_fold(0u64, |sum, (entry, _)| {
        let facts = std::fs::metadata(&entry.path).ok().filter(|_| entry.file)?;
        Some(sum.saturating_add(facts.len()))
    })
}

type Ordered = Vec<(Entry, Option<Time>)>;

/// The inputs in order of their first packets, and warnings on what is none.
fn in_order(entries: Vec<Entry>, options: &Options) -> Result<(Ordered, Vec<Text>), Error> {
    let mut kept = Vec::new();
    let mut others = Vec::new();
    for entry in entries {
        if !entry.file {
            kept.push((entry, None));
            continue;
        }
        match first_time(&entry.path, options) {
            Ok(first) => kept.push((entry, first)),
            Err(Error::Format { .. } | Error::Io { .. }) if entry.found => others.push(entry.path),
            Err(err) => return Err(err),
        }
    }
    if kept.is_empty() {
        let names = listed(&others);
        return Err(Error::Usage(format!(
            "none of these is a pcap or pcapng file: {names}"
        )));
    }
    // Stable, and entries come sorted by path.
    kept.sort_by_key(|(entry, first)| (entry.file, first.is_none(), *first));
    let mut warnings = Vec::new();
    if !others.is_empty() {
        let words = format!(
            "{} no {} not read: {}",
            if others.len() == 1 {
                "1 file is".to_owned()
            } else {
                format!("{} files are", others.len())
            },
            if others.len() == 1 {
                "capture and was"
            } else {
                "captures and were"
            },
            listed(&others)
        );
        warnings.push(Text::from(words.as_str()));
    }
    Ok((kept, warnings))
}

fn listed(paths: &[PathBuf]) -> String {
    let mut names: Vec<String> = paths
        .iter()
        .take(LISTED)
        .map(|path| path.display().to_string())
        .collect();
    if paths.len() > LISTED {
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// The time of a file's first packet.
fn first_time(path: &Path, options: &Options) -> Result<Option<Time>, Error> {
    let (reader, size) = reader(path)?;
    let quiet = Options {
        hash: false,
        follow_millis: None,
        limits: options.limits.clone(),
    };
    let mut probe = Capture::new(&quiet);
    probe.open_lane(path, reader, size, None, PROBE_BUFFER)?;
    while let Some(mut batch) = probe.batch()? {
        if let Some(packet) = batch.next() {
            return Ok(Some(packet.time));
        }
    }
    Ok(None)
}
