//! Numbers, grades, questions and answers, and the forms of a report that are not a page or a
//! terminal's.
//!
//! `{0}`, `{1}` and so on are named where the text itself does not tell them.

use super::Forms;

/// Numbers and lists.
pub(crate) struct UnitWords {
    /// Between groups of three digits.
    pub(crate) thousands: &'static str,
    /// Bytes below 1,024.
    pub(crate) bytes: &'static str,
    /// From KiB to EiB: whole, one decimal.
    pub(crate) sizes: [&'static str; 6],
    pub(crate) percent: &'static str,
    /// Whole, one decimal.
    pub(crate) percent_tenths: &'static str,
    pub(crate) milliseconds: &'static str,
    /// Whole, one decimal.
    pub(crate) milliseconds_tenths: &'static str,
    /// Whole, one decimal.
    pub(crate) seconds: &'static str,
    /// Minutes, hours, days; each alone, and with what is left in the next smaller unit.
    pub(crate) minutes: [&'static str; 2],
    pub(crate) hours: [&'static str; 2],
    pub(crate) days: [&'static str; 2],
    /// From, to.
    pub(crate) span: &'static str,
    /// Units that stay on the line of their number.
    pub(crate) unbroken: &'static [&'static str],
    /// Behind all but the last two of a list.
    pub(crate) comma: &'static str,
    /// What comes before, the last.
    pub(crate) and: &'static str,
    pub(crate) semicolon: &'static str,
    /// Two sentences, one behind the other.
    pub(crate) sentences: &'static str,
    /// How many are left out.
    pub(crate) more: &'static str,
    /// A country and its code; also a company and its country.
    pub(crate) coded: &'static str,
    /// What is spoken of; what is said of it.
    pub(crate) labelled: &'static str,
}

/// Words for marks and grades, as they stand in a sentence or a cell.
pub(crate) struct GradeWords {
    pub(crate) violated: &'static str,
    pub(crate) indeterminate: &'static str,
    pub(crate) met: &'static str,
    /// Of claims.
    pub(crate) contradicted: &'static str,
    pub(crate) open: &'static str,
    pub(crate) untested: &'static str,
    pub(crate) supported: &'static str,
    /// Confidence: high, medium, low, none.
    pub(crate) sure: [&'static str; 4],
    /// Severity: note to critical.
    pub(crate) severity: [&'static str; 5],
    /// Scope: outbound, local, multicast, loopback.
    pub(crate) scope: [&'static str; 4],
    /// How a name is known: observed, inferred, not at all.
    pub(crate) named: [&'static str; 3],
}

/// What is asked on one axis of expectation: places, operators or owners.
pub(crate) struct AxisWords {
    /// In the list of what was examined.
    pub(crate) label: &'static str,
    /// What is expected, as the user wrote it.
    pub(crate) question: &'static str,
    /// All destinations.
    pub(crate) yes: Forms,
    /// Countries; part of the destinations.
    pub(crate) no: &'static str,
    /// Part of the destinations.
    pub(crate) open: &'static str,
    pub(crate) none_elsewhere: &'static str,
    /// Part of the destinations.
    pub(crate) met: &'static str,
    /// Of the rule, where rules are listed.
    pub(crate) about: &'static str,
}

/// Answers.
pub(crate) struct AnswerWords {
    pub(crate) nothing_outbound: &'static str,
    /// What is open; that nothing else was seen.
    pub(crate) not_decided: &'static str,
    /// Destinations; countries.
    pub(crate) to: &'static str,
    pub(crate) to_countries: &'static str,
    pub(crate) unplaced: &'static str,
    pub(crate) not_judged: &'static str,
    pub(crate) more_countries: Forms,
    pub(crate) no_country: &'static str,
    /// Title of the policy.
    pub(crate) fits_policy: &'static str,
    pub(crate) policy_untested: &'static str,
    /// By the number of rules, {0}; {1}: how they turned out.
    pub(crate) policy_yes: Forms,
    pub(crate) policy_open: Forms,
    /// By the number that is violated. {0}: part of the rules; {1}: how the others turned out.
    pub(crate) policy_no: Forms,
    pub(crate) policy_no_others: Forms,
    /// How rules turned out: left open, met, not exercised.
    pub(crate) rules_open: Forms,
    pub(crate) rules_met: Forms,
    pub(crate) rules_untested: Forms,
}

/// A capture in one line.
pub(crate) struct InputWords {
    /// Path; facts.
    pub(crate) input: &'static str,
    pub(crate) link_type: &'static str,
}

/// Labels of what the user says of a test, in the order of [`crate::model::About`].
pub(crate) struct AboutWords {
    pub(crate) device: &'static str,
    pub(crate) firmware: &'static str,
    pub(crate) apps: &'static str,
    pub(crate) sim: &'static str,
    pub(crate) place: &'static str,
    pub(crate) dates: &'static str,
    pub(crate) network: &'static str,
    pub(crate) captured_by: &'static str,
    pub(crate) method: &'static str,
    pub(crate) contact: &'static str,
    pub(crate) case: &'static str,
    pub(crate) note: &'static str,
}

/// Who operates a network and owns a name, in one line.
pub(crate) struct WhoWords {
    pub(crate) between: &'static str,
    pub(crate) registered: &'static str,
    pub(crate) operated: &'static str,
    pub(crate) owned: &'static str,
    pub(crate) customer: &'static str,
    pub(crate) alias: &'static str,
    /// Company, group, country.
    pub(crate) company_of: &'static str,
}

/// What was judged, in lists for automation.
pub(crate) struct JudgedWords {
    pub(crate) policy: &'static str,
    pub(crate) rule_of_policy: &'static str,
    pub(crate) met: &'static str,
    pub(crate) not_exercised: &'static str,
    pub(crate) damaged_at: &'static str,
    pub(crate) not_decoded: &'static str,
    pub(crate) not_ip: &'static str,
    pub(crate) filtered: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) lost_records: &'static str,
    pub(crate) damage: &'static str,
    pub(crate) damaged: &'static str,
    pub(crate) packets: &'static str,
    pub(crate) at_byte: &'static str,
    pub(crate) all_damage: &'static str,
    pub(crate) nothing_found: &'static str,
    pub(crate) no_flow: &'static str,
    pub(crate) finding: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) country: &'static str,
    pub(crate) flows: &'static str,
    pub(crate) first_frames: &'static str,
    pub(crate) would_decide: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) claim: &'static str,
    /// Who, when, where.
    pub(crate) claimed_by: &'static str,
    pub(crate) read_as: &'static str,
    pub(crate) against: &'static str,
    pub(crate) open: &'static str,
    pub(crate) with_frames: &'static str,
}

/// What changed between two captures.
pub(crate) struct ChangeWords {
    pub(crate) claims: &'static str,
    pub(crate) claims_remark: &'static str,
    pub(crate) not_known: &'static str,
    pub(crate) against: &'static str,
    /// Name; why; frames.
    pub(crate) exhibit: &'static str,
    pub(crate) would_decide: &'static str,
    pub(crate) hidden: &'static str,
    pub(crate) cannot_show: &'static str,
    pub(crate) name: &'static str,
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    pub(crate) round_trip: &'static str,
    pub(crate) else_: &'static str,
    pub(crate) frames: &'static str,
    /// What was before; what is after.
    pub(crate) became: &'static str,
    pub(crate) more_rows: &'static str,
    pub(crate) more: &'static str,
    pub(crate) flows_before: &'static str,
    pub(crate) then: &'static str,
    pub(crate) bytes_before: &'static str,
    pub(crate) compared: &'static str,
    pub(crate) more_captures: &'static str,
    pub(crate) normalised: &'static str,
    /// Path; what it is.
    pub(crate) side: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) captures: &'static str,
    pub(crate) recorded_in: &'static str,
    pub(crate) caveats: &'static str,
    /// How grave; what.
    pub(crate) caveat: &'static str,
    /// In the order of `Status::ALL`, in a cell.
    pub(crate) statuses: [&'static str; 6],
    /// The same above a table.
    pub(crate) status_heads: [&'static str; 6],
    /// In the order of `Axis::ALL`.
    pub(crate) axes: [&'static str; 5],
    pub(crate) and_more: &'static str,
    pub(crate) anycast: &'static str,
    pub(crate) not_surely: &'static str,
    pub(crate) not_recognised: &'static str,
    /// Code; name.
    pub(crate) group_country: &'static str,
    pub(crate) trips: &'static str,
    pub(crate) trip_lost: &'static str,
    pub(crate) trip_new: &'static str,
    /// Parts of the summary.
    pub(crate) summary: &'static str,
    pub(crate) sum_moved: Forms,
    pub(crate) sum_changed: &'static str,
    pub(crate) sum_appeared: &'static str,
    pub(crate) sum_vanished: &'static str,
    pub(crate) sum_unchanged: &'static str,
    pub(crate) sum_not_comparable: &'static str,
    pub(crate) title: &'static str,
    pub(crate) sides: &'static str,
    pub(crate) claims_are_after: &'static str,
    pub(crate) more_elsewhere: &'static str,
    pub(crate) keep_in_mind: &'static str,
}

/// A comment in Markdown. What is put into it is escaped already.
pub(crate) struct CommentWords {
    pub(crate) violated_are: &'static str,
    pub(crate) open_are: &'static str,
    pub(crate) left_out: &'static str,
    pub(crate) not_judged: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) findings: &'static str,
    pub(crate) suppressed: &'static str,
    pub(crate) claims: &'static str,
    pub(crate) contradicted: &'static str,
    pub(crate) indeterminate: &'static str,
    pub(crate) not_exercised: &'static str,
    pub(crate) supported: &'static str,
    pub(crate) exit_code: &'static str,
    pub(crate) input: &'static str,
    pub(crate) input_not_hashed: &'static str,
    pub(crate) more_captures: &'static str,
    pub(crate) time: &'static str,
    pub(crate) in_flows: &'static str,
    pub(crate) outbound: &'static str,
    pub(crate) names: &'static str,
    pub(crate) first_frames: &'static str,
    pub(crate) observed: &'static str,
    pub(crate) finding: &'static str,
    pub(crate) would_decide: &'static str,
    pub(crate) not_known: &'static str,
    pub(crate) claims_are: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) says: &'static str,
    pub(crate) rules_untested: &'static str,
    /// Kind of loss; part; why.
    pub(crate) reason: &'static str,
    pub(crate) by_interfaces: &'static str,
    pub(crate) by_interfaces_unknown: &'static str,
    pub(crate) by_systems: &'static str,
    pub(crate) by_systems_unknown: &'static str,
    pub(crate) filtered: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) lost_records: &'static str,
    pub(crate) damage: &'static str,
    pub(crate) losses: &'static str,
    pub(crate) no_date: &'static str,
    /// Name; day.
    pub(crate) source: &'static str,
    pub(crate) data: &'static str,
}
