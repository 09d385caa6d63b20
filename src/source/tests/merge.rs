//! Several inputs, folders, patterns, growing files.

use super::build::PcapFile;
use super::{Capture, Options, lines};
use std::io::Write as _;
use std::path::PathBuf;

fn file(times: &[u32], name: &str) -> Vec<u8> {
    let mut file = PcapFile::usual();
    for time in times {
        file.packet(*time, 0, name.as_bytes());
    }
    file.bytes
}

/// Time and bytes of each packet of these paths.
fn read(paths: &[PathBuf]) -> (String, super::Summary) {
    let mut capture = Capture::open(
        paths,
        &Options {
            hash: true,
            ..Options::default()
        },
    )
    .unwrap();
    let short = lines(&mut capture).into_iter().map(|line| {
        let (time, rest) = line.split_once('.').unwrap();
        format!("{time}{}", rest.rsplit(' ').next().unwrap())
    });
    (short.collect::<Vec<_>>().join(" "), capture.finish())
}

#[test]
fn merges_by_time_in_any_order_of_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut paths = vec![
        path("c", file(&[1, 4, 4, 9], "c")),
        // Time goes back within it: its own order stays.
        path("a", file(&[4, 5, 2, 6], "a")),
        path("b", file(&[], "b")),
        path("d", file(&[7, 8], "d")),
    ];
    let (want, summary) = read(&paths);
    assert_eq!(want, "1c 4c 4c 4a 5a 2a 6a 7d 8d 9c");
    let names: Vec<_> = summary
        .inputs
        .iter()
        .map(|input| input.path.lossless().rsplit('/').next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["c", "a", "d", "b"]);
    assert_eq!(summary.interfaces, [(0, 0), (1, 0), (2, 0), (3, 0)]);
    assert!(summary.inputs.iter().all(|input| input.sha256.is_some()));
    assert_eq!(
        summary
            .inputs
            .iter()
            .map(|input| input.unordered)
            .collect::<Vec<_>>(),
        [false, true, false, false]
    );
    for _ in 0..4 {
        paths.rotate_left(1);
        assert_eq!(read(&paths), (want.clone(), summary.clone()));
    }
    let (got, _) = read(&[folder.path().to_owned()]);
    assert_eq!(got, want);
}

#[test]
fn a_long_rotated_capture_is_read_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..300u32 {
        let times: Vec<u32> = (0..50).map(|n| number * 50 + n).collect();
        std::fs::write(
            folder.path().join(format!("{}", 299 - number)),
            file(&times, "x"),
        )
        .unwrap();
    }
    let mut capture = Capture::open(&[folder.path().to_owned()], &Options::default()).unwrap();
    let lines = lines(&mut capture);
    assert_eq!(lines.len(), 15_000);
    assert!(
        lines
            .iter()
            .enumerate()
            .all(|(n, line)| line.starts_with(&format!("{n}.")))
    );
}

#[test]
fn folders_and_patterns_take_what_is_a_capture() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("deep")).unwrap();
    std::fs::write(at("deep/one.dat"), file(&[1], "one")).unwrap();
    std::fs::write(at("two.pcap"), file(&[2], "two")).unwrap();
    std::fs::write(at("notes.txt"), "not a capture").unwrap();
    std::fs::write(at("empty.pcap"), "").unwrap();
    let (got, summary) = read(&[folder.path().to_owned()]);
    assert_eq!(got, "1one 2two");
    assert_eq!(summary.warnings.len(), 1);
    assert!(
        summary.warnings[0]
            .lossless()
            .starts_with("2 files are no captures and were not read: ")
    );
    // Named twice, read once.
    let (got, _) = read(&[folder.path().to_owned(), at("two.pcap")]);
    assert_eq!(got, "1one 2two");
    #[cfg(feature = "cli")]
    assert_eq!(read(&[at("*.pcap")]).0, "2two");
}

#[test]
fn errors_say_which_file_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "not a capture").unwrap();
    let error = |paths: &[PathBuf]| {
        Capture::open(paths, &Options::default())
            .err()
            .unwrap()
            .to_string()
    };
    assert!(error(std::slice::from_ref(&notes)).contains("notes.txt: at byte 0: this is text"));
    assert!(error(&[folder.path().to_owned()]).contains("none of these is a pcap or pcapng file"));
    assert!(error(&[folder.path().join("absent")]).contains("absent: cannot open"));
    assert!(error(&[folder.path().join("*.none")]).contains("*.none"));
    assert!(error(&[]).contains("name a capture"));
}

#[cfg(unix)]
#[test]
fn a_fifo_is_merged_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let other = folder.path().join("file");
    std::fs::write(&other, file(&[1, 3, 5], "f")).unwrap();
    let writer = std::thread::spawn({
        let fifo = fifo.clone();
        move || std::fs::write(fifo, file(&[2, 4, 6], "p")).unwrap()
    });
    let (got, summary) = read(&[other, fifo]);
    writer.join().unwrap();
    assert_eq!(got, "1f 2p 3f 4p 5f 6p");
    assert!(summary.inputs.iter().all(|input| input.sha256.is_some()));
}

#[test]
fn a_growing_file_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing");
    let bytes = file(&[1, 2, 3], "g");
    std::fs::write(&path, &bytes[..50]).unwrap();
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            for byte in bytes[50..].chunks(8) {
                std::thread::sleep(std::time::Duration::from_millis(20));
                let mut file = std::fs::File::options().append(true).open(&path).unwrap();
                file.write_all(byte).unwrap();
            }
        }
    });
    let options = Options {
        follow_millis: Some(1_000),
        ..Options::default()
    };
    let mut capture = Capture::open(&[path], &options).unwrap();
    assert_eq!(lines(&mut capture).len(), 3);
    writer.join().unwrap();
    assert_eq!(capture.progress(), (24 + 3 * 17, Some(50)));
    assert!(!capture.finish().inputs[0].cut);
}
