//! The question, the answer, the ledger, and what was examined.

use super::axes::{axes, listed};
use super::layout::{Page, bytes, count, duration, many, pad, part, span};
use super::{claims, length, mark, outbound, policy};
use crate::model::{Country, Device, Input, Report, Verdict};
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
        let question = "Where does the traffic in this capture go?";
        page.paragraph(question, 0, Some(super::Ink::Strong))?;
        return page.paragraph(&unjudged(report), 0, None);
    }
    if length(outbound(report).count()) > 0 {
        page.blank()?;
        ledger(page, report)?;
    }
    if axes.len() > 1 || report.policy.is_some() {
        let words = "Each destination and each flow counts under its gravest verdict.";
        page.paragraph(words, 2, Some(super::Ink::Soft))?;
    }
    claims::answer(page, report)
}

pub(in crate::report) fn unjudged(report: &Report) -> String {
    let all = length(outbound(report).count());
    if all == 0 {
        return "None observed: there are no outbound flows in this capture.".to_owned();
    }
    let countries: BTreeSet<Country> = outbound(report)
        .filter_map(|destination| destination.place.country)
        .collect();
    let unplaced = outbound(report)
        .filter(|d| d.place.country.is_none())
        .count();
    let mut answer = match countries.len() {
        0 => format!("To {}.", many(all, "destination")),
        _ => format!(
            "To {} at addresses in {}.",
            many(all, "destination"),
            listed(&countries)
        ),
    };
    if unplaced > 0 {
        answer.push_str(&format!(
            " The country of {} is not known.",
            part(length(unplaced), all, "destination")
        ));
    }
    answer.push_str(" Nothing was judged: --expect says what is expected.");
    answer
}

fn ledger(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let all = length(outbound(report).count());
    let flows = report.totals.outbound_flows;
    let rows = [Verdict::Violated, Verdict::Indeterminate, Verdict::Met];
    let parts = destinations_by_verdict(report).map(|count| part(count, all, "destination"));
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
            &pad(&format!("{sign} {}", verdict.as_str()), 18, false),
            ink,
        );
        let destinations = pad(&destinations, width, false);
        page.line(&format!(
            "  {label}{destinations}{}",
            part(judged_flows, flows, "flow")
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
    page.heading("EXAMINED", "")?;
    captures(page, report)?;
    let totals = &report.totals;
    let wire = bytes(totals.wire_bytes);
    page.field(
        "Packets",
        &format!("{}, {wire} on the wire", many(totals.packets, "packet")),
    )?;
    match totals.time {
        Some((first, last)) => page.field(
            "Time",
            &format!("{} ({})", span(first, last), duration(last.since(first))),
        )?,
        None => page.field("Time", "no packets")?,
    }
    if let Some(filter) = &report.settings.filter {
        let words = format!(
            "{}, which {} did not fit",
            escape::terminal_str(filter),
            part(report.losses.filtered, totals.packets, "packet")
        );
        page.field("Filter", &words)?;
    }
    devices(page, &report.devices)?;
    expected(page, report)?;
    let all = totals.flows.saturating_add(totals.folded_flows);
    page.field(
        "Outbound",
        &format!(
            "{}: {} out, {} in",
            part(totals.outbound_flows, all, "flow"),
            bytes(totals.bytes_out),
            bytes(totals.bytes_in)
        ),
    )?;
    baseline(page, report)?;
    let [observed, inferred, unnamed] = totals.names;
    page.field(
        "Named",
        &format!(
            "{} by what they say themselves, {} inferred from earlier DNS answers, {} unnamed",
            part(observed, totals.outbound_flows, "flow"),
            count(inferred),
            count(unnamed)
        ),
    )
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
        paths.push(format!("{more} more"));
    }
    let totals = &report.totals;
    let words = format!(
        "{}: {} to destinations that it has too; beside those {}, {} out, {} in. No verdict \
         changes",
        paths.join(", "),
        part(sums.flows, totals.outbound_flows, "outbound flow"),
        many(totals.outbound_flows.saturating_sub(sums.flows), "flow"),
        bytes(totals.bytes_out.saturating_sub(sums.bytes_out)),
        bytes(totals.bytes_in.saturating_sub(sums.bytes_in)),
    );
    page.field("Baseline", &words)
}

fn captures(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    const SHOWN: usize = 8;
    let mut label = if report.inputs.len() == 1 {
        "Capture"
    } else {
        "Captures"
    };
    for input in report.inputs.iter().take(SHOWN) {
        page.field(label, &input_words(input))?;
        label = "";
        if let Some(hash) = &input.sha256 {
            page.field("  SHA-256", hash)?;
        }
    }
    let more = length(report.inputs.len().saturating_sub(SHOWN));
    if more > 0 {
        page.field("", &format!("and {more} more, see --format json"))?;
    }
    if !report.settings.hashed && !report.inputs.is_empty() {
        page.field("", "inputs were not hashed")?;
    }
    Ok(())
}

/// `a.pcap.gz: pcap, gzip, ETHERNET, 1.2 MiB, 312 packets`.
pub(in crate::report) fn input_words(input: &Input) -> String {
    let mut facts = vec![input.format.to_owned()];
    facts.extend(input.compression.iter().map(|word| (*word).to_owned()));
    let links: BTreeSet<u32> = input
        .interfaces
        .iter()
        .map(|interface| interface.link)
        .collect();
    facts.extend(links.into_iter().map(link_words));
    facts.push(bytes(input.stored_bytes));
    facts.push(many(input.packets, "packet"));
    format!("{}: {}", escape::terminal(&input.path), facts.join(", "))
}

pub(super) fn link_words(number: u32) -> String {
    words::link(number).map_or_else(|| format!("link type {number}"), str::to_owned)
}

fn devices(page: &mut Page<'_>, devices: &[Device]) -> io::Result<()> {
    if devices.is_empty() {
        let words = "could not be told; every flow is seen from the end that opened it (--device names one)";
        return page.field("Device", words);
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
            names.push(format!("{more} more"));
        }
        names.extend(device.mac.map(|mac| mac.to_string()));
        let reason = escape::terminal_str(&device.reason);
        page.field("Device", &format!("{}: {reason}", names.join(", ")))?;
    }
    Ok(())
}

fn expected(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    for axis in axes(report) {
        let expectation = axis.expectation;
        let mut words = escape::terminal_str(&expectation.written).into_owned();
        if !expectation.groups.is_empty() {
            let groups: Vec<String> = expectation
                .groups
                .iter()
                .map(|group| format!("{}: {} as of {}", group.name, group.title, group.date))
                .collect();
            let countries = expectation.countries.len();
            let more = match expectation.conditional.len() {
                0 => String::new(),
                more => format!(" and {more} under a condition"),
            };
            words = format!(
                "{words}: {countries} countries{more} ({})",
                groups.join("; ")
            );
        }
        page.field(axis.label, &escape::terminal_str(&words))?;
    }
    Ok(())
}
