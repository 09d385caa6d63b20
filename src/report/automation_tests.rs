//! SARIF, JUnit XML and Markdown of one report with everything in it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::sample::{self, HOSTILE};
use super::{FORMATS, INFO_FORMATS, Lists, Style, judged};
use crate::model::{
    ClaimResult, ClaimVerdict, DnsRow, Exhibit, FailOn, Flow, HiddenShare, HttpRow, PolicyResult,
    Report, Rows, RuleResult, Severity, Suppression, Text, Verdict,
};
use serde_json::Value;
use std::io;

/// The sample, with a policy, claims of every verdict, and a violated finding set aside.
pub(super) fn report() -> Report {
    let mut report = sample::report();
    let rule = |id: &str, verdict| RuleResult {
        id: id.into(),
        reason: "No [link](http://x.example) | `{0}` <b>@team</b> #1".into(),
        reference: Some("Art. 44".into()),
        severity: Severity::High,
        verdict,
        flows: [0; 3],
        line: 7,
    };
    report.policy = Some(PolicyResult {
        name: "own".into(),
        title: "Own <policy>".into(),
        origin: "policies/own policy.toml".into(),
        rules: vec![rule("used", Some(Verdict::Met)), rule("silent", None)],
        ..PolicyResult::default()
    });
    report.claims = [
        ClaimVerdict::Contradicted,
        ClaimVerdict::Indeterminate,
        ClaimVerdict::NotExercised,
        ClaimVerdict::Supported,
    ]
    .map(claim)
    .to_vec();
    let first = report.findings.first_mut().unwrap();
    let suppression = Suppression {
        reason: "Known </failure> | @all".into(),
        owner: "Ada".into(),
        expires: Some("2027-03-31".into()),
    };
    first.suppressed = Some(suppression.into());
    report
}

fn claim(verdict: ClaimVerdict) -> ClaimResult {
    let exhibit = Exhibit {
        destination: Some(1),
        name: Some(Text::new(HOSTILE)),
        address: Some(sample::ip("203.0.113.66")),
        country: None,
        confidence: "medium",
        flows: 3,
        bytes_out: 99,
        frames: vec![12, 12, 33],
        flow_numbers: vec![1],
        because: "the address is placed elsewhere".to_owned(),
    };
    ClaimResult {
        id: "same-id".into(),
        quote: "Served | from \"SG\" <only>".into(),
        speaker: "Vendor".into(),
        said: "2014-10-22".into(),
        source: "https://vendor.example/x".into(),
        origin: "claims/a.toml".into(),
        line: 3,
        reading: "Flows stay in SG".to_owned(),
        verdict,
        sentence: "In this capture a flow was observed that does not fit".to_owned(),
        why: Vec::new(),
        supporting: Vec::new(),
        against: vec![exhibit],
        open: Vec::new(),
        exhibits: [0, 1, 0],
        flows: [4, 3, 0],
        weakest: None,
        hidden: HiddenShare::default(),
        cannot_show: vec!["storage".to_owned()],
        would_decide: None,
        reply: None,
    }
}

#[track_caller]
fn written(format: &str, report: &Report) -> String {
    let format = FORMATS.iter().find(|known| known.name == format).unwrap();
    let mut out = Vec::new();
    (format.write)(report, Style::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let hidden = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!text.chars().any(hidden), "{text}");
    text
}

#[test]
fn claims_of_one_id_are_numbered() {
    let ids = judged::claim_ids(&report().claims);
    let want = [
        "claim:same-id",
        "claim:same-id-2",
        "claim:same-id-3",
        "claim:same-id-4",
    ];
    assert_eq!(ids, want);
}

#[test]
fn sarif_has_a_result_for_what_was_judged() {
    let report = report();
    let log: Value = serde_json::from_str(&written("sarif", &report)).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let count = |kind: &str| results.iter().filter(|it| it["kind"] == kind).count();
    // Two violated findings and a contradicted claim; an open one of each; the rule with what is
    // met, and a supported claim; a silent rule and a claim.
    assert_eq!((count("fail"), count("open")), (3, 2));
    // The rule `used` has no finding in this report, and is not said to be met.
    assert_eq!((count("pass"), count("notApplicable")), (2, 2));
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(
            run["tool"]["driver"]["rules"][index]["id"],
            result["ruleId"]
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        assert!(place["artifactLocation"]["uri"].is_string());
        let open = result["kind"] != "fail";
        assert_eq!(result["level"] == "none", open, "{result}");
    }
    assert_eq!(run["invocations"][0]["exitCode"], 1);
    let first = &results[0];
    assert_eq!(first["suppressions"][0]["status"], "accepted");
    assert_eq!(
        first["locations"][0]["physicalLocation"]["artifactLocation"]["index"],
        0
    );
    let rules = run["tool"]["driver"]["rules"].to_string();
    assert!(
        rules.contains("\\\\[link\\\\](http://x.example)") && rules.contains("`{{0}}`"),
        "{rules}"
    );
    let claim = results
        .iter()
        .find(|it| it["ruleId"] == "claim:same-id")
        .unwrap();
    let at = &claim["locations"][0]["physicalLocation"];
    assert_eq!(at["artifactLocation"]["uri"], "claims/a.toml");
    assert_eq!(at["region"]["startLine"], 3);
    assert_eq!(
        claim["partialFingerprints"]["wheretoFinding/v1"],
        "claim:same-id:contradicted"
    );
    let hashes = &run["artifacts"][0]["hashes"];
    assert_eq!(hashes["sha-256"], "5b".repeat(32));
    assert_eq!(
        run["artifacts"][0]["location"]["uri"],
        "redmi%20%1B%5B2Jbefore.pcapng.gz"
    );
}

/// Counts in attributes of all suites.
fn totals(xml: &str) -> [u64; 4] {
    let line = xml.lines().nth(1).unwrap();
    ["tests", "failures", "errors", "skipped"].map(|key| {
        let rest = line.split(&format!(" {key}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    })
}

#[test]
fn junit_fails_as_the_exit_code_does() {
    let mut report = report();
    let xml = written("junit", &report);
    let elements = |xml: &str, name: &str| xml.matches(&format!("<{name} ")).count() as u64;
    let all = report.findings.len() as u64 + 4 + 2 + 2;
    // Set aside: one. One capture is damaged; an open finding and an open claim.
    assert_eq!(totals(&xml), [all, 2, 3, 3], "{xml}");
    for (name, want) in [
        ("testcase", all),
        ("failure", 2),
        ("error", 3),
        ("skipped", 3),
    ] {
        assert_eq!(elements(&xml, name), want, "{name}");
    }
    report.settings.fail_on = FailOn::NEVER;
    assert_eq!(totals(&written("junit", &report)), [all, 0, 1, 7]);
    report.settings.fail_on.not_exercised = true;
    assert_eq!(totals(&written("junit", &report)), [all, 0, 3, 5]);
    assert!(
        !xml.contains("</failure> |") && xml.contains("&lt;/failure&gt;"),
        "{xml}"
    );
}

#[test]
fn markdown_is_short_and_harmless() {
    let mut report = report();
    let page = written("markdown", &report);
    assert!(
        page.contains("`@`team") || page.contains("\\<b") || page.contains("&lt;b&gt;"),
        "{page}"
    );
    for bad in ["<b>", "<only>", "http://x", "=cmd|", " @"] {
        assert!(!page.contains(bad), "{bad} in {page}");
    }
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        // Bars that are not escaped.
        let bars = row.replace("\\|", "").matches('|').count();
        assert!(bars == 7 || bars == 4, "{row}");
    }
    // Many findings: still a comment, and what is left out is counted.
    let one = report.findings.first().unwrap().clone();
    report.findings = vec![one; 5_000];
    report.losses.warnings = vec![Text::new(&[b'`'; 5_000]); 500];
    let page = written("markdown", &report);
    assert!(page.chars().count() < 65_536, "{}", page.chars().count());
    assert!(page.contains("### Violated (5000)"));
    let rows = page.lines().filter(|line| line.starts_with("| `")).count() - 4;
    assert!(
        page.contains(&format!("and {} more, left out here", 5_000 - rows)),
        "{rows}"
    );
}

#[test]
fn an_empty_report_has_every_form() {
    let empty = sample::empty();
    let log: Value = serde_json::from_str(&written("sarif", &empty)).unwrap();
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
    assert_eq!(totals(&written("junit", &empty)), [0; 4]);
    assert!(written("markdown", &empty).contains("Nothing was judged"));
    assert_eq!(written("csv-claims", &empty).lines().count(), 1);
}

/// Rows that were not kept.
struct Gone;

impl Rows for Gone {
    fn flows(&self, _: &mut dyn FnMut(&Flow) -> io::Result<()>) -> io::Result<()> {
        Err(io::Error::other("no flows"))
    }
    fn dns(&self, _: &mut dyn FnMut(&DnsRow) -> io::Result<()>) -> io::Result<()> {
        Err(io::Error::other("no DNS exchanges"))
    }
    fn http(&self, _: &mut dyn FnMut(&HttpRow) -> io::Result<()>) -> io::Result<()> {
        Err(io::Error::other("no HTTP exchanges"))
    }
}

#[test]
fn formats_without_lists_ask_for_none() {
    let without = FORMATS.iter().chain(INFO_FORMATS);
    let without = without.filter(|format| format.lists == Lists::Nothing);
    assert!(without.clone().count() >= 7);
    for format in without {
        let written = |report: &Report| {
            let mut bytes = Vec::new();
            (format.write)(report, Style::default(), &mut bytes).map(|()| bytes)
        };
        let gone = Report {
            rows: Box::new(Gone),
            ..report()
        };
        assert_eq!(
            written(&gone).unwrap(),
            written(&report()).unwrap(),
            "{}",
            format.name
        );
    }
}
