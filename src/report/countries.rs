//! Country names for readers.
//!
//! In:   a [`Country`] code.
//! Out:  a short English name.

use crate::model::Country;

/// The name of a country; `None` where the code is not assigned.
pub(crate) fn name(country: Country) -> Option<&'static str> {
    country.name()
}
