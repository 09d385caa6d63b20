//! What the protocols do for whoever uses them: which encrypt, which carry others.
//!
//! In:   the words of the `protocol` column.
//! Out:  their kind. A word is given a kind only where its specification fixes it; what may or
//!       may not be encrypted without a sign on the wire is [`Kind::Unclear`].

use crate::model::form::{Fault, Placed, listed};

/// What a protocol does with its content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// It can be read on the way.
    Clear,
    /// TLS, or something below it that has its versions.
    Tls,
    /// It is encrypted otherwise.
    Encrypted,
    /// The word does not tell.
    Unclear,
}

/// The kind of a protocol.
pub(crate) fn kind(word: &str) -> Kind {
    let found = PROTOCOLS.binary_search_by(|(known, _)| (*known).cmp(word));
    let known = found.ok().and_then(|at| PROTOCOLS.get(at));
    known.map_or(Kind::Unclear, |(_, kind)| *kind)
}

/// Those through which other traffic goes, to places that the outside does not show.
pub(crate) const TUNNELS: &[&str] = &[
    "connect",
    "esp",
    "gtp-u",
    "ike",
    "l2tp",
    "openvpn",
    "pptp",
    "socks",
    "tailscale",
    "wireguard",
];

/// Those that ask for addresses.
pub(crate) const RESOLVING: &[&str] = &["dns", "dnscrypt", "doh", "doq", "dot"];

/// Every word is one that the `protocol` column may have.
pub(crate) fn known(words: &[Placed<String>]) -> Result<(), Fault> {
    let all: Vec<&str> = PROTOCOLS.iter().map(|(word, _)| *word).collect();
    words
        .iter()
        .try_for_each(|word| listed(word, &all, "protocol"))
}

/// Sorted by word. A test holds the words against `docs/protocols.md`.
#[rustfmt::skip]
pub(crate) const PROTOCOLS: &[(&str, Kind)] = &[
    ("adb", Kind::Unclear), ("amqp", Kind::Clear), ("bgp", Kind::Clear),
    ("bittorrent", Kind::Clear), ("bittorrent-dht", Kind::Clear), ("coap", Kind::Clear),
    ("dcerpc", Kind::Unclear), ("dhcp", Kind::Clear), ("dhcpv6", Kind::Clear),
    ("diameter", Kind::Clear), ("discord", Kind::Unclear), ("dns", Kind::Clear),
    ("dnscrypt", Kind::Encrypted), ("doh", Kind::Tls), ("doq", Kind::Tls), ("dot", Kind::Tls),
    ("dropbox-lan", Kind::Clear), ("dtls", Kind::Tls), ("esp", Kind::Encrypted),
    ("ftp", Kind::Clear), ("gnutella", Kind::Clear), ("gtp-c", Kind::Clear),
    ("gtp-u", Kind::Unclear), ("haproxy", Kind::Unclear), ("http", Kind::Clear),
    ("http2", Kind::Clear), ("ike", Kind::Encrypted), ("imap", Kind::Clear),
    ("irc", Kind::Clear), ("kerberos", Kind::Unclear), ("l2tp", Kind::Unclear),
    ("ldap", Kind::Unclear), ("llmnr", Kind::Clear), ("mdns", Kind::Clear),
    ("memcached", Kind::Clear), ("mongodb", Kind::Clear), ("mpeg-ts", Kind::Unclear),
    ("mqtt", Kind::Clear), ("msrp", Kind::Clear), ("mysql", Kind::Unclear),
    ("nat-pmp", Kind::Clear), ("nbdgm", Kind::Clear), ("nbns", Kind::Clear),
    ("nbss", Kind::Unclear), ("ntp", Kind::Clear), ("oicq", Kind::Unclear),
    ("openvpn", Kind::Encrypted), ("pop3", Kind::Clear), ("postgresql", Kind::Unclear),
    ("pptp", Kind::Unclear), ("quic", Kind::Tls), ("radius", Kind::Unclear),
    ("raknet", Kind::Unclear), ("rdp", Kind::Unclear), ("redis", Kind::Clear),
    ("rtcp", Kind::Unclear), ("rtmp", Kind::Unclear), ("rtp", Kind::Unclear),
    ("rtsp", Kind::Clear), ("sip", Kind::Clear), ("smb", Kind::Unclear),
    ("smtp", Kind::Clear), ("snmp", Kind::Unclear), ("socks", Kind::Unclear),
    ("spotify-connect", Kind::Clear), ("ssdp", Kind::Clear), ("ssh", Kind::Encrypted),
    ("steam", Kind::Unclear), ("stun", Kind::Clear), ("sunrpc", Kind::Unclear),
    ("supl", Kind::Clear), ("syncthing", Kind::Clear), ("syslog", Kind::Clear),
    ("tailscale", Kind::Encrypted), ("tds", Kind::Unclear), ("teamviewer", Kind::Unclear),
    ("telegram", Kind::Encrypted), ("telegram-call", Kind::Encrypted), ("telnet", Kind::Clear),
    ("tftp", Kind::Clear), ("tls", Kind::Tls), ("turn", Kind::Unclear), ("utp", Kind::Unclear),
    ("vnc", Kind::Unclear), ("wechat", Kind::Encrypted), ("whatsapp", Kind::Encrypted),
    ("wireguard", Kind::Encrypted), ("wsd", Kind::Clear), ("xiaomi-push", Kind::Unclear),
    ("xmpp", Kind::Clear), ("zoom", Kind::Unclear),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A word that is missing would make rules about it faults.
    #[test]
    fn knows_the_words_of_the_column_and_no_others() {
        assert!(PROTOCOLS.is_sorted_by(|a, b| a.0 < b.0));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/protocols.md");
        let text = std::fs::read_to_string(path).unwrap();
        let mut words: Vec<&str> = Vec::new();
        for line in text.lines() {
            if line.starts_with("| `") {
                words.extend(line.split('`').nth(1));
            } else if line.starts_with("`dns`, ") {
                words.extend(line.split('`').skip(1).step_by(2));
            }
        }
        words.extend(["doh", "doq", "dot"]);
        words.sort_unstable();
        words.dedup();
        let known: Vec<&str> = PROTOCOLS.iter().map(|(word, _)| *word).collect();
        assert_eq!(known, words);
        assert!(TUNNELS.is_sorted() && RESOLVING.is_sorted());
    }
}
