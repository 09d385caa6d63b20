//! The packets that nearly all are, in one straight line.
//!
//! In:   a packet.
//! Out:  its segment, if it is TCP or UDP in a whole IP packet without options on Ethernet or on
//!       nothing, with no tunnel in it and nothing wrong. `None` says nothing of the packet.
//! Spec: as in `walk`, which hands out the same segment for the same packet: a property test
//!       holds the two together.

use super::link;
use super::segment::{Detail, Direction, Segment};
use super::tunnel;
use crate::model::{Mac, Transport};
use crate::source::Packet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads `packet`.
#[inline(always)]
pub(super) fn read<'a>(packet: &Packet<'a>) -> Option<Segment<'a>> {
    if packet.uid.is_some() {
        return None;
    }
    let (src_mac, bytes) = match packet.link {
        link::ETHERNET => {
            let (head, rest) = packet.bytes.split_first_chunk::<14>()?;
            let [_, _, _, _, _, _, s0, s1, s2, s3, s4, s5, k0, k1] = *head;
            if !matches!([k0, k1], [0x08, 0x00] | [0x86, 0xdd]) {
                return None;
            }
            (Some(Mac([s0, s1, s2, s3, s4, s5])), rest)
        }
        link::RAW => (None, packet.bytes),
        _ => return None,
    };
    let captured = u32::try_from(packet.bytes.len()).ok()?;
    let ip = ip(bytes, packet.wire_len.saturating_sub(captured))?;
    let (src_port, dst_port, detail, payload, payload_len) = match ip.transport {
        Transport::Tcp => tcp(&ip)?,
        _ => udp(&ip)?,
    };
    Some(Segment {
        frame: packet.frame,
        time: packet.time,
        src: ip.src,
        dst: ip.dst,
        transport: ip.transport,
        src_port,
        dst_port,
        detail,
        payload,
        payload_len,
        ip_len: ip.len,
        src_mac,
        app: None,
        direction: Direction::of(packet.flags),
        tunnel: "",
        carries_tunnel: false,
    })
}

struct Ip<'a> {
    src: IpAddr,
    dst: IpAddr,
    transport: Transport,
    payload: &'a [u8],
    payload_len: u32,
    len: u32,
}

#[inline(always)]
fn ip(bytes: &[u8], missing: u32) -> Option<Ip<'_>> {
    let there = u32::try_from(bytes.len()).ok()?;
    let (ip, len) = match bytes.first()? {
        // Version 4, five words of header.
        0x45 => {
            let (head, rest) = bytes.split_first_chunk::<20>()?;
            let [
                _,
                _,
                l0,
                l1,
                _,
                _,
                f0,
                f1,
                _,
                protocol,
                _,
                _,
                addresses @ ..,
            ] = *head;
            let [s0, s1, s2, s3, d0, d1, d2, d3] = addresses;
            // Any fragment, the last one too.
            if u16::from_be_bytes([f0, f1]) & 0x3fff != 0 {
                return None;
            }
            let len = u32::from(u16::from_be_bytes([l0, l1]));
            let ip = Ip {
                src: IpAddr::V4(Ipv4Addr::new(s0, s1, s2, s3)),
                dst: IpAddr::V4(Ipv4Addr::new(d0, d1, d2, d3)),
                transport: transport(protocol)?,
                payload: rest,
                payload_len: len.checked_sub(20)?,
                len,
            };
            (ip, len)
        }
        0x60..=0x6f => {
            let (head, rest) = bytes.split_first_chunk::<8>()?;
            let (src, rest) = rest.split_first_chunk::<16>()?;
            let (dst, rest) = rest.split_first_chunk::<16>()?;
            let [_, _, _, _, l0, l1, next, _] = *head;
            let payload_len = u32::from(u16::from_be_bytes([l0, l1]));
            if payload_len == 0 {
                return None;
            }
            let len = payload_len.checked_add(40)?;
            let ip = Ip {
                src: IpAddr::V6(Ipv6Addr::from(*src)),
                dst: IpAddr::V6(Ipv6Addr::from(*dst)),
                transport: transport(next)?,
                payload: rest,
                payload_len,
                len,
            };
            (ip, len)
        }
        _ => return None,
    };
    // A length that lies, or so much behind the packet that it can be a trailer.
    let trailer = u32::try_from(link::TRAILER).ok()?;
    if len > there.saturating_add(missing) || there.saturating_sub(len) >= trailer {
        return None;
    }
    let payload = ip.payload.get(..to_usize(ip.payload_len));
    Some(Ip {
        payload: payload.unwrap_or(ip.payload),
        ..ip
    })
}

#[inline(always)]
fn transport(protocol: u8) -> Option<Transport> {
    match protocol {
        6 => Some(Transport::Tcp),
        17 => Some(Transport::Udp),
        _ => None,
    }
}

/// Ports, what the transport alone has, payload, its length as sent.
type Found<'a> = (u16, u16, Detail, &'a [u8], u32);

#[inline(always)]
fn tcp<'a>(ip: &Ip<'a>) -> Option<Found<'a>> {
    let head = ip.payload.first_chunk::<20>()?;
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
    ] = *head;
    let header_len = u32::from(offset >> 4).wrapping_mul(4);
    if header_len < 20 {
        return None;
    }
    let detail = Detail::Tcp {
        seq: u32::from_be_bytes([q0, q1, q2, q3]),
        ack: u32::from_be_bytes([a0, a1, a2, a3]),
        flags,
    };
    Some((
        u16::from_be_bytes([s0, s1]),
        u16::from_be_bytes([d0, d1]),
        detail,
        ip.payload.get(to_usize(header_len)..).unwrap_or_default(),
        ip.payload_len.saturating_sub(header_len),
    ))
}

#[inline(always)]
fn udp<'a>(ip: &Ip<'a>) -> Option<Found<'a>> {
    let (head, rest) = ip.payload.split_first_chunk::<8>()?;
    let [s0, s1, d0, d1, l0, l1, _, _] = *head;
    let len = u32::from(u16::from_be_bytes([l0, l1]));
    let (src_port, dst_port) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1]));
    if len < 8 || len > ip.payload_len {
        return None;
    }
    let len = len.saturating_sub(8);
    let payload = rest.get(..to_usize(len)).unwrap_or(rest);
    if tunnel::may_carry(src_port, dst_port, payload) {
        return None;
    }
    Some((src_port, dst_port, Detail::None, payload, len))
}

#[inline(always)]
fn to_usize(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}
