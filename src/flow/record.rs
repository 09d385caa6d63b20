//! One flow in 64 bytes: one cache line.

use super::wide::Wide;
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
/// Aligned so that it never lies on more than one cache line.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Record {
    /// IPv4 addresses of `a` and `b`; of IPv6 the number of both in [`Wide`], and 0.
    ends: [u32; 2],
    pub(crate) a_port: u16,
    pub(crate) b_port: u16,
    /// The number of the transport; what else its [`Kind`] holds is in `flags`.
    number: u8,
    /// Index into the list of tunnel names.
    pub(crate) tunnel: u8,
    pub(crate) flags: u16,
    /// What the table's reader holds for this flow: nothing or a small number, a live state, or a
    /// kept one.
    pub(crate) side: Held,
    /// Bytes from `a` and `b`: the lower 32 bits of 48. So many packets as can be counted, of
    /// the size that an IPv4 header can state, reach no higher.
    bytes_low: [u32; 2],
    bytes_high: [u16; 2],
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

/// In a later part of a capture: the key of this row is another row's too.
pub(crate) const SHARED: u16 = 1 << 14;

/// What a row's flags hold of its [`Kind`], this many bits further up.
const KIND_SHIFT: u32 = 4;
const OF_KIND: u16 = (V6 | FRAGMENT) << KIND_SHIFT;
/// The most bytes that are counted from one end.
const MOST_BYTES: u64 = (1 << 48) - 1;

impl Record {
    pub(crate) fn new(
        key: &Key,
        wide: &mut Wide,
        segment: &Segment<'_>,
        frame: u32,
        tunnel: u8,
    ) -> Self {
        let [_, number] = key.kind.0.to_be_bytes();
        let carries = if segment.carries_tunnel {
            CARRIES_TUNNEL
        } else {
            0
        };
        Record {
            ends: ends_of(key, wide),
            a_port: key.a_port,
            b_port: key.b_port,
            number,
            tunnel,
            flags: carries | (key.kind.0 << KIND_SHIFT & OF_KIND),
            side: Held::NOTHING,
            bytes_low: [0; 2],
            bytes_high: [0; 2],
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

    #[inline]
    pub(crate) fn kind(&self) -> Kind {
        Kind(u16::from(self.number) | (self.flags & OF_KIND) >> KIND_SHIFT)
    }

    #[inline]
    pub(crate) fn is_tcp(&self) -> bool {
        self.kind().is_tcp()
    }

    pub(crate) fn transport(&self) -> Transport {
        self.kind().transport()
    }

    /// Which end sent the packet with this key: true where `a` did. `None` where it is no packet
    /// of this flow.
    #[inline]
    pub(crate) fn sender(&self, key: &Key, wide: &Wide) -> Option<bool> {
        if self.kind() != key.kind {
            return None;
        }
        let forth = self.a_port == key.a_port && self.b_port == key.b_port;
        let back = self.a_port == key.b_port && self.b_port == key.a_port;
        if !forth && !back {
            return None;
        }
        let (a, b) = self.bits(wide);
        if forth && a == key.a && b == key.b {
            Some(true)
        } else if back && a == key.b && b == key.a {
            Some(false)
        } else {
            None
        }
    }

    /// The addresses of `a` and `b`.
    #[inline]
    fn bits(&self, wide: &Wide) -> (Bits, Bits) {
        let [a, b] = self.ends;
        if self.kind().is_v6() {
            wide.get(a)
        } else {
            ([0, a.into()], [0, b.into()])
        }
    }

    /// Reads a little of what [`Record::sender`] needs beside the row.
    #[inline]
    pub(crate) fn touch(&self, wide: &Wide) -> u64 {
        let ([high, _], _) = self.bits(wide);
        high
    }

    pub(crate) fn key(&self, wide: &Wide) -> Key {
        let (a, b) = self.bits(wide);
        Key {
            a,
            b,
            a_port: self.a_port,
            b_port: self.b_port,
            kind: self.kind(),
        }
    }

    /// Gives back what is held in `wide`: the row is no longer used.
    pub(crate) fn release(&self, wide: &mut Wide) {
        let [number, _] = self.ends;
        if self.kind().is_v6() {
            wide.release(number);
        }
    }

    /// The row moves to another table.
    pub(crate) fn move_over(&mut self, from: &Wide, to: &mut Wide) {
        self.ends = ends_of(&self.key(from), to);
    }

    /// Address and port of `a` and of `b`.
    pub(crate) fn ends(&self, wide: &Wide) -> [(IpAddr, u16); 2] {
        let (a, b) = self.bits(wide);
        let v6 = self.kind().is_v6();
        [
            (address_of(a, v6), self.a_port),
            (address_of(b, v6), self.b_port),
        ]
    }

    /// Address and port of the end that opened the flow, as far as is known, and of the other.
    pub(crate) fn client_and_server(&self, wide: &Wide) -> [(IpAddr, u16); 2] {
        let [a, b] = self.ends(wide);
        if self.has(CLIENT_IS_B) {
            [b, a]
        } else {
            [a, b]
        }
    }

    /// Bytes from `a` and from `b`.
    #[inline]
    pub(crate) fn bytes(&self) -> [u64; 2] {
        let [a, b] = self.bytes_low.map(u64::from);
        let [more_a, more_b] = self.bytes_high.map(u64::from);
        [a | more_a << 32, b | more_b << 32]
    }

    pub(crate) fn set_bytes(&mut self, bytes: [u64; 2]) {
        for from_a in [true, false] {
            let [a, b] = bytes;
            self.set_bytes_of(from_a, if from_a { a } else { b });
        }
    }

    /// Counts one packet. How many that end had sent before, and the other.
    #[inline]
    pub(crate) fn count(&mut self, from_a: bool, bytes: u32) -> (u32, u32) {
        let ([a, b], [a_bytes, b_bytes]) = (self.packets, self.bytes());
        let (own, other, own_bytes) = if from_a {
            (a, b, a_bytes)
        } else {
            (b, a, b_bytes)
        };
        let counted = own.saturating_add(1);
        self.packets = if from_a { [counted, b] } else { [a, counted] };
        self.set_bytes_of(from_a, own_bytes.saturating_add(bytes.into()));
        (own, other)
    }

    #[inline]
    fn set_bytes_of(&mut self, from_a: bool, bytes: u64) {
        let bytes = bytes.min(MOST_BYTES);
        let low = u32::try_from(bytes & 0xffff_ffff).unwrap_or(u32::MAX);
        let high = u16::try_from(bytes >> 32).unwrap_or(u16::MAX);
        let ([a, b], [more_a, more_b]) = (&mut self.bytes_low, &mut self.bytes_high);
        if from_a {
            (*a, *more_a) = (low, high);
        } else {
            (*b, *more_b) = (low, high);
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

fn ends_of(key: &Key, wide: &mut Wide) -> [u32; 2] {
    if key.kind.is_v6() {
        return [wide.number(key), 0];
    }
    let low = |[_, low]: Bits| u32::try_from(low).unwrap_or(u32::MAX);
    [low(key.a), low(key.b)]
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
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_record_stays_compact() {
        assert_eq!(size_of::<Record>(), 64);
    }

    /// One packet of 100 bytes under `key`, as a row.
    fn row(key: &Key, wide: &mut Wide) -> Record {
        let mut record = Record {
            ends: ends_of(key, wide),
            a_port: key.a_port,
            b_port: key.b_port,
            number: key.kind.0.to_be_bytes()[1],
            tunnel: 0,
            flags: key.kind.0 << KIND_SHIFT & OF_KIND,
            side: Held::NOTHING,
            bytes_low: [0; 2],
            bytes_high: [0; 2],
            first: Time(0),
            last: Time(0),
            packets: [0; 2],
            first_frame: 1,
            last_frame: 1,
        };
        record.count(true, 100);
        record
    }

    fn key(a: &str, b: &str, transport: Transport) -> Key {
        let [a, b]: [IpAddr; 2] = [a, b].map(|text| text.parse().expect("a test address"));
        Key {
            a: bits_of(a),
            b: bits_of(b),
            a_port: 1,
            b_port: 2,
            kind: Kind::new(transport, a.is_ipv6()),
        }
    }

    #[test]
    fn keys_survive_the_row() {
        let mut wide = Wide::default();
        for key in [
            key("10.0.0.1", "255.255.255.255", Transport::Tcp),
            key("2001:db8::1", "ffff::ffff", Transport::Udp),
            key("2001:db8::2", "ffff::ffff", Transport::Fragment(6)),
        ] {
            let record = row(&key, &mut wide);
            assert_eq!(record.key(&wide), key);
            assert_eq!(record.sender(&key, &wide), Some(true));
            let back = Key {
                a: key.b,
                b: key.a,
                a_port: 2,
                b_port: 1,
                ..key
            };
            assert_eq!(record.sender(&back, &wide), Some(false));
            let crossed = Key {
                a_port: 1,
                b_port: 2,
                ..back
            };
            assert_eq!(record.sender(&crossed, &wide), None);
        }
    }

    #[test]
    fn bytes_are_counted_beyond_four_gigabytes() {
        let mut wide = Wide::default();
        let mut record = row(&key("10.0.0.1", "10.0.0.2", Transport::Tcp), &mut wide);
        record.set_bytes([u64::from(u32::MAX), 7]);
        assert_eq!(record.count(true, 2), (1, 0));
        assert_eq!(record.count(false, 2), (0, 2));
        assert_eq!(record.bytes(), [u64::from(u32::MAX) + 2, 9]);
        record.set_bytes([u64::MAX, 0]);
        record.count(true, 1);
        assert_eq!(record.bytes(), [MOST_BYTES, 0]);
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
