//! A vendor's statement, how it was read, and what a capture says of it.

use super::{Country, Text};
use std::sync::Arc;

/// What a capture says of a claim.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ClaimVerdict {
    /// A flow was observed that does not fit the claim as read.
    Contradicted,
    /// The evidence does not decide.
    Indeterminate,
    /// The capture never tested the question.
    NotExercised,
    /// All that was observed of the subject fits, and nothing hidden could be a counter-example.
    Supported,
}

impl ClaimVerdict {
    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimVerdict::Contradicted => "contradicted",
            ClaimVerdict::Indeterminate => "indeterminate",
            ClaimVerdict::NotExercised => "not-exercised",
            ClaimVerdict::Supported => "supported",
        }
    }
}

/// How a step of the reasoning is known.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Known {
    /// Said by the user: the claim and its reading, phases, the vantage.
    Declared,
    /// Seen on the wire.
    Observed,
    /// Found in data with a date.
    LookedUp,
    /// Computed from the others.
    Calculated,
    /// Concluded.
    Inferred,
}

impl Known {
    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Known::Declared => "declared",
            Known::Observed => "observed",
            Known::LookedUp => "looked-up",
            Known::Calculated => "calculated",
            Known::Inferred => "inferred",
        }
    }
}

/// One step of the reasoning.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// How it is known.
    pub known: Known,
    /// One sentence of ours: words from the capture stay in the exhibits.
    pub words: String,
}

/// Flows that speak for or against a claim, or leave it open: those of one destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Exhibit {
    /// Index into `Report::destinations`, where it is one.
    pub destination: Option<usize>,
    /// The name of the destination, or its address in words where it has none.
    pub name: Option<Text>,
    /// The address of the first flow.
    pub address: Option<std::net::IpAddr>,
    /// The country that was judged, where known.
    pub country: Option<Country>,
    /// Confidence of that: the word of the column; empty where no place was judged.
    pub confidence: &'static str,
    /// Flows.
    pub flows: u64,
    /// Bytes from the device.
    pub bytes_out: u64,
    /// First frames of the first flows, at most 16.
    pub frames: Vec<u32>,
    /// Their numbers.
    pub flow_numbers: Vec<u32>,
    /// What about them: a sentence of ours.
    pub because: String,
}

/// How much of the traffic could not be held against a claim.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HiddenShare {
    /// Outbound flows in all.
    pub all_flows: u64,
    /// Bytes from the device in those.
    pub all_bytes_out: u64,
    /// Flows of which it is not known whether the claim speaks of them.
    pub maybe_flows: u64,
    /// Bytes from the device in those.
    pub maybe_bytes_out: u64,
    /// Those among them that could be counter-examples.
    pub could_contradict_flows: u64,
    /// Bytes from the device in those.
    pub could_contradict_bytes_out: u64,
    /// Bytes from the device in flows of the subject whose content is encrypted.
    pub encrypted_bytes_out: u64,
    /// What was lost, dropped, cut or filtered, in a sentence; `None` where nothing is known to be.
    pub losses: Option<String>,
}

/// One claim, as it was stated, read and judged.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimResult {
    /// Its id in the file.
    pub id: Arc<str>,
    /// The statement, in the speaker's words.
    pub quote: Arc<str>,
    /// Who said so.
    pub speaker: Arc<str>,
    /// When, as the file writes it.
    pub said: Arc<str>,
    /// Where that can be checked.
    pub source: Arc<str>,
    /// The file of claims, as the user gave it.
    pub origin: Arc<str>,
    /// Line of the claim in that file, from 1.
    pub line: u64,
    /// How it was read, so that a capture can test it: one sentence of ours.
    pub reading: String,
    /// What this capture says.
    pub verdict: ClaimVerdict,
    /// The verdict in one careful sentence.
    pub sentence: String,
    /// The reasoning, step by step.
    pub why: Vec<Step>,
    /// Destinations that fit, those with most flows first, at most 64.
    pub supporting: Vec<Exhibit>,
    /// Destinations that do not, at most 64.
    pub against: Vec<Exhibit>,
    /// Destinations that leave it open, at most 64.
    pub open: Vec<Exhibit>,
    /// Destinations in each of the three lists before they were cut.
    pub exhibits: [u64; 3],
    /// Flows that fit, that do not, that leave it open.
    pub flows: [u64; 3],
    /// The weakest link of the inference, in a sentence.
    pub weakest: Option<String>,
    /// What could not be held against it.
    pub hidden: HiddenShare,
    /// What no capture, or not this one, can show of it.
    pub cannot_show: Vec<String>,
    /// What would decide, where it is open.
    pub would_decide: Option<String>,
    /// What the vendor replied, where the file says so.
    pub reply: Option<Arc<str>>,
}
