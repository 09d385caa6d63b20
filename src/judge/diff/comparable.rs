//! What makes two sides less comparable, and what was done about it.
//!
//! In:   what each side says of itself.
//! Out:  [`Caveat`]s, gravest first. The same for exchanged sides, but for the order of words.

use crate::language::{WORDS, fill};
use crate::model::diff::{Caveat, DiffData, DiffSide};
use crate::model::{Fact, Severity};
use std::collections::BTreeSet;

/// What was done to make the sides comparable.
pub(super) fn normalised(before: &DiffSide, after: &DiffSide) -> Vec<&'static str> {
    let words = &WORDS.compared.caveats;
    let mut found = vec![words.lower_case];
    if before.duration_ns().is_some() && after.duration_ns().is_some() {
        found.push(words.per_hour);
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
    let words = &WORDS.compared.caveats;
    let sides = [before, after];
    for (side, (empty, beyond)) in sides.into_iter().zip(words.empty.iter().zip(words.beyond)) {
        if side.volume.flows == 0 {
            say(Severity::High, "traffic", (*empty).to_owned());
        }
        if side.flows_beyond > 0 {
            let (left_out, all) = (side.flows_beyond.to_string(), side.volume.flows.to_string());
            say(Severity::High, "budgets", fill(beyond, &[&left_out, &all]));
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
        say(Severity::Low, "inputs", words.same_capture.to_owned());
    }
    if let (Some((_, last)), Some((first, _))) = (before.time, after.time)
        && first < last
        && old != new
    {
        say(Severity::Medium, "order", words.overlap.to_owned());
    }
}

fn lengths(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    let (Some(old), Some(new)) = (before.duration_ns(), after.duration_ns()) else {
        return;
    };
    let (long, short) = (old.max(new), old.min(new));
    // A tenth more or less is the same length.
    if long.saturating_sub(short) > long / 10 {
        let words = &WORDS.compared.caveats;
        let seconds = |length: u64| {
            let (whole, tenths) = (length / 1_000_000_000, length / 100_000_000 % 10);
            fill(words.seconds, &[&format!("{whole}.{tenths}")])
        };
        let lengths = fill(words.lengths, &[&seconds(old), &seconds(new)]);
        let severity = if long / 2 > short {
            Severity::Medium
        } else {
            Severity::Low
        };
        say(severity, "duration", lengths);
    }
}

fn knowledge(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    let words = &WORDS.compared.caveats;
    if before.version != after.version {
        let versions = fill(words.versions, &[&before.version, &after.version]);
        say(Severity::Medium, "version", versions);
    }
    let files = |side: &DiffSide| -> BTreeSet<DiffData> { side.data.iter().cloned().collect() };
    let (old, new) = (files(before), files(after));
    let listed = |one: &BTreeSet<DiffData>, other: &BTreeSet<DiffData>| -> String {
        let only = one.difference(other).take(8);
        let only: Vec<String> = only
            .map(|data| match &data.date {
                Some(date) => fill(words.dated, &[&data.name, date]),
                None => data.name.clone(),
            })
            .collect();
        if only.is_empty() {
            words.no_data.to_owned()
        } else {
            only.join(WORDS.units.comma)
        }
    };
    if old != new {
        let data = fill(words.data, &[&listed(&old, &new), &listed(&new, &old)]);
        say(Severity::High, "data", data);
    }
    if before.limits != after.limits {
        let differ = before
            .limits
            .iter()
            .filter(|entry| !after.limits.contains(entry));
        let names: Vec<&str> = differ.map(|(name, _)| name.as_str()).collect();
        let budgets = fill(words.budgets, &[&names.join(WORDS.units.comma)]);
        say(Severity::Low, "budgets", budgets);
    }
}

fn conditions(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    let words = &WORDS.compared.caveats;
    if before.devices != after.devices {
        say(Severity::Low, "devices", words.devices.to_owned());
    }
    if before.filter != after.filter {
        say(Severity::High, "filter", words.filters.to_owned());
    }
    match (&before.vantage, &after.vantage) {
        (Some(old), Some(new)) if old != new => {
            say(Severity::High, "vantage", fill(words.vantages, &[old, new]));
        }
        (Some(_), Some(_)) => {}
        _ => say(Severity::Low, "vantage", words.no_vantage.to_owned()),
    }
    if before.phases != after.phases {
        say(Severity::Medium, "phases", words.phases.to_owned());
    } else if before.phases.is_empty() {
        say(Severity::Note, "phases", words.no_phases.to_owned());
    }
    if before.apps != after.apps {
        say(Severity::Low, "apps", words.apps.to_owned());
    }
    declared(before, after, say);
}

/// Facts of a test that explain differences, and what each is called.
const TELLING: [(Fact, &str); 6] = [
    (Fact::Device, WORDS.about.device),
    (Fact::Firmware, WORDS.about.firmware),
    (Fact::Apps, WORDS.about.apps),
    (Fact::Sim, WORDS.about.sim),
    (Fact::Place, WORDS.about.place),
    (Fact::Network, WORDS.about.network),
];

/// Letters of a fact that are repeated; whole it stands among the facts of its side.
const MOST_LETTERS: usize = 120;

/// What no capture holds, as far as users said it of both sides.
fn declared(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    let words = &WORDS.compared.caveats;
    let of = |side: &DiffSide, fact: Fact| {
        let mut known = side.declared.iter();
        let found = known.find(|(name, _)| name == fact.as_str())?;
        Some(found.1.clone())
    };
    let short = |value: &str| value.chars().take(MOST_LETTERS).collect::<String>();
    let both = |fact| of(before, fact).zip(of(after, fact));
    let differ: Vec<String> = TELLING
        .into_iter()
        .filter_map(|(fact, called)| {
            let (old, new) = both(fact).filter(|(old, new)| old != new)?;
            Some(fill(words.fact, &[called, &short(&old), &short(&new)]))
        })
        .collect();
    if !differ.is_empty() {
        let differ = differ.join(WORDS.units.semicolon);
        say(Severity::Medium, "declared", fill(words.facts, &[&differ]));
    }
    if both(Fact::Firmware).is_none() || both(Fact::Apps).is_none() {
        say(
            Severity::Note,
            "app-versions",
            words.app_versions.to_owned(),
        );
    }
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
    let words = &WORDS.compared.caveats;
    for (sentence, old, new) in [
        (words.nameless, unnamed(before), unnamed(after)),
        (words.unprotected, unknown(before), unknown(after)),
    ] {
        if let (Some(old), Some(new)) = (old, new)
            && old.abs_diff(new) >= APART
        {
            let shares = fill(sentence, &[&old.to_string(), &new.to_string()]);
            say(Severity::Medium, "visibility", shares);
        }
    }
    let hidden = |side: &DiffSide| side.visibility.hidden_flows > 0;
    if hidden(before) != hidden(after) {
        say(Severity::Medium, "visibility", words.hidden.to_owned());
    }
}

fn losses(before: &DiffSide, after: &DiffSide, say: Say<'_>) {
    let words = &WORDS.compared.caveats;
    for (at, side) in [before, after].into_iter().enumerate() {
        let losses = &side.losses;
        let damaged = losses
            .damage_count
            .max(losses.lost_records)
            .max(losses.cut_inputs);
        let dropped = losses.dropped.unwrap_or(0);
        let counted = [
            (damaged, words.damaged, Severity::Medium),
            (dropped, words.dropped, Severity::Medium),
            (losses.folded_flows, words.folded, Severity::Medium),
            (losses.undecodable, words.undecodable, Severity::Low),
        ];
        for (count, sentences, severity) in counted.into_iter().filter(|(count, ..)| *count > 0) {
            let sentence = sentences.get(at).copied().unwrap_or_default();
            say(severity, "losses", fill(sentence, &[&count.to_string()]));
        }
    }
    if (before.losses.cut_packets > 0) != (after.losses.cut_packets > 0) {
        say(Severity::Medium, "losses", words.cut.to_owned());
    }
}
