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
    let mut fraction = nanoseconds % 1_000_000;
    if fraction > 0 {
        out.push(b'.');
        let mut unit = 100_000;
        while fraction > 0 {
            out.push(digit(fraction / unit));
            fraction %= unit;
            unit = (unit / 10).max(1);
        }
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
        IpAddr::V6(v6) => drop(write!(out, "{v6}")),
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
        let mut unit = 100_000_000;
        let mut rest = nanoseconds;
        let mut digits = [0_u8; 9];
        for slot in &mut digits {
            *slot = digit(rest / unit);
            rest %= unit;
            unit = (unit / 10).max(1);
        }
        out.extend_from_slice(&digits);
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
            for ip in [IpAddr::from(v4), IpAddr::from(v6)] {
                prop_assert_eq!(text(|out| address(out, ip)), ip.to_string());
            }
        }
    }
}
