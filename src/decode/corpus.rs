//! Packets of foreign captures, held against what tshark counts in them.
//!
//! In:   the folder `shared` beside the repository, or where `WHERETO_SHARED` says. Without it
//!       the comparison is skipped, and says so.
//! Out:  for each TCP and UDP flow the packets in both directions, against `flows` of
//!       FILE.expect.json. What differs must stand in [`EXPLAINED`].
//!
//! The reader of captures here is a few lines for tests alone, so that the decoder is held
//! against bytes and not against our own reader.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used
)]

use super::*;
use crate::model::{Reason, Time, Transport};
use std::collections::BTreeMap;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Captures that are counted otherwise than by tshark: how many directions of flows differ,
/// and why.
const EXPLAINED: &[(&str, usize, &str)] = &[
    (
        "AlexeyVasilev__PcapFlowLab/mpls_pw/04_mpls_pw_eth_ipv6_udp_cw.pcap",
        1,
        "tshark takes a control word with a sequence number for the frame's first bytes",
    ),
    (
        "AlexeyVasilev__PcapFlowLab/mpls_pw/14_mpls_pw_control_word_with_sequence.pcap",
        1,
        "the same: twelve bytes behind the control word stands IPv4's EtherType",
    ),
    (
        "ntop__nDPI/fuzz-2006-06-26-2594.pcap",
        3,
        "tshark counts packets to two addresses into one stream, which SIP announced",
    ),
    (
        "the-tcpdump-group__libpcap/pcap-invalid-version-1.pcap",
        1,
        "tshark refuses the file for its version; the reader of this test does not look",
    ),
];

/// Transport, sender, receiver; packets from the one to the other.
type Counts = BTreeMap<(&'static str, (IpAddr, u16), (IpAddr, u16)), u64>;

#[test]
fn counts_the_packets_that_tshark_counts() {
    let shared = std::env::var_os("WHERETO_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let corpus = shared.join("corpus");
    if !corpus.is_dir() {
        eprintln!("SKIPPED: no corpus at {}", corpus.display());
        return;
    }
    let (mut files, mut same, mut wrong) = (0, 0, Vec::new());
    for expectation in expectations(&corpus) {
        let name = expectation.to_string_lossy();
        let capture = PathBuf::from(name.trim_end_matches(".expect.json"));
        let file = name
            .trim_start_matches(&*corpus.to_string_lossy())
            .trim_start_matches('/')
            .trim_end_matches(".expect.json");
        let Some(bytes) = load(&capture) else {
            println!("not read: {file}");
            continue;
        };
        let want = expected(&expectation);
        let got = counted(&bytes);
        files += 1;
        let keys = want
            .keys()
            .chain(got.counts.keys())
            .collect::<std::collections::BTreeSet<_>>();
        let mut differing = 0;
        for key in keys {
            let of = |counts: &Counts| counts.get(key).copied().unwrap_or(0);
            if of(&want) == of(&got.counts) {
                same += 1;
                continue;
            }
            differing += 1;
            let (transport, (src, src_port), (dst, dst_port)) = key;
            println!(
                "{file}: {transport} {src}:{src_port} > {dst}:{dst_port}: tshark {}, we {}",
                of(&want),
                of(&got.counts)
            );
        }
        for (line, count) in &got.notes {
            println!("{file}: {line}: {count}");
        }
        let explained = EXPLAINED
            .iter()
            .find(|(explained, ..)| *explained == file)
            .map_or(0, |(_, count, _)| *count);
        if differing != explained {
            wrong.push(format!("{file}: {differing} differ, {explained} explained"));
        }
    }
    println!("{files} captures, {same} directions of flows agree");
    assert!(same > 9_000, "the corpus holds more than {same}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[derive(Default)]
struct Counted {
    counts: Counts,
    notes: BTreeMap<String, u64>,
}

impl Counted {
    fn add(&mut self, segment: &Segment<'_>) {
        let transport = match segment.transport {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
            _ => return,
        };
        let key = (
            transport,
            (segment.src, segment.src_port),
            (segment.dst, segment.dst_port),
        );
        *self.counts.entry(key).or_default() += 1;
    }

    fn note(&mut self, note: String) {
        *self.notes.entry(note).or_default() += 1;
    }
}

impl Whole for Counted {
    fn reassembled(&mut self, segment: Segment<'_>) {
        self.add(&segment);
    }
    fn trouble(&mut self, reason: Reason) {
        self.note(format!("trouble {reason}"));
    }
    fn count(&mut self, name: &'static str) {
        self.note(format!("count {name}"));
    }
}

impl Sink<'_> for Counted {
    fn segment(&mut self, segment: Segment<'_>) {
        self.add(&segment);
    }
}

fn counted(bytes: &[u8]) -> Counted {
    let mut decoder = Decoder::new(&Limits::default());
    let mut counted = Counted::default();
    let mut frame = 0;
    each_packet(bytes, &mut |link, wire_len, flags, bytes| {
        frame += 1;
        let packet = Packet {
            uid: None,
            comment: None,
            frame,
            time: Time(0),
            link,
            interface: 0,
            wire_len,
            bytes,
            flags,
        };
        match decoder.decode(&packet, &mut counted) {
            Outcome::Flow => {}
            Outcome::NotIp(reason) => counted.note(format!("not ip {reason}")),
            Outcome::Undecodable(reason) => counted.note(format!("undecodable {reason}")),
        }
    });
    counted
}

fn expected(path: &Path) -> Counts {
    let text = std::fs::read_to_string(path).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut counts = Counts::new();
    for flow in facts["flows"].as_array().into_iter().flatten() {
        let transport = match flow["proto"].as_str() {
            Some("tcp") => "tcp",
            Some("udp") => "udp",
            _ => continue,
        };
        let end = |ip: &str, port: &str| {
            let port = flow[port].as_u64().unwrap_or(0);
            (
                flow[ip].as_str().unwrap().parse::<IpAddr>().unwrap(),
                u16::try_from(port).unwrap(),
            )
        };
        let (a, b) = (end("a", "a_port"), end("b", "b_port"));
        for (src, dst, packets) in [(a, b, "packets_a_b"), (b, a, "packets_b_a")] {
            let packets = flow[packets].as_u64().unwrap_or(0);
            if packets > 0 {
                *counts.entry((transport, src, dst)).or_default() += packets;
            }
        }
    }
    counts
}

fn expectations(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".expect.json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The file, unpacked where it is compressed.
fn load(path: &Path) -> Option<Vec<u8>> {
    let stored = std::fs::read(path).ok()?;
    let mut bytes = Vec::new();
    match stored.get(..4)? {
        [0x1f, 0x8b, ..] => {
            let mut unpacked = flate2::read::MultiGzDecoder::new(&stored[..]);
            // What was unpacked before damage still counts.
            let _ = unpacked.read_to_end(&mut bytes);
        }
        [0x28, 0xb5, 0x2f, 0xfd] => bytes = zstd::decode_all(&stored[..]).ok()?,
        [0x04, 0x22, 0x4d, 0x18] => {
            let mut unpacked = lz4_flex::frame::FrameDecoder::new(&stored[..]);
            unpacked.read_to_end(&mut bytes).ok()?;
        }
        _ => bytes = stored,
    }
    Some(bytes)
}

/// Takes link type, length on the wire, flags, bytes.
type Each<'e> = &'e mut dyn FnMut(u32, u32, u32, &[u8]);

fn each_packet(bytes: &[u8], each: Each<'_>) {
    match bytes.first_chunk() {
        Some([0x0a, 0x0d, 0x0d, 0x0a]) => pcapng(bytes, each),
        Some([0xd4 | 0x4d | 0x34, 0xc3 | 0x3c | 0xcd, 0xb2, 0xa1]) => pcap(bytes, false, each),
        Some([0xa1, 0xb2, 0xc3 | 0x3c | 0xcd, 0xd4 | 0x4d | 0x34]) => pcap(bytes, true, each),
        _ => {}
    }
}

fn word(bytes: &[u8], at: usize, big: bool) -> u32 {
    let word = bytes
        .get(at..at + 4)
        .map_or([0; 4], |b| b.try_into().unwrap());
    match big {
        true => u32::from_be_bytes(word),
        false => u32::from_le_bytes(word),
    }
}

fn half(bytes: &[u8], at: usize, big: bool) -> u32 {
    let half = bytes
        .get(at..at + 2)
        .map_or([0; 2], |b| b.try_into().unwrap());
    u32::from(match big {
        true => u16::from_be_bytes(half),
        false => u16::from_le_bytes(half),
    })
}

fn pcap(bytes: &[u8], big: bool, each: Each<'_>) {
    let modified = bytes[if big { 2 } else { 1 }] == 0xcd;
    let (major, minor) = (half(bytes, 4, big), half(bytes, 6, big));
    let link = word(bytes, 20, big) & 0xffff;
    let head = if modified { 24 } else { 16 };
    let mut at = 24;
    while at + head <= bytes.len() {
        let (mut kept, mut sent) = (word(bytes, at + 8, big), word(bytes, at + 12, big));
        let before = major == 2 && minor < 3;
        if before || (major == 2 && minor == 3 && kept > sent) {
            (kept, sent) = (sent, kept);
        }
        let end = at + head + kept as usize;
        let Some(packet) = bytes.get(at + head..end) else {
            return;
        };
        each(link, sent, 0, packet);
        at = end;
    }
}

fn pcapng(bytes: &[u8], each: Each<'_>) {
    let (mut at, mut big, mut links) = (0, false, Vec::new());
    while at + 12 <= bytes.len() {
        if bytes[at..].starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
            big = bytes[at + 8..].starts_with(&[0x1a]);
            links.clear();
        }
        let len = word(bytes, at + 4, big) as usize;
        let Some(block) = bytes.get(at + 8..at + len.max(12) - 4) else {
            return;
        };
        match word(bytes, at, big) {
            1 => links.push((half(block, 0, big), word(block, 4, big))),
            kind @ (2 | 6) => {
                let interface = match kind {
                    2 => half(block, 0, big),
                    _ => word(block, 0, big),
                };
                let (kept, sent) = (word(block, 12, big) as usize, word(block, 16, big));
                if let (Some((link, _)), Some(packet)) = (
                    links.get(interface as usize),
                    block.get(20..20usize.saturating_add(kept)),
                ) {
                    let flags = flags_of(
                        &block[(20 + kept.next_multiple_of(4)).min(block.len())..],
                        big,
                    );
                    each(*link, sent, flags, packet);
                }
            }
            3 => {
                let sent = word(block, 0, big);
                if let Some((link, snaplen)) = links.first() {
                    let most = if *snaplen == 0 {
                        sent
                    } else {
                        sent.min(*snaplen)
                    };
                    let end = block.len().min(4 + most as usize);
                    each(*link, sent, 0, &block[4..end]);
                }
            }
            _ => {}
        }
        at += len.max(12).next_multiple_of(4);
    }
}

/// `epb_flags` of a packet's options.
fn flags_of(options: &[u8], big: bool) -> u32 {
    let mut at = 0;
    while at + 4 <= options.len() {
        match half(options, at, big) {
            0 => break,
            2 => return word(options, at + 4, big),
            _ => at += 4 + (half(options, at + 2, big) as usize).next_multiple_of(4),
        }
    }
    0
}
