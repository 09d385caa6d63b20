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

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::super::testing::vector;
    use super::*;

    /// Self-signed, made for this test: C=NL, O=Example Org, CN=cn.example, three alternative
    /// names of which one is an address.
    const WITH_NAMES: &str = "
        308201ee30820194a003020102021455f5011e8d65dcf4a6063c116ae453d3a748bac5300a06082a8648
        ce3d0403023038310b3009060355040613024e4c31143012060355040a0c0b4578616d706c65204f7267
        3113301106035504030c0a636e2e6578616d706c65301e170d3236313132313036343035395a170d3336
        313131383036343035395a3038310b3009060355040613024e4c31143012060355040a0c0b4578616d70
        6c65204f72673113301106035504030c0a636e2e6578616d706c653059301306072a8648ce3d02010608
        2a8648ce3d030107034200046485bf82d7aff3ac2bc22762aef36dd7e62545d39f58168fc5f07c564c1d
        690763da92b0e7ebc195eb0876bb503b195e87fc65fb50ac70b3f27686a92cecc5aea37c307a301d0603
        551d0e0416041437d4af3b8dc2b801a02e2fc43e7c5f106bb035a9301f0603551d2304183016801437d4
        af3b8dc2b801a02e2fc43e7c5f106bb035a9300f0603551d130101ff040530030101ff30270603551d11
        0420301e8209612e6578616d706c65820b2a2e622e6578616d706c658704c0000201300a06082a8648ce
        3d0403020348003045022100f19e69bf4aeee9c9c9926f3bfc9832908ff8a0032cb9022bbd22ccfdeac0
        197502207be0c5922d0192b6a50cb697514d6ef1ca2d08ac316d0f1ede4bc4e28e9c4ce8";
    /// Self-signed, made for this test: CN=only.example and no alternative names.
    const COMMON_NAME: &str = "
        308201423081f5a003020102021441eba5daa2629a73d35d0d940bf12e09f4c8ed05300506032b657030
        173115301306035504030c0c6f6e6c792e6578616d706c65301e170d3236313132313036343035395a17
        0d3336313131383036343035395a30173115301306035504030c0c6f6e6c792e6578616d706c65302a30
        0506032b6570032100dabf8568a97389c851ab880b22af63037ae4a56407b08ef699538da32a7612c4a3
        533051301d0603551d0e04160414c811a089f62ca7b89a5090063ed001b0ae5f0216301f0603551d2304
        1830168014c811a089f62ca7b89a5090063ed001b0ae5f0216300f0603551d130101ff040530030101ff
        300506032b6570034100277eb28a0d01e65ccda746593b4a579a2778b5fb3fffbebfe8b73d7461a3c3b0
        04c53fd31e9aa86c68f04bfdafc41bd6f82c45b23a09d7f4484e5684bd63a307";

    fn message(hex: &str) -> (Vec<u8>, Vec<u8>) {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
        let der: Vec<u8> = digits.chunks(2).map(byte).collect();
        (vector(3, &vector(3, &der)), der)
    }

    #[test]
    fn reads_names_issuer_validity_and_hash() {
        let (body, der) = message(WITH_NAMES);
        let certificate = read(&body).unwrap();
        assert_eq!(
            certificate.names,
            ["a.example".into(), "*.b.example".into()]
        );
        assert_eq!(
            certificate.issuer,
            "C=NL, O=Example Org, CN=cn.example".into()
        );
        assert_eq!(certificate.valid, (1795243259, 2110603259));
        assert_eq!(
            certificate.sha256.as_slice(),
            Sha256::digest(der).as_slice()
        );
    }

    #[test]
    fn falls_back_to_the_common_name() {
        let certificate = read(&message(COMMON_NAME).0).unwrap();
        assert_eq!(certificate.names, ["only.example".into()]);
    }

    #[test]
    fn a_cut_anywhere_is_no_certificate() {
        let (body, der) = message(WITH_NAMES);
        for len in 0..body.len() {
            assert_eq!(read(&body[..len]), None);
        }
        for len in 0..der.len() {
            assert_eq!(read(&vector(3, &vector(3, &der[..len]))), None);
        }
    }
}
