//! Every number that the page, the text and the Markdown report show is one of the JSON report,
//! in one of the forms that are documented: plain, with thousands parted, in KiB, in percent, in
//! milliseconds; or a count or a sum of its rows.
//!
//! Geometry and axes of drawings are not read, nor are words glued to letters (`AS16509`, hashes).

use crate::kit::{self, whereto};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use whereto::model::Protection;

/// Captures with what is asked of them.
const CASES: &[(&str, &[&str])] = &[
    (
        "redmi-india-before",
        &[
            "--policy",
            "market-india",
            "--claims",
            "fixtures/claims/xiaomi-2014-10-22.toml",
            "--vantage",
            "IN",
        ],
    ),
    (
        "redmi-india-after",
        &[
            "--expect",
            "IN,SG,US",
            "--claims",
            "fixtures/claims/xiaomi-2014-10-22.toml",
            "--phases",
            "fixtures/redmi-india-after/phases.csv",
            "--about",
            "fixtures/redmi-india-after/about.toml",
            "--vantage",
            "IN",
        ],
    ),
    ("redmi-india-after", &[]),
    ("ipv6", &["--expect", "IN"]),
    ("tunnels", &["--expect", "IN"]),
    ("tcp-gaps", &["--expect", "IN"]),
    ("pcapng-interfaces", &["--expect", "IN"]),
];

#[test]
fn every_number_that_is_shown_is_one_of_json() {
    let mut unknown = Vec::new();
    let (mut shown, mut caught) = (0, 0);
    for (name, options) in CASES {
        let fixture = kit::fixture(name);
        let forms = Forms::of(&report(&fixture.capture, options));
        for (format, words) in [
            ("html", page_words as fn(&str) -> String),
            ("text", str::to_owned),
            ("markdown", str::to_owned),
        ] {
            let text = words(&output(&fixture.capture, options, format));
            let found = tokens(&text);
            assert!(found.len() > 20, "{name} as {format}: {found:?}");
            for token in &found {
                if !forms.have(token) {
                    unknown.push(format!("{name} as {format}: {token}"));
                }
                // Each number changed by one must not pass as well, or this test holds nothing.
                if let Some(changed) = changed(token) {
                    shown += 1;
                    caught += usize::from(!forms.have(&changed));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
    assert!(
        shown > 300 && caught * 100 > shown * 80,
        "of {shown} changed numbers only {caught} are found out"
    );
}

#[track_caller]
fn output(capture: &str, options: &[&str], format: &str) -> String {
    let mut command = whereto(&["audit", capture, "--format", format, "--width", "400"]);
    let out = command.args(options).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(matches!(out.status.code(), Some(0 | 1 | 3 | 4)), "{said}");
    String::from_utf8(out.stdout).unwrap()
}

fn report(capture: &str, options: &[&str]) -> Value {
    serde_json::from_str(&output(capture, options, "json")).unwrap()
}

/// What a reader of the page sees, without drawings.
fn page_words(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let skip = ["svg", "style", "script"]
            .into_iter()
            .find(|tag| after.starts_with(tag));
        rest = match skip {
            Some(tag) => after.split_once(&format!("</{tag}>")).unwrap().1,
            None => after.split_once('>').unwrap().1,
        };
        // A name may be broken behind its dots; other marks part words.
        if !after.starts_with("wbr") {
            text.push(' ');
        }
    }
    text.push_str(rest);
    text.replace("&nbsp;", " ").replace("&#39;", "'")
}

/// A number with the unit behind it, if any.
fn tokens(text: &str) -> BTreeSet<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let inside = |at: usize| {
            let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
            digit(at) || (matches!(chars.get(at), Some('.' | ',' | ':')) && digit(at + 1))
        };
        while inside(at) {
            at += 1;
        }
        let glued = |at: Option<&char>| {
            at.is_some_and(|c| c.is_alphabetic() || *c == '_' || *c == '…' || *c == '#')
        };
        let before = start.checked_sub(1).and_then(|at| chars.get(at));
        if glued(before) || glued(chars.get(at)) {
            continue;
        }
        let mut token: String = chars[start..at].iter().collect();
        let behind: String = chars[at..].iter().skip(1).take(4).collect();
        for unit in ["B", "KiB", "MiB", "%", "ms"] {
            let ends = behind.strip_prefix(unit);
            let ends = ends.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
            if chars.get(at) == Some(&' ') && ends {
                token = format!("{token} {unit}");
            }
        }
        found.insert(token);
    }
    found
}

/// The same with its last digit changed; of small counts there is nothing to learn.
fn changed(token: &str) -> Option<String> {
    if token.chars().filter(char::is_ascii_digit).count() < 3 {
        return None;
    }
    let at = token.rfind(|c: char| c.is_ascii_digit())?;
    let digit = token[at..].chars().next()?.to_digit(10)?;
    Some(format!(
        "{}{}{}",
        &token[..at],
        (digit + 5) % 10,
        &token[at + 1..]
    ))
}

/// Every form of every number of a report.
struct Forms {
    known: BTreeSet<String>,
}

impl Forms {
    fn of(report: &Value) -> Self {
        let mut forms = Forms {
            known: BTreeSet::new(),
        };
        forms.walk(report);
        for list in ["flows", "destinations", "findings", "claims"] {
            let rows: Vec<&Value> = report[list].as_array().into_iter().flatten().collect();
            forms.groups(&rows);
            let outbound: Vec<&Value> = rows
                .into_iter()
                .filter(|row| row["scope"] == "outbound" && row["carries_tunnel"] != true)
                .collect();
            forms.groups(&outbound);
        }
        forms.shares(report);
        // Words of ours have numbers too: protocols, scales, limits.
        for path in ["src/language/english.rs", "docs/cli.md", "Cargo.toml"] {
            forms.words(&kit::read(path));
        }
        forms
    }

    fn have(&self, token: &str) -> bool {
        self.known.contains(token)
    }

    fn words(&mut self, text: &str) {
        self.known.extend(tokens(text));
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Number(number) => match number.as_u64() {
                Some(number) => self.number(number),
                None => self.milliseconds(number.as_f64().unwrap()),
            },
            Value::String(text) => {
                self.words(text);
                // A time is shown to the second, with a blank for its T.
                if let Some((day, time)) = text.split_once('T') {
                    self.words(day);
                    self.words(time.split('.').next().unwrap());
                    self.words(time.trim_end_matches('Z'));
                    let millis: String = time.chars().take(12).collect();
                    self.words(&millis);
                }
            }
            Value::Array(list) => {
                self.number(list.len() as u64);
                list.iter().for_each(|one| self.walk(one));
            }
            Value::Object(map) => {
                self.number(map.len() as u64);
                for (key, one) in map {
                    self.words(key);
                    self.walk(one);
                    if key == "rtt_ms" {
                        one.as_f64()
                            .into_iter()
                            .for_each(|ms| self.milliseconds(ms));
                    }
                }
                for (from, to) in [("first_seen", "last_seen"), ("start", "end")] {
                    self.length(seconds(&value[to]) - seconds(&value[from]));
                }
                if let (Some(address), Some(port)) =
                    (value["remote_ip"].as_str(), value["remote_port"].as_u64())
                {
                    let address: std::net::IpAddr = address.parse().unwrap();
                    let port = u16::try_from(port).unwrap();
                    self.words(&std::net::SocketAddr::new(address, port).to_string());
                }
            }
            _ => {}
        }
    }

    fn number(&mut self, number: u64) {
        let plain = number.to_string();
        let mut parted = String::new();
        for (place, digit) in plain.chars().enumerate() {
            if place > 0 && (plain.len() - place).is_multiple_of(3) {
                parted.push(',');
            }
            parted.push(digit);
        }
        self.known.insert(plain);
        self.known.insert(parted);
        let tenths = number as f64 / 102.4;
        self.known.insert(match number {
            0..1024 => format!("{number} B"),
            1024..1_048_576 => format!("{:.1} KiB", (tenths + 0.5).floor() / 10.0),
            _ => format!("{:.1} MiB", (tenths / 1024.0 + 0.5).floor() / 10.0),
        });
    }

    /// A round trip: with one decimal below ten, without above, and as the tables have it.
    fn milliseconds(&mut self, number: f64) {
        for decimals in 0..=3 {
            let scale = 10_f64.powi(decimals);
            for number in [
                (number * scale).floor() / scale,
                (number * scale).round() / scale,
            ] {
                let text = format!("{number:.*}", decimals as usize);
                self.known.extend([format!("{text} ms"), text]);
            }
        }
        // The same in nanoseconds, and how far light goes meanwhile.
        let nanoseconds = (number * 1_000_000.0).round() as u64;
        self.number(nanoseconds);
        self.number(nanoseconds.div_ceil(9_800));
    }

    /// How many rows have something in common, and the sums of their numbers.
    fn groups(&mut self, rows: &[&Value]) {
        const KEYS: [&str; 7] = [
            "verdict",
            "country",
            "country_confidence",
            "name",
            "owner",
            "phase",
            "protocol",
        ];
        for choice in 0..1_u32 << KEYS.len() {
            if choice.count_ones() > 3 {
                continue;
            }
            let chosen = KEYS.iter().enumerate();
            let chosen: Vec<&str> = chosen
                .filter(|(at, _)| choice >> at & 1 == 1)
                .map(|(_, key)| *key)
                .collect();
            let mut groups: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
            for row in rows {
                let key: Vec<String> = chosen.iter().map(|key| row[key].to_string()).collect();
                groups.entry(key.join("|")).or_default().push(row);
            }
            self.number(groups.len() as u64);
            for group in groups.values() {
                self.number(group.len() as u64);
                for column in [
                    "flows",
                    "bytes_out",
                    "bytes_in",
                    "packets_out",
                    "packets_in",
                ] {
                    let sum = group.iter().filter_map(|row| row[column].as_u64()).sum();
                    self.number(sum);
                }
            }
        }
    }

    /// Shares of what could be examined, was recognised, was encrypted; and what they are of.
    fn shares(&mut self, report: &Value) {
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let totals = &report["totals"];
        let mut packets = [0; 4];
        for flow in report["flows"].as_array().unwrap() {
            if flow["carries_tunnel"] == true {
                continue;
            }
            let word = flow["protocol"].as_str();
            let kind = match Protection::of(word) {
                _ if flow["scope"] != "outbound" => 3,
                Protection::Cleartext => 0,
                _ if flow["name"].is_string() => 1,
                _ => 2,
            };
            packets[kind] += number(&flow["packets_out"]) + number(&flow["packets_in"]);
        }
        packets.iter().for_each(|sum| self.number(*sum));
        let outside = packets[..3].iter().sum::<u64>();
        let both = number(&totals["bytes_out"]) + number(&totals["bytes_in"]);
        for (part, whole) in [
            (packets[0], outside),
            (packets[0] + packets[1], outside),
            (number(&totals["unrecognised_bytes"]), both),
        ] {
            self.number(part);
            self.number(whole);
            self.share(part, whole);
        }
        for claim in report["claims"].as_array().unwrap() {
            let hidden = &claim["hidden"];
            let whole = number(&hidden["all_bytes_out"]);
            self.share(number(&hidden["encrypted_bytes_out"]), whole);
        }
        let inputs = report["inputs"].as_array().unwrap().iter();
        let interfaces = inputs.flat_map(|input| input["interfaces"].as_array().unwrap());
        let dropped = interfaces.flat_map(|one| {
            ["interface", "os"]
                .map(|by| number(&one[format!("dropped_by_{by}")]))
                .into_iter()
                .chain([number(&one["dropped_before_packets"])])
        });
        self.number(dropped.sum());
        let (start, end) = (
            seconds(&totals["first_seen"]),
            seconds(&totals["last_seen"]),
        );
        for phase in report["phases"]["phases"].as_array().into_iter().flatten() {
            self.length(end - seconds(&phase["start"]));
        }
        for flow in report["flows"].as_array().unwrap() {
            self.length(seconds(&flow["first_seen"]) - start);
        }
    }

    /// A length of time: in milliseconds, or in seconds with one decimal.
    fn length(&mut self, seconds: f64) {
        for shown in [(seconds * 10.0).floor(), (seconds * 10.0).round()] {
            self.known.insert(format!("{:.1}", shown / 10.0));
        }
        for shown in [(seconds * 1000.0).floor(), (seconds * 1000.0).round()] {
            self.known.insert(format!("{shown} ms"));
        }
    }

    fn share(&mut self, part: u64, whole: u64) {
        let share = part as f64 * 100.0 / whole.max(1) as f64;
        for shown in [(share * 10.0).floor(), (share * 10.0).round()] {
            let text = format!("{:.1}", shown / 10.0);
            let whole = text.strip_suffix(".0").unwrap_or(&text);
            self.known.insert(format!("{whole} %"));
            self.known.insert(format!("{text} %"));
        }
    }
}

/// The time of the day of an instant of JSON.
fn seconds(time: &Value) -> f64 {
    let text = time.as_str().unwrap_or_default();
    let clock = text.split('T').nth(1).unwrap_or_default();
    let parts = clock.trim_end_matches('Z').split(':');
    parts.fold(0.0, |sum, part| {
        sum * 60.0 + part.parse::<f64>().unwrap_or(0.0)
    })
}
