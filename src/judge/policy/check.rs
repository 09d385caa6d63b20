//! What is wrong with a policy that can be read.
//!
//! In:   a policy.
//! Out:  its faults and doubts, in the order of the file, each with line and column.
//!
//! Faults: a rule that no flow can reach, rules that contradict each other, lists that leave no
//! country. Doubts: rules that overlap without one being within the other, owners that the
//! embedded catalogue does not have, a country both expected and not. Pairs of rules are compared:
//! a policy has at most some thousands.

use super::axis::Axis;
use super::expect::{Expect, Places};
use super::form::{Place, Policy, Rule};
use super::functions;
use crate::judge::groups::every_country;
use crate::judge::selector::{Pattern, Selector};
use crate::model::{Time, Truth};
use std::collections::BTreeSet;

/// Rules beyond which pairs are not compared any more; the check says so.
const MOST_COMPARED: usize = 2_000;

/// Something about a policy.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Lint {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// True for a fault, false for a doubt.
    pub is_error: bool,
    /// What it is.
    pub what: String,
}

impl Policy {
    /// What is wrong with this policy, in the order of the file.
    #[must_use]
    pub fn check(&self) -> Vec<Lint> {
        let mut found = Vec::new();
        for rule in &self.rules {
            places(rule, &mut found);
            for (owner, place) in &rule.owners_at {
                if !functions::has_owner(owner) {
                    let what = format!("owner `{owner}` is not in the embedded catalogue");
                    found.push(lint(*place, false, what));
                }
            }
        }
        for (at, rule) in self.rules.iter().enumerate().take(MOST_COMPARED) {
            let earlier = self.rules.get(..at).unwrap_or_default();
            reach(rule, earlier, &mut found);
        }
        for exception in &self.exceptions {
            let mut axes = Axis::ALL.into_iter().filter(|axis| exception.covers(*axis));
            if !axes.any(|axis| self.rules.iter().any(|it| it.expect.speaks_of(axis))) {
                let what = format!(
                    "exception `{}` covers nothing: no rule speaks of its axes",
                    exception.id
                );
                found.push(lint(exception.place, false, what));
            }
        }
        if let Some(rule) = self.rules.get(MOST_COMPARED) {
            let what = format!("from here on rules are not compared: more than {MOST_COMPARED}");
            found.push(lint(rule.place, false, what));
        }
        found.sort();
        found
    }
}

fn lint(place: Place, is_error: bool, what: String) -> Lint {
    Lint {
        line: place.line,
        column: place.column,
        is_error,
        what,
    }
}

/// Lists of countries that leave nothing, or say both.
fn places(rule: &Rule, found: &mut Vec<Lint>) {
    for axis in Axis::ALL {
        let Some(places) = rule.expect.places(axis) else {
            continue;
        };
        let mut times: Vec<Time> = places.lists().flat_map(|list| list.changes()).collect();
        times.push(Time(i64::MIN));
        let any = times.iter().any(|at| {
            let mut all = every_country();
            all.any(|country| places.fit(country, *at) != Truth::No)
        });
        if !any {
            let what = format!(
                "rule `{}` leaves no country on {}: every flow would be violated",
                rule.id,
                axis.as_str()
            );
            found.push(lint(rule.place, true, what));
            continue;
        }
        let both = places.only.iter().flat_map(|only| &only.countries);
        for country in both.filter(|country| places.not.countries.contains(country)) {
            let what = format!(
                "rule `{}` both expects {country} and does not, on {}",
                rule.id,
                axis.as_str()
            );
            found.push(lint(rule.place, false, what));
        }
    }
}

/// Whether any flow reaches a rule past the earlier ones.
fn reach(rule: &Rule, earlier: &[Rule], found: &mut Vec<Lint>) {
    let axes = Axis::ALL.into_iter();
    let axes: Vec<Axis> = axes.filter(|axis| rule.expect.speaks_of(*axis)).collect();
    let before = |axis: &Axis| {
        let mut all = earlier.iter();
        all.find(|other| other.expect.speaks_of(*axis) && covers(&other.scope, &rule.scope))
    };
    let covered: Vec<(Axis, &Rule)> = axes
        .iter()
        .filter_map(|axis| Some((*axis, before(axis)?)))
        .collect();
    for (axis, other) in &covered {
        let same = covers(&rule.scope, &other.scope);
        if same && differ(*axis, &rule.expect, &other.expect) {
            let what = format!(
                "rule `{}` contradicts `{}` (line {}) on {}: the same flows, another expectation; \
                 the earlier one judges",
                rule.id,
                other.id,
                other.place.line,
                axis.as_str()
            );
            found.push(lint(rule.place, true, what));
        }
    }
    if let (true, Some((_, other))) = (covered.len() == axes.len(), covered.first()) {
        let what = format!(
            "rule `{}` is never reached: `{}` (line {}) judges every flow that it means",
            rule.id, other.id, other.place.line
        );
        found.push(lint(rule.place, true, what));
        return;
    }
    for (axis, other) in &covered {
        let what = format!(
            "rule `{}` never judges {}: `{}` (line {}) does before it",
            rule.id,
            axis.as_str(),
            other.id,
            other.place.line
        );
        found.push(lint(rule.place, false, what));
    }
    overlaps(rule, earlier, &axes, found);
}

/// Earlier rules that mean some of the same flows, and expect something else.
fn overlaps(rule: &Rule, earlier: &[Rule], axes: &[Axis], found: &mut Vec<Lint>) {
    for other in earlier {
        let nested = covers(&other.scope, &rule.scope) || covers(&rule.scope, &other.scope);
        if nested || apart(&other.scope, &rule.scope) {
            continue;
        }
        let axes = axes.iter().filter(|axis| {
            other.expect.speaks_of(**axis) && differ(**axis, &rule.expect, &other.expect)
        });
        let axes: Vec<&str> = axes.map(|axis| axis.as_str()).collect();
        if !axes.is_empty() {
            let what = format!(
                "rule `{}` overlaps `{}` (line {}) on {}: flows that both mean are judged by the \
                 earlier one",
                rule.id,
                other.id,
                other.place.line,
                axes.join(", ")
            );
            found.push(lint(rule.place, false, what));
        }
    }
}

/// Whether two rules may say different things of one flow.
fn differ(axis: Axis, one: &Expect, other: &Expect) -> bool {
    let lists = |places: Option<&Places>| places.map(Places::words);
    match axis {
        Axis::Server | Axis::Operator | Axis::Owner => {
            lists(one.places(axis)) != lists(other.places(axis))
        }
        Axis::Encryption => one.encryption != other.encryption,
        Axis::Names => one.names != other.names,
        Axis::HiddenNames => one.hidden_names != other.hidden_names,
        Axis::Tunnel => one.tunnel != other.tunnel,
        Axis::Silence => false,
        Axis::Resolver => match (&one.resolver, &other.resolver) {
            (Some(one), Some(other)) => !(covers(one, other) && covers(other, one)),
            _ => true,
        },
    }
}

/// True where every flow that `narrow` may mean, `wide` means as well.
fn covers(wide: &Selector, narrow: &Selector) -> bool {
    let names = |wide: &[Pattern], narrow: &[Pattern]| {
        within(wide, narrow, |wide, narrow| {
            wide.fits(narrow.as_str().as_bytes())
        })
    };
    let from = wide.from.is_none() || (narrow.from.is_some() && wide.from <= narrow.from);
    let until = match (wide.until, narrow.until) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => narrow <= wide,
        _ => false,
    };
    let same = |wide: &Option<String>, narrow: &Option<String>| wide.is_none() || wide == narrow;
    within(&wide.owners, &narrow.owners, |wide, narrow| wide == narrow)
        && within(&wide.domains, &narrow.domains, |wide, narrow| {
            is_below(narrow, wide)
        })
        && names(&wide.names, &narrow.names)
        && names(&wide.apps, &narrow.apps)
        && within(&wide.functions, &narrow.functions, |wide, narrow| {
            wide == narrow
        })
        && within(&wide.protocols, &narrow.protocols, |wide, narrow| {
            wide == narrow
        })
        && within(&wide.ports, &narrow.ports, |wide, narrow| wide == narrow)
        && within(&wide.addresses, &narrow.addresses, |wide, narrow| {
            wide.covers(*narrow)
        })
        && within(&wide.devices, &narrow.devices, |wide, narrow| {
            wide == narrow
        })
        && within(&wide.phases, &narrow.phases, |wide, narrow| wide == narrow)
        && same(&wide.before, &narrow.before)
        && same(&wide.after, &narrow.after)
        && from
        && until
}

/// Every entry of `narrow` is within one of `wide`; an empty list is everything.
fn within<T>(wide: &[T], narrow: &[T], covers: impl Fn(&T, &T) -> bool) -> bool {
    let one = |narrow: &T| wide.iter().any(|wide| covers(wide, narrow));
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(one))
}

/// True where no flow can be meant by both.
fn apart(one: &Selector, other: &Selector) -> bool {
    fn disjoint<T: Ord>(one: &[T], other: &[T]) -> bool {
        let one_set: BTreeSet<&T> = one.iter().collect();
        !one.is_empty() && !other.is_empty() && !other.iter().any(|it| one_set.contains(it))
    }
    let domains = !one.domains.is_empty()
        && !other.domains.is_empty()
        && !one.domains.iter().any(|one| {
            let mut others = other.domains.iter();
            others.any(|other| is_below(one, other) || is_below(other, one))
        });
    let addresses = !one.addresses.is_empty()
        && !other.addresses.is_empty()
        && !one.addresses.iter().any(|one| {
            let mut others = other.addresses.iter();
            others.any(|other| one.covers(*other) || other.covers(*one))
        });
    let ended = |one: &Selector, other: &Selector| {
        one.until
            .is_some_and(|until| other.from.is_some_and(|from| until <= from))
    };
    domains
        || addresses
        || disjoint(&one.functions, &other.functions)
        || disjoint(&one.protocols, &other.protocols)
        || disjoint(&one.ports, &other.ports)
        || disjoint(&one.phases, &other.phases)
        || (one.before.is_some() && one.before == other.after)
        || (one.after.is_some() && one.after == other.before)
        || ended(one, other)
        || ended(other, one)
}

fn is_below(name: &str, domain: &str) -> bool {
    let rest = name.strip_suffix(domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
