//! What several of these tests need: the repository's folders, files, and loud skips.

use std::path::{Path, PathBuf};

/// A path inside the repository.
pub(crate) fn repo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of the repository.
#[track_caller]
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(repo(path)).unwrap_or_else(|err| panic!("{path}: {err}"))
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
