//! The policies that come with the program.

use super::form::Policy;
use crate::Error;
use crate::data::POLICIES;

impl Policy {
    /// Names and texts of the built-in policies, sorted by name.
    #[must_use]
    pub fn built_in() -> &'static [(&'static str, &'static str)] {
        POLICIES
    }

    /// The built-in policy of that name; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read: a test holds that it can.
    pub fn of_name(name: &str) -> Result<Option<Self>, Error> {
        let found = POLICIES.iter().find(|(known, _)| *known == name);
        let read = found.map(|(_, text)| Policy::read(text, "built-in"));
        read.transpose()
    }

    /// The JSON Schema of policies, for editors.
    #[must_use]
    pub fn schema() -> &'static str {
        include_str!("../../../docs/policy.schema.json")
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The day for which it is right.
    #[must_use]
    pub fn as_of(&self) -> Option<&str> {
        self.as_of.as_deref()
    }

    /// How many rules and exceptions it has.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.rules.len(), self.exceptions.len())
    }
}
