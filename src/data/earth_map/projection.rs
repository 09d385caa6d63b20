//! The Equal Earth projection, as the map of the world is drawn in it.
//!
//! In:   longitude and latitude in degrees.
//! Out:  units of the drawing, [`WIDE`] by [`HIGH`]; y grows downwards.
//! Spec: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International
//!       Journal of Geographical Information Science, 2018.
//!
//! Areas keep their proportions. The map is cut at 169° west, in the Bering strait, so that no
//! country of any size is divided; it ends at 58° south. Used by `tests/recipes/earth.rs` too.

use super::angle::{arc_sine, cosine, sine};

/// Units from edge to edge.
pub(crate) const WIDE: f64 = 9400.0;

/// Units from top to bottom.
#[allow(
    dead_code,
    reason = "the recipe, which reads this file too, has no use for it"
)]
pub(crate) const HIGH: f64 = 4170.0;

/// The meridian in the middle of the map.
const MIDDLE: f64 = 11.0;

/// Of the latitude that is the upper edge.
const TOP: f64 = 84.0;

/// Coefficients of the projection.
const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];

/// Units of the drawing in one of the projection, whose equator is 5.41329 long.
const UNITS: f64 = WIDE / 5.413_29;

/// Where a point is drawn. A longitude beyond the edges of the map lies beyond those of the
/// drawing: see [`wrapped`].
pub(crate) fn project(lon: f64, lat: f64) -> (f64, f64) {
    let (across, up) = scales(lat);
    let (_, top) = scales(TOP);
    let radians = (lon - MIDDLE) * (std::f64::consts::PI / 180.0);
    (WIDE / 2.0 + radians * across * UNITS, (top - up) * UNITS)
}

/// The same longitude between the edges of the map.
pub(crate) fn wrapped(lon: f64) -> f64 {
    let turned = (lon - MIDDLE) % 360.0;
    let turned = if turned >= 180.0 {
        turned - 360.0
    } else if turned < -180.0 {
        turned + 360.0
    } else {
        turned
    };
    turned + MIDDLE
}

/// Length of a radian of longitude, and distance from the equator.
fn scales(lat: f64) -> (f64, f64) {
    let [a1, a2, a3, a4] = A;
    let root = 3.0_f64.sqrt();
    let height = sine(lat) * root / 2.0;
    let angle = arc_sine(height.abs());
    let (two, degrees) = (angle * angle, angle * (180.0 / std::f64::consts::PI));
    let six = two * two * two;
    let slope = a1 + 3.0 * a2 * two + six * (7.0 * a3 + 9.0 * a4 * two);
    let across = 2.0 * root * cosine(degrees) / (3.0 * slope);
    let up = angle * (a1 + a2 * two + six * (a3 + a4 * two));
    (across, if lat < 0.0 { -up } else { up })
}
