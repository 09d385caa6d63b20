//! Prefixes that may lie in each other, flattened so that the most specific one wins.
//!
//! In:   prefixes with a number each; how a number inside another becomes a third.
//! Out:  a sorted table of where the number changes; the number at an address.
//!
//! A lookup is one binary search and allocates nothing. Building takes n log n, however deep
//! the prefixes are nested: prefixes either hold one another or share nothing, so a stack of at
//! most 129 is all that is open at a time.

use crate::locate::prefix::Prefix;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where the number changes. Records are little-endian: the first address (4 or 16 bytes), then
/// the number from there on (4 bytes), [`NOTHING`] for none.
#[derive(Default)]
pub(in crate::locate) struct Table {
    pub(in crate::locate) v4: Cow<'static, [u8]>,
    pub(in crate::locate) v6: Cow<'static, [u8]>,
}

/// The number of an address outside every prefix.
pub(in crate::locate) const NOTHING: u32 = u32::MAX;

const V4_BYTES: usize = 8;
const V6_BYTES: usize = 20;

impl Table {
    /// The number at `address`.
    pub(in crate::locate) fn find(&self, address: IpAddr) -> Option<u32> {
        let number = match address {
            IpAddr::V4(v4) => {
                let records = self.v4.as_chunks::<V4_BYTES>().0;
                let bits = v4.to_bits();
                let after = records.partition_point(|record| v4_record(*record).0 <= bits);
                v4_record(*records.get(after.checked_sub(1)?)?).1
            }
            IpAddr::V6(v6) => {
                let records = self.v6.as_chunks::<V6_BYTES>().0;
                let bits = v6.to_bits();
                let after = records.partition_point(|record| v6_record(*record).0 <= bits);
                v6_record(*records.get(after.checked_sub(1)?)?).1
            }
        };
        (number != NOTHING).then_some(number)
    }

    /// Every stretch of addresses with its number, IPv4 first, in order. Stretches that touch
    /// and have the same number are one.
    #[allow(dead_code, reason = "for measuring")]
    pub(in crate::locate) fn stretches(&self) -> impl Iterator<Item = (IpAddr, IpAddr, u32)> + '_ {
        let v4 = self.v4.as_chunks::<V4_BYTES>().0;
        let ends = v4
            .iter()
            .skip(1)
            .map(|next| v4_record(*next).0.wrapping_sub(1));
        let v4 = v4.iter().zip(ends.chain([u32::MAX])).map(|(record, last)| {
            let (first, number) = v4_record(*record);
            let of = |bits| IpAddr::V4(Ipv4Addr::from_bits(bits));
            (of(first), of(last), number)
        });
        let v6 = self.v6.as_chunks::<V6_BYTES>().0;
        let ends = v6
            .iter()
            .skip(1)
            .map(|next| v6_record(*next).0.wrapping_sub(1));
        let v6 = v6
            .iter()
            .zip(ends.chain([u128::MAX]))
            .map(|(record, last)| {
                let (first, number) = v6_record(*record);
                let of = |bits| IpAddr::V6(Ipv6Addr::from_bits(bits));
                (of(first), of(last), number)
            });
        v4.chain(v6).filter(|(.., number)| *number != NOTHING)
    }

    /// Flattens `entries`. `same(a, b)` is what two numbers of one prefix make; `inside(a, b)`
    /// what a number makes inside another.
    pub(in crate::locate) fn build(
        mut entries: Vec<(Prefix, u32)>,
        mut same: impl FnMut(u32, u32) -> u32,
        mut inside: impl FnMut(u32, u32) -> u32,
    ) -> Table {
        // Outer before inner; IPv6 before IPv4 as `false` sorts first.
        entries.sort_by_key(|(prefix, _)| {
            (prefix.is_v4, prefix.first, std::cmp::Reverse(prefix.last))
        });
        entries.dedup_by(|next, kept| {
            let twice = next.0 == kept.0;
            if twice {
                kept.1 = same(kept.1, next.1);
            }
            twice
        });
        let split = entries.partition_point(|(prefix, _)| !prefix.is_v4);
        let (v6, v4) = entries.split_at(split);
        let mut table = (Vec::new(), Vec::new());
        for (first, number) in flatten(v4, u128::from(u32::MAX), &mut inside) {
            let first = u32::try_from(first).unwrap_or(u32::MAX);
            table.0.extend(first.to_le_bytes());
            table.0.extend(number.to_le_bytes());
        }
        for (first, number) in flatten(v6, u128::MAX, &mut inside) {
            table.1.extend(first.to_le_bytes());
            table.1.extend(number.to_le_bytes());
        }
        Table {
            v4: Cow::Owned(table.0),
            v6: Cow::Owned(table.1),
        }
    }
}

fn v4_record(record: [u8; V4_BYTES]) -> (u32, u32) {
    let [a, b, c, d, number @ ..] = record;
    (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes(number))
}

fn v6_record(record: [u8; V6_BYTES]) -> (u128, u32) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, number @ ..] = record;
    let first = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p];
    (u128::from_le_bytes(first), u32::from_le_bytes(number))
}

/// Where the number changes, from sorted prefixes of one family.
fn flatten(
    entries: &[(Prefix, u32)],
    end: u128,
    inside: &mut impl FnMut(u32, u32) -> u32,
) -> Vec<(u128, u32)> {
    let mut edges: Vec<(u128, u32)> = Vec::new();
    // The prefixes around the current address: last address and number.
    let mut open: Vec<(u128, u32)> = Vec::new();
    for (prefix, number) in entries {
        close(&mut open, Some(prefix.first), end, &mut edges);
        let number = open
            .last()
            .map_or(*number, |around| inside(*number, around.1));
        edge(&mut edges, prefix.first, number);
        open.push((prefix.last, number));
    }
    close(&mut open, None, end, &mut edges);
    edges
}

/// Ends every prefix that does not reach `next`.
fn close(open: &mut Vec<(u128, u32)>, next: Option<u128>, end: u128, edges: &mut Vec<(u128, u32)>) {
    while let Some((last, _)) = open.last().copied() {
        if next.is_some_and(|next| next <= last) {
            return;
        }
        open.pop();
        if last < end {
            let around = open.last().map_or(NOTHING, |around| around.1);
            edge(edges, last.saturating_add(1), around);
        }
    }
}

/// From `first` on the number is `number`: an earlier word for the same address falls.
fn edge(edges: &mut Vec<(u128, u32)>, first: u128, number: u32) {
    if edges.last().is_some_and(|before| before.0 == first) {
        edges.pop();
    }
    if edges.last().map_or(NOTHING, |before| before.1) != number {
        edges.push((first, number));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the most specific of the prefixes around an address says, the slow way; of equal
    /// ones the smallest number.
    fn slowly(entries: &[(Prefix, u32)], address: IpAddr) -> Option<u32> {
        let bits = match address {
            IpAddr::V4(v4) => v4.to_bits().into(),
            IpAddr::V6(v6) => v6.to_bits(),
        };
        let around = entries.iter().filter(|(prefix, _)| {
            prefix.is_v4 == address.is_ipv4() && prefix.first <= bits && bits <= prefix.last
        });
        let best = around.min_by_key(|(prefix, number)| (prefix.last - prefix.first, *number));
        best.map(|(_, number)| *number)
    }

    /// Addresses close together, so that prefixes nest and touch.
    fn prefix() -> impl Strategy<Value = (Prefix, u32)> {
        let v4 = (0_u32..64, 24_u32..=32).prop_map(|(low, length)| {
            Prefix::parse(&format!(
                "{}/{length}",
                Ipv4Addr::from_bits(low.wrapping_mul(5))
            ))
            .unwrap()
            .0
        });
        let high = (0_u32..64, 26_u32..=32).prop_map(|(low, length)| {
            let bits = u32::MAX.wrapping_sub(low);
            Prefix::parse(&format!("{}/{length}", Ipv4Addr::from_bits(bits)))
                .unwrap()
                .0
        });
        let v6 = (any::<bool>(), 0_u128..64, 120_u32..=128).prop_map(|(top, low, length)| {
            let bits = if top { u128::MAX - low } else { low };
            // Written by hand: a prefix of ::ffff:0:0/96 would be read as IPv4.
            let host = 128 - length;
            let mask = u128::MAX.checked_shr(128 - host).unwrap_or(0);
            Prefix {
                is_v4: false,
                first: bits & !mask,
                last: bits | mask,
            }
        });
        (prop_oneof![v4, high, v6], 0_u32..6)
    }

    proptest! {
        #[test]
        fn the_most_specific_prefix_wins(entries in proptest::collection::vec(prefix(), 0..40)) {
            let table = Table::build(entries.clone(), u32::min, |inner, _| inner);
            for low in 0_u32..400 {
                for address in [
                    IpAddr::V4(Ipv4Addr::from_bits(low)),
                    IpAddr::V4(Ipv4Addr::from_bits(u32::MAX - low)),
                    IpAddr::V6(Ipv6Addr::from_bits(low.into())),
                    IpAddr::V6(Ipv6Addr::from_bits(u128::MAX - u128::from(low))),
                ] {
                    prop_assert_eq!(table.find(address), slowly(&entries, address), "{}", address);
                }
            }
            let mut before: Option<(IpAddr, u32)> = None;
            for (first, last, number) in table.stretches() {
                prop_assert!(first <= last);
                prop_assert_eq!(table.find(first), Some(number));
                prop_assert_eq!(table.find(last), Some(number));
                prop_assert!(before.is_none_or(|(end, _)| end < first));
                before = Some((last, number));
            }
        }
    }

    #[test]
    fn what_is_inside_may_take_from_what_is_around() {
        let entries = [("10.0.0.0/8", 1), ("10.1.0.0/16", 2), ("10.1.2.0/24", 4)];
        let entries = entries.map(|(text, number)| (Prefix::parse(text).unwrap().0, number));
        let table = Table::build(
            entries.to_vec(),
            |a, b| a | b,
            |inner, around| inner | around,
        );
        let at = |text: &str| table.find(text.parse().unwrap());
        assert_eq!(at("10.1.2.3"), Some(7));
        assert_eq!(at("10.1.3.3"), Some(3));
        assert_eq!(at("10.2.3.3"), Some(1));
        assert_eq!(at("11.0.0.0"), None);
        assert_eq!(at("::1"), None);
    }
}
