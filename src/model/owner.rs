//! Who is behind a name: what a catalogue of companies knows of it.

use super::{Country, Text};
use std::sync::Arc;

/// A company that runs names, and the group it belongs to.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Company {
    /// The company.
    pub name: Arc<str>,
    /// Country of its seat, where the catalogue gives it.
    pub country: Option<Country>,
    /// Its ultimate parent, as readers know it; itself where it has none.
    pub group: Arc<str>,
    /// Country of the ultimate parent's seat: where its head office is.
    pub group_country: Option<Country>,
    /// The legal person at the top of the group.
    pub legal_name: Option<Arc<str>>,
    /// Where that is incorporated, if elsewhere than its seat.
    pub incorporated: Option<Country>,
    /// What the company is: `handset vendor`, `analytics`.
    pub roles: Vec<Arc<str>>,
    /// The day for which this was believed right, `YYYY-MM-DD`.
    pub as_of: Option<Arc<str>>,
    /// The file that says so: its name in `Report::data`.
    pub catalogue: Arc<str>,
    /// That file and the day in words: `owners, as of 2026-06-30`.
    pub said_by: Arc<str>,
    /// How the catalogue knows, in its own words.
    pub source: Option<Arc<str>>,
    /// Where seat and control can be checked: what it is, and its address.
    pub evidence: Vec<(Arc<str>, Arc<str>)>,
    /// What a reader must know: control disputed, a sale under way.
    pub note: Option<Arc<str>>,
}

/// Who is behind the name of a flow. Everything here is looked up; nothing is concluded from the
/// look of a name.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct NameOwner {
    /// The company that controls the name; `None` where no catalogue says.
    pub owner: Option<Arc<Company>>,
    /// For a name that a customer of a company has below one of its names: that company. The
    /// customer is not known.
    pub hosted_by: Option<Arc<Company>>,
    /// What the service does, where a catalogue says: `push`, `telemetry`.
    pub function: Option<Arc<str>>,
    /// How that is known, where it is known otherwise than the owner.
    pub function_source: Option<Arc<str>>,
    /// Why there is no owner although the name stands in a catalogue.
    pub open_because: Option<&'static str>,
    /// The name that this one is an alias of.
    pub alias: Option<Alias>,
}

/// Where the CNAME chain of a name ended, as the device was told, under another registrable
/// domain.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Alias {
    /// The last name of the chain.
    pub target: Text,
    /// The frame of the answer.
    pub frame: u64,
    /// Who controls that name.
    pub owner: Option<Arc<Company>>,
    /// Below whose name a customer has it.
    pub hosted_by: Option<Arc<Company>>,
}

impl Alias {
    /// The company that is known to be behind the last name: its owner, or whose customer has it.
    #[must_use]
    pub fn company(&self) -> Option<&Arc<Company>> {
        self.owner.as_ref().or(self.hosted_by.as_ref())
    }
}

impl NameOwner {
    /// True where the name is an alias of one that belongs to another group than the name itself:
    /// what looks like the first party is answered by a third.
    #[must_use]
    pub fn is_cloaked(&self) -> bool {
        let group = |company: &Arc<Company>| company.group.to_lowercase();
        let alias = self.alias.as_ref().and_then(|alias| alias.owner.as_ref());
        alias.is_some_and(|theirs| self.owner.as_ref().map(group) != Some(group(theirs)))
    }
}
