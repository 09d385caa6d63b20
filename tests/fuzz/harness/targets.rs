//! The targets.

use super::packets::{ACK, FIN, RAW, Talk, initial, udp};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use whereto::locate::Places;

/// Takes the bytes of one target.
type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("pcap", file),
    ("pcapng", file),
    ("decoder", decoder),
    ("dns", dns),
    ("client_hello", client_hello),
    ("quic_initial", quic_initial),
    ("http", http),
    ("pipeline", pipeline),
    ("lists", lists),
    ("owners", owners),
    ("place_database", place_database),
];

/// Runs one target. A name that is not there is a mistake in the caller.
pub fn run(target: &str, data: &[u8]) {
    match TARGETS.iter().find(|(name, _)| *name == target) {
        Some((_, target)) => target(data),
        None => panic!("no target `{target}`"),
    }
}

/// A whole capture file.
fn file(data: &[u8]) {
    super::audit::file(data);
}

/// The link type in two bytes, then packets: each a length in two bytes and its bytes, or all
/// that is left.
fn decoder(data: &[u8]) {
    let Some((link, mut rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let mut packets = vec![rest.to_vec()];
    // The same bytes once more as several packets: fragments and streams need more than one.
    while let Some((len, after)) = rest.split_first_chunk::<2>() {
        let len = usize::from(u16::from_be_bytes(*len)) % 512;
        let (packet, left) = after.split_at(len.min(after.len()));
        packets.push(packet.to_vec());
        rest = left;
    }
    super::audit::packets(u32::from(u16::from_be_bytes(*link)), &packets);
}

/// One message to and from each of the ports of DNS, mDNS and LLMNR, and over TCP.
fn dns(data: &[u8]) {
    let Some((control, message)) = data.split_first() else {
        return;
    };
    let mut packets = Vec::new();
    for port in [53, 5353, 5355] {
        packets.push(udp(true, port, message));
        packets.push(udp(false, port, message));
    }
    let mut talk = Talk::open(53, 1);
    let mut framed = u16::try_from(message.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes()
        .to_vec();
    framed.extend(message);
    talk.send(true, &framed, size(*control));
    talk.send(false, &framed, size(*control));
    packets.extend(talk.packets);
    super::audit::packets(RAW, &packets);
}

/// A TLS stream in segments, from both sides: the control byte chooses their size.
fn client_hello(data: &[u8]) {
    stream(443, data);
}

/// An HTTP stream in segments, from both sides.
fn http(data: &[u8]) {
    stream(80, data);
}

fn stream(port: u16, data: &[u8]) {
    let Some((control, bytes)) = data.split_first() else {
        return;
    };
    let mut talk = Talk::open(port, 0xffff_ff00);
    talk.send(true, bytes, size(*control));
    talk.send(false, bytes, size(control.rotate_left(3)));
    talk.segment(true, ACK | FIN, &[]);
    super::audit::packets(RAW, &talk.packets);
}

/// From one byte to whole messages, so that short pieces are as likely as long ones.
fn size(control: u8) -> usize {
    [1, 7, 60, 536, 1400, 9000][usize::from(control) % 6]
}

/// The frames of Initial packets, cut into as many packets as the control byte says.
fn quic_initial(data: &[u8]) {
    let Some((control, frames)) = data.split_first() else {
        return;
    };
    let count = usize::from(control % 4) + 1;
    let each = frames.len().div_ceil(count).max(1);
    let mut packets: Vec<Vec<u8>> = frames
        .chunks(each)
        .zip(0..)
        .map(|(part, number)| udp(true, 443, &initial(number, part)))
        .collect();
    // And the bytes as they are, unsealed.
    packets.push(udp(true, 443, frames));
    super::audit::packets(RAW, &packets);
}

/// A place database: opened, asked, and read through.
fn place_database(data: &[u8]) {
    let mut places = whereto::locate::Places::none();
    if places.add_bytes("fuzzed.mmdb", data.to_vec()).is_err() {
        return;
    }
    for address in [
        "54.179.147.20",
        "255.255.255.255",
        "2600:1f18::1",
        "64:ff9b::36b3:9314",
    ] {
        let place = places.place(address.parse().expect("an address"));
        assert!(place.country.is_some() != place.unknown_because.is_some());
    }
    if places.read_through().is_ok() {
        assert_eq!(places.unreadable(), 0, "what is whole has no damage");
    }
}

/// Whole flows of any protocol: a list of steps, each two bytes and a payload.
fn pipeline(data: &[u8]) {
    let mut talk = Talk::open(443, 5);
    let mut rest = data;
    while let Some(([what, len], after)) = rest.split_first_chunk::<2>() {
        let len = usize::from(*len) * if what & 0x80 == 0 { 1 } else { 8 };
        let (payload, left) = after.split_at(len.min(after.len()));
        let upwards = what & 1 == 0;
        match what >> 1 & 7 {
            0 | 1 => talk.send(upwards, payload, size(*what)),
            2 => talk.jump(upwards, i32::from(*what) - 128),
            3 => talk.segment(upwards, payload.first().copied().unwrap_or(ACK), payload),
            4 => talk.packets.push(udp(upwards, 53, payload)),
            5 => talk
                .packets
                .push(udp(upwards, 443, &initial(*what, payload))),
            6 => talk
                .packets
                .push(udp(upwards, u16::from(*what) << 4, payload)),
            _ => talk.packets.push(payload.to_vec()),
        }
        rest = left;
    }
    super::audit::packets(RAW, &talk.packets);
}

/// A user's list: of ranges, or of anycast prefixes where the control byte is odd. Whatever is in
/// it, addresses have one country or a reason.
fn lists(data: &[u8]) {
    let Some((control, bytes)) = data.split_first() else {
        return;
    };
    let mut places = Places::none();
    let name = Path::new("list-2026-01-01");
    let added = match control & 1 {
        0 => places.add_ranges_of(name, bytes.to_vec()),
        _ => places.add_anycast_of(name, bytes.to_vec()),
    };
    if let Err(error) = added {
        let words = error.to_string();
        assert!(
            words.starts_with("list-2026-01-01: ") && !words.contains('\n'),
            "{words}"
        );
        return;
    }
    assert_eq!(places.sources().len(), 1);
    for step in 0..=255 {
        let v4 = IpAddr::V4(Ipv4Addr::new(step, *control, 2, step));
        let v6 = IpAddr::V6(Ipv6Addr::from_bits(
            u128::from(0x2001_0d00 | u32::from(step)) << 96,
        ));
        for address in [v4, v6] {
            let place = places.place(address);
            assert!(
                place.country.is_some() != place.unknown_because.is_some(),
                "{address}"
            );
        }
    }
}

/// A user's catalogue of owners, in whichever form, and some names asked of it.
fn owners(data: &[u8]) {
    let mut places = whereto::locate::Places::none();
    let file = (std::path::PathBuf::from("owners"), data.to_vec());
    if let Err(error) = places.add_owner_files(vec![file]) {
        let words = error.to_string();
        assert!(!words.contains('\n') && words.len() < 2_000, "{words}");
        return;
    }
    let names: [&[u8]; 4] = [
        b"a.example.com",
        b"collect.example.net",
        b"\xff.example.org",
        data,
    ];
    for name in names {
        let name = whereto::model::Text::new(name);
        for time in [i64::MIN, 0, i64::MAX] {
            let who = places.owner(&name, whereto::model::Time(time));
            assert!(who.owner.is_none() || who.hosted_by.is_none());
        }
    }
}
