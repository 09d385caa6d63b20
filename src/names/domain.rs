//! The registrable domain of a name: the part that somebody registered.
//!
//! In:   a name as it was seen.
//! Out:  its public suffix and one label more, in lower case; or nothing.
//! Spec: the Public Suffix List, through the `psl` crate, which has it compiled in.
//!
//! Both sections of the list count. The private one holds suffixes under which a company lets
//! its customers take names: `alice.github.io` and `d1.cloudfront.net` are domains of their own,
//! as nobody at `github.io` answers for what Alice puts there. A suffix that is not on the list
//! (`.local`, `.lan`, a made-up one) makes no registrable domain.
//!
//! Anything that is not a host name gives nothing: address literals, single labels, bytes outside
//! ASCII, empty labels, names longer than 253 bytes (RFC 1035 §2.3.4).

use crate::model::Text;

/// The longest name, without its final dot.
const MOST_BYTES: usize = 253;

/// A registrable domain that needs no memory of its own.
pub(crate) struct Domain {
    /// The name in lower case, of which the domain is the end.
    name: [u8; MOST_BYTES],
    from: usize,
    to: usize,
}

impl Domain {
    /// The registrable domain of `name`.
    pub(crate) fn of(name: &Text) -> Option<Self> {
        let bytes = name.bytes();
        let bytes = bytes.strip_suffix(b".").unwrap_or(bytes);
        let mut name = [0; MOST_BYTES];
        let host = name.get_mut(..bytes.len())?;
        if !bytes.split(|byte| *byte == b'.').all(is_label) {
            return None;
        }
        host.copy_from_slice(bytes);
        host.make_ascii_lowercase();
        let domain = psl::domain(host).filter(|domain| domain.suffix().is_known())?;
        let from = bytes.len().checked_sub(domain.as_bytes().len())?;
        let to = bytes.len();
        Some(Domain { name, from, to })
    }

    /// Its bytes, in lower case.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.name.get(self.from..self.to).unwrap_or_default()
    }
}

impl PartialEq for Domain {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

/// The registrable domain of `name`.
pub(crate) fn registrable_domain(name: &Text) -> Option<Text> {
    Domain::of(name).map(|domain| Text::new(domain.bytes()))
}

/// Letters, digits, hyphens, and the underscore that service names have; at most 63 of them.
fn is_label(label: &[u8]) -> bool {
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=63).contains(&label.len()) && label.iter().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(name: &str, want: &str) {
        let got = registrable_domain(&Text::from(name));
        assert_eq!(got.unwrap_or_default(), Text::from(want), "{name}");
    }

    #[test]
    fn one_label_more_than_the_public_suffix() {
        check("tracking.miui.com", "miui.com");
        check("miui.com", "miui.com");
        check("API.Account.XIAOMI.com.", "xiaomi.com");
        check("a.b.example.co.uk", "example.co.uk");
        check("www.example.com.cn", "example.com.cn");
        check("_dmarc.example.org", "example.org");
        check("www.xn--85x722f.com.cn", "xn--85x722f.com.cn");
        check("x.xn--fiqs8s", "x.xn--fiqs8s");
    }

    #[test]
    fn customers_of_a_company_have_domains_of_their_own() {
        check("www.alice.github.io", "alice.github.io");
        check(
            "d111111abcdef8.cloudfront.net",
            "d111111abcdef8.cloudfront.net",
        );
    }

    #[test]
    fn what_is_no_host_name_has_no_domain() {
        for name in [
            "",
            ".",
            "com",
            "co.uk",
            "router",
            "printer.local",
            "nas.lan",
            "10.1.2.3",
            "[2001:db8::1]",
            "2001:db8::1",
            "a..com",
            ".example.com",
            "exa mple.com",
            "bücher.de",
            "a\0.com",
            "\u{202e}moc.a",
            "example.com..",
            "example.com:443",
        ] {
            check(name, "");
        }
        check(&format!("{}.com", "a".repeat(64)), "");
        check(&format!("{}example.com", "a.".repeat(130)), "");
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_ending_of_themselves_or_nothing(bytes: Vec<u8>) {
            let name = Text::new(&bytes);
            if let Some(domain) = registrable_domain(&name) {
                let lower = bytes.to_ascii_lowercase();
                let lower = lower.strip_suffix(b".").unwrap_or(&lower);
                prop_assert!(lower.ends_with(domain.bytes()));
            }
        }

        #[test]
        fn a_domain_is_its_own_domain(name in "([a-z0-9-]{1,9}\\.){1,5}(com|cn|co\\.uk|github\\.io|in)") {
            let domain = registrable_domain(&Text::from(name.as_str()));
            prop_assert_eq!(domain.as_ref().and_then(registrable_domain), domain);
        }
    }
}
