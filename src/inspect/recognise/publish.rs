//! Message queues and things.
//!
//! In:   datagrams and streams. Out: `mqtt`, `amqp`, `coap`.
//! Spec: MQTT 3.1.1 §3.1 and 5.0 §3.1; AMQP 0-9-1 §4.2.2 and 1.0 §2.2; RFC 7252 §3.

use super::shape::{at, be16, begins_any, datagram, sent_len, stream};
use super::{tcp, udp};
use crate::inspect::Protocol;
use crate::model::Chunk;

/// MQTT, which many phones' push services speak.
pub(super) const MQTT: Protocol = tcp("mqtt", |chunk| stream(mqtt(chunk.bytes)));
/// AMQP: its name and a zero or a protocol number, 32 bits and more.
pub(super) const AMQP: Protocol = tcp("amqp", |chunk| {
    stream(begins_any(
        chunk.bytes,
        &[
            b"AMQP\x00\x00\x09",
            b"AMQP\x00\x01\x00",
            b"AMQP\x01\x01",
            b"AMQP\x02\x01",
            b"AMQP\x03\x01",
        ],
    ))
});
/// CoAP, the small HTTP of things.
pub(super) const COAP: Protocol = udp("coap", |chunk| datagram(coap(chunk))).ports(&[5683]);

/// CONNECT (8 bits), a length of one to four bytes, and the protocol's name (48 bits or more).
fn mqtt(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != 0x10 {
        return Some(false);
    }
    for place in 1..5_usize {
        if at(bytes, place)? & 0x80 == 0 {
            let name = bytes.get(place.saturating_add(1)..)?;
            return begins_any(name, &[b"\x00\x04MQTT", b"\x00\x06MQIsdp"]);
        }
    }
    Some(false)
}

/// Port 5683, version 1 (2 bits), a token of at most 8 bytes, a code that is assigned (3 bits),
/// and options that end within the datagram.
fn coap(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(5683) {
        return Some(false);
    }
    let first = at(chunk.bytes, 0)?;
    let token = usize::from(first & 0x0f);
    let code = at(chunk.bytes, 1)?;
    let known = matches!(code, 1..=7 | 0x40..=0x5f | 0x80..=0x9f | 0xa0..=0xa8);
    let ping = code == 0 && sent_len(chunk) == 4;
    if first >> 6 != 1 || token > 8 || !(known || ping) {
        return Some(false);
    }
    Some(ping || options_fit(chunk, token.saturating_add(4)))
}

/// Each option is a nibble of number, a nibble of length, extensions of both, and the value.
fn options_fit(chunk: &Chunk<'_>, start: usize) -> bool {
    let end = sent_len(chunk);
    let mut place = start;
    for _ in 0..32 {
        if place >= end {
            return place == end;
        }
        let Some(head) = at(chunk.bytes, place) else {
            return chunk.cut_bytes > 0;
        };
        if head == 0xff {
            return place.saturating_add(1) < end;
        }
        place = place.saturating_add(1);
        place = place.saturating_add(match head >> 4 {
            0..=12 => 0,
            13 => 1,
            14 => 2,
            _ => return false,
        });
        let (extra, len) = match head & 0x0f {
            len @ 0..=12 => (0, Some(usize::from(len))),
            13 => (
                1,
                at(chunk.bytes, place).map(|len| usize::from(len).saturating_add(13)),
            ),
            14 => (
                2,
                be16(chunk.bytes, place).map(|len| usize::from(len).saturating_add(269)),
            ),
            _ => return false,
        };
        let Some(len) = len else {
            return chunk.cut_bytes > 0;
        };
        place = place.saturating_add(extra).saturating_add(len);
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn mqtt_names_itself() {
        check_tcp(
            8883,
            b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04id01",
            "mqtt",
        );
        check_tcp(1883, b"\x10\x8a\x01\x00\x06MQIsdp\x03\x02", "mqtt");
        check_tcp(1883, b"\x10\x10\x00\x04MQTX\x04", "");
        check_tcp(5672, b"AMQP\x00\x00\x09\x01", "amqp");
    }

    #[test]
    fn coap_options_must_end() {
        check_udp(5683, &hex("40 01 1234 b5 48656c6c6f"), "coap");
        check_udp(5683, &hex("40 01 1234 b6 48656c6c6f"), "");
        check_udp(5684, &hex("40 01 1234 b5 48656c6c6f"), "");
    }
}
