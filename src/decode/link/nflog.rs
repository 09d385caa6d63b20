//! Netfilter log messages: what Android's `iptables -j NFLOG` writes.
//!
//! Spec: LINKTYPE_NFLOG: family, version, resource id, then attributes of length (in the
//! capturing machine's byte order), type and value, padded to four bytes.

use super::super::segment::{AppRef, Direction, Outcome};
use super::super::walk::{Base, Next};
use crate::model::Reason;
use crate::wire::{Cursor, Malformed};

const PACKET_HEADER: u16 = 1;
const PAYLOAD: u16 = 9;
const UID: u16 = 11;

/// The packet inside, with the UID of its socket's owner.
pub(super) fn read<'a>(bytes: &'a [u8], base: &mut Base<'a>) -> Result<Next<'a>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let family = cursor.u8("address family")?;
    cursor.skip("version and resource", 3)?;
    let mut payload = None;
    let mut uid = None;
    while cursor.left() >= 4 {
        let raw = cursor.array::<2>("attribute length")?;
        let kind = cursor.array::<2>("attribute type")?;
        // A length in the wrong byte order would be far longer than what is left.
        let little = u16::from_le_bytes(raw);
        let swapped = usize::from(little) > cursor.left().saturating_add(4);
        let (len, kind) = if swapped {
            (u16::from_be_bytes(raw), u16::from_be_bytes(kind))
        } else {
            (little, u16::from_le_bytes(kind))
        };
        let value_len = usize::from(len).saturating_sub(4);
        let value = cursor.take_up_to(value_len);
        cursor.take_up_to(value_len.wrapping_neg() & 3);
        match (kind & 0x7fff, value) {
            (PAYLOAD, value) => payload = Some(value),
            (UID, [a, b, c, d]) => uid = Some(u32::from_be_bytes([*a, *b, *c, *d])),
            (PACKET_HEADER, [_, _, hook, ..]) => {
                let direction = match hook {
                    1 => Some(Direction::Received),
                    3 => Some(Direction::Sent),
                    _ => None,
                };
                super::set_direction(base, direction);
            }
            _ => {}
        }
        if len < 4 {
            break;
        }
    }
    if uid.is_some() {
        base.app = Some(AppRef {
            uid,
            ..AppRef::default()
        });
    }
    Ok(match (family, payload) {
        (2 | 10 | 0, Some(payload)) => Next::Ip(payload),
        (7, Some(payload)) => Next::Ethernet(payload),
        (family, Some(_)) => not_ip("address family", family.into()),
        (_, None) => not_ip("message without a packet", 0),
    })
}

fn not_ip<'a>(what: &'static str, number: u64) -> Next<'a> {
    Next::End(Outcome::NotIp(Reason {
        layer: "nflog",
        what,
        number: Some(number),
    }))
}
