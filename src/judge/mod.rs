//! Places to verdicts.
//!
//! In:   places and destinations, and what the user expects.
//! Out:  [`Verdict`]s with their reasons, and what would decide where the evidence does not.
//!
//! A verdict is about what was observed in this capture, never about a law. Sentences are built
//! of our words, numbers and country names: nothing in them was chosen by the capture.

mod expectation;
mod rules;

pub use expectation::parse_expectation;

use crate::model::{Country, DataSource, Destination, Expectation, Place, Scope, Verdict};
use rules::expected_country::{self, Case};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The verdict on flows of `scope` to `place`; `None` where the rule does not apply.
#[must_use]
pub fn judge(place: &Place, scope: Scope, expect: &Expectation) -> Option<Verdict> {
    rules::expected_country::judge(place, scope, expect)
}

/// Puts verdicts into words. Thousands of destinations share a place: what is said of it is put
/// together once. One explainer serves one expectation and one list of sources.
#[derive(Default)]
pub struct Explainer {
    known: HashMap<(Arc<Place>, Case), Words>,
}

/// Why, and what would decide.
type Words = (String, Option<&'static str>);

impl Explainer {
    /// Why a destination got its verdict against `expect`, and what would decide an indeterminate
    /// one. `data` is the report's list of sources, to which the place's opinions point.
    pub fn explain(
        &mut self,
        destination: &Destination,
        expect: &Expectation,
        data: &[DataSource],
    ) -> Words {
        let case = Case::of(destination);
        let place = &destination.place;
        let (why, would_decide) = self
            .known
            .entry((Arc::clone(place), case))
            .or_insert_with(|| expected_country::explain(place, case, expect, data));
        let flows = expected_country::flows(destination);
        ([&flows, why.as_str()].join(" "), *would_decide)
    }
}

/// The name of a finding: the same for the same rule, subject and verdict in every run.
///
/// The subject is the destination's name, or its addresses where it has none, with its place.
#[must_use]
pub fn finding_id(rule: &str, destination: &Destination) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        // Lengths keep parts apart, whatever bytes a name holds.
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    part(rule.as_bytes());
    part(destination.verdict.map_or("", Verdict::as_str).as_bytes());
    part(destination.scope.as_str().as_bytes());
    match &destination.name {
        Some(name) => part(name.bytes()),
        None => {
            let mut text = String::new();
            for address in &destination.addresses {
                text.clear();
                // Writing to a string does not fail.
                let _ = write!(text, "{address}");
                part(text.as_bytes());
            }
        }
    }
    let place = &destination.place;
    part(place.country.as_ref().map_or("", Country::code).as_bytes());
    part(place.unknown_because.unwrap_or("").as_bytes());
    part(&place.asn.unwrap_or(0).to_be_bytes());
    part(place.as_org.as_deref().unwrap_or("").as_bytes());
    for opinion in &place.opinions {
        part(
            opinion
                .country
                .as_ref()
                .map_or("", Country::code)
                .as_bytes(),
        );
    }
    let digest = hash.finalize();
    let mut digits = String::with_capacity(10);
    for byte in digest.iter().take(5) {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    let prefix = rules::RULES
        .iter()
        .find(|known| known.id == rule)
        .map_or("F", |known| known.prefix);
    format!("{prefix}-{digits}")
}

#[cfg(test)]
mod tests;
