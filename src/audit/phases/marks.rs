//! Marks of phases inside a capture.
//!
//! In:   comments of packets, and segments outside tunnels.
//! Out:  what a mark says, in the bytes of whoever sent it; or nothing.
//! Spec: RFC 1035 §4.1 for the name of a query; RFC 792 and RFC 4443 §4.1 for the data of an
//!       echo request.
//!
//! A phone can send marks as well as a tester can: only the forms that were asked for are
//! looked at. Nothing here keeps anything, and what a mark says is not believed here.

use super::PhaseOptions;
use crate::decode::{Detail, Segment};
use crate::model::Transport;
use crate::wire::{Cursor, Malformed};
use std::net::IpAddr;

/// What stands in a packet of a marking form.
#[derive(Debug, PartialEq)]
pub(super) enum Mark<'a> {
    /// An answer to a mark.
    Silent,
    /// The name in lower case, and a note; neither has been looked at.
    Says(Vec<u8>, Option<&'a [u8]>),
}

/// The forms that are looked at.
pub(super) struct Marks {
    queries: bool,
    addresses: Vec<IpAddr>,
}

/// Longest note that is kept.
const NOTE_BYTES: usize = 1_000;
/// More of a name is not read: it is too long to be one.
const NAME_BYTES: usize = 256;
const DNS_PORT: u16 = 53;
/// The labels behind the name in a query, in lower case.
const SUFFIX: [&[u8]; 3] = [b"phase", b"whereto", b"invalid"];

impl Marks {
    pub(super) fn new(asked: &PhaseOptions) -> Self {
        Marks {
            queries: asked.marks,
            addresses: asked.mark_addresses.clone(),
        }
    }

    /// The mark that a segment is, and in which form; `None` for traffic.
    pub(super) fn of_segment<'a>(&self, segment: &Segment<'a>) -> Option<(Mark<'a>, &'static str)> {
        if segment.carries_tunnel || !segment.tunnel.is_empty() {
            return None;
        }
        let is_udp = segment.transport == Transport::Udp;
        if self.queries
            && is_udp
            && (segment.dst_port == DNS_PORT || segment.src_port == DNS_PORT)
            && let Some(mark) = of_query(segment.payload)
        {
            return Some((mark, "DNS query"));
        }
        let sent = self.addresses.contains(&segment.dst);
        if !sent && !self.addresses.contains(&segment.src) {
            return None;
        }
        match (segment.transport, segment.detail) {
            (Transport::Udp, _) if sent => Some((words(segment.payload), "datagram")),
            // Echo requests (RFC 792, RFC 4443 §4.1), behind type, code, checksum, identifier
            // and sequence number.
            (Transport::Icmp, Detail::Icmp { kind: 8, .. })
            | (Transport::Icmpv6, Detail::Icmp { kind: 128, .. })
                if sent =>
            {
                Some((words(segment.payload.get(8..).unwrap_or_default()), "ping"))
            }
            // What the marked address answers is an echo of the mark.
            (Transport::Udp | Transport::Icmp | Transport::Icmpv6, _) if !sent => {
                Some((Mark::Silent, "answer"))
            }
            _ => None,
        }
    }
}

/// What a packet's comment says: `phase: NAME`, and a note behind it.
pub(super) fn of_comment(comment: &[u8]) -> Mark<'_> {
    words(comment)
}

/// `NAME`, or `NAME and a note`, with or without `phase:` in front.
fn words(text: &[u8]) -> Mark<'_> {
    let text = trimmed(text);
    let text = text.strip_prefix(b"phase:").map_or(text, trimmed);
    let end = text.iter().position(|byte| is_blank(*byte));
    let (name, note) = text
        .split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, &[]));
    let name = name.get(..NAME_BYTES).unwrap_or(name);
    let note = trimmed(note);
    let note = note.get(..NOTE_BYTES).unwrap_or(note);
    Mark::Says(
        name.to_ascii_lowercase(),
        Some(note).filter(|note| !note.is_empty()),
    )
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0
}

/// Without blanks and zeros at its ends: tools end a line, or fill a packet up.
fn trimmed(text: &[u8]) -> &[u8] {
    let from = text
        .iter()
        .position(|byte| !is_blank(*byte))
        .unwrap_or(text.len());
    let to = text
        .iter()
        .rposition(|byte| !is_blank(*byte))
        .map_or(from, |at| at.saturating_add(1));
    text.get(from..to).unwrap_or_default()
}

/// A query for `NAME.phase.whereto.invalid`, or its answer. What the labels in front of the
/// suffix are is left to whoever takes the mark.
fn of_query(payload: &[u8]) -> Option<Mark<'static>> {
    let Question {
        is_answered,
        labels,
    } = question(payload).ok()?;
    let count = labels.len().checked_sub(SUFFIX.len())?;
    let (name, suffix) = labels.split_at_checked(count)?;
    let is_mark = suffix
        .iter()
        .zip(SUFFIX)
        .all(|(label, known)| label.eq_ignore_ascii_case(known));
    if !is_mark || name.is_empty() {
        return None;
    }
    // A dot is in no plain word: a name of several labels is not taken for one of one.
    let name = name.join(&b'.').to_ascii_lowercase();
    Some(if is_answered {
        Mark::Silent
    } else {
        Mark::Says(name, None)
    })
}

/// The first question of a message.
struct Question<'a> {
    is_answered: bool,
    labels: Vec<&'a [u8]>,
}

/// Names of first questions are not compressed: nothing stands before them.
fn question(payload: &[u8]) -> Result<Question<'_>, Malformed> {
    let mut message = Cursor::new(payload);
    message.skip("id", 2)?;
    let flags = message.u16("flags")?;
    let questions = message.u16("question count")?;
    message.skip("other counts", 6)?;
    let mut labels = Vec::new();
    // A name of 255 bytes has no more labels than this (RFC 1035 §3.1).
    while questions > 0 && labels.len() < 128 {
        match message.u8("label length")? {
            0 => break,
            len @ 1..=63 => labels.push(message.take("label", len.into())?),
            len => {
                return Err(Malformed::Illegal {
                    field: "label length",
                    value: len.into(),
                });
            }
        }
    }
    Ok(Question {
        is_answered: flags & 0x8000 != 0,
        labels,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[track_caller]
    fn check(text: &[u8], name: &str, note: Option<&str>) {
        let want = Mark::Says(name.into(), note.map(str::as_bytes));
        assert_eq!(words(text), want);
    }

    #[test]
    fn reads_names_and_notes() {
        check(b"phase: boot", "boot", None);
        check(
            b"phase:Boot  the second time\n",
            "boot",
            Some("the second time"),
        );
        check(b"login\0\0", "login", None);
        check(b"", "", None);
        check(b"phase:", "", None);
    }

    fn query(flags: u8, labels: &[&str]) -> Vec<u8> {
        let mut message = vec![7, 7, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in labels {
            message.push(u8::try_from(label.len()).unwrap());
            message.extend_from_slice(label.as_bytes());
        }
        message.extend_from_slice(b"\0\0\x01\0\x01");
        message
    }

    #[test]
    fn reads_queries() {
        let of = |flags, labels: &[&str]| of_query(&query(flags, labels));
        let says = |name: &str| Some(Mark::Says(name.into(), None));
        assert_eq!(
            of(1, &["Boot", "PHASE", "whereto", "Invalid"]),
            says("boot")
        );
        assert_eq!(
            of(0x80, &["boot", "phase", "whereto", "invalid"]),
            Some(Mark::Silent)
        );
        assert_eq!(
            of(1, &["a", "b", "phase", "whereto", "invalid"]),
            says("a.b")
        );
        assert_eq!(of(1, &["phase", "whereto", "invalid"]), None);
        assert_eq!(of(1, &["boot", "phase", "whereto", "example"]), None);
        assert_eq!(of_query(&[7; 40]), None);
        let whole = query(1, &["boot", "phase", "whereto", "invalid"]);
        for cut in 0..whole.len() {
            let _ = of_query(whole.get(..cut).unwrap());
        }
    }
}
