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
