//! SHA-256 of the inputs, computed beside the reading.
//!
//! In:   copies of the bytes that were read, in order, each with the number of its stream.
//! Out:  a digest for each stream that was read to its end.
//! Spec: FIPS 180-4.
//!
//! One thread serves all streams. A bounded channel of recycled buffers carries the bytes,
//! so memory does not grow where hashing is slower than reading.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// Buffers under way between reader and hasher.
const QUEUE: usize = 8;
/// Bytes of a buffer: at first few, as fresh memory is slow and most captures are small.
const CHUNK: usize = 256 << 10;
const SMALL_CHUNK: usize = 64 << 10;
/// After so many bytes of a stream its buffers are large.
const SMALL_BYTES: usize = 16 << 20;

enum Message {
    Bytes(u32, Vec<u8>),
    /// The stream ended; what was fed is all of it.
    Whole(u32),
}

/// The hashing thread.
pub(super) struct Hasher {
    sender: SyncSender<Message>,
    thread: JoinHandle<BTreeMap<u32, String>>,
    recycled: std::sync::Arc<std::sync::Mutex<Receiver<Vec<u8>>>>,
    streams: u32,
}

/// Where the bytes of one stream go.
pub(super) struct Feed {
    sender: SyncSender<Message>,
    recycled: std::sync::Arc<std::sync::Mutex<Receiver<Vec<u8>>>>,
    stream: u32,
    filling: Vec<u8>,
    /// Bytes that were fed, as far as they can be counted.
    fed: usize,
}

impl Hasher {
    /// Starts the thread, or returns `None` where the system has none to give.
    pub(super) fn start() -> Option<Self> {
        let (sender, messages) = sync_channel(QUEUE);
        let (give_back, recycled) = sync_channel(QUEUE + 2);
        let thread = spawn(messages, give_back)?;
        Some(Hasher {
            sender,
            thread,
            recycled: std::sync::Arc::new(std::sync::Mutex::new(recycled)),
            streams: 0,
        })
    }

    /// A new stream: its number and its feed.
    pub(super) fn feed(&mut self) -> (u32, Feed) {
        let stream = self.streams;
        self.streams = self.streams.saturating_add(1);
        let feed = Feed {
            sender: self.sender.clone(),
            recycled: self.recycled.clone(),
            stream,
            filling: Vec::new(),
            fed: 0,
        };
        (stream, feed)
    }

    /// Waits for the digests, hex by stream. All feeds must be gone.
    pub(super) fn finish(self) -> BTreeMap<u32, String> {
        drop(self.sender);
        self.thread.join().unwrap_or_default()
    }
}

#[expect(clippy::disallowed_methods, reason = "hashing runs beside the reading")]
fn spawn(
    messages: Receiver<Message>,
    give_back: SyncSender<Vec<u8>>,
) -> Option<JoinHandle<BTreeMap<u32, String>>> {
    std::thread::Builder::new()
        .name("hash".to_owned())
        .spawn(move || hash(&messages, &give_back))
        .ok()
}

fn hash(messages: &Receiver<Message>, give_back: &SyncSender<Vec<u8>>) -> BTreeMap<u32, String> {
    let mut open: BTreeMap<u32, Sha256> = BTreeMap::new();
    let mut digests = BTreeMap::new();
    for message in messages {
        match message {
            Message::Bytes(stream, mut bytes) => {
                open.entry(stream).or_default().update(&bytes);
                bytes.clear();
                // A full or closed return path only costs an allocation.
                let _ = give_back.try_send(bytes);
            }
            Message::Whole(stream) => {
                let digest = open.remove(&stream).unwrap_or_default().finalize();
                digests.insert(stream, hex(&digest));
            }
        }
    }
    digests
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

impl Feed {
    /// Takes a copy of `bytes`; waits where the hasher is behind.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.filling.capacity() == 0 {
                self.filling = self.empty_buffer();
            }
            let room = self.chunk().saturating_sub(self.filling.len());
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.filling.extend_from_slice(now);
            bytes = later;
            if self.filling.len() >= self.chunk() {
                self.fed = self.fed.saturating_add(self.filling.len());
                self.flush();
            }
        }
    }

    /// The stream is whole: its digest will be reported.
    pub(super) fn end(mut self) {
        self.flush();
        let _ = self.sender.send(Message::Whole(self.stream));
    }

    fn flush(&mut self) {
        if !self.filling.is_empty() {
            let full = std::mem::take(&mut self.filling);
            // The receiver lives until every sender is gone.
            let _ = self.sender.send(Message::Bytes(self.stream, full));
        }
    }

    /// Bytes of the buffer that is being filled.
    fn chunk(&self) -> usize {
        if self.fed < SMALL_BYTES {
            SMALL_CHUNK
        } else {
            CHUNK
        }
    }

    fn empty_buffer(&self) -> Vec<u8> {
        let recycled = self
            .recycled
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match recycled.try_recv() {
            Ok(buffer) if buffer.capacity() >= self.chunk() => buffer,
            Ok(_) | Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                Vec::with_capacity(self.chunk())
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn digests_each_whole_stream() {
        let mut hasher = Hasher::start().unwrap();
        let (abc, mut feed) = hasher.feed();
        let (empty, nothing) = hasher.feed();
        let (open, mut unfinished) = hasher.feed();
        feed.push(b"a");
        feed.push(b"bc");
        unfinished.push(b"never ended");
        feed.end();
        nothing.end();
        drop(unfinished);
        let digests = hasher.finish();
        // FIPS 180-4 example values.
        assert_eq!(
            digests[&abc],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            digests[&empty],
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert!(!digests.contains_key(&open));
    }

    #[test]
    fn chunks_do_not_show() {
        let mut hasher = Hasher::start().unwrap();
        let bytes = vec![7u8; SMALL_BYTES + 3 * CHUNK + 5];
        let (one, mut whole) = hasher.feed();
        whole.push(&bytes);
        whole.end();
        let (two, mut pieces) = hasher.feed();
        bytes.chunks(40_099).for_each(|piece| pieces.push(piece));
        pieces.end();
        let digests = hasher.finish();
        assert_eq!(digests[&one], digests[&two]);
        assert_eq!(digests[&one], hex(&Sha256::digest(&bytes)));
    }
}
