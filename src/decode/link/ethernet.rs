//! Ethernet, and what EtherTypes announce.
//!
//! Spec: IEEE 802.3, 802.1Q, 802.1ad, 802.1ah; RFC 2516 (PPPoE), RFC 3032 and RFC 4448 (MPLS),
//!       RFC 8300 (NSH).

use super::super::segment::Outcome;
use super::super::walk::Next;
use crate::model::{Mac, Reason};
use crate::wire::{Cursor, Malformed};

/// Destination, source, and what follows.
pub(in crate::decode) fn read(bytes: &[u8]) -> Result<(Mac, Mac, Next<'_>), Malformed> {
    let Some((dst, src, kind, rest)) = plain(bytes) else {
        return Err(Malformed::Short {
            field: "header",
            needed: 14,
            left: bytes.len(),
        });
    };
    let next = match kind {
        // Up to 1500 it is a length, and LLC follows.
        0..=1500 => Next::Llc(limit(rest, kind)),
        kind => Next::EtherType(kind, rest),
    };
    Ok((dst, src, next))
}

/// Destination, source, type or length, and the rest; `None` where there is less than that.
#[inline(always)]
pub(in crate::decode) fn plain(bytes: &[u8]) -> Option<(Mac, Mac, u16, &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<14>()?;
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, k0, k1] = *header;
    Some((
        Mac([d0, d1, d2, d3, d4, d5]),
        Mac([s0, s1, s2, s3, s4, s5]),
        u16::from_be_bytes([k0, k1]),
        rest,
    ))
}

/// What follows an EtherType other than IPv4's and IPv6's.
pub(in crate::decode) fn payload(kind: u16, bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    Ok(match kind {
        0..=1500 => Next::Llc(limit(bytes, kind)),
        0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => {
            cursor.skip("vlan tag", 2)?;
            Next::EtherType(cursor.u16("type behind vlan tag")?, cursor.rest())
        }
        0x8863 | 0x8864 => {
            let [version, code, _, _, _, _] = cursor.array("pppoe header")?;
            if version != 0x11 || code != 0 {
                return Ok(not_ip(kind));
            }
            Next::Ppp(cursor.rest())
        }
        0x8847 | 0x8848 => mpls(cursor)?,
        0x88e7 => {
            cursor.skip("service tag", 4)?;
            Next::Ethernet(cursor.rest())
        }
        // Cisco FabricPath: the outer addresses are switches', then a tag and the whole frame.
        0x8903 => {
            cursor.skip("fabricpath tag", 2)?;
            Next::Ethernet(cursor.rest())
        }
        // Cisco's metadata tag: version, length, options, then the type.
        0x8909 => {
            let [_, len] = cursor.array("metadata header")?;
            cursor.skip("metadata", usize::from(len).saturating_mul(4))?;
            Next::EtherType(cursor.u16("type behind metadata")?, cursor.rest())
        }
        0x894f => nsh(cursor)?,
        0x880b => Next::Ppp(bytes),
        0x6558 => Next::Ethernet(bytes),
        other => not_ip(other),
    })
}

/// Labels down to the last, then a packet by its first four bits: 4 or 6 is IP; 0 is a
/// pseudowire's control word before an Ethernet frame (RFC 4385); else an Ethernet frame
/// without one, if it looks like that.
fn mpls(mut cursor: Cursor<'_>) -> Result<Next<'_>, Malformed> {
    for _ in 0..MOST_LABELS {
        let [_, _, low, _] = cursor.array("label stack")?;
        if low & 1 == 0 {
            continue;
        }
        return Ok(match cursor.peek().map(|first| first >> 4) {
            Some(4 | 6) => Next::Ip(cursor.rest()),
            Some(0) => {
                let rest = cursor.rest();
                // A control word has its low bits for flags and sequence; a frame may begin
                // with zero bits too, and then its type stands twelve bytes on.
                let at = |at: usize| -> Option<u16> {
                    let kind = rest.get(at..)?.first_chunk::<2>()?;
                    Some(u16::from_be_bytes(*kind))
                };
                let known = |kind: Option<u16>| {
                    matches!(
                        kind,
                        Some(0x0800 | 0x86dd | 0x8100 | 0x88a8 | 0x0806 | 0x8847)
                    )
                };
                if !known(at(16)) && known(at(12)) {
                    Next::Ethernet(rest)
                } else {
                    cursor.skip("control word", 4)?;
                    Next::Ethernet(cursor.rest())
                }
            }
            Some(_) => Next::Ethernet(cursor.rest()),
            None => not_ip(0x8847),
        });
    }
    Err(Malformed::Illegal {
        field: "label stack depth",
        value: u64::from(MOST_LABELS),
    })
}

fn nsh(mut cursor: Cursor<'_>) -> Result<Next<'_>, Malformed> {
    let [_, len, _, next] = cursor.array("nsh header")?;
    let size = usize::from(len & 0x3f).saturating_mul(4);
    cursor.skip("nsh header", size.saturating_sub(4))?;
    Ok(match next {
        1 | 2 => Next::Ip(cursor.rest()),
        3 => Next::Ethernet(cursor.rest()),
        5 => Next::EtherType(0x8847, cursor.rest()),
        _ => not_ip(0x894f),
    })
}

pub(in crate::decode) fn not_ip<'a>(kind: u16) -> Next<'a> {
    let what = match kind {
        0x0806 => "arp",
        0x8035 => "rarp",
        0x88cc => "lldp",
        0x888e => "eapol",
        0x8863 | 0x8864 => "pppoe discovery or session control",
        _ => "ethertype",
    };
    Next::End(Outcome::NotIp(Reason {
        layer: "ethernet",
        what,
        number: Some(kind.into()),
    }))
}

/// The frame without its padding.
fn limit(bytes: &[u8], len: u16) -> &[u8] {
    bytes.get(..usize::from(len)).unwrap_or(bytes)
}

const MOST_LABELS: u8 = 16;
