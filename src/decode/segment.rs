//! What decoding hands on.

use crate::model::{Mac, Reason, Time, Transport};
use std::net::IpAddr;

/// Which way a packet went, where the link type says so.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Direction {
    /// Sent by the capturing machine.
    Sent,
    /// Received by it.
    Received,
}

impl Direction {
    /// From the flags of a pcapng packet (`epb_flags`, bits 0 and 1).
    #[inline]
    pub(super) fn of(flags: u32) -> Option<Self> {
        match flags & 3 {
            1 => Some(Direction::Received),
            2 => Some(Direction::Sent),
            _ => None,
        }
    }
}

/// The program that a packet belongs to, borrowed from the capture.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct AppRef<'a> {
    pub(crate) uid: Option<u32>,
    pub(crate) pid: Option<u32>,
    pub(crate) name: Option<&'a [u8]>,
}

/// Fields that only some transports have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Detail {
    None,
    Tcp {
        seq: u32,
        ack: u32,
        /// FIN 1, SYN 2, RST 4, PSH 8, ACK 16, as on the wire (RFC 9293 §3.1).
        flags: u8,
    },
    /// ICMP and ICMPv6 type and code.
    Icmp {
        kind: u8,
        code: u8,
    },
}

/// One transport segment or datagram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) frame: u64,
    pub(crate) time: Time,
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) transport: Transport,
    /// 0 where the transport has none.
    pub(crate) src_port: u16,
    pub(crate) dst_port: u16,
    pub(crate) detail: Detail,
    /// The transport's payload as captured.
    pub(crate) payload: &'a [u8],
    /// The transport's payload as sent: more than `payload.len()` where the snaplen cut.
    pub(crate) payload_len: u32,
    /// Header and payload of the innermost IP packet, as sent. For a datagram reassembled
    /// from fragments, the IP length of the fragment that completed it: each earlier fragment
    /// was handed out as a segment of its own.
    pub(crate) ip_len: u32,
    pub(crate) src_mac: Option<Mac>,
    pub(crate) app: Option<AppRef<'a>>,
    pub(crate) direction: Option<Direction>,
    /// The innermost tunnel outside this segment, `gtp`, `vxlan`, `gre`, …; empty outside any.
    pub(crate) tunnel: &'static str,
    /// True for the outer packet of a tunnel whose inner packet follows as another segment.
    pub(crate) carries_tunnel: bool,
}

/// Where a packet ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// At least one segment was handed out.
    Flow,
    /// Whole, but no IP in it.
    NotIp(Reason),
    /// Not readable down to an IP packet.
    Undecodable(Reason),
}

/// Who takes what does not borrow from the capture's buffer.
pub(crate) trait Whole {
    /// A segment whose payload was put together from fragments: valid during the call only.
    fn reassembled(&mut self, segment: Segment<'_>);
    /// A layer inside a packet, already handed out as a segment, that could not be read.
    fn trouble(&mut self, reason: Reason);
    /// Something to count under a name in `Losses::counts`.
    fn count(&mut self, name: &'static str);
    /// The packet is, or holds, a fragment of the datagram of this number between two hosts;
    /// `whole` where it completes it: what follows is its content.
    fn fragment(&mut self, _src: IpAddr, _dst: IpAddr, _id: u32, _whole: bool) {}
}

/// Who takes what a packet decodes to.
pub(crate) trait Sink<'a>: Whole {
    /// A segment whose payload lies in the capture's own buffer.
    fn segment(&mut self, segment: Segment<'a>);
}
