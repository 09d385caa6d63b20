//! What a rule expects, axis by axis.
//!
//! In:   the `[rule.expect]` table.
//! Out:  an [`Expect`]; or the first thing that is wrong with it, and where.

use super::axis::Axis;
use super::protocols;
use crate::judge::groups::{Countries, Groups};
use crate::judge::selector::Selector;
use crate::language::{WORDS, fill};
use crate::model::form::{Entry, Fault, Placed, listed, shown};
use crate::model::{Country, Time, Truth};

/// The keys of `[rule.expect]`.
pub(crate) const EXPECT_KEYS: &[&str] = &[
    "server",
    "server_not",
    "operator",
    "operator_not",
    "owner",
    "owner_not",
    "encryption",
    "names",
    "resolver",
    "hidden_names",
    "tunnel",
    "silence",
];

/// The keys of `[rule.expect.resolver]`, a part of those of a scope.
pub(crate) const RESOLVER_KEYS: &[&str] = &["addresses", "domains", "names", "owners", "protocols"];

/// The ways to hide names that `hidden_names` knows.
pub(crate) const HIDING: &[&str] = &["dnscrypt", "doh", "doq", "dot", "ech"];

/// The values of `encryption`, and the least version of TLS that each asks for.
pub(crate) const ENCRYPTION: &[&str] = &["any", "tls", "tls1.2", "tls1.3"];

/// The values of `names`.
pub(crate) const NAMES: &[&str] = &["any", "hidden"];

/// What a rule expects. An axis that it does not speak of is left to later rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expect {
    pub(crate) server: Option<Places>,
    pub(crate) operator: Option<Places>,
    pub(crate) owner: Option<Places>,
    pub(crate) encryption: Option<Encryption>,
    /// True where names are to be hidden.
    pub(crate) names: Option<bool>,
    /// Which resolvers may be asked.
    pub(crate) resolver: Option<Selector>,
    pub(crate) hidden_names: Option<Allowed>,
    pub(crate) tunnel: Option<Allowed>,
    pub(crate) silence: bool,
}

/// Countries in which something is expected, or not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// Only here; `None` where everywhere will do.
    pub(crate) only: Option<Countries>,
    /// Not here.
    pub(crate) not: Countries,
}

impl Places {
    /// Whether something in `country` is as expected at that time.
    pub(crate) fn fit(&self, country: Country, at: Time) -> Truth {
        let only = self.only.as_ref();
        let only = only.map_or(Truth::Yes, |only| only.holds(country, at));
        only.and(self.not.holds(country, at).not())
    }

    /// `the expected countries (IN, @EEA)`.
    pub(crate) fn words(&self) -> String {
        fill(WORDS.rules.expected, &[&self.list()])
    }

    /// `IN, @EEA`; `all but CN`.
    pub(crate) fn list(&self) -> String {
        let list = |countries: &Countries| {
            let codes = countries.countries.iter().map(|it| it.code().to_owned());
            let groups = countries.groups.iter();
            let groups = groups.map(|group| group.name.as_ref().to_owned());
            let all: Vec<String> = codes.chain(groups).collect();
            all.join(WORDS.units.comma)
        };
        match &self.only {
            Some(only) if self.not.is_empty() => list(only),
            Some(only) => fill(
                WORDS.rulings.places_without,
                &[&list(only), &list(&self.not)],
            ),
            None => fill(WORDS.rulings.places_but, &[&list(&self.not)]),
        }
    }

    /// Both lists.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &Countries> {
        self.only.iter().chain([&self.not])
    }

    fn read(entry: &Entry<'_>, key: [&str; 2], groups: &Groups) -> Result<Option<Self>, Fault> {
        let [only_key, not_key] = key;
        let only = entry.texts(only_key)?;
        let not = entry.texts(not_key)?;
        for (key, list) in [(only_key, &only), (not_key, &not)] {
            if list.is_empty()
                && let Some(value) = entry.get(key)
            {
                let what = format!("`{key}` is empty: name countries or groups, or leave it out");
                return Err(Fault::new(value.span().start, what));
            }
        }
        if only.is_empty() && not.is_empty() {
            return Ok(None);
        }
        let only = match only.is_empty() {
            true => None,
            false => Some(Countries::read(&only, groups)?),
        };
        let not = Countries::read(&not, groups)?;
        Ok(Some(Places { only, not }))
    }
}

/// How content is to be encrypted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Encryption {
    /// It need not be.
    Any,
    /// By TLS, DTLS, QUIC, SSH or another protocol that is known to encrypt.
    Known,
    /// By this version of TLS at least, as on the wire: `0x0303` is 1.2.
    Tls(u16),
}

/// What may be used of several things.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Allowed {
    Any,
    Only(Vec<String>),
}

impl Allowed {
    pub(crate) fn allows(&self, word: &str) -> bool {
        match self {
            Allowed::Any => true,
            Allowed::Only(words) => words.iter().any(|known| known == word),
        }
    }

    /// `"any"`, `"none"` or a list.
    fn read(
        entry: &Entry<'_>,
        key: &str,
        known: &[&str],
        what: &str,
    ) -> Result<Option<Self>, Fault> {
        use toml::de::DeValue;
        let Some(value) = entry.get(key) else {
            return Ok(None);
        };
        if let DeValue::String(_) = value.get_ref() {
            let text = entry.text(key)?;
            return match text.value.as_str() {
                "any" => Ok(Some(Allowed::Any)),
                "none" => Ok(Some(Allowed::Only(Vec::new()))),
                other => {
                    let what = format!(
                        "`{}`: `{key}` is \"any\", \"none\" or a list of {}",
                        shown(other),
                        known.join(", ")
                    );
                    Err(Fault::new(text.at, what))
                }
            };
        }
        let words = entry.texts(key)?;
        for word in &words {
            listed(word, known, what)?;
        }
        Ok(Some(Allowed::Only(
            words.into_iter().map(|word| word.value).collect(),
        )))
    }
}

impl Expect {
    pub(crate) fn read(entry: &Entry<'_>, groups: &Groups) -> Result<Self, Fault> {
        entry.knows(EXPECT_KEYS)?;
        let resolver = match entry.table("resolver", "[rule.expect.resolver]")? {
            None => None,
            Some(table) => {
                table.knows(RESOLVER_KEYS)?;
                let selector = Selector::read(&table)?;
                protocols::known(&table.texts("protocols")?)?;
                Some(selector)
            }
        };
        let expect = Expect {
            server: Places::read(entry, ["server", "server_not"], groups)?,
            operator: Places::read(entry, ["operator", "operator_not"], groups)?,
            owner: Places::read(entry, ["owner", "owner_not"], groups)?,
            encryption: one_of(entry, "encryption", ENCRYPTION)?.map(|word| {
                match word.value.as_str() {
                    "tls" => Encryption::Known,
                    "tls1.2" => Encryption::Tls(0x0303),
                    "tls1.3" => Encryption::Tls(0x0304),
                    _ => Encryption::Any,
                }
            }),
            names: one_of(entry, "names", NAMES)?.map(|word| word.value == "hidden"),
            resolver,
            hidden_names: Allowed::read(entry, "hidden_names", HIDING, "way to hide names")?,
            tunnel: Allowed::read(entry, "tunnel", protocols::TUNNELS, "tunnel")?,
            silence: silence(entry)?,
        };
        if !Axis::ALL.into_iter().any(|axis| expect.speaks_of(axis)) {
            return Err(entry.fault("expects nothing"));
        }
        Ok(expect)
    }

    /// Whether this rule judges that axis.
    pub(crate) fn speaks_of(&self, axis: Axis) -> bool {
        match axis {
            Axis::Server => self.server.is_some(),
            Axis::Operator => self.operator.is_some(),
            Axis::Owner => self.owner.is_some(),
            Axis::Encryption => self.encryption.is_some(),
            Axis::Names => self.names.is_some(),
            Axis::Resolver => self.resolver.is_some(),
            Axis::HiddenNames => self.hidden_names.is_some(),
            Axis::Tunnel => self.tunnel.is_some(),
            Axis::Silence => self.silence,
        }
    }

    /// What is expected of places on that axis.
    pub(crate) fn places(&self, axis: Axis) -> Option<&Places> {
        match axis {
            Axis::Server => self.server.as_ref(),
            Axis::Operator => self.operator.as_ref(),
            Axis::Owner => self.owner.as_ref(),
            _ => None,
        }
    }

    /// All lists of countries.
    pub(crate) fn countries(&self) -> impl Iterator<Item = &Countries> {
        let all = [&self.server, &self.operator, &self.owner];
        all.into_iter().flatten().flat_map(Places::lists)
    }
}

fn silence(entry: &Entry<'_>) -> Result<bool, Fault> {
    match (entry.boolean("silence")?, entry.get("silence")) {
        (Some(false), Some(value)) => {
            let what = "`silence` is true or left out: false would expect nothing";
            Err(Fault::new(value.span().start, what))
        }
        (said, _) => Ok(said == Some(true)),
    }
}

fn one_of(
    entry: &Entry<'_>,
    key: &'static str,
    known: &[&str],
) -> Result<Option<Placed<String>>, Fault> {
    if entry.get(key).is_none() {
        return Ok(None);
    }
    let word = entry.text(key)?;
    listed(&word, known, &format!("value of `{key}`"))?;
    Ok(Some(word))
}
