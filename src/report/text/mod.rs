//! Reports to read in a terminal.
//!
//! In:   a [`Report`] and a [`Style`].
//! Out:  the answer first, then the findings, the destinations by country, what was seen
//!       nearby, where the place data comes from, and what was not seen.
//!
//! Every count stands beside what it is a part of. Lines are no wider than asked for; names are
//! cut in the middle. What is shortened says so, and where the rest is.

pub(super) mod axes;
mod claims;
mod data;
mod destinations;
mod diff;
mod explain;
mod findings;
pub(super) mod header;
mod holdings;
mod info;
pub(super) mod layout;
mod listing;
pub(super) mod losses;
mod phases;
mod place;
mod policy;
pub(super) mod who;

use super::{Style, countries, escape};
use crate::language::{WORDS, fill};
use crate::model::{Country, Destination, Holding, Report, Scope, Verdict};
use layout::{Ink, Page};
use std::io::{self, Write};

pub use diff::diff;
pub use explain::explanations;
pub use listing::{dns, flows};
pub use place::whereabouts;

/// The report of an audit.
///
/// # Errors
/// Where `out` fails.
pub fn report(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    header::title(page)?;
    let about = report.settings.about.as_ref();
    if let Some(about) = about.filter(|about| !about.notice.is_empty()) {
        header::notice(page, &about.notice)?;
    }
    header::answer(page, report)?;
    header::examined(page, report)?;
    claims::claims(page, report)?;
    policy::policy(page, report)?;
    findings::findings(page, report)?;
    phases::timeline(page, report)?;
    destinations::by_country(page, report)?;
    destinations::nearby(page, report)?;
    destinations::resolvers(page, report)?;
    data::sources(page, report)?;
    losses::losses(page, report)
}

/// What was asked on each axis, and the answer in one sentence.
pub(super) fn questions(report: &Report) -> Vec<(String, String)> {
    let each = axes::axes(report).into_iter();
    each.map(|axis| (axis.question(), axis.answer(report)))
        .collect()
}

pub(super) use policy::{answer_words as policy_answer, question as policy_question};

/// What the captures say about themselves, and what was lost.
///
/// # Errors
/// Where `out` fails.
pub fn info(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    header::title(page)?;
    info::inputs(page, report)?;
    losses::losses(page, report)
}

/// The place data that a run would use.
///
/// # Errors
/// Where `out` fails.
pub fn holdings(holdings: &[Holding], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    header::title(page)?;
    holdings::holdings(page, holdings)
}

/// `China (CN)`, `ZZ` where the code is not assigned.
pub(super) fn country_words(country: Country) -> String {
    match countries::name(country) {
        Some(name) => fill(WORDS.units.coded, &[name, country.code()]),
        None => country.to_string(),
    }
}

/// `the United States (US)`: as it stands in a sentence.
pub(super) fn in_country(country: Country) -> String {
    match country.takes_the() {
        true => fill(WORDS.all_pictures.with_article, &[&country_words(country)]),
        false => country_words(country),
    }
}

/// The name, or the first address and how many more there are.
pub(super) fn subject_words(destination: &Destination) -> String {
    if let Some(name) = &destination.name {
        return escape::terminal(name).into_owned();
    }
    let first = destination
        .addresses
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    match destination.address_count.saturating_sub(1) {
        0 => first,
        more => fill(WORDS.more_addresses, &[&first, &at_least(more)]),
    }
}

/// Addresses of a destination are counted up to 256.
fn at_least(addresses: u64) -> String {
    match addresses {
        0..=239 => layout::count(addresses),
        _ => fill(WORDS.terminal.at_least, &[&layout::count(addresses)]),
    }
}

/// `AS64500 Example Networks`.
pub(super) fn operator_words(destination: &Destination) -> String {
    let place = &destination.place;
    let organisation = place.as_org.as_deref().map(escape::terminal_str);
    match (place.asn, organisation) {
        (Some(asn), Some(organisation)) => format!("AS{asn} {organisation}"),
        (Some(asn), None) => format!("AS{asn}"),
        (None, Some(organisation)) => organisation.into_owned(),
        (None, None) => String::new(),
    }
}

fn mark(verdict: Option<Verdict>) -> (&'static str, Option<Ink>) {
    match verdict {
        Some(Verdict::Violated) => ("■", Some(Ink::Violated)),
        Some(Verdict::Indeterminate) => ("◇", Some(Ink::Indeterminate)),
        Some(Verdict::Met) => ("●", Some(Ink::Met)),
        None => ("", None),
    }
}

pub(super) fn outbound(report: &Report) -> impl Iterator<Item = &Destination> {
    report
        .destinations
        .iter()
        .filter(|destination| destination.scope == Scope::Outbound)
}

/// A length as the number that rows count with.
pub(super) fn length(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
