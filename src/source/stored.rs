//! The bytes of an input as they are stored.
//!
//! In:   a file, standard input, a FIFO, or any `Read`.
//! Out:  its bytes; on the way they are counted, and copied to the hasher.
//!
//! A handle can be cloned, so that what a decompressor left unread can be read to the end
//! for the hash.

use super::hash::Feed;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A shared handle on one stored stream.
#[derive(Clone)]
pub(super) struct Stored(Arc<Mutex<Inner>>);

struct Inner {
    reader: Box<dyn Read + Send>,
    read: u64,
    /// Bytes read over all inputs.
    progress: Arc<AtomicU64>,
    hash: Option<Feed>,
    /// Milliseconds without growth after which the end is the end.
    follow_millis: Option<u64>,
    ended: bool,
    failed: Option<io::Error>,
}

/// Milliseconds between two looks at a file that is being written.
const FOLLOW_STEP: u64 = 50;

impl Stored {
    pub(super) fn new(
        reader: Box<dyn Read + Send>,
        progress: Arc<AtomicU64>,
        hash: Option<Feed>,
        follow_millis: Option<u64>,
    ) -> Self {
        Stored(Arc::new(Mutex::new(Inner {
            reader,
            read: 0,
            progress,
            hash,
            follow_millis,
            ended: false,
            failed: None,
        })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes read so far.
    pub(super) fn count(&self) -> u64 {
        self.inner().read
    }

    /// True if the end is waited at for more.
    pub(super) fn follows(&self) -> bool {
        self.inner().follow_millis.is_some()
    }

    /// Where bytes are counted over all inputs.
    pub(super) fn counted(&self) -> Arc<AtomicU64> {
        self.inner().progress.clone()
    }

    /// Counts further bytes elsewhere.
    pub(super) fn count_to(&self, progress: Arc<AtomicU64>) {
        self.inner().progress = progress;
    }

    /// What the operating system said where it refused to read.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        self.inner().failed.take()
    }

    /// Reads what nobody asked for, so that count and hash are of everything, and ends the
    /// hash. Does not wait for growth.
    pub(super) fn drain(&self) {
        let mut inner = self.inner();
        inner.follow_millis = None;
        if inner.hash.is_some() {
            let mut scratch = vec![0; 64 << 10];
            while !inner.ended {
                if inner.read(&mut scratch).is_err() {
                    return;
                }
            }
        }
        if inner.ended
            && let Some(feed) = inner.hash.take()
        {
            feed.end();
        }
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner().read(buffer)
    }
}

impl Inner {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut waited = 0u64;
        loop {
            let count = match self.reader.read(buffer) {
                Ok(count) => count,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => continue,
                Err(err) => {
                    let kind = err.kind();
                    self.failed = Some(err);
                    return Err(kind.into());
                }
            };
            if count == 0 && !buffer.is_empty() {
                match self.follow_millis {
                    Some(patience) if waited < patience => {
                        let step = FOLLOW_STEP.min(patience.saturating_sub(waited));
                        pause(step);
                        waited = waited.saturating_add(step);
                        continue;
                    }
                    _ => self.ended = true,
                }
            }
            let more = u64::try_from(count).unwrap_or(u64::MAX);
            self.read = self.read.saturating_add(more);
            self.progress.fetch_add(more, Ordering::Relaxed);
            if let Some(hash) = &mut self.hash {
                hash.push(buffer.get(..count).unwrap_or_default());
            }
            return Ok(count);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "waiting for a growing file")]
fn pause(millis: u64) {
    std::thread::sleep(std::time::Duration::from_millis(millis));
}
