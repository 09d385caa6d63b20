//! More traffic never takes a contradiction back; less knowledge never makes a verdict firmer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Claims;
use super::tests::{SECOND, claims, flow, judged, log, owned_by, placed};
use crate::model::{
    App, ClaimVerdict, Confidence, Flow, Grade, NameOwner, PhaseLog, Place, Text, Time, Via,
};
use proptest::prelude::*;
use std::sync::Arc;

const SUBJECTS: &[&str] = &[
    "",
    "owners = [\"Xiaomi\"]",
    "domains = [\"xiaomi.com\"]",
    "names = [\"*.xiaomi.*\"]",
    "functions = [\"push\"]",
    "apps = [\"com.xiaomi.*\"]",
    "owners = [\"Xiaomi\"], before = \"consent-accepted\"",
    "phases = [\"boot\"]",
    "apps = [\"com.xiaomi.*\"], owners = [\"Xiaomi\"], ports = [443, 53]",
    "protocols = [\"dns\", \"wireguard\", \"tls\"]",
    "addresses = [\"54.0.0.0/8\"]",
    "until = \"1970-01-01T00:00:10Z\"",
];

const ASSERTS: &[&str] = &[
    "served_only_in = [\"SG\", \"US\"]",
    "stored_only_in = [\"IN\"]",
    "never_to = [\"CN\"]",
    "owned_by = [\"Xiaomi\"]",
    "encrypted = \"tls1.2\"",
    "no_flows = true",
    "only_own_domains = [\"Xiaomi\"]",
    "no_third_parties = [\"Xiaomi\"]",
    "latency_reduced = true",
    "migrated_since = \"2014-12-31\"",
    "served_only_in = [\"SG\"], encrypted = \"tls\", only_own_domains = [\"Xiaomi\"]",
];

fn any_claims() -> impl Strategy<Value = Arc<Claims>> {
    (0..SUBJECTS.len(), 0..ASSERTS.len())
        .prop_map(|(subject, assert)| claims(SUBJECTS[subject], ASSERTS[assert]))
}

fn any_place() -> impl Strategy<Value = Arc<Place>> {
    let confidence = prop_oneof![
        Just(Confidence::Low),
        Just(Confidence::Medium),
        Just(Confidence::High)
    ];
    let country = prop_oneof![
        Just(None),
        Just(Some("SG")),
        Just(Some("CN")),
        Just(Some("IN"))
    ];
    (country, confidence).prop_map(|(country, confidence)| placed(country, confidence))
}

fn any_flow() -> impl Strategy<Value = Flow> {
    let name = prop_oneof![
        Just((None, None, Grade::None, None)),
        Just((
            Some("api.xiaomi.com"),
            Some(Via::Sni),
            Grade::Observed,
            None
        )),
        Just((
            Some("api.xiaomi.com"),
            Some(Via::Dns),
            Grade::Inferred,
            Some(0)
        )),
        Just((
            Some("api.xiaomi.com"),
            Some(Via::Dns),
            Grade::Inferred,
            Some(2)
        )),
        Just((
            Some("ech.example"),
            Some(Via::EchOuter),
            Grade::Observed,
            None
        )),
        Just((
            Some("www.google.com"),
            Some(Via::Sni),
            Grade::Observed,
            None
        )),
    ];
    let owner = prop_oneof![Just(None), Just(Some("Xiaomi")), Just(Some("Google"))];
    let protocol = prop_oneof![
        Just((None, 443_u16)),
        Just((None, 53)),
        Just((Some("tls"), 443)),
        Just((Some("http"), 80)),
        Just((Some("dns"), 53)),
        Just((Some("doh"), 443)),
        Just((Some("quic"), 443)),
        Just((Some("wireguard"), 51_820)),
        Just((Some("socks"), 1_080)),
    ];
    let app = prop_oneof![
        Just(None),
        Just(Some("com.xiaomi.xmsf")),
        Just(Some("org.other"))
    ];
    let rest = (
        any::<bool>(),
        any::<bool>(),
        0..30_i64,
        prop_oneof![Just(None), Just(Some(0x0301_u16)), Just(Some(0x0304))],
    );
    (name, owner, protocol, app, any_place(), rest).prop_map(
        |((name, via, grade, rivals), owner, (protocol, port), app, place, rest)| {
            let (push, chosen, second, version) = rest;
            let mut owner = owner
                .filter(|_| name.is_some())
                .map_or_else(NameOwner::default, |it| NameOwner::clone(&owned_by(it)));
            owner.function = (push && name.is_some()).then(|| Arc::from("push"));
            Flow {
                name: name.map(Text::from),
                name_via: via,
                name_grade: grade,
                name_rivals: rivals,
                owner: Arc::new(owner),
                protocol,
                remote_port: port,
                app: app.map(|app| App {
                    name: Some(Text::from(app)),
                    ..App::default()
                }),
                place,
                tls_version: version,
                tls_version_chosen: chosen && version.is_some(),
                tls_cipher: None,
                first_seen: Time(second * SECOND),
                ..flow()
            }
        },
    )
}

/// What can become unknown of a flow.
#[derive(Clone, Copy, Debug)]
enum Forgotten {
    Name,
    Owner,
    Place,
    Confidence,
    App,
    Version,
}

fn forget(flow: &mut Flow, what: Forgotten) {
    match what {
        Forgotten::Name => {
            flow.name = None;
            flow.name_via = None;
            flow.name_grade = Grade::None;
            flow.name_rivals = None;
            flow.owner = Arc::default();
        }
        Forgotten::Owner => flow.owner = Arc::default(),
        Forgotten::Place => flow.place = Arc::default(),
        Forgotten::Confidence => {
            let mut place = Place::clone(&flow.place);
            place.confidence = place.confidence.min(Confidence::Low);
            flow.place = Arc::new(place);
        }
        Forgotten::App => flow.app = None,
        Forgotten::Version => {
            flow.tls_version = None;
            flow.tls_version_chosen = false;
        }
    }
}

fn any_forgotten() -> impl Strategy<Value = Forgotten> {
    prop_oneof![
        Just(Forgotten::Name),
        Just(Forgotten::Owner),
        Just(Forgotten::Place),
        Just(Forgotten::Confidence),
        Just(Forgotten::App),
        Just(Forgotten::Version),
    ]
}

fn any_log() -> impl Strategy<Value = Option<PhaseLog>> {
    prop_oneof![Just(None), Just(Some(log()))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// Nothing that is added takes a contradiction back, or makes support of it.
    #[test]
    fn more_traffic_never_takes_a_contradiction_back(
        claims in any_claims(),
        flows in prop::collection::vec(any_flow(), 0..8),
        more in prop::collection::vec(any_flow(), 0..8),
        log in any_log(),
    ) {
        let before = judged(&claims, &flows, log.as_ref()).verdict;
        let all = [flows, more].concat();
        let after = judged(&claims, &all, log.as_ref()).verdict;
        if before == ClaimVerdict::Contradicted {
            prop_assert_eq!(after, ClaimVerdict::Contradicted);
        }
        if before == ClaimVerdict::Indeterminate {
            prop_assert_ne!(after, ClaimVerdict::NotExercised);
        }
    }

    /// With less knowledge a verdict stays, or becomes indeterminate. It never turns.
    #[test]
    fn less_knowledge_never_makes_a_verdict_firmer(
        claims in any_claims(),
        flows in prop::collection::vec(any_flow(), 0..8),
        lost in prop::collection::vec((any::<prop::sample::Index>(), any_forgotten()), 0..10),
        log in any_log(),
        log_is_lost in any::<bool>(),
    ) {
        let before = judged(&claims, &flows, log.as_ref()).verdict;
        let mut less = flows;
        for (at, what) in lost {
            if !less.is_empty() {
                let at = at.index(less.len());
                forget(&mut less[at], what);
            }
        }
        let log = log.filter(|_| !log_is_lost);
        let after = judged(&claims, &less, log.as_ref()).verdict;
        prop_assert!(
            after == before || after == ClaimVerdict::Indeterminate,
            "{:?} became {:?}", before, after
        );
    }

    /// The order of flows decides nothing.
    #[test]
    fn the_order_of_flows_decides_nothing(
        claims in any_claims(),
        flows in prop::collection::vec(any_flow(), 0..8),
    ) {
        let mut turned = flows.clone();
        turned.reverse();
        let (one, other) = (judged(&claims, &flows, None), judged(&claims, &turned, None));
        prop_assert_eq!(one.verdict, other.verdict);
        prop_assert_eq!(one.flows, other.flows);
        prop_assert_eq!(one.sentence, other.sentence);
        prop_assert_eq!(one.hidden, other.hidden);
    }
}
