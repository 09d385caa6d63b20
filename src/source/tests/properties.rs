//! What holds for any bytes.

use super::build::{PcapFile, PcapngFile};
use super::{Capture, Options, Pieces, lines};
use proptest::prelude::*;
use std::io::Cursor;

/// Packets, damages and counts, or the error, as one text.
fn outcome(bytes: &[u8], size: usize) -> String {
    let reader = Box::new(Pieces {
        bytes: Cursor::new(bytes.to_vec()),
        size,
    });
    match Capture::from_reader("test", reader, &Options::default()) {
        Err(err) => err.to_string(),
        Ok(mut capture) => {
            let lines = lines(&mut capture);
            let summary = capture.finish();
            assert_eq!(summary.inputs[0].packets, lines.len() as u64);
            let by_interface: u64 = summary.inputs[0]
                .interfaces
                .iter()
                .map(|interface| interface.packets)
                .sum();
            assert_eq!(by_interface, lines.len() as u64);
            // No byte is read twice or invented.
            assert_eq!(summary.inputs[0].inner_bytes, bytes.len() as u64);
            format!("{lines:?} {summary:?}")
        }
    }
}

fn sound() -> impl Strategy<Value = Vec<u8>> {
    let packets =
        prop::collection::vec((0u32..4, prop::collection::vec(any::<u8>(), 0..60)), 0..20);
    (any::<bool>(), any::<bool>(), packets).prop_map(|(pcapng, big, packets)| {
        if !pcapng {
            let mut file = PcapFile::new(0xa1b2_c3d4, (2, 4), 1, big);
            for (number, (late, data)) in packets.iter().enumerate() {
                file.packet(1_700_000_000 + number as u32, *late, data);
            }
            return file.bytes;
        }
        let mut file = PcapngFile::new(big);
        file.interface(1, 0, &[]);
        file.interface(101, 0, &file.option(9, &[9]));
        for (number, (kind, data)) in packets.iter().enumerate() {
            match kind {
                0 | 1 => file.enhanced(*kind, number as u64, data.len() as u32, data, &[]),
                2 => file.enhanced(0, number as u64, 99, data, &file.option(1, b"comment")),
                _ => file.block(0xbad, data),
            }
        }
        file.bytes
    })
}

/// Sound files, changed in a few places and cut.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (sound(), changes, any::<prop::sample::Index>()).prop_map(|(mut bytes, changes, cut)| {
        for (at, value) in changes {
            let at = 4 + at.index(bytes.len() - 4);
            bytes[at] = value;
        }
        let end = 4 + cut.index(bytes.len());
        bytes.truncate(end);
        bytes
    })
}

proptest! {
    #[test]
    fn any_bytes_end(magic in prop::sample::select(vec![
        [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d], [0x0a, 0x0d, 0x0d, 0x0a], [0x34, 0xcd, 0xb2, 0xa1],
    ]), rest in prop::collection::vec(any::<u8>(), 0..400)) {
        let bytes = [magic.to_vec(), rest].concat();
        prop_assert_eq!(outcome(&bytes, usize::MAX), outcome(&bytes, 3));
    }

    #[test]
    fn spoiled_bytes_end_and_reads_do_not_show(bytes in spoiled(), size in 1usize..40) {
        prop_assert_eq!(outcome(&bytes, usize::MAX), outcome(&bytes, size));
    }

    #[test]
    fn spoiled_streams_end(bytes in spoiled(), kind in 0usize..4, at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut packed = super::compressed::FORMATS[kind].1(&bytes);
        let at = at.index(packed.len());
        packed[at] = value;
        let reader = Box::new(Cursor::new(packed));
        if let Ok(mut capture) = Capture::from_reader("test", reader, &Options::default()) {
            lines(&mut capture);
            let _ = capture.finish();
        }
    }
}

/// Twice the bytes take about twice the steps, whatever they are: these would not end in
/// reasonable time otherwise.
#[test]
fn worst_cases_are_linear() {
    // Every byte of the rest could begin a record whose end is far away.
    let mut far = PcapFile::usual();
    far.packet(0x0101_0101, 1, b"x");
    far.bytes.extend(vec![1; 4 << 20]);
    // Every block lies, and every four bytes look like one that is long.
    let mut blocks = PcapngFile::new(false);
    for _ in 0..(1 << 18) {
        blocks.bytes.extend([6, 0, 0, 0, 0, 0, 8, 0]);
    }
    for bytes in [far.bytes, blocks.bytes] {
        let reader = Box::new(Cursor::new(bytes));
        let mut capture = Capture::from_reader("test", reader, &Options::default()).unwrap();
        lines(&mut capture);
        assert!(capture.finish().damage_count > 0);
    }
}

/// A found case: a record whose lengths lie, in pieces of four bytes.
#[test]
fn small_reads_do_not_show_in_a_file_that_ends_early() {
    let bytes = [
        161, 178, 195, 212, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 1, 101,
        83, 241, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 83, 241, 1, 0, 0, 0, 0, 0, 0, 0, 13, 0,
        0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 101, 83, 241, 2, 0, 0, 0, 0, 0, 0, 0, 35,
        0, 0, 0, 35, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(outcome(&bytes, usize::MAX), outcome(&bytes, 4));
}
