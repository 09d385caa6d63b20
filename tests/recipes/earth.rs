//! Writes `src/data/earth-outlines.bin`, `src/data/earth-distances.bin` and
//! `src/data/earth-map.txt` anew.
//!
//! `docs/data.md` has the commands and the reasons. The same package gives the same bytes, on
//! every system: nothing here asks the standard library for a sine.
#![allow(missing_docs)]
#![allow(clippy::indexing_slicing)]
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a tool of the developers"
)]

#[path = "../../src/data/angle.rs"]
mod angle;
#[path = "earth/map.rs"]
mod map;
#[path = "../../src/data/earth_map/projection.rs"]
mod projection;

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use whereto::locate::{Outline, outline_distances, pack_outlines};
use whereto::model::Country;

type Failure = Box<dyn std::error::Error>;

/// Longitude and latitude, degrees.
type Corner = (f64, f64);

/// A ring in stored units.
type Stored = Vec<(i32, i32)>;

const VERSION: &str = "2.0.2";

/// Of `countries-10m.json`.
const SHA256: [u8; 32] = [
    0x3b, 0xc6, 0xf1, 0xd3, 0x67, 0xa9, 0xbc, 0xec, 0x47, 0x98, 0x41, 0xba, 0xe0, 0xe7, 0x60, 0x92,
    0xf5, 0x12, 0x83, 0x84, 0x11, 0xd0, 0xce, 0xf1, 0x24, 0xe9, 0x2e, 0xec, 0x4d, 0xb4, 0x5f, 0x79,
];

/// A line may move by this much where points are left out, in kilometres, but never by more
/// than this part of its own size.
const MOST_KM: f64 = 1.2;
const MOST_PART: f64 = 0.04;

/// A longer step in longitude is divided: the straight line of the map that it is would stray
/// more than 0.3 km from the arc of a great circle that it becomes.
const LONGEST_STEP: f64 = 1.5;

/// Units of a stored coordinate in one degree.
const PER_DEGREE: f64 = 500.0;

/// Kilometres in one degree of latitude.
const KM_PER_DEGREE: f64 = 111.3;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: earth-build FOLDER-OF-WORLD-ATLAS FOLDER-FOR-RESULTS".into());
    };
    let about: Value = serde_json::from_slice(&std::fs::read(from.join("package.json"))?)?;
    if about["version"] != VERSION {
        return Err(format!("version {}, not {VERSION}", about["version"]).into());
    }
    let bytes = std::fs::read(from.join("countries-10m.json"))?;
    if Sha256::digest(&bytes)[..] != SHA256 {
        return Err("countries-10m.json is not the file of that version".into());
    }
    let atlas = serde_json::from_slice(&bytes)?;
    let outlines = outlines(&atlas)?;
    let packed = pack_outlines(&outlines);
    let distances = outline_distances(&packed);
    std::fs::write(to.join("earth-outlines.bin"), &packed)?;
    std::fs::write(to.join("earth-distances.bin"), &distances)?;
    let map = map::drawn(&atlas, &outlines)?;
    std::fs::write(to.join("earth-map.txt"), &map)?;
    println!("map: {} bytes", map.len());
    let rings = outlines.iter().flat_map(|outline| &outline.rings);
    println!(
        "{} areas, {} rings, {} points: {} bytes; distances: {} bytes",
        outlines.len(),
        rings.clone().count(),
        rings.map(Vec::len).sum::<usize>(),
        packed.len(),
        distances.len()
    );
    Ok(())
}

/// Features that the map gives no ISO 3166-1 number, and whose they are taken to be: all who
/// may be meant. The first is the one that a map draws them as. Codes from `XB` to `XY` other
/// than `XK` are ours, for places that only a source may mean (`ALSO_MEANT` in
/// `src/locate/earth.rs`); `CP` is reserved in ISO 3166 for Clipperton.
const WITHOUT_NUMBER: &[(&str, &[&str])] = &[
    ("Akrotiri", &["CY", "XB"]),
    ("Baikonur", &["KZ", "XY"]),
    ("Bajo Nuevo Bank", &["CO", "XN"]),
    ("Clipperton I.", &["CP"]),
    ("Coral Sea Is.", &["AU"]),
    ("Cyprus U.N. Buffer Zone", &["CY"]),
    ("Dhekelia", &["CY", "XB"]),
    ("Indian Ocean Ter.", &["CC", "CX"]),
    ("Kosovo", &["XK", "RS"]),
    ("N. Cyprus", &["CY", "TR"]),
    ("Scarborough Reef", &["XH"]),
    ("Serranilla Bank", &["CO", "XN"]),
    ("Siachen Glacier", &["IN", "PK"]),
    ("Somaliland", &["SO"]),
    ("Spratly Is.", &["XS"]),
    ("USNB Guantanamo Bay", &["CU", "XG"]),
];

/// Areas that count to another as well as to the one they have on the map, which divides Western
/// Sahara along the sand wall.
const ALSO: &[(&str, &[&str])] = &[("EH", &["EH", "MA"]), ("MA", &["MA", "EH"])];

/// Parts of a feature that have codes of their own, and Crimea, which counts to two: the box
/// (west, south, east, north) around their polygons.
#[rustfmt::skip]
const PARTS: &[(&str, [f64; 4], &[&str])] = &[
    ("CC", [96.0, -13.0, 97.5, -11.5], &["CC"]),
    ("CC", [105.0, -11.0, 106.0, -10.0], &["CX"]),
    ("FR", [-55.0, 2.0, -51.0, 6.0], &["GF"]),
    ("FR", [-62.0, 15.7, -60.9, 16.6], &["GP"]),
    ("FR", [-61.4, 14.3, -60.7, 15.0], &["MQ"]),
    ("FR", [55.0, -22.0, 56.0, -20.5], &["RE"]),
    ("FR", [44.9, -13.1, 45.4, -12.5], &["YT"]),
    ("NL", [-69.0, 11.9, -62.8, 17.8], &["BQ"]),
    ("NO", [3.2, -54.6, 3.6, -54.3], &["BV"]),
    ("NO", [-9.3, 70.7, -7.8, 71.3], &["SJ"]),
    ("NO", [10.0, 73.9, 35.0, 81.0], &["SJ"]),
    ("NZ", [-173.0, -10.0, -171.0, -8.0], &["TK"]),
    ("RU", [32.3, 44.3, 36.8, 46.3], &["UA", "RU"]),
];

/// What the map lacks: Nukunonu, and the Vatican, of which its rounding leaves a line.
const LACKING: &[(&str, &[Corner])] = &[
    ("TK", &[(-171.83, -9.17)]),
    (
        "VA",
        &[
            (12.446, 41.900),
            (12.446, 41.907),
            (12.458, 41.907),
            (12.458, 41.900),
        ],
    ),
];

/// ISO 3166-1 numeric and alpha-2.
#[rustfmt::skip]
const NUMBERS: &[(u16, &str)] = &[
    (4, "AF"), (8, "AL"), (10, "AQ"), (12, "DZ"), (16, "AS"), (20, "AD"), (24, "AO"), (28, "AG"),
    (31, "AZ"), (32, "AR"), (36, "AU"), (40, "AT"), (44, "BS"), (48, "BH"), (50, "BD"), (51,
    "AM"), (52, "BB"), (56, "BE"), (60, "BM"), (64, "BT"), (68, "BO"), (70, "BA"), (72, "BW"),
    (74, "BV"), (76, "BR"), (84, "BZ"), (86, "IO"), (90, "SB"), (92, "VG"), (96, "BN"), (100,
    "BG"), (104, "MM"), (108, "BI"), (112, "BY"), (116, "KH"), (120, "CM"), (124, "CA"), (132,
    "CV"), (136, "KY"), (140, "CF"), (144, "LK"), (148, "TD"), (152, "CL"), (156, "CN"), (158,
    "TW"), (162, "CX"), (166, "CC"), (170, "CO"), (174, "KM"), (175, "YT"), (178, "CG"), (180,
    "CD"), (184, "CK"), (188, "CR"), (191, "HR"), (192, "CU"), (196, "CY"), (203, "CZ"), (204,
    "BJ"), (208, "DK"), (212, "DM"), (214, "DO"), (218, "EC"), (222, "SV"), (226, "GQ"), (231,
    "ET"), (232, "ER"), (233, "EE"), (234, "FO"), (238, "FK"), (239, "GS"), (242, "FJ"), (246,
    "FI"), (248, "AX"), (250, "FR"), (254, "GF"), (258, "PF"), (260, "TF"), (262, "DJ"), (266,
    "GA"), (268, "GE"), (270, "GM"), (275, "PS"), (276, "DE"), (288, "GH"), (292, "GI"), (296,
    "KI"), (300, "GR"), (304, "GL"), (308, "GD"), (312, "GP"), (316, "GU"), (320, "GT"), (324,
    "GN"), (328, "GY"), (332, "HT"), (334, "HM"), (336, "VA"), (340, "HN"), (344, "HK"), (348,
    "HU"), (352, "IS"), (356, "IN"), (360, "ID"), (364, "IR"), (368, "IQ"), (372, "IE"), (376,
    "IL"), (380, "IT"), (384, "CI"), (388, "JM"), (392, "JP"), (398, "KZ"), (400, "JO"), (404,
    "KE"), (408, "KP"), (410, "KR"), (414, "KW"), (417, "KG"), (418, "LA"), (422, "LB"), (426,
    "LS"), (428, "LV"), (430, "LR"), (434, "LY"), (438, "LI"), (440, "LT"), (442, "LU"), (446,
    "MO"), (450, "MG"), (454, "MW"), (458, "MY"), (462, "MV"), (466, "ML"), (470, "MT"), (474,
    "MQ"), (478, "MR"), (480, "MU"), (484, "MX"), (492, "MC"), (496, "MN"), (498, "MD"), (499,
    "ME"), (500, "MS"), (504, "MA"), (508, "MZ"), (512, "OM"), (516, "NA"), (520, "NR"), (524,
    "NP"), (528, "NL"), (531, "CW"), (533, "AW"), (534, "SX"), (535, "BQ"), (540, "NC"), (548,
    "VU"), (554, "NZ"), (558, "NI"), (562, "NE"), (566, "NG"), (570, "NU"), (574, "NF"), (578,
    "NO"), (580, "MP"), (581, "UM"), (583, "FM"), (584, "MH"), (585, "PW"), (586, "PK"), (591,
    "PA"), (598, "PG"), (600, "PY"), (604, "PE"), (608, "PH"), (612, "PN"), (616, "PL"), (620,
    "PT"), (624, "GW"), (626, "TL"), (630, "PR"), (634, "QA"), (638, "RE"), (642, "RO"), (643,
    "RU"), (646, "RW"), (652, "BL"), (654, "SH"), (659, "KN"), (660, "AI"), (662, "LC"), (663,
    "MF"), (666, "PM"), (670, "VC"), (674, "SM"), (678, "ST"), (682, "SA"), (686, "SN"), (688,
    "RS"), (690, "SC"), (694, "SL"), (702, "SG"), (703, "SK"), (704, "VN"), (705, "SI"), (706,
    "SO"), (710, "ZA"), (716, "ZW"), (724, "ES"), (728, "SS"), (729, "SD"), (732, "EH"), (740,
    "SR"), (744, "SJ"), (748, "SZ"), (752, "SE"), (756, "CH"), (760, "SY"), (762, "TJ"), (764,
    "TH"), (768, "TG"), (772, "TK"), (776, "TO"), (780, "TT"), (784, "AE"), (788, "TN"), (792,
    "TR"), (795, "TM"), (796, "TC"), (798, "TV"), (800, "UG"), (804, "UA"), (807, "MK"), (818,
    "EG"), (826, "GB"), (831, "GG"), (832, "JE"), (833, "IM"), (834, "TZ"), (840, "US"), (850,
    "VI"), (854, "BF"), (858, "UY"), (860, "UZ"), (862, "VE"), (876, "WF"), (882, "WS"), (887,
    "YE"), (894, "ZM"),
];

/// All areas by their codes, in order.
fn outlines(atlas: &Value) -> Result<Vec<Outline>, Failure> {
    let arcs = arcs(atlas)?;
    let arcs: Vec<Vec<Corner>> = arcs
        .iter()
        .map(|arc| simpler(arc, MOST_KM, MOST_PART))
        .collect();
    let mut areas: BTreeMap<Vec<&str>, Vec<Stored>> = BTreeMap::new();
    let features = atlas["objects"]["countries"]["geometries"].as_array();
    for feature in features.ok_or("no countries")? {
        let codes = codes(feature)?;
        for polygon in polygons(feature)? {
            let rings = polygon.iter().map(|ring| joined(&arcs, ring));
            let rings: Vec<Vec<Corner>> = rings.collect::<Option<_>>().ok_or("no such arc")?;
            let whose = whose(codes, &rings[0]).to_vec();
            let rings = rings.iter().filter_map(|ring| stored(ring));
            areas.entry(whose).or_default().extend(rings);
        }
    }
    for (code, ring) in LACKING {
        areas.entry(vec![code]).or_default().extend(stored(ring));
    }
    let country = |code: &&str| Country::new(code).ok_or("no code");
    areas
        .into_iter()
        .map(|(codes, rings)| {
            let codes = codes.iter().map(country).collect::<Result<_, _>>()?;
            Ok(Outline { codes, rings })
        })
        .collect()
}

/// Whose one polygon of a feature is.
fn whose(codes: &'static [&'static str], outer: &[Corner]) -> &'static [&'static str] {
    let part = PARTS.iter().find(|(of, edges, _)| {
        *of == codes[0] && outer.iter().all(|corner| inside(edges, *corner))
    });
    part.map_or(codes, |(_, _, codes)| codes)
}

/// Whose a feature is, unless one of its parts is someone else's.
fn codes(feature: &Value) -> Result<&'static [&'static str], Failure> {
    let name = feature["properties"]["name"].as_str().ok_or("no name")?;
    let Some(number) = feature["id"].as_str() else {
        let found = WITHOUT_NUMBER.iter().find(|(known, _)| *known == name);
        return Ok(found.ok_or_else(|| format!("whose is {name}?"))?.1);
    };
    let number: u16 = number.parse()?;
    let found = NUMBERS.iter().find(|(known, _)| *known == number);
    let (_, code) = found.ok_or_else(|| format!("which code is {number} ({name})?"))?;
    let also = ALSO.iter().find(|(known, _)| known == code);
    Ok(also.map_or(std::slice::from_ref(code), |(_, codes)| codes))
}

fn inside([west, south, east, north]: &[f64; 4], (lon, lat): Corner) -> bool {
    (*west..=*east).contains(&lon) && (*south..=*north).contains(&lat)
}

/// Polygons of rings of numbers of arcs.
fn polygons(feature: &Value) -> Result<Vec<Vec<Vec<i64>>>, Failure> {
    let arcs = feature["arcs"].clone();
    Ok(match feature["type"].as_str() {
        Some("Polygon") => vec![serde_json::from_value(arcs)?],
        Some("MultiPolygon") => serde_json::from_value(arcs)?,
        other => return Err(format!("what is a {other:?}?").into()),
    })
}

/// The lines of the map, each once though two countries share it.
fn arcs(atlas: &Value) -> Result<Vec<Vec<Corner>>, Failure> {
    let pair = |key: &str| serde_json::from_value::<Corner>(atlas["transform"][key].clone());
    let (scale, from) = (pair("scale")?, pair("translate")?);
    let arcs: Vec<Vec<(i32, i32)>> = serde_json::from_value(atlas["arcs"].clone())?;
    let mut degrees = Vec::new();
    for arc in arcs {
        let (mut x, mut y) = (0, 0);
        let points = arc.iter().map(|(dx, dy)| {
            x += dx;
            y += dy;
            let lon = f64::from(x) * scale.0 + from.0;
            (lon, f64::from(y) * scale.1 + from.1)
        });
        degrees.push(unrolled(points));
    }
    Ok(degrees)
}

/// The same points without jumps from one side of the map to the other.
fn unrolled(points: impl Iterator<Item = Corner>) -> Vec<Corner> {
    let mut turns = 0.0;
    let mut line: Vec<Corner> = Vec::new();
    for (lon, lat) in points {
        if let Some((before, _)) = line.last() {
            while lon + turns - before > 180.0 {
                turns -= 360.0;
            }
            while lon + turns - before < -180.0 {
                turns += 360.0;
            }
        }
        line.push((lon + turns, lat));
    }
    line
}

/// Douglas and Peucker: the fewest points of a line that stay near all others.
fn simpler(line: &[Corner], most_km: f64, most_part: f64) -> Vec<Corner> {
    let last = line.len() - 1;
    let by = |key: fn(&Corner) -> f64| {
        let least = (0..=last).min_by(|a, b| key(&line[*a]).total_cmp(&key(&line[*b])));
        least.unwrap_or(0)
    };
    // The outermost points stay: islands keep their size, and closed lines something to start
    // from.
    let mut kept = vec![
        0,
        last,
        by(|(lon, _)| *lon),
        by(|(lon, _)| -lon),
        by(|(_, lat)| *lat),
        by(|(_, lat)| -lat),
    ];
    kept.sort_unstable();
    kept.dedup();
    let size = kept
        .iter()
        .flat_map(|a| kept.iter().map(|b| km(line[*a], line[*b])));
    let most = size.fold(0.0, f64::max) * most_part;
    let most = most.min(most_km);
    let mut open: Vec<(usize, usize)> = kept.windows(2).map(|ends| (ends[0], ends[1])).collect();
    while let Some((from, to)) = open.pop() {
        let off = |at: &usize| to_line(line[*at], line[from], line[to]);
        let Some(far) = (from + 1..to).max_by(|a, b| off(a).total_cmp(&off(b))) else {
            continue;
        };
        if off(&far) > most {
            kept.push(far);
            open.extend([(from, far), (far, to)]);
        }
    }
    kept.sort_unstable();
    kept.iter().map(|at| line[*at]).collect()
}

/// Kilometres from a point to a line between two points near it, on a flat map.
fn to_line(point: Corner, a: Corner, b: Corner) -> f64 {
    let (point, b) = (flat(point, a), flat(b, a));
    let square = b.0 * b.0 + b.1 * b.1;
    let along = if square > 0.0 {
        ((point.0 * b.0 + point.1 * b.1) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (point.0 - along * b.0, point.1 - along * b.1);
    (x * x + y * y).sqrt()
}

fn km(a: Corner, b: Corner) -> f64 {
    to_line(a, b, b)
}

/// Kilometres east and north of `from`, as wide as the wider of the two latitudes.
fn flat((lon, lat): Corner, from: Corner) -> Corner {
    let width = cosine(lat.abs().min(from.1.abs()));
    (
        (lon - from.0) * KM_PER_DEGREE * width,
        (lat - from.1) * KM_PER_DEGREE,
    )
}

/// Bhaskara's: right within 0.2 %.
fn cosine(degrees: f64) -> f64 {
    let square = degrees * degrees;
    4.0 * (8100.0 - square) / (32_400.0 + square)
}

/// One ring of arcs; those with negative numbers run backwards.
fn joined(arcs: &[Vec<Corner>], ring: &[i64]) -> Option<Vec<Corner>> {
    let mut points: Vec<Corner> = Vec::new();
    for &number in ring {
        let at = usize::try_from(if number < 0 { !number } else { number }).ok()?;
        let mut arc = arcs.get(at)?.clone();
        if number < 0 {
            arc.reverse();
        }
        let shared = usize::from(!points.is_empty());
        points.extend(arc.into_iter().skip(shared));
    }
    Some(unrolled(points.into_iter()))
}

/// A closed ring in stored units, without its repeated point; `None` for what is left of cuts
/// along the date line.
fn stored(ring: &[Corner]) -> Option<Stored> {
    if ring.iter().all(|(lon, _)| (lon.abs() - 180.0).abs() < 1e-6) {
        return None;
    }
    let mut ring = ring.to_vec();
    let (first, last) = (ring[0], ring[ring.len() - 1]);
    if (first.0 - last.0).abs() > 1.0 {
        // All around the south pole: closed along it.
        ring.extend([(last.0, -90.0), (first.0, -90.0), first]);
    }
    let west = ring
        .iter()
        .fold(f64::INFINITY, |west, (lon, _)| west.min(*lon));
    let east = ring
        .iter()
        .fold(f64::NEG_INFINITY, |east, (lon, _)| east.max(*lon));
    let turn = ((west + east) / 2.0 / 360.0).round() * 360.0;
    let mut units = Stored::new();
    let mut before = ring[0];
    for (lon, lat) in ring {
        let steps = ((lon - before.0).abs() / LONGEST_STEP).ceil().max(1.0);
        for step in 1..=steps as u32 {
            let part = f64::from(step) / steps;
            let lon = before.0 + (lon - before.0) * part - turn;
            let lat = before.1 + (lat - before.1) * part;
            units.push((
                (lon * PER_DEGREE).round() as i32,
                (lat * PER_DEGREE).round() as i32,
            ));
        }
        before = (lon, lat);
    }
    units.dedup();
    if units.len() > 1 && units.first() == units.last() {
        units.pop();
    }
    Some(units)
}
