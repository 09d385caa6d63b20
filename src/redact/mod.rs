//! Captures that can be shown: who was captured is gone, where the traffic went is not.
//!
//! In:   packets, twice to learn what they hold and once to rewrite them; addresses of the
//!       device and values that the user lists.
//! Out:  packets of the same number, times and lengths, with pseudonyms for addresses, hardware
//!       addresses and names of the local network, and blank contents but for what findings
//!       rest on; counts of what was done.
//!
//! What is not understood does not pass: every packet begins as zeros, and only what a reader
//! names is put in. Nothing here fails: a packet that makes no sense is blank. Memory is bounded
//! by the constants in `streams` and `pseudonyms`.

mod canvas;
mod datagram;
mod dns;
mod hosts;
mod link;
mod names;
mod net;
mod pseudonyms;
mod streams;
#[cfg(test)]
mod tests;
mod text;
mod tls;
mod transport;
mod values;
mod words;

use crate::model::Interface;
use crate::source::Packet;
use canvas::Canvas;
use names::Namer;
use pseudonyms::Pseudonyms;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use streams::{Key, Streams};
use transport::Half;
use values::Values;

/// How much of what packets carry stays.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Payload {
    /// What findings rest on: public names in DNS, TLS, QUIC and HTTP, versions, protocols.
    #[default]
    Names,
    /// Nothing behind the headers of the transport.
    Blank,
}

/// What to hide beside what is found.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    /// Addresses of the audited device.
    pub devices: Vec<IpAddr>,
    /// Values that must not be seen, as they are written: names, numbers, accounts.
    pub values: Vec<Vec<u8>>,
    /// What stays of contents.
    pub payload: Payload,
    /// Whether blanks at the end of packets are cut off.
    pub cut: bool,
    /// Addresses whose datagrams and pings carry marks of phases.
    pub marks: Vec<IpAddr>,
}

/// What is done with the packets that are pushed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pass {
    /// Values are gathered.
    Gather,
    /// Streams are put together.
    Streams,
    /// Packets are rewritten.
    Write,
}

/// Bytes of a packet that are never cut: headers may end with zeros.
const LEAST_BYTES: usize = 128;

/// Rewrites captures, in three passes over the same packets in the same order.
pub struct Redactor {
    pass: Pass,
    payload: Payload,
    cut: bool,
    listed: Vec<Vec<u8>>,
    marks: Vec<IpAddr>,
    pseudonyms: Pseudonyms,
    values: Values,
    streams: Streams,
    /// Connection ids from which keys of QUIC come, by the client's half.
    ids: HashMap<Half, Vec<Box<[u8]>>, foldhash::quality::RandomState>,
    counts: BTreeMap<&'static str, u64>,
    spare: Vec<u8>,
}

impl Redactor {
    /// Nothing has been read.
    #[must_use]
    pub fn new(redaction: &Redaction) -> Self {
        Redactor {
            pass: Pass::Gather,
            payload: redaction.payload,
            cut: redaction.cut,
            listed: redaction.values.clone(),
            marks: redaction.marks.clone(),
            pseudonyms: Pseudonyms::new(&redaction.devices),
            values: Values::default(),
            streams: Streams::default(),
            ids: HashMap::default(),
            counts: BTreeMap::new(),
            spare: Vec::new(),
        }
    }

    /// Pushes a packet of the first pass, then of the second.
    pub fn survey(&mut self, packet: &Packet<'_>) {
        let mut out = std::mem::take(&mut self.spare);
        self.redo(packet, &mut out);
        self.spare = out;
    }

    /// Ends the first pass: all values are known.
    pub fn begin_streams(&mut self) {
        self.values = Values::new(&self.pseudonyms, &self.listed);
        self.pass = Pass::Streams;
        self.counts.clear();
    }

    /// Ends the second pass: all streams are known. To be called before each pass that writes.
    pub fn begin_writing(&mut self) {
        let mut streams = std::mem::take(&mut self.streams);
        let mut namer = self.namer();
        streams.finish(|key, bytes| Self::of_stream(key, bytes, &mut namer));
        self.streams = streams;
        self.pass = Pass::Write;
        self.counts.clear();
    }

    /// What becomes of a packet, in `out`: as many bytes, or fewer where blanks are cut.
    pub fn rewrite(&mut self, packet: &Packet<'_>, out: &mut Vec<u8>) {
        self.redo(packet, out);
        self.count("packets");
        if self.cut {
            let last = out.iter().rposition(|byte| *byte != 0);
            let end = last.map_or(0, |at| at.saturating_add(1));
            out.truncate(end.max(LEAST_BYTES));
        }
    }

    fn redo(&mut self, packet: &Packet<'_>, out: &mut Vec<u8>) {
        out.clear();
        out.resize(packet.bytes.len(), 0);
        let mut canvas = Canvas::new(packet.bytes, out);
        // What ends early leaves the rest blank.
        let _ = self.link(packet.link, &mut canvas, 0);
    }

    /// What becomes of an address.
    pub fn address(&mut self, address: IpAddr) -> IpAddr {
        self.pseudonyms.address(address)
    }

    /// What becomes of a hardware address.
    pub fn mac(&mut self, mac: [u8; 6]) -> [u8; 6] {
        self.pseudonyms.mac(mac)
    }

    /// What becomes of a text that somebody wrote: `x` in the place of every value that must not
    /// be seen.
    #[must_use]
    pub fn text(&self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        self.values.cover(&mut text);
        text
    }

    /// The same, with `x` in the place of what the user listed alone.
    #[must_use]
    pub fn listed(&self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        self.values.cover_listed(&mut text);
        text
    }

    /// What becomes of the description of an interface: its kind and its clock.
    #[must_use]
    pub fn interface(&self, interface: &Interface) -> Interface {
        Interface {
            link: interface.link,
            snaplen: interface.snaplen,
            ticks_per_second: interface.ticks_per_second,
            ..Interface::default()
        }
    }

    /// What was done, by name, of the last pass.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = self.counts.clone();
        let (met, labels) = self.pseudonyms.met();
        let mut add = |name, count: usize| {
            counts.insert(name, u64::try_from(count).unwrap_or(u64::MAX));
        };
        add("addresses replaced", met.addresses.len());
        add("hardware addresses replaced", met.macs.len());
        add("local names replaced", labels.len());
        for (name, count) in [
            (
                "values without a pseudonym of their own",
                self.pseudonyms.overflow(),
            ),
            ("streams blank for want of room", self.streams.crowded),
        ] {
            if count > 0 {
                counts.insert(name, count);
            }
        }
        counts
    }

    /// Every value that was replaced: its kind, itself, its pseudonym. Whoever has this can turn
    /// everything back.
    pub fn pseudonyms(&mut self) -> Vec<(&'static str, String, String)> {
        let table = self.pseudonyms.table();
        table
            .into_iter()
            .map(|((kind, value), made)| (kind, value, made))
            .collect()
    }

    fn is_gathering(&self) -> bool {
        self.pass == Pass::Gather
    }

    /// True where contents are looked at: while values are gathered always.
    fn keeps_names(&self) -> bool {
        self.is_gathering() || self.payload == Payload::Names
    }

    fn namer(&mut self) -> Namer<'_> {
        Namer {
            gathering: self.pass == Pass::Gather,
            pseudonyms: &mut self.pseudonyms,
            values: &self.values,
        }
    }

    fn speaker(&self, half: Half) -> tls::Speaker {
        tls::Speaker {
            is_hidden: self.pseudonyms.is_hidden(half.src),
        }
    }

    fn count(&mut self, name: &'static str) {
        self.add(name, 1);
    }

    fn add(&mut self, name: &'static str, count: usize) {
        let sum = self.counts.entry(name).or_default();
        *sum = sum.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Counts contents that nothing stays of.
    fn blank(&mut self, len: usize) {
        self.add("payload bytes", len);
        self.add("payload bytes blanked", len);
    }

    /// Counts contents that were rewritten.
    fn tally(&mut self, c: &Canvas<'_>) {
        if self.pass == Pass::Write {
            self.add("payload bytes", c.len());
            self.add("payload bytes blanked", c.changed());
        }
    }

    fn is_mark_address(&self, address: IpAddr) -> bool {
        self.marks.contains(&address)
    }

    fn is_mark(&self, ip: &net::Ip) -> bool {
        self.is_mark_address(ip.dst)
    }

    /// What the tester wrote, but for values that must not be seen.
    fn mark(&mut self, c: &mut Canvas<'_>) {
        let mut text = c.from().to_vec();
        self.values.cover(&mut text);
        let _ = c.put(0, &text);
    }

    /// A segment of TCP, its payload in `c`.
    fn stream(&mut self, half: Half, (seq, flags): (u32, u8), c: &mut Canvas<'_>) {
        const SYN: u8 = 2;
        let first = match flags & SYN {
            0 => seq,
            _ => seq.wrapping_add(1),
        };
        match self.pass {
            Pass::Gather => {}
            Pass::Streams if self.payload == Payload::Names => {
                if flags & SYN != 0 {
                    self.begin_stream(Key::Tcp(half), first);
                }
                self.push_stream(Key::Tcp(half), first, c.from());
            }
            Pass::Streams => {}
            Pass::Write => {
                let len = c.len();
                if let Some((at, made)) = self.streams.made(&Key::Tcp(half), first, len) {
                    let _ = c.put(at, made);
                }
                self.tally(c);
            }
        }
    }

    fn begin_stream(&mut self, key: Key, start: u32) {
        self.streams.begin(key, start);
    }

    fn push_stream(&mut self, key: Key, seq: u32, bytes: &[u8]) {
        let mut streams = std::mem::take(&mut self.streams);
        let mut namer = self.namer();
        streams.push(key, seq, bytes, |key, bytes| {
            Self::of_stream(key, bytes, &mut namer)
        });
        self.streams = streams;
    }
}
