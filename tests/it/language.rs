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
        for literal in literals(&text) {
            read += 1;
            if is_wording(&literal.text) {
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
    "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
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

/// A room whose sentences stand in `src/language`, and where in it others may: a file, its
/// functions (all where none is named), and the reason.
type Room = (&'static str, &'static [Spoken]);
type Spoken = (&'static str, &'static [&'static str], &'static str);

const ROOMS: &[Room] = &[("src/judge", JUDGE)];

#[rustfmt::skip]
const JUDGE: &[Spoken] = &[
    ("claims/mod.rs", &["check_together"], "errors on files"),
    ("claims/read.rs", &[], "errors on a file of claims"),
    ("diff/claims.rs", &["read"], "errors on a file of claims"),
    ("diff/read.rs", &[], "errors on a saved report"),
    ("diff/rows.rs", &["flow", "place"], "errors on a saved report"),
    ("expectation.rs", &[], "errors on the command line"),
    ("groups.rs", &["no_group", "read"], "errors on a file"),
    ("policy/check.rs", &[], "what is wrong with a policy"),
    ("policy/expect.rs", &["read", "silence", "one_of"], "errors on a policy"),
    ("policy/form.rs", &[], "errors on a policy"),
    ("selector.rs", &["read", "instant"], "errors on a file"),
    ("selector/pattern.rs", &["read"], "errors on a file"),
    ("suppression.rs", &["entries", "entry", "subject", "expiry"], "errors on a file"),
];

/// What a report says stands in `src/language`, so that a language is one file: elsewhere a
/// literal is a token, or is in the table above.
#[test]
fn sentences_stand_in_one_place() {
    for (room, spoken) in ROOMS {
        let (read, prose) = prose_of(room);
        assert!(read > 300, "{room}: only {read} literals were read");
        let covers = |(file, functions, _): &Spoken, (path, literal): &(String, Literal)| {
            let function = functions.is_empty() || functions.contains(&literal.function.as_str());
            file == path && function
        };
        for found in &prose {
            let allowed = spoken.iter().any(|entry| covers(entry, found));
            assert!(allowed, "{room}: {found:?}");
        }
        // What is in the table is there still.
        for (file, functions, why) in *spoken {
            let of_file = || prose.iter().filter(|(path, _)| path == file);
            assert!(of_file().next().is_some(), "{room}/{file} has no {why}");
            for function in *functions {
                let is_there = of_file().any(|(_, literal)| literal.function == *function);
                assert!(is_there, "{room}/{file}, {function} has no {why}");
            }
        }
    }
}

/// The test above would find a sentence: it finds those of the table.
#[test]
fn sentences_elsewhere_are_found() {
    let (_, prose) = prose_of("src/judge");
    let found = |file: &str, function: &str, text: &str| {
        prose.iter().any(|(path, literal)| {
            path == file && literal.function == function && literal.text.contains(text)
        })
    };
    assert!(found("suppression.rs", "entry", "is no code of a country"));
    assert!(found(
        "policy/form.rs",
        "exception",
        "it would cover everything"
    ));
    assert!(found("diff/rows.rs", "place", "that is not known"));
    // What stands over several lines is one sentence.
    assert!(found(
        "selector.rs",
        "read",
        "means all names below it; patterns belong"
    ));
}

/// How many literals a room has outside tests, and those that a reader would take for prose, with
/// their files.
fn prose_of(room: &str) -> (usize, Vec<(String, Literal)>) {
    let tests = kit::test_files(&kit::repo("src"));
    let folder = kit::repo(room);
    let (mut read, mut prose) = (0, Vec::new());
    for path in kit::files(&folder) {
        if path.extension().is_none_or(|ext| ext != "rs") || tests.contains(&path) {
            continue;
        }
        let inside = path.strip_prefix(&folder).unwrap().to_string_lossy();
        for literal in literals(&std::fs::read_to_string(&path).unwrap()) {
            read += 1;
            if is_prose(&literal.text) {
                prose.push((inside.clone().into_owned(), literal));
            }
        }
    }
    (read, prose)
}

#[test]
fn prose_is_told_from_tokens() {
    for prose in [
        "Not decided: {}.",
        "flows of the subject",
        " more",
        ", {} left open",
        "{} of {all}",
        "Every outbound flow{}.",
        "; and ",
        "the {name}",
    ] {
        assert!(is_prose(prose), "{prose}");
    }
    for token in [
        "none",
        "server-country",
        "{}:{}",
        "; ",
        "{whole}.{tenths}",
        "[rule.expect]",
        "TLS 1.{}",
        "{by_name} {words:?}",
        "EC",
    ] {
        assert!(!is_prose(token), "{token}");
    }
}

#[test]
fn literals_are_read_wherever_they_stand() {
    const CODE: &str = r####"
        //! "not this"
        const KEY: &str = "a key";
        /* nor "this" */
        fn first<'a>(quote: char) -> &'a str {
            if quote == '"' || quote == '\'' { return r#"raw "and" whole"#; }
            "over \
             two lines"
        }
        #[expect(unused, reason = "not this either")]
        fn second() { let _ = b"bytes \"quoted\""; }
        #[cfg(test)]
        mod tests {
            fn third() { let _ = "nor that"; }
        }
    "####;
    let found = literals(CODE);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|literal| (literal.function.as_str(), literal.text.as_str()))
        .collect();
    let want = [
        ("", "a key"),
        ("first", "raw \"and\" whole"),
        ("first", "over two lines"),
        ("second", "bytes \"quoted\""),
    ];
    assert_eq!(found, want);
}

/// Where a reader would see words: one in lower case that does not stand alone.
fn is_prose(literal: &str) -> bool {
    // What is filled in is no word of ours.
    let mut text = String::new();
    let mut rest = literal;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        text.push_str("0 ");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let several = text.contains(' ');
    several
        && text.split(' ').any(|word| {
            let bare = word.trim_matches(|c: char| ",;:.?()“”’'".contains(c));
            bare.len() > 1
                && bare
                    .chars()
                    .all(|c| c.is_lowercase() || c == '\'' || c == '’')
        })
}

/// A string literal, and the function that it stands in.
#[derive(Debug)]
struct Literal {
    function: String,
    text: String,
}

/// String literals of Rust code, without those in comments, attributes and tests.
fn literals(code: &str) -> Vec<Literal> {
    let (mut found, mut function, mut word) = (Vec::new(), String::new(), String::new());
    let mut before = String::new();
    let mut rest = code.split("mod tests {").next().unwrap();
    while let Some(c) = rest.chars().next() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        if !word.is_empty() {
            if before == "fn" {
                function.clone_from(&word);
            }
            before = std::mem::take(&mut word);
        }
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("#[") || rest.starts_with("#![") {
            attribute(rest)
        } else if c == '\'' {
            character(rest)
        } else if c == '"' || (c == '#' && before == "r") {
            let (text, len) = string(rest, before == "r");
            let function = function.clone();
            found.push(Literal { function, text });
            len
        } else {
            c.len_utf8()
        };
        if !c.is_whitespace() {
            before.clear();
        }
        rest = &rest[skipped..];
    }
    found
}

/// The length of an attribute, whose strings may hold brackets.
fn attribute(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while let Some(c) = rest[at..].chars().next() {
        match c {
            '[' => depth += 1,
            ']' if depth == 1 => return at + 1,
            ']' => depth -= 1,
            '"' => {
                at += string(&rest[at..], false).1;
                continue;
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    rest.len()
}

/// The length of a character literal, or of the quote before a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            let end = rest[3..].find('\'');
            end.map_or(rest.len(), |end| 3 + end + 1)
        }
        Some((at, c)) if rest[at + c.len_utf8()..].starts_with('\'') => at + c.len_utf8() + 1,
        _ => 1,
    }
}

/// A literal that begins with its quote or its hashes, unescaped as far as it matters here, and
/// its length.
fn string(rest: &str, raw: bool) -> (String, usize) {
    let hashes = rest.chars().take_while(|c| *c == '#').count();
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        let from = hashes + 1;
        let len = rest[from..].find(&end).unwrap_or(rest.len() - from);
        let whole = rest.len().min(from + len + end.len());
        return (rest[from..from + len].to_owned(), whole);
    }
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text, at + 1),
            '\\' => match chars.next() {
                Some((_, '\n')) => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some((_, 'n')) => text.push('\n'),
                Some((_, c)) => text.push(c),
                None => {}
            },
            c => text.push(c),
        }
    }
    (text, rest.len())
}
