//! Watching and steering networks.
//!
//! In:   datagrams and streams. Out: `snmp`, `syslog`, `bgp`.
//! Spec: RFC 3417 and RFC 3412 §6 (SNMP; X.690 BER), RFC 5424 §6.2.1 and RFC 3164 §4.1.1,
//!       RFC 4271 §4.1.

use super::shape::{at, be16, begins, ber, datagram, sent_len, stream};
use super::{tcp, udp};
use crate::inspect::Protocol;
use crate::model::Chunk;

/// Network management.
pub(super) const SNMP: Protocol =
    udp("snmp", |chunk| datagram(snmp(chunk))).first(|first| first == 0x30);
/// Log lines.
pub(super) const SYSLOG: Protocol = udp("syslog", |chunk| datagram(syslog(chunk))).ports(&[514]);
/// Routers telling each other of networks: sixteen bytes of ones, 128 bits.
pub(super) const BGP: Protocol = tcp("bgp", |chunk| stream(bgp(chunk.bytes)));

/// A sequence of the datagram's length (16 bits), a version of one byte (22 bits), then a
/// community that fits, or version 3's header (8 bits).
fn snmp(chunk: &Chunk<'_>) -> Option<bool> {
    let bytes = chunk.bytes;
    let (tag, len, start) = ber(bytes, 0)?;
    if tag != 0x30 || len.saturating_add(start) != sent_len(chunk) {
        return Some(false);
    }
    if !begins(bytes.get(start..)?, &[2, 1])? {
        return Some(false);
    }
    let version = at(bytes, start.saturating_add(2))?;
    let (tag, field_len, field) = ber(bytes, start.saturating_add(3))?;
    Some(match version {
        0 | 1 => {
            let unit = at(bytes, field.saturating_add(field_len))?;
            tag == 4 && matches!(unit, 0xa0..=0xa8)
        }
        3 => tag == 0x30,
        _ => false,
    })
}

/// Port 514, a number of at most 191 between angle brackets (32 bits).
fn syslog(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(514) || at(chunk.bytes, 0)? != b'<' {
        return Some(false);
    }
    let mut priority = 0_u32;
    for place in 1..5_usize {
        match at(chunk.bytes, place)? {
            b'>' => return Some(place > 1 && priority <= 191),
            digit @ b'0'..=b'9' => {
                priority = priority
                    .saturating_mul(10)
                    .saturating_add(u32::from(digit & 0x0f));
            }
            _ => return Some(false),
        }
    }
    Some(false)
}

fn bgp(bytes: &[u8]) -> Option<bool> {
    if !begins(bytes, &[0xff; 16])? {
        return Some(false);
    }
    Some((19..=4096).contains(&be16(bytes, 16)?) && (1..=5).contains(&at(bytes, 18)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn snmp_is_as_long_as_it_says() {
        let get = hex("3018 020102 0201 06 7075626c6963a00b0201010201000201003000");
        check_udp(161, &get, "");
        let get = hex("3018 020101 0406 7075626c6963 a00b 020101 020100 020100 3000");
        check_udp(161, &get, "snmp");
        check_udp(50_161, &get, "snmp");
        check_udp(161, &get[..25], "");
    }

    #[test]
    fn syslog_needs_its_port() {
        check_udp(514, b"<134>Nov 21 06:00:00 host app: text", "syslog");
        check_udp(514, b"<192>x", "");
        check_udp(515, b"<134>x", "");
    }

    #[test]
    fn routers_mark_their_messages() {
        let mut open = vec![0xff; 16];
        open.extend_from_slice(&hex("001d 01 04"));
        check_tcp(179, &open, "bgp");
    }
}
