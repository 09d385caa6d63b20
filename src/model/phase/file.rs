//! The log of a test: what its file says.
//!
//! In:   a CSV or TOML file that a person or a script wrote while testing.
//! Out:  a [`PhaseFile`]: names, notes, and times that are absolute or count from the first
//!       packet; or the first thing that is wrong, with the line where it stands.
//! Spec: RFC 4180, TOML 1.0; times as in RFC 3339.
//!
//! It stands beside `form.rs`, since it does the same for another file: it reads what a user
//! wrote and decides nothing. The audit gives the times their place in a capture. Sizes are
//! bounded; no time-zone database is asked, so that the same file means the same everywhere.

use super::super::form::{Entry, Fault, Placed, parse, shown};
use super::super::{Phase, Text, Time};
use super::{when, word};
use crate::Error;
use jiff::tz::Offset;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;
use toml::de::DeValue;
use when::When;

/// A log of phases, as its file has it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PhaseFile {
    origin: Arc<str>,
    sha256: String,
    entries: Vec<Line>,
}

/// One line of the log.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Line {
    at: When,
    name: Arc<str>,
    note: Option<Text>,
    /// From 1.
    line: usize,
}

/// Phases in one log.
const MOST_PHASES: usize = 10_000;

/// What is wrong with a file: where, as `:3:7` or `:3`, and what.
struct Wrong(String);

impl PhaseFile {
    /// Bytes of the largest log that is read.
    pub const MOST_BYTES: usize = 8 << 20;

    /// Reads a log. `origin` is the file as the user gave it: its end tells the form, or else
    /// the content does.
    ///
    /// # Errors
    /// Where the file is no log, or a line of it makes no sense.
    pub fn read(origin: &str, bytes: &[u8]) -> Result<Self, Error> {
        let wrong = |Wrong(words): Wrong| Error::Usage(format!("{origin}{words}"));
        let text = text_of(bytes).map_err(wrong)?;
        let entries = if is_toml(origin, text) {
            toml(text)
        } else {
            csv(text)
        };
        let entries = entries.and_then(agreed).map_err(wrong)?;
        let mut sha256 = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            // Writing to a string does not fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        Ok(PhaseFile {
            origin: origin.into(),
            sha256,
            entries,
        })
    }

    /// The file as the user gave it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// SHA-256 of the file, hex.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The phases in the order of their starts, where the first packet was captured at `first`
    /// and the capture's clock is `offset_ns` ahead of the log's. The last has no end.
    #[must_use]
    pub fn phases(&self, first: Time, offset_ns: i64) -> Vec<Phase> {
        let begun = |line: &Line| Phase {
            name: Arc::clone(&line.name),
            start: Time(line.at.time(first).0.saturating_add(offset_ns)),
            end: None,
            note: line.note.clone(),
            source: format!("log line {}", line.line).into(),
            frame: None,
        };
        let mut phases: Vec<Phase> = self.entries.iter().map(begun).collect();
        phases.sort_by_key(|phase| phase.start);
        phases
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, Wrong> {
    if bytes.len() > PhaseFile::MOST_BYTES {
        let words = ": larger than any log of phases: 8 MiB are read";
        return Err(Wrong(words.to_owned()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        Wrong(format!(":{}: not UTF-8", line.saturating_add(1)))
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn is_toml(origin: &str, text: &str) -> bool {
    let lower = origin.to_ascii_lowercase();
    if lower.ends_with(".toml") || lower.ends_with(".csv") {
        return lower.ends_with(".toml");
    }
    let first = text.lines().map(str::trim).find(|line| !is_remark(line));
    first.is_some_and(|line| line.starts_with('[') || line.contains('='))
}

fn is_remark(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

/// A log has phases, not too many, and one kind of times: what `+10s` means between two
/// instants nobody could say.
fn agreed(entries: Vec<Line>) -> Result<Vec<Line>, Wrong> {
    let Some(first) = entries.first() else {
        let words = ": has no phases; docs/phases.md shows what a log looks like";
        return Err(Wrong(words.to_owned()));
    };
    if let Some(beyond) = entries.get(MOST_PHASES) {
        let words = format!(":{}: more than {MOST_PHASES} phases", beyond.line);
        return Err(Wrong(words));
    }
    let other = entries
        .iter()
        .find(|entry| entry.at.is_relative() != first.at.is_relative());
    match other {
        None => Ok(entries),
        Some(other) => Err(Wrong(format!(
            ":{}: a log has instants, or times from the first packet on, such as +12.5s: line {} \
             has the one and this the other",
            other.line, first.line
        ))),
    }
}

/// `[[phase]]` tables with `at`, `name` and `note`.
fn toml(text: &str) -> Result<Vec<Line>, Wrong> {
    let read = || -> Result<Vec<Line>, Fault> {
        let document = parse(text)?;
        let root = Entry::root(&document);
        root.knows(&["utc_offset", "phase"])?;
        let offset = root.text("utc_offset")?;
        let offset = (!offset.value.is_empty())
            .then(|| when::offset(&offset.value).map_err(|what| Fault::new(offset.at, what)))
            .transpose()?;
        let tables = root.tables("phase", "a phase")?;
        tables
            .iter()
            .map(|phase| table(phase, offset, text))
            .collect()
    };
    read().map_err(|fault| {
        let (line, column) = fault.place(text);
        Wrong(format!(":{line}:{column}: {}", fault.what))
    })
}

fn table(phase: &Entry<'_>, offset: Option<Offset>, text: &str) -> Result<Line, Fault> {
    phase.knows(&["at", "name", "note"])?;
    // An instant may stand there as TOML's own kind of value, without quotes.
    let at = match phase.get("at").map(|value| (value, value.get_ref())) {
        Some((value, DeValue::Datetime(instant))) => Placed {
            value: instant.to_string(),
            at: value.span().start,
        },
        _ => phase.need("at")?,
    };
    let name = phase.need("name")?;
    let note = phase.text("note")?.value;
    let wrong = |place: usize| move |what: String| Fault::new(place, what);
    let (line, _) = Fault::new(phase.at, "").place(text);
    Ok(Line {
        at: when::read(&at.value, offset).map_err(wrong(at.at))?,
        name: plain(&name.value).map_err(wrong(name.at))?,
        note: Some(note)
            .filter(|note| !note.is_empty())
            .map(|note| Text::from(note.as_str())),
        line,
    })
}

/// The columns of a log in CSV.
const COLUMNS: [&str; 4] = ["time", "phase", "note", "utc_offset"];

/// A first line that names the columns, then a line a phase. Lines with `#` in front are remarks.
fn csv(text: &str) -> Result<Vec<Line>, Wrong> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .flexible(true)
        .from_reader(text.as_bytes());
    let broken = |error: csv::Error| Wrong(format!(": {error}"));
    let heads = reader.headers().map_err(broken)?.clone();
    let places = columns(&heads, text)?;
    let mut lines = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        let from = record.position().map_or(0, csv::Position::byte);
        let line = line_at(text, usize::try_from(from).unwrap_or(usize::MAX));
        if lines.len() > MOST_PHASES {
            break;
        }
        lines.push(row(&record, &heads, places, line)?);
    }
    Ok(lines)
}

/// Where each of [`COLUMNS`] stands.
fn columns(heads: &csv::StringRecord, text: &str) -> Result<[Option<usize>; 4], Wrong> {
    let line = line_at(text, 0);
    let mut places = [None; 4];
    for (place, head) in heads.iter().enumerate() {
        let head = head.to_ascii_lowercase();
        let column = COLUMNS.iter().position(|known| *known == head);
        let Some(found) = column.and_then(|column| places.get_mut(column)) else {
            return Err(Wrong(format!(
                ":{line}: `{}` is no column of a log; it has {}",
                shown(&head),
                COLUMNS.join(", ")
            )));
        };
        if found.replace(place).is_some() {
            return Err(Wrong(format!(":{line}: two columns are called `{head}`")));
        }
    }
    match places {
        [Some(_), Some(_), ..] => Ok(places),
        _ => Err(Wrong(format!(
            ":{line}: the first line of a log names its columns: time and phase, and note or \
             utc_offset where wanted"
        ))),
    }
}

fn row(
    record: &csv::StringRecord,
    heads: &csv::StringRecord,
    places: [Option<usize>; 4],
    line: usize,
) -> Result<Line, Wrong> {
    if record.len() > heads.len() {
        return Err(Wrong(format!(
            ":{line}: {} fields under {} columns; a note with a comma needs quotes",
            record.len(),
            heads.len()
        )));
    }
    let field = |place: Option<usize>| place.and_then(|at| record.get(at)).unwrap_or_default();
    let wrong = |column: &'static str| {
        move |what: String| Wrong(format!(":{line}: column `{column}`: {what}"))
    };
    let [time, phase, note, offset] = places.map(field);
    let offset = (!offset.is_empty())
        .then(|| when::offset(offset))
        .transpose()
        .map_err(wrong("utc_offset"))?;
    if note.len() > 1_000 || note.chars().any(char::is_control) {
        let what = "must be one line of at most 1,000 bytes".to_owned();
        return Err(wrong("note")(what));
    }
    Ok(Line {
        at: when::read(time, offset).map_err(wrong("time"))?,
        name: plain(phase).map_err(wrong("phase"))?,
        note: (!note.is_empty()).then(|| Text::from(note)),
        line,
    })
}

/// The number of the first line at or after a byte that is no remark and not blank.
fn line_at(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or_default();
    let rest = text.get(byte..).unwrap_or_default();
    let skipped = rest.lines().take_while(|line| is_remark(line)).count();
    let lines = before.matches('\n').count();
    lines.saturating_add(skipped).saturating_add(1)
}

fn plain(name: &str) -> Result<Arc<str>, String> {
    word::plain(name.as_bytes()).ok_or_else(|| {
        format!(
            "`{}` is no name of a phase: lower case letters, digits and hyphens, at most {}",
            shown(name),
            word::LONGEST
        )
    })
}

#[cfg(test)]
mod tests;
