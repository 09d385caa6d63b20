//! The frames in an Initial packet.
//!
//! In:   an opened payload.
//! Out:  its CRYPTO frames, one after the other; whether the connection was closed.
//! Spec: RFC 9000 §19 and §12.4 (which frames an Initial may have).
//!
//! Nothing here allocates; each byte is read once.

use super::header::variable;
use crate::wire::{Cursor, Malformed};

/// What matters of one frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Frame<'a> {
    Crypto { offset: u64, bytes: &'a [u8] },
    Close,
    Other,
}

/// The next frame; `None` at the end.
pub(crate) fn next<'a>(input: &mut Cursor<'a>) -> Result<Option<Frame<'a>>, Malformed> {
    skip_padding(input);
    if input.is_empty() {
        return Ok(None);
    }
    let kind = variable(input, "frame type")?;
    let frame = match kind {
        PADDING | PING => Frame::Other,
        ACK | ACK_ECN => {
            ack(input, kind == ACK_ECN)?;
            Frame::Other
        }
        CRYPTO => Frame::Crypto {
            offset: variable(input, "crypto offset")?,
            bytes: counted(input, "crypto data")?,
        },
        CLOSE => {
            variable(input, "error code")?;
            variable(input, "frame type")?;
            counted(input, "reason phrase")?;
            Frame::Close
        }
        value => {
            return Err(Malformed::Illegal {
                field: "frame type",
                value,
            });
        }
    };
    Ok(Some(frame))
}

/// Padding is most of an Initial: one step for all of it.
fn skip_padding(input: &mut Cursor<'_>) {
    let rest = input.rest();
    let zeros = rest.iter().position(|byte| *byte != 0);
    input.take_up_to(zeros.unwrap_or(rest.len()));
}

fn ack(input: &mut Cursor<'_>, ecn: bool) -> Result<(), Malformed> {
    variable(input, "largest acknowledged")?;
    variable(input, "ack delay")?;
    let ranges = variable(input, "ack range count")?;
    variable(input, "first ack range")?;
    // Every range takes two bytes or more, so a lie ends with the input.
    for _ in 0..ranges {
        variable(input, "gap")?;
        variable(input, "ack range length")?;
    }
    if ecn {
        for field in ["ect0 count", "ect1 count", "ecn-ce count"] {
            variable(input, field)?;
        }
    }
    Ok(())
}

/// A length, then that many bytes.
fn counted<'a>(input: &mut Cursor<'a>, field: &'static str) -> Result<&'a [u8], Malformed> {
    let len = variable(input, field)?;
    input.take(field, usize::try_from(len).unwrap_or(usize::MAX))
}

const PADDING: u64 = 0;
const PING: u64 = 1;
const ACK: u64 = 2;
const ACK_ECN: u64 = 3;
const CRYPTO: u64 = 6;
const CLOSE: u64 = 0x1c;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_stands_between() {
        let bytes = [
            0, 0, 1, 2, 5, 0, 1, 0, 1, 1, 6, 0x40, 9, 2, 0xaa, 0xbb, 0, 0x1c, 1, 0, 1, b'x', 0,
        ];
        let mut input = Cursor::new(&bytes);
        let mut frames = Vec::new();
        while let Some(frame) = next(&mut input).unwrap() {
            frames.push(frame);
        }
        let crypto = Frame::Crypto {
            offset: 9,
            bytes: &[0xaa, 0xbb],
        };
        assert_eq!(frames, [Frame::Other, Frame::Other, crypto, Frame::Close]);
    }

    #[test]
    fn lies_end_with_the_input() {
        let mut input = Cursor::new(&[2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert!(next(&mut input).is_err());
        let mut input = Cursor::new(&[2, 1, 1, 0xbf, 0xff, 0xff, 0xff, 0, 0, 0]);
        assert!(next(&mut input).is_err());
        let mut input = Cursor::new(&[8, 1]);
        assert!(next(&mut input).is_err());
    }
}
