//! What the fuzz targets do with their bytes.
//!
//! One function a target, `run` to call them by name, and `seeds` to begin from. The binaries
//! under `targets/` hand these to libFuzzer; `tests/it/fuzzed.rs` drives them with fixed
//! mutations, so that `cargo test` alone runs them too. A target must not panic, must end, and
//! what it rendered must be well formed.

mod audit;
pub mod mmdb;
mod packets;
mod seeds;
mod targets;

pub use audit::file;
pub use seeds::seeds;
pub use targets::{TARGETS, run};
