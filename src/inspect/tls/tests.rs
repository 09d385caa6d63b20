//! TLS streams made by hand, cut in every way.

use super::testing::{
    client_hello, client_hello_with, extension, message, records, server_hello, vector,
};
use super::*;
use crate::model::{Carrier, Time};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};

fn chunk(bytes: &[u8], from: Side, port: u16) -> Chunk<'_> {
    Chunk {
        bytes,
        from,
        carrier: Carrier::Tcp,
        frame: 1,
        time: Time(0),
        cut_bytes: 0,
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
        server: IpAddr::V4(Ipv4Addr::LOCALHOST),
        client_port: 5000,
        server_port: port,
    }
}

/// Sends `flight`s through a reader in pieces of `size` bytes. What it said, and the last step.
fn read(flights: &[(Side, Vec<u8>)], size: usize, port: u16) -> (Vec<What>, Step) {
    let mut state = State::new();
    let mut out = Out::default();
    let mut step = Step::More;
    'flights: for (from, bytes) in flights {
        for part in bytes.chunks(size.max(1)) {
            step = state.push(&chunk(part, *from, port), &mut out);
            if step != Step::More {
                break 'flights;
            }
        }
    }
    if step == Step::More {
        state.finish(&mut out);
    }
    let said = out.evidence.into_iter().map(|evidence| evidence.what);
    (said.collect(), step)
}

/// One word for each piece of evidence.
fn words(said: &[What]) -> String {
    let word = |what: &What| match what {
        What::Protocol(name) => format!("protocol {name}"),
        What::Name { via, name } => format!("{} {}", via.as_str(), name.lossless()),
        What::ClientHello(hello) => format!("client {:04x}", hello.version),
        What::ServerHello(hello) if hello.retry => "retry".to_owned(),
        What::ServerHello(hello) => format!("server {:04x} {:04x}", hello.version, hello.cipher),
        What::Certificate(_) => "certificate".to_owned(),
        What::Hidden(word) => format!("hidden {word}"),
        What::Trouble(word) => format!("trouble: {word}"),
        other => format!("{other:?}"),
    };
    said.iter().map(word).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn check(flights: &[(Side, Vec<u8>)], want: &str, last: Step) {
    let (said, step) = read(flights, usize::MAX, 443);
    assert_eq!(words(&said), want);
    assert_eq!(step, last);
}

const CLIENT: Side = Side::Client;
const SERVER: Side = Side::Server;

fn client(name: &str) -> Vec<u8> {
    records(22, &client_hello(name, &["h2"]), 16_384)
}

#[test]
fn both_hellos_of_tls_13_are_all_there_is_to_read() {
    let flights = [
        (CLIENT, client("a.example")),
        (SERVER, records(22, &server_hello(0x0304, [9; 32]), 16_384)),
    ];
    check(
        &flights,
        "client 0304; sni a.example; server 0304 1301",
        Step::Done,
    );
}

#[test]
fn records_and_segments_may_be_cut_anywhere() {
    let hello = client_hello("split.example", &["h2"]);
    let want = read(&[(CLIENT, records(22, &hello, 16_384))], usize::MAX, 443).0;
    for record in [1, 2, 3, 7, 100] {
        let bytes = records(22, &hello, record);
        for segment in [1, 2, 5, 6, 64, usize::MAX] {
            let got = read(&[(CLIENT, bytes.clone())], segment, 443).0;
            assert_eq!(got, want, "records of {record}, segments of {segment}");
        }
    }
}

#[test]
fn a_retry_is_followed_by_a_second_hello_behind_a_change_that_changes_nothing() {
    let second = [
        records(20, &[1], 1),
        records(22, &client_hello("b.example", &[]), 16_384),
    ];
    let retry = server_hello(0x0304, hello_retry_random());
    let flights = [
        (CLIENT, client("a.example")),
        (
            SERVER,
            [records(22, &retry, 16_384), records(20, &[1], 1)].concat(),
        ),
        (CLIENT, second.concat()),
        (SERVER, records(22, &server_hello(0x0304, [9; 32]), 16_384)),
    ];
    let want = "client 0304; sni a.example; retry; client 0304; sni b.example; server 0304 1301";
    check(&flights, want, Step::Done);
}

#[test]
fn a_second_hello_is_read_where_the_server_was_not_captured() {
    let second = [
        records(20, &[1], 1),
        records(22, &client_hello("b.example", &[]), 16_384),
        records(22, &[1; 40], 40),
    ];
    let flights = [(CLIENT, client("a.example")), (CLIENT, second.concat())];
    let want = "client 0304; sni a.example; client 0304; sni b.example";
    for size in [usize::MAX, 1000, 70] {
        assert_eq!(
            words(&read(&flights, size, 443).0),
            want,
            "segments of {size}"
        );
    }
}

fn hello_retry_random() -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(b"HelloRetryRequest").into()
}

#[test]
fn an_abbreviated_handshake_ends_with_the_change_of_cipher() {
    let flights = [
        (CLIENT, client("a.example")),
        (
            SERVER,
            [
                records(22, &server_hello(0x0303, [9; 32]), 16_384),
                records(20, &[1], 1),
            ]
            .concat(),
        ),
    ];
    check(
        &flights,
        "client 0304; sni a.example; server 0303 1301",
        Step::Done,
    );
}

#[test]
fn a_certificate_that_cannot_be_read_is_trouble_and_the_end() {
    let flight = [
        server_hello(0x0303, [9; 32]),
        message(11, &vector(3, &vector(3, b"no DER"))),
    ];
    let flights = [
        (CLIENT, client("a.example")),
        (SERVER, records(22, &flight.concat(), 16_384)),
    ];
    let want = "client 0304; sni a.example; server 0303 1301; \
                trouble: tls certificate not understood";
    check(&flights, want, Step::Done);
}

#[test]
fn an_alert_before_the_server_hello_is_trouble() {
    let flights = [
        (CLIENT, client("a.example")),
        (SERVER, records(21, &[2, 40], 2)),
    ];
    let want = "client 0304; sni a.example; trouble: tls alert before server hello";
    check(&flights, want, Step::Done);
}

#[test]
fn a_stream_that_was_picked_up_late_is_recognised_and_left() {
    let data = records(23, &[5; 400], 400);
    assert_eq!(probe(&chunk(&data, CLIENT, 443)), Probe::Yes);
    check(&[(CLIENT, data)], "", Step::Done);
}

#[test]
fn hidden_names_are_told_by_protocol_port_and_name() {
    let hello = |name: &str, protocols: &[&str]| {
        [(CLIENT, records(22, &client_hello(name, protocols), 16_384))]
    };
    let said = |flights: &[(Side, Vec<u8>)], port| words(&read(flights, usize::MAX, port).0);
    assert_eq!(
        said(&hello("x.example", &["dot"]), 8853),
        "client 0304; sni x.example; protocol dot; hidden dot"
    );
    assert_eq!(
        said(&hello("", &[]), 853),
        "client 0304; protocol dot; hidden dot"
    );
    assert_eq!(
        said(&hello("dns.google", &["h2"]), 443),
        "client 0304; sni dns.google; protocol doh; hidden doh"
    );
}

/// The outside of an Encrypted Client Hello with a key of `key_len` bytes.
fn ech(key_len: usize) -> Vec<u8> {
    let body = [
        &[0, 0, 1, 0, 1, 7][..],
        &vector(2, &vec![1; key_len]),
        &vector(2, &[2; 144]),
    ];
    extension(0xfe0d, &body.concat())
}

#[test]
fn only_what_is_surely_an_outer_name_is_called_one() {
    let hello =
        |name: &str, key_len| records(22, &client_hello_with(name, &[], &ech(key_len)), 16_384);
    check(
        &[(CLIENT, hello("cloudflare-ech.com", 32))],
        "client 0304; ech-outer cloudflare-ech.com; hidden ech",
        Step::More,
    );
    let (said, _) = read(&[(CLIENT, hello("grease.example", 32))], usize::MAX, 443);
    assert_eq!(words(&said), "client 0304; sni grease.example");
    assert!(
        said.iter()
            .any(|what| matches!(what, What::ClientHello(hello) if hello.ech))
    );
    let retry = server_hello(0x0304, hello_retry_random());
    let flights = [
        (CLIENT, hello("front.example", 32)),
        (SERVER, records(22, &retry, 16_384)),
        (CLIENT, hello("front.example", 0)),
    ];
    let want = "client 0304; sni front.example; retry; client 0304; \
                ech-outer front.example; hidden ech";
    check(&flights, want, Step::More);
}

#[test]
fn an_encrypted_server_name_is_hidden() {
    let hello = client_hello_with("", &[], &extension(0xffce, &[1; 50]));
    check(
        &[(CLIENT, records(22, &hello, 16_384))],
        "client 0304; hidden ech",
        Step::More,
    );
}

#[test]
fn a_hole_in_a_hello_leaves_the_name_before_it() {
    let bytes = client("hole.example");
    let mut state = State::new();
    let mut out = Out::default();
    let part = &bytes[..bytes.len() - 10];
    assert_eq!(state.push(&chunk(part, CLIENT, 443), &mut out), Step::More);
    assert!(state.buffered() > part.len());
    state.gap(CLIENT, 10, &mut out);
    let said: Vec<What> = out
        .evidence
        .drain(..)
        .map(|evidence| evidence.what)
        .collect();
    assert_eq!(
        words(&said),
        "trouble: tls client hello cut; sni hole.example"
    );
    state.push(&chunk(&bytes, CLIENT, 443), &mut out);
    let answer = records(22, &server_hello(0x0304, [9; 32]), 16_384);
    assert_eq!(
        state.push(&chunk(&answer, SERVER, 443), &mut out),
        Step::Done
    );
    assert_eq!(out.evidence.len(), 1);
}

#[test]
fn one_direction_alone_does_not_keep_the_reader() {
    let mut flights = vec![(CLIENT, client("a.example"))];
    flights.extend((0..20).map(|_| (CLIENT, records(23, &[0; 16_384], 16_384))));
    assert_eq!(read(&flights, usize::MAX, 443).1, Step::Done);
}

#[test]
fn other_protocols_are_turned_down() {
    for bytes in [
        &b"GET / HTTP/1.1\r\n"[..],
        b"\x16\x04\x01\x00\x05\x01\x00\x00\x00\x00",
        b"\x16\x03\x01\xff\xff\x01",
        b"\x16\x03\x01\x00\x00\x16\x03\x01\x00\x00",
        b"SSH-2.0-x",
        b"\x00\x00\x00\x00\x00\x00",
    ] {
        assert_eq!(probe(&chunk(bytes, CLIENT, 443)), Probe::No, "{bytes:?}");
    }
    let hello = client("a.example");
    for len in 0..6 {
        assert_eq!(probe(&chunk(&hello[..len], CLIENT, 443)), Probe::Maybe);
    }
    assert_eq!(probe(&chunk(&hello, CLIENT, 443)), Probe::Yes);
}

#[test]
fn endless_hellos_do_not_make_endless_evidence() {
    let bytes = client("again.example").repeat(2_000);
    let (said, _) = read(&[(CLIENT, bytes)], usize::MAX, 443);
    assert!(said.len() < 10, "{}", said.len());
    let empty = [&[22, 3, 1, 0, 0][..]; 5_000].concat();
    let (said, _) = read(
        &[(CLIENT, client("a.example")), (CLIENT, empty)],
        usize::MAX,
        443,
    );
    assert_eq!(said.len(), 2);
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_no_harm(
        flights in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 0..300)), 0..12)
    ) {
        let mut state = State::new();
        let mut out = Out::default();
        for (client, bytes) in &flights {
            let from = if *client { CLIENT } else { SERVER };
            probe(&chunk(bytes, from, 443));
            state.push(&chunk(bytes, from, 443), &mut out);
            state.gap(from, 3, &mut out);
        }
        state.finish(&mut out);
        prop_assert!(out.evidence.len() < 64);
    }

    #[test]
    fn damaged_hellos_do_no_harm_and_cuts_make_no_difference(
        at in 0_usize..400,
        value in any::<u8>(),
        record in 1_usize..400,
        segment in 1_usize..400,
    ) {
        let mut hello = client_hello("damage.example", &["h2", "http/1.1"]);
        let at = at % hello.len();
        hello[at] = value;
        let whole = read(&[(CLIENT, records(22, &hello, 16_384))], usize::MAX, 443).0;
        let cut = read(&[(CLIENT, records(22, &hello, record))], segment, 443).0;
        prop_assert_eq!(whole, cut);
    }
}
