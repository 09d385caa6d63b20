//! The table with a reader that writes down what it is told.

use super::*;
use crate::flow::rtt::Rtt;
use crate::model::{Chunk, Side, Time};
use std::net::IpAddr;

/// Writes down what it is told.
#[derive(Default)]
struct Notes {
    said: String,
    opened: u32,
    kept: u32,
    most_chunks: Option<usize>,
    chunks: usize,
}

impl Reader for Notes {
    type State = ();
    fn opened(&mut self, _: &Segment<'_>) {
        self.opened += 1;
    }
    fn glance(&mut self, _: u32, _: &Chunk<'_>) -> Glance {
        Glance::Read
    }
    fn touch((): &()) -> u64 {
        0
    }
    fn start(&mut self, _: &Record) {}
    fn segment(&mut self, (): &mut (), _: &Segment<'_>) {}
    fn round_trip(&mut self, (): &mut (), rtt: Rtt) {
        self.said += &format!("rtt {}/{} ", rtt.server_ns, rtt.client_ns);
    }
    fn chunk(&mut self, (): &mut (), _: u32, chunk: &Chunk<'_>) -> Next {
        let side = if chunk.from == Side::Client { '>' } else { '<' };
        self.said += &format!("{side}{} ", chunk.bytes.escape_ascii());
        self.chunks += 1;
        if self.most_chunks.is_none_or(|most| self.chunks < most) {
            Next::More
        } else {
            Next::Done
        }
    }
    fn gap(&mut self, (): &mut (), _: u32, place: &Chunk<'_>, bytes: u64) -> bool {
        let side = if place.from == Side::Client { '>' } else { '<' };
        self.said += &format!("{side}[{bytes}] ");
        true
    }
    fn keep(&mut self, (): (), _: u32, _: &Chunk<'_>) -> Option<u32> {
        self.kept += 1;
        None
    }
}

const PHONE: ([u8; 4], u16) = ([10, 0, 0, 2], 40_000);
const SERVER: ([u8; 4], u16) = ([203, 0, 113, 1], 443);

fn packet<'a>(time: i64, up: bool, detail: Detail, payload: &'a [u8]) -> Segment<'a> {
    let (src, dst) = if up { (PHONE, SERVER) } else { (SERVER, PHONE) };
    let transport = match detail {
        Detail::Tcp { .. } => Transport::Tcp,
        _ => Transport::Udp,
    };
    let payload_len = u32::try_from(payload.len()).unwrap_or(0);
    Segment {
        frame: u64::try_from(time).unwrap_or(0),
        time: Time(time),
        src: IpAddr::from(src.0),
        dst: IpAddr::from(dst.0),
        transport,
        src_port: src.1,
        dst_port: dst.1,
        detail,
        payload,
        payload_len,
        ip_len: payload_len + 40,
        src_mac: None,
        app: None,
        direction: None,
        tunnel: "",
        carries_tunnel: false,
    }
}

fn tcp(seq: u32, ack: u32, flags: u8) -> Detail {
    Detail::Tcp { seq, ack, flags }
}

fn run(segments: &[Segment<'_>], limits: &Limits) -> (Table<Notes>, Notes) {
    let mut table = Table::new(limits);
    let mut notes = Notes::default();
    table.push_batch(segments, &mut notes);
    table.finish(&mut notes);
    (table, notes)
}

#[track_caller]
fn check(segments: &[Segment<'_>], want: &str) {
    let (_, notes) = run(segments, &Limits::default());
    assert_eq!(notes.said.trim_end(), want);
}

#[test]
fn a_conversation_is_read_in_order_with_its_round_trips() {
    check(
        &[
            packet(10, true, tcp(100, 0, SYN), b""),
            packet(25, false, tcp(500, 101, SYN | ACK), b""),
            packet(27, true, tcp(101, 501, ACK), b""),
            packet(30, true, tcp(104, 501, ACK), b"def"),
            packet(31, true, tcp(101, 501, ACK), b"abc"),
            packet(50, false, tcp(501, 107, ACK), b"yes"),
            packet(60, true, tcp(107, 504, FIN | ACK), b""),
            packet(70, false, tcp(504, 108, FIN | ACK), b""),
        ],
        "rtt 15/0 rtt 15/2 >abc >def <yes",
    );
}

#[test]
fn a_repeated_syn_measures_nothing() {
    check(
        &[
            packet(10, true, tcp(100, 0, SYN), b""),
            packet(20, true, tcp(100, 0, SYN), b""),
            packet(25, false, tcp(500, 101, SYN | ACK), b""),
        ],
        "",
    );
}

#[test]
fn an_acknowledged_hole_is_told() {
    check(
        &[
            packet(1, true, tcp(100, 1, ACK), b"ab"),
            packet(2, true, tcp(107, 1, ACK), b"cd"),
            packet(3, false, tcp(1, 109, ACK), b""),
            packet(4, true, tcp(109, 1, ACK), b"ef"),
        ],
        ">ab >[5] >cd >ef",
    );
}

#[test]
fn who_answers_from_a_service_is_the_server() {
    let (table, _) = run(
        &[packet(1, false, tcp(1, 1, ACK), b"x")],
        &Limits::default(),
    );
    let client = table.row(0).map(|row| table.client_and_server(row)[0]);
    assert_eq!(client, Some((IpAddr::from(PHONE.0), PHONE.1)));
}

#[test]
fn ports_are_used_again() {
    let (table, notes) = run(
        &[
            packet(10, true, tcp(100, 0, SYN), b""),
            packet(20, false, tcp(500, 101, RST | ACK), b""),
            packet(30, true, tcp(900, 0, SYN), b""),
        ],
        &Limits::default(),
    );
    assert_eq!((table.rows().len(), notes.opened), (2, 2));
}

/// What rows say, in order: numbers of packets and frames.
fn said(table: &Table<Notes>) -> Vec<([u32; 2], u32, u32)> {
    let rows = table.rows();
    let rows = rows.iter().filter_map(|row| table.row(row));
    rows.map(|row| (row.packets, row.first_frame, row.last_frame))
        .collect()
}

#[test]
fn a_batch_says_what_its_packets_say_one_by_one() {
    let mut segments = Vec::new();
    for round in 0..60 {
        let (time, seq) = (round * 10, u32::try_from(round).unwrap_or(0) * 1_000);
        // Ports that are used again within a batch, and others that a small table must fold.
        segments.push(packet(time, true, tcp(seq, 0, SYN), b""));
        segments.push(packet(time + 1, false, tcp(1, seq + 1, SYN | ACK), b""));
        segments.push(packet(time + 2, true, tcp(seq + 1, 2, ACK), b"x"));
        let mut other = packet(time + 3, true, tcp(seq, 0, SYN), b"");
        other.src_port = 1_000 + u16::try_from(round % 17).unwrap_or(0);
        segments.push(other);
        if round % 3 > 0 {
            segments.push(packet(time + 4, false, tcp(2, seq + 2, RST | ACK), b""));
        }
    }
    for flows in [6, 12, 1_000] {
        let limits = Limits {
            flows,
            ..Limits::default()
        };
        let (together, _) = run(&segments, &limits);
        let mut table = Table::new(&limits);
        let mut notes = Notes::default();
        for segment in &segments {
            table.push(segment, &mut notes);
        }
        table.finish(&mut notes);
        assert_eq!(said(&together), said(&table), "{flows} flows");
        assert_eq!(together.counts, table.counts, "{flows} flows");
    }
}

#[test]
fn silence_ends_a_datagram_flow() {
    let late = 301 * 1_000_000_000;
    let segments = [
        packet(1, true, Detail::None, b"a"),
        packet(2, false, Detail::None, b"b"),
        packet(late, true, Detail::None, b"c"),
    ];
    let (table, _) = run(&segments, &Limits::default());
    assert_eq!(table.rows().len(), 2);
    check(&segments, ">a rtt 1/0 <b >c");
}

#[test]
fn a_reader_that_is_done_hears_no_more() {
    let mut table = Table::new(&Limits::default());
    let mut notes = Notes {
        most_chunks: Some(1),
        ..Notes::default()
    };
    for n in 0..5u32 {
        table.push(&packet(1, true, tcp(n, 0, ACK), b"x"), &mut notes);
    }
    assert_eq!((notes.chunks, notes.kept), (1, 1));
    assert_eq!(table.row(0).map(|r| r.packets), Some([5, 0]));
}

#[test]
fn a_full_table_folds_what_was_never_answered() {
    let limits = Limits {
        flows: 8,
        ..Limits::default()
    };
    let mut table = Table::new(&limits);
    let mut notes = Notes::default();
    for port in 0..100u16 {
        let mut syn = packet(port.into(), true, tcp(1, 0, SYN), b"");
        syn.src_port = 1_000 + port;
        table.push(&syn, &mut notes);
    }
    assert_eq!(table.rows().len(), 8);
    assert_eq!(table.counts.folded_flows, 92);
    assert_eq!(table.counts.folded_packets, 92);
    let frames: Vec<_> = table
        .rows()
        .iter()
        .filter_map(|r| table.row(r))
        .map(|r| r.first_frame)
        .collect();
    assert!(
        frames.is_sorted(),
        "rows stay in order of their first frames"
    );
}

#[test]
fn readers_are_bounded() {
    let limits = Limits {
        live_readers: 4,
        ..Limits::default()
    };
    let mut table = Table::new(&limits);
    let mut notes = Notes::default();
    for port in 0..100u16 {
        let mut data = packet(port.into(), true, tcp(1, 0, ACK), b"x");
        data.src_port = 1_000 + port;
        table.push(&data, &mut notes);
    }
    assert_eq!(table.counts.readers_closed_early, 96);
    table.finish(&mut notes);
    assert_eq!(notes.kept, 100);
}
