//! IPv4 and IPv6 packets.
//!
//! In:   bytes that begin with an IP header.
//! Out:  addresses, the transport's number, its payload as captured and as sent.
//! Spec: RFC 791, RFC 8200; RFC 2675 (jumbograms) and RFC 4302 (AH) for what may stand between.
//!
//! Lengths that lie are used as far as there are bytes; checksums are not looked at, because
//! captures taken on the sending machine have them unset.

use super::defrag::Fragment;
use crate::wire::{Cursor, Malformed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One IP packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ip<'a> {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) protocol: u8,
    /// After the header and all extension headers, as captured.
    pub(super) payload: &'a [u8],
    /// The same as sent.
    pub(super) payload_len: u32,
    /// The whole packet as sent.
    pub(super) ip_len: u32,
    pub(super) fragment: Option<Fragment>,
    /// What is not as it must be, though the addresses could be read.
    pub(super) wrong: Option<Wrong>,
}

/// What can be wrong with a packet whose addresses could be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    /// A length that is less than the header, or more than there was on the wire.
    Length,
    /// An extension header that is cut or one too many: no transport can be told.
    Extension(&'static str),
}

/// Reads the header; the version is its first four bits. `missing` is what the snaplen cut
/// from the end of the packet.
pub(super) fn read(bytes: &[u8], missing: u32) -> Result<Ip<'_>, (&'static str, Malformed)> {
    let missing = usize::try_from(missing).unwrap_or(usize::MAX);
    match bytes.first().map(|first| first >> 4) {
        Some(4) => v4(bytes, missing).map_err(|error| ("ipv4", error)),
        Some(6) => v6(bytes, missing).map_err(|error| ("ipv6", error)),
        Some(version) => Err((
            "ip",
            Malformed::Illegal {
                field: "version",
                value: version.into(),
            },
        )),
        None => Err((
            "ip",
            Malformed::Short {
                field: "version",
                needed: 1,
                left: 0,
            },
        )),
    }
}

fn v4(bytes: &[u8], missing: usize) -> Result<Ip<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let header = cursor.array::<20>("header")?;
    let [
        first,
        _,
        l0,
        l1,
        i0,
        i1,
        f0,
        f1,
        _,
        protocol,
        _,
        _,
        s0,
        s1,
        s2,
        s3,
        d0,
        d1,
        d2,
        d3,
    ] = header;
    let header_len = usize::from(first & 15) * 4;
    if header_len < 20 {
        return Err(Malformed::Illegal {
            field: "header length",
            value: (header_len as u64).min(60),
        });
    }
    cursor.take_up_to(header_len.saturating_sub(20));
    let total = usize::from(u16::from_be_bytes([l0, l1]));
    // 0: the sending machine left the length to its network card (segmentation offload).
    let sent = bytes.len().saturating_add(missing);
    let ip_len = if total == 0 { sent } else { total };
    let wrong = (ip_len < header_len || ip_len > sent).then_some(Wrong::Length);
    let payload_len = ip_len.saturating_sub(header_len);
    let payload = cursor.take_up_to(payload_len);
    let fragment = u16::from_be_bytes([f0, f1]);
    let fragment = (fragment & 0x3fff != 0).then(|| Fragment {
        id: u16::from_be_bytes([i0, i1]).into(),
        offset: (fragment & 0x1fff).saturating_mul(8).into(),
        more: fragment & 0x2000 != 0,
    });
    Ok(Ip {
        src: IpAddr::V4(Ipv4Addr::new(s0, s1, s2, s3)),
        dst: IpAddr::V4(Ipv4Addr::new(d0, d1, d2, d3)),
        protocol,
        payload,
        payload_len: clamp(payload_len),
        ip_len: clamp(ip_len.max(header_len)),
        fragment,
        wrong,
    })
}

fn v6(bytes: &[u8], missing: usize) -> Result<Ip<'_>, Malformed> {
    let mut ip = v6_header(bytes, missing)?;
    if is_extension(ip.protocol) {
        extensions(&mut ip);
    }
    Ok(ip)
}

fn v6_header(bytes: &[u8], missing: usize) -> Result<Ip<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let head = cursor.array::<8>("header")?;
    let src = cursor.array::<16>("source address")?;
    let dst = cursor.array::<16>("destination address")?;
    let [_, _, _, _, l0, l1, next, _] = head;
    let stated = usize::from(u16::from_be_bytes([l0, l1]));
    let there = cursor.left().saturating_add(missing);
    // 0: a jumbogram, or a length left to the network card.
    let sent = if stated == 0 && next != NO_NEXT {
        there
    } else {
        stated
    };
    Ok(Ip {
        src: IpAddr::V6(Ipv6Addr::from(src)),
        dst: IpAddr::V6(Ipv6Addr::from(dst)),
        protocol: next,
        payload: cursor.take_up_to(sent),
        payload_len: clamp(sent),
        ip_len: clamp(sent.saturating_add(40)),
        fragment: None,
        wrong: (sent > there).then_some(Wrong::Length),
    })
}

/// Walks the extension headers, as far as they can be read. A packet of which they cannot
/// keeps its addresses, and the number of the header that could not be read.
pub(super) fn extensions(ip: &mut Ip<'_>) {
    if let Err(error) = walk_extensions(ip) {
        ip.wrong = Some(Wrong::Extension(error.field()));
    }
}

/// RFC 8200 §4. Stops behind a fragment header.
fn walk_extensions(ip: &mut Ip<'_>) -> Result<(), Malformed> {
    for _ in 0..MOST_EXTENSIONS {
        if !is_extension(ip.protocol) {
            return Ok(());
        }
        let mut cursor = Cursor::new(ip.payload);
        let [next, len] = cursor.array("extension header")?;
        // Mobility and the like are what the packet is about, unless more follows.
        if next == NO_NEXT && matches!(ip.protocol, 135 | 139 | 140) {
            return Ok(());
        }
        let size = if ip.protocol == FRAGMENT {
            let [o0, o1, i0, i1, i2, i3] = cursor.array("fragment header")?;
            let offset = u16::from_be_bytes([o0, o1]);
            // An atomic fragment (RFC 6946) is no fragment.
            if offset & 0xfff9 != 0 {
                ip.fragment = Some(Fragment {
                    id: u32::from_be_bytes([i0, i1, i2, i3]),
                    offset: (offset & 0xfff8).into(),
                    more: offset & 1 != 0,
                });
            }
            8
        } else {
            let size = usize::from(len).saturating_add(1).saturating_mul(8);
            cursor.skip("extension header", size.saturating_sub(2))?;
            size
        };
        ip.protocol = next;
        ip.payload = ip.payload.get(size..).unwrap_or_default();
        ip.payload_len = ip.payload_len.saturating_sub(clamp(size));
        if ip.fragment.is_some() {
            return Ok(());
        }
    }
    Err(Malformed::Illegal {
        field: "count of extension headers",
        value: MOST_EXTENSIONS.into(),
    })
}

/// Hop-by-hop, routing, fragment, destination options, mobility, HIP, shim6 (IANA). AH is a
/// transport here: it is counted before what it covers.
pub(super) fn is_extension(number: u8) -> bool {
    matches!(number, 0 | 43 | FRAGMENT | 60 | 135 | 139 | 140)
}

const FRAGMENT: u8 = 44;
const NO_NEXT: u8 = 59;
const MOST_EXTENSIONS: u8 = 32;

fn clamp(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
