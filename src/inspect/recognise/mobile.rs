//! What a mobile network speaks to itself and, for locating, to the phone.
//!
//! In:   datagrams and streams. Out: `gtp-c`, `gtp-u`, `diameter`, `supl`.
//! Spec: 3GPP TS 29.060 §6, TS 29.274 §5.1, TS 29.281 §5.1; RFC 6733 §3; OMA ULP 2.0 §11.
//!
//! SUPL is how an Android phone asks `supl.google.com` or its carrier where it is. It mostly
//! runs in TLS, where its name tells; in the clear it carries cell identities.

use super::shape::{at, be24, datagram, len16, sent_len, stream};
use super::{both, tcp, udp};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// GTP control, versions 1 and 2.
pub(super) const GTP_C: Protocol = udp("gtp-c", |chunk| datagram(gtp(chunk, 2123))).ports(&[2123]);
/// GTP user data, as the outer flow of a tunnel.
pub(super) const GTP_U: Protocol = udp("gtp-u", |chunk| datagram(gtp(chunk, 2152))).ports(&[2152]);
/// Diameter.
pub(super) const DIAMETER: Protocol = tcp("diameter", |chunk| stream(diameter(chunk.bytes)));
/// Secure User Plane Location, in the clear.
pub(super) const SUPL: Protocol = both("supl", supl).ports(&[7275, 7276]);

/// The port, the version (4 bits) and the exact length (16 bits).
fn gtp(chunk: &Chunk<'_>, port: u16) -> Option<bool> {
    if !chunk.has_port(port) {
        return Some(false);
    }
    let rest = match at(chunk.bytes, 0)? {
        first if first >> 4 == 3 => 8,
        first if first >> 5 == 2 && port == 2123 => 4,
        _ => return Some(false),
    };
    // Version 2 may carry a second message behind the first.
    let len = len16(chunk.bytes, 2)?.saturating_add(rest);
    Some(len == sent_len(chunk) || (rest == 4 && len < sent_len(chunk)))
}

/// Version 1, a length in words (2 bits and 8 of its 24), clear flags (4 bits) and a command
/// that every peer or 3GPP knows (18 bits): 40 bits.
fn diameter(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != 1 {
        return Some(false);
    }
    let len = be24(bytes, 1)?;
    if len < 20 || len % 4 != 0 || len > 65_535 || at(bytes, 4)? & 0x0f != 0 {
        return Some(false);
    }
    let command = be24(bytes, 5)?;
    let known = matches!(
        command,
        257 | 258 | 265 | 268 | 271 | 272 | 274 | 275 | 280 | 282
    ) || (300..=324).contains(&command)
        || (8_388_620..=8_388_740).contains(&command);
    Some(known)
}

/// Port 7275 or 7276, the exact length (16 bits) and a version of at most 3.9.9 (14 bits).
fn supl(chunk: &Chunk<'_>) -> Probe {
    if !chunk.has_port(7275) && !chunk.has_port(7276) {
        return Probe::No;
    }
    let len = sent_len(chunk);
    let exact = |claimed: usize| match chunk.carrier {
        Carrier::Udp => claimed == len,
        Carrier::Tcp => (6..=16_384).contains(&claimed),
    };
    let found = || {
        let bytes = chunk.bytes;
        if !exact(len16(bytes, 0)?) {
            return Some(false);
        }
        Some((1..=3).contains(&at(bytes, 2)?) && at(bytes, 3)? < 10 && at(bytes, 4)? < 10)
    };
    match chunk.carrier {
        Carrier::Udp => datagram(found()),
        Carrier::Tcp => stream(found()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn gtp_needs_port_and_length() {
        check_udp(2123, &hex("32 01 0004 00000000 12340000"), "gtp-c");
        check_udp(2123, &hex("40 01 0009 12340000 0300 0100 05"), "gtp-c");
        check_udp(2152, &hex("30 ff 0002 00000001 4500"), "gtp-u");
        check_udp(2152, &hex("30 ff 0003 00000001 4500"), "");
        check_udp(2153, &hex("30 ff 0002 00000001 4500"), "");
    }

    #[test]
    fn diameter_knows_its_commands() {
        check_tcp(3868, &hex("010000c8 80000101 00000000"), "diameter");
        check_tcp(3868, &hex("010000c8 80ff0101 00000000"), "");
    }

    #[test]
    fn supl_needs_its_port() {
        let start = hex("0010 020000 40 000102030405060708090a");
        check_tcp(7275, &start, "supl");
        check_udp(7275, &start[..16], "supl");
        check_tcp(7277, &start, "");
    }
}
