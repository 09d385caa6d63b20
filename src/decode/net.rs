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
    /// True where a length in the header cannot be.
    pub(super) lies: bool,
}

/// Reads the header; the version is its first four bits.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Result<Ip<'_>, (&'static str, Malformed)> {
    match bytes.first().map(|first| first >> 4) {
        Some(4) => v4(bytes).map_err(|error| ("ipv4", error)),
        Some(6) => v6(bytes).map_err(|error| ("ipv6", error)),
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

#[inline]
fn v4(bytes: &[u8]) -> Result<Ip<'_>, Malformed> {
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
    let ip_len = if total == 0 { bytes.len() } else { total };
    let lies = ip_len < header_len;
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
        lies,
    })
}

#[inline]
fn v6(bytes: &[u8]) -> Result<Ip<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let head = cursor.array::<8>("header")?;
    let src = cursor.array::<16>("source address")?;
    let dst = cursor.array::<16>("destination address")?;
    let [_, _, _, _, l0, l1, next, _] = head;
    let stated = usize::from(u16::from_be_bytes([l0, l1]));
    let sent = if stated == 0 {
        // A jumbogram, or a length left to the network card.
        cursor.left()
    } else {
        stated
    };
    let mut ip = Ip {
        src: IpAddr::V6(Ipv6Addr::from(src)),
        dst: IpAddr::V6(Ipv6Addr::from(dst)),
        protocol: next,
        payload: cursor.take_up_to(sent),
        payload_len: clamp(sent),
        ip_len: clamp(sent.saturating_add(40)),
        fragment: None,
        lies: false,
    };
    if is_extension(next) {
        extensions(&mut ip)?;
    }
    Ok(ip)
}

/// Walks the extension headers (RFC 8200 §4). Stops at a fragment that is not the first.
fn extensions(ip: &mut Ip<'_>) -> Result<(), Malformed> {
    for _ in 0..MOST_EXTENSIONS {
        if !is_extension(ip.protocol) {
            return Ok(());
        }
        let mut cursor = Cursor::new(ip.payload);
        let [next, len] = cursor.array("extension header")?;
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
fn is_extension(number: u8) -> bool {
    matches!(number, 0 | 43 | FRAGMENT | 60 | 135 | 139 | 140)
}

const FRAGMENT: u8 = 44;
const MOST_EXTENSIONS: u8 = 32;

fn clamp(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
