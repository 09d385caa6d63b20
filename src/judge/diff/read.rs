//! A saved report as one side of a comparison.
//!
//! In:   the JSON of `whereto audit --format json`, as a stream.
//! Out:  a [`Side`]; an [`Error`] that says what is not as it should be, and where.
//! Spec: `docs/report.schema.json`.
//!
//! A report may have millions of flows: each is folded as it comes, none is kept. What no
//! comparison asks for is passed over. One entry of a list is at most [`MOST_ENTRY_BYTES`] long.

use super::rows::{
    About, DataRow, DestinationRow, DeviceRow, FlowRow, InputRow, LossesRow, SettingsRow, TotalsRow,
};
use super::side::Side;
use crate::Error;
use crate::judge::selector::{Selector, Test};
use crate::model::{Device, Limits, Text};
use serde::de::{
    DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::cell::Cell;
use std::fmt;
use std::io::{BufReader, Read};
use std::path::Path;
use std::rc::Rc;

/// The version of the report's shape that is read.
const SCHEMA: u64 = 1;
const MOST_ENTRY_BYTES: u64 = 4 << 20;
/// Captures and data sources that are kept.
const MOST_LISTED: usize = 1_000;
const BUFFER_BYTES: usize = 64 << 10;

/// Reads a report. `known` has the words for protocols of this version.
///
/// # Errors
/// Where it cannot be read, or is not one.
pub(super) fn report(
    path: &Path,
    reader: impl Read,
    selectors: &[Selector],
    known: &[&'static str],
    limits: &Limits,
) -> Result<Side, Error> {
    let since = Rc::new(Cell::new(0));
    let mut side = Side::new(limits.destinations, selectors);
    side.about.path = Text::from(path.to_string_lossy().as_ref());
    side.about.form = "report";
    let mut reading = Reading {
        side,
        known,
        since: Rc::clone(&since),
        devices: Vec::new(),
        seen: Vec::new(),
    };
    // The buffer is outermost: the reader of JSON takes single bytes.
    let metered = Metered {
        inner: reader,
        since,
    };
    let buffered = BufReader::with_capacity(BUFFER_BYTES, metered);
    let mut json = serde_json::Deserializer::from_reader(buffered);
    let read = json
        .deserialize_map(Document(&mut reading))
        .and_then(|()| json.end());
    read.map_err(|error| wrong(path, error))?;
    let mut side = reading.side;
    if side.about.input_count == 0 {
        side.about.input_count = u64::try_from(side.about.inputs.len()).unwrap_or(u64::MAX);
    }
    Ok(side)
}

fn wrong(path: &Path, error: serde_json::Error) -> Error {
    if error.is_io() {
        return Error::Io {
            path: path.to_owned(),
            what: "cannot read",
            source: error.into(),
        };
    }
    Error::Usage(format!(
        "{}: not a report that can be compared: {error}; one is written by `whereto audit --format json`",
        path.display()
    ))
}

/// Counts what is read, so that no entry grows beyond measure.
struct Metered<R> {
    inner: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let found = self.inner.read(buffer)?;
        let since = self
            .since
            .get()
            .saturating_add(u64::try_from(found).unwrap_or(u64::MAX));
        self.since.set(since);
        if since > MOST_ENTRY_BYTES {
            let what = format!("an entry is longer than {MOST_ENTRY_BYTES} bytes");
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
        }
        Ok(found)
    }
}

struct Reading<'k> {
    side: Side,
    known: &'k [&'static str],
    since: Rc<Cell<u64>>,
    devices: Vec<Device>,
    seen: Vec<&'static str>,
}

/// The keys without which a document is no report.
const NEEDED: [&str; 6] = ["whereto", "inputs", "data", "totals", "losses", "flows"];

struct Document<'r, 'k>(&'r mut Reading<'k>);

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        while let Some(key) = map.next_key::<String>()? {
            reading.since.set(0);
            if let Some(needed) = NEEDED.iter().find(|needed| **needed == key) {
                if reading.seen.contains(needed) {
                    return Err(A::Error::custom(format!("`{needed}` stands there twice")));
                }
                reading.seen.push(needed);
            }
            reading.member(&key, &mut map)?;
        }
        match NEEDED.iter().find(|needed| !reading.seen.contains(*needed)) {
            Some(missing) => Err(A::Error::custom(format!("it has no `{missing}`"))),
            None => Ok(()),
        }
    }
}

impl<'k> Reading<'k> {
    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "whereto" => {
                let about: About = map.next_value()?;
                if about.schema != SCHEMA {
                    return Err(A::Error::custom(format!(
                        "it has version {} of the report's shape, and this program reads version {SCHEMA}",
                        about.schema
                    )));
                }
                self.side.about.version = about.version;
            }
            "inputs" => self.entries(map, Reading::input)?,
            "data" => self.entries(map, |reading, row: DataRow| {
                let data = &mut reading.side.about.data;
                if data.len() < MOST_LISTED {
                    data.push(row.source());
                }
                Ok(())
            })?,
            "devices" => self.entries(map, Reading::device)?,
            "settings" => {
                let mut settings: SettingsRow = map.next_value()?;
                let (declared, notice) = settings.declared();
                (self.side.about.declared, self.side.about.notice) = (declared, notice);
                self.side.about.filter = settings.filter;
                self.side.about.limits = settings.limits.into_iter().collect();
            }
            "totals" => {
                let totals: TotalsRow = map.next_value()?;
                self.side.about.time = totals.time();
                self.side.about.packets = totals.packets;
                self.side.about.losses.folded_flows = totals.folded_flows;
            }
            "losses" => {
                let losses: LossesRow = map.next_value()?;
                losses.add_to(&mut self.side.about.losses);
            }
            "flows" => self.entries(map, Reading::flow)?,
            "destinations" => self.entries(map, |reading, row: DestinationRow| {
                if let Some(trip) = row.round_trip {
                    reading.side.vantage(&trip.vantage);
                }
                Ok(())
            })?,
            "dns" | "http" | "findings" | "claims" => {
                self.entries(map, |_, _: IgnoredAny| Ok(()))?
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn entries<'de, A, T, F>(&mut self, map: &mut A, each: F) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
        T: serde::Deserialize<'de>,
        F: FnMut(&mut Reading<'k>, T) -> Result<(), &'static str>,
    {
        map.next_value_seed(Entries {
            reading: self,
            each,
            kind: std::marker::PhantomData,
        })
    }

    fn input(&mut self, row: InputRow) -> Result<(), &'static str> {
        let about = &mut self.side.about;
        about.input_count = about.input_count.saturating_add(1);
        about.losses.cut_inputs = about.losses.cut_inputs.saturating_add(row.cut.into());
        about.losses.dropped = super::dropped([about.losses.dropped, row.dropped()]);
        if about.inputs.len() < MOST_LISTED {
            about.inputs.push(row.input());
        }
        Ok(())
    }

    fn device(&mut self, row: DeviceRow) -> Result<(), &'static str> {
        if self.devices.len() < MOST_LISTED {
            let device = row.device();
            self.side.about.devices.extend(super::device_words(&device));
            self.devices.push(device);
        }
        Ok(())
    }

    fn flow(&mut self, mut row: FlowRow) -> Result<(), &'static str> {
        let protocol = row.protocol.take();
        row.protocol.clone_from(&protocol);
        let flow = row.flow(self.known)?;
        let test = Test {
            devices: &self.devices,
            phases: None,
        };
        self.side.flow(&flow, protocol.as_deref(), test);
        Ok(())
    }
}

/// A list, entry by entry.
struct Entries<'r, 'k, T, F> {
    reading: &'r mut Reading<'k>,
    each: F,
    kind: std::marker::PhantomData<T>,
}

impl<'de, 'k, T, F> DeserializeSeed<'de> for Entries<'_, 'k, T, F>
where
    T: serde::Deserialize<'de>,
    F: FnMut(&mut Reading<'k>, T) -> Result<(), &'static str>,
{
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, 'k, T, F> Visitor<'de> for Entries<'_, 'k, T, F>
where
    T: serde::Deserialize<'de>,
    F: FnMut(&mut Reading<'k>, T) -> Result<(), &'static str>,
{
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element()? {
            self.reading.since.set(0);
            (self.each)(self.reading, entry).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
