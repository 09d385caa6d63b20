//! A packet and what becomes of it, side by side.
//!
//! In:   bytes of a capture, and zeros of the same length.
//! Out:  the zeros, with whatever somebody chose to keep or to put in its place.
//!
//! Nothing passes that was not named: what no reader understood stays zero. Every access is
//! bounded; `None` means that the bytes end, and whoever meets it leaves the rest blank.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Both sides of one stretch of bytes.
pub(super) struct Canvas<'a> {
    from: &'a [u8],
    to: &'a mut [u8],
}

impl<'a> Canvas<'a> {
    /// `to` must hold zeros; what is longer than the other is left out.
    pub(super) fn new(from: &'a [u8], to: &'a mut [u8]) -> Self {
        let len = from.len().min(to.len());
        let (from, _) = from.split_at(len);
        let (to, _) = to.split_at_mut(len);
        Canvas { from, to }
    }

    pub(super) fn len(&self) -> usize {
        self.from.len()
    }

    pub(super) fn from(&self) -> &'a [u8] {
        self.from
    }

    pub(super) fn to(&self) -> &[u8] {
        self.to
    }

    /// From `start` to `end`, or as far as there are bytes.
    pub(super) fn part(&mut self, start: usize, end: usize) -> Canvas<'_> {
        let end = end.min(self.len());
        let start = start.min(end);
        Canvas {
            from: self.from.get(start..end).unwrap_or_default(),
            to: self.to.get_mut(start..end).unwrap_or_default(),
        }
    }

    /// From `start` on.
    pub(super) fn after(&mut self, start: usize) -> Canvas<'_> {
        self.part(start, usize::MAX)
    }

    /// Keeps `len` bytes as they are.
    pub(super) fn keep(&mut self, start: usize, len: usize) -> Option<()> {
        let end = start.checked_add(len)?;
        let from = self.from.get(start..end)?;
        self.to.get_mut(start..end)?.copy_from_slice(from);
        Some(())
    }

    /// Puts `bytes` at `start`.
    pub(super) fn put(&mut self, start: usize, bytes: &[u8]) -> Option<()> {
        let end = start.checked_add(bytes.len())?;
        self.to.get_mut(start..end)?.copy_from_slice(bytes);
        Some(())
    }

    /// Fills `len` bytes with one.
    pub(super) fn fill(&mut self, start: usize, len: usize, byte: u8) -> Option<()> {
        let end = start.checked_add(len)?;
        self.to.get_mut(start..end)?.fill(byte);
        Some(())
    }

    pub(super) fn array<const N: usize>(&self, start: usize) -> Option<[u8; N]> {
        self.from.get(start..)?.first_chunk().copied()
    }

    pub(super) fn u8(&self, start: usize) -> Option<u8> {
        self.from.get(start).copied()
    }

    pub(super) fn u16(&self, start: usize) -> Option<u16> {
        self.array(start).map(u16::from_be_bytes)
    }

    /// Of a length field of 16 bits.
    pub(super) fn size(&self, start: usize) -> Option<usize> {
        self.u16(start).map(usize::from)
    }

    pub(super) fn v4(&self, start: usize) -> Option<IpAddr> {
        self.array::<4>(start)
            .map(|raw| IpAddr::V4(Ipv4Addr::from(raw)))
    }

    pub(super) fn v6(&self, start: usize) -> Option<IpAddr> {
        self.array::<16>(start)
            .map(|raw| IpAddr::V6(Ipv6Addr::from(raw)))
    }

    /// Puts an address at `start`.
    pub(super) fn put_address(&mut self, start: usize, address: IpAddr) -> Option<()> {
        match address {
            IpAddr::V4(v4) => self.put(start, &v4.octets()),
            IpAddr::V6(v6) => self.put(start, &v6.octets()),
        }
    }

    /// Bytes that are not as they were.
    pub(super) fn changed(&self) -> usize {
        let pairs = self.from.iter().zip(self.to.iter());
        pairs.filter(|(from, to)| from != to).count()
    }
}

/// The Internet checksum (RFC 1071), with the sum of something before.
pub(super) fn checksum(bytes: &[u8], before: u32) -> u16 {
    let mut sum = u64::from(before);
    let (pairs, rest) = bytes.as_chunks::<2>();
    for pair in pairs {
        sum = sum.wrapping_add(u16::from_be_bytes(*pair).into());
    }
    if let [last] = rest {
        sum = sum.wrapping_add(u64::from(*last) << 8);
    }
    while sum > 0xffff {
        sum = (sum & 0xffff).wrapping_add(sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

/// The sum of the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1) of a transport of `len` bytes.
pub(super) fn pseudo(src: IpAddr, dst: IpAddr, protocol: u8, len: usize) -> u32 {
    let of = |address: IpAddr| match address {
        IpAddr::V4(v4) => sum(&v4.octets()),
        IpAddr::V6(v6) => sum(&v6.octets()),
    };
    let len = u32::try_from(len).unwrap_or(0);
    of(src)
        .wrapping_add(of(dst))
        .wrapping_add(u32::from(protocol))
        .wrapping_add(len >> 16)
        .wrapping_add(len & 0xffff)
}

/// Words added up, without the fold; of a few bytes.
fn sum(bytes: &[u8]) -> u32 {
    let (pairs, _) = bytes.as_chunks::<2>();
    let add = |sum: u32, pair: &[u8; 2]| sum.wrapping_add(u16::from_be_bytes(*pair).into());
    pairs.iter().fold(0, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_passes_that_was_not_kept() {
        let mut to = [0; 6];
        let mut canvas = Canvas::new(b"abcdef", &mut to);
        assert_eq!(canvas.keep(1, 2), Some(()));
        assert_eq!(canvas.keep(5, 2), None);
        assert_eq!(canvas.part(3, 99).put(0, b"x"), Some(()));
        assert_eq!(canvas.changed(), 4);
        assert_eq!(&to, b"\0bcx\0\0");
    }

    /// The header of RFC 1071's kind that every textbook has.
    #[test]
    fn the_checksum_is_that_of_the_internet() {
        let header = [
            0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,
            0xc7,
        ];
        assert_eq!(checksum(&header, 0), 0xb861);
        assert_eq!(checksum(&[1], 0), !0x0100);
    }
}
