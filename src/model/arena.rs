//! A list that grows without moving what it holds.

/// Rows in chunks: growing never copies, so the peak is the size.
#[derive(Debug)]
pub(crate) struct Arena<T> {
    chunks: Vec<Vec<T>>,
    len: u32,
}

const BITS: u32 = 12;

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena {
            chunks: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Arena<T> {
    /// Adds a row and gives its number; `None` once 2³² are there.
    pub(crate) fn push(&mut self, row: T) -> Option<u32> {
        let number = self.len;
        self.len = self.len.checked_add(1)?;
        if number & ((1 << BITS) - 1) == 0 {
            self.chunks.push(Vec::with_capacity(1 << BITS));
        }
        self.chunks.last_mut()?.push(row);
        Some(number)
    }

    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.len).unwrap_or(usize::MAX)
    }

    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let (chunk, place) = split(number);
        self.chunks.get(chunk)?.get(place)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let (chunk, place) = split(number);
        self.chunks.get_mut(chunk)?.get_mut(place)
    }

    pub(crate) fn into_rows(self) -> impl Iterator<Item = T> {
        self.chunks.into_iter().flatten()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.chunks.iter_mut().flatten()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }
}

#[inline]
fn split(number: u32) -> (usize, usize) {
    let chunk = usize::try_from(number >> BITS).unwrap_or(usize::MAX);
    let place = usize::try_from(number & ((1 << BITS) - 1)).unwrap_or(usize::MAX);
    (chunk, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stable_over_chunks() {
        let mut arena = Arena::default();
        for n in 0..10_000u32 {
            assert_eq!(arena.push(n), Some(n));
        }
        assert_eq!(arena.get(9_999), Some(&9_999));
        assert_eq!(arena.get(10_000), None);
        assert_eq!(arena.iter().count(), arena.len());
    }
}
