//! What is known of one address or name, source by source: `whereto where`.
//!
//! In:   [`Whereabouts`], and the data sources they speak of.
//! Out:  an explanation for people, one source a line.

use super::layout::{Ink, Page};
use crate::model::{
    Company, Confidence, Country, DataSource, NameOwner, Operator, OpinionKind, Physics, Place,
    Whereabouts,
};
use crate::report::{Style, escape};
use std::io::{self, Write};

/// Each of `all`, with a blank line between.
///
/// # Errors
/// Where `out` fails.
pub fn whereabouts(
    all: &[Whereabouts],
    data: &[DataSource],
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    for (number, one) in all.iter().enumerate() {
        if number > 0 {
            page.blank()?;
        }
        let asked = safe(&one.asked);
        let asked = page.paint(&asked, Some(Ink::Strong));
        page.line(&asked)?;
        if let Some(place) = &one.place {
            self::place(page, place, data)?;
        }
        if let Some(owner) = &one.owner {
            self::owner(page, owner)?;
        }
    }
    Ok(())
}

fn place(page: &mut Page<'_>, place: &Place, data: &[DataSource]) -> io::Result<()> {
    page.field("Country", &country(place))?;
    for why in &place.lowered_because {
        page.field("", &format!("less sure than its class: {why}"))?;
    }
    for (number, opinion) in place.opinions.iter().enumerate() {
        let label = if number == 0 { "Said by" } else { "" };
        let Some(source) = data.get(opinion.source) else {
            continue;
        };
        let said = opinion
            .country
            .map_or_else(|| "no country".to_owned(), |country| country.to_string());
        let kind = match opinion.kind {
            OpinionKind::Database => "",
            OpinionKind::OperatorRange => ", the operator's own word",
            OpinionKind::Geofeed => ", the holder's own word",
        };
        let detail = opinion
            .detail
            .as_deref()
            .map_or_else(String::new, |words| format!(": {}", safe(words)));
        let date = source.date.as_deref().unwrap_or("no date");
        let words = format!("{said}  {} ({date}){kind}{detail}", safe(&source.name));
        page.field(label, &words)?;
    }
    round_trip(page, place.physics.as_deref())?;
    if place.anycast == Some(true) {
        let by = place.anycast_source.as_deref().unwrap_or("by a database");
        page.field("Anycast", &safe(by))?;
    }
    registrations(page, place)?;
    if let Some(operator) = &place.operator {
        page.field("Operator", &operated(operator))?;
    }
    if let Some(settled) = place.settled_by {
        page.field("Settled by", settled)?;
    }
    Ok(())
}

/// `Singapore (SG), high confidence: the operator publishes the range …`.
fn country(place: &Place) -> String {
    let class = place
        .class
        .map_or_else(String::new, |class| format!(": {}", class.words));
    match place.country {
        Some(country) if place.confidence > Confidence::None => format!(
            "{}, {} confidence{class}",
            named(country),
            place.confidence.as_str()
        ),
        _ => format!(
            "not known: {}",
            place.unknown_because.unwrap_or("nothing was said")
        ),
    }
}

fn round_trip(page: &mut Page<'_>, physics: Option<&Physics>) -> io::Result<()> {
    let Some(physics) = physics else {
        return Ok(());
    };
    let ms = physics.rtt_ns / 100_000;
    let mut words = format!(
        "{}.{} ms from {}: light in fibre comes and returns from at most {} km (in vacuum {} km)",
        ms / 10,
        ms % 10,
        physics.vantage,
        physics.fibre_km,
        physics.vacuum_km
    );
    if let Some(why) = physics.off_because {
        words = format!(
            "{}.{} ms from {}, not used: {why}",
            ms / 10,
            ms % 10,
            physics.vantage
        );
    }
    page.field("Round trip", &words)?;
    for far in &physics.excluded {
        let vacuum = if far.in_vacuum {
            ", even in vacuum"
        } else {
            ""
        };
        let words = format!(
            "not in {}: {} km or more{vacuum}",
            named(far.country),
            far.km
        );
        page.field("", &words)?;
    }
    Ok(())
}

fn registrations(page: &mut Page<'_>, place: &Place) -> io::Result<()> {
    let mut words: Vec<String> = Vec::new();
    if let Some(country) = place.registered {
        words.push(format!("the block in {country}"));
    }
    if let Some(asn) = place.asn {
        let org = place
            .as_org
            .as_deref()
            .map_or_else(String::new, |org| format!(" {}", safe(org)));
        let most = place.as_country.map_or_else(String::new, |country| {
            format!(", most of its addresses in {country}")
        });
        words.push(format!("AS{asn}{org}{most}"));
    }
    if words.is_empty() {
        return Ok(());
    }
    page.field("Registered", &format!("{} (no place)", words.join("; ")))
}

fn operated(operator: &Operator) -> String {
    let (group, top) = operator.top();
    let seat = named(*top);
    let of = if operator.name.eq_ignore_ascii_case(group) {
        safe(group)
    } else {
        format!("{}, of {}", safe(&operator.name), safe(group))
    };
    if operator.registered_only {
        return format!(
            "{of}; registered in {seat}; {} (weak)",
            safe(&operator.source)
        );
    }
    format!("{of}, seat in {seat}; {}", safe(&operator.source))
}

fn owner(page: &mut Page<'_>, who: &NameOwner) -> io::Result<()> {
    match (&who.owner, &who.hosted_by) {
        (Some(own), _) => company(page, "Owner", own)?,
        (None, Some(host)) => {
            page.field("Owner", "not known: a customer of the host below")?;
            company(page, "Host", host)?;
        }
        (None, None) => {
            let why = who.open_because.unwrap_or("the name is in no catalogue");
            page.field("Owner", &format!("not known: {why}"))?;
        }
    }
    if let Some(function) = &who.function {
        page.field("Function", &safe(function))?;
    }
    page.field(
        "Address",
        "not asked: names are never looked up; audit a capture, or give an address",
    )
}

fn company(page: &mut Page<'_>, label: &str, company: &Company) -> io::Result<()> {
    let seat = |country: Option<Country>| {
        country.map_or_else(
            || "seat not known".to_owned(),
            |country| format!("seat in {}", named(country)),
        )
    };
    let mut words = format!("{}, {}", safe(&company.name), seat(company.country));
    if !company.name.eq_ignore_ascii_case(&company.group) {
        words = format!(
            "{words}; of {}, {}",
            safe(&company.group),
            seat(company.group_country)
        );
    }
    if let Some(country) = company.incorporated {
        words = format!("{words}; incorporated in {}", named(country));
    }
    page.field(label, &words)?;
    page.field("", &format!("according to {}", safe(&company.said_by)))?;
    if let Some(source) = &company.source {
        page.field("", &safe(source))?;
    }
    for (what, url) in &company.evidence {
        page.field("", &format!("{}, {}", safe(what), safe(url)))?;
    }
    match &company.note {
        Some(note) => page.field("Note", &safe(note)),
        None => Ok(()),
    }
}

fn named(country: Country) -> String {
    let the = if country.takes_the() { "the " } else { "" };
    match country.name() {
        Some(name) => format!("{the}{name} ({country})"),
        None => country.to_string(),
    }
}

fn safe(words: &str) -> String {
    escape::terminal_str(words).into_owned()
}
