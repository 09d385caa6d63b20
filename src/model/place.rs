//! Where an address is: an estimate with its reasons.

use super::Country;
use std::sync::Arc;

/// How surely a country is known.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Confidence {
    /// No estimate.
    #[default]
    None,
    /// One weak source.
    Low,
    /// One good source, or several that may copy from each other.
    Medium,
    /// Independent sources agree.
    High,
}

impl Confidence {
    /// The word of the `country_confidence` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::None => "none",
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// What kind of source spoke of a place.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum OpinionKind {
    /// A place database: someone else's estimate.
    #[default]
    Database,
    /// The ranges that the operator of a cloud publishes: its own word.
    OperatorRange,
    /// A geofeed (RFC 8805): the word of whoever holds the block.
    Geofeed,
}

impl OpinionKind {
    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            OpinionKind::Database => "database",
            OpinionKind::OperatorRange => "operator-range",
            OpinionKind::Geofeed => "geofeed",
        }
    }
}

/// What one source said about one address.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct PlaceOpinion {
    /// Index into `Report::data`.
    pub source: usize,
    /// The country it gave, if any.
    pub country: Option<Country>,
    /// What kind of source it is.
    pub kind: OpinionKind,
    /// What else it said: `AWS ap-southeast-1, S3, Singapore`.
    pub detail: Option<Arc<str>>,
}

/// Who operates a network, and where that company has its seat.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Operator {
    /// The company: `Amazon`.
    pub name: Arc<str>,
    /// Country of that company's seat.
    pub country: Country,
    /// Its ultimate parent, where that is another: name, and country of its seat.
    pub parent: Option<(Arc<str>, Country)>,
    /// What it is: `cloud`, `carrier`.
    pub roles: Vec<Arc<str>>,
    /// How it is known: the file and its day, in words.
    pub source: Arc<str>,
    /// True where only the registration of the system says so, not the catalogue.
    pub registered_only: bool,
}

impl Operator {
    /// The ultimate parent, or the company itself where it has none, and the country of its seat.
    #[must_use]
    pub fn top(&self) -> (&Arc<str>, &Country) {
        match &self.parent {
            Some((name, country)) => (name, country),
            None => (&self.name, &self.country),
        }
    }
}

/// A country that light could not have reached and returned from in time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Excluded {
    /// The country.
    pub country: Country,
    /// The shortest way there from the vantage, in kilometres, rounded down.
    pub km: u32,
    /// Too far even in vacuum.
    pub in_vacuum: bool,
}

/// What the smallest round trip says about the end that answered.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Physics {
    /// Smallest handshake round trip of this address, in nanoseconds.
    pub rtt_ns: u64,
    /// Where the phone was: `DE`, or `52.52,13.40`.
    pub vantage: Arc<str>,
    /// How far light in fibre comes and returns in that time, in kilometres (4.9 us a km).
    pub fibre_km: u32,
    /// The same in vacuum (299,792.458 km/s).
    pub vacuum_km: u32,
    /// Countries named by a source that lie further.
    pub excluded: Vec<Excluded>,
    /// All countries that lie further, named or not.
    pub beyond: Vec<Country>,
    /// Why the round trip was not used, where it was not.
    pub off_because: Option<&'static str>,
}

/// A class of evidence for a place: a row of the table in `docs/method.md`.
#[derive(Debug, Eq, Hash, PartialEq)]
pub struct PlaceClass {
    /// As the column `country_class` shows it.
    pub name: &'static str,
    /// What it earns, before dates and round trips lower it.
    pub confidence: Confidence,
    /// What belongs to it, in words.
    pub words: &'static str,
    /// What would make it surer or settle it, in words; empty where nothing is needed.
    pub settled_by: &'static str,
}

/// What is known of one address or name that was asked for alone.
#[derive(Clone, Debug)]
pub struct Whereabouts {
    /// As the user wrote it.
    pub asked: String,
    /// The place of the address; `None` for a name.
    pub place: Option<Place>,
    /// Who is behind the name; `None` for an address.
    pub owner: Option<super::NameOwner>,
}

/// Where an address is and who announces it. Every field is an inference: none was seen on
/// the wire.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Place {
    /// The estimate; `None` where unknown or where sources disagree.
    pub country: Option<Country>,
    /// How surely.
    pub confidence: Confidence,
    /// Which class of evidence that rests on.
    pub class: Option<&'static PlaceClass>,
    /// What each source said, in the order of `Report::data`.
    pub opinions: Vec<PlaceOpinion>,
    /// Why there is no country, in words: `private address`, `not in any database`,
    /// `sources disagree`.
    pub unknown_because: Option<&'static str>,
    /// What would settle it, or make it surer, in words.
    pub settled_by: Option<&'static str>,
    /// Why it is less sure than its class, in words.
    pub lowered_because: Vec<&'static str>,
    /// The country under which the block of addresses is registered: no place.
    pub registered: Option<Country>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// The name under which that system is registered.
    pub as_org: Option<Arc<str>>,
    /// The country under which that system is registered: no place.
    pub as_country: Option<Country>,
    /// Who operates the network.
    pub operator: Option<Arc<Operator>>,
    /// Cloud provider that published the range.
    pub cloud: Option<Arc<str>>,
    /// Its region, local zone or city.
    pub cloud_region: Option<Arc<str>>,
    /// The service that the range belongs to.
    pub cloud_service: Option<Arc<str>>,
    /// City of the region, where the operator publishes it.
    pub city: Option<Arc<str>>,
    /// True if the prefix is declared anycast; `None` where no source speaks of it.
    pub anycast: Option<bool>,
    /// Who declares it, of what, where and when, in words.
    pub anycast_source: Option<Arc<str>>,
    /// What the round trip says, where a vantage was given.
    pub physics: Option<Arc<Physics>>,
}

impl Place {
    /// Country from which the operator of the network is controlled: see [`Operator::top`].
    #[must_use]
    pub fn operator_country(&self) -> Option<&Country> {
        self.operator.as_ref().map(|operator| operator.top().1)
    }
}

/// How much of the addresses in use a source speaks of.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cover {
    /// The fact: `country` or `asn`.
    pub gives: &'static str,
    /// Networks that have it, of both families.
    pub networks: u64,
    /// IPv4 addresses that have it, special ones left out.
    pub ipv4_addresses: u128,
    /// All IPv4 addresses but the special ones.
    pub ipv4_asked: u128,
    /// Announced IPv6 networks of 48 bits that have it; parts are added up.
    pub ipv6_slash48s: u128,
    /// All IPv6 networks of 48 bits that the embedded data knows to be announced.
    pub ipv6_asked: u128,
}

/// A source, and what it covers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Holding {
    /// The source.
    pub source: DataSource,
    /// `database`, or what else it is: `registration`, `ranges`.
    pub kind: &'static str,
    /// Who made the database, where that is known; else empty.
    pub maker: &'static str,
    /// What it covers, one entry a fact; empty where that is not counted.
    pub covers: Vec<Cover>,
    /// Names of other sources that are editions of the same database: of them the one nearest
    /// to the traffic speaks.
    pub editions: Vec<String>,
}

/// A database or list that places were taken from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DataSource {
    /// Short name, unique in a report: `dbip-country-lite`, `GeoLite2-City.mmdb`.
    pub name: String,
    /// `embedded`, the path as the user gave it, or `installed: ` and the path.
    pub origin: String,
    /// What it is, as it describes itself.
    pub description: String,
    /// Build date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Build time, seconds since 1970.
    pub built: Option<i64>,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Credit line that its licence asks for.
    pub credit: Option<String>,
    /// Where the credit must link to.
    pub link: Option<String>,
    /// What it gives: `country`, `asn`, `ranges`, `anycast`, `registration`, `owners`.
    pub gives: Vec<&'static str>,
}
