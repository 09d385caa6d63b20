//! What the pictures have in common: verdicts as marks, destinations as words, the vantage.

use super::Legend;
use crate::data::earth_map;
use crate::language::{WORDS, fill};
use crate::model::{
    Confidence, Country, Destination, NameOwner, Place, Report, Scope, Text, Verdict,
};
use crate::report::escape;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is known of a part of the traffic, gravest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Fit {
    /// It does not fit what was expected.
    Out,
    /// It is not decided.
    Unsure,
    /// It fits.
    Fits,
    /// Nothing was expected.
    Open,
}

impl Fit {
    pub(super) fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            Some(Verdict::Violated) => Fit::Out,
            Some(Verdict::Indeterminate) => Fit::Unsure,
            Some(Verdict::Met) => Fit::Fits,
            None => Fit::Open,
        }
    }

    pub(super) fn stroke(self) -> &'static str {
        match self {
            Fit::Out => "f-out",
            Fit::Fits => "f-own",
            Fit::Unsure | Fit::Open => "f-oth",
        }
    }

    pub(super) fn fill(self) -> &'static str {
        match self {
            Fit::Out => "p-out",
            Fit::Fits => "p-own",
            Fit::Unsure | Fit::Open => "p-oth",
        }
    }

    /// The word of the `verdict` column.
    pub(super) fn word(self) -> &'static str {
        let [out, unsure, fits, open] = WORDS.all_pictures.fits;
        match self {
            Fit::Out => out,
            Fit::Unsure => unsure,
            Fit::Fits => fits,
            Fit::Open => open,
        }
    }
}

/// Destinations outside the network of the device.
pub(super) fn outbound(report: &Report) -> impl Iterator<Item = &Destination> {
    let all = report.destinations.iter();
    all.filter(|destination| destination.scope == Scope::Outbound)
}

/// True where the destinations bear verdicts.
pub(super) fn judged(report: &Report) -> bool {
    outbound(report).any(|destination| destination.verdict.is_some())
}

/// What the verdicts in a picture are of, where they are not of countries of servers alone.
pub(super) fn note_gravest(report: &Report) -> Option<String> {
    let settings = &report.settings;
    let more = report.policy.is_some()
        || settings.expect_operator.is_some()
        || settings.expect_owner.is_some();
    (more && judged(report)).then(|| WORDS.all_pictures.note_gravest.to_owned())
}

/// A country's name, or its code where it has none.
pub(super) fn country(country: Country) -> String {
    country
        .name()
        .map_or_else(|| country.code().to_owned(), str::to_owned)
}

/// The same in a sentence.
pub(super) fn in_country(one: Country) -> String {
    let name = country(one);
    if one.takes_the() {
        fill(WORDS.all_pictures.with_article, &[&name])
    } else {
        name
    }
}

/// `A, B and C`; after three the others are counted. `last` joins the last two, and two with the
/// number of the rest.
pub(super) fn listed(names: &[String], [last, counted]: [&str; 2]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] if names.len() < 4 => {
            fill(last, &[&head.join(WORDS.all_pictures.comma), tail])
        }
        [a, b, rest @ ..] => fill(counted, &[a, b, &rest.len().to_string()]),
    }
}

/// A name as it may be shown, or the address.
pub(super) fn name_or_address(name: Option<&Text>, address: Option<IpAddr>) -> String {
    match (name.filter(|name| !name.is_empty()), address) {
        (Some(name), _) => escape::terminal(name).into_owned(),
        (None, Some(address)) => address.to_string(),
        (None, None) => WORDS.all_pictures.nameless.to_owned(),
    }
}

/// Who controls the name, or what is known instead.
pub(super) fn controller(named: bool, owner: &NameOwner) -> String {
    let words = |text: &str| escape::terminal_str(text).into_owned();
    if let Some(owner) = &owner.owner {
        return words(&owner.group);
    }
    match (&owner.hosted_by, named) {
        (Some(host), _) => fill(WORDS.all_pictures.customer_of, &[&words(&host.group)]),
        (None, true) => WORDS.all_pictures.owner_unknown.to_owned(),
        (None, false) => WORDS.all_pictures.no_name.to_owned(),
    }
}

/// Countries that sources name where they disagree, in order.
pub(super) fn candidates(place: &Place) -> Vec<Country> {
    let named = place.opinions.iter().filter_map(|opinion| opinion.country);
    let named: BTreeSet<Country> = named.collect();
    named.into_iter().collect()
}

/// Solid lines are for what is known with high confidence.
pub(super) fn is_sure(place: &Place) -> bool {
    place.confidence == Confidence::High
}

/// Where the phone was.
pub(super) struct Vantage {
    /// `India`, or the coordinates.
    pub(super) words: String,
    /// The country, where it was given as one.
    pub(super) country: Option<Country>,
    /// Longitude and latitude: of the point, or corners of the country.
    pub(super) corners: Vec<(f64, f64)>,
}

impl Vantage {
    /// As it was given; `None` where it was not.
    pub(super) fn of(report: &Report) -> Option<Self> {
        Self::read(report.settings.vantage.as_deref()?)
    }

    fn read(written: &str) -> Option<Self> {
        if let Some((lat, lon)) = written.split_once(',') {
            let point = (lon.trim().parse().ok()?, lat.trim().parse().ok()?);
            return Some(Vantage {
                words: escape::terminal_str(written).into_owned(),
                country: None,
                corners: vec![point],
            });
        }
        let code = Country::new(written)?;
        let spot = earth_map::spot(code.code())?;
        Some(Vantage {
            words: in_country(code),
            country: Some(code),
            corners: spot.corners().collect(),
        })
    }

    /// What it is drawn as.
    pub(super) fn point(&self) -> Option<(f64, f64)> {
        self.corners.first().copied()
    }
}

/// How far light in fibre comes and returns in a round trip, in kilometres, rounded up.
pub(super) fn reach_km(rtt_ns: u64) -> u32 {
    u32::try_from(rtt_ns.div_ceil(FIBRE_NS_PER_KM)).unwrap_or(u32::MAX)
}

/// 4.9 microseconds, there and back.
const FIBRE_NS_PER_KM: u64 = 9_800;

/// Kilometres between the nearest and between the furthest corners of two places.
pub(super) fn apart(from: &[(f64, f64)], to: &[(f64, f64)]) -> Option<(f64, f64)> {
    let pairs = from.iter().flat_map(|a| to.iter().map(move |b| (*a, *b)));
    let mut span: Option<(f64, f64)> = None;
    for (a, b) in pairs {
        let km = earth_map::kilometres(a, b);
        let (near, far) = span.unwrap_or((km, km));
        span = Some((near.min(km), far.max(km)));
    }
    span
}

/// An entry of a legend.
pub(super) fn entry(mark: &'static str, words: &str) -> Legend {
    Legend {
        mark,
        words: words.to_owned(),
    }
}

/// The larger of a number and 1, for shares.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    float(part) / float(whole.max(1))
}

/// Near enough for a drawing.
#[expect(clippy::cast_precision_loss, reason = "for a drawing")]
pub(super) fn float(number: u64) -> f64 {
    number as f64
}
