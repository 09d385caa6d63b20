//! Where the places come from: names, dates, credits.

use super::layout::{Ink, Page};
use crate::model::{DataSource, Report};
use crate::report::escape;
use std::io;

pub(super) fn sources(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    page.heading(
        "DATA",
        "places are estimates by address; none was seen on the wire",
    )?;
    if report.data.is_empty() {
        return page.paragraph("No place data: every country is unknown.", 2, None);
    }
    report
        .data
        .iter()
        .try_for_each(|source| self::source(page, source))
}

fn source(page: &mut Page<'_>, source: &DataSource) -> io::Result<()> {
    let date = source.date.as_deref().unwrap_or("no date");
    let words = format!(
        "{} ({}), {date}, gives {}",
        source.name,
        source.origin,
        source.gives.join(" and ")
    );
    page.paragraph(&escape::terminal_str(&words), 2, None)?;
    let credit = match (&source.credit, &source.link) {
        (Some(credit), Some(link)) => format!("{credit}, {link}"),
        (Some(words), None) | (None, Some(words)) => words.clone(),
        (None, None) => return Ok(()),
    };
    page.paragraph(&escape::terminal_str(&credit), 4, Some(Ink::Soft))
}
