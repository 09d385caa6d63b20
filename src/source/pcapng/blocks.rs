//! What each kind of pcapng block says.
//!
//! In:   one block whose length is true.
//! Out:  a packet, or facts about the file.
//! Spec: draft-ietf-opsawg-pcapng §4; the custom block of PCAPdroid as its releases since
//!       1.8 write it.

use super::options::Options;
use super::{ENHANCED, ENHANCED_HEAD, Local, Pcapng, SECTION, Scale, size};
use crate::model::{Interface, Text, Time};
use crate::source::kept;
use crate::source::state::{Core, NOWHERE, Raw, Shared, Tally, note};
use crate::wire::{Cursor, Malformed};

const COMMENT: u16 = 1;
/// What a comment begins with that marks a phase of a test.
const PHASE: &[u8] = b"phase:";
/// Kinds of blocks listed by number.
const SKIPPED_KINDS: usize = 1_024;
/// Apps whose names are kept.
const APPS: usize = 65_536;
/// Private enterprise number under which PCAPdroid writes.
const PCAPDROID: u32 = 62_652;

/// Fields of a packet block, whichever its kind.
struct PacketHead {
    interface: u32,
    ticks: Option<u64>,
    captured: u32,
    wire: u32,
    drops: Option<u64>,
    /// Where its bytes start, from the block's start.
    head_len: usize,
}

impl Pcapng {
    /// Reads the block from `at` to `end`, its second length excluded.
    pub(super) fn block(
        &mut self,
        core: &mut Core,
        bytes: &[u8],
        shared: &mut Shared,
        kind: u32,
        at: usize,
        end: usize,
    ) -> Option<Raw> {
        let body = bytes.get(at.saturating_add(8)..end).unwrap_or_default();
        if shared.keeping.wanted && matches!(kind, 4 | 0xa) {
            kept::keep(shared, kind, body, self.swapped);
        }
        let mut fields = Cursor::new(body);
        let read = match kind {
            SECTION => self.section(core, body),
            1 => self.interface(core, shared, body, at),
            2 | 3 | ENHANCED => match self.packet_head(kind, body) {
                Ok(head) => return self.packet(core, bytes, shared, &head, at, end),
                Err(why) => Err(why),
            },
            4 => self.names(core, body),
            5 => self.statistics(core, body),
            0xa => self.secrets(core, body),
            0xbad | 0x4000_0bad => self.custom(core, shared, &mut fields, kind),
            _ => {
                skipped(core, kind);
                Ok(())
            }
        };
        if let Err(why) = read {
            core.damage(shared, at, format!("a block of type {kind:#x}: {why}"));
            if matches!(kind, 2 | 3 | ENHANCED) {
                shared.lost_records = shared.lost_records.saturating_add(1);
            }
        }
        None
    }

    fn read_u32(&self, cursor: &mut Cursor<'_>, field: &'static str) -> Result<u32, Malformed> {
        Ok(self.u32(cursor.array(field)?))
    }

    fn read_u64(&self, cursor: &mut Cursor<'_>, field: &'static str) -> Result<u64, Malformed> {
        let value = u64::from_le_bytes(cursor.array(field)?);
        Ok(if self.swapped {
            value.swap_bytes()
        } else {
            value
        })
    }

    /// Section header (§4.1): from here on another byte order and other interfaces.
    fn section(&mut self, core: &mut Core, body: &[u8]) -> Result<(), Malformed> {
        self.finish(core);
        let mut cursor = Cursor::new(body);
        self.swapped = cursor.array::<4>("byte order")? == [0x1a, 0x2b, 0x3c, 0x4d];
        // Its length is not needed, and often not true.
        cursor.skip("version and section length", 12)?;
        let mut options = Options::new(cursor.rest(), self.swapped);
        for (code, value) in options.by_ref() {
            match code {
                COMMENT => core.note("comment", value),
                2 => core.note("hardware", value),
                3 => core.note("os", value),
                4 => core.note("application", value),
                _ => {}
            }
        }
        sound(&options)
    }

    /// Interface description (§4.2).
    fn interface(
        &mut self,
        core: &mut Core,
        shared: &mut Shared,
        body: &[u8],
        at: usize,
    ) -> Result<(), Malformed> {
        let mut cursor = Cursor::new(body);
        let link = u32::from(self.u16(cursor.array("link type")?));
        cursor.skip("reserved", 2)?;
        let snaplen = self.read_u32(&mut cursor, "snaplen")?;
        let mut interface = Interface {
            link,
            snaplen,
            ..Interface::default()
        };
        let mut resolution = 6;
        let mut offset = 0i64;
        let mut options = Options::new(cursor.rest(), self.swapped);
        for (code, value) in options.by_ref() {
            match (code, value) {
                (COMMENT, _) => note(&mut interface.notes, "comment", value),
                (2, _) => interface.name = Some(Text::new(value)),
                (3, _) => interface.description = Some(Text::new(value)),
                (9, [byte, ..]) => resolution = *byte,
                // The first byte says how the filter is written; 0 is text.
                (11, [0, filter @ ..]) => note(&mut interface.notes, "filter", filter),
                (12, _) => note(&mut interface.notes, "os", value),
                (14, _) => {
                    offset = self
                        .read_u64(&mut Cursor::new(value), "if_tsoffset")?
                        .cast_signed()
                }
                (15, _) => note(&mut interface.notes, "hardware", value),
                _ => {}
            }
        }
        let (scale, ticks_per_second) = Scale::of(resolution);
        interface.ticks_per_second = ticks_per_second;
        match core.interface(shared, interface) {
            Some(global) => self.interfaces.push(Local {
                link,
                snaplen,
                global,
                scale,
                offset: offset.saturating_mul(1_000_000_000),
                tally: Tally::default(),
                drops: None,
            }),
            None => core.damage(shared, at, "more interfaces than are kept".to_owned()),
        }
        sound(&options)
    }

    fn packet_head(&self, kind: u32, body: &[u8]) -> Result<PacketHead, Malformed> {
        let mut cursor = Cursor::new(body);
        if kind == 3 {
            let wire = self.read_u32(&mut cursor, "original length")?;
            let room = u32::try_from(cursor.left()).unwrap_or(u32::MAX);
            let snaplen = self.interfaces.first().map_or(0, |local| local.snaplen);
            let kept = if snaplen == 0 {
                wire
            } else {
                wire.min(snaplen)
            };
            // Not even the snaplen is believed beyond the block's end.
            let captured = kept.min(room);
            return Ok(PacketHead {
                interface: 0,
                ticks: None,
                captured,
                wire,
                drops: None,
                head_len: 12,
            });
        }
        let (interface, drops) = if kind == ENHANCED {
            (self.read_u32(&mut cursor, "interface")?, None)
        } else {
            let interface = self.u16(cursor.array("interface")?);
            let drops = self.u16(cursor.array("drop count")?);
            // All ones: not known (§A.1).
            (
                u32::from(interface),
                (drops != u16::MAX).then_some(u64::from(drops)),
            )
        };
        let high = self.read_u32(&mut cursor, "time")?;
        let low = self.read_u32(&mut cursor, "time")?;
        Ok(PacketHead {
            interface,
            ticks: Some(u64::from(high) << 32 | u64::from(low)),
            captured: self.read_u32(&mut cursor, "captured length")?,
            wire: self.read_u32(&mut cursor, "original length")?,
            drops,
            head_len: ENHANCED_HEAD,
        })
    }

    /// Enhanced, simple and obsolete packet blocks (§4.3, §4.4, appendix A).
    fn packet(
        &mut self,
        core: &mut Core,
        bytes: &[u8],
        shared: &mut Shared,
        head: &PacketHead,
        at: usize,
        end: usize,
    ) -> Option<Raw> {
        let start = at.saturating_add(head.head_len);
        let said = start.saturating_add(size(head.captured));
        if said > end {
            let left = end.saturating_sub(start);
            core.damage(
                shared,
                at,
                format!(
                    "a packet of {} bytes in a block with room for {left}",
                    head.captured
                ),
            );
        }
        let data_end = said.min(end);
        let captured = u32::try_from(data_end.saturating_sub(start)).unwrap_or(u32::MAX);
        let padded = data_end.saturating_add(size(head.captured).wrapping_neg() & 3);
        let about = bytes.get(padded..end).unwrap_or_default();
        let extra = self.packet_options(core, shared, about, at);
        let previous = if core.input.packets == 0 {
            Time(0)
        } else {
            core.last
        };
        let Some(local) = self.interfaces.get_mut(size(head.interface)) else {
            core.damage(
                shared,
                at,
                format!(
                    "a packet of interface {}, which no block describes",
                    head.interface
                ),
            );
            shared.lost_records = shared.lost_records.saturating_add(1);
            return None;
        };
        let time = match head.ticks {
            Some(ticks) => local.time(ticks),
            None => {
                shared.count("packets without a time, given the one before", 1);
                previous
            }
        };
        if let Some(drops) = extra.drops.or(head.drops) {
            local.drops = Some(local.drops.unwrap_or(0).saturating_add(drops));
        }
        local.tally.add(captured, head.wire);
        core.see(time);
        Some(Raw {
            time,
            link: local.link,
            interface: local.global,
            wire_len: head.wire,
            flags: extra.flags,
            uid: extra.uid,
            start,
            end: data_end,
            comment: extra.comment.map_or(NOWHERE, |(from, to)| {
                (padded.saturating_add(from), padded.saturating_add(to))
            }),
        })
    }

    fn packet_options(
        &self,
        core: &mut Core,
        shared: &mut Shared,
        about: &[u8],
        at: usize,
    ) -> Extra {
        let mut extra = Extra::default();
        let mut options = Options::new(about, self.swapped);
        while let Some((code, value)) = options.next() {
            match (code, value) {
                (COMMENT, _) => match pcapdroid_uid(value) {
                    Some(uid) => extra.uid = Some(uid),
                    None => {
                        if extra.comment.is_none() && value.starts_with(PHASE) {
                            let from = options.at;
                            extra.comment = Some((from, from.saturating_add(value.len())));
                        }
                        core.note("packet comment", value);
                    }
                },
                (2, [a, b, c, d]) => extra.flags = self.u32([*a, *b, *c, *d]),
                (4, _) => {
                    extra.drops = self.read_u64(&mut Cursor::new(value), "epb_dropcount").ok()
                }
                _ => {}
            }
        }
        if let Some(why) = options.broken {
            core.damage(shared, at, format!("the options of a packet: {why}"));
        }
        extra
    }

    /// Name resolution (§4.5): only counted, since names are to come from the traffic.
    fn names(&self, core: &mut Core, body: &[u8]) -> Result<(), Malformed> {
        let mut cursor = Cursor::new(body);
        while !cursor.is_empty() {
            let kind = self.u16(cursor.array("record type")?);
            let len = usize::from(self.u16(cursor.array("record length")?));
            let value = cursor.take("record value", len)?;
            cursor.take_up_to(len.wrapping_neg() & 3);
            let address = match kind {
                0 => return Ok(()),
                1 => 4,
                2 => 16,
                _ => continue,
            };
            let names = value.get(address..).unwrap_or_default();
            let count = names
                .split(|byte| *byte == 0)
                .filter(|name| !name.is_empty())
                .count();
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            core.input.resolved_names = core.input.resolved_names.saturating_add(count);
        }
        Ok(())
    }

    /// Interface statistics (§4.6). Counters run on, so the last ones stand.
    fn statistics(&self, core: &mut Core, body: &[u8]) -> Result<(), Malformed> {
        let mut cursor = Cursor::new(body);
        let number = self.read_u32(&mut cursor, "interface")?;
        cursor.skip("time", 8)?;
        let index = self.section_base.saturating_add(size(number));
        let Some(interface) = core.input.interfaces.get_mut(index) else {
            return Err(Malformed::Illegal {
                field: "interface",
                value: number.into(),
            });
        };
        let mut options = Options::new(cursor.rest(), self.swapped);
        for (code, value) in options.by_ref() {
            let counter = self.read_u64(&mut Cursor::new(value), "counter").ok();
            match code {
                COMMENT => note(&mut interface.notes, "comment", value),
                4 => interface.received = counter.or(interface.received),
                5 => interface.dropped_by_interface = counter.or(interface.dropped_by_interface),
                7 => interface.dropped_by_os = counter.or(interface.dropped_by_os),
                _ => {}
            }
        }
        sound(&options)
    }

    /// Decryption secrets (§4.7): only counted.
    fn secrets(&self, core: &mut Core, body: &[u8]) -> Result<(), Malformed> {
        let mut cursor = Cursor::new(body);
        cursor.skip("secrets type", 4)?;
        let len = self.read_u32(&mut cursor, "secrets length")?;
        cursor.take("secrets", size(len))?;
        core.input.secret_bytes = core.input.secret_bytes.saturating_add(len.into());
        Ok(())
    }

    /// Custom blocks (§4.8): PCAPdroid's table of apps, or skipped.
    fn custom(
        &self,
        core: &mut Core,
        shared: &mut Shared,
        body: &mut Cursor<'_>,
        kind: u32,
    ) -> Result<(), Malformed> {
        let number = self.read_u32(body, "enterprise number")?;
        match self
            .pcapdroid_app(body.rest())
            .filter(|_| number == PCAPDROID)
        {
            Some((uid, name)) => {
                if shared.apps.len() < APPS {
                    shared.apps.entry(uid).or_insert_with(|| Text::new(name));
                }
            }
            None => skipped(core, kind),
        }
        Ok(())
    }

    /// User id and app of a `uid map` block: version (1 byte), type 1 (1 byte), user id (4),
    /// one-byte lengths of package name and app name, then both. Alignment has changed
    /// between releases, so the layout is the one whose lengths fill the block.
    fn pcapdroid_app<'a>(&self, body: &'a [u8]) -> Option<(u32, &'a [u8])> {
        let [_, 1, rest @ ..] = body else { return None };
        [0usize, 2].into_iter().find_map(|padding| {
            let mut cursor = Cursor::new(rest);
            cursor.skip("padding", padding).ok()?;
            let uid = self.read_u32(&mut cursor, "user id").ok()?;
            let package_len = usize::from(cursor.u8("package length").ok()?);
            let app_len = usize::from(cursor.u8("app length").ok()?);
            let package = cursor.take("package", package_len).ok()?;
            let app = cursor.take("app", app_len).ok()?;
            let text =
                std::str::from_utf8(package).is_ok_and(|name| !name.contains(char::is_control));
            let whole = cursor.left() < 4 && cursor.rest().iter().all(|byte| *byte == 0);
            let name = if app.is_empty() { package } else { app };
            (whole && text && !name.is_empty()).then_some((uid, name))
        })
    }
}

/// What the options of a packet block say.
#[derive(Default)]
struct Extra {
    flags: u32,
    drops: Option<u64>,
    uid: Option<u32>,
    /// Where in the options the comment lies that marks a phase.
    comment: Option<(usize, usize)>,
}

/// The user id that PCAPdroid writes as a packet's comment: `u-10123`.
fn pcapdroid_uid(comment: &[u8]) -> Option<u32> {
    let digits = comment.strip_prefix(b"u-")?;
    if digits.is_empty() || digits.len() > 10 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn sound(options: &Options<'_>) -> Result<(), Malformed> {
    options.broken.map_or(Ok(()), Err)
}

fn skipped(core: &mut Core, kind: u32) {
    let kinds = &mut core.input.skipped_blocks;
    if kinds.len() < SKIPPED_KINDS || kinds.contains_key(&kind) {
        let count = kinds.entry(kind).or_default();
        *count = count.saturating_add(1);
    }
}
