//! The catalogue files as Rust: part of the build, not of the program.
//!
//! In:   a folder of catalogue files.
//! Out:  the code of static tables, in the form of `data/owners.rs`.
//!
//! A file that breaks a rule, or an entry that stands in two files, stops the build and is named.

use crate::form::{self, Company, File, Placed};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

/// The catalogue of owners and operators: every file of its folder, in the order of their names.
pub(crate) fn owners(folder: &str) -> Result<String, Failure> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    let mut hash = Sha256::new();
    let mut files = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path)?;
        hash.update(text.as_bytes());
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        files.push((stem.into_owned(), catalogue_file(path, &text)?));
    }
    alone(&files)?;
    let mut code = Code::default();
    let digest: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    writeln!(code, "pub(crate) static OWNERS_SHA256: &str = {digest:?};")?;
    writeln!(code, "pub(crate) static OWNERS: OwnerTable = OwnerTable {{")?;
    write_groups(&files, &mut code)?;
    write_companies(&files, &mut code)?;
    let companies: Vec<&Company> = files.iter().flat_map(|(_, file)| &file.companies).collect();
    write_suffixes("domains", &companies, |company| &company.domains, &mut code)?;
    write_suffixes("tenants", &companies, |company| &company.tenants, &mut code)?;
    write_functions(&companies, &mut code)?;
    write_asns(&companies, &mut code)?;
    let names = companies
        .iter()
        .flat_map(|c| c.domains.iter().chain(&c.tenants));
    let filter = form::filter(names.map(|name| name.value.as_str()));
    writeln!(code, "    filter: Cow::Borrowed(&{filter:?}),")?;
    writeln!(code, "}};")?;
    let Code { mut code, text, .. } = code;
    writeln!(code, "pub(crate) static OWNERS_TEXT: &str = {text:?};")?;
    Ok(code)
}

/// Code, and the one text of which all others are stretches.
#[derive(Default)]
struct Code {
    code: String,
    text: String,
    /// Where texts lie that are there already.
    known: BTreeMap<String, usize>,
}

impl std::fmt::Write for Code {
    fn write_str(&mut self, code: &str) -> std::fmt::Result {
        self.code.write_str(code)
    }
}

impl Code {
    /// A text as code.
    fn words(&mut self, words: &str) -> String {
        let at = match self.known.get(words) {
            _ if words.is_empty() => 0,
            Some(at) => *at,
            None => {
                let at = self.text.len();
                self.text.push_str(words);
                self.known.insert(words.to_owned(), at);
                at
            }
        };
        let len = words.len();
        format!("Words::Embedded {{ at: {at}, len: {len} }}")
    }

    fn list(&mut self, list: &[String]) -> String {
        let items: Vec<String> = list.iter().map(|word| self.words(word)).collect();
        format!("Cow::Borrowed(&[{}])", items.join(", "))
    }
}

fn catalogue_file(path: &Path, text: &str) -> Result<File, Failure> {
    let rules = form::Rules {
        // Whether the code is assigned is asked by a test, which has the list.
        is_country: &|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
        complete: true,
    };
    let named = |line: usize, column: usize, what: &str| -> Failure {
        format!("{}:{line}:{column}: {what}", path.display()).into()
    };
    let file = form::read(text, &rules).map_err(|fault| {
        let (line, column) = fault.place(text);
        named(line, column, &fault.what)
    })?;
    if path
        .file_stem()
        .is_none_or(|stem| stem != file.group.id.as_str())
    {
        return Err(named(1, 1, "the group's id is not the name of the file"));
    }
    Ok(file)
}

/// No id, domain, tenants' suffix, function or network stands in two files.
fn alone(files: &[(String, File)]) -> Result<(), Failure> {
    let mut known: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for (stem, file) in files {
        let companies = &file.companies;
        let ids = companies.iter().map(|c| ("id", c.id.value.clone()));
        let asns = companies
            .iter()
            .flat_map(|c| c.asns.iter().map(|asn| ("AS", asn.value.to_string())));
        let suffixes = companies.iter().flat_map(|company| {
            let all = |key, list: &[Placed<String>]| -> Vec<(&str, String)> {
                list.iter().map(|name| (key, name.value.clone())).collect()
            };
            let functions = company.functions.iter();
            let mut found = all("domain", &company.domains);
            found.extend(all("tenants' suffix", &company.tenants));
            found.extend(functions.map(|entry| ("function of", entry.name.value.clone())));
            found
        });
        for entry in ids.chain(asns).chain(suffixes) {
            if let Some(other) = known.insert(entry.clone(), stem) {
                let (what, which) = entry;
                return Err(format!(
                    "src/data/catalogue: {what} `{which}` stands in {other}.toml and {stem}.toml"
                )
                .into());
            }
        }
    }
    Ok(())
}

fn write_groups(files: &[(String, File)], code: &mut Code) -> Result<(), Failure> {
    writeln!(code, "    groups: Cow::Borrowed(&[")?;
    for (_, file) in files {
        let group = &file.group;
        write!(code, "        OwnerGroup {{ ")?;
        for (key, value) in [
            ("name", &group.name),
            ("legal_name", &group.legal_name),
            ("seat", &group.seat),
            ("incorporated", &group.incorporated),
            ("as_of", &group.as_of),
            ("note", &group.note),
        ] {
            let value = code.words(value);
            write!(code, "{key}: {value}, ")?;
        }
        let roles = code.list(&group.roles);
        write!(code, "roles: {roles}, sources: Cow::Borrowed(&[")?;
        for (what, url) in &group.sources {
            let (what, url) = (code.words(what), code.words(url));
            write!(code, "({what}, {url}), ")?;
        }
        writeln!(code, "]) }},")?;
    }
    writeln!(code, "    ]),")?;
    Ok(())
}

fn write_companies(files: &[(String, File)], code: &mut Code) -> Result<(), Failure> {
    writeln!(code, "    companies: Cow::Borrowed(&[")?;
    for (number, (_, file)) in files.iter().enumerate() {
        for company in &file.companies {
            write!(code, "        OwnerCompany {{ group: {number}, ")?;
            for (key, value) in [
                ("name", &company.name),
                ("seat", &company.seat),
                ("source", &company.source),
                ("note", &company.note),
            ] {
                let value = code.words(value);
                write!(code, "{key}: {value}, ")?;
            }
            let roles = code.list(&company.roles);
            writeln!(code, "roles: {roles}, days: {:?} }},", company.days)?;
        }
    }
    writeln!(code, "    ]),")?;
    Ok(())
}

fn write_suffixes(
    key: &str,
    companies: &[&Company],
    of: impl Fn(&Company) -> &Vec<Placed<String>>,
    code: &mut Code,
) -> Result<(), Failure> {
    let mut all: Vec<(&str, usize)> = Vec::new();
    for (number, company) in companies.iter().enumerate() {
        all.extend(of(company).iter().map(|name| (name.value.as_str(), number)));
    }
    all.sort_unstable();
    writeln!(code, "    {key}: Cow::Borrowed(&[")?;
    for (name, company) in all {
        let name = code.words(name);
        writeln!(
            code,
            "        OwnerSuffix {{ name: {name}, company: {company} }},"
        )?;
    }
    writeln!(code, "    ]),")?;
    Ok(())
}

fn write_functions(companies: &[&Company], code: &mut Code) -> Result<(), Failure> {
    let mut all: Vec<&form::Function> = companies.iter().flat_map(|c| &c.functions).collect();
    all.sort_unstable_by_key(|entry| &entry.name.value);
    writeln!(code, "    functions: Cow::Borrowed(&[")?;
    for entry in all {
        let name = code.words(&entry.name.value);
        let (function, source) = (code.words(&entry.function), code.words(&entry.source));
        writeln!(
            code,
            "        OwnerFunction {{ name: {name}, function: {function}, source: {source} }},"
        )?;
    }
    writeln!(code, "    ]),")?;
    Ok(())
}

fn write_asns(companies: &[&Company], code: &mut Code) -> Result<(), Failure> {
    let mut all: Vec<(u32, usize)> = Vec::new();
    for (number, company) in companies.iter().enumerate() {
        all.extend(company.asns.iter().map(|asn| (asn.value, number)));
    }
    all.sort_unstable();
    writeln!(code, "    asns: Cow::Borrowed(&{all:?}),")?;
    Ok(())
}
