#![allow(clippy::unwrap_used)]
use super::*;
use crate::report::sample;

fn page(report: &Report) -> String {
    let mut out = Vec::new();
    super::report(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn nothing_from_outside_is_markup() {
    let page = page(&sample::report());
    let body = page
        .split("<main")
        .nth(1)
        .unwrap()
        .split("</main>")
        .next()
        .unwrap();
    assert!(!body.contains("<script"));
    for word in [
        "javascript:",
        " onerror",
        " onload",
        " style=",
        "<iframe",
        "<img",
    ] {
        assert!(!body.contains(word), "{word}");
    }
    assert!(!page.contains('\u{202e}'));
    assert!(!page.contains('\u{1b}'));
}

#[test]
fn every_anchor_that_is_linked_is_there() {
    let page = page(&sample::report());
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn an_empty_report_is_a_page_too() {
    let page = page(&sample::empty());
    assert!(page.contains("None observed"));
    assert!(page.ends_with("</html>\n"));
}
