//! TCP, UDP, ICMP and what else stands in IP.
//!
//! In:   a transport, and the packet around it.
//! Out:  its header with a right checksum, and of its contents what the readers keep.
//! Spec: RFC 9293, RFC 768, RFC 792, RFC 4443, RFC 4861, RFC 3810, RFC 3376, RFC 4303.
//!
//! A checksum is over the packet as it is written: of one that was cut, as if the rest were
//! blank, which it is.

use super::canvas::{Canvas, checksum};
use super::net::Ip;
use super::{Redactor, hosts};
use std::net::IpAddr;

/// One side's half of a conversation, as the capture has it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Half {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) src_port: u16,
    pub(super) dst_port: u16,
}

impl Half {
    /// The other side's.
    pub(super) fn turned(self) -> Half {
        Half {
            src: self.dst,
            dst: self.src,
            src_port: self.dst_port,
            dst_port: self.src_port,
        }
    }

    pub(super) fn has_port(&self, port: u16) -> bool {
        self.src_port == port || self.dst_port == port
    }
}

impl Redactor {
    pub(super) fn transport(
        &mut self,
        ip: &Ip,
        protocol: u8,
        c: &mut Canvas<'_>,
        depth: u8,
    ) -> Option<()> {
        let below = depth.saturating_add(1);
        match protocol {
            6 => self.tcp(ip, c),
            17 | 136 => self.udp(ip, protocol, c, below),
            1 => self.icmp(ip, c, below),
            58 => self.icmpv6(ip, c, below),
            2 => igmp(c),
            4 | 41 if !ip.is_first => self.ip(c, below),
            47 if !ip.is_first => self.gre(c, below),
            97 if !ip.is_first => {
                c.keep(0, 2)?;
                self.ethernet(&mut c.after(2), below)
            }
            137 if !ip.is_first => self.ether_type(0x8847, c, below),
            // Index and number of a sealed packet.
            50 => {
                self.blank(c.len().saturating_sub(8));
                c.keep(0, 8)
            }
            51 if !ip.is_first => {
                c.keep(0, 12)?;
                let len = usize::from(c.u8(1)?).checked_add(2)?.checked_mul(4)?;
                let next = c.u8(0)?;
                self.transport(ip, next, &mut c.after(len.max(12)), below)
            }
            132 => {
                self.blank(c.len().saturating_sub(12));
                c.keep(0, 12)
            }
            // No next header.
            59 => None,
            _ => {
                self.blank(c.len());
                None
            }
        }
    }

    fn tcp(&mut self, ip: &Ip, c: &mut Canvas<'_>) -> Option<()> {
        if ip.is_quoted && c.len() < 20 {
            return c.keep(0, c.len().min(8));
        }
        let half = Half {
            src: ip.src,
            dst: ip.dst,
            src_port: c.u16(0)?,
            dst_port: c.u16(2)?,
        };
        c.keep(0, 16)?;
        c.keep(18, 2)?;
        let header = usize::from(c.u8(12)? >> 4).checked_mul(4)?;
        tcp_options(c, header);
        let seq = u32::from_be_bytes(c.array(4)?);
        let flags = c.u8(13)?;
        if !ip.is_quoted && !ip.is_first {
            self.stream(half, (seq, flags), &mut c.after(header.max(20)));
        }
        let sum = checksum(c.to(), ip.pseudo(6, c.len()));
        c.put(16, &sum.to_be_bytes())
    }

    fn udp(&mut self, ip: &Ip, protocol: u8, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        c.keep(0, 6)?;
        let half = Half {
            src: ip.src,
            dst: ip.dst,
            src_port: c.u16(0)?,
            dst_port: c.u16(2)?,
        };
        let stated = match (protocol, c.size(4)?) {
            (136, _) | (_, 0) => c.len(),
            (_, stated) => stated,
        };
        let had_sum = c.u16(6)? != 0 || ip.src.is_ipv6();
        if !ip.is_quoted && !ip.is_first {
            let mut payload = c.part(8, stated);
            let ports = (half.src_port, half.dst_port);
            if self.tunnel(ports, &mut payload, depth).is_none() {
                self.datagram(half, &mut payload);
            }
        } else {
            self.blank(c.len().saturating_sub(8));
        }
        if had_sum {
            // Of a datagram in fragments everything else is blank: the sum is over zeros.
            let end = stated.min(c.len());
            let sum = checksum(c.to().get(..end)?, ip.pseudo(protocol, stated));
            // 0 would say that there is none (RFC 768).
            let sum = if sum == 0 { 0xffff } else { sum };
            c.put(6, &sum.to_be_bytes())?;
        }
        Some(())
    }

    fn icmp(&mut self, ip: &Ip, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        c.keep(0, 2)?;
        c.keep(4, 4.min(c.len().saturating_sub(4)))?;
        match c.u8(0)? {
            3 | 4 | 11 | 12 => {
                self.ip_of(&mut c.after(8), depth, true);
            }
            5 => {
                hosts::address(c, 4, c.v4(4), &mut self.namer());
                self.ip_of(&mut c.after(8), depth, true);
            }
            8 if self.is_mark(ip) => self.mark(&mut c.after(8)),
            _ => self.blank(c.len().saturating_sub(8)),
        }
        let sum = checksum(c.to(), 0);
        c.put(2, &sum.to_be_bytes())
    }

    fn icmpv6(&mut self, ip: &Ip, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        c.keep(0, 2)?;
        c.keep(4, 4.min(c.len().saturating_sub(4)))?;
        match c.u8(0)? {
            1..=4 => {
                self.ip_of(&mut c.after(8), depth, true);
            }
            128 if self.is_mark(ip) => self.mark(&mut c.after(8)),
            kind @ 130..=137 => {
                self.neighbour(kind, c);
            }
            143 => {
                self.listener(c);
            }
            _ => self.blank(c.len().saturating_sub(8)),
        }
        let sum = checksum(c.to(), ip.pseudo(58, c.len()));
        c.put(2, &sum.to_be_bytes())
    }

    /// Neighbour discovery and the older listener messages.
    fn neighbour(&mut self, kind: u8, c: &mut Canvas<'_>) -> Option<()> {
        let mut namer = self.namer();
        let mut at = match kind {
            133 => 8,
            134 => {
                c.keep(8, 8)?;
                16
            }
            137 => {
                hosts::address(c, 8, c.v6(8), &mut namer)?;
                hosts::address(c, 24, c.v6(24), &mut namer)?;
                40
            }
            _ => {
                hosts::address(c, 8, c.v6(8), &mut namer)?;
                24_usize
            }
        };
        if kind < 133 {
            return Some(());
        }
        while at < c.len() {
            let [option, units] = c.array(at)?;
            let len = usize::from(units).checked_mul(8).filter(|len| *len > 0)?;
            c.keep(at, 2)?;
            let inside = at.checked_add(2)?;
            match option {
                1 | 2 => hosts::mac(c, inside, &mut namer)?,
                3 => {
                    c.keep(inside, 14)?;
                    let place = at.checked_add(16)?;
                    if let (true, Some(IpAddr::V6(v6))) = (namer.gathering, c.v6(place)) {
                        namer.pseudonyms.announce(v6);
                    }
                    hosts::address(c, place, c.v6(place), &mut namer)?;
                }
                5 => c.keep(inside, len.saturating_sub(2))?,
                25 => {
                    c.keep(inside, 6)?;
                    for place in (at.checked_add(8)?..at.checked_add(len)?).step_by(16) {
                        hosts::address(c, place, c.v6(place), &mut namer)?;
                    }
                }
                31 => c.keep(inside, 6)?,
                _ => {}
            }
            at = at.checked_add(len)?;
        }
        Some(())
    }

    /// Which groups a host listens to (RFC 3810 §5.2).
    fn listener(&mut self, c: &mut Canvas<'_>) -> Option<()> {
        let mut namer = self.namer();
        let mut at = 8_usize;
        for _ in 0..c.size(6)?.min(512) {
            c.keep(at, 4)?;
            let sources = c.size(at.checked_add(2)?)?;
            let auxiliary = usize::from(c.u8(at.checked_add(1)?)?).checked_mul(4)?;
            at = at.checked_add(4)?;
            for _ in 0..sources.checked_add(1)?.min(512) {
                hosts::address(c, at, c.v6(at), &mut namer)?;
                at = at.checked_add(16)?;
            }
            at = at.checked_add(auxiliary)?;
        }
        Some(())
    }
}

/// Groups are no one's; sources stay blank.
fn igmp(c: &mut Canvas<'_>) -> Option<()> {
    c.keep(0, 2)?;
    c.keep(4, 4)?;
    if c.u8(0)? == 0x22 {
        let mut at = 8_usize;
        for _ in 0..c.size(6)?.min(512) {
            let Some(sources) = c.size(at.checked_add(2)?) else {
                break;
            };
            c.keep(at, 8)?;
            at = at
                .checked_add(8)?
                .checked_add(sources.checked_mul(4)?)?
                .checked_add(usize::from(c.u8(at.checked_add(1)?)?).checked_mul(4)?)?;
        }
    }
    let sum = checksum(c.to(), 0);
    c.put(2, &sum.to_be_bytes())
}

/// Keeps sizes, acknowledgements and times; anything else becomes "no operation": cookies and
/// keys (RFC 7413, RFC 8684) know a host again.
fn tcp_options(c: &mut Canvas<'_>, header: usize) -> Option<()> {
    let mut at = 20_usize;
    let end = header.min(c.len());
    while at < end {
        match c.u8(at)? {
            0 => return Some(()),
            1 => {
                c.keep(at, 1)?;
                at = at.checked_add(1)?;
            }
            kind => {
                let len = usize::from(c.u8(at.checked_add(1)?)?);
                if len < 2 || at.checked_add(len)? > end {
                    return None;
                }
                match kind {
                    2..=5 | 8 => c.keep(at, len)?,
                    _ => c.fill(at, len, 1)?,
                }
                at = at.checked_add(len)?;
            }
        }
    }
    Some(())
}
