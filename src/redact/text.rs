//! HTTP and other protocols of lines: the words of the protocol stay, what people wrote goes.
//!
//! In:   one side of a stream, from its first byte.
//! Out:  the same lines as long as they were: methods, hosts, status, kinds and lengths of what
//!       is sent, and commands; `x` in the place of everything else, zeros in that of contents.
//! Spec: RFC 9112, RFC 9110; RFC 5321, 3501, 1939, 959, 6120 for the words of others.

use super::canvas::Canvas;
use super::names::Namer;
use super::tls::{self, Speaker};
use super::words::{HEADERS, KINDS, METHODS, PHRASES, WORDS};

/// Longest line that is read as one.
const MOST_LINE: usize = 16 << 10;

/// A stream of text, and of TLS where it turns to that.
pub(super) fn stream(bytes: &[u8], namer: &mut Namer<'_>, who: Speaker) -> Option<Vec<u8>> {
    let mut made = vec![0; bytes.len()];
    let mut c = Canvas::new(bytes, &mut made);
    let is_http = is_request(bytes) || bytes.starts_with(b"HTTP/1.");
    if bytes.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
        let _ = frames(&mut c);
        return Some(made);
    }
    if !is_http && !is_talk(bytes) {
        return None;
    }
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        if tls::is_record(rest) {
            let records = tls::records(rest, namer, who);
            let _ = c.put(at, &records);
            break;
        }
        let next = match is_http {
            true => http(&mut c, at, namer),
            false => line(&mut c, at, namer),
        };
        match next.filter(|next| *next > at) {
            Some(next) => at = next,
            None => break,
        }
    }
    Some(made)
}

fn is_request(bytes: &[u8]) -> bool {
    METHODS.iter().any(|method| {
        bytes
            .strip_prefix(method.as_bytes())
            .is_some_and(|rest| rest.starts_with(b" "))
    })
}

/// One head, and what follows it; where the next begins.
fn http(c: &mut Canvas<'_>, start: usize, namer: &mut Namer<'_>) -> Option<usize> {
    let bytes = c.from();
    let (mut at, end) = line_end(bytes, start)?;
    let first = bytes.get(start..end)?;
    let status = match first.strip_prefix(b"HTTP/1.") {
        Some(_) => Some(status_line(c, start, first)?),
        None if is_request(first) => {
            request_line(c, start, first, namer)?;
            None
        }
        None => return None,
    };
    let (mut length, mut is_chunked) = (None, false);
    loop {
        let (next, end) = line_end(bytes, at)?;
        keep_break(c, end, next)?;
        if end == at {
            at = next;
            break;
        }
        let line = bytes.get(at..end)?;
        let (name, value) = header(c, at, line, namer)?;
        match name.as_str() {
            "content-length" => length = String::from_utf8_lossy(value).trim().parse().ok(),
            "transfer-encoding" => {
                is_chunked = value.to_ascii_lowercase().ends_with(b"chunked");
            }
            _ => {}
        }
        at = next;
    }
    if is_chunked {
        return chunks(c, at);
    }
    let has_none = matches!(status, Some(100..=199 | 204 | 304));
    let goes_on = bytes
        .get(at..)
        .is_some_and(|rest| rest.starts_with(b"HTTP/1."));
    match (length, status) {
        _ if has_none || goes_on => Some(at),
        (Some(length), _) => at.checked_add(length),
        (None, None) => Some(at),
        // Until the end, unless a tunnel was asked for.
        (None, Some(_)) => {
            let rest = bytes.get(at..).unwrap_or_default();
            Some(if tls::is_record(rest) {
                at
            } else {
                bytes.len()
            })
        }
    }
}

/// Where a line ends, and where the next begins.
fn line_end(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let rest = rest.get(..rest.len().min(MOST_LINE))?;
    let feed = memchr::memchr(b'\n', rest)?;
    let next = at.checked_add(feed)?.checked_add(1)?;
    let end = at.checked_add(feed)?;
    let end = match end.checked_sub(1).and_then(|last| bytes.get(last)) {
        Some(b'\r') if end > at => end.checked_sub(1)?,
        _ => end,
    };
    Some((next, end))
}

fn keep_break(c: &mut Canvas<'_>, end: usize, next: usize) -> Option<()> {
    c.keep(end, next.checked_sub(end)?)
}

fn request_line(
    c: &mut Canvas<'_>,
    start: usize,
    line: &[u8],
    namer: &mut Namer<'_>,
) -> Option<()> {
    let (next, end) = line_end(c.from(), start)?;
    keep_break(c, end, next)?;
    let mut words = line.splitn(3, |byte| *byte == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next().unwrap_or(b""));
    let mut made = Vec::with_capacity(line.len());
    made.extend_from_slice(method);
    made.push(b' ');
    made.extend_from_slice(&request_target(method, target, namer));
    if line.len() > made.len() {
        made.push(b' ');
        match version {
            b"HTTP/1.0" | b"HTTP/1.1" => made.extend_from_slice(version),
            other => made.extend(other.iter().map(|_| b'x')),
        }
    }
    c.put(start, &made)
}

/// The path is the sender's own words, the host is what the findings are of.
fn request_target(method: &[u8], target: &[u8], namer: &mut Namer<'_>) -> Vec<u8> {
    if method == b"CONNECT" {
        return namer.host(target);
    }
    let mut made = Vec::with_capacity(target.len());
    let mut rest = target;
    for scheme in [&b"http://"[..], b"https://"] {
        if let Some(host) = target.strip_prefix(scheme) {
            made.extend_from_slice(scheme);
            let end = host.iter().position(|byte| *byte == b'/');
            let (host, path) = host
                .split_at_checked(end.unwrap_or(host.len()))
                .unwrap_or((host, b""));
            made.extend_from_slice(&namer.host(host));
            rest = path;
        }
    }
    let slash = |(at, byte): (usize, &u8)| match (at, byte) {
        (0, b'/' | b'*') => *byte,
        _ => b'x',
    };
    made.extend(rest.iter().enumerate().map(slash));
    made
}

fn status_line(c: &mut Canvas<'_>, start: usize, line: &[u8]) -> Option<u16> {
    let (next, end) = line_end(c.from(), start)?;
    keep_break(c, end, next)?;
    let code = line.get(9..12)?;
    let number = std::str::from_utf8(code).ok()?.parse().ok()?;
    c.keep(start, 12)?;
    let phrase = start.checked_add(12)?;
    let rest = line.get(12..)?;
    if let Some((b' ', words)) = rest.split_first() {
        c.keep(phrase, 1)?;
        let known = PHRASES.iter().any(|known| known.as_bytes() == words);
        let at = phrase.checked_add(1)?;
        match known {
            true => c.keep(at, words.len())?,
            false => c.fill(at, words.len(), b'x')?,
        }
    }
    Some(number)
}

/// Rewrites `Name: value`; the name in lower case, and the value as it was.
fn header<'a>(
    c: &mut Canvas<'_>,
    at: usize,
    line: &'a [u8],
    namer: &mut Namer<'_>,
) -> Option<(String, &'a [u8])> {
    c.fill(at, line.len(), b'x')?;
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return Some((String::new(), b""));
    };
    let (name, rest) = line.split_at_checked(colon)?;
    let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
    if HEADERS.contains(&lower.as_str()) {
        c.keep(at, name.len())?;
    }
    let blanks = rest
        .iter()
        .skip(1)
        .take_while(|byte| **byte == b' ')
        .count();
    let value = rest.get(blanks.checked_add(1)?..)?;
    let start = at.checked_add(colon)?;
    c.keep(start, blanks.checked_add(1)?)?;
    let place = start.checked_add(blanks)?.checked_add(1)?;
    match lower.as_str() {
        "host" => c.put(place, &namer.host(value))?,
        "content-length" if value.iter().all(u8::is_ascii_digit) => c.keep(place, value.len())?,
        "transfer-encoding" | "connection" | "upgrade"
            if value.iter().all(|byte| is_plain(*byte)) =>
        {
            let mut value = value.to_vec();
            namer.values.cover(&mut value);
            c.put(place, &value)?;
        }
        // Kinds of which blanks are as good a content as any.
        "content-type" => {
            let kind = value.split(|byte| *byte == b';').next()?;
            if KINDS.iter().any(|known| known.as_bytes() == kind) {
                c.keep(place, kind.len())?;
            }
        }
        _ => {}
    }
    Some((lower, value))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'+' | b'.' | b',' | b' ')
}

/// Sizes stay, contents do not.
fn chunks(c: &mut Canvas<'_>, start: usize) -> Option<usize> {
    let bytes = c.from();
    let mut at = start;
    loop {
        let (next, end) = line_end(bytes, at)?;
        let line = bytes.get(at..end)?;
        let digits = line
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let size = std::str::from_utf8(line.get(..digits)?).ok()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        c.fill(at, line.len(), b'x')?;
        c.keep(at, digits)?;
        if let Some(b';') = line.get(digits) {
            c.keep(at.checked_add(digits)?, 1)?;
        }
        keep_break(c, end, next)?;
        at = next.checked_add(size)?;
        if size == 0 {
            // Trailers, up to an empty line.
            loop {
                let (next, end) = line_end(bytes, at)?;
                c.fill(at, end.checked_sub(at)?, b'x')?;
                keep_break(c, end, next)?;
                let is_last = end == at;
                at = next;
                if is_last {
                    return Some(at);
                }
            }
        }
        c.keep(at, 2)?;
        at = at.checked_add(2)?;
    }
}

/// HTTP/2 in the clear: kinds and lengths of frames.
fn frames(c: &mut Canvas<'_>) -> Option<()> {
    c.keep(0, 24)?;
    let mut at = 24_usize;
    loop {
        let [a, b, d, kind, flags] = c.array(at)?;
        let len = usize::try_from(u32::from_be_bytes([0, a, b, d])).ok()?;
        c.keep(at, 9)?;
        let body = at.checked_add(9)?;
        // Settings and windows are numbers.
        if matches!(kind, 4 | 8) && flags & 1 == 0 {
            c.keep(body, len.min(c.len().saturating_sub(body)))?;
        }
        at = body.checked_add(len)?;
    }
}

/// True for the first line of a protocol of lines that is known.
fn is_talk(bytes: &[u8]) -> bool {
    let first = bytes
        .split(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'*' | b'+' | b'-'))
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let starts = [
        &b"220 "[..],
        b"220-",
        b"* OK",
        b"+OK",
        b"SSH-",
        b"<?xml",
        b"<stream",
        b"a0",
        b"A0",
        b"EHLO",
    ];
    starts.iter().any(|start| bytes.starts_with(start))
        || WORDS
            .iter()
            .any(|word| first.eq_ignore_ascii_case(word.as_bytes()))
}

/// A line with its known words.
fn line(c: &mut Canvas<'_>, at: usize, namer: &mut Namer<'_>) -> Option<usize> {
    let bytes = c.from();
    let (next, end) = line_end(bytes, at).unwrap_or((bytes.len(), bytes.len()));
    let text = bytes.get(at..end)?;
    let readable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    if text.len() > MOST_LINE || !text.iter().all(readable) {
        return None;
    }
    let mut place = at;
    for (number, word) in text
        .split_inclusive(|byte| !byte.is_ascii_alphanumeric())
        .enumerate()
    {
        let (letters, last) = match word.split_last() {
            Some((last, letters)) if !last.is_ascii_alphanumeric() => (letters, Some(*last)),
            _ => (word, None),
        };
        let is_code = number == 0 && letters.len() == 3 && letters.iter().all(u8::is_ascii_digit);
        let known = is_code
            || WORDS
                .iter()
                .any(|known| letters.eq_ignore_ascii_case(known.as_bytes()));
        match known {
            true => c.keep(place, letters.len())?,
            false => c.fill(place, letters.len(), b'x')?,
        }
        place = place.checked_add(letters.len())?;
        if let Some(last) = last {
            c.put(place, &[last])?;
            place = place.checked_add(1)?;
        }
    }
    // A server of mail and the like says its name first (RFC 5321 §4.2).
    if let Some(greeting) = text.strip_prefix(b"220 ") {
        let host = greeting.split(|byte| *byte == b' ').next()?;
        if host.contains(&b'.') {
            c.put(at.checked_add(4)?, &namer.host(host))?;
        }
    }
    keep_break(c, end, next)?;
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::super::pseudonyms::Pseudonyms;
    use super::super::values::Values;
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let mut pseudonyms = Pseudonyms::new(&[]);
        let mut namer = Namer {
            pseudonyms: &mut pseudonyms,
            values: &Values::default(),
            gathering: false,
        };
        let made = stream(text.as_bytes(), &mut namer, Speaker { is_hidden: false });
        let made = made.unwrap_or_default();
        let text = String::from_utf8_lossy(&made).replace('\0', "_");
        assert_eq!(text, want.replace('#', "x"));
    }

    #[test]
    fn requests_keep_their_hosts_and_lose_what_they_tell() {
        check(
            "POST /v1?imei=860123 HTTP/1.1\r\nHost: a.example.com\r\nX-Id: 1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
            "POST /xxxxxxxxxxxxxx HTTP/1.1\r\nHost: a.example.com\r\n####: x\r\nContent-Length: 3\r\n\r\n___GET / HTTP/1.1\r\n\r\n",
        );
        check(
            "CONNECT nas.lan:443 HTTP/1.1\r\n\r\n",
            "CONNECT n01.lan:443 HTTP/1.1\r\n\r\n",
        );
        check(
            "HTTP/1.1 200 OK\r\nServer: mine\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 404 Gone away\r\n\r\n",
            "HTTP/1.1 200 OK\r\nServer: xxxx\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n___\r\n0\r\n\r\nHTTP/1.1 404 xxxxxxxxx\r\n\r\n",
        );
    }

    #[test]
    fn commands_stay_and_what_is_said_with_them_goes() {
        check(
            "EHLO redmi.lan\r\nAUTH PLAIN AGFuamFsaQ==\r\nSTARTTLS\r\n",
            "EHLO xxxxx.xxx\r\nAUTH PLAIN xxxxxxxxxx==\r\nSTARTTLS\r\n",
        );
        check("\u{1}binary", "");
    }
}
