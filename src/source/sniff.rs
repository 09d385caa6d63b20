//! What a file is, by its first bytes.
//!
//! In:   the first bytes, decompressed, and how the file is called.
//! Out:  a capture format, or words on what it is instead and what to do.
//!
//! Names decide nothing; they only help to word an error.

/// The formats that are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Pcap,
    Pcapng,
}

/// The capture format, if it is one.
pub(super) fn kind(first: &[u8]) -> Option<Kind> {
    match first {
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => Some(Kind::Pcapng),
        [a, b, c, d, ..] => super::pcap::Dialect::of([*a, *b, *c, *d]).map(|_| Kind::Pcap),
        _ => None,
    }
}

/// What stands in the file, and what to do with it.
pub(super) fn foreign(first: &[u8], name: &str) -> String {
    let what = by_magic(first)
        .or_else(|| by_name(name))
        .or_else(|| by_text(first))
        .unwrap_or_else(|| {
            let head = first.get(..8.min(first.len())).unwrap_or_default();
            format!(
                "no pcap or pcapng file: it begins with {}",
                spaced_hex(head)
            )
        });
    format!("this is {what}")
}

const TO_PCAPNG: &str = "convert it with `editcap FILE new.pcapng`";
const UNPACK: &str = "unpack it and name the captures inside";
const RECORD: &str = "record with tcpdump, PCAPdroid or Wireshark as pcap or pcapng";

/// Offset, magic, what it is, what to do.
const MAGICS: &[(usize, &[u8], &str, &str)] = &[
    (0, b"snoop\0\0\0", "a snoop capture", TO_PCAPNG),
    (
        0,
        b"btsnoop\0",
        "a Bluetooth HCI log (btsnoop)",
        "it holds no network traffic",
    ),
    (0, b"RTSS", "a Network Monitor 1 capture", TO_PCAPNG),
    (0, b"GMBU", "a Network Monitor 2 capture", TO_PCAPNG),
    (0, b"XCP\0", "a NetXRay or Sniffer capture", TO_PCAPNG),
    (0, b"TRSNIFF data", "a DOS Sniffer capture", TO_PCAPNG),
    (0, b"iptrace 1.0", "an AIX iptrace", TO_PCAPNG),
    (0, b"iptrace 2.0", "an AIX iptrace", TO_PCAPNG),
    (0, b"\x7fver", "an EtherPeek capture", TO_PCAPNG),
    (
        0,
        b"\xa1\xb2\x34\xcd",
        "a capture of a pcap variant whose layout is unpublished",
        TO_PCAPNG,
    ),
    (
        0,
        b"\xcd\x34\xb2\xa1",
        "a capture of a pcap variant whose layout is unpublished",
        TO_PCAPNG,
    ),
    (
        0,
        b"\xa1\x2b\x3c\x4d",
        "a capture of Navtel's pcap variant, whose layout is unpublished",
        TO_PCAPNG,
    ),
    (
        0,
        b"\x4d\x3c\x2b\xa1",
        "a capture of Navtel's pcap variant, whose layout is unpublished",
        TO_PCAPNG,
    ),
    (
        0,
        b"\x0c\xa5",
        "an nfdump file: flow records, not packets",
        RECORD,
    ),
    (0, b"PK\x03\x04", "a zip archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (0, b"Rar!", "a rar archive", UNPACK),
    (0, b"BZh", "a bzip2 file", "unpack it with `bunzip2`"),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"\x1f\x8b", "compressed more than twice", UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "compressed more than twice", UNPACK),
    (0, b"\xfd7zXZ", "compressed more than twice", UNPACK),
    (0, b"\x04\x22\x4d\x18", "compressed more than twice", UNPACK),
    (0, b"SQLite format 3\0", "an SQLite database", RECORD),
    (0, b"bplist", "an Apple property list", RECORD),
    (0, b"ElfFile\0", "a Windows event log", RECORD),
    (0, b"\x7fELF", "a program", RECORD),
    (0, b"%PDF", "a PDF document", RECORD),
];

fn by_magic(first: &[u8]) -> Option<String> {
    MAGICS.iter().find_map(|(at, magic, what, todo)| {
        first
            .get(*at..)?
            .starts_with(magic)
            .then(|| format!("{what}; {todo}"))
    })
}

/// Formats without a magic number.
const NAMES: &[(&str, &str, &str)] = &[
    (
        ".toml",
        "no pcap or pcapng file, by its name TOML",
        "a policy, claims and the like stand behind an option of their own, one file each \
         (`--policy FILE`, `--claims FILE --claims FILE`)",
    ),
    (
        ".etl",
        "no pcap or pcapng file, by its name a Windows event trace",
        "convert it with `etl2pcapng`",
    ),
    (
        ".erf",
        "no pcap or pcapng file, by its name an ERF capture",
        TO_PCAPNG,
    ),
    (
        ".pklg",
        "no pcap or pcapng file, by its name an Apple Bluetooth log",
        "it holds no network traffic",
    ),
    (
        ".tracev3",
        "no pcap or pcapng file, by its name an Apple unified log",
        RECORD,
    ),
];

fn by_name(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let (_, what, todo) = NAMES.iter().find(|(ending, ..)| name.ends_with(ending))?;
    Some(format!("{what}; {todo}"))
}

fn by_text(first: &[u8]) -> Option<String> {
    if first.is_empty() {
        return Some(format!("an empty file; {RECORD}"));
    }
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let printable = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    // The last character may be cut.
    let utf8 = match std::str::from_utf8(text) {
        Ok(_) => true,
        Err(err) => err.valid_up_to() > 0 && err.error_len().is_none(),
    };
    if !utf8 || !text.iter().all(printable) {
        return None;
    }
    let what = match text.trim_ascii_start() {
        [b'{' | b'[', ..] if memchr::memmem::find(text, b"\"log\"").is_some() => {
            "JSON, perhaps a HAR export of a browser or proxy; it holds requests, not packets"
        }
        [b'{' | b'[', ..] => "JSON, not packets",
        [b'<', ..] => "XML or HTML, not packets",
        _ => "text, not packets; what tcpdump prints cannot be read back",
    };
    Some(format!("{what}; {RECORD} (`tcpdump -w FILE`)"))
}

fn spaced_hex(bytes: &[u8]) -> String {
    let all: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &[u8], name: &str, want: &str) {
        let got = match kind(first) {
            Some(kind) => format!("{kind:?}"),
            None => foreign(first, name),
        };
        assert!(got.contains(want), "{got:?} lacks {want:?}");
    }

    #[test]
    fn tells_captures_by_content() {
        check(&[0x0a, 0x0d, 0x0d, 0x0a, 9], "x.pcap", "Pcapng");
        check(
            b"[[claim]]\n",
            "claims.toml",
            "`--claims FILE --claims FILE`",
        );
        for magic in [
            [0xa1, 0xb2, 0xc3, 0xd4],
            [0xd4, 0xc3, 0xb2, 0xa1],
            [0xa1, 0xb2, 0x3c, 0x4d],
            [0x4d, 0x3c, 0xb2, 0xa1],
            [0xa1, 0xb2, 0xcd, 0x34],
            [0x34, 0xcd, 0xb2, 0xa1],
            [0x1c, 0x00, 0x01, 0xac],
            [0xab, 0x01, 0x00, 0x1c],
        ] {
            check(&magic, "x.pcapng", "Pcap");
        }
    }

    #[test]
    fn says_what_else_it_is_and_what_to_do() {
        check(b"", "a.pcap", "an empty file");
        check(b"{\"log\": {\"entries\": []}}", "a.pcap", "HAR");
        check(b"<?xml version=", "a", "XML");
        check(b"12:00:01.1 IP 10.0.0.1.1 > 1.1.1.1.53", "a", "tcpdump -w");
        check(b"snoop\0\0\0\0\0\0\x02", "a", "editcap");
        check(b"PK\x03\x04....", "a.zip", "zip archive");
        check(b"\x00\x01\x02\x03", "trace.ETL", "etl2pcapng");
        check(
            b"\x00\x01\x02\x03\x04\x05\x06\x07\x08",
            "a",
            "begins with 00 01 02 03 04 05 06 07",
        );
    }
}
