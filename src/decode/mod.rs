//! Packets to segments: link layers, network layers, tunnels, transports.
//!
//! In:   a [`Packet`].
//! Out:  through a [`Sink`], one [`Segment`] for the packet and one more for each tunnel
//!       layer inside it; and the one bucket the packet belongs to.
//!
//! No packet can make this panic, loop or allocate beyond [`Limits`]: layers are counted, and
//! only fragments are ever kept.

mod defrag;
mod link;
mod net;
mod plain;
mod segment;
mod transport;
mod tunnel;
mod walk;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

pub(crate) use segment::{Detail, Direction, Outcome, Segment, Sink, Whole};

use crate::model::Limits;
use crate::source::Packet;
use defrag::Defrag;
use walk::Walk;

/// Ethernet and IP: what the straight way through a packet counts as.
const PLAIN_LAYERS: usize = 2;

/// Decodes packets; holds what reassembly needs between them.
pub(crate) struct Decoder {
    defrag: Defrag,
    layers: usize,
}

impl Decoder {
    pub(crate) fn new(limits: &Limits) -> Self {
        Decoder {
            defrag: Defrag::new(limits),
            layers: limits.layers,
        }
    }

    /// Decodes one packet.
    #[inline]
    pub(crate) fn decode<'a>(&mut self, packet: &Packet<'a>, sink: &mut impl Sink<'a>) -> Outcome {
        if self.layers >= PLAIN_LAYERS
            && let Some(segment) = plain::read(packet)
        {
            sink.segment(segment);
            return Outcome::Flow;
        }
        self.layered(packet, sink)
    }

    #[cold]
    #[inline(never)]
    fn layered<'a>(&mut self, packet: &Packet<'a>, sink: &mut impl Sink<'a>) -> Outcome {
        Walk::new(packet, sink, &mut self.defrag, self.layers).layered(packet)
    }

    /// Datagrams that wait for fragments.
    pub(crate) fn unfinished(&self) -> u64 {
        self.defrag.unfinished()
    }

    /// True if fragments were ever kept.
    pub(crate) fn met_fragments(&self) -> bool {
        self.defrag.met_any()
    }

    /// The capture ended: what reassembly still holds is counted.
    pub(crate) fn finish(&mut self, count: &mut dyn FnMut(&'static str, u64)) {
        count(
            "datagrams of which fragments are missing",
            self.defrag.unfinished(),
        );
    }
}
