//! The same packets in another container are the same capture: same rows.

use crate::kit::{self, fixtures, whereto};
use std::io::Write as _;
use std::path::Path;

/// The flow rows of a file as CSV.
#[track_caller]
fn rows(path: &Path) -> String {
    let out = whereto(&["flows", "--format", "csv"])
        .arg(path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(
        matches!(out.status.code(), Some(0 | 4)),
        "{}: {said}",
        path.display()
    );
    String::from_utf8(out.stdout).unwrap()
}

/// A record of a pcap file: seconds, fraction, wire length, bytes.
type Record = (u32, u32, u32, Vec<u8>);

/// A capture: its name, its bytes, link type, ticks a second, records.
type Capture = (String, Vec<u8>, u32, u32, Vec<Record>);

/// Every undamaged pcap fixture.
fn captures() -> Vec<Capture> {
    let mut found = Vec::new();
    for fixture in fixtures() {
        let bytes = std::fs::read(kit::repo(&fixture.capture)).unwrap();
        if fixture.name.starts_with("damaged") || fixture.capture.ends_with("ng") {
            continue;
        }
        let big = bytes.starts_with(&[0xa1]);
        let number = |at: usize| {
            let four: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
            if big {
                u32::from_be_bytes(four)
            } else {
                u32::from_le_bytes(four)
            }
        };
        let ticks = if number(0) == 0xa1b2_3c4d {
            1_000_000_000
        } else {
            1_000_000
        };
        let (mut records, mut at) = (Vec::new(), 24);
        while at < bytes.len() {
            let len = number(at + 8) as usize;
            records.push((
                number(at),
                number(at + 4),
                number(at + 12),
                bytes[at + 16..at + 16 + len].to_vec(),
            ));
            at += 16 + len;
        }
        let link = number(20);
        found.push((fixture.name, bytes, link, ticks, records));
    }
    assert!(found.len() > 10);
    found
}

/// Writes 32-bit and 16-bit numbers in one byte order.
struct Writer {
    out: Vec<u8>,
    big: bool,
}

impl Writer {
    fn long(&mut self, number: u32) {
        self.out.extend(if self.big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        });
    }
    fn short(&mut self, number: u16) {
        self.out.extend(if self.big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        });
    }
    fn block(&mut self, kind: u32, body: &dyn Fn(&mut Writer)) {
        let mut inner = Writer {
            out: Vec::new(),
            big: self.big,
        };
        body(&mut inner);
        inner.out.resize(inner.out.len().next_multiple_of(4), 0);
        self.long(kind);
        self.long(inner.out.len() as u32 + 12);
        self.out.extend(&inner.out);
        self.long(inner.out.len() as u32 + 12);
    }
}

fn pcap(link: u32, ticks: u32, records: &[Record], big: bool) -> Vec<u8> {
    let mut file = Writer {
        out: Vec::new(),
        big,
    };
    file.long(if ticks == 1_000_000 {
        0xa1b2_c3d4
    } else {
        0xa1b2_3c4d
    });
    file.short(2);
    file.short(4);
    for number in [0, 0, 262_144, link] {
        file.long(number);
    }
    for (seconds, fraction, wire, bytes) in records {
        for number in [*seconds, *fraction, bytes.len() as u32, *wire] {
            file.long(number);
        }
        file.out.extend(bytes);
    }
    file.out
}

fn pcapng(link: u32, ticks: u32, records: &[Record], big: bool) -> Vec<u8> {
    let mut file = Writer {
        out: Vec::new(),
        big,
    };
    file.block(0x0a0d_0d0a, &|block| {
        block.long(0x1a2b_3c4d);
        block.short(1);
        block.short(0);
        block.long(u32::MAX);
        block.long(u32::MAX);
    });
    file.block(1, &|block| {
        block.short(link as u16);
        block.short(0);
        block.long(262_144);
        block.short(9);
        block.short(1);
        block
            .out
            .extend([if ticks == 1_000_000 { 6 } else { 9 }, 0, 0, 0]);
        block.long(0);
    });
    for (number, (seconds, fraction, wire, bytes)) in records.iter().enumerate() {
        if number % 7 == 3 {
            file.block(0x0bad_0bad, &|block| {
                block.out.extend(b"nobody knows this block")
            });
        }
        file.block(6, &|block| {
            let time = u64::from(*seconds) * u64::from(ticks) + u64::from(*fraction);
            for number in [
                0,
                (time >> 32) as u32,
                time as u32,
                bytes.len() as u32,
                *wire,
            ] {
                block.long(number);
            }
            block.out.extend(bytes);
        });
    }
    file.out
}

#[test]
fn another_container_or_byte_order_gives_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture");
    for (name, bytes, link, ticks, records) in captures() {
        std::fs::write(&path, &bytes).unwrap();
        let want = rows(&path);
        assert!(want.lines().count() > 1, "{name} has no flows");
        for big in [false, true] {
            for (kind, file) in [
                ("pcap", pcap(link, ticks, &records, big)),
                ("pcapng", pcapng(link, ticks, &records, big)),
            ] {
                std::fs::write(&path, &file).unwrap();
                assert_eq!(rows(&path), want, "{name} as {kind}, big-endian {big}");
            }
        }
    }
}

/// Compression is told by content, not by the name.
#[test]
fn compressed_captures_give_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.pcap");
    let capture = std::fs::read(kit::repo("fixtures/redmi-india-after/capture.pcap")).unwrap();
    // Several times over: what is left of a cut file must hold a whole block of each format.
    let (head, records) = capture.split_at(24);
    let bytes = [head, &records.repeat(20)].concat();
    std::fs::write(&path, &bytes).unwrap();
    let want = rows(&path);
    for (kind, packed) in packed(&bytes) {
        assert!(packed.len() < bytes.len());
        std::fs::write(&path, &packed).unwrap();
        assert_eq!(rows(&path), want, "{kind}");
        // Without its end it gives what it holds, and counts the damage.
        std::fs::write(&path, &packed[..packed.len() - 16]).unwrap();
        let out = whereto(&["audit", "--format", "json"])
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(
            out.status.code(),
            Some(4),
            "{kind}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
    }
}

fn packed(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    let blocks = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
    let mut lz4 = lz4_flex::frame::FrameEncoder::with_frame_info(blocks, Vec::new());
    lz4.write_all(bytes).unwrap();
    let mut xz =
        lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(6)).unwrap();
    xz.write_all(bytes).unwrap();
    vec![
        ("gzip", gzip.finish().unwrap()),
        ("zstd", zstd::encode_all(bytes, 3).unwrap()),
        ("lz4", lz4.finish().unwrap()),
        ("xz", xz.finish().unwrap()),
    ]
}

/// TCP payload cut into other segments says the same.
#[test]
fn other_segments_carry_the_same_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture");
    for name in ["redmi-india-after", "redmi-india-before"] {
        let (_, bytes, link, ticks, records) = captures()
            .into_iter()
            .find(|capture| capture.0 == name)
            .unwrap();
        std::fs::write(&path, &bytes).unwrap();
        let want = names(&path);
        for size in [1, 3, 40] {
            let cut: Vec<Record> = records
                .iter()
                .flat_map(|record| segments(record, size))
                .collect();
            assert!(cut.len() > records.len());
            std::fs::write(&path, pcap(link, ticks, &cut, false)).unwrap();
            assert_eq!(names(&path), want, "{name} in segments of {size}");
        }
    }
}

/// Per flow: ports, name and how it is known.
fn names(path: &Path) -> Vec<String> {
    let text = rows(path);
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().unwrap().clone();
    let wanted = [
        "local_port",
        "remote_ip",
        "remote_port",
        "name",
        "name_via",
        "ja3",
        "protocol",
    ];
    let at = wanted.map(|column| head.iter().position(|name| name == column).unwrap());
    table
        .records()
        .map(|row| row.unwrap())
        .map(|row| at.map(|at| row[at].to_owned()).join(" "))
        .collect()
}

/// A raw IPv4 packet with TCP payload as several, each with up to `size` bytes of it.
fn segments((seconds, fraction, wire, bytes): &Record, size: usize) -> Vec<Record> {
    let whole = vec![(*seconds, *fraction, *wire, bytes.clone())];
    if bytes.first() != Some(&0x45) || bytes[9] != 6 || bytes.len() != *wire as usize {
        return whole;
    }
    let head = 20 + usize::from(bytes[32] >> 4) * 4;
    let payload = &bytes[head..];
    if payload.len() <= size {
        return whole;
    }
    let first = u32::from_be_bytes(bytes[24..28].try_into().unwrap());
    let parts = payload.chunks(size).enumerate();
    parts
        .map(|(number, part)| {
            let mut packet = bytes[..head].to_vec();
            packet.extend(part);
            let len = packet.len() as u16;
            packet[2..4].copy_from_slice(&len.to_be_bytes());
            let seq = first.wrapping_add((number * size) as u32);
            packet[24..28].copy_from_slice(&seq.to_be_bytes());
            (*seconds, *fraction, packet.len() as u32, packet)
        })
        .collect()
}
