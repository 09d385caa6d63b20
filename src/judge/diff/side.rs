//! One side of a comparison: the flows of a capture or of a saved report, added up.
//!
//! In:   flows, in any order.
//! Out:  what was observed under each name, and sums by owner, country, operator, protocol and
//!       encryption. The same flows give the same side in every order.
//!
//! Everything that a sender can choose is kept in maps of a fixed size.

use super::bounded::Bounded;
use super::encryption::{self, Protection};
use crate::judge::selector::{Selector, Test};
use crate::model::diff::{Axis, DiffSide, RoundTrips, Spot, Subject, Volume};
use crate::model::{Confidence, Country, Flow, Grade, Scope, Text, Transport, Truth};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// What flows are told apart by: their name in lower case, or the address where they have none.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Key {
    Name(Vec<u8>),
    Address(IpAddr),
}

impl Key {
    fn of(flow: &Flow) -> Self {
        match &flow.name {
            Some(name) if !name.is_empty() => Key::Name(name.bytes().to_ascii_lowercase()),
            _ => Key::Address(flow.remote_ip),
        }
    }
}

/// Everything that is known of one side.
#[derive(Clone, Debug)]
pub struct Side {
    pub(super) about: DiffSide,
    pub(super) subjects: Bounded<Key, Gathered>,
    pub(super) groups: BTreeMap<Axis, Bounded<Option<Text>, Volume>>,
    phases: Bounded<Text, ()>,
    apps: Bounded<Text, ()>,
    vantages: Bounded<String, ()>,
    pub(super) asked: Vec<AskedSide>,
}

/// What a claim speaks of, on one side.
#[derive(Clone, Debug)]
pub(super) struct AskedSide {
    selector: Selector,
    /// What is meant, as if nothing else had been captured.
    pub(super) meant: Bounded<Key, Gathered>,
    /// Flows of which it is not known whether they are, and where they went.
    pub(super) maybe: Volume,
    pub(super) maybe_spots: Bounded<Spot, Volume>,
}

/// Owners, countries, operators, protocols.
const MOST_GROUPS: usize = 4_096;
/// Phases, programs.
const MOST_WORDS: usize = 256;
const MOST_ADDRESSES: usize = 256;
const MOST_SPOTS: usize = 16;
const MOST_EXAMPLES: usize = 16;
const MOST_PROTOCOLS: usize = 32;
/// Kinds of round trips told apart for a median.
const MOST_TRIPS: usize = 1_024;

impl Side {
    /// A side without flows; `most` is how many names it tells apart.
    pub(super) fn new(most: usize, claims: &[Selector]) -> Self {
        let asked = claims.iter().map(|selector| AskedSide {
            selector: selector.clone(),
            meant: Bounded::new(most),
            maybe: Volume::default(),
            maybe_spots: Bounded::new(MOST_WORDS),
        });
        Side {
            about: DiffSide::default(),
            subjects: Bounded::new(most),
            groups: Axis::ALL
                .into_iter()
                .map(|axis| (axis, Bounded::new(MOST_GROUPS)))
                .collect(),
            phases: Bounded::new(MOST_WORDS),
            apps: Bounded::new(MOST_WORDS),
            vantages: Bounded::new(2),
            asked: asked.collect(),
        }
    }

    /// What the side says of itself.
    #[must_use]
    pub fn about(&self) -> &DiffSide {
        &self.about
    }

    /// Takes one flow. `protocol` is the word for what it speaks, known to this version or not.
    pub(super) fn flow(&mut self, flow: &Flow, protocol: Option<&str>, test: Test<'_>) {
        if flow.scope != Scope::Outbound || flow.carries_tunnel {
            return;
        }
        let volume = volume(flow);
        let spot = spot(flow);
        let (encryption, protection) = encryption::of(flow, protocol);
        self.about.volume.add(&volume);
        self.see(flow, &volume, protection);
        let key = Key::of(flow);
        for asked in &mut self.asked {
            if asked.selector.protocols.is_empty() && is_upkeep(flow, protocol) {
                continue;
            }
            match asked.selector.matches(flow, test) {
                Truth::Yes => {
                    if let Some(subject) = asked.meant.of(key.clone()) {
                        subject.flow(flow, protocol, encryption, spot.clone(), &volume);
                    }
                }
                Truth::No => {}
                Truth::Maybe => {
                    asked.maybe.add(&volume);
                    if let Some(sum) = asked.maybe_spots.of(spot.clone()) {
                        sum.add(&volume);
                    }
                }
            }
        }
        let owner = flow.owner.owner.as_ref();
        for (axis, key) in [
            (Axis::Owners, owner.map(|owner| Text::from(&*owner.group))),
            (
                Axis::Countries,
                spot.country.map(|country| Text::from(country.code())),
            ),
            (
                Axis::Operators,
                operator(&spot).map(|words| Text::from(words.as_str())),
            ),
            (Axis::Protocols, protocol.map(Text::from)),
            (Axis::Encryption, Some(Text::from(encryption))),
        ] {
            if let Some(sum) = self.groups.get_mut(&axis).and_then(|group| group.of(key)) {
                sum.add(&volume);
            }
        }
        if let Some(subject) = self.subjects.of(key) {
            subject.flow(flow, protocol, encryption, spot, &volume);
        }
    }

    /// Takes what tells nothing of one name.
    fn see(&mut self, flow: &Flow, volume: &Volume, protection: Protection) {
        let seen = &mut self.about.visibility;
        let [observed, inferred, none] = &mut seen.names;
        let named = match flow.name_grade {
            Grade::Observed => observed,
            Grade::Inferred => inferred,
            Grade::None => none,
        };
        let protected = match protection {
            Protection::Encrypted => &mut seen.encrypted,
            Protection::Cleartext => &mut seen.cleartext,
            Protection::Unknown => &mut seen.unknown,
        };
        for sum in [named, protected] {
            *sum = sum.saturating_add(volume.bytes());
        }
        if flow.hidden.is_some() {
            seen.hidden_flows = seen.hidden_flows.saturating_add(1);
        }
        if let Some(phase) = &flow.phase {
            self.phases.note(Text::from(&**phase));
        }
        if let Some(name) = flow.app.as_ref().and_then(|app| app.name.as_ref()) {
            self.apps.note(name.clone());
        }
        if let Some(physics) = &flow.place.physics {
            self.vantage(&physics.vantage);
        }
    }

    /// Takes where the phone was, as it was declared.
    pub(super) fn vantage(&mut self, vantage: &str) {
        self.vantages.note(vantage.to_owned());
    }

    /// After the last flow. `declared` is where the phone was, where the side does not say.
    pub(super) fn finish(&mut self, declared: Option<&str>) {
        let kept = self.subjects.iter().fold(0_u64, |sum, (_, subject)| {
            sum.saturating_add(subject.volume.flows)
        });
        self.about.flows_beyond = self.about.volume.flows.saturating_sub(kept);
        self.about.subjects = u64::try_from(self.subjects.len()).unwrap_or(u64::MAX);
        self.about.phases = self.phases.keys().cloned().collect();
        self.about.apps = self.apps.keys().cloned().collect();
        self.about.vantage = match self.vantages.len() {
            0 => declared.map(str::to_owned),
            1 => self.vantages.keys().next().cloned(),
            // Several captures of one side, recorded in several places.
            _ => None,
        };
        self.about.devices.sort();
        self.about.data.sort();
    }
}

/// Name resolution and upkeep of the network: not the service of whoever made a claim, unless
/// the claim names protocols.
fn is_upkeep(flow: &Flow, protocol: Option<&str>) -> bool {
    const UPKEEP: &[&str] = &[
        "dhcp", "dhcpv6", "dns", "dnscrypt", "icmp", "icmpv6", "nat-pmp", "ntp",
    ];
    protocol.is_some_and(|word| UPKEEP.contains(&word))
        || matches!(flow.transport, Transport::Icmp | Transport::Icmpv6)
        || matches!(flow.hidden, Some("doh" | "dot" | "doq"))
}

fn volume(flow: &Flow) -> Volume {
    Volume {
        flows: 1,
        packets_out: flow.packets_out,
        bytes_out: flow.bytes_out,
        packets_in: flow.packets_in,
        bytes_in: flow.bytes_in,
    }
}

fn spot(flow: &Flow) -> Spot {
    let place = &flow.place;
    let operator = place.operator.as_deref().map(|operator| operator.top());
    Spot {
        country: place.country,
        confidence: place.confidence,
        anycast: place.anycast == Some(true),
        city: place.city.clone(),
        cloud: place.cloud.clone(),
        cloud_region: place.cloud_region.clone(),
        operator: operator.map(|(name, _)| Arc::clone(name)),
        operator_country: operator.map(|(_, country)| *country),
        asn: place.asn,
        as_org: place.as_org.clone(),
    }
}

/// Who operates a network: the company at the top, or the number of the system.
pub(super) fn operator(spot: &Spot) -> Option<String> {
    match (&spot.operator, spot.asn) {
        (Some(name), _) => Some(name.to_string()),
        (None, Some(asn)) => Some(format!("AS{asn}")),
        (None, None) => None,
    }
}

/// What is added up of one name.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    name: Option<Text>,
    grade: Option<Grade>,
    registrable_domain: Option<Text>,
    owner: Option<(Arc<str>, Option<Country>)>,
    function: Option<Arc<str>>,
    addresses: Bounded<IpAddr, ()>,
    spots: Bounded<Spot, Volume>,
    protocols: Bounded<Arc<str>, ()>,
    encryption: Bounded<Arc<str>, u64>,
    volume: Volume,
    trips: Bounded<u64, u64>,
    trip_range: Option<(u64, u64)>,
    trip_flows: u64,
    examples: Bounded<(u64, u64), ()>,
}

impl Default for Gathered {
    fn default() -> Self {
        Gathered {
            name: None,
            grade: None,
            registrable_domain: None,
            owner: None,
            function: None,
            addresses: Bounded::new(MOST_ADDRESSES),
            spots: Bounded::new(MOST_SPOTS),
            protocols: Bounded::new(MOST_PROTOCOLS),
            encryption: Bounded::new(MOST_PROTOCOLS),
            volume: Volume::default(),
            trips: Bounded::new(MOST_TRIPS),
            trip_range: None,
            trip_flows: 0,
            examples: Bounded::new(MOST_EXAMPLES),
        }
    }
}

/// The lesser of what is known: of several aliases the same one in every order.
fn least<T: Ord + Clone>(known: &mut Option<T>, other: Option<&T>) {
    if let Some(other) = other
        && known.as_ref().is_none_or(|known| other < known)
    {
        *known = Some(other.clone());
    }
}

impl Gathered {
    fn flow(
        &mut self,
        flow: &Flow,
        protocol: Option<&str>,
        encryption: &str,
        spot: Spot,
        volume: &Volume,
    ) {
        least(
            &mut self.name,
            flow.name.as_ref().filter(|name| !name.is_empty()),
        );
        least(&mut self.grade, Some(&flow.name_grade));
        least(
            &mut self.registrable_domain,
            flow.registrable_domain.as_ref(),
        );
        let owner = flow.owner.owner.as_ref();
        let owner = owner.map(|owner| (Arc::clone(&owner.group), owner.group_country));
        least(&mut self.owner, owner.as_ref());
        least(&mut self.function, flow.owner.function.as_ref());
        self.addresses.note(flow.remote_ip);
        if let Some(sum) = self.spots.of(spot) {
            sum.add(volume);
        }
        if let Some(word) = protocol {
            self.protocols.note(Arc::from(word));
        }
        if let Some(count) = self.encryption.of(Arc::from(encryption)) {
            *count = count.saturating_add(1);
        }
        self.volume.add(volume);
        self.examples.note((flow.flow, flow.first_frame));
        if let Some(trip) = flow.rtt_ns {
            self.trip(trip);
        }
    }

    fn trip(&mut self, trip: u64) {
        let (smallest, largest) = self.trip_range.unwrap_or((trip, trip));
        self.trip_range = Some((smallest.min(trip), largest.max(trip)));
        self.trip_flows = self.trip_flows.saturating_add(1);
        if let Some(count) = self.trips.of(rounded(trip)) {
            *count = count.saturating_add(1);
        }
    }

    /// What was observed, as outputs have it.
    pub(super) fn subject(&self, key: &Key) -> Subject {
        let of_name = matches!(key, Key::Name(_));
        Subject {
            names: self.name.iter().filter(|_| of_name).cloned().collect(),
            grade: self.grade,
            registrable_domain: self.registrable_domain.clone(),
            owner: self.owner.as_ref().map(|(owner, _)| Arc::clone(owner)),
            owner_country: self.owner.as_ref().and_then(|(_, country)| *country),
            function: self.function.clone(),
            addresses: self.addresses.keys().copied().collect(),
            more_addresses: self.addresses.is_cut(),
            spots: self
                .spots
                .iter()
                .map(|(spot, volume)| (spot.clone(), *volume))
                .collect(),
            more_spots: self.spots.is_cut(),
            protocols: self.protocols.keys().cloned().collect(),
            encryption: self
                .encryption
                .iter()
                .map(|(word, flows)| (Arc::clone(word), *flows))
                .collect(),
            volume: self.volume,
            round_trips: self.round_trips(),
            frames: self.examples.keys().map(|(_, frame)| *frame).collect(),
            flow_numbers: self.examples.keys().map(|(flow, _)| *flow).collect(),
        }
    }

    fn round_trips(&self) -> Option<RoundTrips> {
        let (smallest, largest) = self.trip_range?;
        let at = |rank: u64| {
            let mut passed = 0_u64;
            let mut trips = self.trips.iter();
            let found = trips.find(|(_, count)| {
                passed = passed.saturating_add(**count);
                passed > rank
            });
            found.map(|(trip, _)| (*trip).clamp(smallest, largest))
        };
        let middle = || {
            let (low, high) = (self.trip_flows.saturating_sub(1) / 2, self.trip_flows / 2);
            let (low, high) = (at(low)?, at(high)?);
            Some(low.saturating_add(high.saturating_sub(low) / 2))
        };
        Some(RoundTrips {
            smallest_ns: smallest,
            median_ns: if self.trips.is_cut() { None } else { middle() },
            flows: self.trip_flows,
        })
    }
}

/// The ten leading bits of `trip`: a thousandth of it at most is lost.
fn rounded(trip: u64) -> u64 {
    let spare = 54_u32.saturating_sub(trip.leading_zeros());
    trip.checked_shr(spare)
        .unwrap_or(0)
        .checked_shl(spare)
        .unwrap_or(0)
}

/// True where the place is sure enough to be compared: one country, at least of the confidence
/// that is asked for, and no anycast.
pub(super) fn is_sure(spot: &Spot, least: Confidence) -> bool {
    spot.country.is_some() && spot.confidence >= least && !spot.anycast
}
