//! A policy at work.
//!
//! In:   every flow of a capture, with its destination.
//! Out:  the gravest verdict on each; in the end findings, and how the rules turned out.
//!
//! On each axis the first rule of the file that means the flow and speaks of that axis judges it.
//! Where it is not known whether a rule means the flow, all that may be the judge are asked:
//! where they agree, that holds; else the flow is indeterminate. A flow that no rule surely means,
//! and that would be as expected if one did, is not judged at all.

use super::axis::Axis;
use super::facts::{self, Said};
use super::form::Policy;
use super::marks::{Marks, Scopes, mask};
use super::tally::{Judged, Tally};
use super::{places, words};
use crate::judge::judging::Known;
use crate::judge::selector::Test;
use crate::model::{Destination, Finding, Flow, PolicyResult, Verdict};
use std::collections::HashMap;
use std::sync::Arc;

/// A policy at work.
pub(in crate::judge) struct Run {
    policy: Arc<Policy>,
    known: Arc<Known>,
    scopes: Scopes,
    /// For each axis the rules that speak of it, as bits; and the exceptions that cover it.
    rules_of: Vec<Vec<u64>>,
    exceptions_of: Vec<Vec<u64>>,
    /// True for rules whose scope asks for a name.
    by_name: Vec<bool>,
    /// For each axis, the number of what each rule expects on it: rules that expect the same say
    /// the same of one flow.
    alike: Vec<Vec<u32>>,
    /// Which of those numbers were asked, by a count of questions.
    asked: Asked,
    tally: Tally,
    said: Vec<Judged>,
    /// Exceptions that the flow met already, on another axis.
    met: Vec<(usize, bool)>,
}

impl Run {
    pub(in crate::judge) fn new(policy: Arc<Policy>, known: Arc<Known>) -> Self {
        let (rules, exceptions) = (policy.rules.len(), policy.exceptions.len());
        let scopes = policy.rules.iter().map(|rule| rule.scope.clone());
        let excepted = policy.exceptions.iter();
        let scopes = scopes.chain(excepted.map(|exception| exception.scope.clone()));
        let all = rules.saturating_add(exceptions);
        let rule_masks = Axis::ALL.map(|axis| {
            mask(all, |at| {
                let rule = policy.rules.get(at);
                rule.is_some_and(|rule| rule.expect.speaks_of(axis))
            })
        });
        let exception_masks = Axis::ALL.map(|axis| {
            mask(all, |at| {
                let exception = at.checked_sub(rules);
                let exception = exception.and_then(|at| policy.exceptions.get(at));
                exception.is_some_and(|exception| exception.covers(axis))
            })
        });
        let by_name: Vec<bool> = policy
            .rules
            .iter()
            .map(|rule| rule.scope.asks_who())
            .collect();
        Run {
            alike: Axis::ALL
                .map(|axis| alike(axis, &policy, &by_name))
                .to_vec(),
            asked: Asked::new(rules),
            scopes: Scopes::new(scopes.collect(), Arc::clone(&known)),
            rules_of: rule_masks.to_vec(),
            exceptions_of: exception_masks.to_vec(),
            by_name,
            tally: Tally::new(rules, exceptions),
            said: Vec::new(),
            met: Vec::new(),
            policy,
            known,
        }
    }

    pub(in crate::judge) fn flow(
        &mut self,
        flow: &Flow,
        destination: Option<usize>,
    ) -> Option<Verdict> {
        let marks = self.scopes.of(flow);
        self.said.clear();
        self.met.clear();
        let bench = Bench {
            policy: &self.policy,
            by_name: &self.by_name,
            test: Test {
                devices: &self.known.devices,
                phases: self.known.phases.as_deref(),
            },
            flow,
        };
        for (axis, ((rules, exceptions), alike)) in Axis::ALL.into_iter().zip(
            self.rules_of
                .iter()
                .zip(&self.exceptions_of)
                .zip(&self.alike),
        ) {
            if !facts::applies(axis, flow) {
                continue;
            }
            self.asked.next();
            let may = marks.among(rules).filter(|(at, sure)| {
                // Whoever is the judge for sure ends the question, whatever was said before.
                let new = alike
                    .get(*at)
                    .is_none_or(|number| self.asked.is_new(*number));
                new || *sure
            });
            let judged = bench.judge(axis, may);
            let judged =
                judged.and_then(|judged| bench.except(judged, marks, exceptions, &mut self.met));
            self.said.extend(judged);
        }
        for (exception, expired) in &self.met {
            self.tally.except(*exception, *expired);
        }
        self.tally.flow(flow, destination, &self.said);
        self.said.iter().map(|judged| judged.verdict).min()
    }

    pub(in crate::judge) fn finish(
        mut self,
        destinations: &[Destination],
    ) -> (Vec<Finding>, PolicyResult) {
        let rows = self.tally.rows();
        let writer = words::Writer::new(&self.policy, &self.known, destinations);
        let mut findings: Vec<Finding> = rows
            .into_iter()
            .filter_map(|(key, row)| writer.finding(key, row))
            .collect();
        findings.extend(writer.expired(&self.tally));
        (findings, words::result(&self.policy, &self.tally))
    }
}

/// One flow before the rules.
pub(super) struct Bench<'b> {
    pub(super) policy: &'b Policy,
    pub(super) by_name: &'b [bool],
    pub(super) test: Test<'b>,
    pub(super) flow: &'b Flow,
}

impl Bench<'_> {
    /// What one rule says.
    pub(super) fn ask(&self, at: usize, axis: Axis) -> Option<Said> {
        let rule = self.policy.rules.get(at)?;
        match rule.expect.places(axis) {
            Some(places) => {
                let by_name = self.by_name.get(at).copied().unwrap_or(false);
                let least = self.policy.min_confidence;
                Some(places::judge(axis, places, self.flow, least, by_name))
            }
            None => facts::judge(axis, &rule.expect, self.flow, self.test),
        }
    }

    /// What those say that may be the judge, in their order.
    pub(super) fn judge(
        &self,
        axis: Axis,
        may: impl Iterator<Item = (usize, bool)>,
    ) -> Option<Judged> {
        // Of each verdict the first who says it.
        let mut firsts: [Option<(usize, Said)>; 3] = [None; 3];
        let mut judge = None;
        for (at, sure) in may {
            let Some(said) = self.ask(at, axis) else {
                continue;
            };
            let [violated, indeterminate, met] = &mut firsts;
            let first = match said.verdict {
                Verdict::Violated => violated,
                Verdict::Indeterminate => indeterminate,
                Verdict::Met => met,
            };
            first.get_or_insert((at, said));
            if sure {
                judge = Some((at, said));
                break;
            }
            // A violation that another does not share: nobody can settle it any more.
            let [violated, indeterminate, met] = &firsts;
            if violated.is_some() && (indeterminate.is_some() || met.is_some()) {
                break;
            }
        }
        let mut firsts = firsts.into_iter().flatten();
        let (gravest, other) = (firsts.next()?, firsts.next());
        let number = |at| u32::try_from(at).unwrap_or(u32::MAX);
        let judged = |(at, said): (usize, Said), verdict, rival| Judged {
            rule: number(at),
            axis,
            verdict,
            cause: said.cause,
            rival,
            exception: None,
        };
        match (judge, other) {
            (Some(judge), None) => Some(judged(judge, judge.1.verdict, None)),
            // Whether it is meant or not, it is as expected: nobody needs to be asked.
            (None, None) if gravest.1.verdict == Verdict::Met => None,
            (_, Some((at, said))) => {
                let rival = (number(at), Some(said.verdict));
                Some(judged(gravest, Verdict::Indeterminate, Some(rival)))
            }
            (None, None) => {
                let rival = (number(gravest.0), None);
                Some(judged(gravest, Verdict::Indeterminate, Some(rival)))
            }
        }
    }

    /// Leaves out what an exception covers, and notes those that are over.
    fn except(
        &self,
        mut judged: Judged,
        marks: &Marks,
        exceptions: &[u64],
        met: &mut Vec<(usize, bool)>,
    ) -> Option<Judged> {
        if judged.verdict == Verdict::Met {
            return Some(judged);
        }
        for (at, sure) in marks.among(exceptions) {
            let Some(at) = at.checked_sub(self.policy.rules.len()) else {
                continue;
            };
            let exception = self.policy.exceptions.get(at)?;
            let expired = self.flow.first_seen >= exception.expires;
            if sure && !met.contains(&(at, expired)) {
                met.push((at, expired));
            }
            if sure && !expired {
                return None;
            }
            if !expired {
                judged.verdict = Verdict::Indeterminate;
                judged.exception = u32::try_from(at).ok();
            }
        }
        Some(judged)
    }
}

/// For each rule the number of what it expects on an axis, and of whether it asks for a name.
fn alike(axis: Axis, policy: &Policy, by_name: &[bool]) -> Vec<u32> {
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let rules = policy.rules.iter().zip(by_name);
    let numbered = rules.map(|(rule, by_name)| {
        let expect = &rule.expect;
        let words = match axis {
            Axis::Encryption => format!("{:?}", expect.encryption),
            Axis::Names => format!("{:?}", expect.names),
            Axis::Resolver => format!("{:?}", expect.resolver),
            Axis::HiddenNames => format!("{:?}", expect.hidden_names),
            Axis::Tunnel => format!("{:?}", expect.tunnel),
            Axis::Silence => String::new(),
            // Names of groups are unique in a policy.
            Axis::Server | Axis::Operator | Axis::Owner => {
                let places = expect.places(axis);
                let words = places.map(super::expect::Places::list);
                format!("{by_name} {words:?}")
            }
        };
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(words).or_insert(next)
    });
    numbered.collect()
}

/// Which expectations were asked already in one question: stamps, that nothing has to be cleared.
struct Asked {
    question: u64,
    stamps: Vec<u64>,
}

impl Asked {
    fn new(rules: usize) -> Self {
        Asked {
            question: 0,
            stamps: vec![0; rules],
        }
    }

    fn next(&mut self) {
        self.question = self.question.saturating_add(1);
    }

    fn is_new(&mut self, number: u32) -> bool {
        let at = usize::try_from(number).ok();
        let Some(stamp) = at.and_then(|at| self.stamps.get_mut(at)) else {
            return true;
        };
        let new = *stamp != self.question;
        *stamp = self.question;
        new
    }
}
