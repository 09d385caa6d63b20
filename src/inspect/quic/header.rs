//! The headers of QUIC packets, as far as they are readable by anyone.
//!
//! In:   what is left of a datagram.
//! Out:  one packet's header and where the packet ends.
//! Spec: RFC 8999, RFC 9000 §17.2 and §16, RFC 9369 §3.2.
//!
//! Nothing here allocates. No length is believed beyond the bytes that are there.

use super::version::Version;
use crate::wire::{Cursor, Malformed};

/// The kind of a long-header packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    VersionNegotiation,
    Initial,
    ZeroRtt,
    Handshake,
    Retry,
}

/// A packet with a long header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Long<'a> {
    pub(crate) kind: Kind,
    pub(crate) version: Version,
    pub(crate) destination: &'a [u8],
    pub(crate) source: &'a [u8],
    /// The packet from its first byte to its last; all that is left where it has no length.
    pub(crate) packet: &'a [u8],
    /// Where in `packet` the protected packet number starts; 0 where there is none.
    pub(crate) number_at: usize,
    /// Bytes that the header says belong to the packet and that are not there.
    pub(crate) missing: usize,
}

impl<'a> Long<'a> {
    /// Takes the next packet from `datagram`. `None` if what follows has no long header.
    pub(crate) fn next(datagram: &mut Cursor<'a>) -> Result<Option<Self>, Malformed> {
        let all = datagram.rest();
        let mut input = *datagram;
        let first = input.u8("first byte")?;
        if first & LONG == 0 {
            return Ok(None);
        }
        let version = Version(input.u32("version")?);
        let destination = connection_id(&mut input)?;
        let source = connection_id(&mut input)?;
        let kind = kind(first, version);
        if kind == Kind::Initial {
            let len = variable(&mut input, "token length")?;
            input.skip("token", usize::try_from(len).unwrap_or(usize::MAX))?;
        }
        let mut packet = Long {
            kind,
            version,
            destination,
            source,
            packet: all,
            number_at: 0,
            missing: 0,
        };
        if matches!(kind, Kind::VersionNegotiation | Kind::Retry) {
            datagram.take_up_to(all.len());
            return Ok(Some(packet));
        }
        let len = usize::try_from(variable(&mut input, "length")?).unwrap_or(usize::MAX);
        packet.number_at = all.len().saturating_sub(input.left());
        packet.missing = len.saturating_sub(input.left());
        packet.packet = datagram.take_up_to(packet.number_at.saturating_add(len));
        Ok(Some(packet))
    }
}

/// A variable-length integer (RFC 9000 §16).
pub(crate) fn variable(input: &mut Cursor<'_>, field: &'static str) -> Result<u64, Malformed> {
    let first = input.u8(field)?;
    let more = match first >> 6 {
        0 => 0,
        1 => 1,
        2 => 3,
        _ => 7,
    };
    let rest = input.take(field, more)?;
    let start = u64::from(first & 0x3f);
    Ok(rest
        .iter()
        .fold(start, |value, byte| value << 8 | u64::from(*byte)))
}

fn connection_id<'a>(input: &mut Cursor<'a>) -> Result<&'a [u8], Malformed> {
    let len = input.u8("connection id length")?;
    if len > MAX_CONNECTION_ID {
        return Err(Malformed::Illegal {
            field: "connection id length",
            value: len.into(),
        });
    }
    input.take("connection id", len.into())
}

fn kind(first: u8, version: Version) -> Kind {
    if version.0 == 0 {
        return Kind::VersionNegotiation;
    }
    // Version 2 counts from one further (RFC 9369 §3.2).
    let shift = u8::from(version.is_second());
    match (first >> 4 & 3).wrapping_sub(shift) & 3 {
        0 => Kind::Initial,
        1 => Kind::ZeroRtt,
        2 => Kind::Handshake,
        _ => Kind::Retry,
    }
}

/// Header form bit.
pub(crate) const LONG: u8 = 0x80;
/// Always one, except where both ends agreed to grease it (RFC 9287).
pub(crate) const FIXED: u8 = 0x40;
/// RFC 9000 §17.2.
const MAX_CONNECTION_ID: u8 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_examples_of_the_rfc() {
        let check = |bytes: &[u8], want| {
            assert_eq!(variable(&mut Cursor::new(bytes), "x"), Ok(want));
        };
        check(
            &[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c],
            151_288_809_941_952_652,
        );
        check(&[0x9d, 0x7f, 0x3e, 0x7d], 494_878_333);
        check(&[0x7b, 0xbd], 15_293);
        check(&[0x25], 37);
    }

    #[test]
    fn a_length_beyond_the_datagram_is_counted() {
        let bytes = [0xc0, 0, 0, 0, 1, 1, 9, 0, 0, 0x44, 0, 1, 2, 3];
        let mut datagram = Cursor::new(&bytes);
        let packet = Long::next(&mut datagram).unwrap().unwrap();
        assert_eq!((packet.number_at, packet.missing), (11, 0x400 - 3));
        assert!(datagram.is_empty());
    }
}
