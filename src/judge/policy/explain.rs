//! Which rule judged one flow, on each axis, and why; and which rules did not mean it.
//!
//! In:   a policy, one flow.
//! Out:  lines of text. The policy's words are in them, and ours; nothing of the capture's.

use super::axis::Axis;
use super::facts::{self, Said};
use super::form::{Policy, Rule};
use super::run::Bench;
use super::{causes, places};
use crate::judge::judging::Known;
use crate::judge::selector::{Field, Selector, Test};
use crate::judge::wording;
use crate::language::{WORDS, fill};
use crate::model::{Country, Flow, Truth, Verdict};

/// Why one flow was judged so.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Explanation {
    /// One entry for each axis of which a rule speaks.
    pub axes: Vec<AxisExplained>,
    /// Rules and exceptions that did not mean the flow: the id, and the first field that did not
    /// fit.
    pub unmeant: Vec<(String, &'static str)>,
}

/// What was said on one axis.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AxisExplained {
    /// The axis, as findings have it.
    pub check: &'static str,
    /// The verdict; `None` where the flow was not judged.
    pub verdict: Option<Verdict>,
    /// The steps, in order.
    pub steps: Vec<String>,
}

impl Policy {
    /// Says which rule judged a flow on each axis, and why.
    #[must_use]
    pub fn explain(&self, flow: &Flow, known: &Known) -> Explanation {
        let test = Test {
            devices: &known.devices,
            phases: known.phases.as_deref(),
        };
        let by_name: Vec<bool> = self
            .rules
            .iter()
            .map(|rule| rule.scope.asks_who())
            .collect();
        let bench = Bench {
            policy: self,
            by_name: &by_name,
            test,
            flow,
        };
        let axes = Axis::ALL.into_iter();
        let axes = axes.filter(|axis| self.rules.iter().any(|it| it.expect.speaks_of(*axis)));
        let axes = axes.map(|axis| self.axis(axis, &bench)).collect();
        let rules = self.rules.iter().map(|rule| (&rule.id, &rule.scope));
        let exceptions = self.exceptions.iter();
        let exceptions = exceptions.map(|exception| (&exception.id, &exception.scope));
        let unmeant = rules.chain(exceptions).filter_map(|(id, scope)| {
            let field = first_unfit(scope, flow, test)?;
            Some((id.as_ref().to_owned(), field.as_str()))
        });
        Explanation {
            axes,
            unmeant: unmeant.collect(),
        }
    }

    fn axis(&self, axis: Axis, bench: &Bench<'_>) -> AxisExplained {
        let words = &WORDS.rulings.explained;
        let mut found = AxisExplained {
            check: axis.as_str(),
            ..AxisExplained::default()
        };
        if !facts::applies(axis, bench.flow) {
            found.steps.push(words.not_applied.to_owned());
            return found;
        }
        let mut may = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if !rule.expect.speaks_of(axis) {
                continue;
            }
            let truth = rule.scope.matches(bench.flow, bench.test);
            if truth == Truth::No {
                continue;
            }
            let Some(said) = bench.ask(at, axis) else {
                continue;
            };
            found.steps.push(step(rule, axis, bench, truth, said));
            may.push((at, truth == Truth::Yes));
            if truth == Truth::Yes {
                break;
            }
        }
        self.outcome(axis, bench, &may, &mut found);
        found
    }

    /// What follows from those that may judge, and from exceptions.
    fn outcome(
        &self,
        axis: Axis,
        bench: &Bench<'_>,
        may: &[(usize, bool)],
        found: &mut AxisExplained,
    ) {
        let judged = bench.judge(axis, may.iter().copied());
        let words = &WORDS.rulings.explained;
        let open = if may.is_empty() {
            Some(words.no_rule)
        } else if judged.is_none() {
            Some(words.none_surely)
        } else if judged.is_some_and(|judged| judged.rival.is_some()) {
            Some(words.disagree)
        } else {
            None
        };
        found.steps.extend(open.map(str::to_owned));
        found.verdict = judged.map(|judged| judged.verdict);
        if found.verdict.is_none_or(|verdict| verdict == Verdict::Met) {
            return;
        }
        for exception in self.exceptions.iter().filter(|it| it.covers(axis)) {
            let truth = exception.scope.matches(bench.flow, bench.test);
            if truth == Truth::No {
                continue;
            }
            let id = &exception.id;
            let expired = bench.flow.first_seen >= exception.expires;
            found.steps.push(match (expired, truth) {
                (true, _) => fill(words.ended, &[id, &exception.last_day]),
                (false, Truth::Yes) => fill(words.covers, &[id]),
                (false, _) => fill(words.may_cover, &[id]),
            });
            if !expired {
                found.verdict = (truth != Truth::Yes).then_some(Verdict::Indeterminate);
                if truth == Truth::Yes {
                    break;
                }
            }
        }
    }
}

/// What a rule says that means the flow, or may mean it.
fn step(rule: &Rule, axis: Axis, bench: &Bench<'_>, truth: Truth, said: Said) -> String {
    let words = &WORDS.rulings.explained;
    let country = places::country(axis, &bench.flow.place, &bench.flow.owner);
    let country = country.filter(|_| rule.expect.places(axis).is_some());
    let line = rule.place.line.to_string();
    let (expected, cause) = (
        causes::expected(axis, &rule.expect),
        causes::words(said.cause),
    );
    let mut values: Vec<&str> = vec![
        &rule.id,
        &line,
        &expected,
        wording::verdict(said.verdict),
        &cause,
    ];
    let sure = truth == Truth::Yes;
    let fields = (!sure).then(|| open_fields(&rule.scope, bench));
    values.extend(fields.as_deref());
    values.extend(country.as_ref().map(Country::code));
    let template = match (sure, country.is_some()) {
        (true, false) => words.means,
        (true, true) => words.means_country,
        (false, false) => words.may_mean,
        (false, true) => words.may_mean_country,
    };
    fill(template, &values)
}

/// The first field of a scope that a flow does not fit.
fn first_unfit(scope: &Selector, flow: &Flow, test: Test<'_>) -> Option<Field> {
    let mut fields = Field::ALL.into_iter();
    fields.find(|field| scope.field(*field, flow, test) == Truth::No)
}

/// The fields of which it is not known whether the flow fits.
fn open_fields(scope: &Selector, bench: &Bench<'_>) -> String {
    let fields = Field::ALL.into_iter();
    let open = fields.filter(|field| scope.field(*field, bench.flow, bench.test) == Truth::Maybe);
    let words: Vec<&str> = open.map(Field::as_str).collect();
    words.join(WORDS.units.comma)
}
