//! NetBIOS over IP, as Windows, printers and televisions speak it on a LAN.
//!
//! In:   datagrams and streams. Out: `nbns`, `nbdgm`, `nbss`.
//! Spec: RFC 1001 §14.1 (the encoding of names), RFC 1002 §4.2, §4.3, §4.4.

use super::shape::{at, be16, be32, datagram, len16, sent_len, stream};
use super::{tcp, udp};
use crate::inspect::Protocol;
use crate::model::Chunk;

/// The name service.
pub(super) const NAMES: Protocol = udp("nbns", |chunk| datagram(names(chunk.bytes)));
/// The datagram service.
pub(super) const DATAGRAMS: Protocol =
    udp("nbdgm", |chunk| datagram(datagrams(chunk))).ports(&[138]);
/// The session service, where a session is asked for by name.
pub(super) const SESSIONS: Protocol = tcp("nbss", |chunk| stream(sessions(chunk)));

/// The first name is 32 letters from A to P between their length and a zero: 144 bits.
fn names(bytes: &[u8]) -> Option<bool> {
    if be16(bytes, 4)? > 1 {
        return Some(false);
    }
    encoded_name(bytes, 12)
}

/// Port 138, the message type (5 bits), flags of which four must be clear, and 16 bits more:
/// the port again, which some leave empty, or the exact length.
fn datagrams(chunk: &Chunk<'_>) -> Option<bool> {
    let kind = at(chunk.bytes, 0)?;
    let flags = at(chunk.bytes, 1)?;
    let header = chunk.has_port(138) && (0x10..=0x16).contains(&kind) && flags < 0x10;
    let again = be16(chunk.bytes, 8)? == 138;
    Some(header && (again || len16(chunk.bytes, 10)?.saturating_add(14) == sent_len(chunk)))
}

/// A session request with two encoded names (over 140 bits); or, from port 139, an answer
/// or a sign of life of the one length it can have (32 bits).
fn sessions(chunk: &Chunk<'_>) -> Option<bool> {
    let bytes = chunk.bytes;
    match at(bytes, 0)? {
        0x81 => {
            if at(bytes, 1)? > 1 || at(bytes, 2)? != 0 {
                return Some(false);
            }
            let len = len16(bytes, 2)?;
            if !(68..=255).contains(&len) {
                return Some(false);
            }
            encoded_name(bytes, 4)
        }
        0x82 if chunk.has_port(139) => Some(be32(bytes, 0)? == 0x8200_0000),
        0x83 if chunk.has_port(139) => Some(be32(bytes, 0)? == 0x8300_0001),
        0x85 if chunk.has_port(139) => Some(be32(bytes, 0)? == 0x8500_0000),
        _ => Some(false),
    }
}

/// A first-level encoded name: each half byte is a letter from A to P.
fn encoded_name(bytes: &[u8], place: usize) -> Option<bool> {
    if at(bytes, place)? != 32 {
        return Some(false);
    }
    let letters = place.saturating_add(1);
    for offset in 0..32_usize {
        if !matches!(at(bytes, letters.saturating_add(offset))?, b'A'..=b'P') {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn the_name_tells() {
        let mut query = hex("1234 0110 0001 0000 0000 0000");
        query.push(32);
        query.extend_from_slice(b"CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0");
        query.extend_from_slice(&hex("0021 0001"));
        check_udp(137, &query, "nbns");
        query[20] = b'Q';
        check_udp(137, &query, "");
    }

    #[test]
    fn datagrams_and_sessions() {
        let datagram = hex("110a8bbc c0a80001 008a 00bb 0000 20");
        check_udp(138, &datagram, "nbdgm");
        check_udp(139, &datagram, "");
        let mut request = hex("81000044 20");
        request.extend_from_slice(b"CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0");
        check_tcp(139, &request, "nbss");
        check_tcp(139, &hex("82000000"), "nbss");
        check_tcp(1390, &hex("82000000"), "");
    }
}
