//! From sums to a result: the verdict, its sentence, its reasons and its doubts.
//!
//! In:   a claim, its [`Tally`], and what is known of the capture.
//! Out:  a [`ClaimResult`].
//!
//! Sentences are of our words, numbers, country names, and names of companies and phases that
//! catalogues and the user's files give.

use super::super::judging::Known as Test;
use super::assertion::Assertion;
use super::run::Whole;
use super::tally::{Cause, Part, Side, Slot, Tally};
use super::words;
use super::{Claim, Claims};
use crate::judge::wording::{confidence, named};
use crate::language::{WORDS, count, fill};
use crate::model::{
    ClaimResult, ClaimVerdict, Confidence, Country, Destination, Exhibit, HiddenShare, Losses,
    Totals, Truth, Via,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known beside the flows.
pub(super) struct Context<'c> {
    pub(super) known: &'c Test,
    pub(super) whole: Whole,
    pub(super) destinations: &'c [Destination],
    pub(super) totals: &'c Totals,
    pub(super) losses: Option<String>,
}

/// Exhibits listed of each side.
const MOST_EXHIBITS: usize = 64;

/// How a claim turned out.
pub(super) fn result(
    file: &Claims,
    claim: &Claim,
    tally: &Tally,
    context: &Context<'_>,
) -> ClaimResult {
    let folded = context.totals.folded_flows;
    let captured = captured(claim, context);
    let verdict = verdict(claim, tally, folded, captured);
    let case = Case {
        claim,
        tally,
        context,
        verdict,
        captured,
    };
    let open = tally.open.flows.saturating_add(folded);
    ClaimResult {
        id: Arc::clone(&claim.id),
        quote: Arc::clone(&claim.quote),
        speaker: Arc::clone(&claim.speaker),
        said: Arc::clone(&claim.said),
        source: Arc::clone(&claim.source),
        origin: Arc::clone(&file.origin),
        line: claim.line,
        reading: words::reading(claim),
        verdict,
        sentence: case.sentence(),
        why: case.why(file),
        supporting: exhibits(&tally.supporting, context.destinations),
        against: exhibits(&tally.against, context.destinations),
        open: exhibits(&tally.open, context.destinations),
        exhibits: [&tally.supporting, &tally.against, &tally.open].map(|side| side.destinations),
        flows: [tally.supporting.flows, tally.against.flows, open],
        weakest: case.weakest(),
        hidden: hidden(tally, context),
        cannot_show: words::cannot_show(claim),
        would_decide: case.would_decide(),
        reply: claim.reply.clone(),
    }
}

/// Whether the time of which the claim speaks was captured, or some of it.
fn captured(claim: &Claim, context: &Context<'_>) -> Truth {
    let Some(span) = context.totals.time.filter(|_| context.whole.flows > 0) else {
        return Truth::No;
    };
    let phases = context.known.phases.as_deref();
    claim.subject.was_captured(span, phases)
}

/// Flows that were folded have no row: nobody knows what they were.
fn verdict(claim: &Claim, tally: &Tally, folded: u64, captured: Truth) -> ClaimVerdict {
    if tally.against.flows > 0 {
        return ClaimVerdict::Contradicted;
    }
    if tally.open.flows > 0 || folded > 0 {
        return ClaimVerdict::Indeterminate;
    }
    if asserts_none(claim) {
        // Nothing can be for it but the absence of flows, in a time that was captured.
        return match captured {
            Truth::Yes => ClaimVerdict::Supported,
            Truth::Maybe => ClaimVerdict::Indeterminate,
            Truth::No => ClaimVerdict::NotExercised,
        };
    }
    match (tally.supporting.flows, tally.maybe_fit) {
        (1.., _) => ClaimVerdict::Supported,
        (_, 1..) => ClaimVerdict::Indeterminate,
        _ => ClaimVerdict::NotExercised,
    }
}

fn asserts_none(claim: &Claim) -> bool {
    let mut assertions = claim.assertions.iter();
    assertions.any(|one| matches!(one, Assertion::NoFlows))
}

fn exhibits(side: &Side, destinations: &[Destination]) -> Vec<Exhibit> {
    let mut slots: Vec<&Slot> = side.slots.iter().collect();
    slots.sort_by_key(|slot| (std::cmp::Reverse(slot.flows), slot.destination));
    slots.truncate(MOST_EXHIBITS);
    let exhibit = |slot: &Slot| Exhibit {
        destination: slot.destination,
        name: slot
            .destination
            .and_then(|at| destinations.get(at))
            .and_then(|destination| destination.name.clone()),
        address: Some(slot.address),
        country: slot.country,
        confidence: slot.confidence,
        flows: slot.flows,
        bytes_out: slot.bytes_out,
        frames: slot.frames.clone(),
        flow_numbers: slot.numbers.clone(),
        because: slot.because.clone(),
    };
    slots.into_iter().map(exhibit).collect()
}

fn hidden(tally: &Tally, context: &Context<'_>) -> HiddenShare {
    let folded = context.totals.folded_flows;
    let [maybe, maybe_bytes] = tally.maybe;
    let [could, could_bytes] = tally.could_contradict;
    HiddenShare {
        all_flows: context.whole.flows.saturating_add(folded),
        all_bytes_out: context.whole.bytes_out,
        maybe_flows: maybe.saturating_add(folded),
        maybe_bytes_out: maybe_bytes,
        could_contradict_flows: could.saturating_add(folded),
        could_contradict_bytes_out: could_bytes,
        encrypted_bytes_out: tally.encrypted_bytes,
        losses: context.losses.clone(),
    }
}

/// What is missing from the flows, in one sentence.
pub(super) fn losses_words(losses: &Losses, totals: &Totals, dropped: u64) -> Option<String> {
    let undecodable = losses
        .undecodable
        .values()
        .fold(0, |a: u64, b| a.saturating_add(*b));
    let results = &WORDS.claims.results;
    let parts = [
        (losses.filtered, results.filtered),
        (dropped, results.dropped),
        (undecodable, results.undecodable),
        (losses.cut_packets, results.cut),
        (losses.lost_records, results.lost),
        (losses.damage_count, results.damaged),
        (totals.folded_flows, results.folded),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, forms)| WORDS.many(count, forms))
        .collect();
    (!words.is_empty()).then(|| fill(results.missing, &[&WORDS.all(&words)]))
}

/// A claim with all that its sentences need.
pub(super) struct Case<'c> {
    pub(super) claim: &'c Claim,
    pub(super) tally: &'c Tally,
    pub(super) context: &'c Context<'c>,
    pub(super) verdict: ClaimVerdict,
    pub(super) captured: Truth,
}

impl Case<'_> {
    /// The verdict in one careful sentence.
    fn sentence(&self) -> String {
        let words = &WORDS.claims.results;
        match self.verdict {
            ClaimVerdict::Contradicted => self.contradicted(),
            ClaimVerdict::Supported => self.supported(),
            ClaimVerdict::Indeterminate => {
                let stored = |one: &Assertion| matches!(one, Assertion::StoredOnlyIn(_));
                let mut sentence = self.indeterminate();
                // Of storage nothing observed could have failed to fit: to say that nothing did
                // would mislead.
                sentence.push_str(match self.claim.assertions.iter().any(stored) {
                    true => words.storage_unseen,
                    false => words.none_against,
                });
                sentence
            }
            ClaimVerdict::NotExercised if asserts_none(self.claim) => words.not_captured.to_owned(),
            ClaimVerdict::NotExercised => words.not_tested.to_owned(),
        }
    }

    fn judged(&self) -> u64 {
        let tally = self.tally;
        let decided = tally.supporting.flows.saturating_add(tally.against.flows);
        let [subject, _] = tally.subject;
        subject.max(decided)
    }

    fn contradicted(&self) -> String {
        let all = self.judged();
        let mut parts: Vec<String> = Vec::new();
        let assertions = self.claim.assertions.iter().zip(self.tally.broken);
        for (kind, (assertion, broken)) in assertions.enumerate() {
            if broken > 0 {
                parts.push(self.how_broken(kind, assertion, [broken, all]));
            }
        }
        let parts = parts.join(WORDS.units.semicolon);
        fill(WORDS.claims.results.contradicted, &[&parts])
    }

    /// Countries of flows that do not fit the assertion of that number: a claim may name some and
    /// forbid others.
    fn breaking(&self, kind: usize) -> BTreeMap<Country, Confidence> {
        let all = self.tally.breaking.iter();
        let own = all.filter(|((of, _), _)| *of == kind);
        own.map(|((_, country), how)| (*country, *how)).collect()
    }

    /// `1 of 9 flows of the subject was observed to an address placed in China (CN, medium
    /// confidence)`.
    fn how_broken(&self, kind: usize, assertion: &Assertion, [flows, all]: [u64; 2]) -> String {
        let words = &WORDS.claims.results;
        let mut with = String::new();
        let forms = match assertion {
            Assertion::ServedOnlyIn(_) | Assertion::StoredOnlyIn(_) | Assertion::NeverTo(_) => {
                match places(&self.breaking(kind)) {
                    None => words.broken_excluded,
                    Some(places) => {
                        with = places;
                        words.broken_placed
                    }
                }
            }
            Assertion::OperatedBy(_) => words.broken_operator,
            Assertion::OwnedBy(_) | Assertion::OnlyOwnDomains(_) => words.broken_owner,
            Assertion::NoThirdParties(_) => words.broken_alias,
            Assertion::Encrypted(minimum) => {
                minimum.words().clone_into(&mut with);
                words.broken_encryption
            }
            Assertion::NoFlows => words.broken_silence,
            Assertion::LatencyReduced | Assertion::MigratedSince(..) => words.broken,
        };
        let part = WORDS.part(flows, all, WORDS.flows_of);
        fill(WORDS.form(flows, forms), &[&part, &with])
    }

    fn supported(&self) -> String {
        let words = &WORDS.claims.results;
        if asserts_none(self.claim) {
            let sentence = match self.claim.subject.selector.asks_time() {
                true => words.supported_none_then,
                false => words.supported_none,
            };
            return sentence.to_owned();
        }
        let flows = self.tally.supporting.flows;
        match places(&self.tally.fitting) {
            Some(places) if self.tally.rests_on.place => {
                let sentence = WORDS.form(flows, words.supported_placed);
                fill(sentence, &[&count(flows), &places])
            }
            _ => WORDS.many(flows, words.supported),
        }
    }

    fn indeterminate(&self) -> String {
        let words = &WORDS.claims.results;
        let folded = self.context.totals.folded_flows;
        let open = self.tally.open.flows.saturating_add(folded);
        if open > 0 {
            let all = self.context.whole.flows.saturating_add(folded);
            let part = WORDS.part(open, all, WORDS.outbound_flows);
            return fill(WORDS.form(open, words.left_open), &[&part]);
        }
        if asserts_none(self.claim) {
            return words.time_unknown.to_owned();
        }
        let flows = WORDS.many(self.tally.maybe_fit, WORDS.flows_of);
        fill(words.may_be_tested, &[&flows])
    }

    fn weakest(&self) -> Option<String> {
        let words = &WORDS.claims.results;
        let link = self.link()?;
        let (flow, frame) = (link.flow.to_string(), link.frame.to_string());
        Some(match link.part {
            Part::Place => {
                let sources = u64::try_from(link.place.opinions.len()).unwrap_or(0);
                let sources = WORDS.many(sources, words.sources);
                let sure = confidence(link.place.confidence);
                match &link.place.class {
                    Some(class) => {
                        let values = [&flow, &frame, sure, &sources, class.name];
                        fill(words.weakest_place_class, &values)
                    }
                    None => fill(words.weakest_place, &[&flow, &frame, sure, &sources]),
                }
            }
            Part::Name => {
                let sentence = match link.via {
                    Some(Via::QuicCid) => words.weakest_name_quic,
                    _ => words.weakest_name,
                };
                fill(sentence, &[&flow, &frame])
            }
            Part::Owner => {
                let owner = link.owner.owner.as_ref();
                let said_by = owner.map_or(words.a_catalogue, |owner| &owner.said_by);
                fill(words.weakest_owner, &[&flow, &frame, said_by])
            }
            Part::Operator => {
                let operator = link.place.operator.as_ref();
                let source = operator.map_or(words.a_catalogue, |operator| &operator.source);
                fill(words.weakest_operator, &[&flow, &frame, source])
            }
            Part::Wire => fill(words.weakest_wire, &[&flow, &frame]),
        })
    }

    /// The cause that leaves most flows open.
    pub(super) fn cause(&self) -> Option<Cause> {
        let causes = self.tally.causes.iter();
        let most = causes.max_by_key(|(cause, flows)| (**flows, std::cmp::Reverse(**cause)));
        let folded = (self.context.totals.folded_flows > 0).then_some(Cause::Folded);
        most.map(|(cause, _)| *cause).or(folded)
    }

    fn would_decide(&self) -> Option<String> {
        let words = match self.verdict {
            ClaimVerdict::Contradicted | ClaimVerdict::Supported => return None,
            ClaimVerdict::NotExercised => WORDS.claims.decides.exercise.to_owned(),
            ClaimVerdict::Indeterminate => {
                let cause = self.cause().unwrap_or(if self.captured == Truth::Maybe {
                    Cause::Phases
                } else {
                    Cause::Name
                });
                let mut words = vec![words::would_decide(cause).to_owned()];
                let two = self.tally.causes.contains_key(&Cause::TwoCaptures);
                if two && cause != Cause::TwoCaptures {
                    words.push(words::would_decide(Cause::TwoCaptures).to_owned());
                }
                words.join(WORDS.joins.and_also)
            }
        };
        Some(words)
    }
}

/// `China (CN, medium confidence) and Hong Kong (HK, high confidence)`; six, then how many more.
fn places(countries: &BTreeMap<Country, Confidence>) -> Option<String> {
    const SHOWN: usize = 6;
    let results = &WORDS.claims.results;
    let mut words: Vec<String> = countries
        .iter()
        .take(SHOWN)
        .map(|(country, how_sure)| {
            fill(
                results.placed_country,
                &[&named(*country), country.code(), confidence(*how_sure)],
            )
        })
        .collect();
    let more = countries.len().saturating_sub(SHOWN);
    if more > 0 {
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        words.push(WORDS.many(more, results.more_countries));
    }
    (!words.is_empty()).then(|| WORDS.all(&words))
}

/// `7 (to 3 destinations)`.
pub(super) fn count_places(side: &Side) -> String {
    let results = &WORDS.claims.results;
    if side.flows == 0 {
        return results.no_flows.to_owned();
    }
    let destinations = WORDS.many(side.destinations, WORDS.destinations_of);
    fill(results.flows_to, &[&count(side.flows), &destinations])
}
