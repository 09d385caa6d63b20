//! Signatures and keys in the form of minisign.
//!
//! In:   bytes, and a secret key without a password.
//! Out:  a signature that `minisign -V` accepts; the same for the same bytes and key.
//! Spec: minisign's format (jedisct1.github.io/minisign, "Signature format"), Ed25519 over
//!       BLAKE2b-512 (RFC 8032, RFC 7693).
//!
//! Signing takes no random bytes (RFC 8032 §5.1.6), so that a bundle made twice is the same.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Blake2b512, Digest as _};
use ct_codecs::{Base64, Decoder as _, Encoder as _};
use ed25519_compact::{KeyPair, PublicKey, SecretKey};
use std::path::Path;
use whereto::Error;

/// A key that signs.
pub(super) struct Key {
    number: [u8; 8],
    secret: SecretKey,
}

/// Bytes of a secret key file's second line: algorithms (2 each: signature, key derivation,
/// checksum), salt (32), limits (8 and 8), key number (8), key (64), checksum (32).
const SECRET_BYTES: usize = 158;
const UNTRUSTED: &str = "untrusted comment: ";
const TRUSTED: &str = "trusted comment: ";
/// Key files are small.
const MOST_KEY_BYTES: u64 = 64 << 10;
/// The first line of our signatures. It is not signed, so that it must be known.
pub(super) const COMMENT: &str = "signature by whereto; minisign -Vm manifest.sha256 -p KEY.pub";

impl Key {
    /// Reads a secret key file that has no password (`minisign -G -W`).
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = small(path)?;
        let wrong = |what: &str| Error::Usage(format!("{}: {what}", path.display()));
        let line = text.lines().nth(1).unwrap_or_default().trim();
        let bytes = Base64::decode_to_vec(line, None).unwrap_or_default();
        let no_key = "is not a secret key of minisign; whereto bundle --new-key makes one";
        let fields: [u8; SECRET_BYTES] = bytes.try_into().map_err(|_| wrong(no_key))?;
        let (algorithms, rest) = fields.split_at(6);
        let (_, rest) = rest.split_at(48);
        let (number, rest) = rest.split_at(8);
        let (secret, checksum) = rest.split_at(64);
        match algorithms {
            [b'E', b'd', 0, 0, b'B', b'2'] => {}
            [b'E', b'd', b'S', b'c', ..] => {
                return Err(wrong(
                    "is protected by a password; use a key without one (minisign -G -W)",
                ));
            }
            _ => return Err(wrong(no_key)),
        }
        let key = Key {
            number: number.try_into().map_err(|_| wrong(no_key))?,
            secret: SecretKey::from_slice(secret).map_err(|_| wrong(no_key))?,
        };
        if key.checksum() != *checksum {
            return Err(wrong("is damaged: its checksum does not fit"));
        }
        Ok(key)
    }

    /// Makes a key; its file is the first answer, the file of its public key the second.
    pub(super) fn generate() -> (String, String) {
        let pair = KeyPair::generate();
        let mut number = [0; 8];
        for (byte, from) in number.iter_mut().zip(Blake2b512::digest(*pair.pk)) {
            *byte = from;
        }
        let key = Key {
            number,
            secret: pair.sk,
        };
        let mut bytes = Vec::with_capacity(SECRET_BYTES);
        bytes.extend(b"Ed\0\0B2");
        bytes.extend([0; 48]);
        bytes.extend(key.number);
        bytes.extend(*key.secret);
        bytes.extend(key.checksum());
        let secret = format!(
            "{UNTRUSTED}minisign secret key, without a password; keep it to yourself\n{}\n",
            base64(&bytes)
        );
        (secret, key.public_file())
    }

    /// The file of the public key.
    pub(super) fn public_file(&self) -> String {
        let mut bytes = b"Ed".to_vec();
        bytes.extend(self.number);
        bytes.extend(*self.public());
        format!(
            "{UNTRUSTED}minisign public key {}\n{}\n",
            self.id(),
            base64(&bytes)
        )
    }

    /// The number of the key, as minisign shows it.
    fn id(&self) -> String {
        format!("{:016X}", u64::from_le_bytes(self.number))
    }

    fn public(&self) -> PublicKey {
        self.secret.public_key()
    }

    /// Over algorithm, number and key.
    fn checksum(&self) -> [u8; 32] {
        let mut hash = Blake2b::<U32>::new();
        hash.update(b"Ed");
        hash.update(self.number);
        hash.update(*self.secret);
        hash.finalize().into()
    }

    /// The signature file for `bytes`. `trusted` is signed too.
    pub(super) fn sign(&self, bytes: &[u8], trusted: &str) -> String {
        let signature = self.secret.sign(Blake2b512::digest(bytes), None);
        let mut line = b"ED".to_vec();
        line.extend(self.number);
        line.extend(*signature);
        let mut both = signature.to_vec();
        both.extend(trusted.as_bytes());
        let global = self.secret.sign(&both, None);
        format!(
            "{UNTRUSTED}{COMMENT}\n{}\n{TRUSTED}{trusted}\n{}\n",
            base64(&line),
            base64(global.as_ref())
        )
    }
}

fn base64(bytes: &[u8]) -> String {
    // Only a length beyond memory could fail.
    Base64::encode_to_string(bytes).unwrap_or_default()
}

/// Checks a signature; the key's number, and its trusted comment.
pub(super) fn check(
    public_key: &str,
    signature: &str,
    bytes: &[u8],
) -> Result<(String, String), String> {
    let words = |error: minisign_verify::Error| error.to_string();
    let key = minisign_verify::PublicKey::decode(public_key)
        .or_else(|_| minisign_verify::PublicKey::from_base64(public_key.trim()))
        .map_err(words)?;
    let signature = minisign_verify::Signature::decode(signature).map_err(words)?;
    key.verify(bytes, &signature, false).map_err(words)?;
    let id = number_of(public_key).unwrap_or_default();
    Ok((id, signature.trusted_comment().to_owned()))
}

/// The number of a public key file, or of a bare key, as minisign shows it.
fn number_of(public_key: &str) -> Option<String> {
    let line = public_key
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty())?;
    let bytes = Base64::decode_to_vec(line, None).ok()?;
    let number = bytes.get(2..10)?.try_into().ok()?;
    Some(format!("{:016X}", u64::from_le_bytes(number)))
}

/// The text of a small file.
pub(super) fn small(path: &Path) -> Result<String, Error> {
    let bytes = small_bytes(path)?;
    String::from_utf8(bytes).map_err(|_| Error::Usage(format!("{}: is no text", path.display())))
}

/// The bytes of a small file.
pub(super) fn small_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    };
    let about = std::fs::metadata(path).map_err(failed)?;
    if about.len() > MOST_KEY_BYTES {
        let path = path.display();
        return Err(Error::Usage(format!(
            "{path}: is longer than any such file"
        )));
    }
    std::fs::read(path).map_err(failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(secret: &str) -> Result<Key, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, secret).unwrap();
        Key::read(&path)
    }

    #[test]
    fn what_is_signed_is_accepted_and_what_is_changed_is_not() {
        let (secret, public) = Key::generate();
        let key = key(&secret).unwrap();
        assert_eq!(key.public_file(), public);
        let signature = key.sign(b"manifest", "about it");
        assert_eq!(signature, key.sign(b"manifest", "about it"));
        let (id, trusted) = check(&public, &signature, b"manifest").unwrap();
        assert_eq!((id, trusted.as_str()), (key.id(), "about it"));
        assert!(check(&public, &signature, b"Manifest").is_err());
        let lie = signature.replace("about it", "about me");
        assert!(check(&public, &lie, b"manifest").is_err());
        let (_, other) = Key::generate();
        assert!(check(&other, &signature, b"manifest").is_err());
    }

    #[test]
    fn a_key_that_cannot_sign_is_refused_in_words() {
        assert!(key("no key").is_err());
        let (secret, _) = Key::generate();
        let line = secret.lines().nth(1).unwrap();
        let mut bytes = Base64::decode_to_vec(line, None).unwrap();
        let checksum = bytes.last_mut().unwrap();
        *checksum ^= 1;
        let said = key(&format!("x\n{}\n", base64(&bytes))).err().unwrap();
        assert!(said.to_string().contains("checksum"), "{said}");
        bytes.splice(2..4, *b"Sc");
        let said = key(&format!("x\n{}\n", base64(&bytes))).err().unwrap();
        assert!(said.to_string().contains("password"), "{said}");
    }
}
