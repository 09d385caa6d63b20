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
use super::text::length;
use super::{escape, text, words};
use crate::language::{WORDS, fill};
use crate::model::{ClaimResult, ClaimVerdict, Destination, Finding, Report, Verdict};
use std::io::{self, Write};

/// GitHub takes 65,536 characters in a comment.
const MOST_CHARS: usize = 65_000;

/// Characters that the rows of each part may take.
const VIOLATED: usize = 20_000;
const OPEN: usize = 10_000;
const CLAIMS: usize = 13_000;
const RULES: usize = 4_000;
const LOSSES: usize = 6_000;
const CREDITS: usize = 4_000;

/// The report as a comment.
pub(super) fn markdown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut page = String::new();
    summary(&mut page, report);
    let words = &WORDS.comment;
    let (violated, open) = (words.violated_are, words.open_are);
    findings(&mut page, report, Verdict::Violated, violated, VIOLATED);
    findings(&mut page, report, Verdict::Indeterminate, open, OPEN);
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
        let words = fill(WORDS.comment.left_out, &[&left_out.to_string()]);
        line(page, &words);
    }
    line(page, "");
}

fn summary(page: &mut String, report: &Report) {
    line(page, "## Whereto\n");
    let about = report.settings.about.as_ref();
    if let Some(about) = about.filter(|about| !about.notice.is_empty()) {
        line(page, &format!("> {}\n", prose(&about.notice, 300)));
    }
    let questions = text::questions(report);
    if questions.is_empty() && report.policy.is_none() && report.claims.is_empty() {
        line(page, &format!("{}\n", WORDS.comment.not_judged));
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
        let title = fill(WORDS.comment.policy, &[&prose(title.as_bytes(), 300)]);
        line(page, &format!("{title}\n"));
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
    let words = &WORDS.comment;
    let standing = report.standing();
    let [violated, indeterminate, met] = standing.findings;
    let [violated_aside, indeterminate_aside] = standing.suppressed;
    let judged = violated.saturating_add(indeterminate).saturating_add(met);
    if judged > 0 {
        line(page, &row_of(&[words.findings, "", words.suppressed]));
        line(page, "|-|-:|-:|");
        for (verdict, number, aside) in [
            (Verdict::Violated, violated, violated_aside.to_string()),
            (
                Verdict::Indeterminate,
                indeterminate,
                indeterminate_aside.to_string(),
            ),
            (Verdict::Met, met, String::new()),
        ] {
            let part = part(number, judged);
            line(page, &row_of(&[words::verdict(verdict), &part, &aside]));
        }
        line(page, "");
    }
    let claims = length(report.claims.len());
    if claims > 0 {
        let [contradicted, open, not_exercised, supported] = standing.claims;
        line(page, &row_of(&[words.claims, ""]));
        line(page, "|-|-:|");
        for (word, number) in [
            (words.contradicted, contradicted),
            (words.indeterminate, open),
            (words.not_exercised, not_exercised),
            (words.supported, supported),
        ] {
            line(page, &row_of(&[word, &part(number, claims)]));
        }
        line(page, "");
    }
    let code = report.exit_code().to_string();
    line(page, &format!("{}\n", fill(words.exit_code, &[&code])));
}

/// `3 of 7`, as digits.
fn part(number: u64, all: u64) -> String {
    fill(WORDS.part, &[&number.to_string(), &all.to_string()])
}

/// Cells as a row of a table.
fn row_of(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| match *cell {
        "" => " |".to_owned(),
        cell => format!(" {cell} |"),
    });
    format!("|{}", cells.collect::<String>())
}

/// What was examined, and how much of it has a name.
fn coverage(page: &mut String, report: &Report) {
    const SHOWN: usize = 8;
    let (totals, losses) = (&report.totals, &report.losses);
    let words = &WORDS.comment;
    let mut item = |said: String| line(page, &format!("- {said}"));
    for input in report.inputs.iter().take(SHOWN) {
        let (path, packets) = (code(input.path.bytes(), 200), input.packets.to_string());
        item(match &input.sha256 {
            Some(hash) => fill(words.input, &[&path, &packets, hash]),
            None => fill(words.input_not_hashed, &[&path, &packets]),
        });
    }
    let more = report.inputs.len().saturating_sub(SHOWN);
    if more > 0 {
        item(fill(words.more_captures, &[&more.to_string()]));
    }
    if let Some((first, last)) = totals.time {
        item(fill(words.time, &[&first.to_string(), &last.to_string()]));
    }
    let packets = part(losses.in_flows, totals.packets);
    item(fill(words.in_flows, &[&packets]));
    let flows = part(totals.outbound_flows, totals.flows);
    item(fill(
        words.outbound,
        &[&flows, &totals.bytes_out.to_string()],
    ));
    let names = totals.names.map(|number| number.to_string());
    item(fill(words.names, &names.each_ref().map(String::as_str)));
    line(page, "");
}

fn findings(page: &mut String, report: &Report, verdict: Verdict, title: &str, room: usize) {
    let these = || report.findings.iter().filter(|it| it.verdict == verdict);
    let count = these().count();
    if count == 0 {
        return;
    }
    let title = format!("### {}\n", fill(title, &[&count.to_string()]));
    let words = &WORDS.comment;
    let heads = row_of(&[
        WORDS.destination,
        WORDS.country,
        WORDS.flows,
        words.first_frames,
        words.observed,
        words.finding,
    ]);
    let head = [title.as_str(), &heads, "|-|-|-:|-|-|-|"];
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
        let decides = prose(decides.as_bytes(), 300);
        let decides = fill(WORDS.comment.would_decide, &[&decides]);
        words = fill(WORDS.units.sentences, &[&words, &decides]);
    }
    if let Some(suppression) = &finding.suppressed {
        words = format!(
            "**{}** {words}",
            prose(words::suppression(suppression), 300)
        );
    }
    let reference = finding.reference.as_deref().unwrap_or_default();
    if !reference.is_empty() {
        words = fill(WORDS.units.coded, &[&words, &prose(reference, 200)]);
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
        (None, Some(None)) => WORDS.comment.not_known.to_owned(),
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
    let words = &WORDS.comment;
    let count = report.claims.len().to_string();
    let title = format!("### {}\n", fill(words.claims_are, &[&count]));
    let heads = row_of(&[words.claim, WORDS.verdict, words.says]);
    let head = [title.as_str(), &heads, "|-|-|-|"];
    let row = |(claim, id): (&ClaimResult, &String)| {
        let verdict = match claim.verdict {
            ClaimVerdict::Contradicted => format!("**{}**", words.contradicted),
            ClaimVerdict::Indeterminate => words.indeterminate.to_owned(),
            ClaimVerdict::NotExercised => words.not_exercised.to_owned(),
            ClaimVerdict::Supported => words.supported.to_owned(),
        };
        let id = id.strip_prefix("claim:").unwrap_or(id);
        let quote = fill(
            WORDS.claims_part.quote,
            &[
                &prose(claim.quote.as_bytes(), 300),
                &prose(claim.speaker.as_bytes(), 80),
                &prose(claim.said.as_bytes(), 40),
            ],
        );
        format!(
            "| {} {quote} | {verdict} | {} |",
            code(id, 80),
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
    let count = count.to_string();
    let title = format!("### {}\n", fill(WORDS.comment.rules_untested, &[&count]));
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
    let words = &WORDS.comment;
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for warning in &losses.warnings {
        lines.push(words::around(WORDS.losses_part.warning, warning.bytes()));
    }
    let [not_ip, not_decoded, _] = WORDS.loss_kinds;
    let kinds = [(not_decoded, &losses.undecodable), (not_ip, &losses.not_ip)];
    for (what, reasons) in kinds {
        for (reason, packets) in reasons {
            let packets = part(*packets, report.totals.packets);
            let said = fill(words.reason, &[what, &packets, &words::reason(reason)]);
            lines.push(said.into_bytes());
        }
    }
    let recorded = |of: fn(&crate::model::Interface) -> Option<u64>| {
        let interfaces = report.inputs.iter().flat_map(|input| &input.interfaces);
        interfaces.filter_map(of).fold(None, |sum: Option<u64>, n| {
            Some(sum.unwrap_or(0).saturating_add(n))
        })
    };
    let [by_interface, by_system] = [
        recorded(|it| it.dropped_by_interface),
        recorded(|it| it.dropped_by_os),
    ];
    for (what, unknown, number) in [
        (
            words.by_interfaces,
            words.by_interfaces_unknown,
            by_interface,
        ),
        (words.by_systems, words.by_systems_unknown, by_system),
    ] {
        let said = match number {
            Some(number) => fill(what, &[&number.to_string()]),
            None => unknown.to_owned(),
        };
        lines.push(said.into_bytes());
    }
    for (what, number) in [
        (words.filtered, losses.filtered),
        (words.cut, losses.cut_packets),
        (words.lost_records, losses.lost_records),
        (words.damage, losses.damage_count),
    ] {
        lines.push(fill(what, &[&number.to_string()]).into_bytes());
    }
    let counts = losses.counts.iter();
    lines.extend(counts.map(|(name, number)| {
        let values = [words::term(name), &*number.to_string()];
        fill(WORDS.losses_part.counted, &values).into_bytes()
    }));
    let each = lines.iter().map(|said| format!("- {}", prose(said, 400)));
    rows(page, &[&format!("### {}\n", words.losses)], each, LOSSES);
}

/// What the licences of the data ask to be said.
fn credits(page: &mut String, report: &Report) {
    if report.data.is_empty() {
        return;
    }
    let each = report.data.iter().map(|source| {
        let date = source.date.as_deref().unwrap_or(WORDS.comment.no_date);
        let source_words = fill(
            WORDS.comment.source,
            &[&code(source.name.as_bytes(), 80), &prose(date, 40)],
        );
        let mut said = match &source.credit {
            Some(credit) => {
                let credit = prose(credit, 200);
                fill(WORDS.units.labelled, &[&source_words, &credit])
            }
            None => source_words,
        };
        if let Some(link) = &source.link {
            said.push_str(&format!(" {}", code(link, 120)));
        }
        format!("- {said}")
    });
    let title = format!("### {}\n", WORDS.comment.data);
    rows(page, &[&title], each, CREDITS);
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
