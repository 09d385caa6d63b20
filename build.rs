//! Prepares the embedded data: the place database unpacked, the small tables as Rust.
//!
//! In:   `src/data/places.mmdb.zst`, `systems.bin.zst`, `places.toml`, `ranges.zst`,
//!       `ranges.toml`, `regions.toml`, `anycast.toml`, `groups.toml` and `catalogue/*.toml`.
//! Out:  `places.mmdb`, `systems.bin`, `ranges-v4`, `ranges-v6`, `tables.rs` and `owners.rs` in
//!       `OUT_DIR`, for `src/data/mod.rs`.
//!
//! A table that does not hold together stops the build with the file and the entry at fault.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;
use toml::{Table, Value};

#[path = "src/catalogue/embed.rs"]
mod embed;
// The reader of users' own files.
#[path = "src/catalogue/form/mod.rs"]
mod form;
#[path = "src/data/group_form.rs"]
mod group_form;
#[path = "src/model"]
mod model {
    #[expect(
        dead_code,
        reason = "policies and claims, which it reads too, are not embedded so"
    )]
    pub(crate) mod form;
}

type Failure = Box<dyn std::error::Error>;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells its build scripts by variables"
)]
fn main() -> Result<(), Failure> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=WHERETO_LOCK_SHA256={}", lock_hash());
    let out = std::env::var("OUT_DIR")?;
    let out = Path::new(&out);
    unpack("places.mmdb", out)?;
    unpack("systems.bin", out)?;

    let mut code = String::new();
    places(&read("places.toml")?, &mut code)?;
    anycast(&read("anycast.toml")?, &mut code)?;
    groups(&mut code)?;
    let regions = regions(&read("regions.toml")?, &mut code)?;
    ranges(out, &regions, &mut code)?;
    std::fs::write(out.join("tables.rs"), code)?;
    println!("cargo::rerun-if-changed=src/catalogue");
    println!("cargo::rerun-if-changed=src/model/form.rs");
    println!("cargo::rerun-if-changed=src/data/group_form.rs");
    std::fs::write(out.join("owners.rs"), embed::owners(&watched("catalogue"))?)?;
    Ok(())
}

/// SHA-256 of `Cargo.lock`: which versions of everything a bundle was made with. Who uses the
/// library has another lock.
fn lock_hash() -> String {
    use sha2::Digest as _;
    println!("cargo::rerun-if-changed=Cargo.lock");
    let Ok(lock) = std::fs::read("Cargo.lock") else {
        return "unknown".to_owned();
    };
    let hash = sha2::Sha256::digest(lock);
    hash.iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Unpacks `src/data/NAME.zst` to `NAME`.
fn unpack(name: &str, out: &Path) -> Result<(), Failure> {
    let packed = std::io::BufReader::new(std::fs::File::open(watched(&format!("{name}.zst")))?);
    let mut unpacked = zstd::stream::Decoder::with_buffer(packed)?;
    unpacked.window_log_max(27)?;
    std::io::copy(&mut unpacked, &mut std::fs::File::create(out.join(name))?)?;
    Ok(())
}

/// A file of `src/data`, whose changes build anew.
fn watched(name: &str) -> String {
    let path = format!("src/data/{name}");
    println!("cargo::rerun-if-changed={path}");
    path
}

fn read(name: &str) -> Result<Table, Failure> {
    let path = watched(name);
    let text = std::fs::read_to_string(&path).map_err(|err| format!("{path}: {err}"))?;
    text.parse::<Table>()
        .map_err(|err| format!("{path}: {err}").into())
}

fn places(table: &Table, code: &mut String) -> Result<(), Failure> {
    writeln!(
        code,
        "pub(crate) static PLACES_SHA256: &str = {:?};",
        text(table, "sha256")?
    )?;
    writeln!(
        code,
        "pub(crate) static PLACES_SOURCES: &[PlacesSource] = &["
    )?;
    for source in list(table, "source")? {
        write!(code, "    PlacesSource {{ ")?;
        for key in ["name", "description", "date", "credit", "link", "gives"] {
            write!(code, "{key}: {:?}, ", text(source, key)?)?;
        }
        let hashes = list(source, "file")?
            .into_iter()
            .map(|file| text(file, "sha256"));
        writeln!(
            code,
            "files: &{:?} }},",
            hashes.collect::<Result<Vec<_>, _>>()?
        )?;
    }
    writeln!(code, "];")?;
    Ok(())
}

/// One entry of a sorted table of ranges: first and last address, and whose it is.
type Range = (u128, u128, usize);

fn anycast(table: &Table, code: &mut String) -> Result<(), Failure> {
    let (mut v4, mut v6): (Vec<Range>, Vec<Range>) = (Vec::new(), Vec::new());
    writeln!(code, "pub(crate) static ANYCAST: &[Anycast] = &[")?;
    for (number, entry) in list(table, "anycast")?.into_iter().enumerate() {
        write!(code, "    Anycast {{ ")?;
        for key in ["operator", "what", "source", "date"] {
            write!(code, "{key}: {:?}, ", text(entry, key)?)?;
        }
        writeln!(code, "}},")?;
        let prefixes = entry.get("prefixes").and_then(Value::as_array);
        for prefix in prefixes.ok_or("anycast.toml: an entry without prefixes")? {
            let prefix = prefix
                .as_str()
                .ok_or("anycast.toml: a prefix that is no text")?;
            let (is_v4, first, last) = range(prefix)?;
            if is_v4 { &mut v4 } else { &mut v6 }.push((first, last, number));
        }
    }
    writeln!(code, "];")?;
    write_ranges("ANYCAST_V4", "u32", v4, code)?;
    write_ranges("ANYCAST_V6", "u128", v6, code)
}

fn write_ranges(
    name: &str,
    kind: &str,
    mut all: Vec<Range>,
    code: &mut String,
) -> Result<(), Failure> {
    all.sort_unstable();
    for (one, next) in all.iter().zip(all.iter().skip(1)) {
        if next.0 <= one.1 {
            return Err(format!("{name}: {:#x} is in two prefixes", next.0).into());
        }
    }
    writeln!(
        code,
        "pub(crate) static {name}: &[({kind}, {kind}, u16)] = &["
    )?;
    for (first, last, number) in all {
        writeln!(code, "    ({first:#x}, {last:#x}, {number}),")?;
    }
    writeln!(code, "];")?;
    Ok(())
}

/// `192.0.2.0/24` as (is IPv4, first, last).
fn range(prefix: &str) -> Result<(bool, u128, u128), Failure> {
    let wrong = || format!("{prefix}: not a prefix");
    let (address, length) = prefix.split_once('/').ok_or_else(wrong)?;
    let length: u32 = length.parse().map_err(|_| wrong())?;
    let (is_v4, first, bits) = match address.parse().map_err(|_| wrong())? {
        IpAddr::V4(v4) => (true, u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (false, v6.to_bits(), 128),
    };
    let host = u32::checked_sub(bits, length).ok_or_else(wrong)?;
    let mask = u128::MAX.checked_shr(128 - host).unwrap_or(0);
    if first & mask != 0 {
        return Err(format!("{prefix}: has bits beyond its length").into());
    }
    Ok((is_v4, first, first | mask))
}

/// The groups, read as users' own are.
fn groups(code: &mut String) -> Result<(), Failure> {
    let path = watched("groups.toml");
    let text = std::fs::read_to_string(&path).map_err(|err| format!("{path}: {err}"))?;
    let wrong = |fault: model::form::Fault| {
        let (line, column) = fault.place(&text);
        Failure::from(format!("{path}:{line}:{column}: {}", fault.what))
    };
    let document = model::form::parse(&text).map_err(wrong)?;
    let root = model::form::Entry::root(&document);
    root.knows(&["group"]).map_err(wrong)?;
    writeln!(code, "pub(crate) static GROUPS: &[Group] = &[")?;
    for entry in root.tables("group", "a group").map_err(wrong)? {
        let group = group_form::group(&entry).map_err(wrong)?;
        let as_of_day = group_form::day(&group.as_of).map_err(wrong)?;
        let now = group.memberships.iter().filter(|one| {
            one.condition.is_empty() && one.from <= as_of_day && as_of_day < one.until
        });
        let mut members: Vec<&str> = now.map(|one| one.country.value.as_str()).collect();
        members.sort_unstable();
        let [name, as_of] = [&group.name.value, &group.as_of.value];
        let [title, source, note] = [&group.title, &group.source, &group.note];
        write!(
            code,
            "    Group {{ name: {name:?}, title: {title:?}, as_of: {as_of:?}, "
        )?;
        write!(code, "source: {source:?}, note: {note:?}, ")?;
        write!(
            code,
            "aliases: &{:?}, members: &{members:?}, as_of_day: {as_of_day}, ",
            group.aliases
        )?;
        writeln!(code, "memberships: &[")?;
        for one in &group.memberships {
            writeln!(
                code,
                "        Membership {{ country: {:?}, from: {}, until: {}, condition: {:?}, source: {:?} }},",
                one.country.value, one.from, one.until, one.condition, one.source
            )?;
        }
        writeln!(code, "    ] }},")?;
    }
    writeln!(code, "];")?;
    Ok(())
}

fn text<'a>(table: &'a Table, key: &str) -> Result<&'a str, Failure> {
    let found = table.get(key).and_then(Value::as_str);
    found.ok_or_else(|| format!("src/data: `{key}` is missing in {table:?}").into())
}

fn list<'a>(table: &'a Table, key: &str) -> Result<Vec<&'a Table>, Failure> {
    let found = table.get(key).and_then(Value::as_array);
    let found = found.ok_or_else(|| format!("src/data: no [[{key}]]"))?;
    Ok(found.iter().filter_map(Value::as_table).collect())
}

/// The regions of clouds: one line each, sorted by provider and name.
fn regions(table: &Table, code: &mut String) -> Result<Vec<(String, String)>, Failure> {
    let mut regions: Vec<Region<'_>> = Vec::new();
    writeln!(code, "pub(crate) static CLOUDS: &[Cloud] = &[")?;
    for cloud in list(table, "provider")? {
        let provider = text(cloud, "name")?;
        let aliases = cloud.get("aliases").and_then(Value::as_array);
        let aliases = aliases.ok_or("regions.toml: a provider without aliases")?;
        let aliases: Vec<&str> = aliases.iter().filter_map(Value::as_str).collect();
        writeln!(
            code,
            "    Cloud {{ name: {provider:?}, aliases: &{aliases:?} }},"
        )?;
        // Each table says where it is from and for which day it is right.
        if !text(cloud, "source")?.starts_with("https://") || seconds(text(cloud, "date")?).is_err()
        {
            return Err(format!("regions.toml: {provider} without source or date").into());
        }
        for line in text(cloud, "regions")?
            .lines()
            .filter(|line| !line.is_empty())
        {
            let wrong = || format!("regions.toml: {line:?} is not `NAME COUNTRY CITY`");
            let (name, rest) = line.split_once(' ').ok_or_else(wrong)?;
            let (country, city) = rest.split_once(' ').unwrap_or((rest, ""));
            let is_code =
                country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
            if !is_code && country != "-" && !country.starts_with('=') {
                return Err(wrong().into());
            }
            regions.push(Region {
                provider,
                name,
                country,
                city,
            });
        }
    }
    writeln!(code, "];")?;
    let mut all: Vec<(&str, String, Region<'_>)> = Vec::new();
    for region in &regions {
        let own = match region.country.strip_prefix('=') {
            None => *region,
            Some(name) => *regions
                .iter()
                .find(|other| other.provider == region.provider && other.name == name)
                .ok_or_else(|| format!("regions.toml: no region {name}"))?,
        };
        all.push((region.provider, region.name.to_ascii_lowercase(), own));
    }
    all.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    writeln!(code, "pub(crate) static REGIONS: &[CloudRegion] = &[")?;
    for (at, (provider, key, region)) in all.iter().enumerate() {
        if at > 0
            && all
                .get(at - 1)
                .is_some_and(|before| (before.0, &before.1) == (*provider, key))
        {
            return Err(format!("regions.toml: {provider} {key} is there twice").into());
        }
        let country = region.country.trim_start_matches('-');
        let zones = all.iter().filter(|(owner, zone, _)| {
            owner == provider
                && zone
                    .strip_prefix(key.as_str())
                    .is_some_and(|rest| rest.starts_with('-'))
        });
        let mut elsewhere: Vec<&str> = match *provider {
            "AWS" => zones
                .map(|(.., zone)| zone.country)
                .filter(|other| *other != country)
                .collect(),
            _ => Vec::new(),
        };
        elsewhere.sort_unstable();
        elsewhere.dedup();
        write!(
            code,
            "    CloudRegion {{ provider: {provider:?}, key: {key:?}, name: {:?}, ",
            region.name
        )?;
        writeln!(
            code,
            "country: {country:?}, city: {:?}, elsewhere: &{elsewhere:?} }},",
            region.city
        )?;
    }
    writeln!(code, "];")?;
    Ok(all
        .into_iter()
        .map(|(provider, key, _)| (provider.to_owned(), key))
        .collect())
}

#[derive(Clone, Copy)]
struct Region<'a> {
    provider: &'a str,
    name: &'a str,
    country: &'a str,
    city: &'a str,
}

/// The ranges of clouds: `ranges-v4` and `ranges-v6` in `OUT_DIR`, descriptions in the tables.
fn ranges(out: &Path, regions: &[(String, String)], code: &mut String) -> Result<(), Failure> {
    let about = read("ranges.toml")?;
    write!(
        code,
        "pub(crate) static RANGES: RangesSource = RangesSource {{ "
    )?;
    for key in [
        "name",
        "description",
        "date",
        "credit",
        "link",
        "file",
        "sha256",
    ] {
        write!(code, "{key}: {:?}, ", text(&about, key)?)?;
    }
    writeln!(code, "built: {} }};", seconds(text(&about, "date")?)?)?;
    let unpacked = zstd::decode_all(std::fs::File::open(watched("ranges.zst"))?)?;
    let mut bytes = unpacked.as_slice();
    let mut kinds = String::new();
    // Each text once: thousands of pointers would have to be put right whenever the program starts.
    let mut words: Vec<String> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut number = |word: &str| {
        let next = words.len();
        let number = *numbers.entry(word.to_owned()).or_insert(next);
        if number == next {
            words.push(word.to_owned());
        }
        format!("RangeWord({number})")
    };
    for _ in 0..leb(&mut bytes)? {
        let length = usize::try_from(leb(&mut bytes)?)?;
        let (line, rest) = bytes
            .split_at_checked(length)
            .ok_or("ranges.zst: ends early")?;
        bytes = rest;
        let fields: Vec<&str> = std::str::from_utf8(line)?.split('\t').collect();
        let [provider, region, service, flags, country] = fields.as_slice() else {
            return Err("ranges.zst: a description without its five fields".into());
        };
        let key = ((*provider).to_owned(), region.to_ascii_lowercase());
        let place = regions.binary_search(&key).ok();
        for (key, word) in [
            ("RangeKind { provider", provider),
            ("region", region),
            ("service", service),
            ("country", country),
        ] {
            write!(kinds, "{key}: {}, ", number(word))?;
        }
        let (edge, anycast) = (flags.contains('e'), flags.contains('a'));
        writeln!(
            kinds,
            "edge: {edge}, anycast: {anycast}, place: {place:?} }},"
        )?;
    }
    writeln!(code, "static RANGE_WORDS: &[&str] = &{words:?};")?;
    writeln!(
        code,
        "pub(crate) static RANGE_KINDS: &[RangeKind] = &[{kinds}];"
    )?;
    for (name, width) in [("ranges-v4", 4), ("ranges-v6", 16)] {
        let count = usize::try_from(leb(&mut bytes)?)?;
        let mut first: u128 = 0;
        let mut table = Vec::new();
        for _ in 0..count {
            first = first
                .checked_add(leb(&mut bytes)?)
                .ok_or("ranges.zst: an address too large")?;
            table.push(first);
        }
        let mut records = Vec::new();
        for first in table {
            let number = u32::try_from(leb(&mut bytes)?)?.wrapping_sub(1);
            records.extend(first.to_le_bytes().get(..width).unwrap_or_default());
            records.extend(number.to_le_bytes());
        }
        std::fs::write(out.join(name), records)?;
    }
    match bytes {
        [] => Ok(()),
        _ => Err("ranges.zst: more than its tables".into()),
    }
}

/// One number in LEB128.
fn leb(bytes: &mut &[u8]) -> Result<u128, Failure> {
    let mut value: u128 = 0;
    let mut shift = 0;
    loop {
        let (byte, rest) = bytes.split_first().ok_or("ranges.zst: ends early")?;
        *bytes = rest;
        let low = u128::from(byte & 0x7f);
        value |= low
            .checked_shl(shift)
            .ok_or("ranges.zst: a number too large")?;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
        shift += 7;
    }
}

/// Midnight of `YYYY-MM-DD` in seconds since 1970 (days from the civil calendar).
fn seconds(day: &str) -> Result<i64, Failure> {
    let mut parts = day.splitn(3, '-').map(str::parse::<i64>);
    let mut next = || parts.next().ok_or_else(|| format!("{day}: not a day"));
    let (year, month, day) = (next()??, next()??, next()??);
    // March is the first month, so that a leap day is the last of its year.
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Ok((days - 719_468) * 86_400)
}
