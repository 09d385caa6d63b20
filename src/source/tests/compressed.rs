//! Compressed captures.

use super::build::PcapFile;
use super::{Capture, Options, check, check_refused, lines, read};
use std::io::Write as _;

/// Packets of noise, so that the packed file is long enough to be cut.
fn plain() -> Vec<u8> {
    let mut file = PcapFile::usual();
    let mut noise = 1u64;
    for number in 0..12_000u32 {
        let data: Vec<u8> = (0..64)
            .map(|_| {
                noise = noise
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (noise >> 56) as u8
            })
            .collect();
        file.packet(1_700_000_000, number, &data);
    }
    file.bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut out =
        lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn lz4(bytes: &[u8], legacy: bool) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new().legacy_frame(legacy);
    let info = if legacy {
        info
    } else {
        info.block_size(lz4_flex::frame::BlockSize::Max64KB)
    };
    let mut out = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub(super) type Pack = fn(&[u8]) -> Vec<u8>;
pub(super) const FORMATS: [(&str, Pack); 4] = [
    ("gzip", gzip),
    ("zstd", zstd),
    ("xz", xz),
    ("lz4", |bytes| lz4(bytes, false)),
];

#[test]
fn is_told_by_content_and_read_through() {
    let bytes = plain();
    let (want, _) = read(&bytes, usize::MAX);
    assert_eq!(want.len(), 12_000);
    for (name, pack) in FORMATS {
        let (got, summary) = read(&pack(&bytes), 4_096);
        assert_eq!(got, want, "{name}");
        assert_eq!(summary.damages, [], "{name}");
        assert_eq!(summary.inputs[0].compression, [name]);
        assert_eq!(summary.inputs[0].inner_bytes, bytes.len() as u64);
        assert_eq!(summary.inputs[0].stored_bytes, pack(&bytes).len() as u64);
        // Several members or frames in a row, as `cat a.gz b.gz` and parallel packers make them.
        let (front, back) = bytes.split_at(70_000);
        let (got, summary) = read(&[pack(front), pack(back)].concat(), usize::MAX);
        assert_eq!(got, want, "{name} twice");
        assert_eq!(summary.damages, [], "{name} twice");
    }
    let (got, _) = read(&lz4(&bytes, true), usize::MAX);
    assert_eq!(got, want, "legacy lz4");
    // A frame to be skipped in front and in between.
    let skip = [b"\x50\x2a\x4d\x18\x04\0\0\0skip".to_vec()].concat();
    for pack in [zstd as Pack, |bytes| lz4(bytes, false)] {
        let (front, back) = bytes.split_at(70_000);
        let (got, summary) = read(
            &[skip.clone(), pack(front), skip.clone(), pack(back)].concat(),
            usize::MAX,
        );
        assert_eq!(got, want);
        assert_eq!(summary.damages, []);
    }
}

#[test]
fn two_layers_are_opened_and_no_more() {
    let bytes = plain();
    let (want, _) = read(&bytes, usize::MAX);
    let twice = gzip(&zstd(&bytes));
    let (got, summary) = read(&twice, usize::MAX);
    assert_eq!(got, want);
    assert_eq!(summary.inputs[0].compression, ["gzip", "zstd"]);
    check_refused(
        &xz(&twice),
        "inside xz and gzip, this is compressed more than twice",
    );
    check_refused(
        &gzip(b"PK\x03\x04..."),
        "inside gzip, this is a zip archive",
    );
}

#[test]
fn a_broken_stream_keeps_what_came_before() {
    let bytes = plain();
    let (want, _) = read(&bytes, usize::MAX);
    for (name, pack) in FORMATS {
        let packed = pack(&bytes);
        let (got, summary) = read(&packed[..packed.len() * 3 / 4], usize::MAX);
        assert!(got.len() < want.len(), "{name}");
        assert!(got.len() > want.len() / 3, "{name}: {}", got.len());
        assert_eq!(got, want[..got.len()], "{name}");
        assert!(summary.inputs[0].cut, "{name}");
        assert!(
            summary.damages[0].what.contains("breaks off"),
            "{name}: {:?}",
            summary.damages
        );
        let mut spoiled = packed.clone();
        let middle = packed.len() / 2;
        spoiled[middle..middle + 64].fill(0xff);
        let (_, summary) = read(&spoiled, usize::MAX);
        // Without a checksum, as lz4 and zstd were asked to write here, some changes cannot be seen.
        assert!(
            summary.damage_count > 0 || matches!(name, "zstd" | "lz4"),
            "{name}"
        );
    }
    check_refused(
        &gzip(&bytes)[..12],
        "gzip stream breaks off before a capture begins",
    );
}

#[test]
fn both_sides_are_hashed_even_where_the_inner_one_breaks() {
    let bytes = plain();
    let hex = |bytes: &[u8]| {
        use sha2::Digest as _;
        sha2::Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let summary = |bytes: &[u8]| {
        let options = Options {
            hash: true,
            ..Options::default()
        };
        let reader = Box::new(std::io::Cursor::new(bytes.to_vec()));
        let mut capture = Capture::from_reader("test", reader, &options).unwrap();
        lines(&mut capture);
        capture.finish()
    };
    let input = summary(&bytes).inputs.remove(0);
    assert_eq!(
        (input.sha256, input.inner_sha256),
        (Some(hex(&bytes)), None)
    );
    let packed = gzip(&bytes);
    let input = summary(&packed).inputs.remove(0);
    assert_eq!(
        (input.sha256, input.inner_sha256),
        (Some(hex(&packed)), Some(hex(&bytes)))
    );
    let trailing = [packed, vec![0xff; 500_000]].concat();
    let input = summary(&trailing).inputs.remove(0);
    assert_eq!(
        (input.sha256, input.inner_sha256),
        (Some(hex(&trailing)), Some(hex(&bytes)))
    );
}

#[test]
fn a_bomb_costs_little_memory() {
    // 64 MiB of zeros behind one packet: all of it is one damaged stretch.
    let mut bytes = PcapFile::usual();
    bytes.packet(1_700_000_000, 0, b"only");
    bytes.bytes.resize(64 << 20, 0);
    let (lines, summary) = read(&zstd(&bytes.bytes), usize::MAX);
    assert_eq!((lines.len(), summary.damage_count), (1, 1));
    assert_eq!(summary.inputs[0].inner_bytes, 64 << 20);
    check(
        &gzip(&bytes.bytes[..44]),
        &["1700000000.000000000 1/0 4/4 only"],
    );
}
