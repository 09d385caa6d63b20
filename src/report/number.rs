//! Numbers, instants and addresses to bytes, without the machinery of `fmt` where rows are many.
//!
//! In:   integers, [`Time`]s, addresses.
//! Out:  ASCII, appended to a buffer.

use crate::model::Time;
use std::io::Write as _;
use std::net::IpAddr;

/// Decimal digits of `number`.
pub(crate) fn integer(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0_u8; 20];
    let mut rest = number;
    let mut start = digits.len();
    for slot in digits.iter_mut().rev() {
        *slot = digit(rest % 10);
        rest /= 10;
        start = start.saturating_sub(1);
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// Nanoseconds as milliseconds, exactly, without trailing zeros: `41.25`.
pub(crate) fn milliseconds(out: &mut Vec<u8>, nanoseconds: u64) {
    integer(out, nanoseconds / 1_000_000);
    let fraction = fixed::<6>(nanoseconds % 1_000_000);
    let used = fraction
        .iter()
        .rposition(|digit| *digit != b'0')
        .map_or(0, |last| last.saturating_add(1));
    if used > 0 {
        out.push(b'.');
        out.extend_from_slice(fraction.get(..used).unwrap_or_default());
    }
}

/// An address in the text form of RFC 5952.
pub(crate) fn address(out: &mut Vec<u8>, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => {
            for (place, octet) in v4.octets().into_iter().enumerate() {
                if place > 0 {
                    out.push(b'.');
                }
                integer(out, octet.into());
            }
        }
        // Writing to a Vec cannot fail.
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => drop(write!(out, "{v6}")),
        IpAddr::V6(v6) => groups(out, v6.segments()),
    }
}

/// Eight groups, the first of the longest runs of zeros left out (RFC 5952 §4.2).
fn groups(out: &mut Vec<u8>, groups: [u16; 8]) {
    let mut best = (0usize, 1usize);
    let mut run = (0usize, 0usize);
    for (place, group) in groups.into_iter().enumerate() {
        if group != 0 {
            run = (place.saturating_add(1), 0);
            continue;
        }
        run.1 = run.1.saturating_add(1);
        if run.1 > best.1 {
            best = run;
        }
    }
    let (start, len) = best;
    let left_out = if len > 1 {
        start..start.saturating_add(len)
    } else {
        0..0
    };
    for (place, group) in groups.into_iter().enumerate() {
        if left_out.contains(&place) {
            if place == start {
                out.extend_from_slice(b"::");
            }
            continue;
        }
        if place > 0 && place != left_out.end {
            out.push(b':');
        }
        hexadecimal(out, group);
    }
}

/// Without zeros in front.
fn hexadecimal(out: &mut Vec<u8>, group: u16) {
    let mut started = false;
    for shift in [12_u16, 8, 4, 0] {
        let nibble = u8::try_from(group >> shift & 15).unwrap_or(0);
        started |= nibble != 0 || shift == 0;
        if started {
            out.push(match nibble {
                0..=9 => b'0' | nibble,
                _ => nibble.wrapping_add(b'a' - 10),
            });
        }
    }
}

/// Writes instants as RFC 3339 in UTC with nine digits. Keeps the last date it wrote, as rows
/// that follow each other mostly share it.
#[derive(Default)]
pub(crate) struct Stamp {
    day: i64,
    date: Vec<u8>,
}

impl Stamp {
    /// The same bytes as `Display` of [`Time`], several times faster.
    pub(crate) fn write(&mut self, out: &mut Vec<u8>, time: Time) {
        let seconds = time.0.div_euclid(1_000_000_000);
        let nanoseconds = time.0.rem_euclid(1_000_000_000).unsigned_abs();
        let day = seconds.div_euclid(86_400);
        let second = seconds.rem_euclid(86_400).unsigned_abs();
        if self.date.is_empty() || self.day != day {
            self.turn_to(day);
        }
        out.extend_from_slice(&self.date);
        for (value, mark) in [
            (second / 3_600, b':'),
            (second / 60 % 60, b':'),
            (second % 60, b'.'),
        ] {
            out.extend_from_slice(&[digit(value / 10), digit(value % 10), mark]);
        }
        out.extend_from_slice(&fixed::<9>(nanoseconds));
        out.push(b'Z');
    }

    fn turn_to(&mut self, day: i64) {
        let midnight = jiff::Timestamp::from_second(day.saturating_mul(86_400))
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let text = midnight.to_string();
        self.day = day;
        self.date.clear();
        self.date.extend(text.bytes().take_while(|b| *b != b'T'));
        self.date.push(b'T');
    }
}

/// The last `N` decimal digits of `number`, zeros in front.
fn fixed<const N: usize>(number: u64) -> [u8; N] {
    let mut digits = [b'0'; N];
    let mut rest = number;
    for slot in digits.iter_mut().rev() {
        *slot = digit(rest % 10);
        rest /= 10;
    }
    digits
}

/// The ASCII digit of a value below ten.
fn digit(value: u64) -> u8 {
    b'0' | u8::try_from(value % 10).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn writes_milliseconds_exactly() {
        assert_eq!(text(|out| milliseconds(out, 41_250_000)), "41.25");
        assert_eq!(text(|out| milliseconds(out, 7)), "0.000007");
        assert_eq!(text(|out| milliseconds(out, 3_000_000)), "3");
        assert_eq!(text(|out| milliseconds(out, 0)), "0");
    }

    proptest! {
        #[test]
        fn agrees_with_display(number: u64, first: i64, second: i64, v4: [u8; 4], v6: [u8; 16]) {
            prop_assert_eq!(text(|out| integer(out, number)), number.to_string());
            let mut stamp = Stamp::default();
            for time in [first, second, 0, i64::MIN, i64::MAX] {
                let got = text(|out| stamp.write(out, Time(time)));
                prop_assert_eq!(got, Time(time).to_string());
            }
            // Many zeros, in many places.
            let mut sparse = v6;
            for (byte, bit) in sparse.iter_mut().zip(0_u32..) {
                *byte *= u8::from(number >> (bit / 2) & 3 == 0);
            }
            for ip in [IpAddr::from(v4), IpAddr::from(v6), IpAddr::from(sparse)] {
                prop_assert_eq!(text(|out| address(out, ip)), ip.to_string());
            }
        }
    }
}
