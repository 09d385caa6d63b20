//! Addresses to places.
//!
//! In:   an address.
//! Out:  a [`Place`]: an estimate with its reasons, and never a bare country.

use crate::Error;
use crate::model::{DataSource, Place};
use std::net::IpAddr;
use std::path::Path;

/// All loaded place data.
#[derive(Default)]
pub struct Places {
    sources: Vec<DataSource>,
}

impl Places {
    /// The embedded database alone.
    #[must_use]
    pub fn embedded() -> Self {
        Places::default()
    }

    /// No data at all: every address is unknown.
    #[must_use]
    pub fn none() -> Self {
        Places::default()
    }

    /// Adds a user's own database.
    ///
    /// # Errors
    /// Where the file cannot be read, is not a MaxMind DB, or holds neither countries nor
    /// autonomous systems.
    pub fn add_file(&mut self, _path: &Path) -> Result<(), Error> {
        Ok(())
    }

    /// What is loaded, in the order of `PlaceOpinion::source`.
    #[must_use]
    pub fn sources(&self) -> &[DataSource] {
        &self.sources
    }

    /// Warnings about data that is older or newer than the traffic.
    #[must_use]
    pub fn age_warnings(
        &self,
        _first: crate::model::Time,
        _last: crate::model::Time,
    ) -> Vec<String> {
        Vec::new()
    }

    /// The estimate for one address.
    #[must_use]
    pub fn place(&self, _address: IpAddr) -> Place {
        Place::default()
    }
}
