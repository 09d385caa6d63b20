//! Only what `deny.toml` allows is linked. The same file serves cargo-deny; this reads it so
//! that plain `cargo test` holds the line too.

use crate::kit;
use serde_json::Value;
use std::process::Command;

#[test]
fn every_dependency_has_a_licence_that_may_come_in() {
    let allowed = list("[licenses]", "allow");
    assert!(allowed.len() > 5, "deny.toml was not understood");
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("none stated");
        assert!(permitted(licence, &allowed), "{name}: {licence}");
    }
}

#[test]
fn nothing_that_could_send_is_linked_and_nothing_comes_from_elsewhere() {
    let banned = list("[bans]", "deny");
    assert!(banned.len() > 5, "deny.toml was not understood");
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        assert!(!banned.iter().any(|ban| ban == name), "{name} is banned");
        if name != "whereto" {
            let source = package["source"].as_str().unwrap_or("a path");
            assert!(
                source.starts_with("registry+"),
                "{name} comes from {source}"
            );
        }
    }
}

#[test]
fn licence_expressions_are_read_as_their_authors_meant() {
    #[track_caller]
    fn check(expression: &str, want: bool) {
        let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
        assert_eq!(permitted(expression, &allowed), want, "{expression}");
    }
    check("MIT", true);
    check("GPL-3.0", false);
    check("Apache-2.0 OR MIT", true);
    check("Apache-2.0/MIT", true);
    check("Apache-2.0 AND MIT", false);
    check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
    check("(GPL-2.0 OR Apache-2.0) AND Unicode-3.0", false);
    check("none stated", false);
}

/// One licence of every `AND` part must be allowed. Parentheses are only met around `OR`.
fn permitted(expression: &str, allowed: &[String]) -> bool {
    expression.split(" AND ").all(|part| {
        part.trim_matches(['(', ')'])
            .split(" OR ")
            .flat_map(|part| part.split('/'))
            .any(|licence| allowed.iter().any(|ok| ok == licence.trim()))
    })
}

/// Every package that a build for this platform links, with all features.
fn packages() -> Vec<Value> {
    let out = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--locked",
            "--all-features",
            "--format-version",
            "1",
        ])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(kit::repo("."))
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let all: Value = serde_json::from_slice(&out.stdout).unwrap();
    all["packages"].as_array().unwrap().clone()
}

/// The strings of one list in one section of deny.toml; of `{ crate = "x" }` the name.
fn list(section: &str, key: &str) -> Vec<String> {
    let text = kit::read("deny.toml");
    let section = text.split(section).nth(1).unwrap();
    let from = section.find(&format!("\n{key} = [")).unwrap();
    let body = &section[from..];
    let body = &body[..body.find("\n]").unwrap()];
    body.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}
