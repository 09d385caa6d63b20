//! Why a claim turned out as it did, step by step.
//!
//! In:   a claim with its sums.
//! Out:  steps, each with how it is known: declared, observed, looked up, calculated, inferred.

use super::Claims;
use super::assertion::Assertion;
use super::finish::{Case, count_places, grouped, many};
use super::tally::Link;
use crate::model::{ClaimVerdict, Known, Place, Step, Truth};

impl Case<'_> {
    pub(super) fn why(&self, file: &Claims) -> Vec<Step> {
        let mut steps = vec![Step {
            known: Known::Declared,
            words: format!(
                "The claim, and how it is read, stand in {}, line {} (SHA-256 {}).",
                file.origin, self.claim.line, file.sha256
            ),
        }];
        if let Some(scope) = &self.claim.scope {
            push(
                &mut steps,
                Known::Declared,
                format!("On its scope the file says: {scope}"),
            );
        }
        let lists = self.claim.assertions.iter();
        let lists = lists.filter_map(Assertion::countries);
        let mut groups: Vec<_> = lists.flat_map(|list| &list.list.groups).collect();
        groups.sort_by_key(|group| &group.name);
        groups.dedup_by_key(|group| &group.name);
        for group in groups {
            let words = format!(
                "Members of {}: {}, as of {} ({}), each asked for at the flow's own time.",
                group.name, group.title, group.as_of, group.source
            );
            push(&mut steps, Known::Declared, words);
        }
        if self.claim.subject.asks_phases() {
            let words = match &self.context.known.phases {
                Some(log) => format!("The phases of the test are those of {}.", log.origin),
                None => "The claim speaks of phases, and no log of phases was given.".to_owned(),
            };
            push(&mut steps, Known::Declared, words);
        }
        self.observed(&mut steps);
        self.looked_up(&mut steps);
        let [supporting, against] = [&self.tally.supporting, &self.tally.against];
        push(
            &mut steps,
            Known::Calculated,
            format!(
                "Flows of the subject that fit: {}; that do not: {}. Flows that leave it open: {}.",
                count_places(supporting),
                count_places(against),
                count_places(&self.tally.open)
            ),
        );
        push(&mut steps, Known::Inferred, self.conclusion());
        steps
    }

    fn observed(&self, steps: &mut Vec<Step>) {
        let tally = self.tally;
        let ([subject, _], [maybe, _]) = (tally.subject, tally.maybe);
        let mut words = format!(
            "{} of {} {} of the subject; of {} more that is not known.",
            grouped(subject),
            many(self.context.whole.flows, "outbound flow"),
            if subject == 1 { "is" } else { "are" },
            grouped(maybe)
        );
        if self.claim.subject.leaves_upkeep_out() && self.context.whole.upkeep > 0 {
            words.push_str(&format!(
                " {} of name resolution and upkeep of the network stand outside.",
                many(self.context.whole.upkeep, "flow")
            ));
        }
        if tally.silent > 0 {
            words.push_str(&format!(
                " {} had no content to judge.",
                many(tally.silent, "flow")
            ));
        }
        push(steps, Known::Observed, words);
        let [observed, inferred, _] = tally.names;
        if tally.rests_on.name && subject > 0 {
            push(
                steps,
                if inferred > 0 {
                    Known::Inferred
                } else {
                    Known::Observed
                },
                format!(
                    "Of the flows of the subject {} said {} name, and of {} it was inferred from \
                     earlier answers.",
                    grouped(observed),
                    if observed == 1 { "its" } else { "their" },
                    grouped(inferred)
                ),
            );
        }
    }

    fn looked_up(&self, steps: &mut Vec<Step>) {
        let link = self.link();
        if self.tally.rests_on.owner
            && let Some(owner) = link.and_then(|link| link.owner.owner.as_ref())
        {
            let words = format!(
                "The name of flow {} is owned by {}, according to {}.",
                link.map_or(0, |link| link.flow),
                super::assertion::owner_words(owner),
                owner.said_by
            );
            push(steps, Known::LookedUp, words);
        }
        if let Some(link) = link.filter(|_| self.tally.rests_on.place) {
            let said = self.said(&link.place);
            if !said.is_empty() {
                let words = format!(
                    "Of the address of flow {} (first frame {}): {}.",
                    link.flow,
                    link.frame,
                    said.join("; ")
                );
                push(steps, Known::LookedUp, words);
            }
        }
        if self.tally.rests_on.place && self.context.known.data.is_empty() {
            let words = "No place data was loaded: no address has a country.".to_owned();
            push(steps, Known::LookedUp, words);
        }
        if let Some(link) = link.filter(|_| self.tally.rests_on.operator)
            && let Some(operator) = &link.place.operator
        {
            let words = format!(
                "The network of flow {} is operated by {}, according to {}.",
                link.flow, operator.name, operator.source
            );
            push(steps, Known::LookedUp, words);
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
            let date = source.date.as_deref().unwrap_or("no date");
            let says = match &opinion.country {
                Some(country) => format!("says {country}"),
                None => "has no country".to_owned(),
            };
            Some(format!("{} ({date}) {says}", source.name))
        });
        words.collect()
    }

    fn conclusion(&self) -> String {
        match self.verdict {
            ClaimVerdict::Contradicted => {
                "The claim is of every flow of the subject: one that does not fit is enough."
                    .to_owned()
            }
            ClaimVerdict::Supported => {
                "All that was observed of the subject fits, and of the rest nothing could be a \
                 counter-example but what was not captured."
                    .to_owned()
            }
            ClaimVerdict::Indeterminate
                if self.captured == Truth::Maybe && self.cause().is_none() =>
            {
                "The time of which the claim speaks cannot be told.".to_owned()
            }
            ClaimVerdict::Indeterminate => {
                "What is not known could be a counter-example: it is not taken for a fit."
                    .to_owned()
            }
            ClaimVerdict::NotExercised => {
                "Nothing in this capture bears on the claim, either way.".to_owned()
            }
        }
    }
}

fn push(steps: &mut Vec<Step>, known: Known, words: String) {
    steps.push(Step { known, words });
}
