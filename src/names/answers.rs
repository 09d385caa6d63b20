//! Names from DNS: which name did this device last look up before it spoke to this address?
//!
//! In:   answers (client, address, name, time), in any order; then who the clients are.
//! Out:  for a flow, the latest such name not after its start, and its rivals.
//!
//! One sort at the end, then a hash for the address and a search by time: a million names for
//! one address cost no more than a million names for a million addresses.

use crate::model::Time;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::net::IpAddr;

/// All answers that named an address.
pub(crate) struct Answers {
    entries: Vec<Entry>,
    clients: HashMap<IpAddr, u32, foldhash::quality::RandomState>,
    /// Sort and drop repetitions when this many are held.
    tidy_at: usize,
    most: usize,
    /// Answers that found no room.
    pub(crate) beyond: u64,
    sealed: bool,
    /// Where the answers of one client for one address begin, by hash; 0 is none, else one more
    /// than the place in `entries`. Made when sealed, with at least half of it empty.
    starts: Vec<u32>,
    hasher: foldhash::quality::RandomState,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Entry {
    client: u32,
    address: [u8; 16],
    time: Time,
    frame: u32,
    name: u32,
    /// Other names of this address for this client; set when sealed.
    rivals: u32,
}

/// A name that an address had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Resolved {
    pub(crate) name: u32,
    /// The frame of the answer.
    pub(crate) frame: u32,
    /// Other names under which the device was given this address.
    pub(crate) rivals: u32,
}

/// Clients told apart; more than a handset's network ever has.
const MOST_CLIENTS: usize = 65_536;

impl Answers {
    /// Room for `most` answers.
    pub(crate) fn new(most: usize) -> Self {
        Answers {
            entries: Vec::new(),
            clients: HashMap::default(),
            tidy_at: 65_536,
            most,
            beyond: 0,
            sealed: false,
            starts: Vec::new(),
            hasher: foldhash::quality::RandomState::default(),
        }
    }

    /// Whether `more` answers would find room. Where they do not come in order of time, when
    /// repetitions are dropped decides which: then only as many as come before that.
    pub(crate) fn has_room_for(&self, more: usize, ordered: bool) -> bool {
        let count = self.entries.len().saturating_add(more);
        let most = if ordered { self.most } else { self.tidy_at };
        self.beyond == 0 && count < most.min(self.most)
    }

    /// `client` was told at `time`, in `frame`, that `name` is at `address`.
    pub(crate) fn add(
        &mut self,
        client: IpAddr,
        address: IpAddr,
        name: u32,
        time: Time,
        frame: u32,
    ) {
        let next = u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        let client = match self.clients.get(&client) {
            Some(number) => *number,
            None if self.clients.len() < MOST_CLIENTS => {
                self.clients.insert(client, next);
                next
            }
            None => {
                self.beyond = self.beyond.saturating_add(1);
                return;
            }
        };
        if self.entries.len() >= self.tidy_at {
            self.tidy();
            self.tidy_at = self.tidy_at.max(self.entries.len().saturating_mul(2));
        }
        if self.entries.len() >= self.most {
            self.beyond = self.beyond.saturating_add(1);
            return;
        }
        self.entries.push(Entry {
            client,
            address: mapped(address),
            time,
            frame,
            name,
            rivals: 0,
        });
    }

    /// No more answers come. `group` says which clients are one device: the addresses of one
    /// device share a number below the count of clients' own numbers.
    pub(crate) fn seal(&mut self, group: impl Fn(IpAddr) -> Option<u32>) {
        let mut groups = vec![0u32; self.clients.len()];
        let mut known: Vec<(IpAddr, u32)> = self.clients.drain().collect();
        known.sort_unstable();
        for (address, number) in known {
            // A client that is no device answers for itself alone.
            let of = group(address).unwrap_or(OWN.saturating_add(number));
            if let Some(place) = usize::try_from(number).ok().and_then(|n| groups.get_mut(n)) {
                *place = of;
            }
            self.clients.insert(address, of);
        }
        for entry in &mut self.entries {
            let number = usize::try_from(entry.client).unwrap_or(usize::MAX);
            entry.client = groups.get(number).copied().unwrap_or(u32::MAX);
        }
        self.tidy();
        self.entries.shrink_to_fit();
        self.count_rivals();
        self.index();
        self.sealed = true;
    }

    /// Fills `starts`.
    fn index(&mut self) {
        let same = |a: &Entry, b: &Entry| a.client == b.client && a.address == b.address;
        let groups = self.entries.chunk_by(same).count();
        let size = groups.saturating_mul(2).next_power_of_two().max(2);
        let mut starts = vec![0u32; size];
        let mut next = 1u32;
        for group in self.entries.chunk_by(same) {
            let Some(first) = group.first() else { continue };
            let mut at = self.home(first.client, &first.address, size);
            while starts.get(at).is_some_and(|start| *start != 0) {
                at = at.wrapping_add(1) & size.wrapping_sub(1);
            }
            if let Some(place) = starts.get_mut(at) {
                *place = next;
            }
            next = next.saturating_add(u32::try_from(group.len()).unwrap_or(u32::MAX));
        }
        self.starts = starts;
    }

    fn home(&self, client: u32, address: &[u8; 16], size: usize) -> usize {
        let hash = self
            .hasher
            .hash_one((client, u128::from_be_bytes(*address)));
        usize::try_from(hash & 0xffff_ffff).unwrap_or(0) & size.wrapping_sub(1)
    }

    /// The answers that `client` got for `address`, and perhaps more after them.
    fn starting_at(&self, client: u32, address: &[u8; 16]) -> Option<&[Entry]> {
        let size = self.starts.len();
        let mut at = self.home(client, address, size);
        loop {
            let start = self.starts.get(at)?.checked_sub(1)?;
            let entries = self.entries.get(usize::try_from(start).ok()?..)?;
            let first = entries.first()?;
            if first.client == client && first.address == *address {
                return Some(entries);
            }
            at = at.wrapping_add(1) & size.wrapping_sub(1);
        }
    }

    /// Reads a little of what [`Answers::name`] looks through.
    pub(crate) fn touch(&self, client: IpAddr, address: IpAddr) -> u64 {
        let Some(client) = self.clients.get(&client) else {
            return 0;
        };
        let home = self.home(*client, &mapped(address), self.starts.len());
        let start = self.starts.get(home).and_then(|start| start.checked_sub(1));
        let entry = start.and_then(|start| self.entries.get(usize::try_from(start).ok()?));
        entry.map_or(0, |entry| entry.name.into())
    }

    /// The latest name that `client` was given for `address`, not after `time`.
    pub(crate) fn name(&self, client: IpAddr, address: IpAddr, time: Time) -> Option<Resolved> {
        debug_assert!(self.sealed, "asked before all answers were in");
        let client = *self.clients.get(&client)?;
        let address = mapped(address);
        let entries = self.starting_at(client, &address)?;
        let earlier =
            |entry: &Entry| (entry.client, entry.address, entry.time) <= (client, address, time);
        // Doubling steps, then halving ones: most addresses have few answers.
        let mut reach = 1usize;
        while entries.get(reach).is_some_and(earlier) {
            reach = reach.saturating_mul(2);
        }
        let near = entries.get(..reach).unwrap_or(entries);
        let after = near.partition_point(earlier);
        let entry = near.get(after.checked_sub(1)?)?;
        Some(Resolved {
            name: entry.name,
            frame: entry.frame,
            rivals: entry.rivals,
        })
    }

    /// Gives back the memory: nothing more is asked.
    pub(crate) fn forget(&mut self) {
        self.entries = Vec::new();
        self.starts = Vec::new();
    }

    /// The names that answers gave, some of them many times.
    pub(crate) fn names(&self) -> impl Iterator<Item = u32> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// Makes a client that never asked share the answers of its device.
    pub(crate) fn join(&mut self, client: IpAddr, group: u32) {
        self.clients.insert(client, group);
    }

    /// Sorts, and drops answers that repeat the one before.
    fn tidy(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup_by(|later, earlier| {
            later.client == earlier.client
                && later.address == earlier.address
                && later.name == earlier.name
        });
    }

    fn count_rivals(&mut self) {
        let same = |a: &Entry, b: &Entry| a.client == b.client && a.address == b.address;
        let mut names = Vec::new();
        for group in self.entries.chunk_by_mut(same) {
            names.clear();
            names.extend(group.iter().map(|entry| entry.name));
            names.sort_unstable();
            names.dedup();
            let rivals = u32::try_from(names.len().saturating_sub(1)).unwrap_or(u32::MAX);
            for entry in group {
                entry.rivals = rivals;
            }
        }
    }
}

/// Groups of clients that are no device begin here.
const OWN: u32 = 1 << 16;

fn mapped(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("a test address")
    }

    fn answers() -> Answers {
        let mut answers = Answers::new(100);
        let (phone, other) = (ip("10.0.0.2"), ip("10.0.0.3"));
        answers.add(phone, ip("203.0.113.1"), 1, Time(100), 5);
        answers.add(phone, ip("203.0.113.1"), 1, Time(150), 6);
        answers.add(phone, ip("203.0.113.1"), 2, Time(200), 7);
        answers.add(other, ip("203.0.113.9"), 3, Time(100), 8);
        answers.seal(|client| (client == phone).then_some(0));
        answers.join(ip("fd00::2"), 0);
        answers
    }

    #[track_caller]
    fn check(client: &str, address: &str, time: i64, want: Option<(u32, u32, u32)>) {
        let got = answers().name(ip(client), ip(address), Time(time));
        assert_eq!(got.map(|r| (r.name, r.frame, r.rivals)), want);
    }

    #[test]
    fn names_join_as_of_their_time() {
        check("10.0.0.2", "203.0.113.1", 99, None);
        check("10.0.0.2", "203.0.113.1", 160, Some((1, 5, 1)));
        check("10.0.0.2", "203.0.113.1", 200, Some((2, 7, 1)));
    }

    #[test]
    fn answers_are_the_devices_own() {
        check("10.0.0.2", "203.0.113.9", 300, None);
        check("10.0.0.3", "203.0.113.9", 300, Some((3, 8, 0)));
        check("fd00::2", "203.0.113.1", 300, Some((2, 7, 1)));
    }

    #[test]
    fn many_answers_for_one_address_stay_within_the_budget() {
        let mut answers = Answers::new(1_000);
        for n in 0..200_000u32 {
            answers.add(ip("10.0.0.2"), ip("203.0.113.1"), n, Time(n.into()), n);
        }
        assert_eq!(answers.beyond, 199_000);
        answers.seal(|_| Some(0));
        let name = answers.name(ip("10.0.0.2"), ip("203.0.113.1"), Time(500));
        assert_eq!(name.map(|r| (r.name, r.rivals)), Some((500, 999)));
    }
}
