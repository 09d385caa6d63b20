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
use super::words::{self, country_words, listed};
use super::{Claim, Claims};
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
    let parts = [
        (losses.filtered, "packet", "filtered out"),
        (dropped, "packet", "dropped before capture"),
        (undecodable, "packet", "not decodable"),
        (losses.cut_packets, "packet", "cut by the snaplen"),
        (losses.lost_records, "record", "lost in damage"),
        (losses.damage_count, "place", "damaged in the file"),
        (totals.folded_flows, "flow", "folded for want of room"),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, what, how)| format!("{} {how}", many(count, what)))
        .collect();
    (!words.is_empty()).then(|| format!("Missing from the flows: {}.", listed(&words)))
}

/// A claim with all that its sentences need.
pub(super) struct Case<'c> {
    pub(super) claim: &'c Claim,
    pub(super) tally: &'c Tally,
    pub(super) context: &'c Context<'c>,
    pub(super) verdict: ClaimVerdict,
    pub(super) captured: Truth,
}

/// The end of the sentence on a claim that stays open.
const NONE_AGAINST: &str = "None was observed that does not fit.";

impl Case<'_> {
    /// The verdict in one careful sentence.
    fn sentence(&self) -> String {
        let stored = self
            .claim
            .assertions
            .iter()
            .any(|one| matches!(one, Assertion::StoredOnlyIn(_)));
        let mut words = match self.verdict {
            ClaimVerdict::Contradicted => self.contradicted(),
            ClaimVerdict::Supported => self.supported(),
            ClaimVerdict::Indeterminate => self.indeterminate(),
            ClaimVerdict::NotExercised if asserts_none(self.claim) => {
                "The time of which the claim speaks is not in this capture: it was not put to the \
                 test."
                    .to_owned()
            }
            ClaimVerdict::NotExercised => {
                "No flow of the subject was observed in this capture: the claim was not put to the \
                 test."
                    .to_owned()
            }
        };
        if stored && self.verdict == ClaimVerdict::Indeterminate {
            // Nothing observed could have failed to fit: to say that nothing did would mislead.
            words = words.trim_end_matches(NONE_AGAINST).trim_end().to_owned();
            words.push_str(" Where anything is stored, no capture shows.");
        }
        words
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
                parts.push(format!(
                    "{} {}",
                    of_subject(broken, all),
                    self.how_broken(kind, assertion, broken)
                ));
            }
        }
        format!(
            "In this capture {}: that does not fit the claim as read.",
            parts.join("; ")
        )
    }

    /// Countries of flows that do not fit the assertion of that number: a claim may name some and
    /// forbid others.
    fn breaking(&self, kind: usize) -> BTreeMap<Country, Confidence> {
        let all = self.tally.breaking.iter();
        let own = all.filter(|((of, _), _)| *of == kind);
        own.map(|((_, country), how)| (*country, *how)).collect()
    }

    /// `was observed to an address placed in China (CN, medium confidence)`.
    fn how_broken(&self, kind: usize, assertion: &Assertion, flows: u64) -> String {
        let (was, an, addresses) = if flows == 1 {
            ("was", "an ", "address")
        } else {
            ("were", "", "addresses")
        };
        match assertion {
            Assertion::ServedOnlyIn(_) | Assertion::StoredOnlyIn(_) | Assertion::NeverTo(_) => {
                match places(&self.breaking(kind)) {
                    None => format!(
                        "{was} observed to {an}{addresses} that the round trip leaves in none of \
                         the countries of the claim"
                    ),
                    Some(places) => format!("{was} observed to {an}{addresses} placed in {places}"),
                }
            }
            Assertion::OperatedBy(_) => {
                format!("{was} observed to a network of another operator")
            }
            Assertion::OwnedBy(_) | Assertion::OnlyOwnDomains(_) => {
                format!("{was} observed under a name of another owner")
            }
            Assertion::NoThirdParties(_) => {
                format!("{was} observed under a name of another owner, or an alias of one")
            }
            Assertion::Encrypted(minimum) => format!(
                "{was} observed without encryption, or with less than {}",
                minimum.words()
            ),
            Assertion::NoFlows => format!("{was} observed, where the claim has none"),
            Assertion::LatencyReduced | Assertion::MigratedSince(..) => {
                format!("{was} observed")
            }
        }
    }

    fn supported(&self) -> String {
        if asserts_none(self.claim) {
            let timed = self.claim.subject.selector.asks_time();
            let during = if timed {
                ", in the time of which the claim speaks"
            } else {
                ""
            };
            return format!(
                "In this capture no flow of the subject was observed{during}: that fits the claim \
                 as read."
            );
        }
        let flows = self.tally.supporting.flows;
        let all = match flows {
            1 => "the one flow of the subject was observed".to_owned(),
            _ => format!("all {} flows of the subject were observed", grouped(flows)),
        };
        let how = match places(&self.tally.fitting) {
            Some(places) if self.tally.rests_on.place => {
                let addresses = if flows == 1 {
                    "an address"
                } else {
                    "addresses"
                };
                format!(" to {addresses} placed in {places}")
            }
            _ => " as the claim has it".to_owned(),
        };
        format!("In this capture {all}{how}: that fits the claim as read.")
    }

    fn indeterminate(&self) -> String {
        let open = self
            .tally
            .open
            .flows
            .saturating_add(self.context.totals.folded_flows);
        let none = NONE_AGAINST;
        if open > 0 {
            let all = self
                .context
                .whole
                .flows
                .saturating_add(self.context.totals.folded_flows);
            let leave = if open == 1 { "leaves" } else { "leave" };
            return format!(
                "In this capture {} of {} {leave} the claim open. {none}",
                grouped(open),
                many(all, "outbound flow")
            );
        }
        if asserts_none(self.claim) {
            return format!(
                "Whether the time of which the claim speaks is in this capture is not known. {none}"
            );
        }
        format!(
            "In this capture {} may be of the subject, and none is known to be: whether the claim \
             was put to the test is not known. {none}",
            many(self.tally.maybe_fit, "flow")
        )
    }

    fn weakest(&self) -> Option<String> {
        let link = self.link()?;
        let flow = format!("flow {}, first frame {}", link.flow, link.frame);
        let words = match link.part {
            Part::Place => {
                let confidence = link.place.confidence.as_str();
                let class = link.place.class.map_or_else(String::new, |class| {
                    format!(", by the class {}", class.name)
                });
                let sources = many(
                    u64::try_from(link.place.opinions.len()).unwrap_or(0),
                    "source",
                );
                format!(
                    "the place of the address ({flow}): {confidence} confidence{class}, {sources}"
                )
            }
            Part::Name => {
                let from = match link.via {
                    Some(Via::QuicCid) => "an earlier flow with the same connection ID",
                    _ => "an earlier DNS answer",
                };
                format!("the name ({flow}): it was inferred from {from}")
            }
            Part::Owner => {
                let said_by = link
                    .owner
                    .owner
                    .as_ref()
                    .map_or("a catalogue", |owner| &owner.said_by);
                format!("the owner of the name ({flow}): it was looked up in {said_by}")
            }
            Part::Operator => {
                let source = link
                    .place
                    .operator
                    .as_ref()
                    .map_or("a catalogue", |operator| &operator.source);
                format!("the operator of the network ({flow}): it was looked up in {source}")
            }
            Part::Wire => format!("none beyond the capture itself ({flow}): it was observed"),
        };
        Some(format!("The weakest link is {words}."))
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
            ClaimVerdict::NotExercised => {
                "a capture of a test that exercises the subject of the claim".to_owned()
            }
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
                words.join("; and ")
            }
        };
        Some(words)
    }
}

/// `China (CN, medium confidence) and Hong Kong (HK, high confidence)`; six, then how many more.
fn places(countries: &BTreeMap<Country, Confidence>) -> Option<String> {
    const SHOWN: usize = 6;
    let mut words: Vec<String> = countries
        .iter()
        .take(SHOWN)
        .map(|(country, confidence)| {
            let words = country_words(*country);
            let open = words.strip_suffix(')').unwrap_or(&words);
            format!("{open}, {} confidence)", confidence.as_str())
        })
        .collect();
    let more = countries.len().saturating_sub(SHOWN);
    if more > 0 {
        let what = if more == 1 { "country" } else { "countries" };
        words.push(format!("{more} more {what}"));
    }
    (!words.is_empty()).then(|| listed(&words))
}

/// `2 of 9 flows of the subject`.
fn of_subject(flows: u64, all: u64) -> String {
    format!("{} of {} of the subject", grouped(flows), many(all, "flow"))
}

/// `7 (to 3 destinations)`.
pub(super) fn count_places(side: &Side) -> String {
    match side.flows {
        0 => "none".to_owned(),
        flows => format!(
            "{} (to {})",
            grouped(flows),
            many(side.destinations, "destination")
        ),
    }
}

pub(super) fn many(count: u64, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {what}{s}", grouped(count))
}

/// `1,234,567`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len().saturating_sub(place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
