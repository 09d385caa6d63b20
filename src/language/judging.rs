//! What the judge says of flows: of rules, policies and suppressions.
//!
//! In:   nothing.
//! Out:  the parts of [`super::Words`] that verdicts and findings are made of.

use super::Forms;

/// Lists, and what stands between sentences and clauses.
pub(crate) struct JoinWords {
    /// Between things of which each will do.
    pub(crate) or: &'static str,
    /// Between things that are all needed.
    pub(crate) and_also: &'static str,
}

/// Flows, places and seats as the rules on countries see them. {0} of a sentence is its flows.
pub(crate) struct RuleWords {
    /// No, low, medium, high; in a sentence.
    pub(crate) confidence: [&'static str; 4],
    /// Violated, indeterminate, met; in a sentence.
    pub(crate) verdicts: [&'static str; 3],
    /// A country whose name has an article.
    pub(crate) with_article: &'static str,
    pub(crate) nameless_country: &'static str,
    /// {0} is a country, {1} its code.
    pub(crate) country_code: &'static str,
    /// {0} is a company, {1} its group.
    pub(crate) of_group: &'static str,
    pub(crate) flows: Forms,
    /// {1} is the addresses.
    pub(crate) flows_to: Forms,
    /// {0} of {1} flows to {2}; by the number of all.
    pub(crate) some_flows_to: Forms,
    pub(crate) addresses: Forms,
    pub(crate) addresses_at_least: &'static str,
    pub(crate) expected: &'static str,
    /// {0} is their number.
    pub(crate) expected_many: &'static str,
    /// {0} is their number, {1} groups among them.
    pub(crate) expected_groups: &'static str,
    /// Violated, indeterminate, met; {1} is a country, {2} its code, {3} what was expected.
    pub(crate) placed: [&'static str; 3],
    /// Violated and met without a country that can be told; {1} is what was expected.
    pub(crate) placed_nowhere: [&'static str; 2],
    /// {0} is a confidence, {1} what sources say.
    pub(crate) place: &'static str,
    pub(crate) sources: &'static str,
    /// A database, an operator's ranges, a geofeed: {0} of the date {1} says {2}.
    pub(crate) source_says: [&'static str; 3],
    pub(crate) source_has_none: [&'static str; 3],
    pub(crate) translated: &'static str,
    pub(crate) low_confidence: &'static str,
    pub(crate) anycast: &'static str,
    /// {1} is who says so.
    pub(crate) anycast_source: &'static str,
    /// {1} is the reason.
    pub(crate) not_asked: &'static str,
    pub(crate) disagree: &'static str,
    pub(crate) too_soon: &'static str,
    pub(crate) in_no_database: &'static str,
    pub(crate) no_database: &'static str,
    /// {1} is the reason.
    pub(crate) no_country: &'static str,
    pub(crate) no_reason: &'static str,
    pub(crate) inside_decides: &'static str,
    pub(crate) not_public_decides: &'static str,
    pub(crate) source_decides: &'static str,
    /// {0} is a country, {1} a group, {2} the condition.
    pub(crate) condition: &'static str,
    pub(crate) condition_decides: &'static str,
    /// {0} is milliseconds, {1} why they exclude nothing.
    pub(crate) answer_off: &'static str,
    /// {0} is milliseconds, {1} kilometres, {2} the vantage.
    pub(crate) answer: &'static str,
    /// {3} is what is excluded.
    pub(crate) answer_excludes: &'static str,
    /// {0} is a country, {1} kilometres.
    pub(crate) excluded: &'static str,
    pub(crate) excluded_in_vacuum: &'static str,
    /// {1} is a company.
    pub(crate) network: &'static str,
    /// {2} is the number of the system.
    pub(crate) network_number: &'static str,
    pub(crate) network_unnamed: &'static str,
    /// {1} is the number of the system.
    pub(crate) network_registered: &'static str,
    pub(crate) network_uncatalogued: &'static str,
    /// Violated, indeterminate, met; {0} is a source, {1} a country, {2} its code, {3} what was
    /// expected.
    pub(crate) operator_seat: [&'static str; 3],
    pub(crate) system_decides: &'static str,
    /// {0} is the number of the system.
    pub(crate) operator_decides: &'static str,
    /// {1} is a company.
    pub(crate) name_of: &'static str,
    /// As of operators.
    pub(crate) owner_seat: [&'static str; 3],
    /// {0} is a source, {1} a group.
    pub(crate) alias: &'static str,
    /// {2} is the code of its country.
    pub(crate) alias_seat: &'static str,
    /// {1} is a company, {2} a source.
    pub(crate) owner_no_seat: &'static str,
    pub(crate) owner_no_name: &'static str,
    pub(crate) owner_outer: &'static str,
    /// {1} is the host.
    pub(crate) owner_customer: &'static str,
    /// {1} is the reason.
    pub(crate) owner_open: &'static str,
    pub(crate) owner_uncatalogued: &'static str,
    pub(crate) seat_decides: &'static str,
    pub(crate) name_decides: &'static str,
    pub(crate) inner_name_decides: &'static str,
    pub(crate) customer_decides: &'static str,
    pub(crate) owner_decides: &'static str,
}

/// What the rules of a policy found. {0} of a sentence is its flows, where it has any.
pub(crate) struct RulingWords {
    /// {1} is a verdict, {2} the axis.
    pub(crate) not_told_apart: &'static str,
    /// {0} is the exception.
    pub(crate) exception_open: &'static str,
    /// {0} is the exception, {1} its owner, {2} its last day.
    pub(crate) expired: &'static str,
    pub(crate) expired_unneeded: &'static str,
    pub(crate) expired_flows: Forms,
    pub(crate) expired_decides: &'static str,
    /// {0} is a confidence.
    pub(crate) least_confidence: &'static str,
    /// {0} is another rule, {1} its verdict.
    pub(crate) rival: &'static str,
    pub(crate) rule_open: &'static str,
    /// {0} is a country, {1} a group, {2} the condition, {3} its source.
    pub(crate) condition_source: &'static str,
    /// {0} is the condition.
    pub(crate) condition_decides: &'static str,
    pub(crate) membership_decides: &'static str,
    /// {0} is the expected countries, {1} those without which.
    pub(crate) places_without: &'static str,
    /// {0} is the countries that are not expected.
    pub(crate) places_but: &'static str,
    /// {1} is the causes, {2} what was expected.
    pub(crate) because: &'static str,
    /// {0} is the number of flows, {1} their cause.
    pub(crate) cause_of: &'static str,
    pub(crate) expected: ExpectedWords,
    pub(crate) causes: CauseWords,
    pub(crate) protocol_decides: &'static str,
    pub(crate) handshake_decides: &'static str,
    pub(crate) strength_decides: &'static str,
    pub(crate) resolver_decides: &'static str,
    pub(crate) local_resolver_decides: &'static str,
    pub(crate) tunnel_decides: &'static str,
    pub(crate) proxied: &'static str,
    pub(crate) proxied_decides: &'static str,
    pub(crate) not_its_name: &'static str,
    pub(crate) its_name_decides: &'static str,
    pub(crate) carries: &'static str,
    pub(crate) carries_decides: &'static str,
    pub(crate) sure_name_decides: &'static str,
    pub(crate) owner_or_name_decides: &'static str,
    pub(crate) app_decides: &'static str,
    pub(crate) phase_decides: &'static str,
    pub(crate) speaks_decides: &'static str,
    pub(crate) explained: ExplainedWords,
}

/// What a rule expects, as part of a sentence.
pub(crate) struct ExpectedWords {
    pub(crate) no_limit: &'static str,
    pub(crate) encrypted: &'static str,
    /// {0} is a version.
    pub(crate) at_least: &'static str,
    pub(crate) not_asked_for: &'static str,
    pub(crate) unreadable_names: &'static str,
    pub(crate) resolver: &'static str,
    pub(crate) no_hidden_names: &'static str,
    /// {0} is what may hide them.
    pub(crate) names_hidden_by: &'static str,
    pub(crate) no_tunnel: &'static str,
    /// {0} is what may carry it.
    pub(crate) tunnelled_by: &'static str,
    pub(crate) no_flow: &'static str,
}

/// What the flows have that a rule judged.
pub(crate) struct CauseWords {
    /// {0} is a number.
    pub(crate) version: &'static str,
    /// {0} is a version.
    pub(crate) chosen: &'static str,
    pub(crate) offered: &'static str,
    /// {0} is what hides them.
    pub(crate) hiding: &'static str,
    /// {0} is what carries it.
    pub(crate) tunnel: &'static str,
    pub(crate) inside: &'static str,
    pub(crate) country: &'static str,
    pub(crate) unsure: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) condition: &'static str,
    pub(crate) carries: &'static str,
    pub(crate) proxied: &'static str,
    pub(crate) not_its_name: &'static str,
    pub(crate) clear: &'static str,
    pub(crate) null_cipher: &'static str,
    pub(crate) no_version: &'static str,
    pub(crate) otherwise_encrypted: &'static str,
    pub(crate) unclear: &'static str,
    pub(crate) unrecognised: &'static str,
    pub(crate) no_demand: &'static str,
    pub(crate) name_seen: &'static str,
    pub(crate) questions_seen: &'static str,
    pub(crate) name_hidden: &'static str,
    pub(crate) no_handshake: &'static str,
    pub(crate) resolver: &'static str,
    pub(crate) resolver_open: &'static str,
    pub(crate) local_resolver: &'static str,
    pub(crate) not_hidden: &'static str,
    pub(crate) no_tunnel: &'static str,
    pub(crate) there: &'static str,
}

/// Which rule judged one flow, and why.
pub(crate) struct ExplainedWords {
    pub(crate) not_applied: &'static str,
    /// {0} is a rule, {1} its line, {2} what it expects, {3} its verdict, {4} the cause.
    pub(crate) means: &'static str,
    /// {5} is the code of the country that was judged.
    pub(crate) means_country: &'static str,
    /// {5} is the fields that cannot be told.
    pub(crate) may_mean: &'static str,
    /// {5} is the fields that cannot be told, {6} the code of the country.
    pub(crate) may_mean_country: &'static str,
    pub(crate) no_rule: &'static str,
    pub(crate) none_surely: &'static str,
    pub(crate) disagree: &'static str,
    /// {0} is an exception, {1} its last day.
    pub(crate) ended: &'static str,
    /// {0} is an exception.
    pub(crate) covers: &'static str,
    pub(crate) may_cover: &'static str,
    pub(crate) phases_and_times: &'static str,
}

/// Entries of a file of suppressions that had no effect.
pub(crate) struct SuppressionWords {
    /// {0} is the file, {1} the line, {2} what the entry calls the finding.
    pub(crate) expired: &'static str,
    pub(crate) unused: &'static str,
    /// {0} is a name, {1} a rule.
    pub(crate) name_under_rule: &'static str,
}
