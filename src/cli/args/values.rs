//! Values of options out of their texts; each error says what stands there instead.

/// First and last numbers of frames.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::cli) struct Frames(pub(in crate::cli) Vec<(u64, u64)>);

pub(super) fn frames(text: &str) -> Result<Frames, String> {
    let wrong = || "not a list of numbers such as 7,10-19".to_owned();
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        (first <= last).then_some((first, last))
    };
    let ranges: Option<Vec<(u64, u64)>> = text.split(',').map(range).collect();
    ranges.map(Frames).ok_or_else(wrong)
}

/// Nanoseconds since 1970.
pub(super) fn instant(text: &str) -> Result<i64, String> {
    let time: jiff::Timestamp = text
        .parse()
        .map_err(|_| "not a time such as 2026-11-21T04:31:07Z".to_owned())?;
    i64::try_from(time.as_nanosecond()).map_err(|_| "a time out of range".to_owned())
}

/// Signed seconds, with decimals or without, as nanoseconds.
pub(super) fn clock_offset(text: &str) -> Result<i64, String> {
    let wrong = || "not a number of seconds such as -2.5".to_owned();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1_i64, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || whole.len() > 9 || !all_digits(decimals) || decimals.len() > 9 {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let fraction: i64 = format!("{decimals:0<9}").parse().map_err(|_| wrong())?;
    Ok(sign.saturating_mul(whole.saturating_mul(1_000_000_000).saturating_add(fraction)))
}

/// Milliseconds, with decimals or without, as nanoseconds.
pub(super) fn milliseconds(text: &str) -> Result<u64, String> {
    let wrong = || "not a number of milliseconds between 0 and 60000".to_owned();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) || decimals.len() > 6 {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let fraction: u64 = format!("{decimals:0<6}").parse().map_err(|_| wrong())?;
    let nanoseconds = whole.saturating_mul(1_000_000).saturating_add(fraction);
    if nanoseconds == 0 || nanoseconds > 60_000_000_000 {
        return Err(wrong());
    }
    Ok(nanoseconds)
}

/// Noon of a day, in seconds since 1970.
pub(super) fn day(text: &str) -> Result<i64, String> {
    let day: jiff::civil::Date = text
        .parse()
        .map_err(|_| "not a day such as 2026-11-21".to_owned())?;
    let noon = day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    noon.map(|noon| noon.timestamp().as_second())
        .map_err(|_| "a day out of range".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_offsets_are_exact() {
        assert_eq!(clock_offset("-2.5"), Ok(-2_500_000_000));
        assert_eq!(clock_offset("+0.000000001"), Ok(1));
        assert_eq!(clock_offset("3600"), Ok(3_600_000_000_000));
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1e3",
            "--1",
            "9999999999",
            "0.0000000001",
        ] {
            assert!(clock_offset(text).is_err(), "{text}");
        }
    }
}
