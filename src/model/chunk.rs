//! What a flow hands to the readers of protocols.

use super::Time;
use std::net::IpAddr;

/// One end of a flow.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Side {
    /// The end that opened the flow (sent the SYN, or the first packet seen).
    Client,
    /// The other end.
    Server,
}

impl Side {
    /// 0 for the client, 1 for the server.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Side::Client => 0,
            Side::Server => 1,
        }
    }

    /// The other end.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// What carried a chunk of bytes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Carrier {
    /// In-order bytes of a TCP stream; chunks follow each other without overlap.
    Tcp,
    /// One datagram of UDP (or UDP-Lite).
    Udp,
}

/// Some bytes of a flow: the next in-order bytes of a TCP direction, or one whole datagram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    pub(crate) bytes: &'a [u8],
    /// Who sent them.
    pub(crate) from: Side,
    pub(crate) carrier: Carrier,
    /// The frame that brought the last of these bytes.
    pub(crate) frame: u64,
    pub(crate) time: Time,
    /// Bytes of this datagram that the snaplen cut off; 0 for streams, which report gaps instead.
    pub(crate) cut_bytes: u32,
    pub(crate) client: IpAddr,
    pub(crate) server: IpAddr,
    pub(crate) client_port: u16,
    pub(crate) server_port: u16,
}

impl Chunk<'_> {
    /// True if either end uses `port`.
    pub(crate) fn has_port(&self, port: u16) -> bool {
        self.client_port == port || self.server_port == port
    }
}
