//! The two embedded tables: who lives inside which lines, and how far any two are apart.
//!
//! In:   `data/earth-outlines.bin` and `data/earth-distances.bin`.
//! Out:  areas with their codes and rings; the distance between two codes.
//! Spec: ours, below and in `docs/data.md`.
//!
//! Outlines: for each area a byte with the number of its codes, two letters for each, the
//! number of its rings, and for each ring the number of its points and the points: longitude,
//! then latitude, each as the difference from the point before (the first from 0°, 0°) in 500ths
//! of a degree. Numbers are LEB128, differences zigzag. Distances: the number of codes as a
//! `u16`, two letters for each in order, then for each code a `u16` for each code before it,
//! in kilometres. All little-endian.
//!
//! Nothing is read before it is asked for. Bytes that end early end the reading.

use crate::model::Country;

/// Units of a stored coordinate in one degree.
pub(super) const PER_DEGREE: f64 = 500.0;

/// A point in units: longitude, latitude.
pub(super) type Corner = (i32, i32);

/// What lies inside some rings, even-odd. Longitudes leave ±180° where a ring crosses the
/// date line: from one point to the next they never jump.
pub(super) struct Area {
    /// Whose it is. Where that is disputed, several.
    pub(super) codes: Vec<Country>,
    /// Closed without repeating the first point.
    pub(super) rings: Vec<Vec<Corner>>,
}

/// The areas in `stored`.
pub(super) fn areas(stored: &[u8]) -> impl Iterator<Item = Area> + use<'_> {
    let mut bytes = Bytes { rest: stored };
    std::iter::from_fn(move || bytes.area())
}

/// Bytes not yet read.
struct Bytes<'a> {
    rest: &'a [u8],
}

impl Bytes<'_> {
    fn area(&mut self) -> Option<Area> {
        let mut codes = Vec::new();
        for _ in 0..self.byte()? {
            codes.push(self.code()?);
        }
        let mut rings = Vec::new();
        for _ in 0..self.number()? {
            rings.push(self.ring()?);
        }
        Some(Area { codes, rings })
    }

    fn ring(&mut self) -> Option<Vec<Corner>> {
        let mut ring = Vec::new();
        let (mut lon, mut lat) = (0_i32, 0_i32);
        for _ in 0..self.number()? {
            lon = lon.wrapping_add(self.difference()?);
            lat = lat.wrapping_add(self.difference()?);
            ring.push((lon, lat));
        }
        Some(ring)
    }

    fn code(&mut self) -> Option<Country> {
        let letters = [self.byte()?, self.byte()?];
        Country::new(std::str::from_utf8(&letters).ok()?)
    }

    fn difference(&mut self) -> Option<i32> {
        let number = self.number()?;
        let half = (number >> 1).cast_signed();
        Some(if number & 1 == 0 { half } else { !half })
    }

    fn number(&mut self) -> Option<u32> {
        let mut number: u32 = 0;
        for place in 0..5 {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f).checked_shl(7 * place)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }
}

/// Shortest distances between any two codes.
#[derive(Clone, Copy)]
pub(super) struct Distances {
    codes: &'static [[u8; 2]],
    kilometres: &'static [[u8; 2]],
}

impl Distances {
    /// `None` where `stored` is cut short.
    pub(super) fn new(stored: &'static [u8]) -> Option<Self> {
        let (count, rest) = stored.split_first_chunk::<2>()?;
        let count = usize::from(u16::from_le_bytes(*count));
        let (pairs, []) = rest.as_chunks::<2>() else {
            return None;
        };
        let (codes, kilometres) = pairs.split_at_checked(count)?;
        let cells = count.checked_mul(count.checked_sub(1)?)? / 2;
        (kilometres.len() == cells).then_some(Distances { codes, kilometres })
    }

    /// Kilometres, rounded down; `None` for a code that is nowhere.
    pub(super) fn between(&self, one: Country, other: Country) -> Option<u32> {
        let place = |country: Country| {
            let letters = country.code().as_bytes();
            self.codes
                .binary_search_by(|known| known.as_slice().cmp(letters))
                .ok()
        };
        let (one, other) = (place(one)?, place(other)?);
        let (low, high) = (one.min(other), one.max(other));
        if low == high {
            return Some(0);
        }
        let before = high.checked_mul(high.checked_sub(1)?)? / 2;
        let found = self.kilometres.get(before.checked_add(low)?)?;
        Some(u16::from_le_bytes(*found).into())
    }

    /// Every code that is somewhere, in order.
    pub(super) fn codes(&self) -> impl Iterator<Item = Country> + use<> {
        let codes = self.codes.iter();
        codes.filter_map(|letters| Country::new(std::str::from_utf8(letters).ok()?))
    }
}
