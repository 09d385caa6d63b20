//! `whereto explain`: one finding whole, from captures and from a saved report.
//!
//! `UPDATE=1 cargo test --test it explain` rewrites the pages under `tests/it/explain/`. Read the
//! diff before it is committed.

use crate::kit;
use std::process::{Command, Output};

const CAPTURE: &str = "fixtures/redmi-india-before/capture.pcap";
const CLAIMS: &str = "fixtures/claims/xiaomi-2014-10-27.toml";
const FINDING: &str = "EC-04c954fe56";

fn explain(asked: &str, arguments: &[&str]) -> Command {
    let mut command = kit::whereto(&["explain", asked]);
    command.args(arguments);
    command
}

/// On the capture, with the expectation and the claims of the golden pages.
fn judged(asked: &str, arguments: &[&str]) -> Command {
    let mut command = explain(
        asked,
        &[CAPTURE, "--expect", "IN,SG,US", "--claims", CLAIMS],
    );
    command.args(arguments);
    command
}

#[track_caller]
fn page(command: &mut Command) -> String {
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(matches!(out.status.code(), Some(0 | 4)), "{said}");
    String::from_utf8(out.stdout).unwrap()
}

/// One line on standard error, and exit code 2.
#[track_caller]
fn refused(command: &mut Command) -> String {
    let Output {
        status,
        stderr,
        stdout,
    } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(stdout.is_empty());
    said
}

#[test]
fn pages_are_as_they_were() {
    let mut differ = Vec::new();
    let cases = [
        (
            "finding",
            FINDING,
            ["--about", "tests/it/explain/about.toml"],
        ),
        ("claim", "data-centre-in-india", ["--vantage", "IN"]),
    ];
    for (name, asked, more) in cases {
        for width in ["80", "140"] {
            let got = page(judged(asked, &more).args(["--width", width]));
            let most: usize = width.parse().unwrap();
            for line in got.lines() {
                assert!(line.chars().count() <= most, "{width}: {line}");
            }
            let path = format!("tests/it/explain/{name}-{width}.txt");
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(kit::repo(&path), &got).unwrap();
            } else if std::fs::read_to_string(kit::repo(&path)).unwrap_or_default() != got {
                differ.push(path);
            }
        }
    }
    assert!(
        differ.is_empty(),
        "UPDATE=1 rewrites, then read the diff: {differ:?}"
    );
}

/// Everything but the note that it was saved is the same, over every finding and claim of every
/// case.
#[test]
fn a_saved_report_explains_as_the_capture_does() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved.json");
    let mut explained = 0;
    for fixture in kit::fixtures().iter().filter(|it| it.expect.is_some()) {
        let report = fixture.audit(&["--claims", CLAIMS, "--vantage", "IN"]);
        std::fs::write(&saved, serde_json::to_vec(&report).unwrap()).unwrap();
        let ids = [("findings", ""), ("claims", "claim:")].map(|(list, prefix)| {
            let ids = kit::column(&report, list, "id").into_iter();
            ids.map(|id| format!("{prefix}{id}")).collect::<Vec<_>>()
        });
        for id in ids.concat() {
            let expect = fixture.expect.as_deref().unwrap();
            let own = [
                &fixture.capture,
                "--expect",
                expect,
                "--claims",
                CLAIMS,
                "--vantage",
                "IN",
            ];
            let own = page(explain(&id, &own).args(&fixture.arguments));
            let read = page(&mut explain(&id, &[saved.to_str().unwrap()]));
            let at = read.find("Note: Read from a saved report").unwrap();
            // What follows are notes that both have.
            assert_eq!(
                read[..at].trim_end(),
                own.split("\nNote: ").next().unwrap().trim_end()
            );
            explained += 1;
        }
    }
    assert!(explained > 20, "{explained}");
}

/// The command that a page prints writes the packets that the page lists.
#[test]
fn the_printed_command_writes_the_packets() {
    let folder = tempfile::tempdir().unwrap();
    for asked in [FINDING, "data-centre-in-india"] {
        let text = page(&mut judged(asked, &["--width", "80"]));
        let at = text.find("  whereto extract ").unwrap();
        let command = text[at..].split("\n\n").next().unwrap();
        let command = command.replace("whereto ", &format!("{} ", env!("CARGO_BIN_EXE_whereto")));
        let command = command.replace("-o ", &format!("-o {}/", folder.path().display()));
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(kit::repo("."));
        let Ok(out) = shell.env("WHERETO_DATA_DIR", folder.path()).output() else {
            return kit::skip("sh is not here");
        };
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{command}: {said}");
    }
    let written: Vec<String> = kit::files(folder.path())
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        written,
        [
            format!("{FINDING}.pcapng"),
            "claim-data-centre-in-india.pcapng".into()
        ]
    );
    let pcapng = folder.path().join(&written[0]);
    let out = kit::whereto(&["info", "--format", "json", pcapng.to_str().unwrap()]);
    let info = String::from_utf8({ out }.output().unwrap().stdout).unwrap();
    let info: serde_json::Value = serde_json::from_str(&info).unwrap();
    // Frames 45 to 54 and 73 to 94 are not all of these two flows.
    let packets = info["totals"]["packets"].as_u64().unwrap();
    assert!((10..=32).contains(&packets), "{packets}");
}

#[test]
fn one_thing_may_be_asked_for_in_many_ways() {
    let whole = page(&mut judged(FINDING, &[]));
    for asked in [
        "ec-04C954FE56",
        "EC-04",
        "04c9",
        "api.account.xiaomi.com",
        "42.62.94.10",
    ] {
        assert_eq!(page(&mut judged(asked, &[])), whole, "{asked}");
    }
    let by_flow = page(&mut judged("7", &[]));
    assert!(by_flow.contains("Asked for    flow 7\n"), "{by_flow}");
    assert_eq!(by_flow.replace("  Asked for    flow 7\n", ""), whole);
    for asked in [
        "claim:data-centre-in-india",
        "claim-data-centre-in-india",
        "data-c",
    ] {
        let claim = page(&mut judged(asked, &[]));
        assert!(
            claim.starts_with("claim data-centre-in-india\n◇ indeterminate\n"),
            "{claim}"
        );
    }
}

#[test]
fn what_was_not_judged_is_explained_all_the_same() {
    let text = page(&mut explain("tracking.miui.com", &[CAPTURE]));
    assert!(
        text.starts_with("destination tracking.miui.com\n"),
        "{text}"
    );
    assert!(text.contains("Nothing was judged here"), "{text}");
    assert!(text.contains("Name owned by Xiaomi (CN)"), "{text}");
}

#[test]
fn what_is_not_there_is_told_in_one_line_with_what_is_near() {
    let said = refused(&mut judged("EC-04d954fe56", &[]));
    assert!(said.contains("nearest: EC-04c954fe56"), "{said}");
    let said = refused(&mut judged("EC-0", &[]));
    assert!(
        said.contains("3 ids begin like this, among them EC-04c954fe56 (violated, "),
        "{said}"
    );
    let said = refused(&mut judged("9999", &[]));
    assert!(said.contains("there are flows 1 to 20"), "{said}");
    let said = refused(&mut judged("tracking.miui.con", &[]));
    assert!(said.contains("nearest: tracking.miui.com"), "{said}");
    let said = refused(&mut explain(CAPTURE, &["EC-04"]));
    assert!(
        said.contains("the finding comes before the capture"),
        "{said}"
    );
    let said = refused(&mut judged("\u{1b}[2J\u{202e}", &[]));
    assert!(
        !said.contains('\u{1b}') && !said.contains('\u{202e}'),
        "{said:?}"
    );
}

#[test]
fn a_saved_report_keeps_what_it_was_made_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let path = path.to_str().unwrap();
    let out = kit::whereto(&["audit", CAPTURE, "-q", "-o", path])
        .status()
        .unwrap();
    assert!(out.success());
    let said = refused(&mut explain("EC-04", &[path, "--expect", "IN"]));
    assert!(said.contains("leave out --expect"), "{said}");
    let said = refused(&mut explain("EC-04", &[path, CAPTURE]));
    assert!(said.contains("a saved report stands alone"), "{said}");
    let said = refused(&mut explain("EC-04", &[path]));
    assert!(said.contains("nearest: "), "{said}");
    std::fs::write(path, "{\"whereto\": {\"schema\": 99}, \"findings\": []}").unwrap();
    let said = refused(&mut explain("EC-04", &[path]));
    assert!(
        said.contains("its schema is 99, this version reads 1"),
        "{said}"
    );
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let plain = page(&mut judged(FINDING, &[]));
    assert!(!plain.contains('\u{1b}'));
    let coloured = page(&mut judged(FINDING, &["--color", "always"]));
    assert!(
        coloured.contains("\u{1b}[1;31m■ violated\u{1b}[0m"),
        "{coloured}"
    );
}
