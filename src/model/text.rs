//! Words that somebody else chose.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Bytes from a capture that are meant to be read: a host name, a path, a user agent.
///
/// They may be anything at all: empty, not UTF-8, full of control characters. There is no
/// `Display`: text reaches an output only through `report/escape.rs`. Cloning shares.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Text(Arc<[u8]>);

impl Text {
    /// The bytes as they were seen.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Text(Arc::from(bytes))
    }

    /// The bytes as they were seen.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, where it is valid UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The text, with bytes that are not UTF-8 written as `\xNN`. Not safe to print.
    #[must_use]
    pub fn lossless(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(spell_out(&self.0)),
        }
    }

    /// True where there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::new(b"")
    }
}

/// So that a map of texts can be asked for bytes.
impl std::borrow::Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::new(text.as_bytes())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Text(Arc::from(bytes))
    }
}

/// Escaped, so that a failing test cannot attack a terminal either.
impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{}\"", self.0.escape_ascii())
    }
}

fn spell_out(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_text_and_spells_out_the_rest() {
        assert_eq!(Text::from("a.io").lossless(), "a.io");
        assert_eq!(Text::new(b"a\xffb\xc3\xa9").lossless(), "a\\xffb\u{e9}");
        assert_eq!(format!("{:?}", Text::new(b"\x1b[2J")), r#""\x1b[2J""#);
    }
}
