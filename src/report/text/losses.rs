//! What is not in the tables: dropped, cut, damaged, filtered, not understood, over a budget.

use super::layout::{Ink, Page, bytes, count, percent};
use super::length;
use crate::language::{WORDS, fill};
use crate::model::{Input, Interface, Losses, Reason, Recorded, Report};
use crate::report::{escape, words};
use std::collections::BTreeMap;
use std::io;

/// Lines of one kind before the rest becomes a number.
const LISTED: usize = 12;

pub(super) fn losses(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let (losses, packets) = (&report.losses, report.totals.packets);
    let words = &WORDS.losses_part;
    page.heading(words.heading, words.remark)?;
    accounted(page, report)?;
    let [not_ip, not_decoded, in_part] = WORDS.loss_kinds;
    reasons(page, not_ip, &losses.not_ip, packets)?;
    reasons(page, not_decoded, &losses.undecodable, packets)?;
    let filtered = match losses.filtered {
        0 => words.none.to_owned(),
        filtered => WORDS.part(filtered, packets, WORDS.packets),
    };
    page.field(words.filtered, &filtered)?;
    if losses.marks > 0 {
        let marks = WORDS.part(losses.marks, packets, WORDS.packets);
        page.field(words.marks, &fill(words.marks_are, &[&marks]))?;
    }
    drops(page, report)?;
    cut(page, report)?;
    damage(page, report)?;
    unrecognised(page, report)?;
    reasons(page, in_part, &losses.layers, losses.in_flows)?;
    budgets(page, report)?;
    warnings(page, losses)
}

/// Every packet is in one bucket; if not, that is said first.
fn accounted(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let (losses, packets) = (&report.losses, report.totals.packets);
    let words = &WORDS.losses_part;
    let in_flows = WORDS.part(losses.in_flows, packets, WORDS.packets);
    page.field(words.in_flows, &in_flows)?;
    if losses.sum() == packets {
        return Ok(());
    }
    let sum = WORDS.many(losses.sum(), WORDS.packets);
    page.field(
        words.mismatch,
        &fill(words.mismatch_is, &[&sum, &count(packets)]),
    )
}

fn reasons(
    page: &mut Page<'_>,
    label: &str,
    reasons: &BTreeMap<Reason, u64>,
    all: u64,
) -> io::Result<()> {
    let words = &WORDS.losses_part;
    if reasons.is_empty() {
        return page.field(label, words.none);
    }
    let mut sorted: Vec<(&Reason, u64)> = reasons.iter().map(|(reason, n)| (reason, *n)).collect();
    sorted.sort_by_key(|(reason, n)| (std::cmp::Reverse(*n), *reason));
    let mut label = label;
    for (reason, packets) in sorted.iter().take(LISTED) {
        let packets = WORDS.part(*packets, all, WORDS.packets);
        let reason = words::reason(reason);
        let said = fill(words.reason, &[&packets, &escape::terminal_str(&reason)]);
        page.field(label, &said)?;
        label = "";
    }
    let rest = sorted.get(LISTED..).unwrap_or_default();
    if !rest.is_empty() {
        let packets = rest
            .iter()
            .fold(0_u64, |sum, (_, n)| sum.saturating_add(*n));
        let packets = WORDS.many(packets, WORDS.packets);
        let more = WORDS.many(length(rest.len()), words.more_reasons);
        page.field("", &fill(words.reason, &[&packets, &more]))?;
    }
    Ok(())
}

/// What each interface says it dropped. Silence is not zero.
fn drops(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let words = &WORDS.losses_part;
    let all: Vec<(&Input, &Interface)> = report
        .inputs
        .iter()
        .flat_map(|input| {
            input
                .interfaces
                .iter()
                .map(move |interface| (input, interface))
        })
        .collect();
    let silent = all
        .iter()
        .filter(|(_, interface)| says_nothing(interface))
        .count();
    if silent == all.len() {
        let said = match silent {
            0 | 1 => words.not_recorded.to_owned(),
            n => fill(words.not_recorded_by_any, &[&n.to_string()]),
        };
        return page.field(words.dropped, &said);
    }
    let mut label = words.dropped;
    let speaking = all
        .iter()
        .enumerate()
        .filter(|(_, (_, interface))| !says_nothing(interface));
    for (place, (input, interface)) in speaking.clone().take(LISTED) {
        let name = match &interface.name {
            Some(name) => escape::terminal(name).into_owned(),
            None if all.len() == 1 => escape::terminal(&input.path).into_owned(),
            None => fill(words.interface, &[&place.to_string()]),
        };
        let said = fill(words.dropped_by, &[&name, &drop_words(interface)]);
        page.field(label, &said)?;
        label = "";
    }
    let rest = speaking.count().saturating_sub(LISTED);
    if rest > 0 {
        page.field("", &WORDS.many(length(rest), words.more_interfaces))?;
    }
    if silent > 0 {
        let counts = [silent.to_string(), all.len().to_string()];
        let counts = counts.each_ref().map(String::as_str);
        page.field("", &fill(words.not_recorded_by, &counts))?;
    }
    Ok(())
}

fn says_nothing(interface: &Interface) -> bool {
    interface.dropped_by_interface.is_none()
        && interface.dropped_by_os.is_none()
        && interface.dropped_before_packets.is_none()
}

fn drop_words(interface: &Interface) -> String {
    let words = &WORDS.losses_part;
    let number = |recorded: Recorded| recorded.map_or_else(|| words.not_recorded.to_owned(), count);
    let (by_interface, by_system) = (
        number(interface.dropped_by_interface),
        number(interface.dropped_by_os),
    );
    let said = match interface.dropped_before_packets {
        Some(noted) => fill(
            words.drops_noted,
            &[&by_interface, &by_system, &count(noted)],
        ),
        None => fill(words.drops, &[&by_interface, &by_system]),
    };
    match interface.received {
        Some(received) => fill(words.received, &[&said, &count(received)]),
        None => said,
    }
}

fn cut(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let losses = &report.losses;
    let words = &WORDS.losses_part;
    if losses.cut_packets == 0 {
        return page.field(words.cut, words.nothing_cut);
    }
    let packets = WORDS.part(losses.cut_packets, report.totals.packets, WORDS.packets);
    let said = fill(words.cut_is, &[&packets, &bytes(losses.cut_bytes)]);
    page.field(words.cut, &said)
}

fn damage(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let losses = &report.losses;
    let words = &WORDS.losses_part;
    let whole = losses.damage_count == 0 && losses.lost_records == 0;
    let said = match whole {
        true => words.none.to_owned(),
        false => fill(
            words.damaged_is,
            &[
                &WORDS.many(losses.damage_count, WORDS.places),
                &WORDS.many(losses.lost_records, WORDS.records),
            ],
        ),
    };
    page.field(words.damaged, &said)?;
    let path_of = |input: &Input| escape::terminal(&input.path).into_owned();
    for damage in losses.damages.iter().take(LISTED) {
        let path = report.inputs.get(damage.input).map(path_of);
        let said = fill(
            words.damage_at,
            &[
                &path.unwrap_or_default(),
                &count(damage.offset),
                &escape::terminal_str(&damage.what),
            ],
        );
        page.field("", &said)?;
    }
    let rest = losses
        .damage_count
        .saturating_sub(length(losses.damages.len().min(LISTED)));
    if rest > 0 {
        page.field("", &WORDS.many(rest, words.more_places))?;
    }
    for input in report.inputs.iter().filter(|input| input.cut).take(LISTED) {
        page.field("", &fill(words.ends_inside, &[&path_of(input)]))?;
    }
    Ok(())
}

fn unrecognised(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let totals = &report.totals;
    let all = totals.bytes_out.saturating_add(totals.bytes_in);
    let said = fill(
        WORDS.losses_part.unrecognised_is,
        &[
            &bytes(totals.unrecognised_bytes),
            &bytes(all),
            &percent(totals.unrecognised_bytes, all),
        ],
    );
    page.field(WORDS.losses_part.unrecognised, &said)
}

fn budgets(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let (losses, totals) = (&report.losses, &report.totals);
    let words = &WORDS.losses_part;
    let mut label = words.also;
    if totals.folded_flows > 0 {
        let said = fill(
            words.folded,
            &[
                &WORDS.many(totals.folded_flows, WORDS.flows_of),
                &count(length(report.settings.limits.flows)),
            ],
        );
        page.field(label, &said)?;
        label = "";
    }
    for (name, number) in &losses.counts {
        let said = fill(
            words.counted,
            &[&escape::terminal_str(words::term(name)), &count(*number)],
        );
        page.field(label, &said)?;
        label = "";
    }
    Ok(())
}

fn warnings(page: &mut Page<'_>, losses: &Losses) -> io::Result<()> {
    let words = &WORDS.losses_part;
    for warning in losses.warnings.iter().take(LISTED) {
        let said = fill(words.warning, &[&escape::terminal(warning)]);
        page.paragraph(&said, 2, Some(Ink::Indeterminate))?;
    }
    let rest = losses.warnings.len().saturating_sub(LISTED);
    if rest > 0 {
        let more = WORDS.many(length(rest), words.more_warnings);
        page.paragraph(&more, 2, Some(Ink::Indeterminate))?;
    }
    Ok(())
}
