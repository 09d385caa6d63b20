//! Pictures of a report, drawn as SVG.
//!
//! In:   a [`Report`] alone.
//! Out:  a world map, a timeline, a flow diagram and round trips against distance: for each a
//!       title that states the finding, how to read it, the drawing in two widths, a legend, and a
//!       table of the same numbers.
//! Spec: SVG 1.1, second edition.
//!
//! Drawings have classes, and `style.css` has their looks: no style attribute, no handler, no
//! script, no reference to elsewhere. A sender's words reach them through `escape` only, cut to the
//! room there is. What a sender can multiply is grouped: a drawing has a bounded number of
//! elements, and the table has every row. The same report gives the same bytes.

mod flow;
mod groups;
mod labels;
mod map;
mod measure;
mod rtt;
mod svg;
#[cfg(test)]
mod tests;
mod timeline;

pub use svg::{Drawing, definitions};

use crate::model::Report;
use std::io;
use svg::Frame;

/// The looks of all drawings: for the page, and in each file that stands alone.
pub const STYLE: &str = include_str!("style.css");

/// One entry of a legend.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Legend {
    /// What it looks like: SVG for a view box of `0 0 30 14`, of ours.
    pub mark: &'static str,
    /// What it means. To be escaped.
    pub words: String,
}

/// One cell of a table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cell {
    /// Words, visible already. To be escaped.
    Words(String),
    /// A number, as in JSON; the header has its unit.
    Number(u64),
    /// Nothing is known.
    Empty,
}

/// The numbers of a picture.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Table {
    /// What it holds. To be escaped.
    pub caption: String,
    /// A word for each column.
    pub header: Vec<&'static str>,
    /// As many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A picture and all that stands around it. Words are plain: they are to be escaped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// `map`, `timeline`, `flow`, `rtt`.
    pub id: &'static str,
    /// States the finding.
    pub title: String,
    /// How to read it.
    pub subtitle: String,
    /// The marks that occur.
    pub legend: Vec<Legend>,
    /// For a column 940 pixels wide; `None` where there is nothing to draw, and a note says why.
    pub wide: Option<Drawing>,
    /// For one 360 pixels wide.
    pub narrow: Option<Drawing>,
    /// The same numbers.
    pub table: Table,
    /// Sources and what a reader must know.
    pub notes: Vec<String>,
}

impl Picture {
    /// A file of its own: the wide drawing with title, legend and notes, in light and dark.
    #[must_use]
    pub fn alone(&self) -> String {
        let nothing = Drawing::new(self.id, "wid", WIDE, 0.0);
        let mut wide = self.wide.clone().unwrap_or(nothing);
        if self.wide.is_none() {
            wide.say(&self.title, &self.subtitle);
        }
        wide.alone(&Frame {
            title: &self.title,
            subtitle: &self.subtitle,
            legend: &self.legend,
            notes: &self.notes,
        })
    }
}

/// A kind of picture.
pub struct Kind {
    /// The word after `whereto plot`, and the picture's `id`.
    pub name: &'static str,
    /// Draws it.
    pub draw: fn(&Report) -> io::Result<Picture>,
}

/// All kinds, in the order of the page.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "map",
        draw: map::draw,
    },
    Kind {
        name: "timeline",
        draw: timeline::draw,
    },
    Kind {
        name: "flow",
        draw: flow::draw,
    },
    Kind {
        name: "rtt",
        draw: rtt::draw,
    },
];

/// All pictures of a report.
///
/// # Errors
/// Where its flows could not be read.
pub fn all(report: &Report) -> io::Result<Vec<Picture>> {
    KINDS.iter().map(|kind| (kind.draw)(report)).collect()
}

/// Widths of the two drawings.
const WIDE: f64 = 940.0;
const NARROW: f64 = 360.0;
