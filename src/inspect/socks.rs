//! SOCKS: what a client asks a proxy to connect to.
//!
//! In:   both directions from their first byte.
//! Out:  the target as [`Via::Socks`]; after success the tunnelled bytes are probed.
//! Spec: RFC 1928 (version 5), RFC 1929 (its passwords, which are skipped), the SOCKS4 and
//!       SOCKS4A memos of Y. Lee.
//!
//! At most [`HELD_BYTES`] of each side are held until the proxy has answered.

use super::{Gate, Out, Probe, Protocol, State, Step};
use crate::model::{Chunk, Side, Text, Via, What};
use crate::wire::{Cursor, Malformed};
use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) const PROTOCOL: Protocol = Protocol {
    name: "socks",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe,
    start: Some(|| State::Socks(Box::default())),
};

/// Handshakes are far smaller; clients may send data behind them at once.
const HELD_BYTES: usize = 64 << 10;

const VERSION_4: u8 = 4;
const VERSION_5: u8 = 5;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const DOMAIN: u8 = 3;
const IPV6: u8 = 4;

fn probe(chunk: &Chunk<'_>) -> Probe {
    let mut cursor = Cursor::new(chunk.bytes);
    let shape = match cursor.u8("version") {
        Ok(VERSION_4) => looks_like_4(&mut cursor),
        Ok(VERSION_5) => looks_like_5(&mut cursor),
        _ => Ok(false),
    };
    match shape {
        Ok(true) => Probe::Yes,
        Ok(false) => Probe::No,
        Err(_) => Probe::Maybe,
    }
}

/// A greeting and no more, or the request right behind it.
fn looks_like_5(cursor: &mut Cursor<'_>) -> Result<bool, Malformed> {
    let count = cursor.u8("method count")?;
    let methods = cursor.take_up_to(count.into());
    // Methods 0 to 9 are assigned, 0x80 to 0xfe private (RFC 1928 §3).
    let assigned = methods
        .iter()
        .all(|method| matches!(method, 0..=9 | 0x80..=0xfe));
    if count == 0 || !assigned {
        return Ok(false);
    }
    if methods.len() < count.into() {
        return Err(Malformed::Short {
            field: "methods",
            needed: count.into(),
            left: methods.len(),
        });
    }
    Ok(matches!(cursor.peek(), None | Some(1 | VERSION_5)))
}

fn looks_like_4(cursor: &mut Cursor<'_>) -> Result<bool, Malformed> {
    if !matches!(cursor.u8("command")?, 1 | 2) {
        return Ok(false);
    }
    let port = cursor.u16("port")?;
    let address = cursor.array::<4>("address")?;
    if port == 0 || address == [0; 4] {
        return Ok(false);
    }
    let printable = |text: &[u8]| text.iter().all(|byte| (0x20..0x7f).contains(byte));
    let user = until_zero(cursor.rest());
    if user.len() > 255 || !printable(user) {
        return Ok(false);
    }
    cursor.skip("user", user.len().saturating_add(1))?;
    if names_host(address) {
        let name = until_zero(cursor.rest());
        if name.len() > 255 || !printable(name) {
            return Ok(false);
        }
        cursor.skip("name", name.len().saturating_add(1))?;
    }
    Ok(true)
}

/// 0.0.0.x with x not 0 means that a name follows (SOCKS4A).
fn names_host(address: [u8; 4]) -> bool {
    let [a, b, c, d] = address;
    [a, b, c] == [0; 3] && d != 0
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}

/// Reads one handshake.
#[derive(Debug, Default)]
pub(crate) struct Socks {
    client: Vec<u8>,
    server: Vec<u8>,
    told: bool,
}

/// What a client asked for, and where its handshake ends.
struct Request<'a> {
    target: Text,
    connect: bool,
    rest: &'a [u8],
}

impl Socks {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let side = match chunk.from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        side.extend_from_slice(chunk.bytes);
        if side.len() > HELD_BYTES {
            return Step::Done;
        }
        self.read(chunk, out).unwrap_or_else(|err| match err {
            Malformed::Short { .. } => Step::More,
            Malformed::Illegal { .. } => Step::Done,
        })
    }

    pub(super) fn buffered(&self) -> usize {
        self.client
            .capacity()
            .saturating_add(self.server.capacity())
    }

    /// Reads from the beginning with all that is there by now.
    fn read(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Result<Step, Malformed> {
        let mut client = Cursor::new(&self.client);
        let version = client.u8("version")?;
        let request = match version {
            VERSION_4 => request_4(&mut client)?,
            _ => request_5(&mut client)?,
        };
        if !self.told {
            self.told = true;
            let name = request.target;
            out.evidence.push(crate::model::Evidence {
                frame: chunk.frame,
                time: chunk.time,
                from: Side::Client,
                what: What::Name {
                    via: Via::Socks,
                    name,
                },
            });
        }
        if !request.connect {
            return Ok(Step::Done);
        }
        let mut server = Cursor::new(&self.server);
        let granted = match version {
            VERSION_4 => reply_4(&mut server)?,
            _ => reply_5(&mut server)?,
        };
        if !granted {
            return Ok(Step::Done);
        }
        out.rest = [request.rest.to_vec(), server.rest().to_vec()];
        Ok(Step::Switch)
    }
}

fn request_4<'a>(client: &mut Cursor<'a>) -> Result<Request<'a>, Malformed> {
    let command = client.u8("command")?;
    client.skip("port", 2)?;
    let address = client.array::<4>("address")?;
    let user = until_zero(client.rest()).len();
    client.skip("user", user.saturating_add(1))?;
    let target = if names_host(address) {
        let name = until_zero(client.rest());
        client.skip("name", name.len().saturating_add(1))?;
        Text::new(name)
    } else {
        Text::from(Ipv4Addr::from(address).to_string().as_str())
    };
    Ok(Request {
        target,
        connect: command == CONNECT,
        rest: client.rest(),
    })
}

/// Greeting, a password where there is one, then the request.
fn request_5<'a>(client: &mut Cursor<'a>) -> Result<Request<'a>, Malformed> {
    client.vector("methods", 1)?;
    let mut version = client.u8("version")?;
    if version == 1 {
        client.vector("user", 1)?;
        client.vector("password", 1)?;
        version = client.u8("version")?;
    }
    expect("version", version, VERSION_5)?;
    let command = client.u8("command")?;
    client.skip("reserved", 1)?;
    let target = address_5(client)?;
    Ok(Request {
        target,
        connect: command == CONNECT,
        rest: client.rest(),
    })
}

/// An address of any type and its port (RFC 1928 §5).
fn address_5(cursor: &mut Cursor<'_>) -> Result<Text, Malformed> {
    let target = match cursor.u8("address type")? {
        IPV4 => Text::from(
            Ipv4Addr::from(cursor.array::<4>("address")?)
                .to_string()
                .as_str(),
        ),
        IPV6 => Text::from(
            Ipv6Addr::from(cursor.array::<16>("address")?)
                .to_string()
                .as_str(),
        ),
        DOMAIN => Text::new(cursor.vector("name", 1)?),
        other => {
            return Err(Malformed::Illegal {
                field: "address type",
                value: other.into(),
            });
        }
    };
    cursor.skip("port", 2)?;
    Ok(target)
}

fn reply_4(server: &mut Cursor<'_>) -> Result<bool, Malformed> {
    expect("reply version", server.u8("reply version")?, 0)?;
    let code = server.u8("code")?;
    server.skip("port and address", 6)?;
    Ok(code == 90)
}

/// Choice of a method, the answer to a password where there is one, then the reply.
fn reply_5(server: &mut Cursor<'_>) -> Result<bool, Malformed> {
    expect("reply version", server.u8("reply version")?, VERSION_5)?;
    let method = server.u8("method")?;
    if method == 2 {
        server.skip("password answer", 2)?;
    } else if method != 0 {
        // Other methods wrap what follows, or refuse it.
        return Ok(false);
    }
    expect("reply version", server.u8("reply version")?, VERSION_5)?;
    let code = server.u8("code")?;
    server.skip("reserved", 1)?;
    address_5(server)?;
    Ok(code == 0)
}

fn expect(field: &'static str, value: u8, wanted: u8) -> Result<(), Malformed> {
    if value == wanted {
        return Ok(());
    }
    Err(Malformed::Illegal {
        field,
        value: value.into(),
    })
}

#[cfg(test)]
mod tests {
    use crate::inspect::check::{Client, Server, check, check_splits};
    use crate::model::Carrier;

    const INNER: &[u8] = b"GET / HTTP/1.1\r\nHost: b.io\r\n\r\n";

    #[test]
    fn names_the_target_and_opens_the_tunnel() {
        check_splits(
            1080,
            &[
                Client(b"\x05\x02\x00\x02"),
                Server(b"\x05\x02"),
                Client(b"\x01\x01u\x01p"),
                Server(b"\x01\x00"),
                Client(b"\x05\x01\x00\x03\x04a.io\x01\xbb"),
                Server(b"\x05\x00\x00\x01\0\0\0\0\0\0"),
                Client(INNER),
            ],
            "socks socks:a.io http http-host:b.io GET:b.io/",
        );
        check_splits(
            1080,
            &[
                Client(b"\x04\x01\x01\xbb\0\0\0\x01me\0a.io\0"),
                Server(b"\0\x5a\0\0\0\0\0\0"),
                Client(INNER),
            ],
            "socks socks:a.io http http-host:b.io GET:b.io/",
        );
        check_splits(
            1080,
            &[
                Client(b"\x04\x01\x01\xbb\xc0\0\x02\x01\0"),
                Server(b"\0\x5b\0\0\0\0\0\0"),
            ],
            "socks socks:192.0.2.1",
        );
    }

    #[test]
    fn takes_data_that_does_not_wait() {
        let client = [&b"\x05\x01\x00\x05\x01\x00\x03\x04a.io\x00\x50"[..], INNER].concat();
        check_splits(
            9050,
            &[
                Client(&client),
                Server(b"\x05\x00\x05\x00\x00\x01\0\0\0\0\0\0HTTP/1.1 200 OK\r\n\r\n"),
            ],
            "socks socks:a.io http http-host:b.io GET:b.io/ 200",
        );
    }

    #[test]
    fn leaves_others_alone() {
        for bytes in [
            &b"\x05\x00\x0b\x03"[..],
            b"\x05\x01\x20",
            b"\x04\x03\0\x50",
            b"\x05\x01\x00\x99",
        ] {
            check(Carrier::Tcp, 1080, &[Client(bytes)], "");
        }
    }
}
