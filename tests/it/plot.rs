//! `whereto plot`: drawings that any viewer reads and that hold no orders.

use crate::kit::{self, Fixture, whereto};
use roxmltree::Document;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PICTURES: [&str; 4] = ["map", "timeline", "flow", "rtt"];

#[track_caller]
fn plot(fixture: &Fixture, picture: &str, arguments: &[&str]) -> String {
    let mut command = whereto(&["plot", picture, &fixture.capture]);
    if let Some(expect) = &fixture.expect {
        command.args(["--expect", expect]);
    }
    let out = command
        .args(&fixture.arguments)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(matches!(out.status.code(), Some(0 | 1 | 3 | 4)), "{said}");
    String::from_utf8(out.stdout).unwrap()
}

/// Well-formed, complete in itself, and nothing in it that acts.
#[track_caller]
fn inert(what: &str, text: &str) {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(document.root_element().has_tag_name("svg"), "{what}");
    assert_eq!(
        text.matches("http").count(),
        1,
        "{what}: more than the name space"
    );
    let allowed = [
        "svg", "title", "desc", "style", "defs", "pattern", "path", "g", "use", "line", "rect",
        "circle", "text", "tspan",
    ];
    let mut ids = BTreeSet::new();
    let mut used = BTreeSet::new();
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        let name = element.tag_name().name();
        assert!(allowed.contains(&name), "{what}: <{name}>");
        for attribute in element.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(key != "style" && !key.starts_with("on"), "{what}: {key}");
            match key {
                "id" => assert!(ids.insert(value.to_owned()), "{what}: {value} twice"),
                "href" => assert!(used.insert(value.trim_start_matches('#').to_owned())),
                "aria-labelledby" => used.extend(value.split(' ').map(str::to_owned)),
                "fill" => {
                    let inside = value
                        .strip_prefix("url(#")
                        .and_then(|v| v.strip_suffix(')'));
                    used.insert(inside.expect(value).to_owned());
                }
                _ => assert!(!value.contains("url("), "{what}: {key}"),
            }
        }
    }
    assert!(used.is_subset(&ids), "{what}: {used:?} and not {ids:?}");
    let hidden = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.chars().any(hidden), "{what}");
}

#[test]
fn every_picture_of_every_fixture_is_inert() {
    for fixture in kit::fixtures() {
        for picture in PICTURES {
            let text = plot(&fixture, picture, &["--vantage", "IN"]);
            inert(&format!("{} {picture}", fixture.name), &text);
        }
    }
}

#[test]
fn hostile_names_are_words() {
    let fixture = kit::fixture("hostile-names");
    let text = plot(&fixture, "timeline", &[]);
    let document = Document::parse(&text).unwrap();
    let names: String = document
        .descendants()
        .filter_map(|node| node.text())
        .collect();
    assert!(!text.contains("<script") && !text.contains("<img"));
    assert!(
        names.contains('<') || names.contains("\\x"),
        "the names are gone"
    );
}

#[test]
fn the_same_bytes_in_any_number_of_threads() {
    let fixture = kit::fixture("redmi-india-after");
    for picture in PICTURES {
        let one = plot(&fixture, picture, &["--vantage", "IN"]);
        let two = plot(&fixture, picture, &["--vantage", "IN", "--threads", "2"]);
        assert!(one == two, "{picture}");
    }
}

/// The countries and their numbers are those of JSON.
#[test]
fn the_map_says_what_json_says() {
    for name in ["redmi-india-before", "redmi-india-after"] {
        let fixture = kit::fixture(name);
        let report = fixture.audit(&[]);
        let mut counts: BTreeMap<(String, String, bool), u64> = BTreeMap::new();
        for destination in report["destinations"].as_array().unwrap() {
            let Some(code) = destination["country"].as_str() else {
                continue;
            };
            if destination["scope"] != "outbound" {
                continue;
            }
            let name = whereto::model::Country::new(code).unwrap().name().unwrap();
            let verdict = destination["verdict"].as_str().unwrap_or("not judged");
            let sure = destination["country_confidence"] == "high";
            let key = (name.to_owned(), verdict.to_owned(), sure);
            *counts.entry(key).or_default() += 1;
        }
        assert!(counts.len() > 2, "{name}: {counts:?}");
        let text = plot(&fixture, "map", &[]);
        let document = Document::parse(&text).unwrap();
        let said = document
            .descendants()
            .find(|node| node.has_tag_name("desc"))
            .unwrap();
        let said = said.text().unwrap();
        for ((country, verdict, sure), count) in &counts {
            let plural = if *count == 1 { "" } else { "s" };
            let sure = if *sure { "high" } else { "medium or low" };
            let found = said.split(". ").find(|part| {
                part.starts_with(&format!("{country}: {count} destination{plural}, "))
                    && part.ends_with(&format!("{sure} confidence, {verdict}"))
            });
            assert!(
                found.is_some(),
                "{name}: {country} {count} {verdict}: {said}"
            );
        }
    }
}

#[test]
fn a_file_is_what_standard_output_gets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.svg");
    let fixture = kit::fixture("ipv6");
    let out = plot(&fixture, "map", &["-o", path.to_str().unwrap(), "-o", "-"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), out);
    let wrong = folder.path().join("map.png");
    let refused = whereto(&[
        "plot",
        "map",
        &fixture.capture,
        "-o",
        wrong.to_str().unwrap(),
    ]);
    let refused = { refused }.output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains(".svg"));
}

#[test]
fn without_a_vantage_round_trips_are_not_drawn_and_it_says_why() {
    let text = plot(&kit::fixture("redmi-india-after"), "rtt", &[]);
    inert("rtt", &text);
    assert!(text.contains("Not drawn: a distance needs a place to measure from"));
    let drawn = plot(
        &kit::fixture("redmi-india-after"),
        "rtt",
        &["--vantage", "IN"],
    );
    assert!(drawn.contains("Light in fibre"));
    let value: Value = kit::fixture("redmi-india-after").audit(&["--vantage", "IN"]);
    assert_eq!(value["settings"]["vantage"], "IN");
    assert!(drawn.contains(">Singapore<") && drawn.contains(">China<"));
}
