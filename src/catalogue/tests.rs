//! Lookups, and the files of users.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::Error;
use std::path::PathBuf;

const XIAOMI: &str = r#"
[group]
id = "xiaomi"
name = "Xiaomi"
legal_name = "Xiaomi Corporation"
seat = "CN"
incorporated = "KY"
roles = ["handset vendor"]
as_of = "2026-06-30"

[[company]]
id = "xiaomi"
name = "Xiaomi"
seat = "CN"
asns = [59019]
domains = ["mi.com", "miui.com"]
tenants = ["fds.example.com"]

[[company.function]]
name = "connect.rom.miui.com"
function = "captive portal check"

[[company]]
id = "xiaomi-india"
name = "Xiaomi Technology India"
parent = "xiaomi"
seat = "IN"
asns = [64501]
domains = ["in.mi.com", "example.com"]
since = "2018-05-01"
until = "2023-02-01"
"#;

fn load(files: &[(&str, &str)]) -> Result<(Catalogue, Vec<DataSource>, Vec<String>), Error> {
    let files: Vec<OwnFile> = files
        .iter()
        .map(|(path, text)| OwnFile {
            path: PathBuf::from(path),
            bytes: text.as_bytes().to_vec(),
        })
        .collect();
    let (mut catalogue, mut sources) = (Catalogue::default(), Vec::new());
    let warnings = catalogue.add_own(&files, &mut sources)?;
    Ok((catalogue, sources, warnings))
}

/// Noon of a day.
fn at(day: &str) -> Time {
    Time((i64::from(form::days(day).unwrap()) * 86_400 + 43_200) * 1_000_000_000)
}

fn words(who: &NameOwner) -> String {
    let company = |company: &Company| {
        let code = |country: Option<Country>| country.map_or("?".to_owned(), |c| c.to_string());
        let (own, top) = (code(company.country), code(company.group_country));
        format!("{} ({own}) of {} ({top})", company.name, company.group)
    };
    let mut words = Vec::new();
    words.extend(who.owner.as_deref().map(company));
    words.extend(
        who.hosted_by
            .as_deref()
            .map(|host| format!("hosted by {}", company(host))),
    );
    words.extend(who.function.as_deref().map(str::to_owned));
    words.extend(who.open_because.map(str::to_owned));
    words.join(", ")
}

#[track_caller]
fn check(files: &[(&str, &str)], name: &str, day: &str, want: &str) {
    let (catalogue, ..) = load(files).unwrap();
    let got = words(&catalogue.owner(&Text::from(name), at(day)));
    assert_eq!(got, want, "{name} on {day}");
}

#[test]
fn the_longest_ending_at_the_border_of_a_label_wins() {
    let of = |name, want| check(&[("x.toml", XIAOMI)], name, "2020-01-01", want);
    let india = "Xiaomi Technology India (IN) of Xiaomi (CN)";
    of("mi.com", "Xiaomi (CN) of Xiaomi (CN)");
    of("API.Mi.Com.", "Xiaomi (CN) of Xiaomi (CN)");
    of("shop.in.mi.com", india);
    of("in.mi.com", india);
    of("xin.mi.com", "Xiaomi (CN) of Xiaomi (CN)");
    of("xmi.com", "");
    of("com", "");
    of("", "");
    of("mi.com:443", "");
    of("mi..com", "");
    of(
        "a.connect.rom.miui.com",
        "Xiaomi (CN) of Xiaomi (CN), captive portal check",
    );
    of("rom.miui.com", "Xiaomi (CN) of Xiaomi (CN)");
    let deep = format!("{}mi.com", "a.".repeat(126));
    of(&deep, "");
    of(&deep[8..], "Xiaomi (CN) of Xiaomi (CN)");
}

#[test]
fn a_customers_name_has_a_host_and_no_owner() {
    let of = |name, want| check(&[("x.toml", XIAOMI)], name, "2020-01-01", want);
    of(
        "bucket.fds.example.com",
        "hosted by Xiaomi (CN) of Xiaomi (CN), a customer's name below a name of the host",
    );
    of(
        "fds.example.com",
        "Xiaomi Technology India (IN) of Xiaomi (CN)",
    );
}

#[test]
fn a_company_is_of_its_group_for_its_time_only() {
    let of = |day, want| check(&[("x.toml", XIAOMI)], "in.mi.com", day, want);
    let other = "the catalogue knows the name for another time only";
    of("2018-04-30", other);
    of("2018-05-01", "Xiaomi Technology India (IN) of Xiaomi (CN)");
    of("2023-01-31", "Xiaomi Technology India (IN) of Xiaomi (CN)");
    of("2023-02-01", other);
    let (catalogue, ..) = load(&[("x.toml", XIAOMI)]).unwrap();
    let hit = catalogue.find(&Text::from("in.mi.com")).unwrap();
    let days: Vec<i32> = catalogue.days(&hit).collect();
    assert_eq!(days, [17_652, 19_389]);
}

#[test]
fn networks_have_operators() {
    let (catalogue, ..) = load(&[("x.toml", XIAOMI)]).unwrap();
    let operator = catalogue.operator(59_019, None).unwrap();
    assert_eq!(
        (&*operator.name, operator.parent.as_ref()),
        ("Xiaomi", None)
    );
    assert_eq!(&*operator.source, "x.toml, as of 2026-06-30 (AS59019)");
    assert!(Arc::ptr_eq(
        &operator,
        &catalogue.operator(59_019, None).unwrap()
    ));
    assert_eq!(catalogue.operator(64_501, None), None);
    let operator = catalogue.operator(64_501, Some(at("2020-01-01"))).unwrap();
    assert_eq!(operator.country.code(), "IN");
    let (name, country) = operator.top();
    assert_eq!((&**name, country.code()), ("Xiaomi", "CN"));
    assert_eq!(catalogue.operator(1, None), None);
}

const TRACKERS: &str = r#"{
    "timeUpdated": "2026-05-04T03:00:00Z",
    "categories": {"4": "advertising", "6": "site_analytics", "9": "cdn"},
    "trackers": {
        "admob": {"name": "AdMob", "categoryId": 4, "companyId": "google"},
        "cdn": {"name": "C", "categoryId": 9, "companyId": "cdn_inc"},
        "nobody": {"name": "N", "categoryId": 4, "companyId": null}
    },
    "trackerDomains": {
        "Admob.com": "admob", "c.example": "cdn", "n.example": "nobody", "bad name": "admob",
        "gone.example": "gone", "mi.com": "admob"
    }
}"#;

const COMPANIES: &str =
    r#"{"companies": {"google": {"name": "Google"}, "x": {"name": ""}, "y": 3}}"#;

#[test]
fn companiesdb_names_companies_without_countries() {
    let both = [("trackers.json", TRACKERS), ("companies.json", COMPANIES)];
    check(
        &both,
        "x.admob.com",
        "2026-01-01",
        "Google (?) of Google (?), advertising",
    );
    check(
        &both,
        "c.example",
        "2026-01-01",
        "cdn_inc (?) of cdn_inc (?)",
    );
    check(&both, "n.example", "2026-01-01", "");
    let (_, sources, warnings) = load(&both).unwrap();
    assert!(warnings.is_empty());
    let [trackers, companies] = sources.as_slice() else {
        panic!("{sources:?}");
    };
    assert_eq!(trackers.date.as_deref(), Some("2026-05-04"));
    assert_eq!(
        trackers.description,
        "AdGuard companiesdb: 2 groups, 2 companies, 3 names, 0 networks"
    );
    assert_eq!(
        companies.description,
        "AdGuard companiesdb: 1 names of companies"
    );
    let (_, _, warnings) = load(&[("companies.json", COMPANIES)]).unwrap();
    assert_eq!(warnings.len(), 1);
}

#[test]
fn disconnects_lists_are_read() {
    let services = r#"{"license": "x", "categories": {
        "Advertising": [{"Ad Co": {"https://ad.example/": ["ad.example", "ad2.example"], "dnt": "eff"}}],
        "Content": [{"Host Co": {"https://h.example/": ["h.example", "ad2.example"]}}, 7]}}"#;
    let entities =
        r#"{"entities": {"Prop Co": {"properties": ["p.example"], "resources": ["r.example"]}}}"#;
    let both = [("services.json", services), ("entities.json", entities)];
    check(
        &both,
        "a.ad.example",
        "2026-01-01",
        "Ad Co (?) of Ad Co (?), advertising",
    );
    check(
        &both,
        "h.example",
        "2026-01-01",
        "Host Co (?) of Host Co (?)",
    );
    check(
        &both,
        "r.example",
        "2026-01-01",
        "Prop Co (?) of Prop Co (?)",
    );
    // Two claim it: nobody has it.
    check(&both, "ad2.example", "2026-01-01", "advertising");
}

#[test]
fn the_first_file_is_asked_first() {
    let own = XIAOMI
        .replace("Xiaomi Corporation", "Other")
        .replace("CN", "SG");
    let files = [("own.toml", own.as_str()), ("x.toml", XIAOMI)];
    check(&files, "mi.com", "2020-01-01", "Xiaomi (SG) of Xiaomi (SG)");
    let (catalogue, sources, _) = load(&files).unwrap();
    let who = catalogue.owner(&Text::from("mi.com"), at("2020-01-01"));
    assert_eq!(&*who.owner.unwrap().said_by, "own.toml, as of 2026-06-30");
    assert_eq!(sources.len(), 2);
    let files = [
        ("a/x.toml", own.as_str()),
        ("b/x.toml", XIAOMI),
        ("c.toml", XIAOMI),
    ];
    let (_, sources, warnings) = load(&files).unwrap();
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["x.toml", "x.toml#2"]);
    assert_eq!(warnings, ["c.toml is loaded already: it is asked once"]);
}

#[test]
fn a_seat_comes_from_a_later_file_only_for_the_same_company() {
    let other = [("trackers.json", TRACKERS), ("x.toml", XIAOMI)];
    check(
        &other,
        "mi.com",
        "2020-01-01",
        "google (?) of google (?), advertising",
    );
    let renamed = TRACKERS.replace("\"google\"", "\"xiaomi\"");
    let same = [("trackers.json", renamed.as_str()), ("x.toml", XIAOMI)];
    check(
        &same,
        "mi.com",
        "2020-01-01",
        "xiaomi (CN) of Xiaomi (CN), advertising",
    );
    let (catalogue, ..) = load(&same).unwrap();
    let who = catalogue.owner(&Text::from("mi.com"), at("2020-01-01"));
    assert_eq!(
        &*who.owner.unwrap().said_by,
        "trackers.json; seat from x.toml, as of 2026-06-30"
    );
}

#[track_caller]
fn refused(text: &str, want: &str) {
    let got = load(&[("f", text)]).err().map(|error| error.to_string());
    let got = got.unwrap_or_else(|| panic!("{text} was taken"));
    assert!(got.contains(want), "{got}");
    assert!(!got.contains('\n') && got.len() < 700, "{got}");
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let change = |from: &str, to: &str, want: &str| {
        let text = XIAOMI.replacen(from, to, 1);
        assert_ne!(text, XIAOMI, "{from}");
        refused(&text, want);
    };
    change(
        "\"handset vendor\"",
        "\"handset\"",
        "line 8, column 10: `handset` is no role",
    );
    change(
        "seat = \"CN\"",
        "seat = \"UK\"",
        "line 6, column 8: `UK` is no country code",
    );
    change(
        "seat = \"CN\"",
        "sate = \"CN\"",
        "line 6, column 1: `sate` is no key of [group]",
    );
    change(
        "2026-06-30",
        "2026-06-31",
        "line 9, column 9: `2026-06-31`: a day stands here as",
    );
    change(
        "\"mi.com\"",
        "\"*.mi.com\"",
        "`*.mi.com`: names stand here as example.com",
    );
    change("\"mi.com\"", "\"www.mi.com\"", "`www.mi.com`: names");
    change("\"mi.com\"", "\"Mi.com\"", "`Mi.com`: names");
    change(
        "\"mi.com\"",
        "7",
        "line 16, column 12: `domains` must be a text in quotes",
    );
    change(
        "\"in.mi.com\"",
        "\"miui.com\"",
        "`miui.com` stands here and with Xiaomi",
    );
    change("64501", "59019", "`59019` stands here and with Xiaomi");
    change("64501", "-1", "`asns` must hold numbers");
    change(
        "id = \"xiaomi-india\"",
        "id = \"xiaomi\"",
        "`xiaomi` stands here and with Xiaomi",
    );
    change(
        "parent = \"xiaomi\"",
        "parent = \"mi\"",
        "`mi` is the id of no company here",
    );
    change(
        "parent = \"xiaomi\"",
        "parent = \"xiaomi-india\"",
        "its own parent's parent",
    );
    change(
        "connect.rom.miui.com",
        "connect.rom.example.org",
        "is under no domain of this file",
    );
    change(
        "captive portal check",
        "captive portal",
        "is no function that is known",
    );
    change("2018-05-01", "2024-05-01", "`until` is not after `since`");
    change(
        "name = \"Xiaomi\"\nseat",
        "nam = \"Xiaomi\"\nseat",
        "`nam` is no key of [[company]]",
    );
    change("[[company]]", "[company]", "line");
    refused("", "no [group]");
    refused("[group]\nname = \"A\"\nseat = \"CN\"", "no [[company]]");
    refused("group = 3", "must be a table, [group]");
    refused("<html>", "line 1, column ");
    refused("\u{0}\u{1b}[2J", "line 1, column ");
    refused("{", "line 1, column 1: JSON: EOF while parsing an object");
    refused("{\"a\": {}}", "JSON, but no list of owners");
    refused("{\"trackerDomains\": {}}", "JSON, but no list of owners");
    refused(&"{\"a\":".repeat(100_000), "JSON: recursion limit exceeded");
    refused(&format!("a = {}", "[".repeat(100_000)), "line 1, column ");
}

#[test]
fn bytes_that_are_no_text_and_files_without_end_are_refused() {
    let add = |bytes: Vec<u8>| {
        let path = PathBuf::from("f");
        let added = Catalogue::default().add_own(&[OwnFile { path, bytes }], &mut Vec::new());
        added.unwrap_err().to_string()
    };
    assert_eq!(
        add(b"[group]\xff".to_vec()),
        "f: at byte 7: not UTF-8: a catalogue of owners is text, TOML or JSON"
    );
    assert!(add(vec![b' '; 16 << 20]).contains("larger than 16 MiB"));
}

#[test]
fn days_are_counted_as_calendars_do() {
    let since_1970 = |text: &str| form::days(text);
    assert_eq!(since_1970("1970-01-01"), Some(0));
    assert_eq!(since_1970("1969-12-31"), Some(-1));
    assert_eq!(since_1970("2000-02-29"), Some(11_016));
    assert_eq!(since_1970("2026-06-30"), Some(20_634));
    for wrong in [
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-1-01",
        "+026-01-01",
        "",
        "é026-01-01",
    ] {
        assert_eq!(since_1970(wrong), None, "{wrong}");
    }
}

/// What the build could not ask: countries are assigned, and no name is a public suffix.
#[test]
fn the_embedded_catalogue_names_countries_and_registered_domains() {
    let assigned = |code: &Words| country(code).is_some_and(|country| country.name().is_some());
    for group in OWNERS.groups.iter() {
        assert!(assigned(&group.seat), "{}", group.name);
        let elsewhere = &group.incorporated;
        assert!(
            elsewhere.is_empty() || assigned(elsewhere),
            "{}",
            group.name
        );
        assert!(
            elsewhere != &group.seat,
            "{}: incorporated at its seat",
            group.name
        );
    }
    for company in OWNERS.companies.iter() {
        assert!(assigned(&company.seat), "{}", company.name);
    }
    for entry in OWNERS.domains.iter() {
        let domain = psl::domain(entry.name.as_bytes());
        let icann = psl::suffix(entry.name.as_bytes()).and_then(|suffix| suffix.typ());
        let private = psl::suffix(entry.name.as_bytes())
            .is_some_and(|suffix| suffix.as_bytes() == entry.name.as_bytes())
            && icann == Some(psl::Type::Private);
        assert!(
            domain.is_some() || private,
            "{} is a public suffix",
            entry.name
        );
    }
    assert!(OWNERS.domains.is_sorted_by(|a, b| a.name < b.name));
    assert!(OWNERS.asns.is_sorted_by(|a, b| a.0 < b.0));
}
