//! The way down through the layers of one packet.
//!
//! In:   a packet, and where it is to be handed.
//! Out:  segments; the packet's bucket.
//!
//! Every layer is counted against the limit, so that no nesting is too deep; recursion happens
//! only where a tunnel begins.

use super::defrag::{Defrag, Fragment, Pushed};
use super::link::{self, Link};
use super::net::{self, Ip, Wrong};
use super::segment::{AppRef, Detail, Direction, Outcome, Segment, Sink, Whole};
use super::transport::{self, Read};
use super::tunnel;
use crate::model::{Mac, Reason, Time, Transport};
use crate::source::Packet;
use crate::wire::Malformed;

/// What comes next on the way down.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next<'a> {
    /// An IPv4 or IPv6 packet, as its first four bits say.
    Ip(&'a [u8]),
    /// An Ethernet frame, destination address first.
    Ethernet(&'a [u8]),
    /// What an EtherType announces (IEEE 802 numbers).
    EtherType(u16, &'a [u8]),
    /// A PPP frame, protocol field first (RFC 1661 §2).
    Ppp(&'a [u8]),
    /// An LLC header (IEEE 802.2).
    Llc(&'a [u8]),
    /// An IEEE 802.11 frame without its checksum.
    Wifi(&'a [u8]),
    /// The same with the two bytes of frame control swapped.
    SwappedWifi(&'a [u8]),
    /// Several frames in one of 802.11 (A-MSDU).
    Aggregate(&'a [u8]),
    /// Nothing that carries IP, or nothing readable.
    End(Outcome),
}

/// What is known of the packet apart from its layers.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) src_mac: Option<Mac>,
    pub(super) app: Option<AppRef<'a>>,
    pub(super) direction: Option<Direction>,
    frame: u64,
    time: Time,
}

pub(super) struct Walk<'w, 'a, S> {
    sink: &'w mut S,
    defrag: &'w mut Defrag,
    pub(super) base: Base<'a>,
    layers: usize,
    /// Bytes that the snaplen cut from the end.
    missing: u32,
    tunnel: &'static str,
    handed: bool,
}

/// Forwards what was reassembled, and everything inside it.
struct Local<'s>(&'s mut dyn Whole);

impl Whole for Local<'_> {
    fn reassembled(&mut self, segment: Segment<'_>) {
        self.0.reassembled(segment);
    }
    fn trouble(&mut self, reason: Reason) {
        self.0.trouble(reason);
    }
    fn count(&mut self, name: &'static str) {
        self.0.count(name);
    }
}

impl<'b> Sink<'b> for Local<'_> {
    fn segment(&mut self, segment: Segment<'b>) {
        self.0.reassembled(segment);
    }
}

impl<'w, 'a, S: Sink<'a>> Walk<'w, 'a, S> {
    #[inline]
    pub(super) fn new(
        packet: &Packet<'a>,
        sink: &'w mut S,
        defrag: &'w mut Defrag,
        layers: usize,
    ) -> Self {
        Walk {
            sink,
            defrag,
            base: Base {
                src_mac: None,
                app: packet.uid.map(|uid| AppRef {
                    uid: Some(uid),
                    ..AppRef::default()
                }),
                direction: Direction::of(packet.flags),
                frame: packet.frame,
                time: packet.time,
            },
            layers,
            missing: packet
                .wire_len
                .saturating_sub(u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX)),
            tunnel: "",
            handed: false,
        }
    }

    /// Decodes the packet layer by layer.
    #[inline(never)]
    pub(super) fn layered(&mut self, packet: &Packet<'a>) -> Outcome {
        let next = match packet.link {
            link::ETHERNET => Next::Ethernet(packet.bytes),
            other => {
                let Link { next, base } = link::read(other, packet.bytes, self.base);
                self.base = base;
                next
            }
        };
        self.down(next)
    }

    /// Follows the layers until segments are handed out or there is nothing more.
    fn down(&mut self, next: Next<'a>) -> Outcome {
        let mut next = next;
        loop {
            if self.layers == 0 {
                return self.end(Reason {
                    layer: "packet",
                    what: "more layers than the limit",
                    number: None,
                });
            }
            self.layers = self.layers.saturating_sub(1);
            next = match next {
                Next::Ip(bytes) => return self.ip(bytes),
                Next::Ethernet(bytes) => match link::ethernet::read(bytes) {
                    Ok((dst, src, next)) => {
                        self.addresses((dst, src));
                        next
                    }
                    Err(error) => return self.bad("ethernet", error),
                },
                Next::EtherType(0x0800 | 0x86dd, bytes) => return self.ip(bytes),
                Next::EtherType(number, bytes) => match link::ethernet::payload(number, bytes) {
                    Ok(next) => next,
                    Err(error) => return self.bad("ethernet", error),
                },
                Next::Ppp(bytes) => match link::ppp::read(bytes) {
                    Ok(next) => next,
                    Err(error) => return self.bad("ppp", error),
                },
                Next::Llc(bytes) => match link::llc::read(bytes) {
                    Ok(next) => next,
                    Err(error) => return self.bad("llc", error),
                },
                Next::Wifi(bytes) | Next::SwappedWifi(bytes) => {
                    let swapped = matches!(next, Next::SwappedWifi(_));
                    match link::wifi::frame(bytes, swapped) {
                        Ok((addresses, next)) => {
                            self.addresses(addresses);
                            next
                        }
                        Err(error) => return self.bad("802.11", error),
                    }
                }
                Next::Aggregate(bytes) => return self.aggregate(bytes),
                Next::End(outcome) => return self.settle(outcome),
            };
        }
    }

    /// Keeps the source of the outermost frame.
    #[inline]
    fn addresses(&mut self, (_, src): (Mac, Mac)) {
        if self.tunnel.is_empty() {
            self.base.src_mac = Some(src);
        }
    }

    /// Every frame of an aggregate. They share its bytes, so that the work stays in proportion
    /// to the packet though each may use all layers that are left.
    #[cold]
    fn aggregate(&mut self, bytes: &'a [u8]) -> Outcome {
        let layers = self.layers;
        let mut settled = None;
        let mut frames = link::wifi::Frames::new(bytes);
        while let Some(frame) = frames.next() {
            self.layers = layers;
            let outcome = match frame {
                Ok((addresses, llc)) => {
                    self.addresses(addresses);
                    self.down(Next::Llc(llc))
                }
                Err(error) => self.bad("802.11 aggregate", error),
            };
            settled = match settled {
                Some(Outcome::Flow) => Some(Outcome::Flow),
                _ => Some(outcome),
            };
        }
        settled.unwrap_or_else(|| self.end(EMPTY_AGGREGATE))
    }

    fn ip(&mut self, bytes: &'a [u8]) -> Outcome {
        match net::read(bytes, self.missing) {
            Ok(ip) => {
                // Only what stands behind the packet can be a trailer: the bytes of a packet
                // that fills its frame are not looked at, which would cost a cache miss.
                let behind = bytes.len().saturating_sub(to_usize(ip.ip_len));
                if behind >= link::TRAILER && self.tunnel.is_empty() && self.base.app.is_none() {
                    self.base.app = link::trailer(bytes);
                }
                self.packet_of(&ip)
            }
            Err((layer, error)) => self.bad(layer, error),
        }
    }

    fn packet_of(&mut self, ip: &Ip<'a>) -> Outcome {
        match ip.wrong {
            None => {}
            Some(Wrong::Length) => self.sink.count("ip lengths that lie"),
            Some(Wrong::Extension(what)) => self.sink.trouble(Reason {
                layer: "ipv6",
                what,
                number: None,
            }),
        }
        match ip.fragment {
            Some(fragment) => self.fragment(ip, fragment),
            None => self.transport(ip, ip.protocol, ip.payload, ip.payload_len),
        }
        Outcome::Flow
    }

    /// Hands out a transport's segment and goes on into a tunnel.
    fn transport(&mut self, ip: &Ip<'a>, protocol: u8, payload: &'a [u8], sent: u32) {
        let read = transport::read(protocol, payload, sent);
        // A first fragment on its own is always shorter than its datagram says.
        if let (Some(error), None) = (read.error, ip.fragment) {
            self.sink.trouble(reason(transport::name(protocol), error));
        }
        let inner = tunnel::inner(protocol, &read);
        let carries = !matches!(inner, tunnel::Inner::None);
        self.sink.segment(self.segment(ip, &read, carries));
        self.handed = true;
        match inner {
            tunnel::Inner::None => {}
            tunnel::Inner::Next(name, next) => {
                let outer = std::mem::replace(&mut self.tunnel, name);
                self.down(next);
                self.tunnel = outer;
            }
            tunnel::Inner::Transport(protocol, payload, sent) if self.layers > 0 => {
                self.layers = self.layers.saturating_sub(1);
                let outer = std::mem::replace(&mut self.tunnel, "ah");
                self.transport(ip, protocol, payload, sent);
                self.tunnel = outer;
            }
            tunnel::Inner::Transport(..) => self.sink.trouble(Reason {
                layer: "packet",
                what: "more layers than the limit",
                number: None,
            }),
        }
    }

    /// Keeps a fragment; the one that completes its datagram stands for the whole of it.
    #[cold]
    fn fragment(&mut self, ip: &Ip<'a>, fragment: Fragment) {
        let overlaps = self.defrag.overlaps;
        let dropped = self.defrag.dropped;
        let pushed = self.defrag.push(ip, fragment, self.base.time);
        for _ in overlaps..self.defrag.overlaps {
            self.sink.count("fragments that overlap another");
        }
        for _ in dropped..self.defrag.dropped {
            self.sink.count("datagrams of which fragments are missing");
        }
        self.handed = true;
        let whole = matches!(pushed, Pushed::Whole(..));
        self.sink.fragment(ip.src, ip.dst, fragment.id, whole);
        match pushed {
            Pushed::Whole(protocol, bytes) => self.whole(ip, protocol, &bytes),
            Pushed::Waits => self.sink.segment(self.fragment_segment(ip)),
            Pushed::Never => {
                self.sink.count("fragments that cannot be put together");
                // The first one still says whose packet it is.
                match fragment.offset {
                    0 => self.transport(ip, ip.protocol, ip.payload, ip.payload_len),
                    _ => self.sink.segment(self.fragment_segment(ip)),
                }
            }
        }
    }

    /// Hands out a datagram that was put together, and what is inside it.
    fn whole(&mut self, ip: &Ip<'a>, protocol: u8, bytes: &[u8]) {
        self.sink.count("datagrams reassembled from fragments");
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let mut local = Local(&mut *self.sink);
        let mut walk = Walk {
            sink: &mut local,
            defrag: &mut *self.defrag,
            base: Base {
                app: self.base.app,
                ..self.base
            },
            layers: self.layers,
            missing: 0,
            tunnel: self.tunnel,
            handed: true,
        };
        let mut whole = Ip {
            payload: bytes,
            payload_len: len,
            protocol,
            fragment: None,
            ..*ip
        };
        // Destination options may stand in the part that was fragmented (RFC 8200 §4.5).
        if ip.src.is_ipv6() && net::is_extension(protocol) {
            net::extensions(&mut whole);
            // A fragment inside a fragment is not put together: none is sent.
            whole.fragment = None;
            if let Some(Wrong::Extension(what)) = whole.wrong {
                walk.sink.trouble(Reason {
                    layer: "ipv6",
                    what,
                    number: None,
                });
            }
        }
        walk.transport(&whole, whole.protocol, whole.payload, whole.payload_len);
    }

    /// A fragment that waits for the others, or waits in vain.
    fn fragment_segment(&self, ip: &Ip<'a>) -> Segment<'a> {
        let read = Read {
            transport: Transport::Fragment(ip.protocol),
            src_port: 0,
            dst_port: 0,
            detail: Detail::None,
            payload: &[],
            payload_len: 0,
            error: None,
        };
        self.segment(ip, &read, false)
    }

    #[inline(always)]
    fn segment(&self, ip: &Ip<'a>, read: &Read<'a>, carries_tunnel: bool) -> Segment<'a> {
        Segment {
            frame: self.base.frame,
            time: self.base.time,
            src: ip.src,
            dst: ip.dst,
            transport: read.transport,
            src_port: read.src_port,
            dst_port: read.dst_port,
            detail: read.detail,
            payload: read.payload,
            payload_len: read.payload_len,
            ip_len: ip.ip_len,
            src_mac: self.base.src_mac,
            app: self.base.app,
            direction: self.base.direction,
            tunnel: self.tunnel,
            carries_tunnel,
        }
    }

    fn bad(&mut self, layer: &'static str, error: Malformed) -> Outcome {
        self.end(reason(layer, error))
    }

    /// Below a segment that was handed out, an unreadable layer is a trouble of that packet.
    fn end(&mut self, reason: Reason) -> Outcome {
        self.settle(Outcome::Undecodable(reason))
    }

    fn settle(&mut self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::NotIp(reason) | Outcome::Undecodable(reason) if self.handed => {
                self.sink.trouble(reason);
                Outcome::Flow
            }
            other => other,
        }
    }
}

const EMPTY_AGGREGATE: Reason = Reason {
    layer: "802.11 aggregate",
    what: "no frame in it",
    number: None,
};

fn to_usize(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

/// What was wrong, as a bucket: the field that ran out or lied.
pub(super) fn reason(layer: &'static str, error: Malformed) -> Reason {
    Reason {
        layer,
        what: error.field(),
        number: match error {
            Malformed::Illegal { value, .. } => Some(value),
            Malformed::Short { .. } => None,
        },
    }
}
