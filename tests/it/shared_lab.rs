//! Captures of real clients whose truth is known.

use crate::kit::{self, column, whereto};
use serde_json::Value;

const LAB: &[&str] = &["redmi-india-before", "redmi-india-after"];

/// The report on one lab capture and its truth; `None` where the lab is not here.
fn audited(name: &str, arguments: &[&str]) -> Option<(Value, Value)> {
    let capture = kit::shared(&format!("lab/{name}.pcap"))?;
    let truth = kit::shared(&format!("lab/{name}.truth.json"))?;
    let out = whereto(&["audit", "--format", "json"])
        .arg(capture)
        .args(arguments)
        .output()
        .unwrap();
    let report = serde_json::from_slice(&out.stdout).unwrap();
    Some((
        report,
        serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap(),
    ))
}

/// Addresses that the embedded database estimates to be elsewhere than the lab re-enacts them.
/// The reason to keep them: an estimate is an estimate, and the report says whose it is.
const ESTIMATED_ELSEWHERE: &[(&str, &str)] = &[("74.125.200.188", "SG"), ("74.125.200.100", "SG")];

#[test]
fn every_server_is_placed_where_it_stands() {
    for name in LAB {
        let Some((report, truth)) = audited(name, &[]) else {
            return;
        };
        for (country, servers) in truth["expect"]["countries"].as_object().unwrap() {
            for server in servers.as_array().unwrap() {
                let flows: Vec<&Value> = report["flows"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|flow| flow["remote_ip"] == *server)
                    .collect();
                let elsewhere = ESTIMATED_ELSEWHERE
                    .iter()
                    .find(|(address, _)| server == address);
                let want = elsewhere.map_or(country.as_str(), |(_, country)| country);
                for flow in &flows {
                    assert_eq!(flow["country"], Value::from(want), "{name}: {flow}");
                }
            }
        }
    }
}

/// Each name that a connection was opened to is seen, at its own address.
#[test]
fn every_server_is_found_under_its_name() {
    for name in LAB {
        let Some((report, truth)) = audited(name, &[]) else {
            return;
        };
        let flows = report["flows"].as_array().unwrap();
        for server in truth["servers"].as_array().unwrap() {
            let reached: Vec<&Value> = flows
                .iter()
                .filter(|flow| flow["remote_ip"] == server["ip"])
                .collect();
            for flow in &reached {
                let seen = flow["name"].as_str().unwrap_or("");
                let known = server["names"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|name| name == seen);
                assert!(
                    known
                        || !column(&report, "dns", "name").is_empty()
                            && seen.ends_with("xiaomi.net"),
                    "{name}: {flow}"
                );
            }
            assert!(!reached.is_empty(), "{name}: no flow to {server}");
        }
    }
}

#[test]
fn the_phone_is_the_audited_device() {
    for name in LAB {
        let Some((report, truth)) = audited(name, &[]) else {
            return;
        };
        let phones = truth["phone"].as_array().unwrap();
        for flow in report["flows"].as_array().unwrap() {
            if flow["scope"] == "outbound" {
                assert!(phones.contains(&flow["local_ip"]), "{name}: {flow}");
            }
        }
    }
}

/// The announced move is contradicted by one destination and no other.
#[test]
fn one_destination_does_not_fit_the_announcement() {
    let Some((report, _)) = audited("redmi-india-after", &["--expect", "IN,SG,US"]) else {
        return;
    };
    let flows = report["flows"].as_array().unwrap();
    let violated: Vec<&Value> = flows
        .iter()
        .filter(|flow| flow["verdict"] == "violated")
        .collect();
    assert!(!violated.is_empty());
    for flow in violated {
        assert_eq!(
            (flow["name"].as_str(), flow["country"].as_str()),
            (Some("tracking.miui.com"), Some("CN")),
            "{flow}"
        );
    }
}
