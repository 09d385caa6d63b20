//! The words for what services do.

use crate::data::OWNERS;

/// Every function that the embedded catalogue gives a name, sorted.
pub(super) fn known() -> Vec<&'static str> {
    let all = OWNERS.functions.iter();
    let mut words: Vec<&str> = all.map(|entry| entry.function.as_ref()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether the embedded catalogue has a company or group of that name, in any case.
pub(super) fn has_owner(name: &str) -> bool {
    let name = name.to_lowercase();
    let is = |known: &str| !known.is_empty() && known.to_lowercase() == name;
    let groups = OWNERS.groups.iter();
    let mut groups = groups.map(|group| [group.name.as_ref(), group.legal_name.as_ref()]);
    groups.any(|names| names.into_iter().any(is))
        || OWNERS.companies.iter().any(|company| is(&company.name))
}
