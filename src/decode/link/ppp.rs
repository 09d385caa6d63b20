//! PPP: a protocol field, then a packet (RFC 1661 §2, RFC 1332, RFC 5072).

use super::super::segment::Outcome;
use super::super::walk::Next;
use crate::model::Reason;
use crate::wire::{Cursor, Malformed};

/// What follows the protocol field, which may be one byte when compressed.
pub(in crate::decode) fn read(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    // Address and control of HDLC-like framing may stand in front (RFC 1662 §3.1).
    if let [0xff, 3, ..] = bytes {
        cursor.skip("address and control", 2)?;
    }
    let first = cursor.u8("protocol")?;
    let number = if first & 1 == 1 {
        u16::from(first)
    } else {
        u16::from_be_bytes([first, cursor.u8("protocol")?])
    };
    Ok(match number {
        0x0021 | 0x0057 => Next::Ip(cursor.rest()),
        0x0281 | 0x0283 => Next::EtherType(0x8847, cursor.rest()),
        // Bridging control: flags, type, then an Ethernet frame (RFC 3518).
        0x0031 if matches!(cursor.rest(), [_, 1, ..]) => {
            cursor.skip("bridge header", 2)?;
            Next::Ethernet(cursor.rest())
        }
        other => Next::End(Outcome::NotIp(Reason {
            layer: "ppp",
            what: "protocol",
            number: Some(other.into()),
        })),
    })
}
