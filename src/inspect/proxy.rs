//! The PROXY protocol: what a load balancer writes before the bytes that it passes on.
//!
//! In:   both directions from their first byte.
//! Out:  the name that the client asked the balancer for, where the header has it, as
//!       [`Via::Protocol`]; the bytes behind the header are probed.
//! Spec: HAProxy's "The PROXY protocol, versions 1 & 2", §2.1 (text), §2.2 (binary).
//!
//! A header of text has at most [`LINE_BYTES`]; a binary one may be 64 KiB long, of which no more
//! than [`HEADER_BYTES`] are waited for.

use super::{Gate, Out, Probe, Protocol, State, Step};
use crate::model::{Chunk, Side, Text, Via, What};
use crate::wire::{Cursor, Malformed};
use memchr::memchr;

pub(super) const PROTOCOL: Protocol = Protocol {
    name: "haproxy",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe: |chunk| probe(chunk.bytes),
    start: Some(|| State::Proxy(Box::default())),
};

/// The longest line of version 1 (§2.1).
const LINE_BYTES: usize = 107;
/// Real headers of version 2 are shorter: addresses, a name, what a certificate said.
const HEADER_BYTES: usize = 8 << 10;

/// How a header of version 1 begins, with the protocols that it knows.
const TEXT: [&[u8]; 3] = [b"PROXY TCP4 ", b"PROXY TCP6 ", b"PROXY UNKNOWN"];
/// How one of version 2 begins.
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The entry that holds the name the client asked for (§2.2.2).
const AUTHORITY: u8 = 2;

/// The first word and its protocol, 88 bits or more; or the signature, 96 bits.
fn probe(bytes: &[u8]) -> Probe {
    let starts = [TEXT.as_slice(), &[SIGNATURE]];
    let mut found = Probe::No;
    for start in starts.into_iter().flatten() {
        if bytes.starts_with(start) {
            return Probe::Yes;
        }
        if start.starts_with(bytes) {
            found = Probe::Maybe;
        }
    }
    found
}

/// Reads one header.
#[derive(Debug, Default)]
pub(crate) struct Proxy {
    held: Vec<u8>,
}

/// What a header says, and what comes after it.
struct Header<'a> {
    authority: Option<&'a [u8]>,
    rest: &'a [u8],
}

impl Proxy {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        // Who is passed on to speaks after the header, if it is not the one who passes.
        if chunk.from == Side::Server {
            return Step::Done;
        }
        self.held.extend_from_slice(chunk.bytes);
        let header = if self.held.starts_with(SIGNATURE) {
            binary(&self.held)
        } else {
            text(&self.held)
        };
        match header {
            Ok(header) => {
                if let Some(name) = header.authority {
                    let (via, name) = (Via::Protocol, Text::new(name));
                    out.add(chunk, What::Name { via, name });
                }
                if let Some(rest) = out.rest.get_mut(chunk.from.index()) {
                    rest.extend_from_slice(header.rest);
                }
                Step::Switch
            }
            Err(Malformed::Short { .. }) if self.held.len() <= HEADER_BYTES => Step::More,
            Err(_) => Step::Done,
        }
    }

    pub(super) fn buffered(&self) -> usize {
        self.held.capacity()
    }
}

/// A line.
fn text(bytes: &[u8]) -> Result<Header<'_>, Malformed> {
    let line = bytes.get(..LINE_BYTES).unwrap_or(bytes);
    let Some(end) = memchr(b'\n', line) else {
        if bytes.len() >= LINE_BYTES {
            return Err(Malformed::Illegal {
                field: "line length",
                value: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            });
        }
        return Err(Malformed::Short {
            field: "line",
            needed: LINE_BYTES,
            left: bytes.len(),
        });
    };
    Ok(Header {
        authority: None,
        rest: bytes.get(end.saturating_add(1)..).unwrap_or_default(),
    })
}

/// The signature, version and command, family, length, addresses, then entries.
fn binary(bytes: &[u8]) -> Result<Header<'_>, Malformed> {
    let mut input = Cursor::new(bytes);
    input.skip("signature", SIGNATURE.len())?;
    input.skip("version and command", 1)?;
    let family = input.u8("family")?;
    let len = input.u16("length")?;
    let mut body = Cursor::new(input.take("header", len.into())?);
    let addresses = match family >> 4 {
        1 => 12,
        2 => 36,
        3 => 216,
        _ => 0,
    };
    body.take_up_to(addresses);
    let mut authority = None;
    while let Ok(kind) = body.u8("entry") {
        let Ok(value) = body.vector("value", 2) else {
            break;
        };
        if kind == AUTHORITY && !value.is_empty() && authority.is_none() {
            authority = Some(value);
        }
    }
    Ok(Header {
        authority,
        rest: input.rest(),
    })
}

#[cfg(test)]
mod tests {
    use crate::inspect::check::{Client, Server, check, check_splits};
    use crate::model::Carrier;

    const INNER: &[u8] = b"GET / HTTP/1.1\r\nHost: b.io\r\n\r\n";
    const INNER_WORDS: &str = "http http-host:b.io GET:b.io/";

    #[test]
    fn looks_behind_a_line() {
        for line in [
            &b"PROXY TCP4 192.0.2.1 198.51.100.2 52176 80\r\n"[..],
            b"PROXY TCP6 2001:db8::1 2001:db8::2 52176 80\r\n",
            b"PROXY UNKNOWN\r\n",
        ] {
            let client = [line, INNER].concat();
            check_splits(80, &[Client(&client)], &format!("haproxy {INNER_WORDS}"));
        }
    }

    #[test]
    fn looks_behind_a_binary_header() {
        let header = [
            super::SIGNATURE,
            b"\x21\x11\0\x13\xc0\0\x02\x01\xc6\x33\x64\x02\xcb\xd0\0\x50",
            b"\x02\0\x04a.io",
        ]
        .concat();
        let client = [&header[..], INNER].concat();
        check_splits(
            80,
            &[Client(&client), Server(b"HTTP/1.1 200 OK\r\n\r\n")],
            &format!("haproxy protocol:a.io {INNER_WORDS} 200"),
        );
        let local = [super::SIGNATURE, b"\x20\0\0\0", INNER].concat();
        check_splits(80, &[Client(&local)], &format!("haproxy {INNER_WORDS}"));
    }

    #[test]
    fn ends_without_a_line_end() {
        let endless = [&b"PROXY TCP4 "[..], &[b'1'; 300]].concat();
        check_splits(80, &[Client(&endless), Client(INNER)], "haproxy");
        let lie = [super::SIGNATURE, b"\x21\x11\xff\xff", &[0; 20_000]].concat();
        check_splits(80, &[Client(&lie)], "haproxy");
        check(
            Carrier::Tcp,
            80,
            &[Client(b"PROXY / HTTP/1.1\r\n\r\n")],
            "http PROXY:/",
        );
    }
}
