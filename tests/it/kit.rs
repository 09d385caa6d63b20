//! What several of these tests need: the repository's folders, files, and loud skips.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A path inside the repository.
pub(crate) fn repo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of the repository.
#[track_caller]
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(repo(path)).unwrap_or_else(|err| panic!("{path}: {err}"))
}

/// The program, run in the repository's root, with nothing on its standard input.
pub(crate) fn whereto(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whereto"));
    command
        .args(arguments)
        .current_dir(repo("."))
        // Not what the developer has installed.
        .env("WHERETO_DATA_DIR", repo("target/no-installed-data"))
        .stdin(std::process::Stdio::null());
    command
}

/// One folder under `fixtures/`.
pub(crate) struct Fixture {
    /// Its name.
    pub(crate) name: String,
    /// Its capture, as a path inside the repository.
    pub(crate) capture: String,
    /// What is given to `--expect`, if anything.
    pub(crate) expect: Option<String>,
    /// What is given beside it: expected owners, catalogues.
    pub(crate) arguments: Vec<String>,
}

impl Fixture {
    /// The JSON report of the program, with its own `--expect` and these arguments.
    #[track_caller]
    pub(crate) fn audit(&self, arguments: &[&str]) -> Value {
        let out = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(
            matches!(out.status.code(), Some(0 | 1 | 3 | 4)),
            "{}: {said}",
            self.name
        );
        serde_json::from_slice(&out.stdout).unwrap_or_else(|err| panic!("{}: {err}", self.name))
    }

    /// `whereto audit --format json` on it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = whereto(&["audit", "--format", "json", &self.capture]);
        if let Some(expect) = &self.expect {
            command.args(["--expect", expect]);
        }
        command.args(&self.arguments);
        command.args(arguments);
        command
    }
}

/// Options for what lies in a case's folder beside its capture.
fn arguments(name: &str) -> Vec<String> {
    let folder = repo(&format!("fixtures/{name}"));
    let mut found = Vec::new();
    if let Ok(text) = std::fs::read_to_string(folder.join("expect-owner")) {
        found.extend(["--expect-owner".to_owned(), text.trim().to_owned()]);
    }
    if folder.join("owners").is_dir() {
        for path in files(&folder.join("owners")) {
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            found.extend([
                "--owners".to_owned(),
                format!("fixtures/{name}/owners/{file}"),
            ]);
        }
    }
    found
}

/// One fixture by its name.
#[track_caller]
pub(crate) fn fixture(name: &str) -> Fixture {
    fixtures()
        .into_iter()
        .find(|fixture| fixture.name == name)
        .unwrap()
}

/// Every fixture, sorted by name.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(repo("fixtures")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Some(capture) = ["capture.pcap", "capture.pcapng"]
            .into_iter()
            .find(|file| folder.join(file).exists())
        else {
            continue;
        };
        found.push(Fixture {
            capture: format!("fixtures/{name}/{capture}"),
            expect: std::fs::read_to_string(folder.join("expect"))
                .ok()
                .map(|text| text.trim().to_owned()),
            arguments: arguments(&name),
            name,
        });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(
        found.len() >= 15,
        "only {} fixtures were found",
        found.len()
    );
    found
}

/// The strings under `key` in each row of a report's list.
pub(crate) fn column(report: &Value, list: &str, key: &str) -> Vec<String> {
    let rows = report[list]
        .as_array()
        .unwrap_or_else(|| panic!("no list `{list}`"));
    rows.iter()
        .map(|row| match &row[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect()
}

/// Every file below `folder`, sorted, without what a build leaves behind.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !BUILT.contains(&name.as_str()) {
                    todo.push(path);
                }
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Files that are compiled for tests only: `#[cfg(test)] mod name;` in the module above, with or
/// without a `#[path]`.
pub(crate) fn test_files(src: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for path in files(src) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let stem = path.file_stem().unwrap_or_default();
        let folder = match stem.to_str() {
            Some("mod" | "lib" | "main") => path.parent().unwrap().to_path_buf(),
            _ => path.with_extension(""),
        };
        for rest in text.split("#[cfg(test)]\n").skip(1) {
            let mut attributes = rest.lines().take_while(|line| line.starts_with("#["));
            let named = attributes.find_map(|line| {
                let file = line.strip_prefix("#[path = \"")?;
                file.strip_suffix("\"]")
            });
            if let Some(named) = named {
                found.insert(path.with_file_name(named));
                continue;
            }
            let line = rest
                .lines()
                .find(|line| !line.starts_with("#["))
                .unwrap_or_default()
                .trim_end_matches(';');
            if let Some(name) = line.split("mod ").nth(1) {
                found.insert(folder.join(name).with_extension("rs"));
            }
        }
    }
    found
}

/// Captures and tools that stand beside the repository on the machines of its developers.
/// Where they are absent the test says so and passes.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let found = repo("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    skip(&format!("../shared/{path} is not here"));
    None
}

/// Says on the terminal, past the test runner's capture, that something was not tested.
pub(crate) fn skip(why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

const BUILT: &[&str] = &[
    ".git",
    "target",
    "corpus",
    "artifacts",
    "coverage",
    "__pycache__",
];
