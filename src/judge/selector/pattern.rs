//! Patterns of names, and prefixes of addresses.
//!
//! In:   texts of a policy or a file of claims.
//! Out:  what says of a name or an address whether it fits.

use crate::model::form::{Fault, Placed, shown};
use std::net::IpAddr;

/// A text with `*` for any number of characters, in any case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pattern(pub(super) Vec<u8>);

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Pattern(text.to_ascii_lowercase().into_bytes())
    }

    /// Takes time in proportion to both lengths multiplied, whatever they hold.
    pub(crate) fn fits(&self, text: &[u8]) -> bool {
        // What stands behind the last `*` has to be at the end: most names fail here.
        let star = self.0.iter().rposition(|byte| *byte == b'*');
        let tail = self.0.get(star.map_or(0, |at| at.saturating_add(1))..);
        let tail = tail.unwrap_or_default();
        let start = text.len().checked_sub(tail.len());
        let end = start.and_then(|start| text.get(start..));
        if end.is_none_or(|end| !end.eq_ignore_ascii_case(tail)) {
            return false;
        }
        let (mut at, mut in_text) = (0_usize, 0_usize);
        // Where the last `*` was, and how much of the text it has taken.
        let mut star: Option<(usize, usize)> = None;
        loop {
            let (wanted, found) = (self.0.get(at), text.get(in_text));
            match (wanted, found) {
                (Some(b'*'), _) => {
                    star = Some((at, in_text));
                    at = at.saturating_add(1);
                    continue;
                }
                (Some(wanted), Some(found)) if *wanted == found.to_ascii_lowercase() => {
                    at = at.saturating_add(1);
                    in_text = in_text.saturating_add(1);
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((before, taken)) = star.filter(|(_, taken)| *taken < text.len()) else {
                return false;
            };
            star = Some((before, taken.saturating_add(1)));
            at = before.saturating_add(1);
            in_text = taken.saturating_add(1);
        }
    }

    /// As it was written, in lower case.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// An address, or all that share its first bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Prefix {
    address: IpAddr,
    bits: u8,
}

impl std::fmt::Display for Prefix {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = if self.address.is_ipv4() { 32 } else { 128 };
        match self.bits {
            bits if bits == whole => write!(out, "{}", self.address),
            bits => write!(out, "{}/{bits}", self.address),
        }
    }
}

impl Prefix {
    pub(super) fn read(text: &Placed<String>) -> Result<Self, Fault> {
        let wrong = || {
            let what = format!(
                "`{}`: an address stands here as 192.0.2.1 or 192.0.2.0/24",
                shown(&text.value)
            );
            Fault::new(text.at, what)
        };
        let (address, bits) = match text.value.split_once('/') {
            None => (text.value.as_str(), None),
            Some((address, bits)) => (address, Some(bits)),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits
                .parse()
                .ok()
                .filter(|bits| *bits <= most)
                .ok_or_else(wrong)?,
        };
        Ok(Prefix { address, bits })
    }

    /// True where every address of `other` is in this one.
    pub(crate) fn covers(&self, other: Prefix) -> bool {
        self.bits <= other.bits && self.has(other.address)
    }

    pub(crate) fn has(&self, address: IpAddr) -> bool {
        let (one, other, width) = match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => (
                u128::from(one.to_bits()),
                u128::from(other.to_bits()),
                32_u8,
            ),
            (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let rest = u32::from(width.saturating_sub(self.bits));
        one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::is_below;
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, want: bool) {
        assert_eq!(
            Pattern::new(pattern).fits(text.as_bytes()),
            want,
            "{pattern} {text}"
        );
    }

    #[test]
    fn a_star_takes_anything() {
        check("*.Xiaomi.com", "api.account.xiaomi.com", true);
        check("*.xiaomi.com", "xiaomi.com", false);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check("a*b*c", "aXXbYYbZc", true);
        check("a*b*c", "aXXbYYbZcd", false);
        check("a**", "a", true);
        check("*ab", "aab", true);
    }

    #[test]
    fn a_domain_is_itself_and_all_below() {
        assert!(is_below(b"MI.com", "mi.com"));
        assert!(is_below(b"a.mi.com", "mi.com"));
        assert!(!is_below(b"xmi.com", "mi.com"));
        assert!(!is_below(b"com", "mi.com"));
    }

    #[test]
    fn prefixes_hold_what_shares_their_bits() {
        let prefix = |text: &str| {
            let text = Placed {
                value: text.to_owned(),
                at: 0,
            };
            Prefix::read(&text).ok()
        };
        let has = |text: &str, address: &str| {
            prefix(text).is_some_and(|prefix| {
                prefix.has(address.parse().unwrap_or(IpAddr::V4([0; 4].into())))
            })
        };
        assert!(has("192.0.2.0/24", "192.0.2.255"));
        assert!(!has("192.0.2.0/24", "192.0.3.0"));
        assert!(has("0.0.0.0/0", "8.8.8.8"));
        assert!(!has("0.0.0.0/0", "::1"));
        assert!(has("2001:db8::/32", "2001:db8:1::1"));
        assert!(has("::/0", "2001:db8:1::1"));
        assert!(prefix("192.0.2.0/33").is_none());
        assert!(prefix("192.0.2").is_none());
    }
}
