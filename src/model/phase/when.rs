//! Times of a log.
//!
//! In:   a field of the log, and the zone that the log gives for local times, if it does.
//! Out:  an instant, or a length of time from the first packet on.
//! Spec: RFC 3339 §5.6; a blank may stand for the T, as its note allows.
//!
//! Zones are offsets: no database of zones is asked.

use super::super::Time;
use super::super::form::shown;
use jiff::tz::Offset;

/// When a phase began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum When {
    At(Time),
    /// Nanoseconds after the first packet; before it where negative.
    After(i64),
}

impl When {
    pub(super) fn is_relative(self) -> bool {
        matches!(self, When::After(_))
    }

    /// The instant, where the first packet was captured at `first`.
    pub(super) fn time(self, first: Time) -> Time {
        match self {
            When::At(time) => time,
            When::After(nanoseconds) => Time(first.0.saturating_add(nanoseconds)),
        }
    }
}

/// Reads `2026-11-21T04:31:07.5+05:30`, a local time where there is an offset for it, seconds
/// since 1970, `+12.5s`, `+1m30s`, `-5s`.
pub(super) fn read(text: &str, offset: Option<Offset>) -> Result<When, String> {
    let wrong = || {
        format!(
            "`{}` is no time: 2026-11-21T04:31:07Z, 1795235467.25 (seconds since 1970), or +1m30s \
             from the first packet on",
            shown(text)
        )
    };
    if let Some(length) = text.strip_prefix('+') {
        return span(length).map(When::After).ok_or_else(wrong);
    }
    if let Some(length) = text.strip_prefix('-') {
        let span = span(length).and_then(i64::checked_neg);
        return span.map(When::After).ok_or_else(wrong);
    }
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return seconds(text).map(|ns| When::At(Time(ns))).ok_or_else(wrong);
    }
    // A date alone is a day, not an instant.
    if !text.contains(':') {
        return Err(wrong());
    }
    let instant = match text.parse::<jiff::Timestamp>() {
        Ok(instant) => instant,
        Err(_) => {
            let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
            let offset = offset.ok_or_else(|| {
                format!(
                    "`{}` has no zone: write Z or +05:30 behind it, or give `utc_offset`",
                    shown(text)
                )
            })?;
            offset.to_timestamp(local).map_err(|_| wrong())?
        }
    };
    let nanoseconds = i64::try_from(instant.as_nanosecond()).map_err(|_| wrong())?;
    Ok(When::At(Time(nanoseconds)))
}

/// Reads `Z`, `+05:30`, `-03:00`.
pub(super) fn offset(text: &str) -> Result<Offset, String> {
    let wrong = || format!("`{}` is no offset from UTC such as +05:30", shown(text));
    if text == "Z" {
        return Ok(Offset::UTC);
    }
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(wrong()),
    };
    let two = |text: &str, most: i32| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: i32 = text.parse().ok()?;
        (digits && number <= most).then_some(number)
    };
    let seconds = rest.split_once(':').and_then(|(hours, minutes)| {
        Some(
            two(hours, 23)?
                .saturating_mul(60)
                .saturating_add(two(minutes, 59)?),
        )
    });
    let seconds = seconds.ok_or_else(wrong)?.saturating_mul(60);
    Offset::from_seconds(seconds.saturating_mul(sign)).map_err(|_| wrong())
}

/// Seconds since 1970, as `date +%s.%N` writes them, in nanoseconds. A shorter number is more
/// likely a length of time that lacks its sign and unit.
fn seconds(text: &str) -> Option<i64> {
    let whole = text.split('.').next().unwrap_or_default();
    (whole.len() >= 9)
        .then(|| decimal(text, 1_000_000_000))
        .flatten()
}

/// A length of time in nanoseconds: `1h2m3.5s`, `250ms`.
fn span(text: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 4] = [
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
    ];
    let mut units = UNITS.iter();
    let mut rest = text;
    let mut sum = 0_i64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|c: char| !c.is_ascii_lowercase());
        let (unit, after) = after.split_at_checked(letters.unwrap_or(after.len()))?;
        // Larger units stand in front, each once.
        let (_, scale) = units.find(|(known, _)| *known == unit)?;
        sum = sum.checked_add(decimal(number, *scale)?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

/// A number with decimals or without, times `scale`. Decimals beyond a nanosecond are dropped.
fn decimal(text: &str, scale: i64) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let mut sum = whole.checked_mul(scale)?;
    let mut unit = scale;
    for digit in decimals.bytes() {
        unit /= 10;
        let digit = i64::from(digit.wrapping_sub(b'0'));
        sum = sum.checked_add(digit.checked_mul(unit)?)?;
    }
    Some(sum)
}
