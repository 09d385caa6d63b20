//! Whether what a protocol carries can be read on the way.

/// What is known of a flow's protection from its protocol alone.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Protection {
    /// Anybody on the way can read it.
    Cleartext,
    /// Encrypted between its ends.
    Encrypted,
    /// Not known: the protocol was not recognised, or may be either.
    Unknown,
}

impl Protection {
    /// Of a word of the `protocol` column.
    #[must_use]
    pub fn of(protocol: Option<&str>) -> Self {
        let Some(protocol) = protocol else {
            return Protection::Unknown;
        };
        if ENCRYPTED.contains(&protocol) {
            Protection::Encrypted
        } else if CLEARTEXT.contains(&protocol) {
            Protection::Cleartext
        } else {
            Protection::Unknown
        }
    }

    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Protection::Cleartext => "cleartext",
            Protection::Encrypted => "encrypted",
            Protection::Unknown => "unknown",
        }
    }
}

/// Protocols that encrypt what they carry.
const ENCRYPTED: &[&str] = &[
    "tls",
    "dtls",
    "quic",
    "gquic",
    "ssh",
    "wireguard",
    "openvpn",
    "esp",
    "ike",
    "dnscrypt",
    "telegram",
    "whatsapp",
    "srtp",
    "signal",
    "tor",
    "zerotier",
    "tailscale",
    "noise",
];

/// Protocols whose content stands in the open unless it is encrypted above them.
const CLEARTEXT: &[&str] = &[
    "http",
    "http2",
    "dns",
    "mdns",
    "llmnr",
    "ftp",
    "smtp",
    "imap",
    "pop3",
    "ntp",
    "dhcp",
    "dhcpv6",
    "ssdp",
    "stun",
    "telnet",
    "tftp",
    "snmp",
    "sip",
    "rtsp",
    "irc",
    "mqtt",
    "coap",
    "syslog",
    "nbns",
    "nbdgm",
    "nbss",
    "ldap",
    "redis",
    "memcached",
    "mysql",
    "postgresql",
    "icmp",
    "icmpv6",
    "igmp",
    "socks",
    "haproxy",
    "radius",
    "rtp",
    "rtcp",
    "bittorrent",
];
