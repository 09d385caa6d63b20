//! The hello of SSL 2.0, which clients sent until about 2010 even to ask for TLS.
//!
//! In:   the first bytes of a stream.
//! Out:  whether they are such a hello, and what it offers.
//! Spec: RFC 5246 appendix E.2.

use super::fingerprint;
use super::hello::ClientHelloView;
use super::tell::Under;
use crate::inspect::Probe;
use crate::model::ClientHello;
use crate::wire::{Cursor, Malformed};

/// Whether a stream starts with one. `Maybe` until all of it is there.
pub(crate) fn probe(bytes: &[u8]) -> Probe {
    match read(bytes) {
        Ok(_) => Probe::Yes,
        Err(Malformed::Short { .. }) => Probe::Maybe,
        Err(Malformed::Illegal { .. }) => Probe::No,
    }
}

/// The hello and its length on the wire. It has no JA3 (that is left at zero), no name and no
/// extensions.
pub(crate) fn read(bytes: &[u8]) -> Result<(ClientHello, usize), Malformed> {
    let mut input = Cursor::new(bytes);
    let head = input.u16("record length")?;
    let len = head & 0x7fff;
    check(
        "record length",
        len,
        head & 0x8000 != 0 && (9..=MAX_RECORD).contains(&len),
    )?;
    let kind = input.u8("msg_type")?;
    check("msg_type", kind.into(), kind == CLIENT_HELLO)?;
    let version = input.u16("version")?;
    check(
        "version",
        version,
        matches!(version, 0x0002 | 0x0300..=0x0303),
    )?;
    let ciphers = input.u16("cipher_spec_length")?;
    check(
        "cipher_spec_length",
        ciphers,
        ciphers != 0 && ciphers.is_multiple_of(3),
    )?;
    let session = input.u16("session_id_length")?;
    check("session_id_length", session, matches!(session, 0 | 16))?;
    let challenge = input.u16("challenge_length")?;
    check(
        "challenge_length",
        challenge,
        (16..=32).contains(&challenge),
    )?;
    let sum = 9_u32
        .saturating_add(ciphers.into())
        .saturating_add(session.into())
        .saturating_add(challenge.into());
    check("record length", len, sum == u32::from(len))?;
    let specs = input.take("cipher_specs", ciphers.into())?;
    input.skip("session_id", session.into())?;
    input.skip("challenge", challenge.into())?;
    let (specs, _) = specs.as_chunks::<3>();
    // Those of SSL 3.0 and TLS begin with a zero byte; the others are of SSL 2.0 alone.
    let suites: Vec<u8> = specs
        .iter()
        .filter(|[first, _, _]| *first == 0)
        .flat_map(|[_, high, low]| [*high, *low])
        .collect();
    let view = ClientHelloView {
        legacy_version: version,
        ciphers: &suites,
        ..ClientHelloView::default()
    };
    let hello = ClientHello {
        ja4: fingerprint::Prints::default().ja4(&view, Under::Tls),
        version,
        ciphers: ciphers / 3,
        resumes: session != 0,
        ..ClientHello::default()
    };
    let end = usize::from(len).saturating_add(2);
    Ok((hello, end))
}

fn check(field: &'static str, value: u16, holds: bool) -> Result<(), Malformed> {
    if holds {
        Ok(())
    } else {
        Err(Malformed::Illegal {
            field,
            value: value.into(),
        })
    }
}

const CLIENT_HELLO: u8 = 1;
/// More ciphers than were ever defined fit into this.
const MAX_RECORD: u16 = 1024;

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn hello() -> Vec<u8> {
        let mut bytes = vec![0x80, 31, 1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 4, 1, 0, 0x80];
        bytes.extend([5; 16]);
        bytes
    }

    #[test]
    fn reads_what_it_offers() {
        let (hello, end) = read(&hello()).unwrap();
        assert_eq!((hello.version, hello.ciphers, end), (0x0301, 2, 33));
        assert!(hello.ja4.starts_with("t10i010000_"));
    }

    #[test]
    fn waits_for_all_of_it_and_takes_nothing_else() {
        let bytes = hello();
        for len in 0..bytes.len() {
            assert_eq!(probe(&bytes[..len]), Probe::Maybe, "{len}");
        }
        assert_eq!(probe(&bytes), Probe::Yes);
        assert_eq!(probe(b"GET / HTTP/1.1"), Probe::No);
        assert_eq!(probe(&[0x80, 31, 1, 3, 9]), Probe::No);
    }
}
