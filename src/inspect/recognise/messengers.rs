//! Transports that messengers made for themselves.
//!
//! In:   streams (and OICQ's datagrams). Out: `whatsapp`, `telegram`, `wechat`, `xiaomi-push`,
//!       `oicq`.
//! Spec: none is official but Telegram's ("MTProto transports", core.telegram.org). WhatsApp's
//!       prologue, WeChat's MMTLS records and Mars header, Xiaomi's push header and OICQ's frame
//!       are as implementations and captures have them.
//!
//! Telegram can also hide every byte ("obfuscated"); that looks random by design, and an address
//! alone proves nothing, so it stays unrecognised. Signal, Viber, Apple's push and Google's
//! are TLS, and told apart by its names.

use super::shape::{
    all, at, be16, be24, be32, begins, datagram, le32, len16, len32, sent_len, stream,
};
use super::{tcp, udp};
use crate::inspect::Protocol;
use crate::model::Chunk;

/// WhatsApp's chat connection: the Noise prologue.
pub(super) const WHATSAPP: Protocol = tcp("whatsapp", |chunk| stream(whatsapp(chunk.bytes)));
/// Telegram's chat connection, where it does not hide.
pub(super) const TELEGRAM: Protocol = tcp("telegram", |chunk| stream(telegram(chunk.bytes)));
/// WeChat's chat connection.
pub(super) const WECHAT: Protocol = tcp("wechat", |chunk| stream(wechat(chunk.bytes)));
/// Xiaomi's push service.
pub(super) const XIAOMI_PUSH: Protocol = tcp("xiaomi-push", |chunk| {
    stream(begins(chunk.bytes, b"\xc2\xfe\x00\x05"))
});
/// QQ.
pub(super) const OICQ: Protocol = udp("oicq", |chunk| datagram(oicq(chunk))).ports(&[8000]);

/// `WA` and two version numbers (27 bits) and the upper byte of a frame's length (8 bits). With
/// `ED`, 0 and 1 (32 bits) before it, a route that the server handed out earlier comes first.
fn whatsapp(bytes: &[u8]) -> Option<bool> {
    match at(bytes, 0)? {
        b'W' => prologue(bytes, 0),
        b'E' => {
            if !begins(bytes, b"ED\0\x01")? {
                return Some(false);
            }
            let route = usize::try_from(be24(bytes, 4)?).unwrap_or(usize::MAX);
            if route > 256 {
                return Some(false);
            }
            prologue(bytes, route.saturating_add(7))
        }
        _ => Some(false),
    }
}

fn prologue(bytes: &[u8], place: usize) -> Option<bool> {
    let head = bytes.get(place..)?;
    if !begins(head, b"WA")? || at(head, 2)? > 15 || at(head, 3)? > 15 {
        return Some(false);
    }
    Some(at(head, 4)? == 0)
}

/// The intermediate transports' four equal bytes (32 bits) and a length below 2^20 (12 bits);
/// or the abridged (8 bits) or full transport where the first message is one without a key
/// (64 bits).
fn telegram(bytes: &[u8]) -> Option<bool> {
    match at(bytes, 0)? {
        first @ (0xee | 0xdd) => {
            if !begins(bytes, &[first; 4])? {
                return Some(false);
            }
            Some((16..1 << 20).contains(&le32(bytes, 4)?))
        }
        0xef => match at(bytes, 1)? {
            1..=0x7e => no_key(bytes, 2),
            0x7f => no_key(bytes, 5),
            _ => Some(false),
        },
        // Full: a length, the number 0, then the message.
        _ => {
            let len = le32(bytes, 0)?;
            if !(24..=4096).contains(&len) || len % 4 != 0 || le32(bytes, 4)? != 0 {
                return Some(false);
            }
            if !no_key(bytes, 8)? {
                return Some(false);
            }
            // A message identifier is a time in seconds, shifted by 32 bits.
            Some(le32(bytes, 20)? > 0x5000_0000)
        }
    }
}

/// An authorisation key of 0: the handshake, in the clear.
fn no_key(bytes: &[u8], place: usize) -> Option<bool> {
    for offset in 0..8_usize {
        if at(bytes, place.saturating_add(offset))? != 0 {
            return Some(false);
        }
    }
    Some(true)
}

/// MMTLS: a record of TLS's shape with version 0xf103 or 0xf104 (21 bits) and a length below
/// 4,096 (4 bits), followed by another where it ends. Mars: a header of 16 bytes, version 1
/// (32 bits) and a length below 2^20 (12 bits).
fn wechat(bytes: &[u8]) -> Option<bool> {
    match at(bytes, 0)? {
        0x16 | 0x19 => mmtls(bytes),
        0 => {
            if at(bytes, 1)? > 0x0f || be16(bytes, 4)? != 16 || be16(bytes, 6)? != 1 {
                return Some(false);
            }
            Some(len32(bytes, 0)? >= 16 && be32(bytes, 8)? < 1 << 20)
        }
        _ => Some(false),
    }
}

fn mmtls(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 1)? != 0xf1 || !matches!(at(bytes, 2)?, 3 | 4) {
        return Some(false);
    }
    let len = len16(bytes, 3)?;
    if !(4..4096).contains(&len) {
        return Some(false);
    }
    // The hello says how much of the record it fills.
    Some(len32(bytes, 5)?.saturating_add(4) == len)
}

/// Port 8000, the first and the last byte (16 bits), a command below 0x0200 (7 bits) and a
/// body; the datagram must be whole.
fn oicq(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(8000) || chunk.cut_bytes > 0 || at(chunk.bytes, 0)? != 2 {
        return Some(false);
    }
    let last = sent_len(chunk).checked_sub(1)?;
    let end = all(chunk.bytes, last, last.saturating_add(1), 3)?;
    Some(end && last >= 12 && be16(chunk.bytes, 3)? < 0x0200)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn whatsapp_with_and_without_a_route() {
        check_tcp(5222, b"WA\x06\x03\x00\x00\x24\x12\x22\x0a\x20", "whatsapp");
        check_tcp(
            443,
            &hex("45440001 000004 08050802 57410201 0000ee 12"),
            "whatsapp",
        );
        check_tcp(443, b"WARC/1.0", "");
    }

    #[test]
    fn telegram_where_it_does_not_hide() {
        check_tcp(443, &hex("eeeeeeee 28000000 0000000000000000"), "telegram");
        check_tcp(443, &hex("dddddddd 35000000 0000000000000000"), "telegram");
        check_tcp(
            5222,
            &hex("ef 0a 0000000000000000 0011223344556677"),
            "telegram",
        );
        check_tcp(5222, &hex("ef 0a 0000000000000100 0011223344556677"), "");
    }

    #[test]
    fn the_chinese_messengers() {
        check_tcp(8080, &hex("19 f104 00a1 0000009d 01"), "wechat");
        check_tcp(8080, &hex("00000110 0010 0001 00000006 00000001"), "wechat");
        check_tcp(5222, &hex("c2fe0005 00000001"), "xiaomi-push");
        check_udp(8000, &hex("02 3559 0017 1234 00bc614e 0a0b0c0d 03"), "oicq");
        check_udp(8001, &hex("02 3559 0017 1234 00bc614e 0a0b0c0d 03"), "");
    }
}
