//! IEEE 802.11 data frames in the clear, with the headers that capture tools put in front.
//!
//! Spec: IEEE 802.11-2020 §9.2 and §9.3.2; radiotap; PPI; AVS; Prism.
//!
//! Encrypted data, management and control frames are counted as what they are.

use super::super::segment::Outcome;
use super::super::walk::Next;
use crate::model::Reason;
use crate::wire::{Cursor, Malformed};

type Found<'a> = Result<Next<'a>, (&'static str, Malformed)>;

/// A frame without any header before it.
pub(super) fn plain(bytes: &[u8]) -> Found<'_> {
    frame(bytes, Extra::default()).map_err(|error| ("802.11", error))
}

/// Radiotap (127), AVS (163), Prism (119).
pub(super) fn headed(link: u32, bytes: &[u8]) -> Found<'_> {
    let head = match link {
        127 => radiotap(bytes),
        163 => avs(bytes),
        _ => prism(bytes),
    };
    let (frame_bytes, extra) = head.map_err(|error| ("802.11 capture header", error))?;
    frame(frame_bytes, extra).map_err(|error| ("802.11", error))
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

/// What the capture header says of the frame.
#[derive(Clone, Copy, Default)]
struct Extra {
    /// Four bytes of checksum stand at the end.
    checksum: bool,
    /// The header is padded to four bytes.
    padded: bool,
}

fn radiotap(bytes: &[u8]) -> Result<(&[u8], Extra), Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("version", 2)?;
    let len = usize::from(cursor.u16_le("length")?);
    let present = cursor.u32_le("present fields")?;
    let mut more = present;
    let mut words = 1usize;
    while more & 1 << 31 != 0 && words < 32 {
        more = cursor.u32_le("present fields")?;
        words = words.saturating_add(1);
    }
    let mut extra = Extra::default();
    if present & 2 != 0 {
        // Eight bytes of timer come before the flags, aligned to eight.
        if present & 1 != 0 {
            let at = words.saturating_mul(4).saturating_add(4);
            cursor.skip("timer", (at.wrapping_neg() & 7).saturating_add(8))?;
        }
        let flags = cursor.u8("flags")?;
        extra = Extra {
            checksum: flags & 0x10 != 0,
            padded: flags & 0x20 != 0,
        };
    }
    let mut whole = Cursor::new(bytes);
    whole.skip("header", len)?;
    Ok((whole.rest(), extra))
}

fn avs(bytes: &[u8]) -> Result<(&[u8], Extra), Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("version", 4)?;
    let len = cursor.u32("length")?;
    let mut whole = Cursor::new(bytes);
    whole.skip("header", usize::try_from(len).unwrap_or(usize::MAX))?;
    Ok((whole.rest(), Extra::default()))
}

fn prism(bytes: &[u8]) -> Result<(&[u8], Extra), Malformed> {
    let mut cursor = Cursor::new(bytes);
    // Some drivers write AVS under this type; its version number tells.
    if cursor.u32("message")? & 0xffff_f000 == 0x8021_1000 {
        return avs(bytes);
    }
    let len = cursor.u32_le("length")?;
    let mut whole = Cursor::new(bytes);
    whole.skip("header", usize::try_from(len).unwrap_or(usize::MAX))?;
    Ok((whole.rest(), Extra::default()))
}

fn frame(bytes: &[u8], extra: Extra) -> Result<Next<'_>, Malformed> {
    let bytes = match bytes.len().checked_sub(4) {
        Some(end) if extra.checksum => bytes.get(..end).unwrap_or(bytes),
        _ => bytes,
    };
    let mut cursor = Cursor::new(bytes);
    let [first, second] = cursor.array("frame control")?;
    match first & 0x0c {
        0x00 => return Ok(not_ip("802.11 management")),
        0x04 => return Ok(not_ip("802.11 control")),
        0x0c => return Ok(not_ip("802.11 extension")),
        _ => {}
    }
    if first & 0x40 != 0 {
        return Ok(not_ip("802.11 data without payload"));
    }
    if second & 0x40 != 0 {
        return Ok(not_ip("802.11 data, encrypted"));
    }
    cursor.skip("addresses", 22)?;
    let mut header = 24usize;
    if second & 3 == 3 {
        cursor.skip("fourth address", 6)?;
        header = header.saturating_add(6);
    }
    let mut aggregated = false;
    if first & 0x80 != 0 {
        let [control, _] = cursor.array("qos control")?;
        aggregated = control & 0x80 != 0;
        header = header.saturating_add(2);
        if second & 0x80 != 0 {
            cursor.skip("ht control", 4)?;
            header = header.saturating_add(4);
        }
    }
    if extra.padded {
        cursor.skip("padding", header.wrapping_neg() & 3)?;
    }
    if second & 4 != 0 || cursor.is_empty() {
        return Ok(not_ip("802.11 data, fragmented or empty"));
    }
    if aggregated {
        // A-MSDU: destination, source, length, LLC. Only its first packet is followed.
        cursor.skip("aggregate header", 14)?;
    }
    Ok(Next::Llc(cursor.rest()))
}

fn not_ip<'a>(what: &'static str) -> Next<'a> {
    Next::End(Outcome::NotIp(Reason {
        layer: "wifi",
        what,
        number: None,
    }))
}
