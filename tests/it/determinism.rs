//! Same bytes, same version, same data, same options: same output, byte for byte.

use crate::kit::{self, fixtures, whereto};
use std::process::Command;

const BEFORE: &str = "fixtures/redmi-india-before/capture.pcap";
const AFTER: &str = "fixtures/redmi-india-after/capture.pcap";

#[track_caller]
fn stdout(mut command: Command) -> String {
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(matches!(out.status.code(), Some(0 | 1 | 3 | 4)), "{said}");
    String::from_utf8(out.stdout).unwrap()
}

/// Locale, time zone, folder, home and terminal do not show.
#[test]
fn surroundings_do_not_change_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    for fixture in fixtures() {
        // The path stands in the report as it was given, so both runs give the same one.
        let name = fixture.capture.rsplit('/').next().unwrap();
        let near = kit::repo("fixtures").join(&fixture.name);
        let far = folder.path().join(&fixture.name);
        std::fs::create_dir(&far).unwrap();
        std::fs::copy(near.join(name), far.join(name)).unwrap();
        for format in ["json", "text", "csv"] {
            let mut plain = whereto(&["audit", name, "--expect", "IN,SG,US", "--format", format]);
            plain
                .current_dir(near.clone())
                .env("LC_ALL", "C")
                .env("TZ", "UTC0");
            let mut odd = whereto(&["audit", name, "--expect", "IN,SG,US", "--format", format]);
            odd.current_dir(far.clone())
                .env("LC_ALL", "tr_TR.UTF-8")
                .env("LANG", "ar_EG.UTF-8");
            odd.env("TZ", "Pacific/Chatham")
                .env("HOME", "/nonexistent")
                .env("TERM", "xterm-256color");
            assert!(stdout(plain) == stdout(odd), "{} as {format}", fixture.name);
        }
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    for fixture in fixtures() {
        let once = stdout(fixture.command(&[]));
        assert!(once == stdout(fixture.command(&[])), "{}", fixture.name);
    }
}

#[test]
fn threads_do_not_change_a_byte() {
    for fixture in fixtures() {
        let one = stdout(fixture.command(&["--threads", "1"]));
        let two = stdout(fixture.command(&["--threads", "2"]));
        assert!(one == two, "{}", fixture.name);
    }
}

/// Captures of one device are merged in time order, whatever order they are given in.
#[test]
fn the_order_of_inputs_does_not_change_the_rows() {
    let flows =
        |paths: [&str; 2]| stdout(whereto(&["flows", paths[0], paths[1], "--format", "csv"]));
    let rows = flows([BEFORE, AFTER]);
    assert!(rows.lines().count() > 20);
    assert!(rows == flows([AFTER, BEFORE]));
}
