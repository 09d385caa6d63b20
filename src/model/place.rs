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

/// What one source said about one address.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PlaceOpinion {
    /// Index into `Report::data`.
    pub source: usize,
    /// The country it gave, if any.
    pub country: Option<Country>,
}

/// Where an address is and who announces it. Every field is an inference: none was seen on
/// the wire.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Place {
    /// The estimate; `None` where unknown or where sources disagree.
    pub country: Option<Country>,
    /// How surely.
    pub confidence: Confidence,
    /// What each source said, in the order of `Report::data`.
    pub opinions: Vec<PlaceOpinion>,
    /// Why there is no country, in words: `private address`, `not in any database`,
    /// `sources disagree`.
    pub unknown_because: Option<&'static str>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// The name under which that system is registered.
    pub as_org: Option<Arc<str>>,
    /// Country of the operator (filled by the catalogue of operators).
    pub operator_country: Option<Country>,
    /// Cloud provider that published the range.
    pub cloud: Option<Arc<str>>,
    /// Its region.
    pub cloud_region: Option<Arc<str>>,
    /// True if the prefix is declared anycast; `None` where no source speaks of it.
    pub anycast: Option<bool>,
    /// Who declares it, of what, where and when, in words.
    pub anycast_source: Option<Arc<str>>,
}

/// A database or list that places were taken from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DataSource {
    /// Short name, unique in a report: `dbip-country-lite`, `GeoLite2-City.mmdb`.
    pub name: String,
    /// `embedded`, or the path as the user gave it.
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
    /// What it gives: `country`, `asn`.
    pub gives: Vec<&'static str>,
}
