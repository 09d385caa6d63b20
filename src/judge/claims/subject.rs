//! Of which flows a claim speaks.
//!
//! In:   a selector out of the file; then flows.
//! Out:  for each flow whether it is of the subject: yes, no, or not known.
//!
//! Name resolution and upkeep of the network are outside, unless the claim names protocols: they
//! are not the service of whoever made the claim. What a tunnel or a proxy carries may always be
//! of the subject.

use super::super::selector::{Selector, Test};
use super::protection::Nature;
use crate::model::{Flow, PhaseLog, Time, Truth};

/// The subject of a claim.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    pub(crate) selector: Selector,
    /// What is asked of a flow that carries others: whose it is and when, not what it is.
    outside: Selector,
    /// It asks for something that a tunnel hides.
    asks_inside: bool,
    /// Nothing is asked beside names.
    by_name_alone: bool,
}

impl Subject {
    pub(super) fn new(selector: Selector) -> Self {
        let outside = Selector {
            devices: selector.devices.clone(),
            phases: selector.phases.clone(),
            before: selector.before.clone(),
            after: selector.after.clone(),
            from: selector.from,
            until: selector.until,
            ..Selector::default()
        };
        let asks_inside =
            selector.asks_who() || !selector.apps.is_empty() || !selector.protocols.is_empty();
        let by_name_alone = !selector.asks_time()
            && selector.apps.is_empty()
            && selector.protocols.is_empty()
            && selector.ports.is_empty()
            && selector.addresses.is_empty()
            && selector.devices.is_empty();
        Subject {
            selector,
            outside,
            asks_inside,
            by_name_alone,
        }
    }

    /// Whether `flow` is of the subject; `who` is what its name says of that.
    pub(super) fn matches(
        &self,
        flow: &Flow,
        nature: &Nature,
        who: Truth,
        test: Test<'_>,
    ) -> Truth {
        if nature.carrier && self.asks_inside && !self.names(flow.protocol) {
            return self.outside.plain(flow, test).and(Truth::Maybe);
        }
        let upkeep = if self.leaves_upkeep_out() {
            nature.upkeep
        } else {
            Truth::No
        };
        let plain = if self.by_name_alone {
            Truth::Yes
        } else {
            self.selector.plain(flow, test)
        };
        plain.and(upkeep.not()).and(who)
    }

    /// True where the claim names the protocol itself.
    pub(super) fn names(&self, protocol: Option<&'static str>) -> bool {
        protocol.is_some_and(|word| self.selector.protocols.iter().any(|known| known == word))
    }

    pub(super) fn leaves_upkeep_out(&self) -> bool {
        self.selector.protocols.is_empty()
    }

    /// True where phases of the test are asked for.
    pub(super) fn asks_phases(&self) -> bool {
        let selector = &self.selector;
        !selector.phases.is_empty() || selector.before.is_some() || selector.after.is_some()
    }

    /// Whether the time that is meant, or some of it, lies between these two instants.
    pub(super) fn was_captured(&self, span: (Time, Time), log: Option<&PhaseLog>) -> Truth {
        let (first, last) = span;
        let selector = &self.selector;
        let named = |name: &str| {
            let asked = selector.phases.iter().chain(&selector.before);
            asked.chain(&selector.after).any(|known| known == name)
        };
        let phases = log.map_or(&[][..], |log| &log.phases);
        let starts = phases.iter().filter(|phase| named(&phase.name));
        // The answer changes at these instants only.
        let turns = starts
            .map(|phase| phase.start)
            .chain(selector.from)
            .chain(selector.until);
        let near = turns.flat_map(|turn| [Time(turn.0.saturating_sub(1)), turn]);
        near.chain([first, last])
            .filter(|at| (first..=last).contains(at))
            .map(|at| selector.during(at, log))
            .fold(Truth::No, Truth::or)
    }
}
