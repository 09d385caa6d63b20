//! Totals and groups of many rows, half of them on a thread of their own.
//!
//! In:   a finished audit.
//! Out:  what one thread would have found; nothing where groups find no room: which of them do
//!       depends on the order of all rows.

use super::{EXAMPLES, Finished, Group, Groups, MOST_ADDRESSES, graver, rows};
use crate::model::{Arena, Totals};
use std::thread::Builder;

/// Fewer rows are not worth a thread.
const LEAST_ROWS: usize = if cfg!(test) { 2 } else { 65_536 };

#[expect(
    clippy::disallowed_methods,
    reason = "rows are grouped beside each other; docs/architecture.md, 3"
)]
pub(super) fn grouped(finished: &Finished, most: usize) -> Option<(Totals, Arena<Group>)> {
    let count = finished.rows.len();
    if count < LEAST_ROWS {
        return None;
    }
    let middle = count / 2;
    let (one, two) = std::thread::scope(|scope| {
        let beside = Builder::new()
            .name("groups".to_owned())
            .spawn_scoped(scope, || rows(finished, middle..count, most, None));
        let one = rows(finished, 0..middle, most, None);
        Some((one, beside.ok()?.join().ok()?))
    })?;
    let ((totals, mut groups), (more, later)) = (one, two);
    let room = groups.all.len() < most && later.all.len() < most;
    (room && groups.join(later) <= most).then(|| (sum(totals, &more), groups.all))
}

fn sum(mut totals: Totals, more: &Totals) -> Totals {
    let add = |count: &mut u64, n: u64| *count = count.saturating_add(n);
    add(&mut totals.flows, more.flows);
    add(&mut totals.outbound_flows, more.outbound_flows);
    add(&mut totals.packets_out, more.packets_out);
    add(&mut totals.bytes_out, more.bytes_out);
    add(&mut totals.packets_in, more.packets_in);
    add(&mut totals.bytes_in, more.bytes_in);
    add(&mut totals.unrecognised_bytes, more.unrecognised_bytes);
    for (count, n) in totals.names.iter_mut().zip(more.names) {
        add(count, n);
    }
    for (count, n) in totals.verdicts.iter_mut().zip(more.verdicts) {
        add(count, n);
    }
    totals.time = match (totals.time, more.time) {
        (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
        (time, None) | (None, time) => time,
    };
    totals
}

impl Groups {
    /// Takes the groups of later rows. How many there are now.
    fn join(&mut self, later: Groups) -> usize {
        for group in later.all.into_rows() {
            let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
            let number = *self.by_key.entry(group.key).or_insert(next);
            match self.all.get_mut(number) {
                Some(known) => known.join(group),
                None => {
                    self.all.push(group);
                }
            }
        }
        self.all.len()
    }
}

impl Group {
    fn join(&mut self, later: Group) {
        if later.grade < self.grade {
            self.grade = later.grade;
            self.via = later.via;
        }
        if later.owner.0 > self.owner.0 {
            self.owner = later.owner;
        }
        self.verdict = graver(self.verdict, later.verdict);
        for address in later.addresses {
            if self.addresses.len() < MOST_ADDRESSES && !self.addresses.contains(&address) {
                self.addresses.push(address);
            }
        }
        for protocol in later.protocols {
            if !self.protocols.contains(&protocol) {
                self.protocols.push(protocol);
            }
        }
        self.flows = self.flows.saturating_add(later.flows);
        let add = |count: &mut u64, n: u64| *count = count.saturating_add(n);
        add(&mut self.sums.packets_out, later.sums.packets_out);
        add(&mut self.sums.bytes_out, later.sums.bytes_out);
        add(&mut self.sums.packets_in, later.sums.packets_in);
        add(&mut self.sums.bytes_in, later.sums.bytes_in);
        self.first = self.first.min(later.first);
        self.last = self.last.max(later.last);
        let room = EXAMPLES.saturating_sub(self.rows.len());
        self.rows.extend(later.rows.into_iter().take(room));
    }
}
