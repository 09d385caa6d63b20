//! The claims: a line each, with what speaks for them and against.

use super::writer::Writer;
use crate::model::{ClaimResult, Exhibit, HiddenShare, Report};
use std::io;

/// Every claim, in the order of the files; an empty list where none was given.
pub(super) fn claims(json: &mut Writer<'_>, report: &Report) -> io::Result<()> {
    json.key("claims");
    json.begin(b'[');
    for result in &report.claims {
        json.line();
        claim(json, result);
        json.drain()?;
    }
    json.end_rows();
    Ok(())
}

fn claim(json: &mut Writer<'_>, claim: &ClaimResult) {
    json.begin(b'{');
    json.field_string("id", &claim.id);
    json.field_string("verdict", claim.verdict.as_str());
    json.field_string("sentence", &claim.sentence);
    for (key, text) in [
        ("quote", &claim.quote),
        ("speaker", &claim.speaker),
        ("said", &claim.said),
        ("source", &claim.source),
        ("origin", &claim.origin),
    ] {
        json.field_string(key, text);
    }
    json.field("line", claim.line);
    json.field_string("reading", &claim.reading);
    exhibits(json, "for", &claim.supporting);
    exhibits(json, "against", &claim.against);
    exhibits(json, "open", &claim.open);
    three(json, "flows", claim.flows);
    three(json, "destinations", claim.exhibits);
    json.list("why", &claim.why, |json, step| {
        json.begin(b'{');
        json.field_string("known", step.known.as_str());
        json.field_string("words", &step.words);
        json.end(b'}');
    });
    json.field_string_or_null("weakest", claim.weakest.as_deref());
    hidden(json, &claim.hidden);
    json.list("cannot_show", &claim.cannot_show, |json, line| {
        json.string(line)
    });
    json.field_string_or_null("would_decide", claim.would_decide.as_deref());
    json.field_string_or_null("reply", claim.reply.as_deref());
    json.end(b'}');
}

fn three(json: &mut Writer<'_>, key: &str, counts: [u64; 3]) {
    let [supporting, against, open] = counts;
    json.key(key);
    json.begin(b'{');
    json.field("for", supporting);
    json.field("against", against);
    json.field("open", open);
    json.end(b'}');
}

fn exhibits(json: &mut Writer<'_>, key: &str, exhibits: &[Exhibit]) {
    json.list(key, exhibits, |json, exhibit| {
        json.begin(b'{');
        let number = exhibit.destination.and_then(|at| u64::try_from(at).ok());
        json.field_or_null("destination", number);
        json.text_or_null("name", exhibit.name.as_ref());
        json.key("address");
        match exhibit.address {
            Some(address) => json.address(address),
            None => json.null(),
        }
        let country = exhibit.country.as_ref().map(|country| country.code());
        json.field_string_or_null("country", country);
        let confidence = Some(exhibit.confidence).filter(|word| !word.is_empty());
        json.field_string_or_null("country_confidence", confidence);
        json.field("flows", exhibit.flows);
        json.field("bytes_out", exhibit.bytes_out);
        for (key, numbers) in [
            ("frames", &exhibit.frames),
            ("flow_numbers", &exhibit.flow_numbers),
        ] {
            json.list(key, numbers, |json, number| json.integer((*number).into()));
        }
        json.field_string("because", &exhibit.because);
        json.end(b'}');
    });
}

/// What could not be held against a claim.
fn hidden(json: &mut Writer<'_>, hidden: &HiddenShare) {
    // Taken apart, so that a new share cannot be forgotten here.
    let HiddenShare {
        all_flows,
        all_bytes_out,
        maybe_flows,
        maybe_bytes_out,
        could_contradict_flows,
        could_contradict_bytes_out,
        encrypted_bytes_out,
        losses,
    } = hidden;
    json.key("hidden");
    json.begin(b'{');
    for (key, value) in [
        ("all_flows", all_flows),
        ("all_bytes_out", all_bytes_out),
        ("maybe_flows", maybe_flows),
        ("maybe_bytes_out", maybe_bytes_out),
        ("could_contradict_flows", could_contradict_flows),
        ("could_contradict_bytes_out", could_contradict_bytes_out),
        ("encrypted_bytes_out", encrypted_bytes_out),
    ] {
        json.field(key, *value);
    }
    json.field_string_or_null("losses", losses.as_deref());
    json.end(b'}');
}
