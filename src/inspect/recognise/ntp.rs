//! Network time.
//!
//! In:   datagrams. Out: `ntp`.
//! Spec: RFC 5905 §7.3 (modes 1 to 5), RFC 9327 §2 (mode 6); mode 7 is the reference
//!       implementation's own.
//!
//! The header has no magic number, so port 123 must be at one end.

use super::shape::{at, datagram, sent_len};
use super::udp;
use crate::inspect::{Probe, Protocol};
use crate::model::Chunk;

/// Network time.
pub(super) const NTP: Protocol = udp("ntp", probe).ports(&[PORT]);

fn probe(chunk: &Chunk<'_>) -> Probe {
    if !chunk.has_port(PORT) {
        return Probe::No;
    }
    datagram(header(chunk))
}

/// Port 123, then a version (about 1 bit), a mode, a stratum in range (4 bits), a poll interval of
/// at most 2^17 s, and a length that is a multiple of four (2 bits).
fn header(chunk: &Chunk<'_>) -> Option<bool> {
    let first = at(chunk.bytes, 0)?;
    let len = sent_len(chunk);
    if !(1..=4).contains(&((first >> 3) & 7)) {
        return Some(false);
    }
    match first & 7 {
        1..=5 => {
            let stratum = at(chunk.bytes, 1)?;
            let poll = at(chunk.bytes, 2)?.cast_signed();
            Some(len >= 48 && len.is_multiple_of(4) && stratum <= 16 && poll <= 17)
        }
        6 => Some(len >= 12),
        7 => Some(len >= 8),
        _ => Some(false),
    }
}

const PORT: u16 = 123;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::check_udp;

    #[test]
    fn needs_the_port_and_the_header() {
        let mut request = [0_u8; 48];
        request[0] = 0x23;
        check_udp(123, &request, "ntp");
        check_udp(124, &request, "");
        request[1] = 99;
        check_udp(123, &request, "");
        check_udp(123, b"\x16\x02\0\x01\0\0\0\0\0\0\0\0", "ntp");
    }
}
