//! Every text of the page that is not the capture's, the judge's or the user's.
//!
//! To add a language: a file like this one with a [`Words`] of its own. Numbers stand in
//! templates as `{0}`, `{1}`; a template is plain text and is escaped when it is written.

/// The texts of one language.
pub(super) struct Words {
    /// For `lang`.
    pub(super) code: &'static str,
    pub(super) skip: &'static str,
    pub(super) report: &'static str,
    pub(super) contents: &'static str,
    pub(super) summary: &'static str,
    pub(super) findings: &'static str,
    pub(super) pictures: &'static str,
    pub(super) destinations: &'static str,
    pub(super) names: &'static str,
    pub(super) flows: &'static str,
    pub(super) method: &'static str,
    pub(super) verdicts: &'static str,
    pub(super) scope: &'static str,
    pub(super) violated: &'static str,
    pub(super) indeterminate: &'static str,
    pub(super) met: &'static str,
    pub(super) contradicted: &'static str,
    pub(super) supported: &'static str,
    pub(super) not_exercised: &'static str,
    pub(super) not_judged: &'static str,
    pub(super) confidence: &'static str,
    pub(super) high: &'static str,
    pub(super) medium: &'static str,
    pub(super) low: &'static str,
    pub(super) not_rated: &'static str,
    /// Of what could be examined.
    pub(super) examined: &'static str,
    /// {0} of {1} packets, {2}; {3}, {4}.
    pub(super) examined_words: &'static str,
    pub(super) readable: &'static str,
    pub(super) named: &'static str,
    pub(super) unnamed: &'static str,
    pub(super) local: &'static str,
    pub(super) phases: &'static str,
    pub(super) no_phases: &'static str,
    pub(super) voices: [&'static str; 4],
    pub(super) read_as: &'static str,
    pub(super) reasoning: &'static str,
    pub(super) for_it: &'static str,
    pub(super) against_it: &'static str,
    pub(super) open: &'static str,
    pub(super) does_not_show: &'static str,
    pub(super) would_settle: &'static str,
    pub(super) weakest: &'static str,
    pub(super) hidden: &'static str,
    pub(super) evidence: &'static str,
    pub(super) wireshark: &'static str,
    pub(super) wireshark_how: &'static str,
    pub(super) no_filter: &'static str,
    pub(super) reply: &'static str,
    pub(super) no_reply: &'static str,
    pub(super) reply_how: &'static str,
    pub(super) none_observed: &'static str,
    pub(super) finding: &'static str,
    pub(super) claim: &'static str,
    pub(super) more_in_json: &'static str,
    pub(super) met_rows: &'static str,
    pub(super) no_question: &'static str,
    pub(super) limits_of_a_place: &'static [&'static str],
    pub(super) find: &'static str,
    pub(super) anywhere: &'static str,
    pub(super) place: &'static str,
    pub(super) control: &'static str,
    pub(super) protection: &'static str,
    pub(super) cleartext_only: &'static str,
    pub(super) shown: &'static str,
    pub(super) previous: &'static str,
    pub(super) next: &'static str,
    pub(super) page_of: &'static str,
    pub(super) cleartext: &'static str,
    pub(super) unidentified: &'static str,
    pub(super) no_name: &'static str,
    pub(super) unknown: &'static str,
    pub(super) rows_cut: &'static str,
    pub(super) method_parts: &'static [(&'static str, &'static [&'static str])],
    pub(super) marks: &'static str,
    pub(super) mark_words: &'static [(&'static str, &'static str)],
    pub(super) data: &'static str,
    pub(super) inputs: &'static str,
    pub(super) losses: &'static str,
    pub(super) disagree: &'static str,
    pub(super) again: &'static str,
    pub(super) again_words: &'static str,
    pub(super) footer: &'static [&'static str],
}

/// Puts values where a template has `{0}`, `{1}`.
pub(super) fn fill(template: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(template.len().saturating_add(32));
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((number, after)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            continue;
        };
        let value = number.parse().ok().and_then(|at: usize| values.get(at));
        text.push_str(value.copied().unwrap_or_default());
        rest = after;
    }
    text.push_str(rest);
    text
}
