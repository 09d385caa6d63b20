//! Which rule judged one flow, on each axis, and why; and which rules did not mean it.
//!
//! In:   a policy, one flow.
//! Out:  lines of text. The policy's words are in them, and ours; nothing of the capture's.

use super::axis::Axis;
use super::facts;
use super::form::Policy;
use super::run::Bench;
use super::{causes, places};
use crate::judge::judging::Known;
use crate::judge::selector::{Field, Selector, Test};
use crate::model::{Flow, Truth, Verdict};

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
        let mut found = AxisExplained {
            check: axis.as_str(),
            ..AxisExplained::default()
        };
        if !facts::applies(axis, bench.flow) {
            let words = "this axis does not apply to such a flow";
            found.steps.push(words.to_owned());
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
            let means = match truth {
                Truth::Yes => "means the flow".to_owned(),
                _ => format!("may mean the flow: {}", open_fields(&rule.scope, bench)),
            };
            let country = places::country(axis, &bench.flow.place, &bench.flow.owner);
            let country = country.filter(|_| rule.expect.places(axis).is_some());
            let country = country.map_or_else(String::new, |country| format!(" ({country})"));
            found.steps.push(format!(
                "rule {} (line {}) {means}; it expects {}, and says {}: {}{country}",
                rule.id,
                rule.place.line,
                causes::expected(axis, &rule.expect),
                said.verdict.as_str(),
                causes::words(said.cause)
            ));
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
        if may.is_empty() {
            found.steps.push("no rule means the flow".to_owned());
        } else if judged.is_none() {
            let words = "none surely means the flow, and by all it is as expected: not judged";
            found.steps.push(words.to_owned());
        } else if judged.is_some_and(|judged| judged.rival.is_some()) {
            let words = "which of them judges, cannot be told, and they do not agree";
            found.steps.push(words.to_owned());
        }
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
            let words = match (expired, truth) {
                (true, _) => format!("exception {id} ended on {}", exception.last_day),
                (false, Truth::Yes) => format!("exception {id} covers it: not judged"),
                (false, _) => format!("exception {id} may cover it: indeterminate"),
            };
            found.steps.push(words);
            if !expired {
                found.verdict = (truth != Truth::Yes).then_some(Verdict::Indeterminate);
                if truth == Truth::Yes {
                    break;
                }
            }
        }
    }
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
    format!("{} cannot be told", words.join(", "))
}
