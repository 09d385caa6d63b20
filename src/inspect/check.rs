//! What tests of readers share: a script of chunks in, one line of evidence out.

use super::{Inspection, Out};
use crate::model::{Carrier, Chunk, Evidence, Side, Time, What};
use std::net::{IpAddr, Ipv4Addr};

/// One thing that happens in a flow.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<'a> {
    Client(&'a [u8]),
    Server(&'a [u8]),
    /// Bytes that were never seen.
    Gap(Side, u64),
}

pub(super) use Event::{Client, Gap, Server};

/// Evidence of a whole flow, with the event that completed each piece as its frame.
pub(super) fn evidence(carrier: Carrier, port: u16, events: &[Event<'_>]) -> Vec<Evidence> {
    let mut inspection = Inspection::resume(0);
    let mut out = Out::default();
    for (frame, event) in (1..).zip(events) {
        let (from, bytes) = match *event {
            Client(bytes) => (Side::Client, bytes),
            Server(bytes) => (Side::Server, bytes),
            Gap(side, bytes) => {
                if !inspection.gap(side, bytes, &mut out) {
                    break;
                }
                continue;
            }
        };
        let chunk = Chunk {
            bytes,
            from,
            carrier,
            frame,
            time: Time(0),
            cut_bytes: 0,
            client: IpAddr::V4(Ipv4Addr::LOCALHOST),
            server: IpAddr::V4(Ipv4Addr::LOCALHOST),
            client_port: 40_000,
            server_port: port,
        };
        if !inspection.push(&chunk, &mut out) {
            break;
        }
        assert!(out.rest.iter().all(Vec::is_empty), "nobody took the rest");
    }
    inspection.finish(&mut out);
    assert_eq!(inspection.buffered(), 0);
    out.evidence
}

/// Evidence in short: `http host:a.io GET:a.io/x 200`.
pub(super) fn words(evidence: &[Evidence]) -> String {
    let words: Vec<String> = evidence.iter().map(|piece| word(&piece.what)).collect();
    words.join(" ")
}

fn word(what: &What) -> String {
    match what {
        What::Protocol(name) => (*name).to_owned(),
        What::Name { via, name } => format!("{}:{}", via.as_str(), name.lossless()),
        What::HttpRequest(request) => {
            let host = request
                .host
                .as_ref()
                .map(|host| host.lossless().into_owned());
            let mut word = format!(
                "{}:{}{}",
                request.method.lossless(),
                host.unwrap_or_default(),
                request.path.lossless()
            );
            for field in [
                &request.user_agent,
                &request.content_type,
                &request.content_encoding,
            ]
            .into_iter()
            .flatten()
            {
                word += &format!(",{}", field.lossless());
            }
            word
        }
        What::HttpResponse(response) => {
            let mut word = response.status.to_string();
            for field in [&response.content_type, &response.content_encoding]
                .into_iter()
                .flatten()
            {
                word += &format!(",{}", field.lossless());
            }
            word
        }
        What::Dns(message) => {
            let name = message.question.as_ref();
            let name = name.map(|(name, kind)| format!("{}/{kind}", name.lossless()));
            format!(
                "{}{}:{}+{}",
                message.family.as_str(),
                if message.response { "!" } else { "?" },
                name.unwrap_or_default(),
                message.answers.len()
            )
        }
        What::Trouble(trouble) => format!("[{trouble}]"),
        other => format!("{other:?}"),
    }
}

#[track_caller]
pub(super) fn check(carrier: Carrier, port: u16, events: &[Event<'_>], want: &str) {
    assert_eq!(words(&evidence(carrier, port, events)), want);
}

/// However the bytes of a stream are split, the evidence is the same.
#[track_caller]
pub(super) fn check_splits(port: u16, events: &[Event<'_>], want: &str) {
    check(Carrier::Tcp, port, events, want);
    for size in [1, 2, 3, 7, 64] {
        let mut pieces = Vec::new();
        for event in events {
            match *event {
                Client(bytes) => pieces.extend(bytes.chunks(size).map(Client)),
                Server(bytes) => pieces.extend(bytes.chunks(size).map(Server)),
                Gap(..) => pieces.push(*event),
            }
        }
        assert_eq!(
            words(&evidence(Carrier::Tcp, port, &pieces)),
            want,
            "in pieces of {size}"
        );
    }
}

/// What the driver promises, whatever the protocols.
mod tests {
    use super::*;
    use crate::inspect::PROBE_BYTES;
    use crate::model::Carrier::{Tcp, Udp};

    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a.io\r\n\r\n";
    const QUERY: &[u8] = b"\0\x09\x01\0\0\x01\0\0\0\0\0\0\x01a\x02io\0\0\x01\0\x01";
    const NOISE: &[u8] = b"\xf3\x9c\xe1\xa5\xf3\x9c\xe1\xa5";

    fn inspect(events: &[Event<'_>], carrier: Carrier) -> (bool, usize) {
        let mut inspection = Inspection::resume(0);
        let mut out = Out::default();
        let mut wanted = true;
        let mut most = 0;
        for event in events {
            let (from, bytes) = match *event {
                Client(bytes) => (Side::Client, bytes),
                Server(bytes) => (Side::Server, bytes),
                Gap(..) => continue,
            };
            let chunk = Chunk {
                bytes,
                from,
                carrier,
                frame: 0,
                time: Time(0),
                cut_bytes: 0,
                client: IpAddr::V4(Ipv4Addr::LOCALHOST),
                server: IpAddr::V4(Ipv4Addr::LOCALHOST),
                client_port: 40_000,
                server_port: 9,
            };
            wanted = inspection.push(&chunk, &mut out);
            most = most.max(inspection.buffered());
        }
        assert_eq!(out.evidence, []);
        (wanted, most)
    }

    #[test]
    fn waits_for_the_other_side_before_giving_up() {
        assert!(inspect(&[Server(NOISE)], Tcp).0);
        assert!(!inspect(&[Server(NOISE), Client(NOISE)], Tcp).0);
        check(
            Tcp,
            9,
            &[Server(NOISE), Client(GET)],
            "http http-host:a.io GET:a.io/",
        );
    }

    #[test]
    fn holds_little_of_what_nobody_knows() {
        let noise = NOISE.repeat(20);
        let events = vec![Client(&noise); 100];
        let (wanted, most) = inspect(&events, Tcp);
        assert!(!wanted);
        assert!(most <= 4 * PROBE_BYTES, "{most}");
    }

    #[test]
    fn probes_a_few_datagrams() {
        assert!(inspect(&[Client(NOISE); 3], Udp).0);
        assert!(!inspect(&[Client(NOISE); 4], Udp).0);
        check(
            Udp,
            53,
            &[Client(NOISE), Client(QUERY)],
            "dns dns?:a.io/1+0",
        );
    }

    #[test]
    fn probes_again_behind_a_hole() {
        let gap = Gap(Side::Client, 100);
        check(
            Tcp,
            80,
            &[gap, Client(GET)],
            "http http-host:a.io GET:a.io/",
        );
        check(
            Tcp,
            80,
            &[Client(b"GE"), gap, Client(GET)],
            "http http-host:a.io GET:a.io/",
        );
        check(
            Tcp,
            80,
            &[Client(NOISE), gap, gap, Client(GET)],
            "http http-host:a.io GET:a.io/",
        );
        let gaps = [gap; 20];
        check(Tcp, 80, &[&gaps[..], &[Client(GET)]].concat(), "");
    }
}
