//! What was said of the flows, gathered by rule, axis, verdict and destination.
//!
//! In:   what each flow was judged.
//! Out:  counts and examples to make findings of.
//!
//! Destinations are bounded by the audit's limits; rows here are bounded as well, for each
//! destination may have several. Beyond the bound, flows are gathered without their destination.

use super::axis::Axis;
use super::facts::Cause;
use crate::model::{Flow, Time, Verdict};
use smallvec::SmallVec;
use std::collections::HashMap;

/// Findings that are kept apart.
const MOST_ROWS: usize = 200_000;
/// Examples of each.
const MOST_EXAMPLES: usize = 16;

/// What the flows of one finding have in common.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Key {
    pub(super) verdict: Verdict,
    /// `u32::MAX` where there is none.
    pub(super) destination: u32,
    pub(super) rule: u32,
    pub(super) axis: Axis,
}

/// The flows of one finding.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) flows: u64,
    /// Why, and of how many flows; almost always one.
    pub(super) causes: SmallVec<[(Cause, u64); 1]>,
    /// First frames and numbers of the first of them.
    pub(super) examples: Vec<[u32; 2]>,
    /// Another rule that may be the one that judges, and what it says.
    pub(super) rival: Option<(u32, Option<Verdict>)>,
    /// An exception that may cover the flows.
    pub(super) exception: Option<u32>,
    /// When the first of them began.
    pub(super) at: Time,
}

/// What is said of one flow on one axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub(super) rule: u32,
    pub(super) axis: Axis,
    pub(super) verdict: Verdict,
    pub(super) cause: Cause,
    pub(super) rival: Option<(u32, Option<Verdict>)>,
    pub(super) exception: Option<u32>,
}

/// Which row a destination has for a rule, an axis and a verdict.
#[derive(Clone, Copy, Debug)]
struct Entry {
    rule: u32,
    axis: Axis,
    verdict: Verdict,
    row: u32,
}

/// All rows.
#[derive(Default)]
pub(super) struct Tally {
    rows: Vec<(Key, Row)>,
    /// For each destination its rows: few, as on each axis few rules judge it.
    of_destination: Vec<Vec<Entry>>,
    /// Rows of flows without a destination that is told apart.
    of_none: HashMap<Key, Row, foldhash::quality::RandomState>,
    /// Flows: violated, indeterminate, met; for each rule.
    pub(super) rules: Vec<[u64; 3]>,
    /// Flows in force, flows after the last day; for each exception.
    pub(super) exceptions: Vec<[u64; 2]>,
    /// The latest beginning of a flow.
    pub(super) latest: Option<Time>,
}

impl Tally {
    pub(super) fn new(rules: usize, exceptions: usize) -> Self {
        Tally {
            rules: vec![[0; 3]; rules],
            exceptions: vec![[0; 2]; exceptions],
            ..Tally::default()
        }
    }

    /// Takes all that was said of one flow.
    pub(super) fn flow(&mut self, flow: &Flow, destination: Option<usize>, all: &[Judged]) {
        self.latest = self.latest.max(Some(flow.first_seen));
        for judged in all {
            self.row(flow, destination, judged);
        }
        for (at, judged) in all.iter().enumerate() {
            let of_rule = |other: &&Judged| other.rule == judged.rule;
            // A rule that judged on several axes counts the flow once, by the gravest.
            let first = all.iter().take(at).find(of_rule).is_none();
            let gravest = all.iter().filter(of_rule).map(|other| other.verdict).min();
            let counts = usize::try_from(judged.rule).ok();
            let counts = counts.and_then(|rule| self.rules.get_mut(rule));
            if let (true, Some(verdict), Some(counts)) = (first, gravest, counts) {
                let [violated, indeterminate, met] = counts;
                let count = match verdict {
                    Verdict::Violated => violated,
                    Verdict::Indeterminate => indeterminate,
                    Verdict::Met => met,
                };
                *count = count.saturating_add(1);
            }
        }
    }

    fn row(&mut self, flow: &Flow, destination: Option<usize>, judged: &Judged) {
        let row = match self.at(destination, judged) {
            Some(at) => self.rows.get_mut(at).map(|(_, row)| row),
            None => Some(self.of_none.entry(key(None, judged)).or_default()),
        };
        if let Some(row) = row {
            row.take(flow, judged);
        }
    }

    /// Where the row of a destination is, made where it is not there yet; `None` where there is
    /// no destination, or no room.
    fn at(&mut self, destination: Option<usize>, judged: &Judged) -> Option<usize> {
        let number = destination.and_then(|at| u32::try_from(at).ok())?;
        let destination = usize::try_from(number).ok()?;
        if self.of_destination.len() <= destination {
            if destination >= MOST_ROWS {
                return None;
            }
            let more = destination.saturating_add(1);
            self.of_destination.resize_with(more, Vec::new);
        }
        let entries = self.of_destination.get_mut(destination)?;
        let is = |entry: &&Entry| {
            entry.rule == judged.rule
                && entry.axis == judged.axis
                && entry.verdict == judged.verdict
        };
        if let Some(entry) = entries.iter().find(is) {
            return usize::try_from(entry.row).ok();
        }
        let at = self.rows.len();
        if at >= MOST_ROWS {
            return None;
        }
        self.rows.push((key(Some(number), judged), Row::default()));
        entries.push(Entry {
            rule: judged.rule,
            axis: judged.axis,
            verdict: judged.verdict,
            row: u32::try_from(at).ok()?,
        });
        Some(at)
    }

    /// All rows, gravest first, in the order of destinations and rules.
    pub(super) fn rows(&mut self) -> Vec<(Key, Row)> {
        let mut rows = std::mem::take(&mut self.rows);
        rows.extend(self.of_none.drain());
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows
    }

    /// Counts a flow for an exception: while in force, or after its last day.
    pub(super) fn except(&mut self, exception: usize, expired: bool) {
        if let Some([in_force, after]) = self.exceptions.get_mut(exception) {
            let count = if expired { after } else { in_force };
            *count = count.saturating_add(1);
        }
    }
}

fn key(destination: Option<u32>, judged: &Judged) -> Key {
    Key {
        verdict: judged.verdict,
        destination: destination.unwrap_or(u32::MAX),
        rule: judged.rule,
        axis: judged.axis,
    }
}

impl Row {
    fn take(&mut self, flow: &Flow, judged: &Judged) {
        if self.flows == 0 {
            self.at = flow.first_seen;
        }
        self.flows = self.flows.saturating_add(1);
        self.rival = self.rival.or(judged.rival);
        self.exception = self.exception.or(judged.exception);
        let mut of_cause = self.causes.iter_mut();
        match of_cause.find(|(cause, _)| *cause == judged.cause) {
            Some((_, flows)) => *flows = flows.saturating_add(1),
            None => self.causes.push((judged.cause, 1)),
        }
        if self.examples.len() < MOST_EXAMPLES {
            // Most rows have one flow, or many.
            let room = if self.flows > 1 { MOST_EXAMPLES } else { 1 };
            self.examples
                .reserve_exact(room.saturating_sub(self.examples.len()));
            let frame = u32::try_from(flow.first_frame).unwrap_or(u32::MAX);
            let number = u32::try_from(flow.flow).unwrap_or(u32::MAX);
            self.examples.push([frame, number]);
        }
    }
}
