//! Address configuration.
//!
//! In:   datagrams. Out: `dhcp`, `dhcpv6`.
//! Spec: RFC 2131 §2 and §3 (the magic cookie), RFC 951 §3; RFC 8415 §7.3, §8 and §9.

use super::shape::{at, be16, be32, datagram, len16, sent_len};
use super::udp;
use crate::inspect::Protocol;
use crate::model::Chunk;

/// DHCP for IPv4, and BOOTP before it.
pub(super) const DHCP: Protocol =
    udp("dhcp", |chunk| datagram(dhcp(chunk))).first(|first| matches!(first, 1 | 2));
/// DHCP for IPv6.
pub(super) const DHCPV6: Protocol =
    udp("dhcpv6", |chunk| datagram(dhcpv6(chunk))).ports(&[546, 547]);

/// The operation, the length of the hardware address and the cookie: 43 bits, on any port.
/// BOOTP has no cookie and needs both its ports.
fn dhcp(chunk: &Chunk<'_>) -> Option<bool> {
    let bytes = chunk.bytes;
    if !matches!(at(bytes, 0)?, 1 | 2) || at(bytes, 2)? > 16 {
        return Some(false);
    }
    if be32(bytes, 236) == Some(COOKIE) {
        return Some(true);
    }
    let ports =
        chunk.has_port(67) && (chunk.has_port(68) || chunk.client_port == chunk.server_port);
    Some(ports && sent_len(chunk) >= 236)
}

/// One of the two ports, a known message type (3 bits) and a first option whose code is
/// assigned (7 bits) and whose length fits (about 6 bits).
fn dhcpv6(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(546) && !chunk.has_port(547) {
        return Some(false);
    }
    let options = match at(chunk.bytes, 0)? {
        12 | 13 => 34,
        1..=36 => 4,
        _ => return Some(false),
    };
    let code = be16(chunk.bytes, options)?;
    let end = len16(chunk.bytes, options.saturating_add(2))?
        .saturating_add(options)
        .saturating_add(4);
    Some((1..=150).contains(&code) && end <= sent_len(chunk))
}

/// 99, 130, 83, 99 (RFC 2131 §3).
const COOKIE: u32 = 0x6382_5363;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_udp, hex};

    #[test]
    fn the_cookie_tells() {
        let mut discover = vec![0_u8; 240];
        discover[..4].copy_from_slice(&[1, 1, 6, 0]);
        check_udp(6767, &discover, "");
        discover[236..].copy_from_slice(&[99, 130, 83, 99]);
        check_udp(67, &discover, "dhcp");
        check_udp(6767, &discover, "dhcp");
    }

    #[test]
    fn reads_the_first_option() {
        let solicit = hex("01 0a0b0c 0001 0004 00010002");
        check_udp(547, &solicit, "dhcpv6");
        check_udp(548, &solicit, "");
        check_udp(547, &hex("01 0a0b0c 0001 00ff 00010002"), "");
    }
}
