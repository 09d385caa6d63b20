//! The policy that was used, and how its rules turned out.

use super::writer::Writer;
use crate::model::{ExceptionResult, ExpectedGroup, PolicyResult, RuleResult, Verdict};

/// Nothing where there was none.
pub(super) fn policy(json: &mut Writer<'_>, policy: Option<&PolicyResult>) {
    let Some(policy) = policy else {
        return;
    };
    json.line();
    json.key("policy");
    json.begin(b'{');
    json.field_string("name", &policy.name);
    json.field_string("title", &policy.title);
    json.field_string("origin", &policy.origin);
    json.field_string("sha256", &policy.sha256);
    json.field_string_or_null("as_of", policy.as_of.as_deref());
    json.field_string_or_null("notice", policy.notice.as_deref());
    json.list("rules", &policy.rules, rule);
    json.list("groups", &policy.groups, group);
    json.list("exceptions", &policy.exceptions, exception);
    json.end(b'}');
}

fn rule(json: &mut Writer<'_>, rule: &RuleResult) {
    let [violated, indeterminate, met] = rule.flows;
    json.begin(b'{');
    json.field_string("id", &rule.id);
    json.field_string("reason", &rule.reason);
    json.field_string_or_null("reference", rule.reference.as_deref());
    json.field_string("severity", rule.severity.as_str());
    json.field_string(
        "verdict",
        rule.verdict.map_or("not-exercised", Verdict::as_str),
    );
    json.key("flows");
    json.begin(b'{');
    json.field("violated", violated);
    json.field("indeterminate", indeterminate);
    json.field("met", met);
    json.end(b'}');
    json.field("line", rule.line);
    json.end(b'}');
}

/// A group of countries, as it was used.
pub(super) fn group(json: &mut Writer<'_>, group: &ExpectedGroup) {
    json.begin(b'{');
    json.field_string("name", &group.name);
    json.field_string("title", &group.title);
    json.field_string("date", &group.date);
    json.field_string("source", &group.source);
    json.field_string("note", &group.note);
    json.end(b'}');
}

fn exception(json: &mut Writer<'_>, exception: &ExceptionResult) {
    json.begin(b'{');
    json.field_string("id", &exception.id);
    json.field_string("owner", &exception.owner);
    json.field_string("reason", &exception.reason);
    json.field_string("expires", &exception.last_day());
    json.field("flows", exception.flows);
    json.field("expired_flows", exception.expired_flows);
    json.end(b'}');
}
