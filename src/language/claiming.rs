//! What the judge says of claims, of one capture and of two.
//!
//! In:   nothing.
//! Out:  the parts of [`super::Words`] that results of claims and comparisons are made of.

use super::Forms;

/// Claims: how they are read, how they turned out, and why.
pub(crate) struct ClaimWords {
    pub(crate) reading: ReadingWords,
    pub(crate) facts: FactWords,
    pub(crate) decides: SettlingWords,
    pub(crate) cannot_show: BlindWords,
    pub(crate) results: ResultWords,
    pub(crate) steps: ClaimSteps,
}

/// How a claim is read. {0} of a phrase is what the claim names.
pub(crate) struct ReadingWords {
    /// {0} is what is asserted.
    pub(crate) every: &'static str,
    /// {0} is the subject, {1} what is asserted.
    pub(crate) every_of: &'static str,
    pub(crate) none: &'static str,
    /// {0} is the subject.
    pub(crate) none_of: &'static str,
    pub(crate) upkeep: &'static str,
    pub(crate) storage: &'static str,
    pub(crate) apps: &'static str,
    pub(crate) owners: &'static str,
    pub(crate) domains: &'static str,
    pub(crate) names: &'static str,
    pub(crate) functions: &'static str,
    pub(crate) protocols: &'static str,
    pub(crate) ports: &'static str,
    pub(crate) addresses: &'static str,
    pub(crate) devices: &'static str,
    pub(crate) phases: &'static str,
    pub(crate) before_phase: &'static str,
    pub(crate) from_phase: &'static str,
    pub(crate) from: &'static str,
    pub(crate) until: &'static str,
    /// {0} is a confidence, {1} countries.
    pub(crate) placed_in: &'static str,
    pub(crate) placed_out: &'static str,
    pub(crate) operated: &'static str,
    pub(crate) owned: &'static str,
    pub(crate) owned_directly: &'static str,
    pub(crate) encrypted: &'static str,
    pub(crate) absent: &'static str,
    pub(crate) sooner: &'static str,
    pub(crate) migrated: &'static str,
}

/// Why a flow speaks for a claim, against it, or leaves it open.
pub(crate) struct FactWords {
    pub(crate) sentences: &'static str,
    pub(crate) carried: &'static str,
    /// {0} is a country, {1} a confidence, {2} the countries of the claim.
    pub(crate) placed: &'static str,
    /// {0} is a country, {1} a confidence.
    pub(crate) placed_unsurely: &'static str,
    pub(crate) anycast: &'static str,
    /// {0} is the reason.
    pub(crate) no_country_because: &'static str,
    pub(crate) no_country: &'static str,
    /// {0} is a group, {1} the condition.
    pub(crate) condition: &'static str,
    /// {0} is a company, {1} a source.
    pub(crate) operated: &'static str,
    pub(crate) no_operator: &'static str,
    pub(crate) there: &'static str,
    pub(crate) two_captures: &'static str,
    /// {0} is a company, {1} a frame.
    pub(crate) alias: &'static str,
    /// {0} is a company, {1} a source.
    pub(crate) owned: &'static str,
    pub(crate) another_name: &'static str,
    pub(crate) no_name: &'static str,
    pub(crate) no_owner: &'static str,
    pub(crate) unrecognised: &'static str,
    pub(crate) silent: &'static str,
    /// {0} is a protocol.
    pub(crate) clear: &'static str,
    /// {1} is a version.
    pub(crate) protected: &'static str,
    pub(crate) no_more_than: &'static str,
    pub(crate) version_unseen: &'static str,
    pub(crate) up_to: &'static str,
    pub(crate) encrypts_itself: &'static str,
    pub(crate) encryption_unknown: &'static str,
    pub(crate) doubt_name: &'static str,
    pub(crate) doubt_rivals: &'static str,
    pub(crate) doubt_owner: &'static str,
    pub(crate) doubt_phase: &'static str,
    pub(crate) doubt_app: &'static str,
    pub(crate) doubt: &'static str,
}

/// What would decide a claim, by what leaves it open.
pub(crate) struct SettlingWords {
    pub(crate) carrier: &'static str,
    pub(crate) phases: &'static str,
    pub(crate) name: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) app: &'static str,
    pub(crate) protocol: &'static str,
    pub(crate) place: &'static str,
    pub(crate) condition: &'static str,
    pub(crate) storage: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) encryption: &'static str,
    pub(crate) two_captures: &'static str,
    pub(crate) folded: &'static str,
    pub(crate) exercise: &'static str,
}

/// What no capture shows of a claim.
pub(crate) struct BlindWords {
    pub(crate) storage_claimed: &'static str,
    pub(crate) storage: &'static str,
    pub(crate) onward: &'static str,
    pub(crate) access: &'static str,
    pub(crate) machine: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) certificates: &'static str,
    pub(crate) consent: &'static str,
    pub(crate) later: &'static str,
    pub(crate) receivers: &'static str,
    pub(crate) latency: &'static str,
    pub(crate) old_servers: &'static str,
    pub(crate) others: &'static str,
    pub(crate) versions: &'static str,
}

/// How a claim turned out.
pub(crate) struct ResultWords {
    /// {0} is what is missing.
    pub(crate) missing: &'static str,
    pub(crate) filtered: Forms,
    pub(crate) dropped: Forms,
    pub(crate) undecodable: Forms,
    pub(crate) cut: Forms,
    pub(crate) lost: Forms,
    pub(crate) damaged: Forms,
    pub(crate) folded: Forms,
    pub(crate) not_captured: &'static str,
    pub(crate) not_tested: &'static str,
    pub(crate) none_against: &'static str,
    pub(crate) storage_unseen: &'static str,
    /// {0} is the flows that do not fit, and how.
    pub(crate) contradicted: &'static str,
    /// {0} is flows of all, by the number of the former; {1} the places.
    pub(crate) broken_placed: Forms,
    pub(crate) broken_excluded: Forms,
    pub(crate) broken_operator: Forms,
    pub(crate) broken_owner: Forms,
    pub(crate) broken_alias: Forms,
    /// {1} is a version.
    pub(crate) broken_encryption: Forms,
    pub(crate) broken_silence: Forms,
    pub(crate) broken: Forms,
    pub(crate) supported_none: &'static str,
    pub(crate) supported_none_then: &'static str,
    /// {1} is the places.
    pub(crate) supported_placed: Forms,
    pub(crate) supported: Forms,
    /// {0} is flows of all, by the number of the former.
    pub(crate) left_open: Forms,
    pub(crate) time_unknown: &'static str,
    /// {0} is flows.
    pub(crate) may_be_tested: &'static str,
    /// {0} is a flow, {1} a frame, {2} a confidence, {3} sources.
    pub(crate) weakest_place: &'static str,
    /// {4} is the class.
    pub(crate) weakest_place_class: &'static str,
    pub(crate) sources: Forms,
    /// {0} is a flow, {1} a frame.
    pub(crate) weakest_name: &'static str,
    pub(crate) weakest_name_quic: &'static str,
    /// {2} is a source.
    pub(crate) weakest_owner: &'static str,
    pub(crate) weakest_operator: &'static str,
    pub(crate) a_catalogue: &'static str,
    pub(crate) weakest_wire: &'static str,
    /// {0} is a country, {1} its code, {2} a confidence.
    pub(crate) placed_country: &'static str,
    pub(crate) more_countries: Forms,
    pub(crate) no_flows: &'static str,
    /// {0} is a number of flows, {1} destinations.
    pub(crate) flows_to: &'static str,
}

/// Why a claim turned out as it did, step by step.
pub(crate) struct ClaimSteps {
    /// {0} is the file, {1} the line, {2} the hash.
    pub(crate) stands: &'static str,
    /// {0} is the scope.
    pub(crate) scope: &'static str,
    /// {0} is a group, {1} its title, {2} its day, {3} its source.
    pub(crate) members: &'static str,
    /// {0} is the file.
    pub(crate) phases: &'static str,
    pub(crate) no_phases: &'static str,
    /// {0} of {1} is of the subject, of {2} it is not known; by {0}. {1} is with its noun.
    pub(crate) subject: Forms,
    pub(crate) upkeep: Forms,
    pub(crate) silent: Forms,
    /// {0} said it, of {1} it was inferred; by {0}.
    pub(crate) names: Forms,
    /// {0} is a flow, {1} a company, {2} a source.
    pub(crate) owner: &'static str,
    pub(crate) operator: &'static str,
    /// {0} is a flow, {1} a frame, {2} what sources say.
    pub(crate) address: &'static str,
    pub(crate) no_place_data: &'static str,
    /// For, against, open.
    pub(crate) sums: &'static str,
    pub(crate) contradicted: &'static str,
    pub(crate) supported: &'static str,
    pub(crate) time_unknown: &'static str,
    pub(crate) indeterminate: &'static str,
    pub(crate) not_exercised: &'static str,
}

/// Two captures side by side.
pub(crate) struct ComparedWords {
    pub(crate) protection: ProtectedWords,
    pub(crate) changes: NameChangeWords,
    pub(crate) caveats: CaveatWords,
    pub(crate) claims: ComparedClaimWords,
}

/// How the content of flows was protected.
pub(crate) struct ProtectedWords {
    pub(crate) tls_unknown: &'static str,
    pub(crate) tls_unseen: &'static str,
    pub(crate) quic: &'static str,
    pub(crate) otherwise: &'static str,
    pub(crate) cleartext: &'static str,
    pub(crate) unknown: &'static str,
}

/// What became of a name.
pub(crate) struct NameChangeWords {
    /// {0} is what differs.
    pub(crate) same_place: &'static str,
    pub(crate) other_names: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) encryption: &'static str,
    pub(crate) protocols: &'static str,
    pub(crate) same_addresses: &'static str,
    pub(crate) too_many_places: &'static str,
    pub(crate) anycast_same: &'static str,
    pub(crate) anycast_other: &'static str,
    pub(crate) anycast_once: &'static str,
    pub(crate) unsure: &'static str,
    pub(crate) other_confidence: &'static str,
    pub(crate) other_data: &'static str,
    pub(crate) other_country: &'static str,
    pub(crate) some_countries: &'static str,
    pub(crate) operator_unknown: &'static str,
    pub(crate) other_operator: &'static str,
    pub(crate) some_operators: &'static str,
    pub(crate) other_region: &'static str,
    pub(crate) same_operator: &'static str,
}

/// What makes two sides less comparable. Two texts are for the side before and the side after.
pub(crate) struct CaveatWords {
    pub(crate) lower_case: &'static str,
    pub(crate) per_hour: &'static str,
    pub(crate) empty: [&'static str; 2],
    /// {0} of {1} flows.
    pub(crate) beyond: [&'static str; 2],
    pub(crate) same_capture: &'static str,
    pub(crate) overlap: &'static str,
    /// Before, after.
    pub(crate) lengths: &'static str,
    pub(crate) seconds: &'static str,
    /// Before, after.
    pub(crate) versions: &'static str,
    /// Before only, after only.
    pub(crate) data: &'static str,
    /// {0} is a source, {1} its day.
    pub(crate) dated: &'static str,
    pub(crate) no_data: &'static str,
    /// {0} is names of budgets.
    pub(crate) budgets: &'static str,
    pub(crate) devices: &'static str,
    pub(crate) filters: &'static str,
    /// Before, after.
    pub(crate) vantages: &'static str,
    pub(crate) no_vantage: &'static str,
    pub(crate) phases: &'static str,
    pub(crate) no_phases: &'static str,
    pub(crate) apps: &'static str,
    pub(crate) app_versions: &'static str,
    /// Facts that users declared differently.
    pub(crate) facts: &'static str,
    /// {0} is what, {1} before, {2} after.
    pub(crate) fact: &'static str,
    /// Hundredths before, after.
    pub(crate) nameless: &'static str,
    pub(crate) unprotected: &'static str,
    pub(crate) hidden: &'static str,
    /// {0} is a number.
    pub(crate) damaged: [&'static str; 2],
    pub(crate) dropped: [&'static str; 2],
    pub(crate) folded: [&'static str; 2],
    pub(crate) undecodable: [&'static str; 2],
    pub(crate) cut: &'static str,
}

/// Claims that two captures test.
pub(crate) struct ComparedClaimWords {
    pub(crate) not_around: &'static str,
    pub(crate) not_one_place: &'static str,
    pub(crate) lost: &'static str,
    /// {0} is a day.
    pub(crate) moved_reading: &'static str,
    pub(crate) faster_reading: &'static str,
    pub(crate) none: &'static str,
    /// {0} of {1}, by the latter.
    pub(crate) migration: Forms,
    pub(crate) round_trips: Forms,
    pub(crate) both: Forms,
    /// {0} is a number.
    pub(crate) did_not: &'static str,
    pub(crate) left_open: &'static str,
    /// {0} is what was observed.
    pub(crate) contradicted: &'static str,
    pub(crate) supported: &'static str,
    pub(crate) undecided: &'static str,
    /// {0} is the reading.
    pub(crate) read_as: &'static str,
    /// {0} is the reason.
    pub(crate) not_decided: &'static str,
    /// {0} is names, {1} flows before, {2} after.
    pub(crate) on_both: Forms,
    pub(crate) biased: &'static str,
    /// {0} did not move, {1} of them.
    pub(crate) still: &'static str,
    /// {0} is flows, {1} of them.
    pub(crate) maybe: Forms,
    pub(crate) blind_names: &'static str,
    pub(crate) blind_storage: &'static str,
    pub(crate) blind_network: &'static str,
    pub(crate) blind_day: &'static str,
    pub(crate) captures_decide: &'static str,
    pub(crate) vantage_decides: &'static str,
    pub(crate) days_decide: &'static str,
    pub(crate) data_decides: &'static str,
    /// {0} is countries before, {1} after, {2} why.
    pub(crate) moved: &'static str,
    pub(crate) stayed: &'static str,
    pub(crate) open: &'static str,
    pub(crate) no_country: &'static str,
    pub(crate) as_observed: &'static str,
    pub(crate) no_round_trip: &'static str,
    /// {0} milliseconds of {1} before, {2} of {3} after.
    pub(crate) no_medians: &'static str,
    /// Medians: {4} milliseconds before, {5} after.
    pub(crate) medians: &'static str,
    /// {0} is why, {1} frames.
    pub(crate) frames_before: &'static str,
    pub(crate) weakest_names: &'static str,
    /// {0} is a confidence.
    pub(crate) weakest_places: &'static str,
}
