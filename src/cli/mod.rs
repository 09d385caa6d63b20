//! The command line.
//!
//! In:   arguments, files, a terminal.
//! Out:  reports on files and standard output, one line about an error, an exit code.
//!
//! Uses the public API of the crate and nothing else of it.

// The library asks for no settings, prints nothing and has no clock: this room does.
#![allow(clippy::disallowed_methods)]

mod archive;
mod args;
mod automation;
mod bundle;
mod copying;
mod derive;
mod diff;
mod explain;
mod extract;
mod geo;
mod hidden;
mod init;
mod installed;
#[cfg(feature = "live")]
mod live;
#[cfg(not(feature = "live"))]
#[path = "no_live.rs"]
mod live;
mod man;
mod measurement;
mod output;
mod plot;
mod policy;
mod progress;
mod recorded;
mod redact;
mod run;
mod settings;
mod signing;
mod stamp;
mod usage;
mod verify;
mod whereabouts;

use std::process::ExitCode;

/// Runs the program on the arguments it was started with.
pub(crate) fn main() -> ExitCode {
    match usage::arguments() {
        Ok(arguments) => run::run(arguments),
        Err(code) => code,
    }
}
