//! SVG, piece by piece.
//!
//! In:   numbers, classes of ours, words of anyone.
//! Out:  elements without styles, handlers, scripts or references to elsewhere.
//! Spec: SVG 1.1, second edition.
//!
//! Words go through `escape::html`; numbers are finite and have one decimal at most, so that the
//! same report gives the same bytes.

use super::{Legend, STYLE, measure};
use crate::data::earth_map;
use crate::report::escape;

/// A picture in one of its widths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    id: String,
    class: &'static str,
    wide: f64,
    high: f64,
    title: String,
    text: String,
    body: String,
}

/// What stands around a drawing that is a file of its own.
pub(super) struct Frame<'a> {
    pub(super) title: &'a str,
    pub(super) subtitle: &'a str,
    pub(super) legend: &'a [Legend],
    pub(super) notes: &'a [String],
}

/// Where a text begins, ends or has its middle.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn as_str(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

impl Drawing {
    /// `id` and `class` are words of ours.
    pub(super) fn new(id: &str, class: &'static str, wide: f64, high: f64) -> Self {
        Drawing {
            id: id.to_owned(),
            class,
            wide,
            high,
            ..Drawing::default()
        }
    }

    /// The names that a reader who cannot see it hears.
    pub(super) fn say(&mut self, title: &str, text: &str) {
        title.clone_into(&mut self.title);
        text.clone_into(&mut self.text);
    }

    pub(super) fn set_high(&mut self, high: f64) {
        self.high = high;
    }

    /// An element: its name with attributes, all of them of ours.
    pub(super) fn add(&mut self, element: &str) {
        self.body.push('<');
        self.body.push_str(element);
        self.body.push_str("/>\n");
    }

    pub(super) fn open(&mut self, element: &str) {
        self.body.push('<');
        self.body.push_str(element);
        self.body.push_str(">\n");
    }

    pub(super) fn close(&mut self, name: &str) {
        self.body.push_str("</");
        self.body.push_str(name);
        self.body.push_str(">\n");
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        self.add(&format!(
            "line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\""
        ));
    }

    pub(super) fn rect(&mut self, class: &str, [x, y, w, h]: [f64; 4]) {
        let [x, y, w, h] = [x, y, w, h].map(number);
        self.add(&format!(
            "rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\""
        ));
    }

    pub(super) fn circle(&mut self, class: &str, (x, y): (f64, f64), r: f64) {
        let [x, y, r] = [x, y, r].map(number);
        self.add(&format!(
            "circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\""
        ));
    }

    pub(super) fn path(&mut self, class: &str, width: Option<f64>, commands: &str) {
        let width = width.map_or_else(String::new, |w| format!(" stroke-width=\"{}\"", number(w)));
        self.add(&format!("path class=\"{class}\"{width} d=\"{commands}\""));
    }

    pub(super) fn text(&mut self, class: &str, at: (f64, f64), anchor: Anchor, words: &str) {
        self.body.push_str(&text(class, at, anchor, words));
    }

    /// Two texts after each other, in classes of their own.
    pub(super) fn pair(
        &mut self,
        (x, y): (f64, f64),
        anchor: Anchor,
        [(first, name), (second, after)]: [(&str, &str); 2],
    ) {
        let [x, y] = [x, y].map(number);
        let anchor = anchor.as_str();
        let out = &mut self.body;
        out.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">"
        ));
        out.push_str(&format!("<tspan class=\"{first}\">"));
        escape::html_visible(out, name);
        out.push_str(&format!("</tspan><tspan class=\"{second}\" dx=\"5\">"));
        escape::html_visible(out, after);
        out.push_str("</tspan></text>\n");
    }

    /// Lines of one label: the first bold, the others soft.
    pub(super) fn label(&mut self, at: (f64, f64), anchor: Anchor, small: bool, lines: &[String]) {
        let step = if small { SMALL_STEP } else { STEP };
        let mut y = at.1;
        for (place, line) in lines.iter().enumerate() {
            let class = match (place, small) {
                (0, false) => "halo t-b",
                (0, true) => "halo ns t-b",
                (_, false) => "halo t-soft",
                (_, true) => "halo ns t-soft",
            };
            self.text(class, (at.0, y), anchor, line);
            y += step;
        }
    }

    /// As it stands in the page. The page holds [`definitions`] once.
    #[must_use]
    pub fn inline(&self) -> String {
        let [wide, high] = [self.wide, self.high].map(number);
        format!(
            "<svg class=\"chart {}\" viewBox=\"0 0 {wide} {high}\" {}>\n{}{}</svg>\n",
            self.class,
            self.role(),
            self.names(),
            self.body
        )
    }

    fn role(&self) -> String {
        let id = &self.id;
        format!("role=\"img\" aria-labelledby=\"{id}-t {id}-d\"")
    }

    fn names(&self) -> String {
        let id = &self.id;
        let mut out = format!("<title id=\"{id}-t\">");
        escape::html_visible(&mut out, &self.title);
        out.push_str(&format!("</title>\n<desc id=\"{id}-d\">"));
        escape::html_visible(&mut out, &self.text);
        out.push_str("</desc>\n");
        out
    }

    /// As a file of its own, with what the page would say around it.
    pub(super) fn alone(&self, frame: &Frame<'_>) -> String {
        let room = self.wide.max(320.0);
        let mut above = String::new();
        let mut y = MARGIN;
        let lines = |out: &mut String, class: &str, size: f64, y: &mut f64, words: &str| {
            for line in measure::wrap(words, size, room) {
                *y += size * 1.4;
                out.push_str(&text(class, (MARGIN, *y), Anchor::Start, &line));
            }
        };
        lines(&mut above, "t-t t-b", 18.0, &mut y, frame.title);
        lines(&mut above, "t-s t-soft", 15.0, &mut y, frame.subtitle);
        y = legend(&mut above, frame.legend, room, y + 12.0);
        let top = y + 14.0;
        let mut below = String::new();
        let mut y = top + self.high + 6.0;
        for note in frame.notes {
            lines(&mut below, "t-soft", 13.0, &mut y, note);
        }
        let [wide, high, top] = [room + 2.0 * MARGIN, y + MARGIN, top].map(number);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart alone\" width=\"{wide}\" \
             height=\"{high}\" viewBox=\"0 0 {wide} {high}\" {}>\n{}<style>{STYLE}</style>\n\
             <defs>{}</defs>\n<rect class=\"paper\" width=\"{wide}\" height=\"{high}\"/>\n{above}\
             <g transform=\"translate({} {top})\">\n{}</g>\n{below}</svg>\n",
            self.role(),
            self.names(),
            parts(self.body.contains("#pic-earth")),
            number(MARGIN),
            self.body
        )
    }
}

/// Lines of a label are this far apart.
pub(super) const STEP: f64 = 16.0;
pub(super) const SMALL_STEP: f64 = 13.5;

const MARGIN: f64 = 24.0;

/// Marks with their words, in as many rows as they need; where the last row ends.
fn legend(out: &mut String, legend: &[Legend], room: f64, top: f64) -> f64 {
    let (mut x, mut y) = (MARGIN, top);
    for entry in legend {
        let wide = 38.0 + measure::width(&entry.words, 13.0, false);
        if x > MARGIN && x + wide > room + MARGIN {
            (x, y) = (MARGIN, y + 20.0);
        }
        let [at, down] = [x, y].map(number);
        out.push_str(&format!(
            "<g transform=\"translate({at} {down})\">{}</g>\n",
            entry.mark
        ));
        out.push_str(&text("", (x + 38.0, y + 11.5), Anchor::Start, &entry.words));
        x += wide + 22.0;
    }
    if legend.is_empty() { top } else { y + 16.0 }
}

fn text(class: &str, (x, y): (f64, f64), anchor: Anchor, words: &str) -> String {
    let [x, y] = [x, y].map(number);
    let mut out = format!("<text x=\"{x}\" y=\"{y}\"");
    if !class.is_empty() {
        out.push_str(&format!(" class=\"{class}\""));
    }
    if anchor != Anchor::Start {
        out.push_str(&format!(" text-anchor=\"{}\"", anchor.as_str()));
    }
    out.push('>');
    escape::html_visible(&mut out, words);
    out.push_str("</text>\n");
    out
}

/// What all drawings of a page share: hatches, and the outlines of the world. Once a page, before
/// the first drawing.
#[must_use]
pub fn definitions() -> String {
    format!(
        "<svg class=\"defs\" aria-hidden=\"true\" focusable=\"false\"><defs>{}</defs></svg>\n",
        parts(true)
    )
}

fn parts(with_earth: bool) -> String {
    let mut out = String::from(
        "<pattern id=\"pic-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><path class=\"hl\" d=\"M0 0v6\"/></pattern>\
         <pattern id=\"pic-fine\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><path class=\"hl\" d=\"M0 0v4\"/></pattern>\
         <pattern id=\"pic-faint\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><path class=\"gl\" d=\"M0 0v7\"/></pattern>",
    );
    if !with_earth {
        return out;
    }
    out.push_str(
        "<pattern id=\"pic-claim\" width=\"30\" height=\"30\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(-45)\"><path class=\"claim\" d=\"M0 0v30\"/></pattern>",
    );
    let mut dots = String::new();
    for spot in earth_map::spots().filter(|spot| spot.dot) {
        let (x, y) = (spot.x, spot.y);
        dots.push_str(&format!(
            "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"11\"/>"
        ));
    }
    out.push_str(&format!(
        "<g id=\"pic-earth\"><path class=\"land\" d=\"{}\"/><path class=\"bord\" d=\"{}\"/><path \
         fill=\"url(#pic-claim)\" d=\"{}\"/><path class=\"bord open\" d=\"{}\"/>{dots}</g>",
        earth_map::land(),
        earth_map::borders(),
        earth_map::hatched(),
        earth_map::contested()
    ));
    out
}

/// A number with one decimal at most; what is none is 0.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{:.1}", value.clamp(-100_000.0, 100_000.0));
    let text = text.strip_suffix(".0").unwrap_or(&text);
    (if text == "-0" { "0" } else { text }).to_owned()
}
