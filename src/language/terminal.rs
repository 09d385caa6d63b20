//! What a report says in a terminal.
//!
//! `{0}`, `{1}` and so on are named where the text itself does not tell them.

use super::Forms;

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
    /// Layer; what about it.
    pub(crate) because: &'static str,
    /// And a number, also in hexadecimal.
    pub(crate) because_number: &'static str,
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
