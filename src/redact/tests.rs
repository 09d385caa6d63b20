//! Whole packets through all passes: whatever bytes they are.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::model::Time;
use proptest::prelude::*;

fn packet(link: u32, bytes: &[u8]) -> Packet<'_> {
    Packet {
        frame: 1,
        time: Time(0),
        link,
        interface: 0,
        wire_len: u32::try_from(bytes.len()).unwrap(),
        bytes,
        flags: 0,
        uid: None,
        comment: None,
    }
}

fn redacted(redaction: &Redaction, link: u32, packets: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut redactor = Redactor::new(redaction);
    for pass in 0..2 {
        for bytes in packets {
            redactor.survey(&packet(link, bytes));
        }
        if pass == 0 {
            redactor.begin_streams();
        }
    }
    redactor.begin_writing();
    let rewrite = |bytes: &Vec<u8>| {
        let mut out = Vec::new();
        redactor.rewrite(&packet(link, bytes), &mut out);
        out
    };
    packets.iter().map(rewrite).collect()
}

/// UDP from a phone, to this port.
fn datagram(port: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len() + 8).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend((len + 20).to_be_bytes());
    bytes.extend([0, 1, 0, 0, 64, 17, 0, 0, 192, 168, 77, 9, 203, 0, 113, 5]);
    bytes.extend(40_000_u16.to_be_bytes());
    bytes.extend(port.to_be_bytes());
    bytes.extend(len.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// What no reader knows is blank, and the packet is as long as it was.
#[test]
fn what_is_not_understood_does_not_pass() {
    let secret = b"my secret words, and more of them";
    let made = redacted(&Redaction::default(), 101, &[datagram(9_999, secret)]);
    let bytes = made.first().unwrap();
    assert_eq!(bytes.len(), 28 + secret.len());
    assert!(bytes.iter().skip(28).all(|byte| *byte == 0));
    let made = redacted(&Redaction::default(), 9_999, &[secret.to_vec()]);
    assert_eq!(made, [vec![0; secret.len()]]);
    let redaction = Redaction {
        payload: Payload::Blank,
        cut: true,
        ..Redaction::default()
    };
    let query = b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\x03com\0\0\x01\0\x01";
    let long = [&query[..], &[7; 300]].concat();
    let made = redacted(&redaction, 101, &[datagram(53, &long)]);
    let bytes = made.first().unwrap();
    assert_eq!(bytes.len(), 128);
    assert!(bytes.iter().skip(28).all(|byte| *byte == 0));
}

proptest! {
    /// No bytes make it fail, and none changes its length.
    #[test]
    fn any_bytes_go_through(
        link in prop::sample::select(vec![0, 1, 9, 12, 51, 101, 104, 105, 113, 127, 149, 226, 239, 276]),
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..120), 0..6),
        ports in prop::collection::vec(prop::sample::select(
            vec![53_u16, 67, 123, 137, 443, 500, 546, 1900, 2152, 3478, 3544, 4789, 5353, 6081]), 6),
    ) {
        let whole = packets.iter().zip(ports).map(|(bytes, port)| datagram(port, bytes));
        let whole: Vec<Vec<u8>> = whole.collect();
        for (link, packets) in [(link, &packets), (101, &whole)] {
            let made = redacted(&Redaction::default(), link, packets);
            for (was, is) in packets.iter().zip(&made) {
                prop_assert_eq!(was.len(), is.len());
            }
        }
    }
}
