//! The one place that does index arithmetic on capture bytes.
//!
//! In:   a byte slice.
//! Out:  fields of it, or the name of the field that was not there.
//!
//! Nothing here panics or allocates, whatever the bytes are.

/// Why a header could not be read. `Copy`: it is made on the hot path, then counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Malformed {
    /// `field` holds a value its specification forbids.
    #[error("{field}: {value:#x} is not allowed")]
    Illegal { field: &'static str, value: u64 },
    /// The bytes end inside `field`; a longer capture might have held it.
    #[error("{field}: needs {needed} bytes, {left} left")]
    Short {
        field: &'static str,
        needed: usize,
        left: usize,
    },
}

impl Malformed {
    /// The field at which reading stopped.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Malformed::Illegal { field, .. } | Malformed::Short { field, .. } => field,
        }
    }
}

/// A reading position in borrowed bytes. Multi-byte fields are in network byte order
/// unless the method says otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Bytes not read yet.
    #[inline]
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Everything not read yet, without moving.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `N` bytes as an array.
    #[inline]
    pub(crate) fn array<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[u8; N], Malformed> {
        match self.rest.split_first_chunk::<N>() {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(*head)
            }
            None => Err(self.short(field, N)),
        }
    }

    /// The next `len` bytes, borrowed from the capture.
    #[inline]
    pub(crate) fn take(&mut self, field: &'static str, len: usize) -> Result<&'a [u8], Malformed> {
        match self.rest.split_at_checked(len) {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(head)
            }
            None => Err(self.short(field, len)),
        }
    }

    /// As many of the next `len` bytes as there are.
    #[inline]
    pub(crate) fn take_up_to(&mut self, len: usize) -> &'a [u8] {
        let (head, rest) = self.rest.split_at(len.min(self.rest.len()));
        self.rest = rest;
        head
    }

    #[inline]
    pub(crate) fn skip(&mut self, field: &'static str, len: usize) -> Result<(), Malformed> {
        self.take(field, len).map(|_| ())
    }

    /// The next byte, without moving.
    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    #[inline]
    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, Malformed> {
        self.array::<1>(field).map(|[byte]| byte)
    }

    #[inline]
    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, Malformed> {
        self.array(field).map(u16::from_be_bytes)
    }

    /// A three-byte length, as TLS handshakes have it.
    #[inline]
    pub(crate) fn u24(&mut self, field: &'static str) -> Result<u32, Malformed> {
        self.array::<3>(field)
            .map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    #[inline]
    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, Malformed> {
        self.array(field).map(u32::from_be_bytes)
    }

    #[inline]
    pub(crate) fn u16_le(&mut self, field: &'static str) -> Result<u16, Malformed> {
        self.array(field).map(u16::from_le_bytes)
    }

    #[inline]
    pub(crate) fn u32_le(&mut self, field: &'static str) -> Result<u32, Malformed> {
        self.array(field).map(u32::from_le_bytes)
    }

    /// `len_bytes` bytes of length (1 to 3), then that many bytes: a TLS vector
    /// (RFC 8446 §3.4).
    #[inline]
    pub(crate) fn vector(
        &mut self,
        field: &'static str,
        len_bytes: u8,
    ) -> Result<&'a [u8], Malformed> {
        let len = match len_bytes {
            1 => usize::from(self.u8(field)?),
            2 => usize::from(self.u16(field)?),
            _ => usize::try_from(self.u24(field)?).unwrap_or(usize::MAX),
        };
        self.take(field, len)
    }

    fn short(&self, field: &'static str, needed: usize) -> Malformed {
        Malformed::Short {
            field,
            needed,
            left: self.rest.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_in_network_order_and_names_what_is_missing() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4, 5, 6, 7, 0, 1, 9]);
        assert_eq!(cursor.u16("a"), Ok(0x0102));
        assert_eq!(cursor.u24("b"), Ok(0x030405));
        assert_eq!(cursor.u16_le("c"), Ok(0x0706));
        assert_eq!(cursor.vector("d", 2), Ok(&[9][..]));
        let missing = cursor.u32("e");
        assert_eq!(
            missing.map_err(|err| err.to_string()),
            Err("e: needs 4 bytes, 0 left".to_owned())
        );
    }

    #[test]
    fn a_failed_read_does_not_move() {
        let mut cursor = Cursor::new(&[1, 2]);
        assert!(cursor.take("x", 3).is_err());
        assert_eq!(cursor.left(), 2);
        assert_eq!(cursor.take_up_to(9), &[1, 2]);
    }
}
