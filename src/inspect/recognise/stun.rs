//! How calls find a way through address translators, and the relays they fall back on.
//!
//! In:   datagrams and streams. Out: `stun`; `turn` where a relay is asked for or used.
//! Spec: RFC 8489 §5 (header, cookie), RFC 3489 §11.1 (before there was a cookie),
//!       RFC 8656 §18.1 (methods) and §12.4 (ChannelData), RFC 4571 §2 (framing on TCP).
//!
//! WebRTC, WhatsApp, FaceTime, Teams, Zoom and Signal all begin their calls so. Messengers
//! that made up methods of their own keep the cookie, and count as `stun`.

use super::both;
use super::shape::{at, be16, be32, datagram, len16, sent_len, stream};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// Binding requests and their answers.
pub(super) const STUN: Protocol =
    both("stun", |chunk| probe(chunk, Kind::Stun)).first(|first| first < 0x40);
/// Allocations on a relay, and what goes over it.
pub(super) const TURN: Protocol =
    both("turn", |chunk| probe(chunk, Kind::Turn)).first(|first| first < 0x80);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Stun,
    Turn,
}

fn probe(chunk: &Chunk<'_>, want: Kind) -> Probe {
    match chunk.carrier {
        Carrier::Udp => datagram(datagram_kind(chunk).map(|kind| kind == Some(want))),
        Carrier::Tcp => stream(stream_kind(chunk.bytes).map(|kind| kind == Some(want))),
    }
}

fn datagram_kind(chunk: &Chunk<'_>) -> Option<Option<Kind>> {
    let bytes = chunk.bytes;
    let len = sent_len(chunk);
    let first = at(bytes, 0)?;
    if first & 0xc0 == 0x40 {
        return channel_data(chunk, len);
    }
    if first >= 0x40 {
        return Some(None);
    }
    let kind = be16(bytes, 0)?;
    // Two bits, the length (16 bits, some senders leave trailing bytes) and the cookie (32 bits).
    let body = len16(bytes, 2)?;
    if be32(bytes, 4)? == COOKIE && body.saturating_add(20) <= len {
        return Some(Some(method(kind)));
    }
    if body.saturating_add(20) == len && classic(kind) && attributes_fit(bytes, body) {
        return Some(Some(method(kind)));
    }
    Some(None)
}

/// Two bits, a length that fits in four bits less, and the cookie; or the same behind the
/// two-byte length of RFC 4571. At least 38 bits.
fn stream_kind(bytes: &[u8]) -> Option<Option<Kind>> {
    if at(bytes, 0)? >= 0x40 {
        return Some(None);
    }
    let kind = be16(bytes, 0)?;
    let len = len16(bytes, 2)?;
    let cookie = be32(bytes, 4)?;
    if cookie == COOKIE && len <= 2048 && len % 4 == 0 {
        return Some(Some(method(kind)));
    }
    // Framed: `kind` was the length of the message and `len` its type.
    let framed = at(bytes, 2)? < 0x40 && be16(bytes, 4)?.checked_add(20) == Some(kind);
    if framed && be32(bytes, 6)? == COOKIE {
        return Some(Some(method(be16(bytes, 2)?)));
    }
    Some(None)
}

/// A channel number (4 bits) and the exact length (16 bits) on a port that relays use.
fn channel_data(chunk: &Chunk<'_>, len: usize) -> Option<Option<Kind>> {
    let relay = (3478..=3481).any(|port| chunk.has_port(port)) || chunk.has_port(5349);
    let channel = be16(chunk.bytes, 0)?;
    let body = len16(chunk.bytes, 2)?;
    let whole = body.saturating_add(4) == len || body.next_multiple_of(4).saturating_add(4) == len;
    let found = relay && (0x4000..=0x4fff).contains(&channel) && whole;
    Some(found.then_some(Kind::Turn))
}

/// Methods 3 to 12 belong to relays; the two class bits lie within the method's.
fn method(kind: u16) -> Kind {
    let method = (kind & 0x000f) | ((kind & 0x00e0) >> 1) | ((kind & 0x3e00) >> 2);
    if (3..=12).contains(&method) {
        Kind::Turn
    } else {
        Kind::Stun
    }
}

/// Types in use before the cookie: 16 bits less three.
fn classic(kind: u16) -> bool {
    matches!(kind, 0x0001 | 0x0101 | 0x0111 | 0x0002 | 0x0102 | 0x0112)
        || matches!(kind, 0x0003 | 0x0103 | 0x0113 | 0x0004 | 0x0115)
}

/// Walks the attributes: type, length, value, padded to four bytes or (before RFC 5389) not.
fn attributes_fit(bytes: &[u8], body: usize) -> bool {
    let end = body.saturating_add(20);
    let mut place = 20_usize;
    for _ in 0..MOST_ATTRIBUTES {
        if place >= end {
            return place == end;
        }
        let Some(len) = len16(bytes, place.saturating_add(2)) else {
            return false;
        };
        place = place
            .saturating_add(4)
            .saturating_add(len.next_multiple_of(4));
    }
    false
}

const COOKIE: u32 = 0x2112_a442;
const MOST_ATTRIBUTES: usize = 32;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn the_cookie_tells() {
        let binding = hex("0001 0000 2112a442 000102030405060708090a0b");
        check_udp(19_302, &binding, "stun");
        check_tcp(19_302, &binding, "stun");
        let allocate = hex("0003 0004 2112a442 000102030405060708090a0b 11000000");
        check_udp(3478, &allocate, "turn");
        check_tcp(443, &allocate, "turn");
        let mut framed = hex("0014");
        framed.extend_from_slice(&binding);
        check_tcp(50_000, &framed, "stun");
    }

    #[test]
    fn before_the_cookie_everything_must_fit() {
        check_udp(
            3478,
            &hex("0001 0000 00112233 000102030405060708090a0b"),
            "stun",
        );
        check_udp(
            3478,
            &hex("0001 0008 00112233 000102030405060708090a0b 00030004 00000006"),
            "stun",
        );
        check_udp(
            3478,
            &hex("0001 0008 00112233 000102030405060708090a0b 00030005 00000006"),
            "",
        );
        check_udp(
            3478,
            &hex("0001 0004 00112233 000102030405060708090a0b"),
            "",
        );
    }

    #[test]
    fn channel_data_needs_the_port() {
        check_udp(3478, &hex("4001 0004 01020304"), "turn");
        check_udp(3477, &hex("4001 0004 01020304"), "");
    }
}
