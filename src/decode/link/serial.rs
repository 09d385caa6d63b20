//! Serial lines: PPP in its framings, SLIP, Cisco HDLC, frame relay.
//!
//! Spec: RFC 1662, RFC 1547, RFC 2427; FRF.16; LINKTYPE_SLIP.

use super::super::segment::{Direction, Outcome};
use super::super::walk::{Base, Next};
use crate::model::Reason;
use crate::wire::{Cursor, Malformed};

/// PPP (9), PPP in HDLC (50), with a direction byte before it (204), or pppd's (166).
pub(super) fn ppp<'a>(
    link: u32,
    bytes: &'a [u8],
    base: &mut Base<'a>,
) -> Result<Next<'a>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    if link == 204 || link == 166 {
        let direction = match cursor.u8("direction")? {
            0 => Direction::Received,
            _ => Direction::Sent,
        };
        super::set_direction(base, Some(direction));
        if link == 166 && cursor.peek() == Some(3) {
            cursor.skip("control", 1)?;
        }
    }
    // Cisco HDLC is captured under the PPP types too: unicast or multicast address, 0.
    if let [0x0f | 0x8f, 0, ..] = cursor.rest() {
        return hdlc(cursor.rest());
    }
    Ok(Next::Ppp(cursor.rest()))
}

/// SLIP as libpcap hands it on: direction, then 15 bytes about header compression.
pub(super) fn slip<'a>(bytes: &'a [u8], base: &mut Base<'a>) -> Result<Next<'a>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let direction = match cursor.u8("direction")? {
        0 => Some(Direction::Received),
        1 => Some(Direction::Sent),
        _ => None,
    };
    super::set_direction(base, direction);
    cursor.skip("compression header", 15)?;
    Ok(Next::Ip(cursor.rest()))
}

/// Multilink frame relay: two bytes of flags and sequence number. Only a frame in one piece is
/// followed.
pub(super) fn multilink(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [flags, _] = cursor.array("fragmentation header")?;
    match flags & 0xe0 {
        0xc0 => frame_relay(cursor.rest()),
        other => Ok(not_ip("multilink frame relay", other.into())),
    }
}

/// Cisco HDLC: address, control, EtherType.
pub(super) fn hdlc(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [address, control] = cursor.array("address")?;
    let kind = cursor.u16("protocol")?;
    Ok(match (address, control, kind) {
        // PPP under the HDLC type.
        (0xff, 3, _) => Next::Ppp(bytes),
        (_, _, 0xfefe) => match cursor.rest() {
            [3, 0xcc | 0x8e, ..] => {
                cursor.skip("nlpid", 2)?;
                Next::Ip(cursor.rest())
            }
            _ => not_ip("c-hdlc", kind.into()),
        },
        (_, _, kind) => Next::EtherType(kind, cursor.rest()),
    })
}

/// Frame relay: an address of two to four bytes, then a control byte and an NLPID, or Cisco's
/// EtherType.
pub(super) fn frame_relay(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let mut last = false;
    for _ in 0..4 {
        if cursor.u8("address")? & 1 == 1 {
            last = true;
            break;
        }
    }
    if !last {
        return Ok(not_ip("frame relay", 0));
    }
    if cursor.peek() != Some(3) {
        let kind = cursor.u16("protocol")?;
        return Ok(Next::EtherType(kind, cursor.rest()));
    }
    cursor.skip("control", 1)?;
    if cursor.peek() == Some(0) {
        cursor.skip("padding", 1)?;
    }
    Ok(match cursor.u8("nlpid")? {
        0xcc | 0x8e => Next::Ip(cursor.rest()),
        0xcf => Next::Ppp(cursor.rest()),
        0x80 => {
            let [o0, o1, o2] = cursor.array("organisation")?;
            let kind = cursor.u16("type")?;
            match [o0, o1, o2] {
                [0, 0, 0] => Next::EtherType(kind, cursor.rest()),
                [0, 0x80, 0xc2] if matches!(kind, 1 | 7) => Next::Ethernet(cursor.rest()),
                _ => not_ip("frame relay", kind.into()),
            }
        }
        other => not_ip("frame relay", other.into()),
    })
}

fn not_ip<'a>(layer: &'static str, number: u64) -> Next<'a> {
    Next::End(Outcome::NotIp(Reason {
        layer,
        what: "protocol",
        number: Some(number),
    }))
}
