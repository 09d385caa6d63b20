//! Which name a flow gets, and how surely.

use crate::kit::{column, fixture};
use serde_json::Value;

/// The flow whose local port this is.
#[track_caller]
fn flow(report: &Value, port: u64) -> Value {
    let flows = report["flows"].as_array().unwrap();
    flows
        .iter()
        .find(|flow| flow["local_port"] == port)
        .cloned()
        .unwrap_or_else(|| panic!("no flow from port {port}"))
}

/// `name via grade rivals` of the flow from `port`.
#[track_caller]
fn check(report: &Value, port: u64, want: &str) {
    let flow = flow(report, port);
    let word = |key: &str| match &flow[key] {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let got = ["name", "name_via", "name_grade", "name_rivals"]
        .map(word)
        .join(" ");
    assert_eq!(got, want, "flow from port {port}");
}

/// Both flows go to one address, and before each another name was answered with it. The name
/// is the one that was asked, not the end of the chain; the other one is its rival.
#[test]
fn inferred_names_are_as_of_the_flows_start() {
    let report = fixture("dns-cname").audit(&[]);
    check(&report, 41000, "api.shop.example dns inferred 1");
    check(&report, 41001, "ads.rival.example dns inferred 1");
}

#[test]
fn what_the_flow_says_itself_is_observed() {
    let report = fixture("tls13-split-hello").audit(&[]);
    assert_eq!(flow(&report, 42000)["name"], "split.bank.example");
    assert_eq!(flow(&report, 42000)["name_grade"], "observed");
    assert_eq!(flow(&report, 42001)["name"], "pieces.bank.example");
    assert_eq!(flow(&report, 42003)["name"], Value::Null);
    let report = fixture("quic-initial").audit(&[]);
    assert_eq!(flow(&report, 43000)["name"], "example.com");
    assert_eq!(flow(&report, 43001)["name"], "shuffled.video.example");
    assert_eq!(flow(&report, 43001)["name_via"], "quic-sni");
}

/// A name that a retransmission claims, or that stands behind a hole, is no name.
#[test]
fn bytes_that_were_not_sent_first_name_nothing() {
    let report = fixture("tcp-gaps").audit(&[]);
    let names = column(&report, "flows", "name");
    assert!(names.contains(&"first.example".to_owned()), "{names:?}");
    assert!(!names.contains(&"later.example".to_owned()), "{names:?}");
    assert!(names.contains(&"again.example".to_owned()), "{names:?}");
}

#[test]
fn names_inside_tunnels_are_the_inner_packets() {
    let report = fixture("tunnels").audit(&[]);
    let asked = column(&report, "dns", "name");
    let kinds = [
        "vlan", "qinq", "gre", "ipip", "4in6", "gtp", "vxlan", "geneve", "pppoe", "mpls", "6in4",
        "teredo",
    ];
    for kind in kinds {
        assert!(
            asked.contains(&format!("inside-{kind}.example")),
            "{kind}: {asked:?}"
        );
    }
}

#[test]
fn programs_are_named_where_the_capture_names_them() {
    let report = fixture("app-names").audit(&[]);
    let app = |port| flow(&report, port)["app"].to_string();
    assert!(app(50100).contains("Mail"), "{}", app(50100));
    assert_eq!(flow(&report, 50101)["app_uid"], 10_123);
    assert_eq!(flow(&report, 50102)["app_uid"], 10_245);
    assert!(app(50102).contains("Chat"), "{}", app(50102));
    // The trailer is not in the IP lengths: 3 SYN, ACK and FIN exchanges and the request.
    let request = get_request_len("chat.example");
    assert_eq!(flow(&report, 50102)["bytes_out"], 4 * 40 + 40 + request);
}

fn get_request_len(host: &str) -> u64 {
    format!("GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: fixture/1\r\n\r\n").len() as u64
}
