//! Several editions of one database: the one nearest to the traffic speaks.
//!
//! In:   the databases, each with its maker and build time; the time of a flow.
//! Out:  which of them speak at that time, and which are far from it.
//!
//! Addresses move. Time is cut into epochs, inside which the same editions speak and the same
//! sources are far: one address needs one estimate an epoch. Captures nearly always lie in one.

use super::database::{Database, Maker};
use crate::model::Time;

/// Further from the traffic than this, a source earns no more than medium confidence.
const FAR_SECONDS: i64 = 365 * 86_400;

/// Where epochs begin, in seconds since 1970; the first begins with time.
#[derive(Clone, Debug, Default)]
pub(super) struct Epochs {
    starts: Vec<i64>,
}

impl Epochs {
    /// For these build times: those of one database in one list.
    pub(super) fn new(series: &[Vec<i64>], all: impl Iterator<Item = i64>) -> Self {
        let mut starts: Vec<i64> = Vec::new();
        for built in all {
            starts.push(built.saturating_sub(FAR_SECONDS));
            starts.push(built.saturating_add(FAR_SECONDS).saturating_add(1));
        }
        for editions in series {
            let mut editions = editions.clone();
            editions.sort_unstable();
            let pairs = editions.iter().zip(editions.iter().skip(1));
            // In the middle the newer one speaks.
            starts.extend(pairs.map(|(older, newer)| {
                older.saturating_add(newer.saturating_sub(*older).saturating_add(1) / 2)
            }));
        }
        starts.sort_unstable();
        starts.dedup();
        Epochs { starts }
    }

    /// Also begins epochs at these seconds.
    pub(super) fn cut(mut self, seconds: impl Iterator<Item = i64>) -> Self {
        self.starts.extend(seconds);
        self.starts.sort_unstable();
        self.starts.dedup();
        self
    }

    /// The epoch of `time`.
    pub(super) fn of(&self, time: Time) -> u16 {
        self.of_second(time.0.div_euclid(1_000_000_000))
    }

    /// The epoch of a second since 1970.
    pub(super) fn of_second(&self, second: i64) -> u16 {
        let epoch = self.starts.partition_point(|start| *start <= second);
        u16::try_from(epoch).unwrap_or(u16::MAX)
    }

    /// A second inside `epoch`.
    pub(super) fn second(&self, epoch: u16) -> i64 {
        match usize::from(epoch).checked_sub(1) {
            Some(before) => self.starts.get(before).or(self.starts.last()).copied(),
            None => self.starts.first().map(|start| start.saturating_sub(1)),
        }
        .unwrap_or(0)
    }
}

/// True where a source of that build time is more than a year from `second`.
pub(super) fn is_far(built: Option<i64>, second: i64) -> bool {
    built.is_some_and(|built| built.abs_diff(second) > FAR_SECONDS.unsigned_abs())
}

/// True where both are editions of one database.
pub(super) fn are_editions(one: &Database, other: &Database) -> bool {
    let one_maker = one.maker != Maker::Unknown && one.maker == other.maker;
    let one_kind = one.maker == other.maker && one.series == other.series;
    one_maker || one_kind
}

/// True where `other` is nearer to `second` than `one`, or as near and newer, or the later of
/// two of one time.
pub(super) fn is_nearer(
    other: (Option<i64>, usize),
    one: (Option<i64>, usize),
    second: i64,
) -> bool {
    let rank = |(built, number): (Option<i64>, usize)| {
        let distance = built.map_or(u64::MAX, |built| built.abs_diff(second));
        (std::cmp::Reverse(distance), built, number)
    };
    rank(other) > rank(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn an_epoch_has_one_nearest_edition() {
        let editions = vec![vec![1000 * DAY, 2000 * DAY]];
        let epochs = Epochs::new(&editions, editions.iter().flatten().copied());
        for day in [0, 634, 635, 1365, 1366, 1499, 1500, 1501, 2365, 2366, 9999] {
            let second = day * DAY;
            let inside = epochs.second(epochs.of_second(second));
            assert_eq!(epochs.of_second(inside), epochs.of_second(second), "{day}");
            for (one, other) in [(1000, 2000), (2000, 1000)] {
                let nearer =
                    |second| is_nearer((Some(one * DAY), 0), (Some(other * DAY), 1), second);
                assert_eq!(nearer(inside), nearer(second), "{day}");
                assert_eq!(
                    is_far(Some(one * DAY), inside),
                    is_far(Some(one * DAY), second),
                    "{day}"
                );
            }
        }
        assert!(
            is_nearer((Some(2000), 1), (Some(1000), 0), 1500),
            "the newer of two"
        );
        assert!(
            is_nearer((Some(1000), 1), (Some(1000), 0), 5),
            "the later of two"
        );
        assert!(is_nearer((Some(1000), 0), (None, 1), 5), "the dated one");
    }

    #[test]
    fn without_dates_there_is_one_epoch() {
        let epochs = Epochs::default();
        assert_eq!(
            (epochs.of_second(i64::MIN), epochs.of_second(i64::MAX)),
            (0, 0)
        );
        assert_eq!(epochs.second(0), 0);
    }
}
