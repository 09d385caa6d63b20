//! Sitting at another machine: shells, screens, debuggers, chat rooms.
//!
//! In:   streams. Out: `ssh`, `telnet`, `adb`, `vnc`, `rdp`, `teamviewer`, `irc`.
//! Spec: RFC 4253 §4.2, RFC 854 and RFC 855, Android's `protocol.txt` of adb, RFC 6143 §7.1,
//!       MS-RDPBCGR §2.2.1, RFC 1459 §4.1. TeamViewer's is as captures have it.

use super::shape::{at, be16, begins, begins_any, le32, len16, stream};
use super::{tcp, turning};
use crate::inspect::Protocol;
use crate::model::Chunk;

/// Secure shell, by its banner: 48 bits.
pub(super) const SSH: Protocol = tcp("ssh", |chunk| {
    stream(begins_any(chunk.bytes, &[b"SSH-2.0-", b"SSH-1."]))
});
/// Telnet, by its negotiation.
pub(super) const TELNET: Protocol = tcp("telnet", |chunk| stream(telnet(chunk)));
/// Android's debug bridge.
pub(super) const ADB: Protocol = tcp("adb", |chunk| stream(adb(chunk.bytes)));
/// Remote frame buffer: its version, 64 bits.
pub(super) const VNC: Protocol = tcp("vnc", |chunk| {
    stream(begins_any(
        chunk.bytes,
        &[b"RFB 003.", b"RFB 004.", b"RFB 005."],
    ))
});
/// Windows' remote desktop.
pub(super) const RDP: Protocol = turning(tcp("rdp", |chunk| stream(rdp(chunk.bytes))));
/// TeamViewer outside TLS: its port and two bytes.
pub(super) const TEAMVIEWER: Protocol = tcp("teamviewer", |chunk| {
    let port = chunk.has_port(5938);
    stream(if port {
        begins_any(chunk.bytes, &[b"\x17\x24", b"\x11\x30"])
    } else {
        Some(false)
    })
});
/// Internet relay chat.
pub(super) const IRC: Protocol = turning(tcp("irc", |chunk| stream(irc(chunk))));

/// Two negotiations of three bytes (33 bits); on port 23 any command (12 bits).
fn telnet(chunk: &Chunk<'_>) -> Option<bool> {
    if at(chunk.bytes, 0)? != 0xff {
        return Some(false);
    }
    if chunk.has_port(23) {
        return Some(at(chunk.bytes, 1)? >= 240);
    }
    for place in [0_usize, 3] {
        if at(chunk.bytes, place)? != 0xff
            || !matches!(at(chunk.bytes, place.saturating_add(1))?, 250..=254)
            || at(chunk.bytes, place.saturating_add(2))? > 49
        {
            return Some(false);
        }
    }
    Some(true)
}

/// A command and, 20 bytes on, its complement: 64 bits.
fn adb(bytes: &[u8]) -> Option<bool> {
    if !begins_any(bytes, &[b"CNXN", b"STLS", b"AUTH", b"OPEN"])? {
        return Some(false);
    }
    Some(le32(bytes, 0)? == !le32(bytes, 20)?)
}

/// TPKT (16 bits), a length of at most 512 that the X.224 header's own agrees with (24 bits), a
/// connection request or confirm (7 bits) with a zero destination (16 bits).
fn rdp(bytes: &[u8]) -> Option<bool> {
    if !begins(bytes, &[3, 0])? {
        return Some(false);
    }
    let len = len16(bytes, 2)?;
    let header = usize::from(at(bytes, 4)?);
    if !(11..=512).contains(&len) || header.saturating_add(5) != len {
        return Some(false);
    }
    Some(matches!(at(bytes, 5)?, 0xd0 | 0xe0) && be16(bytes, 6)? == 0)
}

/// A nickname or a list of capabilities (40 bits and more); a password only on IRC's ports.
fn irc(chunk: &Chunk<'_>) -> Option<bool> {
    if (6660..=6670).any(|port| chunk.has_port(port)) {
        return begins_any(
            chunk.bytes,
            &[b"NICK ", b"CAP ", b"PASS ", b"USER ", b"NOTICE ", b":"],
        );
    }
    begins_any(
        chunk.bytes,
        &[
            b"NICK ",
            b"CAP LS",
            b"CAP REQ",
            b"NOTICE AUTH :",
            b"NOTICE * :",
        ],
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, hex};

    #[test]
    fn banners() {
        check_tcp(22, b"SSH-2.0-OpenSSH_9.2\r\n", "ssh");
        check_tcp(5900, b"RFB 003.008\n", "vnc");
        check_tcp(6697, b"NICK someone\r\n", "irc");
        check_tcp(80, b"SSTP", "");
    }

    #[test]
    fn telnet_negotiates() {
        check_tcp(23, &hex("fffd03"), "telnet");
        check_tcp(2323, &hex("fffb01 fffd03"), "telnet");
        check_tcp(2323, &hex("fffb01 00"), "");
    }

    #[test]
    fn commands_with_a_complement() {
        let mut connect = b"CNXN\0\0\0\x01\0\0\x10\0\x07\0\0\0\x32\x02\0\0".to_vec();
        connect.extend(b"CNXN".map(|byte| !byte));
        check_tcp(5555, &connect, "adb");
        connect[22] ^= 1;
        check_tcp(5555, &connect, "");
    }

    #[test]
    fn remote_desktops() {
        check_tcp(
            3389,
            &hex("0300 0013 0e e0 0000 0000 00 01000800 03000000"),
            "rdp",
        );
        check_tcp(3389, &hex("0300 0013 0d e0 0000 0000 00"), "");
        check_tcp(5938, &hex("1724 0a20"), "teamviewer");
    }
}
