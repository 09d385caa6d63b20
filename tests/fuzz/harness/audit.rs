//! Bytes through the whole audit and into every output.

use std::io::Write;
use std::path::{Path, PathBuf};
use whereto::model::Time;
use whereto::source::{Capture, Options, Packet, Summary};
use whereto::{Audit, AuditOptions};

/// The options of the targets: everything kept, so that everything is rendered.
pub(crate) fn options() -> AuditOptions {
    AuditOptions {
        keep_dns: true,
        keep_http: true,
        threads: 1,
        ..AuditOptions::default()
    }
}

/// Packets of one link type, a millisecond apart.
pub(crate) fn packets(link: u32, packets: &[Vec<u8>]) {
    let mut audit = Audit::new(&options()).expect("these options are sound");
    for (number, bytes) in (0i64..).zip(packets) {
        audit.push(&Packet {
            frame: number.unsigned_abs() + 1,
            time: Time(number * 1_000_000),
            link,
            interface: 0,
            wire_len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            bytes,
            flags: 0,
            uid: None,
            comment: None,
        });
    }
    let places = whereto::locate::Places::none();
    let report = audit
        .finish(Summary::default(), &places)
        .expect("no device was named");
    assert_eq!(
        report.losses.sum(),
        report.totals.packets,
        "a packet is in no bucket"
    );
    render(&report);
}

/// Writes a report in every format; what must be well formed is read again.
pub(crate) fn render(report: &whereto::model::Report) {
    for format in whereto::report::FORMATS {
        let mut out = Vec::new();
        let style = whereto::report::Style::default();
        (format.write)(report, style, &mut out).expect("memory takes every byte");
        let text = std::str::from_utf8(&out).expect("every output is UTF-8");
        match format.name {
            "json" => drop(serde_json::from_str::<serde_json::Value>(text).expect("JSON is JSON")),
            "text" => assert!(
                text.chars().all(|c| c == '\n' || !c.is_control()),
                "text has a control"
            ),
            _ => {}
        }
        out.flush().expect("memory takes every byte");
    }
}

/// A capture file, read as the program reads it.
pub fn file(bytes: &[u8]) {
    let path = scratch();
    std::fs::write(&path, bytes).expect("the scratch file can be written");
    let opened = Capture::open(std::slice::from_ref(&path), &Options::default());
    // What is open can be read on; nothing is left behind whatever happens below.
    drop(std::fs::remove_file(&path));
    // Bytes that are no capture are an error, and one that names the file.
    let capture = match opened {
        Ok(capture) => capture,
        Err(err) => return assert!(!err.to_string().is_empty()),
    };
    let places = whereto::locate::Places::none();
    let report =
        whereto::audit(capture, &places, &options(), &mut |_| {}).expect("memory does not fail");
    assert_eq!(
        report.losses.sum(),
        report.totals.packets,
        "a packet is in no bucket"
    );
    render(&report);
}

/// One file for each thread, in memory where there is a place for that.
fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    let thread = format!("{:?}", std::thread::current().id());
    let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
    folder.join(format!("whereto-fuzz-{}-{thread}", std::process::id()))
}
