//! Round trips against distance, and what light allows.
//!
//! In:   the smallest round trip of each outbound destination, and what its place's `physics` says.
//! Out:  a bar a place, from the nearest to the furthest part of its country; a cross where a
//!       country that a source names is ruled out; the line of light in fibre.
//! Spec: light in fibre takes 4.9 microseconds a kilometre; there and back.
//!
//! A round trip rules a place out or allows it: it never shows one. Without a vantage nothing is
//! drawn, and the table lists the round trips.

use super::groups::{
    Fit, Vantage, apart, candidates, country, entry, float, in_country, is_sure, listed,
    name_or_address, note_gravest, reach_km,
};
use super::labels::Labels;
use super::svg::{Anchor, Drawing, number};
use super::{Cell, Legend, NARROW, Picture, Table, WIDE, measure};
use crate::data::earth_map;
use crate::language::{WORDS, fill};
use crate::model::{Country, Place, Report, Scope};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// Milliseconds of a round trip in fibre, for a kilometre.
const MS_PER_KM: f64 = 0.0098;

/// Half round the Earth.
const MOST_KM: f64 = 20_000.0;

/// A round trip above this is drawn at the upper edge.
const MOST_MS: f64 = 600.0;

/// Crosses and bars that are drawn; the table has all.
const MOST: usize = 14;

/// What is drawn as one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum What {
    /// A country that light allows or that nothing speaks against.
    Country(Country, bool),
    /// One of these.
    Either(Vec<Country>),
    /// Anycast: whatever is near enough.
    Near,
    /// A country that a source names and that is too far.
    Ruled(Country),
}

/// Destinations that are drawn as one.
struct Group {
    what: What,
    fit: Fit,
    destinations: u64,
    rtt_ns: u64,
    fibre_km: u32,
    /// Nearest and furthest, in kilometres.
    km: (f64, f64),
    first: String,
}

/// Draws the chart.
pub(super) fn draw(report: &Report) -> io::Result<Picture> {
    let trips = trips(report)?;
    let vantage = Vantage::of(report);
    let mut picture = Picture {
        id: "rtt",
        table: table(&trips),
        ..Picture::default()
    };
    let Some(vantage) = vantage else {
        picture.title = WORDS.round_trips.title_listed.to_owned();
        picture.subtitle = if trips.is_empty() {
            WORDS.round_trips.nothing.to_owned()
        } else {
            WORDS.round_trips.no_vantage.to_owned()
        };
        return Ok(picture);
    };
    let groups = grouped(&trips, &vantage);
    picture.title = title(&groups);
    picture.subtitle = fill(WORDS.round_trips.subtitle, &[&vantage.words]);
    let said: Vec<String> = groups.iter().map(spoken).collect();
    let mut wide = chart(&groups, &Layout::WIDE);
    let mut narrow = chart(&groups, &Layout::NARROW);
    for drawing in [&mut wide, &mut narrow] {
        let title = fill(WORDS.round_trips.spoken, &[&picture.title]);
        drawing.say(&title, &said.join(". "));
    }
    (picture.wide, picture.narrow) = (Some(wide), Some(narrow));
    picture.legend = legend(&groups);
    picture.notes.extend(note_gravest(report));
    picture.notes.extend(notes(&groups));
    Ok(picture)
}

/// A destination that answered: its smallest round trip, and the place of who did.
struct Trip {
    rtt_ns: u64,
    fit: Fit,
    place: Arc<Place>,
}

/// Destinations by name or address, and by country.
type Trips = BTreeMap<(String, Option<Country>), Trip>;

fn trips(report: &Report) -> io::Result<Trips> {
    let mut trips = Trips::new();
    report.rows.flows(&mut |flow| {
        let wanted = flow.scope == Scope::Outbound && !flow.carries_tunnel;
        let Some(rtt_ns) = flow.rtt_ns.filter(|_| wanted) else {
            return Ok(());
        };
        let name = name_or_address(flow.name.as_ref(), Some(flow.remote_ip));
        let trip = trips
            .entry((name, flow.place.country))
            .or_insert_with(|| Trip {
                rtt_ns,
                fit: Fit::Open,
                place: flow.place.clone(),
            });
        trip.fit = trip.fit.min(Fit::of(flow.verdict));
        if rtt_ns < trip.rtt_ns {
            trip.rtt_ns = rtt_ns;
            trip.place = flow.place.clone();
        }
        Ok(())
    })?;
    Ok(trips)
}

fn grouped(trips: &Trips, vantage: &Vantage) -> Vec<Group> {
    let mut found: BTreeMap<(What, Fit), Group> = BTreeMap::new();
    // Countries are few, round trips may be many.
    let mut measured: BTreeMap<Country, Option<(f64, f64)>> = BTreeMap::new();
    for ((name, _), trip) in trips {
        let place = &trip.place;
        let of = (name.as_str(), trip);
        // Kept only where it says something.
        let physics = place.physics.as_ref();
        if physics.is_some_and(|physics| physics.off_because.is_some()) {
            continue;
        }
        let excluded = physics.map_or(&[][..], |physics| physics.excluded.as_slice());
        for excluded in excluded {
            let km = f64::from(excluded.km);
            put(&mut found, What::Ruled(excluded.country), of, (km, km));
        }
        let limit = f64::from(reach_km(trip.rtt_ns));
        let ruled = |code: &Country| excluded.iter().any(|one| one.country == *code);
        let mut span = |code: &Country| {
            let measure = || {
                let spot = earth_map::spot(code.code())?;
                let corners: Vec<(f64, f64)> = spot.corners().collect();
                apart(&vantage.corners, &corners)
            };
            let (near, far) = (*measured.entry(*code).or_insert_with(measure))?;
            // At home the way may be as short as one likes.
            let near = if vantage.country == Some(*code) {
                0.0
            } else {
                near
            };
            // What is not ruled out lies, in part, within reach.
            let near = if ruled(code) { near } else { near.min(limit) };
            Some((near, far))
        };
        if let Some(code) = place.country {
            if let Some(km) = span(&code) {
                put(&mut found, What::Country(code, is_sure(place)), of, km);
            }
        } else if place.anycast == Some(true) {
            put(&mut found, What::Near, of, (0.0, limit));
        } else {
            let codes: Vec<Country> = candidates(place)
                .into_iter()
                .filter(|code| !ruled(code))
                .collect();
            let spans: Vec<(f64, f64)> = codes.iter().filter_map(&mut span).collect();
            let near = spans.iter().map(|km| km.0).fold(f64::INFINITY, f64::min);
            let far = spans.iter().map(|km| km.1).fold(0.0, f64::max);
            if near <= far {
                put(&mut found, What::Either(codes), of, (near, far));
            }
        }
    }
    let mut groups: Vec<Group> = found.into_values().collect();
    for group in &mut groups {
        if group.what == What::Near {
            group.km = (0.0, f64::from(group.fibre_km));
        }
    }
    groups.sort_by(|a, b| {
        let key = |group: &Group| (group.fit, matches!(group.what, What::Ruled(_)));
        key(a)
            .cmp(&key(b))
            .then_with(|| b.destinations.cmp(&a.destinations))
    });
    groups
}

fn put(
    found: &mut BTreeMap<(What, Fit), Group>,
    what: What,
    (name, trip): (&str, &Trip),
    km: (f64, f64),
) {
    let fibre_km = reach_km(trip.rtt_ns);
    let fit = match what {
        What::Ruled(_) => Fit::Open,
        _ => trip.fit,
    };
    let group = found.entry((what.clone(), fit)).or_insert_with(|| Group {
        what,
        fit,
        destinations: 0,
        rtt_ns: trip.rtt_ns,
        fibre_km,
        km,
        first: name.to_owned(),
    });
    group.destinations = group.destinations.saturating_add(1);
    if trip.rtt_ns < group.rtt_ns {
        group.rtt_ns = trip.rtt_ns;
        group.fibre_km = fibre_km;
        name.clone_into(&mut group.first);
    }
    group.km = (group.km.0.min(km.0), group.km.1.max(km.1));
}

fn title(groups: &[Group]) -> String {
    let ruled = groups.iter().filter_map(|group| match group.what {
        What::Ruled(code) => Some(in_country(code)),
        _ => None,
    });
    let ruled: Vec<String> = ruled.collect();
    if ruled.is_empty() {
        return WORDS.round_trips.title_none.to_owned();
    }
    let ruled = listed(&ruled, WORDS.all_pictures.both);
    fill(WORDS.round_trips.title_ruled, &[&ruled])
}

/// Milliseconds, with one decimal below ten.
fn milliseconds(nanoseconds: u64) -> String {
    let tenths = nanoseconds.saturating_add(50_000) / 100_000;
    let number = if tenths < 100 {
        format!("{}.{}", tenths / 10, tenths % 10)
    } else {
        (nanoseconds.saturating_add(500_000) / 1_000_000).to_string()
    };
    fill(WORDS.round_trips.milliseconds, &[&number])
}

fn what(group: &Group) -> String {
    match &group.what {
        What::Country(code, _) => country(*code),
        What::Either(codes) => {
            let names: Vec<String> = codes.iter().map(|code| country(*code)).collect();
            fill(
                WORDS.all_pictures.question,
                &[&listed(&names, WORDS.all_pictures.either)],
            )
        }
        What::Near => fill(WORDS.round_trips.near, &[&group.fibre_km.to_string()]),
        What::Ruled(code) => fill(WORDS.round_trips.rules_out, &[&in_country(*code)]),
    }
}

fn lines(group: &Group) -> [String; 2] {
    let who = if group.destinations == 1 {
        measure::fit(&group.first, 13.0, false, 190.0)
    } else {
        WORDS.many(group.destinations, WORDS.destinations_of)
    };
    [
        what(group),
        fill(
            WORDS.all_pictures.beside,
            &[&who, &milliseconds(group.rtt_ns)],
        ),
    ]
}

fn spoken(group: &Group) -> String {
    let [near, far] = [group.km.0, group.km.1].map(|km| format!("{km:.0}"));
    let km = match group.what {
        What::Ruled(_) => fill(WORDS.round_trips.spoken_ruled, &[&near]),
        _ => fill(WORDS.round_trips.spoken_span, &[&near, &far]),
    };
    let [place, who] = lines(group);
    fill(WORDS.round_trips.spoken_part, &[&place, &who, &km])
}

fn legend(groups: &[Group]) -> Vec<Legend> {
    let any = |wanted: &dyn Fn(&Group) -> bool| groups.iter().any(wanted);
    let solid = |group: &Group| matches!(group.what, What::Country(_, true));
    let mut legend = Vec::new();
    if any(&|group| solid(group) && group.fit == Fit::Fits) {
        legend.push(entry(FITS, WORDS.all_pictures.legend_fits));
    }
    if any(&|group| group.fit == Fit::Out) {
        legend.push(entry(OUT, WORDS.round_trips.legend_out));
    }
    if any(&|group| !solid(group) && !matches!(group.what, What::Ruled(_))) {
        legend.push(entry(DASHED, WORDS.round_trips.legend_dashed));
    }
    if any(&|group| matches!(group.what, What::Ruled(_))) {
        legend.push(entry(CROSS, WORDS.round_trips.legend_ruled));
    }
    legend
}

const FITS: &str = "<path class=\"f-own\" stroke-width=\"5\" d=\"M1 7h28\"/>";
const OUT: &str = "<path class=\"f-out\" stroke-width=\"5\" d=\"M1 7h28\"/><path class=\"p-out\" d=\"M0 2h9v10h-9zM21 2h9v10h-9z\"/>";
const DASHED: &str = "<path class=\"f-oth dash\" stroke-width=\"3\" d=\"M1 7h28\"/>";
const CROSS: &str = "<path class=\"cross\" d=\"M10 2l10 10M20 2l-10 10\"/>";

fn notes(groups: &[Group]) -> Vec<String> {
    let mut notes = vec![WORDS.round_trips.note_late.to_owned()];
    if groups.len() > MOST {
        let (most, all) = (MOST.to_string(), groups.len().to_string());
        notes.push(fill(WORDS.round_trips.note_cut, &[&most, &all]));
    }
    notes
}

fn table(trips: &Trips) -> Table {
    let mut rows = Vec::new();
    for ((name, country_of), trip) in trips {
        let physics = trip.place.physics.as_ref();
        let ruled = physics.map_or(&[][..], |physics| physics.excluded.as_slice());
        let ruled: Vec<String> = ruled
            .iter()
            .map(|one| {
                fill(
                    WORDS.round_trips.ruled_at,
                    &[&country(one.country), &one.km.to_string()],
                )
            })
            .collect();
        let off = physics.and_then(|physics| physics.off_because);
        rows.push(vec![
            Cell::Words(name.clone()),
            country_of.map_or(Cell::Empty, |code| Cell::Words(country(code))),
            Cell::Words(milliseconds(trip.rtt_ns)),
            Cell::Number(trip.rtt_ns),
            Cell::Number(reach_km(trip.rtt_ns).into()),
            match (ruled.is_empty(), off) {
                (_, Some(why)) => Cell::Words(fill(WORDS.round_trips.not_used, &[why])),
                (true, None) => Cell::Empty,
                (false, None) => Cell::Words(ruled.join(WORDS.all_pictures.comma)),
            },
        ]);
    }
    Table {
        caption: WORDS.round_trips.caption.to_owned(),
        header: vec![
            WORDS.all_pictures.destination,
            WORDS.all_pictures.country,
            WORDS.round_trips.round_trip,
            WORDS.round_trips.round_trip_ns,
            WORDS.round_trips.reach,
            WORDS.round_trips.ruled,
        ],
        rows,
    }
}

/// Where the parts of a chart are.
struct Layout {
    id: &'static str,
    class: &'static str,
    wide: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    small: bool,
}

impl Layout {
    const WIDE: Layout = Layout {
        id: "rtt-w",
        class: "wid",
        wide: WIDE,
        left: 46.0,
        right: 925.0,
        top: 30.0,
        bottom: 400.0,
        small: false,
    };
    const NARROW: Layout = Layout {
        id: "rtt-n",
        class: "nar",
        wide: NARROW,
        left: 34.0,
        right: 352.0,
        top: 28.0,
        bottom: 270.0,
        small: true,
    };
}

/// Kilometres and milliseconds to pixels.
struct Scale<'a> {
    layout: &'a Layout,
    km: f64,
    ms: f64,
}

impl Scale<'_> {
    fn at(&self, km: f64, ms: f64) -> (f64, f64) {
        let layout = self.layout;
        let x = layout.left + (layout.right - layout.left) * (km / self.km).min(1.0);
        let y = layout.bottom - (layout.bottom - layout.top) * (ms / self.ms).min(1.0);
        (x, y)
    }
}

fn chart(all: &[Group], layout: &Layout) -> Drawing {
    let groups = all.get(..MOST.min(all.len())).unwrap_or_default();
    let ms = |group: &Group| float(group.rtt_ns) / 1_000_000.0;
    let longest = groups.iter().map(ms).fold(0.0, f64::max).min(MOST_MS);
    let furthest = groups.iter().map(|group| group.km.1).fold(0.0, f64::max);
    let steps = [10.0, 20.0, 50.0, 100.0, 200.0];
    let step = steps
        .into_iter()
        .find(|step| longest * 1.12 / step <= 6.0)
        .unwrap_or(200.0);
    let scale = Scale {
        layout,
        km: (furthest * 1.05).clamp(1_000.0, MOST_KM),
        ms: (longest * 1.12 / step).ceil().max(1.0) * step,
    };
    let mut drawing = Drawing::new(layout.id, layout.class, layout.wide, layout.bottom + 42.0);
    let mut labels = Labels::new([
        layout.left,
        2.0,
        layout.right - layout.left + 8.0,
        layout.bottom,
    ]);
    frame(&mut drawing, &scale, step);
    light(&mut drawing, &scale, &mut labels);
    let mut places = Vec::new();
    for group in groups {
        places.push(shape(&mut drawing, group, &scale, ms(group), &mut labels));
    }
    let mut y = layout.bottom + 62.0;
    for (at, (group, (x, down, half))) in groups.iter().zip(places).enumerate() {
        let number = at.saturating_add(1).to_string();
        let mut words = lines(group).to_vec();
        if layout.small {
            let words = lines(group);
            drawing.text("t-b", (20.0, y), Anchor::End, &number);
            for (line, class) in words.iter().zip(["t-b", "t-soft"]) {
                let line = measure::fit(line, 13.0, class == "t-b", NARROW - 28.0);
                drawing.text(class, (28.0, y), Anchor::Start, &line);
                y += 16.0;
            }
            y += 4.0;
            drawing.set_high(y - 8.0);
        }
        if layout.small {
            words = vec![number];
        }
        let sizes = words.iter().enumerate();
        let sizes = sizes.map(|(at, line)| measure::width(line, 13.0, at == 0));
        let size = (
            sizes.fold(0.0, f64::max),
            16.0 * float(u64::try_from(words.len()).unwrap_or(1)),
        );
        // Above or below the bar, or beside its end.
        let middle = (x, down);
        let spot = labels
            .near(middle, 3.0, size)
            .or_else(|| labels.near((x + half, down), 5.0, size))
            .or_else(|| labels.near((x - half, down), 5.0, size))
            .or_else(|| labels.place(middle, 3.0, size))
            .or_else(|| labels.place((x + half, down), 3.0, size));
        if let Some(spot) = spot {
            if let Some(end) = spot.leader {
                drawing.line("lead", (x.max(layout.left), down), end);
            }
            drawing.label((spot.x, spot.y), spot.anchor, false, &words);
        }
    }
    drawing
}

fn frame(drawing: &mut Drawing, scale: &Scale<'_>, step: f64) {
    let layout = scale.layout;
    let mut ms = 0.0;
    while ms <= scale.ms + 0.1 {
        let (_, y) = scale.at(0.0, ms);
        let class = if ms == 0.0 { "ax" } else { "gl" };
        drawing.line(class, (layout.left, y), (layout.right, y));
        drawing.text(
            "t-soft",
            (layout.left - 6.0, y + 4.5),
            Anchor::End,
            &number(ms),
        );
        ms += step;
    }
    drawing.text("t-soft", (0.0, 13.0), Anchor::Start, WORDS.round_trips.axis);
    let step = [250.0, 500.0, 1_000.0, 2_000.0, 5_000.0];
    let most = if layout.small { 4.0 } else { 9.0 };
    let step = step
        .into_iter()
        .find(|step| scale.km / step <= most)
        .unwrap_or(5_000.0);
    let mut km = 0.0;
    while km <= scale.km {
        let (x, _) = scale.at(km, 0.0);
        let anchor = if x + 24.0 > layout.wide {
            Anchor::End
        } else {
            Anchor::Middle
        };
        drawing.line("ax", (x, layout.bottom), (x, layout.bottom + 4.0));
        drawing.text("t-soft", (x, layout.bottom + 18.0), anchor, &number(km));
        km += step;
    }
    let words = WORDS.round_trips.distance;
    drawing.text(
        "t-soft",
        (layout.right, layout.bottom + 36.0),
        Anchor::End,
        words,
    );
}

fn light(drawing: &mut Drawing, scale: &Scale<'_>, labels: &mut Labels) {
    let layout = scale.layout;
    let km = scale.km.min(scale.ms / MS_PER_KM);
    let from = scale.at(0.0, 0.0);
    let to = scale.at(km, km * MS_PER_KM);
    let corner = scale.at(scale.km, 0.0);
    let [x0, y0, x1, y1, x2] = [from.0, from.1, to.0, to.1, corner.0].map(number);
    drawing.add(&format!(
        "path fill=\"url(#pic-faint)\" d=\"M{x0} {y0}L{x1} {y1}H{x2}V{y0}z\""
    ));
    drawing.path("lif", None, &format!("M{x0} {y0}L{x1} {y1}"));
    for part in 1..40 {
        let part = f64::from(part) / 40.0;
        labels.avoid((
            from.0 + (to.0 - from.0) * part,
            from.1 + (to.1 - from.1) * part,
        ));
    }
    let words = if layout.small {
        WORDS.round_trips.light_short
    } else {
        WORDS.round_trips.light
    };
    let wide = measure::width(words, 13.0, true);
    let y = to.1 - 7.0;
    let x = to.0.min(layout.right);
    drawing.text("t-b halo", (x, y), Anchor::End, words);
    labels.take([x - wide, y - 13.0, wide, 17.0]);
}

/// A bar or a cross: where its label wants to be, and how far it reaches to either side.
fn shape(
    drawing: &mut Drawing,
    group: &Group,
    scale: &Scale<'_>,
    ms: f64,
    labels: &mut Labels,
) -> (f64, f64, f64) {
    let (from, to) = (scale.at(group.km.0, ms), scale.at(group.km.1, ms));
    if let What::Ruled(_) = group.what {
        let [x, y] = [from.0 - 5.0, from.1 - 5.0].map(number);
        drawing.path("cross", None, &format!("M{x} {y}l10 10m0 -10l-10 10"));
        labels.take([from.0 - 6.0, from.1 - 6.0, 12.0, 12.0]);
        return (from.0, from.1, 1.0);
    }
    let sure = matches!(group.what, What::Country(_, true)) && group.fit != Fit::Unsure;
    let wide = (to.0 - from.0).max(4.0);
    let [x0, y, x1] = [from.0, from.1, from.0 + wide].map(number);
    let dash = if sure { "" } else { " dash" };
    drawing.path(
        &format!("{}{dash}", group.fit.stroke()),
        Some(if sure { 5.0 } else { 3.0 }),
        &format!("M{x0} {y}H{x1}"),
    );
    if group.fit == Fit::Out {
        for x in [from.0, from.0 + wide] {
            drawing.rect("p-out", [x - 4.0, from.1 - 4.0, 8.0, 8.0]);
        }
    }
    labels.take([from.0 - 4.0, from.1 - 5.0, wide + 8.0, 10.0]);
    (from.0 + wide / 2.0, from.1, wide / 2.0)
}
