//! A comparison as one JSON document.
//!
//! In:   a [`Diff`].
//! Out:  what `docs/diff.schema.json` describes; every name and group on a line of its own.
//! Spec: RFC 8259.

use super::writer::Writer;
use crate::model::columns::Value;
use crate::model::diff::{
    Axis, Diff, DiffSide, GroupChange, NameChange, RoundTrips, Spot, Status, Subject, Visibility,
    Volume,
};
use crate::model::{ClaimResult, Exhibit};
use std::io;

pub(super) fn body(json: &mut Writer<'_>, diff: &Diff) -> io::Result<()> {
    json.line();
    side(json, "before", &diff.before);
    json.line();
    side(json, "after", &diff.after);
    json.line();
    summary(json, diff);
    json.line();
    json.lines("caveats", &diff.caveats, |json, caveat| {
        json.begin(b'{');
        json.field_string("severity", caveat.severity.as_str());
        json.field_string("about", caveat.about);
        json.field_string("words", &caveat.words);
        json.end(b'}');
    });
    json.line();
    json.list("normalised", &diff.normalised, |json, words| {
        json.string(words)
    });
    json.line();
    json.key("names");
    json.begin(b'[');
    for change in &diff.names {
        json.line();
        name(json, change);
        json.drain()?;
    }
    json.end_rows();
    for axis in Axis::ALL {
        json.line();
        let of_axis = diff.groups.iter().filter(|change| change.axis == axis);
        json.lines(axis.as_str(), of_axis, group);
        json.drain()?;
    }
    json.line();
    json.lines("claims", &diff.claims, claim);
    Ok(())
}

fn summary(json: &mut Writer<'_>, diff: &Diff) {
    json.key("summary");
    json.begin(b'{');
    for status in Status::ALL {
        let key = match status {
            Status::NotComparable => "not_comparable",
            other => other.as_str(),
        };
        json.field(key, diff.count(status));
    }
    json.field_boolean("names_left_out", diff.left_out);
    json.end(b'}');
}

fn side(json: &mut Writer<'_>, key: &str, side: &DiffSide) {
    json.key(key);
    json.begin(b'{');
    json.text("path", &side.path);
    json.field_string("form", side.form);
    json.field_string("version", &side.version);
    json.list("inputs", &side.inputs, |json, input| {
        json.begin(b'{');
        json.text("path", &input.path);
        json.field_string_or_null("sha256", input.sha256.as_deref());
        json.field("packets", input.packets);
        json.end(b'}');
    });
    json.field("input_count", side.input_count);
    json.list("data", &side.data, |json, data| {
        json.begin(b'{');
        json.field_string("name", &data.name);
        json.field_string_or_null("date", data.date.as_deref());
        json.field_string("sha256", &data.sha256);
        json.field_string_or_null("credit", data.credit.as_deref());
        json.end(b'}');
    });
    json.field_string("notice", &side.notice);
    json.list("declared", &side.declared, |json, (name, value)| {
        json.begin(b'{');
        json.field_string("name", name);
        json.field_string("value", value);
        json.end(b'}');
    });
    json.list("devices", &side.devices, |json, device| json.string(device));
    json.field_string_or_null("filter", side.filter.as_deref());
    json.field_string_or_null("vantage", side.vantage.as_deref());
    json.span(side.time);
    json.cell(
        "duration_ms",
        side.duration_ns().map_or(Value::Null, Value::Milliseconds),
    );
    json.field("packets", side.packets);
    volume(json, &side.volume);
    visibility(json, &side.visibility);
    let losses = &side.losses;
    json.key("losses");
    json.begin(b'{');
    json.field("damage_count", losses.damage_count);
    json.field("lost_records", losses.lost_records);
    json.field("cut_inputs", losses.cut_inputs);
    json.field("filtered", losses.filtered);
    json.field("cut_packets", losses.cut_packets);
    json.field("undecodable", losses.undecodable);
    json.field_or_null("dropped", losses.dropped);
    json.field("folded_flows", losses.folded_flows);
    json.end(b'}');
    texts(json, "phases", &side.phases);
    texts(json, "apps", &side.apps);
    json.field("subjects", side.subjects);
    json.field("flows_beyond", side.flows_beyond);
    json.end(b'}');
}

/// A list of words of a capture: objects, since bytes may need a second key.
fn texts(json: &mut Writer<'_>, key: &str, texts: &[crate::model::Text]) {
    json.list(key, texts, |json, text| {
        json.begin(b'{');
        json.text("name", text);
        json.end(b'}');
    });
}

fn visibility(json: &mut Writer<'_>, seen: &Visibility) {
    let [observed, inferred, none] = seen.names;
    json.key("visibility");
    json.begin(b'{');
    json.field("bytes_name_observed", observed);
    json.field("bytes_name_inferred", inferred);
    json.field("bytes_unnamed", none);
    json.field("bytes_encrypted", seen.encrypted);
    json.field("bytes_cleartext", seen.cleartext);
    json.field("bytes_unknown", seen.unknown);
    json.field("hidden_flows", seen.hidden_flows);
    json.end(b'}');
}

fn volume(json: &mut Writer<'_>, volume: &Volume) {
    json.field("flows", volume.flows);
    json.field("packets_out", volume.packets_out);
    json.field("bytes_out", volume.bytes_out);
    json.field("packets_in", volume.packets_in);
    json.field("bytes_in", volume.bytes_in);
}

fn name(json: &mut Writer<'_>, change: &NameChange) {
    json.begin(b'{');
    json.field_string("status", change.status.as_str());
    json.field_string("matched", change.matched.as_str());
    json.field_string("because", &change.because);
    json.field_string("place", change.place.as_str());
    json.field_string("encryption", change.encryption.as_str());
    json.field_string("volume", change.volume.as_str());
    json.field_string("round_trip", change.round_trip.as_str());
    let [before, after] = change.bytes_per_hour;
    json.field_or_null("bytes_per_hour_before", before);
    json.field_or_null("bytes_per_hour_after", after);
    for (key, side) in [("before", &change.before), ("after", &change.after)] {
        match side {
            Some(side) => subject(json, key, side),
            None => json.field_null(key),
        }
    }
    json.end(b'}');
}

fn subject(json: &mut Writer<'_>, key: &str, subject: &Subject) {
    json.key(key);
    json.begin(b'{');
    texts(json, "names", &subject.names);
    json.field_string_or_null("name_grade", subject.grade.map(|grade| grade.as_str()));
    json.text_or_null("registrable_domain", subject.registrable_domain.as_ref());
    json.field_string_or_null("owner", subject.owner.as_deref());
    json.field_string_or_null(
        "owner_country",
        subject.owner_country.as_ref().map(|country| country.code()),
    );
    json.field_string_or_null("function", subject.function.as_deref());
    json.list(
        "addresses",
        subject.addresses.iter().take(SHOWN),
        |json, address| json.address(*address),
    );
    json.field(
        "address_count",
        u64::try_from(subject.addresses.len()).unwrap_or(u64::MAX),
    );
    json.field_boolean("more_addresses", subject.more_addresses);
    json.list("places", &subject.spots, |json, (spot, volume)| {
        place(json, spot, volume)
    });
    json.field_boolean("more_places", subject.more_spots);
    json.list("protocols", &subject.protocols, |json, word| {
        json.string(word)
    });
    json.list("encryption", &subject.encryption, |json, (word, flows)| {
        json.begin(b'{');
        json.field_string("kind", word);
        json.field("flows", *flows);
        json.end(b'}');
    });
    volume(json, &subject.volume);
    let trips = subject.round_trips;
    let trip = |json: &mut Writer<'_>, key, of: &dyn Fn(RoundTrips) -> Option<u64>| {
        json.cell(
            key,
            trips.and_then(of).map_or(Value::Null, Value::Milliseconds),
        );
    };
    trip(json, "rtt_ms", &|trips| Some(trips.smallest_ns));
    trip(json, "rtt_median_ms", &|trips| trips.median_ns);
    json.field("rtt_flows", trips.map_or(0, |trips| trips.flows));
    json.list("frames", &subject.frames, |json, frame| {
        json.integer(*frame)
    });
    json.list("flow_numbers", &subject.flow_numbers, |json, flow| {
        json.integer(*flow)
    });
    json.end(b'}');
}

/// Addresses that are listed.
const SHOWN: usize = 16;

fn place(json: &mut Writer<'_>, spot: &Spot, sum: &Volume) {
    json.begin(b'{');
    json.field_string_or_null(
        "country",
        spot.country.as_ref().map(|country| country.code()),
    );
    json.field_string("country_confidence", spot.confidence.as_str());
    json.field_boolean("anycast", spot.anycast);
    json.field_string_or_null("city", spot.city.as_deref());
    json.field_string_or_null("cloud", spot.cloud.as_deref());
    json.field_string_or_null("cloud_region", spot.cloud_region.as_deref());
    json.field_string_or_null("operator", spot.operator.as_deref());
    json.field_string_or_null(
        "operator_country",
        spot.operator_country.as_ref().map(|country| country.code()),
    );
    json.field_or_null("asn", spot.asn.map(u64::from));
    json.field_string_or_null("as_org", spot.as_org.as_deref());
    json.field("flows", sum.flows);
    json.field("bytes_out", sum.bytes_out);
    json.field("bytes_in", sum.bytes_in);
    json.end(b'}');
}

fn group(json: &mut Writer<'_>, change: &GroupChange) {
    json.begin(b'{');
    json.text_or_null("key", change.key.as_ref());
    json.field_string("status", change.status.as_str());
    for (key, side) in [("before", &change.before), ("after", &change.after)] {
        json.key(key);
        match side {
            Some(side) => {
                json.begin(b'{');
                volume(json, side);
                json.end(b'}');
            }
            None => json.null(),
        }
    }
    json.end(b'}');
}

fn claim(json: &mut Writer<'_>, claim: &ClaimResult) {
    json.begin(b'{');
    json.field_string("id", &claim.id);
    json.field_string("verdict", claim.verdict.as_str());
    for (key, words) in [
        ("quote", &*claim.quote),
        ("speaker", &claim.speaker),
        ("said", &claim.said),
        ("source", &claim.source),
        ("origin", &claim.origin),
        ("reading", &claim.reading),
        ("sentence", &claim.sentence),
    ] {
        json.field_string(key, words);
    }
    json.field("line", claim.line);
    json.list("why", &claim.why, |json, step| {
        json.begin(b'{');
        json.field_string("known", step.known.as_str());
        json.field_string("words", &step.words);
        json.end(b'}');
    });
    json.list("for", &claim.supporting, exhibit);
    json.list("against", &claim.against, exhibit);
    json.list("open", &claim.open, exhibit);
    let [fit, against, open] = claim.exhibits;
    json.field("for_count", fit);
    json.field("against_count", against);
    json.field("open_count", open);
    json.field_string_or_null("weakest", claim.weakest.as_deref());
    let hidden = &claim.hidden;
    json.key("hidden");
    json.begin(b'{');
    json.field("all_flows", hidden.all_flows);
    json.field("all_bytes_out", hidden.all_bytes_out);
    json.field("maybe_flows", hidden.maybe_flows);
    json.field("maybe_bytes_out", hidden.maybe_bytes_out);
    json.field("could_contradict_flows", hidden.could_contradict_flows);
    json.field(
        "could_contradict_bytes_out",
        hidden.could_contradict_bytes_out,
    );
    json.field_string_or_null("losses", hidden.losses.as_deref());
    json.end(b'}');
    json.list("cannot_show", &claim.cannot_show, |json, words| {
        json.string(words)
    });
    json.field_string_or_null("would_decide", claim.would_decide.as_deref());
    json.field_string_or_null("reply", claim.reply.as_deref());
    json.end(b'}');
}

fn exhibit(json: &mut Writer<'_>, exhibit: &Exhibit) {
    json.begin(b'{');
    json.text_or_null("name", exhibit.name.as_ref());
    json.key("address");
    match exhibit.address {
        Some(address) => json.address(address),
        None => json.null(),
    }
    json.field_string_or_null(
        "country",
        exhibit.country.as_ref().map(|country| country.code()),
    );
    json.field_string("country_confidence", exhibit.confidence);
    json.field("flows", exhibit.flows);
    json.field("bytes_out", exhibit.bytes_out);
    json.list("frames", &exhibit.frames, |json, frame| {
        json.integer((*frame).into())
    });
    json.list("flow_numbers", &exhibit.flow_numbers, |json, flow| {
        json.integer((*flow).into())
    });
    json.field_string("because", &exhibit.because);
    json.end(b'}');
}
