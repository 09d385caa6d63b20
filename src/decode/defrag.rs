//! IP fragments put together.
//!
//! In:   fragments, each as captured.
//! Out:  the whole payload, with the fragment that completed it.
//! Spec: RFC 791 §3.2, RFC 8200 §4.5; RFC 5722 (overlaps). Where fragments overlap, the bytes
//!       that came first win, and the overlap is counted.
//!
//! A bounded number of datagrams and bytes wait at once; the oldest is given up for a new one.

use super::net::Ip;
use crate::model::Limits;
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

/// The longest payload an IP datagram can have: more is a lie (the ping of death).
const LONGEST: u32 = 65_535;
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

    /// Adds a fragment. The transport's number and the whole payload, once it is complete.
    pub(super) fn push(&mut self, ip: &Ip<'_>, fragment: Fragment) -> Option<(u8, Vec<u8>)> {
        let key = Key {
            src: ip.src,
            dst: ip.dst,
            id: fragment.id,
            protocol: if ip.src.is_ipv4() { ip.protocol } else { 0 },
        };
        let captured = u32::try_from(ip.payload.len()).unwrap_or(u32::MAX);
        let end = fragment.offset.saturating_add(captured);
        // A fragment of which the snaplen cut a part can never be made whole.
        if captured < ip.payload_len || end > LONGEST {
            return None;
        }
        self.make_room(&key);
        let births = &mut self.births;
        let order = &mut self.order;
        let parts = self.waiting.entry(key).or_insert_with(|| {
            *births = births.saturating_add(1);
            order.push_back((*births, key));
            Parts {
                birth: *births,
                protocol: ip.protocol,
                ..Parts::default()
            }
        });
        if fragment.offset == 0 {
            parts.protocol = ip.protocol;
        }
        if !fragment.more {
            parts.total = parts.total.or(Some(end));
        }
        let (added, overlaps) = parts.add(fragment.offset, ip.payload);
        self.held = self.held.saturating_add(added);
        self.overlaps = self.overlaps.saturating_add(u64::from(overlaps));
        if parts.total.is_none_or(|total| parts.have < total) {
            return None;
        }
        let parts = self.waiting.remove(&key)?;
        self.held = self.held.saturating_sub(parts.cost);
        let total = usize::try_from(parts.total?).ok()?;
        let mut bytes = Vec::with_capacity(total);
        for part in parts.parts.values() {
            bytes.extend_from_slice(part);
        }
        bytes.truncate(total);
        Some((parts.protocol, bytes))
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

    fn push(defrag: &mut Defrag, offset: u32, more: bool, payload: &[u8]) -> Option<String> {
        let ip = Ip {
            src: [10, 0, 0, 1].into(),
            dst: [10, 0, 0, 2].into(),
            protocol: 17,
            payload,
            payload_len: u32::try_from(payload.len()).unwrap_or(0),
            ip_len: 20,
            fragment: None,
            lies: false,
        };
        let fragment = Fragment {
            id: 7,
            offset,
            more,
        };
        defrag
            .push(&ip, fragment)
            .map(|(_, bytes)| bytes.escape_ascii().to_string())
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
    fn what_waits_is_bounded_and_given_back() {
        let limits = Limits {
            fragmented: 4,
            fragment_bytes: 1_000,
            ..Limits::default()
        };
        let mut defrag = Defrag::new(&limits);
        for id in 0..100 {
            let ip = Ip {
                src: [10, 0, 0, 1].into(),
                dst: [10, 0, 0, 2].into(),
                protocol: 17,
                payload: &[0; 64],
                payload_len: 64,
                ip_len: 84,
                fragment: None,
                lies: false,
            };
            let fragment = Fragment {
                id,
                offset: 0,
                more: true,
            };
            assert!(defrag.push(&ip, fragment).is_none());
        }
        assert!(defrag.waiting.len() <= 4 && defrag.held <= 1_128);
        assert_eq!(defrag.dropped + defrag.unfinished(), 100);
    }
}
