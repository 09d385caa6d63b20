//! What is not in the tables: dropped, cut, damaged, filtered, not understood, over a budget.

use super::layout::{Ink, Page, bytes, count, many, part, percent};
use super::length;
use crate::model::{Input, Interface, Losses, Reason, Recorded, Report};
use crate::report::escape;
use std::collections::BTreeMap;
use std::io;

/// Lines of one kind before the rest becomes a number.
const LISTED: usize = 12;

pub(super) fn losses(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let losses = &report.losses;
    page.heading(
        "LOSSES",
        "what this capture does not show; what none can: docs/limits.md",
    )?;
    accounted(page, report)?;
    reasons(page, "Not IP", &losses.not_ip, report.totals.packets)?;
    reasons(
        page,
        "Not decoded",
        &losses.undecodable,
        report.totals.packets,
    )?;
    let filtered = part(losses.filtered, report.totals.packets, "packet");
    page.field(
        "Filtered",
        &if losses.filtered == 0 {
            "none".to_owned()
        } else {
            filtered
        },
    )?;
    if losses.marks > 0 {
        let marks = part(losses.marks, report.totals.packets, "packet");
        let words = format!("{marks}: marks of phases, no traffic of the device");
        page.field("Marks", &words)?;
    }
    drops(page, report)?;
    cut(page, report)?;
    damage(page, report)?;
    unrecognised(page, report)?;
    reasons(page, "In part", &losses.layers, losses.in_flows)?;
    budgets(page, report)?;
    warnings(page, losses)
}

/// Every packet is in one bucket; if not, that is said first.
fn accounted(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let (losses, packets) = (&report.losses, report.totals.packets);
    page.field("In flows", &part(losses.in_flows, packets, "packet"))?;
    if losses.sum() == packets {
        return Ok(());
    }
    let words = format!(
        "the buckets hold {} but {} were read: please report this as a defect",
        many(losses.sum(), "packet"),
        count(packets)
    );
    page.field("Mismatch", &words)
}

fn reasons(
    page: &mut Page<'_>,
    label: &str,
    reasons: &BTreeMap<Reason, u64>,
    all: u64,
) -> io::Result<()> {
    if reasons.is_empty() {
        return page.field(label, "none");
    }
    let mut sorted: Vec<(&Reason, u64)> = reasons.iter().map(|(reason, n)| (reason, *n)).collect();
    sorted.sort_by_key(|(reason, n)| (std::cmp::Reverse(*n), *reason));
    let mut label = label;
    for (reason, packets) in sorted.iter().take(LISTED) {
        let words = format!(
            "{}: {}",
            part(*packets, all, "packet"),
            escape::terminal_str(&reason.to_string())
        );
        page.field(label, &words)?;
        label = "";
    }
    let rest = sorted.get(LISTED..).unwrap_or_default();
    if !rest.is_empty() {
        let packets = rest
            .iter()
            .fold(0_u64, |sum, (_, n)| sum.saturating_add(*n));
        let words = format!(
            "{}: {}",
            many(packets, "packet"),
            more(rest.len(), "reason")
        );
        page.field("", &words)?;
    }
    Ok(())
}

fn more(items: usize, what: &str) -> String {
    let s = if items == 1 { "" } else { "s" };
    format!("{} more {what}{s}, see --format json", count(length(items)))
}

/// What each interface says it dropped. Silence is not zero.
fn drops(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
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
        let words = match silent {
            0 | 1 => "not recorded".to_owned(),
            n => format!("not recorded by any of {n} interfaces"),
        };
        return page.field("Dropped", &words);
    }
    let mut label = "Dropped";
    let speaking = all
        .iter()
        .enumerate()
        .filter(|(_, (_, interface))| !says_nothing(interface));
    for (place, (input, interface)) in speaking.clone().take(LISTED) {
        let name = match &interface.name {
            Some(name) => escape::terminal(name).into_owned(),
            None if all.len() == 1 => escape::terminal(&input.path).into_owned(),
            None => format!("interface {place}"),
        };
        page.field(label, &format!("{name}: {}", drop_words(interface)))?;
        label = "";
    }
    let rest = speaking.count().saturating_sub(LISTED);
    if rest > 0 {
        page.field("", &more(rest, "interface"))?;
    }
    if silent > 0 {
        page.field(
            "",
            &format!("not recorded by {silent} of {} interfaces", all.len()),
        )?;
    }
    Ok(())
}

fn says_nothing(interface: &Interface) -> bool {
    interface.dropped_by_interface.is_none()
        && interface.dropped_by_os.is_none()
        && interface.dropped_before_packets.is_none()
}

fn drop_words(interface: &Interface) -> String {
    let words = |recorded: Recorded| recorded.map_or_else(|| "not recorded".to_owned(), count);
    let mut said = format!(
        "by the interface {}, by the system {}",
        words(interface.dropped_by_interface),
        words(interface.dropped_by_os)
    );
    if let Some(noted) = interface.dropped_before_packets {
        said.push_str(&format!(", noted at packets {}", count(noted)));
    }
    if let Some(received) = interface.received {
        said.push_str(&format!("; received {}", count(received)));
    }
    said
}

fn cut(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let losses = &report.losses;
    if losses.cut_packets == 0 {
        return page.field("Cut", "none: every packet was captured whole");
    }
    let words = format!(
        "{} captured in part, {} missing",
        part(losses.cut_packets, report.totals.packets, "packet"),
        bytes(losses.cut_bytes)
    );
    page.field("Cut", &words)
}

fn damage(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let losses = &report.losses;
    let mut label = "Damaged";
    if losses.damage_count == 0 && losses.lost_records == 0 {
        page.field(label, "none")?;
        label = "";
    } else {
        let words = format!(
            "{}, {} lost",
            many(losses.damage_count, "place"),
            many(losses.lost_records, "record")
        );
        page.field(label, &words)?;
        label = "";
    }
    for damage in losses.damages.iter().take(LISTED) {
        let path = report
            .inputs
            .get(damage.input)
            .map(|input| escape::terminal(&input.path));
        let words = format!(
            "{} at byte {}: {}",
            path.unwrap_or_default(),
            count(damage.offset),
            escape::terminal_str(&damage.what)
        );
        page.field(label, &words)?;
    }
    let rest = losses
        .damage_count
        .saturating_sub(length(losses.damages.len().min(LISTED)));
    if rest > 0 {
        page.field(
            "",
            &format!("and {}, see --format json", many(rest, "more place")),
        )?;
    }
    for input in report.inputs.iter().filter(|input| input.cut).take(LISTED) {
        page.field(
            "",
            &format!("{} ends inside a record", escape::terminal(&input.path)),
        )?;
    }
    Ok(())
}

fn unrecognised(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let totals = &report.totals;
    let all = totals.bytes_out.saturating_add(totals.bytes_in);
    let words = format!(
        "{} of {} outbound ({}): in no protocol that this version recognises",
        bytes(totals.unrecognised_bytes),
        bytes(all),
        percent(totals.unrecognised_bytes, all)
    );
    page.field("Unrecognised", &words)
}

fn budgets(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let (losses, totals) = (&report.losses, &report.totals);
    let mut label = "Also";
    if totals.folded_flows > 0 {
        let words = format!(
            "{} over the budget of {}: counted in the totals, without rows",
            many(totals.folded_flows, "flow"),
            count(length(report.settings.limits.flows))
        );
        page.field(label, &words)?;
        label = "";
    }
    for (name, number) in &losses.counts {
        page.field(
            label,
            &format!("{}: {}", escape::terminal_str(name), count(*number)),
        )?;
        label = "";
    }
    Ok(())
}

fn warnings(page: &mut Page<'_>, losses: &Losses) -> io::Result<()> {
    for warning in losses.warnings.iter().take(LISTED) {
        let words = format!("Warning: {}", escape::terminal(warning));
        page.paragraph(&words, 2, Some(Ink::Indeterminate))?;
    }
    let rest = losses.warnings.len().saturating_sub(LISTED);
    if rest > 0 {
        page.paragraph(&more(rest, "warning"), 2, Some(Ink::Indeterminate))?;
    }
    Ok(())
}
