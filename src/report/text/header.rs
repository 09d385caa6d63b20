//! The question, the answer, the ledger, and what was examined.

use super::axes::{axes, listed};
use super::layout::{Page, bytes, count, duration, pad, span};
use super::{claims, length, mark, outbound, policy};
use crate::language::{WORDS, fill};
use crate::model::{Country, Device, Input, Report, Time, Verdict};
use crate::report::{escape, words};
use std::collections::BTreeSet;
use std::io;

pub(super) fn title(page: &mut Page<'_>) -> io::Result<()> {
    let title = page.paint(
        concat!("Whereto ", env!("CARGO_PKG_VERSION")),
        Some(super::Ink::Soft),
    );
    page.line(&title)
}

/// What the user wants to stand above every page.
pub(super) fn notice(page: &mut Page<'_>, notice: &str) -> io::Result<()> {
    page.blank()?;
    let ink = Some(super::Ink::Indeterminate);
    page.paragraph(&escape::terminal_str(notice), 0, ink)
}

/// The questions, each with its answer, in one sentence; then the ledger; the same of claims.
/// The policy asks its own.
pub(super) fn answer(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let axes = axes(report);
    for axis in &axes {
        page.blank()?;
        page.paragraph(&axis.question(), 0, Some(super::Ink::Strong))?;
        page.paragraph(&axis.answer(report), 0, None)?;
    }
    policy::answer(page, report)?;
    let judged = !axes.is_empty() || report.policy.is_some();
    if !judged && !report.claims.is_empty() {
        return claims::answer(page, report);
    }
    if !judged {
        page.blank()?;
        page.paragraph(WORDS.no_question, 0, Some(super::Ink::Strong))?;
        return page.paragraph(&unjudged(report), 0, None);
    }
    if length(outbound(report).count()) > 0 {
        page.blank()?;
        ledger(page, report)?;
    }
    if axes.len() > 1 || report.policy.is_some() {
        page.paragraph(WORDS.terminal.gravest, 2, Some(super::Ink::Soft))?;
    }
    claims::answer(page, report)
}

pub(in crate::report) fn unjudged(report: &Report) -> String {
    let all = length(outbound(report).count());
    let words = &WORDS.answers;
    if all == 0 {
        return words.nothing_outbound.to_owned();
    }
    let countries: BTreeSet<Country> = outbound(report)
        .filter_map(|destination| destination.place.country)
        .collect();
    let unplaced = outbound(report)
        .filter(|d| d.place.country.is_none())
        .count();
    let destinations = WORDS.many(all, WORDS.destinations_of);
    let mut answer = match countries.len() {
        0 => fill(words.to, &[&destinations]),
        _ => fill(words.to_countries, &[&destinations, &listed(&countries)]),
    };
    if unplaced > 0 {
        let part = WORDS.part(length(unplaced), all, WORDS.destinations_of);
        let unplaced = fill(words.unplaced, &[&part]);
        answer = fill(WORDS.units.sentences, &[&answer, &unplaced]);
    }
    fill(WORDS.units.sentences, &[&answer, words.not_judged])
}

fn ledger(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let all = length(outbound(report).count());
    let flows = report.totals.outbound_flows;
    let rows = [Verdict::Violated, Verdict::Indeterminate, Verdict::Met];
    let parts =
        destinations_by_verdict(report).map(|count| WORDS.part(count, all, WORDS.destinations_of));
    let width = parts
        .iter()
        .map(|words| escape::columns(words))
        .max()
        .unwrap_or(0);
    let width = width.saturating_add(2).max(26);
    let by_verdict = parts.into_iter().zip(report.totals.verdicts);
    for (verdict, (destinations, judged_flows)) in rows.into_iter().zip(by_verdict) {
        let (sign, ink) = mark(Some(verdict));
        let label = page.paint(
            &pad(&format!("{sign} {}", words::verdict(verdict)), 18, false),
            ink,
        );
        let destinations = pad(&destinations, width, false);
        page.line(&format!(
            "  {label}{destinations}{}",
            WORDS.part(judged_flows, flows, WORDS.flows_of)
        ))?;
    }
    Ok(())
}

pub(in crate::report) fn destinations_by_verdict(report: &Report) -> [u64; 3] {
    [Verdict::Violated, Verdict::Indeterminate, Verdict::Met].map(|verdict| {
        length(
            outbound(report)
                .filter(|d| d.verdict == Some(verdict))
                .count(),
        )
    })
}

/// What the answer rests on.
pub(super) fn examined(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let words = &WORDS.examined_part;
    page.heading(words.heading, "")?;
    captures(page, report)?;
    let totals = &report.totals;
    let packets = WORDS.many(totals.packets, WORDS.packets);
    let on_wire = fill(words.on_wire, &[&packets, &bytes(totals.wire_bytes)]);
    page.field(words.packets, &on_wire)?;
    page.field(WORDS.time, &time_words(totals.time))?;
    if let Some(filter) = &report.settings.filter {
        let left_out = WORDS.part(report.losses.filtered, totals.packets, WORDS.packets);
        let filter = escape::terminal_str(filter);
        page.field(words.filter, &fill(words.filter_is, &[&filter, &left_out]))?;
    }
    devices(page, &report.devices)?;
    expected(page, report)?;
    let all = totals.flows.saturating_add(totals.folded_flows);
    let outbound = fill(
        words.outbound_is,
        &[
            &WORDS.part(totals.outbound_flows, all, WORDS.flows_of),
            &bytes(totals.bytes_out),
            &bytes(totals.bytes_in),
        ],
    );
    page.field(WORDS.outbound, &outbound)?;
    baseline(page, report)?;
    let [observed, inferred, unnamed] = totals.names;
    let named = fill(
        words.named_is,
        &[
            &WORDS.part(observed, totals.outbound_flows, WORDS.flows_of),
            &count(inferred),
            &count(unnamed),
        ],
    );
    page.field(words.named, &named)
}

/// From when to when, and how long that is.
pub(super) fn time_words(time: Option<(Time, Time)>) -> String {
    match time {
        Some((first, last)) => {
            let long = duration(last.since(first));
            fill(WORDS.terminal.time_is, &[&span(first, last), &long])
        }
        None => WORDS.terminal.no_packets.to_owned(),
    }
}

/// What remains beside what the device does at rest.
fn baseline(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(sums) = &report.totals.in_baseline else {
        return Ok(());
    };
    const SHOWN: usize = 4;
    let captures = &report.settings.baselines;
    let paths = captures.iter().take(SHOWN);
    let mut paths: Vec<String> = paths
        .map(|capture| escape::terminal(&capture.path).into_owned())
        .collect();
    let more = length(captures.len().saturating_sub(SHOWN));
    if more > 0 {
        paths.push(fill(WORDS.units.more, &[&more.to_string()]));
    }
    let totals = &report.totals;
    let left = totals.outbound_flows.saturating_sub(sums.flows);
    let words = fill(
        WORDS.examined_part.baseline_is,
        &[
            &paths.join(WORDS.units.comma),
            &WORDS.part(sums.flows, totals.outbound_flows, WORDS.outbound_flows),
            &WORDS.many(left, WORDS.flows_of),
            &bytes(totals.bytes_out.saturating_sub(sums.bytes_out)),
            &bytes(totals.bytes_in.saturating_sub(sums.bytes_in)),
        ],
    );
    page.field(WORDS.examined_part.baseline, &words)
}

fn captures(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    const SHOWN: usize = 8;
    let words = &WORDS.examined_part;
    let mut label = WORDS.form(length(report.inputs.len()), words.captures);
    for input in report.inputs.iter().take(SHOWN) {
        page.field(label, &input_words(input))?;
        label = "";
        if let Some(hash) = &input.sha256 {
            page.field("  SHA-256", hash)?;
        }
    }
    let more = length(report.inputs.len().saturating_sub(SHOWN));
    if more > 0 {
        page.field("", &fill(words.more_captures, &[&more.to_string()]))?;
    }
    if !report.settings.hashed && !report.inputs.is_empty() {
        page.field("", words.not_hashed)?;
    }
    Ok(())
}

/// `a.pcap.gz: pcap, gzip, ETHERNET, 1.2 MiB, 312 packets`.
fn input_words(input: &Input) -> String {
    let path = escape::terminal(&input.path);
    fill(WORDS.input.input, &[&path, &input_facts(input)])
}

/// The same without the path.
pub(in crate::report) fn input_facts(input: &Input) -> String {
    let mut facts = vec![input.format.to_owned()];
    facts.extend(input.compression.iter().map(|word| (*word).to_owned()));
    let links: BTreeSet<u32> = input
        .interfaces
        .iter()
        .map(|interface| interface.link)
        .collect();
    facts.extend(links.into_iter().map(link_words));
    facts.push(bytes(input.stored_bytes));
    facts.push(WORDS.many(input.packets, WORDS.packets));
    facts.join(WORDS.units.comma)
}

pub(super) fn link_words(number: u32) -> String {
    words::link(number).map_or_else(
        || fill(WORDS.input.link_type, &[&number.to_string()]),
        str::to_owned,
    )
}

fn devices(page: &mut Page<'_>, devices: &[Device]) -> io::Result<()> {
    if devices.is_empty() {
        return page.field(WORDS.device, WORDS.examined_part.no_device);
    }
    const SHOWN: usize = 4;
    for device in devices {
        let mut names: Vec<String> = device
            .addresses
            .iter()
            .take(SHOWN)
            .map(ToString::to_string)
            .collect();
        let more = length(device.addresses.len().saturating_sub(SHOWN));
        if more > 0 {
            names.push(fill(WORDS.units.more, &[&more.to_string()]));
        }
        names.extend(device.mac.map(|mac| mac.to_string()));
        let reason = escape::terminal_str(&device.reason);
        let names = names.join(WORDS.units.comma);
        let said = fill(WORDS.examined_part.device_is, &[&names, &reason]);
        page.field(WORDS.device, &said)?;
    }
    Ok(())
}

fn expected(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let words = &WORDS.examined_part;
    for axis in axes(report) {
        let expectation = axis.expectation;
        let mut said = escape::terminal_str(&expectation.written).into_owned();
        if !expectation.groups.is_empty() {
            let groups: Vec<String> = expectation
                .groups
                .iter()
                .map(|group| fill(words.group, &[&group.name, &group.title, &group.date]))
                .collect();
            let groups = groups.join(WORDS.units.semicolon);
            let countries = length(expectation.countries.len());
            let countries = WORDS.many(countries, WORDS.countries_of);
            said = match expectation.conditional.len() {
                0 => fill(words.expected, &[&said, &countries, &groups]),
                more => fill(
                    words.expected_also,
                    &[&said, &countries, &groups, &more.to_string()],
                ),
            };
        }
        page.field(axis.words.label, &escape::terminal_str(&said))?;
    }
    Ok(())
}
