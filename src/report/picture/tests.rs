#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::report::sample;

#[test]
fn every_report_has_four_pictures_and_every_row_its_cells() {
    for report in [sample::report(), sample::unjudged(), sample::empty()] {
        let pictures = all(&report).unwrap();
        let ids: Vec<&str> = pictures.iter().map(|picture| picture.id).collect();
        assert_eq!(ids, ["map", "timeline", "flow", "rtt"]);
        for picture in &pictures {
            assert!(!picture.title.is_empty() && !picture.subtitle.is_empty());
            let columns = picture.table.header.len();
            assert!(picture.table.rows.iter().all(|row| row.len() == columns));
        }
        assert_eq!(pictures, all(&report).unwrap());
    }
}

#[test]
fn the_tables_have_the_bytes_of_the_report() {
    let report = sample::report();
    let outbound = groups::outbound(&report)
        .map(|one| one.bytes_out)
        .sum::<u64>();
    let pictures = all(&report).unwrap();
    let bytes = |at: usize| -> u64 {
        let rows = pictures[at].table.rows.iter();
        rows.map(|row| match row.last() {
            Some(Cell::Number(bytes)) => *bytes,
            other => panic!("{other:?}"),
        })
        .sum()
    };
    assert_eq!(bytes(0), outbound);
    assert_eq!(bytes(1), bytes(2));
}

#[test]
fn the_round_trips_are_not_drawn_without_a_vantage() {
    let pictures = all(&sample::unjudged()).unwrap();
    assert!(pictures[3].wide.is_none());
    assert!(pictures[3].subtitle.starts_with("Not drawn"));
}

#[test]
fn a_drawing_holds_no_orders() {
    for picture in all(&sample::report()).unwrap() {
        let alone = picture.alone();
        for word in ["<script", " style=", " on", "javascript:", "<foreignObject"] {
            let found = alone
                .replace("\" on\"", "")
                .contains(&format!("{word}load"));
            assert!(!found, "{word}");
        }
        assert!(!alone.contains("<script") && !alone.contains(" style="));
        assert!(!alone.contains('\u{202e}') && !alone.contains('\u{1b}'));
        assert_eq!(alone.matches("http").count(), 1, "the name space alone");
    }
}
