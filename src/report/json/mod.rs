//! The whole report as one JSON document, streamed.
//!
//! In:   a [`Report`].
//! Out:  the document that `docs/report.schema.json` describes. Every row stands on a line of
//!       its own, so that line tools and diffs work; rows never stand in memory.
//! Spec: RFC 8259.

mod claims;
mod diff;
mod parts;
mod phases;
mod policy;
mod rows;
mod sarif;
mod writer;

use crate::model::diff::Diff;
use crate::model::{DataSource, Holding, Report, Whereabouts};
use std::io::{self, Write};
use writer::Writer;

pub use sarif::sarif;

/// The version of the document's shape. It grows when a key changes its meaning; a new key
/// does not change it.
pub const SCHEMA: u64 = 1;

/// Everything.
///
/// # Errors
/// Where `out` fails.
pub fn report(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    document(out, |json| {
        parts::about(json, report);
        json.line();
        rows::flows(json, report)?;
        json.line();
        rows::destinations(json, report)?;
        json.line();
        rows::dns(json, report)?;
        json.line();
        rows::http(json, report)?;
        json.line();
        rows::findings(json, report)?;
        phases::phases(json, report);
        policy::policy(json, report.policy.as_ref());
        json.line();
        claims::claims(json, report)
    })
}

/// The flows, and where their places come from.
///
/// # Errors
/// Where `out` fails.
pub fn flows(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    document(out, |json| {
        parts::whereto(json);
        json.line();
        parts::data(json, &report.data);
        json.line();
        rows::flows(json, report)?;
        policy::policy(json, report.policy.as_ref());
        Ok(())
    })
}

/// What is known of single addresses and names.
///
/// # Errors
/// Where `out` fails.
pub fn whereabouts(
    all: &[Whereabouts],
    data: &[DataSource],
    out: &mut dyn Write,
) -> io::Result<()> {
    document(out, |json| {
        parts::whereto(json);
        json.line();
        parts::data(json, data);
        json.line();
        rows::whereabouts(json, all, data)
    })
}

/// The DNS exchanges alone.
///
/// # Errors
/// Where `out` fails.
pub fn dns(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    document(out, |json| {
        parts::whereto(json);
        json.line();
        rows::dns(json, report)
    })
}

/// What was read and what was lost, without rows.
///
/// # Errors
/// Where `out` fails.
pub fn info(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    document(out, |json| {
        parts::about(json, report);
        Ok(())
    })
}

/// Two captures side by side.
///
/// # Errors
/// Where `out` fails.
pub fn diff(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    document(out, |json| {
        parts::whereto(json);
        self::diff::body(json, diff)
    })
}

/// The place data that a run would use, and what it covers.
///
/// # Errors
/// Where `out` fails.
pub fn holdings(holdings: &[Holding], out: &mut dyn Write) -> io::Result<()> {
    document(out, |json| {
        parts::whereto(json);
        json.line();
        json.lines("data", holdings, parts::holding);
        Ok(())
    })
}

fn document(
    out: &mut dyn Write,
    body: impl FnOnce(&mut Writer<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut json = Writer::new(out);
    json.begin(b'{');
    json.line();
    body(&mut json)?;
    json.last_line();
    json.end(b'}');
    json.last_line();
    json.flush()
}

#[cfg(test)]
mod tests;
