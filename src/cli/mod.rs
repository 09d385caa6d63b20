//! The command line.
//!
//! In:   arguments, files, a terminal.
//! Out:  reports on files and standard output, one line about an error, an exit code.
//!
//! Uses the public API of the crate and nothing else of it.

mod args;
mod output;
mod progress;
mod run;
mod settings;

use clap::Parser as _;
use std::process::ExitCode;

/// Runs the program on the arguments it was started with.
pub(crate) fn main() -> ExitCode {
    run::run(args::Args::parse())
}
