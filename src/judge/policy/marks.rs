//! Which scopes mean a flow, for all scopes at once.
//!
//! In:   scopes, and flows.
//! Out:  for each scope whether it means the flow: yes, no, or not known, as two bits.
//!
//! What a scope asks of one field depends on that field alone. So each value of a field is
//! asked once, by [`Selector::field`] itself, and kept; a flow then costs a few looks into tables
//! and as many conjunctions of words of bits. Tables are emptied when they are full: senders
//! choose names.

use crate::judge::judging::Known;
use crate::judge::selector::{Field, Selector, Test, is_the_flows_own};
use crate::model::{App, Flow, NameOwner, Text, Time, Truth};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;

/// Words of bits that are kept of one field at once, over all its values.
const MOST_WORDS: usize = 1 << 22;
/// Values that are kept in any case.
const LEAST_KEPT: usize = 1 << 10;

type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

/// Two bits for each scope: whether it may mean a flow, and whether it surely does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Marks {
    /// For every 64 scopes the word of those that may, then the word of those that surely do.
    bits: Box<[[u64; 2]]>,
}

impl Marks {
    fn all(words: usize) -> Self {
        Marks {
            bits: vec![[u64::MAX; 2]; words].into(),
        }
    }

    /// Of a scope for which everything is possible so far.
    fn set(&mut self, at: usize, truth: Truth) {
        let bit = !(1_u64 << (at % 64));
        if let Some([possible, sure]) = self.bits.get_mut(at / 64) {
            if truth == Truth::No {
                *possible &= bit;
            }
            if truth != Truth::Yes {
                *sure &= bit;
            }
        }
    }

    fn and(&mut self, other: &Marks) {
        for (own, other) in self.bits.iter_mut().zip(&other.bits) {
            let ([possible, sure], [other_possible, other_sure]) = (own, other);
            *possible &= other_possible;
            *sure &= other_sure;
        }
    }

    fn fill(&mut self) {
        self.bits.fill([u64::MAX; 2]);
    }

    /// What is known of one scope.
    #[cfg(test)]
    pub(super) fn truth(&self, at: usize) -> Truth {
        let [possible, sure] = self.bits.get(at / 64).copied().unwrap_or_default();
        let bit = |word: u64| word >> (at % 64) & 1 == 1;
        match (bit(possible), bit(sure)) {
            (_, true) => Truth::Yes,
            (true, false) => Truth::Maybe,
            _ => Truth::No,
        }
    }

    /// The scopes among `mask` that may mean the flow, in their order, and whether they surely do.
    pub(super) fn among<'m>(&'m self, mask: &'m [u64]) -> impl Iterator<Item = (usize, bool)> {
        let words = self.bits.iter().zip(mask).enumerate();
        words.flat_map(|(word, ([possible, sure], mask))| Bits {
            left: possible & mask,
            sure: *sure,
            base: word.saturating_mul(64),
        })
    }
}

/// The set bits of one word.
struct Bits {
    left: u64,
    sure: u64,
    base: usize,
}

impl Iterator for Bits {
    type Item = (usize, bool);

    fn next(&mut self) -> Option<(usize, bool)> {
        if self.left == 0 {
            return None;
        }
        let bit = self.left.trailing_zeros();
        self.left &= self.left.wrapping_sub(1);
        let at = self.base.saturating_add(usize::try_from(bit).unwrap_or(0));
        Some((at, self.sure >> bit & 1 == 1))
    }
}

/// One bit for each scope that fits.
pub(super) fn mask(count: usize, fits: impl Fn(usize) -> bool) -> Vec<u64> {
    let mut words = vec![0_u64; count.div_ceil(64)];
    for at in (0..count).filter(|at| fits(*at)) {
        if let Some(word) = words.get_mut(at / 64) {
            *word |= 1_u64 << (at % 64);
        }
    }
    words
}

/// Scopes, and what is known of the values that flows had.
pub(super) struct Scopes {
    selectors: Vec<Selector>,
    known: Arc<Known>,
    words: usize,
    asked: Vec<Field>,
    /// Instants between which what scopes ask of time has one answer.
    borders: Vec<Time>,
    ports: Map<u16, Marks>,
    addresses: Map<IpAddr, Marks>,
    times: Map<usize, Marks>,
    protocols: Map<Option<&'static str>, Marks>,
    apps: Map<Option<App>, Marks>,
    devices: Map<IpAddr, Marks>,
    names: Map<(Option<Text>, bool), Marks>,
    /// By address; the owner is kept, so that no other takes its address.
    owners: Map<(usize, bool), (Arc<NameOwner>, Marks)>,
    now: Marks,
}

impl Scopes {
    pub(super) fn new(selectors: Vec<Selector>, known: Arc<Known>) -> Self {
        let words = selectors.len().div_ceil(64);
        let asks = |field: Field| selectors.iter().any(|selector| selector.asks(field));
        // Both fields of the name stand in one table, as do both of its owner.
        let asked = Field::ALL.into_iter().filter(|field| match field {
            Field::Domains => asks(Field::Domains) || asks(Field::Names),
            Field::Owners => asks(Field::Owners) || asks(Field::Functions),
            Field::Names | Field::Functions => false,
            other => asks(*other),
        });
        let asked = asked.collect();
        let mut borders: Vec<Time> = Vec::new();
        for selector in &selectors {
            borders.extend(selector.from.into_iter().chain(selector.until));
        }
        let log = known.phases.iter().flat_map(|log| log.phases.iter());
        borders.extend(log.map(|phase| phase.start));
        borders.sort_unstable();
        borders.dedup();
        Scopes {
            selectors,
            known,
            words,
            asked,
            borders,
            ports: Map::default(),
            addresses: Map::default(),
            times: Map::default(),
            protocols: Map::default(),
            apps: Map::default(),
            devices: Map::default(),
            names: Map::default(),
            owners: Map::default(),
            now: Marks::all(words),
        }
    }

    /// Which scopes mean this flow.
    pub(super) fn of(&mut self, flow: &Flow) -> &Marks {
        self.now.fill();
        for at in 0..self.asked.len() {
            if let Some(field) = self.asked.get(at) {
                self.narrow(*field, flow);
            }
        }
        &self.now
    }

    fn narrow(&mut self, field: Field, flow: &Flow) {
        let Scopes {
            selectors,
            known,
            words,
            now,
            ..
        } = self;
        let test = Test {
            devices: &known.devices,
            phases: known.phases.as_deref(),
        };
        let words = *words;
        // Whoever does not ask, is content.
        let ask = |all: &[Field]| {
            let mut marks = Marks::all(words);
            for (at, selector) in selectors.iter().enumerate() {
                let truth = all.iter().fold(Truth::Yes, |so_far, field| match so_far {
                    Truth::No => Truth::No,
                    _ if !selector.asks(*field) => so_far,
                    _ => so_far.and(selector.field(*field, flow, test)),
                });
                marks.set(at, truth);
            }
            marks
        };
        let make = |field: Field| ask(&[field]);
        // Two fields that hang on one value.
        let both = |one: Field, other: Field| ask(&[one, other]);
        let own = is_the_flows_own(flow);
        let most = MOST_WORDS
            .checked_div(words.saturating_mul(2))
            .unwrap_or(0)
            .max(LEAST_KEPT);
        match field {
            Field::Ports => now.and(kept(&mut self.ports, flow.remote_port, most, || {
                make(field)
            })),
            Field::Addresses => now.and(kept(&mut self.addresses, flow.remote_ip, most, || {
                make(field)
            })),
            Field::Times => {
                let at = flow.first_seen;
                let stretch = self.borders.partition_point(|border| *border <= at);
                now.and(kept(&mut self.times, stretch, most, || make(field)));
            }
            Field::Protocols => now.and(kept(&mut self.protocols, flow.protocol, most, || {
                make(field)
            })),
            Field::Apps => now.and(kept(&mut self.apps, flow.app.clone(), most, || make(field))),
            Field::Devices => now.and(kept(&mut self.devices, flow.local_ip, most, || make(field))),
            Field::Domains | Field::Names => {
                let name = (flow.name.clone(), own);
                let make = || both(Field::Domains, Field::Names);
                now.and(kept(&mut self.names, name, most, make));
            }
            Field::Owners | Field::Functions => {
                let make = || {
                    let marks = both(Field::Owners, Field::Functions);
                    (Arc::clone(&flow.owner), marks)
                };
                let address = Arc::as_ptr(&flow.owner).addr();
                now.and(&kept(&mut self.owners, (address, own), most, make).1);
            }
        }
    }
}

fn kept<K: Eq + Hash, V>(
    table: &mut Map<K, V>,
    key: K,
    most: usize,
    make: impl FnOnce() -> V,
) -> &V {
    if table.len() >= most && !table.contains_key(&key) {
        table.clear();
    }
    table.entry(key).or_insert_with(make)
}
