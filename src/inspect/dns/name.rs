//! Names in DNS messages: compression undone, labels in presentation form.
//!
//! In:   a whole message and the place of a name in it.
//! Out:  the name as text without the final dot; the root is empty.
//! Spec: RFC 1035 §3.1, §4.1.4, §5.1; RFC 4343 §2.1; UTF-8 labels RFC 6762 §16.
//!
//! Two different names never give the same text: `\` and dots inside labels are escaped as
//! `\\` and `\.`, control characters and bytes that are not UTF-8 as `\DDD` in decimal. Spaces
//! and other UTF-8 stay, since mDNS uses them for names people read. A name costs at most
//! [`HOPS`] jumps and 255 octets whatever its pointers do, and pointers only lead backwards.

use crate::wire::{Cursor, Malformed};

/// Longest name on the wire, length octets included (RFC 1035 §2.3.4).
const OCTETS: usize = 255;
/// A name of 255 octets has at most 127 labels, so more jumps than that say nothing.
const HOPS: usize = 127;

/// Moves `cursor` behind the name that begins there, without following pointers.
pub(super) fn skip(cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
    let mut octets: usize = 1;
    loop {
        let length = cursor.u8("name")?;
        match label(length)? {
            Label::Root => return Ok(()),
            Label::Pointer(_) => return cursor.skip("name pointer", 1),
            Label::Octets(len) => {
                octets = longer(octets, len)?;
                cursor.skip("label", len)?;
            }
        }
    }
}

/// Appends the name that begins at byte `start` of `whole` to `out`.
pub(super) fn expand(whole: &[u8], start: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut cursor = Cursor::new(whole.get(start..).unwrap_or_default());
    let mut earliest = start;
    let mut octets: usize = 1;
    let mut first = true;
    for _ in 0..=HOPS {
        loop {
            let length = cursor.u8("name")?;
            match label(length)? {
                Label::Root => return Ok(()),
                Label::Pointer(high) => {
                    let low = cursor.u8("name pointer")?;
                    let target = usize::from(u16::from_be_bytes([high, low]));
                    if target >= earliest {
                        return Err(illegal("name pointer", target));
                    }
                    earliest = target;
                    cursor = Cursor::new(whole.get(target..).unwrap_or_default());
                    break;
                }
                Label::Octets(len) => {
                    octets = longer(octets, len)?;
                    if !first {
                        out.push(b'.');
                    }
                    first = false;
                    escape_label(cursor.take("label", len)?, out);
                }
            }
        }
    }
    Err(illegal("name pointers", HOPS))
}

/// If a name is nothing but a pointer: where it points.
pub(super) fn lone_pointer(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [high, low, ..] if high & 0xc0 == 0xc0 => {
            Some(usize::from(u16::from_be_bytes([high & 0x3f, *low])))
        }
        _ => None,
    }
}

enum Label {
    Root,
    Octets(usize),
    /// The high bits of the offset.
    Pointer(u8),
}

fn label(length: u8) -> Result<Label, Malformed> {
    match length {
        0 => Ok(Label::Root),
        1..=63 => Ok(Label::Octets(length.into())),
        0xc0.. => Ok(Label::Pointer(length & 0x3f)),
        // Extended labels were never put to use (RFC 6891 §5).
        _ => Err(illegal("label type", length.into())),
    }
}

fn longer(octets: usize, label: usize) -> Result<usize, Malformed> {
    let octets = octets.saturating_add(label).saturating_add(1);
    if octets > OCTETS {
        return Err(illegal("name length", octets));
    }
    Ok(octets)
}

fn illegal(field: &'static str, value: usize) -> Malformed {
    Malformed::Illegal {
        field,
        value: u64::try_from(value).unwrap_or(u64::MAX),
    }
}

fn escape_label(label: &[u8], out: &mut Vec<u8>) {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if label.iter().all(plain) {
        out.extend_from_slice(label);
        return;
    }
    escape(label, b".", out);
}

/// Appends `bytes` with `\` before each byte of `special` and before `\` itself, and `\DDD` for
/// what is not text.
pub(super) fn escape(bytes: &[u8], special: &[u8], out: &mut Vec<u8>) {
    for chunk in bytes.utf8_chunks() {
        for &byte in chunk.valid().as_bytes() {
            if byte < 0x20 || byte == 0x7f {
                decimal(byte, out);
            } else {
                if byte == b'\\' || special.contains(&byte) {
                    out.push(b'\\');
                }
                out.push(byte);
            }
        }
        for &byte in chunk.invalid() {
            decimal(byte, out);
        }
    }
}

fn decimal(byte: u8, out: &mut Vec<u8>) {
    let digits = [byte / 100, byte / 10 % 10, byte % 10];
    out.push(b'\\');
    out.extend(digits.map(|digit| digit.wrapping_add(b'0')));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(whole: &[u8], start: usize, want: &str) {
        let mut out = Vec::new();
        let got = match expand(whole, start, &mut out) {
            Ok(()) => String::from_utf8(out).expect("presentation form is UTF-8"),
            Err(err) => err.to_string(),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn undoes_compression() {
        // RFC 1035 §4.1.4, from offset 0 instead of 20.
        let whole = b"\x01F\x03ISI\x04ARPA\0\x03FOO\xc0\x00\xc0\x06\0";
        check(whole, 0, "F.ISI.ARPA");
        check(whole, 12, "FOO.F.ISI.ARPA");
        check(whole, 18, "ARPA");
        check(whole, 20, "");
    }

    #[test]
    fn keeps_different_names_apart() {
        check(b"\x03a.b\x01c\0", 0, "a\\.b.c");
        check(b"\x04a\\.b\x01c\0", 0, "a\\\\\\.b.c");
        check(b"\x03a\0\x7f\0", 0, "a\\000\\127");
        check(b"\x03a\xff \0", 0, "a\\255 ");
        check(b"\x05Luc\xc3\xa9\0", 0, "Luc\u{e9}");
    }

    #[test]
    fn refuses_pointers_that_do_not_lead_back() {
        check(b"\xc0\x00", 0, "name pointer: 0x0 is not allowed");
        check(b"\x01a\xc0\x00", 2, "name pointer: 0x0 is not allowed");
        check(b"\x40a", 0, "label type: 0x40 is not allowed");
        check(b"\x05abc", 0, "label: needs 5 bytes, 3 left");
        check(
            &b"\x01a".repeat(128),
            0,
            "name length: 0x101 is not allowed",
        );
    }

    #[test]
    fn stops_a_chain_of_pointers() {
        let mut whole = vec![0_u8; 2];
        for k in 0..200_u16 {
            whole.extend((0xc000 | (k * 2)).to_be_bytes());
        }
        check(&whole, 2 * 100, "");
        check(&whole, 2 * 200, "name pointers: 0x7f is not allowed");
    }

    proptest! {
        #[test]
        fn any_bytes_give_bounded_text(whole in proptest::collection::vec(any::<u8>(), 0..600), start in 0_usize..600) {
            let mut out = Vec::new();
            if expand(&whole, start, &mut out).is_ok() {
                prop_assert!(out.len() <= 4 * OCTETS);
                prop_assert!(std::str::from_utf8(&out).is_ok());
            }
        }
    }
}
