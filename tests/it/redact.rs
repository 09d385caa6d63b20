//! `redact`: what must not be seen is not there, in any spelling, and the findings are.

use crate::kit::{self, Fixture, fixture, fixtures, repo, whereto};
use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;
use whereto::source::{Capture, Options};

/// A command on a fixture, with what it expects.
fn command(name: &str, case: &Fixture) -> Command {
    let mut command = whereto(&[name, "-q", &case.capture]);
    if let Some(expect) = &case.expect {
        command.args(["--expect", expect]);
    }
    command.args(&case.arguments);
    command
}

/// Runs a redaction; it may find violations.
#[track_caller]
fn redact(case: &Fixture, more: &[&str], to: &Path) {
    let mut command = command("redact", case);
    command.args(["-o", to.to_str().unwrap()]).args(more);
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(matches!(out.status.code(), Some(0 | 1 | 3 | 4)), "{said}");
    assert!(said.is_empty(), "{said}");
}

#[track_caller]
fn verify(case: &Fixture, bundle: &Path) -> String {
    let mut command = whereto(&["verify", "-q", bundle.to_str().unwrap()]);
    // Catalogues of the user's are not in a bundle.
    for pair in case.arguments.windows(2) {
        if let [option, path] = pair
            && option == "--owners"
        {
            command.args(["--data", path]);
        }
    }
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(0), "{said}");
    said
}

/// Every file of a bundle by its name, of an archive as well as of a folder.
fn files(bundle: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    if bundle.is_dir() {
        for path in kit::files(bundle) {
            let name = path.strip_prefix(bundle).unwrap().display().to_string();
            found.insert(name, std::fs::read(&path).unwrap());
        }
        return found;
    }
    let bytes = std::fs::read(bundle).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        found.insert(file.name().unwrap().into_owned(), bytes);
    }
    found
}

/// What the capture has of people, as they would say it.
const VALUES: &[&str] = &[
    "anjali.menon@example.org",
    "anjali.menon",
    "anjali-menon",
    "860123045678901",
    "9774d56d682e549c",
    "919876543210",
    "Anjalis-Redmi-9",
    "Priya's MenonNAS",
    "MenonNAS-4471",
    "menonhome",
    "2150SBRN4471",
    "SerialSN77812345",
    "Inspector Rao",
    "+91 80 1234 5678",
];
/// Addresses by their text and their bytes.
const ADDRESSES: &[&str] = &[
    "192.168.31.47",
    "192.168.31.1",
    "192.168.31.90",
    "fe80::3ea0:67ff:fe1b:2c3d",
    "fe80::211:32ff:fe5e:6f70",
];
const MACS: &[[u8; 6]] = &[
    [0x3c, 0xa0, 0x67, 0x1b, 0x2c, 0x3d],
    [0xa4, 0x77, 0x33, 0x91, 0x82, 0x73],
    [0x00, 0x11, 0x32, 0x5e, 0x6f, 0x70],
];

/// A value in every form in which it could stand somewhere.
fn forms(value: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::new();
    let mut add = |bytes: Vec<u8>| {
        if bytes.len() >= 4 {
            all.insert(bytes);
        }
    };
    add(value.to_vec());
    add(value.iter().rev().copied().collect());
    add(HEXLOWER.encode(value).into_bytes());
    add(HEXUPPER.encode(value).into_bytes());
    add(value.iter().flat_map(|byte| [*byte, 0]).collect());
    add(value.iter().flat_map(|byte| [0, *byte]).collect());
    let percent: String = value
        .iter()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(*byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect();
    add(percent.into_bytes());
    for shift in 0..3 {
        let mut padded = vec![b' '; shift];
        padded.extend(value);
        for text in [BASE64.encode(&padded), BASE64URL.encode(&padded)] {
            let first = (shift * 8).div_ceil(6);
            let whole = padded.len() * 8 / 6;
            if whole > first + 5 {
                add(text.as_bytes()[first..whole].to_vec());
            }
        }
    }
    all
}

fn wanted() -> BTreeMap<String, BTreeSet<Vec<u8>>> {
    let mut all = BTreeMap::new();
    for value in VALUES {
        all.insert((*value).to_owned(), forms(value.as_bytes()));
    }
    // As NetBIOS writes it, half a byte a letter.
    let mut netbios = Vec::new();
    for byte in b"MENONNAS-4471" {
        netbios.extend([b'A' + (byte >> 4), b'A' + (byte & 15)]);
    }
    all.insert("NetBIOS".to_owned(), [netbios].into());
    for text in ADDRESSES {
        let address: IpAddr = text.parse().unwrap();
        let bytes = match address {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let mut found = forms(text.as_bytes());
        found.insert(text.replace(['.', ':'], "-").into_bytes());
        found.insert(bytes.iter().rev().copied().collect());
        found.insert(bytes);
        all.insert((*text).to_owned(), found);
    }
    for name in ["47.31.168.192.in-addr", "90.31.168.192.in-addr"] {
        let labels = name.split('.').flat_map(|label| {
            let len = u8::try_from(label.len()).unwrap();
            [&[len][..], label.as_bytes()].concat()
        });
        all.insert(
            name.to_owned(),
            [name.as_bytes().to_vec(), labels.collect()].into(),
        );
    }
    // The end of each is in groups and in interface identifiers.
    for mac in MACS {
        let pairs = mac.map(|byte| format!("{byte:02x}"));
        let mut found: BTreeSet<Vec<u8>> = [mac.to_vec()].into();
        found.insert(mac.iter().rev().copied().collect());
        for by in [":", "-", "", "%3A", "_"] {
            found.insert(pairs.join(by).into_bytes());
        }
        let dotted = format!(
            "{}.{}.{}",
            pairs[..2].concat(),
            pairs[2..4].concat(),
            pairs[4..].concat()
        );
        found.insert(dotted.into_bytes());
        found.insert([&[0xff, 0xfe], &mac[3..]].concat());
        found.insert(BASE64.encode(mac).into_bytes());
        all.insert(pairs.join(":"), found);
    }
    all
}

/// Where a value stands, in any case.
fn search(name: &str, bytes: &[u8], wanted: &BTreeMap<String, BTreeSet<Vec<u8>>>) -> Vec<String> {
    let patterns: Vec<(&String, &Vec<u8>)> = wanted
        .iter()
        .flat_map(|(value, forms)| forms.iter().map(move |form| (value, form)))
        .collect();
    let found = aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(patterns.iter().map(|(_, form)| form))
        .unwrap();
    let mut hits: Vec<String> = found
        .find_overlapping_iter(bytes)
        .map(|hit| {
            let (value, form) = patterns[hit.pattern().as_usize()];
            format!("{name}: {value} as {:?}", form.escape_ascii().to_string())
        })
        .collect();
    hits.dedup();
    hits
}

fn with_lists(folder: &Path) -> (String, String) {
    let also = folder.join("mine.txt");
    std::fs::write(
        &also,
        "anjali.menon@example.org\nanjali.menon\nanjali-menon\n860123045678901\n9774d56d682e549c\n\
         919876543210\n2150SBRN4471\nSerialSN77812345\n",
    )
    .unwrap();
    let about = folder.join("about.toml");
    std::fs::write(
        &about,
        "title = \"A test by anjali.menon\"\ndevice = \"Redmi 9, IMEI 860123045678901, serial \
         SerialSN77812345\"\nsim = \"+91 9876543210\"\ncaptured_by = \"Inspector Rao\"\n\
         contact = \"+91 80 1234 5678\"\nplace = \"Bengaluru\"\nnote = \"host Anjalis-Redmi-9 at 192.168.31.47\"\n",
    )
    .unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    (text(&also), text(&about))
}

/// The search itself must see what is there.
#[test]
fn the_search_finds_every_value_in_what_was_not_redacted() {
    let capture = std::fs::read(repo(&fixture("identifiers").capture)).unwrap();
    let hits = search("capture", &capture, &wanted()).join("\n");
    let not_there = ["SerialSN", "Inspector", "+91 80"];
    for value in VALUES.iter().chain(ADDRESSES) {
        if !not_there.iter().any(|start| value.starts_with(start)) {
            assert!(hits.contains(&format!("capture: {value} as")), "{value}");
        }
    }
    for mac in MACS {
        let text = mac.map(|byte| format!("{byte:02x}")).join(":");
        assert!(hits.contains(&text), "{text}");
    }
    assert!(hits.contains("NetBIOS"), "{hits}");
}

#[test]
fn no_original_value_is_in_a_redacted_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let (also, about) = with_lists(folder.path());
    let case = fixture("identifiers");
    let wanted = wanted();
    for (payload, form) in [("names", "b.zip"), ("names", "b"), ("blank", "c.zip")] {
        let to = folder.path().join(form);
        let more = ["--also", &also, "--about", &about, "--payload", payload];
        redact(&case, &[&more[..], &["--expect", "IN"]].concat(), &to);
        let found = files(&to);
        assert!(found.contains_key("captures/redacted.pcapng") && found.len() > 15);
        let mut hits = Vec::new();
        for (name, bytes) in &found {
            hits.extend(search(name, bytes, &wanted));
        }
        if !to.is_dir() {
            hits.extend(search(form, &std::fs::read(&to).unwrap(), &wanted));
        }
        assert!(hits.is_empty(), "{payload}:\n{}", hits.join("\n"));
        // Nor is where it was made.
        let place = folder.path().to_str().unwrap();
        let paths = [(place.to_owned(), [place.as_bytes().to_vec()].into())].into();
        for (name, bytes) in &found {
            assert_eq!(search(name, bytes, &paths), Vec::<String>::new());
        }
        let said = verify(&case, &to);
        assert!(said.contains("redacted:"), "{said}");
        let about = String::from_utf8_lossy(&found["used/1-about.toml"]).into_owned();
        assert!(
            about.contains("Bengaluru") && about.contains("Redmi 9"),
            "{about}"
        );
        for report in ["report.txt", "report.html", "report.md", "report.json"] {
            let text = String::from_utf8_lossy(&found[report]).into_owned();
            assert!(text.contains("redacted by"), "{report}");
        }
    }
}

/// Names that are the findings stay: in DNS, HTTP, TLS and the sealed part of QUIC.
#[test]
fn public_names_stay_and_local_ones_are_the_same_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("b.pcapng");
    redact(&fixture("identifiers"), &[], &to);
    let out = whereto(&["audit", "-q", "--format", "json", to.to_str().unwrap()])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let names = kit::column(&report, "flows", "name");
    let many = |name: &str| names.iter().filter(|found| found.contains(name)).count();
    assert_eq!(many("collect.tracker.example"), 2, "{names:?}");
    // Not listed, so that it stays: over TLS and over QUIC.
    assert_eq!(many("anjali-menon.dyn.example"), 2, "{names:?}");
    let dns = report["dns"].to_string();
    assert!(dns.contains("_smb._tcp.local"), "{dns}");
    // The storage server by mDNS, LLMNR and unicast DNS.
    let label = report["dns"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["family"] == "llmnr")
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .unwrap();
    assert_eq!(label.len(), "menonnas-4471".len());
    assert!(dns.matches(&format!("{label}.local")).count() >= 2, "{dns}");
    assert!(
        dns.contains(&format!("{label}.n00000001")) || dns.contains(&format!("{label}.n")),
        "{dns}"
    );
}

/// Packet for packet the same frame, time and length, over all fixtures; and the same again.
#[test]
fn packets_keep_their_times_and_lengths_and_findings_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("1.zip"), folder.path().join("2.zip"));
    for case in fixtures() {
        redact(&case, &[], &one);
        let first = std::fs::read(&one).unwrap();
        redact(&case, &["--threads", "2"], &two);
        assert!(first == std::fs::read(&two).unwrap(), "{}", case.name);
        verify(&case, &one);
        let found = files(&one);
        let capture = folder.path().join("redacted.pcapng");
        std::fs::write(&capture, &found["captures/redacted.pcapng"]).unwrap();
        assert_eq!(
            lengths(&capture),
            lengths(&repo(&case.capture)),
            "{}",
            case.name
        );
        let settings: Value = serde_json::from_slice(&found["settings.json"]).unwrap();
        let findings = &settings["redacted"]["findings"];
        // What lies in fragments of a datagram is blank.
        if case.name != "fragments" && case.name != "tunnels" {
            assert_eq!(findings["before"], findings["after"], "{}", case.name);
            // An address beside the device's own is a pseudonym, and its finding has another id.
            let own = u64::from(case.name == "ipv6");
            assert_eq!(findings["only_before"], own, "{}", case.name);
        }
        for path in [&one, &two] {
            std::fs::remove_file(path).unwrap();
        }
    }
}

type Lengths = Vec<(i64, u32, usize)>;

fn lengths(path: &Path) -> Lengths {
    let mut capture = Capture::open(&[path.to_path_buf()], &Options::default()).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = capture.batch().unwrap() {
        all.extend(batch.map(|packet| (packet.time.0, packet.wire_len, packet.bytes.len())));
    }
    all
}

/// Nothing is malformed and every checksum is right, to another reader.
#[test]
fn tshark_reads_what_was_redacted_without_a_complaint() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("b.pcapng");
    for name in [
        "identifiers",
        "redmi-india-before",
        "dns-cname",
        "quic-initial",
        "ipv6",
    ] {
        redact(&fixture(name), &[], &to);
        let wrong = "ip.checksum.status == 0 || tcp.checksum.status == 0 || \
                     udp.checksum.status == 0 || icmpv6.checksum.status == 0";
        let (Some(checksums), Some(is), Some(was)) = (
            frames(&to, wrong),
            frames(&to, "_ws.malformed"),
            frames(&repo(&fixture(name).capture), "_ws.malformed"),
        ) else {
            return kit::skip("tshark is not here");
        };
        assert_eq!(checksums, BTreeSet::new(), "{name}");
        assert!(is.is_subset(&was), "{name}: {is:?} {was:?}");
        std::fs::remove_file(&to).unwrap();
    }
}

/// The frames that tshark finds; `None` where it is not installed.
fn frames(path: &Path, filter: &str) -> Option<BTreeSet<String>> {
    let mut command = Command::new("tshark");
    for check in [
        "ip.check_checksum",
        "tcp.check_checksum",
        "udp.check_checksum",
    ] {
        command.args(["-o", &format!("{check}:TRUE")]);
    }
    command.args([
        "-n",
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-Y",
        filter,
        "-r",
    ]);
    let out = command.arg(path).output().ok()?;
    let wrong = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{wrong}");
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    Some(said.lines().map(str::to_owned).collect())
}

/// The table of pseudonyms is for its owner, and never part of what is shared.
#[test]
fn the_table_says_who_is_who_and_two_are_never_one() {
    let folder = tempfile::tempdir().unwrap();
    let (to, table) = (folder.path().join("b.zip"), folder.path().join("who.csv"));
    redact(
        &fixture("identifiers"),
        &["--pseudonyms", table.to_str().unwrap()],
        &to,
    );
    let mut reader = csv::Reader::from_path(&table).unwrap();
    let mut seen = BTreeSet::new();
    let mut values = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        assert!(
            seen.insert((row[0].to_owned(), row[2].to_owned())),
            "{row:?}"
        );
        assert_ne!(&row[1], &row[2]);
        values.push(row[1].to_owned());
    }
    for value in ["192.168.31.47", "3c:a0:67:1b:2c:3d", "anjalis-redmi-9"] {
        assert!(values.iter().any(|known| known == value), "{values:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&table).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// A bundle gives the settings, so that its redaction is of the same audit.
#[test]
fn a_bundle_is_redacted_with_its_captures() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, to) = (folder.path().join("whole.zip"), folder.path().join("b.zip"));
    let case = fixture("redmi-india-before");
    let mut command = command("bundle", &case);
    let out = command
        .args(["-o", whole.to_str().unwrap()])
        .output()
        .unwrap();
    let code = out.status.code();
    let command = [
        "redact",
        "-q",
        whole.to_str().unwrap(),
        &case.capture,
        "-o",
        to.to_str().unwrap(),
    ];
    let out = whereto(&command).output().unwrap();
    assert_eq!(
        out.status.code(),
        code,
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let settings: Value = serde_json::from_slice(&files(&to)["settings.json"]).unwrap();
    assert_eq!(settings["expect"].as_str(), case.expect.as_deref());
    verify(&case, &to);
    // Without the capture it says which.
    let command = [
        "redact",
        "-q",
        whole.to_str().unwrap(),
        "-o",
        to.to_str().unwrap(),
    ];
    let out = whereto(&command).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2));
    assert!(said.contains("name it behind the bundle"), "{said}");
}

#[test]
fn what_cannot_be_is_said_in_one_line_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("short.txt");
    std::fs::write(&short, "abc\n").unwrap();
    let case = fixture("identifiers");
    let inside = folder.path().join("out");
    std::fs::create_dir(&inside).unwrap();
    let copy = inside.join("phone.pcapng");
    std::fs::copy(repo(&case.capture), &copy).unwrap();
    let zip = inside.join("b.zip");
    let (zip, copy, short) = (
        zip.to_str().unwrap(),
        copy.to_str().unwrap(),
        short.to_str().unwrap(),
    );
    for (more, want) in [
        (vec!["-o", zip, "--also", short], "less than four bytes"),
        (vec!["-o", zip, "--also", "/none"], "cannot read"),
        (vec!["-o", copy], "is a capture"),
        (vec!["-o", "/dev/full/b.zip"], "cannot create"),
        (
            vec!["-o", inside.to_str().unwrap()],
            "there is something in it",
        ),
        (vec!["-o", zip, "--key", short], "not a secret key"),
    ] {
        let out = whereto(&["redact", "-q", &case.capture])
            .args(&more)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{more:?}: {said}");
        assert!(
            said.contains(want) && said.lines().count() == 1,
            "{more:?}: {said}"
        );
        let left: Vec<_> = std::fs::read_dir(&inside).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
