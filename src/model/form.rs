//! TOML with places: what stands in a file, and the byte where it stands.
//!
//! In:   the text of a file that a person wrote.
//! Out:  its tables, each value with its place; a [`Fault`] for the first thing that is wrong.
//! Spec: TOML 1.0.
//!
//! Keys that are not known are faults: a misspelt one would be silently without effect. Sizes are
//! bounded by the caller, depth by the TOML reader. `build.rs` reads embedded files with this
//! very code.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value, and the byte where it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) at: usize,
}

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) what: String,
}

impl Fault {
    pub(crate) fn new(at: usize, what: impl Into<String>) -> Self {
        Fault {
            at,
            what: what.into(),
        }
    }

    /// Line and column in `text`, from 1; columns count characters.
    pub(crate) fn place(&self, text: &str) -> (usize, usize) {
        let mut at = self.at.min(text.len());
        while !text.is_char_boundary(at) {
            at = at.saturating_sub(1);
        }
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.rsplit('\n').next().unwrap_or_default();
        (line, column.chars().count().saturating_add(1))
    }
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Fault> {
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Fault::new(at, error.message().replace('\n', "; "))
    })
}

/// A table of the file.
pub(crate) struct Entry<'t> {
    table: &'t DeTable<'t>,
    pub(crate) at: usize,
    what: &'static str,
}

impl<'t> Entry<'t> {
    /// The whole document.
    pub(crate) fn root(document: &'t Spanned<DeTable<'t>>) -> Self {
        Entry {
            table: document.get_ref(),
            at: 0,
            what: "the file",
        }
    }

    pub(crate) fn of(value: &'t Spanned<DeValue<'t>>, what: &'static str) -> Result<Self, Fault> {
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Table(table) => Ok(Entry { table, at, what }),
            _ => Err(Fault::new(at, format!("must be a table, {what}"))),
        }
    }

    pub(crate) fn fault(&self, what: &str) -> Fault {
        Fault::new(self.at, format!("{} {what}", self.what))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let mut entries = self.table.iter();
        let found = entries.find(|(known, _)| known.get_ref() == key);
        found.map(|(_, value)| value)
    }

    pub(crate) fn knows(&self, keys: &[&str]) -> Result<(), Fault> {
        for (key, _) in self.table {
            if !keys.contains(&key.get_ref().as_ref()) {
                let what = format!(
                    "`{}` is no key of {}; it has {}",
                    shown(key.get_ref()),
                    self.what,
                    keys.join(", ")
                );
                return Err(Fault::new(key.span().start, what));
            }
        }
        Ok(())
    }

    /// The text of `key`; empty where it is not there.
    pub(crate) fn text(&self, key: &str) -> Result<Placed<String>, Fault> {
        match self.get(key) {
            Some(value) => text(value, key),
            None => Ok(Placed {
                value: String::new(),
                at: self.at,
            }),
        }
    }

    pub(crate) fn need(&self, key: &str) -> Result<Placed<String>, Fault> {
        let text = self.text(key)?;
        if text.value.is_empty() {
            return Err(Fault::new(text.at, format!("{} needs `{key}`", self.what)));
        }
        Ok(text)
    }

    pub(crate) fn list(&self, key: &str) -> Result<&'t [Spanned<DeValue<'t>>], Fault> {
        match self.get(key) {
            None => Ok(&[]),
            Some(value) => match value.get_ref() {
                DeValue::Array(list) => Ok(list),
                _ => Err(Fault::new(
                    value.span().start,
                    format!("`{key}` must be a list"),
                )),
            },
        }
    }

    /// The texts of a list; none where the key is not there.
    pub(crate) fn texts(&self, key: &str) -> Result<Vec<Placed<String>>, Fault> {
        let list = self.list(key)?;
        let texts = list.iter().map(|value| {
            let text = text(value, key)?;
            if text.value.is_empty() {
                return Err(Fault::new(text.at, format!("`{key}` has an empty entry")));
            }
            Ok(text)
        });
        texts.collect()
    }

    /// The whole numbers of a list.
    pub(crate) fn integers(&self, key: &str) -> Result<Vec<Placed<i64>>, Fault> {
        let list = self.list(key)?;
        list.iter().map(|value| integer(value, key)).collect()
    }

    /// `true` or `false`, where the key is there.
    pub(crate) fn boolean(&self, key: &str) -> Result<Option<bool>, Fault> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => match value.get_ref() {
                DeValue::Boolean(yes) => Ok(Some(*yes)),
                _ => {
                    let what = format!("`{key}` must be true or false");
                    Err(Fault::new(value.span().start, what))
                }
            },
        }
    }

    /// The table under a key, where it is there.
    pub(crate) fn table(&self, key: &str, what: &'static str) -> Result<Option<Self>, Fault> {
        self.get(key)
            .map(|value| Entry::of(value, what))
            .transpose()
    }

    pub(crate) fn tables(&self, key: &str, what: &'static str) -> Result<Vec<Entry<'t>>, Fault> {
        let list = self.list(key)?;
        list.iter().map(|value| Entry::of(value, what)).collect()
    }
}

/// The longest text that is taken: none of these is prose.
const MOST_BYTES: usize = 1_000;

pub(crate) fn text(value: &Spanned<DeValue<'_>>, key: &str) -> Result<Placed<String>, Fault> {
    let at = value.span().start;
    let DeValue::String(text) = value.get_ref() else {
        let what = format!("`{key}` must be a text in quotes");
        return Err(Fault::new(at, what));
    };
    if text.len() > MOST_BYTES || text.chars().any(char::is_control) {
        let what = format!("`{key}` must be one line of at most {MOST_BYTES} bytes");
        return Err(Fault::new(at, what));
    }
    Ok(Placed {
        value: text.trim().to_owned(),
        at,
    })
}

pub(crate) fn integer(value: &Spanned<DeValue<'_>>, key: &str) -> Result<Placed<i64>, Fault> {
    let at = value.span().start;
    let number = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        _ => None,
    };
    let value = number.ok_or_else(|| Fault::new(at, format!("`{key}` must be a whole number")))?;
    Ok(Placed { value, at })
}

/// A text of the user's, short enough for an error.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

pub(crate) fn listed(word: &Placed<String>, known: &[&str], what: &str) -> Result<(), Fault> {
    if known.contains(&word.value.as_str()) {
        return Ok(());
    }
    let what = format!(
        "`{}` is no {what} that is known; there are {}",
        shown(&word.value),
        known.join(", ")
    );
    Err(Fault::new(word.at, what))
}
