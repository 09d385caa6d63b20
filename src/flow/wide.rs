//! The addresses of IPv6 flows, each pair once.
//!
//! In:   keys of new rows.
//! Out:  a number for each pair of addresses, as long as rows have it.
//!
//! There are never more pairs than rows: whoever sends from ever new addresses is bounded by the
//! table, which gives numbers back when it folds.

use super::index::{Hash, Index};
use super::record::{Bits, Key};
use crate::model::Arena;

pub(crate) struct Wide {
    all: Arena<Pair>,
    /// How many rows have each pair.
    rows: Arena<u32>,
    /// From a pair to its number.
    index: Index,
    /// Numbers that no row has any more.
    free: Vec<u32>,
}

/// Aligned so that it never lies on two cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Pair {
    a: Bits,
    b: Bits,
}

impl Default for Wide {
    fn default() -> Self {
        Wide {
            all: Arena::default(),
            rows: Arena::default(),
            index: Index::new(),
            free: Vec::new(),
        }
    }
}

impl Wide {
    /// The number of the key's addresses, for one row more.
    pub(super) fn number(&mut self, key: &Key) -> u32 {
        let hash = self.hash(key.a, key.b);
        let all = &self.all;
        let found = self.index.find(hash, |number| {
            all.get(number)
                .is_some_and(|pair| pair.a == key.a && pair.b == key.b)
        });
        if let Some(number) = found {
            if let Some(rows) = self.rows.get_mut(number) {
                *rows = rows.saturating_add(1);
            }
            return number;
        }
        let pair = Pair { a: key.a, b: key.b };
        let number = match self.free.pop() {
            Some(number) => {
                let places = (self.all.get_mut(number), self.rows.get_mut(number));
                if let (Some(place), Some(rows)) = places {
                    (*place, *rows) = (pair, 1);
                }
                number
            }
            None => {
                self.rows.push(1);
                // Rows, and so pairs, are numbered in thirty bits.
                self.all.push(pair).unwrap_or(u32::MAX)
            }
        };
        self.index.insert(hash, number);
        number
    }

    /// One row less has this pair.
    pub(super) fn release(&mut self, number: u32) {
        let Some(rows) = self.rows.get_mut(number) else {
            return;
        };
        *rows = rows.saturating_sub(1);
        if *rows == 0 {
            let (a, b) = self.get(number);
            let hash = self.hash(a, b);
            self.index.remove(hash, number);
            self.free.push(number);
        }
    }

    #[inline]
    pub(super) fn get(&self, number: u32) -> (Bits, Bits) {
        let pair = self.all.get(number);
        pair.map_or(([0; 2], [0; 2]), |pair| (pair.a, pair.b))
    }

    /// No more pairs come.
    pub(super) fn seal(&mut self) {
        self.index = Index::new();
        self.free = Vec::new();
        self.rows = Arena::default();
    }

    fn hash(&self, a: Bits, b: Bits) -> Hash {
        self.index.hash(&Key { a, b, ..Key::NONE })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u64) -> Key {
        Key {
            a: [1, n],
            b: [2, 2],
            ..Key::NONE
        }
    }

    #[test]
    fn pairs_have_one_number_until_no_row_has_them() {
        let mut wide = Wide::default();
        let one = wide.number(&key(1));
        assert_eq!(wide.number(&key(1)), one);
        let two = wide.number(&key(2));
        assert_ne!(one, two);
        wide.release(one);
        assert_eq!(wide.number(&key(1)), one);
        wide.release(one);
        wide.release(one);
        // Nobody has the first any more: its place is used again.
        assert_eq!(wide.number(&key(3)), one);
        assert_eq!(wide.get(one), (key(3).a, key(3).b));
        assert_ne!(wide.number(&key(1)), one);
    }

    #[test]
    fn many_pairs_that_come_and_go_take_the_room_of_few() {
        let mut wide = Wide::default();
        for n in 0..100_000 {
            let number = wide.number(&key(n));
            wide.release(number);
        }
        assert_eq!(wide.all.len(), 1);
    }
}
