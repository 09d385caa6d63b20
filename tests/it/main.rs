//! Everything that needs the whole crate, or the repository itself.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs,
    unreachable_pub
)]

#[path = "../fuzz/harness/mod.rs"]
mod harness;
mod kit;

mod architecture;
mod automation;
mod claims;
mod cli;
mod determinism;
mod diff;
mod docs;
mod evidence;
mod explain;
mod figures;
mod fuzzed;
mod geo;
mod golden;
mod guides;
mod hostile;
mod language;
mod layering;
mod licences;
mod limits;
mod names;
mod numbers;
mod owners;
mod phases;
mod place_files;
mod places;
mod plot;
mod policies;
mod redact;
mod rewrites;
mod shared_corpus;
mod shared_lab;
mod truncation;
