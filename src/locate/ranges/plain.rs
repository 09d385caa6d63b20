//! A CSV table of ranges with a header.
//!
//! In:   lines under a header that names a column `prefix`, `network` or `cidr`.
//! Out:  entries.
//! Spec: RFC 4180, with `#` comments.
//!
//! Columns that are read: `provider`, `region`, `service`, `country`, `city`, in any order and
//! case. Without a country that of the provider's region counts.

use super::kinds::Said;
use super::sink::{About, Broken, Sink};
use crate::locate::record::country;

pub(in crate::locate) fn is_prefix_column(name: &str) -> bool {
    let known = [
        "prefix",
        "network",
        "cidr",
        "range",
        "ip_prefix",
        "ip_range",
        "subnet",
    ];
    known
        .iter()
        .any(|known| name.trim().eq_ignore_ascii_case(known))
}

pub(super) fn read(text: &str, sink: &mut Sink) -> Result<About, Broken> {
    let mut lines = records(text);
    let mut lines = lines.records();
    let header = match lines.next() {
        Some(header) => header.map_err(broken)?,
        None => return Err(Broken::at(0, "no header")),
    };
    let column = |names: &[&str]| {
        let fits = |cell: &str| {
            names
                .iter()
                .any(|name| cell.trim().eq_ignore_ascii_case(name))
        };
        header.iter().position(fits)
    };
    let prefix = header.iter().position(is_prefix_column);
    let provider = column(&["provider", "cloud", "operator"]);
    let region = column(&["region", "location", "network_border_group"]);
    let service = column(&["service"]);
    let place = column(&["country", "country_code", "cc", "alpha2code"]);
    let city = column(&["city"]);
    if provider.or(region).or(place).is_none() {
        let what = "a table without any of the columns provider, region and country says nothing";
        return Err(Broken::at(0, what));
    }
    for record in lines {
        let record = record.map_err(broken)?;
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or("").trim();
        let code = cell(place);
        let country = country(code);
        if country.is_none() && !code.is_empty() {
            sink.bad = sink.bad.saturating_add(1);
            continue;
        }
        let said = Said {
            provider: cell(provider),
            region: cell(region),
            service: cell(service),
            country,
            city: cell(city),
            ..Said::default()
        };
        sink.add(cell(prefix), &said)?;
    }
    Ok(About {
        form: "CSV table of ranges",
        day: None,
        is_geofeed: false,
    })
}

pub(in crate::locate) fn records(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
}

pub(super) fn broken(error: csv::Error) -> Broken {
    let at = error.position().map_or(0, csv::Position::byte);
    let what = format!("broken CSV: {error}");
    Broken::at(usize::try_from(at).unwrap_or(usize::MAX), what)
}
