//! Databases, reached over the open Internet more often than one would think.
//!
//! In:   streams (and memcached's datagrams). Out: `mysql`, `postgresql`, `redis`, `mongodb`,
//!       `memcached`, `tds`.
//! Spec: MySQL Internals "Protocol::HandshakeV10"; PostgreSQL 17 §54.7 (StartupMessage,
//!       SSLRequest); RESP; MongoDB Wire Protocol "Message Header"; memcached `protocol.txt`;
//!       MS-TDS §2.2.6.5.

use super::shape::{at, be16, be32, begins, begins_any, datagram, le32, len16, len32, stream};
use super::{both, tcp, turning};
use crate::inspect::{Probe, Protocol};
use crate::model::{Carrier, Chunk};

/// MySQL and MariaDB, by the server's greeting.
pub(super) const MYSQL: Protocol = turning(tcp("mysql", |chunk| stream(mysql(chunk.bytes))));
/// PostgreSQL, by the client's first message.
pub(super) const POSTGRESQL: Protocol =
    turning(tcp("postgresql", |chunk| stream(postgresql(chunk.bytes))));
/// Redis.
pub(super) const REDIS: Protocol = tcp("redis", |chunk| stream(redis(chunk.bytes)));
/// MongoDB.
pub(super) const MONGODB: Protocol = tcp("mongodb", |chunk| stream(mongodb(chunk.bytes)));
/// Memcached, on its port.
pub(super) const MEMCACHED: Protocol = both("memcached", memcached).ports(&[11_211]);
/// Microsoft's SQL server.
pub(super) const TDS: Protocol = tcp("tds", |chunk| stream(tds(chunk.bytes)));

/// A length below 256 (16 bits), the packet number 0 and version 10 (16 bits), then a version
/// in text: a digit, then a digit or a point (10 bits).
fn mysql(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? < 32 || be32(bytes, 1)? != 10 {
        return Some(false);
    }
    let second = at(bytes, 6)?;
    Some(at(bytes, 5)?.is_ascii_digit() && (second.is_ascii_digit() || second == b'.'))
}

/// The request for TLS or GSS (64 bits) or to call off a query (55 bits), or version 3.0 and a first parameter (80 bits).
fn postgresql(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != 0 || at(bytes, 1)? != 0 {
        return Some(false);
    }
    let len = len32(bytes, 0)?;
    match be32(bytes, 4)? {
        0x04d2_162f | 0x04d2_1630 => Some(len == 8),
        // A query called off, by process and key.
        0x04d2_162e => Some((16..512).contains(&len)),
        0x0003_0000 => begins_any(
            bytes.get(8..)?,
            &[
                b"user\0",
                b"database\0",
                b"client_encoding\0",
                b"application_name\0",
                b"replication\0",
            ],
        ),
        _ => Some(false),
    }
}

/// An array of up to 999 strings: digits and line ends where they must be (36 bits or more); or
/// one of the answers that nothing else gives.
fn redis(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 0)? != b'*' {
        return begins_any(
            bytes,
            &[b"+PONG\r\n", b"-NOAUTH ", b"-WRONGPASS ", b"-DENIED Redis"],
        );
    }
    let mut place = number(bytes, 1)?;
    if place == 0 || at(bytes, place)? != b'$' {
        return Some(false);
    }
    place = number(bytes, place.saturating_add(1))?;
    Some(place != 0)
}

/// Where the line of one to three digits at `place` ends; 0 if it is no such line.
fn number(bytes: &[u8], place: usize) -> Option<usize> {
    for end in place..place.saturating_add(4) {
        match at(bytes, end)? {
            b'0'..=b'9' => {}
            b'\r' if end > place => {
                let next = end.saturating_add(1);
                return Some(if at(bytes, next)? == b'\n' {
                    next.saturating_add(1)
                } else {
                    0
                });
            }
            _ => return Some(0),
        }
    }
    Some(0)
}

/// A length below 2^20 (12 bits), an answer to nothing (32 bits) and an operation (29 bits).
fn mongodb(bytes: &[u8]) -> Option<bool> {
    if at(bytes, 3)? != 0 || !(16..1 << 20).contains(&le32(bytes, 0)?) {
        return Some(false);
    }
    if le32(bytes, 8)? != 0 {
        return Some(false);
    }
    Some(matches!(le32(bytes, 12)?, 2004 | 2012 | 2013))
}

/// Port 11211 and a command, in text or binary; with datagrams behind an 8-byte header of one
/// part (48 bits).
fn memcached(chunk: &Chunk<'_>) -> Probe {
    if !chunk.has_port(11_211) {
        return Probe::No;
    }
    match chunk.carrier {
        Carrier::Tcp => stream(command(chunk.bytes)),
        Carrier::Udp => datagram(framed_command(chunk.bytes)),
    }
}

fn framed_command(bytes: &[u8]) -> Option<bool> {
    if be16(bytes, 2)? != 0 || be16(bytes, 6)? != 0 {
        return Some(false);
    }
    command(bytes.get(8..)?)
}

fn command(bytes: &[u8]) -> Option<bool> {
    begins_any(
        bytes,
        &[
            b"get ",
            b"gets ",
            b"set ",
            b"add ",
            b"delete ",
            b"incr ",
            b"stats",
            b"version",
            b"mg ",
            b"ms ",
            b"VALUE ",
            b"STAT ",
            b"END\r\n",
            b"STORED\r\n",
            b"VERSION ",
            b"\x80\x00\x00",
            b"\x80\x01\x00",
            b"\x80\x0a\x00\x00",
            b"\x80\x0b\x00\x00",
        ],
    )
}

/// A packet before the login (8 bits), alone (8 bits), of at most 1,024 bytes (6 bits), from
/// process 0 (16 bits) without a window (8 bits), with its first option at its place (16 bits).
fn tds(bytes: &[u8]) -> Option<bool> {
    if !begins(bytes, &[0x12, 1])? {
        return Some(false);
    }
    let len = len16(bytes, 2)?;
    if !(20..=1024).contains(&len) || be16(bytes, 4)? != 0 || at(bytes, 7)? != 0 {
        return Some(false);
    }
    Some(at(bytes, 8)? == 0 && at(bytes, 9)? == 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::shape::tests::{check_tcp, check_udp, hex};

    #[test]
    fn greetings_and_first_messages() {
        check_tcp(3306, b"\x4a\0\0\0\x0a8.0.36\0", "mysql");
        check_tcp(3306, b"\x4a\0\0\0\x09a.0.36\0", "");
        check_tcp(5432, &hex("00000008 04d2162f"), "postgresql");
        check_tcp(5432, b"\0\0\0\x29\0\x03\0\0user\0me\0", "postgresql");
        check_tcp(1433, &hex("1201002f 00000000 00 001a 0006"), "tds");
    }

    #[test]
    fn stores() {
        check_tcp(6379, b"*1\r\n$4\r\nPING\r\n", "redis");
        check_tcp(6379, b"*1\r\n+4\r\n", "");
        check_tcp(
            27_017,
            &hex("3a000000 01000000 00000000 d4070000"),
            "mongodb",
        );
        check_tcp(11_211, b"get a\r\n", "memcached");
        check_udp(11_211, b"\0\x01\0\0\0\x01\0\0stats\r\n", "memcached");
        check_tcp(11_212, b"get a\r\n", "");
    }
}
