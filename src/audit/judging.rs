//! Every row before the judge: policies and claims.
//!
//! In:   a finished audit, its destinations, and which destination each row belongs to.
//! Out:  findings and results; rows, destinations and totals with their verdicts.

use super::destinations;
use super::finished::Finished;
use crate::judge::{Judging, Outcome};
use crate::model::{Destination, Losses, Rows as _, Scope, Totals, Verdict};

/// Judges every row. `of_rows` has the number of each row's destination.
pub(super) fn judge(
    finished: &mut Finished,
    destinations: &mut Vec<Destination>,
    of_rows: &[u32],
    totals: &mut Totals,
    losses: &Losses,
    mut judging: Judging,
) -> Outcome {
    let mut verdicts: Vec<Option<Verdict>> = Vec::with_capacity(of_rows.len());
    let mut sums = [0_u64; 3];
    // Nothing here can fail.
    let _ = finished.flows(&mut |flow| {
        // Flows are numbered from 1, and none is left out.
        let at = verdicts.len();
        let destination = of_rows
            .get(at)
            .and_then(|number| usize::try_from(*number).ok());
        let destination = destination.filter(|at| *at < destinations.len());
        let judged = (!flow.carries_tunnel).then(|| judging.flow(flow, destination));
        let verdict = flow.verdict.into_iter().chain(judged.flatten()).min();
        verdicts.push(verdict);
        if let Some(destination) = destination.and_then(|at| destinations.get_mut(at)) {
            destination.verdict = destination.verdict.into_iter().chain(verdict).min();
        }
        if flow.scope == Scope::Outbound && !flow.carries_tunnel {
            let [violated, indeterminate, met] = &mut sums;
            let sum = match verdict {
                Some(Verdict::Violated) => violated,
                Some(Verdict::Indeterminate) => indeterminate,
                Some(Verdict::Met) => met,
                None => return Ok(()),
            };
            *sum = sum.saturating_add(1);
        }
        Ok(())
    });
    finished.set_verdicts(verdicts);
    totals.verdicts = sums;
    let outcome = judging.finish(destinations, totals, losses);
    sort(destinations, outcome)
}

/// Verdicts decide the order of destinations: what points to them is told where they are now.
fn sort(destinations: &mut Vec<Destination>, mut outcome: Outcome) -> Outcome {
    let moved = destinations::sort_by_verdict(destinations);
    let now = |at: &mut Option<usize>| *at = at.and_then(|at| moved.get(at).copied());
    for finding in &mut outcome.findings {
        now(&mut finding.destination);
    }
    for claim in &mut outcome.claims {
        let lists = [&mut claim.supporting, &mut claim.against, &mut claim.open];
        for exhibit in lists.into_iter().flatten() {
            now(&mut exhibit.destination);
        }
    }
    outcome
}
