//! What the probes share: looking at bytes that may not be there.
//!
//! In:   the first bytes of a flow.
//! Out:  `Some(true)` these are the protocol's, `Some(false)` they are not, `None` they end
//!       before that is settled; [`datagram`] and [`stream`] turn that into a [`Probe`].
//!
//! Nothing here allocates or panics; every look is at a fixed or bounded place.

use crate::inspect::Probe;
use crate::model::Chunk;

/// A datagram is whole: what is missing from it will not come.
pub(super) fn datagram(found: Option<bool>) -> Probe {
    match found {
        Some(true) => Probe::Yes,
        _ => Probe::No,
    }
}

/// A stream goes on: what is missing may still come.
pub(super) fn stream(found: Option<bool>) -> Probe {
    match found {
        Some(true) => Probe::Yes,
        Some(false) => Probe::No,
        None => Probe::Maybe,
    }
}

/// The length of a datagram as it was sent, whatever the snaplen cut.
pub(super) fn sent_len(chunk: &Chunk<'_>) -> usize {
    let cut = usize::try_from(chunk.cut_bytes).unwrap_or(usize::MAX);
    chunk.bytes.len().saturating_add(cut)
}

pub(super) fn at(bytes: &[u8], place: usize) -> Option<u8> {
    bytes.get(place).copied()
}

fn array<const N: usize>(bytes: &[u8], place: usize) -> Option<[u8; N]> {
    bytes.get(place..)?.first_chunk::<N>().copied()
}

pub(super) fn be16(bytes: &[u8], place: usize) -> Option<u16> {
    array(bytes, place).map(u16::from_be_bytes)
}

pub(super) fn be24(bytes: &[u8], place: usize) -> Option<u32> {
    array::<3>(bytes, place).map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
}

pub(super) fn be32(bytes: &[u8], place: usize) -> Option<u32> {
    array(bytes, place).map(u32::from_be_bytes)
}

pub(super) fn le32(bytes: &[u8], place: usize) -> Option<u32> {
    array(bytes, place).map(u32::from_le_bytes)
}

/// A 16-bit field in network order, as a length.
pub(super) fn len16(bytes: &[u8], place: usize) -> Option<usize> {
    be16(bytes, place).map(usize::from)
}

/// A 32-bit field in network order, as a length.
pub(super) fn len32(bytes: &[u8], place: usize) -> Option<usize> {
    be32(bytes, place).map(|len| usize::try_from(len).unwrap_or(usize::MAX))
}

/// Whether `bytes` begin with `want`; `None` while they are a prefix of it.
pub(super) fn begins(bytes: &[u8], want: &[u8]) -> Option<bool> {
    if bytes.len() >= want.len() {
        Some(bytes.starts_with(want))
    } else if want.starts_with(bytes) {
        None
    } else {
        Some(false)
    }
}

/// Whether `bytes` begin with one of `wants`; `None` while they are a prefix of one.
pub(super) fn begins_any(bytes: &[u8], wants: &[&[u8]]) -> Option<bool> {
    let mut open = false;
    for want in wants {
        match begins(bytes, want) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { None } else { Some(false) }
}

/// Whether `want` stands in the first `within` bytes; `None` while fewer than that were seen.
pub(super) fn holds(bytes: &[u8], want: &[u8], within: usize) -> Option<bool> {
    let head = bytes.get(..within).unwrap_or(bytes);
    if memchr::memmem::find(head, want).is_some() {
        Some(true)
    } else if bytes.len() >= within {
        Some(false)
    } else {
        None
    }
}

/// The first line without its end, of at most `within` bytes; `None` where there is no end yet.
pub(super) fn line(bytes: &[u8], within: usize) -> Option<&[u8]> {
    let head = bytes.get(..within).unwrap_or(bytes);
    let end = memchr::memchr(b'\n', head)?;
    let line = head.get(..end)?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// True where every byte in `start..end` is `want`; `None` where some are not there.
pub(super) fn all(bytes: &[u8], start: usize, end: usize, want: u8) -> Option<bool> {
    bytes
        .get(start..end)
        .map(|run| run.iter().all(|byte| *byte == want))
}

/// A BER tag and length (X.690 §8.1): the tag, the length, and where the content starts.
/// Indefinite and more than 32-bit lengths are refused by a length of `usize::MAX`.
pub(super) fn ber(bytes: &[u8], place: usize) -> Option<(u8, usize, usize)> {
    let tag = at(bytes, place)?;
    let first = at(bytes, place.saturating_add(1))?;
    let after = place.saturating_add(2);
    if first < 0x80 {
        return Some((tag, usize::from(first), after));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 {
        return Some((tag, usize::MAX, after));
    }
    let end = after.saturating_add(count);
    let len = bytes
        .get(after..end)?
        .iter()
        .fold(0_usize, |len, byte| (len << 8) | usize::from(*byte));
    Some((tag, len, end))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{Carrier, Side, Time};
    use std::net::{IpAddr, Ipv4Addr};

    /// A chunk as the driver would hand it: `ports` are the client's and the server's.
    pub(crate) fn chunk(
        carrier: Carrier,
        from: Side,
        ports: (u16, u16),
        bytes: &[u8],
    ) -> Chunk<'_> {
        Chunk {
            bytes,
            from,
            carrier,
            frame: 1,
            time: Time::default(),
            cut_bytes: 0,
            client: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)),
            server: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            client_port: ports.0,
            server_port: ports.1,
        }
    }

    /// What all probes together call a datagram from a client to `port`; "" is nothing.
    #[track_caller]
    pub(crate) fn check_udp(port: u16, bytes: &[u8], want: &str) {
        let chunk = chunk(Carrier::Udp, Side::Client, (40_001, port), bytes);
        assert_eq!(
            super::super::word(&chunk).0,
            want,
            "{}",
            bytes.escape_ascii()
        );
    }

    /// What all probes together call the first bytes of a stream to `port`. Every shorter
    /// prefix must leave the question open, or settle it the same way.
    #[track_caller]
    pub(crate) fn check_tcp(port: u16, bytes: &[u8], want: &str) {
        for from in [Side::Client, Side::Server] {
            let whole = chunk(Carrier::Tcp, from, (40_001, port), bytes);
            assert_eq!(
                super::super::word(&whole).0,
                want,
                "{}",
                bytes.escape_ascii()
            );
        }
        for len in 1..bytes.len() {
            let prefix = chunk(Carrier::Tcp, Side::Client, (40_001, port), &bytes[..len]);
            let (word, open) = super::super::word(&prefix);
            let settled = word.is_empty() && !open;
            assert!(
                word == want || (word.is_empty() && open) || (want.is_empty() && settled),
                "after {len} bytes: {word:?}, open {open}"
            );
        }
    }

    /// Hexadecimal digits, spaces allowed, as bytes.
    pub(crate) fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits
            .chunks(2)
            .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
            .collect()
    }

    #[test]
    fn a_prefix_leaves_the_question_open() {
        assert_eq!(begins(b"SS", b"SSH-"), None);
        assert_eq!(begins(b"ST", b"SSH-"), Some(false));
        assert_eq!(begins_any(b"SSH-2", &[b"RFB", b"SSH-"]), Some(true));
        assert_eq!(line(b"a b\r\nc", 80), Some(&b"a b"[..]));
        assert_eq!(line(b"a b\r\nc", 2), None);
    }

    #[test]
    fn reads_ber_lengths() {
        assert_eq!(ber(&[0x30, 0x05, 1], 0), Some((0x30, 5, 2)));
        assert_eq!(ber(&[0x30, 0x82, 1, 2, 9], 0), Some((0x30, 258, 4)));
        assert_eq!(ber(&[0x30, 0x80], 0), Some((0x30, usize::MAX, 2)));
        assert_eq!(ber(&[0x30, 0x82, 1], 0), None);
    }
}
