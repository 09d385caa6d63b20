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
