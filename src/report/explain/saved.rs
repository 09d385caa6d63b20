//! A saved report as the source of explanations.
//!
//! In:   the JSON of `whereto audit --format json`, as a file.
//! Out:  a [`Dossier`]; in a second pass the rows of single flows.
//! Spec: `docs/report.schema.json`.
//!
//! A report may have millions of flows: none is kept that was not asked for. One entry of a list
//! is at most [`MOST_ENTRY_BYTES`] long, and a list has at most [`MOST_ENTRIES`] that are kept.

use super::dossier::{Dossier, PolicyRow};
use super::rows::{DestinationRow, FindingRow, FlowRow};
use super::saved_claims::ClaimRow;
use crate::Error;
use crate::model::PlaceClass;
use crate::report::command::Made;
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::marker::PhantomData;
use std::path::Path;
use std::rc::Rc;

/// The version of the report's shape that is read.
const SCHEMA: u64 = crate::report::json::SCHEMA;
const MOST_ENTRY_BYTES: u64 = 16 << 20;
const MOST_ENTRIES: usize = 1_000_000;

/// Everything but the rows of flows.
pub(super) fn dossier(path: &Path, classes: &[&'static PlaceClass]) -> Result<Dossier, Error> {
    let mut reading = Reading::default();
    read(path, &mut reading)?;
    if reading.about.whereto.is_none() || !reading.has_findings {
        return Err(no_report(path, "`whereto` or `findings` is missing"));
    }
    let schema = reading.about.whereto.as_ref().map_or(0, |it| it.schema);
    if schema != SCHEMA {
        let words = format!("its schema is {schema}, this version reads {SCHEMA}");
        return Err(no_report(path, &words));
    }
    Ok(reading.dossier(classes))
}

/// The rows of the flows with these numbers.
pub(super) fn flows(path: &Path, wanted: BTreeSet<u64>) -> Result<BTreeMap<u64, FlowRow>, Error> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut reading = Reading {
        wanted: Some(wanted),
        ..Reading::default()
    };
    read(path, &mut reading)?;
    Ok(reading.rows)
}

fn no_report(path: &Path, why: &str) -> Error {
    Error::Usage(format!(
        "{}: not a report that can be explained: {why}; one is written by `whereto audit --format \
         json`",
        path.display()
    ))
}

fn read(path: &Path, reading: &mut Reading) -> Result<(), Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    };
    let inner = File::open(path).map_err(failed)?;
    let since = Rc::clone(&reading.since);
    let buffered = BufReader::with_capacity(64 << 10, Metered { inner, since });
    let mut json = serde_json::Deserializer::from_reader(buffered);
    let read = (&mut json).deserialize_map(Document(reading));
    read.and_then(|()| json.end()).map_err(|error| {
        if error.is_io() {
            failed(error.into())
        } else {
            no_report(path, &error.to_string())
        }
    })
}

/// Counts what is read, so that no entry grows beyond measure.
struct Metered<R> {
    inner: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let found = self.inner.read(buffer)?;
        let found_bytes = u64::try_from(found).unwrap_or(u64::MAX);
        let since = self.since.get().saturating_add(found_bytes);
        self.since.set(since);
        if since > MOST_ENTRY_BYTES {
            let what = format!("an entry is longer than {MOST_ENTRY_BYTES} bytes");
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
        }
        Ok(found)
    }
}

#[derive(Default)]
struct Reading {
    since: Rc<Cell<u64>>,
    about: About,
    has_findings: bool,
    findings: Vec<FindingRow>,
    destinations: Vec<DestinationRow>,
    claims: Vec<ClaimRow>,
    /// In the second pass: the flows to be kept.
    wanted: Option<BTreeSet<u64>>,
    rows: BTreeMap<u64, FlowRow>,
}

/// The short parts.
#[derive(Default)]
struct About {
    whereto: Option<Version>,
    inputs: Vec<InputRow>,
    data: Vec<SourceRow>,
    settings: SettingsRow,
    flows: u64,
    losses: LossesRow,
    policy: Option<PolicyRow>,
    phases: Option<PhasesRow>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    schema: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InputRow {
    path: String,
    cut: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SourceRow {
    name: String,
    origin: String,
    date: Option<String>,
    gives: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SettingsRow {
    expect: Option<Written>,
    expect_operator: Option<Written>,
    expect_owner: Option<Written>,
    devices: Vec<String>,
    vantage: Option<String>,
    filter: Option<String>,
    baselines: Vec<InputRow>,
    about: Option<AboutRow>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    written: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AboutRow {
    reply: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TotalsRow {
    flows: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LossesRow {
    damage_count: u64,
    lost_records: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PhasesRow {
    origin: String,
    sha256: Option<String>,
    clock_offset_s: Option<serde_json::Number>,
}

impl Reading {
    fn dossier(self, classes: &[&'static PlaceClass]) -> Dossier {
        let about = self.about;
        let mut destinations = self.destinations;
        for destination in &mut destinations {
            complete(destination, &about.data, classes);
        }
        let settings = &about.settings;
        let cut = about.inputs.iter().any(|input| input.cut);
        Dossier {
            findings: self.findings,
            claims: self
                .claims
                .into_iter()
                .filter_map(ClaimRow::claim)
                .collect(),
            destinations,
            expected: settings.expected("expected-country", "expected-operator", "expected-owner"),
            inputs: u64::try_from(about.inputs.len()).unwrap_or(u64::MAX),
            flows: about.flows,
            reply: settings.about.as_ref().and_then(|it| it.reply.clone()),
            arguments: Vec::new(),
            saved: true,
            filtered: settings.filter.is_some(),
            damaged: cut || about.losses.damage_count > 0 || about.losses.lost_records > 0,
            policy: None,
        }
        .with(about)
    }
}

impl Dossier {
    /// The words that make the audit again, and the policy.
    fn with(mut self, about: About) -> Self {
        let settings = &about.settings;
        let phases = about.phases.as_ref().filter(|it| it.sha256.is_some());
        let offset = |it: &PhasesRow| {
            let text = it.clock_offset_s.as_ref().map(ToString::to_string)?;
            let text = text.strip_suffix(".0").unwrap_or(&text).to_owned();
            Some(text).filter(|text| text != "0")
        };
        let written = settings.expected("--expect", "--expect-operator", "--expect-owner");
        let options = ["--expect", "--expect-operator", "--expect-owner"];
        let named = |option: &str| options.into_iter().find(|known| *known == option);
        self.arguments = Made {
            inputs: about.inputs.iter().map(|it| it.path.clone()).collect(),
            expected: written
                .iter()
                .filter_map(|(option, list)| Some((named(option)?, list.as_str())))
                .collect(),
            policy: about
                .policy
                .as_ref()
                .map(|it| (it.origin.as_str(), it.name.as_str())),
            claims: self.claims.iter().map(|claim| &*claim.origin).collect(),
            phases: phases.map(|it| (it.origin.as_str(), offset(it))),
            devices: settings.devices.iter().map(String::as_str).collect(),
            vantage: settings.vantage.as_deref(),
            baselines: settings
                .baselines
                .iter()
                .map(|it| it.path.clone())
                .collect(),
            data: about
                .data
                .iter()
                .map(|it| {
                    let gives = it.gives.iter().map(String::as_str).collect();
                    (gives, it.origin.as_str())
                })
                .collect(),
            filter: settings.filter.as_deref(),
        }
        .words();
        self.policy = about.policy;
        self
    }
}

/// What the row of a destination leaves to the lists of the report and to this version.
fn complete(destination: &mut DestinationRow, data: &[SourceRow], classes: &[&'static PlaceClass]) {
    let class = destination.country_class.as_deref();
    let class = classes.iter().find(|known| Some(known.name) == class);
    destination.class_words = class.map(|class| class.words.to_owned());
    for opinion in &mut destination.country_opinions {
        let of = opinion.source.as_ref();
        let source = data.iter().find(|source| Some(&source.name) == of);
        opinion.date = source.and_then(|source| source.date.clone());
    }
}

impl SettingsRow {
    fn expected(&self, place: &str, operator: &str, owner: &str) -> Vec<(String, String)> {
        let all = [
            (place, &self.expect),
            (operator, &self.expect_operator),
            (owner, &self.expect_owner),
        ];
        let written = all.into_iter().filter_map(|(key, one)| {
            let list = &one.as_ref()?.written;
            Some((key.to_owned(), list.clone()))
        });
        written.collect()
    }
}

struct Document<'r>(&'r mut Reading);

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.since.set(0);
            if self.0.wanted.is_some() {
                second(self.0, &key, &mut map)?;
            } else {
                first(self.0, &key, &mut map)?;
            }
        }
        Ok(())
    }
}

fn first<'de, A: MapAccess<'de>>(
    reading: &mut Reading,
    key: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    let since = Rc::clone(&reading.since);
    let about = &mut reading.about;
    match key {
        "whereto" => about.whereto = Some(map.next_value()?),
        "settings" => about.settings = map.next_value()?,
        "totals" => about.flows = map.next_value::<TotalsRow>()?.flows,
        "losses" => about.losses = map.next_value()?,
        "policy" => about.policy = Some(map.next_value()?),
        "phases" => about.phases = Some(map.next_value()?),
        "inputs" => kept(map, since, &mut about.inputs)?,
        "data" => kept(map, since, &mut about.data)?,
        "destinations" => kept(map, since, &mut reading.destinations)?,
        "findings" => {
            reading.has_findings = true;
            kept(map, since, &mut reading.findings)?;
        }
        "claims" => kept(map, since, &mut reading.claims)?,
        "flows" | "dns" | "http" => each(map, since, |_: IgnoredAny| Ok(()))?,
        _ => {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(())
}

fn second<'de, A: MapAccess<'de>>(
    reading: &mut Reading,
    key: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    let since = Rc::clone(&reading.since);
    if key != "flows" {
        return match key {
            "destinations" | "findings" | "claims" | "dns" | "http" | "inputs" | "data" => {
                each(map, since, |_: IgnoredAny| Ok(()))
            }
            _ => map.next_value::<IgnoredAny>().map(|_| ()),
        };
    }
    let wanted = reading.wanted.take().unwrap_or_default();
    let rows = &mut reading.rows;
    each(map, since, |row: FlowRow| {
        if wanted.contains(&row.flow) {
            rows.insert(row.flow, row);
        }
        Ok(())
    })?;
    reading.wanted = Some(wanted);
    Ok(())
}

fn kept<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    since: Rc<Cell<u64>>,
    list: &mut Vec<T>,
) -> Result<(), A::Error> {
    each(map, since, |entry| {
        if list.len() >= MOST_ENTRIES {
            return Err("a list is longer than any report's");
        }
        list.push(entry);
        Ok(())
    })
}

fn each<'de, A, T, F>(map: &mut A, since: Rc<Cell<u64>>, each: F) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
    F: FnMut(T) -> Result<(), &'static str>,
{
    let kind = PhantomData;
    map.next_value_seed(Entries { since, each, kind })
}

/// A list, entry by entry.
struct Entries<T, F> {
    since: Rc<Cell<u64>>,
    each: F,
    kind: PhantomData<T>,
}

impl<'de, T, F> DeserializeSeed<'de> for Entries<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T) -> Result<(), &'static str>,
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T, F> Visitor<'de> for Entries<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T) -> Result<(), &'static str>,
{
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element()? {
            self.since.set(0);
            (self.each)(entry).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
