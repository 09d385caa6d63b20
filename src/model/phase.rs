//! What the tester did, and when.

mod file;
mod when;
pub(crate) mod word;

pub use file::PhaseFile;

use super::Time;
use std::sync::Arc;

/// A stretch of time with a name: it lasts until the next one begins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Phase {
    /// Its name: `boot`, `consent-declined`. Several may share one.
    pub name: Arc<str>,
    /// When it began.
    pub start: Time,
    /// When the next one began; `None` for the last.
    pub end: Option<Time>,
    /// What the tester noted.
    pub note: Option<super::Text>,
    /// How it is known: `log line 3`, `packet comment, frame 71`, `DNS query, frame 12`.
    pub source: Arc<str>,
    /// The frame of a mark inside the capture.
    pub frame: Option<u64>,
}

/// A phase, and what was sent in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhaseSums {
    /// Outbound flows that began in it.
    pub flows: u64,
    /// Outbound flows that began earlier and went on.
    pub continued_flows: u64,
    /// Packets of outbound flows from the device while it lasted, whenever they began.
    pub packets_out: u64,
    /// Bytes of those, as IP lengths.
    pub bytes_out: u64,
    /// Packets to the device.
    pub packets_in: u64,
    /// Bytes of those.
    pub bytes_in: u64,
    /// Destinations that were first contacted in it: indices into `Report::destinations`.
    pub first_contacts: Vec<usize>,
}

/// The log of a test, as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhaseLog {
    /// `phases.csv`, or `marks in the capture`.
    pub origin: Arc<str>,
    /// SHA-256 of the file, hex; `None` for marks alone.
    pub sha256: Option<String>,
    /// Nanoseconds that were added to the log's times.
    pub clock_offset_ns: i64,
    /// In order of their start. What is before the first one belongs to none.
    pub phases: Vec<Phase>,
    /// One for each phase, and a last one for the time before the first.
    pub sums: Vec<PhaseSums>,
}

impl PhaseLog {
    /// The index of the phase that `time` is in; `None` before the first.
    #[must_use]
    pub fn at(&self, time: Time) -> Option<usize> {
        self.phases
            .partition_point(|phase| phase.start <= time)
            .checked_sub(1)
    }
}
