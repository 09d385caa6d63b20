//! A small comparison with everything in it, for the tests of all formats.
#![allow(clippy::unwrap_used)]

use crate::model::diff::*;
use crate::model::{
    ClaimResult, ClaimVerdict, Confidence, Country, Exhibit, Grade, HiddenShare, Known, Severity,
    Step, Text, Time,
};
use crate::report::sample::{HOSTILE, ip};

fn spot(code: &str, operator: &str) -> Spot {
    Spot {
        country: Country::new(code),
        confidence: Confidence::High,
        city: Some("Singapore\u{202e}".into()),
        cloud: Some(operator.into()),
        cloud_region: Some("ap-southeast-1".into()),
        operator: Some(operator.into()),
        operator_country: Country::new("US"),
        asn: Some(64_500),
        as_org: Some("Example\n".into()),
        anycast: false,
    }
}

fn subject(name: Option<&[u8]>, code: &str) -> Subject {
    let volume = Volume {
        flows: 3,
        packets_out: 9,
        bytes_out: 1_234,
        packets_in: 8,
        bytes_in: 5_678,
    };
    Subject {
        names: name.map(Text::new).into_iter().collect(),
        grade: Some(Grade::Observed),
        registrable_domain: name.map(Text::new),
        owner: Some("=Vendor".into()),
        owner_country: Country::new("CN"),
        function: Some("push".into()),
        addresses: vec![ip("192.0.2.7"), ip("2001:db8::1")],
        more_addresses: true,
        spots: vec![(spot(code, "AWS"), volume), (Spot::default(), volume)],
        more_spots: true,
        protocols: vec!["tls".into()],
        encryption: vec![("TLS 1.3".into(), 3)],
        volume,
        round_trips: Some(RoundTrips {
            smallest_ns: 240_828_000,
            median_ns: None,
            flows: 2,
        }),
        frames: vec![7, 9],
        flow_numbers: vec![3, 4],
    }
}

fn change(status: Status, before: Option<Subject>, after: Option<Subject>) -> NameChange {
    NameChange {
        status,
        matched: Matched::Name,
        because: "the same place; the encryption differs".to_owned(),
        before,
        after,
        place: status,
        encryption: Status::Changed,
        volume: Status::NotComparable,
        bytes_per_hour: [Some(9), None],
        round_trip: Status::Unchanged,
    }
}

fn side() -> DiffSide {
    DiffSide {
        path: Text::new(HOSTILE),
        form: "report",
        version: "9.9\u{1b}[2J".to_owned(),
        inputs: vec![DiffInput {
            path: Text::new(HOSTILE),
            sha256: Some("00".repeat(32)),
            packets: 3,
        }],
        input_count: 7,
        data: vec![DiffData {
            name: "own\u{7}.mmdb".to_owned(),
            date: None,
            sha256: "11".repeat(32),
            credit: Some(String::from_utf8_lossy(HOSTILE).into_owned()),
        }],
        declared: vec![(
            "Firmware".to_owned(),
            String::from_utf8_lossy(HOSTILE).into_owned(),
        )],
        notice: String::from_utf8_lossy(HOSTILE).into_owned(),
        devices: vec!["192.0.2.1".to_owned()],
        filter: Some("tcp".to_owned()),
        vantage: Some("IN".to_owned()),
        time: Some((Time(0), Time(9_000_000_000))),
        phases: vec![Text::new(HOSTILE)],
        apps: vec![Text::new(HOSTILE)],
        ..DiffSide::default()
    }
}

fn claim() -> ClaimResult {
    let exhibit = Exhibit {
        destination: None,
        name: Some(Text::new(HOSTILE)),
        address: Some(ip("192.0.2.7")),
        country: Country::new("CN"),
        confidence: "high",
        flows: 3,
        bytes_out: 1,
        frames: vec![3],
        flow_numbers: vec![4],
        because: "did not move".to_owned(),
    };
    ClaimResult {
        id: "moved".into(),
        quote: "=We have moved\u{1b}[2J.".into(),
        speaker: "Vendor".into(),
        said: "2014-10-22".into(),
        source: "https://example.org".into(),
        origin: "claims.toml".into(),
        line: 2,
        reading: "each name moved".to_owned(),
        verdict: ClaimVerdict::Contradicted,
        sentence: "Migration claimed: 5 of 6 names moved, 1 did not.".to_owned(),
        why: vec![Step {
            known: Known::Observed,
            words: "6 names".to_owned(),
        }],
        supporting: vec![exhibit.clone()],
        against: vec![exhibit.clone()],
        open: vec![exhibit],
        exhibits: [1, 1, 1],
        flows: [3, 3, 3],
        weakest: Some("places of medium confidence".to_owned()),
        hidden: HiddenShare {
            maybe_flows: 2,
            ..HiddenShare::default()
        },
        cannot_show: vec!["Where data is stored.".to_owned()],
        would_decide: None,
        reply: None,
    }
}

pub(in crate::report) fn diff() -> Diff {
    let old = || Some(subject(Some(HOSTILE), "CN"));
    let new = || Some(subject(Some(b"b.example.com"), "SG"));
    let group = |axis, key: Option<&[u8]>, status| GroupChange {
        axis,
        key: key.map(Text::new),
        status,
        before: Some(Volume::default()),
        after: None,
    };
    Diff {
        before: side(),
        after: DiffSide::default(),
        caveats: vec![Caveat {
            severity: Severity::High,
            about: "data",
            words: "other data: own\u{7}.mmdb".to_owned(),
        }],
        normalised: vec!["names are compared in lower case"],
        names: vec![
            change(Status::Moved, old(), new()),
            change(Status::Changed, old(), old()),
            change(Status::Appeared, None, Some(subject(None, "US"))),
            change(Status::Vanished, old(), None),
            change(Status::NotComparable, old(), new()),
            change(Status::Unchanged, old(), old()),
        ],
        left_out: true,
        groups: vec![
            group(Axis::Owners, Some(HOSTILE), Status::Vanished),
            group(Axis::Countries, Some(b"CN"), Status::Unchanged),
            group(Axis::Protocols, None, Status::Vanished),
        ],
        claims: vec![claim()],
    }
}
