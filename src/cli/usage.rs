//! Arguments that make no sense: one line, as for every other error.
//!
//! In:   what the parser of arguments says, over several lines.
//! Out:  the same on one line, with the command whose help lists what is understood.

use super::args::Args;
use clap::Parser as _;
use clap::error::{Error, ErrorKind};
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
        let _ = writeln!(std::io::stderr(), "whereto: {}", line(&error));
        ExitCode::from(WRONG)
    })
}

fn line(error: &Error) -> String {
    words(&error.render().to_string())
}

/// `unexpected argument '--expct' found; tip: a similar argument exists: '--expect'; `whereto
/// audit --help` lists what is understood`.
fn words(rendered: &str) -> String {
    let mut words = String::new();
    let mut command = "whereto".to_owned();
    for line in rendered
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if let Some(usage) = line.strip_prefix("Usage: ") {
            let known = usage.split(' ').take_while(|word| is_word(word));
            command = known.collect::<Vec<_>>().join(" ");
            continue;
        }
        // Other ways to use a command follow the first.
        if line.starts_with("For more information") || line.starts_with("whereto ") {
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

fn is_word(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[track_caller]
    fn check(arguments: &[&str], want: &str) {
        let error = Args::try_parse_from(arguments).unwrap_err();
        assert_eq!(line(&error), want);
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
            &["whereto", "audti"],
            "unrecognized subcommand 'audti'; tip: a similar subcommand exists: 'audit'; \
             `whereto --help` lists what is understood",
        );
    }

    #[test]
    fn nothing_in_an_argument_reaches_the_terminal() {
        for hostile in ["\u{1b}[2J\nx", "\u{9b}31m", "a\rb", "\u{202e}x"] {
            let arguments = ["whereto", "audit", "a.pcap", "--threads", hostile];
            let words = line(&Args::try_parse_from(arguments).unwrap_err());
            assert!(words.starts_with("invalid value '"), "{words:?}");
            assert!(
                !words.contains(|c: char| c.is_control() || c == '\u{202e}'),
                "{words:?}"
            );
        }
    }
}
