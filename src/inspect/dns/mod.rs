//! DNS, multicast DNS and LLMNR.
//!
//! In:   datagrams, each a message; or a TCP stream of messages behind two-byte lengths.
//! Out:  one [`What::Dns`] a message.
//! Spec: RFC 1035 §4, RFC 7766 §8 (TCP), RFC 6762 (mDNS), RFC 4795 (LLMNR).
//!
//! On the ports of DNS a plausible header is enough, so that damaged messages are reported as
//! such. On other ports a message must hold together from its header to its last byte, and its
//! names must look like host names. A TCP stream buffers at most one message a side.

#[cfg(test)]
mod corpus;
mod message;
mod name;
mod rdata;

use super::{Gate, Out, Probe, Protocol, State, Step};
use crate::model::{Carrier, Chunk, DnsFamily, Side, What};
use crate::wire::{Cursor, Malformed};
use message::Header;

pub(super) const PROTOCOL: Protocol = Protocol {
    name: "dns",
    tcp: true,
    udp: true,
    gate: Gate::Open,
    probe: |chunk| probe(chunk, DnsFamily::Dns),
    start: Some(|| State::Dns(Dns::default())),
};

pub(super) const MDNS: Protocol = Protocol {
    name: "mdns",
    tcp: false,
    udp: true,
    gate: Gate::Ports(&[MDNS_PORT]),
    probe: |chunk| probe(chunk, DnsFamily::Mdns),
    start: Some(|| State::Dns(Dns::default())),
};

pub(super) const LLMNR: Protocol = Protocol {
    name: "llmnr",
    tcp: true,
    udp: true,
    gate: Gate::Ports(&[LLMNR_PORT]),
    probe: |chunk| probe(chunk, DnsFamily::Llmnr),
    start: Some(|| State::Dns(Dns::default())),
};

const DNS_PORT: u16 = 53;
const NBNS_PORT: u16 = 137;
const MDNS_PORT: u16 = 5353;
const LLMNR_PORT: u16 = 5355;

/// The three share a format: the port tells them apart (RFC 6762 §3, RFC 4795 §2).
fn family(chunk: &Chunk<'_>) -> DnsFamily {
    if chunk.has_port(MDNS_PORT) {
        DnsFamily::Mdns
    } else if chunk.has_port(LLMNR_PORT) {
        DnsFamily::Llmnr
    } else {
        DnsFamily::Dns
    }
}

fn probe(chunk: &Chunk<'_>, wanted: DnsFamily) -> Probe {
    let family = family(chunk);
    if family != wanted || chunk.has_port(NBNS_PORT) {
        return Probe::No;
    }
    let usual = family != DnsFamily::Dns || chunk.has_port(DNS_PORT);
    match chunk.carrier {
        Carrier::Udp if usual => yes(plausible(chunk.bytes, family)),
        Carrier::Udp => yes(holds_together(chunk.bytes)),
        Carrier::Tcp => probe_stream(chunk.bytes, family, usual),
    }
}

fn yes(is: bool) -> Probe {
    if is { Probe::Yes } else { Probe::No }
}

fn probe_stream(bytes: &[u8], family: DnsFamily, usual: bool) -> Probe {
    let mut cursor = Cursor::new(bytes);
    let Ok(length) = cursor.u16("length") else {
        return Probe::Maybe;
    };
    let length = usize::from(length);
    if length < Header::LEN {
        return Probe::No;
    }
    let message = cursor.take_up_to(length);
    if message.len() < Header::LEN {
        // Five bytes of a header say as much as the opcode and the flags.
        return match message.get(2..4) {
            Some(&[high, _]) if high >> 3 & 0xf > LAST_OPCODE => Probe::No,
            _ => Probe::Maybe,
        };
    }
    if !plausible(message, family) {
        return Probe::No;
    }
    if usual {
        return Probe::Yes;
    }
    if message.len() == length {
        return yes(holds_together(message));
    }
    yes(looks_like_a_name(message)).at_most_maybe()
}

impl Probe {
    fn at_most_maybe(self) -> Probe {
        match self {
            Probe::Yes => Probe::Maybe,
            other => other,
        }
    }
}

/// Opcodes end at DSO (RFC 8490 §8.1).
const LAST_OPCODE: u8 = 6;

/// A header as DNS has it, though what follows may be damaged.
fn plausible(bytes: &[u8], family: DnsFamily) -> bool {
    let Ok(header) = Header::read(&mut Cursor::new(bytes)) else {
        return false;
    };
    let [questions, answers, authority, additional] = header.counts;
    // One question is what everybody asks; many at once only where the first makes sense.
    let many = family == DnsFamily::Mdns || looks_like_a_name(bytes);
    let most_questions = if many { 512 } else { 8 };
    let counts = header.counts != [0; 4] || header.is_response();
    let sane =
        questions <= most_questions && [answers, authority, additional].iter().all(|&n| n <= 4096);
    // A sound question is told whatever the header claims to follow it.
    let asks = || questions > 0 && many && first_question(bytes).is_ok_and(|sound| sound);
    counts
        && header.opcode() <= LAST_OPCODE.into()
        && (sane || asks())
        // A message of more than its header has a question or a record in it.
        && (header.counts != [0; 4] || bytes.len() == Header::LEN)
}

/// A whole message with one question, and nothing after its last record.
fn holds_together(bytes: &[u8]) -> bool {
    walk(bytes).is_ok_and(|fits| fits) && looks_like_a_name(bytes)
}

fn walk(bytes: &[u8]) -> Result<bool, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let header = Header::read(&mut cursor)?;
    let [questions, answers, authority, additional] = header.counts;
    // Standard queries without the reserved bit; a query has at most EDNS and a signature.
    let shape = header.opcode() == 0
        && header.flags & 0x0040 == 0
        && header.flags & 0xf <= 10
        && questions == 1
        && (header.is_response() || (answers == 0 && authority == 0 && additional <= 2));
    if !shape {
        return Ok(false);
    }
    if !question(&mut cursor)? {
        return Ok(false);
    }
    let records = [answers, authority, additional].map(u32::from).iter().sum();
    for _ in 0_u32..records {
        name::skip(&mut cursor)?;
        cursor.skip("type, class, time to live", 8)?;
        let length = cursor.u16("data length")?;
        cursor.skip("record data", length.into())?;
    }
    Ok(cursor.is_empty())
}

/// Whether the first question has a whole name, and a type and class that exist.
fn first_question(bytes: &[u8]) -> Result<bool, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("header", Header::LEN)?;
    question(&mut cursor)
}

/// One question; `false` if nobody asks for such a type or class.
fn question(cursor: &mut Cursor<'_>) -> Result<bool, Malformed> {
    name::skip(cursor)?;
    let kind = cursor.u16("type")?;
    let class = cursor.u16("class")?;
    let exists = kind != 0 && !(266..32768).contains(&kind);
    Ok(exists && matches!(class, 1 | 3 | 4 | 255))
}

/// True if the first label of the question is what host names and services are made of, and no
/// NetBIOS name (RFC 1002 §4.2.1: 32 letters from A to P).
fn looks_like_a_name(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    if cursor.skip("header", Header::LEN).is_err() {
        return false;
    }
    let Ok(label) = cursor.vector("label", 1) else {
        return false;
    };
    let host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*');
    let netbios = label.len() == 32 && label.iter().all(|byte| matches!(byte, b'A'..=b'P'));
    !label.is_empty() && label.len() < 64 && label.iter().all(host) && !netbios
}

/// Reads the messages of one flow.
#[derive(Debug, Default)]
pub(crate) struct Dns {
    /// Only streams need a state.
    sides: Option<Box<[Stream; 2]>>,
}

/// One direction over TCP.
#[derive(Debug, Default)]
struct Stream {
    /// A message that is not whole yet, with its length in front.
    partial: Vec<u8>,
    /// After a hole: no telling where the next message begins.
    lost: bool,
}

impl Dns {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        match chunk.carrier {
            Carrier::Udp => take(chunk.bytes, chunk, out),
            Carrier::Tcp => {
                let sides = self.sides.get_or_insert_default();
                if let Some(stream) = sides.get_mut(chunk.from.index()) {
                    stream.push(chunk, out);
                }
            }
        }
        Step::More
    }

    pub(super) fn gap(&mut self, side: Side) -> Step {
        let sides = self.sides.get_or_insert_default();
        if let Some(stream) = sides.get_mut(side.index()) {
            stream.partial = Vec::new();
            stream.lost = true;
        }
        Step::More
    }

    /// Datagrams stand for themselves.
    pub(super) fn can_pause(&self) -> bool {
        self.sides.is_none()
    }

    pub(super) fn buffered(&self) -> usize {
        let sides = self.sides.iter().flat_map(|sides| sides.iter());
        sides.map(|side| side.partial.capacity()).sum()
    }
}

impl Stream {
    fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) {
        if self.lost {
            // Messages usually begin with a segment; until one plausibly does, wait.
            if probe_stream(chunk.bytes, family(chunk), true) != Probe::Yes {
                return;
            }
            self.lost = false;
        }
        let mut cursor = Cursor::new(chunk.bytes);
        while !cursor.is_empty() {
            if self.partial.is_empty() {
                // Whole messages are read where they lie.
                let mut whole = cursor;
                if let Ok(message) = whole.vector("message", 2) {
                    take(message, chunk, out);
                    cursor = whole;
                    continue;
                }
            }
            let wanted = self.wanted();
            self.partial.extend_from_slice(cursor.take_up_to(wanted));
            if self.wanted() == 0 {
                let partial = std::mem::take(&mut self.partial);
                take(partial.get(2..).unwrap_or_default(), chunk, out);
            }
        }
    }

    /// Bytes that the partial message lacks: never 0 before its length is known.
    fn wanted(&self) -> usize {
        let mut cursor = Cursor::new(&self.partial);
        match cursor.u16("length") {
            Ok(length) => usize::from(length).saturating_sub(cursor.left()),
            Err(_) => 2_usize.saturating_sub(self.partial.len()),
        }
    }
}

/// Reads one message.
fn take(bytes: &[u8], chunk: &Chunk<'_>, out: &mut Out) {
    let Ok(read) = message::read(bytes, family(chunk)) else {
        if chunk.cut_bytes == 0 {
            out.add(chunk, What::Trouble("dns message damaged"));
        }
        return;
    };
    if read.over_budget {
        out.add(chunk, What::Trouble("dns message over budget"));
    } else if read.message.damaged && chunk.cut_bytes == 0 {
        // What the snaplen cut is counted as cut.
        out.add(chunk, What::Trouble("dns message damaged"));
    }
    out.add(chunk, What::Dns(Box::new(read.message)));
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use crate::inspect::check::{Client, Gap, Server, check, check_splits};
    use crate::model::{Carrier, Side};

    const QUERY: &[u8] = b"\0\x09\x01\0\0\x01\0\0\0\0\0\0\x01a\x02io\0\0\x01\0\x01";
    const ANSWER: &[u8] = b"\0\x09\x81\x80\0\x01\0\x01\0\0\0\0\x01a\x02io\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";

    fn framed(message: &[u8]) -> Vec<u8> {
        let length = u16::try_from(message.len()).expect("a short message");
        [&length.to_be_bytes()[..], message].concat()
    }

    #[test]
    fn tells_the_families_apart() {
        let events = [Client(QUERY), Server(ANSWER), Client(QUERY)];
        check(
            Carrier::Udp,
            53,
            &events,
            "dns dns?:a.io/1+0 dns!:a.io/1+1 dns?:a.io/1+0",
        );
        check(Carrier::Udp, 5353, &events[..1], "mdns mdns?:a.io/1+0");
        check(Carrier::Udp, 5355, &events[..1], "llmnr llmnr?:a.io/1+0");
        check(Carrier::Udp, 137, &events, "");
    }

    #[test]
    fn on_other_ports_a_message_must_hold_together() {
        check(Carrier::Udp, 5300, &[Client(QUERY)], "dns dns?:a.io/1+0");
        check(Carrier::Udp, 5300, &[Server(ANSWER)], "dns dns!:a.io/1+1");
        check(
            Carrier::Udp,
            5300,
            &[Server(&ANSWER[..ANSWER.len() - 1])],
            "",
        );
        check(Carrier::Udp, 5300, &[Client(&[QUERY, b"\0"].concat())], "");
        check(
            Carrier::Udp,
            53,
            &[Client(b"\x01\0\0\0\x9a\x13\x77\x01\xcc\0\0\0\0\0")],
            "",
        );
        check(
            Carrier::Udp,
            53,
            &[Server(&ANSWER[..ANSWER.len() - 1])],
            "dns [dns message damaged] dns!:a.io/1+0",
        );
    }

    #[test]
    fn tells_a_sound_question_under_any_counts() {
        let counts = b"\x88\x01\0\0\0\0\x10\0";
        let lie = [&QUERY[..4], counts, &QUERY[12..]].concat();
        let want = "dns [dns message damaged] dns?:a.io/1+0";
        check(Carrier::Udp, 53, &[Client(&lie)], want);
        check(Carrier::Udp, 5300, &[Client(&lie)], "");
        check(Carrier::Udp, 53, &[Client(&lie[..lie.len() - 1])], "");
    }

    #[test]
    fn reads_streams_over_any_split() {
        let client = [framed(QUERY), framed(QUERY)].concat();
        let server = framed(ANSWER);
        for port in [53, 5300] {
            check_splits(
                port,
                &[Client(&client), Server(&server)],
                "dns dns?:a.io/1+0 dns?:a.io/1+0 dns!:a.io/1+1",
            );
        }
    }

    #[test]
    fn picks_up_messages_after_a_hole() {
        let server = framed(ANSWER);
        check(
            Carrier::Tcp,
            53,
            &[
                Server(&server[..20]),
                Gap(Side::Server, 5),
                Server(b"\0\x01\0\x01\xc0\x0c"),
                Server(&server),
            ],
            "dns dns!:a.io/1+1",
        );
    }
}
