//! Options at the end of a pcapng block.
//!
//! In:   what follows a block's fixed part.
//! Out:  code and value, one by one, until the list ends or does not make sense.
//! Spec: draft-ietf-opsawg-pcapng §3.5.

use crate::wire::{Cursor, Malformed};

/// A walk over options. After it, `broken` tells why the list did not make sense.
pub(super) struct Options<'a> {
    rest: Cursor<'a>,
    swapped: bool,
    len: usize,
    /// Where the last value lies in the list.
    pub(super) at: usize,
    pub(super) broken: Option<Malformed>,
}

impl<'a> Options<'a> {
    pub(super) fn new(bytes: &'a [u8], swapped: bool) -> Self {
        Options {
            rest: Cursor::new(bytes),
            swapped,
            len: bytes.len(),
            at: 0,
            broken: None,
        }
    }

    fn read(&mut self) -> Result<(u16, &'a [u8]), Malformed> {
        let order = |raw| {
            if self.swapped {
                u16::from_be_bytes(raw)
            } else {
                u16::from_le_bytes(raw)
            }
        };
        let code = order(self.rest.array("option code")?);
        let len = usize::from(order(self.rest.array("option length")?));
        self.at = self.len.saturating_sub(self.rest.left());
        let value = self.rest.take("option value", len)?;
        // The padding of the last option may be missing.
        self.rest.take_up_to(len.wrapping_neg() & 3);
        Ok((code, value))
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() || self.broken.is_some() {
            return None;
        }
        match self.read() {
            // opt_endofopt
            Ok((0, _)) => None,
            Ok(option) => Some(option),
            Err(why) => {
                self.broken = Some(why);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], swapped: bool, want: &str) {
        let mut options = Options::new(bytes, swapped);
        let mut got: Vec<String> = options
            .by_ref()
            .map(|(code, value)| format!("{code}={}", value.escape_ascii()))
            .collect();
        if options.broken.is_some() {
            got.push("broken".to_owned());
        }
        assert_eq!(got.join(" "), want);
    }

    #[test]
    fn walks_in_either_byte_order_and_stops_where_it_ends() {
        check(b"", false, "");
        check(
            b"\x01\0\x02\0ab\0\0\x02\0\x01\0c\0\0\0\0\0\0\0\x09\0\0\0",
            false,
            "1=ab 2=c",
        );
        check(b"\0\x01\0\x02ab\0\0\0\0\0\0", true, "1=ab");
    }

    #[test]
    fn says_where_a_length_lies() {
        check(b"\x01\0\x09\0ab\0\0", false, "broken");
        check(b"\x01\0\x01\0a\0\0\0\x02", false, "1=a broken");
        check(b"\x01\0\x01\0a", false, "1=a");
    }
}
