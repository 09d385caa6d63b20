//! HTTP/1: heads are read, bodies are counted off.
//!
//! In:   both directions of a stream.
//! Out:  [`What::HttpRequest`], [`What::HttpResponse`], names from `Host` and CONNECT.
//! Spec: RFC 9112; CONNECT RFC 9110 §9.3.6; Upgrade RFC 9110 §7.8.
//!
//! Either side may send requests: a capture that begins in the middle does not know its client.
//! Bodies are never buffered. After a hole, or bytes that are no message, reading goes on at the
//! next segment that begins with one.

use super::head::{self, Head};
use super::start;
use crate::inspect::lines::Lines;
use crate::inspect::{Out, Probe, Step};
use crate::model::{Chunk, Evidence, Side, Text, Time, Via, What};
use crate::wire::Cursor;
use std::collections::VecDeque;

/// Requests whose responses were not seen yet: beyond these, responses lose their pairing.
const PIPELINE: usize = 256;
/// What a client may send behind a CONNECT before the answer to it is seen.
const EARLY_BYTES: usize = 64 << 10;

/// What a response depends on of its request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asked {
    Head,
    Connect,
    Other,
}

/// Where one direction is.
#[derive(Debug, Default)]
enum Phase {
    /// Before a first line.
    #[default]
    Start,
    Headers(Box<Head>),
    /// So many bytes of body are left.
    Body(u64),
    /// The body ends with the connection.
    UntilClose,
    /// Before the size of a chunk.
    ChunkSize,
    /// So many bytes are left of a chunk and its line end.
    ChunkData(u64),
    /// The lines after the last chunk.
    Trailer,
    /// No telling where the next message begins.
    Lost,
    /// Behind a CONNECT without an answer: whose bytes these are is open.
    Waiting(Vec<u8>),
}

#[derive(Debug, Default)]
struct Half {
    lines: Lines,
    phase: Phase,
    /// The last frame and its time, for what ends without a frame of its own.
    last: (u64, Time),
}

/// What [`One::push`] found besides evidence.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Next {
    Step(Step),
    /// The connection turned to HTTP/2; these bytes of the server's are its first.
    Two(Vec<u8>),
}

/// An HTTP/1 connection.
#[derive(Debug, Default)]
pub(crate) struct One {
    halves: [Half; 2],
    asked: VecDeque<Asked>,
    told: Told,
}

impl One {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Next {
        let mut cursor = Cursor::new(chunk.bytes);
        let mut at_segment = true;
        loop {
            let asked = !self.asked.is_empty();
            let half = self.half(chunk.from);
            half.last = (chunk.frame, chunk.time);
            let Some(head) = half.advance(&mut cursor, at_segment, asked, chunk, out) else {
                return Next::Step(self.overflow(chunk.from));
            };
            at_segment = false;
            if head.is_request() {
                self.request(*head, chunk, out);
            } else if let Some(next) = self.response(*head, &mut cursor, chunk, out) {
                return next;
            }
        }
    }

    pub(super) fn gap(&mut self, side: Side, bytes: u64, out: &mut Out) -> Step {
        let half = self.half(side);
        match &mut half.phase {
            // Most holes lie in bodies, where bytes only count.
            Phase::Body(left) | Phase::ChunkData(left) if *left > bytes => {
                *left = left.saturating_sub(bytes);
            }
            Phase::UntilClose | Phase::Lost => {}
            _ => {
                self.flush(side, out);
                self.half(side).lose();
            }
        }
        Step::More
    }

    pub(super) fn finish(&mut self, out: &mut Out) {
        for side in [Side::Client, Side::Server] {
            self.flush(side, out);
        }
    }

    /// Tells what is known of a head that will not be whole any more.
    fn flush(&mut self, side: Side, out: &mut Out) {
        let half = self.half(side);
        let (frame, time) = half.last;
        let Some(head) = half.unfinished() else {
            return;
        };
        let mut add = |what| {
            out.evidence.push(Evidence {
                frame,
                time,
                from: side,
                what,
            });
        };
        add(What::Trouble(if head.path_cut {
            "http path cut"
        } else {
            "http head cut"
        }));
        if head.is_request() {
            tell_request(head, &mut self.told, side, (frame, time), out);
        } else {
            add(What::HttpResponse(Box::new(head.into_response())));
        }
    }

    pub(super) fn buffered(&self) -> usize {
        self.halves.iter().map(Half::buffered).sum()
    }

    fn half(&mut self, side: Side) -> &mut Half {
        let [client, server] = &mut self.halves;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    /// Gives up on a client that sent too much behind an unanswered CONNECT.
    fn overflow(&mut self, side: Side) -> Step {
        match &self.half(side).phase {
            Phase::Waiting(early) if early.len() > EARLY_BYTES => Step::Done,
            _ => Step::More,
        }
    }

    fn request(&mut self, head: Head, chunk: &Chunk<'_>, out: &mut Out) {
        let asked = match head.method.as_slice() {
            b"HEAD" => Asked::Head,
            b"CONNECT" => Asked::Connect,
            _ => Asked::Other,
        };
        if self.asked.len() < PIPELINE {
            self.asked.push_back(asked);
        }
        let half = self.half(chunk.from);
        half.phase = match asked {
            Asked::Connect => {
                half.lines.release();
                Phase::Waiting(Vec::new())
            }
            _ if head.chunked => Phase::ChunkSize,
            _ => body(head.content_length.unwrap_or(0)),
        };
        let last = half.last;
        tell_request(head, &mut self.told, chunk.from, last, out);
    }

    /// `Some` where the connection goes on as something else.
    fn response(
        &mut self,
        head: Head,
        cursor: &mut Cursor<'_>,
        chunk: &Chunk<'_>,
        out: &mut Out,
    ) -> Option<Next> {
        let status = head.status;
        let interim = (100..200).contains(&status) && status != 101;
        let asked = if interim {
            None
        } else {
            self.asked.pop_front()
        };
        let half = self.half(chunk.from);
        half.phase = match asked {
            _ if (100..200).contains(&status) || matches!(status, 204 | 304) => Phase::Start,
            Some(Asked::Head) => Phase::Start,
            _ if head.chunked => Phase::ChunkSize,
            _ => head.content_length.map_or(Phase::UntilClose, body),
        };
        if matches!(half.phase, Phase::UntilClose) {
            half.lines.release();
        }
        let upgrade = head.upgrade.clone();
        out.add(chunk, What::HttpResponse(Box::new(head.into_response())));
        if status == 101 {
            return Some(self.upgraded(upgrade.as_deref(), cursor.rest(), chunk, out));
        }
        if asked == Some(Asked::Connect) {
            return self.connected(status, cursor.rest(), chunk, out);
        }
        None
    }

    /// After a `101 Switching Protocols`.
    fn upgraded(
        &mut self,
        to: Option<&[u8]>,
        rest: &[u8],
        chunk: &Chunk<'_>,
        out: &mut Out,
    ) -> Next {
        let to = to.unwrap_or_default();
        if to.eq_ignore_ascii_case(b"websocket") {
            out.add(chunk, What::Protocol("websocket"));
            return Next::Step(Step::Done);
        }
        if to.eq_ignore_ascii_case(b"h2c") {
            return Next::Two(rest.to_vec());
        }
        leave(chunk.from, rest, out);
        Next::Step(Step::Switch)
    }

    /// After the answer to a CONNECT: either a tunnel, or requests again.
    fn connected(
        &mut self,
        status: u16,
        rest: &[u8],
        chunk: &Chunk<'_>,
        out: &mut Out,
    ) -> Option<Next> {
        let client = chunk.from.other();
        let half = self.half(client);
        let early = match std::mem::take(&mut half.phase) {
            Phase::Waiting(early) => early,
            other => {
                half.phase = other;
                Vec::new()
            }
        };
        if (200..300).contains(&status) {
            leave(client, &early, out);
            leave(chunk.from, rest, out);
            return Some(Next::Step(Step::Switch));
        }
        if early.is_empty() {
            return None;
        }
        // Requests that came early; none of them can be a CONNECT that is already answered,
        // and bytes only shrink, so this goes no deeper than the early bytes are long.
        let again = Chunk {
            bytes: &early,
            from: client,
            ..*chunk
        };
        match self.push(&again, out) {
            Next::Step(Step::More) => None,
            next => Some(next),
        }
    }
}

fn leave(side: Side, bytes: &[u8], out: &mut Out) {
    if let Some(rest) = out.rest.get_mut(side.index()) {
        rest.extend_from_slice(bytes);
    }
}

fn body(length: u64) -> Phase {
    if length == 0 {
        Phase::Start
    } else {
        Phase::Body(length)
    }
}

impl Half {
    /// Reads on to the end of the next head, or of `cursor`.
    ///
    /// `at_segment` is true at the beginning of a chunk, where messages may be picked up again;
    /// `asked` if a request waits for its response.
    fn advance(
        &mut self,
        cursor: &mut Cursor<'_>,
        at_segment: bool,
        asked: bool,
        chunk: &Chunk<'_>,
        out: &mut Out,
    ) -> Option<Box<Head>> {
        if at_segment {
            self.pick_up(cursor.rest(), asked);
        }
        while !cursor.is_empty() {
            match &mut self.phase {
                Phase::Body(left) | Phase::ChunkData(left) => {
                    if skip(left, cursor) {
                        let chunked = matches!(self.phase, Phase::ChunkData(_));
                        self.phase = if chunked {
                            Phase::ChunkSize
                        } else {
                            Phase::Start
                        };
                    }
                }
                Phase::UntilClose | Phase::Lost => {
                    self.lines.release();
                    cursor.take_up_to(usize::MAX);
                }
                Phase::Waiting(early) => {
                    let bytes = cursor.take_up_to(usize::MAX);
                    let room = EARLY_BYTES.saturating_add(1).saturating_sub(early.len());
                    early.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
                }
                Phase::Start
                    if self.lines.is_empty() && start::recognise(cursor.rest()) == Probe::No =>
                {
                    self.lose();
                }
                _ => {
                    if let Some(head) = self.line(cursor, chunk, out) {
                        return Some(head);
                    }
                }
            }
        }
        None
    }

    /// At the beginning of a segment, where a message is taken up again after its start was
    /// lost. A response may also begin where a body should have ended with the connection.
    fn pick_up(&mut self, bytes: &[u8], asked: bool) {
        let begins = match self.phase {
            Phase::Lost => start::recognise(bytes) == Probe::Yes,
            Phase::UntilClose if asked && bytes.starts_with(b"HTTP/1.") => {
                start::recognise(bytes) == Probe::Yes
            }
            _ => false,
        };
        if begins {
            self.phase = Phase::Start;
        }
    }

    /// Reads one line. `Some` at the end of a head.
    fn line(
        &mut self,
        cursor: &mut Cursor<'_>,
        chunk: &Chunk<'_>,
        out: &mut Out,
    ) -> Option<Box<Head>> {
        let line = self.lines.next(cursor)?;
        match &mut self.phase {
            Phase::Start if line.bytes.is_empty() => {}
            Phase::Start => match head::begin(line.bytes, line.cut) {
                Some((head, true)) => return Some(Box::new(head)),
                Some((head, false)) => {
                    if head.path_cut {
                        out.add(chunk, What::Trouble("http path cut"));
                    }
                    self.phase = Phase::Headers(Box::new(head));
                }
                None => self.phase = Phase::Lost,
            },
            Phase::Headers(head) if line.bytes.is_empty() => {
                if head.header_cut {
                    out.add(chunk, What::Trouble("http header cut"));
                }
                let head = std::mem::take(head);
                self.phase = Phase::Start;
                return Some(head);
            }
            Phase::Headers(head) => head.line(line.bytes, line.cut),
            Phase::ChunkSize => match head::chunk_size(line.bytes) {
                Some(0) => self.phase = Phase::Trailer,
                Some(size) => self.phase = Phase::ChunkData(size.saturating_add(2)),
                None => self.phase = Phase::Lost,
            },
            Phase::Trailer if line.bytes.is_empty() => self.phase = Phase::Start,
            _ => {}
        }
        None
    }

    fn lose(&mut self) {
        self.lines.release();
        self.phase = Phase::Lost;
    }

    /// The head that was being read.
    fn unfinished(&mut self) -> Option<Head> {
        match std::mem::take(&mut self.phase) {
            Phase::Headers(head) => Some(*head),
            Phase::Start => {
                let cut = self.lines.is_cut();
                start::long_request_line(self.lines.unfinished())
                    .filter(|line| !line.target.is_empty())
                    .map(|line| Head::request(line, cut))
            }
            _ => None,
        }
    }

    fn buffered(&self) -> usize {
        let phase = match &self.phase {
            Phase::Headers(head) => head.buffered(),
            Phase::Waiting(early) => early.capacity(),
            _ => 0,
        };
        self.lines.buffered().saturating_add(phase)
    }
}

/// Counts off a body. `true` at its end.
fn skip(left: &mut u64, cursor: &mut Cursor<'_>) -> bool {
    let most = usize::try_from(*left).unwrap_or(usize::MAX);
    let skipped = cursor.take_up_to(most).len();
    *left = left.saturating_sub(u64::try_from(skipped).unwrap_or(u64::MAX));
    *left == 0
}

/// The host named last, so that a long connection does not name it a thousand times.
#[derive(Debug, Default)]
pub(super) struct Told(Option<Text>);

impl Told {
    /// Evidence of a name, unless it is the one told before.
    pub(super) fn tell(&mut self, via: Via, host: &[u8], mut add: impl FnMut(What)) {
        let name = head::without_port(host);
        let known = self.0.as_ref().is_some_and(|told| told.bytes() == name);
        if known || name.is_empty() {
            return;
        }
        let name = Text::new(name);
        self.0 = Some(name.clone());
        add(What::Name { via, name });
    }
}

fn tell_request(
    head: Head,
    told: &mut Told,
    from: Side,
    (frame, time): (u64, Time),
    out: &mut Out,
) {
    let via = if head.is_connect() {
        Via::Connect
    } else {
        Via::HttpHost
    };
    let mut add = |what| {
        out.evidence.push(Evidence {
            frame,
            time,
            from,
            what,
        });
    };
    for host in head.hosts() {
        told.tell(via, host, &mut add);
    }
    add(What::HttpRequest(Box::new(head.into_request())));
}
