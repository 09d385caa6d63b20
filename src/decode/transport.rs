//! What stands directly in an IP packet.
//!
//! In:   the protocol number and the IP payload.
//! Out:  ports, TCP's numbers, the payload; as much as could be read, and what was wrong.
//! Spec: RFC 9293, RFC 768, RFC 3828, RFC 9260, RFC 792, RFC 4443, RFC 4302, RFC 4303.

use super::segment::Detail;
use crate::model::Transport;
use crate::wire::{Cursor, Malformed};

/// A transport header as far as it could be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read<'a> {
    pub(super) transport: Transport,
    pub(super) src_port: u16,
    pub(super) dst_port: u16,
    pub(super) detail: Detail,
    pub(super) payload: &'a [u8],
    pub(super) payload_len: u32,
    pub(super) error: Option<Malformed>,
}

/// Reads the header of `protocol`. `sent` is the length of the IP payload as sent.
pub(super) fn read(protocol: u8, bytes: &[u8], sent: u32) -> Read<'_> {
    match protocol {
        6 => tcp(bytes, sent),
        17 => udp(bytes, sent, Transport::Udp),
        136 => udp(bytes, sent, Transport::UdpLite),
        _ => other(protocol, bytes, sent),
    }
}

/// The layer's name in counts.
pub(super) fn name(protocol: u8) -> &'static str {
    match protocol {
        6 => "tcp",
        17 => "udp",
        136 => "udplite",
        132 => "sctp",
        1 => "icmp",
        58 => "icmpv6",
        _ => "transport",
    }
}

fn tcp(bytes: &[u8], sent: u32) -> Read<'_> {
    let mut cursor = Cursor::new(bytes);
    let header = match cursor.array::<20>("header") {
        Ok(header) => header,
        Err(error) => return cut(bytes, sent, Transport::Tcp, error),
    };
    let [
        s0,
        s1,
        d0,
        d1,
        q0,
        q1,
        q2,
        q3,
        a0,
        a1,
        a2,
        a3,
        offset,
        flags,
        ..,
    ] = header;
    let header_len = usize::from(offset >> 4) * 4;
    let mut read = Read {
        transport: Transport::Tcp,
        src_port: u16::from_be_bytes([s0, s1]),
        dst_port: u16::from_be_bytes([d0, d1]),
        detail: Detail::Tcp {
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags,
        },
        payload: &[],
        payload_len: 0,
        error: None,
    };
    if header_len < 20 {
        read.error = Some(Malformed::Illegal {
            field: "data offset",
            value: u64::from(offset >> 4),
        });
        return read;
    }
    cursor.take_up_to(header_len.saturating_sub(20));
    read.payload = cursor.rest();
    read.payload_len = sent.saturating_sub(u32::from(offset >> 4) * 4);
    read
}

fn udp(bytes: &[u8], sent: u32, transport: Transport) -> Read<'_> {
    let mut cursor = Cursor::new(bytes);
    let header = match cursor.array::<8>("header") {
        Ok(header) => header,
        Err(error) => return cut(bytes, sent, transport, error),
    };
    let [s0, s1, d0, d1, l0, l1, _, _] = header;
    let stated = u32::from(u16::from_be_bytes([l0, l1]));
    let most = sent.saturating_sub(8);
    // 0 is a jumbogram's, or an offloaded datagram's; UDP-Lite has its coverage there.
    let whole = transport == Transport::UdpLite || stated == 0;
    let lies = !whole && (stated < 8 || stated > sent);
    let payload_len = if whole || lies {
        most
    } else {
        stated.saturating_sub(8)
    };
    let most_captured = usize::try_from(payload_len).unwrap_or(usize::MAX);
    Read {
        transport,
        src_port: u16::from_be_bytes([s0, s1]),
        dst_port: u16::from_be_bytes([d0, d1]),
        detail: Detail::None,
        payload: cursor.take_up_to(most_captured),
        payload_len,
        error: lies.then_some(Malformed::Illegal {
            field: "length",
            value: stated.into(),
        }),
    }
}

fn other(protocol: u8, bytes: &[u8], sent: u32) -> Read<'_> {
    let transport = match protocol {
        1 => Transport::Icmp,
        58 => Transport::Icmpv6,
        132 => Transport::Sctp,
        50 => Transport::Esp,
        51 => Transport::Ah,
        47 => Transport::Gre,
        4 | 41 => Transport::IpIp,
        number => Transport::Other(number),
    };
    let mut read = Read {
        transport,
        src_port: 0,
        dst_port: 0,
        detail: Detail::None,
        payload: bytes,
        payload_len: sent,
        error: None,
    };
    match (transport, bytes) {
        (Transport::Sctp, [s0, s1, d0, d1, ..]) => {
            read.src_port = u16::from_be_bytes([*s0, *s1]);
            read.dst_port = u16::from_be_bytes([*d0, *d1]);
        }
        (Transport::Icmp | Transport::Icmpv6, [kind, code, ..]) => {
            read.detail = Detail::Icmp {
                kind: *kind,
                code: *code,
            };
        }
        (Transport::Sctp | Transport::Icmp | Transport::Icmpv6, _) => {
            read.error = Some(Malformed::Short {
                field: "header",
                needed: 4,
                left: bytes.len(),
            });
        }
        _ => {}
    }
    read
}

/// A header of which the end is missing: the ports still say whose packet it is. Without them
/// it belongs to no flow that could be told, as a later fragment.
#[cold]
fn cut(bytes: &[u8], sent: u32, transport: Transport, error: Malformed) -> Read<'_> {
    let mut cursor = Cursor::new(bytes);
    let (transport, src_port, dst_port) = match (cursor.array::<4>("ports"), transport) {
        (Ok([s0, s1, d0, d1]), transport) => (
            transport,
            u16::from_be_bytes([s0, s1]),
            u16::from_be_bytes([d0, d1]),
        ),
        (Err(_), Transport::Tcp) => (Transport::Fragment(6), 0, 0),
        (Err(_), Transport::UdpLite) => (Transport::Fragment(136), 0, 0),
        (Err(_), _) => (Transport::Fragment(17), 0, 0),
    };
    let header = if transport == Transport::Tcp { 20 } else { 8 };
    Read {
        transport,
        src_port,
        dst_port,
        detail: Detail::None,
        payload: &[],
        payload_len: sent.saturating_sub(header),
        error: Some(error),
    }
}
