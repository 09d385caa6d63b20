//! Policies and claims over the flows of one capture.
//!
//! In:   what was asked, what is known of the test, then every flow with its destination.
//! Out:  a verdict for each flow; in the end findings, and how rules and claims turned out.

use super::claims::{self, Claims};
use super::policy::{self, Policy};
use crate::model::{
    ClaimResult, DataSource, Destination, Device, Finding, Flow, Losses, PhaseLog, PolicyResult,
    Totals, Verdict,
};
use std::sync::Arc;

/// What is asked of a capture beside where it goes.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What is expected, as data.
    pub policy: Option<Arc<Policy>>,
    /// What was claimed.
    pub claims: Vec<Arc<Claims>>,
}

impl Asked {
    /// True where every flow has to be looked at.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        self.policy.is_some() || !self.claims.is_empty()
    }
}

/// What is known of the capture when its flows are judged.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The audited devices.
    pub devices: Vec<Device>,
    /// What the tester did.
    pub phases: Option<Arc<PhaseLog>>,
    /// The place data.
    pub data: Vec<DataSource>,
    /// Packets that interfaces and systems dropped before they were captured.
    pub dropped: u64,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Findings of the policy.
    pub findings: Vec<Finding>,
    /// How its rules turned out.
    pub policy: Option<PolicyResult>,
    /// How the claims turned out.
    pub claims: Vec<ClaimResult>,
}

/// Flows being judged.
pub struct Judging {
    policy: Option<policy::Run>,
    claims: claims::Run,
}

impl Judging {
    /// Nothing judged yet.
    #[must_use]
    pub fn new(asked: &Asked, known: Known) -> Self {
        let known = Arc::new(known);
        Judging {
            policy: asked
                .policy
                .as_ref()
                .map(|policy| policy::Run::new(Arc::clone(policy), Arc::clone(&known))),
            claims: claims::Run::new(&asked.claims, known),
        }
    }

    /// Takes one flow, in any order. `destination` is its number in the report, where it has one.
    /// The outer flows of tunnels whose inner flows are rows of their own are not to be given.
    pub fn flow(&mut self, flow: &Flow, destination: Option<usize>) -> Option<Verdict> {
        self.claims.flow(flow, destination);
        self.policy.as_mut()?.flow(flow, destination)
    }

    /// What was found.
    #[must_use]
    pub fn finish(self, destinations: &[Destination], totals: &Totals, losses: &Losses) -> Outcome {
        let (findings, policy) = match self.policy {
            None => (Vec::new(), None),
            Some(run) => {
                let (findings, result) = run.finish(destinations);
                (findings, Some(result))
            }
        };
        Outcome {
            findings,
            policy,
            claims: self.claims.finish(destinations, totals, losses),
        }
    }
}
