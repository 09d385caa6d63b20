//! Every format, over names that attack.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{DIFF_FORMATS, sample};
use crate::report::{Style, escape};

fn written(format: &str, width: usize) -> String {
    let format = DIFF_FORMATS
        .iter()
        .find(|known| known.name == format)
        .unwrap();
    let mut out = Vec::new();
    let style = Style {
        width,
        colour: false,
    };
    (format.write)(&sample::diff(), style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn nothing_acts_on_a_terminal() {
    for format in DIFF_FORMATS {
        let text = written(format.name, 100);
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(bad), "{}: {text}", format.name);
    }
}

#[test]
fn lines_fit_the_terminal_and_every_status_has_its_part() {
    for width in [80, 100, 140] {
        let text = written("text", width);
        for line in text.lines() {
            assert!(escape::columns(line) <= width, "{width}: {line}");
        }
        for part in [
            "MOVED",
            "CHANGED",
            "APPEARED",
            "VANISHED",
            "NOT COMPARABLE",
            "UNCHANGED",
            "CLAIMS",
            "COMPARED",
        ] {
            assert!(text.lines().any(|line| line.starts_with(part)), "{part}");
        }
    }
}

#[test]
fn rows_of_csv_have_as_many_cells_as_the_header() {
    let text = written("csv", 100);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().len();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 9);
    assert!(rows.iter().all(|row| row.len() == header));
    // A cell that a spreadsheet would calculate begins with an apostrophe.
    assert!(
        rows.iter()
            .all(|row| row.iter().all(|cell| !cell.starts_with(['=', '+', '@'])))
    );
}

#[test]
fn a_round_trip_is_told_with_both_sides() {
    let diff = sample::diff();
    assert_eq!(super::trip_words(&diff.names[0]), "241 → 241 ms");
    assert_eq!(
        super::summary(&diff),
        "1 name moved, 1 changed at the same or partly the same place, 1 appeared, 1 vanished, 1 unchanged, 1 not comparable."
    );
}

#[test]
fn nothing_becomes_markup() {
    let page = written("html", 100);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<style").count(), 1);
    assert_eq!(
        page.matches("http-equiv=\"Content-Security-Policy\"")
            .count(),
        1
    );
    for bad in ["<img", "onerror=", "javascript:", " src=", "<a href=\"http"] {
        assert!(!page.contains(bad), "{bad}");
    }
    // Every name and claim stands there all the same.
    let diff = sample::diff();
    let rows = page.matches("<tr id=\"c-").count();
    assert_eq!(rows, diff.names.len());
    assert_eq!(
        page.matches("<article class=\"card ").count(),
        diff.claims.len()
    );
}

#[test]
fn verdicts_reach_the_formats_of_automation() {
    let diff = sample::diff();
    let sarif: serde_json::Value = serde_json::from_str(&written("sarif", 100)).unwrap();
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), diff.claims.len());
    let notes = run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap();
    assert!(notes.len() >= diff.caveats.len());
    // Sizes that are not known are not written down.
    let artifacts = run["artifacts"].as_array().unwrap();
    assert!(artifacts.iter().all(|one| one.get("length").is_none()));
    let junit = written("junit", 100);
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    let of_claims = cases.filter(|case| case.attribute("classname").unwrap().contains("claims"));
    assert_eq!(of_claims.count(), diff.claims.len());
}
