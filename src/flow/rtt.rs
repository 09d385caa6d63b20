//! Handshake round trips as seen from the capture point.
//!
//! SYN to SYN/ACK is the way to the server and back; SYN/ACK to ACK the way to the client and
//! back (RFC 9293 §3.5). A retransmitted SYN makes its time ambiguous (Karn), so nothing is
//! measured then. The same idea serves a QUIC client's first datagram and its first reply.

use crate::model::Time;

/// Round trips in nanoseconds; 0 where none was measured. Longer than 4 s is not kept: it
/// would say nothing about distance.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Rtt {
    /// Between the capture point and the server.
    pub(crate) server_ns: u32,
    /// Between the capture point and the client.
    pub(crate) client_ns: u32,
}

/// Nanoseconds from `earlier` to `later`, if they make sense as a round trip.
pub(crate) fn between(earlier: Time, later: Time) -> u32 {
    if later < earlier {
        return 0;
    }
    u32::try_from(later.since(earlier)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_goes_back_measures_nothing() {
        assert_eq!(between(Time(5), Time(12)), 7);
        assert_eq!(between(Time(5), Time(4)), 0);
        assert_eq!(between(Time(0), Time(5_000_000_000)), 0);
    }
}
