//! A comparison as far as it has verdicts: for the formats of automation.
//!
//! In:   a [`Diff`].
//! Out:  a [`Report`] with the captures of both sides, the claims, what was lost, and as warnings
//!       what makes the sides less comparable. It has no flows and no destinations.

use crate::model::diff::{Diff, DiffInput, DiffSide};
use crate::model::{
    ClaimResult, DataSource, Exhibit, Input, Losses, Report, Settings, SortedRows, Text, Totals,
};

/// The captures after come first: exhibits are theirs.
pub(in crate::report) fn report(diff: &Diff) -> Report {
    let sides = [&diff.after, &diff.before];
    let inputs = sides.iter().flat_map(|side| side.inputs.iter().map(input));
    let sum = |of: fn(&DiffSide) -> u64| of(&diff.before).saturating_add(of(&diff.after));
    Report {
        inputs: inputs.collect(),
        data: Vec::<DataSource>::new(),
        settings: Settings::default(),
        devices: Vec::new(),
        totals: Totals {
            packets: sum(|side| side.packets),
            outbound_flows: sum(|side| side.volume.flows),
            folded_flows: sum(|side| side.losses.folded_flows),
            ..Totals::default()
        },
        losses: Losses {
            // A capture that ends inside a record is damaged at its end.
            damage_count: sum(|side| {
                let losses = &side.losses;
                losses.damage_count.saturating_add(losses.cut_inputs)
            }),
            lost_records: sum(|side| side.losses.lost_records),
            filtered: sum(|side| side.losses.filtered),
            cut_packets: sum(|side| side.losses.cut_packets),
            warnings: diff
                .caveats
                .iter()
                .map(|caveat| Text::from(caveat.words.as_str()))
                .collect(),
            ..Losses::default()
        },
        destinations: Vec::new(),
        findings: Vec::new(),
        policy: None,
        claims: diff.claims.iter().map(claim).collect(),
        phases: None,
        rows: Box::new(SortedRows::default()),
    }
}

fn input(input: &DiffInput) -> Input {
    Input {
        path: input.path.clone(),
        sha256: input.sha256.clone(),
        packets: input.packets,
        ..Input::default()
    }
}

/// Without numbers of destinations: those are of a list that is not here.
fn claim(claim: &ClaimResult) -> ClaimResult {
    let without = |exhibits: &[Exhibit]| {
        let all = exhibits.iter().cloned();
        all.map(|exhibit| Exhibit {
            destination: None,
            ..exhibit
        })
        .collect()
    };
    ClaimResult {
        supporting: without(&claim.supporting),
        against: without(&claim.against),
        open: without(&claim.open),
        ..claim.clone()
    }
}
