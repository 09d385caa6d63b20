//! HTTP in the clear: versions 0.9 to 2, proxies' CONNECT, upgrades.
//!
//! In:   both directions of a TCP stream.
//! Out:  heads of requests and responses, names, and what the connection turns into.
//! Spec: RFC 9110, RFC 9112, RFC 9113, RFC 7541.
//!
//! Bodies are skipped without being buffered. Heads may have any number of lines and lines any
//! length: what is kept of them is bounded.

mod head;
mod hpack;
mod huffman;
mod one;
mod start;
mod two;

use super::{Gate, Out, Probe, Protocol, State, Step};
use crate::model::{Chunk, Side, What};
use one::{Next, One};
use two::Two;

pub(super) const PROTOCOL: Protocol = Protocol {
    name: "http",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe: |chunk| start::recognise(chunk.bytes),
    start: Some(|| State::Http(Http::One(Box::default()))),
};

pub(super) const PROTOCOL_2: Protocol = Protocol {
    name: "http2",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe: |chunk| preface(chunk.bytes),
    start: Some(|| State::Http(Http::Two(Box::default()))),
};

/// Fourteen bytes of the preface are enough: nothing else begins like that.
fn preface(bytes: &[u8]) -> Probe {
    const ENOUGH: &[u8] = b"PRI * HTTP/2.0";
    if bytes.starts_with(ENOUGH) {
        Probe::Yes
    } else if ENOUGH.starts_with(bytes) {
        Probe::Maybe
    } else {
        Probe::No
    }
}

/// Reads one connection.
#[derive(Debug)]
pub(crate) enum Http {
    One(Box<One>),
    Two(Box<Two>),
}

impl Http {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let one = match self {
            Http::One(one) => one,
            Http::Two(two) => return two.push(chunk, out),
        };
        match one.push(chunk, out) {
            Next::Step(step) => step,
            Next::Two(rest) => {
                out.add(chunk, What::Protocol(PROTOCOL_2.name));
                let mut two = Two::default();
                let step = two.push(
                    &Chunk {
                        bytes: &rest,
                        ..*chunk
                    },
                    out,
                );
                *self = Http::Two(Box::new(two));
                step
            }
        }
    }

    pub(super) fn gap(&mut self, side: Side, bytes: u64, out: &mut Out) -> Step {
        match self {
            Http::One(one) => one.gap(side, bytes, out),
            Http::Two(two) => two.gap(side, bytes),
        }
    }

    pub(super) fn finish(&mut self, out: &mut Out) {
        if let Http::One(one) = self {
            one.finish(out);
        }
    }

    pub(super) fn buffered(&self) -> usize {
        match self {
            Http::One(one) => one.buffered(),
            Http::Two(two) => two.buffered(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use crate::inspect::check::{Client, Gap, Server, check, check_splits, evidence, words};
    use crate::model::{Carrier, Side};
    use proptest::prelude::*;

    const GET: &[u8] = b"GET /x HTTP/1.1\r\nHost: a.io\r\nUser-Agent: t/1\r\n\r\n";

    #[test]
    fn reads_pipelined_exchanges_over_any_split() {
        check_splits(
            8080,
            &[
                Client(b"\r\nPOST /p?q HTTP/1.1\r\nhost:a.io:8080\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\nGET /"),
                Client(GET),
                Server(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
                Server(b"5;x\r\nHTTP/\r\n0\r\nTrailer: x\r\n\r\n"),
                Server(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\nHTTP/1.1 500"),
            ],
            "http http-host:a.io POST:a.io:8080/p?q,a/b GET:a.io/x,t/1 100 201 200,text/html,br",
        );
    }

    #[test]
    fn a_response_to_head_has_no_body() {
        check_splits(
            80,
            &[
                Client(b"HEAD / HTTP/1.1\r\nHost: a.io\r\n\r\n"),
                Client(GET),
                Server(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nHTTP/1.1 304 x\r\n\r\n"),
            ],
            "http http-host:a.io HEAD:a.io/ GET:a.io/x,t/1 200 304",
        );
    }

    #[test]
    fn takes_hosts_where_they_stand() {
        check_splits(
            3128,
            &[Client(b"GET http://b.io HTTP/1.1\r\nHost: a.io\r\n\r\n")],
            "http http-host:b.io http-host:a.io GET:a.io/",
        );
        check_splits(
            80,
            &[Client(b"GET /old\r\n"), Server(b"<html>")],
            "http GET:/old",
        );
        check_splits(
            80,
            &[Client(
                b"GET / HTTP/1.0\r\nHost:\r\n a.io\r\nUser-Agent: x\r\n\ty\r\n\r\n",
            )],
            "http http-host:a.io GET:a.io/,x y",
        );
    }

    #[test]
    fn picks_up_after_a_hole() {
        check(
            Carrier::Tcp,
            80,
            &[
                Client(b"POST / HTTP/1.1\r\nHost: a.io\r\nContent-Length: 1000\r\n\r\n123"),
                Gap(Side::Client, 990),
                Client(b"1234567"),
                Client(GET),
                Client(b"GET /cut HTTP/1.1\r\nUser-Ag"),
                Gap(Side::Client, 9),
                Client(b"rest\r\n\r\n"),
                Client(GET),
            ],
            "http http-host:a.io POST:a.io/ GET:a.io/x,t/1 [http head cut] GET:/cut GET:a.io/x,t/1",
        );
    }

    #[test]
    fn begins_in_the_middle_of_a_stream() {
        check(
            Carrier::Tcp,
            80,
            &[
                Server(b"binary\x00\x01 body"),
                Client(GET),
                Server(b"more of it"),
                Server(b"HTTP/1.1 204 x\r\n\r\n"),
            ],
            "http http-host:a.io GET:a.io/x,t/1 204",
        );
    }

    #[test]
    fn hands_tunnels_to_the_next_protocol() {
        check_splits(
            8080,
            &[
                Client(b"CONNECT a.io:443 HTTP/1.1\r\nHost: a.io:443\r\n\r\n"),
                Server(b"HTTP/1.0 200 Connection established\r\n\r\n"),
                Client(b"GET /in HTTP/1.1\r\nHost: b.io\r\n\r\n"),
            ],
            "http connect:a.io CONNECT:a.io:443a.io:443 200 http http-host:b.io GET:b.io/in",
        );
        check_splits(
            8080,
            &[
                Client(b"CONNECT a.io:443 HTTP/1.1\r\n\r\n"),
                Client(GET),
                Server(b"HTTP/1.1 407 no\r\nContent-Length: 0\r\n\r\n"),
            ],
            "http connect:a.io CONNECT:a.io:443a.io:443 407 GET:a.io/x,t/1",
        );
    }

    #[test]
    fn follows_upgrades() {
        let ask = b"GET /w HTTP/1.1\r\nHost: a.io\r\nUpgrade: websocket\r\n\r\n";
        check_splits(
            80,
            &[
                Client(ask),
                Server(b"HTTP/1.1 101 x\r\nUpgrade: WebSocket\r\n\r\n\x81\x01a"),
                Client(b"\x81\x81\x00\x00\x00\x00a"),
            ],
            "http http-host:a.io GET:a.io/w 101 websocket",
        );
        check_splits(
            80,
            &[
                Client(b"GET / HTTP/1.1\r\nHost: a.io\r\nUpgrade: h2c\r\n\r\n"),
                Server(b"HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x04\0\0\0\x01\x88"),
                Client(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
            ],
            "http http-host:a.io GET:a.io/ 101 http2 200",
        );
    }

    /// The blocks of RFC 7541 appendix C.4, one of them padded and over two frames.
    #[test]
    fn reads_http2_with_prior_knowledge() {
        let first = b"\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff";
        let client = [
            &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"[..],
            b"\0\0\x11\x01\x05\0\0\0\x01",
            first,
            b"\0\0\x03\0\x01\0\0\0\x01abc",
            b"\0\0\x09\x01\x28\0\0\0\x03\x02\0\0\0\0\0\x82\0\0",
            b"\0\0\x03\x09\x04\0\0\0\x03\x86\x84\xbe",
        ]
        .concat();
        check_splits(
            50051,
            &[
                Server(b"\0\0\0\x04\0\0\0\0\0"),
                Client(&client),
                Server(b"\0\0\x01\x01\x04\0\0\0\x01\x8d"),
            ],
            "http2 http-host:www.example.com GET:www.example.com/ GET:www.example.com/ 404",
        );
    }

    #[test]
    fn survives_heads_without_end() {
        let mut head = b"GET / HTTP/1.1\r\n".to_vec();
        for k in 0..20_000 {
            head.extend(format!("X-{k}: y\r\n").bytes());
        }
        head.extend(b"Host: late.io\r\n\r\n");
        check_splits(80, &[Client(&head)], "http http-host:late.io GET:late.io/");

        let path = [b"GET ".to_vec(), b"/a".repeat(100_000)].concat();
        let pieces: Vec<_> = path.chunks(1460).map(Client).collect();
        let words = words(&evidence(Carrier::Tcp, 80, &pieces));
        assert!(words.starts_with("http [http path cut] GET:/a/a"));
        assert!(words.len() < 9000, "{}", words.len());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            client in proptest::collection::vec(any::<u8>(), 0..400),
            server in proptest::collection::vec(any::<u8>(), 0..400),
            cut in 1_usize..80,
        ) {
            let client = [GET, &client].concat();
            let mut events = Vec::new();
            events.extend(client.chunks(cut).map(Client));
            events.extend(server.chunks(cut).map(Server));
            let words = words(&evidence(Carrier::Tcp, 80, &events));
            prop_assert!(words.starts_with("http "));
        }

        #[test]
        fn any_frames_are_survived(frames in proptest::collection::vec((any::<[u8; 7]>(), proptest::collection::vec(any::<u8>(), 0..60)), 0..12)) {
            let mut client = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
            for ([kind, flags, rest @ ..], payload) in frames {
                client.extend([0, 0, u8::try_from(payload.len()).unwrap_or(0), kind % 11, flags]);
                client.extend(&rest[..4]);
                client.extend(payload);
            }
            let words = words(&evidence(Carrier::Tcp, 80, &[Client(&client)]));
            prop_assert!(words.starts_with("http2"));
        }
    }
}
