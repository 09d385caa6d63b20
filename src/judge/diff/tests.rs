//! What a comparison says of flows, without captures.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::names::{Terms, compare as compare_names};
use super::*;
use crate::model::diff::NameChange;
use crate::model::{
    Company, Country, Flow, Grade, NameOwner, Operator, Place, Scope, Time, Transport,
};
use proptest::prelude::*;
use std::sync::Arc;

/// A flow to `name` at `address`, placed by `code` with `confidence`, in the network of `operator`.
fn flow(
    number: u64,
    name: &str,
    address: &str,
    code: &str,
    confidence: Confidence,
    operator: &str,
) -> Flow {
    let country = Country::new(code);
    let place = Place {
        country,
        confidence: country.map_or(Confidence::None, |_| confidence),
        anycast: operator.ends_with('*').then_some(true),
        operator: (!operator.is_empty()).then(|| {
            Arc::new(Operator {
                name: operator.trim_end_matches('*').into(),
                country: Country::new("US").unwrap(),
                parent: None,
                roles: Vec::new(),
                source: "test".into(),
                registered_only: false,
            })
        }),
        ..Place::default()
    };
    let owner = NameOwner {
        owner: (!name.is_empty()).then(|| {
            Arc::new(Company {
                name: "Vendor".into(),
                group: "Vendor".into(),
                ..Company::default()
            })
        }),
        function: name
            .split('.')
            .next()
            .filter(|word| !word.is_empty())
            .map(|word| word.trim_end_matches(char::is_numeric).into()),
        ..NameOwner::default()
    };
    Flow {
        flow: number,
        scope: Scope::Outbound,
        transport: Transport::Tcp,
        local_ip: "192.0.2.1".parse().unwrap(),
        local_port: 40_000,
        remote_ip: address.parse().unwrap(),
        remote_port: 443,
        local_is_device: true,
        opened_locally: true,
        first_seen: Time(0),
        last_seen: Time(0),
        packets_out: 1,
        bytes_out: 100 + number,
        packets_in: 1,
        bytes_in: 50,
        first_frame: number * 3,
        last_frame: number * 3,
        tunnel: "",
        carries_tunnel: false,
        protocol: Some("tls"),
        name: (!name.is_empty()).then(|| Text::from(name)),
        name_via: None,
        name_grade: if name.is_empty() {
            Grade::None
        } else {
            Grade::Observed
        },
        name_rivals: None,
        names: Vec::new(),
        registrable_domain: None,
        owner: Arc::new(owner),
        app: None,
        place: Arc::new(place),
        rtt_ns: Some(1_000_000 * (number + 1)),
        tls_version: Some(0x0304),
        tls_version_chosen: true,
        tls_cipher: None,
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

fn side(flows: &[Flow], most: usize) -> Side {
    let mut side = Side::new(most, &[]);
    for flow in flows {
        side.flow(flow, flow.protocol, Test::default());
    }
    side.finish(None);
    side
}

fn changes(before: &[Flow], after: &[Flow], most: usize) -> Vec<NameChange> {
    let (before, after) = (side(before, most), side(after, most));
    let terms = Terms::new(&before.about, &after.about, Confidence::Medium);
    compare_names(&before.subjects, &after.subjects, terms).0
}

use Confidence::{High, Low, Medium};

#[track_caller]
fn check(
    before: (&str, &str, Confidence, &str),
    after: (&str, &str, Confidence, &str),
    want: Status,
) {
    let of = |(address, code, confidence, operator): (&str, &str, Confidence, &str)| {
        [flow(
            1,
            "push.example.com",
            address,
            code,
            confidence,
            operator,
        )]
    };
    let there = changes(&of(before), &of(after), 10);
    assert_eq!(there.len(), 1);
    assert_eq!(there[0].status, want, "{}", there[0].because);
    let back = changes(&of(after), &of(before), 10);
    assert_eq!(back[0].status, want.mirrored(), "{}", back[0].because);
}

#[test]
fn moved_is_said_only_where_both_places_are_sure() {
    check(
        ("1.1.1.1", "CN", Medium, "A"),
        ("1.1.1.2", "SG", High, "B"),
        Status::Moved,
    );
    check(
        ("1.1.1.1", "CN", Medium, "A"),
        ("1.1.1.2", "CN", Medium, "B"),
        Status::Moved,
    );
    check(
        ("1.1.1.1", "CN", Medium, "A"),
        ("1.1.1.2", "CN", Medium, "A"),
        Status::Unchanged,
    );
    check(
        ("1.1.1.1", "CN", Low, "A"),
        ("1.1.1.2", "SG", High, "B"),
        Status::NotComparable,
    );
    check(
        ("1.1.1.1", "", Low, "A"),
        ("1.1.1.2", "SG", High, "B"),
        Status::NotComparable,
    );
    check(
        ("1.1.1.1", "CN", High, "A"),
        ("1.1.1.2", "SG", High, "B*"),
        Status::NotComparable,
    );
    check(
        ("1.1.1.1", "CN", High, "A*"),
        ("1.1.1.2", "SG", High, "B*"),
        Status::Changed,
    );
    check(
        ("1.1.1.1", "CN", High, "A*"),
        ("1.1.1.2", "SG", High, "A*"),
        Status::Unchanged,
    );
    // The same addresses did not move: their places come from different data.
    check(
        ("1.1.1.1", "CN", High, "A"),
        ("1.1.1.1", "SG", High, "A"),
        Status::NotComparable,
    );
    check(
        ("1.1.1.1", "", Low, ""),
        ("1.1.1.1", "", Low, ""),
        Status::Unchanged,
    );
}

#[test]
fn some_of_the_places_is_not_moved() {
    let before = [flow(1, "a.example.com", "1.1.1.1", "CN", High, "A")];
    let after = [
        flow(1, "a.example.com", "1.1.1.2", "SG", High, "B"),
        flow(2, "A.example.com", "1.1.1.1", "CN", High, "A"),
    ];
    let found = changes(&before, &after, 10);
    assert_eq!(found.len(), 1, "names are compared in lower case");
    assert_eq!(found[0].status, Status::Changed);
}

#[test]
fn services_without_a_common_name_are_compared_where_they_are_few() {
    let old: Vec<Flow> = (0..2)
        .map(|n| flow(n, &format!("push{n}.old.com"), "1.1.1.1", "CN", High, "A"))
        .collect();
    let new: Vec<Flow> = (0..3)
        .map(|n| flow(n, &format!("push{n}.new.com"), "1.1.1.2", "SG", High, "B"))
        .collect();
    let found = changes(&old, &new, 100);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].status, Status::Moved);
    assert_eq!(found[0].after.as_ref().unwrap().names.len(), 3);
    let many: Vec<Flow> = (0..9)
        .map(|n| flow(n, &format!("push{n}.new.com"), "1.1.1.2", "SG", High, "B"))
        .collect();
    let found = changes(&old, &many, 100);
    let count = |status| {
        found
            .iter()
            .filter(|change| change.status == status)
            .count()
    };
    assert_eq!((count(Status::Vanished), count(Status::Appeared)), (2, 9));
}

/// A name that a budget left out on one side has not appeared on the other.
#[test]
fn names_beyond_a_budget_are_left_out_of_both_sides() {
    let flows: Vec<Flow> = (0..9)
        .map(|n| flow(n, &format!("n{n}.com"), "1.1.1.1", "CN", High, "A"))
        .collect();
    let (whole, part) = (side(&flows, 100), side(&flows, 4));
    assert_eq!((part.about.subjects, part.about.flows_beyond), (4, 5));
    let terms = Terms::new(&whole.about, &part.about, Medium);
    let (found, left_out) = compare_names(&whole.subjects, &part.subjects, terms);
    assert!(left_out);
    assert_eq!(found.len(), 4);
    assert!(
        found
            .iter()
            .all(|change| change.status == Status::Unchanged)
    );
}

#[test]
fn the_median_of_round_trips_is_the_one_in_the_middle() {
    let flows: Vec<Flow> = [9, 1, 4, 7]
        .map(|n| flow(n, "a.com", "1.1.1.1", "CN", High, "A"))
        .into();
    let found = changes(&flows, &flows, 10);
    let trips = found[0].before.as_ref().unwrap().round_trips.unwrap();
    assert_eq!((trips.smallest_ns, trips.flows), (2_000_000, 4));
    // 5 and 8 ms, each a thousandth less at most.
    let median = trips.median_ns.unwrap();
    assert!((6_490_000..=6_500_000).contains(&median), "{median}");
}

proptest! {
    #[test]
    fn flows_in_any_order_make_the_same_side(
        picks in proptest::collection::vec((0_u8..30, 0_u8..6, 0_u8..4), 1..60),
        most in 1_usize..20,
        seed: u64,
    ) {
        let flows: Vec<Flow> = picks.iter().zip(1..).map(|((name, address, place), number)| {
            let name = if *name < 5 { String::new() } else { format!("n{name}.example.com") };
            let code = ["CN", "SG", "US", ""][usize::from(*place)];
            flow(number, &name, &format!("198.51.100.{address}"), code, Medium, ["A", "B", ""][usize::from(address % 3)])
        }).collect();
        let mut other = flows.clone();
        other.sort_by_key(|flow| (flow.flow ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (one, two) = (side(&flows, most), side(&other, most));
        prop_assert_eq!(format!("{one:?}"), format!("{two:?}"));
        let terms = Terms::new(&one.about, &two.about, Medium);
        let (same, _) = compare_names(&one.subjects, &two.subjects, terms);
        prop_assert!(same.iter().all(|change| change.status == Status::Unchanged));
    }
}
