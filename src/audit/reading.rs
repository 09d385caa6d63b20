//! From bytes in order to what is kept of a flow: runs the readers of protocols and stores
//! their evidence.

mod join;

pub(super) use join::Changes;

use super::devices::Hosts;
use super::extra::{Extra, NONE, NameAt, Rare, Store, rank, tls_of};
use super::talk::Talk;
use crate::decode::Segment;
use crate::flow::{Glance, Next, Record, Rtt, between};
use crate::inspect::{self, Inspection, Out};
use crate::model::{
    App, Carrier, Certificate, Chunk, ClientHello, DnsMessage, Evidence, Limits, ServerHello, Side,
    Text, Time, Via, What,
};
use crate::names::{Aliases, Answers, alias_target};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// Reads flows for an audit.
pub(super) struct Reading {
    pub(super) store: Store,
    pub(super) talk: Talk,
    pub(super) answers: Answers,
    pub(super) aliases: Aliases,
    pub(super) hosts: Hosts,
    pub(super) troubles: BTreeMap<&'static str, u64>,
    out: Out,
    connections: Connections,
    apps: HashMap<App, u32, foldhash::quality::RandomState>,
    buffered: usize,
    /// The most that was buffered at once.
    peak: usize,
    /// The row whose evidence is being taken.
    row: u32,
    /// What must be told row by row; `None` unless this is a later part of a capture.
    journal: Option<Box<join::Journal>>,
    limits: Limits,
}

/// What is kept of one flow while it is read.
pub(super) struct State {
    inspection: Inspection,
    extra: Extra,
    rare: Rare,
    /// All names, in order, where there is more than the one in `extra`.
    names: Vec<NameAt>,
    buffered: usize,
    /// When the ClientHello was seen.
    hello_at: Option<Time>,
    /// False until the first datagram was looked at.
    begun: bool,
    /// Where this state was kept before.
    kept: Option<u32>,
}

/// Connection IDs by which a QUIC flow is known again under another address (RFC 9000 §9).
#[derive(Default)]
struct Connections {
    rows: HashMap<Box<[u8]>, u32, foldhash::quality::RandomState>,
    /// Bit n: an ID of n bytes is known.
    lengths: u32,
}

/// Connection IDs kept.
const MOST_CONNECTIONS: usize = 65_536;
/// Shorter IDs meet by chance too often to join flows by them.
const SHORTEST_ID: usize = 8;

impl Reading {
    pub(super) fn new(limits: &Limits, keep_dns: bool, keep_http: bool) -> Self {
        Reading {
            store: Store::new(limits),
            talk: Talk::new(limits, keep_dns, keep_http),
            answers: Answers::new(limits.dns_answers),
            aliases: Aliases::new(limits.dns_answers),
            hosts: Hosts::new(limits.hosts),
            troubles: BTreeMap::new(),
            out: Out::default(),
            connections: Connections::default(),
            apps: HashMap::default(),
            buffered: 0,
            peak: 0,
            row: 0,
            journal: None,
            limits: limits.clone(),
        }
    }

    /// Stores what the readers just found.
    fn take_evidence(&mut self, state: &mut State, row: u32, chunk: &Chunk<'_>) {
        self.row = row;
        let mut evidence = std::mem::take(&mut self.out.evidence);
        for found in evidence.drain(..) {
            self.take_one(state, row, chunk, found);
        }
        self.out.evidence = evidence;
    }

    fn take_one(&mut self, state: &mut State, row: u32, chunk: &Chunk<'_>, found: Evidence) {
        let frame = u32::try_from(found.frame).unwrap_or(u32::MAX);
        match found.what {
            What::Protocol(word) => state.extra.protocol = self.store.words.number(word),
            What::Name { via, name } => self.name(state, &name, via, frame),
            What::ClientHello(hello) => {
                state.extra.swapped = found.from == Side::Server;
                state.hello_at.get_or_insert(found.time);
                self.client_hello(state, &hello);
            }
            What::ServerHello(hello) => {
                self.server_hello(state, &hello);
                let tls = self.store.tls.get_mut(state.extra.tls);
                if let (Some(asked), Some(tls)) = (state.hello_at.take(), tls) {
                    tls.answer_ns = between(asked, found.time);
                }
            }
            What::Certificate(certificate) => self.certificate(state, &certificate),
            What::Dns(message) => {
                self.resolve(chunk, &message, found.from, frame);
                let chunk = Chunk {
                    from: found.from,
                    frame: found.frame,
                    time: found.time,
                    ..*chunk
                };
                self.talk
                    .dns(row, &chunk, &message, &mut self.store.strings);
            }
            What::HttpRequest(request) => {
                state.extra.swapped = found.from == Side::Server;
                let chunk = Chunk {
                    from: found.from,
                    frame: found.frame,
                    time: found.time,
                    ..*chunk
                };
                self.talk
                    .request(row, &chunk, &request, &mut self.store.strings);
            }
            What::HttpResponse(response) => {
                let Store { strings, .. } = &mut self.store;
                if !self.talk.response(row, &response, strings) {
                    self.trouble("HTTP responses whose request was not seen");
                }
            }
            What::QuicVersion(_) => {}
            What::QuicConnectionId(id) => self.connections.add(&id, row),
            What::Hidden(word) => state.extra.hidden = self.store.words.number(word),
            What::Trouble(words) => self.trouble(words),
        }
    }

    fn trouble(&mut self, words: &'static str) {
        if let Some(journal) = &mut self.journal {
            return journal.trouble(self.row, words);
        }
        let count = self.troubles.entry(words).or_default();
        *count = count.saturating_add(1);
    }

    fn name(&mut self, state: &mut State, name: &Text, via: Via, frame: u32) {
        if name.is_empty() {
            return;
        }
        let number = self.store.strings.number(name);
        let State { extra, names, .. } = state;
        let first = extra.first_name();
        let mut known = names.iter().chain(first.as_ref());
        if known.any(|known| known.name == number && known.via == via) {
            return;
        }
        let count = names.len().max(usize::from(first.is_some()));
        if count >= self.limits.names_per_flow {
            self.trouble("names beyond the budget of one flow");
            return;
        }
        let named = NameAt {
            name: number,
            via,
            frame,
        };
        if let Some(first) = first {
            if names.is_empty() {
                names.push(first);
            }
            names.push(named);
        }
        if extra.name == NONE || rank(via) < extra.name_via {
            extra.name = number;
            extra.name_via = rank(via);
            extra.name_frame = frame;
        }
    }

    fn client_hello(&mut self, state: &mut State, hello: &ClientHello) {
        let Store { tls, strings, .. } = &mut self.store;
        let Some(tls) = tls_of(tls, &mut state.extra) else {
            return;
        };
        if tls.client_seen {
            return; // The second one, after a HelloRetryRequest, says the same.
        }
        tls.client_seen = true;
        // Hellos in the form of SSL 2.0 have no extensions to take a fingerprint of.
        tls.ja3 = hello.ja3;
        if !tls.server_seen {
            tls.version = hello.version;
        }
        tls.ja4 = strings.number_of(hello.ja4.as_bytes());
        if let (NONE, Some(first)) = (tls.alpn, hello.alpn.first()) {
            tls.alpn = strings.number(first);
        }
        if hello.ech && state.extra.hidden == 0 {
            self.trouble("ClientHellos with an ECH extension");
        }
    }

    fn server_hello(&mut self, state: &mut State, hello: &ServerHello) {
        let Store { tls, strings, .. } = &mut self.store;
        let Some(tls) = tls_of(tls, &mut state.extra) else {
            return;
        };
        tls.version = hello.version;
        tls.cipher = hello.cipher;
        tls.ja3s = hello.ja3s;
        tls.server_seen = true;
        if let Some(alpn) = &hello.alpn {
            tls.alpn = strings.number(alpn);
        }
    }

    fn certificate(&mut self, state: &mut State, certificate: &Certificate) {
        let line = certificate_line(certificate);
        let Store { tls, strings, .. } = &mut self.store;
        let number = strings.number(&line);
        if let Some(tls) = tls_of(tls, &mut state.extra) {
            tls.certificate = number;
        }
    }

    /// Remembers which name led this client to which addresses.
    fn resolve(&mut self, chunk: &Chunk<'_>, message: &DnsMessage, from: Side, frame: u32) {
        if message.damaged {
            self.trouble("dns messages read in part");
        }
        if message.truncated {
            self.trouble("dns answers cut by the server");
        }
        if !message.response || message.family != crate::model::DnsFamily::Dns {
            return;
        }
        let client = match from {
            Side::Server => chunk.client,
            Side::Client => chunk.server,
        };
        let Some((name, _)) = &message.question else {
            return;
        };
        if message
            .answers
            .iter()
            .all(|answer| answer.addresses.is_empty())
        {
            return;
        }
        let name = self.store.strings.number(name);
        if let Some(target) = alias_target(message) {
            self.alias(client, name, target, (chunk.time, frame));
        }
        for answer in &message.answers {
            for address in &answer.addresses {
                let told = join::Told {
                    row: self.row,
                    client,
                    address: *address,
                    name,
                    time: chunk.time,
                    frame,
                };
                match &mut self.journal {
                    Some(journal) => journal.told(told),
                    None => self.answers.add(client, *address, name, chunk.time, frame),
                }
            }
        }
    }

    /// Remembers at which name the chain of another ended.
    fn alias(&mut self, client: IpAddr, name: u32, target: &Text, (time, frame): (Time, u32)) {
        let target = self.store.strings.number(target);
        match &mut self.journal {
            Some(journal) => journal.aliased(join::Aliased {
                row: self.row,
                client,
                name,
                target,
                time,
                frame,
            }),
            None => self.aliases.add(client, name, target, time, frame),
        }
    }

    /// The flow whose connection ID begins this datagram, if there is one (RFC 9000 §17.3.1).
    fn continues(&self, chunk: &Chunk<'_>) -> Option<u32> {
        self.continued_by(chunk.bytes)
    }

    fn continued_by(&self, bytes: &[u8]) -> Option<u32> {
        let (first, rest) = bytes.split_first()?;
        if self.connections.lengths == 0 || first & 0xc0 != 0x40 {
            return None;
        }
        (SHORTEST_ID..=20).find_map(|len| {
            (self.connections.lengths >> len & 1 == 1)
                .then(|| self.connections.rows.get(rest.get(..len)?).copied())
                .flatten()
        })
    }

    fn app(&mut self, segment: &Segment<'_>) -> u32 {
        let Some(app) = segment.app else { return NONE };
        let app = App {
            uid: app.uid,
            pid: app.pid,
            name: app.name.map(Text::new),
        };
        self.app_number(app)
    }

    fn app_number(&mut self, app: App) -> u32 {
        if let Some(number) = self.apps.get(&app) {
            return *number;
        }
        let number = u32::try_from(self.store.apps.len()).unwrap_or(NONE);
        if self.store.apps.len() >= MOST_APPS {
            self.trouble("apps beyond the budget");
            return NONE;
        }
        self.store.apps.push(app.clone());
        self.apps.insert(app, number);
        number
    }

    /// Keeps the budget of all readers' buffers. False where it is used up.
    fn account(&mut self, state: &mut State) -> bool {
        let now = state.inspection.buffered();
        self.buffered = self
            .buffered
            .saturating_sub(state.buffered)
            .saturating_add(now);
        state.buffered = now;
        self.peak = self.peak.max(self.buffered);
        if self.buffered > self.limits.all_reader_bytes {
            self.trouble("readers stopped: buffers over budget");
            return false;
        }
        true
    }
}

/// Apps told apart.
const MOST_APPS: usize = 65_536;

impl crate::flow::Reader for Reading {
    type State = State;

    fn opened(&mut self, segment: &Segment<'_>) {
        match &mut self.journal {
            Some(journal) => journal.opened(segment),
            None => self.hosts.opened(segment),
        }
    }

    fn glance(&mut self, passed: u32, chunk: &Chunk<'_>) -> Glance {
        if chunk.bytes.is_empty() {
            return Glance::Pass(passed);
        }
        if (passed == 0 && self.continues(chunk).is_some()) || inspect::knows(chunk) {
            return Glance::Read;
        }
        let passed = passed.saturating_add(1);
        if passed >= u32::from(inspect::PROBE_DATAGRAMS) {
            Glance::Done
        } else {
            Glance::Pass(passed)
        }
    }

    fn touch(state: &State) -> u64 {
        let Extra { name, probed, .. } = &state.extra;
        u64::from(*name) ^ u64::from(*probed) ^ state.inspection.touch()
    }

    fn start(&mut self, record: &Record) -> State {
        let kept = record.side.as_kept();
        let passed = record.side.as_passed().unwrap_or(0);
        let passed = u8::try_from(passed).unwrap_or(u8::MAX);
        let mut state = State {
            inspection: Inspection::resume(passed),
            extra: Extra::default(),
            rare: Rare::NOTHING,
            names: Vec::new(),
            buffered: 0,
            hello_at: None,
            begun: kept.is_some() || passed > 0,
            kept,
        };
        if let Some(extra) = kept.and_then(|kept| self.store.extras.get(kept)) {
            state.extra = *extra;
            state.inspection = Inspection::resume(extra.probed);
            state.rare = self.store.rare(Some(extra));
            if let Some(names) = self.store.names.get(state.rare.names) {
                state.names = names.to_vec();
            }
        }
        state
    }

    fn segment(&mut self, state: &mut State, segment: &Segment<'_>) {
        if segment.app.is_some() && state.rare.app == NONE {
            state.rare.app = self.app(segment);
        }
    }

    fn round_trip(&mut self, state: &mut State, rtt: Rtt) {
        state.extra.rtt = rtt;
    }

    fn chunk(&mut self, state: &mut State, row: u32, chunk: &Chunk<'_>) -> Next {
        if chunk.carrier == Carrier::Udp && !state.begun {
            state.begun = true;
            if let Some(earlier) = self.continues(chunk).filter(|earlier| *earlier != row) {
                if let Some(journal) = &mut self.journal {
                    journal.continued(row, earlier);
                }
                state.rare.continues = earlier;
                state.extra.protocol = self.store.words.number("quic");
                return Next::Done;
            }
        }
        let wanted = state.inspection.push(chunk, &mut self.out);
        if !self.out.evidence.is_empty() {
            self.take_evidence(state, row, chunk);
        }
        if !wanted || !self.account(state) {
            Next::Done
        } else if chunk.carrier == Carrier::Udp && state.inspection.can_pause() {
            Next::Pause
        } else {
            Next::More
        }
    }

    fn gap(&mut self, state: &mut State, row: u32, place: &Chunk<'_>, bytes: u64) -> bool {
        let bytes_counted = u32::try_from(bytes).unwrap_or(u32::MAX);
        state.rare.gap_bytes = state.rare.gap_bytes.saturating_add(bytes_counted);
        let wanted = state.inspection.gap(place.from, bytes, &mut self.out);
        self.take_evidence(state, row, place);
        wanted
    }

    fn keep(&mut self, mut state: State, row: u32, place: &Chunk<'_>) -> Option<u32> {
        state.inspection.finish(&mut self.out);
        self.take_evidence(&mut state, row, place);
        self.buffered = self.buffered.saturating_sub(state.buffered);
        let mut extra = state.extra;
        extra.probed = state.inspection.probed();
        let store = &mut self.store;
        if !state.names.is_empty() {
            let names = state.names.into_boxed_slice();
            match store.names.get_mut(state.rare.names) {
                Some(place) => *place = names,
                None => state.rare.names = store.names.push(names).unwrap_or(NONE),
            }
        }
        if state.rare != Rare::NOTHING {
            match store.rare.get_mut(extra.rare) {
                Some(place) => *place = state.rare,
                None => extra.rare = store.rare.push(state.rare).unwrap_or(NONE),
            }
        }
        match state.kept.and_then(|kept| store.extras.get_mut(kept)) {
            Some(place) => {
                *place = extra;
                state.kept
            }
            None => store.extras.push(extra),
        }
    }
}

impl Connections {
    fn add(&mut self, id: &[u8], row: u32) {
        if (SHORTEST_ID..=20).contains(&id.len()) && self.rows.len() < MOST_CONNECTIONS {
            self.lengths |= 1 << id.len();
            self.rows.entry(id.into()).or_insert(row);
        }
    }
}

/// Names, issuer and validity in one line, for a reader of the report.
fn certificate_line(certificate: &Certificate) -> Text {
    let mut line = Vec::new();
    for (place, name) in certificate.names.iter().take(8).enumerate() {
        if place > 0 {
            line.extend_from_slice(b", ");
        }
        line.extend_from_slice(name.bytes());
    }
    if certificate.names.len() > 8 {
        line.extend_from_slice(b", and more");
    }
    line.extend_from_slice(b"; issued by ");
    line.extend_from_slice(certificate.issuer.bytes());
    let (from, until) = certificate.valid;
    let day = |seconds: i64| {
        jiff::Timestamp::from_second(seconds).map_or_else(
            |_| "an impossible date".to_owned(),
            |time| time.strftime("%Y-%m-%d").to_string(),
        )
    };
    line.extend_from_slice(format!("; valid {} to {}", day(from), day(until)).as_bytes());
    Text::from(line)
}
