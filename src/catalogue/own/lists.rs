//! Lists of trackers that others keep.
//!
//! In:   the text of a JSON file.
//! Out:  the companies and their domains; AdGuard's trackers wait for the names of their
//!       companies, which stand in a file of their own.
//! Spec: AdGuard `companiesdb` (`trackers.json`: `trackers`, `trackerDomains`; `companies.json`:
//!       `companies`); Disconnect `services.json` (`categories`: lists of company, address of its
//!       site, domains) and `entities.json` (`entities`: `properties`, `resources`).
//!
//! Entries that are not as described are left out; a file without any is refused. A domain that
//! one file gives to two companies is nobody's. None of these forms has countries.

use super::{Content, format, sort};
use crate::Error;
use crate::catalogue::form;
use crate::data::{OwnerCompany, OwnerFunction, OwnerGroup, OwnerSuffix, OwnerTable, Words};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

type Object = Map<String, Value>;

/// The longest name of a company that is taken.
const MOST_NAME_BYTES: usize = 256;

/// What the file is, its date, and what it holds.
pub(super) fn read(
    path: &Path,
    text: &str,
) -> Result<(&'static str, Option<String>, Content), Error> {
    let root: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // The reader's words end in the place, which stands in front here.
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let what = format!("line {line}, column {column}: JSON: {words}");
        format(path, offset(text, line, column), what)
    })?;
    let list = |key: &str| root.get(key).and_then(Value::as_object);
    let date = root.get("timeUpdated").and_then(Value::as_str);
    let date = date.and_then(|text| text.get(..10));
    let date = date
        .filter(|day| form::days(day).is_some())
        .map(str::to_owned);
    let (kind, content) = if let Some(domains) = list("trackerDomains") {
        let trackers = Trackers::read(domains, list("trackers"), list("categories"));
        let empty = trackers.domains.is_empty();
        (
            "AdGuard companiesdb",
            (!empty).then_some(Content::Trackers(trackers)),
        )
    } else if let Some(companies) = list("companies") {
        let names = names(companies);
        (
            "AdGuard companiesdb",
            (!names.is_empty()).then_some(Content::Names(names)),
        )
    } else if let Some(entities) = list("entities") {
        ("Disconnect entities", whole(entities_table(entities)))
    } else if let Some(categories) = list("categories") {
        ("Disconnect services", whole(services_table(categories)))
    } else {
        ("", None)
    };
    match content {
        Some(content) => Ok((kind, date, content)),
        None => Err(format(
            path,
            0,
            "JSON, but no list of owners: AdGuard's trackers.json has `trackerDomains`, its \
             companies.json `companies`, Disconnect's services.json `categories`, its \
             entities.json `entities`"
                .to_owned(),
        )),
    }
}

fn whole(table: OwnerTable) -> Option<Content> {
    (!table.domains.is_empty()).then_some(Content::Table(table))
}

/// The byte of a line and column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> u64 {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1));
    let bytes: usize = before.map(str::len).sum();
    let at = bytes.saturating_add(column.saturating_sub(1));
    u64::try_from(at.min(text.len())).unwrap_or(u64::MAX)
}

/// AdGuard's trackers.
pub(super) struct Trackers {
    /// Domain, id of the company, what the tracker does.
    domains: Vec<(String, String, Option<&'static str>)>,
}

impl Trackers {
    fn read(domains: &Object, trackers: Option<&Object>, categories: Option<&Object>) -> Self {
        let mut found = Vec::new();
        for (domain, tracker) in domains {
            let tracker = tracker.as_str().and_then(|id| trackers?.get(id));
            let Some(tracker) = tracker.and_then(Value::as_object) else {
                continue;
            };
            let company = tracker.get("companyId").and_then(Value::as_str);
            if let (Some(company), Some(domain)) = (company, cleaned(domain)) {
                let category = tracker.get("categoryId").and_then(Value::as_u64);
                let category = category.and_then(|id| categories?.get(&id.to_string())?.as_str());
                found.push((domain, company.to_owned(), category.and_then(function)));
            }
        }
        Trackers { domains: found }
    }

    /// Under the names that another file gives to the companies; under their ids without one.
    pub(super) fn table(self, names: &BTreeMap<String, String>) -> OwnerTable {
        let mut builder = Builder::default();
        for (domain, company, function) in self.domains {
            let name = names.get(&company).unwrap_or(&company);
            builder.add(name, domain, function);
        }
        builder.finish()
    }
}

fn names(companies: &Object) -> BTreeMap<String, String> {
    let named = companies.iter().filter_map(|(id, company)| {
        let name = company.get("name")?.as_str()?;
        (!name.is_empty()).then(|| (id.clone(), name.to_owned()))
    });
    named.collect()
}

fn entities_table(entities: &Object) -> OwnerTable {
    let mut builder = Builder::default();
    for (company, entity) in entities {
        for key in ["properties", "resources"] {
            builder.add_all(company, entity.get(key), None);
        }
    }
    builder.finish()
}

fn services_table(categories: &Object) -> OwnerTable {
    let mut builder = Builder::default();
    for (category, services) in categories {
        let function = function(category);
        let services = services.as_array().into_iter().flatten();
        for (company, sites) in services.filter_map(Value::as_object).flatten() {
            // Beside the lists stand remarks, which are texts.
            for domains in sites.as_object().into_iter().flat_map(Map::values) {
                builder.add_all(company, Some(domains), function);
            }
        }
    }
    builder.finish()
}

/// The categories that say what a service does, in our words.
fn function(category: &str) -> Option<&'static str> {
    Some(match category.to_ascii_lowercase().as_str() {
        "advertising" | "pornvertising" => "advertising",
        "analytics" | "site_analytics" | "mobile_analytics" => "analytics",
        _ => return None,
    })
}

/// A domain as the catalogue has it; nothing where it is none.
fn cleaned(domain: &str) -> Option<String> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let lower = domain.to_ascii_lowercase();
    form::is_domain(&lower).then_some(lower)
}

/// Puts companies and domains into a table.
#[derive(Default)]
struct Builder {
    companies: BTreeMap<String, u32>,
    /// `None` where two companies claim it.
    domains: BTreeMap<String, Option<u32>>,
    functions: BTreeMap<String, &'static str>,
}

impl Builder {
    fn add_all(&mut self, company: &str, domains: Option<&Value>, function: Option<&'static str>) {
        let domains = domains.and_then(Value::as_array).into_iter().flatten();
        for domain in domains.filter_map(Value::as_str).filter_map(cleaned) {
            self.add(company, domain, function);
        }
    }

    fn add(&mut self, company: &str, domain: String, function: Option<&'static str>) {
        let company = company.trim();
        if company.is_empty() || company.len() > MOST_NAME_BYTES {
            return;
        }
        let next = u32::try_from(self.companies.len()).unwrap_or(u32::MAX);
        let number = *self.companies.entry(company.to_owned()).or_insert(next);
        if let Some(function) = function {
            self.functions.entry(domain.clone()).or_insert(function);
        }
        let owner = self.domains.entry(domain).or_insert(Some(number));
        if *owner != Some(number) {
            *owner = None;
        }
    }

    fn finish(self) -> OwnerTable {
        let mut companies: Vec<(String, u32)> = self.companies.into_iter().collect();
        companies.sort_by_key(|(_, number)| *number);
        let group = |name: &String| OwnerGroup {
            name: Words::from(name.clone()),
            ..OwnerGroup::default()
        };
        let company = |(name, number): (String, u32)| OwnerCompany {
            name: name.into(),
            group: number,
            seat: Words::default(),
            roles: Vec::new().into(),
            source: Words::default(),
            note: Words::default(),
            days: (i32::MIN, i32::MAX),
        };
        let domains = self.domains.into_iter().filter_map(|(name, company)| {
            let name = name.into();
            company.map(|company| OwnerSuffix { name, company })
        });
        let functions = self
            .functions
            .into_iter()
            .map(|(name, word)| OwnerFunction {
                name: name.into(),
                function: word.to_owned().into(),
                source: Words::default(),
            });
        let mut table = OwnerTable {
            groups: companies
                .iter()
                .map(|(name, _)| group(name))
                .collect::<Vec<_>>()
                .into(),
            domains: domains.collect::<Vec<_>>().into(),
            functions: functions.collect::<Vec<_>>().into(),
            companies: companies
                .into_iter()
                .map(company)
                .collect::<Vec<_>>()
                .into(),
            ..OwnerTable::default()
        };
        sort(&mut table);
        table
    }
}
