//! Live capture and filters, through libpcap.
//!
//! In:   the name of an interface; a filter in the language of pcap-filter(7).
//! Out:  a stream of pcapng, so that a live capture goes the way of every other, with its own
//!       account of drops at the end; and a yes or no for each packet.
//! Spec: draft-ietf-opsawg-pcapng §4.1 (SHB), §4.2 (IDB), §4.3 (EPB), §4.6 (ISB).
//!
//! Packets are whatever the network sends: they are copied as they are and judged by the same
//! reader as a file. Filters run here, not in the kernel, so that what they leave out is counted.

use pcap::{Active, BpfProgram, Device, Linktype};
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use whereto::Error;
use whereto::source::Packet;

/// A live capture as a stream that ends at Ctrl-C or after a time.
pub(super) struct Live {
    capture: pcap::Capture<Active>,
    /// Encoded, and not read yet from `at` on.
    waiting: Vec<u8>,
    at: usize,
    stop: Arc<AtomicBool>,
    until: Option<Instant>,
    ended: bool,
    trouble: Trouble,
}

/// Why a capture ended early, if it did.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<String>>>);

impl Trouble {
    /// The words of libpcap.
    pub(super) fn take(&self) -> Option<String> {
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.take()
    }

    fn set(&self, words: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    }
}

const SNAPLEN: i32 = 262_144;

/// Between two looks where there was no packet. libpcap's own time-out is no help: on Linux it
/// waits for the next packet, however long that takes.
const PAUSE: Duration = Duration::from_millis(10);

/// Bytes that the system keeps for us meanwhile.
const KERNEL_BUFFER: i32 = 32 << 20;

/// Starts to capture on `interface`.
///
/// # Errors
/// Where there is no such interface, or no right to listen on it.
pub(super) fn open(interface: &str, seconds: Option<u32>) -> Result<(Live, Trouble), Error> {
    let failed = |error: pcap::Error| Error::Usage(refusal(interface, &error));
    let capture = pcap::Capture::from_device(interface)
        .map_err(failed)?
        .promisc(true)
        .snaplen(SNAPLEN)
        .buffer_size(KERNEL_BUFFER)
        .timeout(100)
        .open()
        .and_then(pcap::Capture::setnonblock)
        .map_err(failed)?;
    let link = u16::try_from(capture.get_datalink().0).unwrap_or(u16::MAX);
    let trouble = Trouble::default();
    let live = Live {
        capture,
        waiting: pcapng_head(interface, link),
        at: 0,
        stop: stop_on_interrupt()?,
        until: seconds.map(|seconds| {
            let now = Instant::now();
            now.checked_add(Duration::from_secs(seconds.into()))
                .unwrap_or(now)
        }),
        ended: false,
        trouble: trouble.clone(),
    };
    Ok((live, trouble))
}

/// One line: what libpcap says, and what to do.
fn refusal(interface: &str, error: &pcap::Error) -> String {
    let words = error.to_string();
    let lower = words.to_ascii_lowercase();
    if lower.contains("permit") || lower.contains("permission") {
        return format!(
            "--interface {interface}: {words}; capture as root, or give the program the right to: \
             setcap cap_net_raw+ep"
        );
    }
    let names: Vec<String> = Device::list()
        .unwrap_or_default()
        .into_iter()
        .map(|device| device.name)
        .collect();
    format!(
        "--interface {interface}: {words}; interfaces here: {}",
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(" ")
        }
    )
}

/// Ctrl-C ends the capture, and the report follows; a second one ends the program.
fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let first = OnceLock::new();
    let handler = move || {
        asked.store(true, Ordering::Relaxed);
        // One key may send two signals: to the program, and to its group.
        if first.get_or_init(Instant::now).elapsed() > Duration::from_millis(500) {
            // 128 and the number of SIGINT, as shells have it.
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(handler)
        .map_err(|error| Error::Usage(format!("--interface: cannot listen for Ctrl-C: {error}")))?;
    Ok(stop)
}

impl Read for Live {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.waiting.len() {
            self.waiting.clear();
            self.at = 0;
            self.fetch();
        }
        let mut rest = self.waiting.get(self.at..).unwrap_or_default();
        let count = rest.read(into)?;
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}

impl Live {
    /// Waits for one packet; at the end, writes the account of drops. After that, nothing.
    fn fetch(&mut self) {
        while !self.ended {
            let is_over = self.until.is_some_and(|until| Instant::now() >= until);
            if is_over || self.stop.load(Ordering::Relaxed) {
                break;
            }
            match self.capture.next_packet() {
                Ok(packet) => {
                    let time = packet.header.ts;
                    let ticks = i128::from(time.tv_sec)
                        .saturating_mul(1_000_000)
                        .saturating_add(i128::from(time.tv_usec));
                    let ticks = u64::try_from(ticks).unwrap_or(0);
                    return pcapng_packet(ticks, packet.header.len, packet.data, &mut self.waiting);
                }
                Err(pcap::Error::TimeoutExpired) => std::thread::sleep(PAUSE),
                Err(pcap::Error::NoMorePackets) => break,
                Err(error) => {
                    self.trouble.set(error.to_string());
                    break;
                }
            }
        }
        if !self.ended {
            self.ended = true;
            if let Ok(stat) = self.capture.stats() {
                pcapng_statistics(&stat, &mut self.waiting);
            }
        }
    }
}

/// A block: type, length, body filled up to four bytes, length again.
fn block(kind: u32, body: &[u8], out: &mut Vec<u8>) {
    let padded = body.len().next_multiple_of(4);
    let length = u32::try_from(padded.saturating_add(12)).unwrap_or(u32::MAX);
    out.extend(kind.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(body);
    out.resize(
        out.len().saturating_add(padded.saturating_sub(body.len())),
        0,
    );
    out.extend(length.to_le_bytes());
}

/// An option: code, length, value filled up to four bytes.
fn option(code: u16, value: &[u8], out: &mut Vec<u8>) {
    let value = value.get(..value.len().min(usize::from(u16::MAX)));
    let value = value.unwrap_or_default();
    out.extend(code.to_le_bytes());
    out.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
}

const END_OF_OPTIONS: [u8; 4] = [0; 4];

/// Section header and interface description. Times are microseconds, the format's default.
fn pcapng_head(interface: &str, link: u16) -> Vec<u8> {
    let mut out = Vec::new();
    let mut section = Vec::new();
    section.extend(0x1a2b_3c4d_u32.to_le_bytes());
    section.extend(1_u16.to_le_bytes());
    section.extend(0_u16.to_le_bytes());
    section.extend((-1_i64).to_le_bytes());
    block(0x0a0d_0d0a, &section, &mut out);
    let mut description = Vec::new();
    description.extend(link.to_le_bytes());
    description.extend(0_u16.to_le_bytes());
    description.extend(SNAPLEN.to_le_bytes());
    option(2, interface.as_bytes(), &mut description);
    description.extend(END_OF_OPTIONS);
    block(1, &description, &mut out);
    out
}

/// One packet; `ticks` are microseconds since 1970.
fn pcapng_packet(ticks: u64, wire_len: u32, bytes: &[u8], out: &mut Vec<u8>) {
    let caught = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut body = Vec::with_capacity(bytes.len().saturating_add(32));
    body.extend(0_u32.to_le_bytes());
    let (high, low) = (ticks >> 32, ticks & u64::from(u32::MAX));
    for half in [high, low] {
        body.extend(u32::try_from(half).unwrap_or(u32::MAX).to_le_bytes());
    }
    body.extend(caught.to_le_bytes());
    body.extend(wire_len.to_le_bytes());
    body.extend(bytes);
    block(6, &body, out);
}

/// What libpcap counted: received, dropped by the interface, dropped by the system.
fn pcapng_statistics(stat: &pcap::Stat, out: &mut Vec<u8>) {
    let mut body = Vec::new();
    // Interface 0; no time: when it was counted is not known better than the last packet's.
    body.extend([0; 12]);
    for (code, count) in [(4, stat.received), (5, stat.if_dropped), (7, stat.dropped)] {
        option(code, &u64::from(count).to_le_bytes(), &mut body);
    }
    body.extend(END_OF_OPTIONS);
    block(5, &body, out);
}

/// A filter, compiled for each link type that is met.
pub(super) struct Filter {
    words: String,
    compiled: Vec<(u32, Option<BpfProgram>)>,
}

impl Filter {
    /// Checks the words.
    ///
    /// # Errors
    /// Where they are no filter for Ethernet nor for bare IP.
    pub(super) fn new(words: &str) -> Result<Self, Error> {
        if let Err(error) = compile(words, ETHERNET) {
            compile(words, RAW).map_err(|_| {
                Error::Usage(format!(
                    "--filter {words}: {error}; see pcap-filter(7) for the language"
                ))
            })?;
        }
        Ok(Filter {
            words: words.to_owned(),
            compiled: Vec::new(),
        })
    }

    /// True if the packet is wanted. A link type for which the filter has no meaning is not.
    pub(super) fn wants(&mut self, packet: &Packet<'_>) -> bool {
        if !self.compiled.iter().any(|(link, _)| *link == packet.link) {
            let program = compile(&self.words, packet.link).ok();
            self.compiled.push((packet.link, program));
        }
        let known = self.compiled.iter().find(|(link, _)| *link == packet.link);
        known
            .and_then(|(_, program)| program.as_ref())
            .is_some_and(|program| program.filter(packet.bytes))
    }

    /// Link types that the filter has no meaning for.
    pub(super) fn foreign_links(&self) -> Vec<u32> {
        let foreign = self
            .compiled
            .iter()
            .filter(|(_, program)| program.is_none());
        foreign.map(|(link, _)| *link).collect()
    }
}

const ETHERNET: u32 = 1;
const RAW: u32 = 101;

fn compile(words: &str, link: u32) -> Result<BpfProgram, pcap::Error> {
    // Files say 101 where libpcap's own numbers have 12, and 14 on OpenBSD, for bare IP.
    let number = match link {
        RAW if cfg!(target_os = "openbsd") => 14,
        RAW => 12,
        other => i32::try_from(other).unwrap_or(-1),
    };
    pcap::Capture::dead(Linktype(number))?.compile(words, true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::path::PathBuf;
    use whereto::source::{Capture, Options};

    fn fixture(case: &str) -> Capture {
        let path = format!("{}/fixtures/{case}", env!("CARGO_MANIFEST_DIR"));
        Capture::open(&[PathBuf::from(path)], &Options::default()).unwrap()
    }

    /// How many packets of a fixture a filter wants, and how many there are.
    #[track_caller]
    fn check(case: &str, words: &str, want: (usize, usize)) {
        let mut capture = fixture(case);
        let mut filter = Filter::new(words).unwrap();
        let mut got = (0, 0);
        while let Some(batch) = capture.batch().unwrap() {
            for packet in batch {
                got.0 += usize::from(filter.wants(&packet));
                got.1 += 1;
            }
        }
        assert_eq!(got, want, "{words}");
        assert!(filter.foreign_links().is_empty());
    }

    #[test]
    fn filters_choose_packets() {
        // As `tcpdump -r` counts them.
        check("redmi-india-after/capture.pcap", "udp port 53", (126, 290));
        check("redmi-india-after/capture.pcap", "ip6", (3, 290));
        check(
            "ipv6/capture.pcap",
            "ether host 02:00:5e:10:00:01 and tcp",
            (16, 23),
        );
    }

    #[test]
    fn a_wrong_filter_is_one_line() {
        let error = Filter::new("udp prot 53")
            .map(|_| ())
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("--filter udp prot 53: "), "{error}");
        assert_eq!(error.lines().count(), 1);
    }

    /// What is written as pcapng is read back as what it was.
    #[test]
    fn a_live_stream_reads_like_a_file() {
        let mut bytes = pcapng_head("wlan0", 101);
        pcapng_packet(1_700_000_000_250_000, 60, b"\x45\0\0\x3c\0", &mut bytes);
        let stat = pcap::Stat {
            received: 7,
            dropped: 2,
            if_dropped: 1,
        };
        pcapng_statistics(&stat, &mut bytes);
        let reader = Box::new(io::Cursor::new(bytes));
        let mut capture = Capture::from_reader("live", reader, &Options::default()).unwrap();
        let mut seen = Vec::new();
        while let Some(batch) = capture.batch().unwrap() {
            for packet in batch {
                seen.push((
                    packet.time.0,
                    packet.link,
                    packet.wire_len,
                    packet.bytes.len(),
                ));
            }
        }
        assert_eq!(seen, [(1_700_000_000_250_000_000, 101, 60, 5)]);
        let summary = capture.finish();
        let interface = summary.inputs.first().unwrap().interfaces.first().unwrap();
        assert_eq!(interface.received, Some(7));
        assert_eq!(interface.dropped_by_interface, Some(1));
        assert_eq!(interface.dropped_by_os, Some(2));
        assert_eq!(summary.damage_count, 0);
    }
}
