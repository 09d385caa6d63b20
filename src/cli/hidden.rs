//! Files of the user's, without what must not be seen.
//!
//! In:   policies, claims, logs, descriptions of tests; lists of values to hide.
//! Out:  copies for a redacted bundle; the values.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};
use whereto::Error;

/// Bytes of a list of values.
const MOST_VALUES: u64 = 4 << 20;

/// Copies of the user's files, without what must not be seen.
pub(super) struct Copies<'n> {
    pub(super) folder: PathBuf,
    pub(super) names: &'n mut BTreeMap<PathBuf, String>,
    pub(super) count: u32,
}

impl Copies<'_> {
    pub(super) fn copy(
        &mut self,
        option: &str,
        from: &Path,
        rewrite: impl FnOnce(&str) -> Vec<u8>,
    ) -> Result<PathBuf, Error> {
        let text = fs::read_to_string(from).map_err(|error| failed(from, "cannot read", error))?;
        if self.count == 0 {
            fs::create_dir(&self.folder)
                .map_err(|error| failed(&self.folder, "cannot create", error))?;
        }
        self.count = self.count.saturating_add(1);
        let end = from.extension().and_then(|end| end.to_str());
        let end = end.filter(|end| matches!(*end, "toml" | "csv" | "json"));
        let name = format!("{}-{option}.{}", self.count, end.unwrap_or("txt"));
        let path = self.folder.join(&name);
        fs::write(&path, rewrite(&text)).map_err(|error| failed(&path, "cannot write", error))?;
        self.names.insert(path.clone(), format!("used/{name}"));
        Ok(path)
    }
}

/// A description of a test without who made it, and without numbers that name a phone.
pub(super) fn about(text: &str) -> String {
    let Ok(table) = DeTable::parse(text) else {
        // The audit said so already; nothing of it is kept.
        return String::new();
    };
    let mut made = String::new();
    for (key, value) in table.get_ref() {
        let key = key.get_ref();
        let words = match (&**key, value.get_ref()) {
            ("captured_by" | "contact" | "sim" | "network", _) => "redacted".to_owned(),
            (_, DeValue::String(words)) => without_identifiers(words),
            _ => continue,
        };
        // JSON's strings are TOML's too.
        let words = serde_json::Value::from(words);
        made.push_str(&format!("{key} = {words}\n"));
    }
    made
}

/// `x` for long numbers, telephone numbers and addresses of mail.
fn without_identifiers(words: &str) -> String {
    let cover = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let run = word
            .split(|letter: char| !letter.is_ascii_digit())
            .map(str::len)
            .max();
        let is_mac = word.split([':', '-']).count() == 6 && word.len() >= 17;
        let hides = word.contains('@')
            || run.unwrap_or(0) >= 9
            || is_mac
            || (word.starts_with('+') && digits > 0);
        match hides {
            true => "x".repeat(word.chars().count()),
            false => word.to_owned(),
        }
    };
    let made: Vec<String> = words.split(' ').map(cover).collect();
    made.join(" ")
}

/// Values to hide, one a line.
pub(super) fn values(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Error> {
    let mut values = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|error| failed(path, "cannot read", error))?;
        if about.len() > MOST_VALUES {
            let path = path.display();
            return Err(Error::Usage(format!(
                "{path}: is too long a list of values"
            )));
        }
        let text = fs::read(path).map_err(|error| failed(path, "cannot read", error))?;
        for (number, line) in (1_usize..).zip(text.split(|byte| *byte == b'\n')) {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            if line.len() < 4 {
                let path = path.display();
                return Err(Error::Usage(format!(
                    "{path}: line {number}: a value of less than four bytes would be found in \
                     everything"
                )));
            }
            values.push(line.to_vec());
        }
    }
    Ok(values)
}

fn failed(path: &Path, what: &'static str, source: io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        what,
        source,
    }
}
