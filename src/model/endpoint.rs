//! Addresses, and which of them is the audited device.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An EUI-48 address.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Mac(pub [u8; 6]);

/// `02:00:5e:10:00:01`, lower case.
impl fmt::Display for Mac {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(out, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
    }
}

/// One audited device and why it was taken for one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Device {
    /// All its addresses, sorted.
    pub addresses: Vec<IpAddr>,
    /// Its hardware address, where the link type has one.
    pub mac: Option<Mac>,
    /// The reason, in words: `named by --device`, `opened 41 of 43 flows`, …
    pub reason: String,
    /// Whether any flow has one of its addresses. Only a device that the user named may have none.
    pub is_observed: bool,
}

/// Where a flow's remote end can be, by its address alone.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Scope {
    /// A global unicast address: outside the local network.
    Outbound,
    /// Private, link-local, CGNAT (RFC 6598) or unique-local: on or near the local network.
    Lan,
    /// Multicast or broadcast.
    Multicast,
    /// The machine itself, or the unspecified address.
    Loopback,
}

impl Scope {
    /// The word of the `scope` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Outbound => "outbound",
            Scope::Lan => "lan",
            Scope::Multicast => "multicast",
            Scope::Loopback => "loopback",
        }
    }
}

/// The scope of `address` by the IANA special-purpose registries (RFC 6890, RFC 4291).
///
/// Documentation and reserved addresses are `Outbound`: traffic to them left for the
/// outside, though no database may place them.
#[must_use]
pub fn scope_of(address: IpAddr) -> Scope {
    match address {
        IpAddr::V4(v4) => scope_of_v4(v4),
        IpAddr::V6(v6) => scope_of_v6(v6),
    }
}

fn scope_of_v4(v4: Ipv4Addr) -> Scope {
    let [a, b, ..] = v4.octets();
    if v4.is_loopback() || a == 0 {
        Scope::Loopback
    } else if v4.is_multicast() || v4.is_broadcast() {
        Scope::Multicast
    } else if v4.is_private() || v4.is_link_local() || (a == 100 && b & 0xc0 == 64) {
        Scope::Lan
    } else {
        Scope::Outbound
    }
}

fn scope_of_v6(v6: Ipv6Addr) -> Scope {
    if let Some(v4) = v6.to_ipv4_mapped() {
        return scope_of_v4(v4);
    }
    let [first, ..] = v6.octets();
    if v6.is_loopback() || v6.is_unspecified() {
        Scope::Loopback
    } else if first == 0xff {
        Scope::Multicast
    } else if v6.is_unique_local() || v6.is_unicast_link_local() {
        Scope::Lan
    } else {
        Scope::Outbound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, want: &str) {
        let address: IpAddr = address.parse().expect("a test address");
        assert_eq!(scope_of(address).as_str(), want);
    }

    #[test]
    fn follows_the_special_purpose_registries() {
        check("8.8.8.8", "outbound");
        check("192.0.2.1", "outbound");
        check("10.1.2.3", "lan");
        check("100.64.0.1", "lan");
        check("100.128.0.1", "outbound");
        check("169.254.1.1", "lan");
        check("224.0.0.251", "multicast");
        check("255.255.255.255", "multicast");
        check("127.0.0.53", "loopback");
        check("0.0.0.0", "loopback");
        check("2001:4860:4860::8888", "outbound");
        check("fd00::1", "lan");
        check("fe80::1", "lan");
        check("ff02::fb", "multicast");
        check("::1", "loopback");
        check("::ffff:10.0.0.1", "lan");
    }
}
