//! Policies: reading, judging, checking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::judge::judging::Known;
use crate::model::{
    Company, Confidence, Country, Destination, Finding, Flow, Grade, NameOwner, Operator, Phase,
    PhaseLog, Physics, Place, PlaceOpinion, Scope, Time, Transport, Verdict, Via,
};
use std::sync::Arc;

const SECOND: i64 = 1_000_000_000;

fn at(text: &str) -> Time {
    let time: jiff::Timestamp = text.parse().unwrap();
    Time(i64::try_from(time.as_nanosecond()).unwrap())
}

fn placed(code: &str, confidence: Confidence) -> Arc<Place> {
    Arc::new(Place {
        country: Country::new(code),
        confidence,
        opinions: vec![PlaceOpinion {
            country: Country::new(code),
            ..PlaceOpinion::default()
        }],
        ..Place::default()
    })
}

fn owned(name: &str, code: &str) -> Arc<NameOwner> {
    Arc::new(NameOwner {
        owner: Some(Arc::new(Company {
            name: name.into(),
            group: name.into(),
            group_country: Country::new(code),
            said_by: "owners, as of 2026-06-30".into(),
            ..Company::default()
        })),
        ..NameOwner::default()
    })
}

/// A flow of TLS 1.3 to Singapore, of 2024-01-01.
fn flow() -> Flow {
    Flow {
        flow: 1,
        scope: Scope::Outbound,
        transport: Transport::Tcp,
        local_ip: "10.0.0.2".parse().unwrap(),
        local_port: 50_001,
        remote_ip: "192.0.2.1".parse().unwrap(),
        remote_port: 443,
        local_is_device: true,
        opened_locally: true,
        first_seen: at("2024-01-01T00:00:00Z"),
        last_seen: at("2024-01-01T00:00:09Z"),
        packets_out: 10,
        bytes_out: 1_234,
        packets_in: 9,
        bytes_in: 45_678,
        first_frame: 12,
        last_frame: 99,
        tunnel: "",
        carries_tunnel: false,
        protocol: Some("tls"),
        name: Some("api.example.in".into()),
        name_via: Some(Via::Sni),
        name_grade: Grade::Observed,
        name_rivals: None,
        names: Vec::new(),
        registrable_domain: Some("example.in".into()),
        owner: owned("Example", "IN"),
        app: None,
        place: placed("SG", Confidence::High),
        rtt_ns: None,
        tls_version: Some(0x0304),
        tls_version_chosen: true,
        tls_cipher: Some(0x1301),
        alpn: None,
        ja3: None,
        ja3s: None,
        ja4: Some("t13d1516h2_8daaf6152771_02713d6af862".into()),
        hidden: None,
        certificate: None,
        gap_bytes: 0,
        verdict: None,
        phase: None,
        in_baseline: None,
    }
}

fn destination() -> Destination {
    let flow = flow();
    Destination {
        in_baseline: None,
        name: flow.name.clone(),
        name_via: "sni",
        name_grade: "observed",
        registrable_domain: flow.registrable_domain.clone(),
        scope: Scope::Outbound,
        addresses: vec![flow.remote_ip],
        address_count: 1,
        place: flow.place.clone(),
        protocols: vec!["tls"],
        flows: 1,
        packets_out: 1,
        bytes_out: 60,
        packets_in: 0,
        bytes_in: 0,
        first_seen: flow.first_seen,
        last_seen: flow.last_seen,
        frames: [1].into(),
        flow_numbers: [1].into(),
        owner: flow.owner.clone(),
        verdict: None,
    }
}

fn policy(rules: &str) -> Policy {
    let text = format!("[policy]\nname = \"test\"\ntitle = \"Test\"\n{rules}");
    Policy::read(&text, "test.toml").unwrap_or_else(|error| panic!("{error}"))
}

/// A rule of its own scope and expectation.
fn rule(id: &str, scope: &str, expect: &str) -> String {
    let scope = match scope {
        "" => String::new(),
        scope => format!("[rule.scope]\n{scope}\n"),
    };
    format!("\n[[rule]]\nid = \"{id}\"\nreason = \"r\"\n{scope}[rule.expect]\n{expect}\n")
}

fn known() -> Known {
    Known::default()
}

fn run(policy: Policy, known: Known, flows: &[Flow]) -> (Vec<Option<Verdict>>, Vec<Finding>) {
    let mut run = Run::new(Arc::new(policy), Arc::new(known));
    let verdicts = flows.iter().map(|flow| run.flow(flow, Some(0))).collect();
    let mut destination = destination();
    if let Some(flow) = flows.first() {
        destination.place = flow.place.clone();
        destination.owner = flow.owner.clone();
        destination.name = flow.name.clone();
    }
    (verdicts, run.finish(&[destination]).0)
}

#[track_caller]
fn check(rules: &str, flow: &Flow, want: &str) {
    check_knowing(rules, known(), flow, want);
}

/// `want` has rule, axis and verdict of each finding.
#[track_caller]
fn check_knowing(rules: &str, known: Known, flow: &Flow, want: &str) {
    let (verdicts, findings) = run(policy(rules), known, std::slice::from_ref(flow));
    let said: Vec<String> = findings
        .iter()
        .map(|it| format!("{} {} {}", it.rule, it.check, it.verdict.as_str()))
        .collect();
    assert_eq!(said.join(", "), want, "{findings:#?}");
    let gravest = findings
        .iter()
        .filter(|it| it.check != "exception")
        .map(|it| it.verdict)
        .min();
    assert_eq!(verdicts, [gravest]);
    for finding in &findings {
        assert!(finding.why.ends_with('.'), "{}", finding.why);
        let open = finding.verdict == Verdict::Indeterminate;
        assert!(!open || finding.would_decide.is_some(), "{finding:#?}");
        assert!(open || finding.would_decide.is_none(), "{finding:#?}");
    }
}

#[test]
fn the_first_rule_of_an_axis_judges() {
    let rules = rule("narrow", "domains = [\"example.in\"]", "server = [\"IN\"]")
        + &rule("wide", "", "server = [\"SG\"]\nencryption = \"tls1.2\"");
    check(
        &rules,
        &flow(),
        "narrow server-country violated, wide encryption met",
    );
    let mut other = flow();
    other.name = Some("www.example.org".into());
    check(
        &rules,
        &other,
        "wide server-country met, wide encryption met",
    );
}

#[test]
fn a_flow_without_a_name_may_be_anybodys() {
    let mut unnamed = flow();
    unnamed.name = None;
    unnamed.name_via = None;
    unnamed.name_grade = Grade::None;
    unnamed.owner = Arc::default();
    let narrow = rule("narrow", "domains = [\"example.in\"]", "server = [\"IN\"]");
    let wide = |code: &str| rule("wide", "", &format!("server = [\"{code}\"]"));
    // The rules do not agree.
    check(
        &(narrow.clone() + &wide("SG")),
        &unnamed,
        "narrow server-country indeterminate",
    );
    // They do.
    check(
        &(narrow.clone() + &wide("HK")),
        &unnamed,
        "wide server-country violated",
    );
    // Only a rule that may not mean the flow is against it.
    check(&narrow, &unnamed, "narrow server-country indeterminate");
    // It is as expected, whoever it is; but the rule may not have been tested.
    let fits = rule("fits", "domains = [\"example.in\"]", "server = [\"SG\"]");
    check(&fits, &unnamed, "");
    // A milder earlier rule that may be the judge takes a violation its certainty.
    check(
        &(fits + &wide("HK")),
        &unnamed,
        "wide server-country indeterminate",
    );
}

#[test]
fn places_that_are_not_sure_decide_nothing() {
    let rules = rule("place", "", "server_not = [\"CN\"]");
    let to = |place: Arc<Place>| Flow { place, ..flow() };
    let verdict = |place| {
        let (verdicts, _) = run(policy(&rules), known(), &[to(place)]);
        verdicts[0].unwrap()
    };
    assert_eq!(verdict(placed("CN", Confidence::Medium)), Verdict::Violated);
    assert_eq!(
        verdict(placed("CN", Confidence::Low)),
        Verdict::Indeterminate
    );
    assert_eq!(
        verdict(placed("SG", Confidence::Low)),
        Verdict::Indeterminate
    );
    assert_eq!(verdict(placed("SG", Confidence::High)), Verdict::Met);
    assert_eq!(verdict(Arc::default()), Verdict::Indeterminate);
    let anycast = Place {
        anycast: Some(true),
        ..placed("SG", Confidence::High).as_ref().clone()
    };
    assert_eq!(verdict(anycast.into()), Verdict::Indeterminate);
    // The round trip leaves only countries that fit.
    let physics = Physics {
        rtt_ns: 1,
        vantage: "SG".into(),
        fibre_km: 1,
        vacuum_km: 1,
        excluded: Vec::new(),
        beyond: vec![Country::new("CN").unwrap()],
        off_because: None,
    };
    let near = Place {
        physics: Some(physics.into()),
        ..Place::default()
    };
    assert_eq!(verdict(near.into()), Verdict::Met);
}

#[test]
fn min_confidence_is_the_policys() {
    let text = "[policy]\nname = \"t\"\ntitle = \"T\"\nmin_confidence = \"low\"\n".to_owned()
        + &rule("place", "", "server = [\"SG\"]");
    let lenient = Policy::read(&text, "t").unwrap();
    let low = Flow {
        place: placed("CN", Confidence::Low),
        ..flow()
    };
    assert_eq!(run(lenient, known(), &[low]).0, [Some(Verdict::Violated)]);
}

#[test]
fn groups_are_those_of_the_flows_time() {
    let rules = rule("eu", "", "server = [\"@EEA\", \"@EU-ADEQUATE\"]");
    let flow_at = |code: &str, time: &str| Flow {
        place: placed(code, Confidence::High),
        first_seen: at(time),
        ..flow()
    };
    let check = |code: &str, time: &str, want: &str| {
        let (_, findings) = run(policy(&rules), known(), &[flow_at(code, time)]);
        assert_eq!(findings[0].verdict.as_str(), want, "{code} {time}");
        findings[0].clone()
    };
    check("GB", "2020-12-31T23:59:59Z", "met");
    check("GB", "2021-01-01T00:00:00Z", "indeterminate");
    check("GB", "2021-07-01T00:00:00Z", "met");
    check("US", "2022-01-01T00:00:00Z", "violated");
    check("US", "2014-01-01T00:00:00Z", "indeterminate");
    let found = check("US", "2024-01-01T00:00:00Z", "indeterminate");
    assert!(
        found
            .would_decide
            .unwrap()
            .contains("Data Privacy Framework")
    );
}

#[test]
fn seats_are_those_that_a_catalogue_names() {
    let operator = |registered_only| Place {
        operator: Some(Arc::new(Operator {
            name: "Net".into(),
            country: Country::new("SG").unwrap(),
            parent: Some(("Group".into(), Country::new("CN").unwrap())),
            roles: Vec::new(),
            source: "operators".into(),
            registered_only,
        })),
        ..placed("SG", Confidence::High).as_ref().clone()
    };
    let rules = rule("seats", "", "operator_not = [\"CN\"]\nowner = [\"IN\"]");
    let to = |registered_only| Flow {
        place: operator(registered_only).into(),
        ..flow()
    };
    check(
        &rules,
        &to(false),
        "seats operator-country violated, seats owner-country met",
    );
    check(
        &rules,
        &to(true),
        "seats operator-country indeterminate, seats owner-country met",
    );
    // A name that stands before a hidden one, or that rivals share, is nobody's for sure.
    let mut outer = to(false);
    outer.name_via = Some(Via::EchOuter);
    let (_, findings) = run(policy(&rules), known(), &[outer]);
    assert_eq!(findings.last().unwrap().verdict, Verdict::Indeterminate);
}

#[test]
fn what_travels_inside_another_flow_is_not_where_that_goes() {
    let wide = rule("wide", "", "server = [\"SG\"]");
    let mut vpn = flow();
    vpn.protocol = Some("wireguard");
    check(&wide, &vpn, "wide server-country indeterminate");
    vpn.place = placed("CN", Confidence::High);
    check(&wide, &vpn, "wide server-country violated");
    let mut proxied = flow();
    proxied.protocol = Some("http");
    proxied.name_via = Some(Via::Connect);
    check(&wide, &proxied, "wide server-country indeterminate");
    let named = rule("named", "domains = [\"example.in\"]", "server = [\"IN\"]");
    check(&named, &proxied, "named server-country indeterminate");
}

#[test]
fn encryption_is_told_by_what_the_flow_shows() {
    let check = |wanted: &str, change: &dyn Fn(&mut Flow), want: &str| {
        let mut flow = flow();
        change(&mut flow);
        let rules = rule("e", "", &format!("encryption = \"{wanted}\""));
        let (verdicts, _) = run(policy(&rules), known(), &[flow]);
        assert_eq!(
            verdicts[0].map_or("none", Verdict::as_str),
            want,
            "{wanted}"
        );
    };
    let version = |version: u16, chosen: bool| {
        move |flow: &mut Flow| {
            flow.tls_version = Some(version);
            flow.tls_version_chosen = chosen;
        }
    };
    let word = |word: Option<&'static str>| {
        move |flow: &mut Flow| {
            flow.protocol = word;
            flow.tls_version = None;
        }
    };
    check("tls1.3", &version(0x0304, true), "met");
    check("tls1.3", &version(0x0303, true), "violated");
    check("tls1.2", &version(0x0303, true), "met");
    check("tls1.3", &version(0x0304, false), "indeterminate");
    check("tls1.3", &version(0x0303, false), "violated");
    check("tls1.2", &version(0xfefd, true), "met");
    check("tls1.2", &version(0xfeff, true), "violated");
    check("tls", &version(0x0300, true), "violated");
    check("tls", &version(0x0304, false), "met");
    check("tls", &word(Some("http")), "violated");
    check("tls", &word(Some("ssh")), "met");
    check("tls1.2", &word(Some("ssh")), "indeterminate");
    check("tls", &word(Some("rtp")), "indeterminate");
    check("tls", &word(None), "indeterminate");
    check("any", &word(Some("http")), "met");
    check("tls", &|flow| flow.tls_cipher = Some(0x003b), "violated");
    check("tls", &|flow| flow.transport = Transport::Icmp, "none");
    check("tls", &|flow| flow.scope = Scope::Lan, "none");
}

#[test]
fn names_are_seen_or_hidden() {
    let rules = rule("n", "", "names = \"hidden\"");
    check(&rules, &flow(), "n names violated");
    let mut outer = flow();
    outer.name_via = Some(Via::EchOuter);
    check(&rules, &outer, "n names met");
    let mut by_answer = flow();
    by_answer.name_via = Some(Via::Dns);
    by_answer.name_grade = Grade::Inferred;
    // The handshake had a name, which nobody read.
    check(&rules, &by_answer, "n names indeterminate");
    by_answer.ja4 = Some("t13i1516h2_8daaf6152771_02713d6af862".into());
    check(&rules, &by_answer, "n names met");
}

#[test]
fn resolvers_are_held_against_a_scope_of_their_own() {
    let rules = rule(
        "r",
        "",
        "resolver = { addresses = [\"192.0.2.1\", \"10.0.0.1\"] }",
    );
    let mut dns = flow();
    dns.protocol = Some("dns");
    check(&rules, &dns, "r resolver met");
    dns.remote_ip = "198.51.100.1".parse().unwrap();
    check(&rules, &dns, "r resolver violated");
    dns.scope = Scope::Lan;
    check(&rules, &dns, "r resolver indeterminate");
    dns.remote_ip = "10.0.0.1".parse().unwrap();
    check(&rules, &dns, "r resolver met");
    check(&rules, &flow(), "");
}

#[test]
fn hidden_names_and_tunnels_are_allowed_by_name() {
    let hiding = rule("h", "", "hidden_names = [\"doh\"]");
    let mut doh = flow();
    doh.protocol = Some("doh");
    doh.hidden = Some("doh");
    check(&hiding, &doh, "h hidden-names met");
    doh.hidden = Some("ech");
    check(&hiding, &doh, "h hidden-names violated");
    check(&hiding, &flow(), "h hidden-names met");
    let tunnels = rule("t", "", "tunnel = [\"wireguard\"]");
    let mut vpn = flow();
    vpn.protocol = Some("wireguard");
    check(&tunnels, &vpn, "t tunnel met");
    vpn.protocol = Some("openvpn");
    check(&tunnels, &vpn, "t tunnel violated");
    vpn.protocol = None;
    check(&tunnels, &vpn, "t tunnel indeterminate");
}

fn with_consent_at(second: i64) -> Known {
    let start = Time(flow().first_seen.0 + second * SECOND);
    Known {
        phases: Some(Arc::new(PhaseLog {
            phases: vec![Phase {
                name: "consent".into(),
                start,
                ..Phase::default()
            }],
            ..PhaseLog::default()
        })),
        ..Known::default()
    }
}

#[test]
fn silence_before_consent() {
    let rules = rule("quiet", "before = \"consent\"", "silence = true");
    check_knowing(
        &rules,
        with_consent_at(5),
        &flow(),
        "quiet silence violated",
    );
    check_knowing(&rules, with_consent_at(-5), &flow(), "");
    // Nobody wrote down when it was.
    check(&rules, &flow(), "quiet silence indeterminate");
}

fn exception(scope: &str, expires: &str) -> String {
    format!(
        "\n[[exception]]\nid = \"grace\"\nowner = \"A. Person\"\nreason = \"r\"\nexpires = \
         \"{expires}\"\n[exception.scope]\n{scope}\n"
    )
}

#[test]
fn exceptions_cover_until_their_last_day() {
    let rules = rule("place", "", "server = [\"IN\"]");
    let with = |scope: &str, day: &str| rules.clone() + &exception(scope, day);
    check(
        &with("domains = [\"example.in\"]", "2024-01-01"),
        &flow(),
        "",
    );
    check(
        &with("domains = [\"example.in\"]", "2023-12-31"),
        &flow(),
        "place server-country violated, grace exception indeterminate",
    );
    check(
        &with("domains = [\"other.in\"]", "2024-01-01"),
        &flow(),
        "place server-country violated",
    );
    // Whether it covers the flow, is not known.
    check(
        &with("apps = [\"com.example\"]", "2024-01-01"),
        &flow(),
        "place server-country indeterminate",
    );
}

#[test]
fn results_have_every_rule() {
    let rules = rule("a", "", "server = [\"@EEA\"]")
        + &rule("b", "ports = [1]", "encryption = \"tls\"")
        + &exception("ports = [2]", "2023-01-01");
    let mut run = Run::new(Arc::new(policy(&rules)), Arc::new(known()));
    assert_eq!(run.flow(&flow(), Some(0)), Some(Verdict::Violated));
    let (_, result) = run.finish(&[destination()]);
    assert_eq!(result.rules[0].flows, [1, 0, 0]);
    assert_eq!(result.rules[0].verdict, Some(Verdict::Violated));
    assert_eq!(result.rules[1].verdict, None);
    assert_eq!(result.rules[1].line, 12);
    assert_eq!(result.groups[0].name, "@EEA");
    assert_eq!(result.exceptions[0].last_day(), "2023-01-01");
    assert_eq!(result.sha256.len(), 64);
}

#[track_caller]
fn fault(text: &str, want: &str) {
    let error = Policy::read(text, "p.toml").unwrap_err().to_string();
    assert!(error.starts_with(want), "{error}");
}

#[test]
fn faults_have_line_and_column() {
    let head = "[policy]\nname = \"t\"\ntitle = \"T\"\n";
    fault("", "p.toml:1:1: the file needs a [policy] table");
    fault("[policy\n", "p.toml:1:8: ");
    fault(head, "p.toml:1:1: the file has no [[rule]]");
    let of = |rules: &str| format!("{head}{rules}");
    fault(&of("[[rules]]\n"), "p.toml:4:3: `rules` is no key");
    fault(
        &of(&rule("a", "", "server = [\"UK\"]")),
        "p.toml:9:11: UK: no country code",
    );
    fault(
        &of(&rule("a", "", "server = [\"@EEB\"]")),
        "p.toml:9:11: `@EEB`: no such group",
    );
    fault(
        &of(&rule("a", "", "server = []")),
        "p.toml:9:10: `server` is empty",
    );
    fault(
        &of(&rule("a", "", "encryption = \"ssl\"")),
        "p.toml:9:14: `ssl` is no value",
    );
    fault(
        &of(&rule("a", "", "")),
        "p.toml:8:1: [rule.expect] expects nothing",
    );
    fault(
        &of(&rule("a", "protocols = [\"htpp\"]", "silence = true")),
        "p.toml:9:14: `htpp`",
    );
    fault(
        &of(&rule("a", "functions = [\"pusch\"]", "silence = true")),
        "p.toml:9:14: `pusch`",
    );
    fault(
        &of(&rule("a", "port = [1]", "silence = true")),
        "p.toml:9:1: `port` is no key",
    );
    let twice = rule("a", "", "silence = true") + &rule("a", "ports = [1]", "silence = true");
    fault(&of(&twice), "p.toml:12:6: the id `a` is taken");
}

#[track_caller]
fn lints(rules: &str, want: &[&str]) {
    let found = policy(rules).check();
    let said: Vec<String> = found
        .iter()
        .map(|it| format!("{}:{} {} {}", it.line, it.column, it.is_error, it.what))
        .collect();
    assert_eq!(said.len(), want.len(), "{said:#?}");
    for (said, want) in said.iter().zip(want) {
        assert!(said.starts_with(want), "{said:#?}");
    }
}

#[test]
fn the_check_finds_what_no_flow_reaches_and_what_contradicts() {
    let wide = rule("wide", "", "server = [\"SG\"]");
    let narrow = |expect: &str| rule("narrow", "domains = [\"a.in\"]", expect);
    lints(&(narrow("server = [\"IN\"]") + &wide), &[]);
    lints(
        &(wide.clone() + &narrow("server = [\"IN\"]")),
        &["12:6 true rule `narrow` is never reached: `wide` (line 6)"],
    );
    lints(
        &(wide.clone() + &narrow("server = [\"IN\"]\nencryption = \"tls\"")),
        &["12:6 false rule `narrow` never judges server-country: `wide`"],
    );
    lints(
        &(wide.clone() + &rule("again", "", "server = [\"IN\"]")),
        &[
            "12:6 true rule `again` contradicts `wide` (line 6) on server-country",
            "12:6 true rule `again` is never reached",
        ],
    );
    lints(
        &(narrow("server = [\"IN\"]") + &rule("ports", "ports = [80]", "server = [\"SG\"]")),
        &["14:6 false rule `ports` overlaps `narrow` (line 6) on server-country"],
    );
    lints(
        &rule("none", "", "server = [\"IN\"]\nserver_not = [\"@SAARC\"]"),
        &["6:6 true rule `none` leaves no country on server-country"],
    );
    lints(
        &rule(
            "both",
            "",
            "server = [\"IN\", \"SG\"]\nserver_not = [\"SG\"]",
        ),
        &["6:6 false rule `both` both expects SG and does not"],
    );
    lints(
        &rule("who", "owners = [\"Nobody Ltd\"]", "silence = true"),
        &["9:11 false owner `Nobody Ltd` is not in the embedded catalogue"],
    );
    lints(&rule("who", "owners = [\"xiaomi\"]", "silence = true"), &[]);
}

#[test]
fn every_built_in_policy_reads_and_lints_clean() {
    assert!(Policy::built_in().is_sorted_by(|a, b| a.0 < b.0));
    for (name, _) in Policy::built_in() {
        let policy = Policy::of_name(name).unwrap().unwrap();
        assert_eq!(policy.name(), *name);
        assert!(policy.as_of().is_some(), "{name}");
        let notice = policy.notice.as_deref().unwrap();
        assert!(
            notice.contains("starting point, not legal advice"),
            "{name}"
        );
        assert_eq!(policy.check(), [], "{name}");
        let words: Vec<&str> = policy
            .rules
            .iter()
            .map(|rule| rule.reason.as_ref())
            .collect();
        for word in ["illegal", "leak", "government device", "spying"] {
            assert!(!words.join(" ").contains(word), "{name}: {word}");
        }
    }
}

/// The schema is kept by hand: its keys are those that are read.
#[test]
fn the_schema_has_the_keys_that_are_read() {
    let schema: serde_json::Value = serde_json::from_str(Policy::schema()).unwrap();
    let keys = |path: &str, known: &[&str]| {
        let table = schema.pointer(path).unwrap();
        assert_eq!(table["additionalProperties"], false, "{path}");
        let found = table["properties"].as_object().unwrap();
        let mut found: Vec<&str> = found.keys().map(String::as_str).collect();
        let mut known = known.to_vec();
        found.sort_unstable();
        known.sort_unstable();
        assert_eq!(found, known, "{path}");
    };
    use crate::data::group_form::{GROUP_KEYS, MEMBERSHIP_KEYS};
    keys("", form::TABLES);
    keys("/properties/policy", form::POLICY_KEYS);
    keys("/properties/group/items", GROUP_KEYS);
    keys(
        "/properties/group/items/properties/membership/items",
        MEMBERSHIP_KEYS,
    );
    let rule = "/properties/rule/items";
    keys(rule, form::RULE_KEYS);
    let scope = format!("{rule}/properties/scope");
    keys(&scope, crate::judge::selector::KEYS);
    let expect = format!("{rule}/properties/expect");
    keys(&expect, expect::EXPECT_KEYS);
    let resolver = format!("{expect}/properties/resolver");
    keys(&resolver, expect::RESOLVER_KEYS);
    let exception = "/properties/exception/items";
    keys(exception, form::EXCEPTION_KEYS);
    keys(
        &format!("{exception}/properties/scope"),
        crate::judge::selector::KEYS,
    );
    let values = |path: String, known: &[&str]| {
        assert_eq!(
            schema.pointer(&path).unwrap(),
            &serde_json::json!(known),
            "{path}"
        );
    };
    values(
        format!("{expect}/properties/encryption/enum"),
        expect::ENCRYPTION,
    );
    values(format!("{expect}/properties/names/enum"), expect::NAMES);
    let list = |key: &str| format!("{expect}/properties/{key}/anyOf/1/items/enum");
    values(list("hidden_names"), expect::HIDING);
    values(list("tunnel"), protocols::TUNNELS);
    let axes = axis::Axis::ALL.map(axis::Axis::as_str);
    values(format!("{exception}/properties/axes/items/enum"), &axes);
    let confidences = "/properties/policy/properties/min_confidence/enum".to_owned();
    values(confidences, form::CONFIDENCES);
}

#[test]
fn an_explanation_names_the_judge_and_who_was_not_meant() {
    let rules = rule("other", "domains = [\"other.in\"]", "server = [\"IN\"]")
        + &rule("app", "apps = [\"com.a\"]", "server = [\"IN\"]")
        + &rule("wide", "", "server = [\"SG\"]");
    let explained = policy(&rules).explain(&flow(), &known());
    assert_eq!(explained.unmeant, [("other".to_owned(), "domains")]);
    let [server] = explained.axes.as_slice() else {
        panic!("{explained:#?}");
    };
    assert_eq!(server.verdict, Some(Verdict::Indeterminate));
    assert!(server.steps[0].contains("rule app (line 14) may mean the flow: apps cannot be told"));
    assert!(
        server.steps[1].contains("rule wide (line 22) means the flow"),
        "{server:#?}"
    );
}

/// A policy as large as a company's: rules by domain, owner, function, name, port and place.
fn large(rules: usize) -> Policy {
    let mut text = String::new();
    for number in 0..rules {
        let scope = match number % 5 {
            0 => format!("domains = [\"site{number}.example\"]"),
            1 => format!("owners = [\"Company {number}\"]"),
            2 => format!("names = [\"*.cdn{number}.example\", \"push*.site{number}.net\"]"),
            3 => format!("ports = [{}]\nprotocols = [\"tls\", \"quic\"]", number + 1),
            _ => format!(
                "functions = [\"push\"]\naddresses = [\"192.0.{}.0/24\"]",
                number % 256
            ),
        };
        let expect = "server = [\"IN\", \"SG\", \"@EEA\", \"@EU-ADEQUATE\"]\noperator_not = \
                      [\"CN\"]\nowner_not = [\"CN\"]\nencryption = \"tls1.2\"";
        text.push_str(&rule(&format!("r{number}"), &scope, expect));
    }
    text.push_str(&rule(
        "last",
        "",
        "server = [\"@EEA\", \"@EU-ADEQUATE\", \"SG\"]\ntunnel = \"none\"",
    ));
    policy(&text)
}

/// Flows to many names, addresses and owners.
fn many(count: usize, names: usize) -> impl Iterator<Item = Flow> {
    let owners: Vec<_> = (0..500)
        .map(|number| owned(&format!("Company {number}"), ["CN", "US", "IN"][number % 3]))
        .collect();
    let places: Vec<_> = (0..2_000)
        .map(|number| {
            let code = ["SG", "US", "CN", "IN", "DE", "GB"][number % 6];
            placed(code, [Confidence::High, Confidence::Low][number % 7 / 6])
        })
        .collect();
    let texts: Vec<crate::model::Text> = (0..names)
        .map(|number| {
            format!("h{number}.site{}.example", number % 400)
                .as_str()
                .into()
        })
        .collect();
    let plain = flow();
    (0..count).map(move |number| {
        let mut flow = plain.clone();
        let u32_of = |number: usize| u32::try_from(number).unwrap();
        flow.flow = u64::from(u32_of(number)) + 1;
        flow.first_frame = flow.flow;
        flow.name = (number % 9 != 0).then(|| texts[number % names].clone());
        flow.owner = owners[number % names % owners.len()].clone();
        flow.place = places[number % 7_919 % places.len()].clone();
        flow.remote_ip = std::net::Ipv4Addr::from(0xc000_0000 + u32_of(number % 50_000)).into();
        flow.remote_port = [443, 80, 5228, 8080][number % 4];
        flow.first_seen = Time(flow.first_seen.0 + i64::from(u32_of(number)) * 1_000_000);
        flow
    })
}

/// The tables of a run say what each scope says alone.
#[test]
fn scopes_at_once_are_scopes_one_by_one() {
    let policy = large(90);
    let selectors: Vec<_> = policy.rules.iter().map(|rule| rule.scope.clone()).collect();
    let mut scopes = marks::Scopes::new(selectors.clone(), Arc::new(known()));
    for flow in many(400, 150) {
        let marks = scopes.of(&flow).clone();
        for (at, selector) in selectors.iter().enumerate() {
            let alone = selector.matches(&flow, crate::judge::selector::Test::default());
            assert_eq!(marks.truth(at), alone, "{at} {flow:?}");
        }
    }
}

/// Nanoseconds that this thread has had a processor: what others do meanwhile does not count.
fn on_processor() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// The speed that is promised: run with `--profile quick -- --ignored --nocapture`.
#[test]
#[ignore = "measures the time of a million flows against 200 rules"]
#[allow(clippy::print_stderr)]
fn a_million_flows_against_two_hundred_rules() {
    for names in [2_000, 100_000] {
        let mut flows = many(1_000_000, names);
        let mut run = Run::new(Arc::new(large(199)), Arc::new(known()));
        let (mut judged, mut took) = (0, 0);
        // As in an audit: rows are made a few at a time, and are judged while they are warm.
        for _ in 0..1_000 {
            let some: Vec<Flow> = flows.by_ref().take(1_000).collect();
            let before = on_processor();
            for flow in &some {
                let number = usize::try_from(flow.flow).unwrap() % 50_000;
                judged += usize::from(run.flow(flow, Some(number)).is_some());
            }
            took += on_processor() - before;
        }
        let took = std::time::Duration::from_nanos(took);
        let (findings, _) = run.finish(&[destination()]);
        eprintln!(
            "{names} names: {took:?}, {judged} judged, {} findings",
            findings.len()
        );
        assert!(judged > 900_000);
    }
}
