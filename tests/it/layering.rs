//! Imports go one way: `docs/architecture.md`, "The rooms".
//!
//! This reads `src`, finds what each room takes from the others, and fails where that is not
//! in the table below.

use crate::kit;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Each room and the rooms it may import. `error` is open to all; a room that is not here
/// fails the test until it is given its place.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("wire", &[]),
    ("model", &[]),
    ("language", &[]),
    ("data", &["model"]),
    ("catalogue", &["model", "data", "language"]),
    ("source", &["wire", "model"]),
    ("decode", &["wire", "model", "source"]),
    ("flow", &["model", "decode"]),
    ("inspect", &["wire", "model"]),
    ("secrets", &["wire", "model"]),
    ("content", &["wire", "model"]),
    ("names", &["model"]),
    ("locate", &["model", "data", "catalogue", "language"]),
    ("judge", &["model", "data", "language"]),
    ("report", &["model", "data", "language"]),
    ("redact", &["wire", "model", "source", "inspect"]),
    (
        "audit",
        &[
            "wire",
            "model",
            "data",
            "catalogue",
            "source",
            "decode",
            "flow",
            "inspect",
            "secrets",
            "content",
            "names",
            "locate",
            "judge",
            "language",
        ],
    ),
    // The command line lives on the public API alone.
    (
        "cli",
        &[
            "model", "source", "locate", "judge", "report", "redact", "audit",
        ],
    ),
];

/// Rooms that may turn off one of clippy.toml's refusals, and nothing else may.
const MAY_EXPECT_DISALLOWED: &[&str] = &["source", "audit", "cli", "main"];

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (room, path, code) in rooms() {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{path}: room `{room}` is not in the table"));
            continue;
        };
        for taken in imports(&path, &code) {
            let known = MAY_IMPORT.iter().any(|(name, _)| *name == taken);
            if known && taken != room && taken != "error" && !allowed.contains(&taken.as_str()) {
                wrong.push(format!("{path}: `{room}` imports `{taken}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// clippy.toml refuses clocks, sockets, threads and printing; this refuses the ways around it.
#[test]
fn the_core_has_no_clock_socket_thread_or_printing() {
    let mut wrong = Vec::new();
    for (room, path, code) in rooms() {
        for lint in [
            "clippy::disallowed_methods",
            "clippy::disallowed_types",
            "clippy::print_stdout",
            "clippy::print_stderr",
        ] {
            if code.contains(lint) && !MAY_EXPECT_DISALLOWED.contains(&room.as_str()) {
                wrong.push(format!("{path}: turns off {lint}"));
            }
        }
        for word in [
            "thread_local!",
            "static mut ",
            "std::net::Tcp",
            "std::net::Udp",
        ] {
            if code.contains(word) {
                wrong.push(format!("{path}: has `{word}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lifetime of the capture's bytes ends at the flow table: rows own what they hold.
/// (`Chunk` is what the table hands out, and `columns` looks at one row while it is written:
/// neither is a row.)
#[test]
fn rows_have_no_lifetimes() {
    let mut wrong = Vec::new();
    for (room, path, code) in rooms() {
        let after_the_table = ["model", "names", "locate", "judge"].contains(&room.as_str());
        if !after_the_table
            || matches!(path.as_str(), "src/model/chunk.rs" | "src/model/columns.rs")
        {
            continue;
        }
        for kind in ["struct ", "enum "] {
            for item in code.split(&format!("pub {kind}")).skip(1) {
                let head = item.split(['{', ';', '(']).next().unwrap();
                if head.contains("<'") {
                    wrong.push(format!("{path}: {kind}{}", head.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Text of a capture reaches an output through `report/escape.rs` or not at all.
#[test]
fn text_cannot_be_displayed() {
    for (_, path, code) in rooms() {
        let words = words(&code);
        let displayed = words
            .windows(5)
            .any(|five| five == ["Display", "for", "Text", "{", "fn"]);
        assert!(!displayed, "{path}: Text can be displayed");
    }
    let model = strip(&kit::read("src/model/text.rs"));
    assert!(model.contains("struct Text"), "Text has moved");
}

/// The rules above are only as good as the reading of imports.
#[test]
fn the_reading_of_imports_sees_every_form() {
    #[track_caller]
    fn check(path: &str, code: &str, want: &str) {
        let got: Vec<String> = imports(path, &strip(code)).into_iter().collect();
        assert_eq!(got.join(" "), want, "{code}");
    }
    check("src/flow/table.rs", "use crate::decode::Segment;", "decode");
    check(
        "src/flow/table.rs",
        "use crate::{model::{Time, Flow}, wire::Cursor};",
        "model wire",
    );
    check(
        "src/flow/table.rs",
        "fn f(x: crate::names::Join) {}",
        "names",
    );
    check("src/flow/table.rs", "use super::stream::Stream;", "flow");
    check("src/flow/table.rs", "use super::super::judge;", "judge");
    check("src/flow/mod.rs", "use super::judge;", "judge");
    check("src/audit.rs", "use super::report::text;", "report");
    check(
        "src/flow/table.rs",
        "// use crate::judge;\n/* crate::report */ let s = \"crate::cli\";",
        "",
    );
    check(
        "src/flow/table.rs",
        "use crate :: {\n  Error,\n  decode::Sink,\n};",
        "Error decode",
    );
}

/// Every source file as (room, path inside the repository, code without comments, strings and
/// tests). Files directly under `src` are rooms of one file; the crate's roots are left out.
fn rooms() -> Vec<(String, String, String)> {
    let src = kit::repo("src");
    let tests = kit::test_files(&src);
    let mut found = Vec::new();
    for path in kit::files(&src) {
        if path.extension().is_none_or(|ext| ext != "rs") || tests.contains(&path) {
            continue;
        }
        let inside = path.strip_prefix(&src).unwrap();
        let room = room_of(inside);
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let code = strip(&std::fs::read_to_string(&path).unwrap());
        let code = code
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap()
            .to_owned();
        found.push((room, format!("src/{}", inside.display()), code));
    }
    assert!(found.len() > 15, "src was not found");
    found
}

fn room_of(inside: &Path) -> String {
    let first = inside.iter().next().unwrap().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The first module below the crate's root of every path in `code` that starts at `crate` or
/// climbs with `super`.
fn imports(path: &str, code: &str) -> BTreeSet<String> {
    let words = words(code);
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < words.len() {
        let depth = match words[at].as_str() {
            "crate" => Some(0),
            "super" => climbed(path, &words, &mut at),
            _ => None,
        };
        if let Some(0) = depth {
            tops(&words, at + 1, &mut found);
        } else if depth.is_some() {
            found.insert(room_of(Path::new(path.trim_start_matches("src/"))));
        }
        at += 1;
    }
    found
}

/// How far below the root a chain of `super` beginning at `at` ends; `at` moves to its last.
fn climbed(path: &str, words: &[String], at: &mut usize) -> Option<usize> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let module = inside.trim_end_matches("/mod");
    let mut depth = module.split('/').count();
    depth = depth.saturating_sub(1);
    while words.get(*at + 1).is_some_and(|word| word == "::")
        && words.get(*at + 2).is_some_and(|word| word == "super")
    {
        *at += 2;
        depth = depth.saturating_sub(1);
    }
    Some(depth)
}

/// The names directly after `::` at `at`, or the first of each branch of a group.
fn tops(words: &[String], at: usize, found: &mut BTreeSet<String>) {
    if words.get(at).is_none_or(|word| word != "::") {
        return;
    }
    match words.get(at + 1).map(String::as_str) {
        Some("{") => {
            let (mut depth, mut fresh) = (1, true);
            for word in &words[at + 2..] {
                match word.as_str() {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    "," if depth == 1 => fresh = true,
                    "," => {}
                    name => {
                        if depth == 1 && fresh {
                            found.insert(name.to_owned());
                        }
                        fresh = false;
                    }
                }
                if depth == 0 {
                    break;
                }
            }
        }
        Some(name) => {
            found.insert(name.to_owned());
        }
        None => {}
    }
}

fn words(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut rest = code.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c == ':' && rest.peek() == Some(&':') {
            rest.next();
            words.push("::".to_owned());
        } else if !c.is_whitespace() {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Code without comments and string literals.
fn strip(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(len) = raw_string(rest) {
            len
        } else if c == '"' {
            string(rest)
        } else if let Some(len) = character(rest) {
            len
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        rest = &rest[skipped..];
    }
    out
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest
        .strip_prefix('r')?
        .chars()
        .take_while(|c| *c == '#')
        .count();
    rest[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let from = 2 + hashes;
    Some(
        rest[from..]
            .find(&end)
            .map_or(rest.len(), |at| from + at + end.len()),
    )
}

/// A character literal such as `'"'`, which would otherwise open a string.
fn character(rest: &str) -> Option<usize> {
    ["'\"'", "'\\''", "'\\\\'", "b'\"'"]
        .iter()
        .find(|lit| rest.starts_with(**lit))
        .map(|lit| lit.len())
}

/// The architecture's own table of rooms says what this test enforces.
#[test]
fn the_table_of_rooms_stands_in_the_docs() {
    let docs = kit::read("docs/architecture.md");
    let mut said = BTreeMap::new();
    for line in docs.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let [room, _, imports] = cells[..] {
            let imports: BTreeSet<&str> = imports
                .split(',')
                .map(|room| room.trim().trim_matches('`'))
                .filter(|r| *r != "–")
                .collect();
            said.insert(room.trim_matches('`').to_owned(), imports);
        }
    }
    for (room, allowed) in MAY_IMPORT {
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert_eq!(
            said.get(*room),
            Some(&allowed),
            "docs/architecture.md on `{room}`"
        );
    }
}
