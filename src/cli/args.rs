//! What the command line takes. Definitions and help texts only; `settings.rs` gives them
//! their meaning.

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// Audits where a phone's traffic goes.
#[derive(Debug, Parser)]
#[command(
    name = "whereto",
    version,
    about = "Audits where a phone's traffic goes",
    long_about = "Reads packet captures, names every destination, says in which country its \
        address is estimated to be and how surely, and which destinations lie outside the \
        countries that were expected.",
    after_help = EXIT_CODES,
    after_long_help = MAIN_EXAMPLES,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say where the traffic of captures goes, and judge it
    #[command(
        after_long_help = AUDIT_EXAMPLES,
        override_usage = "whereto audit [OPTIONS] <CAPTURE>...\n       whereto audit [OPTIONS] --interface <NAME>"
    )]
    Audit(Audit),
    /// List every flow
    #[command(
        after_long_help = FLOWS_EXAMPLES,
        override_usage = "whereto flows [OPTIONS] <CAPTURE>...\n       whereto flows [OPTIONS] --interface <NAME>"
    )]
    Flows(Flows),
    /// Draw where the traffic goes, as SVG: a map, a timeline, a flow diagram, round trips
    #[command(
        after_long_help = PLOT_EXAMPLES,
        override_usage = "whereto plot [OPTIONS] <PICTURE> <CAPTURE>...\n       whereto plot [OPTIONS] <PICTURE> --interface <NAME>"
    )]
    Plot(PlotCommand),
    /// List every DNS, mDNS and LLMNR exchange
    #[command(
        after_long_help = DNS_EXAMPLES,
        override_usage = "whereto dns [OPTIONS] <CAPTURE>...\n       whereto dns [OPTIONS] --interface <NAME>"
    )]
    Dns(Dns),
    /// Describe captures: form, interfaces, time, hashes, comments, losses
    #[command(
        after_long_help = INFO_EXAMPLES,
        override_usage = "whereto info [OPTIONS] <CAPTURE>...\n       whereto info [OPTIONS] --interface <NAME>"
    )]
    Info(Info),
    /// Explain one finding, claim, destination or flow whole: reasoning, doubts, evidence
    #[command(
        after_long_help = EXPLAIN_EXAMPLES,
        override_usage = "whereto explain [OPTIONS] <FINDING> <CAPTURE>...\n       whereto explain [OPTIONS] <FINDING> <REPORT.json>"
    )]
    Explain(Box<Explain>),
    /// Write the packets of findings, flows, destinations or times to a capture of their own
    #[command(after_long_help = EXTRACT_EXAMPLES)]
    Extract(Extract),
    /// Write an audit with its evidence to a folder or archive that others can check
    #[command(
        after_long_help = BUNDLE_EXAMPLES,
        override_usage = "whereto bundle [OPTIONS] <CAPTURE>... -o <DIR|FILE.zip>\n       whereto bundle --new-key <FILE>"
    )]
    Bundle(Bundle),
    /// Write captures that can be shown: pseudonyms, blank contents, the findings as they were
    #[command(
        after_long_help = REDACT_EXAMPLES,
        override_usage = "whereto redact [OPTIONS] [BUNDLE] <CAPTURE>... -o <DIR|FILE.zip|FILE.pcapng>"
    )]
    Redact(Redact),
    /// Check a bundle: hashes, signature and, from the captures, the report itself
    #[command(after_long_help = VERIFY_EXAMPLES)]
    Verify(Verify),
    /// Explain where an address is and who operates it, or who owns a name, source by source
    #[command(after_long_help = WHERE_EXAMPLES)]
    Where(Where),
    /// Say what changed between two captures, or saved reports: names, places, encryption, round trips
    #[command(after_long_help = DIFF_EXAMPLES)]
    Diff(Diff),
    /// List, build, install and remove place data
    Geo {
        #[command(subcommand)]
        command: Geo,
    },
    /// Write a policy, claims and a log of phases for a market, with comments, to begin from
    #[command(after_long_help = INIT_EXAMPLES)]
    Init(Init),
    /// List, show, check and explain policies
    Policy {
        #[command(subcommand)]
        command: Policy,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page (roff)
    Man,
}

#[derive(Debug, Subcommand)]
pub(super) enum Geo {
    /// List what a run with these options would know of places
    #[command(after_long_help = GEO_LIST_EXAMPLES)]
    List(GeoList),
    /// Measure how often estimates are right, against ranges that operators publish
    #[command(after_long_help = GEO_MEASURE_EXAMPLES)]
    Measure(GeoMeasure),
    /// Build one place database out of tables and databases of your own
    #[command(after_long_help = GEO_BUILD_EXAMPLES)]
    Build(GeoBuild),
    /// Copy place databases to where later runs find them
    #[command(after_long_help = GEO_INSTALL_EXAMPLES)]
    Install(GeoInstall),
    /// Remove an installed place database
    #[command(after_long_help = GEO_REMOVE_EXAMPLES)]
    Remove(GeoRemove),
}

#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// List the built-in policies
    List,
    /// Print the text of a built-in policy, to start one of your own from
    Show {
        /// Its name, as policy list shows it
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Check policies: codes, groups, owners, rules that are never reached or contradict others
    ///
    /// Each fault and doubt is a line with file, line and column. Exits with 1 where there is a
    /// fault, with 2 where a file is no policy, and with 0 otherwise; doubts alone are no fault.
    Check {
        /// Names of built-in policies, or files
        #[arg(required = true, value_name = "NAME|FILE")]
        policies: Vec<PathBuf>,
    },
    /// Say which rule judged one flow on each axis, and why
    Explain(Box<PolicyExplain>),
    /// Print the JSON Schema of policies, for editors
    Schema,
}

#[derive(Debug, Group)]
pub(super) struct PolicyExplain {
    /// Name of a built-in policy, or a file
    #[arg(value_name = "NAME|FILE")]
    pub(super) policy: PathBuf,
    /// Number of the flow, as whereto flows shows it
    #[arg(long, value_name = "N")]
    pub(super) flow: u64,
    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) tested: Tested,
    #[command(flatten)]
    pub(super) places: Places,
}

#[derive(Debug, Group)]
pub(super) struct GeoList {
    #[command(flatten)]
    pub(super) places: Places,
    /// Form of the output: text or json
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Group)]
pub(super) struct GeoMeasure {
    /// Lists of ranges taken for the truth, as --ranges reads them; without one the embedded list
    #[arg(value_name = "TRUTH")]
    pub(super) truth: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) places: Places,
    /// Write to FILE, - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(super) output: PathBuf,
}

#[derive(Debug, Group)]
pub(super) struct GeoBuild {
    /// CSV, JSON and MaxMind DB files, best first; each may be a gzip file
    ///
    /// What a file holds is told by its content. Each fact of an address, country or system,
    /// comes from the first source that has it. docs/data.md describes the columns and keys.
    #[arg(required = true, value_name = "SOURCE")]
    pub(super) sources: Vec<PathBuf>,
    /// The database to write, - for standard output
    #[arg(short, long, value_name = "FILE.mmdb")]
    pub(super) output: PathBuf,
    /// Day for which the data is right; else the newest build date among the sources
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) date: Option<String>,
    /// What the database calls itself; else the name of its file without a date, and what it holds
    ///
    /// Files of one type and description are editions of one database: of them the one nearest
    /// to the traffic speaks.
    #[arg(long = "type", value_name = "NAME")]
    pub(super) kind: Option<String>,
    /// One line about the contents, and the credit that is owed
    #[arg(long, value_name = "TEXT")]
    pub(super) description: Option<String>,
}

#[derive(Debug, Group)]
pub(super) struct GeoInstall {
    /// Databases in MaxMind's format (.mmdb, .mmdb.gz), or folders that hold them
    #[arg(required = true, value_name = "FILE|DIR")]
    pub(super) paths: Vec<PathBuf>,
}

#[derive(Debug, Group)]
pub(super) struct GeoRemove {
    /// Name of an installed database, as geo list shows it
    #[arg(required = true, value_name = "NAME")]
    pub(super) names: Vec<String>,
}

#[derive(Debug, Group)]
pub(super) struct Audit {
    #[command(flatten)]
    pub(super) question: Question,
    /// What makes the run fail: violated, indeterminate, not-exercised, or never
    ///
    /// Separated by commas. `violated` gives exit code 1, the others 3. Contradicted claims count
    /// as violated; `not-exercised` are claims and rules that the capture never tested. A damaged
    /// input gives 4 in any case.
    #[arg(long, value_name = "LIST", default_value = "violated,indeterminate")]
    pub(super) fail_on: String,
    /// Form of the output: text, json, html, csv (flows), csv-findings, csv-claims, sarif, junit or
    /// markdown
    ///
    /// Without it the end of a file's name decides; standard output gets text.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

/// What an audit is asked, and of what: everything but what becomes of the answer.
#[derive(Debug, Group)]
pub(super) struct Question {
    /// Countries and groups that are expected, such as IN,SG,@EEA
    ///
    /// ISO 3166-1 codes and groups, separated by commas. Flows to addresses placed anywhere else are
    /// findings `violated`; flows whose place is not known surely enough are `indeterminate`;
    /// the rest is `met`. Without it nothing is judged.
    #[arg(long, value_name = "LIST")]
    pub(super) expect: Option<String>,
    #[command(flatten)]
    pub(super) control: Control,
    /// A file of claims that are held against the capture (repeat for several)
    ///
    /// Vendors' statements with their testable readings, as docs/claims.md describes them. Each is
    /// supported or contradicted by this capture, indeterminate, or not exercised.
    #[arg(long, value_name = "FILE.toml")]
    pub(super) claims: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) suppressed: Suppressed,
    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) test: Test,
    #[command(flatten)]
    pub(super) places: Places,
}

#[derive(Debug, Group)]
pub(super) struct Explain {
    /// What to explain: the id of a finding or claim or how it begins, a destination, or the number
    /// of a flow
    ///
    /// EC-04c9, claim:no-china, tracker.example, 42.62.94.10, 12. For a destination and for a flow
    /// that is each finding on it. A rule of the policy gives its findings.
    #[arg(value_name = "FINDING")]
    pub(super) subject: String,
    #[command(flatten)]
    pub(super) question: Question,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Group)]
pub(super) struct Flows {
    /// Countries and groups that are expected: adds a verdict to each flow
    #[arg(long, value_name = "LIST")]
    pub(super) expect: Option<String>,
    #[command(flatten)]
    pub(super) control: Control,
    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) test: Test,
    #[command(flatten)]
    pub(super) places: Places,
    /// Form of the output: text, json or csv
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Group)]
pub(super) struct PlotCommand {
    /// What to draw
    #[arg(value_name = "PICTURE")]
    pub(super) picture: Plot,
    /// Countries and groups that are expected: marks what does not fit
    #[arg(long, value_name = "LIST")]
    pub(super) expect: Option<String>,
    #[command(flatten)]
    pub(super) control: Control,
    #[command(flatten)]
    pub(super) test: Test,
    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) places: Places,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Plot {
    /// Bytes out by country, on a map of the world
    Map,
    /// Flows by destination over time, with the phases of a test
    Timeline,
    /// Bytes out from app or name to controller to country
    Flow,
    /// Round trips against distance, and what light allows; needs --vantage
    Rtt,
}

#[derive(Debug, Group)]
pub(super) struct Dns {
    #[command(flatten)]
    pub(super) input: Input,
    /// Form of the output: text, json or csv
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Group)]
pub(super) struct Info {
    #[command(flatten)]
    pub(super) input: Input,
    /// Form of the output: text or json
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

/// What somebody answers for.
#[derive(Debug, Group)]
pub(super) struct Suppressed {
    /// Findings that somebody answers for: they are marked, and do not count
    ///
    /// TOML, described in docs/automation.md: each entry has a reason, an owner and the day it
    /// ends. An entry that has expired or that fits nothing is a warning.
    #[arg(long, value_name = "FILE.toml")]
    pub(super) suppress: Option<PathBuf>,
    /// The day against which suppressions expire; else that of the last packet
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(super) as_of: Option<i64>,
}

/// Who is expected behind networks and names.
#[derive(Debug, Group)]
pub(super) struct Control {
    /// What is expected, as data: the name of a built-in policy, or a TOML file
    ///
    /// `whereto policy list` shows the built-in ones; docs/policies.md describes the form. Its rules
    /// are findings beside those of --expect and its like.
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) policy: Option<PathBuf>,
    /// Countries in which the operators of networks are expected to have their seat
    ///
    /// Written as for --expect. Judged is the country of the head office of the operator's ultimate
    /// parent, as the catalogue of operators has it; an operator in no catalogue is `indeterminate`.
    #[arg(long, value_name = "LIST")]
    pub(super) expect_operator: Option<String>,
    /// Countries in which the owners of names are expected to have their seat
    ///
    /// Written as for --expect. Judged is the country of the head office of the owner's ultimate
    /// parent, as the catalogue of owners has it; a flow without a name, a name in no catalogue and
    /// a customer's name below that of its host are `indeterminate`.
    #[arg(long, value_name = "LIST")]
    pub(super) expect_owner: Option<String>,
}

/// What is audited again before packets are chosen by its results.
#[derive(Debug, Group)]
pub(super) struct Judged {
    /// Captures: files, folders and globs; read more than once, so not standard input
    #[arg(required = true, value_name = "CAPTURE")]
    pub(super) captures: Vec<PathBuf>,
    /// Countries and groups that are expected, as for audit
    #[arg(long, value_name = "LIST")]
    pub(super) expect: Option<String>,
    #[command(flatten)]
    pub(super) control: Control,
    /// A file of claims, as for audit (repeat for several)
    #[arg(long, value_name = "FILE.toml")]
    pub(super) claims: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) test: Test,
    /// An address or MAC of the audited device (repeat for several)
    #[arg(long, value_name = "IP|MAC")]
    pub(super) device: Vec<String>,
    /// Threads that share the work
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: u16,
    #[command(flatten)]
    pub(super) places: Places,
    /// No progress on standard error
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Debug, Group)]
pub(super) struct Bundle {
    #[command(flatten)]
    pub(super) judged: Judged,
    /// The bundle to write: a folder that is not there yet, or a file that ends in .zip
    #[arg(
        short,
        long,
        value_name = "DIR|FILE.zip",
        required_unless_present = "new_key"
    )]
    pub(super) output: Option<PathBuf>,
    /// Sign with a secret key of minisign that has no password
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// Make such a key, and FILE.pub beside it, and do nothing else
    #[arg(long, value_name = "FILE", exclusive = true)]
    pub(super) new_key: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(super) struct Redact {
    #[command(flatten)]
    pub(super) judged: Judged,
    /// What to write: a bundle (a folder that is not there yet, or a file that ends in .zip), or
    /// the capture alone (a file that ends in .pcapng)
    #[arg(short, long, value_name = "DIR|FILE.zip|FILE.pcapng")]
    pub(super) output: PathBuf,
    /// Values to hide wherever they stand, one a line: names, numbers, accounts (repeat for
    /// several)
    ///
    /// At least four bytes each. They are hidden in their usual spellings as well: percent, hex,
    /// base64, UTF-16 and reversed.
    #[arg(long, value_name = "FILE")]
    pub(super) also: Vec<PathBuf>,
    /// What stays behind the headers of TCP and UDP: what names destinations, or nothing
    #[arg(long, value_name = "KIND", default_value = "names")]
    pub(super) payload: PayloadKind,
    /// Cut what is blank at the end of packets: smaller, and marked as cut
    #[arg(long)]
    pub(super) cut: bool,
    /// Leave out the SHA-256 of the captures that were redacted
    ///
    /// It proves later which captures these were; whoever can guess everything that was taken out
    /// can prove the guess by it as well.
    #[arg(long)]
    pub(super) no_original_hashes: bool,
    /// Write down which value became which: keep it to yourself
    #[arg(long, value_name = "FILE")]
    pub(super) pseudonyms: Option<PathBuf>,
    /// Sign the bundle with a secret key of minisign that has no password
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
}

/// What stays of contents.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum PayloadKind {
    /// Public names in DNS, TLS, QUIC and HTTP, versions and protocols
    Names,
    /// Nothing
    Blank,
}

#[derive(Debug, Group)]
pub(super) struct Verify {
    /// The bundle: a folder or a .zip
    #[arg(value_name = "BUNDLE")]
    pub(super) bundle: PathBuf,
    /// The captures: the report is then made again from them and compared line by line
    #[arg(value_name = "CAPTURE")]
    pub(super) captures: Vec<PathBuf>,
    /// The public key of whoever is to have signed it: a file of minisign, or the key itself
    #[arg(long, value_name = "FILE|KEY")]
    pub(super) public_key: Option<String>,
    /// Certificates of the authority whose time stamp it is to have: PEM, or DER
    #[arg(long, value_name = "FILE")]
    pub(super) tsa_ca: Option<PathBuf>,
    /// A database or list that the audit used and that is elsewhere now (repeat for several)
    ///
    /// It is known by its hash.
    #[arg(long, value_name = "FILE")]
    pub(super) data: Vec<PathBuf>,
    /// No progress on standard error
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Debug, Group)]
pub(super) struct Extract {
    #[command(flatten)]
    pub(super) judged: Judged,
    /// The packets of a finding: its id, or how it begins (repeat for several)
    ///
    /// The same expectations must be given as for the audit that found it: with the same captures
    /// a finding has the same id.
    #[arg(long, value_name = "ID")]
    pub(super) finding: Vec<String>,
    /// The packets of the flow of this number (repeat for several)
    #[arg(long, value_name = "N")]
    pub(super) flow: Vec<u64>,
    /// The packets of all flows to a name, to names below it, or to an address (repeat for several)
    #[arg(long, value_name = "NAME|ADDRESS")]
    pub(super) destination: Vec<String>,
    /// Packets from this time on, such as 2026-11-21T04:31:07Z
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) from: Option<i64>,
    /// Packets before this time
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) until: Option<i64>,
    /// Packets by number, over all captures in the order of the audit: 7,10-19
    #[arg(long, value_name = "LIST", value_parser = frames)]
    pub(super) frames: Option<Frames>,
    /// The capture to write, - for standard output
    #[arg(short, long, value_name = "FILE.pcapng")]
    pub(super) output: PathBuf,
    /// Copy the secrets that the captures hold (TLS keys) as well: whoever has them can decrypt
    #[arg(long)]
    pub(super) with_secrets: bool,
}

/// First and last numbers of frames.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Frames(pub(super) Vec<(u64, u64)>);

fn frames(text: &str) -> Result<Frames, String> {
    let wrong = || "not a list of numbers such as 7,10-19".to_owned();
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        (first <= last).then_some((first, last))
    };
    let ranges: Option<Vec<(u64, u64)>> = text.split(',').map(range).collect();
    ranges.map(Frames).ok_or_else(wrong)
}

/// Nanoseconds since 1970.
fn instant(text: &str) -> Result<i64, String> {
    let time: jiff::Timestamp = text
        .parse()
        .map_err(|_| "not a time such as 2026-11-21T04:31:07Z".to_owned())?;
    i64::try_from(time.as_nanosecond()).map_err(|_| "a time out of range".to_owned())
}

#[derive(Debug, Group)]
pub(super) struct Where {
    /// Addresses and names; names are not looked up, only their owners are told
    #[arg(required = true, value_name = "ADDRESS|NAME")]
    pub(super) subjects: Vec<String>,
    #[command(flatten)]
    pub(super) places: Places,
    /// The smallest round trip measured to the addresses, in milliseconds; with --vantage
    #[arg(long, value_name = "MS", requires = "vantage", value_parser = milliseconds)]
    pub(super) rtt: Option<u64>,
    /// The day of the traffic, YYYY-MM-DD; else the newest data speaks
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) at: Option<i64>,
    /// Form of the output: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
    #[command(flatten)]
    pub(super) output: Output,
}

/// What the tester did, and what the phone does anyway.
#[derive(Debug, Group)]
pub(super) struct Test {
    /// What is to be said of the test in a report: phone, firmware, place, who captured how (TOML)
    ///
    /// Keys: title, notice, device, firmware, apps, sim, place, dates, network, captured_by, method,
    /// contact, case, note, and reply: what the vendor answered, printed in full on each finding. Declared, not observed: shown as such, and never used to judge.
    #[arg(long, value_name = "FILE.toml")]
    pub(super) about: Option<PathBuf>,
    #[command(flatten)]
    pub(super) tested: Tested,
    /// A capture of the phone at rest (repeat for several)
    ///
    /// It is audited first, with the same places, devices and filter. Flows to destinations that it
    /// has too are marked; no verdict changes.
    #[arg(long, value_name = "CAPTURE")]
    pub(super) baseline: Vec<PathBuf>,
}

/// What the tester did, and when.
#[derive(Debug, Group)]
pub(super) struct Tested {
    /// A log of what the tester did, and when, in CSV or TOML
    ///
    /// Each flow belongs to the phase it began in; the report has what was sent in each, and which
    /// destinations were contacted there first. docs/phases.md describes the file. One thread then
    /// does the work.
    #[arg(long, value_name = "FILE")]
    pub(super) phases: Option<PathBuf>,
    /// Seconds to add to the log's times: how far the capture's clock is ahead of the log's
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "phases",
        allow_hyphen_values = true,
        value_parser = clock_offset
    )]
    pub(super) clock_offset: Option<i64>,
    /// Take marks inside the capture for the beginnings of phases
    ///
    /// Packet comments of pcapng such as `phase: consent-shown`, and DNS queries for names such as
    /// consent-shown.phase.whereto.invalid. Such queries are not counted as traffic.
    #[arg(long)]
    pub(super) phase_marks: bool,
    /// Take datagrams and pings to an address for such marks (repeat for several)
    ///
    /// Their payload is the name of the phase. They are not counted as traffic.
    #[arg(long, value_name = "IP")]
    pub(super) phase_mark_address: Vec<std::net::IpAddr>,
}

/// Signed seconds, with decimals or without, as nanoseconds.
fn clock_offset(text: &str) -> Result<i64, String> {
    let wrong = || "not a number of seconds such as -2.5".to_owned();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1_i64, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || whole.len() > 9 || !all_digits(decimals) || decimals.len() > 9 {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let fraction: i64 = format!("{decimals:0<9}").parse().map_err(|_| wrong())?;
    Ok(sign.saturating_mul(whole.saturating_mul(1_000_000_000).saturating_add(fraction)))
}

#[derive(Debug, Group)]
pub(super) struct Init {
    /// The market, as --list shows it
    #[arg(value_name = "MARKET", required_unless_present = "list")]
    pub(super) market: Option<String>,
    /// List the markets
    #[arg(long, conflicts_with = "market")]
    pub(super) list: bool,
    /// The folder to write to; it is made where it is not there
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub(super) output: PathBuf,
}

/// Milliseconds, with decimals or without, as nanoseconds.
fn milliseconds(text: &str) -> Result<u64, String> {
    let wrong = || "not a number of milliseconds between 0 and 60000".to_owned();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) || decimals.len() > 6 {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let fraction: u64 = format!("{decimals:0<6}").parse().map_err(|_| wrong())?;
    let nanoseconds = whole.saturating_mul(1_000_000).saturating_add(fraction);
    if nanoseconds == 0 || nanoseconds > 60_000_000_000 {
        return Err(wrong());
    }
    Ok(nanoseconds)
}

/// Noon of a day, in seconds since 1970.
fn day(text: &str) -> Result<i64, String> {
    let day: jiff::civil::Date = text
        .parse()
        .map_err(|_| "not a day such as 2026-11-21".to_owned())?;
    let noon = day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    noon.map(|noon| noon.timestamp().as_second())
        .map_err(|_| "a day out of range".to_owned())
}

#[derive(Debug, Group)]
pub(super) struct Diff {
    /// The side before: a capture, a folder of captures, a report saved with audit --format json,
    /// or - for standard input
    ///
    /// What a file holds is told by its content. Options on places and devices are for captures: a
    /// saved report keeps what it was made with.
    #[arg(value_name = "BEFORE")]
    pub(super) before: PathBuf,
    /// The side after, likewise
    #[arg(value_name = "AFTER")]
    pub(super) after: PathBuf,
    /// Claims to be judged (repeat for several)
    ///
    /// The keys migrated_since and latency_reduced are judged over both sides. Everything else in
    /// the file is judged on AFTER, where that is a capture.
    #[arg(long, value_name = "FILE")]
    pub(super) claims: Vec<PathBuf>,
    /// An address or MAC of the audited device in captures (repeat for several)
    #[arg(long, value_name = "IP|MAC")]
    pub(super) device: Vec<String>,
    /// Do not hash the captures
    #[arg(long)]
    pub(super) no_hash: bool,
    /// Threads that share the work
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: u16,
    #[command(flatten)]
    pub(super) places: Places,
    /// Form of the output: text, json, csv or markdown
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

/// What is read, and how.
#[derive(Debug, Group)]
pub(super) struct Input {
    /// Captures: files, folders, globs, or - for standard input
    ///
    /// pcap and pcapng, plain or compressed with gzip, zstd, xz or lz4. Several are merged in
    /// the order of time. A folder is searched for captures.
    #[arg(
        required_unless_present = "interface",
        conflicts_with = "interface",
        value_name = "CAPTURE"
    )]
    pub(super) captures: Vec<PathBuf>,
    /// Capture on a network interface instead, until Ctrl-C; then report
    ///
    /// Needs the right to listen there, and a build with the feature `live`. What libpcap dropped
    /// stands in the report.
    #[arg(long, value_name = "NAME", conflicts_with = "follow")]
    pub(super) interface: Option<String>,
    /// End the capture on --interface after SECONDS
    #[arg(long, value_name = "SECONDS", requires = "interface", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) duration: Option<u32>,
    /// Audit only packets that fit a filter of libpcap, such as 'host 10.0.0.2'; count the others
    ///
    /// The language is that of pcap-filter(7), and of tcpdump. Needs a build with the feature
    /// `live`. Lengths in it are those captured.
    #[arg(long, value_name = "EXPRESSION")]
    pub(super) filter: Option<String>,
    /// An address or MAC of the audited device (repeat for several)
    ///
    /// Without it the device is worked out from the traffic; the report says how.
    #[arg(long, value_name = "IP|MAC")]
    pub(super) device: Vec<String>,
    /// Do not hash the captures; the report says so
    #[arg(long)]
    pub(super) no_hash: bool,
    /// Threads that share the work
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: u16,
    /// Wait for a capture that is still being written, until it has not grown for SECONDS
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "10")]
    pub(super) follow: Option<u32>,
}

/// Where places come from.
#[derive(Debug, Group)]
pub(super) struct Places {
    /// A place database of your own in MaxMind's format (repeat for several)
    #[arg(long, value_name = "FILE.mmdb")]
    pub(super) geo: Vec<PathBuf>,
    /// A folder with such databases (repeat for several)
    ///
    /// Every .mmdb and .mmdb.gz in it is used, in the order of names; folders in it are not
    /// searched. Of several editions of one database the one nearest to each flow speaks.
    #[arg(long, value_name = "DIR")]
    pub(super) geo_dir: Vec<PathBuf>,
    /// Installed databases named one by one: paths and hashes.
    #[arg(skip)]
    pub(super) installed: Vec<(PathBuf, String)>,
    /// Do not use databases that geo install has installed
    #[arg(long)]
    pub(super) no_installed_geo: bool,
    /// A list of ranges of your own: what a cloud publishes, a geofeed or a CSV table (repeat for
    /// several)
    ///
    /// ip-ranges.json (AWS), ServiceTags_Public (Azure), cloud.json and goog.json (Google),
    /// public_ip_ranges.json (Oracle), geofeeds (RFC 8805), and tables with a column `prefix` and
    /// any of provider, region, service, country and city; also compressed. It is the operator's
    /// own word.
    #[arg(long, value_name = "FILE")]
    pub(super) ranges: Vec<PathBuf>,
    /// A list of anycast prefixes of your own (repeat for several)
    ///
    /// One prefix a line, as bgp.tools gives them, or a CSV table such as the LACeS census; also
    /// compressed. An anycast address has no single country.
    #[arg(long, value_name = "FILE")]
    pub(super) anycast: Vec<PathBuf>,
    /// Where the phone was: a country code, or latitude and longitude as LAT,LON
    ///
    /// The smallest handshake round trip of a server then excludes the countries that light in
    /// fibre could not have reached and returned from. A territory with a code of its own is not
    /// its country: GP, not FR. Coordinates count as exactly as they are written.
    #[arg(long, value_name = "CC|LAT,LON", allow_hyphen_values = true)]
    pub(super) vantage: Option<String>,
    /// Do not use the embedded place database
    #[arg(long)]
    pub(super) no_embedded_geo: bool,
    /// A catalogue of owners of your own, asked before the embedded one (repeat for several)
    ///
    /// TOML in the form of the embedded catalogue (docs/data.md), AdGuard's companiesdb
    /// (trackers.json, companies.json) or Disconnect's lists (services.json, entities.json). The
    /// last two give no countries.
    #[arg(long, value_name = "FILE")]
    pub(super) owners: Vec<PathBuf>,
}

/// Where the result goes, and how it looks.
#[derive(Debug, Group)]
pub(super) struct Output {
    /// Write to FILE, - for standard output (repeat for several)
    ///
    /// The end of the name decides the form: .txt, .json or .csv, as far as --format knows them;
    /// for audit also .findings.csv, .claims.csv, .sarif, .junit.xml and .md. A file appears whole or not at all. Without -o the result
    /// goes to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Vec<PathBuf>,
    /// Colours in text; auto means on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Colour,
    /// Columns of text output (60 to 400); else those of the terminal, or 100
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(60..=400))]
    pub(super) width: Option<u16>,
    /// No progress on standard error
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing violated or contradicted
  1  at least one destination violated, or a claim contradicted
  2  wrong usage, or a file could not be read or written
  3  nothing violated or contradicted, but something indeterminate
  4  the input was damaged or cut and nothing was violated or contradicted";

const MAIN_EXAMPLES: &str = "\
Examples:
  whereto audit phone.pcap
      where the traffic goes, as a report to read
  whereto audit phone.pcap --expect IN,SG,@EEA
      and which destinations lie outside what is expected
  whereto info phone.pcapng.zst
      what the capture says about itself

Exit codes:
  0  nothing violated or contradicted
  1  at least one destination violated, or a claim contradicted
  2  wrong usage, or a file could not be read or written
  3  nothing violated or contradicted, but something indeterminate
  4  the input was damaged or cut and nothing was violated or contradicted
Where several fit, the first of 2, 1, 4, 3, 0 is given. Without an expectation nothing is judged.";

const AUDIT_EXAMPLES: &str = "\
Examples:
  whereto audit phone.pcap --expect IN,SG
  whereto audit monday/ tuesday/ --device 192.168.1.20 --device 02:00:5e:10:00:01
  whereto audit phone.pcap -o report.txt -o report.json -o flows.csv -o audit.findings.csv
  whereto audit phone.pcap --expect IN -o report.sarif -o report.junit.xml -o comment.md
  whereto audit phone.pcap --expect IN --fail-on violated --suppress known.toml
  whereto audit phone.pcap --geo GeoLite2-City.mmdb --no-embedded-geo
  whereto audit phone.pcap --expect-owner @EEA,US --owners own.toml
  whereto audit phone.pcap --phases log.csv --clock-offset -2.5 --baseline idle.pcap
  whereto audit phone.pcap --claims vendor.toml
  adb exec-out tcpdump -i any -U -w - | whereto audit - --format json

Exit codes: 0 nothing violated, 1 violated, 2 usage or file error, 3 indeterminate only,
4 input damaged or cut and nothing violated.";

const DIFF_EXAMPLES: &str = "\
Examples:
  whereto diff before.pcap after.pcap
  whereto diff march.json after.pcap --claims vendor.toml --vantage IN
  whereto diff monday/ tuesday/ -o diff.txt -o diff.json -o diff.csv -o diff.md

Exit codes: 0 no claim contradicted, 1 a claim contradicted, 2 usage or file error, 3 a claim
indeterminate, 4 a side damaged or cut and no claim contradicted. Without --claims nothing is judged.";

const FLOWS_EXAMPLES: &str = "\
Examples:
  whereto flows phone.pcap
  whereto flows phone.pcap --format csv > flows.csv
  whereto flows phone.pcap --expect @EEA -o flows.json

The columns are described in docs/columns.md.";

const PLOT_EXAMPLES: &str = "\
Examples:
  whereto plot map phone.pcap --expect IN,SG --vantage IN -o map.svg
  whereto plot timeline phone.pcap -o timeline.svg
  whereto plot rtt phone.pcap --vantage 28.61,77.21 > rtt.svg

A file stands alone: it has title, legend and notes in it, follows the viewer's light or dark theme
and refers to nothing elsewhere. Exit codes are those of audit.";

const DNS_EXAMPLES: &str = "\
Examples:
  whereto dns phone.pcap
  whereto dns phone.pcap --format json
  whereto dns phone.pcap -o names.csv";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  whereto explain EC-04c9 phone.pcap --expect IN,SG
  whereto explain tracker.example phone.pcap --claims vendor.toml
  whereto explain claim:no-china phone.pcap --claims vendor.toml
  whereto explain 12 report.json

The options are those of audit: give the same as when it was found. A report saved with audit
--format json or -o report.json keeps what it was made with, and has no packets.

Exit codes: 0 explained, 2 usage or file error, or nothing fits, 4 input damaged or cut.";

const EXTRACT_EXAMPLES: &str = "\
Examples:
  whereto extract phone.pcap --expect IN,SG --finding EC-5f3c -o finding.pcapng
  whereto extract phone.pcap --flow 12 --flow 31 -o flows.pcapng
  whereto extract phone.pcap --destination tracker.example -o tracker.pcapng
  whereto extract phone.pcap --from 2026-11-21T04:31:07Z --until 2026-11-21T04:32:00Z -o minute.pcapng

A packet is written once, if it fits any choice. Its comment says why it is there, and its number in
the capture that it came from. The DNS answers that gave a chosen flow its name come with it.

Exit codes: 0 written, 2 usage or file error, or nothing fits a choice, 4 input damaged or cut.";

const BUNDLE_EXAMPLES: &str = "\
Examples:
  whereto bundle phone.pcap --expect IN,SG -o bundle.zip
  whereto bundle --new-key whereto.key
  whereto bundle phone.pcap --expect IN,SG --about test.toml --key whereto.key -o bundle/

In it: the report in every form, a capture for each finding that is not met, the settings, what each
database said, and manifest.sha256 for sha256sum -c. The captures themselves stay where they are.
docs/evidence.md describes each file.

Exit codes: as for audit.";

const REDACT_EXAMPLES: &str = "\
Examples:
  whereto redact phone.pcap --expect IN,SG -o shared.zip
  whereto redact phone.pcap --expect IN,SG --also mine.txt --about test.toml --key whereto.key -o shared/
  whereto redact bundle.zip phone.pcap -o shared.zip
  whereto redact phone.pcap --payload blank --cut -o shared.pcapng

The result has the packets, times, lengths and public destinations of the captures. Addresses,
hardware addresses and names of the local network are pseudonyms; contents are blank but for what
findings rest on. The report is made from the redacted capture, which is in the bundle, so that
whereto verify needs nothing else. Look at it before you share it: docs/evidence.md says what can
still be seen.

Exit codes: as for audit.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  whereto verify bundle.zip
  whereto verify bundle.zip phone.pcap --public-key whereto.key.pub

Exit codes: 0 nothing differs, 1 something differs, 2 usage or file error, or no bundle, 3 nothing
differs, but something that was asked for could not be checked.";

const GEO_MEASURE_EXAMPLES: &str = "\
Examples:
  whereto geo measure
      the embedded databases against the embedded list of ranges
  whereto geo measure ip-ranges.json --geo GeoLite2-Country.mmdb
      two databases, and the embedded ranges, against a list of another day

The output is a table in Markdown. Databases read such lists too: shares are upper bounds.";

const INIT_EXAMPLES: &str = "\
Examples:
  whereto init india
  whereto init --list
  whereto init singapore -o audits/singapore

Writes policy.toml, claims.toml and phases.csv. A file that exists is never replaced.";

const WHERE_EXAMPLES: &str = "\
Examples:
  whereto where 54.179.147.20
  whereto where 52.0.14.116 --vantage DE --rtt 9
      what light could not have reached is excluded
  whereto where tracking.miui.com 8.8.8.8 --format json

Nothing is asked of any network: a name is not turned into addresses.";

const INFO_EXAMPLES: &str = "\
Examples:
  whereto info phone.pcapng
  whereto info captures/ --format json
  whereto info big.pcap --no-hash";

const GEO_LIST_EXAMPLES: &str = "\
Examples:
  whereto geo list
  whereto geo list --geo-dir editions/ --no-embedded-geo
  whereto geo list --format json";

const GEO_BUILD_EXAMPLES: &str = "\
Examples:
  whereto geo build offices.csv -o offices-2026-11.mmdb --date 2026-11-01
  whereto geo build own.json GeoLite2-Country.mmdb -o merged.mmdb --type Own-Country

Rows of CSV: first,last,country or first,last,asn,org or network,country; or a first line that names
the columns, such as network,country_code,asn,org. JSON: objects with such keys.";

const GEO_INSTALL_EXAMPLES: &str = "\
Examples:
  whereto geo install GeoLite2-City.mmdb
  whereto geo install editions/

Nothing is downloaded. Each file is read through before it is copied. The folder is whereto/geo in
your data directory, or geo in WHERETO_DATA_DIR; SHA256SUMS there fits `sha256sum -c`.";

const GEO_REMOVE_EXAMPLES: &str = "\
Examples:
  whereto geo remove GeoLite2-City.mmdb";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_hold_together() {
        Args::command().debug_assert();
    }

    /// `UPDATE=1 cargo test` rewrites the page: read the diff.
    #[test]
    fn the_page_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");
        let mut page = String::from(
            "# The command line\n\nWhat `whereto help` and `whereto help COMMAND` print. \
             Generated from `src/cli/args.rs`.\n",
        );
        let mut program = Args::command().term_width(100);
        program.build();
        section(&mut page, "whereto", &mut program.clone());
        for command in program
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
        {
            let title = format!("whereto {}", command.get_name());
            section(&mut page, &title, &mut command.clone());
            for part in command.get_subcommands() {
                if part.get_name() != "help" {
                    let title = format!("{title} {}", part.get_name());
                    section(&mut page, &title, &mut part.clone());
                }
            }
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == page, "docs/cli.md is stale: run with UPDATE=1");
    }

    fn section(page: &mut String, title: &str, command: &mut clap::Command) {
        let help = command
            .clone()
            .term_width(100)
            .render_long_help()
            .to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        page.push_str(&format!(
            "\n## {title}\n\n```text\n{}\n```\n",
            help.join("\n").trim_end()
        ));
    }

    #[test]
    fn clock_offsets_are_exact() {
        assert_eq!(clock_offset("-2.5"), Ok(-2_500_000_000));
        assert_eq!(clock_offset("+0.000000001"), Ok(1));
        assert_eq!(clock_offset("3600"), Ok(3_600_000_000_000));
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1e3",
            "--1",
            "9999999999",
            "0.0000000001",
        ] {
            assert!(clock_offset(text).is_err(), "{text}");
        }
    }

    /// The codes that help prints are the codes that the page explains.
    #[test]
    fn exit_codes_are_documented() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/exit-codes.md");
        let page = std::fs::read_to_string(path).unwrap();
        for line in EXIT_CODES.lines().skip(1) {
            let (code, meaning) = line.trim().split_once("  ").unwrap();
            assert!(page.contains(&format!("|{code}|{meaning}|")), "{line}");
            assert!(MAIN_EXAMPLES.contains(line));
        }
    }
}
