//! Who sends what to whom, and where that is: app or name, controller, country.
//!
//! In:   every outbound flow's app, name, owner, country, verdict and bytes out.
//! Out:  bands between three columns, as high as their bytes; hatched where the country is not
//!       decided.
//!
//! A column has twelve names at most. What does not fit, is not decided or has no name is never
//! put together with others: what finds no room is counted with its like.

use super::groups::{
    Fit, controller, country, entry, float, judged, name_or_address, note_gravest, share,
};
use super::svg::{Anchor, Drawing, number};
use super::{Cell, NARROW, Picture, Table, WIDE, measure};
use crate::language::{WORDS, fill};
use crate::model::{App, Flow, Report, Scope};
use crate::report::escape;
use crate::report::text::layout::bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

/// A band from left to right, and its words.
type Key = ([String; 3], Fit);

/// Names a column may have.
const MOST: usize = 12;

/// Draws the diagram.
pub(super) fn draw(report: &Report) -> io::Result<Picture> {
    let mut apps = false;
    report.rows.flows(&mut |flow| {
        apps |= wanted(flow) && flow.app.is_some();
        Ok(())
    })?;
    let mut sums: BTreeMap<Key, [u64; 2]> = BTreeMap::new();
    let mut owners: BTreeSet<Arc<str>> = BTreeSet::new();
    report.rows.flows(&mut |flow| {
        if wanted(flow) {
            if let Some(owner) = &flow.owner.owner
                && !owners.contains(&*owner.group)
            {
                owners.insert((*owner.group).into());
            }
            let sum = sums.entry(key(flow, apps)).or_default();
            let [flows, bytes] = sum;
            *flows = flows.saturating_add(1);
            *bytes = bytes.saturating_add(flow.bytes_out);
        }
        Ok(())
    })?;
    let words = &WORDS.flow_diagram;
    let left = if apps { words.app } else { words.name };
    let heads = [left, words.controls, words.place];
    let (subtitle, caption) = if apps {
        (words.subtitle_apps, words.caption_apps)
    } else {
        (words.subtitle_names, words.caption_names)
    };
    let mut picture = Picture {
        id: "flow",
        title: title(&sums, owners.len(), judged(report)),
        subtitle: subtitle.to_owned(),
        table: table(&sums, heads, caption),
        ..Picture::default()
    };
    let bands = bounded(&sums);
    if bands.values().all(|bytes| *bytes == 0) {
        picture.notes = vec![words.nothing.to_owned()];
        return Ok(picture);
    }
    let said: Vec<String> = bands
        .iter()
        .map(|(key, bytes)| spoken(key, *bytes))
        .collect();
    let mut wide = diagram(&bands, heads, &Layout::WIDE);
    let mut narrow = diagram(&bands, heads, &Layout::NARROW);
    for drawing in [&mut wide, &mut narrow] {
        drawing.say(&fill(words.spoken, &[&picture.title]), &said.join(". "));
    }
    (picture.wide, picture.narrow) = (Some(wide), Some(narrow));
    picture.legend = legend(&bands);
    picture.notes.extend(note_gravest(report));
    picture.notes.push(words.note.to_owned());
    Ok(picture)
}

fn wanted(flow: &Flow) -> bool {
    flow.scope == Scope::Outbound && !flow.carries_tunnel
}

fn key(flow: &Flow, apps: bool) -> Key {
    let left = if apps {
        app(flow.app.as_ref())
    } else if flow.name.as_ref().is_none_or(|name| name.is_empty()) {
        WORDS.all_pictures.no_name.to_owned()
    } else {
        name_or_address(flow.name.as_ref(), None)
    };
    let named = flow.name.as_ref().is_some_and(|name| !name.is_empty());
    let right = flow
        .place
        .country
        .map_or_else(|| WORDS.flow_diagram.nowhere.to_owned(), country);
    let key = [left, controller(named, &flow.owner), right];
    (key, Fit::of(flow.verdict))
}

fn app(app: Option<&App>) -> String {
    let Some(app) = app else {
        return WORDS.flow_diagram.app_unknown.to_owned();
    };
    match (&app.name, app.uid, app.pid) {
        (Some(name), _, _) if !name.is_empty() => escape::terminal(name).into_owned(),
        (_, Some(uid), _) => fill(WORDS.flow_diagram.user_id, &[&uid.to_string()]),
        (_, _, Some(pid)) => fill(WORDS.flow_diagram.process, &[&pid.to_string()]),
        _ => WORDS.flow_diagram.app_unknown.to_owned(),
    }
}

/// Bands whose columns have no more than [`MOST`] names.
fn bounded(sums: &BTreeMap<Key, [u64; 2]>) -> BTreeMap<Key, u64> {
    let mut bands: BTreeMap<Key, u64> = BTreeMap::new();
    for (key, [_, bytes]) in sums {
        bands.insert(key.clone(), *bytes);
    }
    for column in 0..3 {
        bands = folded(&bands, column);
    }
    bands
}

fn folded(bands: &BTreeMap<Key, u64>, column: usize) -> BTreeMap<Key, u64> {
    let mut names: BTreeMap<&str, (Fit, u64)> = BTreeMap::new();
    for ((words, fit), bytes) in bands {
        let Some(name) = words.get(column) else {
            continue;
        };
        let known = names.entry(name).or_insert((*fit, 0));
        known.0 = known.0.min(*fit);
        known.1 = known.1.saturating_add(*bytes);
    }
    if names.len() <= MOST {
        return bands.clone();
    }
    let mut order: Vec<(&str, Fit, u64)> = names
        .iter()
        .map(|(name, (fit, bytes))| (*name, *fit, *bytes))
        .collect();
    order.sort_by_key(|(name, fit, bytes)| {
        (
            !special(name),
            *fit,
            std::cmp::Reverse(*bytes),
            name.to_owned(),
        )
    });
    // Room for a row of the rest of each verdict.
    let kept = MOST.saturating_sub(4);
    // What does not fit takes at most half, so that the others are seen too.
    let mut new_names: BTreeMap<String, String> = BTreeMap::new();
    let mut rest: BTreeMap<Fit, Vec<&str>> = BTreeMap::new();
    let mut used: BTreeMap<Fit, usize> = BTreeMap::new();
    let mut all = 0_usize;
    for (name, fit, _) in &order {
        let own = used.entry(*fit).or_default();
        if special(name) || (all < kept && *own < kept / 2 + 1) {
            *own = own.saturating_add(1);
            all = all.saturating_add(1);
        } else {
            rest.entry(*fit).or_default().push(name);
        }
    }
    for (fit, names) in &rest {
        let [out, unsure, fits, open] = WORDS.flow_diagram.more;
        let what = match fit {
            Fit::Out => out,
            Fit::Unsure => unsure,
            Fit::Fits => fits,
            Fit::Open => open,
        };
        let label = fill(what, &[&names.len().to_string()]);
        for name in names {
            new_names.insert((*name).to_owned(), label.clone());
        }
    }
    let mut out: BTreeMap<Key, u64> = BTreeMap::new();
    for ((words, fit), bytes) in bands {
        let mut words = words.clone();
        if let Some(word) = words.get_mut(column)
            && let Some(new) = new_names.get(word)
        {
            word.clone_from(new);
        }
        let sum = out.entry((words, *fit)).or_default();
        *sum = sum.saturating_add(*bytes);
    }
    out
}

/// Never folded away.
fn special(name: &str) -> bool {
    let words = &WORDS.all_pictures;
    let app = WORDS.flow_diagram.app_unknown;
    [words.no_name, app, words.owner_unknown, nowhere()].contains(&name)
}

/// Stands for a country that is not known.
fn nowhere() -> &'static str {
    WORDS.flow_diagram.nowhere
}

fn title(sums: &BTreeMap<Key, [u64; 2]>, owners: usize, judged: bool) -> String {
    let total: u64 = sums
        .values()
        .fold(0, |all, [_, bytes]| all.saturating_add(*bytes));
    let countries: BTreeSet<&String> = sums.keys().filter_map(|(words, _)| words.last()).collect();
    let countries = countries.iter().filter(|name| **name != nowhere()).count();
    let out: u64 = sums
        .iter()
        .filter(|((_, fit), _)| *fit == Fit::Out)
        .fold(0, |all, (_, [_, bytes])| all.saturating_add(*bytes));
    if judged && out > 0 {
        let (out, total) = (bytes(out), bytes(total));
        return fill(WORDS.flow_diagram.title_out, &[&out, &total]);
    }
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let known = match owners {
        0 => WORDS.flow_diagram.no_controller.to_owned(),
        known => WORDS.many(number(known), WORDS.flow_diagram.controllers),
    };
    let countries = WORDS.many(number(countries), WORDS.countries_of);
    fill(
        WORDS.flow_diagram.title,
        &[&bytes(total), &known, &countries],
    )
}

fn spoken(([left, middle, right], fit): &Key, sum: u64) -> String {
    fill(
        WORDS.flow_diagram.spoken_band,
        &[left, middle, right, &bytes(sum), fit.word()],
    )
}

fn table(sums: &BTreeMap<Key, [u64; 2]>, heads: [&'static str; 3], caption: &str) -> Table {
    let rows = sums.iter().map(|((words, fit), [flows, bytes])| {
        let mut row: Vec<Cell> = words.iter().map(|word| Cell::Words(word.clone())).collect();
        row.push(Cell::Words(fit.word().to_owned()));
        row.push(Cell::Number(*flows));
        row.push(Cell::Number(*bytes));
        row
    });
    let [left, middle, right] = heads;
    Table {
        caption: caption.to_owned(),
        header: vec![
            left,
            middle,
            right,
            WORDS.all_pictures.verdict,
            WORDS.all_pictures.flows,
            WORDS.all_pictures.bytes_out,
        ],
        rows: rows.collect(),
    }
}

fn legend(bands: &BTreeMap<Key, u64>) -> Vec<super::Legend> {
    let any = |wanted: Fit| bands.keys().any(|(_, fit)| *fit == wanted);
    let mut legend = Vec::new();
    if any(Fit::Fits) {
        legend.push(entry(OWN, WORDS.all_pictures.legend_fits));
    }
    if any(Fit::Out) {
        legend.push(entry(OUT, WORDS.flow_diagram.legend_out));
    }
    if any(Fit::Open) {
        legend.push(entry(OPEN, WORDS.all_pictures.legend_open));
    }
    if bands.keys().any(hatched) {
        legend.push(entry(UNSURE, WORDS.all_pictures.legend_unsure));
    }
    legend
}

const OWN: &str = "<rect class=\"sk-own\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/>";
const OUT: &str = "<rect class=\"sk-out\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/><path class=\"f-out none\" d=\"M1 1h28M1 13h28\"/>";
const OPEN: &str = "<rect class=\"sk-oth\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/>";
const UNSURE: &str =
    "<rect class=\"so\" fill=\"url(#pic-hatch)\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/>";

fn hatched((words, fit): &Key) -> bool {
    *fit == Fit::Unsure
        || (*fit != Fit::Out && words.last().is_some_and(|right| right == nowhere()))
}

/// Where the columns are.
struct Layout {
    id: &'static str,
    class: &'static str,
    wide: f64,
    columns: [f64; 3],
    /// Pixels for all bytes.
    scale: f64,
    small: bool,
}

impl Layout {
    const WIDE: Layout = Layout {
        id: "flow-w",
        class: "wid",
        wide: WIDE,
        columns: [262.0, 500.0, 740.0],
        scale: 300.0,
        small: false,
    };
    const NARROW: Layout = Layout {
        id: "flow-n",
        class: "nar",
        wide: NARROW,
        columns: [0.0, 130.0, 254.0],
        scale: 240.0,
        small: true,
    };
}

const NODE: f64 = 9.0;

/// Names of one column, from top to bottom.
struct Node {
    name: String,
    bytes: u64,
    top: f64,
    high: f64,
    /// How much of either side is used.
    used: [f64; 2],
}

fn diagram(bands: &BTreeMap<Key, u64>, heads: [&str; 3], layout: &Layout) -> Drawing {
    let total = bands
        .values()
        .fold(0_u64, |all, bytes| all.saturating_add(*bytes));
    let size = |bytes: u64| (share(bytes, total) * layout.scale).max(1.0);
    let mut columns: [Vec<Node>; 3] = std::array::from_fn(|at| nodes(bands, at, &size));
    untangle(bands, &mut columns);
    let bottom = columns
        .iter_mut()
        .map(|column| stacked(column))
        .fold(0.0, f64::max);
    for column in &mut columns {
        // Shorter columns stand in the middle.
        let end = column
            .last()
            .map_or(0.0, |node| node.top + node.high.max(PITCH));
        let down = (bottom - end) / 2.0;
        column.iter_mut().for_each(|node| node.top += down);
    }
    let mut drawing = Drawing::new(layout.id, layout.class, layout.wide, bottom + 8.0);
    for (at, head) in heads.into_iter().enumerate() {
        let x = layout.columns.get(at).copied().unwrap_or(0.0);
        let (x, anchor, class, head) = match (layout.small, at) {
            (false, 0) => (x - 10.0, Anchor::End, "t-soft", head),
            (false, _) => (x, Anchor::Start, "t-soft", head),
            (true, 1) => (x, Anchor::Start, "t-soft ns", WORDS.flow_diagram.controller),
            (true, 2) => (x, Anchor::Start, "t-soft ns", WORDS.all_pictures.country),
            (true, _) => (x, Anchor::Start, "t-soft ns", head),
        };
        drawing.text(class, (x, 12.0), anchor, head);
    }
    // In the order of the columns, so that bands cross as little as they can.
    let mut order: Vec<(&Key, u64)> = bands.iter().map(|(key, bytes)| (key, *bytes)).collect();
    order.sort_by_key(|(key, _)| {
        let at = |column: usize| {
            let name = key.0.get(column);
            let column = columns.get(column);
            column.and_then(|nodes| nodes.iter().position(|node| Some(&node.name) == name))
        };
        (at(0), at(1), at(2), key.1)
    });
    for side in 0..2 {
        for (key, bytes) in &order {
            if *bytes > 0 {
                band(&mut drawing, &mut columns, side, key, size(*bytes), layout);
            }
        }
    }
    for (at, column) in columns.iter().enumerate() {
        for node in column {
            label(&mut drawing, node, at, layout);
        }
    }
    drawing
}

/// Orders the names of the later columns after those of the first that their bands come from.
fn untangle(bands: &BTreeMap<Key, u64>, columns: &mut [Vec<Node>; 3]) {
    let mut places: BTreeMap<String, f64> = BTreeMap::new();
    for (column, nodes) in columns.iter_mut().enumerate() {
        if column > 0 {
            let mut pulls: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
            for (key, bytes) in bands {
                let left = key.0.first();
                let place = left.and_then(|left| places.get(left));
                if let (Some(name), Some(place)) = (key.0.get(column), place) {
                    let weight = float(*bytes).max(1.0);
                    let pull = pulls.entry(name).or_default();
                    *pull = (pull.0 + weight * place, pull.1 + weight);
                }
            }
            let pull = |node: &Node| {
                let (sum, weight) = pulls.get(node.name.as_str()).copied().unwrap_or((0.0, 1.0));
                sum / weight
            };
            let last = |node: &Node| special(&node.name);
            nodes.sort_by(|a, b| {
                let places = pull(a).total_cmp(&pull(b));
                last(a).cmp(&last(b)).then(places).then(a.name.cmp(&b.name))
            });
        }
        if column > 0 {
            continue;
        }
        // Where the middle of each lies, by bytes.
        let mut above = 0.0;
        places = nodes
            .iter()
            .map(|node| {
                let middle = above + float(node.bytes) / 2.0;
                above += float(node.bytes);
                (node.name.clone(), middle)
            })
            .collect();
    }
}

/// Room for one line of words.
const PITCH: f64 = 15.0;

fn nodes(bands: &BTreeMap<Key, u64>, column: usize, size: &impl Fn(u64) -> f64) -> Vec<Node> {
    let mut found: BTreeMap<&str, (Fit, u64, f64)> = BTreeMap::new();
    for (key, bytes) in bands {
        let Some(name) = key.0.get(column) else {
            continue;
        };
        let known = found.entry(name).or_insert((Fit::Open, 0, 0.0));
        known.0 = known.0.min(key.1);
        known.1 = known.1.saturating_add(*bytes);
        known.2 += if *bytes > 0 { size(*bytes) } else { 0.0 };
    }
    let mut nodes: Vec<(Fit, Node)> = found
        .into_iter()
        .map(|(name, (fit, bytes, high))| {
            let node = Node {
                name: name.to_owned(),
                bytes,
                top: 0.0,
                high: high.max(1.0),
                used: [0.0; 2],
            };
            (fit, node)
        })
        .collect();
    // What fits above, what does not below it, what is not decided at the end.
    let rank = |fit: Fit, name: &str| match fit {
        _ if special(name) => 3,
        Fit::Fits | Fit::Open => 0,
        Fit::Out => 1,
        Fit::Unsure => 2,
    };
    nodes.sort_by_key(|(fit, node)| {
        (
            rank(*fit, &node.name),
            std::cmp::Reverse(node.bytes),
            node.name.clone(),
        )
    });
    nodes.into_iter().map(|(_, node)| node).collect()
}

/// Puts the nodes below each other; where the last ends.
fn stacked(nodes: &mut [Node]) -> f64 {
    let mut y = 24.0;
    for node in nodes {
        node.top = y + (PITCH - node.high).max(0.0) / 2.0;
        y += node.high.max(PITCH) + 7.0;
    }
    y
}

fn band(
    drawing: &mut Drawing,
    columns: &mut [Vec<Node>; 3],
    side: usize,
    key: &Key,
    high: f64,
    layout: &Layout,
) {
    let mut end = |column: usize, edge: usize| {
        let name = key.0.get(column)?;
        let node = columns.get_mut(column)?;
        let node = node.iter_mut().find(|node| node.name == *name)?;
        let used = node.used.get_mut(edge)?;
        let top = node.top + *used;
        *used += high;
        Some(top)
    };
    let next = side.saturating_add(1);
    let (Some(a), Some(b)) = (end(side, 1), end(next, 0)) else {
        return;
    };
    let x = |at: usize| layout.columns.get(at).copied().unwrap_or(0.0);
    let (from, to) = (x(side) + NODE, x(next));
    let middle = (from + to) / 2.0;
    let [x0, x1, x2, a0, b0, a1, b1] = [from, middle, to, a, b, a + high, b + high].map(number);
    let commands =
        format!("M{x0} {a0}C{x1} {a0} {x1} {b0} {x2} {b0}V{b1}C{x1} {b1} {x1} {a1} {x0} {a1}z");
    if hatched(key) {
        drawing.add(&format!(
            "path class=\"so\" fill=\"url(#pic-hatch)\" d=\"{commands}\""
        ));
        return;
    }
    let class = match key.1 {
        Fit::Out => "sk-out",
        Fit::Fits => "sk-own",
        _ => "sk-oth",
    };
    drawing.path(class, None, &commands);
    if key.1 == Fit::Out {
        let edges = format!(
            "M{x0} {a0}C{x1} {a0} {x1} {b0} {x2} {b0}M{x2} {b1}C{x1} {b1} {x1} {a1} {x0} {a1}"
        );
        drawing.path("f-out none", None, &edges);
    }
}

fn label(drawing: &mut Drawing, node: &Node, column: usize, layout: &Layout) {
    let x = layout.columns.get(column).copied().unwrap_or(0.0);
    let area = [x, node.top, NODE, node.high];
    if node.name == nowhere() {
        let [x, y, w, h] = area.map(number);
        drawing.add(&format!(
            "rect class=\"so\" fill=\"url(#pic-fine)\" x=\"{x}\" y=\"{y}\" width=\"{w}\" \
             height=\"{h}\""
        ));
    } else {
        drawing.rect("nd", area);
    }
    let sum = bytes(node.bytes);
    let size = if layout.small { 11.0 } else { 13.0 };
    let next = layout.columns.get(column.saturating_add(1)).copied();
    let room = match (layout.small, column) {
        (false, 0) => x - 10.0,
        _ => next.unwrap_or(layout.wide) - x - NODE - 12.0,
    };
    let numbers = measure::width(&sum, size, false) + size * 0.4;
    let y = node.top + node.high / 2.0 + size * 0.35;
    let bold = column > 0;
    // Where there is no room for both, the name goes first.
    let both = measure::width(&node.name, size, bold) <= room - numbers || room > 150.0;
    let left = if both { room - numbers } else { room };
    let name = measure::fit(&node.name, size, bold, left);
    let small = if layout.small { " ns" } else { "" };
    let weight = if bold { " t-b" } else { "" };
    let class = format!("halo{small}{weight}");
    let soft = format!("halo{small} t-soft");
    if !layout.small && column == 0 {
        drawing.pair((x - 8.0, y), Anchor::End, [(&class, &name), (&soft, &sum)]);
        return;
    }
    let at = (x + NODE + 5.0, y);
    if both {
        drawing.pair(at, Anchor::Start, [(&class, &name), (&soft, &sum)]);
    } else {
        drawing.text(&class, at, Anchor::Start, &name);
    }
}
