//! The form of a catalogue file: TOML to entries, or the first thing that is wrong with it.
//!
//! In:   the text of one file: one company group with its companies.
//! Out:  a [`File`], or a [`Fault`] with the byte where it begins.
//! Spec: TOML 1.0; `docs/data.md`, "Owners and operators".
//!
//! `build.rs` reads the embedded files with this very code, so that a user's file is held to the
//! same rules. Keys that are not known are faults: a misspelt one would be silently without
//! effect. Sizes are bounded by the caller, depth by the TOML reader.

pub(crate) mod words;

pub(crate) use words::{days, endings, filter, is_domain};

pub(crate) use crate::model::form::{Fault, Placed};

use crate::model::form::{self, Entry, listed, shown, text};
use std::collections::BTreeMap;
use toml::de::DeValue;
use words::{FUNCTIONS, ROLES};

/// How strictly a file is read.
pub(crate) struct Rules<'r> {
    /// Whether a code of two capitals is a country's.
    pub(crate) is_country: &'r dyn Fn(&str) -> bool,
    /// Sources, dates and roles must be there: the rule for what comes with the program.
    pub(crate) complete: bool,
}

/// One file. Texts that may be absent are empty.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) group: Group,
    pub(crate) companies: Vec<Company>,
}

/// The group that a file is about.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) legal_name: String,
    pub(crate) seat: String,
    pub(crate) incorporated: String,
    pub(crate) roles: Vec<String>,
    pub(crate) as_of: String,
    pub(crate) note: String,
    /// What it is, and where.
    pub(crate) sources: Vec<(String, String)>,
}

/// One company of the group.
#[derive(Debug, Default)]
pub(crate) struct Company {
    pub(crate) id: Placed<String>,
    pub(crate) name: String,
    pub(crate) seat: String,
    pub(crate) roles: Vec<String>,
    /// The id of another company; empty for the group itself.
    pub(crate) parent: Placed<String>,
    pub(crate) asns: Vec<Placed<u32>>,
    pub(crate) domains: Vec<Placed<String>>,
    pub(crate) tenants: Vec<Placed<String>>,
    pub(crate) functions: Vec<Function>,
    pub(crate) source: String,
    pub(crate) note: String,
    /// The first day, and the day after the last one, as days since 1970.
    pub(crate) days: (i32, i32),
}

/// A name whose job is known.
#[derive(Debug, Default)]
pub(crate) struct Function {
    pub(crate) name: Placed<String>,
    pub(crate) function: String,
    pub(crate) source: String,
}

/// Reads one file.
pub(crate) fn read(text: &str, rules: &Rules<'_>) -> Result<File, Fault> {
    let root = form::parse(text)?;
    let root = Entry::root(&root);
    root.knows(&["group", "company"])?;
    let group = match root.get("group") {
        Some(value) => Entry::of(value, "[group]")?,
        None => {
            return Err(Fault::new(
                0,
                "no [group]: a catalogue file is about one group",
            ));
        }
    };
    let group = self::group(&group, rules)?;
    let mut companies = Vec::new();
    for entry in root.tables("company", "[[company]]")? {
        companies.push(company(&entry, &group, rules)?);
    }
    if companies.is_empty() {
        return Err(Fault::new(
            0,
            "no [[company]]: at least one runs names or networks",
        ));
    }
    let file = File { group, companies };
    hangs_together(&file)?;
    Ok(file)
}

fn group(entry: &Entry<'_>, rules: &Rules<'_>) -> Result<Group, Fault> {
    entry.knows(&[
        "id",
        "name",
        "legal_name",
        "seat",
        "incorporated",
        "roles",
        "as_of",
        "note",
        "source",
    ])?;
    let mut sources = Vec::new();
    for source in entry.tables("source", "[[group.source]]")? {
        source.knows(&["what", "url"])?;
        let (what, url) = (source.need("what")?, source.text("url")?);
        sources.push((what.value, url.value));
    }
    let as_of = entry.text("as_of")?;
    if !as_of.value.is_empty() {
        day(&as_of)?;
    }
    if rules.complete && (sources.is_empty() || as_of.value.is_empty()) {
        return Err(entry.fault("needs `as_of` and a [[group.source]]"));
    }
    let incorporated = entry.text("incorporated")?;
    if !incorporated.value.is_empty() {
        country(&incorporated, rules)?;
    }
    Ok(Group {
        id: id(entry.text("id")?, entry, rules)?.value,
        name: entry.need("name")?.value,
        legal_name: entry.text("legal_name")?.value,
        seat: country(&entry.need("seat")?, rules)?,
        incorporated: incorporated.value,
        roles: roles(entry, rules)?,
        as_of: as_of.value,
        note: entry.text("note")?.value,
        sources,
    })
}

fn company(entry: &Entry<'_>, group: &Group, rules: &Rules<'_>) -> Result<Company, Fault> {
    entry.knows(&[
        "id", "name", "seat", "roles", "parent", "asns", "domains", "tenants", "function",
        "source", "note", "since", "until",
    ])?;
    let mut functions = Vec::new();
    for function in entry.tables("function", "[[company.function]]")? {
        function.knows(&["name", "function", "source"])?;
        let name = function.need("name")?;
        suffix(&name)?;
        let job = function.need("function")?;
        listed(&job, FUNCTIONS, "function")?;
        functions.push(Function {
            name,
            function: job.value,
            source: function.text("source")?.value,
        });
    }
    let source = entry.text("source")?.value;
    if rules.complete && source.is_empty() {
        return Err(entry.fault("needs `source`: how its domains and networks are known"));
    }
    let (since, until) = (entry.text("since")?, entry.text("until")?);
    let bound = |text: &Placed<String>, open: i32| match text.value.as_str() {
        "" => Ok(open),
        _ => day(text),
    };
    let days = (bound(&since, i32::MIN)?, bound(&until, i32::MAX)?);
    if days.0 >= days.1 {
        return Err(Fault::new(until.at, "`until` is not after `since`"));
    }
    let seat = entry.text("seat")?;
    let seat = match seat.value.as_str() {
        "" if !rules.complete => group.seat.clone(),
        _ => country(&entry.need("seat")?, rules)?,
    };
    Ok(Company {
        id: id(entry.text("id")?, entry, rules)?,
        name: entry.need("name")?.value,
        seat,
        roles: roles(entry, rules)?,
        parent: entry.text("parent")?,
        asns: asns(entry)?,
        domains: suffixes(entry, "domains")?,
        tenants: suffixes(entry, "tenants")?,
        functions,
        source,
        note: entry.text("note")?.value,
        days,
    })
}

/// Nothing stands twice, parents exist, and functions are of names that the group has.
fn hangs_together(file: &File) -> Result<(), Fault> {
    let mut ids = BTreeMap::new();
    let mut networks = BTreeMap::new();
    let (mut domains, mut tenants) = (BTreeMap::new(), BTreeMap::new());
    let mut jobs = BTreeMap::new();
    for company in &file.companies {
        if !company.id.value.is_empty() {
            once(&mut ids, &company.id, &company.name)?;
        }
        for asn in &company.asns {
            once(&mut networks, asn, &company.name)?;
        }
        for domain in &company.domains {
            once(&mut domains, domain, &company.name)?;
        }
        for suffix in &company.tenants {
            once(&mut tenants, suffix, &company.name)?;
        }
        for function in &company.functions {
            once(&mut jobs, &function.name, &company.name)?;
        }
    }
    for company in &file.companies {
        let parent = &company.parent;
        if !parent.value.is_empty() && !ids.contains_key(&parent.value) {
            let what = format!("`{}` is the id of no company here", parent.value);
            return Err(Fault::new(parent.at, what));
        }
        for function in &company.functions {
            let name = &function.name.value;
            let own =
                endings(name).any(|end| domains.contains_key(end) || tenants.contains_key(end));
            if !own {
                let what = format!("`{name}` is under no domain of this file");
                return Err(Fault::new(function.name.at, what));
            }
        }
    }
    no_circle(file)
}

/// Notes who has `entry`; a fault where somebody has it already.
fn once<T: Clone + Ord + std::fmt::Display>(
    known: &mut BTreeMap<T, String>,
    entry: &Placed<T>,
    whose: &str,
) -> Result<(), Fault> {
    match known.insert(entry.value.clone(), whose.to_owned()) {
        None => Ok(()),
        Some(other) => Err(Fault::new(
            entry.at,
            format!("`{}` stands here and with {other}", entry.value),
        )),
    }
}

/// No company is its own parent's parent.
fn no_circle(file: &File) -> Result<(), Fault> {
    let parents: BTreeMap<&str, &str> = file
        .companies
        .iter()
        .map(|company| (company.id.value.as_str(), company.parent.value.as_str()))
        .collect();
    for company in &file.companies {
        let mut at = company.parent.value.as_str();
        let mut steps = 0_usize;
        while !at.is_empty() {
            steps = steps.saturating_add(1);
            if steps > MOST_STEPS {
                let what = "is its own parent's parent, or too deep below the group";
                return Err(Fault::new(company.parent.at, what));
            }
            at = parents.get(at).copied().unwrap_or_default();
        }
    }
    Ok(())
}

/// Companies between one and its group.
const MOST_STEPS: usize = 8;

fn id(id: Placed<String>, entry: &Entry<'_>, rules: &Rules<'_>) -> Result<Placed<String>, Fault> {
    if id.value.is_empty() && rules.complete {
        return Err(entry.fault("needs `id`"));
    }
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !id.value.bytes().all(fits) {
        let what = format!("`{}`: an id has a-z, 0-9 and - only", shown(&id.value));
        return Err(Fault::new(id.at, what));
    }
    Ok(id)
}

fn country(code: &Placed<String>, rules: &Rules<'_>) -> Result<String, Fault> {
    if !(rules.is_country)(&code.value) {
        let what = format!(
            "`{}` is no country code of ISO 3166-1, such as CN",
            shown(&code.value)
        );
        return Err(Fault::new(code.at, what));
    }
    Ok(code.value.clone())
}

fn roles(entry: &Entry<'_>, rules: &Rules<'_>) -> Result<Vec<String>, Fault> {
    let mut roles = Vec::new();
    for value in entry.list("roles")? {
        let role = text(value, "roles")?;
        listed(&role, ROLES, "role")?;
        roles.push(role.value);
    }
    if roles.is_empty() && rules.complete {
        return Err(entry.fault("needs `roles`"));
    }
    Ok(roles)
}

fn asns(entry: &Entry<'_>) -> Result<Vec<Placed<u32>>, Fault> {
    let mut found = Vec::new();
    for value in entry.list("asns")? {
        let at = value.span().start;
        let number = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        match number.filter(|number| *number > 0) {
            Some(value) => found.push(Placed { value, at }),
            None => return Err(Fault::new(at, "`asns` must hold numbers such as 16509")),
        }
    }
    Ok(found)
}

fn suffixes(entry: &Entry<'_>, key: &str) -> Result<Vec<Placed<String>>, Fault> {
    let mut found = Vec::new();
    for value in entry.list(key)? {
        let name = text(value, key)?;
        suffix(&name)?;
        found.push(name);
    }
    Ok(found)
}

fn suffix(name: &Placed<String>) -> Result<(), Fault> {
    if is_domain(&name.value) && !name.value.starts_with("www.") {
        return Ok(());
    }
    let what = format!(
        "`{}`: names stand here as example.com: lower case, ASCII, no `www.`, no `*`",
        shown(&name.value)
    );
    Err(Fault::new(name.at, what))
}

/// `2026-06-30` as days since 1970-01-01.
fn day(text: &Placed<String>) -> Result<i32, Fault> {
    days(&text.value).ok_or_else(|| {
        let what = format!("`{}`: a day stands here as 2026-06-30", shown(&text.value));
        Fault::new(text.at, what)
    })
}
