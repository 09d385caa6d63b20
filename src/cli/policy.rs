//! `whereto policy`: what is expected, as data.
//!
//! In:   what `args.rs` parsed.
//! Out:  lists, texts, faults with their places; why a flow was judged so.

use super::args::{Policy as Command, PolicyExplain};
use super::output::Target;
use super::settings;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use whereto::judge::{Explanation, Known, Policy};
use whereto::model::{Flow, Report, Verdict};
use whereto::report::escape;
use whereto::source::{self, Capture};
use whereto::{AuditOptions, Error, audit};

/// The largest policy that is read.
const MOST_BYTES: u64 = 4 << 20;

/// Runs one of the commands.
pub(super) fn run(command: &Command) -> Result<u8, Error> {
    match command {
        Command::List => list().map(|()| 0),
        Command::Show { name } => show(name).map(|()| 0),
        Command::Check { policies } => check(policies),
        Command::Explain(asked) => explain(asked).map(|()| 0),
        Command::Schema => print(Policy::schema()).map(|()| 0),
    }
}

/// A built-in policy by its name, or a file.
pub(super) fn open(written: &Path) -> Result<Policy, Error> {
    let name = written.to_str().unwrap_or_default();
    if let Some(policy) = Policy::of_name(name)? {
        return Ok(policy);
    }
    let path = written.display();
    let text = read(written).map_err(|error| match error {
        Error::Io { source, .. }
            if source.kind() == std::io::ErrorKind::NotFound && !name.contains(['/', '.']) =>
        {
            let names: Vec<&str> = Policy::built_in().iter().map(|(name, _)| *name).collect();
            let near = names.iter().copied().filter(|known| known.contains(name));
            let near: Vec<&str> = near.filter(|_| !name.is_empty()).collect();
            let meant = match near.as_slice() {
                [] => String::new(),
                near => format!("; did you mean {}?", near.join(" or ")),
            };
            Error::Usage(format!(
                "{path}: neither a built-in policy nor a file{meant} (built in: {})",
                names.join(", ")
            ))
        }
        error => error,
    })?;
    Policy::read(&text, &path.to_string())
}

fn read(path: &Path) -> Result<String, Error> {
    let wrong = |source| Error::Io {
        path: path.to_path_buf(),
        what: "cannot read",
        source,
    };
    let size = std::fs::metadata(path).map_err(wrong)?.len();
    if size > MOST_BYTES {
        return Err(Error::Usage(format!(
            "{}: a policy has at most {MOST_BYTES} bytes",
            path.display()
        )));
    }
    std::fs::read_to_string(path).map_err(wrong)
}

fn print(text: &str) -> Result<(), Error> {
    Target::Standard.write(|out| out.write_all(text.as_bytes()))
}

fn list() -> Result<(), Error> {
    let mut words = String::new();
    let widest = Policy::built_in().iter().map(|(name, _)| name.len()).max();
    let width = widest.unwrap_or(0);
    for (name, _) in Policy::built_in() {
        let Some(policy) = Policy::of_name(name)? else {
            continue;
        };
        let (rules, _) = policy.counts();
        let as_of = policy.as_of().unwrap_or("undated");
        // Writing to a string does not fail.
        let _ = writeln!(
            words,
            "{name:width$}  {as_of}  {rules} rules  {}",
            policy.title()
        );
    }
    words.push_str(
        "\nStarting points, not legal advice: read them with `whereto policy show NAME`.\n",
    );
    print(&words)
}

fn show(name: &str) -> Result<(), Error> {
    let known = Policy::built_in();
    let Some((_, text)) = known.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        return Err(Error::Usage(format!(
            "{name}: no built-in policy; there are {}",
            names.join(", ")
        )));
    };
    print(text)
}

fn check(policies: &[PathBuf]) -> Result<u8, Error> {
    let mut words = String::new();
    let mut faults = false;
    for written in policies {
        let policy = open(written)?;
        let path = written.display().to_string();
        let path = escape::terminal_str(&path);
        let found = policy.check();
        for lint in &found {
            faults |= lint.is_error;
            let level = if lint.is_error { "error" } else { "warning" };
            let _ = writeln!(
                words,
                "{path}:{}:{}: {level}: {}",
                lint.line,
                lint.column,
                escape::terminal_str(&lint.what)
            );
        }
        if found.is_empty() {
            let (rules, exceptions) = policy.counts();
            let _ = writeln!(
                words,
                "{path}: nothing found in {rules} rules and {exceptions} exceptions"
            );
        }
    }
    print(&words)?;
    Ok(u8::from(faults))
}

fn explain(asked: &PolicyExplain) -> Result<(), Error> {
    let policy = open(&asked.policy)?;
    if asked.input.interface.is_some() {
        return Err(Error::Usage(
            "policy explain reads captures: --interface has no place here".to_owned(),
        ));
    }
    let mut warnings = Vec::new();
    let places = settings::open_places(&asked.places, &mut warnings)?;
    let options = source::Options {
        hash: false,
        ..source::Options::default()
    };
    let capture = Capture::open(&asked.input.captures, &options)?;
    let options = AuditOptions {
        devices: asked.input.device.clone(),
        threads: asked.input.threads.into(),
        hashed: false,
        phases: settings::phases(&asked.tested)?,
        ..AuditOptions::default()
    };
    let report = audit(capture, &places, &options, &mut |_| {})?;
    let flow = flow_of(&report, asked.flow).ok_or_else(|| {
        Error::Usage(format!(
            "--flow {}: there is no such flow; the capture has flows 1 to {}",
            asked.flow, report.totals.flows
        ))
    })?;
    let known = Known {
        devices: report.devices.clone(),
        phases: report.phases.clone().map(std::sync::Arc::new),
        data: report.data.clone(),
        ..Known::default()
    };
    print(&words(&policy, &flow, &policy.explain(&flow, &known)))
}

fn flow_of(report: &Report, number: u64) -> Option<Flow> {
    let mut found = None;
    // Rows are made one at a time, and none of them fails.
    let _ = report.rows.flows(&mut |flow| {
        if flow.flow == number {
            found = Some(flow.clone());
        }
        Ok(())
    });
    found
}

fn words(policy: &Policy, flow: &Flow, explained: &Explanation) -> String {
    let name = flow.name.as_ref().map(escape::terminal);
    let name = name.as_deref().unwrap_or("without a name");
    let country = flow.place.country.map(|country| country.to_string());
    let mut words = format!(
        "Flow {} to {} port {}, {name}, {}, {}, from frame {}, against {}\n",
        flow.flow,
        flow.remote_ip,
        flow.remote_port,
        flow.protocol.unwrap_or("no protocol recognised"),
        country.as_deref().unwrap_or("no country"),
        flow.first_frame,
        escape::terminal_str(policy.title())
    );
    for axis in &explained.axes {
        let verdict = axis.verdict.map_or("not judged", Verdict::as_str);
        let _ = writeln!(words, "\n{}: {verdict}", axis.check);
        for step in &axis.steps {
            let _ = writeln!(words, "  {}", escape::terminal_str(step));
        }
    }
    if !explained.unmeant.is_empty() {
        words.push_str("\nDo not mean the flow, by the first field that does not fit:\n");
    }
    for (id, field) in &explained.unmeant {
        let _ = writeln!(words, "  {}: {field}", escape::terminal_str(id));
    }
    words
}
