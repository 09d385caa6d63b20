//! The guides are true: their `sh` blocks run, from the first line to the last, and end as their
//! remarks say.
//!
//! What needs a phone or an administrator stands in `console` blocks, and is not run.

use crate::kit;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GUIDES: [&str; 3] = ["journalist", "regulator", "security-team"];
/// What the guides take from the clone.
const CAPTURES: [&str; 2] = ["redmi-india-after", "redmi-india-before"];

/// The lines of a guide's `sh` blocks, as one script that stops at the first line that ends
/// otherwise than its remark says.
fn script(guide: &str) -> (String, usize) {
    let text = kit::read(&format!("docs/guide-{guide}.md"));
    let blocks = text.split("```sh\n").skip(1);
    let lines: String = blocks
        .map(|block| block.split("```").next().unwrap())
        .collect();
    let mut script = String::new();
    let mut commands = 0;
    let mut here_document = false;
    for line in lines.lines() {
        script.push_str(line);
        script.push('\n');
        let begins = line.ends_with("<<'END'");
        here_document = begins || (here_document && line != "END");
        if here_document || line.is_empty() {
            continue;
        }
        let expected = line.split("# exit code ").nth(1);
        let expected = expected.map_or("0", |rest| rest.get(..1).unwrap());
        let told = line.replace('\'', "");
        script.push_str(&format!(
            "code=$?; [ $code = {expected} ] || {{ echo \"ended with $code:\" '{told}' >&2; exit 99; }}\n"
        ));
        commands += 1;
    }
    (script, commands)
}

/// Runs a guide over the captures of `from`.
#[track_caller]
fn run(guide: &str, from: &dyn Fn(&str) -> PathBuf) {
    let (script, commands) = script(guide);
    assert!(commands > 10, "{guide}: {commands} commands");
    let Some(out) = output(&script, from) else {
        return kit::skip("sh is not here: the guides were not run");
    };
    assert!(
        out.status.success(),
        "{guide}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// Runs a script in a folder like a clone, with the captures of `from` in it.
fn output(script: &str, from: &dyn Fn(&str) -> PathBuf) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    for case in CAPTURES {
        let own = folder.path().join("fixtures").join(case);
        std::fs::create_dir_all(&own).unwrap();
        std::fs::copy(from(case), own.join("capture.pcap")).unwrap();
        let log = kit::repo(&format!("fixtures/{case}/phases.csv"));
        if log.exists() {
            std::fs::copy(log, own.join("phases.csv")).unwrap();
        }
    }
    let claims = folder.path().join("fixtures/claims");
    std::fs::create_dir_all(&claims).unwrap();
    for path in kit::files(&kit::repo("fixtures/claims")) {
        std::fs::copy(&path, claims.join(path.file_name().unwrap())).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_whereto")).parent().unwrap();
    let path = format!(
        "{}:{}",
        program.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let out = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("WHERETO_DATA_DIR", folder.path().join("no-installed-data"))
        .stdin(std::process::Stdio::null())
        .output();
    out.ok()
}

fn of_the_clone(case: &str) -> PathBuf {
    kit::repo(&format!("fixtures/{case}/capture.pcap"))
}

#[test]
fn the_guides_run_over_the_captures_of_the_clone() {
    for guide in GUIDES {
        run(guide, &of_the_clone);
    }
}

#[test]
fn the_guides_run_over_the_captures_of_the_laboratory() {
    let Some(lab) = kit::shared("lab") else {
        return;
    };
    for guide in GUIDES {
        run(guide, &|case| lab.join(format!("{case}.pcap")));
    }
}

/// The script does stop where a line ends otherwise than it should.
#[test]
fn a_wrong_exit_code_is_found() {
    let (script, _) = script("journalist");
    let wrong = script.replacen("[ $code = 1 ]", "[ $code = 3 ]", 1);
    assert_ne!(script, wrong);
    let Some(out) = output(&wrong, &of_the_clone) else {
        return kit::skip("sh is not here");
    };
    assert_eq!(out.status.code(), Some(99));
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(said.contains("ended with 1: whereto audit"), "{said}");
}

/// Each guide goes all the way: capture, audit, read, bundle, publish or file, repeat.
#[test]
fn the_guides_go_all_the_way() {
    for guide in GUIDES {
        let text = kit::read(&format!("docs/guide-{guide}.md"));
        for command in ["audit", "explain", "bundle", "redact", "verify", "diff"] {
            assert!(
                text.contains(&format!("whereto {command} ")),
                "{guide}: {command}"
            );
        }
        for word in ["capturing.md", "limits.md", "Repeat", "reply"] {
            assert!(text.contains(word), "{guide}: {word}");
        }
    }
}
