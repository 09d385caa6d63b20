//! DNS messages, mDNS, LLMNR and NetBIOS names: public names stay, the others are replaced.
//!
//! In:   a message.
//! Out:  the same message with every name as long as it was, so that nothing moves.
//! Spec: RFC 1035 §4, RFC 6891 (OPT), RFC 9460 (SVCB), RFC 1002 §4.2 (NetBIOS).
//!
//! Pointers are followed a bounded number of times. What is no name, number or address of a
//! known kind of record is left blank.

use super::canvas::Canvas;
use super::names::{Family, Namer};

/// Labels of a name, pointers followed.
const MOST_LABELS: usize = 128;
/// Pointers followed in one name.
const MOST_POINTERS: usize = 16;
/// Records of a message.
const MOST_RECORDS: usize = 4_096;

/// Rewrites a message as far as it makes sense.
pub(super) fn message(c: &mut Canvas<'_>, namer: &mut Namer<'_>, family: Family) -> Option<()> {
    c.keep(0, 12)?;
    let questions = c.size(4)?;
    let records = [6, 8, 10]
        .into_iter()
        .filter_map(|at| c.size(at))
        .fold(0, usize::saturating_add);
    let mut at = 12;
    for _ in 0..questions.min(MOST_RECORDS) {
        at = name(c, at, namer, family)?;
        c.keep(at, 4)?;
        at = at.checked_add(4)?;
    }
    for _ in 0..records.min(MOST_RECORDS) {
        at = record(c, at, namer, family)?;
    }
    Some(())
}

fn record(c: &mut Canvas<'_>, at: usize, namer: &mut Namer<'_>, family: Family) -> Option<usize> {
    let at = name(c, at, namer, family)?;
    c.keep(at, 10)?;
    let kind = c.u16(at)?;
    let len = c.size(at.checked_add(8)?)?;
    let start = at.checked_add(10)?;
    let end = start.checked_add(len)?;
    // Of an rdata that does not make sense the rest stays blank.
    let _ = rdata(c, kind, (start, end), namer, family);
    (end <= c.len()).then_some(end)
}

fn rdata(
    c: &mut Canvas<'_>,
    kind: u16,
    (start, end): (usize, usize),
    namer: &mut Namer<'_>,
    family: Family,
) -> Option<()> {
    let len = end.checked_sub(start)?;
    match kind {
        1 if len == 4 => address(c, start, c.v4(start)?, namer),
        28 if len == 16 => address(c, start, c.v6(start)?, namer),
        2 | 5 | 12 | 39 => name(c, start, namer, family).map(|_| ()),
        // Preference; priority, weight and port.
        15 | 33 => {
            let before = if kind == 15 { 2 } else { 6 };
            c.keep(start, before)?;
            name(c, start.checked_add(before)?, namer, family).map(|_| ())
        }
        6 => {
            let next = name(c, start, namer, family)?;
            let next = name(c, next, namer, family)?;
            c.keep(next, 20)
        }
        // Types that exist (mDNS says by it that there are no others).
        47 => {
            let next = name(c, start, namer, family)?;
            c.keep(next, end.checked_sub(next)?)
        }
        43 | 48 => c.keep(start, len),
        // One option of padding (RFC 7830) in the place of all: the client's subnet and cookie
        // would say who asked.
        41 if len >= 4 => {
            c.put(start, &[0, 12])?;
            let rest = u16::try_from(len.checked_sub(4)?).ok()?;
            c.put(start.checked_add(2)?, &rest.to_be_bytes())
        }
        64 | 65 => service(c, (start, end), namer, family),
        _ => None,
    }
}

fn address(
    c: &mut Canvas<'_>,
    at: usize,
    address: std::net::IpAddr,
    namer: &mut Namer<'_>,
) -> Option<()> {
    if namer.gathering {
        namer.pseudonyms.meet(address);
        return Some(());
    }
    let made = namer.pseudonyms.address(address);
    c.put_address(at, made)
}

/// SVCB and HTTPS: where a service is, its protocols, addresses and keys for its hello.
fn service(
    c: &mut Canvas<'_>,
    (start, end): (usize, usize),
    namer: &mut Namer<'_>,
    family: Family,
) -> Option<()> {
    c.keep(start, 2)?;
    let mut at = name(c, start.checked_add(2)?, namer, family)?;
    while at < end {
        c.keep(at, 4)?;
        let (key, len) = (c.u16(at)?, c.size(at.checked_add(2)?)?);
        let value = at.checked_add(4)?;
        at = value.checked_add(len)?;
        let width = match key {
            0..=3 | 5 => {
                c.keep(value, len)?;
                continue;
            }
            4 => 4,
            6 => 16,
            _ => continue,
        };
        for place in (value..at).step_by(width) {
            let found = if width == 4 { c.v4(place) } else { c.v6(place) };
            address(c, place, found?, namer)?;
        }
    }
    Some(())
}

/// Rewrites the name at `at`; where what follows it begins.
fn name(c: &mut Canvas<'_>, at: usize, namer: &mut Namer<'_>, family: Family) -> Option<usize> {
    let (labels, places, next) = resolved(c, at)?;
    let made = namer.labels(&labels, family);
    for ((place, label), made) in places.iter().zip(&labels).zip(&made) {
        c.keep(*place, 1)?;
        let made = made.as_deref().filter(|made| made.len() == label.len());
        c.put(place.checked_add(1)?, made.unwrap_or(label))?;
    }
    // The end: a zero, or a pointer.
    if let Some(pointer) = next.checked_sub(2).filter(|at| is_pointer(c, *at, &places)) {
        c.keep(pointer, 2)?;
    }
    Some(next)
}

/// True where a name ends with a pointer at `at`: behind its last own label.
fn is_pointer(c: &Canvas<'_>, at: usize, places: &[usize]) -> bool {
    let behind = places.last().and_then(|place| {
        let len = usize::from(c.u8(*place)?);
        place.checked_add(len)?.checked_add(1)
    });
    let is_there = behind.is_none_or(|behind| behind == at);
    is_there && c.u8(at).is_some_and(|byte| byte & 0xc0 == 0xc0)
}

type Resolved<'a> = (Vec<&'a [u8]>, Vec<usize>, usize);

/// The labels of a name, the places of those that stand at `at` itself, and what is behind it.
fn resolved<'a>(c: &Canvas<'a>, at: usize) -> Option<Resolved<'a>> {
    let bytes = c.from();
    let (mut labels, mut places) = (Vec::new(), Vec::new());
    let (mut at, mut next, mut pointers) = (at, None, 0_usize);
    loop {
        let len = *bytes.get(at)?;
        let after = at.checked_add(1)?;
        match len >> 6 {
            0 if len == 0 => return Some((labels, places, next.unwrap_or(after))),
            0 => {
                let end = after.checked_add(len.into())?;
                labels.push(bytes.get(after..end)?);
                if next.is_none() {
                    places.push(at);
                }
                at = end;
            }
            3 => {
                let low = *bytes.get(after)?;
                next = next.or(Some(after.checked_add(1)?));
                at = usize::from(u16::from_be_bytes([len & 0x3f, low]));
                pointers = pointers.checked_add(1)?;
            }
            _ => return None,
        }
        if labels.len() > MOST_LABELS || pointers > MOST_POINTERS {
            return None;
        }
    }
}

/// NetBIOS name service: names are 16 bytes in 32 letters.
pub(super) fn netbios(c: &mut Canvas<'_>, namer: &mut Namer<'_>) -> Option<()> {
    c.keep(0, 12)?;
    let questions = c.size(4)?.min(16);
    let records: usize = [6, 8, 10].into_iter().filter_map(|at| c.size(at)).sum();
    let mut at = 12;
    for _ in 0..questions {
        at = netbios_name(c, at, namer)?;
        c.keep(at, 4)?;
        at = at.checked_add(4)?;
    }
    for _ in 0..records.min(16) {
        at = match c.u8(at)? & 0xc0 {
            0xc0 => {
                c.keep(at, 2)?;
                at.checked_add(2)?
            }
            _ => netbios_name(c, at, namer)?,
        };
        c.keep(at, 10)?;
        let (kind, len) = (c.u16(at)?, c.size(at.checked_add(8)?)?);
        let start = at.checked_add(10)?;
        if kind == 32 && len >= 6 {
            c.keep(start, 2)?;
            let place = start.checked_add(2)?;
            address(c, place, c.v4(place)?, namer)?;
        }
        at = start.checked_add(len)?;
    }
    Some(())
}

/// `ENEP…`: each letter is half a byte (RFC 1001 §14.1).
fn netbios_name(c: &mut Canvas<'_>, at: usize, namer: &mut Namer<'_>) -> Option<usize> {
    if c.u8(at)? != 32 {
        return None;
    }
    let first = at.checked_add(1)?;
    let letters: [u8; 32] = c.array(first)?;
    let half = |letter: u8| letter.checked_sub(b'A').filter(|half| *half < 16);
    let mut plain = Vec::with_capacity(16);
    for pair in letters.as_chunks::<2>().0 {
        let [high, low] = pair;
        plain.push(half(*high)? << 4 | half(*low)?);
    }
    let (kind, padded) = plain.split_last()?;
    let end = padded
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | 0))
        .map_or(0, |at| at.saturating_add(1));
    let (name, padding) = padded.split_at_checked(end)?;
    // `*` asks for the status of whoever hears it.
    let made = match name {
        b"*" | b"" | b"\x01\x02__MSBROWSE__\x02" => name.to_vec(),
        name if namer.gathering => {
            namer.pseudonyms.meet_label(name);
            name.to_vec()
        }
        name => namer.pseudonyms.label(name).to_ascii_uppercase(),
    };
    c.keep(at, 1)?;
    let bytes = made.iter().chain(padding).chain([kind]);
    for (number, byte) in bytes.enumerate() {
        let letters = [
            (byte >> 4).wrapping_add(b'A'),
            (byte & 15).wrapping_add(b'A'),
        ];
        c.put(first.checked_add(number.checked_mul(2)?)?, &letters)?;
    }
    // Scopes are names of the local network: blank, which ends the name.
    let mut end = first.checked_add(32)?;
    while let Some(len) = c.u8(end).filter(|len| *len > 0) {
        if len & 0xc0 != 0 {
            return None;
        }
        end = end.checked_add(usize::from(len))?.checked_add(1)?;
    }
    end.checked_add(1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::pseudonyms::Pseudonyms;
    use super::super::values::Values;
    use super::*;

    fn rewritten(bytes: &[u8], family: Family) -> Vec<u8> {
        let mut pseudonyms = Pseudonyms::new(&[]);
        let mut namer = Namer {
            pseudonyms: &mut pseudonyms,
            values: &Values::default(),
            gathering: false,
        };
        let mut to = vec![0; bytes.len()];
        let _ = message(&mut Canvas::new(bytes, &mut to), &mut namer, family);
        to
    }

    #[test]
    fn answers_keep_public_names_and_lose_who_asked() {
        let mut bytes = b"\0\x01\x81\x80\0\x01\0\x02\0\0\0\x01".to_vec();
        bytes.extend(b"\x03api\x07example\x03com\0\0\x01\0\x01");
        bytes.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xcb\0\x71\x09");
        bytes.extend(b"\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0\x05\x04abcd");
        bytes.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\x0b\0\x08\0\x07\0\x01\x18\0\xc0\xa8\x01");
        let made = rewritten(&bytes, Family::Public);
        let mut want = bytes.clone();
        let at = bytes.windows(5).position(|w| w == b"\x04abcd").unwrap();
        want[at..at + 5].fill(0);
        let option = want.len() - 11;
        want[option..].fill(0);
        want[option..option + 4].copy_from_slice(&[0, 12, 0, 7]);
        assert_eq!(made, want);
    }

    #[test]
    fn local_names_are_replaced_and_pointers_stay() {
        let mut bytes = b"\0\0\x84\0\0\0\0\x01\0\0\0\0".to_vec();
        bytes.extend(b"\x08_printer\x04_tcp\x05local\0\0\x0c\0\x01\0\0\0\x3c\0\x0c");
        bytes.extend(b"\x09Anjali's1\xc0\x0c");
        let made = rewritten(&bytes, Family::Local);
        let mut want = bytes.clone();
        let at = want.len() - 11;
        want[at..at + 9].copy_from_slice(b"n00000001");
        assert_eq!(made, want);
        // Pointers in circles end.
        let mut loops = bytes.clone();
        loops[12..14].copy_from_slice(b"\xc0\x0c");
        rewritten(&loops, Family::Local);
    }
}
