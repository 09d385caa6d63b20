//! Where the places come from: names, dates, hashes, credits.

use super::layout::{Ink, Page};
use crate::language::{WORDS, fill};
use crate::model::{DataSource, Report};
use crate::report::{escape, words};
use std::io;

pub(super) fn sources(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    page.heading(WORDS.data_part.heading, WORDS.data_part.remark)?;
    if report.data.is_empty() {
        return page.paragraph(WORDS.data_part.none, 2, None);
    }
    report
        .data
        .iter()
        .try_for_each(|source| self::source(page, source))
}

fn source(page: &mut Page<'_>, source: &DataSource) -> io::Result<()> {
    let date = source.date.as_deref().unwrap_or(WORDS.no_date);
    let gives = words::gives(&source.gives);
    let words = fill(
        WORDS.data_part.source,
        &[&source.name, &source.origin, date, &gives],
    );
    page.paragraph(&escape::terminal_str(&words), 2, None)?;
    // Of a user's list: how many entries were read, and what was left out.
    let is_list = source.gives == ["ranges"] || source.gives == ["anycast"];
    if is_list && source.origin != "embedded" {
        let words = escape::terminal_str(&source.description);
        page.paragraph(&words, 4, Some(Ink::Soft))?;
    }
    let hash = escape::terminal_str(&source.sha256);
    let hash = fill(WORDS.policy_part.identity, &[&hash]);
    page.paragraph(&hash, 4, Some(Ink::Soft))?;
    match credit(source) {
        Some(credit) => page.paragraph(&credit, 4, Some(Ink::Soft)),
        None => Ok(()),
    }
}

/// What the licence of the data asks to be said.
fn credit(source: &DataSource) -> Option<String> {
    let credit = match (&source.credit, &source.link) {
        (Some(credit), Some(link)) => fill(WORDS.data_part.credit, &[credit, link]),
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
        let date = source.date.as_deref().unwrap_or(WORDS.no_date);
        let name = escape::terminal_str(&source.name);
        let words = match credit(source) {
            Some(credit) => fill(WORDS.data_part.dated_credit, &[&name, date, &credit]),
            None => fill(WORDS.data_part.dated, &[&name, date]),
        };
        page.paragraph(&words, 2, Some(Ink::Soft))?;
    }
    Ok(())
}
