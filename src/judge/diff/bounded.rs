//! A map of a fixed size whose contents do not depend on the order in which things came.
//!
//! In:   keys, any number of them, in any order.
//! Out:  the least keys, as many as there is room for, and everything that was said of them.
//!
//! A key that is dropped once can never come back: there were enough smaller ones, and they
//! stay. So what is kept was seen from its first mention on, and two maps can be compared below
//! the lesser of their cuts.

use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub(super) struct Bounded<K, V> {
    kept: BTreeMap<K, V>,
    most: usize,
    /// The least key that was dropped.
    cut: Option<K>,
}

impl<K: Ord + Clone, V: Default> Bounded<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Bounded {
            kept: BTreeMap::new(),
            most: most.max(1),
            cut: None,
        }
    }

    /// What is kept under `key`; `None` where there is no room for it.
    pub(super) fn of(&mut self, key: K) -> Option<&mut V> {
        if self.cut.as_ref().is_some_and(|cut| key >= *cut) {
            return None;
        }
        if self.kept.len() >= self.most && !self.kept.contains_key(&key) {
            let last = self.kept.last_key_value().map(|(last, _)| last.clone())?;
            if key > last {
                self.cut = Some(key);
                return None;
            }
            self.kept.pop_last();
            self.cut = Some(last);
        }
        Some(self.kept.entry(key).or_default())
    }

    /// Keeps `key`, where there is room.
    pub(super) fn note(&mut self, key: K) {
        let _ = self.of(key);
    }

    pub(super) fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    pub(super) fn cut(&self) -> Option<&K> {
        self.cut.as_ref()
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.kept.get(key)
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.kept.iter()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.kept.keys()
    }

    #[cfg(test)]
    fn into_map(self) -> BTreeMap<K, V> {
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_does_not_matter(keys in proptest::collection::vec(0_u8..40, 0..80), most in 1_usize..20, seed: u64) {
            let count = |keys: &[u8]| {
                let mut map: Bounded<u8, u32> = Bounded::new(most);
                for key in keys {
                    if let Some(count) = map.of(*key) {
                        *count += 1;
                    }
                }
                (map.cut().copied(), map.into_map())
            };
            let mut other = keys.clone();
            // Any order will do, as long as it is another one.
            other.sort_by_key(|key| (u64::from(*key) ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let (cut, kept) = count(&keys);
            prop_assert_eq!(count(&other), (cut, kept.clone()));
            for (key, count) in kept {
                prop_assert!(cut.is_none_or(|cut| key < cut));
                prop_assert_eq!(usize::try_from(count).ok(), Some(keys.iter().filter(|it| **it == key).count()));
            }
        }
    }
}
