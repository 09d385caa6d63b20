//! HTTP/2 in the clear: frames, and the heads in them.
//!
//! In:   both directions of a stream, from the preface or from the switch of an upgrade.
//! Out:  [`What::HttpRequest`] and [`What::HttpResponse`] with their stream, and names.
//! Spec: RFC 9113 §3.4 (preface), §4.1, §6 (frames), §8.3 (pseudo-header fields).
//!
//! Data is skipped, never buffered. Header blocks are held up to [`BLOCK_BYTES`]. A hole that
//! lies within data does no harm; any other ends the reading of its direction, since the
//! compression state is lost with it.

use super::hpack::Decoder;
use super::one::Told;
use super::start::PREFACE;
use crate::inspect::{Out, Step};
use crate::model::{Chunk, HttpRequest, HttpResponse, Side, Text, Via, What};
use crate::wire::{Cursor, Malformed};

/// Largest header block, or frame that holds a part of one, that is read.
const BLOCK_BYTES: usize = 64 << 10;

const HEADERS: u8 = 1;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

/// An HTTP/2 connection.
#[derive(Debug, Default)]
pub(crate) struct Two {
    sides: [Direction; 2],
    told: Told,
}

#[derive(Debug, Default)]
struct Direction {
    phase: Phase,
    /// A frame header, or the payload of a frame with headers, that is not whole yet.
    partial: Vec<u8>,
    /// A header block that continues in the next frame.
    block: Vec<u8>,
    decoder: Decoder,
}

#[derive(Clone, Copy, Debug, Default)]
enum Phase {
    /// Before the first byte: a preface may follow.
    #[default]
    Start,
    /// So much is left of the preface.
    Preface(usize),
    Frame,
    /// Payload of a frame with headers.
    Headers(Frame),
    /// So many bytes of a frame that are of no interest.
    Skip(u64),
    /// Nothing can be read any more.
    Lost,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    len: usize,
    kind: u8,
    flags: u8,
    stream: u32,
}

impl Two {
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Out) -> Step {
        let [client, server] = &mut self.sides;
        let direction = match chunk.from {
            Side::Client => client,
            Side::Server => server,
        };
        if let Err(err) = direction.push(chunk, &mut self.told, out) {
            out.add(chunk, What::Trouble(trouble(err)));
            direction.lose();
        }
        self.step()
    }

    pub(super) fn gap(&mut self, side: Side, bytes: u64) -> Step {
        if let Some(direction) = self.sides.get_mut(side.index()) {
            match &mut direction.phase {
                Phase::Skip(left) if *left > bytes => *left = left.saturating_sub(bytes),
                _ => direction.lose(),
            }
        }
        self.step()
    }

    pub(super) fn buffered(&self) -> usize {
        self.sides.iter().map(Direction::buffered).sum()
    }

    fn step(&self) -> Step {
        let lost = |direction: &Direction| matches!(direction.phase, Phase::Lost);
        if self.sides.iter().all(lost) {
            Step::Done
        } else {
            Step::More
        }
    }
}

fn trouble(err: Malformed) -> &'static str {
    match err.field() {
        "table size" | "header block" => "http2 headers over budget",
        _ => "http2 headers damaged",
    }
}

impl Direction {
    fn push(&mut self, chunk: &Chunk<'_>, told: &mut Told, out: &mut Out) -> Result<(), Malformed> {
        let mut cursor = Cursor::new(chunk.bytes);
        while !cursor.is_empty() {
            match self.phase {
                Phase::Start => {
                    // A frame that begins like the preface would be five megabytes long.
                    let preface = cursor.peek() == PREFACE.first().copied();
                    self.phase = if preface {
                        Phase::Preface(PREFACE.len())
                    } else {
                        Phase::Frame
                    };
                }
                Phase::Preface(left) => {
                    let taken = cursor.take_up_to(left).len();
                    self.phase = match left.saturating_sub(taken) {
                        0 => Phase::Frame,
                        left => Phase::Preface(left),
                    };
                }
                Phase::Frame => self.frame(&mut cursor)?,
                Phase::Headers(frame) => self.headers(frame, &mut cursor, chunk, told, out)?,
                Phase::Skip(left) => {
                    let most = usize::try_from(left).unwrap_or(usize::MAX);
                    let taken = u64::try_from(cursor.take_up_to(most).len()).unwrap_or(left);
                    self.phase = skip(left.saturating_sub(taken));
                }
                Phase::Lost => return Ok(()),
            }
        }
        Ok(())
    }

    /// Reads a frame header (RFC 9113 §4.1).
    fn frame(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
        let missing = FRAME_HEADER.saturating_sub(self.partial.len());
        self.partial.extend_from_slice(cursor.take_up_to(missing));
        if self.partial.len() < FRAME_HEADER {
            return Ok(());
        }
        let mut header = Cursor::new(&self.partial);
        let frame = Frame {
            len: usize::try_from(header.u24("length")?).unwrap_or(usize::MAX),
            kind: header.u8("type")?,
            flags: header.u8("flags")?,
            stream: header.u32("stream")? & 0x7fff_ffff,
        };
        self.partial.clear();
        self.phase = match frame.kind {
            HEADERS | PUSH_PROMISE | CONTINUATION if frame.len > BLOCK_BYTES => {
                return Err(over("header block", frame.len));
            }
            // An empty payload is whole at once.
            HEADERS | PUSH_PROMISE | CONTINUATION if frame.len > 0 => Phase::Headers(frame),
            _ => skip(u64::try_from(frame.len).unwrap_or(u64::MAX)),
        };
        Ok(())
    }

    fn headers(
        &mut self,
        frame: Frame,
        cursor: &mut Cursor<'_>,
        chunk: &Chunk<'_>,
        told: &mut Told,
        out: &mut Out,
    ) -> Result<(), Malformed> {
        let missing = frame.len.saturating_sub(self.partial.len());
        let bytes = cursor.take_up_to(missing);
        if bytes.len() < missing {
            self.partial.extend_from_slice(bytes);
            return Ok(());
        }
        self.phase = Phase::Frame;
        if self.partial.is_empty() {
            return self.payload(frame, bytes, chunk, told, out);
        }
        let mut payload = std::mem::take(&mut self.partial);
        payload.extend_from_slice(bytes);
        self.payload(frame, &payload, chunk, told, out)
    }

    /// The whole payload of a frame with headers.
    fn payload(
        &mut self,
        frame: Frame,
        payload: &[u8],
        chunk: &Chunk<'_>,
        told: &mut Told,
        out: &mut Out,
    ) -> Result<(), Malformed> {
        let fragment = fragment(frame, payload)?;
        let ends = frame.flags & END_HEADERS != 0;
        let room = BLOCK_BYTES.saturating_sub(self.block.len());
        if fragment.len() > room {
            return Err(over("header block", self.block.len()));
        }
        let mut fields = Fields::default();
        if ends && self.block.is_empty() {
            self.decoder
                .decode(fragment, |name, value| fields.take(name, value))?;
        } else {
            self.block.extend_from_slice(fragment);
            if !ends {
                return Ok(());
            }
            let block = std::mem::take(&mut self.block);
            self.decoder
                .decode(&block, |name, value| fields.take(name, value))?;
        }
        // A promised request was made by nobody.
        if frame.kind != PUSH_PROMISE {
            fields.tell(frame.stream, chunk, told, out);
        }
        Ok(())
    }

    fn lose(&mut self) {
        *self = Direction {
            phase: Phase::Lost,
            ..Direction::default()
        };
    }

    fn buffered(&self) -> usize {
        self.partial
            .capacity()
            .saturating_add(self.block.capacity())
            .saturating_add(self.decoder.buffered())
    }
}

const FRAME_HEADER: usize = 9;

fn skip(left: u64) -> Phase {
    if left == 0 {
        Phase::Frame
    } else {
        Phase::Skip(left)
    }
}

fn over(field: &'static str, len: usize) -> Malformed {
    Malformed::Illegal {
        field,
        value: u64::try_from(len).unwrap_or(u64::MAX),
    }
}

/// The part of a header block in a payload: without padding, priority and promised stream
/// (RFC 9113 §6.2, §6.6, §6.10).
fn fragment(frame: Frame, payload: &[u8]) -> Result<&[u8], Malformed> {
    let mut cursor = Cursor::new(payload);
    if frame.kind == CONTINUATION {
        return Ok(payload);
    }
    let padding = if frame.flags & PADDED != 0 {
        usize::from(cursor.u8("padding")?)
    } else {
        0
    };
    if frame.kind == PUSH_PROMISE {
        cursor.skip("promised stream", 4)?;
    } else if frame.flags & PRIORITY != 0 {
        cursor.skip("priority", 5)?;
    }
    let len = cursor.left().checked_sub(padding);
    let len = len.ok_or_else(|| over("padding", padding))?;
    cursor.take("fragment", len)
}

/// The fields of interest of one block.
#[derive(Debug, Default)]
struct Fields {
    method: Option<Text>,
    authority: Option<Text>,
    host: Option<Text>,
    path: Option<Text>,
    status: Option<u16>,
    user_agent: Option<Text>,
    content_type: Option<Text>,
    content_encoding: Option<Text>,
}

impl Fields {
    fn take(&mut self, name: &[u8], value: &[u8]) {
        let place = match name {
            b":method" => &mut self.method,
            b":authority" => &mut self.authority,
            b":path" => &mut self.path,
            b"host" => &mut self.host,
            b"user-agent" => &mut self.user_agent,
            b"content-type" => &mut self.content_type,
            b"content-encoding" => &mut self.content_encoding,
            b":status" => {
                let text = std::str::from_utf8(value).ok();
                self.status = text.and_then(|text| text.parse().ok());
                return;
            }
            _ => return,
        };
        place.get_or_insert_with(|| Text::new(value));
    }

    /// Neither a method nor a status: these were trailers.
    fn tell(self, stream: u32, chunk: &Chunk<'_>, told: &mut Told, out: &mut Out) {
        if let Some(status) = self.status {
            let response = HttpResponse {
                status,
                content_type: self.content_type,
                content_encoding: self.content_encoding,
                stream: Some(stream),
            };
            out.add(chunk, What::HttpResponse(Box::new(response)));
            return;
        }
        let Some(method) = self.method else {
            return;
        };
        let host = self.authority.or(self.host);
        if let Some(host) = &host {
            let via = if method.bytes() == b"CONNECT" {
                Via::Connect
            } else {
                Via::HttpHost
            };
            told.tell(via, host.bytes(), |what| out.add(chunk, what));
        }
        let request = HttpRequest {
            method,
            host,
            path: self.path.unwrap_or_default(),
            user_agent: self.user_agent,
            content_type: self.content_type,
            content_encoding: self.content_encoding,
            stream: Some(stream),
        };
        out.add(chunk, What::HttpRequest(Box::new(request)));
    }
}
