//! How far countries are from each other and from a point, and how far light comes.
//!
//! In:   where the phone was, a round trip, the countries that sources name.
//! Out:  the countries that light could not have reached and returned from in that time.
//!
//! Every distance is a lower bound: the sphere is smaller than the Earth (`sphere.rs`), each
//! shore is taken to reach [`SHORE_KM`] further out than it is drawn, and what is disputed
//! counts to all who may mean it. A round trip that is long proves nothing.
//!
//! The tables are static bytes, read when a vantage is given and not before. No input makes
//! this panic: what cannot be read has no distance, and what has none is never excluded.

#[cfg(feature = "geo-build")]
mod build;
mod sphere;
mod stored;
mod vantage;

#[cfg(feature = "geo-build")]
pub use build::{Outline, outline_distances, pack_outlines};
pub(super) use vantage::Vantage;

use crate::data::{EARTH_DISTANCES, EARTH_OUTLINES};
use crate::model::{Country, Excluded};
use sphere::{Point, degrees_km, ground_km};
use std::collections::BTreeMap;
use stored::{Area, Corner, Distances, PER_DEGREE, areas};
use vantage::At;

/// How much nearer than its stored outline a country may be, in kilometres: 1.7 by which
/// `tests/recipes/earth.rs` may move a line (1.2 by leaving points out, 0.3 by drawing a straight
/// line of the map as an arc, 0.2 by rounding), and the rest for the map, whose scale is
/// 1:10,000,000, and for what it leaves out near a shore.
const SHORE_KM: f64 = 5.0;

/// Light in fibre: 4.9 microseconds a kilometre, there and back.
const FIBRE_NS_PER_KM: u64 = 9_800;

/// Light in vacuum.
const VACUUM_METRES_PER_SECOND: u128 = 299_792_458;

/// What a source that names a country may also mean: parts of it that have a code of their own,
/// and territories whose addresses sources commonly give to it. This holds for what a source
/// says, not for where a phone was. `docs/data.md` has the reasons; codes without a name are
/// places that have none.
const ALSO_MEANT: &[(&str, &[&str])] = &[
    ("AU", &["CC", "CX", "HM", "NF"]),
    ("BN", &["XS"]),
    ("CN", &["HK", "MO", "XH", "XS"]),
    ("FI", &["AX"]),
    ("FR", &["BL", "CP", "GF", "GP", "MF", "MQ", "RE", "YT"]),
    ("GB", &["GG", "IM", "JE", "XB"]),
    ("IL", &["PS"]),
    ("MY", &["XS"]),
    ("NL", &["BQ"]),
    ("NO", &["BV", "SJ"]),
    ("NZ", &["TK"]),
    ("PH", &["XH", "XS"]),
    ("PS", &["IL"]),
    ("RU", &["GE", "UA", "XY"]),
    ("TW", &["XH", "XS"]),
    ("US", &["AS", "GU", "MP", "PR", "UM", "VI", "XG", "XN"]),
    ("VN", &["XS"]),
];

/// How far everything is from one vantage. Made once a run.
#[derive(Debug)]
pub(super) struct Reach {
    vantage: Vantage,
    /// Every code that is somewhere, in order; kilometres, rounded down.
    km: Vec<(Country, u32)>,
}

impl Reach {
    /// Looks up or measures all distances.
    pub(super) fn new(vantage: Vantage) -> Self {
        let km = match vantage.at {
            At::Country(country) => from_country(country),
            At::Point { lat, lon, off_km } => from_point(lat, lon, off_km),
        };
        Reach { vantage, km }
    }

    /// Where the phone was.
    pub(super) fn vantage(&self) -> &Vantage {
        &self.vantage
    }

    /// A lower bound on the way to what a source may mean by `to`, in kilometres; `None` where
    /// that is nowhere.
    pub(super) fn shortest_km(&self, to: Country) -> Option<u32> {
        let also = also_meant(to).filter_map(|code| self.exact_km(code));
        self.exact_km(to).into_iter().chain(also).min()
    }

    /// Those of `countries` that are too far for a round trip of `rtt_ns`, each once.
    pub(super) fn excluded(&self, rtt_ns: u64, countries: &[Country]) -> Vec<Excluded> {
        let (fibre_km, vacuum_km) = (fibre_km(rtt_ns), vacuum_km(rtt_ns));
        let mut excluded: Vec<Excluded> = Vec::new();
        for &country in countries {
            if let Some(km) = self.shortest_km(country).filter(|km| *km > fibre_km)
                && excluded.iter().all(|known| known.country != country)
            {
                excluded.push(Excluded {
                    country,
                    km,
                    in_vacuum: km > vacuum_km,
                });
            }
        }
        excluded
    }

    fn exact_km(&self, to: Country) -> Option<u32> {
        let at = self.km.binary_search_by_key(&to, |(code, _)| *code).ok()?;
        self.km.get(at).map(|(_, km)| *km)
    }
}

/// How far light in fibre comes and returns in `rtt_ns`, in kilometres, rounded up.
pub(super) fn fibre_km(rtt_ns: u64) -> u32 {
    u32::try_from(rtt_ns.div_ceil(FIBRE_NS_PER_KM)).unwrap_or(u32::MAX)
}

/// The same in vacuum.
pub(super) fn vacuum_km(rtt_ns: u64) -> u32 {
    // Nanoseconds to seconds, metres to kilometres, there and back.
    const DIVISOR: u128 = 1_000_000_000 * 1_000 * 2;
    let metres = u128::from(rtt_ns).saturating_mul(VACUUM_METRES_PER_SECOND);
    u32::try_from(metres.div_ceil(DIVISOR)).unwrap_or(u32::MAX)
}

/// What a source that says `code` may also mean.
pub(super) fn also_meant(code: Country) -> impl Iterator<Item = Country> {
    let found = ALSO_MEANT.binary_search_by(|(known, _)| (*known).cmp(code.code()));
    let found = found.ok().and_then(|at| ALSO_MEANT.get(at));
    let codes = found.map_or(&[][..], |(_, codes)| *codes);
    codes.iter().filter_map(|code| Country::new(code))
}

/// Longitude and latitude in degrees, the last point joined to the first.
#[cfg(test)]
pub(crate) type Ring = Vec<(f32, f32)>;

/// What to draw a map of: areas with the country that each is drawn as, and rings to be filled
/// even-odd. A country may come several times. A code without a name is a place that has none.
/// Longitudes of a ring that crosses the date line go on past ±180°: a map draws it twice, once
/// moved by 360°. A ring of one or two points is an island too small for more.
#[cfg(test)]
pub(crate) fn outlines() -> impl Iterator<Item = (Country, Vec<Ring>)> {
    areas(EARTH_OUTLINES).filter_map(|area| {
        let rings = area
            .rings
            .iter()
            .map(|ring| ring.iter().map(drawn).collect());
        Some((*area.codes.first()?, rings.collect()))
    })
}

#[expect(clippy::cast_possible_truncation, reason = "for drawing")]
#[cfg(test)]
fn drawn((lon, lat): &Corner) -> (f32, f32) {
    let degrees = |units: i32| (f64::from(units) / PER_DEGREE) as f32;
    (degrees(*lon), degrees(*lat))
}

fn from_country(country: Country) -> Vec<(Country, u32)> {
    let Some(table) = Distances::new(EARTH_DISTANCES) else {
        return Vec::new();
    };
    let far = |code| Some((code, table.between(country, code)?));
    table.codes().filter_map(far).collect()
}

fn from_point(lat: f64, lon: f64, off_km: f64) -> Vec<(Country, u32)> {
    let from = Point::at(lon, lat);
    let mut nearest: BTreeMap<Country, f64> = BTreeMap::new();
    for area in areas(EARTH_OUTLINES) {
        let chord = if contains(&area, lon, lat) {
            0.0
        } else {
            nearest_chord(&area, from)
        };
        for code in area.codes {
            let known = nearest.entry(code).or_insert(chord);
            *known = known.min(chord);
        }
    }
    let km = |chord| whole(ground_km(chord) - SHORE_KM - off_km);
    let nearest = nearest.into_iter();
    nearest.map(|(code, chord)| (code, km(chord))).collect()
}

/// Square of the straight line to the nearest point of the area's lines.
fn nearest_chord(area: &Area, from: Point) -> f64 {
    let mut pieces: Vec<(f64, Corner, &[Corner])> = Vec::new();
    for ring in &area.rings {
        let Some(mut before) = ring.last().copied() else {
            continue;
        };
        for corners in ring.chunks(CORNERS_A_PIECE) {
            let edges = Edges::around(corners).with(before);
            pieces.push((edges.least_km(from), before, corners));
            before = corners.last().copied().unwrap_or(before);
        }
    }
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut best, mut best_km) = (f64::INFINITY, f64::INFINITY);
    for (least_km, before, corners) in pieces {
        // A metre for rounding.
        if least_km > best_km + 0.001 {
            break;
        }
        let mut start = point(before);
        for corner in corners {
            let end = point(*corner);
            best = best.min(from.chord_to_arc(start, end));
            start = end;
        }
        best_km = ground_km(best);
    }
    best
}

/// Corners that are passed over at once if even the nearest of them lies too far.
const CORNERS_A_PIECE: usize = 32;

/// The box around some corners, on the map.
struct Edges {
    west: i32,
    south: i32,
    east: i32,
    north: i32,
}

impl Edges {
    fn around(corners: &[Corner]) -> Self {
        let none = Edges {
            west: i32::MAX,
            south: i32::MAX,
            east: i32::MIN,
            north: i32::MIN,
        };
        corners
            .iter()
            .fold(none, |edges, corner| edges.with(*corner))
    }

    fn with(self, (lon, lat): Corner) -> Self {
        Edges {
            west: self.west.min(lon),
            south: self.south.min(lat),
            east: self.east.max(lon),
            north: self.north.max(lat),
        }
    }

    /// A lower bound on the distance to all that is inside. On the sphere nothing in a box is
    /// further from its middle than on the map.
    fn least_km(&self, from: Point) -> f64 {
        let [west, south, east, north] = [self.west, self.south, self.east, self.north]
            .map(|units| f64::from(units) / PER_DEGREE);
        let middle = Point::at((west + east) / 2.0, (south + north) / 2.0);
        let (wide, high) = ((east - west) / 2.0, (north - south) / 2.0);
        ground_km(from.chord(middle)) - degrees_km((wide * wide + high * high).sqrt())
    }

    /// True where the box holds a point given in units.
    fn hold(&self, lon: f64, lat: f64) -> bool {
        (f64::from(self.west)..=f64::from(self.east)).contains(&lon)
            && (f64::from(self.south)..=f64::from(self.north)).contains(&lat)
    }
}

fn point((lon, lat): Corner) -> Point {
    Point::at(f64::from(lon) / PER_DEGREE, f64::from(lat) / PER_DEGREE)
}

/// Even-odd on the map of degrees, whose straight lines are the borders.
fn contains(area: &Area, lon: f64, lat: f64) -> bool {
    let (lon, lat) = (lon * PER_DEGREE, lat * PER_DEGREE);
    let turn = 360.0 * PER_DEGREE;
    let inside = |ring: &&Vec<Corner>| {
        let edges = Edges::around(ring);
        // A ring across the date line may lie a turn east or west of the point's longitude.
        [lon - turn, lon, lon + turn]
            .into_iter()
            .any(|lon| edges.hold(lon, lat) && crossings_east(ring, lon, lat) % 2 == 1)
    };
    area.rings.iter().filter(inside).count() % 2 == 1
}

/// How many lines of the ring a walk from the point to the east crosses.
fn crossings_east(ring: &[Corner], lon: f64, lat: f64) -> usize {
    let starts = ring.last().into_iter().chain(ring);
    starts
        .zip(ring)
        .filter(|((_, y0), (_, y1))| (f64::from(*y0) > lat) != (f64::from(*y1) > lat))
        .filter(|((x0, y0), (x1, y1))| {
            let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|units| f64::from(*units));
            x0 + (lat - y0) * (x1 - x0) / (y1 - y0) > lon
        })
        .count()
}

/// Not below nothing, and rounded down.
#[expect(
    clippy::cast_possible_truncation,
    reason = "half round the Earth is 20,000 km"
)]
#[expect(clippy::cast_sign_loss, reason = "not below nothing")]
fn whole(km: f64) -> u32 {
    km.max(0.0) as u32
}

#[cfg(test)]
mod tests;
