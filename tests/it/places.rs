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
