//! Compressed captures.
//!
//! In:   stored bytes.
//! Out:  the bytes inside, and which formats were peeled off, outermost first.
//! Spec: gzip RFC 1952, zstd RFC 8878, xz file format 1.2, lz4 frame format 1.6 (and legacy).
//!
//! Formats are told by content, never by name. Everything streams: a bomb costs time and the
//! decoder's window, at most 128 MiB, and no layer beyond the second is opened.

use super::stored::Stored;
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// What a stream turned out to be.
pub(super) struct Unpacked {
    /// The bytes inside, without `first`; `None` where they are the stored ones.
    pub(super) reader: Option<Box<dyn Read + Send>>,
    /// Bytes already read from the front.
    pub(super) first: Vec<u8>,
    /// The layers, outermost first.
    pub(super) layers: Vec<&'static str>,
    /// Why no more could be read, where that happened in the first bytes.
    pub(super) broken: Option<io::Error>,
}

/// Layers of compression that are opened.
const LAYERS: usize = 2;
/// Bytes looked at to tell a format.
const SNIFF: usize = 512;
/// Bytes of compressed input read at once.
const INPUT: usize = 128 << 10;
/// Largest dictionary of an xz stream, in KiB.
const XZ_WINDOW_KIB: u32 = 128 << 10;
/// Largest window of a zstd frame, as a power of two.
const ZSTD_WINDOW_LOG: u32 = 27;

/// Peels compression off until something else comes out.
pub(super) fn open(stored: &Stored) -> io::Result<Unpacked> {
    let mut reader: Option<Box<dyn Read + Send>> = None;
    let mut layers = Vec::new();
    loop {
        let mut broken = None;
        let first = match &mut reader {
            None => front(&mut stored.clone(), &mut broken),
            Some(reader) => front(reader, &mut broken),
        };
        let kind = compression(&first).filter(|_| layers.len() < LAYERS);
        let Some(kind) = kind else {
            return Ok(Unpacked {
                reader,
                first,
                layers,
                broken,
            });
        };
        let rest: Box<dyn Read + Send> = match reader {
            None => Box::new(stored.clone()),
            Some(reader) => reader,
        };
        layers.push(kind);
        reader = Some(decoder(kind, first, rest)?);
    }
}

/// The compression whose magic number stands at the front.
pub(super) fn compression(first: &[u8]) -> Option<&'static str> {
    match first {
        [0x1f, 0x8b, 8, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some("xz"),
        [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Some("lz4"),
        // Skippable frames belong to zstd and lz4 alike: what follows the frame decides.
        [low, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] if low & 0xf0 == 0x50 => {
            let skip = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
            match rest.get(skip..) {
                Some([0x04, 0x22, 0x4d, 0x18, ..]) => Some("lz4"),
                _ => Some("zstd"),
            }
        }
        _ => None,
    }
}

/// The first bytes of a stream: as many as it takes to tell, or all there are.
fn front(reader: &mut dyn Read, broken: &mut Option<io::Error>) -> Vec<u8> {
    let mut first = vec![0; SNIFF];
    let mut len = 0usize;
    // Not more than one read where that told enough: a FIFO may have nothing else to say yet.
    while len < ENOUGH {
        match reader.read(first.get_mut(len..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => len = len.saturating_add(count).min(SNIFF),
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(err) => {
                *broken = Some(err);
                break;
            }
        }
    }
    first.truncate(len);
    first
}

/// The longest file header that must be seen at once.
const ENOUGH: usize = 28;

fn decoder(
    kind: &'static str,
    first: Vec<u8>,
    rest: Box<dyn Read + Send>,
) -> io::Result<Box<dyn Read + Send>> {
    let input = BufReader::with_capacity(INPUT, Cursor::new(first).chain(rest));
    Ok(match kind {
        "gzip" => Box::new(MultiGzDecoder::new(input)),
        "zstd" => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        "xz" => Box::new(lzma_rust2::XzReader::new_mem_limit(
            input,
            true,
            XZ_WINDOW_KIB,
        )),
        _ => Box::new(Lz4Frames {
            decoder: lz4_flex::frame::FrameDecoder::new(input),
        }),
    })
}

/// One lz4 frame after the other; the decoder itself stops at the end of each.
struct Lz4Frames<R: BufRead> {
    decoder: lz4_flex::frame::FrameDecoder<R>,
}

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.decoder.read(buffer) {
                Ok(0) if buffer.is_empty() => return Ok(0),
                Ok(0) => {
                    if self.decoder.get_mut().fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                }
                Ok(count) => return Ok(count),
                Err(err) => match skippable(&err) {
                    Some(len) => skip(self.decoder.get_mut(), len)?,
                    None => return Err(err),
                },
            }
        }
    }
}

fn skippable(err: &io::Error) -> Option<u64> {
    match err.get_ref()?.downcast_ref::<lz4_flex::frame::Error>()? {
        lz4_flex::frame::Error::SkippableFrame(len) => Some(u64::from(*len)),
        _ => None,
    }
}

fn skip(reader: &mut impl Read, len: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reader.take(len), &mut io::sink())?;
    if skipped < len {
        Err(io::ErrorKind::UnexpectedEof.into())
    } else {
        Ok(())
    }
}
