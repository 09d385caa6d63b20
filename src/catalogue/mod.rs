//! Names and networks to the companies behind them.
//!
//! In:   a name, or the number of an autonomous system, and when.
//! Out:  the company, its group and the countries of their seats; or nothing.
//!
//! A name belongs to the longest of its endings that the catalogue has, at the border of a label.
//! Below a tenants' suffix customers of a company have their own names: there the company is only
//! the host. Nothing is concluded from the look of a name or from a public suffix. The user's own
//! files are asked first, in the order in which they were given; the embedded one comes last.

mod form;
mod own;
#[cfg(test)]
mod tests;

use crate::data::{List, OWNERS, OWNERS_SHA256, OwnerGroup, OwnerSuffix, OwnerTable, Words};
use crate::language::{Forms, WORDS, fill};
use crate::model::{Company, Country, DataSource, NameOwner, Operator, Text, Time};
use std::sync::{Arc, OnceLock};

pub(crate) use own::{MOST_BYTES, OwnFile};

/// All loaded catalogues.
#[derive(Default)]
pub(crate) struct Catalogue {
    /// In the order in which they are asked.
    files: Vec<Loaded>,
}

/// One catalogue.
struct Loaded {
    table: OwnerTable,
    /// Its name in `Report::data`.
    name: Arc<str>,
    /// Operators by their place in the table's list of systems, made when first asked for.
    operators: Vec<OnceLock<Arc<Operator>>>,
    embedded: bool,
}

/// The name of the embedded catalogue in `Report::data`.
const EMBEDDED: &str = "owners";

/// Where a name leads. Names with equal hits have the same owner at any one time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Hit {
    owner: Option<Entry>,
    /// The name is a customer's.
    hosted: bool,
    function: Option<Entry>,
    /// Whose group and countries hold, where the owner's own file gives none.
    seat: Option<Entry>,
}

/// A file, and a place in one of its lists.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Entry {
    file: usize,
    at: usize,
}

/// The first second of a day `YYYY-MM-DD`, since 1970.
fn begin(day: &str) -> Option<i64> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(start.timestamp().as_second())
}

impl Catalogue {
    /// Adds the embedded catalogue; what it is, unless it is empty.
    pub(crate) fn add_embedded(&mut self) -> Option<DataSource> {
        if OWNERS.companies.is_empty() || self.files.iter().any(|file| file.embedded) {
            return None;
        }
        self.files.push(Loaded::new(OWNERS.clone(), EMBEDDED, true));
        let newest = OWNERS.groups.iter().map(|group| &group.as_of).max();
        Some(DataSource {
            name: EMBEDDED.to_owned(),
            origin: "embedded".to_owned(),
            description: fill(WORDS.catalogue.embedded, &[&contents(&OWNERS)]),
            date: newest.map(ToString::to_string),
            built: newest.and_then(|day| begin(day)),
            sha256: OWNERS_SHA256.to_owned(),
            credit: None,
            link: None,
            gives: vec!["owners"],
        })
    }

    /// Adds a catalogue of the user's, to be asked after those that were added before.
    fn add(&mut self, table: OwnerTable, name: &str) {
        let before = self.files.iter().position(|file| file.embedded);
        let at = before.unwrap_or(self.files.len());
        self.files.insert(at, Loaded::new(table, name, false));
    }

    /// Where `name` leads, in any case and with or without its final dot; `None` where no
    /// catalogue has it.
    pub(crate) fn find(&self, name: &Text) -> Option<Hit> {
        let bytes = name.bytes();
        let bytes = bytes.strip_suffix(b".").unwrap_or(bytes);
        let tail = form::words::tail(bytes)?;
        if bytes.len() > MOST_NAME_BYTES || !self.files.iter().any(|file| file.may_have(tail)) {
            return None;
        }
        let name = std::str::from_utf8(bytes).ok()?.to_ascii_lowercase();
        if !form::is_domain(&name) {
            return None;
        }
        let owners = (0..).zip(&self.files).filter_map(|(file, loaded)| {
            let found = loaded.owner(&name)?;
            Some((file, found))
        });
        let mut owners = owners.peekable();
        let first = owners.next();
        let function = self.function(&name, first.as_ref().map(|(_, found)| found.length));
        let Some((file, found)) = first else {
            return function.map(|function| Hit {
                owner: None,
                hosted: false,
                function: Some(function),
                seat: None,
            });
        };
        let owner = Entry {
            file,
            at: found.company,
        };
        let lacks_seat = !found.hosted && self.group(owner).is_some_and(|g| g.seat.is_empty());
        let seat = lacks_seat.then(|| {
            let mut later = owners.filter(|(_, later)| !later.hosted);
            later.find_map(|(file, later)| {
                let at = later.company;
                self.agree(owner, Entry { file, at })
            })
        });
        Some(Hit {
            owner: Some(owner),
            hosted: found.hosted,
            function,
            seat: seat.flatten(),
        })
    }

    /// The longest name of those whose job is known, in the first file that has one. It must not
    /// be shorter than what the owner was found by: the job is of the owner's service.
    fn function(&self, name: &str, least: Option<usize>) -> Option<Entry> {
        (0..).zip(&self.files).find_map(|(file, loaded)| {
            let functions = &loaded.table.functions;
            let mut ends = form::endings(name).take_while(|end| end.len() >= least.unwrap_or(0));
            let at = ends.find_map(|end| {
                let found = functions.binary_search_by(|entry| entry.name.as_ref().cmp(end));
                found.ok()
            })?;
            Some(Entry { file, at })
        })
    }

    /// `other`, where it is the same company under the same name and gives a seat.
    fn agree(&self, one: Entry, other: Entry) -> Option<Entry> {
        let (company, group) = (self.company(one)?, self.group(other)?);
        let theirs = self.company(other)?;
        let same = |name: &Words| name.eq_ignore_ascii_case(&company.name);
        let fits = !group.seat.is_empty() && (same(&theirs.name) || same(&group.name));
        fits.then_some(other)
    }

    fn company(&self, entry: Entry) -> Option<&crate::data::OwnerCompany> {
        self.files.get(entry.file)?.table.companies.get(entry.at)
    }

    fn group(&self, entry: Entry) -> Option<&OwnerGroup> {
        let company = self.company(entry)?;
        let group = usize::try_from(company.group).ok()?;
        self.files.get(entry.file)?.table.groups.get(group)
    }

    /// The days, since 1970, on which what a hit says may change.
    pub(crate) fn days(&self, hit: &Hit) -> impl Iterator<Item = i32> {
        let owners = [hit.owner, hit.seat].into_iter().flatten();
        let days = owners.filter_map(|entry| Some(self.company(entry)?.days));
        let both = days.flat_map(|(since, until)| [since, until]);
        let both: Vec<i32> = both
            .filter(|day| ![i32::MIN, i32::MAX].contains(day))
            .collect();
        both.into_iter()
    }

    /// Who is behind the name that led to `hit`, on that day.
    pub(crate) fn who(&self, hit: &Hit, day: i32) -> NameOwner {
        let mut who = NameOwner::default();
        if let Some(entry) = hit.owner {
            let holds = |entry: &Entry| {
                let days = self.company(*entry).map(|company| company.days);
                days.is_some_and(|(since, until)| (since..until).contains(&day))
            };
            let seat = hit.seat.filter(holds);
            if holds(&entry) {
                let company = self.company_at(entry, seat).map(Arc::new);
                if hit.hosted {
                    who.open_because = Some(TENANT);
                    who.hosted_by = company;
                } else {
                    who.owner = company;
                }
            } else {
                who.open_because = Some(OTHER_TIME);
                return who;
            }
        }
        let function = hit.function.and_then(|entry| {
            let functions = &self.files.get(entry.file)?.table.functions;
            functions.get(entry.at)
        });
        who.function = function.map(|entry| entry.function.as_ref().into());
        who.function_source = function.and_then(|entry| some(&entry.source));
        who
    }

    /// Who is behind `name` at `time`.
    pub(crate) fn owner(&self, name: &Text, time: Time) -> NameOwner {
        let hit = self.find(name);
        hit.map_or_else(NameOwner::default, |hit| self.who(&hit, day(time)))
    }

    fn company_at(&self, entry: Entry, seat: Option<Entry>) -> Option<Company> {
        let (company, group) = (self.company(entry)?, self.group(entry)?);
        let file = self.files.get(entry.file)?;
        let mut found = Company {
            name: company.name.as_ref().into(),
            country: country(&company.seat),
            group: group.name.as_ref().into(),
            group_country: country(&group.seat),
            legal_name: some(&group.legal_name),
            incorporated: country(&group.incorporated),
            roles: match company.roles.is_empty() {
                true => arcs(&group.roles),
                false => arcs(&company.roles),
            },
            as_of: some(&group.as_of),
            said_by: said_by(&file.name, &group.as_of).into(),
            catalogue: Arc::clone(&file.name),
            source: some(&company.source),
            evidence: group
                .sources
                .iter()
                .map(|(what, url)| (what.as_ref().into(), url.as_ref().into()))
                .collect(),
            note: some(&company.note).or_else(|| some(&group.note)),
        };
        if let Some(above) = seat.and_then(|seat| self.company_at(seat, None)) {
            let said_by = fill(WORDS.catalogue.seat_from, &[&found.said_by, &above.said_by]);
            found = Company {
                name: found.name,
                catalogue: found.catalogue,
                said_by: said_by.into(),
                source: found.source,
                as_of: None,
                ..above
            };
        }
        Some(found)
    }

    /// The seconds, since 1970, at which an operator may change.
    pub(crate) fn seconds(&self) -> impl Iterator<Item = i64> {
        let networks = self.files.iter().flat_map(|file| {
            let companies = file.table.asns.iter().filter_map(|(_, company)| {
                let company = usize::try_from(*company).ok()?;
                file.table.companies.get(company)
            });
            companies.flat_map(|company| [company.days.0, company.days.1])
        });
        let days = networks.filter(|day| ![i32::MIN, i32::MAX].contains(day));
        days.map(|day| i64::from(day).saturating_mul(86_400))
    }

    /// Who runs the autonomous system `asn`. Of companies that belonged to their group for a time
    /// only that of `time` is named, or where no time is given the one that still does.
    pub(crate) fn operator(&self, asn: u32, time: Option<Time>) -> Option<Arc<Operator>> {
        (0..).zip(&self.files).find_map(|(file, loaded)| {
            let asns = &loaded.table.asns;
            let at = asns.binary_search_by_key(&asn, |(known, _)| *known).ok()?;
            let (_, company) = asns.get(at)?;
            let entry = Entry {
                file,
                at: usize::try_from(*company).ok()?,
            };
            let (since, until) = self.company(entry)?.days;
            let holds = time.map_or(until == i32::MAX, |time| {
                (since..until).contains(&day(time))
            });
            let known = loaded.operators.get(at).filter(|_| holds)?;
            if let Some(operator) = known.get() {
                return Some(Arc::clone(operator));
            }
            let company = self.company_at(entry, None)?;
            let operator = operator_of(&company, asn)?;
            Some(Arc::clone(known.get_or_init(|| Arc::new(operator))))
        })
    }
}

/// Why a name below a tenants' suffix has no owner.
pub(crate) const TENANT: &str = WORDS.catalogue.tenant;
/// Why a name has no owner outside the time for which the catalogue knows it.
pub(crate) const OTHER_TIME: &str = WORDS.catalogue.other_time;

/// The longest name (RFC 1035 §2.3.4).
const MOST_NAME_BYTES: usize = 253;

/// Days since 1970-01-01.
pub(crate) fn day(time: Time) -> i32 {
    const DAY_NS: i64 = 86_400_000_000_000;
    i32::try_from(time.0.div_euclid(DAY_NS)).unwrap_or(0)
}

fn operator_of(company: &Company, asn: u32) -> Option<Operator> {
    let top = company.group_country?;
    let parent = (company.group != company.name).then(|| (Arc::clone(&company.group), top));
    Some(Operator {
        name: Arc::clone(&company.name),
        country: company.country.unwrap_or(top),
        parent,
        roles: company.roles.clone(),
        source: fill(
            WORDS.catalogue.of_system,
            &[&company.said_by, &asn.to_string()],
        )
        .into(),
        registered_only: false,
    })
}

impl Loaded {
    fn new(table: OwnerTable, name: &str, embedded: bool) -> Self {
        Loaded {
            operators: table.asns.iter().map(|_| OnceLock::new()).collect(),
            table,
            name: name.into(),
            embedded,
        }
    }

    fn may_have(&self, tail: u32) -> bool {
        let (word, bit) = form::words::filter_bit(tail);
        self.table
            .filter
            .get(word)
            .is_some_and(|word| word & bit != 0)
    }

    /// The longest ending of `name` that is a domain, or that it stands below as a customer's.
    fn owner(&self, name: &str) -> Option<Found> {
        form::endings(name).find_map(|end| {
            let tenant = (end.len() < name.len())
                .then(|| among(&self.table.tenants, end))
                .flatten();
            let hosted = tenant.is_some();
            let company = tenant.or_else(|| among(&self.table.domains, end))?;
            Some(Found {
                company: usize::try_from(company).ok()?,
                hosted,
                length: end.len(),
            })
        })
    }
}

/// What one file knows of a name.
struct Found {
    company: usize,
    hosted: bool,
    /// Bytes of the ending it was found by.
    length: usize,
}

fn among(suffixes: &List<OwnerSuffix>, name: &str) -> Option<u32> {
    let at = suffixes.binary_search_by(|entry| entry.name.as_ref().cmp(name));
    at.ok()
        .and_then(|at| suffixes.get(at))
        .map(|entry| entry.company)
}

/// `217 groups, 401 companies, 3,120 names, 350 networks`, in plain digits.
fn contents(table: &OwnerTable) -> String {
    let many = |count: usize, forms: Forms| {
        let number = u64::try_from(count).unwrap_or(u64::MAX);
        fill(WORDS.form(number, forms), &[&count.to_string()])
    };
    let words = &WORDS.catalogue;
    let names = table.domains.len().saturating_add(table.tenants.len());
    [
        many(table.groups.len(), words.groups),
        many(table.companies.len(), words.companies),
        many(names, WORDS.names_of),
        many(table.asns.len(), WORDS.networks_of),
    ]
    .join(WORDS.units.comma)
}

/// `owners, as of 2026-06-30`.
fn said_by(file: &str, as_of: &str) -> String {
    match as_of {
        "" => file.to_owned(),
        day => fill(WORDS.catalogue.as_of, &[file, day]),
    }
}

fn country(code: &Words) -> Option<Country> {
    Country::new(code)
}

fn some(words: &Words) -> Option<Arc<str>> {
    (!words.is_empty()).then(|| words.as_ref().into())
}

fn arcs(words: &List<Words>) -> Vec<Arc<str>> {
    words.iter().map(|word| word.as_ref().into()).collect()
}
