//! Who may do what: directories, tickets and access.
//!
//! In:   datagrams and streams. Out: `ldap`, `kerberos`, `dcerpc`, `radius`.
//! Spec: RFC 4511 §4.1.1 (tags, §5.1 BER), RFC 4120 §5.10 and §7.2.2, C706 §12.6 with
//!       MS-RPCE §2.2.2, RFC 2865 §3.

use super::shape::{at, be32, begins, ber, datagram, len16, len32, sent_len, stream};
use super::{both, tcp, turning, udp};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// Directory access, also without a connection.
pub(super) const LDAP: Protocol = turning(both("ldap", |chunk| match chunk.carrier {
    Carrier::Udp => datagram(ldap(chunk.bytes)),
    Carrier::Tcp => stream(ldap(chunk.bytes)),
}))
.first(|first| first == 0x30);
/// Tickets.
pub(super) const KERBEROS: Protocol =
    both("kerberos", kerberos).first(|first| matches!(first, 0x6a..=0x6f | 0x74..=0x76 | 0x7e));
/// Windows' remote procedure calls.
pub(super) const DCE_RPC: Protocol = tcp("dcerpc", |chunk| stream(dcerpc(chunk.bytes)));
/// Network access.
pub(super) const RADIUS: Protocol =
    udp("radius", |chunk| datagram(radius(chunk))).ports(&RADIUS_PORTS);

/// A sequence (8 bits) whose length is in short or long form, a message number of one to four
/// bytes (14 bits), then an operation (5 bits) whose first field is the one it must be
/// (8 bits or more): 35 bits.
fn ldap(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != 0x30 {
        return Some(false);
    }
    let (_, len, number) = ber(bytes, 0)?;
    if !(7..1 << 24).contains(&len) || at(bytes, number)? != 2 {
        return Some(false);
    }
    let (_, number_len, start) = ber(bytes, number)?;
    if !(1..=4).contains(&number_len) {
        return Some(false);
    }
    let (operation, body, field) = ber(bytes, start.saturating_add(number_len))?;
    if body >= len {
        return Some(false);
    }
    let tail = bytes.get(field..)?;
    match operation {
        // Bind: version 2 or 3.
        0x60 => Some(begins(tail, &[2, 1])? && matches!(at(tail, 2)?, 2 | 3)),
        // Results: an enumerated code of one byte.
        0x61 | 0x65 | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | 0x78 => {
            Some(begins(tail, &[10, 1])? && at(tail, 2)? < 0x80)
        }
        // Search, and its entries: a base or a name that fits.
        0x63 | 0x64 => Some(at(tail, 0)? == 4 && ber(tail, 0)?.1 < body),
        // Extended: an object identifier in text.
        0x77 => begins(tail, &[0x80]).map(|found| found && body > 4),
        _ => Some(false),
    }
}

/// On TCP each message follows its four-byte length.
fn kerberos(chunk: &Chunk<'_>) -> Probe {
    match chunk.carrier {
        Carrier::Udp => datagram(ticket(chunk.bytes)),
        Carrier::Tcp => stream(framed_ticket(chunk.bytes)),
    }
}

fn framed_ticket(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != 0 || at(bytes, 1)? > 1 {
        return Some(false);
    }
    if !(16..1 << 17).contains(&len32(bytes, 0)?) {
        return Some(false);
    }
    ticket(bytes.get(4..)?)
}

/// An application tag (5 bits), a sequence (8 bits), then the version 5 as field 0 or 1
/// (39 bits).
fn ticket(bytes: &[u8]) -> Option<bool> {
    if !matches!(at(bytes, 0)?, 0x6a..=0x6f | 0x74..=0x76 | 0x7e) {
        return Some(false);
    }
    let (_, _, sequence) = ber(bytes, 0)?;
    let (tag, _, fields) = ber(bytes, sequence)?;
    if tag != 0x30 || !matches!(at(bytes, fields)?, 0xa0 | 0xa1) {
        return Some(false);
    }
    begins(bytes.get(fields.saturating_add(1)..)?, &[3, 2, 1, 5])
}

/// Version 5.0 or 5.1 (15 bits), a type (3 bits), the representation (24 bits) and a fragment
/// length of at least the header's.
fn dcerpc(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != 5 || at(bytes, 1)? > 1 || at(bytes, 2)? > 20 {
        return Some(false);
    }
    // Little-endian integers, ASCII and IEEE floats, or the big-endian of old.
    Some(matches!(be32(bytes, 4)?, 0x1000_0000 | 0) && at(bytes, 8)?.max(at(bytes, 9)?) >= 16)
}

/// One of the ports, a code that is assigned, the exact length (16 bits), and attributes that
/// fill it.
fn radius(chunk: &Chunk<'_>) -> Option<bool> {
    if !RADIUS_PORTS.iter().any(|port| chunk.has_port(*port)) {
        return Some(false);
    }
    let code = at(chunk.bytes, 0)?;
    if !matches!(code, 1..=5 | 11..=13 | 40..=45) {
        return Some(false);
    }
    let len = len16(chunk.bytes, 2)?;
    if len < 20 || len > sent_len(chunk) {
        return Some(false);
    }
    let mut place = 20_usize;
    while place < len {
        match at(chunk.bytes, place.saturating_add(1)) {
            Some(step @ 2..) => place = place.saturating_add(usize::from(step)),
            Some(_) => return Some(false),
            None => return Some(chunk.cut_bytes > 0),
        }
    }
    Some(place == len)
}

/// Authentication, accounting and changes, today's numbers and the old ones.
const RADIUS_PORTS: [u16; 5] = [1812, 1813, 1645, 1646, 3799];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn directories_bind_and_search() {
        check_tcp(389, &hex("300c 020101 6007 020103 0400 8000"), "ldap");
        check_tcp(1389, &hex("300c 020101 6107 0a0100 0400 0400"), "ldap");
        check_tcp(
            389,
            &hex("3084 00000010 020101 6184 00000007 0a0100 0400 0400"),
            "ldap",
        );
        check_udp(389, &hex("3020 020101 631b 0400 0a0100"), "ldap");
        check_tcp(389, &hex("300c 020101 6007 020109 0400 8000"), "");
    }

    #[test]
    fn tickets_have_a_version() {
        check_udp(88, &hex("6a81a1 30819e a103020105 a20302010a"), "kerberos");
        check_udp(88, &hex("7e50 304e a003020105 a10302011e"), "kerberos");
        check_tcp(
            88,
            &hex("000000a4 6a81a1 30819e a103020105 a20302010a"),
            "kerberos",
        );
        check_udp(88, &hex("6a81a1 30819e a103020104"), "");
    }

    #[test]
    fn calls_and_access() {
        check_tcp(135, &hex("05000b03 10000000 4800 0000 01000000"), "dcerpc");
        check_tcp(135, &hex("05000b03 11000000 4800 0000 01000000"), "");
        let request = hex("01f0001a 2afdb090418ac6365298fbbb15e0fd2e 010661626364");
        check_udp(1812, &request, "radius");
        check_udp(1814, &request, "");
    }
}
