//! Claims in words: how one is read, why a flow speaks the way it does, what cannot be shown.
//!
//! In:   a claim, and a flow with what was found of it.
//! Out:  sentences of our words, country names and protocol words; of companies the names that
//!       catalogues and the file of claims give. Nothing in them was chosen by the capture.

use super::Claim;
use super::assertion::{Assertion, Countries, owner_words, sure_country};
use super::protection::{Minimum, Protection};
use super::tally::{Cause, Marks, Seen, Way};
use crate::judge::selector::Selector;
use crate::judge::wording::{confidence, with_code};
use crate::language::{WORDS, fill};
use crate::model::{Flow, Grade, Place, Truth, Via};

/// How a claim was read, so that a capture can test it.
pub(super) fn reading(claim: &Claim) -> String {
    let words = &WORDS.claims.reading;
    let subject = subject(&claim.subject.selector);
    let asserted: Vec<String> = claim
        .assertions
        .iter()
        .map(|one| asserted(one, claim))
        .collect();
    let asserted = WORDS.all(&asserted);
    let has = |wanted: fn(&Assertion) -> bool| claim.assertions.iter().any(wanted);
    let none = has(|one| matches!(one, Assertion::NoFlows));
    let mut reading = match (none, subject.is_empty()) {
        (true, true) => words.none.to_owned(),
        (true, false) => fill(words.none_of, &[&subject]),
        (false, true) => fill(words.every, &[&asserted]),
        (false, false) => fill(words.every_of, &[&subject, &asserted]),
    };
    if claim.subject.leaves_upkeep_out() {
        reading.push_str(words.upkeep);
    }
    if has(|one| matches!(one, Assertion::StoredOnlyIn(_))) {
        reading.push_str(words.storage);
    }
    reading
}

/// `to names owned by Xiaomi, before the phase consent-accepted`.
fn subject(selector: &Selector) -> String {
    let words = &WORDS.claims.reading;
    let mut parts: Vec<String> = Vec::new();
    let mut list = |words: &str, items: Vec<String>| {
        if !items.is_empty() {
            parts.push(fill(words, &[&items.join(WORDS.joins.or)]));
        }
    };
    let patterns = |patterns: &[crate::judge::selector::Pattern]| {
        patterns.iter().map(|one| one.as_str().to_owned()).collect()
    };
    let owners = selector.owners.iter().map(|owner| capital(owner));
    let ports = selector.ports.iter().map(u16::to_string);
    let addresses = selector.addresses.iter().map(ToString::to_string);
    list(words.apps, patterns(&selector.apps));
    list(words.owners, owners.collect());
    list(words.domains, selector.domains.clone());
    list(words.names, patterns(&selector.names));
    list(words.functions, selector.functions.clone());
    list(words.protocols, selector.protocols.clone());
    list(words.ports, ports.collect());
    list(words.addresses, addresses.collect());
    list(words.devices, selector.devices.clone());
    list(words.phases, selector.phases.clone());
    list(
        words.before_phase,
        selector.before.iter().cloned().collect(),
    );
    list(words.from_phase, selector.after.iter().cloned().collect());
    list(
        words.from,
        selector.from.iter().map(|time| day(*time)).collect(),
    );
    list(
        words.until,
        selector.until.iter().map(|time| day(*time)).collect(),
    );
    parts.join(WORDS.units.comma)
}

/// The first letter large: owners are kept in lower case.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// `2026-11-21T04:31:07Z`.
fn day(time: crate::model::Time) -> String {
    let text = time.to_string();
    format!("{}Z", text.get(..19).unwrap_or_default())
}

fn asserted(assertion: &Assertion, claim: &Claim) -> String {
    let words = &WORDS.claims.reading;
    let least = confidence(claim.min_confidence);
    match assertion {
        Assertion::ServedOnlyIn(list) | Assertion::StoredOnlyIn(list) => {
            fill(words.placed_in, &[least, &list.written])
        }
        Assertion::NeverTo(list) => fill(words.placed_out, &[least, &list.written]),
        Assertion::OperatedBy(companies) => fill(words.operated, &[&companies.written]),
        Assertion::OwnedBy(companies) | Assertion::OnlyOwnDomains(companies) => {
            fill(words.owned, &[&companies.written])
        }
        Assertion::NoThirdParties(companies) => fill(words.owned_directly, &[&companies.written]),
        Assertion::Encrypted(minimum) => fill(words.encrypted, &[minimum.words()]),
        Assertion::NoFlows => words.absent.to_owned(),
        Assertion::LatencyReduced => words.sooner.to_owned(),
        Assertion::MigratedSince(since) => fill(words.migrated, &[since]),
    }
}

/// Why a flow speaks the way it does: one sentence.
pub(super) fn because(claim: &Claim, seen: &Seen<'_>, way: Way) -> String {
    if seen.carried {
        return WORDS.claims.facts.carried.to_owned();
    }
    let (bits, truth) = match way {
        Way::For => (seen.marks.yes, Truth::Yes),
        Way::Against => (seen.marks.no, Truth::No),
        Way::Open if seen.marks.no > 0 => (seen.marks.no, Truth::No),
        Way::Open => (seen.marks.maybe, Truth::Maybe),
    };
    let facts: Vec<String> = Marks::kinds(bits)
        .filter_map(|kind| claim.assertions.get(kind))
        .map(|assertion| fact(assertion, claim, seen, truth))
        .collect();
    let mut sentences = Vec::new();
    if seen.subject == Truth::Maybe {
        sentences.push(doubt(cause(claim, seen)).to_owned());
    }
    // That there is a flow at all is no news where it may be of somebody else.
    let news = sentences.is_empty() || !matches!(claim.assertions[..], [Assertion::NoFlows]);
    sentences.extend(facts.into_iter().filter(|_| news));
    sentences.join(WORDS.claims.facts.sentences)
}

fn fact(assertion: &Assertion, claim: &Claim, seen: &Seen<'_>, truth: Truth) -> String {
    let flow = seen.flow;
    let words = &WORDS.claims.facts;
    match assertion {
        Assertion::ServedOnlyIn(list)
        | Assertion::StoredOnlyIn(list)
        | Assertion::NeverTo(list) => {
            let mut fact = place_fact(&flow.place, claim, &list.written);
            fact.push_str(&condition(list, claim, flow).unwrap_or_default());
            fact
        }
        Assertion::OperatedBy(_) => match flow.place.operator.as_deref() {
            Some(operator) if !operator.registered_only => {
                fill(words.operated, &[&operator.name, &operator.source])
            }
            _ => words.no_operator.to_owned(),
        },
        Assertion::OwnedBy(_) | Assertion::OnlyOwnDomains(_) | Assertion::NoThirdParties(_) => {
            owner_fact(flow, truth)
        }
        Assertion::Encrypted(minimum) => encryption_fact(flow, seen.nature.protection, *minimum),
        Assertion::NoFlows => words.there.to_owned(),
        Assertion::LatencyReduced | Assertion::MigratedSince(..) => words.two_captures.to_owned(),
    }
}

/// On what it hangs whether the flow's country is among those of the claim.
fn condition(list: &Countries, claim: &Claim, flow: &Flow) -> Option<String> {
    let country = sure_country(&flow.place, claim.min_confidence)?;
    let (group, membership) = list.list.condition(country, flow.first_seen)?;
    let condition = membership.condition.as_deref().unwrap_or_default();
    Some(fill(
        WORDS.claims.facts.condition,
        &[&group.name, condition],
    ))
}

fn place_fact(place: &Place, claim: &Claim, written: &str) -> String {
    let words = &WORDS.claims.facts;
    let how_sure = confidence(place.confidence);
    if let Some(country) = sure_country(place, claim.min_confidence) {
        return fill(words.placed, &[&with_code(country), how_sure, written]);
    }
    if let Some(country) = place.country {
        return fill(words.placed_unsurely, &[&with_code(country), how_sure]);
    }
    match (place.anycast, place.unknown_because) {
        (Some(true), _) => words.anycast.to_owned(),
        (_, Some(why)) => fill(words.no_country_because, &[why]),
        _ => words.no_country.to_owned(),
    }
}

fn owner_fact(flow: &Flow, truth: Truth) -> String {
    let words = &WORDS.claims.facts;
    if let Some(alias) = flow.owner.alias.as_ref().filter(|_| truth == Truth::No)
        && let Some(theirs) = alias.company()
    {
        let frame = alias.frame.to_string();
        return fill(words.alias, &[&owner_words(theirs), &frame]);
    }
    match &flow.owner.owner {
        Some(owner) if truth != Truth::Maybe => {
            fill(words.owned, &[&owner_words(owner), &owner.said_by])
        }
        Some(_) => words.another_name.to_owned(),
        None if flow.name.is_none() => words.no_name.to_owned(),
        None => words.no_owner.to_owned(),
    }
}

fn encryption_fact(flow: &Flow, protection: Protection, minimum: Minimum) -> String {
    let words = &WORDS.claims.facts;
    let speaks = flow.protocol.unwrap_or(words.unrecognised);
    let (sentence, version) = match protection {
        Protection::Silent => (words.silent, ""),
        Protection::Clear => (words.clear, ""),
        Protection::Tls { least, most } if least == most => (words.protected, most.words()),
        Protection::Tls { most, .. } if most < minimum => (words.no_more_than, most.words()),
        Protection::Tls { .. } if minimum == Minimum::Tls => (words.version_unseen, ""),
        Protection::Tls { most, .. } => (words.up_to, most.words()),
        Protection::Own => (words.encrypts_itself, ""),
        Protection::Unknown => (words.encryption_unknown, ""),
    };
    fill(sentence, &[speaks, version])
}

/// Why a flow leaves the claim open: what of the subject is not known comes first.
pub(super) fn cause(claim: &Claim, seen: &Seen<'_>) -> Cause {
    if seen.carried {
        return Cause::Carrier;
    }
    let flow = seen.flow;
    if seen.subject == Truth::Maybe {
        let selector = &claim.subject.selector;
        if claim.subject.asks_phases() && !seen.phases_known {
            return Cause::Phases;
        }
        if selector.who(flow) == Truth::Maybe {
            return who_cause(flow);
        }
        if !selector.apps.is_empty() && flow.app.is_none() {
            return Cause::App;
        }
        return if claim.subject.asks_phases() {
            Cause::Phases
        } else {
            Cause::Protocol
        };
    }
    let open = Marks::kinds(seen.marks.maybe).filter_map(|kind| claim.assertions.get(kind));
    let causes = open.map(|assertion| match assertion {
        Assertion::ServedOnlyIn(list) | Assertion::NeverTo(list) => {
            match condition(list, claim, flow) {
                Some(_) => Cause::Condition,
                None => Cause::Place,
            }
        }
        Assertion::StoredOnlyIn(_) => Cause::Storage,
        Assertion::OperatedBy(_) => Cause::Operator,
        Assertion::OwnedBy(_) | Assertion::OnlyOwnDomains(_) | Assertion::NoThirdParties(_) => {
            who_cause(flow)
        }
        Assertion::Encrypted(_) | Assertion::NoFlows => Cause::Encryption,
        Assertion::LatencyReduced | Assertion::MigratedSince(..) => Cause::TwoCaptures,
    });
    causes.min().unwrap_or(Cause::Protocol)
}

fn who_cause(flow: &Flow) -> Cause {
    if flow.name.is_none() || flow.name_via == Some(Via::EchOuter) {
        Cause::Name
    } else if flow.name_grade == Grade::Inferred && flow.name_rivals.is_some_and(|n| n > 0) {
        Cause::Rivals
    } else {
        Cause::Owner
    }
}

/// Why it is not known whether a claim speaks of a flow.
fn doubt(cause: Cause) -> &'static str {
    let words = &WORDS.claims.facts;
    match cause {
        Cause::Name => words.doubt_name,
        Cause::Rivals => words.doubt_rivals,
        Cause::Owner => words.doubt_owner,
        Cause::Phases => words.doubt_phase,
        Cause::App => words.doubt_app,
        _ => words.doubt,
    }
}

/// What would decide, for the cause that most flows have.
pub(super) fn would_decide(cause: Cause) -> &'static str {
    let words = &WORDS.claims.decides;
    match cause {
        Cause::Carrier => words.carrier,
        Cause::Phases => words.phases,
        Cause::Name | Cause::Rivals => words.name,
        Cause::Owner => words.owner,
        Cause::App => words.app,
        Cause::Protocol => words.protocol,
        Cause::Place => words.place,
        Cause::Condition => words.condition,
        Cause::Storage => words.storage,
        Cause::Operator => words.operator,
        Cause::Encryption => words.encryption,
        Cause::TwoCaptures => words.two_captures,
        Cause::Folded => words.folded,
    }
}

/// What no capture, or none of one phone, can show of a claim.
pub(super) fn cannot_show(claim: &Claim) -> Vec<String> {
    let words = &WORDS.claims.cannot_show;
    let has = |wanted: fn(&Assertion) -> bool| claim.assertions.iter().any(wanted);
    let mut lines: Vec<&str> = Vec::new();
    if has(|one| matches!(one, Assertion::StoredOnlyIn(_))) {
        lines.push(words.storage_claimed);
    } else if has(|one| one.countries().is_some()) {
        lines.push(words.storage);
    }
    if has(|one| one.looks() == super::assertion::Looks::Place) {
        lines.extend([words.onward, words.access]);
    }
    if has(|one| matches!(one, Assertion::OperatedBy(_))) {
        lines.push(words.machine);
    }
    if has(|one| matches!(one, Assertion::Encrypted(_))) {
        lines.extend([words.keys, words.certificates]);
    }
    if has(|one| matches!(one, Assertion::NoFlows)) {
        lines.extend([words.consent, words.later]);
    }
    if has(|one| one.looks() == super::assertion::Looks::Who) {
        lines.push(words.receivers);
    }
    if has(|one| matches!(one, Assertion::LatencyReduced)) {
        lines.push(words.latency);
    }
    if has(|one| matches!(one, Assertion::MigratedSince(..))) {
        lines.push(words.old_servers);
    }
    lines.extend([words.others, words.versions]);
    lines.into_iter().map(str::to_owned).collect()
}
