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

/// What people read takes its words from `src/language`, so that a language is one file: elsewhere
/// in these rooms a literal is markup, a class, an attribute or a key.
#[test]
fn words_of_the_report_stand_in_one_file() {
    let mut rooms = Vec::new();
    for room in ["html", "picture", "text"] {
        rooms.extend(kit::files(&kit::repo(&format!("src/report/{room}"))));
    }
    for file in ["markdown.rs", "explain/steps.rs", "diff/markdown.rs"] {
        rooms.push(kit::repo(&format!("src/report/{file}")));
    }
    let (mut found, mut read) = (Vec::new(), 0);
    for path in rooms {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".rs") || name == "tests.rs" {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for literal in literals(code) {
            read += 1;
            if is_wording(&literal) {
                found.push(format!("{name}: {literal:?}"));
            }
        }
    }
    assert!(read > 400, "only {read} literals were read");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_sentence_is_told_from_markup() {
    for wording in [
        "Destination",
        "Not drawn",
        "and {} more",
        "{} of them",
        "<b>Verdict</b>",
        "fits what was expected",
        " more",
        "Rule",
        "RTT, ms",
    ] {
        assert!(is_wording(wording), "{wording}");
    }
    for markup in [
        "<td class=\"num\" data-v=\"",
        "\"></span> <button type=\"button\">",
        "halo ns t-soft",
        "M{x0} {a0}C{x1}",
        "aria-label",
        "; ",
        "#d-{at}",
    ] {
        assert!(!is_wording(markup), "{markup}");
    }
}

/// String literals of Rust code, unescaped as far as it matters here, without those in comments
/// and attributes.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in code.lines().collect::<Vec<_>>().join("\n").split('\n') {
        let trimmed = line.trim_start();
        if trimmed.starts_with("//") || trimmed.starts_with("#[") {
            continue;
        }
        let mut rest = line;
        while let Some((_, after)) = rest.split_once('"') {
            let mut literal = String::new();
            let mut chars = after.char_indices();
            let mut end = after.len();
            while let Some((at, c)) = chars.next() {
                match c {
                    '\\' => {
                        literal.extend(chars.next().map(|(_, c)| if c == 'n' { '\n' } else { c }))
                    }
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    c => literal.push(c),
                }
            }
            found.push(literal);
            rest = &after[end..];
        }
    }
    found
}

/// True where a reader would see a word of it.
fn is_wording(literal: &str) -> bool {
    let mut tokens = literal.split_whitespace();
    if KEYS.contains(&literal) || tokens.all(|token| token.starts_with('{') || is_class(token)) {
        return false;
    }
    // What stands in tags is not read; a literal may begin or end inside one.
    let mut text = String::new();
    let mut rest = match (literal.find('<'), literal.find('>')) {
        (from, Some(to)) if from.is_none_or(|from| to < from) => &literal[to + 1..],
        _ => literal,
    };
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let attribute =
        literal.contains("=\"") || literal.starts_with('"') || literal.contains("url(#");
    let code = literal.contains("--") || literal.contains("::") || literal.contains('@');
    if attribute && !literal.contains('<') || code {
        return false;
    }
    let words = text.split(|c: char| !c.is_alphanumeric() && !"-_{}.#/:".contains(c));
    words.filter(|word| !word.is_empty()).any(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphabetic());
        let letters = word.len() > 1 && word.chars().all(|c| c.is_alphabetic());
        letters && bare.len() > 1
    })
}

/// True for a class of one of the two style sheets.
fn is_class(word: &str) -> bool {
    static STYLES: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        kit::read("src/report/html/style.css") + &kit::read("src/report/picture/style.css")
    });
    let class = format!(".{word}");
    let mut at = STYLES.match_indices(&class);
    at.any(|(at, _)| {
        let behind = STYLES[at + class.len()..].chars().next();
        behind.is_some_and(|c| !c.is_ascii_alphanumeric() && c != '-')
    })
}

/// Literals that are names of elements, anchors, formats, the product or values of columns.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "<div class=\"page\">\n<header class=\"mast\"><span><b>Whereto</b> ",
    "<link rel=\"icon\" href=\"data:,\">\n<title>Whereto ",
    "## Whereto\n",
    "&amp;",
    "&gt;",
    "&lt;",
    "Whereto ",
    "Whereto · {}",
    "anycast",
    "compared",
    "dd",
    "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; ",
    "destinations",
    "dns",
    "doh",
    "doq",
    "dt",
    "embedded",
    "end",
    "findings",
    "flow",
    "flows",
    "groups",
    "high",
    "href",
    "id",
    "indeterminate",
    "li",
    "map",
    "medium",
    "met",
    "method",
    "middle",
    "names",
    "observed",
    "operator",
    "owner",
    "pictures",
    "pre",
    "ranges",
    "report",
    "rtt",
    "span",
    "start",
    "summary",
    "svg",
    "the parts fit together",
    "timeline",
    "violated",
    "whereto audit",
];
