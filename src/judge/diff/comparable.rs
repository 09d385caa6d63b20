//! What makes two sides less comparable, and what was done about it.
//!
//! In:   what each side says of itself.
//! Out:  [`Caveat`]s, gravest first. The same for exchanged sides, but for the order of words.

use crate::model::Severity;
use crate::model::diff::{Caveat, DiffData, DiffSide};
use std::collections::BTreeSet;

/// What was done to make the sides comparable.
pub(super) fn normalised(before: &DiffSide, after: &DiffSide) -> Vec<&'static str> {
    let mut found = vec!["names are compared in lower case"];
    if before.duration_ns().is_some() && after.duration_ns().is_some() {
        found.push("bytes are compared per hour of each side, from its first packet to its last");
    }
    found
}

/// What a reader must know before believing a difference.
pub(super) fn caveats(before: &DiffSide, after: &DiffSide) -> Vec<Caveat> {
    let mut found = Vec::new();
    let mut say = |severity, about, words: String| {
        found.push(Caveat {
            severity,
            about,
            words,
        });
    };
    emptiness(before, after, &mut say);
    lengths(before, after, &mut say);
    knowledge(before, after, &mut say);
    conditions(before, after, &mut say);
    visibility(before, after, &mut say);
    losses(before, after, &mut say);
    found.sort_by_key(|caveat| std::cmp::Reverse(caveat.severity));
    found
}

type Say<'s> = &'s mut dyn FnMut(Severity, &'static str, String);

fn emptiness(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    for (side, which) in [(before, "before"), (after, "after")] {
        if side.volume.flows == 0 {
            let words =
                format!("the side {which} has no outbound flows: nothing can be compared with it");
            say(Severity::High, "traffic", words);
        }
        if side.flows_beyond > 0 {
            let words = format!(
                "the side {which} has more names than are told apart: {} of its {} outbound flows are left out",
                side.flows_beyond, side.volume.flows
            );
            say(Severity::High, "budgets", words);
        }
    }
    let hashes = |side: &DiffSide| -> BTreeSet<String> {
        side.inputs
            .iter()
            .filter_map(|it| it.sha256.clone())
            .collect()
    };
    let (old, new) = (hashes(before), hashes(after));
    if !old.is_disjoint(&new) {
        let words =
            "both sides hold a capture with the same hash: that part is compared with itself";
        say(Severity::Low, "inputs", words.to_owned());
    }
    if let (Some((_, last)), Some((first, _))) = (before.time, after.time)
        && first < last
        && old != new
    {
        let words = "the side after begins before the side before ends";
        say(Severity::Medium, "order", words.to_owned());
    }
}

fn lengths(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    let (Some(old), Some(new)) = (before.duration_ns(), after.duration_ns()) else {
        return;
    };
    let (long, short) = (old.max(new), old.min(new));
    // A tenth more or less is the same length.
    if long.saturating_sub(short) > long / 10 {
        let seconds =
            |length: u64| format!("{}.{} s", length / 1_000_000_000, length / 100_000_000 % 10);
        let words = format!(
            "the sides are of different length, {} before and {} after: what is rare may be missing from the shorter one",
            seconds(old),
            seconds(new)
        );
        let severity = if long / 2 > short {
            Severity::Medium
        } else {
            Severity::Low
        };
        say(severity, "duration", words);
    }
}

fn knowledge(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    if before.version != after.version {
        let words = format!(
            "read by different versions: {} before, {} after",
            before.version, after.version
        );
        say(Severity::Medium, "version", words);
    }
    let files = |side: &DiffSide| -> BTreeSet<DiffData> { side.data.iter().cloned().collect() };
    let (old, new) = (files(before), files(after));
    let listed = |one: &BTreeSet<DiffData>, other: &BTreeSet<DiffData>| -> String {
        let only = one.difference(other).take(8);
        let words: Vec<String> = only
            .map(|data| match &data.date {
                Some(date) => format!("{} of {date}", data.name),
                None => data.name.clone(),
            })
            .collect();
        if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(", ")
        }
    };
    if old != new {
        let words = format!(
            "places and owners come from different data; before only: {}; after only: {}",
            listed(&old, &new),
            listed(&new, &old)
        );
        say(Severity::High, "data", words);
    }
    if before.limits != after.limits {
        let differ = before
            .limits
            .iter()
            .filter(|entry| !after.limits.contains(entry));
        let names: Vec<&str> = differ.map(|(name, _)| name.as_str()).collect();
        let words = format!(
            "the sides were read with different budgets: {}",
            names.join(", ")
        );
        say(Severity::Low, "budgets", words);
    }
}

fn conditions(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    if before.devices != after.devices {
        let words = "the audited devices have different addresses: another phone, or the same in another network";
        say(Severity::Low, "devices", words.to_owned());
    }
    if before.filter != after.filter {
        let words = "the sides were filtered differently";
        say(Severity::High, "filter", words.to_owned());
    }
    match (&before.vantage, &after.vantage) {
        (Some(old), Some(new)) if old != new => {
            let words = format!(
                "recorded from different places, {old} before and {new} after: round trips differ by that alone"
            );
            say(Severity::High, "vantage", words);
        }
        (Some(_), Some(_)) => {}
        _ => {
            let words = "where the phone was is not declared for both sides (--vantage): round trips may differ by that alone";
            say(Severity::Low, "vantage", words.to_owned());
        }
    }
    if before.phases != after.phases {
        let words = "the tests had different phases";
        say(Severity::Medium, "phases", words.to_owned());
    } else if before.phases.is_empty() {
        let words = "what was done with the phone is not recorded for either side (--phases)";
        say(Severity::Note, "phases", words.to_owned());
    }
    if before.apps != after.apps {
        let words = "the programs seen on the device differ";
        say(Severity::Low, "apps", words.to_owned());
    }
    let words = "versions of apps and of the phone's system are not in captures: a difference may come from an update";
    say(Severity::Note, "app-versions", words.to_owned());
}

/// Shares that are this many hundredths apart make a difference.
const APART: u64 = 10;

fn visibility(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    let share = |part: u64, side: &DiffSide| {
        let all = u128::from(side.volume.bytes());
        let hundredths = u128::from(part).saturating_mul(100).checked_div(all);
        hundredths.and_then(|share| u64::try_from(share).ok())
    };
    let unnamed = |side: &DiffSide| {
        let [.., none] = side.visibility.names;
        share(none, side)
    };
    let unknown = |side: &DiffSide| share(side.visibility.unknown, side);
    for (what, old, new) in [
        (
            "bytes in flows without a name",
            unnamed(before),
            unnamed(after),
        ),
        (
            "bytes of which it is not known whether they are encrypted",
            unknown(before),
            unknown(after),
        ),
    ] {
        if let (Some(old), Some(new)) = (old, new)
            && old.abs_diff(new) >= APART
        {
            let words = format!(
                "one side can be seen into better than the other: {what} are {old} % before and {new} % after"
            );
            say(Severity::Medium, "visibility", words);
        }
    }
    let hidden = |side: &DiffSide| side.visibility.hidden_flows > 0;
    if hidden(before) != hidden(after) {
        let words = "names are hidden by encrypted DNS or Encrypted Client Hello on one side only";
        say(Severity::Medium, "visibility", words.to_owned());
    }
}

fn losses(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    for (side, which) in [(before, "before"), (after, "after")] {
        let losses = &side.losses;
        let damaged = losses
            .damage_count
            .max(losses.lost_records)
            .max(losses.cut_inputs);
        let counted = [
            (damaged, "its captures are damaged or cut", Severity::Medium),
            (
                losses.dropped.unwrap_or(0),
                "packets were dropped while it was recorded",
                Severity::Medium,
            ),
            (
                losses.folded_flows,
                "flows were folded because a table was full",
                Severity::Medium,
            ),
            (
                losses.undecodable,
                "packets could not be read",
                Severity::Low,
            ),
        ];
        for (count, what, severity) in counted.into_iter().filter(|(count, ..)| *count > 0) {
            say(
                severity,
                "losses",
                format!("the side {which}: {what} ({count})"),
            );
        }
    }
    if (before.losses.cut_packets > 0) != (after.losses.cut_packets > 0) {
        let words =
            "packets of one side were cut when they were recorded: names in them may be missing";
        say(Severity::Medium, "losses", words.to_owned());
    }
}
