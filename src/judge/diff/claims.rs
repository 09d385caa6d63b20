//! Claims that only two captures can test: that names have moved, that round trips are shorter.
//!
//! In:   a file of claims, then both sides with what each claim speaks of.
//! Out:  a [`ClaimResult`] for each such claim.
//! Spec: `docs/claims.md`, the keys `migrated_since` and `latency_reduced`.
//!
//! Other claims and other keys are not read here: whoever reads a file for two captures has it
//! checked as a whole first. What is not known surely enough leaves a claim open.

use super::names::{self, Terms, differ};
use super::side::{AskedSide, Side, is_sure};
use crate::Error;
use crate::judge::selector::{self, Selector};
use crate::judge::wording::{confidence, milliseconds};
use crate::language::{WORDS, fill};
use crate::model::diff::{Matched, NameChange, RoundTrips, Spot, Status, Subject};
use crate::model::form::{self, Entry, Fault};
use crate::model::{
    ClaimResult, ClaimVerdict, Confidence, Country, Exhibit, Grade, HiddenShare, Known, Step, Time,
};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// Claims in one comparison: each keeps sums of its own.
const MOST_CLAIMS: usize = 64;
const MOST_EXHIBITS: usize = 64;

/// The claims that two captures test.
#[derive(Clone, Debug, Default)]
pub struct SideClaims(Vec<Claim>);

#[derive(Clone, Debug)]
struct Claim {
    id: Arc<str>,
    quote: Arc<str>,
    speaker: Arc<str>,
    said: Arc<str>,
    source: Arc<str>,
    reply: Option<Arc<str>>,
    origin: Arc<str>,
    line: u64,
    least: Confidence,
    selector: Selector,
    /// The day as it was written, and its first instant.
    migrated_since: Option<(Time, String)>,
    latency_reduced: bool,
    alone: bool,
}

impl SideClaims {
    /// Adds the claims of a file; `origin` is what reports call it.
    ///
    /// # Errors
    /// Where it is not a file of claims: with line and column.
    pub fn add(&mut self, text: &str, origin: &str) -> Result<(), Error> {
        self.read(text, origin).map_err(|fault| {
            let (line, column) = fault.place(text);
            Error::Usage(format!("{origin}:{line}:{column}: {}", fault.what))
        })
    }

    /// True where the claim with this id of this file says nothing but what two captures test.
    #[must_use]
    pub fn has_whole(&self, id: &str, origin: &str) -> bool {
        self.0
            .iter()
            .any(|claim| claim.alone && *claim.id == *id && *claim.origin == *origin)
    }

    pub(super) fn selectors(&self) -> Vec<Selector> {
        self.0.iter().map(|claim| claim.selector.clone()).collect()
    }

    pub(super) fn judge(&self, before: &Side, after: &Side) -> Vec<ClaimResult> {
        let asked = before.asked.iter().zip(&after.asked);
        let judged = self.0.iter().zip(asked);
        judged
            .map(|(claim, (old, new))| {
                let terms = Terms::new(&before.about, &after.about, claim.least);
                let (changes, left_out) = names::compare(&old.meant, &new.meant, terms);
                claim.judge([before, after], [old, new], &changes, left_out)
            })
            .collect()
    }

    fn read(&mut self, text: &str, origin: &str) -> Result<(), Fault> {
        let document = form::parse(text)?;
        let root = Entry::root(&document);
        for entry in root.tables("claim", "a claim")? {
            let Some(assert) = entry.table("assert", "the assertion of a claim")? else {
                continue;
            };
            let since = assert.text("migrated_since")?;
            let migrated_since = match since.value.is_empty() {
                true => None,
                false => Some((selector::instant(&since)?, since.value.clone())),
            };
            let latency_reduced = assert.boolean("latency_reduced")? == Some(true);
            if migrated_since.is_none() && !latency_reduced {
                continue;
            }
            if self.0.len() >= MOST_CLAIMS {
                let what = format!("more than {MOST_CLAIMS} claims on two captures");
                return Err(Fault::new(entry.at, what));
            }
            let (line, _) = Fault::new(entry.at, "").place(text);
            let shared = |key| -> Result<Arc<str>, Fault> { Ok(entry.text(key)?.value.into()) };
            let subject = entry.table("subject", "the subject of a claim")?;
            self.0.push(Claim {
                id: entry.need("id")?.value.into(),
                quote: shared("quote")?,
                speaker: shared("speaker")?,
                said: shared("said")?,
                source: shared("source")?,
                reply: Some(shared("reply")?).filter(|reply| !reply.is_empty()),
                origin: origin.into(),
                line: u64::try_from(line).unwrap_or(u64::MAX),
                least: match entry.text("min_confidence")?.value.as_str() {
                    "low" => Confidence::Low,
                    "high" => Confidence::High,
                    _ => Confidence::Medium,
                },
                selector: subject
                    .as_ref()
                    .map(Selector::read)
                    .transpose()?
                    .unwrap_or_default(),
                migrated_since,
                latency_reduced,
                alone: assert.knows(&["migrated_since", "latency_reduced"]).is_ok(),
            });
        }
        Ok(())
    }
}

/// What one name says of a claim.
struct Vote {
    verdict: ClaimVerdict,
    because: String,
}

impl Claim {
    fn judge(
        &self,
        sides: [&Side; 2],
        asked: [&AskedSide; 2],
        changes: &[NameChange],
        left_out: bool,
    ) -> ClaimResult {
        let gate = self.gate(sides);
        let mut lists: [Vec<Exhibit>; 3] = Default::default();
        let mut flows = [0_u64; 3];
        let mut moved = 0_u64;
        for change in changes {
            let Some(mut vote) = self.vote(change) else {
                continue;
            };
            if gate.is_some() && vote.verdict != ClaimVerdict::Indeterminate {
                vote.verdict = ClaimVerdict::Indeterminate;
            }
            if change.place == Status::Moved {
                moved = moved.saturating_add(1);
            }
            let at = match vote.verdict {
                ClaimVerdict::Supported => 0,
                ClaimVerdict::Contradicted => 1,
                _ => 2,
            };
            let exhibit = exhibit(change, vote.because);
            if let (Some(list), Some(sum)) = (lists.get_mut(at), flows.get_mut(at)) {
                *sum = sum.saturating_add(exhibit.flows);
                list.push(exhibit);
            }
        }
        let counts = [0, 1, 2].map(|at: usize| {
            lists
                .get(at)
                .map_or(0, |list| u64::try_from(list.len()).unwrap_or(u64::MAX))
        });
        let hidden = self.hidden(sides, asked, changes);
        let [fit, against, open] = counts;
        let verdict = if against > 0 {
            ClaimVerdict::Contradicted
        } else if open > 0 || (fit > 0 && (hidden.could_contradict_flows > 0 || left_out)) {
            ClaimVerdict::Indeterminate
        } else if fit > 0 {
            ClaimVerdict::Supported
        } else {
            ClaimVerdict::NotExercised
        };
        let [supporting, against_list, open_list] = lists.map(|mut list| {
            list.truncate(MOST_EXHIBITS);
            list
        });
        ClaimResult {
            id: Arc::clone(&self.id),
            quote: Arc::clone(&self.quote),
            speaker: Arc::clone(&self.speaker),
            said: Arc::clone(&self.said),
            source: Arc::clone(&self.source),
            origin: Arc::clone(&self.origin),
            line: self.line,
            reading: self.reading(),
            verdict,
            sentence: self.sentence(verdict, counts, moved),
            why: self.why(sides, changes, gate, &hidden),
            weakest: weakest(changes, self.migrated_since.is_some()),
            supporting,
            against: against_list,
            open: open_list,
            exhibits: counts,
            flows,
            hidden,
            cannot_show: self.cannot_show(),
            would_decide: self.would_decide(verdict, gate),
            reply: self.reply.clone(),
        }
    }

    /// Why these two sides cannot decide anything at all.
    fn gate(&self, [before, after]: [&Side; 2]) -> Option<&'static str> {
        if let Some((since, _)) = &self.migrated_since {
            let old = before.about.time.is_some_and(|(_, last)| last < *since);
            let new = after.about.time.is_some_and(|(first, _)| first >= *since);
            if !old || !new {
                return Some(WORDS.compared.claims.not_around);
            }
        }
        if self.latency_reduced {
            let (old, new) = (&before.about.vantage, &after.about.vantage);
            if old.is_none() || old != new {
                return Some(WORDS.compared.claims.not_one_place);
            }
        }
        None
    }

    /// What one name says; `None` where it was not observed on both sides.
    fn vote(&self, change: &NameChange) -> Option<Vote> {
        let (old, new) = (change.before.as_ref()?, change.after.as_ref()?);
        let mut votes = Vec::new();
        if self.migrated_since.is_some() {
            votes.push(place_vote(change, old, new, self.least));
        }
        if self.latency_reduced {
            votes.push(latency_vote(old.round_trips, new.round_trips));
        }
        // The gravest of the two; of both the words.
        let because: Vec<String> = votes.iter().map(|vote| vote.because.clone()).collect();
        let verdict = votes.iter().map(|vote| vote.verdict).min()?;
        Some(Vote {
            verdict,
            because: because.join(WORDS.units.semicolon),
        })
    }

    fn hidden(
        &self,
        [_, after]: [&Side; 2],
        [_, asked]: [&AskedSide; 2],
        changes: &[NameChange],
    ) -> HiddenShare {
        let before = changes.iter().filter_map(|change| change.before.as_ref());
        let former: BTreeSet<Country> = before
            .flat_map(|subject| &subject.spots)
            .filter_map(|(spot, _)| spot.country)
            .collect();
        let elsewhere = |spot: &Spot| {
            let outside = spot
                .country
                .is_some_and(|country| !former.contains(&country));
            !self.latency_reduced && is_sure(spot, self.least) && outside
        };
        let mut sure = crate::model::diff::Volume::default();
        for (_, volume) in asked.maybe_spots.iter().filter(|(spot, _)| elsewhere(spot)) {
            sure.add(volume);
        }
        let losses = &after.about.losses;
        let lost = [
            losses.damage_count,
            losses.lost_records,
            losses.cut_inputs,
            losses.dropped.unwrap_or(0),
        ];
        HiddenShare {
            all_flows: after.about.volume.flows,
            all_bytes_out: after.about.volume.bytes_out,
            maybe_flows: asked.maybe.flows,
            maybe_bytes_out: asked.maybe.bytes_out,
            could_contradict_flows: asked.maybe.flows.saturating_sub(sure.flows),
            could_contradict_bytes_out: asked.maybe.bytes_out.saturating_sub(sure.bytes_out),
            encrypted_bytes_out: 0,
            losses: lost
                .iter()
                .any(|count| *count > 0)
                .then(|| WORDS.compared.claims.lost.to_owned()),
        }
    }

    fn reading(&self) -> String {
        let words = &WORDS.compared.claims;
        let day = self.migrated_since.as_ref();
        let moved = day.map(|(_, day)| fill(words.moved_reading, &[day]));
        let faster = self
            .latency_reduced
            .then(|| words.faster_reading.to_owned());
        let parts: Vec<String> = moved.into_iter().chain(faster).collect();
        parts.join(WORDS.joins.and_also)
    }

    fn sentence(
        &self,
        verdict: ClaimVerdict,
        [fit, against, open]: [u64; 3],
        moved: u64,
    ) -> String {
        let words = &WORDS.compared.claims;
        let all = fit.saturating_add(against).saturating_add(open);
        if all == 0 {
            return words.none.to_owned();
        }
        let (forms, counted) = match (&self.migrated_since, self.latency_reduced) {
            (Some(_), false) => (words.migration, moved),
            (None, _) => (words.round_trips, fit),
            (Some(_), true) => (words.both, fit),
        };
        let head = WORDS.form(all, forms);
        let mut parts = vec![fill(head, &[&counted.to_string(), &all.to_string()])];
        for (count, part) in [(against, words.did_not), (open, words.left_open)] {
            if count > 0 {
                parts.push(fill(part, &[&count.to_string()]));
            }
        }
        let end = match verdict {
            ClaimVerdict::Contradicted => words.contradicted,
            ClaimVerdict::Supported => words.supported,
            _ => words.undecided,
        };
        fill(end, &[&parts.join(WORDS.units.comma)])
    }

    fn why(
        &self,
        [before, after]: [&Side; 2],
        changes: &[NameChange],
        gate: Option<&'static str>,
        hidden: &HiddenShare,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut step = |known, words: String| steps.push(Step { known, words });
        let words = &WORDS.compared.claims;
        step(Known::Declared, fill(words.read_as, &[&self.reading()]));
        if let Some(gate) = gate {
            step(Known::Declared, fill(words.not_decided, &[gate]));
        }
        let both = changes
            .iter()
            .filter(|change| change.before.is_some() && change.after.is_some());
        let [one, other] = [before, after].map(|side| side.about.volume.flows.to_string());
        let names = u64::try_from(both.clone().count()).unwrap_or(u64::MAX);
        let form = WORDS.form(names, words.on_both);
        let observed = fill(form, &[&names.to_string(), &one, &other]);
        step(Known::Observed, observed);
        if self.latency_reduced {
            let biased = both.clone().filter(|change| {
                let flows = |side: &Option<Subject>| {
                    side.as_ref()
                        .and_then(|it| it.round_trips)
                        .map_or(0, |it| it.flows)
                };
                flows(&change.before) != flows(&change.after)
            });
            let biased = biased.count().to_string();
            step(Known::Calculated, fill(words.biased, &[&biased]));
            let still = both.filter(|change| change.place == Status::Unchanged);
            let alike = still
                .clone()
                .filter(|change| change.round_trip == Status::Unchanged);
            let (still, alike) = (still.count().to_string(), alike.count().to_string());
            step(Known::Calculated, fill(words.still, &[&still, &alike]));
        }
        if hidden.maybe_flows > 0 {
            let maybe = hidden.maybe_flows.to_string();
            let could = hidden.could_contradict_flows.to_string();
            let form = WORDS.form(hidden.maybe_flows, words.maybe);
            step(Known::Observed, fill(form, &[&maybe, &could]));
        }
        steps
    }

    fn cannot_show(&self) -> Vec<String> {
        let words = &WORDS.compared.claims;
        let mut found = vec![words.blind_names, words.blind_storage];
        if self.latency_reduced {
            found.push(words.blind_network);
        }
        if self.migrated_since.is_some() {
            found.push(words.blind_day);
        }
        found.into_iter().map(str::to_owned).collect()
    }

    fn would_decide(&self, verdict: ClaimVerdict, gate: Option<&'static str>) -> Option<String> {
        let words = &WORDS.compared.claims;
        let decides = match verdict {
            ClaimVerdict::Contradicted | ClaimVerdict::Supported => return None,
            ClaimVerdict::NotExercised => words.captures_decide,
            ClaimVerdict::Indeterminate => match (gate, self.latency_reduced) {
                (Some(_), true) => words.vantage_decides,
                (Some(_), false) => words.days_decide,
                _ => words.data_decides,
            },
        };
        Some(decides.to_owned())
    }
}

fn place_vote(change: &NameChange, old: &Subject, new: &Subject, least: Confidence) -> Vote {
    let spots = |subject: &Subject| -> BTreeSet<(Option<Country>, Option<Arc<str>>)> {
        subject
            .spots
            .iter()
            .map(|(spot, _)| (spot.country, spot.operator.clone()))
            .collect()
    };
    let stays = !spots(old).is_disjoint(&spots(new));
    let sure = old
        .spots
        .iter()
        .chain(&new.spots)
        .all(|(spot, _)| is_sure(spot, least));
    let same_name = matches!(change.matched, Matched::Name | Matched::Address);
    let verdict = match change.place {
        Status::Moved => ClaimVerdict::Supported,
        Status::Unchanged if sure && same_name => ClaimVerdict::Contradicted,
        Status::Changed if sure && same_name && stays => ClaimVerdict::Contradicted,
        _ => ClaimVerdict::Indeterminate,
    };
    let words = &WORDS.compared.claims;
    let countries = |subject: &Subject| -> String {
        let countries = subject.spots.iter().map(|(spot, _)| spot.country.as_ref());
        let codes: BTreeSet<&str> = countries
            .map(|country| country.map_or(words.no_country, Country::code))
            .collect();
        codes
            .into_iter()
            .collect::<Vec<_>>()
            .join(WORDS.units.comma)
    };
    let sentence = match (verdict, change.place) {
        (ClaimVerdict::Indeterminate, _) => words.open,
        (_, Status::Moved) => words.moved,
        _ => words.stayed,
    };
    let (old, new) = (countries(old), countries(new));
    Vote {
        verdict,
        because: fill(sentence, &[&old, &new, change_words(change)]),
    }
}

fn change_words(change: &NameChange) -> &str {
    if change.because.is_empty() {
        WORDS.compared.claims.as_observed
    } else {
        &change.because
    }
}

fn latency_vote(old: Option<RoundTrips>, new: Option<RoundTrips>) -> Vote {
    let words = &WORDS.compared.claims;
    let (Some(old), Some(new)) = (old, new) else {
        return Vote {
            verdict: ClaimVerdict::Indeterminate,
            because: words.no_round_trip.to_owned(),
        };
    };
    let shorter = |old: u64, new: u64| new < old && differ(old, new);
    let smallest = shorter(old.smallest_ns, new.smallest_ns);
    let medians = old.median_ns.zip(new.median_ns);
    let verdict = match medians.map(|(old, new)| shorter(old, new)) {
        Some(median) if median == smallest && smallest => ClaimVerdict::Supported,
        Some(median) if median == smallest => ClaimVerdict::Contradicted,
        _ => ClaimVerdict::Indeterminate,
    };
    let trips = |trips: RoundTrips| (milliseconds(trips.smallest_ns), trips.flows.to_string());
    let ((before, of_before), (after, of_after)) = (trips(old), trips(new));
    let values = [before.as_str(), &of_before, &after, &of_after];
    let because = match medians {
        None => fill(words.no_medians, &values),
        Some((old, new)) => {
            let [a, b, c, d] = values;
            let (old, new) = (milliseconds(old), milliseconds(new));
            fill(words.medians, &[a, b, c, d, &old, &new])
        }
    };
    Vote { verdict, because }
}

fn exhibit(change: &NameChange, because: String) -> Exhibit {
    let short = |numbers: &[u64]| -> Vec<u32> {
        numbers
            .iter()
            .filter_map(|it| u32::try_from(*it).ok())
            .collect()
    };
    let after = change.after.as_ref();
    let spot = after
        .and_then(|subject| subject.spots.first())
        .map(|(spot, _)| spot);
    let frames = |subject: &Subject| -> String {
        let frames: Vec<String> = subject.frames.iter().take(4).map(u64::to_string).collect();
        frames.join(WORDS.units.comma)
    };
    let before_frames = change.before.as_ref().map(frames).unwrap_or_default();
    Exhibit {
        destination: None,
        name: change
            .any()
            .and_then(|subject| subject.names.first())
            .cloned(),
        address: after
            .and_then(|subject| subject.addresses.first())
            .copied()
            .or(None::<IpAddr>),
        country: spot.and_then(|spot| spot.country),
        confidence: spot.map_or("", |spot| spot.confidence.as_str()),
        flows: after.map_or(0, |subject| subject.volume.flows),
        bytes_out: after.map_or(0, |subject| subject.volume.bytes_out),
        frames: after
            .map(|subject| short(&subject.frames))
            .unwrap_or_default(),
        flow_numbers: after
            .map(|subject| short(&subject.flow_numbers))
            .unwrap_or_default(),
        because: fill(
            WORDS.compared.claims.frames_before,
            &[&because, &before_frames],
        ),
    }
}

/// The weakest link among what was observed on both sides.
fn weakest(changes: &[NameChange], places: bool) -> Option<String> {
    let both = changes
        .iter()
        .filter(|change| change.before.is_some() && change.after.is_some());
    let subjects = both
        .flat_map(|change| [&change.before, &change.after])
        .flatten();
    let inferred = subjects
        .clone()
        .any(|subject| subject.grade != Some(Grade::Observed));
    if inferred {
        return Some(WORDS.compared.claims.weakest_names.to_owned());
    }
    let spots = subjects.flat_map(|subject| &subject.spots);
    let least = spots
        .map(|(spot, _)| spot.confidence)
        .min()
        .filter(|_| places)?;
    let words = WORDS.compared.claims.weakest_places;
    (least < Confidence::High).then(|| fill(words, &[confidence(least)]))
}
