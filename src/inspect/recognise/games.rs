//! Games that phones play over datagrams.
//!
//! In:   datagrams. Out: `raknet`, `steam`.
//! Spec: RakNet's `MessageIdentifiers.h` (offline messages); Valve Developer Community
//!       "Server queries". Steam's local discovery is as captures have it.

use super::shape::{at, begins, begins_any, datagram};
use super::udp;
use crate::inspect::Protocol;

/// RakNet, the transport of Minecraft and others.
pub(super) const RAKNET: Protocol = udp("raknet", |chunk| datagram(raknet(chunk.bytes)))
    .first(|first| matches!(first, 0x01 | 0x02 | 0x05..=0x08 | 0x1c));
/// Valve's queries and discovery: four bytes of ones and a text or number, 64 bits.
pub(super) const STEAM: Protocol = udp("steam", |chunk| {
    datagram(begins_any(
        chunk.bytes,
        &[
            b"\xff\xff\xff\xffTSource Engine Query\0",
            b"\xff\xff\xff\xff\x21\x4c\x5f\xa0",
        ],
    ))
})
.first(|first| first == 0xff);

/// The sixteen bytes that mark a message outside a connection, where its kind puts them.
fn raknet(bytes: &[u8]) -> Option<bool> {
    let place = match at(bytes, 0)? {
        // Pings carry a time first, answers to them an identifier as well.
        0x01 | 0x02 => 9,
        0x1c => 17,
        0x05..=0x08 => 1,
        _ => return Some(false),
    };
    begins(
        bytes.get(place..)?,
        b"\x00\xff\xff\x00\xfe\xfe\xfe\xfe\xfd\xfd\xfd\xfd\x12\x34\x56\x78",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_udp, hex};

    #[test]
    fn marked_messages() {
        check_udp(
            19_132,
            &hex("05 00ffff00fefefefefdfdfdfd12345678 0b 0000"),
            "raknet",
        );
        check_udp(
            19_132,
            &hex("01 0000000000000001 00ffff00fefefefefdfdfdfd12345678"),
            "raknet",
        );
        check_udp(19_132, &hex("05 00ffff00fefefefefdfdfdfd12345679"), "");
        check_udp(27_036, &hex("ffffffff 214c5fa0 0000"), "steam");
    }
}
