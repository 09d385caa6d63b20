//! The table of flows.
//!
//! In:   [`Segment`]s, one by one or in batches.
//! Out:  rows in order of first packets; bytes to a [`Reader`].
//!
//! A row costs 64 bytes, its slot in the index, and its share of a pair of IPv6 addresses. Only a flow whose payload is still being
//! read has more: a boxed state, of which there is a bounded number; the oldest is closed for
//! a new one. A full table folds rows that were never answered, then newcomers, into counts.

mod fold;
mod join;
mod live;
mod read;
mod reader;
#[cfg(test)]
mod tests;

pub(crate) use fold::Counts;
pub(crate) use join::{Cut, Fate, Plan, Strain, Wanted};
pub(crate) use reader::{Glance, Next, Reader};

use super::index::{Hash, Index};
use super::order::Order;
use super::record::{
    CARRIES_TUNNEL, CLIENT_IS_B, DONE, FIN_A, FIN_B, FREE, Key, LOGGED, OPENING_SEEN, RESET,
    Record, SHARED, SYN_SEEN, WAITS,
};
use super::stream::Budget;
use super::wide::Wide;
use crate::decode::{Detail, Segment};
use crate::model::{Arena, Limits, Transport};
use live::{Lives, touch};
use read::TcpSegment;
use std::collections::VecDeque;
use std::net::IpAddr;

pub(crate) struct Table<R: Reader> {
    index: Index,
    rows: Vec<Vec<Record>>,
    wide: Wide,
    len: u32,
    live: Lives<R::State>,
    free: Vec<u32>,
    /// Live states by birth, oldest first; some are gone already.
    queue: VecDeque<(u64, u32)>,
    births: u64,
    hand: u32,
    budget: Budget,
    limits: Limits,
    tunnels: Vec<&'static str>,
    /// Frames of rows that may continue an earlier part's; `None` unless this is a later part.
    log: Option<join::Log>,
    /// Rows are not numbered in order of first frames.
    unordered: bool,
    pub(crate) counts: Counts,
}

/// Segments that are looked up together, so that waits for memory overlap.
pub(crate) const BATCH: usize = 128;
/// Keys, their hashes, and the rows that they will most likely be found in.
pub(crate) type LookUps = [(Key, Hash, u32); BATCH];
pub(crate) const NO_LOOK_UPS: LookUps = [(Key::NONE, Hash::NONE, 0); BATCH];

const CHUNK_BITS: u32 = 12;
const SYN: u8 = 2;
const ACK: u8 = 16;
const FIN: u8 = 1;
const RST: u8 = 4;

impl<R: Reader> Table<R> {
    pub(crate) fn new(limits: &Limits) -> Self {
        Table {
            index: Index::new(),
            rows: Vec::new(),
            wide: Wide::default(),
            len: 0,
            live: Arena::default(),
            free: Vec::new(),
            queue: VecDeque::new(),
            births: 0,
            hand: 0,
            budget: Budget {
                held: 0,
                peak: 0,
                all: limits.waiting_bytes,
                each: limits.waiting_bytes_per_stream,
            },
            limits: limits.clone(),
            tunnels: vec![""],
            log: None,
            unordered: false,
            counts: Counts::default(),
        }
    }

    /// Takes segments in order. The look-ups of a batch begin together: first every index
    /// slot is asked for, then every row, and only then is anything decided.
    pub(crate) fn push_batch(&mut self, segments: &[Segment<'_>], reader: &mut R) {
        let mut found = NO_LOOK_UPS;
        for batch in segments.chunks(BATCH) {
            self.touch_batch(batch, &mut found);
            for (segment, (key, hash, _)) in batch.iter().zip(&found) {
                self.push_hashed(segment, *key, *hash, reader);
            }
        }
    }

    /// Reads a little of all that pushing these segments will need, and finds their keys and
    /// hashes: no more segments than there is room in `found`.
    #[inline]
    pub(crate) fn touch_batch(&self, batch: &[Segment<'_>], found: &mut LookUps) {
        for (segment, place) in batch.iter().zip(found.iter_mut()) {
            place.0 = Key::of(segment);
            place.1 = self.index.hash(&place.0);
        }
        let found = found.get_mut(..batch.len()).unwrap_or_default();
        let mut touched = 0u64;
        for (_, hash, _) in found.iter() {
            touched ^= self.index.touch(*hash);
        }
        for place in found.iter_mut() {
            place.2 = self.index.peek(place.1).unwrap_or(u32::MAX);
        }
        // A row lies on one cache line; a live state behind it on more.
        for (.., row) in found.iter() {
            touched ^= self.row(*row).map_or(0, |record| record.last_frame.into());
        }
        for ((.., row), segment) in found.iter().zip(batch) {
            let Some(record) = self.row(*row) else {
                continue;
            };
            touched ^= record.touch(&self.wide);
            if segment.payload_len > 0
                && let Some(live) = record.side.as_live()
            {
                touched ^= self.live.get(live).map_or(0, touch::<R>);
            }
        }
        std::hint::black_box(touched);
    }

    /// Takes one segment. The row that counts it; `None` where it was folded.
    pub(crate) fn push(&mut self, segment: &Segment<'_>, reader: &mut R) -> Option<u32> {
        let key = Key::of(segment);
        let hash = self.index.hash(&key);
        self.push_hashed(segment, key, hash, reader)
    }

    /// Every row, in order of first frames.
    pub(crate) fn rows(&self) -> Order {
        let is_used = |row: &u32| self.row(*row).is_some_and(|record| !record.has(FREE));
        let is_ordered = self.counts.folded_flows == 0 && !self.unordered;
        if is_ordered && (0..self.len).all(|row| is_used(&row)) {
            return Order::Numbered(self.len);
        }
        let mut rows: Vec<u32> = (0..self.len).filter(is_used).collect();
        if self.counts.folded_flows > 0 {
            // Folding gave the numbers of old rows to new ones.
            rows.sort_unstable_by_key(|row| self.row(*row).map(|r| (r.first_frame, *row)));
        } else if self.unordered {
            // A few runs that are in order already.
            rows.sort_by_key(|row| self.row(*row).map(|r| r.first_frame));
        }
        Order::Listed(rows)
    }

    /// One row.
    #[inline]
    pub(crate) fn row(&self, row: u32) -> Option<&Record> {
        row_of(&self.rows, row)
    }

    /// Address and port of who sent a row's first packet, and of the other end.
    #[inline]
    pub(crate) fn ends(&self, record: &Record) -> [(IpAddr, u16); 2] {
        record.ends(&self.wide)
    }

    /// Reads a little of where a row's addresses lie.
    #[inline]
    pub(crate) fn touch(&self, record: &Record) -> u64 {
        record.touch(&self.wide)
    }

    /// Address and port of the end that opened a row's flow, and of the other.
    pub(crate) fn client_and_server(&self, record: &Record) -> [(IpAddr, u16); 2] {
        record.client_and_server(&self.wide)
    }

    /// The word for a row's tunnel.
    pub(crate) fn tunnel(&self, record: &Record) -> &'static str {
        self.tunnels
            .get(usize::from(record.tunnel))
            .copied()
            .unwrap_or("")
    }

    /// Ends every flow: what still waits is handed out, every state is kept.
    pub(crate) fn finish(&mut self, reader: &mut R) {
        for row in 0..self.len {
            let live = self.row(row).and_then(|record| record.side.as_live());
            if let Some(live) = live {
                self.close(live, true, reader);
            }
        }
        // An earlier part asks a later one for rows by their keys.
        if self.log.is_none() {
            self.index = Index::new();
        }
        self.wide.seal();
        self.live = Arena::default();
        self.queue = VecDeque::new();
        self.free = Vec::new();
    }

    /// Gives back the rows; counts stay.
    pub(crate) fn forget_rows(&mut self) {
        self.rows = Vec::new();
        self.wide = Wide::default();
        self.len = 0;
    }

    #[inline]
    fn push_hashed(
        &mut self,
        segment: &Segment<'_>,
        key: Key,
        hash: Hash,
        reader: &mut R,
    ) -> Option<u32> {
        let (rows, wide) = (&self.rows, &self.wide);
        let mut from_a = true;
        let found = self.index.find(hash, |row| {
            let sender = row_of(rows, row).and_then(|record| record.sender(&key, wide));
            from_a = sender.unwrap_or(true);
            sender.is_some()
        });
        let frame = u32::try_from(segment.frame).unwrap_or(u32::MAX);
        let row = match found {
            Some(row) if !self.begins_anew(row, segment) => row,
            old => match self.add(&key, hash, old, segment, frame, reader) {
                Some(row) => {
                    from_a = true;
                    row
                }
                None => {
                    self.fold_packet(segment);
                    return None;
                }
            },
        };
        let record = row_mut(&mut self.rows, row)?;
        let first_answer = record.count(from_a, segment.ip_len) == (0, 1);
        let first = record.first;
        record.first = first.min(segment.time);
        record.last = record.last.max(segment.time);
        record.last_frame = frame;
        if segment.carries_tunnel {
            record.flags |= CARRIES_TUNNEL;
        }
        let done = record.flags & DONE != 0;
        if record.flags & LOGGED != 0
            && let Some(log) = &mut self.log
        {
            log.add(row, record);
        }
        match segment.detail {
            Detail::Tcp { seq, ack, flags } => {
                if flags & (SYN | FIN | RST) != 0 {
                    record.flags |= end_flags(flags, from_a);
                }
                // Most packets without payload say nothing: they need not touch the live state.
                let silent = segment.payload_len == 0
                    && flags & (SYN | ACK) != SYN | ACK
                    && segment.app.is_none();
                let plain = flags & (SYN | FIN | RST) == 0;
                let heard = record.side.as_live().is_some() && (!plain || record.has(WAITS));
                if !done && (!silent || heard) {
                    let segment_of = TcpSegment {
                        seq,
                        ack,
                        flags,
                        from_a,
                        first_answer,
                        first,
                    };
                    self.tcp(row, segment, segment_of, reader);
                }
            }
            _ if !done => {
                self.datagram(row, segment, from_a, first_answer.then_some(first), reader);
            }
            _ => {}
        }
        Some(row)
    }

    /// True where this segment is the first of another flow with the same key.
    #[inline]
    fn begins_anew(&self, row: u32, segment: &Segment<'_>) -> bool {
        let Some(record) = self.row(row) else {
            return true;
        };
        match segment.detail {
            Detail::Tcp { flags, .. } if flags & (SYN | ACK) != SYN => false,
            Detail::Tcp { .. } => {
                let [a, b] = record.packets;
                let closed = record.has(RESET) || (record.has(FIN_A) && record.has(FIN_B));
                // A SYN that is repeated comes before the answer has been followed up.
                closed || (a > 1 && b > 1)
            }
            _ => {
                let idle = self.limits.udp_idle_seconds.saturating_mul(1_000_000_000);
                segment.time.since(record.last) > idle && record.transport() != Transport::Tcp
            }
        }
    }

    fn add(
        &mut self,
        key: &Key,
        hash: Hash,
        old: Option<u32>,
        segment: &Segment<'_>,
        frame: u32,
        reader: &mut R,
    ) -> Option<u32> {
        if let Some(live) = old
            .and_then(|old| self.row(old))
            .and_then(|r| r.side.as_live())
        {
            self.close(live, true, reader);
        }
        let tunnel = self.tunnel_number(segment.tunnel);
        let count = usize::try_from(self.len).unwrap_or(usize::MAX);
        let is_full = count >= self.limits.flows.min(MOST_ROWS);
        let folded = if is_full { Some(self.fold()?) } else { None };
        let mut record = Record::new(key, &mut self.wide, segment, frame, tunnel);
        record.flags |= opening(segment);
        if self.log.is_some() {
            record.flags |= join::logged(segment);
        }
        let row = match folded {
            None => self.append(record),
            Some(row) => {
                if let Some(place) = row_mut(&mut self.rows, row) {
                    *place = record;
                }
                row
            }
        };
        match old {
            Some(old) if old != row => {
                self.index.replace(hash, old, row);
                if self.log.is_some() {
                    for row in [old, row] {
                        if let Some(record) = row_mut(&mut self.rows, row) {
                            record.flags |= SHARED;
                        }
                    }
                }
            }
            _ => {
                self.index.insert(hash, row);
            }
        }
        reader.opened(segment);
        Some(row)
    }

    fn tunnel_number(&mut self, tunnel: &'static str) -> u8 {
        if tunnel.is_empty() {
            return 0;
        }
        let known = self.tunnels.iter().position(|known| *known == tunnel);
        let number = known.unwrap_or_else(|| {
            self.tunnels.push(tunnel);
            self.tunnels.len().saturating_sub(1)
        });
        u8::try_from(number).unwrap_or(0)
    }
}

/// Who opened the flow, as its first segment tells.
fn opening(segment: &Segment<'_>) -> u16 {
    match segment.detail {
        Detail::Tcp { flags, .. } if flags & (SYN | ACK) == SYN => OPENING_SEEN,
        Detail::Tcp { flags, .. } if flags & (SYN | ACK) == SYN | ACK => OPENING_SEEN | CLIENT_IS_B,
        // Midstream, or a datagram: a service's port belongs to the server.
        _ if is_service(segment.src_port) && !is_service(segment.dst_port) => CLIENT_IS_B,
        _ => 0,
    }
}

/// Ports that servers listen on: the system range (RFC 6335 §6) and a few that phones meet.
fn is_service(port: u16) -> bool {
    matches!(port, 1..=1023 | 1080 | 1194 | 1883 | 3478 | 5060 | 5222..=5223 | 5228..=5230 | 5353
        | 8000 | 8080 | 8443 | 8883)
}

fn end_flags(flags: u8, from_a: bool) -> u16 {
    let fin = match (flags & FIN != 0, from_a) {
        (false, _) => 0,
        (true, true) => FIN_A,
        (true, false) => FIN_B,
    };
    let reset = if flags & RST != 0 { RESET } else { 0 };
    let syn = if flags & (SYN | ACK) == SYN {
        SYN_SEEN
    } else {
        0
    };
    fin | reset | syn
}

#[inline]
fn row_of(rows: &[Vec<Record>], row: u32) -> Option<&Record> {
    rows.get(part(row))?.get(place(row))
}

#[inline]
fn row_mut(rows: &mut [Vec<Record>], row: u32) -> Option<&mut Record> {
    rows.get_mut(part(row))?.get_mut(place(row))
}

#[inline]
fn part(row: u32) -> usize {
    usize_of(row >> CHUNK_BITS)
}

#[inline]
fn place(row: u32) -> usize {
    usize_of(row & ((1 << CHUNK_BITS) - 1))
}

#[inline]
fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Rows are numbered in thirty bits.
const MOST_ROWS: usize = 1 << 30;
