//! Six statements of 2014 over the captures before and after the move.

use crate::kit::{self, repo, whereto};
use serde_json::Value;
use std::sync::Arc;
use whereto::judge::{Asked, Claims, Judging, Known};
use whereto::locate::Places;
use whereto::model::{ClaimResult, ClaimVerdict, Flow, Losses, NameOwner, Totals};
use whereto::source::Capture;
use whereto::{AuditOptions, audit};

const FILES: [&str; 3] = [
    "fixtures/claims/xiaomi-2014-08-10.toml",
    "fixtures/claims/xiaomi-2014-10-22.toml",
    "fixtures/claims/xiaomi-2014-10-27.toml",
];
const BEFORE: &str = "fixtures/redmi-india-before/capture.pcap";
const AFTER: &str = "fixtures/redmi-india-after/capture.pcap";

/// The JSON report with the claims of all files, and the exit code.
#[track_caller]
fn judged(capture: &str, more: &[&str]) -> (Value, i32) {
    let mut command = whereto(&["audit", "--format", "json", capture]);
    for file in FILES {
        command.args(["--claims", file]);
    }
    let out = command.args(more).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    let report = serde_json::from_slice(&out.stdout).unwrap_or_else(|err| panic!("{err}: {said}"));
    (report, out.status.code().unwrap())
}

#[track_caller]
fn claim<'r>(report: &'r Value, id: &str) -> &'r Value {
    let claims = report["claims"].as_array().unwrap();
    claims.iter().find(|claim| claim["id"] == id).unwrap()
}

fn verdicts(report: &Value) -> Vec<(String, String)> {
    let claims = report["claims"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    claims
        .iter()
        .map(|claim| (text(&claim["id"]), text(&claim["verdict"])))
        .collect()
}

fn names(claim: &Value, side: &str) -> Vec<String> {
    let exhibits = claim[side].as_array().unwrap();
    let mut names: Vec<String> = exhibits
        .iter()
        .map(|exhibit| exhibit["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn before_the_move_beijing_contradicts() {
    let (report, code) = judged(BEFORE, &[]);
    assert_eq!(code, 1);
    let places = claim(&report, "served-from-singapore-and-us");
    assert_eq!(places["verdict"], "contradicted");
    assert_eq!(places["flows"]["against"], 7);
    assert_eq!(places["flows"]["for"], 0);
    let against = names(places, "against");
    assert_eq!(against.len(), 6, "{against:?}");
    let tracking = places["against"]
        .as_array()
        .unwrap()
        .iter()
        .find(|exhibit| exhibit["name"] == "tracking.miui.com")
        .unwrap();
    assert_eq!(tracking["frames"], serde_json::json!([124]));
    assert_eq!(tracking["flow_numbers"], serde_json::json!([15]));
    assert_eq!(tracking["country"], "CN");
    assert_eq!(tracking["country_confidence"], "medium");
    assert_eq!(
        places["sentence"],
        "In this capture 7 of 7 flows of the subject were observed to addresses placed in China \
         (CN, medium confidence): that does not fit the claim as read."
    );
    let encryption = claim(&report, "highest-standards-of-encryption");
    assert_eq!(encryption["verdict"], "contradicted");
    assert_eq!(encryption["flows"]["against"], 5);
    assert_eq!(encryption["flows"]["for"], 2);
}

#[test]
fn after_the_move_exactly_one_name_contradicts() {
    let (report, code) = judged(AFTER, &[]);
    assert_eq!(code, 1);
    let places = claim(&report, "served-from-singapore-and-us");
    assert_eq!(places["verdict"], "contradicted");
    assert_eq!(names(places, "against"), ["tracking.miui.com"]);
    assert_eq!(
        names(places, "for"),
        [
            "api.account.xiaomi.com",
            "app.chat.global.xiaomi.net",
            "app.chat.xiaomi.net",
            "connect.rom.miui.com",
            "push.global.xiaomi.net",
            "update.miui.com",
        ]
    );
    assert_eq!(places["open"], serde_json::json!([]));
    assert_eq!(
        places["sentence"],
        "In this capture 1 of 9 flows of the subject was observed to an address placed in China \
         (CN, medium confidence): that does not fit the claim as read."
    );
    let verdicts = verdicts(&report);
    let want = [
        ("nothing-without-consent", "indeterminate"),
        ("cloud-messaging-opt-in", "indeterminate"),
        ("served-from-singapore-and-us", "contradicted"),
        ("latency-cut-down", "indeterminate"),
        ("data-centre-in-india", "indeterminate"),
        ("highest-standards-of-encryption", "contradicted"),
    ];
    let verdicts: Vec<(&str, &str)> = verdicts
        .iter()
        .map(|(id, verdict)| (id.as_str(), verdict.as_str()))
        .collect();
    assert_eq!(verdicts, want);
    let latency = claim(&report, "latency-cut-down");
    assert_eq!(
        latency["would_decide"],
        "`whereto diff BEFORE AFTER --claims FILE`"
    );
    for claim in report["claims"].as_array().unwrap() {
        assert!(!claim["cannot_show"].as_array().unwrap().is_empty());
        assert!(!claim["why"].as_array().unwrap().is_empty());
    }
    let kept = claim(&report, "data-centre-in-india")["cannot_show"].to_string();
    assert!(
        kept.contains("Storage, of which the claim speaks"),
        "{kept}"
    );
}

/// Frames of exhibits are first frames of flows that the report has.
#[test]
fn exhibits_point_to_flows_of_the_report() {
    let (report, _) = judged(AFTER, &[]);
    let flows = report["flows"].as_array().unwrap();
    let destinations = report["destinations"].as_array().unwrap();
    let mut seen = 0;
    for claim in report["claims"].as_array().unwrap() {
        for side in ["for", "against", "open"] {
            let mut sum = 0;
            for exhibit in claim[side].as_array().unwrap() {
                sum += exhibit["flows"].as_u64().unwrap();
                let at = exhibit["destination"].as_u64().unwrap() as usize;
                assert_eq!(destinations[at]["name"], exhibit["name"]);
                let numbers = exhibit["flow_numbers"].as_array().unwrap();
                for (number, frame) in numbers.iter().zip(exhibit["frames"].as_array().unwrap()) {
                    let flow = &flows[number.as_u64().unwrap() as usize - 1];
                    assert_eq!(&flow["first_frame"], frame);
                    assert_eq!(flow["name"], exhibit["name"]);
                    seen += 1;
                }
            }
            assert_eq!(claim["flows"][side].as_u64().unwrap(), sum);
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn without_databases_no_place_is_decided() {
    for capture in [BEFORE, AFTER] {
        let (report, _) = judged(capture, &["--no-embedded-geo"]);
        for id in ["served-from-singapore-and-us", "data-centre-in-india"] {
            let claim = claim(&report, id);
            assert_eq!(claim["verdict"], "indeterminate", "{capture} {id}");
            assert_eq!(claim["for"], serde_json::json!([]));
            let decides = claim["would_decide"].as_str().unwrap();
            let wanted = if id == "data-centre-in-india" {
                "records of where it is stored"
            } else {
                "--geo"
            };
            assert!(decides.contains(wanted), "{decides}");
        }
    }
}

/// The flows of a capture, changed, before the judge.
fn changed(capture: &str, change: &dyn Fn(&mut Flow)) -> Vec<ClaimResult> {
    let paths = [repo(capture)];
    let capture = Capture::open(&paths, &whereto::source::Options::default()).unwrap();
    let mut places = Places::embedded();
    places.add_embedded_owners();
    let report = audit(capture, &places, &AuditOptions::default(), &mut |_| ()).unwrap();
    let files = FILES.map(|file| Arc::new(Claims::read(&kit::read(file), file).unwrap()));
    let asked = Asked {
        claims: files.to_vec(),
        ..Asked::default()
    };
    let known = Known {
        data: report.data.clone(),
        ..Known::default()
    };
    let mut judging = Judging::new(&asked, known);
    report
        .rows
        .flows(&mut |flow| {
            let mut flow = flow.clone();
            change(&mut flow);
            judging.flow(&flow, None);
            Ok(())
        })
        .unwrap();
    let totals = Totals {
        time: report.totals.time,
        ..Totals::default()
    };
    judging.finish(&[], &totals, &Losses::default()).claims
}

/// ECH and DoH everywhere: no flow has a name, and what is looked up by it is gone too.
#[test]
fn without_names_everything_is_indeterminate() {
    for capture in [BEFORE, AFTER] {
        let results = changed(capture, &|flow| {
            flow.name = None;
            flow.name_via = None;
            flow.name_grade = whereto::model::Grade::None;
            flow.names.clear();
            flow.registrable_domain = None;
            flow.owner = Arc::new(NameOwner::default());
        });
        assert_eq!(results.len(), 6);
        for claim in results {
            assert_eq!(
                claim.verdict,
                ClaimVerdict::Indeterminate,
                "{capture} {}",
                claim.id
            );
            assert!(claim.against.is_empty());
            assert!(claim.supporting.is_empty());
            assert!(claim.hidden.maybe_flows > 0);
        }
    }
}

/// A test that can pass: the same claim, without the one flow that contradicts it.
#[test]
fn without_the_one_flow_the_claim_is_supported() {
    let results = changed(AFTER, &|flow| {
        if flow.first_frame == 123 {
            // Local flows are nobody's.
            flow.scope = whereto::model::Scope::Lan;
        }
    });
    let claim = results
        .iter()
        .find(|claim| &*claim.id == "served-from-singapore-and-us")
        .unwrap();
    assert_eq!(claim.verdict, ClaimVerdict::Supported);
    assert_eq!(
        claim.sentence,
        "In this capture all 8 flows of the subject were observed to addresses placed in Singapore \
         (SG, high confidence) and the United States (US, high confidence): that fits the claim as \
         read."
    );
    assert!(claim.hidden.encrypted_bytes_out > 0);
    assert!(claim.weakest.is_some());
}

#[test]
fn wrong_files_are_named_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("claims.toml");
    let text = kit::read(FILES[1]).replace("served_only_in", "served_in");
    std::fs::write(&path, text).unwrap();
    let out = whereto(&["audit", AFTER, "--claims", path.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(
        said.contains("claims.toml:15:1: `served_in` is no key of"),
        "{said}"
    );
    let twice = ["--claims", FILES[0], "--claims", FILES[0]];
    let out = whereto(&["audit", AFTER]).args(twice).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(
        said.contains("`nothing-without-consent` is the id of"),
        "{said}"
    );
}

#[test]
fn the_text_report_has_a_card_for_each_claim() {
    for width in ["80", "140"] {
        let mut command = whereto(&["audit", AFTER, "--width", width, "--color", "never"]);
        for file in FILES {
            command.args(["--claims", file]);
        }
        let out = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let most = out.lines().map(|line| line.chars().count()).max();
        assert!(most <= width.parse().ok(), "{most:?}");
        assert!(out.contains("Not all of it: 2 of 6 claims are contradicted by this capture."));
        assert!(out.contains("■ contradicted  served-from-singapore-and-us"));
        assert!(out.contains("◇ indeterminate  latency-cut-down"));
        assert!(!out.contains("Nothing was judged"));
    }
}
