//! What an explanation knows of destinations, findings and flows.
//!
//! In:   rows of a [`Report`], or of the JSON that it was saved as.
//! Out:  the same rows in either case; their words are to be escaped.
//! Spec: `docs/report.schema.json`.

use crate::language::{WORDS, fill};
use crate::model::{DataSource, Destination, Finding, Flow, OpinionKind, Text, Time};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Deserializer};
use std::net::IpAddr;

/// A name as it was sent: where it is not UTF-8, in hex as well.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub(super) struct Name {
    /// Bytes that are not UTF-8 stand in it as `\xNN`.
    pub(super) name: Option<String>,
    name_hex: Option<String>,
}

impl Name {
    fn of(text: Option<&Text>) -> Self {
        let hex = |text: &&Text| text.as_str().is_none();
        Name {
            name: text.map(|text| text.lossless().into_owned()),
            name_hex: text.filter(hex).map(|text| HEXLOWER.encode(text.bytes())),
        }
    }

    pub(super) fn text(&self) -> Option<Text> {
        let hex = self.name_hex.as_ref();
        let bytes = hex.and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok());
        match bytes {
            Some(bytes) => Some(Text::from(bytes)),
            None => self.name.as_deref().map(Text::from),
        }
    }
}

/// One destination.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct DestinationRow {
    /// Beside it `name_hex`, where it is not UTF-8.
    #[serde(flatten)]
    pub(super) name: Name,
    pub(super) name_via: Option<String>,
    pub(super) name_grade: String,
    pub(super) scope: String,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) address_count: u64,
    pub(super) flows: u64,
    pub(super) bytes_out: u64,
    pub(super) bytes_in: u64,
    #[serde(deserialize_with = "time")]
    pub(super) first_seen: Time,
    #[serde(deserialize_with = "time")]
    pub(super) last_seen: Time,
    pub(super) flow_numbers: Vec<u64>,
    pub(super) country: Option<String>,
    pub(super) country_confidence: String,
    pub(super) country_unknown_because: Option<String>,
    pub(super) country_class: Option<String>,
    /// What belongs to that class, in words.
    #[serde(skip)]
    pub(super) class_words: Option<String>,
    pub(super) country_lowered_because: Vec<String>,
    pub(super) country_settled_by: Option<String>,
    pub(super) registered_country: Option<String>,
    pub(super) country_opinions: Vec<OpinionRow>,
    pub(super) round_trip: Option<TripRow>,
    pub(super) asn: Option<u32>,
    pub(super) operator: Option<String>,
    pub(super) operator_company: Option<String>,
    pub(super) operator_country: Option<String>,
    pub(super) operator_source: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) owner_company: Option<String>,
    pub(super) owner_country: Option<String>,
    pub(super) owner_source: Option<String>,
    pub(super) hosted_by: Option<String>,
    pub(super) cname_target: Option<String>,
    pub(super) cname_owner: Option<String>,
    pub(super) anycast: Option<bool>,
    pub(super) verdict: Option<String>,
}

/// What one source said of its place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct OpinionRow {
    pub(super) source: Option<String>,
    /// The day of that source.
    #[serde(skip)]
    pub(super) date: Option<String>,
    pub(super) kind: String,
    pub(super) country: Option<String>,
    pub(super) detail: Option<String>,
}

/// What the smallest round trip says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct TripRow {
    /// Milliseconds with one decimal, in words.
    #[serde(deserialize_with = "tenths")]
    pub(super) rtt_ms: String,
    pub(super) vantage: String,
    pub(super) fibre_km: u64,
    pub(super) excluded: Vec<ExcludedRow>,
    pub(super) off_because: Option<String>,
}

/// A country that is too far.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct ExcludedRow {
    pub(super) country: String,
    pub(super) km: u64,
}

/// One finding.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FindingRow {
    pub(super) id: String,
    pub(super) rule: String,
    pub(super) check: String,
    pub(super) severity: String,
    pub(super) reference: Option<String>,
    pub(super) verdict: String,
    pub(super) country: Option<String>,
    pub(super) why: String,
    pub(super) would_decide: Option<String>,
    pub(super) destination: Option<usize>,
    pub(super) flows: u64,
    pub(super) flow_numbers: Vec<u64>,
    pub(super) suppressed: Option<SuppressionRow>,
}

/// Why a finding does not count.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SuppressionRow {
    pub(super) reason: String,
    pub(super) owner: String,
    pub(super) expires: Option<String>,
}

/// One flow.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct FlowRow {
    pub(in crate::report) flow: u64,
    pub(super) scope: String,
    pub(in crate::report) transport: String,
    pub(in crate::report) remote_ip: String,
    pub(in crate::report) remote_port: Option<u16>,
    #[serde(deserialize_with = "time")]
    pub(in crate::report) first_seen: Time,
    pub(in crate::report) bytes_out: u64,
    pub(in crate::report) bytes_in: u64,
    pub(in crate::report) first_frame: u64,
    pub(in crate::report) last_frame: u64,
    pub(in crate::report) protocol: Option<String>,
    /// Bytes that are not UTF-8 stand in it as `\xNN`.
    pub(super) name: Option<String>,
    pub(super) country: Option<String>,
    pub(super) country_confidence: String,
    pub(super) asn: Option<u32>,
}

impl DestinationRow {
    pub(in crate::report) fn of(destination: &Destination, data: &[DataSource]) -> Self {
        let place = &destination.place;
        let who = &destination.owner;
        let owner = who.owner.as_deref();
        let operator = place.operator.as_deref();
        let code = |country: Option<crate::model::Country>| country.map(|it| it.to_string());
        let alias = who.alias.as_ref();
        DestinationRow {
            name: Name::of(destination.name.as_ref()),
            name_via: some(destination.name_via),
            name_grade: destination.name_grade.to_owned(),
            scope: destination.scope.as_str().to_owned(),
            addresses: destination.addresses.clone(),
            address_count: destination.address_count,
            flows: destination.flows,
            bytes_out: destination.bytes_out,
            bytes_in: destination.bytes_in,
            first_seen: destination.first_seen,
            last_seen: destination.last_seen,
            flow_numbers: wide(&destination.flow_numbers),
            country: code(place.country),
            country_confidence: place.confidence.as_str().to_owned(),
            country_unknown_because: place.unknown_because.map(str::to_owned),
            country_class: place.class.map(|class| class.name.to_owned()),
            class_words: place.class.map(|class| class.words.to_owned()),
            country_lowered_because: place
                .lowered_because
                .iter()
                .map(|why| (*why).to_owned())
                .collect(),
            country_settled_by: place.settled_by.map(str::to_owned),
            registered_country: code(place.registered),
            country_opinions: opinions(destination, data),
            round_trip: place.physics.as_deref().map(trip),
            asn: place.asn,
            operator: operator.map(|it| it.top().0.to_string()),
            operator_company: operator.map(|it| it.name.to_string()),
            operator_country: operator.map(|it| it.top().1.to_string()),
            operator_source: operator.map(|it| it.source.to_string()),
            owner: owner.map(|it| it.group.to_string()),
            owner_company: owner.map(|it| it.name.to_string()),
            owner_country: owner.and_then(|it| code(it.group_country)),
            owner_source: owner.map(|it| it.said_by.to_string()),
            hosted_by: who.hosted_by.as_ref().map(|it| it.group.to_string()),
            cname_target: alias.map(|it| it.target.lossless().into_owned()),
            cname_owner: alias.and_then(|it| Some(it.owner.as_ref()?.group.to_string())),
            anycast: place.anycast,
            verdict: destination.verdict.map(|it| it.as_str().to_owned()),
        }
    }

    /// The name, or the first address and how many more there are.
    pub(super) fn subject(&self) -> Text {
        if let Some(name) = self.name.text() {
            return name;
        }
        let words = match (self.addresses.first(), self.address_count.saturating_sub(1)) {
            (None, _) => WORDS.explain_part.no_address.to_owned(),
            (Some(first), 0) => first.to_string(),
            (Some(first), more) => {
                let (first, more) = (first.to_string(), more.to_string());
                fill(WORDS.more_addresses, &[&first, &more])
            }
        };
        Text::from(words.as_str())
    }

    /// True where the flow is one of this destination's.
    ///
    /// Flows to one name at one place, by scope, country, confidence and system, are one
    /// destination; without a name the address tells.
    pub(super) fn has(&self, flow: &FlowRow) -> bool {
        let listed = u64::try_from(self.addresses.len()).unwrap_or(u64::MAX);
        let by_address = || {
            self.address_count > listed
                || self
                    .addresses
                    .iter()
                    .any(|address| address.to_string() == flow.remote_ip)
        };
        self.name.name == flow.name
            && self.scope == flow.scope
            && self.country == flow.country
            && self.country_confidence == flow.country_confidence
            && self.asn == flow.asn
            && (flow.name.is_some() || by_address())
    }
}

fn opinions(destination: &Destination, data: &[DataSource]) -> Vec<OpinionRow> {
    let of = |opinion: &crate::model::PlaceOpinion| {
        let source = data.get(opinion.source);
        OpinionRow {
            source: source.map(|it| it.name.clone()),
            date: source.and_then(|it| it.date.clone()),
            kind: opinion.kind.as_str().to_owned(),
            country: opinion.country.map(|it| it.to_string()),
            detail: opinion.detail.as_deref().map(str::to_owned),
        }
    };
    destination.place.opinions.iter().map(of).collect()
}

fn trip(physics: &crate::model::Physics) -> TripRow {
    let far = physics.excluded.iter().map(|far| ExcludedRow {
        country: far.country.to_string(),
        km: far.km.into(),
    });
    TripRow {
        rtt_ms: format!(
            "{}.{}",
            physics.rtt_ns / 1_000_000,
            physics.rtt_ns / 100_000 % 10
        ),
        vantage: physics.vantage.to_string(),
        fibre_km: physics.fibre_km.into(),
        excluded: far.collect(),
        off_because: physics.off_because.map(str::to_owned),
    }
}

impl OpinionRow {
    /// `dbip-country-lite (2026-06-01) says CN`, with what else it said.
    pub(super) fn words(&self) -> String {
        let words = &WORDS.steps;
        let source = self.source.as_deref().unwrap_or(words.a_source);
        let date = self.date.as_deref().unwrap_or(WORDS.no_date);
        let country = self.country.as_deref().unwrap_or(words.said_nowhere);
        let kind = if self.kind == OpinionKind::OperatorRange.as_str() {
            words.operators_word
        } else if self.kind == OpinionKind::Geofeed.as_str() {
            words.holders_word
        } else {
            ""
        };
        match self.detail.as_deref() {
            Some(detail) => fill(words.source_detail, &[source, date, kind, country, detail]),
            None => fill(words.source, &[source, date, kind, country]),
        }
    }
}

impl FindingRow {
    pub(super) fn of(finding: &Finding) -> Self {
        FindingRow {
            id: finding.id.clone(),
            rule: finding.rule.to_string(),
            check: finding.check.to_owned(),
            severity: finding.severity.as_str().to_owned(),
            reference: finding.reference.as_deref().map(str::to_owned),
            verdict: finding.verdict.as_str().to_owned(),
            country: finding.country.map(|it| it.to_string()),
            why: finding.why.to_string(),
            would_decide: finding.would_decide.as_deref().map(str::to_owned),
            destination: finding.destination,
            flows: finding.flows,
            flow_numbers: wide(&finding.flow_numbers),
            suppressed: finding.suppressed.as_ref().map(|it| SuppressionRow {
                reason: it.reason.to_string(),
                owner: it.owner.to_string(),
                expires: it.expires.as_deref().map(str::to_owned),
            }),
        }
    }
}

impl FlowRow {
    pub(super) fn of(flow: &Flow) -> Self {
        FlowRow {
            flow: flow.flow,
            scope: flow.scope.as_str().to_owned(),
            transport: flow.transport.to_string(),
            remote_ip: flow.remote_ip.to_string(),
            remote_port: port(flow),
            first_seen: flow.first_seen,
            bytes_out: flow.bytes_out,
            bytes_in: flow.bytes_in,
            first_frame: flow.first_frame,
            last_frame: flow.last_frame,
            protocol: flow.protocol.map(str::to_owned),
            name: flow.name.as_ref().map(|it| it.lossless().into_owned()),
            country: flow.place.country.map(|it| it.to_string()),
            country_confidence: flow.place.confidence.as_str().to_owned(),
            asn: flow.place.asn,
        }
    }
}

fn wide(numbers: &[u32]) -> Vec<u64> {
    numbers.iter().map(|number| u64::from(*number)).collect()
}

fn some(words: &str) -> Option<String> {
    Some(words.to_owned()).filter(|words| !words.is_empty())
}

/// RFC 3339, as the report writes it; the beginning of 1970 for what is no time.
fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    let text = Option::<String>::deserialize(from)?.unwrap_or_default();
    let time = text.parse::<jiff::Timestamp>().ok();
    let nanoseconds = time.and_then(|time| i64::try_from(time.as_nanosecond()).ok());
    Ok(Time(nanoseconds.unwrap_or(0)))
}

/// A number cut after its first decimal, as [`trip`] has it.
fn tenths<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let number = Option::<serde_json::Number>::deserialize(from)?;
    let text = number.map(|number| number.to_string()).unwrap_or_default();
    if text.is_empty() || text.contains('e') {
        return Ok("0.0".to_owned());
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "0"));
    let first = decimals.get(..1).unwrap_or("0");
    Ok(format!("{whole}.{first}"))
}

fn port(flow: &Flow) -> Option<u16> {
    use crate::model::Transport::{Sctp, Tcp, Udp, UdpLite};
    let has_ports = matches!(flow.transport, Tcp | Udp | UdpLite | Sctp);
    Some(flow.remote_port).filter(|_| has_ports)
}
