//! Telephony and streaming with lines of text, and Flash's successor of them.
//!
//! In:   datagrams and streams. Out: `sip`, `rtsp`, `msrp`, `rtmp`.
//! Spec: RFC 3261 §7, RFC 7826 §4, RFC 4975 §7.1; Adobe RTMP 1.0 §5.2.
//!
//! SIP carries a phone's calls over LTE and Wi-Fi; MSRP its RCS messages.

use super::shape::{all, at, begins, begins_any, datagram, le32, line, stream};
use super::{both, tcp};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// Session Initiation Protocol.
pub(super) const SIP: Protocol = both("sip", |chunk| text(chunk, b"SIP/2.0", SIP_METHODS))
    .first(|first| first.is_ascii_uppercase());
/// Real Time Streaming Protocol.
pub(super) const RTSP: Protocol = both("rtsp", |chunk| text(chunk, b"RTSP/", RTSP_METHODS))
    .first(|first| first.is_ascii_uppercase());
/// Message Session Relay Protocol.
pub(super) const MSRP: Protocol = tcp("msrp", |chunk| stream(msrp(chunk.bytes)));
/// Adobe's streaming protocol, which live broadcasts are still sent with.
pub(super) const RTMP: Protocol = tcp("rtmp", |chunk| stream(rtmp(chunk)));

/// An answer that begins with the version, or a request whose method is known and whose first
/// line ends in the version: over 80 bits.
fn text(chunk: &Chunk<'_>, version: &[u8], methods: &[&[u8]]) -> Probe {
    match chunk.carrier {
        Carrier::Udp => datagram(first_line(chunk.bytes, version, methods)),
        Carrier::Tcp => stream(first_line(chunk.bytes, version, methods)),
    }
}

fn first_line(bytes: &[u8], version: &[u8], methods: &[&[u8]]) -> Option<bool> {
    // Methods and versions are capitals: most payloads are turned down by their first byte.
    if !bytes.first().is_none_or(u8::is_ascii_uppercase) {
        return Some(false);
    }
    let answer = begins(bytes, version);
    if answer == Some(true) {
        return answer;
    }
    if begins_any(bytes, methods) == Some(false) {
        return answer;
    }
    match line(bytes, LONGEST_LINE) {
        Some(line) => Some(
            begins_any(line, methods) == Some(true)
                && memchr::memmem::rfind(line, version).is_some_and(|place| {
                    // Nothing but the version's digits may follow it.
                    line.len().saturating_sub(place) <= version.len().saturating_add(3)
                }),
        ),
        None if bytes.len() >= LONGEST_LINE => Some(false),
        None => None,
    }
}

/// The name, a transaction of at least four characters, and a method or status: over 50 bits.
fn msrp(bytes: &[u8]) -> Option<bool> {
    if !begins(bytes, b"MSRP ")? {
        return Some(false);
    }
    let Some(line) = line(bytes, LONGEST_LINE) else {
        return if bytes.len() < LONGEST_LINE {
            None
        } else {
            Some(false)
        };
    };
    let mut words = line.split(|byte| *byte == b' ').skip(1);
    let transaction = words.next()?;
    Some(transaction.len() >= 3 && transaction.is_ascii() && words.next().is_some())
}

/// Version 3 or 6, then a time and four zero bytes (38 bits), or four bytes of the player's
/// version with the port 1935.
fn rtmp(chunk: &Chunk<'_>) -> Option<bool> {
    if !matches!(at(chunk.bytes, 0)?, 3 | 6) {
        return Some(false);
    }
    if chunk.bytes.len() < 9 {
        return None;
    }
    if all(chunk.bytes, 5, 9, 0)? {
        // Then 1,528 bytes of noise: a few zeros behind a 3 are not enough.
        return Some(le32(chunk.bytes, 9)? != 0 && le32(chunk.bytes, 61)? != 0);
    }
    Some(chunk.has_port(1935) && at(chunk.bytes, 5)? < 0x20)
}

const SIP_METHODS: &[&[u8]] = &[
    b"INVITE ",
    b"ACK ",
    b"BYE ",
    b"CANCEL ",
    b"REGISTER ",
    b"OPTIONS ",
    b"PRACK ",
    b"SUBSCRIBE ",
    b"NOTIFY ",
    b"PUBLISH ",
    b"INFO ",
    b"REFER ",
    b"MESSAGE ",
    b"UPDATE ",
];
const RTSP_METHODS: &[&[u8]] = &[
    b"OPTIONS ",
    b"DESCRIBE ",
    b"ANNOUNCE ",
    b"SETUP ",
    b"PLAY ",
    b"PAUSE ",
    b"TEARDOWN ",
    b"GET_PARAMETER ",
    b"SET_PARAMETER ",
    b"RECORD ",
    b"REDIRECT ",
];
/// Longer first lines are not waited for.
const LONGEST_LINE: usize = 1024;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn lines_that_end_in_the_version() {
        check_udp(5060, b"REGISTER sip:ims.example SIP/2.0\r\nVia: x", "sip");
        check_tcp(5060, b"INVITE tel:+1 SIP/2.0\r\n", "sip");
        check_udp(5060, b"SIP/2.0 200 OK\r\n", "sip");
        check_tcp(554, b"OPTIONS rtsp://192.0.2.1/a RTSP/1.0\r\n", "rtsp");
        check_tcp(80, b"OPTIONS * HTTP/1.1\r\nHost: a\r\n", "");
        check_udp(5060, b"SUBSCRIBE * HTTP/1.2 SIP/2.0 or so\r\n", "");
    }

    #[test]
    fn messages_and_broadcasts() {
        check_tcp(2855, b"MSRP d93kswow SEND\r\nTo-Path:", "msrp");
        let mut hello = hex("03 00000000 00000000");
        hello.resize(200, 0x5a);
        check_tcp(443, &hello, "rtmp");
        check_tcp(1935, &hex("03 00001234 0900 7c02 11"), "rtmp");
        check_tcp(1936, &hex("03 00001234 0900 7c02 11"), "");
    }
}
