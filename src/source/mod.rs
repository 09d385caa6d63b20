//! Capture bytes to packets.
//!
//! In:   files, folders, globs, streams; pcap and pcapng, compressed or not.
//! Out:  [`Packet`]s that borrow from one large reused buffer, chunk by chunk, in time order
//!       over several inputs; and what each input says about itself.

use crate::model::Time;

/// One record of a capture, as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Number over all inputs in the order they are audited, from 1.
    pub frame: u64,
    /// When it was captured.
    pub time: Time,
    /// Link type number (LINKTYPE_…).
    pub link: u32,
    /// Index over all interfaces of all inputs, in order of appearance.
    pub interface: u32,
    /// Length on the wire; at least `bytes.len()` unless the file lies.
    pub wire_len: u32,
    /// The bytes captured.
    pub bytes: &'a [u8],
    /// `epb_flags` of pcapng (0 where there are none): direction in the low two bits.
    pub flags: u32,
}

use crate::Error;
use crate::model::{Damage, Input, Limits, Text};
use std::path::PathBuf;

/// How inputs are opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Hash every input while it is read.
    pub hash: bool,
    /// Keep waiting at the end of the last file, as `tail -f` does, until this many
    /// milliseconds passed without growth; `None` ends at the end.
    pub follow_millis: Option<u64>,
    /// The budgets.
    pub limits: Limits,
}

/// An open set of captures, read in time order.
pub struct Capture {}

/// Packets that stand in the buffer at once.
pub struct Batch<'a> {
    packet: Option<Packet<'a>>,
}

impl<'a> Iterator for Batch<'a> {
    type Item = Packet<'a>;
    fn next(&mut self) -> Option<Packet<'a>> {
        self.packet.take()
    }
}

/// What the inputs said about themselves, once they were read to the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// One for each input, in the order they were opened. `Interface`s are numbered over all
    /// of them in order of appearance: see `interfaces`.
    pub inputs: Vec<Input>,
    /// For each global interface index, the input and the index within it.
    pub interfaces: Vec<(usize, usize)>,
    /// Where files do not hold what their format asks for, up to `Limits::damages`.
    pub damages: Vec<Damage>,
    /// All of those, listed or not.
    pub damage_count: u64,
    /// Records whose head was read but not their bytes.
    pub lost_records: u64,
    /// Unix user ids and their apps (pcapng custom blocks of PEN 62652).
    pub apps: Vec<(u32, Text)>,
}

impl Capture {
    /// Opens files, folders (recursively, files that look like captures by content), globs
    /// and `-` for standard input.
    ///
    /// # Errors
    /// Where nothing matches, a file cannot be opened, or its first bytes are no capture.
    pub fn open(_paths: &[PathBuf], _options: &Options) -> Result<Self, Error> {
        Ok(Capture {})
    }

    /// The next packets, or `None` at the end of all inputs. Damage is counted, never an error.
    ///
    /// # Errors
    /// Where the operating system refuses to read.
    pub fn batch(&mut self) -> Result<Option<Batch<'_>>, Error> {
        Ok(None)
    }

    /// Stored bytes read so far, and the size of all inputs where it is known.
    #[must_use]
    pub fn progress(&self) -> (u64, Option<u64>) {
        (0, None)
    }

    /// What the inputs said about themselves; waits for the hashes.
    #[must_use]
    pub fn finish(self) -> Summary {
        Summary::default()
    }
}
