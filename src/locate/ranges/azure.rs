//! The ranges of Microsoft Azure, `ServiceTags_Public_DATE.json`.
//!
//! In:   JSON text, and the name of the file.
//! Out:  entries, and the day of the list.
//! Spec: "Azure IP Ranges and Service Tags", Microsoft Download Center.
//!
//! A tag may stand for one region (`Storage.WestEurope`) or for all: a prefix without a region
//! takes that of the tag `AzureCloud.REGION` around it. The list has no date but in its name.

use super::json;
use super::kinds::Said;
use super::sink::{About, Broken, Sink};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    values: Vec<Tag<'a>>,
}

#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    properties: Properties<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    #[serde(borrow, default)]
    region: Cow<'a, str>,
    #[serde(borrow, default)]
    address_prefixes: Vec<Cow<'a, str>>,
}

pub(super) fn read(
    text: &str,
    day_in_name: Option<String>,
    sink: &mut Sink,
) -> Result<About, Broken> {
    let list: List<'_> = json::parse(text)?;
    for tag in &list.values {
        let said = said(&tag.name, &tag.properties.region);
        for prefix in &tag.properties.address_prefixes {
            sink.add(prefix, &said)?;
        }
    }
    Ok(About {
        form: "Azure service tags",
        day: day_in_name,
        is_geofeed: false,
    })
}

/// What a tag says: `Storage.WestEurope` is the service `Storage` in `westeurope`, while
/// `AzureFrontDoor.Frontend` is all a service.
pub(super) fn said<'a>(tag: &'a str, region: &'a str) -> Said<'a> {
    let (service, suffix) = tag.split_once('.').unwrap_or((tag, ""));
    let is_region = !suffix.is_empty()
        && (suffix.eq_ignore_ascii_case(region) || super::regions::find("Azure", suffix).is_some());
    // Its regions are called by two names; the one in the tag is that of the documentation.
    let by_tag = super::regions::find("Azure", suffix).is_some();
    let service = if is_region || !region.is_empty() {
        service
    } else {
        tag
    };
    Said {
        provider: "Azure",
        region: if by_tag { suffix } else { region },
        service,
        ..Said::default()
    }
}
