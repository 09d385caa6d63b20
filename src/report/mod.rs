//! A report to bytes.
//!
//! In:   a [`Report`].
//! Out:  text for a terminal, JSON, CSV; SARIF, JUnit XML and Markdown for automation.
//!
//! To add a format: one file and a line in [`FORMATS`]. Words that come from a capture, a file
//! name or a database reach an output through [`escape`] only. Rows are streamed: no format
//! holds them in memory. The same report gives the same bytes.

mod command;
mod countries;
mod csv;
mod diff;
pub mod escape;
mod explain;
mod html;
pub mod json;
mod judged;
mod junit;
mod markdown;
mod number;
pub mod picture;
#[cfg(test)]
mod sample;
pub mod text;
mod words;

#[cfg(test)]
mod automation_tests;
pub use diff::DIFF_FORMATS;
pub use explain::{Explained, Explanation, explain, explain_saved};

use crate::model::{DataSource, Excluded, Holding, PlaceOpinion, Report};
use std::io::{self, Write};

/// How text is laid out. Other formats have no use for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// True for colours and bold.
    pub colour: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            width: 100,
            colour: false,
        }
    }
}

/// Long lists of a report, the longest last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Lists {
    /// None of them.
    Nothing,
    /// Flows.
    Flows,
    /// Flows, and DNS exchanges.
    Dns,
    /// Flows, and DNS and HTTP exchanges.
    Exchanges,
}

/// One output format of a `T`.
pub struct Format<T: ?Sized + 'static = Report> {
    /// The word after `--format`.
    pub name: &'static str,
    /// Ends of file names that mean it, without the dot before them.
    pub extensions: &'static [&'static str],
    /// What it holds, for the help text.
    pub doc: &'static str,
    /// The long lists that it writes, or looks through: no others need be kept.
    pub lists: Lists,
    /// Writes a report in it.
    pub write: fn(&T, Style, &mut dyn Write) -> io::Result<()>,
}

const TEXT: &[&str] = &["txt", "text"];
const JSON: &[&str] = &["json"];
const CSV: &[&str] = &["csv"];

/// The formats of an audit.
pub const FORMATS: &[Format] = &[
    Format {
        name: "text",
        extensions: TEXT,
        doc: "a report to read",
        lists: Lists::Nothing,
        write: |report, style, out| text::report(report, style, out),
    },
    Format {
        name: "json",
        extensions: JSON,
        doc: "everything, as docs/report.schema.json describes it",
        lists: Lists::Exchanges,
        write: |report, _, out| json::report(report, out),
    },
    Format {
        name: "csv",
        extensions: CSV,
        doc: "one row a flow, as docs/columns.md describes it",
        lists: Lists::Flows,
        write: |report, _, out| csv::flows(report, out),
    },
    Format {
        name: "html",
        extensions: &["html", "htm"],
        doc: "a page to look at, check and cite",
        lists: Lists::Flows,
        write: |report, _, out| html::report(report, out),
    },
    Format {
        name: "csv-findings",
        extensions: &["findings.csv", "csv"],
        doc: "one row a finding",
        lists: Lists::Nothing,
        write: |report, _, out| csv::findings(report, out),
    },
    Format {
        name: "csv-claims",
        extensions: &["claims.csv"],
        doc: "one row a claim",
        lists: Lists::Nothing,
        write: |report, _, out| csv::claims(report, out),
    },
    Format {
        name: "sarif",
        extensions: &["sarif", "sarif.json"],
        doc: "SARIF 2.1.0, for viewers of code scanning",
        lists: Lists::Nothing,
        write: |report, _, out| json::sarif(report, out),
    },
    Format {
        name: "junit",
        extensions: &["xml", "junit.xml"],
        doc: "JUnit XML, for dashboards of tests",
        lists: Lists::Nothing,
        write: |report, _, out| junit::junit(report, out),
    },
    Format {
        name: "markdown",
        extensions: &["md"],
        doc: "a comment on a pull request",
        lists: Lists::Nothing,
        write: |report, _, out| markdown::markdown(report, out),
    },
];

/// The formats of a list of flows.
pub const FLOW_FORMATS: &[Format] = &[
    Format {
        name: "text",
        extensions: TEXT,
        doc: "a table",
        lists: Lists::Flows,
        write: |report, style, out| text::flows(report, style, out),
    },
    Format {
        name: "json",
        extensions: JSON,
        doc: "the `data` and `flows` of a report",
        lists: Lists::Flows,
        write: |report, _, out| json::flows(report, out),
    },
    Format {
        name: "csv",
        extensions: CSV,
        doc: "one row a flow",
        lists: Lists::Flows,
        write: |report, _, out| csv::flows(report, out),
    },
];

/// The formats of a list of DNS exchanges.
pub const DNS_FORMATS: &[Format] = &[
    Format {
        name: "text",
        extensions: TEXT,
        doc: "a table",
        lists: Lists::Dns,
        write: |report, style, out| text::dns(report, style, out),
    },
    Format {
        name: "json",
        extensions: JSON,
        doc: "the `dns` of a report",
        lists: Lists::Dns,
        write: |report, _, out| json::dns(report, out),
    },
    Format {
        name: "csv",
        extensions: CSV,
        doc: "one row an answer, or a query without one",
        lists: Lists::Dns,
        write: |report, _, out| csv::dns(report, out),
    },
];

/// The formats of what the captures say about themselves.
pub const INFO_FORMATS: &[Format] = &[
    Format {
        name: "text",
        extensions: TEXT,
        doc: "a page to read",
        lists: Lists::Nothing,
        write: |report, style, out| text::info(report, style, out),
    },
    Format {
        name: "json",
        extensions: JSON,
        doc: "a report without its rows",
        lists: Lists::Nothing,
        write: |report, _, out| json::info(report, out),
    },
];

/// The formats of a list of place data.
pub const HOLDING_FORMATS: &[Format<[Holding]>] = &[
    Format {
        name: "text",
        extensions: TEXT,
        doc: "a page to read",
        lists: Lists::Nothing,
        write: |holdings, style, out| text::holdings(holdings, style, out),
    },
    Format {
        name: "json",
        extensions: JSON,
        doc: "the `data` of a report, with what each covers",
        lists: Lists::Nothing,
        write: |holdings, _, out| json::holdings(holdings, out),
    },
];

/// The formats of explanations.
pub const EXPLANATION_FORMATS: &[Format<[Explanation]>] = &[Format {
    name: "text",
    extensions: TEXT,
    doc: "a page to read",
    lists: Lists::Nothing,
    write: |all, style, out| text::explanations(all, style, out),
}];

/// What each source of places said of each remote address, as CSV.
///
/// # Errors
/// Where `out` refuses.
pub fn places(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    csv::places(report, out)
}

/// Names, dates and hashes of the sources of places, as CSV.
///
/// # Errors
/// Where `out` refuses.
pub fn sources(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    csv::sources(report, out)
}

/// Codes of excluded countries, joined by spaces.
fn excluded_codes(excluded: &[Excluded]) -> String {
    let codes: Vec<&str> = excluded.iter().map(|one| one.country.code()).collect();
    codes.join(" ")
}

/// What each source said, as the `country_sources` column has it: `name=CC`, joined by `;`.
/// To be escaped.
fn opinion_words(opinions: &[PlaceOpinion], data: &[DataSource]) -> String {
    let mut words = String::new();
    for opinion in opinions {
        let (Some(source), Some(country)) = (data.get(opinion.source), opinion.country) else {
            continue;
        };
        if !words.is_empty() {
            words.push(';');
        }
        words.push_str(&source.name);
        words.push('=');
        words.push_str(country.code());
    }
    words
}
