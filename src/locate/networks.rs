//! The networks of one database, each once, in the order of addresses.
//!
//! In:   an opened MaxMind DB.
//! Out:  its networks, and its distinct records read once each; or what is wrong with it.
//! Spec: MaxMind DB file format 2.0.
//!
//! A step is one lookup of the address after the last network: bounded by the length of an
//! address, whatever the tree is. A tree whose branches lead into each other can claim more
//! networks than fit into any memory, and records that share their parts can be larger than
//! their file: both are counted, and end the walk with an error.

use super::database::Database;
use super::record::Record;
use maxminddb::{LookupResult, MaxMindDbError};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 ends here; an IPv4 address is written as the number of `::a.b.c.d`.
pub(super) const V4_LAST: u128 = 0xffff_ffff;

/// Where an IPv6 tree leads to its IPv4 part once more: IPv4-mapped, Teredo, 6to4. No server is
/// there, and nothing in these is read.
const ALIASES: [(u128, u128); 3] = [
    (0xffff << 32, (0xffff << 32) | V4_LAST),
    (0x2001_0000 << 96, (0x2001_0001 << 96) - 1),
    (0x2002 << 112, (0x2003 << 112) - 1),
];

/// A tree has at most one network more than it has nodes. Twice that, and these, allow for
/// writers that let branches share what is equal in them.
const SPARE_NETWORKS: u64 = 4_096;
/// Values of records a byte of the file may stand for, when every shared part is counted
/// wherever it is used.
const VALUES_PER_BYTE: u64 = 16;
/// So that small files need no exception.
const SPARE_VALUES: u64 = 1 << 22;
/// The largest databases met have a few million.
const MOST_RECORDS: usize = 1 << 24;

/// One network and where its record is.
pub(super) struct Network<'a> {
    pub(super) first: u128,
    pub(super) last: u128,
    pub(super) found: LookupResult<'a, std::borrow::Cow<'static, [u8]>>,
}

/// The walk.
pub(super) struct Networks<'a> {
    database: &'a Database,
    next: Option<u128>,
    left: u64,
}

impl<'a> Networks<'a> {
    pub(super) fn new(database: &'a Database) -> Self {
        let nodes = u64::from(database.reader.metadata().node_count);
        Networks {
            database,
            next: Some(0),
            left: nodes.saturating_mul(2).saturating_add(SPARE_NETWORKS),
        }
    }

    fn step(&mut self, first: u128) -> Result<Network<'a>, MaxMindDbError> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| broken("the search tree has a cycle, or more networks than nodes"))?;
        let reader = &self.database.reader;
        let found = reader.lookup(address(first))?;
        let network = found.network()?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let last = first | ones(u32::saturating_sub(width, network.prefix().into()));
        // A tree without a part for IPv4 may have one network around all of it.
        let last = if first <= V4_LAST {
            last.min(V4_LAST)
        } else {
            last
        };
        self.next = match last.checked_add(1) {
            Some(next) if next > V4_LAST && reader.metadata().ip_version == 4 => None,
            Some(next) => past_aliases(next),
            None => None,
        };
        Ok(Network { first, last, found })
    }
}

impl<'a> Iterator for Networks<'a> {
    type Item = Result<Network<'a>, MaxMindDbError>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.next.take()?;
        // After an error there is no next.
        Some(self.step(first))
    }
}

fn past_aliases(next: u128) -> Option<u128> {
    match ALIASES
        .iter()
        .find(|(first, last)| (*first..=*last).contains(&next))
    {
        Some((_, last)) => last.checked_add(1),
        None => Some(next),
    }
}

/// What was made of each distinct record.
pub(super) struct Records<T> {
    made: HashMap<usize, T>,
    values_left: u64,
}

impl<T: Copy> Records<T> {
    pub(super) fn new(database: &Database) -> Self {
        Records {
            made: HashMap::new(),
            values_left: database
                .bytes
                .saturating_mul(VALUES_PER_BYTE)
                .saturating_add(SPARE_VALUES),
        }
    }

    /// What `make` makes of the record of `network`, or made of it before; `None` where it has
    /// no record.
    pub(super) fn of(
        &mut self,
        database: &Database,
        network: &Network<'_>,
        make: impl FnOnce(Record<'_>) -> T,
    ) -> Result<Option<T>, MaxMindDbError> {
        let Some(offset) = network.found.offset() else {
            return Ok(None);
        };
        if let Some(made) = self.made.get(&offset) {
            return Ok(Some(*made));
        }
        // Whole, so that damage in any field is found.
        let weight = network
            .found
            .decode::<Weight>()?
            .map_or(0, |weight| weight.0);
        self.values_left = self
            .values_left
            .checked_sub(weight)
            .ok_or_else(|| broken("the records share more of their parts than any real ones do"))?;
        if self.made.len() >= MOST_RECORDS {
            return Err(broken("more than 16 million different records"));
        }
        let record = network.found.decode::<Record<'_>>()?.unwrap_or_default();
        let made = make(database.as_told(record));
        self.made.insert(offset, made);
        Ok(Some(made))
    }
}

fn broken(message: &str) -> MaxMindDbError {
    MaxMindDbError::InvalidDatabase {
        message: message.to_owned(),
        offset: None,
    }
}

/// `count` one bits.
fn ones(count: u32) -> u128 {
    let beyond = u32::saturating_sub(128, count);
    u128::MAX.checked_shr(beyond).unwrap_or(0)
}

/// An address as a number.
#[cfg(feature = "geo-build")]
pub(super) fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The address of a number.
pub(super) fn address(bits: u128) -> IpAddr {
    match u32::try_from(bits) {
        Ok(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4)),
        Err(_) => IpAddr::V6(Ipv6Addr::from_bits(bits)),
    }
}

/// How many values a record has, those that it shares with others included.
struct Weight(u64);

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Weigh)
    }
}

fn of_bytes(length: usize) -> Weight {
    let long = u64::try_from(length / 64).unwrap_or(u64::MAX);
    Weight(long.saturating_add(1))
}

struct Weigh;

impl<'de> Visitor<'de> for Weigh {
    type Value = Weight;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value of a place database")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Weight, A::Error> {
        let mut sum: u64 = 1;
        while let Some((_, value)) = map.next_entry::<Weight, Weight>()? {
            sum = sum.saturating_add(value.0).saturating_add(1);
        }
        Ok(Weight(sum))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Weight, A::Error> {
        let mut sum: u64 = 1;
        while let Some(value) = list.next_element::<Weight>()? {
            sum = sum.saturating_add(value.0);
        }
        Ok(Weight(sum))
    }

    /// A long text is as much work as many numbers.
    fn visit_str<E>(self, text: &str) -> Result<Weight, E> {
        Ok(of_bytes(text.len()))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Weight, E> {
        Ok(of_bytes(bytes.len()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Weight, E> {
        Ok(Weight(1))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Weight, E> {
        Ok(Weight(1))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Weight, E> {
        Ok(Weight(1))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Weight, E> {
        Ok(Weight(1))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Weight, E> {
        Ok(Weight(1))
    }
}
