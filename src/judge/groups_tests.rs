//! Memberships and their days.
#![allow(clippy::unwrap_used)]

use super::*;
use std::collections::BTreeSet;

/// Every membership that began or ended, written down apart from the data: group, first day, last
/// day, codes; `?` where it hangs on a condition. A day that is moved in either place fails.
const DAYS: &str = "
EU 1995-01-01 - AT AX FI SE
EU 2004-05-01 - CY CZ EE HU LT LV MT PL SI SK
EU 2007-01-01 - BG RO
EU 2013-07-01 - HR
EU 2014-01-01 - YT
EU - 2011-12-31 BL
EU - 2020-01-31 GB GI
EEA 1994-01-01 - AT AX FI IS NO SE
EEA 1995-05-01 - LI
EEA 2004-05-01 - CY CZ EE HU LT LV MT PL SI SK
EEA 2007-08-01 - BG RO
EEA 2014-04-12 - HR
EEA 2014-01-01 - YT
EEA - 2011-12-31 BL
EEA - 2020-12-31 GB GI
EU-ADEQUATE 2000-07-26 - CH
EU-ADEQUATE 2000-07-26 2004-04-30 HU
EU-ADEQUATE 2000-11-01 2015-10-06 US?
EU-ADEQUATE 2016-08-01 2020-07-16 US?
EU-ADEQUATE 2023-07-10 - US?
EU-ADEQUATE 2001-12-20 - CA?
EU-ADEQUATE 2003-06-30 - AR
EU-ADEQUATE 2003-11-21 - GG
EU-ADEQUATE 2004-04-28 - IM
EU-ADEQUATE 2008-05-08 - JE
EU-ADEQUATE 2010-03-05 - FO
EU-ADEQUATE 2010-10-19 - AD
EU-ADEQUATE 2011-01-31 - IL
EU-ADEQUATE 2012-08-21 - UY
EU-ADEQUATE 2012-12-19 - NZ
EU-ADEQUATE 2019-01-23 - JP?
EU-ADEQUATE 2021-01-01 2021-06-27 GB?
EU-ADEQUATE 2021-06-28 2025-06-27 GB
EU-ADEQUATE 2025-06-28 2025-12-27 GB
EU-ADEQUATE 2025-12-28 2031-12-27 GB
EU-ADEQUATE 2021-12-17 - KR?
EU-ADEQUATE 2026-01-26 - BR?
UK-ADEQUATE 2021-01-01 - AD AR AT AX BE BG CA? CH CY CZ DE DK EE ES FI FO FR GF GG GI GP GR HR
UK-ADEQUATE 2021-01-01 - HU IE IL IM IS IT JE JP? LI LT LU LV MF MQ MT NL NO NZ PL PT RE RO SE SI
UK-ADEQUATE 2021-01-01 - SK UY YT
UK-ADEQUATE 2022-12-19 - KR
UK-ADEQUATE 2023-10-12 - US?
CONVENTION-108 2010-09-01 - AZ
CONVENTION-108 2011-01-01 - UA
CONVENTION-108 2012-09-01 - AM
CONVENTION-108 2013-08-01 - UY
CONVENTION-108 2013-09-01 - RU
CONVENTION-108 2015-09-01 - SM
CONVENTION-108 2016-09-01 - TR
CONVENTION-108 2016-10-01 - MU
CONVENTION-108 2016-12-01 - SN
CONVENTION-108 2017-11-01 - TN
CONVENTION-108 2018-10-01 - CV MX
CONVENTION-108 2019-06-01 - AR
CONVENTION-108 2019-09-01 - MA
EFTA - 1994-12-31 AT FI SE
ASEAN 1995-07-28 - VN
ASEAN 1997-07-23 - LA MM
ASEAN 1999-04-30 - KH
ASEAN 2025-10-26 - TL
GLOBAL-CBPR 2022-04-21 - CA JP KR PH SG TW US
GLOBAL-CBPR 2022-04-21 2022-08-31 AU?
GLOBAL-CBPR 2022-09-01 - AU
GLOBAL-CBPR 2022-04-21 2023-12-31 MX?
GLOBAL-CBPR 2024-01-01 - MX
SAARC 2007-04-03 - AF
BRICS 2009-06-16 - BR CN IN RU
BRICS 2010-12-24 - ZA
BRICS 2024-01-01 - AE EG ET IR
BRICS 2025-01-06 - ID
SCO 2001-06-15 - CN KG KZ RU TJ UZ
SCO 2017-06-09 - IN PK
SCO 2023-07-04 - IR
SCO 2024-07-04 - BY
EAEU 2015-01-01 - BY KZ RU
EAEU 2015-01-02 - AM
EAEU 2015-08-12 - KG
CIS - 2009-08-17 GE
CIS - 2025-12-31 MD
CIS 2026-01-01 - MD?
COMMONWEALTH - 2003-12-07 ZW
COMMONWEALTH 2009-11-29 - RW
COMMONWEALTH - 2013-10-03 GM
COMMONWEALTH 2018-02-08 - GM
COMMONWEALTH - 2016-10-13 MV
COMMONWEALTH 2020-02-01 - MV
COMMONWEALTH 2022-06-25 - GA TG
USMCA 2020-07-01 - CA MX US
CPTPP 2018-12-30 - AU CA JP MX NZ SG
CPTPP 2019-01-14 - VN
CPTPP 2021-09-19 - PE
CPTPP 2022-11-29 - MY
CPTPP 2023-02-21 - CL
CPTPP 2023-07-12 - BN
CPTPP 2024-12-15 - GB
US-COUNTRIES-OF-CONCERN 2025-04-08 - CN CU HK IR KP MO RU VE
OECD 1994-05-18 - MX
OECD 1995-12-21 - CZ
OECD 1996-05-07 - HU
OECD 1996-11-22 - PL
OECD 1996-12-12 - KR
OECD 2000-12-14 - SK
OECD 2010-05-07 - CL
OECD 2010-07-21 - SI
OECD 2010-09-07 - IL
OECD 2010-12-09 - EE
OECD 2016-07-01 - LV
OECD 2018-07-05 - LT
OECD 2020-04-28 - CO
OECD 2021-05-25 - CR
";

fn at(time: &str) -> Time {
    let time: jiff::Timestamp = time.parse().unwrap();
    Time(i64::try_from(time.as_nanosecond()).unwrap())
}

fn of(code: &str) -> Country {
    Country::new(code).unwrap()
}

#[test]
fn every_day_is_the_one_that_was_written_down_apart() {
    let day_of = |time: Option<Time>, less: i64| {
        let Some(time) = time else {
            return "-".to_owned();
        };
        let second = time.0 / 1_000_000_000 - less;
        let instant = jiff::Timestamp::from_second(second).unwrap();
        let text = instant.to_string();
        // A membership begins and ends with a day.
        assert!(less == 1 || text.ends_with("T00:00:00Z"), "{text}");
        text.split('T').next().unwrap().to_owned()
    };
    let mut found = BTreeSet::new();
    for group in GROUPS {
        for one in known(group.name).unwrap().memberships() {
            if one.from.is_none() && one.until.is_none() {
                assert!(one.condition.is_none(), "{}", group.name);
                continue;
            }
            let mark = if one.condition.is_some() { "?" } else { "" };
            found.insert(format!(
                "{} {} {} {}{mark}",
                group.name,
                day_of(one.from, 0),
                day_of(one.until, 1),
                one.country
            ));
        }
    }
    let mut wanted = BTreeSet::new();
    for line in DAYS.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let head: Vec<&str> = words.by_ref().take(3).collect();
        wanted.extend(words.map(|code| format!("{} {code}", head.join(" "))));
    }
    let moved: Vec<_> = found.symmetric_difference(&wanted).collect();
    assert!(moved.is_empty(), "{moved:#?}");
}

#[track_caller]
fn check(group: &str, code: &str, time: &str, want: Truth) {
    let group = known(group).unwrap();
    let (truth, membership) = group.member(of(code), at(time));
    assert_eq!(truth, want, "{} {code} {time}", group.name);
    let condition = membership.and_then(|one| one.condition.as_ref());
    assert_eq!(condition.is_some(), want == Truth::Maybe);
}

#[test]
fn membership_is_that_of_the_instant() {
    check("EU", "GB", "2020-01-31T23:59:59Z", Truth::Yes);
    check("EU", "GB", "2020-02-01T00:00:00Z", Truth::No);
    check("EEA", "GB", "2020-12-31T23:59:59.999999999Z", Truth::Yes);
    check("EEA", "GB", "2021-01-01T00:00:00Z", Truth::No);
    check("EU", "FR", "1999-01-01T00:00:00Z", Truth::Yes);
    check("EU", "HR", "2013-06-30T23:59:59Z", Truth::No);
    check("EU", "HR", "2013-07-01T00:00:00Z", Truth::Yes);
    check("eu27", "US", "2020-01-01T00:00:00Z", Truth::No);
    check("EU-ADEQUATE", "US", "2015-01-01T00:00:00Z", Truth::Maybe);
    check("EU-ADEQUATE", "US", "2016-01-01T00:00:00Z", Truth::No);
    check("EU-ADEQUATE", "US", "2022-01-01T00:00:00Z", Truth::No);
    check("EU-ADEQUATE", "US", "2024-01-01T00:00:00Z", Truth::Maybe);
    check("EU-ADEQUATE", "CN", "2024-01-01T00:00:00Z", Truth::No);
    check("EU-ADEQUATE", "GB", "2020-06-01T00:00:00Z", Truth::No);
    check("EU-ADEQUATE", "GB", "2025-12-28T00:00:00Z", Truth::Yes);
    check("BRICS", "IR", "2023-12-31T00:00:00Z", Truth::No);
    check("COMMONWEALTH", "MV", "2018-01-01T00:00:00Z", Truth::No);
    assert!(known("NO-SUCH").is_none());
}

#[test]
fn groups_have_as_many_members_as_they_say() {
    let count = |name: &str, time: &str| {
        let group = known(name).unwrap();
        let is = |country: &Country| group.member(*country, at(time)).0 == Truth::Yes;
        every_country().filter(is).count()
    };
    assert_eq!(count("CONVENTION-108", "2025-06-01T00:00:00Z"), 55);
    assert_eq!(count("COMMONWEALTH", "2025-06-01T00:00:00Z"), 56);
    assert_eq!(count("CPTPP", "2025-06-01T00:00:00Z"), 12);
    assert_eq!(count("GLOBAL-CBPR", "2025-06-01T00:00:00Z"), 9);
    assert_eq!(count("SCO", "2025-06-01T00:00:00Z"), 10);
    // With the seven territories that have codes of their own.
    assert_eq!(count("EU", "2025-06-01T00:00:00Z"), 27 + 7);
    assert_eq!(count("EU", "2019-06-01T00:00:00Z"), 28 + 8);
    assert_eq!(count("OECD", "2025-06-01T00:00:00Z"), 38);
}

#[track_caller]
fn read(text: &str) -> Result<Groups, String> {
    let document = crate::model::form::parse(text).unwrap();
    Groups::read(&Entry::root(&document)).map_err(|fault| {
        let (line, column) = fault.place(text);
        format!("{line}:{column}: {}", fault.what)
    })
}

#[test]
fn users_add_groups_and_put_their_own_before_ours() {
    let groups = read(
        "[[group]]\nname = \"EU\"\ntitle = \"Ours\"\nas_of = \"2026-01-01\"\nmembers = [\"XK\"]\n\
         [[group.membership]]\nmembers = \"AL\"\nfrom = \"2026-07-01\"\n",
    )
    .unwrap();
    let eu = groups.find("eu").unwrap();
    let then = at("2026-06-30T12:00:00Z");
    assert_eq!(eu.member(of("XK"), then).0, Truth::Yes);
    assert_eq!(eu.member(of("AL"), then).0, Truth::No);
    assert_eq!(
        eu.member(of("AL"), at("2026-07-01T00:00:00Z")).0,
        Truth::Yes
    );
    assert_eq!(eu.member(of("FR"), then).0, Truth::No);
    assert_eq!(
        groups.find("eea").unwrap().title.as_ref(),
        "European Economic Area"
    );
}

#[test]
fn what_is_wrong_with_a_group_is_said_with_its_place() {
    let check = |text: &str, want: &str| {
        let got = read(text).unwrap_err();
        assert!(got.starts_with(want), "{got}");
    };
    let head = "[[group]]\nname = \"A\"\ntitle = \"T\"\nas_of = \"2026-01-01\"\n";
    check(
        &format!("{head}members = [\"ZZ\"]\n"),
        "5:12: ZZ: no country code",
    );
    check(head, "1:1: a group has no members");
    check(
        &format!("{head}member = [\"FR\"]\n"),
        "5:1: `member` is no key",
    );
    check(
        &format!("{head}members = \"FR FR\"\n"),
        "5:11: `FR` is a member twice",
    );
    check(
        &format!("{head}[[group.membership]]\nmembers = \"FR\"\nfrom = \"2026-02-30\"\n"),
        "7:8: `2026-02-30` is no day",
    );
    check(
        &format!(
            "{head}[[group.membership]]\nmembers = \"FR\"\nfrom = \"2026-02-02\"\nuntil = \
             \"2026-02-01\"\n"
        ),
        "8:9: `until` is before `from`",
    );
}

#[test]
fn a_list_joins_its_countries_and_groups() {
    let words = ["IN", "@EEA", "@EU-ADEQUATE"].map(|word| Placed {
        value: word.to_owned(),
        at: 0,
    });
    let list = Countries::read(&words, &Groups::default()).unwrap();
    let then = at("2024-01-01T00:00:00Z");
    assert_eq!(list.holds(of("IN"), then), Truth::Yes);
    assert_eq!(list.holds(of("NO"), then), Truth::Yes);
    assert_eq!(list.holds(of("US"), then), Truth::Maybe);
    assert_eq!(list.holds(of("CN"), then), Truth::No);
    let (group, one) = list.condition(of("US"), then).unwrap();
    assert_eq!(group.name.as_ref(), "@EU-ADEQUATE");
    let words = one.condition.as_deref().unwrap();
    assert!(words.contains("Data Privacy Framework"));
    assert!(list.condition(of("NO"), then).is_none());
}
