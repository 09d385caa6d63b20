//! Which names are of the local network, and what becomes of them.
//!
//! In:   names as labels or as text; the family of the message they stand in.
//! Out:  the same name with hidden labels replaced, every label as long as it was.
//! Spec: RFC 1035 §3.5 and RFC 3596 §2.5 (reverse names), RFC 6761, 6762, 8375 (special names),
//!       RFC 6763 (services).
//!
//! Names in public use stay: they are the findings. Everything else is hidden, and so is a label
//! of a public name that holds a value that must not be seen.

use super::pseudonyms::Pseudonyms;
use super::values::Values;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whose name it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Family {
    /// The Internet's DNS, or a protocol that uses its names.
    Public,
    /// mDNS and LLMNR: hosts of the local network.
    Local,
}

/// What replaces names.
pub(super) struct Namer<'n> {
    pub(super) pseudonyms: &'n mut Pseudonyms,
    pub(super) values: &'n Values,
    /// Names are gathered, not replaced.
    pub(super) gathering: bool,
}

impl Namer<'_> {
    /// What each label becomes; `None` stays as it is.
    pub(super) fn labels(&mut self, labels: &[&[u8]], family: Family) -> Vec<Option<Box<[u8]>>> {
        if let Some(address) = reverse(labels) {
            return self.reverse_labels(labels, address);
        }
        let local = family == Family::Local || is_local(labels);
        let kept = if local { kept_end(labels) } else { 0 };
        let first_kept = labels.len().saturating_sub(kept);
        let mut made = Vec::with_capacity(labels.len());
        for (at, label) in labels.iter().enumerate() {
            let is_service = local && is_service(label);
            let hidden = match local {
                true => at < first_kept && !is_service,
                false => self.values.has(label),
            };
            made.push(hidden.then(|| self.label(label)));
        }
        // A value with dots in it lies over several labels.
        if !local && !self.gathering && made.iter().all(Option::is_none) {
            let whole = labels.join(&b'.');
            if self.values.has(&whole) {
                let domain = public_end(labels);
                let first_kept = labels.len().saturating_sub(domain);
                for (place, label) in made.iter_mut().zip(labels).take(first_kept) {
                    *place = Some(self.pseudonyms.label(label));
                }
            }
        }
        made
    }

    fn label(&mut self, label: &[u8]) -> Box<[u8]> {
        if self.gathering {
            self.pseudonyms.meet_label(label);
            return label.into();
        }
        self.pseudonyms.label(label)
    }

    fn reverse_labels(
        &mut self,
        labels: &[&[u8]],
        address: Option<IpAddr>,
    ) -> Vec<Option<Box<[u8]>>> {
        let is_public = address.is_some_and(|address| !self.pseudonyms.is_hidden(address));
        let hidden_labels = labels.len().saturating_sub(2);
        let mut made: Vec<Option<Box<[u8]>>> = vec![None; labels.len()];
        if is_public || self.gathering {
            if let (Some(address), true) = (address, self.gathering) {
                self.pseudonyms.meet(address);
            }
            return made;
        }
        let mut behind: Vec<u8> = b"arpa".to_vec();
        let places = made.iter_mut().zip(labels).take(hidden_labels).rev();
        for (place, label) in places {
            *place = Some(self.pseudonyms.reverse(&behind, label));
            behind.push(b'.');
            behind.extend_from_slice(label);
        }
        made
    }

    /// A host as protocols write it: a name or an address, maybe in brackets, maybe with a port.
    pub(super) fn host(&mut self, host: &[u8]) -> Vec<u8> {
        let (name, end) = split_port(host);
        let mut out = Vec::with_capacity(host.len());
        let text = std::str::from_utf8(name).unwrap_or_default();
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            if self.gathering {
                self.pseudonyms.meet(address);
            }
            match self.pseudonyms.is_hidden(address) {
                // Its pseudonym may be longer.
                true => out.extend_from_slice(&self.label(name)),
                false => out.extend_from_slice(name),
            }
        } else {
            let labels: Vec<&[u8]> = name.split(|byte| *byte == b'.').collect();
            let made = self.labels(&labels, Family::Public);
            for (at, (label, made)) in labels.iter().zip(&made).enumerate() {
                if at > 0 {
                    out.push(b'.');
                }
                out.extend_from_slice(made.as_deref().unwrap_or(label));
            }
        }
        out.extend_from_slice(end);
        out
    }
}

fn split_port(host: &[u8]) -> (&[u8], &[u8]) {
    let colons = host.iter().filter(|byte| **byte == b':').count();
    let bracket = host.last() == Some(&b']');
    let at = host.iter().rposition(|byte| *byte == b':');
    match at {
        Some(at) if !bracket && (colons == 1 || host.first() == Some(&b'[')) => {
            let digits = host.get(at.saturating_add(1)..).unwrap_or_default();
            match digits.iter().all(u8::is_ascii_digit) {
                true => host.split_at_checked(at).unwrap_or((host, &[])),
                false => (host, &[]),
            }
        }
        _ => (host, &[]),
    }
}

/// The address a reverse name asks for; `Some(None)` for a reverse name of anything else.
fn reverse(labels: &[&[u8]]) -> Option<Option<IpAddr>> {
    let [parts @ .., zone, arpa] = labels else {
        return None;
    };
    if !arpa.eq_ignore_ascii_case(b"arpa") {
        return None;
    }
    let text = |label: &[u8]| String::from_utf8_lossy(label).into_owned();
    if zone.eq_ignore_ascii_case(b"in-addr") {
        let octets: Vec<u8> = parts
            .iter()
            .rev()
            .filter_map(|label| text(label).parse().ok())
            .collect();
        let octets: Option<[u8; 4]> = octets.try_into().ok().filter(|_| parts.len() == 4);
        return Some(octets.map(|octets| Ipv4Addr::from(octets).into()));
    }
    if zone.eq_ignore_ascii_case(b"ip6") {
        let nibble = |label: &&[u8]| u128::from_str_radix(&text(label), 16).ok();
        let nibbles: Vec<u128> = parts.iter().rev().filter_map(nibble).collect();
        let whole = nibbles.len() == 32 && parts.iter().all(|label| label.len() == 1);
        let bits = nibbles
            .iter()
            .fold(0_u128, |bits, nibble| bits << 4 | nibble);
        return Some(whole.then(|| Ipv6Addr::from(bits).into()));
    }
    None
}

/// True for names that mean something on the local network only.
fn is_local(labels: &[&[u8]]) -> bool {
    let labels = match labels {
        [labels @ .., []] => labels,
        labels => labels,
    };
    let is = |label: &[u8], word: &str| label.eq_ignore_ascii_case(word.as_bytes());
    match labels {
        [] => false,
        [.., first, last] if ROUTERS.iter().any(|(a, b)| is(first, a) && is(last, b)) => true,
        [.., last] if SPECIAL.iter().any(|word| is(last, word)) => false,
        // What asks about the root, or about a top-level domain as a whole.
        [one] => !known_suffix(one),
        labels => !known_suffix(&labels.join(&b'.')),
    }
}

fn known_suffix(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    psl::suffix(&lower).is_some_and(|suffix| suffix.is_known())
}

/// Labels of a public name that say whose it is.
fn public_end(labels: &[&[u8]]) -> usize {
    let lower = labels.join(&b'.').to_ascii_lowercase();
    let domain = psl::domain(&lower).map(|domain| domain.as_bytes().to_vec());
    let count = |name: Vec<u8>| name.split(|byte| *byte == b'.').count();
    domain.map_or(1, count).min(labels.len())
}

/// Labels at the end of a local name that are no one's: `local`, `home.arpa`, `fritz.box`.
fn kept_end(labels: &[&[u8]]) -> usize {
    let is = |label: &[u8], word: &str| label.eq_ignore_ascii_case(word.as_bytes());
    match labels {
        [.., first, last] if ROUTERS.iter().any(|(a, b)| is(first, a) && is(last, b)) => 2,
        [_, .., last] if LOCAL.iter().any(|word| is(last, word)) => 1,
        _ => 0,
    }
}

/// A service and its transport, of those that many have.
fn is_service(label: &[u8]) -> bool {
    SERVICES
        .iter()
        .any(|word| label.eq_ignore_ascii_case(word.as_bytes()))
}

/// Names that stand for themselves (RFC 6761, RFC 7686) and are used as the Internet's.
const SPECIAL: &[&str] = &["example", "invalid", "onion", "test"];
const LOCAL: &[&str] = &[
    "box",
    "corp",
    "home",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "router",
];
/// Two labels that networks at home end with.
const ROUTERS: &[(&str, &str)] = &[("fritz", "box"), ("home", "arpa"), ("speedport", "ip")];
/// Of services and their registry (RFC 6763 §7 and §9).
const SERVICES: &[&str] = &[
    "_adisk",
    "_airplay",
    "_airport",
    "_amzn-wplay",
    "_androidtvremote2",
    "_apple-mobdev2",
    "_companion-link",
    "_device-info",
    "_dns-sd",
    "_googlecast",
    "_googlezone",
    "_hap",
    "_homekit",
    "_http",
    "_https",
    "_ipp",
    "_ipps",
    "_matter",
    "_matterc",
    "_mi-connect",
    "_miio",
    "_nvstream",
    "_pdl-datastream",
    "_printer",
    "_raop",
    "_rdlink",
    "_remotepairing",
    "_scanner",
    "_services",
    "_sftp-ssh",
    "_sleep-proxy",
    "_smb",
    "_spotify-connect",
    "_ssh",
    "_sub",
    "_tcp",
    "_touch-able",
    "_udp",
    "_uscan",
    "_uscans",
    "_workstation",
    "b",
    "db",
    "dr",
    "lb",
    "r",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, want: &str) {
        let mut pseudonyms = Pseudonyms::new(&[]);
        let mut namer = Namer {
            pseudonyms: &mut pseudonyms,
            values: &Values::default(),
            gathering: false,
        };
        let made = namer.host(host.as_bytes());
        assert_eq!(String::from_utf8_lossy(&made), want);
    }

    #[test]
    fn public_names_stay_and_local_ones_do_not() {
        check("api.tracker.com", "api.tracker.com");
        check("api.shop.example:8080", "api.shop.example:8080");
        check("nas.fritz.box", "n01.fritz.box");
        check("printer.lan", "n000001.lan");
        check("desk._printer._tcp.local", "n001._printer._tcp.local");
        check("fileserver", "n000000001");
        check("192.168.1.1:80", "n0000000001:80");
        check("203.0.113.9", "203.0.113.9");
        check("[fe80::1]:443", "n00000001:443");
        check("1.1.168.192.in-addr.arpa", "g.g.n01.n01.in-addr.arpa");
        check("8.8.8.8.in-addr.arpa", "8.8.8.8.in-addr.arpa");
    }
}
