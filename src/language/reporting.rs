//! What the rooms around the judge say to people: texts of the report, of places, of an audit.
//!
//! {0}, {1}, … are named where the text itself does not tell them.

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

/// Texts of a terminal that several parts share.
pub(crate) struct TerminalWords {
    pub(crate) at_least: &'static str,
    pub(crate) gravest: &'static str,
    /// From when to when; how long.
    pub(crate) time_is: &'static str,
    pub(crate) no_packets: &'static str,
    pub(crate) would_decide: &'static str,
    pub(crate) more_in_json: &'static str,
}

/// What was examined.
pub(crate) struct ExaminedWords {
    pub(crate) heading: &'static str,
    pub(crate) packets: &'static str,
    /// Packets; bytes.
    pub(crate) on_wire: &'static str,
    pub(crate) filter: &'static str,
    /// The filter; part of the packets.
    pub(crate) filter_is: &'static str,
    /// Part of the flows; bytes.
    pub(crate) outbound_is: &'static str,
    pub(crate) named: &'static str,
    pub(crate) named_is: &'static str,
    pub(crate) baseline: &'static str,
    /// Captures; flows; flows; bytes.
    pub(crate) baseline_is: &'static str,
    pub(crate) captures: Forms,
    pub(crate) more_captures: &'static str,
    pub(crate) not_hashed: &'static str,
    pub(crate) no_device: &'static str,
    /// Addresses; how it is known.
    pub(crate) device_is: &'static str,
    /// Name, title, day.
    pub(crate) group: &'static str,
    /// As written; number; groups.
    pub(crate) expected: &'static str,
    pub(crate) expected_also: &'static str,
}

/// The policy in a terminal.
pub(crate) struct PolicyWords {
    pub(crate) heading: &'static str,
    /// Title, name, origin.
    pub(crate) title: &'static str,
    /// Name, title, day.
    pub(crate) group: &'static str,
    pub(crate) identity: &'static str,
    pub(crate) identity_as_of: &'static str,
    pub(crate) not_exercised: &'static str,
    pub(crate) rule_flows: &'static str,
    pub(crate) exception: &'static str,
    /// Id, severity, check.
    pub(crate) rule: &'static str,
    pub(crate) rule_reference: &'static str,
}

/// Claims in a terminal.
pub(crate) struct ClaimsWords {
    /// Part of the claims.
    pub(crate) contradicted: Forms,
    pub(crate) open: &'static str,
    pub(crate) untested: &'static str,
    pub(crate) supported: &'static str,
    pub(crate) supported_so_far: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) remark: &'static str,
    /// Words, speaker, day.
    pub(crate) quote: &'static str,
    pub(crate) cannot_show: &'static str,
    pub(crate) source: &'static str,
    pub(crate) reply: &'static str,
    /// Flows; destinations.
    pub(crate) against: &'static str,
    pub(crate) left_open: &'static str,
    pub(crate) fits: &'static str,
    pub(crate) more_destinations: Forms,
    /// By the number of frames. Subject, flows, bytes, frames, why; how many more frames.
    pub(crate) exhibit: Forms,
    pub(crate) exhibit_more: Forms,
    pub(crate) hidden: &'static str,
}

/// Findings in a terminal.
pub(crate) struct FindingsWords {
    pub(crate) heading: &'static str,
    pub(crate) remark: &'static str,
    pub(crate) none: &'static str,
    pub(crate) suppressed: &'static str,
    /// Part of the findings.
    pub(crate) met_by_policy: &'static str,
    /// How many; the verdict.
    pub(crate) more: &'static str,
    pub(crate) finding: &'static str,
    /// Bytes; when.
    pub(crate) extent: &'static str,
    pub(crate) frames_and_finding: &'static str,
    pub(crate) first_frame: &'static str,
    pub(crate) first_frames: &'static str,
    pub(crate) first_frames_more: &'static str,
    /// Who; why; day.
    pub(crate) suppressed_until: &'static str,
    pub(crate) suppressed_always: &'static str,
}

/// What was lost, in a terminal and in Markdown.
pub(crate) struct LossesWords {
    pub(crate) heading: &'static str,
    pub(crate) remark: &'static str,
    pub(crate) none: &'static str,
    pub(crate) in_flows: &'static str,
    pub(crate) filtered: &'static str,
    pub(crate) marks: &'static str,
    /// Part of the packets.
    pub(crate) marks_are: &'static str,
    pub(crate) mismatch: &'static str,
    pub(crate) mismatch_is: &'static str,
    /// Part of the packets; why.
    pub(crate) reason: &'static str,
    pub(crate) more_reasons: Forms,
    pub(crate) more_interfaces: Forms,
    pub(crate) more_warnings: Forms,
    pub(crate) more_places: Forms,
    pub(crate) dropped: &'static str,
    /// Interface; what it says.
    pub(crate) dropped_by: &'static str,
    pub(crate) interface: &'static str,
    pub(crate) not_recorded: &'static str,
    pub(crate) not_recorded_by_any: &'static str,
    pub(crate) not_recorded_by: &'static str,
    pub(crate) drops: &'static str,
    pub(crate) drops_noted: &'static str,
    /// What was dropped; how many were received.
    pub(crate) received: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) nothing_cut: &'static str,
    pub(crate) cut_is: &'static str,
    pub(crate) damaged: &'static str,
    /// Places; records.
    pub(crate) damaged_is: &'static str,
    pub(crate) damage_at: &'static str,
    pub(crate) ends_inside: &'static str,
    pub(crate) unrecognised: &'static str,
    pub(crate) unrecognised_is: &'static str,
    pub(crate) also: &'static str,
    pub(crate) folded: &'static str,
    pub(crate) counted: &'static str,
    pub(crate) warning: &'static str,
}

/// Destinations in a terminal.
pub(crate) struct DestinationsWords {
    pub(crate) heading: &'static str,
    pub(crate) observed: &'static str,
    pub(crate) observed_in: Forms,
    pub(crate) in_baseline: &'static str,
    pub(crate) see_json: &'static str,
    pub(crate) more_flagged: &'static str,
    pub(crate) unplaced: &'static str,
    /// Destinations, flows, bytes.
    pub(crate) sums: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) other: &'static str,
    /// How it is known; by what.
    pub(crate) name: &'static str,
    pub(crate) no_name: &'static str,
    pub(crate) no_short_name: &'static str,
    pub(crate) short_name: &'static str,
}

/// Heads of tables in a terminal.
pub(crate) struct ColumnWords {
    pub(crate) name: &'static str,
    pub(crate) network: &'static str,
    pub(crate) protocol: &'static str,
    pub(crate) flows: &'static str,
    pub(crate) out: &'static str,
    pub(crate) into: &'static str,
    pub(crate) placed: &'static str,
    pub(crate) named_by: &'static str,
    pub(crate) from: &'static str,
    pub(crate) phase: &'static str,
    pub(crate) lasted: &'static str,
    pub(crate) first: &'static str,
    pub(crate) flow: &'static str,
    pub(crate) time: &'static str,
    pub(crate) local: &'static str,
    pub(crate) remote: &'static str,
    pub(crate) name_or_address: &'static str,
    /// The country.
    pub(crate) at: &'static str,
    pub(crate) frame: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) result: &'static str,
    pub(crate) answers: &'static str,
    pub(crate) name_and_answers: &'static str,
    pub(crate) no_answer: &'static str,
    pub(crate) frames: &'static str,
    pub(crate) to: &'static str,
    pub(crate) first_packet: &'static str,
}

/// What stayed near, in a terminal.
pub(crate) struct NearbyWords {
    pub(crate) heading: &'static str,
    pub(crate) remark: &'static str,
    pub(crate) local: &'static str,
    pub(crate) local_is: &'static str,
    pub(crate) multicast: &'static str,
    pub(crate) multicast_is: &'static str,
    pub(crate) loopback: &'static str,
    pub(crate) loopback_is: &'static str,
    pub(crate) none: &'static str,
    /// Destinations; what they are; flows; bytes.
    pub(crate) sums: &'static str,
    pub(crate) sums_protocols: &'static str,
}

/// Who was asked for names, in a terminal.
pub(crate) struct ResolverWords {
    pub(crate) heading: &'static str,
    pub(crate) resolvers: &'static str,
    pub(crate) address_in: &'static str,
    pub(crate) unplaced: &'static str,
    /// Subject; protocols; where it is; flows.
    pub(crate) resolver: &'static str,
    pub(crate) hidden: &'static str,
    pub(crate) hidden_are: &'static str,
}

/// Phases in a terminal.
pub(crate) struct PhasesWords {
    pub(crate) heading: &'static str,
    pub(crate) remark: &'static str,
    pub(crate) log: &'static str,
    pub(crate) more_phases: Forms,
    /// Whole seconds with their sign; thousandths.
    pub(crate) moved: &'static str,
    pub(crate) before_first: &'static str,
    /// Flows that began here; flows that went on.
    pub(crate) continued: &'static str,
    pub(crate) noted: &'static str,
    pub(crate) more_contacts: &'static str,
    pub(crate) first_contact: &'static str,
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

/// Place data in a terminal.
pub(crate) struct DataWords {
    pub(crate) heading: &'static str,
    pub(crate) remark: &'static str,
    pub(crate) none: &'static str,
    /// Name, origin, day, what it gives.
    pub(crate) source: &'static str,
    /// Credit; link.
    pub(crate) credit: &'static str,
    /// Name, day, credit.
    pub(crate) dated_credit: &'static str,
    pub(crate) dated: &'static str,
    pub(crate) shares: &'static str,
    pub(crate) kind: &'static str,
    /// Kind; maker.
    pub(crate) kind_by: &'static str,
    pub(crate) gives: &'static str,
    pub(crate) what: &'static str,
    pub(crate) date: &'static str,
    pub(crate) no_date: &'static str,
    /// What it gives.
    pub(crate) has: &'static str,
    pub(crate) edition: &'static str,
    pub(crate) edition_of: &'static str,
    pub(crate) origin: &'static str,
    pub(crate) credit_label: &'static str,
    pub(crate) covers: &'static str,
}

/// What was judged, in lists for automation.
pub(crate) struct JudgedWords {
    pub(crate) policy: &'static str,
}

/// What is known of one address or name: `whereto where`.
pub(crate) struct PlaceWords {
    pub(crate) less_sure: &'static str,
    pub(crate) said_by: &'static str,
    /// Country, source, day.
    pub(crate) by_database: &'static str,
    pub(crate) by_operator: &'static str,
    pub(crate) by_holder: &'static str,
    pub(crate) anycast: &'static str,
    pub(crate) anycast_by_database: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) settled_by: &'static str,
    pub(crate) country: &'static str,
    /// Country, confidence, class of evidence.
    pub(crate) country_class: &'static str,
    pub(crate) not_known: &'static str,
    pub(crate) nothing_said: &'static str,
    pub(crate) round_trip: &'static str,
    pub(crate) round_trip_is: &'static str,
    pub(crate) round_trip_off: &'static str,
    pub(crate) ruled_out: &'static str,
    pub(crate) ruled_out_in_vacuum: &'static str,
    pub(crate) registered: &'static str,
    pub(crate) block_in: &'static str,
    /// System; country.
    pub(crate) system_in: &'static str,
    pub(crate) no_place: &'static str,
    pub(crate) company_of: &'static str,
    /// Company, country, source.
    pub(crate) operator_seat: &'static str,
    pub(crate) operator_registered: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) customer: &'static str,
    pub(crate) host: &'static str,
    pub(crate) no_catalogue: &'static str,
    pub(crate) function: &'static str,
    pub(crate) address: &'static str,
    pub(crate) not_asked: &'static str,
    pub(crate) seat: &'static str,
    pub(crate) seat_unknown: &'static str,
    /// Company with its seat; group with its seat.
    pub(crate) of_group: &'static str,
    pub(crate) incorporated: &'static str,
    pub(crate) according_to: &'static str,
    /// What; address.
    pub(crate) evidence: &'static str,
    pub(crate) note: &'static str,
}

/// What captures say about themselves.
pub(crate) struct InfoWords {
    /// Bytes.
    pub(crate) inside: &'static str,
    pub(crate) form: &'static str,
    pub(crate) inside_hash: &'static str,
    pub(crate) more_interfaces: &'static str,
    pub(crate) more_notes: &'static str,
    pub(crate) no_snaplen: &'static str,
    pub(crate) snaplen: &'static str,
    pub(crate) no_resolution: &'static str,
    pub(crate) microseconds: &'static str,
    pub(crate) nanoseconds: &'static str,
    pub(crate) ticks: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) interface: &'static str,
    pub(crate) secrets: &'static str,
    pub(crate) secrets_are: &'static str,
    pub(crate) names_are: &'static str,
    pub(crate) skipped: &'static str,
    pub(crate) skipped_are: &'static str,
    pub(crate) block: &'static str,
    pub(crate) order: &'static str,
    pub(crate) unordered: &'static str,
}

/// One finding, claim or destination whole.
pub(crate) struct ExplainWords {
    pub(crate) not_shown: &'static str,
    pub(crate) whole_list: &'static str,
    pub(crate) would_settle: &'static str,
    pub(crate) reply: &'static str,
    pub(crate) quoted: &'static str,
    pub(crate) note: &'static str,
    pub(crate) reasoning: &'static str,
    pub(crate) reasoning_remark: &'static str,
    pub(crate) for_it: &'static str,
    pub(crate) against_it: &'static str,
    pub(crate) both_sides: &'static str,
    pub(crate) no_flow: &'static str,
    pub(crate) evidence: &'static str,
    pub(crate) no_rows: &'static str,
    pub(crate) without: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) packets: &'static str,
    pub(crate) packets_remark: &'static str,
    pub(crate) asked_for: &'static str,
    pub(crate) flow: &'static str,
    pub(crate) more_fit: &'static str,
    pub(crate) finding: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) destination: &'static str,
    pub(crate) not_judged: &'static str,
    pub(crate) from_saved: &'static str,
    pub(crate) several_captures: &'static str,
    pub(crate) filtered: &'static str,
    pub(crate) confidence_of: &'static str,
    /// Rule; what is expected.
    pub(crate) rule_expects: &'static str,
    pub(crate) looks_at: &'static str,
    pub(crate) check: &'static str,
    /// Title, name, origin, line.
    pub(crate) policy_line: &'static str,
    pub(crate) suppressed: &'static str,
    /// Who; why; day.
    pub(crate) suppressed_until: &'static str,
    pub(crate) suppressed_always: &'static str,
    pub(crate) claims: &'static str,
    pub(crate) claim_against: &'static str,
    pub(crate) claim_open: &'static str,
    pub(crate) claim_fits: &'static str,
    pub(crate) read_as: &'static str,
    pub(crate) source: &'static str,
    pub(crate) file: &'static str,
    pub(crate) file_line: &'static str,
    pub(crate) no_address: &'static str,
}

/// What changed between two captures.
pub(crate) struct ChangeWords {
    pub(crate) question: &'static str,
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
    pub(crate) left_out: &'static str,
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
