//! Numbers of TLS extensions.
//!
//! Spec: the IANA registry "TLS ExtensionType Values"; drafts where said.

pub(crate) const SERVER_NAME: u16 = 0;
pub(crate) const SUPPORTED_GROUPS: u16 = 10;
pub(crate) const EC_POINT_FORMATS: u16 = 11;
pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
pub(crate) const ALPN: u16 = 16;
pub(crate) const SESSION_TICKET: u16 = 35;
pub(crate) const PRE_SHARED_KEY: u16 = 41;
pub(crate) const EARLY_DATA: u16 = 42;
pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
/// RFC 9849; also drafts 13 and later.
pub(crate) const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
/// draft-ietf-tls-esni-01 to -06.
pub(crate) const ENCRYPTED_SERVER_NAME: u16 = 0xffce;
