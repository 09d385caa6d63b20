//! Snapshots in `../testdata`: `UPDATE=1 cargo test` rewrites them; read the diff.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use super::*;
use crate::report::sample;

type Print = fn(&Report, Style, &mut dyn Write) -> io::Result<()>;

fn print(print: Print, report: &Report, width: usize, colour: bool) -> String {
    let mut out = Vec::new();
    print(report, Style { width, colour }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[track_caller]
fn check(name: &str, what: Print, of: &Report, width: usize) {
    let got = print(what, of, width, false);
    for line in got.lines() {
        assert!(escape::columns(line) <= width, "wider than {width}: {line}");
        assert_eq!(line, line.trim_end());
        assert!(!line.contains(|c: char| c.is_control()));
    }
    let path = format!(
        "{}/src/report/testdata/{name}-{width}.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &got).unwrap();
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(got, want, "{name} at {width} differs");
}

#[test]
fn an_audit_reads_as_recorded() {
    let judged = sample::report();
    check("judged", report, &judged, 80);
    check("judged", report, &judged, 140);
    let claimed = sample::claimed();
    check("claimed", report, &claimed, 80);
    check("claimed", report, &claimed, 140);
    check("unjudged", report, &sample::unjudged(), 100);
    let mut policed = crate::report::automation_tests::report();
    policed.settings.expect = None;
    check("policed", report, &policed, 100);
    check("phased", report, &sample::phased(), 80);
    check("phased", report, &sample::phased(), 120);
    check("empty", report, &sample::empty(), 80);
}

#[test]
fn lists_read_as_recorded() {
    let sample = sample::report();
    check("flows", flows, &sample, 80);
    check("flows", flows, &sample, 140);
    check("dns", dns, &sample, 100);
    check("info", info, &sample, 100);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let sample = sample::report();
    let plain = print(report, &sample, 100, false);
    let colourful = print(report, &sample, 100, true);
    assert_ne!(plain, colourful);
    let mut stripped = String::new();
    let mut rest = colourful.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    stripped.push_str(rest);
    let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}

/// Words that would claim more than a capture can show.
#[test]
fn wording_stays_careful() {
    for of in [
        sample::report(),
        sample::claimed(),
        sample::unjudged(),
        sample::empty(),
    ] {
        let text = print(report, &of, 200, false).to_lowercase();
        for word in [
            "illegal",
            "spying",
            "leak",
            "sent data",
            "lied",
            "government",
        ] {
            assert!(!text.contains(word), "{word}");
        }
        assert!(text.contains("in this capture"));
    }
}

#[test]
fn silence_about_drops_is_not_zero() {
    let text = print(report, &sample::report(), 200, false);
    assert!(
        text.contains("by the interface 3, by the system not recorded"),
        "{text}"
    );
    assert!(text.contains("not recorded by 2 of 3 interfaces"), "{text}");
}

#[test]
fn flagged_rows_are_never_folded_away() {
    let mut sample = sample::report();
    let violated = sample.destinations.first().unwrap().clone();
    sample
        .destinations
        .splice(0..0, std::iter::repeat_n(violated, 60));
    let text = print(report, &sample, 120, false);
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("  ■  telemetry"))
            .count(),
        61
    );
    assert!(text.contains("other (3)"));
}
