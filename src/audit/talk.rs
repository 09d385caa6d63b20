//! What was said in the clear: DNS exchanges and HTTP exchanges, compactly.

mod join;

use super::extra::NONE;
use crate::model::{
    Arena, Chunk, DnsAnswer, DnsFamily, DnsMessage, HttpRequest, HttpResponse, Limits, Text, Time,
};
use crate::names::Strings;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

/// One DNS exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dns {
    pub(super) client: IpAddr,
    pub(super) resolver: IpAddr,
    pub(super) time: Time,
    pub(super) frame: u64,
    pub(super) name: u32,
    pub(super) answers: (u32, u32),
    pub(super) kind: u16,
    pub(super) rcode: u16,
    pub(super) family: DnsFamily,
    pub(super) over_tcp: bool,
    pub(super) truncated: bool,
    pub(super) answered: bool,
}

#[derive(Clone, Debug)]
struct Answer {
    name: u32,
    data: u32,
    ttl: u32,
    kind: u16,
}

/// One HTTP exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Http {
    pub(super) row: u32,
    pub(super) frame: u64,
    pub(super) time: Time,
    pub(super) server: IpAddr,
    pub(super) server_port: u16,
    method: u32,
    host: u32,
    path: u32,
    user_agent: u32,
    content_type: u32,
    content_encoding: u32,
    stream: u32,
    status: u16,
    answer_type: u32,
    answer_encoding: u32,
    answered: bool,
}

/// All exchanges, within their budgets.
pub(super) struct Talk {
    pub(super) dns: Arena<Dns>,
    answers: Arena<Answer>,
    pending: HashMap<Asked, u32, foldhash::quality::RandomState>,
    pub(super) http: Arena<Http>,
    /// For a flow, the exchanges whose responses come next, by stream.
    waiting: HashMap<(u32, u32), Waiting, foldhash::quality::RandomState>,
    most_dns: usize,
    most_http: usize,
    /// Exchanges that found no room.
    pub(super) dns_beyond: u64,
    pub(super) http_beyond: u64,
    /// Queries that were seen to be answered, and all that were seen.
    pub(super) dns_messages: u64,
    /// The row of each DNS exchange; `None` unless this is a later part of a capture.
    rows: Option<Vec<u32>>,
    /// The most queries that waited at once.
    most_waiting: usize,
}

/// Requests of one connection that were not answered yet, oldest first.
#[derive(Default)]
struct Waiting {
    numbers: VecDeque<u32>,
    /// Later ones, that found no room.
    beyond: u32,
}

/// What pairs a response with its query.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Asked {
    row: u32,
    id: u16,
    kind: u16,
    name: u32,
}

/// Queries waiting for their response at once.
const MOST_PENDING: usize = 65_536;
/// Requests of one connection waiting for their response at once.
const MOST_PIPELINED: usize = 256;

impl Talk {
    pub(super) fn new(limits: &Limits, dns: bool, http: bool) -> Self {
        Talk {
            dns: Arena::default(),
            answers: Arena::default(),
            pending: HashMap::default(),
            http: Arena::default(),
            waiting: HashMap::default(),
            most_dns: if dns { limits.dns_rows } else { 0 },
            most_http: if http { limits.http_rows } else { 0 },
            dns_beyond: 0,
            http_beyond: 0,
            dns_messages: 0,
            rows: None,
            most_waiting: 0,
        }
    }

    pub(super) fn dns(
        &mut self,
        row: u32,
        chunk: &Chunk<'_>,
        message: &DnsMessage,
        strings: &mut Strings,
    ) {
        self.dns_messages = self.dns_messages.saturating_add(1);
        if self.most_dns == 0 {
            return;
        }
        let first = message.question.iter();
        let questions = first.chain(&message.more_questions);
        let mut any = false;
        for (name, kind) in questions {
            self.exchange(row, chunk, message, strings, (name, *kind), !any);
            any = true;
        }
        if !any && (message.response || !message.answers.is_empty()) {
            // A response without a question: mDNS announcements, and some refusals.
            let name = message
                .answers
                .first()
                .map(|answer| (answer.name.clone(), answer.kind));
            let (name, kind) = name.unwrap_or_default();
            self.exchange(row, chunk, message, strings, (&name, kind), true);
        }
    }

    fn exchange(
        &mut self,
        row: u32,
        chunk: &Chunk<'_>,
        message: &DnsMessage,
        strings: &mut Strings,
        (name, kind): (&Text, u16),
        with_answers: bool,
    ) {
        let name = strings.number(name);
        let asked = Asked {
            row,
            id: message.id,
            kind,
            name,
        };
        let pending = self.pending.get(&asked).copied();
        let known = pending.and_then(|number| self.dns.get(number)).is_some();
        if known && !message.response {
            return; // The same query again.
        }
        let number = match pending.filter(|_| known) {
            Some(number) => number,
            None => {
                if self.dns.len() >= self.most_dns {
                    self.dns_beyond = self.dns_beyond.saturating_add(1);
                    return;
                }
                let Some(number) = self.dns.push(new_dns(chunk, message, name, kind)) else {
                    return;
                };
                if let Some(rows) = &mut self.rows {
                    rows.push(row);
                }
                number
            }
        };
        if message.response {
            self.pending.remove(&asked);
            let answers = if with_answers {
                self.answers(&message.answers, strings)
            } else {
                (0, 0)
            };
            if let Some(dns) = self.dns.get_mut(number) {
                dns.answered = true;
                dns.rcode = message.rcode;
                dns.truncated = message.truncated;
                dns.frame = chunk.frame;
                dns.time = chunk.time;
                dns.answers = answers;
            }
        } else if self.pending.len() < MOST_PENDING {
            self.pending.insert(asked, number);
            self.most_waiting = self.most_waiting.max(self.pending.len());
        }
    }

    fn answers(&mut self, answers: &[DnsAnswer], strings: &mut Strings) -> (u32, u32) {
        let mut first = None;
        let mut count = 0u32;
        for answer in answers {
            let row = Answer {
                name: strings.number(&answer.name),
                data: strings.number(&answer.data),
                ttl: answer.ttl,
                kind: answer.kind,
            };
            match self.answers.push(row) {
                Some(number) => first = first.or(Some(number)),
                None => break,
            }
            count = count.saturating_add(1);
        }
        (first.unwrap_or(0), count)
    }

    /// The records of one exchange, for a report.
    pub(super) fn answers_of(&self, dns: &Dns, strings: &Strings) -> Vec<DnsAnswer> {
        let (first, count) = dns.answers;
        let numbers = first..first.saturating_add(count);
        let answers = numbers.filter_map(|number| self.answers.get(number));
        answers
            .map(|answer| DnsAnswer {
                name: strings.text(answer.name).clone(),
                kind: answer.kind,
                data: strings.text(answer.data).clone(),
                ttl: answer.ttl,
                addresses: Vec::new(),
                ech: false,
            })
            .collect()
    }

    pub(super) fn request(
        &mut self,
        row: u32,
        chunk: &Chunk<'_>,
        request: &HttpRequest,
        strings: &mut Strings,
    ) {
        if self.http.len() >= self.most_http {
            self.http_beyond = self
                .http_beyond
                .saturating_add(u64::from(self.most_http > 0));
            return;
        }
        let (server, server_port) = match chunk.from {
            crate::model::Side::Client => (chunk.server, chunk.server_port),
            crate::model::Side::Server => (chunk.client, chunk.client_port),
        };
        let mut number = |text: &Option<Text>| text.as_ref().map_or(NONE, |t| strings.number(t));
        let http = Http {
            row,
            frame: chunk.frame,
            time: chunk.time,
            server,
            server_port,
            host: number(&request.host),
            user_agent: number(&request.user_agent),
            content_type: number(&request.content_type),
            content_encoding: number(&request.content_encoding),
            method: strings.number(&request.method),
            path: strings.number(&request.path),
            stream: request.stream.unwrap_or(NONE),
            status: 0,
            answer_type: NONE,
            answer_encoding: NONE,
            answered: false,
        };
        let Some(number) = self.http.push(http) else {
            return;
        };
        let waiting = self.waiting.entry((row, http.stream)).or_default();
        if waiting.numbers.len() < MOST_PIPELINED {
            waiting.numbers.push_back(number);
        } else {
            waiting.beyond = waiting.beyond.saturating_add(1);
        }
    }

    /// False where no request was seen that this answers.
    pub(super) fn response(
        &mut self,
        row: u32,
        response: &HttpResponse,
        strings: &mut Strings,
    ) -> bool {
        // Final responses answer; 101 is one (RFC 9110 §15.2).
        if (100..200).contains(&response.status) && response.status != 101 {
            return true;
        }
        let key = (row, response.stream.unwrap_or(NONE));
        let Some(waiting) = self.waiting.get_mut(&key) else {
            // Without room requests are not kept either.
            return self.http.len() >= self.most_http;
        };
        let number = waiting.numbers.pop_front();
        if number.is_none() {
            waiting.beyond = waiting.beyond.saturating_sub(1);
        }
        if waiting.numbers.is_empty() && waiting.beyond == 0 {
            self.waiting.remove(&key);
        }
        if let Some(http) = number.and_then(|number| self.http.get_mut(number)) {
            let mut number =
                |text: &Option<Text>| text.as_ref().map_or(NONE, |text| strings.number(text));
            http.status = response.status;
            http.answer_type = number(&response.content_type);
            http.answer_encoding = number(&response.content_encoding);
            http.answered = true;
        }
        true
    }

    /// The heads of one exchange, for a report.
    pub(super) fn heads_of(http: &Http, strings: &Strings) -> (HttpRequest, Option<HttpResponse>) {
        let text = |number: u32| (number != NONE).then(|| strings.text(number).clone());
        let stream = (http.stream != NONE).then_some(http.stream);
        let request = HttpRequest {
            method: strings.text(http.method).clone(),
            host: text(http.host),
            path: strings.text(http.path).clone(),
            user_agent: text(http.user_agent),
            content_type: text(http.content_type),
            content_encoding: text(http.content_encoding),
            stream,
        };
        let response = http.answered.then(|| HttpResponse {
            status: http.status,
            content_type: text(http.answer_type),
            content_encoding: text(http.answer_encoding),
            stream,
        });
        (request, response)
    }
}

fn new_dns(chunk: &Chunk<'_>, message: &DnsMessage, name: u32, kind: u16) -> Dns {
    let (sender, receiver) = match chunk.from {
        crate::model::Side::Client => (chunk.client, chunk.server),
        crate::model::Side::Server => (chunk.server, chunk.client),
    };
    let (client, resolver) = if message.response {
        (receiver, sender)
    } else {
        (sender, receiver)
    };
    Dns {
        client,
        resolver,
        time: chunk.time,
        frame: chunk.frame,
        name,
        answers: (0, 0),
        kind,
        rcode: 0,
        family: message.family,
        over_tcp: chunk.carrier == crate::model::Carrier::Tcp,
        truncated: message.truncated,
        answered: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk() -> Chunk<'static> {
        Chunk {
            bytes: &[],
            from: crate::model::Side::Client,
            carrier: crate::model::Carrier::Tcp,
            frame: 1,
            time: Time::default(),
            cut_bytes: 0,
            client: IpAddr::from([10, 0, 0, 2]),
            server: IpAddr::from([192, 0, 2, 1]),
            client_port: 40_000,
            server_port: 80,
        }
    }

    fn ok(stream: Option<u32>) -> HttpResponse {
        HttpResponse {
            status: 200,
            content_type: None,
            content_encoding: None,
            stream,
        }
    }

    /// A capture that began too late, or misses packets, has answers to nothing.
    #[test]
    fn responses_without_a_request_are_told_apart() {
        let limits = Limits::default();
        let mut strings = Strings::new(&limits);
        let mut talk = Talk::new(&limits, true, true);
        assert!(!talk.response(1, &ok(None), &mut strings));
        let going_on = HttpResponse {
            status: 100,
            ..ok(None)
        };
        assert!(talk.response(1, &going_on, &mut strings));
        // More are under way than are remembered: none of their answers is without a request.
        let request = HttpRequest::default();
        for _ in 0..MOST_PIPELINED + 2 {
            talk.request(2, &chunk(), &request, &mut strings);
        }
        for _ in 0..MOST_PIPELINED + 2 {
            assert!(talk.response(2, &ok(None), &mut strings));
        }
        assert!(!talk.response(2, &ok(None), &mut strings));
        assert!(!talk.response(2, &ok(Some(3)), &mut strings));
        // Where none are kept nothing can be said.
        let mut talk = Talk::new(&limits, true, false);
        assert!(talk.response(1, &ok(None), &mut strings));
    }
}
