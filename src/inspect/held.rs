//! Bytes of a stream that wait for a probe to be sure.
//!
//! In:   the first chunks of both sides.
//! Out:  a prefix of each side for the probes; later all of them, for the reader, as they came.
//!
//! How much is held is decided by the caller, who asks after each chunk.

use super::{Out, State, Step};
use crate::model::{Chunk, Side, Time};

/// Bytes of both sides that wait for a probe to be sure, and the order in which they came.
#[derive(Default)]
pub(super) struct Held {
    sides: [Vec<u8>; 2],
    pub(super) pieces: Vec<Piece>,
    /// Bytes lost before those that are held.
    lost: [u64; 2],
    /// No probe knows what that side sent so far.
    closed: [bool; 2],
    pub(super) gaps: u8,
}

/// A run of held bytes from one side, and the frame that brought the last of them.
pub(super) struct Piece {
    from: Side,
    len: usize,
    frame: u64,
    time: Time,
}

impl Held {
    pub(super) fn side(&self, side: Side) -> &[u8] {
        let [client, server] = &self.sides;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    pub(super) fn is_closed(&self, side: Side) -> bool {
        let [client, server] = self.closed;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    pub(super) fn set_closed(&mut self, side: Side, closed: bool) {
        if let Some(place) = self.closed.get_mut(side.index()) {
            *place = closed;
        }
    }

    pub(super) fn keep(&mut self, chunk: &Chunk<'_>) {
        if let Some(bytes) = self.sides.get_mut(chunk.from.index()) {
            bytes.extend_from_slice(chunk.bytes);
        }
        match self.pieces.last_mut() {
            Some(last) if last.from == chunk.from => {
                last.len = last.len.saturating_add(chunk.bytes.len());
                last.frame = chunk.frame;
                last.time = chunk.time;
            }
            _ => self.pieces.push(Piece {
                from: chunk.from,
                len: chunk.bytes.len(),
                frame: chunk.frame,
                time: chunk.time,
            }),
        }
    }

    /// What one side sent before a hole is no prefix of anything: it is dropped, and the bytes
    /// after the hole are probed as if they came first.
    pub(super) fn lose(&mut self, side: Side, bytes: u64) {
        self.gaps = self.gaps.saturating_add(1);
        if let Some(lost) = self.lost.get_mut(side.index()) {
            *lost = lost.saturating_add(bytes);
        }
        if let Some(held) = self.sides.get_mut(side.index()) {
            held.clear();
        }
        self.pieces.retain(|piece| piece.from != side);
        self.set_closed(side, false);
    }

    /// Hands the held bytes to a reader, in the order in which they came, as far as it wants
    /// them. A side that lost bytes and did not settle the matter starts with a gap.
    pub(super) fn replay(&self, state: &mut State, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let other = chunk.from.other();
        let lost = self.lost.get(other.index()).copied().unwrap_or(0);
        if lost > 0 {
            let step = state.gap(other, lost, out);
            if step != Step::More {
                return step;
            }
        }
        let [mut client, mut server] = [self.side(Side::Client), self.side(Side::Server)];
        let mut step = Step::More;
        for piece in &self.pieces {
            let rest = match piece.from {
                Side::Client => &mut client,
                Side::Server => &mut server,
            };
            let (bytes, after) = rest.split_at(piece.len.min(rest.len()));
            *rest = after;
            match step {
                Step::More => {
                    step = state.push(
                        &Chunk {
                            bytes,
                            from: piece.from,
                            frame: piece.frame,
                            time: piece.time,
                            ..*chunk
                        },
                        out,
                    );
                }
                // What came after the switch belongs to the next protocol too.
                Step::Switch => {
                    if let Some(rest) = out.rest.get_mut(piece.from.index()) {
                        rest.extend_from_slice(bytes);
                    }
                }
                Step::Done | Step::NotMine => break,
            }
        }
        step
    }

    pub(super) fn buffered(&self) -> usize {
        let bytes: usize = self.sides.iter().map(Vec::capacity).sum();
        bytes.saturating_add(self.pieces.capacity().saturating_mul(size_of::<Piece>()))
    }
}
