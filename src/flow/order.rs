//! Rows of a table in order of their first frames.
//!
//! In:   the numbers of rows.
//! Out:  the row at each place. Nearly always the numbers are the order, and no list is kept.

/// The row at each place: a flow's number is its place, from 1.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// The first so many rows, as they are numbered.
    Numbered(u32),
    Listed(Vec<u32>),
}

impl Order {
    pub(crate) fn len(&self) -> usize {
        match self {
            Order::Numbered(count) => usize::try_from(*count).unwrap_or(usize::MAX),
            Order::Listed(rows) => rows.len(),
        }
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<u32> {
        match self {
            Order::Numbered(count) => u32::try_from(at).ok().filter(|row| row < count),
            Order::Listed(rows) => rows.get(at).copied(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + Clone {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_read_alike() {
        for order in [Order::Numbered(3), Order::Listed(vec![0, 1, 2])] {
            assert_eq!(order.len(), 3);
            assert_eq!(order.iter().collect::<Vec<_>>(), [0, 1, 2]);
            assert_eq!((order.get(2), order.get(3)), (Some(2), None));
        }
    }
}
