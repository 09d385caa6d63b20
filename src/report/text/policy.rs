//! The policy: what it is, and how each of its rules turned out.

use super::layout::{Ink, Page, count, part};
use super::{length, mark, outbound};
use crate::model::{ExceptionResult, Finding, PolicyResult, Report, RuleResult, Verdict};
use crate::report::escape;
use std::io;

/// The question that the policy asks, and its answer in one sentence.
pub(super) fn answer(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(policy) = &report.policy else {
        return Ok(());
    };
    page.blank()?;
    let title = if policy.title.is_empty() {
        &policy.name
    } else {
        &policy.title
    };
    let question = format!(
        "Does the traffic in this capture fit the policy “{}”?",
        escape::terminal_str(title)
    );
    page.paragraph(&question, 0, Some(Ink::Strong))?;
    page.paragraph(&answer_words(report, policy), 0, None)
}

/// `No: in this capture 5 of 6 rules are violated, 1 is met.`
pub(in crate::report) fn answer_words(report: &Report, policy: &PolicyResult) -> String {
    let all = length(policy.rules.len());
    let of = |verdict| {
        let found = policy.rules.iter().filter(|rule| rule.verdict == verdict);
        length(found.count())
    };
    let [violated, open, met] =
        [Verdict::Violated, Verdict::Indeterminate, Verdict::Met].map(|verdict| of(Some(verdict)));
    let is = |number: u64| if number == 1 { "is" } else { "are" };
    let rest = [
        (open, "left open"),
        (met, "met"),
        (of(None), "not exercised"),
    ];
    let rest: Vec<String> = rest
        .into_iter()
        .filter(|(rules, _)| *rules > 0)
        .map(|(rules, words)| format!("{} {} {words}", count(rules), is(rules)))
        .collect();
    if outbound(report).next().is_none() {
        return "None observed: there are no outbound flows in this capture.".to_owned();
    }
    match (violated, open, met) {
        (0, 0, 0) => "Not tested: no rule was exercised by this capture.".to_owned(),
        (0, 0, _) => format!(
            "Yes, in this capture: of {} {}.",
            rules(all),
            rest.join(", ")
        ),
        (0, ..) => format!("Not decided: of {} {}.", rules(all), rest.join(", ")),
        _ => {
            let rest = rest.iter().map(|words| format!(", {words}"));
            format!(
                "No: in this capture {} {} violated{}.",
                part(violated, all, "rule"),
                is(violated),
                rest.collect::<String>()
            )
        }
    }
}

/// `the one rule`, `6 rules`.
fn rules(all: u64) -> String {
    match all {
        1 => "the one rule".to_owned(),
        all => format!("{} rules", count(all)),
    }
}

pub(super) fn policy(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(policy) = &report.policy else {
        return Ok(());
    };
    page.heading("POLICY", "")?;
    let title = format!(
        "{} ({}, {})",
        escape::terminal_str(&policy.title),
        escape::terminal_str(&policy.name),
        escape::terminal_str(&policy.origin)
    );
    page.paragraph(&title, 2, None)?;
    if let Some(notice) = &policy.notice {
        page.paragraph(&escape::terminal_str(notice), 2, None)?;
    }
    page.paragraph(&identity(policy), 2, Some(Ink::Soft))?;
    page.blank()?;
    for rule in &policy.rules {
        self::rule(page, rule)?;
    }
    for exception in &policy.exceptions {
        self::exception(page, exception)?;
    }
    for group in &policy.groups {
        let words = format!(
            "{}: {} as of {}, each membership at the flow's own time",
            escape::terminal_str(&group.name),
            escape::terminal_str(&group.title),
            escape::terminal_str(&group.date)
        );
        page.paragraph(&words, 2, Some(Ink::Soft))?;
    }
    Ok(())
}

fn identity(policy: &PolicyResult) -> String {
    let as_of = policy.as_of.as_deref();
    let as_of = as_of.map_or_else(String::new, |day| {
        format!("as of {}; ", escape::terminal_str(day))
    });
    format!("{as_of}SHA-256 {}", policy.sha256)
}

fn rule(page: &mut Page<'_>, rule: &RuleResult) -> io::Result<()> {
    let (sign, ink) = mark(rule.verdict);
    let (sign, verdict) = match rule.verdict {
        Some(verdict) => (sign, verdict.as_str()),
        None => ("○", "not exercised"),
    };
    let verdict = page.paint(&format!("{sign} {verdict}"), ink);
    let [violated, indeterminate, met] = rule.flows.map(count);
    let flows = match rule.verdict {
        None => String::new(),
        Some(_) => format!(": flows {violated} violated, {indeterminate} indeterminate, {met} met"),
    };
    let id = escape::terminal_str(&rule.id);
    page.line(&format!("  {verdict}  {id}{flows}"))?;
    page.paragraph(&escape::terminal_str(&rule.reason), 4, Some(Ink::Soft))
}

fn exception(page: &mut Page<'_>, exception: &ExceptionResult) -> io::Result<()> {
    let said = format!(
        "Exception {}, granted by {} until {}: {} flows covered, {} after its end. {}",
        escape::terminal_str(&exception.id),
        escape::terminal_str(&exception.owner),
        exception.last_day(),
        count(exception.flows),
        count(exception.expired_flows),
        escape::terminal_str(&exception.reason)
    );
    page.paragraph(&said, 2, None)
}

/// `rule no-prc (high), server-country; Art. 44 GDPR`: for findings of the policy.
pub(super) fn rule_words(report: &Report, finding: &Finding) -> Option<String> {
    let rules = report.policy.as_ref().map(|policy| policy.rules.iter());
    let is = |rule: &RuleResult| rule.id == finding.rule;
    rules?.any(is).then(|| {
        let reference = finding.reference.as_deref();
        let reference = reference.map_or_else(String::new, |words| {
            format!("; {}", escape::terminal_str(words))
        });
        format!(
            "rule {} ({}), {}{reference}",
            escape::terminal_str(&finding.rule),
            finding.severity.as_str(),
            finding.check
        )
    })
}
