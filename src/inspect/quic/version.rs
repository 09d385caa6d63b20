//! QUIC versions and what their Initial packets are protected with.
//!
//! In:   the version field of a long header.
//! Out:  whether it is QUIC's, the salts to try, the labels, how packet types are numbered.
//! Spec: RFC 9001 §5.2 and the same section of its drafts, RFC 9369 §3.3; RFC 8999 §6 and
//!       RFC 9000 §15 for reserved versions. Google's and Facebook's own numbers are in the
//!       public sources of Chromium and mvfst.

/// A version number as it stands on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Version(pub(crate) u32);

/// How the keys of Initial packets are derived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Scheme {
    pub(crate) salt: &'static [u8; 20],
    pub(crate) labels: &'static Labels,
}

/// The labels of HKDF-Expand-Label, prefix included.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Labels {
    pub(crate) key: &'static [u8],
    pub(crate) iv: &'static [u8],
    pub(crate) header: &'static [u8],
}

impl Version {
    /// The schemes that may open an Initial of this version. Several where the number does not
    /// say: a wrong one fails its authentication tag.
    pub(crate) fn schemes(self) -> &'static [Scheme] {
        match self.0 {
            1 | 0xff00_0021..=0xff00_0022 => &[V1],
            V2 => &[RFC_9369],
            V2_DRAFT => &[DRAFT_V2],
            0xff00_0015..=0xff00_0016 | 0xface_b001 => &[DRAFT_22],
            0xff00_0017..=0xff00_001c => &[DRAFT_23],
            0xff00_001d..=0xff00_0020 => &[DRAFT_29],
            0xface_b002 | 0xface_b00e => &[DRAFT_23, V1],
            Q050 => &[GOOGLE_Q050],
            T050 => &[GOOGLE_T050],
            T051 => &[GOOGLE_T051],
            _ if self.is_mvfst() => &[V1, DRAFT_29, DRAFT_23, DRAFT_22],
            _ if self.is_reserved() => &[V1, DRAFT_29],
            _ => &[],
        }
    }

    /// A number that some QUIC uses.
    pub(crate) fn is_known(self) -> bool {
        matches!(self.0, 1 | V2 | V2_DRAFT | 0xff00_0001..=0xff00_0022)
            || self.is_mvfst()
            || self.is_reserved()
            || self.is_google()
    }

    /// `?a?a?a?a`: sent to keep servers tolerant.
    pub(crate) fn is_reserved(self) -> bool {
        self.0 & 0x0f0f_0f0f == 0x0a0a_0a0a
    }

    /// Google's own: a letter and three digits.
    pub(crate) fn is_google(self) -> bool {
        let [letter, digits @ ..] = self.0.to_be_bytes();
        matches!(letter, b'Q' | b'T') && digits.iter().all(u8::is_ascii_digit)
    }

    /// Google's versions before Q050: their hello is in the clear and not TLS.
    pub(crate) fn is_cleartext_google(self) -> bool {
        self.is_google() && self.0 < Q050
    }

    /// Packet types are numbered as in RFC 9369 §3.2.
    pub(crate) fn is_second(self) -> bool {
        matches!(self.0, V2 | V2_DRAFT)
    }

    fn is_mvfst(self) -> bool {
        self.0 >> 8 == 0x00fa_ceb0
    }
}

const V2: u32 = 0x6b33_43cf;
/// draft-ietf-quic-v2-01 and later drafts.
const V2_DRAFT: u32 = 0x709a_50c4;
const Q050: u32 = u32::from_be_bytes(*b"Q050");
const T050: u32 = u32::from_be_bytes(*b"T050");
const T051: u32 = u32::from_be_bytes(*b"T051");

const LABELS_V1: Labels = Labels {
    key: b"tls13 quic key",
    iv: b"tls13 quic iv",
    header: b"tls13 quic hp",
};
const LABELS_V2: Labels = Labels {
    key: b"tls13 quicv2 key",
    iv: b"tls13 quicv2 iv",
    header: b"tls13 quicv2 hp",
};

const fn first(salt: &'static [u8; 20]) -> Scheme {
    Scheme {
        salt,
        labels: &LABELS_V1,
    }
}

/// RFC 9001 §5.2; drafts 33 and 34.
pub(crate) const V1: Scheme = first(&[
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad,
    0xcc, 0xbb, 0x7f, 0x0a,
]);
/// RFC 9369 §3.3.1.
pub(crate) const RFC_9369: Scheme = Scheme {
    salt: &[
        0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d,
        0xcb, 0xf9, 0xbd, 0x2e, 0xd9,
    ],
    labels: &LABELS_V2,
};
/// draft-ietf-quic-v2-01.
const DRAFT_V2: Scheme = Scheme {
    salt: &[
        0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d, 0x62, 0xca, 0x57, 0x04, 0x06,
        0xea, 0x7a, 0xe3, 0xe5, 0xd3,
    ],
    labels: &LABELS_V2,
};
/// Drafts 21 and 22.
const DRAFT_22: Scheme = first(&[
    0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd,
    0x7a, 0x02, 0x64, 0x4a,
]);
/// Drafts 23 to 28.
const DRAFT_23: Scheme = first(&[
    0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65,
    0xbe, 0xf9, 0xf5, 0x02,
]);
/// Drafts 29 to 32.
const DRAFT_29: Scheme = first(&[
    0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0,
    0x43, 0x90, 0xa8, 0x99,
]);
const GOOGLE_Q050: Scheme = first(&[
    0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94, 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0,
    0xd3, 0xb5, 0x6b, 0x45,
]);
const GOOGLE_T050: Scheme = first(&[
    0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c,
    0x60, 0x48, 0x83, 0x10,
]);
const GOOGLE_T051: Scheme = first(&[
    0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc,
    0xda, 0x6e, 0x03, 0x3d,
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_families_apart() {
        assert!(Version(0x1a2a_3a4a).is_reserved());
        assert!(Version(u32::from_be_bytes(*b"Q043")).is_cleartext_google());
        assert!(!Version(Q050).is_cleartext_google());
        assert!(Version(T051).is_google() && Version(T051).is_known());
        assert!(!Version(u32::from_be_bytes(*b"QUIT")).is_known());
        assert!(!Version(2).is_known());
    }
}
