//! Every case under `fixtures/` audits to the report beside it.
//!
//! `UPDATE=1 cargo test --test it golden` rewrites the reports. Read the diff before it is
//! committed: a report is expected because somebody held it against the case's README.

use crate::kit::{self, fixtures};

#[test]
fn fixtures_match_their_reports() {
    let mut differ = Vec::new();
    for fixture in fixtures() {
        let mut got = serde_json::to_string_pretty(&fixture.audit(&[])).unwrap();
        got.push('\n');
        let path = format!("fixtures/{}/report.json", fixture.name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(kit::repo(&path), got).unwrap();
            continue;
        }
        let want = std::fs::read_to_string(kit::repo(&path)).unwrap_or_default();
        if got != want {
            differ.push(format!("{path}:\n{}", first_difference(&want, &got)));
        }
    }
    assert!(
        differ.is_empty(),
        "UPDATE=1 rewrites, then read the diff.\n{}",
        differ.join("\n")
    );
}

/// A few lines around the first line that differs.
fn first_difference(want: &str, got: &str) -> String {
    let (want, got): (Vec<&str>, Vec<&str>) = (want.lines().collect(), got.lines().collect());
    let at = want.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(6);
    let part = |lines: &[&str], mark: &str| {
        let some = lines.iter().skip(from).take(12);
        some.map(|line| format!("{mark} {line}\n"))
            .collect::<String>()
    };
    format!("line {}\n{}{}", at + 1, part(&want, "-"), part(&got, "+"))
}

#[test]
fn every_case_says_where_it_comes_from_and_what_it_shows() {
    for fixture in fixtures() {
        let readme = kit::read(&format!("fixtures/{}/README.md", fixture.name));
        for part in ["**Origin.**", "**Licence.**", "**Shows**"] {
            assert!(
                readme.contains(part),
                "fixtures/{}/README.md lacks {part}",
                fixture.name
            );
        }
    }
}

/// The captures that are made are what their generator makes.
#[test]
fn made_captures_are_what_the_generator_writes() {
    let out = std::process::Command::new("python3")
        .args(["-B", "fixtures/make.py", "--check"])
        .current_dir(kit::repo("."))
        .output();
    match out {
        Ok(out) => assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        ),
        Err(_) => kit::skip("python3 is not here: fixtures/make.py --check"),
    }
}
