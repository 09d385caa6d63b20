//! `whereto init`: files to begin from.
//!
//! In:   a market.
//! Out:  `policy.toml`, `claims.toml` and `phases.csv` in a folder. What exists is never replaced:
//!       either all three are written, or none.

use super::args;
use super::output::Target;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::judge::policy_text;

/// A market, and the built-in policy that it begins from.
struct Market {
    /// The word on the command line; its policy is called `market-WORD`.
    word: &'static str,
    /// As it stands in a sentence.
    name: &'static str,
    /// Countries or groups as a claim names them.
    places: &'static str,
}

const MARKETS: &[Market] = &[
    market("europe", "the European Economic Area", "\"@EEA\""),
    market("hong-kong", "Hong Kong", "\"HK\""),
    market("india", "India", "\"IN\""),
    market("indonesia", "Indonesia", "\"ID\""),
    market("malaysia", "Malaysia", "\"MY\""),
    market("philippines", "the Philippines", "\"PH\""),
    market("singapore", "Singapore", "\"SG\""),
    market("taiwan", "Taiwan", "\"TW\""),
    market("us", "the United States", "\"US\""),
];

const fn market(word: &'static str, name: &'static str, places: &'static str) -> Market {
    Market { word, name, places }
}

/// Runs the command.
pub(super) fn run(asked: &args::Init) -> Result<(), Error> {
    let Some(word) = &asked.market else {
        return Target::Standard.write(|out| {
            let each = MARKETS.iter();
            each.into_iter()
                .try_for_each(|market| writeln!(out, "{:12} {}", market.word, market.name))
        });
    };
    let market = MARKETS
        .iter()
        .find(|market| market.word.eq_ignore_ascii_case(word))
        .ok_or_else(|| {
            let known: Vec<&str> = MARKETS.iter().map(|market| market.word).collect();
            let known = known.join(", ");
            Error::Usage(format!(
                "{word}: no market that is known; there are {known}"
            ))
        })?;
    let folder = &asked.output;
    fs::create_dir_all(folder).map_err(failed(folder, "cannot create"))?;
    let written = write_all(folder, &files(market))?;
    Target::Standard.write(|out| {
        let mut paths = written.iter();
        paths.try_for_each(|path| writeln!(out, "{}", escaped(path)))
    })
}

fn escaped(path: &Path) -> String {
    whereto::report::escape::terminal_str(&path.to_string_lossy()).into_owned()
}

/// Names and texts.
fn files(market: &Market) -> [(&'static str, String); 3] {
    [
        ("policy.toml", policy(market)),
        ("claims.toml", claims(market)),
        ("phases.csv", PHASES.to_owned()),
    ]
}

/// Writes all files or none; one that exists is an error, and stays as it is.
fn write_all(folder: &Path, files: &[(&str, String)]) -> Result<Vec<PathBuf>, Error> {
    for (name, _) in files {
        let path = folder.join(name);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(Error::Usage(format!(
                "{}: exists and is not replaced; choose another folder with -o",
                path.display()
            )));
        }
    }
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        if let Err(error) = write_new(&path, text) {
            for path in &written {
                // What was written a moment ago is ours to take back.
                let _ = fs::remove_file(path);
            }
            return Err(failed(&path, "cannot write")(error));
        }
        written.push(path);
    }
    Ok(written)
}

/// Refuses a file that appeared meanwhile.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn failed<'p>(path: &'p Path, what: &'static str) -> impl Fn(io::Error) -> Error + 'p {
    move |source| Error::Io {
        path: path.to_owned(),
        what,
        source,
    }
}

/// The built-in policy with its comments, under a line that says what to do with it.
fn policy(market: &Market) -> String {
    let head = format!(
        "# What is expected of traffic in {}: a starting point, not legal advice.\n\
         # Use it with: whereto audit CAPTURE --policy policy.toml\n\
         # docs/policies.md describes every key; `whereto policy check policy.toml` finds faults.\n\n",
        market.name
    );
    match policy_text(&format!("market-{}", market.word)) {
        Some(text) => head + text,
        None => format!(
            "{head}[policy]\nname = \"{}\"\ntitle = \"Expectations for {}\"\n\
             notice = \"A starting point, not legal advice\"\n",
            market.word, market.name
        ),
    }
}

fn claims(market: &Market) -> String {
    CLAIMS
        .replace("MARKET", market.name)
        .replace("PLACES", market.places)
}

const CLAIMS: &str = r#"# What a vendor said about its products in MARKET, read so that a capture can test it.
# Use it with: whereto audit CAPTURE --claims claims.toml
# Every claim needs an id, the words as they were said, who said them, when, and where that can be
# checked. docs/claims.md describes every key. Put the vendor's own words in place of these.

[[claim]]
id = "served-in-market"
quote = "Data of our users in MARKET is served from MARKET."
speaker = "Example Vendor"
said = "2026-01-01"
source = "https://vendor.example/statement"
# Whose flows: by owners, domains, names, functions, apps, phases and more. Without a subject all.
subject = { domains = ["vendor.example"] }
# What is said of them. Countries are codes of ISO 3166-1, or groups such as @EEA.
assert = { served_only_in = [PLACES] }

[[claim]]
id = "encrypted"
quote = "All connections are encrypted."
speaker = "Example Vendor"
said = "2026-01-01"
source = "https://vendor.example/security"
subject = { domains = ["vendor.example"] }
assert = { encrypted = "tls1.2" }

[[claim]]
id = "nothing-before-consent"
quote = "Nothing is sent before you agree."
speaker = "Example Vendor"
said = "2026-01-01"
source = "https://vendor.example/privacy"
# Phases are those of phases.csv: before the screen was accepted.
subject = { domains = ["vendor.example"], before = "consent-accepted" }
assert = { no_flows = true }
"#;

const PHASES: &str = "\
# What the tester did, and when. A phase lasts until the next one begins.
# Use it with: whereto audit CAPTURE --phases phases.csv
# A time is an instant such as 2026-11-21T08:10:19+05:30, seconds since 1970, or one from the first
# packet on, such as +1m30s. A log has instants or times from the first packet on, never both.
# --clock-offset corrects a clock that was wrong. docs/phases.md describes more.
time,phase,note
+0s,boot,switched on
+2m,sim-inserted,
+3m,consent-shown,nothing touched yet
+8m,consent-accepted,
+9m,login,
+15m,idle,screen off
";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use whereto::judge::{Claims, Policy};

    /// What is written can be read: a template with a fault would be a bad start.
    #[test]
    fn every_market_has_files_that_can_be_read() {
        for market in MARKETS {
            let [(_, policy), (_, claims), (_, phases)] = files(market);
            Policy::read(&policy, "policy.toml").unwrap();
            Claims::read(&claims, "claims.toml").unwrap();
            assert!(!claims.contains("MARKET") && !claims.contains("PLACES"));
            assert!(policy.contains("not legal advice"), "{}", market.word);
            assert!(phases.contains("time,phase,note\n"));
        }
    }

    #[test]
    fn nothing_is_replaced_and_nothing_is_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("phases.csv");
        fs::write(&old, "mine").unwrap();
        let files = [
            ("policy.toml", "x".to_owned()),
            ("phases.csv", "y".to_owned()),
        ];
        assert!(write_all(folder.path(), &files).is_err());
        assert_eq!(fs::read_to_string(&old).unwrap(), "mine");
        assert!(!folder.path().join("policy.toml").exists());
    }
}
