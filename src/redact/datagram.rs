//! Datagrams: each protocol's readable part, and of QUIC the sealed one that all can open.
//!
//! In:   the payload of a UDP datagram, and between whom.
//! Out:  the same length, with what the report reads.
//! Spec: RFC 9000 §17, RFC 9001 §5, RFC 9369 (QUIC); RFC 8489 §5 (STUN); RFC 5905 §7.3 (NTP);
//!       RFC 9147 (DTLS); the WireGuard protocol, "Messages".
//!
//! An Initial packet is opened, what its handshake says is rewritten as in TLS, and it is sealed
//! again with the same keys: anyone can open it again, and reads no more than is meant to be read.

use super::canvas::Canvas;
use super::dns;
use super::names::{Family, Namer};
use super::streams::Key;
use super::tls;
use super::transport::Half;
use super::{Pass, Redactor, hosts};
use crate::inspect::quic::frames::{self, Frame};
use crate::inspect::quic::header::{Kind, Long};
use crate::inspect::quic::keys::{Keys, Secret};
use crate::wire::Cursor;

/// Connection ids of a flow from which keys may come.
const MOST_IDS: usize = 4;
/// Flows of which ids are known.
const MOST_FLOWS: usize = 1 << 20;

impl Redactor {
    /// Rewrites a datagram.
    pub(super) fn datagram(&mut self, half: Half, c: &mut Canvas<'_>) {
        if self.keeps_names() {
            let _ = self.readable(half, c);
        }
        self.tally(c);
    }

    fn readable(&mut self, half: Half, c: &mut Canvas<'_>) -> Option<()> {
        let family = match half {
            _ if half.has_port(5353) || half.has_port(5355) => Some(Family::Local),
            _ if half.has_port(53) => Some(Family::Public),
            _ => None,
        };
        if self.is_mark_address(half.dst) {
            self.mark(c);
            return Some(());
        }
        let mut namer = self.namer();
        if let Some(family) = family {
            return dns::message(c, &mut namer, family);
        }
        if half.has_port(137) {
            return dns::netbios(c, &mut namer);
        }
        if half.has_port(67) || half.has_port(68) {
            return hosts::dhcp(c, &mut namer);
        }
        if self.is_gathering() {
            return None;
        }
        let first = c.u8(0)?;
        match half {
            _ if half.has_port(546) || half.has_port(547) => hosts::dhcpv6(c),
            // SSDP: the words of HTTP in a datagram.
            _ if half.has_port(1900) => {
                let who = self.speaker(half);
                let made = super::text::stream(c.from(), &mut self.namer(), who)?;
                c.put(0, &made)
            }
            _ if half.has_port(123) && c.len() >= 48 => c.keep(0, 48),
            _ if matches!(c.array::<2>(0), Some([20..=26, 0xfe])) => {
                let who = self.speaker(half);
                tls::datagram(c, &mut self.namer(), who)
            }
            _ if c.array::<4>(4) == Some([0x21, 0x12, 0xa4, 0x42]) && first < 4 => stun(c),
            _ if matches!(c.array::<4>(0), Some([1..=4, 0, 0, 0])) => c.keep(0, 4),
            _ if first & 0x80 != 0 => self.quic(half, c),
            // The first byte of a short header.
            _ if half.has_port(443) && first & 0xc0 == 0x40 => c.keep(0, 1),
            _ => None,
        }
    }

    /// Packets with long headers, and one with a short one behind them.
    fn quic(&mut self, half: Half, c: &mut Canvas<'_>) -> Option<()> {
        let bytes = c.from();
        let mut datagram = Cursor::new(bytes);
        loop {
            let start = bytes.len().checked_sub(datagram.left())?;
            let long = Long::next(&mut datagram).ok()??;
            let known = long.version.is_known();
            if !known && long.kind != Kind::VersionNegotiation {
                return None;
            }
            let end = start.checked_add(long.packet.len())?;
            let mut packet = c.part(start, end);
            let ids = long
                .destination
                .len()
                .checked_add(long.source.len())?
                .checked_add(7)?;
            packet.keep(0, ids)?;
            match long.kind {
                Kind::VersionNegotiation => packet.keep(ids, packet.len().checked_sub(ids)?)?,
                Kind::Initial => {
                    let _ = self.initial(half, &long, &mut packet);
                }
                Kind::ZeroRtt | Kind::Handshake => {
                    packet.keep(ids, long.number_at.checked_sub(ids)?)?;
                }
                // The token stays blank.
                Kind::Retry => return Some(()),
            }
        }
    }

    /// Opens, rewrites and seals. What cannot be opened keeps its header.
    fn initial(&mut self, half: Half, long: &Long<'_>, c: &mut Canvas<'_>) -> Option<()> {
        // The token in front of the length was made for an address: its length stays.
        let ids = long.destination.len().checked_add(long.source.len())?;
        let at = ids.checked_add(7)?;
        let (token, width) = number(c, at)?;
        c.keep(at, width)?;
        let after = at.checked_add(width)?.checked_add(token)?;
        c.keep(after, long.number_at.checked_sub(after)?)?;

        let mut open = Vec::new();
        let (keys, id, range) = self.opened(half, long, &mut open)?;
        let payload = open.get(range.clone())?.to_vec();
        let key = |half: Half| Key::Quic(half, id.clone());
        let google = long.version.is_google();
        if self.pass == Pass::Streams {
            let mut cursor = Cursor::new(&payload);
            while let Ok(Some(frame)) = frames::next(&mut cursor, google) {
                if let Frame::Crypto { offset, bytes } = frame
                    && let Ok(offset) = u32::try_from(offset)
                {
                    self.begin_stream(key(half), 0);
                    self.push_stream(key(half), offset, bytes);
                }
            }
            return Some(());
        }
        let made = self.rewritten_frames(&key(half), &payload, google);
        let mut head = open.get(..range.start)?.to_vec();
        let token_at = at.checked_add(width)?;
        head.get_mut(token_at..token_at.checked_add(token)?)?
            .fill(0);
        let number_len = range.start.checked_sub(long.number_at)?;
        let sealed = keys.seal(&head, number_len, &made)?;
        c.put(0, &sealed)
    }

    /// The keys that fit, and the id that they come from.
    fn opened(
        &mut self,
        half: Half,
        long: &Long<'_>,
        open: &mut Vec<u8>,
    ) -> Option<(Keys, Box<[u8]>, std::ops::Range<usize>)> {
        let own: Box<[u8]> = long.destination.into();
        let of = |ids: Option<&Vec<Box<[u8]>>>| ids.cloned().unwrap_or_default();
        let client = of(self.ids.get(&half));
        let server = of(self.ids.get(&half.turned()));
        let clients = client.into_iter().chain([own.clone()]).map(|id| (id, true));
        let servers = server.into_iter().map(|id| (id, false));
        for (id, is_client) in servers.chain(clients) {
            for scheme in long.version.schemes() {
                let secret = Secret::new(*scheme, &id);
                let keys = match is_client {
                    true => secret.client(),
                    false => secret.server(),
                };
                let Some(keys) = keys else { continue };
                if let Some(range) = keys.open(long.packet, long.number_at, open) {
                    if is_client && self.ids.len() < MOST_FLOWS {
                        let known = self.ids.entry(half).or_default();
                        if !known.contains(&id) && known.len() < MOST_IDS {
                            known.push(id.clone());
                        }
                    }
                    return Some((keys, id, range));
                }
            }
        }
        None
    }

    /// Frames as they were but for what the handshake says, and why a connection was closed.
    fn rewritten_frames(&self, key: &Key, payload: &[u8], google: bool) -> Vec<u8> {
        let mut made = vec![0; payload.len()];
        let mut c = Canvas::new(payload, &mut made);
        let mut cursor = Cursor::new(payload);
        loop {
            let start = payload.len().saturating_sub(cursor.left());
            let Ok(Some(frame)) = frames::next(&mut cursor, google) else {
                return made;
            };
            let end = payload.len().saturating_sub(cursor.left());
            let len = end.saturating_sub(start);
            match frame {
                Frame::Crypto { offset, bytes } => {
                    let data = end.saturating_sub(bytes.len());
                    let _ = c.keep(start, data.saturating_sub(start));
                    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
                    if let Some((_, part)) = self.streams.made(key, offset, bytes.len()) {
                        let _ = c.put(data, part);
                    }
                }
                // Zeros are padding.
                Frame::Close => {}
                Frame::Other => {
                    let _ = c.keep(start, len);
                }
            }
        }
    }

    /// What becomes of the start of a stream.
    pub(super) fn of_stream(key: &Key, bytes: &[u8], namer: &mut Namer<'_>) -> Vec<u8> {
        let half = match key {
            Key::Tcp(half) | Key::Quic(half, _) => *half,
        };
        let who = tls::Speaker {
            is_hidden: namer.pseudonyms.is_hidden(half.src),
        };
        if let Key::Quic(..) = key {
            let mut made = vec![0; bytes.len()];
            tls::handshake(&mut Canvas::new(bytes, &mut made), namer, who);
            return made;
        }
        if half.has_port(53) {
            return messages(bytes, namer);
        }
        if tls::is_record(bytes) {
            return tls::records(bytes, namer, who);
        }
        super::text::stream(bytes, namer, who).unwrap_or_default()
    }
}

/// DNS over TCP: each message behind its length (RFC 1035 §4.2.2).
fn messages(bytes: &[u8], namer: &mut Namer<'_>) -> Vec<u8> {
    let mut made = vec![0; bytes.len()];
    let mut c = Canvas::new(bytes, &mut made);
    let mut at = 0_usize;
    while let Some(len) = c.size(at) {
        let body = at.saturating_add(2);
        let end = body.saturating_add(len);
        let _ = c.keep(at, 2);
        let _ = dns::message(&mut c.part(body, end), namer, Family::Public);
        at = end;
    }
    made
}

/// A number of QUIC's, and how long it is written.
fn number(c: &Canvas<'_>, at: usize) -> Option<(usize, usize)> {
    let first = c.u8(at)?;
    let width = 1_usize << (first >> 6);
    let rest = c.from().get(at.checked_add(1)?..at.checked_add(width)?)?;
    let start = u64::from(first & 0x3f);
    let number = rest
        .iter()
        .fold(start, |number, byte| number << 8 | u64::from(*byte));
    Some((usize::try_from(number).ok()?, width))
}

/// Kinds and lengths of attributes: their values are addresses, names and passwords.
fn stun(c: &mut Canvas<'_>) -> Option<()> {
    c.keep(0, 20)?;
    let mut at = 20_usize;
    while at < c.len() {
        c.keep(at, 4)?;
        let len = c.size(at.checked_add(2)?)?;
        let padded = len.checked_add(3)? & !3;
        at = at.checked_add(4)?.checked_add(padded)?;
    }
    Some(())
}
