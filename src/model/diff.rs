//! Two captures side by side, before they have a form.
//!
//! Words that a capture, a database or a saved report chose stay as they were found: outputs
//! escape them. Nothing here grows with the traffic: lists are cut where they were gathered.

use super::{ClaimResult, Confidence, Country, Grade, Severity, Text, Time};
use std::net::IpAddr;
use std::sync::Arc;

/// What became of something from one side to the other.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Status {
    /// The same name, or the same service of the same owner, at another place.
    Moved,
    /// On both sides, but not alike.
    Changed,
    /// Observed after only.
    Appeared,
    /// Observed before only.
    Vanished,
    /// On both sides, but too little is known to compare.
    NotComparable,
    /// On both sides, and alike.
    Unchanged,
}

impl Status {
    /// Every one, in the order of outputs.
    pub const ALL: [Status; 6] = [
        Status::Moved,
        Status::Changed,
        Status::Appeared,
        Status::Vanished,
        Status::NotComparable,
        Status::Unchanged,
    ];

    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Moved => "moved",
            Status::Changed => "changed",
            Status::Appeared => "appeared",
            Status::Vanished => "vanished",
            Status::NotComparable => "not-comparable",
            Status::Unchanged => "unchanged",
        }
    }

    /// The same with the sides exchanged.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            Status::Appeared => Status::Vanished,
            Status::Vanished => Status::Appeared,
            same => same,
        }
    }
}

/// What flows are added up by.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Axis {
    /// Ultimate parents of the companies behind names.
    Owners,
    /// Countries of addresses.
    Countries,
    /// Ultimate parents of the operators of networks.
    Operators,
    /// Protocols.
    Protocols,
    /// How the content is protected.
    Encryption,
}

impl Axis {
    /// Every one, in the order of outputs.
    pub const ALL: [Axis; 5] = [
        Axis::Owners,
        Axis::Countries,
        Axis::Operators,
        Axis::Protocols,
        Axis::Encryption,
    ];

    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Axis::Owners => "owners",
            Axis::Countries => "countries",
            Axis::Operators => "operators",
            Axis::Protocols => "protocols",
            Axis::Encryption => "encryption",
        }
    }
}

/// How two subjects of a comparison were found to belong together.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Matched {
    /// They have the same name.
    Name,
    /// Neither has a name, and the address is the same.
    Address,
    /// No name is the same, but owner and function are.
    OwnerAndFunction,
    /// No name is the same, but registrable domain and function are.
    DomainAndFunction,
    /// Nothing on the other side belongs to it.
    Nothing,
}

impl Matched {
    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Matched::Name => "name",
            Matched::Address => "address",
            Matched::OwnerAndFunction => "owner-and-function",
            Matched::DomainAndFunction => "domain-and-function",
            Matched::Nothing => "nothing",
        }
    }
}

/// A place as far as two captures can be compared in it.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Spot {
    /// The estimate.
    pub country: Option<Country>,
    /// How surely.
    pub confidence: Confidence,
    /// True where the prefix is declared anycast: no single place.
    pub anycast: bool,
    /// City of the operator's region.
    pub city: Option<Arc<str>>,
    /// Cloud provider that publishes the range.
    pub cloud: Option<Arc<str>>,
    /// Its region.
    pub cloud_region: Option<Arc<str>>,
    /// Ultimate parent of the operator of the network.
    pub operator: Option<Arc<str>>,
    /// Country of its seat.
    pub operator_country: Option<Country>,
    /// Autonomous system.
    pub asn: Option<u32>,
    /// The name under which that is registered.
    pub as_org: Option<Arc<str>>,
}

/// How much.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Volume {
    /// Flows.
    pub flows: u64,
    /// Packets from the device.
    pub packets_out: u64,
    /// Bytes from the device.
    pub bytes_out: u64,
    /// Packets to the device.
    pub packets_in: u64,
    /// Bytes to the device.
    pub bytes_in: u64,
}

impl Volume {
    /// Adds another.
    pub fn add(&mut self, other: &Volume) {
        for (sum, more) in [
            (&mut self.flows, other.flows),
            (&mut self.packets_out, other.packets_out),
            (&mut self.bytes_out, other.bytes_out),
            (&mut self.packets_in, other.packets_in),
            (&mut self.bytes_in, other.bytes_in),
        ] {
            *sum = sum.saturating_add(more);
        }
    }

    /// Bytes both ways.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes_out.saturating_add(self.bytes_in)
    }
}

/// Round trips of handshakes, one of each flow that has any.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RoundTrips {
    /// The smallest, in nanoseconds.
    pub smallest_ns: u64,
    /// The median over flows, to a thousandth; `None` where there were too many to keep.
    pub median_ns: Option<u64>,
    /// Flows that have one.
    pub flows: u64,
}

/// What was observed under one name, or at one address without a name, on one side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// Its name; several where services were compared that have none in common; none for an
    /// address.
    pub names: Vec<Text>,
    /// The surest grade that the name was seen with.
    pub grade: Option<Grade>,
    /// Registrable domain.
    pub registrable_domain: Option<Text>,
    /// Ultimate parent of whoever controls the name.
    pub owner: Option<Arc<str>>,
    /// Country of its seat.
    pub owner_country: Option<Country>,
    /// What the service does.
    pub function: Option<Arc<str>>,
    /// Its addresses, sorted, at most 256.
    pub addresses: Vec<IpAddr>,
    /// True where there were more.
    pub more_addresses: bool,
    /// Where it was reached, and how much went there; at most 16.
    pub spots: Vec<(Spot, Volume)>,
    /// True where there were more.
    pub more_spots: bool,
    /// Protocols, sorted.
    pub protocols: Vec<Arc<str>>,
    /// How flows were protected, and how many of them.
    pub encryption: Vec<(Arc<str>, u64)>,
    /// How much.
    pub volume: Volume,
    /// Round trips of its handshakes.
    pub round_trips: Option<RoundTrips>,
    /// First frames of its first flows, at most 16.
    pub frames: Vec<u64>,
    /// Their numbers.
    pub flow_numbers: Vec<u64>,
}

/// One name, or one service, on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct NameChange {
    /// What became of it: where it is, who is behind it, how it is protected.
    pub status: Status,
    /// How the two sides were found to belong together.
    pub matched: Matched,
    /// Why that status, in words of ours.
    pub because: String,
    /// The side before.
    pub before: Option<Subject>,
    /// The side after.
    pub after: Option<Subject>,
    /// What became of the place alone.
    pub place: Status,
    /// What became of the encryption alone.
    pub encryption: Status,
    /// What became of the bytes per hour.
    pub volume: Status,
    /// Bytes both ways per hour, before and after, where the length of the side is known.
    pub bytes_per_hour: [Option<u64>; 2],
    /// What became of the round trips.
    pub round_trip: Status,
}

impl NameChange {
    /// The side that has it, the later one first.
    #[must_use]
    pub fn any(&self) -> Option<&Subject> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// One owner, country, operator, protocol or kind of encryption on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupChange {
    /// What it is.
    pub axis: Axis,
    /// Which one; `None` for the flows of which it is not known.
    pub key: Option<Text>,
    /// Whether it was there before and after.
    pub status: Status,
    /// How much before.
    pub before: Option<Volume>,
    /// How much after.
    pub after: Option<Volume>,
}

/// A capture of one side.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DiffInput {
    /// Its path, as the user gave it when it was read.
    pub path: Text,
    /// SHA-256 of its stored bytes, hex.
    pub sha256: Option<String>,
    /// Packets in it.
    pub packets: u64,
}

/// A data source of one side.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct DiffData {
    /// Its name.
    pub name: String,
    /// Build date.
    pub date: Option<String>,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// What its licence asks to be said, with its link.
    pub credit: Option<String>,
}

/// How much of one side could be seen into.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Visibility {
    /// Bytes both ways with an observed name, an inferred one, none.
    pub names: [u64; 3],
    /// Bytes of which the content is encrypted.
    pub encrypted: u64,
    /// Bytes in the clear.
    pub cleartext: u64,
    /// Bytes of which that is not known.
    pub unknown: u64,
    /// Flows that hide the names asked or served in them.
    pub hidden_flows: u64,
}

/// What was lost on one side.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DiffLosses {
    /// Places of damage.
    pub damage_count: u64,
    /// Records lost in damage.
    pub lost_records: u64,
    /// Inputs that end inside a record.
    pub cut_inputs: u64,
    /// Packets that a filter left out.
    pub filtered: u64,
    /// Packets shorter than on the wire.
    pub cut_packets: u64,
    /// Packets that could not be read down to an IP packet.
    pub undecodable: u64,
    /// Packets that the capture tool says it dropped.
    pub dropped: Option<u64>,
    /// Flows that were folded because a table was full.
    pub folded_flows: u64,
}

/// One side of a comparison, as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiffSide {
    /// What it is called: the path as the user gave it.
    pub path: Text,
    /// `capture` or `report`.
    pub form: &'static str,
    /// The program that read the captures.
    pub version: String,
    /// The captures, at most 1,000.
    pub inputs: Vec<DiffInput>,
    /// How many captures.
    pub input_count: u64,
    /// The data sources.
    pub data: Vec<DiffData>,
    /// Addresses and MACs of the audited devices, sorted.
    pub devices: Vec<String>,
    /// The filter that chose the packets.
    pub filter: Option<String>,
    /// The budgets, by name.
    pub limits: Vec<(String, u64)>,
    /// Where the phone was, as the user declared it.
    pub vantage: Option<String>,
    /// First and last packet.
    pub time: Option<(Time, Time)>,
    /// Packets read.
    pub packets: u64,
    /// Outbound flows.
    pub volume: Volume,
    /// How much could be seen into.
    pub visibility: Visibility,
    /// What was lost.
    pub losses: DiffLosses,
    /// What the user said of the test, each fact with its name: declared, not observed.
    pub declared: Vec<(String, String)>,
    /// What is to stand above every page about it.
    pub notice: String,
    /// Phases of the test in which flows began, sorted.
    pub phases: Vec<Text>,
    /// Programs on the device, sorted.
    pub apps: Vec<Text>,
    /// Names, and addresses without one, that were told apart.
    pub subjects: u64,
    /// Flows of those that were beyond the budget of names.
    pub flows_beyond: u64,
}

impl DiffSide {
    /// Nanoseconds from the first packet to the last.
    #[must_use]
    pub fn duration_ns(&self) -> Option<u64> {
        let (first, last) = self.time?;
        Some(last.since(first)).filter(|length| *length > 0)
    }
}

/// Something that makes the sides less comparable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caveat {
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about: a word of ours, `duration`, `place-data`.
    pub about: &'static str,
    /// What it is, in a sentence. Names in it may come from files: to be escaped.
    pub words: String,
}

/// Two sides, compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    /// The side before.
    pub before: DiffSide,
    /// The side after.
    pub after: DiffSide,
    /// What makes them less comparable, gravest first.
    pub caveats: Vec<Caveat>,
    /// What was done to make them comparable.
    pub normalised: Vec<&'static str>,
    /// Names and services: moved first, in the order of [`Status`].
    pub names: Vec<NameChange>,
    /// Names, or addresses without one, that a full budget left out on either side.
    pub left_out: bool,
    /// Everything else, in the order of [`Axis`].
    pub groups: Vec<GroupChange>,
    /// Claims that the two sides together decide, then those judged on the side after.
    pub claims: Vec<ClaimResult>,
}

impl Diff {
    /// What is to stand above every page: of both sides, each once.
    #[must_use]
    pub fn notices(&self) -> Vec<&str> {
        let mut notices = vec![self.before.notice.as_str(), self.after.notice.as_str()];
        notices.dedup();
        notices.retain(|notice| !notice.is_empty());
        notices
    }

    /// How many names have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> u64 {
        let count = self.names.iter().filter(|name| name.status == status);
        u64::try_from(count.count()).unwrap_or(u64::MAX)
    }
}
