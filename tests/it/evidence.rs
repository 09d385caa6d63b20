//! `extract`, `bundle` and `verify`: packets and reports that others can check.

use crate::kit::{self, fixture, fixtures, repo, whereto};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use whereto::model::{Interface, Text, Time};
use whereto::source::{Capture, Kept, Options, Packet, Writer};

#[track_caller]
fn run(command: &mut Command, want: i32) -> String {
    let out = command.output().unwrap();
    let (said, wrong) = texts(&out);
    assert_eq!(out.status.code(), Some(want), "{command:?}\n{said}{wrong}");
    if want == 2 {
        assert_eq!(wrong.lines().count(), 1, "{wrong}");
        return wrong;
    }
    said
}

fn texts(out: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&out.stdout), text(&out.stderr))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Exit codes of an extraction that succeeded: the input may be damaged.
#[track_caller]
fn extract(capture: &str, choice: &[&str], to: &Path) {
    let mut command = whereto(&["extract", capture, "-o", to.to_str().unwrap()]);
    let out = command.args(choice).output().unwrap();
    let (_, wrong) = texts(&out);
    assert!(
        matches!(out.status.code(), Some(0 | 4)),
        "{capture}: {wrong}"
    );
}

type Record = (i64, u32, u32, u32, Vec<u8>);

fn packets(path: &Path) -> (Vec<Record>, Vec<Interface>) {
    let mut capture = Capture::open(&[path.to_path_buf()], &Options::default()).unwrap();
    let mut records = Vec::new();
    while let Some(batch) = capture.batch().unwrap() {
        records.extend(batch.map(|packet: Packet<'_>| {
            let Time(time) = packet.time;
            (
                time,
                packet.link,
                packet.wire_len,
                packet.flags,
                packet.bytes.to_vec(),
            )
        }));
    }
    let mut summary = capture.finish();
    (records, summary.inputs.remove(0).interfaces)
}

fn flows(capture: &str) -> Vec<Value> {
    let out = whereto(&["flows", "--format", "json", capture])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    report["flows"].as_array().unwrap().clone()
}

fn key(flow: &Value) -> Vec<String> {
    let keys = [
        "transport",
        "local_ip",
        "local_port",
        "remote_ip",
        "remote_port",
    ];
    keys.iter().map(|key| flow[key].to_string()).collect()
}

/// A flow that was extracted has the packets and bytes that it had, and the name.
#[test]
fn an_extract_has_the_packets_of_its_flow_and_what_named_it() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("flow.pcapng");
    for case in fixtures() {
        for flow in flows(&case.capture).iter().take(6) {
            let number = flow["flow"].to_string();
            extract(&case.capture, &["--flow", &number], &to);
            let again = flows(to.to_str().unwrap());
            let same: Vec<&Value> = again
                .iter()
                .filter(|one| {
                    let turned = one["local_ip"] == flow["remote_ip"]
                        && one["remote_ip"] == flow["local_ip"]
                        && one["local_port"] == flow["remote_port"]
                        && one["remote_port"] == flow["local_port"];
                    key(one) == key(flow) || turned
                })
                .collect();
            let sum = |rows: &[&Value], keys: [&str; 2]| -> u64 {
                let of = |row: &&Value| {
                    keys.iter()
                        .map(|key| row[key].as_u64().unwrap())
                        .sum::<u64>()
                };
                rows.iter().map(of).sum()
            };
            for keys in [["packets_out", "packets_in"], ["bytes_out", "bytes_in"]] {
                assert_eq!(
                    sum(&same, keys),
                    sum(&[flow], keys),
                    "{} flow {number}",
                    case.name
                );
            }
            if same.len() == 1 && key(same[0]) == key(flow) {
                assert_eq!(same[0]["name"], flow["name"], "{} flow {number}", case.name);
                assert_eq!(same[0]["first_seen"], flow["first_seen"]);
            }
        }
    }
}

/// All frames chosen: each packet is as it was, down to the resolution of its time.
#[test]
fn packets_and_interfaces_are_kept_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("all.pcapng");
    for case in fixtures() {
        extract(&case.capture, &["--frames", "1-1000000"], &to);
        let (was, interfaces_were) = packets(&repo(&case.capture));
        let (is, interfaces_are) = packets(&to);
        assert_eq!(is.len(), was.len(), "{}", case.name);
        assert!(is == was, "{}", case.name);
        for (was, is) in interfaces_were.iter().zip(&interfaces_are) {
            let facts = |one: &Interface| {
                (
                    one.link,
                    one.name.clone(),
                    one.snaplen,
                    one.ticks_per_second,
                )
            };
            assert_eq!(facts(is), facts(was), "{}", case.name);
        }
    }
}

#[test]
fn choices_add_up_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let (one, both) = (
        folder.path().join("1.pcapng"),
        folder.path().join("2.pcapng"),
    );
    let case = fixture("redmi-india-before");
    extract(&case.capture, &["--flow", "2"], &one);
    extract(&case.capture, &["--flow", "2", "--frames", "1,4-5"], &both);
    let (flow, all) = (packets(&one).0, packets(&both).0);
    assert!(flow.iter().all(|packet| all.contains(packet)));
    assert!(all.len() <= flow.len() + 3 && all.len() > flow.len());
    let from = "2026-11-21T02:40:00Z";
    extract(&case.capture, &["--until", from], &one);
    extract(&case.capture, &["--from", from], &both);
    let until = packets(&one).0.len() + packets(&both).0.len();
    assert_eq!(until, packets(&repo(&case.capture)).0.len());
}

/// What tshark makes of an extract, where it is there.
#[test]
fn tshark_reads_an_extract_and_its_comments() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("finding.pcapng");
    let case = fixture("redmi-india-before");
    let report = case.audit(&[]);
    let finding = report["findings"][0]["id"].as_str().unwrap();
    let expect = case.expect.as_deref().unwrap();
    extract(
        &case.capture,
        &["--expect", expect, "--finding", finding],
        &to,
    );
    let fields = [
        "-T",
        "fields",
        "-e",
        "frame.time_epoch",
        "-e",
        "frame.comment",
        "-n",
        "-r",
    ];
    let Ok(out) = Command::new("tshark").args(fields).arg(&to).output() else {
        return kit::skip("tshark is not here");
    };
    let (lines, wrong) = texts(&out);
    assert!(out.status.success(), "{wrong}");
    let count = packets(&to).0.len();
    assert!(count > 0 && lines.lines().count() == count, "{lines}");
    for line in lines.lines() {
        assert!(
            line.contains(finding) || line.contains("DNS answer that named"),
            "{line}"
        );
        assert!(
            line.contains("; frame ") && line.contains(&case.capture),
            "{line}"
        );
    }
}

/// A capture with names and secrets, and two interfaces.
fn with_blocks(path: &Path) {
    let mut writer = Writer::new(Vec::new(), "test", &[]).unwrap();
    let interface = Interface {
        link: 101,
        ticks_per_second: 1_000_000_000,
        ..Interface::default()
    };
    writer.interface(&interface, "").unwrap();
    for (last, name) in [(1, b"one.example".as_slice()), (2, b"two.example")] {
        let names = Kept::Names {
            address: [192, 0, 2, last].into(),
            names: vec![Text::new(name)],
        };
        writer.kept(&names).unwrap();
    }
    let secrets = Kept::Secrets {
        kind: 0x544c_534b,
        bytes: b"CLIENT_RANDOM 00 11\n".to_vec(),
    };
    writer.kept(&secrets).unwrap();
    for last in [1, 2] {
        let mut bytes = vec![
            0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 192, 0, 2, last,
        ];
        bytes.extend([0x9c, 0x40, 0x9c, 0x41, 0, 9, 0, 0, 7]);
        let packet = Packet {
            comment: None,
            frame: 0,
            time: Time(1_795_228_819_000_000_123 + i64::from(last)),
            link: 101,
            interface: 0,
            wire_len: 29,
            bytes: &bytes,
            flags: 2,
            uid: None,
        };
        writer.packet(&packet, &[]).unwrap();
    }
    std::fs::write(path, writer.into_inner()).unwrap();
}

#[test]
fn names_of_the_chosen_come_along_and_secrets_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (
        folder.path().join("from.pcapng"),
        folder.path().join("to.pcapng"),
    );
    with_blocks(&from);
    let from = from.to_str().unwrap();
    extract(from, &["--destination", "192.0.2.1"], &to);
    let bytes = std::fs::read(&to).unwrap();
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    assert!(has(&bytes, b"one.example"));
    assert!(!has(&bytes, b"two.example") && !has(&bytes, b"CLIENT_RANDOM"));
    assert_eq!(packets(&to).0.len(), 1);
    extract(from, &["--destination", "192.0.2.1", "--with-secrets"], &to);
    assert!(has(&std::fs::read(&to).unwrap(), b"CLIENT_RANDOM 00 11"));
}

#[test]
fn compressed_and_several_captures_are_extracted_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let case = fixture("redmi-india-before");
    let packed = folder.path().join("phone.pcap.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&std::fs::read(repo(&case.capture)).unwrap())
        .unwrap();
    std::fs::write(&packed, gzip.finish().unwrap()).unwrap();
    let other = fixture("redmi-india-after").capture;
    let (to, turned) = (
        folder.path().join("1.pcapng"),
        folder.path().join("2.pcapng"),
    );
    let packed = packed.to_str().unwrap();
    extract(packed, &[&other, "--frames", "1-1000000"], &to);
    extract(&other, &[packed, "--frames", "1-1000000"], &turned);
    let (was, _) = packets(&repo(&case.capture));
    let (and, _) = packets(&repo(&other));
    assert_eq!(packets(&to).0.len(), was.len() + and.len());
    let bytes = std::fs::read(&to).unwrap();
    assert!(bytes == std::fs::read(&turned).unwrap());
    let comment = format!(
        "frame {} of {other}, {} of the audit",
        and.len(),
        was.len() + and.len()
    );
    let last = bytes
        .windows(comment.len())
        .any(|part| part == comment.as_bytes());
    let first = bytes.windows(6).any(|part| part == b"frame ");
    assert!(last || first);
}

#[test]
fn what_cannot_be_extracted_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("x.pcapng");
    let capture = fixture("redmi-india-before").capture;
    let check = |arguments: &[&str], want: &str| {
        let mut command = whereto(&["extract", "-o", to.to_str().unwrap()]);
        let said = run(command.args(arguments), 2);
        assert!(said.contains(want), "{said}");
        assert!(names(folder.path()).is_empty());
    };
    check(&["-", "--flow", "1"], "cannot be: save it to a file first");
    check(&[&capture], "nothing is chosen");
    check(&[&capture, "--flow", "999999"], "whereto flows lists them");
    check(&[&capture, "--finding", "x"], "no findings");
    check(
        &[&capture, "--expect", "IN", "--finding", "x"],
        "no finding has this id",
    );
    check(
        &[&capture, "--expect", "IN", "--finding", "EC-"],
        "give more of the id",
    );
    check(
        &[&capture, "--destination", "nowhere.example"],
        "no flow goes there",
    );
    check(&[&capture, "--frames", "999999"], "there are frames 1 to");
}

/// An extract may be replaced by another; a capture never.
#[test]
fn no_capture_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.pcap"), folder.path().join("b.pcapng"));
    std::fs::copy(repo(&fixture("redmi-india-before").capture), &from).unwrap();
    let name = from.to_str().unwrap();
    extract(name, &["--flow", "1"], &to);
    extract(name, &["--flow", "2"], &to);
    let to = to.to_str().unwrap();
    for (input, output) in [(name, name), (to, to), (to, name)] {
        let mut command = whereto(&["extract", input, "--flow", "1", "-o", output]);
        assert!(run(&mut command, 2).contains("is a capture"));
    }
}

fn bundle(to: &Path, more: &[&str]) {
    let case = fixture("redmi-india-before");
    let expect = case.expect.unwrap();
    let mut command = whereto(&["bundle", &case.capture, "--expect", &expect, "-o"]);
    run(command.arg(to).args(more), 1);
}

fn new_key(folder: &Path) -> (PathBuf, PathBuf) {
    let (key, public) = (folder.join("test.key"), folder.join("test.key.pub"));
    run(
        &mut whereto(&["bundle", "--new-key", key.to_str().unwrap()]),
        0,
    );
    (key, public)
}

/// The key is one of `minisign -G`, made for this test; `cli/signing.rs` says more of it.
#[test]
fn a_key_with_a_password_signs() {
    const KEY: &str = "RWRTY0IyaLdmQCb+3HMD3oPKyOxkiaSlmqaunelloPUg1xIllhUAAAQAAAAAAAAAAAEAAAAA1R2wkHUe+srEA4Cc\
        f5XqmG83nQmzuyOuMHVs7girGWpi8OnfDzxIWY3WYMd0R/THs5oNGrszDmJ3NtlzWgIeLesBFaFRjIIWSTg6VWq7\
        sXV3EFuSV7e532GXyYHO4y7JMdRbOD4WS9U=";
    const PUBLIC: &str = "RWQMywQJeSbq9CZBAB6Jrl6MKPyXgipUg9Dh1dLQknKqZKAfeUPIdFev";
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let key = place("own.key");
    std::fs::write(&key, format!("untrusted comment: own\n{KEY}\n")).unwrap();
    let [right, wrong] =
        [("right", "correct horse\r\nmore\n"), ("wrong", "correct\n")].map(|(name, text)| {
            let path = place(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        });
    let key = key.to_str().unwrap();
    let case = fixture("redmi-india-before");
    let signed = |to: &str, more: &[&str]| {
        let mut command = whereto(&["bundle", &case.capture, "--key", key, "-o"]);
        command.arg(place(to)).args(more);
        command
    };
    run(&mut signed("one.zip", &["--key-password", &right]), 0);
    let piped = std::fs::File::open(&right).unwrap();
    run(signed("two.zip", &["--key-password", "-"]).stdin(piped), 0);
    for (name, given) in [("one.zip", PUBLIC), ("two.zip", PUBLIC)] {
        let zip = place(name);
        let said = run(
            &mut whereto(&["verify", zip.to_str().unwrap(), "--public-key", given]),
            0,
        );
        assert!(said.contains("ok         signature: "), "{said}");
    }
    for (more, want) in [
        (&["--key-password", &wrong][..], "does not fit"),
        // Nobody sits at a terminal here.
        (&[], "--key-password FILE"),
    ] {
        let out = signed("three.zip", more).output().unwrap();
        let (_, said) = texts(&out);
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(said.contains(want), "{said}");
        assert!(!place("three.zip").exists());
    }
}

#[test]
fn a_bundle_is_whole_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let (key, public) = new_key(place);
    let about = place.join("about.toml");
    std::fs::write(&about, "note = \"where to\"\n").unwrap();
    let signed = [
        "--key",
        key.to_str().unwrap(),
        "--about",
        about.to_str().unwrap(),
    ];
    let (open, packed) = (place.join("bundle"), place.join("bundle.zip"));
    bundle(&open, &signed);
    bundle(&packed, &signed);
    for name in [
        "report.json",
        "report.txt",
        "settings.json",
        "used/1-about.toml",
        "manifest.tsq",
    ] {
        assert!(open.join(name).is_file(), "{name}");
    }
    let case = fixture("redmi-india-before");
    let mut report: Value =
        serde_json::from_slice(&std::fs::read(open.join("report.json")).unwrap()).unwrap();
    let settings = report["settings"].as_object_mut().unwrap();
    assert!(settings.remove("about").is_some());
    assert_eq!(
        report,
        case.audit(&[]),
        "the bundle's report is the audit's"
    );
    let not_met = report["findings"].as_array().unwrap().iter();
    let not_met = not_met.filter(|finding| finding["verdict"] != "met");
    assert_eq!(names(&open.join("findings")).len(), not_met.count());
    match Command::new("sha256sum")
        .args(["--strict", "-c", "manifest.sha256"])
        .current_dir(&open)
        .output()
    {
        Ok(out) => assert!(out.status.success(), "{}", texts(&out).0),
        Err(_) => kit::skip("sha256sum is not here"),
    }
    // From another folder, by another name, with its own key and without.
    let copy = place.join("renamed.pcap");
    std::fs::copy(repo(&case.capture), &copy).unwrap();
    for bundle in [&open, &packed] {
        let mut verify = whereto(&["verify", bundle.to_str().unwrap()]);
        verify.arg(&copy).arg("--public-key").arg(&public);
        let said = run(&mut verify, 0);
        assert!(said.contains("ok         report: "), "{said}");
        assert!(said.contains("ok         signature: "), "{said}");
        assert!(!said.contains("note"), "{said}");
        run(&mut whereto(&["verify", bundle.to_str().unwrap()]), 0);
    }
    // Another's key, another's capture.
    let other = place.join("other");
    std::fs::create_dir(&other).unwrap();
    let (_, stranger) = new_key(&other);
    let mut verify = whereto(&["verify", packed.to_str().unwrap(), "--public-key"]);
    run(verify.arg(&stranger), 1);
    let after = fixture("redmi-india-after").capture;
    let said = run(
        &mut whereto(&["verify", packed.to_str().unwrap(), &after]),
        1,
    );
    assert!(said.contains("none of those given"), "{said}");
}

#[test]
fn a_bundle_made_twice_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (key, _) = new_key(folder.path());
    let key = key.to_str().unwrap();
    let (one, two) = (folder.path().join("1.zip"), folder.path().join("2.zip"));
    bundle(&one, &["--key", key]);
    let case = fixture("redmi-india-before");
    let expect = case.expect.unwrap();
    let mut command = whereto(&[
        "bundle",
        &case.capture,
        "--expect",
        &expect,
        "--key",
        key,
        "-o",
    ]);
    command.arg(&two).args(["--threads", "2"]);
    command.env("TZ", "Asia/Kolkata").env("LANG", "tr_TR.UTF-8");
    run(&mut command, 1);
    assert!(std::fs::read(&one).unwrap() == std::fs::read(&two).unwrap());
}

/// Any byte of any file, and any byte of the archive.
#[test]
fn a_changed_byte_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (key, public) = new_key(folder.path());
    let (open, packed) = (folder.path().join("b"), folder.path().join("b.zip"));
    let key = key.to_str().unwrap();
    bundle(&open, &["--key", key]);
    bundle(&packed, &["--key", key]);
    let verify = |path: &Path| {
        let mut command = whereto(&["verify", path.to_str().unwrap(), "--public-key"]);
        command.arg(&public).output().unwrap().status.code()
    };
    assert_eq!(verify(&open), Some(0));
    assert_eq!(verify(&packed), Some(0));
    let flip = |path: &Path, at: usize| {
        let whole = std::fs::read(path).unwrap();
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(path, &changed).unwrap();
        whole
    };
    for path in kit::files(&open) {
        let len = std::fs::metadata(&path).unwrap().len() as usize;
        for at in [0, len / 3, len - 1] {
            let whole = flip(&path, at);
            let code = verify(&open);
            assert!(
                matches!(code, Some(1 | 2)),
                "{}: byte {at}: {code:?}",
                path.display()
            );
            std::fs::write(&path, whole).unwrap();
        }
    }
    std::fs::write(open.join("more.txt"), "x").unwrap();
    assert_eq!(verify(&open), Some(1), "a file that is not in the manifest");
    std::fs::remove_file(open.join("more.txt")).unwrap();
    std::fs::rename(open.join("report.txt"), folder.path().join("away")).unwrap();
    assert_eq!(verify(&open), Some(1), "a file that is missing");
    let len = std::fs::metadata(&packed).unwrap().len() as usize;
    for at in (0..len).step_by(len / 120).chain(len - 30..len) {
        let whole = flip(&packed, at);
        let code = verify(&packed);
        assert!(
            matches!(code, Some(1 | 2)),
            "byte {at} of the archive: {code:?}"
        );
        std::fs::write(&packed, whole).unwrap();
    }
}

/// Whoever forges a report and its manifest is found out by the captures.
#[test]
fn a_forged_report_differs_from_what_the_captures_give() {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("b");
    bundle(&open, &[]);
    let report = open.join("report.json");
    let text = std::fs::read_to_string(&report).unwrap();
    let was = "\"verdict\":\"violated\"";
    assert!(text.contains(was));
    std::fs::write(&report, text.replace(was, "\"verdict\":\"met\"")).unwrap();
    let sums: String = kit::files(&open)
        .iter()
        .map(|path| {
            path.strip_prefix(&open)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .filter(|name| !name.starts_with("manifest."))
        .map(|name| {
            use sha2::Digest as _;
            let hash = sha2::Sha256::digest(std::fs::read(open.join(&name)).unwrap());
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{hash}  {name}\n")
        })
        .collect();
    std::fs::write(open.join("manifest.sha256"), &sums).unwrap();
    let mut request = std::fs::read(open.join("manifest.tsq")).unwrap();
    {
        use sha2::Digest as _;
        request[24..56].copy_from_slice(&sha2::Sha256::digest(&sums));
    }
    std::fs::write(open.join("manifest.tsq"), request).unwrap();
    run(&mut whereto(&["verify", open.to_str().unwrap()]), 0);
    let capture = fixture("redmi-india-before").capture;
    let said = run(
        &mut whereto(&["verify", open.to_str().unwrap(), &capture]),
        1,
    );
    assert!(said.contains("DIFFERS    report.json"), "{said}");
    assert!(
        said.contains("\"verdict\":\"met\"") && said.contains(was),
        "{said}"
    );
}

#[test]
fn a_hostile_bundle_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zip");
    let options = zip::write::SimpleFileOptions::default();
    let write = |name: &str, link: bool| {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for name in ["manifest.sha256", "settings.json"] {
            zip.start_file(name, options).unwrap();
        }
        if link {
            zip.add_symlink(name, "/etc/passwd", options).unwrap();
        } else {
            zip.start_file(name, options).unwrap();
            zip.write_all(b"x").unwrap();
        }
        zip.finish().unwrap();
    };
    for (name, link) in [
        ("../evil", false),
        ("a/../../evil", false),
        ("/etc/evil", false),
        ("a\\..\\evil", false),
        ("report\u{1b}[2J", false),
        (".hidden", false),
        ("report.json", true),
    ] {
        write(name, link);
        let said = run(&mut whereto(&["verify", path.to_str().unwrap()]), 2);
        assert!(!said.contains('\u{1b}'), "{said}");
    }
    assert_eq!(names(folder.path()), ["x.zip"], "nothing was unpacked");
    // A folder of something else.
    std::fs::write(folder.path().join(".hidden"), "x").unwrap();
    let other = folder.path().to_str().unwrap();
    let said = run(&mut whereto(&["verify", other]), 2);
    assert!(said.contains("has no manifest.sha256"), "{said}");
    // Sizes that lie: of a small file one of 32 bits at most, everywhere it stands.
    write("report.json", false);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes
        .windows(4)
        .rposition(|part| part == b"PK\x01\x02")
        .unwrap();
    bytes[at + 24..at + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let code = whereto(&["verify", path.to_str().unwrap()])
        .output()
        .unwrap()
        .status
        .code();
    assert!(matches!(code, Some(1 | 2)), "{code:?}");
    #[cfg(unix)]
    {
        let open = folder.path().join("open");
        bundle(&open, &[]);
        std::os::unix::fs::symlink("/etc/passwd", open.join("extra.txt")).unwrap();
        let said = run(&mut whereto(&["verify", open.to_str().unwrap()]), 2);
        assert!(said.contains("no plain file"), "{said}");
    }
}

#[test]
fn no_bundle_replaces_anything() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine"), "x").unwrap();
    let capture = fixture("redmi-india-before").capture;
    let mut command = whereto(&["bundle", &capture, "-o"]);
    run(command.arg(folder.path()), 2);
    let (key, _) = new_key(folder.path());
    let secret = std::fs::read(&key).unwrap();
    run(
        &mut whereto(&["bundle", "--new-key", key.to_str().unwrap()]),
        2,
    );
    assert_eq!(std::fs::read(&key).unwrap(), secret);
}

/// A child that is killed at any moment leaves the old file or the whole new one, and the next
/// run clears what it left beside it.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_the_old_file_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let capture = fixture("redmi-india-before").capture;
    let audit = || {
        let mut command = whereto(&["audit", &capture, "-o", path.to_str().unwrap()]);
        command.stderr(std::process::Stdio::null());
        command
    };
    let began = std::time::Instant::now();
    assert!(audit().status().unwrap().success());
    let whole = began.elapsed();
    let new = std::fs::read(&path).unwrap();
    for step in 0..40_u32 {
        std::fs::write(&path, "old").unwrap();
        let mut child = audit().spawn().unwrap();
        std::thread::sleep(
            whole
                .mul_f64(f64::from(step) / 32.0)
                .min(Duration::from_secs(2)),
        );
        let _ = child.kill();
        child.wait().unwrap();
        let found = std::fs::read(&path).unwrap();
        assert!(
            found == b"old" || found == new,
            "step {step}: {} bytes",
            found.len()
        );
    }
    // As if one had been killed between making the file and giving it its name.
    std::fs::write(folder.path().join(".report.json.4194305-0.part"), "half").unwrap();
    assert!(audit().status().unwrap().success());
    assert_eq!(names(folder.path()), ["report.json"]);
}

/// A limit on the size of files stands for a full disk: the write fails in the middle.
#[cfg(unix)]
#[test]
fn what_cannot_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_whereto");
    let capture = repo(&fixture("redmi-india-before").capture);
    for (command, name) in [
        ("audit", "report.json"),
        ("extract --frames 1-1000", "all.pcapng"),
        ("bundle", "bundle"),
        ("bundle", "bundle.zip"),
    ] {
        let to = folder.path().join(name);
        let script = format!(
            "trap '' XFSZ; ulimit -f 1; exec '{program}' {command} '{}' -o '{}'",
            capture.display(),
            to.display()
        );
        let out = Command::new("bash").args(["-c", &script]).output();
        let Ok(out) = out else {
            return kit::skip("bash is not here");
        };
        let (_, wrong) = texts(&out);
        assert_eq!(out.status.code(), Some(2), "{command}: {wrong}");
        assert_eq!(wrong.lines().count(), 1, "{wrong}");
        assert!(
            names(folder.path()).is_empty(),
            "{command}: {:?}",
            names(folder.path())
        );
    }
    if Path::new("/dev/full").exists() {
        let capture = capture.to_str().unwrap();
        let mut command = whereto(&["extract", capture, "--flow", "1", "-o", "/dev/full"]);
        let said = run(&mut command, 2);
        assert!(said.contains("/dev/full: cannot write"), "{said}");
    }
    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(&closed, mode(0o555)).unwrap();
    if std::fs::write(closed.join("x"), "x").is_ok() {
        return kit::skip("this user may write anywhere: permissions are not tested");
    }
    let (capture, to) = (capture.to_str().unwrap(), closed.join("x.pcapng"));
    let mut command = whereto(&["extract", capture, "--flow", "1", "-o"]);
    run(command.arg(&to), 2);
    assert!(names(&closed).is_empty());
}
