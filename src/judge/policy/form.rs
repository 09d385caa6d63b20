//! A policy as a person writes it.
//!
//! In:   the text of a TOML file.
//! Out:  a [`Policy`]; or the first thing that is wrong with it, with line and column.
//!
//! Keys that are not known, codes, groups, protocols and functions that do not exist are faults.
//! `check.rs` finds what is wrong with rules that can be read.

use super::axis::Axis;
use super::expect::Expect;
use super::{functions, protocols};
use crate::Error;
use crate::judge::groups::{Group, Groups, midnight};
use crate::judge::selector::{self, Selector};
use crate::model::form::{self, Entry, Fault, Placed, listed, shown};
use crate::model::{Confidence, Severity, Time};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// The tables of a policy.
pub(crate) const TABLES: &[&str] = &["policy", "group", "rule", "exception"];

/// The keys of `[policy]`.
pub(crate) const POLICY_KEYS: &[&str] = &["name", "title", "as_of", "notice", "min_confidence"];

/// The keys of a `[[rule]]`.
pub(crate) const RULE_KEYS: &[&str] = &["id", "scope", "expect", "severity", "reason", "reference"];

/// The keys of an `[[exception]]`.
pub(crate) const EXCEPTION_KEYS: &[&str] = &["id", "scope", "axes", "owner", "reason", "expires"];

/// The values of `min_confidence`.
pub(crate) const CONFIDENCES: &[&str] = &["low", "medium", "high"];

/// The longest policy that is read.
const MOST_BYTES: usize = 4 << 20;

/// Rules and exceptions together: what a flow is held against is one bit each.
pub(super) const MOST_RULES: usize = 10_000;

/// A policy, read and checked.
#[derive(Debug, Default)]
pub struct Policy {
    pub(super) name: Arc<str>,
    pub(super) title: Arc<str>,
    pub(super) origin: Arc<str>,
    pub(super) sha256: String,
    pub(super) as_of: Option<Arc<str>>,
    pub(super) notice: Option<Arc<str>>,
    /// Places less sure than this decide nothing.
    pub(super) min_confidence: Confidence,
    pub(super) rules: Vec<Rule>,
    pub(super) exceptions: Vec<Exception>,
    pub(super) groups: Vec<Arc<Group>>,
}

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: Arc<str>,
    pub(super) scope: Selector,
    pub(super) expect: Expect,
    pub(super) severity: Severity,
    pub(super) reason: Arc<str>,
    pub(super) reference: Option<Arc<str>>,
    pub(super) place: Place,
    /// Where owners stand in the scope.
    pub(super) owners_at: Vec<(String, Place)>,
}

/// Flows that need not meet what rules expect, for a time.
#[derive(Debug)]
pub(super) struct Exception {
    pub(super) id: Arc<str>,
    pub(super) scope: Selector,
    /// On which axes; all where it names none.
    pub(super) axes: Vec<Axis>,
    pub(super) owner: Arc<str>,
    pub(super) reason: Arc<str>,
    /// Its last day.
    pub(super) last_day: Arc<str>,
    /// The end of that day.
    pub(super) expires: Time,
    pub(super) place: Place,
}

impl Exception {
    pub(super) fn covers(&self, axis: Axis) -> bool {
        self.axes.is_empty() || self.axes.contains(&axis)
    }
}

/// Line and column, from 1.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Policy {
    /// Reads a policy; `origin` is what reports call its file.
    ///
    /// # Errors
    /// Where it is not one: with line and column.
    pub fn read(text: &str, origin: &str) -> Result<Self, Error> {
        let wrong = |fault: Fault| {
            let (line, column) = fault.place(text);
            Error::Usage(format!("{origin}:{line}:{column}: {}", fault.what))
        };
        if text.len() > MOST_BYTES {
            let what = format!("a policy has at most {MOST_BYTES} bytes");
            return Err(wrong(Fault::new(0, what)));
        }
        let mut policy = document(text).map_err(wrong)?;
        policy.origin = origin.into();
        for byte in Sha256::digest(text.as_bytes()) {
            // Writing to a string does not fail.
            let _ = write!(policy.sha256, "{byte:02x}");
        }
        Ok(policy)
    }
}

fn document(text: &str) -> Result<Policy, Fault> {
    let document = form::parse(text)?;
    let root = Entry::root(&document);
    root.knows(TABLES)?;
    let head = root.table("policy", "[policy]")?;
    let head = head.ok_or_else(|| root.fault("needs a [policy] table"))?;
    let mut policy = self::head(&head)?;
    let reader = Reader::new(text, Groups::read(&root)?);
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for entry in root.tables("rule", "[[rule]]")? {
        let rule = rule(&entry, &reader)?;
        new_id(&rule.id, &entry, &mut ids)?;
        policy.rules.push(rule);
    }
    for entry in root.tables("exception", "[[exception]]")? {
        let exception = exception(&entry, &reader)?;
        new_id(&exception.id, &entry, &mut ids)?;
        policy.exceptions.push(exception);
    }
    if policy.rules.is_empty() {
        return Err(root.fault("has no [[rule]]"));
    }
    if policy.rules.len().saturating_add(policy.exceptions.len()) > MOST_RULES {
        let what = format!("has more than {MOST_RULES} rules and exceptions");
        return Err(root.fault(&what));
    }
    // A group of the file's own that nothing uses was read as well, and stands in the report.
    let mut groups: BTreeMap<Arc<str>, Arc<Group>> = BTreeMap::new();
    let used = policy.rules.iter();
    let used = used.flat_map(|rule| rule.expect.countries());
    let used = used.flat_map(|countries| countries.groups.iter());
    for group in used.chain(reader.groups.own()) {
        groups.insert(Arc::clone(&group.name), Arc::clone(group));
    }
    policy.groups = groups.into_values().collect();
    Ok(policy)
}

fn head(entry: &Entry<'_>) -> Result<Policy, Fault> {
    entry.knows(POLICY_KEYS)?;
    let name = entry.need("name")?;
    id(&name)?;
    let as_of = entry.text("as_of")?;
    if !as_of.value.is_empty() {
        crate::data::group_form::day(&as_of)?;
    }
    let confidence = entry.text("min_confidence")?;
    if !confidence.value.is_empty() {
        listed(&confidence, CONFIDENCES, "confidence")?;
    }
    let some = |text: String| (!text.is_empty()).then(|| Arc::from(text));
    Ok(Policy {
        name: name.value.into(),
        title: entry.need("title")?.value.into(),
        as_of: some(as_of.value),
        notice: some(entry.text("notice")?.value),
        min_confidence: match confidence.value.as_str() {
            "low" => Confidence::Low,
            "high" => Confidence::High,
            _ => Confidence::Medium,
        },
        ..Policy::default()
    })
}

fn rule(entry: &Entry<'_>, reader: &Reader<'_>) -> Result<Rule, Fault> {
    entry.knows(RULE_KEYS)?;
    let id_text = entry.need("id")?;
    id(&id_text)?;
    let mut owners_at = Vec::new();
    let scope = match entry.table("scope", "[rule.scope]")? {
        None => Selector::default(),
        Some(scope) => {
            for owner in scope.texts("owners")? {
                owners_at.push((owner.value, reader.place(owner.at)));
            }
            self::scope(&scope, reader)?
        }
    };
    let expect = entry.table("expect", "[rule.expect]")?;
    let expect = expect.ok_or_else(|| entry.fault("needs a [rule.expect] table"))?;
    let severity = entry.text("severity")?;
    if !severity.value.is_empty() {
        listed(&severity, &Severity::ALL.map(Severity::as_str), "severity")?;
    }
    let graded = Severity::ALL.into_iter();
    let mut graded = graded.filter(|grade| grade.as_str() == severity.value);
    let reference = entry.text("reference")?.value;
    Ok(Rule {
        id: id_text.value.into(),
        scope,
        expect: Expect::read(&expect, &reader.groups)?,
        severity: graded.next().unwrap_or_default(),
        reason: entry.need("reason")?.value.into(),
        reference: (!reference.is_empty()).then(|| reference.into()),
        place: reader.place(id_text.at),
        owners_at,
    })
}

/// A selector whose words are all known.
fn scope(entry: &Entry<'_>, reader: &Reader<'_>) -> Result<Selector, Fault> {
    entry.knows(selector::KEYS)?;
    let selector = Selector::read(entry)?;
    protocols::known(&entry.texts("protocols")?)?;
    for function in entry.texts("functions")? {
        let lower = Placed {
            value: function.value.to_lowercase(),
            at: function.at,
        };
        listed(&lower, &reader.functions, "function")?;
    }
    if let (Some(from), Some(until)) = (selector.from, selector.until)
        && until <= from
    {
        let at = entry.text("until")?.at;
        return Err(Fault::new(at, "`until` is not after `from`: no flow fits"));
    }
    Ok(selector)
}

fn exception(entry: &Entry<'_>, reader: &Reader<'_>) -> Result<Exception, Fault> {
    entry.knows(EXCEPTION_KEYS)?;
    let id_text = entry.need("id")?;
    id(&id_text)?;
    let scope = entry.table("scope", "[exception.scope]")?;
    let scope = scope.ok_or_else(|| {
        entry.fault("needs an [exception.scope]: without one it would cover everything")
    })?;
    let scope = self::scope(&scope, reader)?;
    if !selector::Field::ALL.iter().any(|field| scope.asks(*field)) {
        return Err(entry.fault("has an empty [exception.scope]: it would cover everything"));
    }
    let words = Axis::ALL.map(Axis::as_str);
    let mut axes = Vec::new();
    for word in entry.texts("axes")? {
        listed(&word, &words, "axis")?;
        let mut known = Axis::ALL.into_iter();
        axes.extend(known.find(|axis| axis.as_str() == word.value));
    }
    let expires = entry.need("expires")?;
    let last_day = crate::data::group_form::day(&expires)?;
    Ok(Exception {
        id: id_text.value.into(),
        scope,
        axes,
        owner: entry.need("owner")?.value.into(),
        reason: entry.need("reason")?.value.into(),
        last_day: expires.value.into(),
        expires: midnight(last_day.saturating_add(1)),
        place: reader.place(id_text.at),
    })
}

/// Ids stand in findings, file names and suppressions: plain words, `server-in-india`.
fn id(text: &Placed<String>) -> Result<(), Fault> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if text.value.len() <= 80 && text.value.bytes().all(plain) {
        return Ok(());
    }
    let what = format!(
        "`{}`: letters, digits, `-`, `_` and `.` only, at most 80",
        shown(&text.value)
    );
    Err(Fault::new(text.at, what))
}

fn new_id(new: &str, entry: &Entry<'_>, ids: &mut BTreeSet<String>) -> Result<(), Fault> {
    const OURS: [&str; 3] = ["expected-country", "expected-operator", "expected-owner"];
    if OURS.contains(&new) || !ids.insert(new.to_owned()) {
        let at = entry.need("id")?.at;
        return Err(Fault::new(at, format!("the id `{new}` is taken already")));
    }
    Ok(())
}

/// What rules are read with.
struct Reader<'t> {
    text: &'t str,
    /// Where lines begin.
    lines: Vec<usize>,
    groups: Groups,
    functions: Vec<&'static str>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, groups: Groups) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at.saturating_add(1));
        Reader {
            text,
            lines: std::iter::once(0).chain(ends).collect(),
            groups,
            functions: functions::known(),
        }
    }

    /// The line and column of a byte.
    fn place(&self, at: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|line| self.lines.get(line));
        let before = self.text.get(start.copied().unwrap_or(0)..at);
        Place {
            line,
            column: before.map_or(1, |text| text.chars().count().saturating_add(1)),
        }
    }
}
