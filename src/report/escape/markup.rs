//! Words of others inside XML, Markdown, SARIF messages and URIs.
//!
//! In:   any text.
//! Out:  the same words, first spelled out as for a terminal, then without a meaning in the markup.
//! Spec: XML 1.0 §2.2 and §2.4, GitHub Flavored Markdown 0.29, SARIF 2.1.0 §3.11, RFC 3986 §2.
//!
//! What is spelled out has no control and no hidden character left, so that none that XML forbids
//! is there. Linear in its input.

use super::{Outlet, visible};
use crate::model::Text;

/// `text` as content of an element or of an attribute in double quotes.
pub(crate) fn xml(text: impl AsRef<[u8]>) -> String {
    let shown = visible(text.as_ref(), Outlet::Terminal);
    let mut out = String::with_capacity(shown.len().saturating_add(8));
    for c in shown.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            _ => out.push(c),
        }
    }
    out
}

/// `text` as a code span of Markdown, also in a cell of a table: nothing in it links, mentions or
/// formats. What would end the span or the cell is spelled out.
pub(crate) fn markdown_code(text: impl AsRef<[u8]>) -> String {
    let shown = visible(text.as_ref(), Outlet::Terminal);
    if shown.is_empty() {
        return "(empty)".to_owned();
    }
    let mut out = String::with_capacity(shown.len().saturating_add(8));
    out.push('`');
    for c in shown.chars() {
        match c {
            '`' => out.push_str("\\x60"),
            '|' => out.push_str("\\x7c"),
            _ => out.push(c),
        }
    }
    out.push('`');
    out
}

/// `text` as prose of Markdown, on one line, also in a cell of a table.
///
/// A backslash takes the meaning from punctuation. What GitHub finds in text that is rendered
/// already, `@name` and `#1`, it does not find in code: there the sign alone becomes code.
pub(crate) fn markdown(text: impl AsRef<[u8]>) -> String {
    let shown = visible(text.as_ref(), Outlet::Terminal);
    let mut out = String::with_capacity(shown.len().saturating_add(16));
    let mut in_code = false;
    let mut rest = shown.chars();
    let (mut at_start, mut only_digits) = (true, true);
    let mut recent = [' '; 3];
    while let Some(c) = rest.next() {
        let next = rest.as_str();
        let code = is_reference(c, recent, next);
        if code != in_code {
            out.push('`');
            in_code = code;
        }
        match c {
            _ if code => out.push(c),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '-' | '+' | '=' if at_start => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if only_digits || is_www(recent) => {
                out.push('\\');
                out.push(c);
            }
            ':' if next.starts_with("//") => out.push_str("\\:"),
            _ => out.push(c),
        }
        at_start &= c == ' ';
        // `1.` begins a list.
        only_digits &= c.is_ascii_digit() || c == ' ';
        let [_, second, third] = recent;
        recent = [second, third, c];
    }
    if in_code {
        out.push('`');
    }
    out
}

/// Signs of what GitHub turns into links: people, issues (`#1`, `GH-1`), commits (`a/b@c`).
fn is_reference(c: char, before: [char; 3], next: &str) -> bool {
    let digit_follows = next.starts_with(|next: char| next.is_ascii_digit());
    match c {
        '@' => true,
        '#' => digit_follows,
        '-' => {
            let [_, g, h] = before;
            digit_follows && g.eq_ignore_ascii_case(&'g') && h.eq_ignore_ascii_case(&'h')
        }
        _ => false,
    }
}

fn is_www(before: [char; 3]) -> bool {
    before.iter().all(|c| c.eq_ignore_ascii_case(&'w'))
}

/// `text` as a SARIF message: braces would be placeholders, brackets links.
pub(crate) fn sarif(text: impl AsRef<[u8]>) -> String {
    let shown = visible(text.as_ref(), Outlet::Terminal);
    let mut out = String::with_capacity(shown.len().saturating_add(8));
    for c in shown.chars() {
        match c {
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            '[' | ']' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A path as a URI reference: relative where the path is, `file:///` where it is absolute.
pub(crate) fn uri(path: &Text) -> String {
    let bytes = path.bytes();
    let drive = matches!(bytes, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let mut out = String::with_capacity(bytes.len().saturating_add(8));
    match bytes {
        [b'/', ..] => out.push_str("file://"),
        _ if drive => out.push_str("file:///"),
        _ => {}
    }
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(*byte));
            }
            b':' if drive && at == 1 => out.push(':'),
            b'\\' if drive => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn xml_has_no_markup_and_no_forbidden_character() {
        assert_eq!(xml("<a b=\"c\" d='e'>&\u{1b}[2J\0\u{fffe}"), {
            "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;\\x1b[2J\\x00\\u{fffe}"
        });
        assert_eq!(xml(b"\xff\\"), "\\xff\\\\");
        assert_eq!(xml("]]>\n\u{202e}é"), "]]&gt;\\n\\u{202e}é");
    }

    #[test]
    fn names_are_code_in_markdown() {
        assert_eq!(markdown_code("a`b|c@d#1"), "`a\\x60b\\x7cc@d#1`");
        assert_eq!(markdown_code("a\nb\u{202e}<img>"), "`a\\nb\\u{202e}<img>`");
        assert_eq!(markdown_code(""), "(empty)");
    }

    #[test]
    fn prose_has_no_meaning_in_markdown() {
        assert_eq!(markdown("a|b *c* _d_ `e`"), "a\\|b \\*c\\* \\_d\\_ \\`e\\`");
        assert_eq!(
            markdown("<img src=x> & ~~y~~"),
            "&lt;img src=x&gt; &amp; \\~\\~y\\~\\~"
        );
        assert_eq!(
            markdown("[a](http://b.example)"),
            "\\[a\\](http\\://b.example)"
        );
        assert_eq!(markdown("see www.b.example"), "see www\\.b.example");
        assert_eq!(markdown("by @ada and a@b.example, #12, # 3, GH-4"), {
            "by `@`ada and a`@`b.example, `#`12, \\# 3, GH`-`4"
        });
        assert_eq!(markdown("@@x"), "`@@`x");
        assert_eq!(markdown("- x"), "\\- x");
        assert_eq!(markdown("12. x"), "12\\. x");
        assert_eq!(markdown("2014-10-22"), "2014-10-22");
        assert_eq!(markdown("a\nb"), "a\\\\nb");
    }

    #[test]
    fn sarif_messages_have_no_placeholders_and_no_links() {
        assert_eq!(sarif("{0} [a](b)"), "{{0}} \\[a\\](b)");
    }

    #[test]
    fn paths_become_uris() {
        for (path, want) in [
            ("captures/a b.pcap", "captures/a%20b.pcap"),
            ("../a:b.pcap", "../a%3Ab.pcap"),
            ("/data/é.pcap", "file:///data/%C3%A9.pcap"),
            ("C:\\a\\b.pcap", "file:///C:/a/b.pcap"),
            ("a%#?.pcap", "a%25%23%3F.pcap"),
        ] {
            assert_eq!(uri(&Text::from(path)), want);
        }
        assert_eq!(uri(&Text::new(b"\xff\n")), "%FF%0A");
    }

    proptest! {
        #[test]
        fn nothing_gets_out_of_a_code_span(text in ".*") {
            let code = markdown_code(&text);
            prop_assert!(code.len() > 2);
            if !text.is_empty() {
                prop_assert_eq!(code.matches('`').count(), 2);
            }
            prop_assert!(!code.contains(['|', '\n', '\r']));
        }

        #[test]
        fn prose_mentions_nobody(text in "[@#a-z0-9<|`\\\\\\n ]{0,40}") {
            let shown = markdown(&text);
            // Without what is escaped every second piece is code.
            let plain = shown.replace("\\\\", "").replace("\\`", "");
            let outside: String = plain.split('`').step_by(2).collect();
            prop_assert!(!outside.contains(['@', '<', '\n']), "{}", shown);
            prop_assert_eq!(plain.matches('`').count() % 2, 0);
        }

        #[test]
        fn xml_is_well_formed(text in ".*") {
            let shown = xml(&text);
            prop_assert!(!shown.contains(['<', '>', '"', '\'']));
            prop_assert!(shown.chars().all(|c| !c.is_control()));
        }
    }
}
