//! Protocols that begin in the clear and turn to TLS, where only the turn is of interest.
//!
//! In:   the first bytes of a stream that was recognised as MySQL, PostgreSQL, RDP, LDAP, IRC or
//!       Gnutella.
//! Out:  once the client sends a ClientHello, the bytes from there on, for the next probe.
//! Spec: MySQL Internals "Protocol::SSLRequest"; PostgreSQL 17 §54.2.10; MS-RDPBCGR §5.4.2; RFC
//!       4511 §4.14; IRCv3 "tls"; Gnutella's `Upgrade: TLS/1.0`. RFC 8446 §5.1 and §4.1.2 for what
//!       is looked for.
//!
//! Each of them agrees on TLS in its own way, and a client may put its hello into the segment of
//! the request. So the hello itself is sought, by some 60 bits that must be right, in the first
//! [`CLIENT_BYTES`] of the client's. Each byte is looked at a bounded number of times.

use super::{Out, Step};
use crate::model::{Carrier, Chunk, Side};
use crate::wire::Cursor;

/// Bytes of the client's among which a hello is sought.
const CLIENT_BYTES: usize = 4 << 10;
/// Bytes that a server may send before: greetings, lists of capabilities.
const SERVER_BYTES: usize = 64 << 10;
/// What is looked at of a hello: the record's header, the message's, and the version.
const HELLO_BYTES: usize = 11;

/// Waits for a ClientHello.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    client: Vec<u8>,
    /// No hello begins before this place.
    searched: usize,
    server_bytes: usize,
}

impl Turn {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        if chunk.carrier == Carrier::Udp {
            return Step::Done;
        }
        if chunk.from == Side::Server {
            self.server_bytes = self.server_bytes.saturating_add(chunk.bytes.len());
            return if self.server_bytes > SERVER_BYTES {
                Step::Done
            } else {
                Step::More
            };
        }
        self.client.extend_from_slice(chunk.bytes);
        if let Some(hello) = self.find_hello() {
            if let Some(rest) = out.rest.get_mut(Side::Client.index()) {
                rest.extend_from_slice(hello);
            }
            return Step::Switch;
        }
        if self.client.len() > CLIENT_BYTES {
            return Step::Done;
        }
        Step::More
    }

    pub(super) fn buffered(&self) -> usize {
        self.client.capacity()
    }

    /// The client's bytes from its hello on.
    fn find_hello(&mut self) -> Option<&[u8]> {
        let last = self.client.len().min(CLIENT_BYTES);
        while let Some(place) = self
            .client
            .get(self.searched..last)
            .and_then(|rest| memchr::memchr(HANDSHAKE, rest))
        {
            let place = place.saturating_add(self.searched);
            let rest = self.client.get(place..).unwrap_or_default();
            if is_client_hello(rest) {
                return self.client.get(place..);
            }
            self.searched = place;
            if rest.len() < HELLO_BYTES {
                return None;
            }
            self.searched = place.saturating_add(1);
        }
        self.searched = last;
        None
    }
}

/// Whether a record begins here with a whole ClientHello, or with the first part of one.
fn is_client_hello(bytes: &[u8]) -> bool {
    let Ok(head) = Cursor::new(bytes).array::<HELLO_BYTES>("hello") else {
        return false;
    };
    let [
        HANDSHAKE,
        3,
        record_minor @ 0..=4,
        a,
        b,
        1,
        0,
        c,
        d,
        3,
        minor @ 0..=4,
    ] = head
    else {
        return false;
    };
    let record = u32::from(u16::from_be_bytes([a, b]));
    let message = u32::from(u16::from_be_bytes([c, d]));
    // A hello has 38 bytes at least: version, random, three empty vectors (RFC 5246 §7.4.1.2).
    let fits = message >= 38 && (4..=message.saturating_add(4)).contains(&record);
    fits && record_minor <= minor.max(3)
}

const HANDSHAKE: u8 = 22;

#[cfg(test)]
mod tests {
    use crate::inspect::check::{Client, Event, Server, check_splits, evidence};
    use crate::inspect::tls::testing::{client_hello, records};
    use crate::model::{Carrier, What};

    const MYSQL: &[u8] = b"\x20\0\0\0\x0a8.0.36\0\x01\0\0\0abcdefgh\0\xff\xff\x08\0\0\0\0\0";

    /// Protocols and names alone; `talk` before the hello, in pieces of several sizes.
    #[track_caller]
    fn turns(talk: &[Event<'_>], want: &str) {
        let hello = records(22, &client_hello("db.a.io", &[]), 1 << 14);
        let talk: Vec<Event<'_>> = [talk, &[Client(&hello)]].concat();
        for size in [1, 3, 12, 4096] {
            let mut pieces = Vec::new();
            for event in &talk {
                match *event {
                    Client(bytes) => pieces.extend(bytes.chunks(size).map(Client)),
                    Server(bytes) => pieces.extend(bytes.chunks(size).map(Server)),
                    Event::Gap(..) => pieces.push(*event),
                }
            }
            let mut words = Vec::new();
            for piece in evidence(Carrier::Tcp, 9, &pieces) {
                match piece.what {
                    What::Protocol(name) => words.push(name.to_owned()),
                    What::Name { name, .. } => words.push(name.lossless().into_owned()),
                    _ => {}
                }
            }
            assert_eq!(words.join(" "), want, "in pieces of {size}");
        }
    }

    #[test]
    fn databases_turn() {
        let request = [b"\x20\0\0\x01\x05\x0a\0\0\0\0\0\x01\x21", &[0_u8; 23][..]].concat();
        turns(&[Server(MYSQL), Client(&request)], "mysql tls db.a.io");
        let request = b"\0\0\0\x08\x04\xd2\x16\x2f";
        turns(&[Client(request), Server(b"S")], "postgresql tls db.a.io");
    }

    #[test]
    fn desktops_directories_and_peers_turn() {
        let request = b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0";
        let confirm = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x01\0\0\0";
        turns(&[Client(request), Server(confirm)], "rdp tls db.a.io");
        let start_tls = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
        let success = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0";
        turns(&[Client(start_tls), Server(success)], "ldap tls db.a.io");
        turns(
            &[
                Client(b"GNUTELLA CONNECT/0.6\r\nUpgrade: TLS/1.0\r\n\r\n"),
                Server(b"GNUTELLA/0.6 200 OK\r\nConnection: Upgrade\r\n\r\n"),
                Client(b"GNUTELLA/0.6 200 OK\r\n\r\n"),
            ],
            "gnutella tls db.a.io",
        );
    }

    #[test]
    fn stays_where_nothing_turns() {
        let hellos = b"\x16\x03\x01\x00\x40\x01\x00\x00\x10\x03\x03".repeat(600);
        check_splits(9, &[Server(MYSQL), Client(&hellos)], "mysql");
    }
}
