//! Distances against geography as it is known.

use super::*;
use crate::model::Country;
use proptest::prelude::*;

fn country(code: &str) -> Country {
    Country::new(code).unwrap()
}

fn reach(vantage: &str) -> Reach {
    Reach::new(Vantage::parse(vantage).unwrap())
}

/// From where the phone was to what a source may mean by a code.
#[track_caller]
fn check(vantage: &str, to: &str, want: std::ops::RangeInclusive<u32>) {
    let got = reach(vantage).shortest_km(country(to)).unwrap();
    assert!(want.contains(&got), "{vantage} to {to}: {got} km");
}

#[test]
fn countries_are_as_far_apart_as_they_are() {
    check("SG", "MY", 0..=0);
    check("IS", "FO", 400..=430);
    check("IE", "IS", 1_000..=1_080);
    check("JP", "KR", 38..=50);
    check("AU", "NZ", 595..=620);
    check("DE", "US", 5_000..=5_300);
    check("US", "DE", 5_000..=5_300);
    check("DE", "SG", 9_600..=9_900);
    check("SG", "VN", 700..=850);
    check("CL", "AQ", 750..=900);
    check("EE", "FI", 30..=60);
    check("IN", "LK", 0..=40);
    check("MT", "IT", 60..=85);
    for neighbours in [
        "DE FR", "LS ZA", "VA IT", "CN RU", "ES PT", "GI ES", "UA RU", "PS IL",
    ] {
        let (one, other) = neighbours.split_once(' ').unwrap();
        check(one, other, 0..=0);
        check(other, one, 0..=0);
    }
}

#[test]
fn the_date_line_and_the_poles_are_no_borders() {
    check("RU", "US", 0..=4);
    check("FJ", "NZ", 900..=1_000);
    check("FJ", "WF", 200..=300);
    check("KI", "US", 0..=1_900);
    check("-16.80,179.99", "FJ", 0..=0);
    check("-16.80,-179.99", "FJ", 0..=0);
    check("66.00,-179.90", "RU", 0..=0);
    check("66.00,-175.00", "RU", 0..=0);
    check("66.00,179.00", "RU", 0..=0);
    check("-89.9999,0.0000", "AQ", 0..=0);
    check("-90.0000,123.0000", "AQ", 0..=0);
    check("-85.0000,180.0000", "AQ", 0..=0);
    check("-85.0000,-180.0000", "AQ", 0..=0);
    check("90.0000,0.0000", "GL", 690..=715);
    check("0.0000,180.0000", "KI", 300..=700);
    check("0.0000,-180.0000", "KI", 300..=700);
    let (east, west) = (reach("10.0000,180.0000"), reach("10.0000,-180.0000"));
    assert_eq!(east.km, west.km);
}

#[test]
fn points_lie_in_their_countries() {
    check("52.52,13.40", "DE", 0..=0);
    check("52.52,13.40", "PL", 50..=70);
    // Northern Maine.
    check("52.52,13.40", "US", 5_450..=5_550);
    check("1.3521,103.8198", "SG", 0..=0);
    check("1.3521,103.8198", "MY", 0..=20);
    check("41.9030,12.4530", "VA", 0..=0);
    check("41.9030,12.4530", "IT", 0..=0);
    check("-29.6100,28.2300", "LS", 0..=0);
    // In the middle of Lesotho, which is a hole in South Africa.
    check("-29.6100,28.2300", "ZA", 50..=60);
    check("48.8566,2.3522", "US", 4_900..=5_100);
    check("22.3000,114.1700", "HK", 0..=0);
}

/// What is written with few digits may lie anywhere within them.
#[test]
fn a_coarse_coordinate_is_a_large_place() {
    check("52.5200,13.4000", "PL", 53..=58);
    check("52.5,13.4", "PL", 42..=52);
    check("53,13", "PL", 0..=30);
    check("0.0000,0.0000", "GH", 555..=570);
    check("0,0", "GH", 475..=492);
}

#[test]
fn who_may_be_meant_counts() {
    // Disputed: to each who may be meant, wherever the phone was.
    check("45.0000,34.1000", "UA", 0..=0);
    check("45.0000,34.1000", "RU", 0..=0);
    check("35.3000,33.4000", "CY", 0..=0);
    check("35.3000,33.4000", "TR", 0..=0);
    check("42.6600,21.1600", "XK", 0..=0);
    check("42.6600,21.1600", "RS", 0..=0);
    check("9.5600,44.0600", "SO", 0..=0);
    check("27.1500,-13.2000", "EH", 0..=0);
    check("27.1500,-13.2000", "MA", 0..=0);
    check("25.0300,121.5600", "TW", 0..=0);
    // Kinmen and Matsu lie off the coast; Taipei does not.
    check("25.0300,121.5600", "CN", 160..=178);
    // Territories whose addresses sources give to their state, from far away only.
    check("22.3000,114.1700", "CN", 0..=0);
    check("HK", "CN", 0..=0);
    check("PR", "US", 0..=0);
    check("DO", "US", 0..=120);
    check("US", "PR", 1_000..=1_600);
    check("BR", "FR", 0..=0);
    check("FR", "BR", 5_000..=7_000);
    check("NL", "US", 4_800..=5_600);
    check("GB", "CY", 2_500..=3_200);
    check("CY", "GB", 0..=0);
    assert!(reach("NL").km.iter().all(|(code, _)| code.code() != "EU"));
    assert_eq!(reach("NL").shortest_km(country("EU")), None);
    assert_eq!(reach("52.5,13.4").shortest_km(country("ZZ")), None);
}

#[test]
fn light_comes_as_far_as_it_does() {
    // 1 ms: 102 km in fibre, 150 in vacuum.
    assert_eq!([fibre_km(1_000_000), vacuum_km(1_000_000)], [103, 150]);
    assert_eq!([fibre_km(9_000_000), vacuum_km(9_000_000)], [919, 1_350]);
    assert_eq!([fibre_km(0), vacuum_km(0)], [0, 0]);
    assert_eq!([fibre_km(1), vacuum_km(1)], [1, 1]);
    assert_eq!([fibre_km(9_800), fibre_km(9_801)], [1, 2]);
    assert_eq!([fibre_km(u64::MAX), vacuum_km(u64::MAX)], [u32::MAX; 2]);
}

#[test]
fn what_lies_too_far_is_excluded() {
    let germany = reach("DE");
    let named = ["US", "NL", "US", "EU", "ZZ", "GB", "IS"].map(country);
    let told = |reach: &Reach, rtt_ns| {
        let told: Vec<String> = reach
            .excluded(rtt_ns, &named)
            .iter()
            .map(|far| format!("{}{}", far.country, if far.in_vacuum { "!" } else { "" }))
            .collect();
        told.join(" ")
    };
    assert_eq!(told(&germany, 9_000_000), "US! IS!");
    assert_eq!(told(&germany, 15_000_000), "US! IS");
    assert_eq!(told(&germany, 45_000_000), "US");
    assert_eq!(told(&germany, 60_000_000), "");
    assert_eq!(told(&germany, u64::MAX), "");
    assert_eq!(
        told(&reach("52.5200,13.4050"), 2_000_000),
        "US! NL! GB! IS!"
    );
    // As near as it is: excluded by a kilometre, and not excluded at it.
    let km = germany.shortest_km(country("US")).unwrap();
    let just = u64::from(km) * FIBRE_NS_PER_KM;
    assert_eq!(told(&germany, just), "");
    assert_eq!(told(&germany, just - FIBRE_NS_PER_KM), "US");
    let far = germany.excluded(9_000_000, &[country("US")]);
    assert_eq!(far.first().unwrap().km, km);
    assert_eq!(germany.vantage().to_string(), "DE");
}

/// Passing over what is too far changes nothing.
#[test]
fn the_nearest_line_is_found() {
    for (lat, lon) in [
        (52.5, 13.4),
        (0.0, 0.0),
        (-17.0, 179.9),
        (66.0, -179.9),
        (-90.0, 0.0),
    ] {
        let from = Point::at(lon, lat);
        for area in areas(EARTH_OUTLINES) {
            let lines = area.rings.iter().flat_map(|ring| {
                let starts = ring.iter().cycle().skip(ring.len() - 1);
                starts.zip(ring)
            });
            let all = lines.map(|(a, b)| from.chord_to_arc(point(*a), point(*b)));
            let want = all.fold(f64::INFINITY, f64::min);
            assert_eq!(nearest_chord(&area, from).to_bits(), want.to_bits());
        }
    }
}

/// Each assigned code is somewhere, from every kind of vantage; each code of ours is meant by
/// someone.
#[test]
fn every_country_is_somewhere() {
    let (germany, berlin) = (reach("DE"), reach("52.52,13.40"));
    assert_eq!(germany.km.len(), berlin.km.len());
    for (code, name) in Country::all() {
        for reach in [&germany, &berlin] {
            assert!(reach.shortest_km(country(code)).is_some(), "{code} {name}");
        }
    }
    let also: Vec<Country> = ALSO_MEANT
        .iter()
        .flat_map(|(code, _)| also_meant(country(code)))
        .collect();
    for (code, _) in &germany.km {
        assert!(code.name().is_some() || also.contains(code), "{code}");
    }
    assert!(ALSO_MEANT.is_sorted_by(|a, b| a.0 < b.0));
    assert!(also.iter().all(|code| germany.exact_km(*code).is_some()));
}

/// `docs/data.md` and `ALSO_MEANT` name the same codes.
#[test]
fn the_docs_say_who_may_be_meant() {
    let docs = include_str!("../../../docs/data.md");
    let table = docs.split("| a source says |").nth(1).unwrap();
    let table = table.split("\n\n").next().unwrap();
    let codes = |cell: &str| -> Vec<Country> {
        cell.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()))
            .map(country)
            .collect()
    };
    let mut said: Vec<(Country, Country)> = Vec::new();
    for row in table.lines().skip(2) {
        let [left, right] = [1, 2].map(|cell| codes(row.split('|').nth(cell).unwrap()));
        for one in &left {
            let others = right.iter().filter(|other| *other != one);
            said.extend(others.map(|other| (*one, *other)));
        }
    }
    let mut known: Vec<(Country, Country)> = ALSO_MEANT
        .iter()
        .map(|(code, _)| country(code))
        .flat_map(|code| also_meant(code).map(move |other| (code, other)))
        .filter(|(_, other)| other.name().is_some())
        .collect();
    said.sort_unstable();
    known.sort_unstable();
    assert_eq!(said, known);
}

#[test]
fn distances_are_the_same_both_ways() {
    let table = Distances::new(EARTH_DISTANCES).unwrap();
    let codes: Vec<Country> = table.codes().collect();
    assert!(codes.is_sorted_by(|a, b| a < b));
    for &one in &codes {
        assert_eq!(table.between(one, one), Some(0));
        for &other in &codes {
            let km = table.between(one, other).unwrap();
            assert_eq!(Some(km), table.between(other, one));
            // Half round the smaller sphere, less two shores.
            assert!(km < 19_893, "{one} {other}: {km} km");
        }
    }
}

/// A detour over a third country is no shorter than the direct way by more than what lies
/// inside that country; this holds for small ones.
#[test]
fn detours_are_longer() {
    let table = Distances::new(EARTH_DISTANCES).unwrap();
    for (small, across_km) in [("SG", 50), ("MT", 50), ("LI", 30), ("NR", 10), ("BM", 30)] {
        for one in table.codes() {
            for other in table.codes() {
                let km = |a, b| table.between(a, b).unwrap();
                let detour = km(one, country(small)) + km(country(small), other);
                // Two shores come off each distance: ten kilometres, and one by rounding.
                assert!(
                    km(one, other) <= detour + across_km + 11,
                    "{one} {small} {other}"
                );
            }
        }
    }
}

/// Latitude and longitude.
type Degrees = (f64, f64);

/// Lengths on the ellipsoid after Vincenty, as atlases have them.
#[test]
fn cities_are_as_far_apart_as_they_are() {
    #[rustfmt::skip]
    const PAIRS: &[(&str, Degrees, Degrees, f64)] = &[
        ("London-New York", (51.5074, -0.1278), (40.7128, -74.006), 5585.2),
        ("London-Paris", (51.5074, -0.1278), (48.8566, 2.3522), 343.9),
        ("Paris-Berlin", (48.8566, 2.3522), (52.52, 13.405), 879.7),
        ("Berlin-Moscow", (52.52, 13.405), (55.7558, 37.6173), 1614.0),
        ("Madrid-Rome", (40.4168, -3.7038), (41.9028, 12.4964), 1367.6),
        ("New York-Los Angeles", (40.7128, -74.006), (34.0522, -118.2437), 3944.4),
        ("Tokyo-Sydney", (35.6762, 139.6503), (-33.8688, 151.2093), 7792.2),
        ("Sydney-Auckland", (-33.8688, 151.2093), (-36.8509, 174.7645), 2160.6),
        ("Singapore-Hong Kong", (1.3521, 103.8198), (22.3193, 114.1694), 2576.1),
        ("Singapore-Sydney", (1.3521, 103.8198), (-33.8688, 151.2093), 6300.9),
        ("Delhi-Mumbai", (28.6139, 77.209), (19.076, 72.8777), 1144.5),
        ("Delhi-Singapore", (28.6139, 77.209), (1.3521, 103.8198), 4134.6),
        ("Beijing-Shanghai", (39.9042, 116.4074), (31.2304, 121.4737), 1065.8),
        ("Los Angeles-Honolulu", (34.0522, -118.2437), (21.3069, -157.8583), 4125.0),
        ("São Paulo-Buenos Aires", (-23.5505, -46.6333), (-34.6037, -58.3816), 1673.5),
        ("Johannesburg-Cape Town", (-26.2041, 28.0473), (-33.9249, 18.4241), 1261.1),
        ("Cairo-Nairobi", (30.0444, 31.2357), (-1.2921, 36.8219), 3518.3),
        ("Istanbul-Dubai", (41.0082, 28.9784), (25.2048, 55.2708), 2995.9),
        ("Reykjavik-Oslo", (64.1466, -21.9426), (59.9139, 10.7522), 1753.4),
        ("Suva-Apia", (-18.1248, 178.4501), (-13.8333, -171.7667), 1149.5),
        ("Quito-Singapore", (-0.1807, -78.4678), (1.3521, 103.8198), 19743.4),
        ("Berlin-Singapore", (52.52, 13.405), (1.3521, 103.8198), 9917.9),
    ];
    for (names, one, other, true_km) in PAIRS {
        let [one, other] = [one, other].map(|(lat, lon)| Point::at(*lon, *lat));
        let got = ground_km(one.chord(other));
        assert!(got <= *true_km, "{names}: {got} km is too far");
        assert!(got > *true_km * 0.988, "{names}: {got} km is too near");
    }
}

#[test]
fn a_map_can_be_drawn() {
    let mut drawn: BTreeMap<Country, Vec<Ring>> = BTreeMap::new();
    for (code, rings) in outlines() {
        drawn.entry(code).or_default().extend(rings);
    }
    // City states and the smallest islands among them.
    for (code, _) in Country::all() {
        let rings = drawn.get(&country(code));
        assert!(rings.is_some_and(|rings| !rings.is_empty()), "{code}");
    }
    let small = [
        "VA", "MC", "SM", "GI", "LI", "SG", "HK", "MO", "NR", "MT", "BH",
    ];
    for code in small {
        let largest = drawn[&country(code)].iter().map(Vec::len).max();
        assert!(largest >= Some(3), "{code}");
    }
    for (code, rings) in &drawn {
        for ring in rings {
            let closed = ring.iter().zip(ring.iter().cycle().skip(1));
            for (a, b) in closed {
                assert!(a.1.abs() <= 90.0 && a.0.abs() <= 360.0, "{code} {a:?}");
                // Only along the pole a step is long; no line crosses the whole map.
                assert!((a.0 - b.0).abs() <= 1.51, "{code} {a:?} {b:?}");
            }
            let middle = ring.iter().map(|corner| corner.0);
            let (west, east) = middle.fold((360.0_f32, -360.0_f32), |(west, east), lon| {
                (west.min(lon), east.max(lon))
            });
            assert!((west + east).abs() <= 360.1, "{code}");
        }
    }
}

/// Damaged tables have no distances and no areas; they do not panic.
#[test]
fn tables_cut_short_are_read_to_the_cut() {
    let whole = areas(EARTH_OUTLINES).count();
    for end in (0..EARTH_OUTLINES.len()).step_by(9_973) {
        assert!(areas(&EARTH_OUTLINES[..end]).count() < whole);
    }
    for end in (0..EARTH_DISTANCES.len()).step_by(4_999) {
        assert!(Distances::new(&EARTH_DISTANCES[..end]).is_none());
    }
    assert!(areas(&[0xff; 64]).next().is_none());
    assert!(Distances::new(&[0xff; 64]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A phone at a point inside a country is at least as far from any other as the two
    /// countries are.
    #[test]
    fn no_point_of_a_country_is_nearer_than_the_country(
        number in 0..260_usize,
        places in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 64),
    ) {
        let area = areas(EARTH_OUTLINES).nth(number).unwrap();
        let Some(largest) = area.rings.iter().max_by_key(|ring| ring.len()) else {
            return Ok(());
        };
        let edges = |key: fn(&Corner) -> i32| {
            let units = largest.iter().map(key);
            let (low, high) = (units.clone().min().unwrap(), units.max().unwrap());
            (f64::from(low) / PER_DEGREE, f64::from(high) / PER_DEGREE)
        };
        let ((west, east), (south, north)) = (edges(|corner| corner.0), edges(|corner| corner.1));
        let inside = places.iter().find_map(|(x, y)| {
            let mut lon = west + x * (east - west);
            if lon.abs() > 180.0 {
                lon -= 360.0 * lon.signum();
            }
            let lat = south + y * (north - south);
            contains(&area, lon, lat).then_some((lat, lon))
        });
        let Some((lat, lon)) = inside else {
            return Ok(());
        };
        let table = Distances::new(EARTH_DISTANCES).unwrap();
        let point = reach(&format!("{lat:.9},{lon:.9}"));
        for code in &area.codes {
            prop_assert_eq!(point.exact_km(*code), Some(0));
            for (other, km) in &point.km {
                prop_assert!(Some(*km) >= table.between(*code, *other), "{} {}", code, other);
            }
        }
    }
}

/// Rings of the drawn path, in units of the drawing.
fn drawn_rings(path: &str) -> Vec<Vec<(f64, f64)>> {
    let mut rings = Vec::new();
    for ring in path.split('M').filter(|ring| !ring.is_empty()) {
        let spaced = ring.replace(['l', 'z'], " ").replace('-', " -");
        let numbers: Vec<f64> = spaced
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        let (mut x, mut y) = (0.0, 0.0);
        let mut points = Vec::new();
        for step in numbers.chunks(2) {
            (x, y) = (x + step[0], y + step[1]);
            points.push((x, y));
        }
        rings.push(points);
    }
    rings
}

fn in_rings(rings: &[Vec<(f64, f64)>], (x, y): (f64, f64)) -> bool {
    let crossed = |ring: &Vec<(f64, f64)>| {
        let next = ring.iter().cycle().skip(1);
        let ends = ring.iter().zip(next);
        ends.filter(|((x0, y0), (x1, y1))| {
            (*y0 > y) != (*y1 > y) && x0 + (y - y0) * (x1 - x0) / (y1 - y0) > x
        })
        .count()
    };
    rings.iter().map(crossed).sum::<usize>() % 2 == 1
}

/// `tests/recipes/earth.rs` draws both: where one has land the other has it, but for shores.
#[test]
fn the_drawing_of_the_world_is_that_of_the_outlines() {
    use crate::data::earth_map::{self, projection};
    let land = drawn_rings(earth_map::land());
    assert!(land.len() > 100 && earth_map::land().len() < 90_000);
    let all: Vec<Area> = areas(EARTH_OUTLINES).collect();
    let (mut differ, mut points, mut dry) = (0, 0, 0);
    for lon in (-166..190).step_by(9) {
        for lat in (-54..80).step_by(4) {
            let (lon, lat) = (f64::from(lon) + 0.37, f64::from(lat) + 0.21);
            let is_land = all.iter().any(|area| contains(area, lon, lat));
            let drawn = in_rings(&land, projection::project(projection::wrapped(lon), lat));
            points += 1;
            dry += u32::from(is_land);
            differ += u32::from(is_land != drawn);
        }
    }
    assert!(
        dry * 4 > points && differ * 100 < points,
        "{differ} of {points}, {dry} dry"
    );
}

#[test]
fn every_country_is_drawn_inside_its_outlines() {
    use crate::data::earth_map::{self, projection};
    let all: Vec<Area> = areas(EARTH_OUTLINES).collect();
    let mut seen = std::collections::BTreeSet::new();
    for spot in earth_map::spots() {
        let code = country(spot.code);
        assert!(seen.insert(code));
        let (lon, lat) = spot.corners().next().unwrap();
        let (x, y) = projection::project(lon, lat.max(-57.0));
        // Tenths of a degree, in tenths of a pixel.
        assert!(
            (x - spot.x).abs() < 2.5 && (y - spot.y).abs() < 2.5,
            "{code}"
        );
        let mut own = all.iter().filter(|area| area.codes.contains(&code));
        let inside = own.clone().any(|area| contains(area, lon, lat));
        let near = inside
            || own.any(|area| {
                let mut corners = area.rings.iter().flatten();
                corners.any(|(x, y)| {
                    let at = (f64::from(*x) / PER_DEGREE, f64::from(*y) / PER_DEGREE);
                    earth_map::kilometres(at, (lon, lat)) < 15.0
                })
            });
        assert!(
            inside || (spot.dot && near),
            "{code} is drawn at {lon}, {lat}"
        );
    }
    let named = all.iter().filter_map(|area| area.codes.first());
    for code in named.filter(|code| code.name().is_some()) {
        assert!(seen.contains(code), "{code} is not on the map");
    }
    for small in ["SG", "HK", "MO", "MT", "BH", "MC", "LI", "LU", "MV"] {
        assert!(
            earth_map::spot(small).unwrap().dot,
            "{small} cannot be seen"
        );
    }
}

#[test]
fn ways_on_the_map_lead_where_they_should() {
    use crate::data::earth_map::{kilometres, towards};
    assert!((kilometres((0.0, 0.0), (90.0, 0.0)) - 10_007.5).abs() < 1.0);
    for direction in 0..36 {
        let from = (77.2, 28.6);
        let to = towards(from, f64::from(direction) * 10.0, 3_000.0);
        assert!((kilometres(from, to) - 3_000.0).abs() < 0.01, "{direction}");
    }
}
