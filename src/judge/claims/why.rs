//! Why a claim turned out as it did, step by step.
//!
//! In:   a claim with its sums.
//! Out:  steps, each with how it is known: declared, observed, looked up, calculated, inferred.

use super::Claims;
use super::assertion::Assertion;
use super::finish::{Case, count_places};
use super::tally::Link;
use crate::language::{WORDS, count, fill};
use crate::model::{ClaimVerdict, Known, Place, Step, Truth};

impl Case<'_> {
    pub(super) fn why(&self, file: &Claims) -> Vec<Step> {
        let words = &WORDS.claims.steps;
        let line = self.claim.line.to_string();
        let mut steps = Vec::new();
        let stands = fill(words.stands, &[&file.origin, &line, &file.sha256]);
        push(&mut steps, Known::Declared, stands);
        if let Some(scope) = &self.claim.scope {
            push(&mut steps, Known::Declared, fill(words.scope, &[scope]));
        }
        let lists = self.claim.assertions.iter();
        let lists = lists.filter_map(Assertion::countries);
        let mut groups: Vec<_> = lists.flat_map(|list| &list.list.groups).collect();
        groups.sort_by_key(|group| &group.name);
        groups.dedup_by_key(|group| &group.name);
        for group in groups {
            let values: [&str; 4] = [&group.name, &group.title, &group.as_of, &group.source];
            push(&mut steps, Known::Declared, fill(words.members, &values));
        }
        if self.claim.subject.asks_phases() {
            let phases = match &self.context.known.phases {
                Some(log) => fill(words.phases, &[&log.origin]),
                None => words.no_phases.to_owned(),
            };
            push(&mut steps, Known::Declared, phases);
        }
        self.observed(&mut steps);
        self.looked_up(&mut steps);
        let tally = self.tally;
        let sums = [&tally.supporting, &tally.against, &tally.open].map(count_places);
        let sums = fill(words.sums, &sums.each_ref().map(String::as_str));
        push(&mut steps, Known::Calculated, sums);
        push(&mut steps, Known::Inferred, self.conclusion());
        steps
    }

    fn observed(&self, steps: &mut Vec<Step>) {
        let words = &WORDS.claims.steps;
        let tally = self.tally;
        let ([subject, _], [maybe, _]) = (tally.subject, tally.maybe);
        let all = WORDS.many(self.context.whole.flows, WORDS.outbound_flows);
        let mut said = fill(
            WORDS.form(subject, words.subject),
            &[&count(subject), &all, &count(maybe)],
        );
        if self.claim.subject.leaves_upkeep_out() && self.context.whole.upkeep > 0 {
            said.push_str(&WORDS.many(self.context.whole.upkeep, words.upkeep));
        }
        if tally.silent > 0 {
            said.push_str(&WORDS.many(tally.silent, words.silent));
        }
        push(steps, Known::Observed, said);
        let [observed, inferred, _] = tally.names;
        if tally.rests_on.name && subject > 0 {
            let known = match inferred {
                0 => Known::Observed,
                _ => Known::Inferred,
            };
            let names = WORDS.form(observed, words.names);
            push(
                steps,
                known,
                fill(names, &[&count(observed), &count(inferred)]),
            );
        }
    }

    fn looked_up(&self, steps: &mut Vec<Step>) {
        let words = &WORDS.claims.steps;
        let link = self.link();
        let flow = link.map_or(0, |link| link.flow).to_string();
        if self.tally.rests_on.owner
            && let Some(owner) = link.and_then(|link| link.owner.owner.as_ref())
        {
            let company = super::assertion::owner_words(owner);
            let owned = fill(words.owner, &[&flow, &company, &owner.said_by]);
            push(steps, Known::LookedUp, owned);
        }
        if let Some(link) = link.filter(|_| self.tally.rests_on.place) {
            let said = self.said(&link.place);
            if !said.is_empty() {
                let said = said.join(WORDS.units.semicolon);
                let address = fill(words.address, &[&flow, &link.frame.to_string(), &said]);
                push(steps, Known::LookedUp, address);
            }
        }
        if self.tally.rests_on.place && self.context.known.data.is_empty() {
            push(steps, Known::LookedUp, words.no_place_data.to_owned());
        }
        if let Some(link) = link.filter(|_| self.tally.rests_on.operator)
            && let Some(operator) = &link.place.operator
        {
            let operated = fill(words.operator, &[&flow, &operator.name, &operator.source]);
            push(steps, Known::LookedUp, operated);
        }
    }

    /// The flow on which the verdict rests.
    pub(super) fn link(&self) -> Option<&Link> {
        let tally = self.tally;
        match self.verdict {
            ClaimVerdict::Contradicted => tally.surest_against.as_ref(),
            _ => tally.weakest_for.as_ref(),
        }
    }

    /// What each source said of a place: `dbip-country-lite (2026-06-01) says SG`.
    fn said(&self, place: &Place) -> Vec<String> {
        let data = &self.context.known.data;
        let words = place.opinions.iter().filter_map(|opinion| {
            let source = data.get(opinion.source)?;
            let date = source.date.as_deref().unwrap_or(WORDS.no_date);
            let ([says, ..], [has_none, ..]) =
                (WORDS.rules.source_says, WORDS.rules.source_has_none);
            Some(match &opinion.country {
                Some(country) => fill(says, &[&source.name, date, country.code()]),
                None => fill(has_none, &[&source.name, date]),
            })
        });
        words.collect()
    }

    fn conclusion(&self) -> String {
        let words = &WORDS.claims.steps;
        let conclusion = match self.verdict {
            ClaimVerdict::Contradicted => words.contradicted,
            ClaimVerdict::Supported => words.supported,
            ClaimVerdict::Indeterminate
                if self.captured == Truth::Maybe && self.cause().is_none() =>
            {
                words.time_unknown
            }
            ClaimVerdict::Indeterminate => words.indeterminate,
            ClaimVerdict::NotExercised => words.not_exercised,
        };
        conclusion.to_owned()
    }
}

fn push(steps: &mut Vec<Step>, known: Known, words: String) {
    steps.push(Step { known, words });
}
