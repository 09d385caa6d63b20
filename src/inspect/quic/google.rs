//! Google's QUIC before it became an IETF standard.
//!
//! In:   the first datagrams of a flow; for Q050 what the CRYPTO frames held.
//! Out:  the version, and the server name of a client hello (`CHLO`).
//! Spec: "QUIC Wire Layout Specification" and "QUIC Crypto" (Google, 2013 to 2019): a public
//!       header with flags, connection ID and version; the hello is a table of tags whose
//!       values follow in the same order.
//!
//! Up to Q046 the hello is in the clear. What stands in front of it (packet number, hash, frame
//! header) changed with nearly every version but never takes [`HELLO_WITHIN`] bytes.

use super::header;
use super::version::Version;
use crate::wire::{Cursor, Malformed};
use memchr::memmem;

/// The version in the first datagrams of a client.
pub(crate) fn version(datagram: &[u8]) -> Option<Version> {
    let mut input = Cursor::new(datagram);
    let flags = input.u8("public flags").ok()?;
    if flags & header::LONG == 0 {
        // The version flag, and a connection ID of eight bytes in front of it.
        if flags & VERSION == 0 || flags & CONNECTION_ID == 0 || flags & RESET != 0 {
            return None;
        }
        input.skip("connection id", 8).ok()?;
    }
    let version = Version(input.u32("version").ok()?);
    version.is_cleartext_google().then_some(version)
}

/// The server name in the client hello of a datagram up to Q046.
pub(crate) fn cleartext_name(datagram: &[u8]) -> Option<&[u8]> {
    let head = datagram.get(..HELLO_WITHIN.min(datagram.len()))?;
    let at = memmem::find(head, CLIENT_HELLO)?;
    name(datagram.get(at..)?).ok().flatten()
}

/// The server name in a client hello. It may be cut behind the name.
pub(crate) fn name(hello: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    let mut table = Cursor::new(hello);
    table.skip("CHLO", CLIENT_HELLO.len())?;
    let count = usize::from(table.u16_le("number of tags")?);
    if count > MAX_TAGS {
        return Err(Malformed::Illegal {
            field: "number of tags",
            value: u64::try_from(count).unwrap_or(u64::MAX),
        });
    }
    table.skip("padding", 2)?;
    let mut values = table;
    values.skip("tags", count.saturating_mul(8))?;
    let mut start = 0;
    for _ in 0..count {
        let tag = table.array::<4>("tag")?;
        let end = usize::try_from(table.u32_le("end offset")?).unwrap_or(usize::MAX);
        let len = end.checked_sub(start).ok_or(Malformed::Illegal {
            field: "end offset",
            value: u64::try_from(end).unwrap_or(u64::MAX),
        })?;
        let value = values.take("value", len)?;
        if tag == *SERVER_NAME {
            return Ok(Some(value).filter(|name| !name.is_empty()));
        }
        start = end;
    }
    Ok(None)
}

/// True if a handshake stream is Google's own instead of TLS.
pub(crate) fn is_hello(stream: &[u8]) -> bool {
    stream.starts_with(CLIENT_HELLO)
}

const CLIENT_HELLO: &[u8; 4] = b"CHLO";
const SERVER_NAME: &[u8; 4] = b"SNI\0";
/// Public flags.
const VERSION: u8 = 0x01;
const RESET: u8 = 0x02;
const CONNECTION_ID: u8 = 0x08;
/// Headers, hash and frame header in front of the hello: at most some sixty bytes.
const HELLO_WITHIN: usize = 128;
const MAX_TAGS: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(tags: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut table = Vec::new();
        let mut values = Vec::new();
        for (tag, value) in tags {
            values.extend_from_slice(value);
            table.extend_from_slice(*tag);
            table.extend_from_slice(&u32::try_from(values.len()).unwrap().to_le_bytes());
        }
        let count = u16::try_from(tags.len()).unwrap().to_le_bytes();
        [&b"CHLO"[..], &count, &[0, 0], &table, &values].concat()
    }

    #[test]
    fn finds_the_name() {
        let hello = hello(&[
            (b"PAD\0", b"---"),
            (b"SNI\0", b"g.example"),
            (b"VER\0", b"Q043"),
        ]);
        assert_eq!(name(&hello), Ok(Some(&b"g.example"[..])));
        assert_eq!(name(&hello[..hello.len() - 1]), Ok(Some(&b"g.example"[..])));
        assert!(name(&hello[..30]).is_err());
        let datagram = [&[0x0d; 27][..], &hello].concat();
        assert_eq!(cleartext_name(&datagram), Some(&b"g.example"[..]));
    }

    #[test]
    fn offsets_that_go_back_are_refused() {
        let mut bytes = hello(&[(b"PAD\0", b"---"), (b"SNI\0", b"g.example")]);
        bytes[20] = 1;
        assert!(name(&bytes).is_err());
    }

    #[test]
    fn reads_the_version() {
        let old = [&[0x0d][..], &[1; 8], b"Q043", &[1]].concat();
        assert_eq!(version(&old), Some(Version(u32::from_be_bytes(*b"Q043"))));
        let new = [&[0xc3][..], b"Q046", &[0x50]].concat();
        assert_eq!(version(&new), Some(Version(u32::from_be_bytes(*b"Q046"))));
        assert_eq!(version(&[&[0xc3][..], b"Q050", &[0x50]].concat()), None);
        assert_eq!(version(b"GET / HTTP/1.1\r\n"), None);
    }
}
