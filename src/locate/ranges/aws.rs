//! The ranges of Amazon Web Services, `ip-ranges.json`.
//!
//! In:   JSON text.
//! Out:  entries, and the day of the list.
//! Spec: "AWS IP address ranges", Amazon VPC user guide.
//!
//! The network border group decides where a range is: the region of a local zone may be in
//! another country.

use super::json;
use super::kinds::Said;
use super::sink::{About, Broken, Sink};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct List<'a> {
    #[serde(rename = "syncToken", borrow, default)]
    sync_token: Cow<'a, str>,
    #[serde(rename = "createDate", borrow, default)]
    create_date: Cow<'a, str>,
    #[serde(borrow, default)]
    prefixes: Vec<Entry<'a>>,
    #[serde(borrow, default)]
    ipv6_prefixes: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(alias = "ipv6_prefix", borrow, default)]
    ip_prefix: Cow<'a, str>,
    #[serde(borrow, default)]
    region: Cow<'a, str>,
    #[serde(borrow, default)]
    service: Cow<'a, str>,
    #[serde(borrow, default)]
    network_border_group: Cow<'a, str>,
}

pub(super) fn read(text: &str, sink: &mut Sink) -> Result<About, Broken> {
    let list: List<'_> = json::parse(text)?;
    for entry in list.prefixes.iter().chain(&list.ipv6_prefixes) {
        let group = &entry.network_border_group;
        let said = Said {
            provider: "AWS",
            region: if group.is_empty() {
                &entry.region
            } else {
                group
            },
            service: &entry.service,
            is_zone: !group.is_empty(),
            ..Said::default()
        };
        sink.add(&entry.ip_prefix, &said)?;
    }
    Ok(About {
        form: "AWS ip-ranges.json",
        day: day(&list),
        is_geofeed: false,
    })
}

/// `2026-08-22-15-17-05`, or seconds since 1970.
fn day(list: &List<'_>) -> Option<String> {
    let seconds = || {
        list.sync_token
            .parse()
            .ok()
            .and_then(crate::locate::database::day)
    };
    json::day(&list.create_date).or_else(seconds)
}
