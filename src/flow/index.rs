//! From a key to a row number: open addressing over eight-byte slots.
//!
//! The hash is seeded anew in every run, because the keys are chosen by others; results never
//! depend on it. Slots hold 32 bits of hash and the row number, so that a miss touches one
//! cache line, and a look-up in a batch can ask for many lines before it waits for any.

use super::record::{Bits, Key};
use std::hash::{BuildHasher, Hasher, RandomState};

/// A slot that was never used.
const EMPTY: u64 = u64::MAX;

pub(crate) struct Index {
    slots: Vec<u64>,
    used: usize,
    seed: [u64; 4],
}

/// The hash of one key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Hash(u64);

impl Hash {
    /// Of nothing: fills places that are not used yet.
    pub(crate) const NONE: Hash = Hash(0);
}

impl Index {
    pub(crate) fn new() -> Self {
        let state = RandomState::new();
        let seed = [1u64, 2, 3, 4].map(|salt| {
            let mut hasher = state.build_hasher();
            hasher.write_u64(salt);
            hasher.finish() | 1
        });
        Index {
            slots: vec![EMPTY; 1 << 10],
            used: 0,
            seed,
        }
    }

    /// The same for both directions of a flow.
    #[inline]
    pub(crate) fn hash(&self, key: &Key) -> Hash {
        let [s0, s1, s2, s3] = self.seed;
        let end = |[high, low]: Bits, port: u16| {
            let low = low ^ u64::from(port).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            fold(high ^ s0, low ^ s1)
        };
        let both = end(key.a, key.a_port).wrapping_add(end(key.b, key.b_port));
        Hash(fold(both ^ s2, s3 ^ key.kind.number()))
    }

    /// Reads the slot where a look-up begins, and decides nothing: the waits for memory of many
    /// such reads overlap.
    #[inline]
    pub(crate) fn touch(&self, hash: Hash) -> u64 {
        self.slots.get(self.home(tag(hash))).copied().unwrap_or(0)
    }

    /// The row that a look-up will most likely find: reading it early hides the wait for
    /// memory. Nothing of the row itself is read.
    #[inline]
    pub(crate) fn peek(&self, hash: Hash) -> Option<u32> {
        let mut at = self.home(tag(hash));
        loop {
            let slot = *self.slots.get(at)?;
            if slot == EMPTY {
                return None;
            }
            if slot >> 32 == tag(hash) {
                return Some(row_of(slot));
            }
            at = self.next(at);
        }
    }

    /// The row for which `same` holds, among those with this hash.
    #[inline]
    pub(crate) fn find(&self, hash: Hash, mut same: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut at = self.home(tag(hash));
        loop {
            let slot = *self.slots.get(at)?;
            if slot == EMPTY {
                return None;
            }
            if slot >> 32 == tag(hash) && same(row_of(slot)) {
                return Some(row_of(slot));
            }
            at = self.next(at);
        }
    }

    /// Adds a row that is not there yet.
    pub(crate) fn insert(&mut self, hash: Hash, row: u32) {
        if self.used.saturating_mul(4) >= self.slots.len().saturating_mul(3) {
            self.grow();
        }
        self.place(entry(hash, row));
        self.used = self.used.saturating_add(1);
    }

    /// Lets the slot of `old` name `new` instead: a flow whose key begins anew.
    pub(crate) fn replace(&mut self, hash: Hash, old: u32, new: u32) {
        let mut at = self.home(tag(hash));
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == EMPTY {
                return;
            }
            if *slot == entry(hash, old) {
                *slot = entry(hash, new);
                return;
            }
            at = self.next(at);
        }
    }

    /// Removes a row, moving later ones back so that no look-up breaks off early.
    pub(crate) fn remove(&mut self, hash: Hash, row: u32) {
        let mut hole = self.home(tag(hash));
        loop {
            match self.slots.get(hole) {
                Some(slot) if *slot == entry(hash, row) => break,
                Some(slot) if *slot != EMPTY => hole = self.next(hole),
                _ => return,
            }
        }
        let mut at = self.next(hole);
        while let Some(slot) = self.slots.get(at).copied() {
            if slot == EMPTY {
                break;
            }
            let home = self.home(slot >> 32);
            let mask = self.slots.len().wrapping_sub(1);
            // Moves unless its home lies after the hole.
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(hole) & mask {
                self.set(hole, slot);
                hole = at;
            }
            at = self.next(at);
        }
        self.set(hole, EMPTY);
        self.used = self.used.saturating_sub(1);
    }

    /// The slots hold what their places come from: growing reads no row, and fills the new
    /// slots nearly in order.
    fn grow(&mut self) {
        let doubled = self.slots.len().saturating_mul(2);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; doubled]);
        for slot in old {
            if slot != EMPTY {
                self.place(slot);
            }
        }
    }

    fn place(&mut self, slot: u64) {
        let mut at = self.home(slot >> 32);
        while self.slots.get(at).is_some_and(|slot| *slot != EMPTY) {
            at = self.next(at);
        }
        self.set(at, slot);
    }

    fn set(&mut self, at: usize, value: u64) {
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = value;
        }
    }

    /// The place where the search for a tag begins: its highest bits.
    #[inline]
    fn home(&self, tag: u64) -> usize {
        let bits = self.slots.len().trailing_zeros();
        // The table never exceeds 2³² slots.
        usize::try_from(tag << bits >> 32).unwrap_or(0) & self.slots.len().wrapping_sub(1)
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.slots.len().wrapping_sub(1)
    }
}

#[inline]
fn tag(hash: Hash) -> u64 {
    hash.0 >> 32
}

#[inline]
fn entry(hash: Hash, row: u32) -> u64 {
    tag(hash) << 32 | u64::from(row)
}

#[inline]
fn row_of(slot: u64) -> u32 {
    u32::try_from(slot & 0xffff_ffff).unwrap_or(u32::MAX)
}

/// Multiply to twice the width and fold the halves: every bit of both reaches every bit.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or(0);
    let high = u64::try_from(product >> 64).unwrap_or(0);
    low ^ high
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::record::{Key, Kind};
    use super::*;
    use crate::model::Transport;

    fn key(n: u32) -> Key {
        Key {
            a: [0, n.into()],
            b: [9; 2],
            a_port: 1,
            b_port: 2,
            kind: Kind::new(Transport::Tcp, false),
        }
    }

    #[test]
    fn finds_what_was_inserted_and_forgets_what_was_removed() {
        let mut index = Index::new();
        let count = 5_000;
        for n in 0..count {
            let hash = index.hash(&key(n));
            index.insert(hash, n);
        }
        for n in (0..count).step_by(3) {
            let hash = index.hash(&key(n));
            index.remove(hash, n);
        }
        for n in 0..count {
            let found = index.find(index.hash(&key(n)), |row| row == n);
            assert_eq!(found, (n % 3 != 0).then_some(n));
        }
    }

    #[test]
    fn both_directions_hash_alike() {
        let index = Index::new();
        let one = key(7);
        let other = Key {
            a: one.b,
            b: one.a,
            a_port: one.b_port,
            b_port: one.a_port,
            kind: one.kind,
        };
        assert_eq!(index.hash(&one), index.hash(&other));
    }
}
