//! Opening Initial packets. Their keys come from a connection ID that everybody can read.
//!
//! In:   a scheme, the client's first destination connection ID, a packet.
//! Out:  the frames inside.
//! Spec: RFC 9001 §5.2 to §5.4 and appendix A, RFC 9369 §3.3.
//!
//! Deriving the keys of one direction costs fourteen SHA-256 blocks, opening a packet of 1,200
//! bytes about as much. The caller bounds how often either is done.

use super::version::{Labels, Scheme};
use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes128Gcm, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use std::ops::Range;

/// The secret from which the keys of both directions come.
pub(crate) struct Secret {
    hkdf: Hkdf<Sha256>,
    labels: &'static Labels,
}

/// The keys of one direction.
pub(crate) struct Keys {
    packet: Aes128Gcm,
    header: Aes128,
    iv: [u8; 12],
}

impl Secret {
    pub(crate) fn new(scheme: Scheme, connection_id: &[u8]) -> Self {
        Secret {
            hkdf: Hkdf::new(Some(scheme.salt), connection_id),
            labels: scheme.labels,
        }
    }

    /// Keys of what the client sends.
    pub(crate) fn client(&self) -> Option<Keys> {
        self.keys(b"tls13 client in")
    }

    /// Keys of what the server sends.
    pub(crate) fn server(&self) -> Option<Keys> {
        self.keys(b"tls13 server in")
    }

    fn keys(&self, label: &[u8]) -> Option<Keys> {
        let secret: [u8; 32] = expand(&self.hkdf, label)?;
        let hkdf = Hkdf::from_prk(&secret).ok()?;
        Some(Keys {
            packet: Aes128Gcm::new(&expand::<16>(&hkdf, self.labels.key)?.into()),
            header: Aes128::new(&expand::<16>(&hkdf, self.labels.header)?.into()),
            iv: expand(&hkdf, self.labels.iv)?,
        })
    }
}

impl Keys {
    /// Takes the protection off `packet`, which is copied to `spare` first. The packet number
    /// starts at `number_at`. The frames lie in `spare` where the range says. `None` if the packet is too short or its tag is wrong.
    pub(crate) fn open(
        &self,
        packet: &[u8],
        number_at: usize,
        spare: &mut Vec<u8>,
    ) -> Option<Range<usize>> {
        spare.clear();
        spare.extend_from_slice(packet);
        let (head, rest) = spare.split_at_mut_checked(number_at)?;
        let sample: [u8; 16] = *rest.get(NUMBER_MAX..)?.first_chunk()?;
        let mut mask = sample.into();
        self.header.encrypt_block(&mut mask);
        let [first_mask, number_mask @ ..] = <[u8; 16]>::from(mask);
        let first = head.first_mut()?;
        // The long header protects four bits of its first byte (RFC 9001 §5.4.1).
        *first ^= first_mask & 0x0f;
        let number_len = usize::from(*first & 3).saturating_add(1);
        let mut number = 0_u64;
        for (byte, mask) in rest.iter_mut().zip(number_mask).take(number_len) {
            *byte ^= mask;
            number = number << 8 | u64::from(*byte);
        }
        let start = number_at.checked_add(number_len)?;
        let (head, body) = spare.split_at_mut_checked(start)?;
        let (body, tag) = body.split_last_chunk_mut::<16>()?;
        let tag: &Tag = (&*tag).into();
        self.packet
            .decrypt_inout_detached(&self.nonce(number), head, (&mut *body).into(), tag)
            .ok()?;
        Some(start..start.checked_add(body.len())?)
    }

    /// The reverse of [`Keys::open`]: `header` ends with the packet number. `None` if the packet
    /// would be too short to be opened.
    pub(crate) fn seal(&self, header: &[u8], number_len: usize, frames: &[u8]) -> Option<Vec<u8>> {
        let number_at = header.len().checked_sub(number_len)?;
        let number = header
            .get(number_at..)?
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        let mut body = frames.to_vec();
        let tag = self
            .packet
            .encrypt_inout_detached(&self.nonce(number), header, body.as_mut_slice().into())
            .ok()?;
        let mut packet = [header, &body, &tag].concat();
        let sample: [u8; 16] = *packet
            .get(number_at.checked_add(NUMBER_MAX)?..)?
            .first_chunk()?;
        let mut mask = sample.into();
        self.header.encrypt_block(&mut mask);
        let [first_mask, number_mask @ ..] = <[u8; 16]>::from(mask);
        *packet.first_mut()? ^= first_mask & 0x0f;
        let places = packet.iter_mut().skip(number_at).take(number_len);
        for (byte, mask) in places.zip(number_mask) {
            *byte ^= mask;
        }
        Some(packet)
    }

    /// Packet numbers of Initials are small: the truncated number is the number.
    fn nonce(&self, number: u64) -> Nonce<aes_gcm::aead::consts::U12> {
        let mut nonce = self.iv;
        for (byte, number) in nonce.iter_mut().skip(4).zip(number.to_be_bytes()) {
            *byte ^= number;
        }
        nonce.into()
    }
}

/// HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
fn expand<const N: usize>(hkdf: &Hkdf<Sha256>, label: &[u8]) -> Option<[u8; N]> {
    let mut key = [0; N];
    let len = u16::try_from(N).ok()?.to_be_bytes();
    let label_len = [u8::try_from(label.len()).ok()?];
    let info: [&[u8]; 4] = [&len, &label_len, label, &[0]];
    hkdf.expand_multi_info(&info, &mut key).ok()?;
    Some(key)
}

/// The sample is taken as if the packet number were as long as it can be (RFC 9001 §5.4.2).
const NUMBER_MAX: usize = 4;
