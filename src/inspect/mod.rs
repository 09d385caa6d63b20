//! In-order bytes to evidence: one folder or file a protocol.
//!
//! In:   [`Chunk`]s of one flow, in order.
//! Out:  [`Evidence`], and whether any more bytes are wanted.
//!
//! To add a protocol: a file with `probe`, `State` and `push`, an arm in [`State`], a line in
//! [`PROTOCOLS`], a fixture.

mod dns;
mod dtls;
mod held;
mod http;
mod inspection;
mod lines;
mod openvpn;
mod proxy;
pub(crate) mod quic;
mod recognise;
mod socks;
mod starttls;
mod tls;
mod turn;
mod xmpp;

pub(crate) use inspection::Inspection;

use crate::model::{Carrier, Chunk, Evidence, Side, What};
use std::sync::LazyLock;

/// What a probe makes of the first bytes of a flow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Probe {
    /// Not this protocol.
    No,
    /// Could be; more bytes of this stream would tell.
    Maybe,
    /// This protocol.
    Yes,
}

/// What a reader wants next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// More bytes.
    More,
    /// Nothing more: the payload of this flow need not be looked at again.
    Done,
    /// This was not the protocol after all: probe the others with what was buffered.
    NotMine,
    /// From here on another protocol speaks (STARTTLS, CONNECT, SOCKS, an upgrade):
    /// probe again, beginning with the bytes that the reader put into `Out::rest`.
    Switch,
}

/// Where readers put what they found. Whoever owns it empties `evidence` between pushes.
#[derive(Debug, Default)]
pub(crate) struct Out {
    pub(crate) evidence: Vec<Evidence>,
    /// Bytes that belong to the next protocol after [`Step::Switch`], by side.
    pub(crate) rest: [Vec<u8>; 2],
    /// Makes fingerprints of hellos.
    pub(crate) prints: tls::fingerprint::Prints,
}

impl Out {
    /// Adds one piece of evidence that `chunk` completed.
    pub(crate) fn add(&mut self, chunk: &Chunk<'_>, what: What) {
        self.evidence.push(Evidence {
            frame: chunk.frame,
            time: chunk.time,
            from: chunk.from,
            what,
        });
    }
}

/// One protocol that can be read or recognised.
pub(crate) struct Protocol {
    /// The word of the `protocol` column.
    pub(crate) name: &'static str,
    /// Over TCP, UDP or both.
    pub(crate) tcp: bool,
    pub(crate) udp: bool,
    /// Which datagrams the probe need be asked about at all.
    pub(crate) gate: Gate,
    /// Looks at the first bytes of one side of a flow (for TCP, all that is buffered so far
    /// from that side, up to [`PROBE_BYTES`]; `chunk.bytes` is that prefix).
    pub(crate) probe: fn(&Chunk<'_>) -> Probe,
    /// Makes a reader, or `None` where recognising is all there is.
    pub(crate) start: Option<fn() -> State>,
}

/// What a datagram must have for a probe to say anything but no: most of them are nobody's, and
/// so need not be shown to everybody.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gate {
    /// Nothing that can be told at once.
    Open,
    /// A first byte that passes.
    First(fn(u8) -> bool),
    /// One of these ports at either end.
    Ports(&'static [u16]),
}

impl Gate {
    /// Whether the probe is asked about this datagram.
    #[cfg(test)]
    fn lets(self, chunk: &Chunk<'_>) -> bool {
        match self {
            Gate::Open => true,
            Gate::First(passes) => chunk.bytes.first().is_some_and(|first| passes(*first)),
            Gate::Ports(ports) => ports.iter().any(|port| chunk.has_port(*port)),
        }
    }
}

impl Protocol {
    /// Asked only about datagrams whose first byte passes.
    const fn first(self, passes: fn(u8) -> bool) -> Protocol {
        Protocol {
            gate: Gate::First(passes),
            ..self
        }
    }

    /// Asked only about datagrams with one of these ports.
    const fn ports(self, ports: &'static [u16]) -> Protocol {
        Protocol {
            gate: Gate::Ports(ports),
            ..self
        }
    }
}

/// The readers. One variant a protocol that is read beyond its name. Large ones are boxed.
pub(crate) enum State {
    Dns(dns::Dns),
    Http(http::Http),
    Socks(Box<socks::Socks>),
    StartTls(Box<starttls::Talk>),
    Xmpp(Box<xmpp::Xmpp>),
    Turn(Box<turn::Turn>),
    Proxy(Box<proxy::Proxy>),
    OpenVpn(Box<openvpn::OpenVpn>),
    Dtls(dtls::State),
    Quic(quic::State),
    Tls(tls::State),
}

impl State {
    /// The next bytes of the flow.
    pub(crate) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        match self {
            State::Dns(dns) => dns.push(chunk, out),
            State::Http(http) => http.push(chunk, out),
            State::Socks(socks) => socks.push(chunk, out),
            State::StartTls(talk) => talk.push(chunk, out),
            State::Xmpp(xmpp) => xmpp.push(chunk, out),
            State::Turn(turn) => turn.push(chunk, out),
            State::Proxy(proxy) => proxy.push(chunk, out),
            State::OpenVpn(vpn) => vpn.push(chunk, out),
            State::Dtls(dtls) => dtls.push(chunk, out),
            State::Quic(quic) => quic.push(chunk, out),
            State::Tls(tls) => tls.push(chunk, out),
        }
    }

    /// `bytes` bytes of the stream from `side` were never seen; the next chunk comes after them.
    pub(crate) fn gap(&mut self, side: Side, bytes: u64, out: &mut Out) -> Step {
        match self {
            State::Dns(dns) => dns.gap(side),
            State::Http(http) => http.gap(side, bytes, out),
            // Handshakes with holes in them say nothing about what follows.
            State::Socks(_)
            | State::StartTls(_)
            | State::Xmpp(_)
            | State::Turn(_)
            | State::Proxy(_)
            | State::OpenVpn(_) => Step::Done,
            State::Dtls(dtls) => dtls.gap(side, bytes, out),
            State::Quic(quic) => quic.gap(side, bytes, out),
            State::Tls(tls) => tls.gap(side, bytes, out),
        }
    }

    /// The flow ended: what was read of something unfinished can still be told.
    pub(crate) fn finish(&mut self, out: &mut Out) {
        match self {
            State::Http(http) => http.finish(out),
            State::Dns(_)
            | State::Socks(_)
            | State::StartTls(_)
            | State::Xmpp(_)
            | State::Turn(_)
            | State::Proxy(_) => {}
            State::OpenVpn(vpn) => vpn.finish(out),
            State::Dtls(dtls) => dtls.finish(out),
            State::Quic(quic) => quic.finish(out),
            State::Tls(tls) => tls.finish(out),
        }
    }

    /// Bytes held in buffers, for the budget.
    pub(crate) fn buffered(&self) -> usize {
        match self {
            State::Dns(dns) => dns.buffered(),
            State::Http(http) => http.buffered(),
            State::Socks(socks) => socks.buffered(),
            State::StartTls(talk) => talk.buffered(),
            State::Xmpp(xmpp) => xmpp.buffered(),
            State::Turn(turn) => turn.buffered(),
            State::Proxy(proxy) => proxy.buffered(),
            State::OpenVpn(vpn) => vpn.buffered(),
            State::Dtls(dtls) => dtls.buffered(),
            State::Quic(quic) => quic.buffered(),
            State::Tls(tls) => tls.buffered(),
        }
    }
}

/// Every protocol, the more specific probes first.
pub(crate) const PROTOCOLS: &[Protocol] = &[
    tls::PROTOCOL,
    quic::PROTOCOL,
    dtls::PROTOCOL,
    // Before HTTP, to which its first version looks like a method.
    proxy::PROTOCOL,
    http::PROTOCOL,
    http::PROTOCOL_2,
    dns::PROTOCOL,
    dns::MDNS,
    dns::LLMNR,
    starttls::SMTP,
    starttls::IMAP,
    starttls::POP3,
    starttls::FTP,
    xmpp::PROTOCOL,
    socks::PROTOCOL,
];

/// Those that are read, then those that are only recognised.
fn protocols() -> impl Iterator<Item = &'static Protocol> {
    PROTOCOLS.iter().chain(recognise::RECOGNISED)
}

/// Every word that the `protocol` column may have.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    protocols()
        .map(|protocol| protocol.name)
        .chain(["websocket", "icmp", "icmpv6"])
}

/// Protocols with their places in the whole list.
type Asked = Vec<(usize, &'static Protocol)>;

static OVER_TCP: LazyLock<Asked> =
    LazyLock::new(|| protocols().enumerate().filter(|(_, p)| p.tcp).collect());
static OVER_UDP: LazyLock<Datagrams> = LazyLock::new(Datagrams::new);

/// Whom to ask about a datagram.
struct Datagrams {
    /// Where it has a port that some gate wants.
    all: Asked,
    wanted: Vec<u16>,
    /// Otherwise, by its first byte.
    by_first: Vec<Asked>,
}

impl Datagrams {
    fn new() -> Self {
        let all: Asked = protocols().enumerate().filter(|(_, p)| p.udp).collect();
        let wanted = all.iter().filter_map(|(_, protocol)| match protocol.gate {
            Gate::Ports(ports) => Some(ports),
            Gate::Open | Gate::First(_) => None,
        });
        let mut wanted = wanted.flatten().copied().collect::<Vec<u16>>();
        wanted.sort_unstable();
        let passes = |first: u8| {
            let passing = all.iter().filter(move |(_, protocol)| match protocol.gate {
                Gate::Open => true,
                Gate::First(passes) => passes(first),
                Gate::Ports(_) => false,
            });
            passing.copied().collect()
        };
        Datagrams {
            by_first: (0..=u8::MAX).map(passes).collect(),
            all,
            wanted,
        }
    }

    fn asked(&self, chunk: &Chunk<'_>) -> &Asked {
        let by_first = chunk
            .bytes
            .first()
            .and_then(|first| self.by_first.get(usize::from(*first)));
        let is_wanted = |port: u16| self.wanted.binary_search(&port).is_ok();
        match by_first {
            Some(asked) if !is_wanted(chunk.client_port) && !is_wanted(chunk.server_port) => asked,
            _ => &self.all,
        }
    }
}

/// How much of each side of a stream probes may ask for.
pub(crate) const PROBE_BYTES: usize = 2048;
/// Datagrams of a UDP flow that are probed before it counts as unrecognised.
pub(crate) const PROBE_DATAGRAMS: u8 = 4;
/// What the probes said: one is sure, one wants more, or none knows the bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    Yes(usize),
    Maybe,
    No,
}

/// True if a protocol knows this datagram by itself.
pub(crate) fn knows(chunk: &Chunk<'_>) -> bool {
    matches!(ask(chunk, 0), Verdict::Yes(_))
}

/// What all probes together make of a prefix.
fn ask(chunk: &Chunk<'_>, rejected: u128) -> Verdict {
    let mut verdict = Verdict::No;
    // Protocols whose readers want to see more.
    let mut open = 0;
    let asked = match chunk.carrier {
        Carrier::Tcp => &*OVER_TCP,
        Carrier::Udp => OVER_UDP.asked(chunk),
    };
    for (index, protocol) in asked {
        let index = *index;
        if rejected != 0 && rejected & bit(index) != 0 {
            continue;
        }
        match (protocol.probe)(chunk) {
            // A name alone does not forestall the reader of the same protocol.
            Probe::Yes if protocol.start.is_none() && is_open(open, protocol.name) => {}
            Probe::Yes => return Verdict::Yes(index),
            Probe::Maybe => {
                verdict = Verdict::Maybe;
                open |= bit(index);
            }
            Probe::No => {}
        }
    }
    verdict
}

/// Whether a protocol of this name is among the flagged ones.
fn is_open(flags: u128, name: &str) -> bool {
    flags != 0
        && protocols()
            .enumerate()
            .any(|(index, protocol)| flags & bit(index) != 0 && protocol.name == name)
}

/// The flag of the protocol at `index`.
fn bit(index: usize) -> u128 {
    u32::try_from(index)
        .ok()
        .and_then(|index| 1_u128.checked_shl(index))
        .unwrap_or(0)
}

// Without a flag a protocol could turn the same bytes down for ever.
const _: () = assert!(PROTOCOLS.len() + recognise::RECOGNISED.len() <= 128);

#[cfg(test)]
mod check;
