//! Whole packets, down to segments.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

use super::*;
use crate::model::{Reason, Time};
use proptest::prelude::*;

/// Writes each segment as one line.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn add(&mut self, segment: &Segment<'_>, how: &str) {
        self.0.push(format!(
            "{how}{}{} {}:{} > {}:{} ip {} payload {}/{}{}{}",
            if segment.tunnel.is_empty() {
                String::new()
            } else {
                format!("[{}] ", segment.tunnel)
            },
            segment.transport,
            segment.src,
            segment.src_port,
            segment.dst,
            segment.dst_port,
            segment.ip_len,
            segment.payload.len(),
            segment.payload_len,
            if segment.carries_tunnel {
                " carries"
            } else {
                ""
            },
            segment.app.map_or(String::new(), |app| format!(
                " app {:?}/{}",
                app.uid.or(app.pid),
                app.name.unwrap_or_default().escape_ascii()
            )),
        ));
    }
}

impl Whole for Lines {
    fn reassembled(&mut self, segment: Segment<'_>) {
        self.add(&segment, "whole ");
    }
    fn trouble(&mut self, reason: Reason) {
        self.0.push(format!("trouble {reason}"));
    }
    fn count(&mut self, name: &'static str) {
        self.0.push(format!("count {name}"));
    }
}

impl Sink<'_> for Lines {
    fn segment(&mut self, segment: Segment<'_>) {
        self.add(&segment, "");
    }
}

fn packet(link: u32, bytes: &[u8]) -> Packet<'_> {
    Packet {
        frame: 1,
        time: Time(0),
        link,
        interface: 0,
        wire_len: bytes.len() as u32,
        bytes,
        flags: 0,
        uid: None,
        comment: None,
    }
}

fn decode(link: u32, packets: &[Vec<u8>]) -> String {
    let mut decoder = Decoder::new(&Limits::default());
    let mut lines = Lines::default();
    for bytes in packets {
        match decoder.decode(&packet(link, bytes), &mut lines) {
            Outcome::Flow => {}
            Outcome::NotIp(reason) => lines.0.push(format!("not ip {reason}")),
            Outcome::Undecodable(reason) => lines.0.push(format!("undecodable {reason}")),
        }
    }
    lines.0.join("\n")
}

#[track_caller]
fn check(link: u32, packets: &[Vec<u8>], want: &str) {
    assert_eq!(decode(link, packets), want);
}

fn v4(protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend((20 + payload.len() as u16).to_be_bytes());
    bytes.extend([0, 7]);
    bytes.extend(fragment.to_be_bytes());
    bytes.extend([64, protocol, 0, 0, 10, 0, 0, 2, 203, 0, 113, 1]);
    bytes.extend(payload);
    bytes
}

fn v6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x60, 0, 0, 0];
    bytes.extend((payload.len() as u16).to_be_bytes());
    bytes.extend([next, 64]);
    for last in [2, 1] {
        bytes.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
    }
    bytes.extend(payload);
    bytes
}

fn udp(src: u16, dst: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(src.to_be_bytes());
    bytes.extend(dst.to_be_bytes());
    bytes.extend((8 + payload.len() as u16).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
    bytes.extend(kind.to_be_bytes());
    bytes.extend(payload);
    bytes
}

const HI: &str = "udp 10.0.0.2:9 > 203.0.113.1:7 ip 30 payload 2/2";

fn hi() -> Vec<u8> {
    v4(17, 0, &udp(9, 7, b"hi"))
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn link_types_lead_to_ip() {
    check(1, &[ethernet(0x0800, &hi())], HI);
    for raw in [12, 14, 101, 228] {
        check(raw, &[hi()], HI);
    }
    check(0, &[join(&[&[2, 0, 0, 0], &hi()])], HI);
    check(108, &[join(&[&[0, 0, 0, 2], &hi()])], HI);
    check(
        113,
        &[join(&[
            &[0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0],
            &hi(),
        ])],
        HI,
    );
    let sll2 = [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0];
    check(276, &[join(&[&sll2, &hi()])], HI);
    check(9, &[join(&[&[0xff, 3, 0, 0x21], &hi()])], HI);
    check(9, &[join(&[&[0x21], &hi()])], HI);
    check(204, &[join(&[&[1, 0xff, 3, 0, 0x21], &hi()])], HI);
    check(104, &[join(&[&[0x0f, 0, 8, 0], &hi()])], HI);
    check(107, &[join(&[&[0x18, 0x41, 3, 0xcc], &hi()])], HI);
    check(226, &[join(&[&[0; 24], &hi()])], HI);
    check(109, &[join(&[&[0; 12], &hi()])], HI);
    let llc = join(&[&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], &hi()]);
    check(1, &[ethernet(llc.len() as u16, &llc)], HI);
    check(105, &[join(&[&[8, 1], &[0; 22], &llc])], HI);
    check(
        127,
        &[join(&[
            &[0, 0, 8, 0, 0, 0, 0, 0],
            &[0x88, 1],
            &[0; 24],
            &llc,
        ])],
        HI,
    );
    check(
        192,
        &[join(&[
            &[0, 0, 8, 0, 105, 0, 0, 0],
            &[8, 1],
            &[0; 22],
            &llc,
        ])],
        HI,
    );
}

#[test]
fn tags_and_labels_are_peeled_off() {
    let tagged = join(&[&[0, 5, 0x81, 0, 0, 6, 8, 0], &hi()]);
    check(1, &[ethernet(0x88a8, &tagged)], HI);
    let pppoe = join(&[&[0x11, 0, 0, 1, 0, 32, 0, 0x21], &hi()]);
    check(1, &[ethernet(0x8864, &pppoe)], HI);
    let labels = join(&[&[0, 1, 0x20, 64, 0, 1, 0x31, 64], &hi()]);
    check(1, &[ethernet(0x8847, &labels)], HI);
    let pseudowire = join(&[&[0, 1, 0x31, 64], &[0; 4], &ethernet(0x0800, &hi())]);
    check(1, &[ethernet(0x8847, &pseudowire)], HI);
}

#[test]
fn tunnels_hand_out_both_packets() {
    let outer =
        |port: u16, header: &[u8], inner: &[u8]| v4(17, 0, &udp(5, port, &join(&[header, inner])));
    check(
        101,
        &[outer(2152, &[0x30, 255, 0, 30, 0, 0, 0, 1], &hi())],
        &format!("udp 10.0.0.2:5 > 203.0.113.1:2152 ip 66 payload 38/38 carries\n[gtp] {HI}"),
    );
    check(
        101,
        &[outer(
            4789,
            &[8, 0, 0, 0, 0, 0, 1, 0],
            &ethernet(0x0800, &hi()),
        )],
        &format!("udp 10.0.0.2:5 > 203.0.113.1:4789 ip 80 payload 52/52 carries\n[vxlan] {HI}"),
    );
    check(
        101,
        &[outer(
            6081,
            &[0, 0, 0x65, 0x58, 0, 0, 1, 0],
            &ethernet(0x0800, &hi()),
        )],
        &format!("udp 10.0.0.2:5 > 203.0.113.1:6081 ip 80 payload 52/52 carries\n[geneve] {HI}"),
    );
    check(
        101,
        &[v4(47, 0, &join(&[&[0x20, 0, 8, 0, 0, 0, 0, 1], &hi()]))],
        &format!("gre 10.0.0.2:0 > 203.0.113.1:0 ip 58 payload 38/38 carries\n[gre] {HI}"),
    );
    check(
        101,
        &[v4(4, 0, &hi())],
        &format!("ipip 10.0.0.2:0 > 203.0.113.1:0 ip 50 payload 30/30 carries\n[ipip] {HI}"),
    );
    check(
        101,
        &[v4(
            51,
            0,
            &join(&[&[17, 4, 0, 0], &[0; 20], &udp(9, 7, b"hi")]),
        )],
        "ah 10.0.0.2:0 > 203.0.113.1:0 ip 54 payload 34/34 carries\n\
         [ah] udp 10.0.0.2:9 > 203.0.113.1:7 ip 54 payload 2/2",
    );
}

#[test]
fn frames_of_access_points_are_followed() {
    let llc = join(&[&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], &hi()]);
    let wifi = join(&[&[8, 2], &[0; 22], &llc]);
    check(
        101,
        &[v4(47, 0, &join(&[&[0, 0, 0x82, 0x40], &wifi]))],
        &format!("gre 10.0.0.2:0 > 203.0.113.1:0 ip 86 payload 66/66 carries\n[gre] {HI}"),
    );
    let swapped = join(&[&[2, 8], &wifi[2..]]);
    let outer = "udp 10.0.0.2:5 > 203.0.113.1:5247 ip 98 payload 70/70 carries";
    for frame in [wifi, swapped] {
        let capwap = join(&[&[0, 0x10, 3, 0, 0, 0, 0, 0], &frame]);
        check(
            101,
            &[v4(17, 0, &udp(5, 5247, &capwap))],
            &format!("{outer}\n[capwap] {HI}"),
        );
    }
    // Two frames in one, then a checksum.
    let inside = join(&[&[0; 13], &[llc.len() as u8], &llc]);
    let aggregate = join(&[&[0x88, 2], &[0; 22], &[0x80, 0], &inside, &inside, &[9; 4]]);
    assert_eq!(inside.len() % 4, 0);
    check(105, &[aggregate], &format!("{HI}\n{HI}"));
    // Four addresses, high-throughput control, and a driver's padding.
    check(105, &[join(&[&[8, 3], &[0; 28], &llc])], HI);
    check(105, &[join(&[&[0x88, 0x82], &[0; 28], &llc])], HI);
    check(105, &[join(&[&[0x88, 2], &[0; 26], &llc])], HI);
    check(
        105,
        &[join(&[&[8, 0x42], &[0; 22], &llc])],
        "not ip wifi: encrypted 802.11 data",
    );
}

#[test]
fn teredo_is_known_by_port_or_by_its_addresses() {
    let mut inner = v6(17, &udp(9, 7, b"hi"));
    inner[8..12].copy_from_slice(&[0x20, 1, 0, 0]);
    let hi = "[teredo] udp 2001:0:0:0::2:9 > 2001:db8::1:7 ip 50 payload 2/2"
        .replace("2001:0:0:0::2", "2001::2");
    check(
        101,
        &[v4(17, 0, &udp(5, 6, &inner))],
        &format!("udp 10.0.0.2:5 > 203.0.113.1:6 ip 78 payload 50/50 carries\n{hi}"),
    );
    let indicated = join(&[
        &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0, 0, 0xff, 0xfe, 1, 2, 3, 4],
        &inner,
    ]);
    check(
        101,
        &[v4(17, 0, &udp(5, 3544, &indicated))],
        &format!("udp 10.0.0.2:5 > 203.0.113.1:3544 ip 99 payload 71/71 carries\n{hi}"),
    );
    inner[5] = 0;
    check(
        101,
        &[v4(17, 0, &udp(5, 6, &inner))],
        "udp 10.0.0.2:5 > 203.0.113.1:6 ip 78 payload 50/50",
    );
}

#[test]
fn an_open_port_alone_is_no_tunnel() {
    check(
        101,
        &[v4(17, 0, &udp(5, 4789, b"not a vxlan header at all"))],
        "udp 10.0.0.2:5 > 203.0.113.1:4789 ip 53 payload 25/25",
    );
}

#[test]
fn fragments_are_counted_and_put_together() {
    let whole = udp(9, 7, b"hello, world");
    let packets = [v4(17, 0x2000, &whole[..16]), v4(17, 2, &whole[16..])];
    let first = "fragment-17 10.0.0.2:0 > 203.0.113.1:0 ip 36 payload 0/0";
    let done = "count datagrams reassembled from fragments\n\
                whole udp 10.0.0.2:9 > 203.0.113.1:7 ip 24 payload 12/12";
    check(101, &packets, &format!("{first}\n{done}"));
}

#[test]
fn ipv6_extensions_are_walked() {
    let options = join(&[&[17, 0, 1, 4, 0, 0, 0, 0], &udp(9, 7, b"hi")]);
    check(
        101,
        &[v6(0, &options)],
        "udp 2001:db8::2:9 > 2001:db8::1:7 ip 58 payload 2/2",
    );
}

#[test]
fn programs_are_named() {
    let mut trailer = vec![1, 7, 0x20, 0x21, 0, 0, 0x27, 0x5a];
    trailer.extend(b"com.example.app\0\0\0\0\0");
    trailer.extend([0; 4]);
    let named = format!("{HI} app Some(10074)/com.example.app");
    check(101, &[join(&[&hi(), &trailer])], &named);
    check(147, &[join(&[&hi(), &trailer])], &named);
    check(1, &[join(&[&ethernet(0x0800, &hi()), &trailer])], &named);
    let mut log = vec![2, 0, 0, 0, 8, 0, 11, 0, 0, 0, 0x27, 0x5a];
    log.extend((4 + hi().len() as u16).to_le_bytes());
    log.extend([9, 0]);
    log.extend(hi());
    check(239, &[log], &format!("{HI} app Some(10074)/"));
}

#[test]
fn lengths_that_lie_are_told() {
    let mut padded = ethernet(0x0800, &hi());
    padded.extend([0; 16]);
    check(1, &[padded], HI);
    // Cut by the snaplen: the record says how long the packet was.
    let cut = |sent: usize, bytes: &[u8]| {
        let mut lines = Lines::default();
        let packet = Packet {
            wire_len: u32::try_from(sent).unwrap(),
            ..packet(101, bytes)
        };
        Decoder::new(&Limits::default()).decode(&packet, &mut lines);
        lines.0.join("\n")
    };
    assert_eq!(
        cut(30, &hi()[..29]),
        "udp 10.0.0.2:9 > 203.0.113.1:7 ip 30 payload 1/2"
    );
    let first = v4(17, 0x2000, &udp(9, 7, &[0; 16])[..16]);
    assert_eq!(
        cut(36, &first[..30]),
        "count fragments that cannot be put together\n\
         udp 10.0.0.2:9 > 203.0.113.1:7 ip 36 payload 2/8"
    );
    let mut offload = hi();
    offload[3] = 0;
    assert_eq!(
        cut(1500, &offload),
        "udp 10.0.0.2:9 > 203.0.113.1:7 ip 1500 payload 2/2"
    );
    let mut offload = hi();
    offload[2] = 0;
    offload[3] = 0;
    check(101, &[offload], HI);
    let mut long = hi();
    long[3] = 31;
    check(
        101,
        &[long],
        "count ip lengths that lie\nudp 10.0.0.2:9 > 203.0.113.1:7 ip 31 payload 2/2",
    );
    check(
        101,
        &[v4(6, 0, &[0, 9, 0])],
        "trouble tcp: header\nfragment-6 10.0.0.2:0 > 203.0.113.1:0 ip 23 payload 0/0",
    );
    check(
        101,
        &[v6(0, &[17, 9, 0, 0])],
        "trouble ipv6: extension header\nip-0 2001:db8::2:0 > 2001:db8::1:0 ip 44 payload 4/4",
    );
    check(
        101,
        &[v4(6, 0, &[0, 9, 0, 7])],
        "trouble tcp: header\ntcp 10.0.0.2:9 > 203.0.113.1:7 ip 24 payload 0/0",
    );
    check(
        300,
        &[hi()],
        "undecodable link: unknown link type 300 (0x12c)",
    );
    check(
        1,
        &[ethernet(0x0806, &[0; 28])],
        "not ip ethernet: arp 2054 (0x806)",
    );
    check(
        101,
        &[v4(89, 0, &[0; 24])],
        "ip-89 10.0.0.2:0 > 203.0.113.1:0 ip 44 payload 24/24",
    );
}

#[test]
fn nesting_is_bounded() {
    let mut packet = hi();
    for _ in 0..60 {
        packet = v4(4, 0, &packet);
    }
    let lines = decode(101, &[packet]);
    assert!(
        lines.ends_with("trouble packet: more layers than the limit"),
        "{lines}"
    );
    assert!(lines.lines().count() < 30);
}

const LINKS: [u32; 36] = [
    0, 1, 6, 8, 9, 10, 12, 14, 50, 51, 101, 104, 105, 107, 108, 109, 113, 119, 127, 147, 149, 163,
    166, 192, 204, 219, 226, 228, 229, 239, 242, 258, 274, 276, 162, 999,
];

/// The same packet without the straight line that most packets take.
fn decode_layered(link: u32, bytes: &[u8]) -> String {
    let mut decoder = Decoder::new(&Limits::default());
    let mut lines = Lines::default();
    let packet = packet(link, bytes);
    let layers = decoder.layers;
    let outcome =
        walk::Walk::new(&packet, &mut lines, &mut decoder.defrag, layers).layered(&packet);
    match outcome {
        Outcome::Flow => {}
        Outcome::NotIp(reason) => lines.0.push(format!("not ip {reason}")),
        Outcome::Undecodable(reason) => lines.0.push(format!("undecodable {reason}")),
    }
    lines.0.join("\n")
}

proptest! {
    /// The straight line and the way through the layers end at the same place.
    #[test]
    fn the_straight_line_is_no_other_way(
        tcp in any::<bool>(), six in any::<bool>(), port in prop::sample::select(vec![7u16, 2152, 3544, 4789]),
        at in 0usize..120, value in any::<u8>(), cut in 20usize..120,
    ) {
        let transport = match tcp {
            true => join(&[&[0, 9, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0x60, 0x18, 0, 0, 0, 0, 0, 0], &[1; 4], b"hello"]),
            false => udp(9, port, &[8; 40]),
        };
        let ip = if six { v6(if tcp { 6 } else { 17 }, &transport) } else { v4(if tcp { 6 } else { 17 }, 0x4000, &transport) };
        for (link, mut bytes) in [(1, ethernet(if six { 0x86dd } else { 0x0800 }, &ip)), (101, ip)] {
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
            bytes.truncate(cut);
            prop_assert_eq!(decode(link, &[bytes.clone()]), decode_layered(link, &bytes));
        }
    }

    #[test]
    fn any_bytes_end_in_a_bucket(link in 0usize..36, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decode(LINKS[link], &[bytes]);
    }

    /// Every cut of a packet with everything in it, and any byte of it changed.
    #[test]
    fn any_cut_and_any_change_is_survived(cut in 0usize..200, at in 0usize..200, value in any::<u8>()) {
        let gtp = udp(5, 2152, &join(&[&[0x30, 255, 0, 30, 0, 0, 0, 1], &v6(0, &join(&[&[44, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 9], &udp(9, 7, b"hi")]))]));
        let mut bytes = ethernet(0x8100, &join(&[&[0, 5, 8, 0], &v4(17, 0, &gtp)]));
        if let Some(byte) = bytes.get_mut(at) { *byte = value; }
        bytes.truncate(cut);
        decode(1, &[bytes.clone(), bytes]);
    }
}
