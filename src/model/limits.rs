//! Every budget in one place.

/// How much of what the capture's senders chose may be kept at once. A full budget never
/// stops an audit: the oldest entry is closed or dropped, and the report counts it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Flow rows held. Beyond it, closed rows are folded into one count.
    pub flows: usize,
    /// Flows whose payload is being read at once.
    pub live_readers: usize,
    /// Out-of-order TCP bytes waiting for a gap to close, over all flows.
    pub waiting_bytes: usize,
    /// Out-of-order TCP bytes waiting in one direction of one flow.
    pub waiting_bytes_per_stream: usize,
    /// Bytes that the readers of protocols may buffer for one direction of one flow.
    pub reader_bytes: usize,
    /// Bytes that all readers together may buffer.
    pub all_reader_bytes: usize,
    /// Datagrams being reassembled from IP fragments at once.
    pub fragmented: usize,
    /// Bytes held in those.
    pub fragment_bytes: usize,
    /// Distinct strings (names, agents, paths) kept.
    pub strings: usize,
    /// Bytes of those strings.
    pub string_bytes: usize,
    /// DNS rows kept for the report.
    pub dns_rows: usize,
    /// HTTP rows kept for the report.
    pub http_rows: usize,
    /// Name-to-address answers kept for naming flows.
    pub dns_answers: usize,
    /// Names kept for one flow.
    pub names_per_flow: usize,
    /// Destinations told apart; beyond it, unnamed ones share a row by place.
    pub destinations: usize,
    /// Local hosts considered when the audited device is worked out.
    pub hosts: usize,
    /// Places of damage listed one by one; the rest is counted.
    pub damages: usize,
    /// Layers of headers and tunnels read in one packet.
    pub layers: usize,
    /// Seconds without a packet after which a UDP or ICMP flow ends.
    pub udp_idle_seconds: u64,
    /// Longest record that is read from a capture file.
    pub record_bytes: usize,
    /// Phases that marks inside a capture may begin.
    pub phases: usize,
    /// Flows times phases that they went on in, counted apart.
    pub phase_parts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            flows: 2_500_000,
            live_readers: 65_536,
            waiting_bytes: 16 << 20,
            waiting_bytes_per_stream: 256 << 10,
            reader_bytes: 64 << 10,
            all_reader_bytes: 32 << 20,
            fragmented: 1_024,
            fragment_bytes: 8 << 20,
            strings: 2_000_000,
            string_bytes: 64 << 20,
            dns_rows: 1_000_000,
            http_rows: 1_000_000,
            dns_answers: 1_000_000,
            names_per_flow: 64,
            destinations: 50_000,
            hosts: 65_536,
            damages: 1_000,
            layers: 24,
            udp_idle_seconds: 300,
            record_bytes: 16 << 20,
            phases: 10_000,
            phase_parts: 500_000,
        }
    }
}

impl Limits {
    /// Every budget with its name.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, u64)> {
        // Taken apart, so that a new budget cannot be forgotten here.
        let Limits {
            flows,
            live_readers,
            waiting_bytes,
            waiting_bytes_per_stream,
            reader_bytes,
            all_reader_bytes,
            fragmented,
            fragment_bytes,
            strings,
            string_bytes,
            dns_rows,
            http_rows,
            dns_answers,
            names_per_flow,
            destinations,
            hosts,
            damages,
            layers,
            udp_idle_seconds,
            record_bytes,
            phases,
            phase_parts,
        } = self;
        let size = |size: &usize| u64::try_from(*size).unwrap_or(u64::MAX);
        vec![
            ("flows", size(flows)),
            ("live_readers", size(live_readers)),
            ("waiting_bytes", size(waiting_bytes)),
            ("waiting_bytes_per_stream", size(waiting_bytes_per_stream)),
            ("reader_bytes", size(reader_bytes)),
            ("all_reader_bytes", size(all_reader_bytes)),
            ("fragmented", size(fragmented)),
            ("fragment_bytes", size(fragment_bytes)),
            ("strings", size(strings)),
            ("string_bytes", size(string_bytes)),
            ("dns_rows", size(dns_rows)),
            ("http_rows", size(http_rows)),
            ("dns_answers", size(dns_answers)),
            ("names_per_flow", size(names_per_flow)),
            ("destinations", size(destinations)),
            ("hosts", size(hosts)),
            ("damages", size(damages)),
            ("layers", size(layers)),
            ("record_bytes", size(record_bytes)),
            ("phases", size(phases)),
            ("phase_parts", size(phase_parts)),
            ("udp_idle_seconds", *udp_idle_seconds),
        ]
    }
}
