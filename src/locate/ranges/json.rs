//! Lists of ranges in JSON: whose they are.
//!
//! In:   JSON text.
//! Out:  the reader that fits, and its errors with the byte they are at.
//!
//! serde_json bounds the depth; entries are read into structs, and what no reader names is
//! skipped without being kept.

use super::sink::{About, Broken, Sink};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The keys that tell the lists apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    prefixes: Option<IgnoredAny>,
    #[serde(rename = "ipv6_prefixes")]
    ipv6_prefixes: Option<IgnoredAny>,
    creation_time: Option<IgnoredAny>,
    create_date: Option<IgnoredAny>,
    values: Option<IgnoredAny>,
    regions: Option<IgnoredAny>,
}

pub(super) fn read(
    text: &str,
    day_in_name: Option<String>,
    sink: &mut Sink,
) -> Result<About, Broken> {
    let keys: Keys = parse(text)?;
    if keys.values.is_some() {
        return super::azure::read(text, day_in_name, sink);
    }
    if keys.regions.is_some() {
        return super::oracle::read(text, sink);
    }
    let aws = keys.ipv6_prefixes.is_some() || keys.create_date.is_some();
    match keys.prefixes {
        Some(_) if aws && keys.creation_time.is_none() => super::aws::read(text, sink),
        Some(_) => super::google::read(text, sink),
        None => {
            let what = format!(
                "JSON of a form that is not known; {} is needed",
                super::FORMS
            );
            Err(Broken::at(0, what))
        }
    }
}

/// Reads all of `text` as a `T`.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Broken> {
    serde_json::from_str(text).map_err(|error| {
        let lines = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1));
        let before: usize = lines.map(str::len).sum();
        let offset = before.saturating_add(error.column().saturating_sub(1));
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the JSON ends too early".to_owned(),
            _ => format!("broken JSON (line {}): {words}", error.line()),
        };
        Broken::at(
            offset.min(text.len()),
            format!("{what}: download the list again"),
        )
    })
}

/// The first ten characters of a time, where they are a day.
pub(super) fn day(time: &str) -> Option<String> {
    let day = time.get(..10)?;
    day.parse::<jiff::civil::Date>()
        .ok()
        .map(|day| day.to_string())
}
