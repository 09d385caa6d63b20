//! What a vendor said, held against what was observed.

use super::judging::Known;
use crate::Error;
use crate::model::{ClaimResult, Destination, Flow, Losses, Totals};
use std::sync::Arc;

/// A file of claims, read and checked.
#[derive(Debug, Default)]
pub struct Claims {}

impl Claims {
    /// Reads a file of claims; `origin` is what reports call it.
    ///
    /// # Errors
    /// Where it is not one: with line and column.
    pub fn read(_text: &str, _origin: &str) -> Result<Self, Error> {
        Ok(Claims {})
    }
}

/// Claims at work.
pub(super) struct Run {}

impl Run {
    pub(super) fn new(_claims: &[Arc<Claims>], _known: Arc<Known>) -> Self {
        Run {}
    }

    pub(super) fn flow(&mut self, _flow: &Flow, _destination: Option<usize>) {}

    pub(super) fn finish(
        self,
        _destinations: &[Destination],
        _totals: &Totals,
        _losses: &Losses,
    ) -> Vec<ClaimResult> {
        Vec::new()
    }
}
