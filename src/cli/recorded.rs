//! `settings.json` of a bundle: everything that the report depends on, to make it again.
//!
//! In:   arguments, and the report that they gave.
//! Out:  JSON; and from JSON the arguments again, with the files found by their hashes.
//!
//! A bundle comes from anybody: what its settings name is only read, never written to, and only
//! used where its hash is the recorded one.

use super::args;
use super::installed::Hashed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::model::{Report, Text};
use whereto::report::escape;

/// The form of this file; another one is refused.
const FORM: u32 = 1;

/// What was recorded.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recorded {
    pub(super) form: u32,
    pub(super) whereto: Version,
    pub(super) inputs: Vec<Input>,
    pub(super) expect: Option<String>,
    pub(super) expect_operator: Option<String>,
    pub(super) expect_owner: Option<String>,
    pub(super) devices: Vec<String>,
    pub(super) vantage: Option<String>,
    /// The name of a built-in policy.
    pub(super) policy: Option<String>,
    /// Nanoseconds added to the times of the log of phases.
    pub(super) clock_offset_ns: Option<i64>,
    pub(super) phase_marks: bool,
    pub(super) phase_mark_addresses: Vec<std::net::IpAddr>,
    pub(super) embedded_geo: bool,
    /// Files of the user's that places and owners came from.
    pub(super) files: Vec<UserFile>,
    /// The sources of places, in the order of the report.
    pub(super) data: Vec<Source>,
    pub(super) findings: Counts,
    /// What is said of a redaction; the captures are then in the bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) redacted: Option<Redacted>,
}

/// What a redaction did.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redacted {
    /// The captures that were redacted.
    pub(super) originals: Vec<Original>,
    pub(super) payload: String,
    pub(super) cut: bool,
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) findings: Findings,
}

/// A capture that is not in the bundle.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Original {
    pub(super) sha256: Option<String>,
    pub(super) packets: u64,
}

/// Findings of the captures as they were, and of the redacted ones.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Findings {
    /// With the same id: same rule, verdict, country and destination.
    pub(super) same: u64,
    pub(super) only_before: u64,
    pub(super) only_after: Vec<String>,
    /// How many of each rule and verdict.
    pub(super) before: BTreeMap<String, u64>,
    pub(super) after: BTreeMap<String, u64>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    pub(super) version: String,
    /// SHA-256 of the lock file with the versions of everything it was built from.
    pub(super) cargo_lock_sha256: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub(super) path: String,
    pub(super) sha256: String,
    pub(super) packets: u64,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserFile {
    /// The option that named it, or `installed`.
    pub(super) option: String,
    pub(super) path: String,
    pub(super) sha256: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) origin: String,
    pub(super) date: Option<String>,
    pub(super) sha256: String,
}

impl UserFile {
    /// True for what says what was asked: small files that a person wrote.
    pub(super) fn is_text(&self) -> bool {
        matches!(
            self.option.as_str(),
            "policy" | "claims" | "phases" | "about"
        )
    }
}

/// How many findings there are, and of how many the packets are in the bundle.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    pub(super) all: u64,
    pub(super) not_met: u64,
    pub(super) with_packets: u64,
}

impl Recorded {
    pub(super) fn new(
        judged: &args::Judged,
        report: &Report,
        with_packets: usize,
    ) -> Result<Self, Error> {
        let places = &judged.places;
        let mut files = Vec::new();
        let mut geo = places.geo.clone();
        for folder in &places.geo_dir {
            geo.extend(super::installed::databases_in(folder)?);
        }
        let built_in = |path: &PathBuf| {
            let name = path.to_str().unwrap_or_default();
            whereto::judge::policy_text(name).is_some()
        };
        let policy = judged.control.policy.iter().cloned();
        let (names, policies): (Vec<PathBuf>, Vec<PathBuf>) = policy.partition(built_in);
        let test = &judged.test;
        let one = |path: &Option<PathBuf>| -> Vec<PathBuf> { path.iter().cloned().collect() };
        for (option, paths) in [
            ("policy", &policies),
            ("claims", &judged.claims),
            ("phases", &one(&test.tested.phases)),
            ("about", &one(&test.about)),
            ("baseline", &test.baseline),
            ("owners", &places.owners),
            ("geo", &geo),
            ("ranges", &places.ranges),
            ("anycast", &places.anycast),
        ] {
            for path in paths {
                files.push(UserFile {
                    option: option.to_owned(),
                    path: path.to_string_lossy().into_owned(),
                    sha256: sha256(path)?,
                });
            }
        }
        for source in &report.data {
            if let Some(path) = source.origin.strip_prefix("installed: ") {
                files.push(UserFile {
                    option: "installed".to_owned(),
                    path: path.to_owned(),
                    sha256: source.sha256.clone(),
                });
            }
        }
        let count = |all: usize| u64::try_from(all).unwrap_or(u64::MAX);
        let not_met = report
            .findings
            .iter()
            .filter(|finding| finding.verdict != whereto::model::Verdict::Met);
        Ok(Recorded {
            form: FORM,
            whereto: Version::own(),
            inputs: report.inputs.iter().map(input).collect(),
            expect: judged.expect.clone(),
            expect_operator: judged.control.expect_operator.clone(),
            expect_owner: judged.control.expect_owner.clone(),
            devices: judged.device.clone(),
            vantage: places.vantage.clone(),
            policy: names
                .first()
                .map(|name| name.to_string_lossy().into_owned()),
            clock_offset_ns: test.tested.clock_offset,
            phase_marks: test.tested.phase_marks,
            phase_mark_addresses: test.tested.phase_mark_address.clone(),
            embedded_geo: !places.no_embedded_geo,
            files,
            data: report.data.iter().map(source).collect(),
            findings: Counts {
                all: count(report.findings.len()),
                not_met: count(not_met.count()),
                with_packets: count(with_packets),
            },
            redacted: None,
        })
    }

    /// Reads the file of a bundle.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let read: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if read.form != FORM {
            return Err(format!("has form {}; this version reads {FORM}", read.form));
        }
        Ok(read)
    }

    /// The captures of these that are the recorded ones, and the hashes of those that are not
    /// among them.
    pub(super) fn captures(&self, given: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<&Input>), Error> {
        let mut of_hash: BTreeMap<String, PathBuf> = BTreeMap::new();
        for path in given {
            of_hash.insert(sha256(path)?, path.clone());
        }
        let missing = self
            .inputs
            .iter()
            .filter(|input| !of_hash.contains_key(&input.sha256));
        let missing = missing.collect();
        let wanted = |(sha256, path): (String, PathBuf)| {
            let known = self.inputs.iter().any(|input| input.sha256 == sha256);
            known.then_some(path)
        };
        Ok((of_hash.into_iter().filter_map(wanted).collect(), missing))
    }

    /// The arguments by which the report was made, or the files that are not here.
    pub(super) fn judged(
        &self,
        captures: Vec<PathBuf>,
        data: &[PathBuf],
        quiet: bool,
    ) -> Result<Result<args::Judged, Vec<&UserFile>>, Error> {
        let mut given: BTreeMap<String, PathBuf> = BTreeMap::new();
        for path in data {
            given.insert(sha256(path)?, path.clone());
        }
        let mut places = args::Places {
            geo: Vec::new(),
            geo_dir: Vec::new(),
            installed: Vec::new(),
            no_installed_geo: true,
            ranges: Vec::new(),
            anycast: Vec::new(),
            vantage: self.vantage.clone(),
            no_embedded_geo: !self.embedded_geo,
            owners: Vec::new(),
        };
        let mut policy = self.policy.as_ref().map(PathBuf::from);
        let mut claims = Vec::new();
        let mut test = args::Test {
            about: None,
            tested: args::Tested {
                phases: None,
                clock_offset: self.clock_offset_ns,
                phase_marks: self.phase_marks,
                phase_mark_address: self.phase_mark_addresses.clone(),
            },
            baseline: Vec::new(),
        };
        let mut missing = Vec::new();
        for file in &self.files {
            let recorded = PathBuf::from(&file.path);
            let there = || {
                let is_file = std::fs::metadata(&recorded).is_ok_and(|about| about.is_file());
                (is_file && sha256(&recorded).is_ok_and(|found| found == file.sha256))
                    .then(|| recorded.clone())
            };
            let Some(path) = given.get(&file.sha256).cloned().or_else(there) else {
                missing.push(file);
                continue;
            };
            match file.option.as_str() {
                "policy" => policy = Some(path),
                "claims" => claims.push(path),
                "phases" => test.tested.phases = Some(path),
                "about" => test.about = Some(path),
                "baseline" => test.baseline.push(path),
                "owners" => places.owners.push(path),
                "geo" => places.geo.push(path),
                "ranges" => places.ranges.push(path),
                "anycast" => places.anycast.push(path),
                _ => places.installed.push((path, file.sha256.clone())),
            }
        }
        if !missing.is_empty() {
            return Ok(Err(missing));
        }
        Ok(Ok(args::Judged {
            captures,
            expect: self.expect.clone(),
            control: args::Control {
                expect_operator: self.expect_operator.clone(),
                expect_owner: self.expect_owner.clone(),
                policy,
            },
            claims,
            test,
            device: self.devices.clone(),
            threads: 1,
            places,
            quiet,
        }))
    }

    /// Calls inputs and sources in a report that was made again what they were called.
    pub(super) fn rename(&self, judged: &args::Judged, report: &mut Report) {
        self.rename_claims(judged, report);
        let mut renamed: Vec<(Text, Text)> = Vec::new();
        let mut rename = |path: &mut Text, called: &str| {
            if escape::terminal(path) != called {
                renamed.push((path.clone(), called.into()));
                *path = called.into();
            }
        };
        for input in &mut report.inputs {
            let known = |one: &&Input| Some(&one.sha256) == input.sha256.as_ref();
            if let Some(recorded) = self.inputs.iter().find(known) {
                rename(&mut input.path, &recorded.path);
            }
        }
        for baseline in &mut report.settings.baselines {
            let known = |file: &&UserFile| {
                file.option == "baseline" && Some(&file.sha256) == baseline.sha256.as_ref()
            };
            if let Some(recorded) = self.files.iter().find(known) {
                rename(&mut baseline.path, &recorded.path);
            }
        }
        // Warnings call them by the same names.
        for (was, is) in renamed.iter().filter(|(was, _)| !was.bytes().is_empty()) {
            for warning in &mut report.losses.warnings {
                *warning = replaced(warning, was, is);
            }
        }
        // What the user's files were called.
        let called = |option: &str, sha256: Option<&String>| {
            let of = |file: &&UserFile| file.option == option && Some(&file.sha256) == sha256;
            let found = self.files.iter().find(of);
            found.map(|file| std::sync::Arc::<str>::from(file.path.as_str()))
        };
        if let Some(policy) = &mut report.policy
            && let Some(path) = called("policy", Some(&policy.sha256))
        {
            policy.origin = path;
        }
        if let Some(log) = &mut report.phases
            && let Some(path) = called("phases", log.sha256.as_ref())
        {
            log.origin = path;
        }
        for (source, recorded) in report.data.iter_mut().zip(&self.data) {
            if source.sha256 == recorded.sha256 {
                source.name.clone_from(&recorded.name);
                source.origin.clone_from(&recorded.origin);
            }
        }
    }
}

impl Recorded {
    /// Claims say in which file they stand, in their reasoning as well.
    fn rename_claims(&self, judged: &args::Judged, report: &mut Report) {
        let called = self.files.iter().filter(|file| file.option == "claims");
        for (path, file) in judged.claims.iter().zip(called) {
            let was = path.display().to_string();
            if was == file.path {
                continue;
            }
            for claim in report.claims.iter_mut().filter(|it| *it.origin == was) {
                claim.origin = file.path.as_str().into();
                for step in &mut claim.why {
                    step.words = step.words.replace(&was, &file.path);
                }
            }
        }
    }
}

impl Version {
    pub(super) fn own() -> Self {
        Version {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            cargo_lock_sha256: env!("WHERETO_LOCK_SHA256").to_owned(),
        }
    }
}

/// `text` with `is` in the place of each `was`.
fn replaced(text: &Text, was: &Text, is: &Text) -> Text {
    let mut made = Vec::new();
    let mut rest = text.bytes();
    while let Some(at) = memchr::memmem::find(rest, was.bytes()) {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        made.extend_from_slice(before);
        made.extend_from_slice(is.bytes());
        rest = after.get(was.bytes().len()..).unwrap_or_default();
    }
    made.extend_from_slice(rest);
    Text::from(made)
}

fn input(input: &whereto::model::Input) -> Input {
    Input {
        path: escape::terminal(&input.path).into_owned(),
        sha256: input.sha256.clone().unwrap_or_default(),
        packets: input.packets,
    }
}

fn source(source: &whereto::model::DataSource) -> Source {
    Source {
        name: source.name.clone(),
        origin: source.origin.clone(),
        date: source.date.clone(),
        sha256: source.sha256.clone(),
    }
}

/// The hash of a file.
pub(super) fn sha256(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hash = Hashed::new(std::io::sink());
    let mut buffer = vec![0_u8; 256 << 10];
    loop {
        let count = file.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            return Ok(hash.finish());
        }
        let bytes = buffer.get(..count).unwrap_or_default();
        std::io::Write::write_all(&mut hash, bytes).map_err(failed)?;
    }
}
