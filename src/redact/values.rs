//! Values that must not be seen, wherever they stand in what is kept.
//!
//! In:   addresses, hardware addresses and names met; what the user listed.
//! Out:  whether a text has one of them, in any of its spellings.
//!
//! One automaton for all of them, so that the time is that of the text. Letters of either case
//! are the same.

use super::pseudonyms::Pseudonyms;
use aho_corasick::{AhoCorasick, MatchKind};
use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Spellings that are looked for.
const MOST_PATTERNS: usize = 200_000;
/// Shorter values would be found in everything.
const LEAST_BYTES: usize = 4;
/// Shorter names of the local network may be words.
const LEAST_NAME_BYTES: usize = 8;

/// What is looked for.
#[derive(Default)]
pub(super) struct Values {
    automaton: Option<AhoCorasick>,
    /// What the user listed, alone: it is looked for in what is kept for other reasons, too.
    listed: Option<AhoCorasick>,
}

impl Values {
    /// `listed` are values of the user's, as they are written.
    pub(super) fn new(pseudonyms: &Pseudonyms, listed: &[Vec<u8>]) -> Self {
        let mut own = BTreeSet::new();
        for value in listed.iter().filter(|value| value.len() >= LEAST_BYTES) {
            own.extend(spellings(value));
        }
        let mut all = own.clone();
        let (met, labels) = pseudonyms.met();
        let mut addresses: Vec<IpAddr> = met.addresses.iter().copied().collect();
        addresses.sort_unstable();
        addresses
            .iter()
            .for_each(|address| all.extend(of_address(*address)));
        let mut macs: Vec<[u8; 6]> = met.macs.iter().copied().collect();
        macs.sort_unstable();
        macs.iter().for_each(|mac| all.extend(of_mac(*mac)));
        let is_name = |label: &&[u8]| {
            label.len() >= LEAST_NAME_BYTES
                && label.iter().any(|byte| !byte.is_ascii_alphabetic())
                && !label.starts_with(b"_")
        };
        all.extend(labels.into_iter().filter(is_name).map(<[u8]>::to_vec));
        Values {
            automaton: build(all),
            listed: build(own),
        }
    }

    /// True if one of the values stands in `text`.
    pub(super) fn has(&self, text: &[u8]) -> bool {
        self.automaton
            .as_ref()
            .is_some_and(|automaton| automaton.is_match(text))
    }

    /// Puts `x` in the place of each value in `text`; how many there were.
    pub(super) fn cover(&self, text: &mut [u8]) -> u64 {
        cover(self.automaton.as_ref(), text)
    }

    /// The same for what the user listed alone.
    pub(super) fn cover_listed(&self, text: &mut [u8]) -> u64 {
        cover(self.listed.as_ref(), text)
    }
}

fn cover(automaton: Option<&AhoCorasick>, text: &mut [u8]) -> u64 {
    let Some(automaton) = automaton else { return 0 };
    let found: Vec<_> = automaton.find_iter(&*text).collect();
    for one in &found {
        if let Some(place) = text.get_mut(one.range()) {
            place.fill(b'x');
        }
    }
    u64::try_from(found.len()).unwrap_or(u64::MAX)
}

fn build(patterns: BTreeSet<Vec<u8>>) -> Option<AhoCorasick> {
    if patterns.is_empty() {
        return None;
    }
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns.into_iter().take(MOST_PATTERNS))
        .ok()
}

/// A value as it stands, and as programs write it down.
pub(super) fn spellings(value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![value.to_vec(), HEXLOWER.encode(value).into_bytes()];
    all.push(value.iter().rev().copied().collect());
    let percent = |keep: fn(&u8) -> bool| -> Vec<u8> {
        let mut out = Vec::new();
        for byte in value {
            match keep(byte) {
                true => out.push(*byte),
                false => out.extend(format!("%{byte:02x}").into_bytes()),
            }
        }
        out
    };
    all.push(percent(u8::is_ascii_alphanumeric));
    all.push(percent(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
    }));
    for high in [true, false] {
        let pair = |byte: &u8| if high { [0, *byte] } else { [*byte, 0] };
        all.push(value.iter().flat_map(pair).collect());
    }
    // Of base64 the letters that hang on the value alone, wherever it stands.
    for shift in 0..3_usize {
        let mut padded = vec![0; shift];
        padded.extend(value);
        let whole = padded.len().saturating_mul(8).checked_div(6).unwrap_or(0);
        let first = shift.saturating_mul(8).div_ceil(6);
        for encoded in [BASE64.encode(&padded), BASE64URL.encode(&padded)] {
            if let Some(inner) = encoded.as_bytes().get(first..whole)
                && inner.len() >= LEAST_BYTES
            {
                all.push(inner.to_vec());
            }
        }
    }
    // Separators of telephone and serial numbers are a matter of taste.
    let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_digit).collect();
    let separated = value
        .iter()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'+' | b'(' | b')'));
    if separated && digits.len() >= 6 {
        all.push(digits);
    }
    all
}

/// An address in text.
pub(super) fn of_address(address: IpAddr) -> Vec<Vec<u8>> {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            let joined = |by: &str| format!("{a}{by}{b}{by}{c}{by}{d}").into_bytes();
            vec![joined("."), joined("-"), joined("_"), joined("%2e")]
        }
        IpAddr::V6(v6) => {
            let long: Vec<String> = v6.segments().iter().map(|s| format!("{s:04x}")).collect();
            let short: Vec<String> = v6.segments().iter().map(|s| format!("{s:x}")).collect();
            let mut all = vec![v6.to_string(), v6.to_string().replace(':', "-")];
            for by in [":", "-", ""] {
                all.push(long.join(by));
                if !by.is_empty() {
                    all.push(short.join(by));
                }
            }
            let usual = all.into_iter().map(String::into_bytes);
            usual.filter(|text| text.len() >= 6).collect()
        }
    }
}

/// A hardware address in text.
pub(super) fn of_mac(mac: [u8; 6]) -> Vec<Vec<u8>> {
    let [a, b, c, d, e, f] = mac.map(|byte| format!("{byte:02x}"));
    let all = [&a, &b, &c, &d, &e, &f];
    let joined = |by: &str| all.map(String::as_str).join(by).into_bytes();
    let dotted = format!("{a}{b}.{c}{d}.{e}{f}").into_bytes();
    vec![
        joined(":"),
        joined("-"),
        joined("_"),
        joined(""),
        joined("%3a"),
        dotted,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_spelling() {
        let mut names = Pseudonyms::new(&[]);
        names.meet([192, 168, 1, 23].into());
        names.meet_mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]);
        names.meet_label(b"Anjalis-Redmi");
        names.meet_label(b"android");
        let values = Values::new(&names, &[b"anjali@example.org".to_vec()]);
        for text in [
            "x=192.168.1.23&",
            "192-168-1-23.plex",
            "5254.0012.3456",
            "52:54:00:12:34:56",
            "525400123456",
            "ANJALIS-redmi.lan",
            "anjali%40example.org",
            "anjali%40example%2eorg",
            "gro.elpmaxe@ilajna",
            "616e6a616c69406578616d706c652e6f7267",
            "YW5qYWxpQGV4YW1wbGUub3Jn",
            "eyJhIjoiYW5qYWxpQGV4YW1wbGUub3JnIn0=",
        ] {
            assert!(values.has(text.as_bytes()), "{text}");
        }
        assert!(!values.has(b"android.googleapis.com"));
        let mut text = *b"a=anjali@example.org;";
        assert_eq!(values.cover_listed(&mut text), 1);
        assert_eq!(&text, b"a=xxxxxxxxxxxxxxxxxx;");
    }
}
