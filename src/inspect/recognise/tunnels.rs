//! Older tunnels, and names asked for in secret.
//!
//! In:   datagrams and streams. Out: `l2tp`, `pptp`, `dnscrypt`.
//! Spec: RFC 2661 §3.1, RFC 3931 §3.2.1; RFC 2637 §2.1; DNSCrypt version 2, "Message format".

use super::shape::{be16, be32, datagram, len16, sent_len, stream};
use super::{both, tcp, udp};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// Layer two over UDP.
pub(super) const L2TP: Protocol = udp("l2tp", |chunk| datagram(l2tp(chunk))).ports(&[1701]);
/// The control connection of PPTP.
pub(super) const PPTP: Protocol = tcp("pptp", |chunk| stream(pptp(chunk.bytes)));
/// DNS under DNSCrypt, by what the resolver answers.
pub(super) const DNSCRYPT: Protocol = both("dnscrypt", dnscrypt).first(|first| first == b'r');

/// Port 1701 and a control message's flags (13 bits) and exact length (16 bits), or an L2TP
/// version 2 data message of exact length.
fn l2tp(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(1701) {
        return Some(false);
    }
    let flags = be16(chunk.bytes, 0)?;
    // Version 3 over UDP puts the length where version 2 does.
    let version = matches!(flags & 0x0f, 2 | 3) && flags & 0x30f0 & !0x0200 == 0;
    let has_len = flags & 0x4000 != 0;
    Some(version && has_len && len16(chunk.bytes, 2)? == sent_len(chunk))
}

/// A control message (16 bits) with the magic cookie (32 bits).
fn pptp(bytes: &[u8]) -> Option<bool> {
    if !(12..=512).contains(&len16(bytes, 0)?) || be16(bytes, 2)? != 1 {
        return Some(false);
    }
    Some(be32(bytes, 4)? == 0x1a2b_3c4d)
}

/// The eight bytes before every answer. A question begins with bytes that the resolver chose.
fn dnscrypt(chunk: &Chunk<'_>) -> Probe {
    const MAGIC: &[u8] = b"r6fnvWj8";
    match chunk.carrier {
        Carrier::Udp => datagram(Some(chunk.bytes.starts_with(MAGIC))),
        Carrier::Tcp => stream(framed(chunk.bytes, MAGIC)),
    }
}

fn framed(bytes: &[u8], magic: &[u8]) -> Option<bool> {
    super::shape::begins(bytes.get(2..)?, magic)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn l2tp_needs_its_port() {
        let hello = hex("c802 000c 0001 0000 0000 0000");
        check_udp(1701, &hello, "l2tp");
        check_udp(1702, &hello, "");
    }

    #[test]
    fn magic_numbers() {
        check_tcp(1723, &hex("009c 0001 1a2b3c4d 0001 0000"), "pptp");
        check_udp(443, b"r6fnvWj8\x01\x02\x03", "dnscrypt");
        check_tcp(443, b"\x01\x00r6fnvWj8\x01", "dnscrypt");
    }
}
