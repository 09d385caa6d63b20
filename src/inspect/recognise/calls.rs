//! Calls that do not begin with STUN.
//!
//! In:   datagrams. Out: `telegram-call`, `zoom`, `discord`.
//! Spec: Telegram's and Zoom's are as captures have them; Discord's is "Voice Connections, IP
//!       Discovery" of its developer documentation.

use super::shape::{all, at, be16, be32, datagram, sent_len};
use super::udp;
use crate::inspect::Protocol;
use crate::model::Chunk;

/// A Telegram call over a reflector.
pub(super) const TELEGRAM_CALL: Protocol = udp("telegram-call", |chunk| datagram(telegram(chunk)));
/// Zoom's media servers.
pub(super) const ZOOM: Protocol =
    udp("zoom", |chunk| datagram(zoom(chunk))).first(|first| matches!(first, 1 | 2));
/// Discord's voice servers.
pub(super) const DISCORD: Protocol =
    udp("discord", |chunk| datagram(discord(chunk))).first(|first| first == 0);

/// Twelve bytes of ones (96 bits) behind the sixteen of the peer's tag.
fn telegram(chunk: &Chunk<'_>) -> Option<bool> {
    Some(
        sent_len(chunk) >= 32 && all(chunk.bytes, 16, 28, 0xff)? && !all(chunk.bytes, 0, 16, 0xff)?,
    )
}

/// Hello and answer: 1 or 2, then 0 (16 bits); behind a 16-byte identifier, zero bytes
/// (at least 32 bits).
fn zoom(chunk: &Chunk<'_>) -> Option<bool> {
    match (at(chunk.bytes, 0)?, at(chunk.bytes, 1)?) {
        // Twice the same time and a length, as long as a hello has it.
        (1, 0) => Some(
            all(chunk.bytes, 19, 26, 0)?
                && be32(chunk.bytes, 27)? == be32(chunk.bytes, 31)?
                && !all(chunk.bytes, 3, 19, 0)?,
        ),
        (2, 0) => Some(
            sent_len(chunk) == 44
                && all(chunk.bytes, 27, 32, 0)?
                && !all(chunk.bytes, 3, 19, 0)?
                && (8801..=8810).any(|port| chunk.has_port(port)),
        ),
        _ => Some(false),
    }
}

/// Type and length (32 bits) of the question where the client's address is, whose 64 bytes for
/// that are empty; or the answer.
fn discord(chunk: &Chunk<'_>) -> Option<bool> {
    if sent_len(chunk) != 74 || be16(chunk.bytes, 2)? != 70 {
        return Some(false);
    }
    match be16(chunk.bytes, 0)? {
        1 => all(chunk.bytes, 8, 72, 0),
        2 => Some(at(chunk.bytes, 8)?.is_ascii_hexdigit() && all(chunk.bytes, 54, 72, 0)?),
        _ => Some(false),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_udp, hex};

    #[test]
    fn telegram_reflectors() {
        let ping = hex(
            "dc4c00291565b7acbc236da9eda0d597 ffffffffffffffffffffffff feffffff 27b060165216eb50",
        );
        check_udp(536, &ping, "telegram-call");
        check_udp(536, &[0xff; 40], "");
    }

    #[test]
    fn zoom_hello() {
        let mut hello = hex(
            "010003 954097e272fcb81c39c756cc24ca9fa5 0000000000000002 006f63af 006f63af 00000040",
        );
        hello.resize(123, 0x5a);
        check_udp(8801, &hello, "zoom");
        hello[30] = 0;
        check_udp(8801, &hello, "");
    }

    #[test]
    fn discord_asks_for_its_address() {
        let mut question = hex("0001 0046 00001234");
        question.resize(74, 0);
        check_udp(50_004, &question, "discord");
        question[40] = 1;
        check_udp(50_004, &question, "");
    }
}
