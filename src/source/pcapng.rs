//! The pcapng format.
//!
//! In:   blocks of a type, a length, a body and the length again; in sections of their own
//!       byte order and interfaces.
//! Out:  packets; what the file says about itself and its losses; damage with its offset.
//! Spec: draft-ietf-opsawg-pcapng.
//!
//! Where a block's length cannot be true, reading resumes at the next block whose type is
//! known and whose two lengths agree. Each byte is searched once.

mod blocks;
mod options;

use super::state::{Core, NOWHERE, Raw, Shared, Tally};
use crate::model::{Recorded, Time};

/// The reader of one file.
pub(super) struct Pcapng {
    swapped: bool,
    /// Interfaces of this section.
    interfaces: Vec<Local>,
    /// Index within the input of the section's first interface.
    section_base: usize,
}

/// One interface of the current section.
#[derive(Clone, Copy, Debug)]
struct Local {
    link: u32,
    snaplen: u32,
    global: u32,
    scale: Scale,
    /// `if_tsoffset`, in nanoseconds.
    offset: i64,
    tally: Tally,
    drops: Recorded,
}

/// Ticks to nanoseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scale {
    Times(u64),
    Over(u64),
    /// Ticks of 2^-n seconds.
    Binary(u32),
}

pub(super) const SECTION: u32 = 0x0a0d_0d0a;
const ENHANCED: u32 = 6;
/// Bytes of an enhanced packet block besides packet, padding and options.
const ENHANCED_FRAME: usize = 32;
/// Blocks in a row that make a guess sure enough to read on from it.
const CHAIN: usize = 16;
/// Longest block that a guess may meet.
const USUAL_BLOCK: usize = 1 << 20;
/// Bytes in front of its packet.
const ENHANCED_HEAD: usize = 28;

impl Pcapng {
    /// The first block is read like any other: it must be a section header.
    pub(super) fn open(core: &mut Core) -> Self {
        core.input.format = "pcapng";
        Pcapng {
            swapped: false,
            interfaces: Vec::new(),
            section_base: 0,
        }
    }

    /// Writes what was counted.
    pub(super) fn finish(&mut self, core: &mut Core) {
        let described = core
            .input
            .interfaces
            .get_mut(self.section_base..)
            .unwrap_or_default();
        for (local, interface) in self.interfaces.drain(..).zip(described) {
            local.tally.write(interface);
            if let Some(drops) = local.drops {
                let before = interface.dropped_before_packets.unwrap_or(0);
                interface.dropped_before_packets = Some(before.saturating_add(drops));
            }
        }
        self.section_base = core.input.interfaces.len();
    }

    /// The first interface of the section at hand, and its byte order.
    pub(super) fn section_at_hand(&self) -> (usize, bool) {
        (self.section_base, self.swapped)
    }

    /// Counts anew.
    pub(super) fn begin_again(&mut self) {
        for local in &mut self.interfaces {
            local.tally = Tally::default();
            local.drops = None;
        }
    }

    /// The first position where [`CHAIN`] blocks in a row make sense, or fewer and the end.
    pub(super) fn boundary(&self, bytes: &[u8], ended: bool) -> Option<usize> {
        (0..bytes.len()).find(|at| self.is_boundary(bytes, *at, ended))
    }

    fn is_boundary(&self, bytes: &[u8], mut at: usize, ended: bool) -> bool {
        for number in 0..CHAIN {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some([a, b, c, d, e, f, g, h]) = rest.first_chunk::<8>().copied() else {
                return ended && rest.is_empty() && number > 0;
            };
            let len = self.u32([e, f, g, h]);
            let end = size(len);
            let closing = rest.get(end.saturating_sub(4)..end);
            let closing = closing.and_then(|raw| raw.first_chunk::<4>());
            // Another section would have other interfaces: the head that is known would not do.
            let makes_sense = known(self.u32([a, b, c, d]))
                && plausible(len, USUAL_BLOCK)
                && closing.is_some_and(|closing| *closing == [e, f, g, h]);
            if !makes_sense {
                return false;
            }
            at = at.saturating_add(end);
        }
        true
    }

    /// The next packet in the buffer.
    #[inline]
    pub(super) fn step(
        &mut self,
        core: &mut Core,
        bytes: &[u8],
        shared: &mut Shared,
    ) -> Option<Raw> {
        loop {
            if let Some(raw) = self.enhanced(core, bytes) {
                return Some(raw);
            }
            if let Some(raw) = self.look(core, bytes, shared) {
                return Some(raw);
            }
            if core.done || core.needed > 0 {
                return None;
            }
        }
    }

    /// An enhanced packet block without options: nearly every block there is.
    #[inline]
    fn enhanced(&mut self, core: &mut Core, bytes: &[u8]) -> Option<Raw> {
        let head = bytes.get(core.at..)?.first_chunk::<ENHANCED_HEAD>()?;
        let [kind, len, interface, high, low, captured, wire] = self.fields(head);
        let start = core.at.wrapping_add(ENHANCED_HEAD);
        let data_end = start.wrapping_add(size(captured));
        let end = core.at.wrapping_add(size(len));
        let trailer = end.wrapping_sub(4);
        if kind != ENHANCED
            || core.lost
            || data_end > trailer
            || trailer.wrapping_sub(data_end) > 3
            || len & 3 != 0
            || end > bytes.len()
        {
            return None;
        }
        let closing = bytes.get(trailer..)?.first_chunk::<4>()?;
        if self.u32(*closing) != len {
            return None;
        }
        let local = self.interfaces.get_mut(size(interface))?;
        let time = local.time(u64::from(high) << 32 | u64::from(low));
        local.tally.add(captured, wire);
        core.see(time);
        core.at = end;
        Some(Raw {
            time,
            link: local.link,
            interface: local.global,
            wire_len: wire,
            flags: 0,
            uid: None,
            start,
            end: data_end,
            comment: NOWHERE,
        })
    }

    #[inline]
    fn fields(&self, head: &[u8; ENHANCED_HEAD]) -> [u32; 7] {
        let mut fields = [0; 7];
        for (field, raw) in fields.iter_mut().zip(head.as_chunks::<4>().0) {
            *field = self.u32(*raw);
        }
        fields
    }

    #[inline]
    fn u32(&self, raw: [u8; 4]) -> u32 {
        let value = u32::from_le_bytes(raw);
        if self.swapped {
            value.swap_bytes()
        } else {
            value
        }
    }

    #[inline]
    fn u16(&self, raw: [u8; 2]) -> u16 {
        let value = u16::from_le_bytes(raw);
        if self.swapped {
            value.swap_bytes()
        } else {
            value
        }
    }

    /// One block of any kind, or the reason why there is none.
    #[cold]
    #[inline(never)]
    fn look(&mut self, core: &mut Core, bytes: &[u8], shared: &mut Shared) -> Option<Raw> {
        if core.lost && !self.search(core, bytes, shared) {
            return None;
        }
        match self.measure(core, bytes, shared.limits.record_bytes) {
            Block::Whole { kind, len } => {
                let at = core.at;
                core.at = at.saturating_add(len);
                let body_end = at.saturating_add(len.saturating_sub(4));
                self.block(core, bytes, shared, kind, at, body_end)
            }
            Block::Short(needed) if !core.ended => {
                core.want(needed);
                None
            }
            Block::Short(needed) => {
                self.end_inside(core, bytes, shared, needed);
                None
            }
            Block::Trailer { kind, len } => {
                core.damage(
                    shared,
                    core.at,
                    "the two lengths of a block differ".to_owned(),
                );
                let at = core.at;
                core.at = at.saturating_add(len);
                self.block(core, bytes, shared, kind, at, core.at.saturating_sub(4))
            }
            Block::Lie(what) => {
                Self::lose(core, shared, what);
                None
            }
        }
    }

    /// The file ends inside a block, or its last block says that it is longer than it is.
    fn end_inside(&self, core: &mut Core, bytes: &[u8], shared: &mut Shared, needed: usize) {
        let left = bytes.len().saturating_sub(core.at);
        if left == 0 {
            core.done = true;
            return;
        }
        core.input.cut = true;
        let what = format!("the file ends inside a block: {left} of {needed} bytes");
        if left < 12 {
            core.damage(shared, core.at, what);
            core.done = true;
        } else {
            Self::lose(core, shared, what);
        }
    }

    fn lose(core: &mut Core, shared: &mut Shared, what: String) {
        core.damage(shared, core.at, what);
        shared.lost_records = shared.lost_records.saturating_add(1);
        core.lost = true;
        core.at = core.at.saturating_add(1);
    }

    /// How long the block at hand is, and whether that can be true.
    fn measure(&self, core: &Core, bytes: &[u8], limit: usize) -> Block {
        let rest = bytes.get(core.at..).unwrap_or_default();
        let Some(head) = rest.first_chunk::<12>() else {
            return Block::Short(12);
        };
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *head;
        let section = u32::from_le_bytes([a, b, c, d]) == SECTION;
        // A section header is read in its own byte order, which follows its length.
        let swapped = match [i, j, k, l] {
            [0x4d, 0x3c, 0x2b, 0x1a] if section => false,
            [0x1a, 0x2b, 0x3c, 0x4d] if section => true,
            _ if section => return Block::Lie("a section header without byte order".to_owned()),
            _ => self.swapped,
        };
        let order = |raw| {
            if swapped {
                u32::from_be_bytes(raw)
            } else {
                u32::from_le_bytes(raw)
            }
        };
        let kind = if section {
            SECTION
        } else {
            order([a, b, c, d])
        };
        let said = order([e, f, g, h]);
        let len = size(said).saturating_add(3) & !3;
        let least = if section { 28 } else { 12 };
        if len < least || len > limit.saturating_add(ENHANCED_FRAME) {
            return Block::Lie(format!(
                "a block of type {kind:#x} says it is {said} bytes long"
            ));
        }
        if rest.len() < len {
            return Block::Short(len);
        }
        // Some writers count the padding into neither length, so the trailer stands before it.
        let closing = |end: usize| {
            rest.get(end.saturating_sub(4)..end)
                .and_then(|raw| raw.first_chunk::<4>().copied())
        };
        if [len, size(said)]
            .iter()
            .any(|end| closing(*end).map(order) == Some(said))
        {
            return Block::Whole { kind, len };
        }
        // The trailer differs: believe the block where another one follows it.
        let next = rest.get(len..).unwrap_or_default();
        match next.first_chunk::<8>() {
            None if !core.ended => Block::Short(len.saturating_add(8)),
            None if next.is_empty() => Block::Trailer { kind, len },
            Some([a, b, c, d, e, f, g, h])
                if known(order([*a, *b, *c, *d])) && plausible(order([*e, *f, *g, *h]), limit) =>
            {
                Block::Trailer { kind, len }
            }
            _ => Block::Lie(format!(
                "a block of type {kind:#x} has two different lengths"
            )),
        }
    }

    /// Goes on to the next block that makes sense. False where more bytes are needed for it,
    /// or none are left.
    fn search(&self, core: &mut Core, bytes: &[u8], shared: &mut Shared) -> bool {
        let from = core.at;
        let limit = shared.limits.record_bytes;
        let mut found = false;
        while core.at < bytes.len() && core.needed == 0 {
            match self.candidate(core, bytes, limit) {
                Some(0) => {
                    found = true;
                    break;
                }
                Some(needed) if !core.ended => core.want(needed),
                _ => core.at = core.at.saturating_add(1),
            }
        }
        let skipped = core.at.saturating_sub(from);
        shared.count(
            "capture bytes skipped in damage",
            u64::try_from(skipped).unwrap_or(0),
        );
        if found {
            core.lost = false;
            core.input.cut = false;
        } else if core.ended {
            core.done = true;
            core.input.cut = true;
        } else if core.needed == 0 {
            core.want(12);
        }
        found
    }

    /// `Some(0)` where a block of a known type with two equal lengths stands here, how many
    /// bytes it takes to tell, or `None`.
    fn candidate(&self, core: &Core, bytes: &[u8], limit: usize) -> Option<usize> {
        let rest = bytes.get(core.at..)?;
        let Some([a, b, c, d, ..]) = rest.first_chunk::<12>() else {
            return Some(12);
        };
        let kind = [*a, *b, *c, *d];
        if !known(self.u32(kind)) && u32::from_le_bytes(kind) != SECTION {
            return None;
        }
        match self.measure(core, bytes, limit) {
            Block::Whole { .. } => Some(0),
            // Not longer than what any writer makes: damage must not swallow the rest.
            Block::Short(needed) if needed <= 1 << 20 => Some(needed),
            _ => None,
        }
    }
}

/// What stands where a block should.
enum Block {
    Whole {
        kind: u32,
        len: usize,
    },
    /// More bytes are needed: this many from its start.
    Short(usize),
    /// Whole, but for the second length.
    Trailer {
        kind: u32,
        len: usize,
    },
    Lie(String),
}

fn known(kind: u32) -> bool {
    matches!(
        kind,
        1..=6 | 0xa | 0xbad | 0x4000_0bad | 0x8000_0001 | SECTION
    )
}

fn plausible(len: u32, limit: usize) -> bool {
    len >= 12 && len & 3 == 0 && size(len) <= limit
}

impl Local {
    #[inline]
    fn time(&self, ticks: u64) -> Time {
        match self.scale {
            Scale::Times(factor) => match ticks.checked_mul(factor).map(i64::try_from) {
                Some(Ok(nanoseconds)) => Time(nanoseconds.saturating_add(self.offset)),
                _ => Time(i64::MAX),
            },
            Scale::Over(_) | Scale::Binary(_) => self.odd_time(ticks),
        }
    }

    #[cold]
    fn odd_time(&self, ticks: u64) -> Time {
        let nanoseconds = match self.scale {
            Scale::Times(factor) => u128::from(ticks).saturating_mul(u128::from(factor)),
            Scale::Over(divisor) => u128::from(ticks / divisor.max(1)),
            Scale::Binary(bits) => u128::from(ticks).saturating_mul(1_000_000_000) >> bits.min(127),
        };
        let nanoseconds = i64::try_from(nanoseconds).unwrap_or(i64::MAX);
        Time(nanoseconds.saturating_add(self.offset))
    }
}

impl Scale {
    /// `if_tsresol`: a power of ten, or with the top bit a power of two; negative exponents.
    /// Also the ticks in a second, saturating.
    fn of(resolution: u8) -> (Self, u64) {
        let exponent = u32::from(resolution & 0x7f);
        if resolution & 0x80 != 0 {
            let ticks = 1u64.checked_shl(exponent).unwrap_or(u64::MAX);
            return (Scale::Binary(exponent), ticks);
        }
        let ticks = 10u64.saturating_pow(exponent);
        let scale = match exponent {
            0..=9 => Scale::Times(10u64.saturating_pow(9u32.saturating_sub(exponent))),
            // Smaller than any count of ticks can make visible.
            29.. => Scale::Times(0),
            _ => Scale::Over(10u64.saturating_pow(exponent.saturating_sub(9))),
        };
        (scale, ticks)
    }
}

#[inline]
fn size(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}
