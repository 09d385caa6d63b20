//! A user's list of anycast prefixes.
//!
//! In:   one prefix a line, as bgp.tools gives them, or a CSV table with a header: the census of
//!       LACeS, or any with a column `prefix` and one `anycast`.
//! Out:  whether the list has an address, in words.
//! Spec: LACeS (manycast.net): `AB_*` is the number of sites that an anycast probe was answered
//!       at, `GCD_*` the number that round trips tell apart, `partial` a prefix of which a part
//!       only is anycast.
//!
//! A prefix of the census counts where round trips tell two sites apart, or a probe reached
//! three: two may be one site behind a route that changed. A prefix that is anycast in part
//! counts whole: which part is not in the table. A hostile list costs memory in proportion to
//! its size, which is limited.

use crate::Error;
use crate::language::{WORDS, fill};
use crate::locate::listing::Listing;
use crate::locate::prefix::Prefix;
use crate::locate::ranges::{Table, is_prefix_column, records};
use crate::model::DataSource;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

/// Prefixes that a list calls anycast.
pub(in crate::locate) struct AnycastList {
    table: Table,
    /// Words for a whole prefix, and for one that is anycast in part.
    words: [Arc<str>; 2],
}

/// A table of the census has 30,000; bgp.tools has 6,000.
const MOST_ENTRIES: usize = 4_000_000;

const FORMS: &str = "a list of prefixes, one a line, or a CSV table with the column `prefix`";

const WHOLE: u32 = 0;
const PART: u32 = 1;

/// What was found in a list.
#[derive(Default)]
struct Found {
    entries: Vec<(Prefix, u32)>,
    bad: u64,
    cut: u64,
    unicast: u64,
    part: u64,
}

/// Where a list breaks, and how.
type Broken = (usize, String);

impl AnycastList {
    /// Reads a user's list.
    ///
    /// # Errors
    /// Where the file cannot be read, is no such list, or holds no prefix.
    pub(in crate::locate) fn open(path: &Path) -> Result<(AnycastList, DataSource), Error> {
        read(&Listing::read(path, FORMS)?)
    }

    /// As [`AnycastList::open`], of the bytes of a file called `path`.
    pub(in crate::locate) fn of(
        path: &Path,
        bytes: Vec<u8>,
    ) -> Result<(AnycastList, DataSource), Error> {
        read(&Listing::of(path, bytes, FORMS)?)
    }

    /// What the list says of `address`, where it has it.
    pub(in crate::locate) fn find(&self, address: IpAddr) -> Option<&Arc<str>> {
        let number = self.table.find(address)?;
        self.words.get(usize::try_from(number).ok()?)
    }
}

fn read(listing: &Listing) -> Result<(AnycastList, DataSource), Error> {
    let text = listing.text()?;
    let mut found = Found::default();
    let comment = |line: &&str| line.is_empty() || line.starts_with(['#', ';', '/']);
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !comment(line))
        .unwrap_or("");
    let mut cells = first.split(',');
    let form = if cells.any(|cell| is_prefix_column(cell.trim_matches(['"', ' ']))) {
        table(text, &mut found)
    } else {
        lines(text, &mut found)
    };
    let form = form.map_err(|(offset, what)| listing.wrong(offset, &what))?;
    if found.entries.is_empty() {
        let what = format!(
            "no anycast prefix in it ({} lines left out); {FORMS} is needed",
            found.bad
        );
        return Err(listing.wrong(0, &what));
    }
    let description = found.words(form);
    let day = listing.day_in_name();
    let name = listing.file_name();
    let words = &WORDS.anycast;
    let words = match day.as_deref() {
        Some(day) => [words.listed_day, words.listed_part_day].map(|it| fill(it, &[&name, day])),
        None => [words.listed, words.listed_part].map(|it| fill(it, &[&name])),
    };
    let list = AnycastList {
        table: Table::build(found.entries, u32::min, |inner, _| inner),
        words: words.map(Into::into),
    };
    Ok((list, listing.source(description, day.as_deref(), "anycast")))
}

impl Found {
    fn add(&mut self, text: &str, number: u32) -> Result<(), Broken> {
        let Some((prefix, mended)) = Prefix::parse(text) else {
            self.bad = self.bad.saturating_add(1);
            return Ok(());
        };
        if self.entries.len() >= MOST_ENTRIES {
            return Err((
                0,
                format!("more than {MOST_ENTRIES} prefixes: give a smaller list"),
            ));
        }
        self.cut = self.cut.saturating_add(mended.cut.into());
        self.part = self.part.saturating_add(u64::from(number == PART));
        self.entries.push((prefix, number));
        Ok(())
    }

    fn words(&self, form: &str) -> String {
        let said = &WORDS.lists;
        let number = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        let prefixes = WORDS.form(number, said.prefixes);
        let mut words = vec![fill(prefixes, &[form, &number.to_string()])];
        for (count, what) in [
            (self.part, said.in_part),
            (self.unicast, said.unicast),
            (self.bad, said.no_prefix),
            (self.cut, said.cut),
        ] {
            if count > 0 {
                words.push(fill(what, &[&count.to_string()]));
            }
        }
        words.join(WORDS.units.comma)
    }
}

/// One prefix a line; what follows a blank, a comma or a comment sign is not read.
fn lines(text: &str, found: &mut Found) -> Result<&'static str, Broken> {
    for line in text.lines() {
        let end = ['#', ';', ',', ' ', '\t'];
        let prefix = line.trim().split(end).next().unwrap_or("");
        if !prefix.is_empty() && !prefix.starts_with("//") {
            found.add(prefix, WHOLE)?;
        }
    }
    Ok(WORDS.lists.plain)
}

/// The columns that say how sure a table is.
struct Verdict {
    round_trips: Vec<usize>,
    probes: Vec<usize>,
    said: Option<usize>,
    part: Option<usize>,
}

fn table(text: &str, found: &mut Found) -> Result<&'static str, Broken> {
    let broken = |error: csv::Error| {
        let at = error.position().map_or(0, csv::Position::byte);
        (
            usize::try_from(at).unwrap_or(usize::MAX),
            format!("broken CSV: {error}"),
        )
    };
    let mut reader = records(text);
    let mut reader = reader.records();
    let header = match reader.next() {
        Some(header) => header.map_err(broken)?,
        None => return Err((0, "no header".to_owned())),
    };
    let columns = |start: &str| -> Vec<usize> {
        let fits = |cell: &str| cell.trim().to_ascii_lowercase().starts_with(start);
        header
            .iter()
            .enumerate()
            .filter(|(_, cell)| fits(cell))
            .map(|(at, _)| at)
            .collect()
    };
    let column = |names: &[&str]| {
        let fits = |cell: &str| {
            names
                .iter()
                .any(|name| cell.trim().eq_ignore_ascii_case(name))
        };
        header.iter().position(fits)
    };
    let prefix = header.iter().position(is_prefix_column).unwrap_or(0);
    let verdict = Verdict {
        round_trips: columns("gcd"),
        probes: columns("ab_"),
        said: column(&["anycast", "is_anycast"]),
        part: column(&["partial"]),
    };
    let census = !verdict.round_trips.is_empty() || !verdict.probes.is_empty();
    for record in reader {
        let record = record.map_err(broken)?;
        match verdict.of(&record) {
            Some(number) => found.add(record.get(prefix).unwrap_or(""), number)?,
            None => found.unicast = found.unicast.saturating_add(1),
        }
    }
    Ok(if census {
        WORDS.lists.census
    } else {
        WORDS.lists.table
    })
}

impl Verdict {
    /// Whole, in part, or not anycast.
    fn of(&self, record: &csv::StringRecord) -> Option<u32> {
        let most = |columns: &[usize]| {
            let cells = columns.iter().filter_map(|at| record.get(*at));
            // Some editions write whole numbers with a point: `29.0`.
            cells
                .filter_map(|cell| cell.trim().parse::<f64>().ok())
                .fold(0.0, f64::max)
        };
        let yes = |at: usize| {
            let cell = record.get(at).unwrap_or("").trim();
            ["true", "yes", "1", "t", "y"]
                .iter()
                .any(|yes| cell.eq_ignore_ascii_case(yes))
        };
        let census = !self.round_trips.is_empty() || !self.probes.is_empty();
        let anycast = match self.said {
            Some(at) => yes(at),
            None if census => most(&self.round_trips) >= 2.0 || most(&self.probes) >= 3.0,
            None => true,
        };
        let part = self.part.is_some_and(yes);
        anycast.then_some(if part { PART } else { WHOLE })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn open(text: &str) -> Result<(AnycastList, DataSource), String> {
        AnycastList::of(Path::new("IPv4-2026-03-22.csv"), text.into())
            .map_err(|error| error.to_string())
    }

    #[track_caller]
    fn check(text: &str, address: &str, want: Option<&str>) {
        let (list, _) = open(text).unwrap();
        let got = list.find(address.parse().unwrap());
        assert_eq!(got.map(AsRef::as_ref), want, "{address}");
    }

    const LISTED: Option<&str> = Some("listed as anycast in IPv4-2026-03-22.csv, 2026-03-22");

    #[test]
    fn prefixes_one_a_line() {
        let text =
            "# bgp.tools\n1.0.0.0/24\n\n2001:4860:4860::/48 # Google\n9.9.9.9/24\nnonsense\n";
        check(text, "1.0.0.1", LISTED);
        check(text, "2001:4860:4860::8888", LISTED);
        check(text, "9.9.9.1", LISTED);
        check(text, "1.0.1.0", None);
        let (_, source) = open(text).unwrap();
        assert_eq!(
            source.description,
            "list of anycast prefixes: 3 prefixes, 1 left out (no prefix), 1 with bits beyond \
             their length, which were cut off"
        );
        assert_eq!(
            (source.date.as_deref(), source.gives),
            (Some("2026-03-22"), vec!["anycast"])
        );
    }

    const CENSUS: &str = "prefix,AB_ICMPv4,AB_TCPv4,AB_DNSv4,GCD_ICMPv4,GCD_TCPv4,partial,backing_prefix,ASN,locations\n\
        1.1.1.0/24,29,29,29,67,30,False,1.1.1.0/24,13335,\"[{\"\"city\"\": \"\"Honolulu\"\", \"\"id\"\": \"\"HNL\"\"}]\"\n\
        1.2.3.0/24,0,0,0,2,0,True,1.2.0.0/16,64500,[]\n\
        1.2.4.0/24,2,0,0,1,0,False,1.2.0.0/16,64500,[]\n\
        1.2.5.0/24,3.0,,,,,False,1.2.0.0/16,64500,[]\n";

    #[test]
    fn the_census_of_laces() {
        check(CENSUS, "1.1.1.1", LISTED);
        let part =
            "listed in IPv4-2026-03-22.csv, 2026-03-22 as a prefix of which a part is anycast";
        check(CENSUS, "1.2.3.4", Some(part));
        check(CENSUS, "1.2.4.4", None);
        check(CENSUS, "1.2.5.4", LISTED);
        let (_, source) = open(CENSUS).unwrap();
        let want = "LACeS anycast census: 3 prefixes, 1 anycast in part, 1 left out as unicast or not sure";
        assert_eq!(source.description, want);
    }

    #[test]
    fn any_table_with_a_verdict() {
        let text = "Network,is_anycast\n192.0.2.0/24,true\n198.51.100.0/24,false\n";
        check(text, "192.0.2.1", LISTED);
        check(text, "198.51.100.1", None);
        check("prefix,who\n192.0.2.0/24,me\n", "192.0.2.1", LISTED);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(open("").err().unwrap().contains("the file is empty"));
        for text in [
            "hello\n",
            "{\"prefixes\": []}",
            "prefix,is_anycast\n1.1.1.0/24,no\n",
            "\u{0}\u{1}",
        ] {
            let error = open(text).err().unwrap();
            assert!(
                error.contains("at byte 0: no anycast prefix in it"),
                "{error}"
            );
        }
        let bytes = b"1.1.1.0/24\n\xff\xff".to_vec();
        let error = AnycastList::of(Path::new("x"), bytes).err().unwrap();
        let error = error.to_string();
        assert_eq!(
            error,
            "x: at byte 11: not text in UTF-8: download the list again"
        );
    }
}
