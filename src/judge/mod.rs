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

use crate::model::{DataSource, Destination, Expectation, Place, Scope, Verdict};
use sha2::{Digest, Sha256};

/// The verdict on flows of `scope` to `place`; `None` where the rule does not apply.
#[must_use]
pub fn judge(place: &Place, scope: Scope, expect: &Expectation) -> Option<Verdict> {
    rules::expected_country::judge(place, scope, expect)
}

/// Why a destination got its verdict, and what would decide an indeterminate one. `data` is the
/// report's list of sources, to which the place's opinions point.
#[must_use]
pub fn explain(
    destination: &Destination,
    expect: &Expectation,
    data: &[DataSource],
) -> (String, Option<String>) {
    rules::expected_country::explain(destination, expect, data)
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
        None => destination
            .addresses
            .iter()
            .for_each(|address| part(address.to_string().as_bytes())),
    }
    let place = &destination.place;
    part(
        place
            .country
            .map_or(String::new(), |country| country.to_string())
            .as_bytes(),
    );
    part(place.unknown_because.unwrap_or("").as_bytes());
    part(&place.asn.unwrap_or(0).to_be_bytes());
    part(place.as_org.as_deref().unwrap_or("").as_bytes());
    for opinion in &place.opinions {
        part(
            opinion
                .country
                .map_or(String::new(), |country| country.to_string())
                .as_bytes(),
        );
    }
    let digest = hash.finalize();
    let digits: String = digest
        .iter()
        .take(5)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let prefix = rules::RULES
        .iter()
        .find(|known| known.id == rule)
        .map_or("F", |known| known.prefix);
    format!("{prefix}-{digits}")
}

#[cfg(test)]
mod tests;
