//! `docs/protocols.md`, written from the tables that the program runs on.
//!
//! In:   the protocols, and beside each word what decides it.
//! Out:  the page. `UPDATE=1 cargo test protocols_page` writes it; without, the test compares.

#![allow(clippy::unwrap_used)]

use super::super::{PROTOCOLS, Protocol};
use super::RECOGNISED;
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn the_protocols_page_is_what_the_program_does() {
    let page = page();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocols.md");
    if option_env!("UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/protocols.md is old: UPDATE=1 cargo test protocols_page"
    );
}

#[test]
fn every_word_is_explained_once() {
    let mut words: Vec<&str> = RECOGNISED.iter().map(|protocol| protocol.name).collect();
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), count, "a word stands twice");
    let mut explained: Vec<&str> = EXPLAINED.iter().map(|(word, ..)| *word).collect();
    explained.sort_unstable();
    assert_eq!(words, explained);
    for word in words {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(word.chars().all(plain), "{word}");
    }
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut read: Vec<&Protocol> = PROTOCOLS.iter().collect();
    read.sort_by_key(|protocol| protocol.name);
    read.dedup_by_key(|protocol| protocol.name);
    let words: Vec<String> = read
        .iter()
        .map(|protocol| format!("`{}`", protocol.name))
        .collect();
    writeln!(page, "{}.\n{TABLE}", words.join(", ")).unwrap();
    let mut explained = EXPLAINED.to_vec();
    explained.sort_unstable();
    for (word, bytes, sure) in explained {
        let protocol = RECOGNISED
            .iter()
            .find(|protocol| protocol.name == word)
            .unwrap();
        let over = match (protocol.tcp, protocol.udp) {
            (true, true) => "TCP, UDP",
            (true, false) => "TCP",
            _ => "UDP",
        };
        writeln!(page, "| `{word}` | {over} | {bytes} | {sure} |").unwrap();
    }
    page.push_str(REMARKS);
    page
}

const INTRODUCTION: &str = "\
# Protocols

The `protocol` column says what a flow spoke, by its bytes. A port alone never decides; some \
protocols have so few fixed bytes that a registered port must support them. What no row below \
fits is counted as unrecognised, with its bytes.

## Read

These are read beyond their name, for names, addresses and content types:

";

const TABLE: &str = "
## Recognised

These are named and read no further, but for `gnutella`, `irc`, `ldap`, `mysql`, `postgresql` \
and `rdp`, which may turn to TLS: then they are `tls`; and `openvpn`, in whose control channel TLS \
is read where it is not encrypted. *Bits* is how much of the payload is checked: random bytes \
pass with a chance of 2 to the power of minus that. *Port* means that a registered port must \
stand at one end as well.

| word | over | what decides | bits |
|---|---|---|---|";

const REMARKS: &str = "
## What stays unrecognised

* Transports that hide on purpose: Telegram's obfuscated transport, encrypted BitTorrent \
handshakes, Shadowsocks, Tor's pluggable transports. They are random bytes by design. An \
address is no proof of a protocol, so none is named from one.
* Protocols met in mid-session whose data packets are ciphertext behind a byte or two, such as \
OpenVPN's.
* RTP without the header extension of WebRTC and outside telephone codecs, where no STUN came \
before it on the same ports.

Apple's and Google's push services, Signal, Viber and many others speak TLS: they are `tls`, and \
known by the names in it. Wi-Fi calling is `ike` and `esp`; that it goes to a carrier is told by \
the name `epdg.epc.mnc….mcc….pub.3gppnetwork.org` that was looked up for the address.
";

/// The word, what decides it, and how many bits of it.
const EXPLAINED: &[(&str, &str, &str)] = &[
    (
        "stun",
        "the magic cookie 0x2112a442 and a length that fits; before RFC 5389: a known type, the exact length and attributes that fill it",
        "50; classic 30",
    ),
    (
        "turn",
        "as `stun`, with the methods of relays; ChannelData by channel number and exact length",
        "50; ChannelData 20 + port 3478–3481, 5349",
    ),
    (
        "wireguard",
        "message type, reserved bytes and length; data by a counter whose upper half is zero",
        "44 or more",
    ),
    ("tailscale", "the six bytes of its peer discovery", "48"),
    (
        "rtcp",
        "version, report type, and a length that the number of reports fixes",
        "26",
    ),
    (
        "rtp",
        "the header extension that WebRTC writes; or a telephone codec's exact frame, which sounds like one, between even ports",
        "26 or more",
    ),
    (
        "mpeg-ts",
        "three or more packets of 188 bytes, each with its sync byte",
        "24 or more",
    ),
    (
        "ike",
        "version, exchange and exact length, behind the non-ESP marker on port 4500",
        "45; off its ports 109",
    ),
    (
        "esp",
        "an SPI that is not reserved, a sequence number below 2^24; or the single byte 0xff",
        "10 + port 4500",
    ),
    ("ntp", "version, mode, stratum and length", "10 + port 123"),
    (
        "ssdp",
        "`M-SEARCH`, `NOTIFY` or an HTTP status line, in a datagram",
        "64 or more",
    ),
    ("wsd", "a SOAP envelope", "60 + port 3702"),
    (
        "dropbox-lan",
        "a JSON object that begins with a host or a version",
        "80 + port 17500",
    ),
    ("spotify-connect", "`SpotUdp0`", "64"),
    (
        "syncthing",
        "the magic number 0x2ea7d90b of local discovery",
        "32",
    ),
    (
        "nat-pmp",
        "version, operation and the length that it fixes; PCP too",
        "16 + port 5351",
    ),
    (
        "dhcp",
        "operation, address length and the magic cookie; BOOTP by both its ports",
        "43",
    ),
    (
        "dhcpv6",
        "a known message type and a first option that fits",
        "16 + port 546, 547",
    ),
    ("nbns", "a first-level encoded NetBIOS name", "144"),
    (
        "nbdgm",
        "message type, flags, and the port again or the exact length",
        "25 + port 138",
    ),
    (
        "nbss",
        "a session request by name; on port 139 also its answers",
        "140; answers 32 + port",
    ),
    (
        "openvpn",
        "a reset of a session: opcode, first packet number where the kind of protection has it, exact length",
        "40 or more",
    ),
    ("l2tp", "flags and version, exact length", "29 + port 1701"),
    ("pptp", "a control message with its magic cookie", "48"),
    ("dnscrypt", "the eight bytes before an answer", "64"),
    ("gtp-c", "version and exact length", "20 + port 2123"),
    ("gtp-u", "version and exact length", "20 + port 2152"),
    (
        "diameter",
        "version, length, flags and a known command",
        "40",
    ),
    (
        "whatsapp",
        "the prologue `WA` with its versions, also behind a route (`ED`)",
        "35 or more",
    ),
    (
        "telegram",
        "the first bytes of MTProto's intermediate, padded, abridged or full transport, where they are not hidden",
        "44 or more",
    ),
    (
        "wechat",
        "an MMTLS record that a hello fills, or Mars' header",
        "44 or more",
    ),
    ("xiaomi-push", "the magic number 0xc2fe and version 5", "32"),
    (
        "oicq",
        "QQ's first and last byte and a known range of commands",
        "23 + port 8000",
    ),
    (
        "telegram-call",
        "twelve bytes of ones behind a reflector's tag",
        "96",
    ),
    (
        "zoom",
        "a hello to a media server, with its times twice; or the answer",
        "100; answer 56 + port 8801–8810",
    ),
    (
        "discord",
        "the question for one's own address, with its empty field; or the answer",
        "48 or more",
    ),
    (
        "sip",
        "a known method and `SIP/2.0` at the end of the line, or at the start of an answer",
        "56 or more",
    ),
    (
        "rtsp",
        "a known method and `RTSP/` at the end of the line, or at the start of an answer",
        "40 or more",
    ),
    ("msrp", "`MSRP`, a transaction and a method or status", "50"),
    (
        "rtmp",
        "version, and zeros where the handshake has them; or version and port 1935",
        "38; 10 + port",
    ),
    ("mqtt", "CONNECT with the protocol's name", "56 or more"),
    ("amqp", "`AMQP` and a protocol version", "48 or more"),
    (
        "coap",
        "version, code and options that end with the datagram",
        "10 + port 5683",
    ),
    ("ssh", "the banner", "48 or more"),
    (
        "telnet",
        "two negotiations; on port 23 one command",
        "33; 12 + port",
    ),
    ("adb", "a command and, 20 bytes on, its complement", "64"),
    ("vnc", "the version banner", "64"),
    (
        "rdp",
        "a TPKT header, and an X.224 connection request or confirm of the same length",
        "60",
    ),
    ("teamviewer", "two bytes", "16 + port 5938"),
    (
        "irc",
        "a nickname or list of capabilities; more commands on IRC's ports",
        "40 or more",
    ),
    (
        "tftp",
        "a request with a file name and a transfer mode",
        "70 or more",
    ),
    ("smb", "a session message with SMB's magic", "38"),
    (
        "sunrpc",
        "a call of version 2 to an assigned program; on ports 111 and 2049 also a reply",
        "76; 63 + port",
    ),
    (
        "ldap",
        "the BER frame of a bind, search, result or extended operation",
        "35 or more",
    ),
    ("kerberos", "application tag, sequence and version 5", "52"),
    ("dcerpc", "version, type and data representation", "42"),
    (
        "radius",
        "a known code, exact length, and attributes that fill it",
        "20 + port 1812, 1813, 1645, 1646, 3799",
    ),
    (
        "snmp",
        "a BER sequence of the datagram's length with a version and a community or header",
        "46",
    ),
    (
        "syslog",
        "a priority between angle brackets",
        "32 + port 514",
    ),
    ("bgp", "sixteen bytes of ones, length and type", "128"),
    (
        "mysql",
        "the server's greeting: packet 0, version 10 and a version in text",
        "42",
    ),
    (
        "postgresql",
        "a request for TLS or to call off a query, or version 3.0 and a first parameter",
        "55 or more",
    ),
    (
        "redis",
        "an array of strings, or an answer that nothing else gives",
        "36 or more",
    ),
    (
        "mongodb",
        "length, no answered request and a known operation",
        "73",
    ),
    (
        "memcached",
        "a command, in text or binary",
        "24 or more + port 11211",
    ),
    (
        "tds",
        "a login's first packet with its first option in place",
        "62",
    ),
    (
        "bittorrent",
        "the handshake; the tracker's protocol number; the local search",
        "96 or more",
    ),
    (
        "bittorrent-dht",
        "the first key of a KRPC dictionary",
        "56 or more",
    ),
    (
        "utp",
        "a SYN with no delay measured and the first number",
        "63",
    ),
    ("gnutella", "the handshake's first line", "80 or more"),
    (
        "raknet",
        "the sixteen bytes that mark a message outside a connection",
        "128",
    ),
    (
        "steam",
        "a server query or a discovery message",
        "64 or more",
    ),
    (
        "supl",
        "exact length and version",
        "14 + port 7275, 7276; UDP 30 + port",
    ),
];
