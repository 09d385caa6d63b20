//! Method, limits, data, settings, losses, custody.

use super::page::{Mark, Page, pips_of};
use super::words::Words;
use crate::model::{Confidence, Report, Scope};
use crate::report::command::{arguments, quoted};
use crate::report::text::layout::{bytes, count, many, part};
use crate::report::text::{header, length};

/// Rows of one list.
const LISTED: usize = 50;

pub(super) fn method(page: &mut Page, report: &Report, words: &Words) {
    page.raw("<section id=\"method\" aria-labelledby=\"hm\"><h2 id=\"hm\">");
    page.text(words.method).raw("</h2>\n<div class=\"cols\">");
    for (title, paragraphs) in words.method_parts {
        page.raw("<div>").element("h3", title);
        for paragraph in *paragraphs {
            page.element("p", paragraph);
        }
        page.raw("</div>\n");
    }
    marks(page, words);
    page.raw("<div class=\"wide\">")
        .element("h3", words.losses)
        .raw("<ul>");
    for line in losses(report) {
        page.element("li", &line);
    }
    page.raw("</ul></div>\n<div class=\"wide\">")
        .element("h3", words.again);
    page.element("p", words.again_words);
    page.element("pre", &again(report)).raw("</div></div>\n");
    inputs(page, report, words);
    data(page, report, words);
    disagreements(page, report, words);
    page.raw("</section>\n");
}

fn marks(page: &mut Page, words: &Words) {
    page.raw("<div class=\"wide\">")
        .element("h3", words.marks)
        .raw("<dl class=\"defl\">");
    for (word, what) in words.mark_words {
        page.raw("<dt>");
        match *word {
            "violated" => page.verdict(Mark::Bad, words.violated),
            "met" => page.verdict(Mark::Good, words.met),
            "indeterminate" => page.verdict(Mark::Unsure, words.indeterminate),
            "not-exercised" => page.verdict(Mark::Untested, words.not_exercised),
            "high" => page.pips(pips_of(Confidence::High), words.high),
            "medium" => page.pips(pips_of(Confidence::Medium), words.medium),
            _ => page.pips(pips_of(Confidence::Low), words.low),
        };
        page.raw("</dt>").element("dd", what);
    }
    page.raw("</dl></div>\n");
}

fn losses(report: &Report) -> Vec<String> {
    let (losses, packets) = (&report.losses, report.totals.packets);
    let mut lines = vec![format!(
        "In flows: {}.",
        part(losses.in_flows, packets, "packet")
    )];
    for (what, reasons) in [
        ("Not IP", &losses.not_ip),
        ("Not decoded", &losses.undecodable),
        ("In part", &losses.layers),
    ] {
        if reasons.is_empty() {
            lines.push(format!("{what}: none."));
        }
        for (reason, number) in reasons.iter().take(LISTED) {
            lines.push(format!(
                "{what}: {}: {reason}.",
                part(*number, packets, "packet")
            ));
        }
    }
    lines.push(format!(
        "Filtered: {}.",
        part(losses.filtered, packets, "packet")
    ));
    let interfaces = report.inputs.iter().flat_map(|input| &input.interfaces);
    let recorded: Vec<u64> = interfaces
        .flat_map(|it| {
            [
                it.dropped_by_interface,
                it.dropped_by_os,
                it.dropped_before_packets,
            ]
        })
        .flatten()
        .collect();
    lines.push(if recorded.is_empty() {
        "Dropped while capturing: not recorded.".to_owned()
    } else {
        let sum = recorded.iter().fold(0_u64, |sum, n| sum.saturating_add(*n));
        format!(
            "Dropped while capturing, where recorded: {}.",
            many(sum, "packet")
        )
    });
    lines.push(format!(
        "Cut: {}, {} missing.",
        part(losses.cut_packets, packets, "packet"),
        bytes(losses.cut_bytes)
    ));
    lines.push(format!(
        "Damaged: {}, {} lost.",
        many(losses.damage_count, "place"),
        many(losses.lost_records, "record")
    ));
    for damage in losses.damages.iter().take(LISTED) {
        lines.push(format!("Byte {}: {}.", count(damage.offset), damage.what));
    }
    if report.totals.folded_flows > 0 {
        lines.push(format!(
            "{} beyond the budget: counted in the totals, without rows.",
            many(report.totals.folded_flows, "flow")
        ));
    }
    for (name, number) in &losses.counts {
        lines.push(format!("{name}: {}.", count(*number)));
    }
    for warning in losses.warnings.iter().take(LISTED) {
        lines.push(format!("Warning: {}.", warning.lossless()));
    }
    lines
}

/// The command that gives this report again, as far as the report knows it.
fn again(report: &Report) -> String {
    let mut command = "whereto audit".to_owned();
    for word in arguments(report) {
        command.push(' ');
        command.push_str(&quoted(&word));
    }
    command.push_str(" -o report.html");
    command
}

fn inputs(page: &mut Page, report: &Report, words: &Words) {
    page.raw("<table class=\"grid stack inp\"><caption>")
        .text(words.inputs);
    page.raw("</caption><thead><tr>");
    for head in ["File", "What it is", "SHA-256"] {
        page.element("th scope=\"col\"", head);
    }
    page.raw("</tr></thead><tbody>");
    for input in report.inputs.iter().take(LISTED) {
        page.raw("<tr><th scope=\"row\" class=\"mono\">")
            .name(&input.path)
            .raw("</th><td>");
        // The words begin with the path, escaped for a terminal; the rest is ours.
        let said = header::input_words(input);
        let what = said.rsplit_once(": ").map_or("", |(_, what)| what);
        page.text(what).raw("</td><td class=\"full\">");
        hash(page, input.sha256.as_deref());
        page.raw("</td></tr>");
    }
    if let Some(policy) = &report.policy {
        file(page, &policy.origin, "Policy", Some(&policy.sha256));
    }
    if let Some(log) = &report.phases {
        file(page, &log.origin, "Log of the test", log.sha256.as_deref());
    }
    page.raw("</tbody></table>\n");
}

fn file(page: &mut Page, name: &str, what: &str, sha256: Option<&str>) {
    page.raw("<tr><th scope=\"row\" class=\"mono\">")
        .text(name)
        .raw("</th><td>")
        .text(what);
    page.raw("</td><td class=\"full\">");
    hash(page, sha256);
    page.raw("</td></tr>");
}

fn hash(page: &mut Page, sha256: Option<&str>) {
    match sha256 {
        Some(hash) => page.element("span class=\"hash\"", hash),
        None => page.element("span class=\"soft\"", "not hashed"),
    };
}

fn data(page: &mut Page, report: &Report, words: &Words) {
    page.raw("<table class=\"grid stack inp\"><caption>")
        .text(words.data);
    page.raw("</caption><thead><tr>");
    for head in [
        "Source",
        "What it gives, and its day",
        "SHA-256, and the credit",
    ] {
        page.element("th scope=\"col\"", head);
    }
    page.raw("</tr></thead><tbody>");
    for source in &report.data {
        page.raw("<tr><th scope=\"row\" class=\"mono\">")
            .text(&source.name)
            .raw("</th><td>");
        let day = source.date.as_deref().unwrap_or("no date");
        page.text(&format!(
            "{}, {day}, {}",
            source.gives.join(" and "),
            source.origin
        ));
        page.raw("</td><td class=\"full\">");
        hash(page, Some(&source.sha256));
        if let Some(credit) = &source.credit {
            let link = source.link.as_deref().unwrap_or_default();
            page.element("span class=\"sub\"", &format!("{credit} {link}"));
        }
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table>\n");
}

fn disagreements(page: &mut Page, report: &Report, words: &Words) {
    let differ = |place: &crate::model::Place| {
        let mut said = place.opinions.iter().filter_map(|opinion| opinion.country);
        let first = said.next();
        said.any(|country| Some(country) != first)
    };
    let found: Vec<_> = report
        .destinations
        .iter()
        .filter(|one| one.scope == Scope::Outbound && differ(&one.place))
        .collect();
    page.element("h3 class=\"after\"", words.disagree);
    if found.is_empty() {
        page.element("p", words.none_observed);
        return;
    }
    page.raw("<ul>");
    for destination in found.iter().take(LISTED) {
        page.raw("<li>");
        match &destination.name {
            Some(name) => page.breakable(name),
            None => page.raw(""),
        };
        let first = destination.addresses.first().map(ToString::to_string);
        page.text(&format!(" {}: ", first.unwrap_or_default()));
        page.text(&crate::report::opinion_words(
            &destination.place.opinions,
            &report.data,
        ));
        page.raw("</li>");
    }
    page.raw("</ul>");
    let more = found.len().saturating_sub(LISTED);
    if more > 0 {
        page.element(
            "p",
            &format!("and {} more, see the JSON report", count(length(more))),
        );
    }
}
