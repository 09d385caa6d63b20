//! The head of one HTTP/1 message, line by line.
//!
//! In:   the first line, then header lines.
//! Out:  [`HttpRequest`] or [`HttpResponse`], and how the body is delimited.
//! Spec: RFC 9112 §3.2 (targets), §5 (fields), §6 (body length).
//!
//! Only the fields of interest are kept: a head may have any number of lines.

use super::start::{self, RequestLine, split_once};
use crate::inspect::lines::LINE_BYTES;
use crate::model::{HttpRequest, HttpResponse, Text};

/// Different `Host` lines of one request that are kept.
const HOSTS: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Head {
    /// 0 for a request.
    pub(super) status: u16,
    pub(super) method: Vec<u8>,
    target: Vec<u8>,
    pub(super) path_cut: bool,
    pub(super) header_cut: bool,
    hosts: Vec<Vec<u8>>,
    user_agent: Option<Vec<u8>>,
    content_type: Option<Vec<u8>>,
    content_encoding: Option<Vec<u8>>,
    pub(super) content_length: Option<u64>,
    pub(super) chunked: bool,
    pub(super) upgrade: Option<Vec<u8>>,
    /// The field of the line before, for lines that continue it.
    last: Option<Field>,
}

/// The fields of interest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Field {
    Host,
    UserAgent,
    ContentType,
    ContentEncoding,
    ContentLength,
    TransferEncoding,
    Upgrade,
}

impl Head {
    pub(super) fn request(line: RequestLine<'_>, cut: bool) -> Head {
        Head {
            method: line.method.to_vec(),
            target: line.target.to_vec(),
            path_cut: cut,
            ..Head::default()
        }
    }

    pub(super) fn response(status: u16) -> Head {
        Head {
            status,
            ..Head::default()
        }
    }

    pub(super) fn is_request(&self) -> bool {
        self.status == 0
    }

    /// One line after the first.
    pub(super) fn line(&mut self, line: &[u8], cut: bool) {
        if matches!(line.first(), Some(b' ' | b'\t')) {
            return self.fold(line.trim_ascii());
        }
        self.last = None;
        let Some((name, value)) = split_once(line, b':') else {
            return;
        };
        let Some(field) = field(name.trim_ascii()) else {
            return;
        };
        self.last = Some(field);
        self.header_cut |= cut;
        self.set(field, value.trim_ascii());
    }

    fn set(&mut self, field: Field, value: &[u8]) {
        let first = |place: &mut Option<Vec<u8>>| {
            place.get_or_insert_with(|| value.to_vec());
        };
        match field {
            Field::Host => {
                if self.hosts.len() < HOSTS && !self.hosts.iter().any(|host| host == value) {
                    self.hosts.push(value.to_vec());
                }
            }
            Field::UserAgent => first(&mut self.user_agent),
            Field::ContentType => first(&mut self.content_type),
            Field::ContentEncoding => first(&mut self.content_encoding),
            Field::Upgrade => first(&mut self.upgrade),
            Field::ContentLength => {
                self.content_length = self.content_length.or_else(|| length(value));
            }
            Field::TransferEncoding => {
                // `chunked` is the last coding, or the message is broken (RFC 9112 §6.1).
                let last = value.rsplit(|byte| *byte == b',').next();
                self.chunked |=
                    last.is_some_and(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"));
            }
        }
    }

    /// A line that begins with a blank continues the one before (RFC 9112 §5.2).
    fn fold(&mut self, more: &[u8]) {
        let value = match self.last {
            Some(Field::Host) => self.hosts.last_mut(),
            Some(Field::UserAgent) => self.user_agent.as_mut(),
            Some(Field::ContentType) => self.content_type.as_mut(),
            Some(Field::TransferEncoding) => return self.set(Field::TransferEncoding, more),
            _ => return,
        };
        if let Some(value) = value
            && value.len().saturating_add(more.len()) < LINE_BYTES
        {
            if !value.is_empty() {
                value.push(b' ');
            }
            value.extend_from_slice(more);
        }
    }

    /// Whose resource is asked for: that of an absolute target comes before `Host`
    /// (RFC 9112 §3.2.2).
    pub(super) fn hosts(&self) -> impl Iterator<Item = &[u8]> {
        let (authority, _) = self.target_parts();
        let named = self.hosts.iter().map(Vec::as_slice);
        authority
            .into_iter()
            .chain(named.filter(move |host| Some(*host) != authority))
            .filter(|host| !host.is_empty())
    }

    pub(super) fn into_request(self) -> HttpRequest {
        let host = self.hosts().next().map(Text::new);
        let (_, path) = self.target_parts();
        HttpRequest {
            host,
            path: Text::new(path),
            method: self.method.into(),
            user_agent: self.user_agent.map(Text::from),
            content_type: self.content_type.map(Text::from),
            content_encoding: self.content_encoding.map(Text::from),
            stream: None,
        }
    }

    pub(super) fn into_response(self) -> HttpResponse {
        HttpResponse {
            status: self.status,
            content_type: self.content_type.map(Text::from),
            content_encoding: self.content_encoding.map(Text::from),
            stream: None,
        }
    }

    pub(super) fn is_connect(&self) -> bool {
        self.method == b"CONNECT"
    }

    /// Authority and path of the target: absolute form, authority form, or a path alone.
    fn target_parts(&self) -> (Option<&[u8]>, &[u8]) {
        let target = self.target.as_slice();
        if self.is_connect() {
            return (Some(target), target);
        }
        let Some(rest) = strip_scheme(target) else {
            return (None, target);
        };
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
            .unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        // User names do not belong to the host (RFC 9110 §4.2.4).
        let host = authority.rsplit(|byte| *byte == b'@').next();
        (host, if path.is_empty() { b"/" } else { path })
    }

    pub(super) fn buffered(&self) -> usize {
        let optional = |text: &Option<Vec<u8>>| text.as_ref().map_or(0, Vec::capacity);
        let hosts: usize = self.hosts.iter().map(Vec::capacity).sum();
        hosts
            .saturating_add(self.target.capacity())
            .saturating_add(optional(&self.user_agent))
            .saturating_add(optional(&self.content_type))
            .saturating_add(optional(&self.content_encoding))
    }
}

/// What follows `http://`, `https://`, `ws://`, `ftp://`: any scheme a proxy is asked for.
fn strip_scheme(target: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = split_once(target, b':')?;
    let plain = !scheme.is_empty() && scheme.len() <= 16;
    let plain = plain && scheme.iter().all(u8::is_ascii_alphanumeric);
    rest.strip_prefix(b"//").filter(|_| plain)
}

/// A host without its port (RFC 3986 §3.2.2). Brackets of IPv6 addresses go too.
pub(super) fn without_port(authority: &[u8]) -> &[u8] {
    if let Some(rest) = authority.strip_prefix(b"[") {
        return split_once(rest, b']').map_or(authority, |(address, _)| address);
    }
    match split_once(authority, b':') {
        Some((host, port)) if port.iter().all(u8::is_ascii_digit) => host,
        _ => authority,
    }
}

fn field(name: &[u8]) -> Option<Field> {
    // The length sorts out nearly all others.
    let (word, field): (&[u8], Field) = match name.len() {
        4 => (b"host", Field::Host),
        7 => (b"upgrade", Field::Upgrade),
        10 => (b"user-agent", Field::UserAgent),
        12 => (b"content-type", Field::ContentType),
        14 => (b"content-length", Field::ContentLength),
        16 => (b"content-encoding", Field::ContentEncoding),
        17 => (b"transfer-encoding", Field::TransferEncoding),
        _ => return None,
    };
    name.eq_ignore_ascii_case(word).then_some(field)
}

/// `Content-Length`; of a list of equal values the first (RFC 9112 §6.3).
fn length(value: &[u8]) -> Option<u64> {
    let first = value.split(|byte| *byte == b',').next()?.trim_ascii();
    let digits = !first.is_empty() && first.iter().all(u8::is_ascii_digit);
    let digits = digits.then_some(first)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The size of a chunk (RFC 9112 §7.1).
pub(super) fn chunk_size(line: &[u8]) -> Option<u64> {
    let size = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let hex = !size.is_empty() && size.iter().all(u8::is_ascii_hexdigit);
    let size = hex.then_some(size)?;
    u64::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()
}

/// Starts a head from a first line. The flag is true for HTTP/0.9, which ends there.
pub(super) fn begin(line: &[u8], cut: bool) -> Option<(Head, bool)> {
    if let Some(status) = start::status_line(line) {
        return Some((Head::response(status), false));
    }
    let request = if cut {
        start::long_request_line(line)
    } else {
        start::request_line(line)
    }?;
    Some((Head::request(request, cut), !request.versioned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_port_off_hosts() {
        for (authority, host) in [
            ("a.io", "a.io"),
            ("a.io:80", "a.io"),
            ("a.io:", "a.io"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("a:b", "a:b"),
            ("", ""),
        ] {
            let got = without_port(authority.as_bytes());
            assert_eq!(got.escape_ascii().to_string(), host);
        }
    }

    #[test]
    fn reads_lengths() {
        assert_eq!(length(b"5"), Some(5));
        assert_eq!(length(b"5, 5"), Some(5));
        assert_eq!(length(b"-5"), None);
        assert_eq!(length(b"99999999999999999999"), None);
        assert_eq!(chunk_size(b"1aF;name=x"), Some(0x1af));
        assert_eq!(chunk_size(b"+1"), None);
        assert_eq!(chunk_size(b""), None);
    }

    #[test]
    fn splits_absolute_targets() {
        let (head, _) = begin(b"GET http://u:p@a.io:81/x?y HTTP/1.1", false).expect("a request");
        let request = head.into_request();
        assert_eq!(request.host, Some(Text::from("a.io:81")));
        assert_eq!(request.path, Text::from("/x?y"));
        let (head, _) = begin(b"GET /http://b.io/ HTTP/1.1", false).expect("a request");
        assert_eq!(head.into_request().host, None);
    }
}
