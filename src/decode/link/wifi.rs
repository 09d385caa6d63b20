//! IEEE 802.11 data frames in the clear, with the headers that capture tools put in front.
//!
//! Spec: IEEE 802.11-2020 §9.2 and §9.3.2; radiotap; PPI; AVS; Prism.
//!
//! Encrypted data, management and control frames are counted as what they are.

use super::super::segment::Outcome;
use super::super::walk::Next;
use crate::model::{Mac, Reason};
use crate::wire::{Cursor, Malformed};

/// Radiotap (127), AVS (163), Prism (119).
pub(super) fn headed(link: u32, bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    match link {
        127 => radiotap(bytes),
        163 => avs(bytes),
        _ => prism(bytes),
    }
}

/// PPI: a header whose length and link type are little-endian.
pub(super) fn ppi(bytes: &[u8]) -> Result<(u32, &[u8]), Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("version and flags", 2)?;
    let len = cursor.u16_le("length")?;
    let link = cursor.u32_le("link type")?;
    cursor.skip("fields", usize::from(len).saturating_sub(8))?;
    Ok((link, cursor.rest()))
}

fn radiotap(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("version", 2)?;
    let len = cursor.u16_le("length")?;
    behind(bytes, len.into())
}

fn avs(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("version", 4)?;
    let len = cursor.u32("length")?;
    behind(bytes, len)
}

fn prism(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    // Some drivers write AVS under this type; its version number tells.
    if cursor.u32("message")? & 0xffff_f000 == 0x8021_1000 {
        return avs(bytes);
    }
    let len = cursor.u32_le("length")?;
    behind(bytes, len)
}

/// The frame behind `len` bytes of header.
fn behind(bytes: &[u8], len: u32) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("header", usize::try_from(len).unwrap_or(usize::MAX))?;
    Ok(Next::Wifi(cursor.rest()))
}

/// A frame down to its LLC header; destination and source.
///
/// Whether a frame's checksum is captured does not matter: IP knows its own length.
pub(in crate::decode) fn frame(
    bytes: &[u8],
    swapped: bool,
) -> Result<((Mac, Mac), Next<'_>), Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [first, second] = match (cursor.array("frame control")?, swapped) {
        ([second, first], true) => [first, second],
        (control, false) => control,
    };
    let kind = match first & 0x0c {
        0x00 => Some("802.11 management"),
        0x04 => Some("802.11 control"),
        0x0c => Some("802.11 extension"),
        _ if first & 0x40 != 0 => Some("802.11 data without payload"),
        _ if second & 0x40 != 0 => Some("encrypted 802.11 data"),
        _ if second & 4 != 0 => Some("fragmented 802.11 data"),
        _ => None,
    };
    if let Some(kind) = kind {
        return Ok((Default::default(), not_ip(kind)));
    }
    cursor.skip("duration", 2)?;
    let one = Mac(cursor.array("first address")?);
    let two = Mac(cursor.array("second address")?);
    let three = Mac(cursor.array("third address")?);
    cursor.skip("sequence control", 2)?;
    // To and from the distribution system (§9.3.2.1, table 9-30).
    let addresses = match second & 3 {
        0 => (one, two),
        1 => (three, two),
        2 => (one, three),
        _ => (three, Mac(cursor.array("fourth address")?)),
    };
    let mut aggregated = false;
    if first & 0x80 != 0 {
        let [control, _] = cursor.array("qos control")?;
        aggregated = control & 0x80 != 0;
        if second & 0x80 != 0 {
            cursor.skip("ht control", 4)?;
        }
    }
    let next = match cursor.rest() {
        // Some drivers pad a header that does not end at a multiple of four.
        [_, _, rest @ ..] if first & 0x80 != 0 && is_snap(rest) && !is_snap(cursor.rest()) => {
            Next::Llc(rest)
        }
        [] => not_ip("802.11 data without payload"),
        rest if aggregated => Next::Aggregate(rest),
        rest => Next::Llc(rest),
    };
    Ok((addresses, next))
}

fn is_snap(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xaa, 0xaa, 3])
}

/// The frames in an aggregate: destination, source, length, LLC, padding to four bytes
/// (§9.3.2.2.2).
pub(in crate::decode) struct Frames<'a>(Cursor<'a>);

/// Addresses, and a frame from its LLC header on.
type Inside<'a> = ((Mac, Mac), &'a [u8]);

impl<'a> Frames<'a> {
    pub(in crate::decode) fn new(bytes: &'a [u8]) -> Self {
        Frames(Cursor::new(bytes))
    }

    /// The next frame; after a malformed one there is none. Less than a header at the end is
    /// padding or checksum.
    pub(in crate::decode) fn next(&mut self) -> Option<Result<Inside<'a>, Malformed>> {
        (self.0.left() >= 14).then(|| {
            let frame = self.read();
            if frame.is_err() {
                self.0 = Cursor::new(&[]);
            }
            frame
        })
    }

    fn read(&mut self) -> Result<Inside<'a>, Malformed> {
        let dst = Mac(self.0.array("destination")?);
        let src = Mac(self.0.array("source")?);
        let len = self.0.u16("length")?;
        if len < 3 {
            return Err(Malformed::Illegal {
                field: "length",
                value: len.into(),
            });
        }
        let frame = self.0.take_up_to(len.into());
        // With its header of 14 bytes each begins at a multiple of four.
        self.0
            .take_up_to(usize::from(len).wrapping_add(14).wrapping_neg() & 3);
        Ok(((dst, src), frame))
    }
}

fn not_ip<'a>(what: &'static str) -> Next<'a> {
    Next::End(Outcome::NotIp(Reason {
        layer: "wifi",
        what,
        number: None,
    }))
}
