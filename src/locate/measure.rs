//! How often estimates are right, held against ranges that operators publish.
//!
//! In:   the loaded data; a list of ranges that is taken for the truth.
//! Out:  for each operator and class of evidence how many addresses were estimated, and how many
//!       of those rightly.
//! Spec: E. B. Wilson, Probable inference, 1927, for the interval of a share.
//!
//! Each stretch of addresses that says one thing is asked at four addresses. They are not
//! independent, so that the interval is that of the number of stretches. What has no country of
//! its own in the list (edges, anycast, ranges that may be a zone abroad) is no truth and is left
//! out. Databases read these lists too: the shares are upper bounds for addresses that no list
//! has.

use super::ranges::Ranges;
use super::{Places, Sight};
use crate::Error;
use crate::model::{Country, PlaceClass};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// What was counted for one operator and class.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Share {
    /// Stretches of addresses asked.
    pub stretches: u64,
    /// Addresses asked.
    pub addresses: u64,
    /// Of those, given a country.
    pub given: u64,
    /// Of those, the right one.
    pub right: u64,
}

impl Share {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Share) {
        let add = |count: &mut u64, n: u64| *count = count.saturating_add(n);
        add(&mut self.stretches, other.stretches);
        add(&mut self.addresses, other.addresses);
        add(&mut self.given, other.given);
        add(&mut self.right, other.right);
    }

    /// Share of right answers among those given, and its 95 % interval (Wilson), from 0 to 1;
    /// `None` where nothing was given.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn right(&self) -> Option<(f64, f64, f64)> {
        /// The normal quantile that leaves 2.5 % on each side.
        const Z: f64 = 1.959_964;
        if self.given == 0 || self.stretches == 0 {
            return None;
        }
        let share = self.right as f64 / self.given as f64;
        let n = self.stretches as f64;
        let middle = share + Z * Z / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        let low = ((middle - half) / scale).max(0.0);
        let high = ((middle + half) / scale).min(1.0);
        Some((share, low, high))
    }
}

/// One line of a measurement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Measured {
    /// The operator whose range it is.
    pub operator: String,
    /// True where the truth is a country other than the US, where nearly all is registered.
    pub outside_us: bool,
    /// The class of the estimates.
    pub class: &'static PlaceClass,
    /// What was counted.
    pub share: Share,
}

/// Addresses asked of one stretch.
const ASKED: u32 = 4;

impl Places {
    /// Measures the estimates by databases alone against `truth`, or against the embedded ranges
    /// where there is none; and with the loaded ranges, where `truth` is another list than those.
    ///
    /// # Errors
    /// Where `truth` is no list of ranges.
    pub fn measure(&self, truth: Option<&Path>, with_ranges: bool) -> Result<Vec<Measured>, Error> {
        let ranges = match truth {
            Some(path) => Ranges::open(path, 0)?.0,
            None => Ranges::embedded(0).0,
        };
        let mut counts: BTreeMap<(String, bool, usize), Share> = BTreeMap::new();
        let us = Country::new("US");
        for (first, last, range) in ranges.stretches() {
            let usable = !range.edge && !range.anycast && range.elsewhere.is_empty();
            let Some(country) = range.country.filter(|_| usable) else {
                continue;
            };
            let operator = range.provider.unwrap_or("holders of geofeeds").to_owned();
            let mut of_stretch: BTreeMap<usize, Share> = BTreeMap::new();
            for address in asked(first, last) {
                let place = self.place_seen(
                    address,
                    Sight {
                        without_ranges: !with_ranges,
                        ..Sight::default()
                    },
                );
                let class = super::CLASSES
                    .iter()
                    .position(|class| Some(*class) == place.class);
                let Some(class) = class else {
                    continue;
                };
                let given = u64::from(place.country.is_some());
                of_stretch.entry(class).or_default().add(Share {
                    stretches: 0,
                    addresses: 1,
                    given,
                    right: u64::from(place.country == Some(country)),
                });
            }
            for (class, share) in of_stretch {
                let key = (operator.clone(), Some(country) != us, class);
                counts.entry(key).or_default().add(Share {
                    stretches: 1,
                    ..share
                });
            }
        }
        let measured = counts.into_iter().filter_map(|(key, share)| {
            let (operator, outside_us, class) = key;
            Some(Measured {
                operator,
                outside_us,
                class: super::CLASSES.get(class)?,
                share,
            })
        });
        Ok(measured.collect())
    }
}

/// Addresses spread evenly over a stretch, each once.
fn asked(first: IpAddr, last: IpAddr) -> Vec<IpAddr> {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    };
    let (start, end) = (bits(first), bits(last));
    let part = end.saturating_sub(start) / u128::from(ASKED);
    let mut all: Vec<u128> = (0..ASKED)
        .map(|step| start.saturating_add(part.saturating_mul(step.into())))
        .collect();
    all.dedup();
    let address = |bits: u128| match first {
        IpAddr::V4(_) => Some(IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(bits).ok()?))),
        IpAddr::V6(_) => Some(IpAddr::V6(Ipv6Addr::from_bits(bits))),
    };
    all.into_iter().filter_map(address).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_that_of_the_stretches() {
        let share = |stretches, given, right| {
            Share {
                stretches,
                addresses: given,
                given,
                right,
            }
            .right()
        };
        let near = |got: Option<(f64, f64, f64)>, want: (f64, f64, f64)| {
            let got = got.unwrap();
            let far = (got.0 - want.0).abs() + (got.1 - want.1).abs() + (got.2 - want.2).abs();
            assert!(far < 0.001, "{got:?} {want:?}");
        };
        // Values of Wilson's interval as tables give them.
        near(share(10, 10, 10), (1.0, 0.7225, 1.0));
        near(share(100, 100, 95), (0.95, 0.8882, 0.9785));
        near(share(25, 100, 50), (0.5, 0.3175, 0.6825));
        assert_eq!(share(10, 0, 0), None);
    }

    #[test]
    fn a_stretch_is_asked_at_addresses_of_its_own() {
        let asked = |first: &str, last: &str| {
            let all = asked(first.parse().unwrap(), last.parse().unwrap());
            all.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            asked("192.0.2.0", "192.0.2.255"),
            ["192.0.2.0", "192.0.2.63", "192.0.2.126", "192.0.2.189"]
        );
        assert_eq!(asked("192.0.2.1", "192.0.2.1"), ["192.0.2.1"]);
        assert_eq!(asked("2001:db8::", "2001:db8::ffff").len(), 4);
        assert_eq!(
            asked("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").len(),
            4
        );
    }

    #[test]
    fn the_embedded_data_is_mostly_right_abroad() {
        let measured = Places::embedded().measure(None, false).unwrap();
        let mut share = Share::default();
        for line in measured.iter().filter(|line| line.outside_us) {
            assert!(!line.class.name.starts_with("range"), "{line:?}");
            share.add(line.share);
        }
        assert!(share.stretches > 10_000);
        let (right, low, high) = share.right().unwrap();
        assert!(low < right && right < high && right > 0.8, "{right}");
    }
}
