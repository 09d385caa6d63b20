//! The examples of the RFCs, and flows made by hand.

use super::version::{RFC_9369, V1};
use super::*;
use crate::inspect::tls::testing;
use crate::model::{Carrier, Time};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};

fn chunk(bytes: &[u8], from: Side) -> Chunk<'_> {
    Chunk {
        bytes,
        from,
        carrier: Carrier::Udp,
        frame: 1,
        time: Time(0),
        cut_bytes: 0,
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
        server: IpAddr::V4(Ipv4Addr::LOCALHOST),
        client_port: 5000,
        server_port: 443,
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// RFC 9001 appendix A and RFC 9369 appendix A use the same connection ID and frames.
const DESTINATION: &[u8] = &[0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];
const CLIENT_FRAMES: &str = "
    060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c
    00000413011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006
    001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa4
    7fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e040305
    0306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ff
    ff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff";
const SERVER_FRAMES: &str = "
    02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc543
    0b9a045a1200130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c83
    4d5311bcf32bb9da1a002b00020304";
const SERVER_V1: &str = "
    cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69
    797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73
    cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456
    cbc42158407dd074ee";
const SERVER_V2: &str = "
    dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89
    237bbf87263017915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382d
    d16a393e42757507698075b2c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce
    7ca84bed8521e2e140";

fn example_client(scheme: Scheme, header: &str) -> Vec<u8> {
    let keys = Secret::new(scheme, DESTINATION).client().unwrap();
    let mut frames = unhex(CLIENT_FRAMES);
    frames.resize(1162, 0);
    keys.seal(&unhex(header), 4, &frames).unwrap()
}

#[test]
fn keys_are_those_of_rfc_9001() {
    let packet = example_client(V1, "c300000001088394c8f03e5157080000449e00000002");
    let start = "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b";
    assert!(packet.starts_with(&unhex(start)));
    assert!(packet.ends_with(&unhex("e221af44860018ab0856972e194cd934")));
    assert_eq!(packet.len(), 1200);
    let keys = Secret::new(V1, DESTINATION).server().unwrap();
    let mut spare = Vec::new();
    let range = keys.open(&unhex(SERVER_V1), 18, &mut spare).unwrap();
    assert_eq!(spare[range], unhex(SERVER_FRAMES));
}

#[test]
fn keys_are_those_of_rfc_9369() {
    let packet = example_client(RFC_9369, "d36b3343cf088394c8f03e5157080000449e00000002");
    let start = "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071";
    assert!(packet.starts_with(&unhex(start)));
    let keys = Secret::new(RFC_9369, DESTINATION).server().unwrap();
    let mut spare = Vec::new();
    let range = keys.open(&unhex(SERVER_V2), 18, &mut spare).unwrap();
    assert_eq!(spare[range], unhex(SERVER_FRAMES));
}

/// One word for each piece of evidence.
fn words(out: &Out) -> String {
    let word = |what: &What| match what {
        What::Protocol(name) => format!("protocol {name}"),
        What::Name { via, name } => format!("{} {}", via.as_str(), name.lossless()),
        What::ClientHello(hello) => format!("client {:04x}", hello.version),
        What::ServerHello(hello) => format!("server {:04x} {:04x}", hello.version, hello.cipher),
        What::QuicVersion(version) => format!("version {version:x}"),
        What::QuicConnectionId(id) => format!("id {}", id.len()),
        What::Hidden(word) => format!("hidden {word}"),
        What::Trouble(word) => format!("trouble: {word}"),
        other => format!("{other:?}"),
    };
    let words: Vec<String> = out.evidence.iter().map(|one| word(&one.what)).collect();
    words.join("; ")
}

/// Reads datagrams in order. What was said, and the last step.
fn read(datagrams: &[(Side, Vec<u8>)]) -> (String, Step) {
    let mut state = State::new();
    let mut out = Out::default();
    let mut step = Step::More;
    for (from, bytes) in datagrams {
        if step == Step::More {
            step = state.push(&chunk(bytes, *from), &mut out);
        }
    }
    state.finish(&mut out);
    (words(&out), step)
}

#[test]
fn reads_the_examples_as_a_flow() {
    let client = example_client(V1, "c300000001088394c8f03e5157080000449e00000002");
    assert_eq!(probe(&chunk(&client, Side::Client)), Probe::Yes);
    let flow = [(Side::Client, client), (Side::Server, unhex(SERVER_V1))];
    let want = "version 1; client 0304; quic-sni example.com; id 8; server 0304 1301";
    assert_eq!(read(&flow), (want.to_owned(), Step::Done));
}

#[test]
fn a_server_may_answer_in_a_newer_version() {
    let client = example_client(V1, "c300000001088394c8f03e5157080000449e00000002");
    let flow = [(Side::Client, client), (Side::Server, unhex(SERVER_V2))];
    let want = "version 1; client 0304; quic-sni example.com; version 6b3343cf; id 8; \
                server 0304 1301";
    assert_eq!(read(&flow), (want.to_owned(), Step::Done));
}

fn number(value: usize) -> Vec<u8> {
    (0x4000 | u16::try_from(value).unwrap())
        .to_be_bytes()
        .to_vec()
}

fn crypto(hello: &[u8], from: usize, to: usize) -> Vec<u8> {
    [
        vec![6],
        number(from),
        number(to - from),
        hello[from..to].to_vec(),
    ]
    .concat()
}

/// A client's Initial of version 1 addressed to `destination`, under the keys of `key_id`.
fn initial(
    destination: &[u8],
    key_id: &[u8],
    packet_number: u8,
    frames: &[u8],
    pad: usize,
) -> Vec<u8> {
    let keys = Secret::new(V1, key_id).client().unwrap();
    let mut frames = frames.to_vec();
    frames.resize(frames.len().max(pad), 0);
    let header = [
        &[0xc0, 0, 0, 0, 1][..],
        &testing::vector(1, destination),
        &[0, 0],
        &number(frames.len() + 17),
        &[packet_number],
    ]
    .concat();
    keys.seal(&header, 1, &frames).unwrap()
}

#[test]
fn crypto_frames_come_in_any_order_over_packets_and_datagrams() {
    let hello = testing::client_hello("shuffled.example", &["h3"]);
    let end = hello.len();
    let id = b"12345678";
    let first = [crypto(&hello, 60, end), vec![1], crypto(&hello, 0, 10)].concat();
    let coalesced = [
        initial(id, id, 1, &crypto(&hello, 5, 20), 100),
        initial(id, id, 2, &[], 900),
    ];
    let flow = [
        (Side::Client, initial(id, id, 0, &first, 1162)),
        (Side::Client, coalesced.concat()),
        (
            Side::Client,
            initial(id, id, 3, &crypto(&hello, 18, 70), 1162),
        ),
    ];
    let want = "version 1; client 0304; quic-sni shuffled.example";
    assert_eq!(read(&flow), (want.to_owned(), Step::More));
    let (cut, _) = read(&flow[..2]);
    assert_eq!(cut, "version 1; trouble: tls client hello cut");
}

#[test]
fn a_retry_changes_the_keys() {
    let hello = testing::client_hello("retry.example", &["h3"]);
    let half = hello.len() / 2;
    let (old, new) = (b"12345678", b"abcdefghij");
    let retry = [
        &[0xf0, 0, 0, 0, 1, 0][..],
        &testing::vector(1, new),
        &[9; 40],
    ]
    .concat();
    let flow = [
        (
            Side::Client,
            initial(old, old, 0, &crypto(&hello, 0, half), 1162),
        ),
        (Side::Server, retry),
        (
            Side::Client,
            initial(new, new, 1, &crypto(&hello, half, hello.len()), 1162),
        ),
    ];
    let want = "version 1; id 10; client 0304; quic-sni retry.example";
    assert_eq!(read(&flow), (want.to_owned(), Step::More));
}

#[test]
fn a_cut_hello_still_names_the_server() {
    let hello = testing::client_hello("cut.example", &["h3"]);
    let frames = crypto(&hello, 0, hello.len() - 3);
    let flow = [(
        Side::Client,
        initial(b"12345678", b"12345678", 0, &frames, 1162),
    )];
    let want = "version 1; trouble: tls client hello cut; quic-sni cut.example";
    assert_eq!(read(&flow).0, want);
}

#[test]
fn hidden_names_are_told() {
    let flow = |name: &str, protocol: &str| {
        let hello = testing::client_hello(name, &[protocol]);
        let frames = crypto(&hello, 0, hello.len());
        read(&[(
            Side::Client,
            initial(b"12345678", b"12345678", 0, &frames, 1162),
        )])
        .0
    };
    assert!(flow("x.example", "doq").ends_with("protocol doq; hidden doq"));
    assert!(flow("dns.google", "h3").ends_with("protocol doh; hidden doh"));
}

#[test]
fn lies_are_trouble_and_soon_over() {
    for frames in [
        &b"\x06\xff\xff\xff\xff\xff\xff\xff\xff\x44\x00xxxxxxxxxx"[..],
        b"\x06\x00\x7f\xff",
        &[0x1c; 50],
        &[0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        b"\x06\x7e\x80\x40\x04abcd",
    ] {
        let packet = initial(b"HOSTILE9", b"HOSTILE9", 0, frames, 1162);
        let flow: Vec<_> = (0..100).map(|_| (Side::Client, packet.clone())).collect();
        let (said, step) = read(&flow);
        assert!(said.len() < 90, "{said}");
        assert_eq!(step, Step::Done);
    }
    let garbage: Vec<_> = (0..=255_u8)
        .map(|index| {
            let mut packet = initial(&[index; 8], b"another", 0, &[], 1162);
            packet[1..5].copy_from_slice(&[0xfa, 0xce, 0xb0, 0x77]);
            (Side::Client, packet)
        })
        .collect();
    assert_eq!(read(&garbage).1, Step::Done);
}

#[test]
fn versions_no_one_knows_are_not_claimed_and_reserved_ones_are() {
    let packet = |version: [u8; 4]| {
        let mut packet = initial(b"12345678", b"12345678", 0, &[], 1162);
        packet[1..5].copy_from_slice(&version);
        packet
    };
    assert_eq!(
        probe(&chunk(&packet([1, 2, 3, 4]), Side::Client)),
        Probe::No
    );
    let reserved = packet([0x1a, 0x2a, 0x3a, 0x4a]);
    assert_eq!(probe(&chunk(&reserved, Side::Client)), Probe::Yes);
    let negotiation = [
        &[0x80, 0, 0, 0, 0, 0, 0][..],
        &[0, 0, 0, 1, 0x6b, 0x33, 0x43, 0xcf],
    ]
    .concat();
    assert_eq!(probe(&chunk(&negotiation, Side::Server)), Probe::Yes);
    assert_eq!(
        probe(&chunk(&[0x80, 0, 0, 0, 0, 0, 0], Side::Server)),
        Probe::No
    );
}

proptest! {
    #[test]
    fn arbitrary_datagrams_do_no_harm(
        datagrams in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 0..200)), 0..40)
    ) {
        let mut state = State::new();
        let mut out = Out::default();
        for (client, bytes) in &datagrams {
            let from = if *client { Side::Client } else { Side::Server };
            // Make headers likely.
            let mut bytes = bytes.clone();
            let version = [0xc0, 0, 0, 0, 1];
            for (byte, value) in bytes.iter_mut().zip(version) {
                if *client { *byte = value; }
            }
            probe(&chunk(&bytes, from));
            state.push(&chunk(&bytes, from), &mut out);
        }
        state.finish(&mut out);
        prop_assert!(out.evidence.len() < 64);
    }

    #[test]
    fn any_cut_of_a_hello_into_frames_gives_the_same(
        cuts in proptest::collection::vec(1_usize..130, 0..10),
        seed in any::<u64>(),
    ) {
        let hello = testing::client_hello("cuts.example", &["h3"]);
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < hello.len()).collect();
        cuts.extend([0, hello.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut frames: Vec<Vec<u8>> = cuts
            .windows(2)
            .map(|pair| crypto(&hello, pair[0], pair[1]))
            .collect();
        let count = frames.len();
        for index in 0..count {
            frames.swap(index, (seed as usize >> (index % 32)) % count);
        }
        let packet = initial(b"12345678", b"12345678", 0, &frames.concat(), 1162);
        let (said, _) = read(&[(Side::Client, packet)]);
        prop_assert_eq!(said, "version 1; client 0304; quic-sni cuts.example");
    }
}
