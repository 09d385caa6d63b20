//! In-order bytes to evidence: one folder or file a protocol.
//!
//! In:   [`Chunk`]s of one flow, in order.
//! Out:  [`Evidence`], and whether any more bytes are wanted.
//!
//! To add a protocol: a file with `probe`, `State` and `push`, an arm in [`State`], a line in
//! [`PROTOCOLS`], a fixture.

use crate::model::{Carrier, Chunk, Evidence, Side, What};

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

/// Where readers put what they found.
#[derive(Debug, Default)]
pub(crate) struct Out {
    pub(crate) evidence: Vec<Evidence>,
    /// Bytes that belong to the next protocol after [`Step::Switch`], by side.
    pub(crate) rest: [Vec<u8>; 2],
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
    /// Looks at the first bytes of one side of a flow (for TCP, all that is buffered so far
    /// from that side, up to [`PROBE_BYTES`]; `chunk.bytes` is that prefix).
    pub(crate) probe: fn(&Chunk<'_>) -> Probe,
    /// Makes a reader, or `None` where recognising is all there is.
    pub(crate) start: Option<fn() -> State>,
}

/// The readers. One variant a protocol that is read beyond its name.
pub(crate) enum State {}

impl State {
    /// The next bytes of the flow.
    pub(crate) fn push(&mut self, _chunk: &Chunk<'_>, _out: &mut Out) -> Step {
        match *self {}
    }

    /// `bytes` bytes of the stream from `side` were never seen; the next chunk comes after them.
    pub(crate) fn gap(&mut self, _side: Side, _bytes: u64, _out: &mut Out) -> Step {
        match *self {}
    }

    /// Bytes held in buffers, for the budget.
    pub(crate) fn buffered(&self) -> usize {
        match *self {}
    }
}

/// Every protocol, the more specific probes first.
pub(crate) const PROTOCOLS: &[Protocol] = &[];

/// How much of each side of a stream probes may ask for.
pub(crate) const PROBE_BYTES: usize = 2048;
/// Datagrams of a UDP flow that are probed before it counts as unrecognised.
pub(crate) const PROBE_DATAGRAMS: u8 = 8;

/// The reading of one flow: probes, then one reader, then nothing.
pub(crate) struct Inspection {
    phase: Phase,
}

enum Phase {
    Probing,
    Reading(State),
    Done,
}

impl Inspection {
    pub(crate) fn new(_carrier: Carrier) -> Self {
        Inspection {
            phase: Phase::Probing,
        }
    }

    /// The next bytes. `true` while more are wanted.
    pub(crate) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> bool {
        match &mut self.phase {
            Phase::Probing => true,
            Phase::Reading(state) => state.push(chunk, out) != Step::Done,
            Phase::Done => false,
        }
    }

    /// A hole in the stream. `true` while more is wanted.
    pub(crate) fn gap(&mut self, side: Side, bytes: u64, out: &mut Out) -> bool {
        match &mut self.phase {
            Phase::Probing => false,
            Phase::Reading(state) => state.gap(side, bytes, out) != Step::Done,
            Phase::Done => false,
        }
    }

    /// The flow ended: what was being probed is settled.
    pub(crate) fn finish(&mut self, _out: &mut Out) {
        self.phase = Phase::Done;
    }

    /// True if the next datagram could be read as well by a new inspection.
    pub(crate) fn can_pause(&self) -> bool {
        false
    }

    /// Bytes held, for the budget.
    pub(crate) fn buffered(&self) -> usize {
        match &self.phase {
            Phase::Reading(state) => state.buffered(),
            _ => 0,
        }
    }
}
