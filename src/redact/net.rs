//! IPv4 and IPv6, fragments, and tunnels.
//!
//! In:   bytes that begin with an IP header.
//! Out:  the same packet between pseudonyms; lengths as they were, checksums set right.
//! Spec: RFC 791, RFC 8200, RFC 4302, RFC 2784, RFC 7348, 3GPP TS 29.281.
//!
//! Options of IP may hold addresses: they become padding. A fragment keeps its place; of its
//! contents only the first one's ports stay.

use super::Redactor;
use super::canvas::{Canvas, checksum, pseudo};
use std::net::IpAddr;

/// Extension headers of a packet.
const MOST_EXTENSIONS: u8 = 16;

/// An IP packet around a transport.
#[derive(Clone, Copy)]
pub(super) struct Ip {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    /// The same as they are written.
    pub(super) new_src: IpAddr,
    pub(super) new_dst: IpAddr,
    /// Part of an error message: the end may be missing.
    pub(super) is_quoted: bool,
    /// The first of several fragments.
    pub(super) is_first: bool,
}

impl Ip {
    /// The sum over the new addresses for a transport of this length.
    pub(super) fn pseudo(&self, protocol: u8, len: usize) -> u32 {
        pseudo(self.new_src, self.new_dst, protocol, len)
    }
}

impl Redactor {
    pub(super) fn ip(&mut self, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        self.ip_of(c, depth, false)
    }

    /// An IP packet, maybe one that an error message quotes.
    pub(super) fn ip_of(&mut self, c: &mut Canvas<'_>, depth: u8, is_quoted: bool) -> Option<()> {
        if depth > 16 {
            return None;
        }
        match c.u8(0)? >> 4 {
            4 => self.v4(c, depth, is_quoted),
            6 => self.v6(c, depth, is_quoted),
            _ => None,
        }
    }

    /// Notes two addresses, or says what they become.
    fn pair(&mut self, src: IpAddr, dst: IpAddr, is_quoted: bool) -> Ip {
        if self.is_gathering() {
            self.pseudonyms.meet(src);
            self.pseudonyms.meet(dst);
        }
        let (new_src, new_dst) = match self.is_gathering() {
            true => (src, dst),
            false => (self.pseudonyms.address(src), self.pseudonyms.address(dst)),
        };
        Ip {
            src,
            dst,
            new_src,
            new_dst,
            is_quoted,
            is_first: false,
        }
    }

    fn v4(&mut self, c: &mut Canvas<'_>, depth: u8, is_quoted: bool) -> Option<()> {
        let mut ip = self.pair(c.v4(12)?, c.v4(16)?, is_quoted);
        c.keep(0, 10)?;
        c.put_address(12, ip.new_src)?;
        c.put_address(16, ip.new_dst)?;
        let header = usize::from(c.u8(0)? & 15).checked_mul(4)?;
        // No operation.
        c.fill(20, header.checked_sub(20)?, 1)?;
        let sum = checksum(c.to().get(..header)?, 0);
        c.put(10, &sum.to_be_bytes())?;
        let total = match c.size(2)? {
            0 => c.len(),
            total => total,
        };
        let trailer = self.trailer(c, total);
        let fragment = c.u16(6)?;
        let protocol = c.u8(9)?;
        let mut inner = c.part(header, total);
        let _ = match fragment & 0x3fff {
            0 => self.transport(&ip, protocol, &mut inner, depth),
            0x2000 => {
                ip.is_first = true;
                self.transport(&ip, protocol, &mut inner, depth)
            }
            _ => {
                self.blank(inner.len());
                None
            }
        };
        trailer
    }

    /// Behind the packet: padding, or PCAPdroid's word of whose packet it is.
    fn trailer(&mut self, c: &mut Canvas<'_>, total: usize) -> Option<()> {
        let at = c.len().checked_sub(32)?;
        if at >= total && c.array::<4>(at)? == [1, 7, 0x20, 0x21] {
            c.keep(at, 28)?;
        }
        Some(())
    }

    fn v6(&mut self, c: &mut Canvas<'_>, depth: u8, is_quoted: bool) -> Option<()> {
        let mut ip = self.pair(c.v6(8)?, c.v6(24)?, is_quoted);
        c.keep(0, 8)?;
        c.put_address(8, ip.new_src)?;
        c.put_address(24, ip.new_dst)?;
        let total = match c.size(4)? {
            0 => c.len(),
            len => len.checked_add(40)?,
        };
        let _ = self.trailer(c, total);
        let mut next = c.u8(6)?;
        let mut at = 40_usize;
        let mut inner = c.part(0, total);
        for _ in 0..MOST_EXTENSIONS {
            let len = match next {
                44 => {
                    inner.keep(at, 8)?;
                    match inner.u16(at.checked_add(2)?)? {
                        place if place & 0xfff8 != 0 => {
                            self.blank(inner.len().saturating_sub(at));
                            return None;
                        }
                        place => ip.is_first = place & 1 == 1,
                    }
                    8
                }
                0 | 43 | 60 | 135 | 139 | 140 => extension(&mut inner, next, at)?,
                _ => break,
            };
            next = inner.u8(at)?;
            at = at.checked_add(len)?;
        }
        self.transport(&ip, next, &mut inner.after(at), depth)
    }

    /// A packet in a packet: GRE.
    pub(super) fn gre(&mut self, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        c.keep(0, 4)?;
        let (flags, kind) = (c.u16(0)?, c.u16(2)?);
        let mut at = 4_usize;
        if flags & 7 == 1 {
            c.keep(4, 4)?;
            at = 8;
            for bit in [0x1000, 0x0080] {
                if flags & bit != 0 {
                    c.keep(at, 4)?;
                    at = at.checked_add(4)?;
                }
            }
            return self.ppp(&mut c.after(at), depth);
        }
        for bits in [0xc000, 0x2000, 0x1000] {
            if flags & bits != 0 {
                c.keep(at, 4)?;
                at = at.checked_add(4)?;
            }
        }
        let mut inner = c.after(at);
        match kind {
            0x6558 => self.ethernet(&mut inner, depth),
            0x880b => self.ppp(&mut inner, depth),
            0x88be if flags & 0x1000 == 0 => self.ethernet(&mut inner, depth),
            0x88be => {
                inner.keep(0, 8)?;
                self.ethernet(&mut inner.after(8), depth)
            }
            kind => self.ether_type(kind, &mut inner, depth),
        }
    }

    /// A packet in a datagram: GTP-U, VXLAN, Teredo. `None` where there is none.
    pub(super) fn tunnel(
        &mut self,
        (src_port, dst_port): (u16, u16),
        c: &mut Canvas<'_>,
        depth: u8,
    ) -> Option<()> {
        let is_ip = |c: &Canvas<'_>, at: usize| {
            let first = c.u8(at).map(|byte| byte >> 4);
            let left = c.len().saturating_sub(at);
            (first == Some(4) && left >= 20) || (first == Some(6) && left >= 40)
        };
        match (src_port, dst_port) {
            (2152, _) | (_, 2152) => {
                let [flags, kind] = c.array(0)?;
                if flags & 0xf0 != 0x30 || kind != 255 {
                    return None;
                }
                let mut at = 8_usize;
                if flags & 7 != 0 {
                    at = 12;
                    let mut next = c.u8(11)?;
                    while flags & 4 != 0 && next != 0 {
                        let len = usize::from(c.u8(at)?).checked_mul(4)?;
                        at = at.checked_add(len.max(1))?;
                        next = c.u8(at.checked_sub(1)?)?;
                    }
                }
                if !is_ip(c, at) {
                    return None;
                }
                c.keep(0, at)?;
                self.ip(&mut c.after(at), depth)
            }
            (_, 4789 | 8472) => {
                if c.u8(0)? & 8 == 0 || c.len() < 22 {
                    return None;
                }
                c.keep(0, 8)?;
                self.ethernet(&mut c.after(8), depth)
            }
            // Geneve (RFC 8926 §3.4); its options stay blank.
            (_, 6081) => {
                c.keep(0, 8)?;
                let at = usize::from(c.u8(0)? & 0x3f)
                    .checked_mul(4)?
                    .checked_add(8)?;
                let kind = c.u16(2)?;
                let mut inner = c.after(at);
                match kind {
                    0x6558 => self.ethernet(&mut inner, depth),
                    kind => self.ether_type(kind, &mut inner, depth),
                }
            }
            (3544, _) | (_, 3544) if is_ip(c, 0) && c.u8(0)? >> 4 == 6 => self.ip(c, depth),
            _ => None,
        }
    }
}

/// Keeps the frame of an extension header, and pads what is inside; its length.
fn extension(c: &mut Canvas<'_>, kind: u8, at: usize) -> Option<usize> {
    let units = usize::from(c.u8(at.checked_add(1)?)?);
    let len = units.checked_add(1)?.checked_mul(8)?;
    c.keep(at, 2)?;
    let inside = at.checked_add(2)?;
    match kind {
        0 | 60 => {
            let mut place = inside;
            let mut left = len.checked_sub(2)?;
            // Router alert (RFC 2711): multicast listeners have it.
            if c.array::<2>(place)? == [5, 2] {
                c.keep(place, 4)?;
                place = place.checked_add(4)?;
                left = left.checked_sub(4)?;
            }
            // PadN (RFC 8200 §4.2), of at most 257 bytes.
            while left >= 2 {
                let most = left.min(257);
                c.put(place, &[1, u8::try_from(most.checked_sub(2)?).ok()?])?;
                place = place.checked_add(most)?;
                left = left.checked_sub(most)?;
            }
        }
        // The kind of a routing header; where it led stays blank.
        43 => c.keep(inside, 1)?,
        _ => {}
    }
    Some(len)
}
