//! Who is called what.
//!
//! In:   addresses, hardware addresses and names as they stand in a capture.
//! Out:  the same pseudonym for the same value, and another one for another.
//! Spec: RFC 1918, 6598, 3927, 4193, 4291 (which addresses are local, interface identifiers,
//!       solicited-node groups), RFC 5737 and RFC 3849 (documentation), RFC 2544.
//!
//! Pseudonyms are numbers in order of appearance, not functions of the value: nothing can be
//! turned back by trying all values, and there is no key to lose. A pseudonym is never a value
//! that the capture has itself. Kept relations: which range an address is of, which octets or
//! groups of 16 bits in front two addresses share, and that an address was made of a hardware
//! address. Tables are bounded; what finds no room is called `others`, and counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;
type Set<K> = HashSet<K, foldhash::quality::RandomState>;

type Label = Box<[u8]>;

/// Values of one kind that have a pseudonym of their own.
const MOST: usize = 1 << 20;

/// Values to numbers, group by group.
struct Numbers<G, K> {
    of: Map<(G, K), u64>,
    next: Map<G, u64>,
}

impl<G: Copy + Eq + Hash, K: Copy + Eq + Hash> Numbers<G, K> {
    fn new() -> Self {
        Numbers {
            of: Map::default(),
            next: Map::default(),
        }
    }

    /// The number of `key`; a new one is the first from `start` that `is_free`, below `end`.
    fn number(
        &mut self,
        group: G,
        key: K,
        (start, end): (u64, u64),
        is_free: impl Fn(u64) -> bool,
    ) -> Option<u64> {
        if let Some(number) = self.of.get(&(group, key)) {
            return Some(*number);
        }
        if self.of.len() >= MOST {
            return None;
        }
        let next = self.next.entry(group).or_insert(start);
        let number = (*next..end).find(|number| is_free(*number))?;
        *next = number.saturating_add(1);
        self.of.insert((group, key), number);
        Some(number)
    }
}

/// What the capture has, and what it becomes.
pub(super) struct Pseudonyms {
    /// Addresses of the audited device that lie in no local range.
    own: Set<IpAddr>,
    /// Networks of 64 bits around them, and those that routers announce.
    networks: Set<[u8; 8]>,
    /// Values met, so that none of them is given to another.
    met: Met,
    octets: Numbers<(u8, u32), u8>,
    public: Numbers<(), Ipv4Addr>,
    sites: Numbers<u8, [u8; 6]>,
    subnets: Numbers<[u8; 6], [u8; 2]>,
    /// The front of interface identifiers that no hardware address is in.
    fronts: Numbers<(), [u8; 5]>,
    vendors: Numbers<(), [u8; 3]>,
    /// The last 24 bits of interface identifiers and hardware addresses.
    ends: Numbers<(), [u8; 3]>,
    labels: Map<Label, Label>,
    label_numbers: Map<usize, u64>,
    /// Labels of reverse names, by what stands behind them.
    reverse: Map<(Label, Label), Label>,
    reverse_numbers: Map<(Label, usize), u64>,
    overflow: u64,
}

/// Values that the capture has.
#[derive(Default)]
pub(super) struct Met {
    pub(super) addresses: Set<IpAddr>,
    pub(super) macs: Set<[u8; 6]>,
    seconds: Set<(u8, u8)>,
    thirds: Set<(u8, u8, u8)>,
    ends: Set<[u8; 3]>,
    sites: Set<[u8; 6]>,
    labels: Set<Box<[u8]>>,
}

/// How many of each kind have a pseudonym.
pub(super) type Table = BTreeMap<(&'static str, String), String>;

impl Pseudonyms {
    pub(super) fn new(own: &[IpAddr]) -> Self {
        let mut this = Pseudonyms {
            own: Set::default(),
            networks: Set::default(),
            met: Met::default(),
            octets: Numbers::new(),
            public: Numbers::new(),
            sites: Numbers::new(),
            subnets: Numbers::new(),
            fronts: Numbers::new(),
            vendors: Numbers::new(),
            ends: Numbers::new(),
            labels: Map::default(),
            label_numbers: Map::default(),
            reverse: Map::default(),
            reverse_numbers: Map::default(),
            overflow: 0,
        };
        for address in own {
            this.own.insert(*address);
            if let IpAddr::V6(v6) = address {
                this.announce(*v6);
            }
        }
        this
    }

    /// The network of 64 bits around `address` is the device's.
    pub(super) fn announce(&mut self, address: Ipv6Addr) {
        if let Some(network) = address.octets().first_chunk()
            && self.networks.len() < MOST
        {
            self.networks.insert(*network);
        }
    }

    /// True for what is not shown as it is.
    pub(super) fn is_hidden(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => {
                let [a, b, ..] = v4.octets();
                is_local_v4(v4) || (a, b & 0xfe) == (198, 18) || self.own.contains(&address)
            }
            IpAddr::V6(v6) => {
                let octets = v6.octets();
                match octets {
                    [0xfe, b, ..] if b & 0xc0 == 0x80 => true,
                    [0xfc | 0xfd, ..] => true,
                    // What our own pseudonyms look like.
                    [0x20, 1, 0x0d, 0xb8, high, ..] if high >> 4 == 0xf => true,
                    // Teredo has the client's address inside (RFC 4380 §4).
                    [0x20, 1, 0, 0, ..] => true,
                    // 6to4 has the router's (RFC 3056 §2), mapped addresses the host's.
                    [0x20, 2, a, b, c, d, ..] => self.is_hidden(Ipv4Addr::new(a, b, c, d).into()),
                    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d] => {
                        self.is_hidden(Ipv4Addr::new(a, b, c, d).into())
                    }
                    _ => octets
                        .first_chunk::<8>()
                        .is_some_and(|network| self.networks.contains(network)),
                }
            }
        }
    }

    /// Notes an address that the capture has.
    pub(super) fn meet(&mut self, address: IpAddr) {
        if !self.is_hidden(address) || self.met.addresses.len() >= MOST {
            return;
        }
        if !self.met.addresses.insert(address) {
            return;
        }
        match address {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                self.met.seconds.insert((a, b));
                self.met.thirds.insert((a, b, c));
            }
            IpAddr::V6(v6) => {
                let octets = v6.octets();
                self.met.ends.extend(octets.last_chunk::<3>());
                self.met.sites.extend(octets.first_chunk::<6>());
            }
        }
    }

    pub(super) fn meet_mac(&mut self, mac: [u8; 6]) {
        if mac.first().is_some_and(|first| first & 1 == 0)
            && mac != [0; 6]
            && self.met.macs.len() < MOST
        {
            self.met.macs.insert(mac);
            self.met.ends.extend(mac.last_chunk::<3>());
        }
    }

    pub(super) fn meet_label(&mut self, label: &[u8]) {
        if self.met.labels.len() < MOST {
            self.met.labels.insert(label.to_ascii_lowercase().into());
        }
    }

    pub(super) fn met(&self) -> (&Met, Vec<&[u8]>) {
        let mut labels: Vec<&[u8]> = self.met.labels.iter().map(|label| &**label).collect();
        labels.sort_unstable();
        (&self.met, labels)
    }

    /// What stands in the place of `address`; itself where it is not hidden.
    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(v4) => IpAddr::V4(self.v4(v4)),
            IpAddr::V6(v6) => IpAddr::V6(self.v6(v6)),
        }
    }

    fn v4(&mut self, v4: Ipv4Addr) -> Ipv4Addr {
        if !self.is_hidden(IpAddr::V4(v4)) {
            return v4;
        }
        if !is_local_v4(v4) {
            let met = &self.met;
            let public = |number: u64| {
                let [.., c, d] = number.to_be_bytes();
                let b = if number > 0xffff { 19 } else { 18 };
                Ipv4Addr::new(198, b, c, d)
            };
            let is_free = |number: u64| {
                !matches!(number & 0xff, 0 | 255) && !met.addresses.contains(&public(number).into())
            };
            let number = self.public.number((), v4, (1, 0x1_fffe), is_free);
            return number.map_or_else(|| self.others(Ipv4Addr::new(198, 19, 255, 254)), public);
        }
        let [a, b, c, d] = v4.octets();
        let met = &self.met;
        // The first octet that varies in a range is never one that the capture has there.
        let (second, third) = match a {
            10 => (
                self.octets
                    .number((1, 0), b, (0, 256), |n| !has(&met.seconds, |b| (10, b), n)),
                None,
            ),
            172 => (
                self.octets
                    .number((1, 1), b, (16, 32), |n| !has(&met.seconds, |b| (172, b), n)),
                None,
            ),
            100 => (
                self.octets.number((1, 2), b, (64, 128), |n| {
                    !has(&met.seconds, |b| (100, b), n)
                }),
                None,
            ),
            _ => {
                let is_free = |n| !has(&met.thirds, |c| (a, b, c), n);
                let third = self.octets.number((2, u32::from(a)), c, (0, 256), is_free);
                (Some(u64::from(b)), third)
            }
        };
        let second = second.or_else(|| self.crowded((1, u32::from(a)), b));
        let is_fixed = matches!(a, 192 | 169);
        let third = match is_fixed {
            true => third.or_else(|| self.crowded((2, u32::from(a)), c)),
            false => {
                let group = u32::from_be_bytes([0, 0, a, b]);
                self.octets.number((3, group), c, (0, 256), |_| true)
            }
        };
        let last = match d {
            // Networks and broadcasts stay what they are.
            0 | 255 => Some(u64::from(d)),
            _ => {
                let group = u32::from_be_bytes([0, a, b, c]);
                self.octets.number((4, group), d, (1, 255), |_| true)
            }
        };
        let octet = |number: Option<u64>| number.and_then(|number| u8::try_from(number).ok());
        match (octet(second), octet(third), octet(last)) {
            (Some(b), Some(c), Some(d)) => Ipv4Addr::new(a, b, c, d),
            _ => self.others(Ipv4Addr::new(198, 19, 255, 254)),
        }
    }

    /// Where the capture has every network of a range: any that is not given away.
    fn crowded(&mut self, group: (u8, u32), octet: u8) -> Option<u64> {
        let (layer, first) = group;
        let range = match first {
            172 => (16, 32),
            100 => (64, 128),
            _ => (0, 256),
        };
        let key = match (layer, first) {
            (1, 10) => (1, 0),
            (1, 172) => (1, 1),
            (1, 100) => (1, 2),
            _ => group,
        };
        let taken: Vec<u64> = self
            .octets
            .of
            .iter()
            .filter(|((group, _), _)| *group == key)
            .map(|(_, number)| *number)
            .collect();
        let (start, end) = range;
        let free = (start..end).find(|number| !taken.contains(number))?;
        self.octets.of.insert((key, octet), free);
        Some(free)
    }

    fn others<T>(&mut self, others: T) -> T {
        self.overflow = self.overflow.saturating_add(1);
        others
    }

    fn v6(&mut self, v6: Ipv6Addr) -> Ipv6Addr {
        let octets = v6.octets();
        if let [0xff, ..] = octets {
            return match octets {
                // A solicited-node group has the end of an address (RFC 4291 §2.7.1).
                [front @ .., 0xff, x, y, z] if front == SOLICITED => {
                    self.with_end(octets, [x, y, z])
                }
                _ => v6,
            };
        }
        if !self.is_hidden(IpAddr::V6(v6)) {
            return v6;
        }
        if let Some(v4) = v6.to_ipv4_mapped() {
            return self.v4(v4).to_ipv6_mapped();
        }
        let (Some(network), Some(identifier)) =
            (octets.first_chunk::<8>(), octets.last_chunk::<8>())
        else {
            return v6;
        };
        let [s0, s1, s2, s3, s4, s5, n0, n1] = *network;
        let site = [s0, s1, s2, s3, s4, s5];
        let front: [u8; 8] = match site {
            [0xfe, ..] => [0xfe, 0x80, 0, 0, 0, 0, 0, 0],
            _ => {
                let is_local = matches!(s0, 0xfc | 0xfd);
                let met = &self.met;
                let made = |number: u64| -> [u8; 6] {
                    let [.., x, y] = number.to_be_bytes();
                    match is_local {
                        true => [0xfd, 0, 0, 0, x, y],
                        false => [0x20, 1, 0x0d, 0xb8, 0xf0 | x, y],
                    }
                };
                let end = if is_local { 0xffff } else { 0xfff };
                let group = u8::from(is_local);
                let is_free = |number| !met.sites.contains(&made(number));
                let number = self.sites.number(group, site, (1, end), is_free);
                let subnet = self.subnets.number(site, [n0, n1], (0, 0x1_0000), |_| true);
                let number = number.unwrap_or_else(|| self.others(end));
                let subnet = subnet.unwrap_or_else(|| self.others(0xffff));
                let [x0, x1, x2, x3, x4, x5] = made(number);
                let [.., y0, y1] = subnet.to_be_bytes();
                [x0, x1, x2, x3, x4, x5, y0, y1]
            }
        };
        let mut made = [0; 16];
        let identifier = self.identifier(*identifier);
        for (to, from) in made.iter_mut().zip(front.iter().chain(&identifier)) {
            *to = *from;
        }
        Ipv6Addr::from(made)
    }

    fn identifier(&mut self, identifier: [u8; 8]) -> [u8; 8] {
        match identifier {
            // Networks, and the anycast address of their routers.
            [0, 0, 0, 0, 0, 0, 0, 0] => identifier,
            // Made of a hardware address (RFC 4291 appendix A).
            [a, b, c, 0xff, 0xfe, d, e, f] => {
                let [a, b, c, d, e, f] = self.mac([a ^ 2, b, c, d, e, f]);
                [a ^ 2, b, c, 0xff, 0xfe, d, e, f]
            }
            [a, b, c, d, e, x, y, z] => {
                let number = self
                    .fronts
                    .number((), [a, b, c, d, e], (1, 0xff00), |_| true);
                let number = number.unwrap_or_else(|| self.others(0xffff));
                let [.., p, q] = number.to_be_bytes();
                let [x, y, z] = self.end([x, y, z]);
                [0, 0, 0, p, q, x, y, z]
            }
        }
    }

    fn end(&mut self, end: [u8; 3]) -> [u8; 3] {
        let met = &self.met;
        let made = |number: u64| -> [u8; 3] {
            let [.., x, y, z] = number.to_be_bytes();
            [x, y, z]
        };
        let is_free = |number| !met.ends.contains(&made(number));
        let number = self.ends.number((), end, (1, 1 << 24), is_free);
        made(number.unwrap_or_else(|| self.others(0xff_ffff)))
    }

    fn with_end(&mut self, octets: [u8; 16], end: [u8; 3]) -> Ipv6Addr {
        let [x, y, z] = self.end(end);
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, ..] = octets;
        Ipv6Addr::from([a, b, c, d, e, f, g, h, i, j, k, l, m, x, y, z])
    }

    /// What stands in the place of a hardware address. Groups stay; of those that carry the end
    /// of an IPv6 address that end is replaced.
    pub(super) fn mac(&mut self, mac: [u8; 6]) -> [u8; 6] {
        match mac {
            [0, 0, 0, 0, 0, 0] => mac,
            [0x33, 0x33, 0xff, x, y, z] => {
                let [x, y, z] = self.end([x, y, z]);
                [0x33, 0x33, 0xff, x, y, z]
            }
            [first, ..] if first & 1 == 1 => mac,
            [a, b, c, x, y, z] => {
                let number = self.vendors.number((), [a, b, c], (1, 1 << 16), |_| true);
                let number = number.unwrap_or_else(|| self.others(0xffff));
                let [.., p, q] = number.to_be_bytes();
                let [x, y, z] = self.end([x, y, z]);
                // Locally administered: nobody's (IEEE 802 §8.4).
                [2, p, q, x, y, z]
            }
        }
    }

    /// A label of the same length, the same for the same label in any case.
    pub(super) fn label(&mut self, label: &[u8]) -> Box<[u8]> {
        let lower: Box<[u8]> = label.to_ascii_lowercase().into();
        if let Some(known) = self.labels.get(&lower) {
            return known.clone();
        }
        if self.labels.len() >= MOST {
            return self.others(vec![b'x'; label.len()].into());
        }
        let next = self.label_numbers.entry(label.len()).or_insert(1);
        let mut made = spelled(*next, label.len());
        // Never a label that the capture has.
        while made
            .as_ref()
            .is_some_and(|made| self.met.labels.contains(&**made))
        {
            *next = next.saturating_add(1);
            made = spelled(*next, label.len());
        }
        *next = next.saturating_add(1);
        let Some(made) = made else {
            return self.others(vec![b'x'; label.len()].into());
        };
        self.labels.insert(lower, made.clone());
        made
    }

    /// A label of a reverse name, numbered among those with the same behind it.
    pub(super) fn reverse(&mut self, behind: &[u8], label: &[u8]) -> Box<[u8]> {
        let key: (Box<[u8]>, Box<[u8]>) = (
            behind.to_ascii_lowercase().into(),
            label.to_ascii_lowercase().into(),
        );
        if let Some(known) = self.reverse.get(&key) {
            return known.clone();
        }
        if self.reverse.len() >= MOST {
            return self.others(vec![b'x'; label.len()].into());
        }
        let group = (key.0.clone(), label.len());
        let next = self.reverse_numbers.entry(group).or_insert(1);
        let made = spelled(*next, label.len()).unwrap_or_else(|| vec![b'x'; label.len()].into());
        *next = next.saturating_add(1);
        self.reverse.insert(key, made.clone());
        made
    }

    /// Values that found no room of their own.
    pub(super) fn overflow(&self) -> u64 {
        self.overflow
    }

    /// Every value that was replaced, with its pseudonym: the secret of a redaction.
    pub(super) fn table(&mut self) -> Table {
        let mut table = Table::new();
        let addresses: Vec<IpAddr> = self.met.addresses.iter().copied().collect();
        for address in addresses {
            let made = self.address(address).to_string();
            table.insert(("address", address.to_string()), made);
        }
        let macs: Vec<[u8; 6]> = self.met.macs.iter().copied().collect();
        for mac in macs {
            let made = spelled_mac(self.mac(mac));
            table.insert(("mac", spelled_mac(mac)), made);
        }
        let mut labels: Vec<_> = self.labels.iter().collect();
        labels.sort_unstable();
        for (label, made) in labels {
            let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
            table.insert(("name", text(label)), text(made));
        }
        table
    }
}

/// `02:00:…`.
pub(super) fn spelled_mac(mac: [u8; 6]) -> String {
    let [a, b, c, d, e, f] = mac;
    format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
}

/// ff02::1:ff00:0/104 without its last byte of 0xff.
const SOLICITED: &[u8] = &[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

fn has<T: Eq + Hash>(set: &Set<T>, key: impl Fn(u8) -> T, number: u64) -> bool {
    u8::try_from(number).is_ok_and(|octet| set.contains(&key(octet)))
}

fn is_local_v4(v4: Ipv4Addr) -> bool {
    let [a, b, ..] = v4.octets();
    v4.is_private() || v4.is_link_local() || (a == 100 && b & 0xc0 == 64)
}

/// `n0000a`: a number in as many letters and digits as asked for. Single letters begin behind
/// those of hexadecimal digits. `None` where it does not fit.
fn spelled(number: u64, len: usize) -> Option<Box<[u8]>> {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut number = match len {
        0 => return None,
        1 => number.checked_add(15).filter(|number| *number < 36)?,
        _ => number,
    };
    let mut made = vec![b'0'; len];
    for (at, place) in made.iter_mut().enumerate().rev() {
        if at == 0 && len > 1 {
            *place = b'n';
            break;
        }
        let digit = usize::try_from(number.checked_rem(36)?).ok()?;
        *place = *DIGITS.get(digit)?;
        number = number.checked_div(36)?;
    }
    (number == 0).then(|| made.into())
}

#[cfg(test)]
mod tests;
