//! Grounds of what is reported: why a place is what it is said to be, how a device is known, what
//! data was read, what to be warned of.
//!
//! `{0}`, `{1}` and so on are named where the text itself does not tell them.

use super::Forms;

/// Classes of evidence for a place: what belongs to each, and what would make it surer.
pub(crate) struct ClassWords {
    pub(crate) range_agreed: [&'static str; 2],
    pub(crate) range_disputed: [&'static str; 2],
    pub(crate) range_alone: [&'static str; 2],
    pub(crate) databases_agree: [&'static str; 2],
    pub(crate) two_agree: [&'static str; 2],
    pub(crate) one_apart: [&'static str; 2],
    pub(crate) one_registered: [&'static str; 2],
    pub(crate) apart_from_fallback: [&'static str; 2],
    pub(crate) geofeed: [&'static str; 2],
    pub(crate) geofeed_agreed: [&'static str; 2],
    pub(crate) conflict: [&'static str; 2],
    pub(crate) anycast: [&'static str; 2],
    pub(crate) edge: [&'static str; 2],
    pub(crate) range_abroad: [&'static str; 2],
    pub(crate) excluded: [&'static str; 2],
    pub(crate) nothing: [&'static str; 2],
}

/// Why a place is not known, or less sure.
pub(crate) struct NowhereWords {
    pub(crate) conflict: &'static str,
    /// In a narrow cell only what stands before the colon.
    pub(crate) anycast: &'static str,
    pub(crate) edge: &'static str,
    pub(crate) abroad: &'static str,
    pub(crate) excluded: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) no_database: &'static str,
    pub(crate) no_database_settled: &'static str,
    pub(crate) damaged: &'static str,
    pub(crate) damaged_settled: &'static str,
    pub(crate) far: &'static str,
    pub(crate) left_out: &'static str,
    pub(crate) private: &'static str,
    pub(crate) loopback: &'static str,
    pub(crate) link_local: &'static str,
    pub(crate) documentation: &'static str,
    pub(crate) benchmark: &'static str,
    pub(crate) multicast: &'static str,
    pub(crate) reserved: &'static str,
    pub(crate) tunnel: &'static str,
    pub(crate) unspecified: &'static str,
    pub(crate) carrier_nat: &'static str,
    pub(crate) broadcast: &'static str,
    pub(crate) mapped: &'static str,
    pub(crate) local_nat64: &'static str,
    pub(crate) discard: &'static str,
    /// Why a round trip is not used; so the next two.
    pub(crate) beside: &'static str,
    pub(crate) data_late: &'static str,
    pub(crate) everywhere: &'static str,
}

/// Who says that an address is anycast; what a range of an operator is.
pub(crate) struct AnycastWords {
    /// The range.
    pub(crate) by_operator: &'static str,
    /// Operator, what, day, address of a page.
    pub(crate) declared: &'static str,
    pub(crate) listed: &'static str,
    pub(crate) listed_day: &'static str,
    pub(crate) listed_part: &'static str,
    pub(crate) listed_part_day: &'static str,
    pub(crate) range_anycast: &'static str,
    pub(crate) range_edge: &'static str,
    /// The range; countries.
    pub(crate) zone_abroad: &'static str,
    pub(crate) or: &'static str,
    pub(crate) registration_only: &'static str,
}

/// Place data of another time than the traffic. By the number of sources; sources, days.
pub(crate) struct AgeWords {
    pub(crate) far_older: Forms,
    pub(crate) far_newer: Forms,
    pub(crate) older: Forms,
    pub(crate) newer: Forms,
}

/// How the audited device is known.
pub(crate) struct DeviceWords {
    pub(crate) capturing: &'static str,
    pub(crate) asked: &'static str,
    pub(crate) private: &'static str,
    pub(crate) leading: &'static str,
    pub(crate) joined: &'static str,
    pub(crate) named: &'static str,
    pub(crate) unseen: &'static str,
}

/// Warnings of an audit.
pub(crate) struct WarningWords {
    pub(crate) damaged_data: &'static str,
    pub(crate) no_device: &'static str,
    pub(crate) unseen_device: &'static str,
    pub(crate) several_devices: &'static str,
    /// Where phases are from.
    pub(crate) marks: &'static str,
    pub(crate) log_and_marks: &'static str,
    pub(crate) phases_outside: &'static str,
    pub(crate) odd_marks: &'static str,
    pub(crate) no_marks: &'static str,
}

/// Catalogues of owners.
pub(crate) struct CatalogueWords {
    /// Why a name has no owner; so the next.
    pub(crate) tenant: &'static str,
    pub(crate) other_time: &'static str,
    pub(crate) embedded: &'static str,
    /// Two catalogues.
    pub(crate) seat_from: &'static str,
    /// Catalogue, number.
    pub(crate) of_system: &'static str,
    pub(crate) groups: Forms,
    pub(crate) companies: Forms,
    pub(crate) as_of: &'static str,
    /// What the file is; number.
    pub(crate) names_of_companies: &'static str,
    pub(crate) loaded_already: &'static str,
    pub(crate) no_domains: &'static str,
}

/// What lists of addresses are, and what was read of them.
pub(crate) struct ListWords {
    pub(crate) plain: &'static str,
    pub(crate) census: &'static str,
    pub(crate) table: &'static str,
    pub(crate) prefixes: Forms,
    pub(crate) in_part: &'static str,
    pub(crate) unicast: &'static str,
    pub(crate) no_prefix: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) ranges: &'static str,
    pub(crate) no_range: &'static str,
    pub(crate) mapped: &'static str,
    pub(crate) unplaced: &'static str,
}
