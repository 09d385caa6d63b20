//! The first message of each side of a TLS handshake, wherever it was carried.
//!
//! In:   the body of a ClientHello or ServerHello, whole or cut.
//! Out:  a borrowed view of the fields that anything here needs.
//! Spec: RFC 8446 §4.1, RFC 5246 §7.4.1, RFC 6347 §4.2.1 (cookie), RFC 6066 §3, RFC 7301,
//!       RFC 9849 (Encrypted Client Hello).
//!
//! Reading is lax: what stands before the damage is kept, and the view says that it was damaged.
//! Nothing here allocates. Each byte is looked at a bounded number of times.

use super::extension;
use crate::wire::{Cursor, Malformed};

/// A ClientHello. Lists are raw: two bytes an entry unless said otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClientHelloView<'a> {
    pub(crate) legacy_version: u16,
    pub(crate) session_id: &'a [u8],
    pub(crate) ciphers: &'a [u8],
    /// All extensions: type, length, body, one after the other.
    pub(crate) extensions: &'a [u8],
    /// The `server_name` extension was there.
    pub(crate) has_sni: bool,
    /// The host name in it; it may be any bytes, but is not empty.
    pub(crate) sni: Option<&'a [u8]>,
    /// Protocols, each behind a length byte.
    pub(crate) alpn: &'a [u8],
    pub(crate) supported_versions: &'a [u8],
    pub(crate) groups: &'a [u8],
    /// One byte an entry.
    pub(crate) point_formats: &'a [u8],
    pub(crate) signature_algorithms: &'a [u8],
    pub(crate) ech: Option<Ech>,
    /// The older encrypted server name (drafts 1 to 6 of what became ECH).
    pub(crate) esni: bool,
    pub(crate) pre_shared_key: bool,
    pub(crate) session_ticket: bool,
    pub(crate) early_data: bool,
    /// Where reading stopped, if it did not reach the end.
    pub(crate) damage: Option<Malformed>,
}

/// What the outside of an Encrypted Client Hello shows (RFC 9849 §5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ech {
    /// Length of the encapsulated key: 0 only in the answer to a HelloRetryRequest.
    pub(crate) key_len: u16,
}

impl<'a> ClientHelloView<'a> {
    /// Reads `body`, which starts after the handshake header. `cookie`: DTLS has one more field.
    pub(crate) fn read(body: &'a [u8], cookie: bool) -> Self {
        let mut view = ClientHelloView::default();
        view.damage = view.fill(Cursor::new(body), cookie).err();
        view
    }

    /// The protocols offered, in order.
    pub(crate) fn protocols(&self) -> impl Iterator<Item = &'a [u8]> {
        protocols(self.alpn)
    }

    fn fill(&mut self, mut body: Cursor<'a>, cookie: bool) -> Result<(), Malformed> {
        self.legacy_version = body.u16("client_version")?;
        body.skip("random", RANDOM_LEN)?;
        self.session_id = body.vector("session_id", 1)?;
        if cookie {
            body.vector("cookie", 1)?;
        }
        self.ciphers = body.vector("cipher_suites", 2)?;
        body.vector("compression_methods", 1)?;
        if body.is_empty() {
            return Ok(());
        }
        let len = usize::from(body.u16("extensions length")?);
        let left = body.left();
        self.extensions = body.take_up_to(len);
        let mut list = Cursor::new(self.extensions);
        while !list.is_empty() {
            let kind = list.u16("extension type")?;
            let data = list.vector("extension", 2)?;
            self.extension(kind, data);
        }
        if left < len {
            return Err(Malformed::Short {
                field: "extensions",
                needed: len,
                left,
            });
        }
        Ok(())
    }

    /// Notes one extension. One that cannot be read is as if it were empty: it names nothing.
    fn extension(&mut self, kind: u16, data: &'a [u8]) {
        let mut body = Cursor::new(data);
        match kind {
            extension::SERVER_NAME => {
                self.has_sni = true;
                self.sni = self.sni.or(server_name(data).ok().flatten());
            }
            extension::ALPN => self.alpn = list(data, 2),
            extension::SUPPORTED_VERSIONS => self.supported_versions = list(data, 1),
            extension::SUPPORTED_GROUPS => self.groups = list(data, 2),
            extension::EC_POINT_FORMATS => self.point_formats = list(data, 1),
            extension::SIGNATURE_ALGORITHMS => self.signature_algorithms = list(data, 2),
            extension::PRE_SHARED_KEY => self.pre_shared_key = true,
            extension::SESSION_TICKET => self.session_ticket = !data.is_empty(),
            extension::EARLY_DATA => self.early_data = true,
            extension::ENCRYPTED_SERVER_NAME => self.esni = true,
            extension::ENCRYPTED_CLIENT_HELLO => {
                self.ech = encrypted_client_hello(&mut body).unwrap_or(None);
            }
            _ => {}
        }
    }
}

/// A ServerHello.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ServerHelloView<'a> {
    pub(crate) legacy_version: u16,
    pub(crate) cipher: u16,
    /// All extensions: type, length, body, one after the other.
    pub(crate) extensions: &'a [u8],
    /// `supported_versions`, where the server sent it.
    pub(crate) selected_version: Option<u16>,
    pub(crate) alpn: Option<&'a [u8]>,
    /// A HelloRetryRequest, which is a ServerHello with a fixed random (RFC 8446 §4.1.3).
    pub(crate) retry: bool,
    pub(crate) damage: Option<Malformed>,
}

impl<'a> ServerHelloView<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Self {
        let mut view = ServerHelloView::default();
        view.damage = view.fill(Cursor::new(body)).err();
        view
    }

    /// The version that the two sides now speak.
    pub(crate) fn version(&self) -> u16 {
        self.selected_version.unwrap_or(self.legacy_version)
    }

    fn fill(&mut self, mut body: Cursor<'a>) -> Result<(), Malformed> {
        self.legacy_version = body.u16("server_version")?;
        self.retry = body.array("random")? == RETRY_RANDOM;
        // Drafts 18 to 21 of TLS 1.3 had neither session id nor compression here.
        let short = self.legacy_version >> 8 == DRAFT_13;
        if !short {
            body.vector("session_id", 1)?;
        }
        self.cipher = body.u16("cipher_suite")?;
        if !short {
            body.u8("compression_method")?;
        }
        if body.is_empty() {
            return Ok(());
        }
        self.extensions = body.vector("extensions", 2)?;
        let mut list = Cursor::new(self.extensions);
        while !list.is_empty() {
            let kind = list.u16("extension type")?;
            let data = list.vector("extension", 2)?;
            match kind {
                extension::SUPPORTED_VERSIONS => {
                    self.selected_version = Cursor::new(data).u16("selected_version").ok();
                }
                extension::ALPN => self.alpn = protocols(self::list(data, 2)).next(),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The first host name in `body`, the data of a `server_name` extension.
///
/// A two-byte list length, then entries of a type byte, a two-byte length and that many bytes
/// (RFC 6066 §3). The name is not checked: any case, any bytes. An empty one names nothing.
pub(crate) fn server_name(body: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    if body.is_empty() {
        return Ok(None);
    }
    let mut list = Cursor::new(Cursor::new(body).vector("server_name_list", 2)?);
    while !list.is_empty() {
        let kind = list.u8("name_type")?;
        let name = list.vector("name", 2)?;
        if kind == HOST_NAME && !name.is_empty() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The entries of an ALPN list (RFC 7301 §3.1); it ends where one is damaged.
pub(crate) fn protocols(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut list = Cursor::new(list);
    std::iter::from_fn(move || list.vector("protocol name", 1).ok())
}

/// Pairs of bytes as numbers; an odd last byte is left out.
pub(crate) fn numbers(list: &[u8]) -> impl Iterator<Item = u16> + Clone {
    let (pairs, _) = list.as_chunks::<2>();
    pairs.iter().map(|pair| u16::from_be_bytes(*pair))
}

/// The types of a list of extensions, in order; it ends where one is damaged.
pub(crate) fn extension_types(list: &[u8]) -> impl Iterator<Item = u16> + Clone + '_ {
    let mut list = Cursor::new(list);
    std::iter::from_fn(move || {
        let kind = list.u16("extension type").ok()?;
        list.vector("extension", 2).ok()?;
        Some(kind)
    })
}

/// Values that mean nothing and only keep servers tolerant (RFC 8701).
pub(crate) fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// A list behind `len_bytes` of length that fills an extension.
fn list(data: &[u8], len_bytes: u8) -> &[u8] {
    Cursor::new(data)
        .vector("list", len_bytes)
        .unwrap_or_default()
}

/// `Some` if this is the outer kind: a type byte 0, a cipher suite of four bytes, a config id, a
/// key and a payload that is not empty (RFC 9849 §5).
fn encrypted_client_hello(body: &mut Cursor<'_>) -> Result<Option<Ech>, Malformed> {
    if body.u8("ECHClientHelloType")? != ECH_OUTER {
        return Ok(None);
    }
    body.skip("cipher_suite", 4)?;
    body.skip("config_id", 1)?;
    let key = body.vector("enc", 2)?;
    let payload = body.vector("payload", 2)?;
    if payload.is_empty() {
        return Ok(None);
    }
    Ok(Some(Ech {
        key_len: u16::try_from(key.len()).unwrap_or(u16::MAX),
    }))
}

const RANDOM_LEN: usize = 32;
const HOST_NAME: u8 = 0;
const ECH_OUTER: u8 = 0;
/// High byte of the version numbers of TLS 1.3 drafts.
const DRAFT_13: u16 = 0x7f;
/// SHA-256 of the word `HelloRetryRequest` (RFC 8446 §4.1.3).
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;

    #[track_caller]
    fn check_name(body: &[u8], want: &str) {
        let got = match server_name(body) {
            Ok(Some(name)) => name.escape_ascii().to_string(),
            Ok(None) => "no name".to_owned(),
            Err(err) => err.to_string(),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn reads_the_host_name() {
        check_name(b"\x00\x07\x00\x00\x04a.io", "a.io");
        check_name(b"\x00\x0c\x07\x00\x02zz\x00\x00\x04a.io", "a.io");
        check_name(b"\x00\x03\x00\x00\x00", "no name");
        check_name(b"", "no name");
    }

    #[test]
    fn names_the_field_that_ran_out() {
        check_name(b"\x00\x07\x00\x00\x09a.io", "name: needs 9 bytes, 4 left");
        check_name(b"\x00\x09a", "server_name_list: needs 9 bytes, 1 left");
    }

    #[test]
    fn the_retry_random_is_what_the_rfc_says_it_is() {
        let hash = sha2::Sha256::digest(b"HelloRetryRequest");
        assert_eq!(hash.as_slice(), RETRY_RANDOM);
    }

    #[test]
    fn grease_is_sixteen_values() {
        let all: Vec<u16> = (0..=u16::MAX).filter(|value| is_grease(*value)).collect();
        assert_eq!(all.len(), 16);
        assert_eq!(all.first(), Some(&0x0a0a));
        assert_eq!(all.last(), Some(&0xfafa));
    }

    #[test]
    fn a_cut_hello_keeps_what_came_before_the_cut() {
        let hello = super::super::testing::client_hello("cut.example", &["h2"]);
        let whole = ClientHelloView::read(hello.get(4..).unwrap_or_default(), false);
        assert_eq!(whole.damage, None);
        assert_eq!(whole.sni, Some(&b"cut.example"[..]));
        let cut = hello.get(4..hello.len() - 1).unwrap_or_default();
        let cut = ClientHelloView::read(cut, false);
        assert!(cut.damage.is_some());
        assert_eq!(cut.sni, Some(&b"cut.example"[..]));
    }
}
