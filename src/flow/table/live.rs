//! Live states: what is remembered of flows whose payload is being read.
//!
//! In:   a row with payload.
//! Out:  its state, made if need be; what is worth keeping, once reading ends.
//!
//! There are at most [`Limits::live_readers`](crate::model::Limits): the oldest is closed for a
//! new one.

use super::read::{empty_chunk, flush};
use super::{DONE, Reader, Record, Table, part, place, row_mut};
use crate::flow::record::Held;
use crate::flow::rtt::Rtt;
use crate::flow::stream::Stream;
use crate::model::{Arena, Side, Time};

#[repr(align(64))]
pub(super) struct Live<S> {
    row: u32,
    birth: u64,
    handling: Handling,
    /// `None` once reading ended: the place is free.
    state: Option<S>,
}

/// What the table itself remembers of a flow that is being read.
#[derive(Default)]
pub(super) struct Handling {
    pub(super) streams: [Stream; 2],
    pub(super) syn_ack: Option<Time>,
    pub(super) rtt: Rtt,
}

/// Live states by number. Their places are used again without going back to the allocator.
pub(super) type Lives<S> = Arena<Live<S>>;

impl<R: Reader> Table<R> {
    /// The live state of a row, made if need be. `None` where there can be none.
    pub(super) fn live_for(&mut self, row: u32, reader: &mut R) -> Option<u32> {
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

    pub(super) fn births_alive(&self) -> usize {
        self.live.len().saturating_sub(self.free.len())
    }

    pub(super) fn close_oldest(&mut self, reader: &mut R) {
        while let Some((birth, number)) = self.queue.pop_front() {
            if !is_alive(&self.live, birth, number) {
                continue;
            }
            let row = self.live_at(number).map(|live| live.row);
            let tcp = row
                .and_then(|row| self.row(row))
                .is_some_and(Record::is_tcp);
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
    pub(super) fn close(&mut self, number: u32, done: bool, reader: &mut R) {
        let row = self.live_at(number).map(|live| live.row);
        if let Some(row) = row
            && let Some((live, state, record)) = pair(&mut self.live, &self.rows, number, row)
        {
            let ends = (record, &self.wide);
            flush(live, state, row, ends, &mut self.budget, reader);
        }
        self.end(number, done, reader);
    }

    pub(super) fn live_at(&self, number: u32) -> Option<&Live<R::State>> {
        self.live.get(number).filter(|live| live.state.is_some())
    }

    pub(super) fn end(&mut self, number: u32, done: bool, reader: &mut R) {
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
            .map(|record| empty_chunk((record, &self.wide), Side::Client));
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
pub(super) fn touch<R: Reader>(live: &Live<R::State>) -> u64 {
    let [client, server] = &live.handling.streams;
    let streams = u64::from(client.is_whole()) ^ u64::from(server.is_whole());
    live.birth ^ streams ^ live.state.as_ref().map_or(0, R::touch)
}

/// A live state and its row.
#[inline]
pub(super) fn pair<'t, S>(
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

fn is_alive<S>(live: &Lives<S>, birth: u64, number: u32) -> bool {
    live.get(number)
        .is_some_and(|live| live.birth == birth && live.state.is_some())
}
