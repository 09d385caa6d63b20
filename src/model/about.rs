//! What the user says of a test: phone, place, who captured it and how.

use super::form::{self, Entry, Fault};

/// Declared, not observed: shown as such, and never used to judge.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct About {
    /// A title for the report.
    pub title: String,
    /// A notice at the top of every page: `Re-enactment`.
    pub notice: String,
    /// What the vendor replied to the findings, in its own words, with its date.
    pub reply: String,
    facts: Vec<(&'static str, String)>,
}

/// Keys of the file, and how the report calls them.
const FACTS: &[(&str, &str)] = &[
    ("device", "Phone"),
    ("firmware", "Firmware"),
    ("apps", "Apps"),
    ("sim", "SIM"),
    ("place", "Place (declared)"),
    ("dates", "Dates (declared)"),
    ("network", "Network"),
    ("captured_by", "Captured by"),
    ("method", "Captured how"),
    ("contact", "Contact"),
    ("case", "Case"),
    ("note", "Note"),
];

impl About {
    /// Reads a file of facts: TOML, one text a key.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn read(text: &str) -> Result<Self, String> {
        Self::read_form(text).map_err(|fault| {
            let (line, column) = fault.place(text);
            format!("{line}:{column}: {}", fault.what)
        })
    }

    fn read_form(text: &str) -> Result<Self, Fault> {
        let document = form::parse(text)?;
        let root = Entry::root(&document);
        let mut keys = vec!["title", "notice", "reply"];
        keys.extend(FACTS.iter().map(|(key, _)| *key));
        root.knows(&keys)?;
        let mut facts = Vec::new();
        for (key, label) in FACTS {
            let value = root.text(key)?.value;
            if !value.is_empty() {
                facts.push((*label, value));
            }
        }
        Ok(About {
            title: root.text("title")?.value,
            notice: root.text("notice")?.value,
            reply: root.text("reply")?.value,
            facts,
        })
    }

    /// What is said, each fact with its name.
    pub fn facts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.facts
            .iter()
            .map(|(label, value)| (*label, value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn facts_stand_in_the_order_of_the_report() {
        let about = About::read("place = \"India\"\ndevice = \"Redmi 1S\"\ntitle = \"A\"").unwrap();
        let facts: Vec<_> = about.facts().collect();
        assert_eq!(
            facts,
            [("Phone", "Redmi 1S"), ("Place (declared)", "India")]
        );
        assert_eq!(about.title, "A");
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_place() {
        let error = About::read("device = \"a\"\nfrimware = \"b\"").unwrap_err();
        assert!(error.starts_with("2:1: `frimware` is no key"), "{error}");
    }
}
