//! `whereto diff`: two captures, or saved reports, side by side.
//!
//! In:   what `args.rs` parsed. What a file holds is told by its content.
//! Out:  a comparison, and an exit code by its claims.

use super::args;
use super::progress::Line;
use super::run::audit_whole;
use super::settings::{self, Sources};
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use whereto::judge::diff::{self, Side, SideClaims};
use whereto::judge::{Asked, Claims};
use whereto::model::diff::Diff;
use whereto::model::{ClaimResult, ClaimVerdict, Limits, Text};
use whereto::report::DIFF_FORMATS;
use whereto::{Error, protocol_words};

/// Runs the command.
pub(super) fn run(asked: &args::Diff) -> Result<u8, Error> {
    let outputs = settings::outputs(&asked.output, asked.format.as_deref(), DIFF_FORMATS)?;
    let paths = [&asked.before, &asked.after];
    if paths.iter().all(|path| path.as_os_str() == "-") {
        return Err(Error::Usage(
            "- stands for standard input: it can be one side only".to_owned(),
        ));
    }
    for output in &outputs {
        output
            .target
            .refuse_inputs(&[asked.before.clone(), asked.after.clone()])?;
        if let super::output::Target::File(path) = &output.target
            && paths
                .iter()
                .any(|side| std::fs::canonicalize(side).is_ok_and(|real| real == *path))
        {
            return Err(Error::Usage(format!(
                "{}: is one of the sides; write to another file",
                path.display()
            )));
        }
    }
    let mut on_both = SideClaims::default();
    let mut on_one = Asked::default();
    for path in &asked.claims {
        let text = read_text(path)?;
        let origin = path.to_string_lossy();
        on_one
            .claims
            .push(std::sync::Arc::new(Claims::read(&text, &origin)?));
        on_both.add(&text, &origin)?;
    }
    let mut line = Line::new(!asked.output.quiet && io::stderr().is_terminal());
    let about = |path: &Option<std::path::PathBuf>| {
        let path = path.as_deref();
        path.map(settings::about_of).transpose()
    };
    let [about_before, about_after] = [about(&asked.about_before)?, about(&asked.about_after)?];
    let (mut before, _) = side(&asked.before, asked, &on_both, Asked::default(), &mut line)?;
    let (mut after, own) = side(&asked.after, asked, &on_both, on_one, &mut line)?;
    for (side, about) in [(&mut before, about_before), (&mut after, about_after)] {
        if let Some(about) = about {
            side.declare(&about);
        }
    }
    line.clear();
    let mut compared = diff::compare(before, after, asked.places.vantage.as_deref(), &on_both);
    let own = own
        .into_iter()
        .filter(|claim| !on_both.has_whole(&claim.id, &claim.origin));
    compared.claims.extend(own);
    for output in &outputs {
        output
            .target
            .write(|out| (output.format.write)(&compared, output.style, out))?;
    }
    Ok(exit_code(&compared))
}

/// The longest file of claims that is read.
const MOST_CLAIM_BYTES: u64 = 4 << 20;

fn read_text(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let mut text = String::new();
    file.take(MOST_CLAIM_BYTES.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

/// One side, and what claims on captures alone say of it.
fn side(
    path: &Path,
    asked: &args::Diff,
    claims: &SideClaims,
    on_one: Asked,
    line: &mut Line,
) -> Result<(Side, Vec<ClaimResult>), Error> {
    let limits = Limits::default();
    let source = match opened(path)? {
        Opened::Report(reader) => {
            let side = diff::of_saved(path, reader, claims, &protocol_words(), &limits)?;
            return Ok((side, Vec::new()));
        }
        Opened::Captures => Sources::Paths(vec![path.to_owned()]),
        Opened::Stream(reader) => Sources::Stream(reader),
    };
    let (capture, places, options) = settings::for_side(source, asked, on_one)?;
    let report = audit_whole(capture, &places, &options, line)?;
    let name = Text::from(path.to_string_lossy().as_ref());
    let side = diff::of_report(&name, &report, claims).map_err(|source| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    })?;
    Ok((side, report.claims))
}

/// What stands at a path.
enum Opened {
    Report(Box<dyn Read>),
    Captures,
    /// Standard input, with the bytes that were looked at put back.
    Stream(Box<dyn Read + Send>),
}

/// The first byte that is no blank tells a report from a capture.
fn opened(path: &Path) -> Result<Opened, Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    };
    if path.as_os_str() == "-" {
        let start = start_of(&mut io::stdin()).map_err(failed)?;
        let is_report = is_json(&start);
        let whole = io::Cursor::new(start).chain(io::stdin());
        return Ok(if is_report {
            Opened::Report(Box::new(whole))
        } else {
            Opened::Stream(Box::new(whole))
        });
    }
    // Folders and globs are captures, and so is what cannot be opened: the error is told there.
    let Some(mut file) = Some(path)
        .filter(|path| path.is_file())
        .and_then(|path| File::open(path).ok())
    else {
        return Ok(Opened::Captures);
    };
    let start = start_of(&mut file).map_err(failed)?;
    Ok(if is_json(&start) {
        Opened::Report(Box::new(io::Cursor::new(start).chain(file)))
    } else {
        Opened::Captures
    })
}

pub(super) fn start_of(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.by_ref().take(64).read_to_end(&mut start)?;
    Ok(start)
}

pub(super) fn is_json(start: &[u8]) -> bool {
    start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// 1 contradicted, 4 damaged or cut, 3 indeterminate, 0 otherwise: the first that fits.
fn exit_code(diff: &Diff) -> u8 {
    let any = |verdict| diff.claims.iter().any(|claim| claim.verdict == verdict);
    let damaged = [&diff.before, &diff.after].into_iter().any(|side| {
        let losses = &side.losses;
        losses.damage_count > 0 || losses.lost_records > 0 || losses.cut_inputs > 0
    });
    if any(ClaimVerdict::Contradicted) {
        1
    } else if damaged {
        4
    } else if any(ClaimVerdict::Indeterminate) {
        3
    } else {
        0
    }
}
