//! Fingerprints of hellos: what a client or server library is recognised by.
//!
//! In:   a view of a hello that was read to its end.
//! Out:  JA3, JA3S (MD5), JA4 (text).
//! Spec: JA3 as Salesforce published it in 2017: version, ciphers, extensions, groups, point
//!       formats in decimal, GREASE left out. JA4 as FoxIO published it in 2023 (BSD-3-Clause):
//!       a readable part, then truncated SHA-256 of sorted ciphers and of sorted extensions with
//!       the signature algorithms.
//!
//! Memory is a few times the hello, which its reader bounds, and a bounded list of digests; time
//! is that of sorting it.

use super::extension;
use super::hello::{ClientHelloView, ServerHelloView, extension_types, is_grease, numbers};
use super::tell::Under;
use foldhash::quality::RandomState;
use md5::{Digest as _, Md5};
use sha2::Sha256;
use std::hash::BuildHasher;

/// Makes fingerprints, and remembers the digests of recent texts: the hellos of one program
/// differ in little but the name.
#[derive(Debug, Default)]
pub(crate) struct Prints {
    text: Vec<u8>,
    sorted: Vec<u16>,
    known: Vec<Known>,
    hasher: RandomState,
}

#[derive(Clone, Debug, Default)]
struct Known {
    algorithm: Option<Algorithm>,
    text: Vec<u8>,
    digest: [u8; 16],
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Algorithm {
    Md5,
    /// The first half of it.
    Sha256,
}

/// Digests remembered, each in the one place that its text hashes to.
const KNOWN: usize = 256;
/// Longer texts are not remembered.
const MOST_KNOWN: usize = 512;

impl Prints {
    /// JA3 of a client.
    pub(crate) fn ja3(&mut self, hello: &ClientHelloView<'_>) -> [u8; 16] {
        let text = &mut self.text;
        text.clear();
        push_decimal(text, hello.legacy_version);
        text.push(b',');
        push_decimals(text, plain(numbers(hello.ciphers)));
        text.push(b',');
        push_decimals(text, plain(extension_types(hello.extensions)));
        text.push(b',');
        push_decimals(text, plain(numbers(hello.groups)));
        text.push(b',');
        push_decimals(text, hello.point_formats.iter().copied().map(u16::from));
        self.digest(Algorithm::Md5)
    }

    /// JA3S of a server.
    pub(crate) fn ja3s(&mut self, hello: &ServerHelloView<'_>) -> [u8; 16] {
        let text = &mut self.text;
        text.clear();
        push_decimal(text, hello.legacy_version);
        text.push(b',');
        push_decimal(text, hello.cipher);
        text.push(b',');
        push_decimals(text, extension_types(hello.extensions));
        self.digest(Algorithm::Md5)
    }

    /// JA4 of a client.
    pub(crate) fn ja4(&mut self, hello: &ClientHelloView<'_>, under: Under) -> String {
        let mut letters = String::with_capacity(36);
        letters.push(match under {
            Under::Tls => 't',
            Under::Quic => 'q',
            Under::Dtls => 'd',
        });
        letters.push_str(version_letters(highest_listed(hello)));
        letters.push(if hello.has_sni { 'd' } else { 'i' });
        push_count(&mut letters, plain(numbers(hello.ciphers)).count());
        push_count(
            &mut letters,
            plain(extension_types(hello.extensions)).count(),
        );
        let protocol = hello.protocols().next().unwrap_or_default();
        letters.extend(protocol_letters(protocol).map(char::from));

        self.text.clear();
        self.push_sorted(plain(numbers(hello.ciphers)));
        self.push_hash(&mut letters);

        self.text.clear();
        let named = |kind: &u16| !matches!(*kind, extension::SERVER_NAME | extension::ALPN);
        self.push_sorted(plain(extension_types(hello.extensions)).filter(named));
        let mut signatures = plain(numbers(hello.signature_algorithms)).peekable();
        if signatures.peek().is_some() {
            self.text.push(b'_');
            push_hexes(&mut self.text, signatures);
        }
        self.push_hash(&mut letters);
        letters
    }

    fn push_sorted(&mut self, values: impl Iterator<Item = u16>) {
        self.sorted.clear();
        self.sorted.extend(values);
        self.sorted.sort_unstable();
        push_hexes(&mut self.text, self.sorted.iter().copied());
    }

    /// `_` and the first twelve hexadecimal digits of SHA-256; zeros for nothing at all.
    fn push_hash(&mut self, letters: &mut String) {
        letters.push('_');
        if self.text.is_empty() {
            letters.push_str("000000000000");
            return;
        }
        let digest = self.digest(Algorithm::Sha256);
        for byte in digest.iter().take(6) {
            letters.push(hex_digit(byte >> 4).into());
            letters.push(hex_digit(byte & 0x0f).into());
        }
    }

    fn digest(&mut self, algorithm: Algorithm) -> [u8; 16] {
        let make = match algorithm {
            Algorithm::Md5 => |text: &[u8]| Md5::digest(text).into(),
            Algorithm::Sha256 => |text: &[u8]| {
                let mut half = [0; 16];
                let whole = Sha256::digest(text);
                half.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
                half
            },
        };
        if self.text.len() > MOST_KNOWN {
            return make(&self.text);
        }
        if self.known.is_empty() {
            self.known.resize(KNOWN, Known::default());
        }
        let place = usize::try_from(self.hasher.hash_one(&self.text) & 0xffff).unwrap_or(0) % KNOWN;
        let Some(known) = self.known.get_mut(place) else {
            return make(&self.text);
        };
        if known.algorithm != Some(algorithm) || known.text != self.text {
            known.algorithm = Some(algorithm);
            known.digest = make(&self.text);
            known.text.clone_from(&self.text);
        }
        known.digest
    }
}

/// The highest version offered, as on the wire.
pub(crate) fn highest_version(hello: &ClientHelloView<'_>, under: Under) -> u16 {
    let offered = plain(numbers(hello.supported_versions));
    // DTLS counts downwards: 0xfefc is 1.3, 0xfeff is 1.0.
    let highest = match under {
        Under::Dtls => offered.filter(|version| version >> 8 == 0xfe).min(),
        Under::Tls | Under::Quic => match hello.supported_versions {
            list if numbers(list).any(|version| version == 0x0304) => Some(0x0304),
            _ => offered.max(),
        },
    };
    highest.unwrap_or(hello.legacy_version)
}

/// The version as JA4 takes it: the largest number of the list, whatever it means.
fn highest_listed(hello: &ClientHelloView<'_>) -> u16 {
    plain(numbers(hello.supported_versions))
        .max()
        .unwrap_or(hello.legacy_version)
}

fn version_letters(version: u16) -> &'static str {
    match version {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        0xfeff => "d1",
        0xfefd => "d2",
        0xfefc => "d3",
        _ => "00",
    }
}

/// First and last letter of a protocol; of its hexadecimal form where either is no ASCII
/// letter or digit.
fn protocol_letters(protocol: &[u8]) -> [u8; 2] {
    match (protocol.first(), protocol.last()) {
        (Some(&first), Some(&last)) => {
            if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
                [first, last]
            } else {
                [hex_digit(first >> 4), hex_digit(last & 0x0f)]
            }
        }
        _ => *b"00",
    }
}

fn plain(values: impl Iterator<Item = u16>) -> impl Iterator<Item = u16> {
    values.filter(|value| !is_grease(*value))
}

/// Two digits; more than 99 is 99.
fn push_count(letters: &mut String, count: usize) {
    let count = u8::try_from(count).unwrap_or(99).min(99);
    letters.push(b'0'.wrapping_add(count / 10).into());
    letters.push(b'0'.wrapping_add(count % 10).into());
}

fn push_hexes(text: &mut Vec<u8>, values: impl Iterator<Item = u16>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        for byte in value.to_be_bytes() {
            text.push(hex_digit(byte >> 4));
            text.push(hex_digit(byte & 0x0f));
        }
    }
}

fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0'.wrapping_add(nibble),
        _ => (b'a' - 10).wrapping_add(nibble),
    }
}

fn push_decimals(text: &mut Vec<u8>, values: impl Iterator<Item = u16>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(b'-');
        }
        push_decimal(text, value);
    }
}

/// Without the machinery of `write!`: a hello has some sixty numbers.
fn push_decimal(text: &mut Vec<u8>, value: u16) {
    let mut started = false;
    for unit in [10_000, 1_000, 100, 10] {
        let digit = value / unit % 10;
        started |= digit != 0;
        if started {
            text.push(digit_letter(digit));
        }
    }
    text.push(digit_letter(value % 10));
}

fn digit_letter(digit: u16) -> u8 {
    let [_, digit] = digit.to_be_bytes();
    b'0'.wrapping_add(digit)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn list(values: &[u16]) -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_be_bytes())
            .collect()
    }

    fn empty_extensions(kinds: &[u16]) -> Vec<u8> {
        kinds
            .iter()
            .flat_map(|kind| [kind.to_be_bytes(), [0, 0]].concat())
            .collect()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The two examples in the README of JA3.
    #[test]
    fn ja3_matches_the_published_examples() {
        let ciphers = list(&[
            0x0a0a, 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4,
        ]);
        let extensions = empty_extensions(&[0x1a1a, 0, 10, 11]);
        let groups = list(&[0xfafa, 23, 24, 25]);
        let hello = ClientHelloView {
            legacy_version: 769,
            ciphers: &ciphers,
            extensions: &extensions,
            groups: &groups,
            point_formats: &[0],
            ..ClientHelloView::default()
        };
        assert_eq!(
            hex(&Prints::default().ja3(&hello)),
            "ada70206e40642a3e4461f35503241d5"
        );

        let ciphers = list(&[4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99]);
        let hello = ClientHelloView {
            legacy_version: 769,
            ciphers: &ciphers,
            ..ClientHelloView::default()
        };
        assert_eq!(
            hex(&Prints::default().ja3(&hello)),
            "de350869b8c85de67a350c8d186f11e6"
        );
    }

    /// What most servers of TLS 1.3 answer, as many lists of JA3S have it.
    #[test]
    fn ja3s_matches_the_well_known_value() {
        let extensions = empty_extensions(&[51, 43]);
        let hello = ServerHelloView {
            legacy_version: 771,
            cipher: 4865,
            extensions: &extensions,
            ..ServerHelloView::default()
        };
        assert_eq!(
            hex(&Prints::default().ja3s(&hello)),
            "eb1d94daa7e0344597e756a1fb6e7054"
        );
    }

    /// The example in FoxIO's technical description: Chrome over TCP.
    #[test]
    fn ja4_matches_the_published_example() {
        let ciphers = list(&[
            0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
            0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
        ]);
        let extensions = empty_extensions(&[
            0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
            0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0x9a9a,
        ]);
        let signatures = list(&[
            0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
        ]);
        let versions = list(&[0x3a3a, 0x0304, 0x0303]);
        let mut hello = ClientHelloView {
            legacy_version: 0x0303,
            ciphers: &ciphers,
            extensions: &extensions,
            signature_algorithms: &signatures,
            supported_versions: &versions,
            has_sni: true,
            alpn: b"\x02h2\x08http/1.1",
            ..ClientHelloView::default()
        };
        assert_eq!(
            Prints::default().ja4(&hello, Under::Tls),
            "t13d1516h2_8daaf6152771_e5627efa2ab1"
        );
        hello.has_sni = false;
        hello.alpn = b"\x02\x0a\x0b";
        assert!(
            Prints::default()
                .ja4(&hello, Under::Quic)
                .starts_with("q13i15160b_")
        );
    }

    /// Two digests of the same text are two, and forgetting changes nothing.
    #[test]
    fn remembered_digests_are_those_that_would_be_made() {
        let mut prints = Prints::default();
        for round in 0..2 {
            for number in 0..600_u16 {
                let text = format!("{number},{number}");
                for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
                    prints.text = text.clone().into_bytes();
                    let mut fresh = Prints {
                        text: text.clone().into_bytes(),
                        ..Prints::default()
                    };
                    let digest = prints.digest(algorithm);
                    assert_eq!(digest, fresh.digest(algorithm), "{round} {text}");
                }
            }
        }
    }

    #[test]
    fn an_empty_hello_has_zeros() {
        let hello = ClientHelloView::default();
        assert_eq!(
            Prints::default().ja4(&hello, Under::Dtls),
            "d00i000000_000000000000_000000000000"
        );
    }

    #[test]
    fn numbers_are_written_as_numbers() {
        for value in [0, 7, 10, 99, 100, 1009, 65535] {
            let mut text = Vec::new();
            push_decimal(&mut text, value);
            assert_eq!(String::from_utf8(text), Ok(value.to_string()));
        }
    }
}
