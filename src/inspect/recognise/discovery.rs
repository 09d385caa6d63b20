//! What devices call out on a LAN, and what they ask of its router.
//!
//! In:   datagrams. Out: `ssdp`, `wsd`, `dropbox-lan`, `spotify-connect`, `syncthing`, `nat-pmp`.
//! Spec: UPnP Device Architecture 2.0 §1; OASIS WS-Discovery 1.1 §2.4; RFC 6886 §3 and
//!       RFC 6887 §7 (PCP); Syncthing Local Discovery Protocol v4. Dropbox and Spotify publish
//!       nothing: their first bytes are as seen.

use super::shape::{at, be32, begins_any, datagram, holds, sent_len};
use super::udp;
use crate::inspect::Protocol;
use crate::model::Chunk;

/// Simple Service Discovery: HTTP in datagrams, at least 64 bits.
pub(super) const SSDP: Protocol = udp("ssdp", |chunk| {
    datagram(begins_any(
        chunk.bytes,
        &[
            b"M-SEARCH * HTTP/1.",
            b"NOTIFY * HTTP/1.",
            b"HTTP/1.1 200 OK",
            b"HTTP/1.0 200 OK",
        ],
    ))
})
.first(|first| matches!(first, b'H' | b'M' | b'N'));
/// Web Services discovery: printers and cameras.
pub(super) const WSD: Protocol = udp("wsd", |chunk| datagram(wsd(chunk))).ports(&[3702]);
/// Dropbox looking for itself on the LAN.
pub(super) const DROPBOX: Protocol =
    udp("dropbox-lan", |chunk| datagram(dropbox(chunk))).ports(&[17_500]);
/// Spotify looking for speakers: eight fixed characters, 64 bits.
pub(super) const SPOTIFY: Protocol = udp("spotify-connect", |chunk| {
    datagram(Some(chunk.bytes.starts_with(b"SpotUdp0")))
})
.first(|first| first == b'S');
/// Syncthing's announcements.
pub(super) const SYNCTHING: Protocol =
    udp("syncthing", |chunk| datagram(syncthing(chunk))).first(|first| first == 0x2e);
/// A router asked to open a port: NAT-PMP and its successor PCP.
pub(super) const NAT_PMP: Protocol =
    udp("nat-pmp", |chunk| datagram(nat_pmp(chunk))).ports(&[5351]);

/// Port 3702 and a SOAP envelope: over 60 bits.
fn wsd(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(3702) || at(chunk.bytes, 0)? != b'<' {
        return Some(false);
    }
    holds(chunk.bytes, b"Envelope", 300)
}

/// Port 17500 and a JSON object that names a host or a version: over 80 bits.
fn dropbox(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(17_500) {
        return Some(false);
    }
    begins_any(chunk.bytes, &[b"{\"host_int\"", b"{\"version\""])
}

/// The magic number (32 bits) and a message long enough for a device ID.
fn syncthing(chunk: &Chunk<'_>) -> Option<bool> {
    Some(be32(chunk.bytes, 0)? == 0x2ea7_d90b && sent_len(chunk) >= 32)
}

/// Port 5351 and a length that the operation fixes; 16 bits and the length.
fn nat_pmp(chunk: &Chunk<'_>) -> Option<bool> {
    if !chunk.has_port(5351) {
        return Some(false);
    }
    let operation = at(chunk.bytes, 1)?;
    let len = sent_len(chunk);
    Some(match (at(chunk.bytes, 0)?, operation) {
        (0, 0) => len == 2,
        (0, 1 | 2) => len == 12,
        (0, 128) => len == 12,
        (0, 129 | 130) => len == 16,
        (2, 0..=3 | 128..=131) => len >= 24 && len.is_multiple_of(4) && len <= 1100,
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_udp, hex};

    #[test]
    fn ssdp_is_http_in_datagrams() {
        check_udp(
            1900,
            b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n",
            "ssdp",
        );
        check_udp(1900, b"NOTIFY * HTTP/1.1\r\n", "ssdp");
        check_udp(1900, b"M-SEARCH", "");
    }

    #[test]
    fn the_others_need_their_port_or_their_magic() {
        check_udp(3702, b"<?xml version=\"1.0\"?><soap:Envelope xmlns", "wsd");
        check_udp(3703, b"<?xml version=\"1.0\"?><soap:Envelope xmlns", "");
        check_udp(17_500, b"{\"host_int\": 413", "dropbox-lan");
        check_udp(57_621, b"SpotUdp0\xdc\x15\x74", "spotify-connect");
        let mut announcement = hex("2ea7d90b");
        announcement.resize(60, 7);
        check_udp(21_027, &announcement, "syncthing");
        check_udp(5351, &[0, 0], "nat-pmp");
        check_udp(5351, &[0, 1], "");
    }
}
