//! Findings that somebody has looked at and answers for.
//!
//! In:   a file of suppressions, and a report.
//! Out:  the report with those findings marked, and warnings about entries that have expired or
//!       that fit nothing.
//! Spec: TOML 1.0; docs/automation.md.
//!
//! A suppression names one finding by its id, or all of one verdict by rule and name. It is never
//! wider than one verdict: whoever sets aside what is not decided does not set aside a violation.
//! Nothing here reads a clock: the day that counts is that of the capture's last packet, or the
//! user's. A file is bounded in entries, and every finding is held against it in constant time.

use crate::Error;
use crate::language::{WORDS, fill};
use crate::model::form::{self, Entry, Fault, Placed};
use crate::model::{
    Country, Destination, Finding, Report, Suppression, SuppressionFile, Text, Time, Verdict,
};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

/// A file of suppressions, read and checked.
#[derive(Debug)]
pub struct Suppressions {
    origin: String,
    sha256: String,
    entries: Vec<One>,
    /// Numbers of entries by what they look for.
    by_key: HashMap<Key, Vec<usize>>,
}

#[derive(Debug)]
struct One {
    /// Where it stands in the file.
    line: usize,
    /// What it calls the finding, for warnings.
    called: String,
    verdict: Option<Verdict>,
    country: Option<Country>,
    expires: Option<Date>,
    says: Arc<Suppression>,
}

/// What an entry is found by.
#[derive(Debug, Eq, Hash, PartialEq)]
enum Key {
    Id(String),
    /// A rule, and a name in lower case, an address, or `*.` and a domain.
    Subject(String, String),
}

/// More than anybody answers for.
const MOST_ENTRIES: usize = 10_000;

const KEYS: &[&str] = &[
    "finding", "rule", "name", "verdict", "country", "reason", "owner", "expires",
];

impl Suppressions {
    /// Reads a file; `origin` is what warnings and reports call it.
    ///
    /// # Errors
    /// Where it is no file of suppressions: with line and column.
    pub fn read(text: &str, origin: &str) -> Result<Self, Error> {
        let (entries, by_key) = entries(text).map_err(|fault| {
            let (line, column) = fault.place(text);
            Error::Usage(format!("{origin}:{line}:{column}: {}", fault.what))
        })?;
        let digest = Sha256::digest(text.as_bytes());
        let mut sha256 = String::with_capacity(64);
        for byte in digest {
            sha256.push_str(&format!("{byte:02x}"));
        }
        Ok(Suppressions {
            origin: origin.to_owned(),
            sha256,
            entries,
            by_key,
        })
    }

    /// Marks the findings that are set aside, and warns of entries without effect. Entries that
    /// end before `as_of` do not apply; without it the day of the last packet counts.
    pub fn apply(&self, report: &mut Report, as_of: Option<Time>) {
        let last = report.totals.time.map(|(_, last)| last);
        let today = as_of.or(last).and_then(day_of);
        let expired =
            |one: &One| matches!((one.expires, today), (Some(end), Some(today)) if end < today);
        let mut used = vec![false; self.entries.len()];
        let destinations = &report.destinations;
        for finding in &mut report.findings {
            let at = finding.destination;
            let destination = at.and_then(|at| destinations.get(at));
            for number in self.fitting(finding, destination) {
                let Some(one) = self.entries.get(number) else {
                    continue;
                };
                if let Some(used) = used.get_mut(number) {
                    *used = true;
                }
                if !expired(one) && finding.suppressed.is_none() {
                    finding.suppressed = Some(Arc::clone(&one.says));
                }
            }
        }
        for (one, used) in self.entries.iter().zip(used) {
            let what = if expired(one) {
                WORDS.suppressions.expired
            } else if !used {
                WORDS.suppressions.unused
            } else {
                continue;
            };
            let line = one.line.to_string();
            let words = fill(what, &[&self.origin, &line, &one.called]);
            report.losses.warnings.push(Text::from(words.as_str()));
        }
        report.settings.suppressions = Some(SuppressionFile {
            origin: self.origin.clone(),
            sha256: self.sha256.clone(),
            as_of: today.map(|day| day.to_string()),
        });
    }

    /// Numbers of the entries that speak of this finding, in the order of the file. What is met
    /// needs no suppression.
    fn fitting(&self, finding: &Finding, destination: Option<&Destination>) -> Vec<usize> {
        if finding.verdict == Verdict::Met {
            return Vec::new();
        }
        let mut keys = vec![Key::Id(finding.id.clone())];
        keys.extend(unnumbered(&finding.id).map(|id| Key::Id(id.to_owned())));
        let rule = || finding.rule.to_string();
        let subjects = destination.map_or_else(Vec::new, subjects);
        keys.extend(subjects.into_iter().map(|name| Key::Subject(rule(), name)));
        let found = keys.iter().filter_map(|key| self.by_key.get(key)).flatten();
        let fits = |number: &&usize| {
            self.entries.get(**number).is_some_and(|one| {
                one.verdict.is_none_or(|verdict| verdict == finding.verdict)
                    && (one.country.is_none() || one.country == finding.country)
            })
        };
        let mut numbers: Vec<usize> = found.filter(fits).copied().collect();
        numbers.sort_unstable();
        numbers
    }
}

/// `EC-5c0e1f9a42` of `EC-5c0e1f9a42-2`: numbers change with the order of the report, and what
/// they tell apart is the same finding for whoever answers for it.
fn unnumbered(id: &str) -> Option<&str> {
    let (rest, number) = id.rsplit_once('-')?;
    let numbered = rest.contains('-') && number.bytes().all(|byte| byte.is_ascii_digit());
    numbered.then_some(rest)
}

/// What an entry may call this destination: its name and the domains above it, or its addresses.
fn subjects(destination: &Destination) -> Vec<String> {
    let Some(name) = &destination.name else {
        let addresses = destination.addresses.iter();
        return addresses.map(ToString::to_string).collect();
    };
    let Some(name) = name.as_str() else {
        return Vec::new();
    };
    let name = name.to_ascii_lowercase();
    let above = name.match_indices('.').filter_map(|(at, _)| name.get(at..));
    // A name of dots alone would have thousands of domains above it.
    let mut all: Vec<String> = above
        .take(MOST_LABELS)
        .map(|domain| format!("*{domain}"))
        .collect();
    all.push(name);
    all
}

/// Labels of a name of 253 characters (RFC 1035 section 2.3.4).
const MOST_LABELS: usize = 127;

fn day_of(time: Time) -> Option<Date> {
    let instant = jiff::Timestamp::from_nanosecond(i128::from(time.0)).ok()?;
    Some(instant.to_zoned(jiff::tz::TimeZone::UTC).date())
}

type Read = (Vec<One>, HashMap<Key, Vec<usize>>);

fn entries(text: &str) -> Result<Read, Fault> {
    let document = form::parse(text)?;
    let root = Entry::root(&document);
    root.knows(&["suppression"])?;
    let tables = root.tables("suppression", "a suppression")?;
    if tables.len() > MOST_ENTRIES {
        let what = format!("there are more than {MOST_ENTRIES} suppressions");
        return Err(Fault::new(0, what));
    }
    let mut ones = Vec::with_capacity(tables.len());
    let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
    for table in &tables {
        let (key, one) = entry(table, text)?;
        by_key.entry(key).or_default().push(ones.len());
        ones.push(one);
    }
    Ok((ones, by_key))
}

fn entry(table: &Entry<'_>, text: &str) -> Result<(Key, One), Fault> {
    table.knows(KEYS)?;
    let (key, called, verdict) = subject(table)?;
    let country = table.text("country")?;
    let country = match country.value.as_str() {
        "" => None,
        code => Some(Country::new(code).ok_or_else(|| {
            let what = format!("`{}` is no code of a country", form::shown(code));
            Fault::new(country.at, what)
        })?),
    };
    let expires = table.need("expires")?;
    let day = expiry(&expires)?;
    let says = Suppression {
        reason: Arc::from(table.need("reason")?.value),
        owner: Arc::from(table.need("owner")?.value),
        expires: day.map(|day| Arc::from(day.to_string())),
    };
    let one = One {
        line: Fault::new(table.at, "").place(text).0,
        called,
        verdict,
        country,
        expires: day,
        says: Arc::new(says),
    };
    Ok((key, one))
}

/// What the entry looks for: an id, or a rule, a name and a verdict.
fn subject(table: &Entry<'_>) -> Result<(Key, String, Option<Verdict>), Fault> {
    let id = table.text("finding")?;
    if !id.value.is_empty() {
        for key in ["rule", "name", "verdict", "country"] {
            let other = table.text(key)?;
            if !other.value.is_empty() {
                let what = format!("`finding` says all that `{key}` could: give one of them");
                return Err(Fault::new(other.at, what));
            }
        }
        if id.value.starts_with("claim:") {
            let what = "a claim is not suppressed: leave it out of its file, or of --fail-on";
            return Err(Fault::new(id.at, what));
        }
        return Ok((Key::Id(id.value.clone()), id.value, None));
    }
    if table.get("rule").is_none() && table.get("name").is_none() {
        return Err(table.fault("needs `finding`, or `rule`, `name` and `verdict`"));
    }
    let (rule, name) = (table.need("rule")?.value, table.need("name")?.value);
    let verdict = table.need("verdict")?;
    form::listed(&verdict, &["violated", "indeterminate"], "verdict")?;
    let known = [Verdict::Violated, Verdict::Indeterminate];
    let verdict = known
        .into_iter()
        .find(|known| known.as_str() == verdict.value);
    let called = fill(WORDS.suppressions.name_under_rule, &[&name, &rule]);
    let key = Key::Subject(rule, name.to_ascii_lowercase());
    Ok((key, called, verdict))
}

/// The last day on which an entry applies; `None` for `never`.
fn expiry(written: &Placed<String>) -> Result<Option<Date>, Fault> {
    if written.value == "never" {
        return Ok(None);
    }
    let wrong = || {
        let what = "`expires` must be a day such as \"2027-03-31\", or \"never\"";
        Fault::new(written.at, what)
    };
    if written.value.len() != "2027-03-31".len() {
        return Err(wrong());
    }
    written.value.parse().map(Some).map_err(|_| wrong())
}

#[cfg(test)]
mod tests;
