//! What a vendor said, held against what was observed.
//!
//! In:   files of claims, each with its testable reading; then every flow of a capture.
//! Out:  for each claim a [`ClaimResult`]: supported, contradicted, indeterminate or not
//!       exercised, with the flows for and against and what cannot be shown.
//! Spec: `docs/claims.md`.
//!
//! A claim is read as: for every flow of the subject the assertion holds. Both are Kleene's
//! values. A flow that is surely of the subject and surely does not fit contradicts; one that
//! may be of the subject and may not fit leaves the claim open. So more traffic never takes a
//! contradiction back, and less knowledge never makes a verdict firmer.

mod assertion;
mod finish;
mod protection;
mod read;
mod run;
mod subject;
mod tally;
mod why;
mod words;

pub(crate) use assertion::Assertion;
pub(super) use run::Run;
pub(crate) use subject::Subject;

use crate::Error;
use crate::model::Confidence;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// One claim, as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) id: Arc<str>,
    /// The vendor's sentence.
    pub(crate) quote: Arc<str>,
    pub(crate) speaker: Arc<str>,
    /// The day, as the file writes it.
    pub(crate) said: Arc<str>,
    pub(crate) source: Arc<str>,
    /// Of whom and of what the speaker spoke, in the words of the file's author.
    pub(crate) scope: Option<Arc<str>>,
    pub(crate) reply: Option<Arc<str>>,
    /// Line in the file, from 1.
    pub(crate) line: u64,
    pub(crate) subject: Subject,
    /// What is asserted of every flow of the subject: all of it, each kind at most once.
    pub(crate) assertions: Vec<Assertion>,
    /// A place that is less sure decides nothing.
    pub(crate) min_confidence: Confidence,
}

/// A file of claims, read and checked.
#[derive(Debug, Default)]
pub struct Claims {
    origin: Arc<str>,
    sha256: String,
    claims: Vec<Claim>,
}

impl Claims {
    /// Reads a file of claims; `origin` is what reports call it.
    ///
    /// # Errors
    /// Where it is not one: with line and column.
    pub fn read(text: &str, origin: &str) -> Result<Self, Error> {
        let claims = read::read(text).map_err(|fault| {
            let (line, column) = fault.place(text);
            Error::Usage(format!("{origin}:{line}:{column}: {}", fault.what))
        })?;
        let mut sha256 = String::with_capacity(64);
        for byte in Sha256::digest(text.as_bytes()) {
            // Writing to a string does not fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        Ok(Claims {
            origin: Arc::from(origin),
            sha256,
            claims,
        })
    }

    /// Whether claims of several files can be told apart, and are not too many.
    ///
    /// # Errors
    /// Where two have the same id, or there are more than 1,000.
    pub fn check_together(files: &[Arc<Claims>]) -> Result<(), Error> {
        let mut known: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
        for file in files {
            for claim in &file.claims {
                let Claim { id, line, .. } = claim;
                if let Some((origin, first)) = known.insert(id, (&file.origin, *line)) {
                    return Err(Error::Usage(format!(
                        "{}:{line}:1: `{id}` is the id of the claim in {origin}:{first} too",
                        file.origin
                    )));
                }
            }
        }
        if known.len() > read::MOST_CLAIMS {
            return Err(Error::Usage(format!(
                "{} claims are too many for one run: at most {}",
                known.len(),
                read::MOST_CLAIMS
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
