//! Claims in words: how one is read, why a flow speaks the way it does, what cannot be shown.
//!
//! In:   a claim, and a flow with what was found of it.
//! Out:  sentences of our words, country names and protocol words; of companies the names that
//!       catalogues and the file of claims give. Nothing in them was chosen by the capture.

use super::Claim;
use super::assertion::{Assertion, Countries, owner_words, sure_country};
use super::protection::Protection;
use super::tally::{Cause, Marks, Seen, Way};
use crate::judge::selector::Selector;
use crate::model::{Country, Flow, Grade, Place, Truth, Via};

/// `China (CN)`, `the United States (US)`.
pub(super) fn country_words(country: Country) -> String {
    let the = if country.takes_the() { "the " } else { "" };
    let name = country.name().unwrap_or("a country without a name");
    format!("{the}{name} ({country})")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// How a claim was read, so that a capture can test it.
pub(super) fn reading(claim: &Claim) -> String {
    let subject = subject(&claim.subject.selector);
    let asserted: Vec<String> = claim
        .assertions
        .iter()
        .map(|one| asserted(one, claim))
        .collect();
    let mut words = if claim
        .assertions
        .iter()
        .any(|one| matches!(one, Assertion::NoFlows))
    {
        format!("There is no outbound flow{subject}.")
    } else {
        format!("Every outbound flow{subject} {}.", listed(&asserted))
    };
    if claim.subject.leaves_upkeep_out() {
        words.push_str(
            " Name resolution (DNS on port 53, encrypted DNS), DHCP, NTP and ICMP are outside.",
        );
    }
    if claim
        .assertions
        .iter()
        .any(|one| matches!(one, Assertion::StoredOnlyIn(_)))
    {
        words.push_str(
            " Storage cannot be seen: from where it is served is shown, and decides nothing.",
        );
    }
    words
}

/// ` of names owned by Xiaomi, before the phase consent-accepted`.
fn subject(selector: &Selector) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut list = |words: &str, items: Vec<String>| {
        if !items.is_empty() {
            parts.push(format!("{words} {}", items.join(" or ")));
        }
    };
    let patterns = |patterns: &[crate::judge::selector::Pattern]| {
        patterns.iter().map(|one| one.as_str().to_owned()).collect()
    };
    list("of the app", patterns(&selector.apps));
    list(
        "to names owned by",
        selector.owners.iter().map(|owner| capital(owner)).collect(),
    );
    list("to names in", selector.domains.clone());
    list("to names like", patterns(&selector.names));
    list("to names that serve", selector.functions.clone());
    list("that speaks", selector.protocols.clone());
    list(
        "to port",
        selector.ports.iter().map(u16::to_string).collect(),
    );
    let addresses = selector.addresses.iter();
    list(
        "to the address",
        addresses.map(ToString::to_string).collect(),
    );
    list("of the device", selector.devices.clone());
    list("in the phase", selector.phases.clone());
    list(
        "before the phase",
        selector.before.iter().cloned().collect(),
    );
    list(
        "from the phase on",
        selector.after.iter().cloned().collect(),
    );
    list(
        "from",
        selector.from.iter().map(|time| day(*time)).collect(),
    );
    list(
        "before",
        selector.until.iter().map(|time| day(*time)).collect(),
    );
    match parts.is_empty() {
        true => String::new(),
        false => format!(" {}", parts.join(", ")),
    }
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
    let least = claim.min_confidence.as_str();
    match assertion {
        Assertion::ServedOnlyIn(list) | Assertion::StoredOnlyIn(list) => format!(
            "goes to an address placed, with {least} confidence or more, in one of {}",
            list.written
        ),
        Assertion::NeverTo(list) => format!(
            "goes to an address placed, with {least} confidence or more, in none of {}",
            list.written
        ),
        Assertion::OperatedBy(companies) => {
            format!("goes to a network operated by {}", companies.written)
        }
        Assertion::OwnedBy(companies) | Assertion::OnlyOwnDomains(companies) => {
            format!("goes to a name owned by {}", companies.written)
        }
        Assertion::NoThirdParties(companies) => format!(
            "goes to a name owned by {}, which is no alias of a name of others",
            companies.written
        ),
        Assertion::Encrypted(minimum) => {
            format!("is encrypted by {} or later, or QUIC", minimum.words())
        }
        Assertion::NoFlows => "is absent".to_owned(),
        Assertion::LatencyReduced => "is answered sooner than in a capture from before".to_owned(),
        Assertion::MigratedSince(since) => {
            format!("goes elsewhere since {since} than in a capture from before")
        }
    }
}

/// Why a flow speaks the way it does: one sentence.
pub(super) fn because(claim: &Claim, seen: &Seen<'_>, way: Way) -> String {
    if seen.carried {
        return "A tunnel or a proxy: what is in it, and where that goes, cannot be seen."
            .to_owned();
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
    format!("{}.", sentences.join(". "))
}

fn fact(assertion: &Assertion, claim: &Claim, seen: &Seen<'_>, truth: Truth) -> String {
    let flow = seen.flow;
    match assertion {
        Assertion::ServedOnlyIn(list)
        | Assertion::StoredOnlyIn(list)
        | Assertion::NeverTo(list) => {
            let fact = place_fact(&flow.place, claim, &list.written);
            format!("{fact}{}", condition(list, claim, flow).unwrap_or_default())
        }
        Assertion::OperatedBy(_) => match flow.place.operator.as_deref() {
            Some(operator) if !operator.registered_only => {
                format!(
                    "The network is operated by {} ({})",
                    operator.name, operator.source
                )
            }
            _ => "No catalogue names the operator of the network".to_owned(),
        },
        Assertion::OwnedBy(_) | Assertion::OnlyOwnDomains(_) | Assertion::NoThirdParties(_) => {
            owner_fact(flow, truth)
        }
        Assertion::Encrypted(minimum) => encryption_fact(flow, seen.nature.protection, *minimum),
        Assertion::NoFlows => "The flow was observed".to_owned(),
        Assertion::LatencyReduced | Assertion::MigratedSince(..) => {
            "It has to be held against a capture from before".to_owned()
        }
    }
}

/// On what it hangs whether the flow's country is among those of the claim.
fn condition(list: &Countries, claim: &Claim, flow: &Flow) -> Option<String> {
    let country = sure_country(&flow.place, claim.min_confidence)?;
    let (group, membership) = list.list.condition(country, flow.first_seen)?;
    Some(format!(
        ". Whether it counts as a member of {} hangs on what no capture shows: {}",
        group.name,
        membership.condition.as_deref().unwrap_or_default()
    ))
}

fn place_fact(place: &Place, claim: &Claim, written: &str) -> String {
    let confidence = place.confidence.as_str();
    if let Some(country) = sure_country(place, claim.min_confidence) {
        return format!(
            "The address is placed in {}, {confidence} confidence; the claim names {written}",
            country_words(country)
        );
    }
    if let Some(country) = place.country {
        return format!(
            "The address is placed in {} with {confidence} confidence only",
            country_words(country)
        );
    }
    match (place.anycast, place.unknown_because) {
        (Some(true), _) => "The address is served from many places at once (anycast)".to_owned(),
        (_, Some(why)) => format!("The address has no country that is known: {why}"),
        _ => "The address has no country that is known".to_owned(),
    }
}

fn owner_fact(flow: &Flow, truth: Truth) -> String {
    if let Some(alias) = flow.owner.alias.as_ref().filter(|_| truth == Truth::No)
        && let Some(theirs) = alias.company()
    {
        return format!(
            "The name is an alias of a name of {} (frame {})",
            owner_words(theirs),
            alias.frame
        );
    }
    match &flow.owner.owner {
        Some(owner) if truth != Truth::Maybe => {
            format!(
                "The name is owned by {} ({})",
                owner_words(owner),
                owner.said_by
            )
        }
        Some(_) => "The name may not be the one that was asked for".to_owned(),
        None if flow.name.is_none() => "No name was observed".to_owned(),
        None => "No catalogue says who owns the name".to_owned(),
    }
}

fn encryption_fact(
    flow: &Flow,
    protection: Protection,
    minimum: super::protection::Minimum,
) -> String {
    let word = flow
        .protocol
        .unwrap_or("a protocol that was not recognised");
    match protection {
        Protection::Silent => "Nothing was said in it".to_owned(),
        Protection::Clear => format!("It speaks {word}, which anyone on the way can read"),
        Protection::Tls { least, most } if least == most => {
            format!("It speaks {word}, protected by {}", most.words())
        }
        Protection::Tls { most, .. } if most < minimum => {
            format!("It speaks {word}, and offers no more than {}", most.words())
        }
        Protection::Tls { .. } if minimum == super::protection::Minimum::Tls => {
            format!("It speaks {word}; which version was chosen was not seen")
        }
        Protection::Tls { most, .. } => format!(
            "It speaks {word} and offers up to {}; what the server chose was not seen",
            most.words()
        ),
        Protection::Own => format!("It speaks {word}, which encrypts in a way of its own"),
        Protection::Unknown => format!("It speaks {word}; whether that is encrypted is not known"),
    }
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
    match cause {
        Cause::Name => "No name was observed, or one that hides another: it may be of the subject",
        Cause::Rivals => "Several names share the address: it may be of the subject",
        Cause::Owner => {
            "Who owns the name, or what it serves, is not known: it may be of the subject"
        }
        Cause::Phases => {
            "In which phase of the test it began is not known: it may be of the subject"
        }
        Cause::App => "Which app it is of is not known: it may be of the subject",
        _ => "It may be of the subject",
    }
}

/// What would decide, for the cause that most flows have.
pub(super) fn would_decide(cause: Cause) -> &'static str {
    match cause {
        Cause::Carrier => "a capture where the tunnel or the proxy ends",
        Cause::Phases => {
            "a log of the test with the phases that the claim speaks of (--phases FILE)"
        }
        Cause::Name | Cause::Rivals => {
            "the names of those flows: a capture that begins before their DNS answers, or one made \
             on the phone without encrypted DNS and ECH"
        }
        Cause::Owner => "a catalogue that says who owns those names (--owners FILE)",
        Cause::App => "a capture that says which app a flow is of (PCAPdroid, PKTAP, NFLOG)",
        Cause::Protocol => "a capture that begins before those flows",
        Cause::Place => {
            "a second place database (--geo FILE), the operator's own ranges (--ranges FILE), or a \
             round trip from a known place (--vantage)"
        }
        Cause::Condition => {
            "knowledge from elsewhere: whether the condition of the membership holds"
        }
        Cause::Storage => {
            "records of where it is stored, or an audit of them: a capture shows where something is \
             sent, never where it is kept"
        }
        Cause::Operator => "a catalogue that says who operates those networks (--owners FILE)",
        Cause::Encryption => "a capture that holds the handshakes of those flows",
        Cause::TwoCaptures => "`whereto diff BEFORE AFTER --claims FILE`",
        Cause::Folded => "a shorter capture, or parts of it: its table of flows was full",
    }
}

/// What no capture, or none of one phone, can show of a claim.
pub(super) fn cannot_show(claim: &Claim) -> Vec<String> {
    let has = |wanted: fn(&Assertion) -> bool| claim.assertions.iter().any(wanted);
    let mut lines: Vec<&str> = Vec::new();
    if has(|one| matches!(one, Assertion::StoredOnlyIn(_))) {
        lines.push("Storage, of which the claim speaks: a capture shows where something is sent, never where it is kept.");
    } else if has(|one| one.countries().is_some()) {
        lines.push("Storage: where anything is kept once it has arrived.");
    }
    if has(|one| one.looks() == super::assertion::Looks::Place) {
        lines.push("Onward transfer: what a server passes on, and where to; an edge of a content network may stand before one elsewhere.");
        lines.push("Remote access: who can read what is there, and from where.");
    }
    if has(|one| matches!(one, Assertion::OperatedBy(_))) {
        lines.push("Who runs the machine at an address: only whose network it is in.");
    }
    if has(|one| matches!(one, Assertion::Encrypted(_))) {
        lines.push("How anything is protected once it has arrived, and who holds the keys.");
        lines.push("Whether certificates were checked.");
    }
    if has(|one| matches!(one, Assertion::NoFlows)) {
        lines.push("Whether consent was asked for or given: phases are the tester's word.");
        lines.push("What was gathered meanwhile and sent later.");
    }
    if has(|one| one.looks() == super::assertion::Looks::Who) {
        lines.push("Who receives what under a name of the vendor: others may run servers under it, and an alias that was not looked up in this capture is not seen.");
    }
    if has(|one| matches!(one, Assertion::LatencyReduced)) {
        lines.push("What users notice: a round trip is not the whole of latency, and depends on the network of the test.");
    }
    if has(|one| matches!(one, Assertion::MigratedSince(..))) {
        lines.push("Whether old servers still serve others.");
    }
    lines.push("Other users, phones, networks and times: this is one test.");
    lines.push("Other firmware and app versions, and what those here do in situations that the test did not bring about.");
    lines.into_iter().map(str::to_owned).collect()
}
