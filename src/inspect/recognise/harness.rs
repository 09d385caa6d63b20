//! The probes against captures that others labelled, and against noise.
//!
//! In:   the folder `shared` beside the repository, or where `WHERETO_SHARED` says. Without it
//!       the comparison is skipped, and says so; the noise needs nothing.
//! Out:  a table of ndpiReader's labels against our words (`--nocapture` shows it).
//!
//! The reader of captures here is a few lines for tests alone: it takes plain link layers and
//! no tunnels, so that the probes are held against the bytes and not against our own decoder.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

use super::word;
use crate::model::{Carrier, Chunk, Side, Time};
use loud::say;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

/// A label of ndpiReader, how many flows carry it, and what we call them.
type Table = BTreeMap<String, BTreeMap<&'static str, usize>>;

#[test]
fn agrees_with_ndpi_on_the_corpus() {
    let shared = option_env!("WHERETO_SHARED").map_or_else(
        || {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("..")
                .join("shared")
        },
        PathBuf::from,
    );
    let Ok(labels) = std::fs::read_to_string(shared.join("corpus/NDPI.tsv")) else {
        say(&format!(
            "SKIPPED: no corpus/NDPI.tsv in {}",
            shared.display()
        ));
        return;
    };
    let table = tabulate(&shared.join("corpus"), &labels);
    for (label, words) in &table {
        say(&format!("{label:32} {words:?}"));
    }
    for (label, accepted, at_least) in EXPECTED {
        let Some(words) = table.get(*label) else {
            panic!("no flow labelled {label}");
        };
        let agreed: usize = accepted.iter().filter_map(|word| words.get(word)).sum();
        let claimed: usize = words.values().sum::<usize>() - words.get("").unwrap_or(&0);
        assert!(agreed >= *at_least, "{label}: {agreed} agree: {words:?}");
        assert_eq!(agreed, claimed, "{label}: other words: {words:?}");
    }
    // What has a reader of its own must not be claimed here.
    for (label, words) in &table {
        let read = ["DNS", "TLS", "HTTP", "QUIC", "DTLS", "MDNS", "LLMNR"];
        if read.contains(&label.split('.').next().unwrap_or_default()) {
            for (word, flows) in words {
                let known = EXCEPTIONS.contains(&(label.as_str(), *word));
                assert!(
                    word.is_empty() || known,
                    "{label} called {word} {flows} times"
                );
            }
        }
    }
}

/// ndpiReader's label, our words for it, and how many flows must agree. No other word may
/// stand in such a flow.
const EXPECTED: &[(&str, &[&str], usize)] = &[
    ("BGP", &["bgp"], 1),
    ("DCE_RPC", &["dcerpc"], 5),
    ("DHCP", &["dhcp"], 31),
    ("DHCPV6", &["dhcpv6"], 6),
    ("Dropbox", &["dropbox-lan"], 10),
    // Its connections to WhatsApp.
    ("Facebook", &["whatsapp"], 20),
    ("GTP.GTP_C", &["gtp-c"], 3),
    ("GTP.GTP_U", &["gtp-u"], 12),
    ("Gnutella", &["gnutella"], 52),
    ("IPsec", &["ike"], 3),
    ("LDAP", &["ldap"], 2),
    ("MPEG_TS", &["mpeg-ts"], 1),
    // A directory's simple bind, to ndpiReader's eyes.
    ("MQTT", &["ldap"], 1),
    ("MySQL", &["mysql"], 3),
    ("NFS", &["sunrpc"], 8),
    ("NTP", &["ntp"], 3),
    // The rest is a fuzzed capture's.
    ("NetBIOS", &["nbns", "nbdgm", "nbss"], 25),
    ("NetBIOS.SMBv1", &["nbdgm", "smb"], 13),
    // The other two are Gnutella and Telegram on OpenVPN's port.
    ("OpenVPN", &["openvpn"], 1),
    ("PPTP", &["pptp"], 1),
    ("PostgreSQL", &["postgresql"], 2),
    ("RTCP", &["rtcp"], 1),
    ("RTMP", &["rtmp"], 1),
    // The other three are FINS, of factories.
    ("RTP", &["rtp"], 5),
    ("RTSP", &["rtsp"], 7),
    ("Radius", &["radius"], 3),
    ("SIP", &["sip"], 13),
    ("SNMP", &["snmp"], 18),
    ("SSDP", &["ssdp"], 104),
    ("SSH", &["ssh"], 1),
    ("SSH.HTTP", &["ssh"], 1),
    ("STUN", &["stun", "turn"], 9),
    ("STUN.FacebookVoip", &["stun"], 6),
    ("STUN.GoogleHangoutDuo", &["stun"], 1),
    ("STUN.SkypeCall", &["stun"], 4),
    ("STUN.Teams", &["stun", "turn"], 8),
    ("STUN.WhatsAppCall", &["stun", "turn"], 7),
    ("Spotify", &["spotify-connect"], 6),
    ("Telegram", &["telegram-call"], 12),
    ("Telnet", &["telnet"], 1),
    ("WSD", &["wsd"], 4),
    ("WhatsApp", &["whatsapp"], 68),
    // The other three are a game's first four bytes.
    ("WireGuard", &["wireguard"], 3),
    ("Zoom", &["zoom"], 3),
];

/// Flows of which ndpiReader tells a later or a lesser truth.
const EXCEPTIONS: &[(&str, &str)] = &[
    // WebRTC: STUN first, then DTLS between the same ports.
    ("DTLS", "stun"),
    // A session that begins with OpenVPN's reset under an HMAC, cut into nine-byte segments.
    ("TLS", "openvpn"),
];

fn tabulate(corpus: &Path, labels: &str) -> Table {
    let mut table = Table::new();
    // Labels whose flows are shown one by one, for whoever mends a probe.
    let shown = option_env!("WHERETO_SHOW").unwrap_or_default();
    let mut file = String::new();
    let mut flows = BTreeMap::new();
    for row in labels.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [name, protocol, a, a_port, b, b_port, label, ..] = columns[..] else {
            continue;
        };
        if name != file {
            file = name.to_owned();
            flows = read(&corpus.join(name));
        }
        let ends =
            |ip: &str, port: &str| Some((ip.parse::<IpAddr>().ok()?, port.parse::<u16>().ok()?));
        let (Some(a), Some(b)) = (ends(a, a_port), ends(b, b_port)) else {
            continue;
        };
        let key = (protocol.parse().unwrap_or(0), a.min(b), a.max(b));
        if let Some(found) = flows.get(&key) {
            let words = table.entry(label.to_owned()).or_default();
            *words.entry(found.word).or_default() += 1;
            if shown.split(',').any(|shown| shown == label) {
                say(&format!("{label}: {:?}: {row}", found.word));
            }
        }
    }
    table
}

type Key = (u8, (IpAddr, u16), (IpAddr, u16));

/// A flow while its first payloads are probed.
struct Found {
    client: (IpAddr, u16),
    word: &'static str,
    datagrams: u8,
    /// In-order bytes of each side, and the sequence number that comes next.
    sides: [(Vec<u8>, Option<u32>); 2],
}

fn read(path: &Path) -> BTreeMap<Key, Found> {
    let mut flows = BTreeMap::new();
    let bytes = std::fs::read(path).unwrap_or_default();
    let mut each = |link: u32, frame: &[u8]| {
        if let Some(segment) = segment(link, frame) {
            push(&mut flows, &segment);
        }
    };
    if bytes.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        pcapng(&bytes, &mut each);
    } else {
        pcap(&bytes, &mut each);
    }
    flows
}

struct Segment<'a> {
    protocol: u8,
    src: (IpAddr, u16),
    dst: (IpAddr, u16),
    /// Sequence number and whether it is a SYN.
    tcp: Option<(u32, bool)>,
    payload: &'a [u8],
    cut: u32,
}

fn push(flows: &mut BTreeMap<Key, Found>, segment: &Segment<'_>) {
    let key = (
        segment.protocol,
        segment.src.min(segment.dst),
        segment.src.max(segment.dst),
    );
    let flow = flows.entry(key).or_insert_with(|| Found {
        client: segment.src,
        word: "",
        datagrams: 0,
        sides: Default::default(),
    });
    if !flow.word.is_empty() || (segment.payload.is_empty() && segment.tcp.is_none()) {
        return;
    }
    let from = if segment.src == flow.client {
        Side::Client
    } else {
        Side::Server
    };
    let server = if from == Side::Client {
        segment.dst
    } else {
        segment.src
    };
    let whole;
    let bytes = match segment.tcp {
        None if flow.datagrams >= super::super::PROBE_DATAGRAMS => return,
        None => {
            flow.datagrams += 1;
            segment.payload
        }
        Some((seq, syn)) => {
            let (held, next) = &mut flow.sides[from.index()];
            if syn {
                *next = Some(seq.wrapping_add(1));
                return;
            }
            if segment.payload.is_empty()
                || next.is_some_and(|next| next != seq)
                || held.len() > 2048
            {
                return;
            }
            *next = Some(seq.wrapping_add(segment.payload.len() as u32));
            held.extend_from_slice(segment.payload);
            whole = held.clone();
            &whole[..whole.len().min(2048)]
        }
    };
    flow.word = word(&Chunk {
        bytes,
        from,
        carrier: if segment.tcp.is_some() {
            Carrier::Tcp
        } else {
            Carrier::Udp
        },
        frame: 0,
        time: Time::default(),
        cut_bytes: segment.cut,
        client: flow.client.0,
        server: server.0,
        client_port: flow.client.1,
        server_port: server.1,
    })
    .0;
}

fn number(bytes: &[u8], place: usize, len: usize, big: bool) -> Option<u32> {
    let field = bytes.get(place..place + len)?;
    let fold = |value: u32, byte: &u8| (value << 8) | u32::from(*byte);
    Some(if big {
        field.iter().fold(0, fold)
    } else {
        field.iter().rev().fold(0, fold)
    })
}

fn pcap(bytes: &[u8], each: &mut impl FnMut(u32, &[u8])) -> Option<()> {
    let big = bytes.starts_with(&[0xa1, 0xb2]);
    let link = number(bytes, 20, 4, big)? & 0xffff;
    let mut place = 24;
    loop {
        let len = number(bytes, place + 8, 4, big)? as usize;
        each(link, bytes.get(place + 16..(place + 16).checked_add(len)?)?);
        place += 16 + len;
    }
}

fn pcapng(bytes: &[u8], each: &mut impl FnMut(u32, &[u8])) -> Option<()> {
    let (mut place, mut big, mut links) = (0, false, Vec::new());
    loop {
        if number(bytes, place, 4, true)? == 0x0a0d_0d0a {
            big = number(bytes, place + 8, 4, true)? == 0x1a2b_3c4d;
            links.clear();
        }
        let kind = number(bytes, place, 4, big)?;
        let len = (number(bytes, place + 4, 4, big)? as usize).max(12);
        let block = bytes.get(place..place.checked_add(len)?)?;
        match kind {
            1 => links.push(number(block, 8, 2, big)?),
            6 => {
                let link = *links.get(number(block, 8, 4, big)? as usize)?;
                let captured = number(block, 20, 4, big)? as usize;
                each(link, block.get(28..28 + captured)?);
            }
            3 => each(*links.first()?, block.get(12..len - 4)?),
            _ => {}
        }
        place += len;
    }
}

fn segment(link: u32, frame: &[u8]) -> Option<Segment<'_>> {
    let (mut kind, mut place) = match link {
        1 => (number(frame, 12, 2, true)?, 14),
        0 | 108 => (0, 4),
        12 | 101 | 228 | 229 => (0, 0),
        113 => (number(frame, 14, 2, true)?, 16),
        276 => (number(frame, 0, 2, true)?, 20),
        _ => return None,
    };
    while matches!(kind, 0x8100 | 0x88a8) {
        kind = number(frame, place + 2, 2, true)?;
        place += 4;
    }
    if !matches!(kind, 0 | 0x0800 | 0x86dd) {
        return None;
    }
    let packet = frame.get(place..)?;
    let (protocol, head, total, src, dst): (u8, usize, usize, IpAddr, IpAddr) =
        match packet.first()? >> 4 {
            4 => {
                if number(packet, 6, 2, true)? & 0x1fff != 0 {
                    return None;
                }
                (
                    packet[9],
                    usize::from(packet[0] & 15) * 4,
                    number(packet, 2, 2, true)? as usize,
                    Ipv4Addr::from(number(packet, 12, 4, true)?).into(),
                    Ipv4Addr::from(number(packet, 16, 4, true)?).into(),
                )
            }
            6 => (
                *packet.get(6)?,
                40,
                40 + number(packet, 4, 2, true)? as usize,
                Ipv6Addr::from(*packet.get(8..)?.first_chunk::<16>()?).into(),
                Ipv6Addr::from(*packet.get(24..)?.first_chunk::<16>()?).into(),
            ),
            _ => return None,
        };
    let body = packet.get(head..total.min(packet.len()))?;
    let (src_port, dst_port) = (
        number(body, 0, 2, true)? as u16,
        number(body, 2, 2, true)? as u16,
    );
    let (tcp, offset) = match protocol {
        6 => {
            let offset = usize::from(body.get(12)? >> 4) * 4;
            (
                Some((number(body, 4, 4, true)?, body.get(13)? & 2 != 0)),
                offset,
            )
        }
        17 => (None, 8),
        _ => return None,
    };
    Some(Segment {
        protocol,
        src: (src, src_port),
        dst: (dst, dst_port),
        tcp,
        payload: body.get(offset..)?,
        cut: total.saturating_sub(packet.len()) as u32,
    })
}

/// Payloads of noise: as many as `WHERETO_NOISE` says, 200,000 otherwise.
#[test]
fn noise_has_no_name() {
    let count = option_env!("WHERETO_NOISE").map_or(200_000, |count| count.parse().unwrap());
    let mut noise = Noise(0x2545_f491_4f6c_dd1d);
    let mut bytes = vec![0_u8; 1500];
    let mut named: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..count {
        let len = match noise.next() % 4 {
            0 => 1 + noise.next() as usize % 64,
            1 => 1 + noise.next() as usize % 256,
            _ => 1 + noise.next() as usize % 1472,
        };
        for piece in bytes[..len].chunks_mut(8) {
            let random = noise.next().to_le_bytes();
            piece.copy_from_slice(&random[..piece.len()]);
        }
        let port = |random: u64| 10_000 + (random % 55_000) as u16;
        for carrier in [Carrier::Udp, Carrier::Tcp] {
            let (client_port, server_port) = (port(noise.next()), port(noise.next()));
            let chunk = Chunk {
                bytes: &bytes[..len],
                from: Side::Client,
                carrier,
                frame: 0,
                time: Time::default(),
                cut_bytes: 0,
                client: Ipv4Addr::LOCALHOST.into(),
                server: Ipv4Addr::LOCALHOST.into(),
                client_port,
                server_port,
            };
            let (word, _) = word(&chunk);
            if !word.is_empty() {
                *named.entry(word).or_default() += 1;
                say(&format!(
                    "{word}: {len} bytes: {}",
                    bytes[..len.min(24)].escape_ascii()
                ));
            }
        }
    }
    assert!(named.is_empty(), "{named:?} of {count}");
}

/// What encryption looks like where its own framing is known: nobody here may claim it.
#[test]
fn tls_and_quic_are_left_to_their_readers() {
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    let heads: &[(Carrier, &[u8])] = &[
        (Carrier::Tcp, &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
        (Carrier::Tcp, &[0x16, 3, 3, 0, 0x7a, 2, 0, 0, 0x76, 3, 3]),
        (Carrier::Tcp, &[0x17, 3, 3, 0x10, 0]),
        (Carrier::Udp, &[0xc3, 0, 0, 0, 1, 8]),
        (Carrier::Udp, &[0xd1, 0x6b, 0x33, 0x43, 0xcf, 8]),
        (Carrier::Udp, &[0x41]),
        (Carrier::Udp, &[0x5c]),
        (Carrier::Udp, &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0]),
        (Carrier::Udp, &[23, 0xfe, 0xfd, 0, 1]),
    ];
    for _ in 0..20_000 {
        for (carrier, head) in heads {
            let mut bytes = head.to_vec();
            let len = 20 + noise.next() as usize % 1300;
            bytes.extend((0..len.div_ceil(8)).flat_map(|_| noise.next().to_le_bytes()));
            let chunk = super::shape::tests::chunk(*carrier, Side::Client, (40_000, 443), &bytes);
            assert_eq!(word(&chunk).0, "", "{}", bytes.escape_ascii());
        }
    }
}

/// Marsaglia's xorshift: noise that is the same on every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// A skipped comparison must be heard, and the table seen.
#[cfg(test)]
mod loud {
    #![allow(clippy::print_stderr)]

    pub(super) fn say(text: &str) {
        eprintln!("{text}");
    }
}
