//! What a flow is, before anybody asks whose it is: carrier of others, upkeep, protected or not.
//!
//! In:   one [`Flow`].
//! Out:  its [`Nature`]; against a [`Minimum`] whether it was encrypted.
//! Spec: TLS 1.2 (RFC 5246), TLS 1.3 (RFC 8446), DTLS (RFC 6347, RFC 9147), QUIC (RFC 9001 §4.2).
//!
//! What no reader recognised may be anything, and is called neither encrypted nor clear.

use crate::model::{Flow, Transport, Truth, Via};

/// What can be said of a flow without a claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nature {
    /// It is a tunnel's or goes to a proxy: other flows are in it, and cannot be seen.
    pub(super) carrier: bool,
    /// It resolves names, keeps the clock or the network going.
    pub(super) upkeep: Truth,
    pub(super) protection: Protection,
}

impl Nature {
    pub(super) fn of(flow: &Flow) -> Self {
        Nature {
            carrier: is_carrier(flow),
            upkeep: upkeep(flow),
            protection: protection(flow),
        }
    }
}

/// Protocols whose flows may carry any other.
const CARRIERS: &[&str] = &[
    "ah",
    "esp",
    "gre",
    "ike",
    "ipip",
    "l2tp",
    "openvpn",
    "pptp",
    "socks",
    "tailscale",
    "wireguard",
];

fn is_carrier(flow: &Flow) -> bool {
    let proxied = |via: Via| matches!(via, Via::Connect | Via::Socks);
    flow.protocol.is_some_and(|word| CARRIERS.contains(&word))
        || flow.name_via.is_some_and(proxied)
        || flow.names.iter().any(|name| proxied(name.via))
}

/// Plain name resolution, DHCP, time and ICMP can be read or say nothing; encrypted resolution
/// carries questions. None of them is the service of whoever is spoken of.
fn upkeep(flow: &Flow) -> Truth {
    if matches!(flow.transport, Transport::Icmp | Transport::Icmpv6) {
        return Truth::Yes;
    }
    if matches!(flow.hidden, Some("doh" | "dot" | "doq")) {
        return Truth::Yes;
    }
    let port = flow.remote_port;
    match flow.protocol {
        Some("dns") => Truth::of(port == 53),
        Some("ntp") => Truth::of(port == 123),
        Some("dhcp" | "dhcpv6" | "doh" | "dot" | "doq" | "dnscrypt" | "mdns" | "llmnr")
        | Some("igmp") => Truth::Yes,
        Some(_) => Truth::No,
        None if matches!(port, 53 | 67 | 68 | 123 | 546 | 547 | 853) => Truth::Maybe,
        None => Truth::No,
    }
}

/// Versions of TLS, in the order of their numbers; DTLS counts as the TLS that it is made of.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Minimum {
    /// SSL 3.0 and older: not TLS.
    Older,
    /// Any TLS.
    Tls,
    Tls11,
    Tls12,
    Tls13,
}

impl Minimum {
    /// The words of claims.
    pub(crate) const WORDS: &'static [&'static str] = &["tls", "tls1.2", "tls1.3"];

    pub(super) fn read(word: &str) -> Option<Self> {
        Some(match word {
            "tls" => Minimum::Tls,
            "tls1.2" => Minimum::Tls12,
            "tls1.3" => Minimum::Tls13,
            _ => return None,
        })
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Minimum::Older => "SSL",
            Minimum::Tls => "TLS 1.0",
            Minimum::Tls11 => "TLS 1.1",
            Minimum::Tls12 => "TLS 1.2",
            Minimum::Tls13 => "TLS 1.3",
        }
    }

    /// As on the wire; a number that is none of ours is taken for the newest.
    fn of(version: u16) -> Self {
        match version {
            0..=0x0300 => Minimum::Older,
            0x0301 => Minimum::Tls,
            // DTLS 1.0 is made of TLS 1.1.
            0x0302 | 0xfeff => Minimum::Tls11,
            0x0303 | 0xfefd => Minimum::Tls12,
            _ => Minimum::Tls13,
        }
    }
}

/// How the content of a flow is protected on its way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Protection {
    /// There is no content.
    Silent,
    /// It can be read.
    Clear,
    /// TLS, DTLS or QUIC, of a version between these two.
    Tls { least: Minimum, most: Minimum },
    /// Encrypted, but not by TLS.
    Own,
    /// Nobody recognised it.
    Unknown,
}

impl Protection {
    /// Whether it is at least as strong as asked; `None` where there is nothing to protect.
    pub(super) fn reaches(self, minimum: Minimum) -> Option<Truth> {
        Some(match self {
            Protection::Silent => return None,
            Protection::Clear => Truth::No,
            Protection::Tls { least, .. } if least >= minimum => Truth::Yes,
            Protection::Tls { most, .. } if most < minimum => Truth::No,
            Protection::Tls { .. } | Protection::Own | Protection::Unknown => Truth::Maybe,
        })
    }

    /// Its content cannot be read.
    pub(super) fn hides(self) -> bool {
        matches!(self, Protection::Tls { .. } | Protection::Own)
    }
}

/// Protocols of which every word can be read. Those that turn to TLS are `tls` by then.
const CLEAR: &[&str] = &[
    "amqp",
    "coap",
    "dns",
    "ftp",
    "http",
    "http2",
    "imap",
    "irc",
    "ldap",
    "memcached",
    "mongodb",
    "mqtt",
    "mysql",
    "pop3",
    "postgresql",
    "redis",
    "rtmp",
    "rtsp",
    "sip",
    "smtp",
    "snmp",
    "syslog",
    "telnet",
    "tftp",
    "xmpp",
];

/// Protocols that encrypt in a way of their own.
const OWN: &[&str] = &[
    "dnscrypt",
    "esp",
    "openvpn",
    "ssh",
    "tailscale",
    "telegram",
    "wechat",
    "whatsapp",
    "wireguard",
];

fn protection(flow: &Flow) -> Protection {
    match flow.protocol {
        None if is_silent(flow) => Protection::Silent,
        None => Protection::Unknown,
        Some(word) if CLEAR.contains(&word) => Protection::Clear,
        Some(word) if OWN.contains(&word) => Protection::Own,
        // QUIC is TLS 1.3 by its specification; what came before the specification is not,
        // and shows no hello that could be read as one.
        Some("quic" | "doq") if flow.tls_version.is_some() => Protection::Tls {
            least: Minimum::Tls13,
            most: Minimum::Tls13,
        },
        Some("quic" | "doq") => Protection::Unknown,
        Some("tls" | "dtls" | "doh" | "dot") => tls(flow),
        Some(_) if flow.tls_version.is_some() => tls(flow),
        Some(_) => Protection::Unknown,
    }
}

fn tls(flow: &Flow) -> Protection {
    let most = flow.tls_version.map_or(Minimum::Tls13, Minimum::of);
    if !flow.tls_version_chosen {
        // A server never chooses a version above the highest that was offered.
        return Protection::Tls {
            least: most.min(Minimum::Tls),
            most,
        };
    }
    if flow.tls_cipher.is_some_and(is_null) {
        return Protection::Clear;
    }
    Protection::Tls { least: most, most }
}

/// Cipher suites that encrypt nothing (IANA, TLS Cipher Suites, `_NULL_` and RFC 9150).
fn is_null(cipher: u16) -> bool {
    matches!(
        cipher,
        0x0000..=0x0002
            | 0x002c..=0x002e
            | 0x003b
            | 0x00b0..=0x00b1
            | 0x00b4..=0x00b5
            | 0x00b8..=0x00b9
            | 0xc001
            | 0xc006
            | 0xc00b
            | 0xc010
            | 0xc015
            | 0xc039..=0xc03b
            | 0xc0b4..=0xc0b5
    )
}

/// A TCP flow of bare headers: refused, never answered, or a handshake alone.
///
/// Payload has no count of its own in a row. A first segment takes at most 40 bytes beside the
/// IP header, one that follows at least 20; what hides between is below any message of use.
fn is_silent(flow: &Flow) -> bool {
    if flow.transport != Transport::Tcp || flow.gap_bytes > 0 {
        return false;
    }
    let ip: u64 = if flow.remote_ip.is_ipv4() { 20 } else { 40 };
    let (first, next) = (ip.saturating_add(40), ip.saturating_add(20));
    let bare = |packets: u64, bytes: u64| match packets.checked_sub(1) {
        None => true,
        Some(more) => bytes <= first.saturating_add(more.saturating_mul(next)),
    };
    if flow.packets_in == 0 {
        return flow.bytes_out <= flow.packets_out.saturating_mul(first);
    }
    bare(flow.packets_out, flow.bytes_out) && bare(flow.packets_in, flow.bytes_in)
}
