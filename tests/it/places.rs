//! A place is never a bare country.

use crate::kit::{fixture, fixtures};
use serde_json::Value;
use std::net::IpAddr;

#[test]
fn a_country_comes_with_its_sources() {
    let (mut placed, mut unplaced) = (0, 0);
    for fixture in fixtures() {
        let report = fixture.audit(&[]);
        for flow in report["flows"].as_array().unwrap() {
            let country = flow["country"].as_str().unwrap_or("");
            let sources = flow["country_sources"].to_string();
            let confidence = flow["country_confidence"].as_str().unwrap_or("none");
            if country.is_empty() {
                unplaced += 1;
                assert_eq!(confidence, "none", "{flow}");
            } else {
                placed += 1;
                assert!(
                    !matches!(sources.as_str(), "null" | "\"\"" | "[]"),
                    "{flow}"
                );
                assert_ne!(confidence, "none", "{flow}");
            }
        }
        for data in report["data"].as_array().unwrap() {
            assert!(
                data["date"].is_string() && data["sha256"].is_string(),
                "{data}"
            );
        }
    }
    assert!(
        placed > 10 && unplaced > 10,
        "{placed} placed, {unplaced} not"
    );
}

/// Private, shared and documentation addresses are nowhere; NAT64 is where the IPv4 address is.
#[test]
fn addresses_that_are_nowhere_have_no_country() {
    for fixture in fixtures() {
        let report = fixture.audit(&[]);
        for flow in report["flows"].as_array().unwrap() {
            let remote: IpAddr = flow["remote_ip"].as_str().unwrap().parse().unwrap();
            if nowhere(remote) {
                assert_eq!(flow["country"].as_str().unwrap_or(""), "", "{flow}");
            }
        }
    }
    let report = fixture("ipv6").audit(&[]);
    let flows = report["flows"].as_array().unwrap();
    let nat64 = flows
        .iter()
        .find(|flow| flow["remote_ip"] == "64:ff9b::3400:e74")
        .unwrap();
    assert_eq!(nat64["country"], Value::from("US"));
}

/// RFC 5737, RFC 3849, RFC 1918.
fn nowhere(address: IpAddr) -> bool {
    let text = address.to_string();
    [
        "203.0.113.",
        "198.51.100.",
        "192.0.2.",
        "2001:db8:",
        "192.168.",
        "10.",
    ]
    .iter()
    .any(|prefix| text.starts_with(prefix))
}

/// A TCP handshake of a phone with a server, answered after `rtt_micros`, as a capture.
fn handshake(server: [u8; 4], rtt_micros: u32) -> Vec<u8> {
    const PHONE: [u8; 4] = [192, 168, 7, 2];
    let packet = |(from, to): ([u8; 4], [u8; 4]), ports: [u8; 4], flags: u8, numbers: [u8; 8]| {
        let mut bytes = vec![0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0];
        bytes.extend(from);
        bytes.extend(to);
        bytes.extend(ports);
        bytes.extend(numbers);
        bytes.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        bytes
    };
    let (out, back) = ([0xc0, 0, 0x01, 0xbb], [0x01, 0xbb, 0xc0, 0]);
    let packets = [
        (
            0,
            packet((PHONE, server), out, 0x02, [0, 0, 0, 1, 0, 0, 0, 0]),
        ),
        (
            rtt_micros,
            packet((server, PHONE), back, 0x12, [0, 0, 0, 9, 0, 0, 0, 2]),
        ),
        (
            rtt_micros + 10,
            packet((PHONE, server), out, 0x10, [0, 0, 0, 2, 0, 0, 0, 10]),
        ),
    ];
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 101] {
        file.extend(word.to_le_bytes());
    }
    for (micros, bytes) in packets {
        let length = u32::try_from(bytes.len()).unwrap();
        // 2026-07-01: near the dates of the data.
        for word in [1_782_864_000, micros, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(bytes);
    }
    file
}

fn destination_of(server: [u8; 4], rtt_micros: u32, arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("handshake.pcap");
    std::fs::write(&path, handshake(server, rtt_micros)).unwrap();
    let mut all = vec!["audit", path.to_str().unwrap(), "--format", "json"];
    all.extend(arguments);
    let output = crate::kit::whereto(&all).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["destinations"][0].clone()
}

#[test]
fn a_server_that_answers_too_soon_is_not_where_databases_put_it() {
    const SERVER: [u8; 4] = [52, 0, 14, 116];
    let near = destination_of(SERVER, 9_004, &["--vantage", "DE"]);
    assert_eq!(near["country"], Value::Null);
    assert_eq!(near["country_class"], "excluded");
    let trip = &near["round_trip"];
    assert_eq!(
        (&trip["fibre_km"], &trip["vantage"]),
        (&919.into(), &"DE".into())
    );
    assert_eq!(trip["excluded"][0]["country"], "US");
    assert!(trip["excluded"][0]["km"].as_u64().unwrap() > 4_000);
    assert!(
        near["country_opinions"].as_array().unwrap().len() > 1,
        "what was said is kept"
    );
    // Neither far away, nor without a vantage, nor from where it is.
    for (rtt, arguments) in [
        (99_004, &["--vantage", "DE"][..]),
        (9_004, &[]),
        (9_004, &["--vantage", "39,-77"]),
    ] {
        let plain = destination_of(SERVER, rtt, arguments);
        assert_eq!(plain["country"], "US", "{arguments:?}");
        assert_eq!(plain["round_trip"], Value::Null, "{arguments:?}");
    }
    // The phone itself answered.
    let beside = destination_of(SERVER, 204, &["--vantage", "DE"]);
    assert_eq!(beside["country"], "US");
    assert!(beside["round_trip"]["off_because"].is_string());
}

/// Round trips decide alone where no expected country is within reach.
#[test]
fn a_round_trip_may_decide_without_a_country() {
    let anycast = [1, 1, 1, 1];
    let verdict = |arguments: &[&str]| destination_of(anycast, 9_004, arguments)["verdict"].clone();
    assert_eq!(verdict(&["--expect", "IN,SG"]), "indeterminate");
    assert_eq!(
        verdict(&["--expect", "IN,SG", "--vantage", "DE"]),
        "violated"
    );
    assert_eq!(
        verdict(&["--expect", "IN,DE", "--vantage", "DE"]),
        "indeterminate"
    );
}

/// A vantage that nearly all servers contradict is wrong, or something answers for them.
#[test]
fn a_vantage_that_most_servers_contradict_excludes_nothing() {
    let fixture = fixture("redmi-india-after");
    let plain = fixture.audit(&[]);
    let countries = |report: &Value| crate::kit::column(report, "destinations", "country");
    for vantage in ["IN", "BR"] {
        let report = fixture.audit(&["--vantage", vantage]);
        assert_eq!(countries(&report), countries(&plain), "{vantage}");
        let off = report["destinations"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|destination| destination["round_trip"]["off_because"].is_string())
            .count();
        assert_eq!(off > 0, vantage == "BR", "{vantage}: {off}");
    }
}
