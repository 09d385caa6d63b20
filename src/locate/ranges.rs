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
use crate::language::{WORDS, fill};
use crate::model::{Country, DataSource, OpinionKind};
use kinds::Kind;
pub(super) use plain::{is_prefix_column, records};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
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
    /// Of the description, for [`Ranges::texts`].
    number: u32,
}

/// A range in the texts of a place, shared by all addresses of one description.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pub(super) provider: Option<Arc<str>>,
    pub(super) region: Option<Arc<str>>,
    pub(super) service: Option<Arc<str>>,
    pub(super) city: Option<Arc<str>>,
    /// [`Range::detail`]; `None` where that is empty.
    pub(super) detail: Option<Arc<str>>,
}

/// Descriptions whose texts are kept: all of the embedded list and of any operator's.
const MOST_KEPT: usize = 1 << 16;

/// One source of ranges.
pub(super) struct Ranges {
    table: Table,
    kinds: Kinds,
    kind: OpinionKind,
    /// By number, each made when it is first asked for. Room for thousands is made whenever the
    /// program starts: boxes take a fifth of it.
    texts: Box<[OnceLock<Box<Texts>>]>,
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
        let kinds = Kinds::Embedded(data::RANGE_KINDS);
        let ranges = Ranges::new(table, kinds, OpinionKind::OperatorRange, number);
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

    fn new(table: Table, kinds: Kinds, kind: OpinionKind, source: usize) -> Ranges {
        let count = match &kinds {
            Kinds::Embedded(kinds) => kinds.len(),
            Kinds::Own(kinds) => kinds.len(),
        };
        let kept = if count > MOST_KEPT { 0 } else { count };
        Ranges {
            table,
            kinds,
            kind,
            texts: (0..kept).map(|_| OnceLock::new()).collect(),
            source,
        }
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

    /// The texts of a range of this list.
    pub(super) fn texts(&self, range: &Range<'_>) -> Texts {
        let at = usize::try_from(range.number).unwrap_or(usize::MAX);
        match self.texts.get(at) {
            Some(kept) => Texts::clone(kept.get_or_init(|| Box::new(Texts::new(range)))),
            None => Texts::new(range),
        }
    }

    /// Every stretch of addresses that one description covers: first and last address. IPv4
    /// first, in order; neighbours that say the same are one stretch.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (IpAddr, IpAddr, Range<'_>)> + '_ {
        let stretches = self.table.stretches();
        stretches.filter_map(|(first, last, number)| Some((first, last, self.range(number)?)))
    }

    fn range(&self, number: u32) -> Option<Range<'_>> {
        let at = usize::try_from(number).ok()?;
        match &self.kinds {
            Kinds::Embedded(kinds) => kinds.get(at).map(|kind| embedded(kind, self.kind, number)),
            Kinds::Own(kinds) => kinds.get(at).map(|kind| Range {
                provider: kind.provider.as_deref(),
                region: kind.region.as_deref(),
                service: kind.service.as_deref(),
                country: kind.country,
                city: kind.city.as_deref(),
                edge: kind.edge,
                anycast: kind.anycast,
                elsewhere: kind.elsewhere,
                kind: self.kind,
                number,
            }),
        }
    }
}

fn embedded(found: &'static RangeKind, kind: OpinionKind, number: u32) -> Range<'static> {
    let place = found
        .place
        .and_then(|at| data::REGIONS.get(usize::from(at)));
    let some = |text: &'static str| (!text.is_empty()).then_some(text);
    let service = found.service.text();
    Range {
        provider: some(found.provider.text()),
        region: some(found.region.text()),
        service: some(service),
        country: Country::new(place.map_or(found.country.text(), |place| place.country)),
        city: place.and_then(|place| some(place.city)),
        edge: found.edge,
        anycast: found.anycast,
        elsewhere: place
            .filter(|_| service == kinds::ZONED)
            .map_or(&[], |place| place.elsewhere),
        kind,
        number,
    }
}

impl Texts {
    fn new(range: &Range<'_>) -> Texts {
        Texts {
            provider: range.provider.map(Arc::from),
            region: range.region.map(Arc::from),
            service: range.service.map(Arc::from),
            city: range.city.map(Arc::from),
            detail: Some(range.detail())
                .filter(|words| !words.is_empty())
                .map(Arc::from),
        }
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
            (_, true) => Some(WORDS.anycast.range_anycast),
            (true, false) => Some(WORDS.anycast.range_edge),
            (false, false) => None,
        };
        for part in [self.service, front].into_iter().flatten() {
            let comma = if words.is_empty() {
                ""
            } else {
                WORDS.units.comma
            };
            let _ = write!(words, "{comma}{part}");
        }
        if let Some((last, others)) = self.elsewhere.split_last() {
            let others = others.join(WORDS.units.comma);
            let countries = match others.is_empty() {
                true => (*last).to_owned(),
                false => fill(WORDS.anycast.or, &[&others, last]),
            };
            words = fill(WORDS.anycast.zone_abroad, &[&words, &countries]);
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
