//! Two captures side by side, on one page.
//!
//! In:   a [`Diff`].
//! Out:  HTML like the report's: one file, complete without its script, bounded in size.

use super::page::Page;
use super::tables::{heading, paging};
use super::{Title, claim_words, findings, foot, head, method};
use crate::language::{Forms, WORDS, Words, fill};
use crate::model::Severity;
use crate::model::diff::{Axis, Diff, DiffSide, GroupChange, NameChange, Status, Subject, Volume};
use crate::report::diff::{
    encryption_words, frames_words, group_words, judged, of_status, place_words, subject_words,
    summary, trip_words,
};
use crate::report::text::layout::{bytes, count, duration, span};
use crate::report::text::length;
use crate::report::words;
use std::io::{self, Write};

/// Rows of names.
const MOST_ROWS: usize = 2_000;
/// Rows of each other table.
const MOST_GROUPS: usize = 100;
/// Captures and sources of one side.
const LISTED: usize = 50;
/// Frames of one side in a row.
const FRAMES: usize = 3;

/// The page.
///
/// # Errors
/// Where `out` fails.
pub(in crate::report) fn diff(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let words = WORDS;
    let mut page = Page::default();
    let title = title(diff);
    head(
        &mut page,
        Title {
            what: words.diff_page.kind,
            title: &title,
            notice: &diff.notices().join(" "),
        },
        words,
    );
    contents(&mut page, diff, words);
    page.raw("<main id=\"main\">\n");
    self::summary_part(&mut page, diff, words);
    claims(&mut page, diff, words);
    names(&mut page, diff, words);
    groups(&mut page, diff, words);
    compared(&mut page, diff, words);
    page.raw("</main></div>\n");
    let sources = diff.after.data.iter().chain(&diff.before.data);
    foot(
        &mut page,
        sources.filter_map(|data| data.credit.clone()),
        words,
    );
    out.write_all(page.out.as_bytes())
}

/// `before.pcap → after.pcap`.
fn title(diff: &Diff) -> String {
    let name = |side: &DiffSide| {
        let path = side.path.lossless().into_owned();
        let last = path.rsplit(['/', '\\']).find(|part| !part.is_empty());
        last.unwrap_or_default().to_owned()
    };
    let became = WORDS.changes.became;
    // Two captures of one name, each in a folder of its own: the folders tell them apart.
    let (old, new) = (name(&diff.before), name(&diff.after));
    if old == new {
        let path = |side: &DiffSide| side.path.lossless().into_owned();
        return fill(became, &[&path(&diff.before), &path(&diff.after)]);
    }
    fill(became, &[&old, &new])
}

fn contents(page: &mut Page, diff: &Diff, words: &Words) {
    page.raw("<div class=\"body\"><nav class=\"toc\"")
        .attribute("aria-label", words.contents)
        .raw("><ol>");
    for (anchor, word, there) in [
        ("summary", words.summary, true),
        ("findings", words.diff_page.claims, !diff.claims.is_empty()),
        ("names", words.names, true),
        ("groups", words.diff_page.groups, true),
        ("compared", words.diff_page.compared, true),
    ] {
        if there {
            page.raw("<li><a href=\"#")
                .raw(anchor)
                .raw("\">")
                .text(word)
                .raw("</a></li>");
        }
    }
    page.raw("</ol></nav>\n");
}

fn summary_part(page: &mut Page, diff: &Diff, words: &Words) {
    let say = &words.diff_page;
    page.raw("<section id=\"summary\" aria-labelledby=\"h1\">\n<h1 id=\"h1\">")
        .text(say.question)
        .raw("</h1>\n");
    page.element("p class=\"answer\"", &summary(diff));
    page.raw("<div class=\"sum\"><div><h2 class=\"h-s\">")
        .text(words.verdicts)
        .raw("</h2><ul class=\"ledger\">");
    for claim in &diff.claims {
        let (mark, word) = claim_words(claim.verdict, words);
        page.raw("<li><a")
            .attribute("href", &format!("#claim-{}", claim.id))
            .raw(">");
        page.verdict(mark, word)
            .element("span class=\"say\"", &claim.quote)
            .raw("<span></span></a></li>");
    }
    let all = length(diff.names.len());
    for status in Status::ALL {
        let found = diff.count(status);
        if found == 0 {
            continue;
        }
        page.raw("<li><a href=\"#names\">")
            .element("b", status_word(status, words));
        let part = words.part(found, all, words.names_of);
        page.element("span class=\"say\"", &part)
            .raw("<span></span></a></li>");
    }
    page.raw("</ul></div>\n");
    for (name, side) in [(say.before, &diff.before), (say.after, &diff.after)] {
        page.raw("<div>").element("h2 class=\"h-s\"", name);
        facts(page, side, words);
        page.raw("</div>\n");
    }
    page.raw("</div></section>\n");
}

fn facts(page: &mut Page, side: &DiffSide, words: &Words) {
    page.raw("<dl class=\"facts\">");
    let mut fact = |name: &str, value: &str| {
        page.raw("<div>")
            .element("dt", name)
            .element("dd", value)
            .raw("</div>");
    };
    for (name, value) in &side.declared {
        fact(words::fact_word(name), value);
    }
    if let Some((first, last)) = side.time {
        fact(words.time, &span(first, last));
        let packets = words.many(side.packets, words.packets);
        let long = duration(last.since(first));
        fact(words.length, &fill(words.length_is, &[&long, &packets]));
    }
    let volume = &side.volume;
    fact(words.seen, &words.many(volume.flows, words.outbound_flows));
    let both = [&*bytes(volume.bytes_out), &*bytes(volume.bytes_in)];
    fact(words.outbound, &fill(words.out_and_in, &both));
    if let Some(vantage) = &side.vantage {
        fact(words.diff_page.vantage, vantage);
    }
    if !side.devices.is_empty() {
        let shown: Vec<&str> = side.devices.iter().take(4).map(String::as_str).collect();
        fact(words.device, &shown.join(words.units.comma));
    }
    page.raw("</dl>");
}

fn claims(page: &mut Page, diff: &Diff, words: &Words) {
    if diff.claims.is_empty() {
        return;
    }
    page.raw("<section id=\"findings\" aria-labelledby=\"hf\"><h2 id=\"hf\">")
        .text(words.diff_page.claims)
        .raw("</h2>");
    page.element("p class=\"lede\"", words.diff_page.claims_lede);
    let report = judged::report(diff);
    for claim in &report.claims {
        findings::claim(page, claim, &report, words);
    }
    page.raw("</section>\n");
}

fn names(page: &mut Page, diff: &Diff, words: &Words) {
    let say = &words.diff_page;
    page.raw("<section id=\"names\" aria-labelledby=\"hn\"><h2 id=\"hn\">")
        .text(words.names)
        .raw("</h2>");
    let all = diff.names.len();
    if all > MOST_ROWS {
        let shown = [&*count(length(MOST_ROWS)), &*count(length(all))];
        page.element("p class=\"lede\"", &fill(say.rows_cut, &shown));
    }
    page.raw("<form class=\"tools\" hidden data-for=\"ct\" role=\"search\"><label>");
    page.text(words.find).raw(
        "<input type=\"search\" data-f=\"q\" autocomplete=\"off\" spellcheck=\"false\"></label>",
    );
    page.raw("<label class=\"half\">").text(say.status);
    page.raw("<select data-f=\"c\"><option value=\"\">")
        .text(say.any_status)
        .raw("</option>");
    for status in Status::ALL {
        if diff.count(status) > 0 {
            page.raw("<option value=\"").raw(status.as_str()).raw("\">");
            page.text(status_word(status, words)).raw("</option>");
        }
    }
    page.raw("</select></label>");
    paging(page, words);
    page.raw("</form>\n<div class=\"scroll\"><table class=\"grid stack\" id=\"ct\"><caption class=\"vh\">");
    page.text(words.names).raw("</caption><thead><tr>");
    for (head, kind) in [
        (words.name, "t"),
        (say.status, "t"),
        (say.before, "t"),
        (say.after, "t"),
        (say.round_trip, "t"),
        (words.protection, "t"),
    ] {
        heading(page, head, kind);
    }
    page.raw("</tr></thead><tbody>\n");
    for (number, change) in diff.names.iter().take(MOST_ROWS).enumerate() {
        row(page, number, change, words);
    }
    page.raw("</tbody></table></div></section>\n");
}

fn row(page: &mut Page, number: usize, change: &NameChange, words: &Words) {
    let say = &words.diff_page;
    page.raw("<tr id=\"c-")
        .raw(&number.to_string())
        .raw("\" data-c=\"")
        .raw(change.status.as_str())
        .raw("\"><th scope=\"row\">");
    page.breakable(&crate::model::Text::from(subject_words(change)));
    let any = change.any();
    let owner = any.and_then(|side| side.owner.as_deref());
    let function = any.and_then(|side| side.function.as_deref());
    let function = function.map(words::term);
    let known: Vec<&str> = owner.into_iter().chain(function).collect();
    if !known.is_empty() {
        page.element("span class=\"sub\"", &known.join(words.units.comma));
    }
    let rank = Status::ALL.iter().position(|one| *one == change.status);
    page.raw("</th><td class=\"full\" data-v=\"")
        .raw(&rank.unwrap_or_default().to_string())
        .raw("\">");
    page.element("b", status_word(change.status, words));
    page.element("span class=\"sub\"", &change.because)
        .raw("</td>");
    for (head, side) in [(say.before, &change.before), (say.after, &change.after)] {
        page.raw("<td class=\"half\"")
            .attribute("data-l", head)
            .raw(">");
        subject(page, side.as_ref(), words);
        page.raw("</td>");
    }
    page.raw("<td").attribute("data-l", say.round_trip).raw(">");
    page.text(&trip_words(change))
        .raw("</td><td class=\"full\">");
    let (old, new) = (
        encryption_words(change.before.as_ref()),
        encryption_words(change.after.as_ref()),
    );
    match (&change.before, &change.after) {
        (Some(_), Some(_)) if old != new => page.text(&fill(words.changes.became, &[&old, &new])),
        (Some(_), None) => page.text(&old),
        _ => page.text(&new),
    };
    page.raw("</td></tr>\n");
}

fn subject(page: &mut Page, side: Option<&Subject>, words: &Words) {
    let Some(side) = side else {
        page.element("span class=\"soft\"", words.diff_page.not_observed);
        return;
    };
    page.text(&place_words(Some(side)));
    let volume = &side.volume;
    let frames = frames_words(Some(side), FRAMES);
    let extent = fill(
        words.diff_page.extent,
        &[
            &words.many(volume.flows, words.flows_of),
            &bytes(volume.bytes_out),
            &bytes(volume.bytes_in),
            &frames,
        ],
    );
    page.element("span class=\"sub\"", &extent);
}

fn groups(page: &mut Page, diff: &Diff, words: &Words) {
    let say = &words.diff_page;
    page.raw("<section id=\"groups\" aria-labelledby=\"hg\"><h2 id=\"hg\">")
        .text(say.groups)
        .raw("</h2>\n");
    for (axis, caption) in Axis::ALL.into_iter().zip(say.axes) {
        let mut changes: Vec<&GroupChange> = diff
            .groups
            .iter()
            .filter(|change| change.axis == axis)
            .collect();
        if changes.is_empty() {
            continue;
        }
        changes.sort_by_key(|change| {
            let of = |side: &Option<Volume>| side.as_ref().map_or(0, Volume::bytes);
            let both = of(&change.before).saturating_add(of(&change.after));
            (change.status, std::cmp::Reverse(both))
        });
        page.raw("<div class=\"scroll\"><table class=\"grid mx\"><caption>")
            .text(caption);
        let more = changes.len().saturating_sub(MOST_GROUPS);
        if more > 0 {
            page.element("span", &words.many(length(more), say.more_groups));
        }
        page.raw("</caption><thead><tr>");
        for (head, kind) in [
            (caption, "t"),
            (say.status, "t"),
            (say.flows_before, "n"),
            (say.flows_after, "n"),
            (say.out_before, "n"),
            (say.out_after, "n"),
        ] {
            plain_heading(page, head, kind);
        }
        page.raw("</tr></thead><tbody>");
        for change in changes.into_iter().take(MOST_GROUPS) {
            group(page, change, words);
        }
        page.raw("</tbody></table></div>\n");
    }
    page.raw("</section>\n");
}

fn plain_heading(page: &mut Page, head: &str, kind: &str) {
    let class = if kind == "n" { " class=\"num\"" } else { "" };
    page.raw("<th scope=\"col\"").raw(class).raw(">");
    page.text(head).raw("</th>");
}

fn group(page: &mut Page, change: &GroupChange, words: &Words) {
    let key = group_words(change.axis, change.key.as_ref());
    page.raw("<tr><th scope=\"row\">")
        .name(&crate::model::Text::from(key))
        .raw("</th><td>")
        .text(status_word(change.status, words))
        .raw("</td>");
    let sides = [&change.before, &change.after];
    let flows = sides.map(|side| side.as_ref().map(|volume| count(volume.flows)));
    let out = sides.map(|side| side.as_ref().map(|volume| bytes(volume.bytes_out)));
    for cell in flows.into_iter().chain(out) {
        page.raw("<td class=\"num\">");
        match cell {
            Some(number) => page.text(&number),
            None => page.element("span class=\"soft\"", words.diff_page.none),
        };
        page.raw("</td>");
    }
    page.raw("</tr>");
}

fn compared(page: &mut Page, diff: &Diff, words: &Words) {
    let say = &words.diff_page;
    page.raw("<section id=\"compared\" aria-labelledby=\"hc\"><h2 id=\"hc\">")
        .text(say.compared)
        .raw("</h2>\n<div class=\"cols\"><div class=\"wide\">")
        .element("h3", say.caveats)
        .raw("<ul>");
    for caveat in &diff.caveats {
        page.raw("<li>");
        let word = severity_word(caveat.severity, words);
        page.element("b", word).text(": ").text(&caveat.words);
        page.raw("</li>");
    }
    if diff.left_out {
        page.element("li", say.left_out);
    }
    if diff.caveats.is_empty() && !diff.left_out {
        page.element("li", words.none_observed);
    }
    page.raw("</ul></div>\n<div class=\"wide\">")
        .element("h3", say.normalised)
        .raw("<ul>");
    for line in &diff.normalised {
        page.element("li", line);
    }
    page.raw("</ul></div>\n<div class=\"wide\">")
        .element("h3", say.limits_head)
        .raw("<ul>");
    for line in say.limits {
        page.element("li", line);
    }
    page.raw("</ul></div>");
    if !diff.claims.is_empty() {
        method::marks(page, words);
    }
    page.raw("</div>\n");
    for (name, side) in [(say.before, &diff.before), (say.after, &diff.after)] {
        inputs(page, name, side, words);
        data(page, name, side, words);
    }
    page.raw("</section>\n");
}

fn inputs(page: &mut Page, name: &str, side: &DiffSide, words: &Words) {
    let say = &words.diff_page;
    let form = if side.form == "report" {
        say.saved_report
    } else {
        say.captures
    };
    let caption = fill(form, &[name, &side.path.lossless(), &side.version]);
    let heads = [words.flow_diagram.name, say.packets, say.sha256];
    begin(page, &caption, heads);
    for input in side.inputs.iter().take(LISTED) {
        page.raw("<tr><th scope=\"row\" class=\"mono\">")
            .name(&input.path)
            .raw("</th><td>")
            .text(&count(input.packets))
            .raw("</td><td class=\"full\">");
        method::hash(page, input.sha256.as_deref(), words);
        page.raw("</td></tr>");
    }
    end(page, side.input_count, say.more_inputs, words);
}

fn data(page: &mut Page, name: &str, side: &DiffSide, words: &Words) {
    if side.data.is_empty() {
        return;
    }
    let caption = fill(words.diff_page.data, &[name]);
    begin(page, &caption, words.diff_page.data_heads);
    for source in side.data.iter().take(LISTED) {
        page.raw("<tr><th scope=\"row\" class=\"mono\">")
            .text(&source.name)
            .raw("</th><td>")
            .text(source.date.as_deref().unwrap_or(words.no_date))
            .raw("</td><td class=\"full\">");
        method::hash(page, Some(&source.sha256), words);
        page.raw("</td></tr>");
    }
    end(
        page,
        length(side.data.len()),
        words.diff_page.more_inputs,
        words,
    );
}

fn begin(page: &mut Page, caption: &str, heads: [&'static str; 3]) {
    page.raw("<table class=\"grid stack inp\"><caption>")
        .text(caption)
        .raw("</caption><thead><tr>");
    for head in heads {
        page.element("th scope=\"col\"", head);
    }
    page.raw("</tr></thead><tbody>");
}

fn end(page: &mut Page, all: u64, more: Forms, words: &Words) {
    let beyond = all.saturating_sub(length(LISTED));
    if beyond > 0 {
        page.raw("<tr><td colspan=\"3\">")
            .text(&words.many(beyond, more))
            .raw("</td></tr>");
    }
    page.raw("</tbody></table>\n");
}

fn status_word(status: Status, words: &Words) -> &'static str {
    of_status(status, words.diff_page.statuses)
}

fn severity_word(severity: Severity, words: &Words) -> &'static str {
    let [critical, high, medium, low, note] = words.diff_page.severities;
    match severity {
        Severity::Critical => critical,
        Severity::High => high,
        Severity::Medium => medium,
        Severity::Low => low,
        Severity::Note => note,
    }
}
