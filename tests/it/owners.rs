//! Who operates a network, whose a name is, and what the two are judged by.

use crate::kit::{column, fixture, whereto};
use serde_json::Value;

/// Cells of the flow from `port`, joined by ` | `; `-` where there is none.
#[track_caller]
fn cells(report: &Value, port: u64, keys: &[&str]) -> String {
    let flows = report["flows"].as_array().unwrap();
    let flow = flows
        .iter()
        .find(|flow| flow["local_port"] == port)
        .unwrap_or_else(|| panic!("no flow from port {port}"));
    let word = |key: &&str| match &flow[*key] {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    keys.iter().map(word).collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_name_is_shown_with_the_owner_of_what_it_is_an_alias_of() {
    let report = fixture("cname-cloaking").audit(&["--device", "192.168.1.23"]);
    let check = |port, want: &str| {
        let keys = [
            "name",
            "owner",
            "owner_country",
            "cname_target",
            "cname_owner",
            "verdict",
        ];
        assert_eq!(cells(&report, port, &keys), want);
    };
    check(
        44000,
        "metrics.example.com | Example Shop | IN | - | - | met",
    );
    check(
        44001,
        "metrics.example.com | Example Shop | IN | eu.collect.example.net | Example Tracker | met",
    );
    check(
        44002,
        "www.example.com | Example Shop | IN | shop.edge.example.org | - | met",
    );
    check(44003, "img.example.com | Example Shop | IN | - | - | met");
    check(
        44004,
        "shop.edge.example.org | - | - | - | - | indeterminate",
    );
    check(
        44005,
        "collect.example.net | Example Tracker | US | - | - | violated",
    );
    check(44006, "lite.example.com | - | - | - | - | indeterminate");
    check(44007, "unlisted.example | - | - | - | - | indeterminate");
    check(
        44008,
        "metrics.example.com | Example Shop | IN | - | - | met",
    );
    let more = ["owner_company", "owner_source", "function", "hosted_by"];
    assert_eq!(
        cells(&report, 44005, &more),
        "Example Analytics | tracker.toml, as of 2026-02-28 | analytics | -"
    );
    assert_eq!(cells(&report, 44004, &more), "- | - | - | Example Tracker");
}

#[test]
fn findings_say_whose_the_name_is_and_who_says_so() {
    let report = fixture("cname-cloaking").audit(&[]);
    let why = column(&report, "findings", "why");
    let has = |words: &str| {
        assert!(
            why.iter().any(|why| why.contains(words)),
            "{words}: {why:#?}"
        )
    };
    has(
        "under a name of Example Analytics, of the group Example Tracker. The seat of the company \
         that, according to tracker.toml, as of 2026-02-28, controls the name is in the United \
         States (US), which is not among the expected countries (IN).",
    );
    has(
        "was an alias of one that, according to tracker.toml, as of 2026-02-28, Example Tracker (US) controls",
    );
    has("under a name that a customer of Example Tracker has");
    has("the catalogue knows the name for another time only");
    has("under a name that is in no loaded catalogue");
    let order = column(&report, "findings", "verdict");
    let rank = |verdict: &String| {
        ["violated", "indeterminate", "met"]
            .iter()
            .position(|v| v == verdict)
    };
    assert!(order.iter().map(rank).is_sorted(), "{order:?}");
    assert!(
        column(&report, "findings", "rule")
            .iter()
            .all(|rule| rule == "expected-owner")
    );
    let expected = &report["settings"];
    assert_eq!(expected["expect"], Value::Null);
    assert_eq!(expected["expect_owner"]["countries"][0], "IN");
}

/// One flow each of the real capture, on both axes, by the embedded catalogue.
#[test]
fn the_embedded_catalogue_knows_the_phone_of_the_lab() {
    let report = fixture("redmi-india-after").audit(&[]);
    let flows = report["flows"].as_array().unwrap();
    let of = |name: &str| flows.iter().find(|flow| flow["name"] == name).unwrap();
    let flow = of("app.chat.global.xiaomi.net");
    assert_eq!(
        (flow["owner"].as_str(), flow["owner_country"].as_str()),
        (Some("Xiaomi"), Some("CN"))
    );
    assert_eq!(
        (flow["operator"].as_str(), flow["operator_country"].as_str()),
        (Some("Amazon"), Some("US"))
    );
    assert_eq!(
        of("connect.rom.miui.com")["function"],
        "captive portal check"
    );
    assert!(column(&report, "data", "name").contains(&"owners".to_owned()));
}

#[test]
fn each_axis_can_be_asked_alone_and_the_gravest_verdict_counts() {
    let capture = "fixtures/redmi-india-after/capture.pcap";
    let check = |arguments: &[&str], want: i32, rules: &[&str]| {
        let mut command = whereto(&["audit", "--format", "json", capture]);
        let out = command.args(arguments).output().unwrap();
        assert_eq!(out.status.code(), Some(want), "{arguments:?}");
        let report: Value = serde_json::from_slice(&out.stdout).unwrap();
        let mut found = column(&report, "findings", "rule");
        found.sort();
        found.dedup();
        assert_eq!(found, rules);
        report
    };
    check(&["--expect-owner", "CN,US"], 3, &["expected-owner"]);
    check(&["--expect-owner", "US"], 1, &["expected-owner"]);
    check(&["--expect-operator", "CN"], 1, &["expected-operator"]);
    let all = [
        "--expect",
        "CN,IN,SG,US",
        "--expect-operator",
        "IN",
        "--expect-owner",
        "CN,US",
    ];
    let rules = ["expected-country", "expected-operator", "expected-owner"];
    let report = check(&all, 1, &rules);
    let flows = report["flows"].as_array().unwrap();
    let chat = flows
        .iter()
        .find(|flow| flow["name"] == "app.chat.xiaomi.net")
        .unwrap();
    assert_eq!(chat["verdict"], "violated");
    let out = whereto(&["flows", capture, "--format", "csv", "--expect-owner", "US"])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(
        String::from_utf8(out.stdout)
            .unwrap()
            .contains(",violated,")
    );
}

#[test]
fn catalogues_that_cannot_be_read_are_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8], want: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let capture = "fixtures/ipv6/capture.pcap";
        let out = whereto(&["audit", capture, "--owners"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(want) && said.contains(name), "{said}");
    };
    check(
        "a.toml",
        b"[group]\nname = \"A\"\nseat = \"XX\"\n",
        "line 3, column 8: `XX`",
    );
    check("b.json", b"{\"categories\": []}", "no list of owners");
    check("c.bin", b"\x00\xff\xfe", "not UTF-8");
    check("d.html", b"<!doctype html>", "line 1, column");
}
