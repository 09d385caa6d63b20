//! Who reads the bytes of flows.
//!
//! In:   from the table, segments and bytes in order.
//! Out:  what the reader wants of what follows.

use crate::decode::Segment;
use crate::flow::record::Record;
use crate::flow::rtt::Rtt;
use crate::model::Chunk;

/// What a reader wants of a flow's further bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Next {
    /// All of them.
    More,
    /// All of them, but nothing need be remembered until they come (datagrams only).
    Pause,
    /// None.
    Done,
}

/// What a reader makes of a datagram at first sight.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Glance {
    /// It must be read.
    Read,
    /// There is nothing in it; this small number is all that need be remembered.
    Pass(u32),
    /// The flow need not be looked at again.
    Done,
}

/// Who reads the bytes of flows. The table knows no protocol.
pub(crate) trait Reader {
    /// What is kept about one flow while its payload is read.
    type State;
    /// A row began with this segment.
    fn opened(&mut self, segment: &Segment<'_>);
    /// A datagram of a flow of which nothing was kept but `passed`, the number that the last
    /// glance gave, or 0.
    fn glance(&mut self, passed: u32, chunk: &Chunk<'_>) -> Glance;
    /// Reads a little of what the next bytes will need, so that the wait for memory begins
    /// early. What it returns means nothing.
    fn touch(state: &Self::State) -> u64;
    /// Reading begins, or goes on where `record.side` was left (datagrams only).
    fn start(&mut self, record: &Record) -> Self::State;
    /// A segment with an app, or with payload, before its bytes are handed out.
    fn segment(&mut self, state: &mut Self::State, segment: &Segment<'_>);
    /// A handshake round trip, as soon as it is known.
    fn round_trip(&mut self, state: &mut Self::State, rtt: Rtt);
    /// The next bytes.
    fn chunk(&mut self, state: &mut Self::State, row: u32, chunk: &Chunk<'_>) -> Next;
    /// Bytes that were never seen, before what comes next from `place.from`. False: no more
    /// are wanted. `place` is a chunk without bytes.
    fn gap(&mut self, state: &mut Self::State, row: u32, place: &Chunk<'_>, bytes: u64) -> bool;
    /// Reading ended: what is worth keeping is kept under a number.
    fn keep(&mut self, state: Self::State, row: u32, place: &Chunk<'_>) -> Option<u32>;
}
