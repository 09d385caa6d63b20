//! What is expected, as data: rules that flows are held against.

use super::judging::Known;
use crate::Error;
use crate::model::{Destination, Finding, Flow, PolicyResult, Verdict};
use std::sync::Arc;

/// A policy, read and checked.
#[derive(Debug, Default)]
pub struct Policy {}

impl Policy {
    /// Reads a policy; `origin` is what reports call its file.
    ///
    /// # Errors
    /// Where it is not one: with line and column.
    pub fn read(_text: &str, _origin: &str) -> Result<Self, Error> {
        Ok(Policy {})
    }
}

/// A policy at work.
pub(super) struct Run {}

impl Run {
    pub(super) fn new(_policy: Arc<Policy>, _known: Arc<Known>) -> Self {
        Run {}
    }

    pub(super) fn flow(&mut self, _flow: &Flow, _destination: Option<usize>) -> Option<Verdict> {
        None
    }

    pub(super) fn finish(self, _destinations: &[Destination]) -> (Vec<Finding>, PolicyResult) {
        (Vec::new(), PolicyResult::default())
    }
}
