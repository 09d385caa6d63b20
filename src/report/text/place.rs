//! What is known of one address or name, source by source: `whereto where`.
//!
//! In:   [`Whereabouts`], and the data sources they speak of.
//! Out:  an explanation for people, one source a line.

use super::in_country;
use super::layout::{Ink, Page, tenths};
use crate::language::{WORDS, fill};
use crate::model::{
    Company, Confidence, Country, DataSource, NameOwner, Operator, OpinionKind, Physics, Place,
    PlaceOpinion, Whereabouts,
};
use crate::report::words::{sure, term};
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
    let words = &WORDS.place_part;
    page.field(WORDS.country, &country(place))?;
    for why in &place.lowered_because {
        page.field("", &fill(words.less_sure, &[why]))?;
    }
    let mut label = words.said_by;
    for opinion in &place.opinions {
        let Some(source) = data.get(opinion.source) else {
            label = "";
            continue;
        };
        page.field(label, &said(opinion, source))?;
        label = "";
    }
    round_trip(page, place.physics.as_deref())?;
    if place.anycast == Some(true) {
        let by = place.anycast_source.as_deref();
        page.field(
            words.anycast,
            &safe(by.unwrap_or(words.anycast_by_database)),
        )?;
    }
    registrations(page, place)?;
    if let Some(operator) = &place.operator {
        page.field(words.operator, &operated(operator))?;
    }
    if let Some(settled) = place.settled_by {
        page.field(words.settled_by, settled)?;
    }
    Ok(())
}

fn said(opinion: &PlaceOpinion, source: &DataSource) -> String {
    let words = &WORDS.place_part;
    let country = opinion.country.as_ref().map(Country::code);
    let country = country.unwrap_or(WORDS.steps.said_nowhere);
    let date = source.date.as_deref().unwrap_or(WORDS.no_date);
    let template = match opinion.kind {
        OpinionKind::Database => words.by_database,
        OpinionKind::OperatorRange => words.by_operator,
        OpinionKind::Geofeed => words.by_holder,
    };
    let said = fill(template, &[country, &safe(&source.name), date]);
    match opinion.detail.as_deref() {
        Some(detail) => fill(WORDS.units.labelled, &[&said, &safe(detail)]),
        None => said,
    }
}

/// `Singapore (SG), high confidence: the operator publishes the range …`.
fn country(place: &Place) -> String {
    let words = &WORDS.place_part;
    match (place.country, place.class) {
        (Some(country), class) if place.confidence > Confidence::None => {
            let (country, sure) = (in_country(country), sure(place.confidence));
            match class {
                Some(class) => fill(words.country_class, &[&country, sure, class.words]),
                None => fill(words.country, &[&country, sure]),
            }
        }
        _ => {
            let why = place.unknown_because.unwrap_or(words.nothing_said);
            fill(words.not_known, &[why])
        }
    }
}

fn round_trip(page: &mut Page<'_>, physics: Option<&Physics>) -> io::Result<()> {
    let Some(physics) = physics else {
        return Ok(());
    };
    let words = &WORDS.place_part;
    let time = tenths(WORDS.units.milliseconds_tenths, physics.rtt_ns / 100_000);
    let said = match physics.off_because {
        Some(why) => fill(words.round_trip_off, &[&time, &physics.vantage, why]),
        None => fill(
            words.round_trip_is,
            &[
                &time,
                &physics.vantage,
                &physics.fibre_km.to_string(),
                &physics.vacuum_km.to_string(),
            ],
        ),
    };
    page.field(words.round_trip, &said)?;
    for far in &physics.excluded {
        let template = match far.in_vacuum {
            true => words.ruled_out_in_vacuum,
            false => words.ruled_out,
        };
        let (country, km) = (in_country(far.country), far.km.to_string());
        page.field("", &fill(template, &[&country, &km]))?;
    }
    Ok(())
}

fn registrations(page: &mut Page<'_>, place: &Place) -> io::Result<()> {
    let words = &WORDS.place_part;
    let mut said: Vec<String> = Vec::new();
    if let Some(country) = &place.registered {
        said.push(fill(words.block_in, &[country.code()]));
    }
    if let Some(asn) = place.asn {
        let system = match place.as_org.as_deref() {
            Some(org) => format!("AS{asn} {}", safe(org)),
            None => format!("AS{asn}"),
        };
        said.push(match &place.as_country {
            Some(country) => fill(words.system_in, &[&system, country.code()]),
            None => system,
        });
    }
    if said.is_empty() {
        return Ok(());
    }
    let said = said.join(WORDS.units.semicolon);
    page.field(words.registered, &fill(words.no_place, &[&said]))
}

fn operated(operator: &Operator) -> String {
    let words = &WORDS.place_part;
    let (group, top) = operator.top();
    let seat = in_country(*top);
    let company = match operator.name.eq_ignore_ascii_case(group) {
        true => safe(group),
        false => fill(words.company_of, &[&safe(&operator.name), &safe(group)]),
    };
    let template = match operator.registered_only {
        true => words.operator_registered,
        false => words.operator_seat,
    };
    fill(template, &[&company, &seat, &safe(&operator.source)])
}

fn owner(page: &mut Page<'_>, who: &NameOwner) -> io::Result<()> {
    let words = &WORDS.place_part;
    match (&who.owner, &who.hosted_by) {
        (Some(own), _) => company(page, words.owner, own)?,
        (None, Some(host)) => {
            page.field(words.owner, words.customer)?;
            company(page, words.host, host)?;
        }
        (None, None) => {
            let why = who.open_because.unwrap_or(words.no_catalogue);
            page.field(words.owner, &fill(words.not_known, &[why]))?;
        }
    }
    if let Some(function) = &who.function {
        page.field(words.function, &safe(term(function)))?;
    }
    page.field(words.address, words.not_asked)
}

fn company(page: &mut Page<'_>, label: &str, company: &Company) -> io::Result<()> {
    let words = &WORDS.place_part;
    let seat = |name: &str, country: Option<Country>| match country {
        Some(country) => fill(words.seat, &[&safe(name), &in_country(country)]),
        None => fill(words.seat_unknown, &[&safe(name)]),
    };
    let mut said = seat(&company.name, company.country);
    if !company.name.eq_ignore_ascii_case(&company.group) {
        let group = seat(&company.group, company.group_country);
        said = fill(words.of_group, &[&said, &group]);
    }
    if let Some(country) = company.incorporated {
        said = fill(words.incorporated, &[&said, &in_country(country)]);
    }
    page.field(label, &said)?;
    let according = fill(words.according_to, &[&safe(&company.said_by)]);
    page.field("", &according)?;
    if let Some(source) = &company.source {
        page.field("", &safe(source))?;
    }
    for (what, url) in &company.evidence {
        page.field("", &fill(words.evidence, &[&safe(what), &safe(url)]))?;
    }
    match &company.note {
        Some(note) => page.field(words.note, &safe(note)),
        None => Ok(()),
    }
}

fn safe(words: &str) -> String {
    escape::terminal_str(words).into_owned()
}
