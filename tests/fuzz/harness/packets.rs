//! Payloads in packets: raw IPv4 without link layer, checksums left at zero.

/// Who speaks: the phone and one server.
pub(crate) const PHONE: [u8; 4] = [192, 168, 1, 23];
pub(crate) const SERVER: [u8; 4] = [203, 0, 113, 10];

/// LINKTYPE_RAW.
pub(crate) const RAW: u32 = 101;

fn ipv4(from: [u8; 4], to: [u8; 4], protocol: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(20 + body.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes();
    let mut packet = vec![0x45, 0, len[0], len[1], 0, 1, 0x40, 0, 64, protocol, 0, 0];
    packet.extend(from);
    packet.extend(to);
    packet.extend(body);
    packet
}

/// One datagram, at most as long as IPv4 allows.
pub(crate) fn udp(upwards: bool, port: u16, payload: &[u8]) -> Vec<u8> {
    let payload = &payload[..payload.len().min(65_000)];
    let (from, to, source, target) = if upwards {
        (PHONE, SERVER, 40_000, port)
    } else {
        (SERVER, PHONE, port, 40_000)
    };
    let mut body = Vec::with_capacity(8 + payload.len());
    for field in [source, target, (8 + payload.len()) as u16, 0] {
        body.extend(field.to_be_bytes());
    }
    body.extend(payload);
    ipv4(from, to, 17, &body)
}

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const ACK: u8 = 16;

/// One TCP connection, built packet by packet.
pub(crate) struct Talk {
    pub(crate) packets: Vec<Vec<u8>>,
    port: u16,
    next: [u32; 2],
}

impl Talk {
    /// A connection to `port` whose handshake was seen; sequence numbers begin at `start`.
    pub(crate) fn open(port: u16, start: u32) -> Talk {
        let mut talk = Talk {
            packets: Vec::new(),
            port,
            next: [start, 77],
        };
        talk.segment(true, SYN, &[]);
        talk.segment(false, SYN | ACK, &[]);
        talk.next = [start.wrapping_add(1), 78];
        talk.segment(true, ACK, &[]);
        talk
    }

    /// `payload` in segments of `size` bytes.
    pub(crate) fn send(&mut self, upwards: bool, payload: &[u8], size: usize) {
        for part in payload.chunks(size.max(1)) {
            self.segment(upwards, ACK, part);
            let side = usize::from(!upwards);
            self.next[side] = self.next[side].wrapping_add(part.len() as u32);
        }
    }

    /// One segment where its side stands now.
    pub(crate) fn segment(&mut self, upwards: bool, flags: u8, payload: &[u8]) {
        let (from, to, source, target) = if upwards {
            (PHONE, SERVER, 40_000, self.port)
        } else {
            (SERVER, PHONE, self.port, 40_000)
        };
        let (mine, theirs) = (usize::from(!upwards), usize::from(upwards));
        let mut body = Vec::with_capacity(20 + payload.len());
        body.extend(u16::to_be_bytes(source));
        body.extend(u16::to_be_bytes(target));
        body.extend(self.next[mine].to_be_bytes());
        body.extend(self.next[theirs].to_be_bytes());
        body.extend([0x50, flags, 0xfa, 0, 0, 0, 0, 0]);
        body.extend(&payload[..payload.len().min(65_000)]);
        self.packets.push(ipv4(from, to, 6, &body));
    }

    /// Moves a side's sequence number without sending: a hole, or bytes said again.
    pub(crate) fn jump(&mut self, upwards: bool, by: i32) {
        let side = usize::from(!upwards);
        self.next[side] = self.next[side].wrapping_add_signed(by);
    }
}

/// A QUIC version 1 Initial of the client with these frames, sealed as RFC 9001 §5 asks, so
/// that mutations reach the frames and not only the seal.
pub(crate) fn initial(number: u8, frames: &[u8]) -> Vec<u8> {
    use aes_gcm::aead::{Aead, KeyInit, Payload};
    const ID: &[u8] = b"fuzzing!";
    let keys = initial_keys(ID);
    let mut frames = frames[..frames.len().min(1_100)].to_vec();
    frames.resize(frames.len().max(1_162), 0);
    let length = (frames.len() + 1 + 16) as u16 | 0x4000;
    let mut head = vec![0xc0, 0, 0, 0, 1, 8];
    head.extend(ID);
    head.extend([0, 0]);
    head.extend(length.to_be_bytes());
    head.push(number);
    let mut nonce = keys.iv;
    nonce[11] ^= number;
    let cipher = aes_gcm::Aes128Gcm::new(&keys.key.into());
    let sealed = cipher
        .encrypt(
            &nonce.into(),
            Payload {
                msg: &frames,
                aad: &head,
            },
        )
        .unwrap_or_default();
    let mask = mask(&keys.mask, &sealed[3..19]);
    head[0] ^= mask[0] & 0x0f;
    let last = head.len() - 1;
    head[last] ^= mask[1];
    head.extend(sealed);
    head
}

struct Keys {
    key: [u8; 16],
    iv: [u8; 12],
    mask: [u8; 16],
}

fn initial_keys(connection: &[u8]) -> Keys {
    // RFC 9001 §5.2.
    const SALT: [u8; 20] = [
        0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c,
        0xad, 0xcc, 0xbb, 0x7f, 0x0a,
    ];
    let (extracted, _) = hkdf::Hkdf::<sha2::Sha256>::extract(Some(&SALT), connection);
    let mut client = [0; 32];
    expand(&extracted, b"client in", &mut client);
    let mut keys = Keys {
        key: [0; 16],
        iv: [0; 12],
        mask: [0; 16],
    };
    expand(&client, b"quic key", &mut keys.key);
    expand(&client, b"quic iv", &mut keys.iv);
    expand(&client, b"quic hp", &mut keys.mask);
    keys
}

/// HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
fn expand(secret: &[u8], label: &[u8], out: &mut [u8]) {
    let mut info = vec![0, out.len() as u8, (label.len() + 6) as u8];
    info.extend(b"tls13 ");
    info.extend(label);
    info.push(0);
    let expander = hkdf::Hkdf::<sha2::Sha256>::from_prk(secret).ok();
    expander.map(|expander| expander.expand(&info, out));
}

fn mask(key: &[u8; 16], sample: &[u8]) -> [u8; 16] {
    use aes::cipher::{BlockCipherEncrypt, KeyInit};
    let mut block: [u8; 16] = sample.try_into().unwrap_or_default();
    let cipher = aes::Aes128::new(&(*key).into());
    let mut cells = block.into();
    cipher.encrypt_block(&mut cells);
    block.copy_from_slice(&cells);
    block
}
