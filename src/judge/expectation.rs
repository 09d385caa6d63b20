//! What the user expects, as written on the command line.
//!
//! In:   `IN,SG,@EEA`: country codes and named groups, in any case, parted by commas or spaces.
//! Out:  an [`Expectation`]; or an [`Error`] that names the word and what was probably meant.
//! Spec: ISO 3166-1 alpha-2, and `XK`; groups as of `data/groups.toml`.

use crate::Error;
use crate::data::{GROUPS, Group};
use crate::model::{ConditionalMember, Country, Expectation, ExpectedGroup};
use std::collections::BTreeSet;

/// The longest piece of a wrong word that an error repeats.
const SHOWN_CHARACTERS: usize = 40;

/// What the user expects.
///
/// # Errors
/// Where a code or group is not known, or nothing is named.
pub fn parse_expectation(written: &str) -> Result<Expectation, Error> {
    let mut countries: BTreeSet<Country> = BTreeSet::new();
    let mut groups: Vec<ExpectedGroup> = Vec::new();
    let mut conditional: Vec<ConditionalMember> = Vec::new();
    let words = written
        .split([',', ';', ' ', '\t'])
        .filter(|word| !word.is_empty());
    for word in words {
        if let Some(name) = word.strip_prefix('@') {
            let group = group(name).ok_or_else(|| unknown_group(name))?;
            countries.extend(group.members.iter().filter_map(|code| Country::new(code)));
            conditional.extend(conditions(group));
            let entry = ExpectedGroup {
                name: format!("@{}", group.name),
                title: group.title.into(),
                date: group.as_of.into(),
                source: group.source.into(),
                note: group.note.into(),
            };
            if !groups.contains(&entry) {
                groups.push(entry);
            }
        } else {
            countries.insert(assigned(word).ok_or_else(|| unknown_code(word))?);
        }
    }
    if countries.is_empty() {
        return Err(Error::Usage(
            "no country is expected: name country codes or groups, such as IN,SG,@EEA".to_owned(),
        ));
    }
    Ok(Expectation {
        written: written.trim().to_owned(),
        countries: countries.into_iter().collect(),
        groups,
        conditional: sorted(conditional),
    })
}

/// The members of a group under a condition, on the day for which its list is right.
fn conditions(group: &'static Group) -> impl Iterator<Item = ConditionalMember> {
    let now = group
        .memberships
        .iter()
        .filter(|one| one.from <= group.as_of_day && group.as_of_day < one.until);
    let conditional = now.filter(|one| !one.condition.is_empty());
    conditional.filter_map(|one| {
        Some(ConditionalMember {
            country: Country::new(one.country)?,
            group: format!("@{}", group.name),
            condition: one.condition.into(),
        })
    })
}

fn sorted(mut members: Vec<ConditionalMember>) -> Vec<ConditionalMember> {
    members.sort_by(|a, b| (a.country, &a.group).cmp(&(b.country, &b.group)));
    members.dedup();
    members
}

fn assigned(code: &str) -> Option<Country> {
    Country::new(code).filter(|country| country.name().is_some())
}

/// The country with that code; else what is wrong with it.
pub(super) fn country(code: &str) -> Result<Country, String> {
    assigned(code).ok_or_else(|| match unknown_code(code) {
        Error::Usage(words) => words,
        other => other.to_string(),
    })
}

fn group(name: &str) -> Option<&'static Group> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    GROUPS
        .iter()
        .find(|group| is(&group.name) || group.aliases.iter().any(&is))
}

fn unknown_group(name: &str) -> Error {
    let known: Vec<String> = GROUPS
        .iter()
        .map(|group| format!("@{}", group.name))
        .collect();
    let meant = match assigned(name) {
        Some(country) => format!("; did you mean the country {country}?"),
        None => nearest(name, GROUPS.iter().map(|group| group.name))
            .map_or(String::new(), |near| format!("; did you mean @{near}?")),
    };
    Error::Usage(format!(
        "@{}: no such group{meant} (groups: {})",
        shown(name),
        known.join(" ")
    ))
}

fn unknown_code(word: &str) -> Error {
    let meant = meant(word).map_or(String::new(), |meant| format!("; did you mean {meant}?"));
    Error::Usage(format!(
        "{}: no country code of ISO 3166-1{meant}",
        shown(word)
    ))
}

/// The country or group that `word` was probably meant for.
fn meant(word: &str) -> Option<String> {
    let named = |code: &str| {
        let country = assigned(code)?;
        Some(format!("{country} ({})", country.name()?))
    };
    if let Some(group) = group(word) {
        return Some(format!("@{}", group.name));
    }
    match word.to_ascii_uppercase().as_str() {
        "UK" => return named("GB"),
        "EL" => return named("GR"),
        "USA" => return named("US"),
        "PRC" => return named("CN"),
        "UAE" => return named("AE"),
        _ => {}
    }
    let all = Country::all();
    let by_name = all.iter().find(|(_, name)| name.eq_ignore_ascii_case(word));
    if let Some((code, _)) = by_name {
        return named(code);
    }
    if word.chars().count() <= 3 {
        return None;
    }
    let near = nearest(word, all.iter().map(|(_, name)| *name))?;
    let (code, _) = all.iter().find(|(_, name)| *name == near)?;
    named(code)
}

/// The candidate with the fewest changed letters, if they are few for its length.
fn nearest(word: &str, candidates: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let word: Vec<char> = word
        .chars()
        .take(SHOWN_CHARACTERS)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let scored = candidates.map(|candidate| (changes(&word, candidate), candidate));
    let (cost, best) = scored.min_by_key(|(cost, _)| *cost)?;
    (cost.saturating_mul(3) <= best.chars().count()).then_some(best)
}

/// Letters to change, add or remove to get from `one` to `other`.
fn changes(one: &[char], other: &str) -> usize {
    let mut row: Vec<usize> = (0..=one.len()).collect();
    for (number, letter) in other.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut diagonal = number;
        let mut left = number.saturating_add(1);
        let mut next = vec![left];
        for (own, above) in one.iter().zip(row.iter().skip(1)) {
            let changed = diagonal.saturating_add(usize::from(*own != letter));
            left = changed
                .min(left.saturating_add(1))
                .min(above.saturating_add(1));
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// A word of the user's, not too long. Whoever prints it escapes it.
fn shown(word: &str) -> String {
    word.chars().take(SHOWN_CHARACTERS).collect()
}
