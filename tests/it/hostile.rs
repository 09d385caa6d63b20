//! Names that attack whoever reads the report.
//!
//! `fixtures/hostile-names` has some; `hostile.py`, where it is, makes many more.

use crate::kit::{self, whereto};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Every output that a capture's words can reach.
const OUTPUTS: &[(&str, &str)] = &[
    ("audit", "text"),
    ("audit", "json"),
    ("audit", "csv"),
    ("audit", "csv-findings"),
    ("audit", "csv-claims"),
    ("audit", "sarif"),
    ("audit", "junit"),
    ("audit", "markdown"),
    ("flows", "text"),
    ("flows", "json"),
    ("flows", "csv"),
    ("dns", "text"),
    ("dns", "json"),
    ("dns", "csv"),
    ("info", "text"),
    ("info", "json"),
];

/// What `command` prints on `capture` in `format`; it must be UTF-8.
#[track_caller]
fn output(command: &str, format: &str, capture: &Path) -> String {
    let mut whereto = whereto(&[command, "--format", format]);
    if command == "audit" {
        whereto.args(["--expect", "IN"]);
    }
    let out = whereto.arg(capture).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(
        matches!(out.status.code(), Some(0 | 1 | 3 | 4)),
        "{command} --format {format}: {said}"
    );
    String::from_utf8(out.stdout)
        .unwrap_or_else(|_| panic!("{command} --format {format} is not UTF-8"))
}

/// The fixture, and what hostile.py makes: its three captures and its list.
fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![kit::repo("fixtures/hostile-names/capture.pcap")];
    if made(folder) {
        found.extend(
            ["hostile.pcap", "hostile.pcapng", "structural.pcap"].map(|name| folder.join(name)),
        );
    }
    found
}

/// Runs hostile.py into `folder`; false, loudly, where it or python3 is not here.
fn made(folder: &Path) -> bool {
    let Some(script) = kit::shared("tools/hostile.py") else {
        return false;
    };
    match std::process::Command::new("python3")
        .arg("-B")
        .arg(script)
        .arg(folder)
        .output()
    {
        Ok(out) => {
            assert!(
                out.status.success(),
                "{}",
                String::from_utf8_lossy(&out.stderr)
            );
            true
        }
        Err(_) => {
            kit::skip("python3 is not here: hostile.py");
            false
        }
    }
}

#[test]
fn no_dangerous_form_reaches_an_output() {
    let folder = tempfile::tempdir().unwrap();
    for capture in captures(folder.path()) {
        for (command, format) in OUTPUTS {
            let text = output(command, format, &capture);
            let place = format!("{command} --format {format} {}", capture.display());
            match *format {
                "json" | "sarif" => drop(
                    serde_json::from_str::<Value>(&text)
                        .unwrap_or_else(|err| panic!("{place}: {err}")),
                ),
                "text" | "junit" | "markdown" => check_terminal(&text, &place),
                _ => check_csv(&text, &place),
            }
        }
    }
}

/// Nothing that a terminal acts on or hides: no controls, no bidi, nothing of zero width.
#[track_caller]
fn check_terminal(text: &str, place: &str) {
    for (number, line) in text.lines().enumerate() {
        if let Some(c) = line.chars().find(|c| acts_on_terminals(*c)) {
            panic!(
                "{place}: line {}: U+{:04X} in {}",
                number + 1,
                c as u32,
                line.escape_default()
            );
        }
    }
    assert!(!text.contains('\r'), "{place}: a carriage return");
}

fn acts_on_terminals(c: char) -> bool {
    c.is_control()
        || matches!(
            c as u32,
            0x00ad
                | 0x061c
                | 0x180e
                | 0x200b..=0x200f
                | 0x2028..=0x202e
                | 0x2060..=0x206f
                | 0xfeff
                | 0xfff9..=0xfffb
                | 0xe0000..=0xe007f
        )
}

/// Every cell is one that a spreadsheet shows and does not run.
#[track_caller]
fn check_csv(text: &str, place: &str) {
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut width = None;
    for row in table.records() {
        let row = row.unwrap_or_else(|err| panic!("{place}: {err}"));
        assert_eq!(
            *width.get_or_insert(row.len()),
            row.len(),
            "{place}: {row:?}"
        );
        for cell in &row {
            let first = cell
                .trim_start_matches([' ', '\u{a0}', '\u{3000}'])
                .chars()
                .next();
            let runs =
                first.is_some_and(|c| "=+-@\t\r\n;\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(c));
            assert!(!runs, "{place}: a formula: {}", cell.escape_default());
            let control = cell.chars().find(|c| acts_on_terminals(*c));
            assert!(
                control.is_none(),
                "{place}: {control:?} in {}",
                cell.escape_default()
            );
        }
    }
    assert!(width.is_some(), "{place}: empty");
}

/// What is escaped is still there: a report that drops names hides destinations.
#[test]
fn no_name_is_lost() {
    let capture = kit::repo("fixtures/hostile-names/capture.pcap");
    let json: Value = serde_json::from_str(&output("audit", "json", &capture)).unwrap();
    let flows = json["flows"].to_string();
    let dns = json["dns"].to_string();
    let http = json["http"].to_string();
    let table = output("flows", "csv", &capture);
    for number in 0..23 {
        let canary = format!("CANARY{number:02}");
        let named = flows.matches(&canary).count();
        assert!(named >= 2, "{canary} is in {named} places of the flows");
        assert!(dns.contains(&canary), "{canary} is not in the DNS rows");
        assert!(table.contains(&canary), "{canary} is not in the CSV");
        // A line break inside a request line ends the request: there is no host to read.
        assert!(
            http.contains(&canary) || number == 14,
            "{canary} is not in the HTTP rows"
        );
    }
}

/// The same of every payload that hostile.py sends, in each field that it sends it in.
#[test]
fn no_name_of_hostile_py_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    if !made(folder.path()) {
        return;
    }
    let expected = std::fs::read_to_string(folder.path().join("expected.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&expected).unwrap();
    assert!(expected.len() > 90);
    for capture in ["hostile.pcap", "hostile.pcapng"] {
        let json: Value =
            serde_json::from_str(&output("audit", "json", &folder.path().join(capture))).unwrap();
        let mut lost = Vec::new();
        for payload in &expected {
            let canary = payload["canary"].as_str().unwrap();
            for field in payload["fields"].as_array().unwrap() {
                let field = field.as_str().unwrap();
                if !seen(&json, field, canary, payload) {
                    lost.push(format!("{canary} {field}: {}", payload["text"]));
                }
            }
        }
        assert!(
            lost.is_empty(),
            "{capture}: {} lost:\n{}",
            lost.len(),
            lost.join("\n")
        );
    }
}

/// True if `canary` stands where `field` says it was sent.
fn seen(json: &Value, field: &str, canary: &str, payload: &Value) -> bool {
    let has = |rows: &Value| rows.to_string().contains(canary);
    let flows = json["flows"].as_array().unwrap();
    let via = |word: &str| {
        flows
            .iter()
            .any(|flow| has(flow) && flow.to_string().contains(&format!("\"{word}\"")))
    };
    match field {
        // A DNS name ends after 255 bytes; what is sent behind that is in a TXT record.
        "dns" => has(&json["dns"]) || payload["kind"] == "long",
        "sni" => via("sni"),
        "quic" => via("quic-sni"),
        // A line break inside the request line or the host ends it.
        "http" => has(&json["http"]) || payload["text"].as_str().unwrap().contains(['\r', '\n']),
        other => panic!("{other} is new"),
    }
}
