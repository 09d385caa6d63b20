//! Blocks of pcapng that are no packets, kept for whoever writes the packets on.
//!
//! In:   bodies of name resolution, secrets and custom blocks.
//! Out:  what they hold, in order of appearance, whatever the byte order of their section.
//! Spec: draft-ietf-opsawg-pcapng §4.5, §4.7; the custom block of PCAPdroid.
//!
//! Only where [`Capture::keep_blocks`] was called. A block that makes no sense is left out; the
//! bytes kept are bounded, and what found no room is counted.

use super::Capture;
use super::state::Shared;
use crate::model::{Interface, Text};
use crate::wire::{Cursor, Malformed};
use std::net::IpAddr;

/// Something that a capture says beside its packets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kept {
    /// One record of a name resolution block.
    Names {
        /// The address.
        address: IpAddr,
        /// Its names, as stored.
        names: Vec<Text>,
    },
    /// A decryption secrets block.
    Secrets {
        /// Its type: `0x544c534b` for a TLS key log.
        kind: u32,
        /// Its content.
        bytes: Vec<u8>,
    },
}

/// Bytes of blocks kept and not taken yet.
const MOST_BYTES: usize = 64 << 20;

/// What is kept until it is taken.
#[derive(Default)]
pub(super) struct Keeping {
    pub(super) wanted: bool,
    blocks: Vec<Kept>,
    bytes: usize,
}

impl Capture {
    /// Keeps name resolution and secrets blocks from now on, for [`Capture::take_blocks`].
    pub fn keep_blocks(&mut self) {
        self.shared.keeping.wanted = true;
    }

    /// What was kept since the last call.
    pub fn take_blocks(&mut self) -> Vec<Kept> {
        self.shared.keeping.bytes = 0;
        std::mem::take(&mut self.shared.keeping.blocks)
    }

    /// The interfaces met so far, from the global number `first` on: the input of each, and what
    /// it is. Counters are not final.
    #[must_use]
    pub fn interfaces_from(&self, first: usize) -> Vec<(usize, Interface)> {
        let places = self.shared.interfaces.get(first..).unwrap_or_default();
        let interface = |(input, index): &(usize, usize)| {
            let state = self.states.get(*input)?;
            let found = state.core.input.interfaces.get(*index)?;
            Some((*input, found.clone()))
        };
        places
            .iter()
            .map(|place| interface(place).unwrap_or((place.0, Interface::default())))
            .collect()
    }
}

/// Keeps a block of `kind`, if it is of a kind that is kept.
#[cold]
pub(super) fn keep(shared: &mut Shared, kind: u32, body: &[u8], swapped: bool) {
    let keeping = &mut shared.keeping;
    if keeping.bytes.saturating_add(body.len()) > MOST_BYTES {
        shared.count("blocks beside packets that were not kept", 1);
        return;
    }
    keeping.bytes = keeping.bytes.saturating_add(body.len());
    let order = Order { swapped };
    match kind {
        4 => order.names(body, &mut keeping.blocks),
        0xa => keeping.blocks.extend(order.secrets(body).ok()),
        _ => {}
    }
}

/// The byte order of a section.
#[derive(Clone, Copy)]
struct Order {
    swapped: bool,
}

impl Order {
    fn u16(self, cursor: &mut Cursor<'_>) -> Result<u16, Malformed> {
        let raw = cursor.array("number")?;
        Ok(match self.swapped {
            true => u16::from_be_bytes(raw),
            false => u16::from_le_bytes(raw),
        })
    }

    fn u32(self, cursor: &mut Cursor<'_>) -> Result<u32, Malformed> {
        let raw = cursor.array("number")?;
        Ok(match self.swapped {
            true => u32::from_be_bytes(raw),
            false => u32::from_le_bytes(raw),
        })
    }

    /// Records up to the first that does not make sense.
    fn names(self, body: &[u8], kept: &mut Vec<Kept>) {
        let mut cursor = Cursor::new(body);
        while let Ok(Some((address, names))) = self.record(&mut cursor) {
            if let Some(address) = address {
                kept.push(Kept::Names { address, names });
            }
        }
    }

    fn record(self, cursor: &mut Cursor<'_>) -> Result<Option<Record>, Malformed> {
        let kind = self.u16(cursor)?;
        let len = usize::from(self.u16(cursor)?);
        let mut value = Cursor::new(cursor.take("record value", len)?);
        cursor.take_up_to(len.wrapping_neg() & 3);
        let address = match kind {
            0 => return Ok(None),
            1 => Some(IpAddr::from(value.array::<4>("address")?)),
            2 => Some(IpAddr::from(value.array::<16>("address")?)),
            _ => None,
        };
        let names = value.rest().split(|byte| *byte == 0);
        let names = names.filter(|name| !name.is_empty()).map(Text::new);
        Ok(Some((address, names.collect())))
    }

    fn secrets(self, body: &[u8]) -> Result<Kept, Malformed> {
        let mut cursor = Cursor::new(body);
        let kind = self.u32(&mut cursor)?;
        let len = usize::try_from(self.u32(&mut cursor)?).unwrap_or(usize::MAX);
        let bytes = cursor.take("secrets", len)?.to_vec();
        Ok(Kept::Secrets { kind, bytes })
    }
}

type Record = (Option<IpAddr>, Vec<Text>);
