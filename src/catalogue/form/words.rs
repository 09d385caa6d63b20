//! The words, names and days of a catalogue: what is one, and how names are found.
//!
//! In:   texts.
//! Out:  whether they are what they should be; numbers to find them by.
//!
//! The build and the program share this: both must compute the same.

/// What a company or a group is.
pub(crate) const ROLES: &[&str] = &[
    "handset vendor",
    "chipset",
    "os",
    "carrier",
    "cloud",
    "cdn",
    "hosting",
    "dns",
    "advertising",
    "analytics",
    "attribution",
    "push",
    "crash reporting",
    "identity",
    "social",
    "messaging",
    "content",
    "games",
    "payment",
    "commerce",
    "mobility",
    "maps",
    "security",
    "software",
    "consent",
    "standards",
];

/// What a service does.
pub(crate) const FUNCTIONS: &[&str] = &[
    "captive portal check",
    "push",
    "time",
    "location assistance",
    "cloud sync",
    "telemetry",
    "account",
    "update",
    "messaging",
    "advertising",
    "analytics",
    "attribution",
    "crash reporting",
    "configuration",
    "app store",
    "content",
    "maps",
    "dns",
    "certificate status",
    "payment",
    "security check",
    "backup",
    "find device",
    "voice assistant",
    "carrier service",
];

/// `name` and every shorter ending of it that begins with a label, the longest first.
pub(crate) fn endings(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |rest| {
        rest.split_once('.').map(|(_, shorter)| shorter)
    })
}

/// A number for the last two labels of a name, in any case: FNV-1a, which the build and the
/// program compute alike. `None` for a single label.
pub(crate) fn tail(name: &[u8]) -> Option<u32> {
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let before = name.get(..dot)?.iter().rposition(|byte| *byte == b'.');
    let labels = name.get(before.map_or(0, |at| at.saturating_add(1))..)?;
    Some(labels.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    }))
}

/// Words of 64 bits in a filter of tails.
pub(crate) const FILTER_WORDS: usize = 1_024;

/// The word of the filter that a tail is in, and its bit there.
pub(crate) fn filter_bit(tail: u32) -> (usize, u64) {
    let mixed = tail ^ (tail >> 16);
    let word = usize::try_from((mixed >> 6) % 1_024).unwrap_or(0);
    (word, 1 << (mixed & 63))
}

/// Which tails names have: most names of a capture are turned away by it.
pub(crate) fn filter<'n>(names: impl Iterator<Item = &'n str>) -> Vec<u64> {
    let mut filter = vec![0; FILTER_WORDS];
    for tail in names.filter_map(|name| tail(name.as_bytes())) {
        let (word, bit) = filter_bit(tail);
        if let Some(word) = filter.get_mut(word) {
            *word |= bit;
        }
    }
    filter
}

/// Two labels or more of letters, digits, hyphens and underscores, in lower case.
pub(crate) fn is_domain(name: &str) -> bool {
    let fits = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    };
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(fits);
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The proleptic Gregorian calendar, years 1900 to 2999.
pub(crate) fn days(text: &str) -> Option<i32> {
    let digits = |from: usize, to: usize| {
        let part = text.get(from..to)?;
        let plain = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i32>().ok().filter(|_| plain)
    };
    let dashes = text.len() == 10 && text.get(4..5)? == "-" && text.get(7..8)? == "-";
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let leap = |year: i32| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        28 + i32::from(leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let before = usize::try_from(month.checked_sub(1)?).ok()?;
    let length = *lengths.get(before)?;
    if !dashes || !(1900..3000).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    let in_years: i32 = (1970..year).map(|year| 365 + i32::from(leap(year))).sum();
    let before_1970: i32 = (year..1970).map(|year| 365 + i32::from(leap(year))).sum();
    let in_months: i32 = lengths.iter().take(before).sum();
    Some(in_years - before_1970 + in_months + day - 1)
}
