//! Packets that stand in the buffers at once.
//!
//! In:   filled buffers.
//! Out:  packets, until a buffer has no whole record left.

use super::Packet;
use super::buffer::Buffer;
use super::lane::State;
use super::state::Shared;
use crate::model::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Packets that stand in memory at once: all of them live as long as the batch's borrow, so
/// that many can be held together.
pub struct Batch<'a>(Inner<'a>);

enum Inner<'a> {
    Single {
        bytes: &'a [u8],
        state: &'a mut State,
        shared: &'a mut Shared,
    },
    Merged(Merged<'a>),
}

struct Merged<'a> {
    buffers: &'a [Buffer],
    states: &'a mut [State],
    heads: &'a mut BinaryHeap<Reverse<(Time, usize)>>,
    dry: &'a mut Vec<usize>,
    /// The next input to be opened has packets from here on.
    until: Option<Time>,
    shared: &'a mut Shared,
}

impl<'a> Batch<'a> {
    pub(super) fn single(bytes: &'a [u8], state: &'a mut State, shared: &'a mut Shared) -> Self {
        Batch(Inner::Single {
            bytes,
            state,
            shared,
        })
    }

    pub(super) fn merged(
        buffers: &'a [Buffer],
        states: &'a mut [State],
        heads: &'a mut BinaryHeap<Reverse<(Time, usize)>>,
        dry: &'a mut Vec<usize>,
        until: Option<Time>,
        shared: &'a mut Shared,
    ) -> Self {
        Batch(Inner::Merged(Merged {
            buffers,
            states,
            heads,
            dry,
            until,
            shared,
        }))
    }
}

impl<'a> Iterator for Batch<'a> {
    type Item = Packet<'a>;

    #[inline]
    fn next(&mut self) -> Option<Packet<'a>> {
        match &mut self.0 {
            Inner::Single {
                bytes,
                state,
                shared,
            } => {
                let raw = state.step(bytes, shared)?;
                shared.frame = shared.frame.wrapping_add(1);
                Some(raw.packet(bytes, shared.frame))
            }
            Inner::Merged(merged) => merged.next(),
        }
    }
}

impl<'a> Merged<'a> {
    fn next(&mut self) -> Option<Packet<'a>> {
        // An input that ran dry may hold the next packet: it must be filled first.
        if !self.dry.is_empty() {
            return None;
        }
        let mut top = self.heads.peek_mut()?;
        let Reverse((time, lane)) = *top;
        if self.until.is_some_and(|until| until < time) {
            return None;
        }
        let state = self.states.get_mut(lane)?;
        let bytes = self.buffers.get(lane)?.filled();
        let raw = state.head.take()?;
        match state.step(bytes, self.shared) {
            Some(next) => {
                *top = Reverse((next.time, lane));
                state.head = Some(next);
            }
            None => {
                PeekMut::pop(top);
                self.dry.push(lane);
            }
        }
        self.shared.frame = self.shared.frame.wrapping_add(1);
        Some(raw.packet(bytes, self.shared.frame))
    }
}
