//! The embedded ranges from their source.
//!
//! In:   a list that [`Ranges::open`] reads.
//! Out:  the bytes of `data/ranges.zst` before they are compressed; the same from the same list.
//!
//! Countries are not packed where a region names them: `data/regions.toml` does, when the
//! program is built.

use super::kinds::Kind;
use super::table::NOTHING;
use super::{Kinds, Ranges};
use crate::Error;
use crate::locate::database::hex;
use crate::model::Country;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Ranges, ready to be compressed.
#[derive(Debug)]
pub struct Packed {
    /// Descriptions, then where they change, as differences in LEB128.
    pub bytes: Vec<u8>,
    /// Hash of the tables as `build.rs` unpacks them.
    pub sha256: String,
    /// What was read and left out, in words.
    pub description: String,
    /// The day of the list, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Stretches of addresses with one description each.
    pub stretches: usize,
    /// Distinct descriptions.
    pub kinds: usize,
}

/// Packs the list in `path`.
///
/// # Errors
/// Where it cannot be read, or is no list of ranges.
pub fn pack_ranges(path: &Path) -> Result<Packed, Error> {
    let (ranges, source) = Ranges::open(path, 0)?;
    let Kinds::Own(kinds) = &ranges.kinds else {
        return Err(Error::Usage(
            "the embedded ranges are packed already".to_owned(),
        ));
    };
    let (v4, v6) = (v4_records(&ranges), v6_records(&ranges));
    // Only what is in use, in order of the texts, so that the numbers do not depend on the list's.
    let line = |number: u32| kinds.get(usize::try_from(number).ok()?).map(description);
    let mut lines: Vec<String> = v4
        .iter()
        .chain(&v6)
        .filter_map(|(_, at)| line(*at))
        .collect();
    lines.sort_unstable();
    lines.dedup();
    let place = |number: u32| {
        let at = lines.binary_search(&line(number)?).ok()?;
        u32::try_from(at).ok()
    };
    let renumber = |table: &[(u128, u32)]| -> Vec<(u128, u32)> {
        let mut renumbered: Vec<(u128, u32)> = Vec::new();
        for (first, number) in table {
            let number = place(*number).unwrap_or(NOTHING);
            // Descriptions that differ only in what is not packed are one.
            if renumbered.last().is_none_or(|before| before.1 != number) {
                renumbered.push((*first, number));
            }
        }
        renumbered
    };
    let (v4, v6) = (renumber(&v4), renumber(&v6));
    let mut bytes = Vec::new();
    leb(&mut bytes, wide(lines.len()));
    for line in &lines {
        leb(&mut bytes, wide(line.len()));
        bytes.extend(line.as_bytes());
    }
    table(&mut bytes, &v4);
    table(&mut bytes, &v6);
    Ok(Packed {
        bytes,
        sha256: hash(&v4, &v6, &lines),
        description: source.description,
        date: source.date,
        stretches: v4
            .iter()
            .chain(&v6)
            .filter(|(_, number)| *number != NOTHING)
            .count(),
        kinds: lines.len(),
    })
}

/// The fields of a description: `provider region service flags country`, with tabs.
fn description(kind: &Kind) -> String {
    let country = kind.country.as_ref().filter(|_| kind.region.is_none());
    format!(
        "{}\t{}\t{}\t{}{}\t{}",
        kind.provider.as_deref().unwrap_or(""),
        kind.region.as_deref().unwrap_or(""),
        kind.service.as_deref().unwrap_or(""),
        if kind.edge { "e" } else { "" },
        if kind.anycast { "a" } else { "" },
        country.map_or("", Country::code),
    )
}

fn v4_records(ranges: &Ranges) -> Vec<(u128, u32)> {
    let records = ranges.table.v4.as_chunks::<8>().0.iter();
    let read = |record: &[u8; 8]| {
        let (first, number) = record.split_first_chunk::<4>()?;
        let first = u32::from_le_bytes(*first);
        Some((first.into(), u32::from_le_bytes(*number.first_chunk()?)))
    };
    records.filter_map(read).collect()
}

fn v6_records(ranges: &Ranges) -> Vec<(u128, u32)> {
    let records = ranges.table.v6.as_chunks::<20>().0.iter();
    let read = |record: &[u8; 20]| {
        let (first, number) = record.split_first_chunk::<16>()?;
        let first = u128::from_le_bytes(*first);
        Some((first, u32::from_le_bytes(*number.first_chunk()?)))
    };
    records.filter_map(read).collect()
}

/// Differences between first addresses, then numbers: each column packs well by itself.
fn table(bytes: &mut Vec<u8>, table: &[(u128, u32)]) {
    leb(bytes, wide(table.len()));
    let mut before = 0;
    for (first, _) in table {
        leb(bytes, first.saturating_sub(before));
        before = *first;
    }
    for (_, number) in table {
        // 0 is nothing.
        leb(bytes, u128::from(number.wrapping_add(1)));
    }
}

fn leb(bytes: &mut Vec<u8>, mut value: u128) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            bytes.push(low & 0x7f);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn hash(v4: &[(u128, u32)], v6: &[(u128, u32)], lines: &[String]) -> String {
    let mut hash = Sha256::new();
    for (first, number) in v4 {
        hash.update(u32::try_from(*first).unwrap_or(u32::MAX).to_le_bytes());
        hash.update(number.to_le_bytes());
    }
    for (first, number) in v6 {
        hash.update(first.to_le_bytes());
        hash.update(number.to_le_bytes());
    }
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

fn wide(count: usize) -> u128 {
    u128::try_from(count).unwrap_or(u128::MAX)
}
