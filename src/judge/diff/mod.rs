//! Two captures, or saved reports of them, side by side.
//!
//! In:   two [`Side`]s: a report of an audit that has just been made, or a saved one.
//! Out:  a [`Diff`]: what appeared, vanished, moved, changed; what makes the sides less
//!       comparable; verdicts on claims that only two captures can test.
//!
//! *Moved* is said only where both places are known surely enough. A place of low confidence, an
//! anycast address, a name that a budget left out: not comparable.

mod bounded;
mod claims;
mod comparable;
mod encryption;
mod names;
mod read;
mod rows;
mod side;

pub use claims::SideClaims;
pub use side::Side;

use crate::Error;
use crate::judge::selector::Test;
use crate::model::diff::{Axis, Diff, DiffData, DiffInput, GroupChange, Status, Volume};
use crate::model::{Confidence, Device, Limits, Report, Text};
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::Path;

/// Captures of a side that are listed.
const MOST_INPUTS: usize = 1_000;

/// The side that an audit has just read. `path` is what the user called it.
///
/// # Errors
/// What the rows of the report return.
pub fn of_report(path: &Text, report: &Report, claims: &SideClaims) -> io::Result<Side> {
    let mut side = Side::new(report.settings.limits.destinations, &claims.selectors());
    about(&mut side, path, report);
    let test = Test {
        devices: &report.devices,
        phases: report.phases.as_ref(),
    };
    report.rows.flows(&mut |flow| {
        side.flow(flow, flow.protocol, test);
        Ok(())
    })?;
    for destination in &report.destinations {
        if let Some(physics) = &destination.place.physics {
            side.vantage(&physics.vantage);
        }
    }
    Ok(side)
}

/// The side that a saved report holds. `protocols` has the words of this version.
///
/// # Errors
/// Where it cannot be read, or is no report of `whereto audit --format json`.
pub fn of_saved(
    path: &Path,
    reader: impl Read,
    claims: &SideClaims,
    protocols: &[&'static str],
    limits: &Limits,
) -> Result<Side, Error> {
    read::report(path, reader, &claims.selectors(), protocols, limits)
}

/// Compares two sides. `vantage` is where the phone was, for a side that does not say.
#[must_use]
pub fn compare(
    mut before: Side,
    mut after: Side,
    vantage: Option<&str>,
    claims: &SideClaims,
) -> Diff {
    before.finish(vantage);
    after.finish(vantage);
    let terms = names::Terms::new(&before.about, &after.about, Confidence::Medium);
    let (names, left_out) = names::compare(&before.subjects, &after.subjects, terms);
    let mut diff = Diff {
        names,
        left_out,
        groups: groups(&before, &after),
        caveats: comparable::caveats(&before.about, &after.about),
        normalised: comparable::normalised(&before.about, &after.about),
        ..Diff::default()
    };
    diff.claims = claims.judge(&before, &after);
    diff.before = before.about;
    diff.after = after.about;
    diff
}

/// What a source asks to be said, with its link.
fn credit(words: Option<&str>, link: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = words.into_iter().chain(link).collect();
    words.map(|_| parts.join(" "))
}

fn declared(about: Option<&crate::model::About>) -> Vec<(String, String)> {
    let facts = about.into_iter().flat_map(crate::model::About::facts);
    facts
        .map(|(fact, value)| (fact.as_str().to_owned(), value.to_owned()))
        .collect()
}

impl Side {
    /// What the user says of the test, instead of what a saved report has.
    pub fn declare(&mut self, about: &crate::model::About) {
        self.about.declared = declared(Some(about));
        self.about.notice.clone_from(&about.notice);
    }
}

fn about(side: &mut Side, path: &Text, report: &Report) {
    let about = &mut side.about;
    about.path = path.clone();
    about.form = "capture";
    env!("CARGO_PKG_VERSION").clone_into(&mut about.version);
    about.input_count = u64::try_from(report.inputs.len()).unwrap_or(u64::MAX);
    let inputs = report.inputs.iter().take(MOST_INPUTS);
    about.inputs = inputs
        .map(|input| DiffInput {
            path: input.path.clone(),
            sha256: input.sha256.clone(),
            packets: input.packets,
        })
        .collect();
    let sources = report.data.iter();
    about.data = sources
        .map(|source| DiffData {
            name: source.name.clone(),
            date: source.date.clone(),
            sha256: source.sha256.clone(),
            credit: credit(source.credit.as_deref(), source.link.as_deref()),
        })
        .collect();
    about.declared = declared(report.settings.about.as_ref());
    about.devices = report.devices.iter().flat_map(device_words).collect();
    about.filter.clone_from(&report.settings.filter);
    let limits: std::collections::BTreeMap<_, _> =
        report.settings.limits.named().into_iter().collect();
    about.limits = limits
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    about.time = report.totals.time;
    about.packets = report.totals.packets;
    let losses = &report.losses;
    let found = &mut about.losses;
    found.damage_count = losses.damage_count;
    found.lost_records = losses.lost_records;
    found.filtered = losses.filtered;
    found.cut_packets = losses.cut_packets;
    found.undecodable = losses
        .undecodable
        .values()
        .fold(0, |sum, packets| sum.saturating_add(*packets));
    found.folded_flows = report.totals.folded_flows;
    let cut = report.inputs.iter().filter(|input| input.cut);
    found.cut_inputs = u64::try_from(cut.count()).unwrap_or(u64::MAX);
    let interfaces = report.inputs.iter().flat_map(|input| &input.interfaces);
    found.dropped = dropped(interfaces.flat_map(|it| {
        [
            it.dropped_by_interface,
            it.dropped_by_os,
            it.dropped_before_packets,
        ]
    }));
}

/// The sum of what is recorded; `None` where nothing is.
fn dropped(counts: impl IntoIterator<Item = Option<u64>>) -> Option<u64> {
    counts.into_iter().flatten().reduce(u64::saturating_add)
}

fn device_words(device: &Device) -> Vec<String> {
    let addresses = device.addresses.iter().map(ToString::to_string);
    addresses
        .chain(device.mac.map(|mac| mac.to_string()))
        .collect()
}

/// Owners, countries, operators, protocols and encryption, each by what it is.
fn groups(before: &Side, after: &Side) -> Vec<GroupChange> {
    let mut found = Vec::new();
    for axis in Axis::ALL {
        let (Some(one), Some(other)) = (before.groups.get(&axis), after.groups.get(&axis)) else {
            continue;
        };
        let cut = one.cut().into_iter().chain(other.cut()).min();
        let keys: BTreeSet<&Option<Text>> = one.keys().chain(other.keys()).collect();
        let sums = |side: &bounded::Bounded<Option<Text>, Volume>, key| side.get(key).copied();
        for key in keys
            .into_iter()
            .filter(|key| cut.is_none_or(|cut| *key < cut))
        {
            let (before, after) = (sums(one, key), sums(other, key));
            let status = match (&before, &after) {
                (None, _) => Status::Appeared,
                (_, None) => Status::Vanished,
                _ => Status::Unchanged,
            };
            found.push(GroupChange {
                axis,
                key: key.clone(),
                status,
                before,
                after,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests;
