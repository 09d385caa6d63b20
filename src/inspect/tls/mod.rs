//! TLS over TCP: SSL 3.0 to TLS 1.3, and hellos of SSL 2.0.
//!
//! In:   in-order bytes of both directions, cut anywhere; holes.
//! Out:  names, hellos with fingerprints, certificates, hidden DNS, trouble.
//! Spec: RFC 8446, RFC 5246, RFC 6101; `tell` has what is made of the messages.
//!
//! Once both hellos (and below TLS 1.3 the certificate) are read nothing more is looked at. A
//! direction holds at most one handshake message of 64 KiB. Each byte is looked at once, so a
//! stream of one-byte records takes no longer than its length.

mod certificate;
mod extension;
pub(crate) mod fingerprint;
mod hello;
pub(crate) mod hidden;
mod message;
pub(crate) mod pieces;
mod record;
mod ssl2;
pub(crate) mod tell;
#[cfg(test)]
pub(crate) mod testing;

use crate::inspect::{self, Gate, Out, Probe, Protocol, Step};
use crate::model::{Chunk, Side, What};
use crate::wire::Cursor;
use message::{Found, Messages};
use record::{Header, Records};
use tell::{Handshake, Seen, Under};

/// Whether a stream starts as TLS does: a handshake record with a hello in it, an alert, or a
/// record of application data where the beginning was not captured.
pub(crate) fn probe(chunk: &Chunk<'_>) -> Probe {
    match probe_records(chunk.bytes) {
        Probe::No => ssl2::probe(chunk.bytes),
        answer => answer,
    }
}

/// The line of the table.
pub(crate) const PROTOCOL: Protocol = Protocol {
    name: "tls",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe,
    start: Some(|| inspect::State::Tls(State::new())),
};

/// A reader of one flow.
#[derive(Debug)]
pub(crate) struct State(Reader);

impl State {
    pub(crate) fn new() -> Self {
        State(Reader {
            handshake: Handshake::new(Under::Tls),
            sides: Default::default(),
            midstream: false,
        })
    }

    /// The next bytes of one direction.
    pub(crate) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        self.0.push(chunk, out)
    }

    /// A hole in one direction. What was read of a hello before it is told.
    pub(crate) fn gap(&mut self, side: Side, bytes: u64, out: &mut Out) -> Step {
        self.0.gap(side, bytes, out);
        self.0.step()
    }

    /// The flow ended. What was read of an unfinished hello is told.
    pub(crate) fn finish(&mut self, out: &mut Out) {
        for side in [Side::Client, Side::Server] {
            self.0.lose(side, out);
        }
    }

    /// Reads a little of what the next bytes will need.
    pub(crate) fn touch(&self) -> u64 {
        let [client, server] = &self.0.sides;
        u64::from(client.bytes ^ server.bytes) ^ u64::from(self.0.midstream)
    }

    /// Bytes held.
    pub(crate) fn buffered(&self) -> usize {
        let [client, server] = &self.0.sides;
        let held = client
            .messages
            .buffered()
            .saturating_add(server.messages.buffered());
        held.saturating_add(size_of::<Reader>())
    }
}

#[derive(Debug)]
struct Reader {
    handshake: Handshake,
    sides: [Direction; 2],
    /// The first record was application data: the hellos were before the capture.
    midstream: bool,
}

/// One direction of the stream.
#[derive(Debug, Default)]
struct Direction {
    records: Records,
    messages: Messages,
    /// Bytes seen, saturating.
    bytes: u32,
    /// ChangeCipherSpec or application data was sent: what follows is encrypted.
    encrypts: bool,
    /// The handshake record being read is in the clear.
    readable: bool,
    /// Where in the stream of records the reader stands is not known any more.
    lost: bool,
}

impl Reader {
    fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let seen = Seen::of(chunk);
        let mut input = Cursor::new(chunk.bytes);
        let fresh = {
            let direction = self.side(chunk.from);
            let fresh = direction.bytes == 0;
            let len = u32::try_from(chunk.bytes.len()).unwrap_or(u32::MAX);
            direction.bytes = direction.bytes.saturating_add(len);
            direction.messages.see(&seen);
            if direction.lost {
                return self.step();
            }
            fresh
        };
        if fresh {
            self.old_hello(&mut input, &seen, out);
        }
        loop {
            let direction = self.side(chunk.from);
            let piece = match direction.records.next(&mut input) {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(_) if fresh && self.is_untouched() => return Step::NotMine,
                Err(_) => {
                    self.side(chunk.from).lost = true;
                    self.handshake.trouble("tls record damaged", &seen, out);
                    break;
                }
            };
            self.piece(piece, &seen, out);
            if self.step() == Step::Done {
                break;
            }
        }
        self.step()
    }

    /// A piece of one record.
    fn piece(&mut self, piece: record::Piece<'_>, seen: &Seen, out: &mut Out) {
        match piece.kind {
            record::HANDSHAKE => self.handshake_bytes(piece, seen, out),
            record::CHANGE_CIPHER_SPEC => {
                self.side(seen.from).encrypts = self.handshake.changes_cipher(seen.from);
            }
            record::ALERT => {
                // Two bytes: in the clear. Encrypted ones are longer.
                if piece.body_len == 2
                    && piece.first
                    && !self.side(seen.from).encrypts
                    && let Some(&level) = piece.bytes.first()
                {
                    self.handshake.alert(level, seen, out);
                }
            }
            record::APPLICATION_DATA => {
                self.side(seen.from).encrypts = true;
                self.midstream |= !self.handshake.has_client() && !self.handshake.is_answered();
                self.handshake.changes_cipher(seen.from);
            }
            _ => {}
        }
    }

    fn handshake_bytes(&mut self, piece: record::Piece<'_>, seen: &Seen, out: &mut Out) {
        let unanswered = !self.handshake.is_answered() && seen.from == self.handshake.client();
        let direction = side_of(&mut self.sides, seen.from);
        if piece.first {
            // Where only the client was captured its second hello shows that there was a retry.
            direction.readable =
                !direction.encrypts || (unanswered && is_client_hello(piece.bytes, piece.body_len));
        }
        if !direction.readable {
            return;
        }
        let mut input = Cursor::new(piece.bytes);
        loop {
            let mut spare = Vec::new();
            match direction.messages.next(&mut input, &mut spare) {
                Found::Message { kind, body } => self.handshake.message(kind, body, seen, out),
                Found::TooLong => self.handshake.trouble("tls message too long", seen, out),
                Found::Nothing => break,
            }
        }
        direction.messages.see(seen);
    }

    /// A hello of SSL 2.0 at the very beginning. The probe waited until it was whole.
    fn old_hello(&mut self, input: &mut Cursor<'_>, seen: &Seen, out: &mut Out) {
        if let Ok((hello, len)) = ssl2::read(input.rest()) {
            input.take_up_to(len);
            self.handshake.old_client_hello(seen.from);
            seen.add(out, What::ClientHello(Box::new(hello)));
        }
    }

    fn gap(&mut self, side: Side, bytes: u64, out: &mut Out) {
        let direction = self.side(side);
        let counted = u32::try_from(bytes).unwrap_or(u32::MAX);
        direction.bytes = direction.bytes.saturating_add(counted);
        if !direction.records.skip(bytes) {
            self.lose(side, out);
        }
    }

    /// Nothing more can be read of one direction; what is there of a hello is told.
    fn lose(&mut self, side: Side, out: &mut Out) {
        let direction = side_of(&mut self.sides, side);
        direction.lost = true;
        if let Some((tell::CLIENT_HELLO, part, seen)) = direction.messages.unfinished() {
            self.handshake.cut_client_hello(part, &seen, out);
        }
        direction.messages.clear();
    }

    fn side(&mut self, side: Side) -> &mut Direction {
        side_of(&mut self.sides, side)
    }

    /// Nothing was read yet, of either side.
    fn is_untouched(&self) -> bool {
        let [client, server] = &self.sides;
        !client.records.has_begun() && !server.records.has_begun()
    }

    /// Whether anything readable can still come.
    fn step(&self) -> Step {
        let [first, second] = &self.sides;
        let (client, server) = match self.handshake.client() {
            Side::Client => (first, second),
            Side::Server => (second, first),
        };
        let client_done = self.handshake.has_client() || client.lost || client.bytes > MAX_BYTES;
        let server_done = self.handshake.has_server() || server.lost || server.bytes > MAX_BYTES;
        // Only one direction was captured: the other would have spoken by now.
        let alone = client.bytes > MAX_BYTES && server.bytes == 0;
        if self.midstream || alone || (client_done && server_done) {
            Step::Done
        } else {
            Step::More
        }
    }
}

/// True if a record of `body_len` bytes holds just a ClientHello: hardly what encryption makes.
fn is_client_hello(body: &[u8], body_len: usize) -> bool {
    let mut body = Cursor::new(body);
    body.u8("msg_type") == Ok(tell::CLIENT_HELLO)
        && body.u24("length").is_ok_and(|len| {
            usize::try_from(len).is_ok_and(|len| len.saturating_add(4) == body_len)
        })
        && body
            .u16("client_version")
            .is_ok_and(|version| version >> 8 == 3)
}

fn side_of(sides: &mut [Direction; 2], side: Side) -> &mut Direction {
    let [client, server] = sides;
    match side {
        Side::Client => client,
        Side::Server => server,
    }
}

fn probe_records(bytes: &[u8]) -> Probe {
    let mut input = Cursor::new(bytes);
    let Ok(header) = input.array::<{ record::HEADER_LEN }>("record header") else {
        return probe_header(bytes);
    };
    let Ok(header) = Header::read(header) else {
        return Probe::No;
    };
    let first = input.peek();
    let known = match (header.kind, header.len, first) {
        (_, 0, _) => return Probe::No,
        (record::APPLICATION_DATA, ..) => true,
        (_, _, None) => return Probe::Maybe,
        // hello_request, client_hello, server_hello, certificate
        (record::HANDSHAKE, _, Some(first)) => matches!(first, 0 | 1 | 2 | 11),
        (record::ALERT, 2, Some(level)) => matches!(level, 1 | 2),
        (record::CHANGE_CIPHER_SPEC, 1, Some(first)) => first == 1,
        _ => false,
    };
    if known || is_followed(input, header.len.into()) {
        Probe::Yes
    } else {
        Probe::No
    }
}

/// Where the beginning was not captured a record can hold anything: then it counts if another
/// record follows, or nothing.
fn is_followed(mut input: Cursor<'_>, len: usize) -> bool {
    if input.skip("record body", len).is_err() {
        return false;
    }
    match input.array::<{ record::HEADER_LEN }>("record header") {
        Ok(header) => Header::read(header).is_ok_and(|header| header.len > 0),
        Err(_) => probe_header(input.rest()) == Probe::Maybe,
    }
}

/// Fewer bytes than a header: they may still contradict one.
fn probe_header(bytes: &[u8]) -> Probe {
    let mut input = Cursor::new(bytes);
    match (input.u8("type"), input.u8("major"), input.u8("minor")) {
        (Ok(20..=24), Err(_), _) | (Ok(20..=24), Ok(3), Err(_) | Ok(0..=4)) | (Err(_), ..) => {
            Probe::Maybe
        }
        _ => Probe::No,
    }
}

/// Bytes of one direction after which its hello or certificate is not waited for any more.
const MAX_BYTES: u32 = 256 << 10;

/// Reads `bytes` as the body of a hello of either side and as a Certificate, whatever they are.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz(bytes: &[u8]) {
    let client = hello::ClientHelloView::read(bytes, false);
    let mut prints = fingerprint::Prints::default();
    let _ = (prints.ja3(&client), prints.ja4(&client, Under::Tls));
    let _ = prints.ja3s(&hello::ServerHelloView::read(bytes));
    let _ = (certificate::read(bytes), ssl2::probe(bytes));
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests;
