//! The Huffman code of HPACK (and of QPACK).
//!
//! In:   an encoded string.
//! Out:  its bytes.
//! Spec: RFC 7541 §5.2 and appendix B.
//!
//! The code is canonical: codes of one length follow each other in the order of their symbols,
//! so the lengths alone define it. A string grows at most 8/5-fold.

use crate::wire::Malformed;

/// Length in bits of the code of each byte (RFC 7541 appendix B). EOS, which must not occur,
/// has the last code of 30 bits.
#[rustfmt::skip]
const LENGTHS: [u8; 256] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

/// Decodes; made once a connection from the table above.
#[derive(Debug)]
pub(super) struct Huffman {
    /// For each length from 1 bit: the first code, and the symbols in the order of their codes.
    lengths: Vec<(u32, Vec<u8>)>,
}

impl Default for Huffman {
    fn default() -> Self {
        let mut lengths = Vec::with_capacity(30);
        let mut code: u32 = 0;
        for length in 1..=30_u8 {
            let symbols: Vec<u8> = (0..=255_u8)
                .zip(LENGTHS)
                .filter(|&(_, of)| of == length)
                .map(|(symbol, _)| symbol)
                .collect();
            let count = u32::try_from(symbols.len()).unwrap_or(0);
            lengths.push((code, symbols));
            code = code.saturating_add(count).saturating_mul(2);
        }
        Huffman { lengths }
    }
}

impl Huffman {
    /// Appends the decoded string to `out`.
    pub(super) fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut code: u32 = 0;
        let mut length: usize = 0;
        for byte in bytes {
            for bit in (0..8_u32).rev() {
                code = code << 1 | u32::from(*byte >> bit & 1);
                let Some((first, symbols)) = self.lengths.get(length) else {
                    return Err(illegal(code));
                };
                length = length.saturating_add(1);
                let place = code
                    .checked_sub(*first)
                    .and_then(|place| usize::try_from(place).ok());
                if let Some(symbol) = place.and_then(|place| symbols.get(place)) {
                    out.push(*symbol);
                    code = 0;
                    length = 0;
                }
            }
        }
        // What is left is padding: fewer than eight bits, all ones.
        let ones = (1_u32 << length.min(31)).saturating_sub(1);
        if length < 8 && code == ones {
            Ok(())
        } else {
            Err(illegal(code))
        }
    }
}

fn illegal(code: u32) -> Malformed {
    Malformed::Illegal {
        field: "huffman code",
        value: code.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], want: Option<&[u8]>) {
        let mut out = Vec::new();
        let done = Huffman::default().decode(bytes, &mut out);
        assert_eq!(done.ok().map(|()| out), want.map(<[u8]>::to_vec));
    }

    /// RFC 7541 appendix C.4 and C.6.
    #[test]
    fn decodes_the_examples() {
        check(
            &[
                0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff,
            ],
            Some(b"www.example.com"),
        );
        check(&[0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf], Some(b"no-cache"));
        check(&[0x64, 0x02], Some(b"302"));
        check(&[], Some(b""));
    }

    #[test]
    fn refuses_bad_padding_and_end_of_string() {
        check(&[0x64, 0x02, 0x00], None);
        check(&[0xff], None);
        check(&[0xff, 0xff, 0xff, 0xff], None);
        check(&[0xff; 64], None);
    }
}
