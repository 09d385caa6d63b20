//! Which end of each row is local, and where the other one is.
//!
//! In:   the rows, turned; the place data.
//! Out:  the number of each row's remote address, of each address's place, and the places.
//!
//! Addresses and places are numbered in the order in which rows have them. Rows may be gone
//! through in parts, each on a thread of its own: a part's addresses are numbered anew where it
//! is joined to those before it.

use super::super::extra::NONE;
use super::view::turned;
use super::{Finished, Map, TOGETHER};
use crate::locate::{Places, RoundTrip, Sight};
use crate::model::{Place, Scope};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

/// The remote ends of some rows.
#[derive(Default)]
pub(super) struct Ends {
    /// How each row is turned: `LOCAL_IS_A` and the like.
    turns: Vec<u8>,
    /// The number of each row's remote address.
    numbers: Vec<u32>,
    /// Remote addresses, each once for every epoch of the data.
    addresses: Vec<(IpAddr, u16)>,
    known: Map<(IpAddr, u16), u32>,
}

/// The places of all remote ends.
pub(super) struct Located {
    pub(super) row_addresses: Vec<u32>,
    pub(super) row_turns: Vec<u8>,
    pub(super) address_places: Vec<u32>,
    pub(super) places: Vec<Arc<Place>>,
}

impl Ends {
    /// Of the rows at these places of `finished.rows`.
    pub(super) fn of(finished: &Finished, data: &Places, range: Range<usize>) -> Self {
        let mut ends = Ends {
            turns: Vec::with_capacity(range.len()),
            numbers: Vec::with_capacity(range.len()),
            ..Ends::default()
        };
        for start in range.clone().step_by(TOGETHER) {
            let batch = start..start.saturating_add(TOGETHER).min(range.end);
            let touched = batch.clone().fold(0, |all, at| all ^ finished.touch(at));
            std::hint::black_box(touched);
            for at in batch {
                let record = finished
                    .rows
                    .get(at)
                    .and_then(|row| finished.table.row(row));
                let Some(record) = record else {
                    ends.turns.push(0);
                    ends.numbers.push(NONE);
                    continue;
                };
                let turn = finished.turn(record, finished.extra(record));
                let remote = turned(&finished.table, record, turn).remote;
                ends.turns.push(turn);
                let number = ends.number((remote, data.epoch(record.first)));
                ends.numbers.push(number);
            }
        }
        ends
    }

    fn number(&mut self, address: (IpAddr, u16)) -> u32 {
        let next = u32::try_from(self.addresses.len()).unwrap_or(NONE);
        let number = *self.known.entry(address).or_insert(next);
        if number == next {
            self.addresses.push(address);
        }
        number
    }

    /// Takes the ends of the rows that follow.
    pub(super) fn join(&mut self, later: Ends) {
        let addresses = later.addresses.into_iter();
        let numbers: Vec<u32> = addresses.map(|address| self.number(address)).collect();
        let moved = |number: u32| {
            let place = usize::try_from(number).unwrap_or(usize::MAX);
            numbers.get(place).copied().unwrap_or(NONE)
        };
        self.numbers.extend(later.numbers.into_iter().map(moved));
        self.turns.extend(later.turns);
    }

    /// Asks `data` once for each address and epoch. These are the ends of all rows.
    pub(super) fn located(self, finished: &Finished, data: &Places) -> Located {
        drop(self.known);
        let trips = trips(finished, data);
        let mut of_place: Map<Arc<Place>, u32> = Map::default();
        let mut places = Vec::new();
        let mut number = |(address, epoch): (IpAddr, u16)| {
            let sight = Sight {
                epoch: Some(epoch),
                trip: trips.get(&address).copied(),
                ..Sight::default()
            };
            let found = of_place.entry(Arc::new(data.place_seen(address, sight)));
            *found.or_insert_with_key(|found| {
                places.push(Arc::clone(found));
                u32::try_from(places.len().saturating_sub(1)).unwrap_or(NONE)
            })
        };
        let address_places = self.addresses.into_iter().map(&mut number).collect();
        Located {
            row_addresses: self.numbers,
            row_turns: self.turns,
            address_places,
            places,
        }
    }
}

/// The smallest round trip of each outside address, where it was said where the phone was.
fn trips(finished: &Finished, data: &Places) -> BTreeMap<IpAddr, RoundTrip> {
    let mut smallest: BTreeMap<IpAddr, (u64, Option<u64>)> = BTreeMap::new();
    if !data.has_vantage() {
        return BTreeMap::new();
    }
    let rows = finished.rows.iter();
    for record in rows.filter_map(|row| finished.table.row(row)) {
        let extra = finished.extra(record);
        let view = turned(&finished.table, record, finished.turn(record, extra));
        let rtt = finished.round_trip(record, extra, &view);
        let Some(rtt) = rtt.filter(|_| view.scope == Scope::Outbound) else {
            continue;
        };
        let tls = extra.and_then(|extra| finished.store.tls.get(extra.tls));
        let answer = tls.map_or(0, |tls| tls.answer_ns);
        let answer = Some(u64::from(answer)).filter(|answer| *answer > 0);
        let known = smallest.entry(view.remote).or_insert((rtt, answer));
        known.0 = known.0.min(rtt);
        known.1 = known.1.into_iter().chain(answer).min();
    }
    let trips = smallest
        .into_iter()
        .map(|(address, (rtt, answer))| (address, RoundTrip::new(rtt, answer)));
    let mut trips: BTreeMap<IpAddr, RoundTrip> = trips.collect();
    data.suspect(trips.iter_mut().map(|(address, trip)| (*address, trip)));
    trips
}
