//! Answers of time stamping authorities.
//!
//! In:   the file an authority answered with, the bytes it is to be about, authorities to trust.
//! Out:  when it was stamped and by whom; or what does not hold.
//! Spec: RFC 3161 §2.4.2 and §2.3, RFC 5652 §5, RFC 5816 (which certificate signed).
//!
//! Checked: that it was granted; that it is about these bytes; the signature over the time; that
//! the signing certificate is the one the signature names, was valid then and is for time
//! stamping alone; and, where authorities are given, the way from it to one of them. Not checked:
//! revocation, which would ask somebody. A response is read once, in bounds.

use ring::digest;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::prelude::{ASN1Time, FromDer as _, X509Certificate};

/// A time stamp that holds.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Stamp {
    /// RFC 3339, in UTC.
    pub(super) time: String,
    /// The subject of the certificate that signed.
    pub(super) by: String,
    /// The authority given that stands at the end of its chain.
    pub(super) trusted: Option<String>,
}

/// Certificates between the one that signed and the authority.
const MOST_STEPS: usize = 8;

const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
const TIME_STAMP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
const CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 12];
const CERTIFICATE_2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
/// The arc of SHA-2: …1 is SHA-256, …2 SHA-384, …3 SHA-512.
const SHA_2: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];

/// What is left of some DER (X.690).
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

/// One element: its tag, its contents, and all of it.
#[derive(Clone, Copy)]
struct Element<'a> {
    tag: u8,
    inside: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<Element<'a>> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let len = bytes
                    .iter()
                    .fold(0_u64, |len, byte| len << 8 | u64::from(*byte));
                (usize::try_from(len).ok()?, rest)
            }
            _ => return None,
        };
        let (inside, rest) = rest.split_at_checked(len)?;
        let used = self.0.len().checked_sub(rest.len())?;
        let whole = self.0.get(..used)?;
        self.0 = rest;
        Some(Element {
            tag: *tag,
            inside,
            whole,
        })
    }

    fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|element| element.tag == tag)
    }

    fn enter(&mut self, tag: u8) -> Option<Der<'a>> {
        self.expect(tag).map(|element| Der(element.inside))
    }
}

const INTEGER: u8 = 2;
const OCTETS: u8 = 4;
const OBJECT: u8 = 6;
const TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const FIRST: u8 = 0xa0;

/// What a response holds.
struct Token<'a> {
    info: &'a [u8],
    certificates: Vec<&'a [u8]>,
    issuer: &'a [u8],
    serial: &'a [u8],
    digest: &'a [u8],
    attributes: Element<'a>,
    algorithm: &'a [u8],
    signature: &'a [u8],
}

/// Checks a response about `bytes`. `authorities` are certificates in PEM or DER.
pub(super) fn check(
    response: &[u8],
    bytes: &[u8],
    authorities: Option<&[u8]>,
) -> Result<Stamp, String> {
    let no_answer = || "is no answer of a time stamping authority (RFC 3161)".to_owned();
    let mut outer = Der(response).enter(SEQUENCE).ok_or_else(no_answer)?;
    let status = outer
        .enter(SEQUENCE)
        .and_then(|mut status| status.expect(INTEGER));
    // Granted, or granted with changes.
    match status.ok_or_else(no_answer)?.inside {
        [0 | 1] => {}
        _ => return Err("was not granted by the authority".to_owned()),
    }
    let token = token(&mut outer).ok_or_else(no_answer)?;
    let time = about(token.info, bytes)?;
    let signer = signer(&token)?;
    signed(&token, &signer)?;
    let (seconds, words) = instant(time).ok_or("has a time that is none")?;
    let at = ASN1Time::from_timestamp(seconds).map_err(|_| "has a time that is none")?;
    for_time_stamps(&signer, at)?;
    let trusted = match authorities {
        None => None,
        Some(given) => Some(chain(&token, &signer, given, at)?),
    };
    Ok(Stamp {
        time: words,
        by: signer.subject().to_string(),
        trusted,
    })
}

fn token<'a>(outer: &mut Der<'a>) -> Option<Token<'a>> {
    let mut content = outer.enter(SEQUENCE)?;
    if content.expect(OBJECT)?.inside != SIGNED_DATA {
        return None;
    }
    let mut data = content.enter(FIRST)?.enter(SEQUENCE)?;
    data.expect(INTEGER)?;
    data.expect(SET)?;
    let mut wrapped = data.enter(SEQUENCE)?;
    if wrapped.expect(OBJECT)?.inside != TIME_STAMP {
        return None;
    }
    let info = wrapped.enter(FIRST)?.expect(OCTETS)?.inside;
    let mut certificates = Vec::new();
    let mut signers = data.next()?;
    if signers.tag == FIRST {
        let mut inside = Der(signers.inside);
        while let Some(one) = inside.next() {
            if one.tag == SEQUENCE && certificates.len() < 32 {
                certificates.push(one.whole);
            }
        }
        signers = data.next()?;
    }
    // Lists of revoked certificates.
    if signers.tag == 0xa1 {
        signers = data.next()?;
    }
    let mut signer = Der(signers.inside).enter(SEQUENCE)?;
    signer.expect(INTEGER)?;
    let mut name = signer.enter(SEQUENCE)?;
    let issuer = name.expect(SEQUENCE)?.whole;
    let serial = name.expect(INTEGER)?.inside;
    let digest = signer.enter(SEQUENCE)?.expect(OBJECT)?.inside;
    let attributes = signer.expect(FIRST)?;
    let algorithm = signer.enter(SEQUENCE)?.expect(OBJECT)?.inside;
    let signature = signer.expect(OCTETS)?.inside;
    Some(Token {
        info,
        certificates,
        issuer,
        serial,
        digest,
        attributes,
        algorithm,
        signature,
    })
}

/// The time of a stamp that is about `bytes`.
fn about<'a>(info: &'a [u8], bytes: &[u8]) -> Result<&'a [u8], String> {
    let read = || {
        let mut info = Der(info).enter(SEQUENCE)?;
        info.expect(INTEGER)?;
        info.expect(OBJECT)?;
        let mut imprint = info.enter(SEQUENCE)?;
        let algorithm = imprint.enter(SEQUENCE)?.expect(OBJECT)?.inside;
        let hash = imprint.expect(OCTETS)?.inside;
        info.expect(INTEGER)?;
        Some((algorithm, hash, info.expect(TIME)?.inside))
    };
    let (algorithm, hash, time) = read().ok_or("holds no time stamp")?;
    let by = hashing(algorithm).ok_or("hashes in a way that is not known here")?;
    match digest::digest(by, bytes).as_ref() == hash {
        true => Ok(time),
        false => Err("is about something else".to_owned()),
    }
}

fn hashing(algorithm: &[u8]) -> Option<&'static digest::Algorithm> {
    match algorithm.strip_prefix(SHA_2)? {
        [1] => Some(&digest::SHA256),
        [2] => Some(&digest::SHA384),
        [3] => Some(&digest::SHA512),
        _ => None,
    }
}

/// The certificate that the signature names, among those that came with it.
fn signer<'a>(token: &Token<'a>) -> Result<X509Certificate<'a>, String> {
    let read = |der: &&'a [u8]| X509Certificate::from_der(der).ok().map(|(_, found)| found);
    let is_it = |found: &X509Certificate<'a>| {
        found.issuer().as_raw() == token.issuer && found.raw_serial() == token.serial
    };
    let found = token.certificates.iter().filter_map(read).find(is_it);
    found.ok_or_else(|| "does not have the certificate that signed it".to_owned())
}

/// The signature over the attributes, and they over the time.
fn signed(token: &Token<'_>, signer: &X509Certificate<'_>) -> Result<(), String> {
    let by = hashing(token.digest).ok_or("hashes in a way that is not known here")?;
    let value = |name: &[u8]| {
        let mut attributes = Der(token.attributes.inside);
        while let Some(mut attribute) = attributes.enter(SEQUENCE) {
            if attribute.expect(OBJECT)?.inside == name {
                return attribute.enter(SET)?.next();
            }
        }
        None
    };
    let content = digest::digest(by, token.info);
    let is_digest = value(MESSAGE_DIGEST).is_some_and(|found| found.inside == content.as_ref());
    let is_kind = value(CONTENT_TYPE).is_some_and(|found| found.inside == TIME_STAMP);
    if !is_digest || !is_kind {
        return Err("was signed over something else".to_owned());
    }
    let named = names_certificate(value(CERTIFICATE), value(CERTIFICATE_2), signer.as_raw());
    if !named {
        return Err("does not name the certificate that signed it".to_owned());
    }
    // What is signed has the tag of a set (RFC 5652 §5.4).
    let mut message = token.attributes.whole.to_vec();
    if let Some(first) = message.first_mut() {
        *first = SET;
    }
    let key = signer.public_key();
    let algorithm = verification(token, key.subject_public_key.data.len())
        .ok_or("is signed in a way that is not known here")?;
    UnparsedPublicKey::new(algorithm, &key.subject_public_key.data)
        .verify(&message, token.signature)
        .map_err(|_| "has a signature that does not fit".to_owned())
}

/// RFC 5816: the hash of the certificate is signed, so that none takes its place.
fn names_certificate(first: Option<Element<'_>>, second: Option<Element<'_>>, der: &[u8]) -> bool {
    let hash_of = |element: Element<'_>, is_second: bool| {
        let mut one = Der(element.inside).enter(SEQUENCE)?.enter(SEQUENCE)?;
        let mut next = one.next()?;
        let mut by = if is_second {
            &digest::SHA256
        } else {
            &digest::SHA1_FOR_LEGACY_USE_ONLY
        };
        if is_second && next.tag == SEQUENCE {
            by = hashing(Der(next.inside).expect(OBJECT)?.inside)?;
            next = one.next()?;
        }
        Some(digest::digest(by, der).as_ref() == next.inside)
    };
    match (first, second) {
        (_, Some(element)) => hash_of(element, true) == Some(true),
        (Some(element), None) => hash_of(element, false) == Some(true),
        (None, None) => false,
    }
}

/// How the signature was made. An elliptic key says by its length which curve it is of.
fn verification(token: &Token<'_>, key_bytes: usize) -> Option<&'static dyn VerificationAlgorithm> {
    let of_digest = token.digest.strip_prefix(SHA_2).and_then(<[u8]>::first);
    if let Some(kind) = token.algorithm.strip_prefix(RSA) {
        // 1: as the digest says; 11 to 13: SHA-256 to SHA-512.
        let number = match kind {
            [1] => *of_digest?,
            [kind @ 11..=13] => kind.checked_sub(10)?,
            _ => return None,
        };
        return match number {
            1 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
            2 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
            3 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
            _ => None,
        };
    }
    match (token.algorithm.strip_prefix(ECDSA)?, key_bytes) {
        ([2], 65) => Some(&signature::ECDSA_P256_SHA256_ASN1),
        ([3], 65) => Some(&signature::ECDSA_P256_SHA384_ASN1),
        ([2], 97) => Some(&signature::ECDSA_P384_SHA256_ASN1),
        ([3], 97) => Some(&signature::ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}

/// RFC 3161 §2.3: valid then, and for nothing but time stamps.
fn for_time_stamps(signer: &X509Certificate<'_>, at: ASN1Time) -> Result<(), String> {
    if !signer.validity().is_valid_at(at) {
        return Err("was signed with a certificate that was not valid then".to_owned());
    }
    let usage = signer.extended_key_usage().ok().flatten();
    match usage.is_some_and(|usage| usage.critical && usage.value.time_stamping) {
        true => Ok(()),
        false => Err("was signed with a certificate that is not for time stamps".to_owned()),
    }
}

/// From the certificate that signed, by those that came with it, to one of those given.
fn chain(
    token: &Token<'_>,
    signer: &X509Certificate<'_>,
    given: &[u8],
    at: ASN1Time,
) -> Result<String, String> {
    let ders = certificates(given)?;
    let read = |der: &[u8]| -> Option<()> { X509Certificate::from_der(der).ok().map(|_| ()) };
    if ders.is_empty() || ders.iter().any(|der| read(der).is_none()) {
        return Err("--tsa-ca: holds no certificate".to_owned());
    }
    let roots: Vec<X509Certificate<'_>> = ders
        .iter()
        .filter_map(|der| X509Certificate::from_der(der).ok())
        .map(|(_, found)| found)
        .collect();
    let between: Vec<X509Certificate<'_>> = token
        .certificates
        .iter()
        .filter_map(|der| X509Certificate::from_der(der).ok())
        .map(|(_, found)| found)
        .collect();
    let mut here = signer;
    for _ in 0..MOST_STEPS {
        // An authority may be the one that signed.
        if let Some(root) = roots.iter().find(|root| root.as_raw() == here.as_raw()) {
            return Ok(root.subject().to_string());
        }
        let issued = |by: &&X509Certificate<'_>| {
            by.subject().as_raw() == here.issuer().as_raw()
                && by.is_ca()
                && by.validity().is_valid_at(at)
                && here.verify_signature(Some(by.public_key())).is_ok()
        };
        if let Some(root) = roots.iter().find(issued) {
            return Ok(root.subject().to_string());
        }
        match between.iter().find(issued) {
            Some(next) if next.as_raw() != here.as_raw() => here = next,
            _ => break,
        }
    }
    Err("does not lead to an authority of --tsa-ca".to_owned())
}

/// Certificates of a file in PEM, or the one of a file in DER.
fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    if bytes.first() == Some(&SEQUENCE) {
        return Ok(vec![bytes.to_vec()]);
    }
    let mut ders = Vec::new();
    for pem in x509_parser::pem::Pem::iter_from_buffer(bytes) {
        let pem = pem.map_err(|_| "--tsa-ca: holds no certificate".to_owned())?;
        if pem.label == "CERTIFICATE" {
            ders.push(pem.contents);
        }
    }
    Ok(ders)
}

/// Seconds since 1970, and in words. `YYYYMMDDHHMMSS`, maybe with a fraction, and `Z`.
fn instant(time: &[u8]) -> Option<(i64, String)> {
    let text = std::str::from_utf8(time).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    let stamp = jiff::tz::Offset::UTC.to_timestamp(time).ok()?;
    let words = stamp.to_string();
    let words = match fraction {
        "" => words,
        fraction => format!("{}.{fraction}Z", words.trim_end_matches('Z')),
    };
    Some((stamp.as_second(), words))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/time-stamp/");
        std::fs::read(format!("{folder}{name}")).unwrap()
    }

    #[test]
    fn an_answer_holds_for_what_it_is_about_and_who_signed_it() {
        let manifest = read("manifest.sha256");
        for kind in ["rsa", "ec"] {
            let response = read(&format!("{kind}.tsr"));
            let root = read(&format!("ca-{kind}.pem"));
            let stamp = check(&response, &manifest, Some(&root)).unwrap();
            assert!(stamp.time.starts_with("2026-"), "{}", stamp.time);
            let by = format!("O=Example Time, CN=Example Time Stamping {kind}");
            assert_eq!(stamp.by, by);
            let root_name = format!("O=Example Time, CN=Example Root {kind}");
            assert_eq!(stamp.trusted, Some(root_name));
            assert_eq!(check(&response, &manifest, None).unwrap().trusted, None);
            let said = check(&response, b"another", None).unwrap_err();
            assert!(said.contains("something else"), "{said}");
        }
        let said = check(&read("rsa.tsr"), &manifest, Some(&read("ca-ec.pem"))).unwrap_err();
        assert!(said.contains("does not lead"), "{said}");
        let said = check(&read("rsa.tsr"), &manifest, Some(b"no certificate")).unwrap_err();
        assert!(said.contains("no certificate"), "{said}");
    }

    /// Whatever byte is changed: it is found, or it is one that nobody signed.
    #[test]
    fn no_changed_byte_changes_what_is_said() {
        let (manifest, root) = (read("manifest.sha256"), read("ca-ec.pem"));
        let response = read("ec.tsr");
        let whole = check(&response, &manifest, Some(&root)).unwrap();
        let mut refused = 0;
        for at in 0..response.len() {
            let mut changed = response.clone();
            *changed.get_mut(at).unwrap() ^= 1;
            match check(&changed, &manifest, Some(&root)) {
                Ok(stamp) => assert_eq!(stamp, whole, "byte {at}"),
                Err(_) => refused += 1,
            }
        }
        assert!(
            refused * 10 > response.len() * 7,
            "{refused} of {}",
            response.len()
        );
        for end in 0..response.len() {
            assert!(check(response.get(..end).unwrap(), &manifest, None).is_err());
        }
    }
}
