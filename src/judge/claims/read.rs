//! A file of claims, out of TOML.
//!
//! In:   the text of the file.
//! Out:  its claims; or the first thing that is wrong, with its place.
//! Spec: `docs/claims.md`, and `docs/claims.schema.json` for editors.
//!
//! Bounded: a file by its bytes, all files together by their claims.

use super::Claim;
use super::assertion::{Assertion, Companies, Countries};
use super::protection::Minimum;
use super::subject::Subject;
use crate::judge::groups::{self, Groups};
use crate::judge::selector::{self, Selector};
use crate::language::WORDS;
use crate::model::Confidence;
use crate::model::form::{self, Entry, Fault, Placed, shown};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The keys of a claim.
pub(super) const CLAIM_KEYS: &[&str] = &[
    "id",
    "quote",
    "speaker",
    "said",
    "source",
    "scope",
    "reply",
    "min_confidence",
    "subject",
    "assert",
];

/// The keys of an assertion.
pub(super) const ASSERT_KEYS: &[&str] = &[
    "served_only_in",
    "stored_only_in",
    "never_to",
    "operated_by",
    "owned_by",
    "encrypted",
    "no_flows",
    "only_own_domains",
    "no_third_parties",
    "latency_reduced",
    "migrated_since",
];

pub(super) const CONFIDENCES: &[&str] = &["low", "medium", "high"];

/// Claims in one run: each costs a little time for every flow.
pub(super) const MOST_CLAIMS: usize = 1_000;

/// The longest file.
const MOST_BYTES: usize = 4 << 20;

/// Reads a file; each claim with the line where it begins.
pub(super) fn read(text: &str) -> Result<Vec<Claim>, Fault> {
    if text.len() > MOST_BYTES {
        return Err(Fault::new(0, "a file of claims has at most 4 MiB"));
    }
    let document = form::parse(text)?;
    let root = Entry::root(&document);
    root.knows(&["claim", "group"])?;
    let groups = Groups::read(&root)?;
    let entries = root.tables("claim", "a claim")?;
    if entries.is_empty() {
        return Err(root.fault("holds no claim: begin one with [[claim]]"));
    }
    if entries.len() > MOST_CLAIMS {
        return Err(root.fault("holds more than 1,000 claims"));
    }
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    let mut claims = Vec::new();
    for entry in &entries {
        let (claim, id_at) = claim(entry, text, &groups)?;
        if let Some(line) = known.insert(claim.id.to_string(), claim.line) {
            let what = format!(
                "`{}` is the id of the claim in line {line} too",
                shown(&claim.id)
            );
            return Err(Fault::new(id_at, what));
        }
        claims.push(claim);
    }
    Ok(claims)
}

fn claim(entry: &Entry<'_>, text: &str, groups: &Groups) -> Result<(Claim, usize), Fault> {
    entry.knows(CLAIM_KEYS)?;
    let id = entry.need("id")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.value.len() > 100 || !id.value.chars().all(plain) {
        let what = format!(
            "`{}`: an id has at most 100 letters, digits and -_.",
            shown(&id.value)
        );
        return Err(Fault::new(id.at, what));
    }
    let optional = |key| -> Result<Option<Arc<str>>, Fault> {
        let text = entry.text(key)?.value;
        Ok(Some(text).filter(|text| !text.is_empty()).map(Arc::from))
    };
    let least = entry.text("min_confidence")?;
    let min_confidence = match least.value.as_str() {
        "" | "medium" => Confidence::Medium,
        "low" => Confidence::Low,
        "high" => Confidence::High,
        _ => {
            form::listed(&least, CONFIDENCES, "confidence")?;
            Confidence::Medium
        }
    };
    let subject = match entry.table("subject", "the subject of a claim")? {
        None => Selector::default(),
        Some(table) => {
            table.knows(selector::KEYS)?;
            Selector::read(&table)?
        }
    };
    let said = entry.need("said")?;
    let claim = Claim {
        id: Arc::from(id.value.as_str()),
        quote: Arc::from(entry.need("quote")?.value),
        speaker: Arc::from(entry.need("speaker")?.value),
        said: Arc::from(day(&said)?.value.as_str()),
        source: Arc::from(entry.need("source")?.value),
        scope: optional("scope")?,
        reply: optional("reply")?,
        line: line(text, entry.at),
        subject: Subject::new(subject),
        assertions: assertions(entry, groups)?,
        min_confidence,
    };
    Ok((claim, id.at))
}

/// A whole day, or a month or year where no more is known.
fn day(text: &Placed<String>) -> Result<Placed<String>, Fault> {
    let full = match text.value.len() {
        4 => format!("{}-01-01", text.value),
        7 => format!("{}-01", text.value),
        _ => text.value.clone(),
    };
    if full.len() == 10 && full.parse::<jiff::civil::Date>().is_ok() {
        return Ok(text.clone());
    }
    let what = format!(
        "`{}`: a day stands here as 2014-08-10, or 2014-08, or 2014",
        shown(&text.value)
    );
    Err(Fault::new(text.at, what))
}

fn line(text: &str, at: usize) -> u64 {
    let (line, _) = Fault::new(at, "").place(text);
    u64::try_from(line).unwrap_or(u64::MAX)
}

/// A key, and the assertion that its list makes.
type Kind<T> = (&'static str, fn(T) -> Assertion);

fn assertions(entry: &Entry<'_>, groups: &Groups) -> Result<Vec<Assertion>, Fault> {
    let Some(table) = entry.table("assert", "the assertion of a claim")? else {
        return Err(entry.fault("needs [claim.assert]: what it says of its flows"));
    };
    table.knows(ASSERT_KEYS)?;
    let mut found = Vec::new();
    let places: [Kind<Countries>; 3] = [
        ("served_only_in", Assertion::ServedOnlyIn),
        ("stored_only_in", Assertion::StoredOnlyIn),
        ("never_to", Assertion::NeverTo),
    ];
    for (key, make) in places {
        found.extend(countries(&table, key, groups)?.map(make));
    }
    let names: [Kind<Companies>; 4] = [
        ("operated_by", Assertion::OperatedBy),
        ("owned_by", Assertion::OwnedBy),
        ("only_own_domains", Assertion::OnlyOwnDomains),
        ("no_third_parties", Assertion::NoThirdParties),
    ];
    for (key, make) in names {
        found.extend(companies(&table, key)?.map(make));
    }
    if let Some(value) = table.get("encrypted") {
        let word = form::text(value, "encrypted")?;
        match Minimum::read(&word.value) {
            Some(minimum) => found.push(Assertion::Encrypted(minimum)),
            None => form::listed(&word, Minimum::WORDS, "least encryption")?,
        }
    }
    for (key, make) in [
        ("no_flows", Assertion::NoFlows),
        ("latency_reduced", Assertion::LatencyReduced),
    ] {
        match (table.boolean(key)?, table.get(key)) {
            (Some(true), _) => found.push(make),
            (Some(false), Some(value)) => {
                let what = format!("`{key}` says something only where it is true");
                return Err(Fault::new(value.span().start, what));
            }
            _ => {}
        }
    }
    if let Some(value) = table.get("migrated_since") {
        let text = form::text(value, "migrated_since")?;
        selector::instant(&text)?;
        found.push(Assertion::MigratedSince(text.value));
    }
    if found.is_empty() {
        return Err(table.fault("says nothing: it needs one of its keys"));
    }
    if found.len() > 1 && found.iter().any(|one| matches!(one, Assertion::NoFlows)) {
        return Err(table.fault("says `no_flows`: nothing else can be said of flows beside it"));
    }
    Ok(found)
}

/// Codes and groups; each word has its own place.
fn countries(
    table: &Entry<'_>,
    key: &'static str,
    groups: &Groups,
) -> Result<Option<Countries>, Fault> {
    let Some(value) = table.get(key) else {
        return Ok(None);
    };
    let words = table.texts(key)?;
    if words.is_empty() {
        return Err(Fault::new(
            value.span().start,
            format!("`{key}` names no country"),
        ));
    }
    let list = groups::Countries::read(&words, groups)?;
    let written: Vec<String> = words.into_iter().map(|word| word.value).collect();
    Ok(Some(Countries {
        written: written.join(WORDS.units.comma),
        list,
    }))
}

fn companies(table: &Entry<'_>, key: &'static str) -> Result<Option<Companies>, Fault> {
    let Some(value) = table.get(key) else {
        return Ok(None);
    };
    let names: Vec<String> = table
        .texts(key)?
        .into_iter()
        .map(|name| name.value)
        .collect();
    if names.is_empty() {
        return Err(Fault::new(
            value.span().start,
            format!("`{key}` names no company"),
        ));
    }
    Ok(Some(Companies::new(&names)))
}
