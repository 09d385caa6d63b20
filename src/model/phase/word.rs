//! Names of phases.
//!
//! In:   bytes of a log, or of a mark in a capture.
//! Out:  a plain word, safe in any output: lower case letters, digits and hyphens.

use std::sync::Arc;

/// Bytes of the longest name.
pub(crate) const LONGEST: usize = 64;

/// The name that these bytes are, if they are one.
pub(crate) fn plain(bytes: &[u8]) -> Option<Arc<str>> {
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let (first, last) = (bytes.first()?, bytes.last()?);
    let is_plain =
        bytes.len() <= LONGEST && bytes.iter().all(is_part) && *first != b'-' && *last != b'-';
    std::str::from_utf8(bytes)
        .ok()
        .filter(|_| is_plain)
        .map(Arc::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], want: bool) {
        assert_eq!(plain(bytes).is_some(), want, "{}", bytes.escape_ascii());
    }

    #[test]
    fn takes_plain_words_alone() {
        check(b"boot", true);
        check(b"7", true);
        check(b"consent-declined", true);
        check(&[b'a'; 64], true);
        check(&[b'a'; 65], false);
        check(b"", false);
        check(b"-", false);
        check(b"-boot", false);
        check(b"boot-", false);
        check(b"Boot", false);
        check(b"boot now", false);
        check(b"boot\x1b[2J", false);
        check("b\u{f6}se".as_bytes(), false);
    }
}
