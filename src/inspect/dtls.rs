//! DTLS 1.0 to 1.3: TLS over datagrams, as WebRTC and VPNs use it.
//!
//! In:   the datagrams of a flow.
//! Out:  what `tls` tells: names, hellos with fingerprints, certificates.
//! Spec: RFC 6347 §4, RFC 9147 §4 and §5.
//!
//! Messages come in fragments with offsets, in any order, and are sent again when they are lost.
//! A direction holds one message of at most 32 KiB at a time. Datagrams that are not DTLS (STUN
//! and RTP share the flow in WebRTC) are passed over.

use crate::inspect::tls::pieces::Pieces;
use crate::inspect::tls::tell::{self, Handshake, Seen, Under};
use crate::inspect::{self, Gate, Out, Probe, Protocol, Step};
use crate::model::{Chunk, Side};
use crate::wire::{Cursor, Malformed};

/// Whether a datagram starts with a record of DTLS that is whole.
pub(crate) fn probe(chunk: &Chunk<'_>) -> Probe {
    let mut input = Cursor::new(chunk.bytes);
    match Record::next(&mut input) {
        Ok(record) if record.is_first_likely() => Probe::Yes,
        _ => Probe::No,
    }
}

/// The line of the table.
pub(crate) const PROTOCOL: Protocol = Protocol {
    name: "dtls",
    tcp: false,
    udp: true,
    gate: Gate::Open,
    probe,
    start: Some(|| inspect::State::Dtls(State::new())),
};

/// A reader of one flow.
#[derive(Debug)]
pub(crate) struct State(Box<Reader>);

impl State {
    pub(crate) fn new() -> Self {
        State(Box::new(Reader {
            handshake: Handshake::new(Under::Dtls),
            sides: Default::default(),
            datagrams: [0; 2],
        }))
    }

    /// The next datagram.
    pub(crate) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        self.0.push(chunk, out)
    }

    /// Datagrams have no holes.
    pub(crate) fn gap(&mut self, _side: Side, _bytes: u64, _out: &mut Out) -> Step {
        Step::More
    }

    /// The flow ended. What was read of an unfinished hello is told.
    pub(crate) fn finish(&mut self, out: &mut Out) {
        let Reader {
            handshake, sides, ..
        } = &mut *self.0;
        for direction in sides {
            if let (tell::CLIENT_HELLO, Some(seen)) = (direction.kind, direction.last)
                && !direction.pieces.prefix().is_empty()
            {
                handshake.cut_client_hello(direction.pieces.prefix(), &seen, out);
            }
        }
    }

    /// Bytes held.
    pub(crate) fn buffered(&self) -> usize {
        let [client, server] = &self.0.sides;
        let held = client
            .pieces
            .buffered()
            .saturating_add(server.pieces.buffered());
        held.saturating_add(size_of::<Reader>())
    }
}

#[derive(Debug)]
struct Reader {
    handshake: Handshake,
    sides: [Direction; 2],
    datagrams: [u8; 2],
}

/// One direction: the message being put together.
#[derive(Debug, Default)]
struct Direction {
    sequence: u16,
    kind: u8,
    len: u32,
    pieces: Pieces,
    /// The message with this number was handed on.
    told: Option<u16>,
    last: Option<Seen>,
}

impl Reader {
    fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let seen = Seen::of(chunk);
        let mut input = Cursor::new(chunk.bytes);
        let mut is_dtls = false;
        // A record that cannot be read ends the datagram: nothing says where the next one is.
        while !input.is_empty()
            && let Ok(record) = Record::next(&mut input)
        {
            is_dtls = true;
            self.record(&record, &seen, out);
        }
        if is_dtls {
            self.count(chunk.from);
        }
        self.step()
    }

    fn record(&mut self, record: &Record<'_>, seen: &Seen, out: &mut Out) {
        match record.kind {
            // Later epochs are encrypted.
            HANDSHAKE if record.epoch == 0 => {
                let mut body = Cursor::new(record.body);
                while !body.is_empty() {
                    match Fragment::next(&mut body) {
                        Ok(fragment) => self.fragment(&fragment, seen, out),
                        Err(_) => {
                            self.handshake.trouble("dtls fragment damaged", seen, out);
                            break;
                        }
                    }
                }
            }
            ALERT if record.epoch == 0 => {
                if let [level, _] = record.body {
                    self.handshake.alert(*level, seen, out);
                }
            }
            CHANGE_CIPHER_SPEC | APPLICATION_DATA => {
                self.handshake.changes_cipher(seen.from);
            }
            _ => {}
        }
    }

    fn fragment(&mut self, fragment: &Fragment<'_>, seen: &Seen, out: &mut Out) {
        let direction = match (&mut self.sides, seen.from) {
            ([client, _], Side::Client) => client,
            ([_, server], Side::Server) => server,
        };
        direction.last = Some(*seen);
        if fragment.is_whole() {
            // The usual case: no copy. A message that was sent again is not told again.
            if direction.told.is_none_or(|told| told < fragment.sequence) {
                direction.told = Some(fragment.sequence);
                direction.pieces.clear();
                self.handshake
                    .message(fragment.kind, fragment.bytes, seen, out);
            }
            return;
        }
        let of_this = fragment.sequence == direction.sequence
            && fragment.kind == direction.kind
            && fragment.len == direction.len;
        if !of_this {
            if direction.told.is_some_and(|told| fragment.sequence <= told) {
                return;
            }
            direction.pieces.clear();
            direction.sequence = fragment.sequence;
            direction.kind = fragment.kind;
            direction.len = fragment.len;
        } else if direction.told == Some(fragment.sequence) {
            return;
        }
        if !direction
            .pieces
            .insert(fragment.offset.into(), fragment.bytes)
        {
            self.handshake.trouble("dtls message too long", seen, out);
            return;
        }
        let body = direction.pieces.prefix();
        if u32::try_from(body.len()) == Ok(fragment.len) {
            direction.told = Some(fragment.sequence);
            self.handshake.message(fragment.kind, body, seen, out);
            direction.pieces.clear();
        }
    }

    fn count(&mut self, side: Side) {
        let [client, server] = &mut self.datagrams;
        let count = match side {
            Side::Client => client,
            Side::Server => server,
        };
        *count = count.saturating_add(1);
    }

    /// Whether anything readable can still come.
    fn step(&self) -> Step {
        let [client, server] = self.datagrams;
        let both = self.handshake.has_client() && self.handshake.has_server();
        if both || client >= MAX_DATAGRAMS || server >= MAX_DATAGRAMS {
            Step::Done
        } else {
            Step::More
        }
    }
}

/// One record in the clear, or an encrypted one with the same header.
struct Record<'a> {
    kind: u8,
    epoch: u16,
    body: &'a [u8],
}

impl<'a> Record<'a> {
    fn next(input: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let kind = input.u8("type")?;
        let version = input.u16("version")?;
        // 0x0100 is what OpenSSL sent before DTLS had a number; Cisco's VPN still does.
        let known = (CHANGE_CIPHER_SPEC..=CONNECTION_ID).contains(&kind)
            && matches!(version, 0xfefc..=0xfeff | 0x0100);
        if !known {
            return Err(Malformed::Illegal {
                field: "record header",
                value: u64::from(kind) << 16 | u64::from(version),
            });
        }
        let epoch = input.u16("epoch")?;
        input.skip("sequence_number", 6)?;
        let body = input.vector("fragment", 2)?;
        Ok(Record { kind, epoch, body })
    }

    /// A flow is not likely to start with anything else.
    fn is_first_likely(&self) -> bool {
        match self.kind {
            HANDSHAKE if self.epoch == 0 => Fragment::next(&mut Cursor::new(self.body)).is_ok(),
            ALERT if self.epoch == 0 => self.body.len() == 2,
            CHANGE_CIPHER_SPEC => self.body.len() <= 3,
            _ => self.epoch > 0 && !self.body.is_empty(),
        }
    }
}

/// One fragment of a handshake message (RFC 6347 §4.2.2).
struct Fragment<'a> {
    kind: u8,
    len: u32,
    sequence: u16,
    offset: u32,
    bytes: &'a [u8],
}

impl<'a> Fragment<'a> {
    fn next(body: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let kind = body.u8("msg_type")?;
        let len = body.u24("length")?;
        let sequence = body.u16("message_seq")?;
        let offset = body.u24("fragment_offset")?;
        let bytes = body.vector("fragment", 3)?;
        let end = u32::try_from(bytes.len())
            .ok()
            .and_then(|bytes| offset.checked_add(bytes));
        if end.is_none_or(|end| end > len) {
            return Err(Malformed::Illegal {
                field: "fragment_offset",
                value: offset.into(),
            });
        }
        Ok(Fragment {
            kind,
            len,
            sequence,
            offset,
            bytes,
        })
    }

    fn is_whole(&self) -> bool {
        u32::try_from(self.bytes.len()) == Ok(self.len)
    }
}

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
/// RFC 9146.
const CONNECTION_ID: u8 = 25;
/// Datagrams of one side after which nothing is waited for.
const MAX_DATAGRAMS: u8 = 32;

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::inspect::tls::testing;
    use crate::model::{Carrier, Time, Via, What};
    use std::net::{IpAddr, Ipv4Addr};

    fn chunk(bytes: &[u8], from: Side) -> Chunk<'_> {
        Chunk {
            bytes,
            from,
            carrier: Carrier::Udp,
            frame: 1,
            time: Time(0),
            cut_bytes: 0,
            client: IpAddr::V4(Ipv4Addr::LOCALHOST),
            server: IpAddr::V4(Ipv4Addr::LOCALHOST),
            client_port: 5000,
            server_port: 4433,
        }
    }

    /// A datagram with bytes `from..to` of the message `body`.
    fn datagram(kind: u8, sequence: u16, body: &[u8], from: usize, to: usize) -> Vec<u8> {
        let number = |value: usize| u32::try_from(value).unwrap().to_be_bytes()[1..].to_vec();
        let fragment = [
            vec![kind],
            number(body.len()),
            sequence.to_be_bytes().to_vec(),
            number(from),
            testing::vector(3, &body[from..to]),
        ]
        .concat();
        let header = [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0];
        [&header[..], &testing::vector(2, &fragment)].concat()
    }

    /// A ClientHello of DTLS 1.2: the session id is followed by a cookie.
    fn hello() -> Vec<u8> {
        let tls = testing::client_hello("dtls.example", &["webrtc"]);
        let mut body = tls[4..].to_vec();
        body.splice(0..2, [0xfe, 0xfd]);
        body.insert(35, 0);
        body
    }

    fn names(datagrams: &[Vec<u8>]) -> Vec<What> {
        let mut state = State::new();
        let mut out = Out::default();
        for bytes in datagrams {
            state.push(&chunk(bytes, Side::Client), &mut out);
        }
        state.finish(&mut out);
        out.evidence
            .into_iter()
            .map(|evidence| evidence.what)
            .collect()
    }

    #[test]
    fn reads_a_hello_whole_and_in_fragments_of_any_order() {
        let body = hello();
        let whole = names(&[datagram(1, 0, &body, 0, body.len())]);
        let name = What::Name {
            via: Via::DtlsSni,
            name: "dtls.example".into(),
        };
        assert!(whole.contains(&name), "{whole:?}");
        let parts = [
            datagram(1, 0, &body, 50, body.len()),
            datagram(1, 0, &body, 0, 30),
            datagram(1, 0, &body, 20, 60),
        ];
        assert_eq!(names(&parts), whole);
    }

    #[test]
    fn a_hello_sent_again_is_told_once_and_one_with_a_cookie_too() {
        let body = hello();
        let first = datagram(1, 0, &body, 0, body.len());
        let second = datagram(1, 1, &body, 0, body.len());
        let told = names(&[first.clone(), first, second]);
        let hellos = told
            .iter()
            .filter(|what| matches!(what, What::ClientHello(_)));
        assert_eq!(hellos.count(), 2);
    }

    #[test]
    fn a_cut_hello_still_names_the_server() {
        let body = hello();
        let told = names(&[datagram(1, 0, &body, 0, body.len() - 4)]);
        assert_eq!(told.first(), Some(&What::Trouble("tls client hello cut")));
        assert!(told.iter().any(|what| matches!(what, What::Name { .. })));
    }
}
