//! `whereto redact`: captures and their audit in a form that can be shown.
//!
//! In:   captures, what to audit them with, values to hide.
//! Out:  a capture with pseudonyms and blank contents, alone or in a bundle whose report was made
//!       from it; the same for the same input.
//!
//! The captures are read six times: to know the device, to gather values, to put streams
//! together, to count, to write, and what was written is audited as anybody would. No report is
//! searched and replaced: what is not in the redacted capture cannot be in its report.

use super::archive::{Bundle, Inside};
use super::args::{self, PayloadKind};
use super::bundle;
use super::extract::{report, split};
use super::hidden::{Copies, about, values};
use super::output::{self, Target};
use super::recorded::{Findings, Original, Recorded, Redacted};
use super::settings::distinct;
use super::signing::Key;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::model::{Interface, Report, Text};
use whereto::redact::{Payload, Redaction, Redactor};
use whereto::report::escape;
use whereto::source::{Capture, Options, Packet, Writer};

/// How the comment begins that every redacted capture has.
const MARK: &str = "redacted by whereto redact: ";
const APPLICATION: &str = concat!("whereto ", env!("CARGO_PKG_VERSION"));
/// The capture in a redacted bundle.
const CAPTURE: &str = "captures/redacted.pcapng";

/// Runs the command.
pub(super) fn run(asked: &args::Redact) -> Result<u8, Error> {
    let kind = asked.output.extension().map(|end| end.to_ascii_lowercase());
    let is = |end: &str| kind.as_deref().is_some_and(|kind| kind == end);
    let key = Key::asked(&asked.signing)?;
    let own = from_bundle(&asked.judged)?;
    let judged = own.as_ref().map_or(&asked.judged, |(judged, _)| judged);
    let target = match is("pcapng") || is("zip") {
        true => {
            let target = Target::new(&asked.output)?;
            if !is_redacted(&asked.output) {
                target.refuse_inputs(&judged.captures)?;
            }
            target.refuse_these(&judged.captures)?;
            Some(target)
        }
        false => {
            bundle::refuse_used(&asked.output)?;
            None
        }
    };
    if is("pcapng") && key.is_some() {
        return Err(Error::Usage(
            "--key: signs bundles; a capture alone has no manifest".to_owned(),
        ));
    }
    if let Some(path) = &asked.pseudonyms {
        refuse_table(path, &asked.output)?;
    }
    let mut work = Work::new(asked, judged)?;
    let code = match target {
        Some(target) if is("pcapng") => {
            let mut failure = None;
            let inputs = inputs(&judged.captures);
            let done = target.write(|out| {
                let done = work.write(&inputs, out);
                done.map_err(|error| split(error, &mut failure))
            });
            failure.map_or(done, Err)?;
            if work.report.is_damaged() { 4 } else { 0 }
        }
        Some(_) => {
            let mut code = 0;
            output::staging(&asked.output, |folder| {
                code = work.fill(folder, key.as_ref())?;
                bundle::pack(folder, &asked.output)
            })?;
            code
        }
        None => {
            let mut code = 0;
            output::folder(&asked.output, |folder| {
                code = work.fill(folder, key.as_ref())?;
                Ok(())
            })?;
            code
        }
    };
    if let Some(path) = &asked.pseudonyms {
        work.table(path)?;
    }
    Ok(code)
}

/// The table turns everything back: never in what is shared, and never over another.
fn refuse_table(path: &Path, output: &Path) -> Result<(), Error> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(failed(
            path,
            "cannot create",
            io::ErrorKind::AlreadyExists.into(),
        ));
    }
    match path.starts_with(output) {
        true => Err(Error::Usage(format!(
            "{}: whoever has the table of pseudonyms can turn them back: not in what is shared",
            path.display()
        ))),
        false => Ok(()),
    }
}

/// Where the first capture is a bundle: its settings, with the other captures.
fn from_bundle(judged: &args::Judged) -> Result<Option<(args::Judged, Inside)>, Error> {
    let Some((first, captures)) = judged.captures.split_first() else {
        return Ok(None);
    };
    let is_zip = first
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    if !is_zip && !first.join(bundle::SETTINGS).is_file() {
        return Ok(None);
    }
    let mut found = Bundle::open(first)?;
    let settings = found.read(bundle::SETTINGS, 1 << 20)?;
    let wrong = |what: &str| Error::Usage(format!("{}: {what}", first.display()));
    let recorded = Recorded::parse(&settings)
        .map_err(|error| wrong(&format!("{}: {error}", bundle::SETTINGS)))?;
    let (captures, missing) = recorded.captures(captures)?;
    if let Some(input) = missing.first() {
        return Err(wrong(&format!(
            "was made from {} with SHA-256 {}: name it behind the bundle",
            input.path, input.sha256
        )));
    }
    let inside = found.inside(&["used/"])?;
    match recorded.judged(captures, &inside.paths, judged.quiet)? {
        Ok(judged) => Ok(Some((judged, inside))),
        Err(missing) => {
            let names: Vec<&str> = missing.iter().map(|file| file.path.as_str()).collect();
            Err(wrong(&format!(
                "needs files that are not where they were: {}",
                names.join(", ")
            )))
        }
    }
}

/// The captures once each, as they are audited.
fn inputs(captures: &[PathBuf]) -> Vec<PathBuf> {
    distinct(captures).0
}

/// True for what this command wrote: of all captures that alone may be replaced.
fn is_redacted(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0_u8; 256];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && memchr::memmem::find(&start, MARK.as_bytes()).is_some()
}

/// What the captures that are redacted say of that.
pub(super) fn marked(report: &Report) -> Vec<Text> {
    let mut warnings = Vec::new();
    for input in &report.inputs {
        for (_, note) in marks(input) {
            let mut words = input.path.bytes().to_vec();
            words.extend_from_slice(b" was ");
            words.extend_from_slice(note.bytes());
            warnings.push(Text::from(words));
        }
    }
    warnings
}

/// The comments by which a capture says that it was redacted.
pub(super) fn marks(input: &whereto::model::Input) -> impl Iterator<Item = &(&'static str, Text)> {
    let is_mark = |(kind, note): &&(&'static str, Text)| {
        *kind == "comment" && note.bytes().starts_with(MARK.as_bytes())
    };
    input.notes.iter().filter(is_mark).take(1)
}

struct Work<'a> {
    asked: &'a args::Redact,
    judged: &'a args::Judged,
    redactor: Redactor,
    /// Of the captures as they are.
    report: Report,
}

impl<'a> Work<'a> {
    /// Audits the captures, and reads them until everything is known that is to be hidden.
    fn new(asked: &'a args::Redact, judged: &'a args::Judged) -> Result<Self, Error> {
        let values = values(&asked.also)?;
        let report = report(judged, true)?;
        let devices = report.devices.iter();
        let redaction = Redaction {
            devices: devices.flat_map(|one| one.addresses.clone()).collect(),
            values,
            payload: match asked.payload {
                PayloadKind::Names => Payload::Names,
                PayloadKind::Blank => Payload::Blank,
            },
            cut: asked.cut,
            marks: judged.test.tested.phase_mark_address.clone(),
        };
        let mut work = Work {
            asked,
            judged,
            redactor: Redactor::new(&redaction),
            report,
        };
        let sets = work.sets();
        for pass in 0..2 {
            for paths in &sets {
                each(paths, |packet| work.redactor.survey(packet))?;
            }
            if pass == 0 {
                work.redactor.begin_streams();
            }
        }
        work.redactor.begin_writing();
        Ok(work)
    }

    /// The captures, and each of the phone at rest.
    fn sets(&self) -> Vec<Vec<PathBuf>> {
        let mut sets = vec![inputs(&self.judged.captures)];
        let rest = self.judged.test.baseline.iter();
        sets.extend(rest.map(|path| vec![path.clone()]));
        sets
    }

    /// Writes one redacted capture.
    fn write(&mut self, paths: &[PathBuf], out: &mut dyn Write) -> Result<(), Error> {
        let of_output = |source| Error::Io {
            path: PathBuf::new(),
            what: "cannot write",
            source,
        };
        self.redactor.begin_writing();
        let mut made = Vec::new();
        let mut read = 0_u64;
        each(paths, |packet| {
            read = read.saturating_add(1);
            self.redactor.rewrite(packet, &mut made);
        })?;
        let comments = self.comments();
        self.redactor.begin_writing();
        let mut writer = Writer::new(out, APPLICATION, &comments).map_err(of_output)?;
        let mut capture = Capture::open(paths, &Options::default())?;
        let mut known = 0;
        let mut waiting: Vec<(Packet<'static>, Vec<u8>, Vec<String>)> = Vec::new();
        let mut again = 0_u64;
        while let Some(batch) = capture.batch()? {
            for packet in batch {
                again = again.saturating_add(1);
                let mut bytes = Vec::new();
                self.redactor.rewrite(&packet, &mut bytes);
                let comment = packet.comment.map(|words| self.words(words));
                let packet = Packet {
                    bytes: &[],
                    comment: None,
                    ..packet
                };
                waiting.push((packet, bytes, comment.into_iter().collect()));
            }
            for (_, interface) in capture.interfaces_from(known) {
                known = known.saturating_add(1);
                let interface = self.redactor.interface(&interface);
                writer
                    .interface(&ticking(interface), "")
                    .map_err(of_output)?;
            }
            for (packet, bytes, comments) in waiting.drain(..) {
                let packet = Packet {
                    bytes: &bytes,
                    ..packet
                };
                writer.packet(&packet, &comments).map_err(of_output)?;
            }
        }
        if again != read {
            return Err(Error::Usage(format!(
                "the captures changed while they were read: {read} packets first, {again} then"
            )));
        }
        for (uid, name) in capture.finish().apps {
            let name = Text::from(self.redactor.text(name.bytes()));
            writer.app(uid, &name).map_err(of_output)?;
        }
        Ok(())
    }

    /// What somebody wrote, without values that must not be seen.
    fn words(&self, words: &[u8]) -> String {
        let text = self.redactor.text(words);
        escape::terminal(&Text::from(text)).into_owned()
    }

    /// What a redacted capture says of itself.
    fn comments(&self) -> Vec<String> {
        let counts: Vec<String> = self
            .redactor
            .counts()
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        vec![
            format!("{MARK}{}", counts.join(", ")),
            "Addresses, hardware addresses and names of the local network are pseudonyms. Contents \
             are blank but for what findings rest on. Times, lengths and public destinations are \
             as they were captured; checksums were set right."
                .to_owned(),
        ]
    }

    /// Fills a folder with a bundle; the exit code of its report.
    fn fill(&mut self, folder: &Path, key: Option<&Key>) -> Result<u8, Error> {
        let captures = folder.join("captures");
        fs::create_dir(&captures).map_err(|error| failed(&captures, "cannot create", error))?;
        let mut baselines = Vec::new();
        for (number, paths) in self.sets().iter().enumerate() {
            let name = match number {
                0 => CAPTURE.to_owned(),
                number => format!("captures/baseline-{number}.pcapng"),
            };
            let path = folder.join(&name);
            let file =
                fs::File::create(&path).map_err(|error| failed(&path, "cannot create", error))?;
            let mut out = io::BufWriter::new(file);
            self.write(paths, &mut out)
                .map_err(|error| at(error, &path))?;
            out.flush()
                .map_err(|error| failed(&path, "cannot write", error))?;
            if number > 0 {
                baselines.push((path, name));
            }
        }
        let (judged, names) = self.judged_again(folder, &baselines)?;
        let mut made = report(&judged, true)?;
        let mut recorded = Recorded::new(&judged, &made, 0)?;
        self.rename(&mut recorded, folder, &names);
        let redacted = self.redacted(&made);
        if redacted.findings.before != redacted.findings.after && !self.asked.judged.quiet {
            // Where standard error is gone, the bundle still says it.
            let _ = writeln!(
                io::stderr(),
                "whereto: {} findings are not as they were: settings.json has both counts",
                redacted.findings.only_before
            );
        }
        recorded.redacted = Some(redacted);
        recorded.rename(&judged, &mut made);
        let with_packets = bundle::captures(folder, &judged.captures, &made)?;
        recorded.findings.with_packets = u64::try_from(with_packets).unwrap_or(u64::MAX);
        bundle::finish(folder, &made, &recorded, key)?;
        let code = made.exit_code();
        std::mem::forget(made);
        Ok(code)
    }

    /// The arguments for the redacted captures, and what the files of these are to be called.
    fn judged_again(
        &mut self,
        folder: &Path,
        baselines: &[(PathBuf, String)],
    ) -> Result<(args::Judged, BTreeMap<PathBuf, String>), Error> {
        let mut names: BTreeMap<PathBuf, String> = BTreeMap::new();
        names.insert(folder.join(CAPTURE), CAPTURE.to_owned());
        names.extend(baselines.iter().cloned());
        let from = self.judged;
        let mut copies = Copies {
            folder: folder.join("used"),
            names: &mut names,
            count: 0,
        };
        let policy = match &from.control.policy {
            Some(path) if path.is_file() => {
                Some(copies.copy("policy", path, |text| self.redactor.text(text.as_bytes()))?)
            }
            other => other.clone(),
        };
        let mut claims = Vec::new();
        for path in &from.claims {
            let copy = copies.copy("claims", path, |text| self.redactor.text(text.as_bytes()));
            claims.push(copy?);
        }
        let phases = match &from.test.tested.phases {
            Some(path) => {
                Some(copies.copy("phases", path, |text| self.redactor.text(text.as_bytes()))?)
            }
            None => None,
        };
        let about = match &from.test.about {
            Some(path) => Some(copies.copy("about", path, |text| {
                self.redactor.text(about(text).as_bytes())
            })?),
            None => None,
        };
        let places = args::Places {
            geo: from.places.geo.clone(),
            geo_dir: from.places.geo_dir.clone(),
            installed: from.places.installed.clone(),
            ranges: from.places.ranges.clone(),
            anycast: from.places.anycast.clone(),
            vantage: from.places.vantage.clone(),
            owners: from.places.owners.clone(),
            ..from.places
        };
        let judged = args::Judged {
            captures: vec![folder.join(CAPTURE)],
            expect: from.expect.clone(),
            control: args::Control {
                policy,
                expect_operator: from.control.expect_operator.clone(),
                expect_owner: from.control.expect_owner.clone(),
            },
            claims,
            test: args::Test {
                about,
                tested: args::Tested {
                    phases,
                    clock_offset: from.test.tested.clock_offset,
                    phase_marks: from.test.tested.phase_marks,
                    phase_mark_address: from
                        .test
                        .tested
                        .phase_mark_address
                        .iter()
                        .map(|address| self.redactor.address(*address))
                        .collect(),
                },
                baseline: baselines.iter().map(|(path, _)| path.clone()).collect(),
            },
            device: from
                .device
                .iter()
                .map(|word| self.device(word))
                .collect::<Result<_, _>>()?,
            threads: from.threads,
            places,
            quiet: from.quiet,
        };
        Ok((judged, names))
    }

    /// What becomes of an address or MAC of the audited device.
    fn device(&mut self, word: &str) -> Result<String, Error> {
        if let Ok(address) = word.parse::<IpAddr>() {
            return Ok(self.redactor.address(address).to_string());
        }
        let octets: Vec<u8> = word
            .split([':', '-'])
            .filter_map(|part| u8::from_str_radix(part, 16).ok())
            .collect();
        let mac: [u8; 6] = octets
            .try_into()
            .map_err(|_| Error::Usage(format!("--device {word}: is no address")))?;
        let made = self.redactor.mac(mac);
        Ok(made.map(|byte| format!("{byte:02x}")).join(":"))
    }

    /// Paths say where the redactor works: files are called by their place in the bundle, or by
    /// their names alone.
    fn rename(&self, recorded: &mut Recorded, folder: &Path, names: &BTreeMap<PathBuf, String>) {
        let called = |path: &str| {
            let known = names.get(Path::new(path)).cloned();
            known.unwrap_or_else(|| {
                let path = Path::new(path.strip_prefix("file: ").unwrap_or(path));
                let last = path.file_name().unwrap_or(path.as_os_str());
                self.words(last.to_string_lossy().as_bytes())
            })
        };
        let folder = folder.to_string_lossy().into_owned();
        for input in &mut recorded.inputs {
            input.path = CAPTURE.to_owned();
        }
        for file in &mut recorded.files {
            file.path = called(&file.path);
        }
        let hashes: BTreeSet<&str> = recorded
            .files
            .iter()
            .map(|file| file.sha256.as_str())
            .collect();
        for source in &mut recorded.data {
            let is_path = hashes.contains(source.sha256.as_str())
                || source.origin.contains('/')
                || source.origin.contains(&folder);
            if is_path {
                let front = source.origin.split_once(": ").map(|(front, _)| front);
                let path = source.origin.rsplit(": ").next().unwrap_or_default();
                let name = called(path);
                source.origin = match front {
                    Some(front) => format!("{front}: {name}"),
                    None => name,
                };
            }
        }
    }

    /// What is said of the redaction.
    fn redacted(&self, made: &Report) -> Redacted {
        let originals = self.report.inputs.iter().map(|input| Original {
            sha256: match self.asked.no_original_hashes {
                true => None,
                false => input.sha256.clone(),
            },
            packets: input.packets,
        });
        Redacted {
            originals: originals.collect(),
            payload: match self.asked.payload {
                PayloadKind::Names => "names".to_owned(),
                PayloadKind::Blank => "blank".to_owned(),
            },
            cut: self.asked.cut,
            counts: self
                .redactor
                .counts()
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count))
                .collect(),
            findings: compared(&self.report, made),
        }
    }

    /// Writes the table of pseudonyms, for its owner alone.
    fn table(&mut self, path: &Path) -> Result<(), Error> {
        let mut text = String::from("kind,value,pseudonym\n");
        for (kind, value, made) in self.redactor.pseudonyms() {
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            text.push_str(&format!("{kind},{},{}\n", quoted(&value), quoted(&made)));
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let done = options.open(path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        done.map_err(|error| failed(path, "cannot create", error))
    }
}

/// Findings before and after.
fn compared(was: &Report, is: &Report) -> Findings {
    let ids = |report: &Report| -> BTreeSet<String> {
        let findings = report.findings.iter();
        findings.map(|finding| finding.id.clone()).collect()
    };
    let verdicts = |report: &Report| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for finding in &report.findings {
            let key = format!("{} {}", finding.rule, finding.verdict.as_str());
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        counts
    };
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let (before, after) = (ids(was), ids(is));
    Findings {
        same: count(before.intersection(&after).count()),
        only_before: count(before.difference(&after).count()),
        only_after: after.difference(&before).cloned().collect(),
        before: verdicts(was),
        after: verdicts(is),
    }
}

/// Reads every packet of captures, in the order of the audit.
fn each(paths: &[PathBuf], mut push: impl FnMut(&Packet<'_>)) -> Result<(), Error> {
    let mut capture = Capture::open(paths, &Options::default())?;
    while let Some(batch) = capture.batch()? {
        batch.for_each(|packet| push(&packet));
    }
    Ok(())
}

/// An interface of a file whose head was not read yet has no clock, and no packets.
fn ticking(interface: Interface) -> Interface {
    Interface {
        ticks_per_second: match interface.ticks_per_second {
            0 => 1_000_000_000,
            rate => rate,
        },
        ..interface
    }
}

/// An error of an output without a path is of this one.
fn at(error: Error, path: &Path) -> Error {
    match error {
        Error::Io {
            path: none,
            what,
            source,
        } if none.as_os_str().is_empty() => Error::Io {
            path: path.to_owned(),
            what,
            source,
        },
        error => error,
    }
}

fn failed(path: &Path, what: &'static str, source: io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        what,
        source,
    }
}
