//! Every fixture, cut: nothing panics, nothing is lost without being counted.

use crate::harness;
use crate::kit::{self, fixtures};
use whereto::locate::Places;
use whereto::model::{Report, Time};
use whereto::source::{Capture, Options, Packet, Summary};
use whereto::{Audit, AuditOptions};

/// One packet of a fixture, owned.
struct Owned {
    time: Time,
    link: u32,
    interface: u32,
    wire_len: u32,
    bytes: Vec<u8>,
}

/// The packets of one fixture as the reader hands them out.
fn packets(path: &str) -> Vec<Owned> {
    let mut capture = Capture::open(&[kit::repo(path)], &Options::default()).unwrap();
    let mut found = Vec::new();
    while let Some(batch) = capture.batch().unwrap() {
        found.extend(batch.map(|packet| Owned {
            time: packet.time,
            link: packet.link,
            interface: packet.interface,
            wire_len: packet.wire_len,
            bytes: packet.bytes.to_vec(),
        }));
    }
    found
}

fn audited(packets: &[Owned], cut: impl Fn(usize) -> usize) -> Report {
    let options = AuditOptions {
        keep_dns: true,
        keep_http: true,
        ..AuditOptions::default()
    };
    let mut audit = Audit::new(&options).unwrap();
    for (number, packet) in packets.iter().enumerate() {
        let len = cut(number).min(packet.bytes.len());
        // Pushing returns nothing that could fail: this line would not compile otherwise.
        let () = audit.push(&Packet {
            frame: number as u64 + 1,
            time: packet.time,
            link: packet.link,
            interface: packet.interface,
            wire_len: packet.wire_len,
            bytes: &packet.bytes[..len],
            flags: 0,
            uid: None,
            comment: None,
        });
    }
    audit.finish(Summary::default(), &Places::none()).unwrap()
}

/// Every packet of every fixture is cut at every one of its bytes, all packets alike.
#[test]
fn cut_packets_never_stop_an_audit() {
    for fixture in fixtures() {
        let packets = packets(&fixture.capture);
        assert!(!packets.is_empty(), "{}", fixture.name);
        let longest = packets
            .iter()
            .map(|packet| packet.bytes.len())
            .max()
            .unwrap();
        for cut in 0..=longest {
            let report = audited(&packets, |_| cut);
            assert_eq!(
                report.totals.packets,
                packets.len() as u64,
                "{} cut at {cut}",
                fixture.name
            );
            assert_eq!(
                report.losses.sum(),
                report.totals.packets,
                "{} cut at {cut}",
                fixture.name
            );
        }
    }
}

/// One packet of each fixture is cut at a time, so that what follows it is whole.
#[test]
fn one_cut_packet_leaves_the_others() {
    for fixture in fixtures() {
        let packets = packets(&fixture.capture);
        let whole = audited(&packets, |_| usize::MAX);
        for victim in 0..packets.len() {
            let cut = packets[victim].bytes.len() * 2 / 3;
            let report = audited(
                &packets,
                |number| if number == victim { cut } else { usize::MAX },
            );
            assert!(
                report.losses.in_flows + 1 >= whole.losses.in_flows,
                "{} packet {victim}",
                fixture.name
            );
            assert_eq!(report.losses.sum(), report.totals.packets);
        }
    }
}

#[test]
fn every_packet_is_in_exactly_one_bucket() {
    for fixture in fixtures() {
        let report = fixture.audit(&[]);
        let losses = &report["losses"];
        let many = |key: &str| match &losses[key] {
            serde_json::Value::Array(rows) => rows
                .iter()
                .map(|row| row["packets"].as_u64().unwrap())
                .sum(),
            serde_json::Value::Object(map) => map.values().map(|n| n.as_u64().unwrap()).sum(),
            other => other
                .as_u64()
                .unwrap_or_else(|| panic!("{}: no losses.{key}", fixture.name)),
        };
        let sum: u64 = ["in_flows", "not_ip", "undecodable", "filtered"]
            .map(many)
            .iter()
            .sum();
        assert_eq!(report["totals"]["packets"], sum, "{}", fixture.name);
    }
}

/// Every file is cut at every byte of its first 4 KiB, and then at every 61st.
#[test]
fn cut_files_never_stop_an_audit() {
    for fixture in fixtures() {
        let bytes = std::fs::read(kit::repo(&fixture.capture)).unwrap();
        let cuts: Vec<usize> = (0..bytes.len())
            .filter(|at| *at < 4096 || at % 61 == 0)
            .collect();
        // Half of all that these tests take: on all processors. A panic in one is a panic here.
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for worker in 0..workers {
                let cuts = cuts.iter().skip(worker).step_by(workers);
                let bytes = &bytes;
                scope.spawn(move || cuts.for_each(|cut| harness::file(&bytes[..*cut])));
            }
        });
    }
}
