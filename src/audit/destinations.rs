//! Rows to destinations: what is reached under one name, in one place.
//!
//! In:   every row's view.
//! Out:  totals, and destinations in the order of the report.
//!
//! Unnamed addresses have a row each until there are too many; then they share one by place.

mod halves;

use super::beside::{LEAST_DESTINATIONS, in_halves};
use super::extra::NONE;
use super::finished::{Finished, Sums, TOGETHER, View};
use crate::flow::{CARRIES_TUNNEL, Record};
use crate::judge::Expected;
use crate::model::{
    Arena, DataSource, Destination, Finding, Grade, Scope, Severity, Text, Time, Totals, Transport,
    Verdict, Via,
};
use smallvec::SmallVec;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Subject {
    Name(u32),
    Address(IpAddr),
    /// All further unnamed addresses of a place.
    Others,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Key {
    subject: Subject,
    place: u32,
    scope: Scope,
    /// Of the name, without its alias: differs where the name changed hands.
    owner: u32,
}

/// Most destinations have one address and one protocol: those lie in the row itself.
struct Group {
    key: Key,
    via: Option<Via>,
    grade: Grade,
    addresses: SmallVec<[IpAddr; 1]>,
    protocols: SmallVec<[&'static str; 1]>,
    /// Its first flows: their places in [`Finished::rows`], and their first frames.
    rows: SmallVec<[(u32, u32); 4]>,
    flows: u64,
    sums: Sums,
    first: Time,
    last: Time,
    /// The number of the owner with the alias that is shown, and how telling that is.
    owner: (u8, u32),
    verdict: Option<Verdict>,
}

/// Examples kept of addresses, frames and flows of one destination.
const EXAMPLES: usize = 16;

/// Finds the group of a row. Nearly every row has the key of the last row of the same name, or
/// without a name of the same address, so that its group is found by number.
#[derive(Default)]
struct Groups {
    all: Arena<Group>,
    by_key: Map<Key, u32>,
    by_name: Vec<u32>,
    by_address: Vec<u32>,
}

impl Groups {
    /// The number of the last row's group with the same name or address.
    fn last(&mut self, finished: &Finished, at: usize, view: &View) -> Option<&mut u32> {
        let (list, number) = match view.name {
            NONE => (&mut self.by_address, finished.address_number(at)),
            name => (&mut self.by_name, name),
        };
        let number = usize::try_from(number).ok()?;
        if list.len() <= number {
            list.resize(number.saturating_add(1), NONE);
        }
        list.get_mut(number)
    }

    /// Reads a little of the group that the row most likely belongs to.
    fn touch(&mut self, finished: &Finished, at: usize, view: &View) -> u64 {
        let last = self.last(finished, at, view).map_or(NONE, |last| *last);
        // One number from each of the cache lines that adding to it will write.
        self.all.get(last).map_or(0, |group| {
            let Sums { bytes_in, .. } = group.sums;
            let lists = group.rows.len() ^ group.addresses.len() ^ group.protocols.len();
            let lists = u64::try_from(lists).unwrap_or(0);
            group.flows ^ u64::from(group.key.place) ^ bytes_in ^ lists
        })
    }

    fn of(
        &mut self,
        finished: &Finished,
        at: usize,
        view: &View,
        record: &Record,
        most: usize,
    ) -> Option<u32> {
        let key = Key {
            subject: subject(view),
            place: view.place,
            scope: view.scope,
            owner: finished.owners().bare(view.owner),
        };
        let last = *self.last(finished, at, view)?;
        let known = self.all.get(last);
        let number = if known.is_some_and(|group| group.key == key) {
            last
        } else {
            let number = self.find(key, record, view, most);
            *self.last(finished, at, view)? = number;
            number
        };
        Some(number)
    }

    fn find(&mut self, key: Key, record: &Record, view: &View, most: usize) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(NONE);
        let full = self.all.len() >= most;
        match self.by_key.entry(key) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) if !full => {
                self.all.push(empty(key, record, view));
                *place.insert(next)
            }
            Entry::Vacant(_) => {
                let key = self.folded(key, most);
                *self.by_key.entry(key).or_insert_with(|| {
                    self.all.push(empty(key, record, view));
                    next
                })
            }
        }
    }

    /// The key of a group that takes what found no room.
    fn folded(&self, key: Key, most: usize) -> Key {
        // Owners are told apart while that does not double the budget.
        let told_apart = self.all.len() < most.saturating_mul(2);
        Key {
            subject: Subject::Others,
            owner: if told_apart { key.owner } else { 0 },
            ..key
        }
    }
}

/// Totals and groups of a finished audit.
pub(super) fn group(finished: &Finished, most: usize, threads: usize) -> (Totals, Grouped) {
    let halves = (threads > 1).then(|| halves::grouped(finished, most));
    let (totals, groups) = halves.flatten().unwrap_or_else(|| {
        let (totals, groups) = rows(finished, 0..finished.rows.len(), most, None);
        (totals, groups.all)
    });
    (totals, Grouped(groups))
}

/// Groups on their way to destinations, which no longer need the rows.
pub(super) struct Grouped(Arena<Group>);

/// The destinations of all groups, in the order of the report.
pub(super) fn in_order(finished: &Finished, Grouped(groups): Grouped) -> Vec<Destination> {
    sorted(finished, groups, None)
}

/// Totals and destinations, and the number of each row's destination.
pub(super) fn group_rows(finished: &Finished, most: usize) -> (Totals, Vec<Destination>, Vec<u32>) {
    let count = finished.rows.len();
    let mut of_rows = vec![NONE; count];
    let (totals, groups) = rows(finished, 0..count, most, Some(&mut of_rows));
    let mut order = Vec::new();
    let destinations = sorted(finished, groups.all, Some(&mut order));
    let moved = places_in(&order);
    for number in &mut of_rows {
        let group = usize::try_from(*number).unwrap_or(usize::MAX);
        *number = moved
            .get(group)
            .map_or(NONE, |at| u32::try_from(*at).unwrap_or(NONE));
    }
    (totals, destinations, of_rows)
}

/// Puts destinations in order again after verdicts changed; where each of them went.
pub(super) fn sort_by_verdict(destinations: &mut Vec<Destination>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..destinations.len()).collect();
    // What else decides has not changed, and the sort is stable.
    let key = |at: &usize| destinations.get(*at).map(|one| rank(one.verdict));
    order.sort_by_key(|at| {
        (
            key(at),
            destinations
                .get(*at)
                .map(|one| (one.scope, std::cmp::Reverse(one.bytes_out))),
        )
    });
    let mut taken: Vec<Option<Destination>> =
        std::mem::take(destinations).into_iter().map(Some).collect();
    destinations.extend(order.iter().filter_map(|at| taken.get_mut(*at)?.take()));
    places_in(&order)
}

/// Where each number stands in a list of all.
fn places_in(order: &[usize]) -> Vec<usize> {
    let mut places = vec![0; order.len()];
    for (place, number) in order.iter().enumerate() {
        if let Some(entry) = places.get_mut(*number) {
            *entry = place;
        }
    }
    places
}

fn rank(verdict: Option<Verdict>) -> u8 {
    match verdict {
        Some(Verdict::Violated) => 0,
        Some(Verdict::Indeterminate) => 1,
        Some(Verdict::Met) => 2,
        None => 3,
    }
}

/// Totals and groups of some rows.
fn rows(
    finished: &Finished,
    range: Range<usize>,
    most: usize,
    mut of_rows: Option<&mut [u32]>,
) -> (Totals, Groups) {
    let mut totals = Totals::default();
    let mut groups = Groups::default();
    let mut views: Vec<(u32, _)> = Vec::with_capacity(TOGETHER);
    for start in range.clone().step_by(TOGETHER) {
        views.clear();
        let reach = start.saturating_add(TOGETHER).min(range.end);
        let touched = (start..reach).fold(0, |touched, at| touched ^ finished.touch(at));
        let touched = (start..reach).fold(touched, |all, at| all ^ finished.touch_joined(at));
        std::hint::black_box(touched);
        let batch = (start..range.end).take(TOGETHER);
        let first = u32::try_from(start).unwrap_or(u32::MAX);
        let batch = batch.zip(first..);
        views.extend(batch.filter_map(|(at, number)| Some((number, (at, finished.view(at)?)))));
        let touched = views.iter().fold(0, |touched, (_, (at, (.., view)))| {
            touched ^ groups.touch(finished, *at, view)
        });
        std::hint::black_box(touched);
        for (number, (at, (record, extra, view))) in &views {
            let sums = Finished::sums(record, view);
            let protocol = finished.protocol(record, *extra);
            total(&mut totals, record, view, &sums, protocol);
            let found = groups.of(finished, *at, view, record, most);
            let number_of_group = found.unwrap_or(NONE);
            if let Some(entry) = of_rows.as_deref_mut().and_then(|list| list.get_mut(*at)) {
                *entry = number_of_group;
            }
            if let Some(group) = groups.all.get_mut(number_of_group) {
                group.add(record, view, &sums, protocol, *number);
                group.alias(finished, view);
            }
        }
    }
    (totals, groups)
}

/// In the order of the report. Where each came from goes to `origins`, where that is asked.
fn sorted(
    finished: &Finished,
    mut groups: Arena<Group>,
    mut origins: Option<&mut Vec<usize>>,
) -> Vec<Destination> {
    for group in groups.iter_mut() {
        group.addresses.sort_unstable();
        group.protocols.sort_unstable();
    }
    let mut places: Vec<(u64, u32)> = groups.iter().map(Group::weight).zip(0u32..).collect();
    let row = |at: &u32| groups.get(*at);
    let bytes = |at: &u32| row(at).map(|group| std::cmp::Reverse(group.sums.bytes_out));
    let name = |at: &u32| row(at).and_then(|group| group.name(finished));
    let addresses = |at: &u32| row(at).map(Group::first_addresses);
    let rows = |at: &u32| row(at).map(|group| &group.rows);
    places.sort_unstable_by(|(one_weight, one), (two_weight, two)| {
        one_weight
            .cmp(two_weight)
            .then_with(|| bytes(one).cmp(&bytes(two)))
            .then_with(|| name(one).cmp(&name(two)))
            .then_with(|| addresses(one).cmp(&addresses(two)))
            .then_with(|| rows(one).cmp(&rows(two)))
    });
    let mut destinations = Vec::with_capacity(places.len());
    for (_, at) in places {
        if let Some(group) = groups.get_mut(at) {
            destinations.push(destination(finished, group));
            if let Some(origins) = &mut origins {
                origins.push(usize::try_from(at).unwrap_or(usize::MAX));
            }
        }
    }
    destinations
}

/// One finding for each destination and each rule that judged it: violated first, then
/// indeterminate, then met; within those in the order of the destinations.
pub(super) fn findings(
    destinations: &[Destination],
    expected: &Expected,
    data: &[DataSource],
    threads: usize,
) -> Vec<Finding> {
    let count = (destinations.len(), LEAST_DESTINATIONS);
    let (mut findings, later) = in_halves(count, threads, &|range| {
        let some = destinations.get(range.clone()).unwrap_or_default();
        findings_of(range.zip(some), expected, data)
    });
    findings.extend(later.into_iter().flatten());
    // In place: a stable sort would copy. Rules are in order of their names already.
    findings.sort_unstable_by(|a, b| place_of(a).cmp(&place_of(b)));
    findings
}

/// Of destinations with their places in the list of all.
fn findings_of<'d>(
    destinations: impl ExactSizeIterator<Item = (usize, &'d Destination)>,
    expected: &Expected,
    data: &[DataSource],
) -> Vec<Finding> {
    let mut findings = Vec::with_capacity(destinations.len());
    // Thousands of destinations share their words.
    let mut known: HashSet<Arc<str>, foldhash::quality::RandomState> = HashSet::default();
    let mut shared = |words: &str| match known.get(words) {
        Some(words) => Arc::clone(words),
        None => {
            let words: Arc<str> = words.into();
            known.insert(Arc::clone(&words));
            words
        }
    };
    let mut explainer = crate::judge::Explainer::default();
    for (place, destination) in destinations {
        for judged in explainer.judge(destination, expected, data) {
            findings.push(Finding {
                id: crate::judge::finding_id(
                    judged.rule,
                    judged.check,
                    judged.verdict,
                    judged.country,
                    Some(destination),
                ),
                rule: shared(judged.rule),
                check: judged.check,
                severity: Severity::Medium,
                reference: None,
                verdict: judged.verdict,
                destination: Some(place),
                flows: destination.flows,
                frames: Arc::clone(&destination.frames),
                flow_numbers: Arc::clone(&destination.flow_numbers),
                suppressed: None,
                country: judged.country,
                why: shared(&judged.why),
                would_decide: judged.would_decide.as_deref().map(&mut shared),
            });
        }
    }
    findings
}

fn place_of(finding: &Finding) -> (Verdict, Option<usize>, &str) {
    (finding.verdict, finding.destination, &finding.rule)
}

fn total(
    totals: &mut Totals,
    record: &Record,
    view: &View,
    sums: &Sums,
    protocol: Option<&'static str>,
) {
    totals.flows = totals.flows.saturating_add(1);
    totals.time = Some(
        totals
            .time
            .map_or((record.first, record.last), |(first, last)| {
                (first.min(record.first), last.max(record.last))
            }),
    );
    if view.scope != Scope::Outbound || record.has(CARRIES_TUNNEL) {
        return;
    }
    let [violated, indeterminate, met] = &mut totals.verdicts;
    let [observed, inferred, none] = &mut totals.names;
    let add = |count: &mut u64, n: u64| *count = count.saturating_add(n);
    add(&mut totals.outbound_flows, 1);
    add(&mut totals.packets_out, sums.packets_out);
    add(&mut totals.bytes_out, sums.bytes_out);
    add(&mut totals.packets_in, sums.packets_in);
    add(&mut totals.bytes_in, sums.bytes_in);
    match view.grade {
        Grade::Observed => add(observed, 1),
        Grade::Inferred => add(inferred, 1),
        Grade::None => add(none, 1),
    }
    match view.verdict {
        Some(Verdict::Violated) => add(violated, 1),
        Some(Verdict::Indeterminate) => add(indeterminate, 1),
        Some(Verdict::Met) => add(met, 1),
        None => {}
    }
    if protocol.is_none() && !matches!(record.transport(), Transport::Fragment(_)) {
        add(&mut totals.unrecognised_bytes, sums.bytes_out);
        add(&mut totals.unrecognised_bytes, sums.bytes_in);
    }
}

fn subject(view: &View) -> Subject {
    if view.name == NONE {
        Subject::Address(view.remote)
    } else {
        Subject::Name(view.name)
    }
}

fn empty(key: Key, record: &Record, view: &View) -> Group {
    Group {
        key,
        via: view.via,
        grade: view.grade,
        addresses: SmallVec::new(),
        protocols: SmallVec::new(),
        rows: SmallVec::new(),
        flows: 0,
        sums: Sums {
            packets_out: 0,
            bytes_out: 0,
            packets_in: 0,
            bytes_in: 0,
        },
        first: record.first,
        last: record.last,
        owner: (0, key.owner),
        verdict: view.verdict,
    }
}

impl Group {
    fn add(
        &mut self,
        record: &Record,
        view: &View,
        sums: &Sums,
        protocol: Option<&'static str>,
        row: u32,
    ) {
        if view.grade < self.grade {
            self.grade = view.grade;
            self.via = view.via;
        }
        self.verdict = graver(self.verdict, view.verdict);
        self.add_address(view.remote);
        if let Some(protocol) = protocol
            && !self.protocols.contains(&protocol)
        {
            self.protocols.push(protocol);
        }
        self.flows = self.flows.saturating_add(1);
        let add = |count: &mut u64, n: u64| *count = count.saturating_add(n);
        add(&mut self.sums.packets_out, sums.packets_out);
        add(&mut self.sums.bytes_out, sums.bytes_out);
        add(&mut self.sums.packets_in, sums.packets_in);
        add(&mut self.sums.bytes_in, sums.bytes_in);
        self.first = self.first.min(record.first);
        self.last = self.last.max(record.last);
        if self.rows.len() < EXAMPLES {
            self.rows.push((row, record.first_frame));
        }
    }

    /// Keeps the smallest addresses: those do not depend on the order of rows.
    fn add_address(&mut self, address: IpAddr) {
        let known = &mut self.addresses;
        if known.len() < MOST_ADDRESSES {
            if !known.contains(&address) {
                known.push(address);
                if known.len() == MOST_ADDRESSES {
                    known.sort_unstable();
                }
            }
        } else if known.last().is_some_and(|last| address < *last)
            && let Err(at) = known.binary_search(&address)
        {
            known.pop();
            known.insert(at, address);
        }
    }

    /// Of several aliases the first one that leads to somebody else is shown.
    fn alias(&mut self, finished: &Finished, view: &View) {
        let is_known = view.owner == self.owner.1 && self.owner.0 > 0;
        if is_known || !matches!(self.key.subject, Subject::Name(_)) {
            return;
        }
        let rank = finished.owners().telling(view.owner);
        if rank > self.owner.0 {
            self.owner = (rank, view.owner);
        }
    }

    /// Smaller for what comes first, in the order of verdicts, then scopes, then bytes out; of
    /// bytes as far as there is room.
    fn weight(&self) -> u64 {
        const ROOM: u64 = (1 << 60) - 1;
        let verdict = u64::from(rank(self.verdict)) << 62;
        let scope = (self.key.scope as u64) << 60;
        verdict | scope | ROOM.saturating_sub(self.sums.bytes_out)
    }

    fn name<'f>(&self, finished: &'f Finished) -> Option<&'f Text> {
        match self.key.subject {
            Subject::Name(number) => finished.store().text(number),
            Subject::Address(_) | Subject::Others => None,
        }
    }

    fn first_addresses(&self) -> &[IpAddr] {
        self.addresses.get(..EXAMPLES).unwrap_or(&self.addresses)
    }
}

/// A verdict is graver than none.
fn graver(one: Option<Verdict>, other: Option<Verdict>) -> Option<Verdict> {
    one.into_iter().chain(other).min()
}

/// Distinct addresses of one destination that are counted.
const MOST_ADDRESSES: usize = 256;

/// The lists move out of the group, so that they never stand in memory twice.
fn destination(finished: &Finished, group: &mut Group) -> Destination {
    let name = group.name(finished).cloned();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let examples = std::mem::take(&mut group.rows);
    let examples = examples.iter();
    let address_count = count(group.addresses.len());
    let mut addresses = std::mem::take(&mut group.addresses);
    addresses.truncate(EXAMPLES);
    Destination {
        registrable_domain: name.as_ref().and_then(crate::names::registrable_domain),
        name_via: match (&name, group.via) {
            (Some(_), Some(via)) => via.as_str(),
            _ => "",
        },
        name_grade: if name.is_some() {
            group.grade.as_str()
        } else {
            Grade::None.as_str()
        },
        name,
        scope: group.key.scope,
        addresses: addresses.to_vec(),
        address_count,
        place: finished.place(group.key.place),
        protocols: group.protocols.to_vec(),
        flows: group.flows,
        packets_out: group.sums.packets_out,
        bytes_out: group.sums.bytes_out,
        packets_in: group.sums.packets_in,
        bytes_in: group.sums.bytes_in,
        first_seen: group.first,
        last_seen: group.last,
        frames: examples.clone().map(|(_, frame)| *frame).collect(),
        flow_numbers: examples.map(|(row, _)| row.saturating_add(1)).collect(),
        owner: finished.owners().owner(group.owner.1),
        verdict: group.verdict,
        in_baseline: None,
    }
}
