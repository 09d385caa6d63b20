//! The sums of every phase.
//!
//! In:   the rows of a finished audit, and which of their packets were sent in which phase.
//! Out:  one sum for each phase, and one for the time before the first.
//!
//! Only outbound flows count, and of tunnels with rows inside only those inside: the sums of all
//! phases are those of the totals.

use super::{BEFORE, Ledger};
use crate::audit::finished::{Finished, Sums};
use crate::flow::CARRIES_TUNNEL;
use crate::model::{Destination, PhaseLog, PhaseSums, Scope};

impl Ledger {
    /// Adds every row up.
    pub(in crate::audit) fn sums(&self, finished: &Finished, log: &PhaseLog) -> Vec<PhaseSums> {
        let mut sums = vec![PhaseSums::default(); log.phases.len().saturating_add(1)];
        let mut touched: Vec<usize> = Vec::new();
        for (at, row) in finished.rows.iter().enumerate() {
            let Some((record, view)) = finished.oriented(at) else {
                continue;
            };
            if view.scope != Scope::Outbound || record.has(CARRIES_TUNNEL) {
                continue;
            }
            let began = log.at(record.first).unwrap_or(log.phases.len());
            if let Some(sum) = sums.get_mut(began) {
                sum.flows = sum.flows.saturating_add(1);
            }
            touched.clear();
            let mut rest = Finished::sums(record, &view);
            for part in self.parts.get(&row).map_or(&[][..], Vec::as_slice) {
                let part_sums = view.turn(part.packets, part.bytes);
                rest = less(rest, part_sums);
                let place = self.place(part.phase);
                touched.push(place);
                add(&mut sums, place, part_sums);
            }
            let born = usize::try_from(row)
                .ok()
                .and_then(|row| self.births.get(row));
            let place = self.place(born.copied().unwrap_or(BEFORE));
            touched.push(place);
            add(&mut sums, place, rest);
            for place in touched.iter().filter(|place| **place != began) {
                if let Some(sum) = sums.get_mut(*place) {
                    sum.continued_flows = sum.continued_flows.saturating_add(1);
                }
            }
        }
        sums
    }

    fn place(&self, number: u32) -> usize {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let before = self.places.len().saturating_sub(1);
        self.places.get(number).copied().unwrap_or(before)
    }
}

/// Which destinations were first contacted in which phase.
pub(in crate::audit) fn first_contacts(log: &mut PhaseLog, destinations: &[Destination]) {
    for (number, destination) in destinations.iter().enumerate() {
        if destination.scope != Scope::Outbound {
            continue;
        }
        let place = log.at(destination.first_seen).unwrap_or(log.phases.len());
        if let Some(sum) = log.sums.get_mut(place) {
            sum.first_contacts.push(number);
        }
    }
}

fn add(sums: &mut [PhaseSums], place: usize, more: Sums) {
    let Some(sum) = sums.get_mut(place) else {
        return;
    };
    sum.packets_out = sum.packets_out.saturating_add(more.packets_out);
    sum.bytes_out = sum.bytes_out.saturating_add(more.bytes_out);
    sum.packets_in = sum.packets_in.saturating_add(more.packets_in);
    sum.bytes_in = sum.bytes_in.saturating_add(more.bytes_in);
}

fn less(all: Sums, part: Sums) -> Sums {
    Sums {
        packets_out: all.packets_out.saturating_sub(part.packets_out),
        bytes_out: all.bytes_out.saturating_sub(part.bytes_out),
        packets_in: all.packets_in.saturating_sub(part.packets_in),
        bytes_in: all.bytes_in.saturating_sub(part.bytes_in),
    }
}
