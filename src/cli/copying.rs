//! Packets of captures to captures of their own.
//!
//! In:   captures that were audited, and what each capture to be written holds.
//! Out:  pcapng, packet by packet in the order of the audit.
//!
//! Packets of one batch wait until the interfaces that it met are known. Nothing else is held.

use super::extract::Part;
use std::io::{self, Write};
use std::path::PathBuf;
use whereto::model::{Interface, Limits, Report};
use whereto::report::escape;
use whereto::source::{self, Capture, Kept, Packet, Writer};
use whereto::{Chosen, Error, Picker, Why};

/// The words for the field `application` of a section.
const APPLICATION: &str = concat!("whereto ", env!("CARGO_PKG_VERSION"));

/// Captures that are read once more.
pub(super) struct Sources {
    paths: Vec<PathBuf>,
    with_secrets: bool,
}

/// A packet that waits for its interface to be known, and the comments of the parts that have it.
struct Waiting {
    at: usize,
    end: usize,
    packet: Packet<'static>,
    /// Its place in its batch.
    place: usize,
    comments: Vec<(usize, String)>,
}

impl Sources {
    pub(super) fn new(paths: &[PathBuf], with_secrets: bool) -> Self {
        Sources {
            paths: paths.to_vec(),
            with_secrets,
        }
    }

    fn open(&self) -> Result<Capture, Error> {
        let (paths, _) = super::settings::distinct(&self.paths);
        Capture::open(&paths, &source::Options::default())
    }

    /// Writes each part to its output.
    pub(super) fn copy<O: Write>(
        &self,
        report: &Report,
        parts: &mut [(Part, O)],
        comments: &[String],
    ) -> Result<(), Error> {
        let mut chosen = Chosen::default();
        for (part, _) in parts.iter() {
            chosen.flows.extend(&part.chosen.flows);
            chosen.frames.extend(&part.chosen.frames);
            chosen.answers.extend(&part.chosen.answers);
            chosen.time = chosen.time.or(part.chosen.time);
        }
        let limits = Limits::default();
        let mut picker = Picker::new(&chosen, &limits);
        let whole = report.losses.counts.keys();
        if whole
            .copied()
            .any(|name| name == "datagrams reassembled from fragments")
        {
            let mut capture = self.open()?;
            while let Some(batch) = capture.batch()? {
                batch.for_each(|packet| picker.survey(&packet));
            }
            picker.rewind(&limits);
        }
        let (parts, outs): (Vec<&Part>, Vec<&mut O>) =
            parts.iter_mut().map(|(part, out)| (&*part, out)).unzip();
        let writers = outs
            .into_iter()
            .map(|out| Writer::new(out, APPLICATION, comments))
            .collect::<io::Result<Vec<_>>>()
            .map_err(of_output)?;
        let mut copying = Copying {
            parts,
            writers,
            // As the report calls them, in the order in which they are opened.
            paths: report
                .inputs
                .iter()
                .map(|input| escape::terminal(&input.path).into_owned())
                .collect(),
            inputs: Vec::new(),
            frames: Vec::new(),
            with_secrets: self.with_secrets,
        };
        let read = self.packets(&mut picker, &mut copying)?;
        if read != report.totals.packets {
            return Err(Error::Usage(format!(
                "the captures changed while they were read: {} packets first, {read} then",
                report.totals.packets
            )));
        }
        Ok(())
    }

    fn packets<O: Write>(
        &self,
        picker: &mut Picker,
        copying: &mut Copying<'_, O>,
    ) -> Result<u64, Error> {
        let mut capture = self.open()?;
        capture.keep_blocks();
        let mut read = 0_u64;
        let (mut bytes, mut waiting, mut interfaces) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            bytes.clear();
            waiting.clear();
            interfaces.clear();
            let Some(batch) = capture.batch()? else {
                break;
            };
            for packet in batch {
                read = read.saturating_add(1);
                interfaces.push(packet.interface);
                let whys = picker.pick(&packet);
                if whys.is_empty() {
                    continue;
                }
                let words = copying.words(whys, packet.frame);
                if !words.is_empty() {
                    let at = bytes.len();
                    bytes.extend_from_slice(packet.bytes);
                    waiting.push(Waiting {
                        at,
                        end: bytes.len(),
                        packet: Packet {
                            bytes: &[],
                            comment: None,
                            ..packet
                        },
                        place: interfaces.len().saturating_sub(1),
                        comments: words,
                    });
                }
            }
            copying.describe(&mut capture).map_err(of_output)?;
            copying
                .flush(&bytes, &mut waiting, &interfaces)
                .map_err(of_output)?;
        }
        let apps = capture.finish().apps;
        copying.apps(&apps).map_err(of_output)?;
        Ok(read)
    }
}

/// An error whose path the caller knows.
fn of_output(source: io::Error) -> Error {
    Error::Io {
        path: PathBuf::new(),
        what: "cannot write",
        source,
    }
}

struct Copying<'p, O: Write> {
    parts: Vec<&'p Part>,
    writers: Vec<Writer<&'p mut O>>,
    paths: Vec<String>,
    /// The input of each interface.
    inputs: Vec<usize>,
    /// Packets of each input so far.
    frames: Vec<u64>,
    with_secrets: bool,
}

impl<O: Write> Copying<'_, O> {
    /// The parts that have a packet, and their words for it.
    fn words(&self, whys: &[Why], frame: u64) -> Vec<(usize, String)> {
        let words =
            |(number, part): (usize, &&Part)| part.words(whys, frame).map(|words| (number, words));
        self.parts.iter().enumerate().filter_map(words).collect()
    }

    /// Writes the interfaces and blocks that were met since the last time.
    fn describe(&mut self, capture: &mut Capture) -> io::Result<()> {
        for (input, interface) in capture.interfaces_from(self.inputs.len()) {
            let number = self.inputs.len();
            self.inputs.push(input);
            if self.frames.len() <= input {
                self.frames.resize(input.saturating_add(1), 0);
            }
            let path = self.paths.get(input).map_or("", String::as_str);
            let comment = format!("interface {number}: from {path}");
            for writer in &mut self.writers {
                writer.interface(&known(&interface), &comment)?;
            }
        }
        for block in capture.take_blocks() {
            for (part, writer) in self.parts.iter().zip(&mut self.writers) {
                let wanted = match &block {
                    Kept::Names { address, .. } => part.addresses.contains(address),
                    Kept::Secrets { .. } => self.with_secrets,
                };
                if wanted {
                    writer.kept(&block)?;
                }
            }
        }
        Ok(())
    }

    fn flush(
        &mut self,
        bytes: &[u8],
        waiting: &mut Vec<Waiting>,
        interfaces: &[u32],
    ) -> io::Result<()> {
        let mut waiting = waiting.drain(..).peekable();
        for (place, interface) in interfaces.iter().enumerate() {
            let number = usize::try_from(*interface).unwrap_or(usize::MAX);
            let input = self.inputs.get(number).copied().unwrap_or(0);
            let mut frame = 0;
            if let Some(count) = self.frames.get_mut(input) {
                *count = count.saturating_add(1);
                frame = *count;
            }
            let Some(Waiting {
                at,
                end,
                packet,
                comments,
                ..
            }) = waiting.next_if(|waiting| waiting.place == place)
            else {
                continue;
            };
            let path = self.paths.get(input).map_or("", String::as_str);
            let packet = Packet {
                bytes: bytes.get(at..end).unwrap_or_default(),
                ..packet
            };
            for (part, words) in comments {
                let overall = match packet.frame == frame {
                    true => String::new(),
                    false => format!(", {} of the audit", packet.frame),
                };
                let comment = format!("whereto: {words}; frame {frame} of {path}{overall}");
                if let Some(writer) = self.writers.get_mut(part) {
                    writer.packet(&packet, &[comment])?;
                }
            }
        }
        Ok(())
    }

    fn apps(&mut self, apps: &[(u32, whereto::model::Text)]) -> io::Result<()> {
        for writer in &mut self.writers {
            for (uid, name) in apps {
                writer.app(*uid, name)?;
            }
        }
        Ok(())
    }
}

/// Interfaces that no block describes are of a file whose head was not read yet: they have no
/// packets either.
fn known(interface: &Interface) -> Interface {
    Interface {
        ticks_per_second: match interface.ticks_per_second {
            0 => 1_000_000_000,
            rate => rate,
        },
        ..interface.clone()
    }
}
