//! Verdicts and their words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::model::{
    Alias, Company, Confidence, Country, Excluded, Finding, Operator, Physics, PlaceOpinion,
    Severity, Text, Time,
};
use std::sync::Arc;

#[track_caller]
fn check_expectation(written: &str, want: &str) {
    let got = match parse_expectation(written) {
        Ok(expect) => {
            let codes: Vec<&str> = expect.countries.iter().map(Country::code).collect();
            codes.join(" ")
        }
        Err(error) => error.to_string(),
    };
    assert!(got.starts_with(want), "{written}: {got}");
}

#[test]
fn expectations_are_codes_and_groups() {
    check_expectation("IN,SG", "IN SG");
    check_expectation("sg, in;IN", "IN SG");
    check_expectation("XK", "XK");
    check_expectation("@gcc,IN", "AE BH IN KW OM QA SA");
    check_expectation("@fvey", "AU CA GB NZ US");
    let expect = parse_expectation("SG,@EEA,@eea").unwrap();
    let [group] = expect.groups.as_slice() else {
        panic!("one group: {:?}", expect.groups);
    };
    assert_eq!(
        (group.name.as_str(), group.date.as_ref()),
        ("@EEA", "2026-06-01")
    );
    assert_eq!(group.title.as_ref(), "European Economic Area");
    let has = |code: &str| expect.countries.contains(&Country::new(code).unwrap());
    assert!(has("SG") && has("NO") && has("RE") && !has("GB") && !has("CH"));
    assert!(expect.countries.is_sorted());
}

#[test]
fn a_member_under_a_condition_is_neither_in_nor_out() {
    let expect = parse_expectation("@EU-ADEQUATE").unwrap();
    let us = place(Some("US"), None);
    let of = |expect: &Expectation| judge(&us, Scope::Outbound, expect);
    assert_eq!(of(&expect), Some(Verdict::Indeterminate));
    assert_eq!(
        of(&parse_expectation("@EU-ADEQUATE,US").unwrap()),
        Some(Verdict::Met)
    );
    assert_eq!(
        of(&parse_expectation("@EEA").unwrap()),
        Some(Verdict::Violated)
    );
    let expected = Expected {
        place: Some(expect),
        ..Expected::default()
    };
    let destination = destination(us, Verdict::Indeterminate);
    let judged = Explainer::default().judge(&destination, &expected, &data());
    let why = &judged[0].why;
    assert!(
        why.contains("Whether the United States counts as a member of @EU-ADEQUATE hangs on"),
        "{why}"
    );
    assert!(judged[0].would_decide.is_some());
}

#[test]
fn a_wrong_word_is_named_with_what_was_meant() {
    check_expectation(
        "UK",
        "UK: no country code of ISO 3166-1; did you mean GB (United Kingdom)?",
    );
    check_expectation("EU", "EU: no country code of ISO 3166-1; did you mean @EU?");
    check_expectation(
        "eea",
        "eea: no country code of ISO 3166-1; did you mean @EEA?",
    );
    check_expectation(
        "Singapore",
        "Singapore: no country code of ISO 3166-1; did you mean SG (Singapore)?",
    );
    check_expectation(
        "germny",
        "germny: no country code of ISO 3166-1; did you mean DE (Germany)?",
    );
    check_expectation("ZZ", "ZZ: no country code of ISO 3166-1");
    check_expectation("Atlantis", "Atlantis: no country code of ISO 3166-1");
    check_expectation("@ASEN", "@ASEN: no such group; did you mean @ASEAN?");
    check_expectation("@IN", "@IN: no such group; did you mean the country IN?");
    check_expectation("@NOWHERE", "@NOWHERE: no such group (groups:");
    check_expectation("", "no country is expected");
    check_expectation(" ,; ", "no country is expected");
    check_expectation("\x1b[2J", "\x1b[2J: no country code");
    let long = parse_expectation(&"x".repeat(1 << 20))
        .unwrap_err()
        .to_string();
    assert!(long.len() < 200);
}

fn place(country: Option<&str>, why: Option<&'static str>) -> Place {
    Place {
        country: country.and_then(Country::new),
        confidence: country.map_or(Confidence::None, |_| Confidence::Medium),
        unknown_because: why,
        opinions: vec![PlaceOpinion {
            source: 0,
            country: country.and_then(Country::new),
            ..PlaceOpinion::default()
        }],
        ..Place::default()
    }
}

#[test]
fn three_verdicts_and_none() {
    let expect = parse_expectation("IN,SG").unwrap();
    let of = |place: &Place, scope| judge(place, scope, &expect);
    assert_eq!(
        of(&place(Some("SG"), None), Scope::Outbound),
        Some(Verdict::Met)
    );
    assert_eq!(
        of(&place(Some("CN"), None), Scope::Outbound),
        Some(Verdict::Violated)
    );
    let unknown = place(None, Some("sources disagree"));
    assert_eq!(of(&unknown, Scope::Outbound), Some(Verdict::Indeterminate));
    let unsure = Place {
        confidence: Confidence::None,
        ..place(Some("CN"), None)
    };
    assert_eq!(of(&unsure, Scope::Outbound), Some(Verdict::Indeterminate));
    for country in ["CN", "SG"] {
        let unsure = Place {
            confidence: Confidence::Low,
            ..place(Some(country), None)
        };
        assert_eq!(of(&unsure, Scope::Outbound), Some(Verdict::Indeterminate));
    }
    for scope in [Scope::Lan, Scope::Multicast, Scope::Loopback] {
        assert_eq!(of(&place(Some("CN"), None), scope), None);
    }
}

fn destination(place: Place, verdict: Verdict) -> Destination {
    Destination {
        name: Some(Text::from("tracking.miui.com")),
        name_via: "sni",
        name_grade: "observed",
        registrable_domain: Some(Text::from("miui.com")),
        scope: Scope::Outbound,
        addresses: vec!["220.181.106.151".parse().unwrap()],
        address_count: 1,
        place: place.into(),
        protocols: vec!["tls"],
        flows: 1,
        packets_out: 1,
        bytes_out: 60,
        packets_in: 0,
        bytes_in: 0,
        first_seen: Time(0),
        last_seen: Time(0),
        frames: [1].into(),
        flow_numbers: [1].into(),
        owner: Arc::default(),
        verdict: Some(verdict),
        in_baseline: None,
    }
}

fn data() -> Vec<DataSource> {
    crate::data::PLACES_SOURCES
        .iter()
        .map(|source| DataSource {
            name: source.name.to_owned(),
            origin: "embedded".to_owned(),
            description: String::new(),
            date: Some(source.date.to_owned()),
            built: None,
            sha256: String::new(),
            credit: None,
            link: None,
            gives: Vec::new(),
        })
        .collect()
}

#[track_caller]
fn check_words(destination: &Destination, want: &str, decides: Option<&str>) {
    let expect = parse_expectation("IN,SG").unwrap();
    let data = data();
    let expected = Expected {
        place: Some(expect.clone()),
        ..Expected::default()
    };
    let judged = Explainer::default().judge(destination, &expected, &data);
    let [judged] = judged.as_slice() else {
        panic!("{judged:?}");
    };
    assert_eq!(judged.why, want);
    assert_eq!(judged.would_decide.as_deref(), decides);
}

#[test]
fn reasons_name_the_country_the_source_and_its_date() {
    check_words(
        &destination(place(Some("CN"), None), Verdict::Violated),
        "Flow observed in this capture to an address in China (CN), which is not among the expected \
         countries (IN, SG). Place: medium confidence; dbip-country-lite (2026-06-01) says CN.",
        None,
    );
    let mut several = destination(place(Some("SG"), None), Verdict::Met);
    several.flows = 3;
    several.address_count = 2;
    check_words(
        &several,
        "3 flows observed in this capture to 2 addresses in Singapore (SG), which is among the \
         expected countries (IN, SG). Place: medium confidence; dbip-country-lite (2026-06-01) says SG.",
        None,
    );
}

#[test]
fn an_indeterminate_place_says_what_would_decide() {
    let mut disputed = place(None, Some("sources disagree"));
    disputed.settled_by = Some("another database");
    disputed.opinions = ["SG", "MY"]
        .iter()
        .enumerate()
        .map(|(source, code)| PlaceOpinion {
            source,
            country: Country::new(code),
            ..PlaceOpinion::default()
        })
        .collect();
    check_words(
        &destination(disputed, Verdict::Indeterminate),
        "Flow observed in this capture to an address on whose country the sources disagree. \
         dbip-country-lite (2026-06-01) says SG; asn (2026-06-17) says MY.",
        Some("another database"),
    );
    // Every reason that `locate` gives has words here.
    let places = crate::locate::Places::embedded();
    let expect = parse_expectation("IN").unwrap();
    for address in ["8.8.8.8", "203.0.113.1", "2002::1", "4000::1", "198.18.0.1"] {
        let place = places.place(address.parse().unwrap());
        let verdict = judge(&place, Scope::Outbound, &expect).unwrap();
        assert_eq!(verdict, Verdict::Indeterminate, "{address}");
        let mut explainer = Explainer::default();
        let expected = Expected {
            place: Some(expect.clone()),
            ..Expected::default()
        };
        let destination = destination(place, verdict);
        let judged = explainer.judge(&destination, &expected, places.sources());
        let Judged {
            why, would_decide, ..
        } = judged.first().unwrap();
        assert!(
            why.contains("in this capture") && would_decide.is_some(),
            "{address}: {why}"
        );
        for word in ["illegal", "spying", "leak", "lied"] {
            assert!(!why.contains(word), "{why}");
        }
    }
}

fn answered(ms: u64, excluded: &[&str], beyond: &[&str]) -> Arc<Physics> {
    let codes = |codes: &[&str]| -> Vec<Country> {
        codes.iter().filter_map(|code| Country::new(code)).collect()
    };
    let far = |country: Country| Excluded {
        country,
        km: 5_200,
        in_vacuum: true,
    };
    Arc::new(Physics {
        rtt_ns: ms * 1_000_000,
        vantage: "DE".into(),
        fibre_km: 919,
        vacuum_km: 1_350,
        excluded: codes(excluded).into_iter().map(far).collect(),
        beyond: codes(beyond),
        off_because: None,
    })
}

#[test]
fn a_round_trip_excludes_and_shows_its_arithmetic() {
    let mut far = place(None, Some("excluded by the round trip"));
    far.opinions[0].country = Country::new("US");
    far.settled_by = Some("a database that knows the address");
    far.physics = Some(answered(9, &["US"], &["US", "SG"]));
    check_words(
        &destination(far, Verdict::Indeterminate),
        "Flow observed in this capture to an address that answered too soon for every country that \
         a source names. dbip-country-lite (2026-06-01) says US. The first answer came in 9.0 ms, in \
         which light in fibre comes and returns from at most 919 km around the vantage DE: what \
         answered is not in the United States (5,200 km or more, even in vacuum). A proxy or an edge \
         of a content network may have answered for a server elsewhere.",
        Some("a database that knows the address"),
    );
}

#[test]
fn a_round_trip_alone_may_decide() {
    let mut nowhere = place(None, Some("anycast"));
    nowhere.physics = Some(answered(9, &[], &["IN", "SG", "US"]));
    let expect = |list| parse_expectation(list).unwrap();
    let verdict = |list| judge(&nowhere, Scope::Outbound, &expect(list)).unwrap();
    assert_eq!(verdict("IN,SG"), Verdict::Violated, "none can be it");
    assert_eq!(verdict("IN,DE"), Verdict::Indeterminate, "one can be it");
    let all_but_far: Vec<&str> = Country::all()
        .iter()
        .map(|(code, _)| *code)
        .filter(|code| !["IN", "SG", "US"].contains(code))
        .collect();
    assert_eq!(
        verdict(&all_but_far.join(",")),
        Verdict::Met,
        "only those can be it"
    );
    check_words(
        &destination(nowhere.clone(), Verdict::Violated),
        "Flow observed in this capture to an address in no country that can be told, but none of the \
         expected countries (IN, SG). dbip-country-lite (2026-06-01) has no country. The first answer \
         came in 9.0 ms, in which light in fibre comes and returns from at most 919 km around the \
         vantage DE. A proxy or an edge of a content network may have answered for a server elsewhere.",
        None,
    );
}

/// What `--expect` would call the finding on this destination.
fn id_of(destination: &Destination, verdict: Verdict) -> String {
    let country = destination.place.country;
    let (rule, check) = ("expected-country", "server-country");
    finding_id(rule, check, verdict, country, Some(destination))
}

#[test]
fn the_name_of_a_finding_hangs_on_rule_subject_country_and_verdict() {
    let one = destination(place(Some("CN"), None), Verdict::Violated);
    let id = id_of(&one, Verdict::Violated);
    assert_eq!(id, id_of(&one.clone(), Verdict::Violated));
    assert!(id.starts_with("EC-") && id.len() == 13, "{id}");
    for same in [
        |d: &mut Destination| (d.flows, d.bytes_out) = (9, 9_000),
        |d: &mut Destination| Arc::make_mut(&mut d.place).asn = Some(1),
        |d: &mut Destination| Arc::make_mut(&mut d.place).confidence = Confidence::High,
        |d: &mut Destination| Arc::make_mut(&mut d.place).opinions.clear(),
        |d: &mut Destination| d.addresses = vec!["192.0.2.99".parse().unwrap()],
    ] {
        let mut other = one.clone();
        same(&mut other);
        assert_eq!(id_of(&other, Verdict::Violated), id);
    }
    let country = one.place.country;
    let mut others = vec![id];
    for change in [
        |d: &mut Destination| d.name = Some(Text::from("tracking.miui.co")),
        |d: &mut Destination| d.name = None,
        |d: &mut Destination| {
            d.name = None;
            d.addresses = vec!["192.0.2.99".parse().unwrap()];
        },
        |d: &mut Destination| d.scope = Scope::Lan,
        |d: &mut Destination| Arc::make_mut(&mut d.place).country = Country::new("SG"),
        |d: &mut Destination| Arc::make_mut(&mut d.place).country = None,
    ] {
        let mut other = one.clone();
        change(&mut other);
        others.push(id_of(&other, Verdict::Violated));
    }
    others.push(id_of(&one, Verdict::Met));
    others.push(id_of(&one, Verdict::Indeterminate));
    let violated = Verdict::Violated;
    for (rule, check) in [
        ("another-rule", "server-country"),
        ("expected-country", "x"),
    ] {
        others.push(finding_id(rule, check, violated, country, Some(&one)));
        others.push(finding_id(rule, check, violated, None, None));
    }
    let all = others.len();
    others.sort();
    others.dedup();
    assert_eq!(others.len(), all);
}

#[test]
fn findings_of_one_name_are_numbered() {
    let finding = |id: &str| Finding {
        id: id.to_owned(),
        rule: "expected-country".into(),
        check: "server-country",
        severity: Severity::Medium,
        reference: None,
        verdict: Verdict::Violated,
        destination: None,
        country: None,
        flows: 0,
        frames: Arc::default(),
        flow_numbers: Arc::default(),
        why: "".into(),
        would_decide: None,
        suppressed: None,
    };
    let mut findings = ["EC-a", "EC-b", "EC-a", "EC-a"].map(finding);
    number_findings(&mut findings);
    let ids = findings.map(|finding| finding.id);
    assert_eq!(ids, ["EC-a", "EC-b", "EC-a-2", "EC-a-3"]);
}

fn company(name: &str, group: &str, country: Option<&str>) -> Arc<Company> {
    Arc::new(Company {
        name: name.into(),
        group: group.into(),
        group_country: country.and_then(Country::new),
        said_by: "owners, as of 2026-06-30".into(),
        ..Company::default()
    })
}

/// The one judgement of the rule on the owner.
#[track_caller]
fn owned(change: impl FnOnce(&mut Destination, &mut NameOwner), verdict: Verdict, want: &str) {
    let expect = parse_expectation("IN,SG").unwrap();
    let expected = Expected {
        owner: Some(expect.clone()),
        ..Expected::default()
    };
    let mut destination = destination(place(Some("SG"), None), Verdict::Met);
    let mut owner = NameOwner::default();
    change(&mut destination, &mut owner);
    destination.owner = Arc::new(owner);
    let judged = Explainer::default().judge(&destination, &expected, &[]);
    let [judged] = judged.as_slice() else {
        panic!("{judged:?}");
    };
    assert_eq!((judged.rule, judged.verdict), ("expected-owner", verdict));
    assert!(judged.why.contains(want), "{}", judged.why);
    assert!(judged.why.starts_with("Flow observed in this capture "));
    assert_eq!(
        judged.would_decide.is_some(),
        verdict == Verdict::Indeterminate
    );
    if destination.name_via != "ech-outer" {
        let flow = judge_owner(&destination.owner, &expected);
        assert_eq!(flow, Some(verdict), "flows and destinations agree");
    }
}

#[test]
fn owners_of_names_are_judged_by_the_seat_of_their_parent() {
    use Verdict::{Indeterminate, Met, Violated};
    owned(
        |_, owner| owner.owner = Some(company("Xiaomi", "Xiaomi", Some("CN"))),
        Violated,
        "under a name of Xiaomi. The seat of the company that, according to owners, as of \
         2026-06-30, controls the name is in China (CN), which is not among the expected countries \
         (IN, SG).",
    );
    owned(
        |_, owner| owner.owner = Some(company("Jio Apps", "Reliance", Some("IN"))),
        Met,
        "under a name of Jio Apps, of the group Reliance. The seat",
    );
    owned(
        |_, owner| owner.owner = Some(company("google", "google", None)),
        Indeterminate,
        "which gives no country",
    );
    owned(
        |_, _| {},
        Indeterminate,
        "a name that is in no loaded catalogue",
    );
    owned(
        |d, _| d.name = None,
        Indeterminate,
        "without an observed name",
    );
    owned(
        |_, owner| owner.hosted_by = Some(company("Amazon", "Amazon", Some("IN"))),
        Indeterminate,
        "a customer of Amazon has",
    );
    owned(
        |d, owner| {
            d.name_via = "ech-outer";
            owner.owner = Some(company("Cloudflare", "Cloudflare", Some("IN")));
        },
        Indeterminate,
        "the name inside is hidden",
    );
    owned(
        |_, owner| {
            owner.owner = Some(company("Jio", "Jio", Some("IN")));
            owner.alias = Some(Alias {
                target: Text::from("jio.sc.tracker.example"),
                frame: 3,
                owner: Some(company("Tracker", "Tracker", Some("US"))),
                hosted_by: None,
            });
        },
        Met,
        "In this capture the name was an alias of one that, according to owners, as of \
         2026-06-30, Tracker (US) controls.",
    );
}

#[test]
fn operators_are_judged_by_the_catalogue_and_not_by_a_registration() {
    let expect = parse_expectation("IN,SG").unwrap();
    let expected = Expected {
        operator: Some(expect.clone()),
        ..Expected::default()
    };
    let check = |operator: Option<Operator>, asn, verdict, want: &str| {
        let mut place = place(Some("SG"), None);
        (place.asn, place.operator) = (asn, operator.map(Arc::new));
        let flow = judge_place(&place, Scope::Outbound, &expected);
        assert_eq!(flow, Some(verdict));
        assert_eq!(judge_place(&place, Scope::Lan, &expected), None);
        let destination = destination(place, verdict);
        let judged = Explainer::default().judge(&destination, &expected, &[]);
        let judged = judged.first().unwrap();
        assert_eq!(
            (judged.rule, judged.verdict),
            ("expected-operator", verdict)
        );
        assert!(judged.why.contains(want), "{}", judged.why);
        assert_eq!(
            judged.would_decide.is_some(),
            verdict == Verdict::Indeterminate
        );
    };
    let amazon = Operator {
        name: "Amazon Data Services India".into(),
        country: Country::new("IN").unwrap(),
        parent: Some(("Amazon".into(), Country::new("US").unwrap())),
        roles: Vec::new(),
        source: "owners, as of 2026-06-30 (AS16509)".into(),
        registered_only: false,
    };
    check(
        Some(amazon.clone()),
        Some(16_509),
        Verdict::Violated,
        "in a network (AS16509) of Amazon Data Services India, of the group Amazon. The seat of \
         the company that, according to owners, as of 2026-06-30 (AS16509), controls the network \
         is in the United States (US), which is not among",
    );
    let jio = Operator {
        parent: None,
        ..amazon.clone()
    };
    check(
        Some(jio),
        Some(55_836),
        Verdict::Met,
        "in India (IN), which is among",
    );
    let registered = Operator {
        registered_only: true,
        ..amazon
    };
    let only = "of which only the registration is known";
    check(Some(registered), Some(1), Verdict::Indeterminate, only);
    check(
        None,
        Some(1),
        Verdict::Indeterminate,
        "in no loaded catalogue",
    );
    check(
        None,
        None,
        Verdict::Indeterminate,
        "that no loaded database names",
    );
}

/// Each axis has a verdict and a finding of its own; the row has the gravest.
#[test]
fn the_axes_are_judged_apart() {
    let (india, china) = (
        parse_expectation("IN,SG").unwrap(),
        parse_expectation("CN").unwrap(),
    );
    let expected = Expected {
        place: Some(india.clone()),
        operator: Some(india),
        owner: Some(china),
    };
    let mut destination = destination(place(Some("SG"), None), Verdict::Indeterminate);
    destination.owner = Arc::new(NameOwner {
        owner: Some(company("Xiaomi", "Xiaomi", Some("CN"))),
        ..NameOwner::default()
    });
    let judged = Explainer::default().judge(&destination, &expected, &data());
    let said: Vec<_> = judged.iter().map(|j| (j.rule, j.verdict)).collect();
    assert_eq!(
        said,
        [
            ("expected-country", Verdict::Met),
            ("expected-operator", Verdict::Indeterminate),
            ("expected-owner", Verdict::Met)
        ]
    );
    let row = judge_place(&destination.place, Scope::Outbound, &expected);
    assert_eq!(row, Some(Verdict::Indeterminate));
    let ids: std::collections::BTreeSet<String> = judged
        .iter()
        .map(|j| finding_id(j.rule, j.check, j.verdict, j.country, Some(&destination)))
        .collect();
    assert_eq!(ids.len(), 3);
}
