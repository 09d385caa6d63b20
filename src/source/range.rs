//! One file read in two parts at once.
//!
//! In:   an open capture of one plain file, and about where to cut it.
//! Out:  two [`Part`]s, each read like a capture of its own; then one [`Summary`].
//!
//! The later part knows what stands before the first packet, and begins where many records in
//! a row make sense. Whether that is true is known when the earlier part ends exactly there:
//! if it does not, or if a block between them changes what later ones mean, there is no
//! summary, and the file must be read in one go.

use super::buffer::{Buffer, Source};
use super::lane::{self, Opening, Shape, State};
use super::state::{Raw, Shared, note};
use super::stored::Stored;
use super::{Capture, Options, Packet, Summary};
use crate::Error;
use crate::model::{Input, Interface, Limits, Time};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;

/// One part of a file.
pub(crate) struct Part {
    buffer: Buffer,
    state: State,
    shared: Shared,
    path: PathBuf,
    /// Where it begins.
    start: u64,
    /// What the file's head said, for the later part.
    shape: Option<Shape>,
    /// Offsets of every fourth packet, for reading some again; the later part's only.
    marks: Option<Vec<u64>>,
}

/// The packets of a part that stand in memory at once.
pub(crate) struct PartBatch<'a> {
    bytes: &'a [u8],
    state: &'a mut State,
    shared: &'a mut Shared,
    marks: Option<&'a mut Vec<u64>>,
}

/// What a part says of itself after its last packet.
pub(crate) struct Facts {
    input: Input,
    shared: Shared,
    start: u64,
    shape: Option<Shape>,
    ends: Option<(Time, Time)>,
    path: PathBuf,
    /// Offsets of every fourth packet, and of what follows the last.
    marks: Vec<u64>,
    end: u64,
}

/// A file and what was asked of it, to be opened once more.
pub(crate) struct Again {
    path: PathBuf,
    limits: Limits,
}

/// The whole file on its way to the hasher.
pub(crate) struct Hashing {
    stored: Stored,
    capture: Capture,
}

/// Bytes of a part's buffer.
const BUFFER: usize = 256 << 10;
/// Bytes of a buffer that reads the head of a file.
const HEAD_BUFFER: usize = 64 << 10;
/// Bytes in which records are looked for: first few, then many.
const WINDOWS: [usize; 2] = [1 << 20, 16 << 20];
/// Packets from one mark to the next, as a power of two.
const MARK_BITS: u32 = 2;
/// Bytes that are read again at once.
const AGAIN: u64 = 256 << 10;
/// Bytes between two wanted packets that are not worth a reading of their own.
const GAP: u64 = 16 << 10;
/// Readings on their way.
const PIECES: usize = 8;
/// Packets for which reading again is worth a thread.
const WORTH_A_THREAD: usize = 4_096;

impl Capture {
    /// Two parts, cut at the first record at or after `at` of the file's bytes. `None` where
    /// this is not one plain file that ends, or no record can be told there.
    pub(crate) fn cut(&self, at: u64) -> Option<([Part; 2], Again)> {
        let ([state], [buffer]) = (self.states.as_slice(), self.buffers.as_slice()) else {
            return None;
        };
        let plain = matches!(buffer.source(), Source::Plain(stored) if !stored.follows());
        let size = state.size?;
        if !plain || self.merging || self.shared.frame > 0 || at >= size {
            return None;
        }
        let again = Again {
            path: state.path.clone(),
            limits: self.shared.limits.clone(),
        };
        let progress = Arc::new(AtomicU64::new(0));
        let mut later = Part::later(&again, &progress).ok()?;
        later.find(at)?;
        let earlier = Part::earlier(&again, &progress, later.start).ok()?;
        Some(([earlier, later], again))
    }

    /// About how many bytes of one plain file there are to each packet, told from its first ones.
    pub(crate) fn bytes_a_packet(&self) -> Option<u64> {
        let [state] = self.states.as_slice() else {
            return None;
        };
        let again = Again {
            path: state.path.clone(),
            limits: self.shared.limits.clone(),
        };
        let read = Arc::new(AtomicU64::new(0));
        let mut part = Part::earlier(&again, &read, state.size?).ok()?;
        let mut packets = 0u64;
        // The head comes by itself; then a buffer full of them.
        for _ in 0..2 {
            let count = part.batch().ok()??.count();
            packets = packets.saturating_add(u64::try_from(count).ok()?);
        }
        part.progress().checked_div(packets)
    }

    /// Bytes of the one input, where it has a size.
    pub(crate) fn size(&self) -> Option<u64> {
        match self.states.as_slice() {
            [state] => state.size,
            _ => None,
        }
    }

    /// Only the hash of the whole file is still wanted; `None` where none was asked for.
    pub(crate) fn into_hashing(self) -> Option<Hashing> {
        let stored = self.buffers.first()?.stored().clone();
        self.hasher.is_some().then_some(Hashing {
            stored,
            capture: self,
        })
    }
}

impl Hashing {
    /// Reads the file to its end. The digest, in hex.
    pub(crate) fn digest(self) -> Option<String> {
        self.stored.drain();
        let Hashing { stored, capture } = self;
        drop((stored, capture.buffers));
        let mut digests = capture.hasher?.finish();
        let (_, (stored, _)) = capture.states.into_iter().next()?.into_input();
        digests.remove(&stored?)
    }
}

impl Again {
    /// Opens the file, to be read in one go without hashing it.
    pub(crate) fn open(&self) -> Result<Capture, Error> {
        let options = Options {
            hash: false,
            follow_millis: None,
            limits: self.limits.clone(),
        };
        Capture::open(std::slice::from_ref(&self.path), &options)
    }
}

impl Part {
    fn earlier(again: &Again, progress: &Arc<AtomicU64>, end: u64) -> Result<Self, Error> {
        let file = open_file(&again.path)?.take(end);
        Part::open(again, Box::new(file), end, progress.clone(), BUFFER)
    }

    /// The later part, with the file's head read and nothing else.
    fn later(again: &Again, progress: &Arc<AtomicU64>) -> Result<Self, Error> {
        let file = open_file(&again.path)?;
        let size = file.metadata().map_or(0, |facts| facts.len());
        let ignored = Arc::new(AtomicU64::new(0));
        let mut part = Part::open(again, Box::new(file), size, ignored, HEAD_BUFFER)?;
        while !part.state.core.done {
            part.state.refill(&mut part.buffer, &mut part.shared)?;
            let bytes = part.buffer.filled();
            if part.state.step(bytes, &mut part.shared).is_some() {
                break;
            }
        }
        part.shape = Some(part.state.shape());
        part.state.begin_again(0);
        part.shared = Shared {
            interfaces: std::mem::take(&mut part.shared.interfaces),
            limits: again.limits.clone(),
            ..Shared::default()
        };
        part.shared.limits = again.limits.clone();
        part.marks = Some(Vec::new());
        part.progress_to(progress);
        Ok(part)
    }

    fn open(
        again: &Again,
        reader: Box<dyn std::io::Read + Send>,
        size: u64,
        progress: Arc<AtomicU64>,
        buffer: usize,
    ) -> Result<Self, Error> {
        let mut shared = Shared {
            limits: again.limits.clone(),
            ..Shared::default()
        };
        let opening = Opening {
            path: &again.path,
            reader,
            size: Some(size),
            index: 0,
            buffer,
            follow_millis: None,
            progress,
            hasher: None,
        };
        let (buffer, state) = lane::open(opening, &mut shared)?;
        Ok(Part {
            buffer,
            state,
            shared,
            path: again.path.clone(),
            start: 0,
            shape: None,
            marks: None,
        })
    }

    fn progress_to(&mut self, progress: &Arc<AtomicU64>) {
        self.buffer.stored().count_to(progress.clone());
    }

    /// Moves to the first record at or after `at`.
    fn find(&mut self, at: u64) -> Option<()> {
        let mut file = File::open(&self.path).ok()?;
        for size in WINDOWS {
            file.seek(SeekFrom::Start(at)).ok()?;
            let mut window = Vec::with_capacity(size);
            let most = u64::try_from(size).ok()?;
            file.by_ref().take(most).read_to_end(&mut window).ok()?;
            let ended = window.len() < size;
            if let Some(found) = self.state.boundary(&window, ended) {
                let start = at.saturating_add(u64::try_from(found).ok()?);
                return self.begin_at(start);
            }
            if ended {
                return None;
            }
        }
        None
    }

    fn begin_at(&mut self, start: u64) -> Option<()> {
        let mut file = File::open(&self.path).ok()?;
        file.seek(SeekFrom::Start(start)).ok()?;
        let stored = Stored::new(Box::new(file), self.buffer.stored().counted(), None, None);
        self.buffer = Buffer::new(Source::Plain(stored), BUFFER, &[]);
        self.state.begin_again(start);
        self.start = start;
        Some(())
    }

    /// The next packets, or `None` at the end of the part. A batch may be empty.
    ///
    /// # Errors
    /// Where the operating system refuses to read.
    pub(crate) fn batch(&mut self) -> Result<Option<PartBatch<'_>>, Error> {
        if self.state.core.done {
            return Ok(None);
        }
        self.state.refill(&mut self.buffer, &mut self.shared)?;
        Ok(Some(PartBatch {
            bytes: self.buffer.filled(),
            state: &mut self.state,
            shared: &mut self.shared,
            marks: self.marks.as_mut(),
        }))
    }

    /// Where it begins in the file.
    #[cfg(test)]
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// Stored bytes read so far, by both parts.
    pub(crate) fn progress(&self) -> u64 {
        self.buffer.stored().counted().load(Ordering::Relaxed)
    }

    /// The wanted packets of `bytes`, whose first one has the number after `frame`. False
    /// where they are not all there.
    fn pick(&mut self, piece: &mut Piece, mut frame: u32, wanted: &[u32]) -> bool {
        self.state.begin_again(0);
        let mut wanted = wanted.iter().peekable();
        while let Some(next) = wanted.peek().copied() {
            let Some(raw) = self.state.step(&piece.bytes, &mut self.shared) else {
                return false;
            };
            frame = frame.saturating_add(1);
            if frame == *next {
                wanted.next();
                piece.packets.push((frame, raw));
            }
        }
        true
    }

    /// The part ended: what it says of itself.
    pub(crate) fn finish(mut self) -> Facts {
        let shape = self.shape.or_else(|| Some(self.state.shape()));
        let ends = self.state.core.ends();
        let end = self.state.core.offset(self.state.core.at);
        self.state.close(&mut self.buffer);
        Facts {
            input: self.state.into_input().0,
            shared: self.shared,
            start: self.start,
            shape,
            ends,
            path: self.path,
            marks: self.marks.unwrap_or_default(),
            end,
        }
    }
}

impl<'a> Iterator for PartBatch<'a> {
    type Item = Packet<'a>;

    #[inline]
    fn next(&mut self) -> Option<Packet<'a>> {
        let core = &self.state.core;
        let offset = core.offset(core.at);
        let raw = self.state.step(self.bytes, self.shared)?;
        if self.shared.frame & ((1 << MARK_BITS) - 1) == 0
            && let Some(marks) = &mut self.marks
        {
            marks.push(offset);
        }
        self.shared.frame = self.shared.frame.wrapping_add(1);
        Some(raw.packet(self.bytes, self.shared.frame))
    }
}

/// Takes the next packets that are handed out again.
pub(crate) type Each<'e> = dyn FnMut(&mut dyn Iterator<Item = Packet<'_>>) + 'e;

impl Facts {
    /// Hands out some packets of the part again, many at a time: those whose frames, counted
    /// from 1 within the part, are in `frames`, in order. False where not all of them could be
    /// read.
    pub(crate) fn again(&self, frames: &[u32], each: &mut Each<'_>) -> Result<bool, Error> {
        if frames.is_empty() || self.shared.damage_count > 0 {
            return Ok(frames.is_empty());
        }
        let again = Again {
            path: self.path.clone(),
            limits: self.shared.limits.clone(),
        };
        let scratch = Part::later(&again, &Arc::new(AtomicU64::new(0)))?;
        let mut pieces = Pieces {
            facts: self,
            file: open_file(&self.path)?,
            scratch,
            left: frames,
        };
        if frames.len() < WORTH_A_THREAD {
            return Ok(hand_out(std::iter::from_fn(|| pieces.next_piece()), each));
        }
        Ok(beside(pieces, each))
    }

    /// Packets of this part.
    pub(crate) fn packets(&self) -> u64 {
        self.input.packets
    }

    /// True if times never run backwards, neither in either part nor over the cut.
    pub(crate) fn ordered(&self, later: &Facts) -> bool {
        !self.input.unordered && !later.input.unordered && self.before(later)
    }

    fn before(&self, later: &Facts) -> bool {
        match (self.ends, later.ends) {
            (Some((_, last)), Some((first, _))) => last <= first,
            _ => true,
        }
    }

    /// What the whole file says of itself. `None` where it was not cut between two records, or
    /// the earlier part holds what the later one had to know.
    pub(crate) fn join(self, later: Facts) -> Option<Summary> {
        let (input, shared) = (&self.input, &self.shared);
        let whole = shared.damage_count == 0 && !input.cut && input.inner_bytes == later.start;
        let timed = !later
            .shared
            .counts
            .contains_key("packets without a time, given the one before");
        if !whole || !timed || self.shape != later.shape || input.packets == 0 {
            return None;
        }
        let unordered = input.unordered || later.input.unordered || !self.before(&later);
        let mut joined = Summary {
            inputs: Vec::new(),
            interfaces: later.shared.interfaces,
            damages: later.shared.damages,
            damage_count: later.shared.damage_count,
            lost_records: later.shared.lost_records,
            apps: Vec::new(),
            counts: self.shared.counts,
            warnings: self.shared.warnings,
        };
        for (name, count) in later.shared.counts {
            let sum = joined.counts.entry(name).or_default();
            *sum = sum.saturating_add(count);
        }
        let mut apps = self.shared.apps;
        for (uid, name) in later.shared.apps {
            apps.entry(uid).or_insert(name);
        }
        joined.apps = apps.into_iter().collect();
        let input = join_inputs(self.input, later.input);
        joined.inputs.push(Input { unordered, ..input });
        Some(joined)
    }
}

/// Some bytes that are read again, and the packets wanted of them.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
    packets: Vec<(u32, Raw)>,
    /// Not all that was wanted is there.
    broken: bool,
}

/// What is left to be read again.
struct Pieces<'f> {
    facts: &'f Facts,
    file: File,
    scratch: Part,
    left: &'f [u32],
}

impl Pieces<'_> {
    fn next_piece(&mut self) -> Option<Piece> {
        let first = mark_of(*self.left.first()?);
        let mut piece = Piece::default();
        piece.broken = self.read(first, &mut piece).is_none();
        if piece.broken {
            self.left = &[];
        }
        Some(piece)
    }

    /// Reads from one mark on: as many further marks as are wanted and near.
    fn read(&mut self, from: usize, piece: &mut Piece) -> Option<()> {
        let marks = self.facts.marks.as_slice();
        let offset = |mark: usize| marks.get(mark).copied().unwrap_or(self.facts.end);
        let start = *marks.get(from)?;
        let mut to = from;
        let mut near = |frame: &u32| {
            let after = mark_of(*frame).saturating_add(1);
            let fits = offset(after).saturating_sub(start) <= AGAIN
                && offset(after.saturating_sub(1)).saturating_sub(offset(to)) <= GAP;
            if to == from || after <= to || fits {
                to = to.max(after);
                return true;
            }
            false
        };
        let taken = self.left.iter().take_while(|frame| near(frame)).count();
        let (now, later) = self.left.split_at_checked(taken)?;
        self.left = later;
        let len = usize::try_from(offset(to).checked_sub(start)?).ok()?;
        piece.bytes.resize(len, 0);
        self.file.seek(SeekFrom::Start(start)).ok()?;
        self.file.read_exact(&mut piece.bytes).ok()?;
        let number = u32::try_from(from).ok()?.checked_mul(1 << MARK_BITS)?;
        self.scratch.pick(piece, number, now).then_some(())
    }
}

/// Reads on a thread of its own while packets are handed out.
#[expect(
    clippy::disallowed_methods,
    reason = "reading again runs beside the audit"
)]
fn beside(mut pieces: Pieces<'_>, each: &mut Each<'_>) -> bool {
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(PIECES);
        let thread = std::thread::Builder::new().name("again".to_owned());
        let started = thread.spawn_scoped(scope, move || {
            while let Some(piece) = pieces.next_piece() {
                if sender.send(piece).is_err() {
                    return;
                }
            }
        });
        started.is_ok() && hand_out(receiver.into_iter(), each)
    })
}

fn hand_out(pieces: impl Iterator<Item = Piece>, each: &mut Each<'_>) -> bool {
    for piece in pieces {
        if piece.broken {
            return false;
        }
        let packets = piece.packets.iter();
        each(&mut packets.map(|(frame, raw)| raw.packet(&piece.bytes, (*frame).into())));
    }
    true
}

fn join_inputs(mut input: Input, later: Input) -> Input {
    input.stored_bytes = later.stored_bytes;
    input.inner_bytes = later.inner_bytes;
    input.packets = input.packets.saturating_add(later.packets);
    input.time = match (input.time, later.time) {
        (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
        (time, None) | (None, time) => time,
    };
    input.secret_bytes = input.secret_bytes.saturating_add(later.secret_bytes);
    input.resolved_names = input.resolved_names.saturating_add(later.resolved_names);
    for (kind, count) in later.skipped_blocks {
        let sum = input.skipped_blocks.entry(kind).or_default();
        *sum = sum.saturating_add(count);
    }
    for (kind, text) in later.notes {
        note(&mut input.notes, kind, text.bytes());
    }
    input.cut = later.cut;
    let mut more = later.interfaces.into_iter();
    for (interface, more) in input.interfaces.iter_mut().zip(&mut more) {
        join_interfaces(interface, more);
    }
    input.interfaces.extend(more);
    input
}

fn join_interfaces(interface: &mut Interface, later: Interface) {
    let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
    add(&mut interface.packets, later.packets);
    add(&mut interface.cut_packets, later.cut_packets);
    add(&mut interface.cut_bytes, later.cut_bytes);
    interface.received = later.received.or(interface.received);
    interface.dropped_by_interface = later
        .dropped_by_interface
        .or(interface.dropped_by_interface);
    interface.dropped_by_os = later.dropped_by_os.or(interface.dropped_by_os);
    interface.dropped_before_packets = match (
        interface.dropped_before_packets,
        later.dropped_before_packets,
    ) {
        (Some(one), Some(two)) => Some(one.saturating_add(two)),
        (one, two) => one.or(two),
    };
    for (kind, text) in later.notes {
        note(&mut interface.notes, kind, text.bytes());
    }
}

fn mark_of(frame: u32) -> usize {
    usize::try_from(frame.saturating_sub(1) >> MARK_BITS).unwrap_or(usize::MAX)
}

fn open_file(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|err| super::paths::cannot_open(path, err))
}
