//! Cut anywhere, an audit says the same, byte for byte.

use super::*;
use crate::audit::audit_whole;
use crate::model::Limits;
use crate::report::{FORMATS, Style};
use crate::source::Options;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn options() -> AuditOptions {
    AuditOptions {
        keep_dns: true,
        keep_http: true,
        hashed: true,
        threads: 2,
        ..AuditOptions::default()
    }
}

fn open(path: &Path) -> Capture {
    let options = Options {
        hash: true,
        ..Options::default()
    };
    Capture::open(&[path.to_owned()], &options).unwrap()
}

/// Every format of a report, one after the other.
fn written(report: &Report) -> String {
    let mut out = Vec::new();
    for format in FORMATS {
        (format.write)(report, Style::default(), &mut out).unwrap();
    }
    String::from_utf8(out).unwrap()
}

fn whole(path: &Path, options: &AuditOptions) -> String {
    let options = AuditOptions {
        threads: 1,
        ..options.clone()
    };
    let report = audit_whole(open(path), &Places::none(), &options, &mut |_| {});
    written(&report.unwrap())
}

/// The report of an audit cut at `at`; `None` where it could not be joined.
fn cut(path: &Path, at: u64, options: &AuditOptions) -> Option<String> {
    match audit_cut(open(path), at, &Places::none(), options, &mut |_| {}).unwrap() {
        Ended::Whole(report) => Some(written(&report)),
        Ended::NotSplit(..) => None,
    }
}

/// Positions of records, as the reader finds them; at most about `most`.
fn positions(path: &Path, most: usize) -> Vec<u64> {
    let size = std::fs::metadata(path).unwrap().len();
    let mut found = Vec::new();
    let mut at = 24;
    while at < size {
        let Some(([_, later], _)) = open(path).cut(at) else {
            break;
        };
        found.push(later.start());
        at = later.start() + 1;
    }
    let step = found.len().div_ceil(most).max(1);
    found.into_iter().step_by(step).collect()
}

/// Cuts a capture at many places: how many cuts were joined, and how many there were.
#[track_caller]
fn check(path: &Path, most: usize, options: &AuditOptions) -> (usize, usize) {
    let want = whole(path, options);
    let positions = positions(path, most);
    let mut joined = 0;
    for at in &positions {
        if let Some(got) = cut(path, *at, options) {
            joined += 1;
            if got != want {
                let line = got.lines().zip(want.lines()).find(|(a, b)| a != b);
                panic!("{} cut at {at}: {line:#?}", path.display());
            }
        }
    }
    (joined, positions.len())
}

fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    let pcap = folder.join("capture.pcap");
    if pcap.exists() {
        pcap
    } else {
        folder.join("capture.pcapng")
    }
}

#[test]
fn fixtures_can_be_cut_after_every_packet() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = fixture(&name);
        if !path.exists() {
            continue;
        }
        found += 1;
        let (joined, cuts) = check(&path, 120, &options());
        // Fragments that wait at the cut, damage before it, blocks that change what follows.
        let awkward = [
            "fragments",
            "damaged-cut",
            "tunnels",
            "pcapng-interfaces",
            "app-names",
        ];
        let is_awkward = awkward.contains(&name.as_str());
        assert!(cuts > 2 || is_awkward, "{name}: {cuts} cuts");
        let least = if is_awkward { 0 } else { cuts * 9 / 10 };
        assert!(
            joined >= least,
            "{name}: {joined} of {cuts} cuts were joined"
        );
    }
    assert!(found > 10);
}

/// A datagram to each of these servers, each from a port of its own.
fn datagrams(servers: impl Iterator<Item = u16>) -> Vec<u8> {
    let mut file = Vec::new();
    for field in [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 1] {
        file.extend(field.to_le_bytes());
    }
    for (time, server) in (40_000u16..).zip(servers) {
        let [high, low] = server.to_be_bytes();
        let network = if high == 0 {
            [203, 0, 113]
        } else {
            [198, 51, 100]
        };
        let [a, b, c] = network;
        let body = [time, 9_999, 12, 0, 1, 2].map(u16::to_be_bytes).concat();
        let packet = frame([192, 168, 1, 20], [a, b, c, low], 17, &body);
        let len = u32::try_from(packet.len()).unwrap();
        for field in [u32::from(time), 5, len, len] {
            file.extend(field.to_le_bytes());
        }
        file.extend(packet);
    }
    file
}

/// Where hashing takes longest is told from the length of packets.
#[test]
fn the_length_of_packets_is_told_from_the_first_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.pcap");
    let file = datagrams((0..400).map(|row| row % 200));
    let each = u64::try_from(file.len()).unwrap() / 400;
    std::fs::write(&path, &file).unwrap();
    assert_eq!(open(&path).bytes_a_packet(), Some(each));
    std::fs::write(&path, &file[..24]).unwrap();
    assert_eq!(open(&path).bytes_a_packet(), None);
}

/// Whoever asks for rows that are gone is told so.
#[test]
fn rows_that_were_let_go_are_not_an_empty_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.pcap");
    std::fs::write(&path, datagrams(0..200)).unwrap();
    let audited = |without_rows: bool| {
        let options = AuditOptions {
            without_rows,
            ..options()
        };
        audit_whole(open(&path), &Places::none(), &options, &mut |_| {}).unwrap()
    };
    let (kept, gone) = (audited(false), audited(true));
    assert_eq!(kept.destinations, gone.destinations);
    assert_eq!(kept.totals, gone.totals);
    assert_eq!(kept.losses, gone.losses);
    assert!(kept.rows.flows(&mut |_| Ok(())).is_ok());
    assert!(gone.rows.flows(&mut |_| Ok(())).is_err());
}

/// Destinations find room in the order of rows, whoever counts them: here those of the second
/// half, of which none finds any, lie between each other.
#[test]
fn folded_destinations_are_the_same_over_two_threads() {
    let few = (0..24)
        .map(|row| row % 6)
        .chain((0..66).map(|row| 6 + row % 3));
    // More addresses than a destination keeps, the smallest last.
    let many = (0..400).map(|row| row % 200);
    let many = many.chain((200..500).rev()).chain(200..300);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.pcap");
    for (file, rooms) in [
        (datagrams(few), &[6, 7, 8, 9, 30][..]),
        (datagrams(many), &[200, 201, 400]),
    ] {
        std::fs::write(&path, file).unwrap();
        for most in rooms {
            let options = AuditOptions {
                limits: Limits {
                    destinations: *most,
                    ..Limits::default()
                },
                ..options()
            };
            let got = audit_whole(open(&path), &Places::none(), &options, &mut |_| {});
            let (got, want) = (written(&got.unwrap()), whole(&path, &options));
            let line = got.lines().zip(want.lines()).find(|(a, b)| a != b);
            assert!(got == want, "room for {most}: {line:#?}");
        }
    }
}

/// Captures that others made: cut in the middle.
#[test]
fn shared_captures_can_be_cut_in_the_middle() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let mut folders = vec![shared.join("corpus"), shared.join("lab")];
    if !shared.exists() {
        eprintln!("SKIPPED: no captures beside the repository");
        return;
    }
    let (mut joined, mut cuts) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let options = Options::default();
            let readable = Capture::open(std::slice::from_ref(&path), &options).is_ok();
            if readable && std::fs::metadata(&path).unwrap().len() > 24 {
                let at = positions_near_middle(&path);
                let want = whole(&path, &super::tests::options());
                for at in at {
                    cuts += 1;
                    if let Some(got) = cut(&path, at, &super::tests::options()) {
                        joined += 1;
                        assert!(got == want, "{} cut at {at}", path.display());
                    }
                }
            }
        }
    }
    eprintln!("{joined} of {cuts} cuts were joined");
    assert!(joined * 2 > cuts, "{joined} of {cuts} cuts were joined");
}

fn positions_near_middle(path: &Path) -> Vec<u64> {
    let size = std::fs::metadata(path).unwrap().len();
    [size / 3, size / 2, size / 4 * 3]
        .into_iter()
        .filter_map(|at| Some(open(path).cut(at.max(24))?.0[1].start()))
        .collect()
}

/// Ethernet, IPv4 and a transport, checksums left at zero.
fn frame(from: [u8; 4], to: [u8; 4], protocol: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![2, 0, 0, 0, 0, to[3], 2, 0, 0, 0, 0, from[3], 8, 0];
    let len = u16::try_from(20 + body.len()).unwrap().to_be_bytes();
    packet.extend([0x45, 0, len[0], len[1], 0, 1, 0x40, 0, 64, protocol, 0, 0]);
    packet.extend(from);
    packet.extend(to);
    packet.extend(body);
    packet
}

fn ends(client: u8, server: u8, upwards: bool) -> ([u8; 4], [u8; 4]) {
    let ends = ([192, 168, 1, 20 + client], [203, 0, 113, server]);
    if upwards { ends } else { (ends.1, ends.0) }
}

/// One packet of a made-up capture.
#[derive(Clone, Debug)]
struct Event {
    kind: u8,
    client: u8,
    server: u8,
    port: u8,
    upwards: bool,
    step: u8,
    words: u8,
}

const TCP_PORTS: [u16; 3] = [80, 443, 9_999];
const UDP_PORTS: [u16; 3] = [53, 443, 9_999];
const REQUEST: &[u8] = b"GET /a?b HTTP/1.1\r\nHost: one.example\r\nUser-Agent: Phone/1\r\n\r\n";
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nabcd";

impl Event {
    fn tcp(&self, flags: u8, seq: u32, payload: &[u8]) -> Vec<u8> {
        let (from, to) = ends(self.client, self.server, self.upwards);
        let service = TCP_PORTS[usize::from(self.port) % 3];
        let ports = [40_000 + u16::from(self.port), service];
        let (source, target) = if self.upwards {
            (ports[0], ports[1])
        } else {
            (ports[1], ports[0])
        };
        let mut body = Vec::new();
        body.extend(source.to_be_bytes());
        body.extend(target.to_be_bytes());
        body.extend(seq.to_be_bytes());
        body.extend((1_000 + u32::from(self.step)).to_be_bytes());
        body.extend([0x50, flags, 0xfa, 0, 0, 0, 0, 0]);
        body.extend(payload);
        frame(from, to, 6, &body)
    }

    fn udp(&self, payload: &[u8]) -> Vec<u8> {
        let (from, to) = ends(self.client, self.server, self.upwards);
        let service = UDP_PORTS[usize::from(self.port) % 3];
        let ports = [50_000 + u16::from(self.port), service];
        let (source, target) = if self.upwards {
            (ports[0], ports[1])
        } else {
            (ports[1], ports[0])
        };
        let len = u16::try_from(8 + payload.len()).unwrap();
        let mut body: Vec<u8> = [source, target, len, 0]
            .iter()
            .flat_map(|n| n.to_be_bytes())
            .collect();
        body.extend(payload);
        frame(from, to, 17, &body)
    }

    /// A DNS query, or the response to it, for one of a few names and numbers.
    fn dns(&self) -> Vec<u8> {
        let flags = if self.upwards { [1, 0] } else { [0x81, 0x80] };
        let mut message = vec![0, self.step % 4, flags[0], flags[1], 0, 1];
        message.extend([0, u8::from(!self.upwards), 0, 0, 0, 0]);
        message.extend([1, b'a' + self.words % 3, 7]);
        message.extend(b"example\0\0\x01\0\x01");
        if !self.upwards {
            message.extend([
                0xc0,
                12,
                0,
                1,
                0,
                1,
                0,
                0,
                0,
                60,
                0,
                4,
                203,
                0,
                113,
                self.server,
            ]);
        }
        message
    }

    fn packet(&self) -> Vec<u8> {
        let middle = usize::from(self.step) % REQUEST.len();
        let said = if self.upwards { REQUEST } else { ANSWER };
        let seq = 1_001u32;
        match self.kind {
            0 => self.tcp(2, 1_000, &[]),
            1 => Event {
                upwards: false,
                ..self.clone()
            }
            .tcp(18, 1_000, &[]),
            2 => self.tcp(16, seq, &[]),
            3 => self.tcp(24, seq, said),
            4 => self.tcp(24, seq, &said[..middle]),
            5 => self.tcp(24, seq + u32::try_from(middle).unwrap(), &said[middle..]),
            6 => self.tcp(24, seq + u32::from(self.step), &[self.words; 40]),
            7 => self.tcp(17, seq + 63, &[]),
            8 => self.tcp(4, seq, &[]),
            9 | 10 => Event {
                port: 0,
                ..self.clone()
            }
            .udp(&self.dns()),
            11 => self.udp(&[self.words; 30]),
            12 => self.udp(
                &[
                    &[0x41u8][..],
                    b"\xf0\x67\xa5\x50\x2a\x42\x62\xb5",
                    &[self.words; 30],
                ]
                .concat(),
            ),
            13 => quic(self.words).map_or_else(Vec::new, |payload| {
                Event {
                    port: 1,
                    upwards: self.words.is_multiple_of(2),
                    ..self.clone()
                }
                .udp(&payload)
            }),
            14 => {
                let (from, to) = ends(self.client, self.server, self.upwards);
                frame(from, to, 1, &[8, 0, 0, 0, 0, 1, 0, self.step])
            }
            _ => vec![0xff; 12 + usize::from(self.words % 16)],
        }
    }
}

/// The client's first datagram of a handshake, and the server's answer with its connection ID.
fn quic(which: u8) -> Option<Vec<u8>> {
    let bytes = std::fs::read(fixture("quic-initial")).ok()?;
    let mut at = 24;
    let mut found = Vec::new();
    while let Some(head) = bytes.get(at..at + 16) {
        let len = usize::try_from(u32::from_le_bytes(head[8..12].try_into().ok()?)).ok()?;
        found.push(bytes.get(at + 16 + 42..at + 16 + len)?.to_vec());
        at += 16 + len;
    }
    let count = found.len();
    found.get(usize::from(which) % count).cloned()
}

fn pcap(events: &[Event], packets: &mut dyn FnMut(u32, &[u8])) {
    let mut time = 1_000_000u32;
    for event in events {
        // Mostly small steps, sometimes longer than a datagram flow lives, sometimes back.
        match event.step {
            0..=2 => time += 400,
            3..=5 => time -= 20,
            step => time += u32::from(step) % 2,
        }
        packets(time, &event.packet());
    }
}

fn made(events: &[Event]) -> Vec<u8> {
    let mut file = Vec::new();
    for field in [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 1] {
        file.extend(field.to_le_bytes());
    }
    pcap(events, &mut |time, packet| {
        let len = u32::try_from(packet.len()).unwrap();
        for field in [time, 5, len, len] {
            file.extend(field.to_le_bytes());
        }
        file.extend(packet);
    });
    file
}

fn made_ng(events: &[Event]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut block = |kind: u32, fields: &[u32], bytes: &[u8]| {
        let padded = bytes.len().next_multiple_of(4);
        let len = u32::try_from(12 + fields.len() * 4 + padded).unwrap();
        let mut words = vec![kind, len];
        words.extend(fields);
        file.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        file.extend(bytes);
        file.resize(file.len() + padded - bytes.len(), 0);
        file.extend(len.to_le_bytes());
    };
    block(0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX], &[]);
    block(1, &[1, 65_535], &[]);
    pcap(events, &mut |time, packet| {
        let ticks = u64::from(time) * 1_000_000;
        let high = u32::try_from(ticks >> 32).unwrap();
        let low = u32::try_from(ticks & 0xffff_ffff).unwrap();
        let len = u32::try_from(packet.len()).unwrap();
        block(6, &[0, high, low, len, len], packet);
        if time % 16 == 0 {
            block(5, &[0, high, low], &[]);
        }
    });
    file
}

/// Budgets that some captures reach.
fn tight_limits(most: usize) -> Limits {
    Limits {
        flows: most * 2,
        live_readers: most,
        waiting_bytes: most * 100,
        all_reader_bytes: most * 100,
        strings: most,
        string_bytes: most * 20,
        dns_rows: most,
        http_rows: most,
        dns_answers: most,
        hosts: most,
        destinations: most,
        ..Limits::default()
    }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (
        0u8..16,
        0u8..2,
        1u8..3,
        0u8..4,
        any::<bool>(),
        any::<u8>(),
        any::<u8>(),
    );
    let event = event.prop_map(|(kind, client, server, port, upwards, step, words)| Event {
        kind,
        client,
        server,
        port,
        upwards,
        step,
        words,
    });
    prop::collection::vec(event, 20..90)
}

proptest! {
    /// Few addresses and ports, so that everything meets: repeated SYNs, ports used again,
    /// bytes out of order, datagrams after a long silence, times that run backwards.
    #[test]
    fn made_captures_can_be_cut_anywhere(
        mut events in events(),
        ng in any::<bool>(),
        ids in any::<bool>(),
        tight in prop::option::of(1usize..40),
    ) {
        if !ids {
            events.retain(|event| event.kind != 12);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made");
        let file = if ng { made_ng(&events) } else { made(&events) };
        std::fs::write(&path, file).unwrap();
        let limits = tight.map_or_else(Limits::default, tight_limits);
        let options = AuditOptions { limits, ..options() };
        let (joined, cuts) = check(&path, 24, &options);
        // A flow that goes on under the ID of one that is replayed is not worth joining.
        prop_assert!(ids || tight.is_some() || joined * 4 >= cuts * 3, "{} of {} cuts were joined", joined, cuts);
    }
}
