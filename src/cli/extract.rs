//! `whereto extract`: some packets of captures in a capture of their own.
//!
//! In:   captures, what to audit them with, and what is chosen.
//! Out:  a pcapng file with just those packets, each with a comment that says why it is there.
//!
//! The captures are read twice, or three times where there are fragments: to know the flows,
//! then to copy packets. Nothing is ever written to them.

use super::args;
use super::copying::Sources;
use super::output::Target;
use super::run;
use super::settings::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::Path;
use whereto::model::{Destination, Finding, Flow, Report, Time};
use whereto::report::{FORMATS, Lists, escape};
use whereto::{Chosen, ChosenFlow, Error, Why};

/// Runs the command.
pub(super) fn run(asked: &args::Extract) -> Result<u8, Error> {
    let is_nothing = asked.finding.is_empty()
        && asked.flow.is_empty()
        && asked.destination.is_empty()
        && asked.frames.is_none()
        && asked.from.is_none()
        && asked.until.is_none();
    if is_nothing {
        return Err(Error::Usage(
            "nothing is chosen: use --finding, --flow, --destination, --frames, --from or --until"
                .to_owned(),
        ));
    }
    let target = Target::new(&asked.output)?;
    if target.is_terminal() {
        return Err(Error::Usage(
            "a capture is not for a terminal: name a file with -o".to_owned(),
        ));
    }
    if is_extract(&asked.output) {
        target.refuse_these(&asked.judged.captures)?;
    } else {
        target.refuse_inputs(&asked.judged.captures)?;
    }
    let report = report(&asked.judged, false)?;
    let part = choose(asked, &report)?;
    let comments = section_comments(&report, &written(asked));
    let sources = Sources::new(&asked.judged.captures, asked.with_secrets);
    let mut failure = None;
    let done = target.write(|out| {
        let mut parts = [(part, out)];
        let done = sources.copy(&report, &mut parts, &comments);
        done.map_err(|error| split(error, &mut failure))
    });
    // What went wrong with an input is no fault of the output.
    failure.map_or(done, Err)?;
    let damaged = report.is_damaged();
    std::mem::forget(report);
    Ok(if damaged { 4 } else { 0 })
}

/// True for what this command wrote: of all captures that alone may be replaced.
fn is_extract(path: &Path) -> bool {
    let mut start = [0_u8; 256];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && memchr::memmem::find(&start, CHOSEN_BY.as_bytes()).is_some()
}

/// How the first comment of a section of ours begins.
const CHOSEN_BY: &str = "Packets chosen by whereto extract: ";

/// The output's own error; one of an input is kept in `of_input`.
pub(super) fn split(error: Error, of_input: &mut Option<Error>) -> io::Error {
    match error {
        Error::Io { path, source, .. } if path.as_os_str().is_empty() => source,
        error => {
            *of_input = Some(error);
            io::ErrorKind::Other.into()
        }
    }
}

/// Audits the captures as they are to be audited again.
pub(super) fn report(judged: &args::Judged, exchanges: bool) -> Result<Report, Error> {
    for path in &judged.captures {
        let is_stream =
            std::fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir());
        if path.as_os_str() == "-" || is_stream {
            let path = path.display();
            return Err(Error::Usage(format!(
                "{path}: is read more than once, which a stream cannot be: save it to a file first"
            )));
        }
    }
    let input = args::Input {
        captures: judged.captures.clone(),
        interface: None,
        duration: None,
        filter: None,
        device: judged.device.clone(),
        no_hash: false,
        threads: judged.threads,
        follow: None,
    };
    let output = args::Output {
        output: Vec::new(),
        color: args::Colour::Never,
        width: None,
        quiet: judged.quiet,
    };
    let request = Request {
        input: &input,
        output: &output,
        format: Some("text"),
        formats: FORMATS,
        expect: judged.expect.as_deref(),
        control: Some(&judged.control),
        automation: super::automation::Automation::default(),
        test: Some(&judged.test),
        claims: &judged.claims,
        places: Some(&judged.places),
        lists: if exchanges {
            Lists::Exchanges
        } else {
            Lists::Flows
        },
    };
    run::read(&request).map(|(report, _)| report)
}

/// What one capture to be written holds.
#[derive(Default)]
pub(super) struct Part {
    pub(super) chosen: Chosen,
    /// Why a flow is there, in words.
    flows: BTreeMap<u64, String>,
    /// Why a single frame is there, in words.
    frames: BTreeMap<u64, BTreeSet<u64>>,
    /// Addresses whose names are kept.
    pub(super) addresses: BTreeSet<IpAddr>,
}

impl Part {
    /// Adds a flow, and the answer that named it.
    fn add(&mut self, report: &Report, flow: &Flow, why: &str) {
        let words = self.flows.entry(flow.flow).or_insert_with(|| {
            self.chosen.flows.push(ChosenFlow::new(flow));
            String::new()
        });
        if !why.is_empty() {
            let _ = write!(words, ", {why}");
        }
        self.addresses.extend([flow.local_ip, flow.remote_ip]);
        let by_dns = flow.name_via == Some(whereto::model::Via::Dns);
        if let Some(frame) = report.rows.name_frame(flow.flow).filter(|_| by_dns) {
            self.frames.entry(frame).or_default().insert(flow.flow);
            self.chosen.answers.push(frame);
        }
    }

    /// The words for a packet that this part has; `None` where it has it not.
    pub(super) fn words(&self, whys: &[Why], frame: u64) -> Option<String> {
        let words: Vec<String> = whys
            .iter()
            .filter_map(|why| self.word(*why, frame))
            .collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    fn word(&self, why: Why, frame: u64) -> Option<String> {
        let in_range = |(first, last): &(u64, u64)| (*first..=*last).contains(&frame);
        let answer = |of: u64| {
            let flows = self.frames.get(&of)?;
            Some(format!("DNS answer that named {}", listed(flows)))
        };
        match why {
            Why::Flow(flow) => Some(format!("flow {flow}{}", self.flows.get(&flow)?)),
            Why::Fragment(flow) => {
                Some(format!("fragment of flow {flow}{}", self.flows.get(&flow)?))
            }
            Why::Answer(of) => answer(of),
            Why::AnswerFragment(of) => Some(format!("fragment of a {}", answer(of)?)),
            Why::Frame => {
                let chosen = self.chosen.frames.iter().any(in_range);
                chosen.then(|| "frame chosen".to_owned())
            }
            Why::Time => self.chosen.time.map(|_| "time chosen".to_owned()),
        }
    }
}

/// Flows listed in a comment.
const MOST_LISTED: usize = 16;

fn listed(flows: &BTreeSet<u64>) -> String {
    let numbers: Vec<String> = flows.iter().take(MOST_LISTED).map(u64::to_string).collect();
    let more = flows.len().saturating_sub(MOST_LISTED);
    let plural = if flows.len() == 1 { "" } else { "s" };
    match more {
        0 => format!("flow{plural} {}", numbers.join(", ")),
        _ => format!("flows {} and {more} more", numbers.join(", ")),
    }
}

/// The words of a comment for a finding.
fn about(finding: &Finding) -> String {
    let (id, rule) = (&finding.id, escape::terminal_str(&finding.rule));
    format!("finding {id} ({rule}: {})", finding.verdict.as_str())
}

/// The flows of a finding, as far as the report tells them.
///
/// A report lists the first few flows of a finding. Where there are more they are those of its
/// destination, or of those the ones with its verdict.
fn is_of(finding: &Finding, destination: Option<&Destination>, flow: &Flow) -> bool {
    let listed = u64::try_from(finding.flow_numbers.len()).unwrap_or(u64::MAX);
    if finding.flows <= listed {
        return finding
            .flow_numbers
            .iter()
            .any(|number| u64::from(*number) == flow.flow);
    }
    let Some(destination) = destination else {
        return false;
    };
    let all = finding.flows >= destination.flows;
    is_to(destination, flow) && (all || flow.verdict == Some(finding.verdict))
}

fn is_to(destination: &Destination, flow: &Flow) -> bool {
    let listed = u64::try_from(destination.addresses.len()).unwrap_or(u64::MAX);
    flow.name == destination.name
        && flow.scope == destination.scope
        && flow.place == destination.place
        && (flow.name.is_some()
            || destination.address_count > listed
            || destination.addresses.contains(&flow.remote_ip))
}

/// The packets of each finding.
pub(super) fn of_findings(report: &Report, findings: &[&Finding]) -> Vec<Part> {
    let mut parts: Vec<Part> = findings.iter().map(|_| Part::default()).collect();
    let of_finding = |finding: &&Finding| {
        let destination = finding
            .destination
            .and_then(|at| report.destinations.get(at));
        (about(finding), destination)
    };
    let facts: Vec<_> = findings.iter().map(of_finding).collect();
    // Nothing here can fail.
    let _ = report.rows.flows(&mut |flow| {
        for (part, (finding, (words, destination))) in
            parts.iter_mut().zip(findings.iter().zip(&facts))
        {
            if is_of(finding, *destination, flow) {
                part.add(report, flow, words);
            }
        }
        Ok(())
    });
    parts
}

fn choose(asked: &args::Extract, report: &Report) -> Result<Part, Error> {
    let findings = asked
        .finding
        .iter()
        .map(|id| find(id, report))
        .collect::<Result<Vec<&Finding>, Error>>()?;
    let mut wanted = Destinations::new(&asked.destination);
    let mut flows: BTreeSet<u64> = asked.flow.iter().copied().collect();
    let mut part = Part::default();
    if asked.from.is_some() || asked.until.is_some() {
        let from = Time(asked.from.unwrap_or(i64::MIN));
        part.chosen.time = Some((from, Time(asked.until.unwrap_or(i64::MAX))));
    }
    let frames = asked.frames.clone().unwrap_or_default();
    part.chosen.frames.clone_from(&frames.0);
    let _ = report.rows.flows(&mut |flow| {
        for finding in &findings {
            let destination = finding
                .destination
                .and_then(|at| report.destinations.get(at));
            if is_of(finding, destination, flow) {
                part.add(report, flow, &about(finding));
            }
        }
        if flows.remove(&flow.flow) {
            part.add(report, flow, "");
        }
        if let Some(words) = wanted.named(flow) {
            part.add(report, flow, &words);
        }
        let overlaps =
            |(from, until): (Time, Time)| flow.first_seen < until && from <= flow.last_seen;
        let touches =
            |(first, last): &(u64, u64)| flow.first_frame <= *last && *first <= flow.last_frame;
        if part.chosen.time.is_some_and(overlaps) || frames.0.iter().any(touches) {
            part.addresses.extend([flow.local_ip, flow.remote_ip]);
        }
        Ok(())
    });
    if let Some(flow) = flows.first() {
        return Err(Error::Usage(format!(
            "--flow {flow}: there are flows 1 to {}; whereto flows lists them",
            report.totals.flows
        )));
    }
    wanted.all_found()?;
    let beyond = frames
        .0
        .iter()
        .find(|(first, _)| *first > report.totals.packets);
    if let Some((first, _)) = beyond {
        return Err(Error::Usage(format!(
            "--frames {first}: there are frames 1 to {}",
            report.totals.packets
        )));
    }
    Ok(part)
}

/// The finding whose id is, or begins with, `id`.
fn find<'r>(id: &str, report: &'r Report) -> Result<&'r Finding, Error> {
    if let Some(found) = report.findings.iter().find(|finding| finding.id == id) {
        return Ok(found);
    }
    let mut found = report.findings.iter();
    let mut found = found.by_ref().filter(|finding| finding.id.starts_with(id));
    let trouble = match (found.next(), found.next()) {
        (Some(finding), None) if !id.is_empty() => return Ok(finding),
        (None, _) if report.findings.is_empty() => {
            "this audit has no findings; give the same expectations as when it was found"
        }
        (None, _) => "no finding has this id; whereto audit --format json lists them",
        _ => "several findings begin like this; give more of the id",
    };
    Err(Error::Usage(format!("--finding {id}: {trouble}")))
}

/// Names and addresses that were chosen.
struct Destinations<'a> {
    wanted: Vec<(&'a str, Option<IpAddr>, bool)>,
}

impl<'a> Destinations<'a> {
    fn new(wanted: &'a [String]) -> Self {
        let wanted = wanted.iter().map(|written| {
            let bare = written.trim_start_matches('[').trim_end_matches(']');
            let name = bare.trim_end_matches('.');
            (name, bare.parse().ok(), false)
        });
        Destinations {
            wanted: wanted.collect(),
        }
    }

    /// The words for a flow to one of them.
    fn named(&mut self, flow: &Flow) -> Option<String> {
        let mut words = None;
        for (written, address, found) in &mut self.wanted {
            let fits = match address {
                Some(address) => flow.remote_ip == *address,
                None => flow
                    .name
                    .as_ref()
                    .is_some_and(|name| is_at_or_below(name.bytes(), written.as_bytes())),
            };
            if fits {
                *found = true;
                words = Some(format!("destination {}", escape::terminal_str(written)));
            }
        }
        words
    }

    fn all_found(&self) -> Result<(), Error> {
        match self.wanted.iter().find(|(.., found)| !found) {
            None => Ok(()),
            Some((written, ..)) => Err(Error::Usage(format!(
                "--destination {written}: no flow goes there; whereto flows lists them"
            ))),
        }
    }
}

fn is_at_or_below(name: &[u8], wanted: &[u8]) -> bool {
    let start = name.len().checked_sub(wanted.len());
    let Some((head, tail)) = start.and_then(|at| name.split_at_checked(at)) else {
        return false;
    };
    !wanted.is_empty()
        && tail.eq_ignore_ascii_case(wanted)
        && (head.is_empty() || head.ends_with(b"."))
}

/// The choice as it was written.
fn written(asked: &args::Extract) -> String {
    let mut words = Vec::new();
    let mut add = |option: &str, value: String| words.push(format!("{option} {value}"));
    asked
        .finding
        .iter()
        .for_each(|id| add("--finding", id.clone()));
    asked
        .flow
        .iter()
        .for_each(|flow| add("--flow", flow.to_string()));
    asked
        .destination
        .iter()
        .for_each(|one| add("--destination", escape::terminal_str(one).into_owned()));
    for (option, time) in [("--from", asked.from), ("--until", asked.until)] {
        if let Some(time) = time {
            add(option, Time(time).to_string());
        }
    }
    for (first, last) in asked.frames.iter().flat_map(|frames| &frames.0) {
        add("--frames", format!("{first}-{last}"));
    }
    words.join(" ")
}

/// What the section says of itself.
pub(super) fn section_comments(report: &Report, choice: &str) -> Vec<String> {
    let mut comments = vec![format!("{CHOSEN_BY}{choice}")];
    for input in &report.inputs {
        let path = escape::terminal(&input.path);
        let hash = input.sha256.as_deref().unwrap_or("not hashed");
        comments.push(format!(
            "from {path}: {} packets, SHA-256 {hash}",
            input.packets
        ));
        let marks = super::redact::marks(input);
        comments.extend(marks.map(|(_, note)| escape::terminal(note).into_owned()));
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_below_a_name_are_its_own() {
        assert!(is_at_or_below(b"a.example", b"A.example"));
        assert!(is_at_or_below(b"x.a.example", b"a.example"));
        assert!(!is_at_or_below(b"xa.example", b"a.example"));
        assert!(!is_at_or_below(b"example", b"a.example"));
        assert!(!is_at_or_below(b"example", b""));
    }
}
