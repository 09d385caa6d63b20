//! Who sends what to whom, and where that is: app or name, controller, country.
//!
//! In:   every outbound flow's app, name, owner, country, verdict and bytes out.
//! Out:  bands between three columns, as high as their bytes; hatched where the country is not
//!       decided.
//!
//! A column has twelve names at most. What does not fit, is not decided or has no name is never
//! put together with others: what finds no room is counted with its like.

use super::groups::{Fit, controller, country, entry, float, judged, name_or_address, share};
use super::svg::{Anchor, Drawing, number};
use super::{Cell, NARROW, Picture, Table, WIDE, measure};
use crate::model::{App, Flow, Report, Scope};
use crate::report::escape;
use crate::report::text::layout::{bytes, many};
use std::collections::BTreeMap;
use std::io;

/// A band from left to right, and its words.
type Key = ([String; 3], Fit);

/// Names a column may have.
const MOST: usize = 12;

/// Stands for a country that is not known.
const NOWHERE: &str = "Indeterminate";

/// Draws the diagram.
pub(super) fn draw(report: &Report) -> io::Result<Picture> {
    let mut apps = false;
    report.rows.flows(&mut |flow| {
        apps |= wanted(flow) && flow.app.is_some();
        Ok(())
    })?;
    let mut sums: BTreeMap<Key, [u64; 2]> = BTreeMap::new();
    report.rows.flows(&mut |flow| {
        if wanted(flow) {
            let sum = sums.entry(key(flow, apps)).or_default();
            let [flows, bytes] = sum;
            *flows = flows.saturating_add(1);
            *bytes = bytes.saturating_add(flow.bytes_out);
        }
        Ok(())
    })?;
    let heads = [
        if apps { "App" } else { "Name" },
        "Who controls the name",
        "Where the server is",
    ];
    let mut picture = Picture {
        id: "flow",
        title: title(&sums, judged(report)),
        subtitle: format!(
            "Bytes out from {} to controller to country of the address. Hatched bands end in an \
             indeterminate country. Where a server is and who controls it are two questions.",
            if apps { "app" } else { "name" }
        ),
        table: table(&sums, heads),
        ..Picture::default()
    };
    let bands = bounded(&sums);
    if bands.values().all(|bytes| *bytes == 0) {
        picture.notes = vec!["Not drawn: no bytes were sent outside the local network.".to_owned()];
        return Ok(picture);
    }
    let said: Vec<String> = bands
        .iter()
        .map(|(key, bytes)| spoken(key, *bytes))
        .collect();
    let mut wide = diagram(&bands, heads, &Layout::WIDE);
    let mut narrow = diagram(&bands, heads, &Layout::NARROW);
    for drawing in [&mut wide, &mut narrow] {
        drawing.say(
            &format!("Flow diagram: {}", picture.title),
            &said.join(". "),
        );
    }
    (picture.wide, picture.narrow) = (Some(wide), Some(narrow));
    picture.legend = legend(&bands);
    picture.notes = vec![
        "A band is at least one pixel high, so that small ones can be seen; the table has the \
         numbers. Who controls a name comes from the catalogue of owners, not from the capture."
            .to_owned(),
    ];
    Ok(picture)
}

fn wanted(flow: &Flow) -> bool {
    flow.scope == Scope::Outbound && !flow.carries_tunnel
}

fn key(flow: &Flow, apps: bool) -> Key {
    let left = if apps {
        app(flow.app.as_ref())
    } else if flow.name.as_ref().is_none_or(|name| name.is_empty()) {
        "no name seen".to_owned()
    } else {
        name_or_address(flow.name.as_ref(), None)
    };
    let named = flow.name.as_ref().is_some_and(|name| !name.is_empty());
    let right = flow
        .place
        .country
        .map_or_else(|| NOWHERE.to_owned(), country);
    let key = [left, controller(named, &flow.owner), right];
    (key, Fit::of(flow.verdict))
}

fn app(app: Option<&App>) -> String {
    let Some(app) = app else {
        return "app not known".to_owned();
    };
    match (&app.name, app.uid, app.pid) {
        (Some(name), _, _) if !name.is_empty() => escape::terminal(name).into_owned(),
        (_, Some(uid), _) => format!("user id {uid}"),
        (_, _, Some(pid)) => format!("process {pid}"),
        _ => "app not known".to_owned(),
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
    let special = |name: &str| SPECIAL.contains(&name);
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
        let what = match fit {
            Fit::Out => "more that do not fit",
            Fit::Unsure => "more, indeterminate",
            Fit::Fits => "more that fit",
            Fit::Open => "more",
        };
        let label = format!("{} {what}", names.len());
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
const SPECIAL: &[&str] = &["no name seen", "app not known", "owner not known", NOWHERE];

fn title(sums: &BTreeMap<Key, [u64; 2]>, judged: bool) -> String {
    let total: u64 = sums
        .values()
        .fold(0, |all, [_, bytes]| all.saturating_add(*bytes));
    let of = |column: usize| {
        let mut names: BTreeMap<&str, u64> = BTreeMap::new();
        for ((words, _), [_, bytes]) in sums {
            let sum = names
                .entry(words.get(column).map_or("", String::as_str))
                .or_default();
            *sum = sum.saturating_add(*bytes);
        }
        names
    };
    let controllers = of(1);
    let countries = of(2).keys().filter(|name| **name != NOWHERE).count();
    let out: u64 = sums
        .iter()
        .filter(|((_, fit), _)| *fit == Fit::Out)
        .fold(0, |all, (_, [_, bytes])| all.saturating_add(*bytes));
    if judged && out > 0 {
        return format!(
            "{} of {} sent do not fit what was expected",
            bytes(out),
            bytes(total)
        );
    }
    let known = |name: &&str| !SPECIAL.contains(name) && !name.starts_with("a customer of ");
    let known = controllers.keys().filter(|name| known(name)).count();
    let known = u64::try_from(known).unwrap_or(u64::MAX);
    format!(
        "{} sent to names of {}, at addresses in {}",
        bytes(total),
        if known == 0 {
            "no known controller".to_owned()
        } else {
            many(known, "known controller")
        },
        match countries {
            1 => "1 country".to_owned(),
            more => format!("{more} countries"),
        }
    )
}

fn spoken((words, fit): &Key, sum: u64) -> String {
    format!("{}: {} out, {}", words.join(", "), bytes(sum), fit.word())
}

fn table(sums: &BTreeMap<Key, [u64; 2]>, heads: [&'static str; 3]) -> Table {
    let rows = sums.iter().map(|((words, fit), [flows, bytes])| {
        let mut row: Vec<Cell> = words.iter().map(|word| Cell::Words(word.clone())).collect();
        row.push(Cell::Words(fit.word().to_owned()));
        row.push(Cell::Number(*flows));
        row.push(Cell::Number(*bytes));
        row
    });
    let [left, middle, right] = heads;
    Table {
        caption: format!(
            "Bytes out by {}, controller and country",
            left.to_lowercase()
        ),
        header: vec![left, middle, right, "Verdict", "Flows", "Bytes out"],
        rows: rows.collect(),
    }
}

fn legend(bands: &BTreeMap<Key, u64>) -> Vec<super::Legend> {
    let any = |wanted: Fit| bands.keys().any(|(_, fit)| *fit == wanted);
    let mut legend = Vec::new();
    if any(Fit::Fits) {
        legend.push(entry(OWN, "fits what was expected"));
    }
    if any(Fit::Out) {
        legend.push(entry(OUT, "does not fit: outlined"));
    }
    if any(Fit::Open) {
        legend.push(entry(OPEN, "not judged"));
    }
    if bands.keys().any(hatched) {
        legend.push(entry(UNSURE, "indeterminate"));
    }
    legend
}

const OWN: &str = "<rect class=\"sk-own\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/>";
const OUT: &str = "<rect class=\"sk-out\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/><path class=\"f-out none\" d=\"M1 1h28M1 13h28\"/>";
const OPEN: &str = "<rect class=\"sk-oth\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/>";
const UNSURE: &str =
    "<rect class=\"so\" fill=\"url(#pic-hatch)\" x=\"1\" y=\"1\" width=\"28\" height=\"12\"/>";

fn hatched((words, fit): &Key) -> bool {
    *fit == Fit::Unsure || (*fit != Fit::Out && words.last().is_some_and(|right| right == NOWHERE))
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
            (true, 1) => (x, Anchor::Start, "t-soft ns", "Controller"),
            (true, 2) => (x, Anchor::Start, "t-soft ns", "Country"),
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
            let last = |node: &Node| SPECIAL.contains(&node.name.as_str());
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
        _ if SPECIAL.contains(&name) => 3,
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
    if node.name == NOWHERE {
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
