//! The reading of one flow: which protocol it speaks, and from when on another.
//!
//! In:   [`Chunk`]s of one flow, in order, and gaps in them.
//! Out:  [`Evidence`](crate::model::Evidence), by the reader that the probes chose.
//!
//! What is held while probes make up their minds is bounded, and so is how often a flow may change
//! its protocol.

use super::held::Held;
use super::{Out, PROBE_BYTES, PROBE_DATAGRAMS, State, Step, Verdict, ask, bit, protocols};
use crate::model::{Carrier, Chunk, Side, What};

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
