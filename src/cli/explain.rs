//! `whereto explain`: one finding, claim, destination or flow whole.
//!
//! In:   what is asked for, and captures with the options of an audit, or a saved report.
//! Out:  a page to read.

use super::args;
use super::automation::Automation;
use super::diff::{is_json, start_of};
use super::run;
use super::settings::{self, Request};
use std::fs::File;
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::locate::CLASSES;
use whereto::report::{self, EXPLANATION_FORMATS, Lists};

/// Runs the command.
pub(super) fn run(asked: &args::Explain) -> Result<u8, Error> {
    let outputs = settings::outputs(&asked.output, None, EXPLANATION_FORMATS)?;
    let captures = &asked.question.input.captures;
    for output in &outputs {
        output.target.refuse_inputs(captures)?;
    }
    // `explain phone.pcap EC-04c9`: the subject comes first.
    if captures.len() == 1
        && Path::new(&asked.subject).is_file()
        && captures.iter().all(|path| !path.exists())
    {
        let id = captures.iter().map(|path| path.display().to_string());
        let (id, file) = (id.collect::<String>(), &asked.subject);
        return Err(Error::Usage(format!(
            "the finding comes before the capture: whereto explain {id} {file}"
        )));
    }
    let (all, damaged) = match saved(captures)? {
        Some(path) => {
            refuse_options(path, &asked.question)?;
            report::explain_saved(path, &asked.subject, CLASSES)?
        }
        None => audited(asked)?,
    };
    for output in &outputs {
        output
            .target
            .write(|out| (output.format.write)(&all, output.style, out))?;
    }
    Ok(if damaged { 4 } else { 0 })
}

fn audited(asked: &args::Explain) -> Result<report::Explained, Error> {
    // What is printed is no report: this one goes nowhere.
    let nowhere = args::Output {
        output: Vec::new(),
        color: args::Colour::Never,
        width: None,
        quiet: asked.output.quiet,
    };
    let automation = Automation::settle(None, &asked.question.suppressed)?;
    let request = Request {
        format: Some("text"),
        lists: Lists::Flows,
        ..Request::of(&asked.question, &nowhere, automation)
    };
    let (report, _) = run::read(&request)?;
    let explained = report::explain(&report, &asked.subject);
    std::mem::forget(report);
    explained
}

/// The saved report, where one is given: its content tells.
fn saved(captures: &[PathBuf]) -> Result<Option<&Path>, Error> {
    for path in captures.iter().filter(|path| path.is_file()) {
        let start = File::open(path).and_then(|mut file| start_of(&mut file));
        // What cannot be read is told where captures are opened.
        if !start.is_ok_and(|start| is_json(&start)) {
            continue;
        }
        if captures.len() > 1 {
            return Err(Error::Usage(format!(
                "{}: a saved report stands alone: name it without captures",
                path.display()
            )));
        }
        return Ok(Some(path));
    }
    Ok(None)
}

/// A saved report was judged when it was made: options would be passed over in silence.
fn refuse_options(path: &Path, question: &args::Question) -> Result<(), Error> {
    let (control, test, input) = (&question.control, &question.test, &question.input);
    let places = &question.places;
    let given = [
        ("--expect", question.expect.is_some()),
        ("--policy", control.policy.is_some()),
        ("--expect-operator", control.expect_operator.is_some()),
        ("--expect-owner", control.expect_owner.is_some()),
        ("--claims", !question.claims.is_empty()),
        ("--suppress", question.suppressed.suppress.is_some()),
        ("--phases", test.tested.phases.is_some()),
        ("--baseline", !test.baseline.is_empty()),
        ("--about", test.about.is_some()),
        ("--device", !input.device.is_empty()),
        ("--filter", input.filter.is_some()),
        ("--vantage", places.vantage.is_some()),
        ("--geo", !places.geo.is_empty()),
        ("--owners", !places.owners.is_empty()),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(Error::Usage(format!(
            "{}: a saved report keeps what it was made with: leave out {option}, or name the \
             captures instead",
            path.display()
        ))),
    }
}
