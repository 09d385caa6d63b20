//! Databases that are much older or newer than the traffic.
//!
//! In:   the dates of the sources, and of the first and last packet.
//! Out:  one warning for each distance and direction, in words.
//!
//! Addresses move: measured on ranges published within the last year, a database without them
//! is right for two thirds only.

use crate::language::{WORDS, fill};
use crate::model::{DataSource, Time};

const DAY_SECONDS: i64 = 86_400;
/// Worth a word.
const NOTABLE_DAYS: i64 = 90;
/// Worth a warning.
const FAR_DAYS: i64 = 365;

/// How far a source is from the traffic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Distance {
    days: i64,
    /// The source is older than the traffic.
    older: bool,
}

/// Warnings about sources that are more than 90 days from the traffic between `first` and
/// `last`; louder ones past a year.
pub(super) fn warnings(sources: &[DataSource], first: Time, last: Time) -> Vec<String> {
    let mut warnings = Vec::new();
    let is_owners = |source: &&DataSource| source.gives == ["owners"];
    let (owners, sources): (Vec<&DataSource>, Vec<&DataSource>) =
        sources.iter().partition(is_owners);
    let days = |source: &&DataSource| Some((source.built?, source.name.clone()));
    for (built, name) in owners.iter().filter_map(days) {
        let distance = distance(built, first, last);
        if distance.days > NOTABLE_DAYS {
            let direction = if distance.older { "older" } else { "newer" };
            warnings.push(format!(
                "owners: the entries of {name} are {} days or more {direction} than the traffic; \
                 companies may have been sold in between",
                distance.days
            ));
        }
    }
    for (far, older) in [(true, true), (true, false), (false, true), (false, false)] {
        let concerned = sources.iter().filter_map(|source| {
            let distance = distance(source.built?, first, last);
            let is_far = distance.days > FAR_DAYS;
            let fits = distance.days > NOTABLE_DAYS && is_far == far && distance.older == older;
            fits.then_some((*source, distance.days))
        });
        let concerned: Vec<(&DataSource, i64)> = concerned.collect();
        if let Some(most) = concerned.iter().map(|(_, days)| *days).max() {
            warnings.push(sentence(&concerned, most, far, older));
        }
    }
    warnings
}

/// From the far end of the traffic to the source.
fn distance(built: i64, first: Time, last: Time) -> Distance {
    let seconds = |time: Time| time.0.div_euclid(1_000_000_000);
    let after = seconds(last).saturating_sub(built);
    let before = built.saturating_sub(seconds(first));
    Distance {
        days: after.max(before).div_euclid(DAY_SECONDS),
        older: after >= before,
    }
}

fn sentence(concerned: &[(&DataSource, i64)], most: i64, far: bool, older: bool) -> String {
    let names = concerned.iter().map(|(source, _)| {
        let date = source.date.as_deref().unwrap_or("?");
        fill(WORDS.units.coded, &[&source.name, date])
    });
    let names = names.reduce(|one, other| fill(WORDS.units.and, &[&one, &other]));
    let forms = match (far, older) {
        (true, true) => WORDS.age.far_older,
        (true, false) => WORDS.age.far_newer,
        (false, true) => WORDS.age.older,
        (false, false) => WORDS.age.newer,
    };
    let number = u64::try_from(concerned.len()).unwrap_or(u64::MAX);
    fill(
        WORDS.form(number, forms),
        &[&names.unwrap_or_default(), &most.to_string()],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_NS: i64 = 86_400_000_000_000;

    fn source(name: &str, day: i64) -> DataSource {
        DataSource {
            name: name.to_owned(),
            origin: String::new(),
            description: String::new(),
            date: Some(format!("day {day}")),
            built: Some(day * DAY_SECONDS),
            sha256: String::new(),
            credit: None,
            link: None,
            gives: Vec::new(),
        }
    }

    #[track_caller]
    fn check(days: &[i64], first: i64, last: i64, want: &[&str]) {
        let sources: Vec<DataSource> = days.iter().map(|day| source("db", *day)).collect();
        let got = warnings(&sources, Time(first * DAY_NS), Time(last * DAY_NS));
        let heads: Vec<&str> = got
            .iter()
            .filter_map(|words| words.split("; ").next())
            .collect();
        assert_eq!(heads, want);
    }

    #[test]
    fn two_distances_and_two_directions_are_told_apart() {
        check(&[1000], 1000, 1090, &[]);
        check(
            &[1000],
            1000,
            1091,
            &[
                "place data: db (day 1000) is up to 91 days older than the traffic, more than 90 days",
            ],
        );
        check(
            &[1000, 1016],
            1400,
            1400,
            &[
                "place data: db (day 1000) and db (day 1016) are up to 400 days older than the traffic, more than a year",
            ],
        );
        check(
            &[1000],
            1,
            900,
            &[
                "place data: db (day 1000) is up to 999 days newer than the traffic, more than a year",
            ],
        );
        check(&[1000], 950, 1050, &[]);
    }

    #[test]
    fn companies_are_sold_and_addresses_move() {
        let mut owners = source("owners", 1000);
        owners.gives = vec!["owners"];
        let warnings = |day: i64| {
            let time = Time(day * DAY_NS);
            super::warnings(std::slice::from_ref(&owners), time, time)
        };
        assert!(warnings(1090).is_empty());
        assert_eq!(
            warnings(1091),
            [
                "owners: the entries of owners are 91 days or more older than the traffic; companies \
              may have been sold in between"
            ]
        );
    }

    #[test]
    fn impossible_times_do_no_harm() {
        assert!(!warnings(&[source("db", 20_000)], Time(i64::MIN), Time(i64::MAX)).is_empty());
    }
}
