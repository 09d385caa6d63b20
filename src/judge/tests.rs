//! Verdicts and their words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::model::{Confidence, Country, Excluded, Physics, PlaceOpinion, Text, Time};
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
    assert_eq!((group.name.as_str(), group.date), ("@EEA", "2026-06-01"));
    assert_eq!(group.title, "European Economic Area");
    let has = |code: &str| expect.countries.contains(&Country::new(code).unwrap());
    assert!(has("SG") && has("NO") && has("RE") && !has("GB") && !has("CH"));
    assert!(expect.countries.is_sorted());
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
        frames: vec![1],
        flow_numbers: vec![1],
        verdict: Some(verdict),
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
    let (why, would_decide) = Explainer::default().explain(destination, &expect, &data);
    assert_eq!(why, want);
    assert_eq!(would_decide, decides);
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
        let (why, decides) =
            explainer.explain(&destination(place, verdict), &expect, places.sources());
        assert!(
            why.contains("in this capture") && decides.is_some(),
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

#[test]
fn the_name_of_a_finding_hangs_on_rule_subject_and_verdict() {
    let one = destination(place(Some("CN"), None), Verdict::Violated);
    let id = finding_id("expected-country", &one);
    assert_eq!(id, finding_id("expected-country", &one.clone()));
    assert!(id.starts_with("EC-") && id.len() == 13, "{id}");
    let mut more = one.clone();
    (more.flows, more.bytes_out) = (9, 9_000);
    assert_eq!(
        finding_id("expected-country", &more),
        id,
        "counts do not matter"
    );
    let mut others = vec![finding_id("another-rule", &one)];
    for change in [
        |d: &mut Destination| d.verdict = Some(Verdict::Met),
        |d: &mut Destination| d.name = Some(Text::from("tracking.miui.co")),
        |d: &mut Destination| d.name = None,
        |d: &mut Destination| Arc::make_mut(&mut d.place).country = Country::new("SG"),
        |d: &mut Destination| Arc::make_mut(&mut d.place).asn = Some(1),
    ] {
        let mut other = one.clone();
        change(&mut other);
        others.push(finding_id("expected-country", &other));
    }
    others.push(id);
    others.sort();
    others.dedup();
    assert_eq!(others.len(), 7);
}
