//! Claims at work.
//!
//! In:   the files of claims and what is known of the test; then every flow, in any order.
//! Out:  a [`Tally`] for each claim, which [`super::finish`] turns into results.
//!
//! Thousands of flows share a name or a place: what depends on those alone is asked once. The
//! memory of such answers is bounded, and begins anew where it is full.

use super::super::judging::Known;
use super::super::selector::{Test, is_the_flows_own};
use super::assertion::{Assertion, Looks};
use super::finish;
use super::protection::Nature;
use super::tally::{Marks, RestsOn, Seen, Tally};
use super::{Claim, Claims};
use crate::model::{
    ClaimResult, Destination, Flow, Losses, NameOwner, Place, Scope, Text, Time, Totals, Truth,
};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Claims at work.
pub(in super::super) struct Run {
    files: Vec<Arc<Claims>>,
    known: Arc<Known>,
    tallies: Vec<Tally>,
    whole: Whole,
    by_who: Memory<WhoKey, OfWho>,
    /// By the place, and by the time between two changes of any group that a claim names.
    by_place: Memory<(usize, usize), Marks>,
    changes: Vec<Time>,
    /// What the keys of the two point to: it must not move away while they stand.
    kept: Vec<(Arc<Place>, Arc<NameOwner>)>,
}

/// All flows that claims may speak of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Whole {
    pub(super) flows: u64,
    pub(super) bytes_out: u64,
    /// Flows of name resolution and upkeep.
    pub(super) upkeep: u64,
}

/// What decides whose a flow is.
#[derive(Clone, Eq, Hash, PartialEq)]
struct WhoKey {
    name: Option<Text>,
    owner: usize,
    own: bool,
}

/// What a name alone says of one claim.
#[derive(Clone, Copy)]
struct OfWho {
    subject: Truth,
    marks: Marks,
}

/// Answers for every claim, by what they depend on.
struct Memory<K, T> {
    numbers: HashMap<K, usize, foldhash::quality::RandomState>,
    answers: Vec<T>,
    /// Answers of one key: one a claim.
    each: usize,
    most: usize,
}

/// Answers that are kept, of all keys together.
const MOST_ANSWERS: usize = 1 << 20;
/// Names, or places, whose answers are kept.
const MOST_KEYS: usize = 1 << 16;

impl<K: Eq + Hash, T> Memory<K, T> {
    fn new(each: usize) -> Self {
        Memory {
            numbers: HashMap::default(),
            answers: Vec::new(),
            each,
            most: MOST_ANSWERS
                .checked_div(each)
                .unwrap_or(0)
                .clamp(1, MOST_KEYS),
        }
    }

    fn is_full(&self) -> bool {
        self.numbers.len() >= self.most
    }

    fn clear(&mut self) {
        self.numbers.clear();
        self.answers.clear();
    }

    fn knows(&self, key: &K) -> bool {
        self.numbers.contains_key(key)
    }

    fn learn(&mut self, key: K, answers: impl Iterator<Item = T>) {
        let number = self.numbers.len();
        self.numbers.insert(key, number);
        self.answers.extend(answers);
    }

    fn of(&self, key: &K) -> &[T] {
        let number = self.numbers.get(key).copied().unwrap_or(usize::MAX);
        let from = number.saturating_mul(self.each);
        let answers = self.answers.get(from..from.saturating_add(self.each));
        answers.unwrap_or_default()
    }
}

impl Run {
    pub(in super::super) fn new(files: &[Arc<Claims>], known: Arc<Known>) -> Self {
        let claims = files.iter().flat_map(|file| &file.claims);
        let tallies: Vec<Tally> = claims
            .map(|claim| Tally {
                rests_on: rests_on(claim),
                ..Tally::default()
            })
            .collect();
        Run {
            files: files.to_vec(),
            known,
            whole: Whole::default(),
            by_who: Memory::new(tallies.len()),
            by_place: Memory::new(tallies.len()),
            changes: changes(files),
            kept: Vec::new(),
            tallies,
        }
    }

    pub(in super::super) fn flow(&mut self, flow: &Flow, destination: Option<usize>) {
        if self.tallies.is_empty() || flow.carries_tunnel {
            return;
        }
        let nature = Nature::of(flow);
        // A proxy or the end of a tunnel may stand in the local network.
        if flow.scope != Scope::Outbound && !(flow.scope == Scope::Lan && nature.carrier) {
            return;
        }
        self.whole.flows = self.whole.flows.saturating_add(1);
        self.whole.bytes_out = self.whole.bytes_out.saturating_add(flow.bytes_out);
        if nature.upkeep == Truth::Yes {
            self.whole.upkeep = self.whole.upkeep.saturating_add(1);
        }
        let (who, place) = self.ask(flow);
        let test = Test {
            devices: &self.known.devices,
            phases: self.known.phases.as_deref(),
        };
        let claims = self.files.iter().flat_map(|file| &file.claims);
        let answers = self.by_who.of(&who).iter().zip(self.by_place.of(&place));
        for ((claim, tally), (of_who, of_place)) in claims.zip(&mut self.tallies).zip(answers) {
            let subject = claim.subject.matches(flow, &nature, of_who.subject, test);
            if subject == Truth::No {
                continue;
            }
            let carried = nature.carrier && !claim.subject.names(flow.protocol);
            let marks = if carried {
                inside(claim)
            } else {
                of_flow(claim, nature).join(of_who.marks).join(*of_place)
            };
            let seen = Seen {
                flow,
                nature,
                destination,
                subject,
                marks,
                carried,
                phases_known: self.known.phases.is_some(),
            };
            tally.add(claim, &seen);
        }
    }

    /// Sees to it that what name and place say is known.
    fn ask(&mut self, flow: &Flow) -> (WhoKey, (usize, usize)) {
        let who = WhoKey {
            name: flow.name.clone(),
            owner: Arc::as_ptr(&flow.owner).addr(),
            own: is_the_flows_own(flow),
        };
        let at = flow.first_seen;
        let epoch = self.changes.partition_point(|change| *change <= at);
        let place = (Arc::as_ptr(&flow.place).addr(), epoch);
        let (knows_who, knows_place) = (self.by_who.knows(&who), self.by_place.knows(&place));
        if knows_who && knows_place {
            return (who, place);
        }
        if self.by_who.is_full() || self.by_place.is_full() {
            self.by_who.clear();
            self.by_place.clear();
            self.kept.clear();
        }
        self.kept
            .push((Arc::clone(&flow.place), Arc::clone(&flow.owner)));
        let claims = || self.files.iter().flat_map(|file| &file.claims);
        if !self.by_who.knows(&who) {
            let answers = claims().map(|claim| of_who(claim, flow));
            self.by_who.learn(who.clone(), answers);
        }
        if !self.by_place.knows(&place) {
            let answers = claims().map(|claim| of_place(claim, &flow.place, at));
            self.by_place.learn(place, answers);
        }
        (who, place)
    }

    pub(in super::super) fn finish(
        self,
        destinations: &[Destination],
        totals: &Totals,
        losses: &Losses,
    ) -> Vec<ClaimResult> {
        let context = finish::Context {
            known: &self.known,
            whole: self.whole,
            destinations,
            totals,
            losses: finish::losses_words(losses, totals, self.known.dropped),
        };
        let claims = self.files.iter().flat_map(|file| {
            let claims = file.claims.iter();
            claims.map(move |claim| (file, claim))
        });
        let results = claims.zip(&self.tallies);
        results
            .map(|((file, claim), tally)| finish::result(file, claim, tally, &context))
            .collect()
    }
}

/// The instants at which a group that a claim names gains or loses a member.
fn changes(files: &[Arc<Claims>]) -> Vec<Time> {
    let claims = files.iter().flat_map(|file| &file.claims);
    let lists = claims.flat_map(|claim| claim.assertions.iter().filter_map(Assertion::countries));
    let mut changes: Vec<Time> = lists.flat_map(|list| list.list.changes()).collect();
    changes.sort_unstable();
    changes.dedup();
    changes
}

/// What an assertion needs beside what stands on the wire.
fn rests_on(claim: &Claim) -> RestsOn {
    let selector = &claim.subject.selector;
    let mut rests = RestsOn {
        name: selector.asks_who(),
        owner: !(selector.owners.is_empty() && selector.functions.is_empty()),
        ..RestsOn::default()
    };
    for assertion in &claim.assertions {
        match assertion.looks() {
            Looks::Place if assertion.countries().is_some() => rests.place = true,
            Looks::Place => rests.operator = true,
            Looks::Who => {
                rests.name = true;
                rests.owner = true;
            }
            Looks::Flow | Looks::Two => {}
        }
    }
    rests
}

fn marks(claim: &Claim, of: impl Fn(&Assertion) -> Option<Truth>) -> Marks {
    let mut marks = Marks::default();
    for (kind, assertion) in claim.assertions.iter().enumerate() {
        if let Some(truth) = of(assertion) {
            marks.set(kind, truth);
        }
    }
    marks
}

fn of_who(claim: &Claim, flow: &Flow) -> OfWho {
    OfWho {
        subject: claim.subject.selector.who(flow),
        marks: marks(claim, |assertion| {
            (assertion.looks() == Looks::Who).then(|| assertion.of_name(flow))
        }),
    }
}

fn of_place(claim: &Claim, place: &Place, at: Time) -> Marks {
    marks(claim, |assertion| {
        let asked = assertion.looks() == Looks::Place;
        asked.then(|| assertion.of_place(place, claim.min_confidence, at))
    })
}

fn of_flow(claim: &Claim, nature: Nature) -> Marks {
    marks(claim, |assertion| match assertion.looks() {
        Looks::Flow | Looks::Two => assertion.of_flow(nature.protection),
        Looks::Place | Looks::Who => None,
    })
}

/// What a tunnel's or a proxy's flow says: what is in it cannot be seen, but something is.
fn inside(claim: &Claim) -> Marks {
    marks(claim, |assertion| {
        Some(match assertion {
            Assertion::NoFlows => Truth::No,
            _ => Truth::Maybe,
        })
    })
}
