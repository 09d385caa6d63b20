//! What a flow shows of itself, apart from where it goes and whose it is.
//!
//! In:   a flow, and what a rule expects of it.
//! Out:  a verdict, and its reason as a word.
//!
//! Nothing is taken for a yes or a no that the packets do not show: a protocol that nobody
//! recognised may be encrypted or not.

use super::axis::Axis;
use super::expect::{Allowed, Encryption, Expect, HIDING};
use super::protocols::{self, Kind, TUNNELS};
use crate::judge::selector::Test;
use crate::model::{Flow, Scope, Transport, Truth, Verdict, Via};

/// Why a flow was judged so. `words.rs` puts it into words.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Cause {
    /// The country decides, or the round trip.
    Country,
    /// The country is not known surely enough.
    Unsure,
    /// No country is known.
    Unknown,
    /// Whether the country is among those expected hangs on a condition.
    Condition,
    /// The flow carries others: where those go, is not shown.
    Carries,
    /// The name stands inside a proxy's flow: the address is the proxy's.
    Proxied,
    /// The name may not be the one that was asked for.
    NotItsName,
    /// It can be read on the way.
    Clear,
    /// TLS chose a suite without encryption.
    NullCipher,
    /// The version of TLS that was chosen.
    Chosen(u16),
    /// The highest version that was offered; which was chosen, was not seen.
    Offered(u16),
    /// Encrypted, with a version that was not seen.
    NoVersion,
    /// Encrypted otherwise than by TLS.
    OtherwiseEncrypted,
    /// Its protocol does not tell whether it is encrypted.
    Unclear,
    /// Nobody recognised what it speaks.
    Unrecognised,
    /// No demand was made.
    NoDemand,
    /// The name was seen in the flow.
    NameSeen,
    /// Names of others were seen: it asked for addresses in the clear.
    QuestionsSeen,
    /// A handshake without a name, or with a hidden one.
    NameHidden,
    /// No handshake was seen.
    NoHandshake,
    /// The resolver is one of those expected, or none of them.
    Resolver,
    /// Whether it is, cannot be told.
    ResolverOpen,
    /// A local resolver passes questions on, nobody sees to whom.
    LocalResolver,
    /// How names are hidden: a word of [`HIDING`].
    Hiding(&'static str),
    /// Nothing is hidden that could be.
    NotHidden,
    /// What carries others: a word of [`TUNNELS`].
    Tunnel(&'static str),
    /// It was seen inside a tunnel that may be a part of how the capture was made.
    Inside(&'static str),
    /// It carries no other traffic, by what it speaks.
    NoTunnel,
    /// It was there.
    There,
}

/// What one rule says of one flow on one axis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Said {
    pub(super) verdict: Verdict,
    pub(super) cause: Cause,
}

pub(super) fn said(verdict: Verdict, cause: Cause) -> Said {
    Said { verdict, cause }
}

pub(super) fn by(fits: bool) -> Verdict {
    if fits {
        Verdict::Met
    } else {
        Verdict::Violated
    }
}

/// Whether rules on that axis judge such a flow at all.
pub(super) fn applies(axis: Axis, flow: &Flow) -> bool {
    let outbound = flow.scope == Scope::Outbound;
    match axis {
        Axis::Resolver => (outbound || flow.scope == Scope::Lan) && resolves(flow),
        // What has no content of its own hides and shows nothing.
        Axis::Encryption | Axis::Names => outbound && !is_control(flow),
        Axis::HiddenNames => outbound && !is_control(flow) && may_hide(flow),
        Axis::Tunnel => outbound && !is_control(flow),
        _ => outbound,
    }
}

/// What one rule says of a flow on one of the axes that need no place; `None` where it does not
/// speak of the axis.
pub(super) fn judge(axis: Axis, expect: &Expect, flow: &Flow, test: Test<'_>) -> Option<Said> {
    Some(match axis {
        Axis::Encryption => encryption(flow, expect.encryption?),
        Axis::Names => names(flow, expect.names?),
        Axis::Resolver => {
            let selector = expect.resolver.as_ref()?;
            resolver(
                selector.matches(flow, test),
                !selector.addresses.is_empty(),
                flow,
            )
        }
        Axis::HiddenNames => hidden_names(flow, expect.hidden_names.as_ref()?),
        Axis::Tunnel => tunnel(flow, expect.tunnel.as_ref()?),
        Axis::Silence => said(Verdict::Violated, Cause::There),
        Axis::Server | Axis::Operator | Axis::Owner => return None,
    })
}

fn is_control(flow: &Flow) -> bool {
    matches!(flow.transport, Transport::Icmp | Transport::Icmpv6)
}

pub(super) fn resolves(flow: &Flow) -> bool {
    flow.protocol
        .is_some_and(|word| protocols::RESOLVING.contains(&word))
}

fn encryption(flow: &Flow, wanted: Encryption) -> Said {
    if wanted == Encryption::Any {
        return said(Verdict::Met, Cause::NoDemand);
    }
    let kind = match (flow.protocol, flow.transport) {
        // A version of TLS was seen, whatever the flow began as.
        (_, _) if flow.tls_version.is_some() => Kind::Tls,
        (_, Transport::Esp) => Kind::Encrypted,
        (Some(word), _) => protocols::kind(word),
        (None, _) => return said(Verdict::Indeterminate, Cause::Unrecognised),
    };
    match kind {
        Kind::Clear => said(Verdict::Violated, Cause::Clear),
        Kind::Unclear => said(Verdict::Indeterminate, Cause::Unclear),
        Kind::Encrypted if wanted == Encryption::Known => {
            said(Verdict::Met, Cause::OtherwiseEncrypted)
        }
        Kind::Encrypted => said(Verdict::Indeterminate, Cause::OtherwiseEncrypted),
        Kind::Tls => tls(flow, wanted),
    }
}

fn tls(flow: &Flow, wanted: Encryption) -> Said {
    if flow
        .tls_cipher
        .is_some_and(|cipher| NULL_CIPHERS.contains(&cipher))
    {
        return said(Verdict::Violated, Cause::NullCipher);
    }
    let Some(version) = flow.tls_version.map(as_tls) else {
        return match wanted {
            Encryption::Tls(_) => said(Verdict::Indeterminate, Cause::NoVersion),
            _ => said(Verdict::Met, Cause::NoVersion),
        };
    };
    let least = match wanted {
        Encryption::Tls(least) => least,
        // SSL is not TLS.
        _ => 0x0301,
    };
    match (version >= least, flow.tls_version_chosen) {
        (fits, true) => said(by(fits), Cause::Chosen(version)),
        // A server takes no version above those that it is offered.
        (false, false) => said(Verdict::Violated, Cause::Offered(version)),
        // Any of TLS will do, and nothing but TLS was offered.
        (true, false) if least <= 0x0301 => said(Verdict::Met, Cause::Offered(version)),
        (true, false) => said(Verdict::Indeterminate, Cause::Offered(version)),
    }
}

/// Versions of DTLS as the versions of TLS that they are made of (RFC 4347, 6347, 9147).
fn as_tls(version: u16) -> u16 {
    match version {
        0xfeff => 0x0302,
        0xfefd => 0x0303,
        0xfefc => 0x0304,
        other => other,
    }
}

/// Suites of TLS that do not encrypt: `TLS_*_WITH_NULL_*` (RFC 5246, 4785, 4492, 5489) and
/// those of TLS 1.3 for integrity alone (RFC 9150).
const NULL_CIPHERS: &[u16] = &[
    0x0000, 0x0001, 0x0002, 0x002c, 0x002d, 0x002e, 0x003b, 0x00b0, 0x00b1, 0x00b4, 0x00b5, 0x00b8,
    0x00b9, 0xc001, 0xc006, 0xc00b, 0xc010, 0xc015, 0xc039, 0xc03a, 0xc03b, 0xc0b4, 0xc0b5,
];

fn names(flow: &Flow, hidden: bool) -> Said {
    if !hidden {
        return said(Verdict::Met, Cause::NoDemand);
    }
    if flow.protocol == Some("dns") {
        return said(Verdict::Violated, Cause::QuestionsSeen);
    }
    let seen = |via: Via| !matches!(via, Via::EchOuter | Via::Dns | Via::QuicCid);
    if flow.name_via.is_some_and(seen) || flow.names.iter().any(|name| seen(name.via)) {
        return said(Verdict::Violated, Cause::NameSeen);
    }
    if flow.name_via == Some(Via::EchOuter) {
        return said(Verdict::Met, Cause::NameHidden);
    }
    // The fourth letter of a JA4 says whether the hello had a name: `d`, or `i` for none.
    match flow.ja4.as_ref().and_then(|ja4| ja4.bytes().get(3)) {
        Some(b'i') => said(Verdict::Met, Cause::NameHidden),
        _ if flow.protocol.is_none() => said(Verdict::Indeterminate, Cause::Unrecognised),
        _ => said(Verdict::Indeterminate, Cause::NoHandshake),
    }
}

fn resolver(fits: Truth, by_address: bool, flow: &Flow) -> Said {
    let local = flow.scope != Scope::Outbound;
    match fits {
        Truth::Yes if by_address || !local => said(Verdict::Met, Cause::Resolver),
        _ if local => said(Verdict::Indeterminate, Cause::LocalResolver),
        Truth::No => said(Verdict::Violated, Cause::Resolver),
        _ => said(Verdict::Indeterminate, Cause::ResolverOpen),
    }
}

/// The way in which names are hidden in a flow.
fn hiding(flow: &Flow) -> Option<&'static str> {
    let known = |word: &str| HIDING.iter().find(|known| **known == word).copied();
    let outer = (flow.name_via == Some(Via::EchOuter)).then_some("ech");
    let by = |word: Option<&'static str>| word.and_then(known);
    by(flow.hidden).or(by(flow.protocol)).or(outer)
}

/// Flows in which names may be asked or named, and those that nobody recognised.
fn may_hide(flow: &Flow) -> bool {
    let named = flow
        .protocol
        .is_none_or(|word| word == "dns" || matches!(protocols::kind(word), Kind::Tls));
    named || hiding(flow).is_some() || flow.tls_version.is_some()
}

fn hidden_names(flow: &Flow, allowed: &Allowed) -> Said {
    if let Some(way) = hiding(flow) {
        return said(by(allowed.allows(way)), Cause::Hiding(way));
    }
    if *allowed == Allowed::Any {
        return said(Verdict::Met, Cause::NoDemand);
    }
    match flow.protocol {
        None => said(Verdict::Indeterminate, Cause::Unrecognised),
        Some("dns") => said(Verdict::Met, Cause::NotHidden),
        // Without its hello nobody sees what a flow hides.
        Some(_) if flow.ja4.is_none() => said(Verdict::Indeterminate, Cause::NoHandshake),
        Some(_) => said(Verdict::Met, Cause::NotHidden),
    }
}

/// What carries other traffic in a flow: a VPN, or a proxy that was asked for a name.
pub(super) fn carries(flow: &Flow) -> Option<&'static str> {
    let by_protocol = flow
        .protocol
        .and_then(|word| TUNNELS.iter().find(|known| **known == word));
    let by_transport = (flow.transport == Transport::Esp).then_some("esp");
    by_protocol.copied().or(by_transport).or(proxied(flow))
}

/// The way in which the flow's name was given to a proxy.
pub(super) fn proxied(flow: &Flow) -> Option<&'static str> {
    let via = |via: Via| match via {
        Via::Connect => Some("connect"),
        Via::Socks => Some("socks"),
        _ => None,
    };
    let of_name = flow.name_via.and_then(via);
    of_name.or_else(|| flow.names.iter().find_map(|name| via(name.via)))
}

fn tunnel(flow: &Flow, allowed: &Allowed) -> Said {
    if let Some(word) = carries(flow) {
        return said(by(allowed.allows(word)), Cause::Tunnel(word));
    }
    if *allowed == Allowed::Any {
        return said(Verdict::Met, Cause::NoDemand);
    }
    if !flow.tunnel.is_empty() {
        return said(Verdict::Indeterminate, Cause::Inside(flow.tunnel));
    }
    match flow.protocol {
        None => said(Verdict::Indeterminate, Cause::Unrecognised),
        Some(_) => said(Verdict::Met, Cause::NoTunnel),
    }
}
