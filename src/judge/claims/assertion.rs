//! What a claim says of its flows, and whether one flow fits.
//!
//! In:   an assertion as it was read; then flows with their places, owners and protection.
//! Out:  for each flow yes, no or not known, and why in a sentence.
//!
//! What the data does not say is never taken for a no. Everything that a place, an operator or an
//! owner decides depends on nothing else of the flow but its time, at which membership of groups
//! is asked for: so it is asked once for many.

use super::super::groups;
use super::super::rules::expected_country::by_round_trip;
use super::super::selector::is_the_flows_own;
use super::protection::{Minimum, Protection};
use crate::language::{WORDS, fill};
use crate::model::{Company, Confidence, Country, Flow, Place, Time, Truth, Verdict};
use std::sync::Arc;

/// Countries, as a claim names them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Countries {
    /// `SG, US, @EEA`.
    pub(crate) written: String,
    pub(crate) list: groups::Countries,
}

/// Companies, as a claim names them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Companies {
    /// `Amazon, Xiaomi`.
    pub(crate) written: String,
    /// In lower case.
    names: Vec<String>,
}

impl Companies {
    pub(super) fn new(names: &[String]) -> Self {
        Companies {
            written: names.join(WORDS.units.comma),
            names: names.iter().map(|name| name.to_lowercase()).collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.names.contains(&name)
    }

    /// The company, its group, or the legal person above.
    fn is(&self, company: &Company) -> bool {
        let legal = company.legal_name.as_deref();
        self.has(&company.name) || self.has(&company.group) || legal.is_some_and(|it| self.has(it))
    }
}

/// One thing that is asserted of every flow of the subject.
#[derive(Clone, Debug)]
pub(crate) enum Assertion {
    /// Served from these countries alone.
    ServedOnlyIn(Countries),
    /// Stored there, of which a capture can show the serving.
    StoredOnlyIn(Countries),
    /// None to these countries.
    NeverTo(Countries),
    /// In networks of these companies.
    OperatedBy(Companies),
    /// Under names of these companies.
    OwnedBy(Companies),
    /// Encrypted, at least so.
    Encrypted(Minimum),
    /// There are none.
    NoFlows,
    /// Under names of these companies; names of others are against it.
    OnlyOwnDomains(Companies),
    /// The same, and no alias to somebody else's name.
    NoThirdParties(Companies),
    /// The round trip is shorter than it was before.
    LatencyReduced,
    /// Names have moved since that instant, which the file writes so.
    MigratedSince(String),
}

/// Kinds of assertions: a claim has each at most once.
pub(super) const KINDS: usize = 11;

/// What an assertion looks at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Looks {
    /// At the place and the operator alone.
    Place,
    /// At the name and its owner alone.
    Who,
    /// At the flow.
    Flow,
    /// At two captures.
    Two,
}

impl Assertion {
    pub(super) fn looks(&self) -> Looks {
        match self {
            Assertion::ServedOnlyIn(_)
            | Assertion::StoredOnlyIn(_)
            | Assertion::NeverTo(_)
            | Assertion::OperatedBy(_) => Looks::Place,
            Assertion::OwnedBy(_) | Assertion::OnlyOwnDomains(_) | Assertion::NoThirdParties(_) => {
                Looks::Who
            }
            Assertion::Encrypted(_) | Assertion::NoFlows => Looks::Flow,
            Assertion::LatencyReduced | Assertion::MigratedSince(..) => Looks::Two,
        }
    }

    /// The countries that it names.
    pub(super) fn countries(&self) -> Option<&Countries> {
        match self {
            Assertion::ServedOnlyIn(list)
            | Assertion::StoredOnlyIn(list)
            | Assertion::NeverTo(list) => Some(list),
            _ => None,
        }
    }

    /// What a place alone decides, for a flow of that time.
    pub(super) fn of_place(&self, place: &Place, least: Confidence, at: Time) -> Truth {
        match self {
            Assertion::ServedOnlyIn(list) => is_in(&list.list, place, least, at),
            // Serving from abroad does not disprove storage at home, nor the other way round.
            Assertion::StoredOnlyIn(_) => Truth::Maybe,
            Assertion::NeverTo(list) => is_in(&list.list, place, least, at).not(),
            Assertion::OperatedBy(companies) => match place.operator.as_deref() {
                Some(operator) if !operator.registered_only => {
                    let top = operator.top().0;
                    Truth::of(companies.has(&operator.name) || companies.has(top))
                }
                _ => Truth::Maybe,
            },
            _ => Truth::Maybe,
        }
    }

    /// What a name and its owner alone decide.
    pub(super) fn of_name(&self, flow: &Flow) -> Truth {
        let sure = is_the_flows_own(flow);
        let owner = flow.owner.owner.as_deref();
        let owned = |companies: &Companies| {
            owner.map_or(Truth::Maybe, |owner| Truth::of(companies.is(owner)))
        };
        match self {
            Assertion::OwnedBy(companies) | Assertion::OnlyOwnDomains(companies) => {
                owned(companies).if_sure(sure)
            }
            Assertion::NoThirdParties(companies) => {
                let alias = flow.owner.alias.as_ref();
                let direct = alias.map_or(Truth::Yes, |alias| {
                    let theirs = alias.company();
                    theirs.map_or(Truth::Maybe, |theirs| Truth::of(companies.is(theirs)))
                });
                owned(companies).and(direct).if_sure(sure)
            }
            _ => Truth::Maybe,
        }
    }

    /// What only the flow itself decides; `None` where it says nothing either way.
    pub(super) fn of_flow(&self, protection: Protection) -> Option<Truth> {
        match self {
            Assertion::Encrypted(minimum) => protection.reaches(*minimum),
            Assertion::NoFlows => Some(Truth::No),
            _ => Some(Truth::Maybe),
        }
    }
}

/// The country of a place, where it is sure enough.
pub(super) fn sure_country(place: &Place, least: Confidence) -> Option<Country> {
    let enough = place.confidence >= least && place.confidence > Confidence::None;
    place
        .country
        .filter(|_| enough && place.anycast != Some(true))
}

fn is_in(list: &groups::Countries, place: &Place, least: Confidence, at: Time) -> Truth {
    if let Some(country) = sure_country(place, least) {
        return list.holds(country, at);
    }
    match by_round_trip(place, |country| list.holds(country, at)) {
        Some(Verdict::Met) => Truth::Yes,
        Some(Verdict::Violated) => Truth::No,
        _ => Truth::Maybe,
    }
}

/// The company that answers for a name, in words.
pub(super) fn owner_words(company: &Arc<Company>) -> String {
    if company.name == company.group {
        company.name.to_string()
    } else {
        fill(WORDS.rules.of_group, &[&company.name, &company.group])
    }
}
