//! The table of flows.
//!
//! In:   [`Segment`]s, one by one or in batches.
//! Out:  rows in order of first packets; bytes to a [`Reader`].
//!
//! A row costs 96 bytes and its slot in the index. Only a flow whose payload is still being
//! read has more: a boxed state, of which there is a bounded number; the oldest is closed for
//! a new one. A full table folds rows that were never answered, then newcomers, into counts.

mod join;

pub(crate) use join::{Cut, Fate, Plan, Strain, Wanted};

use super::index::{Hash, Index};
use super::record::{
    CARRIES_TUNNEL, CLIENT_IS_B, DONE, FIN_A, FIN_B, FREE, Held, Key, LOGGED, OPENING_SEEN, RESET,
    Record, SYN_SEEN, WAITS,
};
use super::rtt::{Rtt, between};
use super::stream::{Budget, Data, Piece, Stream};
use crate::decode::{Detail, Segment};
use crate::model::{Arena, Carrier, Chunk, Limits, Side, Transport};
use std::collections::VecDeque;

/// What a reader wants of a flow's further bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Next {
    /// All of them.
    More,
    /// All of them, but nothing need be remembered until they come (datagrams only).
    Pause,
    /// None.
    Done,
}

/// What a reader makes of a datagram at first sight.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Glance {
    /// It must be read.
    Read,
    /// There is nothing in it; this small number is all that need be remembered.
    Pass(u32),
    /// The flow need not be looked at again.
    Done,
}

/// Who reads the bytes of flows. The table knows no protocol.
pub(crate) trait Reader {
    /// What is kept about one flow while its payload is read.
    type State;
    /// A row began with this segment.
    fn opened(&mut self, record: &Record, segment: &Segment<'_>);
    /// A datagram of a flow of which nothing was kept but `passed`, the number that the last
    /// glance gave, or 0.
    fn glance(&mut self, passed: u32, chunk: &Chunk<'_>) -> Glance;
    /// Reads a little of what the next bytes will need, so that the wait for memory begins
    /// early. What it returns means nothing.
    fn touch(state: &Self::State) -> u64;
    /// Reading begins, or goes on where `record.side` was left (datagrams only).
    fn start(&mut self, record: &Record) -> Self::State;
    /// A segment with an app, or with payload, before its bytes are handed out.
    fn segment(&mut self, state: &mut Self::State, segment: &Segment<'_>);
    /// A handshake round trip, as soon as it is known.
    fn round_trip(&mut self, state: &mut Self::State, rtt: Rtt);
    /// The next bytes.
    fn chunk(&mut self, state: &mut Self::State, row: u32, chunk: &Chunk<'_>) -> Next;
    /// Bytes that were never seen, before what comes next from `place.from`. False: no more
    /// are wanted. `place` is a chunk without bytes.
    fn gap(&mut self, state: &mut Self::State, row: u32, place: &Chunk<'_>, bytes: u64) -> bool;
    /// Reading ended: what is worth keeping is kept under a number.
    fn keep(&mut self, state: Self::State, row: u32, place: &Chunk<'_>) -> Option<u32>;
}

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

#[repr(align(64))]
struct Live<S> {
    row: u32,
    birth: u64,
    handling: Handling,
    /// `None` once reading ended: the place is free.
    state: Option<S>,
}

/// What the table itself remembers of a flow that is being read.
#[derive(Default)]
struct Handling {
    streams: [Stream; 2],
    syn_ack: Option<crate::model::Time>,
    rtt: Rtt,
}

/// Live states by number. Their places are used again without going back to the allocator.
type Lives<S> = Arena<Live<S>>;

pub(crate) struct Table<R: Reader> {
    index: Index,
    rows: Vec<Vec<Record>>,
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
pub(crate) const BATCH: usize = 32;
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
        let mut found = [(Key::NONE, Hash::default(), 0u32); BATCH];
        for batch in segments.chunks(BATCH) {
            for (segment, place) in batch.iter().zip(&mut found) {
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
            // A row lies on two cache lines; a live state behind it on more.
            for (.., row) in found.iter() {
                if let Some(record) = self.row(*row) {
                    let [_, low] = record.key.a;
                    touched ^= low ^ u64::from(record.last_frame);
                }
            }
            for ((.., row), segment) in found.iter().zip(batch) {
                if segment.payload_len > 0
                    && let Some(live) = self.row(*row).and_then(|record| record.side.as_live())
                {
                    touched ^= self.live.get(live).map_or(0, touch::<R>);
                }
            }
            std::hint::black_box(touched);
            for (segment, (key, hash, _)) in batch.iter().zip(found) {
                self.push_hashed(segment, *key, *hash, reader);
            }
        }
    }

    /// Takes one segment.
    pub(crate) fn push(&mut self, segment: &Segment<'_>, reader: &mut R) {
        let key = Key::of(segment);
        let hash = self.index.hash(&key);
        self.push_hashed(segment, key, hash, reader);
    }

    /// Every row, in order of first frames.
    pub(crate) fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.len)
            .filter(|row| self.row(*row).is_some_and(|record| !record.has(FREE)))
            .collect();
        if self.counts.folded_flows > 0 {
            // Folding gave the numbers of old rows to new ones.
            rows.sort_unstable_by_key(|row| self.row(*row).map(|r| (r.first_frame, *row)));
        } else if self.unordered {
            // A few runs that are in order already.
            rows.sort_by_key(|row| self.row(*row).map(|r| r.first_frame));
        }
        rows
    }

    /// One row.
    #[inline]
    pub(crate) fn row(&self, row: u32) -> Option<&Record> {
        row_of(&self.rows, row)
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
        self.index = Index::new();
        self.live = Arena::default();
        self.queue = VecDeque::new();
        self.free = Vec::new();
    }

    #[inline]
    fn push_hashed(&mut self, segment: &Segment<'_>, key: Key, hash: Hash, reader: &mut R) {
        let rows = &self.rows;
        let found = self.index.find(hash, |row| {
            row_of(rows, row).is_some_and(|record| same(&record.key, &key))
        });
        let frame = u32::try_from(segment.frame).unwrap_or(u32::MAX);
        let row = match found {
            Some(row) if !self.begins_anew(row, segment) => row,
            old => match self.add(key, hash, old, segment, frame, reader) {
                Some(row) => row,
                None => return self.fold_packet(segment),
            },
        };
        let Some(record) = row_mut(&mut self.rows, row) else {
            return;
        };
        let from_a = record.key.a == key.a && record.key.a_port == key.a_port;
        let [from_a_count, from_b_count] = &mut record.packets;
        let [from_a_bytes, from_b_bytes] = &mut record.bytes;
        let (count, bytes, other) = if from_a {
            (from_a_count, from_a_bytes, *from_b_count)
        } else {
            (from_b_count, from_b_bytes, *from_a_count)
        };
        let first_answer = *count == 0 && other == 1;
        *count = count.saturating_add(1);
        *bytes = bytes.saturating_add(segment.ip_len.into());
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
    }

    /// Counts a packet whose flow found no row.
    #[cold]
    fn fold_packet(&mut self, segment: &Segment<'_>) {
        let counts = &mut self.counts;
        counts.folded_flows = counts.folded_flows.saturating_add(1);
        counts.folded_packets = counts.folded_packets.saturating_add(1);
        counts.folded_bytes = counts.folded_bytes.saturating_add(segment.ip_len.into());
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
        key: Key,
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
        let mut record = Record::new(key, segment, frame, tunnel);
        record.flags |= opening(segment);
        if self.log.is_some() {
            record.flags |= join::logged(segment);
        }
        let count = usize::try_from(self.len).unwrap_or(usize::MAX);
        let row = if count < self.limits.flows.min(MOST_ROWS) {
            self.append(record)
        } else {
            let row = self.fold()?;
            if let Some(place) = row_mut(&mut self.rows, row) {
                *place = record;
            }
            row
        };
        match old {
            Some(old) if old != row => self.index.replace(hash, old, row),
            _ => {
                self.index.insert(hash, row);
            }
        }
        if let Some(record) = self.row(row) {
            reader.opened(record, segment);
        }
        Some(row)
    }

    /// Frees the row that says least among the next few: one that was never answered and of
    /// which nothing was read. `None` where there is no such row.
    fn fold(&mut self) -> Option<u32> {
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
            let hash = self.index.hash(&record.key);
            let [bytes_a, bytes_b] = record.bytes;
            let packets = u64::from(a).saturating_add(b.into());
            let bytes = bytes_a.saturating_add(bytes_b);
            let counts = &mut self.counts;
            counts.folded_flows = counts.folded_flows.saturating_add(1);
            counts.folded_packets = counts.folded_packets.saturating_add(packets);
            counts.folded_bytes = counts.folded_bytes.saturating_add(bytes);
            self.index.remove(hash, row);
            if let Some(record) = row_mut(&mut self.rows, row) {
                record.flags |= FREE;
            }
            return Some(row);
        }
        None
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

    /// A datagram, or any packet that is not TCP.
    fn datagram(
        &mut self,
        row: u32,
        segment: &Segment<'_>,
        from_a: bool,
        asked_at: Option<crate::model::Time>,
        reader: &mut R,
    ) {
        let is_udp = matches!(segment.transport, Transport::Udp | Transport::UdpLite);
        let readable = is_udp && segment.payload_len > 0 && !segment.carries_tunnel;
        if !readable && segment.app.is_none() {
            return;
        }
        if segment.app.is_none()
            && let Some(record) = row_mut(&mut self.rows, row)
            && let Some(passed) = record.side.as_passed()
        {
            match reader.glance(passed, &datagram_of(record, segment, from_a)) {
                Glance::Read => {}
                Glance::Pass(number) => {
                    record.side = Held::passed(number);
                    return;
                }
                Glance::Done => {
                    record.side = Held::NOTHING;
                    record.flags |= DONE;
                    return;
                }
            }
        }
        let Some(number) = self.live_for(row, reader) else {
            return;
        };
        let Some((live, state, record)) = pair(&mut self.live, &self.rows, number, row) else {
            return;
        };
        reader.segment(state, segment);
        if let Some(asked_at) = asked_at {
            let way = between(asked_at, segment.time);
            match record.side_of(from_a) {
                Side::Server => live.rtt.server_ns = way,
                Side::Client => live.rtt.client_ns = way,
            }
            reader.round_trip(state, live.rtt);
        }
        let mut next = Next::More;
        if readable {
            next = reader.chunk(state, row, &datagram_of(record, segment, from_a));
        }
        if next != Next::More {
            self.end(number, next == Next::Done, reader);
        }
    }

    fn tcp(&mut self, row: u32, segment: &Segment<'_>, tcp: TcpSegment, reader: &mut R) {
        let syn_ack = tcp.flags & (SYN | ACK) == SYN | ACK;
        let Some(number) = self.live_for(row, reader) else {
            return;
        };
        let Some((live, state, record)) = pair(&mut self.live, &self.rows, number, row) else {
            return;
        };
        reader.segment(state, segment);
        let from = record.side_of(tcp.from_a);
        if tcp.flags & SYN != 0 {
            stream_of(&mut live.streams, from).open(tcp.seq);
        }
        if syn_ack {
            stream_of(&mut live.streams, from.other()).open(tcp.ack.wrapping_sub(1));
            if tcp.first_answer && record.has(OPENING_SEEN) {
                live.rtt.server_ns = between(tcp.first, segment.time);
                reader.round_trip(state, live.rtt);
            }
            live.syn_ack = live.syn_ack.is_none().then_some(segment.time);
        } else if from == Side::Client
            && tcp.flags & (SYN | ACK | RST) == ACK
            && let Some(asked_at) = live.syn_ack.take()
        {
            live.rtt.client_ns = between(asked_at, segment.time);
            reader.round_trip(state, live.rtt);
        }
        let wanted = stream(
            (live, state),
            (row, record),
            &mut self.budget,
            (segment, tcp),
            reader,
        );
        let whole = live.streams.iter().all(Stream::is_whole);
        let both_closed = record.has(FIN_A) && record.has(FIN_B);
        let ended = tcp.flags & RST != 0 || (both_closed && whole);
        if wanted && ended {
            flush(live, state, row, record, &mut self.budget, reader);
        }
        let waits = live.syn_ack.is_some() || !whole;
        if let Some(record) = row_mut(&mut self.rows, row) {
            record.flags = if waits {
                record.flags | WAITS
            } else {
                record.flags & !WAITS
            };
        }
        if !wanted || ended {
            self.end(number, true, reader);
        }
    }

    /// The live state of a row, made if need be. `None` where there can be none.
    fn live_for(&mut self, row: u32, reader: &mut R) -> Option<u32> {
        let record = self.row(row)?;
        if let Some(live) = record.side.as_live() {
            return Some(live);
        }
        let state = reader.start(record);
        if self.births_alive() >= self.limits.live_readers.max(1) {
            self.close_oldest(reader);
        }
        self.births = self.births.saturating_add(1);
        let live = Live {
            row,
            birth: self.births,
            handling: Handling::default(),
            state: Some(state),
        };
        let number = match self.free.pop() {
            Some(number) => {
                *self.live.get_mut(number)? = live;
                number
            }
            None => self.live.push(live)?,
        };
        self.queue.push_back((self.births, number));
        if self.queue.len() > self.limits.live_readers.saturating_mul(2).max(64) {
            let live = &self.live;
            self.queue
                .retain(|(birth, number)| is_alive(live, *birth, *number));
        }
        if let Some(record) = row_mut(&mut self.rows, row) {
            record.side = Held::live(number);
        }
        Some(number)
    }

    fn births_alive(&self) -> usize {
        self.live.len().saturating_sub(self.free.len())
    }

    fn close_oldest(&mut self, reader: &mut R) {
        while let Some((birth, number)) = self.queue.pop_front() {
            if !is_alive(&self.live, birth, number) {
                continue;
            }
            let row = self.live_at(number).map(|live| live.row);
            let tcp = row
                .and_then(|row| self.row(row))
                .is_some_and(|r| r.key.kind.is_tcp());
            if tcp {
                self.counts.readers_closed_early =
                    self.counts.readers_closed_early.saturating_add(1);
            }
            // A datagram that comes later can be read on its own; a stream cannot.
            self.close(number, tcp, reader);
            return;
        }
    }

    /// Ends the reading of a flow after handing out what waits.
    fn close(&mut self, number: u32, done: bool, reader: &mut R) {
        let row = self.live_at(number).map(|live| live.row);
        if let Some(row) = row
            && let Some((live, state, record)) = pair(&mut self.live, &self.rows, number, row)
        {
            flush(live, state, row, record, &mut self.budget, reader);
        }
        self.end(number, done, reader);
    }

    fn live_at(&self, number: u32) -> Option<&Live<R::State>> {
        self.live.get(number).filter(|live| live.state.is_some())
    }

    fn end(&mut self, number: u32, done: bool, reader: &mut R) {
        let Some(live) = self.live.get_mut(number) else {
            return;
        };
        let Some(state) = live.state.take() else {
            return;
        };
        let row = live.row;
        for stream in &mut live.handling.streams {
            stream.forget(&mut self.budget);
        }
        self.free.push(number);
        let place = self
            .row(row)
            .map(|record| empty_chunk(record, Side::Client));
        let kept = place.and_then(|place| reader.keep(state, row, &place));
        let kept = Held::kept(kept);
        if let Some(record) = row_mut(&mut self.rows, row) {
            record.side = kept;
            if done {
                record.flags |= DONE;
            }
        }
    }
}

/// Reads a little from every part of a live state that the next segment will need.
#[inline]
fn touch<R: Reader>(live: &Live<R::State>) -> u64 {
    let [client, server] = &live.handling.streams;
    let streams = u64::from(client.is_whole()) ^ u64::from(server.is_whole());
    live.birth ^ streams ^ live.state.as_ref().map_or(0, R::touch)
}

/// A live state and its row.
#[inline]
fn pair<'t, S>(
    live: &'t mut Lives<S>,
    rows: &'t [Vec<Record>],
    number: u32,
    row: u32,
) -> Option<(&'t mut Handling, &'t mut S, &'t Record)> {
    let Live {
        handling, state, ..
    } = live.get_mut(number)?;
    Some((
        handling,
        state.as_mut()?,
        rows.get(part(row))?.get(place(row))?,
    ))
}

/// Hands the payload of one segment, and what follows it, to the reader.
fn stream<R: Reader>(
    (live, state): (&mut Handling, &mut R::State),
    (row, record): (u32, &Record),
    budget: &mut Budget,
    (segment, tcp): (&Segment<'_>, TcpSegment),
    reader: &mut R,
) -> bool {
    let [client, server] = &mut live.streams;
    let from = record.side_of(tcp.from_a);
    let (own, other) = match from {
        Side::Client => (client, server),
        Side::Server => (server, client),
    };
    let mut wanted = true;
    if tcp.flags & ACK != 0 && !other.is_whole() {
        let mut give = giver(record, from.other(), row, state, reader);
        wanted = other.acknowledged(tcp.ack, budget, &mut give);
    }
    if wanted && segment.payload_len > 0 && tcp.flags & RST == 0 {
        let data = Data {
            seq: tcp.seq.wrapping_add(u32::from(tcp.flags & SYN != 0)),
            bytes: segment.payload,
            len: segment.payload_len,
            frame: segment.frame,
            time: segment.time,
        };
        let mut give = giver(record, from, row, state, reader);
        wanted = own.push(data, budget, &mut give);
    }
    wanted
}

/// Hands out what still waits behind holes.
fn flush<R: Reader>(
    live: &mut Handling,
    state: &mut R::State,
    row: u32,
    record: &Record,
    budget: &mut Budget,
    reader: &mut R,
) {
    for (stream, from) in live.streams.iter_mut().zip([Side::Client, Side::Server]) {
        let mut give = giver(record, from, row, state, reader);
        stream.finish(budget, &mut give);
    }
}

fn stream_of(streams: &mut [Stream; 2], side: Side) -> &mut Stream {
    let [client, server] = streams;
    match side {
        Side::Client => client,
        Side::Server => server,
    }
}

/// What `Table::tcp` needs to know beside the segment.
#[derive(Clone, Copy)]
struct TcpSegment {
    seq: u32,
    ack: u32,
    flags: u8,
    from_a: bool,
    /// The first packet of this direction, after exactly one of the other.
    first_answer: bool,
    /// When the flow began.
    first: crate::model::Time,
}

fn giver<'t, R: Reader>(
    record: &'t Record,
    from: Side,
    row: u32,
    state: &'t mut R::State,
    reader: &'t mut R,
) -> impl FnMut(Piece<'_>) -> bool + 't {
    let base = empty_chunk(record, from);
    move |piece| match piece {
        Piece::Bytes { bytes, frame, time } => {
            let chunk = Chunk {
                bytes,
                frame,
                time,
                ..base
            };
            reader.chunk(state, row, &chunk) != Next::Done
        }
        Piece::Gap(bytes) => reader.gap(state, row, &base, bytes),
    }
}

fn empty_chunk(record: &Record, from: Side) -> Chunk<'static> {
    let (client, client_port) = record.client();
    let (server, server_port) = record.server();
    Chunk {
        bytes: &[],
        from,
        carrier: if record.key.kind.is_tcp() {
            Carrier::Tcp
        } else {
            Carrier::Udp
        },
        frame: record.last_frame.into(),
        time: record.last,
        cut_bytes: 0,
        client,
        server,
        client_port,
        server_port,
    }
}

/// One datagram, with what the snaplen cut from it.
fn datagram_of<'a>(record: &Record, segment: &Segment<'a>, from_a: bool) -> Chunk<'a> {
    let missing = usize::try_from(segment.payload_len)
        .unwrap_or(usize::MAX)
        .saturating_sub(segment.payload.len());
    Chunk {
        bytes: segment.payload,
        frame: segment.frame,
        time: segment.time,
        cut_bytes: u32::try_from(missing).unwrap_or(u32::MAX),
        ..empty_chunk(record, record.side_of(from_a))
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
fn same(one: &Key, two: &Key) -> bool {
    one.kind == two.kind
        && ((one.a == two.a
            && one.b == two.b
            && one.a_port == two.a_port
            && one.b_port == two.b_port)
            || (one.a == two.b
                && one.b == two.a
                && one.a_port == two.b_port
                && one.b_port == two.a_port))
}

fn is_alive<S>(live: &Lives<S>, birth: u64, number: u32) -> bool {
    live.get(number)
        .is_some_and(|live| live.birth == birth && live.state.is_some())
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
/// Rows looked at for one that may be folded.
const FOLD_LOOKS: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use std::net::IpAddr;

    /// Writes down what it is told.
    #[derive(Default)]
    struct Notes {
        said: String,
        opened: u32,
        kept: u32,
        most_chunks: Option<usize>,
        chunks: usize,
    }

    impl Reader for Notes {
        type State = ();
        fn opened(&mut self, _: &Record, _: &Segment<'_>) {
            self.opened += 1;
        }
        fn glance(&mut self, _: u32, _: &Chunk<'_>) -> Glance {
            Glance::Read
        }
        fn touch((): &()) -> u64 {
            0
        }
        fn start(&mut self, _: &Record) {}
        fn segment(&mut self, (): &mut (), _: &Segment<'_>) {}
        fn round_trip(&mut self, (): &mut (), rtt: Rtt) {
            self.said += &format!("rtt {}/{} ", rtt.server_ns, rtt.client_ns);
        }
        fn chunk(&mut self, (): &mut (), _: u32, chunk: &Chunk<'_>) -> Next {
            let side = if chunk.from == Side::Client { '>' } else { '<' };
            self.said += &format!("{side}{} ", chunk.bytes.escape_ascii());
            self.chunks += 1;
            if self.most_chunks.is_none_or(|most| self.chunks < most) {
                Next::More
            } else {
                Next::Done
            }
        }
        fn gap(&mut self, (): &mut (), _: u32, place: &Chunk<'_>, bytes: u64) -> bool {
            let side = if place.from == Side::Client { '>' } else { '<' };
            self.said += &format!("{side}[{bytes}] ");
            true
        }
        fn keep(&mut self, (): (), _: u32, _: &Chunk<'_>) -> Option<u32> {
            self.kept += 1;
            None
        }
    }

    const PHONE: ([u8; 4], u16) = ([10, 0, 0, 2], 40_000);
    const SERVER: ([u8; 4], u16) = ([203, 0, 113, 1], 443);

    fn packet<'a>(time: i64, up: bool, detail: Detail, payload: &'a [u8]) -> Segment<'a> {
        let (src, dst) = if up { (PHONE, SERVER) } else { (SERVER, PHONE) };
        let transport = match detail {
            Detail::Tcp { .. } => Transport::Tcp,
            _ => Transport::Udp,
        };
        let payload_len = u32::try_from(payload.len()).unwrap_or(0);
        Segment {
            frame: u64::try_from(time).unwrap_or(0),
            time: Time(time),
            src: IpAddr::from(src.0),
            dst: IpAddr::from(dst.0),
            transport,
            src_port: src.1,
            dst_port: dst.1,
            detail,
            payload,
            payload_len,
            ip_len: payload_len + 40,
            src_mac: None,
            app: None,
            direction: None,
            tunnel: "",
            carries_tunnel: false,
        }
    }

    fn tcp(seq: u32, ack: u32, flags: u8) -> Detail {
        Detail::Tcp { seq, ack, flags }
    }

    fn run(segments: &[Segment<'_>], limits: &Limits) -> (Table<Notes>, Notes) {
        let mut table = Table::new(limits);
        let mut notes = Notes::default();
        table.push_batch(segments, &mut notes);
        table.finish(&mut notes);
        (table, notes)
    }

    #[track_caller]
    fn check(segments: &[Segment<'_>], want: &str) {
        let (_, notes) = run(segments, &Limits::default());
        assert_eq!(notes.said.trim_end(), want);
    }

    #[test]
    fn a_conversation_is_read_in_order_with_its_round_trips() {
        check(
            &[
                packet(10, true, tcp(100, 0, SYN), b""),
                packet(25, false, tcp(500, 101, SYN | ACK), b""),
                packet(27, true, tcp(101, 501, ACK), b""),
                packet(30, true, tcp(104, 501, ACK), b"def"),
                packet(31, true, tcp(101, 501, ACK), b"abc"),
                packet(50, false, tcp(501, 107, ACK), b"yes"),
                packet(60, true, tcp(107, 504, FIN | ACK), b""),
                packet(70, false, tcp(504, 108, FIN | ACK), b""),
            ],
            "rtt 15/0 rtt 15/2 >abc >def <yes",
        );
    }

    #[test]
    fn a_repeated_syn_measures_nothing() {
        check(
            &[
                packet(10, true, tcp(100, 0, SYN), b""),
                packet(20, true, tcp(100, 0, SYN), b""),
                packet(25, false, tcp(500, 101, SYN | ACK), b""),
            ],
            "",
        );
    }

    #[test]
    fn an_acknowledged_hole_is_told() {
        check(
            &[
                packet(1, true, tcp(100, 1, ACK), b"ab"),
                packet(2, true, tcp(107, 1, ACK), b"cd"),
                packet(3, false, tcp(1, 109, ACK), b""),
                packet(4, true, tcp(109, 1, ACK), b"ef"),
            ],
            ">ab >[5] >cd >ef",
        );
    }

    #[test]
    fn who_answers_from_a_service_is_the_server() {
        let (table, _) = run(
            &[packet(1, false, tcp(1, 1, ACK), b"x")],
            &Limits::default(),
        );
        let client = table.row(0).map(Record::client);
        assert_eq!(client, Some((IpAddr::from(PHONE.0), PHONE.1)));
    }

    #[test]
    fn ports_are_used_again() {
        let (table, notes) = run(
            &[
                packet(10, true, tcp(100, 0, SYN), b""),
                packet(20, false, tcp(500, 101, RST | ACK), b""),
                packet(30, true, tcp(900, 0, SYN), b""),
            ],
            &Limits::default(),
        );
        assert_eq!((table.rows().len(), notes.opened), (2, 2));
    }

    #[test]
    fn silence_ends_a_datagram_flow() {
        let late = 301 * 1_000_000_000;
        let segments = [
            packet(1, true, Detail::None, b"a"),
            packet(2, false, Detail::None, b"b"),
            packet(late, true, Detail::None, b"c"),
        ];
        let (table, _) = run(&segments, &Limits::default());
        assert_eq!(table.rows().len(), 2);
        check(&segments, ">a rtt 1/0 <b >c");
    }

    #[test]
    fn a_reader_that_is_done_hears_no_more() {
        let mut table = Table::new(&Limits::default());
        let mut notes = Notes {
            most_chunks: Some(1),
            ..Notes::default()
        };
        for n in 0..5u32 {
            table.push(&packet(1, true, tcp(n, 0, ACK), b"x"), &mut notes);
        }
        assert_eq!((notes.chunks, notes.kept), (1, 1));
        assert_eq!(table.row(0).map(|r| r.packets), Some([5, 0]));
    }

    #[test]
    fn a_full_table_folds_what_was_never_answered() {
        let limits = Limits {
            flows: 8,
            ..Limits::default()
        };
        let mut table = Table::new(&limits);
        let mut notes = Notes::default();
        for port in 0..100u16 {
            let mut syn = packet(port.into(), true, tcp(1, 0, SYN), b"");
            syn.src_port = 1_000 + port;
            table.push(&syn, &mut notes);
        }
        assert_eq!(table.rows().len(), 8);
        assert_eq!(table.counts.folded_flows, 92);
        assert_eq!(table.counts.folded_packets, 92);
        let frames: Vec<_> = table
            .rows()
            .iter()
            .filter_map(|r| table.row(*r))
            .map(|r| r.first_frame)
            .collect();
        assert!(
            frames.is_sorted(),
            "rows stay in order of their first frames"
        );
    }

    #[test]
    fn readers_are_bounded() {
        let limits = Limits {
            live_readers: 4,
            ..Limits::default()
        };
        let mut table = Table::new(&limits);
        let mut notes = Notes::default();
        for port in 0..100u16 {
            let mut data = packet(port.into(), true, tcp(1, 0, ACK), b"x");
            data.src_port = 1_000 + port;
            table.push(&data, &mut notes);
        }
        assert_eq!(table.counts.readers_closed_early, 96);
        table.finish(&mut notes);
        assert_eq!(notes.kept, 100);
    }
}
