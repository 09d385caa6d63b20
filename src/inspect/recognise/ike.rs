//! IPsec's key exchange, and its data where a translator forced it into UDP.
//!
//! In:   datagrams. Out: `ike`, `esp`.
//! Spec: RFC 7296 §3.1, RFC 2408 §3.1 (version 1), RFC 3948 §2 (port 4500).
//!
//! Calls over Wi-Fi use both, towards the carrier's gateway. That it is one is told by the name
//! that the phone looked up, `epdg.epc.mnc….mcc….pub.3gppnetwork.org`, not by these bytes.

use super::shape::{at, be32, datagram, len32, sent_len};
use super::udp;
use crate::inspect::Protocol;
use crate::model::Chunk;

/// Internet Key Exchange, both versions.
pub(super) const IKE: Protocol = udp("ike", |chunk| datagram(ike(chunk)));
/// ESP in UDP, and the single byte that keeps its translation alive.
pub(super) const ESP: Protocol = udp("esp", |chunk| datagram(esp(chunk))).ports(&[4500]);

/// A version (7 bits), an exchange type (5), flags (3) and the exact length (32); where the
/// ports are not IKE's own, the first message's empty responder SPI (64 bits) as well.
fn ike(chunk: &Chunk<'_>) -> Option<bool> {
    let marked = chunk.has_port(4500) && be32(chunk.bytes, 0)? == 0;
    let header = if marked {
        chunk.bytes.get(4..)?
    } else {
        chunk.bytes
    };
    let len = sent_len(chunk).saturating_sub(if marked { 4 } else { 0 });
    let known = matches!(
        (at(header, 17)?, at(header, 18)?),
        (0x10, 0..=6 | 32..=34) | (0x20, 34..=44)
    );
    let initiator = be32(header, 0)? != 0 || be32(header, 4)? != 0;
    let whole = len32(header, 24)? == len && len >= 28;
    let port = marked || chunk.has_port(500) || chunk.has_port(848);
    let first = || Some(be32(header, 8)? == 0 && be32(header, 12)? == 0);
    Some(known && initiator && whole && at(header, 19)? < 0x40 && (port || first()?))
}

/// Port 4500 and an SPI that is not reserved; then a sequence number below 2^24, as flows seen
/// near their start have it (8 bits), and padding to four bytes (2 bits).
fn esp(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(4500) {
        return Some(false);
    }
    let len = sent_len(chunk);
    if len == 1 {
        return Some(at(chunk.bytes, 0)? == 0xff);
    }
    let sequence = be32(chunk.bytes, 4)?;
    Some(
        be32(chunk.bytes, 0)? > 255
            && (1..1 << 24).contains(&sequence)
            && len >= 32
            && len.is_multiple_of(4),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_udp, hex};

    fn sa_init() -> Vec<u8> {
        hex("0102030405060708 0000000000000000 21 20 22 08 00000000 00000020 00000004")
    }

    #[test]
    fn the_length_must_be_exact() {
        check_udp(500, &sa_init(), "ike");
        check_udp(501, &sa_init(), "ike");
        let mut longer = sa_init();
        longer.push(0);
        check_udp(500, &longer, "");
    }

    #[test]
    fn port_4500_carries_both() {
        let mut marked = vec![0; 4];
        marked.extend_from_slice(&sa_init());
        check_udp(4500, &marked, "ike");
        let mut data = hex("c0ffee01 00000007");
        data.resize(72, 0x5a);
        check_udp(4500, &data, "esp");
        check_udp(4501, &data, "");
        check_udp(4500, &[0xff], "esp");
    }
}
