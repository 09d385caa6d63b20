//! A user's own catalogues.
//!
//! In:   the bytes of files: a catalogue in TOML, AdGuard's `companiesdb` (`trackers.json`,
//!       `companies.json`), Disconnect's lists (`services.json`, `entities.json`).
//! Out:  their entries in the [`Catalogue`], and a [`DataSource`] for each file.
//!
//! What a file is, its content says. A file that cannot be read whole is an error of one line:
//! an owner left out silently would be a wrong answer. The JSON forms know no countries.

mod lists;

use super::Catalogue;
use super::form::{self, File};
use crate::Error;
use crate::data::{OwnerCompany, OwnerFunction, OwnerGroup, OwnerSuffix, OwnerTable, Words};
use crate::language::{WORDS, fill};
use crate::model::{Country, DataSource};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest file that is read.
pub(crate) const MOST_BYTES: u64 = 16 << 20;

/// A file as it was read.
pub(crate) struct OwnFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// What a file turned out to be.
enum Content {
    Table(OwnerTable),
    /// AdGuard's trackers: their companies may be named in another file.
    Trackers(lists::Trackers),
    /// AdGuard's names of companies by their ids.
    Names(BTreeMap<String, String>),
}

/// A file with what it holds.
struct Parsed<'f> {
    file: &'f OwnFile,
    sha256: String,
    /// What it is, in words.
    kind: String,
    date: Option<String>,
    content: Content,
}

impl Catalogue {
    /// Adds files of the user's: the first one is asked first. Appends to `sources` what they
    /// are; gives warnings.
    ///
    /// # Errors
    /// Where a file is not one of the known forms, or not whole.
    pub(crate) fn add_own(
        &mut self,
        files: &[OwnFile],
        sources: &mut Vec<DataSource>,
    ) -> Result<Vec<String>, Error> {
        let mut parsed: Vec<Parsed<'_>> = Vec::new();
        let mut warnings = Vec::new();
        for file in files {
            let sha256 = digest(&file.bytes);
            let known = sources.iter().any(|source| source.sha256 == sha256);
            if known || parsed.iter().any(|other| other.sha256 == sha256) {
                let path = file.path.display();
                warnings.push(fill(WORDS.catalogue.loaded_already, &[&path.to_string()]));
                continue;
            }
            parsed.push(parse(file, sha256)?);
        }
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for file in &mut parsed {
            if let Content::Names(more) = &mut file.content {
                names.extend(more.iter().map(|(id, name)| (id.clone(), name.clone())));
            }
        }
        let trackers = |file: &Parsed<'_>| matches!(file.content, Content::Trackers(_));
        if !names.is_empty() && !parsed.iter().any(trackers) {
            warnings.push(WORDS.catalogue.no_domains.to_owned());
        }
        for file in parsed {
            self.take(file, &names, sources);
        }
        Ok(warnings)
    }

    fn take(
        &mut self,
        parsed: Parsed<'_>,
        names: &BTreeMap<String, String>,
        sources: &mut Vec<DataSource>,
    ) {
        let path = &parsed.file.path;
        let file_name = path.file_name().unwrap_or(path.as_os_str());
        let name = unique(&file_name.to_string_lossy(), sources);
        let kind = parsed.kind.as_str();
        let (description, table) = match parsed.content {
            Content::Names(own) => {
                let number = own.len().to_string();
                (
                    fill(WORDS.catalogue.names_of_companies, &[kind, &number]),
                    None,
                )
            }
            Content::Table(table) => (described(kind, &table), Some(table)),
            Content::Trackers(trackers) => {
                let table = trackers.table(names);
                (described(kind, &table), Some(table))
            }
        };
        if let Some(table) = table {
            self.add(table, &name);
        }
        sources.push(DataSource {
            name,
            origin: path.display().to_string(),
            description,
            built: parsed.date.as_deref().and_then(super::begin),
            date: parsed.date,
            sha256: parsed.sha256,
            credit: None,
            link: None,
            gives: vec!["owners"],
        });
    }
}

fn described(kind: &str, table: &OwnerTable) -> String {
    fill(WORDS.units.labelled, &[kind, &super::contents(table)])
}

fn unique(name: &str, sources: &[DataSource]) -> String {
    let mut found = name.to_owned();
    let mut copies: u32 = 1;
    while sources.iter().any(|source| source.name == found) {
        copies = copies.saturating_add(1);
        found = format!("{name}#{copies}");
    }
    found
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

fn parse(file: &OwnFile, sha256: String) -> Result<Parsed<'_>, Error> {
    let path = file.path.as_path();
    if u64::try_from(file.bytes.len()).unwrap_or(u64::MAX) >= MOST_BYTES {
        let what = "larger than 16 MiB: this is no catalogue of owners".to_owned();
        return Err(format(path, MOST_BYTES, what));
    }
    let text = std::str::from_utf8(&file.bytes).map_err(|error| {
        let at = u64::try_from(error.valid_up_to()).unwrap_or(u64::MAX);
        let what = "not UTF-8: a catalogue of owners is text, TOML or JSON".to_owned();
        format(path, at, what)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed = |kind, date, content| Parsed {
        file,
        sha256,
        kind,
        date,
        content,
    };
    if text.trim_start().starts_with('{') {
        let (kind, date, content) = lists::read(path, text)?;
        return Ok(parsed(kind.to_owned(), date, content));
    }
    let rules = form::Rules {
        is_country: &|code| {
            let country = Country::new(code).filter(|country| country.code() == code);
            country.is_some_and(|country| country.name().is_some())
        },
        complete: false,
    };
    let read = form::read(text, &rules).map_err(|fault| {
        let (line, column) = fault.place(text);
        let what = format!("line {line}, column {column}: {}", fault.what);
        format(path, u64::try_from(fault.at).unwrap_or(u64::MAX), what)
    })?;
    let date = Some(read.group.as_of.clone()).filter(|day| !day.is_empty());
    let kind = match read.group.id.as_str() {
        "" => "a catalogue of owners".to_owned(),
        id => format!("a catalogue of owners, {id}"),
    };
    let content = Content::Table(table(read));
    Ok(parsed(kind, date, content))
}

fn format(path: &Path, offset: u64, what: String) -> Error {
    Error::Format {
        path: path.to_owned(),
        offset,
        what,
    }
}

/// The entries of a catalogue file, ready to be asked.
fn table(file: File) -> OwnerTable {
    let list = |words: Vec<String>| {
        words
            .into_iter()
            .map(Words::from)
            .collect::<Vec<_>>()
            .into()
    };
    let group = file.group;
    let sources = group.sources.into_iter();
    let mut table = OwnerTable {
        groups: vec![OwnerGroup {
            name: group.name.into(),
            legal_name: group.legal_name.into(),
            seat: group.seat.into(),
            incorporated: group.incorporated.into(),
            roles: list(group.roles),
            as_of: group.as_of.into(),
            note: group.note.into(),
            sources: sources
                .map(|(what, url)| (what.into(), url.into()))
                .collect::<Vec<_>>()
                .into(),
        }]
        .into(),
        ..OwnerTable::default()
    };
    for (number, company) in (0..).zip(file.companies) {
        let suffixes = |names: Vec<form::Placed<String>>| {
            names.into_iter().map(move |name| OwnerSuffix {
                name: name.value.into(),
                company: number,
            })
        };
        table.domains.to_mut().extend(suffixes(company.domains));
        table.tenants.to_mut().extend(suffixes(company.tenants));
        let functions = company.functions.into_iter().map(|entry| OwnerFunction {
            name: entry.name.value.into(),
            function: entry.function.into(),
            source: entry.source.into(),
        });
        table.functions.to_mut().extend(functions);
        let asns = company.asns.iter().map(|asn| (asn.value, number));
        table.asns.to_mut().extend(asns);
        table.companies.to_mut().push(OwnerCompany {
            name: company.name.into(),
            group: 0,
            seat: company.seat.into(),
            roles: list(company.roles),
            source: company.source.into(),
            note: company.note.into(),
            days: company.days,
        });
    }
    sort(&mut table);
    table
}

/// Lists are searched by halving, behind a filter.
fn sort(table: &mut OwnerTable) {
    let suffixes = table.domains.iter().chain(table.tenants.iter());
    let suffixes = suffixes.map(|entry| entry.name.as_ref());
    let functions = table.functions.iter().map(|entry| entry.name.as_ref());
    table.filter = form::filter(suffixes.chain(functions)).into();
    table.domains.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.tenants.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.functions.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.asns.to_mut().sort_unstable();
}
