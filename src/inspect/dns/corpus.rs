//! DNS of foreign captures, held against what tshark says of them.
//!
//! Walks the plain captures of the corpus beside the repository (classic pcap, Ethernet or raw
//! IP, unfragmented UDP) and expects every name asked and every address answered that
//! FILE.expect.json has. Skips, loudly, where there is no corpus.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

use crate::inspect::{Inspection, Out};
use crate::model::{Carrier, Chunk, Side, Time, What};
use crate::wire::{Cursor, Malformed};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

/// Files of which not all can be found by this walk, and why.
const EXCUSED: &[(&str, &str)] = &[
    (
        "fuzz-2006-06-26-2594.pcap",
        "tshark names labels that are damaged",
    ),
    (
        "vector-max-size-crash.pcap",
        "tshark names a label type that was never used",
    ),
    (
        "telegram.pcap",
        "the expectation pairs addresses with the service record before them",
    ),
    ("malformed_dns.pcap", "tshark names a name that is too long"),
];

type Facts = BTreeSet<String>;

#[test]
fn finds_what_tshark_finds() {
    let shared = std::env::var_os("WHERETO_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let corpus = shared.join("corpus");
    if !corpus.is_dir() {
        eprintln!("SKIPPED: no corpus at {}", corpus.display());
        return;
    }
    let (mut files, mut found, mut extra) = (0, 0, 0);
    let mut missing = Vec::new();
    for path in captures(&corpus) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let Some((got, whole)) = walk(&path) else {
            continue;
        };
        let want = expected(&path);
        files += 1;
        found += want.intersection(&got).count();
        extra += got.difference(&want).count();
        for fact in got.difference(&want).take(3) {
            println!("extra {file}: {fact}");
        }
        let excused = !whole || EXCUSED.iter().any(|(name, _)| *name == file);
        for fact in want.difference(&got) {
            println!("missing {file}: {fact} (excused: {excused})");
            if !excused {
                missing.push(format!("{file}: {fact}"));
            }
        }
    }
    println!(
        "{files} captures, {found} facts found, {} missing, {extra} extra",
        missing.len()
    );
    assert!(found > 500, "the corpus holds more than {found} facts");
    assert!(missing.is_empty(), "{missing:#?}");
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "pcap") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Names asked and addresses answered over DNS, mDNS and LLMNR.
fn expected(capture: &Path) -> Facts {
    let mut name = capture.as_os_str().to_owned();
    name.push(".expect.json");
    let text = std::fs::read(name).unwrap_or_default();
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let mut facts = Facts::new();
    let word = |value: &serde_json::Value| {
        let word = value.as_str().unwrap_or_default().to_lowercase();
        word.trim_end_matches('.').to_owned()
    };
    for query in json["dns"]["queries"].as_array().into_iter().flatten() {
        facts.insert(format!(
            "{} {}?",
            word(&query["family"]),
            word(&query["name"])
        ));
    }
    for record in json["dns"]["records"].as_array().into_iter().flatten() {
        let [family, name, kind, data] = [0, 1, 2, 3].map(|place| word(&record[place]));
        facts.insert(format!("{family} {name} {kind} {data}"));
    }
    facts
        .into_iter()
        .map(|fact| fact.replace("<root>", ""))
        .collect()
}

/// The facts of a capture, and whether everything in it could be walked.
fn walk(path: &Path) -> Option<(Facts, bool)> {
    let file = std::fs::read(path).ok()?;
    let mut cursor = Cursor::new(&file);
    let magic = cursor.array::<4>("magic").ok()?;
    let little = match magic {
        [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1] => true,
        [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d] => false,
        _ => return None,
    };
    let word = |cursor: &mut Cursor<'_>| {
        if little {
            cursor.u32_le("word")
        } else {
            cursor.u32("word")
        }
    };
    cursor.skip("header", 16).ok()?;
    let link = word(&mut cursor).ok()?;
    if !matches!(link, 1 | 101) {
        return None;
    }
    let mut facts = Facts::new();
    let mut whole = true;
    let mut frame = 0;
    while cursor.skip("time", 8).is_ok() {
        let Ok(captured) = word(&mut cursor) else {
            break;
        };
        if word(&mut cursor).is_err() {
            break;
        }
        let bytes = cursor.take_up_to(captured.try_into().ok()?);
        frame += 1;
        whole &= packet(link, bytes, frame, &mut facts).unwrap_or(false);
    }
    Some((facts, whole))
}

/// False where there may be DNS that this walk does not reach.
fn packet(link: u32, bytes: &[u8], frame: u64, facts: &mut Facts) -> Result<bool, Malformed> {
    let mut cursor = Cursor::new(bytes);
    if link == 1 {
        cursor.skip("addresses", 12)?;
        match cursor.u16("type")? {
            0x0800 | 0x86dd => {}
            other => return Ok(other == 0x0806),
        }
    }
    let (src, dst, protocol) = match cursor.peek().unwrap_or(0) >> 4 {
        4 => {
            let header = usize::from(cursor.peek().unwrap_or(0) & 15) * 4;
            cursor.skip("tos", 2)?;
            let total = usize::from(cursor.u16("total length")?);
            cursor.skip("id", 2)?;
            if cursor.u16("fragment")? & 0x3fff != 0 {
                return Ok(false);
            }
            cursor.skip("ttl", 1)?;
            let protocol = cursor.u8("protocol")?;
            cursor.skip("checksum", 2)?;
            let src = Ipv4Addr::from(cursor.array::<4>("source")?);
            let dst = Ipv4Addr::from(cursor.array::<4>("destination")?);
            cursor.skip("options", header.saturating_sub(20))?;
            cursor = Cursor::new(cursor.take_up_to(total.saturating_sub(header)));
            (IpAddr::V4(src), IpAddr::V4(dst), protocol)
        }
        6 => {
            cursor.skip("version", 6)?;
            let protocol = cursor.u8("next header")?;
            cursor.skip("hop limit", 1)?;
            let src = Ipv6Addr::from(cursor.array::<16>("source")?);
            let dst = Ipv6Addr::from(cursor.array::<16>("destination")?);
            (IpAddr::V6(src), IpAddr::V6(dst), protocol)
        }
        _ => return Ok(false),
    };
    if protocol != 17 {
        // TCP may carry DNS, and tunnels anything.
        return Ok(matches!(protocol, 1 | 2 | 58));
    }
    let client_port = cursor.u16("source port")?;
    let server_port = cursor.u16("destination port")?;
    let length = usize::from(cursor.u16("length")?);
    cursor.skip("checksum", 2)?;
    let bytes = cursor.take_up_to(length.saturating_sub(8));
    let chunk = Chunk {
        bytes,
        from: Side::Client,
        carrier: Carrier::Udp,
        frame,
        time: Time(0),
        cut_bytes: u32::try_from(length.saturating_sub(8 + bytes.len())).unwrap_or(0),
        client: src,
        server: dst,
        client_port,
        server_port,
    };
    let mut out = Out::default();
    Inspection::resume(0).push(&chunk, &mut out);
    for evidence in out.evidence {
        if let What::Dns(message) = evidence.what {
            let family = message.family.as_str();
            let word = |text: &crate::model::Text| {
                text.lossless()
                    .to_lowercase()
                    .trim_end_matches('.')
                    .to_owned()
            };
            for (name, _) in message.question.iter().chain(&message.more_questions) {
                facts.insert(format!("{family} {}?", word(name)));
            }
            for answer in &message.answers {
                let kind = match answer.kind {
                    1 => "a",
                    5 => "cname",
                    28 => "aaaa",
                    _ => continue,
                };
                let (name, data) = (word(&answer.name), word(&answer.data));
                facts.insert(format!("{family} {name} {kind} {data}"));
            }
        }
    }
    // Teredo, VXLAN, Geneve and GTP-U have packets inside.
    let tunnel = [3544, 4789, 6081, 2152];
    Ok(!tunnel.contains(&client_port) && !tunnel.contains(&server_port))
}
