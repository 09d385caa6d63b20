//! Segments and datagrams to bytes in order for the reader.
//!
//! In:   a segment and its row.
//! Out:  what its reader is told: round trips, bytes, holes.

use super::live::{Handling, pair};
use super::{
    ACK, DONE, FIN_A, FIN_B, Glance, Next, OPENING_SEEN, RST, Reader, Record, SYN, Table, WAITS,
    row_mut,
};
use crate::decode::Segment;
use crate::flow::record::Held;
use crate::flow::rtt::between;
use crate::flow::stream::{Budget, Data, Piece, Stream};
use crate::flow::wide::Wide;
use crate::model::{Carrier, Chunk, Side, Time, Transport};

impl<R: Reader> Table<R> {
    /// A datagram, or any packet that is not TCP.
    pub(super) fn datagram(
        &mut self,
        row: u32,
        segment: &Segment<'_>,
        from_a: bool,
        asked_at: Option<Time>,
        reader: &mut R,
    ) {
        let is_udp = matches!(segment.transport, Transport::Udp | Transport::UdpLite);
        let readable = is_udp && segment.payload_len > 0 && !segment.carries_tunnel;
        if !readable && segment.app.is_none() {
            return;
        }
        if segment.app.is_none()
            && let Some(record) = row_mut(&mut self.rows, row)
            && let Some(passed) = record.side.as_passed()
        {
            match reader.glance(passed, &datagram_of((record, &self.wide), segment, from_a)) {
                Glance::Read => {}
                Glance::Pass(number) => {
                    record.side = Held::passed(number);
                    return;
                }
                Glance::Done => {
                    record.side = Held::NOTHING;
                    record.flags |= DONE;
                    return;
                }
            }
        }
        let Some(number) = self.live_for(row, reader) else {
            return;
        };
        let Some((live, state, record)) = pair(&mut self.live, &self.rows, number, row) else {
            return;
        };
        reader.segment(state, segment);
        if let Some(asked_at) = asked_at {
            let way = between(asked_at, segment.time);
            match record.side_of(from_a) {
                Side::Server => live.rtt.server_ns = way,
                Side::Client => live.rtt.client_ns = way,
            }
            reader.round_trip(state, live.rtt);
        }
        let mut next = Next::More;
        if readable {
            next = reader.chunk(
                state,
                row,
                &datagram_of((record, &self.wide), segment, from_a),
            );
        }
        if next != Next::More {
            self.end(number, next == Next::Done, reader);
        }
    }

    pub(super) fn tcp(&mut self, row: u32, segment: &Segment<'_>, tcp: TcpSegment, reader: &mut R) {
        let syn_ack = tcp.flags & (SYN | ACK) == SYN | ACK;
        let Some(number) = self.live_for(row, reader) else {
            return;
        };
        let Some((live, state, record)) = pair(&mut self.live, &self.rows, number, row) else {
            return;
        };
        reader.segment(state, segment);
        let from = record.side_of(tcp.from_a);
        if tcp.flags & SYN != 0 {
            stream_of(&mut live.streams, from).open(tcp.seq);
        }
        if syn_ack {
            stream_of(&mut live.streams, from.other()).open(tcp.ack.wrapping_sub(1));
            if tcp.first_answer && record.has(OPENING_SEEN) {
                live.rtt.server_ns = between(tcp.first, segment.time);
                reader.round_trip(state, live.rtt);
            }
            live.syn_ack = live.syn_ack.is_none().then_some(segment.time);
        } else if from == Side::Client
            && tcp.flags & (SYN | ACK | RST) == ACK
            && let Some(asked_at) = live.syn_ack.take()
        {
            live.rtt.client_ns = between(asked_at, segment.time);
            reader.round_trip(state, live.rtt);
        }
        let wanted = stream(
            (live, state),
            (row, (record, &self.wide)),
            &mut self.budget,
            (segment, tcp),
            reader,
        );
        let whole = live.streams.iter().all(Stream::is_whole);
        let both_closed = record.has(FIN_A) && record.has(FIN_B);
        let ended = tcp.flags & RST != 0 || (both_closed && whole);
        if wanted && ended {
            let ends = (record, &self.wide);
            flush(live, state, row, ends, &mut self.budget, reader);
        }
        let waits = live.syn_ack.is_some() || !whole;
        if let Some(record) = row_mut(&mut self.rows, row) {
            record.flags = if waits {
                record.flags | WAITS
            } else {
                record.flags & !WAITS
            };
        }
        if !wanted || ended {
            self.end(number, true, reader);
        }
    }
}

/// Hands the payload of one segment, and what follows it, to the reader.
fn stream<R: Reader>(
    (live, state): (&mut Handling, &mut R::State),
    (row, (record, wide)): (u32, (&Record, &Wide)),
    budget: &mut Budget,
    (segment, tcp): (&Segment<'_>, TcpSegment),
    reader: &mut R,
) -> bool {
    let [client, server] = &mut live.streams;
    let from = record.side_of(tcp.from_a);
    let (own, other) = match from {
        Side::Client => (client, server),
        Side::Server => (server, client),
    };
    let mut wanted = true;
    if tcp.flags & ACK != 0 && !other.is_whole() {
        let mut give = giver((record, wide), from.other(), row, state, reader);
        wanted = other.acknowledged(tcp.ack, budget, &mut give);
    }
    if wanted && segment.payload_len > 0 && tcp.flags & RST == 0 {
        let data = Data {
            seq: tcp.seq.wrapping_add(u32::from(tcp.flags & SYN != 0)),
            bytes: segment.payload,
            len: segment.payload_len,
            frame: segment.frame,
            time: segment.time,
        };
        let mut give = giver((record, wide), from, row, state, reader);
        wanted = own.push(data, budget, &mut give);
    }
    wanted
}

/// Hands out what still waits behind holes.
pub(super) fn flush<R: Reader>(
    live: &mut Handling,
    state: &mut R::State,
    row: u32,
    record: (&Record, &Wide),
    budget: &mut Budget,
    reader: &mut R,
) {
    for (stream, from) in live.streams.iter_mut().zip([Side::Client, Side::Server]) {
        let mut give = giver(record, from, row, state, reader);
        stream.finish(budget, &mut give);
    }
}

fn stream_of(streams: &mut [Stream; 2], side: Side) -> &mut Stream {
    let [client, server] = streams;
    match side {
        Side::Client => client,
        Side::Server => server,
    }
}

/// What `Table::tcp` needs to know beside the segment.
#[derive(Clone, Copy)]
pub(super) struct TcpSegment {
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) flags: u8,
    pub(super) from_a: bool,
    /// The first packet of this direction, after exactly one of the other.
    pub(super) first_answer: bool,
    /// When the flow began.
    pub(super) first: Time,
}

fn giver<'t, R: Reader>(
    record: (&Record, &Wide),
    from: Side,
    row: u32,
    state: &'t mut R::State,
    reader: &'t mut R,
) -> impl FnMut(Piece<'_>) -> bool + 't {
    let base = empty_chunk(record, from);
    move |piece| match piece {
        Piece::Bytes { bytes, frame, time } => {
            let chunk = Chunk {
                bytes,
                frame,
                time,
                ..base
            };
            reader.chunk(state, row, &chunk) != Next::Done
        }
        Piece::Gap(bytes) => reader.gap(state, row, &base, bytes),
    }
}

pub(super) fn empty_chunk((record, wide): (&Record, &Wide), from: Side) -> Chunk<'static> {
    let [(client, client_port), (server, server_port)] = record.client_and_server(wide);
    Chunk {
        bytes: &[],
        from,
        carrier: if record.is_tcp() {
            Carrier::Tcp
        } else {
            Carrier::Udp
        },
        frame: record.last_frame.into(),
        time: record.last,
        cut_bytes: 0,
        client,
        server,
        client_port,
        server_port,
    }
}

/// One datagram, with what the snaplen cut from it.
fn datagram_of<'a>(
    (record, wide): (&Record, &Wide),
    segment: &Segment<'a>,
    from_a: bool,
) -> Chunk<'a> {
    let missing = usize::try_from(segment.payload_len)
        .unwrap_or(usize::MAX)
        .saturating_sub(segment.payload.len());
    Chunk {
        bytes: segment.payload,
        frame: segment.frame,
        time: segment.time,
        cut_bytes: u32::try_from(missing).unwrap_or(u32::MAX),
        ..empty_chunk((record, wide), record.side_of(from_a))
    }
}
