//! The record layer of one direction: records to pieces of their bodies.
//!
//! In:   in-order bytes of one direction, cut anywhere.
//! Out:  pieces of record bodies with the record's type.
//! Spec: RFC 8446 §5.1, RFC 5246 §6.2.1.
//!
//! Holds at most a record header. Bodies are handed on as they come.

use crate::wire::{Cursor, Malformed};

/// Where the reader stands within a record.
#[derive(Debug, Default)]
pub(crate) struct Records {
    header: [u8; HEADER_LEN],
    header_len: u8,
    kind: u8,
    body_len: u16,
    body_left: u16,
    /// A header was read: this is a stream of records, or was.
    begun: bool,
}

/// A piece of one record's body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Piece<'a> {
    pub(crate) kind: u8,
    pub(crate) bytes: &'a [u8],
    /// Length of the whole body.
    pub(crate) body_len: usize,
    /// This piece starts the body.
    pub(crate) first: bool,
}

impl Records {
    /// The next piece, or `None` when `input` is used up.
    pub(crate) fn next<'a>(
        &mut self,
        input: &mut Cursor<'a>,
    ) -> Result<Option<Piece<'a>>, Malformed> {
        let mut first = false;
        if self.body_left == 0 {
            if !self.header(input)? {
                return Ok(None);
            }
            first = true;
        }
        let bytes = input.take_up_to(self.body_left.into());
        let taken = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        self.body_left = self.body_left.saturating_sub(taken);
        if bytes.is_empty() && self.body_left > 0 && !first {
            return Ok(None);
        }
        Ok(Some(Piece {
            kind: self.kind,
            bytes,
            body_len: self.body_len.into(),
            first,
        }))
    }

    /// `bytes` bytes are missing. True if the reader still knows where it stands: they lay
    /// within a body whose content does not matter.
    pub(crate) fn skip(&mut self, bytes: u64) -> bool {
        if !self.begun && self.header_len == 0 {
            return true;
        }
        match u16::try_from(bytes) {
            Ok(bytes) if bytes <= self.body_left && self.kind != HANDSHAKE => {
                self.body_left = self.body_left.saturating_sub(bytes);
                true
            }
            _ => false,
        }
    }

    /// True once a record header was read.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Collects a header. False if the input ends before it does.
    fn header(&mut self, input: &mut Cursor<'_>) -> Result<bool, Malformed> {
        let header = if self.header_len == 0 && input.left() >= HEADER_LEN {
            input.array::<HEADER_LEN>("record header")?
        } else {
            for place in self.header.iter_mut().skip(self.header_len.into()) {
                let Ok(byte) = input.u8("record header") else {
                    return Ok(false);
                };
                *place = byte;
                self.header_len = self.header_len.saturating_add(1);
            }
            self.header_len = 0;
            self.header
        };
        let header = Header::read(header)?;
        self.kind = header.kind;
        self.body_len = header.len;
        self.body_left = header.len;
        self.begun = true;
        Ok(true)
    }
}

/// A record header that could be one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Header {
    pub(crate) kind: u8,
    pub(crate) len: u16,
}

impl Header {
    pub(crate) fn read(
        [kind, major, minor, high, low]: [u8; HEADER_LEN],
    ) -> Result<Self, Malformed> {
        let illegal = |field, value: u8| Malformed::Illegal {
            field,
            value: value.into(),
        };
        if !(CHANGE_CIPHER_SPEC..=HEARTBEAT).contains(&kind) {
            return Err(illegal("record type", kind));
        }
        if major != 3 {
            return Err(illegal("record version", major));
        }
        if minor > 4 {
            return Err(illegal("record version", minor));
        }
        let len = u16::from_be_bytes([high, low]);
        if len > MAX_BODY {
            return Err(Malformed::Illegal {
                field: "record length",
                value: len.into(),
            });
        }
        Ok(Header { kind, len })
    }
}

pub(crate) const HEADER_LEN: usize = 5;
/// 2^14 and the most that any version allows encryption to add (RFC 5246 §6.2.3).
const MAX_BODY: u16 = (1 << 14) + 2048;

pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const APPLICATION_DATA: u8 = 23;
const HEARTBEAT: u8 = 24;
