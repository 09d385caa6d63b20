//! Rows of a saved report: what a comparison needs of them, and back to flows.
//!
//! In:   the objects of `inputs`, `data`, `devices`, `totals`, `losses` and `flows`.
//! Out:  [`Flow`]s and the like. Keys that are not asked for are passed over.
//!
//! Words stay as they are: nothing of a report is believed to be harmless.

use crate::model::diff::{DiffData, DiffInput, DiffLosses};
use crate::model::{
    App, Company, Confidence, Country, Device, Flow, Grade, NameOwner, Operator, Place, Scope,
    Text, Time, Transport, Via,
};
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;

/// Words of a capture: where the bytes are not UTF-8 the hexadecimal key has them.
fn text(words: Option<String>, hex: Option<&str>) -> Option<Text> {
    let words = words?;
    Some(
        hex.and_then(bytes)
            .map_or_else(|| Text::from(words.as_str()), Text::from),
    )
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let pairs = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect()
}

fn time(words: &str) -> Option<Time> {
    let instant: jiff::Timestamp = words.parse().ok()?;
    i64::try_from(instant.as_nanosecond()).ok().map(Time)
}

fn country(code: Option<&String>) -> Option<Country> {
    code.and_then(|code| Country::new(code))
}

/// Milliseconds as they were written, back to nanoseconds.
fn nanoseconds(milliseconds: f64) -> Option<u64> {
    let written = format!("{milliseconds:.6}");
    let (whole, fraction) = written.split_once('.')?;
    let whole: u64 = whole.parse().ok()?;
    whole
        .checked_mul(1_000_000)?
        .checked_add(fraction.parse().ok()?)
}

#[derive(Deserialize)]
pub(super) struct About {
    pub(super) version: String,
    pub(super) schema: u64,
}

#[derive(Deserialize)]
pub(super) struct InputRow {
    path: String,
    path_hex: Option<String>,
    sha256: Option<String>,
    packets: u64,
    #[serde(default)]
    pub(super) cut: bool,
    #[serde(default)]
    interfaces: Vec<InterfaceRow>,
}

#[derive(Deserialize)]
struct InterfaceRow {
    dropped_by_interface: Option<u64>,
    dropped_by_os: Option<u64>,
    dropped_before_packets: Option<u64>,
}

impl InputRow {
    /// Packets that its interfaces say were dropped.
    pub(super) fn dropped(&self) -> Option<u64> {
        super::dropped(self.interfaces.iter().flat_map(|it| {
            [
                it.dropped_by_interface,
                it.dropped_by_os,
                it.dropped_before_packets,
            ]
        }))
    }

    pub(super) fn input(self) -> DiffInput {
        DiffInput {
            path: text(Some(self.path), self.path_hex.as_deref()).unwrap_or_default(),
            sha256: self.sha256,
            packets: self.packets,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct DataRow {
    name: String,
    date: Option<String>,
    sha256: String,
    credit: Option<String>,
    link: Option<String>,
}

impl DataRow {
    pub(super) fn source(self) -> DiffData {
        DiffData {
            name: self.name,
            credit: super::credit(self.credit.as_deref(), self.link.as_deref()),
            date: self.date,
            sha256: self.sha256,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct DeviceRow {
    addresses: Vec<IpAddr>,
    mac: Option<String>,
}

impl DeviceRow {
    pub(super) fn device(self) -> Device {
        Device {
            addresses: self.addresses,
            mac: self.mac.as_deref().and_then(mac),
            reason: String::new(),
            is_observed: true,
        }
    }
}

fn mac(words: &str) -> Option<crate::model::Mac> {
    let mut octets = [0_u8; 6];
    let mut parts = words.split(':');
    for octet in &mut octets {
        *octet = u8::from_str_radix(parts.next()?, 16).ok()?;
    }
    Some(crate::model::Mac(octets))
}

#[derive(Deserialize)]
pub(super) struct SettingsRow {
    pub(super) filter: Option<String>,
    #[serde(default)]
    pub(super) limits: std::collections::BTreeMap<String, u64>,
    about: Option<AboutRow>,
}

impl SettingsRow {
    /// What the user said of the test, and what is to stand above every page.
    pub(super) fn declared(&mut self) -> (Vec<(String, String)>, String) {
        let about = self.about.take().unwrap_or_default();
        let facts = about.facts.into_iter().take(MOST_FACTS);
        let facts = facts.map(|fact| (fact.name, fact.value)).collect();
        (facts, about.notice)
    }
}

/// Facts that are kept of a saved report; `--about` has fewer.
const MOST_FACTS: usize = 64;

#[derive(Default, Deserialize)]
struct AboutRow {
    #[serde(default)]
    notice: String,
    #[serde(default)]
    facts: Vec<FactRow>,
}

#[derive(Deserialize)]
struct FactRow {
    name: String,
    value: String,
}

#[derive(Deserialize)]
pub(super) struct TotalsRow {
    pub(super) packets: u64,
    #[serde(default)]
    pub(super) folded_flows: u64,
    first_seen: Option<String>,
    last_seen: Option<String>,
}

impl TotalsRow {
    pub(super) fn time(&self) -> Option<(Time, Time)> {
        let of = |words: &Option<String>| words.as_deref().and_then(time);
        Some((of(&self.first_seen)?, of(&self.last_seen)?))
    }
}

#[derive(Deserialize)]
pub(super) struct LossesRow {
    #[serde(default)]
    filtered: u64,
    #[serde(default)]
    cut_packets: u64,
    #[serde(default)]
    lost_records: u64,
    #[serde(default)]
    damage_count: u64,
    #[serde(default)]
    undecodable: Vec<ReasonRow>,
}

#[derive(Deserialize)]
struct ReasonRow {
    packets: u64,
}

impl LossesRow {
    pub(super) fn add_to(&self, losses: &mut DiffLosses) {
        losses.filtered = self.filtered;
        losses.cut_packets = self.cut_packets;
        losses.lost_records = self.lost_records;
        losses.damage_count = self.damage_count;
        let undecodable = self.undecodable.iter();
        losses.undecodable = undecodable.fold(0, |sum, reason| sum.saturating_add(reason.packets));
    }
}

/// Of a destination: where its round trips were measured from.
#[derive(Deserialize)]
pub(super) struct DestinationRow {
    pub(super) round_trip: Option<TripRow>,
}

#[derive(Deserialize)]
pub(super) struct TripRow {
    pub(super) vantage: String,
}

#[derive(Deserialize)]
pub(super) struct FlowRow {
    flow: u64,
    scope: String,
    #[serde(default)]
    transport: String,
    local_ip: IpAddr,
    local_port: Option<u16>,
    remote_ip: IpAddr,
    remote_port: Option<u16>,
    first_seen: String,
    last_seen: String,
    packets_out: u64,
    bytes_out: u64,
    packets_in: u64,
    bytes_in: u64,
    first_frame: u64,
    #[serde(default)]
    last_frame: u64,
    #[serde(default)]
    carries_tunnel: bool,
    pub(super) protocol: Option<String>,
    name: Option<String>,
    name_hex: Option<String>,
    name_via: Option<String>,
    name_grade: String,
    name_rivals: Option<u64>,
    registrable_domain: Option<String>,
    registrable_domain_hex: Option<String>,
    owner: Option<String>,
    owner_company: Option<String>,
    owner_country: Option<String>,
    function: Option<String>,
    app: Option<String>,
    app_hex: Option<String>,
    app_uid: Option<u32>,
    app_pid: Option<u32>,
    country: Option<String>,
    country_confidence: String,
    asn: Option<u32>,
    as_org: Option<String>,
    operator: Option<String>,
    operator_company: Option<String>,
    operator_country: Option<String>,
    cloud: Option<String>,
    cloud_region: Option<String>,
    city: Option<String>,
    anycast: Option<bool>,
    rtt_ms: Option<f64>,
    tls_version: Option<String>,
    tls_version_chosen: Option<bool>,
    hidden: Option<String>,
    phase: Option<String>,
}

impl FlowRow {
    /// The flow, as far as a comparison and its claims ask; what is wrong with it where it
    /// cannot be one. `known` has the words for protocols of this version.
    pub(super) fn flow(self, known: &[&'static str]) -> Result<Flow, &'static str> {
        let protocol = self.protocol.as_deref();
        let protocol = known.iter().find(|word| Some(**word) == protocol).copied();
        let scope = [
            Scope::Outbound,
            Scope::Lan,
            Scope::Multicast,
            Scope::Loopback,
        ]
        .into_iter()
        .find(|scope| scope.as_str() == self.scope)
        .ok_or("a flow has a scope that is not known")?;
        let place = Arc::new(self.place()?);
        let owner = Arc::new(self.owner());
        let tls_version = self.tls_version.as_deref().and_then(tls_number);
        let app = App {
            uid: self.app_uid,
            pid: self.app_pid,
            name: text(self.app, self.app_hex.as_deref()),
        };
        Ok(Flow {
            flow: self.flow,
            scope,
            transport: transport(&self.transport),
            local_ip: self.local_ip,
            local_port: self.local_port.unwrap_or(0),
            remote_ip: self.remote_ip,
            remote_port: self.remote_port.unwrap_or(0),
            local_is_device: true,
            opened_locally: true,
            first_seen: time(&self.first_seen).ok_or("a flow's `first_seen` is no time")?,
            last_seen: time(&self.last_seen).ok_or("a flow's `last_seen` is no time")?,
            packets_out: self.packets_out,
            bytes_out: self.bytes_out,
            packets_in: self.packets_in,
            bytes_in: self.bytes_in,
            first_frame: self.first_frame,
            last_frame: self.last_frame,
            tunnel: "",
            carries_tunnel: self.carries_tunnel,
            protocol,
            name: text(self.name, self.name_hex.as_deref()),
            name_via: self.name_via.as_deref().and_then(via),
            name_grade: [Grade::Observed, Grade::Inferred, Grade::None]
                .into_iter()
                .find(|grade| grade.as_str() == self.name_grade)
                .ok_or("a flow has a `name_grade` that is not known")?,
            name_rivals: self.name_rivals,
            names: Vec::new(),
            registrable_domain: text(
                self.registrable_domain,
                self.registrable_domain_hex.as_deref(),
            ),
            owner,
            app: Some(app).filter(|app| *app != App::default()),
            place,
            rtt_ns: self.rtt_ms.and_then(nanoseconds),
            tls_version,
            tls_version_chosen: self.tls_version_chosen.unwrap_or(false),
            tls_cipher: None,
            alpn: None,
            ja3: None,
            ja3s: None,
            ja4: None,
            hidden: ["dot", "doq", "doh", "ech"]
                .into_iter()
                .find(|word| Some(*word) == self.hidden.as_deref()),
            certificate: None,
            gap_bytes: 0,
            verdict: None,
            phase: self.phase.map(Arc::from),
            in_baseline: None,
        })
    }

    fn place(&self) -> Result<Place, &'static str> {
        let shared = |words: &Option<String>| words.as_deref().map(Arc::from);
        let confidence = [
            Confidence::None,
            Confidence::Low,
            Confidence::Medium,
            Confidence::High,
        ]
        .into_iter()
        .find(|confidence| confidence.as_str() == self.country_confidence)
        .ok_or("a flow has a `country_confidence` that is not known")?;
        Ok(Place {
            country: country(self.country.as_ref()),
            confidence,
            asn: self.asn,
            as_org: shared(&self.as_org),
            operator: self.operator().map(Arc::new),
            cloud: shared(&self.cloud),
            cloud_region: shared(&self.cloud_region),
            city: shared(&self.city),
            anycast: self.anycast,
            ..Place::default()
        })
    }

    fn operator(&self) -> Option<Operator> {
        let top: Arc<str> = Arc::from(self.operator.as_deref()?);
        let country = country(self.operator_country.as_ref())?;
        Some(Operator {
            name: self
                .operator_company
                .as_deref()
                .map_or_else(|| Arc::clone(&top), Arc::from),
            country,
            parent: Some((top, country)),
            roles: Vec::new(),
            source: "".into(),
            registered_only: false,
        })
    }

    fn owner(&self) -> NameOwner {
        let company = |group: &String| Company {
            name: self.owner_company.as_deref().unwrap_or(group).into(),
            group: group.as_str().into(),
            group_country: country(self.owner_country.as_ref()),
            ..Company::default()
        };
        NameOwner {
            owner: self.owner.as_ref().map(|group| Arc::new(company(group))),
            function: self.function.as_deref().map(Arc::from),
            ..NameOwner::default()
        }
    }
}

fn via(word: &str) -> Option<Via> {
    let all = [
        Via::Sni,
        Via::QuicSni,
        Via::DtlsSni,
        Via::EchOuter,
        Via::HttpHost,
        Via::Connect,
        Via::Socks,
        Via::Certificate,
        Via::Dns,
        Via::QuicCid,
        Via::Protocol,
    ];
    all.into_iter().find(|via| via.as_str() == word)
}

fn transport(word: &str) -> Transport {
    let all = [
        Transport::Tcp,
        Transport::Udp,
        Transport::UdpLite,
        Transport::Icmp,
        Transport::Icmpv6,
        Transport::Sctp,
        Transport::Esp,
        Transport::Ah,
        Transport::Gre,
        Transport::IpIp,
    ];
    let number = || {
        word.strip_prefix("ip-")
            .and_then(|number| number.parse().ok())
    };
    all.into_iter()
        .find(|transport| transport.word() == Some(word))
        .unwrap_or_else(|| Transport::Other(number().unwrap_or(255)))
}

/// The number of a TLS version by its word; any number for one that has no word.
fn tls_number(word: &str) -> Option<u16> {
    let numbered = word
        .strip_prefix("0x")
        .and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let all = [
        0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x7f00, 0xfeff, 0xfefd, 0xfefc,
    ];
    let named = all
        .into_iter()
        .find(|number| crate::model::columns::tls_version(*number) == Some(word));
    named.or(numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        assert_eq!(nanoseconds(240.828), Some(240_828_000));
        assert_eq!(nanoseconds(41.25), Some(41_250_000));
        assert_eq!(nanoseconds(0.000_001), Some(1));
        assert_eq!(nanoseconds(-1.0), None);
        assert_eq!(nanoseconds(f64::INFINITY), None);
        assert_eq!(nanoseconds(1e300), None);
    }

    #[test]
    fn bytes_come_back_as_they_were() {
        let found = text(Some("a\\xff".to_owned()), Some("61ff"));
        assert_eq!(found, Some(Text::new(b"a\xff")));
        assert_eq!(text(Some("a".to_owned()), Some("6")), Some(Text::from("a")));
        assert_eq!(
            text(Some("a".to_owned()), Some("zz")),
            Some(Text::from("a"))
        );
        assert_eq!(text(None, Some("61")), None);
        assert_eq!(tls_number("TLS 1.3"), Some(0x0304));
        assert_eq!(tls_number("0x0a0a"), Some(0x0a0a));
    }
}
