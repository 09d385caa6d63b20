//! The ranges of Google: `cloud.json` with regions, `goog.json` without.
//!
//! In:   JSON text.
//! Out:  entries, and the day of the list.
//! Spec: "Obtain Google IP address ranges", Google Workspace help; www.gstatic.com/ipranges.
//!
//! `goog.json` holds all that Google announces, its cloud among it: whose an address is, never
//! where.

use super::json;
use super::kinds::Said;
use super::sink::{About, Broken, Sink};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct List<'a> {
    #[serde(rename = "creationTime", borrow, default)]
    creation_time: Cow<'a, str>,
    #[serde(borrow)]
    prefixes: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(rename = "ipv4Prefix", alias = "ipv6Prefix", borrow, default)]
    prefix: Cow<'a, str>,
    #[serde(borrow, default)]
    service: Cow<'a, str>,
    #[serde(borrow, default)]
    scope: Cow<'a, str>,
}

pub(super) fn read(text: &str, sink: &mut Sink) -> Result<About, Broken> {
    let list: List<'_> = json::parse(text)?;
    let is_cloud = list.prefixes.iter().any(|entry| !entry.scope.is_empty());
    for entry in &list.prefixes {
        let said = Said {
            provider: if is_cloud { "Google Cloud" } else { "Google" },
            region: &entry.scope,
            service: &entry.service,
            ..Said::default()
        };
        sink.add(&entry.prefix, &said)?;
    }
    Ok(About {
        form: if is_cloud {
            "Google cloud.json"
        } else {
            "Google goog.json"
        },
        day: json::day(&list.creation_time),
        is_geofeed: false,
    })
}
