//! The policy: what it is, and how each of its rules turned out.

use super::layout::{Ink, Page, count};
use super::{length, mark, outbound};
use crate::language::{WORDS, fill};
use crate::model::{ExceptionResult, Finding, PolicyResult, Report, RuleResult, Verdict};
use crate::report::{escape, words};
use std::io;

/// The question that the policy asks, and its answer in one sentence.
pub(super) fn answer(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(policy) = &report.policy else {
        return Ok(());
    };
    page.blank()?;
    page.paragraph(&question(policy), 0, Some(Ink::Strong))?;
    page.paragraph(&answer_words(report, policy), 0, None)
}

/// `Does the traffic in this capture fit the policy “Market: India”?`
pub(in crate::report) fn question(policy: &PolicyResult) -> String {
    let title = if policy.title.is_empty() {
        &policy.name
    } else {
        &policy.title
    };
    fill(WORDS.answers.fits_policy, &[&escape::terminal_str(title)])
}

/// `No: in this capture 5 of 6 rules are violated, 1 is met.`
pub(in crate::report) fn answer_words(report: &Report, policy: &PolicyResult) -> String {
    let words = &WORDS.answers;
    let all = length(policy.rules.len());
    let of = |verdict| {
        let found = policy.rules.iter().filter(|rule| rule.verdict == verdict);
        length(found.count())
    };
    let [violated, open, met] =
        [Verdict::Violated, Verdict::Indeterminate, Verdict::Met].map(|verdict| of(Some(verdict)));
    let rest = [
        (open, words.rules_open),
        (met, words.rules_met),
        (of(None), words.rules_untested),
    ];
    let rest = rest.into_iter().filter(|(rules, _)| *rules > 0);
    let rest: Vec<String> = rest
        .map(|(rules, forms)| WORDS.many(rules, forms))
        .collect();
    let rest = rest.join(WORDS.units.comma);
    if outbound(report).next().is_none() {
        return words.nothing_outbound.to_owned();
    }
    let of_all = |forms| fill(WORDS.form(all, forms), &[&count(all), &rest]);
    match (violated, open, met) {
        (0, 0, 0) => words.policy_untested.to_owned(),
        (0, 0, _) => of_all(words.policy_yes),
        (0, ..) => of_all(words.policy_open),
        _ => {
            let forms = match rest.is_empty() {
                true => words.policy_no,
                false => words.policy_no_others,
            };
            let part = WORDS.part(violated, all, WORDS.rules_of);
            fill(WORDS.form(violated, forms), &[&part, &rest])
        }
    }
}

pub(super) fn policy(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(policy) = &report.policy else {
        return Ok(());
    };
    let words = &WORDS.policy_part;
    page.heading(words.heading, "")?;
    let title = fill(
        words.title,
        &[
            &escape::terminal_str(&policy.title),
            &escape::terminal_str(&policy.name),
            &escape::terminal_str(&policy.origin),
        ],
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
        let said = fill(
            words.group,
            &[
                &escape::terminal_str(&group.name),
                &escape::terminal_str(&group.title),
                &escape::terminal_str(&group.date),
            ],
        );
        page.paragraph(&said, 2, Some(Ink::Soft))?;
    }
    Ok(())
}

fn identity(policy: &PolicyResult) -> String {
    let words = &WORDS.policy_part;
    match &policy.as_of {
        Some(day) => fill(
            words.identity_as_of,
            &[&policy.sha256, &escape::terminal_str(day)],
        ),
        None => fill(words.identity, &[&policy.sha256]),
    }
}

fn rule(page: &mut Page<'_>, rule: &RuleResult) -> io::Result<()> {
    let words = &WORDS.policy_part;
    let (sign, ink) = mark(rule.verdict);
    let (sign, verdict) = match rule.verdict {
        Some(verdict) => (sign, words::verdict(verdict)),
        None => ("○", words.not_exercised),
    };
    let verdict = page.paint(&format!("{sign} {verdict}"), ink);
    let [violated, indeterminate, met] = rule.flows.map(count);
    let id = escape::terminal_str(&rule.id);
    let said = match rule.verdict {
        None => id.into_owned(),
        Some(_) => fill(words.rule_flows, &[&id, &violated, &indeterminate, &met]),
    };
    page.line(&format!("  {verdict}  {said}"))?;
    page.paragraph(&escape::terminal_str(&rule.reason), 4, Some(Ink::Soft))
}

fn exception(page: &mut Page<'_>, exception: &ExceptionResult) -> io::Result<()> {
    let said = fill(
        WORDS.policy_part.exception,
        &[
            &escape::terminal_str(&exception.id),
            &escape::terminal_str(&exception.owner),
            &exception.last_day().to_string(),
            &count(exception.flows),
            &count(exception.expired_flows),
            &escape::terminal_str(&exception.reason),
        ],
    );
    page.paragraph(&said, 2, None)
}

/// `rule no-prc (high), server-country; Art. 44 GDPR`: for findings of the policy.
pub(super) fn rule_words(report: &Report, finding: &Finding) -> Option<String> {
    let rules = report.policy.as_ref().map(|policy| policy.rules.iter());
    let is = |rule: &RuleResult| rule.id == finding.rule;
    rules?.any(is).then(|| {
        let rule = escape::terminal_str(&finding.rule);
        let severity = words::severity(finding.severity);
        match &finding.reference {
            Some(reference) => fill(
                WORDS.policy_part.rule_reference,
                &[
                    &rule,
                    severity,
                    finding.check,
                    &escape::terminal_str(reference),
                ],
            ),
            None => fill(WORDS.policy_part.rule, &[&rule, severity, finding.check]),
        }
    })
}
