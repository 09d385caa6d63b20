//! The command line as a user meets it: exit codes, outputs, failures.

use crate::kit::{self, fixture, whereto};
use std::io::{Read as _, Write as _};
use std::process::Stdio;

const AFTER: &str = "fixtures/redmi-india-after/capture.pcap";

/// 0 nothing violated, 1 violated, 2 usage or I/O, 3 indeterminate only, 4 damaged input.
#[test]
fn exit_codes_say_what_was_found() {
    #[track_caller]
    fn check(arguments: &[&str], want: i32) {
        let out = whereto(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(want), "{arguments:?}: {said}");
    }
    check(&["audit", AFTER], 0);
    check(&["audit", AFTER, "--expect", "CN,IN,SG,US"], 0);
    check(&["audit", AFTER, "--expect", "IN,SG,US"], 1);
    check(
        &[
            "audit",
            "fixtures/tls13-split-hello/capture.pcap",
            "--expect",
            "IN",
        ],
        3,
    );
    check(&["audit", "fixtures/damaged-cut/capture.pcap"], 4);
    check(&["audit"], 2);
    check(&["audit", "no/such/file.pcap"], 2);
    check(&["audit", AFTER, "--expect", "Atlantis"], 2);
    check(&["audit", AFTER, "--expect", "@NOWHERE"], 2);
    check(&["audit", AFTER, "--format", "papyrus"], 2);
    check(&["audit", AFTER, "--device", "not-an-address"], 2);
    check(&["audit", AFTER, "--geo", "Cargo.toml"], 2);
    check(&["flows", AFTER], 0);
    check(&["dns", AFTER], 0);
    check(&["info", AFTER], 0);
    check(&["--help"], 0);
    check(&["--version"], 0);
}

/// A message names the file and what to do; it is one line and no panic.
#[test]
fn errors_are_one_line_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "this is no capture, whatever its name\n".repeat(10)).unwrap();
    let empty = folder.path().join("empty-folder");
    std::fs::create_dir(&empty).unwrap();
    for path in [text, empty, folder.path().join("absent.pcap")] {
        let out = whereto(&["audit"]).arg(&path).output().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(
            said.contains(path.file_name().unwrap().to_str().unwrap()),
            "{said}"
        );
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(out.stdout.is_empty());
    }
}

#[test]
fn output_files_take_their_format_from_their_name_and_are_whole_or_absent() {
    let folder = tempfile::tempdir().unwrap();
    let (json, csv) = (folder.path().join("a.json"), folder.path().join("b.csv"));
    let out = whereto(&["audit", AFTER, "-o"])
        .arg(&json)
        .arg("-o")
        .arg(&csv)
        .output()
        .unwrap();
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert!(report["flows"].as_array().unwrap().len() > 5);
    assert!(
        std::fs::read_to_string(&csv)
            .unwrap()
            .starts_with("flow,scope,transport,")
    );
    // A run that fails leaves what was there, and nothing half-written beside it.
    let before = std::fs::read(&json).unwrap();
    let out = whereto(&["audit", "no/such/file.pcap", "-o"])
        .arg(&json)
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(std::fs::read(&json).unwrap(), before);
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["a.json", "b.csv"]);
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let out = whereto(&["audit", AFTER, "-o", "no/such/folder/a.json"])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("no/such/folder"));
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("report.papyrus");
    let out = whereto(&["audit", AFTER, "-o"]).arg(&odd).output().unwrap();
    assert_eq!(out.status.code(), Some(2), "an ending that is no format");
    assert!(!odd.exists());
}

/// A full disk must not look like a short report.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for format in ["text", "json", "csv"] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let out = whereto(&["audit", AFTER, "--format", format])
            .stdout(full)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{format}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

/// `whereto … | head -n 1` is how one looks at long output: a closed pipe is no failure.
#[test]
fn a_closed_pipe_is_no_failure() {
    for format in ["text", "json", "csv"] {
        let mut child = whereto(&[
            "audit",
            "fixtures/hostile-names/capture.pcap",
            "--format",
            format,
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{format}: {said}");
        assert!(said.is_empty(), "{format}: {said}");
    }
}

/// `-` reads what is piped in, and finds the same.
#[test]
fn standard_input_is_a_capture_too() {
    let bytes = std::fs::read(kit::repo(AFTER)).unwrap();
    let mut child = whereto(&["flows", "-", "--format", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || stdin.write_all(&bytes));
    let piped = child.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    let opened = whereto(&["flows", AFTER, "--format", "csv"])
        .output()
        .unwrap();
    assert!(piped.stdout == opened.stdout && piped.stdout.len() > 1000);
}

/// Colour is for terminals; what is piped is plain.
#[test]
fn piped_text_has_no_terminal_sequences() {
    for command in ["audit", "flows", "dns", "info"] {
        let out = whereto(&[command, AFTER]).output().unwrap();
        assert!(!out.stdout.is_empty(), "{command} says nothing");
        assert!(!out.stdout.contains(&0x1b), "{command} is coloured");
    }
}

/// The report must say what it is based on, and what it lacks.
#[test]
fn the_text_report_credits_its_data_and_states_its_losses() {
    let out = whereto(&["audit", AFTER, "--expect", "IN,SG,US"])
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("tracking.miui.com"), "{text}");
    assert!(
        text.contains("DB-IP"),
        "the licence asks for credit\n{text}"
    );
    assert!(
        text.contains("not recorded"),
        "a pcap says nothing of drops\n{text}"
    );
}

#[test]
fn a_damaged_file_gives_what_stands_before_the_damage() {
    let report = fixture("damaged-cut").audit(&[]);
    let names: Vec<_> = report["flows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flow| flow["name"].clone())
        .collect();
    assert!(names.contains(&"before.example".into()), "{names:?}");
}

/// Without libpcap its options exist, and say in one line how to get them.
#[cfg(not(feature = "live"))]
#[test]
fn options_that_need_libpcap_say_so() {
    for option in [
        &["audit", "--interface", "lo"][..],
        &["flows", AFTER, "--filter", "tcp"],
    ] {
        let out = whereto(option).output().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("--features live"), "{said}");
    }
}

/// A folder with a capture and its compressed copy: everything in it would count twice.
#[test]
fn the_same_capture_twice_is_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(kit::repo(AFTER), folder.path().join("a.pcap")).unwrap();
    std::fs::copy(kit::repo(AFTER), folder.path().join("b.pcap")).unwrap();
    let out = whereto(&["info", "--format", "json"])
        .arg(folder.path())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let warnings = report["losses"]["warnings"].to_string();
    assert!(
        warnings.contains("b.pcap holds the same capture as"),
        "{warnings}"
    );
}
