//! Two tables of consecutive parts of one capture made one.
//!
//! In:   the table of the earlier part, still reading; that of the later part, finished.
//! Out:  what each row of the later part is to the earlier one; then one table, as if the
//!       later part's packets had followed.
//!
//! A flow that continues over the cut was read by the later table without its beginning.
//! Where the earlier table wants no more of it, counting is all that is left to do. Otherwise
//! its packets must be pushed again, in order, through the earlier table.

use super::{
    BATCH, CARRIES_TUNNEL, CLIENT_IS_B, DONE, FIN_A, FIN_B, FREE, Key, LOGGED, LookUps,
    NO_LOOK_UPS, RESET, Reader, Record, SHARED, SYN, SYN_SEEN, Table, row_mut,
};
use crate::decode::{Detail, Segment};
use crate::flow::index::Hash;
use crate::flow::record::{Held, WHOLE};
use crate::model::Time;
use smallvec::SmallVec;
use std::collections::HashMap;

/// Which frames belonged to rows that may continue an earlier part's.
#[derive(Default)]
pub(super) struct Log {
    entries: Vec<(u32, u32)>,
    full: bool,
}

/// Entries of a log.
const MOST_LOGGED: usize = 8_000_000;
/// Packets logged of one row: after so many, who reads a flow has nearly always had enough.
const MOST_OF_ROW: u32 = 65_536;

impl Log {
    #[inline]
    pub(super) fn add(&mut self, row: u32, record: &Record) {
        let [a, b] = record.packets;
        if a.saturating_add(b) <= MOST_OF_ROW {
            if self.entries.len() < MOST_LOGGED {
                self.entries.push((row, record.last_frame));
            } else {
                self.full = true;
            }
        }
    }
}

/// The flag of a row whose packets are logged: every row but those begun by a SYN.
pub(super) fn logged(segment: &Segment<'_>) -> u16 {
    match segment.detail {
        Detail::Tcp { flags, .. } if flags & (SYN | super::ACK) == SYN => 0,
        _ => LOGGED,
    }
}

/// What a table held at most.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strain {
    live: usize,
    waiting: usize,
}

/// What a row of the later part is to the earlier one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// A flow of its own.
    Own,
    /// More packets of an earlier row, which only counts them.
    Counted(u32),
    /// Its packets go through the earlier table.
    Replayed,
}

/// The fates of all rows of the later part.
pub(crate) struct Plan {
    pub(crate) fates: Vec<Fate>,
    /// Rows to be replayed.
    pub(crate) replayed: Vec<u32>,
}

/// What became of the last row with a key that the earlier part has too.
enum Last {
    Own,
    /// It continues a row whose last packet came at this time.
    Continues(Time),
    /// Only replaying tells where the next row begins.
    Unsure,
}

type Ends = [([u64; 2], u16); 2];
type Keys<T> = HashMap<(Ends, u64), T, foldhash::quality::RandomState>;

/// The same for both directions.
fn ends(key: &Key) -> (Ends, u64) {
    let mut ends = [(key.a, key.a_port), (key.b, key.b_port)];
    ends.sort_unstable();
    (ends, key.kind.number())
}

/// Rows of a later part whose packets are pushed again.
pub(crate) struct Wanted {
    /// For each row its place in [`Plan::replayed`], or `NOT_WANTED`.
    places: Vec<u32>,
    /// Those whose key other rows have too, in order, with that place.
    shared: Keys<SmallVec<[(u32, u32); 2]>>,
}

const NOT_WANTED: u32 = u32::MAX;

/// What is known of two parts beside their tables.
#[derive(Clone, Copy)]
pub(crate) struct Cut<'c> {
    /// Times never run backwards, neither in either part nor over the cut.
    pub(crate) ordered: bool,
    /// Rows of the later part, in order, that must be replayed for the reader's sake.
    pub(crate) replay: &'c [u32],
}

impl Record {
    /// This row less some of its packets.
    pub(crate) fn without(&self, packets: [u32; 2], bytes: [u64; 2]) -> Record {
        let mut rest = self.clone();
        for (count, less) in rest.packets.iter_mut().zip(packets) {
            *count = count.saturating_sub(less);
        }
        let mut left = rest.bytes();
        for (count, less) in left.iter_mut().zip(bytes) {
            *count = count.saturating_sub(less);
        }
        rest.set_bytes(left);
        rest
    }
}

impl<R: Reader> Table<R> {
    /// From now on this is the table of a later part.
    pub(crate) fn begin_log(&mut self) {
        self.log = Some(Log::default());
    }

    /// True where rows were folded or flows closed to make room: no order but the capture's own
    /// gives the same rows.
    pub(crate) fn is_strained(&self) -> bool {
        self.counts != super::Counts::default()
            || self.live.len() >= self.limits.live_readers
            || self.log.as_ref().is_some_and(|log| log.full)
    }

    /// What was held at most. To be asked before the table is finished.
    pub(crate) fn strain(&self) -> Strain {
        Strain {
            live: self.live.len(),
            waiting: self.budget.peak,
        }
    }

    /// From here on `strain` is of what follows.
    pub(crate) fn forget_strain(&mut self) {
        self.budget.peak = self.budget.held;
    }

    /// Whether all budgets would have sufficed for both parts in one table.
    pub(crate) fn has_room_for(&self, later: &Table<R>, strain: Strain, replayed: usize) -> bool {
        let rows = usize::try_from(self.len.saturating_add(later.len)).unwrap_or(usize::MAX);
        let live = self
            .births_alive()
            .saturating_add(strain.live)
            .saturating_add(replayed);
        let waiting = self.budget.peak.saturating_add(strain.waiting);
        rows < self.limits.flows.min(super::MOST_ROWS)
            && live < self.limits.live_readers
            && waiting <= self.budget.all
    }

    /// Takes a segment that was put together from fragments.
    pub(crate) fn push_whole(&mut self, segment: &Segment<'_>, reader: &mut R) {
        self.push(segment, reader);
        if self.log.is_some() {
            let key = Key::of(segment);
            let row = self.row_of_key(&key, self.index.hash(&key));
            if let Some(record) = row.and_then(|row| row_mut(&mut self.rows, row)) {
                record.flags |= WHOLE;
            }
        }
    }

    /// Whether who sent a row's first packet sent this segment of its flow.
    pub(crate) fn is_from_a(&self, record: &Record, segment: &Segment<'_>) -> bool {
        record.sender(&Key::of(segment), &self.wide) == Some(true)
    }

    /// Rows there are, folded or not.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    fn row_of_key(&self, key: &Key, hash: Hash) -> Option<u32> {
        self.index.find(hash, |row| {
            self.row(row)
                .is_some_and(|record| record.sender(key, &self.wide).is_some())
        })
    }

    /// Looks every row of the later part up. `None` where the capture must be read in one go.
    pub(crate) fn plan(&self, later: &Table<R>, cut: Cut<'_>) -> Option<Plan> {
        let count = usize::try_from(later.len).unwrap_or(0);
        let mut plan = Plan {
            fates: Vec::with_capacity(count),
            replayed: Vec::new(),
        };
        let mut last: Keys<Last> = HashMap::default();
        let mut forced = cut.replay.iter().copied().peekable();
        let mut found = [(Hash::default(), 0u32); BATCH];
        let mut number = 0u32;
        for rows in &later.rows {
            for batch in rows.chunks(BATCH) {
                let found = found.get_mut(..batch.len()).unwrap_or_default();
                for (place, record) in found.iter_mut().zip(batch) {
                    place.0 = self.index.hash(&record.key(&later.wide));
                }
                let touched = found
                    .iter()
                    .fold(0, |all, (hash, _)| all ^ self.index.touch(*hash));
                for place in found.iter_mut() {
                    place.1 = self.index.peek(place.0).unwrap_or(u32::MAX);
                }
                let rows = found.iter().map(|(_, row)| *row);
                std::hint::black_box(touched ^ self.touch_rows(rows));
                for (place, record) in found.iter().zip(batch) {
                    let row = number;
                    number = number.saturating_add(1);
                    let force = forced.next_if_eq(&row).is_some();
                    let fate = if place.1 == u32::MAX && cut.replay.is_empty() {
                        Fate::Own
                    } else {
                        let key = record.key(&later.wide);
                        let earlier = self.row_of_key(&key, place.0);
                        self.fate((record, &key), earlier, force, cut.ordered, &mut last)
                    };
                    if fate == Fate::Replayed {
                        // What lies in other packets, or was not logged, cannot be replayed.
                        if record.has(WHOLE) {
                            return None;
                        }
                        plan.replayed.push(row);
                    }
                    plan.fates.push(fate);
                }
            }
        }
        Some(plan)
    }

    fn fate(
        &self,
        (record, key): (&Record, &Key),
        earlier: Option<u32>,
        force: bool,
        ordered: bool,
        last: &mut Keys<Last>,
    ) -> Fate {
        let before = earlier.and_then(|row| Some((row, self.row(row)?)));
        let first = |before: Option<(u32, &Record)>| {
            before.map_or(Fate::Own, |before| {
                self.first_fate((record, key), before, ordered)
            })
        };
        if !record.has(SHARED) {
            return if force { Fate::Replayed } else { first(before) };
        }
        let ends = ends(key);
        let anew = |time: Time| record.first.since(time) > self.idle();
        let fate = match last.get(&ends) {
            Some(Last::Unsure) => Fate::Replayed,
            _ if force => Fate::Replayed,
            Some(Last::Continues(time)) if !record.is_tcp() && !anew(*time) => Fate::Replayed,
            Some(Last::Own | Last::Continues(_)) => Fate::Own,
            None => first(before),
        };
        let next = match fate {
            Fate::Own => Last::Own,
            Fate::Replayed if force || record.has(SYN_SEEN) => Last::Unsure,
            Fate::Replayed | Fate::Counted(_) => match before {
                Some((_, before)) => Last::Continues(before.last),
                None => Last::Unsure,
            },
        };
        if before.is_some() || force || fate == Fate::Replayed {
            last.insert(ends, next);
        }
        fate
    }

    /// The fate of the first row with a key that the earlier part has.
    fn first_fate(
        &self,
        (record, key): (&Record, &Key),
        (row, before): (u32, &Record),
        ordered: bool,
    ) -> Fate {
        let is_tcp = record.is_tcp();
        if is_tcp {
            let [a, b] = before.packets;
            let closed = before.has(RESET) || (before.has(FIN_A) && before.has(FIN_B));
            if !record.has(LOGGED) && (closed || (a > 1 && b > 1)) {
                return Fate::Own;
            }
        } else if record.first.since(before.last) > self.idle() {
            return Fate::Own;
        }
        // Where times run backwards the first packet need not be the earliest.
        let continues = is_tcp || ordered || record.last.since(before.last) <= self.idle();
        // Neither part found anything in its datagrams, and none says more beside others: their
        // number only ends the looking sooner.
        let unread = !is_tcp
            && record.side.as_passed().is_some()
            && before.side.as_passed().is_some()
            && before.sender(key, &self.wide).is_some_and(|same_end| {
                same_end == (record.has(CLIENT_IS_B) == before.has(CLIENT_IS_B))
            });
        if continues && !record.has(SYN_SEEN) && (before.has(DONE) || unread) {
            Fate::Counted(row)
        } else {
            Fate::Replayed
        }
    }

    /// Adds a row; nothing finds it by its key yet.
    pub(super) fn append(&mut self, record: Record) -> u32 {
        let row = self.len;
        if super::place(row) == 0 {
            self.rows.push(Vec::with_capacity(1 << super::CHUNK_BITS));
        }
        if let Some(part) = self.rows.last_mut() {
            part.push(record);
        }
        self.len = self.len.saturating_add(1);
        row
    }

    fn idle(&self) -> u64 {
        self.limits.udp_idle_seconds.saturating_mul(1_000_000_000)
    }

    /// Adds to a row what the same flow's row in a later part counted.
    pub(crate) fn count_on(&mut self, row: u32, later: &Table<R>, more: &Record, frames: u32) {
        let Some(record) = row_mut(&mut self.rows, row) else {
            return;
        };
        let from_a = record.sender(&more.key(&later.wide), &self.wide) == Some(true);
        let (mut packets, mut bytes) = (more.packets, more.bytes());
        let mut flags = more.flags & (RESET | CARRIES_TUNNEL | FIN_A | FIN_B);
        if !from_a {
            packets.reverse();
            bytes.reverse();
            let fins = flags & (FIN_A | FIN_B);
            if fins == FIN_A || fins == FIN_B {
                flags ^= FIN_A | FIN_B;
            }
        }
        for (count, more) in record.packets.iter_mut().zip(packets) {
            *count = count.saturating_add(more);
        }
        for (count, known) in bytes.iter_mut().zip(record.bytes()) {
            *count = count.saturating_add(known);
        }
        record.set_bytes(bytes);
        record.flags |= flags;
        record.first = record.first.min(more.first);
        record.last = record.last.max(more.last);
        record.last_frame = more.last_frame.saturating_add(frames);
    }

    /// The frames, in order, in which packets of these rows are; `None` where not all of them
    /// are known. Rows begun by a SYN are not logged: all frames between their first and last.
    pub(crate) fn frames_of(&self, plan: &Plan) -> Vec<u32> {
        if plan.replayed.is_empty() {
            return Vec::new();
        }
        let replayed = |row: u32| {
            let fate = usize::try_from(row)
                .ok()
                .and_then(|row| plan.fates.get(row));
            fate == Some(&Fate::Replayed)
        };
        let entries = self.log.iter().flat_map(|log| &log.entries);
        let mut frames: Vec<u32> = entries
            .filter(|(row, _)| replayed(*row))
            .map(|(_, frame)| *frame)
            .collect();
        let unlogged = plan.replayed.iter().filter_map(|row| self.row(*row));
        let mut spans: Vec<(u32, u32)> = unlogged
            .filter(|record| !record.has(LOGGED))
            .map(|record| (record.first_frame, record.last_frame))
            .collect();
        spans.sort_unstable();
        let mut reach = 0u32;
        for (first, last) in spans {
            frames.extend(first.max(reach)..=last);
            reach = reach.max(last.saturating_add(1));
        }
        // Two runs that are in order already.
        frames.sort();
        frames.dedup();
        frames
    }

    /// The rows to be replayed, for packets of this part.
    pub(crate) fn wanted(&self, plan: &Plan) -> Wanted {
        let mut wanted = Wanted {
            places: vec![NOT_WANTED; plan.fates.len()],
            shared: HashMap::default(),
        };
        for (place, row) in (0u32..).zip(&plan.replayed) {
            if let Some(entry) = wanted.places.get_mut(super::usize_of(*row)) {
                *entry = place;
            }
            if let Some(record) = self.row(*row).filter(|record| record.has(SHARED)) {
                let key = ends(&record.key(&self.wide));
                wanted.shared.entry(key).or_default().push((*row, place));
            }
        }
        wanted
    }

    /// Of segments of this part, no more than a [`BATCH`], those that belong to rows to be
    /// replayed: each with its row's place in [`Plan::replayed`].
    pub(crate) fn wants<'a>(
        &self,
        wanted: &Wanted,
        batch: &[Segment<'a>],
    ) -> Vec<(Segment<'a>, u32)> {
        let mut found: LookUps = NO_LOOK_UPS;
        self.touch_batch(batch, &mut found);
        let wants = |(segment, (key, hash, _)): (&Segment<'a>, &(Key, Hash, u32))| {
            let row = self.row_of_key(key, *hash)?;
            let place = if self.row(row)?.has(SHARED) {
                self.wants_of_shared(wanted, key, segment)?
            } else {
                *wanted.places.get(super::usize_of(row))?
            };
            (place != NOT_WANTED).then_some((*segment, place))
        };
        batch.iter().zip(&found).filter_map(wants).collect()
    }

    /// The place in [`Plan::replayed`] of the last row with this key that began by this segment,
    /// where it has not ended.
    fn wants_of_shared(&self, wanted: &Wanted, key: &Key, segment: &Segment<'_>) -> Option<u32> {
        let rows = wanted.shared.get(&ends(key))?;
        let frame = u32::try_from(segment.frame).unwrap_or(u32::MAX);
        let after = rows.partition_point(|(row, _)| {
            self.row(*row)
                .is_some_and(|record| record.first_frame <= frame)
        });
        let (row, place) = rows.get(after.checked_sub(1)?)?;
        (frame <= self.row(*row)?.last_frame).then_some(*place)
    }

    /// Reads a little of rows and of their addresses.
    pub(crate) fn touch_rows(&self, rows: impl Iterator<Item = u32> + Clone) -> u64 {
        let records = rows.filter_map(|row| self.row(row));
        let touched = records
            .clone()
            .fold(0, |all, record| all ^ u64::from(record.last_frame));
        records.fold(touched, |all, record| all ^ record.touch(&self.wide))
    }

    /// Whether `row`, which took a packet of `later`, only counts what follows of this flow:
    /// the rest of `later`'s packets need not be pushed.
    pub(crate) fn only_counts(&self, row: u32, later: &Record) -> bool {
        !later.has(SYN_SEEN) && self.row(row).is_some_and(|record| record.has(DONE))
    }

    /// Takes the rows of the finished table of the later part that are flows of their own.
    /// `fix` puts right what the reader keeps of each. Their new numbers, by old ones.
    pub(crate) fn import(
        &mut self,
        later: Table<R>,
        plan: &Plan,
        frames: u32,
        fix: impl Fn(u32) -> Option<u32>,
    ) -> Vec<u32> {
        let tunnels: Vec<u8> = later
            .tunnels
            .iter()
            .map(|tunnel| self.tunnel_number(tunnel))
            .collect();
        let mut numbers = Vec::with_capacity(plan.fates.len());
        let wide = later.wide;
        let records = later.rows.into_iter().flatten();
        for (mut record, fate) in records.zip(&plan.fates) {
            if *fate != Fate::Own || record.has(FREE) {
                numbers.push(u32::MAX);
                continue;
            }
            let tunnel = tunnels.get(usize::from(record.tunnel));
            record.tunnel = tunnel.copied().unwrap_or(0);
            record.move_over(&wide, &mut self.wide);
            record.first_frame = record.first_frame.saturating_add(frames);
            record.last_frame = record.last_frame.saturating_add(frames);
            if let Some(kept) = record.side.as_kept() {
                record.side = Held::kept(fix(kept));
            }
            numbers.push(self.append(record));
        }
        self.unordered = true;
        numbers
    }
}
