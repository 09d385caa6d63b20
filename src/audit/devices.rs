//! Which endpoint is the audited device.
//!
//! In:   who opened which flows, hardware addresses, what the user said.
//! Out:  devices, each with its reason; none where nothing tells.
//!
//! The user's word decides. Without it, a private address that opens flows to the outside is
//! a device; without any, the address that the capturing machine sent from, where the capture
//! says which packets those are; then the only one that asked DNS servers; then the one that
//! opened at least half of all flows. Addresses that share a hardware address are one device,
//! unless that one is a router's: it carries many.

use crate::Error;
use crate::decode::{Direction, Segment};
use crate::language::{WORDS, fill};
use crate::model::{Device, Mac, Scope, scope_of};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

/// What was seen of hosts, bounded.
pub(super) struct Hosts {
    macs: Map<Mac, Addresses>,
    /// Addresses that the capturing machine sent from.
    own: BTreeSet<IpAddr>,
    most: usize,
}

/// The addresses that a hardware address sent from.
#[derive(Default)]
struct Addresses {
    seen: Vec<IpAddr>,
    /// More than a handset has: a router.
    many: bool,
}

/// Who opened a flow to whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub(super) client: IpAddr,
    /// With its port.
    pub(super) server: (IpAddr, u16),
    /// The client was seen to open the flow.
    pub(super) is_seen: bool,
}

/// Who sent a packet, beside its address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Sender {
    mac: Option<Mac>,
    /// The capturing machine.
    is_here: bool,
}

impl Sender {
    pub(super) fn of(segment: &Segment<'_>) -> Self {
        Sender {
            mac: segment.src_mac,
            is_here: segment.direction == Some(Direction::Sent),
        }
    }
}

/// Addresses of one interface beyond which it is taken for a router: a handset has one IPv4
/// address and, with privacy extensions (RFC 8981), a handful of IPv6 ones.
const MOST_OWN: usize = 24;

impl Hosts {
    pub(super) fn new(most: usize) -> Self {
        Hosts {
            macs: Map::default(),
            own: BTreeSet::new(),
            most,
        }
    }

    /// A flow began with this segment.
    pub(super) fn opened(&mut self, segment: &Segment<'_>) {
        if !segment.tunnel.is_empty() {
            return;
        }
        self.seen(Sender::of(segment), segment.src);
    }

    /// A flow outside any tunnel began with a packet from `address`.
    pub(super) fn seen(&mut self, sender: Sender, address: IpAddr) {
        if let Some(mac) = sender.mac {
            self.sent(mac, address);
        }
        if sender.is_here && is_host(address) && self.own.len() <= MOST_OWN {
            self.own.insert(address);
        }
    }

    /// True where the budget is used up.
    pub(super) fn is_full(&self) -> bool {
        self.macs.len() >= self.most
    }

    fn sent(&mut self, mac: Mac, address: IpAddr) {
        let full = self.macs.len() >= self.most;
        let addresses = match self.macs.get_mut(&mac) {
            Some(addresses) => addresses,
            None if full => return,
            None => self.macs.entry(mac).or_default(),
        };
        if addresses.many || addresses.seen.contains(&address) || !is_host(address) {
            return;
        }
        if addresses.seen.len() >= MOST_OWN {
            addresses.many = true;
            addresses.seen.clear();
            return;
        }
        addresses.seen.push(address);
    }

    fn mac_of(&self, address: IpAddr) -> Option<Mac> {
        let holds = |addresses: &Addresses| addresses.seen.contains(&address);
        self.macs
            .iter()
            .filter(|(_, addresses)| holds(addresses))
            .map(|(mac, _)| *mac)
            .min()
    }

    fn addresses_of(&self, mac: Mac) -> Vec<IpAddr> {
        self.macs
            .get(&mac)
            .map(|addresses| addresses.seen.clone())
            .unwrap_or_default()
    }

    /// The devices named by the user, with all addresses that belong to them. `rows` are the
    /// flows in which they should be seen.
    ///
    /// # Errors
    /// Where a word is neither an address nor a MAC.
    pub(super) fn named(
        &self,
        words: &[String],
        rows: impl Iterator<Item = Opening> + Clone,
    ) -> Result<Vec<Device>, Error> {
        let mut devices = Vec::new();
        for word in words {
            let (address, mac) = parse(word)?;
            let mac = mac.or_else(|| address.and_then(|address| self.mac_of(address)));
            let mut addresses: BTreeSet<IpAddr> = address.into_iter().collect();
            addresses.extend(mac.iter().flat_map(|mac| self.addresses_of(*mac)));
            devices.push(Device {
                addresses: addresses.into_iter().collect(),
                mac,
                reason: NAMED.to_owned(),
                is_observed: true,
            });
        }
        let mut devices = join(devices);
        for device in &mut devices {
            let own = |address| device.addresses.contains(&address);
            let is_seen = |row: Opening| own(row.client) || own(row.server.0);
            if !rows.clone().any(is_seen) {
                device.reason = UNSEEN.to_owned();
                device.is_observed = false;
            }
        }
        Ok(devices)
    }

    /// The devices as far as traffic tells. `rows` are the flows outside tunnels.
    pub(super) fn guess(&self, rows: impl Iterator<Item = Opening>) -> Vec<Device> {
        let mut opened: Map<IpAddr, u64> = Map::default();
        let mut asked: BTreeSet<IpAddr> = BTreeSet::new();
        let (mut outbound, mut all) = (0u64, 0u64);
        for Opening {
            client,
            server: (server, port),
            is_seen,
        } in rows
        {
            if !is_host(client) || scope_of(server) == Scope::Multicast {
                continue;
            }
            all = all.saturating_add(1);
            if port == DNS_PORT && asked.len() <= MOST_OWN {
                asked.insert(client);
            }
            if scope_of(server) != Scope::Outbound && scope_of(client) != Scope::Outbound {
                continue;
            }
            outbound = outbound.saturating_add(1);
            if opened.len() < self.most || opened.contains_key(&client) {
                // Being seen to open a flow says more than having sent its first packet.
                let weight = if is_seen { 2 } else { 1 };
                let count = opened.entry(client).or_default();
                *count = count.saturating_add(weight);
            }
        }
        let private = self.private(&opened, outbound);
        if !private.is_empty() {
            return private;
        }
        // A machine that forwards for many sends from many addresses: it says nothing.
        let own = self.few(&self.own, WORDS.devices.capturing);
        if !own.is_empty() {
            return own;
        }
        let asked = self.few(&asked, WORDS.devices.asked);
        if !asked.is_empty() {
            return asked;
        }
        self.leading(&opened, outbound, all)
    }

    /// At most one address of each family, or nothing.
    fn few(&self, addresses: &BTreeSet<IpAddr>, reason: &str) -> Vec<Device> {
        let v6 = addresses.iter().filter(|address| address.is_ipv6()).count();
        if v6 > 1 || addresses.len().saturating_sub(v6) > 1 {
            return Vec::new();
        }
        let devices = addresses
            .iter()
            .map(|address| self.device(*address, reason));
        join(devices.collect())
    }

    fn private(&self, opened: &Map<IpAddr, u64>, outbound: u64) -> Vec<Device> {
        let mut devices: Vec<(u64, Device)> = Vec::new();
        let mut private: Vec<(IpAddr, u64)> = opened
            .iter()
            .filter(|(address, _)| scope_of(**address) == Scope::Lan)
            .map(|(address, count)| (*address, *count))
            .collect();
        private.sort_unstable_by_key(|(address, count)| (std::cmp::Reverse(*count), *address));
        for (address, count) in private.into_iter().take(MOST_DEVICES) {
            devices.push((count, self.device(address, WORDS.devices.private)));
        }
        let _ = outbound;
        join(devices.into_iter().map(|(_, device)| device).collect())
    }

    /// Captures without private addresses: mobile networks, and tests.
    fn leading(&self, opened: &Map<IpAddr, u64>, outbound: u64, all: u64) -> Vec<Device> {
        let mut ranked: Vec<(u64, IpAddr)> = opened
            .iter()
            .map(|(address, count)| (*count, *address))
            .collect();
        ranked.sort_unstable_by_key(|(count, address)| (std::cmp::Reverse(*count), *address));
        let total: u64 = ranked
            .iter()
            .map(|(count, _)| *count)
            .fold(0, u64::saturating_add);
        let mut devices = Vec::new();
        for v6 in [false, true] {
            let family: Vec<_> = ranked.iter().filter(|(_, ip)| ip.is_ipv6() == v6).collect();
            let of_family: u64 = family
                .iter()
                .map(|(count, _)| *count)
                .fold(0, u64::saturating_add);
            if let Some((count, address)) = family.first()
                && count.saturating_mul(2) >= of_family
                && count.saturating_mul(8) >= total
            {
                devices.push(self.device(*address, WORDS.devices.leading));
            }
        }
        let _ = (outbound, all);
        join(devices)
    }

    fn device(&self, address: IpAddr, reason: &str) -> Device {
        let mac = self.mac_of(address);
        let mut addresses: BTreeSet<IpAddr> = BTreeSet::from([address]);
        addresses.extend(mac.iter().flat_map(|mac| self.addresses_of(*mac)));
        let reason = match (mac, addresses.len()) {
            (Some(mac), 2..) => fill(WORDS.devices.joined, &[reason, &mac.to_string()]),
            _ => reason.to_owned(),
        };
        Device {
            addresses: addresses.into_iter().collect(),
            mac,
            reason,
            is_observed: true,
        }
    }
}

pub(super) const NAMED: &str = WORDS.devices.named;

/// The reason of a device that the user named and no flow has.
pub(super) const UNSEEN: &str = WORDS.devices.unseen;

const DNS_PORT: u16 = 53;

/// Devices listed at most.
const MOST_DEVICES: usize = 256;

/// One device for all that share an address or a MAC.
fn join(devices: Vec<Device>) -> Vec<Device> {
    let mut out: Vec<Device> = Vec::new();
    let mut by_address: BTreeMap<IpAddr, usize> = BTreeMap::new();
    let mut by_mac: BTreeMap<Mac, usize> = BTreeMap::new();
    for device in devices {
        let known = device
            .addresses
            .iter()
            .find_map(|address| by_address.get(address))
            .or_else(|| device.mac.and_then(|mac| by_mac.get(&mac)))
            .copied();
        let place = known.unwrap_or(out.len());
        by_address.extend(device.addresses.iter().map(|address| (*address, place)));
        by_mac.extend(device.mac.map(|mac| (mac, place)));
        match out.get_mut(place) {
            Some(one) => {
                one.addresses.extend(device.addresses);
                one.addresses.sort_unstable();
                one.addresses.dedup();
                one.mac = one.mac.or(device.mac);
            }
            None => out.push(device),
        }
    }
    out
}

fn is_host(address: IpAddr) -> bool {
    matches!(scope_of(address), Scope::Lan | Scope::Outbound)
}

/// `10.0.0.2`, `fd00::2` or `02:00:5e:10:00:01`.
fn parse(word: &str) -> Result<(Option<IpAddr>, Option<Mac>), Error> {
    if let Ok(address) = word.parse::<IpAddr>() {
        return Ok((Some(address), None));
    }
    let parts: Vec<&str> = word.split([':', '-']).collect();
    let octets: Option<Vec<u8>> = parts
        .iter()
        .map(|part| {
            u8::from_str_radix(part, 16)
                .ok()
                .filter(|_| part.len() == 2)
        })
        .collect();
    match octets.and_then(|octets| <[u8; 6]>::try_from(octets).ok()) {
        Some(octets) => Ok((None, Some(Mac(octets)))),
        None => Err(Error::Usage(format!(
            "--device {}: neither an IP address nor a MAC such as 02:00:5e:10:00:01",
            word.escape_debug()
        ))),
    }
}

/// Checks the words of `--device` before any capture is read.
///
/// # Errors
/// Where a word is neither an address nor a MAC.
pub(super) fn check(words: &[String]) -> Result<(), Error> {
    words.iter().try_for_each(|word| parse(word).map(|_| ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_addresses_or_macs() {
        assert_eq!(
            parse("02-00-5e-10-00-01").ok(),
            Some((None, Some(Mac([2, 0, 0x5e, 0x10, 0, 1]))))
        );
        assert!(parse("fd00::2").is_ok());
        assert!(parse("phone").is_err());
        assert!(parse("2:0:5e:10:0:1:7").is_err());
    }

    #[test]
    fn shared_hardware_makes_one_device() {
        let mut hosts = Hosts::new(10);
        let mac = Mac([2; 6]);
        let (v4, v6): (IpAddr, IpAddr) =
            ([10, 0, 0, 2].into(), [0xfd00, 0, 0, 0, 0, 0, 0, 2].into());
        hosts.sent(mac, v4);
        hosts.sent(mac, v6);
        let devices = hosts
            .named(&["10.0.0.2".to_owned()], std::iter::empty())
            .unwrap_or_default();
        assert_eq!(devices.len(), 1);
        assert_eq!(
            devices.first().map(|d| d.addresses.clone()),
            Some(vec![v4, v6])
        );
    }

    #[test]
    fn a_router_is_no_device() {
        let mut hosts = Hosts::new(10);
        for n in 0..100 {
            hosts.sent(Mac([4; 6]), [203, 0, 113, n].into());
        }
        assert_eq!(hosts.mac_of([203, 0, 113, 1].into()), None);
    }
}
