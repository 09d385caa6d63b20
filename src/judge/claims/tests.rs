//! Claims read from text, and single flows before them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::super::judging::{Asked, Judging, Known};
use super::read::{ASSERT_KEYS, CLAIM_KEYS, CONFIDENCES};
use super::*;
use crate::model::{
    Alias, App, ClaimResult, ClaimVerdict, Company, Country, Flow, Grade, Losses, NameOwner,
    Operator, Phase, PhaseLog, Place, Scope, Text, Time, Totals, Transport, Via,
};

/// One second of the test, in nanoseconds.
pub(super) const SECOND: i64 = 1_000_000_000;

pub(super) fn company(name: &str) -> Arc<Company> {
    Arc::new(Company {
        name: name.into(),
        group: name.into(),
        said_by: "owners, as of 2026-03-31".into(),
        ..Company::default()
    })
}

pub(super) fn owned_by(name: &str) -> Arc<NameOwner> {
    Arc::new(NameOwner {
        owner: Some(company(name)),
        ..NameOwner::default()
    })
}

pub(super) fn placed(country: Option<&str>, confidence: Confidence) -> Arc<Place> {
    Arc::new(Place {
        country: country.and_then(Country::new),
        confidence: country.map_or(Confidence::None, |_| confidence),
        ..Place::default()
    })
}

/// A TLS 1.3 flow to a name of Xiaomi in Singapore.
pub(super) fn flow() -> Flow {
    Flow {
        flow: 1,
        scope: Scope::Outbound,
        transport: Transport::Tcp,
        local_ip: "10.0.0.2".parse().unwrap(),
        local_port: 40_000,
        remote_ip: "54.179.147.20".parse().unwrap(),
        remote_port: 443,
        local_is_device: true,
        opened_locally: true,
        first_seen: Time(SECOND),
        last_seen: Time(2 * SECOND),
        packets_out: 10,
        bytes_out: 2_000,
        packets_in: 10,
        bytes_in: 4_000,
        first_frame: 7,
        last_frame: 40,
        tunnel: "",
        carries_tunnel: false,
        protocol: Some("tls"),
        name: Some(Text::from("api.account.xiaomi.com")),
        name_via: Some(Via::Sni),
        name_grade: Grade::Observed,
        name_rivals: None,
        names: Vec::new(),
        registrable_domain: Some(Text::from("xiaomi.com")),
        owner: owned_by("Xiaomi"),
        app: None,
        place: placed(Some("SG"), Confidence::High),
        rtt_ns: Some(70_000_000),
        tls_version: Some(0x0304),
        tls_version_chosen: true,
        tls_cipher: Some(0x1301),
        alpn: None,
        ja3: None,
        ja3s: None,
        ja4: None,
        hidden: None,
        certificate: None,
        gap_bytes: 0,
        verdict: None,
        phase: None,
        in_baseline: None,
    }
}

pub(super) fn claims(subject: &str, assert: &str) -> Arc<Claims> {
    let text = format!(
        "[[claim]]\nid = \"it\"\nquote = \"q\"\nspeaker = \"s\"\nsaid = \"2014-10-22\"\n\
         source = \"there\"\nsubject = {{ {subject} }}\nassert = {{ {assert} }}\n"
    );
    Arc::new(Claims::read(&text, "claims.toml").unwrap())
}

pub(super) fn judged(
    claims: &Arc<Claims>,
    flows: &[Flow],
    phases: Option<&PhaseLog>,
) -> ClaimResult {
    let asked = Asked {
        claims: vec![Arc::clone(claims)],
        ..Asked::default()
    };
    let known = Known {
        phases: phases.cloned().map(Arc::new),
        ..Known::default()
    };
    let mut judging = Judging::new(&asked, known);
    for flow in flows {
        judging.flow(flow, None);
    }
    let totals = Totals {
        time: Some((Time(0), Time(100 * SECOND))),
        ..Totals::default()
    };
    let mut outcome = judging.finish(&[], &totals, &Losses::default());
    outcome.claims.remove(0)
}

/// A claim of names of Xiaomi over these flows.
#[track_caller]
fn check(assert: &str, flows: &[Flow], want: ClaimVerdict) -> ClaimResult {
    check_of("owners = [\"xiaomi\"]", assert, flows, want)
}

#[track_caller]
fn check_of(subject: &str, assert: &str, flows: &[Flow], want: ClaimVerdict) -> ClaimResult {
    let result = judged(&claims(subject, assert), flows, None);
    assert_eq!(result.verdict, want, "{assert}: {}", result.sentence);
    result
}

use ClaimVerdict::{Contradicted, Indeterminate, NotExercised, Supported};

const SG: &str = "served_only_in = [\"SG\", \"US\"]";

#[test]
fn places_decide_where_they_are_sure() {
    check(SG, &[flow()], Supported);
    check(SG, &[], NotExercised);
    let at = |country, confidence| Flow {
        place: placed(country, confidence),
        ..flow()
    };
    let beijing = at(Some("CN"), Confidence::Medium);
    let result = check(SG, &[flow(), beijing.clone()], Contradicted);
    assert_eq!(result.flows, [1, 1, 0]);
    assert_eq!(
        result.against[0].because,
        "The address is placed in China (CN), medium confidence; the claim names SG, US."
    );
    check(
        SG,
        &[flow(), at(Some("CN"), Confidence::Low)],
        Indeterminate,
    );
    check(SG, &[flow(), at(None, Confidence::None)], Indeterminate);
    check("never_to = [\"CN\"]", &[flow()], Supported);
    check("never_to = [\"CN\"]", &[flow(), beijing], Contradicted);
    check(
        "never_to = [\"CN\"]",
        &[at(None, Confidence::None)],
        Indeterminate,
    );
}

#[test]
fn groups_are_asked_at_the_time_of_the_flow() {
    let at = |country, day| Flow {
        place: placed(Some(country), Confidence::High),
        first_seen: crate::judge::groups::midnight(day),
        ..flow()
    };
    const EU: &str = "served_only_in = [\"@EU\"]";
    // The United Kingdom left at the end of 2020-01-31, in Brussels; days are those of UTC.
    const JANUARY: i32 = 18_290;
    check(EU, &[at("GB", JANUARY)], Supported);
    let result = check(
        EU,
        &[at("GB", JANUARY), at("GB", JANUARY + 60)],
        Contradicted,
    );
    assert_eq!(result.flows, [1, 1, 0]);
    // The United States under the framework of 2023: a part of the recipients, whoever they are.
    const ADEQUATE: &str = "served_only_in = [\"@EU-ADEQUATE\", \"@EEA\"]";
    let open = check(ADEQUATE, &[at("US", 20_000)], Indeterminate);
    let because = &open.open[0].because;
    assert!(
        because.contains("hangs on what no capture shows"),
        "{because}"
    );
    let decides = open.would_decide.unwrap_or_default();
    assert!(
        decides.contains("the condition of the membership"),
        "{decides}"
    );
    check(
        "never_to = [\"@EU-ADEQUATE\"]",
        &[at("US", 20_000)],
        Indeterminate,
    );
    check(ADEQUATE, &[at("CN", 20_000)], Contradicted);
    // Between the end of the Privacy Shield and the framework there was nothing.
    check(ADEQUATE, &[at("US", 18_800)], Contradicted);
}

#[test]
fn a_file_brings_groups_of_its_own() {
    let text = "[[group]]\nname = \"OURS\"\ntitle = \"Our places\"\nas_of = \"2026-01-01\"\n\
        members = \"CN\"\n\
        [[claim]]\nid = \"it\"\nquote = \"q\"\nspeaker = \"s\"\nsaid = \"2014-10-22\"\n\
        source = \"there\"\nassert = { served_only_in = [\"@ours\"] }\n";
    let own = Arc::new(Claims::read(text, "claims.toml").unwrap());
    let of = |country| Flow {
        place: placed(Some(country), Confidence::High),
        ..flow()
    };
    assert_eq!(judged(&own, &[of("CN")], None).verdict, Supported);
    assert_eq!(judged(&own, &[of("SG")], None).verdict, Contradicted);
}

#[test]
fn somebody_elses_flows_are_neutral_and_nobodys_are_open() {
    let others = Flow {
        owner: owned_by("Google"),
        place: placed(Some("CN"), Confidence::High),
        ..flow()
    };
    check(SG, std::slice::from_ref(&others), NotExercised);
    check(SG, &[flow(), others], Supported);
    let unnamed = |country: &str| Flow {
        name: None,
        name_via: None,
        name_grade: Grade::None,
        owner: Arc::default(),
        place: placed(Some(country), Confidence::High),
        ..flow()
    };
    let result = check(SG, &[flow(), unnamed("CN")], Indeterminate);
    assert_eq!(result.hidden.could_contradict_flows, 1);
    assert_eq!(result.hidden.maybe_bytes_out, 2_000);
    // Whoever's it is, it fits.
    let result = check(SG, &[flow(), unnamed("SG")], Supported);
    assert_eq!(result.hidden.maybe_flows, 1);
    assert_eq!(result.hidden.could_contradict_flows, 0);
    check(SG, &[unnamed("SG")], Indeterminate);
    let outer = Flow {
        name_via: Some(Via::EchOuter),
        place: placed(Some("CN"), Confidence::High),
        ..flow()
    };
    check(SG, &[flow(), outer], Indeterminate);
}

#[test]
fn name_resolution_is_outside_and_tunnels_may_hold_anything() {
    let speaks = |protocol, port| Flow {
        protocol: Some(protocol),
        remote_port: port,
        name: None,
        owner: Arc::default(),
        place: placed(Some("CN"), Confidence::High),
        ..flow()
    };
    for (protocol, port) in [("dns", 53), ("ntp", 123), ("doh", 443), ("dot", 853)] {
        check(SG, &[flow(), speaks(protocol, port)], Supported);
    }
    check(SG, &[flow(), speaks("dns", 4_000)], Indeterminate);
    for protocol in ["wireguard", "esp", "openvpn", "socks"] {
        let result = check(SG, &[flow(), speaks(protocol, 4_500)], Indeterminate);
        assert!(result.would_decide.unwrap().contains("tunnel"));
    }
    let connected = Flow {
        name_via: Some(Via::Connect),
        ..flow()
    };
    check(SG, &[flow(), connected], Indeterminate);
    // In the local network too, and also where the name inside is of somebody else.
    let proxy = Flow {
        scope: Scope::Lan,
        ..speaks("socks", 1_080)
    };
    check(SG, &[flow(), proxy], Indeterminate);
    check_of(
        "protocols = [\"dns\"]",
        "never_to = [\"CN\"]",
        &[speaks("dns", 53)],
        Contradicted,
    );
    check_of(
        "protocols = [\"wireguard\"]",
        SG,
        &[speaks("wireguard", 9)],
        Contradicted,
    );
}

#[test]
fn encryption_has_a_minimum() {
    let tls = |version, chosen| Flow {
        tls_version: version,
        tls_version_chosen: chosen,
        ..flow()
    };
    let least = |minimum: &str, flow: Flow, want| {
        check(&format!("encrypted = \"{minimum}\""), &[flow], want);
    };
    least("tls1.2", tls(Some(0x0303), true), Supported);
    least("tls1.3", tls(Some(0x0303), true), Contradicted);
    least("tls1.2", tls(Some(0x0302), true), Contradicted);
    least("tls", tls(Some(0x0301), true), Supported);
    least("tls", tls(Some(0x0300), true), Contradicted);
    least("tls1.2", tls(Some(0x0304), false), Indeterminate);
    least("tls1.2", tls(Some(0x0301), false), Contradicted);
    least("tls", tls(None, false), Supported);
    let null = Flow {
        tls_cipher: Some(0x003b),
        ..tls(Some(0x0303), true)
    };
    least("tls", null, Contradicted);
    let speaks = |protocol| Flow {
        protocol,
        tls_version: None,
        tls_version_chosen: false,
        ..flow()
    };
    least("tls", speaks(Some("http")), Contradicted);
    least("tls", speaks(Some("mqtt")), Contradicted);
    least("tls", speaks(None), Indeterminate);
    least("tls", speaks(Some("whatsapp")), Indeterminate);
    least("tls", speaks(Some("quic")), Indeterminate);
    let quic = Flow {
        tls_version: Some(0x0304),
        ..speaks(Some("quic"))
    };
    least("tls1.3", quic, Supported);
    // A refused connection: one segment each way.
    let refused = Flow {
        packets_out: 1,
        bytes_out: 60,
        packets_in: 1,
        bytes_in: 40,
        ..speaks(None)
    };
    least("tls1.2", refused, NotExercised);
}

#[test]
fn companies_decide_where_a_catalogue_names_them() {
    let operated = |name: &str, registered_only| Flow {
        place: Arc::new(Place {
            operator: Some(Arc::new(Operator {
                name: name.into(),
                country: Country::new("US").unwrap(),
                parent: None,
                roles: Vec::new(),
                source: "owners, as of 2026-03-31".into(),
                registered_only,
            })),
            ..Place::default()
        }),
        ..flow()
    };
    let by = "operated_by = [\"Amazon\"]";
    check(by, &[operated("amazon", false)], Supported);
    check(by, &[operated("China Telecom", false)], Contradicted);
    check(by, &[operated("Amazon", true)], Indeterminate);
    check(by, &[operated("China Telecom", true)], Indeterminate);
    check(by, &[flow()], Indeterminate);
    let own = "only_own_domains = [\"Xiaomi\"]";
    let others = Flow {
        owner: owned_by("Google"),
        ..flow()
    };
    check_of("", own, &[flow()], Supported);
    check_of("", own, &[flow(), others], Contradicted);
    let nobodys = Flow {
        owner: Arc::default(),
        ..flow()
    };
    check_of("", own, &[flow(), nobodys], Indeterminate);
    let cloaked = Flow {
        owner: Arc::new(NameOwner {
            owner: Some(company("Xiaomi")),
            alias: Some(Alias {
                target: Text::from("x.tracker.example"),
                frame: 3,
                owner: Some(company("Tracker")),
                hosted_by: None,
            }),
            ..NameOwner::default()
        }),
        ..flow()
    };
    check_of("", own, std::slice::from_ref(&cloaked), Supported);
    let result = check_of(
        "",
        "no_third_parties = [\"Xiaomi\"]",
        &[cloaked],
        Contradicted,
    );
    assert_eq!(
        result.against[0].because,
        "The name is an alias of a name of Tracker (frame 3)."
    );
}

pub(super) fn log() -> PhaseLog {
    let phase = |name: &str, start| Phase {
        name: name.into(),
        start: Time(start),
        ..Phase::default()
    };
    PhaseLog {
        phases: vec![phase("boot", 0), phase("consent-accepted", 10 * SECOND)],
        ..PhaseLog::default()
    }
}

#[test]
fn nothing_before_consent_needs_a_log_and_a_time_before() {
    let claim = claims(
        "owners = [\"Xiaomi\"], before = \"consent-accepted\"",
        "no_flows = true",
    );
    let early = flow();
    let late = Flow {
        first_seen: Time(11 * SECOND),
        ..flow()
    };
    let verdict = |flows: &[Flow], log: Option<&PhaseLog>| judged(&claim, flows, log).verdict;
    let log = log();
    assert_eq!(
        verdict(std::slice::from_ref(&early), Some(&log)),
        Contradicted
    );
    assert_eq!(verdict(std::slice::from_ref(&late), Some(&log)), Supported);
    assert_eq!(verdict(&[early.clone(), late.clone()], None), Indeterminate);
    // Without any traffic nothing was tested.
    assert_eq!(verdict(&[], Some(&log)), NotExercised);
    let mut from_the_start = log.clone();
    from_the_start.phases[1].start = Time(-5 * SECOND);
    assert_eq!(
        verdict(std::slice::from_ref(&late), Some(&from_the_start)),
        NotExercised
    );
    let mut without = log;
    without.phases.pop();
    assert_eq!(verdict(&[late], Some(&without)), Indeterminate);
}

#[test]
fn apps_are_asked_for() {
    let app = |name: Option<&str>| Flow {
        app: name.map(|name| App {
            name: Some(Text::from(name)),
            ..App::default()
        }),
        place: placed(Some("CN"), Confidence::High),
        ..flow()
    };
    let subject = "apps = [\"com.xiaomi.*\"]";
    check_of(subject, SG, &[app(Some("com.xiaomi.xmsf"))], Contradicted);
    check_of(subject, SG, &[app(Some("org.signal"))], NotExercised);
    check_of(subject, SG, &[app(None)], Indeterminate);
}

#[test]
fn change_needs_two_captures() {
    for assert in ["latency_reduced = true", "migrated_since = \"2014-12-31\""] {
        let result = check(assert, &[flow()], Indeterminate);
        assert_eq!(
            result.would_decide.as_deref(),
            Some("`whereto diff BEFORE AFTER --claims FILE`")
        );
        check(assert, &[], NotExercised);
    }
}

/// What was folded was observed and not judged.
#[test]
fn folded_flows_leave_a_claim_open() {
    let asked = Asked {
        claims: vec![claims("owners = [\"Xiaomi\"]", SG)],
        ..Asked::default()
    };
    let mut judging = Judging::new(&asked, Known::default());
    judging.flow(&flow(), None);
    let totals = Totals {
        folded_flows: 3,
        ..Totals::default()
    };
    let outcome = judging.finish(&[], &totals, &Losses::default());
    assert_eq!(outcome.claims[0].verdict, Indeterminate);
    assert_eq!(outcome.claims[0].flows, [1, 0, 3]);
    assert!(outcome.claims[0].hidden.losses.is_some());
}

#[test]
fn lists_are_bounded_and_counts_are_not() {
    let asked = Asked {
        claims: vec![claims("owners = [\"Xiaomi\"]", SG)],
        ..Asked::default()
    };
    let mut judging = Judging::new(&asked, Known::default());
    for number in 0..3_000_usize {
        let mut flow = flow();
        flow.first_frame = u64::try_from(number).unwrap();
        flow.place = placed(Some("CN"), Confidence::Medium);
        judging.flow(&flow, Some(number));
    }
    let claim = judging
        .finish(&[], &Totals::default(), &Losses::default())
        .claims
        .remove(0);
    assert_eq!(claim.exhibits, [0, 3_000, 0]);
    assert_eq!(claim.against.len(), 64);
    assert_eq!(claim.flows, [0, 3_000, 0]);
}

#[test]
fn faults_have_places() {
    let wrong = |text: &str, want: &str| {
        let got = Claims::read(text, "c.toml").unwrap_err().to_string();
        assert!(got.starts_with(want), "{got}");
    };
    let head =
        "[[claim]]\nid = \"a\"\nquote = \"q\"\nspeaker = \"s\"\nsaid = \"2014\"\nsource = \"x\"\n";
    wrong("", "c.toml:1:1: the file holds no claim");
    wrong("[[claims]]\n", "c.toml:1:3: `claims` is no key of the file");
    wrong("[[claim]]\nid = 1\n", "c.toml:2:6: `id` must be a text");
    wrong("[[claim]]\nid = \"a b\"\n", "c.toml:2:6: `a b`: an id has");
    wrong(head, "c.toml:1:1: a claim needs [claim.assert]");
    let with = |assert: &str| format!("{head}assert = {{ {assert} }}\n");
    wrong(
        &with(""),
        "c.toml:7:10: the assertion of a claim says nothing",
    );
    wrong(
        &with("served_only_in = [\"SG\", \"UK\"]"),
        "c.toml:7:36: UK: no country code",
    );
    wrong(
        &with("served_only_in = []"),
        "c.toml:7:29: `served_only_in` names no country",
    );
    wrong(
        &with("encrypted = \"ssl\""),
        "c.toml:7:24: `ssl` is no least encryption",
    );
    wrong(
        &with("no_flows = false"),
        "c.toml:7:23: `no_flows` says something only",
    );
    wrong(
        &with("no_flows = true, encrypted = \"tls\""),
        "c.toml:7:10: the assertion of a claim says `no_flows`",
    );
    wrong(
        &with("migrated_since = \"soon\""),
        "c.toml:7:29: `soon`: a time stands here",
    );
    let late = format!("{}\n{}", with("no_flows = true"), with("no_flows = true"));
    wrong(
        &late,
        "c.toml:10:6: `a` is the id of the claim in line 1 too",
    );
    let subject = format!("{head}subject = {{ owner = [\"X\"] }}\n");
    wrong(&subject, "c.toml:7:13: `owner` is no key of the subject");
    wrong(
        &head.replace("2014", "lately"),
        "c.toml:5:8: `lately`: a day stands here",
    );
    let sure = format!("{head}min_confidence = \"total\"\n");
    wrong(&sure, "c.toml:7:18: `total` is no confidence");
}

/// Editors know every key that is read, and no other.
#[test]
fn the_schema_knows_the_keys() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/claims.schema.json");
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let keys = |pointer: &str| -> Vec<String> {
        let object = schema.pointer(pointer).unwrap().as_object().unwrap();
        let mut keys: Vec<String> = object.keys().cloned().collect();
        keys.sort();
        keys
    };
    let sorted = |keys: &[&str]| {
        let mut keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys("/properties"), ["claim", "group"]);
    assert_eq!(keys("/$defs/claim/properties"), sorted(CLAIM_KEYS));
    assert_eq!(keys("/$defs/assert/properties"), sorted(ASSERT_KEYS));
    assert_eq!(
        keys("/$defs/subject/properties"),
        sorted(super::super::selector::KEYS)
    );
    let words = |pointer: &str| schema.pointer(pointer).unwrap().clone();
    assert_eq!(
        words("/$defs/claim/properties/min_confidence/enum"),
        serde_json::json!(CONFIDENCES)
    );
    assert_eq!(
        words("/$defs/assert/properties/encrypted/enum"),
        serde_json::json!(protection::Minimum::WORDS)
    );
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/claims.md");
    let page = std::fs::read_to_string(page).unwrap();
    for key in CLAIM_KEYS
        .iter()
        .chain(ASSERT_KEYS)
        .chain(super::super::selector::KEYS)
    {
        assert!(
            page.contains(&format!("`{key}`")),
            "docs/claims.md lacks {key}"
        );
    }
}

/// A million flows before twenty claims: `cargo test --profile quick -- --ignored million`.
#[test]
#[ignore = "measures"]
fn a_million_flows() {
    let file = |number: u32| {
        let text = format!(
            "[[claim]]\nid = \"c{number}\"\nquote = \"q\"\nspeaker = \"s\"\nsaid = \"2014\"\n\
             source = \"x\"\nsubject = {{ owners = [\"Xiaomi\"] }}\n\
             assert = {{ served_only_in = [\"SG\", \"US\"], encrypted = \"tls1.2\" }}\n"
        );
        Arc::new(Claims::read(&text, "c.toml").unwrap())
    };
    let asked = Asked {
        claims: (0..20).map(file).collect(),
        ..Asked::default()
    };
    let rows: Vec<Flow> = (0..10_000_u32)
        .map(|number| Flow {
            name: Some(Text::from(format!("n{number}.xiaomi.com").as_str())),
            place: placed(
                Some(if number % 3 == 0 { "CN" } else { "SG" }),
                Confidence::Medium,
            ),
            ..flow()
        })
        .collect();
    let mut judging = Judging::new(&asked, Known::default());
    for _ in 0..100 {
        for (number, row) in rows.iter().enumerate() {
            judging.flow(row, Some(number));
        }
    }
    let claims = judging
        .finish(&[], &Totals::default(), &Losses::default())
        .claims;
    assert_eq!(claims[19].flows.iter().sum::<u64>(), 1_000_000);
}
