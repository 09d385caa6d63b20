//! The regions of operators, by name.
//!
//! In:   `data/regions.toml`, prepared at build time; names in any case.
//! Out:  a region: its own name, country, city.

use crate::data::{CLOUDS, CloudRegion, REGIONS};

/// The provider under the name that reports use; an unknown one under its own.
pub(super) fn provider(name: &str) -> &str {
    let known = CLOUDS.iter().find(|cloud| {
        cloud.name.eq_ignore_ascii_case(name)
            || cloud
                .aliases
                .iter()
                .any(|alias| alias.eq_ignore_ascii_case(name))
    });
    known.map_or(name, |cloud| cloud.name)
}

/// The region of a provider, both in any writing.
pub(super) fn find(provider: &str, region: &str) -> Option<&'static CloudRegion> {
    let provider = match self::provider(provider) {
        // Google's own addresses have no regions: who names one means its cloud.
        google if google.eq_ignore_ascii_case("google") => "Google Cloud",
        provider => provider,
    };
    let region = region.to_ascii_lowercase();
    let at = REGIONS
        .binary_search_by(|known| (known.provider, known.key).cmp(&(provider, region.as_str())));
    REGIONS.get(at.ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Country;

    #[test]
    fn the_table_is_sorted_and_its_countries_are_countries() {
        assert!(REGIONS.is_sorted_by(|a, b| (a.provider, a.key) < (b.provider, b.key)));
        for region in REGIONS {
            let named = Country::new(region.country).and_then(Country::name);
            assert!(
                region.country.is_empty() || named.is_some(),
                "{}",
                region.key
            );
            assert!(
                region
                    .elsewhere
                    .iter()
                    .all(|code| Country::new(code).and_then(Country::name).is_some())
            );
        }
    }

    /// Regions whose local zones lie in other countries say so.
    #[test]
    fn zones_abroad_are_known() {
        let abroad = |region| find("AWS", region).unwrap().elsewhere.join(" ");
        assert_eq!(abroad("us-east-1"), "AR CL MX PE");
        assert_eq!(abroad("ap-southeast-1"), "PH TH VN");
        assert_eq!(abroad("eu-north-1"), "DK FI");
        assert_eq!(abroad("us-west-2"), "");
        assert_eq!(abroad("us-east-1-bue-1"), "");
    }

    #[test]
    fn names_are_found_in_any_writing() {
        assert_eq!(find("gcp", "Asia-East2").unwrap().country, "HK");
        assert_eq!(find("Azure", "SOUTHFRANCE").unwrap().name, "francesouth");
        assert_eq!(find("AWS", "asia-east2").map(|region| region.name), None);
        assert_eq!(provider("OCI"), "Oracle Cloud");
        assert_eq!(provider("Own"), "Own");
    }
}
