//! What flows are called.
//!
//! In:   evidence of names, DNS answers among them.
//! Out:  each flow's best name, how it is known, and what speaks against it.

mod aliases;
mod answers;
mod domain;
mod strings;

pub(crate) use aliases::{Aliases, Client, Entry as AliasEntry, target as alias_target};
pub(crate) use answers::{Answers, Resolved};
pub(crate) use domain::{Domain, registrable_domain};
pub(crate) use strings::Strings;
