//! The captures that were read, and what they say about themselves.

use super::{Text, Time};

/// A number that a capture may or may not state. Where it says nothing the report says
/// *not recorded*, never 0.
pub type Recorded = Option<u64>;

/// One capture file or stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// The path as the user gave it, or `-`. Chosen by whoever named the file.
    pub path: Text,
    /// `pcap`, `pcapng`.
    pub format: &'static str,
    /// `gzip`, `zstd`, `xz`, `lz4`, in the order they were peeled off.
    pub compression: Vec<&'static str>,
    /// Bytes as stored.
    pub stored_bytes: u64,
    /// Bytes after decompression.
    pub inner_bytes: u64,
    /// SHA-256 of the stored bytes, hex; `None` where hashing was off.
    pub sha256: Option<String>,
    /// SHA-256 of the decompressed bytes, hex, where they differ from the stored ones.
    pub inner_sha256: Option<String>,
    /// Packets read from it.
    pub packets: u64,
    /// Earliest and latest packet time.
    pub time: Option<(Time, Time)>,
    /// Its interfaces, in order of appearance. A pcap file has one.
    pub interfaces: Vec<Interface>,
    /// Hardware, operating system, application and comments, as the sections give them.
    pub notes: Vec<(&'static str, Text)>,
    /// Decryption secrets blocks: how many bytes of them.
    pub secret_bytes: u64,
    /// Names from name resolution blocks: how many.
    pub resolved_names: u64,
    /// Blocks that were skipped, by type number.
    pub skipped_blocks: std::collections::BTreeMap<u32, u64>,
    /// True if the file ends inside a record.
    pub cut: bool,
    /// True if packet times go backwards somewhere in it.
    pub unordered: bool,
}

/// One capture interface.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interface {
    /// Link type number (LINKTYPE_…).
    pub link: u32,
    /// `if_name`.
    pub name: Option<Text>,
    /// `if_description`.
    pub description: Option<Text>,
    /// `if_os`, `if_hardware`, `if_filter` and comments.
    pub notes: Vec<(&'static str, Text)>,
    /// Bytes kept of each packet; 0 means no limit.
    pub snaplen: u32,
    /// Ticks per second.
    pub ticks_per_second: u64,
    /// Packets read.
    pub packets: u64,
    /// Packets shorter than they were on the wire.
    pub cut_packets: u64,
    /// Bytes missing from those.
    pub cut_bytes: u64,
    /// `isb_ifrecv`.
    pub received: Recorded,
    /// `isb_ifdrop`: dropped by the interface.
    pub dropped_by_interface: Recorded,
    /// `isb_osdrop`: dropped by the operating system.
    pub dropped_by_os: Recorded,
    /// Sum of `epb_dropcount`.
    pub dropped_before_packets: Recorded,
}
