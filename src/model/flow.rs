//! The row of a flow, and the rows of what was said in the clear.

use super::{App, Grade, NameOwner, Place, Scope, Text, Time, Verdict, Via};
use std::fmt;
use std::net::IpAddr;

/// What is directly inside the IP packet.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Transport {
    /// RFC 9293.
    Tcp,
    /// RFC 768.
    Udp,
    /// RFC 3828.
    UdpLite,
    /// RFC 792.
    Icmp,
    /// RFC 4443.
    Icmpv6,
    /// RFC 9260.
    Sctp,
    /// RFC 4303.
    Esp,
    /// RFC 4302.
    Ah,
    /// RFC 2784, the outer packet of a tunnel.
    Gre,
    /// IP in IP (protocol 4 or 41), the outer packet of a tunnel.
    IpIp,
    /// A later fragment, or a packet cut before its ports: they are unknown.
    Fragment(u8),
    /// Any other IP protocol number.
    Other(u8),
}

impl Transport {
    /// The word of the `transport` column, where it needs no number.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
            Transport::UdpLite => "udplite",
            Transport::Icmp => "icmp",
            Transport::Icmpv6 => "icmpv6",
            Transport::Sctp => "sctp",
            Transport::Esp => "esp",
            Transport::Ah => "ah",
            Transport::Gre => "gre",
            Transport::IpIp => "ipip",
            Transport::Fragment(_) | Transport::Other(_) => return None,
        })
    }
}

/// The word of the `transport` column.
impl fmt::Display for Transport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.word()) {
            (_, Some(word)) => out.pad(word),
            (Transport::Fragment(number), _) => write!(out, "fragment-{number}"),
            (Transport::Other(number), _) => write!(out, "ip-{number}"),
            _ => Ok(()),
        }
    }
}

/// One name a flow carried.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowName {
    /// As seen.
    pub name: Text,
    /// How.
    pub via: Via,
    /// How surely.
    pub grade: Grade,
    /// In which frame.
    pub frame: u64,
}

/// One flow, oriented from the audited device. See `docs/columns.md` for every column.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Number, from 1, in order of first packets.
    pub flow: u64,
    /// By the remote address.
    pub scope: Scope,
    /// What is inside the IP packets.
    pub transport: Transport,
    /// The device's address (or the initiator's).
    pub local_ip: IpAddr,
    /// Its port; 0 where the transport has none.
    pub local_port: u16,
    /// The other end.
    pub remote_ip: IpAddr,
    /// Its port.
    pub remote_port: u16,
    /// True if `local_ip` belongs to an audited device.
    pub local_is_device: bool,
    /// True if the local end opened the flow.
    pub opened_locally: bool,
    /// First packet.
    pub first_seen: Time,
    /// Last packet.
    pub last_seen: Time,
    /// Packets from the local end.
    pub packets_out: u64,
    /// Original IP lengths of those.
    pub bytes_out: u64,
    /// Packets to the local end.
    pub packets_in: u64,
    /// Original IP lengths of those.
    pub bytes_in: u64,
    /// Frame number of the first packet.
    pub first_frame: u64,
    /// Frame number of the last packet.
    pub last_frame: u64,
    /// Tunnel layers: empty for a flow outside any tunnel, `gtp`, `vxlan`, … for one inside.
    pub tunnel: &'static str,
    /// True if this is the outer flow of a tunnel whose inner flows are rows of their own.
    pub carries_tunnel: bool,
    /// What it speaks; `None` where no one recognised it.
    pub protocol: Option<&'static str>,
    /// The best name.
    pub name: Option<Text>,
    /// How that is known.
    pub name_via: Option<Via>,
    /// How surely.
    pub name_grade: Grade,
    /// Other names that shared the address, where the name comes from DNS.
    pub name_rivals: Option<u64>,
    /// All names, where there were several.
    pub names: Vec<FlowName>,
    /// Registrable domain of the best name.
    pub registrable_domain: Option<Text>,
    /// Who is behind the name.
    pub owner: std::sync::Arc<NameOwner>,
    /// Which program.
    pub app: Option<App>,
    /// Where the remote end is.
    pub place: std::sync::Arc<Place>,
    /// Smallest handshake round trip seen, in nanoseconds.
    pub rtt_ns: Option<u64>,
    /// TLS version agreed on (or highest offered, where no answer was seen), as on the wire.
    pub tls_version: Option<u16>,
    /// True if `tls_version` was chosen by the server, false if only offered.
    pub tls_version_chosen: bool,
    /// Cipher suite chosen.
    pub tls_cipher: Option<u16>,
    /// ALPN: chosen where seen, else the first offered.
    pub alpn: Option<Text>,
    /// JA3.
    pub ja3: Option<[u8; 16]>,
    /// JA3S.
    pub ja3s: Option<[u8; 16]>,
    /// JA4.
    pub ja4: Option<Text>,
    /// `dot`, `doq`, `doh` or `ech`, where names asked or served here are hidden.
    pub hidden: Option<&'static str>,
    /// The server's certificate: names, issuer and validity in one line, where seen.
    pub certificate: Option<Text>,
    /// TCP payload bytes that were never seen (holes in the stream).
    pub gap_bytes: u64,
    /// The verdict, where something was expected.
    pub verdict: Option<Verdict>,
    /// The phase of the test in which it began.
    pub phase: Option<std::sync::Arc<str>>,
    /// Whether a baseline has its destination too; `None` where there is no baseline.
    pub in_baseline: Option<bool>,
}

/// One DNS exchange, or a query without an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsRow {
    /// `dns`, `mdns` or `llmnr`.
    pub family: &'static str,
    /// `udp` or `tcp`.
    pub transport: Transport,
    /// Who asked.
    pub client_ip: IpAddr,
    /// Who was asked.
    pub resolver_ip: IpAddr,
    /// Frame of the response, or of the query where none was seen.
    pub frame: u64,
    /// Its time.
    pub time: Time,
    /// The name asked.
    pub name: Text,
    /// The type asked.
    pub kind: u16,
    /// The response code; `None` where no response was seen.
    pub rcode: Option<u16>,
    /// True if the server cut its answer (TC).
    pub truncated: bool,
    /// The records.
    pub answers: Vec<super::DnsAnswer>,
}

/// One HTTP exchange seen in the clear.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpRow {
    /// Number of its flow.
    pub flow: u64,
    /// Frame that completed the request's head.
    pub frame: u64,
    /// Its time.
    pub time: Time,
    /// The head of the request.
    pub request: super::HttpRequest,
    /// The head of the response, where seen.
    pub response: Option<super::HttpResponse>,
    /// The server.
    pub remote_ip: IpAddr,
    /// Its port.
    pub remote_port: u16,
}
