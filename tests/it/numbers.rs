//! The report to read says what the report to compute with says: the same numbers, and CSV too.

use crate::kit::{Fixture, fixtures, whereto};
use serde_json::Value;
use std::collections::BTreeMap;

/// The text report, its lines without what surrounds them.
fn text(fixture: &Fixture) -> Vec<String> {
    let mut command = whereto(&["audit", &fixture.capture, "--width", "400"]);
    if let Some(expect) = &fixture.expect {
        command.args(["--expect", expect]);
    }
    command.args(&fixture.arguments);
    let out = String::from_utf8(command.output().unwrap().stdout).unwrap();
    out.lines().map(|line| line.trim().to_owned()).collect()
}

/// Bytes as the text has them: 1,024 a step, one decimal, rounded half up.
fn bytes(number: u64) -> String {
    if number < 1024 {
        return format!("{number} B");
    }
    let kibibytes = (number as f64 / 102.4 + 0.5).floor() / 10.0;
    assert!(kibibytes < 1024.0, "no fixture is that large");
    format!("{kibibytes:.1} KiB")
}

fn count(number: u64) -> String {
    assert!(number < 1000, "no fixture has that many");
    number.to_string()
}

fn many(number: u64, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {what}{s}", count(number))
}

fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn rows<'a>(report: &'a Value, list: &str) -> Vec<&'a Value> {
    report[list].as_array().unwrap().iter().collect()
}

fn sum(rows: &[&Value], key: &str) -> u64 {
    rows.iter().map(|row| number(&row[key])).sum()
}

#[track_caller]
fn has(lines: &[String], name: &str, line: &str) {
    let found = lines
        .iter()
        .any(|have| have.split_whitespace().eq(line.split_whitespace()));
    assert!(found, "{name}: no line `{line}` in\n{}", lines.join("\n"));
}

#[test]
fn text_and_json_give_the_same_numbers() {
    let mut judged = 0;
    for fixture in fixtures() {
        let (name, lines, json) = (&fixture.name, text(&fixture), fixture.audit(&[]));
        let totals = &json["totals"];
        let packets = number(&totals["packets"]);
        has(
            &lines,
            name,
            &format!(
                "Packets {}, {} on the wire",
                many(packets, "packet"),
                bytes(number(&totals["wire_bytes"]))
            ),
        );
        has(
            &lines,
            name,
            &format!(
                "In flows {} of {}",
                count(number(&json["losses"]["in_flows"])),
                many(packets, "packet")
            ),
        );
        has(
            &lines,
            name,
            &format!(
                "Outbound {} of {}: {} out, {} in",
                count(number(&totals["outbound_flows"])),
                many(number(&totals["flows"]), "flow"),
                bytes(number(&totals["bytes_out"])),
                bytes(number(&totals["bytes_in"])),
            ),
        );
        for (loss, words) in json["losses"]["counts"].as_object().unwrap() {
            let line = format!("{loss}: {words}");
            assert!(
                lines.iter().any(|have| have.ends_with(&line)),
                "{name}: no `{line}`"
            );
        }
        let outbound: Vec<&Value> = rows(&json, "destinations")
            .into_iter()
            .filter(|row| row["scope"] == "outbound")
            .collect();
        countries(&lines, name, &outbound);
        if fixture.expect.is_some() {
            judged += 1;
            ledger(&lines, name, &json, &outbound);
        }
    }
    assert!(judged >= 3, "only {judged} fixtures are judged");
}

/// One line a country: destinations, flows, bytes.
fn countries(lines: &[String], name: &str, outbound: &[&Value]) {
    let mut groups: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in outbound {
        groups
            .entry(row["country"].as_str().unwrap_or(""))
            .or_default()
            .push(row);
    }
    for (code, group) in groups {
        let line = format!(
            "{} of {}, {}, {} out, {} in",
            count(group.len() as u64),
            many(outbound.len() as u64, "destination"),
            many(sum(&group, "flows"), "flow"),
            bytes(sum(&group, "bytes_out")),
            bytes(sum(&group, "bytes_in")),
        );
        let title = if code.is_empty() {
            "Country not known  ".to_owned()
        } else {
            format!("({code})  ")
        };
        let found = lines
            .iter()
            .any(|have| have.contains(&title) && have.ends_with(&line));
        assert!(found, "{name}: no `{title}{line}` in\n{}", lines.join("\n"));
    }
}

/// The three lines below the answer, and a card for each finding.
fn ledger(lines: &[String], name: &str, json: &Value, outbound: &[&Value]) {
    let flows = rows(json, "flows");
    let outer = |flow: &&&Value| flow["scope"] == "outbound" && flow["carries_tunnel"] != true;
    for (mark, verdict) in [("■", "violated"), ("◇", "indeterminate"), ("●", "met")] {
        let with = outbound
            .iter()
            .filter(|row| row["verdict"] == verdict)
            .count() as u64;
        let of = number(&json["totals"]["verdicts"][verdict]);
        has(
            lines,
            name,
            &format!(
                "{mark} {verdict} {} of {} {} of {}",
                count(with),
                many(outbound.len() as u64, "destination"),
                count(of),
                many(number(&json["totals"]["outbound_flows"]), "flow"),
            ),
        );
        let counted = flows
            .iter()
            .filter(outer)
            .filter(|flow| flow["verdict"] == verdict)
            .count();
        assert_eq!(counted as u64, of, "{name}: {verdict} flows");
    }
    for finding in rows(json, "findings")
        .iter()
        .filter(|row| row["verdict"] != "met")
    {
        let id = format!("finding {}", finding["id"].as_str().unwrap());
        let line = lines.iter().find(|line| line.ends_with(&id));
        let line = line.unwrap_or_else(|| panic!("{name}: no card {id}"));
        for frame in finding["frames"].as_array().unwrap().iter().take(6) {
            let frame = frame.to_string();
            assert!(
                line.split([' ', ';']).any(|word| word == frame),
                "{name}: {frame} in {line}"
            );
        }
        let why = finding["why"].as_str().unwrap();
        assert!(lines.iter().any(|line| line == why), "{name}: {why}");
    }
}

/// Rows of CSV and rows of JSON are the same rows.
#[test]
fn csv_and_json_give_the_same_numbers() {
    for fixture in fixtures() {
        let out = whereto(&["flows", &fixture.capture, "--format", "csv"])
            .output()
            .unwrap();
        let mut reader = csv::Reader::from_reader(out.stdout.as_slice());
        let header = reader.headers().unwrap().clone();
        let json = fixture.audit(&[]);
        let flows = rows(&json, "flows");
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), flows.len(), "{}", fixture.name);
        for (record, flow) in records.iter().zip(flows) {
            for (column, cell) in header.iter().zip(record) {
                let numeric = flow[column].is_u64() || flow[column].is_boolean();
                if numeric {
                    assert_eq!(cell, flow[column].to_string(), "{}: {column}", fixture.name);
                } else if flow[column].is_null() && column != "verdict" {
                    assert_eq!(cell, "", "{}: {column}", fixture.name);
                }
            }
        }
    }
}
