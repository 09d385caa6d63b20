//! Measurements as tables in Markdown, ready for a document.
//!
//! In:   lines of `Places::measure`.
//! Out:  a table by class and one by operator for each run. Paths and names are escaped.

use std::collections::BTreeMap;
use std::io::{self, Write};
use whereto::locate::{CLASSES, Measured, Share};
use whereto::model::DataSource;
use whereto::report::escape;

/// One run against one list.
pub(super) struct Measurement {
    /// The list; `None` for the embedded one.
    pub(super) truth: Option<String>,
    /// True where ranges took part, false for databases alone.
    pub(super) with_ranges: bool,
    /// What was counted.
    pub(super) lines: Vec<Measured>,
}

/// All runs, and the data they were made with.
pub(super) fn write(
    runs: &[Measurement],
    sources: &[DataSource],
    out: &mut dyn Write,
) -> io::Result<()> {
    for run in runs {
        let truth = run
            .truth
            .as_deref()
            .unwrap_or("the embedded list of ranges");
        let with = if run.with_ranges {
            "databases and ranges"
        } else {
            "databases alone"
        };
        writeln!(out, "## {with}, against {}\n", escape::terminal_str(truth))?;
        by_class(&run.lines, out)?;
        by_operator(&run.lines, out)?;
    }
    writeln!(out, "Measured with:\n")?;
    for source in sources {
        let date = source.date.as_deref().unwrap_or("no date");
        let name = escape::terminal_str(&source.name);
        writeln!(out, "- {name} {date}, SHA-256 {}", source.sha256)?;
    }
    Ok(())
}

fn by_class(lines: &[Measured], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "| class | confidence | stretches | addresses | right | outside the US | right there |\n\
         |---|---|---|---|---|---|---|"
    )?;
    for class in CLASSES {
        let of = |outside: bool| {
            let mut share = Share::default();
            for line in lines.iter().filter(|line| line.class == *class) {
                if line.outside_us || !outside {
                    share.add(line.share);
                }
            }
            share
        };
        let (all, outside) = (of(false), of(true));
        if all.addresses > 0 {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} |",
                class.name,
                class.confidence.as_str(),
                all.stretches,
                all.addresses,
                words(all),
                outside.addresses,
                words(outside)
            )?;
        }
    }
    writeln!(out)
}

fn by_operator(lines: &[Measured], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "| operator, outside the US | class | stretches | addresses | right |\n|---|---|---|---|---|"
    )?;
    let mut by: BTreeMap<&str, Vec<&Measured>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.outside_us) {
        by.entry(line.operator.as_str()).or_default().push(line);
    }
    for (operator, lines) in by {
        for line in lines {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                escape::terminal_str(operator),
                line.class.name,
                line.share.stretches,
                line.share.addresses,
                words(line.share)
            )?;
        }
    }
    writeln!(out)
}

/// `97.5 % (97.1 to 97.9)`.
fn words(share: Share) -> String {
    share.right().map_or_else(
        || "no country given".to_owned(),
        |(right, low, high)| {
            let percent = |share: f64| format!("{:.1}", share * 100.0);
            format!(
                "{} % ({} to {})",
                percent(right),
                percent(low),
                percent(high)
            )
        },
    )
}
