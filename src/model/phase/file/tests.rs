//! Logs as users write them, and as they should not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

/// Names and starts of what is read, or the words of the fault.
fn read(origin: &str, text: &str) -> String {
    match PhaseFile::read(origin, text.as_bytes()) {
        Err(error) => error.to_string(),
        Ok(file) => {
            let phases = file.phases(Time(1_000_000_000_000_000_000), 0);
            let lines = phases.iter().map(|phase| {
                let note = phase.note.as_ref().and_then(Text::as_str).unwrap_or("");
                let start = phase.start.to_string();
                format!("{} {} {}{}", &start[11..23], phase.name, phase.source, note)
            });
            lines.collect::<Vec<_>>().join("; ")
        }
    }
}

#[track_caller]
fn check(origin: &str, text: &str, want: &str) {
    assert_eq!(read(origin, text), want);
}

#[test]
fn reads_csv() {
    check(
        "a.csv",
        "time,phase,note\n+0s,boot,\n# a remark\n\n+1m30.5s,idle,\" on, and off\"\n",
        "01:46:40.000 boot log line 2; 01:48:10.500 idle log line 5on, and off",
    );
    check(
        "a.csv",
        "\u{feff}Phase,Time\r\nboot,2026-11-21T04:31:07.25+05:30\r\nidle,1795235467.5\r\n",
        "23:01:07.250 boot log line 2; 04:31:07.500 idle log line 3",
    );
    check(
        "log",
        "time,phase,utc_offset\n2026-11-21 04:31:07,boot,+05:30\n",
        "23:01:07.000 boot log line 2",
    );
    // Lines that are not in order are put in order.
    check(
        "log",
        "time,phase\n+5s,idle\n-500ms,boot\n",
        "01:46:39.500 boot log line 3; 01:46:45.000 idle log line 2",
    );
}

#[test]
fn reads_toml() {
    check(
        "a.toml",
        "utc_offset = \"+05:30\"\n[[phase]]\nat = 2026-11-21T04:31:07.5Z\nname = \"boot\"\n\
         [[phase]]\nat = \"2026-11-21 10:01:08\"\nname = \"idle\"\nnote = \"x\"\n",
        "04:31:07.500 boot log line 2; 04:31:08.000 idle log line 5x",
    );
    check(
        "log",
        "[[phase]]\nat = \"+1h0m2s\"\nname = \"boot\"\n",
        "02:46:42.000 boot log line 1",
    );
}

#[test]
fn says_where_it_is_wrong() {
    check(
        "a.csv",
        "",
        "a.csv:1: the first line of a log names its columns: time and phase, and note or utc_offset where wanted",
    );
    check(
        "a.csv",
        "time,phase\n",
        "a.csv: has no phases; docs/phases.md shows what a log looks like",
    );
    check(
        "a.csv",
        "time,phase,notes\n",
        "a.csv:1: `notes` is no column of a log; it has time, phase, note, utc_offset",
    );
    check(
        "a.csv",
        "time,phase\n+1s,Boot\n",
        "a.csv:2: column `phase`: `Boot` is no name of a phase: lower case letters, digits and hyphens, at most 64",
    );
    check(
        "a.csv",
        "time,phase\n# x\n+1s,a,b\n",
        "a.csv:3: 3 fields under 2 columns; a note with a comma needs quotes",
    );
    let no_time = "is no time: 2026-11-21T04:31:07Z, 1795235467.25 (seconds since 1970), or +1m30s from the first packet on";
    for text in [
        "90",
        "+90",
        "+1s1m",
        "+1.s",
        "2026-11-21",
        "soon",
        "+1d",
        "",
        "1.2.3",
        "+",
        "+99999999999h",
    ] {
        let want = format!("a.csv:2: column `time`: `{text}` {no_time}");
        check("a.csv", &format!("time,phase\n{text},boot\n"), &want);
    }
    check(
        "a.csv",
        "time,phase\n2026-11-21T04:31:07,boot\n",
        "a.csv:2: column `time`: `2026-11-21T04:31:07` has no zone: write Z or +05:30 behind it, or give `utc_offset`",
    );
    check(
        "a.csv",
        "time,phase\n+1s,a\n2026-11-21T04:31:07Z,b\n",
        "a.csv:3: a log has instants, or times from the first packet on, such as +12.5s: line 2 has the one and this the other",
    );
    check(
        "a.toml",
        "[[phase]]\nat = \"+1s\"\nname = \"boot\"\nwhen = 1\n",
        "a.toml:4:1: `when` is no key of a phase; it has at, name, note",
    );
    check(
        "a.toml",
        "[[phase]]\nat = \"+1s\"\n",
        "a.toml:1:1: a phase needs `name`",
    );
    check(
        "a.toml",
        "[[phase]]\nname = \"boot\"\nat = \"+1x\"\n",
        &format!("a.toml:3:6: `+1x` {no_time}"),
    );
    check(
        "a.toml",
        "utc_offset = \"India\"\n",
        "a.toml:1:14: `India` is no offset from UTC such as +05:30",
    );
    let error = PhaseFile::read("a.csv", b"time,phase\n+1s,\xff\n").unwrap_err();
    assert_eq!(error.to_string(), "a.csv:2: not UTF-8");
}

#[test]
fn many_phases_are_refused_not_held() {
    let mut text = String::from("time,phase\n");
    for number in 0..10_002 {
        let _ = writeln!(text, "+{number}s,p");
    }
    assert_eq!(read("a.csv", &text), "a.csv:10002: more than 10000 phases");
}

#[test]
fn the_offset_is_added_and_the_file_is_hashed() {
    let file = PhaseFile::read("a.csv", b"time,phase\n+1s,boot\n").unwrap();
    let phases = file.phases(Time(5), -1_000_000_002);
    assert_eq!(phases[0].start, Time(3));
    assert_eq!(file.sha256().len(), 64);
}
