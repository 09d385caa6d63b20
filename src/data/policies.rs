//! The built-in policies, as text.

/// Names and texts, sorted by name.
pub(crate) static POLICIES: &[(&str, &str)] = &[
    ("brazil-lgpd", include_str!("policies/brazil-lgpd.toml")),
    ("china-pipl", include_str!("policies/china-pipl.toml")),
    (
        "eu-gdpr-chapter-v",
        include_str!("policies/eu-gdpr-chapter-v.toml"),
    ),
    ("india-dpdp", include_str!("policies/india-dpdp.toml")),
    ("market-europe", include_str!("policies/market-europe.toml")),
    (
        "market-hong-kong",
        include_str!("policies/market-hong-kong.toml"),
    ),
    ("market-india", include_str!("policies/market-india.toml")),
    (
        "market-indonesia",
        include_str!("policies/market-indonesia.toml"),
    ),
    (
        "market-malaysia",
        include_str!("policies/market-malaysia.toml"),
    ),
    (
        "market-philippines",
        include_str!("policies/market-philippines.toml"),
    ),
    (
        "market-singapore",
        include_str!("policies/market-singapore.toml"),
    ),
    ("market-taiwan", include_str!("policies/market-taiwan.toml")),
    ("market-us", include_str!("policies/market-us.toml")),
    ("russia-242-fz", include_str!("policies/russia-242-fz.toml")),
    (
        "uk-gdpr-transfers",
        include_str!("policies/uk-gdpr-transfers.toml"),
    ),
    (
        "us-federal-handset",
        include_str!("policies/us-federal-handset.toml"),
    ),
];
