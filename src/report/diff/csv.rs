//! One row a change, for spreadsheets.
//!
//! In:   a [`Diff`].
//! Out:  CSV with a header line and lines that end in LF.
//! Spec: RFC 4180, but for the line ends.

use super::{encryption_words, frames_words, group_words, place_words, subject_words};
use crate::model::diff::{Diff, GroupChange, NameChange, Subject, Volume};
use crate::report::escape;
use std::io::{self, Write};

const HEADER: &str = "axis,subject,status,matched,because,place_before,place_after,\
    rtt_ms_before,rtt_ms_after,rtt_median_ms_before,rtt_median_ms_after,encryption_before,encryption_after,\
    flows_before,flows_after,bytes_out_before,bytes_out_after,bytes_in_before,bytes_in_after,\
    bytes_per_hour_before,bytes_per_hour_after,frames_before,frames_after,owner,function";

/// Every row.
pub(in crate::report) fn changes(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEADER}")?;
    let mut line = Vec::new();
    for change in &diff.names {
        line.clear();
        name(&mut line, change);
        out.write_all(&line)?;
    }
    for change in &diff.groups {
        line.clear();
        group(&mut line, change);
        out.write_all(&line)?;
    }
    Ok(())
}

fn cell(line: &mut Vec<u8>, bytes: &[u8]) {
    if !line.is_empty() {
        line.push(b',');
    }
    escape::csv(line, bytes);
}

fn number(line: &mut Vec<u8>, number: Option<u64>) {
    line.push(b',');
    if let Some(number) = number {
        line.extend_from_slice(number.to_string().as_bytes());
    }
}

fn milliseconds(line: &mut Vec<u8>, nanoseconds: Option<u64>) {
    line.push(b',');
    if let Some(nanoseconds) = nanoseconds {
        crate::report::number::milliseconds(line, nanoseconds);
    }
}

fn name(line: &mut Vec<u8>, change: &NameChange) {
    let sides = [change.before.as_ref(), change.after.as_ref()];
    cell(line, b"names");
    cell(line, &subject_words(change));
    cell(line, change.status.as_str().as_bytes());
    cell(line, change.matched.as_str().as_bytes());
    cell(line, change.because.as_bytes());
    sides
        .iter()
        .for_each(|side| cell(line, place_words(*side).as_bytes()));
    let trips = |side: &Option<&Subject>| side.and_then(|side| side.round_trips);
    sides
        .iter()
        .for_each(|side| milliseconds(line, trips(side).map(|trips| trips.smallest_ns)));
    sides
        .iter()
        .for_each(|side| milliseconds(line, trips(side).and_then(|trips| trips.median_ns)));
    sides
        .iter()
        .for_each(|side| cell(line, encryption_words(*side).as_bytes()));
    volumes(line, sides.map(|side| side.map(|side| side.volume)));
    change
        .bytes_per_hour
        .iter()
        .for_each(|rate| number(line, *rate));
    sides
        .iter()
        .for_each(|side| cell(line, frames_words(*side, usize::MAX).as_bytes()));
    let any = change.any();
    cell(
        line,
        any.and_then(|side| side.owner.as_deref())
            .unwrap_or_default()
            .as_bytes(),
    );
    cell(
        line,
        any.and_then(|side| side.function.as_deref())
            .unwrap_or_default()
            .as_bytes(),
    );
    line.push(b'\n');
}

fn volumes(line: &mut Vec<u8>, sides: [Option<Volume>; 2]) {
    for of in [
        |volume: Volume| volume.flows,
        |volume: Volume| volume.bytes_out,
        |volume: Volume| volume.bytes_in,
    ] {
        sides.iter().for_each(|side| number(line, side.map(of)));
    }
}

fn group(line: &mut Vec<u8>, change: &GroupChange) {
    cell(line, change.axis.as_str().as_bytes());
    cell(line, &group_words(change.axis, change.key.as_ref()));
    cell(line, change.status.as_str().as_bytes());
    // Match, reason, places, round trips, encryption.
    line.extend_from_slice(b",,,,,,,,,,");
    volumes(line, [change.before, change.after]);
    // Rates, frames, owner, function.
    line.extend_from_slice(b",,,,,,\n");
}
