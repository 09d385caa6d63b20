//! Captures nobody here wrote, held against what was found in them by other means.

use crate::kit;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use whereto::source::{Capture, Options};

/// Files where reading resumes behind damage at which the others stop.
const RESUMED: &[&str] = &[
    "tls_DER-incomplete-content.pcap",
    "10.7.29.101_49898-178.63.41.150_25.pcap",
    "igmplayer",
];

/// The captures lie beside the repository, or where `WHERETO_SHARED` says.
fn corpus() -> Option<PathBuf> {
    match std::env::var_os("WHERETO_SHARED") {
        Some(shared) => Some(PathBuf::from(shared).join("corpus")),
        None => kit::shared("corpus"),
    }
}

fn expectations(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            expectations(&path, found);
        } else if path.to_string_lossy().ends_with(".expect.json") {
            found.push(path);
        }
    }
}

/// The differences between what we read and what is expected.
fn differences(path: &Path, want: &Value) -> Vec<String> {
    let mut capture = match Capture::open(&[path.to_owned()], &Options::default()) {
        Ok(capture) => capture,
        Err(err) => return vec![err.to_string()],
    };
    let mut packets = 0u64;
    let mut cut = 0u64;
    let mut times = None;
    while let Some(batch) = capture.batch().unwrap() {
        for packet in batch {
            packets += 1;
            cut += u64::from((packet.bytes.len() as u64) < u64::from(packet.wire_len));
            let (first, _) = times.unwrap_or((packet.time, packet.time));
            times = Some((first, packet.time));
        }
    }
    let summary = capture.finish();
    let input = &summary.inputs[0];
    let container = &want["container"];
    let mut found = Vec::new();
    let mut expect = |what: &str, got: Value, want: &Value| {
        if got != *want {
            found.push(format!("{what}: {got} and not {want}"));
        }
    };
    expect("format", input.format.into(), &container["format"]);
    expect("packets", packets.into(), &container["records"]);
    expect("cut packets", cut.into(), &container["cut_by_snaplen"]);
    let links: BTreeSet<u32> = input
        .interfaces
        .iter()
        .map(|interface| interface.link)
        .collect();
    expect(
        "link types",
        links.into_iter().collect::<Vec<_>>().into(),
        &container["linktypes"],
    );
    let compression = container["compression"].as_str().map(str::to_owned);
    expect(
        "compression",
        input.compression.first().copied().into(),
        &compression.into(),
    );
    if let Some(count) = container["interface_count"].as_u64() {
        expect(
            "interfaces",
            (input.interfaces.len() as u64).into(),
            &count.into(),
        );
    } else {
        let interface = &input.interfaces[0];
        expect("snaplen", interface.snaplen.into(), &container["snaplen"]);
    }
    let secrets: u64 = container["secrets_bytes"]
        .as_object()
        .map_or(0, |map| map.values().filter_map(Value::as_u64).sum());
    expect("secrets", input.secret_bytes.into(), &secrets.into());
    if container["damage"].is_string() || input.cut {
        expect(
            "damage",
            (summary.damage_count > 0).into(),
            &container["damage"].is_string().into(),
        );
    }
    // Beyond the range of a Time, and where tshark counts other blocks, there is nothing to compare.
    let time = &want["time"];
    if let (Some((first, last)), Some(_)) = (times, time["first_record"].as_str())
        && want["packets"] == container["records"]
        && last.0 != i64::MAX
        // Fractions of four thousand seconds, which tshark lets overflow.
        && !path.to_string_lossy().contains("regression_samples")
    {
        let text = |time: whereto::model::Time| {
            format!(
                "{}.{:09}",
                time.0.div_euclid(1_000_000_000),
                time.0.rem_euclid(1_000_000_000)
            )
        };
        expect("first", text(first).into(), &time["first_record"]);
        expect("last", text(last).into(), &time["last_record"]);
    }
    found
}

#[test]
fn reads_what_others_read() {
    let Some(folder) = corpus() else { return };
    let mut files = Vec::new();
    expectations(&folder, &mut files);
    assert!(
        files.len() > 100,
        "only {} expectations in {}",
        files.len(),
        folder.display()
    );
    let mut wrong = Vec::new();
    for file in &files {
        let capture = file
            .to_string_lossy()
            .trim_end_matches(".expect.json")
            .to_owned();
        if RESUMED.iter().any(|name| capture.ends_with(name)) {
            continue;
        }
        let want: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let found = differences(Path::new(&capture), &want);
        wrong.extend(found.into_iter().map(|what| format!("{capture}: {what}")));
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
