//! XMPP: the domain a stream is for, and its turn to TLS.
//!
//! In:   both directions from their first byte.
//! Out:  `to` of the client's stream header as [`Via::Protocol`]; after `<proceed/>` the bytes
//!       that follow are probed.
//! Spec: RFC 6120 §4.2, §4.7.2, §5.4.
//!
//! This is no XML parser: it looks for three tags. At most [`HELD_BYTES`] of a side are held.

use super::{Gate, Out, Probe, Protocol, State, Step};
use crate::model::{Chunk, Side, Text, Via, What};
use memchr::{memchr, memmem};

pub(super) const PROTOCOL: Protocol = Protocol {
    name: "xmpp",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe,
    start: Some(|| State::Xmpp(Box::default())),
};

/// TLS is negotiated at once or not at all (RFC 6120 §5.3.1).
const HELD_BYTES: usize = 8 << 10;
const HEADER: &[u8] = b"<stream:stream";

fn probe(chunk: &Chunk<'_>) -> Probe {
    let bytes = chunk.bytes.trim_ascii_start();
    if bytes.starts_with(HEADER) {
        return Probe::Yes;
    }
    let declaration = b"<?xml";
    let len = bytes.len().min(declaration.len());
    if bytes.get(..len) != declaration.get(..len) && !HEADER.starts_with(bytes) {
        return Probe::No;
    }
    // Only the declaration may stand before the header.
    let rest = match memmem::find(bytes, b"?>") {
        Some(end) => bytes.get(end.saturating_add(2)..).unwrap_or_default(),
        None => return Probe::Maybe,
    };
    let rest = rest.trim_ascii_start();
    if rest.starts_with(HEADER) {
        Probe::Yes
    } else if HEADER.starts_with(rest) {
        Probe::Maybe
    } else {
        Probe::No
    }
}

/// The beginning of one stream.
#[derive(Debug, Default)]
pub(crate) struct Xmpp {
    client: Vec<u8>,
    server: Vec<u8>,
    told: bool,
    /// The client asked for TLS.
    asked: bool,
}

impl Xmpp {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let held = match chunk.from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        held.extend_from_slice(chunk.bytes);
        if held.len() > HELD_BYTES.saturating_add(chunk.bytes.len()) {
            return Step::Done;
        }
        match chunk.from {
            Side::Client => self.client_said(chunk, out),
            Side::Server => self.server_said(out),
        }
    }

    pub(super) fn buffered(&self) -> usize {
        self.client
            .capacity()
            .saturating_add(self.server.capacity())
    }

    fn client_said(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        if !self.told
            && let Some(tag) = tag(&self.client, HEADER)
        {
            self.told = true;
            if let Some(domain) = attribute(tag, b"to").filter(|domain| !domain.is_empty()) {
                let name = Text::new(domain);
                let via = Via::Protocol;
                out.add(chunk, What::Name { via, name });
            }
        }
        self.asked |= memmem::find(&self.client, b"<starttls").is_some();
        Step::More
    }

    fn server_said(&mut self, out: &mut Out) -> Step {
        let Some(start) = memmem::find(&self.server, b"<proceed").filter(|_| self.asked) else {
            return Step::More;
        };
        let rest = self.server.get(start..).unwrap_or_default();
        let Some(end) = memchr(b'>', rest) else {
            return Step::More;
        };
        let rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
        out.rest = [Vec::new(), rest.to_vec()];
        Step::Switch
    }
}

/// The attributes of the first tag that begins like this, if it is whole.
fn tag<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let start = memmem::find(text, name)?.checked_add(name.len())?;
    let rest = text.get(start..)?;
    rest.get(..memchr(b'>', rest)?)
}

/// The value of an attribute, in either kind of quotes.
fn attribute<'a>(attributes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = attributes.trim_ascii_start();
    while let Some(equals) = memchr(b'=', rest) {
        let (key, after) = rest.split_at_checked(equals)?;
        let after = after.get(1..)?.trim_ascii_start();
        let (quote, value) = after.split_first()?;
        let end = memchr(*quote, value)?;
        let (value, after) = value.split_at_checked(end)?;
        if key.trim_ascii() == name {
            return Some(value);
        }
        rest = after.get(1..)?.trim_ascii_start();
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::inspect::check::{Client, Server, check, check_splits};
    use crate::model::Carrier;

    const OPEN: &[u8] = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' from=\"me@b\" to='a.io' version='1.0'>";

    #[test]
    fn reads_the_domain_and_turns_to_tls() {
        check_splits(
            5222,
            &[
                Client(OPEN),
                Server(b"<?xml version='1.0'?><stream:stream from='a.io'><stream:features><starttls/></stream:features>"),
                Client(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
                Server(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
                Client(b"GET / HTTP/1.1\r\nHost: b.io\r\n\r\n"),
            ],
            "xmpp protocol:a.io http http-host:b.io GET:b.io/",
        );
    }

    #[test]
    fn leaves_other_xml_alone() {
        check(
            Carrier::Tcp,
            80,
            &[Client(b"<?xml version='1.0'?><html>")],
            "",
        );
        check(Carrier::Tcp, 80, &[Client(b"<html>")], "");
    }
}
