//! Policies from the command line: `--policy` and `whereto policy`.

use crate::kit::{self, fixture};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Output;

const POLICY: &str = r#"
[policy]
name = "promise"
title = "What was promised in 2014"
as_of = "2014-10-22"
notice = "A test."

[[rule]]
id = "served-from-india-or-singapore"
severity = "high"
reason = "Users abroad are served from Singapore and the United States."
reference = "statement of 2014-10-22"

[rule.expect]
server = ["IN", "SG", "US"]

[[rule]]
id = "no-baidu"
reason = "Nobody promised this; it tests a rule that no flow exercises."

[rule.scope]
domains = ["no-such-name.example"]
protocols = ["rtsp"]

[rule.expect]
silence = true
"#;

fn run(arguments: &[&str]) -> Output {
    kit::whereto(arguments).output().unwrap()
}

fn policy_file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    file
}

#[test]
fn rules_judge_every_flow_and_say_why() {
    let file = policy_file(POLICY);
    let path = file.path().to_str().unwrap();
    let before = fixture("redmi-india-before");
    let report = before.audit(&["--policy", path]);
    let policy = &report["policy"];
    assert_eq!(policy["name"], "promise");
    assert_eq!(policy["origin"], path);
    let [served, quiet] = policy["rules"].as_array().unwrap().as_slice() else {
        panic!("two rules: {policy}");
    };
    assert_eq!(served["verdict"], "violated");
    assert_eq!(quiet["verdict"], "not-exercised");
    let of_rule = |verdict: &str| -> Vec<&Value> {
        let all = report["findings"].as_array().unwrap().iter();
        all.filter(|it| it["rule"] == served["id"] && it["verdict"] == verdict)
            .collect()
    };
    let violated = of_rule("violated");
    assert!(!violated.is_empty());
    for finding in &violated {
        assert_eq!(finding["country"], "CN");
        assert_eq!(finding["check"], "server-country");
        assert_eq!(finding["severity"], "high");
        assert_eq!(finding["reference"], "statement of 2014-10-22");
        assert!(!finding["frames"].as_array().unwrap().is_empty());
        let why = finding["why"].as_str().unwrap();
        assert!(
            why.contains("not among the expected countries (IN, SG, US)"),
            "{why}"
        );
    }
    // Findings of one verdict hold all its flows, and those of the rows.
    for (key, verdict) in [("violated", "violated"), ("met", "met")] {
        let flows: u64 = of_rule(verdict)
            .iter()
            .map(|it| it["flows"].as_u64().unwrap())
            .sum();
        assert_eq!(served["flows"][key], flows, "{verdict}");
    }
    let ids: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "{ids:?}"
    );
}

#[test]
fn nothing_is_firm_without_place_data() {
    let before = fixture("redmi-india-before");
    let out = before
        .command(&["--policy", "market-india", "--no-embedded-geo"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let places = report["findings"].as_array().unwrap().iter();
    let mut places = places
        .filter(|it| it["check"] == "server-country")
        .peekable();
    assert!(places.peek().is_some());
    assert!(places.all(|it| it["verdict"] == "indeterminate"));
}

#[test]
fn built_in_policies_are_listed_shown_and_clean() {
    let out = run(&["policy", "list"]);
    let text = String::from_utf8(out.stdout).unwrap();
    let names: Vec<&str> = text
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names.len(), 16, "{text}");
    assert!(text.contains("not legal advice"));
    for name in &names {
        let shown = run(&["policy", "show", name]).stdout;
        assert_eq!(
            String::from_utf8(shown).unwrap(),
            kit::read(&format!("src/data/policies/{name}.toml"))
        );
    }
    let mut arguments = vec!["policy", "check"];
    arguments.extend(&names);
    let out = run(&arguments);
    assert_eq!(out.status.code(), Some(0), "{out:?}");
    let wrong = run(&["policy", "show", "eu"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn faults_of_policies_have_exit_codes() {
    let twice = POLICY
        .replace(
            "domains = [\"no-such-name.example\"]\nprotocols = [\"rtsp\"]",
            "",
        )
        .replace("silence = true", "server = [\"CN\"]");
    let file = policy_file(&twice);
    let out = run(&["policy", "check", file.path().to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(1));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(
        text.contains(":18:6: error: rule `no-baidu` contradicts"),
        "{text}"
    );

    let file = policy_file(&POLICY.replace("\"SG\"", "\"S\""));
    let path = file.path().to_str().unwrap();
    for arguments in [
        vec!["policy", "check", path],
        vec!["audit", "--policy", path, "fixtures/ipv6/capture.pcap"],
    ] {
        let out = run(&arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8(out.stderr).unwrap();
        assert!(error.contains(".toml:15:17: S: no country code"), "{error}");
    }
    let out = run(&["audit", "--policy", "no-such", "fixtures/ipv6/capture.pcap"]);
    let error = String::from_utf8(out.stderr).unwrap();
    assert!(
        error.contains("neither a built-in policy nor a file"),
        "{error}"
    );
}

#[test]
fn an_explanation_says_which_rule_judged_a_flow() {
    let file = policy_file(POLICY);
    let path = file.path().to_str().unwrap();
    let before = fixture("redmi-india-before");
    let report = before.audit(&["--policy", path]);
    let flows = report["flows"].as_array().unwrap();
    let number = |flow: &Value| flow["flow"].as_u64().unwrap().to_string();
    let beijing = flows
        .iter()
        .find(|it| it["country"] == "CN" && it["verdict"] == "violated");
    let number = number(beijing.unwrap());
    let capture = before.capture.as_str();
    let out = run(&["policy", "explain", path, "--flow", &number, capture]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("\nserver-country: violated\n"), "{text}");
    assert!(
        text.contains("rule served-from-india-or-singapore (line 9) means the flow"),
        "{text}"
    );
    assert!(text.contains("  no-baidu: "), "{text}");
    let out = run(&["policy", "explain", path, "--flow", "999999", capture]);
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn the_schema_that_is_printed_is_the_one_in_the_docs() {
    let out = run(&["policy", "schema"]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert_eq!(text, kit::read("docs/policy.schema.json"));
}

/// A policy stands beside `--expect`, whose findings stay as they are.
#[test]
fn policies_and_expectations_go_together() {
    let before = fixture("redmi-india-before");
    let alone = before.audit(&[]);
    let both = before.audit(&["--policy", "us-federal-handset"]);
    let expected = |report: &Value| -> Vec<Value> {
        let all = report["findings"].as_array().unwrap().iter();
        let all = all.filter(|it| it["rule"].as_str().unwrap().starts_with("expected-"));
        all.map(|it| it["id"].clone()).collect()
    };
    let sorted = |mut ids: Vec<Value>| {
        ids.sort_by_key(ToString::to_string);
        ids
    };
    assert_eq!(sorted(expected(&alone)), sorted(expected(&both)));
    assert!(
        both["findings"].as_array().unwrap().len() > alone["findings"].as_array().unwrap().len()
    );
}

/// The text report has the policy, its notice and each rule.
#[test]
fn the_text_report_has_every_rule() {
    let before = fixture("redmi-india-before");
    let out = run(&["audit", "--policy", "us-federal-handset", &before.capture]);
    assert_eq!(out.status.code(), Some(1));
    let text = String::from_utf8(out.stdout).unwrap();
    for part in [
        "POLICY",
        "not legal advice",
        "violated  server-not-prc-ru: flows ",
        "rule server-not-prc-ru (critical), server-country",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// A rule on a phase is explained with the log of the test, and open without one.
#[test]
fn an_explanation_knows_the_phases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    let phase = kit::read("fixtures/redmi-india-after/phases.csv");
    let first = phase.lines().find_map(|line| {
        let mut fields = line.split(',').skip(1);
        fields
            .next()
            .filter(|word| *word != "phase" && !line.starts_with('#'))
    });
    let text = format!(
        "[policy]\nname = \"own\"\ntitle = \"Own\"\n[[rule]]\nid = \"quiet\"\nreason = \"r\"\n\
         scope = {{ phases = [\"{}\"] }}\nexpect = {{ silence = true }}\n",
        first.unwrap()
    );
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let capture = "fixtures/redmi-india-after/capture.pcap";
    let explain = |more: &[&str]| {
        let asked = [&["policy", "explain", path, "--flow", "2", capture], more].concat();
        String::from_utf8(run(&asked).stdout).unwrap()
    };
    let known = explain(&["--phases", "fixtures/redmi-india-after/phases.csv"]);
    assert!(
        known.contains("rule quiet (line 5) means the flow"),
        "{known}"
    );
    let open = explain(&[]);
    assert!(open.contains("may mean the flow"), "{open}");
}
