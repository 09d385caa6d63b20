//! What programs act on: names of findings, exit codes, suppressions, SARIF, JUnit XML, Markdown.

use crate::kit::{self, Fixture, column, fixture, fixtures, whereto};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const AFTER: &str = "fixtures/redmi-india-after/capture.pcap";

/// What the program prints, and its code.
#[track_caller]
fn run(arguments: &[&str]) -> (i32, String) {
    let out = whereto(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!said.contains("panicked"), "{said}");
    let text = String::from_utf8(out.stdout).unwrap();
    (out.status.code().unwrap(), text + &said)
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let (code, text) = run(arguments);
    assert_ne!(code, 2, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// A fixture's report in another form than JSON.
#[track_caller]
fn form(fixture: &Fixture, format: &str) -> String {
    let mut command = whereto(&["audit", &fixture.capture, "--format", format]);
    command.args(["--expect", fixture.expect.as_deref().unwrap_or("IN")]);
    let out = command.args(&fixture.arguments).output().unwrap();
    assert_ne!(out.status.code(), Some(2), "{}: {format}", fixture.name);
    String::from_utf8(out.stdout).unwrap()
}

#[track_caller]
fn sarif(fixture: &Fixture) -> Value {
    serde_json::from_str(&form(fixture, "sarif")).unwrap()
}

/// A database that says of every address what the report says of it.
fn agreeing(report: &Value, folder: &Path) -> String {
    let mut table = String::new();
    for destination in report["destinations"].as_array().unwrap() {
        if let Some(country) = destination["country"].as_str() {
            for address in destination["addresses"].as_array().unwrap() {
                let address = address.as_str().unwrap();
                writeln!(table, "{address},{address},{country}").unwrap();
            }
        }
    }
    let (csv, mmdb) = (folder.join("own.csv"), folder.join("own.mmdb"));
    fs::write(&csv, table).unwrap();
    let arguments = ["geo", "build"];
    let out = whereto(&arguments)
        .arg(&csv)
        .arg("-o")
        .arg(&mmdb)
        .args(["--date", "2026-11-01"])
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    mmdb.to_string_lossy().into_owned()
}

/// Whoever loads one more database that agrees has the same findings under the same names.
#[test]
fn ids_stay_where_one_more_database_agrees() {
    let case = fixture("redmi-india-after");
    let before = case.audit(&[]);
    let folder = tempfile::tempdir().unwrap();
    let own = agreeing(&before, folder.path());
    let after = case.audit(&["--geo", &own]);
    let opinions = column(&after, "destinations", "country_sources").join(" ");
    assert!(
        opinions.contains("own"),
        "the database was asked: {opinions}"
    );
    let mut ids = [&before, &after].map(|report| column(report, "findings", "id"));
    ids.iter_mut().for_each(|ids| ids.sort());
    let [before, after] = ids;
    assert_eq!(before, after);
    assert!(before.len() > 5);
    let mut once = before.clone();
    once.dedup();
    assert_eq!(once, before, "no two findings share a name");
}

#[test]
fn fail_on_says_what_counts() {
    #[track_caller]
    fn check(capture: &str, expect: &str, fail_on: &str, want: i32) {
        let arguments = ["audit", capture, "--expect", expect, "--fail-on", fail_on];
        let (code, said) = run(&arguments);
        assert_eq!(code, want, "{fail_on}: {said}");
    }
    let open = "fixtures/tls13-split-hello/capture.pcap";
    check(AFTER, "IN,SG,US", "violated,indeterminate", 1);
    check(AFTER, "IN,SG,US", "violated", 1);
    check(AFTER, "IN,SG,US", "never", 0);
    check(open, "IN", "violated", 0);
    check(open, "IN", "indeterminate", 3);
    check(open, "IN", "violated, not-exercised", 0);
    check("fixtures/damaged-cut/capture.pcap", "IN", "never", 4);
    check(AFTER, "IN", "sometimes", 2);
    check(AFTER, "IN", "never,violated", 2);
}

/// A suppression file with one entry; each test has its own.
fn entry(folder: &Path, lines: &str) -> String {
    let path = folder.join("known.toml");
    let text = format!("[[suppression]]\n{lines}\nreason = \"Told the vendor\"\nowner = \"Ada\"\n");
    fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn what_is_suppressed_is_marked_everywhere_and_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let base = [
        "audit",
        AFTER,
        "--expect",
        "IN,SG,US",
        "--fail-on",
        "violated",
        "--width",
        "400",
    ];
    let report = json(&[&base[..], &["--format", "json"]].concat());
    let violated: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "violated")
        .collect();
    let [violated] = violated[..] else {
        panic!("one is violated: {violated:?}");
    };
    let id = violated["id"].as_str().unwrap();
    let with = |lines: &str, more: &[&str]| {
        let file = entry(folder.path(), lines);
        run(&[&base[..], &["--suppress", &file], more].concat())
    };
    let by_id = format!("finding = \"{id}\"\nexpires = \"never\"");
    for (format, sign) in [
        ("text", "Suppressed by Ada, without an end: Told the vendor"),
        ("json", "\"reason\":\"Told the vendor\""),
        ("csv-findings", "Told the vendor"),
        ("sarif", "\"justification\":\"Suppressed by Ada"),
        ("junit", "Suppressed by Ada"),
        ("markdown", "Suppressed by Ada"),
    ] {
        let (code, said) = with(&by_id, &["--format", format]);
        assert_eq!(code, 0, "{format}");
        assert!(
            said.contains(sign) && said.contains("tracking.miui.com"),
            "{format}: {said}"
        );
    }
    let by_name = "rule = \"expected-country\"\nname = \"*.miui.com\"\nverdict = \"violated\"";
    let until = |day: &str| format!("{by_name}\nexpires = \"{day}\"");
    assert_eq!(with(&until("2099-01-01"), &[]).0, 0);
    let (code, said) = with(&until("2001-01-01"), &[]);
    assert!(
        code == 1 && said.contains("has expired and does not apply"),
        "{said}"
    );
    assert_eq!(with(&until("2001-01-01"), &["--as-of", "2001-01-01"]).0, 0);
    assert_eq!(with(&until("2099-01-01"), &["--as-of", "2099-01-02"]).0, 1);
    let other = by_name.replace("violated", "indeterminate") + "\nexpires = \"never\"";
    let (code, said) = with(&other, &[]);
    assert!(
        code == 1 && said.contains("fits no finding of this report"),
        "{said}"
    );
    let (code, said) = with("finding = \"EC-0\"\nexpire = \"never\"", &[]);
    assert!(
        code == 2 && said.contains("known.toml:3:1: `expire` is no key"),
        "{said}"
    );
}

/// The part of the official schema that a run of ours uses: one line a definition, each property
/// with its kind. `closed` allows no other property. Taken from SARIF 2.1.0 rtm.5.
const SHAPE: &str = include_str!("sarif-shape.txt");

struct Shape<'s> {
    closed: bool,
    required: Vec<&'s str>,
    kinds: BTreeMap<&'s str, &'s str>,
}

fn shapes() -> BTreeMap<&'static str, Shape<'static>> {
    let read = |line: &'static str| {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let closed = words.next() == Some("closed");
        let required = words.next().unwrap().strip_prefix("required=").unwrap();
        let required = required.split(',').filter(|key| !key.is_empty()).collect();
        let kinds = words.map(|word| word.split_once('=').unwrap()).collect();
        let shape = Shape {
            closed,
            required,
            kinds,
        };
        (name, shape)
    };
    SHAPE.lines().map(read).collect()
}

/// What is wrong with `value` as `kind`; nothing where it fits.
fn misfit(value: &Value, kind: &str, at: &str) -> Option<String> {
    let wrong = || Some(format!("{at}: {value} is no {kind}"));
    let (head, rest) = kind.split_once(':').unwrap_or((kind, ""));
    match head {
        "any" => None,
        "ref" => misfit_object(value.as_object()?, rest, at),
        "enum" => match value.as_str() {
            Some(word) if rest.split(',').any(|known| known == word) => None,
            _ => wrong(),
        },
        "string" if rest == "uri-reference" || rest == "uri" => match value.as_str() {
            Some(uri)
                if uri
                    .bytes()
                    .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b)) =>
            {
                None
            }
            _ => wrong(),
        },
        "string" => value
            .is_string()
            .then_some(())
            .map_or_else(wrong, |()| None),
        "boolean" => value
            .is_boolean()
            .then_some(())
            .map_or_else(wrong, |()| None),
        "integer" => match value.as_i64() {
            Some(number) if rest.is_empty() || number >= rest.parse().unwrap() => None,
            _ => wrong(),
        },
        "list" | "set" => {
            let items = value.as_array()?;
            let twice = |at: usize| items[..at].contains(&items[at]);
            if head == "set" && (0..items.len().min(200)).any(twice) {
                return Some(format!("{at}: has an item twice"));
            }
            let mut each = items.iter().enumerate();
            each.find_map(|(n, item)| misfit(item, rest, &format!("{at}[{n}]")))
        }
        "map" => {
            let mut each = value.as_object()?.iter();
            each.find_map(|(key, item)| misfit(item, rest, &format!("{at}.{key}")))
        }
        _ => Some(format!("{at}: the kind {kind} is not known here")),
    }
}

fn misfit_object(value: &Map<String, Value>, name: &str, at: &str) -> Option<String> {
    let shapes = shapes();
    let shape = &shapes[name];
    let lacks = |key: &&&str| !value.contains_key(**key);
    if let Some(key) = shape.required.iter().find(lacks) {
        return Some(format!("{at}: lacks {key}"));
    }
    if name == "message" && !value.contains_key("text") && !value.contains_key("id") {
        return Some(format!("{at}: has neither text nor id"));
    }
    value.iter().find_map(|(key, item)| {
        let at = format!("{at}.{key}");
        match shape.kinds.get(key.as_str()) {
            Some(kind) => misfit(item, kind, &at),
            None if shape.closed => Some(format!("{at}: is no property")),
            None => None,
        }
    })
}

#[test]
fn sarif_has_the_shape_of_its_schema() {
    for fixture in fixtures() {
        let log = sarif(&fixture);
        let wrong = misfit_object(log.as_object().unwrap(), "log", "$");
        assert_eq!(wrong, None, "{}", fixture.name);
        // §3.27.10: a level where there is no failure is none.
        for result in log["runs"][0]["results"].as_array().unwrap() {
            assert!(
                result["kind"] == "fail" || result["level"] == "none",
                "{result}"
            );
        }
        let text = log.to_string();
        let here = kit::repo(".").to_string_lossy().into_owned();
        assert!(
            !text.contains(here.trim_end_matches("/.")),
            "a path of this machine"
        );
    }
    let mut bad = sarif(&fixture("redmi-india-after"));
    bad["runs"][0]["results"][0]["kind"] = "maybe".into();
    assert!(misfit_object(bad.as_object().unwrap(), "log", "$").is_some());
}

/// Elements of well-formed XML with their attributes, in order; panics at the first fault.
fn elements(xml: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let body = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        .unwrap();
    for (number, piece) in body.split('<').enumerate() {
        let Some((tag, text)) = piece.split_once('>') else {
            assert!(number == 0 && piece.trim().is_empty(), "{piece}");
            continue;
        };
        check_entities(text);
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (tag, empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = BTreeMap::new();
        while !rest.is_empty() {
            let (key, after) = rest.split_once("=\"").unwrap();
            let (value, after) = after.split_once('"').unwrap();
            check_entities(value);
            assert!(
                attributes
                    .insert(key.to_owned(), value.to_owned())
                    .is_none()
            );
            rest = after.trim_start();
        }
        if !empty {
            open.push(name.to_owned());
        }
        found.push((name.to_owned(), attributes));
    }
    assert!(open.is_empty(), "{open:?}");
    found
}

fn check_entities(text: &str) {
    for piece in text.split('&').skip(1) {
        let known = ["lt;", "gt;", "amp;", "quot;", "apos;"];
        assert!(
            known.iter().any(|known| piece.starts_with(known)),
            "&{piece}"
        );
    }
    assert!(
        text.chars().all(|c| !c.is_control() || c == '\n'),
        "{text:?}"
    );
}

/// What Surefire's and Jenkins' schemas ask for: counts that are those of the cases below, names
/// on every suite and case, and only elements that both know.
#[test]
fn junit_has_the_shape_that_dashboards_read() {
    for fixture in fixtures() {
        let xml = form(&fixture, "junit");
        let elements = elements(&xml);
        assert_eq!(elements[0].0, "testsuites");
        let mut suites: Vec<[u64; 4]> = Vec::new();
        let number = |attributes: &BTreeMap<String, String>, key: &str| -> u64 {
            attributes[key].parse().unwrap()
        };
        const COUNTS: [&str; 4] = ["tests", "failures", "errors", "skipped"];
        for (name, attributes) in &elements {
            let last = suites.len().saturating_sub(1);
            match name.as_str() {
                "testsuites" => {}
                "testsuite" => {
                    assert!(attributes.contains_key("name"));
                    suites.push(COUNTS.map(|key| number(attributes, key)));
                }
                "testcase" => {
                    assert!(
                        attributes.contains_key("name") && attributes.contains_key("classname")
                    );
                    suites[last][0] -= 1;
                }
                "failure" | "error" => {
                    assert!(attributes.contains_key("message") && attributes.contains_key("type"));
                    suites[last][if name == "failure" { 1 } else { 2 }] -= 1;
                }
                "skipped" => suites[last][3] -= 1,
                "system-out" => {}
                other => panic!("{other} is no element of JUnit XML"),
            }
        }
        assert!(
            suites.iter().flatten().all(|left| *left == 0),
            "{}: {suites:?}",
            fixture.name
        );
    }
}

/// SARIF, JUnit XML, Markdown and CSV say of findings what JSON says.
#[test]
fn the_forms_for_automation_give_the_numbers_of_json() {
    for fixture in fixtures().iter().filter(|it| it.expect.is_some()) {
        let json = fixture.audit(&[]);
        let findings = json["findings"].as_array().unwrap();
        let with = |verdict: &str| {
            let these = findings.iter().filter(|it| it["verdict"] == verdict);
            these.collect::<Vec<&Value>>()
        };
        let counts = ["violated", "indeterminate", "met"].map(|verdict| with(verdict).len());
        let [violated, indeterminate, met] = counts;
        let sarif = self::sarif(fixture);
        let run = &sarif["runs"][0];
        let sums = &run["properties"];
        for (key, want) in [
            ("findingsViolated", violated),
            ("findingsIndeterminate", indeterminate),
            ("findingsMet", met),
        ] {
            assert_eq!(sums[key], want, "{}: {key}", fixture.name);
        }
        for key in ["packets", "flows"] {
            assert_eq!(sums[key], json["totals"][key]);
        }
        assert_eq!(sums["outboundFlows"], json["totals"]["outbound_flows"]);
        for (artifact, input) in run["artifacts"]
            .as_array()
            .unwrap()
            .iter()
            .zip(json["inputs"].as_array().unwrap())
        {
            assert_eq!(artifact["hashes"]["sha-256"], input["sha256"]);
            assert_eq!(artifact["length"], input["stored_bytes"]);
        }
        let results = run["results"].as_array().unwrap();
        let open: Vec<&Value> = with("violated")
            .into_iter()
            .chain(with("indeterminate"))
            .collect();
        for (result, finding) in results.iter().zip(&open) {
            let said = &result["properties"];
            assert_eq!(
                result["partialFingerprints"]["wheretoFinding/v1"],
                finding["id"]
            );
            assert_eq!(result["ruleId"], finding["rule"]);
            for (ours, theirs) in [
                ("flows", "flows"),
                ("frames", "frames"),
                ("flowNumbers", "flow_numbers"),
            ] {
                assert_eq!(said[ours], finding[theirs], "{}: {ours}", fixture.name);
            }
            assert_eq!(said["country"], finding["country"]);
        }
        let other = |format: &str| form(fixture, format);
        forms(
            &fixture.name,
            &other("junit"),
            &other("markdown"),
            &json,
            &open,
        );
        for (verdict, number) in [
            ("violated", violated),
            ("indeterminate", indeterminate),
            ("met", met),
        ] {
            let line = format!("| {verdict} | {number} of {} |", findings.len());
            assert!(
                other("markdown").contains(&line),
                "{}: {line}",
                fixture.name
            );
        }
    }
}

fn forms(name: &str, junit: &str, markdown: &str, json: &Value, open: &[&Value]) {
    let count = |element: &str| junit.matches(&format!("<{element} ")).count();
    let of = |verdict: &str| open.iter().filter(|it| it["verdict"] == verdict).count();
    assert_eq!(count("failure"), of("violated"), "{name}");
    let damaged = usize::from(json["inputs"][0]["cut"] == true);
    assert_eq!(count("error"), of("indeterminate") + damaged, "{name}");
    for finding in open {
        let id = finding["id"].as_str().unwrap();
        assert!(junit.contains(&format!("finding {id}\n")), "{name}: {id}");
        assert!(junit.contains(&format!("flows {}\n", finding["flows"])));
        let row = markdown
            .lines()
            .find(|line| line.contains(&format!("`{id}`")))
            .unwrap();
        assert!(
            row.contains(&format!("| {} |", finding["flows"])),
            "{name}: {row}"
        );
    }
    let packets = &json["totals"]["packets"];
    assert!(markdown.contains(&format!(
        "{} of {packets} packets",
        json["losses"]["in_flows"]
    )));
}

#[test]
fn the_same_capture_gives_the_same_bytes() {
    for format in ["sarif", "junit", "markdown", "csv-claims"] {
        let arguments = ["audit", AFTER, "--expect", "IN", "--format", format];
        let (_, once) = run(&arguments);
        let (_, again) = run(&[&arguments[..], &["--threads", "4"]].concat());
        assert_eq!(once, again, "{format}");
    }
}

/// Names that attack: nothing in a comment links, mentions or opens an element.
#[test]
fn hostile_names_are_harmless_in_a_comment() {
    let capture = "fixtures/hostile-names/capture.pcap";
    let (_, page) = run(&["audit", capture, "--expect", "IN", "--format", "markdown"]);
    // Without what is escaped every second piece is code.
    let plain = page.replace("\\\\", "").replace("\\`", "");
    let outside: String = plain.split('`').step_by(2).collect();
    for bad in ["<", "](", "http://", "https://", "@", "CANARY"] {
        assert!(!outside.contains(bad), "{bad} outside of code in {outside}");
    }
    let (_, xml) = run(&["audit", capture, "--expect", "IN", "--format", "junit"]);
    assert!(elements(&xml).len() > 20 && xml.contains("CANARY"));
}

#[test]
fn init_writes_files_to_begin_from_and_replaces_none() {
    let folder = tempfile::tempdir().unwrap();
    let audits = folder.path().join("audits/india");
    let path = audits.to_string_lossy().into_owned();
    let (code, said) = run(&["init", "india", "-o", &path]);
    assert_eq!(code, 0, "{said}");
    for name in ["policy.toml", "claims.toml", "phases.csv"] {
        let text = fs::read_to_string(audits.join(name)).unwrap();
        assert!(
            text.starts_with('#') && text.contains("Use it with: whereto audit"),
            "{name}"
        );
        assert!(said.contains(name), "{said}");
    }
    fs::write(audits.join("claims.toml"), "mine").unwrap();
    fs::remove_file(audits.join("policy.toml")).unwrap();
    let (code, said) = run(&["init", "india", "-o", &path]);
    assert!(
        code == 2 && said.contains("exists and is not replaced"),
        "{said}"
    );
    assert!(!audits.join("policy.toml").exists());
    assert_eq!(
        fs::read_to_string(audits.join("claims.toml")).unwrap(),
        "mine"
    );
    let (code, said) = run(&["init", "atlantis", "-o", &path]);
    assert!(
        code == 2 && said.contains("there are europe, hong-kong, india"),
        "{said}"
    );
    let (code, said) = run(&["init", "--list"]);
    assert!(code == 0 && said.lines().count() >= 9, "{said}");
}
