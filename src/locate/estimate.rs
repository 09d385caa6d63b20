//! What was heard about an address, to one estimate.
//!
//! In:   the opinions that count, the registration, whether one address serves many places.
//! Out:  a [`PlaceClass`] of evidence and, where it carries one, a country.
//!
//! Not a vote. Databases copy from each other, and where they know nothing they fall back
//! together to the registration: a majority is wrong together. So evidence is put into classes
//! by what kind of source said it and by how sources differ, and each class has the confidence
//! that its measured share of right answers earns: `docs/method.md`, `whereto geo measure`.

use crate::language::WORDS;
use crate::model::{Confidence, Country, Place, PlaceClass};

/// The operator's range, and at least one database agrees.
pub(super) const RANGE_AGREED: &PlaceClass = &class(
    "range-agreed",
    Confidence::High,
    WORDS.place_classes.range_agreed,
);
/// The operator's range, and databases say otherwise.
pub(super) const RANGE_DISPUTED: &PlaceClass = &class(
    "range-disputed",
    Confidence::High,
    WORDS.place_classes.range_disputed,
);
/// The operator's range, and no database speaks.
pub(super) const RANGE_ALONE: &PlaceClass = &class(
    "range-alone",
    Confidence::High,
    WORDS.place_classes.range_alone,
);
/// Three makers or more.
pub(super) const DATABASES_AGREE: &PlaceClass = &class(
    "three-databases",
    Confidence::High,
    WORDS.place_classes.databases_agree,
);
/// Two makers.
pub(super) const TWO_AGREE: &PlaceClass = &class(
    "two-databases",
    Confidence::Medium,
    WORDS.place_classes.two_agree,
);
/// One maker, apart from the registration.
pub(super) const ONE_APART: &PlaceClass = &class(
    "one-database-apart",
    Confidence::Medium,
    WORDS.place_classes.one_apart,
);
/// One maker, same as the registration.
pub(super) const ONE_REGISTERED: &PlaceClass = &class(
    "one-database-registered",
    Confidence::Medium,
    WORDS.place_classes.one_registered,
);
/// Some say one country, the others the registration.
pub(super) const APART_FROM_FALLBACK: &PlaceClass = &class(
    "others-fall-back",
    Confidence::Low,
    WORDS.place_classes.apart_from_fallback,
);
/// The holder's own record.
pub(super) const GEOFEED: &PlaceClass =
    &class("geofeed", Confidence::Low, WORDS.place_classes.geofeed);
/// The holder's own record, and databases, which may have read it.
pub(super) const GEOFEED_AGREED: &PlaceClass = &class(
    "geofeed-agreed",
    Confidence::Medium,
    WORDS.place_classes.geofeed_agreed,
);
/// No two ways about it.
pub(super) const CONFLICT: &PlaceClass =
    &class("conflict", Confidence::None, WORDS.place_classes.conflict);
/// One address, many places.
pub(super) const ANYCAST: &PlaceClass =
    &class("anycast", Confidence::None, WORDS.place_classes.anycast);
/// One address for servers elsewhere.
pub(super) const EDGE: &PlaceClass = &class("edge", Confidence::None, WORDS.place_classes.edge);
/// The operator's range leaves open in which country.
pub(super) const RANGE_ABROAD: &PlaceClass = &class(
    "range-or-zone-abroad",
    Confidence::None,
    WORDS.place_classes.range_abroad,
);
/// All that was said is out of reach.
pub(super) const EXCLUDED: &PlaceClass =
    &class("excluded", Confidence::None, WORDS.place_classes.excluded);
/// Nothing was said.
pub(super) const NOTHING: &PlaceClass =
    &class("nothing", Confidence::None, WORDS.place_classes.nothing);

const fn class(
    name: &'static str,
    confidence: Confidence,
    [words, settled_by]: [&'static str; 2],
) -> PlaceClass {
    PlaceClass {
        name,
        confidence,
        words,
        settled_by,
    }
}

/// All classes, surest first.
pub const CLASSES: &[&PlaceClass] = &[
    RANGE_AGREED,
    RANGE_ALONE,
    RANGE_DISPUTED,
    DATABASES_AGREE,
    TWO_AGREE,
    ONE_APART,
    ONE_REGISTERED,
    GEOFEED_AGREED,
    APART_FROM_FALLBACK,
    GEOFEED,
    CONFLICT,
    RANGE_ABROAD,
    ANYCAST,
    EDGE,
    EXCLUDED,
    NOTHING,
];

/// What was heard, superseded editions and excluded countries left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// What operators' ranges say.
    pub(super) range: Option<Country>,
    /// What geofeeds say.
    pub(super) geofeed: Option<Country>,
    /// What each maker's database says.
    pub(super) databases: Vec<Country>,
    /// Under which country the block is registered.
    pub(super) registered: Option<Country>,
    /// One address serves many places.
    pub(super) anycast: bool,
    /// The operator's range is at the edge of its network.
    pub(super) edge: bool,
    /// The operator's region has zones abroad, and a database names a country of one.
    pub(super) abroad: bool,
    /// The round trip took a voice away.
    pub(super) excluded: bool,
}

/// The class of what was heard, and its country.
pub(super) fn estimate(heard: &Heard) -> (&'static PlaceClass, Option<Country>) {
    if heard.anycast {
        return (ANYCAST, None);
    }
    if heard.edge {
        return (EDGE, None);
    }
    if heard.abroad {
        return (RANGE_ABROAD, None);
    }
    let first = heard.databases.first().copied();
    let agree = heard.databases.iter().all(|said| Some(*said) == first);
    if let Some(range) = heard.range {
        let class = match first {
            None => RANGE_ALONE,
            Some(said) if agree && said == range => RANGE_AGREED,
            Some(_) => RANGE_DISPUTED,
        };
        return (class, Some(range));
    }
    if let Some(feed) = heard.geofeed {
        return match first {
            None => (GEOFEED, Some(feed)),
            Some(said) if agree && said == feed => (GEOFEED_AGREED, Some(feed)),
            Some(_) => (CONFLICT, None),
        };
    }
    let Some(said) = first else {
        let class = if heard.excluded { EXCLUDED } else { NOTHING };
        return (class, None);
    };
    if agree {
        let class = match heard.databases.len() {
            1 if heard.registered == Some(said) => ONE_REGISTERED,
            1 => ONE_APART,
            2 => TWO_AGREE,
            _ => DATABASES_AGREE,
        };
        return (class, Some(said));
    }
    // Those that say the registration may say it for want of knowledge.
    let mut knowing = heard
        .databases
        .iter()
        .filter(|said| Some(**said) != heard.registered);
    let one = knowing.next().copied();
    if one.is_some() && knowing.all(|said| Some(*said) == one) {
        return (APART_FROM_FALLBACK, one);
    }
    (CONFLICT, None)
}

/// Why there is no country, in words.
pub(super) fn why_not(class: &PlaceClass) -> Option<&'static str> {
    [
        (CONFLICT, WORDS.nowhere.conflict),
        (ANYCAST, super::ANYCAST_WORDS),
        (EDGE, super::EDGE_WORDS),
        (RANGE_ABROAD, super::ABROAD_WORDS),
        (EXCLUDED, WORDS.nowhere.excluded),
        (NOTHING, WORDS.nowhere.nothing),
    ]
    .into_iter()
    .find(|(known, _)| *known == class)
    .map(|(_, words)| words)
}

/// Writes the estimate into `place`.
pub(super) fn settle(place: &mut Place, heard: &Heard) {
    let (class, country) = estimate(heard);
    place.country = country;
    place.confidence = class.confidence;
    place.class = Some(class);
    place.unknown_because = why_not(class);
    place.settled_by = (!class.settled_by.is_empty()).then_some(class.settled_by);
}

/// Lowers the confidence of `place` to at most `most`, and says why.
pub(super) fn lower(place: &mut Place, most: Confidence, why: &'static str) {
    if place.confidence > Confidence::None {
        place.confidence = place.confidence.min(most);
        place.lowered_because.push(why);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn code(code: &str) -> Option<Country> {
        Country::new(code)
    }

    /// `range geofeed registered: databases`, `-` for none.
    #[track_caller]
    fn check(heard: &str, want: &str) {
        let (facts, databases) = heard.split_once(": ").unwrap();
        let facts: Vec<&str> = facts.split(' ').collect();
        let at = |at: usize| facts.get(at).and_then(|word| code(word));
        let heard = Heard {
            range: at(0),
            geofeed: at(1),
            registered: at(2),
            databases: databases.split(' ').filter_map(code).collect(),
            ..Heard::default()
        };
        let (class, country) = estimate(&heard);
        let country = country.map_or_else(|| "-".to_owned(), |country| country.to_string());
        assert_eq!(format!("{} {country}", class.name), want);
    }

    #[test]
    fn evidence_falls_into_classes() {
        check("SG - US: SG", "range-agreed SG");
        check("SG - US: SG SG SG", "range-agreed SG");
        check("SG - US: SG US", "range-disputed SG");
        check("SG - US: US US US", "range-disputed SG");
        check("SG - US: -", "range-alone SG");
        check("- - US: SG SG SG", "three-databases SG");
        check("- - US: SG SG", "two-databases SG");
        check("- - US: SG", "one-database-apart SG");
        check("- - -: SG", "one-database-apart SG");
        check("- - US: US", "one-database-registered US");
        check("- - US: US SG US", "others-fall-back SG");
        check("- - US: US SG SG", "others-fall-back SG");
        check("- - US: IN SG US", "conflict -");
        check("- - -: IN SG", "conflict -");
        check("- SG US: -", "geofeed SG");
        check("- SG US: SG SG", "geofeed-agreed SG");
        check("- SG US: US", "conflict -");
        check("- - US: -", "nothing -");
    }

    #[test]
    fn every_class_stands_in_the_method() {
        let method = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/method.md"));
        for class in CLASSES {
            let row = format!("| `{}` | {} | ", class.name, class.confidence.as_str());
            assert!(method.contains(&row), "{row}");
        }
    }

    #[test]
    fn every_class_without_a_country_says_why() {
        for class in CLASSES {
            let none = class.confidence == Confidence::None;
            assert_eq!(why_not(class).is_some(), none, "{}", class.name);
            assert!(!none || !class.settled_by.is_empty(), "{}", class.name);
        }
    }

    #[test]
    fn what_is_served_from_many_places_has_no_country() {
        let heard = Heard {
            range: code("SG"),
            databases: vec![code("SG").unwrap(); 3],
            anycast: true,
            ..Heard::default()
        };
        assert_eq!(estimate(&heard), (ANYCAST, None));
    }
}
