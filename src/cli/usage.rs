//! Arguments that make no sense: one line, as for every other error.
//!
//! In:   what the parser of arguments says, over several lines.
//! Out:  the same on one line, with the command whose help lists what is understood.

use super::args::Args;
use clap::error::{Error, ErrorKind};
use clap::{CommandFactory as _, Parser as _};
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use whereto::report::escape;

/// The exit code of wrong usage.
const WRONG: u8 = 2;

/// The arguments that the program was started with; else what to end with.
pub(super) fn arguments() -> Result<Args, ExitCode> {
    Args::try_parse().map_err(|error| {
        let asked_for = !error.use_stderr();
        let help = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        if asked_for || error.kind() == help {
            // Where nobody reads any more there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(if asked_for { 0 } else { WRONG });
        }
        let _ = writeln!(
            std::io::stderr(),
            "whereto: {}",
            line(&error, std::env::args_os())
        );
        ExitCode::from(WRONG)
    })
}

fn line(error: &Error, arguments: impl Iterator<Item = OsString>) -> String {
    words(&error.render().to_string(), &command(arguments))
}

/// The command that is meant, as far as it can be told: `whereto geo build`.
fn command(arguments: impl Iterator<Item = OsString>) -> String {
    let mut words = String::from("whereto");
    let mut known = &Args::command();
    for argument in arguments.skip(1) {
        if let Some(next) = known.find_subcommand(&argument) {
            known = next;
            words.push(' ');
            words.push_str(next.get_name());
        } else if known.has_subcommands() && !argument.as_encoded_bytes().starts_with(b"-") {
            break;
        }
    }
    words
}

/// `unexpected argument '--expct' found; tip: a similar argument exists: '--expect'; `whereto
/// audit --help` lists what is understood`.
fn words(rendered: &str, command: &str) -> String {
    let mut words = String::new();
    for line in rendered
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        // Other ways to use a command follow the first.
        let usage = ["Usage: ", "For more information", "whereto "];
        if usage.iter().any(|start| line.starts_with(start)) {
            continue;
        }
        let line = line.strip_prefix("error: ").unwrap_or(line);
        if !words.is_empty() {
            words.push_str(if words.ends_with(':') { " " } else { "; " });
        }
        words.push_str(line);
    }
    let words = escape::terminal_str(&words);
    format!("{words}; `{command} --help` lists what is understood")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[track_caller]
    fn check(arguments: &[&str], want: &str) {
        let error = Args::try_parse_from(arguments).unwrap_err();
        assert_eq!(line(&error, arguments.iter().map(OsString::from)), want);
    }

    #[test]
    fn wrong_arguments_take_one_line() {
        check(
            &["whereto", "audit", "a.pcap", "--expct", "IN"],
            "unexpected argument '--expct' found; tip: a similar argument exists: '--expect'; \
             `whereto audit --help` lists what is understood",
        );
        check(
            &["whereto", "diff", "a.pcap"],
            "the following required arguments were not provided: <AFTER>; `whereto diff --help` \
             lists what is understood",
        );
        check(
            &["whereto", "extract", "a.pcap"],
            "the following required arguments were not provided: --output <FILE.pcapng>; `whereto \
             extract --help` lists what is understood",
        );
        check(
            &["whereto", "plot", "a.pcap"],
            "invalid value 'a.pcap' for '<PICTURE>'; [possible values: map, timeline, flow, rtt]; \
             `whereto plot --help` lists what is understood",
        );
        check(
            &["whereto", "geo", "biuld"],
            "unrecognized subcommand 'biuld'; tip: a similar subcommand exists: 'build'; \
             `whereto geo --help` lists what is understood",
        );
        check(
            &["whereto", "audti"],
            "unrecognized subcommand 'audti'; tip: a similar subcommand exists: 'audit'; \
             `whereto --help` lists what is understood",
        );
    }

    #[test]
    fn nothing_in_an_argument_reaches_the_terminal() {
        for hostile in ["\u{1b}[2J\nx", "\u{9b}31m", "a\rb", "\u{202e}x"] {
            let arguments = ["whereto", "audit", "a.pcap", "--threads", hostile];
            let error = Args::try_parse_from(arguments).unwrap_err();
            let words = line(&error, arguments.iter().map(OsString::from));
            assert!(words.starts_with("invalid value '"), "{words:?}");
            assert!(
                !words.contains(|c: char| c.is_control() || c == '\u{202e}'),
                "{words:?}"
            );
        }
    }
}
