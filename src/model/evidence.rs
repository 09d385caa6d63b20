//! What the bytes of a flow said, and in which frame.

use super::{Side, Text, Time};
use std::net::IpAddr;

/// How a name came to be known. The words are those of the `name_via` column.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Via {
    /// `server_name` of a TLS ClientHello over TCP (RFC 6066).
    Sni,
    /// The same inside a QUIC Initial.
    QuicSni,
    /// The same over DTLS.
    DtlsSni,
    /// The public name of a ClientHello with Encrypted Client Hello: the name inside is hidden.
    EchOuter,
    /// `Host` of HTTP/1, `:authority` of HTTP/2 in the clear.
    HttpHost,
    /// The target of an HTTP CONNECT to a proxy.
    Connect,
    /// The target of a SOCKS request.
    Socks,
    /// A name in the server's certificate.
    Certificate,
    /// An earlier DNS answer to the same device.
    Dns,
    /// A connection ID seen on an earlier flow with that name.
    QuicCid,
    /// Any other protocol's own field (XMPP `to`, SMTP greeting, …).
    Protocol,
}

impl Via {
    /// The word of the `name_via` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Via::Sni => "sni",
            Via::QuicSni => "quic-sni",
            Via::DtlsSni => "dtls-sni",
            Via::EchOuter => "ech-outer",
            Via::HttpHost => "http-host",
            Via::Connect => "connect",
            Via::Socks => "socks",
            Via::Certificate => "certificate",
            Via::Dns => "dns",
            Via::QuicCid => "quic-cid",
            Via::Protocol => "protocol",
        }
    }
}

/// How surely a name is the flow's own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Grade {
    /// Seen in the flow itself.
    Observed,
    /// Concluded from something else, such as an earlier DNS answer.
    Inferred,
    /// There is no name.
    None,
}

impl Grade {
    /// The word of the `name_grade` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::Observed => "observed",
            Grade::Inferred => "inferred",
            Grade::None => "none",
        }
    }
}

/// One thing that one packet said.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The frame that completed it.
    pub frame: u64,
    /// That frame's time.
    pub time: Time,
    /// Who said it.
    pub from: Side,
    /// What was said.
    pub what: What,
}

/// The kinds of evidence.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The flow speaks this protocol: the word of the `protocol` column. A later, more
    /// specific one replaces it (`tls` → `doh`).
    Protocol(&'static str),
    /// A name of the server.
    Name {
        /// How it is known.
        via: Via,
        /// As sent.
        name: Text,
    },
    /// A TLS, DTLS or QUIC ClientHello.
    ClientHello(Box<ClientHello>),
    /// The server's answer to it.
    ServerHello(Box<ServerHello>),
    /// The server's end-entity certificate, where it is sent in the clear (TLS 1.2 and below).
    Certificate(Box<Certificate>),
    /// One DNS, mDNS or LLMNR message.
    Dns(Box<DnsMessage>),
    /// The head of one HTTP request.
    HttpRequest(Box<HttpRequest>),
    /// The head of one HTTP response; responses come in the order of the requests.
    HttpResponse(Box<HttpResponse>),
    /// A QUIC version was agreed on or tried.
    QuicVersion(u32),
    /// A connection ID that this end chose (QUIC long header SCID): packets *to* it carry it.
    QuicConnectionId(Box<[u8]>),
    /// The names asked in this flow are hidden from us: `dot`, `doq`, `doh`, `ech`.
    Hidden(&'static str),
    /// Something was damaged, cut or not understood; counted in the losses under these words.
    Trouble(&'static str),
}

/// What is kept of a ClientHello (RFC 8446 §4.1.2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientHello {
    /// JA3: MD5 over version, ciphers, extensions, groups, point formats.
    pub ja3: [u8; 16],
    /// JA4, such as `t13d1516h2_8daaf6152771_02713d6af862`.
    pub ja4: String,
    /// ALPN protocols offered, in order.
    pub alpn: Vec<Text>,
    /// Highest version offered, as on the wire (`0x0304` is TLS 1.3; DTLS as on the wire too).
    pub version: u16,
    /// Cipher suites offered, GREASE included.
    pub ciphers: u16,
    /// True if an Encrypted Client Hello extension that is not GREASE-shaped is present.
    pub ech: bool,
    /// True if the hello resumes an earlier session (pre_shared_key, or a session ticket).
    pub resumes: bool,
    /// True if 0-RTT data follows.
    pub early_data: bool,
}

/// What is kept of a ServerHello.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerHello {
    /// The version chosen (`supported_versions` where present).
    pub version: u16,
    /// The cipher suite chosen.
    pub cipher: u16,
    /// The ALPN protocol chosen, where it is sent in the clear.
    pub alpn: Option<Text>,
    /// JA3S.
    pub ja3s: [u8; 16],
    /// True for a HelloRetryRequest.
    pub retry: bool,
}

/// What is kept of an X.509 certificate (RFC 5280).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Certificate {
    /// Subject alternative DNS names, then the common name if there are none.
    pub names: Vec<Text>,
    /// The issuer's name, as one line.
    pub issuer: Text,
    /// Not before, not after: seconds since 1970.
    pub valid: (i64, i64),
    /// SHA-256 over the DER bytes.
    pub sha256: [u8; 32],
}

/// Which of the three look-alike protocols.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum DnsFamily {
    /// Unicast DNS (RFC 1035).
    Dns,
    /// Multicast DNS (RFC 6762).
    Mdns,
    /// Link-local multicast name resolution (RFC 4795).
    Llmnr,
}

impl DnsFamily {
    /// `dns`, `mdns` or `llmnr`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DnsFamily::Dns => "dns",
            DnsFamily::Mdns => "mdns",
            DnsFamily::Llmnr => "llmnr",
        }
    }
}

/// One DNS message, as far as it could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsMessage {
    /// DNS, mDNS or LLMNR.
    pub family: DnsFamily,
    /// The transaction id.
    pub id: u16,
    /// True for a response.
    pub response: bool,
    /// The TC bit: the answer was cut by the server.
    pub truncated: bool,
    /// The response code, with the EDNS extension.
    pub rcode: u16,
    /// The first question: name in presentation form without the final dot, and type.
    pub question: Option<(Text, u16)>,
    /// Further questions (mDNS asks several at once).
    pub more_questions: Vec<(Text, u16)>,
    /// Answer, then additional address records (mDNS puts them there), in order.
    pub answers: Vec<DnsAnswer>,
    /// True if reading stopped before the counts in the header were met.
    pub damaged: bool,
}

/// One resource record.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsAnswer {
    /// Owner name in presentation form without the final dot.
    pub name: Text,
    /// The type number (1 is A, 28 is AAAA, 5 is CNAME, 65 is HTTPS, …).
    pub kind: u16,
    /// The data in presentation form.
    pub data: Text,
    /// Time to live in seconds.
    pub ttl: u32,
    /// The address, for A and AAAA; the hints of HTTPS and SVCB.
    pub addresses: Vec<IpAddr>,
    /// True for HTTPS and SVCB records that carry an ECH configuration (RFC 9848).
    pub ech: bool,
}

/// The head of an HTTP request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpRequest {
    /// `GET`, `POST`, `CONNECT`, …
    pub method: Text,
    /// `Host` or `:authority`, as sent, port included.
    pub host: Option<Text>,
    /// Path and query, as sent.
    pub path: Text,
    /// `User-Agent`.
    pub user_agent: Option<Text>,
    /// `Content-Type` of the request.
    pub content_type: Option<Text>,
    /// `Content-Encoding` of the request.
    pub content_encoding: Option<Text>,
    /// HTTP/2 stream; `None` for HTTP/1.
    pub stream: Option<u32>,
}

/// The head of an HTTP response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpResponse {
    /// 100 to 999.
    pub status: u16,
    /// `Content-Type` of the response.
    pub content_type: Option<Text>,
    /// `Content-Encoding` of the response.
    pub content_encoding: Option<Text>,
    /// HTTP/2 stream; `None` for HTTP/1, where order pairs them.
    pub stream: Option<u32>,
}
