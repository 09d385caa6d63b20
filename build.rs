//! Prepares the embedded data: the place database unpacked, the small tables as Rust.
//!
//! In:   `src/data/places.mmdb.zst`, `systems.bin.zst`, `places.toml`, `anycast.toml`,
//!       `groups.toml`.
//! Out:  `places.mmdb`, `systems.bin` and `tables.rs` in `OUT_DIR`, for `src/data/mod.rs`.
//!
//! A table that does not hold together stops the build with the file and the entry at fault.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;
use toml::{Table, Value};

type Failure = Box<dyn std::error::Error>;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells its build scripts by variables"
)]
fn main() -> Result<(), Failure> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR")?;
    let out = Path::new(&out);
    unpack("places.mmdb", out)?;
    unpack("systems.bin", out)?;

    let mut code = String::new();
    places(&read("places.toml")?, &mut code)?;
    anycast(&read("anycast.toml")?, &mut code)?;
    groups(&read("groups.toml")?, &mut code)?;
    std::fs::write(out.join("tables.rs"), code)?;
    Ok(())
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

fn groups(table: &Table, code: &mut String) -> Result<(), Failure> {
    writeln!(code, "pub(crate) static GROUPS: &[Group] = &[")?;
    for group in list(table, "group")? {
        write!(code, "    Group {{ ")?;
        for key in ["name", "title", "as_of", "source", "note"] {
            write!(code, "{key}: {:?}, ", text(group, key)?)?;
        }
        let aliases = group.get("aliases").and_then(Value::as_array);
        let aliases = aliases.ok_or("groups.toml: a group without aliases")?;
        let aliases: Vec<&str> = aliases.iter().filter_map(Value::as_str).collect();
        let territories = group
            .get("territories")
            .and_then(Value::as_str)
            .unwrap_or("");
        let members = text(group, "members")?.split_whitespace();
        let mut members: Vec<&str> = members.chain(territories.split_whitespace()).collect();
        members.sort_unstable();
        writeln!(code, "aliases: &{aliases:?}, members: &{members:?} }},")?;
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
