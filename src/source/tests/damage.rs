//! Captures that lie.

use super::build::{PcapFile, PcapngFile};
use super::{check, check_refused};

const START: u32 = 1_700_000_000;

/// Records of ten bytes, 26 with their head, the first at byte 24.
fn ten() -> Vec<u8> {
    let mut file = PcapFile::usual();
    for number in 0..10u8 {
        file.packet(START + u32::from(number), 0, &[b'0' + number; 10]);
    }
    file.bytes
}

fn want(numbers: std::ops::Range<u32>) -> Vec<String> {
    let line = |number: u32| {
        format!(
            "{}.000000000 1/0 10/10 {}",
            START + number,
            number.to_string().repeat(8)
        )
    };
    numbers.map(line).collect()
}

#[track_caller]
fn check_owned(bytes: &[u8], want: &[String]) -> super::Summary {
    check(bytes, &want.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_cut_pcap_keeps_what_came_before() {
    let bytes = ten();
    let summary = check_owned(
        &bytes[..bytes.len() - 3],
        &[
            want(0..9),
            vec!["damage at 258: a record says it holds 10 bytes, 7 are left".to_owned()],
        ]
        .concat(),
    );
    assert!(summary.inputs[0].cut);
    assert_eq!(summary.lost_records, 1);
    let summary = check_owned(
        &bytes[..bytes.len() - 20],
        &[
            want(0..9),
            vec!["damage at 258: the file ends inside a record header: 6 of 16 bytes".to_owned()],
        ]
        .concat(),
    );
    assert!(summary.inputs[0].cut);
}

#[test]
fn a_pcap_length_that_lies_costs_one_record() {
    let mut bytes = ten();
    // The third record says that it holds 4 GB.
    bytes[24 + 52 + 8..][..4].copy_from_slice(&[0xff; 4]);
    let damage = vec!["damage at 76: a record says it holds 4294967295 bytes".to_owned()];
    let summary = check_owned(&bytes, &[want(0..2), want(3..10), damage].concat());
    assert_eq!((summary.lost_records, summary.inputs[0].cut), (1, false));
    // As long as three of them, which its length on the wire belies.
    let mut bytes = ten();
    bytes[24 + 52 + 8] = 36;
    let damage = vec!["damage at 76: a record of 10 bytes says it holds 36".to_owned()];
    check_owned(&bytes, &[want(0..10), damage].concat());
    // Zeros where a file was not written.
    let mut bytes = ten();
    bytes[24 + 52..24 + 78].fill(0);
    let damage = vec!["damage at 76: zeros stand where a record should".to_owned()];
    check_owned(&bytes, &[want(0..2), want(3..10), damage].concat());
}

#[test]
fn a_pcap_header_that_is_cut_is_damage() {
    let summary = check(
        &ten()[..20],
        &["damage at 0: the file ends inside its header: 20 bytes"],
    );
    assert!(summary.inputs[0].cut);
    check_refused(b"", "an empty file");
    check_refused(&[0xd4, 0xc3], "begins with d4 c3");
    check_refused(b"{\"log\":{}}", "HAR");
}

/// Blocks of 36 bytes from byte 48 on.
fn blocks() -> PcapngFile {
    let mut file = PcapngFile::new(false);
    file.interface(1, 0, &[]);
    for number in 0..5u8 {
        file.enhanced(
            0,
            u64::from(number) * 1_000_000,
            4,
            &[b'0' + number; 4],
            &[],
        );
    }
    file
}

fn block_lines(numbers: &[u32]) -> Vec<String> {
    numbers
        .iter()
        .map(|n| format!("{n}.000000000 1/0 4/4 {}", n.to_string().repeat(4)))
        .collect()
}

#[test]
fn a_pcapng_length_that_lies_costs_one_block() {
    for lie in [0u32, 11, 0xffff_fff0, 1 << 30, 44] {
        let mut bytes = blocks().bytes;
        bytes[48 + 36 + 4..][..4].copy_from_slice(&lie.to_le_bytes());
        let (lines, summary) = super::read(&bytes, usize::MAX);
        assert_eq!(lines, block_lines(&[0, 2, 3, 4]), "length {lie}");
        assert_eq!(
            (summary.damage_count, summary.lost_records),
            (1, 1),
            "length {lie}"
        );
        assert!(!summary.inputs[0].cut);
        assert_eq!(summary.damages[0].offset, 84);
    }
}

#[test]
fn a_wrong_trailer_is_damage_but_the_block_stands() {
    let mut bytes = blocks().bytes;
    bytes[48 + 36 + 32] = 99;
    let damage = vec!["damage at 84: the two lengths of a block differ".to_owned()];
    check_owned(&bytes, &[block_lines(&[0, 1, 2, 3, 4]), damage].concat());
}

#[test]
fn a_packet_is_never_longer_than_its_block() {
    let mut bytes = blocks().bytes;
    bytes[48 + 36 + 20] = 9;
    let damage = "damage at 84: a packet of 9 bytes in a block with room for 4".to_owned();
    check_owned(
        &bytes,
        &[block_lines(&[0, 1, 2, 3, 4]), vec![damage]].concat(),
    );
}

#[test]
fn a_cut_pcapng_keeps_what_came_before() {
    let bytes = blocks().bytes;
    for cut in 1..36 {
        let (lines, summary) = super::read(&bytes[..bytes.len() - cut], usize::MAX);
        assert_eq!(lines, block_lines(&[0, 1, 2, 3]), "cut by {cut}");
        assert_eq!(summary.damage_count, 1);
        assert!(summary.inputs[0].cut);
    }
}

#[test]
fn a_packet_of_no_interface_is_lost_and_counted() {
    let mut file = blocks();
    file.enhanced(7, 0, 4, b"lost", &[]);
    let damage = "damage at 228: a packet of interface 7, which no block describes".to_owned();
    let summary = check_owned(
        &file.bytes,
        &[block_lines(&[0, 1, 2, 3, 4]), vec![damage]].concat(),
    );
    assert_eq!(summary.lost_records, 1);
}

#[test]
fn options_longer_than_their_block_are_damage() {
    let mut file = blocks();
    file.enhanced(0, 5_000_000, 4, b"5555", &[1, 0, 99, 0, 1, 2, 3, 4]);
    let damage =
        "damage at 228: the options of a packet: option value: needs 99 bytes, 4 left".to_owned();
    check_owned(
        &file.bytes,
        &[block_lines(&[0, 1, 2, 3, 4, 5]), vec![damage]].concat(),
    );
}
