//! Protocols of lines that turn to TLS half-way: SMTP, IMAP, POP3, FTP.
//!
//! In:   both directions from their first byte.
//! Out:  the protocol; the host name in an SMTP greeting as [`Via::Protocol`]; after a
//!       successful STARTTLS the bytes that follow are probed.
//! Spec: RFC 3207 (SMTP), RFC 9051 §6.2.1 (IMAP), RFC 2595 §4 (POP3), RFC 4217 §4 (FTP).
//!
//! Of each line at most a few kilobytes are held. Reading ends where mail itself begins, and
//! after [`TALK_BYTES`] without a STARTTLS.

use super::lines::Lines;
use super::{Gate, Out, Probe, Protocol, State, Step};
use crate::model::{Chunk, Side, Text, Via, What};
use crate::wire::Cursor;
use memchr::{memchr, memmem};

/// STARTTLS is among the first commands, or does not come.
const TALK_BYTES: usize = 64 << 10;

/// Which of the four.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Smtp,
    Imap,
    Pop3,
    Ftp,
}

pub(super) const SMTP: Protocol = Protocol {
    name: "smtp",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe: |chunk| probe(chunk, Kind::Smtp),
    start: Some(|| State::StartTls(Box::new(Talk::new(Kind::Smtp)))),
};

pub(super) const IMAP: Protocol = Protocol {
    name: "imap",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe: |chunk| probe(chunk, Kind::Imap),
    start: Some(|| State::StartTls(Box::new(Talk::new(Kind::Imap)))),
};

pub(super) const POP3: Protocol = Protocol {
    name: "pop3",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe: |chunk| probe(chunk, Kind::Pop3),
    start: Some(|| State::StartTls(Box::new(Talk::new(Kind::Pop3)))),
};

pub(super) const FTP: Protocol = Protocol {
    name: "ftp",
    tcp: true,
    udp: false,
    gate: Gate::Open,
    probe: |chunk| probe(chunk, Kind::Ftp),
    start: Some(|| State::StartTls(Box::new(Talk::new(Kind::Ftp)))),
};

fn probe(chunk: &Chunk<'_>, kind: Kind) -> Probe {
    let bytes = chunk.bytes;
    let usual = |ports: &[u16]| ports.iter().any(|port| chunk.has_port(*port));
    match kind {
        Kind::Smtp => any([
            greeting_220(bytes, b"smtp", usual(&[25, 587, 2525])),
            word(bytes, &[b"EHLO ", b"HELO ", b"LHLO "]),
        ]),
        Kind::Ftp => any([
            greeting_220(bytes, b"ftp", usual(&[21])),
            word(bytes, &[b"AUTH TLS", b"AUTH SSL"]),
        ]),
        Kind::Pop3 => any([
            if usual(&[110]) {
                word(bytes, &[b"+OK"])
            } else {
                line_with(bytes, b"+OK", b"pop")
            },
            word(bytes, &[b"STLS\r\n", b"CAPA\r\n"]),
        ]),
        Kind::Imap => word(bytes, &[b"* OK", b"* PREAUTH ", b"* BYE "]),
    }
}

/// The surest of several opinions.
fn any<const N: usize>(opinions: [Probe; N]) -> Probe {
    if opinions.contains(&Probe::Yes) {
        Probe::Yes
    } else if opinions.contains(&Probe::Maybe) {
        Probe::Maybe
    } else {
        Probe::No
    }
}

/// Whether one of `words` begins here, in any case.
fn word(bytes: &[u8], words: &[&[u8]]) -> Probe {
    let mut probe = Probe::No;
    for word in words {
        let len = word.len().min(bytes.len());
        let (head, begun) = (bytes.get(..len), word.get(..len));
        let same = head
            .zip(begun)
            .is_some_and(|(head, begun)| head.eq_ignore_ascii_case(begun));
        if same && len == word.len() {
            return Probe::Yes;
        }
        if same {
            probe = Probe::Maybe;
        }
    }
    probe
}

/// A `220` greeting, which SMTP and FTP share: its words tell, or the port.
fn greeting_220(bytes: &[u8], says: &[u8], usual_port: bool) -> Probe {
    let other: &[u8] = if says == b"ftp" { b"smtp" } else { b"ftp" };
    let start = word(bytes, &[b"220 ", b"220-"]);
    if start != Probe::Yes {
        return start;
    }
    match (line_with(bytes, b"220", says), usual_port) {
        (Probe::No, true) if line_with(bytes, b"220", other) == Probe::No => Probe::Yes,
        (probe, _) => probe,
    }
}

/// A first line that begins with `start` and has `says` in it, in any case.
fn line_with(bytes: &[u8], start: &[u8], says: &[u8]) -> Probe {
    let begun = word(bytes, &[start]);
    if begun != Probe::Yes {
        return begun;
    }
    let end = memchr(b'\n', bytes);
    let line = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    let found = line
        .windows(says.len())
        .any(|part| part.eq_ignore_ascii_case(says));
    match (found, end) {
        (true, _) => Probe::Yes,
        (false, None) => Probe::Maybe,
        (false, Some(_)) => Probe::No,
    }
}

/// The talk before TLS.
#[derive(Debug)]
pub(crate) struct Talk {
    kind: Kind,
    lines: [Lines; 2],
    /// Bytes read so far.
    read: usize,
    greeted: bool,
    /// The client asked for TLS; for IMAP, the tag under which it did.
    asked: Option<Vec<u8>>,
}

/// What a line does to the talk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Turn {
    Nothing,
    Tls,
    /// What follows is no concern of ours.
    End,
}

impl Talk {
    fn new(kind: Kind) -> Self {
        Talk {
            kind,
            lines: Default::default(),
            read: 0,
            greeted: false,
            asked: None,
        }
    }

    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let mut cursor = Cursor::new(chunk.bytes);
        self.read = self.read.saturating_add(chunk.bytes.len());
        let [client, server] = &mut self.lines;
        let lines = match chunk.from {
            Side::Client => client,
            Side::Server => server,
        };
        if chunk.from == Side::Client
            && let Some(hello) = unasked_hello(lines, chunk.bytes)
        {
            if let Some(rest) = out.rest.get_mut(chunk.from.index()) {
                *rest = hello;
            }
            return Step::Switch;
        }
        while let Some(line) = lines.next(&mut cursor) {
            let turn = match chunk.from {
                Side::Client => asks(self.kind, line.bytes, &mut self.asked),
                Side::Server => {
                    if !self.greeted && self.kind == Kind::Smtp {
                        greet(line.bytes, chunk, out);
                    }
                    self.greeted = true;
                    answers(self.kind, line.bytes, &mut self.asked)
                }
            };
            match turn {
                Turn::Nothing => {}
                Turn::End => return Step::Done,
                Turn::Tls => {
                    if let Some(rest) = out.rest.get_mut(chunk.from.index()) {
                        rest.extend_from_slice(cursor.rest());
                    }
                    return Step::Switch;
                }
            }
        }
        if self.read > TALK_BYTES {
            return Step::Done;
        }
        Step::More
    }

    pub(super) fn buffered(&self) -> usize {
        self.lines.iter().map(Lines::buffered).sum()
    }
}

/// Where a line should begin, TLS begins: the server greets in the clear and the client has not
/// heard it, because it takes the port for one of implicit TLS (RFC 8314 §3). What was kept of the
/// line, and `bytes`.
fn unasked_hello(lines: &Lines, bytes: &[u8]) -> Option<Vec<u8>> {
    let kept = lines.unfinished();
    // A handshake record, and the two versions that its header may have.
    let mut first = kept.iter().chain(bytes);
    let begins = first.next() == Some(&22) && first.next() == Some(&3) && first.next()? <= &4;
    (kept.len() < 3 && begins).then(|| [kept, bytes].concat())
}

/// A line of the client's.
fn asks(kind: Kind, line: &[u8], asked: &mut Option<Vec<u8>>) -> Turn {
    let is = |word: &[u8]| line.eq_ignore_ascii_case(word);
    let wants = match kind {
        Kind::Smtp if is(b"DATA") => return Turn::End,
        Kind::Smtp => is(b"STARTTLS"),
        Kind::Pop3 => is(b"STLS"),
        Kind::Ftp => is(b"AUTH TLS") || is(b"AUTH SSL") || is(b"AUTH TLS-C"),
        Kind::Imap => {
            let space = memchr(b' ', line).unwrap_or(line.len());
            let (tag, command) = line.split_at(space);
            if command.trim_ascii().eq_ignore_ascii_case(b"STARTTLS") {
                *asked = Some(tag.to_vec());
            }
            return Turn::Nothing;
        }
    };
    if wants {
        *asked = Some(Vec::new());
    }
    Turn::Nothing
}

/// A line of the server's.
fn answers(kind: Kind, line: &[u8], asked: &mut Option<Vec<u8>>) -> Turn {
    let Some(tag) = asked else {
        return Turn::Nothing;
    };
    let (agrees, refuses) = match kind {
        Kind::Smtp => (line.starts_with(b"220"), matches!(line, [b'4' | b'5', ..])),
        Kind::Ftp => (line.starts_with(b"234"), matches!(line, [b'4' | b'5', ..])),
        Kind::Pop3 => (line.starts_with(b"+OK"), line.starts_with(b"-ERR")),
        Kind::Imap => {
            let state = line.strip_prefix(tag.as_slice()).map(<[u8]>::trim_ascii);
            let ok = |state: &[u8]| {
                state
                    .get(..2)
                    .is_some_and(|w| w.eq_ignore_ascii_case(b"OK"))
            };
            (state.is_some_and(ok), state.is_some_and(|state| !ok(state)))
        }
    };
    if agrees {
        return Turn::Tls;
    }
    if refuses {
        *asked = None;
    }
    Turn::Nothing
}

/// The name that an SMTP server greets with (RFC 5321 §4.2): a host name has a dot and no
/// letters that hosts have not.
fn greet(line: &[u8], chunk: &Chunk<'_>, out: &mut Out) {
    let rest = line.get(4..).unwrap_or_default();
    let end = memchr(b' ', rest).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default();
    let letters = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let host = name.len() <= 253 && name.iter().all(letters);
    let host =
        host && memmem::find(name, b".").is_some() && name.iter().any(u8::is_ascii_alphabetic);
    if line.starts_with(b"220") && host {
        out.add(
            chunk,
            What::Name {
                via: Via::Protocol,
                name: Text::new(name),
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::inspect::check::{Client, Server, check, check_splits, evidence, words};
    use crate::inspect::tls::testing::{client_hello, records};
    use crate::model::Carrier;

    /// Stands for TLS, so that these tests need no other reader than HTTP.
    const INNER: &[u8] = b"GET / HTTP/1.1\r\nHost: b.io\r\n\r\n";
    const INNER_WORDS: &str = "http http-host:b.io GET:b.io/";

    #[test]
    fn switches_after_agreement() {
        check_splits(
            25,
            &[
                Server(b"220 mx.a.io ESMTP x\r\n"),
                Client(b"EHLO me\r\n"),
                Server(b"250-mx.a.io\r\n250 STARTTLS\r\n"),
                Client(b"starttls\r\n"),
                Server(b"220 go ahead\r\n"),
                Client(INNER),
            ],
            &format!("smtp protocol:mx.a.io {INNER_WORDS}"),
        );
        check_splits(
            143,
            &[
                Server(b"* OK IMAP4rev1 ready\r\n"),
                Client(b"a1 NOOP\r\na2 STARTTLS\r\n"),
                Server(b"a1 OK done\r\n"),
                Server(b"a2 OK begin\r\n"),
                Client(INNER),
            ],
            &format!("imap {INNER_WORDS}"),
        );
        check_splits(
            110,
            &[
                Server(b"+OK hello\r\n"),
                Client(b"STLS\r\n"),
                Server(b"+OK begin\r\n"),
                Client(INNER),
            ],
            &format!("pop3 {INNER_WORDS}"),
        );
        check_splits(
            21,
            &[
                Server(b"220 ready\r\n"),
                Client(b"AUTH TLS\r\n"),
                Server(b"234 go\r\n"),
                Client(INNER),
            ],
            &format!("ftp {INNER_WORDS}"),
        );
    }

    #[test]
    fn stays_in_the_clear_after_refusal() {
        check_splits(
            25,
            &[
                Server(b"220 mx.a.io SMTP\r\n"),
                Client(b"STARTTLS\r\n"),
                Server(b"454 no\r\n"),
                Client(b"EHLO me\r\n"),
                Server(b"220 x\r\n"),
                Client(INNER),
            ],
            "smtp protocol:mx.a.io",
        );
    }

    #[test]
    fn takes_a_hello_for_one() {
        let hello = records(22, &client_hello("mx.a.io", &[]), 1 << 14);
        for size in [1, 2, 5, 1000] {
            let mut events = vec![Server(b"220 mx.a.io ESMTP x\r\n")];
            events.extend(hello.chunks(size).map(Client));
            let words = words(&evidence(Carrier::Tcp, 465, &events));
            assert!(words.starts_with("smtp protocol:mx.a.io tls "), "{words}");
            assert!(words.ends_with(" sni:mx.a.io"), "{words}");
        }
    }

    #[test]
    fn tells_greetings_apart() {
        check(Carrier::Tcp, 9, &[Server(b"220 ProFTPD server\r\n")], "ftp");
        check(Carrier::Tcp, 9, &[Server(b"220 x ESMTP\r\n")], "smtp");
        check(
            Carrier::Tcp,
            9,
            &[Server(b"220 x\r\n"), Client(b"HELO y\r\n")],
            "smtp",
        );
        check(Carrier::Tcp, 9, &[Server(b"220 x\r\n")], "");
        check(Carrier::Tcp, 21, &[Server(b"220 x ESMTP\r\n")], "smtp");
        check(Carrier::Tcp, 9, &[Server(b"+OK redis\r\n")], "");
    }
}
