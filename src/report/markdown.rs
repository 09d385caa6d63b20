//! A comment on a pull request.
//!
//! In:   a [`Report`].
//! Out:  Markdown of at most [`MOST_CHARS`] characters: the questions with their answers, counts
//!       and coverage; then what is violated, what is open, claims, losses, and credits.
//! Spec: GitHub Flavored Markdown 0.29.
//!
//! Names are code, sentences are escaped: nothing in a capture links, mentions or formats. Each
//! part has a share of the room; what does not fit is counted, and `--format json` has it.

use super::judged;
use super::{escape, text, words};
use crate::model::{ClaimResult, ClaimVerdict, Destination, Finding, Report, Verdict};
use std::io::{self, Write};

/// GitHub takes 65,536 characters in a comment.
const MOST_CHARS: usize = 65_000;

/// Characters that the rows of each part may take.
const VIOLATED: usize = 20_000;
const OPEN: usize = 10_000;
const CLAIMS: usize = 14_000;
const RULES: usize = 4_000;
const LOSSES: usize = 6_000;
const CREDITS: usize = 4_000;

/// The report as a comment.
pub(super) fn markdown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut page = String::new();
    summary(&mut page, report);
    findings(&mut page, report, Verdict::Violated, "Violated", VIOLATED);
    findings(
        &mut page,
        report,
        Verdict::Indeterminate,
        "Not decided",
        OPEN,
    );
    claims(&mut page, report);
    not_exercised(&mut page, report);
    losses(&mut page, report);
    credits(&mut page, report);
    debug_assert!(page.chars().count() <= MOST_CHARS, "the parts fit together");
    out.write_all(page.as_bytes())
}

fn line(page: &mut String, words: &str) {
    page.push_str(words);
    page.push('\n');
}

/// A heading, lines, and how many more there are than fit into `room` characters.
fn rows(page: &mut String, head: &[&str], rows: impl Iterator<Item = String>, room: usize) {
    for words in head {
        line(page, words);
    }
    let (mut used, mut left_out) = (0_usize, 0_u64);
    for row in rows {
        let chars = row.chars().count().saturating_add(1);
        // Once one is left out all that follow are: the order has a meaning.
        if left_out > 0 || used.saturating_add(chars) > room {
            left_out = left_out.saturating_add(1);
        } else {
            used = used.saturating_add(chars);
            line(page, &row);
        }
    }
    if left_out > 0 {
        line(page, "");
        let words = format!("and {left_out} more, left out here: `--format json` has them.");
        line(page, &words);
    }
    line(page, "");
}

fn summary(page: &mut String, report: &Report) {
    line(page, "## Whereto\n");
    let questions = text::questions(report);
    if questions.is_empty() && report.policy.is_none() && report.claims.is_empty() {
        line(page, "Nothing was judged in this capture.\n");
    }
    for (question, answer) in &questions {
        let question = prose(question, 600);
        line(page, &format!("**{question}** {}\n", prose(answer, 2_000)));
    }
    if let Some(policy) = &report.policy {
        let title = if policy.title.is_empty() {
            &policy.name
        } else {
            &policy.title
        };
        line(page, &format!("Policy: {}\n", prose(title.as_bytes(), 300)));
        let answer = text::policy_answer(report, policy);
        line(page, &format!("{}\n", prose(&answer, 600)));
        if let Some(notice) = &policy.notice {
            line(page, &format!("{}\n", prose(notice.as_bytes(), 600)));
        }
    }
    counts(page, report);
    coverage(page, report);
}

fn counts(page: &mut String, report: &Report) {
    let standing = report.standing();
    let [violated, indeterminate, met] = standing.findings;
    let [violated_aside, indeterminate_aside] = standing.suppressed;
    let judged = violated.saturating_add(indeterminate).saturating_add(met);
    if judged > 0 {
        line(page, "| Findings | | Suppressed |");
        line(page, "|-|-:|-:|");
        line(
            page,
            &format!("| violated | {violated} of {judged} | {violated_aside} |"),
        );
        let aside = indeterminate_aside;
        line(
            page,
            &format!("| indeterminate | {indeterminate} of {judged} | {aside} |"),
        );
        line(page, &format!("| met | {met} of {judged} | |\n"));
    }
    let claims = report.claims.len();
    if claims > 0 {
        let [contradicted, open, not_exercised, supported] = standing.claims;
        line(page, "| Claims | |");
        line(page, "|-|-:|");
        for (word, number) in [
            ("contradicted", contradicted),
            ("indeterminate", open),
            ("not exercised", not_exercised),
            ("supported by this capture", supported),
        ] {
            line(page, &format!("| {word} | {number} of {claims} |"));
        }
        line(page, "");
    }
    line(page, &format!("Exit code {}.\n", report.exit_code()));
}

/// What was examined, and how much of it has a name.
fn coverage(page: &mut String, report: &Report) {
    const SHOWN: usize = 8;
    let (totals, losses) = (&report.totals, &report.losses);
    for input in report.inputs.iter().take(SHOWN) {
        let path = code(input.path.bytes(), 200);
        let hash = match &input.sha256 {
            Some(hash) => format!(", SHA-256 `{hash}`"),
            None => ", not hashed".to_owned(),
        };
        line(page, &format!("- {path}: {} packets{hash}", input.packets));
    }
    let more = report.inputs.len().saturating_sub(SHOWN);
    if more > 0 {
        line(page, &format!("- and {more} more captures"));
    }
    if let Some((first, last)) = totals.time {
        line(page, &format!("- from {first} to {last}"));
    }
    let (packets, flows) = (totals.packets, totals.flows);
    line(
        page,
        &format!("- in flows: {} of {packets} packets", losses.in_flows),
    );
    let outbound = totals.outbound_flows;
    line(
        page,
        &format!(
            "- outbound: {outbound} of {flows} flows, {} bytes out",
            totals.bytes_out
        ),
    );
    let [observed, inferred, unnamed] = totals.names;
    let words = format!(
        "- names of outbound flows: {observed} observed, {inferred} inferred, {unnamed} without\n"
    );
    line(page, &words);
}

fn findings(page: &mut String, report: &Report, verdict: Verdict, title: &str, room: usize) {
    let these = || report.findings.iter().filter(|it| it.verdict == verdict);
    let count = these().count();
    if count == 0 {
        return;
    }
    let title = format!("### {title} ({count})\n");
    let head = [
        title.as_str(),
        "| Destination | Country | Flows | First frames | What was observed | Finding |",
        "|-|-|-:|-|-|-|",
    ];
    rows(
        page,
        &head,
        these().map(|finding| row(report, finding)),
        room,
    );
}

fn row(report: &Report, finding: &Finding) -> String {
    let subject = judged::subject(judged::destination(report, finding));
    let country = country(judged::destination(report, finding), finding);
    let mut words = prose(finding.why.as_bytes(), 700);
    if let Some(decides) = &finding.would_decide {
        words.push_str(&format!(
            " *Would decide it:* {}",
            prose(decides.as_bytes(), 300)
        ));
    }
    if let Some(suppression) = &finding.suppressed {
        words = format!(
            "**{}** {words}",
            prose(words::suppression(suppression), 300)
        );
    }
    let reference = finding.reference.as_deref().unwrap_or_default();
    if !reference.is_empty() {
        words.push_str(&format!(" ({})", prose(reference, 200)));
    }
    format!(
        "| {} | {country} | {} | {} | {words} | {} {} |",
        code(&subject, 120),
        finding.flows,
        frames(&finding.frames),
        code(finding.id.as_bytes(), 40),
        prose(finding.rule.as_bytes(), 80),
    )
}

/// The country that was judged; else that of the server. A finding on the policy has none.
fn country(destination: Option<&Destination>, finding: &Finding) -> String {
    let place = destination.map(|destination| destination.place.country);
    match (finding.country, place) {
        (Some(country), _) | (None, Some(Some(country))) => country.to_string(),
        (None, Some(None)) => "not known".to_owned(),
        (None, None) => String::new(),
    }
}

fn frames(frames: &[u32]) -> String {
    const SHOWN: usize = 6;
    let mut words: Vec<String> = frames.iter().take(SHOWN).map(u32::to_string).collect();
    if frames.len() > SHOWN {
        words.push("…".to_owned());
    }
    words.join(" ")
}

fn claims(page: &mut String, report: &Report) {
    if report.claims.is_empty() {
        return;
    }
    let title = format!("### Claims ({})\n", report.claims.len());
    let head = [
        title.as_str(),
        "| Claim | Verdict | What this capture says |",
        "|-|-|-|",
    ];
    let row = |(claim, id): (&ClaimResult, &String)| {
        let verdict = match claim.verdict {
            ClaimVerdict::Contradicted => "**contradicted**",
            ClaimVerdict::Indeterminate => "indeterminate",
            ClaimVerdict::NotExercised => "not exercised",
            ClaimVerdict::Supported => "supported by this capture",
        };
        let id = id.strip_prefix("claim:").unwrap_or(id);
        format!(
            "| {} “{}” ({}, {}) | {verdict} | {} |",
            code(id, 80),
            prose(claim.quote.as_bytes(), 300),
            prose(claim.speaker.as_bytes(), 80),
            prose(claim.said.as_bytes(), 40),
            prose(claim.sentence.as_bytes(), 700),
        )
    };
    let ids = judged::claim_ids(&report.claims);
    rows(page, &head, report.claims.iter().zip(&ids).map(row), CLAIMS);
}

fn not_exercised(page: &mut String, report: &Report) {
    let rules = report.policy.iter().flat_map(|policy| &policy.rules);
    let silent = rules.filter(|rule| rule.verdict.is_none());
    let count = silent.clone().count();
    if count == 0 {
        return;
    }
    let title = format!("### Rules that no flow exercised ({count})\n");
    let each = silent.map(|rule| {
        format!(
            "- {}: {}",
            code(rule.id.as_bytes(), 80),
            prose(rule.reason.as_bytes(), 300)
        )
    });
    rows(page, &[title.as_str()], each, RULES);
}

fn losses(page: &mut String, report: &Report) {
    let losses = &report.losses;
    let all = report.totals.packets;
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for warning in &losses.warnings {
        lines.push([b"Warning: ", warning.bytes()].concat());
    }
    for (what, reasons) in [
        ("Not decoded", &losses.undecodable),
        ("Not IP", &losses.not_ip),
    ] {
        for (reason, packets) in reasons {
            lines.push(format!("{what}: {packets} of {all} packets: {reason}").into_bytes());
        }
    }
    let recorded = |of: fn(&crate::model::Interface) -> Option<u64>| {
        let interfaces = report.inputs.iter().flat_map(|input| &input.interfaces);
        interfaces.filter_map(of).fold(None, |sum: Option<u64>, n| {
            Some(sum.unwrap_or(0).saturating_add(n))
        })
    };
    for (what, number) in [
        (
            "Dropped by interfaces",
            recorded(|it| it.dropped_by_interface),
        ),
        (
            "Dropped by operating systems",
            recorded(|it| it.dropped_by_os),
        ),
    ] {
        let words = match number {
            Some(number) => format!("{what}: {number} packets"),
            None => format!("{what}: not recorded"),
        };
        lines.push(words.into_bytes());
    }
    for (what, number) in [
        ("Packets filtered", losses.filtered),
        ("Packets cut", losses.cut_packets),
        ("Records lost in damage", losses.lost_records),
        ("Places of damage", losses.damage_count),
    ] {
        lines.push(format!("{what}: {number}").into_bytes());
    }
    lines.extend(
        losses
            .counts
            .iter()
            .map(|(name, number)| format!("{name}: {number}").into_bytes()),
    );
    let each = lines.iter().map(|words| format!("- {}", prose(words, 400)));
    rows(
        page,
        &["### Losses: what this capture does not show\n"],
        each,
        LOSSES,
    );
}

/// What the licences of the data ask to be said.
fn credits(page: &mut String, report: &Report) {
    if report.data.is_empty() {
        return;
    }
    let each = report.data.iter().map(|source| {
        let date = source.date.as_deref().unwrap_or("without a date");
        let mut words = format!(
            "- {}, {}",
            code(source.name.as_bytes(), 80),
            prose(date, 40)
        );
        if let Some(credit) = &source.credit {
            words.push_str(&format!(": {}", prose(credit, 200)));
        }
        if let Some(link) = &source.link {
            words.push_str(&format!(" {}", code(link, 120)));
        }
        words
    });
    rows(page, &["### Data\n"], each, CREDITS);
}

fn prose(text: impl AsRef<[u8]>, most: usize) -> String {
    escape::markdown(judged::cut(text.as_ref(), most))
}

/// Both ends of what has nothing to be spelled out; of the rest its beginning, since a cut may
/// not split a spelling.
fn code(text: impl AsRef<[u8]>, most: usize) -> String {
    let text = text.as_ref();
    match std::str::from_utf8(text) {
        Ok(plain) if escape::terminal_str(plain) == plain => {
            escape::markdown_code(&*escape::fit(plain, most))
        }
        _ => escape::markdown_code(judged::cut(text, most)),
    }
}
