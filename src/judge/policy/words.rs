//! What a policy's rules found, in words.
//!
//! In:   the rows of a [`Tally`], the destinations, the policy.
//! Out:  findings, and how each rule and exception turned out.
//!
//! Sentences are built of our words, numbers, the policy's words and the catalogue's: nothing in
//! them was chosen by the capture.

use super::axis::Axis;
use super::causes;
use super::facts::Cause;
use super::form::{Exception, Policy, Rule};
use super::places;
use super::tally::{Key, Row, Tally};
use crate::judge::finding_id;
use crate::judge::judging::Known;
use crate::judge::rules::expected_country::{self, Case};
use crate::judge::rules::{expected_operator, expected_owner};
use crate::judge::wording::{self, named};
use crate::language::{WORDS, fill};
use crate::model::{
    Country, Destination, ExceptionResult, Finding, PolicyResult, RuleResult, Severity, Verdict,
};
use std::sync::Arc;

/// Puts rows into words.
pub(super) struct Writer<'w> {
    policy: &'w Policy,
    known: &'w Known,
    destinations: &'w [Destination],
}

/// A sentence, and what would decide.
type Words = (String, Option<String>);

impl<'w> Writer<'w> {
    pub(super) fn new(
        policy: &'w Policy,
        known: &'w Known,
        destinations: &'w [Destination],
    ) -> Self {
        Writer {
            policy,
            known,
            destinations,
        }
    }

    /// The finding of one row.
    pub(super) fn finding(&self, key: Key, row: Row) -> Option<Finding> {
        let rule = self.rule(key.rule)?;
        let at = usize::try_from(key.destination).ok();
        let destination = at.and_then(|at| self.destinations.get(at));
        let (mut why, mut would_decide) = match destination {
            Some(destination) => self.on(rule, key, &row, destination),
            None => self.on_none(key, &row),
        };
        if let Some((other, says)) = row.rival {
            let (words, decides) = self.rival(rule, key, other, says, destination);
            why.push_str(&words);
            would_decide = Some(decides);
        }
        let exception = row.exception.and_then(|at| usize::try_from(at).ok());
        if let Some(exception) = exception.and_then(|at| self.policy.exceptions.get(at)) {
            why.push_str(&fill(WORDS.rulings.exception_open, &[&exception.id]));
            would_decide = Some(causes::scope_decides(&exception.scope, destination).to_owned());
        }
        if key.verdict != Verdict::Indeterminate {
            would_decide = None;
        }
        let check = key.axis.as_str();
        let country = destination.and_then(|destination| judged_country(key.axis, destination));
        Some(Finding {
            id: finding_id(&rule.id, check, key.verdict, country, destination),
            rule: Arc::clone(&rule.id),
            check,
            severity: rule.severity,
            reference: rule.reference.clone(),
            verdict: key.verdict,
            destination: destination.and(at),
            country,
            flows: row.flows,
            frames: row.examples.iter().map(|[frame, _]| *frame).collect(),
            flow_numbers: row.examples.iter().map(|[_, number]| *number).collect(),
            why: why.into(),
            would_decide: would_decide.map(Arc::from),
            suppressed: None,
        })
    }

    fn rule(&self, number: u32) -> Option<&'w Rule> {
        self.policy.rules.get(usize::try_from(number).ok()?)
    }

    /// What is said of a destination.
    fn on(&self, rule: &Rule, key: Key, row: &Row, destination: &Destination) -> Words {
        match key.axis {
            Axis::Server => self.server(rule, key, row, destination),
            Axis::Operator => operator(rule, row, destination),
            Axis::Owner => owner(rule, row, destination),
            _ => causes::sentence(key.axis, &rule.expect, row, &flows(row, Some(destination))),
        }
    }

    /// What is said where destinations were too many to be told apart.
    fn on_none(&self, key: Key, row: &Row) -> Words {
        let why = fill(
            WORDS.rulings.not_told_apart,
            &[
                &flows(row, None),
                wording::verdict(key.verdict),
                key.axis.as_str(),
            ],
        );
        (why, None)
    }

    fn server(&self, rule: &Rule, key: Key, row: &Row, destination: &Destination) -> Words {
        let expected = rule.expect.server.as_ref();
        let against = expected
            .map(super::expect::Places::words)
            .unwrap_or_default();
        let only = |cause| row.causes.iter().all(|(other, _)| *other == cause);
        // The rival takes the certainty away, not the place.
        let said = match (key.verdict, expected, destination.place.country) {
            (Verdict::Indeterminate, Some(expected), Some(country)) if only(Cause::Country) => {
                match expected.fit(country, row.at) {
                    crate::model::Truth::Yes => Verdict::Met,
                    crate::model::Truth::No => Verdict::Violated,
                    crate::model::Truth::Maybe => Verdict::Indeterminate,
                }
            }
            (verdict, ..) => verdict,
        };
        let case = Case::of(destination, said);
        let place = &destination.place;
        let explained = expected_country::explain_against(place, case, &against, &self.known.data);
        let mut why = explained.of(&flows(row, Some(destination)));
        let mut would_decide = explained.would_decide.map(str::to_owned);
        for (cause, _) in &row.causes {
            match cause {
                Cause::Unsure => {
                    let least = wording::confidence(self.policy.min_confidence);
                    why.push_str(&fill(WORDS.rulings.least_confidence, &[least]));
                    let settled = place.settled_by.unwrap_or(WORDS.rules.source_decides);
                    would_decide = Some(settled.to_owned());
                }
                Cause::Condition => {
                    let (words, decides) = condition(rule, key.axis, row, place.country);
                    why.push_str(&words);
                    would_decide = Some(decides);
                }
                Cause::Carries | Cause::Proxied => {
                    let (words, decides) = causes::behind(*cause);
                    why.push_str(words);
                    would_decide = Some(decides.to_owned());
                }
                _ => {}
            }
        }
        (why, would_decide)
    }

    /// That it is open which rule judges.
    fn rival(
        &self,
        rule: &Rule,
        key: Key,
        other: u32,
        says: Option<Verdict>,
        destination: Option<&Destination>,
    ) -> (String, String) {
        let other_rule = self.rule(other);
        let words = match (says, other_rule) {
            (Some(says), Some(other)) => {
                let says = wording::verdict(says);
                fill(WORDS.rulings.rival, &[&other.id, says])
            }
            _ => WORDS.rulings.rule_open.to_owned(),
        };
        // The earlier of the two is the one whose scope is in doubt.
        let doubtful = match other_rule {
            Some(first) if other < key.rule => first,
            _ => rule,
        };
        let decides = causes::scope_decides(&doubtful.scope, destination);
        (words, decides.to_owned())
    }

    /// A finding for each exception whose last day was before flows of the capture.
    pub(super) fn expired(&self, tally: &Tally) -> Vec<Finding> {
        let exceptions = self.policy.exceptions.iter().zip(&tally.exceptions);
        let expired = exceptions.filter(|(exception, _)| tally.latest >= Some(exception.expires));
        expired
            .map(|(exception, [_, after])| expired_finding(exception, *after))
            .collect()
    }
}

fn expired_finding(exception: &Exception, flows: u64) -> Finding {
    let words = &WORDS.rulings;
    let mut why = fill(
        words.expired,
        &[&exception.id, &exception.owner, &exception.last_day],
    );
    why.push_str(&match flows {
        0 => words.expired_unneeded.to_owned(),
        flows => WORDS.many(flows, words.expired_flows),
    });
    Finding {
        id: finding_id(
            &exception.id,
            "exception",
            Verdict::Indeterminate,
            None,
            None,
        ),
        rule: Arc::clone(&exception.id),
        check: "exception",
        severity: Severity::Medium,
        reference: None,
        verdict: Verdict::Indeterminate,
        destination: None,
        country: None,
        flows,
        frames: Arc::default(),
        flow_numbers: Arc::default(),
        why: why.into(),
        would_decide: Some(words.expired_decides.into()),
        suppressed: None,
    }
}

fn judged_country(axis: Axis, destination: &Destination) -> Option<Country> {
    match axis {
        Axis::Server | Axis::Operator | Axis::Owner => {
            places::country(axis, &destination.place, &destination.owner)
        }
        _ => None,
    }
}

/// `3 flows observed in this capture to 2 addresses`; `3 of 7 flows observed …`.
fn flows(row: &Row, destination: Option<&Destination>) -> String {
    let Some(destination) = destination else {
        return WORDS.many(row.flows, WORDS.rules.flows);
    };
    if row.flows >= destination.flows {
        return expected_country::flows(destination);
    }
    expected_country::some_flows(row.flows, destination)
}

fn operator(rule: &Rule, row: &Row, destination: &Destination) -> Words {
    let place = &destination.place;
    let flows = flows(row, Some(destination));
    let known = place.operator.as_deref();
    let Some(operator) = known.filter(|operator| !operator.registered_only) else {
        let (why, decides) = expected_operator::open(&flows, place.asn, known.is_some());
        return (why, Some(decides));
    };
    let top = *operator.top().1;
    let (verdict, expected) = seat(rule, Axis::Operator, row, top);
    let why = expected_operator::operated(&flows, place.asn, operator, verdict, &expected);
    with_causes(rule, Axis::Operator, row, Some(top), why)
}

fn owner(rule: &Rule, row: &Row, destination: &Destination) -> Words {
    let flows = flows(row, Some(destination));
    let outer = expected_owner::is_outer(destination);
    let company = destination.owner.owner.as_deref().filter(|_| !outer);
    let country = company.and_then(|company| company.group_country);
    let (Some(company), Some(country)) = (company, country) else {
        let (why, decides) = expected_owner::open(&flows, destination, company);
        return (why, Some(decides.to_owned()));
    };
    let (verdict, expected) = seat(rule, Axis::Owner, row, country);
    let why = expected_owner::owned(&flows, company, country, verdict, &expected);
    with_causes(rule, Axis::Owner, row, Some(country), why)
}

/// What stands behind the sentence on a seat.
fn with_causes(
    rule: &Rule,
    axis: Axis,
    row: &Row,
    country: Option<Country>,
    mut why: String,
) -> Words {
    let mut would_decide = None;
    for (cause, _) in &row.causes {
        let (words, decides) = match cause {
            Cause::Condition => condition(rule, axis, row, country),
            Cause::Carries | Cause::Proxied | Cause::NotItsName => {
                let (words, decides) = causes::behind(*cause);
                (words.to_owned(), decides.to_owned())
            }
            _ => continue,
        };
        why.push_str(&words);
        would_decide = Some(decides);
    }
    (why, would_decide)
}

/// Whether the country of a seat is as the rule has it, and `the expected countries (IN, SG)`.
fn seat(rule: &Rule, axis: Axis, row: &Row, country: Country) -> (Verdict, String) {
    match rule.expect.places(axis) {
        Some(expected) => (expected.fit(country, row.at).into(), expected.words()),
        None => (Verdict::Indeterminate, String::new()),
    }
}

/// The condition on which a membership hangs.
fn condition(rule: &Rule, axis: Axis, row: &Row, country: Option<Country>) -> (String, String) {
    let lists = rule.expect.places(axis).into_iter();
    let mut lists = lists.flat_map(super::expect::Places::lists);
    let found = country.and_then(|country| {
        let found = lists.find_map(|list| list.condition(country, row.at))?;
        Some((country, found))
    });
    let Some((country, (group, membership))) = found else {
        return (String::new(), WORDS.rulings.membership_decides.to_owned());
    };
    let condition = membership.condition.as_deref().unwrap_or_default();
    let country = named(country);
    let words = match membership.source.as_deref() {
        Some(source) => fill(
            WORDS.rulings.condition_source,
            &[&country, &group.name, condition, source],
        ),
        None => fill(WORDS.rules.condition, &[&country, &group.name, condition]),
    };
    (words, fill(WORDS.rulings.condition_decides, &[condition]))
}

/// How the policy turned out.
pub(super) fn result(policy: &Policy, tally: &Tally) -> PolicyResult {
    let rules = policy.rules.iter().zip(&tally.rules);
    let rules = rules.map(|(rule, flows)| {
        let by_verdict = [Verdict::Violated, Verdict::Indeterminate, Verdict::Met];
        let mut exercised = by_verdict.into_iter().zip(flows);
        RuleResult {
            id: Arc::clone(&rule.id),
            reason: Arc::clone(&rule.reason),
            reference: rule.reference.clone(),
            severity: rule.severity,
            verdict: exercised.find(|(_, flows)| **flows > 0).map(|(it, _)| it),
            flows: *flows,
            line: u64::try_from(rule.place.line).unwrap_or(u64::MAX),
        }
    });
    let exceptions = policy.exceptions.iter().zip(&tally.exceptions);
    let exceptions = exceptions.map(|(exception, [in_force, after])| ExceptionResult {
        id: Arc::clone(&exception.id),
        owner: Arc::clone(&exception.owner),
        reason: Arc::clone(&exception.reason),
        expires: exception.expires,
        flows: *in_force,
        expired_flows: *after,
    });
    PolicyResult {
        name: Arc::clone(&policy.name),
        title: Arc::clone(&policy.title),
        origin: Arc::clone(&policy.origin),
        sha256: policy.sha256.clone(),
        as_of: policy.as_of.clone(),
        notice: policy.notice.clone(),
        rules: rules.collect(),
        groups: policy.groups.iter().map(|group| group.shown()).collect(),
        exceptions: exceptions.collect(),
    }
}
