//! Capture bytes to packets.
//!
//! In:   files, folders, globs, streams; pcap and pcapng, compressed or not.
//! Out:  [`Packet`]s that borrow from one large reused buffer, batch by batch, in time order
//!       over several inputs; and what each input says about itself.
//! Spec: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
//!
//! Files, decompressors and streams share one loop. No byte of a capture makes an error: what
//! cannot be read is counted as damage with its offset, and reading resumes where the format
//! allows it. A record is never longer than the bytes that are there. Memory is bounded by
//! `Limits::record_bytes`, the decompressors' windows, and the number of inputs that overlap
//! in time.

mod batch;
mod buffer;
mod hash;
mod kept;
mod lane;
mod open;
mod paths;
mod pcap;
mod pcapng;
mod range;
mod sniff;
mod state;
mod stored;
#[cfg(test)]
mod tests;
mod unpack;
mod write;

pub use batch::Batch;
pub use kept::Kept;
pub(crate) use range::{Facts, Part};
pub use write::Writer;

use crate::Error;
use crate::model::{Damage, Input, Limits, Text, Time};
use buffer::Buffer;
use lane::State;
use state::Shared;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One record of a capture, as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Number over all inputs in the order they are audited, from 1.
    pub frame: u64,
    /// When it was captured.
    pub time: Time,
    /// Link type number (LINKTYPE_…).
    pub link: u32,
    /// Index over all interfaces of all inputs, in order of appearance.
    pub interface: u32,
    /// Length on the wire; at least `bytes.len()` unless the file lies.
    pub wire_len: u32,
    /// The bytes captured.
    pub bytes: &'a [u8],
    /// `epb_flags` of pcapng (0 where there are none): direction in the low two bits.
    pub flags: u32,
    /// Unix user id of the app, where the file says so beside the packet (PCAPdroid's pcapng).
    pub uid: Option<u32>,
    /// The first comment of pcapng beside the packet that begins with `phase:`.
    pub comment: Option<&'a [u8]>,
}

/// How inputs are opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Hash every input while it is read.
    pub hash: bool,
    /// Keep waiting at the end of the last file, as `tail -f` does, until this many
    /// milliseconds passed without growth; `None` ends at the end.
    pub follow_millis: Option<u64>,
    /// The budgets.
    pub limits: Limits,
}

/// An open set of captures, read in time order.
pub struct Capture {
    buffers: Vec<Buffer>,
    states: Vec<State>,
    /// Inputs not open yet, in order of their first packet.
    pending: VecDeque<open::Pending>,
    /// The next packet of each open input: its time, then the input.
    heads: BinaryHeap<Reverse<(Time, usize)>>,
    /// Open inputs whose next packet is not known.
    dry: Vec<usize>,
    /// Several inputs; otherwise there is nothing to merge.
    merging: bool,
    shared: Shared,
    hasher: Option<hash::Hasher>,
    progress: Arc<AtomicU64>,
    total: Option<u64>,
}

/// What the inputs said about themselves, once they were read to the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// One for each input, in the order they were opened. `Interface`s are numbered over all
    /// of them in order of appearance: see `interfaces`.
    pub inputs: Vec<Input>,
    /// For each global interface index, the input and the index within it.
    pub interfaces: Vec<(usize, usize)>,
    /// Where files do not hold what their format asks for, up to `Limits::damages`.
    pub damages: Vec<Damage>,
    /// All of those, listed or not.
    pub damage_count: u64,
    /// Records whose head was read but not their bytes.
    pub lost_records: u64,
    /// Unix user ids and their apps (pcapng custom blocks of PEN 62652).
    pub apps: Vec<(u32, Text)>,
    /// What else is worth a number, by name. Names are ours.
    pub counts: BTreeMap<&'static str, u64>,
    /// What else is worth a sentence: files of a folder that are no captures.
    pub warnings: Vec<Text>,
}

impl Capture {
    /// The next packets, or `None` at the end of all inputs. A batch may be empty. Damage is
    /// counted, never an error.
    ///
    /// # Errors
    /// Where the operating system refuses to read.
    pub fn batch(&mut self) -> Result<Option<Batch<'_>>, Error> {
        if self.merging {
            return self.merged();
        }
        let (Some(buffer), Some(state)) = (self.buffers.first_mut(), self.states.first_mut())
        else {
            return Ok(None);
        };
        if state.core.done {
            state.close(buffer);
            return Ok(None);
        }
        state.refill(buffer, &mut self.shared)?;
        Ok(Some(Batch::single(
            buffer.filled(),
            state,
            &mut self.shared,
        )))
    }

    fn merged(&mut self) -> Result<Option<Batch<'_>>, Error> {
        loop {
            while let Some(lane) = self.dry.pop() {
                self.pull(lane)?;
            }
            let head = self.heads.peek().map(|Reverse((time, _))| *time);
            let open_next = match (head, self.pending.front()) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(head), Some(next)) => next.first.is_some_and(|first| first < head),
            };
            if !open_next {
                break;
            }
            self.open_pending()?;
        }
        if self.heads.is_empty() {
            return Ok(None);
        }
        let until = self.pending.front().and_then(|next| next.first);
        Ok(Some(Batch::merged(
            &self.buffers,
            &mut self.states,
            &mut self.heads,
            &mut self.dry,
            until,
            &mut self.shared,
        )))
    }

    /// Finds the next packet of one input, or closes it.
    fn pull(&mut self, lane: usize) -> Result<(), Error> {
        let (Some(buffer), Some(state)) = (self.buffers.get_mut(lane), self.states.get_mut(lane))
        else {
            return Ok(());
        };
        while !state.core.done {
            state.refill(buffer, &mut self.shared)?;
            if let Some(raw) = state.step(buffer.filled(), &mut self.shared) {
                state.head = Some(raw);
                self.heads.push(Reverse((raw.time, lane)));
                return Ok(());
            }
        }
        state.close(buffer);
        Ok(())
    }

    /// Stored bytes read so far, and the size of all inputs where it is known.
    #[must_use]
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.progress.load(Ordering::Relaxed), self.total)
    }

    /// What the inputs said about themselves; waits for the hashes.
    #[must_use]
    pub fn finish(self) -> Summary {
        let (mut summary, digests) = self.end();
        digests.write(&mut summary.inputs);
        summary
    }

    /// What the inputs said about themselves but for their hashes, which may still be under way.
    pub(crate) fn end(mut self) -> (Summary, Digests) {
        for (state, buffer) in self.states.iter_mut().zip(&mut self.buffers) {
            state.close(buffer);
        }
        // The hasher ends when the last feed is gone.
        drop(self.buffers);
        let shared = self.shared;
        let (inputs, hashes) = self.states.into_iter().map(State::into_input).unzip();
        let digests = Digests {
            hasher: self.hasher,
            hashes,
        };
        let summary = Summary {
            inputs,
            interfaces: shared.interfaces,
            damages: shared.damages,
            damage_count: shared.damage_count,
            lost_records: shared.lost_records,
            apps: shared.apps.into_iter().collect(),
            counts: shared.counts,
            warnings: shared.warnings,
        };
        (summary, digests)
    }
}

/// Hashes of inputs that were read to their ends.
pub(crate) struct Digests {
    hasher: Option<hash::Hasher>,
    hashes: Vec<lane::Hashes>,
}

impl Digests {
    /// Waits for the hashes, and writes them to their inputs.
    pub(crate) fn write(self, inputs: &mut [Input]) {
        let digests = self.hasher.map(hash::Hasher::finish).unwrap_or_default();
        let digest = |number: Option<u32>| number.and_then(|number| digests.get(&number).cloned());
        for (input, (stored, inner)) in inputs.iter_mut().zip(self.hashes) {
            input.sha256 = digest(stored);
            input.inner_sha256 = digest(inner);
        }
    }
}

/// Reads every packet of a capture in memory: the entry point of the fuzz targets.
#[cfg(feature = "fuzzing")]
pub fn fuzz(bytes: &[u8]) {
    let reader = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let Ok(mut capture) = Capture::from_reader("fuzz", reader, &Options::default()) else {
        return;
    };
    let mut sum = 0usize;
    while let Ok(Some(batch)) = capture.batch() {
        sum = batch.fold(sum, |sum, packet| sum.wrapping_add(packet.bytes.len()));
    }
    std::hint::black_box((sum, capture.finish()));
}
