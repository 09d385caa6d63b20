//! Sharing files among peers.
//!
//! In:   datagrams and streams. Out: `bittorrent`, `bittorrent-dht`, `utp`, `gnutella`.
//! Spec: BEP 3 "peer protocol", BEP 5 "KRPC Protocol", BEP 29 "header format", BEP 15;
//!       Gnutella 0.6 §2.
//!
//! Peers that encrypt their handshake look random and stay unrecognised.

use super::shape::{at, be16, be32, begins, begins_any, datagram, sent_len, stream};
use super::{both, tcp, turning, udp};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// Peers, trackers over UDP, and peers looking for each other on a LAN.
pub(super) const BITTORRENT: Protocol = both("bittorrent", bittorrent);
/// The distributed hash table: a dictionary's first key, 40 bits and more.
pub(super) const DHT: Protocol = udp("bittorrent-dht", |chunk| {
    datagram(begins_any(
        chunk.bytes,
        &[
            b"d1:ad2:id20:",
            b"d1:rd2:id20:",
            b"d1:eli20",
            b"d2:ip6:",
            b"d2:ip18:",
        ],
    ))
})
.first(|first| first == b'd');
/// BitTorrent's transport over UDP, where a connection opens.
pub(super) const UTP: Protocol =
    udp("utp", |chunk| datagram(utp(chunk))).first(|first| first == 0x41);
/// Gnutella's handshake: 64 bits.
pub(super) const GNUTELLA: Protocol = turning(tcp("gnutella", |chunk| {
    stream(begins_any(
        chunk.bytes,
        &[b"GNUTELLA CONNECT/", b"GNUTELLA/0."],
    ))
}));

/// The handshake's 20 bytes; the tracker's protocol number and action 0 (96 bits); or the
/// local search's first line.
fn bittorrent(chunk: &Chunk<'_>) -> Probe {
    match chunk.carrier {
        Carrier::Tcp => stream(begins(chunk.bytes, b"\x13BitTorrent protocol")),
        Carrier::Udp => datagram(Some(
            chunk
                .bytes
                .starts_with(b"\0\0\x04\x17\x27\x10\x19\x80\0\0\0\0")
                || chunk.bytes.starts_with(b"BT-SEARCH * HTTP/1.")
                || chunk.bytes.get(20..).is_some_and(|rest| {
                    // The handshake as the first data of a transport connection.
                    rest.starts_with(b"\x13BitTorrent protocol")
                }),
        )),
    }
}

/// A SYN: type and version (8 bits), no extension or a known one (7 bits), no delay measured
/// (32 bits), the first number (16 bits), and its one length.
fn utp(chunk: &Chunk<'_>) -> Option<bool> {
    let len = match (at(chunk.bytes, 0)?, at(chunk.bytes, 1)?) {
        (0x41, 0) => 20,
        (0x41, 2) => 30,
        _ => return Some(false),
    };
    Some(sent_len(chunk) == len && be32(chunk.bytes, 8)? == 0 && be16(chunk.bytes, 16)? == 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn handshakes() {
        check_tcp(6881, b"\x13BitTorrent protocol\0\0\0\0", "bittorrent");
        check_tcp(6346, b"GNUTELLA CONNECT/0.6\r\n", "gnutella");
        check_udp(
            6969,
            &hex("0000041727101980 00000000 12345678"),
            "bittorrent",
        );
    }

    #[test]
    fn tables_and_transport() {
        check_udp(
            6881,
            b"d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping",
            "bittorrent-dht",
        );
        check_udp(
            6881,
            &hex("4100 1234 01020304 00000000 000f0000 0001 0000"),
            "utp",
        );
        check_udp(
            6881,
            &hex("4100 1234 01020304 00000001 000f0000 0001 0000"),
            "",
        );
    }
}
