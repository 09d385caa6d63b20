//! Apple's PKTAP: which process sent or received a packet.
//!
//! Spec: LINKTYPE_PKTAP (258); Apple's own tools write it as DLT_USER2 (149). All fields are
//! little-endian: header length, record type, link type, interface name, flags, family, frame
//! header and trailer lengths, process id, process name, service class, interface type and
//! unit, effective process id and name.

use super::super::segment::{AppRef, Direction};
use super::super::walk::Base;
use crate::wire::{Cursor, Malformed};

const RECORD_PACKET: u32 = 1;
const SHORTEST: u32 = 108;
const LONGEST: u32 = 512;
const SENT: u32 = 2;
const RECEIVED: u32 = 1;

/// DLT_USER2 may be anybody's: the header must look like PKTAP's.
pub(super) fn fits(link: u32, bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    let (Ok(len), Ok(record)) = (cursor.u32_le("length"), cursor.u32_le("record type")) else {
        return link == 258;
    };
    link == 258 || (record == RECORD_PACKET && (SHORTEST..=LONGEST).contains(&len))
}

/// The link type and bytes of the packet inside.
pub(super) fn read<'a>(bytes: &'a [u8], base: &mut Base<'a>) -> Result<(u32, &'a [u8]), Malformed> {
    let mut cursor = Cursor::new(bytes);
    let len = cursor.u32_le("header length")?;
    let record = cursor.u32_le("record type")?;
    let link = cursor.u32_le("link type")?;
    cursor.skip("interface name", 24)?;
    let flags = cursor.u32_le("flags")?;
    cursor.skip("family", 4)?;
    let header_len = cursor.u32_le("link header length")?;
    cursor.skip("link trailer length", 4)?;
    let pid = cursor.u32_le("process id")?;
    let command = cursor.take("process name", 20)?;
    cursor.skip("service class and interface", 8)?;
    let effective_pid = cursor.u32_le("effective process id").ok();
    let effective = cursor.take("effective process name", 20).ok();
    if record != RECORD_PACKET {
        return Err(Malformed::Illegal {
            field: "record type",
            value: record.into(),
        });
    }
    let size = usize::try_from(len).unwrap_or(usize::MAX);
    if len < SHORTEST - 24 {
        return Err(Malformed::Illegal {
            field: "header length",
            value: len.into(),
        });
    }
    let direction = match flags & (SENT | RECEIVED) {
        SENT => Some(Direction::Sent),
        RECEIVED => Some(Direction::Received),
        _ => None,
    };
    super::set_direction(base, direction);
    // A helper process (such as a name resolver) acts for the effective one.
    let acts_for = effective_pid.filter(|other| *other != u32::MAX && *other != 0);
    let own = Some(pid).filter(|pid| *pid != u32::MAX);
    let name = match acts_for {
        Some(_) => effective.and_then(text).or_else(|| text(command)),
        None => text(command),
    };
    if own.or(acts_for).is_some() || name.is_some() {
        base.app = Some(AppRef {
            uid: None,
            pid: acts_for.or(own),
            name,
        });
    }
    let mut whole = Cursor::new(bytes);
    whole.skip("header", size)?;
    // Tunnel interfaces: no link type, but the family's four bytes in front.
    let link = match (link, header_len) {
        (0, 0) => 101,
        (link, _) => link,
    };
    Ok((link, whole.rest()))
}

/// A C string in a fixed field.
fn text(field: &[u8]) -> Option<&[u8]> {
    let end = field.iter().position(|byte| *byte == 0);
    field
        .get(..end.unwrap_or(field.len()))
        .filter(|name| !name.is_empty())
}
