//! Arguments to open files and checked choices.
//!
//! In:   what `args.rs` parsed.
//! Out:  settings that can be run, or an error that says what to do.

use super::args::{self, Colour};
use super::installed;
use super::live::{self, Filter, Trouble};
use super::output::Target;
use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use whereto::locate::Places;
use whereto::model::{Limits, Report, Text};
use whereto::report::{Format, Style, escape};
use whereto::source::{self, Capture};
use whereto::{AuditOptions, Error, judge};

/// Everything a run needs.
pub(super) struct Settings {
    pub(super) capture: Capture,
    pub(super) places: Places,
    pub(super) options: AuditOptions,
    pub(super) outputs: Vec<Output>,
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
    pub(super) input: &'a args::Input,
    pub(super) output: &'a args::Output,
    pub(super) format: Option<&'a str>,
    pub(super) formats: &'static [Format],
    pub(super) expect: Option<&'a str>,
    /// `None` for a command that judges nothing.
    pub(super) control: Option<&'a args::Control>,
    /// `None` for a command that has no use for places.
    pub(super) places: Option<&'a args::Places>,
    pub(super) keep_dns: bool,
    pub(super) keep_http: bool,
}

/// Checks everything, cheap things first, and opens the inputs.
pub(super) fn settle(request: &Request<'_>) -> Result<Settings, Error> {
    let parse = |written: Option<&str>| written.map(judge::parse_expectation).transpose();
    let control = |of: fn(&args::Control) -> Option<&String>| {
        parse(request.control.and_then(of).map(String::as_str))
    };
    let expect = parse(request.expect)?;
    let expect_operator = control(|control| control.expect_operator.as_ref())?;
    let expect_owner = control(|control| control.expect_owner.as_ref())?;
    let outputs = outputs(request.output, request.format, request.formats)?;
    let (captures, mut warnings) = distinct(&request.input.captures);
    for output in &outputs {
        output.target.refuse_inputs(&captures)?;
    }
    let exchanges = outputs.iter().any(|output| output.format.exchanges);
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
        places,
        options: AuditOptions {
            expect,
            expect_operator,
            expect_owner,
            asked: judge::Asked::default(),
            devices: request.input.device.clone(),
            limits,
            keep_dns: request.keep_dns && exchanges,
            keep_http: request.keep_http && exchanges,
            threads: request.input.threads.into(),
            hashed: hash,
        },
        outputs,
        filter,
        trouble,
        progress: !request.output.quiet && std::io::stderr().is_terminal(),
        warnings,
    })
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
             .findings.csv, or --format",
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
