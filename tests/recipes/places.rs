//! Writes `src/data/places.mmdb.zst`, `places.toml` and `systems.bin.zst` anew.
//!
//! `docs/data.md` has the commands. The same packages give the same bytes.
#![allow(missing_docs)]
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool of the developers"
)]

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use whereto::locate::{Header, gather};

type Failure = Box<dyn std::error::Error>;

/// A package, unpacked by `npm pack` and `tar` into a folder of its own, and what is said of it.
struct Package {
    folder: &'static str,
    version: &'static str,
    files: &'static [&'static str],
    name: &'static str,
    words: &'static str,
    date: &'static str,
    credit: &'static str,
    link: &'static str,
    gives: &'static str,
}

const PACKAGES: [Package; 2] = [
    Package {
        folder: "dbip-country-mmdb",
        version: "2.3.2026060120",
        files: &["dbip-country.mmdb"],
        name: "dbip-country-lite",
        words: "DB-IP Lite, country of each address",
        date: "2026-06-01",
        credit: "IP Geolocation by DB-IP, CC BY 4.0",
        link: "https://db-ip.com",
        gives: "country",
    },
    Package {
        folder: "asn",
        version: "2.3.2026061719",
        files: &["asn-ipv4.csv", "asn-ipv6.csv"],
        name: "asn",
        words: "autonomous systems and their organisations, of RouteViews, NRO and DB-IP",
        date: "2026-06-17",
        credit: "AS data by RouteViews, NRO and DB-IP, CC BY 4.0",
        link: "https://db-ip.com",
        gives: "asn",
    },
];

/// 2026-06-01T00:00:00Z: the date of the countries, which age fastest.
const BUILT: u64 = 1_780_272_000;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: geo-build FOLDER-WITH-PACKAGES FOLDER-FOR-RESULTS".into());
    };
    let mut sources = Vec::new();
    for package in &PACKAGES {
        check_version(&from, package)?;
        sources.extend(
            package
                .files
                .iter()
                .map(|file| from.join(package.folder).join(file)),
        );
    }
    let header = Header {
        kind: "Whereto-Country-ASN".to_owned(),
        description: PACKAGES.map(|package| package.credit).join("; "),
        built: BUILT,
    };
    let gathered = gather(&sources)?;
    let overlaps: u64 = gathered.sources.iter().map(|source| source.overlaps).sum();
    let built = gathered.write(&header)?;
    let packed = zstd::encode_all(built.mmdb.as_slice(), 19)?;
    std::fs::write(to.join("places.mmdb.zst"), &packed)?;
    std::fs::write(to.join("places.toml"), describe(&from, &built.mmdb)?)?;
    let systems = systems(&from)?;
    let packed_systems = zstd::encode_all(systems.as_slice(), 19)?;
    std::fs::write(to.join("systems.bin.zst"), &packed_systems)?;
    println!(
        "{} systems with a country, {} bytes, {} packed",
        systems.len() / 6,
        systems.len(),
        packed_systems.len()
    );
    println!(
        "{} ranges ({} in tunnel prefixes left out, {} cut at an overlap), {} bytes, {} packed",
        built.ranges,
        built.skipped,
        overlaps,
        built.mmdb.len(),
        packed.len()
    );
    Ok(())
}

/// The country under which most of a system's announced addresses are registered, where that
/// is at least two thirds: number (4 bytes, big-endian) and code (2 bytes), sorted by number.
/// IPv4 is counted in 256 addresses, IPv6, where a system has no IPv4, in ranges.
fn systems(from: &Path) -> Result<Vec<u8>, Failure> {
    let mut weights: BTreeMap<u32, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for file in ["asn-ipv4.csv", "asn-ipv6.csv"] {
        let known: BTreeSet<u32> = weights.keys().copied().collect();
        let path = from.join("asn").join(file);
        let mut lines = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(path)?;
        for line in lines.records() {
            let line = line?;
            let (Some(first), Some(last), Some(number)) = (line.get(0), line.get(1), line.get(2))
            else {
                continue;
            };
            let number: u32 = number.trim_start_matches("AS").parse()?;
            if number == 0 || known.contains(&number) {
                continue;
            }
            let of_system = weights.entry(number).or_default();
            let mut add = |code: Option<&'static str>| {
                *of_system.entry(code.unwrap_or("")).or_default() += 1;
            };
            match (first.parse()?, last.parse()?) {
                (IpAddr::V4(first), IpAddr::V4(last)) => (first.to_bits()..=last.to_bits())
                    .step_by(256)
                    .for_each(|bits| add(iptocc::country_code(Ipv4Addr::from_bits(bits)))),
                (first, _) => add(iptocc::country_code(first)),
            }
        }
    }
    let mut out = Vec::new();
    for (number, of_system) in weights {
        let sum: u64 = of_system.values().sum();
        let most = of_system
            .iter()
            .filter(|(code, _)| code.len() == 2)
            .max_by_key(|(_, weight)| **weight);
        if let Some((code, weight)) = most
            && weight * 3 >= sum * 2
        {
            out.extend(number.to_be_bytes());
            out.extend(code.as_bytes());
        }
    }
    Ok(out)
}

fn check_version(from: &Path, package: &Package) -> Result<(), Failure> {
    let path = from.join(package.folder).join("package.json");
    let about: serde_json::Value = serde_json::from_slice(&std::fs::read(&path)?)?;
    let found = about
        .get("version")
        .and_then(|version| version.as_str())
        .unwrap_or("unknown");
    if found != package.version {
        return Err(format!(
            "{}: version {found}, not {}",
            path.display(),
            package.version
        )
        .into());
    }
    Ok(())
}

fn describe(from: &Path, mmdb: &[u8]) -> Result<String, Failure> {
    let mut out = String::from(
        "# What places.mmdb.zst is made of. Written by the recipe: see docs/data.md.\n\n",
    );
    writeln!(out, "sha256 = \"{}\"", hash(mmdb))?;
    for package in &PACKAGES {
        let folder = format!("@ip-location-db/{}", package.folder);
        writeln!(out, "\n[[source]]\nname = \"{}\"", package.name)?;
        writeln!(
            out,
            "description = \"{} (npm {folder} {})\"",
            package.words, package.version
        )?;
        writeln!(out, "date = \"{}\"\nlicence = \"CC-BY-4.0\"", package.date)?;
        writeln!(
            out,
            "credit = \"{}\"\nlink = \"{}\"",
            package.credit, package.link
        )?;
        writeln!(out, "gives = \"{}\"", package.gives)?;
        for file in package.files {
            let bytes = std::fs::read(from.join(package.folder).join(file))?;
            writeln!(
                out,
                "\n[[source.file]]\nname = \"{file}\"\nsha256 = \"{}\"",
                hash(&bytes)
            )?;
        }
    }
    Ok(out)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |out, byte| format!("{out}{byte:02x}"))
}
