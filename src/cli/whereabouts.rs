//! `whereto where`: one estimate, source by source.
//!
//! In:   addresses and names, and place data.
//! Out:  text or JSON. Nothing is asked of any network.

use super::args;
use super::output::Target;
use super::settings::{open_places, style};
use std::net::IpAddr;
use std::path::PathBuf;
use whereto::Error;
use whereto::locate::{Places, RoundTrip, Sight};
use whereto::model::{Text, Time, Whereabouts};
use whereto::report::{json, text};

/// Longer than any name that DNS allows (RFC 1035 section 2.3.4).
const MOST_NAME_BYTES: usize = 255;

/// Runs the command.
pub(super) fn explain(asked: &args::Where) -> Result<u8, Error> {
    let mut warnings: Vec<Text> = Vec::new();
    let places = open_places(&asked.places, &mut warnings)?;
    let all: Vec<Whereabouts> = asked
        .subjects
        .iter()
        .map(|subject| of(subject, asked, &places))
        .collect::<Result<_, _>>()?;
    let standard = [PathBuf::from("-")];
    let paths = &asked.output.output;
    let paths: &[PathBuf] = if paths.is_empty() { &standard } else { paths };
    for path in paths {
        let target = Target::new(path)?;
        let style = style(&asked.output, &target);
        target.write(|out| match asked.format.as_str() {
            "json" => json::whereabouts(&all, places.sources(), out),
            _ => text::whereabouts(&all, places.sources(), style, out),
        })?;
    }
    Ok(0)
}

fn of(subject: &str, asked: &args::Where, places: &Places) -> Result<Whereabouts, Error> {
    let bare = subject.trim_start_matches('[').trim_end_matches(']');
    let second = asked.at.map(|second| second.saturating_mul(1_000_000_000));
    if let Ok(address) = bare.parse::<IpAddr>() {
        let sight = Sight {
            epoch: second.map(|nanoseconds| places.epoch(Time(nanoseconds))),
            trip: asked.rtt.map(|rtt| RoundTrip::new(rtt, None)),
        };
        return Ok(Whereabouts {
            asked: subject.to_owned(),
            place: Some(places.place_seen(address, sight)),
            owner: None,
        });
    }
    let name = subject.trim_end_matches('.').to_ascii_lowercase();
    let is_name = !name.is_empty()
        && name.len() <= MOST_NAME_BYTES
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !name.contains("..");
    if !is_name {
        return Err(Error::Usage(format!(
            "{subject}: neither an address nor a name; names of other scripts are given as xn--…"
        )));
    }
    let time = Time(second.unwrap_or(i64::MAX));
    Ok(Whereabouts {
        asked: subject.to_owned(),
        place: None,
        owner: Some(places.owner(&Text::from(name.as_str()), time)),
    })
}
