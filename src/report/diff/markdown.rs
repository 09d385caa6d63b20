//! A comparison for a pull request.
//!
//! In:   a [`Diff`].
//! Out:  Markdown: the summary, claims, caveats, and a table of what is not the same.
//! Spec: GitHub Flavored Markdown 0.29, tables.
//!
//! Every character that Markdown or HTML could take for an order stands behind a backslash or as
//! an entity: no word of a capture becomes a link, a picture, a mention or a cell.

use super::{place_words, status_word, subject_words, summary, trip_words};
use crate::language::{WORDS, fill};
use crate::model::Text;
use crate::model::diff::{Diff, Status};
use crate::report::escape;
use crate::report::words::{claim as claim_word, severity};
use std::io::{self, Write};

/// Rows of the table; JSON and CSV have them all.
const ROWS: usize = 200;

/// The page.
pub(super) fn page(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let words = &WORDS.changes;
    writeln!(out, "## {}\n", words.title)?;
    for notice in diff.notices() {
        writeln!(out, "> {}\n", inert(&Text::from(notice)))?;
    }
    let sides = fill(
        words.sides,
        &[&inert(&diff.before.path), &inert(&diff.after.path)],
    );
    writeln!(out, "**{}** {sides}\n", summary(diff))?;
    for claim in &diff.claims {
        let against: Vec<String> = claim
            .against
            .iter()
            .filter_map(|it| it.name.as_ref())
            .take(8)
            .map(inert)
            .collect();
        write!(
            out,
            "- **{}** {}: {}",
            claim_word(claim.verdict),
            inert(&Text::from(&*claim.id)),
            inert(&Text::from(claim.sentence.as_str()))
        )?;
        if against.is_empty() {
            writeln!(out)?;
        } else {
            let against = fill(words.against, &[&against.join(WORDS.units.comma)]);
            writeln!(out, " {against}")?;
        }
    }
    if !diff.claims.is_empty() {
        writeln!(out, "\n{}", words.claims_are_after)?;
        writeln!(out)?;
    }
    let rows: Vec<_> = diff
        .names
        .iter()
        .filter(|change| change.status != Status::Unchanged)
        .collect();
    if !rows.is_empty() {
        let (name, before, after) = (words.name, words.before, words.after);
        let trip = words.round_trip;
        writeln!(
            out,
            "| | {name} | {before} | {after} | {trip} |\n|-|-|-|-|-|"
        )?;
    }
    for change in rows.iter().take(ROWS) {
        let text = |words: String| inert(&Text::from(words.as_str()));
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            status_word(change.status),
            inert(&Text::from(subject_words(change))),
            text(place_words(change.before.as_ref())),
            text(place_words(change.after.as_ref())),
            text(trip_words(change))
        )?;
    }
    if rows.len() > ROWS {
        let more = rows.len().saturating_sub(ROWS).to_string();
        writeln!(out, "\n{}", fill(words.more_elsewhere, &[&more]))?;
    }
    if !diff.caveats.is_empty() {
        writeln!(out, "\n**{}**\n", words.keep_in_mind)?;
    }
    for caveat in &diff.caveats {
        let said = inert(&Text::from(caveat.words.as_str()));
        let said = fill(words.caveat, &[severity(caveat.severity), &said]);
        writeln!(out, "- {said}")?;
    }
    Ok(())
}

/// Words that stand for themselves in Markdown.
fn inert(text: &Text) -> String {
    let shown = escape::terminal(text);
    let mut out = String::with_capacity(shown.len().saturating_add(8));
    for letter in shown.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention, and what is made a link without brackets.
            '@' => out.push_str("&#64;"),
            ':' => out.push_str("&#58;"),
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '~'
            | '$' => {
                out.push('\\');
                out.push(letter);
            }
            '.' => out.push_str("&#46;"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_becomes_an_order() {
        let hostile = Text::new(b"![a](http://x.y) <img> |a| @team `rm` www.x.y\n# b\x1b[2J");
        let shown = inert(&hostile);
        assert!(
            !shown.contains("](")
                && !shown.contains('<')
                && !shown.contains('\n')
                && !shown.contains('\x1b')
        );
        assert!(!shown.contains("| ") && !shown.contains('@') && !shown.contains("www.x"));
        assert!(shown.starts_with("\\!\\[a\\]"));
    }
}
