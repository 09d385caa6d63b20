//! Two captures side by side: what moved, what did not, and what that says of a claim.

use crate::kit::{repo, whereto};
use serde_json::Value;
use std::path::Path;

const BEFORE: &str = "fixtures/redmi-india-before/capture.pcap";
const AFTER: &str = "fixtures/redmi-india-after/capture.pcap";
const HOSTILE: &str = "fixtures/hostile-names/capture.pcap";

fn run(arguments: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let out = whereto(&["diff"]).args(arguments).output().unwrap();
    (
        out.status.code(),
        out.stdout,
        String::from_utf8_lossy(&out.stderr).into_owned(),
    )
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let (code, out, said) = run(&[arguments, &["--format", "json"]].concat());
    assert!(matches!(code, Some(0 | 1 | 3 | 4)), "{code:?}: {said}");
    serde_json::from_slice(&out).unwrap()
}

fn saved(folder: &Path, capture: &str, more: &[&str]) -> String {
    let path = folder
        .join(capture.replace('/', "-"))
        .with_extension("json");
    let path = path.to_string_lossy().into_owned();
    let out = whereto(&["audit", capture, "-o", &path])
        .args(more)
        .output()
        .unwrap();
    assert!(out.status.code().is_some_and(|code| code != 2), "{out:?}");
    path
}

/// The change that has this name on either side.
fn of<'v>(diff: &'v Value, name: &str) -> &'v Value {
    let has = |side: &Value| {
        side["names"]
            .as_array()
            .is_some_and(|names| names.iter().any(|it| it["name"] == name))
    };
    let found = diff["names"].as_array().unwrap().iter();
    found
        .into_iter()
        .find(|change| has(&change["before"]) || has(&change["after"]))
        .unwrap_or_else(|| panic!("no {name}"))
}

fn claims(folder: &Path) -> String {
    let path = folder.join("claims.toml");
    std::fs::write(
        &path,
        r#"
[[claim]]
id = "migrated"
quote = "Services and data of Indian users are being migrated."
speaker = "Vendor"
said = "2014-10-22"
source = "https://example.org/statement"
[claim.subject]
owners = ["Xiaomi"]
[claim.assert]
migrated_since = "2026-11-21T02:40:15Z"

[[claim]]
id = "faster"
quote = "Latency is reduced."
speaker = "Vendor"
said = "2014-10-22"
source = "https://example.org/statement"
[claim.subject]
owners = ["Xiaomi"]
[claim.assert]
latency_reduced = true
"#,
    )
    .unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn a_name_that_moved_is_one_line_with_its_round_trips() {
    for width in ["80", "100", "140"] {
        let (code, out, said) = run(&[BEFORE, AFTER, "--width", width]);
        assert_eq!(code, Some(0), "{said}");
        let text = String::from_utf8(out).unwrap();
        let most: usize = width.parse().unwrap();
        assert!(
            text.lines().all(|line| line.chars().count() <= most),
            "{width}: {text}"
        );
        let moved = text.split("MOVED").nth(1).unwrap();
        let line = moved
            .lines()
            .find(|line| line.contains("update.miui.com"))
            .unwrap();
        assert!(
            line.contains("CN") && line.contains("US") && line.contains("241 → 227 ms"),
            "{line}"
        );
        assert!(
            !moved
                .split("UNCHANGED")
                .next()
                .unwrap()
                .contains("tracking.miui.com")
        );
    }
    let diff = json(&[BEFORE, AFTER]);
    let account = of(&diff, "api.account.xiaomi.com");
    assert_eq!(
        (account["status"].as_str(), account["matched"].as_str()),
        (Some("moved"), Some("name"))
    );
    assert_eq!(account["before"]["places"][0]["country"], "CN");
    assert_eq!(account["after"]["places"][0]["country"], "SG");
    assert_eq!(
        account["after"]["places"][0]["cloud_region"],
        "ap-southeast-1"
    );
    assert_eq!(account["before"]["rtt_ms"], 232.101);
    assert_eq!(account["after"]["rtt_ms"], 70.656);
    assert_eq!(account["encryption"], "changed");
    assert_eq!(of(&diff, "tracking.miui.com")["status"], "unchanged");
    assert_eq!(of(&diff, "mtalk.google.com")["status"], "unchanged");
    assert_eq!(of(&diff, "play.googleapis.com")["status"], "vanished");
    // No name is the same, but owner and function are.
    let chat = of(&diff, "api.chat.xiaomi.net");
    assert_eq!(chat["matched"], "owner-and-function");
    assert_eq!(chat["status"], "moved");
    assert_eq!(of(&diff, "push.global.xiaomi.net"), chat);
}

#[test]
fn claims_on_two_captures_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    let claims = claims(folder.path());
    let (code, out, _) = run(&[
        BEFORE,
        AFTER,
        "--claims",
        &claims,
        "--vantage",
        "IN",
        "--format",
        "json",
    ]);
    assert_eq!(code, Some(1));
    let diff: Value = serde_json::from_slice(&out).unwrap();
    let [migrated, faster] = diff["claims"].as_array().unwrap().as_slice() else {
        panic!("{}", diff["claims"]);
    };
    assert_eq!(migrated["verdict"], "contradicted");
    let names = |list: &Value| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&migrated["against"]), ["tracking.miui.com"]);
    assert_eq!(migrated["for_count"], 5);
    assert_eq!(
        migrated["against"][0]["flow_numbers"],
        serde_json::json!([15])
    );
    assert!(
        migrated["sentence"]
            .as_str()
            .unwrap()
            .starts_with("Migration claimed: 5 of 6 names moved, 1 did not")
    );
    assert_eq!(faster["verdict"], "contradicted");
    assert!(names(&faster["against"]).contains(&"tracking.miui.com".to_owned()));
    assert!(names(&faster["for"]).contains(&"api.account.xiaomi.com".to_owned()));
    // Nobody said that both were recorded in one place.
    let diff = json(&[BEFORE, AFTER, "--claims", &claims]);
    assert_eq!(diff["claims"][1]["verdict"], "indeterminate");
    // Without place data nothing can be seen to move.
    let bare = ["--no-embedded-geo", "--no-installed-geo"];
    let diff = json(&[&[BEFORE, AFTER, "--claims", &claims][..], &bare].concat());
    assert_eq!(diff["claims"][0]["verdict"], "indeterminate");
    assert_eq!(diff["summary"]["moved"], 0);
    // The sides exchanged: neither lies where the claim needs it.
    let diff = json(&[AFTER, BEFORE, "--claims", &claims]);
    assert_eq!(diff["claims"][0]["verdict"], "indeterminate");
}

#[test]
fn a_saved_report_is_as_good_as_its_capture() {
    let folder = tempfile::tempdir().unwrap();
    let claims = claims(folder.path());
    for (before, after) in [
        (BEFORE, AFTER),
        (HOSTILE, AFTER),
        ("fixtures/app-names", "fixtures/tunnels"),
    ] {
        let old = saved(folder.path(), before, &[]);
        let new = saved(folder.path(), after, &[]);
        let of_captures = plain(json(&[before, after, "--claims", &claims]));
        for sides in [[&*old, &*new], [&*old, after], [before, &*new]] {
            let found = plain(json(&[&sides[..], &["--claims", &claims]].concat()));
            assert_eq!(found, of_captures, "{sides:?}");
        }
    }
}

/// Without what the two forms of a side cannot share: what they are called.
fn plain(mut diff: Value) -> Value {
    for side in ["before", "after"] {
        let side = diff[side].as_object_mut().unwrap();
        side.remove("path");
        side.remove("form");
    }
    diff
}

#[test]
fn a_report_beside_itself_is_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    for capture in [
        BEFORE,
        AFTER,
        HOSTILE,
        "fixtures/tunnels",
        "fixtures/ipv6",
        "fixtures/recognised",
    ] {
        let report = saved(folder.path(), capture, &[]);
        let diff = json(&[&report, &report]);
        let names = diff["names"].as_array().unwrap();
        assert!(
            names.iter().all(|change| change["status"] == "unchanged"),
            "{capture}: {}",
            diff["summary"]
        );
        for axis in [
            "owners",
            "countries",
            "operators",
            "protocols",
            "encryption",
        ] {
            let groups = diff[axis].as_array().unwrap();
            assert!(groups.iter().all(
                |change| change["status"] == "unchanged" && change["before"] == change["after"]
            ));
        }
        assert!(capture == HOSTILE || !names.is_empty(), "{capture}");
    }
}

#[test]
fn exchanged_sides_mirror_each_other() {
    let there = json(&[BEFORE, AFTER]);
    let back = json(&[AFTER, BEFORE]);
    for (one, other) in [
        ("moved", "moved"),
        ("appeared", "vanished"),
        ("vanished", "appeared"),
        ("unchanged", "unchanged"),
        ("not_comparable", "not_comparable"),
        ("changed", "changed"),
    ] {
        assert_eq!(there["summary"][one], back["summary"][other], "{one}");
    }
    for change in there["names"].as_array().unwrap() {
        let found = back["names"].as_array().unwrap().iter();
        let mirrored = found.into_iter().any(|other| {
            other["before"] == change["after"]
                && other["after"] == change["before"]
                && other["place"] == mirror(&change["place"])
        });
        assert!(mirrored, "{change}");
    }
}

fn mirror(status: &Value) -> Value {
    match status.as_str() {
        Some("appeared") => "vanished".into(),
        Some("vanished") => "appeared".into(),
        _ => status.clone(),
    }
}

#[test]
fn hostile_names_stay_harmless() {
    for format in ["text", "json", "csv", "markdown"] {
        for sides in [[HOSTILE, AFTER], [AFTER, HOSTILE], [HOSTILE, HOSTILE]] {
            let (code, out, said) = run(&[&sides[..], &["--format", format]].concat());
            assert!(code != Some(2), "{said}");
            let text = String::from_utf8(out).unwrap();
            let bad = |c: char| {
                (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}' | '\u{2028}')
            };
            assert!(!text.contains(bad), "{format}: {text}");
            if format == "markdown" {
                assert!(
                    !text.contains("](") && !text.contains("<script") && !text.contains("http://"),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_report_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let report = std::fs::read_to_string(saved(folder.path(), BEFORE, &[])).unwrap();
    let newer = file(
        "newer.json",
        &report.replacen("\"schema\":1", "\"schema\":2", 1),
    );
    let cut = file("cut.json", report.get(..report.len() / 2).unwrap());
    let flows = file(
        "flows.json",
        "{\"whereto\":{\"version\":\"0.1.0\",\"schema\":1},\"data\":[],\"flows\":[]}",
    );
    let long = file(
        "long.json",
        &format!("{{\"x\":\"{}\"}}", "a".repeat(5 << 20)),
    );
    for (path, want) in [
        (newer, "version 2 of the report's shape"),
        (cut, "EOF"),
        (flows, "it has no `inputs`"),
        (file("empty.json", "{}"), "it has no `whereto`"),
        (long, "longer than"),
        (file("deep.json", &"{\"a\":".repeat(100_000)), "EOF"),
        ("absent.json".to_owned(), "absent.json"),
    ] {
        let (code, out, said) = run(&[&path, AFTER]);
        assert_eq!(code, Some(2), "{path}");
        assert!(
            out.is_empty() && said.lines().count() == 1 && said.contains(want),
            "{path}: {said}"
        );
    }
    let (code, _, said) = run(&["-", "-"]);
    assert_eq!(code, Some(2), "{said}");
}

#[test]
fn a_folder_is_one_side_and_outputs_never_replace_a_side() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(repo(BEFORE), folder.path().join("a.pcap")).unwrap();
    let path = folder.path().to_string_lossy().into_owned();
    let diff = json(&[&path, BEFORE]);
    assert_eq!(
        diff["summary"]["unchanged"].as_u64(),
        Some(diff["names"].as_array().unwrap().len() as u64)
    );
    let about = |caveat: &Value| caveat["about"] == "inputs";
    assert!(
        diff["caveats"].as_array().unwrap().iter().any(about),
        "the same hash on both sides"
    );
    let report = saved(folder.path(), BEFORE, &[]);
    let (code, _, said) = run(&[&report, AFTER, "-o", &report]);
    assert_eq!(code, Some(2), "{said}");
}

/// What no capture holds is declared, shown, and compared; what must stand above a page does.
#[test]
fn what_is_declared_of_the_sides_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let about = |name: &str, firmware: &str| {
        let path = folder.path().join(name);
        let text = format!(
            "notice = \"Re-enactment <b>\"\nfirmware = \"{firmware}\"\napps = \"Chat 1.2\""
        );
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (may, june) = (about("may.toml", "V5.0"), about("june.toml", "V6.1"));
    let sides = [
        BEFORE,
        AFTER,
        "--about-before",
        &may,
        "--about-after",
        &june,
    ];
    let diff = json(&sides);
    let caveats = |diff: &Value, about: &str| -> Vec<String> {
        let all = diff["caveats"].as_array().unwrap().iter();
        let found = all.filter(|caveat| caveat["about"] == about);
        found
            .map(|caveat| caveat["words"].as_str().unwrap().to_owned())
            .collect()
    };
    let declared = caveats(&diff, "declared");
    assert_eq!(declared.len(), 1, "{diff}");
    assert!(
        declared[0].contains("Firmware “V5.0” before, “V6.1” after"),
        "{declared:?}"
    );
    assert!(!declared[0].contains("Chat"), "{declared:?}");
    assert!(caveats(&diff, "app-versions").is_empty());
    // Declared of one side alone nothing is known of a difference.
    let one = json(&[BEFORE, AFTER, "--about-before", &may]);
    assert!(caveats(&one, "declared").is_empty());
    assert_eq!(caveats(&one, "app-versions").len(), 1);
    // A saved report brings what was said when it was made.
    let old = saved(folder.path(), BEFORE, &["--about", &may]);
    let again = json(&[&old, AFTER, "--about-after", &june]);
    assert_eq!(caveats(&again, "declared"), declared);
    for format in ["text", "markdown", "html"] {
        let (_, out, _) = run(&[&sides[..], &["--format", format]].concat());
        let page = String::from_utf8(out).unwrap();
        assert_eq!(page.matches("Re-enactment").count(), 1, "{format}");
        assert!(page.contains("V6") && !page.contains("</b>Re"), "{format}");
    }
}

#[test]
fn verdicts_are_written_for_automation() {
    let folder = tempfile::tempdir().unwrap();
    let claims = claims(folder.path());
    let out = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (sarif, junit) = (out("a.sarif"), out("a.xml"));
    let (code, ..) = run(&[
        BEFORE,
        AFTER,
        "--claims",
        &claims,
        "--vantage",
        "IN",
        "-o",
        &sarif,
        "-o",
        &junit,
    ]);
    let sarif: Value = serde_json::from_str(&std::fs::read_to_string(sarif).unwrap()).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(
        run["invocations"][0]["exitCode"]
            .as_i64()
            .map(|it| it as i32),
        code
    );
    let results = run["results"].as_array().unwrap();
    let rules: Vec<&str> = results
        .iter()
        .map(|it| it["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["claim:migrated", "claim:faster"]);
    let uris = run["artifacts"].as_array().unwrap().iter();
    let uris: Vec<&str> = uris
        .map(|it| it["location"]["uri"].as_str().unwrap())
        .collect();
    assert_eq!(uris, [AFTER, BEFORE]);
    let junit = std::fs::read_to_string(junit).unwrap();
    let document = roxmltree::Document::parse(&junit).unwrap();
    let sums = document.root_element();
    let failures: u32 = sums.attribute("failures").unwrap().parse().unwrap();
    assert_eq!(failures > 0, code == Some(1), "{junit}");
}
