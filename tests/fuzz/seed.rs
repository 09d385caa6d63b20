//! `seed FOLDER`: writes what each target begins from, one folder a target.

// Everything here is built with coverage; libFuzzer has what that calls.
use libfuzzer_sys as _;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).expect("seed FOLDER");
    for (target, _) in harness::TARGETS {
        let folder = Path::new(&folder).join(target);
        std::fs::create_dir_all(&folder)?;
        for (number, seed) in harness::seeds(target).iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number:03}")), seed)?;
        }
    }
    Ok(())
}
