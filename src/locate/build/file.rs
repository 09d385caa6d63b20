//! Tables of ranges in files: CSV and JSON.
//!
//! In:   a path; a file may be a gzip file.
//! Out:  its rows, one by one; an [`Error`] that names file and line and says what to do.
//! Spec: RFC 4180 (CSV), RFC 8259 (JSON), one array of objects or one object a line.
//!
//! What a file is, its content says. No more than one row is held in memory; a file, and a
//! line or a text in it, may not be larger than any real one.

use super::row::{Field, Row, field};
use crate::Error;
use crate::locate::database::{most_unpacked, too_large};
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

/// What a source is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Csv,
    Json,
    Mmdb,
}

impl Form {
    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Csv => "CSV",
            Form::Json => "JSON",
            Form::Mmdb => "MaxMind DB",
        }
    }
}

/// Takes a row, and says what is wrong with it.
pub(super) type Sink<'s> = dyn FnMut(&Row<&str>) -> Result<(), String> + 's;

/// No line of a table and no text in it is longer.
const MOST_LINE_BYTES: usize = 1 << 20;
const BUFFER_BYTES: usize = 64 << 10;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Hands the rows of a table to `sink`. A MaxMind DB is only recognised.
pub(super) fn rows(path: &Path, sink: &mut Sink<'_>) -> Result<Form, Error> {
    if is_database(path) {
        return Ok(Form::Mmdb);
    }
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot read",
        source,
    };
    let mut file = open(path)?;
    let head = file.fill_buf().map_err(failed)?;
    if head.starts_with(BOM) {
        file.consume(BOM.len());
    }
    let head = file.fill_buf().map_err(failed)?;
    let form = sniff(head);
    file.get_mut().breaks = if form == Form::Json { b'"' } else { b'\n' };
    match form {
        Form::Csv => csv(path, file, sink)?,
        Form::Json => json(path, file, sink)?,
        Form::Mmdb => {}
    }
    Ok(form)
}

/// A name that says so is believed.
fn is_database(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    name.ends_with(".mmdb") || name.ends_with(".mmdb.gz")
}

fn sniff(head: &[u8]) -> Form {
    let start: Vec<u8> = head.iter().take(512).copied().collect();
    // A tree begins with small numbers of three or four bytes.
    if start.is_empty() || start.contains(&0) {
        return Form::Mmdb;
    }
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[' | b'{') => Form::Json,
        _ => Form::Csv,
    }
}

fn open(path: &Path) -> Result<BufReader<Bounded>, Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        what: "cannot open",
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(Error::Usage(format!(
            "{}: is a folder; name the files in it",
            path.display()
        )));
    }
    too_large(path, about.len())?;
    let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
    let packed = file.fill_buf().map_err(failed)?.starts_with(b"\x1f\x8b");
    let (inner, left): (Box<dyn Read>, u64) = if packed {
        let unpacked = flate2::bufread::MultiGzDecoder::new(file);
        (Box::new(unpacked), most_unpacked(about.len()))
    } else {
        (Box::new(file), most_unpacked(u64::MAX))
    };
    let bounded = Bounded {
        inner,
        left,
        breaks: b'\n',
        run: 0,
    };
    Ok(BufReader::with_capacity(BUFFER_BYTES, bounded))
}

/// Ends with an error where a file grows beyond any real one, or a piece of it does.
struct Bounded {
    inner: Box<dyn Read>,
    left: u64,
    /// What ends a piece.
    breaks: u8,
    /// Bytes since the last end.
    run: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = u64::try_from(count)
            .ok()
            .and_then(|n| self.left.checked_sub(n));
        self.left = left.ok_or_else(|| {
            io::Error::other("it holds more than 2 GiB, or unpacks to a hundred times its size")
        })?;
        let read = buffer.get(..count).unwrap_or_default();
        self.run = match memchr::memrchr(self.breaks, read) {
            Some(at) => count.saturating_sub(at),
            None => self.run.saturating_add(count),
        };
        if self.run > MOST_LINE_BYTES {
            return Err(io::Error::other(
                "a line or text in it is longer than 1 MiB",
            ));
        }
        Ok(count)
    }
}

/// A mistake in a line.
fn wrong(path: &Path, line: u64, words: &str) -> Error {
    Error::Usage(format!(
        "{}: line {line}: {words}; correct the line or leave it out",
        path.display()
    ))
}

fn csv(path: &Path, mut file: BufReader<Bounded>, sink: &mut Sink<'_>) -> Result<(), Error> {
    let head = file.fill_buf().unwrap_or_default();
    let mut lines = head.split(|byte| *byte == b'\n');
    let first_line = lines.find(|line| !is_skipped(line)).unwrap_or_default();
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(::csv::Trim::All)
        .comment(Some(b'#'))
        .delimiter(delimiter(first_line))
        .from_reader(file);
    let mut columns: Option<Row<usize>> = None;
    let mut record = ::csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let line = line_of(path, error.position());
                return Err(match error.into_kind() {
                    ::csv::ErrorKind::Io(source) => Error::Io {
                        path: path.to_owned(),
                        what: "cannot read",
                        source,
                    },
                    ::csv::ErrorKind::Utf8 { .. } => wrong(path, line, "it is not UTF-8"),
                    _ => wrong(path, line, "it is no CSV"),
                });
            }
        }
        if columns.is_none() {
            let named = named(&record);
            let is_named = named.is_whole();
            if !is_named && !starts_with_address(&record) {
                return Err(wrong(path, line_of(path, record.position()), NO_COLUMNS));
            }
            columns = Some(if is_named { named } else { Row::default() });
            if is_named {
                continue;
            }
        }
        let row = match columns.as_ref().filter(|columns| columns.is_whole()) {
            Some(columns) => columns.map(|at| record.get(*at)),
            None => by_order(&record),
        };
        sink(&row).map_err(|words| wrong(path, line_of(path, record.position()), &words))?;
    }
}

/// True for lines between rows: empty ones and remarks.
fn is_skipped(line: &[u8]) -> bool {
    line.is_empty() || line == b"\r" || line.starts_with(b"#")
}

/// The line on which a row begins. The reader has the end of the row before it; empty lines and
/// remarks may follow that.
fn line_of(path: &Path, after: Option<&::csv::Position>) -> u64 {
    let Some(after) = after else {
        return 0;
    };
    let mut line = after.line();
    let Ok(mut file) = open(path) else {
        return line;
    };
    let has_bom = file.fill_buf().is_ok_and(|head| head.starts_with(BOM));
    let bom = if has_bom { BOM.len() } else { 0 };
    let start = after.byte().saturating_add(u64::try_from(bom).unwrap_or(0));
    let _ = io::copy(&mut file.by_ref().take(start), &mut io::sink());
    let mut words = Vec::new();
    while file
        .read_until(b'\n', &mut words)
        .is_ok_and(|count| count > 0)
    {
        if !is_skipped(words.strip_suffix(b"\n").unwrap_or(&words)) {
            break;
        }
        line = line.saturating_add(1);
        words.clear();
    }
    line
}

const NO_COLUMNS: &str = "it names no columns that are known (network, or first and last; \
                          country_code, asn, org), and is no row of `first,last,country`, \
                          `first,last,asn,org` or `network,country`";

/// Tables from some places have tabs or semicolons.
fn delimiter(first_line: &[u8]) -> u8 {
    let has = |byte| memchr::memchr(byte, first_line).is_some();
    [b',', b'\t', b';']
        .into_iter()
        .find(|byte| has(*byte))
        .unwrap_or(b',')
}

/// The columns by their names.
fn named(record: &::csv::StringRecord) -> Row<usize> {
    let mut columns = Row::default();
    for (at, name) in record.iter().enumerate() {
        if let Some(field) = field(name) {
            columns.put(field, at);
        }
    }
    columns
}

fn starts_with_address(record: &::csv::StringRecord) -> bool {
    let first = record.get(0).unwrap_or_default();
    let address = first.split(['/', '-']).next().unwrap_or_default().trim();
    address.parse::<std::net::IpAddr>().is_ok() || address.parse::<u128>().is_ok()
}

/// `network,…` or `first,last,…`; then a country, or a system and its organisation.
fn by_order(record: &::csv::StringRecord) -> Row<&str> {
    let mut row = Row::default();
    let is_network = record
        .get(0)
        .is_some_and(|first| first.contains(['/', '-']));
    let value = if is_network {
        row.put((Field::Network, 0), record.get(0).unwrap_or_default());
        1
    } else {
        row.put((Field::First, 0), record.get(0).unwrap_or_default());
        row.put((Field::Last, 0), record.get(1).unwrap_or_default());
        2
    };
    let word = record.get(value).unwrap_or_default();
    let digits = word.strip_prefix("AS").unwrap_or(word);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        row.put((Field::Asn, 0), word);
        row.put((Field::Org, 0), record.get(value + 1).unwrap_or_default());
    } else {
        row.put((Field::Country, 0), word);
    }
    row
}

fn json(path: &Path, file: BufReader<Bounded>, sink: &mut Sink<'_>) -> Result<(), Error> {
    let mut values = serde_json::Deserializer::from_reader(file);
    while values.end().is_err() {
        Objects(sink).deserialize(&mut values).map_err(|error| {
            let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
            if error.is_io() {
                return Error::Io {
                    path: path.to_owned(),
                    what: "cannot read",
                    source: error.into(),
                };
            }
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            wrong(path, line, words)
        })?;
    }
    Ok(())
}

/// One object, or a list of them.
struct Objects<'a, 's>(&'a mut Sink<'s>);

impl<'de> DeserializeSeed<'de> for Objects<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Objects<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object with the keys network (or first and last) and country_code or asn")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Objects(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut row: Row<String> = Row::default();
        while let Some(key) = map.next_key::<String>()? {
            match field(&key) {
                Some(field) => {
                    if let Some(word) = map.next_value_seed(Word)? {
                        row.put(field, word);
                    }
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        // The words are borrowed for as long as the sink looks at them.
        let mut words: Row<&str> = Row::default();
        for at in [
            Field::Network,
            Field::First,
            Field::Last,
            Field::Country,
            Field::Asn,
            Field::Org,
        ] {
            if let Some(word) = row.get(at) {
                words.put((at, 0), word.as_str());
            }
        }
        (self.0)(&words).map_err(A::Error::custom)
    }
}

/// A text or number; of an object, what it has for a code or number.
struct Word;

impl<'de> DeserializeSeed<'de> for Word {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Word {
    type Value = Option<String>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text or a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if matches!(
                key.as_str(),
                "iso_code" | "code" | "country_code" | "asn" | "number"
            ) {
                found = found.or(map.next_value_seed(Word)?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}
