//! IP fragments put together.
//!
//! In:   fragments, each as captured.
//! Out:  the whole payload, with the fragment that completed it.
//! Spec: RFC 791 §3.2, RFC 8200 §4.5; RFC 5722 (overlaps). Where fragments overlap, the bytes
//!       that came first win, and the overlap is counted.
//!
//! A bounded number of datagrams and bytes wait at once; the oldest is given up for a new one,
//! and so is one that waits longer than senders wait before they use its number again.

use super::net::Ip;
use crate::model::{Limits, Time};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;

/// Where a fragment belongs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Fragment {
    pub(super) id: u32,
    /// In bytes.
    pub(super) offset: u32,
    /// True unless it is the last.
    pub(super) more: bool,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Key {
    src: IpAddr,
    dst: IpAddr,
    id: u32,
    /// IPv4 tells datagrams apart by protocol too; IPv6 does not.
    protocol: u8,
}

#[derive(Debug, Default)]
struct Parts {
    /// By offset; never overlapping.
    parts: BTreeMap<u32, Box<[u8]>>,
    /// Sum of their lengths.
    have: u32,
    /// Length of the whole, once the last fragment was seen.
    total: Option<u32>,
    /// The transport, as the first fragment says.
    protocol: u8,
    cost: usize,
    birth: u64,
    since: Time,
}

/// What became of a fragment.
#[derive(Debug)]
pub(super) enum Pushed {
    /// It waits for the others.
    Waits,
    /// The transport's number and the whole payload.
    Whole(u8, Vec<u8>),
    /// It can never be made whole: the snaplen cut it, or it ends beyond what an IP datagram
    /// can have (the ping of death).
    Never,
}

pub(super) struct Defrag {
    waiting: HashMap<Key, Parts, foldhash::quality::RandomState>,
    order: VecDeque<(u64, Key)>,
    held: usize,
    births: u64,
    most: usize,
    most_bytes: usize,
    /// Fragments of which a part was there already.
    pub(super) overlaps: u64,
    /// Datagrams given up to make room.
    pub(super) dropped: u64,
}

/// The longest payload an IP datagram can have.
const LONGEST: u32 = 65_535;
/// How long an unfinished datagram waits (RFC 8200 §4.5), in nanoseconds.
const LONGEST_WAIT: u64 = 60_000_000_000;
/// What holding one fragment costs beside its bytes.
const OVERHEAD: usize = 64;

impl Defrag {
    pub(super) fn new(limits: &Limits) -> Self {
        Defrag {
            waiting: HashMap::default(),
            order: VecDeque::new(),
            held: 0,
            births: 0,
            most: limits.fragmented.max(1),
            most_bytes: limits.fragment_bytes,
            overlaps: 0,
            dropped: 0,
        }
    }

    /// Datagrams that still wait.
    pub(super) fn unfinished(&self) -> u64 {
        u64::try_from(self.waiting.len()).unwrap_or(u64::MAX)
    }

    /// True if any datagram ever waited.
    pub(super) fn met_any(&self) -> bool {
        self.births > 0
    }

    /// Adds a fragment.
    pub(super) fn push(&mut self, ip: &Ip<'_>, fragment: Fragment, time: Time) -> Pushed {
        let key = Key {
            src: ip.src,
            dst: ip.dst,
            id: fragment.id,
            protocol: if ip.src.is_ipv4() { ip.protocol } else { 0 },
        };
        let captured = u32::try_from(ip.payload.len()).unwrap_or(u32::MAX);
        if captured < ip.payload_len || fragment.offset.saturating_add(captured) > LONGEST {
            return Pushed::Never;
        }
        self.give_up_stale(&key, time);
        self.make_room(&key);
        let births = &mut self.births;
        let order = &mut self.order;
        let parts = self.waiting.entry(key).or_insert_with(|| {
            *births = births.saturating_add(1);
            order.push_back((*births, key));
            Parts {
                birth: *births,
                since: time,
                protocol: ip.protocol,
                ..Parts::default()
            }
        });
        if fragment.offset == 0 {
            parts.protocol = ip.protocol;
        }
        let (added, overlaps) = parts.push(fragment, ip.payload);
        self.held = self.held.saturating_add(added);
        self.overlaps = self.overlaps.saturating_add(u64::from(overlaps));
        if parts.total != Some(parts.have) {
            return Pushed::Waits;
        }
        let Some(parts) = self.waiting.remove(&key) else {
            return Pushed::Waits;
        };
        self.held = self.held.saturating_sub(parts.cost);
        let mut bytes = Vec::with_capacity(usize::try_from(parts.have).unwrap_or(0));
        for part in parts.parts.values() {
            bytes.extend_from_slice(part);
        }
        Pushed::Whole(parts.protocol, bytes)
    }

    /// Gives up what waits under the same number for too long: it belonged to another datagram.
    fn give_up_stale(&mut self, key: &Key, time: Time) {
        if let Some(parts) = self.waiting.get(key)
            && time.since(parts.since) > LONGEST_WAIT
        {
            self.held = self.held.saturating_sub(parts.cost);
            self.dropped = self.dropped.saturating_add(1);
            self.waiting.remove(key);
        }
    }

    /// Gives up the oldest datagrams until there is room for another fragment.
    fn make_room(&mut self, key: &Key) {
        loop {
            let full = self.waiting.len() >= self.most && !self.waiting.contains_key(key);
            if !full && self.held <= self.most_bytes {
                break;
            }
            let Some((birth, oldest)) = self.order.pop_front() else {
                break;
            };
            if self
                .waiting
                .get(&oldest)
                .is_some_and(|parts| parts.birth == birth)
                && let Some(parts) = self.waiting.remove(&oldest)
            {
                self.held = self.held.saturating_sub(parts.cost);
                self.dropped = self.dropped.saturating_add(1);
            }
        }
        if self.order.len() > self.most.saturating_mul(4) {
            let waiting = &self.waiting;
            self.order
                .retain(|(birth, key)| waiting.get(key).is_some_and(|p| p.birth == *birth));
        }
    }
}

impl Parts {
    /// Adds a fragment. What it costs to hold, and whether a part of it was there already or
    /// lies behind the end.
    fn push(&mut self, fragment: Fragment, bytes: &[u8]) -> (usize, bool) {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let end = fragment.offset.saturating_add(len);
        if !fragment.more && self.total.is_none() && self.reach() <= end {
            self.total = Some(end);
        }
        // The first fragment that claimed to be the last is believed.
        let most = self
            .total
            .map_or(len, |total| len.min(total.saturating_sub(fragment.offset)));
        let within = bytes
            .get(..usize::try_from(most).unwrap_or(usize::MAX))
            .unwrap_or(bytes);
        let (added, overlaps) = self.add(fragment.offset, within);
        (added, overlaps || most < len)
    }

    /// Where the last part ends.
    fn reach(&self) -> u32 {
        self.parts.last_key_value().map_or(0, |(start, part)| {
            start.saturating_add(u32::try_from(part.len()).unwrap_or(u32::MAX))
        })
    }

    /// Adds what is not there yet of `bytes`. The cost of it, and whether any was there.
    fn add(&mut self, offset: u32, bytes: &[u8]) -> (usize, bool) {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let end = offset.saturating_add(len);
        let mut at = offset;
        let mut overlaps = false;
        let mut added = 0usize;
        // The part that may reach into this one from below, then those that begin inside.
        if let Some((start, part)) = self.parts.range(..=offset).next_back() {
            let reach = start.saturating_add(u32::try_from(part.len()).unwrap_or(u32::MAX));
            if reach > at {
                overlaps = true;
                at = reach;
            }
        }
        while at < end {
            let next = self.parts.range(at..end).next().map(|(start, part)| {
                (
                    *start,
                    start.saturating_add(u32::try_from(part.len()).unwrap_or(u32::MAX)),
                )
            });
            let until = next.map_or(end, |(start, _)| start);
            let from = usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
            let to = usize::try_from(until.saturating_sub(offset)).unwrap_or(usize::MAX);
            if let Some(piece) = bytes.get(from..to).filter(|piece| !piece.is_empty()) {
                self.parts.insert(at, piece.into());
                self.have = self.have.saturating_add(until.saturating_sub(at));
                added = added.saturating_add(piece.len()).saturating_add(OVERHEAD);
            }
            overlaps |= next.is_some();
            at = next.map_or(end, |(_, reach)| reach);
        }
        self.cost = self.cost.saturating_add(added);
        (added, overlaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Ip<'static> {
        Ip {
            src: [10, 0, 0, 1].into(),
            dst: [10, 0, 0, 2].into(),
            protocol: 17,
            payload: &[0; 64],
            payload_len: 64,
            ip_len: 84,
            fragment: None,
            wrong: None,
        }
    }

    fn push(defrag: &mut Defrag, offset: u32, more: bool, payload: &[u8]) -> Option<String> {
        let ip = Ip {
            payload,
            payload_len: u32::try_from(payload.len()).unwrap_or(0),
            ..sample()
        };
        let fragment = Fragment {
            id: 7,
            offset,
            more,
        };
        match defrag.push(&ip, fragment, Time(0)) {
            Pushed::Whole(_, bytes) => Some(bytes.escape_ascii().to_string()),
            Pushed::Waits | Pushed::Never => None,
        }
    }

    #[track_caller]
    fn check(fragments: &[(u32, bool, &[u8])], want: Option<&str>, overlaps: u64) {
        let mut defrag = Defrag::new(&Limits::default());
        let mut last = None;
        for (offset, more, bytes) in fragments {
            last = push(&mut defrag, *offset, *more, bytes);
        }
        assert_eq!(last.as_deref(), want);
        assert_eq!(defrag.overlaps, overlaps);
    }

    #[test]
    fn any_order_makes_the_datagram_whole() {
        check(
            &[(0, true, b"abcdefgh"), (8, false, b"ij")],
            Some("abcdefghij"),
            0,
        );
        check(
            &[(8, false, b"ij"), (0, true, b"abcdefgh")],
            Some("abcdefghij"),
            0,
        );
        check(&[(8, false, b"ij")], None, 0);
    }

    #[test]
    fn the_first_bytes_win_where_fragments_overlap() {
        check(
            &[
                (0, true, b"abcdefgh"),
                (4, true, b"XXXXYYYY"),
                (12, false, b"z"),
            ],
            Some("abcdefghYYYYz"),
            1,
        );
        check(
            &[
                (8, true, b"MMMM"),
                (16, false, b"q"),
                (0, true, b"aaaaaaaabbbbcccc"),
            ],
            Some("aaaaaaaaMMMMccccq"),
            1,
        );
    }

    #[test]
    fn bytes_behind_the_end_do_not_stand_for_missing_ones() {
        check(
            &[(8, false, b"ij"), (64, true, b"abcdefgh"), (24, true, b"q")],
            None,
            2,
        );
        check(
            &[
                (8, false, b"ij"),
                (64, true, b"abcdefgh"),
                (0, true, b"abcdefgh"),
            ],
            Some("abcdefghij"),
            1,
        );
        // An end before what is there is not believed.
        check(
            &[
                (16, true, b"qrstuvwx"),
                (8, false, b"ij"),
                (0, true, b"abcdefgh"),
            ],
            None,
            0,
        );
    }

    #[test]
    fn a_number_used_again_later_is_another_datagram() {
        let mut defrag = Defrag::new(&Limits::default());
        let at = |defrag: &mut Defrag, time, offset, more, payload: &[u8]| {
            let ip = Ip {
                payload,
                payload_len: u32::try_from(payload.len()).unwrap_or(0),
                ..sample()
            };
            let fragment = Fragment {
                id: 7,
                offset,
                more,
            };
            matches!(defrag.push(&ip, fragment, Time(time)), Pushed::Whole(..))
        };
        assert!(!at(&mut defrag, 0, 0, true, b"abcdefgh"));
        assert!(!at(&mut defrag, 61_000_000_000, 8, false, b"ij"));
        assert!(at(&mut defrag, 62_000_000_000, 0, true, b"ABCDEFGH"));
        assert_eq!((defrag.dropped, defrag.held), (1, 0));
    }

    #[test]
    fn what_waits_is_bounded_and_given_back() {
        let limits = Limits {
            fragmented: 4,
            fragment_bytes: 1_000,
            ..Limits::default()
        };
        let mut defrag = Defrag::new(&limits);
        for id in 0..100 {
            let ip = sample();
            let fragment = Fragment {
                id,
                offset: 0,
                more: true,
            };
            assert!(matches!(defrag.push(&ip, fragment, Time(0)), Pushed::Waits));
        }
        assert!(defrag.waiting.len() <= 4 && defrag.held <= 1_128);
        assert_eq!(defrag.dropped + defrag.unfinished(), 100);
    }
}
