//! The texts are true: commands run, links lead somewhere, numbers agree.

use crate::kit;
use std::path::Path;

/// The commands of the README's `sh` blocks.
fn commands() -> Vec<String> {
    let readme = kit::read("README.md");
    let blocks = readme
        .split("```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap().to_owned());
    let lines: Vec<String> = blocks
        .collect::<String>()
        .lines()
        .map(str::to_owned)
        .collect();
    lines
        .into_iter()
        .filter(|line| !line.trim().is_empty())
        .collect()
}

/// `.ci/run` takes its commands out of the README, so that the two cannot part.
#[test]
fn ci_runs_the_commands_of_the_readme() {
    let ci = kit::read(".ci/run");
    assert!(ci.contains("step_readme()") && ci.contains("README.md"));
    assert!(ci.contains("steps=(install format clippy docs licences readme"));
    let commands = commands();
    assert!(
        commands
            .iter()
            .any(|line| line.starts_with("cargo run --release -- audit fixtures/")),
        "{commands:?}"
    );
    assert!(
        commands.iter().any(|line| line.starts_with("cargo test")),
        "{commands:?}"
    );
}

/// Every option and subcommand in the README's commands is one that the program knows.
#[test]
fn the_readme_uses_options_that_exist() {
    let help = |arguments: &[&str]| {
        String::from_utf8(kit::whereto(arguments).output().unwrap().stdout).unwrap()
    };
    let all = help(&["--help"]);
    for line in commands().iter().filter(|line| line.contains(" -- ")) {
        let line = line.split('#').next().unwrap();
        let words: Vec<&str> = line
            .split(" -- ")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .collect();
        assert!(all.contains(words[0]), "`{}` is no subcommand", words[0]);
        let help = help(&[words[0], "--help"]);
        for option in words.iter().filter(|word| word.starts_with("--")) {
            let option = option.split('=').next().unwrap();
            assert!(
                help.contains(option),
                "`{} {option}` is no option",
                words[0]
            );
        }
    }
}

/// Links to files of the repository lead to files of the repository.
#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    for path in kit::files(&kit::repo(".")) {
        if path.extension().is_none_or(|ext| ext != "md") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = target.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let found = path.parent().unwrap_or(Path::new(".")).join(target);
            assert!(found.exists(), "{}: {target} is not there", path.display());
            count += 1;
        }
    }
    assert!(count > 5, "only {count} links were found");
}

#[test]
fn the_changelog_has_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        kit::read("CHANGELOG.md").contains(&format!("## {version}")),
        "CHANGELOG.md lacks {version}"
    );
}

/// Tests and conformance know what the documentation promises of exit codes.
#[test]
fn the_readme_explains_every_exit_code() {
    let readme = kit::read("README.md");
    for code in 0..=4 {
        assert!(
            readme.contains(&format!("| {code} |")),
            "README.md does not explain exit code {code}"
        );
    }
}
