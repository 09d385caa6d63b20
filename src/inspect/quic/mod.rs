//! QUIC: versions 1 and 2, drafts, Facebook's and Google's own.
//!
//! In:   the datagrams of a flow.
//! Out:  versions, connection IDs, and what the TLS handshake in the Initial packets says.
//! Spec: RFC 9000, RFC 9001, RFC 9369, RFC 8999; `google` has the versions before.
//!
//! Initial packets are encrypted with keys that anyone on the path can derive. Everything after
//! them is not ours to read, so a flow is done when both hellos are. A sender can make us try:
//! [`MAX_DERIVATIONS`] keys and [`MAX_OPENINGS`] packets of each flow. A direction holds at most
//! 32 KiB of its handshake.

pub(crate) mod frames;
mod google;
pub(crate) mod header;
pub(crate) mod keys;
pub(crate) mod version;

use crate::inspect::tls::pieces::Pieces;
use crate::inspect::tls::tell::{self, Handshake, Seen, Under};
use crate::inspect::{self, Gate, Out, Probe, Protocol, Step};
use crate::model::{Chunk, Side, What};
use crate::wire::Cursor;
use frames::Frame;
use header::{Kind, Long};
use keys::{Keys, Secret};
use std::ops::Range;
use version::{Scheme, Version};

/// Whether a datagram is QUIC's: a long header with a version that is known, Google's public
/// header, or on port 443 a short header, which shows no more than one bit.
pub(crate) fn probe(chunk: &Chunk<'_>) -> Probe {
    if google::version(chunk.bytes).is_some() {
        return Probe::Yes;
    }
    match Long::next(&mut Cursor::new(chunk.bytes)) {
        Ok(Some(packet)) if packet.kind == Kind::VersionNegotiation => {
            yes_if(is_version_list(&packet))
        }
        Ok(Some(packet)) => yes_if(packet.version.is_known() && fixed_bit(chunk.bytes)),
        Ok(None) => yes_if(chunk.has_port(HTTPS) && looks_short(chunk.bytes)),
        // Cut by the snaplen, or Q046 and older drafts, which had other headers.
        Err(_) => Probe::No,
    }
}

/// The line of the table.
pub(crate) const PROTOCOL: Protocol = Protocol {
    name: "quic",
    tcp: false,
    udp: true,
    gate: Gate::Open,
    probe,
    start: Some(|| inspect::State::Quic(State::new())),
};

/// A reader of one flow.
pub(crate) struct State(Box<Reader>);

impl State {
    pub(crate) fn new() -> Self {
        State(Box::new(Reader {
            handshake: Handshake::new(Under::Quic),
            streams: Default::default(),
            connections: Vec::new(),
            derivations: 0,
            openings: 0,
            versions: Vec::new(),
            ids: Vec::new(),
            datagrams: [0; 2],
            begun: false,
            restarted: false,
            spare: Vec::new(),
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
        self.0.finish(out);
    }

    /// Bytes held.
    pub(crate) fn buffered(&self) -> usize {
        let [client, server] = &self.0.streams;
        [
            client.pieces.buffered(),
            server.pieces.buffered(),
            self.0
                .connections
                .capacity()
                .saturating_mul(size_of::<Connection>()),
            self.0.spare.capacity(),
            size_of::<Reader>(),
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }
}

struct Reader {
    handshake: Handshake,
    streams: [Stream; 2],
    /// Keys that opened a packet, the newest last.
    connections: Vec<Connection>,
    derivations: u8,
    openings: u8,
    /// Versions told.
    versions: Vec<Version>,
    /// Connection IDs told.
    ids: Vec<(Side, Box<[u8]>)>,
    /// Datagrams seen since the last hello, by side.
    datagrams: [u8; 2],
    /// A long header was seen.
    begun: bool,
    /// A Version Negotiation was heeded; there is no second.
    restarted: bool,
    /// For the packet being opened.
    spare: Vec<u8>,
}

/// The handshake bytes of one direction.
#[derive(Default)]
struct Stream {
    pieces: Pieces,
    /// Bytes of whole messages at its start that were handed on.
    told: usize,
    last: Option<Seen>,
}

/// The keys that come from one connection ID in one version.
struct Connection {
    version: Version,
    destination: Box<[u8]>,
    secret: Secret,
    client_side: Side,
    client: Option<Keys>,
    server: Option<Keys>,
}

impl Reader {
    fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let seen = Seen::of(chunk);
        self.count(chunk.from);
        if self.cleartext(chunk, &seen, out) {
            return self.step();
        }
        let mut datagram = Cursor::new(chunk.bytes);
        while !datagram.is_empty() {
            match Long::next(&mut datagram) {
                Ok(Some(packet)) => self.packet(&packet, chunk, &seen, out),
                Ok(None) => break,
                Err(_) => {
                    if chunk.cut_bytes == 0 && self.begun {
                        self.handshake.trouble("quic header damaged", &seen, out);
                    }
                    break;
                }
            }
        }
        self.step()
    }

    /// Google's versions up to Q046. True if the datagram was one of theirs.
    fn cleartext(&mut self, chunk: &Chunk<'_>, seen: &Seen, out: &mut Out) -> bool {
        let Some(version) = google::version(chunk.bytes) else {
            // After the first datagrams the version is left out.
            return self
                .versions
                .iter()
                .any(|version| version.is_cleartext_google());
        };
        self.begun = true;
        self.tell_version(version, seen, out);
        if let Some(name) = google::cleartext_name(chunk.bytes) {
            self.handshake.google_hello(name, seen, out);
        }
        true
    }

    /// One packet with a long header.
    fn packet(&mut self, packet: &Long<'_>, chunk: &Chunk<'_>, seen: &Seen, out: &mut Out) {
        if packet.kind == Kind::VersionNegotiation {
            if self.begun && is_version_list(packet) {
                self.start_over();
            }
            return;
        }
        if !packet.version.is_known() && !self.begun {
            return;
        }
        self.begun = true;
        self.tell_version(packet.version, seen, out);
        self.tell_id(packet.source, seen, out);
        if packet.kind == Kind::Initial {
            self.initial(packet, chunk, seen, out);
        }
    }

    fn initial(&mut self, packet: &Long<'_>, chunk: &Chunk<'_>, seen: &Seen, out: &mut Out) {
        if packet.missing > 0 {
            let words = match chunk.cut_bytes {
                0 => "quic initial damaged",
                _ => "quic initial cut",
            };
            // Reserved versions are sent to be refused; what is in there need not make sense.
            if packet.version.is_readable() {
                self.handshake.trouble(words, seen, out);
            }
            return;
        }
        let mut spare = std::mem::take(&mut self.spare);
        match self.open(packet, seen.from, &mut spare) {
            Some(range) => {
                let frames = spare.get(range).unwrap_or_default();
                self.frames(frames, packet.version.is_google(), seen, out);
            }
            None if self.connections.is_empty() && packet.version.is_readable() => {
                self.handshake.trouble("quic initial not opened", seen, out);
            }
            None => {}
        }
        self.spare = spare;
    }

    /// Opens an Initial with keys at hand or with new ones. The frames lie in `spare`.
    fn open(&mut self, packet: &Long<'_>, from: Side, spare: &mut Vec<u8>) -> Option<Range<usize>> {
        for connection in self.connections.iter_mut().rev() {
            if connection.version == packet.version
                && let Some(keys) = connection.keys(from)
                && let Some(range) = open_counted(&mut self.openings, keys, packet, spare)
            {
                return Some(range);
            }
        }
        let (connection, range) = self
            .open_as_client(packet, from, spare)
            .or_else(|| self.open_in_new_version(packet, from, spare))?;
        if self.connections.len() >= MAX_CONNECTIONS {
            self.connections.remove(0);
        }
        self.connections.push(connection);
        Some(range)
    }

    /// Takes the packet for the first of a client, or for its first after a Retry: the keys come
    /// from the connection ID it is addressed to.
    fn open_as_client(
        &mut self,
        packet: &Long<'_>,
        from: Side,
        spare: &mut Vec<u8>,
    ) -> Option<(Connection, Range<usize>)> {
        let known = self.connections.last();
        if known.is_some_and(|known| {
            known.client_side != from || *known.destination == *packet.destination
        }) {
            return None;
        }
        packet.version.schemes().iter().find_map(|scheme| {
            let mut connection = self.derive(*scheme, packet, packet.destination, from)?;
            let keys = connection.keys(from)?;
            let range = open_counted(&mut self.openings, keys, packet, spare)?;
            Some((connection, range))
        })
    }

    /// Takes the packet for one after a change of version within the connection (RFC 9368): the
    /// keys come from the same connection ID as before.
    fn open_in_new_version(
        &mut self,
        packet: &Long<'_>,
        from: Side,
        spare: &mut Vec<u8>,
    ) -> Option<(Connection, Range<usize>)> {
        let known = self.connections.last()?;
        if known.version == packet.version {
            return None;
        }
        let (side, destination) = (known.client_side, known.destination.clone());
        packet.version.schemes().iter().find_map(|scheme| {
            let mut connection = self.derive(*scheme, packet, &destination, side)?;
            let keys = connection.keys(from)?;
            let range = open_counted(&mut self.openings, keys, packet, spare)?;
            Some((connection, range))
        })
    }

    fn derive(
        &mut self,
        scheme: Scheme,
        packet: &Long<'_>,
        destination: &[u8],
        client_side: Side,
    ) -> Option<Connection> {
        if self.derivations >= MAX_DERIVATIONS {
            return None;
        }
        self.derivations = self.derivations.saturating_add(1);
        Some(Connection {
            version: packet.version,
            destination: destination.into(),
            secret: Secret::new(scheme, destination),
            client_side,
            client: None,
            server: None,
        })
    }

    /// Reads the frames of an opened Initial.
    fn frames(&mut self, payload: &[u8], google: bool, seen: &Seen, out: &mut Out) {
        let mut input = Cursor::new(payload);
        loop {
            match frames::next(&mut input, google) {
                Ok(Some(Frame::Crypto { offset, bytes })) => {
                    let stream = side_of(&mut self.streams, seen.from);
                    stream.last = Some(*seen);
                    if !stream.pieces.insert(offset, bytes) {
                        self.handshake.trouble("quic handshake too long", seen, out);
                    }
                }
                Ok(Some(Frame::Close)) => self.handshake.closed(seen, out),
                Ok(Some(Frame::Other)) => {}
                Ok(None) => break,
                Err(_) => {
                    self.handshake.trouble("quic frame damaged", seen, out);
                    break;
                }
            }
        }
        self.messages(seen, out);
    }

    /// Hands on the messages that became whole.
    fn messages(&mut self, seen: &Seen, out: &mut Out) {
        let stream = side_of(&mut self.streams, seen.from);
        let prefix = stream.pieces.prefix();
        if google::is_hello(prefix) {
            if let Ok(Some(name)) = google::name(prefix) {
                self.handshake.google_hello(name, seen, out);
            }
            return;
        }
        let mut input = Cursor::new(prefix.get(stream.told..).unwrap_or_default());
        while let Ok(kind) = input.u8("msg_type")
            && let Ok(body) = input.vector("body", 3)
        {
            self.handshake.message(kind, body, seen, out);
            stream.told = prefix.len().saturating_sub(input.left());
        }
    }

    /// After a Version Negotiation the client begins anew, with another hello.
    fn start_over(&mut self) {
        if self.restarted {
            return;
        }
        self.restarted = true;
        self.streams = Default::default();
        self.connections.clear();
        self.datagrams = [0; 2];
    }

    fn tell_version(&mut self, version: Version, seen: &Seen, out: &mut Out) {
        if self.versions.len() < MAX_VERSIONS && !self.versions.contains(&version) {
            self.versions.push(version);
            seen.add(out, What::QuicVersion(version.0));
        }
    }

    fn tell_id(&mut self, id: &[u8], seen: &Seen, out: &mut Out) {
        let told = |(side, known): &(Side, Box<[u8]>)| *side == seen.from && **known == *id;
        if id.is_empty() || self.ids.len() >= MAX_IDS || self.ids.iter().any(told) {
            return;
        }
        self.ids.push((seen.from, id.into()));
        seen.add(out, What::QuicConnectionId(id.into()));
    }

    fn finish(&mut self, out: &mut Out) {
        for stream in &self.streams {
            let rest = stream.pieces.prefix().get(stream.told..);
            let mut rest = Cursor::new(rest.unwrap_or_default());
            if let (Ok([tell::CLIENT_HELLO, ..]), Some(seen)) =
                (rest.array::<4>("header"), stream.last)
            {
                self.handshake.cut_client_hello(rest.rest(), &seen, out);
            }
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
        let waited = if !self.begun {
            client.max(server) >= MAX_SHORT
        } else if self.handshake.has_client() {
            server >= MAX_SERVER || client >= MAX_CLIENT
        } else {
            client.saturating_add(server) >= MAX_CLIENT
        };
        if waited || (self.handshake.has_client() && self.handshake.has_server()) {
            Step::Done
        } else {
            Step::More
        }
    }
}

impl Connection {
    /// Keys of what `from` sends, derived when first needed.
    fn keys(&mut self, from: Side) -> Option<&Keys> {
        if from == self.client_side {
            if self.client.is_none() {
                self.client = self.secret.client();
            }
            self.client.as_ref()
        } else {
            if self.server.is_none() {
                self.server = self.secret.server();
            }
            self.server.as_ref()
        }
    }
}

fn open_counted(
    openings: &mut u8,
    keys: &Keys,
    packet: &Long<'_>,
    spare: &mut Vec<u8>,
) -> Option<Range<usize>> {
    if *openings >= MAX_OPENINGS {
        return None;
    }
    *openings = openings.saturating_add(1);
    keys.open(packet.packet, packet.number_at, spare)
}

fn side_of(streams: &mut [Stream; 2], side: Side) -> &mut Stream {
    let [client, server] = streams;
    match side {
        Side::Client => client,
        Side::Server => server,
    }
}

fn yes_if(holds: bool) -> Probe {
    if holds { Probe::Yes } else { Probe::No }
}

fn fixed_bit(datagram: &[u8]) -> bool {
    datagram
        .first()
        .is_some_and(|first| first & header::FIXED != 0)
}

/// The body of a Version Negotiation: versions, of which one at least is known
/// (RFC 9000 §17.2.1).
fn is_version_list(packet: &Long<'_>) -> bool {
    let ids = packet.destination.len().saturating_add(packet.source.len());
    let list = packet
        .packet
        .get(ids.saturating_add(7)..)
        .unwrap_or_default();
    let (versions, rest) = list.as_chunks::<4>();
    rest.is_empty()
        && versions
            .iter()
            .any(|version| Version(u32::from_be_bytes(*version)).is_known())
}

/// A datagram that can be a packet with a short header: its form and fixed bits, and room for a
/// header protection sample (RFC 9001 §5.4.2). OpenVPN's data packets and TURN's channel data
/// have the same two bits.
fn looks_short(datagram: &[u8]) -> bool {
    let mut input = Cursor::new(datagram);
    let first = input.u8("first byte").unwrap_or_default();
    let _ = input.u8("second byte");
    let channel_len = usize::from(input.u16("length").unwrap_or_default());
    let padded = channel_len.next_multiple_of(4);
    first & (header::LONG | header::FIXED) == header::FIXED
        && datagram.len() >= SHORTEST
        && first != OPENVPN_DATA
        && input.left() != channel_len
        && input.left() != padded
}

const HTTPS: u16 = 443;
/// First byte of OpenVPN's P_DATA_V2 with key 0.
const OPENVPN_DATA: u8 = 0x48;
/// A short header packet has 21 bytes or more.
const SHORTEST: usize = 21;

/// Keys derived for one flow: one connection takes one or two.
const MAX_DERIVATIONS: u8 = 8;
/// Initials opened for one flow.
const MAX_OPENINGS: u8 = 48;
const MAX_CONNECTIONS: usize = 3;
const MAX_VERSIONS: usize = 4;
const MAX_IDS: usize = 8;
/// Datagrams of the server after which its hello is not waited for.
const MAX_SERVER: u8 = 8;
/// Datagrams after which nothing is waited for.
const MAX_CLIENT: u8 = 32;
/// Datagrams with short headers alone after which the handshake counts as missed.
const MAX_SHORT: u8 = 8;

/// Reads `bytes` as a datagram and as the frames of an opened Initial, whatever they are.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz(bytes: &[u8]) {
    let mut datagram = Cursor::new(bytes);
    while let Ok(Some(_)) = Long::next(&mut datagram) {}
    for google in [false, true] {
        let mut input = Cursor::new(bytes);
        while let Ok(Some(_)) = frames::next(&mut input, google) {}
    }
    let _ = google::name(bytes);
}

#[cfg(test)]
#[allow(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]
mod tests;
