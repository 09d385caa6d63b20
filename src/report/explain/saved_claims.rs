//! Claims of a saved report.
//!
//! In:   entries of `claims`.
//! Out:  [`ClaimResult`]s as they were before they were saved.
//! Spec: `docs/report.schema.json`.

use super::rows::Name;
use crate::model::{ClaimResult, ClaimVerdict, Country, Exhibit, HiddenShare, Known, Step};
use serde::Deserialize;
use std::net::IpAddr;

/// One claim.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ClaimRow {
    id: String,
    quote: String,
    speaker: String,
    said: String,
    source: String,
    origin: String,
    line: u64,
    reading: String,
    verdict: String,
    sentence: String,
    why: Vec<StepRow>,
    r#for: Vec<ExhibitRow>,
    against: Vec<ExhibitRow>,
    open: Vec<ExhibitRow>,
    flows: Sides,
    destinations: Sides,
    weakest: Option<String>,
    hidden: HiddenRow,
    cannot_show: Vec<String>,
    would_decide: Option<String>,
    reply: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StepRow {
    known: String,
    words: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sides {
    r#for: u64,
    against: u64,
    open: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExhibitRow {
    destination: Option<usize>,
    #[serde(flatten)]
    name: Name,
    address: Option<IpAddr>,
    country: Option<String>,
    country_confidence: Option<String>,
    flows: u64,
    bytes_out: u64,
    frames: Vec<u32>,
    flow_numbers: Vec<u32>,
    because: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HiddenRow {
    all_flows: u64,
    all_bytes_out: u64,
    maybe_flows: u64,
    maybe_bytes_out: u64,
    could_contradict_flows: u64,
    could_contradict_bytes_out: u64,
    encrypted_bytes_out: u64,
    losses: Option<String>,
}

impl ClaimRow {
    /// `None` for a verdict that this version does not know.
    pub(super) fn claim(self) -> Option<ClaimResult> {
        let all = |rows: Vec<ExhibitRow>| rows.into_iter().map(ExhibitRow::exhibit).collect();
        let three = |sides: &Sides| [sides.r#for, sides.against, sides.open];
        let steps: Option<Vec<Step>> = self.why.into_iter().map(StepRow::step).collect();
        let hidden = self.hidden;
        Some(ClaimResult {
            verdict: verdict(&self.verdict)?,
            id: self.id.into(),
            quote: self.quote.into(),
            speaker: self.speaker.into(),
            said: self.said.into(),
            source: self.source.into(),
            origin: self.origin.into(),
            line: self.line,
            reading: self.reading,
            sentence: self.sentence,
            why: steps?,
            supporting: all(self.r#for),
            against: all(self.against),
            open: all(self.open),
            exhibits: three(&self.destinations),
            flows: three(&self.flows),
            weakest: self.weakest,
            hidden: HiddenShare {
                all_flows: hidden.all_flows,
                all_bytes_out: hidden.all_bytes_out,
                maybe_flows: hidden.maybe_flows,
                maybe_bytes_out: hidden.maybe_bytes_out,
                could_contradict_flows: hidden.could_contradict_flows,
                could_contradict_bytes_out: hidden.could_contradict_bytes_out,
                encrypted_bytes_out: hidden.encrypted_bytes_out,
                losses: hidden.losses,
            },
            cannot_show: self.cannot_show,
            would_decide: self.would_decide,
            reply: self.reply.map(Into::into),
        })
    }
}

fn verdict(word: &str) -> Option<ClaimVerdict> {
    use ClaimVerdict::{Contradicted, Indeterminate, NotExercised, Supported};
    let all = [Contradicted, Indeterminate, NotExercised, Supported];
    all.into_iter().find(|known| known.as_str() == word)
}

impl StepRow {
    fn step(self) -> Option<Step> {
        use Known::{Calculated, Declared, Inferred, LookedUp, Observed};
        let all = [Declared, Observed, LookedUp, Calculated, Inferred];
        let known = all.into_iter().find(|known| known.as_str() == self.known)?;
        let words = self.words;
        Some(Step { known, words })
    }
}

impl ExhibitRow {
    fn exhibit(self) -> Exhibit {
        let word = self.country_confidence.unwrap_or_default();
        let known = ["high", "medium", "low", "none"];
        Exhibit {
            destination: self.destination,
            name: self.name.text(),
            address: self.address,
            country: self.country.as_deref().and_then(Country::new),
            confidence: known.into_iter().find(|it| *it == word).unwrap_or_default(),
            flows: self.flows,
            bytes_out: self.bytes_out,
            frames: self.frames,
            flow_numbers: self.flow_numbers,
            because: self.because,
        }
    }
}
