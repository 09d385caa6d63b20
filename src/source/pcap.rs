//! The classic pcap format.
//!
//! In:   a file header, then records of a fixed header and a packet each.
//! Out:  packets; damage with its offset.
//! Spec: draft-ietf-opsawg-pcap. In the wild also: nanosecond and Kuznetzov's modified
//!       records, Ixia's lcap, version 2.2 as AIX writes it (nanoseconds, interface types
//!       of RFC 1573), swapped lengths before version 2.3.
//!
//! The format has no marks to find a record by. Where a header cannot be true, the next two
//! headers in a row that can be true, at times near the last one, are where reading resumes.
//! Each byte is looked at a bounded number of times.

use super::state::{Core, NOWHERE, Raw, Shared, Tally};
use crate::model::{Interface, Time};
use crate::wire::{Cursor, Malformed};

/// Which member of the family a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Dialect {
    big_endian: bool,
    nanoseconds: bool,
    /// Bytes of a record's header.
    record_head: usize,
    /// Bytes of the file's header.
    file_head: usize,
}

impl Dialect {
    /// The dialect of a magic number.
    pub(super) fn of(magic: [u8; 4]) -> Option<Self> {
        let big = Self::of_value(u32::from_be_bytes(magic), true);
        big.or_else(|| Self::of_value(u32::from_le_bytes(magic), false))
    }

    fn of_value(magic: u32, big_endian: bool) -> Option<Self> {
        let (nanoseconds, record_head, file_head) = match magic {
            0xa1b2_c3d4 => (false, 16, 24),
            0xa1b2_3c4d => (true, 16, 24),
            // Interface index, protocol and packet type follow the lengths (Kuznetzov).
            0xa1b2_cd34 => (false, 24, 24),
            // Ixia lcap, hardware and software: the file header ends with the length of all records.
            0x1c00_01ac | 0x1c00_01ab => (true, 16, 28),
            _ => return None,
        };
        Some(Dialect {
            big_endian,
            nanoseconds,
            record_head,
            file_head,
        })
    }
}

/// Order of the two lengths in a record header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lengths {
    CapturedFirst,
    /// Before version 2.3.
    WireFirst,
    /// Version 2.3 and 543: whichever is smaller is the captured one.
    Either,
}

/// The reader of one file.
pub(super) struct Pcap {
    swapped: bool,
    lengths: Lengths,
    head_len: usize,
    /// Nanoseconds of a unit of the fraction.
    fraction: i64,
    /// Units in a second.
    units: u32,
    link: u32,
    interface: u32,
    tally: Tally,
    /// Seconds of the last record.
    seconds: Option<u32>,
    /// Longest record that is believed without a second look.
    usual: u32,
}

/// One record header, in the order of its meaning.
#[derive(Clone, Copy, Debug)]
struct Head {
    seconds: u32,
    fraction: u32,
    captured: u32,
    wire: u32,
}

/// Longest packet that makes sense without a second look: what libpcap allows.
const USUAL: u32 = 262_144;
/// Longest length on the wire that makes sense without a second look.
const USUAL_WIRE: u32 = 1 << 20;
/// Records in a row that make a guess sure enough to read on from it.
const CHAIN: usize = 16;
/// Seconds between two records around damage.
const NEAR: u32 = 86_400;

impl Pcap {
    /// Reads the file header. Where it is cut there is damage and no packet.
    pub(super) fn open(core: &mut Core, bytes: &[u8], shared: &mut Shared) -> Option<Self> {
        match Self::header(core, bytes, shared) {
            Ok(pcap) => pcap,
            Err(_) => {
                core.damage(
                    shared,
                    0,
                    format!("the file ends inside its header: {} bytes", bytes.len()),
                );
                core.input.cut = true;
                None
            }
        }
    }

    fn header(
        core: &mut Core,
        bytes: &[u8],
        shared: &mut Shared,
    ) -> Result<Option<Self>, Malformed> {
        let mut cursor = Cursor::new(bytes);
        let magic = cursor.array::<4>("magic")?;
        let Some(dialect) = Dialect::of(magic) else {
            return Ok(None);
        };
        let u32_of = |raw: [u8; 4]| match dialect.big_endian {
            true => u32::from_be_bytes(raw),
            false => u32::from_le_bytes(raw),
        };
        let u16_of = |raw: [u8; 2]| match dialect.big_endian {
            true => u16::from_be_bytes(raw),
            false => u16::from_le_bytes(raw),
        };
        let version = (
            u16_of(cursor.array("major version")?),
            u16_of(cursor.array("minor version")?),
        );
        cursor.skip("time zone and accuracy", 8)?;
        let snaplen = u32_of(cursor.array("snaplen")?);
        let field = u32_of(cursor.array("link type")?);
        cursor.skip(
            "length of all records",
            dialect.file_head.saturating_sub(24),
        )?;
        let aix = aix_link(version, field);
        let nanoseconds = dialect.nanoseconds || aix.is_some();
        let units = if nanoseconds {
            1_000_000_000
        } else {
            1_000_000
        };
        let link = aix.unwrap_or_else(|| link_type(field));
        let interface = Interface {
            link,
            snaplen,
            ticks_per_second: u64::from(units),
            ..Interface::default()
        };
        let Some(interface) = core.interface(shared, interface) else {
            return Ok(None);
        };
        core.input.format = "pcap";
        core.at = dialect.file_head;
        let longest = u32::try_from(shared.limits.record_bytes).unwrap_or(u32::MAX);
        Ok(Some(Pcap {
            swapped: dialect.big_endian,
            lengths: match version {
                _ if aix.is_some() => Lengths::CapturedFirst,
                (2, 3) | (543, _) => Lengths::Either,
                (2, minor) if minor < 3 => Lengths::WireFirst,
                _ => Lengths::CapturedFirst,
            },
            head_len: dialect.record_head,
            fraction: if nanoseconds { 1 } else { 1_000 },
            units,
            link,
            interface,
            tally: Tally::default(),
            seconds: None,
            usual: USUAL.min(longest),
        }))
    }

    /// Writes what was counted.
    pub(super) fn finish(&self, core: &mut Core) {
        if let Some(interface) = core.input.interfaces.first_mut() {
            self.tally.write(interface);
        }
    }

    /// Counts anew.
    pub(super) fn begin_again(&mut self) {
        self.tally = Tally::default();
        self.seconds = None;
    }

    /// The first position where [`CHAIN`] records in a row make sense, or fewer and the end.
    pub(super) fn boundary(&self, bytes: &[u8], ended: bool) -> Option<usize> {
        (0..bytes.len()).find(|at| self.is_boundary(bytes, *at, ended))
    }

    fn is_boundary(&self, bytes: &[u8], mut at: usize, ended: bool) -> bool {
        let mut seconds = None;
        for _ in 0..CHAIN {
            let Some(head) = self.head(bytes, at) else {
                return ended && at == bytes.len() && seconds.is_some();
            };
            let near = seconds.is_none_or(|seconds: u32| seconds.abs_diff(head.seconds) <= NEAR);
            if !near || !self.usual(head) {
                return false;
            }
            seconds = Some(head.seconds);
            at = at
                .saturating_add(self.head_len)
                .saturating_add(size(head.captured));
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
        if let Some(head) = self.head(bytes, core.at)
            && !core.lost
        {
            let start = core.at.wrapping_add(self.head_len);
            let end = start.wrapping_add(size(head.captured));
            if head.captured <= head.wire
                && head.wire.wrapping_sub(1) < self.usual
                && head.fraction < self.units
                && end <= bytes.len()
            {
                return Some(self.take(core, head, start, end));
            }
        }
        self.look(core, bytes, shared)
    }

    #[inline]
    fn take(&mut self, core: &mut Core, head: Head, start: usize, end: usize) -> Raw {
        let fraction = i64::from(head.fraction).wrapping_mul(self.fraction);
        // u32 seconds fit: 2^32 seconds are less than half of the range.
        let time = Time(
            i64::from(head.seconds)
                .wrapping_mul(1_000_000_000)
                .wrapping_add(fraction),
        );
        core.see(time);
        core.at = end;
        self.seconds = Some(head.seconds);
        self.tally.add(head.captured, head.wire);
        Raw {
            time,
            link: self.link,
            interface: self.interface,
            wire_len: head.wire,
            flags: 0,
            uid: None,
            start,
            end,
            comment: NOWHERE,
        }
    }

    /// The record header at a position.
    #[inline]
    fn head(&self, bytes: &[u8], at: usize) -> Option<Head> {
        // The whole header must be there, the modified one included.
        let rest = bytes.get(at..)?;
        if rest.len() < self.head_len {
            return None;
        }
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *rest.first_chunk::<16>()?;
        let mut fields =
            [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]].map(u32::from_le_bytes);
        if self.swapped {
            fields = fields.map(u32::swap_bytes);
        }
        let [seconds, fraction, mut captured, mut wire] = fields;
        if self.lengths != Lengths::CapturedFirst
            && (self.lengths == Lengths::WireFirst || captured > wire)
        {
            std::mem::swap(&mut captured, &mut wire);
        }
        Some(Head {
            seconds,
            fraction,
            captured,
            wire,
        })
    }

    /// What the quick look did not settle: the buffer's end, odd records, damage.
    #[cold]
    #[inline(never)]
    fn look(&mut self, core: &mut Core, bytes: &[u8], shared: &mut Shared) -> Option<Raw> {
        while !core.done {
            if core.lost && !self.search(core, bytes, shared) {
                return None;
            }
            let Some(head) = self.head(bytes, core.at) else {
                self.short_head(core, bytes, shared);
                return None;
            };
            let start = core.at.saturating_add(self.head_len);
            let end = start.saturating_add(size(head.captured));
            if size(head.captured) > shared.limits.record_bytes {
                let what = format!("a record says it holds {} bytes", head.captured);
                self.lose(core, bytes, shared, what, start, end);
            } else if end > bytes.len() {
                if !core.ended {
                    core.want(end.saturating_sub(core.at));
                    return None;
                }
                let left = bytes.len().saturating_sub(start);
                let what = format!(
                    "a record says it holds {} bytes, {left} are left",
                    head.captured
                );
                self.lose(core, bytes, shared, what, start, end);
            } else if self.usual(head) {
                return Some(self.take(core, head, start, end));
            } else if bytes.len() < end.saturating_add(self.head_len) && !core.ended {
                // The next header tells whether this odd one is true.
                core.want(end.saturating_add(self.head_len).saturating_sub(core.at));
                return None;
            } else if let Some(raw) = self.odd(core, bytes, shared, head) {
                return Some(raw);
            } else if core.needed > 0 {
                return None;
            }
        }
        None
    }

    fn usual(&self, head: Head) -> bool {
        head.captured <= head.wire
            && head.wire.wrapping_sub(1) < USUAL_WIRE
            && head.captured <= self.usual
            && head.fraction < self.units
    }

    /// An odd record whose bytes are all there. `None` moved on to something better, or asked
    /// for more bytes.
    fn odd(
        &mut self,
        core: &mut Core,
        bytes: &[u8],
        shared: &mut Shared,
        head: Head,
    ) -> Option<Raw> {
        let start = core.at.saturating_add(self.head_len);
        let end = start.saturating_add(size(head.captured));
        // The captured length lies and the other one does not.
        let shorter = start.saturating_add(size(head.wire));
        if head.captured > head.wire
            && self
                .head(bytes, shorter)
                .is_some_and(|next| self.near(next, head.seconds) && self.usual(next))
        {
            let what = format!(
                "a record of {} bytes says it holds {}",
                head.wire, head.captured
            );
            core.damage(shared, core.at, what);
            let head = Head {
                captured: head.wire,
                ..head
            };
            return Some(self.take(core, head, start, shorter));
        }
        let padding =
            head.seconds == 0 && head.fraction == 0 && head.captured == 0 && head.wire == 0;
        let follows = end == bytes.len()
            || self
                .head(bytes, end)
                .is_some_and(|next| self.near(next, head.seconds));
        if !padding && follows {
            return Some(self.take(core, head, start, end));
        }
        if padding && self.seconds.is_some_and(|seconds| seconds != 0) {
            self.lose(
                core,
                bytes,
                shared,
                "zeros stand where a record should".to_owned(),
                start,
                end,
            );
            return None;
        }
        // Records hidden inside this one's extent: it is this one that lies. Extents do not
        // overlap, so no byte is searched twice for this reason.
        let from = core.at.saturating_add(1);
        // As far as the last of them could need: what is found must not depend on how much one
        // read brought.
        let reach = end
            .saturating_add(size(self.usual))
            .saturating_add(self.head_len.saturating_mul(2));
        if bytes.len() < reach && !core.ended {
            core.want(reach.saturating_sub(core.at));
            return None;
        }
        if let Some(found) = (from..end).find(|at| self.chain(core, bytes, *at) == Chain::Holds) {
            core.damage(shared, core.at, "a record header makes no sense".to_owned());
            shared.lost_records = shared.lost_records.saturating_add(1);
            core.at = found;
            return None;
        }
        Some(self.take(core, head, start, end))
    }

    /// Counts a record that cannot be and starts to search behind its first byte.
    fn lose(
        &mut self,
        core: &mut Core,
        bytes: &[u8],
        shared: &mut Shared,
        what: String,
        start: usize,
        end: usize,
    ) {
        core.damage(shared, core.at, what);
        shared.lost_records = shared.lost_records.saturating_add(1);
        if core.ended && end > bytes.len() && start <= bytes.len() {
            core.input.cut = true;
        }
        core.lost = true;
        core.at = core.at.saturating_add(1);
    }

    fn short_head(&self, core: &mut Core, bytes: &[u8], shared: &mut Shared) {
        let left = bytes.len().saturating_sub(core.at);
        if !core.ended {
            core.want(self.head_len);
            return;
        }
        if left > 0 {
            let what = format!(
                "the file ends inside a record header: {left} of {} bytes",
                self.head_len
            );
            core.damage(shared, core.at, what);
            core.input.cut = true;
        }
        core.done = true;
    }

    /// Goes on to where records make sense again. False where more bytes are needed for it,
    /// or none are left.
    fn search(&self, core: &mut Core, bytes: &[u8], shared: &mut Shared) -> bool {
        let from = core.at;
        let mut found = None;
        let mut at = from;
        while at < bytes.len() {
            match self.chain(core, bytes, at) {
                Chain::No => at = at.saturating_add(1),
                Chain::Holds => {
                    found = Some(at);
                    break;
                }
                Chain::Needs(end) => {
                    core.want(end.saturating_sub(at));
                    break;
                }
            }
        }
        core.at = at;
        shared.count(
            "capture bytes skipped in damage",
            u64::try_from(at.saturating_sub(from)).unwrap_or(0),
        );
        if found.is_some() {
            core.lost = false;
            // What was left over at the end was no cut record after all.
            core.input.cut = false;
        } else if core.ended {
            core.done = true;
            core.input.cut = true;
        } else if core.needed == 0 {
            core.want(self.head_len);
        }
        found.is_some()
    }

    /// Whether two records in a row, or one and the end, stand at a position.
    fn chain(&self, core: &Core, bytes: &[u8], at: usize) -> Chain {
        let Some(head) = self.head(bytes, at) else {
            return if core.ended {
                Chain::No
            } else {
                Chain::Needs(at.saturating_add(self.head_len))
            };
        };
        let near = self
            .seconds
            .is_none_or(|seconds| seconds.abs_diff(head.seconds) <= NEAR);
        if !near || !self.usual(head) {
            return Chain::No;
        }
        let end = at
            .saturating_add(self.head_len)
            .saturating_add(size(head.captured));
        match self.head(bytes, end) {
            Some(next) if self.near(next, head.seconds) && self.usual(next) => Chain::Holds,
            Some(_) => Chain::No,
            None if core.ended && end == bytes.len() => Chain::Holds,
            None if core.ended => Chain::No,
            None => Chain::Needs(end.saturating_add(self.head_len)),
        }
    }

    /// Whether a header can follow a record of this second.
    fn near(&self, next: Head, seconds: u32) -> bool {
        next.captured <= self.usual
            && next.fraction < self.units
            && next.seconds.abs_diff(seconds) <= NEAR
    }
}

/// What stands at a position.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Chain {
    No,
    Holds,
    /// The buffer must reach to here before one can tell.
    Needs(usize),
}

#[inline]
fn size(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

/// The link type of a header field, whose upper bits say other things (draft §4): the length
/// of the frame check sequence, and in NetBSD a class.
fn link_type(field: u32) -> u32 {
    match (field >> 16 & 0x3ff, field & 0xffff) {
        // NetBSD's raw packets of an address family.
        (0x224, 2) => 228,
        (0x224, 24 | 28 | 30 | 10) => 229,
        (_, link) => link,
    }
}

/// AIX writes version 2.2, nanoseconds, and the interface's type (RFC 1573) as link type.
fn aix_link(version: (u16, u16), field: u32) -> Option<u32> {
    match (version, field) {
        ((2, 2), 6) => Some(1),
        ((2, 2), 9) => Some(6),
        ((2, 2), 15) => Some(10),
        ((2, 2), 24) => Some(0),
        _ => None,
    }
}
