//! One side of a comparison: what a claim's subject looked like in one capture.
//!
//! In:   flows of one capture, and the claim.
//! Out:  for each name of the subject its countries and its smallest round trip.
//!
//! Claims of change (`latency_reduced`, `migrated_since`) need two of these. Only what is surely
//! of the subject is measured; what may be is counted. Names are bounded.

use super::Claim;
use super::assertion::sure_country;
use super::protection::Nature;
use crate::judge::selector::Test;
use crate::model::{Country, Flow, Scope, Text, Truth};
use std::collections::BTreeMap;

/// The subject of a claim in one capture.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(dead_code, reason = "the comparison of two captures reads it")]
pub(crate) struct Measured {
    /// By name, as sent; the first [`MOST_NAMES`].
    pub(crate) names: BTreeMap<Text, NameMeasured>,
    /// Flows of names beyond those.
    pub(crate) beyond: u64,
    /// Flows of the subject without a name.
    pub(crate) unnamed: u64,
    /// Flows that may be of the subject.
    pub(crate) maybe: u64,
}

/// One name of the subject in one capture.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(dead_code, reason = "the comparison of two captures reads it")]
pub(crate) struct NameMeasured {
    /// Flows.
    pub(crate) flows: u64,
    /// Flows by the country of their place, where it is as sure as the claim asks.
    pub(crate) countries: BTreeMap<Country, u64>,
    /// Flows whose place is less sure, or unknown.
    pub(crate) unplaced: u64,
    /// The smallest handshake round trip, in nanoseconds.
    pub(crate) smallest_rtt_ns: Option<u64>,
    /// Flows that have a round trip.
    pub(crate) round_trips: u64,
    /// First frame of its first flow.
    pub(crate) first_frame: u64,
}

/// Names of one subject that are told apart.
const MOST_NAMES: usize = 10_000;

#[allow(dead_code, reason = "the comparison of two captures calls it")]
impl Measured {
    /// Takes one flow of the capture.
    pub(crate) fn flow(&mut self, claim: &Claim, flow: &Flow, test: Test<'_>) {
        if flow.carries_tunnel || flow.scope != Scope::Outbound {
            return;
        }
        let add = |count: &mut u64| *count = count.saturating_add(1);
        let nature = Nature::of(flow);
        let who = claim.subject.selector.who(flow);
        match claim.subject.matches(flow, &nature, who, test) {
            Truth::No => return,
            Truth::Maybe => return add(&mut self.maybe),
            Truth::Yes => {}
        }
        let Some(name) = &flow.name else {
            return add(&mut self.unnamed);
        };
        if self.names.len() >= MOST_NAMES && !self.names.contains_key(name) {
            return add(&mut self.beyond);
        }
        let measured = self.names.entry(name.clone()).or_default();
        if measured.flows == 0 {
            measured.first_frame = flow.first_frame;
        }
        add(&mut measured.flows);
        match sure_country(&flow.place, claim.min_confidence) {
            Some(country) => add(measured.countries.entry(country).or_default()),
            None => add(&mut measured.unplaced),
        }
        if let Some(rtt) = flow.rtt_ns {
            add(&mut measured.round_trips);
            let smallest = measured.smallest_rtt_ns.get_or_insert(rtt);
            *smallest = (*smallest).min(rtt);
        }
    }
}
