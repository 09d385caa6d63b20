//! Prefixes as lists write them.
//!
//! In:   `192.0.2.0/24`, `2001:db8::/32`, or an address alone.
//! Out:  first and last address, and what had to be mended.
//! Spec: RFC 4632 (IPv4 prefixes), RFC 4291 §2.3 (IPv6 prefixes).
//!
//! Nothing here allocates. Bits beyond the length are cut off; a prefix inside ::ffff:0:0/96
//! becomes the IPv4 prefix that it wraps.

use std::net::IpAddr;

/// A block of addresses whose size is a power of two.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Prefix {
    /// IPv4; the addresses are then below 2^32.
    pub(super) is_v4: bool,
    pub(super) first: u128,
    pub(super) last: u128,
}

/// What a prefix needed to be one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Mended {
    /// It had bits beyond its length.
    pub(super) cut: bool,
    /// It was an IPv4 prefix in IPv6 writing.
    pub(super) mapped: bool,
}

impl Prefix {
    /// Reads `text`; `None` where it is no prefix.
    pub(super) fn parse(text: &str) -> Option<(Prefix, Mended)> {
        let text = text.trim();
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(digits(length)?)),
            None => (text, None),
        };
        let mut mended = Mended::default();
        let (is_v4, bits, length) = match (address.parse().ok()?, length) {
            (IpAddr::V4(v4), length) => (true, v4.to_bits().into(), length.unwrap_or(32)),
            (IpAddr::V6(v6), length) => match v6.to_ipv4_mapped() {
                Some(v4) if length.is_none_or(|length| length >= 96) => {
                    mended.mapped = true;
                    let length = length.map_or(32, |length| length.saturating_sub(96));
                    (true, v4.to_bits().into(), length)
                }
                _ => (false, v6.to_bits(), length.unwrap_or(128)),
            },
        };
        let width: u32 = if is_v4 { 32 } else { 128 };
        let host = width.checked_sub(length)?;
        let mask = u128::MAX
            .checked_shr(128_u32.saturating_sub(host))
            .unwrap_or(0);
        mended.cut = bits & mask != 0;
        let first = bits & !mask;
        let last = bits | mask;
        Some((Prefix { is_v4, first, last }, mended))
    }
}

/// One to three digits: `/024` is met in the wild, `/+24` is not a length.
fn digits(text: &str) -> Option<u32> {
    let fits = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = Prefix::parse(text).map_or("no prefix".to_owned(), |(prefix, mended)| {
            let mut words = format!("{:x}-{:x}", prefix.first, prefix.last);
            for (yes, word) in [
                (prefix.is_v4, " v4"),
                (mended.cut, " cut"),
                (mended.mapped, " mapped"),
            ] {
                words.push_str(if yes { word } else { "" });
            }
            words
        });
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn reads_what_lists_hold() {
        check("192.0.2.0/24", "c0000200-c00002ff v4");
        check(" 192.0.2.7 ", "c0000207-c0000207 v4");
        check("192.0.2.7/24", "c0000200-c00002ff v4 cut");
        check("0.0.0.0/0", "0-ffffffff v4");
        check("::/0", "0-ffffffffffffffffffffffffffffffff");
        check(
            "2001:db8::/32",
            "20010db8000000000000000000000000-20010db8ffffffffffffffffffffffff".trim_start(),
        );
        check("::ffff:192.0.2.0/120", "c0000200-c00002ff v4 mapped");
        check("::ffff:192.0.2.1", "c0000201-c0000201 v4 mapped");
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "/",
            "/24",
            "1.2.3/24",
            "1.2.3.4/33",
            "1.2.3.4/-1",
            "1.2.3.4/+1",
            "::/129",
            "1.2.3.4/",
            "1.2.3.4/24/1",
            "example.org",
            "1.2.3.4-1.2.3.9",
            "1.2.3.4/0000000024",
        ] {
            check(text, "no prefix");
        }
    }
}
