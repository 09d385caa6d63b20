//! What stands in for `live.rs` in a build without libpcap: the options exist and say how to
//! get them.

use std::convert::Infallible;
use whereto::Error;
use whereto::source::Packet;

/// There are none in this build.
pub(super) type Live = std::io::Empty;

/// Why a capture ended early, if it did.
pub(super) struct Trouble(Infallible);

impl Trouble {
    pub(super) fn take(&self) -> Option<String> {
        match self.0 {}
    }
}

/// Always an error.
pub(super) fn open(interface: &str, _: Option<u32>) -> Result<(Live, Trouble), Error> {
    Err(missing(&format!("--interface {interface}")))
}

/// There are none in this build.
pub(super) struct Filter(Infallible);

impl Filter {
    /// Always an error.
    pub(super) fn new(words: &str) -> Result<Self, Error> {
        Err(missing(&format!("--filter {words}")))
    }

    pub(super) fn wants(&mut self, _: &Packet<'_>) -> bool {
        match self.0 {}
    }

    pub(super) fn foreign_links(&self) -> Vec<u32> {
        match self.0 {}
    }
}

fn missing(option: &str) -> Error {
    Error::Usage(format!(
        "{option}: this build is without libpcap; build with `cargo install --path . --features \
         live`, which needs libpcap and its headers"
    ))
}
