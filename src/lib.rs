//! Whereto audits the outbound traffic of a phone.
//!
//! It reads packet captures, rebuilds the flows, names each destination, says where that
//! destination is and how surely, and judges it against what was expected. The corridor:
//!
//! ```text
//! capture bytes → source → decode → flow → inspect → names → locate → judge → report
//!                  Packet   Segment  Flow   Evidence  Name    Place    Finding  Report
//! ```
//!
//! `docs/architecture.md` in the repository has the invariants.
#![forbid(unsafe_code)]

mod audit;
mod catalogue;
mod data;
mod decode;
mod error;
mod flow;
mod inspect;
pub mod judge;
mod language;
pub mod locate;
pub mod model;
mod names;
pub mod redact;
pub mod report;
pub mod source;
mod wire;

pub use audit::{
    Audit, AuditOptions, Baseline, Chosen, ChosenFlow, PhaseOptions, Picker, Progress, Why, audit,
    protocol_words,
};
pub use error::Error;
