//! What a judgement says about a destination.

use super::{Country, NameOwner, Place, Scope, Severity, Text, Time};
use std::net::IpAddr;
use std::sync::Arc;

/// The three values of every judgement.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Verdict {
    /// The evidence is against the expectation.
    Violated,
    /// The evidence does not decide.
    Indeterminate,
    /// The evidence fits the expectation.
    Met,
}

impl From<super::Truth> for Verdict {
    /// Whether something is as expected.
    fn from(fits: super::Truth) -> Self {
        match fits {
            super::Truth::No => Verdict::Violated,
            super::Truth::Maybe => Verdict::Indeterminate,
            super::Truth::Yes => Verdict::Met,
        }
    }
}

impl Verdict {
    /// The word of the `verdict` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Violated => "violated",
            Verdict::Indeterminate => "indeterminate",
            Verdict::Met => "met",
        }
    }
}

/// One destination: what is reached under one name at one place, over all flows.
#[derive(Clone, Debug, PartialEq)]
pub struct Destination {
    /// The name, where the flows have one.
    pub name: Option<Text>,
    /// How it is known, and how surely: the words of the columns.
    pub name_via: &'static str,
    /// `observed`, `inferred`, `none`.
    pub name_grade: &'static str,
    /// Registrable domain of the name.
    pub registrable_domain: Option<Text>,
    /// Scope of its addresses.
    pub scope: Scope,
    /// Its addresses, sorted; at most 16, `address_count` has them all.
    pub addresses: Vec<IpAddr>,
    /// How many addresses, counted up to 256.
    pub address_count: u64,
    /// Place of the addresses (they share country, system and confidence).
    pub place: Arc<Place>,
    /// Protocols seen, sorted.
    pub protocols: Vec<&'static str>,
    /// Flows.
    pub flows: u64,
    /// Packets from the device.
    pub packets_out: u64,
    /// Bytes from the device, as IP lengths.
    pub bytes_out: u64,
    /// Packets to the device.
    pub packets_in: u64,
    /// Bytes to the device.
    pub bytes_in: u64,
    /// First packet.
    pub first_seen: Time,
    /// Last packet.
    pub last_seen: Time,
    /// First frames of its flows, at most 16.
    pub frames: Arc<[u32]>,
    /// Numbers of its flows, at most 16.
    pub flow_numbers: Arc<[u32]>,
    /// Who is behind the name. Of several aliases that it had, one.
    pub owner: Arc<NameOwner>,
    /// The gravest verdict, where something was expected.
    pub verdict: Option<Verdict>,
    /// Whether a baseline has it too; `None` where there is no baseline.
    pub in_baseline: Option<bool>,
}

/// A finding that its readers were told not to count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Suppression {
    /// Why.
    pub reason: Arc<str>,
    /// Who answers for it.
    pub owner: Arc<str>,
    /// The day it ends, `YYYY-MM-DD`, where it does.
    pub expires: Option<Arc<str>>,
}

/// A judgement, by one rule, on one destination or on the policy itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable across runs and machines: derived from rule, check, subject and verdict.
    pub id: String,
    /// The rule that judged: `expected-country`, `expected-operator`, `expected-owner`, or the id
    /// of a rule of the policy.
    pub rule: Arc<str>,
    /// What the rule looked at: a word of ours, `server-country`, `encryption`.
    pub check: &'static str,
    /// How grave, as the policy has it.
    pub severity: Severity,
    /// Law, contract or claim that the policy refers to.
    pub reference: Option<Arc<str>>,
    /// What it said.
    pub verdict: Verdict,
    /// Index into `Report::destinations`; `None` for a finding on the policy itself.
    pub destination: Option<usize>,
    /// The country that was judged, where known: of the address, or of the seat of whoever is at
    /// the top of the operator or of the name's owner.
    pub country: Option<Country>,
    /// Flows that were judged so: all of the destination, or some.
    pub flows: u64,
    /// First frames of the first of them, at most 16.
    pub frames: Arc<[u32]>,
    /// Their numbers.
    pub flow_numbers: Arc<[u32]>,
    /// One careful sentence. Built from our words and numbers only: names and other
    /// words from the capture stay in `destination`.
    pub why: Arc<str>,
    /// What would decide an indeterminate finding.
    pub would_decide: Option<Arc<str>>,
    /// Why it does not count, where it was suppressed.
    pub suppressed: Option<Arc<Suppression>>,
}
