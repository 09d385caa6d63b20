//! Bytes of one message or stream that come in pieces, in any order.
//!
//! In:   pieces with their offsets.
//! Out:  the bytes from the start up to the first hole.
//! Spec: RFC 9000 §2.2 (CRYPTO frames), RFC 6347 §4.2.3 (DTLS fragments).
//!
//! Where pieces overlap the first one stays. At most [`MAX_LEN`] bytes in [`MAX_RUNS`] separate
//! runs are held; what does not fit is refused.

/// The pieces so far.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    data: Vec<u8>,
    /// Runs of bytes that are there: start and end, in order, apart from each other.
    runs: Vec<(usize, usize)>,
}

impl Pieces {
    /// Adds a piece. False if it does not fit.
    pub(crate) fn insert(&mut self, offset: u64, bytes: &[u8]) -> bool {
        let Some((start, end)) = bounds(offset, bytes.len()) else {
            return false;
        };
        if bytes.is_empty() {
            return true;
        }
        if self.extend(start, bytes) {
            return true;
        }
        // Runs that touch the piece become one with it.
        let from = self.runs.partition_point(|(_, run_end)| *run_end < start);
        let to = self
            .runs
            .partition_point(|(run_start, _)| *run_start <= end);
        if from == to && self.runs.len() >= MAX_RUNS {
            return false;
        }
        if self.data.len() < end {
            self.data.resize(end, 0);
        }
        let mut union = (start, end);
        let mut at = start;
        for (run_start, run_end) in self.runs.drain(from..to) {
            copy(&mut self.data, bytes, start, at, run_start);
            at = at.max(run_end);
            union = (union.0.min(run_start), union.1.max(run_end));
        }
        copy(&mut self.data, bytes, start, at, end);
        self.runs.insert(from, union);
        true
    }

    /// The bytes from the start up to the first hole.
    pub(crate) fn prefix(&self) -> &[u8] {
        let end = match self.runs.first() {
            Some((0, end)) => *end,
            _ => 0,
        };
        self.data.get(..end).unwrap_or_default()
    }

    pub(crate) fn clear(&mut self) {
        *self = Pieces::default();
    }

    /// Bytes held.
    pub(crate) fn buffered(&self) -> usize {
        let runs = self
            .runs
            .capacity()
            .saturating_mul(size_of::<(usize, usize)>());
        self.data.capacity().saturating_add(runs)
    }

    /// The usual case: the piece follows what is there. False if it does not.
    fn extend(&mut self, start: usize, bytes: &[u8]) -> bool {
        match self.runs.as_mut_slice() {
            [] if start == 0 => self.runs.push((0, bytes.len())),
            [(_, end)] if *end == start && self.data.len() == start => {
                *end = end.saturating_add(bytes.len());
            }
            _ => return false,
        }
        self.data.extend_from_slice(bytes);
        true
    }
}

/// Start and end of a piece, if it may be kept.
fn bounds(offset: u64, len: usize) -> Option<(usize, usize)> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(len)?;
    (end <= MAX_LEN).then_some((start, end))
}

/// Copies the part of `bytes` (which lies at `start`) that goes to `from..to`.
fn copy(data: &mut [u8], bytes: &[u8], start: usize, from: usize, to: usize) {
    let source = from
        .checked_sub(start)
        .zip(to.checked_sub(start))
        .and_then(|(from, to)| bytes.get(from..to));
    if let (Some(target), Some(source)) = (data.get_mut(from..to), source) {
        target.copy_from_slice(source);
    }
}

/// Longest stream that is put together: hellos with post-quantum keys have 2 KiB.
const MAX_LEN: usize = 32 << 10;
/// Separate runs: browsers cut a hello into some twenty pieces and send them shuffled.
const MAX_RUNS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_bytes_stay() {
        let mut pieces = Pieces::default();
        assert!(pieces.insert(4, b"EF"));
        assert_eq!(pieces.prefix(), b"");
        assert!(pieces.insert(0, b"abcdefgh"));
        assert_eq!(pieces.prefix(), b"abcdEFgh");
        assert!(pieces.insert(7, b"XYZ"));
        assert_eq!(pieces.prefix(), b"abcdEFghYZ");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut pieces = Pieces::default();
        assert!(!pieces.insert(u64::MAX, b"a"));
        assert!(!pieces.insert(MAX_LEN as u64, b"a"));
        assert!(pieces.insert(MAX_LEN as u64 - 1, b"a"));
        for index in 0..MAX_RUNS as u64 {
            let fits = pieces.insert(index * 2, b"a");
            assert_eq!(fits, index < MAX_RUNS as u64 - 1, "{index}");
        }
        assert!(
            pieces.insert(1, b"b"),
            "a piece that closes a hole needs no new run"
        );
    }

    proptest! {
        #[test]
        fn agrees_with_a_map_of_bytes(
            inserts in proptest::collection::vec((0_u16..300, proptest::collection::vec(any::<u8>(), 0..60)), 0..60)
        ) {
            let mut pieces = Pieces::default();
            let mut model = vec![None; 400];
            for (offset, bytes) in &inserts {
                let fits = pieces.insert(u64::from(*offset), bytes);
                prop_assert!(fits);
                for (index, byte) in bytes.iter().enumerate() {
                    let place = &mut model[usize::from(*offset) + index];
                    *place = place.or(Some(*byte));
                }
            }
            let want: Vec<u8> = model.iter().map_while(|byte| *byte).collect();
            prop_assert_eq!(pieces.prefix(), &want[..]);
        }
    }
}
