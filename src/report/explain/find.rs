//! What somebody means who writes an id, a name, an address or a number.
//!
//! In:   words of the user.
//! Out:  what they mean; or one line that says why not, and what is near.

use super::dossier::Dossier;
use crate::Error;
use crate::report::judged::claim_ids;
use crate::report::text::layout::count;
use crate::report::text::length;
use std::net::IpAddr;

/// What is to be explained: places in the dossier's lists, or a flow.
pub(super) enum Wanted {
    Findings(Vec<usize>),
    Claim(usize),
    Destinations(Vec<usize>),
    Flow(u64),
}

/// How many are meant.
pub(super) fn meant(wanted: &Wanted) -> usize {
    match wanted {
        Wanted::Findings(all) | Wanted::Destinations(all) => all.len(),
        Wanted::Claim(_) | Wanted::Flow(_) => 1,
    }
}

/// Whole ids first, then numbers of flows, destinations, rules, and beginnings of ids.
pub(super) fn find(dossier: &Dossier, asked: &str) -> Result<Wanted, Error> {
    let asked = asked.trim();
    if asked.is_empty() {
        return Err(wrong(dossier, asked, "is nothing to explain"));
    }
    if let Some(found) = whole_id(dossier, asked) {
        return Ok(found);
    }
    let number = flow_number(asked);
    if let Some(number) = number.filter(|number| (1..=dossier.flows).contains(number)) {
        return Ok(Wanted::Flow(number));
    }
    let destinations = destinations(dossier, asked);
    if !destinations.is_empty() {
        return Ok(Wanted::Destinations(destinations));
    }
    let of_rule = |rule: &str| rule == asked;
    let findings = dossier.findings.iter().enumerate();
    let of_rule: Vec<usize> = findings
        .filter(|(_, it)| of_rule(&it.rule))
        .map(|(at, _)| at)
        .collect();
    if !of_rule.is_empty() {
        return Ok(Wanted::Findings(of_rule));
    }
    by_beginning(dossier, asked)
}

/// `claim:ID`, `claim-ID` or `ID`: as reports write it.
fn bare_claim(asked: &str) -> &str {
    let bare = asked.strip_prefix("claim:");
    bare.or_else(|| asked.strip_prefix("claim-"))
        .unwrap_or(asked)
}

fn whole_id(dossier: &Dossier, asked: &str) -> Option<Wanted> {
    let mut findings = dossier.findings.iter();
    if let Some(at) = findings.position(|it| it.id.eq_ignore_ascii_case(asked)) {
        return Some(Wanted::Findings(vec![at]));
    }
    let ids = claim_ids(&dossier.claims);
    let whole = ids.iter().position(|id| id == asked);
    let bare = bare_claim(asked);
    let bare = || ids.iter().position(|id| bare_claim(id) == bare);
    whole.or_else(bare).map(Wanted::Claim)
}

/// `12`, `flow:12`, `#12`.
fn flow_number(asked: &str) -> Option<u64> {
    let bare = asked
        .strip_prefix("flow:")
        .or_else(|| asked.strip_prefix('#'));
    let bare = bare.unwrap_or(asked);
    // A number does not begin with 0; the tail of an id may.
    let is_number = !bare.starts_with('0') && bare.bytes().all(|byte| byte.is_ascii_digit());
    bare.parse().ok().filter(|_| is_number)
}

/// By address, or by name; names below it where it has no flows of its own.
fn destinations(dossier: &Dossier, asked: &str) -> Vec<usize> {
    let bare = asked.trim_start_matches('[').trim_end_matches(']');
    let numbered = || dossier.destinations.iter().enumerate();
    if let Ok(address) = bare.parse::<IpAddr>() {
        return numbered()
            .filter(|(_, it)| it.addresses.contains(&address))
            .map(|(at, _)| at)
            .collect();
    }
    let name = bare.trim_end_matches('.').to_lowercase();
    let by = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let named =
            numbered().filter_map(|(at, it)| Some((at, it.name.name.as_ref()?.to_lowercase())));
        named
            .filter(|(_, own)| fits(own))
            .map(|(at, _)| at)
            .collect()
    };
    let whole = by(&|own| own == name);
    if !whole.is_empty() || !name.contains('.') {
        return whole;
    }
    let below = format!(".{name}");
    by(&|own| own.ends_with(&below))
}

fn by_beginning(dossier: &Dossier, asked: &str) -> Result<Wanted, Error> {
    let start = asked.to_lowercase();
    let begins = |id: &str| {
        let id = id.to_lowercase();
        let tail = id.split_once('-').map_or("", |(_, tail)| tail);
        id.starts_with(&start) || tail.starts_with(&start)
    };
    let findings = dossier.findings.iter().enumerate();
    let findings: Vec<usize> = findings
        .filter(|(_, it)| begins(&it.id))
        .map(|(at, _)| at)
        .collect();
    let bare = bare_claim(asked).to_lowercase();
    let claims = claim_ids(&dossier.claims);
    let claims = claims.iter().map(|id| bare_claim(id).to_lowercase());
    let claims: Vec<usize> = claims
        .enumerate()
        .filter(|(_, id)| !bare.is_empty() && id.starts_with(&bare))
        .map(|(at, _)| at)
        .collect();
    match (findings.as_slice(), claims.as_slice()) {
        ([_], []) => Ok(Wanted::Findings(findings)),
        ([], [at]) => Ok(Wanted::Claim(*at)),
        ([], []) if flow_number(asked).is_some() => Err(no_flow(dossier, asked)),
        ([], []) => Err(wrong(
            dossier,
            asked,
            "is no finding, claim, destination or flow here",
        )),
        _ => Err(several(dossier, asked, &findings, &claims)),
    }
}

/// The number is none of this capture's.
pub(super) fn no_flow(dossier: &Dossier, asked: &str) -> Error {
    let number = flow_number(asked).unwrap_or(0);
    if dossier.saved && (1..=dossier.flows).contains(&number) {
        return Error::Usage(format!(
            "{asked}: the saved report has not the row of this flow; name the captures instead"
        ));
    }
    Error::Usage(format!(
        "{asked}: no such flow: there are flows 1 to {}; whereto flows lists them",
        dossier.flows
    ))
}

/// Ids that an error names.
const NAMED: usize = 4;

fn several(dossier: &Dossier, asked: &str, findings: &[usize], claims: &[usize]) -> Error {
    let mut ids = Vec::new();
    for finding in findings.iter().filter_map(|at| dossier.findings.get(*at)) {
        let at = finding.destination;
        let subject = at.and_then(|at| dossier.destinations.get(at));
        let subject = subject.map_or_else(
            || "the policy".to_owned(),
            |it| it.subject().lossless().into_owned(),
        );
        ids.push(format!("{} ({}, {subject})", finding.id, finding.verdict));
    }
    let of_claims = claim_ids(&dossier.claims);
    for at in claims {
        if let (Some(id), Some(claim)) = (of_claims.get(*at), dossier.claims.get(*at)) {
            ids.push(format!("{id} ({})", claim.verdict.as_str()));
        }
    }
    let all = count(length(ids.len()));
    ids.truncate(NAMED);
    Error::Usage(format!(
        "{asked}: {all} ids begin like this, among them {}; give more of one",
        ids.join(", ")
    ))
}

/// What is wrong, and what is near.
fn wrong(dossier: &Dossier, asked: &str, what: &str) -> Error {
    let near = nearest(dossier, asked);
    let hint = if near.is_empty() {
        "this audit has no findings and no claims: give --expect, --policy or --claims as for the \
         audit that had them"
            .to_owned()
    } else {
        format!("nearest: {}", near.join(", "))
    };
    let asked = if asked.is_empty() { "''" } else { asked };
    Error::Usage(format!("{asked}: {what}; {hint}"))
}

/// Longer words are not compared: their distance would cost more than it tells.
const LONGEST: usize = 64;

/// The ids and names that differ least, in that order.
fn nearest(dossier: &Dossier, asked: &str) -> Vec<String> {
    let asked: Vec<char> = asked.to_lowercase().chars().take(LONGEST).collect();
    let mut near: Vec<(usize, usize, String)> = Vec::new();
    let mut weigh = |class: usize, id: String, word: &str| {
        let word: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
        near.push((distance(&asked, &word), class, id));
        // Few are kept: sorted before there are many.
        if near.len() > 1_024 {
            near.sort();
            near.truncate(NAMED);
        }
    };
    for finding in &dossier.findings {
        weigh(0, finding.id.clone(), &finding.id);
    }
    for id in claim_ids(&dossier.claims) {
        weigh(0, id.clone(), bare_claim(&id));
    }
    for destination in &dossier.destinations {
        if let Some(name) = &destination.name.name {
            weigh(1, name.clone(), name);
        }
    }
    near.sort();
    near.dedup_by(|one, other| one.2 == other.2);
    near.truncate(NAMED);
    near.into_iter().map(|(_, _, id)| id).collect()
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.iter().enumerate() {
        let mut before = at.saturating_add(1);
        let mut corner = at;
        let mut next = vec![before];
        for (b, above) in other.iter().zip(row.iter().skip(1)) {
            let changed = corner.saturating_add(usize::from(a != b));
            let least = changed
                .min(before.saturating_add(1))
                .min(above.saturating_add(1));
            corner = *above;
            before = least;
            next.push(least);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        let of = |one: &str, other: &str| {
            let letters = |word: &str| word.chars().collect::<Vec<char>>();
            distance(&letters(one), &letters(other))
        };
        assert_eq!(of("", "abc"), 3);
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("ec-12", "ec-12"), 0);
        assert_eq!(of("abc", ""), 3);
    }

    #[test]
    fn numbers_are_flows() {
        assert_eq!(flow_number("12"), Some(12));
        assert_eq!(flow_number("flow:12"), Some(12));
        assert_eq!(flow_number("+12"), None);
        assert_eq!(flow_number("04"), None);
    }
}
