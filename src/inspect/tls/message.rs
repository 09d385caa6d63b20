//! Pieces of handshake records to whole handshake messages.
//!
//! In:   handshake bytes of one direction, cut anywhere.
//! Out:  each message: its type and its body.
//! Spec: RFC 8446 §4: a type byte, three bytes of length, the body.
//!
//! Holds at most one message of [`MAX_MESSAGE`] bytes; a longer one is skipped. A message that
//! lies whole in the input is not copied.

use super::tell::Seen;
use crate::wire::Cursor;

/// The message being put together. Small: nearly every message lies whole in its input.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    held: Option<Box<Held>>,
    /// Bytes of an overlong message still to be thrown away.
    skip: u32,
}

/// The beginning of a message, never empty.
#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    /// The last chunk of this direction.
    last: Option<Seen>,
}

/// What [`Messages::next`] found.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    Message {
        kind: u8,
        body: &'a [u8],
    },
    /// A message that is too long to keep begins here.
    TooLong,
    /// The input is used up.
    Nothing,
}

impl Messages {
    /// The next message. `spare` receives one that had to be put together.
    pub(crate) fn next<'s, 'a: 's>(
        &mut self,
        input: &mut Cursor<'a>,
        spare: &'s mut Vec<u8>,
    ) -> Found<'s> {
        self.skip_some(input);
        if input.is_empty() {
            return Found::Nothing;
        }
        if self.held.is_none() {
            if declared(input.rest()).is_some_and(|len| len > MAX_MESSAGE) {
                return self.too_long(input);
            }
            if let Some((kind, body)) = whole(input) {
                return Found::Message { kind, body };
            }
        }
        let held = &mut self.held.get_or_insert_default().bytes;
        if held.len() < HEADER_LEN {
            let missing = HEADER_LEN.saturating_sub(held.len());
            held.extend_from_slice(input.take_up_to(missing));
        }
        let Some(len) = declared(held) else {
            return Found::Nothing;
        };
        if len > MAX_MESSAGE {
            self.held = None;
            self.skip = rest_of(len.saturating_sub(HEADER_LEN));
            return Found::TooLong;
        }
        let missing = len.saturating_sub(held.len());
        held.extend_from_slice(input.take_up_to(missing));
        if held.len() < len {
            return Found::Nothing;
        }
        *spare = self.held.take().unwrap_or_default().bytes;
        match whole(&mut Cursor::new(spare)) {
            Some((kind, body)) => Found::Message { kind, body },
            None => Found::Nothing,
        }
    }

    /// Remembers the chunk that was read last, if the beginning of a message is held: that is
    /// where it will be said to come from if nothing follows.
    pub(crate) fn see(&mut self, seen: &Seen) {
        if let Some(held) = &mut self.held {
            held.last = Some(*seen);
        }
    }

    /// The beginning of a message that is not whole: its type, what is there of its body,
    /// and the last chunk of its direction.
    pub(crate) fn unfinished(&self) -> Option<(u8, &[u8], Seen)> {
        let held = self.held.as_ref()?;
        let mut bytes = Cursor::new(&held.bytes);
        let kind = bytes.u8("msg_type").ok()?;
        bytes.skip("length", 3).ok()?;
        Some((kind, bytes.rest(), held.last?))
    }

    pub(crate) fn clear(&mut self) {
        *self = Messages::default();
    }

    /// Bytes held.
    pub(crate) fn buffered(&self) -> usize {
        self.held.as_ref().map_or(0, |held| held.bytes.capacity())
    }

    fn too_long(&mut self, input: &mut Cursor<'_>) -> Found<'static> {
        self.skip = rest_of(declared(input.rest()).unwrap_or_default());
        self.skip_some(input);
        Found::TooLong
    }

    fn skip_some(&mut self, input: &mut Cursor<'_>) {
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX);
        let skipped = input.take_up_to(skip);
        self.skip = rest_of(skip.saturating_sub(skipped.len()));
    }
}

/// Lengths have three bytes.
fn rest_of(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Takes one message if all of it is there.
fn whole<'a>(input: &mut Cursor<'a>) -> Option<(u8, &'a [u8])> {
    let mut ahead = *input;
    let kind = ahead.u8("msg_type").ok()?;
    let body = ahead.vector("body", 3).ok()?;
    *input = ahead;
    Some((kind, body))
}

/// Length of the message that begins here, header included, once its header is there.
fn declared(bytes: &[u8]) -> Option<usize> {
    let mut header = Cursor::new(bytes);
    header.skip("msg_type", 1).ok()?;
    let len = usize::try_from(header.u24("length").ok()?).ok()?;
    len.checked_add(HEADER_LEN)
}

const HEADER_LEN: usize = 4;
/// Longest message that is put together: what one direction of a reader may hold.
const MAX_MESSAGE: usize = 64 << 10;

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_gives_the_same_messages() {
        let bytes = [
            super::super::testing::message(1, b"one"),
            super::super::testing::message(11, b""),
            super::super::testing::message(14, &[9; 300]),
        ]
        .concat();
        for size in 1..=bytes.len() {
            let mut messages = Messages::default();
            let mut got = Vec::new();
            for part in bytes.chunks(size) {
                let mut input = Cursor::new(part);
                loop {
                    let mut spare = Vec::new();
                    match messages.next(&mut input, &mut spare) {
                        Found::Message { kind, body } => got.push((kind, body.len())),
                        Found::TooLong => got.push((0, 0)),
                        Found::Nothing => break,
                    }
                }
            }
            assert_eq!(got, [(1, 3), (11, 0), (14, 300)], "pieces of {size}");
        }
    }

    #[test]
    fn an_overlong_message_is_skipped_not_kept() {
        let long = super::super::testing::message(11, &vec![0; MAX_MESSAGE]);
        let bytes = [long, super::super::testing::message(14, b"")].concat();
        for size in [1, 3, 1000, bytes.len()] {
            let mut messages = Messages::default();
            let mut got = Vec::new();
            for part in bytes.chunks(size) {
                let mut input = Cursor::new(part);
                loop {
                    let mut spare = Vec::new();
                    match messages.next(&mut input, &mut spare) {
                        Found::Message { kind, .. } => got.push(kind),
                        Found::TooLong => got.push(0),
                        Found::Nothing => break,
                    }
                }
                assert!(messages.buffered() < 100);
            }
            assert_eq!(got, [0, 14], "pieces of {size}");
        }
    }
}
