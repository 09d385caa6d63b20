//! The drawing of the world: land, borders, and where each country is drawn to.
//!
//! In:   `earth-map.txt`, which `tests/recipes/earth.rs` makes of Natural Earth.
//! Out:  paths for SVG, points in units of the drawing, corners in degrees, distances.
//!
//! A line each: `land`, `borders`, `contested` (borders) and `hatched` (areas) are followed by
//! the commands of a path, `names` by what is hatched; `at` by a code, x, y, `dot` for what is
//! too small to be seen or `-`, and corners of its outline as longitude and latitude in tenths of
//! a degree. The first of them is the point that x and y draw.
//!
//! The text is static: a line that cannot be read is as good as absent.

use super::angle;
pub(crate) mod projection;

use angle::{arc_sine, cosine, sine};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static MAP: &str = include_str!("../earth-map.txt");

/// What follows the first word of a line.
fn line(word: &str) -> &'static str {
    let mut lines = MAP.lines();
    lines
        .find_map(|line| line.strip_prefix(word)?.strip_prefix(' '))
        .unwrap_or_default()
}

/// The path of all land.
pub(crate) fn land() -> &'static str {
    line("land")
}

/// The path of the borders.
pub(crate) fn borders() -> &'static str {
    line("borders")
}

/// The path of the borders of areas that several countries claim.
pub(crate) fn contested() -> &'static str {
    line("contested")
}

/// The path of those areas.
pub(crate) fn hatched() -> &'static str {
    line("hatched")
}

/// Their names, joined by commas.
pub(crate) fn hatched_names() -> &'static str {
    line("names")
}

/// Where a country is drawn to.
#[derive(Clone, Copy)]
pub(crate) struct Spot {
    /// Its code.
    pub(crate) code: &'static str,
    /// Units of the drawing.
    pub(crate) x: f64,
    /// Units of the drawing, downwards.
    pub(crate) y: f64,
    /// Too small to be seen without a dot.
    pub(crate) dot: bool,
    corners: &'static str,
}

impl Spot {
    /// Longitude and latitude of corners of its outline that lie far apart, in degrees.
    pub(crate) fn corners(&self) -> impl Iterator<Item = (f64, f64)> + use<> {
        self.corners.split(' ').filter_map(|corner| {
            let (lon, lat) = corner.split_once(',')?;
            let tenths = |text: &str| text.parse::<f64>().ok().map(|tenths| tenths / 10.0);
            Some((tenths(lon)?, tenths(lat)?))
        })
    }
}

/// Every country that is somewhere, in order of the codes.
pub(crate) fn spots() -> impl Iterator<Item = Spot> {
    MAP.lines().filter_map(|line| {
        let mut words = line.strip_prefix("at ")?.splitn(5, ' ');
        Some(Spot {
            code: words.next()?,
            x: words.next()?.parse().ok()?,
            y: words.next()?.parse().ok()?,
            dot: words.next()? == "dot",
            corners: words.next()?,
        })
    })
}

/// One of them.
pub(crate) fn spot(code: &str) -> Option<Spot> {
    // Asked for each destination: the table is read once.
    static SPOTS: LazyLock<BTreeMap<&str, Spot>> =
        LazyLock::new(|| spots().map(|spot| (spot.code, spot)).collect());
    SPOTS.get(code).copied()
}

/// The Earth as a sphere with its mean radius, in kilometres.
const RADIUS_KM: f64 = 6371.0;

/// Kilometres between two points in degrees, along the surface of a sphere.
pub(crate) fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let place = |(lon, lat): (f64, f64)| {
        let across = cosine(lat);
        [across * cosine(lon), across * sine(lon), sine(lat)]
    };
    let ([ax, ay, az], [bx, by, bz]) = (place(a), place(b));
    let (x, y, z) = (ax - bx, ay - by, az - bz);
    2.0 * RADIUS_KM * arc_sine((x * x + y * y + z * z).sqrt() / 2.0)
}

/// The point some kilometres from another, in a direction in degrees clockwise from north.
pub(crate) fn towards((lon, lat): (f64, f64), direction: f64, km: f64) -> (f64, f64) {
    let turn = km / RADIUS_KM * (180.0 / std::f64::consts::PI);
    let up = sine(lat) * cosine(turn) + cosine(lat) * sine(turn) * cosine(direction);
    let to_lat = degrees(up);
    let across = sine(direction) * sine(turn) * cosine(lat);
    let along = cosine(turn) - sine(lat) * up;
    let length = (across * across + along * along).sqrt();
    if length < 1e-12 {
        return (lon, to_lat);
    }
    let side = degrees(across / length);
    let change = if along >= 0.0 {
        side
    } else if side >= 0.0 {
        180.0 - side
    } else {
        -180.0 - side
    };
    (lon + change, to_lat)
}

/// Arc sine of -1 to 1, in degrees.
fn degrees(sine: f64) -> f64 {
    let angle = arc_sine(sine.abs()) * (180.0 / std::f64::consts::PI);
    if sine < 0.0 { -angle } else { angle }
}
