//! A comparison to read in a terminal.
//!
//! In:   a [`Diff`] and a [`Style`].
//! Out:  the answer, the claims, what became of each name, what makes the sides less
//!       comparable. Each name stands on one line, cut in the middle where there is no room.

use super::layout::{Cell, Column, Ink, Page, bytes, count, flexible, numbers, words};
use super::{header, length};
use crate::language::{WORDS, fill};
use crate::model::diff::{Axis, Diff, DiffSide, GroupChange, NameChange, Status, Subject, Volume};
use crate::model::{ClaimResult, ClaimVerdict, Severity, Text};
use crate::report::diff::{
    axis_head, encryption_words, frames_words, group_words, place_words, status_head, status_word,
    subject_words, summary, trip_words,
};
use crate::report::words::{claim as claim_word, fact_word, severity};
use crate::report::{Style, escape};
use std::io::{self, Write};

/// Names of one status; JSON and CSV have them all.
const ROWS: usize = 60;
/// Rows of one axis.
const GROUPS: usize = 20;
/// Names listed behind a claim.
const AGAINST: usize = 8;

/// Two captures, compared.
///
/// # Errors
/// Where `out` fails.
pub fn diff(diff: &Diff, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    header::title(page)?;
    for notice in diff.notices() {
        header::notice(page, notice)?;
    }
    page.blank()?;
    page.paragraph(WORDS.diff_page.question, 0, Some(Ink::Strong))?;
    page.paragraph(&summary(diff), 0, None)?;
    claims(page, diff)?;
    for status in Status::ALL {
        names(page, diff, status)?;
    }
    for axis in Axis::ALL {
        groups(page, diff, axis)?;
    }
    compared(page, diff)?;
    caveats(page, diff)
}

fn claims(page: &mut Page<'_>, diff: &Diff) -> io::Result<()> {
    if diff.claims.is_empty() {
        return Ok(());
    }
    page.heading(WORDS.changes.claims, WORDS.changes.claims_remark)?;
    for claim in &diff.claims {
        self::claim(page, claim)?;
        page.blank()?;
    }
    Ok(())
}

fn claim(page: &mut Page<'_>, claim: &ClaimResult) -> io::Result<()> {
    let (sign, ink) = match claim.verdict {
        ClaimVerdict::Contradicted => ("■", Some(Ink::Violated)),
        ClaimVerdict::Indeterminate => ("◇", Some(Ink::Indeterminate)),
        ClaimVerdict::NotExercised => ("○", Some(Ink::Soft)),
        ClaimVerdict::Supported => ("●", Some(Ink::Met)),
    };
    let said = &WORDS.changes;
    let verdict = format!("{sign} {}", claim_word(claim.verdict));
    let verdict = page.paint(&verdict, ink);
    let id = page.paint(&escape::terminal_str(&claim.id), Some(Ink::Strong));
    page.line(&format!("  {verdict}  {id}"))?;
    let quote = fill(
        WORDS.claims_part.quote,
        &[&claim.quote, &claim.speaker, &claim.said],
    );
    page.paragraph(&escape::terminal_str(&quote), 4, Some(Ink::Soft))?;
    let against: Vec<String> = claim
        .against
        .iter()
        .take(AGAINST)
        .map(|exhibit| match (&exhibit.name, exhibit.address) {
            (Some(name), _) => escape::terminal(name).into_owned(),
            (None, Some(address)) => address.to_string(),
            (None, None) => said.not_known.to_owned(),
        })
        .collect();
    let mut sentence = escape::terminal_str(&claim.sentence).into_owned();
    if !against.is_empty() {
        let against = fill(said.against, &[&against.join(WORDS.units.comma)]);
        sentence = fill(WORDS.units.sentences, &[&sentence, &against]);
    }
    page.paragraph(&sentence, 4, None)?;
    for (exhibits, ink) in [
        (&claim.against, Ink::Violated),
        (&claim.open, Ink::Indeterminate),
    ] {
        for exhibit in exhibits.iter().take(AGAINST) {
            let name = exhibit
                .name
                .as_ref()
                .map(|name| escape::terminal(name).into_owned());
            let name = name
                .or_else(|| exhibit.address.map(|it| it.to_string()))
                .unwrap_or_default();
            let frames: Vec<String> = exhibit.frames.iter().take(4).map(u32::to_string).collect();
            let because = escape::terminal_str(&exhibit.because);
            let frames = frames.join(WORDS.units.comma);
            let words = fill(said.exhibit, &[&name, &because, &frames]);
            page.paragraph(&words, 6, Some(ink))?;
        }
    }
    if let Some(words) = &claim.would_decide {
        let decides = fill(said.would_decide, &[&escape::terminal_str(words)]);
        page.paragraph(&decides, 4, Some(Ink::Soft))?;
    }
    if claim.hidden.maybe_flows > 0 {
        let words = fill(
            said.hidden,
            &[
                &count(claim.hidden.maybe_flows),
                &WORDS.many(claim.hidden.all_flows, WORDS.flows_of),
                &count(claim.hidden.could_contradict_flows),
            ],
        );
        page.paragraph(&words, 4, Some(Ink::Soft))?;
    }
    let cannot = fill(said.cannot_show, &[&claim.cannot_show.join(" ")]);
    page.paragraph(&escape::terminal_str(&cannot), 4, Some(Ink::Soft))
}

/// Columns of a table of names, and how each is filled.
type Shown = (Column, fn(&NameChange) -> Cell);

/// A page as wide as this has room for frames.
const WIDE: usize = 120;

fn shown(status: Status, width: usize) -> Vec<Shown> {
    let mut found: Vec<Shown> = vec![(flexible(WORDS.changes.name, 16), name_cell)];
    let before: Shown = (flexible(WORDS.changes.before, 8), |change| {
        place_cell(change.before.as_ref())
    });
    let after: Shown = (flexible(WORDS.changes.after, 8), |change| {
        place_cell(change.after.as_ref())
    });
    match status {
        Status::Appeared | Status::Unchanged => found.push(after),
        Status::Vanished => found.push(before),
        _ => found.extend([before, after]),
    }
    found.push((words(WORDS.changes.round_trip), |change| {
        trip_words(change).into()
    }));
    let why = matches!(status, Status::Changed | Status::NotComparable);
    if why || (status == Status::Moved && width >= WIDE) {
        found.push((flexible(WORDS.changes.else_, 10), |change| {
            Cell::soft(escape::terminal_str(&else_words(change)))
        }));
    }
    if width >= WIDE {
        found.push((flexible(WORDS.changes.frames, 6), frames_cell));
    }
    found
}

fn name_cell(change: &NameChange) -> Cell {
    let name = escape::terminal(&Text::from(subject_words(change))).into_owned();
    match change.status {
        Status::Moved => Cell::inked(name, Ink::Strong),
        _ => name.into(),
    }
}

fn place_cell(side: Option<&Subject>) -> Cell {
    escape::terminal_str(&place_words(side)).into_owned().into()
}

fn frames_cell(change: &NameChange) -> Cell {
    let frames = |side: &Option<Subject>| frames_words(side.as_ref(), 2);
    Cell::soft(match (frames(&change.before), frames(&change.after)) {
        (one, other) if !one.is_empty() && !other.is_empty() => {
            fill(WORDS.changes.became, &[&one, &other])
        }
        (one, other) => format!("{one}{other}"),
    })
}

fn names(page: &mut Page<'_>, diff: &Diff, status: Status) -> io::Result<()> {
    let all = diff.count(status);
    if all == 0 {
        return Ok(());
    }
    let total = length(diff.names.len());
    page.heading(status_head(status), &WORDS.part(all, total, WORDS.names_of))?;
    let shown = shown(status, page.width());
    let table: Vec<Column> = shown.iter().map(|(column, _)| *column).collect();
    let changes = diff
        .names
        .iter()
        .filter(|change| change.status == status)
        .take(ROWS);
    let rows: Vec<Vec<Cell>> = changes
        .map(|change| shown.iter().map(|(_, cell)| cell(change)).collect())
        .collect();
    let widths = page.widths(&table, rows.iter().map(Vec::as_slice), 2);
    page.heads(&table, &widths, 2)?;
    for cells in &rows {
        page.row(&table, &widths, cells, 2)?;
    }
    let more = all.saturating_sub(length(rows.len()));
    if more > 0 {
        let words = fill(WORDS.changes.more_rows, &[&count(more)]);
        page.paragraph(&words, 2, Some(Ink::Soft))?;
    }
    Ok(())
}

/// What the places do not say.
fn else_words(change: &NameChange) -> String {
    let mut parts = Vec::new();
    if matches!(change.status, Status::Changed | Status::NotComparable) {
        parts.push(change.because.clone());
    }
    if change.encryption == Status::Changed {
        let (old, new) = (
            encryption_words(change.before.as_ref()),
            encryption_words(change.after.as_ref()),
        );
        parts.push(fill(WORDS.changes.became, &[&old, &new]));
    }
    parts.join(WORDS.units.semicolon)
}

const GROUPED: [Column; 6] = [
    flexible("", 16),
    words(""),
    numbers(WORDS.changes.flows_before),
    numbers(WORDS.changes.then),
    numbers(WORDS.changes.bytes_before),
    numbers(WORDS.changes.then),
];

fn groups(page: &mut Page<'_>, diff: &Diff, axis: Axis) -> io::Result<()> {
    let mut changes: Vec<&GroupChange> = diff
        .groups
        .iter()
        .filter(|change| change.axis == axis)
        .collect();
    if changes.is_empty() {
        return Ok(());
    }
    let sum = |change: &GroupChange| {
        let of = |side: &Option<Volume>| side.map_or(0, |volume| volume.bytes());
        of(&change.before).saturating_add(of(&change.after))
    };
    changes.sort_by_key(|change| {
        (
            change.status == Status::Unchanged,
            std::cmp::Reverse(sum(change)),
        )
    });
    page.heading(axis_head(axis), "")?;
    let cells = |change: &GroupChange| -> [Cell; 6] {
        let of = |side: &Option<Volume>, part: fn(&Volume) -> String| {
            side.as_ref().map(part).unwrap_or_default()
        };
        let status = if change.status == Status::Unchanged {
            ""
        } else {
            status_word(change.status)
        };
        [
            escape::terminal(&Text::from(group_words(axis, change.key.as_ref())))
                .into_owned()
                .into(),
            status.into(),
            of(&change.before, |it| count(it.flows)).into(),
            of(&change.after, |it| count(it.flows)).into(),
            of(&change.before, |it| bytes(it.bytes_out)).into(),
            of(&change.after, |it| bytes(it.bytes_out)).into(),
        ]
    };
    let rows: Vec<[Cell; 6]> = changes
        .iter()
        .take(GROUPS)
        .map(|change| cells(change))
        .collect();
    let widths = page.widths(&GROUPED, rows.iter().map(|row| row.as_slice()), 2);
    page.heads(&GROUPED, &widths, 2)?;
    for cells in &rows {
        page.row(&GROUPED, &widths, cells, 2)?;
    }
    let more = length(changes.len().saturating_sub(GROUPS));
    if more > 0 {
        let more = fill(WORDS.changes.more, &[&count(more)]);
        page.paragraph(&more, 2, Some(Ink::Soft))?;
    }
    Ok(())
}

fn compared(page: &mut Page<'_>, diff: &Diff) -> io::Result<()> {
    let said = &WORDS.changes;
    page.heading(said.compared, "")?;
    for (label, side) in [(said.before, &diff.before), (said.after, &diff.after)] {
        page.field(label, &side_words(side))?;
        for input in side.inputs.iter().take(4) {
            let hash = input.sha256.as_deref().unwrap_or(WORDS.not_hashed);
            page.field("  SHA-256", &escape::terminal_str(hash))?;
        }
        if !side.declared.is_empty() {
            let fact = |(name, value): &(String, String)| {
                fill(WORDS.units.labelled, &[fact_word(name), value])
            };
            let facts: Vec<String> = side.declared.iter().map(fact).collect();
            let facts = facts.join(WORDS.units.semicolon);
            page.field(WORDS.diff_page.declared, &escape::terminal_str(&facts))?;
        }
        let more = side.input_count.saturating_sub(4);
        if more > 0 {
            page.field("", &fill(said.more_captures, &[&count(more)]))?;
        }
    }
    for words in &diff.normalised {
        page.field(said.normalised, words)?;
    }
    Ok(())
}

fn side_words(side: &DiffSide) -> String {
    let said = &WORDS.changes;
    let form = match side.form {
        "report" => said.saved,
        _ => said.captures,
    };
    let mut parts = vec![fill(said.side, &[&escape::terminal(&side.path), form])];
    parts.push(WORDS.many(side.packets, WORDS.packets));
    parts.push(WORDS.many(side.volume.flows, WORDS.outbound_flows));
    if side.time.is_some() {
        parts.push(header::time_words(side.time));
    }
    if let Some(vantage) = &side.vantage {
        parts.push(fill(said.recorded_in, &[&escape::terminal_str(vantage)]));
    }
    parts.join(WORDS.units.comma)
}

fn caveats(page: &mut Page<'_>, diff: &Diff) -> io::Result<()> {
    page.heading(WORDS.changes.caveats, "")?;
    for caveat in &diff.caveats {
        let ink = if caveat.severity >= Severity::Medium {
            Some(Ink::Indeterminate)
        } else {
            None
        };
        let grave = severity(caveat.severity);
        let words = escape::terminal_str(&caveat.words);
        let words = fill(WORDS.changes.caveat, &[grave, &words]);
        page.paragraph(&words, 2, ink)?;
    }
    if diff.left_out {
        page.paragraph(WORDS.diff_page.left_out, 2, Some(Ink::Indeterminate))?;
    }
    Ok(())
}
