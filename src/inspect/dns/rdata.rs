//! The data of resource records in presentation form.
//!
//! In:   the type and the RDATA of one record, and the message around it.
//! Out:  text, addresses, and whether an ECH configuration is offered.
//! Spec: RFC 1035 §3.3, §5.1 (A, CNAME, PTR, NS, MX, SOA, TXT, HINFO), RFC 3596 (AAAA),
//!       RFC 2782 (SRV), RFC 9460 §2.1 and RFC 9848 (SVCB, HTTPS), RFC 8659 (CAA),
//!       RFC 3597 §5 (all others, and whatever does not fit its type).
//!
//! Text is at most a small multiple of the RDATA plus the names it points at, which
//! [`name::expand`] bounds. Names have no final dot, but the root alone is `.`.

use super::name;
use crate::wire::{Cursor, Malformed};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) const A: u16 = 1;
pub(super) const NS: u16 = 2;
pub(super) const CNAME: u16 = 5;
pub(super) const SOA: u16 = 6;
pub(super) const PTR: u16 = 12;
pub(super) const HINFO: u16 = 13;
pub(super) const MX: u16 = 15;
pub(super) const TXT: u16 = 16;
pub(super) const AAAA: u16 = 28;
pub(super) const SRV: u16 = 33;
pub(super) const DNAME: u16 = 39;
pub(super) const OPT: u16 = 41;
pub(super) const SVCB: u16 = 64;
pub(super) const HTTPS: u16 = 65;
pub(super) const CAA: u16 = 257;

/// What a record says besides its text.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) ech: bool,
}

/// Where the RDATA lies: `bytes` begins at byte `base` of `whole`.
#[derive(Clone, Copy)]
pub(super) struct Rdata<'a> {
    pub(super) whole: &'a [u8],
    pub(super) base: usize,
    pub(super) bytes: &'a [u8],
}

impl<'a> Rdata<'a> {
    /// Appends the data in presentation form. Data that does not fit its type is written as
    /// that of an unknown type: nothing is lost, nothing is guessed.
    pub(super) fn present(self, kind: u16, out: &mut Vec<u8>) -> Facts {
        let mark = out.len();
        let mut facts = Facts::default();
        let mut cursor = Cursor::new(self.bytes);
        let done = self.known(kind, &mut cursor, out, &mut facts);
        if done != Ok(true) || !cursor.is_empty() {
            out.truncate(mark);
            unknown(self.bytes, out);
            return Facts::default();
        }
        facts
    }

    /// `Ok(false)` where the type has no form of its own.
    fn known(
        self,
        kind: u16,
        cursor: &mut Cursor<'a>,
        out: &mut Vec<u8>,
        facts: &mut Facts,
    ) -> Result<bool, Malformed> {
        match kind {
            A => {
                let address = Ipv4Addr::from(cursor.array::<4>("address")?);
                print(out, format_args!("{address}"));
                facts.addresses.push(address.into());
            }
            AAAA => {
                let address = Ipv6Addr::from(cursor.array::<16>("address")?);
                print(out, format_args!("{address}"));
                facts.addresses.push(address.into());
            }
            NS | CNAME | PTR | DNAME => self.name(cursor, out)?,
            MX => {
                self.numbers(1, cursor, out)?;
                self.name(cursor, out)?;
            }
            SRV => {
                self.numbers(3, cursor, out)?;
                self.name(cursor, out)?;
            }
            SOA => self.start_of_authority(cursor, out)?,
            TXT | HINFO => strings(cursor, out)?,
            CAA => authorisation(cursor, out)?,
            SVCB | HTTPS => {
                self.numbers(1, cursor, out)?;
                self.name(cursor, out)?;
                parameters(cursor, out, facts)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn name(self, cursor: &mut Cursor<'a>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let start = self.bytes.len().saturating_sub(cursor.left());
        name::skip(cursor)?;
        let mark = out.len();
        name::expand(self.whole, self.base.saturating_add(start), out)?;
        if out.len() == mark {
            out.push(b'.');
        }
        Ok(())
    }

    /// `count` 16-bit numbers, each followed by a space.
    fn numbers(
        self,
        count: u8,
        cursor: &mut Cursor<'a>,
        out: &mut Vec<u8>,
    ) -> Result<(), Malformed> {
        for _ in 0..count {
            print(out, format_args!("{} ", cursor.u16("number")?));
        }
        Ok(())
    }

    fn start_of_authority(
        self,
        cursor: &mut Cursor<'a>,
        out: &mut Vec<u8>,
    ) -> Result<(), Malformed> {
        self.name(cursor, out)?;
        out.push(b' ');
        self.name(cursor, out)?;
        for _ in 0..5 {
            print(out, format_args!(" {}", cursor.u32("number")?));
        }
        Ok(())
    }
}

/// Character strings in quotes (RFC 1035 §5.1).
fn strings(cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut first = true;
    while !cursor.is_empty() {
        if !first {
            out.push(b' ');
        }
        first = false;
        quoted(cursor.vector("character string", 1)?, out);
    }
    Ok(())
}

fn quoted(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    name::escape(bytes, b"\"", out);
    out.push(b'"');
}

/// CAA: flags, tag, value (RFC 8659 §4.1).
fn authorisation(cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    print(out, format_args!("{} ", cursor.u8("flags")?));
    name::escape(cursor.vector("tag", 1)?, b" \"", out);
    out.push(b' ');
    quoted(cursor.take_up_to(usize::MAX), out);
    Ok(())
}

/// SvcParams (RFC 9460 §2.2, §7).
fn parameters(
    cursor: &mut Cursor<'_>,
    out: &mut Vec<u8>,
    facts: &mut Facts,
) -> Result<(), Malformed> {
    while !cursor.is_empty() {
        let key = cursor.u16("key")?;
        let value = cursor.vector("value", 2)?;
        out.push(b' ');
        key_name(key, out);
        if !value.is_empty() {
            out.push(b'=');
        }
        let mut value = Cursor::new(value);
        parameter(key, &mut value, out, facts)?;
        facts.ech |= key == ECH;
    }
    Ok(())
}

fn parameter(
    key: u16,
    value: &mut Cursor<'_>,
    out: &mut Vec<u8>,
    facts: &mut Facts,
) -> Result<(), Malformed> {
    let mut comma = Comma(false);
    match key {
        MANDATORY => {
            while !value.is_empty() {
                comma.write(out);
                key_name(value.u16("key")?, out);
            }
        }
        ALPN => {
            while !value.is_empty() {
                comma.write(out);
                name::escape(value.vector("alpn-id", 1)?, b", \"", out);
            }
        }
        PORT => print(out, format_args!("{}", value.u16("port")?)),
        IPV4_HINT => {
            while !value.is_empty() {
                let address = Ipv4Addr::from(value.array::<4>("ipv4hint")?);
                comma.write(out);
                print(out, format_args!("{address}"));
                facts.addresses.push(address.into());
            }
        }
        IPV6_HINT => {
            while !value.is_empty() {
                let address = Ipv6Addr::from(value.array::<16>("ipv6hint")?);
                comma.write(out);
                print(out, format_args!("{address}"));
                facts.addresses.push(address.into());
            }
        }
        ECH => base64(value.take_up_to(usize::MAX), out),
        _ => name::escape(value.take_up_to(usize::MAX), b" \"", out),
    }
    Ok(())
}

struct Comma(bool);

impl Comma {
    /// A comma from the second call on.
    fn write(&mut self, out: &mut Vec<u8>) {
        if self.0 {
            out.push(b',');
        }
        self.0 = true;
    }
}

const MANDATORY: u16 = 0;
const ALPN: u16 = 1;
const PORT: u16 = 3;
const IPV4_HINT: u16 = 4;
const ECH: u16 = 5;
const IPV6_HINT: u16 = 6;

/// IANA registry "DNS SVCB Service Parameter Keys".
fn key_name(key: u16, out: &mut Vec<u8>) {
    let word: &[u8] = match key {
        MANDATORY => b"mandatory",
        ALPN => b"alpn",
        2 => b"no-default-alpn",
        PORT => b"port",
        IPV4_HINT => b"ipv4hint",
        ECH => b"ech",
        IPV6_HINT => b"ipv6hint",
        7 => b"dohpath",
        8 => b"ohttp",
        _ => return print(out, format_args!("key{key}")),
    };
    out.extend_from_slice(word);
}

/// RFC 3597 §5: `\# 3 0a0b0c`.
fn unknown(bytes: &[u8], out: &mut Vec<u8>) {
    print(out, format_args!("\\# {}", bytes.len()));
    if !bytes.is_empty() {
        out.push(b' ');
    }
    for byte in bytes {
        print(out, format_args!("{byte:02x}"));
    }
}

/// RFC 4648 §4.
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (place, shift) in [18_u32, 12, 6, 0].into_iter().enumerate() {
            let digit = usize::try_from(bits >> shift & 0x3f).unwrap_or(0);
            let digit = DIGITS.get(digit).copied().unwrap_or(b'=');
            out.push(if place > group.len() { b'=' } else { digit });
        }
    }
}

fn print(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a Vec cannot fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: u16, bytes: &[u8], want: &str) -> Facts {
        let mut out = Vec::new();
        let facts = Rdata {
            whole: bytes,
            base: 0,
            bytes,
        }
        .present(kind, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), want);
        facts
    }

    #[test]
    fn presents_each_type() {
        check(A, &[192, 0, 2, 1], "192.0.2.1");
        check(CNAME, b"\x01a\x02io\0", "a.io");
        check(MX, b"\0\x0a\x02mx\0", "10 mx");
        check(MX, b"\0\0\0", "0 .");
        check(SRV, b"\0\x01\0\x02\x14\x66\x01t\0", "1 2 5222 t");
        check(TXT, b"\x03a\"b\0\x01\x07", "\"a\\\"b\" \"\" \"\\007\"");
        check(CAA, b"\0\x05issueca.io", "0 issue \"ca.io\"");
        check(
            SOA,
            b"\x01m\0\x01r\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05",
            "m r 1 2 3 4 5",
        );
        let mut v6 = [0; 16];
        v6[15] = 1;
        check(AAAA, &v6, "::1");
    }

    #[test]
    fn writes_what_does_not_fit_as_unknown() {
        check(A, &[1, 2, 3], "\\# 3 010203");
        check(CNAME, b"\x01a\0x", "\\# 4 01610078");
        check(999, b"", "\\# 0");
        check(999, &[255], "\\# 1 ff");
    }

    /// RFC 9460 appendix D: the wire forms and their presentation.
    #[test]
    fn reads_service_bindings() {
        let target = b"\x03foo\x07example\x03com\0";
        let with = |priority: u8, rest: &[u8]| [&[0, priority][..], target, rest].concat();
        check(HTTPS, &with(0, b""), "0 foo.example.com");
        check(SVCB, b"\0\x01\0", "1 .");
        check(
            SVCB,
            &with(16, b"\0\x03\0\x02\0\x35"),
            "16 foo.example.com port=53",
        );
        check(
            SVCB,
            &with(1, b"\x02\x9b\0\x05hello"),
            "1 foo.example.com key667=hello",
        );
        let facts = check(
            HTTPS,
            &with(
                1,
                b"\0\x01\0\x06\x02h2\x02h3\0\x04\0\x04\xc0\0\x02\x01\0\x05\0\x04\0\x01\x02\x03",
            ),
            "1 foo.example.com alpn=h2,h3 ipv4hint=192.0.2.1 ech=AAECAw==",
        );
        assert!(facts.ech);
        assert_eq!(facts.addresses, [IpAddr::from([192, 0, 2, 1])]);
        // A hint that is no multiple of four octets spoils the record.
        check(HTTPS, b"\0\x01\0\0\x04\0\x01\x01", "\\# 8 0001000004000101");
    }
}
