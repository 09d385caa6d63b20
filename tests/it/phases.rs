//! Phases and baselines over whole captures: flows fall where they should, and the phases add
//! up to the totals, whatever the capture holds.

use crate::kit;
use proptest::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use whereto::locate::Places;
use whereto::model::{Limits, PhaseFile, Report, Time};
use whereto::source::{Packet, Summary};
use whereto::{Audit, AuditOptions, PhaseOptions};

const CAPTURE: &str = "fixtures/redmi-india-after/capture.pcap";
const LOG: &str = "fixtures/redmi-india-after/phases.csv";
const SUMS: [&str; 4] = ["packets_out", "bytes_out", "packets_in", "bytes_in"];
const MILLISECOND: i64 = 1_000_000;

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let out = kit::whereto(&[&["audit", "--format", "json"], arguments].concat())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(matches!(out.status.code(), Some(0 | 1 | 3 | 4)), "{said}");
    serde_json::from_slice(&out.stdout).unwrap()
}

#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let out = kit::whereto(&[&["audit"], arguments].concat())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    String::from_utf8(out.stderr).unwrap().trim().to_owned()
}

fn phases(report: &Value) -> &Vec<Value> {
    report["phases"]["phases"].as_array().unwrap()
}

/// The sums of all phases are those of the totals, and of the rows.
#[track_caller]
fn adds_up(report: &Value) {
    let all = || {
        phases(report)
            .iter()
            .chain([&report["phases"]["before_first"]])
    };
    let sum = |key: &str| all().map(|phase| phase[key].as_u64().unwrap()).sum::<u64>();
    for key in SUMS {
        assert_eq!(sum(key), report["totals"][key].as_u64().unwrap(), "{key}");
    }
    assert_eq!(
        sum("flows"),
        report["totals"]["outbound_flows"].as_u64().unwrap()
    );
    let contacts: usize = all()
        .map(|phase| phase["first_contacts"].as_array().unwrap().len())
        .sum();
    let outbound = report["destinations"].as_array().unwrap().iter();
    assert_eq!(
        contacts,
        outbound.filter(|one| one["scope"] == "outbound").count()
    );
}

/// Name of a destination to the name of the phase of its first contact.
fn first_contact<'r>(report: &'r Value, name: &str) -> &'r str {
    let found = phases(report).iter().find(|phase| {
        let contacts = phase["first_contacts"].as_array().unwrap();
        contacts.iter().any(|number| {
            let number = usize::try_from(number.as_u64().unwrap()).unwrap();
            report["destinations"][number]["name"] == name
        })
    });
    found.map_or("", |phase| phase["name"].as_str().unwrap())
}

#[test]
fn flows_fall_into_the_phases_of_the_lab() {
    let report = json(&[CAPTURE, "--phases", LOG]);
    adds_up(&report);
    let names: Vec<&str> = phases(&report)
        .iter()
        .map(|phase| phase["name"].as_str().unwrap())
        .collect();
    let want = [
        "boot",
        "login",
        "app-opened",
        "push-registered",
        "idle",
        "browser-opened",
        "update-check",
    ];
    assert_eq!(names, want);
    assert_eq!(report["phases"]["sha256"].as_str().unwrap().len(), 64);
    for (name, phase) in [
        ("mtalk.google.com", "boot"),
        ("api.account.xiaomi.com", "login"),
        ("app.chat.global.xiaomi.net", "app-opened"),
        ("push.global.xiaomi.net", "push-registered"),
        ("tracking.miui.com", "idle"),
    ] {
        assert_eq!(first_contact(&report, name), phase, "{name}");
    }
    for flow in report["flows"].as_array().unwrap() {
        let start = flow["first_seen"].as_str().unwrap();
        let begun = phases(&report)
            .iter()
            .rfind(|phase| phase["start"].as_str().unwrap() <= start);
        assert_eq!(
            flow["phase"],
            begun.map_or(Value::Null, |phase| phase["name"].clone())
        );
    }
    // The browser's connections to the chat server are a later phase's, the destination is not.
    let browser = report["flows"].as_array().unwrap().iter();
    let again = browser.filter(|flow| {
        flow["name"] == "app.chat.global.xiaomi.net" && flow["phase"] == "browser-opened"
    });
    assert!(again.count() > 0);
}

#[test]
fn without_phases_there_are_none() {
    let report = json(&[CAPTURE]);
    assert_eq!(report.get("phases"), None);
    assert!(
        report["flows"]
            .as_array()
            .unwrap()
            .iter()
            .all(|flow| flow["phase"].is_null() && flow["in_baseline"].is_null())
    );
}

fn nanoseconds(time: &str) -> i64 {
    let time: jiff::Timestamp = time.parse().unwrap();
    i64::try_from(time.as_nanosecond()).unwrap()
}

/// The log of the fixture with its times written otherwise.
fn rewritten(folder: &Path, name: &str, head: &str, line: impl Fn(i64, &str) -> String) -> PathBuf {
    let text = kit::read(LOG);
    let mut out = head.to_owned();
    for one in text.lines().skip(2) {
        let fields: Vec<&str> = one.splitn(3, ',').collect();
        out.push_str(&line(nanoseconds(fields[0]), fields[1]));
    }
    let path = folder.join(name);
    std::fs::write(&path, out).unwrap();
    path
}

/// The phases without what tells the logs apart.
fn comparable(report: &Value) -> Vec<Value> {
    let mut all = phases(report).clone();
    all.push(report["phases"]["before_first"].clone());
    for phase in &mut all {
        for key in ["note", "source", "frame"] {
            phase.as_object_mut().unwrap().remove(key);
        }
    }
    all
}

#[test]
fn every_form_of_a_log_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let plain = json(&[CAPTURE, "--phases", LOG]);
    let first = nanoseconds(plain["totals"]["first_seen"].as_str().unwrap());
    let millis = |ns: i64| format!("{}.{:03}", ns / 1_000_000_000, ns / MILLISECOND % 1_000);
    let head = "time,phase\n";
    // The first packet's time has digits below a millisecond.
    let relative = rewritten(folder.path(), "relative.csv", head, |at, name| {
        let ns = at - first;
        format!(
            "+{}.{:09}s,{name}\n",
            ns / 1_000_000_000,
            ns % 1_000_000_000
        )
    });
    let unix = rewritten(folder.path(), "unix", head, |at, name| {
        format!("{},{name}\n", millis(at))
    });
    let toml = rewritten(
        folder.path(),
        "log.toml",
        "utc_offset = \"+05:30\"\n",
        |at, name| {
            let at =
                jiff::Timestamp::from_nanosecond((at + 19_800_000 * MILLISECOND).into()).unwrap();
            let local = at.to_string();
            format!(
                "[[phase]]\nat = \"{}\"\nname = \"{name}\"\n",
                local.trim_end_matches('Z')
            )
        },
    );
    for path in [relative, unix, toml] {
        let path = path.to_str().unwrap();
        let report = json(&[CAPTURE, "--phases", path]);
        assert_eq!(comparable(&report), comparable(&plain), "{path}");
        let two = json(&[CAPTURE, "--phases", path, "--threads", "2"]);
        assert_eq!(two, report);
    }
    let late = rewritten(folder.path(), "late.csv", head, |at, name| {
        format!("{},{name}\n", millis(at + 2_500 * MILLISECOND))
    });
    let late = late.to_str().unwrap();
    let moved = json(&[CAPTURE, "--phases", late, "--clock-offset", "-2.5"]);
    assert_eq!(comparable(&moved), comparable(&plain));
    assert_eq!(moved["phases"]["clock_offset_s"], -2.5);
    let unmoved = json(&[CAPTURE, "--phases", late]);
    adds_up(&unmoved);
    assert_ne!(comparable(&unmoved), comparable(&plain));
}

#[test]
fn a_log_of_another_day_is_warned_of() {
    let report = json(&[CAPTURE, "--phases", LOG, "--clock-offset=86400"]);
    adds_up(&report);
    let warnings = report["losses"]["warnings"].to_string();
    assert!(
        warnings.contains("of 7 phases of the log 0 begin before the first packet and 7 after"),
        "{warnings}"
    );
    assert!(
        report["flows"]
            .as_array()
            .unwrap()
            .iter()
            .all(|flow| flow["phase"].is_null())
    );
}

#[test]
fn wrong_logs_are_refused_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.toml");
    std::fs::write(&path, "[[phase]]\nat = \"soon\"\nname = \"boot\"\n").unwrap();
    let path = path.to_str().unwrap();
    let said = refused(&[CAPTURE, "--phases", path]);
    assert!(
        said.starts_with(&format!("whereto: {path}:2:6: `soon` is no time")),
        "{said}"
    );
    let said = refused(&[CAPTURE, "--phases", "no-such-file"]);
    assert!(said.contains("no-such-file: cannot read"), "{said}");
}

/// One packet of a capture to be written.
struct Sent {
    time: i64,
    bytes: Vec<u8>,
    comment: String,
}

/// The packets of the fixture.
fn sent() -> Vec<Sent> {
    let bytes = std::fs::read(kit::repo(CAPTURE)).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let unit = match word(0) {
        0xa1b2_c3d4 => 1_000,
        0xa1b2_3c4d => 1,
        other => panic!("magic {other:#x}"),
    };
    let mut at = 24;
    let mut packets = Vec::new();
    while at < bytes.len() {
        let len = word(at + 8) as usize;
        packets.push(Sent {
            time: i64::from(word(at)) * 1_000_000_000 + i64::from(word(at + 4)) * unit,
            bytes: bytes[at + 16..at + 16 + len].to_vec(),
            comment: String::new(),
        });
        at += 16 + len;
    }
    packets
}

/// A pcapng file of raw IP packets, in nanoseconds.
fn pcapng(packets: &[Sent]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let len = (body.len() as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes()[..], &len, body, &len].concat()
    };
    let padded = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    };
    let head = [
        &0x1a2b_3c4d_u32.to_le_bytes()[..],
        &[1, 0, 0, 0],
        &[0xff; 8],
    ]
    .concat();
    let mut file = block(0x0a0d_0d0a, &head);
    file.extend(block(
        1,
        &[101, 0, 0, 0, 0, 0, 4, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0],
    ));
    for packet in packets {
        let ticks = packet.time as u64;
        let len = (packet.bytes.len() as u32).to_le_bytes();
        let mut body = [
            &[0; 4][..],
            &((ticks >> 32) as u32).to_le_bytes(),
            &(ticks as u32).to_le_bytes(),
            &len,
            &len,
            &padded(&packet.bytes),
        ]
        .concat();
        for comment in packet
            .comment
            .split('|')
            .filter(|comment| !comment.is_empty())
        {
            body.extend([1, 0]);
            body.extend((comment.len() as u16).to_le_bytes());
            body.extend(padded(comment.as_bytes()));
        }
        if !packet.comment.is_empty() {
            body.extend([0; 4]);
        }
        file.extend(block(6, &body));
    }
    file
}

fn ipv4(from: [u8; 4], to: [u8; 4], protocol: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0];
    packet[2..4].copy_from_slice(&(20 + body.len() as u16).to_be_bytes());
    packet.extend(from);
    packet.extend(to);
    packet.extend(body);
    packet
}

fn udp(from: ([u8; 4], u16), to: ([u8; 4], u16), payload: &[u8]) -> Vec<u8> {
    let mut body = [from.1.to_be_bytes(), to.1.to_be_bytes()].concat();
    body.extend((8 + payload.len() as u16).to_be_bytes());
    body.extend([0, 0]);
    body.extend(payload);
    ipv4(from.0, to.0, 17, &body)
}

const PHONE: [u8; 4] = [10, 215, 173, 1];
const RESOLVER: [u8; 4] = [218, 248, 255, 145];
const MARKED: [u8; 4] = [203, 0, 113, 99];

fn dns(name: &str, is_answer: bool) -> Vec<u8> {
    let mut message = vec![
        9,
        9,
        if is_answer { 0x81 } else { 1 },
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
    ];
    for label in name.split('.') {
        message.push(label.len() as u8);
        message.extend(label.as_bytes());
    }
    message.extend([0, 0, 1, 0, 1]);
    let (phone, resolver) = ((PHONE, 40_053), (RESOLVER, 53));
    if is_answer {
        udp(resolver, phone, &message)
    } else {
        udp(phone, resolver, &message)
    }
}

/// The fixture with a mark just before the first packet of each phase of its log.
fn marked(
    mark: impl Fn(&str) -> Vec<Vec<u8>>,
    comment: impl Fn(&str) -> String,
) -> (Vec<Sent>, u64) {
    let mut packets = sent();
    let mut marks = 0;
    for line in kit::read(LOG).lines().skip(2) {
        let fields: Vec<&str> = line.splitn(3, ',').collect();
        let start = nanoseconds(fields[0]);
        let place = packets
            .iter()
            .position(|packet| packet.time >= start)
            .unwrap();
        packets[place].comment = comment(fields[1]);
        let time = packets[place].time;
        for bytes in mark(fields[1]).into_iter().rev() {
            marks += 1;
            packets.insert(
                place,
                Sent {
                    time,
                    bytes,
                    comment: String::new(),
                },
            );
        }
    }
    (packets, marks)
}

#[track_caller]
fn check_marks((packets, marks): (Vec<Sent>, u64), arguments: &[&str], source: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marked.pcapng");
    std::fs::write(&path, pcapng(&packets)).unwrap();
    let path = path.to_str().unwrap();
    let report = json(&[&[path], arguments].concat());
    adds_up(&report);
    let plain = json(&[CAPTURE, "--phases", LOG]);
    let sums = |report: &Value| {
        let all = phases(report).iter().map(|phase| {
            let sums = ["name"].iter().chain(&SUMS).map(|key| phase[*key].clone());
            sums.collect::<Vec<_>>()
        });
        all.collect::<Vec<_>>()
    };
    assert_eq!(sums(&report), sums(&plain));
    let column = |report: &Value| kit::column(report, "flows", "phase");
    assert_eq!(column(&report), column(&plain));
    // The marks are no traffic.
    assert_eq!(report["totals"]["flows"], plain["totals"]["flows"]);
    assert_eq!(report["losses"]["marks"].as_u64().unwrap_or(0), marks);
    assert_eq!(report["losses"]["in_flows"], plain["losses"]["in_flows"]);
    for phase in phases(&report) {
        let frame = phase["frame"].as_u64().unwrap();
        assert_eq!(phase["source"], format!("{source}, frame {frame}"));
    }
    report
}

#[test]
fn comments_mark() {
    let comment = |name: &str| {
        format!(
            "a remark|phase: {}  as noted|phase: other",
            name.to_uppercase()
        )
    };
    let report = check_marks(
        marked(|_| Vec::new(), comment),
        &["--phase-marks"],
        "packet comment",
    );
    assert_eq!(phases(&report)[0]["note"], "as noted");
    assert_eq!(report["phases"]["origin"], "marks in the capture");
    assert_eq!(report["phases"]["sha256"], Value::Null);
}

#[test]
fn queries_mark() {
    let queries = |name: &str| {
        let name = format!("{name}.Phase.whereto.INVALID");
        // Asked twice, answered once.
        vec![dns(&name, false), dns(&name, false), dns(&name, true)]
    };
    let report = check_marks(
        marked(queries, |_| String::new()),
        &["--phase-marks"],
        "DNS query",
    );
    assert_eq!(
        report["losses"]["counts"]["phase marks repeated: the phase went on"],
        7
    );
}

#[test]
fn datagrams_and_pings_mark() {
    let address = "203.0.113.99";
    let datagram = |name: &str| {
        vec![udp(
            (PHONE, 5_000),
            (MARKED, 9),
            format!("{name}\n").as_bytes(),
        )]
    };
    let arguments = ["--phase-mark-address", address];
    check_marks(marked(datagram, |_| String::new()), &arguments, "datagram");
    let ping = |name: &str| {
        let data = |kind: u8| [&[kind, 0, 0, 0, 0, 1, 0, 1], name.as_bytes()].concat();
        vec![
            ipv4(PHONE, MARKED, 1, &data(8)),
            ipv4(MARKED, PHONE, 1, &data(0)),
        ]
    };
    check_marks(marked(ping, |_| String::new()), &arguments, "ping");
}

/// Marks that nobody asked for are comments and traffic like any other.
#[test]
fn marks_are_believed_only_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marked.pcapng");
    let queries = |name: &str| vec![dns(&format!("{name}.phase.whereto.invalid"), false)];
    let (packets, marks) = marked(queries, |name| format!("phase: {name}"));
    std::fs::write(&path, pcapng(&packets)).unwrap();
    let path = path.to_str().unwrap();
    let report = json(&[path, "--phase-mark-address", "203.0.113.99"]);
    assert!(phases(&report).is_empty());
    assert!(
        report["losses"]["warnings"]
            .to_string()
            .contains("no marks of phases were found")
    );
    assert_eq!(report["losses"].get("marks"), None);
    let plain = json(&[CAPTURE]);
    let in_flows = |report: &Value| report["losses"]["in_flows"].as_u64().unwrap();
    assert_eq!(in_flows(&report), in_flows(&plain) + marks);
}

fn option(limits: Limits, log: Option<&str>) -> AuditOptions {
    AuditOptions {
        phases: PhaseOptions {
            log: log.map(|log| Arc::new(PhaseFile::read("log.csv", log.as_bytes()).unwrap())),
            marks: log.is_none(),
            ..PhaseOptions::default()
        },
        devices: vec!["10.215.173.1".to_owned()],
        limits,
        ..AuditOptions::default()
    }
}

fn audited(options: &AuditOptions, packets: &[Sent]) -> Report {
    let mut audit = Audit::new(options).unwrap();
    for (frame, packet) in (1..).zip(packets) {
        audit.push(&Packet {
            frame,
            time: Time(packet.time),
            link: 101,
            interface: 0,
            wire_len: packet.bytes.len() as u32,
            bytes: &packet.bytes,
            flags: 0,
            uid: None,
            comment: Some(packet.comment.as_bytes()).filter(|comment| !comment.is_empty()),
        });
    }
    audit.finish(Summary::default(), &Places::none()).unwrap()
}

fn sums(report: &Report) -> Vec<[u64; 4]> {
    let sums = report.phases.as_ref().unwrap().sums.iter();
    sums.map(|sum| [sum.packets_out, sum.bytes_out, sum.packets_in, sum.bytes_in])
        .collect()
}

fn totals(report: &Report) -> [u64; 4] {
    let all = &report.totals;
    [all.packets_out, all.bytes_out, all.packets_in, all.bytes_in]
}

fn added(sums: &[[u64; 4]]) -> [u64; 4] {
    let mut all = [0; 4];
    for sum in sums {
        for (all, one) in all.iter_mut().zip(sum) {
            *all += one;
        }
    }
    all
}

/// Hostile marks stay within their budget and say so.
#[test]
fn a_million_marks_are_bounded() {
    let packets: Vec<Sent> = (0..20_000_i64)
        .map(|number| Sent {
            time: number * MILLISECOND,
            bytes: udp((PHONE, 4_000), ([192, 0, 2, 1], 4_001), &[0; 20]),
            comment: match number % 4 {
                0 => format!("phase: \u{1b}[2J{number}"),
                _ => format!("phase: p{number}"),
            },
        })
        .collect();
    let limits = Limits {
        phases: 50,
        phase_parts: 20,
        ..Limits::default()
    };
    let report = audited(&option(limits, None), &packets);
    assert_eq!(report.phases.as_ref().unwrap().phases.len(), 50);
    assert_eq!(
        report.losses.counts["phase marks beyond the budget"],
        15_000 - 50
    );
    assert_eq!(
        report.losses.counts["phase marks that are no plain word"],
        5_000
    );
    assert!(
        report
            .losses
            .counts
            .keys()
            .any(|key| key.starts_with("packets counted in the phase their flow began in"))
    );
    assert_eq!(added(&sums(&report)), totals(&report));
    assert_eq!(report.losses.sum(), report.totals.packets);
    // The warning has the count and a frame, and nothing of what was sent.
    assert!(
        report
            .losses
            .warnings
            .iter()
            .all(|warning| !warning.bytes().contains(&0x1b))
    );
}

/// One packet of the property: when, to whom, from whom, how long.
fn packet() -> impl Strategy<Value = (i64, u8, bool, u8)> {
    (0..5_000_i64, 0..6_u8, any::<bool>(), 0..40_u8)
}

fn built(packets: &[(i64, u8, bool, u8)]) -> Vec<Sent> {
    let one = |(time, peer, out, len): &(i64, u8, bool, u8)| {
        let phone = (PHONE, 40_000 + u16::from(*peer % 2));
        // One of the peers is near: its flows are in no sum.
        let far = if *peer == 5 {
            [10, 215, 173, 9]
        } else {
            [192, 0, 2, *peer / 2]
        };
        let (from, to) = if *out {
            (phone, (far, 700))
        } else {
            ((far, 700), phone)
        };
        Sent {
            time: time * 100 * MILLISECOND,
            bytes: udp(from, to, &vec![0; usize::from(*len)]),
            comment: String::new(),
        }
    };
    packets.iter().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever the order of packets: each phase has what was sent while it lasted, and all
    /// together are the totals, also where budgets are far too small.
    #[test]
    fn the_split_always_adds_up(
        packets in proptest::collection::vec(packet(), 1..120),
        starts in proptest::collection::btree_set(1..5_000_i64, 1..8),
        small in any::<bool>(),
    ) {
        let packets = built(&packets);
        let mut log = String::from("time,phase\n");
        // Instants in 2001, as packets shall be.
        let base = 1_000_000_000_i64 * 1_000_000_000;
        for start in &starts {
            log.push_str(&format!("{}.{}00,p{start}\n", 1_000_000_000 + start / 10, start % 10));
        }
        let packets: Vec<Sent> = packets.into_iter().map(|sent| Sent { time: base + sent.time, ..sent }).collect();
        let limits = if small {
            Limits { flows: 3, phase_parts: 2, ..Limits::default() }
        } else {
            Limits::default()
        };
        let report = audited(&option(limits, Some(&log)), &packets);
        let found = sums(&report);
        prop_assert_eq!(added(&found), totals(&report));
        let flows: u64 = report.phases.as_ref().unwrap().sums.iter().map(|sum| sum.flows).sum();
        prop_assert_eq!(flows, report.totals.outbound_flows);
        if !small {
            let mut want = vec![[0_u64; 4]; starts.len() + 1];
            for sent in &packets {
                let out = sent.bytes[12..16] == PHONE;
                let far = if out { &sent.bytes[16..20] } else { &sent.bytes[12..16] };
                if far[0] == 10 {
                    continue;
                }
                let time = (sent.time - base) / (100 * MILLISECOND);
                let begun = starts.iter().filter(|start| **start <= time).count();
                let place = begun.checked_sub(1).unwrap_or(starts.len());
                let side = if out { 0 } else { 2 };
                want[place][side] += 1;
                want[place][side + 1] += sent.bytes.len() as u64;
            }
            prop_assert_eq!(found, want);
        }
    }

    /// Marks in any order and number leave nothing out.
    #[test]
    fn marks_lose_nothing(
        packets in proptest::collection::vec((packet(), 0..9_u8), 1..120),
    ) {
        let (shapes, marks): (Vec<_>, Vec<u8>) = packets.into_iter().unzip();
        let mut packets = built(&shapes);
        for (sent, mark) in packets.iter_mut().zip(marks) {
            sent.comment = match mark {
                0..=2 => format!("phase: p{mark}"),
                3 => "phase: not/a/word".to_owned(),
                _ => String::new(),
            };
        }
        let report = audited(&option(Limits::default(), None), &packets);
        prop_assert_eq!(added(&sums(&report)), totals(&report));
        prop_assert_eq!(report.losses.sum(), report.totals.packets);
    }
}

#[test]
fn a_baseline_marks_and_excuses_nothing() {
    let before = "fixtures/redmi-india-before/capture.pcap";
    let expected = ["--expect", "IN,SG,US"];
    let plain = json(&[&[CAPTURE][..], &expected].concat());
    let report = json(&[&[CAPTURE, "--baseline", before][..], &expected].concat());
    let idle = json(&[before]);
    let idle_names: Vec<String> = kit::column(&idle, "flows", "name");
    let mut sums = [0_u64; 3];
    let mut both = [false; 2];
    for flow in report["flows"].as_array().unwrap() {
        let yes = flow["in_baseline"].as_bool().unwrap();
        if let Some(name) = flow["name"].as_str() {
            assert_eq!(yes, idle_names.iter().any(|known| known == name), "{name}");
        }
        both[usize::from(yes)] = true;
        if yes && flow["scope"] == "outbound" {
            sums[0] += 1;
            sums[1] += flow["bytes_out"].as_u64().unwrap();
            sums[2] += flow["bytes_in"].as_u64().unwrap();
        }
    }
    assert_eq!(
        both,
        [true, true],
        "the fixtures share some destinations, not all"
    );
    let found = &report["totals"]["in_baseline"];
    let found = ["flows", "bytes_out", "bytes_in"].map(|key| found[key].as_u64().unwrap());
    assert_eq!(found, sums);
    assert_eq!(
        report["settings"]["baselines"][0]["sha256"],
        idle["inputs"][0]["sha256"]
    );
    // tracking.miui.com was contacted before as well: it is violated all the same.
    assert_eq!(
        kit::column(&report, "findings", "id"),
        kit::column(&plain, "findings", "id")
    );
    assert_eq!(
        kit::column(&report, "flows", "verdict"),
        kit::column(&plain, "flows", "verdict")
    );
    let mut destinations = report["destinations"].as_array().unwrap().iter();
    let tracking = destinations
        .find(|one| one["name"] == "tracking.miui.com")
        .unwrap();
    assert_eq!(tracking["in_baseline"], true);
    assert_eq!(tracking["verdict"], "violated");
}

#[test]
fn a_capture_is_wholly_in_its_own_baseline_and_that_is_said() {
    let report = json(&[CAPTURE, "--baseline", CAPTURE]);
    assert_eq!(
        report["totals"]["in_baseline"]["flows"],
        report["totals"]["outbound_flows"]
    );
    assert_eq!(
        report["totals"]["in_baseline"]["bytes_out"],
        report["totals"]["bytes_out"]
    );
    let warnings = report["losses"]["warnings"].to_string();
    assert!(
        warnings.contains("is one of the audited captures"),
        "{warnings}"
    );
    let report = json(&[
        CAPTURE,
        "--baseline",
        "fixtures/damaged-cut/capture.pcap",
        "--baseline",
        "fixtures/ipv6/capture.pcap",
    ]);
    assert_eq!(report["settings"]["baselines"].as_array().unwrap().len(), 2);
    assert!(
        report["losses"]["warnings"]
            .to_string()
            .contains("is damaged or cut")
    );
}
