//! The way down through the layers of one packet.
//!
//! In:   a packet, and where it is to be handed.
//! Out:  segments; the packet's bucket.
//!
//! Every layer is counted against the limit, so that no nesting is too deep; recursion happens
//! only where a tunnel begins.

use super::defrag::{Defrag, Fragment};
use super::link::{self, Link};
use super::net::{self, Ip};
use super::segment::{AppRef, Detail, Direction, Outcome, Segment, Sink, Whole};
use super::{transport, tunnel};
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
    /// Nothing that carries IP, or nothing readable.
    End(Outcome),
}

/// What is known of the packet apart from its layers.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) src_mac: Option<Mac>,
    pub(super) dst_mac: Option<Mac>,
    pub(super) app: Option<AppRef<'a>>,
    pub(super) direction: Option<Direction>,
    frame: u64,
    time: Time,
    interface: u32,
}

pub(super) struct Walk<'w, 'a, S> {
    sink: &'w mut S,
    defrag: &'w mut Defrag,
    pub(super) base: Base<'a>,
    layers: usize,
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
                dst_mac: None,
                app: packet.uid.map(|uid| AppRef {
                    uid: Some(uid),
                    ..AppRef::default()
                }),
                direction: match packet.flags & 3 {
                    1 => Some(Direction::Received),
                    2 => Some(Direction::Sent),
                    _ => None,
                },
                frame: packet.frame,
                time: packet.time,
                interface: packet.interface,
            },
            layers,
            tunnel: "",
            handed: false,
        }
    }

    /// Decodes the whole packet.
    #[inline]
    pub(super) fn packet(&mut self, packet: &Packet<'a>) -> Outcome {
        let next = match packet.link {
            link::ETHERNET => Next::Ethernet(link::without_trailer(packet.bytes, &mut self.base)),
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
                        if self.tunnel.is_empty() {
                            self.base.dst_mac = Some(dst);
                            self.base.src_mac = Some(src);
                        }
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
                Next::End(outcome) => return self.settle(outcome),
            };
        }
    }

    fn ip(&mut self, bytes: &'a [u8]) -> Outcome {
        match net::read(bytes) {
            Ok(ip) => self.packet_of(&ip),
            Err((layer, error)) => self.bad(layer, error),
        }
    }

    fn packet_of(&mut self, ip: &Ip<'a>) -> Outcome {
        if ip.lies {
            self.sink.count("ip lengths that lie");
        }
        let captured = u32::try_from(ip.payload.len()).unwrap_or(u32::MAX);
        match ip.fragment {
            // The first part of a datagram that the snaplen cut can never be made whole, but
            // it says whose it is.
            Some(fragment) if fragment.offset == 0 && captured < ip.payload_len => {
                self.sink.count("datagrams of which fragments are missing");
                self.transport(ip, ip.protocol, ip.payload, ip.payload_len);
            }
            Some(fragment) => self.fragment(ip, fragment),
            None => self.transport(ip, ip.protocol, ip.payload, ip.payload_len),
        }
        Outcome::Flow
    }

    /// Hands out a transport's segment and goes on into a tunnel.
    #[inline]
    fn transport(&mut self, ip: &Ip<'a>, protocol: u8, payload: &'a [u8], sent: u32) {
        let read = transport::read(protocol, payload, sent);
        if let Some(error) = read.error {
            self.sink.trouble(reason(transport::name(protocol), error));
        }
        let inner = tunnel::inner(protocol, &read);
        let carries = !matches!(inner, tunnel::Inner::None);
        self.sink.segment(Segment {
            frame: self.base.frame,
            time: self.base.time,
            interface: self.base.interface,
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
            dst_mac: self.base.dst_mac,
            app: self.base.app,
            direction: self.base.direction,
            tunnel: self.tunnel,
            carries_tunnel: carries,
        });
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
    fn fragment(&mut self, ip: &Ip<'a>, fragment: Fragment) {
        let overlaps = self.defrag.overlaps;
        let dropped = self.defrag.dropped;
        let whole = self.defrag.push(ip, fragment);
        for _ in overlaps..self.defrag.overlaps {
            self.sink.count("fragments that overlap another");
        }
        for _ in dropped..self.defrag.dropped {
            self.sink.count("datagrams of which fragments are missing");
        }
        self.handed = true;
        let Some((protocol, bytes)) = whole else {
            self.sink.segment(self.fragment_segment(ip));
            return;
        };
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
            tunnel: self.tunnel,
            handed: true,
        };
        let whole = Ip {
            payload: &bytes,
            payload_len: len,
            fragment: None,
            ..*ip
        };
        walk.transport(&whole, protocol, &bytes, len);
    }

    fn fragment_segment(&self, ip: &Ip<'a>) -> Segment<'a> {
        Segment {
            frame: self.base.frame,
            time: self.base.time,
            interface: self.base.interface,
            src: ip.src,
            dst: ip.dst,
            transport: Transport::Fragment(ip.protocol),
            src_port: 0,
            dst_port: 0,
            detail: Detail::None,
            payload: &[],
            payload_len: 0,
            ip_len: ip.ip_len,
            src_mac: self.base.src_mac,
            dst_mac: self.base.dst_mac,
            app: self.base.app,
            direction: self.base.direction,
            tunnel: self.tunnel,
            carries_tunnel: false,
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
