//! The reasons of verdicts, in words, and what would decide where they do not.

use super::axis::Axis;
use super::expect::{Allowed, Encryption, Expect};
use super::facts::Cause;
use super::tally::Row;
use crate::judge::rules::expected_country::grouped;
use crate::judge::selector::{Field, Selector};
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
    let causes = row.causes.iter().map(|(cause, count)| {
        let words = words(*cause);
        match several {
            true => format!("{} with {words}", grouped(*count)),
            false => words,
        }
    });
    let causes: Vec<String> = causes.collect();
    let expected = expected(axis, expect);
    let why = format!("{flows}: {}. Expected is {expected}.", causes.join(", "));
    let decides = row.causes.iter().find_map(|(cause, _)| decides(*cause));
    (why, decides.map(str::to_owned))
}

/// What a rule expects on an axis, as part of a sentence.
pub(super) fn expected(axis: Axis, expect: &Expect) -> String {
    let allowed = |allowed: Option<&Allowed>, none: &str, some: &str| match allowed {
        None | Some(Allowed::Any) => "no limit".to_owned(),
        Some(Allowed::Only(words)) if words.is_empty() => none.to_owned(),
        Some(Allowed::Only(words)) => format!("{some} {}", words.join(", ")),
    };
    match axis {
        Axis::Encryption => match expect.encryption {
            Some(Encryption::Known) => "that content is encrypted".to_owned(),
            Some(Encryption::Tls(version)) => format!("{} at least", tls(version)),
            _ => "nothing: encryption is not asked for".to_owned(),
        },
        Axis::Names if expect.names == Some(true) => {
            "that names cannot be read on the way".to_owned()
        }
        Axis::Names => "no limit".to_owned(),
        Axis::Resolver => "another resolver, or this one where it is met".to_owned(),
        Axis::HiddenNames => allowed(
            expect.hidden_names.as_ref(),
            "that names are not hidden from the network",
            "that names are hidden by nothing but",
        ),
        Axis::Tunnel => allowed(
            expect.tunnel.as_ref(),
            "that no other traffic is carried inside",
            "that other traffic is carried by nothing but",
        ),
        Axis::Silence => "no flow at all".to_owned(),
        Axis::Server | Axis::Operator | Axis::Owner => {
            let places = expect.places(axis);
            places.map(super::expect::Places::list).unwrap_or_default()
        }
    }
}

/// A cause, to stand behind the flows that it is of: what they have.
pub(super) fn words(cause: Cause) -> String {
    let plain = match cause {
        Cause::Chosen(version) => return format!("{} chosen", tls(version)),
        Cause::Offered(version) => {
            return format!("{} offered at most, and the choice not seen", tls(version));
        }
        Cause::Hiding(way) => return format!("names hidden by {way}"),
        Cause::Tunnel(word) => return format!("other traffic carried inside ({word})"),
        Cause::Inside(word) => {
            return format!(
                "a tunnel around them ({word}) that may be part of how it was captured"
            );
        }
        Cause::Country => "the country",
        Cause::Unsure => "a country that is not known surely enough",
        Cause::Unknown => "no country that is known",
        Cause::Condition => "a country that belongs to a group under a condition",
        Cause::Carries => "other traffic carried inside",
        Cause::Proxied => "a name that was given to a proxy",
        Cause::NotItsName => "a name that may be that of another service",
        Cause::Clear => "content that can be read on the way",
        Cause::NullCipher => "a cipher suite that does not encrypt",
        Cause::NoVersion => "encryption, by a version of TLS that was not seen",
        Cause::OtherwiseEncrypted => "encryption otherwise than by TLS",
        Cause::Unclear => "a protocol that does not tell whether it is encrypted",
        Cause::Unrecognised => "no protocol that was recognised",
        Cause::NoDemand => "nothing that is asked for",
        Cause::NameSeen => "a name that can be read on the way",
        Cause::QuestionsSeen => "questions for names that can be read on the way",
        Cause::NameHidden => "a name that cannot be read in the handshake",
        Cause::NoHandshake => "no handshake that would show it",
        Cause::Resolver => "questions for the addresses of names",
        Cause::ResolverOpen => "a resolver of which not enough is known",
        Cause::LocalResolver => "a local resolver, which passes questions on unseen",
        Cause::NotHidden => "nothing hidden",
        Cause::NoTunnel => "a protocol that carries no other traffic",
        Cause::There => "there where none is expected",
    };
    plain.to_owned()
}

/// What would decide.
fn decides(cause: Cause) -> Option<&'static str> {
    Some(match cause {
        Cause::Unrecognised | Cause::Unclear => {
            "what the flow speaks, from the device or the app that opened it"
        }
        Cause::Offered(_) | Cause::NoVersion | Cause::NoHandshake => {
            "the whole handshake: a capture that holds both directions from the start"
        }
        Cause::OtherwiseEncrypted => "the strength of that protocol, which is not that of TLS",
        Cause::ResolverOpen => "the name or the owner of the resolver",
        Cause::LocalResolver => "a capture on the other side of the local resolver",
        Cause::Inside(_) => "how the capture was made, and who built the tunnel",
        _ => return None,
    })
}

/// What hides where a flow really goes, or whose it is.
pub(super) fn behind(cause: Cause) -> (&'static str, &'static str) {
    match cause {
        Cause::Proxied => (
            " The name was given to a proxy at that address: where the named server is, is not \
             shown.",
            "a capture on the other side of the proxy",
        ),
        Cause::NotItsName => (
            " The name may not be the one that was asked for: others share the address, or it \
             stands before a hidden one.",
            "the name that was asked for, from the device or its handshake",
        ),
        _ => (
            " The flow carries other traffic inside: where that goes, and whose it is, is not \
             shown.",
            "the traffic inside, captured before it enters the tunnel",
        ),
    }
}

/// What would tell whether a scope means a flow.
pub(super) fn scope_decides(scope: &Selector, destination: Option<&Destination>) -> &'static str {
    let asks = |field| scope.asks(field);
    let nameless = destination.is_none_or(|destination| destination.name.is_none());
    if scope.asks_who() && nameless {
        "a name: the device's DNS answers in the capture, or a handshake that shows it"
    } else if asks(Field::Owners) || asks(Field::Functions) {
        "a catalogue that has the name (--owners FILE), or a name that is surely the flow's own"
    } else if scope.asks_who() {
        "a name that is surely the flow's own"
    } else if asks(Field::Apps) {
        "a capture that names the app of each flow"
    } else if asks(Field::Times) {
        "a log of the test that has the phase (--phases FILE)"
    } else {
        "what the flow speaks"
    }
}

/// `TLS 1.2`.
fn tls(version: u16) -> String {
    match version {
        0x0002 => "SSL 2.0".to_owned(),
        0x0300 => "SSL 3.0".to_owned(),
        0x0301..=0x0304 => format!("TLS 1.{}", version.saturating_sub(0x0301)),
        other => format!("version {other:#06x}"),
    }
}
