//! JSON, piece by piece, into a bounded buffer.
//!
//! In:   keys of ours, values of anybody's.
//! Out:  strict UTF-8 JSON (RFC 8259). Commas are put where they belong; whoever opens an
//!       object or a list must end it.

use crate::model::columns::{Row, Value, tls_version};
use crate::model::{DataSource, PlaceOpinion, Text, Time};
use crate::report::{escape, excluded_codes, number, opinion_words};
use std::io::{self, Write};
use std::net::IpAddr;

/// Writes values to `sink` through a buffer of about 64 KiB.
pub(super) struct Writer<'w> {
    sink: &'w mut dyn Write,
    buffer: Vec<u8>,
    /// True where the next value needs a comma before it.
    comma: bool,
    stamp: number::Stamp,
}

const BUFFER_BYTES: usize = 64 << 10;

impl<'w> Writer<'w> {
    pub(super) fn new(sink: &'w mut dyn Write) -> Self {
        let buffer = Vec::with_capacity(BUFFER_BYTES.saturating_add(8 << 10));
        Writer {
            sink,
            buffer,
            comma: false,
            stamp: number::Stamp::default(),
        }
    }

    /// Hands the buffer on once it is full. To be called once a row.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Hands on what is left.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.sink.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// `{` or `[`.
    pub(super) fn begin(&mut self, bracket: u8) {
        self.before();
        self.buffer.push(bracket);
        self.comma = false;
    }

    /// `}` or `]`.
    pub(super) fn end(&mut self, bracket: u8) {
        self.buffer.push(bracket);
        self.comma = true;
    }

    /// `]` on a line of its own, unless the list is empty.
    pub(super) fn end_rows(&mut self) {
        if self.comma {
            self.last_line();
        }
        self.end(b']');
    }

    /// A line break between values, so that every row has a line of its own.
    pub(super) fn line(&mut self) {
        if std::mem::take(&mut self.comma) {
            self.buffer.push(b',');
        }
        self.buffer.push(b'\n');
    }

    /// A line break before an end.
    pub(super) fn last_line(&mut self) {
        self.buffer.push(b'\n');
    }

    /// A key of ours: plain ASCII, never from a capture.
    pub(super) fn key(&mut self, key: &str) {
        self.before();
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(key.as_bytes());
        self.buffer.extend_from_slice(b"\":");
        self.comma = false;
    }

    pub(super) fn null(&mut self) {
        self.before();
        self.buffer.extend_from_slice(b"null");
    }

    pub(super) fn boolean(&mut self, yes: bool) {
        self.before();
        self.buffer
            .extend_from_slice(if yes { b"true" } else { b"false" });
    }

    /// Signed 64 bits hold every number: readers know no more.
    pub(super) fn integer(&mut self, value: u64) {
        self.before();
        number::integer(&mut self.buffer, value.min(i64::MAX.unsigned_abs()));
    }

    pub(super) fn signed(&mut self, value: i64) {
        self.before();
        if value < 0 {
            self.buffer.push(b'-');
        }
        number::integer(&mut self.buffer, value.unsigned_abs());
    }

    /// A number that is written already.
    pub(super) fn decimal(&mut self, digits: &str) {
        self.before();
        self.buffer.extend_from_slice(digits.as_bytes());
    }

    /// A word of ours: plain ASCII.
    pub(super) fn word(&mut self, word: &str) {
        self.before();
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(word.as_bytes());
        self.buffer.push(b'"');
    }

    pub(super) fn string(&mut self, text: &str) {
        self.before();
        escape::json(&mut self.buffer, text);
    }

    pub(super) fn time(&mut self, time: Time) {
        self.before();
        self.buffer.push(b'"');
        self.stamp.write(&mut self.buffer, time);
        self.buffer.push(b'"');
    }

    pub(super) fn address(&mut self, address: IpAddr) {
        self.before();
        self.buffer.push(b'"');
        number::address(&mut self.buffer, address);
        self.buffer.push(b'"');
    }

    /// `key` with words from a capture; where the bytes are not UTF-8 a second key, with `_hex`
    /// at its end, holds them as they were.
    pub(super) fn text(&mut self, key: &str, text: &Text) {
        self.key(key);
        match text.as_str() {
            Some(text) => self.string(text),
            None => {
                self.string(&text.lossless());
                self.before();
                self.buffer.push(b'"');
                self.buffer.extend_from_slice(key.as_bytes());
                self.buffer.extend_from_slice(b"_hex\":\"");
                escape::hex(&mut self.buffer, text.bytes());
                self.buffer.push(b'"');
            }
        }
    }

    pub(super) fn text_or_null(&mut self, key: &str, text: Option<&Text>) {
        match text {
            Some(text) => self.text(key, text),
            None => self.field_null(key),
        }
    }

    /// One cell of a table of columns, with its key.
    pub(super) fn cell(&mut self, key: &str, value: Value<'_>) {
        if let Value::Text(text) = value {
            return self.text(key, text);
        }
        self.key(key);
        match value {
            Value::Null | Value::Text(_) => self.null(),
            Value::Integer(value) => self.integer(value),
            Value::Boolean(yes) => self.boolean(yes),
            Value::Word(word) => self.word(word),
            Value::Words(words) => self.string(words),
            Value::Address(address) => self.address(address),
            Value::Time(time) => self.time(time),
            Value::Milliseconds(nanoseconds) => {
                self.before();
                number::milliseconds(&mut self.buffer, nanoseconds);
            }
            Value::Transport(transport) => match transport.word() {
                Some(word) => self.word(word),
                None => self.string(&transport.to_string()),
            },
            Value::TlsVersion(version) => match tls_version(version) {
                Some(words) => self.word(words),
                None => self.string(&format!("{version:#06x}")),
            },
            Value::Cipher(cipher) => {
                self.before();
                self.buffer.extend_from_slice(b"\"0x");
                escape::hex(&mut self.buffer, &cipher.to_be_bytes());
                self.buffer.push(b'"');
            }
            Value::Hex(bytes) => {
                self.before();
                self.buffer.push(b'"');
                escape::hex(&mut self.buffer, bytes);
                self.buffer.push(b'"');
            }
            Value::Opinions(opinions, data) => self.opinions(opinions, data),
            Value::List(words) => self.string(&words.join("; ")),
            Value::Excluded(excluded) => self.string(&excluded_codes(excluded)),
        }
    }

    fn opinions(&mut self, opinions: &[PlaceOpinion], data: &[DataSource]) {
        self.before();
        let words = opinion_words(opinions, data);
        escape::json(&mut self.buffer, &words);
    }

    pub(super) fn row(&mut self, row: Row<'_>) {
        for column in crate::model::columns::COLUMNS {
            self.cell(column.name, (column.value)(row));
        }
    }

    pub(super) fn field(&mut self, key: &str, value: u64) {
        self.key(key);
        self.integer(value);
    }

    pub(super) fn field_or_null(&mut self, key: &str, value: Option<u64>) {
        match value {
            Some(value) => self.field(key, value),
            None => self.field_null(key),
        }
    }

    pub(super) fn field_null(&mut self, key: &str) {
        self.key(key);
        self.null();
    }

    pub(super) fn field_string(&mut self, key: &str, text: &str) {
        self.key(key);
        self.string(text);
    }

    pub(super) fn field_string_or_null(&mut self, key: &str, text: Option<&str>) {
        match text {
            Some(text) => self.field_string(key, text),
            None => self.field_null(key),
        }
    }

    pub(super) fn field_boolean(&mut self, key: &str, yes: bool) {
        self.key(key);
        self.boolean(yes);
    }

    /// `first_seen` and `last_seen`, or nulls.
    pub(super) fn span(&mut self, time: Option<(Time, Time)>) {
        for (key, time) in [
            ("first_seen", time.map(|t| t.0)),
            ("last_seen", time.map(|t| t.1)),
        ] {
            self.key(key);
            match time {
                Some(time) => self.time(time),
                None => self.null(),
            }
        }
    }

    /// A list on one line.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.key(key);
        self.begin(b'[');
        for item in items {
            each(self, item);
        }
        self.end(b']');
    }

    /// A list with a line for each item.
    pub(super) fn lines<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.key(key);
        self.begin(b'[');
        for item in items {
            self.line();
            each(self, item);
        }
        self.end_rows();
    }

    fn before(&mut self) {
        if self.comma {
            self.buffer.push(b',');
        }
        self.comma = true;
    }
}
