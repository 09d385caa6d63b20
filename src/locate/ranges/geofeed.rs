//! Geofeeds: where the holder of a block of addresses says that they are.
//!
//! In:   lines of prefix, country, part of the country, city, postal code.
//! Out:  entries.
//! Spec: RFC 8805.
//!
//! This is the word of whoever holds the block, and nobody checks it. An entry without a
//! country asks not to be placed (RFC 8805 §2.1.1.2), and wins over a wider one.

use super::kinds::Said;
use super::plain::records;
use super::sink::{About, Broken, Sink};
use crate::locate::record::country;

pub(super) fn read(text: &str, sink: &mut Sink) -> Result<About, Broken> {
    let mut placed = false;
    for record in records(text).records() {
        let record = record.map_err(super::plain::broken)?;
        let cell = |at: usize| record.get(at).unwrap_or("").trim();
        let code = cell(1);
        let place = country(code);
        // A code that is none is a mistake; to ask for no place is not.
        if place.is_none() && !code.is_empty() && !code.eq_ignore_ascii_case("ZZ") {
            sink.bad = sink.bad.saturating_add(1);
            continue;
        }
        placed |= place.is_some();
        let said = Said {
            region: cell(2),
            city: cell(3),
            country: place,
            is_geofeed: true,
            ..Said::default()
        };
        sink.add(cell(0), &said)?;
    }
    if !placed {
        let what = "prefixes without a country: a geofeed (RFC 8805) or a CSV table with a header is needed";
        return Err(Broken::at(0, what));
    }
    Ok(About {
        form: "geofeed (RFC 8805)",
        day: None,
        is_geofeed: true,
    })
}
