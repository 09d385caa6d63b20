//! Sound and pictures in real time.
//!
//! In:   datagrams. Out: `rtp`, `rtcp`, `mpeg-ts`.
//! Spec: RFC 3550 §5.1 and §6.4, RFC 3551 §6 (static payload types), RFC 8285 §4 (header
//!       extensions), RFC 4585 §6.1 (feedback); ISO/IEC 13818-1 §2.4.3.2.
//!
//! One RTP packet has few fixed bits. It is claimed only with the header extension that WebRTC
//! writes, or with a telephone codec's exact frame; most calls are known by their STUN anyway.

use super::shape::{at, be16, datagram, len16, sent_len};
use super::udp;
use crate::inspect::Protocol;
use crate::model::Chunk;

/// Media packets.
pub(super) const RTP: Protocol =
    udp("rtp", |chunk| datagram(rtp(chunk))).first(|first| first >> 6 == 2);
/// Reports about them.
pub(super) const RTCP: Protocol =
    udp("rtcp", |chunk| datagram(rtcp(chunk))).first(|first| first >> 6 == 2);
/// A television stream without RTP.
pub(super) const MPEG_TS: Protocol =
    udp("mpeg-ts", |chunk| datagram(mpeg_ts(chunk))).first(|first| first == SYNC);

fn rtp(chunk: &Chunk<'_>) -> Option<bool> {
    let first = at(chunk.bytes, 0)?;
    if first >> 6 != 2 {
        return Some(false);
    }
    if first & 0x10 != 0 {
        return extended(chunk, first);
    }
    telephone(chunk, first)
}

/// Version and extension bit (3 bits), one of two profiles (15 bits) and a length of at most 31
/// words (11 bits) that fits: 29 bits. RTCP's payload types are left out.
fn extended(chunk: &Chunk<'_>, first: u8) -> Option<bool> {
    let place = usize::from(first & 0x0f)
        .saturating_mul(4)
        .saturating_add(12);
    let profile = be16(chunk.bytes, place)?;
    let words = len16(chunk.bytes, place.saturating_add(2))?;
    let end = words
        .saturating_mul(4)
        .saturating_add(place)
        .saturating_add(4);
    let known = profile == 0xbede || profile == 0x1000;
    let media = !(64..=95).contains(&(at(chunk.bytes, 1)? & 0x7f));
    Some(known && media && words < 32 && end <= sent_len(chunk))
}

/// A first byte of 0x80 and one of few payload types without a marker (14 bits), that codec's
/// usual length (about 8 bits), two even ports (2 bits), as RFC 3550 §11 asks, and a payload
/// that sounds or signs like it (4 bits or more): 28 bits.
fn telephone(chunk: &Chunk<'_>, first: u8) -> Option<bool> {
    if first != 0x80 {
        return Some(false);
    }
    let payload = chunk.bytes.get(12..)?;
    let len = sent_len(chunk).saturating_sub(12);
    let start = payload.first().copied()?;
    let fits = match at(chunk.bytes, 1)? {
        // G.711, frames of 10, 20 and 30 ms.
        0 | 8 => matches!(len, 80 | 160 | 240) && sounds(payload),
        // GSM signs each frame (RFC 3551 §4.5.8).
        3 => matches!(len, 33 | 66) && start >> 4 == 0xd,
        // A Transport Stream within RTP starts with its sync byte.
        33 => len.is_multiple_of(188) && start == SYNC,
        _ => false,
    };
    let even = chunk.client_port.is_multiple_of(2) && chunk.server_port.is_multiple_of(2);
    let ports = chunk.client_port > 1023 && chunk.server_port > 1023;
    Some(fits && even && ports)
}

/// Whether neighbours share sign and segment (G.711's upper four bits) in a fifth of all cases
/// or more. Noise does in a sixteenth; in 160 bytes it reaches a fifth once in 10^9.
fn sounds(payload: &[u8]) -> bool {
    let alike = payload
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a >> 4 == b >> 4))
        .count();
    alike.saturating_mul(5) >= payload.len()
}

/// Version and no padding (3 bits), the type (7 bits), and a length that the number of report
/// blocks fixes (16 bits): 26 bits. Reduced feedback: 32 bits.
fn rtcp(chunk: &Chunk<'_>) -> Option<bool> {
    let first = at(chunk.bytes, 0)?;
    if first & 0xe0 != 0x80 {
        return Some(false);
    }
    let count = usize::from(first & 0x1f);
    let words = len16(chunk.bytes, 2)?;
    let reports = count.saturating_mul(6);
    let fits = match at(chunk.bytes, 1)? {
        200 => words == reports.saturating_add(6),
        201 => words == reports.saturating_add(1),
        // Picture loss indication.
        206 => count == 1 && words == 2,
        _ => false,
    };
    Some(fits && words.saturating_add(1).saturating_mul(4) <= sent_len(chunk))
}

/// Packets of 188 bytes, each with its sync byte: at least 24 bits.
fn mpeg_ts(chunk: &Chunk<'_>) -> Option<bool> {
    let len = sent_len(chunk);
    if !len.is_multiple_of(188) || len < 3 * 188 {
        return Some(false);
    }
    let mut packets = chunk.bytes.chunks(188);
    Some(packets.all(|packet| packet.first() == Some(&SYNC)))
}

const SYNC: u8 = 0x47;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_udp, chunk, hex};
    use crate::model::{Carrier, Side};

    #[test]
    fn webrtc_writes_an_extension() {
        let mut packet = hex("90 6f 1234 00000001 deadbeef bede 0001 10ff0000");
        packet.resize(90, 0x5a);
        check_udp(50_000, &packet, "rtp");
        packet[12] = 0xbf;
        check_udp(50_000, &packet, "");
    }

    #[test]
    fn telephony_needs_its_frame_and_even_ports() {
        let mut packet = hex("80 00 1234 00000001 deadbeef");
        packet.resize(172, 0xd5);

        let even = chunk(Carrier::Udp, Side::Client, (16_384, 16_386), &packet);
        assert_eq!(super::super::word(&even).0, "rtp");
        check_udp(16_387, &packet, "");
        let longer = chunk(Carrier::Udp, Side::Client, (16_384, 16_386), &packet[1..]);
        assert_eq!(super::super::word(&longer).0, "");
    }

    #[test]
    fn reports_fix_their_length() {
        let mut report = hex("81 c9 0007");
        report.resize(32, 0x5a);
        check_udp(50_001, &report, "rtcp");
        report[3] = 8;
        check_udp(50_001, &report, "");
    }

    #[test]
    fn transport_streams_keep_in_step() {
        let mut packets = vec![0_u8; 7 * 188];
        for packet in packets.chunks_mut(188) {
            packet[0] = 0x47;
        }
        check_udp(1234, &packets, "mpeg-ts");
        packets[188] = 0;
        check_udp(1234, &packets, "");
    }
}
