//! What the reader promises, through one helper: bytes in, one line a packet and fact out.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]
#![allow(clippy::disallowed_methods)] // tests write files, pipes and growing captures

mod build;
mod compressed;
mod damage;
mod formats;
mod merge;
mod properties;

use super::{Capture, Options, Summary};
use std::io::{Cursor, Read};

/// A reader that hands out a few bytes at a time.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.size.min(buffer.len());
        self.bytes.read(&mut buffer[..len])
    }
}

/// One line a packet: `SECONDS.NANOSECONDS link/interface captured/wire bytes`.
fn lines(capture: &mut Capture) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some(batch) = capture.batch().unwrap() {
        // All packets of a batch are held at once.
        for packet in batch.collect::<Vec<_>>() {
            assert_eq!(packet.frame, lines.len() as u64 + 1);
            let time = packet.time.0;
            let mut line = format!(
                "{}.{:09} {}/{} {}/{} {}",
                time.div_euclid(1_000_000_000),
                time.rem_euclid(1_000_000_000),
                packet.link,
                packet.interface,
                packet.bytes.len(),
                packet.wire_len,
                packet
                    .bytes
                    .get(..8.min(packet.bytes.len()))
                    .unwrap()
                    .escape_ascii(),
            );
            if packet.flags != 0 {
                line += &format!(" flags {:#x}", packet.flags);
            }
            if let Some(uid) = packet.uid {
                line += &format!(" uid {uid}");
            }
            lines.push(line);
        }
    }
    lines
}

/// Reads bytes in pieces of this size.
fn read(bytes: &[u8], size: usize) -> (Vec<String>, Summary) {
    let reader = Box::new(Pieces {
        bytes: Cursor::new(bytes.to_vec()),
        size,
    });
    let mut capture = Capture::from_reader("test", reader, &Options::default()).unwrap();
    let lines = lines(&mut capture);
    (lines, capture.finish())
}

/// The packets and damages of a capture; how it is cut into reads must not show.
#[track_caller]
fn check(bytes: &[u8], want: &[&str]) -> Summary {
    let (mut got, summary) = read(bytes, usize::MAX);
    assert_eq!(summary.inputs[0].packets, got.len() as u64);
    got.extend(
        summary
            .damages
            .iter()
            .map(|damage| format!("damage at {}: {}", damage.offset, damage.what)),
    );
    assert_eq!(got, want);
    for size in [1, 7, 4096] {
        let (lines, again) = read(bytes, size);
        assert_eq!(lines, got[..lines.len()], "in pieces of {size}");
        assert_eq!(again, summary, "in pieces of {size}");
    }
    summary
}

#[track_caller]
fn check_refused(bytes: &[u8], want: &str) {
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    match Capture::from_reader("test", reader, &Options::default()) {
        Ok(_) => panic!("this is no capture"),
        Err(err) => assert!(err.to_string().contains(want), "{err}"),
    }
}
