//! Bytes out by country, on a map of the world.
//!
//! In:   the outbound destinations of a report.
//! Out:  a line a place from the phone, or discs where it is not known where the phone was.
//!
//! What is known with high confidence has a solid line, what is less sure a dashed one with an open
//! end, what may be in one of several countries a hatched disc in each. What has no place is listed.

use super::groups::{
    Fit, Vantage, candidates, country, entry, in_country, is_sure, judged, listed, name_or_address,
    note_gravest, outbound, reach_km, share,
};
use super::labels::Labels;
use super::svg::{Anchor, Drawing, SMALL_STEP, STEP, number};
use super::{Cell, Legend, NARROW, Picture, Table, WIDE, measure};
use crate::data::earth_map::{self, projection};
use crate::language::{WORDS, fill};
use crate::model::{Country, Destination, Report};
use crate::report::text::layout::{bytes, count};
use std::collections::BTreeMap;
use std::io;

/// How a group of destinations is drawn.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Where {
    /// A country, surely or not.
    Country(Country, bool),
    /// One of several.
    Either(Vec<Country>),
    /// Anycast: within so many kilometres of the phone.
    Near(u32),
    /// Not drawn, and why.
    Nowhere(&'static str),
}

/// Sums of a group.
#[derive(Clone, Debug)]
struct Group {
    at: Where,
    fit: Fit,
    destinations: u64,
    flows: u64,
    bytes: u64,
}

/// A group that has points on the map, and the words beside it.
struct Mark {
    group: Group,
    points: Vec<(f64, f64)>,
    lines: Vec<String>,
    /// At the phone itself.
    home: bool,
}

/// Draws the map.
pub(super) fn draw(report: &Report) -> io::Result<Picture> {
    let groups = grouped(report, &reaches_of(report)?);
    let vantage = Vantage::of(report);
    let (marks, nowhere) = marks(&groups, vantage.as_ref());
    let title = title(report, &groups);
    let subtitle = subtitle(vantage.as_ref());
    let mut wide = wide(&marks, &nowhere, vantage.as_ref());
    let mut narrow = narrow(&marks, &nowhere, vantage.as_ref());
    let said = groups.iter().map(spoken).collect::<Vec<_>>().join(". ");
    for drawing in [&mut wide, &mut narrow] {
        drawing.say(&fill(WORDS.map.spoken, &[&title]), &said);
    }
    Ok(Picture {
        id: "map",
        title,
        subtitle,
        legend: legend(&groups, judged(report), vantage.is_some()),
        wide: Some(wide),
        narrow: Some(narrow),
        table: table(&groups),
        notes: notes(report, vantage.as_ref()),
    })
}

/// How far at most each anycast destination was, as its round trip has it, in kilometres.
fn reaches_of(report: &Report) -> io::Result<BTreeMap<String, u32>> {
    let mut reaches: BTreeMap<String, u32> = BTreeMap::new();
    if report.settings.vantage.is_none() {
        return Ok(reaches);
    }
    report.rows.flows(&mut |flow| {
        let physics = flow.place.physics.as_ref();
        let used = physics.is_none_or(|one| one.off_because.is_none());
        if let (Some(true), true, Some(rtt)) = (flow.place.anycast, used, flow.rtt_ns) {
            let name = name_or_address(flow.name.as_ref(), Some(flow.remote_ip));
            let km = reach_km(rtt);
            let known = reaches.entry(name).or_insert(km);
            *known = km.min(*known);
        }
        Ok(())
    })?;
    Ok(reaches)
}

/// Destinations by place, the gravest and largest first.
fn grouped(report: &Report, reaches: &BTreeMap<String, u32>) -> Vec<Group> {
    let mut found: BTreeMap<(Where, Fit), Group> = BTreeMap::new();
    for destination in outbound(report) {
        let at = placed(destination, reaches);
        let fit = Fit::of(destination.verdict);
        let group = found.entry((at.clone(), fit)).or_insert_with(|| Group {
            at,
            fit,
            destinations: 0,
            flows: 0,
            bytes: 0,
        });
        group.destinations = group.destinations.saturating_add(1);
        group.flows = group.flows.saturating_add(destination.flows);
        group.bytes = group.bytes.saturating_add(destination.bytes_out);
    }
    let mut groups: Vec<Group> = found.into_values().collect();
    groups.sort_by(|a, b| a.fit.cmp(&b.fit).then_with(|| b.bytes.cmp(&a.bytes)));
    groups
}

/// Reaches are told apart by this much, and a longer one than the most says too little.
const NEAR_STEP_KM: u32 = 500;
const MOST_NEAR_KM: u32 = 3_000;

/// More than this are no place.
const MOST_CANDIDATES: usize = 3;

fn placed(destination: &Destination, reaches: &BTreeMap<String, u32>) -> Where {
    let place = &destination.place;
    let drawn = |country: &Country| earth_map::spot(country.code()).is_some();
    if let Some(country) = place.country {
        return if drawn(&country) {
            Where::Country(country, is_sure(place))
        } else {
            Where::Nowhere(WORDS.map.off_the_map)
        };
    }
    if place.anycast == Some(true) {
        let address = destination.addresses.first().copied();
        let reach = reaches.get(&name_or_address(destination.name.as_ref(), address));
        let reach = reach.map(|km| km.div_ceil(NEAR_STEP_KM).saturating_mul(NEAR_STEP_KM));
        return match reach.filter(|km| *km <= MOST_NEAR_KM) {
            Some(km) => Where::Near(km),
            None => Where::Nowhere(WORDS.map.anycast),
        };
    }
    let named = candidates(place);
    if named.len() > 1 && named.len() <= MOST_CANDIDATES && named.iter().all(drawn) {
        return Where::Either(named);
    }
    Where::Nowhere(place.unknown_because.unwrap_or(WORDS.map.unknown))
}

fn marks(groups: &[Group], vantage: Option<&Vantage>) -> (Vec<Mark>, Vec<Group>) {
    let home = vantage.and_then(|vantage| vantage.country);
    let (mut marks, mut nowhere) = (Vec::new(), Vec::new());
    for group in groups {
        let codes: &[Country] = match &group.at {
            Where::Country(code, _) => std::slice::from_ref(code),
            Where::Either(codes) => codes,
            Where::Near(_) => {
                marks.push(Mark {
                    points: vantage.and_then(phone).into_iter().collect(),
                    lines: words(group),
                    home: true,
                    group: group.clone(),
                });
                continue;
            }
            Where::Nowhere(_) => {
                nowhere.push(group.clone());
                continue;
            }
        };
        let spots = codes.iter().filter_map(|code| earth_map::spot(code.code()));
        marks.push(Mark {
            points: spots.map(|spot| (spot.x, spot.y)).collect(),
            lines: words(group),
            home: codes.len() == 1 && codes.first().copied() == home,
            group: group.clone(),
        });
    }
    join_labels(&mut marks);
    (marks, nowhere)
}

/// Marks of one place have one label: that of the first.
fn join_labels(marks: &mut [Mark]) {
    let mut more: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for mark in marks.iter_mut().rev() {
        let place = place_words(&mark.group.at);
        let further = more.entry(place).or_default();
        // The first of a place comes last here, and takes what the others left.
        let own = std::mem::take(&mut mark.lines);
        let second = own.get(1).cloned().unwrap_or_default();
        further.insert(
            0,
            (second, matches!(mark.group.at, Where::Country(_, false))),
        );
    }
    for mark in marks {
        let place = place_words(&mark.group.at);
        if let Some(further) = more.remove(&place) {
            let alone = further.len() == 1;
            mark.lines.push(place);
            for (line, less_sure) in further.into_iter().take(3) {
                mark.lines.push(if less_sure && !alone {
                    fill(WORDS.map.less_sure, &[&line])
                } else {
                    line
                });
            }
        }
    }
}

fn place_words(at: &Where) -> String {
    match at {
        Where::Country(code, _) => country(*code),
        Where::Either(codes) => {
            let names: Vec<String> = codes.iter().map(|code| country(*code)).collect();
            fill(
                WORDS.all_pictures.question,
                &[&listed(&names, WORDS.all_pictures.either)],
            )
        }
        Where::Near(km) => fill(WORDS.map.near, &[&count(u64::from(*km))]),
        Where::Nowhere(why) => (*why).to_owned(),
    }
}

fn words(group: &Group) -> Vec<String> {
    let words = &WORDS.all_pictures;
    let destinations = WORDS.many(group.destinations, WORDS.destinations_of);
    let mut second = fill(words.beside, &[&destinations, &bytes(group.bytes)]);
    if group.fit == Fit::Unsure {
        second = fill(words.also, &[&second, words.legend_unsure]);
    }
    vec![place_words(&group.at), second]
}

fn spoken(group: &Group) -> String {
    let sure = certainty(&group.at, WORDS.map.certainty_spoken);
    fill(
        WORDS.map.spoken_part,
        &[
            &place_words(&group.at),
            &WORDS.many(group.destinations, WORDS.destinations_of),
            &bytes(group.bytes),
            sure,
            group.fit.word(),
        ],
    )
}

fn certainty(at: &Where, words: [&'static str; 5]) -> &'static str {
    let [high, less, disagree, near, nowhere] = words;
    match at {
        Where::Country(_, true) => high,
        Where::Country(_, false) => less,
        Where::Either(_) => disagree,
        Where::Near(_) => near,
        Where::Nowhere(_) => nowhere,
    }
}

fn title(report: &Report, groups: &[Group]) -> String {
    let all: u64 = groups.iter().map(|group| group.destinations).sum();
    let of = |fit: Fit| groups.iter().filter(move |group| group.fit == fit);
    let number_of = |fit: Fit| of(fit).map(|group| group.destinations).sum::<u64>();
    let mut names: Vec<String> = Vec::new();
    for group in of(Fit::Out) {
        if let Where::Country(code, _) = group.at {
            let name = in_country(code);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if all == 0 {
        return WORDS.all_pictures.nothing_outbound.to_owned();
    }
    let (out, unsure) = (number_of(Fit::Out), number_of(Fit::Unsure));
    let every = WORDS.many(all, WORDS.destinations_of);
    if !names.is_empty() {
        let names = listed(&names, WORDS.all_pictures.both);
        let form = WORDS.form(out, WORDS.map.title_out);
        return fill(form, &[&out.to_string(), &every, &names]);
    }
    if out > 0 {
        return fill(WORDS.map.title_out_nowhere, &[&out.to_string(), &every]);
    }
    if unsure > 0 {
        let form = WORDS.form(unsure, WORDS.map.title_unsure);
        return fill(form, &[&unsure.to_string(), &every]);
    }
    if judged(report) {
        return fill(WORDS.map.title_fits, &[&every]);
    }
    by_country(groups)
}

fn by_country(groups: &[Group]) -> String {
    let mut sums: BTreeMap<Country, u64> = BTreeMap::new();
    for group in groups {
        if let Where::Country(code, _) = group.at {
            let sum = sums.entry(code).or_default();
            *sum = sum.saturating_add(group.bytes);
        }
    }
    let most = sums
        .iter()
        .max_by_key(|(code, sum)| (**sum, std::cmp::Reverse(**code)));
    match (most, sums.len()) {
        (None, _) => WORDS.map.title_none.to_owned(),
        (Some((code, _)), 1) => fill(WORDS.map.title_one, &[&in_country(*code)]),
        (Some((code, _)), count) => fill(
            WORDS.map.title_many,
            &[&count.to_string(), &in_country(*code)],
        ),
    }
}

fn subtitle(vantage: Option<&Vantage>) -> String {
    match vantage {
        Some(vantage) => fill(WORDS.map.subtitle, &[&vantage.words]),
        None => WORDS.map.subtitle_discs.to_owned(),
    }
}

fn notes(report: &Report, vantage: Option<&Vantage>) -> Vec<String> {
    let mut notes = Vec::from_iter(note_gravest(report));
    notes.push(fill(WORDS.map.note_outlines, &[earth_map::hatched_names()]));
    notes.push(WORDS.map.note_point.to_owned());
    if let Some(country) = vantage.and_then(|vantage| vantage.country) {
        notes.push(fill(WORDS.map.note_phone, &[&in_country(country)]));
    }
    notes
}

fn legend(groups: &[Group], judged: bool, lines: bool) -> Vec<Legend> {
    let mut legend = Vec::new();
    let any = |wanted: &dyn Fn(&Group) -> bool| groups.iter().any(wanted);
    if any(&|group| group.fit == Fit::Fits) {
        legend.push(entry(FITS, WORDS.all_pictures.legend_fits));
    }
    if any(&|group| group.fit == Fit::Out) {
        legend.push(entry(DOES_NOT, WORDS.all_pictures.legend_out));
    }
    if !judged {
        legend.push(entry(PLAIN, WORDS.all_pictures.legend_open));
    }
    if any(&|group| group.fit == Fit::Unsure && matches!(group.at, Where::Country(..))) {
        legend.push(entry(UNSURE, WORDS.all_pictures.legend_unsure));
    }
    if any(&|group| matches!(group.at, Where::Country(_, false))) {
        legend.push(entry(
            if lines { DASHED } else { RING },
            WORDS.map.legend_open,
        ));
    }
    if any(&|group| matches!(group.at, Where::Either(_) | Where::Near(_))) {
        legend.push(entry(EITHER, WORDS.map.legend_either));
    }
    legend
}

const FITS: &str = "<path class=\"f-own\" stroke-width=\"4\" d=\"M1 7h20\"/><circle class=\"p-own\" cx=\"24\" cy=\"7\" r=\"5\"/>";
const DOES_NOT: &str = "<path class=\"f-out\" stroke-width=\"3\" d=\"M1 7h20\"/><rect class=\"p-out\" x=\"19\" y=\"2\" width=\"10\" height=\"10\"/>";
const PLAIN: &str = "<path class=\"f-oth\" stroke-width=\"3\" d=\"M1 7h20\"/><circle class=\"p-oth\" cx=\"24\" cy=\"7\" r=\"5\"/>";
const UNSURE: &str = "<path class=\"f-oth dash\" stroke-width=\"2\" d=\"M1 7h14\"/><path class=\"so\" fill=\"url(#pic-fine)\" d=\"M23 .5l6.5 6.5l-6.5 6.5l-6.5 -6.5z\"/>";
const DASHED: &str = "<path class=\"f-oth dash\" stroke-width=\"2\" d=\"M1 7h17\"/><circle class=\"ring f-oth\" cx=\"24\" cy=\"7\" r=\"4.5\"/>";
const RING: &str = "<circle class=\"ring f-oth\" cx=\"15\" cy=\"7\" r=\"5\"/>";
const EITHER: &str =
    "<circle class=\"so dash\" fill=\"url(#pic-fine)\" cx=\"15\" cy=\"7\" r=\"6.5\"/>";

fn table(groups: &[Group]) -> Table {
    let rows = groups.iter().map(|group| {
        let sure = certainty(&group.at, WORDS.map.certainty);
        vec![
            Cell::Words(place_words(&group.at)),
            Cell::Words(sure.to_owned()),
            Cell::Words(group.fit.word().to_owned()),
            Cell::Number(group.destinations),
            Cell::Number(group.flows),
            Cell::Number(group.bytes),
        ]
    });
    Table {
        caption: WORDS.map.caption.to_owned(),
        header: vec![
            WORDS.map.place,
            WORDS.map.confidence,
            WORDS.all_pictures.verdict,
            WORDS.all_pictures.destinations,
            WORDS.all_pictures.flows,
            WORDS.all_pictures.bytes_out,
        ],
        rows: rows.collect(),
    }
}

/// A part of the world in a part of the drawing.
struct View {
    left: f64,
    top: f64,
    scale: f64,
}

impl View {
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        ((x - self.left) * self.scale, (y - self.top) * self.scale)
    }

    fn earth(&self, drawing: &mut Drawing) {
        let [x, y] = [-self.left * self.scale, -self.top * self.scale].map(number);
        drawing.add(&format!(
            "use href=\"#pic-earth\" transform=\"translate({x} {y}) scale({:.4})\"",
            self.scale
        ));
    }
}

fn reaches(drawing: &mut Drawing, marks: &[Mark], vantage: Option<&Vantage>, view: &View) {
    for mark in marks {
        if let (Where::Near(km), Some(vantage)) = (&mark.group.at, vantage) {
            reach(drawing, vantage, *km, view);
        }
    }
}

/// What lies within some kilometres of the phone, hatched.
fn reach(drawing: &mut Drawing, vantage: &Vantage, km: u32, view: &View) {
    let Some(from) = vantage.point() else {
        return;
    };
    let middle = projection::wrapped(from.0);
    let mut commands = String::new();
    for step in 0..72 {
        let (lon, lat) = earth_map::towards(from, f64::from(step) * 5.0, f64::from(km));
        let (x, y) = view.at(projection::project(middle + lon - from.0, lat));
        let word = if step == 0 { 'M' } else { 'L' };
        commands.push_str(&format!("{word}{} {}", number(x), number(y)));
    }
    drawing.add(&format!(
        "path class=\"so dash\" fill=\"url(#pic-fine)\" d=\"{commands}z\""
    ));
}

fn phone(vantage: &Vantage) -> Option<(f64, f64)> {
    let (lon, lat) = vantage.point()?;
    Some(projection::project(projection::wrapped(lon), lat))
}

fn wide(marks: &[Mark], nowhere: &[Group], vantage: Option<&Vantage>) -> Drawing {
    let view = View {
        left: 0.0,
        top: 0.0,
        scale: WIDE / projection::WIDE,
    };
    let high = projection::HIGH * view.scale;
    let mut drawing = Drawing::new("map-w", "wid", WIDE, high);
    view.earth(&mut drawing);
    let mut labels = Labels::new([0.0, 0.0, WIDE, high]);
    let start = vantage.and_then(phone).map(|at| view.at(at));
    reaches(&mut drawing, marks, vantage, &view);
    let radii = paint(&mut drawing, marks, &view, start, 1.0, &mut labels);
    let mut left_over: Vec<&Mark> = Vec::new();
    if let Some(start) = start {
        let size = (measure::width(WORDS.map.phone, 13.0, true), 15.0);
        if let Some(spot) = labels.place(start, 8.0, size) {
            drawing.label(
                (spot.x, spot.y),
                spot.anchor,
                false,
                &[WORDS.map.phone.to_owned()],
            );
        }
    }
    for mark in marks.iter().filter(|mark| !mark.lines.is_empty()) {
        let Some(at) = mark.points.last().map(|at| view.at(*at)) else {
            continue;
        };
        let rows = mark.lines.iter().map(|_| STEP).sum();
        let widths = mark.lines.iter().enumerate();
        let wide = widths
            .map(|(place, line)| measure::width(line, 13.0, place == 0))
            .fold(0.0, f64::max);
        match labels.place(at, radii.of(at) + 2.0, (wide, rows)) {
            Some(spot) => {
                if let Some(end) = spot.leader {
                    drawing.line("lead", at, end);
                }
                drawing.label((spot.x, spot.y), spot.anchor, false, &mark.lines);
            }
            None => left_over.push(mark),
        }
    }
    let bottom = below(&mut drawing, nowhere, &left_over, high + 18.0);
    drawing.set_high(bottom);
    drawing
}

/// What is not on the map, under it; where that ends.
fn below(drawing: &mut Drawing, nowhere: &[Group], left_over: &[&Mark], top: f64) -> f64 {
    let mut y = top;
    let mut block = |head: &str, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        drawing.text("t-b", (0.0, y), Anchor::Start, head);
        y += STEP + 1.0;
        for line in lines {
            drawing.text("t-soft", (0.0, y), Anchor::Start, &line);
            y += STEP + 1.0;
        }
        y += 6.0;
    };
    let line = |group: &Group| {
        let place = place_words(&group.at);
        let words = &WORDS.all_pictures;
        let destinations = WORDS.many(group.destinations, WORDS.destinations_of);
        let line = fill(words.beside, &[&destinations, &bytes(group.bytes)]);
        let line = fill(words.also, &[&place, &line]);
        match group.fit {
            Fit::Open => line,
            fit => fill(words.also, &[&line, fit.word()]),
        }
    };
    block(
        WORDS.all_pictures.not_drawn,
        nowhere.iter().map(line).collect(),
    );
    block(
        WORDS.map.unlabelled,
        left_over.iter().map(|mark| line(&mark.group)).collect(),
    );
    if y > top { y - 10.0 } else { top - 14.0 }
}

/// Lines and marks. What they cover is kept from labels.
fn paint(
    drawing: &mut Drawing,
    marks: &[Mark],
    view: &View,
    start: Option<(f64, f64)>,
    size: f64,
    labels: &mut Labels,
) -> Radii {
    let most = marks.iter().map(|mark| mark.group.bytes).max().unwrap_or(1);
    let mut seen: BTreeMap<(String, String), u32> = BTreeMap::new();
    for mark in marks.iter().rev() {
        let width = size * (1.4 + 5.6 * share(mark.group.bytes, most).sqrt());
        for point in &mark.points {
            let at = view.at(*point);
            let key = (number(at.0), number(at.1));
            let turn = seen.entry(key).or_insert(0);
            *turn = turn.saturating_add(1);
            if let Some(start) = start.filter(|_| !mark.home) {
                curve(drawing, mark, start, at, (width, *turn), labels);
            }
        }
    }
    if let Some(start) = start {
        drawing.circle("p-ink edge", start, 5.0 * size);
    }
    let mut radii = Radii(BTreeMap::new());
    let mut seen: BTreeMap<(String, String), u32> = BTreeMap::new();
    let ends = marks
        .iter()
        .rev()
        .filter(|mark| !matches!(mark.group.at, Where::Near(_)));
    for mark in ends {
        for point in &mark.points {
            let at = view.at(*point);
            let turn = seen.entry((number(at.0), number(at.1))).or_insert(0);
            let outer = f64::from(*turn) * 5.0 * size;
            *turn = turn.saturating_add(1);
            let radius = if start.is_some() {
                (if mark.home { 9.0 } else { 4.5 }) * size + outer
            } else {
                size * (4.0 + 16.0 * share(mark.group.bytes, most).sqrt()) + outer
            };
            end(drawing, mark, at, radius);
            let around = match mark.group.at {
                Where::Either(_) => radius + 5.0,
                _ => radius,
            };
            labels.take([at.0 - around, at.1 - around, 2.0 * around, 2.0 * around]);
            let known = radii.0.entry((number(at.0), number(at.1))).or_insert(0.0);
            *known = known.max(around);
        }
    }
    radii
}

/// How large the marks of each point are.
struct Radii(BTreeMap<(String, String), f64>);

impl Radii {
    fn of(&self, (x, y): (f64, f64)) -> f64 {
        self.0.get(&(number(x), number(y))).copied().unwrap_or(5.0)
    }
}

/// The mark where a line ends. A later one of the same place lies around it.
fn end(drawing: &mut Drawing, mark: &Mark, at: (f64, f64), radius: f64) {
    let group = &mark.group;
    let fit = group.fit;
    let [x, y, r, d] = [at.0, at.1, radius, 2.0 * radius].map(number);
    if let Where::Either(_) = group.at {
        drawing.add(&format!(
            "circle class=\"so dash\" fill=\"url(#pic-fine)\" cx=\"{x}\" cy=\"{y}\" r=\"{}\"",
            number(radius + 4.0)
        ));
        return;
    }
    if fit == Fit::Unsure {
        drawing.add(&format!(
            "path class=\"so\" fill=\"url(#pic-fine)\" d=\"M{x} {}l{r} {r}l-{r} {r}l-{r} -{r}z\"",
            number(at.1 - radius)
        ));
        return;
    }
    let open = matches!(group.at, Where::Country(_, false)) || mark.home;
    let class = match (open, mark.home) {
        (true, true) => format!("none {} two", fit.stroke()),
        (true, false) => format!("ring {}", fit.stroke()),
        (false, _) => format!("{} edge", fit.fill()),
    };
    let corner = [at.0 - radius, at.1 - radius].map(number);
    if fit == Fit::Out {
        let [left, top] = corner;
        drawing.add(&format!(
            "rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{d}\" height=\"{d}\""
        ));
    } else {
        drawing.circle(&class, at, radius);
    }
}

fn curve(
    drawing: &mut Drawing,
    mark: &Mark,
    start: (f64, f64),
    at: (f64, f64),
    (width, turn): (f64, u32),
    labels: &mut Labels,
) {
    let (dx, dy) = (at.0 - start.0, at.1 - start.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let bow = (0.16 + 0.1 * f64::from(turn.saturating_sub(1))) * if dx < 0.0 { 1.0 } else { -1.0 };
    let middle = (
        start.0 + dx / 2.0 - dy * bow,
        (start.1 + dy / 2.0 + dx * bow).max(3.0),
    );
    // A line of which the place is not sure ends before its mark.
    let sure = matches!(mark.group.at, Where::Country(_, true)) && mark.group.fit != Fit::Unsure;
    let short = if sure { 0.0 } else { (11.0 / length).min(0.5) };
    let to = (
        at.0 - (at.0 - middle.0) * short,
        at.1 - (at.1 - middle.1) * short,
    );
    let dash = if sure { "" } else { " dash" };
    let class = format!("fl {}{dash}", mark.group.fit.stroke());
    let width = if matches!(mark.group.at, Where::Either(_)) {
        width.min(2.0)
    } else {
        width
    };
    let [x0, y0, x1, y1, x2, y2] = [start.0, start.1, middle.0, middle.1, to.0, to.1].map(number);
    let commands = format!("M{x0} {y0}Q{x1} {y1} {x2} {y2}");
    drawing.path(&class, Some(width), &commands);
    for step in 1..24 {
        let t = f64::from(step) / 24.0;
        let s = 1.0 - t;
        labels.avoid((
            s * s * start.0 + 2.0 * s * t * middle.0 + t * t * to.0,
            s * s * start.1 + 2.0 * s * t * middle.1 + t * t * to.1,
        ));
    }
}

/// The same for a phone: the part of the world that matters, marks with numbers, and a key.
fn narrow(marks: &[Mark], nowhere: &[Group], vantage: Option<&Vantage>) -> Drawing {
    let start = vantage.and_then(phone);
    let view = around(marks, start);
    let high = (projection::HIGH * view.scale).min(NARROW * 0.86);
    let mut drawing = Drawing::new("map-n", "nar", NARROW, high);
    drawing.open(&format!(
        "svg width=\"{}\" height=\"{}\"",
        number(NARROW),
        number(high)
    ));
    view.earth(&mut drawing);
    let mut labels = Labels::new([0.0, 0.0, NARROW, high]);
    let start = start.map(|at| view.at(at));
    reaches(&mut drawing, marks, vantage, &view);
    let radii = paint(&mut drawing, marks, &view, start, 0.8, &mut labels);
    let named = || {
        marks
            .iter()
            .filter(|mark| !mark.lines.is_empty())
            .enumerate()
    };
    for (place, mark) in named() {
        for point in &mark.points {
            let at = view.at(*point);
            let words = place.saturating_add(1).to_string();
            let size = (measure::width(&words, 13.0, true), 15.0);
            if let Some(spot) = labels.place(at, radii.of(at), size) {
                if let Some(end) = spot.leader {
                    drawing.line("lead", at, end);
                }
                drawing.label((spot.x, spot.y), spot.anchor, false, &[words]);
            }
        }
    }
    drawing.close("svg");
    let mut y = high + 18.0;
    for (place, mark) in named() {
        let number = place.saturating_add(1).to_string();
        drawing.text("t-b", (20.0, y), Anchor::End, &number);
        let mut lines = mark.lines.iter();
        let head = lines
            .next()
            .map(|head| measure::fit(head, 13.0, true, NARROW - 28.0));
        drawing.text(
            "t-b",
            (28.0, y),
            Anchor::Start,
            head.as_deref().unwrap_or_default(),
        );
        for line in lines {
            y += STEP;
            drawing.text("t-soft", (28.0, y), Anchor::Start, line);
        }
        y += STEP + 4.0;
    }
    if !nowhere.is_empty() {
        drawing.text(
            "t-b",
            (28.0, y + 2.0),
            Anchor::Start,
            WORDS.all_pictures.not_drawn,
        );
        y += STEP + 2.0;
    }
    for group in nowhere {
        for line in words(group) {
            for line in measure::wrap(&line, 13.0, NARROW - 28.0) {
                drawing.text("t-soft", (28.0, y), Anchor::Start, &line);
                y += STEP;
            }
        }
        y += 4.0;
    }
    drawing.set_high((y - SMALL_STEP + 4.0).max(high));
    drawing
}

/// The part of the world that holds all points, at least a third of it.
fn around(marks: &[Mark], start: Option<(f64, f64)>) -> View {
    let points = marks.iter().flat_map(|mark| mark.points.iter().copied());
    let points: Vec<(f64, f64)> = points.chain(start).collect();
    let least = |key: fn(&(f64, f64)) -> f64, all: &[(f64, f64)]| {
        all.iter().map(key).fold(f64::INFINITY, f64::min)
    };
    if points.is_empty() {
        return View {
            left: 0.0,
            top: 0.0,
            scale: NARROW / projection::WIDE,
        };
    }
    let (west, north) = (least(|at| at.0, &points), least(|at| at.1, &points));
    let (east, south) = (-least(|at| -at.0, &points), -least(|at| -at.1, &points));
    let wide = ((east - west) * 1.3).max((south - north) * 1.6);
    let wide = wide.clamp(projection::WIDE / 3.2, projection::WIDE);
    let scale = NARROW / wide;
    let high = (NARROW * 0.86 / scale).min(projection::HIGH);
    let left = ((east + west) / 2.0 - wide / 2.0).clamp(0.0, projection::WIDE - wide);
    let top = ((north + south) / 2.0 - high / 2.0).clamp(0.0, projection::HIGH - high);
    View { left, top, scale }
}
