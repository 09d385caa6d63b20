//! Every finding and claim of the sample, whose words attack, from the report and from its JSON.

#![allow(clippy::unwrap_used)]

use super::{Explained, explain, explain_saved};
use crate::report::{Style, json, sample, text};
use std::path::{Path, PathBuf};

fn page(explained: &Explained) -> String {
    let mut out = Vec::new();
    text::explanations(&explained.0, Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A file of this test's own, gone when it ends.
struct Saved(PathBuf);

impl Saved {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("whereto-explain-{name}-{}.json", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Saved(path)
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn saved(path: &Path, asked: &str) -> Result<Explained, crate::Error> {
    explain_saved(path, asked, &[])
}

#[test]
fn nothing_reaches_the_page_unescaped() {
    let report = sample::claimed();
    let mut asked: Vec<String> = report.findings.iter().map(|it| it.id.clone()).collect();
    asked.extend(report.claims.iter().map(|it| it.id.to_string()));
    assert!(asked.len() > 5, "{asked:?}");
    for id in asked {
        let page = page(&explain(&report, &id).unwrap());
        assert!(page.contains(&id), "{page}");
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!page.contains(bad), "{id}: {page:?}");
    }
}

#[test]
fn a_saved_report_says_what_the_report_says() {
    let report = sample::claimed();
    let mut bytes = Vec::new();
    json::report(&report, &mut bytes).unwrap();
    let file = Saved::new("same", &bytes);
    let mut asked: Vec<String> = report.findings.iter().map(|it| it.id.clone()).collect();
    asked.extend(report.claims.iter().map(|it| it.id.to_string()));
    for id in asked {
        let (own, damaged) = explain(&report, &id).unwrap();
        let (mut read, read_damaged) = saved(&file.0, &id).unwrap();
        assert_eq!(damaged, read_damaged);
        for one in &mut read {
            assert!(one.notes.remove(0).starts_with("Read from a saved report"));
        }
        assert_eq!(page(&(own, damaged)), page(&(read, damaged)), "{id}");
    }
}

/// Whatever is cut off, one line is said, and nothing breaks.
#[test]
fn a_cut_report_is_refused() {
    let report = sample::claimed();
    let mut bytes = Vec::new();
    json::report(&report, &mut bytes).unwrap();
    let id = report.findings.first().unwrap().id.clone();
    for end in (0..bytes.len() - 2).step_by(97) {
        let file = Saved::new("cut", bytes.get(..end).unwrap());
        let error = saved(&file.0, &id).unwrap_err().to_string();
        assert!(
            error.contains("not a report that can be explained"),
            "{error}"
        );
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn an_id_that_is_not_there_is_told_with_the_nearest() {
    let report = sample::claimed();
    let id = report.findings.first().unwrap().id.clone();
    let wrong = format!("{id}0");
    let error = explain(&report, &wrong).unwrap_err().to_string();
    assert!(error.contains(&format!("nearest: {id}")), "{error}");
    let error = explain(&report, "").unwrap_err().to_string();
    assert!(error.starts_with("'': is nothing to explain"), "{error}");
    let error = explain(&report, "f").unwrap_err().to_string();
    assert!(error.contains("ids begin like this"), "{error}");
}
