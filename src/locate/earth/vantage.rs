//! Where the phone was, as its owner tells us.
//!
//! In:   `DE`, or `52.52,13.40`: a country code, or latitude and longitude in degrees.
//! Out:  a [`Vantage`], or words for what is wrong.
//!
//! A coordinate is only as exact as it was written: `52.5` may be anything from 52.45 to 52.55,
//! and the distances allow for that.

use super::super::record;
use crate::Error;
use crate::model::Country;
use std::fmt;
use std::sync::Arc;

/// Where the phone was.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::locate) struct Vantage {
    written: Arc<str>,
    pub(super) at: At,
}

/// A country, or a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum At {
    Country(Country),
    /// Degrees, and by how many kilometres the place may be off as it is written.
    Point {
        lat: f64,
        lon: f64,
        off_km: f64,
    },
}

/// Longer than any coordinate that means something; half a millimetre has eight decimals.
const MOST_DECIMALS: u32 = 12;

/// A degree of latitude is nowhere longer.
const KM_PER_DEGREE: f64 = 111.7;

impl Vantage {
    /// Reads what stands after `--vantage`.
    ///
    /// # Errors
    /// Where it is neither a known country nor a point on the Earth.
    pub(in crate::locate) fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let (written, at) = match text.split_once(',') {
            Some((lat, lon)) => (text.to_owned(), point(text, lat.trim(), lon.trim())?),
            None => {
                let country = known_country(text).ok_or_else(|| neither(text))?;
                (country.code().to_owned(), At::Country(country))
            }
        };
        Ok(Vantage {
            written: written.into(),
            at,
        })
    }
}

/// The code as it is known, or the coordinates as they were written.
impl fmt::Display for Vantage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.written)
    }
}

/// An assigned code, or one that everybody knows as another name of one (`UK`).
fn known_country(text: &str) -> Option<Country> {
    record::country(text).filter(|country| country.name().is_some())
}

fn point(text: &str, lat: &str, lon: &str) -> Result<At, Error> {
    let (Some((lat, lat_off)), Some((lon, lon_off))) = (degrees(lat), degrees(lon)) else {
        return Err(neither(text));
    };
    if lat.abs() > 90.0 {
        return Err(usage(text, "the latitude comes first, from -90 to 90"));
    }
    if lon.abs() > 180.0 {
        return Err(usage(text, "the longitude goes from -180 to 180"));
    }
    let off = (lat_off * lat_off + lon_off * lon_off).sqrt();
    Ok(At::Point {
        lat,
        lon,
        off_km: off * KM_PER_DEGREE,
    })
}

/// A number with a sign, digits and decimals, and half a unit of its last digit.
fn degrees(text: &str) -> Option<(f64, f64)> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, decimals) = match digits.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return None,
        None => (digits, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let places = u32::try_from(decimals.len()).ok()?;
    if whole.is_empty()
        || whole.len() > 3
        || places > MOST_DECIMALS
        || !all_digits(whole)
        || !all_digits(decimals)
    {
        return None;
    }
    let unit = (0..places).fold(1.0, |unit, _| unit / 10.0);
    Some((text.parse().ok()?, unit / 2.0))
}

fn neither(text: &str) -> Error {
    usage(
        text,
        "say a country code (DE), or latitude and longitude in degrees (52.52,13.40; south and \
         west with a minus)",
    )
}

fn usage(text: &str, what: &str) -> Error {
    Error::Usage(format!("--vantage {text:?}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = match Vantage::parse(text) {
            Ok(vantage) => match vantage.at {
                At::Country(country) => format!("{vantage} = {country}"),
                At::Point { lat, lon, off_km } => {
                    format!("{vantage} = {lat} {lon} within {off_km:.3} km")
                }
            },
            Err(err) => err.to_string(),
        };
        assert!(got.contains(want), "{text:?}: {got}");
    }

    #[test]
    fn countries_and_points_are_read() {
        check("DE", "DE = DE");
        check(" sg ", "SG = SG");
        check("UK", "GB = GB");
        check("XK", "XK = XK");
        check("52.52,13.40", "52.52,13.40 = 52.52 13.4 within 0.790 km");
        check("52.5200,13.4000", "within 0.008 km");
        check("-33.87, 151.21", "-33.87, 151.21 = -33.87 151.21");
        check("+1.3,-77.0", "= 1.3 -77 within");
        check("0,0", "0,0 = 0 0 within 78.984 km");
        check("-90,180", "-90,180 = -90 180");
        check("90.000,-180.000", "= 90 -180");
    }

    #[test]
    fn what_is_wrong_is_said() {
        check("91,0", "the latitude comes first, from -90 to 90");
        check("103.8,1.3", "the latitude comes first");
        check("1.3,180.01", "the longitude goes from -180 to 180");
        for text in [
            "",
            "ZZ",
            "EU",
            "XB",
            "Germany",
            "DE,FR",
            "1",
            "1.0",
            ",",
            "1,",
            ",1",
            "1,2,3",
            "52,52,13,40",
            "1.,2",
            ".5,2",
            "1e1,2",
            "inf,0",
            "nan,nan",
            "--1,2",
            "+-1,2",
            "1.0N,2.0E",
            "1 2",
            "1.0000000000000,2",
            "0001,2",
            "１,２",
            "\u{0}",
        ] {
            check(text, "say a country code (DE), or latitude and longitude");
        }
    }
}
