//! Where the places come from: names, dates, hashes, credits.

use super::layout::{Ink, Page};
use crate::model::{DataSource, Report};
use crate::report::escape;
use std::io;

pub(super) fn sources(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    page.heading(
        "DATA",
        "places are estimates, owners catalogue entries; neither seen on the wire",
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
    // Of a user's list: how many entries were read, and what was left out.
    let is_list = source.gives == ["ranges"] || source.gives == ["anycast"];
    if is_list && source.origin != "embedded" {
        let words = escape::terminal_str(&source.description);
        page.paragraph(&words, 4, Some(Ink::Soft))?;
    }
    let hash = format!("SHA-256 {}", escape::terminal_str(&source.sha256));
    page.paragraph(&hash, 4, Some(Ink::Soft))?;
    match credit(source) {
        Some(credit) => page.paragraph(&credit, 4, Some(Ink::Soft)),
        None => Ok(()),
    }
}

/// What the licence of the data asks to be said.
fn credit(source: &DataSource) -> Option<String> {
    let credit = match (&source.credit, &source.link) {
        (Some(credit), Some(link)) => format!("{credit}, {link}"),
        (Some(words), None) | (None, Some(words)) => words.clone(),
        (None, None) => return None,
    };
    Some(escape::terminal_str(&credit).into_owned())
}

/// One line a source, below a list that names countries.
pub(super) fn credits(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if !report.data.is_empty() {
        page.blank()?;
    }
    for source in &report.data {
        let date = source.date.as_deref().unwrap_or("no date");
        let mut words = format!("{} {date}", escape::terminal_str(&source.name));
        if let Some(credit) = credit(source) {
            words.push_str(": ");
            words.push_str(&credit);
        }
        page.paragraph(&words, 2, Some(Ink::Soft))?;
    }
    Ok(())
}
