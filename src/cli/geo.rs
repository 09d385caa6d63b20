//! `whereto geo`: what is known of places, and the user's own part of it.
//!
//! In:   what `args.rs` parsed.
//! Out:  lists, databases, a changed folder of installed databases; or an error that says what
//!       to do. Nothing is ever downloaded.

use super::args::{Geo, GeoBuild, GeoInstall, GeoList, GeoRemove};
use super::installed::{self, Store};
use super::output::Target;
use super::settings;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use whereto::Error;
use whereto::locate::{self, Built, Gathered, Header, Places};
use whereto::model::DataSource;
use whereto::report::{HOLDING_FORMATS, escape};

/// Runs one of the commands.
pub(super) fn run(command: &Geo) -> Result<(), Error> {
    match command {
        Geo::List(list) => self::list(list),
        Geo::Build(build) => self::build(build),
        Geo::Install(install) => self::install(install),
        Geo::Remove(remove) => self::remove(remove),
    }
}

fn list(list: &GeoList) -> Result<(), Error> {
    let outputs = settings::outputs(&list.output, list.format.as_deref(), HOLDING_FORMATS)?;
    let mut warnings = Vec::new();
    let places = settings::open_places(&list.places, &mut warnings)?;
    let holdings = places.holdings()?;
    for warning in &warnings {
        let _ = writeln!(std::io::stderr(), "whereto: {}", escape::terminal(warning));
    }
    for output in &outputs {
        output
            .target
            .write(|out| (output.format.write)(&holdings, output.style, out))?;
    }
    Ok(())
}

fn build(build: &GeoBuild) -> Result<(), Error> {
    let date = build.date.as_deref().map(day).transpose()?;
    let target = Target::new(&build.output)?;
    if target == Target::Standard && std::io::stdout().is_terminal() {
        return Err(Error::Usage(
            "-o -: a database is not for a terminal; name a file, or pipe it on".to_owned(),
        ));
    }
    target.refuse_inputs(&build.sources)?;
    let gathered = locate::gather(&build.sources)?;
    let built = date.or_else(|| gathered.newest()).ok_or_else(|| {
        Error::Usage(
            "no source says when it was made: say for which day the data is right with --date \
             YYYY-MM-DD"
                .to_owned(),
        )
    })?;
    let gives = gathered.gives();
    if gives == (false, false) {
        return Err(Error::Usage(
            "the sources hold neither countries nor systems".to_owned(),
        ));
    }
    let header = Header {
        kind: kind(build, gives)?,
        description: build
            .description
            .clone()
            .unwrap_or_else(|| "built by whereto geo build".to_owned()),
        built: u64::try_from(built).unwrap_or(0),
    };
    let summary = sources_summary(&gathered);
    let built = gathered.write(&header)?;
    target.write(|out| out.write_all(&built.mmdb))?;
    let summary = format!("{summary}{}", summary_of(&header, &built, &build.output));
    if target == Target::Standard {
        let _ = std::io::stderr().write_all(summary.as_bytes());
        return Ok(());
    }
    Target::Standard.write(|out| out.write_all(summary.as_bytes()))
}

/// Midnight of a day, in seconds since 1970.
fn day(text: &str) -> Result<i64, Error> {
    let day: Option<jiff::civil::Date> = text.parse().ok();
    let start = day
        .filter(|day| text.len() == 10 && day.to_string() == text)
        .and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|start| start.timestamp().as_second())
        .filter(|seconds| *seconds > 0);
    start.ok_or_else(|| {
        Error::Usage(format!(
            "--date {text}: not a day after 1970 as YYYY-MM-DD, such as 2026-11-01"
        ))
    })
}

/// What the database calls itself. Editions of one database share it, so a date in the name of
/// the file is not part of it.
fn kind(build: &GeoBuild, (countries, systems): (bool, bool)) -> Result<String, Error> {
    let holds = match (countries, systems) {
        (true, true) => "Country-ASN",
        (true, false) => "Country",
        _ => "ASN",
    };
    if let Some(kind) = &build.kind {
        let lower = kind.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if countries && has(&["asn"]) && !has(&["country", "city", "location", "geo"]) {
            return Err(Error::Usage(format!(
                "--type {kind}: says that only systems are in it, whose countries are those of \
                 registration; there are countries too: name it such as {kind}-Country"
            )));
        }
        return Ok(kind.clone());
    }
    let name = build
        .output
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem
        .trim_end_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '_'));
    Ok(match stem {
        "" => format!("Own-{holds}"),
        stem => format!("{stem}-{holds}"),
    })
}

fn sources_summary(gathered: &Gathered) -> String {
    let mut words = String::new();
    for source in &gathered.sources {
        let path = source.path.display().to_string();
        words.push_str(&format!(
            "{}: {}, {}",
            escape::terminal_str(&path),
            source.form,
            many(source.rows, "row"),
        ));
        if source.overlaps > 0 {
            words.push_str(&format!(
                ", {} inside others, which they cut",
                many(source.overlaps, "range")
            ));
        }
        if source.odd_codes > 0 {
            words.push_str(&format!(
                ", {} whose code names no country",
                many(source.odd_codes, "row")
            ));
        }
        words.push('\n');
    }
    words
}

fn summary_of(header: &Header, built: &Built, path: &Path) -> String {
    let mut words = format!(
        "{}: {}, {}, {} bytes",
        escape::terminal_str(&path.display().to_string()),
        escape::terminal_str(&header.kind),
        many(built.ranges, "range"),
        built.mmdb.len()
    );
    if built.differing > 0 {
        words.push_str(&format!(
            "; {} where a later source differs from the one that holds",
            many(built.differing, "range")
        ));
    }
    if built.skipped > 0 {
        words.push_str(&format!(
            "; {} of tunnels (Teredo, 6to4) left out",
            many(built.skipped, "range")
        ));
    }
    words.push('\n');
    words
}

fn many(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A file that was read through, and what it is.
struct Checked {
    path: PathBuf,
    source: DataSource,
}

fn install(install: &GeoInstall) -> Result<(), Error> {
    let mut paths = Vec::new();
    for path in &install.paths {
        if path.is_dir() {
            paths.extend(installed::databases_in(path)?);
        } else {
            paths.push(path.clone());
        }
    }
    // All of them, before anything is changed.
    let mut checked = Vec::new();
    for path in paths {
        let source = locate::check(&path)?;
        checked.push(Checked { path, source });
    }
    let embedded = Places::embedded();
    let mut store = Store::of_user()?;
    let lock = store.lock()?;
    let mut words = String::new();
    for one in &checked {
        words.push_str(&install_one(&mut store, one, &embedded)?);
        words.push('\n');
    }
    drop(lock);
    words.push_str(&what_is_used(&store));
    Target::Standard.write(|out| out.write_all(words.as_bytes()))
}

/// Installs one file, and says what was done.
fn install_one(store: &mut Store, one: &Checked, embedded: &Places) -> Result<String, Error> {
    let source = &one.source;
    let path = one.path.display().to_string();
    let path = escape::terminal_str(&path);
    let same = store
        .sums
        .iter()
        .find(|(_, sha256)| **sha256 == source.sha256);
    if let Some((name, _)) = same {
        let name = name.clone();
        if store.path(&name).is_file()
            && locate::check(&store.path(&name)).is_ok_and(|found| found.sha256 == source.sha256)
        {
            let name = escape::terminal_str(&name);
            return Ok(format!("{path}: is installed already, as {name}"));
        }
        store.add(&one.path, &name, &source.sha256)?;
        let name = escape::terminal_str(&name);
        return Ok(format!(
            "{path}: installed anew as {name}: the copy was lost or changed"
        ));
    }
    if embedded.knows_file(&source.sha256) {
        return Ok(format!(
            "{path}: is part of the embedded data already; nothing to install"
        ));
    }
    let name = name_for(store, one)?;
    store.add(&one.path, &name, &source.sha256)?;
    Ok(format!(
        "{path}: installed as {}\n  {}\n  SHA-256 {}",
        escape::terminal_str(&store.path(&name).display().to_string()),
        described(source),
        source.sha256
    ))
}

/// The name of the file; with its date, where another edition has that name.
fn name_for(store: &Store, one: &Checked) -> Result<String, Error> {
    let name = one.path.file_name().unwrap_or_default();
    let usable = name.to_str().filter(|name| installed::may_be_kept(name));
    let name = usable.ok_or_else(|| {
        Error::Usage(format!(
            "{}: copy it to a plain name that ends in .mmdb or .mmdb.gz first",
            one.path.display()
        ))
    })?;
    let taken = |name: &str| store.sums.contains_key(name);
    if !taken(name) {
        return Ok(name.to_owned());
    }
    let (stem, end) = name.split_at(name.find('.').unwrap_or(name.len()));
    let date = one.source.date.as_deref().unwrap_or("undated");
    let dated = format!("{stem}-{date}{end}");
    if taken(&dated) {
        return Err(Error::Usage(format!(
            "{}: {name} and {dated} are installed with other contents; remove one with `whereto \
             geo remove {dated}`, or copy this one to another name first",
            one.path.display()
        )));
    }
    Ok(dated)
}

/// What later runs load.
fn what_is_used(store: &Store) -> String {
    if store.sums.is_empty() {
        return "Nothing is installed: runs use the embedded data alone, and what --geo adds.\n"
            .to_owned();
    }
    let mut words = String::from("From now on runs use, before the embedded data:\n");
    for name in store.sums.keys() {
        words.push_str(&format!("  {}\n", escape::terminal_str(name)));
    }
    words.push_str(
        "Of several editions of one database the one nearest to the traffic speaks. `whereto geo \
         list`\nshows all; `whereto geo remove NAME` removes one; --no-installed-geo leaves them \
         out of a run.\n",
    );
    words
}

fn described(source: &DataSource) -> String {
    let date = source.date.as_deref().unwrap_or("no date");
    let words = format!(
        "{}, {date}, gives {}",
        source.description,
        source.gives.join(" and ")
    );
    escape::terminal_str(&words).into_owned()
}

fn remove(remove: &GeoRemove) -> Result<(), Error> {
    let mut store = Store::of_user()?;
    let mut words = String::new();
    if store.folder.is_dir() {
        let lock = store.lock()?;
        for name in &remove.names {
            store.remove(name)?;
            words.push_str(&format!("{}: removed\n", escape::terminal_str(name)));
        }
        drop(lock);
    } else {
        // Says that nothing is installed.
        remove
            .names
            .iter()
            .try_for_each(|name| store.remove(name))?;
    }
    words.push_str(&what_is_used(&store));
    Target::Standard.write(|out| out.write_all(words.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[track_caller]
    fn check(output: &str, gives: (bool, bool), given: Option<&str>, want: &str) {
        let build = GeoBuild {
            sources: Vec::new(),
            output: output.into(),
            date: None,
            kind: given.map(str::to_owned),
            description: None,
        };
        let got = kind(&build, gives).unwrap_or_else(|error| error.to_string());
        assert!(got.starts_with(want), "{got}");
    }

    #[test]
    fn editions_of_one_file_have_one_type() {
        let both = (true, true);
        check("a/offices-2026-11.mmdb", both, None, "offices-Country-ASN");
        check("offices_20261201.mmdb", both, None, "offices-Country-ASN");
        check("offices.mmdb", (true, false), None, "offices-Country");
        check("2026.mmdb", (false, true), None, "Own-ASN");
        check("-", both, None, "Own-Country-ASN");
        check("a.mmdb", both, Some("Mine"), "Mine");
        check("a.mmdb", both, Some("My-ASN"), "--type My-ASN: says");
        check("a.mmdb", (false, true), Some("My-ASN"), "My-ASN");
    }

    #[test]
    fn a_day_is_a_day() {
        assert_eq!(day("1970-01-02").unwrap(), 86_400);
        for wrong in [
            "",
            "2026-13-01",
            "2026-02-30",
            "20261101",
            "yesterday",
            "1969-01-01",
            "2026-11-01T00:00",
        ] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
