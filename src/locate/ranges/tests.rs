//! Ranges, held against known addresses, each other and hostile lists.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test"
)]

use super::*;
use proptest::prelude::*;
use std::io::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::LazyLock;

static EMBEDDED: LazyLock<Ranges> = LazyLock::new(|| Ranges::embedded(0).0);

/// Country, then the range in words.
fn words(ranges: &Ranges, address: &str) -> String {
    ranges
        .find(address.parse().unwrap())
        .map_or("nothing".to_owned(), |range| {
            let country = range.country.as_ref().map_or("-", Country::code).to_owned();
            format!("{country} {}", range.detail())
        })
}

/// Addresses and what is said of them, one a line.
#[track_caller]
fn check(ranges: &Ranges, want: &str) {
    let want: Vec<&str> = want
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let got: Vec<String> = want
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .map(|address| format!("{address} {}", words(ranges, address)))
        .map(|line| line.trim_end().to_owned())
        .collect();
    assert_eq!(got, want, "{got:#?}");
}

#[test]
fn well_known_addresses_are_where_their_operators_say() {
    check(
        &EMBEDDED,
        "54.179.147.20 SG AWS ap-southeast-1 (Singapore), EC2; or a zone of it in PH, TH or VN
         52.219.40.1 SG AWS ap-southeast-1 (Singapore), S3
         52.95.110.1 - AWS, ROUTE53, anycast
         20.60.0.1 US Azure eastus, Storage
         34.124.128.1 SG Google Cloud asia-southeast1 (Singapore)
         34.117.59.81 - Google Cloud, anycast
         104.16.1.1 - Cloudflare, anycast
         2606:4700::1 - Cloudflare, anycast
         13.107.246.40 - Azure, AzureFrontDoor.Frontend, anycast
         99.86.0.1 - AWS, CLOUDFRONT, edge of its network
         3.33.128.1 - AWS, GLOBALACCELERATOR, anycast
         138.197.0.1 US DigitalOcean US-NJ
         129.144.0.1 US Oracle Cloud us-ashburn-1 (Ashburn)
         54.222.0.1 CN AWS cn-north-1 (Beijing)
         40.74.100.1 JP Azure japanwest (Osaka), EventHub
         13.69.67.192 NL Azure westeurope, DataFactory
         52.46.128.1 US AWS us-east-1
         8.8.8.8 nothing
         192.0.2.1 nothing
         2600:1f18::1 US AWS us-east-1, EC2; or a zone of it in AR, CL, MX or PE
         2603:1020:206::1 NL Azure westeurope, PowerBI
         2a05:d014::1 DE AWS eu-central-1 (Frankfurt), EC2; or a zone of it in GR, PL or TR",
    );
}

#[test]
fn every_edge_has_a_provider_and_nothing_at_one_has_a_bare_country() {
    let (mut edges, mut placed, mut providers) = (0, 0, std::collections::BTreeSet::new());
    for (first, last, range) in EMBEDDED.stretches() {
        assert!(first <= last && first.is_ipv4() == last.is_ipv4());
        providers.insert(range.provider.unwrap_or("two providers"));
        edges += u32::from(range.edge);
        placed += u32::from(range.country.is_some());
        assert!(
            !range.anycast || range.edge && range.country.is_none(),
            "{first}: {range:?}"
        );
        let regional_edge = range.provider == Some("AWS") && range.region.is_some();
        assert!(
            !range.edge || regional_edge || range.country.is_none(),
            "{first}: {range:?}"
        );
        assert!(
            range.region.is_none()
                || range.country.is_some()
                || ["europe-west15", "northeurope2"].contains(&range.region.unwrap()),
            "{first}: {range:?}"
        );
    }
    assert!(edges > 500 && placed > 50_000, "{edges} {placed}");
    let want = "AWS, Azure, Cloudflare, DigitalOcean, Google Cloud, Oracle Cloud";
    assert_eq!(providers.into_iter().collect::<Vec<_>>().join(", "), want);
}

#[track_caller]
fn open(name: &str, text: &str) -> (Ranges, DataSource) {
    Ranges::of(Path::new(name), text.into(), 0).unwrap()
}

const AWS: &str = r#"{"syncToken": "1787411825", "createDate": "2026-08-22-15-17-05", "prefixes": [
    {"ip_prefix": "192.0.2.0/24", "region": "us-east-1", "service": "AMAZON", "network_border_group": "us-east-1"},
    {"ip_prefix": "192.0.2.0/25", "region": "us-east-1", "service": "EC2", "network_border_group": "us-east-1-bue-1"},
    {"ip_prefix": "192.0.2.0/25", "region": "us-east-1", "service": "AMAZON", "network_border_group": "us-east-1-bue-1"},
    {"ip_prefix": "198.51.100.0/24", "region": "GLOBAL", "service": "CLOUDFRONT", "network_border_group": "GLOBAL"},
    {"ip_prefix": "203.0.113.7/24", "region": "xx-far-1", "service": "S3", "network_border_group": "xx-far-1"},
    {"ip_prefix": "nonsense", "region": "us-east-1", "service": "S3", "network_border_group": "us-east-1"}],
  "ipv6_prefixes": [
    {"ipv6_prefix": "2001:db8::/32", "region": "eu-central-1", "service": "S3", "network_border_group": "eu-central-1"},
    {"ipv6_prefix": "::ffff:192.0.2.192/122", "region": "eu-west-1", "service": "S3", "network_border_group": "eu-west-1"}]}"#;

#[test]
fn aws_is_placed_by_the_border_group() {
    let (ranges, source) = open("ip-ranges.json", AWS);
    check(
        &ranges,
        "192.0.2.1 AR AWS us-east-1-bue-1 (Buenos Aires), EC2
         192.0.2.129 US AWS us-east-1
         192.0.2.193 IE AWS eu-west-1, S3
         198.51.100.1 - AWS, CLOUDFRONT, edge of its network
         203.0.113.9 - AWS xx-far-1, S3
         2001:db8::1 DE AWS eu-central-1 (Frankfurt), S3
         192.0.3.1 nothing",
    );
    assert_eq!(
        source.description,
        "AWS ip-ranges.json: 7 ranges, 1 left out (no prefix, or not whole), 1 with bits beyond \
         their length, which were cut off, 1 IPv4-mapped, read as IPv4, 1 without a country, as \
         their region is not known (xx-far-1)"
    );
    assert_eq!(
        (source.date.as_deref(), source.gives),
        (Some("2026-08-22"), vec!["ranges"])
    );
}

#[test]
fn azure_takes_the_region_of_the_tag_around() {
    let text = r#"{"changeNumber": 411, "cloud": "Public", "values": [
        {"name": "AzureCloud.westeurope", "id": "x", "properties": {"region": "westeurope", "systemService": "", "addressPrefixes": ["192.0.2.0/24", "2001:db8::/32"]}},
        {"name": "Storage.WestEurope", "properties": {"region": "westeurope", "systemService": "AzureStorage", "addressPrefixes": ["192.0.2.0/26"]}},
        {"name": "LogicApps", "properties": {"region": "", "systemService": "LogicApps", "addressPrefixes": ["192.0.2.64/26"]}},
        {"name": "AzureFrontDoor.Frontend", "properties": {"region": "", "addressPrefixes": ["192.0.2.128/26"]}},
        {"name": "AzureCloud.centralfrance", "properties": {"region": "centralfrance", "addressPrefixes": ["198.51.100.0/24"]}},
        {"name": "Sql.FranceCentral", "properties": {"region": "centralfrance", "addressPrefixes": ["198.51.100.0/24"]}},
        {"name": "AzureMonitor.Core", "properties": {"region": "", "addressPrefixes": ["203.0.113.0/24"]}}]}"#;
    let (ranges, source) = open("ServiceTags_Public_20260601.json", text);
    check(
        &ranges,
        "192.0.2.1 NL Azure westeurope, Storage
         192.0.2.65 NL Azure westeurope, LogicApps
         192.0.2.129 - Azure, AzureFrontDoor.Frontend, anycast
         192.0.2.200 NL Azure westeurope
         198.51.100.1 FR Azure francecentral (Paris), Sql
         203.0.113.1 - Azure, AzureMonitor.Core
         2001:db8::1 NL Azure westeurope",
    );
    assert_eq!(source.date.as_deref(), Some("2026-06-01"));
}

#[test]
fn google_with_and_without_regions() {
    let cloud = r#"{"syncToken": "1", "creationTime": "2026-06-01T05:06:07.8", "prefixes": [
        {"ipv4Prefix": "192.0.2.0/24", "service": "Google Cloud", "scope": "asia-east2"},
        {"ipv6Prefix": "2001:db8::/32", "service": "Google Cloud", "scope": "global"}]}"#;
    let (ranges, source) = open("cloud.json", cloud);
    check(
        &ranges,
        "192.0.2.1 HK Google Cloud asia-east2 (Hong Kong)
         2001:db8::1 - Google Cloud, anycast",
    );
    assert_eq!(source.date.as_deref(), Some("2026-06-01"));
    let goog = r#"{"syncToken": "1", "creationTime": "2026-06-01T05:06:07.8", "prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}"#;
    check(&open("goog.json", goog).0, "192.0.2.1 - Google");
}

#[test]
fn oracle_by_region() {
    let text = r#"{"last_updated_timestamp": "2026-06-01T00:00:00.0", "regions": [{"region": "eu-jovanovac-1", "cidrs": [
        {"cidr": "192.0.2.0/24", "tags": ["OCI"]}, {"cidr": "192.0.2.0/28", "tags": ["OSN", "OBJECT_STORAGE"]}]}]}"#;
    let (ranges, source) = open("public_ip_ranges.json", text);
    check(
        &ranges,
        "192.0.2.1 RS Oracle Cloud eu-jovanovac-1 (Jovanovac), OBJECT_STORAGE
         192.0.2.100 RS Oracle Cloud eu-jovanovac-1 (Jovanovac)",
    );
    assert_eq!(source.date.as_deref(), Some("2026-06-01"));
}

#[test]
fn geofeeds_are_the_word_of_the_holder() {
    let text = "# feed\r\n192.0.2.0/24,SG,SG-05,Singapore,\r\n192.0.2.0/28,,,,\r\n198.51.100.0/24,uk,GB-SLG,Slough,\r\n203.0.113.0/24,Mars\r\n2001:db8::/32,HK\r\n";
    let (ranges, source) = open("geofeed.csv", text);
    check(
        &ranges,
        "192.0.2.100 SG SG-05 (Singapore)
         192.0.2.1 -
         198.51.100.1 GB GB-SLG (Slough)
         203.0.113.1 nothing
         2001:db8::1 HK",
    );
    let range = ranges.find("192.0.2.100".parse().unwrap()).unwrap();
    assert_eq!((range.kind, range.provider), (OpinionKind::Geofeed, None));
    let want = "geofeed (RFC 8805): 4 ranges, 1 left out (no prefix, or not whole)";
    assert_eq!((source.description.as_str(), source.date), (want, None));
}

#[test]
fn a_table_says_what_its_header_says() {
    let text = "Provider,CIDR,Region,Country,City,Service\nAliyun,192.0.2.0/24,ap-southeast-3,,,ECS\nOwn,198.51.100.0/24,,IS,Reykjavík,\nvultr,203.0.113.0/24,NRT,,,\nOwn,2001:db8::/32,,Atlantis,,\n";
    let (ranges, source) = open("own.csv", text);
    check(
        &ranges,
        "192.0.2.1 MY Alibaba Cloud ap-southeast-3 (Kuala Lumpur), ECS
         198.51.100.1 IS Own (Reykjavík)
         203.0.113.1 JP Vultr nrt (Tokyo)
         2001:db8::1 nothing",
    );
    assert_eq!(
        source.description,
        "CSV table of ranges: 3 ranges, 1 left out (no prefix, or not whole)"
    );
    assert_eq!(
        ranges.find("192.0.2.1".parse().unwrap()).unwrap().kind,
        OpinionKind::OperatorRange
    );
}

/// What is wrong, and where, in one line.
#[track_caller]
fn check_error(bytes: &[u8], want: &str) {
    let error = Ranges::of(Path::new("list"), bytes.to_vec(), 0)
        .err()
        .map(|error| error.to_string());
    let error = error.unwrap_or_default();
    assert!(
        error.starts_with("list: at byte ") && error.contains(want),
        "{error}"
    );
    assert!(!error.contains('\n') && error.len() < 400, "{error}");
}

#[test]
fn a_list_that_cannot_be_used_is_named_for_what_it_is() {
    check_error(b"hello world", "not a form that is known");
    check_error(b"192.0.2.0/24\n", "not a form that is known");
    check_error(
        b"192.0.2.0/24,\n198.51.100.0/24,ZZ\n",
        "prefixes without a country",
    );
    check_error(b"prefix,comment\n192.0.2.0/24,hello\n", "says nothing");
    check_error(
        b"prefix,country\n1.2.3/24,SG\n",
        "no range in it can be used (1 entries were left out)",
    );
    check_error(b"prefix,country\n\xff", "at byte 15: not text in UTF-8");
    check_error(b"{}", "JSON of a form that is not known");
    check_error(b"[1, 2]", "broken JSON (line 1)");
    check_error(
        b"{\"prefixes\": 5, \"createDate\": \"x\"}",
        "broken JSON (line 1): invalid type",
    );
    check_error(
        b"{\"prefixes\": [{\"ip_prefix\": 5}], \"createDate\": \"x\"}",
        "at byte 28: broken JSON",
    );
    check_error(b"{\"values\": [{\"name\": []}]}", "broken JSON");
    check_error(b"{\"regions\": {}}", "broken JSON");
    check_error(
        b"{\"prefixes\": [], \"createDate\": \"x\"}",
        "AWS ip-ranges.json, but no range",
    );
    check_error(&AWS.as_bytes()[..AWS.len() / 2], "the JSON ends too early");
    let deep = format!(
        "{{\"values\": {}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    check_error(deep.as_bytes(), "broken JSON (line 1)");
    check_error(b"\x82\xa6ranges\xdd\xff\xff\xff\xff", "broken MessagePack");
    check_error(&[0x82; 4000], "broken MessagePack");
}

#[test]
fn compressed_lists_are_read_as_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(AWS.as_bytes()).unwrap();
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default()).unwrap();
    xz.write_all(AWS.as_bytes()).unwrap();
    let zstd = zstd::encode_all(AWS.as_bytes(), 1).unwrap();
    for bytes in [
        AWS.into(),
        gzip.finish().unwrap(),
        xz.finish().unwrap(),
        zstd,
    ] {
        let path = folder.path().join("list");
        std::fs::write(&path, &bytes).unwrap();
        let (ranges, _) = Ranges::open(&path, 0).unwrap();
        check(&ranges, "192.0.2.129 US AWS us-east-1");
        std::fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
        assert!(Ranges::open(&path, 0).is_err(), "cut short");
    }
    for (bytes, want) in [
        (&b""[..], "the file is empty"),
        (b"PK\x03\x04", "zip archive"),
        (b"<!DOCTYPE html>", "web page"),
        (b"\xd4\xc3\xb2\xa1", "packet capture"),
        (crate::data::PLACES, "give it with --geo"),
    ] {
        let path = folder.path().join("other");
        std::fs::write(&path, bytes).unwrap();
        let error = Ranges::open(&path, 0).err().unwrap().to_string();
        assert!(error.contains(want), "{error}");
    }
    let error = Ranges::open(folder.path(), 0).err().unwrap().to_string();
    assert!(error.contains("is a folder"), "{error}");
}

/// A bomb of zeros unpacks to the limit and no further.
#[test]
fn a_gigantic_list_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb");
    let zeros = std::io::repeat(b' ').take(300 << 20);
    let bomb = zstd::stream::encode_all(zeros, 1).unwrap();
    std::fs::write(&path, bomb).unwrap();
    let error = Ranges::open(&path, 0).err().unwrap().to_string();
    assert!(error.contains("larger than 256 MiB"), "{error}");
}

use std::io::Read as _;

/// A folder of data that is not part of the repository.
fn shared(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("WHERETO_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let path = shared.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: {} is not there; WHERETO_SHARED names its folder",
        path.display()
    );
    None
}

/// AWS's own list knows the border groups, the embedded one does not: what that costs.
#[test]
fn the_embedded_ranges_agree_with_the_operators_list() {
    let Some(path) = shared("geo/aws-ip-ranges-20260822.json.xz") else {
        return;
    };
    let (own, source) = Ranges::open(&path, 0).unwrap();
    eprintln!("{}", source.description);
    assert_eq!(source.date.as_deref(), Some("2026-08-22"));
    assert!(
        !source.description.contains("without a country"),
        "{}",
        source.description
    );
    check(
        &own,
        "54.179.147.20 SG AWS ap-southeast-1 (Singapore), EC2
         15.220.80.1 TW AWS ap-northeast-1-tpe-1 (Taipei), EC2",
    );
    let (mut same, mut other, mut missing, mut abroad, mut warned) = (0, 0, 0, 0, 0);
    for (first, _, range) in own
        .stretches()
        .filter(|(.., range)| range.country.is_some())
    {
        let Some(embedded) = EMBEDDED.find(first) else {
            missing += 1;
            continue;
        };
        if embedded.country == range.country {
            same += 1;
            continue;
        }
        let country = range.country.unwrap();
        let zone = range.region.unwrap_or("");
        if embedded.country.is_some() && zone.matches('-').count() > 2 && !zone.contains("gov") {
            abroad += 1;
            warned += u32::from(embedded.elsewhere.contains(&country.code()));
        } else {
            other += 1;
            eprintln!(
                "{first}: {} here, {} there",
                embedded.detail(),
                range.detail()
            );
        }
    }
    eprintln!(
        "{same} same, {missing} not embedded, {abroad} in zones abroad ({warned} warned of), {other} otherwise"
    );
    assert!(
        same > 2_000 && other * 100 < same && abroad == warned,
        "{same} {other}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damage_is_an_error_or_an_answer(
        form in 0_usize..4,
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        whole: bool,
        address: u32,
    ) {
        let cloudip = [&b"\x83\xa7version\xaa2026-10-26\xa9providers\x91\xa3aws\xa6ranges\x91\x84\xa4cidr\xaa10.0.0.0/8\xa1p\x00\xa1r\xa9us-east-1\xa1s\xa2S3"[..]].concat();
        let geofeed = b"192.0.2.0/24,SG,SG-05,Singapore,\n2001:db8::/32,HK\n".to_vec();
        let table = b"prefix,provider,region\n10.0.0.0/8,aws,us-east-1\n".to_vec();
        let mut bytes = [AWS.as_bytes().to_vec(), cloudip, geofeed, table][form].clone();
        let unharmed = flips.is_empty() && whole;
        for (place, byte) in flips {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        match Ranges::of(Path::new("list"), bytes, 0) {
            Ok((ranges, _)) => {
                for (first, last, range) in ranges.stretches() {
                    prop_assert!(first <= last && range.detail().len() < 1_000);
                    prop_assert_eq!(ranges.find(first), Some(range));
                }
                ranges.find(IpAddr::V4(Ipv4Addr::from_bits(address)));
                ranges.find(IpAddr::V6(Ipv6Addr::from_bits(u128::from(address) << 96)));
            }
            Err(error) => prop_assert!(!unharmed, "{}", error),
        }
    }
}

/// `cargo test --release ranges::tests::speed -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let addresses: Vec<IpAddr> = (0_u32..4_000_000)
        .map(|step| {
            let bits = step.wrapping_mul(0x9e37_79b9);
            match step % 4 {
                0 => IpAddr::V6(Ipv6Addr::from_bits(
                    (0x2600 + u128::from(bits >> 20)) << 112 | u128::from(bits) << 80,
                )),
                _ => IpAddr::V4(bits.into()),
            }
        })
        .collect();
    let places = crate::locate::Places::embedded();
    let start = std::time::Instant::now();
    let found = addresses
        .iter()
        .filter(|address| EMBEDDED.find(**address).is_some())
        .count();
    let each = start.elapsed().as_nanos() / 4_000_000;
    let hits: Vec<IpAddr> = EMBEDDED.stretches().map(|(first, ..)| first).collect();
    let start = std::time::Instant::now();
    let known = hits
        .iter()
        .filter(|address| places.place(**address).cloud.is_some())
        .count();
    let place = start.elapsed().as_nanos() / hits.len() as u128;
    let start = std::time::Instant::now();
    let opened = crate::locate::Places::embedded().sources().len();
    let open = start.elapsed();
    eprintln!(
        "{each} ns a lookup, {found} found; {place} ns a place of {known} clouds; {opened} sources opened in {open:?}"
    );
}
