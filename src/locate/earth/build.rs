//! Writes the two embedded tables: see `stored.rs` for their form, and
//! `tests/recipes/earth.rs` for where the outlines come from.
//!
//! In:   areas with their codes and rings.
//! Out:  the bytes of `earth-outlines.bin`, and of `earth-distances.bin` from those.
//!
//! Distances are measured on the very outlines that are stored, so that a point inside a
//! country is never nearer to another than the two countries are.

use super::sphere::{Point, ground_km};
use super::stored::{Area, areas};
use super::{SHORE_KM, point};
use crate::model::Country;
use std::collections::BTreeMap;

/// An area on its way into the outlines.
pub struct Outline {
    /// Two letters each: whose it is. Where that is disputed, several.
    pub codes: Vec<Country>,
    /// Closed without repeating the first point: longitude and latitude in 500ths of a degree,
    /// longitudes without jumps.
    pub rings: Vec<Vec<(i32, i32)>>,
}

/// The bytes of `earth-outlines.bin`.
#[must_use]
pub fn pack_outlines(areas: &[Outline]) -> Vec<u8> {
    let mut out = Vec::new();
    for area in areas {
        out.push(u8::try_from(area.codes.len()).unwrap_or(u8::MAX));
        for code in &area.codes {
            out.extend(code.code().as_bytes());
        }
        length(&mut out, area.rings.len());
        for ring in &area.rings {
            length(&mut out, ring.len());
            let mut last = (0, 0);
            for &(lon, lat) in ring {
                difference(&mut out, lon.wrapping_sub(last.0));
                difference(&mut out, lat.wrapping_sub(last.1));
                last = (lon, lat);
            }
        }
    }
    out
}

/// The bytes of `earth-distances.bin` for those of `earth-outlines.bin`.
#[must_use]
pub fn outline_distances(outlines: &[u8]) -> Vec<u8> {
    let mut codes: BTreeMap<Country, Vec<Piece>> = BTreeMap::new();
    for area in areas(outlines) {
        let pieces = pieces(&area);
        for code in &area.codes {
            codes.entry(*code).or_default().extend(pieces.clone());
        }
    }
    let mut out = u16::try_from(codes.len())
        .unwrap_or(u16::MAX)
        .to_le_bytes()
        .to_vec();
    for code in codes.keys() {
        out.extend(code.code().as_bytes());
    }
    let codes: Vec<Vec<Piece>> = codes.into_values().collect();
    for (number, one) in codes.iter().enumerate() {
        for other in codes.iter().take(number) {
            let km = (ground_km(nearest(one, other)) - 2.0 * SHORE_KM).max(0.0);
            out.extend(whole(km).to_le_bytes());
        }
    }
    out
}

/// Some points of a ring that follow each other, and a cap of the sphere that holds them and
/// the arcs between.
#[derive(Clone)]
struct Piece {
    points: Vec<Point>,
    middle: Point,
    /// Kilometres.
    radius: f64,
}

/// Arcs in one piece: few enough to compare each with each, enough to pass over many at once.
const ARCS_A_PIECE: usize = 16;

fn pieces(area: &Area) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for ring in &area.rings {
        let mut points: Vec<Point> = ring.iter().map(|corner| point(*corner)).collect();
        points.extend(points.first().copied());
        let mut rest = points.as_slice();
        while rest.len() > 1 {
            let end = rest.len().min(ARCS_A_PIECE.saturating_add(1));
            let (Some(points), Some(left)) = (rest.get(..end), rest.get(end.saturating_sub(1)..))
            else {
                break;
            };
            let middle = Point::middle(points);
            let far = points
                .iter()
                .fold(0.0_f64, |far, point| far.max(middle.chord(*point)));
            pieces.push(Piece {
                points: points.to_vec(),
                middle,
                radius: ground_km(far),
            });
            rest = left;
        }
    }
    pieces
}

/// The square of the shortest straight line between two sets of arcs that do not cross: it
/// begins or ends at the end of an arc.
fn nearest(one: &[Piece], other: &[Piece]) -> f64 {
    let mut best_km = f64::INFINITY;
    for a in one {
        for b in other {
            let most = ground_km(a.middle.chord(b.middle)) + a.radius + b.radius;
            best_km = best_km.min(most);
        }
    }
    let mut best = f64::INFINITY;
    for a in one {
        for b in other {
            let least = ground_km(a.middle.chord(b.middle)) - a.radius - b.radius;
            if least > best_km {
                continue;
            }
            let found = ends_to_arcs(a, b).min(ends_to_arcs(b, a));
            if found < best {
                best = found;
                // A metre more, lest rounding pass over the very nearest.
                best_km = best_km.min(ground_km(best) + 0.001);
            }
        }
    }
    best
}

fn ends_to_arcs(ends: &Piece, arcs: &Piece) -> f64 {
    let mut best = f64::INFINITY;
    for end in &ends.points {
        for arc in arcs.points.windows(2) {
            if let [a, b] = arc {
                best = best.min(end.chord_to_arc(*a, *b));
            }
        }
    }
    best
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "half round the Earth is 20,000 km"
)]
fn whole(km: f64) -> u16 {
    km.floor() as u16
}

fn length(out: &mut Vec<u8>, length: usize) {
    number(out, u32::try_from(length).unwrap_or(u32::MAX));
}

fn difference(out: &mut Vec<u8>, difference: i32) {
    number(
        out,
        ((difference << 1) ^ (difference >> 31)).cast_unsigned(),
    );
}

fn number(out: &mut Vec<u8>, mut number: u32) {
    while let [low, ..] = number.to_le_bytes()
        && number >= 0x80
    {
        out.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    out.push(low);
}
