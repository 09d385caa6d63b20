//! One input, from its opening to its last byte.
//!
//! In:   a stream and its name.
//! Out:  positions of packets in the lane's buffer, then an [`Input`].

use super::buffer::{Buffer, Filled, Source};
use super::hash::{Feed, Hasher};
use super::pcap::Pcap;
use super::pcapng::Pcapng;
use super::sniff::{self, Kind};
use super::state::{Core, Raw, Shared};
use super::stored::Stored;
use super::unpack;
use crate::Error;
use crate::model::{Input, Text};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// How a lane is opened.
pub(super) struct Opening<'a> {
    pub(super) path: &'a Path,
    pub(super) reader: Box<dyn Read + Send>,
    /// Its size, where that is known.
    pub(super) size: Option<u64>,
    /// Its number.
    pub(super) index: usize,
    /// Bytes of its buffer.
    pub(super) buffer: usize,
    pub(super) follow_millis: Option<u64>,
    pub(super) progress: Arc<AtomicU64>,
    pub(super) hasher: Option<&'a mut Hasher>,
}

/// Everything of a lane but its bytes: apart, so that packets can borrow those while this changes.
pub(super) struct State {
    pub(super) core: Core,
    /// A record that was found and not handed out yet.
    pub(super) head: Option<Raw>,
    format: Format,
    pub(super) path: PathBuf,
    pub(super) size: Option<u64>,
    stored_hash: Option<u32>,
    inner_hash: Option<u32>,
    closed: bool,
}

/// The numbers under which an input is hashed: as stored, and unpacked.
pub(super) type Hashes = (Option<u32>, Option<u32>);

enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
    /// Not even the file header is whole.
    Nothing,
}

/// Opens a lane and reads the head of its file.
pub(super) fn open(opening: Opening<'_>, shared: &mut Shared) -> Result<(Buffer, State), Error> {
    let Opening {
        path,
        reader,
        size,
        index,
        buffer,
        follow_millis,
        progress,
        mut hasher,
    } = opening;
    let mut hash = |wanted: bool| -> (Option<u32>, Option<Feed>) {
        let feed = hasher
            .as_mut()
            .filter(|_| wanted)
            .map(|hasher| hasher.feed());
        feed.map_or((None, None), |(number, feed)| (Some(number), Some(feed)))
    };
    let (stored_hash, feed) = hash(true);
    let stored = Stored::new(reader, progress, feed, follow_millis);
    let unpacked = unpack::open(&stored).map_err(|err| unreadable(path, err))?;
    if let Some(failure) = stored.take_failure() {
        return Err(unreadable(path, failure));
    }
    let Some(kind) = sniff::kind(&unpacked.first) else {
        return Err(refused(path, &unpacked));
    };
    let (inner_hash, mut inner_feed) = hash(unpacked.reader.is_some());
    if let Some(feed) = &mut inner_feed {
        feed.push(&unpacked.first);
    }
    let source = match unpacked.reader {
        None => Source::Plain(stored),
        Some(reader) => Source::Unpacked {
            reader,
            stored,
            hash: inner_feed,
        },
    };
    let input = Input {
        path: Text::new(path.as_os_str().as_encoded_bytes()),
        compression: unpacked.layers,
        format: if kind == Kind::Pcap { "pcap" } else { "pcapng" },
        ..Input::default()
    };
    let mut core = Core::new(index, input);
    if let Some(err) = unpacked.broken {
        core.ended = true;
        core.input.cut = true;
        core.damage(
            shared,
            unpacked.first.len(),
            format!("the compressed stream breaks off: {err}"),
        );
    }
    let format = match kind {
        Kind::Pcap => {
            Pcap::open(&mut core, &unpacked.first, shared).map_or(Format::Nothing, Format::Pcap)
        }
        Kind::Pcapng => Format::Pcapng(Pcapng::open(&mut core)),
    };
    if matches!(format, Format::Nothing) {
        core.ended = true;
        core.done = true;
    }
    let state = State {
        core,
        head: None,
        format,
        path: path.to_owned(),
        size,
        stored_hash,
        inner_hash,
        closed: false,
    };
    Ok((Buffer::new(source, buffer, &unpacked.first), state))
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    }
}

/// Why this is not a capture, in words.
fn refused(path: &Path, unpacked: &unpack::Unpacked) -> Error {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let what = match (&unpacked.broken, unpacked.layers.as_slice()) {
        (Some(err), [.., layer]) if unpacked.first.len() < 4 => {
            format!(
                "the {layer} stream breaks off before a capture begins: {err}; fetch the file again"
            )
        }
        (_, []) => sniff::foreign(&unpacked.first, &name),
        (_, layers) => format!(
            "inside {}, {}",
            layers.join(" and "),
            sniff::foreign(&unpacked.first, &name)
        ),
    };
    Error::Format {
        path: path.to_owned(),
        offset: 0,
        what,
    }
}

/// What a file's head says of the packets that follow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Shape {
    interfaces: usize,
    /// The first interface of the section at hand.
    section: usize,
    swapped: bool,
}

impl State {
    /// What is known of the packets that follow.
    pub(super) fn shape(&self) -> Shape {
        let (section, swapped) = match &self.format {
            Format::Pcapng(pcapng) => pcapng.section_at_hand(),
            Format::Pcap(_) | Format::Nothing => (0, false),
        };
        Shape {
            interfaces: self.core.input.interfaces.len(),
            section,
            swapped,
        }
    }

    /// Begins again at an offset, knowing what the file's head said and nothing else.
    pub(super) fn begin_again(&mut self, base: u64) {
        self.core.begin_again(base);
        self.head = None;
        match &mut self.format {
            Format::Pcap(pcap) => pcap.begin_again(),
            Format::Pcapng(pcapng) => pcapng.begin_again(),
            Format::Nothing => {}
        }
    }

    /// The first position where records in a row make sense. `ended`: the file ends with
    /// `bytes`.
    pub(super) fn boundary(&self, bytes: &[u8], ended: bool) -> Option<usize> {
        match &self.format {
            Format::Pcap(pcap) => pcap.boundary(bytes, ended),
            Format::Pcapng(pcapng) => pcapng.boundary(bytes, ended),
            Format::Nothing => None,
        }
    }

    /// The next record in `bytes`, or `None` where more are needed or none follow.
    #[inline]
    pub(super) fn step(&mut self, bytes: &[u8], shared: &mut Shared) -> Option<Raw> {
        match &mut self.format {
            Format::Pcap(pcap) => pcap.step(&mut self.core, bytes, shared),
            Format::Pcapng(pcapng) => pcapng.step(&mut self.core, bytes, shared),
            Format::Nothing => None,
        }
    }

    /// Reads the bytes that the last step asked for.
    pub(super) fn refill(&mut self, buffer: &mut Buffer, shared: &mut Shared) -> Result<(), Error> {
        let core = &mut self.core;
        if core.needed == 0 || core.ended {
            core.needed = 0;
            return Ok(());
        }
        let shift = buffer.compact(core.at, core.needed);
        core.base = core
            .base
            .saturating_add(u64::try_from(shift).unwrap_or(u64::MAX));
        core.at = core.at.saturating_sub(shift);
        match buffer.refill(core.at.saturating_add(core.needed)) {
            Filled::Enough => {}
            Filled::End => core.ended = true,
            Filled::Broken(what) => {
                core.ended = true;
                core.input.cut = true;
                core.damage(shared, buffer.filled().len(), what);
            }
            Filled::Failed(failure) => return Err(unreadable(&self.path, failure)),
        }
        core.needed = 0;
        Ok(())
    }

    /// Ends the lane: counters, sizes and hashes. What was not read to its end has no hash.
    pub(super) fn close(&mut self, buffer: &mut Buffer) {
        if self.closed {
            return;
        }
        self.closed = true;
        let core = &mut self.core;
        match &mut self.format {
            Format::Pcap(pcap) => pcap.finish(core),
            Format::Pcapng(pcapng) => pcapng.finish(core),
            Format::Nothing => {}
        }
        core.input.inner_bytes = core.offset(buffer.filled().len());
        buffer.close(core.done);
        let read = buffer.stored().count();
        core.input.stored_bytes = match (core.done, self.size) {
            // What a broken stream left unread is there all the same.
            (true, Some(size)) => read.max(size),
            _ => read,
        };
    }

    /// What is known of the input, and the numbers of its hashes.
    pub(super) fn into_input(self) -> (Input, Hashes) {
        (self.core.finish(), (self.stored_hash, self.inner_hash))
    }
}
