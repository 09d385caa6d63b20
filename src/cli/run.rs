//! A settled command to its outputs and its exit code.

use super::args::{Args, Command};
use super::bundle;
use super::extract;
use super::geo;
use super::live::Filter;
use super::man;
use super::output::Target;
use super::progress::Line;
use super::settings::{Output, Request, Settings, error_line, settle};
use super::verify;
use super::whereabouts;
use clap::CommandFactory as _;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use whereto::locate::Places;
use whereto::model::{Report, Text, Verdict};
use whereto::report::{DNS_FORMATS, FLOW_FORMATS, FORMATS, INFO_FORMATS};
use whereto::source::Capture;
use whereto::{Audit, AuditOptions, Error, Progress, audit};

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
        Command::Audit(audit) => examine(&Request {
            input: &audit.input,
            output: &audit.output,
            format: audit.format.as_deref(),
            formats: FORMATS,
            expect: audit.expect.as_deref(),
            control: Some(&audit.control),
            places: Some(&audit.places),
            keep_dns: true,
            keep_http: true,
        }),
        Command::Flows(flows) => examine(&Request {
            input: &flows.input,
            output: &flows.output,
            format: flows.format.as_deref(),
            formats: FLOW_FORMATS,
            expect: flows.expect.as_deref(),
            control: Some(&flows.control),
            places: Some(&flows.places),
            keep_dns: false,
            keep_http: false,
        }),
        Command::Dns(dns) => examine(&Request {
            input: &dns.input,
            output: &dns.output,
            format: dns.format.as_deref(),
            formats: DNS_FORMATS,
            expect: None,
            control: None,
            places: None,
            keep_dns: true,
            keep_http: false,
        }),
        Command::Info(info) => examine(&Request {
            input: &info.input,
            output: &info.output,
            format: info.format.as_deref(),
            formats: INFO_FORMATS,
            expect: None,
            control: None,
            places: None,
            keep_dns: false,
            keep_http: false,
        }),
        Command::Bundle(asked) => bundle::run(asked),
        Command::Extract(asked) => extract::run(asked),
        Command::Verify(asked) => verify::run(asked),
        Command::Geo { command } => geo::run(command).map(|()| 0),
        Command::Where(asked) => whereabouts::explain(asked),
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
    let code = exit_code(&report);
    // The process ends here: giving back hundreds of thousands of pieces of memory one by one
    // would only make its reader wait.
    std::mem::forget(report);
    Ok(code)
}

/// The report that was asked for, and where it goes.
pub(super) fn read(request: &Request<'_>) -> Result<(Report, Vec<Output>), Error> {
    let Settings {
        capture,
        places,
        options,
        outputs,
        progress,
        filter,
        trouble,
        warnings,
    } = settle(request)?;
    let mut line = Line::new(progress);
    if trouble.is_some() {
        line.say("capturing; Ctrl-C ends it, and the report follows");
    }
    let report = match filter {
        None => audit(capture, &places, &options, &mut |progress| {
            line.update(progress)
        }),
        Some(filter) => audit_some(capture, &places, &options, filter, &mut line),
    };
    line.clear();
    let mut report = report?;
    report.settings.filter = request.input.filter.clone();
    report.losses.warnings.extend(warnings);
    report.losses.warnings.extend(copies(&report));
    if let Some(words) = trouble.and_then(|trouble| trouble.take()) {
        let words = format!("the live capture ended early: {words}");
        report.losses.warnings.push(Text::from(words.as_str()));
    }
    Ok((report, outputs))
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

/// True where an input does not hold what its format asks for.
pub(super) fn is_damaged(report: &Report) -> bool {
    let losses = &report.losses;
    losses.damage_count > 0
        || losses.lost_records > 0
        || report.inputs.iter().any(|input| input.cut)
}

/// 1 violated, 4 damaged or cut, 3 indeterminate, 0 otherwise: the first that fits.
pub(super) fn exit_code(report: &Report) -> u8 {
    let any = |verdict| {
        report
            .findings
            .iter()
            .any(|finding| finding.verdict == verdict)
    };
    if any(Verdict::Violated) {
        1
    } else if is_damaged(report) {
        4
    } else if any(Verdict::Indeterminate) {
        3
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whereto::model::{Finding, Input, Losses, Settings, Severity, SortedRows, Totals};

    fn report(verdicts: &[Verdict], cut: bool) -> Report {
        let finding = |verdict: &Verdict| Finding {
            id: String::new(),
            rule: "expected-country".into(),
            check: "server-country",
            severity: Severity::Medium,
            reference: None,
            verdict: *verdict,
            destination: Some(0),
            flows: 0,
            frames: Vec::new(),
            flow_numbers: Vec::new(),
            suppressed: None,
            country: None,
            why: "".into(),
            would_decide: None,
        };
        Report {
            inputs: vec![Input {
                cut,
                ..Input::default()
            }],
            data: Vec::new(),
            settings: Settings::default(),
            devices: Vec::new(),
            totals: Totals::default(),
            losses: Losses::default(),
            destinations: Vec::new(),
            findings: verdicts.iter().map(finding).collect(),
            policy: None,
            claims: Vec::new(),
            phases: None,
            rows: Box::new(SortedRows::default()),
        }
    }

    #[test]
    fn the_gravest_code_wins() {
        use Verdict::{Indeterminate, Met, Violated};
        assert_eq!(exit_code(&report(&[], false)), 0);
        assert_eq!(exit_code(&report(&[Met], false)), 0);
        assert_eq!(exit_code(&report(&[Met, Indeterminate], false)), 3);
        assert_eq!(exit_code(&report(&[Indeterminate], true)), 4);
        assert_eq!(exit_code(&report(&[Met], true)), 4);
        assert_eq!(exit_code(&report(&[Indeterminate, Violated], true)), 1);
        let mut lossy = report(&[], false);
        lossy.losses.lost_records = 1;
        assert_eq!(exit_code(&lossy), 4);
        // A snaplen is a choice, not damage.
        let mut snapped = report(&[], false);
        snapped.losses.cut_packets = 9;
        assert_eq!(exit_code(&snapped), 0);
    }
}
