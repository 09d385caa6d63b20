//! What the repository's texts never say.
//!
//! A report is read by lawyers of all sides: observations are worded as observations. And a
//! clone is read by strangers: no text may lean on somebody's machine.

use crate::kit;

/// Words that claim more than a capture can show.
const CLAIMS: &[&[&str]] = &[
    &["illegal", " transfer"],
    &["unlawful", " transfer"],
    &["spy", "ing on"],
    &["spy", "ware"],
    &["data ", "leak"],
    &["leaks ", "data"],
    &["sent data to the ", "government"],
    &["stole", "n data"],
    &["caught ", "lying"],
];

/// Traces of a machine or of how the work was done.
const TRACES: &[&[&str]] = &[
    &["/ho", "me/"],
    &["/ro", "ot/"],
    &["/wo", "rk/"],
    &["/tmp/", "brief"],
    &["/tmp/", "gen"],
    &["/Us", "ers/"],
    &["index.cra", "tes.io"],
    &["static.cra", "tes.io"],
    &["work", "tree"],
    &["sub", "agent"],
    &["TO", "DO:"],
    &["TO", "DO("],
    &["FIX", "ME"],
    &["XX", "X:"],
];

#[test]
fn no_text_claims_more_than_a_capture_can_show() {
    let found = hits(CLAIMS, |_| true);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_text_leans_on_somebodys_machine() {
    // The catalogue has addresses of other people's pages, which have paths of their own.
    let found = hits(TRACES, |path| !path.starts_with("src/data/catalogue/"));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// `../shared` is there only beside some clones: tests and CI may look for it, nothing else.
#[test]
fn only_tests_and_ci_look_beside_the_repository() {
    let word: &[&[&str]] = &[&["../", "shared"]];
    let tests = kit::test_files(&kit::repo("src"));
    let found = hits(word, |path| {
        let of_tests = path.starts_with("tests/") || tests.contains(&kit::repo(path));
        !of_tests && !path.starts_with(".ci/")
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A search that finds nothing must be able to find something.
#[test]
fn the_search_reads_the_repository() {
    let found = hits(&[&["forbid(", "unsafe_code)"]], |_| true);
    assert!(
        found.iter().any(|hit| hit.starts_with("src/lib.rs:")),
        "{found:?}"
    );
    assert!(found.len() < 20);
}

/// Lines that hold one of `words`, whatever the case, in files whose path `wanted` accepts.
/// Each word is given in two pieces so that this file does not hold it.
fn hits(words: &[&[&str]], wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let words: Vec<String> = words
        .iter()
        .map(|word| word.concat().to_lowercase())
        .collect();
    let root = kit::repo(".");
    let mut found = Vec::new();
    for path in kit::files(&root) {
        let inside = path
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        // What is not text has nothing to read; the licences are not ours to word.
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if !wanted(&inside)
            || inside == ".git"
            || inside.ends_with(".lock")
            || inside.starts_with("LICENSE")
        {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            if let Some(word) = words.iter().find(|word| lower.contains(word.as_str())) {
                found.push(format!("{inside}:{}: has `{word}`", number + 1));
            }
        }
    }
    found
}
