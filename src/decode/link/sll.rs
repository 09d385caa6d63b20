//! Linux cooked captures: what `-i any` writes.
//!
//! Spec: LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2.

use super::super::segment::{Direction, Outcome};
use super::super::walk::{Base, Next};
use crate::model::{Mac, Reason};
use crate::wire::{Cursor, Malformed};

/// Packet type, hardware type, address, protocol.
pub(super) fn v1<'a>(bytes: &'a [u8], base: &mut Base<'a>) -> Result<Next<'a>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let packet_type = cursor.u16("packet type")?;
    let hardware = cursor.u16("hardware type")?;
    let len = cursor.u16("address length")?;
    let address = cursor.array::<8>("address")?;
    let protocol = cursor.u16("protocol")?;
    sender(base, packet_type, len, address);
    Ok(next(protocol, hardware, cursor.rest()))
}

/// Protocol first, then interface, hardware type, packet type, address.
pub(super) fn v2<'a>(bytes: &'a [u8], base: &mut Base<'a>) -> Result<Next<'a>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let protocol = cursor.u16("protocol")?;
    cursor.skip("reserved and interface", 6)?;
    let hardware = cursor.u16("hardware type")?;
    let [packet_type, len] = cursor.array("packet type")?;
    let address = cursor.array::<8>("address")?;
    sender(base, packet_type.into(), len.into(), address);
    Ok(next(protocol, hardware, cursor.rest()))
}

/// The address is the sender's.
fn sender(base: &mut Base<'_>, packet_type: u16, len: u16, address: [u8; 8]) {
    if let (6, [a, b, c, d, e, f, _, _]) = (len, address) {
        base.src_mac = Some(Mac([a, b, c, d, e, f]));
    }
    let direction = match packet_type {
        0..=2 => Some(Direction::Received),
        4 => Some(Direction::Sent),
        _ => None,
    };
    super::set_direction(base, direction);
}

fn next(protocol: u16, hardware: u16, bytes: &[u8]) -> Next<'_> {
    match (hardware, protocol) {
        // Netlink, radiotap and the like: the protocol is not an EtherType.
        (824, _) => not_ip("netlink", protocol.into()),
        // GRE tunnels of the machine itself, seen from inside.
        (778, 0x6558) => Next::Ethernet(bytes),
        (_, 1) => not_ip("novell 802.3", 1),
        (_, 4) => Next::Llc(bytes),
        (_, 0..=1535) => not_ip("protocol", protocol.into()),
        (_, protocol) => Next::EtherType(protocol, bytes),
    }
}

fn not_ip<'a>(what: &'static str, number: u64) -> Next<'a> {
    Next::End(Outcome::NotIp(Reason {
        layer: "linux sll",
        what,
        number: Some(number),
    }))
}
