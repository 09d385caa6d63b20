//! The drawing of the world: `src/data/earth_map.rs` has its form.

use super::projection::{project, wrapped};
use super::{Corner, Failure, PER_DEGREE, arcs, codes, joined, polygons, simpler, whose};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use whereto::locate::Outline;
use whereto::model::Country;

/// A line may move by this much, in kilometres, or this part of its size: a third of a pixel of a
/// map 940 pixels wide.
const MOST_KM: f64 = 13.0;
const MOST_PART: f64 = 0.2;

/// Rings smaller than this, in units of the drawing (a tenth of a pixel), are left out.
const LEAST: f64 = 13.0;

/// What is smaller than this in both directions gets a dot.
const DOT: f64 = 70.0;

/// Corners kept of each country for distances.
const CORNERS: usize = 14;

/// Areas that are hatched, as the map names them or by the codes of a part, and their names.
const CONTESTED: &[(&str, &str)] = &[
    ("UA RU", "Crimea"),
    ("XK RS", "Kosovo"),
    ("CY TR", "Northern Cyprus"),
    ("IN PK", "the Siachen Glacier"),
    ("EH MA", "Western Sahara"),
];

type Ring = Vec<(i32, i32)>;

/// Borders, borders of contested areas, and those areas.
type Lines = (Vec<Ring>, Vec<Ring>, Vec<Ring>);

/// The bytes of `earth-map.txt`.
pub(super) fn drawn(atlas: &Value, outlines: &[Outline]) -> Result<String, Failure> {
    let arcs = arcs(atlas)?;
    let arcs: Vec<Vec<Corner>> = arcs
        .iter()
        .map(|arc| simpler(arc, MOST_KM, MOST_PART))
        .collect();
    let mut out = String::from(
        "# Made by tests/recipes/earth.rs of Natural Earth 4.1, 1:10,000,000, public domain.\n",
    );
    let land = atlas["objects"]["land"]["geometries"].as_array();
    let mut rings = Vec::new();
    for geometry in land.ok_or("no land")? {
        for polygon in polygons(geometry)? {
            for ring in &polygon {
                rings.extend(placed(&joined(&arcs, ring).ok_or("no such arc")?));
            }
        }
    }
    writeln!(out, "land {}", path(&rings, true))?;
    let (borders, open, hatched) = lines(atlas, &arcs)?;
    writeln!(out, "borders {}", path(&borders, false))?;
    writeln!(out, "contested {}", path(&open, false))?;
    writeln!(out, "hatched {}", path(&hatched, true))?;
    let names: Vec<&str> = CONTESTED.iter().map(|(_, name)| *name).collect();
    writeln!(out, "names {}", names.join(", "))?;
    places(outlines, &mut out)?;
    Ok(out)
}

/// Lines between two countries, lines around contested areas, and those areas.
fn lines(atlas: &Value, arcs: &[Vec<Corner>]) -> Result<Lines, Failure> {
    let mut sides: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut hatched = Vec::new();
    let features = atlas["objects"]["countries"]["geometries"].as_array();
    for feature in features.ok_or("no countries")? {
        let codes = codes(feature)?;
        for polygon in polygons(feature)? {
            let rings = polygon.iter().map(|ring| joined(arcs, ring));
            let rings: Vec<Vec<Corner>> = rings.collect::<Option<_>>().ok_or("no such arc")?;
            let whose = whose(codes, &rings[0]).join(" ");
            let contested = CONTESTED.iter().any(|(known, _)| *known == whose);
            if contested {
                hatched.extend(rings.iter().filter_map(|ring| placed(ring)));
            }
            let side = if contested {
                format!("?{whose}")
            } else {
                whose.split(' ').next().unwrap_or_default().to_owned()
            };
            for number in polygon.iter().flatten() {
                let number = if *number < 0 { !number } else { *number };
                let known = sides.entry(usize::try_from(number)?).or_default();
                known.insert(side.clone());
            }
        }
    }
    let (mut borders, mut open) = (Vec::new(), Vec::new());
    for (arc, sides) in sides.iter().filter(|(_, sides)| sides.len() > 1) {
        let line = on_map(&arcs[*arc]);
        if sides.iter().any(|side| side.starts_with('?')) {
            open.push(line);
        } else {
            borders.push(line);
        }
    }
    Ok((borders, open, hatched))
}

/// A ring in units; `None` where it is too small to be seen, or Antarctica.
fn placed(ring: &[Corner]) -> Option<Ring> {
    if ring.iter().all(|(_, lat)| *lat < -57.0) || ring.iter().any(|(_, lat)| *lat < -80.0) {
        return None;
    }
    let mut units = on_map(ring);
    if units.first() == units.last() {
        units.pop();
    }
    let (wide, high) = size(&units);
    (units.len() > 2 && wide.max(high) >= LEAST).then_some(units)
}

/// Moved by whole turns so that its middle is on the map.
fn on_map(line: &[Corner]) -> Ring {
    let west = line.iter().map(|at| at.0).fold(f64::INFINITY, f64::min);
    let east = line.iter().map(|at| at.0).fold(f64::NEG_INFINITY, f64::max);
    let middle = (west + east) / 2.0;
    let turn = wrapped(middle) - middle;
    let mut units: Ring = Vec::new();
    for (lon, lat) in line {
        let (x, y) = project(lon + turn, *lat);
        units.push((x.round() as i32, y.round() as i32));
    }
    units.dedup();
    units
}

fn size(ring: &[(i32, i32)]) -> (f64, f64) {
    let span = |key: fn(&(i32, i32)) -> i32| {
        let least = ring.iter().map(key).min().unwrap_or(0);
        f64::from(ring.iter().map(key).max().unwrap_or(0) - least)
    };
    (span(|at| at.0), span(|at| at.1))
}

/// The commands of an SVG path: absolute to begin with, then relative.
fn path(lines: &[Ring], closed: bool) -> String {
    let mut out = String::new();
    for line in lines.iter().filter(|line| line.len() > 1) {
        let mut last = line[0];
        write!(out, "M{} {}", last.0, last.1).unwrap_or_default();
        let mut first = true;
        for &(x, y) in &line[1..] {
            let (dx, dy) = (x - last.0, y - last.1);
            let before = if first {
                "l"
            } else if dx < 0 {
                ""
            } else {
                " "
            };
            let between = if dy < 0 { "" } else { " " };
            write!(out, "{before}{dx}{between}{dy}").unwrap_or_default();
            first = false;
            last = (x, y);
        }
        if closed {
            out.push('z');
        }
    }
    out
}

/// A line for each country: where to draw to, whether it needs a dot, and corners for distances.
fn places(outlines: &[Outline], out: &mut String) -> Result<(), Failure> {
    let mut own: BTreeMap<Country, Vec<Vec<Corner>>> = BTreeMap::new();
    for outline in outlines {
        let rings = outline.rings.iter().map(|ring| {
            let degrees = |(lon, lat): &(i32, i32)| {
                (f64::from(*lon) / PER_DEGREE, f64::from(*lat) / PER_DEGREE)
            };
            ring.iter().map(degrees).collect::<Vec<Corner>>()
        });
        let rings: Vec<Vec<Corner>> = rings.collect();
        let first = *outline.codes.first().ok_or("no code")?;
        // What is contested comes into the middle of no one.
        let sure = outline.codes.len() == 1 || !own.contains_key(&first);
        if sure {
            own.entry(first).or_default().extend(rings);
        }
    }
    for (country, rings) in own.iter().filter(|(country, _)| country.name().is_some()) {
        let largest = rings.iter().max_by_key(|ring| area(ring));
        let largest = largest.ok_or("no ring")?;
        let (lon, lat) = middle(largest);
        let (x, y) = project(wrapped(lon), lat.max(-57.0));
        let (wide, high) = size(&on_map(largest));
        let dot = if wide.max(high) < DOT { "dot" } else { "-" };
        write!(out, "at {} {x:.0} {y:.0} {dot}", country.code())?;
        for (lon, lat) in corners(rings, (lon, lat)) {
            write!(out, " {:.0},{:.0}", wrapped(lon) * 10.0, lat * 10.0)?;
        }
        out.push('\n');
    }
    Ok(())
}

/// Twice the area on the map, in square units.
fn area(ring: &[Corner]) -> i64 {
    let ring = on_map(ring);
    let next = ring.iter().cycle().skip(1);
    let sum: i64 = ring
        .iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
        .sum();
    sum.abs()
}

/// The point inside a ring that is furthest from its line.
fn middle(ring: &[Corner]) -> Corner {
    let [west, east, south, north] = edges(ring);
    let drawn: Vec<(f64, f64)> = ring.iter().map(|at| project(at.0, at.1)).collect();
    let mut best = (
        f64::NEG_INFINITY,
        ((west + east) / 2.0, (south + north) / 2.0),
    );
    for row in 1..40 {
        for column in 1..40 {
            let lon = west + (east - west) * f64::from(column) / 40.0;
            let lat = south + (north - south) * f64::from(row) / 40.0;
            if !within(ring, (lon, lat)) {
                continue;
            }
            let (x, y) = project(lon, lat);
            let ends = drawn.iter().cycle().skip(1);
            let apart = drawn
                .iter()
                .zip(ends)
                .map(|(a, b)| to_segment((x, y), *a, *b));
            let room = apart.fold(f64::INFINITY, f64::min);
            if room > best.0 {
                best = (room, (lon, lat));
            }
        }
    }
    best.1
}

/// Square of the distance to a straight line between two points.
fn to_segment(point: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let square = dx * dx + dy * dy;
    let along = (point.0 - a.0) * dx + (point.1 - a.1) * dy;
    let part = if square > 0.0 {
        (along / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (point.0 - a.0 - part * dx, point.1 - a.1 - part * dy);
    x * x + y * y
}

fn edges(ring: &[Corner]) -> [f64; 4] {
    let least = |key: fn(&Corner) -> f64| ring.iter().map(key).fold(f64::INFINITY, f64::min);
    let most = |key: fn(&Corner) -> f64| ring.iter().map(key).fold(f64::NEG_INFINITY, f64::max);
    [
        least(|at| at.0),
        most(|at| at.0),
        least(|at| at.1),
        most(|at| at.1),
    ]
}

fn within(ring: &[Corner], (lon, lat): Corner) -> bool {
    let ends = ring.iter().cycle().skip(1);
    let crossed = ring.iter().zip(ends).filter(|((x0, y0), (x1, y1))| {
        (*y0 > lat) != (*y1 > lat) && x0 + (lat - y0) * (x1 - x0) / (y1 - y0) > lon
    });
    crossed.count() % 2 == 1
}

/// Corners that lie as far apart as can be: the nearest and the furthest of them from any place
/// are nearly those of the whole outline.
fn corners(rings: &[Vec<Corner>], middle: Corner) -> Vec<Corner> {
    let all: Vec<Corner> = rings.iter().flatten().copied().collect();
    let mut kept = vec![middle];
    let mut nearest: Vec<f64> = all.iter().map(|at| chord(*at, middle)).collect();
    while kept.len() <= CORNERS {
        let furthest = (0..all.len()).max_by(|a, b| nearest[*a].total_cmp(&nearest[*b]));
        // 15 km: nothing is gained by more.
        let Some(furthest) = furthest.filter(|at| nearest[*at] > 5e-6) else {
            break;
        };
        kept.push(all[furthest]);
        for (at, known) in all.iter().zip(&mut nearest) {
            *known = known.min(chord(*at, all[furthest]));
        }
    }
    kept
}

/// Square of the straight line between two points of a sphere of radius 1.
fn chord(a: Corner, b: Corner) -> f64 {
    use super::angle::{cosine, sine};
    let [a, b] = [a, b].map(|(lon, lat)| {
        [
            cosine(lat) * cosine(lon),
            cosine(lat) * sine(lon),
            sine(lat),
        ]
    });
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
