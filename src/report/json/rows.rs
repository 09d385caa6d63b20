//! The long lists of the document, a line a row, handed on as they are written.

use super::writer::Writer;
use crate::model::columns::{Row, Value};
use crate::model::{
    Country, DataSource, Destination, DnsAnswer, DnsRow, Finding, Flow, HttpRow, NameOwner,
    Physics, Place, Report, Text, Whereabouts,
};
use crate::report::{opinion_words, words};
use std::io;

pub(super) fn flows(json: &mut Writer<'_>, report: &Report) -> io::Result<()> {
    rows(json, "flows", |json| {
        report.rows.flows(&mut |flow| {
            json.line();
            json.begin(b'{');
            json.row(Row {
                flow,
                data: &report.data,
            });
            names(json, flow);
            json.end(b'}');
            json.drain()
        })
    })
}

fn names(json: &mut Writer<'_>, flow: &Flow) {
    if flow.names.len() < 2 {
        return;
    }
    json.list("names", &flow.names, |json, name| {
        json.begin(b'{');
        json.text("name", &name.name);
        json.field_string("via", name.via.as_str());
        json.field_string("grade", name.grade.as_str());
        json.field("frame", name.frame);
        json.end(b'}');
    });
}

pub(super) fn destinations(json: &mut Writer<'_>, report: &Report) -> io::Result<()> {
    rows(json, "destinations", |json| {
        report.destinations.iter().try_for_each(|destination| {
            json.line();
            json.begin(b'{');
            subject(json, destination);
            let Destination { scope, place, .. } = destination;
            json.field_string("scope", scope.as_str());
            where_it_is(json, place, &report.data);
            who_is_behind(json, destination);
            json.field("packets_out", destination.packets_out);
            json.field("packets_in", destination.packets_in);
            json.list(
                "flow_numbers",
                destination.flow_numbers.iter(),
                |json, flow| json.integer((*flow).into()),
            );
            let verdict = destination.verdict.map(|verdict| verdict.as_str());
            json.field_string_or_null("verdict", verdict);
            if let Some(yes) = destination.in_baseline {
                json.field_boolean("in_baseline", yes);
            }
            json.end(b'}');
            json.drain()
        })
    })
}

/// What identifies a destination, how much went there, and where to look.
fn subject(json: &mut Writer<'_>, destination: &Destination) {
    identity(json, destination);
    json.field("flows", destination.flows);
    json.field("bytes_out", destination.bytes_out);
    json.field("bytes_in", destination.bytes_in);
    json.span(Some((destination.first_seen, destination.last_seen)));
    numbers(json, "frames", &destination.frames);
}

fn numbers(json: &mut Writer<'_>, key: &str, numbers: &[u32]) {
    json.list(key, numbers, |json, number| json.integer((*number).into()));
}

/// What a destination is called, and its addresses.
fn identity(json: &mut Writer<'_>, destination: &Destination) {
    json.text_or_null("name", destination.name.as_ref());
    json.field_string_or_null(
        "name_via",
        Some(destination.name_via).filter(|via| !via.is_empty()),
    );
    json.field_string("name_grade", destination.name_grade);
    json.text_or_null(
        "registrable_domain",
        destination.registrable_domain.as_ref(),
    );
    json.list("addresses", &destination.addresses, |json, address| {
        json.address(*address)
    });
    json.field("address_count", destination.address_count);
    json.list("protocols", &destination.protocols, |json, word| {
        json.string(word)
    });
}

/// Single addresses with their places and operators, single names with their owners.
pub(super) fn whereabouts(
    json: &mut Writer<'_>,
    all: &[Whereabouts],
    data: &[DataSource],
) -> io::Result<()> {
    rows(json, "whereabouts", |json| {
        all.iter().try_for_each(|one| {
            json.line();
            json.begin(b'{');
            json.field_string("asked", &one.asked);
            if let Some(place) = &one.place {
                where_it_is(json, place, data);
                who_operates(json, place);
            }
            if let Some(owner) = &one.owner {
                who_owns(json, owner);
            }
            json.end(b'}');
            json.drain()
        })
    })
}

/// The place columns, under the names they have in a flow row.
pub(super) fn where_it_is(json: &mut Writer<'_>, place: &Place, data: &[DataSource]) {
    json.field_string_or_null(
        "country",
        place.country.as_ref().map(|country| country.code()),
    );
    json.field_string("country_confidence", place.confidence.as_str());
    let sources = opinion_words(&place.opinions, data);
    json.field_string_or_null("country_sources", Some(&*sources).filter(|s| !s.is_empty()));
    json.field_string_or_null("country_unknown_because", place.unknown_because);
    json.field_string_or_null("country_class", place.class.map(|class| class.name));
    json.list(
        "country_lowered_because",
        &place.lowered_because,
        |json, why| json.string(why),
    );
    json.field_string_or_null("country_settled_by", place.settled_by);
    let code = |country: Option<&Country>| country.map(|country| country.code().to_owned());
    json.field_string_or_null(
        "registered_country",
        code(place.registered.as_ref()).as_deref(),
    );
    json.field_string_or_null("as_country", code(place.as_country.as_ref()).as_deref());
    json.list("country_opinions", &place.opinions, |json, opinion| {
        json.begin(b'{');
        let source = data.get(opinion.source);
        json.field_string_or_null("source", source.map(|source| source.name.as_str()));
        json.field_string("kind", opinion.kind.as_str());
        json.field_string_or_null("country", code(opinion.country.as_ref()).as_deref());
        json.field_string_or_null("detail", opinion.detail.as_deref());
        json.end(b'}');
    });
    round_trip(json, place.physics.as_deref());
    json.field_or_null("asn", place.asn.map(u64::from));
    json.field_string_or_null("as_org", place.as_org.as_deref());
    let operator = place.operator_country();
    json.field_string_or_null("operator_country", operator.map(|country| country.code()));
    json.field_string_or_null("cloud", place.cloud.as_deref());
    json.field_string_or_null("cloud_region", place.cloud_region.as_deref());
    json.field_string_or_null("cloud_service", place.cloud_service.as_deref());
    json.field_string_or_null("city", place.city.as_deref());
    json.key("anycast");
    match place.anycast {
        Some(yes) => json.boolean(yes),
        None => json.null(),
    }
}

/// What the round trip says of the place, with its arithmetic.
fn round_trip(json: &mut Writer<'_>, physics: Option<&Physics>) {
    json.key("round_trip");
    let Some(physics) = physics else {
        return json.null();
    };
    json.begin(b'{');
    json.cell("rtt_ms", Value::Milliseconds(physics.rtt_ns));
    json.field_string("vantage", &physics.vantage);
    json.field("fibre_km", physics.fibre_km.into());
    json.field("vacuum_km", physics.vacuum_km.into());
    json.list("excluded", &physics.excluded, |json, excluded| {
        json.begin(b'{');
        json.field_string("country", excluded.country.code());
        json.field("km", excluded.km.into());
        json.key("in_vacuum");
        json.boolean(excluded.in_vacuum);
        json.end(b'}');
    });
    json.field_string_or_null("off_because", physics.off_because);
    json.end(b'}');
}

/// The columns of operator and owner, under the names they have in a flow row.
fn who_is_behind(json: &mut Writer<'_>, destination: &Destination) {
    who_operates(json, &destination.place);
    who_owns(json, &destination.owner);
}

fn who_operates(json: &mut Writer<'_>, place: &Place) {
    let operator = place.operator.as_deref();
    for (key, words) in [
        (
            "operator",
            operator.map(|operator| operator.top().0.as_ref()),
        ),
        (
            "operator_company",
            operator.map(|operator| operator.name.as_ref()),
        ),
        (
            "operator_source",
            operator.map(|operator| operator.source.as_ref()),
        ),
    ] {
        json.field_string_or_null(key, words);
    }
}

fn who_owns(json: &mut Writer<'_>, who: &NameOwner) {
    let owner = who.owner.as_deref();
    let country = owner.and_then(|company| company.group_country.as_ref());
    for (key, words) in [
        ("owner", owner.map(|company| company.group.as_ref())),
        ("owner_company", owner.map(|company| company.name.as_ref())),
        ("owner_country", country.map(|country| country.code())),
        (
            "owner_source",
            owner.map(|company| company.said_by.as_ref()),
        ),
        ("function", who.function.as_deref()),
        (
            "hosted_by",
            who.hosted_by.as_ref().map(|company| company.group.as_ref()),
        ),
    ] {
        json.field_string_or_null(key, words);
    }
    let alias = who.alias.as_ref();
    json.text_or_null("cname_target", alias.map(|alias| &alias.target));
    let theirs = alias.and_then(|alias| alias.owner.as_ref());
    json.field_string_or_null("cname_owner", theirs.map(|company| company.group.as_ref()));
}

pub(super) fn findings(json: &mut Writer<'_>, report: &Report) -> io::Result<()> {
    rows(json, "findings", |json| {
        report.findings.iter().try_for_each(|finding| {
            json.line();
            let destination = finding
                .destination
                .and_then(|at| report.destinations.get(at));
            self::finding(json, finding, destination);
            json.drain()
        })
    })
}

fn finding(json: &mut Writer<'_>, finding: &Finding, destination: Option<&Destination>) {
    json.begin(b'{');
    json.field_string("id", &finding.id);
    json.field_string("rule", &finding.rule);
    json.field_string("check", finding.check);
    json.field_string("severity", finding.severity.as_str());
    json.field_string_or_null("reference", finding.reference.as_deref());
    json.field_string("verdict", finding.verdict.as_str());
    json.field_string_or_null(
        "country",
        finding.country.as_ref().map(|country| country.code()),
    );
    json.field_string("why", &finding.why);
    json.field_string_or_null("would_decide", finding.would_decide.as_deref());
    let number = finding.destination.and_then(|at| u64::try_from(at).ok());
    json.field_or_null("destination", number);
    if let Some(destination) = destination {
        identity(json, destination);
        json.field("bytes_out", destination.bytes_out);
        json.field("bytes_in", destination.bytes_in);
        json.span(Some((destination.first_seen, destination.last_seen)));
    }
    json.field("flows", finding.flows);
    numbers(json, "frames", &finding.frames);
    numbers(json, "flow_numbers", &finding.flow_numbers);
    json.key("suppressed");
    match &finding.suppressed {
        None => json.null(),
        Some(suppression) => {
            json.begin(b'{');
            json.field_string("reason", &suppression.reason);
            json.field_string("owner", &suppression.owner);
            json.field_string_or_null("expires", suppression.expires.as_deref());
            json.end(b'}');
        }
    }
    json.end(b'}');
}

pub(super) fn dns(json: &mut Writer<'_>, report: &Report) -> io::Result<()> {
    rows(json, "dns", |json| {
        report.rows.dns(&mut |row| {
            json.line();
            dns_row(json, row);
            json.drain()
        })
    })
}

fn dns_row(json: &mut Writer<'_>, row: &DnsRow) {
    json.begin(b'{');
    json.field_string("family", row.family);
    json.field_string("transport", &row.transport.to_string());
    json.key("client_ip");
    json.address(row.client_ip);
    json.key("resolver_ip");
    json.address(row.resolver_ip);
    json.field("frame", row.frame);
    json.key("time");
    json.time(row.time);
    json.text("name", &row.name);
    json.field_string("type", &words::dns_type(row.kind));
    json.field_string_or_null("rcode", row.rcode.map(words::dns_rcode).as_deref());
    json.field_boolean("truncated", row.truncated);
    json.list("answers", &row.answers, answer);
    json.end(b'}');
}

fn answer(json: &mut Writer<'_>, answer: &DnsAnswer) {
    json.begin(b'{');
    json.text("name", &answer.name);
    json.field_string("type", &words::dns_type(answer.kind));
    json.text("data", &answer.data);
    json.field("ttl", answer.ttl.into());
    json.end(b'}');
}

pub(super) fn http(json: &mut Writer<'_>, report: &Report) -> io::Result<()> {
    rows(json, "http", |json| {
        report.rows.http(&mut |row| {
            json.line();
            http_row(json, row);
            json.drain()
        })
    })
}

fn http_row(json: &mut Writer<'_>, row: &HttpRow) {
    let none = Text::default();
    let response = row.response.as_ref();
    json.begin(b'{');
    json.field("flow", row.flow);
    json.field("frame", row.frame);
    json.key("time");
    json.time(row.time);
    json.text("method", &row.request.method);
    // Always a string: empty where the request named no host.
    json.text("host", row.request.host.as_ref().unwrap_or(&none));
    json.text("path", &row.request.path);
    json.text_or_null("user_agent", row.request.user_agent.as_ref());
    json.text_or_null("request_content_type", row.request.content_type.as_ref());
    json.text_or_null(
        "request_content_encoding",
        row.request.content_encoding.as_ref(),
    );
    json.field_or_null("status", response.map(|response| response.status.into()));
    json.text_or_null(
        "content_type",
        response.and_then(|r| r.content_type.as_ref()),
    );
    json.text_or_null(
        "content_encoding",
        response.and_then(|r| r.content_encoding.as_ref()),
    );
    json.key("remote_ip");
    json.address(row.remote_ip);
    json.field("remote_port", row.remote_port.into());
    json.field_string("visibility", "cleartext");
    json.end(b'}');
}

fn rows(
    json: &mut Writer<'_>,
    key: &str,
    each: impl FnOnce(&mut Writer<'_>) -> io::Result<()>,
) -> io::Result<()> {
    json.key(key);
    json.begin(b'[');
    each(json)?;
    json.end_rows();
    Ok(())
}
