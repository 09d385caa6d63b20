//! Link layers: hardware addresses are replaced, what carries IP is followed.
//!
//! In:   a packet and its link type.
//! Out:  the packet rewritten down to the layers that are known; the rest blank.
//! Spec: <https://www.tcpdump.org/linktypes.html>, IEEE 802.3, 802.1Q, 802.11, RFC 1661, 2516,
//!       3032.
//!
//! A link type that is not here gives a blank packet, and a count.

use super::Redactor;
use super::canvas::Canvas;
use super::hosts;

/// Link layers inside link layers.
const MOST_NESTED: u8 = 8;
/// Length and first bytes of the trailer in which PCAPdroid names the app.
const TRAILER: usize = 32;
const TRAILER_MAGIC: [u8; 4] = [1, 7, 0x20, 0x21];

impl Redactor {
    /// Rewrites a packet of this link type.
    pub(super) fn link(&mut self, link: u32, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        if depth > MOST_NESTED {
            return None;
        }
        let below = depth.saturating_add(1);
        match link {
            1 => self.ethernet(c, below),
            12 | 14 | 101 | 228 | 229 => self.ip(c, below),
            0 | 108 => {
                c.keep(0, 4)?;
                self.ip(&mut c.after(4), below)
            }
            // Linux's cooked captures: kind, length and address of the sender, protocol.
            113 => {
                c.keep(0, 6)?;
                if c.size(4)? == 6 {
                    hosts::mac(c, 6, &mut self.namer())?;
                }
                let kind = c.u16(14)?;
                c.put(14, &Self::shown_type(kind).to_be_bytes())?;
                self.ether_type(kind, &mut c.after(16), below)
            }
            276 => {
                c.keep(0, 12)?;
                if c.u8(11)? == 6 {
                    hosts::mac(c, 12, &mut self.namer())?;
                }
                let kind = c.u16(0)?;
                self.ether_type(kind, &mut c.after(20), below)
            }
            9 | 50 => self.ppp(c, below),
            51 => self.ether_type(0x8864, c, below),
            104 => {
                c.keep(0, 4)?;
                let kind = c.u16(2)?;
                self.ether_type(kind, &mut c.after(4), below)
            }
            105 => self.wifi(c, below),
            // A head of its own length, in little endian.
            127 => {
                let len = usize::from(u16::from_le_bytes(c.array(2)?));
                c.keep(0, len)?;
                self.wifi(&mut c.after(len), below)
            }
            149 | 258 => {
                let len = usize::try_from(u32::from_le_bytes(c.array(0)?)).ok()?;
                if !(108..=256).contains(&len) {
                    return None;
                }
                c.keep(0, len)?;
                let link = u32::from_le_bytes(c.array(8)?);
                self.link(link, &mut c.after(len), below)
            }
            147..=162 => self.with_trailer(c, below),
            239 => self.nflog(c, below),
            226 => {
                c.keep(0, 24)?;
                self.ip(&mut c.after(24), below)
            }
            _ => {
                self.count("packets of link types that are not read: left out whole");
                None
            }
        }
    }

    /// An IP packet or a frame with PCAPdroid's trailer.
    fn with_trailer(&mut self, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        let at = c.len().checked_sub(TRAILER)?;
        if c.array::<4>(at)? != TRAILER_MAGIC {
            return None;
        }
        let first = c.u8(0)? >> 4;
        c.keep(at, TRAILER)?;
        let mut inner = c.part(0, at);
        match first {
            4 | 6 => self.ip(&mut inner, depth),
            _ => self.ethernet(&mut inner, depth),
        }
    }

    pub(super) fn ethernet(&mut self, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        for at in [0, 6] {
            hosts::mac(c, at, &mut self.namer())?;
        }
        let kind = c.u16(12)?;
        c.put(12, &Self::shown_type(kind).to_be_bytes())?;
        self.ether_type(kind, &mut c.after(14), depth)
    }

    /// What an EtherType, or a length, announces.
    pub(super) fn ether_type(&mut self, kind: u16, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        if depth > MOST_NESTED {
            return None;
        }
        let below = depth.saturating_add(1);
        match kind {
            0x0800 | 0x86dd => self.ip(c, below),
            0x0806 => hosts::arp(c, &mut self.namer()),
            0x8100 | 0x88a8 | 0x9100 => {
                c.keep(0, 4)?;
                let kind = c.u16(2)?;
                self.ether_type(kind, &mut c.after(4), below)
            }
            0x8847 | 0x8848 => {
                let mut at = 0_usize;
                loop {
                    c.keep(at, 4)?;
                    let is_last = c.u8(at.checked_add(2)?)? & 1 == 1;
                    at = at.checked_add(4)?;
                    if is_last {
                        break;
                    }
                }
                self.ip(&mut c.after(at), below)
            }
            0x8864 => {
                c.keep(0, 6)?;
                self.ppp(&mut c.after(6), below)
            }
            // 802.2: the subnetwork access protocol has an EtherType, the others no IP.
            0..=1500 => {
                c.keep(0, 3)?;
                if c.array::<3>(0)? != [0xaa, 0xaa, 3] {
                    return None;
                }
                c.keep(3, 5)?;
                let kind = c.u16(6)?;
                self.ether_type(kind, &mut c.after(8), below)
            }
            _ => {
                self.count("frames that carry no IP: contents left out");
                None
            }
        }
    }

    /// Authentication and neighbours' names are left out; so that none reads the blanks, a frame
    /// of them says "local experiment" (IEEE 802 §9.2.3).
    fn shown_type(kind: u16) -> u16 {
        match kind {
            0x888e | 0x88cc => 0x88b5,
            kind => kind,
        }
    }

    pub(super) fn ppp(&mut self, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        let mut at = 0;
        if c.array::<2>(0)? == [0xff, 3] {
            c.keep(0, 2)?;
            at = 2;
        }
        c.keep(at, 1)?;
        // A protocol may be one byte (RFC 1661 §6.5).
        let (kind, len) = match c.u8(at)? {
            short if short & 1 == 1 => (u16::from(short), 1),
            _ => (c.u16(at)?, 2),
        };
        c.keep(at, len)?;
        match kind {
            0x21 | 0x57 => self.ip(&mut c.after(at.checked_add(len)?), depth),
            _ => None,
        }
    }

    fn wifi(&mut self, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        let [control, flags] = c.array(0)?;
        c.keep(0, 4)?;
        let is_data = control & 0x0c == 0x08;
        let mut namer = self.namer();
        for at in [4, 10, 16] {
            hosts::mac(c, at, &mut namer)?;
        }
        c.keep(22, 2)?;
        let mut at = 24;
        if is_data && flags & 3 == 3 {
            hosts::mac(c, at, &mut namer)?;
            at = 30;
        }
        let has_data = is_data && control & 0x40 == 0 && flags & 0x40 == 0;
        if !has_data {
            return None;
        }
        if control & 0x80 != 0 {
            c.keep(at, 2)?;
            // Aggregates are left out.
            if c.u8(at)? & 0x80 != 0 {
                return None;
            }
            at = at.checked_add(2)?;
        }
        self.ether_type(0, &mut c.after(at), depth)
    }

    /// Attributes of their own lengths; the packet is one, and the user another.
    fn nflog(&mut self, c: &mut Canvas<'_>, depth: u8) -> Option<()> {
        c.keep(0, 4)?;
        let mut at = 4_usize;
        while at < c.len() {
            let len = usize::from(u16::from_le_bytes(c.array(at)?));
            let kind = u16::from_le_bytes(c.array(at.checked_add(2)?)?) & 0x7fff;
            c.keep(at, 4)?;
            let (value, end) = (at.checked_add(4)?, at.checked_add(len)?);
            match kind {
                9 => {
                    self.ip(&mut c.part(value, end), depth);
                }
                1..=7 | 11..=15 => c.keep(value, end.checked_sub(value)?)?,
                _ => {}
            }
            if len < 4 {
                return None;
            }
            at = end.checked_add(len.wrapping_neg() & 3)?;
        }
        Some(())
    }
}
