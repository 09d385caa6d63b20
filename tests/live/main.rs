//! What needs libpcap: a build with the feature `live`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs
)]

use std::process::Command;

const AFTER: &str = "fixtures/redmi-india-after/capture.pcap";

fn whereto(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whereto"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("WHERETO_DATA_DIR", "target/no-installed-data")
        .stdin(std::process::Stdio::null());
    command
}

/// What a filter leaves out is in no flow, and in no doubt.
#[test]
fn what_a_filter_leaves_out_is_counted() {
    let out = whereto(&[
        "audit",
        AFTER,
        "--filter",
        "udp port 53",
        "--format",
        "json",
    ])
    .output()
    .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    // As `tcpdump -r FILE udp port 53` counts them.
    assert_eq!(report["losses"]["in_flows"], 126);
    assert_eq!(report["losses"]["filtered"], 290 - 126);
    assert_eq!(report["totals"]["packets"], 290);
    assert_eq!(report["settings"]["filter"], "udp port 53");
    let flows = report["flows"].as_array().unwrap();
    assert!(flows.len() > 5 && flows.iter().all(|flow| flow["protocol"] == "dns"));
    let text = whereto(&["audit", AFTER, "--filter", "udp port 53"])
        .output()
        .unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("164 of 290 packets"), "{text}");
}
