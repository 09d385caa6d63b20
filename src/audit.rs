//! Where the stages meet.
//!
//! In:   packets, one at a time or in batches; no files, no clock, no printing.
//! Out:  a [`Report`].
//!
//! [`Audit::push`] cannot fail: a packet that makes no sense is counted under its reason.

mod baseline;
mod beside;
mod destinations;
mod devices;
mod extra;
mod finished;
mod judging;
mod owners;
mod phases;
mod picking;
mod reading;
mod split;
mod talk;
mod waiting;

pub use picking::{Chosen, ChosenFlow, Picker, Why};

use crate::Error;
use crate::decode::{Decoder, Outcome as Decoded};
use crate::flow::{BATCH, OPENING_SEEN, Record, Table};
use crate::judge::{self, Expected, Outcome};
use crate::language::{WORDS, fill};
use crate::locate::Places;
use crate::model::{Expectation, Input, Limits, Losses, Report, Settings, Text, Time, Totals};
use crate::source::{Capture, Packet, Summary};
pub use baseline::Baseline;
use devices::Opening;
use finished::{Finished, Judges};
pub use phases::PhaseOptions;
use phases::Phases;
use reading::Reading;
use split::Ended;
use std::sync::Arc;
use waiting::{Phased, Reasons, Waiting, increment};

/// Every word that the `protocol` column may have in this version.
#[must_use]
pub fn protocol_words() -> Vec<&'static str> {
    crate::inspect::words().collect()
}

/// What shapes an audit.
#[derive(Clone, Debug, Default)]
pub struct AuditOptions {
    /// The countries that servers are expected in; without any expectation nothing is judged.
    pub expect: Option<Expectation>,
    /// The countries that operators of networks are expected to have their seat in.
    pub expect_operator: Option<Expectation>,
    /// The countries that owners of names are expected to have their seat in.
    pub expect_owner: Option<Expectation>,
    /// Policies and claims.
    pub asked: judge::Asked,
    /// What the tester did, and when. Wherever that is asked one thread does the work.
    pub phases: PhaseOptions,
    /// Destinations of the device at rest.
    pub baseline: Option<Arc<Baseline>>,
    /// Addresses and MACs of the audited devices; empty to work them out.
    pub devices: Vec<String>,
    /// The budgets.
    pub limits: Limits,
    /// Keep DNS exchanges for the report.
    pub keep_dns: bool,
    /// Keep HTTP exchanges for the report.
    pub keep_http: bool,
    /// Threads that share the work.
    pub threads: usize,
    /// What the report says of hashing: true where inputs are hashed.
    pub hashed: bool,
    /// Let go of the rows once destinations are known: whoever asks the report for them is told
    /// that they are gone. Destinations and findings then take their place in memory.
    pub without_rows: bool,
}

/// How far an audit has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// Packets taken.
    pub packets: u64,
    /// Bytes read, as stored.
    pub stored_bytes: u64,
    /// Bytes there are, where that is known.
    pub total_bytes: Option<u64>,
}

/// Audits everything that `capture` holds. `progress` is called every few megabytes.
///
/// # Errors
/// Where the operating system refuses to read, or the options make no sense.
pub fn audit(
    capture: Capture,
    places: &Places,
    options: &AuditOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, Error> {
    match split::audit(capture, places, options, progress)? {
        Ended::Whole(report) => Ok(*report),
        Ended::NotSplit(capture, sha256) => {
            let mut report = audit_whole(*capture, places, options, progress)?;
            if let (Some(input), Some(sha256)) = (report.inputs.first_mut(), sha256) {
                input.sha256 = Some(sha256);
            }
            Ok(report)
        }
    }
}

fn audit_whole(
    mut capture: Capture,
    places: &Places,
    options: &AuditOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, Error> {
    let mut audit = Audit::new(options)?;
    let mut told = 0u64;
    while let Some(batch) = capture.batch()? {
        audit.push_all(batch);
        let (stored_bytes, total_bytes) = capture.progress();
        if stored_bytes.saturating_sub(told) >= PROGRESS_BYTES {
            told = stored_bytes;
            progress(Progress {
                packets: audit.totals.packets,
                stored_bytes,
                total_bytes,
            });
        }
    }
    // Names and places are joined while the last bytes are still being hashed.
    let (summary, digests) = capture.end();
    let mut report = audit.finish(summary, places)?;
    digests.write(&mut report.inputs);
    Ok(report)
}

/// Bytes between two calls of `progress`.
const PROGRESS_BYTES: u64 = 4 << 20;

/// An audit under way.
pub struct Audit {
    options: AuditOptions,
    decoder: Decoder,
    table: Table<Reading>,
    reading: Reading,
    losses: Losses,
    reasons: Reasons,
    totals: Totals,
    time: Option<(Time, Time)>,
    /// `None` where nobody asks for phases.
    phases: Option<Box<Phases>>,
}

impl Audit {
    /// An audit without any packet yet.
    ///
    /// # Errors
    /// Where a device is neither an address nor a MAC.
    pub fn new(options: &AuditOptions) -> Result<Self, Error> {
        devices::check(&options.devices)?;
        let limits = &options.limits;
        Ok(Audit {
            decoder: Decoder::new(limits),
            table: Table::new(limits),
            reading: Reading::new(limits, options.keep_dns, options.keep_http),
            losses: Losses::default(),
            reasons: Reasons::default(),
            totals: Totals::default(),
            time: None,
            phases: Phases::new(&options.phases, limits).map(Box::new),
            options: options.clone(),
        })
    }

    /// Takes one packet.
    pub fn push(&mut self, packet: &Packet<'_>) {
        self.push_all(std::iter::once(*packet));
    }

    /// Takes packets in order. Many at once are faster than one by one.
    pub fn push_all<'a>(&mut self, packets: impl Iterator<Item = Packet<'a>>) {
        if self.phases.is_some() {
            return self.push_phased(packets);
        }
        let mut segments = Vec::with_capacity(BATCH);
        let mut waiting = Waiting {
            segments: &mut segments,
            table: &mut self.table,
            reading: &mut self.reading,
            reasons: &mut self.reasons,
        };
        let mut sums = Sums::default();
        for packet in packets {
            sums.add(&packet);
            match self.decoder.decode(&packet, &mut waiting) {
                Decoded::Flow => sums.in_flows = sums.in_flows.saturating_add(1),
                Decoded::NotIp(reason) => increment(&mut self.losses.not_ip, reason),
                Decoded::Undecodable(reason) => increment(&mut self.losses.undecodable, reason),
            }
        }
        waiting.flush();
        self.add(&sums);
    }

    /// The same where phases are asked for: packet by packet, since any of them may begin one.
    fn push_phased<'a>(&mut self, packets: impl Iterator<Item = Packet<'a>>) {
        let Some(phases) = &mut self.phases else {
            return;
        };
        let mut sink = Phased {
            phases,
            table: &mut self.table,
            reading: &mut self.reading,
            reasons: &mut self.reasons,
            marks: false,
        };
        let mut sums = Sums::default();
        for packet in packets {
            sums.add(&packet);
            sink.phases
                .packet(packet.time, packet.frame, packet.comment);
            sink.marks = false;
            match self.decoder.decode(&packet, &mut sink) {
                Decoded::Flow if sink.marks => sums.marks = sums.marks.saturating_add(1),
                Decoded::Flow => sums.in_flows = sums.in_flows.saturating_add(1),
                Decoded::NotIp(reason) => increment(&mut self.losses.not_ip, reason),
                Decoded::Undecodable(reason) => increment(&mut self.losses.undecodable, reason),
            }
        }
        self.add(&sums);
    }

    /// Takes the packets that `keep` wants, and counts the others as filtered.
    pub fn push_some<'a>(
        &mut self,
        packets: impl Iterator<Item = Packet<'a>>,
        keep: &mut dyn FnMut(&Packet<'a>) -> bool,
    ) {
        let mut left_out = Sums::default();
        let mut packets = packets.peekable();
        if let (Some(phases), Some(first)) = (&mut self.phases, packets.peek()) {
            // Times of the log count from here on, wanted or not.
            phases.begin(first.time);
        }
        self.push_all(packets.filter(|packet| {
            let wanted = keep(packet);
            if !wanted {
                left_out.add(packet);
            }
            wanted
        }));
        // Of what is left out nothing is missed.
        (left_out.cut_packets, left_out.cut_bytes) = (0, 0);
        self.losses.filtered = self.losses.filtered.saturating_add(left_out.packets);
        self.add(&left_out);
    }

    /// Packets taken so far, filtered or not.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.totals.packets
    }

    fn add(&mut self, sums: &Sums) {
        let add = |count: &mut u64, n: u64| *count = count.saturating_add(n);
        add(&mut self.totals.packets, sums.packets);
        add(&mut self.totals.captured_bytes, sums.captured_bytes);
        add(&mut self.totals.wire_bytes, sums.wire_bytes);
        add(&mut self.losses.in_flows, sums.in_flows);
        add(&mut self.losses.marks, sums.marks);
        add(&mut self.losses.cut_packets, sums.cut_packets);
        add(&mut self.losses.cut_bytes, sums.cut_bytes);
        if let Some((first, last)) = sums.time {
            let (known_first, known_last) = self.time.unwrap_or((first, last));
            self.time = Some((known_first.min(first), known_last.max(last)));
        }
    }

    /// The report on everything pushed. `summary` is what the inputs said of themselves.
    ///
    /// # Errors
    /// Where a device named by the user cannot be.
    pub fn finish(self, summary: Summary, places: &Places) -> Result<Report, Error> {
        let Audit {
            options,
            mut decoder,
            mut table,
            mut reading,
            mut losses,
            mut reasons,
            mut totals,
            time,
            phases,
        } = self;
        decoder.finish(&mut |name, n| {
            if n > 0 {
                let count = reasons.counts.entry(name).or_default();
                *count = count.saturating_add(n);
            }
        });
        table.finish(&mut reading);
        let rows = table.rows();
        let records = rows.iter().filter_map(|row| table.row(row));
        let devices = if options.devices.is_empty() {
            let outside = records.filter(|record| record.tunnel == 0);
            reading
                .hosts
                .guess(outside.map(|record| opening(&table, record)))
        } else {
            let openings = records.map(|record| opening(&table, record));
            reading.hosts.named(&options.devices, openings)?
        };
        let expected = Expected {
            place: options.expect.clone(),
            operator: options.expect_operator.clone(),
            owner: options.expect_owner.clone(),
        };
        let troubles = std::mem::take(&mut reading.troubles);
        let unreadable_before = places.unreadable();
        let mut finished = Finished::new(
            table,
            reading,
            (&devices, !options.devices.is_empty()),
            &summary.apps,
            (places, options.threads),
            &Judges {
                place: &|place, scope| judge::judge_place(place, scope, &expected),
                owner: &|owner| judge::judge_owner(owner, &expected),
            },
        );
        let ended = phases.map(|phases| phases.end(&mut losses, time));
        let (mut log, ledger) = ended.unzip();
        if let Some((log, ledger)) = log.as_mut().zip(ledger) {
            log.sums = ledger.sums(&finished, log);
        }
        let log_known = log.clone().map(Arc::new);
        finished.set_test(log_known.clone(), options.baseline.clone());
        let most = options.limits.destinations;
        let in_baseline = options.baseline.as_ref().map(|known| known.sums(&finished));
        let (sums, mut destinations, of_rows) = if options.asked.is_anything() {
            destinations::group_rows(&finished, most)
        } else {
            let (sums, groups) = destinations::group(&finished, most, options.threads);
            if options.without_rows {
                finished.forget_rows();
            }
            (sums, destinations::in_order(&finished, groups), Vec::new())
        };
        let folded = finished.table().counts;
        totals = Totals {
            packets: totals.packets,
            captured_bytes: totals.captured_bytes,
            wire_bytes: totals.wire_bytes,
            folded_flows: folded.folded_flows,
            time,
            in_baseline,
            ..sums
        };
        if let Some(baseline) = &options.baseline {
            baseline.mark(&mut destinations);
        }
        losses.layers = reasons.layers;
        for (words, count) in reasons.counts.into_iter().chain(troubles) {
            losses.add(words, count);
        }
        count_budgets(&mut losses, &finished);
        losses.damages = summary.damages;
        losses.damage_count = summary.damage_count;
        losses.lost_records = summary.lost_records;
        summary
            .counts
            .iter()
            .for_each(|(name, count)| losses.add(name, *count));
        losses.warnings.extend(summary.warnings);
        warn(&mut losses, &totals, places, &devices);
        // No number: how often one address is looked up is not the traffic's.
        if places.unreadable() > unreadable_before {
            losses
                .warnings
                .push(Text::from(WORDS.warnings.damaged_data));
        }
        let mut outcome = Outcome::default();
        if options.asked.is_anything() {
            let known = judge::Known {
                devices: devices.clone(),
                phases: log_known,
                data: places.sources().to_vec(),
                dropped: dropped(&summary.inputs),
            };
            let judging = judge::Judging::new(&options.asked, known);
            outcome = judging::judge(
                &mut finished,
                &mut destinations,
                &of_rows,
                &mut totals,
                &losses,
                judging,
            );
            if options.without_rows {
                finished.forget_rows();
            }
        }
        if let Some(log) = &mut log {
            phases::first_contacts(log, &destinations);
        }
        let mut findings =
            destinations::findings(&destinations, &expected, places.sources(), options.threads);
        if !outcome.findings.is_empty() {
            findings.append(&mut outcome.findings);
            findings.sort_by_key(|finding| finding.verdict);
        }
        judge::number_findings(&mut findings);
        Ok(Report {
            inputs: summary.inputs,
            data: places.sources().to_vec(),
            settings: Settings {
                expect: options.expect,
                expect_operator: options.expect_operator,
                expect_owner: options.expect_owner,
                devices: options.devices,
                hashed: options.hashed,
                baselines: options
                    .baseline
                    .map_or_else(Vec::new, |baseline| baseline.captures.clone()),
                vantage: places.vantage(),
                limits: options.limits,
                ..Settings::default()
            },
            devices,
            totals,
            losses,
            destinations,
            findings,
            policy: outcome.policy,
            claims: outcome.claims,
            phases: log,
            rows: Box::new(finished),
        })
    }
}

fn opening(table: &Table<Reading>, record: &Record) -> Opening {
    let [(client, _), server] = table.client_and_server(record);
    Opening {
        client,
        server,
        is_seen: record.has(OPENING_SEEN),
    }
}

/// Sums over one batch.
#[derive(Default)]
struct Sums {
    packets: u64,
    captured_bytes: u64,
    wire_bytes: u64,
    in_flows: u64,
    marks: u64,
    cut_packets: u64,
    cut_bytes: u64,
    time: Option<(Time, Time)>,
}

impl Sums {
    #[inline]
    fn add(&mut self, packet: &Packet<'_>) {
        let captured = u64::try_from(packet.bytes.len()).unwrap_or(u64::MAX);
        let wire = u64::from(packet.wire_len).max(captured);
        self.packets = self.packets.saturating_add(1);
        self.captured_bytes = self.captured_bytes.saturating_add(captured);
        self.wire_bytes = self.wire_bytes.saturating_add(wire);
        if wire > captured {
            self.cut_packets = self.cut_packets.saturating_add(1);
            self.cut_bytes = self.cut_bytes.saturating_add(wire.saturating_sub(captured));
        }
        let time = packet.time;
        self.time = Some(match self.time {
            Some((first, last)) => (first.min(time), last.max(time)),
            None => (time, time),
        });
    }
}

/// Packets that never came into a capture, as far as it says so.
fn dropped(inputs: &[Input]) -> u64 {
    let interfaces = inputs.iter().flat_map(|input| &input.interfaces);
    let counts = interfaces.flat_map(|one| [one.dropped_by_interface, one.dropped_by_os]);
    counts.flatten().fold(0, u64::saturating_add)
}

fn count_budgets(losses: &mut Losses, finished: &Finished) {
    let counts = finished.table().counts;
    losses.add("flows folded: the table was full", counts.folded_flows);
    losses.add("packets in folded flows", counts.folded_packets);
    losses.add("bytes in folded flows", counts.folded_bytes);
    losses.add(
        "streams no longer read: too many at once",
        counts.readers_closed_early,
    );
    losses.add("strings beyond the budget", finished.store().strings.beyond);
    losses.add("dns answers beyond the budget", finished.answers_beyond());
    losses.add("dns aliases beyond the budget", finished.aliases_beyond());
    losses.add("dns rows beyond the budget", finished.talk().dns_beyond);
    losses.add("http rows beyond the budget", finished.talk().http_beyond);
}

fn warn(losses: &mut Losses, totals: &Totals, places: &Places, devices: &[crate::model::Device]) {
    if let Some((first, last)) = totals.time {
        let warnings = places.age_warnings(first, last);
        losses
            .warnings
            .extend(warnings.iter().map(|warning| Text::from(warning.as_str())));
    }
    if devices.is_empty() && totals.flows > 0 {
        losses.warnings.push(Text::from(WORDS.warnings.no_device));
    }
    if devices.iter().any(|device| !device.is_observed) {
        losses
            .warnings
            .push(Text::from(WORDS.warnings.unseen_device));
    }
    let named = |device: &crate::model::Device| {
        matches!(device.reason.as_str(), devices::NAMED | devices::UNSEEN)
    };
    if devices.len() > 1 && !devices.iter().any(named) {
        let number = devices.len().to_string();
        let words = fill(WORDS.warnings.several_devices, &[&number]);
        losses.warnings.push(Text::from(words.as_str()));
    }
}
