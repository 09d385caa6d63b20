//! One large buffer that is filled again and again.
//!
//! In:   plain or decompressed bytes.
//! Out:  a slice of those not consumed yet.
//!
//! The buffer grows only for a record that is larger than it, by doubling while the record's
//! bytes really arrive: a length that lies costs nothing.

use super::hash::Feed;
use super::stored::Stored;
use std::io::{self, Read};

/// Where bytes come from.
pub(super) enum Source {
    /// As they are stored.
    Plain(Stored),
    /// Through decompressors, whose names are in `Input::compression`.
    Unpacked {
        reader: Box<dyn Read + Send>,
        stored: Stored,
        hash: Option<Feed>,
    },
}

/// How a refill ended.
pub(super) enum Filled {
    /// There are as many bytes as were asked for.
    Enough,
    /// There are no more bytes than these.
    End,
    /// A compressed stream broke off; what was read stands.
    Broken(String),
    /// The operating system refused.
    Failed(io::Error),
}

/// The buffer and its source.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    end: usize,
    source: Source,
}

impl Buffer {
    pub(super) fn new(source: Source, size: usize, first: &[u8]) -> Self {
        let mut bytes = vec![0; size.max(first.len())];
        if let Some(head) = bytes.get_mut(..first.len()) {
            head.copy_from_slice(first);
        }
        Buffer {
            bytes,
            end: first.len(),
            source,
        }
    }

    /// The bytes that are there.
    #[inline]
    pub(super) fn filled(&self) -> &[u8] {
        self.bytes.get(..self.end).unwrap_or_default()
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn stored(&self) -> &Stored {
        match &self.source {
            Source::Plain(stored) | Source::Unpacked { stored, .. } => stored,
        }
    }

    /// Drops bytes of the first `used` where it makes room worth having; returns how many.
    /// Small pieces from a slow pipe are not worth moving what stands behind them.
    pub(super) fn compact(&mut self, used: usize, needed: usize) -> usize {
        let half = self.bytes.len() / 2;
        if used < half && used.saturating_add(needed) <= self.bytes.len() {
            return 0;
        }
        let used = used.min(self.end);
        self.bytes.copy_within(used..self.end, 0);
        self.end = self.end.saturating_sub(used);
        used
    }

    /// Reads until `needed` bytes are there or the source ends.
    pub(super) fn refill(&mut self, needed: usize) -> Filled {
        while self.end < needed {
            if self.end >= self.bytes.len() {
                let twice = self.bytes.len().saturating_mul(2);
                self.bytes.resize(twice.clamp(4096, needed.max(4096)), 0);
            }
            let room = self.bytes.get_mut(self.end..).unwrap_or_default();
            match self.source.read(room) {
                Ok(0) => return Filled::End,
                Ok(count) => self.end = self.end.saturating_add(count).min(self.bytes.len()),
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(err) => return self.broken(&err),
            }
        }
        Filled::Enough
    }

    fn broken(&mut self, err: &io::Error) -> Filled {
        match self.stored().take_failure() {
            Some(failure) => Filled::Failed(failure),
            None => Filled::Broken(format!(
                "the compressed stream breaks off near stored byte {}: {err}",
                self.stored().count()
            )),
        }
    }

    /// Ends the hashes and gives back the memory. `whole` where the inner stream was read to
    /// its end or to where it breaks off.
    pub(super) fn close(&mut self, whole: bool) {
        self.bytes = Vec::new();
        self.end = 0;
        if let Source::Unpacked { hash, .. } = &mut self.source
            && let Some(feed) = hash.take()
            && whole
        {
            feed.end();
        }
        if whole {
            self.stored().drain();
        }
    }
}

impl Source {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::Plain(stored) => stored.read(room),
            Source::Unpacked { reader, hash, .. } => {
                let count = reader.read(room)?;
                if let Some(hash) = hash {
                    hash.push(room.get(..count).unwrap_or_default());
                }
                Ok(count)
            }
        }
    }
}
