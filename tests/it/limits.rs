//! Budgets: what is full is counted, and nothing stops.

use crate::kit;
use whereto::locate::Places;
use whereto::model::{Limits, Report, Time};
use whereto::source::{Packet, Summary};
use whereto::{Audit, AuditOptions};

/// Everything so small that the packets below fill it.
fn tiny() -> Limits {
    Limits {
        flows: 16,
        live_readers: 4,
        waiting_bytes: 512,
        waiting_bytes_per_stream: 256,
        reader_bytes: 256,
        all_reader_bytes: 1024,
        fragmented: 2,
        fragment_bytes: 512,
        strings: 8,
        string_bytes: 256,
        dns_rows: 4,
        http_rows: 4,
        dns_answers: 4,
        names_per_flow: 2,
        destinations: 4,
        hosts: 4,
        damages: 2,
        layers: 3,
        ..Limits::default()
    }
}

fn audited(packets: &[Vec<u8>], limits: Limits) -> Report {
    let options = AuditOptions {
        limits,
        keep_dns: true,
        keep_http: true,
        ..AuditOptions::default()
    };
    let mut audit = Audit::new(&options).unwrap();
    for (number, bytes) in packets.iter().enumerate() {
        audit.push(&Packet {
            frame: number as u64 + 1,
            time: Time(number as i64 * 1_000_000),
            link: 101,
            interface: 0,
            wire_len: bytes.len() as u32,
            bytes,
            flags: 0,
            uid: None,
            comment: None,
        });
    }
    audit.finish(Summary::default(), &Places::none()).unwrap()
}

fn ipv4(from: [u8; 4], to: [u8; 4], protocol: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0];
    packet[2..4].copy_from_slice(&(20 + body.len() as u16).to_be_bytes());
    packet.extend(from);
    packet.extend(to);
    packet.extend(body);
    packet
}

/// A SYN from a new port to a new address each time.
fn syn_flood(count: u32) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| {
            let [_, a, b, c] = number.to_be_bytes();
            let mut body = (1024 + number as u16 % 60_000).to_be_bytes().to_vec();
            body.extend([0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0xfa, 0, 0, 0, 0, 0]);
            ipv4([192, 168, 1, 23], [9, a, b, c], 6, &body)
        })
        .collect()
}

/// DNS answers, each with another name and address.
fn dns_flood(count: u32) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| {
            let label = format!("name{number:06}");
            let mut message = vec![
                0,
                number as u8,
                0x81,
                0x80,
                0,
                1,
                0,
                1,
                0,
                0,
                0,
                0,
                label.len() as u8,
            ];
            message.extend(label.as_bytes());
            message.extend([0, 0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
            message.extend(number.to_be_bytes());
            let mut body = vec![0, 53, 0x9c, 0x40];
            body.extend((8 + message.len() as u16).to_be_bytes());
            body.extend([0, 0]);
            body.extend(message);
            ipv4([192, 168, 1, 1], [192, 168, 1, 23], 17, &body)
        })
        .collect()
}

/// First fragments that nothing follows.
fn fragment_flood(count: u32) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| {
            let mut packet = ipv4([192, 168, 1, 1], [192, 168, 1, 23], 17, &[7; 200]);
            packet[4..6].copy_from_slice(&(number as u16).to_be_bytes());
            packet[6] = 0x20;
            packet
        })
        .collect()
}

/// Segments that all wait for a byte that never comes.
fn hole_flood(count: u32) -> Vec<Vec<u8>> {
    let mut packets = syn_flood(1);
    for number in 0..count {
        let mut segment = packets[0].clone();
        segment[24..28].copy_from_slice(&(1000 + number * 150).to_be_bytes());
        segment[33] = 16;
        segment.extend([b'x'; 100]);
        let len = segment.len() as u16;
        segment[2..4].copy_from_slice(&len.to_be_bytes());
        packets.push(segment);
    }
    packets
}

/// Whatever fills up, every packet keeps its bucket and the losses say what was given up.
#[test]
fn full_budgets_are_counted_and_stop_nothing() {
    #[track_caller]
    fn check(packets: &[Vec<u8>], counted: &[&str]) {
        let report = audited(packets, tiny());
        assert_eq!(report.totals.packets, packets.len() as u64);
        assert_eq!(report.losses.sum(), report.totals.packets);
        for words in counted {
            let found = report.losses.counts.keys().any(|key| key.contains(words));
            assert!(found, "`{words}` is not in {:?}", report.losses.counts);
        }
        // With the ordinary budgets the same packets fill nothing.
        let report = audited(packets, Limits::default());
        for words in counted {
            let found = report.losses.counts.keys().any(|key| key.contains(words));
            assert!(!found, "`{words}` is in {:?}", report.losses.counts);
        }
    }
    check(&syn_flood(500), &["flows folded"]);
    check(
        &dns_flood(200),
        &["dns rows beyond", "dns answers beyond", "strings beyond"],
    );
    let report = audited(&fragment_flood(100), tiny());
    assert!(
        !report.losses.counts.is_empty(),
        "unfinished datagrams are not counted"
    );
    let report = audited(&hole_flood(100), tiny());
    assert_eq!(report.losses.sum(), 101);
}

/// Folded flows leave their packets and bytes in the report.
#[test]
fn folded_flows_are_not_forgotten() {
    let report = audited(&syn_flood(500), tiny());
    let mut rows = 0;
    report
        .rows
        .flows(&mut |_| {
            rows += 1;
            Ok(())
        })
        .unwrap();
    assert!(rows <= tiny().flows as u64, "{rows} rows");
    assert_eq!(rows + report.totals.folded_flows, 500);
}

/// Doubling the input takes about twice the time and no more memory than the budgets allow:
/// twenty times as many packets end, in the time a test may take.
#[test]
fn floods_end() {
    let report = audited(&syn_flood(100_000), tiny());
    assert_eq!(report.totals.packets, 100_000);
    let report = audited(&hole_flood(50_000), Limits::default());
    assert_eq!(report.totals.packets, 50_001);
}

/// `docs/limits.md` explains every budget by its name.
#[test]
fn the_docs_name_every_budget() {
    let source = kit::read("src/model/limits.rs");
    let body = source
        .split("pub struct Limits {")
        .nth(1)
        .unwrap()
        .split("\n}")
        .next()
        .unwrap();
    let docs = kit::read("docs/limits.md");
    let mut count = 0;
    for line in body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub "))
    {
        let name = line.split(':').next().unwrap();
        let row = format!("| `{name}` | {} |", default_of(name));
        assert!(docs.contains(&row), "docs/limits.md lacks {row}");
        count += 1;
    }
    assert!(count > 15);
}

/// The default of a budget, as the page writes it.
fn default_of(name: &str) -> String {
    let all = format!("{:?},", Limits::default()).replace(" }", ",");
    let value = all.split(&format!(" {name}: ")).nth(1).unwrap();
    let value: u64 = value.split(',').next().unwrap().parse().unwrap();
    match value {
        _ if value.is_multiple_of(1 << 20) => format!("{} MiB", value >> 20),
        _ if value.is_multiple_of(1 << 10) && name.contains("bytes") => {
            format!("{} KiB", value >> 10)
        }
        1_000_000.. => format!(
            "{},{:03},{:03}",
            value / 1_000_000,
            value / 1_000 % 1_000,
            value % 1_000
        ),
        1_000.. => format!("{},{:03}", value / 1_000, value % 1_000),
        _ => value.to_string(),
    }
}
