//! What several commands take: captures, places, outputs, the test, what is asked.

use super::values::{clock_offset, day};
use clap::{Args as Group, ValueEnum};
use std::path::PathBuf;

/// What an audit is asked, and of what: everything but what becomes of the answer.
#[derive(Debug, Group)]
pub(in crate::cli) struct Question {
    /// Countries and groups that are expected, such as IN,SG,@EEA
    ///
    /// ISO 3166-1 codes and groups, separated by commas. Flows to addresses placed anywhere else are
    /// findings `violated`; flows whose place is not known surely enough are `indeterminate`;
    /// the rest is `met`. Without it nothing is judged.
    #[arg(long, value_name = "LIST")]
    pub(in crate::cli) expect: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) control: Control,
    /// A file of claims that are held against the capture (repeat for several)
    ///
    /// Vendors' statements with their testable readings, as docs/claims.md describes them. Each is
    /// supported or contradicted by this capture, indeterminate, or not exercised.
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::cli) claims: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) suppressed: Suppressed,
    #[command(flatten)]
    pub(in crate::cli) input: Input,
    #[command(flatten)]
    pub(in crate::cli) test: Test,
    #[command(flatten)]
    pub(in crate::cli) places: Places,
}

/// Who signs.
#[derive(Debug, Group)]
pub(in crate::cli) struct Signing {
    /// Sign the bundle with a secret key of minisign; a password is asked for at the terminal
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: Option<PathBuf>,
    /// A file whose first line is the password of that key, or - for standard input
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(in crate::cli) key_password: Option<PathBuf>,
}

/// What somebody answers for.
#[derive(Debug, Group)]
pub(in crate::cli) struct Suppressed {
    /// Findings that somebody answers for: they are marked, and do not count
    ///
    /// TOML, described in docs/automation.md: each entry has a reason, an owner and the day it
    /// ends. An entry that has expired or that fits nothing is a warning.
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::cli) suppress: Option<PathBuf>,
    /// The day against which suppressions expire; else that of the last packet
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(in crate::cli) as_of: Option<i64>,
}

/// Who is expected behind networks and names.
#[derive(Debug, Group)]
pub(in crate::cli) struct Control {
    /// What is expected, as data: the name of a built-in policy, or a TOML file
    ///
    /// `whereto policy list` shows the built-in ones; docs/policies.md describes the form. Its rules
    /// are findings beside those of --expect and its like.
    #[arg(long, value_name = "NAME|FILE")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Countries in which the operators of networks are expected to have their seat
    ///
    /// Written as for --expect. Judged is the country of the head office of the operator's ultimate
    /// parent, as the catalogue of operators has it; an operator in no catalogue is `indeterminate`.
    #[arg(long, value_name = "LIST")]
    pub(in crate::cli) expect_operator: Option<String>,
    /// Countries in which the owners of names are expected to have their seat
    ///
    /// Written as for --expect. Judged is the country of the head office of the owner's ultimate
    /// parent, as the catalogue of owners has it; a flow without a name, a name in no catalogue and
    /// a customer's name below that of its host are `indeterminate`.
    #[arg(long, value_name = "LIST")]
    pub(in crate::cli) expect_owner: Option<String>,
}

/// What is audited again before packets are chosen by its results.
#[derive(Debug, Group)]
pub(in crate::cli) struct Judged {
    /// Captures: files, folders and globs; read more than once, so not standard input
    #[arg(required = true, value_name = "CAPTURE")]
    pub(in crate::cli) captures: Vec<PathBuf>,
    /// Countries and groups that are expected, as for audit
    #[arg(long, value_name = "LIST")]
    pub(in crate::cli) expect: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) control: Control,
    /// A file of claims, as for audit (repeat for several)
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::cli) claims: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) test: Test,
    /// An address or MAC of the audited device (repeat for several)
    #[arg(long, value_name = "IP|MAC")]
    pub(in crate::cli) device: Vec<String>,
    /// Threads that share the work
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) threads: u16,
    #[command(flatten)]
    pub(in crate::cli) places: Places,
    /// No progress on standard error
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
}

/// What the tester did, and what the phone does anyway.
#[derive(Debug, Group)]
pub(in crate::cli) struct Test {
    /// What is to be said of the test in a report: phone, firmware, place, who captured how (TOML)
    ///
    /// Keys: title, notice, device, firmware, apps, sim, place, dates, network, captured_by, method,
    /// contact, case, note, and reply: what the vendor answered, printed in full on each finding. Declared, not observed: shown as such, and never used to judge.
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::cli) about: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) tested: Tested,
    /// A capture of the phone at rest (repeat for several)
    ///
    /// It is audited first, with the same places, devices and filter. Flows to destinations that it
    /// has too are marked; no verdict changes.
    #[arg(long, value_name = "CAPTURE")]
    pub(in crate::cli) baseline: Vec<PathBuf>,
}

/// What the tester did, and when.
#[derive(Debug, Group)]
pub(in crate::cli) struct Tested {
    /// A log of what the tester did, and when, in CSV or TOML
    ///
    /// Each flow belongs to the phase it began in; the report has what was sent in each, and which
    /// destinations were contacted there first. docs/phases.md describes the file. One thread then
    /// does the work.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) phases: Option<PathBuf>,
    /// Seconds to add to the log's times: how far the capture's clock is ahead of the log's
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "phases",
        allow_hyphen_values = true,
        value_parser = clock_offset
    )]
    pub(in crate::cli) clock_offset: Option<i64>,
    /// Take marks inside the capture for the beginnings of phases
    ///
    /// Packet comments of pcapng such as `phase: consent-shown`, and DNS queries for names such as
    /// consent-shown.phase.whereto.invalid. Such queries are not counted as traffic.
    #[arg(long)]
    pub(in crate::cli) phase_marks: bool,
    /// Take datagrams and pings to an address for such marks (repeat for several)
    ///
    /// Their payload is the name of the phase. They are not counted as traffic.
    #[arg(long, value_name = "IP")]
    pub(in crate::cli) phase_mark_address: Vec<std::net::IpAddr>,
}

/// What is read, and how.
#[derive(Debug, Group)]
pub(in crate::cli) struct Input {
    /// Captures: files, folders, globs, or - for standard input
    ///
    /// pcap and pcapng, plain or compressed with gzip, zstd, xz or lz4. Several are merged in
    /// the order of time. A folder is searched for captures.
    #[arg(
        required_unless_present = "interface",
        conflicts_with = "interface",
        value_name = "CAPTURE"
    )]
    pub(in crate::cli) captures: Vec<PathBuf>,
    /// Capture on a network interface instead, until Ctrl-C; then report
    ///
    /// Needs the right to listen there, and a build with the feature `live`. What libpcap dropped
    /// stands in the report.
    #[arg(long, value_name = "NAME", conflicts_with = "follow")]
    pub(in crate::cli) interface: Option<String>,
    /// End the capture on --interface after SECONDS
    #[arg(long, value_name = "SECONDS", requires = "interface", value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) duration: Option<u32>,
    /// Audit only packets that fit a filter of libpcap, such as 'host 10.0.0.2'; count the others
    ///
    /// The language is that of pcap-filter(7), and of tcpdump. Needs a build with the feature
    /// `live`. Lengths in it are those captured.
    #[arg(long, value_name = "EXPRESSION")]
    pub(in crate::cli) filter: Option<String>,
    /// An address or MAC of the audited device (repeat for several)
    ///
    /// Without it the device is worked out from the traffic; the report says how.
    #[arg(long, value_name = "IP|MAC")]
    pub(in crate::cli) device: Vec<String>,
    /// Do not hash the captures; the report says so
    #[arg(long)]
    pub(in crate::cli) no_hash: bool,
    /// Threads that share the work
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) threads: u16,
    /// Wait for a capture that is still being written, until it has not grown for SECONDS
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "10")]
    pub(in crate::cli) follow: Option<u32>,
}

/// Where places come from.
#[derive(Debug, Group)]
pub(in crate::cli) struct Places {
    /// A place database of your own in MaxMind's format (repeat for several)
    #[arg(long, value_name = "FILE.mmdb")]
    pub(in crate::cli) geo: Vec<PathBuf>,
    /// A folder with such databases (repeat for several)
    ///
    /// Every .mmdb and .mmdb.gz in it is used, in the order of names; folders in it are not
    /// searched. Of several editions of one database the one nearest to each flow speaks.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) geo_dir: Vec<PathBuf>,
    /// Installed databases named one by one: paths and hashes.
    #[arg(skip)]
    pub(in crate::cli) installed: Vec<(PathBuf, String)>,
    /// Do not use databases that geo install has installed
    #[arg(long)]
    pub(in crate::cli) no_installed_geo: bool,
    /// A list of ranges of your own: what a cloud publishes, a geofeed or a CSV table (repeat for
    /// several)
    ///
    /// ip-ranges.json (AWS), ServiceTags_Public (Azure), cloud.json and goog.json (Google),
    /// public_ip_ranges.json (Oracle), geofeeds (RFC 8805), and tables with a column `prefix` and
    /// any of provider, region, service, country and city; also compressed. It is the operator's
    /// own word.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ranges: Vec<PathBuf>,
    /// A list of anycast prefixes of your own (repeat for several)
    ///
    /// One prefix a line, as bgp.tools gives them, or a CSV table such as the LACeS census; also
    /// compressed. An anycast address has no single country.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) anycast: Vec<PathBuf>,
    /// Where the phone was: a country code, or latitude and longitude as LAT,LON
    ///
    /// The smallest handshake round trip of a server then excludes the countries that light in
    /// fibre could not have reached and returned from. A territory with a code of its own is not
    /// its country: GP, not FR. Coordinates count as exactly as they are written.
    #[arg(long, value_name = "CC|LAT,LON", allow_hyphen_values = true)]
    pub(in crate::cli) vantage: Option<String>,
    /// Do not use the embedded place database
    #[arg(long)]
    pub(in crate::cli) no_embedded_geo: bool,
    /// A catalogue of owners of your own, asked before the embedded one (repeat for several)
    ///
    /// TOML in the form of the embedded catalogue (docs/data.md), AdGuard's companiesdb
    /// (trackers.json, companies.json) or Disconnect's lists (services.json, entities.json). The
    /// last two give no countries.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) owners: Vec<PathBuf>,
}

/// Where the result goes, and how it looks.
#[derive(Debug, Group)]
pub(in crate::cli) struct Output {
    /// Write to FILE, - for standard output (repeat for several)
    ///
    /// The end of the name decides the form: .txt, .json or .csv, as far as --format knows them;
    /// for audit also .findings.csv, .claims.csv, .sarif, .junit.xml and .md. A file appears whole or not at all. Without -o the result
    /// goes to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Vec<PathBuf>,
    /// Colours in text; auto means on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(in crate::cli) color: Colour,
    /// Columns of text output (60 to 400); else those of the terminal, or 100
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(60..=400))]
    pub(in crate::cli) width: Option<u16>,
    /// No progress on standard error
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(in crate::cli) enum Colour {
    Auto,
    Always,
    Never,
}
