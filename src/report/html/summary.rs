//! Question, answer, ledger, scope, coverage.

use super::coverage::Coverage;
use super::page::{Mark, Page, pips_of};
use super::{confidence_word, verdict_word};
use crate::language::{Words, fill};
use crate::model::{ClaimVerdict, Confidence, Report, Verdict};
use crate::report::text::axes::axes;
use crate::report::text::header::destinations_by_verdict;
use crate::report::text::layout::{bytes, count, duration, percent, span};
use crate::report::text::{length, outbound, policy_answer, policy_question};
use crate::report::words;

pub(super) fn summary(page: &mut Page, report: &Report, coverage: &Coverage, words: &Words) {
    page.raw("<section id=\"summary\" aria-labelledby=\"h1\">\n<h1 id=\"h1\">");
    page.text(&question(report, words)).raw("</h1>\n");
    for answer in answers(report, words) {
        page.element("p class=\"answer\"", &answer);
    }
    page.raw("<div class=\"sum\"><div><h2 class=\"h-s\">")
        .text(words.verdicts);
    page.raw("</h2><ul class=\"ledger\">");
    ledger(page, report, words);
    page.raw("</ul></div>\n<div><h2 class=\"h-s\">")
        .text(words.scope)
        .raw("</h2>");
    scope(page, report, words);
    page.raw("</div>\n<div class=\"cov\"><div>");
    examined(page, report, coverage, words);
    page.raw("</div><div>");
    phases(page, report, words);
    page.raw("</div></div></div></section>\n");
}

fn question(report: &Report, words: &Words) -> String {
    let axes = axes(report);
    match axes.first() {
        Some(axis) => axis.question(),
        None if !report.claims.is_empty() => {
            let vendor: Vec<&str> = report.claims.iter().map(|claim| &*claim.speaker).collect();
            match vendor.first() {
                Some(first) if vendor.iter().all(|speaker| speaker == first) => {
                    fill(words.fits_speaker, &[first])
                }
                _ => words.fits_claims.to_owned(),
            }
        }
        None => match &report.policy {
            Some(policy) => policy_question(policy),
            None => words.no_question.to_owned(),
        },
    }
}

fn answers(report: &Report, words: &Words) -> Vec<String> {
    let mut answers: Vec<String> = axes(report)
        .iter()
        .map(|axis| axis.answer(report))
        .collect();
    if !report.claims.is_empty() {
        let all = length(report.claims.len());
        let of = |verdict| {
            let found = report
                .claims
                .iter()
                .filter(|claim| claim.verdict == verdict);
            length(found.count())
        };
        let mut parts = Vec::new();
        let verdicts = [
            ClaimVerdict::Contradicted,
            ClaimVerdict::Indeterminate,
            ClaimVerdict::NotExercised,
            ClaimVerdict::Supported,
        ];
        for (verdict, counted) in verdicts.into_iter().zip(words.claims_counted) {
            let found = of(verdict);
            if found > 0 {
                parts.push(fill(counted, &[&count(found)]));
            }
        }
        let claims = words.many(all, words.claims_of);
        let parts = parts.join(words.units.comma);
        answers.push(fill(words.claims_answer, &[&claims, &parts]));
    }
    if let Some(policy) = &report.policy {
        let answer = policy_answer(report, policy);
        // Where the page asks something else first, the answer has its own question with it.
        answers.push(match answers.is_empty() {
            true => answer,
            false => fill(words.units.sentences, &[&policy_question(policy), &answer]),
        });
    }
    if answers.is_empty() {
        answers.push(crate::report::text::header::unjudged(report));
    }
    answers
}

fn ledger(page: &mut Page, report: &Report, words: &Words) {
    for claim in &report.claims {
        let (mark, word) = super::claim_words(claim.verdict, words);
        page.raw("<li><a")
            .attribute("href", &format!("#claim-{}", claim.id))
            .raw(">");
        page.verdict(mark, word);
        page.element("span class=\"say\"", &claim.quote);
        page.pips(0, "").raw("</a></li>");
    }
    if axes(report).is_empty() && report.policy.is_none() {
        return;
    }
    let all = length(outbound(report).count());
    let verdicts = [Verdict::Violated, Verdict::Indeterminate, Verdict::Met];
    let counts = destinations_by_verdict(report)
        .into_iter()
        .zip(report.totals.verdicts);
    for (verdict, (destinations, flows)) in verdicts.into_iter().zip(counts) {
        page.raw("<li><a href=\"#").raw(if verdict == Verdict::Met {
            "destinations"
        } else {
            "findings"
        });
        page.raw("\">")
            .verdict(Mark::of(verdict), verdict_word(verdict, words));
        let destinations = words.part(destinations, all, words.destinations_of);
        let flows = words.part(flows, report.totals.outbound_flows, words.flows_of);
        let say = fill(words.seen_is, &[&destinations, &flows]);
        page.element("span class=\"say\"", &say)
            .raw("<span></span></a></li>");
    }
}

fn scope(page: &mut Page, report: &Report, words: &Words) {
    page.raw("<dl class=\"facts\">");
    let mut fact = |name: &str, value: &str| {
        page.raw("<div>")
            .element("dt", name)
            .element("dd", value)
            .raw("</div>");
    };
    if let Some(about) = &report.settings.about {
        for (name, value) in about.facts() {
            fact(words::fact(name), value);
        }
    }
    if let Some((first, last)) = report.totals.time {
        fact(words.time, &span(first, last));
        let packets = words.many(report.totals.packets, words.packets);
        let long = duration(last.since(first));
        fact(words.length, &fill(words.length_is, &[&long, &packets]));
    }
    let destinations = words.many(length(outbound(report).count()), words.destinations_of);
    let flows = words.many(report.totals.outbound_flows, words.outbound_flows);
    fact(words.seen, &fill(words.seen_is, &[&destinations, &flows]));
    let (out, into) = (report.totals.bytes_out, report.totals.bytes_in);
    fact(
        words.outbound,
        &fill(words.out_and_in, &[&bytes(out), &bytes(into)]),
    );
    for input in report.inputs.iter().take(4) {
        if let Some(hash) = &input.sha256 {
            fact(
                words.capture_hash,
                &format!("{}…", hash.get(..12).unwrap_or(hash)),
            );
        }
    }
    for device in report.devices.iter().take(4) {
        let addresses: Vec<String> = device
            .addresses
            .iter()
            .take(2)
            .map(ToString::to_string)
            .collect();
        fact(words.device, &addresses.join(words.units.comma));
    }
    page.raw("</dl>");
}

fn examined(page: &mut Page, report: &Report, coverage: &Coverage, words: &Words) {
    let [readable, named, neither, local] = coverage.packets;
    let outside = readable.saturating_add(named).saturating_add(neither);
    let known = readable.saturating_add(named);
    page.element("h3 class=\"h-s\"", words.examined);
    let say = fill(
        words.examined_words,
        &[
            &count(known),
            &count(outside),
            &percent(known, outside),
            &count(readable),
            &percent(readable, outside),
        ],
    );
    page.element("p class=\"measure\"", &say);
    let all = outside.saturating_add(local).max(1);
    let label = [
        (readable, words.readable),
        (named, words.named),
        (neither, words.unnamed),
        (local, words.local),
    ]
    .map(|(packets, what)| {
        let packets = words.many(packets, words.packets);
        fill(words.units.labelled, &[&packets, what])
    })
    .join(words.units.semicolon);
    page.raw("\n<svg class=\"bar\" role=\"img\"")
        .attribute("aria-label", &label)
        .raw(">");
    let mut at = 0_u64;
    for (packets, attributes) in [
        (readable, "class=\"a\""),
        (named, "class=\"b\""),
        (neither, "fill=\"url(#hatch)\" class=\"ln\""),
        (local, "class=\"d\""),
    ] {
        let (x, width) = (hundredths(at, all), hundredths(packets, all));
        page.raw(&format!(
            "<rect x=\"{x}%\" y=\"1\" width=\"{width}%\" height=\"28\" {attributes}/>"
        ));
        at = at.saturating_add(packets);
    }
    page.raw("</svg><ul class=\"key\">");
    for (packets, what, swatch) in [
        (
            readable,
            words.readable,
            "<rect class=\"p-own\" width=\"14\" height=\"14\"/>",
        ),
        (
            named,
            words.named,
            "<rect class=\"land2\" width=\"14\" height=\"14\"/>",
        ),
        (
            neither,
            words.unnamed,
            "<rect x=\".5\" y=\".5\" width=\"13\" height=\"13\" fill=\"url(#hatch2)\" class=\"sr\"/>",
        ),
        (
            local,
            words.local,
            "<rect x=\".5\" y=\".5\" width=\"13\" height=\"13\" fill=\"none\" class=\"sr\"/>",
        ),
    ] {
        page.raw("<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\">")
            .raw(swatch);
        page.raw("</svg><span><b>")
            .text(&words.many(packets, words.packets))
            .raw("</b>")
            .text(what);
        page.raw("</span></li>");
    }
    page.raw("</ul>");
    let unrecognised = report.totals.unrecognised_bytes;
    let sent = report
        .totals
        .bytes_out
        .saturating_add(report.totals.bytes_in);
    if unrecognised > 0 {
        let share = percent(unrecognised, sent);
        let say = fill(
            words.unrecognised,
            &[&bytes(unrecognised), &bytes(sent), &share],
        );
        page.element("p class=\"small soft\"", &say);
    }
}

/// A share in hundredths of a percent, in digits.
fn hundredths(part: u64, all: u64) -> String {
    let share = u128::from(part).saturating_mul(10_000) / u128::from(all.max(1));
    format!("{}.{:02}", share / 100, share % 100)
}

fn phases(page: &mut Page, report: &Report, words: &Words) {
    page.element("h3 class=\"h-s\"", words.phases);
    let Some(log) = &report.phases else {
        page.element("p class=\"measure\"", words.no_phases);
        return;
    };
    page.raw("<ol class=\"phases\">");
    for (phase, sums) in log.phases.iter().zip(&log.sums).take(12) {
        page.raw("<li class=\"yes\"><b>")
            .text(&phase.name)
            .raw("</b>");
        let flows = words.many(sums.flows, words.flows_of);
        let say = fill(words.phase_sums, &[&flows, &bytes(sums.bytes_out)]);
        page.text(&say).raw("</li>");
    }
    page.raw("</ol>");
    let more = log.phases.len().saturating_sub(12);
    if more > 0 {
        let more = words.many(length(more), words.more_phases);
        page.element("p class=\"small soft\"", &more);
    }
}

/// Pips and word of a place's confidence.
pub(super) fn confidence(page: &mut Page, confidence: Confidence, words: &Words) {
    match confidence {
        Confidence::None => page.element("span class=\"soft\"", words.not_rated),
        some => page.pips(pips_of(some), confidence_word(some, words)),
    };
}
