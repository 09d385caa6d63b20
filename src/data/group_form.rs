//! The form of a group of countries, embedded or a user's own.
//!
//! In:   a table of TOML.
//! Out:  a [`GroupForm`]: every membership with its days; or a [`Fault`] with its place.
//!
//! `build.rs` reads the embedded groups with this very code. Whether a code is that of a country
//! is asked elsewhere.

use crate::model::form::{Entry, Fault, Placed, shown};

/// The keys of a group.
pub(crate) const GROUP_KEYS: &[&str] = &[
    "name",
    "aliases",
    "title",
    "as_of",
    "source",
    "note",
    "members",
    "territories",
    "membership",
];

/// The keys of a membership with days.
pub(crate) const MEMBERSHIP_KEYS: &[&str] = &["members", "from", "until", "condition", "source"];

/// A group as it was read.
#[derive(Debug)]
pub(crate) struct GroupForm {
    pub(crate) name: Placed<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) title: String,
    pub(crate) as_of: Placed<String>,
    pub(crate) source: String,
    pub(crate) note: String,
    pub(crate) memberships: Vec<MembershipForm>,
}

/// A membership: of one country, over one stretch of days.
#[derive(Clone, Debug)]
pub(crate) struct MembershipForm {
    /// The country's code, not yet checked.
    pub(crate) country: Placed<String>,
    /// First day, in days since 1970-01-01; `i32::MIN` where it has none.
    pub(crate) from: i32,
    /// First day after it; `i32::MAX` where it goes on.
    pub(crate) until: i32,
    /// What must be true beside, that no capture shows; empty for nothing.
    pub(crate) condition: String,
    pub(crate) source: String,
}

/// Reads one group.
pub(crate) fn group(entry: &Entry<'_>) -> Result<GroupForm, Fault> {
    entry.knows(GROUP_KEYS)?;
    let name = entry.need("name")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-+_".contains(&byte);
    if !name.value.bytes().all(plain) {
        let what = format!(
            "`{}`: a group's name has letters, digits, - and + only",
            shown(&name.value)
        );
        return Err(Fault::new(name.at, what));
    }
    let as_of = entry.need("as_of")?;
    day(&as_of)?;
    let mut memberships = Vec::new();
    let always = |country| MembershipForm {
        country,
        from: i32::MIN,
        until: i32::MAX,
        condition: String::new(),
        source: String::new(),
    };
    memberships.extend(codes(entry, "members")?.into_iter().map(always));
    memberships.extend(codes(entry, "territories")?.into_iter().map(always));
    for dated in entry.tables("membership", "a membership")? {
        memberships.extend(membership(&dated)?);
    }
    // An empty list is said on purpose.
    if memberships.is_empty() && entry.get("members").is_none() {
        return Err(entry.fault("has no members"));
    }
    no_two_at_once(&memberships)?;
    let aliases = entry.texts("aliases")?;
    Ok(GroupForm {
        name,
        aliases: aliases.into_iter().map(|alias| alias.value).collect(),
        title: entry.need("title")?.value,
        as_of,
        source: entry.text("source")?.value,
        note: entry.text("note")?.value,
        memberships,
    })
}

fn membership(entry: &Entry<'_>) -> Result<Vec<MembershipForm>, Fault> {
    entry.knows(MEMBERSHIP_KEYS)?;
    let bound = |key| -> Result<Option<(i32, usize)>, Fault> {
        let text = entry.text(key)?;
        if text.value.is_empty() {
            return Ok(None);
        }
        Ok(Some((day(&text)?, text.at)))
    };
    let from = bound("from")?.map_or(i32::MIN, |(day, _)| day);
    // The last day is written; the one after it is kept.
    let until = match bound("until")? {
        None => i32::MAX,
        Some((last, at)) if last < from => {
            return Err(Fault::new(at, "`until` is before `from`"));
        }
        Some((last, _)) => last.saturating_add(1),
    };
    let countries = codes(entry, "members")?;
    if countries.is_empty() {
        return Err(entry.fault("needs `members`"));
    }
    let condition = entry.text("condition")?.value;
    let source = entry.text("source")?.value;
    let each = countries.into_iter().map(|country| MembershipForm {
        country,
        from,
        until,
        condition: condition.clone(),
        source: source.clone(),
    });
    Ok(each.collect())
}

/// Country codes: a list, or one text with spaces between them.
fn codes(entry: &Entry<'_>, key: &str) -> Result<Vec<Placed<String>>, Fault> {
    use toml::de::DeValue;
    match entry.get(key).map(|value| value.get_ref()) {
        None => Ok(Vec::new()),
        Some(DeValue::Array(_)) => entry.texts(key),
        Some(_) => {
            let text = entry.text(key)?;
            let words = text.value.split_whitespace().map(|word| Placed {
                value: word.to_owned(),
                at: text.at,
            });
            Ok(words.collect())
        }
    }
}

/// A country that is a member twice on one day would make it unclear on what terms.
fn no_two_at_once(memberships: &[MembershipForm]) -> Result<(), Fault> {
    let mut sorted: Vec<&MembershipForm> = memberships.iter().collect();
    sorted.sort_by(|a, b| (&a.country.value, a.from).cmp(&(&b.country.value, b.from)));
    for (one, next) in sorted.iter().zip(sorted.iter().skip(1)) {
        if one.country.value == next.country.value && next.from < one.until {
            let what = format!(
                "`{}` is a member twice on the same day",
                shown(&one.country.value)
            );
            return Err(Fault::new(next.country.at, what));
        }
    }
    Ok(())
}

/// `2020-01-31` as days since 1970-01-01.
pub(crate) fn day(text: &Placed<String>) -> Result<i32, Fault> {
    let wrong = || {
        let what = format!("`{}` is no day such as 2020-01-31", shown(&text.value));
        Fault::new(text.at, what)
    };
    let mut parts = text.value.split('-');
    let mut number = |width: usize| -> Option<i32> {
        let part = parts.next().filter(|part| part.len() == width)?;
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    };
    let (year, month, date) = (number(4), number(2), number(2));
    let (Some(year), Some(month), Some(date), None) = (year, month, date, parts.next()) else {
        return Err(wrong());
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    if !(1..=longest).contains(&date) || !(1678..=2261).contains(&year) {
        return Err(wrong());
    }
    // March is the first month, so that a leap day is the last of its year.
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date - 1;
    Ok(days - 719_468)
}
