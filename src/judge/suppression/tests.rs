//! Suppressions: what they fit, when they end, what is wrong with them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::model::{Losses, Settings, Severity, SortedRows, Totals};

/// 2026-11-21T04:31:07Z.
const LAST: Time = Time(1_795_235_467_000_000_000);

fn finding(id: &str, verdict: Verdict, country: &str) -> Finding {
    Finding {
        id: id.to_owned(),
        rule: "expected-country".into(),
        check: "server-country",
        severity: Severity::Medium,
        reference: None,
        verdict,
        destination: Some(0),
        country: Country::new(country),
        flows: 1,
        frames: Arc::default(),
        flow_numbers: Arc::default(),
        why: "".into(),
        would_decide: None,
        suppressed: None,
    }
}

fn report(name: Option<&str>, findings: Vec<Finding>) -> Report {
    Report {
        inputs: Vec::new(),
        data: Vec::new(),
        settings: Settings::default(),
        devices: Vec::new(),
        totals: Totals {
            time: Some((LAST, LAST)),
            ..Totals::default()
        },
        losses: Losses::default(),
        destinations: vec![destination(name)],
        findings,
        policy: None,
        claims: Vec::new(),
        phases: None,
        rows: Box::new(SortedRows::default()),
    }
}

fn destination(name: Option<&str>) -> Destination {
    Destination {
        in_baseline: None,
        name: name.map(Text::from),
        name_via: "sni",
        name_grade: "observed",
        registrable_domain: None,
        scope: crate::model::Scope::Outbound,
        addresses: vec!["192.0.2.7".parse().unwrap()],
        address_count: 1,
        place: Arc::default(),
        protocols: Vec::new(),
        flows: 1,
        packets_out: 1,
        bytes_out: 1,
        packets_in: 1,
        bytes_in: 1,
        first_seen: LAST,
        last_seen: LAST,
        frames: Arc::default(),
        flow_numbers: Arc::default(),
        owner: Arc::default(),
        verdict: None,
    }
}

/// What is suppressed of three findings of one destination, and the warnings.
#[track_caller]
fn check(name: Option<&str>, entry: &str, as_of: Option<Time>, want: &str) {
    let text = format!("[[suppression]]\n{entry}\nreason = \"Known\"\nowner = \"Ada\"\n");
    let file = Suppressions::read(&text, "s.toml").unwrap();
    let mut report = report(
        name,
        vec![
            finding("EC-aa", Verdict::Violated, "CN"),
            finding("EC-aa-2", Verdict::Violated, "CN"),
            finding("EC-bb", Verdict::Indeterminate, ""),
            finding("EC-cc", Verdict::Met, "IN"),
        ],
    );
    file.apply(&mut report, as_of);
    let mut got: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.suppressed.is_some())
        .map(|finding| finding.id.clone())
        .collect();
    let warnings = report.losses.warnings.iter();
    got.extend(warnings.map(|words| words.lossless().into_owned()));
    assert_eq!(got.join("; "), want, "{entry}");
    assert!(report.settings.suppressions.is_some());
}

const NAME: Option<&str> = Some("Tracking.MIUI.com");

#[test]
fn an_id_fits_what_bears_it_numbered_or_not() {
    check(
        NAME,
        "finding = \"EC-aa\"\nexpires = \"never\"",
        None,
        "EC-aa; EC-aa-2",
    );
    check(
        NAME,
        "finding = \"EC-aa-2\"\nexpires = \"never\"",
        None,
        "EC-aa-2",
    );
    check(
        NAME,
        "finding = \"EC-bb\"\nexpires = \"never\"",
        None,
        "EC-bb",
    );
    check(
        NAME,
        "finding = \"EC-cc\"\nexpires = \"never\"",
        None,
        "s.toml:1: the suppression of EC-cc fits no finding of this report",
    );
}

#[test]
fn a_rule_and_a_name_fit_one_verdict() {
    let entry = |name: &str, verdict: &str| {
        format!(
            "rule = \"expected-country\"\nname = \"{name}\"\nverdict = \"{verdict}\"\nexpires = \"never\""
        )
    };
    let none = |name: &str| {
        format!(
            "s.toml:1: the suppression of {name} under expected-country fits no finding of this report"
        )
    };
    check(
        NAME,
        &entry("tracking.miui.com", "violated"),
        None,
        "EC-aa; EC-aa-2",
    );
    check(
        NAME,
        &entry("tracking.miui.com", "indeterminate"),
        None,
        "EC-bb",
    );
    check(NAME, &entry("*.miui.com", "indeterminate"), None, "EC-bb");
    check(
        NAME,
        &entry("*.tracking.miui.com", "violated"),
        None,
        &none("*.tracking.miui.com"),
    );
    check(NAME, &entry("iui.com", "violated"), None, &none("iui.com"));
    check(None, &entry("192.0.2.7", "indeterminate"), None, "EC-bb");
    check(
        NAME,
        &entry("192.0.2.7", "indeterminate"),
        None,
        &none("192.0.2.7"),
    );
    let in_country = |code| format!("{}\ncountry = \"{code}\"", entry("*.com", "violated"));
    check(NAME, &in_country("CN"), None, "EC-aa; EC-aa-2");
    check(NAME, &in_country("SG"), None, &none("*.com"));
}

#[test]
fn an_entry_ends_with_its_day() {
    let entry = |day: &str| format!("finding = \"EC-bb\"\nexpires = \"{day}\"");
    let expired = "s.toml:1: the suppression of EC-bb has expired and does not apply";
    check(NAME, &entry("2026-11-21"), None, "EC-bb");
    check(NAME, &entry("2026-11-20"), None, expired);
    let day = Some(Time(LAST.0 - 86_400_000_000_000));
    check(NAME, &entry("2026-11-20"), day, "EC-bb");
    let day = Some(Time(LAST.0 + 86_400_000_000_000));
    check(NAME, &entry("2026-11-21"), day, expired);
}

#[test]
fn faults_have_a_place() {
    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = Suppressions::read(text, "s.toml").unwrap_err().to_string();
        assert!(got.starts_with(want), "{got}");
    }
    let head = "[[suppression]]\nfinding = \"EC-aa\"\n";
    check(
        "[[suppressions]]",
        "s.toml:1:3: `suppressions` is no key of the file",
    );
    check(
        "[[suppression]]\nreason = \"x\"",
        "s.toml:1:1: a suppression needs `finding`, or",
    );
    check(
        &format!("{head}reason = \"x\""),
        "s.toml:1:1: a suppression needs `expires`",
    );
    check(
        &format!("{head}expires = \"never\""),
        "s.toml:1:1: a suppression needs `reason`",
    );
    check(
        &format!("{head}expires = \"2027-02-30\""),
        "s.toml:3:11: `expires` must be a day such as",
    );
    check(
        &format!("{head}verdict = \"met\""),
        "s.toml:3:11: `finding` says all",
    );
    check(
        "[[suppression]]\nfinding = \"claim:x\"",
        "s.toml:2:11: a claim is not suppressed",
    );
    check(
        "[[suppression]]\nrule = \"r\"\nname = \"n\"",
        "s.toml:1:1: a suppression needs `verdict`",
    );
    check(
        "[[suppression]]\nrule = \"r\"\nname = \"n\"\nverdict = \"met\"",
        "s.toml:4:11: `met` is no verdict that is known",
    );
    check("[[suppression]\n", "s.toml:1:");
}
