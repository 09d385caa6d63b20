//! What a handshake says, as evidence. TLS, DTLS and QUIC carry the same messages and meet here.
//!
//! In:   whole handshake messages, and ClientHellos that were cut.
//! Out:  names, hellos, certificates, and whether all that is readable has been read.
//! Spec: RFC 8446 §4, RFC 5246 §7.4; RFC 9849 for what Encrypted Client Hello shows.
//!
//! A stream can hold any number of hellos; [`MAX_HELLOS`] of each side are told. Each kind of
//! trouble is told once. So evidence stays bounded whatever is sent.
//!
//! **ECH.** From outside, a real Encrypted Client Hello looks like the decoy (GREASE) that
//! browsers send with every hello: then the name in the clear is the true one. Two things tell
//! them apart. The name is known as the public front of an ECH service; or the client answered a
//! HelloRetryRequest with an empty key, which only the real one does (RFC 9849 §6.1.5 and §6.2).
//! Then the name is `ech-outer` and what is behind it counts as hidden. Otherwise it stays `sni`
//! and the hello says that ECH was offered.

use super::certificate;
use super::fingerprint::{self, Prints};
use super::hello::{ClientHelloView, ServerHelloView, numbers};
use super::hidden;
use crate::inspect::Out;
use crate::model::{Chunk, ClientHello, Evidence, ServerHello, Side, Text, Time, Via, What};

/// What carries the handshake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Under {
    Tls,
    Dtls,
    Quic,
}

/// Where evidence comes from: the part of a [`Chunk`] that outlives it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) frame: u64,
    pub(crate) time: Time,
    pub(crate) from: Side,
    client_port: u16,
    server_port: u16,
}

impl Seen {
    pub(crate) fn of(chunk: &Chunk<'_>) -> Self {
        Seen {
            frame: chunk.frame,
            time: chunk.time,
            from: chunk.from,
            client_port: chunk.client_port,
            server_port: chunk.server_port,
        }
    }

    pub(crate) fn add(&self, out: &mut Out, what: What) {
        out.evidence.push(Evidence {
            frame: self.frame,
            time: self.time,
            from: self.from,
            what,
        });
    }

    fn has_port(&self, port: u16) -> bool {
        self.client_port == port || self.server_port == port
    }
}

/// One handshake, as far as it was seen.
#[derive(Debug)]
pub(crate) struct Handshake {
    under: Under,
    /// Who sent a ClientHello.
    client: Option<Side>,
    hellos: u8,
    answers: u8,
    /// A HelloRetryRequest was seen; hellos told before it.
    retried_after: Option<u8>,
    /// The server's part is read: what follows is encrypted or of no interest.
    server_done: bool,
    /// A name was told.
    named: bool,
    /// The protocol word and hidden word told last.
    hidden: Option<&'static str>,
    ech_told: bool,
    /// Kinds of trouble told, at most [`MAX_TROUBLES`]: hardly ever one.
    troubles: Box<[&'static str]>,
}

impl Handshake {
    pub(crate) fn new(under: Under) -> Self {
        Handshake {
            under,
            client: None,
            hellos: 0,
            answers: 0,
            retried_after: None,
            server_done: false,
            named: false,
            hidden: None,
            ech_told: false,
            troubles: Box::default(),
        }
    }

    /// One whole message: its type and the body after its header.
    pub(crate) fn message(&mut self, kind: u8, body: &[u8], seen: &Seen, out: &mut Out) {
        match kind {
            CLIENT_HELLO => self.client_hello(body, seen, out),
            SERVER_HELLO => self.server_hello(body, seen, out),
            OLD_RETRY => self.old_retry(body, seen, out),
            CERTIFICATE if seen.from == self.server() && !self.server_done => {
                self.certificate(body, seen, out);
            }
            SERVER_HELLO_DONE => self.server_done = true,
            _ => {}
        }
    }

    /// A ClientHello of which only the first part was seen. Its name is told, if it is in there.
    pub(crate) fn cut_client_hello(&mut self, part: &[u8], seen: &Seen, out: &mut Out) {
        if self.hellos > 0 {
            return;
        }
        let view = ClientHelloView::read(part, self.under == Under::Dtls);
        self.client = Some(seen.from);
        self.trouble("tls client hello cut", seen, out);
        self.tell_names(&view, seen, out);
    }

    /// A hello of SSL 2.0 was read: it has none of what is told of the others.
    pub(crate) fn old_client_hello(&mut self, from: Side) {
        self.client = Some(from);
        self.hellos = self.hellos.saturating_add(1);
    }

    /// A side says that it encrypts from here on. False if it does not mean it: around a retry
    /// both send a ChangeCipherSpec that changes nothing (RFC 8446 appendix D.4).
    pub(crate) fn changes_cipher(&mut self, from: Side) -> bool {
        if self.retried_after.is_some() && !self.server_done {
            return false;
        }
        self.server_done |= self.answers > 0 && from == self.server();
        true
    }

    /// An alert that could be read.
    pub(crate) fn alert(&mut self, level: u8, seen: &Seen, out: &mut Out) {
        if self.answers > 0 {
            return;
        }
        self.trouble("tls alert before server hello", seen, out);
        if level == FATAL {
            self.server_done = true;
        }
    }

    /// Counts one kind of trouble, once.
    pub(crate) fn trouble(&mut self, words: &'static str, seen: &Seen, out: &mut Out) {
        if self.troubles.len() < MAX_TROUBLES && !self.troubles.contains(&words) {
            let mut troubles = std::mem::take(&mut self.troubles).into_vec();
            troubles.push(words);
            self.troubles = troubles.into_boxed_slice();
            seen.add(out, What::Trouble(words));
        }
    }

    /// The side that sent a ClientHello, or is expected to.
    pub(crate) fn client(&self) -> Side {
        self.client.unwrap_or(Side::Client)
    }

    pub(crate) fn server(&self) -> Side {
        self.client().other()
    }

    /// A ClientHello was told, and the second one after a retry.
    pub(crate) fn has_client(&self) -> bool {
        self.hellos > 0 && self.retried_after.is_none_or(|before| self.hellos > before)
    }

    /// Nothing readable is left on the server's side.
    pub(crate) fn has_server(&self) -> bool {
        self.server_done
    }

    /// A server has answered at all.
    pub(crate) fn is_answered(&self) -> bool {
        self.answers > 0
    }

    /// Google's own hello, which is not TLS: the answer to it is encrypted.
    pub(crate) fn google_hello(&mut self, name: &[u8], seen: &Seen, out: &mut Out) {
        self.client = Some(seen.from);
        self.hellos = self.hellos.saturating_add(1);
        self.server_done = true;
        self.name(Via::QuicSni, name, seen, out);
    }

    /// The QUIC connection was closed within the Initial packets.
    pub(crate) fn closed(&mut self, seen: &Seen, out: &mut Out) {
        if self.answers == 0 {
            self.trouble("quic closed before server hello", seen, out);
            self.server_done = true;
        }
    }

    fn name(&mut self, via: Via, name: &[u8], seen: &Seen, out: &mut Out) {
        self.named = true;
        let name = Text::new(name);
        seen.add(out, What::Name { via, name });
    }

    fn client_hello(&mut self, body: &[u8], seen: &Seen, out: &mut Out) {
        if self.hellos >= MAX_HELLOS {
            return;
        }
        let view = ClientHelloView::read(body, self.under == Under::Dtls);
        if self.hellos == 0 {
            self.client = Some(seen.from);
        }
        self.hellos = self.hellos.saturating_add(1);
        if view.damage.is_some() {
            self.trouble("tls client hello damaged", seen, out);
        } else {
            let hello = describe_client(&view, self.under, &mut out.prints);
            seen.add(out, What::ClientHello(Box::new(hello)));
        }
        self.tell_names(&view, seen, out);
    }

    fn tell_names(&mut self, view: &ClientHelloView<'_>, seen: &Seen, out: &mut Out) {
        let outer = self.is_outer(view);
        if let Some(name) = view.sni {
            let via = match self.under {
                _ if outer => Via::EchOuter,
                Under::Tls => Via::Sni,
                Under::Dtls => Via::DtlsSni,
                Under::Quic => Via::QuicSni,
            };
            self.name(via, name, seen, out);
        }
        if (outer || view.esni) && !self.ech_told {
            self.ech_told = true;
            seen.add(out, What::Hidden("ech"));
        }
        self.tell_hidden_dns(view, seen, out);
    }

    /// True where the name in the clear is surely not the one meant.
    fn is_outer(&self, view: &ClientHelloView<'_>) -> bool {
        let Some(ech) = view.ech else { return false };
        let second = self.retried_after.is_some_and(|before| before > 0);
        view.sni.is_some_and(hidden::is_ech_public_name) || (second && ech.key_len == 0)
    }

    /// DNS inside: by protocol, then by port, then by the name of the server.
    fn tell_hidden_dns(&mut self, view: &ClientHelloView<'_>, seen: &Seen, out: &mut Out) {
        let offers = |wanted: &[u8]| view.protocols().any(|protocol| protocol == wanted);
        let port = seen.has_port(hidden::DNS_OVER_TLS_PORT);
        let word = match self.under {
            Under::Tls if offers(b"dot") || port => "dot",
            // Drafts before RFC 9250 called it doq-i00 and so on.
            Under::Quic
                if port
                    || view
                        .protocols()
                        .any(|protocol| protocol.starts_with(b"doq")) =>
            {
                "doq"
            }
            Under::Tls | Under::Quic if view.sni.is_some_and(hidden::is_doh_server) => "doh",
            _ => return,
        };
        if self.hidden != Some(word) {
            self.hidden = Some(word);
            seen.add(out, What::Protocol(word));
            seen.add(out, What::Hidden(word));
        }
    }

    fn server_hello(&mut self, body: &[u8], seen: &Seen, out: &mut Out) {
        if self.answers >= MAX_HELLOS {
            return;
        }
        let view = ServerHelloView::read(body);
        if view.damage.is_some() {
            self.trouble("tls server hello damaged", seen, out);
            self.server_done = true;
            return;
        }
        self.answers = self.answers.saturating_add(1);
        if self.client.is_none() {
            self.client = Some(seen.from.other());
        }
        if view.retry {
            self.retried_after = Some(self.hellos);
        } else if self.under == Under::Quic || encrypts_at_once(view.version()) {
            self.server_done = true;
        }
        let hello = ServerHello {
            version: view.version(),
            cipher: view.cipher,
            alpn: view.alpn.map(Text::new),
            ja3s: out.prints.ja3s(&view),
            retry: view.retry,
        };
        seen.add(out, What::ServerHello(Box::new(hello)));
    }

    /// `hello_retry_request` as drafts of TLS 1.3 up to 21 had it: a message of its own.
    fn old_retry(&mut self, body: &[u8], seen: &Seen, out: &mut Out) {
        if self.answers >= MAX_HELLOS || self.under == Under::Dtls {
            return;
        }
        self.answers = self.answers.saturating_add(1);
        self.retried_after = Some(self.hellos);
        let version = numbers(body).next().unwrap_or_default();
        let hello = ServerHello {
            version,
            retry: true,
            ..ServerHello::default()
        };
        seen.add(out, What::ServerHello(Box::new(hello)));
    }

    fn certificate(&mut self, body: &[u8], seen: &Seen, out: &mut Out) {
        self.server_done = true;
        let Some(certificate) = certificate::read(body) else {
            self.trouble("tls certificate not understood", seen, out);
            return;
        };
        let host = |name: &&Text| is_host_like(name.bytes());
        if !self.named
            && let Some(name) = certificate.names.iter().find(host)
        {
            let (via, name) = (Via::Certificate, name.clone());
            self.named = true;
            seen.add(out, What::Name { via, name });
        }
        seen.add(out, What::Certificate(Box::new(certificate)));
    }
}

fn describe_client(view: &ClientHelloView<'_>, under: Under, prints: &mut Prints) -> ClientHello {
    // Before TLS 1.3 a session id asks for an old session; since then it is decoration.
    let old_session = view.supported_versions.is_empty() && !view.session_id.is_empty();
    ClientHello {
        ja3: prints.ja3(view),
        ja4: prints.ja4(view, under),
        alpn: view
            .protocols()
            .take(MAX_PROTOCOLS)
            .map(Text::new)
            .collect(),
        version: fingerprint::highest_version(view, under),
        ciphers: u16::try_from(numbers(view.ciphers).count()).unwrap_or(u16::MAX),
        ech: view.ech.is_some(),
        resumes: view.pre_shared_key || view.session_ticket || old_session,
        early_data: view.early_data,
    }
}

/// Certificates made up on the spot are called `WebRTC` and the like: no name of a server.
fn is_host_like(name: &[u8]) -> bool {
    name.contains(&b'.') && !name.contains(&b' ')
}

/// In these versions all that follows a ServerHello is encrypted: TLS 1.3 with its drafts (IETF
/// and Facebook's numbers) and DTLS 1.3.
fn encrypts_at_once(version: u16) -> bool {
    matches!(version, 0x0304 | 0xfefc) || matches!(version >> 8, 0x7f | 0xfb)
}

/// Handshake message types (RFC 8446 §4, RFC 5246 §7.4).
pub(crate) const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const OLD_RETRY: u8 = 6;
const CERTIFICATE: u8 = 11;
const SERVER_HELLO_DONE: u8 = 14;

/// Alert level (RFC 5246 §7.2).
const FATAL: u8 = 2;

/// Hellos that are told of each side of one flow: first, second after a retry, and spare.
const MAX_HELLOS: u8 = 4;
const MAX_TROUBLES: usize = 8;
/// ALPN entries kept of one hello.
const MAX_PROTOCOLS: usize = 32;
