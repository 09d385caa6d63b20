//! The document read back, and held against its published schema.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::model::columns::{COLUMNS, Kind};
use crate::report::sample;
use serde_json::{Map, Value};

type Print = fn(&Report, &mut dyn Write) -> io::Result<()>;

fn parsed(print: Print, of: &Report) -> Value {
    let mut out = Vec::new();
    print(of, &mut out).unwrap();
    let text = std::str::from_utf8(&out).unwrap();
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    serde_json::from_str(text).unwrap()
}

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn documents_fit_their_schema() {
    let schema = schema();
    let all = [
        sample::report(),
        sample::unjudged(),
        sample::phased(),
        sample::claimed(),
        sample::empty(),
    ];
    for of in all {
        let found = problems(&schema, &schema, &parsed(report, &of), "$");
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn a_comparison_fits_its_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diff.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for of in [
        crate::report::diff::sample::diff(),
        crate::model::diff::Diff::default(),
    ] {
        let mut out = Vec::new();
        diff(&of, &mut out).unwrap();
        let mut document: Value = serde_json::from_slice(&out).unwrap();
        if document["before"]["form"] == "" {
            // A side that was never read has no form.
            document["before"]["form"] = "capture".into();
        }
        document["after"]["form"] = "capture".into();
        let found = problems(&schema, &schema, &document, "$");
        assert!(found.is_empty(), "{found:#?}");
        document["names"] = Value::Null;
        assert!(!problems(&schema, &schema, &document, "$").is_empty());
    }
}

#[test]
fn the_schema_does_notice() {
    let schema = schema();
    let break_and_check = |change: &dyn Fn(&mut Value)| {
        let mut document = parsed(report, &sample::report());
        change(&mut document);
        assert!(!problems(&schema, &schema, &document, "$").is_empty());
    };
    break_and_check(&|document| document["flows"][0]["flow"] = "1".into());
    break_and_check(&|document| document["flows"][0]["surprise"] = 1.into());
    break_and_check(&|document| document["flows"][0]["scope"] = "space".into());
    break_and_check(&|document| drop(document.as_object_mut().unwrap().remove("losses")));
    break_and_check(&|document| document["findings"][0]["verdict"] = Value::Null);
}

/// The flow row of the schema is the table of columns.
#[test]
fn the_schema_knows_every_column() {
    let schema = schema();
    let row = &schema["$defs"]["flow"];
    let properties = row["properties"].as_object().unwrap();
    let required: Vec<&str> = row["required"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let columns: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(required, columns);
    for column in COLUMNS {
        let word = match column.kind {
            Kind::Integer => "integer",
            Kind::Float => "number",
            Kind::Boolean => "boolean",
            Kind::String | Kind::Timestamp => "string",
        };
        let kind = &properties[column.name]["type"];
        let fits = match kind {
            Value::String(one) => !column.nullable && one == word,
            Value::Array(two) => column.nullable && two[0] == word && two[1] == "null",
            _ => false,
        };
        assert!(fits, "{}: {kind}", column.name);
    }
}

#[test]
fn phases_say_what_was_sent_meanwhile() {
    let document = parsed(report, &sample::phased());
    let phases = &document["phases"];
    assert_eq!(phases["clock_offset_s"], -2.5);
    assert_eq!(phases["before_first"]["flows"], 3);
    assert_eq!(phases["phases"][0]["end"], phases["phases"][1]["start"]);
    assert_eq!(phases["phases"][1]["end"], Value::Null);
    assert_eq!(phases["phases"][1]["first_contacts"][1], 21);
    assert!(phases["phases"][1]["note_hex"].is_string());
    assert_eq!(document["destinations"][0]["in_baseline"], true);
    assert_eq!(document["losses"]["marks"], 4);
    assert_eq!(parsed(report, &sample::report()).get("phases"), None);
}

#[test]
fn holds_the_original_bytes_where_they_are_no_text() {
    let document = parsed(report, &sample::report());
    let flow = &document["flows"][0];
    let want: String = sample::HOSTILE
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(flow["name_hex"], want);
    assert_eq!(
        flow["name"],
        "=cmd|' /C calc'!A0\u{1b}[2J\"\r\n,\u{202e}\\xff"
    );
    assert_eq!(flow["names"][0]["name_hex"], want);
    assert_eq!(flow["names"][1].get("name_hex"), None);
    assert_eq!(document["http"][0]["path_hex"], want);
}

#[test]
fn rows_say_what_the_contract_promises() {
    let document = parsed(report, &sample::report());
    let flow = &document["flows"][0];
    assert_eq!(flow["first_seen"], "2026-11-21T04:31:08.250000001Z");
    assert_eq!(flow["tls_version"], "TLS 1.3");
    assert_eq!(flow["tls_cipher"], "0x1301");
    assert_eq!(flow["rtt_ms"], 41.25);
    assert_eq!(flow["country_sources"], "dbip-country-lite=CN");
    assert_eq!(flow["app_uid"], 10_123);
    let flow = &document["flows"][1];
    assert_eq!(flow["tls_version"], "0x0a0a");
    assert_eq!(flow["country"], Value::Null);
    assert_eq!(flow["country_sources"], "dbip-country-lite=US;own.mmdb=SG");
    let flow = &document["flows"][2];
    assert_eq!(flow["transport"], "ip-50");
    assert_eq!(flow["local_port"], Value::Null);
    let dns = &document["dns"][0];
    assert_eq!(dns["answers"][2]["type"], "TYPE65280");
    assert_eq!(dns["rcode"], "NOERROR");
    assert_eq!(document["dns"][1]["rcode"], Value::Null);
    assert_eq!(document["http"][1]["host"], "");
    assert_eq!(document["http"][0]["visibility"], "cleartext");
    let interfaces = &document["inputs"][0]["interfaces"];
    assert_eq!(interfaces[0]["dropped_by_interface"], 3);
    assert_eq!(interfaces[0]["dropped_by_os"], Value::Null);
    assert_eq!(interfaces[1]["dropped_by_interface"], Value::Null);
}

#[test]
fn every_row_has_a_line() {
    let mut out = Vec::new();
    report(&sample::report(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("{\"flow\":1,\"scope\""))
            .count(),
        1
    );
    for (print, keys) in [
        (flows as Print, vec!["whereto", "data", "flows"]),
        (dns, vec!["whereto", "dns"]),
        (
            info,
            vec![
                "whereto", "inputs", "data", "settings", "devices", "totals", "losses",
            ],
        ),
    ] {
        let document = parsed(print, &sample::report());
        let found: Vec<&String> = document.as_object().unwrap().keys().collect();
        assert_eq!(found, keys);
    }
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    assert!(report(&sample::empty(), &mut Full).is_err());
}

/// The part of JSON Schema 2020-12 that our schema uses. An unknown keyword is a problem: it
/// would be believed without being checked.
fn problems(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut complain = |what: String| found.push(format!("{at}: {what}"));
    let mut below = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let path = rule.as_str().unwrap().strip_prefix('#').unwrap();
                below.extend(problems(root, root.pointer(path).unwrap(), value, at));
            }
            "type" => {
                let fits = match rule {
                    Value::Array(any) => any.iter().any(|kind| is(value, kind)),
                    one => is(value, one),
                };
                if !fits {
                    complain(format!("{value} is not {rule}"));
                }
            }
            "enum" if !rule.as_array().unwrap().contains(value) => {
                complain(format!("{value} is not in {rule}"))
            }
            "pattern" | "enum" => {}
            "minimum" => {
                if value
                    .as_f64()
                    .is_some_and(|number| number < rule.as_f64().unwrap())
                {
                    complain(format!("{value} is below {rule}"));
                }
            }
            "required" => {
                for key in rule.as_array().unwrap() {
                    if value.is_object() && value.get(key.as_str().unwrap()).is_none() {
                        complain(format!("{key} is missing"));
                    }
                }
            }
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    below.extend(problems(root, rule, item, &format!("{at}[{place}]")));
                }
            }
            "properties" | "patternProperties" | "additionalProperties" => {}
            unknown => complain(format!("the keyword {unknown} is not known here")),
        }
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        match member(schema, key) {
            Some(rule) if rule.is_object() => {
                below.extend(problems(root, rule, item, &format!("{at}.{key}")));
            }
            Some(Value::Bool(false)) => complain(format!("{key} is not expected")),
            _ => {}
        }
    }
    found.extend(below);
    found
}

fn member<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    let properties: Option<&Map<String, Value>> =
        schema.get("properties").and_then(Value::as_object);
    let by_pattern = || {
        let patterns = schema.get("patternProperties")?.as_object()?;
        patterns.iter().find_map(|(pattern, rule)| {
            assert_eq!(pattern, "_hex$", "the one pattern that is understood here");
            key.ends_with("_hex").then_some(rule)
        })
    };
    properties
        .and_then(|properties| properties.get(key))
        .or_else(by_pattern)
        .or_else(|| schema.get("additionalProperties"))
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}
