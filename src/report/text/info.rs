//! One block for each capture: form, interfaces, time, hashes, comments.

use super::header::link_words;
use super::layout::{Page, bytes, count, duration, instant, many};
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
    let mut form = vec![input.format.to_owned()];
    form.extend(input.compression.iter().map(|word| (*word).to_owned()));
    form.push(bytes(input.stored_bytes));
    if input.inner_bytes != input.stored_bytes {
        form.push(format!("{} inside", bytes(input.inner_bytes)));
    }
    page.field("Form", &form.join(", "))?;
    page.field("Packets", &count(input.packets))?;
    match input.time {
        Some((first, last)) => page.field(
            "Time",
            &format!(
                "{} to {} UTC ({})",
                instant(first),
                instant(last),
                duration(last.since(first))
            ),
        )?,
        None => page.field("Time", "no packets")?,
    }
    page.field("SHA-256", input.sha256.as_deref().unwrap_or("not hashed"))?;
    if let Some(inner) = &input.inner_sha256 {
        page.field("  inside", inner)?;
    }
    for (place, interface) in input.interfaces.iter().enumerate().take(LISTED) {
        self::interface(page, place, interface)?;
    }
    let rest = input.interfaces.len().saturating_sub(LISTED);
    if rest > 0 {
        page.field("", &format!("{rest} more interfaces, see --format json"))?;
    }
    notes(page, &input.notes)?;
    details(page, input)
}

fn interface(page: &mut Page<'_>, place: usize, interface: &Interface) -> io::Result<()> {
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
            .map(|words| escape::terminal(words).into_owned()),
    );
    facts.push(format!(
        "{} ({})",
        link_words(interface.link),
        interface.link
    ));
    facts.push(match interface.snaplen {
        0 => "no snaplen".to_owned(),
        n => format!("snaplen {}", count(n.into())),
    });
    facts.push(match interface.ticks_per_second {
        0 => "no resolution given".to_owned(),
        1_000_000 => "microseconds".to_owned(),
        1_000_000_000 => "nanoseconds".to_owned(),
        n => format!("{} ticks a second", count(n)),
    });
    facts.push(many(interface.packets, "packet"));
    if interface.cut_packets > 0 {
        facts.push(format!("{} cut", count(interface.cut_packets)));
    }
    page.field(&format!("Interface {place}"), &facts.join(", "))?;
    notes(page, &interface.notes)
}

fn notes(page: &mut Page<'_>, notes: &[(&'static str, Text)]) -> io::Result<()> {
    for (kind, text) in notes.iter().take(LISTED) {
        let words = escape::terminal(text);
        let kind = escape::terminal_str(kind);
        let kind = escape::fit(&kind, 11);
        page.field(&kind, &words)?;
    }
    let rest = notes.len().saturating_sub(LISTED);
    if rest > 0 {
        page.field("", &format!("{rest} more notes, see --format json"))?;
    }
    Ok(())
}

fn details(page: &mut Page<'_>, input: &Input) -> io::Result<()> {
    if input.secret_bytes > 0 {
        page.field(
            "Secrets",
            &format!("{} of decryption secrets inside", bytes(input.secret_bytes)),
        )?;
    }
    if input.resolved_names > 0 {
        page.field(
            "Names",
            &format!("{} in name resolution blocks", count(input.resolved_names)),
        )?;
    }
    if !input.skipped_blocks.is_empty() {
        let blocks: Vec<String> = input
            .skipped_blocks
            .iter()
            .take(LISTED)
            .map(|(kind, n)| format!("{} of type {kind:#x}", count(*n)))
            .collect();
        page.field("Skipped", &format!("blocks: {}", blocks.join(", ")))?;
    }
    if input.unordered {
        page.field("Order", "packet times go backwards somewhere")?;
    }
    Ok(())
}
