//! One capture audited by two threads.
//!
//! In:   an open capture of one plain file.
//! Out:  the report that one thread would have made, byte for byte; or nothing, where only
//!       the file's own order leads to it. The file is then read in one go.
//!
//! Each thread reads one half of the file into a table of its own. Then the later half is
//! joined to the earlier one: flows that begin in it are taken over; flows that continue over
//! the cut are counted on, or, where their bytes are still of interest, their packets are
//! pushed again, in order, through the earlier table. What depends on how much all flows
//! together hold (a budget that was reached) cannot be joined: that is when nothing is said.

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]
mod tests;

use super::{Audit, AuditOptions, PROGRESS_BYTES, Progress, Reading, Sums};
use crate::Error;
use crate::decode::{Decoder, Segment, Sink, Whole};
use crate::flow::{BATCH, Cut, Fate, NO_LOOK_UPS, Plan, Record, Strain, Table, Wanted};
use crate::locate::Places;
use crate::model::{Reason, Report};
use crate::source::{Capture, Facts, Part, Summary};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::Builder;

/// Smaller files are not worth a thread.
const LEAST_BYTES: u64 = 8 << 20;

/// Bytes of a packet that take as long to hash as the packet to audit: SHA-256 with a processor's
/// instructions takes about 0.6 ns a byte, an audit 0.3 µs a packet.
const LARGE_PACKETS: u64 = 512;

/// How an audit by two threads ended.
pub(super) enum Ended {
    Whole(Box<Report>),
    /// To be read in one go: the capture, and the hash of its file where that is known already.
    NotSplit(Box<Capture>, Option<String>),
}

/// Audits a capture by two threads, if it is worth it and can be done.
pub(super) fn audit(
    capture: Capture,
    places: &Places,
    options: &AuditOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Ended, Error> {
    match capture.size() {
        // Marks of phases stand in the order of the file.
        Some(size)
            if size >= LEAST_BYTES
                && options.threads > 1
                && !options.phases.is_anything()
                && !waits_for_hash(&capture, options) =>
        {
            audit_cut(capture, size / 2, places, options, progress)
        }
        _ => Ok(Ended::NotSplit(Box::new(capture), None)),
    }
}

/// True where hashing the file takes longer than auditing it: one thread then is busy with
/// hashing and the other one with all the rest, and the file is read once.
fn waits_for_hash(capture: &Capture, options: &AuditOptions) -> bool {
    let large = |bytes: u64| bytes >= LARGE_PACKETS;
    options.hashed && capture.bytes_a_packet().is_some_and(large)
}

/// What the threads share.
#[derive(Default)]
struct Between {
    /// One of them met what cannot be joined.
    give_up: AtomicBool,
    /// Packets of the later part.
    packets: AtomicU64,
}

/// Audits a capture cut at the first record at or after `at`.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where an audit has threads; docs/architecture.md, 3"
)]
fn audit_cut(
    capture: Capture,
    at: u64,
    places: &Places,
    options: &AuditOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Ended, Error> {
    let Some(([earlier, later], again)) = capture.cut(at) else {
        return Ok(Ended::NotSplit(Box::new(capture), None));
    };
    let size = capture.size();
    let between = Between::default();
    let mut first = Audit::new(options)?;
    let mut second = Audit::new(options)?;
    second.table.begin_log();
    second.reading.begin_journal();
    let (halves, sha256) = std::thread::scope(|scope| {
        let hashing = capture.into_hashing();
        let hash = hashing.and_then(|hashing| {
            let thread = Builder::new().name("hash".to_owned());
            thread.spawn_scoped(scope, move || hashing.digest()).ok()
        });
        let between = &between;
        let beside = Builder::new()
            .name("later half".to_owned())
            .spawn_scoped(scope, move || read_later(later, second, between))
            .ok();
        let Some(beside) = beside else {
            return (None, None);
        };
        let mut tell = |first: &Audit, part: &Part| {
            let others = between.packets.load(Ordering::Relaxed);
            progress(Progress {
                packets: first.totals.packets.saturating_add(others),
                stored_bytes: part.progress(),
                total_bytes: size,
            });
        };
        let one = read_earlier(earlier, &mut first, between, &mut tell);
        let two = beside.join().ok().flatten();
        let joined = one
            .zip(two)
            .and_then(|(one, two)| join(&mut first, one, two));
        let sha256 = hash.and_then(|hash| hash.join().ok().flatten());
        (joined, sha256)
    });
    match halves {
        Some(mut summary) => {
            if let Some(input) = summary.inputs.first_mut() {
                input.sha256 = sha256;
            }
            Ok(Ended::Whole(Box::new(first.finish(summary, places)?)))
        }
        None => Ok(Ended::NotSplit(Box::new(again.open()?), sha256)),
    }
}

fn read_earlier(
    mut part: Part,
    audit: &mut Audit,
    between: &Between,
    tell: &mut dyn FnMut(&Audit, &Part),
) -> Option<Facts> {
    let mut told = 0u64;
    while !between.give_up.load(Ordering::Relaxed) {
        let Ok(Some(batch)) = part.batch() else {
            return Some(part.finish());
        };
        audit.push_all(batch);
        let read = part.progress();
        if read.saturating_sub(told) >= PROGRESS_BYTES {
            told = read;
            tell(audit, &part);
            if audit.is_strained() {
                between.give_up.store(true, Ordering::Relaxed);
            }
        }
    }
    None
}

/// The later part, read and finished.
struct Later {
    facts: Facts,
    audit: Audit,
    strain: Strain,
}

fn read_later(mut part: Part, mut audit: Audit, between: &Between) -> Option<Later> {
    let mut told = 0u64;
    while !between.give_up.load(Ordering::Relaxed) {
        match part.batch() {
            Ok(Some(batch)) => audit.push_all(batch),
            Ok(None) => {
                let strain = audit.table.strain();
                audit.table.finish(&mut audit.reading);
                return Some(Later {
                    facts: part.finish(),
                    audit,
                    strain,
                });
            }
            Err(_) => break,
        }
        let packets = audit.totals.packets;
        if packets.saturating_sub(told) >= TELL_PACKETS {
            told = packets;
            between.packets.store(packets, Ordering::Relaxed);
            if audit.is_strained() {
                break;
            }
        }
    }
    // An error of the system is met again, and told, by whoever reads the file in one go.
    between.give_up.store(true, Ordering::Relaxed);
    None
}

/// Packets between two looks at the other thread.
const TELL_PACKETS: u64 = 16_384;

/// Joins the later part to the earlier one. `None` where that cannot be done exactly; `audit`
/// is then of no more use.
fn join(audit: &mut Audit, facts: Facts, later: Later) -> Option<Summary> {
    let Later {
        facts: more,
        audit: second,
        strain,
    } = later;
    let frames = u32::try_from(facts.packets()).ok()?;
    // Frames beyond this are all numbered alike.
    frames.checked_add(u32::try_from(more.packets()).ok()?)?;
    let in_pieces = audit.decoder.unfinished() > 0 && second.decoder.met_fragments();
    if in_pieces || audit.is_strained() || second.is_strained() {
        return None;
    }
    audit.table.forget_strain();
    audit.reading.forget_strain();
    let ordered = facts.ordered(&more);
    let replay = audit.reading.known_again(&second.reading);
    let cut = Cut {
        ordered,
        replay: &replay,
    };
    let plan = audit.table.plan(&second.table, cut)?;
    if !second.reading.agrees(&plan) {
        return None;
    }
    let mut row = 0u32;
    for fates in plan.fates.chunks(BATCH) {
        let counted = fates.iter().filter_map(|fate| match fate {
            Fate::Counted(earlier) => Some(*earlier),
            _ => None,
        });
        std::hint::black_box(audit.table.touch_rows(counted));
        for fate in fates {
            if let (Fate::Counted(earlier), Some(more)) = (fate, second.table.row(row)) {
                audit.table.count_on(*earlier, &second.table, more, frames);
            }
            row = row.saturating_add(1);
        }
    }
    let known = audit.table.len();
    replay_rows(audit, &second, &more, &plan, frames)?;
    let replayed = plan.replayed.len();
    if !audit.table.has_room_for(&second.table, strain, replayed)
        || !audit.reading.has_room_for(&second.reading, ordered)
        || is_tied(audit, known, &second, &plan, frames)
    {
        return None;
    }
    let summary = facts.join(more)?;
    audit.absorb(second, &plan, frames);
    (!audit.is_strained()).then_some(summary)
}

/// Pushes the packets of flows that continue over the cut through the earlier table.
fn replay_rows(
    audit: &mut Audit,
    second: &Audit,
    more: &Facts,
    plan: &Plan,
    frames: u32,
) -> Option<()> {
    let wanted = second.table.frames_of(plan);
    let mut replay = Replay {
        table: &mut audit.table,
        reading: &mut audit.reading,
        later: &second.table,
        rows: second.table.wanted(plan),
        replayed: &plan.replayed,
        pushed: vec![Pushed::default(); plan.replayed.len()],
        frames,
    };
    let mut decoder = Decoder::new(&audit.options.limits);
    let whole = more.again(&wanted, &mut |packets| {
        let mut batch = Segments(Vec::with_capacity(BATCH));
        for packet in packets {
            decoder.decode(&packet, &mut batch);
            if batch.0.len() >= BATCH {
                replay.push_all(&mut batch);
            }
        }
        replay.push_all(&mut batch);
    });
    (whole.is_ok_and(|whole| whole) && replay.is_complete(plan)).then_some(())
}

/// True where a row that replaying began and one that is taken over begin in the same packet:
/// which came first cannot be told any more.
fn is_tied(audit: &Audit, known: u32, second: &Audit, plan: &Plan, frames: u32) -> bool {
    let new = (known..audit.table.len()).filter_map(|row| audit.table.row(row));
    let new: BTreeSet<u32> = new.map(|record| record.first_frame).collect();
    !new.is_empty()
        && (0u32..).zip(&plan.fates).any(|(row, fate)| {
            let record = second.table.row(row).filter(|_| *fate == Fate::Own);
            record.is_some_and(|record| new.contains(&record.first_frame.saturating_add(frames)))
        })
}

/// Takes the segments of packets that are read again.
struct Replay<'r> {
    table: &'r mut Table<Reading>,
    reading: &'r mut Reading,
    later: &'r Table<Reading>,
    /// Rows of the later part to be replayed, by key and by place.
    rows: Wanted,
    replayed: &'r [u32],
    /// For each of the rows to be replayed.
    pushed: Vec<Pushed>,
    frames: u32,
}

/// How far a row was replayed.
#[derive(Clone, Default)]
struct Pushed {
    packets: [u32; 2],
    bytes: [u64; 2],
    /// The rest was counted.
    done: bool,
}

impl Replay<'_> {
    fn is_complete(&self, plan: &Plan) -> bool {
        plan.replayed.iter().zip(&self.pushed).all(|(row, pushed)| {
            let is_whole = |record: &Record| {
                pushed.packets == record.packets && pushed.bytes == record.bytes()
            };
            pushed.done || self.later.row(*row).is_some_and(is_whole)
        })
    }

    /// Pushes segments in order; what they will need is asked for first.
    fn push_all(&mut self, Segments(segments): &mut Segments<'_>) {
        let later = self.later;
        let (mut wanted, mut places) = (Vec::new(), Vec::new());
        for batch in segments.chunks(BATCH) {
            wanted.clear();
            places.clear();
            for (segment, place) in later.wants(&self.rows, batch) {
                let pushed = usize::try_from(place).ok();
                let pushed = pushed.and_then(|place| self.pushed.get(place));
                if pushed.is_some_and(|pushed| pushed.done) {
                    continue;
                }
                let frame = segment.frame.saturating_add(self.frames.into());
                wanted.push(Segment { frame, ..segment });
                places.push(place);
            }
            self.table.touch_batch(&wanted, &mut NO_LOOK_UPS.clone());
            for (segment, place) in wanted.iter().zip(&places) {
                self.push(segment, *place);
            }
        }
        segments.clear();
    }

    fn push(&mut self, segment: &Segment<'_>, place: u32) -> Option<()> {
        let place = usize::try_from(place).ok()?;
        let record = self.later.row(*self.replayed.get(place)?)?;
        let pushed = self.pushed.get_mut(place)?;
        if pushed.done {
            return None;
        }
        let [a, b] = &mut pushed.packets;
        let [a_bytes, b_bytes] = &mut pushed.bytes;
        let (count, bytes) = if self.later.is_from_a(record, segment) {
            (a, a_bytes)
        } else {
            (b, b_bytes)
        };
        *count = count.saturating_add(1);
        *bytes = bytes.saturating_add(segment.ip_len.into());
        let earlier = self.table.push(segment, self.reading)?;
        if self.table.only_counts(earlier, record) {
            let rest = record.without(pushed.packets, pushed.bytes);
            self.table.count_on(earlier, self.later, &rest, self.frames);
            pushed.done = true;
        }
        None
    }
}

/// What packets that are read again decode to.
struct Segments<'a>(Vec<Segment<'a>>);

impl<'a> Sink<'a> for Segments<'a> {
    fn segment(&mut self, segment: Segment<'a>) {
        self.0.push(segment);
    }
}

/// Rows with reassembled payload are not replayed, and what else decoding tells is told already.
impl Whole for Segments<'_> {
    fn reassembled(&mut self, _: Segment<'_>) {}
    fn trouble(&mut self, _: Reason) {}
    fn count(&mut self, _: &'static str) {}
}

impl Audit {
    /// True where a budget was reached.
    fn is_strained(&self) -> bool {
        self.table.is_strained() || self.reading.is_strained()
    }

    /// Takes the later part's flows and sums.
    fn absorb(&mut self, later: Audit, plan: &Plan, frames: u32) {
        let Audit {
            mut decoder,
            table,
            reading,
            losses,
            mut reasons,
            totals,
            time,
            ..
        } = later;
        decoder.finish(&mut |name, n| add(reasons.counts.entry(name).or_default(), n));
        let mut last = None;
        for (row, fate) in (0u32..).zip(&plan.fates) {
            let record = table.row(row).filter(|_| *fate == Fate::Own);
            if let Some(opener) =
                record.and_then(|record| reading.opener(row, table.ends(record)[0].0))
                && last.replace(opener) != Some(opener)
            {
                let (sender, address) = opener;
                self.reading.hosts.seen(sender, address);
            }
        }
        let extras = self.reading.extras();
        let rows = self
            .table
            .import(table, plan, frames, |kept| kept.checked_add(extras));
        self.reading.absorb(reading, frames, rows);
        self.add(&Sums {
            packets: totals.packets,
            captured_bytes: totals.captured_bytes,
            wire_bytes: totals.wire_bytes,
            in_flows: losses.in_flows,
            marks: losses.marks,
            cut_packets: losses.cut_packets,
            cut_bytes: losses.cut_bytes,
            time,
        });
        add_all(&mut self.losses.not_ip, losses.not_ip);
        add_all(&mut self.losses.undecodable, losses.undecodable);
        add_all(&mut self.reasons.layers, reasons.layers);
        reasons.counts.retain(|_, count| *count > 0);
        add_all(&mut self.reasons.counts, reasons.counts);
    }
}

fn add(count: &mut u64, more: u64) {
    *count = count.saturating_add(more);
}

fn add_all<K: Ord>(counts: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, more) in more {
        add(counts.entry(key).or_default(), more);
    }
}
