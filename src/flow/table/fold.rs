//! What a full table does: it folds rows that say least into counts.
//!
//! In:   a table without room.
//! Out:  the place of a row that was never answered, or none; and the counts.
//!
//! A bounded number of rows is looked at for each newcomer.

use super::{FREE, Reader, Table, row_mut};
use crate::decode::Segment;

/// What the table could not keep row by row.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    /// Flows without a row.
    pub(crate) folded_flows: u64,
    /// Their packets and bytes.
    pub(crate) folded_packets: u64,
    pub(crate) folded_bytes: u64,
    /// TCP readers closed before they were done, to make room.
    pub(crate) readers_closed_early: u64,
}

impl<R: Reader> Table<R> {
    /// Counts a packet whose flow found no row.
    #[cold]
    pub(super) fn fold_packet(&mut self, segment: &Segment<'_>) {
        let counts = &mut self.counts;
        counts.folded_flows = counts.folded_flows.saturating_add(1);
        counts.folded_packets = counts.folded_packets.saturating_add(1);
        counts.folded_bytes = counts.folded_bytes.saturating_add(segment.ip_len.into());
    }

    /// Frees the row that says least among the next few: one that was never answered and of
    /// which nothing was read. `None` where there is no such row.
    pub(super) fn fold(&mut self) -> Option<u32> {
        for _ in 0..FOLD_LOOKS {
            let row = self.hand;
            self.hand = self.hand.wrapping_add(1);
            if self.hand >= self.len {
                self.hand = 0;
            }
            let Some(record) = self.row(row) else {
                continue;
            };
            let [a, b] = record.packets;
            if record.has(FREE) || record.side.as_passed().is_none() || (a > 0 && b > 0) {
                continue;
            }
            let hash = self.index.hash(&record.key(&self.wide));
            let [bytes_a, bytes_b] = record.bytes();
            let packets = u64::from(a).saturating_add(b.into());
            let bytes = bytes_a.saturating_add(bytes_b);
            let counts = &mut self.counts;
            counts.folded_flows = counts.folded_flows.saturating_add(1);
            counts.folded_packets = counts.folded_packets.saturating_add(packets);
            counts.folded_bytes = counts.folded_bytes.saturating_add(bytes);
            self.index.remove(hash, row);
            if let Some(record) = row_mut(&mut self.rows, row) {
                record.flags |= FREE;
                record.release(&mut self.wide);
            }
            return Some(row);
        }
        None
    }
}

/// Rows looked at for one that may be folded.
const FOLD_LOOKS: u32 = 64;
