//! One row of a table of ranges, whatever its columns are called.
//!
//! In:   the names of columns or keys, and the words under them.
//! Out:  first and last address, and what is known of them; or what is wrong, in words.
//!
//! Names are compared without case, blanks, `_` and `-`. A name that says more wins where two
//! fit one fact: `country_code` over `country`.

use super::Facts;
use crate::locate::networks::{V4_LAST, bits};
use crate::locate::{cut, record};
use std::net::IpAddr;

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Field {
    Network,
    First,
    Last,
    Country,
    Asn,
    Org,
}

/// How many kinds of columns there are.
const FIELDS: usize = 6;

/// The field a name means, and how plainly.
pub(super) fn field(name: &str) -> Option<(Field, u8)> {
    let plain: String = name
        .trim_start_matches('\u{feff}')
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    Some(match plain.as_str() {
        "network" | "prefix" | "cidr" | "subnet" | "ipprefix" | "ipnetwork" | "iprange" => {
            (Field::Network, 2)
        }
        "range" | "ip" | "address" => (Field::Network, 1),
        "first" | "start" | "from" | "firstip" | "startip" | "ipstart" | "ipfrom"
        | "networkstart" | "rangestart" | "startaddress" => (Field::First, 1),
        "last" | "end" | "to" | "lastip" | "endip" | "ipend" | "ipto" | "networkend"
        | "rangeend" | "endaddress" => (Field::Last, 1),
        "countrycode" | "countryisocode" | "isocode" | "iso" | "iso2" | "alpha2" | "cc" => {
            (Field::Country, 2)
        }
        "country" => (Field::Country, 1),
        "asn" | "asnumber" | "autonomoussystemnumber" => (Field::Asn, 2),
        "as" => (Field::Asn, 1),
        "autonomoussystemorganization"
        | "asorganization"
        | "asorg"
        | "asname"
        | "asnorg"
        | "asnname" => (Field::Org, 3),
        "org" | "organisation" | "organization" | "isp" => (Field::Org, 2),
        "name" => (Field::Org, 1),
        _ => return None,
    })
}

/// The words of one row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row<T> {
    words: [Option<(T, u8)>; FIELDS],
}

impl<T: Clone> Row<T> {
    /// Keeps `word` unless a plainer name gave one already.
    pub(super) fn put(&mut self, (field, worth): (Field, u8), word: T) {
        if let Some(slot) = self.words.get_mut(field as usize)
            && slot.as_ref().is_none_or(|(_, known)| worth > *known)
        {
            *slot = Some((word, worth));
        }
    }

    pub(super) fn get(&self, field: Field) -> Option<&T> {
        self.words
            .get(field as usize)?
            .as_ref()
            .map(|(word, _)| word)
    }

    /// True where addresses and something to say of them are there.
    pub(super) fn is_whole(&self) -> bool {
        let addresses = self.get(Field::Network).is_some() || self.get(Field::First).is_some();
        addresses && (self.get(Field::Country).is_some() || self.get(Field::Asn).is_some())
    }

    /// The same fields under other words.
    pub(super) fn map<U: Clone>(&self, mut other: impl FnMut(&T) -> Option<U>) -> Row<U> {
        let words = self.words.each_ref().map(|slot| {
            let (word, worth) = slot.as_ref()?;
            Some((other(word)?, *worth))
        });
        Row { words }
    }
}

/// What a row says.
pub(super) struct Said {
    pub(super) first: u128,
    pub(super) last: u128,
    pub(super) facts: Facts,
    /// It has a code that names no country.
    pub(super) odd_code: bool,
}

/// Reads a row.
pub(super) fn read(row: &Row<&str>) -> Result<Said, String> {
    let word = |field| {
        row.get(field)
            .map(|word| word.trim())
            .filter(|word| !word.is_empty())
    };
    let (first, last) = match (word(Field::Network), word(Field::First), word(Field::Last)) {
        (Some(network), None, None) => network_range(network)?,
        (None, Some(first), None) if first.contains('/') => network_range(first)?,
        (_, Some(first), Some(last)) => span(first, last)?,
        (_, Some(first), None) => span(first, first)?,
        (_, None, Some(_)) => return Err("it has a last address and no first one".to_owned()),
        (None, None, None) => return Err("it has no network and no first address".to_owned()),
    };
    let (country, odd_code) = country(word(Field::Country).unwrap_or("-"))?;
    let system = system(word(Field::Asn).unwrap_or("-"), word(Field::Org))?;
    Ok(Said {
        first,
        last,
        facts: Facts { country, system },
        odd_code,
    })
}

/// `1.2.3.0/24`, `1.2.3.0-1.2.3.255`, `1.2.3.4`. Bits beyond the length of a prefix are dropped.
fn network_range(network: &str) -> Result<(u128, u128), String> {
    if let Some((first, last)) = network.split_once('-') {
        return span(first.trim(), last.trim());
    }
    let Some((start, length)) = network.split_once('/') else {
        return span(network, network);
    };
    let wrong = || format!("`{}` is no network such as 192.0.2.0/24", shown(network));
    let start: IpAddr = start.trim().parse().map_err(|_| wrong())?;
    let length: u32 = length.trim().parse().map_err(|_| wrong())?;
    let width = if start.is_ipv4() { 32 } else { 128 };
    let host = u32::checked_sub(width, length).ok_or_else(wrong)?;
    let mask = match host {
        0 => 0,
        _ => u128::MAX
            .checked_shr(u32::saturating_sub(128, host))
            .unwrap_or(0),
    };
    let first = bits(start) & !mask;
    unmapped(first, first | mask).ok_or_else(wrong)
}

fn span(first: &str, last: &str) -> Result<(u128, u128), String> {
    let (a, b) = (number(first)?, number(last)?);
    let ordered = a <= b && (a <= V4_LAST) == (b <= V4_LAST);
    let span = ordered.then(|| unmapped(a, b)).flatten();
    span.ok_or_else(|| {
        format!(
            "`{}` to `{}` is no range: the first address must not be after the last, and both \
             of one family",
            shown(first),
            shown(last)
        )
    })
}

/// An address as text, or as the number that some tables write.
fn number(text: &str) -> Result<u128, String> {
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(bits(address)),
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => text
            .parse()
            .map_err(|_| format!("`{}` is larger than any address", shown(text))),
        Err(_) => Err(format!("`{}` is no address", shown(text))),
    }
}

/// IPv4-mapped ranges as IPv4.
fn unmapped(first: u128, last: u128) -> Option<(u128, u128)> {
    let mapped = |bits: u128| bits >> 32 == 0xffff;
    match (mapped(first), mapped(last)) {
        (true, true) => Some((first & V4_LAST, last & V4_LAST)),
        (false, false) => Some((first, last)),
        _ => None,
    }
}

/// The country, and whether a code was there that names none.
fn country(code: &str) -> Result<(Option<crate::model::Country>, bool), String> {
    if matches!(code, "-" | "--" | "null" | "None") {
        return Ok((None, false));
    }
    if code.len() != 2 {
        return Err(format!(
            "`{}` is no country code of two letters (ISO 3166-1)",
            shown(code)
        ));
    }
    let known = record::country(code);
    Ok((known, known.is_none()))
}

/// `AS15169`, `15169`, `AS15169 Google LLC`.
fn system(words: &str, org: Option<&str>) -> Result<Option<(u32, String)>, String> {
    if matches!(words, "-" | "null" | "None") {
        return Ok(None);
    }
    let (number, rest) = words.split_once(' ').unwrap_or((words, ""));
    let number = record::system_number(number)
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| format!("`{}` is no number of a system", shown(words)))?;
    let org = org.filter(|org| *org != "-").unwrap_or(rest.trim());
    Ok((number != 0).then(|| (number, cut(org).to_owned())))
}

/// The start of a word, for a message.
fn shown(word: &str) -> String {
    let mut start: String = word.chars().take(60).collect();
    if start.len() < word.len() {
        start.push('…');
    }
    start
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::locate::networks::address;

    /// `name=word, …` in; `first last country asn org` out.
    #[track_caller]
    fn check(row: &[(&str, &str)], want: &str) {
        let mut words = Row::default();
        for (name, word) in row {
            words.put(field(name).unwrap(), *word);
        }
        let got = match read(&words) {
            Ok(said) => {
                let country = said.facts.country.map_or("-".to_owned(), |c| c.to_string());
                let (asn, org) = said.facts.system.unwrap_or_default();
                let (first, last) = (address(said.first), address(said.last));
                format!("{first} {last} {country} {asn} {org}")
            }
            Err(words) => words,
        };
        assert_eq!(got.trim_end(), want);
    }

    #[test]
    fn rows_of_all_kinds_are_read() {
        check(
            &[("Network", "192.0.2.0/24"), ("country_code", "sg")],
            "192.0.2.0 192.0.2.255 SG 0",
        );
        check(
            &[
                ("start_ip", "1.0.0.0"),
                ("END-IP", "1.0.0.255"),
                ("ASN", "AS13335"),
                ("as_name", "Cloudflare"),
            ],
            "1.0.0.0 1.0.0.255 - 13335 Cloudflare",
        );
        check(
            &[
                ("cidr", "2001:db8::5/32"),
                ("iso", "UK"),
                ("asn", "AS1 Own Net"),
            ],
            "2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff GB 1 Own Net",
        );
        check(
            &[("network", "192.0.2.7"), ("country", "EU")],
            "192.0.2.7 192.0.2.7 - 0",
        );
        check(
            &[("network", "::ffff:1.0.0.0/104"), ("country", "AU")],
            "1.0.0.0 1.255.255.255 AU 0",
        );
        check(
            &[
                ("first", "16777216"),
                ("last", "16777471"),
                ("country", "-"),
            ],
            "1.0.0.0 1.0.0.255 - 0",
        );
        check(
            &[
                ("country", "Singapore"),
                ("country_code", "SG"),
                ("prefix", "0.0.0.0/0"),
            ],
            "0.0.0.0 255.255.255.255 SG 0",
        );
        check(
            &[("network", "::/0"), ("asn", "0")],
            ":: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff - 0"
                .replace(":: ", "0.0.0.0 ")
                .as_str(),
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let network = |network, want| check(&[("network", network), ("country", "SG")], want);
        network(
            "192.0.2.0/33",
            "`192.0.2.0/33` is no network such as 192.0.2.0/24",
        );
        network(
            "192.0.2/24",
            "`192.0.2/24` is no network such as 192.0.2.0/24",
        );
        network("", "it has no network and no first address");
        network("here", "`here` is no address");
        check(
            &[("first", "1.0.0.9"), ("last", "1.0.0.1")],
            "`1.0.0.9` to `1.0.0.1` is no range: the first address must not be after the last, \
             and both of one family",
        );
        check(
            &[("network", "192.0.2.1"), ("country", "Atlantis")],
            "`Atlantis` is no country code of two letters (ISO 3166-1)",
        );
        check(
            &[("network", "192.0.2.1"), ("asn", "many")],
            "`many` is no number of a system",
        );
    }
}
