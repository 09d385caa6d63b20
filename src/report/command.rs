//! The words of a command that audits the same again.
//!
//! In:   what a report was made of: captures, expectations, place data, devices.
//! Out:  words for a shell, not quoted yet; [`quoted`] makes one of each.

use crate::model::{DataSource, Report};

/// What the words are made of, from a report or from its JSON.
#[derive(Clone, Debug, Default)]
pub(super) struct Made<'r> {
    pub(super) inputs: Vec<String>,
    /// `--expect` and its like, with their lists.
    pub(super) expected: Vec<(&'static str, &'r str)>,
    /// Origin and name.
    pub(super) policy: Option<(&'r str, &'r str)>,
    pub(super) claims: Vec<&'r str>,
    /// The log's path, and its offset in seconds where it is not 0.
    pub(super) phases: Option<(&'r str, Option<String>)>,
    pub(super) devices: Vec<&'r str>,
    pub(super) vantage: Option<&'r str>,
    pub(super) baselines: Vec<String>,
    /// What each source of places gives, and where it was.
    pub(super) data: Vec<(Vec<&'r str>, &'r str)>,
    pub(super) filter: Option<&'r str>,
}

/// Captures and options of the audit that gave `report`, as far as it knows them.
pub(super) fn arguments(report: &Report) -> Vec<String> {
    let settings = &report.settings;
    let expected = [
        ("--expect", &settings.expect),
        ("--expect-operator", &settings.expect_operator),
        ("--expect-owner", &settings.expect_owner),
    ];
    let inputs = report.inputs.iter();
    let log = report.phases.as_ref().filter(|log| log.sha256.is_some());
    let source = |source: &'_ DataSource| source.gives.clone();
    Made {
        inputs: inputs.map(|it| it.path.lossless().into_owned()).collect(),
        expected: expected
            .into_iter()
            .filter_map(|(option, one)| Some((option, one.as_ref()?.written.as_str())))
            .collect(),
        policy: report.policy.as_ref().map(|it| (&*it.origin, &*it.name)),
        claims: report.claims.iter().map(|claim| &*claim.origin).collect(),
        phases: log.map(|log| (&*log.origin, offset(log.clock_offset_ns))),
        devices: settings.devices.iter().map(String::as_str).collect(),
        vantage: settings.vantage.as_deref(),
        baselines: settings
            .baselines
            .iter()
            .map(|it| it.path.lossless().into_owned())
            .collect(),
        data: report
            .data
            .iter()
            .map(|it| (source(it), it.origin.as_str()))
            .collect(),
        filter: settings.filter.as_deref(),
    }
    .words()
}

/// Seconds with all their decimals.
fn offset(nanoseconds: i64) -> Option<String> {
    let all = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let (whole, rest) = (all / 1_000_000_000, all % 1_000_000_000);
    let text = format!("{sign}{whole}.{rest:09}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    (nanoseconds != 0).then(|| text.to_owned())
}

impl Made<'_> {
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = self.inputs.clone();
        let mut add = |option: &str, value: &str| {
            words.push(option.to_owned());
            words.push(value.to_owned());
        };
        for (option, written) in &self.expected {
            add(option, written);
        }
        if let Some((origin, name)) = self.policy {
            add("--policy", if origin == "built-in" { name } else { origin });
        }
        let mut files = self.claims.clone();
        files.dedup();
        for file in files {
            add("--claims", file);
        }
        if let Some((origin, offset)) = &self.phases {
            add("--phases", origin);
            if let Some(offset) = offset {
                add("--clock-offset", offset);
            }
        }
        for baseline in &self.baselines {
            add("--baseline", baseline);
        }
        for device in &self.devices {
            add("--device", device);
        }
        if let Some(vantage) = self.vantage {
            add("--vantage", vantage);
        }
        for (gives, origin) in &self.data {
            if let Some(option) = option_of(gives, origin) {
                add(option, origin);
            }
        }
        if let Some(filter) = self.filter {
            add("--filter", filter);
        }
        let embedded = |(gives, origin): &(Vec<&str>, &str)| {
            *origin == "embedded" && gives.contains(&"country")
        };
        if !self.data.is_empty() && !self.data.iter().any(embedded) {
            words.push("--no-embedded-geo".to_owned());
        }
        words
    }
}

/// The option that a source came by; none for what is there anyway.
fn option_of(gives: &[&str], origin: &str) -> Option<&'static str> {
    if origin == "embedded" || origin.starts_with("installed: ") {
        return None;
    }
    let of = |what| gives.contains(&what);
    if of("owners") {
        Some("--owners")
    } else if of("anycast") {
        Some("--anycast")
    } else if of("ranges") {
        Some("--ranges")
    } else if of("country") || of("asn") {
        Some("--geo")
    } else {
        None
    }
}

/// One word of a shell.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,@:+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_shell_stay_one_word() {
        assert_eq!(quoted("a-b/c.pcap"), "a-b/c.pcap");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a;b"), "'a;b'");
    }

    #[test]
    fn offsets_are_exact() {
        assert_eq!(offset(0), None);
        assert_eq!(offset(-2_500_000_000).as_deref(), Some("-2.5"));
        assert_eq!(offset(10_000_000_000).as_deref(), Some("10"));
        assert_eq!(offset(1).as_deref(), Some("0.000000001"));
    }

    #[test]
    fn sources_come_by_their_options() {
        let made = Made {
            inputs: vec!["a b.pcap".to_owned()],
            data: vec![
                (vec!["country"], "own.mmdb"),
                (vec!["owners"], "embedded"),
                (vec!["ranges"], "ranges.json"),
            ],
            policy: Some(("built-in", "india")),
            ..Made::default()
        };
        let want = "a b.pcap --policy india --geo own.mmdb --ranges ranges.json --no-embedded-geo";
        assert_eq!(made.words().join(" "), want);
    }
}
