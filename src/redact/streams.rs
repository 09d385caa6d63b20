//! The first bytes of every stream, put in order, and what becomes of them.
//!
//! In:   segments of TCP and of QUIC's handshakes, in any order.
//! Out:  the bytes that stand in their places: of a stream that was read as a whole, so that a
//!       name that lies over two segments is seen, and a retransmission is the same again.
//!
//! Bounded: bytes of a stream, of all streams, and holes in one. What is beyond is blank.

use super::transport::Half;
use std::collections::HashMap;

type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

/// Bytes of a stream that are read, and of one that is text.
const FIRST_BYTES: usize = 24 << 10;
const TEXT_BYTES: usize = 1 << 20;
/// Bytes held over all streams: as they were, and rewritten.
const MOST_WAITING: usize = 256 << 20;
const MOST_MADE: usize = 1 << 30;
/// Pieces of one stream that wait for what is between them.
const MOST_PIECES: usize = 64;
/// Connections one after the other between the same ports.
const MOST_GENERATIONS: usize = 64;

/// Which stream.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Key {
    Tcp(Half),
    /// The handshake of a QUIC connection, by the id that its keys come from.
    Quic(Half, Box<[u8]>),
}

/// All streams.
#[derive(Default)]
pub(super) struct Streams {
    of: Map<Key, Vec<Stream>>,
    waiting: usize,
    made: usize,
    /// Streams that found no room.
    pub(super) crowded: u64,
}

struct Stream {
    start: u32,
    bytes: Vec<u8>,
    /// Runs of bytes that are there: start and end, in order, not touching.
    runs: Vec<(usize, usize)>,
    /// What stands in their place, as far as it is not blank.
    made: Option<Box<[u8]>>,
}

impl Stream {
    fn new(start: u32) -> Self {
        Stream {
            start,
            bytes: Vec::new(),
            runs: Vec::new(),
            made: None,
        }
    }

    /// Bytes from the start without a hole.
    fn whole(&self) -> &[u8] {
        let end = match self.runs.first() {
            Some((0, end)) => *end,
            _ => 0,
        };
        self.bytes.get(..end).unwrap_or_default()
    }

    fn add(&mut self, at: usize, bytes: &[u8]) {
        let end = at.saturating_add(bytes.len());
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        // What came first counts.
        let mut from = at;
        let mut free = Vec::new();
        for (start, stop) in &self.runs {
            if *start >= end {
                break;
            }
            if *start > from {
                free.push((from, (*start).min(end)));
            }
            from = from.max(*stop);
        }
        if from < end {
            free.push((from, end));
        }
        for (start, stop) in free {
            let source = bytes.get(start.saturating_sub(at)..stop.saturating_sub(at));
            if let (Some(source), Some(place)) = (source, self.bytes.get_mut(start..stop)) {
                place.copy_from_slice(source);
            }
            self.run(start, stop);
        }
    }

    fn run(&mut self, start: usize, stop: usize) {
        let at = self.runs.partition_point(|(_, end)| *end < start);
        let (mut start, mut stop) = (start, stop);
        while let Some((from, to)) = self.runs.get(at).copied().filter(|(from, _)| *from <= stop) {
            start = start.min(from);
            stop = stop.max(to);
            self.runs.remove(at);
        }
        if self.runs.len() < MOST_PIECES {
            self.runs.insert(at, (start, stop));
        }
    }
}

impl Streams {
    /// A connection begins with this number.
    pub(super) fn begin(&mut self, key: Key, start: u32) {
        let streams = self.of.entry(key).or_default();
        let is_known = streams.iter().any(|stream| stream.start == start);
        if !is_known && streams.len() < MOST_GENERATIONS {
            streams.push(Stream::new(start));
        }
    }

    /// Bytes of a stream. When enough is there, `make` says what becomes of it.
    pub(super) fn push(
        &mut self,
        key: Key,
        seq: u32,
        bytes: &[u8],
        make: impl FnOnce(&Key, &[u8]) -> Vec<u8>,
    ) {
        if bytes.is_empty() {
            return;
        }
        let streams = self.of.entry(key.clone()).or_default();
        if streams.is_empty() {
            streams.push(Stream::new(seq));
        }
        let Some((stream, at)) = place(streams, seq) else {
            return;
        };
        if stream.made.is_some() {
            return;
        }
        let most = if is_text(&stream.bytes) || is_text(bytes) {
            TEXT_BYTES
        } else {
            FIRST_BYTES
        };
        let had = stream.bytes.len();
        if at < most {
            let room = most.saturating_sub(at).min(bytes.len());
            stream.add(at, bytes.get(..room).unwrap_or_default());
        }
        let more = stream.bytes.len().saturating_sub(had);
        self.waiting = self.waiting.saturating_add(more);
        if stream.whole().len() >= most || self.waiting > MOST_WAITING {
            if self.waiting > MOST_WAITING {
                self.crowded = self.crowded.saturating_add(1);
            }
            let made = make(&key, stream.whole());
            settle(stream, made, &mut self.waiting, &mut self.made);
        }
    }

    /// Every stream that is still open.
    pub(super) fn finish(&mut self, mut make: impl FnMut(&Key, &[u8]) -> Vec<u8>) {
        // In the order of the keys' text: names get their pseudonyms in it.
        let mut keys: Vec<&Key> = self.of.keys().collect();
        keys.sort_by_key(|key| format!("{key:?}"));
        let keys: Vec<Key> = keys.into_iter().cloned().collect();
        for key in keys {
            for stream in self.of.get_mut(&key).into_iter().flatten() {
                if stream.made.is_none() {
                    let made = make(&key, stream.whole());
                    settle(stream, made, &mut self.waiting, &mut self.made);
                }
            }
        }
    }

    /// What stands in the place of bytes of a stream, from an offset into them on.
    pub(super) fn made(&self, key: &Key, seq: u32, len: usize) -> Option<(usize, &[u8])> {
        let streams = self.of.get(key)?;
        let found = streams.iter().rev().find_map(|stream| {
            let at = usize::try_from(seq.wrapping_sub(stream.start)).ok()?;
            (at < TEXT_BYTES).then_some((stream, at))
        });
        let (stream, at) = found?;
        let made = stream.made.as_deref()?;
        let end = at.saturating_add(len).min(made.len());
        Some((0, made.get(at..end)?))
    }
}

/// The newest connection that the number can belong to.
fn place(streams: &mut [Stream], seq: u32) -> Option<(&mut Stream, usize)> {
    streams.iter_mut().rev().find_map(|stream| {
        let at = usize::try_from(seq.wrapping_sub(stream.start)).ok()?;
        (at < TEXT_BYTES).then_some((stream, at))
    })
}

fn settle(stream: &mut Stream, made: Vec<u8>, waiting: &mut usize, held: &mut usize) {
    *waiting = waiting.saturating_sub(stream.bytes.len());
    stream.bytes = Vec::new();
    stream.runs = Vec::new();
    let end = made
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at.saturating_add(1));
    let made: Box<[u8]> = made.get(..end).unwrap_or_default().into();
    let room = held.saturating_add(made.len()) <= MOST_MADE;
    *held = held.saturating_add(if room { made.len() } else { 0 });
    stream.made = Some(if room { made } else { Box::default() });
}

/// True for what begins like a line.
fn is_text(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(8)).unwrap_or_default();
    start.len() >= 4
        && start
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> Key {
        let half = Half {
            src: [10, 0, 0, 1].into(),
            dst: [192, 0, 2, 1].into(),
            src_port: 1,
            dst_port: 2,
        };
        Key::Tcp(half)
    }

    proptest! {
        /// Any order, overlap and repetition gives the bytes in their places.
        #[test]
        fn pieces_come_together(
            bytes in proptest::collection::vec(1_u8.., 1..200),
            cuts in proptest::collection::vec((0_usize..200, 1_usize..60), 0..40),
            start: u32,
        ) {
            let mut streams = Streams::default();
            let seq = |at: usize| start.wrapping_add(u32::try_from(at).unwrap());
            streams.begin(key(), start);
            let whole = [(0, bytes.len())];
            for (at, len) in cuts.iter().chain(&whole) {
                let at = (*at).min(bytes.len());
                let end = (at + len).min(bytes.len());
                streams.push(key(), seq(at), &bytes[at..end], |_, bytes| bytes.to_vec());
            }
            streams.finish(|_, bytes| bytes.to_vec());
            let made = streams.made(&key(), start, bytes.len()).unwrap();
            prop_assert_eq!(made, (0, &bytes[..]));
        }
    }
}
