//! `whereto verify`: whether a bundle is what it says.
//!
//! In:   a bundle that anybody may have made or changed; the captures, a public key.
//! Out:  one line for each thing that was checked; an exit code.
//!
//! Nothing of the bundle is run. What must be read more than once, its captures and policies, is
//! copied out of an archive to a temporary folder that is gone afterwards; nothing else is written.

use super::archive::Bundle;
use super::args;
use super::bundle::{MANIFEST, PUBLIC_KEY, REQUEST, RESPONSE, SETTINGS, SIGNATURE, request};
use super::copying::Sources;
use super::derive::{self, Form};
use super::extract::{report, section_comments};
use super::installed::Hashed;
use super::output::Target;
use super::recorded::{Recorded, Version};
use super::signing::{self, COMMENT};
use super::stamp;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::model::Report;
use whereto::report::escape;

/// Bytes of a manifest: 10,000 lines.
const MOST_MANIFEST_BYTES: u64 = 4 << 20;
/// Bytes of settings, a signature, a key or a time stamp.
const MOST_SMALL_BYTES: u64 = 1 << 20;
/// Bytes of a report that is compared line by line.
const MOST_REPORT_BYTES: u64 = 1 << 30;
/// Lines shown of each file that differs.
const MOST_LINES: usize = 20;
/// Bytes shown of a line.
const MOST_SHOWN: usize = 300;

/// What was found, line by line.
#[derive(Default)]
struct Findings {
    lines: Vec<String>,
    differs: bool,
    unchecked: bool,
}

impl Findings {
    fn holds(&mut self, words: &str) {
        self.lines.push(format!("ok         {words}"));
    }

    fn differs(&mut self, words: &str) {
        self.differs = true;
        self.lines.push(format!("DIFFERS    {words}"));
    }

    /// Something that was asked for, or that a redacted bundle must have.
    fn cannot(&mut self, words: &str) {
        self.unchecked = true;
        self.lines.push(format!("UNCHECKED  {words}"));
    }

    fn note(&mut self, words: &str) {
        self.lines.push(format!("note       {words}"));
    }

    fn detail(&mut self, words: &str) {
        self.lines.push(format!("           {words}"));
    }
}

/// Runs the command.
pub(super) fn run(asked: &args::Verify) -> Result<u8, Error> {
    let lacks = |needed: &str| {
        let path = asked.bundle.display();
        Error::Usage(format!(
            "{path}: is no bundle of whereto: it has no {needed}"
        ))
    };
    // Any folder may be named by mistake: its files are not what to complain of.
    if asked.bundle.is_dir() && std::fs::symlink_metadata(asked.bundle.join(MANIFEST)).is_err() {
        return Err(lacks(MANIFEST));
    }
    let mut bundle = Bundle::open(&asked.bundle)?;
    let names = bundle.names();
    for needed in [MANIFEST, SETTINGS] {
        if !names.iter().any(|name| name == needed) {
            return Err(lacks(needed));
        }
    }
    let manifest = bundle.read(MANIFEST, MOST_MANIFEST_BYTES)?;
    let mut found = Findings::default();
    let hashes = hashes(&mut bundle, &manifest, &mut found)?;
    let whole = !found.differs;
    signature(
        &mut bundle,
        &manifest,
        asked.public_key.as_deref(),
        &mut found,
    )?;
    time_stamp(&mut bundle, &manifest, asked.tsa_ca.as_deref(), &mut found)?;
    let settings = bundle.read(SETTINGS, MOST_SMALL_BYTES)?;
    match Recorded::parse(&settings) {
        Err(error) => found.differs(&format!("{SETTINGS}: {error}")),
        Ok(recorded) => {
            let same = recorded.whereto == Version::own();
            if !same {
                found.note(&format!(
                    "made by whereto {} with another lock file than this {}: differences may come \
                     from that",
                    recorded.whereto.version,
                    env!("CARGO_PKG_VERSION")
                ));
            }
            container(&mut bundle, &asked.bundle, same && whole, &mut found)?;
            again(&mut bundle, asked, &recorded, &hashes, &mut found)?;
        }
    }
    let (differs, unchecked) = (found.differs, found.unchecked);
    Target::Standard.write(|out| {
        found
            .lines
            .iter()
            .try_for_each(|line| writeln!(out, "{}", escape::terminal_str(line)))
    })?;
    Ok(match (differs, unchecked) {
        (true, _) => 1,
        (false, true) => 3,
        (false, false) => 0,
    })
}

/// Every file against the manifest; the hashes that were found.
fn hashes(
    bundle: &mut Bundle,
    manifest: &[u8],
    found: &mut Findings,
) -> Result<BTreeMap<String, String>, Error> {
    let text = String::from_utf8_lossy(manifest);
    let mut listed = BTreeMap::new();
    for (number, line) in (1..).zip(text.split_terminator('\n')) {
        let plain = |hash: &str| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        match line.split_once("  ") {
            Some((hash, name)) if plain(hash) => {
                if listed.insert(name.to_owned(), hash.to_owned()).is_some() {
                    found.differs(&format!(
                        "{MANIFEST}: line {number}: {name} stands there twice"
                    ));
                }
            }
            _ => found.differs(&format!("{MANIFEST}: line {number}: is no hash and name")),
        }
    }
    let mut hashes = BTreeMap::new();
    let mut same = 0_usize;
    let beside = [MANIFEST, SIGNATURE, REQUEST, RESPONSE];
    let names = bundle.names();
    for name in names.iter().filter(|name| !beside.contains(&name.as_str())) {
        let mut hash = Hashed::new(io::sink());
        if let Err(error) = bundle.copy(name, &mut hash) {
            found.differs(&error.to_string());
            listed.remove(name);
            continue;
        }
        let hash = hash.finish();
        match listed.remove(name) {
            Some(recorded) if recorded == hash => same = same.saturating_add(1),
            Some(_) => found.differs(&format!(
                "{name}: was changed: its hash is not in {MANIFEST}"
            )),
            None => found.differs(&format!("{name}: is not in {MANIFEST}")),
        }
        hashes.insert(name.clone(), hash);
    }
    for name in listed.keys() {
        found.differs(&format!("{name}: is missing"));
    }
    if !found.differs {
        found.holds(&format!("hashes: {same} files are as {MANIFEST} has them"));
    }
    Ok(hashes)
}

fn signature(
    bundle: &mut Bundle,
    manifest: &[u8],
    public_key: Option<&str>,
    found: &mut Findings,
) -> Result<(), Error> {
    let has = |name: &str| bundle.names().iter().any(|known| known == name);
    let (signed, with_key) = (has(SIGNATURE), has(PUBLIC_KEY));
    if !signed {
        if public_key.is_some() || with_key {
            found.differs("signature: a key is given, but there is no signature");
        } else {
            found.note(
                "signature: there is none: whoever changed the bundle could change its manifest",
            );
        }
        return Ok(());
    }
    let signature = bundle.read(SIGNATURE, MOST_SMALL_BYTES)?;
    let signature = String::from_utf8_lossy(&signature).into_owned();
    let inside = match with_key {
        true => Some(bundle.read(PUBLIC_KEY, MOST_SMALL_BYTES)?),
        false => None,
    };
    let inside = inside.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let key = match public_key {
        Some(given) if Path::new(given).is_file() => Some(signing::small(Path::new(given))?),
        Some(given) => Some(given.to_owned()),
        None => inside,
    };
    let Some(key) = key else {
        found.note("signature: not checked: name the key with --public-key");
        return Ok(());
    };
    match signing::check(&key, &signature, manifest) {
        Err(error) => found.differs(&format!("signature: does not fit: {error}")),
        Ok((id, words)) => {
            // Neither of these lines changes what is signed, and neither may change unseen.
            let ours = signature.starts_with(&format!("untrusted comment: {COMMENT}\n"));
            let whole = signature.split('\n').count() == 5 && signature.ends_with('\n');
            if !ours || !whole {
                found.differs(&format!(
                    "{SIGNATURE}: the lines around the signature were changed"
                ));
            }
            found.holds(&format!("signature: by the key {id}: {words}"));
            if public_key.is_none() {
                found.note(
                    "signature: that key is in the bundle itself; whose it is, is not known: \
                     name the key you expect with --public-key",
                );
            }
        }
    }
    Ok(())
}

fn time_stamp(
    bundle: &mut Bundle,
    manifest: &[u8],
    authorities: Option<&Path>,
    found: &mut Findings,
) -> Result<(), Error> {
    let names = bundle.names();
    let has = |name: &str| names.iter().any(|known| known == name);
    match has(REQUEST) {
        true if bundle.read(REQUEST, MOST_SMALL_BYTES)? != request(manifest) => {
            found.differs(&format!(
                "{REQUEST}: does not ask for a time stamp on {MANIFEST}"
            ));
        }
        true => {}
        false => found.differs(&format!("{REQUEST}: is missing")),
    }
    if !has(RESPONSE) {
        if authorities.is_some() {
            found.differs(&format!(
                "{RESPONSE}: --tsa-ca is given, but there is no time stamp"
            ));
        }
        return Ok(());
    }
    let response = bundle.read(RESPONSE, MOST_SMALL_BYTES)?;
    let given = match authorities {
        Some(path) => Some(signing::small_bytes(path)?),
        None => None,
    };
    match stamp::check(&response, manifest, given.as_deref()) {
        Err(words) => found.differs(&format!("{RESPONSE}: {words}")),
        Ok(stamp) => {
            found.holds(&format!(
                "time stamp: {MANIFEST} was there at {}, signed with the certificate of {}",
                stamp.time, stamp.by
            ));
            match stamp.trusted {
                Some(root) => found.note(&format!(
                    "time stamp: that certificate leads to {root} of --tsa-ca; whether it was \
                     revoked is not checked"
                )),
                None => found.note(
                    "time stamp: whose certificate that is, is not known: name its authority with \
                     --tsa-ca; whether it was revoked is not checked",
                ),
            }
        }
    }
    Ok(())
}

/// A zip has bytes besides its files: they must be those that these files are packed to.
fn container(
    bundle: &mut Bundle,
    path: &Path,
    comparable: bool,
    found: &mut Findings,
) -> Result<(), Error> {
    if !bundle.is_zip() {
        return Ok(());
    }
    if !comparable {
        found.note("archive: the bytes around its files are not compared");
        return Ok(());
    }
    let mut packed = Hashed::new(io::sink());
    bundle.write_zip(&mut packed)?;
    if packed.finish() == super::recorded::sha256(path)? {
        found.holds("archive: every byte is as whereto packs these files");
    } else {
        found.differs(
            "archive: bytes around its files were changed, or it was packed by another program",
        );
    }
    Ok(())
}

/// Makes the report again from the captures, and compares.
fn again(
    bundle: &mut Bundle,
    asked: &args::Verify,
    recorded: &Recorded,
    hashes: &BTreeMap<String, String>,
    found: &mut Findings,
) -> Result<(), Error> {
    if let Some(redacted) = &recorded.redacted {
        let packets: u64 = redacted
            .originals
            .iter()
            .fold(0, |sum, one| sum.saturating_add(one.packets));
        found.note(&format!(
            "redacted: {packets} packets of {} captures that are not here; whether they were \
             redacted rightly, cannot be told from it",
            redacted.originals.len()
        ));
    } else if asked.captures.is_empty() {
        found.note("report: not made again: name the captures after the bundle");
        return Ok(());
    }
    // A redacted bundle has its captures, and every bundle what was asked.
    let captures_inside = bundle.inside(&["captures/"])?;
    let used_inside = bundle.inside(&["used/"])?;
    let mut given = captures_inside.paths.clone();
    for path in &asked.captures {
        files(path, &mut given, 0)?;
    }
    let (captures, missing) = recorded.captures(&given)?;
    for input in &missing {
        found.differs(&format!(
            "captures: none of those given is {} with SHA-256 {}",
            input.path, input.sha256
        ));
    }
    if !missing.is_empty() {
        return Ok(());
    }
    let mut data = asked.data.clone();
    data.extend(
        used_inside
            .paths
            .iter()
            .chain(&captures_inside.paths)
            .cloned(),
    );
    let judged = match recorded.judged(captures, &data, asked.quiet)? {
        Ok(judged) => judged,
        Err(missing) => {
            for file in missing {
                found.cannot(&format!(
                    "report: {} with SHA-256 {} is not here: name it with --data",
                    file.path, file.sha256
                ));
            }
            return Ok(());
        }
    };
    let mut report = report(&judged, true)?;
    recorded.rename(&judged, &mut report);
    let mut same = 0_usize;
    for (name, form) in derive::forms() {
        let mut hash = Hashed::new(io::sink());
        form.write(&report, &mut hash).map_err(of_memory)?;
        let hash = hash.finish();
        if hashes.get(&name) == Some(&hash) {
            same = same.saturating_add(1);
        } else {
            found.differs(&format!("{name}: is not what the captures give"));
            lines(bundle, &name, form, &report, found)?;
        }
    }
    let captures = derive::captures(&report);
    let mut parts: Vec<_> = Vec::new();
    let mut names = Vec::new();
    for (name, part) in captures {
        names.push(name);
        parts.push((part, Hashed::new(io::sink())));
    }
    let comments = section_comments(&report, derive::CHOICE);
    if !parts.is_empty() {
        Sources::new(&judged.captures, false).copy(&report, &mut parts, &comments)?;
    }
    for (name, (_, hash)) in names.iter().zip(parts) {
        match hashes.get(name) == Some(&hash.finish()) {
            true => same = same.saturating_add(1),
            false => found.differs(&format!("{name}: is not what the captures give")),
        }
    }
    let stray = |name: &&String| name.starts_with("findings/") && !names.contains(name);
    for name in hashes.keys().filter(stray) {
        found.differs(&format!(
            "{name}: no such finding follows from the captures"
        ));
    }
    found.holds(&format!("report: {same} files are what the captures give"));
    std::mem::forget(report);
    Ok(())
}

/// The files of a path, which may be a folder.
fn files(path: &Path, found: &mut Vec<PathBuf>, depth: usize) -> Result<(), Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot open",
        source,
    };
    let about = std::fs::metadata(path).map_err(failed)?;
    if about.is_dir() && depth < 8 {
        for entry in std::fs::read_dir(path).map_err(failed)? {
            files(
                &entry.map_err(failed)?.path(),
                found,
                depth.saturating_add(1),
            )?;
        }
    } else if about.is_file() {
        found.push(path.to_owned());
    }
    Ok(())
}

fn of_memory(source: io::Error) -> Error {
    Error::Io {
        path: PathBuf::from("-"),
        what: "cannot write",
        source,
    }
}

/// Shows where a file of the bundle and what the captures give part.
fn lines(
    bundle: &mut Bundle,
    name: &str,
    form: Form,
    report: &Report,
    found: &mut Findings,
) -> Result<(), Error> {
    let Ok(recorded) = bundle.read(name, MOST_REPORT_BYTES) else {
        found.detail("it is not in the bundle, or too long to be shown");
        return Ok(());
    };
    let mut now = Vec::new();
    form.write(report, &mut now).map_err(of_memory)?;
    let (mut recorded, mut now) = (recorded.split(|b| *b == b'\n'), now.split(|b| *b == b'\n'));
    let mut shown = 0_usize;
    for number in 1_u64.. {
        let (one, two) = (recorded.next(), now.next());
        if one.is_none() && two.is_none() {
            break;
        }
        if one == two {
            continue;
        }
        shown = shown.saturating_add(1);
        if shown > MOST_LINES {
            continue;
        }
        for (mark, line) in [('-', one), ('+', two)] {
            if let Some(line) = line {
                let (head, tail) = around(line, one, two);
                let words = String::from_utf8_lossy(head);
                found.detail(&format!("{mark} {number}: {words}{tail}"));
            }
        }
    }
    let more = shown.saturating_sub(MOST_LINES);
    if more > 0 {
        found.detail(&format!("and {more} more lines"));
    }
    found.detail("- as the bundle has it, + as the captures give it");
    Ok(())
}

/// The part of a line where the two differ.
fn around<'l>(line: &'l [u8], one: Option<&[u8]>, two: Option<&[u8]>) -> (&'l [u8], &'static str) {
    let (one, two) = (one.unwrap_or_default(), two.unwrap_or_default());
    let same = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(MOST_SHOWN / 2);
    let rest = line.get(from..).unwrap_or_default();
    match rest.get(..MOST_SHOWN) {
        Some(head) => (head, "…"),
        None => (rest, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_about_the_manifest_alone() {
        let der = request(b"x");
        assert_eq!(der.len(), 59);
        assert_ne!(der, request(b"y"));
    }
}
