//! The bytes of one direction of a TCP flow, in order.
//!
//! In:   segments in any order, with any overlap.
//! Out:  each byte once, in sequence, the first copy seen winning; or the length of a hole.
//! Spec: RFC 9293 §3.4 (sequence numbers), §3.10.7.4 (segments outside the window).
//!
//! Segments that arrive early wait in a tree, so that any order costs n log n; what may wait
//! is bounded, and beyond the bound the hole before it is given up and told.

use crate::model::Time;
use std::collections::BTreeMap;
use std::num::NonZeroU64;

/// What a stream has for its reader.
pub(crate) enum Piece<'a> {
    /// The next bytes.
    Bytes {
        bytes: &'a [u8],
        frame: u64,
        time: Time,
    },
    /// This many bytes were never seen.
    Gap(u64),
}

/// One segment's payload.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a> {
    /// Sequence number of the first byte of `bytes`.
    pub(crate) seq: u32,
    pub(crate) bytes: &'a [u8],
    /// Bytes as sent: more than `bytes.len()` where the snaplen cut.
    pub(crate) len: u32,
    pub(crate) frame: u64,
    pub(crate) time: Time,
}

/// How much may wait, over all streams and in one.
pub(crate) struct Budget {
    pub(crate) held: usize,
    /// The most that was held at once.
    pub(crate) peak: usize,
    pub(crate) all: usize,
    pub(crate) each: usize,
}

#[derive(Default)]
pub(crate) struct Stream {
    /// Position of the next byte: its low 32 bits are the sequence number. Never 0: see
    /// [`BASE`].
    next: Option<NonZeroU64>,
    waiting: Option<Box<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    segments: BTreeMap<u64, Early>,
    cost: usize,
}

struct Early {
    bytes: Box<[u8]>,
    len: u32,
    frame: u64,
    time: Time,
}

/// What one waiting segment costs beside its bytes.
const OVERHEAD: usize = 96;
/// A segment this far ahead does not belong to the stream as we know it.
const FAR: u64 = 1 << 30;

impl Stream {
    /// A SYN with this sequence number was seen: data begins one further.
    pub(crate) fn open(&mut self, seq: u32) {
        if self.next.is_none() {
            self.next = first(seq.wrapping_add(1));
        }
    }

    /// True if nothing waits behind a hole.
    pub(crate) fn is_whole(&self) -> bool {
        self.waiting.is_none()
    }

    /// Takes one segment; `give` gets what follows from it, and says whether more is wanted.
    /// Returns false once it is not.
    pub(crate) fn push(
        &mut self,
        data: Data<'_>,
        budget: &mut Budget,
        give: &mut dyn FnMut(Piece<'_>) -> bool,
    ) -> bool {
        // Midstream: the first byte seen is the first byte there is.
        let next = match self.next {
            Some(next) => next.get(),
            None => {
                self.next = first(data.seq);
                u64::from(data.seq) | BASE
            }
        };
        let start = position(data.seq, next);
        let end = start.saturating_add(data.len.into());
        if end <= next {
            return true; // Seen before: a retransmission or a keep-alive.
        }
        if start > next {
            if start.wrapping_sub(next) > FAR {
                return true; // Not of this stream: an old duplicate, or a lie.
            }
            self.hold(start, data, budget);
            return self.relieve(budget, give);
        }
        self.deliver(start, data, give) && (self.waiting.is_none() || self.drain(budget, give))
    }

    /// The other end acknowledged up to `ack`: what is missing before it will not come again,
    /// so that what waits behind the hole can be read.
    pub(crate) fn acknowledged(
        &mut self,
        ack: u32,
        budget: &mut Budget,
        give: &mut dyn FnMut(Piece<'_>) -> bool,
    ) -> bool {
        let (Some(next), Some(waiting)) = (self.next, &self.waiting) else {
            return true;
        };
        let next = next.get();
        let ack = position(ack, next);
        match waiting.segments.first_key_value() {
            Some((start, _)) if ack >= *start && ack.wrapping_sub(next) <= FAR => {
                self.skip_hole(budget, give)
            }
            _ => true,
        }
    }

    /// The flow ended: what waits is given up with the holes before it.
    pub(crate) fn finish(&mut self, budget: &mut Budget, give: &mut dyn FnMut(Piece<'_>) -> bool) {
        let mut wanted = true;
        while wanted && self.waiting.is_some() {
            wanted = self.skip_hole(budget, give);
        }
        self.forget(budget);
    }

    /// Drops what waits; nobody will read it.
    pub(crate) fn forget(&mut self, budget: &mut Budget) {
        if let Some(waiting) = self.waiting.take() {
            budget.held = budget.held.saturating_sub(waiting.cost);
        }
    }

    /// Hands out the part of `data` from `next` on. `data` begins at or before `next`.
    fn deliver(
        &mut self,
        start: u64,
        data: Data<'_>,
        give: &mut dyn FnMut(Piece<'_>) -> bool,
    ) -> bool {
        let next = self.next.map_or(start, NonZeroU64::get);
        let end = start.saturating_add(data.len.into());
        let seen = usize::try_from(next.saturating_sub(start)).unwrap_or(usize::MAX);
        let fresh = data.bytes.get(seen..).unwrap_or_default();
        self.next = NonZeroU64::new(end);
        let mut wanted = true;
        if !fresh.is_empty() {
            wanted = give(Piece::Bytes {
                bytes: fresh,
                frame: data.frame,
                time: data.time,
            });
        }
        let captured = next.saturating_add(u64::try_from(fresh.len()).unwrap_or(0));
        if wanted && end > captured {
            // Cut by the snaplen: sent, but not in the capture.
            wanted = give(Piece::Gap(end.saturating_sub(captured)));
        }
        wanted
    }

    fn hold(&mut self, start: u64, data: Data<'_>, budget: &mut Budget) {
        let waiting = self.waiting.get_or_insert_default();
        let early = Early {
            bytes: data.bytes.into(),
            len: data.len,
            frame: data.frame,
            time: data.time,
        };
        let cost = data.bytes.len().saturating_add(OVERHEAD);
        match waiting.segments.entry(start) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(early);
            }
            // The first copy wins, unless it was the shorter one: of a longer retransmission
            // only the longer tail matters, and it begins with the same bytes.
            std::collections::btree_map::Entry::Occupied(mut place) => {
                if place.get().len >= data.len {
                    return;
                }
                let first = &place.get().bytes;
                let mut bytes = Vec::with_capacity(data.bytes.len());
                bytes.extend_from_slice(first);
                bytes.extend_from_slice(data.bytes.get(first.len()..).unwrap_or_default());
                place.insert(Early {
                    bytes: bytes.into(),
                    ..early
                });
            }
        }
        waiting.cost = waiting.cost.saturating_add(cost);
        budget.held = budget.held.saturating_add(cost);
        budget.peak = budget.peak.max(budget.held);
    }

    /// Gives up holes until what waits is within the budget.
    fn relieve(&mut self, budget: &mut Budget, give: &mut dyn FnMut(Piece<'_>) -> bool) -> bool {
        while self
            .waiting
            .as_ref()
            .is_some_and(|waiting| waiting.cost > budget.each || budget.held > budget.all)
        {
            if !self.skip_hole(budget, give) {
                return false;
            }
        }
        true
    }

    /// Tells the hole before the first waiting segment, then hands out what follows it.
    fn skip_hole(&mut self, budget: &mut Budget, give: &mut dyn FnMut(Piece<'_>) -> bool) -> bool {
        let start = self
            .waiting
            .as_ref()
            .and_then(|waiting| waiting.segments.first_key_value().map(|(start, _)| *start));
        let (Some(start), Some(next)) = (start, self.next.map(NonZeroU64::get)) else {
            self.forget(budget);
            return true;
        };
        if start > next {
            self.next = NonZeroU64::new(start);
            if !give(Piece::Gap(start.saturating_sub(next))) {
                return false;
            }
        }
        self.drain(budget, give)
    }

    /// Hands out what waits for as long as it follows without a hole.
    fn drain(&mut self, budget: &mut Budget, give: &mut dyn FnMut(Piece<'_>) -> bool) -> bool {
        loop {
            let next = self.next.map_or(0, NonZeroU64::get);
            let Some(waiting) = &mut self.waiting else {
                return true;
            };
            let Some(first) = waiting.segments.first_entry() else {
                self.forget(budget);
                return true;
            };
            let start = *first.key();
            if start > next {
                return true;
            }
            let early = first.remove();
            let cost = early.bytes.len().saturating_add(OVERHEAD);
            waiting.cost = waiting.cost.saturating_sub(cost);
            budget.held = budget.held.saturating_sub(cost);
            if start.saturating_add(early.len.into()) <= next {
                continue;
            }
            let data = Data {
                seq: 0,
                bytes: &early.bytes,
                len: early.len,
                frame: early.frame,
                time: early.time,
            };
            if !self.deliver(start, data, give) {
                return false;
            }
        }
    }
}

/// Positions begin well above 0, so that data before the first byte seen has one too.
const BASE: u64 = 1 << 33;

/// The position of the first byte of a stream.
fn first(seq: u32) -> Option<NonZeroU64> {
    NonZeroU64::new(u64::from(seq) | BASE)
}

/// The position nearest to `near` whose low 32 bits are `seq`.
fn position(seq: u32, near: u64) -> u64 {
    let [_, _, _, _, a, b, c, d] = near.to_be_bytes();
    let distance = seq.wrapping_sub(u32::from_be_bytes([a, b, c, d]));
    let distance = i64::from(i32::from_ne_bytes(distance.to_ne_bytes()));
    near.saturating_add_signed(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pushes `(seq, bytes, sent length)` and returns what came out, holes as `[n]`.
    fn read(open: Option<u32>, segments: &[(u32, &[u8], u32)], each: usize) -> String {
        let mut stream = Stream::default();
        let mut budget = Budget {
            held: 0,
            peak: 0,
            all: 1 << 20,
            each,
        };
        let mut out = String::new();
        if let Some(seq) = open {
            stream.open(seq);
        }
        let mut give = |piece: Piece<'_>| {
            match piece {
                Piece::Bytes { bytes, .. } => out += &bytes.escape_ascii().to_string(),
                Piece::Gap(bytes) => out += &format!("[{bytes}]"),
            }
            true
        };
        for (frame, (seq, bytes, len)) in segments.iter().enumerate() {
            let data = Data {
                seq: *seq,
                bytes,
                len: *len,
                frame: frame as u64,
                time: Time(0),
            };
            stream.push(data, &mut budget, &mut give);
        }
        stream.finish(&mut budget, &mut give);
        assert_eq!(budget.held, 0, "every waiting byte is given back");
        out
    }

    #[track_caller]
    fn check(open: Option<u32>, segments: &[(u32, &[u8])], want: &str) {
        let segments: Vec<_> = segments
            .iter()
            .map(|(seq, bytes)| (*seq, *bytes, u32::try_from(bytes.len()).unwrap_or(0)))
            .collect();
        assert_eq!(read(open, &segments, 1 << 20), want);
    }

    #[test]
    fn puts_segments_in_order() {
        check(Some(9), &[(10, b"ab"), (12, b"cd")], "abcd");
        check(Some(9), &[(12, b"cd"), (10, b"ab")], "abcd");
        check(None, &[(10, b"ab"), (12, b"cd")], "abcd");
    }

    #[test]
    fn the_first_copy_wins() {
        check(Some(9), &[(10, b"ab"), (10, b"XY"), (11, b"Zc")], "abc");
        check(
            Some(9),
            &[(12, b"cd"), (12, b"XYef"), (10, b"ab")],
            "abcdef",
        );
        check(Some(9), &[(13, b"d"), (12, b"XY"), (10, b"ab")], "abXY");
    }

    #[test]
    fn sequence_numbers_wrap() {
        check(
            Some(u32::MAX - 2),
            &[(u32::MAX - 1, b"ab"), (1, b"de"), (0, b"c")],
            "abcde",
        );
    }

    #[test]
    fn keep_alives_say_nothing() {
        check(Some(9), &[(10, b"ab"), (11, b"\0"), (12, b"c")], "abc");
    }

    #[test]
    fn tells_holes() {
        check(Some(9), &[(10, b"ab"), (15, b"c")], "ab[3]c");
        assert_eq!(
            read(Some(9), &[(10, b"ab", 10), (20, b"c", 1)], 64),
            "ab[8]c"
        );
    }

    #[test]
    fn what_waits_is_bounded() {
        let block = [b'x'; 64];
        let segments: Vec<_> = (0..100u32)
            .map(|n| (100 + 64 * n, &block[..], 64))
            .collect();
        let out = read(Some(9), &segments, 2048);
        assert!(out.starts_with("[90]xxx"), "the hole is given up: {out}");
        assert_eq!(out.len(), 4 + 6400);
    }

    proptest! {
        /// Any cut, any order, any repetition of a stream that is whole gives the stream.
        #[test]
        fn any_order_gives_the_same_bytes(
            cuts in prop::collection::vec((0usize..200, 1usize..40), 1..60),
            start in any::<u32>(),
        ) {
            let whole: Vec<u8> = (0u8..=255).collect();
            let mut segments: Vec<(u32, &[u8], u32)> = Vec::new();
            let parts = cuts.iter().map(|(from, len)| (*from, (*from + *len).min(240)));
            for (from, to) in parts.chain((0..8).map(|n| (n * 30, n * 30 + 30))) {
                let seq = start.wrapping_add(1).wrapping_add(u32::try_from(from).unwrap());
                segments.push((seq, &whole[from..to], u32::try_from(to - from).unwrap()));
            }
            let out = read(Some(start), &segments, 1 << 20);
            prop_assert_eq!(out, whole[..240].escape_ascii().to_string());
        }
    }
}
