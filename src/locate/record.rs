//! One record of a place database, whatever its maker calls the fields.
//!
//! In:   a record of a MaxMind DB, through `maxminddb`'s decoder.
//! Out:  country, autonomous system, organisation, anycast mark: what is there.
//! Spec: schemas as met in files of MaxMind, DB-IP, IPinfo, IP2Location, IPLocate, sapics.
//!
//! Fields of other kinds are passed over, and so are values of the wrong type: a record never
//! fails for what it holds, only for bytes that are no record. The decoder bounds depth, number
//! and size of values. Nothing here allocates.

use crate::model::Country;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What one record says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Record<'a> {
    /// Where the address is. The country of registration is another matter and is not read.
    pub(super) country: Option<Country>,
    pub(super) asn: Option<u32>,
    /// The organisation that runs the system, and how good the field is that named it.
    pub(super) org: Option<(&'a str, u8)>,
    pub(super) anycast: Option<bool>,
}

impl<'de> serde::Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut record = Record::default();
        let slot = Slot {
            kind: Kind::Whole,
            record: &mut record,
        };
        slot.deserialize(from)?;
        Ok(record)
    }
}

/// A code as an assigned country; codes that are not ISO 3166-1 are brought to it where they
/// mean one country (`UK`, `EL`, withdrawn codes), and mean nothing where they name a region
/// (`EU`, `AP`) or none at all. `XK` stays.
pub(super) fn country(code: &str) -> Option<Country> {
    let known = Country::new(code)?;
    let known = match known.code() {
        "UK" => Country::new("GB")?,
        "EL" => Country::new("GR")?,
        "FX" => Country::new("FR")?,
        "TP" => Country::new("TL")?,
        "ZR" => Country::new("CD")?,
        "BU" => Country::new("MM")?,
        _ => known,
    };
    known.name().map(|_| known)
}

/// What a value is, by the keys that led to it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// The record.
    Whole,
    /// A country: a code, or a map that holds one.
    Country,
    /// A country code.
    Code,
    /// A system: a number, a name, or a map of both.
    System,
    /// The number of a system, as number or as `AS123`.
    Number,
    /// An organisation, and how good the field is: greater is better.
    Organisation(u8),
    Anycast,
    Other,
}

/// The kind of the value under `key` in a map of `kind`.
fn under(kind: Kind, key: &str) -> Kind {
    match (kind, key) {
        (Kind::Whole, "country") => Kind::Country,
        (Kind::Whole, "country_code" | "country_iso_code" | "countryCode" | "country_short") => {
            Kind::Code
        }
        (Kind::Whole, "traits" | "geo" | "location" | "connection") => Kind::Whole,
        (Kind::Whole, "as" | "asn") => Kind::System,
        (Kind::Whole, "autonomous_system_number" | "as_number" | "asnum") => Kind::Number,
        (Kind::Whole, "autonomous_system_organization") => Kind::Organisation(5),
        (Kind::Whole, "as_name" | "as_organization" | "as_org" | "asn_org" | "asn_name") => {
            Kind::Organisation(4)
        }
        (Kind::Whole, "organization" | "org" | "isp") => Kind::Organisation(3),
        (Kind::Whole, "name") => Kind::Organisation(2),
        (Kind::Whole, "as_domain" | "asn_domain" | "domain") => Kind::Organisation(1),
        (Kind::Whole, "is_anycast" | "anycast") => Kind::Anycast,
        (Kind::Country, "iso_code" | "code" | "country_code" | "iso2") => Kind::Code,
        (Kind::System, "asn" | "number") => Kind::Number,
        (Kind::System, "name" | "organization" | "org") => Kind::Organisation(4),
        (Kind::System, "domain") => Kind::Organisation(1),
        _ => Kind::Other,
    }
}

/// A value that goes into `record` according to its kind.
struct Slot<'r, 'de> {
    kind: Kind,
    record: &'r mut Record<'de>,
}

impl<'de> Slot<'_, 'de> {
    fn number(&mut self, number: u64) {
        match self.kind {
            Kind::Number | Kind::System => {
                let number = u32::try_from(number).ok().filter(|number| *number != 0);
                self.record.asn = self.record.asn.or(number);
            }
            Kind::Anycast => self.record.anycast = Some(number != 0),
            _ => {}
        }
    }

    fn text(&mut self, text: &'de str) {
        match self.kind {
            Kind::Country | Kind::Code => {
                self.record.country = self.record.country.or_else(|| country(text));
            }
            Kind::Number => self.number(system_number(text).unwrap_or(0)),
            Kind::System => match system_number(text) {
                Some(number) => self.number(number),
                None => self.organisation(text, 4),
            },
            Kind::Organisation(worth) => self.organisation(text, worth),
            Kind::Anycast => self.record.anycast = Some(matches!(text, "true" | "True" | "1")),
            Kind::Whole | Kind::Other => {}
        }
    }

    fn organisation(&mut self, text: &'de str, worth: u8) {
        let better = self.record.org.is_none_or(|(_, known)| worth > known);
        if better && !matches!(text, "" | "-") {
            self.record.org = Some((text, worth));
        }
    }
}

/// `AS15169`, `as15169`, `15169`.
pub(super) fn system_number(text: &str) -> Option<u64> {
    let digits = match text.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case("AS") => text.get(2..)?,
        _ => text,
    };
    digits.parse().ok()
}

impl<'de> DeserializeSeed<'de> for Slot<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.kind == Kind::Other {
            return from.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_, 'de> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value of a place database")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&'de str>()? {
            let kind = under(self.kind, key);
            map.next_value_seed(Slot {
                kind,
                record: &mut *self.record,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_borrowed_str<E>(mut self, text: &'de str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_u64<E>(mut self, number: u64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<(), E> {
        self.number(u64::try_from(number).unwrap_or(0));
        Ok(())
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        if self.kind == Kind::Anycast {
            self.record.anycast = Some(truth);
        }
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<(), E> {
        Ok(())
    }

    fn visit_u128<E>(self, _: u128) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}
