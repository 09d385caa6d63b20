//! Every text of a report that is not the capture's, the user's or a data source's.
//!
//! In:   numbers and words of others.
//! Out:  templates of one language, and sentences made of them.
//!
//! To add a language: a file like `english.rs` with a [`Words`] of its own. Values stand in
//! templates as `{0}`, `{1}`, in any order; a template is plain text and is escaped when it is
//! written. What depends on a number is a list of forms, of which [`Words::form`] takes one.

mod claiming;
mod english;
mod fill;
mod grounds;
mod judging;
mod reporting;
mod terminal;

pub(crate) use claiming::{
    BlindWords, CaveatWords, ClaimSteps, ClaimWords, ComparedClaimWords, ComparedWords, FactWords,
    NameChangeWords, ProtectedWords, ReadingWords, ResultWords, SettlingWords,
};
pub(crate) use fill::fill;
use grounds::{
    AgeWords, AnycastWords, CatalogueWords, ClassWords, DeviceWords, ListWords, NowhereWords,
    WarningWords,
};
pub(crate) use judging::{
    CauseWords, ExpectedWords, ExplainedWords, JoinWords, RuleWords, RulingWords, SuppressionWords,
};
pub(crate) use reporting::AxisWords;
use reporting::{
    AboutWords, AnswerWords, ChangeWords, CommentWords, GradeWords, InputWords, JudgedWords,
    UnitWords, WhoWords,
};
use terminal::{
    ClaimsWords, ColumnWords, DataWords, DestinationsWords, ExaminedWords, ExplainWords,
    FindingsWords, InfoWords, LossesWords, NearbyWords, PhasesWords, PlaceWords, PolicyWords,
    ResolverWords, TerminalWords,
};

/// The language that reports are written in.
pub(crate) const WORDS: &Words = &english::ENGLISH;

/// A text in the forms that numbers ask for: in English for one, and for any other number.
pub(crate) type Forms = &'static [&'static str];

/// The texts of one language.
pub(crate) struct Words {
    /// For `lang`.
    pub(crate) code: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) report: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) findings: &'static str,
    pub(crate) pictures: &'static str,
    pub(crate) destinations: &'static str,
    pub(crate) names: &'static str,
    pub(crate) flows: &'static str,
    pub(crate) method: &'static str,
    pub(crate) verdicts: &'static str,
    pub(crate) scope: &'static str,
    pub(crate) violated: &'static str,
    pub(crate) indeterminate: &'static str,
    pub(crate) met: &'static str,
    pub(crate) contradicted: &'static str,
    pub(crate) supported: &'static str,
    pub(crate) not_exercised: &'static str,
    pub(crate) not_judged: &'static str,
    pub(crate) confidence: &'static str,
    pub(crate) high: &'static str,
    pub(crate) medium: &'static str,
    pub(crate) low: &'static str,
    pub(crate) not_rated: &'static str,
    /// Of what could be examined.
    pub(crate) examined: &'static str,
    /// {0} of {1} packets, {2}; {3}, {4}.
    pub(crate) examined_words: &'static str,
    pub(crate) readable: &'static str,
    pub(crate) named: &'static str,
    pub(crate) unnamed: &'static str,
    pub(crate) local: &'static str,
    pub(crate) phases: &'static str,
    pub(crate) no_phases: &'static str,
    pub(crate) voices: [&'static str; 4],
    pub(crate) read_as: &'static str,
    pub(crate) reasoning: &'static str,
    pub(crate) for_it: &'static str,
    pub(crate) against_it: &'static str,
    pub(crate) open: &'static str,
    pub(crate) does_not_show: &'static str,
    pub(crate) would_settle: &'static str,
    pub(crate) weakest: &'static str,
    pub(crate) hidden: &'static str,
    pub(crate) evidence: &'static str,
    pub(crate) wireshark: &'static str,
    pub(crate) wireshark_how: &'static str,
    pub(crate) no_filter: &'static str,
    pub(crate) reply: &'static str,
    pub(crate) no_reply: &'static str,
    pub(crate) reply_how: &'static str,
    pub(crate) none_observed: &'static str,
    pub(crate) finding: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) more_in_json: &'static str,
    pub(crate) met_rows: &'static str,
    pub(crate) no_question: &'static str,
    pub(crate) limits_of_a_place: &'static [&'static str],
    pub(crate) find: &'static str,
    pub(crate) anywhere: &'static str,
    pub(crate) place: &'static str,
    pub(crate) control: &'static str,
    pub(crate) protection: &'static str,
    pub(crate) cleartext_only: &'static str,
    pub(crate) shown: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) page_of: &'static str,
    pub(crate) cleartext: &'static str,
    pub(crate) unidentified: &'static str,
    pub(crate) no_name: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) rows_cut: &'static str,
    pub(crate) method_parts: &'static [(&'static str, &'static [&'static str])],
    pub(crate) marks: &'static str,
    pub(crate) mark_words: &'static [(&'static str, &'static str)],
    pub(crate) data: &'static str,
    pub(crate) inputs: &'static str,
    pub(crate) losses: &'static str,
    pub(crate) disagree: &'static str,
    pub(crate) again: &'static str,
    pub(crate) again_words: &'static str,
    pub(crate) footer: &'static [&'static str],
    /// Which form goes with a number.
    pub(crate) form_of: fn(u64) -> usize,
    pub(crate) packets: Forms,
    pub(crate) destinations_of: Forms,
    pub(crate) countries_of: Forms,
    pub(crate) networks_of: Forms,
    pub(crate) flows_of: Forms,
    pub(crate) outbound_flows: Forms,
    pub(crate) places: Forms,
    pub(crate) records: Forms,
    pub(crate) claims_of: Forms,
    pub(crate) rules_of: Forms,
    pub(crate) findings_of: Forms,
    pub(crate) names_of: Forms,
    pub(crate) phases_of: Forms,
    /// {0} of {1}, the latter with its noun.
    pub(crate) part: &'static str,
    pub(crate) made_with: &'static str,
    /// Heads of tables.
    pub(crate) out: &'static str,
    pub(crate) into: &'static str,
    pub(crate) destination: &'static str,
    pub(crate) verdict: &'static str,
    pub(crate) name: &'static str,
    pub(crate) domain: &'static str,
    pub(crate) known_by: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) flow: &'static str,
    pub(crate) to: &'static str,
    pub(crate) country: &'static str,
    pub(crate) first_packet: &'static str,
    pub(crate) frame: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) why: &'static str,
    pub(crate) input_heads: [&'static str; 3],
    pub(crate) data_heads: [&'static str; 3],
    /// Cells.
    pub(crate) frame_number: &'static str,
    pub(crate) named_by: &'static str,
    /// How surely a name is known, and by what.
    pub(crate) name_known: &'static str,
    pub(crate) on_network: &'static str,
    pub(crate) offered: &'static str,
    pub(crate) not_recognised: &'static str,
    pub(crate) rule_flows: &'static str,
    pub(crate) policy_about: &'static str,
    pub(crate) policy_as_of: &'static str,
    pub(crate) policy_notice: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) test_log: &'static str,
    pub(crate) not_hashed: &'static str,
    pub(crate) no_date: &'static str,
    pub(crate) source_gives: &'static str,
    /// What a source of places or owners gives: country, system, ranges, anycast, registration,
    /// owners; or that it is a database.
    pub(crate) gives: [&'static str; 7],
    /// Cards.
    pub(crate) by_rule: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) suppressed: &'static str,
    pub(crate) said: &'static str,
    pub(crate) exhibit: &'static str,
    pub(crate) more_exhibits: Forms,
    pub(crate) hidden_flows: &'static str,
    pub(crate) hidden_encrypted: &'static str,
    pub(crate) first_frames: &'static str,
    pub(crate) more_addresses: &'static str,
    pub(crate) filter_label: &'static str,
    pub(crate) more_filtered: Forms,
    pub(crate) declared: &'static str,
    pub(crate) observed: &'static str,
    pub(crate) looked_up: &'static str,
    pub(crate) calculated: &'static str,
    pub(crate) inferred: &'static str,
    pub(crate) steps: Steps,
    /// Summary.
    pub(crate) fits_speaker: &'static str,
    pub(crate) fits_claims: &'static str,
    pub(crate) claims_answer: &'static str,
    /// Contradicted, indeterminate, not exercised, supported.
    pub(crate) claims_counted: [&'static str; 4],
    pub(crate) time: &'static str,
    pub(crate) length: &'static str,
    pub(crate) length_is: &'static str,
    pub(crate) seen: &'static str,
    pub(crate) seen_is: &'static str,
    pub(crate) outbound: &'static str,
    pub(crate) out_and_in: &'static str,
    pub(crate) capture_hash: &'static str,
    pub(crate) device: &'static str,
    pub(crate) unrecognised: &'static str,
    pub(crate) phase_sums: &'static str,
    pub(crate) more_phases: Forms,
    /// Losses.
    pub(crate) in_flows: &'static str,
    pub(crate) loss_kinds: [&'static str; 3],
    pub(crate) no_loss: &'static str,
    pub(crate) loss: &'static str,
    pub(crate) filtered: &'static str,
    pub(crate) drops_unknown: &'static str,
    pub(crate) drops: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) damaged: &'static str,
    pub(crate) damage_at: &'static str,
    pub(crate) folded: &'static str,
    pub(crate) loss_count: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) more_listed: &'static str,
    /// Words that stand in JSON as they are, each with what people read: names of losses, layers
    /// and what was wrong with them, functions of names. What is not here stands as in JSON.
    pub(crate) terms: &'static [(&'static str, &'static str)],
    pub(crate) units: UnitWords,
    pub(crate) grades: GradeWords,
    pub(crate) place_axis: AxisWords,
    pub(crate) operator_axis: AxisWords,
    pub(crate) owner_axis: AxisWords,
    pub(crate) answers: AnswerWords,
    pub(crate) input: InputWords,
    pub(crate) about: AboutWords,
    pub(crate) terminal: TerminalWords,
    pub(crate) examined_part: ExaminedWords,
    pub(crate) policy_part: PolicyWords,
    pub(crate) claims_part: ClaimsWords,
    pub(crate) findings_part: FindingsWords,
    pub(crate) losses_part: LossesWords,
    pub(crate) destinations_part: DestinationsWords,
    pub(crate) columns: ColumnWords,
    pub(crate) nearby_part: NearbyWords,
    pub(crate) resolvers_part: ResolverWords,
    pub(crate) phases_part: PhasesWords,
    pub(crate) who: WhoWords,
    pub(crate) data_part: DataWords,
    pub(crate) judged: JudgedWords,
    pub(crate) place_part: PlaceWords,
    pub(crate) info_part: InfoWords,
    pub(crate) explain_part: ExplainWords,
    pub(crate) changes: ChangeWords,
    pub(crate) comment: CommentWords,
    pub(crate) place_classes: ClassWords,
    pub(crate) nowhere: NowhereWords,
    pub(crate) anycast: AnycastWords,
    pub(crate) age: AgeWords,
    pub(crate) devices: DeviceWords,
    pub(crate) warnings: WarningWords,
    pub(crate) catalogue: CatalogueWords,
    pub(crate) lists: ListWords,
    pub(crate) all_pictures: PictureWords,
    pub(crate) map: MapWords,
    pub(crate) timeline: TimelineWords,
    pub(crate) flow_diagram: FlowWords,
    pub(crate) round_trips: TripWords,
    pub(crate) diff_page: DiffPageWords,
    /// The judge.
    pub(crate) joins: JoinWords,
    pub(crate) rules: RuleWords,
    pub(crate) rulings: RulingWords,
    pub(crate) suppressions: SuppressionWords,
    pub(crate) claims: ClaimWords,
    pub(crate) compared: ComparedWords,
}

/// The page of a comparison.
pub(crate) struct DiffPageWords {
    pub(crate) kind: &'static str,
    pub(crate) question: &'static str,
    pub(crate) claims: &'static str,
    pub(crate) claims_lede: &'static str,
    pub(crate) groups: &'static str,
    pub(crate) compared: &'static str,
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    pub(crate) vantage: &'static str,
    /// {0} rows of {1}.
    pub(crate) rows_cut: &'static str,
    pub(crate) status: &'static str,
    pub(crate) any_status: &'static str,
    /// Moved, changed, appeared, vanished, not comparable, unchanged.
    pub(crate) statuses: [&'static str; 6],
    /// Critical, high, medium, low, note.
    pub(crate) severities: [&'static str; 5],
    pub(crate) round_trip: &'static str,
    pub(crate) not_observed: &'static str,
    /// {0} flows, {1} bytes out, {2} bytes in, {3} frames.
    pub(crate) extent: &'static str,
    /// Owners, countries, operators, protocols, encryption.
    pub(crate) axes: [&'static str; 5],
    pub(crate) more_groups: Forms,
    pub(crate) flows_before: &'static str,
    pub(crate) flows_after: &'static str,
    pub(crate) out_before: &'static str,
    pub(crate) out_after: &'static str,
    pub(crate) none: &'static str,
    pub(crate) caveats: &'static str,
    pub(crate) left_out: &'static str,
    pub(crate) normalised: &'static str,
    pub(crate) limits_head: &'static str,
    pub(crate) limits: &'static [&'static str],
    /// {0} before or after, {1} the path, {2} the version that read it.
    pub(crate) captures: &'static str,
    pub(crate) saved_report: &'static str,
    pub(crate) packets: &'static str,
    pub(crate) sha256: &'static str,
    pub(crate) more_inputs: Forms,
    /// {0} before or after.
    pub(crate) data: &'static str,
    pub(crate) data_heads: [&'static str; 3],
    pub(crate) declared: &'static str,
}

/// What several pictures say.
pub(crate) struct PictureWords {
    /// The verdicts of a part: does not fit, undecided, fits, not judged; as in the columns.
    pub(crate) fits: [&'static str; 4],
    /// Where more than countries of servers was judged.
    pub(crate) note_gravest: &'static str,
    pub(crate) legend_fits: &'static str,
    pub(crate) legend_out: &'static str,
    pub(crate) legend_open: &'static str,
    pub(crate) legend_unsure: &'static str,
    pub(crate) not_drawn: &'static str,
    pub(crate) nothing_outbound: &'static str,
    pub(crate) destination: &'static str,
    pub(crate) verdict: &'static str,
    pub(crate) destinations: &'static str,
    pub(crate) flows: &'static str,
    pub(crate) bytes_out: &'static str,
    pub(crate) country: &'static str,
    /// A country whose name has an article, in a sentence.
    pub(crate) with_article: &'static str,
    /// Two, and two and the number of the rest.
    pub(crate) both: [&'static str; 2],
    pub(crate) either: [&'static str; 2],
    pub(crate) comma: &'static str,
    pub(crate) nameless: &'static str,
    pub(crate) customer_of: &'static str,
    pub(crate) owner_unknown: &'static str,
    pub(crate) no_name: &'static str,
    /// {0} destinations, {1} bytes.
    pub(crate) beside: &'static str,
    pub(crate) also: &'static str,
    pub(crate) question: &'static str,
}

/// The map.
pub(crate) struct MapWords {
    pub(crate) spoken: &'static str,
    pub(crate) spoken_part: &'static str,
    pub(crate) certainty_spoken: [&'static str; 5],
    pub(crate) certainty: [&'static str; 5],
    pub(crate) title_out: Forms,
    pub(crate) title_out_nowhere: &'static str,
    pub(crate) title_unsure: Forms,
    pub(crate) title_fits: &'static str,
    pub(crate) title_none: &'static str,
    pub(crate) title_one: &'static str,
    pub(crate) title_many: &'static str,
    pub(crate) subtitle: &'static str,
    pub(crate) subtitle_discs: &'static str,
    pub(crate) note_outlines: &'static str,
    pub(crate) note_point: &'static str,
    pub(crate) note_phone: &'static str,
    pub(crate) legend_open: &'static str,
    pub(crate) legend_either: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) place: &'static str,
    pub(crate) confidence: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) less_sure: &'static str,
    pub(crate) near: &'static str,
    pub(crate) off_the_map: &'static str,
    pub(crate) anycast: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) unlabelled: &'static str,
}

/// The timeline.
pub(crate) struct TimelineWords {
    pub(crate) spoken: &'static str,
    pub(crate) spoken_row: &'static str,
    /// Above the rows: does not fit, undecided, without a name, fits, names.
    pub(crate) heads: [&'static str; 5],
    /// Rows of what found no room: does not fit, undecided, without a name, others.
    pub(crate) more: [&'static str; 4],
    pub(crate) title_out: &'static str,
    pub(crate) title_fits: &'static str,
    pub(crate) title_open: &'static str,
    pub(crate) title_unsure: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) subtitle: &'static str,
    pub(crate) subtitle_phases: &'static str,
    pub(crate) note_bars: &'static str,
    pub(crate) note_phases: &'static str,
    pub(crate) legend_out: &'static str,
    pub(crate) legend_unsure: &'static str,
    pub(crate) legend_plain: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    /// Seconds with a decimal, minutes and seconds, hours and minutes.
    pub(crate) elapsed: [&'static str; 3],
    /// Seconds, minutes, hours, days on the axis.
    pub(crate) units: [&'static str; 4],
}

/// The flow diagram.
pub(crate) struct FlowWords {
    pub(crate) spoken: &'static str,
    pub(crate) spoken_band: &'static str,
    pub(crate) app: &'static str,
    pub(crate) name: &'static str,
    pub(crate) controls: &'static str,
    pub(crate) place: &'static str,
    pub(crate) controller: &'static str,
    pub(crate) subtitle_apps: &'static str,
    pub(crate) subtitle_names: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) note: &'static str,
    pub(crate) app_unknown: &'static str,
    pub(crate) user_id: &'static str,
    pub(crate) process: &'static str,
    /// Stands for a country that is not known.
    pub(crate) nowhere: &'static str,
    /// Rows of what found no room, by verdict.
    pub(crate) more: [&'static str; 4],
    pub(crate) title_out: &'static str,
    pub(crate) title: &'static str,
    pub(crate) controllers: Forms,
    pub(crate) no_controller: &'static str,
    pub(crate) caption_apps: &'static str,
    pub(crate) caption_names: &'static str,
    pub(crate) legend_out: &'static str,
}

/// Round trips.
pub(crate) struct TripWords {
    pub(crate) spoken: &'static str,
    pub(crate) spoken_part: &'static str,
    pub(crate) spoken_span: &'static str,
    pub(crate) spoken_ruled: &'static str,
    pub(crate) title_listed: &'static str,
    pub(crate) title_none: &'static str,
    pub(crate) title_ruled: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) no_vantage: &'static str,
    pub(crate) subtitle: &'static str,
    pub(crate) milliseconds: &'static str,
    pub(crate) near: &'static str,
    pub(crate) rules_out: &'static str,
    pub(crate) legend_out: &'static str,
    pub(crate) legend_dashed: &'static str,
    pub(crate) legend_ruled: &'static str,
    pub(crate) note_late: &'static str,
    pub(crate) note_cut: &'static str,
    pub(crate) ruled_at: &'static str,
    pub(crate) not_used: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) round_trip: &'static str,
    pub(crate) round_trip_ns: &'static str,
    pub(crate) reach: &'static str,
    pub(crate) ruled: &'static str,
    pub(crate) axis: &'static str,
    pub(crate) distance: &'static str,
    pub(crate) light: &'static str,
    pub(crate) light_short: &'static str,
}

impl Words {
    /// The form of a text that goes with a number.
    pub(crate) fn form(&self, number: u64, forms: Forms) -> &'static str {
        let found = forms.get((self.form_of)(number)).or_else(|| forms.last());
        found.copied().unwrap_or_default()
    }

    /// A number and its noun.
    pub(crate) fn many(&self, number: u64, noun: Forms) -> String {
        fill(self.form(number, noun), &[&count(number)])
    }

    /// `3 of 7 flows`.
    pub(crate) fn part(&self, part: u64, all: u64, noun: Forms) -> String {
        fill(self.part, &[&count(part), &self.many(all, noun)])
    }

    /// All of a list: `a, b and c`.
    pub(crate) fn all(&self, parts: &[String]) -> String {
        match parts.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, first)) => {
                let first = first.join(self.units.comma);
                fill(self.units.and, &[&first, last])
            }
            None => String::new(),
        }
    }
}

/// Steps of the reasoning behind a finding, and what speaks for it and against it.
pub(crate) struct Steps {
    pub(crate) source: &'static str,
    pub(crate) source_detail: &'static str,
    pub(crate) a_source: &'static str,
    pub(crate) said_nowhere: &'static str,
    pub(crate) operators_word: &'static str,
    pub(crate) holders_word: &'static str,
    pub(crate) extent: &'static str,
    pub(crate) no_name: &'static str,
    pub(crate) name_observed: &'static str,
    pub(crate) name_inferred: &'static str,
    pub(crate) alias: &'static str,
    pub(crate) more_sources: Forms,
    pub(crate) anycast: &'static str,
    pub(crate) place: &'static str,
    pub(crate) place_class: &'static str,
    pub(crate) no_place: &'static str,
    pub(crate) lowered: &'static str,
    pub(crate) network: &'static str,
    pub(crate) network_number: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) customer: &'static str,
    pub(crate) no_source: &'static str,
    pub(crate) seat: &'static str,
    pub(crate) group_seat: &'static str,
    pub(crate) no_country: &'static str,
    pub(crate) round_trip: &'static str,
    pub(crate) round_trip_off: &'static str,
    pub(crate) ruled_out: &'static str,
    pub(crate) listed_below: &'static str,
    pub(crate) name_concluded: &'static str,
    pub(crate) less_sure: &'static str,
    pub(crate) registered: &'static str,
    pub(crate) country_ruled_out: &'static str,
}

/// `12,345`: digits in groups of three.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len().saturating_add(8));
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(place);
        if place > 0 && left % 3 == 0 {
            out.push_str(WORDS.units.thousands);
        }
        out.push(digit);
    }
    out
}
