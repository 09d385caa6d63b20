//! The first line of an HTTP/1 message.
//!
//! In:   bytes at which a message may begin.
//! Out:  whether one does, and the parts of its first line.
//! Spec: RFC 9112 §2.2 (blank lines before), §3 (request line), §4 (status line).
//!
//! Nothing here allocates. Senders break the rules on spaces, so a target is whatever stands
//! between the first and the last space.

use crate::inspect::Probe;
use memchr::memchr;

/// Longest method that is believed: the longest registered one has 17 letters.
const METHOD_BYTES: usize = 32;
/// Blank bytes that may come before a request line.
const BLANK_BYTES: usize = 16;

/// The preface of HTTP/2 (RFC 9113 §3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The parts of a request line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct RequestLine<'a> {
    pub(super) method: &'a [u8],
    pub(super) target: &'a [u8],
    /// False for HTTP/0.9, which has neither version nor headers.
    pub(super) versioned: bool,
}

/// Whether an HTTP/1 message begins here. A method that everyone knows and a path are enough;
/// anything else has to show its version.
pub(super) fn recognise(bytes: &[u8]) -> Probe {
    let bytes = skip_blank(bytes);
    let Some(first) = bytes.first() else {
        return Probe::Maybe;
    };
    if !first.is_ascii_alphabetic() {
        return Probe::No;
    }
    match recognise_status(bytes) {
        Probe::No => recognise_request(bytes),
        other => other,
    }
}

fn skip_blank(bytes: &[u8]) -> &[u8] {
    let blank = bytes
        .iter()
        .take(BLANK_BYTES)
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    bytes.get(blank..).unwrap_or_default()
}

fn recognise_status(bytes: &[u8]) -> Probe {
    const SHAPE: &[u8] = b"HTTP/1.d ddd";
    for (index, shape) in SHAPE.iter().enumerate() {
        let fits = match (bytes.get(index), shape) {
            (None, _) => return Probe::Maybe,
            (Some(byte), b'd') => byte.is_ascii_digit(),
            (Some(byte), shape) => byte == shape,
        };
        if !fits {
            return Probe::No;
        }
    }
    Probe::Yes
}

fn recognise_request(bytes: &[u8]) -> Probe {
    let head = bytes.get(..METHOD_BYTES).unwrap_or(bytes);
    let Some((method, _)) = split_once(head, b' ') else {
        let open = head.len() < METHOD_BYTES && head.iter().all(is_token);
        return if open { Probe::Maybe } else { Probe::No };
    };
    if method.is_empty() || !method.iter().all(is_token) {
        return Probe::No;
    }
    let after = bytes.get(method.len().saturating_add(1)..);
    let target = after.unwrap_or_default().first();
    // RTSP and SIP share OPTIONS with HTTP, and it is the version that tells.
    if target == Some(&b'/') && KNOWN.contains(&method) {
        return Probe::Yes;
    }
    match memchr(b'\n', bytes) {
        Some(end) => match request_line(bytes.get(..end).unwrap_or_default().trim_ascii_end()) {
            Some(line) if line.versioned => Probe::Yes,
            _ => Probe::No,
        },
        None if bytes
            .iter()
            .all(|byte| (0x20..0x7f).contains(byte) || *byte == b'\r') =>
        {
            Probe::Maybe
        }
        None => Probe::No,
    }
}

/// Methods after which a path settles the matter (RFC 9110 §9, RFC 4918, RFC 5789).
const KNOWN: &[&[u8]] = &[
    b"GET",
    b"POST",
    b"HEAD",
    b"PUT",
    b"DELETE",
    b"PATCH",
    b"TRACE",
    b"PROPFIND",
    b"PROPPATCH",
    b"MKCOL",
    b"COPY",
    b"MOVE",
    b"LOCK",
    b"UNLOCK",
    b"REPORT",
    b"SEARCH",
];

/// Splits a request line, without its line end.
pub(super) fn request_line(line: &[u8]) -> Option<RequestLine<'_>> {
    let (method, rest) = split_once(line, b' ')?;
    if method.is_empty() || method.len() > METHOD_BYTES || !method.iter().all(is_token) {
        return None;
    }
    if let Some(space) = memchr::memrchr(b' ', rest) {
        let (target, version) = rest.split_at_checked(space)?;
        if is_version(version.get(1..)?) {
            return Some(RequestLine {
                method,
                target: target.trim_ascii(),
                versioned: true,
            });
        }
    }
    let simple = method == b"GET" && rest.first() == Some(&b'/') && !rest.contains(&b' ');
    simple.then_some(RequestLine {
        method,
        target: rest,
        versioned: false,
    })
}

/// The method and the beginning of the target of a line that was too long to keep.
pub(super) fn long_request_line(line: &[u8]) -> Option<RequestLine<'_>> {
    let (method, target) = split_once(line, b' ')?;
    (method.len() <= METHOD_BYTES && method.iter().all(is_token)).then_some(RequestLine {
        method,
        target,
        versioned: true,
    })
}

fn is_version(version: &[u8]) -> bool {
    match version.strip_prefix(b"HTTP/") {
        Some([major, b'.', minor]) => matches!(major, b'0' | b'1') && minor.is_ascii_digit(),
        _ => false,
    }
}

/// The status of a status line.
pub(super) fn status_line(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/1.")?;
    let (_, rest) = split_once(rest, b' ')?;
    let digits = rest.trim_ascii_start().get(..3)?;
    let mut status: u16 = 0;
    for digit in digits {
        let digit = char::from(*digit).to_digit(10)?;
        status = status
            .saturating_mul(10)
            .saturating_add(u16::try_from(digit).ok()?);
    }
    (status >= 100).then_some(status)
}

/// RFC 9110 §5.6.2.
pub(super) fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

pub(super) fn split_once(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let (before, after) = bytes.split_at_checked(memchr(at, bytes)?)?;
    Some((before, after.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], want: Probe) {
        assert_eq!(recognise(bytes), want, "{}", bytes.escape_ascii());
    }

    #[test]
    fn recognises_requests_and_responses() {
        check(b"GET /", Probe::Yes);
        check(b"\r\n\r\nGET / HTTP/1.1\r\n", Probe::Yes);
        check(b"GET http://a.io/ HTTP/1.1\r\n", Probe::Yes);
        check(b"CONNECT a.io:443 HTTP/1.0\n", Probe::Yes);
        check(b"OPTIONS * HTTP/1.1\r\n", Probe::Yes);
        check(b"x-custom!method thing HTTP/1.1\r\n", Probe::Yes);
        check(b"HTTP/1.1 200", Probe::Yes);
        check(b"", Probe::Maybe);
        check(b"G", Probe::Maybe);
        check(b"GET ", Probe::Maybe);
        check(b"CONNECT a.io:44", Probe::Maybe);
        check(b"HTTP/1.", Probe::Maybe);
    }

    #[test]
    fn leaves_look_alikes_alone() {
        check(b"OPTIONS rtsp://a.io/ RTSP/1.0\r\n", Probe::No);
        check(b"OPTIONS sip:a@b SIP/2.0\r\n", Probe::No);
        check(b"OPTIONS icap://a.io/ ICAP/1.0\r\n", Probe::No);
        check(b"EHLO a.io\r\n", Probe::No);
        check(b"SSH-2.0-x\r\n", Probe::No);
        check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Probe::No);
        check(b"HTTP/2 200", Probe::No);
        check(b"\x16\x03\x01\x02\x00\x01", Probe::No);
        check(b"GET\x01 /", Probe::No);
    }

    #[test]
    fn splits_lines_that_break_the_rules() {
        let line = request_line(b"GET /a b HTTP/1.1").expect("a request line");
        assert_eq!(line.target, b"/a b");
        let line = request_line(b"GET /old").expect("HTTP/0.9");
        assert!(!line.versioned);
        assert_eq!(request_line(b"GET /a b"), None);
        assert_eq!(status_line(b"HTTP/1.1 404"), Some(404));
        assert_eq!(status_line(b"HTTP/1.1  404 Not Found"), Some(404));
        assert_eq!(status_line(b"HTTP/1.1 4x4"), None);
        assert_eq!(status_line(b"HTTP/1.1 099 x"), None);
    }
}
