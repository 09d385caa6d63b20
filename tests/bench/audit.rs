//! Times of the parts and the whole: `cargo bench`.
//!
//! The input is `WHERETO_BENCH=FILE`, or made of a fixture said over by many phones. Each line
//! is the best of several runs, since everything else on a machine only ever adds time.
//! Ratios to other programs: `tests/bench/ratio.py`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use whereto::locate::Places;
use whereto::model::Report;
use whereto::report::{FORMATS, Style};
use whereto::source::{Capture, Options};
use whereto::{AuditOptions, audit};

const RUNS: u32 = 5;
const PHONES: u16 = 1_500;

fn main() {
    // `cargo test --benches` only asks whether this runs.
    let quick = std::env::args().any(|argument| argument == "--test");
    let folder = tempfile::tempdir().unwrap();
    let given = std::env::var_os("WHERETO_BENCH").map(PathBuf::from);
    let path = given.unwrap_or_else(|| made(folder.path(), if quick { 2 } else { PHONES }));
    let bytes = std::fs::metadata(&path).unwrap().len();
    let packets = read(&path, false);
    println!("{packets} packets, {:.1} MB", bytes as f64 / 1e6);
    let runs = if quick { 1 } else { RUNS };
    let line = |what: &str, time: Duration| {
        let each = time.as_secs_f64() * 1e9 / packets as f64;
        let rate = bytes as f64 / time.as_secs_f64() / 1e6;
        println!("{what:<28} {each:>8.1} ns/packet {rate:>9.0} MB/s");
    };
    line("read", best(runs, || read(&path, false)));
    line("read and hash", best(runs, || read(&path, true)));
    let places = Places::embedded();
    line("audit", best(runs, || audited(&path, &places, false)));
    line(
        "audit, DNS and HTTP kept",
        best(runs, || audited(&path, &places, true)),
    );
    let report = audited(&path, &places, true);
    for format in FORMATS {
        let mut written = Counted(0);
        let time = best(runs, || {
            written = Counted(0);
            (format.write)(&report, Style::default(), &mut written).unwrap();
        });
        let rate = written.0 as f64 / time.as_secs_f64() / 1e6;
        println!(
            "{:<28} {:>8.1} MB written {rate:>7.0} MB/s",
            format.name,
            written.0 as f64 / 1e6
        );
    }
}

/// The shortest of some runs, after one that warms the caches.
fn best<T>(runs: u32, mut run: impl FnMut() -> T) -> Duration {
    std::hint::black_box(run());
    let times = (0..runs).map(|_| {
        let began = Instant::now();
        std::hint::black_box(run());
        began.elapsed()
    });
    times.min().unwrap()
}

fn read(path: &Path, hash: bool) -> u64 {
    let options = Options {
        hash,
        ..Options::default()
    };
    let mut capture = Capture::open(&[path.to_path_buf()], &options).unwrap();
    let mut packets = 0;
    while let Some(batch) = capture.batch().unwrap() {
        packets += batch.count() as u64;
    }
    drop(capture.finish());
    packets
}

fn audited(path: &Path, places: &Places, keep: bool) -> Report {
    let capture = Capture::open(&[path.to_path_buf()], &Options::default()).unwrap();
    let options = AuditOptions {
        keep_dns: keep,
        keep_http: keep,
        ..AuditOptions::default()
    };
    audit(capture, places, &options, &mut |_| {}).unwrap()
}

/// A fixture's packets, once for each phone: every phone has an address of its own.
fn made(folder: &Path, phones: u16) -> PathBuf {
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/redmi-india-after/capture.pcap");
    let fixture = std::fs::read(fixture).unwrap();
    let (head, records) = fixture.split_at(24);
    let path = folder.join("made.pcap");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    file.write_all(head).unwrap();
    for phone in 0..phones {
        let mut records = records.to_vec();
        let mut at = 0;
        while at < records.len() {
            let len = u32::from_le_bytes(records[at + 8..at + 12].try_into().unwrap()) as usize;
            let packet = &mut records[at + 16..at + 16 + len];
            // 10.215.173.1 stands at 12 or 16 of an IPv4 header.
            for place in [12, 16] {
                if packet[0] >> 4 == 4 && packet[place..place + 2] == [10, 215] {
                    packet[place + 1..place + 3].copy_from_slice(&phone.to_be_bytes());
                }
            }
            at += 16 + len;
        }
        file.write_all(&records).unwrap();
    }
    file.flush().unwrap();
    path
}

/// Takes bytes and only counts them.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
