//! One flow in 96 bytes.

use crate::decode::Segment;
use crate::model::{Side, Time, Transport};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What makes two segments one flow, seen from the first sender (`a`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Key {
    pub(crate) a: Bits,
    pub(crate) b: Bits,
    pub(crate) a_port: u16,
    pub(crate) b_port: u16,
    /// Transport and address family.
    pub(crate) kind: Kind,
}

/// An address as two numbers: they compare and hash in registers.
pub(crate) type Bits = [u64; 2];

/// Transport number with the family in the top bit; fragments have a bit of their own, so
/// that they never meet the flow whose protocol number they carry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Kind(u16);

const V6: u16 = 1 << 8;
const FRAGMENT: u16 = 1 << 9;
const UDP_LITE: u8 = 136;

impl Kind {
    #[inline]
    pub(crate) fn new(transport: Transport, v6: bool) -> Self {
        let (number, flags) = match transport {
            Transport::Tcp => (6, 0),
            Transport::Udp => (17, 0),
            Transport::UdpLite => (UDP_LITE, 0),
            Transport::Icmp => (1, 0),
            Transport::Icmpv6 => (58, 0),
            Transport::Sctp => (132, 0),
            Transport::Esp => (50, 0),
            Transport::Ah => (51, 0),
            Transport::Gre => (47, 0),
            Transport::IpIp => (4, 0),
            Transport::Fragment(number) => (number, FRAGMENT),
            Transport::Other(number) => (number, 0),
        };
        Kind(u16::from(number) | flags | if v6 { V6 } else { 0 })
    }

    pub(crate) fn transport(self) -> Transport {
        let [_, number] = self.0.to_be_bytes();
        if self.0 & FRAGMENT != 0 {
            return Transport::Fragment(number);
        }
        match number {
            6 => Transport::Tcp,
            17 => Transport::Udp,
            UDP_LITE => Transport::UdpLite,
            1 => Transport::Icmp,
            58 => Transport::Icmpv6,
            132 => Transport::Sctp,
            50 => Transport::Esp,
            51 => Transport::Ah,
            47 => Transport::Gre,
            4 => Transport::IpIp,
            other => Transport::Other(other),
        }
    }

    pub(crate) fn is_tcp(self) -> bool {
        self.0 & !V6 == 6
    }

    pub(crate) fn number(self) -> u64 {
        self.0.into()
    }

    fn is_v6(self) -> bool {
        self.0 & V6 != 0
    }
}

impl Key {
    /// No flow's key: fills places that are not used yet.
    pub(crate) const NONE: Key = Key {
        a: [0; 2],
        b: [0; 2],
        a_port: 0,
        b_port: 0,
        kind: Kind(0),
    };

    #[inline]
    pub(crate) fn of(segment: &Segment<'_>) -> Self {
        let v6 = segment.src.is_ipv6();
        Key {
            a: bits_of(segment.src),
            b: bits_of(segment.dst),
            a_port: segment.src_port,
            b_port: segment.dst_port,
            kind: Kind::new(segment.transport, v6),
        }
    }
}

/// The address as two numbers; IPv4 is the second. The family is kept beside it.
#[inline]
fn bits_of(address: IpAddr) -> Bits {
    match address {
        IpAddr::V4(v4) => [0, u64::from(v4.to_bits())],
        IpAddr::V6(v6) => {
            let bits = v6.to_bits();
            let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0);
            [half(bits >> 64), half(bits)]
        }
    }
}

/// The compact row of one flow. `a` is who sent the first packet.
///
/// Aligned so that it never lies on more than two cache lines.
#[derive(Clone, Debug)]
#[repr(align(32))]
pub(crate) struct Record {
    pub(crate) key: Key,
    pub(crate) flags: u16,
    /// Index into the list of tunnel names.
    pub(crate) tunnel: u8,
    /// What the table's reader holds for this flow: nothing or a small number, a live state, or a
    /// kept one.
    pub(crate) side: Held,
    pub(crate) bytes: [u64; 2],
    pub(crate) first: Time,
    pub(crate) last: Time,
    pub(crate) packets: [u32; 2],
    pub(crate) first_frame: u32,
    pub(crate) last_frame: u32,
}

/// Thirty bits of index and two of kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Held(u32);

const LIVE: u32 = 1 << 30;
const KEPT: u32 = 2 << 30;
const INDEX: u32 = LIVE - 1;

impl Held {
    pub(crate) const NOTHING: Held = Held(0);

    pub(crate) fn live(index: u32) -> Self {
        Held(LIVE | index & INDEX)
    }

    pub(crate) fn kept(index: Option<u32>) -> Self {
        index.map_or(Held::NOTHING, |index| Held(KEPT | index & INDEX))
    }

    /// Nothing but a small number; 0 is nothing at all.
    pub(crate) fn passed(number: u32) -> Self {
        Held(number & INDEX)
    }

    #[inline]
    pub(crate) fn as_passed(self) -> Option<u32> {
        (self.0 & !INDEX == 0).then_some(self.0 & INDEX)
    }

    #[inline]
    pub(crate) fn as_live(self) -> Option<u32> {
        (self.0 & !INDEX == LIVE).then_some(self.0 & INDEX)
    }

    pub(crate) fn as_kept(self) -> Option<u32> {
        (self.0 & !INDEX == KEPT).then_some(self.0 & INDEX)
    }
}

/// `b` opened the flow: the first packet seen was its answer.
pub(crate) const CLIENT_IS_B: u16 = 1;
/// Who opened is known from a SYN or a SYN/ACK.
pub(crate) const OPENING_SEEN: u16 = 2;
/// The reader wants no more of this flow.
pub(crate) const DONE: u16 = 4;
/// A FIN was seen from `a`, from `b`.
pub(crate) const FIN_A: u16 = 8;
pub(crate) const FIN_B: u16 = 16;
/// A RST was seen.
pub(crate) const RESET: u16 = 32;
/// The outer flow of a tunnel.
pub(crate) const CARRIES_TUNNEL: u16 = 64;
/// No longer in the index: folded, its place is free.
pub(crate) const FREE: u16 = 128;
/// The live state waits for acknowledgments: of a SYN/ACK, or of bytes behind a hole.
pub(crate) const WAITS: u16 = 256;
/// Began otherwise than with a SYN, in a part of a capture: its packets are logged.
pub(crate) const LOGGED: u16 = 512;
/// A SYN without ACK was seen.
pub(crate) const SYN_SEEN: u16 = 1024;
/// A payload put together from fragments was among its packets.
pub(crate) const WHOLE: u16 = 2048;

impl Record {
    pub(crate) fn new(key: Key, segment: &Segment<'_>, frame: u32, tunnel: u8) -> Self {
        Record {
            key,
            flags: if segment.carries_tunnel {
                CARRIES_TUNNEL
            } else {
                0
            },
            tunnel,
            side: Held::NOTHING,
            bytes: [0; 2],
            first: segment.time,
            last: segment.time,
            packets: [0; 2],
            first_frame: frame,
            last_frame: frame,
        }
    }

    #[inline]
    pub(crate) fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn a(&self) -> IpAddr {
        address_of(self.key.a, self.key.kind.is_v6())
    }

    pub(crate) fn b(&self) -> IpAddr {
        address_of(self.key.b, self.key.kind.is_v6())
    }

    pub(crate) fn transport(&self) -> Transport {
        self.key.kind.transport()
    }

    /// Address and port of the end that opened the flow, as far as is known.
    pub(crate) fn client(&self) -> (IpAddr, u16) {
        if self.has(CLIENT_IS_B) {
            (self.b(), self.key.b_port)
        } else {
            (self.a(), self.key.a_port)
        }
    }

    /// Address and port of the other end.
    pub(crate) fn server(&self) -> (IpAddr, u16) {
        if self.has(CLIENT_IS_B) {
            (self.a(), self.key.a_port)
        } else {
            (self.b(), self.key.b_port)
        }
    }

    /// Which side a packet came from, given whether `a` sent it.
    #[inline]
    pub(crate) fn side_of(&self, from_a: bool) -> Side {
        if from_a != self.has(CLIENT_IS_B) {
            Side::Client
        } else {
            Side::Server
        }
    }
}

fn address_of([high, low]: Bits, v6: bool) -> IpAddr {
    if v6 {
        IpAddr::V6(Ipv6Addr::from_bits(
            u128::from(high) << 64 | u128::from(low),
        ))
    } else {
        IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(low).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_stays_compact() {
        assert_eq!(size_of::<Record>(), 96);
    }

    #[test]
    fn transports_survive_the_key() {
        for transport in [
            Transport::Tcp,
            Transport::Udp,
            Transport::UdpLite,
            Transport::Icmp,
            Transport::Icmpv6,
            Transport::Sctp,
            Transport::Esp,
            Transport::Ah,
            Transport::Gre,
            Transport::IpIp,
            Transport::Fragment(17),
            Transport::Other(89),
        ] {
            assert_eq!(Kind::new(transport, true).transport(), transport);
            assert_eq!(Kind::new(transport, false).transport(), transport);
        }
    }
}
