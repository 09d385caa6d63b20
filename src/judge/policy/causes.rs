//! The reasons of verdicts, in words, and what would decide where they do not.

use super::axis::Axis;
use super::expect::{Allowed, Encryption, Expect};
use super::facts::Cause;
use super::tally::Row;
use crate::judge::selector::{Field, Selector};
use crate::language::{WORDS, count, fill};
use crate::model::Destination;

/// `3 flows observed in this capture to an address: 2 with content that can be read on the way, 1
/// with TLS 1.0 chosen. Expected is TLS 1.2 at least.`
pub(super) fn sentence(
    axis: Axis,
    expect: &Expect,
    row: &Row,
    flows: &str,
) -> (String, Option<String>) {
    let several = row.causes.len() > 1;
    let causes = row.causes.iter().map(|(cause, flows)| {
        let words = words(*cause);
        match several {
            true => fill(WORDS.rulings.cause_of, &[&count(*flows), &words]),
            false => words,
        }
    });
    let causes: Vec<String> = causes.collect();
    let causes = causes.join(WORDS.units.comma);
    let expected = expected(axis, expect);
    let why = fill(WORDS.rulings.because, &[flows, &causes, &expected]);
    let decides = row.causes.iter().find_map(|(cause, _)| decides(*cause));
    (why, decides.map(str::to_owned))
}

/// What a rule expects on an axis, as part of a sentence.
pub(super) fn expected(axis: Axis, expect: &Expect) -> String {
    let words = &WORDS.rulings.expected;
    let allowed = |allowed: Option<&Allowed>, none: &str, some: &str| match allowed {
        None | Some(Allowed::Any) => words.no_limit.to_owned(),
        Some(Allowed::Only(ways)) if ways.is_empty() => none.to_owned(),
        Some(Allowed::Only(ways)) => fill(some, &[&ways.join(WORDS.units.comma)]),
    };
    let plain = match axis {
        Axis::Encryption => match expect.encryption {
            Some(Encryption::Known) => words.encrypted,
            Some(Encryption::Tls(version)) => return fill(words.at_least, &[&tls(version)]),
            _ => words.not_asked_for,
        },
        Axis::Names if expect.names == Some(true) => words.unreadable_names,
        Axis::Names => words.no_limit,
        Axis::Resolver => words.resolver,
        Axis::HiddenNames => {
            let ways = expect.hidden_names.as_ref();
            return allowed(ways, words.no_hidden_names, words.names_hidden_by);
        }
        Axis::Tunnel => {
            return allowed(expect.tunnel.as_ref(), words.no_tunnel, words.tunnelled_by);
        }
        Axis::Silence => words.no_flow,
        Axis::Server | Axis::Operator | Axis::Owner => {
            let places = expect.places(axis);
            return places.map(super::expect::Places::list).unwrap_or_default();
        }
    };
    plain.to_owned()
}

/// A cause, to stand behind the flows that it is of: what they have.
pub(super) fn words(cause: Cause) -> String {
    let words = &WORDS.rulings.causes;
    let plain = match cause {
        Cause::Chosen(version) => return fill(words.chosen, &[&tls(version)]),
        Cause::Offered(version) => return fill(words.offered, &[&tls(version)]),
        Cause::Hiding(way) => return fill(words.hiding, &[way]),
        Cause::Tunnel(word) => return fill(words.tunnel, &[word]),
        Cause::Inside(word) => return fill(words.inside, &[word]),
        Cause::Country => words.country,
        Cause::Unsure => words.unsure,
        Cause::Unknown => words.unknown,
        Cause::Condition => words.condition,
        Cause::Carries => words.carries,
        Cause::Proxied => words.proxied,
        Cause::NotItsName => words.not_its_name,
        Cause::Clear => words.clear,
        Cause::NullCipher => words.null_cipher,
        Cause::NoVersion => words.no_version,
        Cause::OtherwiseEncrypted => words.otherwise_encrypted,
        Cause::Unclear => words.unclear,
        Cause::Unrecognised => words.unrecognised,
        Cause::NoDemand => words.no_demand,
        Cause::NameSeen => words.name_seen,
        Cause::QuestionsSeen => words.questions_seen,
        Cause::NameHidden => words.name_hidden,
        Cause::NoHandshake => words.no_handshake,
        Cause::Resolver => words.resolver,
        Cause::ResolverOpen => words.resolver_open,
        Cause::LocalResolver => words.local_resolver,
        Cause::NotHidden => words.not_hidden,
        Cause::NoTunnel => words.no_tunnel,
        Cause::There => words.there,
    };
    plain.to_owned()
}

/// What would decide.
fn decides(cause: Cause) -> Option<&'static str> {
    let words = &WORDS.rulings;
    Some(match cause {
        Cause::Unrecognised | Cause::Unclear => words.protocol_decides,
        Cause::Offered(_) | Cause::NoVersion | Cause::NoHandshake => words.handshake_decides,
        Cause::OtherwiseEncrypted => words.strength_decides,
        Cause::ResolverOpen => words.resolver_decides,
        Cause::LocalResolver => words.local_resolver_decides,
        Cause::Inside(_) => words.tunnel_decides,
        _ => return None,
    })
}

/// What hides where a flow really goes, or whose it is.
pub(super) fn behind(cause: Cause) -> (&'static str, &'static str) {
    let words = &WORDS.rulings;
    match cause {
        Cause::Proxied => (words.proxied, words.proxied_decides),
        Cause::NotItsName => (words.not_its_name, words.its_name_decides),
        _ => (words.carries, words.carries_decides),
    }
}

/// What would tell whether a scope means a flow.
pub(super) fn scope_decides(scope: &Selector, destination: Option<&Destination>) -> &'static str {
    let words = &WORDS.rulings;
    let asks = |field| scope.asks(field);
    let nameless = destination.is_none_or(|destination| destination.name.is_none());
    if scope.asks_who() && nameless {
        WORDS.rules.name_decides
    } else if asks(Field::Owners) || asks(Field::Functions) {
        words.owner_or_name_decides
    } else if scope.asks_who() {
        words.sure_name_decides
    } else if asks(Field::Apps) {
        words.app_decides
    } else if asks(Field::Times) {
        words.phase_decides
    } else {
        words.speaks_decides
    }
}

/// `TLS 1.2`.
fn tls(version: u16) -> String {
    match version {
        0x0002 => "SSL 2.0".to_owned(),
        0x0300 => "SSL 3.0".to_owned(),
        0x0301..=0x0304 => format!("TLS 1.{}", version.saturating_sub(0x0301)),
        other => fill(WORDS.rulings.causes.version, &[&format!("{other:#06x}")]),
    }
}
