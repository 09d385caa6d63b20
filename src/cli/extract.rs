//! `whereto extract`: some packets of captures in a capture of their own.
//!
//! In:   captures, what to audit them with, and what is chosen.
//! Out:  a pcapng file with just those packets, each with a comment that says why it is there.
//!
//! The captures are read twice, or three times where there are fragments: to know the flows,
//! then to copy packets. Nothing is ever written to them.

use super::args;
use super::output::Target;
use super::run;
use super::settings::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use whereto::model::{Destination, Finding, Flow, Interface, Limits, Report, Time};
use whereto::report::{FORMATS, escape};
use whereto::source::{self, Capture, Kept, Packet, Writer};
use whereto::{Chosen, ChosenFlow, Error, Picker, Why};

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
    let damaged = run::is_damaged(&report);
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
        format: Some(if exchanges { "json" } else { "text" }),
        formats: FORMATS,
        expect: judged.expect.as_deref(),
        control: Some(&judged.control),
        places: Some(&judged.places),
        keep_dns: true,
        keep_http: true,
    };
    run::read(&request).map(|(report, _)| report)
}

/// What one capture to be written holds.
#[derive(Default)]
pub(super) struct Part {
    chosen: Chosen,
    /// Why a flow is there, in words.
    flows: BTreeMap<u64, String>,
    /// Why a single frame is there, in words.
    frames: BTreeMap<u64, BTreeSet<u64>>,
    /// Addresses whose names are kept.
    addresses: BTreeSet<IpAddr>,
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
    fn words(&self, whys: &[Why], frame: u64) -> Option<String> {
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
    }
    comments
}

/// The words for the field `application` of a section.
const APPLICATION: &str = concat!("whereto ", env!("CARGO_PKG_VERSION"));

/// Captures that are read once more.
pub(super) struct Sources {
    paths: Vec<PathBuf>,
    with_secrets: bool,
}

/// A packet that waits for its interface to be known, and the comments of the parts that have it.
struct Waiting {
    at: usize,
    end: usize,
    packet: Packet<'static>,
    /// Its place in its batch.
    place: usize,
    comments: Vec<(usize, String)>,
}

impl Sources {
    pub(super) fn new(paths: &[PathBuf], with_secrets: bool) -> Self {
        Sources {
            paths: paths.to_vec(),
            with_secrets,
        }
    }

    fn open(&self) -> Result<Capture, Error> {
        let (paths, _) = super::settings::distinct(&self.paths);
        Capture::open(&paths, &source::Options::default())
    }

    /// Writes each part to its output.
    pub(super) fn copy<O: Write>(
        &self,
        report: &Report,
        parts: &mut [(Part, O)],
        comments: &[String],
    ) -> Result<(), Error> {
        let mut chosen = Chosen::default();
        for (part, _) in parts.iter() {
            chosen.flows.extend(&part.chosen.flows);
            chosen.frames.extend(&part.chosen.frames);
            chosen.answers.extend(&part.chosen.answers);
            chosen.time = chosen.time.or(part.chosen.time);
        }
        let limits = Limits::default();
        let mut picker = Picker::new(&chosen, &limits);
        let whole = report.losses.counts.keys();
        if whole
            .copied()
            .any(|name| name == "datagrams reassembled from fragments")
        {
            let mut capture = self.open()?;
            while let Some(batch) = capture.batch()? {
                batch.for_each(|packet| picker.survey(&packet));
            }
            picker.rewind(&limits);
        }
        let (parts, outs): (Vec<&Part>, Vec<&mut O>) =
            parts.iter_mut().map(|(part, out)| (&*part, out)).unzip();
        let writers = outs
            .into_iter()
            .map(|out| Writer::new(out, APPLICATION, comments))
            .collect::<io::Result<Vec<_>>>()
            .map_err(of_output)?;
        let mut copying = Copying {
            parts,
            writers,
            // As the report calls them, in the order in which they are opened.
            paths: report
                .inputs
                .iter()
                .map(|input| escape::terminal(&input.path).into_owned())
                .collect(),
            inputs: Vec::new(),
            frames: Vec::new(),
            with_secrets: self.with_secrets,
        };
        let read = self.packets(&mut picker, &mut copying)?;
        if read != report.totals.packets {
            return Err(Error::Usage(format!(
                "the captures changed while they were read: {} packets first, {read} then",
                report.totals.packets
            )));
        }
        Ok(())
    }

    fn packets<O: Write>(
        &self,
        picker: &mut Picker,
        copying: &mut Copying<'_, O>,
    ) -> Result<u64, Error> {
        let mut capture = self.open()?;
        capture.keep_blocks();
        let mut read = 0_u64;
        let (mut bytes, mut waiting, mut interfaces) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            bytes.clear();
            waiting.clear();
            interfaces.clear();
            let Some(batch) = capture.batch()? else {
                break;
            };
            for packet in batch {
                read = read.saturating_add(1);
                interfaces.push(packet.interface);
                let whys = picker.pick(&packet);
                if whys.is_empty() {
                    continue;
                }
                let words = copying.words(whys, packet.frame);
                if !words.is_empty() {
                    let at = bytes.len();
                    bytes.extend_from_slice(packet.bytes);
                    waiting.push(Waiting {
                        at,
                        end: bytes.len(),
                        packet: Packet {
                            bytes: &[],
                            ..packet
                        },
                        place: interfaces.len().saturating_sub(1),
                        comments: words,
                    });
                }
            }
            copying.describe(&mut capture).map_err(of_output)?;
            copying
                .flush(&bytes, &mut waiting, &interfaces)
                .map_err(of_output)?;
        }
        let apps = capture.finish().apps;
        copying.apps(&apps).map_err(of_output)?;
        Ok(read)
    }
}

/// An error whose path the caller knows.
fn of_output(source: io::Error) -> Error {
    Error::Io {
        path: PathBuf::new(),
        what: "cannot write",
        source,
    }
}

struct Copying<'p, O: Write> {
    parts: Vec<&'p Part>,
    writers: Vec<Writer<&'p mut O>>,
    paths: Vec<String>,
    /// The input of each interface.
    inputs: Vec<usize>,
    /// Packets of each input so far.
    frames: Vec<u64>,
    with_secrets: bool,
}

impl<O: Write> Copying<'_, O> {
    /// The parts that have a packet, and their words for it.
    fn words(&self, whys: &[Why], frame: u64) -> Vec<(usize, String)> {
        let words =
            |(number, part): (usize, &&Part)| part.words(whys, frame).map(|words| (number, words));
        self.parts.iter().enumerate().filter_map(words).collect()
    }

    /// Writes the interfaces and blocks that were met since the last time.
    fn describe(&mut self, capture: &mut Capture) -> io::Result<()> {
        for (input, interface) in capture.interfaces_from(self.inputs.len()) {
            let number = self.inputs.len();
            self.inputs.push(input);
            if self.frames.len() <= input {
                self.frames.resize(input.saturating_add(1), 0);
            }
            let path = self.paths.get(input).map_or("", String::as_str);
            let comment = format!("interface {number}: from {path}");
            for writer in &mut self.writers {
                writer.interface(&known(&interface), &comment)?;
            }
        }
        for block in capture.take_blocks() {
            for (part, writer) in self.parts.iter().zip(&mut self.writers) {
                let wanted = match &block {
                    Kept::Names { address, .. } => part.addresses.contains(address),
                    Kept::Secrets { .. } => self.with_secrets,
                };
                if wanted {
                    writer.kept(&block)?;
                }
            }
        }
        Ok(())
    }

    fn flush(
        &mut self,
        bytes: &[u8],
        waiting: &mut Vec<Waiting>,
        interfaces: &[u32],
    ) -> io::Result<()> {
        let mut waiting = waiting.drain(..).peekable();
        for (place, interface) in interfaces.iter().enumerate() {
            let number = usize::try_from(*interface).unwrap_or(usize::MAX);
            let input = self.inputs.get(number).copied().unwrap_or(0);
            let mut frame = 0;
            if let Some(count) = self.frames.get_mut(input) {
                *count = count.saturating_add(1);
                frame = *count;
            }
            let Some(Waiting {
                at,
                end,
                packet,
                comments,
                ..
            }) = waiting.next_if(|waiting| waiting.place == place)
            else {
                continue;
            };
            let path = self.paths.get(input).map_or("", String::as_str);
            let packet = Packet {
                bytes: bytes.get(at..end).unwrap_or_default(),
                ..packet
            };
            for (part, words) in comments {
                let overall = match packet.frame == frame {
                    true => String::new(),
                    false => format!(", {} of the audit", packet.frame),
                };
                let comment = format!("whereto: {words}; frame {frame} of {path}{overall}");
                if let Some(writer) = self.writers.get_mut(part) {
                    writer.packet(&packet, &[comment])?;
                }
            }
        }
        Ok(())
    }

    fn apps(&mut self, apps: &[(u32, whereto::model::Text)]) -> io::Result<()> {
        for writer in &mut self.writers {
            for (uid, name) in apps {
                writer.app(*uid, name)?;
            }
        }
        Ok(())
    }
}

/// Interfaces that no block describes are of a file whose head was not read yet: they have no
/// packets either.
fn known(interface: &Interface) -> Interface {
    Interface {
        ticks_per_second: match interface.ticks_per_second {
            0 => 1_000_000_000,
            rate => rate,
        },
        ..interface.clone()
    }
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
