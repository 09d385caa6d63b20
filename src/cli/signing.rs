//! Signatures and keys in the form of minisign.
//!
//! In:   bytes, and a secret key with or without a password.
//! Out:  a signature that `minisign -V` accepts; the same for the same bytes and key.
//! Spec: minisign's format (jedisct1.github.io/minisign, "Signature format"), Ed25519 over
//!       BLAKE2b-512 (RFC 8032, RFC 7693); scrypt (RFC 7914) under a password, with the costs
//!       that libsodium derives from two limits.
//!
//! Signing takes no random bytes (RFC 8032 §5.1.6), so that a bundle made twice is the same.

use super::args::Signing;
use blake2::digest::consts::U32;
use blake2::{Blake2b, Blake2b512, Digest as _};
use ct_codecs::{Base64, Decoder as _, Encoder as _};
use ed25519_compact::{KeyPair, PublicKey, SecretKey};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
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
/// Bytes under the password: key number, key, checksum.
const PROTECTED_BYTES: usize = 8 + 64 + 32;
const UNTRUSTED: &str = "untrusted comment: ";
const TRUSTED: &str = "trusted comment: ";
/// Key files are small.
const MOST_KEY_BYTES: u64 = 64 << 10;
/// The first line of our signatures. It is not signed, so that it must be known.
pub(super) const COMMENT: &str = "signature by whereto; minisign -Vm manifest.sha256 -p KEY.pub";

impl Key {
    /// The key that the arguments name.
    pub(super) fn asked(signing: &Signing) -> Result<Option<Self>, Error> {
        let password = signing.key_password.as_deref();
        let path = signing.key.as_deref();
        path.map(|path| Key::read(path, password)).transpose()
    }

    /// Reads a secret key file. Its password, where it has one, is the first line of a file
    /// (`-` is standard input), or asked for at the terminal.
    fn read(path: &Path, password: Option<&Path>) -> Result<Self, Error> {
        Key::read_with(path, &|| match password {
            Some(file) => first_line(file),
            None => ask(path),
        })
    }

    fn read_with(path: &Path, password: &dyn Fn() -> Result<String, Error>) -> Result<Self, Error> {
        let text = small(path)?;
        let wrong = |what: &str| Error::Usage(format!("{}: {what}", path.display()));
        let line = text.lines().nth(1).unwrap_or_default().trim();
        let bytes = Base64::decode_to_vec(line, None).unwrap_or_default();
        let no_key = "is not a secret key of minisign; whereto bundle --new-key makes one";
        let fields: [u8; SECRET_BYTES] = bytes.try_into().map_err(|_| wrong(no_key))?;
        let (algorithms, rest) = fields.split_at(6);
        let (salt, rest) = rest.split_at(32);
        let (limits, protected) = rest.split_at(16);
        let mut protected: [u8; PROTECTED_BYTES] =
            protected.try_into().map_err(|_| wrong(no_key))?;
        let has_password = match algorithms {
            [b'E', b'd', 0, 0, b'B', b'2'] => false,
            [b'E', b'd', b'S', b'c', b'B', b'2'] => true,
            _ => return Err(wrong(no_key)),
        };
        if has_password {
            let costs = costs(limits).ok_or_else(|| {
                wrong("its password asks for more memory than any key of minisign (1 GiB)")
            })?;
            let mut stream = [0; PROTECTED_BYTES];
            scrypt::scrypt(password()?.as_bytes(), salt, &costs, &mut stream)
                .map_err(|_| wrong(no_key))?;
            for (byte, mask) in protected.iter_mut().zip(stream) {
                *byte ^= mask;
            }
        }
        let (number, rest) = protected.split_at(8);
        let (secret, checksum) = rest.split_at(64);
        let damaged = if has_password {
            "the password does not fit, or the key is damaged"
        } else {
            "is damaged: its checksum does not fit"
        };
        let key = Key {
            number: number.try_into().map_err(|_| wrong(no_key))?,
            secret: SecretKey::from_slice(secret).map_err(|_| wrong(damaged))?,
        };
        if key.checksum() != *checksum {
            return Err(wrong(damaged));
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

/// scrypt's costs for the two limits of a key, operations and bytes of memory (little-endian,
/// 8 bytes each), as libsodium's `crypto_pwhash_scryptsalsa208sha256` derives them. `None` beyond
/// what it calls sensitive, 1 GiB.
fn costs(limits: &[u8]) -> Option<scrypt::Params> {
    const BLOCK: u64 = 8;
    let (operations, memory) = limits.split_first_chunk::<8>()?;
    let operations = u64::from_le_bytes(*operations).max(1 << 15);
    let memory = u64::from_le_bytes(*memory.first_chunk()?);
    let is_short = operations < memory / 32;
    let most = if is_short {
        operations / (BLOCK * 4)
    } else {
        memory / (BLOCK * 128)
    };
    let log = (1..=20_u8).find(|log| (1 << log) > most / 2)?;
    let parallel = if is_short {
        1
    } else {
        ((operations / 4) >> log).min(0x3fff_ffff) / BLOCK
    };
    let parallel = u32::try_from(parallel)
        .ok()
        .filter(|n| (1..=64).contains(n))?;
    scrypt::Params::new(log, u32::try_from(BLOCK).ok()?, parallel).ok()
}

/// The first line of a file, without its end.
fn first_line(path: &Path) -> Result<String, Error> {
    let mut line = String::new();
    if path == Path::new("-") {
        let mut input = io::stdin().lock().take(MOST_KEY_BYTES);
        input.read_line(&mut line).map_err(|source| Error::Io {
            path: path.to_owned(),
            what: "cannot read the password from standard input",
            source,
        })?;
    } else {
        line = small(path)?;
    }
    Ok(line.lines().next().unwrap_or_default().to_owned())
}

/// The password of a key, from who sits at the terminal; nothing of it is shown.
fn ask(path: &Path) -> Result<String, Error> {
    let nobody = || {
        Error::Usage(format!(
            "{}: is protected by a password: give a file with it (--key-password FILE), or start \
             from a terminal to be asked",
            path.display()
        ))
    };
    if !io::stderr().is_terminal() {
        return Err(nobody());
    }
    let name = path.to_string_lossy();
    let name = whereto::report::escape::terminal_str(&name);
    rpassword::prompt_password(format!("Password of {name}: ")).map_err(|_| nobody())
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
        key_under(secret, "")
    }

    fn key_under(secret: &str, password: &str) -> Result<Key, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, secret).unwrap();
        Key::read_with(&path, &|| Ok(password.to_owned()))
    }

    /// A key of `minisign -G` 0.11, made for this test; its number, and its password.
    const PUBLIC: (&str, &str, &str) = (
        "RWQMywQJeSbq9CZBAB6Jrl6MKPyXgipUg9Dh1dLQknKqZKAfeUPIdFev",
        "F4EA26790904CB0C",
        "correct horse",
    );
    const SENSITIVE: &str = "RWRTY0IyaLdmQCb+3HMD3oPKyOxkiaSlmqaunelloPUg1xIllhUAAAACAAAAAAAAAEAAAAAAg/lva02WQMxBkhvX\
        aULwot9MYN0U/L4l9oWnuPBloYGCiHXycjD+F7fdd+jAWRkfDCXiHNeCZ2B9ysC7T97ibYZ5PNuGV8g/pNmMn2Ai\
        sxloc+pGwHcY/rPn2E/Nu+lUYgXTWaypONE=";
    /// The same key under libsodium's limits for interactive use, and under a limit of
    /// operations that is short beside the one of memory: `minisign -S` 0.11 signs with both.
    const INTERACTIVE: &str = "RWRTY0IyaLdmQCb+3HMD3oPKyOxkiaSlmqaunelloPUg1xIllhUAAAgAAAAAAAAAAAEAAAAAP8cy3A9Loj8HBDDh\
        NYmkSLCrgmAiJOmpz/hFePOSnzExfGUxVyv/lJXPkj/H5nCVPVPk/mae0a/dk/2AOHm6H5MWVKSbM9gm82ta7IB3\
        n5vnNV6hv/OAZUU1EXx+A2hM5XYxkNdI15g=";
    const SHORT: &str = "RWRTY0IyaLdmQCb+3HMD3oPKyOxkiaSlmqaunelloPUg1xIllhUAAAQAAAAAAAAAAAEAAAAA1R2wkHUe+srEA4Cc\
        f5XqmG83nQmzuyOuMHVs7girGWpi8OnfDzxIWY3WYMd0R/THs5oNGrszDmJ3NtlzWgIeLesBFaFRjIIWSTg6VWq7\
        sXV3EFuSV7e532GXyYHO4y7JMdRbOD4WS9U=";

    #[track_caller]
    fn is_that_key(line: &str) {
        let (public, number, password) = PUBLIC;
        let key = key_under(&format!("untrusted comment: x\n{line}\n"), password).unwrap();
        assert_eq!(key.id(), number);
        let signature = key.sign(b"manifest", "about it");
        let (id, _) = check(public, &signature, b"manifest").unwrap();
        assert_eq!(id, number);
    }

    #[test]
    fn keys_of_minisign_open_with_their_password() {
        is_that_key(INTERACTIVE);
        is_that_key(SHORT);
        for wrong in ["", "correct horse ", "Correct horse"] {
            let said = key_under(&format!("x\n{SHORT}\n"), wrong).err().unwrap();
            assert!(said.to_string().contains("does not fit"), "{said}");
        }
    }

    #[test]
    #[ignore = "takes 1 GiB of memory"]
    fn a_key_as_minisign_makes_it_opens() {
        is_that_key(SENSITIVE);
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
        // What would ask for more memory than any key that minisign makes.
        bytes.splice(2..4, *b"Sc");
        bytes.splice(38..54, [0xff; 16]);
        let said = key(&format!("x\n{}\n", base64(&bytes))).err().unwrap();
        assert!(said.to_string().contains("1 GiB"), "{said}");
    }
}
