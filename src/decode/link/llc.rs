//! IEEE 802.2 LLC and SNAP, and the rings that carry nothing else.

use super::super::segment::Outcome;
use super::super::walk::Next;
use crate::model::Reason;
use crate::wire::{Cursor, Malformed};

/// What follows an LLC header (RFC 1042 for SNAP).
pub(in crate::decode) fn read(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [dsap, ssap, control] = cursor.array("header")?;
    Ok(match (dsap, ssap, control) {
        (0xaa | 0xab, 0xaa | 0xab, 3) => {
            let [o0, o1, o2] = cursor.array("organisation")?;
            let kind = cursor.u16("type")?;
            match ([o0, o1, o2], kind) {
                ([0, 0, 0] | [0, 0, 0xf8], kind) if kind > 1500 => {
                    Next::EtherType(kind, cursor.rest())
                }
                // RFC 2684 bridged Ethernet: two bytes of padding, then the frame.
                ([0, 0x80, 0xc2], 1 | 7) => {
                    cursor.skip("padding", 2)?;
                    Next::Ethernet(cursor.rest())
                }
                _ => not_ip("snap", kind.into()),
            }
        }
        (6, 6, 3) => Next::Ip(cursor.rest()),
        (0xfe, 0xfe, 3) if matches!(cursor.peek(), Some(0xcc | 0x8e)) => {
            cursor.skip("nlpid", 1)?;
            Next::Ip(cursor.rest())
        }
        (dsap, ..) => not_ip("service access point", dsap.into()),
    })
}

/// IEEE 802.5: access and frame control, addresses, maybe a source route.
pub(super) fn token_ring(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("header", 8)?;
    let [routed, ..] = cursor.array::<6>("source address")?;
    if routed & 0x80 != 0 {
        let [len, _] = cursor.array("source route")?;
        cursor.skip("source route", usize::from(len & 0x1f).saturating_sub(2))?;
    }
    Ok(Next::Llc(cursor.rest()))
}

/// FDDI: frame control, addresses.
pub(super) fn fddi(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [control, ..] = cursor.array::<13>("header")?;
    Ok(match control & 0xf8 {
        0x50 => Next::Llc(cursor.rest()),
        _ => not_ip("frame control", control.into()),
    })
}

fn not_ip<'a>(what: &'static str, number: u64) -> Next<'a> {
    Next::End(Outcome::NotIp(Reason {
        layer: "llc",
        what,
        number: Some(number),
    }))
}
