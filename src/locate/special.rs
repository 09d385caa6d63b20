//! Addresses that are nowhere: no database may place them.
//!
//! In:   an address.
//! Out:  why it has no country, in words; or the IPv4 address that a NAT64 prefix wraps.
//! Spec: the IANA special-purpose registries (RFC 6890), RFC 6598 (CGNAT), RFC 5737 and RFC 3849
//!       and RFC 9637 (documentation), RFC 2544 (benchmarks), RFC 3056 (6to4), RFC 4380 (Teredo),
//!       RFC 6052 (NAT64), RFC 4291 (IPv6 addressing).
//!
//! Total: every address has an answer, and nothing allocates.

use crate::language::WORDS;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why `address` has no country, whatever a database says; `None` for ordinary addresses.
pub(super) fn why_nowhere(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => find(V4, u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => nowhere_v6(v6),
    }
}

/// The IPv4 address inside 64:ff9b::/96: phones in networks without IPv4 reach IPv4 servers
/// under it, and the server is where the IPv4 address is (RFC 6052 §2.1).
pub(super) fn inside_nat64(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(v6) = address else {
        return None;
    };
    match v6.octets() {
        [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => {
            Some(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        _ => None,
    }
}

fn nowhere_v6(v6: Ipv6Addr) -> Option<&'static str> {
    let bits = v6.to_bits();
    let special = find(V6, bits, 128);
    // Only 2000::/3 is given out as global unicast (RFC 4291 §2.4).
    let global = bits >> 125 == 1;
    special.or((!global).then_some(RESERVED))
}

/// The IPv4 addresses that a database may place: first and last of each stretch, sorted.
pub(super) fn ordinary_v4() -> Vec<(u128, u128)> {
    let mut special: Vec<(u128, u128)> = V4
        .iter()
        .map(|(first, length, _)| {
            let size = 1_u128.checked_shl(u32::saturating_sub(32, *length));
            (
                *first,
                first.saturating_add(size.unwrap_or(1)).saturating_sub(1),
            )
        })
        .collect();
    special.sort_unstable();
    let mut next = 0_u128;
    let mut ordinary = Vec::new();
    for (first, last) in special {
        if first > next {
            ordinary.push((next, first.saturating_sub(1)));
        }
        next = next.max(last.saturating_add(1));
    }
    if next <= u128::from(u32::MAX) {
        ordinary.push((next, u32::MAX.into()));
    }
    ordinary
}

/// The first entry of `table` whose prefix covers `bits`.
fn find(table: &[Entry], bits: u128, width: u32) -> Option<&'static str> {
    let covers = |entry: &&Entry| {
        let shift = width.saturating_sub(entry.1);
        bits.checked_shr(shift) == entry.0.checked_shr(shift)
    };
    table.iter().find(covers).map(|entry| entry.2)
}

/// Prefix, its length, the words.
type Entry = (u128, u32, &'static str);

const PRIVATE: &str = WORDS.nowhere.private;
const LOOPBACK: &str = WORDS.nowhere.loopback;
const LINK_LOCAL: &str = WORDS.nowhere.link_local;
const DOCUMENTATION: &str = WORDS.nowhere.documentation;
const BENCHMARK: &str = WORDS.nowhere.benchmark;
const MULTICAST: &str = WORDS.nowhere.multicast;
const RESERVED: &str = WORDS.nowhere.reserved;
const TUNNEL: &str = WORDS.nowhere.tunnel;
const ANYCAST: &str = super::ANYCAST_WORDS;

/// 0.0.0.0/8 to 255.255.255.255. The protocol assignments of 192.0.0.0/24 count as reserved.
const V4: &[Entry] = &[
    (0x0000_0000, 8, WORDS.nowhere.unspecified),
    (0x0a00_0000, 8, PRIVATE),
    (0x6440_0000, 10, WORDS.nowhere.carrier_nat),
    (0x7f00_0000, 8, LOOPBACK),
    (0xa9fe_0000, 16, LINK_LOCAL),
    (0xac10_0000, 12, PRIVATE),
    (0xc000_0000, 24, RESERVED),
    (0xc000_0200, 24, DOCUMENTATION),
    // AS112 (RFC 7534, RFC 7535), AMT (RFC 7450), the retired 6to4 relays (RFC 7526).
    (0xc01f_c400, 24, ANYCAST),
    (0xc034_c100, 24, ANYCAST),
    (0xc058_6300, 24, TUNNEL),
    (0xc0a8_0000, 16, PRIVATE),
    (0xc0af_3000, 24, ANYCAST),
    (0xc612_0000, 15, BENCHMARK),
    (0xc633_6400, 24, DOCUMENTATION),
    (0xcb00_7100, 24, DOCUMENTATION),
    (0xe000_0000, 4, MULTICAST),
    (0xffff_ffff, 32, WORDS.nowhere.broadcast),
    (0xf000_0000, 4, RESERVED),
];

const V6: &[Entry] = &[
    (0, 128, WORDS.nowhere.unspecified),
    (1, 128, LOOPBACK),
    (0xffff << 32, 96, WORDS.nowhere.mapped),
    (v6(0x64, 0xff9b, 1), 48, WORDS.nowhere.local_nat64),
    (v6(0x100, 0, 0), 64, WORDS.nowhere.discard),
    // 2001::/23 is for protocols (RFC 2928); its parts with words of their own come first.
    (v6(0x2001, 0, 0), 32, TUNNEL),
    (v6(0x2001, 2, 0), 48, BENCHMARK),
    (v6(0x2001, 3, 0), 32, ANYCAST),
    (v6(0x2001, 4, 0x112), 48, ANYCAST),
    (v6(0x2001, 0, 0), 23, RESERVED),
    (v6(0x2001, 0xdb8, 0), 32, DOCUMENTATION),
    (v6(0x2002, 0, 0), 16, TUNNEL),
    (v6(0x2620, 0x4f, 0x8000), 48, ANYCAST),
    (v6(0x3fff, 0, 0), 20, DOCUMENTATION),
    (v6(0xfc00, 0, 0), 7, PRIVATE),
    (v6(0xfe80, 0, 0), 10, LINK_LOCAL),
    (v6(0xfec0, 0, 0), 10, PRIVATE),
    (v6(0xff00, 0, 0), 8, MULTICAST),
];

const fn v6(a: u16, b: u16, c: u16) -> u128 {
    Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_bits()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, want: &str) {
        let got = why_nowhere(address.parse().unwrap());
        assert_eq!(got.unwrap_or("somewhere"), want, "{address}");
    }

    #[test]
    fn special_ipv4_addresses_are_nowhere() {
        check("0.1.2.3", "unspecified address");
        check("10.0.0.1", "private address");
        check("172.31.255.255", "private address");
        check("172.32.0.0", "somewhere");
        check("192.168.1.1", "private address");
        check("100.64.0.1", "carrier-grade NAT address");
        check("100.128.0.0", "somewhere");
        check("127.0.0.53", "loopback address");
        check("169.254.169.254", "link-local address");
        check("192.0.2.200", "documentation address");
        check("198.51.100.1", "documentation address");
        check("203.0.113.1", "documentation address");
        check("198.19.255.255", "benchmarking address");
        check("224.0.0.251", "multicast address");
        check("250.1.2.3", "reserved address");
        check("255.255.255.255", "broadcast address");
        check("192.88.99.1", "tunnel address");
        check("54.179.147.20", "somewhere");
    }

    #[test]
    fn special_ipv6_addresses_are_nowhere() {
        check("::", "unspecified address");
        check("::1", "loopback address");
        check("::8.8.8.8", "reserved address");
        check("::ffff:8.8.8.8", "IPv4-mapped address: never on the wire");
        check("64:ff9b:1::1", "local-use NAT64 address");
        check("100::1", "discard-only address");
        check("2001:0:53aa:64c::1", "tunnel address");
        check("2001:2::1", "benchmarking address");
        check("2001:20::1", "reserved address");
        check("2001:db8::1", "documentation address");
        check("3fff:fff::1", "documentation address");
        check("2002:808:808::1", "tunnel address");
        check("4000::1", "reserved address");
        check("fd00:77::2", "private address");
        check("fe80::1", "link-local address");
        check("ff02::fb", "multicast address");
        check("2001:200::1", "somewhere");
        check("2600:1f18::1", "somewhere");
    }

    #[test]
    fn a_nat64_address_holds_an_ipv4_address() {
        let inside = |address: &str| inside_nat64(address.parse().unwrap());
        assert_eq!(
            inside("64:ff9b::36b3:9314"),
            Some("54.179.147.20".parse().unwrap())
        );
        assert_eq!(inside("64:ff9b:0:1::36b3:9314"), None);
        assert_eq!(inside("54.179.147.20"), None);
    }
}
