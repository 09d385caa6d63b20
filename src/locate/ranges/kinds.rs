//! What a range is: provider, region, service, place; and what ranges in each other make.
//!
//! In:   entries of operators' lists, one at a time.
//! Out:  each distinct description once, with a number.
//!
//! The rules of the operators live here and nowhere else: which region name has no place, which
//! service is an edge, which of several services says most.

use super::regions;
use crate::model::Country;
use std::collections::HashMap;

/// One description. Two entries that say the same share it.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Kind {
    pub(super) provider: Option<Box<str>>,
    pub(super) region: Option<Box<str>>,
    pub(super) service: Option<Box<str>>,
    pub(super) country: Option<Country>,
    pub(super) city: Option<Box<str>>,
    /// The entry itself says that there is no one place: a wider range around it is not asked.
    pub(super) nowhere: bool,
    pub(super) edge: bool,
    pub(super) anycast: bool,
    /// Countries of local zones that belong to the region and lie abroad.
    pub(super) elsewhere: &'static [&'static str],
}

/// One entry as a list has it. Empty texts are absent ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) provider: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    /// Given by the list itself; else that of the region.
    pub(super) country: Option<Country>,
    pub(super) city: &'a str,
    /// The list names the place of each entry: regions are not looked up.
    pub(super) is_geofeed: bool,
    /// The region is that of the zone itself: the address cannot be in another.
    pub(super) is_zone: bool,
}

/// A text of a list is cut here.
const MOST_TEXT_BYTES: usize = 128;

impl Kind {
    pub(super) fn new(said: &Said<'_>) -> Kind {
        let known = regions::find(said.provider, said.region).filter(|_| !said.is_geofeed);
        let given = said.country.is_some() || said.is_geofeed;
        let region = known.map_or(said.region, |region| region.name);
        let country = known.and_then(|region| Country::new(region.country));
        let city = known.map_or("", |region| region.city);
        let (edge, anycast) = front(said.provider, said.region, said.service);
        // Every range of a local zone is listed under EC2, and under no other service but AMAZON.
        let zones = !said.is_zone && matches!(said.service, "" | ZONED);
        let nowhere =
            edge && (known.is_none() || anycast) || said.is_geofeed && said.country.is_none();
        Kind {
            provider: text(regions::provider(said.provider)),
            region: text(region).filter(|_| !nowhere || said.is_geofeed),
            service: text(said.service).filter(|_| rank(said.service) < GENERIC),
            country: if given { said.country } else { country }.filter(|_| !nowhere),
            city: text(if said.city.is_empty() && !given {
                city
            } else {
                said.city
            }),
            nowhere,
            edge,
            anycast,
            elsewhere: known
                .filter(|_| !given && zones)
                .map_or(&[], |region| region.elsewhere),
        }
    }

    /// What two entries of one prefix make: the service that says more, and the place only as
    /// far as they agree.
    fn with(&self, other: &Kind) -> Kind {
        let (one, two) = if self.order() <= other.order() {
            (self, other)
        } else {
            (other, self)
        };
        let mut kind = one.clone();
        kind.nowhere = one.nowhere || two.nowhere;
        kind.edge = one.edge || two.edge;
        kind.anycast = one.anycast || two.anycast;
        if one.provider != two.provider {
            kind.provider = None;
        }
        if two.region.is_some() || two.country.is_some() {
            let unplaced = one.region.is_none() && one.country.is_none();
            if unplaced {
                kind.region.clone_from(&two.region);
                kind.country = two.country;
                kind.city.clone_from(&two.city);
                kind.elsewhere = two.elsewhere;
            } else {
                kind.agree(two);
            }
        }
        if kind.nowhere {
            (kind.region, kind.country, kind.city, kind.elsewhere) = (None, None, None, &[]);
        }
        kind
    }

    /// Keeps of the place what `other` says too.
    fn agree(&mut self, other: &Kind) {
        if self.country != other.country {
            (self.country, self.nowhere) = (None, true);
        }
        if self.region != other.region {
            (self.region, self.city) = (None, None);
        }
        if self.city != other.city {
            self.city = None;
        }
    }

    /// What this makes inside `around`: the wider range gives what this one leaves open.
    fn inside(&self, around: &Kind) -> Kind {
        let mut kind = self.clone();
        if self.nowhere || self.provider != around.provider {
            return kind;
        }
        let unplaced = self.region.is_none() && self.country.is_none();
        if unplaced {
            kind.region.clone_from(&around.region);
            kind.country = around.country;
            kind.city.clone_from(&around.city);
            kind.nowhere = around.nowhere;
            kind.edge |= around.edge;
            kind.anycast |= around.anycast;
        }
        if self.service.is_none() && (unplaced || self.region == around.region) {
            kind.service.clone_from(&around.service);
            kind.elsewhere = around.elsewhere;
        }
        kind
    }

    /// The more telling first; the rest only makes the order of a list not matter.
    fn order(&self) -> impl Ord + '_ {
        let rank = self.service.as_deref().map_or(GENERIC, rank);
        (rank, &self.service, &self.region, self.country)
    }
}

/// Cut at the limit; `None` for nothing.
fn text(text: &str) -> Option<Box<str>> {
    let fits = (0..=MOST_TEXT_BYTES.min(text.len())).rev();
    let cut = fits.filter_map(|end| text.get(..end)).next().unwrap_or("");
    (!cut.is_empty()).then(|| cut.into())
}

/// Whether the addresses of a service are at the edge of a network, where each serves what lies
/// elsewhere; and whether the operator declares them anycast.
fn front(provider: &str, region: &str, service: &str) -> (bool, bool) {
    let regionless = region.is_empty() || region.eq_ignore_ascii_case("global");
    match regions::provider(provider) {
        "AWS" => {
            let front = matches!(service, "CLOUDFRONT" | "CLOUDFRONT_ORIGIN_FACING");
            let anycast = matches!(service, "GLOBALACCELERATOR" | "ROUTE53");
            (front || regionless, anycast && regionless)
        }
        "Azure" => {
            let front = service.starts_with("AzureFrontDoor");
            let backend = matches!(service, "AzureFrontDoor.Backend");
            (front, front && !backend)
        }
        "Google Cloud" => (regionless, regionless),
        "Cloudflare" => (true, true),
        "Fastly" => (true, true),
        _ => (false, false),
    }
}

/// The service under which AWS lists the ranges of local zones.
pub(super) const ZONED: &str = "EC2";

/// A service that says nothing beyond the provider.
const GENERIC: usize = 100;

/// How much the name of a service says: less is more.
fn rank(service: &str) -> usize {
    const TELLING: &[&str] = &[
        "GLOBALACCELERATOR",
        "CLOUDFRONT",
        "CLOUDFRONT_ORIGIN_FACING",
        "AzureFrontDoor.Frontend",
        "AzureFrontDoor.FirstParty",
        "AzureFrontDoor.MicrosoftSecurity",
        "AzureFrontDoor.Backend",
        "ROUTE53",
        "S3",
        "Storage",
        "AzureTrafficManager",
        "AppService",
        "Sql",
        "AzureActiveDirectory",
        "OBJECT_STORAGE",
    ];
    match service {
        "" | "AMAZON" | "AzureCloud" | "Google Cloud" | "OCI" => GENERIC,
        // Almost every range of a region; says that it may be anyone's machine.
        "EC2" | "OSN" => 50,
        _ => TELLING
            .iter()
            .position(|known| *known == service)
            .unwrap_or(40),
    }
}

/// Each distinct description once.
#[derive(Default)]
pub(super) struct Pool {
    numbers: HashMap<Kind, u32>,
    kinds: Vec<Kind>,
    /// What two numbers made before: by inner and outer, and whether they were of one prefix.
    made: HashMap<(u32, u32, bool), u32>,
}

impl Pool {
    pub(super) fn number(&mut self, kind: Kind) -> u32 {
        // Fewer than the entries, which are limited.
        let next = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX - 1);
        *self.numbers.entry(kind).or_insert_with_key(|kind| {
            self.kinds.push(kind.clone());
            next
        })
    }

    pub(super) fn same(&mut self, one: u32, two: u32) -> u32 {
        self.make(one, two, true)
    }

    pub(super) fn inside(&mut self, inner: u32, around: u32) -> u32 {
        self.make(inner, around, false)
    }

    fn make(&mut self, one: u32, two: u32, same: bool) -> u32 {
        if one == two {
            return one;
        }
        if let Some(made) = self.made.get(&(one, two, same)) {
            return *made;
        }
        let kind = match (self.kind(one), self.kind(two)) {
            (Some(one), Some(two)) if same => one.with(two),
            (Some(one), Some(two)) => one.inside(two),
            _ => Kind::default(),
        };
        let made = self.number(kind);
        self.made.insert((one, two, same), made);
        made
    }

    fn kind(&self, number: u32) -> Option<&Kind> {
        self.kinds.get(usize::try_from(number).ok()?)
    }

    pub(super) fn into_kinds(self) -> Vec<Kind> {
        self.kinds
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn words(kind: &Kind) -> String {
        let mut words: Vec<&str> = Vec::new();
        for part in [&kind.provider, &kind.region, &kind.service, &kind.city] {
            words.push(part.as_deref().unwrap_or("-"));
        }
        words.push(kind.country.as_ref().map_or("-", Country::code));
        for (yes, word) in [
            (kind.edge, "edge"),
            (kind.anycast, "anycast"),
            (kind.nowhere, "nowhere"),
        ] {
            words.extend(yes.then_some(word));
        }
        words.join(" ")
    }

    fn kind(provider: &str, region: &str, service: &str) -> Kind {
        Kind::new(&Said {
            provider,
            region,
            service,
            ..Said::default()
        })
    }

    #[track_caller]
    fn check(said: (&str, &str, &str), want: &str) {
        assert_eq!(words(&kind(said.0, said.1, said.2)), want);
    }

    #[test]
    fn the_rules_of_the_operators() {
        check(
            ("AWS", "ap-southeast-1", "S3"),
            "AWS ap-southeast-1 S3 Singapore SG",
        );
        check(
            ("AWS", "us-east-1-bue-1", "EC2"),
            "AWS us-east-1-bue-1 EC2 Buenos Aires AR",
        );
        check(("AWS", "us-east-1", "AMAZON"), "AWS us-east-1 - - US");
        check(
            ("AWS", "GLOBAL", "CLOUDFRONT"),
            "AWS - CLOUDFRONT - - edge nowhere",
        );
        check(
            ("AWS", "GLOBAL", "GLOBALACCELERATOR"),
            "AWS - GLOBALACCELERATOR - - edge anycast nowhere",
        );
        check(("AWS", "GLOBAL", "AMAZON"), "AWS - - - - edge nowhere");
        check(
            ("AWS", "eu-west-1", "CLOUDFRONT"),
            "AWS eu-west-1 CLOUDFRONT - IE edge",
        );
        check(("aws", "xx-nowhere-9", "EC2"), "AWS xx-nowhere-9 EC2 - -");
        check(
            ("Azure", "centralfrance", "Storage"),
            "Azure francecentral Storage Paris FR",
        );
        check(
            ("Azure", "", "AzureFrontDoor.Frontend"),
            "Azure - AzureFrontDoor.Frontend - - edge anycast nowhere",
        );
        check(
            ("Azure", "eastasia", "AzureCloud"),
            "Azure eastasia - Hong Kong HK",
        );
        check(
            ("gcp", "global", ""),
            "Google Cloud - - - - edge anycast nowhere",
        );
        check(
            ("GCP", "asia-east1", ""),
            "Google Cloud asia-east1 - Changhua County TW",
        );
        check(
            ("Cloudflare", "", ""),
            "Cloudflare - - - - edge anycast nowhere",
        );
        check(("Own Cloud", "paris", "x"), "Own Cloud paris x - -");
    }

    #[test]
    fn entries_of_one_prefix_keep_what_they_agree_on() {
        let s3 = kind("AWS", "ap-southeast-1", "S3");
        let ec2 = kind("AWS", "ap-southeast-1", "EC2");
        let amazon = kind("AWS", "ap-southeast-1", "AMAZON");
        for (one, two) in [(&s3, &ec2), (&ec2, &s3), (&amazon, &s3), (&s3, &amazon)] {
            assert_eq!(words(&one.with(two)), words(&s3));
        }
        let global = kind("AWS", "GLOBAL", "AMAZON");
        assert_eq!(words(&s3.with(&global)), "AWS - S3 - - edge nowhere");
        let other = kind("AWS", "us-east-1", "EC2");
        assert_eq!(words(&s3.with(&other)), "AWS - S3 - - nowhere");
        let ohio = kind("AWS", "us-east-2", "EC2");
        assert_eq!(words(&ohio.with(&other)), "AWS - EC2 - US");
        let anywhere = kind("Azure", "", "LogicApps");
        let placed = kind("Azure", "westeurope", "AzureCloud");
        assert_eq!(
            words(&anywhere.with(&placed)),
            "Azure westeurope LogicApps - NL"
        );
    }

    /// Ranges that are listed under more than EC2 are no zone's.
    #[test]
    fn only_what_may_be_a_zone_may_be_abroad() {
        let abroad = |kind: &Kind| kind.elsewhere.join(" ");
        let [ec2, s3, amazon] =
            ["EC2", "S3", "AMAZON"].map(|service| kind("AWS", "eu-north-1", service));
        assert_eq!(
            [abroad(&ec2), abroad(&s3), abroad(&amazon)],
            ["DK FI", "", ""]
        );
        assert_eq!(abroad(&ec2.with(&amazon)), "DK FI");
        assert_eq!(abroad(&amazon.with(&ec2)), "DK FI");
        assert_eq!(abroad(&ec2.with(&s3)), "");
        assert_eq!(abroad(&amazon.inside(&ec2)), "DK FI");
        assert_eq!(abroad(&s3.inside(&ec2)), "");
        assert_eq!(abroad(&kind("AWS", "eu-north-1", "")), "DK FI");
        assert_eq!(abroad(&kind("AWS", "eu-north-1-cph-1", "EC2")), "");
    }

    #[test]
    fn what_lies_inside_takes_what_it_leaves_open() {
        let cloud = kind("Azure", "westeurope", "AzureCloud");
        let apps = kind("Azure", "", "LogicApps");
        assert_eq!(
            words(&apps.inside(&cloud)),
            "Azure westeurope LogicApps - NL"
        );
        let front = kind("Azure", "", "AzureFrontDoor.Frontend");
        assert_eq!(words(&front.inside(&cloud)), words(&front));
        let s3 = kind("AWS", "us-east-1", "S3");
        let zone = kind("AWS", "us-east-1-bue-1", "AMAZON");
        assert_eq!(
            words(&zone.inside(&s3)),
            "AWS us-east-1-bue-1 - Buenos Aires AR"
        );
        assert_eq!(
            words(&kind("AWS", "us-east-1", "AMAZON").inside(&s3)),
            words(&s3)
        );
    }
}
