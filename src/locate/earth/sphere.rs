//! Distances on a sphere that is nowhere larger than the Earth.
//!
//! In:   points in degrees, arcs of great circles between two of them.
//! Out:  the shortest distance, never more than the true one.
//! Spec: WGS 84.
//!
//! Along a meridian the ellipsoid's radius of curvature is least at the equator, a(1 - e²) =
//! 6,335.439 km, and across it never less than a. A sphere of 6,335 km, on which the same
//! latitudes and longitudes are drawn, therefore makes every path shorter than it is, by 1 % at
//! most: what comes out here is a lower bound.
//!
//! Sine, cosine and arc sine are those of `data/angle.rs`, which are the same on every system.

use crate::data::angle::{HALF_PI, arc_sine, cosine, sine};

/// Radius in kilometres.
const RADIUS_KM: f64 = 6335.0;

/// A point on the unit sphere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    x: f64,
    y: f64,
    z: f64,
}

impl Point {
    /// From degrees.
    pub(super) fn at(lon: f64, lat: f64) -> Self {
        let across = cosine(lat);
        Point {
            x: across * cosine(lon),
            y: across * sine(lon),
            z: sine(lat),
        }
    }

    /// Square of the straight line through the Earth to `other`, in radii: 0 to 4.
    pub(super) fn chord(self, other: Point) -> f64 {
        let (x, y, z) = (self.x - other.x, self.y - other.y, self.z - other.z);
        x * x + y * y + z * z
    }

    /// The same to the nearest point of the shorter arc from `a` to `b`.
    pub(super) fn chord_to_arc(self, a: Point, b: Point) -> f64 {
        let ends = self.chord(a).min(self.chord(b));
        let normal = a.cross(b);
        let square = normal.dot(normal);
        let beside = self.dot(normal.cross(a)) > 0.0 && self.dot(b.cross(normal)) > 0.0;
        if !beside || square < SHORTEST_ARC_SQUARED {
            return ends;
        }
        let off = self.dot(normal);
        let sine_squared = (off * off / square).min(1.0);
        // 2 - 2 cos, without the difference of two near numbers.
        ends.min(2.0 * sine_squared / (1.0 + (1.0 - sine_squared).sqrt()))
    }

    fn dot(self, other: Point) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    fn cross(self, other: Point) -> Point {
        Point {
            x: self.y * other.z - self.z * other.y,
            y: self.z * other.x - self.x * other.z,
            z: self.x * other.y - self.y * other.x,
        }
    }

    /// The point in the direction of the sum of `points`: somewhere amid them.
    #[cfg(feature = "geo-build")]
    pub(super) fn middle(points: &[Point]) -> Point {
        let sum = points
            .iter()
            .fold((0.0, 0.0, 0.0), |sum: (f64, f64, f64), point| {
                (sum.0 + point.x, sum.1 + point.y, sum.2 + point.z)
            });
        let len = (sum.0 * sum.0 + sum.1 * sum.1 + sum.2 * sum.2).sqrt();
        Point {
            x: sum.0 / len,
            y: sum.1 / len,
            z: sum.2 / len,
        }
    }
}

/// The way over the ground, in kilometres, that belongs to the square of a straight line.
pub(super) fn ground_km(chord: f64) -> f64 {
    RADIUS_KM * 2.0 * arc_sine(chord.sqrt() / 2.0)
}

/// The way over the ground that is an angle at the centre.
pub(super) fn degrees_km(degrees: f64) -> f64 {
    RADIUS_KM * degrees * (HALF_PI / 90.0)
}

/// Below this (6 cm) an arc is a point.
const SHORTEST_ARC_SQUARED: f64 = 1e-16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arc_is_nearest_at_its_ends_or_between() {
        #[track_caller]
        fn check(point: (f64, f64), a: (f64, f64), b: (f64, f64), degrees: f64) {
            let [point, a, b] = [point, a, b].map(|(lon, lat)| Point::at(lon, lat));
            let want = RADIUS_KM * degrees.to_radians();
            let got = ground_km(point.chord_to_arc(a, b));
            assert!((got - want).abs() < 1e-6, "{got} and not {want}");
        }
        check((5.0, 3.0), (0.0, 0.0), (10.0, 0.0), 3.0);
        check((-4.0, 0.0), (0.0, 0.0), (10.0, 0.0), 4.0);
        check((12.0, 0.0), (0.0, 0.0), (10.0, 0.0), 2.0);
        check((5.0, 0.0), (0.0, 0.0), (10.0, 0.0), 0.0);
        check((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), 0.0);
        check((180.0, 0.0), (0.0, 0.0), (0.0, 0.0), 180.0);
        check((-179.0, 0.0), (178.0, 0.0), (179.0, 0.0), 2.0);
        check((77.0, -90.0), (0.0, -80.0), (10.0, -70.0), 10.0);
        // The far side: the nearest end, through neither pole.
        check((175.0, 0.0), (0.0, 0.0), (10.0, 0.0), 165.0);
    }

    /// Lengths of the ellipsoid's own lines: a quarter of the equator is 10,018.754 km and a
    /// quarter of a meridian 10,001.966 km.
    #[test]
    fn every_distance_is_a_little_less_than_the_true_one() {
        let zero = Point::at(0.0, 0.0);
        for (quarter, true_km) in [
            (Point::at(90.0, 0.0), 10_018.754),
            (Point::at(0.0, 90.0), 10_001.966),
        ] {
            let got = ground_km(zero.chord(quarter));
            assert!(got < true_km && got > true_km * 0.993, "{got}");
        }
        // One degree of latitude at the equator, where the ellipsoid curves most.
        let got = ground_km(zero.chord(Point::at(0.0, 1.0)));
        assert!(got < 110.574 && got > 110.56, "{got}");
    }
}
