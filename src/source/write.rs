//! Packets to a pcapng file.
//!
//! In:   packets and interfaces as they were read; comments of ours.
//! Out:  one section in little endian, block by block.
//! Spec: draft-ietf-opsawg-pcapng.
//!
//! Times keep the resolution of their interface up to a nanosecond: what is finer was already
//! rounded down when it was read. The same calls give the same bytes. Comments must have gone
//! through `report/escape.rs` where they hold words that others chose.

use super::{Kept, Packet};
use crate::model::{Interface, Text};
use std::io::{self, Write};
use std::net::IpAddr;

/// Writes one section.
pub struct Writer<W: Write> {
    out: W,
    block: Vec<u8>,
    /// Ticks of a second, for each interface.
    rates: Vec<u64>,
}

const COMMENT: u16 = 1;
const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const NAMES: u32 = 4;
const PACKET: u32 = 6;
const SECRETS: u32 = 0xa;
/// An option's length has 16 bits.
const MOST_OPTION_BYTES: usize = 0xfff0;

impl<W: Write> Writer<W> {
    /// Begins a section. `application` and `comments` are words about the file.
    ///
    /// # Errors
    /// Where `out` refuses.
    pub fn new(out: W, application: &str, comments: &[String]) -> io::Result<Self> {
        let mut writer = Writer {
            out,
            block: Vec::new(),
            rates: Vec::new(),
        };
        writer.block.extend([0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0]);
        // The section's length is not known beforehand (§4.1).
        writer.block.extend([0xff; 8]);
        for comment in comments {
            writer.option(COMMENT, comment.as_bytes());
        }
        writer.option(4, application.as_bytes());
        writer.end_options();
        writer.write(SECTION)?;
        Ok(writer)
    }

    /// Describes the next interface. Packets name it by its number, from 0.
    ///
    /// # Errors
    /// Where the output refuses.
    pub fn interface(&mut self, interface: &Interface, comment: &str) -> io::Result<()> {
        let [low, high, ..] = interface.link.to_le_bytes();
        self.block.extend([low, high, 0, 0]);
        self.block.extend(interface.snaplen.to_le_bytes());
        for (kind, text) in &interface.notes {
            match *kind {
                "comment" => self.option(COMMENT, text.bytes()),
                "filter" => self.option(11, &[&[0], text.bytes()].concat()),
                "os" => self.option(12, text.bytes()),
                "hardware" => self.option(15, text.bytes()),
                _ => {}
            }
        }
        if !comment.is_empty() {
            self.option(COMMENT, comment.as_bytes());
        }
        for (code, text) in [(2, &interface.name), (3, &interface.description)] {
            if let Some(text) = text {
                self.option(code, text.bytes());
            }
        }
        let (resolution, rate) = resolution(interface.ticks_per_second);
        self.option(9, &[resolution]);
        self.rates.push(rate);
        self.end_options();
        self.write(INTERFACE)
    }

    /// Writes a packet of an interface that was described, with a comment or several.
    ///
    /// # Errors
    /// Where the output refuses.
    pub fn packet(&mut self, packet: &Packet<'_>, comments: &[String]) -> io::Result<()> {
        let rate = usize::try_from(packet.interface)
            .ok()
            .and_then(|number| self.rates.get(number));
        let Some(rate) = rate.copied() else {
            return Err(io::Error::other(
                "a packet of an interface nobody described",
            ));
        };
        let ticks = ticks(packet.time.0, rate);
        let [low, high] = [ticks & 0xffff_ffff, ticks >> 32].map(to_u32);
        let captured = to_u32(u64::try_from(packet.bytes.len()).unwrap_or(u64::MAX));
        for field in [packet.interface, high, low, captured, packet.wire_len] {
            self.block.extend(field.to_le_bytes());
        }
        self.block.extend(packet.bytes);
        self.pad();
        if let Some(uid) = packet.uid {
            // As PCAPdroid writes it, and as it is read again.
            self.option(COMMENT, format!("u-{uid}").as_bytes());
        }
        for comment in comments {
            self.option(COMMENT, comment.as_bytes());
        }
        if packet.flags != 0 {
            self.option(2, &packet.flags.to_le_bytes());
        }
        self.end_options();
        self.write(PACKET)
    }

    /// Writes a block that came with the capture.
    ///
    /// # Errors
    /// Where the output refuses.
    pub fn kept(&mut self, kept: &Kept) -> io::Result<()> {
        match kept {
            Kept::Names { address, names } => {
                self.record(*address, names);
                self.block.extend([0; 4]);
                self.write(NAMES)
            }
            Kept::Secrets { kind, bytes } => {
                self.block.extend(kind.to_le_bytes());
                let len = to_u32(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                self.block.extend(len.to_le_bytes());
                self.block.extend(bytes);
                self.pad();
                self.write(SECRETS)
            }
        }
    }

    /// Writes which app a user id is, in the form of PCAPdroid.
    ///
    /// # Errors
    /// Where the output refuses.
    pub fn app(&mut self, uid: u32, name: &Text) -> io::Result<()> {
        let name = name.bytes();
        let name = name.get(..name.len().min(255)).unwrap_or_default();
        self.block.extend(62_652_u32.to_le_bytes());
        self.block.extend([1, 1]);
        self.block.extend(uid.to_le_bytes());
        self.block
            .extend([u8::try_from(name.len()).unwrap_or(0), 0]);
        self.block.extend(name);
        self.pad();
        self.write(0xbad)
    }

    /// The output, when everything was written.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn record(&mut self, address: IpAddr, names: &[Text]) {
        let (kind, mut value) = match address {
            IpAddr::V4(v4) => (1_u16, v4.octets().to_vec()),
            IpAddr::V6(v6) => (2, v6.octets().to_vec()),
        };
        for name in names {
            value.extend(name.bytes());
            value.push(0);
        }
        value.truncate(MOST_OPTION_BYTES);
        self.block.extend(kind.to_le_bytes());
        let len = u16::try_from(value.len()).unwrap_or(0);
        self.block.extend(len.to_le_bytes());
        self.block.extend(value);
        self.pad();
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        let value = value.get(..value.len().min(MOST_OPTION_BYTES));
        let value = value.unwrap_or_default();
        self.block.extend(code.to_le_bytes());
        let len = u16::try_from(value.len()).unwrap_or(0);
        self.block.extend(len.to_le_bytes());
        self.block.extend(value);
        self.pad();
    }

    fn end_options(&mut self) {
        self.block.extend([0; 4]);
    }

    fn pad(&mut self) {
        let missing = self.block.len().wrapping_neg() & 3;
        self.block.extend([0_u8; 3].iter().take(missing));
    }

    fn write(&mut self, kind: u32) -> io::Result<()> {
        let len = u64::try_from(self.block.len()).unwrap_or(u64::MAX);
        let len = to_u32(len.saturating_add(12)).to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&len)?;
        self.out.write_all(&self.block)?;
        self.out.write_all(&len)?;
        self.block.clear();
        Ok(())
    }
}

fn to_u32(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// `if_tsresol`, and the ticks of a second that it means; nanoseconds where it is finer or odd.
fn resolution(rate: u64) -> (u8, u64) {
    if rate.is_power_of_two() && rate > 1 && rate <= 1 << 29 {
        let bits = u8::try_from(rate.trailing_zeros()).unwrap_or(0);
        return (0x80 | bits, rate);
    }
    let decimal = (0..=9_u8).find(|digits| 10_u64.pow(u32::from(*digits)) == rate);
    decimal.map_or((9, 1_000_000_000), |digits| (digits, rate))
}

/// The tick that was rounded down to `nanoseconds` when it was read.
fn ticks(nanoseconds: i64, rate: u64) -> u64 {
    let nanoseconds = u128::try_from(nanoseconds).unwrap_or(0);
    let ticks = nanoseconds
        .saturating_mul(rate.into())
        .div_ceil(1_000_000_000);
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::source::{Capture, Options};

    #[test]
    fn ticks_come_back_as_they_were() {
        for rate in [1, 1_000, 1_000_000, 1_000_000_000, 1 << 10, 1 << 29] {
            for tick in [0_u64, 1, 7, 1_795_228_819, 1_795_228_819_418] {
                let nanoseconds = u128::from(tick) * 1_000_000_000 / u128::from(rate);
                let Ok(nanoseconds) = i64::try_from(nanoseconds) else {
                    continue;
                };
                assert_eq!(ticks(nanoseconds, rate), tick, "{rate}");
                assert_eq!(resolution(rate).1, rate);
            }
        }
        assert_eq!(resolution(10_u64.pow(12)), (9, 1_000_000_000));
    }

    /// What is written is read again, fact by fact.
    #[test]
    fn a_section_is_read_as_it_was_written() {
        let mut writer = Writer::new(Vec::new(), "test", &["why".to_owned()]).unwrap();
        let interface = Interface {
            link: 101,
            name: Some(Text::new(b"wlan0")),
            description: Some(Text::new(b"the air")),
            notes: vec![("filter", Text::new(b"tcp")), ("os", Text::new(b"none"))],
            snaplen: 96,
            ticks_per_second: 1 << 20,
            ..Interface::default()
        };
        writer.interface(&interface, "").unwrap();
        let names = Kept::Names {
            address: [192, 0, 2, 1].into(),
            names: vec![Text::new(b"a.example"), Text::new(b"b.example")],
        };
        let secrets = Kept::Secrets {
            kind: 0x544c_534b,
            bytes: b"CLIENT_RANDOM 0".to_vec(),
        };
        writer.kept(&names).unwrap();
        writer.kept(&secrets).unwrap();
        writer.app(10_123, &Text::new(b"Browser")).unwrap();
        let packet = Packet {
            comment: None,
            frame: 1,
            time: Time(1_795_228_819_500_000_000),
            link: 101,
            interface: 0,
            wire_len: 1_500,
            bytes: b"\x45abc5",
            flags: 2,
            uid: Some(10_123),
        };
        writer.packet(&packet, &["flow 1".to_owned()]).unwrap();
        let bytes = writer.into_inner();

        let reader = Box::new(io::Cursor::new(bytes));
        let mut capture = Capture::from_reader("x", reader, &Options::default()).unwrap();
        capture.keep_blocks();
        let mut seen = 0;
        while let Some(batch) = capture.batch().unwrap() {
            for read in batch {
                seen += 1;
                assert_eq!(read.time, packet.time);
                assert_eq!((read.bytes, read.wire_len), (packet.bytes, 1_500));
                assert_eq!((read.flags, read.uid, read.link), (2, Some(10_123), 101));
            }
        }
        assert_eq!(seen, 1);
        assert_eq!(capture.take_blocks(), [names, secrets]);
        let summary = capture.finish();
        assert_eq!(summary.damage_count, 0, "{:?}", summary.damages);
        assert_eq!(summary.apps, [(10_123, Text::new(b"Browser"))]);
        let input = &summary.inputs[0];
        let read = &input.interfaces[0];
        assert_eq!(
            (&read.name, &read.description, &read.notes, read.snaplen),
            (
                &interface.name,
                &interface.description,
                &interface.notes,
                96
            )
        );
        assert_eq!(read.ticks_per_second, 1 << 20);
        assert!(
            input
                .notes
                .contains(&("packet comment", Text::new(b"flow 1")))
        );
        assert!(input.notes.contains(&("comment", Text::new(b"why"))));
    }
}
