//! Aliases: at which name did the chain of a name end, as a device was told?
//!
//! In:   answers whose chain of CNAME records leads away from the name that was asked.
//! Out:  for each such name, the targets by client and time.
//! Spec: RFC 1034 §3.6.2 (CNAME).
//!
//! A target holds until the client is told another one. As many are kept as answers with
//! addresses; what finds no room is counted.

use crate::model::{DnsMessage, Text, Time};
use std::net::IpAddr;

/// CNAME (RFC 1035 §3.2.2).
const CNAME: u16 = 5;
/// Links of a chain that are followed; resolvers stop near here too.
const MOST_LINKS: usize = 16;

/// The name at which the chain of the first question ends; `None` where there is no chain.
/// Records come in the order of the chain nearly always: a few passes find any order.
pub(crate) fn target(message: &DnsMessage) -> Option<&Text> {
    let links = || message.answers.iter().filter(|answer| answer.kind == CNAME);
    links().next()?;
    let (asked, _) = message.question.as_ref()?;
    let (mut at, mut followed) = (asked, 0);
    loop {
        let before = followed;
        for link in links() {
            let leads_on = link.name.bytes().eq_ignore_ascii_case(at.bytes());
            if leads_on && !link.data.is_empty() && followed < MOST_LINKS {
                (at, followed) = (&link.data, followed.saturating_add(1));
            }
        }
        if followed == before || followed >= MOST_LINKS {
            break;
        }
    }
    (!at.bytes().eq_ignore_ascii_case(asked.bytes())).then_some(at)
}

/// All aliases that clients were told.
pub(crate) struct Aliases {
    entries: Vec<Entry>,
    /// Sort and drop repetitions when this many are held.
    tidy_at: usize,
    most: usize,
    /// Aliases that found no room.
    pub(crate) beyond: u64,
}

/// One alias.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Entry {
    pub(crate) name: u32,
    pub(crate) client: Client,
    pub(crate) time: Time,
    pub(crate) frame: u32,
    pub(crate) target: u32,
}

/// Who was told.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Client {
    /// An audited device, whichever of its addresses asked.
    Device(u32),
    /// Any other host.
    Host(IpAddr),
}

impl Aliases {
    /// Room for `most` aliases.
    pub(crate) fn new(most: usize) -> Self {
        Aliases {
            entries: Vec::new(),
            tidy_at: 65_536,
            most,
            beyond: 0,
        }
    }

    /// Whether `more` aliases would find room: see [`super::Answers::has_room_for`].
    pub(crate) fn has_room_for(&self, more: usize, ordered: bool) -> bool {
        let count = self.entries.len().saturating_add(more);
        let most = if ordered { self.most } else { self.tidy_at };
        self.beyond == 0 && count < most.min(self.most)
    }

    /// `client` was told at `time`, in `frame`, that `name` is an alias of `target`.
    pub(crate) fn add(&mut self, client: IpAddr, name: u32, target: u32, time: Time, frame: u32) {
        if self.entries.len() >= self.tidy_at {
            self.tidy();
            self.tidy_at = self.tidy_at.max(self.entries.len().saturating_mul(2));
        }
        if self.entries.len() >= self.most {
            self.beyond = self.beyond.saturating_add(1);
            return;
        }
        self.entries.push(Entry {
            name,
            client: Client::Host(client),
            time,
            frame,
            target,
        });
    }

    /// No more aliases come. `device` says which clients are one device.
    pub(crate) fn seal(&mut self, device: impl Fn(IpAddr) -> Option<u32>) {
        for entry in &mut self.entries {
            if let Client::Host(address) = entry.client
                && let Some(number) = device(address)
            {
                entry.client = Client::Device(number);
            }
        }
        self.tidy();
        self.entries.shrink_to_fit();
    }

    /// The aliases of each name, in the order of client and time.
    pub(crate) fn by_name(&self) -> impl Iterator<Item = &[Entry]> {
        self.entries.chunk_by(|one, other| one.name == other.name)
    }

    /// Who was told any, in order, each once.
    pub(crate) fn clients(&self) -> Vec<Client> {
        let mut clients: Vec<Client> = Vec::new();
        for entry in &self.entries {
            if clients.last() != Some(&entry.client) {
                clients.push(entry.client);
            }
        }
        clients.sort_unstable();
        clients.dedup();
        clients
    }

    /// Sorts, and drops what repeats the alias before.
    fn tidy(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup_by(|later, earlier| {
            (later.name, later.client, later.target)
                == (earlier.name, earlier.client, earlier.target)
        });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::{DnsAnswer, DnsFamily};

    fn message(asked: &str, links: &[(&str, &str)]) -> DnsMessage {
        let link = |(name, data): &(&str, &str)| DnsAnswer {
            name: Text::from(*name),
            kind: CNAME,
            data: Text::from(*data),
            ttl: 1,
            addresses: Vec::new(),
            ech: false,
        };
        DnsMessage {
            family: DnsFamily::Dns,
            id: 1,
            response: true,
            truncated: false,
            rcode: 0,
            question: Some((Text::from(asked), 1)),
            more_questions: Vec::new(),
            answers: links.iter().map(link).collect(),
            damaged: false,
        }
    }

    #[track_caller]
    fn check(links: &[(&str, &str)], want: Option<&str>) {
        let message = message("a.example", links);
        let got = target(&message).map(|text| text.lossless().into_owned());
        assert_eq!(got.as_deref(), want);
    }

    #[test]
    fn a_chain_is_followed_to_its_end() {
        check(&[], None);
        check(&[("A.Example", "b.example")], Some("b.example"));
        check(&[("x.example", "y.example")], None);
        check(
            &[("a.example", "b.test"), ("b.test", "c.test")],
            Some("c.test"),
        );
        check(
            &[("b.test", "c.test"), ("a.example", "b.test")],
            Some("c.test"),
        );
        check(&[("a.example", "a.example")], None);
    }

    #[test]
    fn a_circle_ends() {
        let links = [("a.example", "b.test"), ("b.test", "a.example")];
        check(&links, None);
        let links = [("a.example", "b.test"), ("b.test", "b.test")];
        check(&links, Some("b.test"));
    }

    #[test]
    fn an_alias_is_kept_once_within_the_budget() {
        let client: IpAddr = "10.0.0.2".parse().unwrap();
        let other: IpAddr = "10.0.0.3".parse().unwrap();
        let mut aliases = Aliases::new(4);
        aliases.add(client, 1, 7, Time(10), 1);
        aliases.add(other, 1, 7, Time(20), 2);
        aliases.add(client, 1, 8, Time(30), 3);
        aliases.add(client, 2, 9, Time(40), 4);
        assert!(!aliases.has_room_for(1, true));
        aliases.add(client, 3, 9, Time(50), 5);
        assert_eq!(aliases.beyond, 1);
        aliases.seal(|_| Some(0));
        let names: Vec<Vec<(u32, i64)>> = aliases
            .by_name()
            .map(|group| group.iter().map(|e| (e.target, e.time.0)).collect())
            .collect();
        assert_eq!(names, [vec![(7, 10), (8, 30)], vec![(9, 40)]]);
    }
}
