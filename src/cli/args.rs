//! What the command line takes. Definitions and help texts only; `settings.rs` gives them
//! their meaning.

mod examples;
mod groups;
mod values;

pub(super) use groups::{
    Colour, Control, Input, Judged, Output, Places, Question, Signing, Suppressed, Test, Tested,
};
pub(super) use values::Frames;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use examples::{
    AUDIT_EXAMPLES, BUNDLE_EXAMPLES, DIFF_EXAMPLES, DNS_EXAMPLES, EXIT_CODES, EXPLAIN_EXAMPLES,
    EXTRACT_EXAMPLES, FLOWS_EXAMPLES, GEO_BUILD_EXAMPLES, GEO_INSTALL_EXAMPLES, GEO_LIST_EXAMPLES,
    GEO_MEASURE_EXAMPLES, GEO_REMOVE_EXAMPLES, INFO_EXAMPLES, INIT_EXAMPLES, MAIN_EXAMPLES,
    PLOT_EXAMPLES, REDACT_EXAMPLES, VERIFY_EXAMPLES, WHERE_EXAMPLES,
};
use std::path::PathBuf;
use values::{day, frames, instant, milliseconds};

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
    #[command(flatten)]
    pub(super) signing: Signing,
    /// Make a key without a password, and FILE.pub beside it, and do nothing else
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
    #[command(flatten)]
    pub(super) signing: Signing,
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
    /// Facts of the test before that no capture holds: phone, firmware, versions of apps (TOML)
    ///
    /// As --about of audit. A saved report brings its own, which this replaces.
    #[arg(long, value_name = "FILE")]
    pub(super) about_before: Option<PathBuf>,
    /// The same of the test after
    #[arg(long, value_name = "FILE")]
    pub(super) about_after: Option<PathBuf>,
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
    /// Form of the output: text, json, csv, markdown, html, sarif or junit
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

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
