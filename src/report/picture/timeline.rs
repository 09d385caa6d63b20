//! Which destination was talked to when, and in which phase of the test.
//!
//! In:   every outbound flow's first and last packet, its name and its verdict; the phases.
//! Out:  a row a destination, twenty at most: a bar from first to last packet of each flow, a tick
//!       where it begins.
//!
//! Rows that do not fit, that are not decided and that have no name are never put together with
//! others: what does not find room shares a row with its like. Memory is a row a name and two
//! columns a pixel; flows are not kept.

use super::groups::{Fit, entry, float, judged, name_or_address, note_gravest};
use super::svg::{Anchor, Drawing};
use super::{Cell, NARROW, Picture, Table, WIDE, measure};
use crate::language::{WORDS, fill};
use crate::model::{Flow, Report, Scope, Text, Time};
use crate::report::text::layout::{bytes, count};
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

/// What a row is about.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Subject {
    Name(Text),
    Address(IpAddr),
}

/// Rows stand in these groups.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Class {
    Out,
    Unsure,
    Unnamed,
    Rest,
}

const CLASSES: [Class; 4] = [Class::Out, Class::Unsure, Class::Unnamed, Class::Rest];

impl Class {
    fn head(self, judged: bool) -> &'static str {
        let [out, unsure, unnamed, fits, names] = WORDS.timeline.heads;
        match (self, judged) {
            (Class::Out, _) => out,
            (Class::Unsure, _) => unsure,
            (Class::Unnamed, _) => unnamed,
            (Class::Rest, true) => fits,
            (Class::Rest, false) => names,
        }
    }

    fn fill(self, judged: bool) -> &'static str {
        match (self, judged) {
            (Class::Out, _) => "p-out",
            (Class::Rest, true) => "p-own",
            _ => "p-oth",
        }
    }
}

/// Sums of a row.
#[derive(Clone, Debug)]
struct Sum {
    fit: Fit,
    flows: u64,
    bytes: u64,
    first: Time,
    last: Time,
}

/// A row as it is drawn.
struct Row {
    class: Class,
    label: String,
    flows: u64,
    bytes: u64,
    /// Flows that begin in each column.
    starts: Vec<u32>,
    /// Whether any flow goes on in it.
    active: Vec<bool>,
}

/// Columns of time: half a pixel of the wide drawing.
const COLUMNS: usize = 1200;

/// Rows with more flows than this show columns in place of ticks.
const DENSE: u64 = 300;

/// Rows a class may have while others need room.
const SHARES: [usize; 4] = [7, 4, 3, 6];

/// Draws the timeline.
pub(super) fn draw(report: &Report) -> io::Result<Picture> {
    let mut sums: BTreeMap<Subject, Sum> = BTreeMap::new();
    report.rows.flows(&mut |flow| {
        if wanted(flow) {
            add(&mut sums, flow);
        }
        Ok(())
    })?;
    let judged = judged(report);
    let span = span(report, &sums);
    let (mut rows, row_of, fallback) = rows(&sums);
    report.rows.flows(&mut |flow| {
        if wanted(flow) {
            let subject = subject(flow);
            let class = sums
                .get(&subject)
                .map_or(Class::Rest, |sum| class(&subject, sum));
            let known = row_of.get(&subject).or_else(|| fallback.get(&class));
            if let (Some(row), Some(span)) = (known.and_then(|at| rows.get_mut(*at)), span) {
                mark(row, flow, span);
            }
        }
        Ok(())
    })?;
    let phases = phases(report, span);
    let title = title(&sums, span, judged);
    let said: Vec<String> = rows.iter().map(spoken).collect();
    let mut picture = Picture {
        id: "timeline",
        subtitle: subtitle(span, !phases.is_empty()),
        table: table(&sums),
        title,
        ..Picture::default()
    };
    let Some(span) = span else {
        return Ok(picture);
    };
    let mut wide = sheet(&rows, &phases, span, judged, &Layout::WIDE);
    let mut narrow = sheet(&rows, &phases, span, judged, &Layout::NARROW);
    for drawing in [&mut wide, &mut narrow] {
        let title = fill(WORDS.timeline.spoken, &[&picture.title]);
        drawing.say(&title, &said.join(". "));
    }
    (picture.wide, picture.narrow) = (Some(wide), Some(narrow));
    picture.legend = legend(&rows, judged);
    picture.notes.extend(note_gravest(report));
    picture.notes.extend(notes(&phases));
    Ok(picture)
}

fn wanted(flow: &Flow) -> bool {
    flow.scope == Scope::Outbound && !flow.carries_tunnel
}

fn subject(flow: &Flow) -> Subject {
    match flow.name.as_ref().filter(|name| !name.is_empty()) {
        Some(name) => Subject::Name(name.clone()),
        None => Subject::Address(flow.remote_ip),
    }
}

fn add(sums: &mut BTreeMap<Subject, Sum>, flow: &Flow) {
    let sum = sums.entry(subject(flow)).or_insert_with(|| Sum {
        fit: Fit::Open,
        flows: 0,
        bytes: 0,
        first: flow.first_seen,
        last: flow.last_seen,
    });
    sum.fit = sum.fit.min(Fit::of(flow.verdict));
    sum.flows = sum.flows.saturating_add(1);
    sum.bytes = sum.bytes.saturating_add(flow.bytes_out);
    sum.first = sum.first.min(flow.first_seen);
    sum.last = sum.last.max(flow.last_seen);
}

fn class(subject: &Subject, sum: &Sum) -> Class {
    match (sum.fit, subject) {
        (Fit::Out, _) => Class::Out,
        (Fit::Unsure, _) => Class::Unsure,
        (_, Subject::Address(_)) => Class::Unnamed,
        _ => Class::Rest,
    }
}

fn words(subject: &Subject) -> String {
    match subject {
        Subject::Name(name) => name_or_address(Some(name), None),
        Subject::Address(address) => address.to_string(),
    }
}

/// From the first to the last packet of what is drawn.
fn span(report: &Report, sums: &BTreeMap<Subject, Sum>) -> Option<(Time, Time)> {
    let first = sums.values().map(|sum| sum.first).min()?;
    let last = sums.values().map(|sum| sum.last).max()?;
    let (start, end) = report.totals.time.unwrap_or((first, last));
    Some((first.min(start), last.max(end)))
}

type Rows = (Vec<Row>, BTreeMap<Subject, usize>, BTreeMap<Class, usize>);

/// The rows, which subject has which, and the rows of what found no room.
fn rows(sums: &BTreeMap<Subject, Sum>) -> Rows {
    let mut of_class: BTreeMap<Class, Vec<(&Subject, &Sum)>> = BTreeMap::new();
    for (subject, sum) in sums {
        let list = of_class.entry(class(subject, sum)).or_default();
        list.push((subject, sum));
    }
    let counts = CLASSES.map(|class| of_class.get(&class).map_or(0, Vec::len));
    let mut spare: usize = SHARES.iter().sum();
    let mut rooms = [0_usize; 4];
    for ((room, most), count) in rooms.iter_mut().zip(SHARES).zip(counts) {
        *room = count.min(most);
        spare = spare.saturating_sub(*room);
    }
    for (room, count) in rooms.iter_mut().zip(counts) {
        let more = count.saturating_sub(*room).min(spare);
        *room = room.saturating_add(more);
        spare = spare.saturating_sub(more);
    }
    let (mut rows, mut row_of, mut fallback) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for (class, room) in CLASSES.into_iter().zip(rooms) {
        let Some(mut list) = of_class.remove(&class) else {
            continue;
        };
        // Those with most bytes have rows; a row for the others takes one of the places.
        list.sort_by_key(|(subject, sum)| (std::cmp::Reverse(sum.bytes), *subject));
        let own = if list.len() > room {
            room.saturating_sub(1)
        } else {
            room
        };
        let rest = list.split_off(own.min(list.len()));
        list.sort_by_key(|(subject, sum)| (sum.first, *subject));
        for (subject, sum) in list {
            row_of.insert(subject.clone(), rows.len());
            rows.push(row(class, words(subject), std::slice::from_ref(&sum)));
        }
        if !rest.is_empty() {
            let [out, unsure, unnamed, others] = WORDS.timeline.more;
            let label = match class {
                Class::Out => out,
                Class::Unsure => unsure,
                Class::Unnamed => unnamed,
                Class::Rest => others,
            };
            let sums: Vec<&Sum> = rest.iter().map(|(_, sum)| *sum).collect();
            let label = fill(label, &[&rest.len().to_string()]);
            fallback.insert(class, rows.len());
            rows.push(row(class, label, &sums));
        }
    }
    (rows, row_of, fallback)
}

fn row(class: Class, label: String, sums: &[&Sum]) -> Row {
    let add = |of: fn(&Sum) -> u64| {
        sums.iter()
            .fold(0_u64, |all, sum| all.saturating_add(of(sum)))
    };
    Row {
        class,
        label,
        flows: add(|sum| sum.flows),
        bytes: add(|sum| sum.bytes),
        starts: vec![0; COLUMNS],
        active: vec![false; COLUMNS],
    }
}

fn mark(row: &mut Row, flow: &Flow, span: (Time, Time)) {
    let (from, to) = (column(flow.first_seen, span), column(flow.last_seen, span));
    if let Some(starts) = row.starts.get_mut(from) {
        *starts = starts.saturating_add(1);
    }
    for active in row.active.iter_mut().take(to.saturating_add(1)).skip(from) {
        *active = true;
    }
}

/// Which column an instant is in.
fn column(time: Time, (start, end): (Time, Time)) -> usize {
    let whole = u128::from(end.since(start)).max(1);
    let last = COLUMNS.saturating_sub(1);
    let at = u128::from(time.since(start)).saturating_mul(last as u128) / whole;
    usize::try_from(at).unwrap_or(last).min(last)
}

/// A phase as a band: its name, and its first and last part of the whole time.
struct Band {
    name: String,
    from: f64,
    to: f64,
}

fn phases(report: &Report, span: Option<(Time, Time)>) -> Vec<Band> {
    let (Some(log), Some((start, end))) = (&report.phases, span) else {
        return Vec::new();
    };
    let whole = float(end.since(start)).max(1.0);
    let part = |time: Time| (float(time.since(start)) / whole).min(1.0);
    let bands = log.phases.iter().map(|phase| Band {
        name: crate::report::escape::terminal_str(&phase.name).into_owned(),
        from: part(phase.start),
        to: phase.end.map_or(1.0, part),
    });
    bands.filter(|band| band.to > band.from).collect()
}

fn title(sums: &BTreeMap<Subject, Sum>, span: Option<(Time, Time)>, judged: bool) -> String {
    let Some((start, _)) = span.filter(|_| !sums.is_empty()) else {
        return WORDS.all_pictures.nothing_outbound.to_owned();
    };
    let of = |fit: Fit| sums.iter().filter(move |(_, sum)| sum.fit == fit);
    if let Some((subject, sum)) = of(Fit::Out).min_by_key(|(_, sum)| sum.first) {
        let elapsed = elapsed(sum.first.since(start));
        return fill(WORDS.timeline.title_out, &[&elapsed, &words(subject)]);
    }
    let named = u64::try_from(sums.len()).unwrap_or(u64::MAX);
    let named = WORDS.many(named, WORDS.destinations_of);
    let unsure = of(Fit::Unsure).count();
    match (unsure, judged) {
        (0, true) => fill(WORDS.timeline.title_fits, &[&named]),
        (0, false) => fill(WORDS.timeline.title_open, &[&named]),
        (unsure, _) => {
            let unsure = unsure.to_string();
            fill(WORDS.timeline.title_unsure, &[&named, &unsure])
        }
    }
}

fn subtitle(span: Option<(Time, Time)>, phased: bool) -> String {
    let Some((start, _)) = span else {
        return WORDS.timeline.nothing.to_owned();
    };
    let stamp = start.to_string();
    let stamp = stamp
        .split('.')
        .next()
        .unwrap_or_default()
        .replace('T', " ");
    let bands = if phased {
        WORDS.timeline.subtitle_phases
    } else {
        ""
    };
    fill(WORDS.timeline.subtitle, &[&stamp, bands])
}

fn notes(phases: &[Band]) -> Vec<String> {
    let mut notes = vec![WORDS.timeline.note_bars.to_owned()];
    if !phases.is_empty() {
        let named = phases.iter().enumerate();
        let named = named.map(|(at, band)| format!("{} {}", at.saturating_add(1), band.name));
        let named: Vec<String> = named.collect();
        let named = named.join(WORDS.all_pictures.comma);
        notes.push(fill(WORDS.timeline.note_phases, &[&named]));
    }
    notes
}

/// `5.1 s`, `12 min 40 s`, `3 h 5 min`.
fn elapsed(nanoseconds: u64) -> String {
    let tenths = nanoseconds / 100_000_000;
    let seconds = tenths / 10;
    let [short, middle, long] = WORDS.timeline.elapsed;
    let (template, whole, rest) = match seconds {
        0..60 => (short, seconds, tenths % 10),
        60..3_600 => (middle, seconds / 60, seconds % 60),
        _ => (long, seconds / 3_600, seconds / 60 % 60),
    };
    fill(template, &[&count(whole), &rest.to_string()])
}

fn spoken(row: &Row) -> String {
    let flows = WORDS.many(row.flows, WORDS.flows_of);
    fill(
        WORDS.timeline.spoken_row,
        &[&row.label, &flows, &bytes(row.bytes)],
    )
}

fn legend(rows: &[Row], judged: bool) -> Vec<super::Legend> {
    let any = |class: Class| rows.iter().any(|row| row.class == class);
    let mut legend = Vec::new();
    if any(Class::Out) {
        legend.push(entry(OUT, WORDS.timeline.legend_out));
    }
    if any(Class::Unsure) {
        legend.push(entry(UNSURE, WORDS.timeline.legend_unsure));
    }
    if any(Class::Rest) && judged {
        legend.push(entry(FITS, WORDS.all_pictures.legend_fits));
    }
    if any(Class::Unnamed) || (any(Class::Rest) && !judged) {
        legend.push(entry(PLAIN, WORDS.timeline.legend_plain));
    }
    legend
}

const OUT: &str = "<rect class=\"p-out soft-fill\" x=\"3\" y=\"6\" width=\"26\" height=\"6\"/><rect class=\"p-out\" x=\"3\" y=\"1\" width=\"2\" height=\"13\"/><rect class=\"p-out\" x=\"1\" y=\"0\" width=\"6\" height=\"5\"/>";
const UNSURE: &str = "<rect class=\"so\" fill=\"url(#pic-fine)\" x=\"3\" y=\"4\" width=\"26\" height=\"8\"/><rect class=\"p-oth\" x=\"3\" y=\"1\" width=\"2\" height=\"13\"/>";
const FITS: &str = "<rect class=\"p-own soft-fill\" x=\"3\" y=\"5\" width=\"26\" height=\"6\"/><rect class=\"p-own\" x=\"3\" y=\"1\" width=\"2\" height=\"13\"/>";
const PLAIN: &str = "<rect class=\"p-oth soft-fill\" x=\"3\" y=\"5\" width=\"26\" height=\"6\"/><rect class=\"p-oth\" x=\"3\" y=\"1\" width=\"2\" height=\"13\"/>";

fn table(sums: &BTreeMap<Subject, Sum>) -> Table {
    let mut list: Vec<(&Subject, &Sum)> = sums.iter().collect();
    list.sort_by_key(|(subject, sum)| (class(subject, sum), sum.first, *subject));
    let rows = list.into_iter().map(|(subject, sum)| {
        vec![
            Cell::Words(words(subject)),
            Cell::Words(sum.fit.word().to_owned()),
            Cell::Words(sum.first.to_string()),
            Cell::Words(sum.last.to_string()),
            Cell::Number(sum.flows),
            Cell::Number(sum.bytes),
        ]
    });
    Table {
        caption: WORDS.timeline.caption.to_owned(),
        header: vec![
            WORDS.all_pictures.destination,
            WORDS.all_pictures.verdict,
            WORDS.timeline.first,
            WORDS.timeline.last,
            WORDS.all_pictures.flows,
            WORDS.all_pictures.bytes_out,
        ],
        rows: rows.collect(),
    }
}

/// Where the parts of a sheet are.
struct Layout {
    id: &'static str,
    class: &'static str,
    wide: f64,
    /// Where time begins and ends.
    from: f64,
    to: f64,
    row: f64,
    /// Labels stand above their rows.
    stacked: bool,
    ticks: u64,
}

impl Layout {
    const WIDE: Layout = Layout {
        id: "timeline-w",
        class: "wid",
        wide: WIDE,
        from: 225.0,
        to: 845.0,
        row: 30.0,
        stacked: false,
        ticks: 10,
    };
    const NARROW: Layout = Layout {
        id: "timeline-n",
        class: "nar",
        wide: NARROW,
        from: 2.0,
        to: NARROW - 6.0,
        row: 44.0,
        stacked: true,
        ticks: 5,
    };

    fn x(&self, part: f64) -> f64 {
        self.from + (self.to - self.from) * part
    }
}

fn sheet(
    rows: &[Row],
    phases: &[Band],
    span: (Time, Time),
    judged: bool,
    layout: &Layout,
) -> Drawing {
    let mut drawing = Drawing::new(layout.id, layout.class, layout.wide, 0.0);
    let top = if phases.is_empty() { 26.0 } else { 46.0 };
    let mut classes: Vec<Class> = rows.iter().map(|row| row.class).collect();
    classes.dedup();
    let heads = float(u64::try_from(classes.len()).unwrap_or(0)) * 30.0;
    let high = top + heads + float(u64::try_from(rows.len()).unwrap_or(0)) * layout.row + 4.0;
    grounds(&mut drawing, phases, layout, high);
    axis(&mut drawing, span, layout, high);
    bands(&mut drawing, phases, layout, top, high);
    let mut y = top;
    let mut before = None;
    for row in rows {
        if before != Some(row.class) {
            before = Some(row.class);
            drawing.text(
                "t-b t-soft halo",
                (0.0, y + 21.0),
                Anchor::Start,
                row.class.head(judged),
            );
            y += 30.0;
        }
        lane(&mut drawing, row, layout, judged, y);
        y += layout.row;
    }
    drawing.set_high(high);
    drawing
}

fn grounds(drawing: &mut Drawing, phases: &[Band], layout: &Layout, high: f64) {
    for band in phases.iter().step_by(2) {
        let (from, to) = (layout.x(band.from), layout.x(band.to));
        drawing.rect("band", [from, 22.0, to - from, high - 22.0]);
    }
}

fn bands(drawing: &mut Drawing, phases: &[Band], layout: &Layout, top: f64, high: f64) {
    let mut free = f64::NEG_INFINITY;
    for (at, band) in phases.iter().enumerate() {
        let (from, to) = (layout.x(band.from), layout.x(band.to));
        drawing.line("lead", (from, 22.0), (from, high));
        let number = at.saturating_add(1).to_string();
        let full = format!("{number} {}", band.name);
        let room = to - from - 6.0;
        let words = if measure::width(&full, 11.0, false) <= room || room > 70.0 {
            measure::fit(&full, 11.0, false, room)
        } else {
            number
        };
        if from + 4.0 > free && measure::width(&words, 11.0, false) <= room.max(8.0) {
            drawing.text("ns halo", (from + 4.0, top - 10.0), Anchor::Start, &words);
            free = from + 4.0 + measure::width(&words, 11.0, false);
        }
    }
}

fn axis(drawing: &mut Drawing, (start, end): (Time, Time), layout: &Layout, high: f64) {
    let whole = end.since(start).max(1);
    let (step, unit, name) = step(whole, layout.ticks);
    let mut at = 0_u64;
    let mut free = f64::NEG_INFINITY;
    while at <= whole {
        let x = layout.x(float(at) / float(whole));
        let tenths = at.saturating_mul(10) / unit;
        let mut words = if tenths.is_multiple_of(10) {
            count(tenths / 10)
        } else {
            format!("{}.{}", count(tenths / 10), tenths % 10)
        };
        if at == 0 {
            words = fill(name, &[&words]);
        }
        let wide = measure::width(&words, 13.0, false);
        let anchor = if x - wide / 2.0 < layout.from {
            Anchor::Start
        } else if x + wide / 2.0 > layout.wide {
            Anchor::End
        } else {
            Anchor::Middle
        };
        let left = if anchor == Anchor::Start {
            x
        } else {
            x - wide / 2.0
        };
        drawing.line("gl", (x, 22.0), (x, high));
        if left > free {
            drawing.text("t-soft", (x, 14.0), anchor, &words);
            free = left + wide + 6.0;
        }
        at = at.saturating_add(step);
    }
    if !layout.stacked {
        drawing.text(
            "t-b",
            (0.0, 14.0),
            Anchor::Start,
            WORDS.all_pictures.destination,
        );
        let out = WORDS.all_pictures.bytes_out;
        drawing.text("t-b", (layout.wide, 14.0), Anchor::End, out);
    }
    drawing.line("ax", (0.0, 22.0), (layout.wide, 22.0));
}

/// A round step that gives at most `ticks` ticks, what it is counted in, and the name of that.
fn step(whole: u64, ticks: u64) -> (u64, u64, &'static str) {
    const SECOND: u64 = 1_000_000_000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    #[rustfmt::skip]
    const STEPS: &[u64] = &[
        SECOND / 10, SECOND / 5, SECOND / 2, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND,
        20 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, HOUR, 2 * HOUR,
        6 * HOUR, DAY,
    ];
    let most = ticks.max(1);
    let step = STEPS.iter().copied().find(|step| whole / step <= most);
    let step = step.unwrap_or_else(|| whole.div_ceil(most).div_ceil(DAY).saturating_mul(DAY));
    let [seconds, minutes, hours, days] = WORDS.timeline.units;
    match step {
        DAY.. => (step, DAY, days),
        HOUR.. => (step, HOUR, hours),
        MINUTE.. => (step, MINUTE, minutes),
        _ => (step, SECOND, seconds),
    }
}

fn lane(drawing: &mut Drawing, row: &Row, layout: &Layout, judged: bool, y: f64) {
    let numbers = bytes(row.bytes);
    let (middle, room) = if layout.stacked {
        (y + 29.0, layout.wide - 90.0)
    } else {
        (y + layout.row / 2.0, layout.from - 14.0)
    };
    let base = if layout.stacked {
        y + 13.0
    } else {
        middle + 4.5
    };
    let label = measure::fit(&row.label, 13.0, true, room);
    drawing.text("t-b halo", (0.0, base), Anchor::Start, &label);
    drawing.text("halo", (layout.wide, base), Anchor::End, &numbers);
    drawing.line("gl", (layout.from, middle), (layout.to, middle));
    let fill = row.class.fill(judged);
    for (from, to) in runs(&row.active) {
        let (from, to) = (layout.x(from), layout.x(to));
        let area = [from, middle - 3.0, (to - from).max(1.0), 6.0];
        if row.class == Class::Unsure {
            let [x, y, w, h] = area.map(super::svg::number);
            drawing.add(&format!(
                "rect class=\"so\" fill=\"url(#pic-fine)\" x=\"{x}\" y=\"{y}\" width=\"{w}\" \
                 height=\"{h}\""
            ));
        } else {
            drawing.rect(&format!("{fill} soft-fill"), area);
        }
    }
    ticks(drawing, row, layout, fill, middle);
    let bottom = y + layout.row;
    drawing.line("gl", (0.0, bottom), (layout.wide, bottom));
}

fn ticks(drawing: &mut Drawing, row: &Row, layout: &Layout, fill: &str, middle: f64) {
    let dense = row.flows > DENSE && row.class != Class::Out;
    // What lies closer than this is one tick.
    let grain = if dense { 8 } else { 4 };
    let grain = if layout.stacked { grain * 2 } else { grain };
    let most = row.starts.chunks(grain).map(sum).max().unwrap_or(1).max(1);
    let mut last_cap = f64::NEG_INFINITY;
    for (at, chunk) in row.starts.chunks(grain).enumerate() {
        let flows = sum(chunk);
        if flows == 0 {
            continue;
        }
        let first = chunk.iter().position(|flows| *flows > 0).unwrap_or(0);
        let place = at.saturating_mul(grain).saturating_add(first);
        let x = layout.x(part(place));
        let high = if dense {
            4.0 + 14.0 * (float(flows) / float(most)).sqrt()
        } else {
            18.0
        };
        drawing.rect(fill, [x, middle - high / 2.0, 2.0, high]);
        if row.class == Class::Out && x - last_cap >= 7.0 {
            drawing.rect(fill, [x - 2.0, middle - high / 2.0 - 1.0, 6.0, 5.0]);
            last_cap = x;
        }
    }
}

fn sum(columns: &[u32]) -> u64 {
    columns.iter().map(|flows| u64::from(*flows)).sum()
}

/// A column as a part of the whole time.
fn part(column: usize) -> f64 {
    float(u64::try_from(column).unwrap_or(0)) / float(u64::try_from(COLUMNS).unwrap_or(1))
}

/// Stretches of columns that are active, as parts of the whole time.
fn runs(active: &[bool]) -> Vec<(f64, f64)> {
    let mut runs = Vec::new();
    let mut from = None;
    for (at, on) in active.iter().chain(std::iter::once(&false)).enumerate() {
        match (from, on) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                runs.push((part(start), part(at)));
                from = None;
            }
            _ => {}
        }
    }
    runs
}
