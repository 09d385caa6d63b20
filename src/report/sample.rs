//! A small report with everything in it, for the tests of all formats: four verdict states,
//! several families of addresses, names that attack, losses of every kind.

#![allow(clippy::unwrap_used)]

use crate::model::Severity;
use crate::model::{
    Alias, App, BaselineCapture, BaselineSums, ClaimResult, ClaimVerdict, Company, Confidence,
    Country, Damage, DataSource, Destination, Device, DnsAnswer, DnsRow, Exhibit, Expectation,
    Finding, Flow, FlowName, Grade, HiddenShare, HttpRequest, HttpResponse, HttpRow, Input,
    Interface, Known, Limits, Losses, Mac, NameOwner, Operator, Phase, PhaseLog, PhaseSums, Place,
    PlaceOpinion, Reason, Report, Scope, Settings, SortedRows, Step, Text, Time, Totals, Transport,
    Verdict, Via,
};
use std::net::IpAddr;
use std::sync::Arc;

/// Says `HOSTILE` to a terminal, to a spreadsheet and to a reader of bytes.
pub(super) const HOSTILE: &[u8] = b"=cmd|' /C calc'!A0\x1b[2J\"\r\n,\xe2\x80\xae\xff";

/// 2026-11-21T04:31:07Z.
const START: i64 = 1_795_235_467_000_000_000;

/// The same with claims: all four verdicts, and words that attack.
pub(super) fn claimed() -> Report {
    let verdicts = [
        ClaimVerdict::Supported,
        ClaimVerdict::Contradicted,
        ClaimVerdict::NotExercised,
        ClaimVerdict::Indeterminate,
    ];
    Report {
        claims: verdicts.map(claim).to_vec(),
        ..report()
    }
}

fn claim(verdict: ClaimVerdict) -> ClaimResult {
    let exhibit = |destination: usize, because: &str| Exhibit {
        destination: Some(destination),
        name: Some(Text::new(HOSTILE)),
        address: Some(ip("220.181.106.151")),
        country: Country::new("CN"),
        confidence: "medium",
        flows: 9,
        bytes_out: 5_090,
        frames: (100..109).collect(),
        flow_numbers: (1..10).collect(),
        because: because.to_owned(),
    };
    let open = verdict == ClaimVerdict::Indeterminate;
    let against = verdict == ClaimVerdict::Contradicted;
    ClaimResult {
        id: verdict.as_str().into(),
        quote: "All data\u{202e} stays \u{1b}[2J at home".into(),
        speaker: "A. Vendor".into(),
        said: "2014-10-22".into(),
        source: "https://vendor.example/statement".into(),
        origin: "claims/vendor.toml".into(),
        line: 12,
        reading: "Every outbound flow goes to an address placed in SG.".to_owned(),
        verdict,
        sentence: "In this capture all flows were observed as the claim has it.".to_owned(),
        why: vec![
            Step {
                known: Known::Declared,
                words: "The claim stands in claims/vendor.toml.".to_owned(),
            },
            Step {
                known: Known::Observed,
                words: "9 flows are of the subject.".to_owned(),
            },
        ],
        supporting: vec![exhibit(0, "The address is placed in China (CN).")],
        against: against
            .then(|| exhibit(1, "It speaks http."))
            .into_iter()
            .collect(),
        open: open
            .then(|| exhibit(1, "No name was observed."))
            .into_iter()
            .collect(),
        exhibits: [12, u64::from(against), u64::from(open)],
        flows: [40, u64::from(against) * 9, u64::from(open) * 9],
        weakest: Some("The weakest link is the place of the address.".to_owned()),
        hidden: HiddenShare {
            all_flows: 52,
            all_bytes_out: 20_000,
            maybe_flows: 4,
            maybe_bytes_out: 1_000,
            could_contradict_flows: u64::from(open) * 2,
            could_contradict_bytes_out: 0,
            encrypted_bytes_out: 12_400,
            losses: Some("Missing from the flows: 3 packets cut by the snaplen.".to_owned()),
        },
        cannot_show: vec!["Where anything is stored.".to_owned()],
        would_decide: open.then(|| "a capture from before".to_owned()),
        reply: against.then(|| "We have moved it since.".into()),
    }
}

pub(super) fn report() -> Report {
    let destinations = destinations();
    let findings = findings(&destinations);
    Report {
        inputs: inputs(),
        data: data(),
        settings: settings(),
        devices: vec![Device {
            addresses: vec![ip("10.215.173.1"), ip("2001:db8:1::2")],
            mac: Some(Mac([2, 0, 0x5e, 0x10, 0, 1])),
            reason: "opened 41 of 43 flows".to_owned(),
            is_observed: true,
        }],
        totals: totals(),
        losses: losses(),
        destinations,
        findings,
        policy: None,
        claims: Vec::new(),
        phases: None,
        rows: Box::new(SortedRows {
            flows: flows(),
            dns: dns(),
            http: http(),
        }),
    }
}

/// The same without an expectation: nothing is judged.
pub(super) fn unjudged() -> Report {
    let mut report = report();
    report.settings.expect = None;
    report.findings.clear();
    report.totals.verdicts = [0; 3];
    for destination in &mut report.destinations {
        destination.verdict = None;
    }
    report
}

/// The same with phases, a mark that attacks among them, and a baseline.
pub(super) fn phased() -> Report {
    let mut report = report();
    let phase = |name: &str, start: i64, end: Option<i64>| Phase {
        name: name.into(),
        start: at(start),
        end: end.map(at),
        note: None,
        source: "log line 3".into(),
        frame: None,
    };
    let mut hostile = phase("consent-declined", 60, None);
    hostile.note = Some(Text::new(HOSTILE));
    hostile.source = "packet comment, frame 71".into();
    hostile.frame = Some(71);
    let sums = |flows: u64, first_contacts: Vec<usize>| PhaseSums {
        flows,
        continued_flows: flows / 10,
        packets_out: 80,
        bytes_out: 12_345,
        packets_in: 70,
        bytes_in: 45_000,
        first_contacts,
    };
    report.phases = Some(PhaseLog {
        origin: "logs/\u{1b}[2Jphases.csv and marks in the capture".into(),
        sha256: Some("d4".repeat(32)),
        clock_offset_ns: -2_500_000_000,
        phases: vec![phase("boot", 5, Some(60)), hostile],
        sums: vec![
            sums(31, (0..20).collect()),
            sums(9, vec![20, 21]),
            sums(3, vec![22]),
        ],
    });
    report.settings.baselines = vec![BaselineCapture {
        path: "idle \u{1b}[2J.pcap".into(),
        sha256: Some("e5".repeat(32)),
        packets: 120,
        time: Some((at(-900), at(-600))),
    }];
    report.totals.in_baseline = Some(BaselineSums {
        flows: 12,
        bytes_out: 9_000,
        bytes_in: 30_000,
    });
    report.losses.marks = 4;
    report.losses.in_flows -= 4;
    for (number, destination) in report.destinations.iter_mut().enumerate() {
        destination.in_baseline = Some(number % 3 == 0);
    }
    report
}

/// Nothing read, nothing known.
pub(super) fn empty() -> Report {
    Report {
        inputs: Vec::new(),
        data: Vec::new(),
        settings: Settings::default(),
        devices: Vec::new(),
        totals: Totals::default(),
        losses: Losses::default(),
        destinations: Vec::new(),
        findings: Vec::new(),
        policy: None,
        claims: Vec::new(),
        phases: None,
        rows: Box::new(SortedRows::default()),
    }
}

pub(super) fn ip(address: &str) -> IpAddr {
    address.parse().unwrap()
}

fn country(code: &str) -> Option<Country> {
    Some(Country::new(code).unwrap())
}

fn at(seconds: i64) -> Time {
    Time(START + seconds * 1_000_000_000 + 250_000_001)
}

fn place(code: &str, asn: u32, organisation: &str) -> Place {
    Place {
        country: country(code),
        confidence: Confidence::Medium,
        opinions: vec![
            PlaceOpinion {
                source: 0,
                country: country(code),
                ..PlaceOpinion::default()
            },
            PlaceOpinion {
                source: 1,
                country: None,
                ..PlaceOpinion::default()
            },
        ],
        asn: Some(asn),
        as_org: Some(Arc::from(organisation)),
        ..Place::default()
    }
}

fn disputed() -> Place {
    Place {
        opinions: vec![
            PlaceOpinion {
                source: 0,
                country: country("US"),
                ..PlaceOpinion::default()
            },
            PlaceOpinion {
                source: 1,
                country: country("SG"),
                ..PlaceOpinion::default()
            },
        ],
        unknown_because: Some("sources disagree"),
        anycast: Some(true),
        ..Place::default()
    }
}

fn company(name: &str, group: &str, code: &str) -> Arc<Company> {
    Arc::new(Company {
        name: name.into(),
        group: group.into(),
        group_country: Country::new(code),
        said_by: "owners, as of 2026-06-30".into(),
        ..Company::default()
    })
}

fn operator(name: &str, parent: Option<(&str, &str)>, registered_only: bool) -> Arc<Operator> {
    Arc::new(Operator {
        name: name.into(),
        country: Country::new("SG").unwrap(),
        parent: parent.map(|(name, code)| (name.into(), Country::new(code).unwrap())),
        roles: Vec::new(),
        source: "owners, as of 2026-06-30 (AS64501)".into(),
        registered_only,
    })
}

/// Everything that can be said of a name, in words that attack.
fn hostile_owner() -> Arc<NameOwner> {
    Arc::new(NameOwner {
        owner: Some(company("=Evil\u{202e} Shop", "Shop\n Group", "")),
        function: Some("\u{1b}[2Jpush".into()),
        alias: Some(Alias {
            target: Text::new(HOSTILE),
            frame: 9,
            owner: Some(company("Tracker", "Tracker", "US")),
            hosted_by: None,
        }),
        ..NameOwner::default()
    })
}

fn destinations() -> Vec<Destination> {
    let violated = Some(Verdict::Violated);
    let mut cloud = place("IN", 64_501, "Example Cloud India");
    cloud.operator = Some(operator(
        "Example Cloud India",
        Some(("Example Cloud", "US")),
        false,
    ));
    let mut all = vec![
        destination(
            "telemetry.account.example.cn",
            "203.0.113.7",
            place("CN", 64_500, "Example Unicom Backbone"),
            violated,
        ),
        destination("", "198.51.100.9", disputed(), Some(Verdict::Indeterminate)),
        destination("api.example.in", "192.0.2.10", cloud, Some(Verdict::Met)),
        destination(
            "a-rather-long-name-of-a-content-delivery-host.edge.cdn.example.net",
            "2001:db8:40::1",
            place(
                "SG",
                64_502,
                "Example Content Delivery Networks Private Limited",
            ),
            Some(Verdict::Met),
        ),
    ];
    let mut hostile = destination(
        "",
        "203.0.113.66",
        place("CN", 64_500, "=Evil\u{202e} Org"),
        violated,
    );
    hostile.name = Some(Text::new(HOSTILE));
    hostile.name_via = "sni";
    hostile.name_grade = "observed";
    hostile.owner = hostile_owner();
    all.insert(1, hostile);
    for (number, owner) in [
        (
            0,
            NameOwner {
                owner: Some(company("Example Phones", "Example Phones", "CN")),
                function: Some("telemetry".into()),
                ..NameOwner::default()
            },
        ),
        (
            3,
            NameOwner {
                owner: Some(company("Example Apps", "Example Holding", "IN")),
                ..NameOwner::default()
            },
        ),
        (
            4,
            NameOwner {
                hosted_by: Some(company("Example Cloud", "Example Cloud", "US")),
                ..NameOwner::default()
            },
        ),
    ] {
        if let Some(destination) = all.get_mut(number) {
            destination.owner = Arc::new(owner);
        }
    }
    if let Some(far) = all.get_mut(4) {
        Arc::make_mut(&mut far.place).operator = Some(operator("Example CDN", None, true));
    }
    for number in 0..22_u8 {
        let mut small = destination(
            "",
            "192.0.2.100",
            place("IN", 64_501, "Example Cloud India"),
            Some(Verdict::Met),
        );
        small.name = Some(Text::from(format!("shard-{number:02}.example.in").as_str()));
        small.name_via = "dns";
        small.name_grade = "inferred";
        small.bytes_out = 900 - u64::from(number);
        all.push(small);
    }
    for (scope, address, protocol) in [
        (Scope::Lan, "10.215.173.2", "dns"),
        (Scope::Multicast, "224.0.0.251", "mdns"),
    ] {
        let mut near = destination("", address, Place::default(), None);
        near.scope = scope;
        near.protocols = vec![protocol];
        all.push(near);
    }
    all
}

fn destination(name: &str, address: &str, place: Place, verdict: Option<Verdict>) -> Destination {
    let named = !name.is_empty();
    Destination {
        name: named.then(|| Text::from(name)),
        name_via: if named { "sni" } else { "" },
        name_grade: if named { "observed" } else { "none" },
        registrable_domain: None,
        scope: Scope::Outbound,
        addresses: vec![ip(address)],
        address_count: 1,
        place: place.into(),
        protocols: vec!["quic", "tls"],
        flows: 12,
        packets_out: 80,
        bytes_out: 123_456,
        packets_in: 90,
        bytes_in: 3_456_789,
        first_seen: at(0),
        last_seen: at(64),
        frames: [12, 33, 41, 57, 60, 61, 99].into(),
        flow_numbers: [1, 2, 3].into(),
        owner: Arc::default(),
        verdict,
        in_baseline: None,
    }
}

fn findings(destinations: &[Destination]) -> Vec<Finding> {
    let judged = destinations
        .iter()
        .enumerate()
        .filter_map(|(at, d)| Some((at, d, d.verdict?)));
    judged
        .map(|(at, destination, verdict)| Finding {
            id: format!("f{at:07x}"),
            rule: "expected-country".into(),
            check: "server-country",
            severity: Severity::Medium,
            reference: None,
            verdict,
            destination: Some(at),
            flows: destination.flows,
            frames: destination.frames.clone(),
            flow_numbers: destination.flow_numbers.clone(),
            suppressed: None,
            country: destination.place.country,
            why: match verdict {
                Verdict::Violated => {
                    "Flows observed to an address in China (CN), which is not among those expected."
                }
                Verdict::Indeterminate => {
                    "Flows observed to an address whose country is not known: sources disagree."
                }
                Verdict::Met => "Flows observed to addresses within what was expected.",
            }
            .into(),
            would_decide: (verdict == Verdict::Indeterminate)
                .then(|| "a place database that knows the address".into()),
        })
        .collect()
}

fn inputs() -> Vec<Input> {
    let silent = Interface {
        link: 1,
        name: Some("rmnet0".into()),
        snaplen: 96,
        ticks_per_second: 1_000_000,
        packets: 12,
        ..Interface::default()
    };
    let speaking = Interface {
        name: Some("wlan0".into()),
        description: Some("Wi-Fi \u{1b}[31m".into()),
        link: 1,
        snaplen: 262_144,
        ticks_per_second: 1_000_000_000,
        packets: 300,
        cut_packets: 3,
        cut_bytes: 1_200,
        received: Some(303),
        dropped_by_interface: Some(3),
        ..Interface::default()
    };
    vec![
        Input {
            path: "redmi \u{1b}[2Jbefore.pcapng.gz".into(),
            format: "pcapng",
            compression: vec!["gzip"],
            stored_bytes: 42_818,
            inner_bytes: 142_818,
            sha256: Some("5b".repeat(32)),
            inner_sha256: Some("a0".repeat(32)),
            packets: 312,
            time: Some((at(0), at(125))),
            interfaces: vec![speaking, silent],
            notes: vec![
                ("application", "dumpcap 4.0".into()),
                ("comment", Text::new(b"caf\xe9 =1")),
            ],
            secret_bytes: 2_048,
            resolved_names: 2,
            skipped_blocks: [(0xbad_u32, 2_u64)].into(),
            cut: true,
            unordered: true,
        },
        Input {
            path: "-".into(),
            format: "pcap",
            stored_bytes: 1_024,
            inner_bytes: 1_024,
            packets: 0,
            interfaces: vec![Interface {
                link: 65_000,
                ticks_per_second: 1_000_000,
                ..Interface::default()
            }],
            ..Input::default()
        },
    ]
}

fn data() -> Vec<DataSource> {
    let source = |name: &str, origin: &str, gives: Vec<&'static str>| DataSource {
        name: name.to_owned(),
        origin: origin.to_owned(),
        description: "countries by address".to_owned(),
        date: Some("2026-11-01".to_owned()),
        built: Some(1_793_491_200),
        sha256: "c3".repeat(32),
        credit: Some("IP Geolocation by DB-IP, CC BY 4.0".to_owned()),
        link: Some("https://db-ip.com".to_owned()),
        gives,
    };
    let mut own = source("own.mmdb", "/data/own.mmdb", vec!["country", "asn"]);
    own.credit = None;
    own.link = None;
    own.date = None;
    own.built = Some(-1);
    vec![
        source("dbip-country-lite", "embedded", vec!["country"]),
        own,
    ]
}

fn settings() -> Settings {
    Settings {
        expect: Some(Expectation {
            conditional: Vec::new(),
            written: "IN,SG,@EEA".to_owned(),
            countries: ["DE", "IN", "SG"]
                .map(|code| Country::new(code).unwrap())
                .to_vec(),
            groups: vec![crate::model::ExpectedGroup {
                name: "@EEA".to_owned(),
                title: "European Economic Area".into(),
                date: "2026-01-01".into(),
                source: "the agreement".into(),
                note: "".into(),
            }],
        }),
        expect_operator: None,
        expect_owner: None,
        devices: vec!["10.215.173.1".to_owned()],
        hashed: true,
        vantage: None,
        limits: Limits::default(),
        ..Settings::default()
    }
}

fn totals() -> Totals {
    Totals {
        packets: 312,
        captured_bytes: 140_000,
        wire_bytes: 141_200,
        flows: 55,
        folded_flows: 4,
        outbound_flows: 43,
        packets_out: 160,
        bytes_out: 41_250,
        packets_in: 140,
        bytes_in: 90_000,
        names: [30, 8, 5],
        unrecognised_bytes: 1_500,
        verdicts: [24, 12, 7],
        time: Some((at(0), at(125))),
        in_baseline: None,
    }
}

fn losses() -> Losses {
    let reason = |layer, what, number| Reason {
        layer,
        what,
        number,
    };
    Losses {
        in_flows: 300,
        not_ip: [(reason("ethernet", "ARP", None), 7)].into(),
        undecodable: [(reason("link", "type not known", Some(65_000)), 5)].into(),
        filtered: 0,
        marks: 0,
        layers: [(reason("tcp", "options cut", None), 2)].into(),
        cut_packets: 3,
        cut_bytes: 1_200,
        damages: vec![Damage {
            input: 0,
            offset: 9_876,
            what: "block length 7 is not a multiple of 4".to_owned(),
        }],
        damage_count: 2,
        lost_records: 1,
        counts: [("fragments given up", 3)].into(),
        warnings: vec!["own.mmdb has no date".into(), Text::new(b"a\xffb")],
    }
}

pub(super) fn flows() -> Vec<Flow> {
    let mut first = flow(
        1,
        "203.0.113.66",
        place("CN", 64_500, "Example, \"Unicom\" =1"),
    );
    first.name = Some(Text::new(HOSTILE));
    first.names = vec![
        FlowName {
            name: Text::new(HOSTILE),
            via: Via::Sni,
            grade: Grade::Observed,
            frame: 14,
        },
        FlowName {
            name: "plain.example".into(),
            via: Via::Certificate,
            grade: Grade::Observed,
            frame: 16,
        },
    ];
    first.app = Some(App {
        uid: Some(10_123),
        pid: Some(77),
        name: Some("com.example.app".into()),
    });
    first.verdict = Some(Verdict::Violated);
    first.owner = hostile_owner();
    let mut second = flow(2, "2001:db8:40::1", disputed());
    second.protocol = None;
    second.name_via = Some(Via::Dns);
    second.name_grade = Grade::Inferred;
    second.name_rivals = Some(3);
    second.tls_version = Some(0x0a0a);
    second.tunnel = "gtp";
    second.verdict = Some(Verdict::Indeterminate);
    let mut third = flow(3, "192.0.2.10", place("IN", 64_501, "Example Cloud India"));
    third.transport = Transport::Other(50);
    third.local_port = 0;
    third.remote_port = 0;
    third.name = None;
    third.name_via = None;
    third.name_grade = Grade::None;
    third.tls_version = None;
    third.verdict = Some(Verdict::Met);
    vec![first, second, third]
}

fn flow(number: u64, remote: &str, place: Place) -> Flow {
    Flow {
        phase: None,
        in_baseline: None,
        flow: number,
        scope: Scope::Outbound,
        transport: Transport::Tcp,
        local_ip: ip("10.215.173.1"),
        local_port: 50_001,
        remote_ip: ip(remote),
        remote_port: 443,
        local_is_device: true,
        opened_locally: true,
        first_seen: at(1),
        last_seen: at(9),
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
        owner: Arc::default(),
        app: None,
        place: place.into(),
        rtt_ns: Some(41_250_000),
        tls_version: Some(0x0304),
        tls_version_chosen: true,
        tls_cipher: Some(0x1301),
        alpn: Some("h2".into()),
        ja3: Some([
            0xe7, 0xd7, 0x05, 0xa3, 0x28, 0x6e, 0x19, 0xea, 0x42, 0xf5, 0x87, 0xb3, 0x44, 0xee,
            0x68, 0x65,
        ]),
        ja3s: None,
        ja4: Some("t13d1516h2_8daaf6152771_02713d6af862".into()),
        hidden: None,
        certificate: None,
        gap_bytes: 0,
        verdict: None,
    }
}

fn dns() -> Vec<DnsRow> {
    let answer = |kind, data: &str| DnsAnswer {
        name: "api.example.in".into(),
        kind,
        data: data.into(),
        ttl: 60,
        addresses: Vec::new(),
        ech: false,
    };
    let answered = DnsRow {
        family: "dns",
        transport: Transport::Udp,
        client_ip: ip("10.215.173.1"),
        resolver_ip: ip("10.215.173.2"),
        frame: 2,
        time: at(0),
        name: "api.example.in".into(),
        kind: 1,
        rcode: Some(0),
        truncated: false,
        answers: vec![
            answer(5, "edge.example.in"),
            answer(1, "192.0.2.10"),
            answer(65_280, "\\# 0"),
        ],
    };
    let unanswered = DnsRow {
        frame: 3,
        name: Text::new(HOSTILE),
        kind: 65,
        rcode: None,
        answers: Vec::new(),
        ..answered.clone()
    };
    vec![answered, unanswered]
}

fn http() -> Vec<HttpRow> {
    let request = HttpRequest {
        method: "POST".into(),
        host: Some("api.example.in".into()),
        path: Text::new(HOSTILE),
        user_agent: Some("Dalvik/1.6.0 (Linux; U; Android 4.4.4)".into()),
        content_type: Some("application/json".into()),
        ..HttpRequest::default()
    };
    let response = HttpResponse {
        status: 204,
        ..HttpResponse::default()
    };
    let row = HttpRow {
        flow: 1,
        frame: 20,
        time: at(2),
        request,
        response: Some(response),
        remote_ip: ip("192.0.2.10"),
        remote_port: 80,
    };
    let bare = HttpRow {
        frame: 21,
        request: HttpRequest::default(),
        response: None,
        ..row.clone()
    };
    vec![row, bare]
}
