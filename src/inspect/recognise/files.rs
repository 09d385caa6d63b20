//! Moving files.
//!
//! In:   datagrams and streams. Out: `tftp`, `smb`, `sunrpc`.
//! Spec: RFC 1350 §5, MS-SMB2 §2.1 and MS-CIFS §2.1, RFC 5531 §9.

use super::shape::{at, be16, be24, be32, begins_any, datagram, stream};
use super::{both, tcp, udp};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// Trivial file transfer.
pub(super) const TFTP: Protocol =
    udp("tftp", |chunk| datagram(tftp(chunk.bytes))).first(|first| first == 0);
/// Windows shares.
pub(super) const SMB: Protocol = tcp("smb", |chunk| stream(smb(chunk.bytes)));
/// Remote procedure calls, mostly NFS.
pub(super) const SUNRPC: Protocol = both("sunrpc", sunrpc);

/// A request (15 bits), a printable file name, and a mode (56 bits or more).
fn tftp(bytes: &[u8]) -> Option<bool> {
    if !matches!(be16(bytes, 0)?, 1 | 2) {
        return Some(false);
    }
    let mut words = bytes.get(2..258.min(bytes.len()))?.split(|byte| *byte == 0);
    let name = words.next()?;
    let mode = words.next()?;
    let printable = !name.is_empty() && name.iter().all(|byte| !byte.is_ascii_control());
    let known = [&b"octet"[..], b"netascii", b"mail"]
        .iter()
        .any(|known| mode.eq_ignore_ascii_case(known));
    Some(printable && known)
}

/// A session message (8 bits) with SMB's magic, of version 1, 2, encrypted or compressed
/// (30 bits).
fn smb(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != 0 {
        return Some(false);
    }
    let magic = bytes.get(4..)?;
    begins_any(magic, &[b"\xffSMB", b"\xfeSMB", b"\xfdSMB", b"\xfcSMB"])
}

/// On TCP each fragment follows its length, whose upper bit ends the message.
fn sunrpc(chunk: &Chunk<'_>) -> Probe {
    match chunk.carrier {
        Carrier::Udp => datagram(rpc(
            chunk.bytes,
            chunk.has_port(111) || chunk.has_port(2049),
        )),
        Carrier::Tcp => stream(framed_rpc(chunk)),
    }
}

fn framed_rpc(chunk: &Chunk<'_>) -> Option<bool> {
    if at(chunk.bytes, 0)? & 0x7f != 0 || be24(chunk.bytes, 1)? < 24 {
        return Some(false);
    }
    rpc(
        chunk.bytes.get(4..)?,
        chunk.has_port(111) || chunk.has_port(2049),
    )
}

/// A call of version 2 (64 bits) to a program of the assigned range (12 bits); on the known ports also a reply that
/// was accepted or denied (63 bits).
fn rpc(bytes: &[u8], port: bool) -> Option<bool> {
    match be32(bytes, 4)? {
        0 => Some(be32(bytes, 8)? == 2 && (100_000..700_000).contains(&be32(bytes, 12)?)),
        1 => Some(port && be32(bytes, 8)? <= 1),
        _ => Some(false),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn tftp_names_a_mode() {
        check_udp(69, b"\0\x01boot.img\0octet\0", "tftp");
        check_udp(69, b"\0\x01boot.img\0octets\0", "");
    }

    #[test]
    fn shares() {
        check_tcp(445, b"\0\0\0\x54\xffSMBr", "smb");
        check_tcp(445, b"\0\0\0\x54\xfeSMB@\0", "smb");
        check_tcp(445, b"\0\0\0\x54\xfeSMX@\0", "");
        let call = hex("5e1d0bdc 00000000 00000002 000186a3 00000003 00000001");
        check_udp(2049, &call, "sunrpc");
        let mut framed = hex("80000018");
        framed.extend_from_slice(&call);
        check_tcp(900, &framed, "sunrpc");
    }
}
