//! Who operates a network and who owns a name, in one line.
//!
//! In:   a [`Destination`].
//! Out:  `operated by Amazon (US) · name owned by Xiaomi (CN), push`; nothing where nothing is
//!       known. Both are looked up; neither says where the server is.

use super::layout::{Ink, Page};
use crate::model::{Company, Country, Destination, NameOwner, Operator};
use crate::report::escape;
use std::io;

/// The line, escaped.
pub(super) fn who(destination: &Destination) -> String {
    let operator = destination.place.operator.as_deref();
    let mut parts: Vec<String> = Vec::new();
    parts.extend(operator.map(operated));
    parts.extend(owned(&destination.owner));
    parts.extend(alias(&destination.owner));
    parts.join(" · ")
}

/// The line below a row, where there is anything to say that the row does not.
pub(super) fn line(
    page: &mut Page<'_>,
    destination: &Destination,
    indent: usize,
) -> io::Result<()> {
    let operator = destination.place.operator.as_deref();
    let registered = operator.is_some_and(|operator| operator.registered_only);
    if registered && *destination.owner == NameOwner::default() {
        return Ok(());
    }
    page.paragraph(&who(destination), indent, Some(Ink::Soft))
}

fn operated(operator: &Operator) -> String {
    let (group, top) = operator.top();
    if operator.registered_only {
        // Its name stands beside, with its number.
        return format!("network registered in {top}, operator not known");
    }
    format!("operated by {}", company(&operator.name, group, Some(*top)))
}

fn owned(owner: &NameOwner) -> Option<String> {
    let mut words = match (&owner.owner, &owner.hosted_by) {
        (Some(own), _) => format!("name owned by {}", words(own)),
        (None, Some(host)) => format!("name of a customer of {}", words(host)),
        (None, None) => String::new(),
    };
    if let Some(function) = &owner.function {
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(&safe(function));
    }
    (!words.is_empty()).then_some(words)
}

/// Only where the alias leads to somebody else: a content network's is no news.
fn alias(owner: &NameOwner) -> Option<String> {
    let alias = owner.alias.as_ref().filter(|_| owner.is_cloaked())?;
    let theirs = alias.owner.as_deref()?;
    Some(format!(
        "alias of {}, owned by {}",
        escape::terminal(&alias.target),
        words(theirs)
    ))
}

fn words(of: &Company) -> String {
    company(&of.name, &of.group, of.group_country)
}

/// `Amazon (US)`; `WhatsApp, of Meta (US)`; `google (country not known)`.
fn company(name: &str, group: &str, country: Option<Country>) -> String {
    let seat = country.map_or_else(|| "country not known".to_owned(), |code| code.to_string());
    if name.eq_ignore_ascii_case(group) {
        format!("{} ({seat})", safe(group))
    } else {
        format!("{}, of {} ({seat})", safe(name), safe(group))
    }
}

fn safe(words: &str) -> String {
    escape::terminal_str(words).into_owned()
}
