//! One block for each capture: form, interfaces, time, hashes, comments.

use super::header::{link_words, time_words};
use super::layout::{Page, bytes, count};
use crate::language::{WORDS, fill};
use crate::model::{Input, Interface, Report, Text};
use crate::report::escape;
use std::io;

/// Comments and notes of one kind of thing; the rest is a number.
const LISTED: usize = 20;

pub(super) fn inputs(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    report
        .inputs
        .iter()
        .try_for_each(|input| self::input(page, input))
}

fn input(page: &mut Page<'_>, input: &Input) -> io::Result<()> {
    let path = escape::terminal(&input.path);
    let path = escape::fit(&path, page.width());
    page.heading(&path, "")?;
    let words = &WORDS.info_part;
    let mut form = vec![input.format.to_owned()];
    form.extend(input.compression.iter().map(|word| (*word).to_owned()));
    form.push(bytes(input.stored_bytes));
    if input.inner_bytes != input.stored_bytes {
        form.push(fill(words.inside, &[&bytes(input.inner_bytes)]));
    }
    page.field(words.form, &form.join(WORDS.units.comma))?;
    page.field(WORDS.examined_part.packets, &count(input.packets))?;
    page.field(WORDS.time, &time_words(input.time))?;
    let hash = input.sha256.as_deref();
    page.field("SHA-256", hash.unwrap_or(WORDS.not_hashed))?;
    if let Some(inner) = &input.inner_sha256 {
        page.field(&format!("  {}", words.inside_hash), inner)?;
    }
    for (place, interface) in input.interfaces.iter().enumerate().take(LISTED) {
        self::interface(page, place, interface)?;
    }
    let rest = input.interfaces.len().saturating_sub(LISTED);
    if rest > 0 {
        page.field("", &fill(words.more_interfaces, &[&rest.to_string()]))?;
    }
    notes(page, &input.notes)?;
    details(page, input)
}

fn interface(page: &mut Page<'_>, place: usize, interface: &Interface) -> io::Result<()> {
    let words = &WORDS.info_part;
    let mut facts = Vec::new();
    facts.extend(
        interface
            .name
            .iter()
            .map(|name| escape::terminal(name).into_owned()),
    );
    facts.extend(
        interface
            .description
            .iter()
            .map(|said| escape::terminal(said).into_owned()),
    );
    facts.push(fill(
        WORDS.units.coded,
        &[&link_words(interface.link), &interface.link.to_string()],
    ));
    facts.push(match interface.snaplen {
        0 => words.no_snaplen.to_owned(),
        n => fill(words.snaplen, &[&count(n.into())]),
    });
    facts.push(match interface.ticks_per_second {
        0 => words.no_resolution.to_owned(),
        1_000_000 => words.microseconds.to_owned(),
        1_000_000_000 => words.nanoseconds.to_owned(),
        n => fill(words.ticks, &[&count(n)]),
    });
    facts.push(WORDS.many(interface.packets, WORDS.packets));
    if interface.cut_packets > 0 {
        facts.push(fill(words.cut, &[&count(interface.cut_packets)]));
    }
    let label = fill(words.interface, &[&place.to_string()]);
    page.field(&label, &facts.join(WORDS.units.comma))?;
    notes(page, &interface.notes)
}

fn notes(page: &mut Page<'_>, notes: &[(&'static str, Text)]) -> io::Result<()> {
    for (kind, text) in notes.iter().take(LISTED) {
        let words = escape::terminal(text);
        let kind = escape::terminal_str(kind);
        let kind = escape::fit(&kind, 12);
        page.field(&kind, &words)?;
    }
    let rest = notes.len().saturating_sub(LISTED);
    if rest > 0 {
        let more = fill(WORDS.info_part.more_notes, &[&rest.to_string()]);
        page.field("", &more)?;
    }
    Ok(())
}

fn details(page: &mut Page<'_>, input: &Input) -> io::Result<()> {
    let words = &WORDS.info_part;
    if input.secret_bytes > 0 {
        let said = fill(words.secrets_are, &[&bytes(input.secret_bytes)]);
        page.field(words.secrets, &said)?;
    }
    if input.resolved_names > 0 {
        let said = fill(words.names_are, &[&count(input.resolved_names)]);
        page.field(WORDS.names, &said)?;
    }
    if !input.skipped_blocks.is_empty() {
        let blocks: Vec<String> = input
            .skipped_blocks
            .iter()
            .take(LISTED)
            .map(|(kind, n)| fill(words.block, &[&count(*n), &format!("{kind:#x}")]))
            .collect();
        let blocks = blocks.join(WORDS.units.comma);
        page.field(words.skipped, &fill(words.skipped_are, &[&blocks]))?;
    }
    if input.unordered {
        page.field(words.order, words.unordered)?;
    }
    Ok(())
}
