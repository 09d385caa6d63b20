//! Countries and groups of countries: who was a member at a time, and what is not known of that.
//!
//! In:   codes and `@NAMES`, as policies and claims write them; a country and an instant.
//! Out:  in, out, or not known: a membership under a condition is neither.
//! Spec: ISO 3166-1 alpha-2, and `XK`; groups as of `data/groups.toml`, and users' own.
//!
//! Days are days in UTC. A membership is asked for at the time of the flow, not of the audit.

use crate::data::group_form::{self, MembershipForm};
use crate::data::{self, GROUPS};
use crate::model::form::{Entry, Fault, Placed, shown};
use crate::model::{Country, ExpectedGroup, Time, Truth};
use std::sync::Arc;

/// A group of countries, embedded or a user's.
#[derive(Debug)]
pub(crate) struct Group {
    /// With its `@`.
    pub(crate) name: Arc<str>,
    pub(crate) aliases: Vec<String>,
    pub(crate) title: Arc<str>,
    pub(crate) as_of: Arc<str>,
    pub(crate) source: Arc<str>,
    pub(crate) note: Arc<str>,
    /// Sorted by country and time.
    memberships: Vec<Membership>,
}

/// A country's membership, over one stretch of time.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) country: Country,
    pub(crate) from: Option<Time>,
    /// The first instant after it.
    pub(crate) until: Option<Time>,
    /// What must be true beside, that no capture shows.
    pub(crate) condition: Option<Arc<str>>,
    /// Where this one can be checked, where that is said.
    pub(crate) source: Option<Arc<str>>,
}

impl Membership {
    fn holds(&self, at: Time) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    fn truth(&self) -> Truth {
        match self.condition {
            None => Truth::Yes,
            Some(_) => Truth::Maybe,
        }
    }
}

impl Group {
    /// Whether `country` was a member at that time, and by which membership.
    pub(crate) fn member(&self, country: Country, at: Time) -> (Truth, Option<&Membership>) {
        let start = self
            .memberships
            .partition_point(|one| one.country < country);
        let of_country = self.memberships.iter().skip(start);
        let mut of_country = of_country.take_while(|one| one.country == country);
        match of_country.find(|one| one.holds(at)) {
            Some(one) => (one.truth(), Some(one)),
            None => (Truth::No, None),
        }
    }

    /// All memberships, sorted by country and time.
    #[cfg(test)]
    pub(crate) fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// As reports show it.
    pub(crate) fn shown(&self) -> ExpectedGroup {
        ExpectedGroup {
            name: self.name.as_ref().to_owned(),
            title: Arc::clone(&self.title),
            date: Arc::clone(&self.as_of),
            source: Arc::clone(&self.source),
            note: Arc::clone(&self.note),
        }
    }

    /// Reads a user's own group.
    pub(crate) fn read(entry: &Entry<'_>) -> Result<Self, Fault> {
        let form = group_form::group(entry)?;
        let mut memberships = Vec::new();
        for one in &form.memberships {
            let country = country(&one.country)?;
            memberships.push(membership(country, one));
        }
        Ok(Group {
            name: format!("@{}", form.name.value).into(),
            aliases: form.aliases,
            title: form.title.into(),
            as_of: form.as_of.value.into(),
            source: form.source.into(),
            note: form.note.into(),
            memberships: sorted(memberships),
        })
    }

    fn embedded(group: &data::Group) -> Self {
        let memberships = group.memberships.iter().filter_map(|one| {
            Some(Membership {
                country: Country::new(one.country)?,
                from: (one.from != i32::MIN).then(|| midnight(one.from)),
                until: (one.until != i32::MAX).then(|| midnight(one.until)),
                condition: some(one.condition),
                source: some(one.source),
            })
        });
        Group {
            name: format!("@{}", group.name).into(),
            aliases: group
                .aliases
                .iter()
                .map(|&alias| alias.to_owned())
                .collect(),
            title: group.title.into(),
            as_of: group.as_of.into(),
            source: group.source.into(),
            note: group.note.into(),
            memberships: sorted(memberships.collect()),
        }
    }

    fn is_called(&self, name: &str) -> bool {
        let own = self.name.trim_start_matches('@');
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        is(own) || self.aliases.iter().any(|alias| is(alias))
    }
}

fn membership(country: Country, form: &MembershipForm) -> Membership {
    Membership {
        country,
        from: (form.from != i32::MIN).then(|| midnight(form.from)),
        until: (form.until != i32::MAX).then(|| midnight(form.until)),
        condition: some(&form.condition),
        source: some(&form.source),
    }
}

fn some(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}

fn sorted(mut memberships: Vec<Membership>) -> Vec<Membership> {
    memberships.sort_by_key(|one| (one.country, one.from));
    memberships
}

/// The start of a day, in UTC.
pub(crate) fn midnight(day: i32) -> Time {
    Time(i64::from(day).saturating_mul(86_400_000_000_000))
}

/// The groups that a file may use: its own, then the embedded ones.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    own: Vec<Arc<Group>>,
}

impl Groups {
    /// Reads the `[[group]]` tables of a file. A group of the file's own stands before an
    /// embedded one of the same name.
    pub(crate) fn read(root: &Entry<'_>) -> Result<Self, Fault> {
        let mut own: Vec<Arc<Group>> = Vec::new();
        for entry in root.tables("group", "a group")? {
            let group = Group::read(&entry)?;
            let name = group.name.trim_start_matches('@');
            if own.iter().any(|known| known.is_called(name)) {
                return Err(entry.fault(&format!("`{}` is there twice", shown(name))));
            }
            own.push(Arc::new(group));
        }
        Ok(Groups { own })
    }

    /// The group of that name, without `@`, in any case.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<Group>> {
        let own = self.own.iter().find(|group| group.is_called(name));
        own.cloned().or_else(|| known(name).map(Arc::new))
    }

    /// The file's own groups.
    pub(crate) fn own(&self) -> &[Arc<Group>] {
        &self.own
    }
}

/// The embedded group of that name.
fn known(name: &str) -> Option<Group> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    let found = GROUPS
        .iter()
        .find(|group| is(group.name) || group.aliases.iter().any(|alias| is(alias)));
    found.map(Group::embedded)
}

/// Countries and groups, as a file lists them: `["IN", "SG", "@EEA"]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Countries {
    pub(crate) countries: Vec<Country>,
    pub(crate) groups: Vec<Arc<Group>>,
}

impl Countries {
    /// Reads a list of codes and groups.
    pub(crate) fn read(words: &[Placed<String>], groups: &Groups) -> Result<Self, Fault> {
        let mut found = Countries::default();
        for word in words {
            match word.value.strip_prefix('@') {
                Some(name) => {
                    let group = groups.find(name).ok_or_else(|| no_group(word, groups))?;
                    if !found.groups.iter().any(|known| known.name == group.name) {
                        found.groups.push(group);
                    }
                }
                None => found.countries.push(country(word)?),
            }
        }
        found.countries.sort_unstable();
        found.countries.dedup();
        Ok(found)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.countries.is_empty() && self.groups.is_empty()
    }

    /// Whether `country` was among them at that time.
    pub(crate) fn holds(&self, country: Country, at: Time) -> Truth {
        if self.countries.binary_search(&country).is_ok() {
            return Truth::Yes;
        }
        let of_groups = self.groups.iter().map(|group| group.member(country, at).0);
        of_groups.fold(Truth::No, Truth::or)
    }

    /// The membership whose condition decides whether `country` was among them, and its group;
    /// `None` where it surely was or was not.
    pub(crate) fn condition(&self, country: Country, at: Time) -> Option<(&Group, &Membership)> {
        if self.holds(country, at) != Truth::Maybe {
            return None;
        }
        self.groups.iter().find_map(|group| {
            let (_, membership) = group.member(country, at);
            let membership = membership.filter(|one| one.condition.is_some())?;
            Some((group.as_ref(), membership))
        })
    }

    /// The instants at which membership changes, in no order.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Time> {
        let memberships = self
            .groups
            .iter()
            .flat_map(|group| group.memberships.iter());
        memberships.flat_map(|one| one.from.into_iter().chain(one.until))
    }
}

/// Every country that has a code.
pub(crate) fn every_country() -> impl Iterator<Item = Country> {
    Country::all()
        .iter()
        .filter_map(|(code, _)| Country::new(code))
}

/// The country with that code.
pub(crate) fn country(code: &Placed<String>) -> Result<Country, Fault> {
    let known = super::expectation::country(&code.value);
    known.map_err(|what| Fault::new(code.at, what))
}

fn no_group(word: &Placed<String>, groups: &Groups) -> Fault {
    let own = groups
        .own
        .iter()
        .map(|group| group.name.as_ref().to_owned());
    let all = GROUPS.iter().map(|group| format!("@{}", group.name));
    let names: Vec<String> = own.chain(all).collect();
    let what = format!(
        "`{}`: no such group (groups: {})",
        shown(&word.value),
        names.join(" ")
    );
    Fault::new(word.at, what)
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
