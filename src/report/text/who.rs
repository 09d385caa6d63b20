//! Who operates a network and who owns a name, in one line.
//!
//! In:   a [`Destination`].
//! Out:  `operated by Amazon (US) · name owned by Xiaomi (CN), push`; nothing where nothing is
//!       known. Both are looked up; neither says where the server is.

use super::layout::{Ink, Page};
use crate::language::{WORDS, fill};
use crate::model::{Company, Country, Destination, NameOwner, Operator};
use crate::report::escape;
use crate::report::words::term;
use std::io;

/// The line, escaped.
pub(super) fn who(destination: &Destination) -> String {
    let operator = destination.place.operator.as_deref();
    let mut parts: Vec<String> = Vec::new();
    parts.extend(operator.map(operated));
    parts.extend(owned(&destination.owner));
    parts.extend(alias(&destination.owner));
    parts.join(WORDS.who.between)
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
        return fill(WORDS.who.registered, &[top.code()]);
    }
    let company = company(&operator.name, group, Some(*top));
    fill(WORDS.who.operated, &[&company])
}

fn owned(owner: &NameOwner) -> Option<String> {
    let said = match (&owner.owner, &owner.hosted_by) {
        (Some(own), _) => Some(fill(WORDS.who.owned, &[&words(own)])),
        (None, Some(host)) => Some(fill(WORDS.who.customer, &[&words(host)])),
        (None, None) => None,
    };
    let function = owner.function.as_ref().map(|function| safe(term(function)));
    let said: Vec<String> = said.into_iter().chain(function).collect();
    (!said.is_empty()).then(|| said.join(WORDS.units.comma))
}

/// Only where the alias leads to somebody else: a content network's is no news.
fn alias(owner: &NameOwner) -> Option<String> {
    let alias = owner.alias.as_ref().filter(|_| owner.is_cloaked())?;
    let theirs = alias.owner.as_deref()?;
    Some(fill(
        WORDS.who.alias,
        &[&escape::terminal(&alias.target), &words(theirs)],
    ))
}

fn words(of: &Company) -> String {
    company(&of.name, &of.group, of.group_country)
}

/// `Amazon (US)`; `WhatsApp, of Meta (US)`; `google (country not known)`.
fn company(name: &str, group: &str, country: Option<Country>) -> String {
    let country = country.as_ref().map(Country::code);
    let seat = country.unwrap_or(WORDS.steps.no_country);
    if name.eq_ignore_ascii_case(group) {
        fill(WORDS.steps.seat, &[&safe(group), seat])
    } else {
        fill(WORDS.who.company_of, &[&safe(name), &safe(group), seat])
    }
}

fn safe(words: &str) -> String {
    escape::terminal_str(words).into_owned()
}
