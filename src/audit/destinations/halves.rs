//! Totals and groups of many rows, half of them on a thread of their own.
//!
//! In:   a finished audit.
//! Out:  what one thread would have found; nothing where groups find no room twice over.
//!
//! Groups have room in the order of their first rows. The first half is a beginning of all rows,
//! so that it may fill the budget by itself; the second half is counted without folding, and
//! folded where it is joined.

use super::super::beside::{LEAST_ROWS, beside};
use super::{EXAMPLES, Finished, Group, Groups, Subject, graver, rows};
use crate::model::{Arena, Totals};

pub(super) fn grouped(finished: &Finished, most: usize) -> Option<(Totals, Arena<Group>)> {
    let count = finished.rows.len();
    if count < LEAST_ROWS {
        return None;
    }
    let middle = count / 2;
    let twice = most.saturating_mul(2);
    let ((more, later), (totals, mut groups)) =
        beside(&|| rows(finished, middle..count, twice, None), || {
            rows(finished, 0..middle, most, None)
        });
    // Up to here nothing of the second half is folded, and all that is folded has its owner.
    let room = later.all.len() < twice && groups.join(later, most) < twice;
    room.then(|| (sum(totals, &more), groups.all))
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
    fn join(&mut self, later: Groups, most: usize) -> usize {
        for mut group in later.all.into_rows() {
            let known = self.by_key.get(&group.key).copied();
            let number = known.unwrap_or_else(|| {
                if self.all.len() >= most {
                    group.key = self.folded(group.key, most);
                    // What is told of one name or address, a group of others has not.
                    group.owner = (0, group.key.owner);
                }
                let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
                *self.by_key.entry(group.key).or_insert(next)
            });
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
            self.add_address(address);
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
        self.rows.extend(later.rows);
        if self.key.subject == Subject::Others {
            // Its parts lie between each other.
            self.rows.sort_unstable();
        }
        self.rows.truncate(EXAMPLES);
    }
}
