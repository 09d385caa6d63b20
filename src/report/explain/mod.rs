//! One finding, claim, destination or flow whole: `whereto explain`.
//!
//! In:   a [`Report`], or the file of a saved one, and what is asked for.
//! Out:  [`Explanation`]s; or an error that says what there is instead.
//!
//! A saved report is read entry by entry. Words in an explanation are to be escaped.

mod dossier;
mod find;
pub(super) mod rows;
mod saved;
mod saved_claims;
mod steps;
#[cfg(test)]
mod tests;

use super::words;
use crate::Error;
use crate::language::{WORDS, fill};
use crate::model::{ClaimResult, Exhibit, PlaceClass, Report, Step, Text};
use dossier::Dossier;
use find::Wanted;
use rows::{DestinationRow, FindingRow, FlowRow};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::path::Path;
use steps::sides;
pub(super) use steps::steps;

/// Flows of which rows are shown: as many as a report lists for a finding.
const FLOWS: usize = 16;
/// Findings that are explained at once.
const MOST: usize = 20;

/// One finding, claim or destination, and everything that is known of it.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// `finding EC-5c0e1f9a42`, `claim no-china`, `destination a.example`.
    pub(super) title: Text,
    /// The word of the verdict; `None` where nothing was judged.
    pub(super) verdict: Option<String>,
    /// The name, where there is one destination.
    pub(super) subject: Option<Text>,
    /// The verdict in one sentence.
    pub(super) sentence: String,
    /// Each with its label.
    pub(super) facts: Vec<(&'static str, String)>,
    /// How it is known.
    pub(super) steps: Vec<Step>,
    /// What speaks for the verdict, and against it; a claim has exhibits instead.
    pub(super) sides: Option<[Vec<String>; 2]>,
    /// The claim, where it is one.
    pub(super) claim: Option<Box<ClaimResult>>,
    pub(super) not_shown: Vec<String>,
    pub(super) would_settle: Vec<String>,
    /// The first flows, and how many there are in all.
    pub(super) flows: Vec<FlowRow>,
    pub(super) all_flows: u64,
    pub(super) addresses: Vec<IpAddr>,
    /// Words of a command that writes the packets.
    pub(super) command: Vec<String>,
    pub(super) reply: Option<String>,
    pub(super) notes: Vec<String>,
}

/// What was asked for, and whether an input was damaged or cut.
pub type Explained = (Vec<Explanation>, bool);

/// Explains `asked`: the id of a finding or claim or how it begins, a destination, or the number
/// of a flow.
///
/// # Errors
/// Where nothing, or more than one thing, is meant: in one line, with what there is.
pub fn explain(report: &Report, asked: &str) -> Result<Explained, Error> {
    let dossier = Dossier::of(report);
    explained(&dossier, asked, |mut wanted| {
        let mut rows = BTreeMap::new();
        // Stops where all are found; nothing else fails.
        let _ = report.rows.flows(&mut |flow| {
            if wanted.remove(&flow.flow) {
                rows.insert(flow.flow, FlowRow::of(flow));
            }
            match wanted.is_empty() {
                true => Err(io::ErrorKind::Other.into()),
                false => Ok(()),
            }
        });
        Ok(rows)
    })
}

/// The same from a report that `audit --format json` has saved. `classes` are those of this
/// version: a report has their names only.
///
/// # Errors
/// As [`explain`], and where the file cannot be read or is no report.
pub fn explain_saved(
    path: &Path,
    asked: &str,
    classes: &[&'static PlaceClass],
) -> Result<Explained, Error> {
    let dossier = saved::dossier(path, classes)?;
    explained(&dossier, asked, |wanted| saved::flows(path, wanted))
}

/// `rows_of` gives the rows of the flows with these numbers.
fn explained(
    dossier: &Dossier,
    asked: &str,
    rows_of: impl Fn(BTreeSet<u64>) -> Result<BTreeMap<u64, FlowRow>, Error>,
) -> Result<Explained, Error> {
    let mut wanted = find::find(dossier, asked)?;
    let mut asked_for = None;
    if let Wanted::Flow(number) = wanted {
        let rows = rows_of(BTreeSet::from([number]))?;
        let row = rows.into_iter().next().map(|(_, row)| row);
        let row = row.ok_or_else(|| find::no_flow(dossier, asked))?;
        let at = dossier.destinations.iter().position(|it| it.has(&row));
        wanted = Wanted::Destinations(vec![at.ok_or_else(|| nowhere(&row))?]);
        asked_for = Some(row);
    }
    let rows = rows_of(numbers(dossier, &wanted))?;
    let mut all = explanations(dossier, &wanted, &rows);
    let said = &WORDS.explain_part;
    for one in &mut all {
        let Some(row) = &asked_for else { continue };
        one.facts.insert(
            0,
            (said.asked_for, fill(said.flow, &[&row.flow.to_string()])),
        );
        // Of many flows the first are shown: the one that was asked for is not left out.
        if !one.flows.iter().any(|shown| shown.flow == row.flow) {
            one.flows.insert(0, row.clone());
        }
    }
    Ok((all, dossier.is_damaged()))
}

/// Numbers of the flows that will be shown.
fn numbers(dossier: &Dossier, wanted: &Wanted) -> BTreeSet<u64> {
    let mut numbers: Vec<u64> = Vec::new();
    match wanted {
        // It was made a destination.
        Wanted::Flow(_) => {}
        Wanted::Claim(at) => {
            let claim = dossier.claims.get(*at);
            numbers.extend(claim.into_iter().flat_map(claim_flows));
        }
        Wanted::Findings(all) => {
            let findings = all.iter().take(MOST);
            let findings = findings.filter_map(|at| dossier.findings.get(*at));
            numbers.extend(findings.flat_map(|it| it.flow_numbers.clone()));
        }
        Wanted::Destinations(all) => {
            for at in all.iter().take(MOST) {
                let of = dossier.destinations.get(*at);
                numbers.extend(of.into_iter().flat_map(|it| it.flow_numbers.clone()));
                let findings = dossier.findings.iter();
                let findings = findings.filter(|it| it.destination == Some(*at));
                numbers.extend(findings.flat_map(|it| it.flow_numbers.clone()));
            }
        }
    }
    numbers.into_iter().collect()
}

/// First those that decided the verdict.
fn deciding(claim: &ClaimResult) -> impl Iterator<Item = &Exhibit> {
    let decided = !claim.against.is_empty() || !claim.open.is_empty();
    let fits = claim.supporting.iter().filter(move |_| !decided);
    claim.against.iter().chain(&claim.open).chain(fits)
}

fn claim_flows(claim: &ClaimResult) -> Vec<u64> {
    let numbers = deciding(claim).flat_map(|it| &it.flow_numbers);
    numbers.take(FLOWS).map(|it| u64::from(*it)).collect()
}

fn explanations(
    dossier: &Dossier,
    wanted: &Wanted,
    rows: &BTreeMap<u64, FlowRow>,
) -> Vec<Explanation> {
    let mut all: Vec<Explanation> = Vec::new();
    match wanted {
        Wanted::Findings(findings) => {
            for at in findings.iter().take(MOST) {
                let found = dossier.findings.get(*at);
                all.extend(found.map(|it| of_finding(dossier, it, rows)));
            }
        }
        Wanted::Claim(at) => {
            let claim = dossier.claims.get(*at);
            all.extend(claim.map(|claim| of_claim(dossier, claim, rows)));
        }
        Wanted::Destinations(destinations) => {
            for at in destinations.iter().take(MOST) {
                all.extend(of_destination(dossier, *at, rows));
            }
        }
        Wanted::Flow(_) => {}
    }
    let left = find::meant(wanted).saturating_sub(MOST);
    if let Some(last) = all.last_mut().filter(|_| left > 0) {
        let more = fill(WORDS.explain_part.more_fit, &[&left.to_string()]);
        last.notes.push(more);
    }
    all
}

fn nowhere(row: &FlowRow) -> Error {
    Error::Usage(format!(
        "flow {} to {} belongs to no destination that is listed: it is the outside of a tunnel, \
         or beyond the budget of destinations; whereto flows has its row",
        row.flow, row.remote_ip
    ))
}

/// Every finding of a destination, or what is known of it where nothing was judged.
fn of_destination(dossier: &Dossier, at: usize, rows: &BTreeMap<u64, FlowRow>) -> Vec<Explanation> {
    let findings = dossier.findings.iter();
    let findings = findings.filter(|it| it.destination == Some(at)).take(MOST);
    let all: Vec<Explanation> = findings.map(|it| of_finding(dossier, it, rows)).collect();
    let Some(destination) = dossier.destinations.get(at).filter(|_| all.is_empty()) else {
        return all;
    };
    let mut one = Explanation {
        title: Text::from(words::around(
            WORDS.explain_part.destination,
            destination.subject().bytes(),
        )),
        sentence: WORDS.explain_part.not_judged.to_owned(),
        steps: steps(destination, destination.flows),
        would_settle: destination.country_settled_by.clone().into_iter().collect(),
        all_flows: destination.flows,
        ..base(dossier, rows, &destination.flow_numbers)
    };
    one.addresses.clone_from(&destination.addresses);
    one.facts.extend(claims_on(dossier, at));
    let name = destination.name.name.clone();
    let address = destination.addresses.first().map(ToString::to_string);
    if let Some(subject) = name.or(address) {
        one.command = command(
            dossier,
            &["--destination".to_owned(), subject],
            "destination",
        );
    }
    vec![one]
}

/// What explanations of every kind have.
fn base(dossier: &Dossier, rows: &BTreeMap<u64, FlowRow>, numbers: &[u64]) -> Explanation {
    let shown = numbers
        .iter()
        .take(FLOWS)
        .filter_map(|number| rows.get(number));
    let mut notes = Vec::new();
    if dossier.saved {
        notes.push(WORDS.explain_part.from_saved.to_owned());
    }
    if dossier.inputs > 1 {
        let inputs = dossier.inputs.to_string();
        notes.push(fill(WORDS.explain_part.several_captures, &[&inputs]));
    }
    if dossier.filtered {
        notes.push(WORDS.explain_part.filtered.to_owned());
    }
    Explanation {
        flows: shown.cloned().collect(),
        not_shown: WORDS
            .limits_of_a_place
            .iter()
            .map(|line| (*line).to_owned())
            .collect(),
        reply: dossier.reply.clone(),
        notes,
        ..Explanation::default()
    }
}

fn of_finding(
    dossier: &Dossier,
    finding: &FindingRow,
    rows: &BTreeMap<u64, FlowRow>,
) -> Explanation {
    let destination = finding
        .destination
        .and_then(|at| dossier.destinations.get(at));
    let nothing = DestinationRow::default();
    let known = destination.unwrap_or(&nothing);
    let decides = finding.would_decide.clone();
    let decides = decides.or_else(|| known.country_settled_by.clone());
    let about_place = finding.check == "server-country";
    Explanation {
        title: Text::from(fill(WORDS.explain_part.finding, &[&finding.id]).as_str()),
        verdict: Some(finding.verdict.clone()),
        subject: destination.map(DestinationRow::subject),
        sentence: finding.why.clone(),
        facts: facts(dossier, finding, destination),
        steps: destination.map_or_else(Vec::new, |it| steps(it, finding.flows)),
        sides: destination.map(|it| sides(finding, it)),
        would_settle: decides
            .filter(|_| about_place || finding.would_decide.is_some())
            .into_iter()
            .collect(),
        all_flows: finding.flows,
        addresses: known.addresses.clone(),
        command: match destination {
            Some(_) => command(
                dossier,
                &["--finding".to_owned(), finding.id.clone()],
                &finding.id,
            ),
            None => Vec::new(),
        },
        ..base(dossier, rows, &finding.flow_numbers)
    }
}

fn facts(
    dossier: &Dossier,
    finding: &FindingRow,
    destination: Option<&DestinationRow>,
) -> Vec<(&'static str, String)> {
    let said = &WORDS.explain_part;
    let mut facts = Vec::new();
    if let Some(destination) = destination {
        let sure = match destination.country_confidence.as_str() {
            "none" | "" => WORDS.not_rated,
            word => words::sure_word(word),
        };
        facts.push((WORDS.confidence, fill(said.confidence_of, &[sure])));
    }
    let expected = dossier
        .expected
        .iter()
        .find(|(rule, _)| *rule == finding.rule);
    let (check, severity) = (&finding.check, &finding.severity);
    let rule = match (expected, dossier.rule(&finding.rule)) {
        (Some((_, written)), _) => fill(said.rule_expects, &[&finding.rule, written]),
        (None, Some(rule)) => fill(WORDS.units.labelled, &[&finding.rule, &rule.reason]),
        (None, None) => finding.rule.clone(),
    };
    facts.push((WORDS.rule, rule));
    let severity = words::severity_word(severity);
    facts.push((said.looks_at, fill(said.check, &[check, severity])));
    let of_policy = dossier.policy.as_ref().filter(|_| expected.is_none());
    if let Some(policy) = of_policy {
        let line = dossier.rule(&finding.rule).map_or(0, |rule| rule.line);
        let (title, name, origin) = (&policy.title, &policy.name, &policy.origin);
        let policy_words = match line {
            0 => fill(WORDS.policy_part.title, &[title, name, origin]),
            line => fill(said.policy_line, &[title, name, origin, &line.to_string()]),
        };
        facts.push((WORDS.policy, policy_words));
        facts.extend(policy.notice.clone().map(|notice| ("", notice)));
    }
    let by_rule = dossier.rule(&finding.rule);
    let by_rule = by_rule.and_then(|rule| rule.reference.clone());
    let reference = finding.reference.clone().or(by_rule);
    facts.extend(reference.map(|words| (WORDS.reference, words)));
    if let Some(it) = &finding.suppressed {
        let words = match &it.expires {
            Some(day) => fill(said.suppressed_until, &[&it.owner, &it.reason, day]),
            None => fill(said.suppressed_always, &[&it.owner, &it.reason]),
        };
        facts.push((said.suppressed, words));
    }
    if let Some(at) = finding.destination {
        facts.extend(claims_on(dossier, at));
    }
    facts
}

/// The claims that have a destination among what speaks for or against them.
fn claims_on(dossier: &Dossier, at: usize) -> Option<(&'static str, String)> {
    let has = |exhibits: &[Exhibit]| exhibits.iter().any(|it| it.destination == Some(at));
    let said = &WORDS.explain_part;
    let mut words = Vec::new();
    for claim in &dossier.claims {
        let side = if has(&claim.against) {
            said.claim_against
        } else if has(&claim.open) {
            said.claim_open
        } else if has(&claim.supporting) {
            said.claim_fits
        } else {
            continue;
        };
        words.push(fill(side, &[&claim.id]));
    }
    (!words.is_empty()).then(|| (said.claims, words.join(WORDS.units.semicolon)))
}

fn of_claim(dossier: &Dossier, claim: &ClaimResult, rows: &BTreeMap<u64, FlowRow>) -> Explanation {
    let numbers = claim_flows(claim);
    let addresses = deciding(claim).flat_map(|exhibit| {
        let at = exhibit.destination;
        let destination = at.and_then(|at| dossier.destinations.get(at));
        let all = destination.map(|it| it.addresses.clone());
        all.unwrap_or_else(|| exhibit.address.into_iter().collect())
    });
    let mut addresses: Vec<IpAddr> = addresses.collect();
    addresses.sort_unstable();
    addresses.dedup();
    let words = &WORDS.explain_part;
    let [fits, against, open] = claim.flows;
    let decided = against.saturating_add(open);
    let choice: Vec<String> = numbers
        .iter()
        .flat_map(|number| ["--flow".to_owned(), number.to_string()])
        .collect();
    let reply = claim.reply.as_deref().map(str::to_owned);
    Explanation {
        title: Text::from(fill(WORDS.explain_part.claim, &[&claim.id]).as_str()),
        verdict: Some(claim.verdict.as_str().to_owned()),
        sentence: claim.sentence.clone(),
        facts: vec![
            (words.read_as, claim.reading.clone()),
            (words.source, claim.source.to_string()),
            (
                words.file,
                fill(words.file_line, &[&claim.origin, &claim.line.to_string()]),
            ),
        ],
        steps: claim.why.clone(),
        not_shown: claim.cannot_show.clone(),
        would_settle: claim.would_decide.clone().into_iter().collect(),
        all_flows: if decided > 0 { decided } else { fits },
        addresses,
        command: match choice.is_empty() {
            true => Vec::new(),
            false => command(dossier, &choice, &file_name(&claim.id)),
        },
        reply: reply.or_else(|| dossier.reply.clone()),
        claim: Some(Box::new(claim.clone())),
        ..base(dossier, rows, &numbers)
    }
}

/// The id, as far as it can stand in the name of a file.
fn file_name(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let kept = id.chars().filter(|c| plain(*c)).take(64);
    format!("claim-{}", kept.collect::<String>())
}

/// `whereto extract …`: captures and options of the audit, the choice, a file to write.
fn command(dossier: &Dossier, choice: &[String], file: &str) -> Vec<String> {
    let mut words = vec!["whereto".to_owned(), "extract".to_owned()];
    let mut options = dossier.arguments.iter();
    while let Some(word) = options.next() {
        // Extract has no filter: a note says so.
        if word == "--filter" {
            options.next();
            continue;
        }
        words.push(word.clone());
    }
    words.extend_from_slice(choice);
    words.push("-o".to_owned());
    words.push(format!("{file}.pcapng"));
    words
}
