//! What was damaged, cut, dropped, filtered or not understood.

use super::Text;
use std::collections::BTreeMap;
use std::fmt;

/// Why a packet or a layer of it was not understood: `link type 147`, `ipv4: total length`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Reason {
    /// The layer: `link`, `ethernet`, `ipv4`, `tcp`, …
    pub layer: &'static str,
    /// What about it.
    pub what: &'static str,
    /// The number that was not known (a link type, an EtherType, a protocol number).
    pub number: Option<u64>,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.layer, self.what)?;
        match self.number {
            Some(number) => write!(out, " {number} ({number:#x})"),
            None => Ok(()),
        }
    }
}

/// One place where a capture file does not hold what its format asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Damage {
    /// Index into `Report::inputs`.
    pub input: usize,
    /// Byte offset in the decompressed file.
    pub offset: u64,
    /// What was found there.
    pub what: String,
}

/// Everything that is not in the rows. Shown beside the totals, always.
///
/// Every packet read is in exactly one of `flows`, `not_ip`, `undecodable`, `filtered` and
/// `marks`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    /// Packets that are counted in flows.
    pub in_flows: u64,
    /// Packets that are whole but carry no IP: ARP, LLDP, 802.11 management, …
    pub not_ip: BTreeMap<Reason, u64>,
    /// Packets that could not be read down to an IP packet.
    pub undecodable: BTreeMap<Reason, u64>,
    /// Packets that a filter left out.
    pub filtered: u64,
    /// Packets that mark phases of a test, and answers to those: no traffic of the device.
    pub marks: u64,
    /// Layers that were not understood inside packets that are counted in flows.
    pub layers: BTreeMap<Reason, u64>,
    /// Packets shorter than on the wire, and the bytes missing.
    pub cut_packets: u64,
    /// Bytes missing from those.
    pub cut_bytes: u64,
    /// Places of damage, up to the limit.
    pub damages: Vec<Damage>,
    /// All places of damage, listed or not.
    pub damage_count: u64,
    /// Records that were seen to be lost in damage (their head was read, their bytes were not).
    pub lost_records: u64,
    /// Everything else, by name; see `docs/limits.md`. Keys are ours, never the capture's.
    pub counts: BTreeMap<&'static str, u64>,
    /// Warnings in words, about inputs or data.
    pub warnings: Vec<Text>,
}

impl Losses {
    /// Adds `n` to the count of this name.
    pub fn add(&mut self, name: &'static str, n: u64) {
        if n > 0 {
            *self.counts.entry(name).or_default() += n;
        }
    }

    /// Packets over all buckets: equal to the packets read, or something was not counted.
    #[must_use]
    pub fn sum(&self) -> u64 {
        let of = |map: &BTreeMap<Reason, u64>| map.values().sum::<u64>();
        self.in_flows + of(&self.not_ip) + of(&self.undecodable) + self.filtered + self.marks
    }
}
