//! How wide words will be, before anyone has drawn them.
//!
//! In:   words and a size in pixels.
//! Out:  pixels, on the safe side for the fonts that the style names.
//! Spec: Adobe's metrics of Helvetica, in thousandths of the size.

use unicode_width::UnicodeWidthChar;

/// Pixels that `text` takes.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let sum: f64 = text.chars().map(thousandths).sum();
    sum * size / 1000.0 * if bold { BOLD } else { REGULAR }
}

/// How much wider than Helvetica the widest of the usual fonts is, and bold in it.
const REGULAR: f64 = 1.16;
const BOLD: f64 = 1.27;

/// `text`, cut in the middle to fit.
pub(super) fn fit(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let mut columns = text.chars().count().min(200);
    while columns > 1 {
        columns = columns.saturating_sub(1);
        let cut = crate::report::escape::fit(text, columns);
        if width(&cut, size, bold) <= room {
            return cut.into_owned();
        }
    }
    "…".to_owned()
}

/// Lines of whole words.
pub(super) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let joined = lines.last().map(|line| format!("{line} {word}"));
        match joined.filter(|line| width(line, size, false) <= room) {
            Some(joined) => {
                lines.pop();
                lines.push(joined);
            }
            None => lines.push(fit(word, size, false, room)),
        }
    }
    lines
}

fn thousandths(c: char) -> f64 {
    let at = u32::from(c).checked_sub(32);
    let known = at.and_then(|at| WIDTHS.get(usize::try_from(at).ok()?));
    known.map_or_else(
        || match c.width() {
            Some(2) => 1000.0,
            Some(0) => 0.0,
            _ => 700.0,
        },
        |width| f64::from(*width),
    )
}

/// From space to tilde.
#[rustfmt::skip]
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_and_wraps_to_what_fits() {
        assert!(width("Singapore", 13.0, false) > 50.0);
        assert!(width("日本", 10.0, false) > 20.0);
        let cut = fit("telemetry.account.example.cn", 13.0, false, 100.0);
        assert!(cut.contains('…') && width(&cut, 13.0, false) <= 100.0);
        assert_eq!(fit("abc", 13.0, false, 0.0), "…");
        let lines = wrap("one two three four five six", 13.0, 60.0);
        assert!(lines.len() > 2 && lines.join(" ") == "one two three four five six");
    }
}
