//! What hosts of the local network tell each other: ARP and DHCP.
//!
//! In:   ARP packets, DHCP and DHCPv6 messages.
//! Out:  the same with pseudonyms for addresses; names, identifiers and everything not known
//!       blank.
//! Spec: RFC 826, RFC 2131, RFC 2132, RFC 8415.

use super::canvas::Canvas;
use super::names::Namer;
use std::net::IpAddr;

/// An address in its place, met or replaced.
pub(super) fn address(
    c: &mut Canvas<'_>,
    at: usize,
    found: Option<IpAddr>,
    namer: &mut Namer<'_>,
) -> Option<()> {
    let found = found?;
    if namer.gathering {
        namer.pseudonyms.meet(found);
    }
    let made = match namer.gathering {
        true => found,
        false => namer.pseudonyms.address(found),
    };
    c.put_address(at, made)
}

/// A hardware address in its place, met or replaced.
pub(super) fn mac(c: &mut Canvas<'_>, at: usize, namer: &mut Namer<'_>) -> Option<()> {
    let found: [u8; 6] = c.array(at)?;
    if namer.gathering {
        namer.pseudonyms.meet_mac(found);
        return Some(());
    }
    let made = namer.pseudonyms.mac(found);
    c.put(at, &made)
}

/// Ethernet and IPv4 are the only ones that are met.
pub(super) fn arp(c: &mut Canvas<'_>, namer: &mut Namer<'_>) -> Option<()> {
    c.keep(0, 8)?;
    if c.array::<6>(0)? != [0, 1, 8, 0, 6, 4] {
        return None;
    }
    for (at_mac, at_address) in [(8, 14), (18, 24)] {
        mac(c, at_mac, namer)?;
        address(c, at_address, c.v4(at_address), namer)?;
    }
    Some(())
}

/// DHCP over IPv4.
pub(super) fn dhcp(c: &mut Canvas<'_>, namer: &mut Namer<'_>) -> Option<()> {
    c.keep(0, 12)?;
    for at in [12, 16, 20, 24] {
        address(c, at, c.v4(at), namer)?;
    }
    if c.u8(1)? == 1 && c.u8(2)? == 6 {
        mac(c, 28, namer)?;
    }
    // The names of server and file between stay blank.
    if c.array::<4>(236)? != [0x63, 0x82, 0x53, 0x63] {
        return None;
    }
    c.keep(236, 4)?;
    let mut at = 240_usize;
    loop {
        let code = c.u8(at)?;
        c.keep(at, 1)?;
        match code {
            0 => at = at.checked_add(1)?,
            255 => return Some(()),
            _ => {
                let len = usize::from(c.u8(at.checked_add(1)?)?);
                c.keep(at, 2)?;
                let value = at.checked_add(2)?;
                option(c, code, (value, len), namer)?;
                at = value.checked_add(len)?;
            }
        }
    }
}

fn option(
    c: &mut Canvas<'_>,
    code: u8,
    (at, len): (usize, usize),
    namer: &mut Namer<'_>,
) -> Option<()> {
    match code {
        // Mask, times, kind, parameters asked for, sizes, overload.
        1 | 2 | 19 | 26 | 51 | 52 | 53 | 55 | 57 | 58 | 59 | 80 | 108 => c.keep(at, len),
        3 | 6 | 28 | 42 | 44 | 50 | 54 if len & 3 == 0 => {
            for at in (at..at.checked_add(len)?).step_by(4) {
                address(c, at, c.v4(at), namer)?;
            }
            Some(())
        }
        61 if len == 7 && c.u8(at)? == 1 => {
            c.keep(at, 1)?;
            mac(c, at.checked_add(1)?, namer)
        }
        // Names of the host and of its network.
        12 | 15 | 40 => {
            let name = c.from().get(at..at.checked_add(len)?)?;
            let made = match namer.gathering {
                true => {
                    namer.pseudonyms.meet_label(name);
                    return Some(());
                }
                false => namer.pseudonyms.label(name),
            };
            c.put(at, &made)
        }
        60 | 77 | 81 | 119 => {
            if code == 81 {
                c.keep(at, len.min(3))?;
                let rest = len.saturating_sub(3);
                let name = c.from().get(at.checked_add(3)?..at.checked_add(len)?);
                if let (true, Some(name)) = (namer.gathering, name) {
                    let letter = |byte: &u8| byte.is_ascii_graphic();
                    for label in name.split(|byte| *byte == b'.' || !letter(byte)) {
                        if label.len() > 2 {
                            namer.pseudonyms.meet_label(label);
                        }
                    }
                }
                return c.fill(at.checked_add(3)?, rest, 0);
            }
            if code == 60 {
                return c.fill(at, len, b'x');
            }
            Some(())
        }
        _ => Some(()),
    }
}

/// DHCPv6: kind and transaction, options asked for, and how long the others are.
pub(super) fn dhcpv6(c: &mut Canvas<'_>) -> Option<()> {
    // Relays carry messages in messages: of those the kind alone.
    if matches!(c.u8(0)?, 12 | 13) {
        return c.keep(0, 2);
    }
    c.keep(0, 4)?;
    let mut at = 4_usize;
    while at < c.len() {
        let (code, len) = (c.u16(at)?, c.size(at.checked_add(2)?)?);
        let value = at.checked_add(4)?;
        let end = value.checked_add(len)?;
        if end > c.len() {
            return None;
        }
        c.keep(at, 4)?;
        match code {
            // Asked for, elapsed time, status without its words, preference.
            6..=8 => c.keep(value, len)?,
            // Of others only the length: a code that nobody has, so that none reads the blanks.
            _ => c.put(at, &[0xff, 0xff])?,
        }
        at = end;
    }
    Some(())
}
