//! Tunnels with WireGuard's handshake.
//!
//! In:   datagrams. Out: `wireguard`; `tailscale` for the probing that finds its peers.
//! Spec: WireGuard whitepaper §5.4; Tailscale's package `disco`.
//!
//! Cloudflare's WARP writes an identifier into the three reserved bytes, so those need not be
//! zero where something else is.

use super::shape::{all, at, datagram, le32, sent_len};
use super::udp;
use crate::inspect::Protocol;
use crate::model::Chunk;

/// The four WireGuard messages.
pub(super) const WIREGUARD: Protocol =
    udp("wireguard", |chunk| datagram(message(chunk))).first(|first| matches!(first, 1..=4));
/// Tailscale's own messages between peers: six fixed bytes, 48 bits.
pub(super) const TAILSCALE: Protocol = udp("tailscale", |chunk| {
    datagram(Some(
        chunk.bytes.starts_with(b"TS\xf0\x9f\x92\xac") && sent_len(chunk) >= 62,
    ))
})
.first(|first| first == b'T');

/// The type and three zero bytes (32 bits) with the type's length; or the type, its length and
/// an empty second MAC (128 bits); or, for data, a length in steps of 16 and a counter whose
/// upper half is still zero (44 bits).
fn message(chunk: &Chunk<'_>) -> Option<bool> {
    let bytes = chunk.bytes;
    let plain = le32(bytes, 0)? <= 4;
    Some(match (at(bytes, 0)?, sent_len(chunk)) {
        (1, 148) => plain || all(bytes, 132, 148, 0)?,
        (2, 92) => plain || all(bytes, 76, 92, 0)?,
        (3, 64) => plain,
        (4, len) => len >= 32 && len % 16 == 0 && le32(bytes, 12)? == 0 && le32(bytes, 4)? != 0,
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::check_udp;

    #[test]
    fn type_and_length_tell() {
        let mut initiation = vec![7_u8; 148];
        initiation[..4].copy_from_slice(&[1, 0, 0, 0]);
        check_udp(51_820, &initiation, "wireguard");
        check_udp(51_820, &initiation[..147], "");
        initiation[1] = 9;
        check_udp(2408, &initiation, "");
        initiation[132..].fill(0);
        check_udp(2408, &initiation, "wireguard");
    }

    #[test]
    fn data_needs_a_young_counter() {
        let mut data = vec![7_u8; 96];
        data[..4].copy_from_slice(&[4, 0, 0, 0]);
        check_udp(51_820, &data, "");
        data[8..16].copy_from_slice(&9_u64.to_le_bytes());
        check_udp(51_820, &data, "wireguard");
    }

    #[test]
    fn tailscale_has_a_magic() {
        let mut ping = b"TS\xf0\x9f\x92\xac".to_vec();
        ping.resize(62, 1);
        check_udp(41_641, &ping, "tailscale");
        check_udp(41_641, &ping[..61], "");
    }
}
