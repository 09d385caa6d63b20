//! What was sent in which phase of a test.
//!
//! In:   the log of the test, marks inside the capture, and every packet with its flow's row.
//! Out:  a [`PhaseLog`] with its sums.
//!
//! A flow belongs to the phase it began in, a packet to the phase it was sent in. A row counts
//! its own packets already: only those sent in another phase than the row's first packet are
//! counted here once more, so that the phases add up to the totals whatever happens. Where the
//! budget for that is used up, packets stay with their flow's first one, and are counted. An
//! audit without phases has nothing of all this.

mod marks;
mod sums;

pub(super) use sums::first_contacts;

use crate::decode::Segment;
use crate::flow::Record;
use crate::language::{WORDS, fill};
use crate::model::{Limits, Losses, Phase, PhaseFile, PhaseLog, Text, Time, phase_word};
use marks::{Mark, Marks};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

/// How an audit learns what the tester did, and when.
#[derive(Clone, Debug, Default)]
pub struct PhaseOptions {
    /// The log of the test.
    pub log: Option<Arc<PhaseFile>>,
    /// Nanoseconds to be added to the log's times.
    pub clock_offset_ns: i64,
    /// Take packet comments and DNS queries of the marking form for marks.
    pub marks: bool,
    /// Take datagrams and pings to these addresses for marks.
    pub mark_addresses: Vec<IpAddr>,
}

impl PhaseOptions {
    /// True where there can be phases.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        self.log.is_some() || self.has_marks()
    }

    fn has_marks(&self) -> bool {
        self.marks || !self.mark_addresses.is_empty()
    }
}

/// Phases as they are met, and what was sent in them.
pub(super) struct Phases {
    asked: PhaseOptions,
    marks: Marks,
    /// In the order in which they became known; a phase's number is its place here, from 1.
    known: Vec<Phase>,
    /// Their starts and numbers, in order.
    starts: Vec<(Time, u32)>,
    /// Where the last packet fell: nearly every packet falls where the last one did.
    last: (Time, Time, u32),
    /// For every row, the phase of its first packet.
    births: Vec<u32>,
    /// For rows with packets in other phases, those.
    parts: HashMap<u32, Vec<Part>, foldhash::quality::RandomState>,
    part_count: usize,
    newest: Time,
    begun: bool,
    counts: BTreeMap<&'static str, u64>,
    /// The frame of the first mark that could not be taken.
    odd_mark: Option<u64>,
    most_phases: usize,
    most_parts: usize,
}

/// Packets of one row that were sent in one phase.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    phase: u32,
    packets: [u64; 2],
    bytes: [u64; 2],
}

/// The number of the time before the first phase.
const BEFORE: u32 = 0;

const REPEATED: &str = "phase marks repeated: the phase went on";
const NO_WORD: &str = "phase marks that are no plain word";
const BEYOND: &str = "phase marks beyond the budget";
const LATE: &str = "phase marks that are older than packets before them";
const UNSPLIT: &str = "packets counted in the phase their flow began in: the split was over budget";

impl Phases {
    /// `None` where nothing was asked.
    pub(super) fn new(asked: &PhaseOptions, limits: &Limits) -> Option<Self> {
        asked.is_anything().then(|| Phases {
            asked: asked.clone(),
            marks: Marks::new(asked),
            known: Vec::new(),
            starts: Vec::new(),
            last: NEVER,
            births: Vec::new(),
            parts: HashMap::default(),
            part_count: 0,
            newest: Time(i64::MIN),
            begun: false,
            counts: BTreeMap::new(),
            odd_mark: None,
            most_phases: limits.phases,
            most_parts: limits.phase_parts,
        })
    }

    /// Takes note of a packet before its segments come: the first one gives relative times
    /// their place, and each may have a comment that marks a phase.
    pub(super) fn packet(&mut self, time: Time, frame: u64, comment: Option<&[u8]>) {
        self.begin(time);
        if let Some(comment) = comment.filter(|_| self.asked.marks) {
            let mark = marks::of_comment(comment);
            self.mark(mark, "packet comment", time, frame);
        }
        self.newest = self.newest.max(time);
    }

    /// Gives the log its place, once; `first` is the time of the first packet.
    pub(super) fn begin(&mut self, first: Time) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let Some(log) = &self.asked.log else { return };
        self.known = log.phases(first, self.asked.clock_offset_ns);
        let starts = self.known.iter().map(|phase| phase.start);
        self.starts = starts.zip(1..).collect();
    }

    /// True where a segment is a mark, or the answer to one: no traffic of the phone.
    pub(super) fn is_mark(&mut self, segment: &Segment<'_>) -> bool {
        let Some((mark, how)) = self.marks.of_segment(segment) else {
            return false;
        };
        self.mark(mark, how, segment.time, segment.frame);
        true
    }

    fn mark(&mut self, mark: Mark<'_>, how: &'static str, time: Time, frame: u64) {
        let (name, note) = match mark {
            Mark::Silent => return,
            Mark::Says(name, note) => (phase_word::plain(&name), note),
        };
        let Some(name) = name else {
            self.odd_mark.get_or_insert(frame);
            return self.count(NO_WORD);
        };
        // Retries, second questions and further pings say nothing new.
        if self.of(self.at(time)).is_some_and(|now| now.name == name) {
            return self.count(REPEATED);
        }
        if self.known.len() >= self.most_phases {
            return self.count(BEYOND);
        }
        if time < self.newest {
            self.count(LATE);
        }
        self.known.push(Phase {
            name,
            start: time,
            end: None,
            note: note.map(Text::new),
            source: format!("{how}, frame {frame}").into(),
            frame: Some(frame),
        });
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let place = self.starts.partition_point(|(start, _)| *start <= time);
        self.starts.insert(place, (time, number));
        self.last = NEVER;
    }

    fn count(&mut self, what: &'static str) {
        let count = self.counts.entry(what).or_default();
        *count = count.saturating_add(1);
    }

    fn of(&self, number: u32) -> Option<&Phase> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        self.known.get(place)
    }

    /// The number of the phase that `time` is in, as far as phases are known.
    fn at(&self, time: Time) -> u32 {
        let place = self.starts.partition_point(|(start, _)| *start <= time);
        let found = place.checked_sub(1).and_then(|at| self.starts.get(at));
        found.map_or(BEFORE, |(_, number)| *number)
    }

    /// The same; remembers until when the answer holds.
    fn at_packet(&mut self, time: Time) -> u32 {
        let (from, until, number) = self.last;
        if from <= time && time < until {
            return number;
        }
        let place = self.starts.partition_point(|(start, _)| *start <= time);
        let until = self.starts.get(place).map_or(Time(i64::MAX), |next| next.0);
        let now = place.checked_sub(1).and_then(|at| self.starts.get(at));
        let (from, number) = now.copied().unwrap_or((Time(i64::MIN), BEFORE));
        self.last = (from, until, number);
        number
    }

    /// Counts a packet that `row` counts too. Must be told of every one.
    /// `is_from_a` tells whether the end that sent the row's first packet sent this one.
    pub(super) fn add(
        &mut self,
        row: u32,
        record: &Record,
        segment: &Segment<'_>,
        is_from_a: bool,
    ) {
        let now = self.at_packet(segment.time);
        let place = usize::try_from(row).unwrap_or(usize::MAX);
        if record.packets == [1, 0] {
            self.born(row, place, now);
            return;
        }
        let birth = self.births.get(place).copied().unwrap_or(BEFORE);
        if now == birth {
            return;
        }
        let Some(part) = self.part(row, now) else {
            return self.count(UNSPLIT);
        };
        let ([a, b], [a_bytes, b_bytes]) = (&mut part.packets, &mut part.bytes);
        let (packets, bytes) = if is_from_a {
            (a, a_bytes)
        } else {
            (b, b_bytes)
        };
        *packets = packets.saturating_add(1);
        *bytes = bytes.saturating_add(segment.ip_len.into());
    }

    /// A row begins, perhaps in the place of one that was folded.
    fn born(&mut self, row: u32, place: usize, now: u32) {
        if let Some(old) = self.parts.remove(&row) {
            self.part_count = self.part_count.saturating_sub(old.len());
        }
        if self.births.len() <= place {
            self.births.resize(place.saturating_add(1), BEFORE);
        }
        if let Some(birth) = self.births.get_mut(place) {
            *birth = now;
        }
    }

    /// What a row counts in a phase; `None` where there is no room for it.
    fn part(&mut self, row: u32, phase: u32) -> Option<&mut Part> {
        let is_full = self.part_count >= self.most_parts;
        if is_full && !self.parts.contains_key(&row) {
            return None;
        }
        let parts = self.parts.entry(row).or_default();
        let place = match parts.binary_search_by_key(&phase, |part| part.phase) {
            Ok(place) => place,
            Err(_) if is_full => return None,
            Err(place) => {
                let new = Part {
                    phase,
                    ..Part::default()
                };
                parts.insert(place, new);
                self.part_count = self.part_count.saturating_add(1);
                place
            }
        };
        parts.get_mut(place)
    }

    /// Everything was pushed: the phases in order, without sums, and what they were counted by.
    pub(super) fn end(
        mut self,
        losses: &mut Losses,
        time: Option<(Time, Time)>,
    ) -> (PhaseLog, Ledger) {
        self.begin(Time(0));
        for (what, count) in &self.counts {
            losses.add(what, *count);
        }
        let places = self.places();
        let numbers = self.starts.iter().map(|(_, number)| *number);
        let mut phases: Vec<Phase> = numbers
            .filter_map(|number| self.of(number).cloned())
            .collect();
        let ends: Vec<Time> = phases.iter().skip(1).map(|phase| phase.start).collect();
        for (phase, end) in phases.iter_mut().zip(ends) {
            phase.end = Some(end);
        }
        let log = PhaseLog {
            origin: self.origin().into(),
            sha256: self.asked.log.as_ref().map(|log| log.sha256().to_owned()),
            clock_offset_ns: self
                .asked
                .log
                .as_ref()
                .map_or(0, |_| self.asked.clock_offset_ns),
            phases,
            sums: Vec::new(),
        };
        self.warn(&log, losses, time);
        let ledger = Ledger {
            births: self.births,
            parts: self.parts,
            places,
        };
        (log, ledger)
    }

    /// Where the phase of each number stands among all in order.
    fn places(&self) -> Vec<usize> {
        // What is before the first phase stands behind the last.
        let mut places = vec![self.known.len(); self.known.len().saturating_add(1)];
        for (place, (_, number)) in self.starts.iter().enumerate() {
            let number = usize::try_from(*number).unwrap_or(usize::MAX);
            if let Some(entry) = places.get_mut(number) {
                *entry = place;
            }
        }
        places
    }

    fn origin(&self) -> String {
        let words = &WORDS.warnings;
        match (&self.asked.log, self.asked.has_marks()) {
            (Some(log), false) => log.origin().to_owned(),
            (Some(log), true) => fill(words.log_and_marks, &[log.origin()]),
            (None, _) => words.marks.to_owned(),
        }
    }

    fn warn(&self, log: &PhaseLog, losses: &mut Losses, time: Option<(Time, Time)>) {
        let words = &WORDS.warnings;
        let mut say = |words: &str| losses.warnings.push(Text::from(words));
        let logged = || log.phases.iter().filter(|phase| phase.frame.is_none());
        if let Some((first, last)) = time {
            let early = logged().filter(|phase| phase.start < first).count();
            let late = logged().filter(|phase| phase.start > last).count();
            if early > 0 || late > 0 {
                let counts = [logged().count(), early, late].map(|count| count.to_string());
                let counts = counts.each_ref().map(String::as_str);
                say(&fill(words.phases_outside, &counts));
            }
        }
        if let Some(frame) = self.odd_mark {
            let count = self.counts.get(NO_WORD).copied().unwrap_or(0);
            let (count, frame) = (count.to_string(), frame.to_string());
            say(&fill(words.odd_marks, &[&count, &frame]));
        }
        if self.asked.log.is_none() && log.phases.is_empty() {
            say(words.no_marks);
        }
    }
}

/// No time at all.
const NEVER: (Time, Time, u32) = (Time(i64::MAX), Time(i64::MIN), BEFORE);

/// What the sums are made of.
pub(super) struct Ledger {
    births: Vec<u32>,
    parts: HashMap<u32, Vec<Part>, foldhash::quality::RandomState>,
    /// Where the phase of each number stands in the log.
    places: Vec<usize>,
}
