//! From the decoder to the table: segments in batches, and what else decoding tells.
//!
//! In:   what the decoder says of packets.
//! Out:  rows of the table; counts of what was not understood; packets by phase.

use super::phases::Phases;
use super::reading::Reading;
use crate::decode::{Segment, Sink, Whole};
use crate::flow::{BATCH, Table};
use crate::model::Reason;
use std::collections::BTreeMap;

/// What decoding counts.
#[derive(Default)]
pub(super) struct Reasons {
    pub(super) layers: BTreeMap<Reason, u64>,
    pub(super) counts: BTreeMap<&'static str, u64>,
}

/// Segments on their way to the table, and what else decoding tells.
pub(super) struct Waiting<'a, 's> {
    pub(super) segments: &'s mut Vec<Segment<'a>>,
    pub(super) table: &'s mut Table<Reading>,
    pub(super) reading: &'s mut Reading,
    pub(super) reasons: &'s mut Reasons,
}

impl Waiting<'_, '_> {
    pub(super) fn flush(&mut self) {
        self.table.push_batch(self.segments, self.reading);
        self.segments.clear();
    }
}

impl<'a> Sink<'a> for Waiting<'a, '_> {
    #[inline]
    fn segment(&mut self, segment: Segment<'a>) {
        self.segments.push(segment);
        if self.segments.len() >= BATCH {
            self.flush();
        }
    }
}

impl Whole for Waiting<'_, '_> {
    fn reassembled(&mut self, segment: Segment<'_>) {
        self.flush();
        self.table.push_whole(&segment, self.reading);
    }

    fn trouble(&mut self, reason: Reason) {
        increment(&mut self.reasons.layers, reason);
    }

    fn count(&mut self, name: &'static str) {
        increment(&mut self.reasons.counts, name);
    }
}

/// The same where every packet belongs to a phase.
pub(super) struct Phased<'s> {
    pub(super) phases: &'s mut Phases,
    pub(super) table: &'s mut Table<Reading>,
    pub(super) reading: &'s mut Reading,
    pub(super) reasons: &'s mut Reasons,
    /// The packet marks a phase.
    pub(super) marks: bool,
}

impl Phased<'_> {
    fn push(&mut self, segment: &Segment<'_>) {
        let row = self.table.push(segment, self.reading);
        if let Some((row, record)) = row.and_then(|row| Some((row, self.table.row(row)?))) {
            let is_from_a = self.table.is_from_a(record, segment);
            self.phases.add(row, record, segment, is_from_a);
        }
    }
}

impl<'a> Sink<'a> for Phased<'_> {
    fn segment(&mut self, segment: Segment<'a>) {
        if self.phases.is_mark(&segment) {
            self.marks = true;
        } else {
            self.push(&segment);
        }
    }
}

impl Whole for Phased<'_> {
    fn reassembled(&mut self, segment: Segment<'_>) {
        self.push(&segment);
    }

    fn trouble(&mut self, reason: Reason) {
        increment(&mut self.reasons.layers, reason);
    }

    fn count(&mut self, name: &'static str) {
        increment(&mut self.reasons.counts, name);
    }
}

pub(super) fn increment<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}
