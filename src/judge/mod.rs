//! Places to verdicts.
//!
//! In:   places and destinations, and what the user expects.
//! Out:  [`Verdict`]s with their reasons, and what would decide where the evidence does not.
//!
//! A verdict is about what was observed in this capture, never about a law. Sentences are built
//! of our words, numbers and country names: nothing in them was chosen by the capture.

mod claims;
pub mod diff;
mod expectation;
mod groups;
mod identity;
mod judging;
mod policy;
mod rules;
mod selector;
mod suppression;
mod wording;

pub use claims::Claims;
pub use expectation::parse_expectation;
pub use identity::{finding_id, number_findings};
pub use judging::{Asked, Judging, Known, Outcome};
pub use policy::{AxisExplained, Explanation, Lint, Policy};
pub use suppression::Suppressions;

use crate::model::{
    Country, DataSource, Destination, Expectation, NameOwner, Place, Scope, Verdict,
};
use rules::expected_country::{self, Case, Explained};
use rules::{expected_operator, expected_owner};
use std::collections::HashMap;
use std::sync::Arc;

/// The text of the built-in policy of this name, with its comments; `None` where there is none.
#[must_use]
pub fn policy_text(name: &str) -> Option<&'static str> {
    let mut all = Policy::built_in().iter();
    all.find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// What the user expects, on each axis of its own.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Countries of servers.
    pub place: Option<Expectation>,
    /// Countries where operators of networks have their seat.
    pub operator: Option<Expectation>,
    /// Countries where owners of names have their seat.
    pub owner: Option<Expectation>,
}

/// The verdict on where a server is; `None` where the rule does not apply.
#[must_use]
pub fn judge(place: &Place, scope: Scope, expect: &Expectation) -> Option<Verdict> {
    rules::expected_country::judge(place, scope, expect)
}

/// The graver of the verdicts on where a server is and on who operates it.
#[must_use]
pub fn judge_place(place: &Place, scope: Scope, expected: &Expected) -> Option<Verdict> {
    let server = expected
        .place
        .as_ref()
        .and_then(|expect| judge(place, scope, expect));
    let operator = expected
        .operator
        .as_ref()
        .and_then(|expect| expected_operator::judge(place, scope, expect));
    server.into_iter().chain(operator).min()
}

/// The verdict on who owns the name of an outbound flow; a flow without a name has the owner of
/// whom nothing is known.
#[must_use]
pub fn judge_owner(owner: &NameOwner, expected: &Expected) -> Option<Verdict> {
    expected
        .owner
        .as_ref()
        .map(|expect| expected_owner::judge(owner, expect))
}

/// What one rule says of one destination.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// The rule.
    pub rule: &'static str,
    /// What it looked at.
    pub check: &'static str,
    /// What it says.
    pub verdict: Verdict,
    /// The country that was judged, where known.
    pub country: Option<Country>,
    /// Why.
    pub why: String,
    /// What would decide an indeterminate one.
    pub would_decide: Option<String>,
}

/// Puts verdicts into words. Thousands of destinations share a place: what is said of it is put
/// together once. One explainer serves one expectation and one list of sources.
#[derive(Default)]
pub struct Explainer {
    /// By the address of the place, as equal ones are mostly one and to hash one takes long. The
    /// place is kept, so that its address stays its own.
    known: HashMap<(usize, Case), (Arc<Place>, Explained), foldhash::quality::RandomState>,
}

impl Explainer {
    /// What each rule says of a destination, where it applies. `data` is the report's list of
    /// sources, to which the place's opinions point.
    pub fn judge(
        &mut self,
        destination: &Destination,
        expected: &Expected,
        data: &[DataSource],
    ) -> Vec<Judged> {
        let (place, scope) = (&destination.place, destination.scope);
        let mut found = Vec::new();
        let country = expected
            .place
            .as_ref()
            .and_then(|expect| Some((expect, judge(place, scope, expect)?)));
        if let Some((expect, verdict)) = country {
            let (why, would_decide) = self.explain(destination, verdict, expect, data);
            found.push(Judged {
                rule: expected_country::RULE.id,
                check: expected_country::RULE.check,
                verdict,
                country: place.country,
                why,
                would_decide: would_decide.map(str::to_owned),
            });
        }
        let operator = expected
            .operator
            .as_ref()
            .and_then(|expect| expected_operator::explain(destination, expect));
        let owner = expected
            .owner
            .as_ref()
            .and_then(|expect| expected_owner::explain(destination, expect));
        found.extend(operator.into_iter().chain(owner));
        found
    }

    /// Why a destination's place got this verdict against `expect`, and what would decide an
    /// indeterminate one.
    fn explain(
        &mut self,
        destination: &Destination,
        verdict: Verdict,
        expect: &Expectation,
        data: &[DataSource],
    ) -> (String, Option<&'static str>) {
        let case = Case::of(destination, verdict);
        let place = &destination.place;
        let (_, explained) = self
            .known
            .entry((Arc::as_ptr(place).addr(), case))
            .or_insert_with(|| {
                let explained = expected_country::explain(place, case, expect, data);
                (Arc::clone(place), explained)
            });
        let flows = expected_country::flows(destination);
        (explained.of(&flows), explained.would_decide)
    }
}

#[cfg(test)]
mod tests;
