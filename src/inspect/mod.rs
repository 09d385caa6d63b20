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

use held::Held;

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
/// Runs of bytes from one side that are held while probing. Sides that take turns more often
/// than this without being recognised will not be.
const PROBE_PIECES: usize = 64;
/// Times that a flow may lose bytes while it is probed.
const PROBE_GAPS: u8 = 8;
/// Protocols that may hand over to another within one flow: a proxy to STARTTLS to TLS is two.
const SWITCHES: u8 = 8;

/// The reading of one flow: probes, then one reader, then nothing. Allocates nothing before a
/// first payload that needs keeping, nor where the first payload settles the protocol.
pub(crate) struct Inspection {
    phase: Phase,
    /// Protocols that turned the flow down after they had claimed it, by place in the list.
    /// Two halves of a number, so that they ask for no more than eight bytes' alignment.
    rejected: [u64; 2],
    /// Place in [`PROTOCOLS`] of the one being read.
    current: u8,
    switches: u8,
    datagrams: u8,
}

enum Phase {
    /// Nothing is kept yet.
    Fresh,
    /// Bytes wait for a probe to be sure.
    Probing(Box<Held>),
    Reading(State),
    Done,
}

impl Inspection {
    /// The reading of datagrams after a pause, before which `probed` of them were probed.
    pub(crate) fn resume(probed: u8) -> Self {
        Inspection {
            phase: Phase::Fresh,
            rejected: [0; 2],
            current: 0,
            switches: 0,
            datagrams: probed,
        }
    }

    /// Datagrams that were probed in vain: all that need be remembered over a pause.
    pub(crate) fn probed(&self) -> u8 {
        self.datagrams
    }

    /// The next bytes. `true` while more are wanted.
    pub(crate) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> bool {
        if chunk.bytes.is_empty() {
            return !matches!(self.phase, Phase::Done);
        }
        let step = match &mut self.phase {
            Phase::Reading(state) => state.push(chunk, out),
            Phase::Done => return false,
            Phase::Fresh if chunk.carrier == Carrier::Udp => self.probe_datagram(chunk, out),
            Phase::Fresh => self.probe_first(chunk, out),
            Phase::Probing(_) => self.probe_more(chunk, out),
        };
        self.follow(step, chunk, out)
    }

    /// A hole in the stream. `true` while more is wanted.
    pub(crate) fn gap(&mut self, side: Side, bytes: u64, out: &mut Out) -> bool {
        match &mut self.phase {
            Phase::Fresh => {
                let mut held = Held::default();
                held.lose(side, bytes);
                self.phase = Phase::Probing(Box::new(held));
            }
            Phase::Probing(held) => {
                held.lose(side, bytes);
                if held.gaps > PROBE_GAPS {
                    self.phase = Phase::Done;
                }
            }
            Phase::Reading(state) => {
                if state.gap(side, bytes, out) != Step::More {
                    out.rest = Default::default();
                    self.phase = Phase::Done;
                }
            }
            Phase::Done => {}
        }
        !matches!(self.phase, Phase::Done)
    }

    /// The flow ended. What is still being probed stays unrecognised: a guess is not a fact.
    pub(crate) fn finish(&mut self, out: &mut Out) {
        if let Phase::Reading(state) = &mut self.phase {
            state.finish(out);
        }
        self.phase = Phase::Done;
    }

    /// True if the next datagram could be read as well by a new inspection.
    pub(crate) fn can_pause(&self) -> bool {
        match &self.phase {
            Phase::Fresh => self.rejected() == 0 && self.switches == 0,
            Phase::Reading(State::Dns(dns)) => dns.can_pause(),
            _ => false,
        }
    }

    /// Bytes held, for the budget.
    pub(crate) fn buffered(&self) -> usize {
        match &self.phase {
            Phase::Reading(state) => state.buffered(),
            Phase::Probing(held) => held.buffered(),
            Phase::Fresh | Phase::Done => 0,
        }
    }

    /// One datagram, looked at by itself.
    fn probe_datagram(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        if let Verdict::Yes(index) = self.ask(chunk) {
            return self.begin(index, None, chunk, out);
        }
        self.datagrams = self.datagrams.saturating_add(1);
        if self.datagrams >= PROBE_DATAGRAMS {
            return Step::Done;
        }
        Step::More
    }

    /// The first bytes of a stream, probed where they lie.
    fn probe_first(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        match self.ask(chunk) {
            Verdict::Yes(index) => self.begin(index, None, chunk, out),
            verdict => {
                let mut held = Held::default();
                held.keep(chunk);
                self.weigh(Box::new(held), chunk.from, verdict)
            }
        }
    }

    /// More bytes of a stream of which some are held.
    fn probe_more(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let Phase::Probing(mut held) = std::mem::replace(&mut self.phase, Phase::Done) else {
            return Step::Done;
        };
        held.keep(chunk);
        let prefix = Chunk {
            bytes: held.side(chunk.from),
            ..*chunk
        };
        match self.ask(&prefix) {
            Verdict::Yes(index) => self.begin(index, Some(&mut held), chunk, out),
            verdict => self.weigh(held, chunk.from, verdict),
        }
    }

    /// Whether it is worth waiting for more after `side` was probed without success.
    fn weigh(&mut self, mut held: Box<Held>, side: Side, verdict: Verdict) -> Step {
        let full = held.side(side).len() >= PROBE_BYTES;
        held.set_closed(side, full || verdict == Verdict::No);
        let hopeless = held.is_closed(side) && (full || held.is_closed(side.other()));
        if hopeless || held.pieces.len() > PROBE_PIECES {
            return Step::Done;
        }
        self.phase = Phase::Probing(held);
        Step::More
    }

    fn rejected(&self) -> u128 {
        let [high, low] = self.rejected;
        u128::from(high) << 64 | u128::from(low)
    }

    /// The flag of the protocol that is being read.
    fn current(&self) -> u128 {
        bit(self.current.into())
    }

    /// The protocol that was being read turned the flow down.
    fn reject(&mut self) {
        let flag = self.current();
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0);
        let [high, low] = &mut self.rejected;
        *high |= half(flag >> 64);
        *low |= half(flag);
    }

    /// Reads a little of what the next bytes will need.
    pub(crate) fn touch(&self) -> u64 {
        let phase = match &self.phase {
            Phase::Reading(State::Tls(tls)) => tls.touch(),
            _ => 0,
        };
        phase ^ u64::from(self.datagrams)
    }

    /// What the probes of those that have not turned the flow down make of a prefix.
    fn ask(&self, chunk: &Chunk<'_>) -> Verdict {
        ask(chunk, self.rejected())
    }

    /// Names the protocol, starts its reader and hands it all that is there.
    fn begin(
        &mut self,
        index: usize,
        held: Option<&mut Held>,
        chunk: &Chunk<'_>,
        out: &mut Out,
    ) -> Step {
        let Some(protocol) = protocols().nth(index) else {
            return Step::Done;
        };
        let mark = out.evidence.len();
        self.current = u8::try_from(index).unwrap_or(u8::MAX);
        out.add(chunk, What::Protocol(protocol.name));
        let Some(start) = protocol.start else {
            return Step::Done;
        };
        let mut state = start();
        let step = match held {
            None => state.push(chunk, out),
            Some(held) => {
                let step = held.replay(&mut state, chunk, out);
                if step == Step::NotMine {
                    out.evidence.truncate(mark);
                    return self.reject_held(held, chunk, out);
                }
                step
            }
        };
        match step {
            Step::NotMine => out.evidence.truncate(mark),
            _ => self.phase = Phase::Reading(state),
        }
        step
    }

    /// The reader turned down bytes that are all still held: the others are asked about them.
    fn reject_held(&mut self, held: &mut Held, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        self.reject();
        let held = std::mem::take(held);
        self.probe_held(held, chunk, out)
    }

    /// Does what a reader or a probe asked for.
    fn follow(&mut self, step: Step, chunk: &Chunk<'_>, out: &mut Out) -> bool {
        let mut step = step;
        // Each turn rejects one more protocol or counts one more switch, so this ends.
        loop {
            match step {
                Step::More => return true,
                Step::Done => break,
                Step::Switch if self.switches >= SWITCHES => break,
                Step::Switch => {
                    self.switches = self.switches.saturating_add(1);
                    self.rejected = [0; 2];
                    step = self.probe_rest(chunk, out);
                }
                Step::NotMine if self.rejected() & self.current() != 0 => break,
                Step::NotMine => {
                    self.reject();
                    step = if out.rest.iter().all(Vec::is_empty) {
                        self.probe_again(chunk, out)
                    } else {
                        self.probe_rest(chunk, out)
                    };
                }
            }
        }
        out.rest = Default::default();
        self.phase = Phase::Done;
        false
    }

    /// The chunk itself, once more, without those who turned it down.
    fn probe_again(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        self.phase = Phase::Fresh;
        match chunk.carrier {
            Carrier::Udp => self.probe_datagram(chunk, out),
            Carrier::Tcp => self.probe_first(chunk, out),
        }
    }

    /// The bytes that a reader left for the next protocol.
    fn probe_rest(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let rest = std::mem::take(&mut out.rest);
        let mut held = Held::default();
        for (from, bytes) in [Side::Client, Side::Server].into_iter().zip(&rest) {
            if !bytes.is_empty() {
                held.keep(&Chunk {
                    bytes,
                    from,
                    ..*chunk
                });
            }
        }
        self.probe_held(held, chunk, out)
    }

    /// Probes each side of what is held.
    fn probe_held(&mut self, held: Held, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let mut held = Box::new(held);
        for from in [Side::Client, Side::Server] {
            let bytes = held.side(from);
            if bytes.is_empty() {
                continue;
            }
            let prefix = Chunk {
                bytes,
                from,
                ..*chunk
            };
            match self.ask(&prefix) {
                Verdict::Yes(index) => {
                    let chunk = Chunk { from, ..*chunk };
                    return self.begin(index, Some(&mut held), &chunk, out);
                }
                verdict => {
                    let full = bytes.len() >= PROBE_BYTES;
                    held.set_closed(from, full || verdict == Verdict::No);
                }
            }
        }
        if held.is_closed(Side::Client) && held.is_closed(Side::Server) {
            return Step::Done;
        }
        self.phase = Phase::Probing(held);
        Step::More
    }
}

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
