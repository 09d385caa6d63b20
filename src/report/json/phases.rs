//! What the tester did, and what was sent meanwhile.

use super::writer::Writer;
use crate::model::{Phase, PhaseLog, PhaseSums, Report};

/// The key `phases`, where the report has any.
pub(super) fn phases(json: &mut Writer<'_>, report: &Report) {
    let Some(log) = &report.phases else { return };
    json.line();
    json.key("phases");
    json.begin(b'{');
    json.field_string("origin", &log.origin);
    json.field_string_or_null("sha256", log.sha256.as_deref());
    json.key("clock_offset_s");
    json.decimal(&seconds(log.clock_offset_ns));
    json.key("before_first");
    json.begin(b'{');
    sums(json, log, log.phases.len());
    json.end(b'}');
    let numbered: Vec<(usize, &Phase)> = log.phases.iter().enumerate().collect();
    json.lines("phases", &numbered, |json, (at, phase)| {
        json.begin(b'{');
        json.field_string("name", &phase.name);
        json.key("start");
        json.time(phase.start);
        json.key("end");
        match phase.end {
            Some(end) => json.time(end),
            None => json.null(),
        }
        json.text_or_null("note", phase.note.as_ref());
        json.field_string("source", &phase.source);
        json.field_or_null("frame", phase.frame);
        sums(json, log, *at);
        json.end(b'}');
    });
    json.end(b'}');
}

/// What was sent in a phase.
fn sums(json: &mut Writer<'_>, log: &PhaseLog, at: usize) {
    let nothing = PhaseSums::default();
    let sums = log.sums.get(at).unwrap_or(&nothing);
    for (key, value) in [
        ("flows", sums.flows),
        ("continued_flows", sums.continued_flows),
        ("packets_out", sums.packets_out),
        ("bytes_out", sums.bytes_out),
        ("packets_in", sums.packets_in),
        ("bytes_in", sums.bytes_in),
    ] {
        json.field(key, value);
    }
    json.list("first_contacts", &sums.first_contacts, |json, number| {
        json.integer(u64::try_from(*number).unwrap_or(u64::MAX));
    });
}

/// Nanoseconds as a number of seconds, exactly.
fn seconds(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let all = nanoseconds.unsigned_abs();
    let (whole, rest) = (all / 1_000_000_000, all % 1_000_000_000);
    match rest {
        0 => format!("{sign}{whole}"),
        _ => format!(
            "{sign}{whole}.{}",
            format!("{rest:09}").trim_end_matches('0')
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_seconds_exactly() {
        for (nanoseconds, want) in [
            (0, "0"),
            (-2_500_000_000, "-2.5"),
            (1, "0.000000001"),
            (-1, "-0.000000001"),
            (3_600_000_000_000, "3600"),
        ] {
            assert_eq!(seconds(nanoseconds), want);
        }
    }
}
