//! Names of findings that stay.
//!
//! In:   what was judged: rule, check, verdict, country, and the destination where there is one.
//! Out:  `EC-5c0e1f9a42`: the same in every run, on every machine, with more or fewer databases
//!       that agree.
//!
//! What a name does not hang on: opinions and their confidence, systems, counts, file names, and
//! the addresses of a destination that has a name. What it hangs on beside rule and subject: the
//! verdict, so that whoever sets an undecided finding aside does not set a violation aside with
//! it; and the country that was judged, so that a flow to another country is another finding.

use super::rules;
use crate::model::{Country, Destination, Finding, Verdict};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;

/// The name of a finding: the same for the same rule, check, verdict, country and subject.
///
/// The subject is the scope and the destination's name, or its addresses where it has none. A
/// finding on the policy itself has no destination: its rule and check tell it from others.
#[must_use]
pub fn finding_id(
    rule: &str,
    check: &str,
    verdict: Verdict,
    country: Option<Country>,
    destination: Option<&Destination>,
) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        // Lengths keep parts apart, whatever bytes a name holds.
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    part(rule.as_bytes());
    part(check.as_bytes());
    part(verdict.as_str().as_bytes());
    part(country.as_ref().map_or("", Country::code).as_bytes());
    if let Some(destination) = destination {
        part(destination.scope.as_str().as_bytes());
        match &destination.name {
            Some(name) => {
                part(b"name");
                part(name.bytes());
            }
            None => {
                part(b"addresses");
                for address in &destination.addresses {
                    part(address.to_string().as_bytes());
                }
            }
        }
    }
    let digest = hash.finalize();
    let mut id = prefix(rule).to_owned();
    id.push('-');
    for byte in digest.iter().take(5) {
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16);
        id.extend(digit(byte >> 4).into_iter().chain(digit(byte & 15)));
    }
    id
}

/// `P` for a rule of a policy.
fn prefix(rule: &str) -> &'static str {
    rules::RULES
        .iter()
        .find(|known| known.id == rule)
        .map_or("P", |known| known.prefix)
}

/// Of several findings with one name the second gets `-2` at its end, the third `-3`, in the
/// order of the report: one name at addresses of two systems, say.
pub fn number_findings(findings: &mut [Finding]) {
    let mut seen: HashMap<&str, u64, foldhash::quality::RandomState> = HashMap::default();
    seen.reserve(findings.len());
    let counts = findings.iter().map(|finding| {
        let times = seen.entry(finding.id.as_str()).or_default();
        *times = times.saturating_add(1);
        *times
    });
    let counts: Vec<u64> = counts.collect();
    for (finding, times) in findings.iter_mut().zip(counts) {
        if times > 1 {
            // Writing to a string does not fail.
            let _ = write!(finding.id, "-{times}");
        }
    }
}
