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
    facts: Vec<(Fact, String)>,
}

/// What a fact is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fact {
    /// The phone.
    Device,
    /// Its firmware.
    Firmware,
    /// What was installed.
    Apps,
    /// Its subscription.
    Sim,
    /// Where it was.
    Place,
    /// When.
    Dates,
    /// On which network.
    Network,
    /// Who captured.
    CapturedBy,
    /// How.
    Method,
    /// Whom to ask.
    Contact,
    /// Of which case it is a part.
    Case,
    /// Anything else.
    Note,
}

impl Fact {
    /// All, in the order of the report.
    pub const ALL: [Fact; 12] = [
        Fact::Device,
        Fact::Firmware,
        Fact::Apps,
        Fact::Sim,
        Fact::Place,
        Fact::Dates,
        Fact::Network,
        Fact::CapturedBy,
        Fact::Method,
        Fact::Contact,
        Fact::Case,
        Fact::Note,
    ];

    /// The word in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Fact::Device => "Phone",
            Fact::Firmware => "Firmware",
            Fact::Apps => "Apps",
            Fact::Sim => "SIM",
            Fact::Place => "Place (declared)",
            Fact::Dates => "Dates (declared)",
            Fact::Network => "Network",
            Fact::CapturedBy => "Captured by",
            Fact::Method => "Captured how",
            Fact::Contact => "Contact",
            Fact::Case => "Case",
            Fact::Note => "Note",
        }
    }
}

/// Keys of the file, in the order of the report.
const FACTS: &[(&str, Fact)] = &[
    ("device", Fact::Device),
    ("firmware", Fact::Firmware),
    ("apps", Fact::Apps),
    ("sim", Fact::Sim),
    ("place", Fact::Place),
    ("dates", Fact::Dates),
    ("network", Fact::Network),
    ("captured_by", Fact::CapturedBy),
    ("method", Fact::Method),
    ("contact", Fact::Contact),
    ("case", Fact::Case),
    ("note", Fact::Note),
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
        for (key, fact) in FACTS {
            let value = root.text(key)?.value;
            if !value.is_empty() {
                facts.push((*fact, value));
            }
        }
        Ok(About {
            title: root.text("title")?.value,
            notice: root.text("notice")?.value,
            reply: root.text("reply")?.value,
            facts,
        })
    }

    /// What is said.
    pub fn facts(&self) -> impl Iterator<Item = (Fact, &str)> {
        self.facts
            .iter()
            .map(|(fact, value)| (*fact, value.as_str()))
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
        assert_eq!(facts, [(Fact::Device, "Redmi 1S"), (Fact::Place, "India")]);
        assert_eq!(about.title, "A");
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_place() {
        let error = About::read("device = \"a\"\nfrimware = \"b\"").unwrap_err();
        assert!(error.starts_with("2:1: `frimware` is no key"), "{error}");
    }
}
