//! Which flows a rule or a claim speaks of.
//!
//! In:   a table of a policy or a file of claims; then flows.
//! Out:  a [`Selector`]; for each flow whether it is meant: yes, no, or not known.
//!
//! Every field that is given must fit, and of each field one entry is enough. What is not known
//! of a flow is never taken for a no: a flow without a name may be anybody's. So a judgement that
//! rests on a selector stays open where a hidden flow could turn it.

mod pattern;

pub(crate) use pattern::{Pattern, Prefix};

use crate::language::WORDS;
use crate::model::form::{Entry, Fault, Placed, shown};
use crate::model::{Device, Flow, Grade, PhaseLog, Text, Time, Truth, Via};
use std::net::IpAddr;

/// The keys of a selector in TOML.
pub(crate) const KEYS: &[&str] = &[
    "apps",
    "owners",
    "domains",
    "names",
    "functions",
    "protocols",
    "ports",
    "addresses",
    "devices",
    "phases",
    "before",
    "after",
    "from",
    "until",
];

/// Which flows are meant. An empty list asks nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    /// Names of programs, with `*`; `uid:10123` for a number.
    pub(crate) apps: Vec<Pattern>,
    /// Companies or groups, as the catalogue names them, in any case.
    pub(crate) owners: Vec<String>,
    /// Domains: the name itself, or any name below it. Lower case.
    pub(crate) domains: Vec<String>,
    /// Names, with `*`.
    pub(crate) names: Vec<Pattern>,
    /// What services do: `push`, `telemetry`.
    pub(crate) functions: Vec<String>,
    /// The words of the `protocol` column.
    pub(crate) protocols: Vec<String>,
    /// Remote ports.
    pub(crate) ports: Vec<u16>,
    /// Remote addresses and prefixes.
    pub(crate) addresses: Vec<Prefix>,
    /// Addresses and MACs of devices, as written.
    pub(crate) devices: Vec<String>,
    /// Phases of the test.
    pub(crate) phases: Vec<String>,
    /// Before the first phase of this name began.
    pub(crate) before: Option<String>,
    /// From the first phase of this name on.
    pub(crate) after: Option<String>,
    /// From this instant on.
    pub(crate) from: Option<Time>,
    /// Before this instant.
    pub(crate) until: Option<Time>,
}

/// What a selector asks of: its keys, those of time taken together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Field {
    Ports,
    Addresses,
    Times,
    Protocols,
    Apps,
    Devices,
    Owners,
    Domains,
    Names,
    Functions,
}

impl Field {
    pub(crate) const ALL: [Field; 10] = [
        Field::Ports,
        Field::Addresses,
        Field::Times,
        Field::Protocols,
        Field::Apps,
        Field::Devices,
        Field::Owners,
        Field::Domains,
        Field::Names,
        Field::Functions,
    ];

    /// The key, as files have it; of time in words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Field::Ports => "ports",
            Field::Addresses => "addresses",
            Field::Times => WORDS.rulings.explained.phases_and_times,
            Field::Protocols => "protocols",
            Field::Apps => "apps",
            Field::Devices => "devices",
            Field::Owners => "owners",
            Field::Domains => "domains",
            Field::Names => "names",
            Field::Functions => "functions",
        }
    }

    fn is_of_name(self) -> bool {
        matches!(
            self,
            Field::Owners | Field::Domains | Field::Names | Field::Functions
        )
    }
}

/// What a selector must know of the test to read devices and phases.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Test<'t> {
    pub(crate) devices: &'t [Device],
    pub(crate) phases: Option<&'t PhaseLog>,
}

impl Selector {
    /// Reads the keys of a selector out of `entry`; whether it has others is not asked here.
    pub(crate) fn read(entry: &Entry<'_>) -> Result<Self, Fault> {
        let texts = |key| entry.texts(key);
        let plain = |key| Ok(entry.texts(key)?.into_iter().map(|text| text.value));
        let lower = |key| Ok(plain(key)?.map(|text: String| text.to_lowercase()));
        let one = |key| -> Result<Option<String>, Fault> {
            Ok(Some(entry.text(key)?.value).filter(|text| !text.is_empty()))
        };
        let patterns = |key| -> Result<Vec<Pattern>, Fault> {
            Ok(texts(key)?
                .iter()
                .map(|text| Pattern::new(&text.value))
                .collect())
        };
        let mut ports = Vec::new();
        for port in entry.integers("ports")? {
            ports.push(u16::try_from(port.value).map_err(|_| {
                Fault::new(port.at, format!("`{}` is no port, 0 to 65535", port.value))
            })?);
        }
        let mut addresses = Vec::new();
        for address in texts("addresses")? {
            addresses.push(Prefix::read(&address)?);
        }
        let mut domains: Vec<String> = Vec::new();
        for domain in texts("domains")? {
            let lower = domain.value.trim_matches('.').to_lowercase();
            if lower.is_empty() || lower.contains(['*', '/', ' ']) {
                let what = format!(
                    "`{}`: a domain stands here as example.com and means all names below it; \
                     patterns belong under `names`",
                    shown(&domain.value)
                );
                return Err(Fault::new(domain.at, what));
            }
            domains.push(lower);
        }
        let time = |key| -> Result<Option<Time>, Fault> {
            match entry.text(key)? {
                text if text.value.is_empty() => Ok(None),
                text => instant(&text).map(Some),
            }
        };
        Ok(Selector {
            apps: patterns("apps")?,
            owners: lower("owners")?.collect(),
            domains,
            names: patterns("names")?,
            functions: lower("functions")?.collect(),
            protocols: lower("protocols")?.collect(),
            ports,
            addresses,
            devices: lower("devices")?.collect(),
            phases: plain("phases")?.collect(),
            before: one("before")?,
            after: one("after")?,
            from: time("from")?,
            until: time("until")?,
        })
    }

    /// Whether `flow` is meant.
    pub(crate) fn matches(&self, flow: &Flow, test: Test<'_>) -> Truth {
        let plain = self.plain(flow, test);
        if plain == Truth::No {
            return Truth::No;
        }
        plain.and(self.who(flow))
    }

    /// What depends on the name alone, and on what is known of it: flows that agree in
    /// name, grade, rivals and owner agree in this.
    pub(crate) fn who(&self, flow: &Flow) -> Truth {
        let fields = Field::ALL.into_iter().filter(|field| field.is_of_name());
        self.all(fields, flow, Test::default())
    }

    /// What does not depend on the name.
    pub(crate) fn plain(&self, flow: &Flow, test: Test<'_>) -> Truth {
        let fields = Field::ALL.into_iter().filter(|field| !field.is_of_name());
        self.all(fields, flow, test)
    }

    fn all(&self, fields: impl Iterator<Item = Field>, flow: &Flow, test: Test<'_>) -> Truth {
        fields.fold(Truth::Yes, |so_far, field| {
            so_far.and(self.field(field, flow, test))
        })
    }

    /// Whether one field fits; it does where nothing is asked in it.
    pub(crate) fn field(&self, field: Field, flow: &Flow, test: Test<'_>) -> Truth {
        match field {
            Field::Ports if self.ports.is_empty() => Truth::Yes,
            Field::Ports => Truth::of(self.ports.contains(&flow.remote_port)),
            Field::Addresses if self.addresses.is_empty() => Truth::Yes,
            Field::Addresses => {
                let mut prefixes = self.addresses.iter();
                Truth::of(prefixes.any(|prefix| prefix.has(flow.remote_ip)))
            }
            Field::Times => {
                let from = self.from.is_none_or(|from| flow.first_seen >= from);
                let until = self.until.is_none_or(|until| flow.first_seen < until);
                Truth::of(from && until).and(self.phases(flow.first_seen, test.phases))
            }
            Field::Protocols => self.protocols(flow),
            Field::Apps => self.apps(flow),
            Field::Devices => self.devices(flow, test.devices),
            Field::Owners => self.owners(flow),
            Field::Domains => self.domains(flow),
            Field::Names => self.names(flow),
            Field::Functions => self.functions(flow),
        }
    }

    /// True where anything is asked in a field.
    pub(crate) fn asks(&self, field: Field) -> bool {
        match field {
            Field::Ports => !self.ports.is_empty(),
            Field::Addresses => !self.addresses.is_empty(),
            Field::Times => {
                let phases = !self.phases.is_empty() || self.before.is_some();
                phases || self.after.is_some() || self.from.is_some() || self.until.is_some()
            }
            Field::Protocols => !self.protocols.is_empty(),
            Field::Apps => !self.apps.is_empty(),
            Field::Devices => !self.devices.is_empty(),
            Field::Owners => !self.owners.is_empty(),
            Field::Domains => !self.domains.is_empty(),
            Field::Names => !self.names.is_empty(),
            Field::Functions => !self.functions.is_empty(),
        }
    }

    /// Whether an instant lies in the time that is meant.
    pub(crate) fn during(&self, at: Time, log: Option<&PhaseLog>) -> Truth {
        let from = self.from.is_none_or(|from| at >= from);
        let until = self.until.is_none_or(|until| at < until);
        Truth::of(from && until).and(self.phases(at, log))
    }

    /// True where the time of a flow is asked for, by phases or by the clock.
    pub(crate) fn asks_time(&self) -> bool {
        !self.phases.is_empty()
            || self.before.is_some()
            || self.after.is_some()
            || self.from.is_some()
            || self.until.is_some()
    }

    /// True where a name, or what is known of it, is asked for.
    pub(crate) fn asks_who(&self) -> bool {
        !(self.owners.is_empty()
            && self.domains.is_empty()
            && self.names.is_empty()
            && self.functions.is_empty())
    }

    fn protocols(&self, flow: &Flow) -> Truth {
        if self.protocols.is_empty() {
            return Truth::Yes;
        }
        match flow.protocol {
            Some(word) => Truth::of(self.protocols.iter().any(|known| known == word)),
            None => Truth::Maybe,
        }
    }

    fn apps(&self, flow: &Flow) -> Truth {
        if self.apps.is_empty() {
            return Truth::Yes;
        }
        let Some(app) = &flow.app else {
            return Truth::Maybe;
        };
        let uid = app.uid.map(|uid| format!("uid:{uid}"));
        let fits = |pattern: &Pattern| {
            let name = app
                .name
                .as_ref()
                .map_or(Truth::Maybe, |name| Truth::of(pattern.fits(name.bytes())));
            let uid = uid
                .as_ref()
                .map_or(Truth::Maybe, |uid| Truth::of(pattern.fits(uid.as_bytes())));
            if pattern.0.starts_with(b"uid:") {
                uid
            } else {
                name
            }
        };
        any(self.apps.iter().map(fits))
    }

    fn devices(&self, flow: &Flow, devices: &[Device]) -> Truth {
        if self.devices.is_empty() {
            return Truth::Yes;
        }
        let local = flow.local_ip;
        let is = |written: &String| {
            if written.parse() == Ok(local) {
                return true;
            }
            devices.iter().any(|device| {
                let mac = device.mac.is_some_and(|mac| mac.to_string() == *written);
                let address = written.parse::<IpAddr>();
                let named = mac || address.is_ok_and(|it| device.addresses.contains(&it));
                named && device.addresses.contains(&local)
            })
        };
        Truth::of(self.devices.iter().any(is))
    }

    fn phases(&self, at: Time, log: Option<&PhaseLog>) -> Truth {
        if self.phases.is_empty() && self.before.is_none() && self.after.is_none() {
            return Truth::Yes;
        }
        let Some(log) = log else {
            return Truth::Maybe;
        };
        let start = |name: &str| {
            let mut phases = log.phases.iter();
            phases
                .find(|phase| *phase.name == *name)
                .map(|phase| phase.start)
        };
        // A phase that the log does not have: nobody knows when it was.
        let before = self.before.as_deref().map_or(Truth::Yes, |name| {
            start(name).map_or(Truth::Maybe, |start| Truth::of(at < start))
        });
        let after = self.after.as_deref().map_or(Truth::Yes, |name| {
            start(name).map_or(Truth::Maybe, |start| Truth::of(at >= start))
        });
        let now = log.at(at).and_then(|now| log.phases.get(now));
        let named = now.is_some_and(|now| self.phases.iter().any(|name| **name == *now.name));
        let during = if self.phases.is_empty() || named {
            Truth::Yes
        } else if self.phases.iter().all(|name| start(name).is_none()) {
            Truth::Maybe
        } else {
            Truth::No
        };
        before.and(after).and(during)
    }

    fn owners(&self, flow: &Flow) -> Truth {
        if self.owners.is_empty() {
            return Truth::Yes;
        }
        let Some(company) = &flow.owner.owner else {
            return Truth::Maybe;
        };
        let words = [
            Some(&company.name),
            Some(&company.group),
            company.legal_name.as_ref(),
        ];
        let is = |owner: &String| {
            words
                .into_iter()
                .flatten()
                .any(|word| word.to_lowercase() == *owner)
        };
        Truth::of(self.owners.iter().any(is)).if_sure(is_the_flows_own(flow))
    }

    fn domains(&self, flow: &Flow) -> Truth {
        if self.domains.is_empty() {
            return Truth::Yes;
        }
        let below = |name: &Text| {
            self.domains
                .iter()
                .any(|domain| is_below(name.bytes(), domain))
        };
        by_name(flow, below)
    }

    fn names(&self, flow: &Flow) -> Truth {
        if self.names.is_empty() {
            return Truth::Yes;
        }
        by_name(flow, |name| {
            self.names.iter().any(|pattern| pattern.fits(name.bytes()))
        })
    }

    fn functions(&self, flow: &Flow) -> Truth {
        if self.functions.is_empty() {
            return Truth::Yes;
        }
        let Some(function) = &flow.owner.function else {
            return Truth::Maybe;
        };
        let is = self.functions.iter().any(|known| **known == **function);
        Truth::of(is).if_sure(is_the_flows_own(flow))
    }
}

/// At least one.
fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    truths.fold(Truth::No, Truth::or)
}

/// Whether the name of a flow fits; not known where it has none of its own.
fn by_name(flow: &Flow, fits: impl Fn(&Text) -> bool) -> Truth {
    match &flow.name {
        None => Truth::Maybe,
        Some(name) => Truth::of(fits(name)).if_sure(is_the_flows_own(flow)),
    }
}

/// A name that rivals share, or that stands before a hidden one, may not be the one that was
/// asked for.
pub(crate) fn is_the_flows_own(flow: &Flow) -> bool {
    let rivals = flow.name_grade == Grade::Inferred && flow.name_rivals.is_some_and(|n| n > 0);
    flow.name.is_some() && !rivals && flow.name_via != Some(Via::EchOuter)
}

fn is_below(name: &[u8], domain: &str) -> bool {
    let domain = domain.as_bytes();
    let Some(start) = name.len().checked_sub(domain.len()) else {
        return false;
    };
    let end = name.get(start..).unwrap_or_default();
    let dot = start.checked_sub(1).and_then(|at| name.get(at));
    end.eq_ignore_ascii_case(domain) && (start == 0 || dot == Some(&b'.'))
}

/// `2026-11-21` (its first instant, UTC) or `2026-11-21T04:31:08Z`.
pub(crate) fn instant(text: &Placed<String>) -> Result<Time, Fault> {
    let zoned = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let found = zoned(&text.value).or_else(|| zoned(&format!("{}T00:00:00Z", text.value)));
    let time = found.and_then(|time| i64::try_from(time.as_nanosecond()).ok());
    time.map(Time).ok_or_else(|| {
        let what = format!(
            "`{}`: a time stands here as 2026-11-21 or 2026-11-21T04:31:08Z",
            shown(&text.value)
        );
        Fault::new(text.at, what)
    })
}
