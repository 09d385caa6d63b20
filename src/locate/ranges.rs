//! Ranges that the operators of networks publish: provider, region, service, place.
//!
//! In:   the embedded ranges, or a user's list: AWS, Azure, Google, Oracle, geofeeds, CSV.
//! Out:  what the operator says of an address; every range, for measuring.
//! Spec: each reader below names its own.
//!
//! The most specific prefix wins. This is the operator's own word: where the operator is the
//! audited vendor, it may have written the list itself, and [`Range::kind`] tells. A hostile list
//! costs memory in proportion to its size, which is limited, and time of n log n.

mod aws;
mod azure;
mod cloudip;
mod geofeed;
mod google;
mod json;
mod kinds;
mod oracle;
mod plain;
mod regions;
mod sink;
mod table;

use super::listing::Listing;
use crate::Error;
use crate::data::{self, RangeKind};
use crate::model::{Country, DataSource, OpinionKind};
use kinds::Kind;
pub(super) use plain::{is_prefix_column, records};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;
pub(super) use table::Table;

/// What an operator says of the addresses of one range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range<'a> {
    /// `AWS`; `None` in geofeeds, and where a list claims one prefix for two providers.
    pub(super) provider: Option<&'a str>,
    /// Region, local zone, or in geofeeds a part of a country (ISO 3166-2).
    pub(super) region: Option<&'a str>,
    pub(super) service: Option<&'a str>,
    pub(super) country: Option<Country>,
    pub(super) city: Option<&'a str>,
    /// At the edge of a content network: what answers stands for a server elsewhere.
    pub(super) edge: bool,
    /// The operator declares it anycast.
    pub(super) anycast: bool,
    /// Countries of local zones that belong to the region and lie abroad. Only for ranges that
    /// do not say to which zone they belong: the address may be in one of them.
    pub(super) elsewhere: &'static [&'static str],
    pub(super) kind: OpinionKind,
}

/// One source of ranges.
pub(super) struct Ranges {
    table: Table,
    kinds: Kinds,
    kind: OpinionKind,
    /// Index of its [`DataSource`].
    pub(super) source: usize,
}

/// Descriptions by the numbers in the table.
enum Kinds {
    Embedded(&'static [RangeKind]),
    Own(Vec<Kind>),
}

impl Ranges {
    /// The ranges that come with the program. Nothing is read, unpacked or copied. `number` is
    /// the index that the source will have.
    pub(super) fn embedded(number: usize) -> (Ranges, DataSource) {
        let table = Table {
            v4: Cow::Borrowed(data::RANGES_V4),
            v6: Cow::Borrowed(data::RANGES_V6),
        };
        let ranges = Ranges {
            table,
            kinds: Kinds::Embedded(data::RANGE_KINDS),
            kind: OpinionKind::OperatorRange,
            source: number,
        };
        let about = &data::RANGES;
        let source = DataSource {
            name: about.name.to_owned(),
            origin: "embedded".to_owned(),
            description: about.description.to_owned(),
            date: Some(about.date.to_owned()),
            built: Some(about.built),
            sha256: about.sha256.to_owned(),
            credit: Some(about.credit.to_owned()),
            link: Some(about.link.to_owned()),
            gives: vec!["ranges"],
        };
        (ranges, source)
    }

    pub(super) fn is_embedded(&self) -> bool {
        matches!(self.kinds, Kinds::Embedded(_))
    }

    /// Hash of the file that the embedded ranges were made of: who gives it adds nothing.
    pub(super) fn embedded_file() -> &'static str {
        data::RANGES.file
    }

    /// Reads a user's list. `number` is the index that its source will have.
    ///
    /// # Errors
    /// Where the file cannot be read, is none of the forms, is damaged, or holds no range.
    pub(super) fn open(path: &Path, number: usize) -> Result<(Ranges, DataSource), Error> {
        sink::read(&Listing::read(path, FORMS)?, number)
    }

    /// As [`Ranges::open`], of the bytes of a file called `path`.
    pub(super) fn of(
        path: &Path,
        bytes: Vec<u8>,
        number: usize,
    ) -> Result<(Ranges, DataSource), Error> {
        sink::read(&Listing::of(path, bytes, FORMS)?, number)
    }

    /// What the most specific range around `address` says.
    pub(super) fn find(&self, address: IpAddr) -> Option<Range<'_>> {
        self.range(self.table.find(address)?)
    }

    /// Every stretch of addresses that one description covers: first and last address. IPv4
    /// first, in order; neighbours that say the same are one stretch.
    #[allow(dead_code, reason = "for measuring")]
    pub(super) fn stretches(&self) -> impl Iterator<Item = (IpAddr, IpAddr, Range<'_>)> + '_ {
        let stretches = self.table.stretches();
        stretches.filter_map(|(first, last, number)| Some((first, last, self.range(number)?)))
    }

    fn range(&self, number: u32) -> Option<Range<'_>> {
        let number = usize::try_from(number).ok()?;
        match &self.kinds {
            Kinds::Embedded(kinds) => kinds.get(number).map(|kind| embedded(kind, self.kind)),
            Kinds::Own(kinds) => kinds.get(number).map(|kind| Range {
                provider: kind.provider.as_deref(),
                region: kind.region.as_deref(),
                service: kind.service.as_deref(),
                country: kind.country,
                city: kind.city.as_deref(),
                edge: kind.edge,
                anycast: kind.anycast,
                elsewhere: kind.elsewhere,
                kind: self.kind,
            }),
        }
    }
}

fn embedded(found: &'static RangeKind, kind: OpinionKind) -> Range<'static> {
    let place = found
        .place
        .and_then(|at| data::REGIONS.get(usize::from(at)));
    let some = |text: &'static str| (!text.is_empty()).then_some(text);
    Range {
        provider: some(found.provider),
        region: some(found.region),
        service: some(found.service),
        country: Country::new(place.map_or(found.country, |place| place.country)),
        city: place.and_then(|place| some(place.city)),
        edge: found.edge,
        anycast: found.anycast,
        elsewhere: place
            .filter(|_| found.service == kinds::ZONED)
            .map_or(&[], |place| place.elsewhere),
        kind,
    }
}

impl Range<'_> {
    /// The range in words: `AWS ap-southeast-1 (Singapore), S3`.
    pub(super) fn detail(&self) -> String {
        let mut words = String::new();
        for part in [self.provider, self.region].into_iter().flatten() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(part);
        }
        if let Some(city) = self.city {
            let open = if words.is_empty() { "" } else { " (" };
            let close = if words.is_empty() { "" } else { ")" };
            // Writing to a String cannot fail.
            let _ = write!(words, "{open}{city}{close}");
        }
        let front = match (self.edge, self.anycast) {
            (_, true) => Some("anycast"),
            (true, false) => Some("edge of its network"),
            (false, false) => None,
        };
        for part in [self.service, front].into_iter().flatten() {
            let comma = if words.is_empty() { "" } else { ", " };
            let _ = write!(words, "{comma}{part}");
        }
        if let Some((last, others)) = self.elsewhere.split_last() {
            let or = if others.is_empty() { "" } else { " or " };
            let _ = write!(
                words,
                "; or a zone of it in {}{or}{last}",
                others.join(", ")
            );
        }
        words
    }
}

const FORMS: &str = "ip-ranges.json (AWS), ServiceTags (Azure), cloud.json or goog.json (Google), \
                     public_ip_ranges.json (Oracle), a geofeed or a CSV table of ranges";

#[cfg(feature = "geo-build")]
pub(super) mod pack;

#[cfg(test)]
mod tests;
