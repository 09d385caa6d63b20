//! Lines of a stream.
//!
//! In:   chunks of a stream.
//! Out:  one line at a time, without its line end.
//!
//! A line that lies within one chunk is not copied. Of a line that does not, or that never
//! ends, [`LINE_BYTES`] are kept.

use crate::wire::Cursor;
use memchr::memchr;

/// What is kept of one line.
pub(super) const LINE_BYTES: usize = 8 << 10;

#[derive(Debug, Default)]
pub(super) struct Lines {
    partial: Vec<u8>,
    /// More came than was kept.
    cut: bool,
    /// `partial` was handed out as a whole line.
    spent: bool,
}

/// A line, or its beginning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) cut: bool,
}

impl Lines {
    /// The next line. `None` when `cursor` is used up: what was in it is kept.
    pub(super) fn next<'a, 'c: 'a>(&'a mut self, cursor: &mut Cursor<'c>) -> Option<Line<'a>> {
        if self.spent {
            self.clear();
        }
        let Some(end) = memchr(b'\n', cursor.rest()) else {
            let rest = cursor.take_up_to(usize::MAX);
            self.keep(rest);
            return None;
        };
        let line = cursor.take_up_to(end);
        cursor.take_up_to(1);
        if self.partial.is_empty() && line.len() <= LINE_BYTES {
            return Some(Line {
                bytes: line.trim_ascii_end(),
                cut: false,
            });
        }
        self.keep(line);
        self.spent = true;
        Some(Line {
            bytes: self.partial.trim_ascii_end(),
            cut: self.cut,
        })
    }

    /// True between lines.
    pub(super) fn is_empty(&self) -> bool {
        self.spent || self.partial.is_empty()
    }

    /// The line that has not ended, as far as it is kept.
    pub(super) fn unfinished(&self) -> &[u8] {
        if self.spent { &[] } else { &self.partial }
    }

    /// Whether the unfinished line is already longer than what is kept.
    pub(super) fn is_cut(&self) -> bool {
        !self.spent && self.cut
    }

    pub(super) fn clear(&mut self) {
        self.partial.clear();
        self.cut = false;
        self.spent = false;
    }

    /// Gives the memory back.
    pub(super) fn release(&mut self) {
        *self = Lines::default();
    }

    pub(super) fn buffered(&self) -> usize {
        self.partial.capacity()
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LINE_BYTES.saturating_sub(self.partial.len());
        self.cut |= bytes.len() > room;
        self.partial
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }
}
