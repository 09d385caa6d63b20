//! Whole captures of every format.

use super::build::{PcapFile, PcapngFile};
use super::check;
use crate::model::Text;

#[test]
fn pcap_of_every_magic_and_byte_order() {
    for big in [false, true] {
        for (magic, want) in [
            (0xa1b2_c3d4, "5.000007000"),
            (0xa1b2_3c4d, "5.000000007"),
            (0xa1b2_cd34, "5.000007000"),
        ] {
            let mut file = PcapFile::new(magic, (2, 4), 1, big);
            file.packet(5, 7, b"hello");
            file.head(6, 0, 3, 9);
            file.bytes.extend(b"cut");
            let summary = check(
                &file.bytes,
                &[&format!("{want} 1/0 5/5 hello"), "6.000000000 1/0 3/9 cut"],
            );
            let interface = &summary.inputs[0].interfaces[0];
            assert_eq!(
                (
                    interface.packets,
                    interface.cut_packets,
                    interface.cut_bytes
                ),
                (2, 1, 6)
            );
            assert_eq!(interface.dropped_by_os, None);
            assert_eq!(summary.inputs[0].format, "pcap");
        }
    }
}

#[test]
fn pcap_variants() {
    // Ixia: one more field in the file header, nanoseconds.
    let mut ixia = PcapFile::new(0x1c00_01ac, (2, 4), 1, false);
    ixia.u32(21);
    ixia.packet(5, 7, b"hello");
    check(&ixia.bytes, &["5.000000007 1/0 5/5 hello"]);
    // Before 2.3 the lengths are the other way round, in 2.3 either way.
    let mut old = PcapFile::new(0xa1b2_c3d4, (2, 1), 1, true);
    old.head(5, 0, 9, 3);
    old.bytes.extend(b"old");
    check(&old.bytes, &["5.000000000 1/0 3/9 old"]);
    let mut either = PcapFile::new(0xa1b2_c3d4, (2, 3), 1, true);
    either.head(5, 0, 9, 3);
    either.bytes.extend(b"one");
    either.head(5, 0, 3, 9);
    either.bytes.extend(b"two");
    check(
        &either.bytes,
        &["5.000000000 1/0 3/9 one", "5.000000000 1/0 3/9 two"],
    );
    // AIX: nanoseconds, and the interface's type as link type.
    let mut aix = PcapFile::new(0xa1b2_c3d4, (2, 2), 6, true);
    aix.packet(5, 7, b"hello");
    check(&aix.bytes, &["5.000000007 1/0 5/5 hello"]);
    // The length of the frame check sequence stands above the link type.
    let mut fcs = PcapFile::new(0xa1b2_c3d4, (2, 4), 0x4400_0065, false);
    fcs.packet(5, 7, b"hello");
    check(&fcs.bytes, &["5.000007000 101/0 5/5 hello"]);
}

#[test]
fn pcap_oddities_are_kept() {
    let mut file = PcapFile::usual();
    file.packet(5, 0, b"");
    file.head(5, 0, 4, 2);
    file.bytes.extend(b"more");
    file.packet(4, 1_500_000, b"late");
    file.packet(u32::MAX, 0, b"2106");
    file.packet(u32::MAX, 0, &[7; 300_000]);
    let summary = check(
        &file.bytes,
        &[
            "5.000000000 1/0 0/0 ",
            "5.000000000 1/0 4/2 more",
            "5.500000000 1/0 4/4 late",
            "4294967295.000000000 1/0 4/4 2106",
            "4294967295.000000000 1/0 300000/300000 \\x07\\x07\\x07\\x07\\x07\\x07\\x07\\x07",
        ],
    );
    assert!(!summary.inputs[0].unordered);
    assert!(!summary.inputs[0].cut);
}

#[test]
fn pcapng_in_both_byte_orders() {
    for big in [false, true] {
        let mut file = PcapngFile::new(big);
        file.interface(
            1,
            0,
            &[file.option(2, b"eth0"), file.option(9, &[9])].concat(),
        );
        file.interface(101, 4, &file.option(3, b"tunnel"));
        file.enhanced(0, 5_000_000_007, 5, b"hello", &[]);
        let options = [
            file.option(2, &file.u32(2)),
            file.option(4, &file.u64(3)),
            file.option(1, b"u-10123"),
        ]
        .concat();
        file.enhanced(1, 6_000_000, 9, b"four", &options);
        let old = [
            file.u16(1),
            file.u16(2),
            file.u32(0),
            file.u32(7),
            file.u32(3),
            file.u32(3),
            b"old\0".to_vec(),
        ]
        .concat();
        file.block(2, &old);
        let simple = [file.u32(6), b"simple\0\0".to_vec()].concat();
        file.block(3, &simple);
        let statistics = [
            file.u32(1),
            file.u64(0),
            file.option(4, &file.u64(100)),
            file.option(7, &file.u64(0)),
        ]
        .concat();
        file.block(5, &statistics);
        let summary = check(
            &file.bytes,
            &[
                "5.000000007 1/0 5/5 hello",
                "6.000000000 101/1 4/9 four flags 0x2 uid 10123",
                "0.000007000 101/1 3/3 old",
                "0.000007000 1/0 6/6 simple",
            ],
        );
        let [eth0, tunnel] = summary.inputs[0].interfaces.as_slice() else {
            panic!()
        };
        assert_eq!(eth0.name, Some(Text::from("eth0")));
        assert_eq!(
            (eth0.received, eth0.dropped_before_packets, eth0.packets),
            (None, None, 2)
        );
        assert_eq!(tunnel.description, Some(Text::from("tunnel")));
        assert_eq!(
            (tunnel.received, tunnel.dropped_by_os),
            (Some(100), Some(0))
        );
        assert_eq!(
            (tunnel.dropped_by_interface, tunnel.dropped_before_packets),
            (None, Some(5))
        );
        assert_eq!((tunnel.cut_packets, tunnel.cut_bytes), (1, 5));
        assert!(summary.inputs[0].unordered);
        assert_eq!(
            summary.counts["packets without a time, given the one before"],
            1
        );
    }
}

#[test]
fn pcapng_resolutions_and_offsets() {
    let cases: [(u8, u64, &str); 7] = [
        (0, 5, "5.000000000"),
        (3, 5_007, "5.007000000"),
        (9, 5_000_000_007, "5.000000007"),
        (12, 5_000_000_007_999, "5.000000007"),
        (0x80 | 10, 5 * 1024 + 512, "5.500000000"),
        (0x80 | 63, 1 << 62, "0.500000000"),
        (0x7f, u64::MAX, "0.000000000"),
    ];
    for (resolution, ticks, want) in cases {
        let mut file = PcapngFile::new(false);
        let offset = file.option(14, &file.u64(100));
        file.interface(1, 0, &file.option(9, &[resolution]));
        file.interface(1, 0, &[file.option(9, &[resolution]), offset].concat());
        file.enhanced(0, ticks, 1, b"x", &[]);
        file.enhanced(1, ticks, 1, b"x", &[]);
        let (seconds, rest) = want.split_once('.').unwrap();
        let later = seconds.parse::<u64>().unwrap() + 100;
        check(
            &file.bytes,
            &[
                &format!("{want} 1/0 1/1 x"),
                &format!("{later}.{rest} 1/1 1/1 x"),
            ],
        );
    }
    let mut file = PcapngFile::new(false);
    file.interface(1, 0, &file.option(14, &file.u64(u64::MAX)));
    file.enhanced(0, 0, 1, b"x", &[]);
    file.enhanced(0, u64::MAX, 1, b"x", &[]);
    check(
        &file.bytes,
        &["-1.000000000 1/0 1/1 x", "9223372036.854775807 1/0 1/1 x"],
    );
}

#[test]
fn pcapng_sections_have_their_own_interfaces_and_byte_order() {
    let mut file = PcapngFile::new(false);
    file.interface(1, 0, &[]);
    file.enhanced(0, 1, 1, b"a", &[]);
    file.big = true;
    let options = [
        file.option(1, b"second"),
        file.option(2, b"phone"),
        file.option(3, b"Android"),
        file.option(4, b"app"),
    ];
    file.section(&options.concat());
    file.interface(113, 0, &[]);
    file.enhanced(0, 2, 1, b"b", &[]);
    let summary = check(
        &file.bytes,
        &["0.000001000 1/0 1/1 a", "0.000002000 113/1 1/1 b"],
    );
    assert_eq!(summary.interfaces, [(0, 0), (0, 1)]);
    assert_eq!(summary.inputs[0].interfaces[1].packets, 1);
    let notes: Vec<&str> = summary.inputs[0]
        .notes
        .iter()
        .map(|(kind, _)| *kind)
        .collect();
    assert_eq!(notes, ["comment", "hardware", "os", "application"]);
}

#[test]
fn pcapng_counts_names_secrets_and_what_it_skips() {
    let mut file = PcapngFile::new(false);
    let address = [
        file.u16(1),
        file.u16(13),
        b"\x01\x02\x03\x04a.io\0b.io".to_vec(),
        vec![0; 3],
        vec![0; 4],
    ]
    .concat();
    file.block(4, &address);
    file.block(
        0xa,
        &[file.u32(0x544c_534b), file.u32(5), b"12345".to_vec()].concat(),
    );
    file.block(0xbad, &[file.u32(32_473), b"whatever".to_vec()].concat());
    file.block(0x1234_5678, b"unknown");
    // PCAPdroid's table of apps, in both alignments.
    for (padding, uid) in [(0, 10_123u32), (2, 10_124)] {
        let mut body = [
            file.u32(62_652),
            vec![1, 1],
            vec![0; padding],
            file.u32(uid),
        ]
        .concat();
        body.extend([5, 3]);
        body.extend(b"io.apAppl");
        body.truncate(body.len() - 1);
        file.block(0xbad, &body);
    }
    let summary = check(&file.bytes, &[]);
    let input = &summary.inputs[0];
    assert_eq!((input.resolved_names, input.secret_bytes), (2, 5));
    assert_eq!(
        input
            .skipped_blocks
            .iter()
            .map(|(kind, n)| (*kind, *n))
            .collect::<Vec<_>>(),
        [(0xbad, 1), (0x1234_5678, 1)]
    );
    assert_eq!(
        summary.apps,
        [(10_123, Text::from("App")), (10_124, Text::from("App"))]
    );
}
