//! Each invariant of `docs/architecture.md` names the tests that hold it, and they exist.

use crate::kit;

#[test]
fn every_invariant_names_a_test_that_exists() {
    let docs = kit::read("docs/architecture.md");
    let section = docs.split("\n## Invariants").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let invariants: Vec<&str> = section.split("\n### ").skip(1).collect();
    assert!(
        invariants.len() >= 10,
        "only {} invariants were found",
        invariants.len()
    );
    for invariant in invariants {
        let title = invariant.lines().next().unwrap();
        let held: Vec<&str> = invariant
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|code| code.contains(".rs::"))
            .collect();
        assert!(!held.is_empty(), "{title}: no test is named");
        for test in held {
            assert!(is_test(test), "{title}: {test} is not a test");
        }
    }
}

/// True if `path.rs::name` is a function marked `#[test]`, or a case of `proptest!`.
fn is_test(place: &str) -> bool {
    let Some((path, name)) = place.split_once("::") else {
        return false;
    };
    let Ok(text) = std::fs::read_to_string(kit::repo(path)) else {
        return false;
    };
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        if line == "#[test]" {
            marked = true;
        } else if line.starts_with("fn ") {
            if marked && line.starts_with(&format!("fn {name}(")) {
                return true;
            }
            marked = false;
        }
    }
    false
}

#[test]
fn a_test_is_told_from_a_helper() {
    assert!(is_test(
        "tests/it/architecture.rs::a_test_is_told_from_a_helper"
    ));
    assert!(!is_test("tests/it/architecture.rs::is_test"));
    assert!(!is_test("tests/it/architecture.rs::absent"));
    assert!(!is_test("tests/it/absent.rs::absent"));
}
