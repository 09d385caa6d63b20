//! Arguments to open files and checked choices.
//!
//! In:   what `args.rs` parsed.
//! Out:  settings that can be run, or an error that says what to do.

use super::args::{self, Colour};
use super::automation::Automation;
use super::installed;
use super::live::{self, Filter, Trouble};
use super::output::Target;
use std::ffi::OsStr;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use whereto::locate::Places;
use whereto::model::{About, Limits, PhaseFile, Report, Text};
use whereto::report::{FORMATS, Format, Lists, Style, escape};
use whereto::source::{self, Capture};
use whereto::{AuditOptions, Error, PhaseOptions, judge};

/// Everything a run needs.
pub(super) struct Settings {
    pub(super) capture: Capture,
    /// Captures of the phone at rest.
    pub(super) baselines: Vec<Capture>,
    pub(super) places: Places,
    pub(super) options: AuditOptions,
    pub(super) outputs: Vec<Output>,
    /// What the user says of the test.
    pub(super) about: Option<About>,
    pub(super) progress: bool,
    /// Which packets are audited; `None` for all.
    pub(super) filter: Option<Filter>,
    /// Where a live capture says why it ended early.
    pub(super) trouble: Option<Trouble>,
    /// Said in the report.
    pub(super) warnings: Vec<Text>,
}

/// One output: where, in which format, how laid out.
pub(super) struct Output<T: ?Sized + 'static = Report> {
    pub(super) target: Target,
    pub(super) format: &'static Format<T>,
    pub(super) style: Style,
}

/// What the subcommands differ in.
pub(super) struct Request<'a> {
    pub(super) automation: Automation,
    pub(super) input: &'a args::Input,
    pub(super) output: &'a args::Output,
    pub(super) format: Option<&'a str>,
    pub(super) formats: &'static [Format],
    pub(super) expect: Option<&'a str>,
    /// `None` for a command that judges nothing.
    pub(super) control: Option<&'a args::Control>,
    /// `None` for a command that has no use for phases and baselines.
    pub(super) test: Option<&'a args::Test>,
    /// Files of claims.
    pub(super) claims: &'a [PathBuf],
    /// `None` for a command that has no use for places.
    pub(super) places: Option<&'a args::Places>,
    /// The long lists that are asked for whatever is written.
    pub(super) lists: Lists,
}

impl<'a> Request<'a> {
    /// An audit, as `audit` and `explain` ask for it.
    pub(super) fn of(
        question: &'a args::Question,
        output: &'a args::Output,
        automation: Automation,
    ) -> Self {
        Request {
            automation,
            input: &question.input,
            output,
            format: None,
            formats: FORMATS,
            expect: question.expect.as_deref(),
            control: Some(&question.control),
            test: Some(&question.test),
            claims: &question.claims,
            places: Some(&question.places),
            lists: Lists::Nothing,
        }
    }
}

/// Checks everything, cheap things first, and opens the inputs.
pub(super) fn settle(request: &Request<'_>) -> Result<Settings, Error> {
    let parse = |option: &str, written: Option<&str>| {
        let parsed = written.map(judge::parse_expectation).transpose();
        // Of several lists the error says which.
        parsed.map_err(|error| Error::Usage(format!("{option} {error}")))
    };
    let control = |option: &str, of: fn(&args::Control) -> Option<&String>| {
        parse(option, request.control.and_then(of).map(String::as_str))
    };
    let expect = parse("--expect", request.expect)?;
    let expect_operator = control("--expect-operator", |it| it.expect_operator.as_ref())?;
    let expect_owner = control("--expect-owner", |it| it.expect_owner.as_ref())?;
    let policy = request
        .control
        .and_then(|control| control.policy.as_deref());
    let policy = policy.map(super::policy::open).transpose()?;
    let claims = read_claims(request.claims)?;
    let outputs = outputs(request.output, request.format, request.formats)?;
    let (captures, mut warnings) = distinct(&request.input.captures);
    for output in &outputs {
        output.target.refuse_inputs(&captures)?;
        for path in request.claims {
            if Target::new(path)? == output.target {
                let words = format!(
                    "{}: is a file of claims; write to another file",
                    path.display()
                );
                return Err(Error::Usage(words));
            }
        }
    }
    let lists = outputs.iter().map(|output| output.format.lists).max();
    let lists = lists.max(Some(request.lists));
    // What is not stored anywhere has no hash that could be compared with anything.
    let hash = !request.input.no_hash && request.input.interface.is_none();
    let limits = Limits::default();
    let options = source::Options {
        hash,
        follow_millis: request
            .input
            .follow
            .map(|seconds| u64::from(seconds).saturating_mul(1_000)),
        limits: limits.clone(),
    };
    let phases = request
        .test
        .map_or_else(|| Ok(PhaseOptions::default()), |test| phases(&test.tested))?;
    let about = request.test.and_then(|test| test.about.as_deref());
    let about = about.map(about_of).transpose()?;
    let mut baselines = Vec::new();
    for path in request.test.map_or(&[][..], |test| &test.baseline) {
        for output in &outputs {
            output.target.refuse_inputs(std::slice::from_ref(path))?;
        }
        // A baseline is whole: only the audited capture may still grow.
        let options = source::Options {
            follow_millis: None,
            ..options.clone()
        };
        baselines.push(Capture::open(std::slice::from_ref(path), &options)?);
    }
    let places = request.places.map_or_else(
        || Ok(Places::none()),
        |places| open_places(places, &mut warnings),
    )?;
    let filter = request.input.filter.as_deref().map(Filter::new);
    let filter = filter.transpose()?;
    let (capture, trouble) = match &request.input.interface {
        None => (Capture::open(&captures, &options)?, None),
        Some(interface) => {
            let (live, trouble) = live::open(interface, request.input.duration)?;
            let name = format!("{interface} (live)");
            let capture = Capture::from_reader(&name, Box::new(live), &options)?;
            (capture, Some(trouble))
        }
    };
    Ok(Settings {
        capture,
        baselines,
        places,
        options: AuditOptions {
            expect,
            expect_operator,
            expect_owner,
            asked: judge::Asked {
                policy: policy.map(Arc::new),
                claims,
            },
            phases,
            baseline: None,
            devices: request.input.device.clone(),
            limits,
            keep_dns: lists >= Some(Lists::Dns),
            keep_http: lists >= Some(Lists::Exchanges),
            threads: request.input.threads.into(),
            hashed: hash,
            without_rows: lists <= Some(Lists::Nothing),
        },
        outputs,
        about,
        filter,
        trouble,
        progress: !request.output.quiet && std::io::stderr().is_terminal(),
        warnings,
    })
}

/// The log of the test, and which marks are believed.
pub(super) fn phases(test: &args::Tested) -> Result<PhaseOptions, Error> {
    let log = test.phases.as_deref().map(phase_file).transpose()?;
    Ok(PhaseOptions {
        log: log.map(Arc::new),
        clock_offset_ns: test.clock_offset.unwrap_or(0),
        marks: test.phase_marks,
        mark_addresses: test.phase_mark_address.clone(),
    })
}

fn phase_file(path: &Path) -> Result<PhaseFile, Error> {
    let failed = |source: std::io::Error| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    // One byte more than is taken: the reader then says so.
    let most = PhaseFile::MOST_BYTES.saturating_add(1);
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    PhaseFile::read(&path.display().to_string(), &bytes)
}

/// The claims of all files.
fn read_claims(paths: &[PathBuf]) -> Result<Vec<Arc<judge::Claims>>, Error> {
    let mut files = Vec::new();
    for path in paths {
        let text = read_text(path)?;
        let claims = judge::Claims::read(&text, &path.display().to_string())?;
        files.push(Arc::new(claims));
    }
    judge::Claims::check_together(&files)?;
    Ok(files)
}

/// A text that a person wrote: a larger file is none.
fn read_text(path: &Path) -> Result<String, Error> {
    const MOST_BYTES: u64 = 4 << 20;
    let io = |source| Error::Io {
        path: path.to_path_buf(),
        what: "cannot read",
        source,
    };
    let file = std::fs::File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST_BYTES {
        let words = format!("{}: larger than 4 MiB", path.display());
        return Err(Error::Usage(words));
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::Usage(format!("{}: not UTF-8 text", path.display())))
}

/// What is read for one side of a comparison.
pub(super) enum Sources {
    Paths(Vec<PathBuf>),
    Stream(Box<dyn std::io::Read + Send>),
}

/// What an audit of one side of a comparison needs.
pub(super) fn for_side(
    source: Sources,
    asked: &args::Diff,
    on_one: judge::Asked,
) -> Result<(Capture, Places, AuditOptions), Error> {
    let limits = Limits::default();
    let options = source::Options {
        hash: !asked.no_hash,
        follow_millis: None,
        limits: limits.clone(),
    };
    let places = open_places(&asked.places, &mut Vec::new())?;
    let capture = match source {
        Sources::Paths(paths) => Capture::open(&paths, &options)?,
        Sources::Stream(reader) => Capture::from_reader("-", reader, &options)?,
    };
    let options = AuditOptions {
        asked: on_one,
        devices: asked.device.clone(),
        limits,
        threads: asked.threads.into(),
        hashed: !asked.no_hash,
        ..AuditOptions::default()
    };
    Ok((capture, places, options))
}

/// What the user says of the test.
pub(super) fn about_of(path: &Path) -> Result<About, Error> {
    let text = read_text(path)?;
    About::read(&text).map_err(|what| Error::Usage(format!("{}:{what}", path.display())))
}

/// How a user's file is added to the places.
type Add = fn(&mut Places, &Path) -> Result<bool, Error>;

pub(super) fn open_places(
    places: &args::Places,
    warnings: &mut Vec<Text>,
) -> Result<Places, Error> {
    let mut open = if places.no_embedded_geo {
        Places::none()
    } else {
        Places::embedded()
    };
    if let Some(vantage) = &places.vantage {
        open.set_vantage(vantage)?;
    }
    open.add_embedded_owners();
    let told = open.add_owners(&places.owners)?;
    warnings.extend(told.iter().map(|words| Text::from(words.as_str())));
    let mut files = places.geo.clone();
    for folder in &places.geo_dir {
        files.extend(installed::databases_in(folder)?);
    }
    let files = files.iter().map(|path| (path, Places::add_file as Add));
    let ranges = places
        .ranges
        .iter()
        .map(|path| (path, Places::add_ranges as Add));
    let anycast = places
        .anycast
        .iter()
        .map(|path| (path, Places::add_anycast as Add));
    for (path, add) in files.chain(ranges).chain(anycast) {
        if !add(&mut open, path)? {
            let words = format!(
                "{} is loaded already, or part of the embedded data: it is one voice, not two",
                path.display()
            );
            warnings.push(Text::from(words.as_str()));
        }
    }
    if !places.no_installed_geo {
        installed::add_to(&mut open)?;
    }
    for (path, sha256) in &places.installed {
        open.add_installed(path, sha256)?;
    }
    Ok(open)
}

/// The captures, each once: a file named twice would count twice.
pub(super) fn distinct(captures: &[PathBuf]) -> (Vec<PathBuf>, Vec<Text>) {
    let mut kept: Vec<PathBuf> = Vec::new();
    let mut seen = Vec::new();
    let mut warnings = Vec::new();
    for path in captures {
        let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        if seen.contains(&real) {
            let words = format!(
                "{} was named more than once and is read once",
                path.display()
            );
            warnings.push(Text::from(words.as_str()));
        } else {
            seen.push(real);
            kept.push(path.clone());
        }
    }
    (kept, warnings)
}

/// Where the result goes, and in which of `formats`.
pub(super) fn outputs<T: ?Sized>(
    wanted: &args::Output,
    format: Option<&str>,
    formats: &'static [Format<T>],
) -> Result<Vec<Output<T>>, Error> {
    let asked = format.map(|name| named(formats, name)).transpose()?;
    let paths = &wanted.output;
    let standard = [PathBuf::from("-")];
    let paths: &[PathBuf] = if paths.is_empty() { &standard } else { paths };
    let mut outputs: Vec<Output<T>> = Vec::new();
    for path in paths {
        let target = Target::new(path)?;
        if outputs.iter().any(|output| output.target == target) {
            return Err(Error::Usage(format!(
                "{}: named twice as an output",
                path.display()
            )));
        }
        // A device has no end that could say anything: it gets what standard output would.
        let named = if matches!(target, Target::Device(_)) {
            Path::new("-")
        } else {
            path
        };
        let format = format_of(formats, named, asked)?;
        let style = style(wanted, &target);
        outputs.push(Output {
            target,
            format,
            style,
        });
    }
    Ok(outputs)
}

fn named<T: ?Sized>(
    formats: &'static [Format<T>],
    name: &str,
) -> Result<&'static Format<T>, Error> {
    formats
        .iter()
        .find(|format| format.name == name)
        .ok_or_else(|| {
            let known: Vec<String> = formats
                .iter()
                .map(|format| format!("{} ({})", format.name, format.doc))
                .collect();
            Error::Usage(format!(
                "--format {name}: not known; use {}",
                known.join(", ")
            ))
        })
}

/// The end of the name decides; `--format` where it fits that end, or where no end is known.
fn format_of<T: ?Sized>(
    formats: &'static [Format<T>],
    path: &Path,
    asked: Option<&'static Format<T>>,
) -> Result<&'static Format<T>, Error> {
    let first = formats
        .first()
        .ok_or_else(|| Error::Usage("no formats".to_owned()))?;
    if path.as_os_str() == "-" {
        return Ok(asked.unwrap_or(first));
    }
    let name = path.file_name().unwrap_or_default();
    if let Some(format) = asked.filter(|format| longest_end(format, name) > 0) {
        return Ok(format);
    }
    // Of equally long ends the first format in the table has it.
    let by_name = formats
        .iter()
        .rev()
        .max_by_key(|format| longest_end(format, name))
        .filter(|format| longest_end(format, name) > 0);
    by_name.or(asked).ok_or_else(|| {
        let ends: Vec<String> = formats
            .iter()
            .filter_map(|format| format.extensions.first())
            .map(|end| format!(".{end}"))
            .collect();
        let path = path.display();
        Error::Usage(format!(
            "{path}: the end of the name says no format; use one of {}, or --format",
            ends.join(" ")
        ))
    })
}

/// Length of the longest of the format's ends that `name` has, in any case; 0 for none.
fn longest_end<T: ?Sized>(format: &Format<T>, name: &OsStr) -> usize {
    let name = name.to_string_lossy().to_ascii_lowercase();
    let fits = |end: &str| {
        name == end
            || name
                .strip_suffix(end)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    format
        .extensions
        .iter()
        .filter(|end| fits(end))
        .map(|end| end.len())
        .max()
        .unwrap_or(0)
}

pub(super) fn style(output: &args::Output, target: &Target) -> Style {
    let on_terminal = target.is_terminal();
    let colour = match output.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            on_terminal
                && !set("NO_COLOR")
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    let terminal = || {
        on_terminal
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| width.0)
    };
    let width = output
        .width
        .or_else(terminal)
        .map_or(Style::default().width, usize::from);
    Style { width, colour }
}

/// True if a variable is there and not empty (the rule of no-color.org).
fn set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// One line for standard error: whatever is in file names cannot act on the terminal.
pub(super) fn error_line(error: &Error) -> String {
    let mut words = error.to_string();
    if let Error::Io { source, .. } = error {
        // The number of the system's error helps no one who reads its words.
        if let Some(code) = source.raw_os_error() {
            words = words.replace(&format!(" (os error {code})"), "");
        }
        words.push_str(advice(source.kind()));
    }
    format!("whereto: {}", escape::terminal_str(&words))
}

/// What to do about a refusal of the system, where that can be told.
fn advice(kind: std::io::ErrorKind) -> &'static str {
    use std::io::ErrorKind as Kind;
    match kind {
        Kind::NotFound => "; check the path",
        Kind::PermissionDenied => "; ask for the right to it, or copy it to a place of yours",
        Kind::StorageFull | Kind::QuotaExceeded => "; make room, or write elsewhere with -o",
        Kind::ReadOnlyFilesystem => "; write elsewhere with -o",
        Kind::AlreadyExists => "; it is not replaced: choose another name",
        Kind::IsADirectory => "; name a file in it",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use whereto::report::{FLOW_FORMATS, FORMATS};

    #[track_caller]
    fn check(path: &str, asked: Option<&str>, want: &str) {
        let asked = asked.map(|name| named(FORMATS, name).unwrap());
        let got = match format_of(FORMATS, Path::new(path), asked) {
            Ok(format) => format.name.to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn the_end_of_a_name_decides() {
        check("-", None, "text");
        check("-", Some("json"), "json");
        check("a/report.json", None, "json");
        check("REPORT.JSON", None, "json");
        check("flows.csv", None, "csv");
        check("findings.csv", None, "csv-findings");
        check("monday.findings.csv", None, "csv-findings");
        check("monday-findings.csv", None, "csv");
        check("claims.csv", None, "csv-claims");
        check("report.junit.xml", None, "junit");
        check("report.xml", None, "junit");
        check("report.sarif.json", None, "sarif");
        check("any.csv", Some("csv-findings"), "csv-findings");
        check("report.json", Some("csv"), "json");
        check("report", Some("csv"), "csv");
        check("/dev/null", Some("csv"), "csv");
    }

    #[test]
    fn an_unknown_end_lists_the_known_ones() {
        check(
            "report.pdf",
            None,
            "report.pdf: the end of the name says no format; use one of .txt .json .csv \
             .html .findings.csv .claims.csv .sarif .xml .md, or --format",
        );
        assert!(named(FLOW_FORMATS, "csv-findings").is_err());
    }

    #[test]
    fn a_capture_named_twice_is_read_once() {
        let paths = ["Cargo.toml", "./Cargo.toml", "-", "-", "src"].map(PathBuf::from);
        let (kept, warnings) = distinct(&paths);
        assert_eq!(kept, ["Cargo.toml", "-", "src"].map(PathBuf::from));
        assert_eq!(warnings.len(), 2);
    }

    #[test]
    fn an_error_is_one_harmless_line() {
        let error = Error::Usage("a\nb\u{1b}[2J".to_owned());
        assert_eq!(error_line(&error), "whereto: a\\nb\\x1b[2J");
        let error = Error::Io {
            path: PathBuf::from("a.pcap"),
            what: "cannot open",
            source: std::io::Error::from_raw_os_error(2),
        };
        let want = "whereto: a.pcap: cannot open: No such file or directory; check the path";
        assert_eq!(error_line(&error), want);
    }
}
