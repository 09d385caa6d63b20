//! Which packets belong to chosen flows, frames and times.
//!
//! In:   packets, in the order and with the numbers of the audit that numbered the flows.
//! Out:  for each packet the reasons for which it is wanted.
//!
//! A flow's packets are those of its key from its first frame to its last: the table never has
//! two flows of one key at once. Fragments are flows of their own; those of a datagram that a
//! chosen flow got are found by [`Picker::survey`], in a reading of its own before the packets
//! are picked. Whatever the packets hold, memory is bounded.

use crate::decode::{Decoder, Segment, Sink, Whole};
use crate::model::{Flow, Limits, Reason, Time, Transport};
use crate::source::Packet;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

type End = (IpAddr, u16);
type Key = (End, End, Transport);
type Datagram = (IpAddr, IpAddr, u32);
type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

/// Datagrams whose fragments are remembered until they are whole.
const MOST_DATAGRAMS: usize = 4_096;
/// Fragments remembered of one datagram: one of 64 KiB in packets of 576 bytes has fewer.
const MOST_FRAGMENTS: usize = 128;
/// Fragments of chosen flows.
const MOST_CHOSEN_FRAGMENTS: usize = 1 << 20;

/// What was chosen; a packet that fits any of it is wanted.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// Flows of the report.
    pub flows: Vec<ChosenFlow>,
    /// Frames, as first and last numbers.
    pub frames: Vec<(u64, u64)>,
    /// Frames of answers, with every fragment of the datagrams that they complete.
    pub answers: Vec<u64>,
    /// Packets from here on, up to the second; `None` where no time was chosen.
    pub time: Option<(Time, Time)>,
}

/// A flow, as far as its packets are known by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChosenFlow {
    number: u64,
    key: Key,
    first_frame: u64,
    last_frame: u64,
}

impl ChosenFlow {
    /// The flow's own.
    #[must_use]
    pub fn new(flow: &Flow) -> Self {
        ChosenFlow {
            number: flow.flow,
            key: key(
                (flow.local_ip, flow.local_port),
                (flow.remote_ip, flow.remote_port),
                flow.transport,
            ),
            first_frame: flow.first_frame,
            last_frame: flow.last_frame,
        }
    }
}

/// Why a packet is wanted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Why {
    /// It belongs to the flow of this number.
    Flow(u64),
    /// It is a fragment of a datagram of the flow of this number.
    Fragment(u64),
    /// It is the answer of this frame.
    Answer(u64),
    /// It is a fragment of the answer of this frame.
    AnswerFragment(u64),
    /// Its number was chosen.
    Frame,
    /// Its time was chosen.
    Time,
}

/// Tells which packets are wanted.
pub struct Picker {
    decoder: Decoder,
    index: Index,
    frames: Vec<(u64, u64)>,
    answers: BTreeSet<u64>,
    time: Option<(Time, Time)>,
    fragments: BTreeMap<u64, Vec<Why>>,
    waiting: BTreeMap<Datagram, Vec<u64>>,
    whys: Vec<Why>,
}

impl Picker {
    /// For what was chosen in a report under these limits.
    #[must_use]
    pub fn new(chosen: &Chosen, limits: &Limits) -> Self {
        Picker {
            decoder: Decoder::new(limits),
            index: Index::new(&chosen.flows),
            frames: joined(chosen.frames.clone()),
            answers: chosen.answers.iter().copied().collect(),
            time: chosen.time,
            fragments: BTreeMap::new(),
            waiting: BTreeMap::new(),
            whys: Vec::new(),
        }
    }

    /// Takes note of fragments. To be given every packet, before the first is picked.
    pub fn survey(&mut self, packet: &Packet<'_>) {
        self.decode(packet);
    }

    /// The survey is over: reading begins anew.
    pub fn rewind(&mut self, limits: &Limits) {
        self.decoder = Decoder::new(limits);
        self.waiting.clear();
    }

    /// Why this packet is wanted, in order; empty where it is not.
    pub fn pick(&mut self, packet: &Packet<'_>) -> &[Why] {
        self.decode(packet);
        if let Some(whys) = self.fragments.get(&packet.frame) {
            self.whys.extend(whys);
        }
        if self.answers.contains(&packet.frame) {
            self.whys.push(Why::Answer(packet.frame));
        }
        let begun = self
            .frames
            .partition_point(|(first, _)| *first <= packet.frame);
        let range = begun.checked_sub(1).and_then(|at| self.frames.get(at));
        if range.is_some_and(|(_, last)| packet.frame <= *last) {
            self.whys.push(Why::Frame);
        }
        if self
            .time
            .is_some_and(|(from, until)| from <= packet.time && packet.time < until)
        {
            self.whys.push(Why::Time);
        }
        self.whys.sort_unstable();
        self.whys.dedup();
        &self.whys
    }

    fn decode(&mut self, packet: &Packet<'_>) {
        self.whys.clear();
        if self.index.flows.is_empty() {
            return;
        }
        let mut looking = Looking {
            index: &self.index,
            frame: packet.frame,
            whys: &mut self.whys,
            answers: &self.answers,
            datagram: None,
            waiting: &mut self.waiting,
            fragments: &mut self.fragments,
        };
        self.decoder.decode(packet, &mut looking);
    }
}

/// Flows by their keys.
struct Index {
    flows: Map<Key, Vec<(u64, u64, u64)>>,
}

impl Index {
    fn new(chosen: &[ChosenFlow]) -> Self {
        let mut flows: Map<Key, Vec<(u64, u64, u64)>> = Map::default();
        let mut chosen: Vec<&ChosenFlow> = chosen.iter().collect();
        chosen.sort_unstable_by_key(|flow| flow.first_frame);
        for flow in chosen {
            let of_key = flows.entry(flow.key).or_default();
            of_key.push((flow.first_frame, flow.last_frame, flow.number));
        }
        Index { flows }
    }

    fn flow(&self, segment: &Segment<'_>) -> Option<u64> {
        let key = key(
            (segment.src, segment.src_port),
            (segment.dst, segment.dst_port),
            segment.transport,
        );
        let of_key = self.flows.get(&key)?;
        let after = of_key.partition_point(|(first, ..)| *first <= segment.frame);
        let (_, last, number) = of_key.get(after.checked_sub(1)?)?;
        (segment.frame <= *last).then_some(*number)
    }
}

/// Ranges in order, none of which touches another.
fn joined(mut ranges: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    ranges.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

fn key(one: End, other: End, transport: Transport) -> Key {
    (one.min(other), one.max(other), transport)
}

/// One packet's segments.
struct Looking<'l> {
    index: &'l Index,
    frame: u64,
    whys: &'l mut Vec<Why>,
    answers: &'l BTreeSet<u64>,
    /// Of which the fragment at hand is.
    datagram: Option<Datagram>,
    waiting: &'l mut BTreeMap<Datagram, Vec<u64>>,
    fragments: &'l mut BTreeMap<u64, Vec<Why>>,
}

impl<'a> Sink<'a> for Looking<'_> {
    fn segment(&mut self, segment: Segment<'a>) {
        self.whys.extend(self.index.flow(&segment).map(Why::Flow));
    }
}

impl Whole for Looking<'_> {
    fn reassembled(&mut self, segment: Segment<'_>) {
        let flow = self.index.flow(&segment);
        self.whys.extend(flow.map(Why::Flow));
        let answer = self.answers.contains(&self.frame);
        let answer = answer.then_some(Why::AnswerFragment(self.frame));
        let frames = self.datagram.and_then(|key| self.waiting.get(&key));
        for frame in frames.into_iter().flatten() {
            if *frame == self.frame || self.fragments.len() >= MOST_CHOSEN_FRAGMENTS {
                continue;
            }
            for why in flow.map(Why::Fragment).into_iter().chain(answer) {
                let whys = self.fragments.entry(*frame).or_default();
                if !whys.contains(&why) && whys.len() < MOST_FRAGMENTS {
                    whys.push(why);
                }
            }
        }
    }

    fn trouble(&mut self, _: Reason) {}

    fn count(&mut self, _: &'static str) {}

    fn fragment(&mut self, src: IpAddr, dst: IpAddr, id: u32, whole: bool) {
        if let Some(old) = self.datagram.take() {
            self.waiting.remove(&old);
        }
        let key = (src, dst, id);
        let frames = self.waiting.entry(key).or_default();
        if frames.len() < MOST_FRAGMENTS {
            frames.push(self.frame);
        }
        if whole {
            self.datagram = Some(key);
        } else if self.waiting.len() > MOST_DATAGRAMS {
            self.waiting.pop_first();
        }
    }
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        // Its number may be another datagram's next.
        if let Some(key) = self.datagram {
            self.waiting.remove(&key);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined() {
        let check = |ranges: &[(u64, u64)], want: &[(u64, u64)]| {
            assert_eq!(joined(ranges.to_vec()), want);
        };
        check(&[], &[]);
        check(&[(5, 9), (1, 2)], &[(1, 2), (5, 9)]);
        check(&[(1, 9), (3, 4), (10, 10), (12, 12)], &[(1, 10), (12, 12)]);
        check(&[(1, u64::MAX), (7, u64::MAX)], &[(1, u64::MAX)]);
    }

    /// A UDP packet, or a fragment of one, in IPv4 without a link layer.
    fn packet(id: u8, fragment: u16, ports: [u8; 2], len: u8) -> Vec<u8> {
        let [high, low] = fragment.to_be_bytes();
        let mut bytes = vec![0x45, 0, 0, 20 + len, 0, id, high, low, 64, 17, 0, 0];
        bytes.extend([10, 0, 0, 1, 192, 0, 2, 1]);
        let mut payload = vec![0, ports[0], 0, ports[1], 0, 16, 0, 0];
        payload.resize(usize::from(len), 0);
        bytes.extend(payload);
        bytes
    }

    /// Fragments of two datagrams that cross belong to their own flows.
    #[test]
    fn fragments_are_told_apart_by_their_datagram() {
        let more = 0x2000;
        let packets = [
            packet(1, more, [9, 1], 8),
            packet(2, more, [9, 2], 8),
            packet(1, 1, [0, 0], 8),
            packet(2, 1, [0, 0], 8),
            packet(3, 0, [9, 2], 16),
        ];
        let flow = |number, port, frames: (u64, u64)| ChosenFlow {
            number,
            key: key(
                ([10, 0, 0, 1].into(), 9),
                ([192, 0, 2, 1].into(), port),
                Transport::Udp,
            ),
            first_frame: frames.0,
            last_frame: frames.1,
        };
        let chosen = Chosen {
            flows: vec![flow(7, 2, (4, 4))],
            answers: vec![3],
            ..Chosen::default()
        };
        let limits = Limits::default();
        let mut picker = Picker::new(&chosen, &limits);
        let frames = |packets: &[Vec<u8>]| -> Vec<(u64, Vec<u8>)> {
            (1..).zip(packets.iter().cloned()).collect()
        };
        let mut found = Vec::new();
        for survey in [true, false] {
            for (frame, bytes) in frames(&packets) {
                let packet = Packet {
                    comment: None,
                    frame,
                    time: Time(0),
                    link: 101,
                    interface: 0,
                    wire_len: 36,
                    bytes: &bytes,
                    flags: 0,
                    uid: None,
                };
                if survey {
                    picker.survey(&packet);
                } else {
                    found.push(picker.pick(&packet).to_vec());
                }
            }
            if survey {
                picker.rewind(&limits);
            }
        }
        let want = [
            vec![Why::AnswerFragment(3)],
            vec![Why::Fragment(7)],
            vec![Why::Answer(3)],
            vec![Why::Flow(7)],
            vec![],
        ];
        assert_eq!(found, want);
    }
}
