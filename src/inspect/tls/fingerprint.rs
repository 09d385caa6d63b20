//! Fingerprints of hellos: what a client or server library is recognised by.
//!
//! In:   a view of a hello that was read to its end.
//! Out:  JA3, JA3S (MD5), JA4 (text).
//! Spec: JA3 as Salesforce published it in 2017: version, ciphers, extensions, groups, point
//!       formats in decimal, GREASE left out. JA4 as FoxIO published it in 2023 (BSD-3-Clause):
//!       a readable part, then truncated SHA-256 of sorted ciphers and of sorted extensions with
//!       the signature algorithms.
//!
//! Memory is a few times the hello, which its reader bounds; time is that of sorting it.

use super::extension;
use super::hello::{ClientHelloView, ServerHelloView, extension_types, is_grease, numbers};
use super::tell::Under;
use md5::{Digest as _, Md5};
use sha2::Sha256;

/// JA3 of a client.
pub(crate) fn ja3(hello: &ClientHelloView<'_>) -> [u8; 16] {
    let mut text = Vec::with_capacity(512);
    push_decimal(&mut text, hello.legacy_version);
    text.push(b',');
    push_decimals(&mut text, plain(numbers(hello.ciphers)));
    text.push(b',');
    push_decimals(&mut text, plain(extension_types(hello.extensions)));
    text.push(b',');
    push_decimals(&mut text, plain(numbers(hello.groups)));
    text.push(b',');
    push_decimals(
        &mut text,
        hello.point_formats.iter().copied().map(u16::from),
    );
    Md5::digest(&text).into()
}

/// JA3S of a server.
pub(crate) fn ja3s(hello: &ServerHelloView<'_>) -> [u8; 16] {
    let mut text = Vec::with_capacity(64);
    push_decimal(&mut text, hello.legacy_version);
    text.push(b',');
    push_decimal(&mut text, hello.cipher);
    text.push(b',');
    push_decimals(&mut text, extension_types(hello.extensions));
    Md5::digest(&text).into()
}

/// JA4 of a client.
pub(crate) fn ja4(hello: &ClientHelloView<'_>, under: Under) -> String {
    let mut ciphers: Vec<u16> = plain(numbers(hello.ciphers)).collect();
    let mut extensions: Vec<u16> = plain(extension_types(hello.extensions)).collect();
    let mut text = Vec::with_capacity(36);
    text.push(match under {
        Under::Tls => b't',
        Under::Quic => b'q',
        Under::Dtls => b'd',
    });
    text.extend_from_slice(version_letters(highest_listed(hello)));
    text.push(if hello.has_sni { b'd' } else { b'i' });
    push_count(&mut text, ciphers.len());
    push_count(&mut text, extensions.len());
    text.extend_from_slice(&protocol_letters(
        hello.protocols().next().unwrap_or_default(),
    ));

    let mut buffer = Vec::with_capacity(160);
    ciphers.sort_unstable();
    push_hexes(&mut buffer, ciphers.iter().copied());
    push_hash(&mut text, &buffer);

    buffer.clear();
    extensions.retain(|kind| !matches!(*kind, extension::SERVER_NAME | extension::ALPN));
    extensions.sort_unstable();
    push_hexes(&mut buffer, extensions.iter().copied());
    let mut signatures = plain(numbers(hello.signature_algorithms)).peekable();
    if signatures.peek().is_some() {
        buffer.push(b'_');
        push_hexes(&mut buffer, signatures);
    }
    push_hash(&mut text, &buffer);
    String::from_utf8(text).unwrap_or_default()
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

fn version_letters(version: u16) -> &'static [u8; 2] {
    match version {
        0x0304 => b"13",
        0x0303 => b"12",
        0x0302 => b"11",
        0x0301 => b"10",
        0x0300 => b"s3",
        0x0002 => b"s2",
        0xfeff => b"d1",
        0xfefd => b"d2",
        0xfefc => b"d3",
        _ => b"00",
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
fn push_count(text: &mut Vec<u8>, count: usize) {
    let count = u8::try_from(count).unwrap_or(99).min(99);
    text.push(b'0'.wrapping_add(count / 10));
    text.push(b'0'.wrapping_add(count % 10));
}

/// `_` and the first twelve hexadecimal digits of SHA-256; zeros for nothing at all.
fn push_hash(text: &mut Vec<u8>, of: &[u8]) {
    text.push(b'_');
    if of.is_empty() {
        text.extend_from_slice(b"000000000000");
        return;
    }
    for byte in Sha256::digest(of).iter().take(6) {
        text.push(hex_digit(byte >> 4));
        text.push(hex_digit(byte & 0x0f));
    }
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
        assert_eq!(hex(&ja3(&hello)), "ada70206e40642a3e4461f35503241d5");

        let ciphers = list(&[4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99]);
        let hello = ClientHelloView {
            legacy_version: 769,
            ciphers: &ciphers,
            ..ClientHelloView::default()
        };
        assert_eq!(hex(&ja3(&hello)), "de350869b8c85de67a350c8d186f11e6");
    }

    /// The example in the README of JA3.
    #[test]
    fn ja3s_matches_the_published_example() {
        let extensions = empty_extensions(&[65281, 0, 11, 35, 5, 16]);
        let hello = ServerHelloView {
            legacy_version: 769,
            cipher: 47,
            extensions: &extensions,
            ..ServerHelloView::default()
        };
        assert_eq!(hex(&ja3s(&hello)), "4835b19f14997673071435cb321f5445");
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
            ja4(&hello, Under::Tls),
            "t13d1516h2_8daaf6152771_e5627efa2ab1"
        );
        hello.has_sni = false;
        hello.alpn = b"\x02\x0a\x0b";
        assert!(ja4(&hello, Under::Quic).starts_with("q13i15160b_"));
    }

    #[test]
    fn an_empty_hello_has_zeros() {
        let hello = ClientHelloView::default();
        assert_eq!(
            ja4(&hello, Under::Dtls),
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
