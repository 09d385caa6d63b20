//! What was judged, as the formats for automation list it: rules and claims.
//!
//! In:   a [`Report`].
//! Out:  its rules, each once, with what is said of them; ids of claims; words for destinations.

use super::words;
use crate::language::{WORDS, fill};
use crate::model::{ClaimResult, Destination, Exhibit, Finding, Report, Severity};
use std::collections::{HashMap, HashSet};

/// A rule that findings bear, or that no flow exercised.
pub(super) struct Rule<'r> {
    pub(super) id: &'r str,
    /// What it is for. To be escaped.
    pub(super) about: &'r str,
    pub(super) reference: Option<&'r str>,
    pub(super) severity: Severity,
    /// Its line in the file of the policy.
    pub(super) line: Option<u64>,
    /// False where no flow exercised it.
    pub(super) exercised: bool,
}

/// The axes of expectation, the rules of the policy, then whatever else findings bear.
pub(super) fn rules(report: &Report) -> Vec<Rule<'_>> {
    let settings = &report.settings;
    let asked = [
        settings.expect.is_some(),
        settings.expect_operator.is_some(),
        settings.expect_owner.is_some(),
    ];
    let axes = words::AXES.into_iter().zip(asked);
    let mut all: Vec<Rule<'_>> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    for ((id, axis), _) in axes.filter(|(_, asked)| *asked) {
        known.insert(id);
        all.push(Rule {
            id,
            about: axis.about,
            reference: None,
            severity: Severity::Medium,
            line: None,
            exercised: true,
        });
    }
    for rule in report.policy.iter().flat_map(|policy| &policy.rules) {
        if known.insert(&rule.id) {
            all.push(Rule {
                id: &rule.id,
                about: &rule.reason,
                reference: rule.reference.as_deref(),
                severity: rule.severity,
                line: Some(rule.line).filter(|line| *line > 0),
                exercised: rule.verdict.is_some(),
            });
        }
    }
    for finding in &report.findings {
        if known.insert(&finding.rule) {
            all.push(Rule {
                id: &finding.rule,
                about: finding.check,
                reference: finding.reference.as_deref(),
                severity: finding.severity,
                line: None,
                exercised: true,
            });
        }
    }
    all
}

/// `claim:ID` for each claim; where two files use one id, the second is `claim:ID-2`.
pub(super) fn claim_ids(claims: &[ClaimResult]) -> Vec<String> {
    let mut known: HashSet<String> = HashSet::new();
    let mut next: HashMap<&str, u64> = HashMap::new();
    let numbered = claims.iter().map(|claim| {
        let number = next.entry(&claim.id).or_insert(1);
        loop {
            let id = match *number {
                1 => format!("claim:{}", claim.id),
                number => format!("claim:{}-{number}", claim.id),
            };
            *number = number.saturating_add(1);
            if known.insert(id.clone()) {
                return id;
            }
        }
    });
    numbered.collect()
}

/// The destination of a finding; `None` for one on the policy itself.
pub(super) fn destination<'r>(report: &'r Report, finding: &Finding) -> Option<&'r Destination> {
    finding
        .destination
        .and_then(|at| report.destinations.get(at))
}

/// The name, or the first address and how many more there are. To be escaped.
pub(super) fn subject(destination: Option<&Destination>) -> Vec<u8> {
    let Some(destination) = destination else {
        return WORDS.judged.policy.as_bytes().to_vec();
    };
    if let Some(name) = &destination.name {
        return name.bytes().to_vec();
    }
    let addresses = destination.addresses.first();
    let first = addresses.map(ToString::to_string).unwrap_or_default();
    match destination.address_count.saturating_sub(1) {
        0 => first.into_bytes(),
        more => fill(WORDS.more_addresses, &[&first, &more.to_string()]).into_bytes(),
    }
}

/// The name of an exhibit, or its address. To be escaped.
pub(super) fn exhibit(exhibit: &Exhibit) -> Vec<u8> {
    match (&exhibit.name, exhibit.address) {
        (Some(name), _) => name.bytes().to_vec(),
        (None, Some(address)) => address.to_string().into_bytes(),
        (None, None) => WORDS.destinations_part.no_name.as_bytes().to_vec(),
    }
}

/// `subject: words`.
pub(super) fn of(subject: &[u8], words: &str) -> Vec<u8> {
    [subject, b": ", words.as_bytes()].concat()
}

/// The first bytes of `text`, at most `most`, with a sign where something is left out.
pub(super) fn cut(text: &[u8], most: usize) -> Vec<u8> {
    let Some(mut head) = text.get(..most).filter(|_| text.len() > most) else {
        return text.to_vec();
    };
    // Not inside a character.
    let inside = |byte: Option<&u8>| byte.is_some_and(|byte| byte & 0xc0 == 0x80);
    for _ in 0..3 {
        if !inside(text.get(head.len())) {
            break;
        }
        head = head.split_last().map_or(head, |(_, rest)| rest);
    }
    [head, "…".as_bytes()].concat()
}
