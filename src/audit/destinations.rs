//! Rows to destinations: what is reached under one name, in one place.
//!
//! In:   every row's view.
//! Out:  totals, and destinations in the order of the report.
//!
//! Unnamed addresses have a row each until there are too many; then they share one by place.

use super::extra::NONE;
use super::finished::{Finished, Sums, View};
use crate::flow::{CARRIES_TUNNEL, Record};
use crate::model::{
    DataSource, Destination, Expectation, Finding, Grade, Scope, Time, Totals, Transport, Verdict,
    Via,
};
use std::collections::HashMap;
use std::net::IpAddr;

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
}

struct Group {
    via: Option<Via>,
    grade: Grade,
    addresses: Vec<IpAddr>,
    address_count: u64,
    protocols: Vec<&'static str>,
    flows: u64,
    sums: Sums,
    first: Time,
    last: Time,
    frames: Vec<u64>,
    numbers: Vec<u64>,
    verdict: Option<Verdict>,
}

/// Examples kept of addresses, frames and flows of one destination.
const EXAMPLES: usize = 16;

/// Totals and destinations of a finished audit.
pub(super) fn group(finished: &Finished, most: usize) -> (Totals, Vec<Destination>) {
    let mut totals = Totals::default();
    let mut groups: Map<Key, Group> = Map::default();
    for at in 0..finished.rows.len() {
        let Some((record, extra, view)) = finished.view(at) else {
            continue;
        };
        let sums = Finished::sums(record, &view);
        let protocol = finished.protocol(record, extra);
        total(&mut totals, record, &view, &sums, protocol);
        let mut key = Key {
            subject: subject(&view),
            place: view.place,
            scope: view.scope,
        };
        if groups.len() >= most && !groups.contains_key(&key) {
            key.subject = Subject::Others;
        }
        let group = groups.entry(key).or_insert_with(|| empty(record, &view));
        let number = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1);
        group.add(record, &view, &sums, protocol, number);
    }
    let mut destinations: Vec<Destination> = Vec::with_capacity(groups.len());
    let made = groups.into_iter();
    destinations.extend(made.map(|(key, group)| destination(finished, key, group)));
    (totals, sorted(destinations))
}

/// In the order of the report. The rows are large, so their places are sorted, and each row
/// moves once.
fn sorted(destinations: Vec<Destination>) -> Vec<Destination> {
    let mut order: Vec<(u8, Scope, std::cmp::Reverse<u64>, usize)> = destinations
        .iter()
        .enumerate()
        .map(|(at, d)| {
            let verdict = match d.verdict {
                Some(Verdict::Violated) => 0,
                Some(Verdict::Indeterminate) => 1,
                Some(Verdict::Met) => 2,
                None => 3,
            };
            (verdict, d.scope, std::cmp::Reverse(d.bytes_out), at)
        })
        .collect();
    let row = |at: &usize| destinations.get(*at);
    order.sort_unstable_by(|(v1, s1, b1, one), (v2, s2, b2, two)| {
        (v1, s1, b1)
            .cmp(&(v2, s2, b2))
            .then_with(|| row(one).map(|d| &d.name).cmp(&row(two).map(|d| &d.name)))
            .then_with(|| {
                row(one)
                    .map(|d| &d.addresses)
                    .cmp(&row(two).map(|d| &d.addresses))
            })
            .then_with(|| {
                row(one)
                    .map(|d| &d.frames)
                    .cmp(&row(two).map(|d| &d.frames))
            })
    });
    let mut rows: Vec<Option<Destination>> = destinations.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|(.., at)| rows.get_mut(at).and_then(Option::take))
        .collect()
}

/// One finding for each destination that was judged, in the order of the destinations.
pub(super) fn findings(
    destinations: &[Destination],
    expect: &Expectation,
    data: &[DataSource],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, destination) in destinations.iter().enumerate() {
        let Some(verdict) = destination.verdict else {
            continue;
        };
        let (why, would_decide) = crate::judge::explain(destination, expect, data);
        findings.push(Finding {
            id: crate::judge::finding_id("expected-country", destination),
            rule: "expected-country",
            verdict,
            destination: place,
            country: destination.place.country,
            why,
            would_decide,
        });
    }
    findings
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

fn empty(record: &Record, view: &View) -> Group {
    Group {
        via: view.via,
        grade: view.grade,
        addresses: Vec::new(),
        address_count: 0,
        protocols: Vec::new(),
        flows: 0,
        sums: Sums {
            packets_out: 0,
            bytes_out: 0,
            packets_in: 0,
            bytes_in: 0,
        },
        first: record.first,
        last: record.last,
        frames: Vec::new(),
        numbers: Vec::new(),
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
        number: u64,
    ) {
        if view.grade < self.grade {
            self.grade = view.grade;
            self.via = view.via;
        }
        if self.addresses.len() < MOST_ADDRESSES && !self.addresses.contains(&view.remote) {
            self.addresses.push(view.remote);
            self.address_count = self.address_count.saturating_add(1);
        }
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
        if self.frames.len() < EXAMPLES {
            self.frames.push(record.first_frame.into());
            self.numbers.push(number);
        }
    }
}

/// Distinct addresses of one destination that are counted.
const MOST_ADDRESSES: usize = 256;

fn destination(finished: &Finished, key: Key, mut group: Group) -> Destination {
    let name = match key.subject {
        Subject::Name(number) => finished.store().text(number).cloned(),
        Subject::Address(_) | Subject::Others => None,
    };
    group.addresses.sort_unstable();
    group.addresses.truncate(EXAMPLES);
    group.protocols.sort_unstable();
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
        scope: key.scope,
        addresses: group.addresses,
        address_count: group.address_count,
        place: finished.place(key.place),
        protocols: group.protocols,
        flows: group.flows,
        packets_out: group.sums.packets_out,
        bytes_out: group.sums.bytes_out,
        packets_in: group.sums.packets_in,
        bytes_in: group.sums.bytes_in,
        first_seen: group.first,
        last_seen: group.last,
        frames: group.frames,
        flow_numbers: group.numbers,
        verdict: group.verdict,
    }
}
