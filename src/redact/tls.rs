//! TLS and DTLS: what a handshake says of names and versions stays, keys and tickets go.
//!
//! In:   records of a stream, a datagram, or the handshake of QUIC.
//! Out:  the same frame of lengths and kinds; of the contents what the report reads: names,
//!       protocols, versions, ciphers and the lists that fingerprints are made of, and the
//!       certificates of servers outside the local network.
//! Spec: RFC 8446, RFC 5246, RFC 6066, RFC 7301, RFC 9147, RFC 9000 §18.

use super::canvas::Canvas;
use super::names::Namer;

/// True for the head of a record: kind, version.
pub(super) fn is_record(bytes: &[u8]) -> bool {
    matches!(bytes, [20..=24, 3, 0..=4, ..])
}

/// What is known of who speaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speaker {
    /// Certificates of the local network are its names.
    pub(super) is_hidden: bool,
}

/// Records of one side of a stream, as far as they are records.
pub(super) fn records(bytes: &[u8], namer: &mut Namer<'_>, who: Speaker) -> Vec<u8> {
    let mut made = vec![0; bytes.len()];
    let mut c = Canvas::new(bytes, &mut made);
    let (mut plain, mut places) = (Vec::new(), Vec::new());
    let (mut at, mut sealed) = (0_usize, false);
    while let Some([kind, major, _, high, low]) = c.array::<5>(at) {
        if !matches!((kind, major), (20..=24, 3)) || c.keep(at, 5).is_none() {
            break;
        }
        let body = at.saturating_add(5);
        let len = usize::from(u16::from_be_bytes([high, low]));
        let end = body.saturating_add(len).min(bytes.len());
        match kind {
            20 => {
                sealed = true;
                let _ = c.keep(body, end.saturating_sub(body).min(1));
            }
            21 if !sealed && len == 2 => {
                let _ = c.keep(body, end.saturating_sub(body));
            }
            22 if !sealed => {
                let part = bytes.get(body..end).unwrap_or_default();
                places.push((body, plain.len(), part.len()));
                plain.extend_from_slice(part);
            }
            // After application data nothing is plain (TLS 1.3 without the record of change).
            23 => sealed = true,
            _ => {}
        }
        at = end;
    }
    let mut rewritten = vec![0; plain.len()];
    handshake(&mut Canvas::new(&plain, &mut rewritten), namer, who);
    for (place, from, len) in places {
        let part = rewritten.get(from..from.saturating_add(len));
        let _ = part.and_then(|part| c.put(place, part));
    }
    made
}

/// Handshake messages one behind the other, the last maybe cut.
pub(super) fn handshake(c: &mut Canvas<'_>, namer: &mut Namer<'_>, who: Speaker) {
    let mut at = 0_usize;
    while let Some([kind, a, b, d]) = c.array::<4>(at) {
        let len = usize::try_from(u32::from_be_bytes([0, a, b, d])).unwrap_or(usize::MAX);
        if c.keep(at, 4).is_none() {
            return;
        }
        let body = at.saturating_add(4);
        let end = body.saturating_add(len);
        let _ = message(kind, &mut c.part(body, end), namer, who);
        at = end;
    }
}

/// One message; what is cut off or makes no sense stays blank.
fn message(kind: u8, c: &mut Canvas<'_>, namer: &mut Namer<'_>, who: Speaker) -> Option<()> {
    match kind {
        1 => client_hello(c, namer, 0),
        2 => server_hello(c, namer),
        // Lifetime and length of a ticket (RFC 5077 §3.3).
        4 => c.keep(0, 6),
        // What a server shows everybody: its certificates, and that they hold.
        11 | 22 if !who.is_hidden => {
            c.keep(0, c.len())?;
            certificates(c, namer);
            Some(())
        }
        // An empty list, and blanks behind it.
        11 => None,
        // The curve, how long its key is, and the signature (RFC 8422 §5.4).
        12 if c.u8(0)? == 3 => {
            c.keep(0, 4)?;
            let after = usize::from(c.u8(3)?).checked_add(4)?;
            c.keep(after, c.len().saturating_sub(after))
        }
        15 => c.keep(0, 4.min(c.len())),
        16 => c.keep(0, 1),
        22 => c.keep(0, 4.min(c.len())),
        _ => None,
    }
}

/// A server's certificates say its names; a value that must not be seen may be among them.
fn certificates(c: &mut Canvas<'_>, namer: &mut Namer<'_>) {
    let mut text = c.from().to_vec();
    if namer.values.cover(&mut text) > 0 {
        let _ = c.put(0, &text);
    }
}

/// `cookie` is the length field that DTLS has in it.
fn client_hello(c: &mut Canvas<'_>, namer: &mut Namer<'_>, cookie: usize) -> Option<()> {
    // Version; the random bytes stay blank.
    c.keep(0, 2)?;
    let mut at = 34_usize;
    c.keep(at, 1)?;
    at = usize::from(c.u8(at)?).checked_add(at)?.checked_add(1)?;
    if cookie > 0 {
        c.keep(at, 1)?;
        at = usize::from(c.u8(at)?).checked_add(at)?.checked_add(1)?;
    }
    let ciphers = c.size(at)?.checked_add(2)?;
    c.keep(at, ciphers.min(c.len().saturating_sub(at)))?;
    at = at.checked_add(ciphers)?;
    let methods = usize::from(c.u8(at)?).checked_add(1)?;
    c.keep(at, methods)?;
    extensions(c, at.checked_add(methods)?, namer, true)
}

fn server_hello(c: &mut Canvas<'_>, namer: &mut Namer<'_>) -> Option<()> {
    c.keep(0, 2)?;
    // A request to try again is told by its random bytes (RFC 8446 §4.1.3).
    if c.array::<32>(2)? == TRY_AGAIN {
        c.keep(2, 32)?;
    }
    c.keep(34, 1)?;
    let at = usize::from(c.u8(34)?).checked_add(35)?;
    c.keep(at, 3)?;
    extensions(c, at.checked_add(3)?, namer, false)
}

fn extensions(
    c: &mut Canvas<'_>,
    at: usize,
    namer: &mut Namer<'_>,
    from_client: bool,
) -> Option<()> {
    c.keep(at, 2)?;
    let mut at = at.checked_add(2)?;
    while at < c.len() {
        c.keep(at, 4)?;
        let (kind, len) = (c.u16(at)?, c.size(at.checked_add(2)?)?);
        let start = at.checked_add(4)?;
        at = start.checked_add(len)?;
        let _ = extension(kind, &mut c.part(start, at), namer, from_client);
    }
    Some(())
}

fn extension(
    kind: u16,
    c: &mut Canvas<'_>,
    namer: &mut Namer<'_>,
    from_client: bool,
) -> Option<()> {
    match kind {
        0 => server_names(c, namer),
        // Groups, point formats, signatures, modes, versions, sizes, compression.
        1 | 10 | 11 | 13 | 19 | 20 | 22 | 23 | 27 | 28 | 34 | 43 | 45 | 49 | 50 | 15 => {
            c.keep(0, c.len())
        }
        5 | 65_281 => c.keep(0, c.len().min(1)),
        // Protocols, and their settings.
        16 | 17_513 | 17_613 => {
            let mut text = c.from().to_vec();
            namer.values.cover(&mut text);
            c.put(0, &text)
        }
        // Public logs of certificates.
        18 => c.keep(0, c.len()),
        41 if from_client => keys_shared_before(c),
        41 => c.keep(0, 2),
        51 => key_shares(c, from_client),
        57 => parameters(c),
        0xffa5 => draft_parameters(c),
        // An encrypted hello: kind, ciphers, and how long key and payload are (RFC 9849 §5).
        0xfe0d if from_client => {
            c.keep(0, 8)?;
            let key = c.size(6)?;
            c.keep(key.checked_add(8)?, 2)
        }
        _ => None,
    }
}

fn server_names(c: &mut Canvas<'_>, namer: &mut Namer<'_>) -> Option<()> {
    c.keep(0, 2)?;
    let mut at = 2_usize;
    while at < c.len() {
        c.keep(at, 3)?;
        let len = c.size(at.checked_add(1)?)?;
        let start = at.checked_add(3)?;
        let end = start.checked_add(len)?.min(c.len());
        let name = c.from().get(start..end)?;
        if c.u8(at)? == 0 {
            let made = namer.host(name);
            c.put(start, &made)?;
        }
        at = end;
    }
    Some(())
}

/// Identities and binders by their lengths (RFC 8446 §4.2.11).
fn keys_shared_before(c: &mut Canvas<'_>) -> Option<()> {
    c.keep(0, 2)?;
    let end = c.size(0)?.checked_add(2)?;
    let mut at = 2_usize;
    while at < end {
        c.keep(at, 2)?;
        at = c.size(at)?.checked_add(at)?.checked_add(6)?;
    }
    c.keep(end, 2)?;
    at = end.checked_add(2)?;
    while at < c.len() {
        c.keep(at, 1)?;
        at = usize::from(c.u8(at)?).checked_add(at)?.checked_add(1)?;
    }
    Some(())
}

fn key_shares(c: &mut Canvas<'_>, from_client: bool) -> Option<()> {
    if !from_client {
        return c.keep(0, c.len().min(4));
    }
    c.keep(0, 2)?;
    let mut at = 2_usize;
    while at < c.len() {
        c.keep(at, 4)?;
        let len = c.size(at.checked_add(2)?)?;
        at = at.checked_add(4)?.checked_add(len)?;
    }
    Some(())
}

/// QUIC's transport parameters: which there are, and how long.
fn parameters(c: &mut Canvas<'_>) -> Option<()> {
    let mut at = 0_usize;
    while at < c.len() {
        let (_, after) = variable(c, at)?;
        let (len, value) = variable(c, after)?;
        c.keep(at, value.checked_sub(at)?)?;
        at = value.checked_add(len)?;
    }
    Some(())
}

/// The same as drafts up to 26 wrote it: a list of 16-bit kinds and lengths.
fn draft_parameters(c: &mut Canvas<'_>) -> Option<()> {
    c.keep(0, 2)?;
    let mut at = 2_usize;
    while at < c.len() {
        c.keep(at, 4)?;
        at = c
            .size(at.checked_add(2)?)?
            .checked_add(at)?
            .checked_add(4)?;
    }
    Some(())
}

/// A number of QUIC's (RFC 9000 §16), and what is behind it.
fn variable(c: &Canvas<'_>, at: usize) -> Option<(usize, usize)> {
    let first = c.u8(at)?;
    let width = 1_usize << (first >> 6);
    let end = at.checked_add(width)?;
    let rest = c.from().get(at.checked_add(1)?..end)?;
    let start = u64::from(first & 0x3f);
    let number = rest
        .iter()
        .fold(start, |number, byte| number << 8 | u64::from(*byte));
    Some((usize::try_from(number).ok()?, end))
}

/// Random bytes of a HelloRetryRequest.
const TRY_AGAIN: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// Records of a datagram (RFC 9147 §4): of handshakes that lie in one piece the contents too.
pub(super) fn datagram(c: &mut Canvas<'_>, namer: &mut Namer<'_>, who: Speaker) -> Option<()> {
    let mut at = 0_usize;
    loop {
        let [kind, major] = c.array(at)?;
        if !matches!((kind, major), (20..=26, 0xfe)) {
            return None;
        }
        c.keep(at, 13)?;
        let epoch = c.u16(at.checked_add(3)?)?;
        let body = at.checked_add(13)?;
        let end = c.size(at.checked_add(11)?)?.checked_add(body)?;
        let mut record = c.part(body, end);
        match (kind, epoch) {
            (20, 0) | (21, 0) => record.keep(0, record.len())?,
            (22, 0) => {
                let _ = datagram_message(&mut record, namer, who);
            }
            _ => {}
        }
        at = end;
    }
}

fn datagram_message(c: &mut Canvas<'_>, namer: &mut Namer<'_>, who: Speaker) -> Option<()> {
    c.keep(0, 12)?;
    let kind = c.u8(0)?;
    let is_first = c.array::<3>(6)? == [0; 3];
    let mut body = c.after(12);
    match kind {
        1 if is_first => client_hello(&mut body, namer, 1),
        // Version, and a cookie of which the length stays.
        3 if is_first => body.keep(0, 3),
        2 | 11 | 12 | 16 if is_first => message(kind, &mut body, namer, who),
        _ => None,
    }
}
