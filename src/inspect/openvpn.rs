//! OpenVPN's control channel, where it is not encrypted: the TLS handshake in it says whose VPN
//! it is.
//!
//! In:   packets of a flow that begins with a reset (`recognise::openvpn`).
//! Out:  what TLS says in it: names, fingerprints, the server's certificate. The flow stays
//!       `openvpn`.
//! Spec: draft-openvpn-wire-protocol §3 and §4; OpenVPN's doxygen "network protocol".
//!
//! Packets of the control channel are numbered; those that come again or out of turn are skipped.
//! One packet over TCP is held at most, and reading ends after [`CONTROL_BYTES`]. With
//! `tls-crypt` nothing can be read, and reading ends at once.

use super::{Out, Step, tls};
use crate::model::{Carrier, Chunk};
use crate::wire::{Cursor, Malformed};

/// A handshake with long chains of certificates is smaller.
const CONTROL_BYTES: usize = 128 << 10;

/// Opcodes, in the upper five bits of the first byte.
const CONTROL: u8 = 4;
const ACKNOWLEDGEMENT: u8 = 5;
const RESETS: [u8; 5] = [1, 2, 7, 8, 10];

/// Sizes of the HMAC that `tls-auth` puts behind the session, 0 without it.
const HMACS: [usize; 7] = [0, 16, 20, 28, 32, 48, 64];

/// Reads one control channel.
pub(crate) struct OpenVpn {
    tls: tls::State,
    /// What TCP brought of packets that are not whole yet, by side.
    partial: [Vec<u8>; 2],
    /// The number of the next packet, by side.
    next: [u32; 2],
    /// Bytes of HMAC, once a reset told.
    hmac: Option<usize>,
    read: usize,
}

impl OpenVpn {
    pub(super) fn new() -> Self {
        OpenVpn {
            tls: tls::State::new(),
            partial: Default::default(),
            next: [0; 2],
            hmac: None,
            read: 0,
        }
    }

    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        self.read = self.read.saturating_add(chunk.bytes.len());
        if self.read > CONTROL_BYTES {
            return Step::Done;
        }
        if chunk.carrier == Carrier::Udp {
            return self.packet(chunk.bytes, chunk, out);
        }
        let Some(partial) = self.partial.get_mut(chunk.from.index()) else {
            return Step::Done;
        };
        let mut bytes = std::mem::take(partial);
        bytes.extend_from_slice(chunk.bytes);
        let mut input = Cursor::new(&bytes);
        let mut whole = 0;
        while let Ok(packet) = input.vector("packet", 2) {
            if self.packet(packet, chunk, out) != Step::More {
                return Step::Done;
            }
            whole = bytes.len().saturating_sub(input.left());
        }
        // What is left stays where it is: a packet that comes byte by byte is copied once.
        if whole > 0 {
            bytes.drain(..whole);
        }
        if let Some(partial) = self.partial.get_mut(chunk.from.index()) {
            *partial = bytes;
        }
        Step::More
    }

    pub(super) fn finish(&mut self, out: &mut Out) {
        self.tls.finish(out);
    }

    pub(super) fn buffered(&self) -> usize {
        let partial: usize = self.partial.iter().map(Vec::capacity).sum();
        self.tls.buffered().saturating_add(partial)
    }

    /// One packet of either side.
    fn packet(&mut self, bytes: &[u8], chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let opcode = bytes.first().map_or(0, |first| first >> 3);
        if RESETS.contains(&opcode) {
            self.hmac = self
                .hmac
                .or_else(|| HMACS.into_iter().find(|hmac| opens(bytes, *hmac)));
            let (Some(hmac), Some(next)) = (self.hmac, self.next.get_mut(chunk.from.index()))
            else {
                return Step::Done;
            };
            // Clients that hide what they speak send several, each with the next number.
            if let Ok((number, _)) = control(bytes, hmac) {
                *next = number.saturating_add(1);
            }
            return Step::More;
        }
        match (opcode, self.hmac) {
            (ACKNOWLEDGEMENT, _) => Step::More,
            (CONTROL, Some(hmac)) => match control(bytes, hmac) {
                Ok((number, payload)) => self.payload(number, payload, chunk, out),
                Err(_) => Step::More,
            },
            // Data of the tunnel: the handshake is over.
            _ => Step::Done,
        }
    }

    /// The part of the TLS stream that a packet carries.
    fn payload(&mut self, number: u32, bytes: &[u8], chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let Some(next) = self.next.get_mut(chunk.from.index()) else {
            return Step::Done;
        };
        if number != *next || bytes.is_empty() {
            return Step::More;
        }
        *next = next.saturating_add(1);
        match self.tls.push(&Chunk { bytes, ..*chunk }, out) {
            Step::More => Step::More,
            _ => Step::Done,
        }
    }
}

/// Behind the opcode and the session: HMAC, counter and time where there is one.
fn skip_head(input: &mut Cursor<'_>, hmac: usize) -> Result<(), Malformed> {
    input.skip("opcode and session", 9)?;
    if hmac > 0 {
        input.skip("hmac", hmac)?;
        input.skip("counter and time", 8)?;
    }
    Ok(())
}

/// Acknowledgements, then the packet's own number.
fn number(input: &mut Cursor<'_>) -> Result<u32, Malformed> {
    let count = usize::from(input.u8("acknowledgements")?);
    if count > 0 {
        input.skip("acknowledged", count.saturating_mul(4).saturating_add(8))?;
    }
    input.u32("number")
}

/// Whether a reset with an HMAC of that size ends with its number, which is 0.
fn opens(bytes: &[u8], hmac: usize) -> bool {
    let mut input = Cursor::new(bytes);
    let counted = hmac == 0
        || (bytes.get(hmac.saturating_add(9)..))
            .is_some_and(|rest| rest.starts_with(&[0, 0, 0, 1]));
    counted
        && skip_head(&mut input, hmac).is_ok()
        && number(&mut input) == Ok(0)
        && input.is_empty()
}

/// The number of a control packet, and its part of the TLS stream.
fn control(bytes: &[u8], hmac: usize) -> Result<(u32, &[u8]), Malformed> {
    let mut input = Cursor::new(bytes);
    skip_head(&mut input, hmac)?;
    let number = number(&mut input)?;
    Ok((number, input.rest()))
}

#[cfg(test)]
mod tests {
    use crate::inspect::check::{Client, Event, Server, evidence, words};
    use crate::inspect::tls::testing::{client_hello, records};
    use crate::model::Carrier;

    const ME: &[u8] = b"abcdefgh";

    /// A packet of ours: opcode and key, session, protection, no acknowledgement, number, bytes.
    fn packet(opcode: u8, protection: &[u8], number: u32, bytes: &[u8]) -> Vec<u8> {
        [
            &[opcode << 3],
            ME,
            protection,
            &[0],
            &number.to_be_bytes(),
            bytes,
        ]
        .concat()
    }

    fn framed(packet: &[u8]) -> Vec<u8> {
        let len = u16::try_from(packet.len()).unwrap_or_default();
        [&len.to_be_bytes()[..], packet].concat()
    }

    /// A session of two resets whose hello is in two packets, of which the first comes twice.
    fn session(protection: &[u8]) -> [Vec<u8>; 5] {
        let hello = records(22, &client_hello("vpn.a.io", &[]), 1 << 14);
        let (first, second) = hello.split_at(60);
        [
            packet(7, protection, 0, b""),
            packet(7, protection, 1, b""),
            packet(4, protection, 2, first),
            packet(4, protection, 2, first),
            packet(4, protection, 3, second),
        ]
    }

    #[track_caller]
    fn tells_the_name(said: &str) {
        assert!(said.starts_with("openvpn ClientHello("), "{said}");
        assert!(said.ends_with(" sni:vpn.a.io"), "{said}");
    }

    #[test]
    fn reads_the_handshake() {
        let auth = [&[0x5a; 20][..], b"\0\0\0\x01\x65\0\0\0"].concat();
        for protection in [&b""[..], &auth] {
            let packets = session(protection);
            let events: Vec<Event<'_>> = packets.iter().map(|packet| Client(packet)).collect();
            tells_the_name(&words(&evidence(Carrier::Udp, 1194, &events)));
            let stream: Vec<u8> = packets.iter().flat_map(|packet| framed(packet)).collect();
            for size in [1, 7, 4096] {
                let events: Vec<Event<'_>> = stream.chunks(size).map(Client).collect();
                tells_the_name(&words(&evidence(Carrier::Tcp, 1194, &events)));
            }
        }
    }

    #[test]
    fn leaves_what_is_encrypted() {
        let [reset, ..] = session(b"");
        let data = [&[0x30][..], &[0xa5; 90]].concat();
        let events = [Client(&reset), Server(&data), Client(&data)];
        assert_eq!(words(&evidence(Carrier::Udp, 1194, &events)), "openvpn");
        let mut crypt = [&[0x38][..], ME, b"\0\0\0\x01\x65\0\0\0"].concat();
        crypt.resize(54, 0x5a);
        let events = [Client(&crypt), Client(&data)];
        assert_eq!(words(&evidence(Carrier::Udp, 1194, &events)), "openvpn");
    }
}
