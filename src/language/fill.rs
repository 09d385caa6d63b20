//! Templates to sentences.
//!
//! In:   a template with `{0}`, `{1}`, and values.
//! Out:  the text with the values in their places.

/// Puts values where a template has `{0}`, `{1}`: one digit.
pub(crate) fn fill(template: &str, values: &[&str]) -> String {
    let room = values.iter().map(|value| value.len());
    let room = room.fold(template.len(), usize::saturating_add);
    let mut text = String::with_capacity(room);
    let mut rest = template;
    // Templates are short: byte by byte is sooner than setting up a search.
    let find = |text: &str, wanted: u8| text.bytes().position(|byte| byte == wanted);
    while let Some(at) = find(rest, b'{') {
        text.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let Some(end) = find(after, b'}') else {
            text.push('{');
            rest = after;
            continue;
        };
        let value = match after.as_bytes().get(..end) {
            Some([digit @ b'0'..=b'9']) => values.get(usize::from(digit.wrapping_sub(b'0'))),
            _ => None,
        };
        text.push_str(value.copied().unwrap_or_default());
        rest = after.get(end.saturating_add(1)..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, want: &str) {
        assert_eq!(fill(template, &["a", "{0}"]), want);
    }

    #[test]
    fn values_stand_where_their_numbers_do() {
        check("{1} of {0}", "{0} of a");
        check("{0}{0}, {9}.", "aa, .");
        check("no value", "no value");
        check("{0", "{0");
        check("{ and {}", "");
        check("é{0}é", "éaé");
    }
}
