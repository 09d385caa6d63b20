//! Tables of destinations, names and flows: complete without a script, sortable and filterable
//! with it.

use super::coverage::Coverage;
use super::page::{Mark, Page};
use super::summary::confidence;
use super::verdict_word;
use crate::language::{Words, fill};
use crate::model::{Destination, Protection, Report, Scope};
use crate::report::text::layout::{bytes, count};
use crate::report::text::{country_words, length};
use crate::report::words;
use std::collections::BTreeSet;

/// Rows of destinations.
const MOST_ROWS: usize = 2_000;

pub(super) fn tables(page: &mut Page, report: &Report, coverage: &Coverage, words: &Words) {
    destinations(page, report, coverage, words);
    names(page, report, words);
    flows(page, coverage, words);
}

fn destinations(page: &mut Page, report: &Report, coverage: &Coverage, words: &Words) {
    page.raw("<section id=\"destinations\" aria-labelledby=\"hd\"><h2 id=\"hd\">");
    page.text(words.destinations).raw("</h2>");
    let all = report.destinations.len();
    cut(page, all.min(MOST_ROWS), all, words);
    let countries: BTreeSet<_> = report
        .destinations
        .iter()
        .take(MOST_ROWS)
        .filter_map(|destination| destination.place.country)
        .collect();
    page.raw("<form class=\"tools\" hidden data-for=\"dt\" role=\"search\"><label>");
    page.text(words.find).raw(
        "<input type=\"search\" data-f=\"q\" autocomplete=\"off\" spellcheck=\"false\"></label>",
    );
    page.raw("<label class=\"half\">").text(words.place);
    page.raw("<select data-f=\"c\"><option value=\"\">")
        .text(words.anywhere)
        .raw("</option>");
    for country in countries {
        page.raw("<option value=\"").text(country.code()).raw("\">");
        page.text(&country_words(country)).raw("</option>");
    }
    page.raw("<option value=\"?\">")
        .text(words.unknown)
        .raw("</option></select></label>");
    page.raw("<label class=\"ck\"><input type=\"checkbox\" data-f=\"e\"> ");
    page.text(words.cleartext_only).raw("</label>");
    paging(page, words);
    page.raw("</form>\n<div class=\"scroll\"><table class=\"grid stack\" id=\"dt\"><caption class=\"vh\">");
    page.text(words.destinations).raw("</caption><thead><tr>");
    for (head, kind) in [
        (words.destination, "t"),
        (words.verdict, "t"),
        (words.place, "t"),
        (words.control, "t"),
        (words.protection, "t"),
        (words.flows, "n"),
        (words.out, "n"),
        (words.into, "n"),
    ] {
        heading(page, head, kind);
    }
    page.raw("</tr></thead><tbody>\n");
    for (number, destination) in report.destinations.iter().take(MOST_ROWS).enumerate() {
        row(page, number, destination, coverage, words);
    }
    page.raw("</tbody></table></div></section>\n");
}

pub(super) fn heading(page: &mut Page, head: &str, kind: &str) {
    let class = if kind == "n" { " class=\"num\"" } else { "" };
    page.raw("<th scope=\"col\"")
        .raw(class)
        .raw(" data-s=\"")
        .raw(kind)
        .raw("\">");
    page.text(head).raw("</th>");
}

pub(super) fn paging(page: &mut Page, words: &Words) {
    page.raw("<span class=\"pager\"><button type=\"button\" data-p=\"-1\">");
    page.text(words.previous).raw("</button> <span data-page");
    page.attribute("data-words", words.page_of)
        .raw("></span> <button type=\"button\" data-p=\"1\">");
    page.text(words.next).raw("</button></span><output");
    page.attribute("data-words", words.shown).raw("></output>");
}

fn cut(page: &mut Page, shown: usize, all: usize, words: &Words) {
    if shown < all {
        let say = fill(
            words.rows_cut,
            &[&count(length(shown)), &count(length(all))],
        );
        page.element("p class=\"lede\"", &say);
    }
}

fn row(
    page: &mut Page,
    number: usize,
    destination: &Destination,
    coverage: &Coverage,
    words: &Words,
) {
    let place = &destination.place;
    let protections = coverage.protection(destination);
    let clear = protections
        .iter()
        .any(|(kind, _)| *kind == Protection::Cleartext);
    page.raw("<tr id=\"d-")
        .raw(&number.to_string())
        .raw("\" data-c=\"");
    page.text(place.country.as_ref().map_or("?", |country| country.code()));
    page.raw("\" data-e=\"")
        .raw(if clear { "0" } else { "1" })
        .raw("\">");
    page.raw("<th scope=\"row\">");
    match &destination.name {
        Some(name) => page.breakable(name),
        None => page.element("span class=\"soft\"", words.no_name),
    };
    let addresses: Vec<String> = destination
        .addresses
        .iter()
        .take(3)
        .map(ToString::to_string)
        .collect();
    page.element("span class=\"sub mono\"", &addresses.join(" "));
    let frames: Vec<String> = destination
        .frames
        .iter()
        .take(1)
        .map(u32::to_string)
        .collect();
    let how = match destination.name_via {
        "" => fill(words.frame_number, &[&frames.join("")]),
        via => fill(
            words.named_by,
            &[via, words::grade(destination.name_grade), &frames.join("")],
        ),
    };
    page.element("span class=\"sub\"", &how).raw("</th>");
    let rank = destination.verdict.map_or(3, |verdict| verdict as u8);
    page.raw("<td class=\"full\" data-v=\"")
        .raw(&rank.to_string())
        .raw("\">");
    match destination.verdict {
        Some(verdict) => page.verdict(Mark::of(verdict), verdict_word(verdict, words)),
        None => page.element("span class=\"soft\"", words.not_judged),
    };
    // Where there is no room for columns, each cell has its head beside it.
    page.raw("</td><td class=\"half\"")
        .attribute("data-l", words.place)
        .raw(">");
    where_it_is(page, destination, words);
    page.raw("</td><td class=\"half\"")
        .attribute("data-l", words.control)
        .raw(">");
    who_controls(page, destination, words);
    page.raw("</td><td class=\"full\" data-v=\"")
        .raw(if clear { "0" } else { "1" })
        .raw("\">");
    for (kind, word) in &protections {
        let class = if *kind == Protection::Cleartext {
            "span class=\"clear\""
        } else {
            "span"
        };
        let shown = match kind {
            Protection::Cleartext => fill(words.units.labelled, &[words.cleartext, word]),
            Protection::Encrypted => word.clone(),
            Protection::Unknown => fill(words.units.labelled, &[words.unidentified, word]),
        };
        page.element(class, &shown).raw("<br>");
    }
    page.raw("</td>");
    for (head, value, word) in [
        (words.flows, destination.flows, count(destination.flows)),
        (
            words.out,
            destination.bytes_out,
            bytes(destination.bytes_out),
        ),
        (
            words.into,
            destination.bytes_in,
            bytes(destination.bytes_in),
        ),
    ] {
        page.raw("<td class=\"num\" data-v=\"")
            .raw(&value.to_string())
            .raw("\"")
            .attribute("data-l", head)
            .raw(">");
        page.text(&word).raw("</td>");
    }
    page.raw("</tr>\n");
}

fn where_it_is(page: &mut Page, destination: &Destination, words: &Words) {
    let place = &destination.place;
    match place.country {
        Some(country) => {
            page.text(&country_words(country))
                .raw("<span class=\"sub\">");
            confidence(page, place.confidence, words);
            page.raw("</span>");
            if let (Some(cloud), Some(region)) = (&place.cloud, &place.cloud_region) {
                page.element("span class=\"sub\"", &format!("{cloud} {region}"));
            }
        }
        None if destination.scope != Scope::Outbound => {
            page.element("span class=\"soft\"", words::scope(destination.scope));
        }
        None => {
            page.verdict(Mark::Unsure, words.indeterminate);
            page.element(
                "span class=\"sub\"",
                place.unknown_because.unwrap_or_default(),
            );
        }
    }
}

fn who_controls(page: &mut Page, destination: &Destination, words: &Words) {
    let owner = destination.owner.owner.as_ref();
    match owner {
        Some(owner) => {
            match &owner.group_country {
                Some(country) => {
                    let seat = [&*owner.group, country.code()];
                    page.text(&fill(words.units.coded, &seat))
                }
                None => page.text(&owner.group),
            };
        }
        None => {
            page.element("span class=\"soft\"", words.unknown);
        }
    }
    if let Some(function) = &destination.owner.function {
        page.element("span class=\"sub\"", words::term(function));
    }
    let on = match (&destination.place.operator, &destination.place.as_org) {
        (Some(operator), _) => Some(fill(words.on_network, &[&operator.name])),
        (None, Some(organisation)) => Some(fill(words.on_network, &[organisation])),
        (None, None) => None,
    };
    if let Some(on) = on {
        page.element("span class=\"sub\"", &on);
    }
}

/// One row a name.
fn names(page: &mut Page, report: &Report, words: &Words) {
    let named: Vec<&Destination> = report
        .destinations
        .iter()
        .filter(|one| one.name.is_some())
        .collect();
    page.raw("<section id=\"names\" aria-labelledby=\"hn\"><h2 id=\"hn\">");
    page.text(words.names).raw("</h2>");
    cut(page, named.len().min(MOST_ROWS), named.len(), words);
    page.raw("<form class=\"tools\" hidden data-for=\"nt\" role=\"search\"><label>");
    page.text(words.find).raw(
        "<input type=\"search\" data-f=\"q\" autocomplete=\"off\" spellcheck=\"false\"></label>",
    );
    paging(page, words);
    page.raw("</form><div class=\"scroll\"><table class=\"grid\" id=\"nt\"><caption class=\"vh\">");
    page.text(words.names).raw("</caption><thead><tr>");
    for (head, kind) in [
        (words.name, "t"),
        (words.domain, "t"),
        (words.known_by, "t"),
        (words.owner, "t"),
        (words.flows, "n"),
    ] {
        heading(page, head, kind);
    }
    page.raw("</tr></thead><tbody>\n");
    for destination in named.into_iter().take(MOST_ROWS) {
        page.raw("<tr><th scope=\"row\">");
        if let Some(name) = &destination.name {
            page.breakable(name);
        }
        page.raw("</th><td>");
        if let Some(domain) = &destination.registrable_domain {
            page.breakable(domain);
        }
        let known = [words::grade(destination.name_grade), destination.name_via];
        page.raw("</td><td>")
            .text(&fill(words.name_known, &known))
            .raw("</td><td>");
        match &destination.owner.owner {
            Some(owner) => page
                .text(&owner.group)
                .element("span class=\"sub\"", &owner.said_by),
            None => page.element("span class=\"soft\"", words.unknown),
        };
        let flows = destination.flows.to_string();
        page.raw("</td><td class=\"num\" data-v=\"")
            .raw(&flows)
            .raw("\">");
        page.text(&count(destination.flows)).raw("</td></tr>\n");
    }
    page.raw("</tbody></table></div></section>\n");
}

fn flows(page: &mut Page, coverage: &Coverage, words: &Words) {
    page.raw("<section id=\"flows\" aria-labelledby=\"hl\"><h2 id=\"hl\">");
    page.text(words.flows).raw("</h2>");
    let all = usize::try_from(coverage.flows).unwrap_or(usize::MAX);
    cut(page, coverage.rows.len(), all, words);
    page.raw("<form class=\"tools\" hidden data-for=\"ft\" role=\"search\"><label>");
    page.text(words.find).raw(
        "<input type=\"search\" data-f=\"q\" autocomplete=\"off\" spellcheck=\"false\"></label>",
    );
    paging(page, words);
    page.raw(
        "</form><div class=\"scroll\"><table class=\"grid dense\" id=\"ft\"><caption class=\"vh\">",
    );
    page.text(words.flows).raw("</caption><thead><tr>");
    for (head, kind) in [
        (words.flow, "n"),
        (words.verdict, "t"),
        (words.to, "t"),
        (words.country, "t"),
        (words.protection, "t"),
        (words.first_packet, "n"),
        (words.out, "n"),
        (words.into, "n"),
        (words.frame, "n"),
    ] {
        heading(page, head, kind);
    }
    page.raw("</tr></thead><tbody>\n");
    for row in &coverage.rows {
        page.raw(&row.markup);
    }
    page.raw("</tbody></table></div></section>\n");
}
