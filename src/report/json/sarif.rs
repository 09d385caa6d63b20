//! Results for viewers of code scanning.
//!
//! In:   a [`Report`].
//! Out:  one SARIF log with one run: a result for each finding that is violated or indeterminate,
//!       one for each rule that is met or was not exercised, one for each claim.
//! Spec: SARIF 2.1.0 (OASIS, errata 01), with what GitHub's code scanning asks for beside it.
//!
//! A capture has no lines: a result points at line 1 of the capture, and names its destination and
//! frames as logical locations. There is no clock and no path but those that the user gave.

use super::writer::Writer;
use crate::language::{WORDS, fill};
use crate::model::{
    ClaimResult, ClaimVerdict, Damage, Finding, Input, Reason, Report, Severity, Text, Verdict,
};
use crate::report::judged::{self, Rule};
use crate::report::{escape, words};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as a SARIF log.
///
/// # Errors
/// Where `out` fails.
pub fn sarif(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let log = Log::new(report);
    let mut writer = Writer::new(out);
    let json = &mut writer;
    json.begin(b'{');
    json.field_string("$schema", SCHEMA);
    json.field_string("version", "2.1.0");
    json.key("runs");
    json.begin(b'[');
    json.begin(b'{');
    json.line();
    log.tool(json);
    json.line();
    invocations(json, report);
    json.line();
    json.lines("artifacts", &report.inputs, artifact);
    json.line();
    json.field_string("columnKind", "unicodeCodePoints");
    log.results(json)?;
    json.line();
    sums(json, report);
    json.end(b'}');
    json.end(b']');
    json.end(b'}');
    json.last_line();
    json.flush()
}

/// A report, and what results refer to.
struct Log<'r> {
    report: &'r Report,
    rules: Vec<Rule<'r>>,
    index: HashMap<&'r str, u64>,
    claims: Vec<String>,
}

/// What every result has.
struct Outcome<'o> {
    rule: (&'o str, u64),
    /// `fail`, `open`, `pass`, `notApplicable` (§3.27.9).
    kind: &'static str,
    level: &'static str,
    message: &'o [u8],
    fingerprint: &'o str,
}

impl<'r> Log<'r> {
    fn new(report: &'r Report) -> Self {
        let rules = judged::rules(report);
        let numbered = rules.iter().zip(0_u64..);
        Log {
            report,
            index: numbered.map(|(rule, number)| (rule.id, number)).collect(),
            claims: judged::claim_ids(&report.claims),
            rules,
        }
    }

    fn tool(&self, json: &mut Writer<'_>) {
        json.key("tool");
        json.begin(b'{');
        json.key("driver");
        json.begin(b'{');
        json.field_string("name", "whereto");
        json.field_string("version", env!("CARGO_PKG_VERSION"));
        json.field_string("semanticVersion", env!("CARGO_PKG_VERSION"));
        json.key("rules");
        json.begin(b'[');
        for rule in &self.rules {
            json.line();
            let level = level(rule.severity);
            descriptor(json, rule.id, rule.about, rule.reference, level);
            json.field_string("severity", rule.severity.as_str());
            json.field_string("security-severity", score(rule.severity));
            json.end(b'}');
            json.end(b'}');
        }
        for (claim, id) in self.report.claims.iter().zip(&self.claims) {
            json.line();
            descriptor(json, id, &claim.quote, Some(&claim.source), "error");
            json.field_string("speaker", &claim.speaker);
            json.field_string("said", &claim.said);
            json.field_string("reading", &claim.reading);
            json.end(b'}');
            json.end(b'}');
        }
        json.end_rows();
        json.end(b'}');
        json.end(b'}');
    }

    fn results(&self, json: &mut Writer<'_>) -> io::Result<()> {
        json.line();
        json.key("results");
        json.begin(b'[');
        let mut met: BTreeMap<&str, u64> = BTreeMap::new();
        for finding in &self.report.findings {
            if finding.verdict == Verdict::Met {
                let count = met.entry(&finding.rule).or_default();
                *count = count.saturating_add(1);
                continue;
            }
            json.line();
            self.finding(json, finding);
            json.drain()?;
        }
        for rule in &self.rules {
            let met = met.get(rule.id).copied();
            if met.is_some() || !rule.exercised {
                json.line();
                self.rule(json, rule, met);
            }
        }
        let first = u64::try_from(self.rules.len()).unwrap_or(u64::MAX);
        for ((claim, id), number) in self.report.claims.iter().zip(&self.claims).zip(first..) {
            json.line();
            self.claim(json, claim, (id, number));
            json.drain()?;
        }
        json.end_rows();
        Ok(())
    }

    fn finding(&self, json: &mut Writer<'_>, finding: &Finding) {
        let destination = judged::destination(self.report, finding);
        let subject = judged::subject(destination);
        let message = judged::of(&subject, &finding.why);
        let violated = finding.verdict == Verdict::Violated;
        json.begin(b'{');
        begin(
            json,
            &Outcome {
                rule: self.rule_of(finding),
                kind: if violated { "fail" } else { "open" },
                level: if violated {
                    level(finding.severity)
                } else {
                    "none"
                },
                message: &message,
                fingerprint: &finding.id,
            },
        );
        json.key("locations");
        json.begin(b'[');
        json.begin(b'{');
        let first = destination.map(|destination| destination.first_seen);
        let holds = |input: &&Input| {
            let (first, span) = (first?, input.time?);
            (span.0 <= first && first <= span.1).then_some(())
        };
        let inputs = &self.report.inputs;
        let input = inputs.iter().find(|input| holds(input).is_some());
        self.capture(json, input.or(inputs.first()));
        logical(json, &subject, &finding.frames);
        json.end(b'}');
        json.end(b']');
        let line = self.rules.iter().find(|rule| rule.id == &*finding.rule);
        if let Some((origin, line)) = self.policy_file().zip(line.and_then(|rule| rule.line)) {
            json.key("relatedLocations");
            json.begin(b'[');
            json.begin(b'{');
            at_line(json, origin, line);
            message_of(json, "message", WORDS.judged.rule_of_policy);
            json.end(b'}');
            json.end(b']');
        }
        suppressions(json, finding);
        json.key("properties");
        json.begin(b'{');
        json.field_string("verdict", finding.verdict.as_str());
        json.field_string("severity", finding.severity.as_str());
        json.field_string("check", finding.check);
        json.field_string_or_null("country", finding.country.as_ref().map(|it| it.code()));
        json.field_string_or_null("wouldDecide", finding.would_decide.as_deref());
        json.field("flows", finding.flows);
        for (key, numbers) in [
            ("frames", &finding.frames),
            ("flowNumbers", &finding.flow_numbers),
        ] {
            json.list(key, numbers.iter(), |json, number| {
                json.integer((*number).into())
            });
        }
        json.end(b'}');
        json.end(b'}');
    }

    /// A rule that flows met, or that none exercised.
    fn rule(&self, json: &mut Writer<'_>, rule: &Rule<'_>, met: Option<u64>) {
        let (kind, word, message) = match met {
            Some(met) => ("pass", "met", fill(WORDS.judged.met, &[&met.to_string()])),
            None => (
                "notApplicable",
                "not-exercised",
                WORDS.judged.not_exercised.to_owned(),
            ),
        };
        json.begin(b'{');
        begin(
            json,
            &Outcome {
                rule: self.numbered(rule.id),
                kind,
                level: "none",
                message: message.as_bytes(),
                fingerprint: &format!("{}:{word}", rule.id),
            },
        );
        json.key("locations");
        json.begin(b'[');
        json.begin(b'{');
        match self.policy_file().zip(rule.line) {
            Some((origin, line)) => at_line(json, origin, line),
            None => self.capture(json, self.report.inputs.first()),
        }
        json.end(b'}');
        json.end(b']');
        json.key("properties");
        json.begin(b'{');
        json.field_string("verdict", word);
        if let Some(met) = met {
            json.field("destinations", met);
        }
        json.end(b'}');
        json.end(b'}');
    }

    fn claim(&self, json: &mut Writer<'_>, claim: &ClaimResult, rule: (&str, u64)) {
        let (kind, level) = match claim.verdict {
            ClaimVerdict::Contradicted => ("fail", "error"),
            ClaimVerdict::Indeterminate => ("open", "none"),
            ClaimVerdict::NotExercised => ("notApplicable", "none"),
            ClaimVerdict::Supported => ("pass", "none"),
        };
        let verdict = claim.verdict.as_str();
        json.begin(b'{');
        begin(
            json,
            &Outcome {
                rule,
                kind,
                level,
                message: claim.sentence.as_bytes(),
                // A dismissed claim that was open must not stay dismissed once contradicted.
                fingerprint: &format!("{}:{verdict}", rule.0),
            },
        );
        json.key("locations");
        json.begin(b'[');
        json.begin(b'{');
        at_line(json, &claim.origin, claim.line.max(1));
        json.end(b'}');
        json.end(b']');
        json.list(
            "relatedLocations",
            claim.against.iter().chain(&claim.open).take(EXHIBITS),
            |json, exhibit| {
                json.begin(b'{');
                self.capture(json, self.report.inputs.first());
                let subject = judged::exhibit(exhibit);
                logical(json, &subject, &exhibit.frames);
                message_of(json, "message", judged::of(&subject, &exhibit.because));
                json.end(b'}');
            },
        );
        json.key("properties");
        json.begin(b'{');
        json.field_string("verdict", verdict);
        let [fitting, against, open] = claim.flows;
        for (key, flows) in [
            ("flowsFor", fitting),
            ("flowsAgainst", against),
            ("flowsOpen", open),
        ] {
            json.field(key, flows);
        }
        json.field_string_or_null("weakest", claim.weakest.as_deref());
        json.field_string_or_null("wouldDecide", claim.would_decide.as_deref());
        json.list("cannotShow", &claim.cannot_show, |json, words| {
            json.string(words)
        });
        json.end(b'}');
        json.end(b'}');
    }

    fn rule_of<'f>(&self, finding: &'f Finding) -> (&'f str, u64) {
        self.numbered(&finding.rule)
    }

    fn numbered<'f>(&self, rule: &'f str) -> (&'f str, u64) {
        (rule, self.index.get(rule).copied().unwrap_or_default())
    }

    /// The path of the policy, where it is a file of the user's.
    fn policy_file(&self) -> Option<&'r str> {
        let origin = self.report.policy.as_ref().map(|policy| &*policy.origin);
        origin.filter(|origin| *origin != "built-in" && !origin.is_empty())
    }

    /// Line 1 of a capture: viewers want a line.
    fn capture(&self, json: &mut Writer<'_>, input: Option<&Input>) {
        let Some(input) = input else {
            return;
        };
        let mut inputs = self.report.inputs.iter().zip(0_u64..);
        let number = inputs.find(|(one, _)| std::ptr::eq(*one, input));
        json.key("physicalLocation");
        json.begin(b'{');
        json.key("artifactLocation");
        json.begin(b'{');
        json.field_string("uri", &escape::uri(&input.path));
        if let Some((_, number)) = number {
            json.field("index", number);
        }
        json.end(b'}');
        region(json, 1);
        json.end(b'}');
    }
}

/// Destinations for or against a claim that are listed.
const EXHIBITS: usize = 16;

/// A rule, up to the properties that are its own: two objects stay open.
fn descriptor(
    json: &mut Writer<'_>,
    id: &str,
    about: &str,
    reference: Option<&str>,
    level: &'static str,
) {
    json.begin(b'{');
    json.field_string("id", id);
    let about = if about.is_empty() { id } else { about };
    message_of(json, "shortDescription", about);
    message_of(json, "fullDescription", about);
    let help = match reference {
        Some(reference) if !reference.is_empty() => fill(WORDS.units.coded, &[about, reference]),
        _ => about.to_owned(),
    };
    message_of(json, "help", help);
    json.key("defaultConfiguration");
    json.begin(b'{');
    json.field_string("level", level);
    json.end(b'}');
    json.key("properties");
    json.begin(b'{');
    json.list("tags", ["privacy", "security"], |json, tag| json.word(tag));
    json.field_string_or_null("reference", reference);
}

fn begin(json: &mut Writer<'_>, outcome: &Outcome<'_>) {
    let (rule, index) = outcome.rule;
    json.field_string("ruleId", rule);
    json.field("ruleIndex", index);
    json.field_string("kind", outcome.kind);
    json.field_string("level", outcome.level);
    message_of(json, "message", outcome.message);
    json.key("partialFingerprints");
    json.begin(b'{');
    json.field_string("wheretoFinding/v1", outcome.fingerprint);
    // The one by which GitHub tells alerts apart: all of a capture are on its line 1.
    json.field_string("primaryLocationLineHash", outcome.fingerprint);
    json.end(b'}');
}

fn message_of(json: &mut Writer<'_>, key: &str, words: impl AsRef<[u8]>) {
    json.key(key);
    json.begin(b'{');
    json.field_string("text", &escape::sarif(words));
    json.end(b'}');
}

fn region(json: &mut Writer<'_>, line: u64) {
    json.key("region");
    json.begin(b'{');
    json.field("startLine", line);
    json.end(b'}');
}

fn at_line(json: &mut Writer<'_>, origin: &str, line: u64) {
    json.key("physicalLocation");
    json.begin(b'{');
    json.key("artifactLocation");
    json.begin(b'{');
    json.field_string("uri", &escape::uri(&Text::from(origin)));
    json.end(b'}');
    region(json, line);
    json.end(b'}');
}

/// The destination and its frames, as what the capture is made of.
fn logical(json: &mut Writer<'_>, subject: &[u8], frames: &[u32]) {
    json.key("logicalLocations");
    json.begin(b'[');
    json.begin(b'{');
    json.field_string("name", &escape::terminal(&Text::new(subject)));
    json.field_string("kind", "resource");
    json.end(b'}');
    // Each once: the list must have no two that are equal.
    for frame in frames.iter().collect::<BTreeSet<_>>() {
        json.begin(b'{');
        let name = fill(WORDS.frame_number, &[&frame.to_string()]);
        json.field_string("name", &name);
        json.field_string("kind", "frame");
        json.end(b'}');
    }
    json.end(b']');
}

fn suppressions(json: &mut Writer<'_>, finding: &Finding) {
    json.list("suppressions", &finding.suppressed, |json, suppression| {
        json.begin(b'{');
        json.field_string("kind", "external");
        json.field_string("status", "accepted");
        json.field_string("justification", &words::suppression(suppression));
        json.end(b'}');
    });
}

fn invocations(json: &mut Writer<'_>, report: &Report) {
    json.key("invocations");
    json.begin(b'[');
    json.begin(b'{');
    json.field_boolean("executionSuccessful", true);
    json.field("exitCode", report.exit_code().into());
    json.key("toolExecutionNotifications");
    json.begin(b'[');
    let losses = &report.losses;
    for warning in &losses.warnings {
        json.line();
        notification(json, "warning", warning.bytes(), None);
    }
    for damage in &losses.damages {
        json.line();
        let words = fill(
            WORDS.judged.damaged_at,
            &[&damage.offset.to_string(), &damage.what],
        );
        notification(json, "warning", &words, Some((report, damage)));
    }
    for words in lost(report) {
        json.line();
        notification(json, "note", &words, None);
    }
    json.end_rows();
    json.end(b'}');
    json.end(b']');
}

/// What is not in the results, in words.
fn lost(report: &Report) -> Vec<String> {
    let losses = &report.losses;
    let all = report.totals.packets;
    let said = &WORDS.judged;
    let mut lines = Vec::new();
    for (what, reasons) in [
        (said.not_decoded, &losses.undecodable),
        (said.not_ip, &losses.not_ip),
    ] {
        let each = reasons.iter().map(|(reason, packets): (&Reason, &u64)| {
            let (packets, all) = (packets.to_string(), all.to_string());
            fill(what, &[&packets, &all, &words::reason(reason)])
        });
        lines.extend(each);
    }
    for (what, number) in [
        (said.filtered, losses.filtered),
        (said.cut, losses.cut_packets),
        (said.lost_records, losses.lost_records),
        (said.damage, losses.damage_count),
    ] {
        if number > 0 {
            lines.push(fill(what, &[&number.to_string()]));
        }
    }
    lines.extend(losses.counts.iter().map(|(name, number)| {
        let values = [words::term(name), &number.to_string()];
        fill(WORDS.losses_part.counted, &values)
    }));
    lines
}

fn notification(
    json: &mut Writer<'_>,
    level: &'static str,
    words: impl AsRef<[u8]>,
    damage: Option<(&Report, &Damage)>,
) {
    json.begin(b'{');
    json.field_string("level", level);
    message_of(json, "message", words);
    if let Some((report, damage)) = damage
        && let Some(input) = report.inputs.get(damage.input)
    {
        json.key("locations");
        json.begin(b'[');
        json.begin(b'{');
        json.key("physicalLocation");
        json.begin(b'{');
        json.key("artifactLocation");
        json.begin(b'{');
        json.field_string("uri", &escape::uri(&input.path));
        json.end(b'}');
        // Offsets are those of the decompressed bytes.
        if input.compression.is_empty() {
            json.key("region");
            json.begin(b'{');
            json.field("byteOffset", damage.offset);
            json.end(b'}');
        }
        json.end(b'}');
        json.end(b'}');
        json.end(b']');
    }
    json.end(b'}');
}

fn artifact(json: &mut Writer<'_>, input: &Input) {
    json.begin(b'{');
    json.key("location");
    json.begin(b'{');
    json.field_string("uri", &escape::uri(&input.path));
    json.end(b'}');
    // Of a capture behind a saved report neither size nor form is known.
    let known = !input.format.is_empty();
    if known {
        json.field("length", input.stored_bytes);
    }
    json.list("roles", ["analysisTarget"], |json, role| json.word(role));
    if known && input.compression.is_empty() {
        json.field_string(
            "mimeType",
            match input.format {
                "pcapng" => "application/x-pcapng",
                _ => "application/vnd.tcpdump.pcap",
            },
        );
    }
    if let Some(sha256) = &input.sha256 {
        json.key("hashes");
        json.begin(b'{');
        json.field_string("sha-256", sha256);
        json.end(b'}');
    }
    json.key("properties");
    json.begin(b'{');
    json.field("packets", input.packets);
    json.span(input.time);
    json.field_string_or_null("innerSha256", input.inner_sha256.as_deref());
    json.end(b'}');
    json.end(b'}');
}

/// The counts of the report, for whoever wants no more.
fn sums(json: &mut Writer<'_>, report: &Report) {
    let standing = report.standing();
    let totals = &report.totals;
    let [violated, indeterminate, met] = standing.findings;
    let [violated_aside, indeterminate_aside] = standing.suppressed;
    let [contradicted, open, not_exercised, supported] = standing.claims;
    json.key("properties");
    json.begin(b'{');
    for (key, value) in [
        ("packets", totals.packets),
        ("flows", totals.flows),
        ("outboundFlows", totals.outbound_flows),
        ("findingsViolated", violated),
        ("findingsIndeterminate", indeterminate),
        ("findingsMet", met),
        ("suppressedViolated", violated_aside),
        ("suppressedIndeterminate", indeterminate_aside),
        ("rulesNotExercised", standing.rules_not_exercised),
        ("claimsContradicted", contradicted),
        ("claimsIndeterminate", open),
        ("claimsNotExercised", not_exercised),
        ("claimsSupported", supported),
    ] {
        json.field(key, value);
    }
    json.end(b'}');
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Low => "warning",
        Severity::Note => "note",
    }
}

/// The middle of the band that GitHub shows under the same word.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Note => "0.0",
    }
}
