//! Same bytes, same version, same data, same options: same output, byte for byte.

use crate::kit::{self, fixtures, whereto};
use std::collections::BTreeMap;
use std::path::Path;
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

/// What is written beside it decides whether rows are kept.
#[test]
fn a_report_alone_is_that_beside_others() {
    let folder = tempfile::tempdir().unwrap();
    let asked: &[&[&str]] = &[
        &["--expect", "SG,US"],
        &["--policy", "eu-gdpr-chapter-v"],
        &["--claims", "fixtures/claims/xiaomi-2014-10-22.toml"],
    ];
    for words in asked {
        let mut written = Vec::new();
        for beside in [&[][..], &["-o", "all.json", "-o", "flows.csv"]] {
            for threads in ["1", "2"] {
                let mut command = whereto(&["audit", "-o", "report.txt"]);
                command.args(["-o", "all.findings.csv", "--threads", threads]);
                let given = |word: &&str| match word.split_once('/') {
                    Some(("fixtures", _)) => kit::repo(word),
                    _ => word.into(),
                };
                let words = [&BEFORE].into_iter().chain(beside).chain(*words);
                command.args(words.map(given)).current_dir(folder.path());
                stdout(command);
                let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
                written.push((read("report.txt"), read("all.findings.csv")));
            }
        }
        let all = written.iter().all(|one| *one == written[0]);
        assert!(all && !written[0].0.is_empty(), "{words:?}");
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

/// All that an audit can write, by name: every form of the report, the pictures, a bundle.
struct Run<'a> {
    folder: &'a Path,
    inputs: &'a [&'a str],
    more: &'a [&'a str],
    environment: &'a [(&'a str, &'a str)],
}

const FORMS: &[&str] = &[
    "r.html",
    "r.json",
    "r.txt",
    "r.md",
    "r.sarif",
    "r.xml",
    "r.csv",
    "r.findings.csv",
    "r.claims.csv",
];

impl Run<'_> {
    fn outputs(&self) -> BTreeMap<String, Vec<u8>> {
        let out = tempfile::tempdir().unwrap();
        let path = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
        let claims = kit::repo("fixtures/claims/xiaomi-2014-10-22.toml");
        let judged = ["--expect", "IN,SG,US", "--claims", claims.to_str().unwrap()];
        let mut audit = self.command(&["audit"]);
        audit.args(judged);
        for form in FORMS {
            audit.args(["-o", &path(form)]);
        }
        stdout(audit);
        for picture in ["map", "timeline", "flow", "rtt"] {
            let mut plot = self.command(&["plot", picture]);
            plot.args([
                "--expect",
                "IN,SG,US",
                "-o",
                &path(&format!("{picture}.svg")),
            ]);
            stdout(plot);
        }
        let mut bundle = self.command(&["bundle"]);
        bundle.args(judged).args(["-o", &path("bundle")]);
        stdout(bundle);
        let mut zip = self.command(&["bundle"]);
        zip.args(judged).args(["-o", &path("bundle.zip")]);
        stdout(zip);
        let files = kit::files(out.path()).into_iter();
        files
            .map(|file| {
                let name = file.strip_prefix(out.path()).unwrap();
                let name = name.to_string_lossy().into_owned();
                (name, std::fs::read(&file).unwrap())
            })
            .collect()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = whereto(words);
        command.args(self.inputs).args(["--vantage", "IN"]);
        command.args(self.more).current_dir(self.folder);
        command.envs(self.environment.iter().copied());
        command
    }
}

#[track_caller]
fn same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, what: &str) {
    assert!(one.len() > FORMS.len() + 4 + 10, "{:?}", one.keys());
    assert!(one.keys().eq(other.keys()), "{what}: {:?}", other.keys());
    for (name, bytes) in one {
        assert!(other.get(name) == Some(bytes), "{what}: {name}");
    }
}

/// A folder with both lab captures, under names of their own.
fn captures() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in [("a.pcap", BEFORE), ("b.pcap", AFTER)] {
        std::fs::copy(kit::repo(path), folder.path().join(name)).unwrap();
    }
    folder
}

/// Threads, locale, time zone, folder and terminal show in no output at all.
#[test]
fn no_output_shows_where_and_how_it_was_made() {
    let (here, there) = (captures(), captures());
    let run = |folder, more: &[&str], environment: &[(&str, &str)]| {
        let inputs = &["b.pcap"];
        let run = Run {
            folder,
            inputs,
            more,
            environment,
        };
        run.outputs()
    };
    let plain = [("LC_ALL", "C"), ("TZ", "UTC0")];
    let odd = [
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "ar_EG.UTF-8"),
        ("TZ", "Pacific/Chatham"),
        ("TERM", "xterm-256color"),
        ("COLUMNS", "43"),
        ("HOME", "/nonexistent"),
    ];
    let one = run(here.path(), &["--threads", "1"], &plain);
    for threads in ["2", "8"] {
        let more = run(here.path(), &["--threads", threads], &plain);
        same(&one, &more, &format!("{threads} threads"));
    }
    same(
        &one,
        &run(there.path(), &["--threads", "1"], &odd),
        "surroundings",
    );
}

/// Nothing depends on which capture is named first: inputs are listed by the time of their first
/// packets.
#[test]
fn the_order_of_inputs_changes_no_output() {
    let folder = captures();
    let outputs = |inputs: &[&str]| {
        let run = Run {
            folder: folder.path(),
            inputs,
            more: &[],
            environment: &[],
        };
        run.outputs()
    };
    let (one, other) = (
        outputs(&["a.pcap", "b.pcap"]),
        outputs(&["b.pcap", "a.pcap"]),
    );
    assert!(one.keys().eq(other.keys()));
    assert!(one.len() > 10);
    for (name, bytes) in &one {
        assert!(other.get(name) == Some(bytes), "{name}");
    }
}
