//! The one way by which words that somebody else chose reach an output.
//!
//! In:   bytes from a capture, a file name, a database: anything at all.
//! Out:  the same words, harmless in a terminal, in a CSV cell, in a JSON string, in HTML; in XML, Markdown,
//!       SARIF and URIs, see `escape/markup.rs`.
//! Spec: RFC 8259 §7 (JSON strings), RFC 4180 (CSV).
//!
//! One function an output kind. What is not plain text is spelled out rather than dropped, so
//! that a reader sees that it was there: `\n`, `\x1b`, `\u{202e}`. A byte that is not UTF-8 is
//! `\xNN`. A backslash is doubled, so that the original can be told from the spelling.
//! Everything here is linear in its input, and output is at most ten times as long.

mod markup;

pub(crate) use markup::{markdown, markdown_code, sarif, uri, xml};

use crate::model::Text;
use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// `text` as it may be printed to a terminal, on one line.
#[must_use]
pub fn terminal(text: &Text) -> Cow<'_, str> {
    visible(text.bytes(), Outlet::Terminal)
}

/// The same for words that are UTF-8 already: file names, database fields, messages.
#[must_use]
pub fn terminal_str(text: &str) -> Cow<'_, str> {
    visible(text.as_bytes(), Outlet::Terminal)
}

/// How many columns of a terminal `escaped` takes.
#[must_use]
pub fn columns(escaped: &str) -> usize {
    // Nearly everything is, and then nothing needs looking up.
    if escaped.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return escaped.len();
    }
    escaped.width()
}

/// `escaped` cut in the middle to at most `width` columns: `telemetry.…example.com`. Both ends
/// of a name matter: the host at the left, the owner at the right.
#[must_use]
pub fn fit(escaped: &str, width: usize) -> Cow<'_, str> {
    if escaped.len() <= width || columns(escaped) <= width {
        return Cow::Borrowed(escaped);
    }
    let room = width.saturating_sub(1);
    let tail_room = room / 2;
    let head = take(escaped.chars(), room.saturating_sub(tail_room));
    let tail: String = take(escaped.chars().rev(), tail_room)
        .chars()
        .rev()
        .collect();
    // A combining mark at the cut would sit on the ellipsis.
    let tail = tail.trim_start_matches(|c: char| c.width() == Some(0));
    Cow::Owned(format!("{head}…{tail}"))
}

/// One JSON string with its quotes: strict UTF-8, and nothing in it that a terminal, a log
/// viewer or a script tag would take for an order.
pub(crate) fn json(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if text
        .bytes()
        .all(|b| matches!(b, 0x20..=0x7e) && b != b'"' && b != b'\\')
    {
        out.extend_from_slice(text.as_bytes());
    } else {
        text.chars().for_each(|c| json_char(out, c));
    }
    out.push(b'"');
}

/// `text` as it may stand in HTML, between tags or in a quoted attribute. What could open a tag,
/// an entity or an attribute is an entity; what cannot be seen is spelled out.
#[must_use]
pub(crate) fn html(text: &Text) -> String {
    let mut out = String::new();
    html_visible(&mut out, &visible(text.bytes(), Outlet::Terminal));
    out
}

/// The same for words that are UTF-8 already.
#[must_use]
pub(crate) fn html_str(text: &str) -> String {
    let mut out = String::new();
    html_visible(&mut out, &visible(text.as_bytes(), Outlet::Terminal));
    out
}

/// The same for words that were made visible already, in HTML and XML (HTML 13.2.5, XML 1.0
/// §2.4). What is hidden is spelled out here too, should any be left.
pub(crate) fn html_visible(out: &mut String, visible: &str) {
    for c in visible.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            _ if hidden(c) => spell_char(out, c),
            _ => out.push(c),
        }
    }
}

/// Lower-case hexadecimal digits of `bytes`.
pub(crate) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            out.push(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
        }
    }
}

/// One CSV cell of text, quoted where needed (RFC 4180 §2). Control characters and line ends
/// are spelled out. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe; so does one that began with an apostrophe of its own.
pub(crate) fn csv(out: &mut Vec<u8>, bytes: &[u8]) {
    let starts_plain = bytes.first().is_none_or(u8::is_ascii_alphanumeric);
    // All of them, without a way out at the first that is not: short cells, and no branches.
    let safe = |all: bool, b: &u8| all & SAFE.get(usize::from(*b)).copied().unwrap_or(false);
    if starts_plain && bytes.iter().fold(true, safe) {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    if is_formula(bytes) {
        out.push(b'\'');
    }
    for byte in visible(bytes, Outlet::Csv).bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Bytes of a CSV cell that stand for themselves wherever they are but at its beginning.
const SAFE: [bool; 256] = {
    let mut safe = [false; 256];
    let mut rest: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/ -=";
    while let [byte, tail @ ..] = rest {
        #[allow(clippy::indexing_slicing, reason = "computed by the compiler")]
        {
            safe[*byte as usize] = true;
        }
        rest = tail;
    }
    safe
};

/// Combining marks kept on one letter; living scripts need no more than three.
const MARKS: u32 = 4;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Outlet {
    Terminal,
    Csv,
}

fn visible(bytes: &[u8], outlet: Outlet) -> Cow<'_, str> {
    let plain = |b: &u8| matches!(b, 0x20..=0x7e) && *b != b'\\' && *b != b';';
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().all(plain) => Cow::Borrowed(text),
        _ => Cow::Owned(spell(bytes, outlet)),
    }
}

fn spell(bytes: &[u8], outlet: Outlet) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_add(16));
    let mut marks = MARKS;
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid().chars();
        while let Some(c) = rest.next() {
            let is_mark = c.width() == Some(0) && !c.is_control();
            let shown = match c {
                '\\' => false,
                ';' if outlet == Outlet::Csv => !is_formula(rest.as_str().as_bytes()),
                _ if hidden(c) => false,
                _ if outlet == Outlet::Csv => true,
                _ if is_mark => marks < MARKS,
                _ => !is_odd_space(c),
            };
            if shown {
                out.push(c);
                marks = if is_mark { marks.saturating_add(1) } else { 0 };
            } else {
                spell_char(&mut out, c);
                marks = MARKS;
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
            marks = MARKS;
        }
    }
    out
}

fn spell_char(out: &mut String, c: char) {
    let _ = match c {
        '\\' => out.write_str("\\\\"),
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        ';' => out.write_str("\\x3b"),
        _ if c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
        _ => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

fn json_char(out: &mut Vec<u8>, c: char) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        _ if hidden(c) => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(b"\\u");
                hex(out, &unit.to_be_bytes());
            }
        }
        _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// True if a spreadsheet would calculate a cell with these words, or if they begin with the
/// apostrophe that we put in front of such.
fn is_formula(bytes: &[u8]) -> bool {
    let start = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    if start.starts_with(['\t', '\r', '\n', '\'']) {
        return true;
    }
    let start = start.trim_start_matches(|c: char| c.is_whitespace() || hidden(c));
    start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Characters that show nothing, or that change how others are shown: controls (C0, DEL, C1),
/// directions, zero widths, line and paragraph separators, fillers, variation selectors, tags,
/// private use, and the code points that are no characters (Unicode 16, categories Cc, Cf, Zl,
/// Zp, Co, Cn, and `Default_Ignorable_Code_Point`).
fn hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let is_no_character = u32::from(c) & 0xfffe == 0xfffe;
    is_no_character
        || matches!(c,
            '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}'
            | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
}

/// Spaces other than U+0020, which would pass for it.
fn is_odd_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// As many of `chars` as fit into `width` columns.
fn take(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0_usize;
    chars
        .take_while(|c| {
            used = used.saturating_add(c.width().unwrap_or(0));
            used <= width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn csv_cell(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        csv(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    fn json_string(text: &str) -> String {
        let mut out = Vec::new();
        json(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(bytes: &[u8], on_terminal: &str, in_csv: &str) {
        assert_eq!(terminal(&Text::new(bytes)), on_terminal);
        assert_eq!(csv_cell(bytes), in_csv);
    }

    #[test]
    fn leaves_plain_names_alone() {
        check(b"api.example.in", "api.example.in", "api.example.in");
        check(
            "bücher.example".as_bytes(),
            "bücher.example",
            "\"bücher.example\"",
        );
        check(b"", "", "");
        assert_eq!(json_string("a/b é"), "\"a/b é\"");
    }

    #[test]
    fn spells_out_orders_to_a_terminal() {
        check(b"\x1b[2Jx", "\\x1b[2Jx", "\"\\x1b[2Jx\"");
        check("\u{9b}31m".as_bytes(), "\\u{9b}31m", "\"\\u{9b}31m\"");
        check(b"\x9b31m", "\\x9b31m", "\"\\x9b31m\"");
        check("\u{202e}moc".as_bytes(), "\\u{202e}moc", "\"\\u{202e}moc\"");
        check("\u{e0041}".as_bytes(), "\\u{e0041}", "\"\\u{e0041}\"");
        check(
            b"a\r\nb\x7f\0",
            "a\\r\\nb\\x7f\\x00",
            "\"a\\r\\nb\\x7f\\x00\"",
        );
        check(b"a\\x1b", "a\\\\x1b", "\"a\\\\x1b\"");
        check("\u{2028}".as_bytes(), "\\u{2028}", "\"\\u{2028}\"");
        assert_eq!(terminal_str("a\u{a0}b"), "a\\u{a0}b");
    }

    #[test]
    fn bounds_marks_on_one_letter() {
        let tower = format!("a{}", "\u{301}".repeat(6));
        let want = format!("a{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(4));
        assert_eq!(terminal_str(&tower), want);
        assert_eq!(terminal_str("\u{301}a"), "\\u{301}a");
    }

    #[test]
    fn defuses_formulas() {
        for formula in [
            "=1+1",
            "+1",
            "-2",
            "@SUM(1)",
            " =1",
            "\u{ff1d}1",
            "\u{3000}=1",
            "'=1",
        ] {
            assert_eq!(csv_cell(formula.as_bytes()), format!("\"'{formula}\""));
        }
        assert_eq!(csv_cell(b"\t=1"), "\"'\\t=1\"");
        assert_eq!(csv_cell(b"\n=1"), "\"'\\n=1\"");
        assert_eq!(csv_cell(b";=1;x"), "\"\\x3b=1;x\"");
        assert_eq!(csv_cell(b"a\",=1,\""), "\"a\"\",=1,\"\"\"");
        assert_eq!(csv_cell(b"dbip=IN;user=SG"), "\"dbip=IN;user=SG\"");
    }

    #[test]
    fn escapes_json_beyond_what_json_asks() {
        assert_eq!(json_string("\"\\\n"), r#""\"\\\n""#);
        assert_eq!(
            json_string("\u{2028}\u{9b}\u{7f}\u{202e}"),
            r#""\u2028\u009b\u007f\u202e""#
        );
        assert_eq!(json_string("\u{e0041}"), r#""\udb40\udc41""#);
    }

    #[test]
    fn html_takes_no_orders() {
        let mut out = String::new();
        html_visible(&mut out, "<a b=\"c\" d='e'>&\u{202e}\u{1b}\n\\");
        let want = "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\\u{202e}\\x1b\\n\\";
        assert_eq!(out, want);
    }

    #[test]
    fn cuts_in_the_middle() {
        assert_eq!(fit("telemetry.example.com", 21), "telemetry.example.com");
        assert_eq!(fit("telemetry.example.com", 11), "telem…e.com");
        assert_eq!(columns(&fit("日本語日本語日本語", 9)), 9);
        assert_eq!(fit("abc", 0), "…");
    }

    proptest! {
        #[test]
        fn nothing_hidden_gets_through(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let text = Text::new(&bytes);
            prop_assert!(!terminal(&text).chars().any(hidden));
            let cell = csv_cell(&bytes);
            prop_assert!(!cell.chars().any(hidden));
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(cell.as_bytes());
            prop_assert!(reader.records().count() <= 1);
        }

        #[test]
        fn json_reads_back(text in ".*") {
            prop_assert_eq!(serde_json::from_str::<String>(&json_string(&text)).unwrap(), text);
        }

        #[test]
        fn a_cut_fits(text in ".*", width in 1_usize..40) {
            let shown = terminal_str(&text).into_owned();
            prop_assert!(columns(&fit(&shown, width)) <= width);
        }
    }
}
