//! The server's certificate, where it is sent in the clear: TLS 1.2 and below.
//!
//! In:   the body of a Certificate message.
//! Out:  names, issuer, validity and hash of the first certificate in it.
//! Spec: RFC 5246 §7.4.2, RFC 5280.
//!
//! The message is bounded by its reader; at most [`MAX_NAMES`] names are kept. A signature is
//! not checked: whoever is on the path could have sent any certificate.

use crate::model::{Certificate, Text};
use crate::wire::Cursor;
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate, X509Name};

/// The end-entity certificate, which comes first; `None` if it cannot be read.
pub(crate) fn read(body: &[u8]) -> Option<Certificate> {
    let mut list = Cursor::new(Cursor::new(body).vector("certificate_list", 3).ok()?);
    let der = list.vector("certificate", 3).ok()?;
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let validity = parsed.validity();
    Some(Certificate {
        names: names(&parsed),
        issuer: one_line(parsed.issuer()),
        valid: (
            validity.not_before.timestamp(),
            validity.not_after.timestamp(),
        ),
        sha256: Sha256::digest(der).into(),
    })
}

/// DNS names of the subject alternative name; the common name only where there are none
/// (RFC 9525 §2 knows no common name any more, but old servers have nothing else).
fn names(certificate: &X509Certificate<'_>) -> Vec<Text> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names: Vec<Text> = alternative
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) if !name.is_empty() => Some(Text::from(*name)),
            _ => None,
        })
        .take(MAX_NAMES)
        .collect();
    if !names.is_empty() {
        return names;
    }
    let common = certificate.subject().iter_common_name().next();
    common
        .map(|name| Text::from(value(name.attr_value())))
        .filter(|name| !name.is_empty())
        .into_iter()
        .collect()
}

/// `CN=…, O=…, C=…`, in the order of the certificate, cut at [`MAX_ISSUER`] bytes.
fn one_line(name: &X509Name<'_>) -> Text {
    let mut line = Vec::new();
    for attribute in name.iter_attributes() {
        if line.len() >= MAX_ISSUER {
            break;
        }
        if !line.is_empty() {
            line.extend_from_slice(b", ");
        }
        let oid = attribute.attr_type().to_id_string();
        let short = SHORT_NAMES.iter().find(|(number, _)| *number == oid);
        line.extend_from_slice(short.map_or(&*oid, |(_, short)| short).as_bytes());
        line.push(b'=');
        line.extend(value(attribute.attr_value()));
    }
    line.truncate(MAX_ISSUER);
    Text::from(line)
}

/// The bytes of a string. BMPString is UTF-16 in network order (X.690 §8.23.9); the others are
/// UTF-8 or close to it.
fn value(any: &x509_parser::asn1_rs::Any<'_>) -> Vec<u8> {
    if any.tag() != x509_parser::asn1_rs::Tag::BmpString {
        return any.data.to_vec();
    }
    let (pairs, _) = any.data.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
    char::decode_utf16(units)
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>()
        .into_bytes()
}

/// RFC 4514 §3, and the e-mail address of PKCS #9.
const SHORT_NAMES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];

/// Names kept of one certificate.
const MAX_NAMES: usize = 64;
const MAX_ISSUER: usize = 512;
