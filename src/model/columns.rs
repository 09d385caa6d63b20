//! The columns of a flow row: one table that every output reads.
//!
//! In:   a [`Flow`] and the data sources of its report.
//! Out:  a [`Value`] for each [`Column`].
//!
//! The order is the order of CSV and JSON. Columns may be added at the end; none may change its
//! name, unit or meaning. `docs/columns.md` is generated from here and checked by a test.

use super::{DataSource, Flow, PlaceOpinion, Text, Time, Transport};
use std::net::IpAddr;

mod table;
pub use table::COLUMNS;

/// One column.
pub struct Column {
    /// The CSV header and JSON key.
    pub name: &'static str,
    /// What the numbers count, or the form of the words; empty where that is plain.
    pub unit: &'static str,
    /// What it holds, in one or two sentences. Markdown.
    pub doc: &'static str,
    /// Its type.
    pub kind: Kind,
    /// True if it can be empty (CSV) or `null` (JSON).
    pub nullable: bool,
    /// True if it depends on the remote place alone: rows with one place have the same cell.
    pub of_place: bool,
    /// The cell of one row.
    pub value: for<'a> fn(Row<'a>) -> Value<'a>,
}

/// Types that every engine reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Signed, 64 bits.
    Integer,
    /// 64 bits.
    Float,
    /// `true` or `false`.
    Boolean,
    /// UTF-8.
    String,
    /// UTC, RFC 3339, nine digits of the second.
    Timestamp,
}

impl Kind {
    /// The word used in the documentation.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Boolean => "boolean",
            Kind::String => "string",
            Kind::Timestamp => "timestamp",
        }
    }
}

/// What a cell is taken from.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// The data sources that its place speaks of.
    pub data: &'a [DataSource],
}

/// One cell. Outputs decide how it is written.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// Nothing is known.
    Null,
    /// A count or number. Never negative here, and never above `i64::MAX`.
    Integer(u64),
    /// Nanoseconds, to be written as milliseconds.
    Milliseconds(u64),
    /// Yes or no.
    Boolean(bool),
    /// A word of ours, without comma or quote: needs no escaping.
    Word(&'static str),
    /// Words from a database. To be escaped.
    Words(&'a str),
    /// Words from the capture. To be escaped.
    Text(&'a Text),
    /// An address.
    Address(IpAddr),
    /// An instant.
    Time(Time),
    /// The word of a transport.
    Transport(Transport),
    /// A TLS or DTLS version: see [`tls_version`].
    TlsVersion(u16),
    /// A cipher suite, as `0x1301`.
    Cipher(u16),
    /// Bytes, as lower-case hexadecimal digits.
    Hex(&'a [u8]),
    /// Words of ours, joined by `; `.
    List(&'a [&'static str]),
    /// Codes of countries, joined by spaces.
    Excluded(&'a [super::Excluded]),
    /// What each source said: `name=CC`, joined by `;`.
    Opinions(&'a [PlaceOpinion], &'a [DataSource]),
}

/// A TLS, DTLS or SSL version in words; `None` for a number that no specification gives.
/// RFC 6176, RFC 6101, RFC 2246, RFC 4346, RFC 5246, RFC 8446, RFC 4347, RFC 6347, RFC 9147.
#[must_use]
pub fn tls_version(version: u16) -> Option<&'static str> {
    Some(match version {
        0x0002 => "SSL 2.0",
        0x0300 => "SSL 3.0",
        0x0301 => "TLS 1.0",
        0x0302 => "TLS 1.1",
        0x0303 => "TLS 1.2",
        0x0304 => "TLS 1.3",
        // 0x7fNN: drafts of TLS 1.3; 0xfbNN: the same as one large site deployed them.
        0x7f00..=0x7fff | 0xfb00..=0xfbff => "TLS 1.3 draft",
        0x0100 | 0xfeff => "DTLS 1.0",
        0xfefd => "DTLS 1.2",
        0xfefc => "DTLS 1.3",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods)]
    use super::*;
    use std::fmt::Write as _;

    /// The names that `docs/columns.md` promises forever.
    const CONTRACT: &str = "flow scope transport local_ip local_port remote_ip remote_port \
        first_seen last_seen packets_out bytes_out packets_in bytes_in first_frame protocol name \
        name_via name_grade name_rivals registrable_domain owner app country country_confidence \
        country_sources asn as_org operator_country cloud cloud_region anycast rtt_ms tls_version \
        alpn ja3 ja4 verdict";

    #[test]
    fn contract_columns_come_first_in_their_order() {
        let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        let promised: Vec<&str> = CONTRACT.split_whitespace().collect();
        assert_eq!(names.get(..promised.len()), Some(promised.as_slice()));
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "a name stands twice");
    }

    /// `UPDATE=1 cargo test` rewrites the page: read the diff.
    #[test]
    fn the_page_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/columns.md");
        let page = page();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(found, page, "docs/columns.md is stale: run with UPDATE=1");
    }

    fn page() -> String {
        let mut page = String::from(
            "# Columns of a flow\n\n\
             The CSV header and the keys of `flows` in JSON, in this order. Columns may be added \
             at the end; these keep their names, units and meanings. One row a flow, oriented \
             from the audited device. Where nothing is known a cell is empty in CSV and `null` \
             in JSON.\n\n\
             Text that came from a capture may hold anything. In CSV, control characters and the \
             like are spelled out (`\\n`, `\\x1b`, `\\u{202e}`; a byte that is not UTF-8 as \
             `\\xNN`; a backslash is doubled), and a cell that a spreadsheet would calculate \
             begins with an apostrophe. In JSON, where the bytes are not UTF-8, a second key \
             with `_hex` at its end holds them as they were.\n\n\
             In JSON a flow that carried several names also has `names`: a list of `name`, \
             `via`, `grade` and `frame`.\n\n\
             This page is generated from `src/model/columns.rs`.\n\n\
             |Column|Type|Unit or form|Empty|What it holds|\n|-|-|-|-|-|\n",
        );
        for column in COLUMNS {
            let empty = if column.nullable { "yes" } else { "" };
            writeln!(
                page,
                "|`{}`|{}|{}|{empty}|{}|",
                column.name,
                column.kind.as_str(),
                column.unit,
                column.doc
            )
            .unwrap();
        }
        page
    }

    #[test]
    fn names_tls_versions() {
        assert_eq!(tls_version(0x0304), Some("TLS 1.3"));
        assert_eq!(tls_version(0xfefd), Some("DTLS 1.2"));
        assert_eq!(tls_version(0x0a0a), None);
    }
}
