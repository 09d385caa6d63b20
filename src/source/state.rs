//! Where one input stands, and what is known about it.
//!
//! In:   what the readers of formats find.
//! Out:  rows of the [`Summary`](super::Summary).
//!
//! Everything that is kept is bounded: interfaces, notes, damages, apps.

use super::Packet;
use super::kept::Keeping;
use crate::model::{Damage, Input, Interface, Limits, Text, Time};
use std::collections::BTreeMap;

/// What all inputs write to.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) frame: u64,
    /// For each global interface: the input (by lane) and the index within it.
    pub(super) interfaces: Vec<(usize, usize)>,
    pub(super) damages: Vec<Damage>,
    pub(super) damage_count: u64,
    pub(super) lost_records: u64,
    pub(super) apps: BTreeMap<u32, Text>,
    pub(super) counts: BTreeMap<&'static str, u64>,
    pub(super) warnings: Vec<Text>,
    pub(super) limits: Limits,
    pub(super) keeping: Keeping,
}

impl Shared {
    pub(super) fn count(&mut self, name: &'static str, more: u64) {
        let count = self.counts.entry(name).or_default();
        *count = count.saturating_add(more);
    }
}

/// A record that was found, as positions in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    pub(super) time: Time,
    pub(super) link: u32,
    pub(super) interface: u32,
    pub(super) wire_len: u32,
    pub(super) flags: u32,
    pub(super) uid: Option<u32>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the comment lies that marks a phase; nowhere for 0.
    pub(super) comment: (usize, usize),
}

/// No comment: none lies before its packet.
pub(super) const NOWHERE: (usize, usize) = (0, 0);

impl Raw {
    #[inline]
    pub(super) fn packet<'a>(&self, bytes: &'a [u8], frame: u64) -> Packet<'a> {
        Packet {
            frame,
            time: self.time,
            link: self.link,
            interface: self.interface,
            wire_len: self.wire_len,
            bytes: bytes.get(self.start..self.end).unwrap_or_default(),
            flags: self.flags,
            uid: self.uid,
            comment: match self.comment {
                NOWHERE => None,
                (from, to) => bytes.get(from..to),
            },
        }
    }
}

/// What is counted for each packet, apart from the rest for the cache's sake.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    packets: u64,
    cut_packets: u64,
    cut_bytes: u64,
}

impl Tally {
    #[inline]
    pub(super) fn add(&mut self, captured: u32, wire_len: u32) {
        self.packets = self.packets.wrapping_add(1);
        if captured < wire_len {
            self.cut_packets = self.cut_packets.wrapping_add(1);
            self.cut_bytes = self
                .cut_bytes
                .wrapping_add(u64::from(wire_len.wrapping_sub(captured)));
        }
    }

    pub(super) fn write(self, interface: &mut Interface) {
        interface.packets = interface.packets.saturating_add(self.packets);
        interface.cut_packets = interface.cut_packets.saturating_add(self.cut_packets);
        interface.cut_bytes = interface.cut_bytes.saturating_add(self.cut_bytes);
    }
}

/// Position and facts of one input.
pub(super) struct Core {
    /// Its lane.
    pub(super) index: usize,
    /// Position of the next record in the buffer.
    pub(super) at: usize,
    /// Offset of the buffer's first byte in the decompressed file.
    pub(super) base: u64,
    /// Bytes from `at` on that the next step needs; 0 where it did not ask for more.
    pub(super) needed: usize,
    /// No byte will follow those in the buffer.
    pub(super) ended: bool,
    /// Nothing more will be found.
    pub(super) done: bool,
    /// Looking for the next record that makes sense.
    pub(super) lost: bool,
    pub(super) input: Input,
    pub(super) last: Time,
    first: Time,
    min: Time,
    max: Time,
}

/// Interfaces kept for one input.
const INTERFACES: usize = 65_536;
/// Notes kept of one input or interface.
const NOTES: usize = 128;
/// Bytes kept of one note.
const NOTE_BYTES: usize = 16 << 10;

impl Core {
    pub(super) fn new(index: usize, input: Input) -> Self {
        Core {
            index,
            at: 0,
            base: 0,
            needed: 0,
            ended: false,
            done: false,
            lost: false,
            input,
            last: Time(i64::MIN),
            first: Time(0),
            min: Time(i64::MAX),
            max: Time(i64::MIN),
        }
    }

    /// Begins again at an offset, knowing the interfaces and nothing else.
    pub(super) fn begin_again(&mut self, base: u64) {
        let input = &mut self.input;
        let mut interfaces = std::mem::take(&mut input.interfaces);
        for interface in &mut interfaces {
            *interface = Interface {
                link: interface.link,
                snaplen: interface.snaplen,
                ticks_per_second: interface.ticks_per_second,
                ..Interface::default()
            };
        }
        let input = Input {
            path: std::mem::take(&mut input.path),
            format: input.format,
            interfaces,
            ..Input::default()
        };
        *self = Core {
            base,
            ..Core::new(self.index, input)
        };
    }

    /// Times of the first and the last packet, in the order of the file.
    pub(super) fn ends(&self) -> Option<(Time, Time)> {
        (self.input.packets > 0).then_some((self.first, self.last))
    }

    /// Takes note of a packet's time.
    #[inline]
    pub(super) fn see(&mut self, time: Time) {
        if time > self.max {
            self.max = time;
        }
        if time < self.last {
            self.went_back(time);
        }
        if self.input.packets == 0 {
            self.first = time;
        }
        self.input.packets = self.input.packets.wrapping_add(1);
        self.last = time;
    }

    #[cold]
    fn went_back(&mut self, time: Time) {
        self.input.unordered = true;
        self.min = self.min.min(time);
    }

    /// The next step needs `needed` bytes from `at` on.
    #[cold]
    pub(super) fn want(&mut self, needed: usize) {
        self.needed = needed;
    }

    /// Offset in the decompressed file of a position in the buffer.
    pub(super) fn offset(&self, at: usize) -> u64 {
        self.base
            .saturating_add(u64::try_from(at).unwrap_or(u64::MAX))
    }

    /// Counts damage at a position in the buffer.
    #[cold]
    pub(super) fn damage(&self, shared: &mut Shared, at: usize, what: String) {
        shared.damage_count = shared.damage_count.saturating_add(1);
        if shared.damages.len() < shared.limits.damages {
            shared.damages.push(Damage {
                input: self.index,
                offset: self.offset(at),
                what,
            });
        }
    }

    /// Registers an interface; returns its global number, `None` where there are too many.
    pub(super) fn interface(&mut self, shared: &mut Shared, interface: Interface) -> Option<u32> {
        if self.input.interfaces.len() >= INTERFACES {
            return None;
        }
        let global = u32::try_from(shared.interfaces.len()).ok()?;
        shared
            .interfaces
            .push((self.index, self.input.interfaces.len()));
        self.input.interfaces.push(interface);
        Some(global)
    }

    /// Keeps words of the file about itself.
    pub(super) fn note(&mut self, kind: &'static str, text: &[u8]) {
        note(&mut self.input.notes, kind, text);
    }

    /// The facts, once everything was read.
    pub(super) fn finish(mut self) -> Input {
        if self.input.packets > 0 {
            self.input.time = Some((self.min.min(self.first), self.max));
        }
        self.input
    }
}

/// Adds a note, unless there are many already.
pub(super) fn note(notes: &mut Vec<(&'static str, Text)>, kind: &'static str, text: &[u8]) {
    if notes.len() < NOTES {
        let text = text.get(..NOTE_BYTES.min(text.len())).unwrap_or_default();
        notes.push((kind, Text::new(text)));
    }
}
