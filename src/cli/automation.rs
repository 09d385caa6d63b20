//! What counts, and what was set aside.
//!
//! In:   `--fail-on`, `--suppress` and `--as-of`.
//! Out:  a report with its findings marked, so that its exit code is the one that was asked for.

use super::args;
use std::io::Read as _;
use std::path::Path;
use whereto::Error;
use whereto::judge::Suppressions;
use whereto::model::{FailOn, Report, Time};

/// Settled before anything is read: a fault in a file is said at once.
#[derive(Default)]
pub(super) struct Automation {
    fail_on: FailOn,
    suppressions: Option<Suppressions>,
    as_of: Option<Time>,
}

impl Automation {
    /// `fail_on` is `None` for a command whose exit code does not hang on verdicts.
    pub(super) fn settle(fail_on: Option<&str>, asked: &args::Suppressed) -> Result<Self, Error> {
        let suppressions = asked.suppress.as_deref().map(|path| {
            let text = text_of(path)?;
            Suppressions::read(&text, &path.to_string_lossy())
        });
        Ok(Automation {
            fail_on: fail_on.map_or(Ok(FailOn::default()), self::fail_on)?,
            suppressions: suppressions.transpose()?,
            as_of: asked
                .as_of
                .map(|seconds| Time(seconds.saturating_mul(1_000_000_000))),
        })
    }

    pub(super) fn apply(&self, report: &mut Report) {
        report.settings.fail_on = self.fail_on;
        if let Some(suppressions) = &self.suppressions {
            suppressions.apply(report, self.as_of);
        }
    }
}

fn fail_on(written: &str) -> Result<FailOn, Error> {
    let mut fail_on = FailOn::NEVER;
    let words: Vec<&str> = written.split(',').map(str::trim).collect();
    for word in &words {
        match *word {
            "violated" => fail_on.violated = true,
            "indeterminate" => fail_on.indeterminate = true,
            "not-exercised" => fail_on.not_exercised = true,
            "never" if words.len() == 1 => {}
            "never" => {
                let words = "--fail-on: never stands alone".to_owned();
                return Err(Error::Usage(words));
            }
            other => {
                return Err(Error::Usage(format!(
                    "--fail-on {other}: not known; use violated, indeterminate, not-exercised or never"
                )));
            }
        }
    }
    Ok(fail_on)
}

/// More than ten thousand entries need.
const MOST_BYTES: u64 = 8 << 20;

fn text_of(path: &Path) -> Result<String, Error> {
    let failed = |what| {
        move |source| Error::Io {
            path: path.to_owned(),
            what,
            source,
        }
    };
    let file = std::fs::File::open(path).map_err(failed("cannot open"))?;
    let mut text = String::new();
    let mut bounded = file.take(MOST_BYTES.saturating_add(1));
    let read = bounded
        .read_to_string(&mut text)
        .map_err(failed("cannot read"))?;
    if u64::try_from(read).unwrap_or(u64::MAX) > MOST_BYTES {
        let path = path.display();
        return Err(Error::Usage(format!(
            "{path}: is larger than {MOST_BYTES} bytes"
        )));
    }
    Ok(text)
}
