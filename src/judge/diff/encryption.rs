//! How the content of a flow is protected, as far as it was seen.
//!
//! In:   a flow, and the word for what it speaks.
//! Out:  a word for outputs, and whether that is protection.

use crate::language::WORDS;
use crate::model::columns::tls_version;
use crate::model::{Flow, Transport};

/// Whether what was said can be read on the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Protection {
    Encrypted,
    Cleartext,
    Unknown,
}

/// The word for how `flow` is protected.
pub(super) fn of(flow: &Flow, protocol: Option<&str>) -> (&'static str, Protection) {
    let words = &WORDS.compared.protection;
    let protocol = protocol.unwrap_or_default();
    if let Some(version) = flow.tls_version.filter(|_| flow.tls_version_chosen) {
        let word = tls_version(version).unwrap_or(words.tls_unknown);
        return (word, Protection::Encrypted);
    }
    if flow.tls_version.is_some() || ["tls", "dtls", "dot", "doh"].contains(&protocol) {
        return (words.tls_unseen, Protection::Encrypted);
    }
    if ["quic", "doq"].contains(&protocol) {
        return (words.quic, Protection::Encrypted);
    }
    if ENCRYPTED.contains(&protocol) || flow.transport == Transport::Esp {
        return (words.otherwise, Protection::Encrypted);
    }
    if CLEAR.contains(&protocol) {
        return (words.cleartext, Protection::Cleartext);
    }
    (words.unknown, Protection::Unknown)
}

/// Protocols whose content is encrypted once they have begun.
const ENCRYPTED: &[&str] = &[
    "dnscrypt",
    "esp",
    "ike",
    "openvpn",
    "ssh",
    "tailscale",
    "wireguard",
];

/// Protocols that anybody on the way can read.
const CLEAR: &[&str] = &[
    "coap",
    "dhcp",
    "dhcpv6",
    "dns",
    "ftp",
    "gtp-c",
    "http",
    "http2",
    "icmp",
    "icmpv6",
    "imap",
    "irc",
    "ldap",
    "llmnr",
    "mdns",
    "memcached",
    "mqtt",
    "nat-pmp",
    "nbns",
    "ntp",
    "pop3",
    "radius",
    "redis",
    "rtcp",
    "rtmp",
    "rtsp",
    "sip",
    "smtp",
    "snmp",
    "ssdp",
    "stun",
    "syslog",
    "telnet",
    "tftp",
    "websocket",
    "wsd",
    "xmpp",
];
