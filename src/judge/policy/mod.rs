//! What is expected, as data: rules that flows are held against.
//!
//! In:   a policy in TOML, a user's or a built-in one; then every flow of a capture.
//! Out:  a verdict on each flow, findings, and how each rule turned out.
//!
//! `docs/policies.md` describes the form and how rules are matched.

mod axis;
mod builtin;
mod causes;
mod check;
mod expect;
mod explain;
mod facts;
mod form;
mod functions;
mod marks;
mod places;
mod protocols;
mod run;
mod tally;
mod words;

pub use check::Lint;
pub use explain::{AxisExplained, Explanation};
pub use form::Policy;
pub(super) use run::Run;

#[cfg(test)]
mod tests;
