//! Link layers: one file each.
//!
//! In:   a link type (LINKTYPE_…, <https://www.tcpdump.org/linktypes.html>) and a packet.
//! Out:  what comes next, and what the link layer says of program, direction and hardware.

pub(super) mod ethernet;
pub(super) mod llc;
mod nflog;
mod pcapdroid;
mod pktap;
pub(super) mod ppp;
mod serial;
mod sll;
pub(super) mod wifi;

use super::segment::{AppRef, Direction, Outcome};
use super::walk::{Base, Next, reason};
use crate::model::Reason;
use crate::wire::{Cursor, Malformed};

pub(super) const ETHERNET: u32 = 1;
/// IP without anything before it.
pub(super) const RAW: u32 = 101;

/// A link layer that was read.
pub(super) struct Link<'a> {
    pub(super) next: Next<'a>,
    pub(super) base: Base<'a>,
}

/// Length of the trailer in which PCAPdroid names the app.
pub(super) const TRAILER: usize = pcapdroid::LEN;

/// The app named at the end of a frame, if it is.
#[cold]
pub(super) fn trailer(frame: &[u8]) -> Option<AppRef<'_>> {
    pcapdroid::split(frame).map(|(_, app)| app)
}

/// Reads the link layer of any other type than Ethernet.
pub(super) fn read<'a>(link: u32, bytes: &'a [u8], base: Base<'a>) -> Link<'a> {
    let mut base = base;
    let next = dispatch(link, bytes, &mut base, 0);
    Link {
        next: next
            .unwrap_or_else(|(layer, error)| Next::End(Outcome::Undecodable(reason(layer, error)))),
        base,
    }
}

type Found<'a> = Result<Next<'a>, (&'static str, Malformed)>;

/// `depth` counts link layers that contain another (PKTAP, PPI).
fn dispatch<'a>(link: u32, bytes: &'a [u8], base: &mut Base<'a>, depth: u8) -> Found<'a> {
    let next = match link {
        ETHERNET => Next::Ethernet(bytes),
        12 | 14 | RAW | 228 | 229 => Next::Ip(bytes),
        0 | 108 => null(bytes).map_err(|error| ("null", error))?,
        113 => sll::v1(bytes, base).map_err(|error| ("linux sll", error))?,
        276 => sll::v2(bytes, base).map_err(|error| ("linux sll2", error))?,
        9 | 50 | 166 | 204 => serial::ppp(link, bytes, base).map_err(|error| ("ppp", error))?,
        51 => Next::EtherType(0x8864, bytes),
        8 => serial::slip(bytes, base).map_err(|error| ("slip", error))?,
        104 => serial::hdlc(bytes).map_err(|error| ("c-hdlc", error))?,
        182 => serial::multilink(bytes).map_err(|error| ("frame relay", error))?,
        107 => serial::frame_relay(bytes).map_err(|error| ("frame relay", error))?,
        6 => llc::token_ring(bytes).map_err(|error| ("token ring", error))?,
        10 => llc::fddi(bytes).map_err(|error| ("fddi", error))?,
        105 => Next::Wifi(bytes),
        119 | 127 | 163 => {
            wifi::headed(link, bytes).map_err(|error| ("802.11 capture header", error))?
        }
        192 if depth < MOST_NESTED => {
            let (link, inner) = wifi::ppi(bytes).map_err(|error| ("ppi", error))?;
            dispatch(link, inner, base, depth.saturating_add(1))?
        }
        149 | 258 if depth < MOST_NESTED && pktap::fits(link, bytes) => {
            let (link, inner) = pktap::read(bytes, base).map_err(|error| ("pktap", error))?;
            dispatch(link, inner, base, depth.saturating_add(1))?
        }
        147..=162 => user(link, bytes, base),
        239 => nflog::read(bytes, base).map_err(|error| ("nflog", error))?,
        226 => ipnet(bytes).map_err(|error| ("ipnet", error))?,
        109 => enc(bytes).map_err(|error| ("enc", error))?,
        219 => Next::EtherType(0x8847, bytes),
        242 => ip_over_infiniband(bytes).map_err(|error| ("ipoib", error))?,
        274 => preamble(bytes),
        other => Next::End(unknown(other)),
    };
    Ok(next)
}

/// A link type that is not read: because no IP is in it, or because nobody wrote a reader.
#[cold]
fn unknown(link: u32) -> Outcome {
    let what = match link {
        187 | 201 | 251 | 254 | 255 | 256 => "bluetooth",
        190 | 227 => "can bus",
        195 | 215 | 230 | 283 => "802.15.4",
        186 | 189 | 220 | 249 | 266 | 288 => "usb",
        253 => "netlink",
        271 => "vsock",
        _ => {
            return Outcome::Undecodable(Reason {
                layer: "link",
                what: "unknown link type",
                number: Some(link.into()),
            });
        }
    };
    Outcome::NotIp(Reason {
        layer: "link",
        what,
        number: Some(link.into()),
    })
}

/// Link layers inside link layers.
const MOST_NESTED: u8 = 4;

/// BSD loopback: an address family in the byte order of the machine that captured, or of the
/// network (LOOP). Every system has its own numbers for IPv6.
fn null(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let family = cursor.array::<4>("address family")?;
    let (big, little) = (u32::from_be_bytes(family), u32::from_le_bytes(family));
    for family in [big, little] {
        match family {
            2 | 10 | 23 | 24 | 28 | 30 => return Ok(Next::Ip(cursor.rest())),
            // Some writers put an EtherType there.
            0x0800 | 0x86dd => return Ok(Next::Ip(cursor.rest())),
            _ => {}
        }
    }
    Ok(Next::End(Outcome::NotIp(Reason {
        layer: "null",
        what: "address family",
        number: Some(big.min(little).into()),
    })))
}

/// DLT_USER: an IP packet or an Ethernet frame with a PCAPdroid trailer, else private.
fn user<'a>(link: u32, bytes: &'a [u8], base: &mut Base<'a>) -> Next<'a> {
    match pcapdroid::split(bytes) {
        Some((inner, app)) => {
            base.app = Some(app);
            match inner.first().map(|first| first >> 4) {
                Some(4 | 6) if inner.len() >= 20 => Next::Ip(inner),
                _ => Next::Ethernet(inner),
            }
        }
        None => Next::End(Outcome::Undecodable(Reason {
            layer: "link",
            what: "private link type",
            number: Some(link.into()),
        })),
    }
}

/// Solaris IPNET: 24 bytes in front (version, family, zones, interface).
fn ipnet(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("header", 24)?;
    Ok(Next::Ip(cursor.rest()))
}

/// OpenBSD ENC: family, security parameters index, flags.
fn enc(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("header", 12)?;
    Ok(Next::Ip(cursor.rest()))
}

/// IP over InfiniBand (RFC 4391 §6): a pseudo-header of 40 bytes, then an EtherType.
fn ip_over_infiniband(bytes: &[u8]) -> Result<Next<'_>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip("pseudo-header", 40)?;
    let kind = cursor.u16("type")?;
    cursor.skip("reserved", 2)?;
    Ok(Next::EtherType(kind, cursor.rest()))
}

/// IEEE 802.3br mPackets: preamble bytes end with a start-of-frame delimiter. Only an express
/// frame (0xd5) is whole; fragments of preempted frames are not put together.
fn preamble(bytes: &[u8]) -> Next<'_> {
    let end = bytes.iter().take(8).position(|byte| *byte != 0x55);
    match end.and_then(|at| bytes.get(at..)?.split_first()) {
        Some((0xd5, frame)) => Next::Ethernet(frame),
        first => Next::End(Outcome::NotIp(Reason {
            layer: "mpacket",
            what: "start delimiter",
            number: first.map(|(delimiter, _)| u64::from(*delimiter)),
        })),
    }
}

/// Sets the direction where the link type states one.
fn set_direction(base: &mut Base<'_>, direction: Option<Direction>) {
    base.direction = direction.or(base.direction);
}
