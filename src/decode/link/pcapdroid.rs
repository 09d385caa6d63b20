//! The trailer that PCAPdroid puts behind each packet: which app it belongs to.
//!
//! Spec: 32 bytes in network byte order: magic 0x01072021, UID (signed, -1 unknown), app name
//! in 20 bytes, and four bytes of checksum for Wireshark's sake.

use super::super::segment::AppRef;
use crate::wire::Cursor;

pub(super) const LEN: usize = 32;
const MAGIC: u32 = 0x0107_2021;

/// The packet before the trailer, and the app; `None` where there is no trailer.
#[inline]
pub(super) fn split(bytes: &[u8]) -> Option<(&[u8], AppRef<'_>)> {
    let at = bytes.len().checked_sub(LEN)?;
    let (packet, trailer) = bytes.split_at_checked(at)?;
    let mut cursor = Cursor::new(trailer);
    if cursor.u32("magic").ok()? != MAGIC {
        return None;
    }
    let uid = cursor.u32("uid").ok()?;
    let name = cursor.take("app name", 20).ok()?;
    let end = name
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(name.len());
    Some((
        packet,
        AppRef {
            uid: Some(uid).filter(|uid| *uid != u32::MAX),
            pid: None,
            name: name.get(..end).filter(|name| !name.is_empty()),
        },
    ))
}
