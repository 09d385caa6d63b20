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
mod segment;
mod transport;
mod tunnel;
mod walk;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

pub(crate) use segment::{Detail, Outcome, Segment, Sink, Whole};

use crate::model::Limits;
use crate::source::Packet;
use defrag::Defrag;
use walk::Walk;

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
        let mut walk = Walk::new(packet, sink, &mut self.defrag, self.layers);
        walk.packet(packet)
    }

    /// The capture ended: what reassembly still holds is counted.
    pub(crate) fn finish(&mut self, count: &mut dyn FnMut(&'static str, u64)) {
        count(
            "datagrams of which fragments are missing",
            self.defrag.unfinished(),
        );
    }
}
