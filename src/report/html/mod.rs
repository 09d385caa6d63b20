//! One page to look at, check and cite.
//!
//! In:   a [`Report`].
//! Out:  HTML in one file: no request to anywhere, complete without its script, bounded in size.
//! Spec: the HTML standard; Content Security Policy Level 3 (hashes of the style and the script).
//!
//! The policy allows the page's own style and script by their hashes and nothing else; escaping
//! alone must hold without it. All texts stand in `language`.

mod coverage;
pub(super) mod diff;
mod findings;
mod method;
mod page;
mod pictures;
mod summary;
mod tables;

use super::{escape, picture};
use crate::language::{WORDS, Words, fill};
use crate::model::{ClaimVerdict, Confidence, Report, Verdict};
use coverage::Coverage;
use data_encoding::BASE64;
use page::{Mark, Page};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The looks of the page; those of the pictures stand behind them.
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page.
///
/// # Errors
/// Where `out` fails.
pub(super) fn report(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let words = WORDS;
    let coverage = Coverage::read(report, words);
    let mut page = Page::default();
    let about = report.settings.about.as_ref();
    head(
        &mut page,
        Title {
            what: words.report,
            title: &title(report),
            notice: about.map(|about| about.notice.as_str()).unwrap_or_default(),
        },
        words,
    );
    contents(&mut page, report, words);
    page.raw("<main id=\"main\">\n");
    summary::summary(&mut page, report, &coverage, words);
    findings::findings(&mut page, report, words);
    pictures::pictures(&mut page, report, words)?;
    tables::tables(&mut page, report, &coverage, words);
    method::method(&mut page, report, words);
    page.raw("</main></div>\n");
    let credits = report.data.iter().filter_map(|source| {
        let link = source.link.as_deref().unwrap_or_default();
        Some(format!("{} {link}", source.credit.as_deref()?))
    });
    foot(&mut page, credits, words);
    out.write_all(page.out.as_bytes())
}

/// What stands in the head of a page.
#[derive(Clone, Copy)]
struct Title<'t> {
    /// What kind of page it is.
    what: &'t str,
    title: &'t str,
    notice: &'t str,
}

/// Who made the page, whose data it rests on, and the script. Ends it.
fn foot(page: &mut Page, credits: impl Iterator<Item = String>, words: &Words) {
    page.raw("<footer>");
    let made = fill(words.made_with, &[env!("CARGO_PKG_VERSION")]);
    page.element("p", &made);
    for line in words.footer {
        page.element("p", line);
    }
    let mut said = BTreeSet::new();
    for credit in credits {
        if said.insert(credit.clone()) {
            page.element("p", &credit);
        }
    }
    page.raw("</footer>\n</div>\n<script>")
        .raw(SCRIPT)
        .raw("</script>\n</body>\n</html>\n");
}

fn title(report: &Report) -> String {
    let about = report.settings.about.as_ref();
    match about
        .map(|about| about.title.as_str())
        .filter(|title| !title.is_empty())
    {
        Some(title) => title.to_owned(),
        None => {
            let first = report.inputs.first();
            let path = first.map(|input| input.path.lossless().into_owned());
            let path = path.unwrap_or_default();
            path.rsplit(['/', '\\'])
                .next()
                .unwrap_or_default()
                .to_owned()
        }
    }
}

fn head(page: &mut Page, title: Title<'_>, words: &Words) {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
    let style = [STYLE, picture::STYLE, &margins(title)].concat();
    page.raw("<!doctype html>\n<html lang=\"")
        .raw(words.code)
        .raw("\">\n<head>\n");
    page.raw("<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"");
    page.raw(&format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; \
         base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(SCRIPT)
    ));
    page.raw("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    // A page without an icon of its own would ask for one; `img-src` is for this empty one.
    page.raw("<link rel=\"icon\" href=\"data:,\">\n<title>Whereto ");
    page.text(title.what)
        .raw(": ")
        .text(title.title)
        .raw("</title>\n<style>");
    page.raw(&style)
        .raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
    page.text(words.skip).raw("</a>\n").raw(SYMBOLS);
    if !title.notice.is_empty() {
        page.raw("<aside class=\"notice\">")
            .element("p", title.notice)
            .raw("</aside>\n");
    }
    page.raw("<div class=\"page\">\n<header class=\"mast\"><span><b>Whereto</b> ");
    page.text(title.what)
        .raw("</span><span class=\"soft\">")
        .text(title.title);
    page.raw("</span></header>\n");
}

/// What stands above and below each printed page: the notice, and which report this is.
fn margins(title: Title<'_>) -> String {
    let mut rules = String::from("@page{");
    for (place, words) in [
        ("top-left", title.notice),
        ("bottom-left", &format!("Whereto · {}", title.title)),
    ] {
        if !words.is_empty() {
            let words = css_string(&escape::fit(&escape::terminal_str(words), MARGIN_COLUMNS));
            rules.push_str(&format!(
                "@{place}{{content:{words};font:7.5pt sans-serif;color:#50575f}}"
            ));
        }
    }
    rules.push_str("}\n");
    rules
}

/// As a string of CSS that can end neither itself nor the style around it (CSS Syntax Level 3,
/// §4.3.7): all but letters, digits and blanks by number.
fn css_string(words: &str) -> String {
    let mut out = String::from("\"");
    for c in words.chars() {
        if c.is_ascii_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            out.push_str(&format!("\\{:x} ", u32::from(c)));
        }
    }
    out.push('"');
    out
}

/// Room in the margin of a printed page.
const MARGIN_COLUMNS: usize = 120;

fn contents(page: &mut Page, report: &Report, words: &Words) {
    page.raw("<div class=\"body\"><nav class=\"toc\"")
        .attribute("aria-label", words.contents);
    page.raw("><ol>");
    for (anchor, word) in [
        ("summary", words.summary),
        ("findings", words.findings),
        ("pictures", words.pictures),
        ("destinations", words.destinations),
        ("names", words.names),
        ("flows", words.flows),
        ("method", words.method),
    ] {
        page.raw("<li><a href=\"#")
            .raw(anchor)
            .raw("\">")
            .text(word)
            .raw("</a>");
        if anchor == "findings" && !report.claims.is_empty() {
            page.raw("<ol>");
            for claim in &report.claims {
                let (mark, verdict) = claim_words(claim.verdict, words);
                page.raw("<li><a")
                    .attribute("href", &format!("#claim-{}", claim.id))
                    .raw(">");
                page.icon(mark).text(&claim.id);
                page.element("span class=\"vh\"", &format!(", {verdict}"))
                    .raw("</a></li>");
            }
            page.raw("</ol>");
        }
        page.raw("</li>");
    }
    page.raw("</ol></nav>\n");
}

fn verdict_word(verdict: Verdict, words: &Words) -> &'static str {
    match verdict {
        Verdict::Violated => words.violated,
        Verdict::Indeterminate => words.indeterminate,
        Verdict::Met => words.met,
    }
}

fn claim_words(verdict: ClaimVerdict, words: &Words) -> (Mark, &'static str) {
    match verdict {
        ClaimVerdict::Contradicted => (Mark::Bad, words.contradicted),
        ClaimVerdict::Indeterminate => (Mark::Unsure, words.indeterminate),
        ClaimVerdict::NotExercised => (Mark::Untested, words.not_exercised),
        ClaimVerdict::Supported => (Mark::Good, words.supported),
    }
}

fn confidence_word(confidence: Confidence, words: &Words) -> &'static str {
    match confidence {
        Confidence::High => words.high,
        Confidence::Medium => words.medium,
        Confidence::Low => words.low,
        Confidence::None => words.not_rated,
    }
}

/// The marks and hatches, once.
const SYMBOLS: &str = include_str!("symbols.svg");

#[cfg(test)]
mod tests;
