//! Packets inside packets.
//!
//! In:   a transport as it was read.
//! Out:  what it carries, if that is another packet.
//! Spec: RFC 2784/2890/7637 (GRE), RFC 2003, RFC 4213 (IP in IP), RFC 4380 (Teredo),
//!       3GPP TS 29.281 (GTP-U), RFC 7348 (VXLAN), RFC 8926 (Geneve), RFC 4302 (AH),
//!       RFC 2661 (L2TP), RFC 2637 (PPTP), RFC 5415 (CAPWAP).
//!
//! A port alone makes no tunnel: the header must have its shape, and what it carries must
//! look like a packet.

use super::transport::Read;
use super::walk::Next;
use crate::model::Transport;
use crate::wire::{Cursor, Malformed};

/// What a transport carries.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inner<'a> {
    /// No packet.
    None,
    /// A packet in the tunnel of this name.
    Next(&'static str, Next<'a>),
    /// Another transport of the same packet: number, bytes, length as sent.
    Transport(u8, &'a [u8], u32),
}

/// True for UDP of which a port or the payload's shape is a tunnel's.
#[inline(always)]
pub(super) fn may_carry(src_port: u16, dst_port: u16, payload: &[u8]) -> bool {
    let tunnel = |port: u16| {
        matches!(
            port,
            1701 | 2152 | 3544 | 4789 | 4790 | 5247 | 6081 | 6635 | 8472
        )
    };
    tunnel(src_port) || tunnel(dst_port) || has_teredo_address(payload)
}

/// Looks into a transport.
pub(super) fn inner<'a>(protocol: u8, read: &Read<'a>) -> Inner<'a> {
    match read.transport {
        Transport::Tcp => Inner::None,
        Transport::Udp => udp(read),
        Transport::Gre => gre(read.payload).unwrap_or(Inner::None),
        Transport::IpIp => match (protocol, is_ip(read.payload)) {
            (_, false) => Inner::None,
            (41, true) => Inner::Next("6in4", Next::Ip(read.payload)),
            (_, true) => Inner::Next("ipip", Next::Ip(read.payload)),
        },
        Transport::Ah => ah(read).unwrap_or(Inner::None),
        Transport::Other(137) => Inner::Next("mpls", Next::EtherType(0x8847, read.payload)),
        Transport::Other(97) => match read.payload.get(2..) {
            Some(frame) => Inner::Next("etherip", Next::Ethernet(frame)),
            None => Inner::None,
        },
        Transport::Other(115) => Inner::None,
        _ => Inner::None,
    }
}

#[inline]
fn udp<'a>(read: &Read<'a>) -> Inner<'a> {
    let either = |port: u16| read.src_port == port || read.dst_port == port;
    let found = match (read.src_port, read.dst_port) {
        (2152, _) | (_, 2152) => gtp(read.payload),
        (_, 4789 | 8472) => vxlan(read.payload),
        (_, 4790) => vxlan_gpe(read.payload),
        (_, 6081) => geneve(read.payload),
        (5247, _) | (_, 5247) => capwap(read.payload),
        (3544, _) | (_, 3544) => teredo(read.payload),
        _ if either(1701) => l2tp(read.payload),
        _ if either(6635) => Ok(mpls(read.payload)),
        // Teredo between two clients uses no known port, but its addresses are 2001::/32.
        _ if has_teredo_address(read.payload) => Ok(teredo_peers(read.payload)),
        _ => return Inner::None,
    };
    found.unwrap_or(Inner::None)
}

fn is_ip(bytes: &[u8]) -> bool {
    match bytes.first() {
        Some(first) if first >> 4 == 4 => first & 15 >= 5 && bytes.len() >= 20,
        Some(first) if first >> 4 == 6 => bytes.len() >= 40,
        _ => false,
    }
}

/// An Ethernet frame with a length or an EtherType that frames in tunnels have.
fn is_frame(bytes: &[u8]) -> bool {
    match bytes.get(12..).and_then(|rest| rest.first_chunk::<2>()) {
        Some(kind) => matches!(
            u16::from_be_bytes(*kind),
            0..=1500
                | 0x0800
                | 0x0806
                | 0x8035
                | 0x8100
                | 0x86dd
                | 0x8808
                | 0x8809
                | 0x8847
                | 0x8848
                | 0x8863
                | 0x8864
                | 0x888e
                | 0x88a8
                | 0x88cc
                | 0x894f
                | 0x9000
        ),
        None => false,
    }
}

/// The first byte of an 802.11 data frame: version 0, type 2.
fn is_wifi(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & 0x0f == 0x08)
}

fn gre(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let flags = cursor.u16("flags")?;
    let kind = cursor.u16("protocol type")?;
    let version = flags & 7;
    if version == 1 && kind == 0x880b {
        // PPTP: payload length and call id stand where the key is.
        cursor.skip("key", 4)?;
        let sequence = flags & 0x1000 != 0;
        let acknowledged = flags & 0x0080 != 0;
        cursor.skip("sequence number", if sequence { 4 } else { 0 })?;
        cursor.skip("acknowledgment number", if acknowledged { 4 } else { 0 })?;
        return Ok(match sequence {
            true => Inner::Next("pptp", Next::Ppp(cursor.rest())),
            false => Inner::None,
        });
    }
    let optional = [(0xc000, 4), (0x2000, 4), (0x1000, 4)];
    for (bits, len) in optional {
        cursor.skip("options", if flags & bits != 0 { len } else { 0 })?;
    }
    let has_sequence = flags & 0x1000 != 0;
    Ok(match kind {
        0x0800 | 0x86dd => Inner::Next("gre", Next::Ip(cursor.rest())),
        0x6558 => Inner::Next("gre", Next::Ethernet(cursor.rest())),
        0x8847 | 0x8848 | 0x8100 | 0x88a8 => {
            Inner::Next("gre", Next::EtherType(kind, cursor.rest()))
        }
        // WCCP may put a redirect header of four bytes before the packet.
        0x883e if is_ip(cursor.rest()) => Inner::Next("gre", Next::Ip(cursor.rest())),
        0x883e => {
            cursor.skip("redirect header", 4)?;
            Inner::Next("gre", Next::Ip(cursor.rest()))
        }
        // ERSPAN I has no header, II has eight bytes, III twelve and maybe eight more.
        0x88be if !has_sequence => Inner::Next("erspan", Next::Ethernet(cursor.rest())),
        0x88be => {
            cursor.skip("erspan header", 8)?;
            Inner::Next("erspan", Next::Ethernet(cursor.rest()))
        }
        0x22eb => {
            let header = cursor.array::<12>("erspan header")?;
            let [.., last] = header;
            cursor.skip("platform header", if last & 1 != 0 { 8 } else { 0 })?;
            Inner::Next("erspan", Next::Ethernet(cursor.rest()))
        }
        0x880b => Inner::Next("gre", Next::Ppp(cursor.rest())),
        // Aruba's access points send 802.11 frames under many types.
        0x8200..=0x83ff | 0x9000..=0x9fff if is_wifi(cursor.rest()) => {
            Inner::Next("gre", Next::Wifi(cursor.rest()))
        }
        _ => Inner::None,
    })
}

fn ah<'a>(read: &Read<'a>) -> Result<Inner<'a>, Malformed> {
    let mut cursor = Cursor::new(read.payload);
    let [next, len] = cursor.array("header")?;
    let size = usize::from(len).saturating_add(2).saturating_mul(4);
    if size < 12 {
        return Ok(Inner::None);
    }
    cursor.skip("integrity check value", size.saturating_sub(2))?;
    let sent = read
        .payload_len
        .saturating_sub(u32::try_from(size).unwrap_or(u32::MAX));
    Ok(Inner::Transport(next, cursor.rest(), sent))
}

/// GTP-U v1: only a G-PDU carries a packet.
fn gtp(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [flags, kind] = cursor.array("header")?;
    // Version 1, protocol type GTP (not GTP').
    if flags & 0xf0 != 0x30 || kind != 255 {
        return Ok(Inner::None);
    }
    cursor.skip("header", 6)?;
    if flags & 7 != 0 {
        let [_, _, _, mut next] = cursor.array("optional fields")?;
        let next_present = flags & 4 != 0;
        while next_present && next != 0 {
            let len = usize::from(cursor.u8("extension header length")?).saturating_mul(4);
            if len == 0 {
                return Ok(Inner::None);
            }
            let body = cursor.take("extension header", len.saturating_sub(1))?;
            next = body.last().copied().unwrap_or(0);
        }
    }
    Ok(match cursor.rest() {
        inner if is_ip(inner) => Inner::Next("gtp", Next::Ip(inner)),
        _ => Inner::None,
    })
}

fn vxlan(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [flags, ..] = cursor.array::<8>("header")?;
    // The bit for "there is an identifier". Receivers ignore the others (RFC 7348 §5), so that
    // the frame must look like one.
    Ok(if flags & 0x08 != 0 && is_frame(cursor.rest()) {
        Inner::Next("vxlan", Next::Ethernet(cursor.rest()))
    } else {
        Inner::None
    })
}

fn vxlan_gpe(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [flags, _, _, next, ..] = cursor.array::<8>("header")?;
    if flags & 0x0c != 0x0c {
        return vxlan(bytes);
    }
    Ok(match next {
        1 | 2 => Inner::Next("vxlan", Next::Ip(cursor.rest())),
        3 => Inner::Next("vxlan", Next::Ethernet(cursor.rest())),
        _ => Inner::None,
    })
}

fn geneve(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [first, _, k0, k1, _, _, _, _] = cursor.array("header")?;
    if first >> 6 != 0 {
        return Ok(Inner::None);
    }
    cursor.skip("options", usize::from(first & 0x3f).saturating_mul(4))?;
    Ok(match u16::from_be_bytes([k0, k1]) {
        0x6558 => Inner::Next("geneve", Next::Ethernet(cursor.rest())),
        kind @ (0x0800 | 0x86dd | 0x8847 | 0x8848) => {
            Inner::Next("geneve", Next::EtherType(kind, cursor.rest()))
        }
        _ => Inner::None,
    })
}

/// CAPWAP data (RFC 5415 §4.3, RFC 5416): a frame of Ethernet or of 802.11, in one piece and
/// not encrypted.
fn capwap(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let [preamble, len, binding, flags, _, _, _, _] = cursor.array("header")?;
    let size = usize::from(len >> 3).saturating_mul(4);
    // Fragments and keep-alives.
    if preamble != 0 || size < 8 || flags & 0x88 != 0 {
        return Ok(Inner::None);
    }
    cursor.skip("header", size.saturating_sub(8))?;
    let native = binding & 1 != 0;
    let rest = cursor.rest();
    Ok(match (native, rest) {
        (false, frame) if is_frame(frame) => Inner::Next("capwap", Next::Ethernet(frame)),
        (true, frame) if is_wifi(frame) => Inner::Next("capwap", Next::Wifi(frame)),
        // Cisco's access points swap the two bytes of frame control.
        (true, [_, kind, ..]) if kind & 0x0f == 0x08 => {
            Inner::Next("capwap", Next::SwappedWifi(rest))
        }
        _ => Inner::None,
    })
}

/// Authentication and origin indications may stand before the IPv6 packet (RFC 4380 §5.1.1).
fn teredo(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let mut before = cursor;
    if before.u16("indicator")? == 1 {
        let [id, auth] = before.array("authentication")?;
        let len = usize::from(id).saturating_add(auth.into());
        before.skip("authentication", len.saturating_add(9))?;
        cursor = before;
    }
    let mut before = cursor;
    if before.u16("indicator")? == 0 {
        before.skip("origin", 6)?;
        cursor = before;
    }
    Ok(match cursor.rest() {
        inner if inner.first().is_some_and(|first| first >> 4 == 6) && is_ip(inner) => {
            Inner::Next("teredo", Next::Ip(inner))
        }
        _ => Inner::None,
    })
}

/// An IPv6 header of which one address is in 2001::/32.
#[inline(always)]
fn has_teredo_address(bytes: &[u8]) -> bool {
    let Some([first, header @ ..]) = bytes.first_chunk::<40>() else {
        return false;
    };
    first >> 4 == 6
        && (header.get(7..).is_some_and(is_teredo) || header.get(23..).is_some_and(is_teredo))
}

#[inline(always)]
fn is_teredo(address: &[u8]) -> bool {
    address.starts_with(&[0x20, 0x01, 0, 0])
}

/// Such a packet, if its length fits.
fn teredo_peers(bytes: &[u8]) -> Inner<'_> {
    let mut cursor = Cursor::new(bytes);
    let Ok([_, _, _, _, l0, l1, _, _]) = cursor.array("header") else {
        return Inner::None;
    };
    match cursor.skip("addresses", 32) {
        Ok(()) if usize::from(u16::from_be_bytes([l0, l1])) == cursor.left() => {
            Inner::Next("teredo", Next::Ip(bytes))
        }
        _ => Inner::None,
    }
}

/// L2TP version 2 data messages carry PPP.
fn l2tp(bytes: &[u8]) -> Result<Inner<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let flags = cursor.u16("flags")?;
    if flags & 0x000f != 2 || flags & 0x8000 != 0 {
        return Ok(Inner::None);
    }
    let has = |bit: u16, len: usize| if flags & bit != 0 { len } else { 0 };
    cursor.skip("length", has(0x4000, 2))?;
    cursor.skip("ids", 4)?;
    cursor.skip("sequence numbers", has(0x0800, 4))?;
    if flags & 0x0200 != 0 {
        let offset = cursor.u16("offset size")?;
        cursor.skip("offset", offset.into())?;
    }
    Ok(Inner::Next("l2tp", Next::Ppp(cursor.rest())))
}

fn mpls(bytes: &[u8]) -> Inner<'_> {
    Inner::Next("mpls", Next::EtherType(0x8847, bytes))
}
