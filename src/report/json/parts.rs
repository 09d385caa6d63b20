//! The short parts of the document: what was read, with what, how much, and what was lost.

use super::writer::Writer;
use crate::model::{
    DataSource, Device, Expectation, FailOn, Holding, Input, Interface, Limits, Losses, Reason,
    Report, Settings, Text, Totals,
};
use crate::report::words;
use std::collections::BTreeMap;

/// Everything but the rows.
pub(super) fn about(json: &mut Writer<'_>, report: &Report) {
    whereto(json);
    json.line();
    json.lines("inputs", &report.inputs, input);
    json.line();
    data(json, &report.data);
    json.line();
    settings(json, &report.settings);
    json.line();
    json.lines("devices", &report.devices, device);
    json.line();
    totals(json, &report.totals);
    json.line();
    losses(json, &report.losses);
}

/// Where places come from, with the credit that its licence asks for.
pub(super) fn data(json: &mut Writer<'_>, data: &[DataSource]) {
    json.lines("data", data, data_source);
}

pub(super) fn whereto(json: &mut Writer<'_>) {
    json.key("whereto");
    json.begin(b'{');
    json.field_string("version", env!("CARGO_PKG_VERSION"));
    json.field("schema", super::SCHEMA);
    json.end(b'}');
}

fn input(json: &mut Writer<'_>, input: &Input) {
    json.begin(b'{');
    json.text("path", &input.path);
    json.field_string("format", input.format);
    json.list("compression", &input.compression, |json, word| {
        json.word(word)
    });
    json.field("stored_bytes", input.stored_bytes);
    json.field("inner_bytes", input.inner_bytes);
    json.field_string_or_null("sha256", input.sha256.as_deref());
    json.field_string_or_null("inner_sha256", input.inner_sha256.as_deref());
    json.field("packets", input.packets);
    json.span(input.time);
    json.list("interfaces", &input.interfaces, interface);
    notes(json, &input.notes);
    json.field("secret_bytes", input.secret_bytes);
    json.field("resolved_names", input.resolved_names);
    json.list(
        "skipped_blocks",
        &input.skipped_blocks,
        |json, (kind, blocks)| {
            json.begin(b'{');
            json.field("type", u64::from(*kind));
            json.field("blocks", *blocks);
            json.end(b'}');
        },
    );
    json.field_boolean("cut", input.cut);
    json.field_boolean("unordered", input.unordered);
    json.end(b'}');
}

fn interface(json: &mut Writer<'_>, interface: &Interface) {
    json.begin(b'{');
    json.field("link", interface.link.into());
    json.field_string_or_null("link_name", words::link(interface.link));
    json.text_or_null("name", interface.name.as_ref());
    json.text_or_null("description", interface.description.as_ref());
    notes(json, &interface.notes);
    json.field("snaplen", interface.snaplen.into());
    json.field("ticks_per_second", interface.ticks_per_second);
    json.field("packets", interface.packets);
    json.field("cut_packets", interface.cut_packets);
    json.field("cut_bytes", interface.cut_bytes);
    json.field_or_null("received", interface.received);
    json.field_or_null("dropped_by_interface", interface.dropped_by_interface);
    json.field_or_null("dropped_by_os", interface.dropped_by_os);
    json.field_or_null("dropped_before_packets", interface.dropped_before_packets);
    json.end(b'}');
}

fn notes(json: &mut Writer<'_>, notes: &[(&'static str, Text)]) {
    json.list("notes", notes, |json, (kind, text)| {
        json.begin(b'{');
        json.field_string("kind", kind);
        json.text("text", text);
        json.end(b'}');
    });
}

fn data_source(json: &mut Writer<'_>, source: &DataSource) {
    json.begin(b'{');
    source_fields(json, source);
    json.end(b'}');
}

/// A source, and what it covers.
pub(super) fn holding(json: &mut Writer<'_>, holding: &Holding) {
    json.begin(b'{');
    source_fields(json, &holding.source);
    json.field_string("kind", holding.kind);
    let maker = Some(holding.maker).filter(|maker| !maker.is_empty());
    json.field_string_or_null("maker", maker);
    json.list("covers", &holding.covers, |json, cover| {
        let number = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        json.begin(b'{');
        json.field_string("gives", cover.gives);
        json.field("networks", cover.networks);
        json.field("ipv4_addresses", number(cover.ipv4_addresses));
        json.field("ipv4_asked", number(cover.ipv4_asked));
        json.field("ipv6_slash48s", number(cover.ipv6_slash48s));
        json.field("ipv6_asked", number(cover.ipv6_asked));
        json.end(b'}');
    });
    json.list("editions", &holding.editions, |json, name| {
        json.string(name)
    });
    json.end(b'}');
}

fn source_fields(json: &mut Writer<'_>, source: &DataSource) {
    json.field_string("name", &source.name);
    json.field_string("origin", &source.origin);
    json.field_string("description", &source.description);
    json.field_string_or_null("date", source.date.as_deref());
    json.key("built");
    match source.built {
        Some(seconds) => json.signed(seconds),
        None => json.null(),
    }
    json.field_string("sha256", &source.sha256);
    json.field_string_or_null("credit", source.credit.as_deref());
    json.field_string_or_null("link", source.link.as_deref());
    json.list("gives", &source.gives, |json, word| json.word(word));
}

fn settings(json: &mut Writer<'_>, settings: &Settings) {
    json.key("settings");
    json.begin(b'{');
    for (key, expectation) in [
        ("expect", &settings.expect),
        ("expect_operator", &settings.expect_operator),
        ("expect_owner", &settings.expect_owner),
    ] {
        match expectation {
            Some(expectation) => expect(json, key, expectation),
            None => json.field_null(key),
        }
    }
    json.list("devices", &settings.devices, |json, device| {
        json.string(device)
    });
    json.field_boolean("hashed", settings.hashed);
    if let Some(about) = &settings.about {
        json.key("about");
        json.begin(b'{');
        json.field_string("title", &about.title);
        json.field_string("notice", &about.notice);
        if !about.reply.is_empty() {
            json.field_string("reply", &about.reply);
        }
        json.list("facts", about.facts(), |json, (fact, value)| {
            json.begin(b'{');
            json.field_string("name", fact.as_str());
            json.field_string("value", value);
            json.end(b'}');
        });
        json.end(b'}');
    }
    if let Some(vantage) = &settings.vantage {
        json.field_string("vantage", vantage);
    }
    if let Some(filter) = &settings.filter {
        json.key("filter");
        json.string(filter);
    }
    if !settings.baselines.is_empty() {
        json.list("baselines", &settings.baselines, |json, capture| {
            json.begin(b'{');
            json.text("path", &capture.path);
            json.field_string_or_null("sha256", capture.sha256.as_deref());
            json.field("packets", capture.packets);
            json.span(capture.time);
            json.end(b'}');
        });
    }
    if settings.fail_on != FailOn::default() {
        json.list("fail_on", settings.fail_on.words(), |json, word| {
            json.word(word)
        });
    }
    if let Some(file) = &settings.suppressions {
        json.key("suppressions");
        json.begin(b'{');
        json.field_string("origin", &file.origin);
        json.field_string("sha256", &file.sha256);
        json.field_string_or_null("as_of", file.as_of.as_deref());
        json.end(b'}');
    }
    limits(json, &settings.limits);
    json.end(b'}');
}

fn expect(json: &mut Writer<'_>, key: &str, expectation: &Expectation) {
    json.key(key);
    json.begin(b'{');
    json.field_string("written", &expectation.written);
    json.list("countries", &expectation.countries, |json, country| {
        json.word(country.code())
    });
    json.list("groups", &expectation.groups, super::policy::group);
    json.list("conditional", &expectation.conditional, |json, member| {
        json.begin(b'{');
        json.field_string("country", member.country.code());
        json.field_string("group", &member.group);
        json.field_string("condition", &member.condition);
        json.end(b'}');
    });
    json.end(b'}');
}

fn limits(json: &mut Writer<'_>, limits: &Limits) {
    json.key("limits");
    json.begin(b'{');
    for (key, value) in limits.named() {
        json.field(key, value);
    }
    json.end(b'}');
}

fn device(json: &mut Writer<'_>, device: &Device) {
    json.begin(b'{');
    json.list("addresses", &device.addresses, |json, address| {
        json.address(*address)
    });
    json.field_string_or_null("mac", device.mac.map(|mac| mac.to_string()).as_deref());
    json.field_string("reason", &device.reason);
    json.end(b'}');
}

fn totals(json: &mut Writer<'_>, totals: &Totals) {
    let [observed, inferred, unnamed] = totals.names;
    let [violated, indeterminate, met] = totals.verdicts;
    json.key("totals");
    json.begin(b'{');
    for (key, value) in [
        ("packets", totals.packets),
        ("captured_bytes", totals.captured_bytes),
        ("wire_bytes", totals.wire_bytes),
        ("flows", totals.flows),
        ("folded_flows", totals.folded_flows),
        ("outbound_flows", totals.outbound_flows),
        ("packets_out", totals.packets_out),
        ("bytes_out", totals.bytes_out),
        ("packets_in", totals.packets_in),
        ("bytes_in", totals.bytes_in),
        ("unrecognised_bytes", totals.unrecognised_bytes),
    ] {
        json.field(key, value);
    }
    three(
        json,
        "names",
        [
            ("observed", observed),
            ("inferred", inferred),
            ("none", unnamed),
        ],
    );
    let verdicts = [
        ("violated", violated),
        ("indeterminate", indeterminate),
        ("met", met),
    ];
    three(json, "verdicts", verdicts);
    json.span(totals.time);
    if let Some(sums) = &totals.in_baseline {
        json.key("in_baseline");
        json.begin(b'{');
        json.field("flows", sums.flows);
        json.field("bytes_out", sums.bytes_out);
        json.field("bytes_in", sums.bytes_in);
        json.end(b'}');
    }
    json.end(b'}');
}

fn three(json: &mut Writer<'_>, key: &str, values: [(&str, u64); 3]) {
    json.key(key);
    json.begin(b'{');
    for (key, value) in values {
        json.field(key, value);
    }
    json.end(b'}');
}

fn losses(json: &mut Writer<'_>, losses: &Losses) {
    json.key("losses");
    json.begin(b'{');
    json.field("in_flows", losses.in_flows);
    json.field("filtered", losses.filtered);
    if losses.marks > 0 {
        json.field("marks", losses.marks);
    }
    json.field("cut_packets", losses.cut_packets);
    json.field("cut_bytes", losses.cut_bytes);
    json.field("lost_records", losses.lost_records);
    json.field("damage_count", losses.damage_count);
    reasons(json, "not_ip", &losses.not_ip);
    reasons(json, "undecodable", &losses.undecodable);
    reasons(json, "layers", &losses.layers);
    json.list("damages", &losses.damages, |json, damage| {
        json.begin(b'{');
        json.field("input", u64::try_from(damage.input).unwrap_or(u64::MAX));
        json.field("offset", damage.offset);
        json.field_string("what", &damage.what);
        json.end(b'}');
    });
    json.key("counts");
    json.begin(b'{');
    for (name, count) in &losses.counts {
        json.field(name, *count);
    }
    json.end(b'}');
    json.list("warnings", &losses.warnings, |json, warning| {
        json.string(&warning.lossless())
    });
    json.end(b'}');
}

fn reasons(json: &mut Writer<'_>, key: &str, reasons: &BTreeMap<Reason, u64>) {
    json.list(key, reasons, |json, (reason, packets)| {
        json.begin(b'{');
        json.field_string("layer", reason.layer);
        json.field_string("what", reason.what);
        json.field_or_null("number", reason.number);
        json.field("packets", *packets);
        json.end(b'}');
    });
}
