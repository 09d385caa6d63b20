//! A card for each claim and each finding that is not met; a table of the policy's rules.

use super::page::{Mark, Page};
use super::summary::confidence;
use super::{claim_words, verdict_word};
use crate::language::{Words, fill};
use crate::model::{
    ClaimResult, ClaimVerdict, Confidence, Destination, Exhibit, Finding, PolicyResult, Report,
    RuleResult, Verdict,
};
use crate::report::explain::rows::DestinationRow;
use crate::report::explain::steps;
use crate::report::text::layout::{bytes, count, percent};
use crate::report::text::length;
use crate::report::words;
use std::net::IpAddr;

/// Cards of findings of one verdict.
const CARDS: usize = 40;
/// Exhibits of each kind on a card.
const EXHIBITS: usize = 12;
/// Findings of this check are about a place.
const PLACE_CHECK: &str = "server-country";
/// Addresses in a display filter.
const FILTER_ADDRESSES: usize = 12;

pub(super) fn findings(page: &mut Page, report: &Report, words: &Words) {
    page.raw("<section id=\"findings\" aria-labelledby=\"hf\"><h2 id=\"hf\">");
    page.text(words.findings).raw("</h2><p class=\"lede\">");
    let [before, this, middle, after] = words.voices;
    page.text(before)
        .raw("<span class=\"mono\">")
        .text(this)
        .raw("</span>")
        .text(middle);
    page.raw("<span class=\"ser\">")
        .text(before)
        .text(this)
        .raw("</span>")
        .text(after);
    page.raw("</p>\n");
    for claim in &report.claims {
        self::claim(page, claim, report, words);
    }
    for verdict in [Verdict::Violated, Verdict::Indeterminate] {
        let of = || {
            report
                .findings
                .iter()
                .filter(move |one| one.verdict == verdict)
        };
        for finding in of().take(CARDS) {
            card(page, finding, report, words);
        }
        let more = of().count().saturating_sub(CARDS);
        if more > 0 {
            let word = words::verdict(verdict);
            let say = fill(words.more_in_json, &[&count(length(more)), word]);
            page.element("p class=\"lede\"", &say);
        }
    }
    let met = report
        .findings
        .iter()
        .filter(|one| one.verdict == Verdict::Met)
        .count();
    if met > 0 {
        let all = count(length(report.findings.len()));
        let say = fill(words.met_rows, &[&count(length(met)), &all]);
        page.raw("<p class=\"lede\">")
            .verdict(Mark::Good, words.met)
            .raw(" ");
        page.text(&say).raw("</p>");
    }
    if report.findings.is_empty() && report.claims.is_empty() {
        page.element("p class=\"lede\"", words.not_judged);
    }
    page.raw("</section>\n");
    if let Some(policy) = &report.policy {
        self::policy(page, policy, words);
    }
}

pub(super) fn claim(page: &mut Page, claim: &ClaimResult, report: &Report, words: &Words) {
    let (mark, word) = claim_words(claim.verdict, words);
    let id = format!("claim-{}", claim.id);
    open(page, mark, &id, &fill(words.claim, &[&claim.id]), word);
    page.raw("</header>\n<blockquote>")
        .text(&claim.quote)
        .raw("</blockquote>");
    let said = fill(words.said, &[&claim.speaker, &claim.said, &claim.source]);
    page.element("p class=\"small soft measure\"", &said);
    page.element(
        "p class=\"small soft measure\"",
        &fill(words.read_as, &[&claim.reading]),
    );
    page.element("p class=\"plain\"", &claim.sentence);
    page.raw("\n<div class=\"two\"><div>")
        .element("h4", words.reasoning);
    page.raw("<ol class=\"steps\">");
    for step in &claim.why {
        page.raw("<li><span>")
            .text(&step.words)
            .raw("<span class=\"kind\">");
        page.text(words::known(step.known))
            .raw("</span></span></li>");
    }
    page.raw("</ol></div><div class=\"side\">");
    let [fits, against, open] = claim.exhibits;
    exhibits(page, words.for_it, "for", &claim.supporting, fits, words);
    exhibits(
        page,
        words.against_it,
        "aga",
        &claim.against,
        against,
        words,
    );
    if open > 0 {
        exhibits(page, words.open, "not", &claim.open, open, words);
    }
    if let Some(weakest) = &claim.weakest {
        list(page, words.weakest, "not", std::slice::from_ref(weakest));
    }
    if claim.verdict == ClaimVerdict::Supported || claim.hidden.maybe_flows > 0 {
        list(page, words.hidden, "not", &hidden(claim, words));
    }
    list(page, words.does_not_show, "not", &claim.cannot_show);
    if let Some(decides) = &claim.would_decide {
        list(
            page,
            words.would_settle,
            "not",
            std::slice::from_ref(decides),
        );
    }
    page.raw("</div></div>\n");
    let shown: Vec<&Exhibit> = claim.against.iter().chain(&claim.open).collect();
    let shown = if shown.is_empty() {
        claim.supporting.iter().collect()
    } else {
        shown
    };
    let rows = shown
        .iter()
        .take(EXHIBITS)
        .map(|exhibit| (exhibit.frames.as_slice(), *exhibit));
    evidence(
        page,
        rows.map(|(frames, exhibit)| (frames, exhibit_name(exhibit))),
        words,
    );
    let addresses: Vec<IpAddr> = shown
        .iter()
        .flat_map(|exhibit| {
            let destination = exhibit
                .destination
                .and_then(|at| report.destinations.get(at));
            let all = destination.map(|destination| destination.addresses.clone());
            all.unwrap_or_else(|| exhibit.address.into_iter().collect())
        })
        .collect();
    wireshark(page, &addresses, words);
    reply(page, claim.reply.as_deref(), words);
}

fn exhibit_name(exhibit: &Exhibit) -> String {
    let mut page = Page::default();
    match (&exhibit.name, exhibit.address) {
        (Some(name), _) => page.breakable(name),
        (None, Some(address)) => page.text(&address.to_string()),
        (None, None) => page.raw(""),
    };
    page.raw(": ").text(&exhibit.because);
    page.out
}

fn hidden(claim: &ClaimResult, words: &Words) -> Vec<String> {
    let hidden = &claim.hidden;
    let all = bytes(hidden.all_bytes_out);
    let mut lines = vec![fill(
        words.hidden_flows,
        &[
            &words.part(hidden.maybe_flows, hidden.all_flows, words.outbound_flows),
            &bytes(hidden.maybe_bytes_out),
            &all,
            &count(hidden.could_contradict_flows),
        ],
    )];
    let share = percent(hidden.encrypted_bytes_out, hidden.all_bytes_out);
    lines.push(fill(
        words.hidden_encrypted,
        &[&bytes(hidden.encrypted_bytes_out), &all, &share],
    ));
    lines.extend(hidden.losses.clone());
    lines
}

fn exhibits(
    page: &mut Page,
    title: &str,
    class: &str,
    exhibits: &[Exhibit],
    all: u64,
    words: &Words,
) {
    page.raw("<div>")
        .element("h4", title)
        .raw("<ul class=\"wt ")
        .raw(class)
        .raw("\">");
    for exhibit in exhibits.iter().take(EXHIBITS) {
        page.raw("<li>");
        let anchor = exhibit.destination.map(|at| format!("#d-{at}"));
        if let Some(anchor) = &anchor {
            page.raw("<a").attribute("href", anchor).raw(">");
        }
        match (&exhibit.name, exhibit.address) {
            (Some(name), _) => page.breakable(name),
            (None, Some(address)) => page.text(&address.to_string()),
            (None, None) => page.text(words.no_name),
        };
        if anchor.is_some() {
            page.raw("</a>");
        }
        let flows = words.many(exhibit.flows, words.flows_of);
        let extent = fill(
            words.exhibit,
            &[&flows, &bytes(exhibit.bytes_out), &exhibit.because],
        );
        page.text(&extent).raw("</li>");
    }
    let more = all.saturating_sub(length(exhibits.len().min(EXHIBITS)));
    if exhibits.is_empty() {
        page.element("li", words.none_observed);
    } else if more > 0 {
        page.element("li", &words.many(more, words.more_exhibits));
    }
    page.raw("</ul></div>");
}

fn list(page: &mut Page, title: &str, class: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.raw("<div>")
        .element("h4", title)
        .raw("<ul class=\"wt ")
        .raw(class)
        .raw("\">");
    for line in lines {
        page.element("li", line);
    }
    page.raw("</ul></div>");
}

fn open(page: &mut Page, mark: Mark, id: &str, title: &str, word: &str) {
    page.raw("<article class=\"card ")
        .raw(mark.card())
        .raw("\"")
        .attribute("id", id);
    page.attribute("aria-labelledby", &format!("h-{id}"))
        .raw("><header><h3");
    page.attribute("id", &format!("h-{id}")).raw("><a");
    page.attribute("href", &format!("#{id}"))
        .raw(">")
        .text(title)
        .raw("</a></h3>");
    page.verdict(mark, word);
}

/// A finding of an expectation or a policy.
fn card(page: &mut Page, finding: &Finding, report: &Report, words: &Words) {
    let mark = Mark::of(finding.verdict);
    let title = fill(words.finding, &[&finding.id]);
    open(
        page,
        mark,
        &finding.id,
        &title,
        verdict_word(finding.verdict, words),
    );
    let destination = finding
        .destination
        .and_then(|at| report.destinations.get(at));
    page.raw("<span>").text(words.confidence).raw(" ");
    // How sure a place is says nothing of owners or encryption.
    let of_place = destination.filter(|_| finding.check == PLACE_CHECK);
    let sure = of_place.map_or(Confidence::None, |it| it.place.confidence);
    confidence(page, sure, words);
    page.raw("</span><span>").text(words.by_rule).raw(" ");
    let rules = report.policy.as_ref().map(|policy| &policy.rules);
    if rules.is_some_and(|rules| rules.iter().any(|rule| rule.id == finding.rule)) {
        let anchor = format!("#rule-{}", finding.rule);
        page.raw("<a").attribute("href", &anchor).raw(">");
        page.text(&finding.rule).raw("</a>");
    } else {
        page.text(&finding.rule);
    }
    page.raw("</span>");
    if let Some(suppressed) = &finding.suppressed {
        let reason = suppressed.reason.to_string();
        page.element("span", &fill(words.suppressed, &[&reason]));
    }
    page.raw("</header>\n");
    if let Some(destination) = destination {
        page.raw("<p class=\"plain mono\">");
        match &destination.name {
            Some(name) => page.breakable(name),
            None => page.text(&addresses(destination, words)),
        };
        page.raw("</p>");
    }
    page.element("p class=\"plain\"", &finding.why);
    page.raw("<div class=\"two\"><div>")
        .element("h4", words.reasoning);
    page.raw("<ol class=\"steps\">");
    if let Some(destination) = destination {
        let row = DestinationRow::of(destination, &report.data);
        for step in steps(&row, finding.flows) {
            page.raw("<li><span>")
                .text(&step.words)
                .raw("<span class=\"kind\">");
            page.text(words::known(step.known))
                .raw("</span></span></li>");
        }
    }
    page.raw("</ol></div><div class=\"side\">");
    let limits: Vec<String> = words
        .limits_of_a_place
        .iter()
        .map(|it| (*it).to_owned())
        .collect();
    list(page, words.does_not_show, "not", &limits);
    if let Some(decides) = &finding.would_decide {
        list(page, words.would_settle, "not", &[decides.to_string()]);
    }
    if let Some(reference) = &finding.reference {
        list(page, words.reference, "not", &[reference.to_string()]);
    }
    page.raw("</div></div>\n");
    let flows = words.many(finding.flows, words.flows_of);
    let row = fill(words.first_frames, &[&flows]);
    evidence(page, std::iter::once((&*finding.frames, row)), words);
    let addresses = destination
        .map(|it| it.addresses.clone())
        .unwrap_or_default();
    wireshark(page, &addresses, words);
    let about = report.settings.about.as_ref();
    let replied = about.map(|it| it.reply.as_str());
    reply(page, replied.filter(|it| !it.is_empty()), words);
}

fn addresses(destination: &Destination, words: &Words) -> String {
    let shown: Vec<String> = destination
        .addresses
        .iter()
        .take(3)
        .map(ToString::to_string)
        .collect();
    let more = destination
        .address_count
        .saturating_sub(length(shown.len()));
    match more {
        0 => shown.join(words.units.comma),
        more => fill(
            words.more_addresses,
            &[&shown.join(words.units.comma), &count(more)],
        ),
    }
}

/// Frames, each row with its markup.
fn evidence<'f>(page: &mut Page, rows: impl Iterator<Item = (&'f [u32], String)>, words: &Words) {
    page.raw("<div class=\"evid\"><div>")
        .element("h4", words.evidence);
    page.raw("<table").attribute("aria-label", words.evidence);
    page.raw("><tbody>");
    let mut any = false;
    for (frames, markup) in rows {
        any = true;
        let numbers: Vec<String> = frames.iter().take(6).map(u32::to_string).collect();
        let more = if frames.len() > 6 { " …" } else { "" };
        page.raw("<tr><th scope=\"row\">")
            .text(&numbers.join(words.units.comma))
            .raw(more);
        page.raw("</th><td>").raw(&markup).raw("</td></tr>");
    }
    if !any {
        page.raw("<tr><td>")
            .text(words.none_observed)
            .raw("</td></tr>");
    }
    page.raw("</tbody></table></div>");
}

/// Ends the evidence with a display filter.
fn wireshark(page: &mut Page, addresses: &[IpAddr], words: &Words) {
    page.raw("<div>").element("h4", words.wireshark);
    let mut sorted = addresses.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.is_empty() {
        page.element("p class=\"small soft\"", words.no_filter);
    } else {
        let terms: Vec<String> = sorted
            .iter()
            .take(FILTER_ADDRESSES)
            .map(|address| match address {
                IpAddr::V4(v4) => format!("ip.addr == {v4}"),
                IpAddr::V6(v6) => format!("ipv6.addr == {v6}"),
            })
            .collect();
        page.raw("<code class=\"filt\" tabindex=\"0\"");
        page.attribute("aria-label", words.filter_label).raw(">");
        page.text(&terms.join(" || ")).raw("</code>");
        let more = sorted.len().saturating_sub(FILTER_ADDRESSES);
        let mut how = words.wireshark_how.to_owned();
        if more > 0 {
            how.push(' ');
            how.push_str(&words.many(length(more), words.more_filtered));
        }
        page.element("p class=\"small soft\"", &how);
    }
    page.raw("</div></div>");
}

fn reply(page: &mut Page, reply: Option<&str>, words: &Words) {
    page.raw("<div class=\"reply\">")
        .element("p class=\"who\"", words.reply);
    page.element("p class=\"txt\"", reply.unwrap_or(words.no_reply));
    page.element("p class=\"small soft\"", words.reply_how);
    page.raw("</div></article>\n");
}

fn policy(page: &mut Page, policy: &PolicyResult, words: &Words) {
    page.raw("<section id=\"policy\"")
        .attribute("aria-label", &policy.title);
    page.raw("><table class=\"grid stack pol\"><caption>")
        .text(&policy.title)
        .raw("<span>");
    let mut about = fill(words.policy_about, &[&policy.name, &policy.origin]);
    if let Some(day) = &policy.as_of {
        about = fill(words.policy_as_of, &[&about, day]);
    }
    if let Some(notice) = &policy.notice {
        about = fill(words.policy_notice, &[&about, notice]);
    }
    page.text(&about).raw("</span></caption><thead><tr>");
    for head in [
        words.rule,
        words.verdict,
        words.severity,
        words.flows,
        words.why,
    ] {
        page.element("th scope=\"col\"", head);
    }
    page.raw("</tr></thead><tbody>");
    for rule in &policy.rules {
        self::rule(page, rule, words);
    }
    page.raw("</tbody></table></section>\n");
}

fn rule(page: &mut Page, rule: &RuleResult, words: &Words) {
    page.raw("<tr")
        .attribute("id", &format!("rule-{}", rule.id));
    page.raw("><th scope=\"row\">")
        .text(&rule.id)
        .raw("</th><td>");
    match rule.verdict {
        Some(verdict) => page.verdict(Mark::of(verdict), verdict_word(verdict, words)),
        None => page.verdict(Mark::Untested, words.not_exercised),
    };
    let [violated, indeterminate, met] = rule.flows;
    page.raw("</td><td>")
        .text(words::severity(rule.severity))
        .raw("</td><td>");
    page.text(&fill(
        words.rule_flows,
        &[&count(violated), &count(indeterminate), &count(met)],
    ));
    page.raw("</td><td class=\"full\">").text(&rule.reason);
    if let Some(reference) = &rule.reference {
        page.element("span class=\"sub\"", reference);
    }
    page.raw("</td></tr>");
}
