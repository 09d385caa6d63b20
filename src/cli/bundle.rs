//! `whereto bundle`: an audit and its evidence, to be checked by others.
//!
//! In:   captures, what to audit them with, a key.
//! Out:  a folder or a `.zip` that appears whole or not at all; the same for the same input.
//!
//! The captures themselves are not copied: the bundle has their hashes.

use super::archive::Bundle;
use super::args;
use super::copying::Sources;
use super::derive;
use super::extract::{report, section_comments, split};
use super::output::{self, Target};
use super::recorded::{Recorded, sha256};
use super::signing::Key;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::model::Report;

/// The list of all files and their hashes.
pub(super) const MANIFEST: &str = "manifest.sha256";
/// Its signature.
pub(super) const SIGNATURE: &str = "manifest.sha256.minisig";
/// The request for a time stamp on it (RFC 3161), and its place for the answer.
pub(super) const REQUEST: &str = "manifest.tsq";
pub(super) const RESPONSE: &str = "manifest.tsr";
pub(super) const SETTINGS: &str = "settings.json";
pub(super) const PUBLIC_KEY: &str = "key.pub";
/// Holds the policy, claims, phases and description of the test as they were used.
const USED: &str = "used";
const README: &str = "README.txt";
/// Hashes of captures that were redacted.
const ORIGINALS: &str = "originals.sha256";

/// Runs the command.
pub(super) fn run(asked: &args::Bundle) -> Result<u8, Error> {
    if let Some(path) = &asked.new_key {
        return new_key(path).map(|()| 0);
    }
    let Some(path) = &asked.output else {
        return Err(Error::Usage("name the bundle with -o".to_owned()));
    };
    let is_zip = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    if is_zip {
        let target = Target::new(path)?;
        target.refuse_inputs(&asked.judged.captures)?;
    } else {
        refuse_used(path)?;
    }
    let key = Key::asked(&asked.signing)?;
    let report = report(&asked.judged, true)?;
    for input in &report.inputs {
        if input.sha256.is_none() {
            return Err(Error::Usage("the captures could not be hashed".to_owned()));
        }
    }
    let fill = |folder: &Path| fill(folder, asked, &report, key.as_ref());
    if is_zip {
        output::staging(path, |folder| {
            fill(folder)?;
            pack(folder, path)
        })?;
    } else {
        output::folder(path, fill)?;
    }
    let code = report.exit_code();
    std::mem::forget(report);
    Ok(code)
}

/// Refuses a file, and a folder with something in it.
pub(super) fn refuse_used(path: &Path) -> Result<(), Error> {
    if fs::symlink_metadata(path).is_ok_and(|about| !about.is_dir()) {
        return Err(failed(
            path,
            "cannot create",
            io::ErrorKind::AlreadyExists.into(),
        ));
    }
    if fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_some()) {
        let path = path.display();
        return Err(Error::Usage(format!(
            "{path}: there is something in it; name a folder that is not there yet"
        )));
    }
    Ok(())
}

pub(super) fn pack(folder: &Path, path: &Path) -> Result<(), Error> {
    let mut bundle = Bundle::open(folder)?;
    let mut failure = None;
    let done = Target::new(path)?.write(|out| {
        let done = bundle.write_zip(out);
        done.map_err(|error| split(error, &mut failure))
    });
    failure.map_or(done, Err)
}

fn fill(
    folder: &Path,
    asked: &args::Bundle,
    report: &Report,
    key: Option<&Key>,
) -> Result<(), Error> {
    let with_packets = captures(folder, &asked.judged.captures, report)?;
    let recorded = Recorded::new(&asked.judged, report, with_packets)?;
    used(folder, &recorded)?;
    finish(folder, report, &recorded, key)
}

/// Writes the report in every form, its settings, and what lists and signs all files.
pub(super) fn finish(
    folder: &Path,
    report: &Report,
    recorded: &Recorded,
    key: Option<&Key>,
) -> Result<(), Error> {
    for (name, form) in derive::forms() {
        let path = folder.join(name);
        write(&path, |out| form.write(report, out))?;
    }
    write(&folder.join(SETTINGS), |out| {
        serde_json::to_writer_pretty(&mut *out, recorded)?;
        out.write_all(b"\n")
    })?;
    let mut texts = vec![(README, readme(recorded))];
    texts.extend(key.map(|key| (PUBLIC_KEY, key.public_file())));
    texts.extend(originals(recorded).map(|text| (ORIGINALS, text)));
    for (name, text) in texts {
        write(&folder.join(name), |out| out.write_all(text.as_bytes()))?;
    }
    let mut manifest = String::new();
    for name in Bundle::open(folder)?.names() {
        let hash = sha256(&folder.join(&name))?;
        manifest.push_str(&format!("{hash}  {name}\n"));
    }
    write(&folder.join(MANIFEST), |out| {
        out.write_all(manifest.as_bytes())
    })?;
    let request = request(manifest.as_bytes());
    write(&folder.join(REQUEST), |out| out.write_all(&request))?;
    if let Some(key) = key {
        let signature = key.sign(manifest.as_bytes(), &trusted());
        write(&folder.join(SIGNATURE), |out| {
            out.write_all(signature.as_bytes())
        })?;
    }
    Ok(())
}

/// Copies of the files that say what was asked: policy, claims, phases and what was tested.
fn used(folder: &Path, recorded: &Recorded) -> Result<(), Error> {
    let texts = recorded.files.iter().filter(|file| file.is_text());
    let texts: Vec<&super::recorded::UserFile> = texts.collect();
    let inside = folder.join(USED);
    if !texts.is_empty() {
        fs::create_dir(&inside).map_err(|error| failed(&inside, "cannot create", error))?;
    }
    for (number, file) in texts.into_iter().enumerate() {
        let from = Path::new(&file.path);
        let text = fs::read(from).map_err(|error| failed(from, "cannot read", error))?;
        let end = from.extension().map_or("txt", |end| match end.to_str() {
            Some("toml") => "toml",
            Some("csv") => "csv",
            _ => "txt",
        });
        let name = format!("{}-{}.{end}", number.saturating_add(1), file.option);
        write(&inside.join(name), |out| out.write_all(&text))?;
    }
    Ok(())
}

/// What is signed beside the manifest.
fn trusted() -> String {
    format!("whereto {} file:{MANIFEST}", env!("CARGO_PKG_VERSION"))
}

/// Writes the captures of findings; how many.
pub(super) fn captures(folder: &Path, from: &[PathBuf], report: &Report) -> Result<usize, Error> {
    let captures = derive::captures(report);
    if captures.is_empty() {
        return Ok(0);
    }
    let inside = folder.join("findings");
    fs::create_dir(&inside).map_err(|error| failed(&inside, "cannot create", error))?;
    let mut parts = Vec::new();
    for (name, part) in captures {
        let path = folder.join(name);
        let file = File::create(&path).map_err(|error| failed(&path, "cannot create", error))?;
        parts.push((part, BufWriter::new(file)));
    }
    let comments = section_comments(report, derive::CHOICE);
    Sources::new(from, false)
        .copy(report, &mut parts, &comments)
        .and_then(|()| {
            let flush = |(_, out): &mut (_, BufWriter<File>)| out.flush();
            let done = parts.iter_mut().try_for_each(flush);
            done.map_err(|error| failed(&inside, "cannot write", error))
        })
        .map_err(|error| match error {
            Error::Io { path, what, source } if path.as_os_str().is_empty() => Error::Io {
                path: inside,
                what,
                source,
            },
            error => error,
        })?;
    Ok(parts.len())
}

/// A request for a time stamp: TimeStampReq of RFC 3161 §2.4.1 in DER, with the SHA-256 of the
/// manifest and the wish for the certificate. No nonce, so that it is the same each time.
pub(super) fn request(manifest: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    let mut der = vec![0x30, 0x39, 2, 1, 1, 0x30, 0x31, 0x30, 0x0d, 6, 9];
    // id-sha256: 2.16.840.1.101.3.4.2.1.
    der.extend([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20]);
    der.extend(sha2::Sha256::digest(manifest));
    der.extend([1, 1, 0xff]);
    der
}

/// SHA-256 of the captures that were redacted, in the form of sha256sum.
fn originals(recorded: &Recorded) -> Option<String> {
    let originals = &recorded.redacted.as_ref()?.originals;
    let mut text = String::new();
    for (number, original) in (1_usize..).zip(originals) {
        let hash = original.sha256.as_ref()?;
        text.push_str(&format!("{hash}  original-{number}\n"));
    }
    Some(text)
}

/// What a redacted bundle says of itself.
fn redacted(recorded: &Recorded) -> String {
    let Some(redacted) = &recorded.redacted else {
        return String::new();
    };
    let counts: String = redacted
        .counts
        .iter()
        .map(|(name, count)| format!("  {count} {name}\n"))
        .collect();
    let findings = &redacted.findings;
    format!(
        "
THIS BUNDLE IS REDACTED. Addresses, hardware addresses and names of the local network are
pseudonyms: the same value has the same one in every file. Contents of packets are blank but for
what findings rest on. Public destinations, times and lengths are as they were captured. The report
was made from the redacted capture, which is in captures/.

{counts}
Findings with the same id before and after: {same}; before only: {before}; after only: {after}.
Those that speak of the device or of the local network have new ids.

originals.sha256 has the SHA-256 of each capture as it was before. Whoever holds that capture can
show by it that it is the one; it cannot be checked with what is in this bundle.
",
        same = findings.same,
        before = findings.only_before,
        after = findings.only_after.len(),
    )
}

fn readme(recorded: &Recorded) -> String {
    let findings = &recorded.findings;
    let rest = findings.not_met.saturating_sub(findings.with_packets);
    let inputs: String = recorded
        .inputs
        .iter()
        .map(|input| format!("  {}  {}\n", input.sha256, input.path))
        .collect();
    format!(
        "\
A bundle by whereto {version}: an audit of packet captures, and its evidence.

report.*        the report in every form
findings/       the packets of each finding that is violated or indeterminate: {with_packets} of
                {not_met}, {rest} without
settings.json   everything needed to make the report again
places.csv      what each source said of each address
sources.csv     the sources of places: dates and SHA-256
used/           policy, claims, log of phases and description of the test, as they were used
manifest.sha256 SHA-256 of every file above

{where_captures} Their SHA-256:
{inputs}{redacted}
To check it:
  sha256sum -c manifest.sha256
  whereto verify BUNDLE [CAPTURE...] --public-key KEY
  minisign -Vm manifest.sha256 -p KEY      where there is manifest.sha256.minisig
  openssl ts -verify -queryfile manifest.tsq -in manifest.tsr -CAfile CA.pem
                                           where there is manifest.tsr
A key in the bundle says nothing of whose it is: take the key from its owner.
",
        where_captures = match recorded.redacted {
            None => "The captures are not in the bundle.",
            Some(_) => "The redacted captures are in the bundle.",
        },
        redacted = redacted(recorded),
        version = recorded.whereto.version,
        with_packets = findings.with_packets,
        not_met = findings.not_met,
    )
}

/// Makes a key. Neither file is ever replaced.
fn new_key(path: &Path) -> Result<(), Error> {
    let mut public = path.as_os_str().to_owned();
    public.push(".pub");
    let public = PathBuf::from(public);
    let (secret_text, public_text) = Key::generate();
    create(path, &secret_text, true)?;
    create(&public, &public_text, false).inspect_err(|_| {
        // A key without its public half is of no use.
        let _ = fs::remove_file(path);
    })
}

fn create(path: &Path, text: &str, secret: bool) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let _ = secret;
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| failed(path, "cannot create", error))
}

fn write(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let done = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    });
    done.map_err(|error| failed(path, "cannot write", error))
}

fn failed(path: &Path, what: &'static str, source: io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        what,
        source,
    }
}
