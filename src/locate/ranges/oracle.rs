//! The ranges of Oracle Cloud, `public_ip_ranges.json`.
//!
//! In:   JSON text.
//! Out:  entries, and the day of the list.
//! Spec: "IP Address Ranges", Oracle Cloud Infrastructure documentation.

use super::json;
use super::kinds::Said;
use super::sink::{About, Broken, Sink};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, default)]
    last_updated_timestamp: Cow<'a, str>,
    #[serde(borrow)]
    regions: Vec<Region<'a>>,
}

#[derive(Deserialize)]
struct Region<'a> {
    #[serde(borrow, default)]
    region: Cow<'a, str>,
    #[serde(borrow, default)]
    cidrs: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    cidr: Cow<'a, str>,
    #[serde(borrow, default)]
    tags: Vec<Cow<'a, str>>,
}

pub(super) fn read(text: &str, sink: &mut Sink) -> Result<About, Broken> {
    let list: List<'_> = json::parse(text)?;
    for region in &list.regions {
        for entry in &region.cidrs {
            let mut tags: Vec<&str> = entry.tags.iter().map(AsRef::as_ref).collect();
            let said = Said {
                provider: "Oracle Cloud",
                region: &region.region,
                service: service(&mut tags),
                ..Said::default()
            };
            sink.add(&entry.cidr, &said)?;
        }
    }
    Ok(About {
        form: "Oracle public_ip_ranges.json",
        day: json::day(&list.last_updated_timestamp),
        is_geofeed: false,
    })
}

/// `OBJECT_STORAGE` says more than `OSN`, the network of all services.
pub(super) fn service<'a>(tags: &mut [&'a str]) -> &'a str {
    tags.sort_unstable();
    let telling = tags.iter().find(|tag| !matches!(**tag, "OCI" | "OSN"));
    telling.or(tags.last()).copied().unwrap_or("")
}
