//! The files of a bundle that follow from the captures and the settings alone.
//!
//! In:   a report.
//! Out:  names, and what writes each: once for a bundle, and once more to check it.

use super::archive::is_inside;
use super::extract::{Part, of_findings};
use std::io::{self, Write};
use whereto::model::{Finding, Report, Verdict};
use whereto::report::{self, FORMATS, Format, Style};

/// Findings whose packets are in a bundle. The rest is counted.
const MOST_CAPTURES: usize = 64;

/// A file made from the report.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Report(&'static Format),
    Places,
    Sources,
}

impl Form {
    pub(super) fn write(self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Form::Report(format) => (format.write)(report, Style::default(), out),
            Form::Places => report::places(report, out),
            Form::Sources => report::sources(report, out),
        }
    }
}

/// The report in every form there is, and what it says of places.
pub(super) fn forms() -> Vec<(String, Form)> {
    let mut forms: Vec<(String, Form)> = Vec::new();
    for format in FORMATS {
        let end = format.extensions.first().copied().unwrap_or(format.name);
        let mut name = format!("report.{end}");
        if forms.iter().any(|(known, _)| *known == name) {
            name = format!("report.{}.{end}", format.name);
        }
        forms.push((name, Form::Report(format)));
    }
    forms.push(("places.csv".to_owned(), Form::Places));
    forms.push(("sources.csv".to_owned(), Form::Sources));
    forms
}

/// The captures of findings that are violated or indeterminate, in the order of the report, as
/// far as there is room.
pub(super) fn captures(report: &Report) -> Vec<(String, Part)> {
    let mut found: Vec<(String, &Finding)> = Vec::new();
    for finding in &report.findings {
        let name = format!("findings/{}.pcapng", finding.id);
        let is_new = !found.iter().any(|(known, _)| *known == name);
        let has_packets = finding.flows > 0 && finding.verdict != Verdict::Met;
        if found.len() < MOST_CAPTURES && has_packets && is_new && is_inside(&name) {
            found.push((name, finding));
        }
    }
    let (names, findings): (Vec<String>, Vec<&Finding>) = found.into_iter().unzip();
    names
        .into_iter()
        .zip(of_findings(report, &findings))
        .collect()
}

/// The words after "chosen by" in a finding's capture.
pub(super) const CHOICE: &str = "one finding of a bundle; each packet says which";
