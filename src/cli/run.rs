//! A settled command to its outputs and its exit code.

use super::args::{Args, Command};
use super::automation::Automation;
use super::bundle;
use super::diff;
use super::explain;
use super::extract;
use super::geo;
use super::init;
use super::live::Filter;
use super::man;
use super::output::Target;
use super::plot;
use super::policy;
use super::progress::Line;
use super::redact;
use super::settings::{Output, Request, Settings, error_line, settle};
use super::verify;
use super::whereabouts;
use clap::CommandFactory as _;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use whereto::locate::Places;
use whereto::model::{Report, Text};
use whereto::report::{DNS_FORMATS, FLOW_FORMATS, INFO_FORMATS, Lists};
use whereto::source::Capture;
use whereto::{Audit, AuditOptions, Baseline, Error, Progress, audit};

/// Runs one command.
pub(super) fn run(args: Args) -> ExitCode {
    match command(&args.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // Where standard error is gone too, the exit code remains.
            let _ = writeln!(std::io::stderr(), "{}", error_line(&error));
            ExitCode::from(FAILED)
        }
    }
}

const FAILED: u8 = 2;

fn command(command: &Command) -> Result<u8, Error> {
    match command {
        Command::Audit(audit) => {
            let suppressed = &audit.question.suppressed;
            examine(&Request {
                format: audit.format.as_deref(),
                ..Request::of(
                    &audit.question,
                    &audit.output,
                    Automation::settle(Some(&audit.fail_on), suppressed)?,
                )
            })
        }
        Command::Flows(flows) => examine(&Request {
            automation: Automation::default(),
            input: &flows.input,
            output: &flows.output,
            format: flows.format.as_deref(),
            formats: FLOW_FORMATS,
            expect: flows.expect.as_deref(),
            control: Some(&flows.control),
            test: Some(&flows.test),
            claims: &[],
            places: Some(&flows.places),
            lists: Lists::Nothing,
        }),
        Command::Plot(plot) => examine(&Request {
            input: &plot.input,
            output: &plot.output,
            format: None,
            formats: plot::formats(plot.picture),
            automation: Automation::default(),
            expect: plot.expect.as_deref(),
            control: Some(&plot.control),
            test: Some(&plot.test),
            claims: &[],
            places: Some(&plot.places),
            lists: Lists::Nothing,
        }),
        Command::Dns(dns) => examine(&Request {
            automation: Automation::default(),
            input: &dns.input,
            output: &dns.output,
            format: dns.format.as_deref(),
            formats: DNS_FORMATS,
            expect: None,
            control: None,
            test: None,
            claims: &[],
            places: None,
            lists: Lists::Nothing,
        }),
        Command::Info(info) => examine(&Request {
            automation: Automation::default(),
            input: &info.input,
            output: &info.output,
            format: info.format.as_deref(),
            formats: INFO_FORMATS,
            expect: None,
            control: None,
            test: None,
            claims: &[],
            places: None,
            lists: Lists::Nothing,
        }),
        Command::Bundle(asked) => bundle::run(asked),
        Command::Explain(asked) => explain::run(asked),
        Command::Extract(asked) => extract::run(asked),
        Command::Redact(asked) => redact::run(asked),
        Command::Verify(asked) => verify::run(asked),
        Command::Geo { command } => geo::run(command).map(|()| 0),
        Command::Init(asked) => init::run(asked).map(|()| 0),
        Command::Policy { command } => policy::run(command),
        Command::Where(asked) => whereabouts::explain(asked),
        Command::Diff(asked) => diff::run(asked),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "whereto", &mut script);
            Target::Standard.write(|out| out.write_all(&script))?;
            Ok(0)
        }
        Command::Man => {
            Target::Standard.write(|out| man::page(Args::command(), out))?;
            Ok(0)
        }
    }
}

fn examine(request: &Request<'_>) -> Result<u8, Error> {
    let (report, outputs) = read(request)?;
    for output in &outputs {
        output
            .target
            .write(|out| (output.format.write)(&report, output.style, out))?;
    }
    let code = report.exit_code();
    // The process ends here: giving back hundreds of thousands of pieces of memory one by one
    // would only make its reader wait.
    std::mem::forget(report);
    Ok(code)
}

/// The report that was asked for, and where it goes.
pub(super) fn read(request: &Request<'_>) -> Result<(Report, Vec<Output>), Error> {
    let Settings {
        capture,
        baselines,
        places,
        mut options,
        outputs,
        about,
        progress,
        filter,
        trouble,
        mut warnings,
    } = settle(request)?;
    let mut line = Line::new(progress);
    let rest = at_rest(baselines, &places, &options, request, &mut line)?;
    if let Some((baseline, told)) = rest {
        options.baseline = Some(Arc::new(baseline));
        warnings.extend(told);
    }
    if trouble.is_some() {
        line.say("capturing; Ctrl-C ends it, and the report follows");
    }
    let report = match filter {
        None => audit_whole(capture, &places, &options, &mut line),
        Some(filter) => audit_some(capture, &places, &options, filter, &mut line),
    };
    line.clear();
    let mut report = report?;
    report.settings.filter = request.input.filter.clone();
    report.settings.about = about;
    report.losses.warnings.extend(warnings);
    report.losses.warnings.extend(copies(&report));
    report.losses.warnings.extend(redact::marked(&report));
    report.losses.warnings.extend(own_baseline(&report));
    if let Some(words) = trouble.and_then(|trouble| trouble.take()) {
        let words = format!("the live capture ended early: {words}");
        report.losses.warnings.push(Text::from(words.as_str()));
    }
    request.automation.apply(&mut report);
    Ok((report, outputs))
}

/// Audits the captures of the phone at rest; what is to be said of them stands beside.
fn at_rest(
    captures: Vec<Capture>,
    places: &Places,
    options: &AuditOptions,
    request: &Request<'_>,
    line: &mut Line,
) -> Result<Option<(Baseline, Vec<Text>)>, Error> {
    if captures.is_empty() {
        return Ok(None);
    }
    let options = AuditOptions {
        devices: options.devices.clone(),
        limits: options.limits.clone(),
        threads: options.threads,
        hashed: options.hashed,
        ..AuditOptions::default()
    };
    let mut baseline = Baseline::default();
    let mut warnings = Vec::new();
    for capture in captures {
        let report = match &request.input.filter {
            None => audit(capture, places, &options, &mut |progress| {
                line.update(progress)
            })?,
            Some(filter) => audit_some(capture, places, &options, Filter::new(filter)?, line)?,
        };
        baseline.add(&report);
        warnings.extend(doubts(&report));
    }
    Ok(Some((baseline, warnings)))
}

/// Why a baseline may say less than it seems to.
fn doubts(report: &Report) -> Vec<Text> {
    let mut warnings = Vec::new();
    let mut say = |of: &Text, words: &str| {
        let mut line = b"the baseline ".to_vec();
        line.extend_from_slice(of.bytes());
        line.extend_from_slice(words.as_bytes());
        warnings.push(Text::from(line));
    };
    let Some(first) = report.inputs.first() else {
        return warnings;
    };
    if report.totals.outbound_flows == 0 {
        say(&first.path, " has no outbound flows: nothing is in it");
    }
    if report.is_damaged() {
        say(
            &first.path,
            " is damaged or cut: destinations may be missing from it",
        );
    }
    let missing = |device: &&whereto::model::Device| !device.is_observed;
    if let Some(device) = report.devices.iter().find(missing) {
        let address = device
            .addresses
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        say(
            &first.path,
            &format!(" does not have the device {address} that --device names"),
        );
    }
    warnings
}

/// A baseline that is the capture itself takes everything away.
fn own_baseline(report: &Report) -> Vec<Text> {
    let own = report
        .inputs
        .iter()
        .filter_map(|input| input.sha256.as_deref());
    let own: Vec<&str> = own.collect();
    let baselines = report.settings.baselines.iter();
    let same = baselines.filter(|known| {
        known
            .sha256
            .as_deref()
            .is_some_and(|sha256| own.contains(&sha256))
    });
    let warn = |known: &whereto::model::BaselineCapture| {
        let mut line = b"the baseline ".to_vec();
        line.extend_from_slice(known.path.bytes());
        line.extend_from_slice(b" is one of the audited captures: all of it is in the baseline");
        Text::from(line)
    };
    same.map(warn).collect()
}

/// Audits everything, with its progress on a line.
pub(super) fn audit_whole(
    capture: Capture,
    places: &Places,
    options: &AuditOptions,
    line: &mut Line,
) -> Result<Report, Error> {
    audit(capture, places, options, &mut |progress| {
        line.update(progress)
    })
}

/// Inputs that hold the same capture, compressed or not: everything in them counts twice.
fn copies(report: &Report) -> Vec<Text> {
    let mut first_with: BTreeMap<&str, &Text> = BTreeMap::new();
    let mut warnings = Vec::new();
    for input in &report.inputs {
        let content = input.inner_sha256.as_deref().or(input.sha256.as_deref());
        let Some(content) = content.filter(|_| input.packets > 0) else {
            continue;
        };
        match first_with.get(content) {
            None => {
                first_with.insert(content, &input.path);
            }
            Some(first) => {
                let mut words = input.path.bytes().to_vec();
                words.extend_from_slice(b" holds the same capture as ");
                words.extend_from_slice(first.bytes());
                words.extend_from_slice(b": its packets are counted twice; leave one of them out");
                warnings.push(Text::from(words));
            }
        }
    }
    warnings
}

/// Audits the packets that the filter wants, and counts the others.
fn audit_some(
    mut capture: Capture,
    places: &Places,
    options: &AuditOptions,
    mut filter: Filter,
    line: &mut Line,
) -> Result<Report, Error> {
    let mut audit = Audit::new(options)?;
    while let Some(batch) = capture.batch()? {
        audit.push_some(batch, &mut |packet| filter.wants(packet));
        let (stored_bytes, total_bytes) = capture.progress();
        line.update(Progress {
            packets: audit.packets(),
            stored_bytes,
            total_bytes,
        });
    }
    let mut report = audit.finish(capture.finish(), places)?;
    for link in filter.foreign_links() {
        let words =
            format!("--filter has no meaning for link type {link}: its packets are left out");
        report.losses.warnings.push(Text::from(words.as_str()));
    }
    Ok(report)
}
