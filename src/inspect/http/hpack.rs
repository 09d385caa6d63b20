//! Header compression of HTTP/2.
//!
//! In:   header blocks of one direction, in order.
//! Out:  each field as name and value.
//! Spec: RFC 7541.
//!
//! The dynamic table holds at most [`TABLE_BYTES`], whatever the peers agree on. Fields that
//! are only referred to are handed out where they lie, and names are shared: a block costs time
//! in proportion to its own length.

use super::huffman::Huffman;
use crate::wire::{Cursor, Malformed};
use std::collections::VecDeque;
use std::sync::Arc;

/// Largest dynamic table that is followed. The default is 4,096 (RFC 9113 §6.5.2).
const TABLE_BYTES: usize = 64 << 10;
/// What an entry costs beside its bytes (RFC 7541 §4.1).
const ENTRY_BYTES: usize = 32;

/// Name and value.
type Entry = (Arc<[u8]>, Arc<[u8]>);

/// The state of one direction.
#[derive(Debug)]
pub(super) struct Decoder {
    huffman: Huffman,
    entries: VecDeque<Entry>,
    size: usize,
    capacity: usize,
    /// Decoded strings; kept for their capacity.
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder {
            huffman: Huffman::default(),
            entries: VecDeque::new(),
            size: 0,
            capacity: 4096,
            name: Vec::new(),
            value: Vec::new(),
        }
    }
}

impl Decoder {
    /// Hands each field of a whole block to `field`. After an error the state is of no use.
    pub(super) fn decode(
        &mut self,
        block: &[u8],
        mut field: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), Malformed> {
        let mut cursor = Cursor::new(block);
        while let Some(first) = cursor.peek() {
            match first {
                0x80.. => {
                    let index = integer(&mut cursor, 7)?;
                    self.look_up(index, &mut field)?;
                }
                0x40..=0x7f => self.literal(&mut cursor, 6, true, &mut field)?,
                0x20..=0x3f => {
                    let capacity = integer(&mut cursor, 5)?;
                    if capacity > TABLE_BYTES {
                        return Err(illegal("table size", capacity));
                    }
                    self.capacity = capacity;
                    self.shrink(capacity);
                }
                // Without indexing, or never indexed: the same to a reader.
                _ => self.literal(&mut cursor, 4, false, &mut field)?,
            }
        }
        Ok(())
    }

    pub(super) fn buffered(&self) -> usize {
        self.size
            .saturating_add(self.name.capacity())
            .saturating_add(self.value.capacity())
    }

    fn look_up(&self, index: usize, field: &mut impl FnMut(&[u8], &[u8])) -> Result<(), Malformed> {
        let index = index.checked_sub(1).ok_or(illegal("index", 0))?;
        if let Some((name, value)) = STATIC.get(index) {
            field(name.as_bytes(), value.as_bytes());
            return Ok(());
        }
        let (name, value) = self.dynamic(index)?;
        field(name, value);
        Ok(())
    }

    fn dynamic(&self, index: usize) -> Result<&Entry, Malformed> {
        index
            .checked_sub(STATIC.len())
            .and_then(|index| self.entries.get(index))
            .ok_or(illegal("index", index))
    }

    fn literal(
        &mut self,
        cursor: &mut Cursor<'_>,
        prefix: u32,
        keep: bool,
        field: &mut impl FnMut(&[u8], &[u8]),
    ) -> Result<(), Malformed> {
        let index = integer(cursor, prefix)?;
        let name: Arc<[u8]> = match index.checked_sub(1) {
            None => {
                string(cursor, &self.huffman, &mut self.name)?;
                Arc::from(self.name.as_slice())
            }
            Some(index) => match STATIC.get(index) {
                Some((name, _)) => Arc::from(name.as_bytes()),
                None => Arc::clone(&self.dynamic(index)?.0),
            },
        };
        string(cursor, &self.huffman, &mut self.value)?;
        field(&name, &self.value);
        if keep {
            let size = entry_size(&name, &self.value);
            self.shrink(self.capacity.saturating_sub(size));
            if size <= self.capacity {
                self.size = self.size.saturating_add(size);
                let value = Arc::from(self.value.as_slice());
                self.entries.push_front((name, value));
            }
        }
        Ok(())
    }

    /// Drops the oldest entries until at most `size` is used.
    fn shrink(&mut self, size: usize) {
        while self.size > size {
            let Some((name, value)) = self.entries.pop_back() else {
                self.size = 0;
                return;
            };
            self.size = self.size.saturating_sub(entry_size(&name, &value));
        }
    }
}

fn entry_size(name: &[u8], value: &[u8]) -> usize {
    name.len()
        .saturating_add(value.len())
        .saturating_add(ENTRY_BYTES)
}

/// An integer whose first `prefix` bits end the current byte (RFC 7541 §5.1).
fn integer(cursor: &mut Cursor<'_>, prefix: u32) -> Result<usize, Malformed> {
    let most = (1_usize << prefix).saturating_sub(1);
    let mut value = usize::from(cursor.u8("integer")?) & most;
    if value < most {
        return Ok(value);
    }
    // Four more bytes reach 2^28, more than any block.
    for shift in [0_u32, 7, 14, 21] {
        let byte = cursor.u8("integer")?;
        value = value.saturating_add(usize::from(byte & 0x7f) << shift);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(illegal("integer", value))
}

/// A string literal (RFC 7541 §5.2), into `out`.
fn string(cursor: &mut Cursor<'_>, huffman: &Huffman, out: &mut Vec<u8>) -> Result<(), Malformed> {
    out.clear();
    let coded = cursor.peek().is_some_and(|first| first & 0x80 != 0);
    let length = integer(cursor, 7)?;
    let bytes = cursor.take("string", length)?;
    if coded {
        return huffman.decode(bytes, out);
    }
    out.extend_from_slice(bytes);
    Ok(())
}

fn illegal(field: &'static str, value: usize) -> Malformed {
    Malformed::Illegal {
        field,
        value: u64::try_from(value).unwrap_or(u64::MAX),
    }
}

/// RFC 7541 appendix A, from index 1.
#[rustfmt::skip]
const STATIC: &[(&str, &str)] = &[
    (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"),
    (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"), (":status", "200"),
    (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"),
    (":status", "404"), (":status", "500"), ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""),
    ("accept", ""), ("access-control-allow-origin", ""), ("age", ""), ("allow", ""),
    ("authorization", ""), ("cache-control", ""), ("content-disposition", ""),
    ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
    ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""),
    ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""),
    ("if-match", ""), ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""),
    ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""),
    ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""),
    ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""),
    ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""),
    ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
        digits
            .chunks(2)
            .map(|pair| {
                u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit))
                    .expect("two digits")
            })
            .collect()
    }

    #[track_caller]
    fn check(decoder: &mut Decoder, block: &str, want: &str, size: usize) {
        let mut got = Vec::new();
        decoder
            .decode(&bytes(block), |name, value| {
                got.push(format!("{}={}", name.escape_ascii(), value.escape_ascii()));
            })
            .expect("a sound block");
        assert_eq!(got.join(" "), want);
        assert_eq!(decoder.size, size);
    }

    #[test]
    fn counts_the_static_table() {
        assert_eq!(STATIC.len(), 61);
    }

    /// RFC 7541 appendix C.3: three requests without Huffman coding.
    #[test]
    fn decodes_the_plain_requests() {
        let mut decoder = Decoder::default();
        check(
            &mut decoder,
            "828684410f7777772e6578616d706c652e636f6d",
            ":method=GET :scheme=http :path=/ :authority=www.example.com",
            57,
        );
        check(
            &mut decoder,
            "828684be58086e6f2d6361636865",
            ":method=GET :scheme=http :path=/ :authority=www.example.com cache-control=no-cache",
            110,
        );
        check(
            &mut decoder,
            "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
            ":method=GET :scheme=https :path=/index.html :authority=www.example.com custom-key=custom-value",
            164,
        );
    }

    /// RFC 7541 appendix C.4: the same with Huffman coding.
    #[test]
    fn decodes_the_coded_requests() {
        let mut decoder = Decoder::default();
        check(
            &mut decoder,
            "828684418cf1e3c2e5f23a6ba0ab90f4ff",
            ":method=GET :scheme=http :path=/ :authority=www.example.com",
            57,
        );
        check(
            &mut decoder,
            "828684be5886a8eb10649cbf",
            ":method=GET :scheme=http :path=/ :authority=www.example.com cache-control=no-cache",
            110,
        );
        check(
            &mut decoder,
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
            ":method=GET :scheme=https :path=/index.html :authority=www.example.com custom-key=custom-value",
            164,
        );
    }

    /// RFC 7541 appendix C.6: responses that evict from a table of 256 octets.
    #[test]
    fn evicts_the_oldest() {
        let mut decoder = Decoder {
            capacity: 256,
            ..Decoder::default()
        };
        check(
            &mut decoder,
            "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
            ":status=302 cache-control=private date=Mon, 21 Oct 2013 20:13:21 GMT location=https://www.example.com",
            222,
        );
        check(
            &mut decoder,
            "4883640effc1c0bf",
            ":status=307 cache-control=private date=Mon, 21 Oct 2013 20:13:21 GMT location=https://www.example.com",
            222,
        );
    }

    #[test]
    fn refuses_what_cannot_be() {
        for block in ["80", "be", "ffffffffff7f", "3fe2ffff7f", "4005", "00"] {
            let done = Decoder::default().decode(&bytes(block), |_, _| {});
            assert!(done.is_err(), "{block}");
        }
    }

    proptest! {
        #[test]
        fn any_block_keeps_the_table_in_bounds(blocks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..6)) {
            let mut decoder = Decoder::default();
            for block in blocks {
                let _ = decoder.decode(&block, |_, _| {});
                prop_assert!(decoder.size <= decoder.capacity.max(4096));
                let sum: usize = decoder.entries.iter().map(|(name, value)| entry_size(name, value)).sum();
                prop_assert_eq!(sum, decoder.size);
            }
        }
    }
}
