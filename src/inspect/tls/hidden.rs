//! Where names go that nobody on the path can read.
//!
//! In:   what a ClientHello shows: server name, protocols, port.
//! Out:  the word for it: `dot`, `doh`, `doq`; whether a name is only the front of an ECH service.
//! Spec: RFC 7858 (port 853, ALPN `dot`), RFC 9250 (port 853, ALPN `doq`), RFC 8484 (DNS over
//!       HTTPS, known only by the name of the server), RFC 9849 §4 (`public_name`).
//!
//! The tables are facts that the operators publish on their own pages, gathered in November
//! 2026. A name that is missing here is reported as what it is: a name.

/// The resolver behind `name` speaks DNS over HTTPS.
pub(crate) fn is_doh_server(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let known = |known: &&str| name.eq_ignore_ascii_case(known.as_bytes());
    let below = |zone: &&str| {
        let host = name.len().checked_sub(zone.len());
        host.and_then(|at| name.split_at_checked(at))
            .is_some_and(|(host, tail)| {
                tail.eq_ignore_ascii_case(zone.as_bytes()) && host.ends_with(b".")
            })
    };
    DOH_SERVERS.iter().any(|server| known(server))
        || DOH_ZONES.iter().any(|zone| known(zone) || below(zone))
}

/// `name` stands in the ECH configurations of a whole service: behind it is another name.
pub(crate) fn is_ech_public_name(name: &[u8]) -> bool {
    ECH_PUBLIC_NAMES
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// DNS over TLS and over QUIC (RFC 7858 §3.1, RFC 9250 §4.1.1).
pub(crate) const DNS_OVER_TLS_PORT: u16 = 853;

/// Cloudflare puts all of its customers behind one name; the others are the two public test
/// sites of ECH.
const ECH_PUBLIC_NAMES: &[&str] = &["cloudflare-ech.com", "public.tls-ech.dev", "cover.defo.ie"];

/// Resolvers by their one name.
const DOH_SERVERS: &[&str] = &[
    "1dot1dot1dot1.cloudflare-dns.com",
    "basic.rethinkdns.com",
    "chrome.cloudflare-dns.com",
    "cloudflare-dns.com",
    "dns-unfiltered.adguard.com",
    "dns.adguard-dns.com",
    "dns.adguard.com",
    "dns.alidns.com",
    "dns.cloudflare.com",
    "dns.digitale-gesellschaft.ch",
    "dns.google",
    "dns.google.com",
    "dns.mullvad.net",
    "dns.nextdns.io",
    "dns.quad9.net",
    "dns.sb",
    "dns.switch.ch",
    "dns.twnic.tw",
    "dns0.eu",
    "dns10.quad9.net",
    "dns11.quad9.net",
    "dns12.quad9.net",
    "dns64.dns.google",
    "dns9.quad9.net",
    "dnsforge.de",
    "doh.360.cn",
    "doh.applied-privacy.net",
    "doh.cleanbrowsing.org",
    "doh.cox.net",
    "doh.dns.apple.com",
    "doh.dns.sb",
    "doh.familyshield.opendns.com",
    "doh.libredns.gr",
    "doh.mullvad.net",
    "doh.opendns.com",
    "doh.pub",
    "doh.quickline.ch",
    "doh.sandbox.opendns.com",
    "doh.umbrella.com",
    "doh.xfinity.com",
    "family.adguard-dns.com",
    "family.cloudflare-dns.com",
    "firefox.dns.nextdns.io",
    "freedns.controld.com",
    "max.rethinkdns.com",
    "mozilla.cloudflare-dns.com",
    "one.one.one.one",
    "ordns.he.net",
    "private.canadianshield.cira.ca",
    "public.dns.iij.jp",
    "resolver.dns.hetzner.com",
    "security.cloudflare-dns.com",
    "sky.rethinkdns.com",
    "sm2.doh.pub",
    "unfiltered.adguard-dns.com",
    "wikimedia-dns.org",
];

/// Zones in which every name is a resolver, most often one a customer.
const DOH_ZONES: &[&str] = &[
    "cloudflare-gateway.com",
    "d.adguard-dns.com",
    "dns.controld.com",
    "dns.nextdns.io",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_resolvers_whole_and_by_zone() {
        assert!(is_doh_server(b"DNS.google"));
        assert!(is_doh_server(b"dns.google."));
        assert!(is_doh_server(b"a1b2c3.dns.nextdns.io"));
        assert!(!is_doh_server(b"xdns.nextdns.io"));
        assert!(!is_doh_server(b"www.google.com"));
        assert!(!is_doh_server(b""));
    }

    #[test]
    fn knows_the_front_of_an_ech_service() {
        assert!(is_ech_public_name(b"Cloudflare-ECH.com"));
        assert!(!is_ech_public_name(b"performance.radar.cloudflare.com"));
    }

    #[test]
    fn the_tables_are_sorted_and_without_doubles() {
        assert!(DOH_SERVERS.is_sorted_by(|a, b| a < b));
        assert!(DOH_ZONES.is_sorted_by(|a, b| a < b));
    }
}
