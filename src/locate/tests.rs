//! Places, held against known addresses and hostile files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::model::Country;
use mmdb_writer::{Value, Writer};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

static EMBEDDED: LazyLock<Places> = LazyLock::new(Places::embedded);

fn at(places: &Places, address: &str) -> Place {
    places.place(address.parse().unwrap())
}

/// How many sources are embedded: the index of the first one added.
fn embedded() -> usize {
    EMBEDDED.sources().len()
}

fn code(place: &Place) -> &str {
    place.country.as_ref().map_or("", Country::code)
}

/// Country, or why there is none.
#[track_caller]
fn check(address: &str, want: &str) {
    let place = at(&EMBEDDED, address);
    let got = place.unknown_because.unwrap_or_else(|| code(&place));
    assert_eq!(got, want, "{address}: {place:?}");
    let confidence = match (place.country.is_some(), place.cloud.is_some()) {
        (true, true) => Confidence::High,
        (true, false) => Confidence::Medium,
        (false, _) => Confidence::None,
    };
    assert_eq!(place.confidence, confidence, "{address}");
}

#[test]
fn servers_of_the_lab_are_where_they_were_put() {
    for address in ["54.179.147.20", "54.179.147.21", "54.179.147.30"] {
        check(address, "SG");
    }
    check("52.0.14.116", "US");
    // Registered in the US, answering from Singapore: a phone in India had its reply in 62 ms,
    // which light in fibre does not allow for the US.
    for address in ["74.125.200.188", "74.125.200.100"] {
        check(address, "SG");
    }
    for address in [
        "220.181.106.150",
        "220.181.106.151",
        "42.62.94.10",
        "42.62.94.11",
    ] {
        check(address, "CN");
    }
    check("218.248.255.145", "IN");
}

#[test]
fn nat64_is_where_the_ipv4_address_is() {
    assert_eq!(
        at(&EMBEDDED, "64:ff9b::36b3:9314"),
        at(&EMBEDDED, "54.179.147.20")
    );
    check("64:ff9b::a00:1", "private address");
}

#[test]
fn what_cannot_be_placed_says_why() {
    check("10.215.173.1", "private address");
    check("fd00:77::2", "private address");
    check("203.0.113.7", "documentation address");
    check("2002:36b3:9314::1", "tunnel address");
    check("2001:0:36b3:9314::1", "tunnel address");
    check(
        "::ffff:54.179.147.20",
        "IPv4-mapped address: never on the wire",
    );
    check("8.8.8.8", ANYCAST_WORDS);
    check("1.1.1.1", ANYCAST_WORDS);
    check("104.16.1.1", ANYCAST_WORDS);
    check("192.175.48.1", ANYCAST_WORDS);
    check("2606:4700:4700::1111", ANYCAST_WORDS);
    let anycast = at(&EMBEDDED, "8.8.8.8");
    assert_eq!((anycast.anycast, anycast.asn), (Some(true), Some(15169)));
    assert!(
        !anycast.opinions.is_empty(),
        "what the databases said is kept"
    );
    assert_eq!(at(&EMBEDDED, "54.179.147.20").anycast, None);
}

#[test]
fn systems_have_number_and_name() {
    let place = at(&EMBEDDED, "54.179.147.20");
    assert_eq!(place.asn, Some(16509));
    assert!(place.as_org.unwrap().contains("Amazon"));
    let place = at(&EMBEDDED, "2600:1f18::1");
    assert!(place.as_org.unwrap().contains("Amazon"));
    assert_eq!(code(&at(&EMBEDDED, "2600:1f18::1")), "US");
}

#[test]
fn the_embedded_sources_have_dates_and_credits() {
    let sources = EMBEDDED.sources();
    for source in sources {
        let built = source.built.and_then(database::day);
        assert_eq!(built, source.date, "{source:?}");
        assert!(source.sha256.len() == 64, "{source:?}");
        let owes_credit = source.gives != ["registration"];
        assert_eq!(source.credit.is_some(), owes_credit, "{source:?}");
        assert_eq!(source.link.is_some(), owes_credit, "{source:?}");
    }
    assert_eq!(at(&EMBEDDED, "54.179.147.20").opinions[0].source, 0);
    assert_eq!(sources[0].gives, ["country"]);
}

#[test]
fn without_data_nothing_is_known() {
    let place = at(&Places::none(), "54.179.147.20");
    assert_eq!(
        (place.country, place.unknown_because),
        (None, Some("no database is loaded"))
    );
}

/// Embedded data without ranges, whose word would stand above that of every database.
fn databases_alone() -> Places {
    let mut places = Places::embedded();
    places.ranges.clear();
    places.set_epochs();
    places
}

/// A database of one network, 54.0.0.0/8.
fn database(kind: &str, built: u64, value: Value) -> Vec<u8> {
    let mut writer = Writer::builder(kind)
        .build_epoch(UNIX_EPOCH + Duration::from_secs(built))
        .build();
    writer
        .insert_value("54.0.0.0/8".parse::<ipnet::IpNet>().unwrap(), value)
        .unwrap();
    writer.to_bytes().unwrap()
}

fn country_code(code: &str) -> Value {
    Value::map([("country_code", Value::from(code))])
}

/// Embedded databases and these files, in their order.
fn with(files: &[(&str, Vec<u8>)]) -> Result<Places, Error> {
    let folder = tempfile::tempdir().unwrap();
    let mut places = databases_alone();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        places.add_file(&path)?;
    }
    Ok(places)
}

/// One record alone, as `country asn organisation anycast`.
#[track_caller]
fn check_schema(kind: &str, value: Value, want: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.mmdb");
    std::fs::write(&path, database(kind, 1_700_000_000, value)).unwrap();
    let mut places = Places::none();
    places.add_file(&path).unwrap();
    let place = at(&places, "54.179.147.20");
    let said = place.opinions.first().and_then(|opinion| opinion.country);
    let got = format!(
        "{} {} {} {}",
        said.map_or("-".to_owned(), |country| country.to_string()),
        place.asn.unwrap_or(0),
        place.as_org.as_deref().unwrap_or("-"),
        place
            .anycast
            .map_or("-".to_owned(), |anycast| anycast.to_string()),
    );
    assert_eq!(got, want, "{kind}");
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries)
}

#[test]
fn every_makers_schema_is_read() {
    let text = |text: &str| Value::from(text);
    let named = |code: &str| map([("iso_code", text(code)), ("geoname_id", Value::from(1_u32))]);
    let country = map([
        ("country", named("SG")),
        ("registered_country", named("US")),
        ("city", map([("names", map([("en", text("Singapore"))]))])),
        ("location", map([("latitude", Value::from(1.3_f64))])),
        ("traits", map([("is_anycast", Value::from(false))])),
    ]);
    check_schema("GeoIP2-City", country, "SG 0 - false");
    // Where only the registration is known, nothing is known of the place.
    let registered = map([
        ("registered_country", named("US")),
        (
            "traits",
            map([
                ("autonomous_system_number", Value::from(16509_u32)),
                ("isp", text("Amazon.com")),
                ("is_anycast", Value::from(true)),
            ]),
        ),
    ]);
    check_schema("GeoIP2-Enterprise", registered, "- 16509 Amazon.com true");
    let system = map([
        ("autonomous_system_number", Value::from(16509_u32)),
        ("autonomous_system_organization", text("AMAZON-02")),
        ("name", text("worse")),
    ]);
    check_schema("GeoLite2-ASN", system, "- 16509 AMAZON-02 -");
    let lite = map([
        ("country", text("Singapore")),
        ("country_code", text("SG")),
        ("continent", text("Asia")),
        ("continent_code", text("AS")),
        ("asn", text("AS16509")),
        ("as_name", text("Amazon.com, Inc.")),
        ("as_domain", text("amazon.com")),
    ]);
    check_schema(
        "ipinfo bundle_location_lite.mmdb",
        lite,
        "SG 16509 Amazon.com, Inc. -",
    );
    check_schema(
        "ipinfo country.mmdb",
        map([("country", text("sg"))]),
        "SG 0 - -",
    );
    let asn = map([
        ("asn", Value::from(16509_u32)),
        ("country_code", text("US")),
        ("org", text("Amazon.com, Inc.")),
    ]);
    check_schema("IPLocate-IP-to-ASN", asn, "- 16509 Amazon.com, Inc. -");
    let nested = map([
        (
            "geo",
            map([("country", text("Singapore")), ("country_code", text("SG"))]),
        ),
        (
            "as",
            map([("asn", text("AS16509")), ("name", text("Amazon"))]),
        ),
    ]);
    check_schema("ipinfo core", nested, "SG 16509 Amazon -");
    check_schema("IP2LITE-DB1", map([("country", named("SG"))]), "SG 0 - -");
}

#[test]
fn odd_codes_are_brought_to_the_standard_or_dropped() {
    for (odd, want) in [
        ("UK", "GB"),
        ("EL", "GR"),
        ("XK", "XK"),
        ("TP", "TL"),
        ("sg", "SG"),
    ] {
        assert_eq!(record::country(odd).unwrap().code(), want);
    }
    for odd in ["EU", "AP", "ZZ", "A1", "", "SGP", "-", "AN", "é"] {
        assert_eq!(record::country(odd), None, "{odd}");
    }
}

#[test]
fn databases_that_agree_or_not() {
    let agree = with(&[("own.mmdb", database("Own", 1, country_code("SG")))]).unwrap();
    let place = at(&agree, "54.179.147.20");
    assert_eq!((code(&place), place.confidence), ("SG", Confidence::Medium));
    assert_eq!(place.opinions.len(), 2);
    let differ = with(&[("own.mmdb", database("Own", 1, country_code("MY")))]).unwrap();
    let place = at(&differ, "54.179.147.20");
    assert_eq!((code(&place), place.confidence), ("", Confidence::None));
    assert_eq!(place.unknown_because, Some("sources disagree"));
    let said: Vec<(usize, &str)> = place
        .opinions
        .iter()
        .map(|said| (said.source, said.country.as_ref().unwrap().code()))
        .collect();
    assert_eq!(said, [(0, "SG"), (embedded(), "MY")]);
    assert_eq!(place.asn, Some(16509), "the system is still known");
    // Outside the own database the embedded one stands alone.
    assert_eq!(code(&at(&differ, "220.181.106.151")), "CN");
}

/// The operator's own word stands above databases, and both are kept.
#[test]
fn an_operator_s_range_beats_databases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.mmdb");
    std::fs::write(&path, database("Own", 1, country_code("MY"))).unwrap();
    let mut places = Places::embedded();
    assert!(places.add_file(&path).unwrap() && !places.add_file(&path).unwrap());
    let place = at(&places, "54.179.147.20");
    assert_eq!((code(&place), place.confidence), ("SG", Confidence::High));
    let said: Vec<(usize, &str, OpinionKind)> = place
        .opinions
        .iter()
        .map(|said| {
            (
                said.source,
                said.country.as_ref().unwrap().code(),
                said.kind,
            )
        })
        .collect();
    let database = OpinionKind::Database;
    assert_eq!(
        said,
        [
            (0, "SG", database),
            (3, "SG", OpinionKind::OperatorRange),
            (4, "MY", database)
        ]
    );
    let texts = [
        &place.cloud,
        &place.cloud_region,
        &place.cloud_service,
        &place.city,
    ];
    let texts: Vec<&str> = texts
        .iter()
        .map(|text| text.as_deref().unwrap_or("-"))
        .collect();
    assert_eq!(texts, ["AWS", "ap-southeast-1", "EC2", "Singapore"]);
}

/// Where a database names a country in which the region has a zone, nothing is sure.
#[test]
fn a_zone_abroad_is_not_called_the_region_s_country() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.mmdb");
    std::fs::write(&path, database("Own", 1, country_code("TH"))).unwrap();
    let mut places = Places::embedded();
    places.add_file(&path).unwrap();
    let place = at(&places, "54.179.147.20");
    assert_eq!(
        (place.country, place.unknown_because),
        (None, Some(ABROAD_WORDS))
    );
}

/// The user's list decides, and the embedded one stays visible.
#[test]
fn a_user_s_list_stands_above_the_embedded_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ip-ranges.json");
    let list = r#"{"createDate": "2026-11-01-00-00-00", "prefixes": [{"ip_prefix": "54.179.0.0/16",
        "region": "ap-southeast-1", "service": "EC2", "network_border_group": "ap-southeast-1-bkk-1"}]}"#;
    std::fs::write(&path, list).unwrap();
    let mut places = Places::embedded();
    assert!(places.add_ranges(&path).unwrap() && !places.add_ranges(&path).unwrap());
    let place = at(&places, "54.179.147.20");
    assert_eq!((code(&place), place.confidence), ("TH", Confidence::High));
    assert_eq!(
        place.opinions.len(),
        3,
        "what the embedded list says is kept"
    );
    assert_eq!(place.cloud_region.as_deref(), Some("ap-southeast-1-bkk-1"));
    assert_eq!(
        places.sources()[4].description,
        "AWS ip-ranges.json: 1 ranges"
    );
    // The same file is no database, and says so.
    let error = Places::none().add_file(&path).unwrap_err().to_string();
    assert!(error.contains("MaxMind DB"), "{error}");
}

/// Whose an address is does not hide where another list puts it.
#[test]
fn a_list_without_places_leaves_them_to_others() {
    let list =
        br#"{"creationTime": "2026-11-01T00:00:00", "prefixes": [{"ipv4Prefix": "34.64.0.0/10"}]}"#;
    let mut places = Places::embedded();
    let added = places.add_ranges_of(Path::new("goog.json"), list.to_vec());
    assert!(added.unwrap());
    let place = at(&places, "34.124.128.1");
    assert_eq!(code(&place), "SG", "{place:?}");
    assert_eq!(place.cloud.as_deref(), Some("Google Cloud"));
    let place = at(&places, "34.127.255.255");
    assert!(place.cloud.is_some(), "{place:?}");
}

#[test]
fn edges_and_lists_of_anycast_have_no_country() {
    check("99.86.0.1", EDGE_WORDS);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anycast.txt");
    std::fs::write(&path, "220.181.106.0/24\n").unwrap();
    let mut places = Places::embedded();
    assert!(places.add_anycast(&path).unwrap() && !places.add_anycast(&path).unwrap());
    let place = at(&places, "220.181.106.150");
    assert_eq!(
        (place.country, place.unknown_because),
        (None, Some(ANYCAST_WORDS))
    );
    assert_eq!(
        place.anycast_source.as_deref(),
        Some("listed as anycast in anycast.txt")
    );
    assert_eq!(places.sources()[4].gives, ["anycast"]);
}

#[test]
fn a_newer_edition_of_the_same_maker_speaks_for_it() {
    let newer = database("DBIP-Country-Lite", 1_800_000_000, country_code("MY"));
    let place = at(&with(&[("dbip.mmdb", newer)]).unwrap(), "54.179.147.20");
    assert_eq!((code(&place), place.opinions.len()), ("MY", 2));
    let older = database("DBIP-Country-Lite", 1_600_000_000, country_code("MY"));
    let place = at(&with(&[("dbip.mmdb", older)]).unwrap(), "54.179.147.20");
    assert_eq!((code(&place), place.opinions.len()), ("SG", 2));
}

#[test]
fn the_edition_nearest_to_the_traffic_speaks() {
    const DAY: u64 = 86_400;
    let edition = |day: u64, code| database("DBIP-Country-Lite", day * DAY, country_code(code));
    let files = [
        ("2014.mmdb", edition(16_200, "MY")),
        ("2015.mmdb", edition(16_600, "ID")),
    ];
    let places = with(&files).unwrap();
    let at_day = |day: u64| {
        let time = Time(i64::try_from(day * DAY).unwrap() * 1_000_000_000);
        let epoch = Some(places.epoch(time));
        places.place_seen(
            "54.179.147.20".parse().unwrap(),
            Sight { epoch, trip: None },
        )
    };
    for (day, want, far) in [
        (15_000, "MY", true),
        (16_399, "MY", false),
        (16_400, "ID", false),
        (16_960, "ID", false),
        (16_970, "ID", true),
        (20_600, "SG", false),
        (22_000, "SG", true),
    ] {
        let place = at_day(day);
        assert_eq!((code(&place), place.opinions.len()), (want, 3), "{day}");
        let lowered: &[&str] = if far { &[FAR] } else { &[] };
        assert_eq!(place.lowered_because, lowered, "{day}");
    }
    let newest = at(&places, "54.179.147.20");
    assert_eq!(code(&newest), "SG", "without a time the newest speaks");
}

fn from(vantage: &str, address: &str, rtt_ms: u64) -> Place {
    let mut places = Places::embedded();
    places.set_vantage(vantage).unwrap();
    let trip = Some(RoundTrip::new(rtt_ms * 1_000_000, None));
    places.place_seen(address.parse().unwrap(), Sight { epoch: None, trip })
}

#[test]
fn a_round_trip_excludes_what_light_does_not_reach() {
    // Registered and placed in the US; light in fibre comes from Germany and back in 9 ms from
    // no further than 919 km, and may have been given a millisecond less by a coarse clock.
    let place = from("DE", "52.0.14.116", 9);
    let physics = place.physics.as_deref().unwrap();
    assert_eq!((physics.fibre_km, physics.vacuum_km), (1_021, 1_499));
    let excluded: Vec<&str> = physics
        .excluded
        .iter()
        .map(|far| far.country.code())
        .collect();
    assert_eq!(excluded, ["US"]);
    assert!(physics.excluded[0].in_vacuum && physics.excluded[0].km > 4_000);
    assert!(physics.beyond.contains(&Country::new("SG").unwrap()));
    assert!(!physics.beyond.contains(&Country::new("FR").unwrap()));
    assert_eq!((code(&place), place.confidence), ("", Confidence::None));
    assert_eq!(place.unknown_because, Some("excluded by the round trip"));
    assert_eq!(
        place.opinions[0].country,
        Country::new("US"),
        "what was said is kept"
    );
    // Time enough: nothing to say, whatever the vantage.
    let place = from("DE", "52.0.14.116", 90);
    assert_eq!((code(&place), place.physics.as_deref()), ("US", None));
    let place = from("40.71,-74.01", "52.0.14.116", 9);
    assert_eq!((code(&place), place.physics.as_deref()), ("US", None));
}

#[test]
fn what_answers_beside_the_phone_excludes_nothing() {
    let mut places = Places::embedded();
    places.set_vantage("DE").unwrap();
    let address = "52.0.14.116".parse().unwrap();
    let off = |trip| {
        let place = places.place_seen(
            address,
            Sight {
                epoch: None,
                trip: Some(trip),
            },
        );
        assert_eq!(code(&place), "US");
        place.physics.unwrap().off_because.unwrap()
    };
    assert!(off(RoundTrip::new(400_000, None)).starts_with("answered within a millisecond"));
    let late = RoundTrip::new(9_000_000, Some(200_000_000));
    assert!(off(late).contains("first data"));
    assert_eq!(
        RoundTrip::new(9_000_000, Some(80_000_000)).off_because,
        None
    );
}

#[test]
fn where_most_servers_are_too_near_no_one_is() {
    let mut places = Places::embedded();
    places.set_vantage("DE").unwrap();
    let far = [
        "52.0.14.116",
        "54.179.147.20",
        "220.181.106.151",
        "218.248.255.145",
    ];
    let near = ["46.4.0.1", "78.46.0.1", "88.198.0.1", "138.201.0.1"];
    let off = |addresses: &[&str]| {
        let mut trips: Vec<(IpAddr, RoundTrip)> = addresses
            .iter()
            .map(|address| (address.parse().unwrap(), RoundTrip::new(9_000_000, None)))
            .collect();
        places.suspect(trips.iter_mut().map(|(address, trip)| (*address, trip)));
        trips
            .iter()
            .filter(|(_, trip)| trip.off_because.is_some())
            .count()
    };
    assert_eq!(off(&far), 4, "all are far");
    assert_eq!(off(&far[..3]), 0, "three say nothing of all");
    let mixed: Vec<&str> = near.iter().chain(&far[..1]).copied().collect();
    assert_eq!(off(&mixed), 0, "one wrong database entry");
    let mixed: Vec<&str> = far.iter().chain(&near[..1]).copied().collect();
    assert_eq!(off(&mixed), 5, "all of them, the near one too");
}

#[test]
fn registration_is_a_fact_of_its_own() {
    let place = at(&EMBEDDED, "47.74.128.1");
    let registered = place.registered.as_ref().map(Country::code);
    assert_eq!((code(&place), registered), ("SG", Some("US")));
    assert_eq!(
        place.class.map(|class| class.name),
        Some("one-database-apart")
    );
    let place = at(&EMBEDDED, "220.181.106.151");
    assert_eq!(place.as_country, Country::new("CN"));
    assert_eq!(
        place.class.map(|class| class.name),
        Some("one-database-registered")
    );
    assert_eq!(at(&Places::none(), "47.74.128.1").registered, None);
}

#[test]
fn the_same_file_is_one_voice() {
    let bytes = database("Own", 1, country_code("SG"));
    let places = with(&[("a.mmdb", bytes.clone()), ("b.mmdb", bytes)]).unwrap();
    assert_eq!(places.sources().len(), embedded() + 1);
    let same = with(&[("whereto.mmdb", crate::data::PLACES.to_vec())]).unwrap();
    assert_eq!(same.sources().len(), embedded());
}

#[test]
fn a_users_own_systems_come_first() {
    let own = Value::map([
        ("autonomous_system_number", Value::from(64_512_u32)),
        ("autonomous_system_organization", Value::from("Own")),
    ]);
    let places = with(&[("asn.mmdb", database("Own-ASN", 1, own))]).unwrap();
    let place = at(&places, "54.179.147.20");
    assert_eq!(
        (place.asn, place.as_org.as_deref(), code(&place)),
        (Some(64_512), Some("Own"), "SG")
    );
    let own = &places.sources()[embedded()];
    assert_eq!(own.gives, ["asn"]);
    assert_eq!(own.date.as_deref(), Some("1970-01-01"));
}

#[test]
fn a_gzip_file_is_read_as_what_it_holds() {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&database("Own", 1, country_code("SG")))
        .unwrap();
    let places = with(&[("own.mmdb.gz", gzip.finish().unwrap())]).unwrap();
    assert_eq!(
        at(&places, "54.1.1.1").opinions[1].country,
        Country::new("SG")
    );
}

#[track_caller]
fn check_error(name: &str, bytes: &[u8], want: &str) {
    let error = with(&[(name, bytes.to_vec())])
        .err()
        .map(|error| error.to_string());
    let error = error.unwrap_or_default();
    assert!(error.contains(name) && error.contains(want), "{error}");
}

#[test]
fn a_foreign_file_is_named_for_what_it_is() {
    check_error("a.mmdb", b"", "the file is empty");
    check_error("a.mmdb", b"1.0.0.0,1.0.0.255,AU\n", "text file");
    check_error("a.mmdb", b"<!DOCTYPE html><html>", "web page");
    check_error("a.zip", b"PK\x03\x04\0\0\0\0", "zip archive");
    check_error("a.mmdb.zst", b"\x28\xb5\x2f\xfd\0\0", "compressed");
    check_error("a.pcap", b"\xd4\xc3\xb2\xa1\x02\0\x04\0", "packet capture");
    check_error("a.mmdb", &[0xff, 0, 1, 2, 3], "cut short");
    check_error("a.mmdb.gz", b"\x1f\x8b\x08\0\0", "cannot unpack");
    let whole = database("Own", 1, country_code("SG"));
    check_error("a.mmdb", &whole[..whole.len() / 2], "at byte");
    let other = Value::map([("is_tor_exit_node", Value::from(true))]);
    check_error(
        "a.mmdb",
        &database("Anonymous-IP", 1, other),
        "neither countries nor",
    );
    let missing = Places::none()
        .add_file(Path::new("/nowhere/at-all.mmdb"))
        .unwrap_err();
    assert!(
        missing
            .to_string()
            .starts_with("/nowhere/at-all.mmdb: cannot open"),
        "{missing}"
    );
    let folder = tempfile::tempdir().unwrap();
    let error = Places::none()
        .add_file(folder.path())
        .unwrap_err()
        .to_string();
    assert!(error.contains("folder"), "{error}");
}

/// A tree whose nodes lead back to the root, and a record that points at itself.
#[test]
fn cycles_end() {
    let whole = database("Own", 1, country_code("SG"));
    let tree = whole
        .windows(16)
        .position(|bytes| bytes == [0; 16])
        .unwrap();
    let mut looped = whole.clone();
    looped[..tree].fill(0);
    check_error("looped.mmdb", &looped, "damaged");
    let mut itself = whole;
    // Pointer to offset 0 of the data section, at offset 0.
    itself[tree + 16..tree + 18].copy_from_slice(&[0x20, 0]);
    check_error("itself.mmdb", &itself, "damaged");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn damage_is_an_error_or_an_answer(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
        address: u32,
    ) {
        let value = Value::map([
            ("country", Value::map([("iso_code", Value::from("SG"))])),
            ("autonomous_system_number", Value::from(16509_u32)),
            ("autonomous_system_organization", Value::from("Amazon")),
        ]);
        let mut bytes = database("Own", 1, value);
        for (place, byte) in flips {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(places) = with(&[("own.mmdb", bytes)]) {
            for address in [IpAddr::V4(address.into()), "54.1.2.3".parse().unwrap(), "2600:1f18::1".parse().unwrap()] {
                let place = places.place(address);
                prop_assert!(place.country.is_some() != place.unknown_because.is_some());
            }
        }
    }

    #[test]
    fn every_address_has_a_country_or_a_reason(bits: u128) {
        for address in [IpAddr::V6(bits.into()), IpAddr::V4(u32::try_from(bits >> 96).unwrap().into())] {
            let place = EMBEDDED.place(address);
            prop_assert!(place.country.is_some() != place.unknown_because.is_some());
            prop_assert_eq!(place.country.is_some(), place.confidence > Confidence::None);
            prop_assert!(place.country.is_none() || special::why_nowhere(
                special::inside_nat64(address).unwrap_or(address)).is_none());
        }
    }
}
