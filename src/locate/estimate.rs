//! What was heard about an address, to one estimate.
//!
//! In:   the opinions that count, the registration, whether one address serves many places.
//! Out:  a [`PlaceClass`] of evidence and, where it carries one, a country.
//!
//! Not a vote. Databases copy from each other, and where they know nothing they fall back
//! together to the registration: a majority is wrong together. So evidence is put into classes
//! by what kind of source said it and by how sources differ, and each class has the confidence
//! that its measured share of right answers earns: `docs/method.md`, `whereto geo measure`.

use crate::model::{Confidence, Country, Place, PlaceClass};

/// The operator's range, and at least one database agrees.
pub(super) const RANGE_AGREED: &PlaceClass = &PlaceClass {
    name: "range-agreed",
    confidence: Confidence::High,
    words: "the operator publishes the range for a region, and the databases agree",
    settled_by: "",
};
/// The operator's range, and databases say otherwise.
pub(super) const RANGE_DISPUTED: &PlaceClass = &PlaceClass {
    name: "range-disputed",
    confidence: Confidence::High,
    words: "the operator publishes the range for a region; a database says otherwise",
    settled_by: "round-trip times with --vantage, which may exclude one of them",
};
/// The operator's range, and no database speaks.
pub(super) const RANGE_ALONE: &PlaceClass = &PlaceClass {
    name: "range-alone",
    confidence: Confidence::High,
    words: "the operator publishes the range for a region; no database has the address",
    settled_by: "",
};
/// Three makers or more.
pub(super) const DATABASES_AGREE: &PlaceClass = &PlaceClass {
    name: "three-databases",
    confidence: Confidence::High,
    words: "three or more databases of different makers agree, and none differs",
    settled_by: "",
};
/// Two makers.
pub(super) const TWO_AGREE: &PlaceClass = &PlaceClass {
    name: "two-databases",
    confidence: Confidence::Medium,
    words: "two databases of different makers agree, and none differs",
    settled_by: "a third database (--geo FILE.mmdb), or the operator's published ranges (--ranges FILE)",
};
/// One maker, apart from the registration.
pub(super) const ONE_APART: &PlaceClass = &PlaceClass {
    name: "one-database-apart",
    confidence: Confidence::Medium,
    words: "one database, and what it says is not merely the registration",
    settled_by: "a second database (--geo FILE.mmdb), or the operator's published ranges (--ranges FILE)",
};
/// One maker, same as the registration.
pub(super) const ONE_REGISTERED: &PlaceClass = &PlaceClass {
    name: "one-database-registered",
    confidence: Confidence::Medium,
    words: "one database, which says what the registration says and may have it from there",
    settled_by: "a second database (--geo FILE.mmdb), or round-trip times with --vantage",
};
/// Some say one country, the others the registration.
pub(super) const APART_FROM_FALLBACK: &PlaceClass = &PlaceClass {
    name: "others-fall-back",
    confidence: Confidence::Low,
    words: "databases differ, and those that differ say what the registration says: they may \
            know nothing",
    settled_by: "a further database (--geo FILE.mmdb), the operator's published ranges (--ranges FILE), or \
                 round-trip times with --vantage",
};
/// The holder's own record.
pub(super) const GEOFEED: &PlaceClass = &PlaceClass {
    name: "geofeed",
    confidence: Confidence::Low,
    words: "the holder of the addresses says so itself (RFC 8805), and no one else",
    settled_by: "a database that agrees (--geo FILE.mmdb), or round-trip times with --vantage",
};
/// The holder's own record, and databases, which may have read it.
pub(super) const GEOFEED_AGREED: &PlaceClass = &PlaceClass {
    name: "geofeed-agreed",
    confidence: Confidence::Medium,
    words: "the holder of the addresses says so itself (RFC 8805), and the databases agree",
    settled_by: "round-trip times with --vantage",
};
/// No two ways about it.
pub(super) const CONFLICT: &PlaceClass = &PlaceClass {
    name: "conflict",
    confidence: Confidence::None,
    words: "sources differ, and nothing tells which knows",
    settled_by: "a newer edition of the databases that disagree, a further one (--geo FILE.mmdb), the \
                 operator's published ranges (--ranges FILE), or round-trip times with --vantage",
};
/// One address, many places.
pub(super) const ANYCAST: &PlaceClass = &PlaceClass {
    name: "anycast",
    confidence: Confidence::None,
    words: "one address is served from many places",
    settled_by: "what the operator says of the site that served this network, or round-trip times \
                 measured from where the phone was (--vantage)",
};
/// One address for servers elsewhere.
pub(super) const EDGE: &PlaceClass = &PlaceClass {
    name: "edge",
    confidence: Confidence::None,
    words: "the edge of a content network: what answers stands for servers elsewhere",
    settled_by: "what the operator says of the site that served this network, or round-trip times \
                 measured from where the phone was (--vantage)",
};
/// The operator's range leaves open in which country.
pub(super) const RANGE_ABROAD: &PlaceClass = &PlaceClass {
    name: "range-or-zone-abroad",
    confidence: Confidence::None,
    words: "the operator publishes the range for a region that has local zones abroad, and a \
            database names a country of one",
    settled_by: "the operator's own list, which names local zones (--ranges ip-ranges.json)",
};
/// All that was said is out of reach.
pub(super) const EXCLUDED: &PlaceClass = &PlaceClass {
    name: "excluded",
    confidence: Confidence::None,
    words: "every country that a source named is too far for the round trip",
    settled_by: "a database that knows the address (--geo FILE.mmdb), or a capture from another place",
};
/// Nothing was said.
pub(super) const NOTHING: &PlaceClass = &PlaceClass {
    name: "nothing",
    confidence: Confidence::None,
    words: "no source has the address",
    settled_by: "a second database, or a newer one (--geo FILE.mmdb)",
};

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
        (CONFLICT, "sources disagree"),
        (ANYCAST, super::ANYCAST_WORDS),
        (EDGE, super::EDGE_WORDS),
        (RANGE_ABROAD, super::ABROAD_WORDS),
        (EXCLUDED, "excluded by the round trip"),
        (NOTHING, "not in any database"),
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
