//! OpenVPN, by the packets that open a session.
//!
//! In:   datagrams and streams. Out: `openvpn`.
//! Spec: draft-openvpn-wire-protocol §3; OpenVPN's doxygen "network protocol" and "tls-crypt".
//!
//! Data packets are nothing but an opcode before ciphertext and are not claimed: a capture that
//! starts within a session leaves it unrecognised.

use super::both;
use super::shape::{at, be32, datagram, len16, sent_len, stream};
use crate::inspect::{Probe, Protocol, State};
use crate::model::{Carrier, Chunk};

/// OpenVPN over UDP and TCP.
pub(super) const OPENVPN: Protocol = Protocol {
    start: Some(|| State::OpenVpn(Box::new(crate::inspect::openvpn::OpenVpn::new()))),
    ..both("openvpn", probe).first(|first| matches!(first, 0x08 | 0x10 | 0x38 | 0x40 | 0x50))
};

fn probe(chunk: &Chunk<'_>) -> Probe {
    match chunk.carrier {
        Carrier::Udp => datagram(packet(chunk.bytes, sent_len(chunk))),
        Carrier::Tcp => stream(framed(chunk.bytes)),
    }
}

/// On TCP each packet follows its two-byte length.
fn framed(bytes: &[u8]) -> Option<bool> {
    let len = len16(bytes, 0)?;
    if !(14..=1400).contains(&len) || !matches!(at(bytes, 2)?, 0x08 | 0x10 | 0x38 | 0x40 | 0x50) {
        return Some(false);
    }
    let packet_bytes = bytes.get(2..len.saturating_add(2))?;
    packet(packet_bytes, len)
}

/// A reset that opens a session: the opcode with key 0 (8 bits), then the first number of its
/// counter where the kind of protection puts it (at least 32 bits), then an exact length.
fn packet(bytes: &[u8], len: usize) -> Option<bool> {
    // Opcodes 1 and 2 are resets of version 1, 7 and 8 of version 2, 10 of version 3.
    let acknowledges = match at(bytes, 0)? {
        0x08 | 0x38 | 0x50 => false,
        0x10 | 0x40 => true,
        _ => return Some(false),
    };
    if encrypted(bytes, len)? {
        return Some(true);
    }
    for hmac in [0_usize, 16, 20, 28, 32, 48, 64] {
        if authenticated(bytes, len, hmac, acknowledges) == Some(true) {
            return Some(true);
        }
    }
    Some(false)
}

/// `tls-crypt`: the counter is 1 (or 0x0f000001, early negotiation) after the session, then a
/// time after 2004, a 32-byte HMAC and 5 bytes or more of ciphertext.
fn encrypted(bytes: &[u8], len: usize) -> Option<bool> {
    let counter = be32(bytes, 9)?;
    if !matches!(counter, 1 | 0x0f00_0001) {
        return Some(false);
    }
    Some(len >= 54 && be32(bytes, 13)? > 0x4000_0000)
}

/// `tls-auth` with an HMAC of `hmac` bytes, a counter of 1 and a time; or no protection (0).
fn authenticated(bytes: &[u8], len: usize, hmac: usize, acknowledges: bool) -> Option<bool> {
    let mut place = 9_usize;
    if hmac > 0 {
        place = place.saturating_add(hmac);
        if be32(bytes, place)? != 1 {
            return Some(false);
        }
        place = place.saturating_add(8);
    }
    let acknowledged = at(bytes, place)?;
    place = place.saturating_add(1);
    match (acknowledged, acknowledges) {
        (0, _) => {}
        (1, true) => {
            if be32(bytes, place)? != 0 {
                return Some(false);
            }
            place = place.saturating_add(12);
        }
        _ => return Some(false),
    }
    Some(be32(bytes, place)? == 0 && place.saturating_add(4) == len)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn resets_open_a_session() {
        let client = hex("38 a1a2a3a4a5a6a7a8 00 00000000");
        check_udp(1194, &client, "openvpn");
        let server = hex("40 b1b2b3b4b5b6b7b8 01 00000000 a1a2a3a4a5a6a7a8 00000000");
        check_udp(1194, &server, "openvpn");
        let mut framed = hex("000e");
        framed.extend_from_slice(&client);
        check_tcp(443, &framed, "openvpn");
        check_udp(1194, &hex("38 a1a2a3a4a5a6a7a8 00 00000001"), "");
    }

    #[test]
    fn protected_resets_too() {
        let mut auth = hex("38 a1a2a3a4a5a6a7a8");
        auth.resize(9 + 20, 0x5a);
        auth.extend_from_slice(&hex("00000001 65000000 00 00000000"));
        check_udp(1194, &auth, "openvpn");
        let mut crypt = hex("38 a1a2a3a4a5a6a7a8 00000001 65000000");
        crypt.resize(54, 0x5a);
        check_udp(1194, &crypt, "openvpn");
    }
}
